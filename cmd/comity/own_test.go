package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

type wireOwn struct {
	Clear     bool
	Codes     []string
	LookAgain string `json:"look_again_at"`
	Reminder  struct{ Recipient, Subject, Text string }
}

// TestASellerGoesOnByTheSameRules holds D-25 and D-24 over HTTP: what a seller writes about a part that is its own again
// passes the gate that ours did, is written in its name, counts for everybody, and ends after three; what was disputed rests until
// the debtor agrees; Comity sends none of it, and the factor reads none.
func TestASellerGoesOnByTheSameRules(t *testing.T) {
	b := untilRecourse(t)
	ctx := t.Context()
	path := "/v1/recourses/" + b.recourse + "/reminders"
	if err := b.tarn.post(ctx, path, nil, nil); code(err) != "wrong-state" {
		t.Errorf("while title is held: %v", err)
	}
	b.repaid()
	if err := b.northgate.post(ctx, path, nil, nil); code(err) != "forbidden" {
		t.Errorf("the factor goes on: %v", err)
	}
	ask := func(at string, codes ...string) wireOwn {
		t.Helper()
		b.clock(at)
		var got wireOwn
		b.must(b.tarn.post(ctx, path, nil, &got))
		slices.Sort(got.Codes)
		if !slices.Equal(got.Codes, codes) || got.Clear != (len(codes) == 0) {
			t.Errorf("%s: clear %t, %v; want %v", at, got.Clear, got.Codes, codes)
		}
		return got
	}
	report := func(kind, amount, on string) {
		t.Helper()
		b.must(b.tarn.post(ctx, "/v1/recourses/"+b.recourse+"/reports", map[string]any{"kind": kind, "amount": map[string]string{"amount": amount, "currency": "GBP"}, "on": on}, nil))
	}
	ask("2026-07-27T10:00:00Z", "disputed_part", "one_per_day") // the release left that morning, and nobody knows yet that Moira agrees
	report("credited", "400.00", "2026-07-27")
	report("agreed", "400.00", "2026-07-27")
	if again := ask("2026-07-27T11:00:00Z", "one_per_day").LookAgain; !strings.HasPrefix(again, "2026-07-28T") {
		t.Errorf("it may be asked again at %s", again)
	}
	first := ask("2026-07-28T09:00:00Z").Reminder
	text := strings.Join(strings.Fields(first.Subject+" "+first.Text), " ")
	for _, said := range []string{"GBP 400.00 of invoice TJ-0387", "Wednesday 1 April 2026", "Dear Moira Shaw", "to the account on our invoice", "Tarn Joinery Ltd accounts", "glad to help"} {
		if !strings.Contains(text, said) {
			t.Errorf("the letter does not say %q:\n%s", said, text)
		}
	}
	if strings.Contains(text, "Northgate") || first.Recipient != moiraMail {
		t.Errorf("not in the seller's own name, or to %s:\n%s", first.Recipient, text)
	}
	again := ask("2026-07-28T13:00:00Z", "ceiling_7_in_7", "gap_lt_7d", "one_per_day").LookAgain // Moira had told of her difficulty: two in fourteen days
	if !strings.HasPrefix(again, "2026-08-04T") {
		t.Errorf("it may be asked again at %s", again)
	}
	ask("2026-08-04T09:00:00Z", "ceiling_7_in_7")
	b.another("cease_requested")
	ask("2026-08-11T09:00:00Z", "cease_requested")
	b.another("")
	ask("2026-08-11T10:00:00Z")
	ask("2026-08-18T09:00:00Z")
	ask("2026-08-26T09:00:00Z", "awaiting_human")
	b.got("nothing is sent for the seller", 23)
	var touches struct{ Data []struct{ Text string } }
	b.must(b.northgate.get(ctx, "/v1/cases/"+b.kase+"/touches?limit=200", &touches))
	var gates struct{ Data []struct{ Facts string } }
	b.must(b.northgate.get(ctx, "/v1/cases/"+b.kase+"/gate-decisions?limit=200", &gates))
	for _, read := range []any{touches, gates} {
		if strings.Contains(fmt.Sprint(read), "GBP 400.00") {
			t.Errorf("the factor reads what is left: %v", read)
		}
	}
	var sent struct{ Data []struct{ Text string } }
	b.must(b.tarn.get(ctx, path, &sent))
	if len(sent.Data) != 3 || sent.Data[0].Text != first.Text {
		t.Errorf("the seller reads %d letters of its own", len(sent.Data))
	}
	if err := b.northgate.get(ctx, path, nil); code(err) != "forbidden" {
		t.Errorf("the factor reads them: %v", err)
	}
	report("paid", "400.00", "2026-08-25")
	if err := b.tarn.post(ctx, path, nil, nil); code(err) != "wrong-state" {
		t.Errorf("when nothing is left: %v", err)
	}
	report("taken_back", "400.00", "2026-08-26") // the bank took it back
	ask("2026-08-26T10:00:00Z", "awaiting_human")
}

// another opens a case in which Tarn's debtor is followed up beside the one that is over, with a stop; or closes it.
func (b *storyB) another(stop string) {
	b.t.Helper()
	owner := b.data.Owner(b.t)
	run := func(query string, args ...any) {
		b.t.Helper()
		_, err := owner.ExecContext(b.t.Context(), query, args...)
		b.must(err)
	}
	if stop == "" {
		run(`UPDATE cases SET status = 'closed' WHERE status = 'open'`)
		return
	}
	run(`INSERT INTO cases (id, world_id, factor_id, seller_id, debtor_id, relationship_id, status, opened_at)
		SELECT gen_random_uuid(), world_id, factor_id, seller_id, debtor_id, relationship_id, 'open', now() FROM cases LIMIT 1`)
	run(`INSERT INTO stops (id, case_id, factor_id, seller_id, code, reason, set_by, set_at)
		SELECT gen_random_uuid(), id, factor_id, seller_id, $1, 'she wrote', gen_random_uuid(), now() FROM cases WHERE status = 'open'`, stop)
}
