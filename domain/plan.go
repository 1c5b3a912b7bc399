package domain

import (
	"time"

	"comity/money"
)

// A PlanStatus is how far a payment plan has come.
type PlanStatus string

// The states of a plan.
const (
	PlanRequested PlanStatus = "requested" // by the debtor
	PlanProposed  PlanStatus = "proposed"  // by the factor; it waits for those who must agree (D-10)
	PlanOffered   PlanStatus = "offered"   // everybody agreed but the debtor
	PlanActive    PlanStatus = "active"
	PlanKept      PlanStatus = "kept"
	PlanBroken    PlanStatus = "broken"
	PlanDeclined  PlanStatus = "declined"
	PlanWithdrawn PlanStatus = "withdrawn"
)

// PlanMoves says which state may follow which.
var PlanMoves = Machine[PlanStatus]{
	PlanRequested: {PlanProposed, PlanDeclined, PlanWithdrawn},
	PlanProposed:  {PlanOffered, PlanDeclined, PlanWithdrawn},
	PlanOffered:   {PlanActive, PlanDeclined, PlanWithdrawn},
	PlanActive:    {PlanKept, PlanBroken, PlanWithdrawn}, // withdrawn: the invoice went back to its seller
	PlanKept:      {},
	PlanBroken:    {},
	PlanDeclined:  {},
	PlanWithdrawn: {},
}

// An Instalment is one payment of a plan.
type Instalment struct {
	N      int // from 1
	DueOn  Date
	Amount money.Amount
}

// A Plan pays an invoice on other days than the one printed on it. The due date stays what it is.
type Plan struct {
	ID          PlanID
	Case        CaseID
	Factor      OrganizationID
	Seller      OrganizationID
	Deal        DealID
	Status      PlanStatus
	Reason      Reason // why, as the debtor says: a plan is offered after one was given (C-137)
	Said        string
	Total       money.Amount
	OpenBefore  money.Amount // of the invoice, when it was made
	Instalments []Instalment
	Sheet       *PlanSheet // nil while it is only asked for
	FactorShare money.Rate // of the extra fee that the factor bears once the plan is kept

	// A settlement: Forgiven is not asked for any more once the instalments are paid in time; the
	// factor bears FactorForgives of it, the seller the rest, from its reserve.
	Forgiven       money.Amount
	FactorForgives money.Amount

	RecourseFrom Date // the recourse day without the plan
	AnswerBy     Date // until when the debtor may take it
	MadeAt       time.Time
	ProposedBy   UserID
	ProposedAt   time.Time
	ApprovedBy   UserID // the second person of the factor
	ApprovedAt   time.Time
	ConsentedBy  UserID // of the seller
	ConsentedAt  time.Time
	OfferedAt    time.Time
	AcceptedAt   time.Time
	DecidedAt    time.Time
	Note         string // why it was declined or withdrawn
}

// Last returns the day of the last instalment.
func (p Plan) Last() Date { return p.Instalments[len(p.Instalments)-1].DueOn }

// Live reports whether the plan is asked for, talked about or in force.
func (p Plan) Live() bool {
	return p.Status == PlanRequested || p.Status == PlanProposed || p.Status == PlanOffered || p.Status == PlanActive
}

// DueBy returns what of the plan is due by a day, all instalments up to it together.
func (p Plan) DueBy(day Date) money.Amount {
	sum := money.Minor(0, p.Total.Currency())
	for _, i := range p.Instalments {
		if !i.DueOn.After(day) {
			sum = sum.Plus(i.Amount)
		}
	}
	return sum
}

// Moves returns what changes of the basis when the plan is kept, for what its fee will be.
func (p Plan) Moves() []Move {
	moves := make([]Move, len(p.Instalments))
	for i, one := range p.Instalments {
		moves[i] = Move{On: one.DueOn, Open: one.Amount.Negated(), Disputed: money.Minor(0, one.Amount.Currency())}
	}
	return moves
}

// A PlanSheet is what follows from a plan for those who bear it, shown before they agree (F-74).
type PlanSheet struct {
	Inside          bool // of the envelope in the deal: the collector decides alone (D-10)
	RecourseBefore  Date
	RecourseAfter   Date
	FeeBefore       money.Amount // owed on the recourse day without the plan, if nothing is paid
	FeeAfter        money.Amount // owed when the plan is kept
	FeeExtra        money.Amount // of it, of bands that begin after the recourse day without the plan
	SellerBears     money.Amount // of the extra fee
	FactorBears     money.Amount
	SellerForgives  money.Amount // of what is forgiven
	FactorForgives  money.Amount
	SellerBefore    money.Amount // what the seller gets on the recourse day without the plan; negative: owes
	SellerAfter     money.Amount // what it gets when the plan is kept
	InstalmentCount int
}

