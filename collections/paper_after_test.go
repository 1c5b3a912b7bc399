package collections_test

import (
	"errors"
	"strings"
	"testing"

	"comity/collections"
	"comity/domain"
)

// TestTheSellerThanksInItsOwnName holds C-158 and D-24 after recourse: once nothing is left of what was given back, and the
// seller has said why it came about, its thanks know no factor, and repeat no unkind word.
func TestTheSellerThanksInItsOwnName(t *testing.T) {
	s := sceneOf("given_back", 0)
	f := s.CaseFacts
	deal := f.Items[0].Deal
	deal.Status, deal.Open = domain.DealChargedBack, usd(0)
	dispute := domain.Dispute{ID: domain.New[domain.DisputeID](), Deal: deal.ID, Status: domain.DisputeResolved, Outcome: domain.OutcomeGivenBack, RootCause: "no inspection at handover."}
	r := domain.Recourse{ID: domain.New[domain.RecourseID](), Deal: deal.ID, Dispute: dispute.ID, Status: domain.RecourseReassigned, Part: usd(80_000), Collected: usd(0), Settled: usd(80_000)}
	f.Items, f.Disputes = nil, []domain.Dispute{dispute}
	with := func(change func(*domain.Recourse, *domain.Dispute)) domain.CaseFacts {
		g, r, d := f, r, dispute
		change(&r, &d)
		g.Recourses, g.Disputes = []domain.Recourse{r}, []domain.Dispute{d}
		return g
	}
	for name, change := range map[string]func(*domain.Recourse, *domain.Dispute){
		"title is held":      func(r *domain.Recourse, _ *domain.Dispute) { r.Status = domain.RecourseExercised },
		"something is left":  func(r *domain.Recourse, _ *domain.Dispute) { r.Settled = usd(79_999) },
		"nobody knows why":   func(_ *domain.Recourse, d *domain.Dispute) { d.RootCause = "" },
		"of another invoice": func(r *domain.Recourse, _ *domain.Dispute) { r.Deal = domain.New[domain.DealID]() },
	} {
		if letter, err := collections.FollowUp(with(change), deal); !errors.Is(err, domain.ErrWrongState) {
			t.Errorf("%s: %v\n%s", name, err, letter.Letter.Text)
		}
	}
	another := with(func(*domain.Recourse, *domain.Dispute) {})
	another.Recourses = append(another.Recourses, domain.Recourse{Deal: deal.ID, Status: domain.RecourseExercised, Part: usd(100), Collected: usd(0), Settled: usd(0)})
	if letter, err := collections.FollowUp(another, deal); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("while title of another part is held: %v\n%s", err, letter.Letter.Text)
	}
	letter, err := collections.FollowUp(with(func(*domain.Recourse, *domain.Dispute) {}), deal)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "paper_follow_up", letter.Letter.Subject+"\n\n"+letter.Letter.Text)
	if words := letter.Letter.Text + letter.Print.Footer; strings.Contains(words, f.Factor.Name) {
		t.Errorf("the factor is named:\n%s", words)
	}
	rude := with(func(_ *domain.Recourse, d *domain.Dispute) { d.RootCause = "their failure to pay, so we call a lawyer" })
	if letter, err := collections.FollowUp(rude, deal); err != nil || strings.Contains(letter.Letter.Text, "lawyer") {
		t.Errorf("unkind words are repeated (%v):\n%s", err, letter.Letter.Text)
	}
}
