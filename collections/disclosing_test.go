package collections_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"comity/collections"
	"comity/domain"
)

// untold makes a case one whose debtor is not told of the sale: its advances are paid, and there never was
// a notice.
func untold(f *domain.CaseFacts) {
	f.Case.Disclosure = domain.Confidential
	for i := range f.Items {
		item := &f.Items[i]
		item.Deal.Disclosure, item.IntroducedAt, item.NoticeAt = domain.Confidential, time.Time{}, time.Time{}
		item.Deal.FundingDate = day("2026-02-05")
	}
}

// TestNothingIsSaidOfASaleThatIsNotTold holds F-44 and D-24: an invoice whose debtor is not told is
// followed up without a notice, once its advance was paid; nothing that only the owner of the claim can
// say is ever planned.
func TestNothingIsSaidOfASaleThatIsNotTold(t *testing.T) {
	f := told()
	untold(&f)
	f.Now = at("2026-02-25 09:30")
	if plan := collections.Next(f); plan.Act == nil || plan.Act.Step != "pre_due:2026-03-04" {
		t.Errorf("a week before the due date comes %+v (%s)", plan.Act, plan.Reason)
	}
	f.Items[0].Deal.FundingDate = domain.Date{}
	for _, now := range []string{"2026-02-06 09:30", "2026-02-25 09:30", "2026-03-16 09:30", "2026-05-16 09:30"} {
		f.Now = at(now)
		if plan := collections.Next(f); plan.Act != nil {
			t.Errorf("before the advance was paid comes %+v at %s", plan.Act, now)
		}
	}

	f = told()
	untold(&f)
	f.Now = at("2026-03-24 10:00")
	for _, kind := range []domain.UpdateKind{domain.UpdateGivenBack, domain.UpdateReleased} {
		f.Updates = append(f.Updates, domain.Update{ID: domain.New[domain.UpdateID](), Deal: f.Items[0].Deal.ID, Kind: kind, At: f.Now})
	}
	plan := collections.Next(f)
	if slices.ContainsFunc(plan.Steps, func(step string) bool { return strings.HasPrefix(step, "update:") }) {
		t.Errorf("a part goes back to the seller, and planned is %v", plan.Steps)
	}

	verbs := domain.Confidential.Verbs()
	if slices.Contains(verbs, domain.VerbConfirm) || slices.Contains(verbs, domain.VerbProof) || len(verbs) != len(domain.Verbs())-2 {
		t.Errorf("a link carries %v", verbs)
	}
}

// TestADebtorIsToldByItsNotice holds F-44 and D-6: once two people decided to tell a debtor, its notice leaves one
// business day later, in the factor's name, and nothing is asked of it before; of what was paid meanwhile there is
// none. What was on its way in the seller's name when the mode changed does not leave so.
func TestADebtorIsToldByItsNotice(t *testing.T) {
	f := told()
	untold(&f)
	f.Case.TellingAt, f.Now = at("2026-02-24 11:00"), at("2026-02-25 09:30")
	if plan := collections.Next(f); plan.Act != nil || !plan.At.Equal(at("2026-02-25 11:00")) {
		t.Errorf("the day after comes %+v, and the case waits until %s", plan.Act, plan.At)
	}
	f.Now = at("2026-02-25 11:00")
	plan := collections.Next(f)
	if plan.Act == nil || plan.Act.Class != domain.ClassLegalNotice {
		t.Fatalf("one business day later comes %+v", plan.Act)
	}
	letter, err := collections.Write(f, *plan.Act, collections.Gate(f, *plan.Act))
	if err != nil || !strings.Contains(letter.Text, "now payable to "+f.Factor.Name) && !strings.Contains(letter.Subject, f.Factor.Name) {
		t.Errorf("the notice (%v) says %q\n%s", err, letter.Subject, letter.Text)
	}
	if findings := letter.Lint(domain.ClassLegalNotice, 0); len(findings) > 0 {
		t.Errorf("lint: %s", strings.Join(findings, "\n"))
	}
	f.Items[0].Deal.Open = usd(0)
	if plan := collections.Next(f); plan.Act != nil && plan.Act.Class == domain.ClassLegalNotice {
		t.Error("a notice leaves for what was paid")
	}

	f = told()
	f.Now = at("2026-03-24 10:00")
	touch := domain.Touch{Class: domain.ClassAnswer, Items: []domain.DealID{f.Items[0].Deal.ID}, Disclosure: domain.Confidential, ClaimedAt: f.Now}
	if collections.StillRight(f, touch) {
		t.Error("what was written in the seller's name leaves in the factor's")
	}
	if touch.Disclosure = domain.Notified; !collections.StillRight(f, touch) {
		t.Error("an answer does not leave")
	}
}