// The bounds of any plan; a natural person in the United Kingdom has narrower ones (D-27).
const (
	MostInstalments     = 24
	MostPlanDays        = 730
	PersonInstalments   = 12
	PlanRecourseDays    = 10 // business days from the last instalment to the recourse day
	PlanGraceDays       = 5  // business days after which a missed instalment breaks a plan
	PlanAnswerDays      = 5  // business days that the debtor has to take an offer
	PlanWordDays        = 2  // business days that factor and seller have for their word on a plan
	InstalmentNoticeDay = 2  // business days before each instalment on which it is named
)

// RecourseDay returns the day at whose end the right to give a deal back for slow payment opens:
// the contract's days after funding, or later by what plans moved it. A plan that is in force or
// was kept moves it to ten business days after its last instalment; a broken one back to the
// business day after that was known, never before the contract's.
func RecourseDay(d Deal, plans []Plan, business Calendar, zone *time.Location) Date {
	day := d.FundingDate.Plus(d.RecourseDays)
	for _, p := range plans {
		switch p.Status {
		case PlanActive, PlanKept:
			day = Latest(day, business.Add(p.Last(), PlanRecourseDays))
		case PlanBroken:
			day = Latest(day, business.Add(DateOf(p.DecidedAt.In(zone)), 1))
		default: // it moved nothing
		}
	}
	return day
}

// outside returns what of its invoice is open by a day and is not for the plan to pay: what was
// disputed when it was made and was not credited, and what is disputed since. What turned out to be
// payable is missed only when the days that a late instalment has are over.
func (p Plan) outside(disputes []Dispute, through Date, business Calendar, zone *time.Location) money.Amount {
	sum, made := money.Minor(0, p.Total.Currency()), p.MadeAt
	if !p.ProposedAt.IsZero() {
		made = p.ProposedAt
	}
	for _, d := range disputes {
		switch {
		case d.Deal != p.Deal || d.Outcome == OutcomeGivenBack:
			continue
		case !d.Live() && !d.ResolvedAt.After(made): // it was over when the plan was made
			continue
		case !d.Live() && d.RaisedAt.After(made) && !through.Before(business.Add(DateOf(d.ResolvedAt.In(zone)), PlanGraceDays)):
			continue
		}
		sum = sum.Plus(d.Amount)
		if !d.Live() && d.Credited.Positive() {
			sum = sum.Minus(d.Credited)
		}
	}
	return sum
}

// Paid returns what of the plan is not missing by a day of the bank's statements, when so much of
// its invoice is open: at least nothing.
func (p Plan) Paid(open money.Amount, disputes []Dispute, through Date, business Calendar, zone *time.Location) money.Amount {
	none, whole := money.Minor(0, open.Currency()), p.Total
	if p.Forgiven.Positive() {
		whole = whole.Plus(p.Forgiven)
	}
	left := money.Max(open.Minus(p.outside(disputes, through, business, zone)), none)
	return money.Max(whole.Minus(left), none)
}

// InTime reports whether what a factor bears of a plan is due: it was kept, or its last money came
// by the end of the days that a late instalment has.
func (p Plan) InTime(paidOn Date, business Calendar) bool {
	return p.Status == PlanKept || p.Status == PlanActive && !paidOn.IsZero() && !paidOn.After(business.Add(p.Last(), PlanGraceDays))
}

// Settles returns what a plan forgives now that its last instalment arrived, with the plan; false
// when there is no such plan, more is open, or it came too late. It is for who forgives that the
// days are kept: an offer of this kind has an end.
func Settles(plans []Plan, open money.Amount, paidOn Date) (Plan, bool) {
	for _, p := range plans {
		if p.Status == PlanActive && p.Forgiven.Positive() && !p.Forgiven.Less(open) && open.Positive() && !paidOn.After(p.Last()) {
			return p, true
		}
	}
	return Plan{}, false
}

// Waiver returns the part of a fee that the factor bears of the first plan that counts: its share
// of the bands that began after the recourse day without the plan.
func Waiver(d Deal, plans []Plan, on Date, counts func(Plan) bool) money.Amount {
	for _, p := range plans {
		if p.FactorShare.IsZero() || !counts(p) {
			continue
		}
		owed := d.Owed(on)
		before := d.Owed(Earliest(p.RecourseFrom, on))
		return owed.Minus(before).Times(p.FactorShare)
	}
	return money.Minor(0, d.Basis.Currency())
}
