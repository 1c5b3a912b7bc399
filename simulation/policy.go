// Package simulation replays history with money: day by day it prices invoices, buys
// what a policy accepts, collects, and keeps a factor's book of it with the journals of
// package ledger. What a policy would have earned is then read from the book.
package simulation

import (
	"comity/domain"
	"comity/money"
	"comity/underwriting"
)

// A Policy says what is bought and at which price. It is a versioned document: see
// [ReadPolicy].
type Policy struct {
	Name    string
	Version int

	AdvanceCap      money.Rate
	Facts           underwriting.Facts // what the haircuts rest on: seller grade, verification, dilution
	Fee             domain.FeeTerms    // its free part is nothing when Priced
	Priced          bool               // the fee covers its costs and the margin: [underwriting.PriceRisk]
	Margin          money.Rate         // of the basis
	OriginationRate money.Rate         // of the basis
	FundsRate       money.Rate         // yearly, of the advance while it is out
	ServicingRate   money.Rate         // of the basis

	RecourseDays        int
	CureDays            int // from the recourse day until the seller pays
	RebateHold          int // banking days
	MaxExpectedDaysLate int
	ConcentrationLimit  money.Rate // most that one debtor may owe of the eligible base

	Books    []BookTerms // in the order of the document
	Scenario *Scenario   // nil: nothing is lost, for paid rows show no loss
}

// BookTerms are the part of a policy that is an amount of one currency.
type BookTerms struct {
	Currency           money.Currency
	Country            string       // whose holidays count where the currency alone does not say
	Capital            money.Amount // most that is advanced at once
	DebtorLimit        money.Amount // most that is advanced on one debtor
	ConcentrationFloor money.Amount // the eligible base is never taken as less
	Origination        money.Amount // of one invoice, added to the rate
	Wire               money.Amount
	Servicing          money.Amount // of one invoice, added to the rate
	Smallest, Largest  money.Amount // basis of an invoice
}

// A Scenario is an assumption about credit loss. Nothing in it is learned from rows.
type Scenario struct {
	Invoice          money.Ppm  // an invoice is never paid; or, when it is nothing,
	DebtorYear       money.Ppm  // a debtor stops paying for good within a year
	LossGivenDefault money.Rate // of the claim on the seller, when neither pays
	NoRepurchase     money.Ppm  // a seller does not pay an exercised recourse
	Seed             uint64
}

// book returns the terms for a currency.
func (p Policy) book(c money.Currency) (BookTerms, bool) {
	for _, b := range p.Books {
		if b.Currency == c {
			return b, true
		}
	}
	return BookTerms{}, false
}

// mandate returns the policy as a mandate in one currency.
func (p Policy) mandate(b BookTerms) domain.MandateTerms {
	return domain.MandateTerms{
		Currency: b.Currency, AdvanceCap: p.AdvanceCap, Fee: p.Fee,
		OriginationRate: p.OriginationRate, OriginationFixed: b.Origination, WireFee: b.Wire,
		RecourseDays: p.RecourseDays, CureDays: p.CureDays, MinFace: b.Smallest, MaxFace: b.Largest,
		DebtorLimit: b.DebtorLimit, FacilityLimit: b.Capital, MaxExpectedDaysLate: p.MaxExpectedDaysLate,
	}
}

// risk returns what a price by risk rests on.
func (p Policy) risk(b BookTerms) underwriting.Risk {
	return underwriting.Risk{Facts: p.Facts, Costs: domain.Costs{
		FundsRate: p.FundsRate, Servicing: b.Servicing, ServicingRate: p.ServicingRate, MarginRate: p.Margin,
	}}
}
