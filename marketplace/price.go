package marketplace

import (
	"errors"
	"time"

	"comity/domain"
	"comity/underwriting"
)

// Priced is what the engine and every mandate say of one invoice.
type Priced struct {
	Inputs   underwriting.Inputs
	Decision underwriting.Decision
	Bids     []Bid // none unless the decision is to offer
}

// A Bid is one mandate's terms, or why it would not buy.
type Bid struct {
	Buyer domain.Buyer
	Terms domain.OfferTerms
	No    *domain.Refusal
}

// price asks the engine once and every mandate for its terms. It stores nothing: a
// submission and a quote are priced by it alike.
func price(engine underwriting.Engine, m underwriting.Submission, now time.Time) (Priced, error) {
	inputs := underwriting.Inputs{
		Model: underwriting.ModelV1, Today: today(now, m.Seller.Zone()), Issued: m.Invoice.Issued, Due: m.Invoice.Due, Basis: m.Invoice.Basis,
		Country: m.Relationship.Country, LegalType: string(m.Relationship.LegalType),
	}
	inputs = paidAs(inputs, m)
	priced := Priced{Inputs: inputs, Decision: engine.Assess(inputs)}
	if priced.Decision.Outcome != underwriting.OutcomeOffer {
		return priced, nil
	}
	for _, buyer := range m.Buyers[:min(len(m.Buyers), maxBuyers)] {
		terms, err := bid(m.Invoice, priced.Decision, buyer, now)
		refusal, refused := errors.AsType[*domain.Refusal](err)
		if err != nil && !refused {
			return Priced{}, err
		}
		priced.Bids = append(priced.Bids, Bid{Buyer: buyer, Terms: terms, No: refusal})
	}
	return priced, nil
}

// paidAs returns inputs with the payments, open invoices and disputes that were
// found: everything in them that a correction of history may change.
func paidAs(inputs underwriting.Inputs, m underwriting.Submission) underwriting.Inputs {
	inputs.Paid, inputs.Open, inputs.Payments, inputs.Disputed = m.Paid, m.Open, m.Payments, m.Disputed
	return inputs
}

// bid asks one mandate for its terms.
func bid(inv domain.Invoice, decided underwriting.Decision, buyer domain.Buyer, now time.Time) (domain.OfferTerms, error) {
	return underwriting.Price(decided, buyer.Mandate.Terms, underwriting.Ask{
		Basis: inv.Basis, Due: inv.Due, FundedOn: today(now, buyer.Factor.Zone()),
		Banking:    domain.BankingDays(inv.Basis.Currency(), buyer.Factor.Country),
		RebateHold: buyer.Collection.RebateHold(),
	})
}
