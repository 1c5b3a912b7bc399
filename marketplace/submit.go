package marketplace

import (
	"context"
	"fmt"
	"slices"
	"time"

	"comity/domain"
	"comity/underwriting"
)

// Submitted is what came of a submission: offers, or why there are none.
type Submitted struct {
	Invoice  domain.Invoice
	Decision domain.Decision
	Offers   []domain.Offer    // those that wait for a person of a factor are among them
	NoOffer  []*domain.Refusal // one for each mandate that would not buy
}

// Submit asks every active mandate in the invoice's currency for a price. It
// refuses with domain.ErrNothingToBuy, ErrNotIdentified, ErrNoAccount,
// ErrAssignmentForbidden or ErrWrongState. Submitting again supersedes the offers made before.
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
		ground, forbidden := assignable(ctx, tx, by, submission.Relationship)
		if err := submittable(submission, forbidden); err != nil {
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
		done, err := submitted(submission, priced, ground, ids, by.Now)
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
	decision  domain.DecisionID
	offers    []domain.OfferID
	referrals []domain.EventID
	audit     domain.AuditID
	event     domain.EventID
}

// maxBuyers bounds how many mandates are asked at once.
const maxBuyers = 50

func newSubmitIDs() submitIDs {
	ids := submitIDs{decision: domain.New[domain.DecisionID](), audit: domain.New[domain.AuditID](), event: domain.New[domain.EventID]()}
	for range maxBuyers {
		ids.offers, ids.referrals = append(ids.offers, domain.New[domain.OfferID]()), append(ids.referrals, domain.New[domain.EventID]())
	}
	return ids
}

func submittable(m underwriting.Submission, forbidden error) error {
	if err := m.Invoice.Financeable(); err != nil {
		return err
	}
	if err := domain.InvoiceMoves.Move(m.Invoice.Status, domain.InvoiceOffered); err != nil {
		return err
	}
	lacking, err := needed(m, forbidden)
	if len(lacking) > 0 {
		return lacking[0]
	}
	return err
}

// submitted makes what is stored of a submission out of what was priced.
func submitted(m underwriting.Submission, priced Priced, ground domain.Assignable, ids submitIDs, now time.Time) (Submitted, error) {
	done := Submitted{Invoice: m.Invoice, Decision: domain.Decision{
		ID: ids.decision, Seller: m.Invoice.Seller, Invoice: m.Invoice.ID, Model: priced.Decision.Model, Outcome: priced.Decision.Outcome,
		Inputs: priced.Inputs.Encode(), Result: priced.Decision.Encode(), DecidedAt: now,
	}}
	for i, bid := range priced.Bids {
		if bid.No != nil {
			done.NoOffer = append(done.NoOffer, bid.No)
			continue
		}
		offer := domain.Offer{
			ID: ids.offers[i], Factor: bid.Buyer.Factor.ID, Seller: m.Invoice.Seller, Invoice: m.Invoice.ID, Mandate: bid.Buyer.Mandate.ID,
			Decision: ids.decision, Status: domain.OfferOpen, Terms: bid.Terms, Risk: bid.Risk, MadeAt: now, Assignable: ground,
			ExpiresAt: now.Add(time.Duration(bid.Buyer.Mandate.Terms.OfferHours) * time.Hour),
		}
		if priced.Decision.Outcome == underwriting.OutcomeRefer || slices.Contains(m.RefusedBy, offer.Factor) {
			offer.Status, offer.Hidden, offer.ExpiresAt = domain.OfferReferred, true, now.Add(domain.ReviewHours*time.Hour)
		}
		done.Offers = append(done.Offers, offer)
	}
	next := domain.InvoiceSubmitted
	if len(done.Offers) > done.Referred() {
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

// Referred returns how many factors look at the invoice in person first.
func (s Submitted) Referred() int {
	n := 0
	for _, offer := range s.Offers {
		if offer.Status == domain.OfferReferred {
			n++
		}
	}
	return n
}

func submissionTrail(by domain.Caller, done Submitted, ids submitIDs) domain.Trail {
	inv, referred := done.Invoice, done.Referred()
	said := fmt.Sprintf("Invoice %s was priced; nobody offers now.", inv.Number)
	made := slices.DeleteFunc(slices.Clone(done.Offers), func(o domain.Offer) bool { return o.Hidden })
	if n := len(made); n == 1 {
		said = fmt.Sprintf("Invoice %s has an offer: %s now.", inv.Number, made[0].Terms.Now.Grouped())
	} else if n > 1 {
		said = fmt.Sprintf("Invoice %s has %d offers.", inv.Number, n)
	} else if referred > 0 {
		said = fmt.Sprintf("Invoice %s was priced; a person looks at it first.", inv.Number)
	}
	trail := domain.Trail{
		Audit: []domain.AuditRow{domain.Audited(ids.audit, by, "invoice.submitted", "invoice", inv.ID.UUID, done.Decision.Outcome, len(done.Offers))},
		Events: []domain.Event{{
			ID: ids.event, World: by.World, Kind: "invoice.submitted", Seller: inv.Seller, Invoice: inv.ID,
			Said: said, At: by.Now,
		}},
	}
	for i, offer := range done.Offers {
		if offer.Status == domain.OfferReferred {
			trail.Events = append(trail.Events, domain.Event{
				ID: ids.referrals[i], World: by.World, Kind: "offer.referred", Factor: offer.Factor, Invoice: inv.ID, At: by.Now,
				Said: fmt.Sprintf("An offer for an invoice over %s waits for a person to approve or refuse it.", inv.Basis.Grouped()),
			})
			trail.Jobs = append(trail.Jobs, domain.Job{World: by.World, Kind: domain.JobMailParty, Ref: ids.referrals[i].UUID})
		}
	}
	if len(done.Offers) > referred {
		trail.Jobs = append(trail.Jobs, domain.Job{World: by.World, Kind: domain.JobMailParty, Ref: ids.event.UUID})
	}
	return trail
}
