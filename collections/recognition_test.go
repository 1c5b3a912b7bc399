package collections_test

import (
	"testing"

	"comity/collections"
	"comity/domain"
)

// TestWhoPaysOnTimeAgainAndAgainIsThankedForIt holds C-173 and C-174: six invoices in a row paid on time are worth a word
// in the thanks for the last, at most twice in a year and not within half a year, never of one that came late, and never
// where the receipt is neutral.
func TestWhoPaysOnTimeAgainAndAgainIsThankedForIt(t *testing.T) {
	tests := map[string]struct {
		change func(*scene)
		want   string
	}{
		"six in a row":               {func(s *scene) { s.InRow = 6 }, "recognition"},
		"five":                       {func(s *scene) { s.InRow = 5 }, ""},
		"said twice this year":       {func(s *scene) { s.Recognised = 2 }, ""},
		"said once, half a year ago": {func(s *scene) { s.Recognised, s.RecognisedAt = 1, s.Now.AddDate(0, 0, -180) }, "recognition"},
		"said a day less ago":        {func(s *scene) { s.Recognised, s.RecognisedAt = 1, s.Now.AddDate(0, 0, -179) }, ""},
		"a day late":                 {func(s *scene) { s.Items[0].Deal.PaidInFull = s.Items[0].Deal.Due.Plus(1) }, ""},
		"only a part":                {func(s *scene) { s.Items[0].Deal.PaidInFull = domain.Date{} }, ""},
		"a complaint is open":        {func(s *scene) { s.Stops = []domain.Stop{{Code: domain.StopComplaint}} }, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s := sceneOf("thank_you", 0)
			s.Items[0].Deal.PaidInFull = s.Items[0].Deal.Due
			tc.change(s)
			for i := range s.Unthanked {
				s.Unthanked[i].AppliedAt = s.Now.Add(-2 * 3600e9)
			}
			plan := collections.Next(s.CaseFacts)
			if plan.Act == nil || len(plan.Act.Allocations) == 0 {
				t.Fatalf("no thanks are due: %+v", plan)
			}
			if plan.Act.Template != tc.want {
				t.Errorf("the letter is %q, want %q", plan.Act.Template, tc.want)
			}
		})
	}
}
