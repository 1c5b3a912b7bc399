package marketplace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"comity/domain"
	"comity/underwriting"
)

// Priced is what the engine and every mandate say of one invoice.
type Priced struct {
	Inputs   underwriting.Inputs
	Decision underwriting.Decision
	Bids     []Bid // none when the decision is to decline
}

// A Bid is one mandate's terms, or why it would not buy.
type Bid struct {
	Buyer domain.Buyer
	Terms domain.OfferTerms
	Risk  []byte // of a price by risk: what it rests on
	No    *domain.Refusal
}

// price asks the model that is live once and every mandate for its terms. It stores
// nothing: a submission and a quote are priced by it alike.
func (s *Service) price(ctx context.Context, tx Tx, m underwriting.Submission, use domain.ModelsInUse, now time.Time) (Priced, error) {
	engine := s.engine
	inputs := underwriting.Inputs{
		Model: underwriting.ModelV1, Today: today(now, m.Seller.Zone()), Issued: m.Invoice.Issued, Due: m.Invoice.Due, Basis: m.Invoice.Basis,
		Country: m.Relationship.Country, LegalType: string(m.Relationship.LegalType),
	}
	if use.Live != "" {
		var err error
		if engine, err = s.fittedEngine(ctx, tx, use.Live); err != nil {
			return Priced{}, fmt.Errorf("live model: %w", err)
		}
		inputs.Model, inputs.Record = use.Live, &underwriting.Record{Register: m.Register}
	}
	inputs.Velocity = &m.Velocity
	inputs = paidAs(inputs, m)
	priced := Priced{Inputs: inputs, Decision: underwriting.Decide(engine, inputs)}
	if priced.Decision.Outcome == underwriting.OutcomeDecline {
		return priced, nil
	}
	for _, buyer := range m.Buyers[:min(len(m.Buyers), maxBuyers)] {
		bid, err := bidOf(m, priced.Decision, buyer, now)
		refusal, refused := errors.AsType[*domain.Refusal](err)
		if err != nil && !refused {
			return Priced{}, err
		}
		bid.Buyer, bid.No = buyer, refusal
		priced.Bids = append(priced.Bids, bid)
	}
	return priced, nil
}

// paidAs returns inputs with the payments, open invoices, disputes and growth that were
// found, counted as their model reads them: everything in them that a correction of
// history may change.
func paidAs(inputs underwriting.Inputs, m underwriting.Submission) underwriting.Inputs {
	inputs.Paid, inputs.Open, inputs.Payments, inputs.Disputed = m.Paid, m.Open, m.Payments, m.Disputed
	if inputs.Velocity != nil {
		inputs.Velocity = &m.Velocity
	}
	if inputs.Record != nil {
		m.Register = inputs.Record.Register
		inputs.Record = underwriting.NewRecord(m, inputs.Today)
	}
	return inputs
}

// shadow scores an invoice by the model that looks on, on the inputs of the one
// that decided. The zero score is none.
func (s *Service) shadow(ctx context.Context, tx Tx, m underwriting.Submission, use domain.ModelsInUse, decided Priced) (domain.ShadowScore, error) {
	if use.Shadow == "" {
		return domain.ShadowScore{}, nil
	}
	engine, err := s.fittedEngine(ctx, tx, use.Shadow)
	if err != nil {
		return domain.ShadowScore{}, fmt.Errorf("shadow model: %w", err)
	}
	inputs := decided.Inputs
	if inputs.Model = use.Shadow; inputs.Record == nil {
		inputs.Record = &underwriting.Record{Register: m.Register}
		inputs = paidAs(inputs, m)
	}
	d := underwriting.Decide(engine, inputs)
	curve := make([][2]int, len(d.Curve))
	for i, p := range d.Curve {
		curve[i] = [2]int{p.Day, int(p.Paid)}
	}
	score := domain.ShadowScore{
		Model: use.Shadow, Outcome: d.Outcome, Expected: d.ExpectedDaysLate, Median: d.MedianDaysLate, P90: d.P90DaysLate,
		Apart: d.ExpectedDaysLate - decided.Decision.ExpectedDaysLate,
	}
	score.Curve, err = json.Marshal(curve)
	return score, err
}

// bidOf asks one mandate for its terms, in the mode in which the pair is served.
func bidOf(m underwriting.Submission, decided underwriting.Decision, buyer domain.Buyer, now time.Time) (Bid, error) {
	if err := buyer.Buys(m.Relationship.Mode(), m.Relationship.LegalType, m.Verification.Level(), m.Invoice.PaidTo); err != nil {
		return Bid{}, err
	}
	bid, err := termsOf(m, decided, buyer, now)
	if m.Relationship.Mode() == domain.Confidential {
		bid.Terms.Disclosure = domain.Confidential
	}
	return bid, err
}

// termsOf returns the terms of one mandate: those that it gives, or those that follow from the risk.
func termsOf(m underwriting.Submission, decided underwriting.Decision, buyer domain.Buyer, now time.Time) (Bid, error) {
	inv, mandate, fundedOn := m.Invoice, buyer.Mandate.Terms, today(now, buyer.Factor.Zone())
	ask := underwriting.Ask{
		Basis: inv.Basis, Due: inv.Due, FundedOn: fundedOn,
		Banking:    domain.BankingDays(inv.Basis.Currency(), buyer.Factor.Country),
		RebateHold: buyer.PaidInto(m.Relationship.Mode()).RebateHold(),
	}
	if !mandate.ByRisk {
		terms, err := underwriting.Price(decided, mandate, ask)
		return Bid{Terms: terms}, err
	}
	risk := underwriting.Risk{Facts: m.Facts(buyer.Factor.ID, buyer.Standing, fundedOn), Seen: m.Seen(buyer.Factor.ID), Costs: mandate.Costs}
	price, err := underwriting.PriceRisk(decided, mandate, ask, risk)
	if err != nil {
		return Bid{}, err
	}
	return Bid{Terms: price.Terms, Risk: underwriting.EncodeRisk(risk, price)}, nil
}
