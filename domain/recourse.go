package domain

import (
	"time"

	"comity/money"
)

// A RecourseStatus is how far the giving back of a part of an invoice has come (D-5).
type RecourseStatus string

// The states of a recourse. Title, notice and the right to collect stay with the factor until
// what the seller owes is paid; then it is reassigned in the same commit.
const (
	RecourseProposed   RecourseStatus = "proposed"  // a first person asks for it
	RecourseExercised  RecourseStatus = "exercised" // a second one agreed; title is held
	RecourseReassigned RecourseStatus = "reassigned"
	RecourseWithdrawn  RecourseStatus = "withdrawn"
)

// RecourseMoves says which state may follow which.
var RecourseMoves = Machine[RecourseStatus]{
	RecourseProposed:   {RecourseExercised, RecourseWithdrawn},
	RecourseExercised:  {RecourseReassigned},
	RecourseReassigned: {},
	RecourseWithdrawn:  {},
}

// A RecourseReason is why a part is given back.
type RecourseReason string

// The reasons there are (D-16): time alone, a dispute that was not put right, and what the seller did.
const (
	RecourseDispute RecourseReason = "dispute_not_cured"
	RecourseSlowPay RecourseReason = "slow_pay"
	RecourseBreach  RecourseReason = "breach"
	RecourseFraud   RecourseReason = "fraud"
)

// RecourseWindow is how many days after the recourse day the right for slow payment lasts; then
// it lapses (D-16).
const RecourseWindow = 30

// PolicyTravels is how many days after a part of an invoice was reassigned the contact policy still binds
// its seller, and whomever it asks (D-25). The terms of each deal say so.
const PolicyTravels = 90

// A Recourse is a part of an invoice that is given back to its seller.
type Recourse struct {
	ID           RecourseID
	Factor       OrganizationID
	Seller       OrganizationID
	Deal         DealID
	Case         CaseID
	Dispute      DisputeID // zero: it is not about one
	Status       RecourseStatus
	Reason       RecourseReason
	Evidence     string
	Part         money.Amount // of what is open
	Claim        money.Amount // what the seller owes for it: part and fees less the reserve
	Paid         money.Amount // of the claim
	Collected    money.Amount // of the part, from the debtor
	Settled      money.Amount // of the part, credited by the seller or paid to it, as it reported
	AgreedOn     Date         // the debtor agreed that what is left of a disputed part is payable; zero: not that we know
	Reference    Reference    // what the seller quotes
	MadeBy       UserID
	MadeAt       time.Time
	CheckedBy    UserID
	ExercisedOn  Date
	ExercisedAt  time.Time
	ReassignedAt time.Time
	PolicyUntil  Date // the last day on which the contact policy binds the seller; zero: it was not reassigned
}

// Owed returns what of the claim is not paid.
func (r Recourse) Owed() money.Amount { return r.Claim.Minus(r.Paid) }

// Uncollected returns what of a part that was given back its debtor did not pay to the factor:
// more than that is not for it.
func (r Recourse) Uncollected() money.Amount {
	if r.Status != RecourseExercised && r.Status != RecourseReassigned {
		return money.Minor(0, r.Part.Currency())
	}
	return r.Part.Minus(r.Collected)
}

// Left returns what of a part that is its seller's again the debtor neither paid to anybody nor was
// credited, as far as it was reported.
func (r Recourse) Left() money.Amount {
	none := money.Minor(0, r.Part.Currency())
	if r.Status != RecourseReassigned {
		return none
	}
	return money.Max(r.Uncollected().Minus(r.Settled), none)
}

// What a seller may say of a part that is its own again.
const (
	ReportCredited  = "credited"
	ReportPaid      = "paid"
	ReportTakenBack = "taken_back" // of what was reported: a slip, or money that a bank took back
	ReportAgreed    = "agreed"     // the debtor agrees that all that is left is payable
)

// A RecourseReport is what a seller says became of a part that is its own again.
type RecourseReport struct {
	ID       RecourseReportID
	Recourse RecourseID
	Kind     string
	Amount   money.Amount
	On       Date
	Note     string // may be empty
	By       UserID
	At       time.Time
}

