package domain

import "comity/money"

// MandateTerms are what a factor commits to buy at: the price, the haircuts and
// the limits of one currency. They are data of the factor; the formula that
// uses them is in package underwriting (D-9).
type MandateTerms struct {
	Currency money.Currency

	AdvanceCap          money.Rate // the product's and mandate's highest advance rate, as a fraction of the basis
	DilutionHaircut     money.Rate // D95(pair) of D-9
	VerificationHaircut money.Rate // V(level) of D-9
	SellerHaircut       money.Rate // S(seller grade) of D-9
	PromiseHaircut      money.Rate // for promises that were not kept (F-72); no mandate gives it, it follows from the facts

	Fee              FeeTerms
	OriginationRate  money.Rate   // of the purchase basis, recognised at purchase
	OriginationFixed money.Amount // added to it
	OriginationTax   money.Rate   // of the origination, where it is taxable (D-13)
	WireFee          money.Amount // for the pay-out

	RecourseDays int // calendar days after funding at whose end recourse opens (D-16)
	CureDays     int // added to RecourseDays when the highest fee is set aside (D-9)
	Envelope     Envelope

	MinFace, MaxFace    money.Amount // smallest and largest purchase basis
	DebtorLimit         money.Amount // most that may be advanced on one debtor
	FacilityLimit       money.Amount // most that may be advanced in this currency
	OfferHours          int          // how long an offer stays open
	MaxExpectedDaysLate int          // a debtor expected to pay later than this gets no offer
	ConfidentialLevel   int          // the verification from which on it buys confidentially (F-44); zero: it does not
	LateOwner           LateOwner    // who may ask for what the law adds to a late payment (D-26)

	// ByRisk says that the three haircuts and the free part of the fee, its first or
	// up-front rate, are not given: they follow from what is known of an invoice, so
	// that the fee covers Costs and the expected loss (D-9).
	ByRisk bool
	Costs  Costs
}

// Costs are what a factor must earn on a purchase beside its expected loss.
type Costs struct {
	FundsRate     money.Rate   // yearly, simple on act/365, of the advance while it is out
	Servicing     money.Amount // of one invoice; nothing when zero
	ServicingRate money.Rate   // of the basis, added to it
	MarginRate    money.Rate   // of the basis
}

// FeeTerms are a fee of one of the three families of [FeeFamily]. Day 0 is the
// funding date. Bands are FirstRate of the basis for days 1 to FirstDays, then
// StepRate for each started StepDays; a started band is owed whole (D-13, D-16). An
// up-front and daily fee sets UpfrontRate and DailyRate and no band.
type FeeTerms struct {
	FirstDays int
	FirstRate money.Rate
	StepDays  int
	StepRate  money.Rate

	UpfrontRate money.Rate // of the basis, owed from the funding date on
	DailyRate   money.Rate // of the advance, for each day after the funding date
}

// A FeeFamily says how a fee grows with the days until the debtor pays.
type FeeFamily string

// The families of fees (DOMAIN 3.1).
const (
	FeeFlat   FeeFamily = "flat"          // one rate of the basis, whenever the debtor pays
	FeeBanded FeeFamily = "banded"        // a first band and started steps, of the basis
	FeeDaily  FeeFamily = "upfront_daily" // a rate of the basis and a daily rate of the advance
)

// OfferTerms are the price of one invoice under one mandate: what the seller
// gets now, what is kept back, and what it costs in three scenarios.
type OfferTerms struct {
	Basis       money.Amount // expected payable: what is bought (D-14)
	AdvanceRate money.Rate
	Advance     money.Amount
	Reserve     money.Amount // Basis - Advance
	Origination money.Amount
	Wire        money.Amount
	Tax         money.Amount // on the origination
	Now         money.Amount // Advance - Origination - Wire - Tax: cash to the seller now

	Fee          FeeTerms
	RecourseDays int
	RebateHold   int        // banking days between the payment and the rebate (D-30)
	Envelope     Envelope   // of plans, as the mandate says on the day of the offer
	Disclosure   Disclosure // zero: the debtor is told
	LateOwner    LateOwner  // as the mandate says
	Scenarios    []Scenario // on time, expected, recourse day, in this order
}

// Mode returns the mode that the offer is made in.
func (t OfferTerms) Mode() Disclosure { return mode(t.Disclosure) }

// Charges returns what is taken from the advance at purchase.
func (t OfferTerms) Charges() money.Amount { return t.Origination.Plus(t.Wire).Plus(t.Tax) }

// A Scenario says what an offer costs if the debtor pays on one assumed day,
// and on which assumed days the money moves (D-15).
type Scenario struct {
	Name      string // on_time, expected, recourse_day
	FundedOn  Date   // assumed funding date, day 0
	PaidOn    Date   // assumed value date of the debtor's payment, or the recourse day
	Day       int    // PaidOn as days after FundedOn
	Fee       money.Amount
	Later     money.Amount // the rebate; for recourse_day what the seller pays back, negative
	LaterOn   Date         // day the rebate is paid: payment day plus the rail's hold
	TotalCost money.Amount // fee, origination, its tax and wire together
	Nominal   money.Rate   // yearly, simple: TotalCost / Now * 365 / Day
	Effective money.Rate   // yearly, compound, on the true dates (XIRR, act/365)
}
