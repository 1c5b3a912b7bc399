package collections

import (
	"context"
	"fmt"

	"comity/domain"
)

// disclosing is what ends the confidentiality of a case.
type disclosing interface {
	SaveDisclosing(context.Context, domain.Disclosing) error
	Disclosing(context.Context, domain.DisclosingID, domain.OrganizationID) (domain.Disclosing, error)
	Disclosings(context.Context, domain.CaseID) ([]domain.Disclosing, error)
	TellDebtor(ctx context.Context, kase domain.Case, by domain.Caller, evidence string) error
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
// domain.ErrNotFound, ErrWrongState when the debtor is told already, or ErrConflict while another
// request waits.
func (s *Service) AskDisclosing(ctx context.Context, by domain.Caller, id domain.CaseID, t Telling, once domain.Once[domain.Disclosing]) (domain.Answer, error) {
	d := domain.Disclosing{
		ID: domain.New[domain.DisclosingID](), Case: id, Factor: by.Organization, Status: domain.DisclosingAsked,
		Reason: t.Reason, Note: t.Note, AskedBy: by.User, AskedAt: by.Now,
	}
	ids := newTrailIDs()
	return settling(ctx, s, by, domain.KindFactor, once, func(tx Tx) (domain.Disclosing, domain.Trail, error) {
		kase, err := tx.LockCase(ctx, id, by.Organization)
		if err != nil {
			return d, domain.Trail{}, err
		}
		if err := confidential(kase); err != nil {
			return d, domain.Trail{}, err
		}
		d.Seller = kase.Seller
		if err := tx.SaveDisclosing(ctx, d); err != nil {
			return d, domain.Trail{}, err
		}
		return d, ids.about(by, factorsOnly(kase), "disclosing.asked", d.ID.UUID, domain.DealID{}, "The debtor is to be told that its invoices were sold: a second person must agree."), nil
	})
}

// confidential refuses with ErrWrongState a case whose debtor is told.
func confidential(kase domain.Case) error {
	switch {
	case kase.Status != domain.CaseOpen:
		return domain.ErrWrongState.Because("the case is closed").In(string(kase.Status), string(domain.CaseOpen))
	case kase.Mode() != domain.Confidential:
		return domain.ErrWrongState.Because("the debtor is told already").In(string(domain.Notified), string(domain.Confidential))
	default:
		return nil
	}
}

// ApproveDisclosing is the second person's word: the case, what of it is open and the pair are notified
// from now on. The seller hears it at once, and may speak first: the notice leaves one business day
// later. The account stays. It refuses with domain.ErrNotFound, ErrTwoPeople for the first person, or
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
		if err := confidential(kase); err != nil {
			return d, domain.Trail{}, err
		}
		if err := tx.SaveDisclosing(ctx, d); err != nil {
			return d, domain.Trail{}, err
		}
		evidence := fmt.Sprintf("The contract: two people of the factor decided to tell the debtor (%s).", d.Reason)
		if err := tx.TellDebtor(ctx, kase, by, evidence); err != nil {
			return d, domain.Trail{}, fmt.Errorf("tell the debtor of %s: %w", kase.ID, err)
		}
		for _, t := range f.Touches { // what is on its way out speaks as the seller
			if t.Status == domain.TouchSending && t.Class != domain.ClassCall && t.Outcome != domain.OutcomeHandedOut {
				if err := putBack(ctx, tx, t, by.Now); err != nil {
					return d, domain.Trail{}, err
				}
			}
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
