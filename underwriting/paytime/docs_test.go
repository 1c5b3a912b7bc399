package paytime

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

func TestTheWorkedExample(t *testing.T) {
	text, err := os.ReadFile("../../docs/underwriting/model.md")
	if err != nil {
		t.Fatal(err)
	}
	early, onDue := bucketOf(-1), bucketOf(0)
	w := Workspace{}
	w.hazard[early], w.hazard[onDue] = .10, .55
	expert := func(age int) (dayBefore, due float64) {
		var paid, open [Buckets]int64
		paid[early], paid[onDue], paid[bucketOf(5)] = 1*unit, 6*sixWeeks.at(age), 3*unit
		w.shrink(expertAll, &paid, &open, unit, &w.hazard, priorStrength)
		odds := &w.expert[expertAll]
		return odds[early] / (1 + odds[early]), odds[onDue] / (1 + odds[onDue])
	}
	before, due := expert(0)
	_, older := expert(45)
	for quantity, value := range map[string]float64{
		"hazard, day −1": before,
		"hazard, day 0":  due,
		"logit, day 0":   math.Log(due / (1 - due)),
		"paid by day 0":  1 - (1-before)*(1-due),
		"weight of a payment 45 days old, half-life 45": float64(sixWeeks.at(45)) / unit,
		"hazard, day 0, when the six are 45 days old":   older,
	} {
		found := false
		for line := range strings.Lines(string(text)) {
			if cells := strings.Split(line, " | "); strings.HasPrefix(line, "| "+quantity+" |") && len(cells) == 3 {
				found = true
				if got, want := strings.Trim(cells[2], " |\n"), fmt.Sprintf("%.6f", value); got != want {
					t.Errorf("%s: the page says %s, it is %s", quantity, got, want)
				}
			}
		}
		if !found {
			t.Errorf("the page has no line %q", quantity)
		}
	}
}
