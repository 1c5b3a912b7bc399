package collections_test

import (
	"slices"
	"strings"
	"testing"

	"comity/collections"
	"comity/domain"
)

// TestAWeekOfRefusalsIsAPersonsTask lets a bank stop sending statements: each morning the gate refuses the message after
// the due date, with the same code, which would excuse the silence for ever. After a week of it the factor is told, and
// again every week; what waits for a person's word tells nobody twice.
func TestAWeekOfRefusalsIsAPersonsTask(t *testing.T) {
	f := told()
	f.Feeds[0].Spans = statements("2026-02-04", "2026-03-04")
	f.Touches = []domain.Touch{wrote(f, "pre_due:2026-03-04", "2026-02-25 09:30")}
	var told []string
	next := at("2026-03-05 09:30")
	for next.Before(at("2026-03-31 00:00")) {
		look, err := collections.Look(f, next)
		if err != nil || look.Touch != nil || look.Gate == nil || !slices.Equal(look.Gate.Codes, []string{collections.CodeFeedBehind}) {
			t.Fatalf("%s: %+v, %v", next, look.Gate, err)
		}
		for _, said := range look.Said {
			if strings.Contains(said, "A person should look") {
				told = append(told, next.In(newYork).Format("2 January: ")+said)
			}
		}
		f, next = look.Facts, look.Case.NextActionAt
	}
	want := []string{
		"12 March: For 7 days the reminder to Harbor & Pine Hotels, Inc. could not leave: we wait for the bank's statement so as not to chase a payment on its way. A person should look at it.",
		"19 March: For 14 days", "26 March: For 21 days",
	}
	if len(told) != len(want) {
		t.Fatalf("told %q", told)
	}
	for i := range want {
		if !strings.HasPrefix(told[i], want[i]) {
			t.Errorf("told %q, want %q", told[i], want[i])
		}
	}
}
