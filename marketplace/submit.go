package marketplace

import (
	"context"
	"fmt"
	"time"

	"comity/domain"
	"comity/underwriting"
)

// Submitted is what came of a submission: offers, or why there are none.
type Submitted struct {
	Invoice  domain.Invoice
	Decision domain.Decision
	Offers   []domain.Offer
	NoOffer  []*domain.Refusal // one for each mandate that would not buy
}

// Submit asks every active mandate in the invoice's currency for a price. It
// refuses with domain.ErrNothingToBuy, ErrNotIdentified, ErrNoAccount or
// ErrWrongState. Submitting again supersedes the offers made before.
func (s *Service) Submit(ctx context.Context, by domain.Caller, id domain.InvoiceID, once domain.Once[Submitted]) (domain.Answer, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Answer{}, err
	}
	ids := newSubmitIDs()
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		submission, use, err := tx.Submission(ctx, id, by.Organization, by.Now)
		if err != nil {
			return domain.Answer{}, fmt.Errorf("load submission of %s: %w", id, err)
		}
		if err := submittable(submission); err != nil {
			return domain.Answer{}, err
		}
		priced, err := s.price(ctx, tx, submission, use, by.Now)
		if err != nil {
			return domain.Answer{}, err
		}
		shadow, err := s.shadow(ctx, tx, submission, use, priced)
		if err != nil {
			return domain.Answer{}, err
		}
		done, err := submitted(submission, priced, ids, by.Now)
		if err != nil {
			return domain.Answer{}, err
		}
		answer := once.Answer(done)
		if err := tx.SaveSubmission(ctx, done.Invoice, done.Decision, done.Offers, shadow); err != nil {
			return domain.Answer{}, fmt.Errorf("save submission of %s: %w", id, err)
		}
		return answer, tx.SaveTrail(ctx, submissionTrail(by, done, ids))
	})
}

type submitIDs struct {
	decision domain.DecisionID
	offers   []domain.OfferID
	audit    domain.AuditID
	event    domain.EventID
}

// maxBuyers bounds how many mandates are asked at once.
const maxBuyers = 50

func newSubmitIDs() submitIDs {
	ids := submitIDs{decision: domain.New[domain.DecisionID](), audit: domain.New[domain.AuditID](), event: domain.New[domain.EventID]()}
	for range maxBuyers {
		ids.offers = append(ids.offers, domain.New[domain.OfferID]())
	}
	return ids
}

func submittable(m underwriting.Submission) error {
	if err := m.Invoice.Financeable(); err != nil {
		return err
	}
	if err := domain.InvoiceMoves.Move(m.Invoice.Status, domain.InvoiceOffered); err != nil {
		return err
	}
	if lacking := needed(m); len(lacking) > 0 {
		return lacking[0]
	}
	return nil
}

// submitted makes what is stored of a submission out of what was priced.
func submitted(m underwriting.Submission, priced Priced, ids submitIDs, now time.Time) (Submitted, error) {
	done := Submitted{Invoice: m.Invoice, Decision: domain.Decision{
		ID: ids.decision, Seller: m.Invoice.Seller, Invoice: m.Invoice.ID, Model: priced.Decision.Model, Outcome: priced.Decision.Outcome,
		Inputs: priced.Inputs.Encode(), Result: priced.Decision.Encode(), DecidedAt: now,
	}}
	for i, bid := range priced.Bids {
		if bid.No != nil {
			done.NoOffer = append(done.NoOffer, bid.No)
			continue
		}
		done.Offers = append(done.Offers, domain.Offer{
			ID: ids.offers[i], Factor: bid.Buyer.Factor.ID, Seller: m.Invoice.Seller, Invoice: m.Invoice.ID, Mandate: bid.Buyer.Mandate.ID,
			Decision: ids.decision, Status: domain.OfferOpen, Terms: bid.Terms, MadeAt: now,
			ExpiresAt: now.Add(time.Duration(bid.Buyer.Mandate.Terms.OfferHours) * time.Hour),
		})
	}
	next := domain.InvoiceSubmitted
	if len(done.Offers) > 0 {
		next = domain.InvoiceOffered
	}
	if priced.Decision.Outcome == underwriting.OutcomeDecline {
		next = domain.InvoiceDeclined
	}
	if done.Invoice.Status != next {
		return done, done.Invoice.MoveTo(next)
	}
	return done, nil
}

func submissionTrail(by domain.Caller, done Submitted, ids submitIDs) domain.Trail {
	inv := done.Invoice
	said := fmt.Sprintf("Invoice %s was priced; nobody offers now.", inv.Number)
	if n := len(done.Offers); n == 1 {
		said = fmt.Sprintf("Invoice %s has an offer: %s now.", inv.Number, done.Offers[0].Terms.Now.Grouped())
	} else if n > 1 {
		said = fmt.Sprintf("Invoice %s has %d offers.", inv.Number, n)
	}
	trail := domain.Trail{
		Audit: []domain.AuditRow{domain.Audited(ids.audit, by, "invoice.submitted", "invoice", inv.ID.UUID, done.Decision.Outcome, len(done.Offers))},
		Events: []domain.Event{{
			ID: ids.event, World: by.World, Kind: "invoice.submitted", Seller: inv.Seller, Invoice: inv.ID,
			Said: said, At: by.Now,
		}},
	}
	if len(done.Offers) > 0 {
		trail.Jobs = []domain.Job{{World: by.World, Kind: domain.JobMailParty, Ref: ids.event.UUID}}
	}
	return trail
}
