package marketplace

import (
	"context"
	"errors"
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
		submission, err := tx.Submission(ctx, id, by.Organization, by.Now)
		if err != nil {
			return domain.Answer{}, fmt.Errorf("load submission of %s: %w", id, err)
		}
		if err := submittable(submission); err != nil {
			return domain.Answer{}, err
		}
		done, err := s.price(submission, ids, by.Now)
		if err != nil {
			return domain.Answer{}, err
		}
		answer := once.Answer(done)
		if err := tx.SaveSubmission(ctx, done.Invoice, done.Decision, done.Offers); err != nil {
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
	if !m.Relationship.Identified() {
		return domain.ErrNotIdentified.Because("give %s a legal type, a country, an address and a time zone", m.Relationship.Name)
	}
	if !m.HasAccount {
		return domain.ErrNoAccount.Because("in %s", m.Invoice.Basis.Currency())
	}
	return nil
}

// price asks the engine once and every mandate for its terms.
func (s *Service) price(m underwriting.Submission, ids submitIDs, now time.Time) (Submitted, error) {
	day := today(now, m.Seller.Zone())
	inputs := underwriting.Inputs{
		Model: underwriting.ModelV1, Today: day, Issued: m.Invoice.Issued, Due: m.Invoice.Due, Basis: m.Invoice.Basis,
		Country: m.Relationship.Country, LegalType: string(m.Relationship.LegalType),
		Paid: m.Paid, Open: m.Open, Payments: m.Payments, Disputed: m.Disputed,
	}
	decided := s.engine.Assess(inputs)
	done := Submitted{Invoice: m.Invoice, Decision: domain.Decision{
		ID: ids.decision, Seller: m.Invoice.Seller, Invoice: m.Invoice.ID, Model: decided.Model, Outcome: decided.Outcome,
		Inputs: inputs.Encode(), Result: decided.Encode(), DecidedAt: now,
	}}
	if decided.Outcome == underwriting.OutcomeOffer {
		for i, buyer := range m.Buyers[:min(len(m.Buyers), maxBuyers)] {
			offer, err := bid(m.Invoice, decided, buyer, ids.offers[i], now)
			if refusal, refused := errors.AsType[*domain.Refusal](err); refused {
				done.NoOffer = append(done.NoOffer, refusal)
				continue
			}
			if err != nil {
				return Submitted{}, err
			}
			offer.Decision = ids.decision
			done.Offers = append(done.Offers, offer)
		}
	}
	next := domain.InvoiceSubmitted
	if len(done.Offers) > 0 {
		next = domain.InvoiceOffered
	}
	if decided.Outcome == underwriting.OutcomeDecline {
		next = domain.InvoiceDeclined
	}
	if done.Invoice.Status != next {
		return done, done.Invoice.MoveTo(next)
	}
	return done, nil
}

// bid makes one mandate's offer.
func bid(inv domain.Invoice, decided underwriting.Decision, buyer domain.Buyer, id domain.OfferID, now time.Time) (domain.Offer, error) {
	terms, err := underwriting.Price(decided, buyer.Mandate.Terms, underwriting.Ask{
		Basis: inv.Basis, Due: inv.Due, FundedOn: today(now, buyer.Factor.Zone()),
		Banking:    domain.BankingDays(inv.Basis.Currency(), buyer.Factor.Country),
		RebateHold: buyer.Collection.RebateHold(),
	})
	if err != nil {
		return domain.Offer{}, err
	}
	return domain.Offer{
		ID: id, Factor: buyer.Factor.ID, Seller: inv.Seller, Invoice: inv.ID, Mandate: buyer.Mandate.ID,
		Status: domain.OfferOpen, Terms: terms, MadeAt: now,
		ExpiresAt: now.Add(time.Duration(buyer.Mandate.Terms.OfferHours) * time.Hour),
	}, nil
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

// Decision returns a decision about one of the caller's invoices.
func (s *Service) Decision(ctx context.Context, by domain.Caller, id domain.DecisionID) (domain.Decision, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Decision{}, err
	}
	var d domain.Decision
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		d, err = tx.Decision(ctx, id, by.Organization)
		return err
	})
	return d, err
}

// Replay decides again on a decision's stored inputs, and says whether the same
// bytes came out.
func (s *Service) Replay(ctx context.Context, by domain.Caller, id domain.DecisionID) (domain.Decision, bool, error) {
	d, err := s.Decision(ctx, by, id)
	if err != nil {
		return d, false, err
	}
	again, err := underwriting.Replay(d.Model, d.Inputs)
	if err != nil {
		return d, false, fmt.Errorf("replay %s: %w", id, err)
	}
	return d, string(again) == string(d.Result), nil
}
