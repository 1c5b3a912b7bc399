package collections_test

import (
	"strings"
	"testing"

	"comity/domain"
)

// TestTheLastPaymentEndsTheAccount holds F-42: with the payment of the last invoice that was bought the debtor reads once, in
// the thanks or the receipt, that the account was for what our notices named; not before, and not while title to what was
// given back is held.
func TestTheLastPaymentEndsTheAccount(t *testing.T) {
	second := func(s *scene, status domain.DealStatus, open int64) { // which this payment was not for
		item := s.also("MP-1043", "2026-03-10")
		item.Deal.Status, item.Deal.Open = status, usd(open)
		s.act.Items = s.act.Items[:1]
	}
	const ends = "for the invoices named in our notices, and for nothing else"
	for name, tc := range map[string]struct {
		change func(*scene)
		last   bool
	}{
		"the only one is paid":        {func(*scene) {}, true},
		"the last of two":             {func(s *scene) { second(s, domain.DealPaidOut, 0) }, true},
		"another is open":             {func(s *scene) { second(s, domain.DealPaidOut, 500_000) }, false},
		"a cent is open":              {func(s *scene) { s.Items[0].Deal.Open = usd(1) }, false},
		"another is not noticed yet":  {func(s *scene) { second(s, domain.DealMade, 500_000) }, false},
		"title is held":               {func(s *scene) { s.Recourses = []domain.Recourse{{Status: domain.RecourseExercised}} }, false},
		"a part went back for good":   {func(s *scene) { s.Recourses = []domain.Recourse{{Status: domain.RecourseReassigned}} }, true},
		"the seller has words for it": {func(s *scene) { s.Voice.Thanks = "Thank you, we enjoy printing for you." }, true},
	} {
		for _, template := range []string{"thank_you", "recognition", "receipt"} {
			s := sceneOf(template, 0)
			tc.change(s)
			letter := s.write(t)
			text := strings.Join(strings.Fields(letter.Text), " ")
			want := map[bool]int{true: 1}[tc.last]
			if got := strings.Count(text, ends); got != want {
				t.Errorf("%s, %s: it is said %d times, want %d:\n%s", template, name, got, want, letter.Text)
			}
			if others := strings.Count(text, "Other invoices of Marlow Print Works LLC are paid as each one says."); others != 1 && (template != "recognition" || tc.last) {
				t.Errorf("%s, %s: it does not say how the rest is paid:\n%s", template, name, letter.Text)
			}
			if findings := letter.Lint(s.act.Class, 0); len(findings) > 0 {
				t.Errorf("%s, %s: %s", template, name, strings.Join(findings, "\n"))
			}
		}
	}
}
