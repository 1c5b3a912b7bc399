package marketplace

import (
	"context"
	"fmt"
	"slices"

	"comity/domain"
	"comity/underwriting"
)

// AnswerReferral lets a person of the factor approve or refuse an offer that waits for
// one. Approved it is priced again, on what is known of the invoice and thought of the
// seller now, and is open for the mandate's hours; refused the seller is told that this
// factor does not buy. The reasons of the referral stay with the factor (D-8). It
// refuses with domain.ErrWrongState, also when the mandate is paused or the invoice was
// sold or withdrawn meanwhile, with domain.ErrOfferExpired, ErrAssignmentForbidden or
// ErrAssignmentChanged, and with what the mandate
// refuses at the new price.
func (s *Service) AnswerReferral(ctx context.Context, by domain.Caller, id domain.OfferID, approve bool, note string, once domain.Once[domain.Offer]) (domain.Answer, error) {
	if err := by.Must(domain.KindFactor, domain.RoleOwner, domain.RoleAnalyst); err != nil {
		return domain.Answer{}, err
	}
	audit, event := domain.New[domain.AuditID](), domain.New[domain.EventID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		found, err := tx.Offer(ctx, id, by.Organization, by.Kind)
		if err != nil {
			return domain.Answer{}, err
		}
		m, _, err := tx.Submission(ctx, found.Invoice, found.Seller, by.Now) // locks the invoice before the offer, as every sale does
		if err != nil {
			return domain.Answer{}, fmt.Errorf("look at the invoice of offer %s: %w", id, err)
		}
		offer, err := tx.LockReferral(ctx, id, by.Organization)
		if err != nil {
			return domain.Answer{}, err
		}
		if approve {
			if err := stillAssignable(ctx, tx, by, m.Relationship, offer); err != nil {
				return domain.Answer{}, err
			}
		}
		if offer, err = looked(ctx, tx, by, offer, m, approve, note); err != nil {
			return domain.Answer{}, err
		}
		if inv := m.Invoice; approve && inv.Status != domain.InvoiceOffered {
			if err := inv.MoveTo(domain.InvoiceOffered); err != nil {
				return domain.Answer{}, err
			}
			if err := tx.UpdateInvoice(ctx, inv); err != nil {
				return domain.Answer{}, err
			}
		}
		if err := tx.SaveReview(ctx, offer); err != nil {
			return domain.Answer{}, fmt.Errorf("save review of offer %s: %w", id, err)
		}
		return once.Answer(offer), tx.SaveTrail(ctx, referralTrail(audit, event, by, offer, m.Invoice))
	})
}

// looked returns an offer as a person answered it.
func looked(ctx context.Context, tx Tx, by domain.Caller, offer domain.Offer, m underwriting.Submission, approve bool, note string) (domain.Offer, error) {
	i := slices.IndexFunc(m.Buyers, func(b domain.Buyer) bool { return b.Mandate.ID == offer.Mandate })
	hours := 0
	if i >= 0 {
		hours = m.Buyers[i].Mandate.Terms.OfferHours
	}
	if err := offer.Look(approve, note, by.Now, hours); err != nil {
		return offer, err
	}
	offer.LookedBy = by.User
	if !approve {
		return offer, nil
	}
	if i < 0 {
		return offer, domain.ErrWrongState.Because("the mandate of this offer is not active").In(string(domain.MandatePaused), string(domain.MandateActive))
	}
	stored, err := tx.Decision(ctx, offer.Decision, offer.Seller, domain.KindSeller)
	if err != nil {
		return offer, err
	}
	decided, err := underwriting.DecodeDecision(stored.Result)
	if err != nil {
		return offer, fmt.Errorf("decision of offer %s: %w", offer.ID, err)
	}
	bid, err := bidOf(m, decided, m.Buyers[i], by.Now)
	offer.Terms, offer.Risk = bid.Terms, bid.Risk
	return offer, err
}

func referralTrail(audit domain.AuditID, event domain.EventID, by domain.Caller, offer domain.Offer, inv domain.Invoice) domain.Trail {
	kind, said := "offer.refused", fmt.Sprintf("A factor looked at invoice %s and does not make an offer.", inv.Number)
	if offer.Status == domain.OfferOpen {
		kind, said = "offer.approved", fmt.Sprintf("A factor looked at invoice %s and makes an offer: %s now.", inv.Number, offer.Terms.Now.Grouped())
	}
	trail := domain.Trail{
		Audit: []domain.AuditRow{domain.Audited(audit, by, kind, "offer", offer.ID.UUID, offer.Status, offer.LookedFor)},
		Events: []domain.Event{{
			ID: event, World: by.World, Kind: kind, Factor: offer.Factor, Seller: offer.Seller, Invoice: offer.Invoice, Said: said, At: by.Now,
		}},
	}
	if offer.Status == domain.OfferOpen {
		trail.Jobs = []domain.Job{{World: by.World, Kind: domain.JobMailParty, Ref: event.UUID}}
	}
	return trail
}

// Judged is an offer with the decision that it rests on, as the factor may read it.
type Judged struct {
	Offer    domain.Offer
	Decision domain.Decision
}

// OfferDecision returns the decision behind an offer of the caller's own, for the
// factor that prices by it.
func (s *Service) OfferDecision(ctx context.Context, by domain.Caller, id domain.OfferID) (Judged, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return Judged{}, err
	}
	var found Judged
	err := s.read(ctx, by.In(domain.ScopeMarket), func(tx Tx) error {
		var err error
		if found.Offer, err = tx.Offer(ctx, id, by.Organization, by.Kind); err != nil {
			return err
		}
		found.Decision, err = tx.Decision(ctx, found.Offer.Decision, found.Offer.Seller, domain.KindSeller)
		return err
	})
	return found, err
}

// DebtorLimit proposes a limit on the debtor of an offer of the caller's own, from
// what the caller's own deals say of it. It is not stored, and the mandate's limit
// stays what it is.
func (s *Service) DebtorLimit(ctx context.Context, by domain.Caller, id domain.OfferID) (underwriting.LimitProposal, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return underwriting.LimitProposal{}, err
	}
	var proposal underwriting.LimitProposal
	err := s.read(ctx, by.In(domain.ScopeMarket), func(tx Tx) error {
		offer, err := tx.Offer(ctx, id, by.Organization, by.Kind)
		if err != nil {
			return err
		}
		factor, err := tx.Organization(ctx, by.Organization)
		if err != nil {
			return err
		}
		book, err := tx.PaidOnDebtor(ctx, by.Organization, offer, today(by.Now, factor.Zone()))
		if err != nil {
			return err
		}
		proposal = underwriting.ProposeLimit(book.LimitFacts())
		return nil
	})
	return proposal, err
}