// Report takes in what the seller says. It refuses with [ErrWrongState] while the part is not the
// seller's, with [ErrInvalid] or, above what is left, [ErrMoreThanOpen].
func (r *Recourse) Report(report RecourseReport, today Date) error {
	switch {
	case r.Status != RecourseReassigned:
		return ErrWrongState.Because("the part is not the seller's again").In(string(r.Status), string(RecourseReassigned))
	case report.Amount.Currency() != r.Part.Currency():
		return ErrInvalid.At("/amount/currency", "other-currency", "the part is in "+string(r.Part.Currency()))
	case report.On.After(today):
		return ErrInvalid.At("/on", "in-the-future", "not after today, which is "+today.String()+" there")
	case report.On.Before(r.ExercisedOn):
		return ErrInvalid.At("/on", "out-of-order", "not before "+r.ExercisedOn.String()+", when it was given back")
	case report.Kind == ReportTakenBack && r.Settled.Less(report.Amount):
		return ErrMoreThanOpen.Because("%s was reported as credited or paid", r.Settled.Grouped())
	case report.Kind == ReportAgreed && report.Amount != r.Left():
		return ErrInvalid.At("/amount/amount", "not-what-is-left", "what the debtor agrees to is all that is left: "+r.Left().Grouped())
	case report.Kind != ReportTakenBack && r.Left().Less(report.Amount):
		return ErrMoreThanOpen.Because("%s of the part is left", r.Left().Grouped())
	}
	switch report.Kind {
	case ReportTakenBack:
		r.Settled = r.Settled.Minus(report.Amount)
	case ReportAgreed:
		r.AgreedOn = report.On
	default:
		r.Settled = r.Settled.Plus(report.Amount)
	}
	return nil
}

// Contested reports whether the part is the seller's again because its debtor did not agree to it, and
// nobody knows yet that it does.
func (r Recourse) Contested() bool { return !r.Dispute.IsZero() && r.AgreedOn.IsZero() }

// An OwnReminder is a message about such a part that its seller sends by itself.
type OwnReminder struct {
	ID        OwnReminderID
	Recourse  RecourseID
	Seller    OrganizationID
	Debtor    DebtorID
	Recipient string
	Subject   string
	Text      string
	Template  string
	At        time.Time
}

// Reassigned reports whether the part is its seller's again.
func (r Recourse) Reassigned() bool { return r.Status == RecourseReassigned }

// Held reports whether title is held for a claim.
func (r Recourse) Held() bool { return r.Status == RecourseExercised }

// MayExercise checks whether the reason for a recourse holds on a day: the recourse day is over
// and the right has not lapsed; or the dispute is older than its days for credit or cure. It
// refuses with [ErrInvalid] or [ErrWrongState].
func MayExercise(reason RecourseReason, recourseDay, today Date, dispute *Dispute, zone *time.Location) error {
	switch reason {
	case RecourseSlowPay:
		if !recourseDay.Before(today) {
			return ErrWrongState.Because("the right opens at the end of %s", recourseDay.Short())
		}
		if recourseDay.Plus(RecourseWindow).Before(today) {
			return ErrWrongState.Because("the right for slow payment lapsed on %s, %d days after the recourse day", recourseDay.Plus(RecourseWindow).Short(), RecourseWindow)
		}
	case RecourseDispute:
		if dispute == nil || !dispute.Live() {
			return ErrInvalid.At("/dispute_id", "required", "a dispute of this deal that is not resolved")
		}
		if cure := DateOf(dispute.RaisedAt.In(zone)).Plus(DisputeCureDays); !cure.Before(today) {
			return ErrWrongState.Because("the seller has until %s to credit or cure it", cure.Short())
		}
	case RecourseBreach, RecourseFraud:
	default:
		return ErrInvalid.At("/reason", "not-allowed", "one of dispute_not_cured, slow_pay, breach, fraud")
	}
	return nil
}
