package underwriting

import (
	"comity/domain"
	"comity/money"
	"comity/underwriting/paytime"
)

// A Submission is everything that the price of one invoice depends on, as it
// was found and locked.
type Submission struct {
	Invoice      domain.Invoice
	Seller       domain.Organization
	Relationship domain.Relationship
	Paid         []PaidBucket // the relationship's own payments
	Open         []OpenBucket
	Payments     int
	Disputed     int
	Buyers       []domain.Buyer
	HasAccount   bool           // the seller has a pay-out account in the invoice's currency
	Currency     money.Currency // of what is asked about, and of every amount below

	Velocity Velocity

	RefusedBy []domain.OrganizationID // factors of which a person refused this invoice

	// What a price by risk rests on.
	Verification Verification
	Sales        []SaleMonth                        // and credits, as the seller's books have them
	CreditLag    int                                // days; negative when not said
	Promises     map[domain.OrganizationID]Promises // of the debtor about deals of the relationship, by factor
	Over         map[domain.OrganizationID]Count    // deals of the relationship that are over, by factor, and how many were disputed

	// What a fitted model reads, see [NewRecord].
	Cells     []paytime.Paid
	OpenCells []paytime.Open
	Book      paytime.Book
	SameDay   int
	Register  map[string]string
}

// Facts returns what the haircuts of an offer by a factor rest on: the pair's
// dilution as of a day, how far the invoice is proven, that one's opinion of the
// seller, and the promises that were made to it.
func (s Submission) Facts(factor domain.OrganizationID, opinion domain.Standing, today domain.Date) Facts {
	return Facts{
		Dilution: PairDilution(s.Sales, s.CreditLag, s.Invoice.Basis, today), Verification: s.Verification,
		Grade: SellerGrade(opinion.Grade), SellerCap: opinion.AdvanceCap, Promises: s.Promises[factor],
	}
}

// Seen returns what a factor saw of the pair in its own deals, and what the seller's
// imports tell: another factor's deals are not its to read (D-7). A deal says something
// once it is over: paid, a month past its due date, or disputed; one that was just made
// does not. A dispute that an imported row tells of counts as an invoice that was
// disputed; a row that tells of none says nothing.
func (s Submission) Seen(factor domain.OrganizationID) Seen {
	disputed := 0
	for _, over := range s.Over {
		disputed += over.Events
	}
	imported, own := max(0, s.Disputed-disputed), s.Over[factor]
	count := Count{Events: own.Events + imported, Trials: own.Trials + imported}
	count.Recorded = count.Trials > 0
	return Seen{Disputes: count}
}

// A DebtorBook is what a factor's own deals say of one debtor, in one currency.
type DebtorBook struct {
	Today    domain.Date
	Currency money.Currency
	Months   []money.Amount // paid in each of the twelve months before this one
	Since    domain.Date    // of the first payment; zero: none
	Paid     []PaidBucket   // of deals in every currency
	Open     []OpenBucket
}

// LimitFacts returns what a limit is proposed on: the curve is that of [EngineV1],
// which is the general one where nothing is known, and the belief about a default
// that before anything was seen, for nothing yet records one.
func (b DebtorBook) LimitFacts() LimitFacts {
	d := EngineV1{}.Assess(Inputs{Today: b.Today, Due: b.Today, Paid: b.Paid, Open: b.Open})
	facts := LimitFacts{
		Today: b.Today, Currency: b.Currency, Paid: b.Months, P90DaysLate: d.P90DaysLate,
		LossHigh: Seen{}.Losses(Facts{}).Default.High,
	}
	if !b.Since.IsZero() {
		facts.MonthsKnown = b.Since.DaysUntil(b.Today) / daysPerMonth
	}
	return facts
}
