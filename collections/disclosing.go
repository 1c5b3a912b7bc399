package collections

import (
	"context"
	"fmt"
	"time"

	"comity/domain"
)

// disclosing is what ends the confidentiality of a case.
type disclosing interface {
	SaveDisclosing(context.Context, domain.Disclosing) error
	Disclosing(context.Context, domain.DisclosingID, domain.OrganizationID) (domain.Disclosing, error)
	Disclosings(context.Context, domain.CaseID) ([]domain.Disclosing, error)
	Telling(ctx context.Context, kase domain.CaseID, at time.Time) error
	TellDebtor(context.Context, domain.CaseID) error
}

// openly refuses a step that names the factor to a debtor who is not told of the sale.
func openly(kase domain.Case) error {
	if kase.Mode() == domain.Confidential {
		return domain.ErrWrongState.Because("the debtor is not told that its invoices were sold: two people tell it first").In(string(domain.Confidential), string(domain.Notified))
	}
	return nil
}

// A Telling is what the first of two people says who want a debtor to be told after all.
type Telling struct {
	Reason domain.DisclosingReason
	Note   string // what it rests on; for the factor only
}

// AskDisclosing is the first of two people who end the confidentiality of a case. It refuses with
// domain.ErrNotFound, ErrWrongState when the debtor is told already, nothing is open or an advance is not
// paid yet, or ErrConflict while another request waits.
func (s *Service) AskDisclosing(ctx context.Context, by domain.Caller, id domain.CaseID, t Telling, once domain.Once[domain.Disclosing]) (domain.Answer, error) {
	d := domain.Disclosing{
		ID: domain.New[domain.DisclosingID](), Case: id, Factor: by.Organization, Status: domain.DisclosingAsked,
		Reason: t.Reason, Note: t.Note, AskedBy: by.User, AskedAt: by.Now,
	}
	ids := newTrailIDs()
	return settling(ctx, s, by, domain.KindFactor, once, func(tx Tx) (domain.Disclosing, domain.Trail, error) {
		if _, err := tx.Case(ctx, id, by.Organization, by.Kind); err != nil {
			return d, domain.Trail{}, err
		}
		f, err := tx.CaseFacts(ctx, id)
		if err == nil {
			err = tellable(f)
		}
		if err != nil {
			return d, domain.Trail{}, err
		}
		kase := f.Case
		d.Seller = kase.Seller
		if err := tx.SaveDisclosing(ctx, d); err != nil {
			return d, domain.Trail{}, err
		}
		return d, ids.about(by, factorsOnly(kase), "disclosing.asked", d.ID.UUID, domain.DealID{}, "The debtor is to be told that its invoices were sold: a second person must agree."), nil
	})
}

// tellable refuses with ErrWrongState a case whose debtor cannot be told now: it is told already, nothing of
// it is open, or an advance is not paid yet, which a notice must not be in the way of.
func tellable(f domain.CaseFacts) error {
	open := false
	for _, item := range f.Items {
		if item.Deal.Status == domain.DealMade {
			return domain.ErrWrongState.Because("the advance on invoice %s is not paid yet: pay it, or cancel the deal", item.Deal.InvoiceNumber).In(string(domain.DealMade), string(domain.DealPaidOut))
		}
		open = open || live(&item) && item.Deal.Open.Positive()
	}
	switch {
	case f.Case.Status != domain.CaseOpen:
		return domain.ErrWrongState.Because("the case is closed").In(string(f.Case.Status), string(domain.CaseOpen))
	case f.Case.Mode() != domain.Confidential:
		return domain.ErrWrongState.Because("the debtor is told already").In(string(domain.Notified), string(domain.Confidential))
	case f.Case.Telling():
		return domain.ErrWrongState.Because("it is decided already: the notice is on its way").In("telling")
	case !open:
		return domain.ErrWrongState.Because("nothing is open that a notice could be about").In("paid")
	default:
		return nil
	}
}

// ApproveDisclosing is the second person's word. The seller hears it at once, and may speak first: the notice
// leaves one business day later, and until it was sent the debtor hears of nothing else, nor is it asked for
// anything. With it the case, its deals and the seller's pairs with the debtor are notified. The account
// stays. It refuses with domain.ErrNotFound, ErrTwoPeople for the first person, or
// ErrWrongState.
func (s *Service) ApproveDisclosing(ctx context.Context, by domain.Caller, id domain.DisclosingID, once domain.Once[domain.Disclosing]) (domain.Answer, error) {
	return s.decideDisclosing(ctx, by, id, true, once)
}

// WithdrawDisclosing takes a request back before a second person agreed. It refuses with
// domain.ErrNotFound or ErrWrongState.
func (s *Service) WithdrawDisclosing(ctx context.Context, by domain.Caller, id domain.DisclosingID, once domain.Once[domain.Disclosing]) (domain.Answer, error) {
	return s.decideDisclosing(ctx, by, id, false, once)
}

func (s *Service) decideDisclosing(ctx context.Context, by domain.Caller, id domain.DisclosingID, agreed bool, once domain.Once[domain.Disclosing]) (domain.Answer, error) {
	ids := newTrailIDs()
	return settling(ctx, s, by, domain.KindFactor, once, func(tx Tx) (domain.Disclosing, domain.Trail, error) {
		d, err := tx.Disclosing(ctx, id, by.Organization)
		if err != nil {
			return d, domain.Trail{}, err
		}
		f, err := tx.CaseFacts(ctx, d.Case)
		if err != nil {
			return d, domain.Trail{}, err
		}
		kase := f.Case
		if d, err = tx.Disclosing(ctx, id, by.Organization); err != nil { // again: it may have been decided while we waited
			return d, domain.Trail{}, err
		}
		if err := d.Decide(agreed, by); err != nil {
			return d, domain.Trail{}, err
		}
		if !agreed {
			err := tx.SaveDisclosing(ctx, d)
			return d, ids.about(by, factorsOnly(kase), "disclosing.withdrawn", d.ID.UUID, domain.DealID{}, "The debtor is not told: the request was taken back."), err
		}
		if err := tellable(f); err != nil {
			return d, domain.Trail{}, err
		}
		if err := tx.SaveDisclosing(ctx, d); err != nil {
			return d, domain.Trail{}, err
		}
		if err := tx.Telling(ctx, kase.ID, by.Now); err != nil {
			return d, domain.Trail{}, fmt.Errorf("tell the debtor of %s: %w", kase.ID, err)
		}
		trail := ids.about(by, kase, "disclosing.done", d.ID.UUID, domain.DealID{}, "Your customer is told that these invoices were sold: the notice leaves one business day from now. Until then you may speak with it first; your introduction is at GET /v1/deals/{id}/letters/introduction. The account stays as it is.")
		trail.Jobs = append(trail.Jobs, domain.Job{World: by.World, Kind: domain.JobMailParty, Ref: ids.event.UUID})
		return d, trail, nil
	})
}

// Disclosings lists what was decided of telling the debtor of a case, for its factor.
func (s *Service) Disclosings(ctx context.Context, by domain.Caller, id domain.CaseID) ([]domain.Disclosing, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return nil, err
	}
	return of(ctx, s, by, id, func(tx Tx) ([]domain.Disclosing, error) { return tx.Disclosings(ctx, id) })
}
