package domain

import (
	"slices"
	"time"

	"comity/money"
)

// A DisputeStatus is how far a dispute has come.
type DisputeStatus string

// The states of a dispute.
const (
	DisputeOpen      DisputeStatus = "open"
	DisputeAnswered  DisputeStatus = "answered"
	DisputeMediation DisputeStatus = "mediation"
	DisputeResolved  DisputeStatus = "resolved"
)

// DisputeMoves says which state may follow which.
var DisputeMoves = Machine[DisputeStatus]{
	DisputeOpen:      {DisputeAnswered, DisputeMediation, DisputeResolved},
	DisputeAnswered:  {DisputeMediation, DisputeResolved},
	DisputeMediation: {DisputeOpen, DisputeAnswered, DisputeResolved}, // back: the mediation ended without an agreement
	DisputeResolved:  {},
}

// A DisputeReason is why a part of an invoice is not agreed to.
type DisputeReason string

// The reasons, with the numbers of the list that factors use among each other (DOMAIN 3.6).
const (
	DisputePaid         DisputeReason = "paid_already"         // 02, 03
	DisputeNotReceived  DisputeReason = "invoice_not_received" // 05
	DisputeDuplicate    DisputeReason = "duplicate"            // 06
	DisputeDetails      DisputeReason = "wrong_details"        // 07
	DisputeCreditDue    DisputeReason = "credit_missing"       // 08
	DisputeOffset       DisputeReason = "offset"               // 10
	DisputeDiscount     DisputeReason = "discount"             // 11, 12
	DisputeCounterClaim DisputeReason = "counter_claim"        // 13
	DisputeDeduction    DisputeReason = "other_deduction"      // 14
	DisputeDelivery     DisputeReason = "wrong_delivery"       // 15
	DisputeProof        DisputeReason = "proof_of_delivery"    // 16
	DisputeGoods        DisputeReason = "wrong_goods"          // 17
	DisputeDamaged      DisputeReason = "damaged"              // 18
	DisputeReturned     DisputeReason = "returned"             // 20, 21
	DisputeRefused      DisputeReason = "delivery_refused"     // 22
	DisputeOther        DisputeReason = "other"                // 23
)

var disputeReasons = []struct {
	reason DisputeReason
	number string
	words  string
}{
	{DisputePaid, "02", "it was paid already"},
	{DisputeNotReceived, "05", "the invoice did not arrive"},
	{DisputeDuplicate, "06", "it was invoiced twice"},
	{DisputeDetails, "07", "details of the invoice are wrong"},
	{DisputeCreditDue, "08", "a credit note is missing"},
	{DisputeOffset, "10", "it is set off"},
	{DisputeDiscount, "11", "a discount was agreed"},
	{DisputeCounterClaim, "13", "there is a claim in return"},
	{DisputeDeduction, "14", "something else is deducted"},
	{DisputeDelivery, "15", "the delivery was wrong"},
	{DisputeProof, "16", "proof of delivery is missing"},
	{DisputeGoods, "17", "the goods are not what was ordered"},
	{DisputeDamaged, "18", "goods are damaged"},
	{DisputeReturned, "20", "goods were returned"},
	{DisputeRefused, "22", "the delivery was refused"},
	{DisputeOther, "23", "another reason"},
}

// DisputeReasons lists every reason.
func DisputeReasons() []DisputeReason {
	reasons := make([]DisputeReason, len(disputeReasons))
	for i, r := range disputeReasons {
		reasons[i] = r.reason
	}
	return reasons
}

// Number returns the number of a reason in the list that factors use among each other, such as
// "18", or "" for an unknown one.
func (r DisputeReason) Number() string {
	for _, known := range disputeReasons {
		if known.reason == r {
			return known.number
		}
	}
	return ""
}

// Words says a reason to a person, in lower case: "goods are damaged".
func (r DisputeReason) Words() string {
	for _, known := range disputeReasons {
		if known.reason == r {
			return known.words
		}
	}
	return ""
}

// A Position is what a seller answers to a dispute.
type Position string

// The positions there are.
const (
	PositionAccepts Position = "accepts" // it credits the whole disputed part
	PositionPartly  Position = "partly"
	PositionRejects Position = "rejects"
)

// A DisputeOutcome is how a dispute ended.
type DisputeOutcome string

// The outcomes there are.
const (
	OutcomeCredited     DisputeOutcome = "credited"
	OutcomePartCredited DisputeOutcome = "part_credited"
	OutcomePayable      DisputeOutcome = "payable"    // nothing is credited
	OutcomeWithdrawn    DisputeOutcome = "withdrawn"  // the debtor took it back
	OutcomeGivenBack    DisputeOutcome = "given_back" // recourse: it is between debtor and seller now
)

// A Dispute is the part of an invoice that its debtor does not agree to.
type Dispute struct {
	ID           DisputeID
	Case         CaseID
	Factor       OrganizationID
	Seller       OrganizationID
	Deal         DealID
	Status       DisputeStatus
	Amount       money.Amount
	Reason       DisputeReason
	Said         string
	Remedy       string // what would put it right, in the debtor's words
	RaisedAt     time.Time
	Position     Position // of the seller; "": it has not answered
	Offered      money.Amount
	Answer       string // the seller's
	AnsweredAt   time.Time
	AgreedAt     time.Time // the debtor agrees to the answer
	AgreedHow    string    // on its page, or how else we know
	Outcome      DisputeOutcome
	Credited     money.Amount
	CreditNumber string // of the seller's credit note
	RootCause    string
	ResolvedAt   time.Time
}

// The clocks of a dispute (DOMAIN 3.6): business days to acknowledge it and for the seller to
// answer, calendar days to credit or cure it and until mediation is offered.
const (
	DisputeAckDays     = 1
	DisputeAnswerDays  = 5
	DisputeCureDays    = 14
	DisputeMediateDays = 30
)

// DisputeClocks are the last days for what has to happen to a dispute, in the debtor's calendar.
type DisputeClocks struct{ AcknowledgeBy, AnswerBy, CureBy, MediateFrom Date }

// Clocks returns the clocks of a dispute raised in a zone.
func (d Dispute) Clocks(business Calendar, zone *time.Location) DisputeClocks {
	raised := DateOf(d.RaisedAt.In(zone))
	return DisputeClocks{
		AcknowledgeBy: business.Add(raised, DisputeAckDays), AnswerBy: business.Add(raised, DisputeAnswerDays),
		CureBy: raised.Plus(DisputeCureDays), MediateFrom: raised.Plus(DisputeMediateDays),
	}
}

// Live reports whether the dispute is not resolved.
func (d Dispute) Live() bool { return d.Status != DisputeResolved }

// Answered records a seller's answer: what it would credit is the whole part, a part of it, or
// nothing. As long as nothing is agreed it may change to credit more, and never less: who agrees
// agrees to what it was told, or better. It refuses with [ErrInvalid] or
// [ErrWrongState].
func (d *Dispute) Answered(position Position, offered money.Amount, answer string, at time.Time) error {
	if !d.Live() || !d.AgreedAt.IsZero() {
		return ErrWrongState.Because("the answer was agreed to, or the dispute is over").In(string(d.Status), string(DisputeOpen), string(DisputeAnswered), string(DisputeMediation))
	}
	none := money.Minor(0, d.Amount.Currency())
	switch position {
	case PositionAccepts:
		offered = d.Amount
	case PositionRejects:
		offered = none
	case PositionPartly:
		if offered.Currency() != d.Amount.Currency() || !offered.Positive() || !offered.Less(d.Amount) {
			return ErrInvalid.At("/credit/amount", "out-of-range", "more than nothing and less than "+d.Amount.Grouped()+", the disputed part")
		}
	default:
		return ErrInvalid.At("/position", "not-allowed", "one of accepts, partly, rejects")
	}
	if !d.AnsweredAt.IsZero() && offered.Less(d.Offered) {
		return ErrWrongState.Because("the debtor was told that %s would be credited: an answer changes in its favour only", d.Offered.Grouped()).In(string(d.Status))
	}
	if d.Status == DisputeOpen {
		d.Status = DisputeAnswered
	}
	d.Position, d.Offered, d.Answer, d.AnsweredAt = position, offered, answer, at
	return nil
}

// Agreed records that the debtor agrees to the seller's answer. It refuses with [ErrWrongState].
func (d *Dispute) Agreed(how string, at time.Time) error {
	if !d.Live() || d.AnsweredAt.IsZero() || !d.AgreedAt.IsZero() {
		return ErrWrongState.Because("there is no answer to agree to").In(string(d.Status), string(DisputeAnswered))
	}
	d.AgreedAt, d.AgreedHow = at, how
	return nil
}

// Resolve ends the dispute: what is credited was offered by the seller, and the rest is payable
// because the debtor agreed or took the dispute back. Agreed, whichever outcome of an agreement is
// given, the seller's offer says which one it is. It refuses with [ErrInvalid] or [ErrWrongState].
func (d *Dispute) Resolve(outcome DisputeOutcome, number string, at time.Time) error {
	if err := DisputeMoves.Move(d.Status, DisputeResolved); err != nil {
		return err
	}
	credited := money.Minor(0, d.Amount.Currency())
	switch outcome {
	case OutcomeWithdrawn:
		if !d.AgreedAt.IsZero() {
			return ErrWrongState.Because("the debtor agreed to the seller's answer, and that is how it ends").In("agreed")
		}
	case OutcomeGivenBack:
	case OutcomeCredited, OutcomePartCredited, OutcomePayable:
		if d.AgreedAt.IsZero() {
			return ErrWrongState.Because("the debtor has not agreed to the seller's answer").In(string(d.Status), "agreed")
		}
		credited = d.Offered
		outcome = map[bool]DisputeOutcome{true: OutcomePayable, false: OutcomePartCredited}[credited.IsZero()]
		if credited == d.Amount {
			outcome = OutcomeCredited
		}
	default:
		return ErrInvalid.At("/outcome", "not-allowed", "one of agreed, withdrawn")
	}
	if credited.Positive() && number == "" {
		return ErrInvalid.At("/credit_number", "required", "the number of the seller's credit note over "+credited.Grouped())
	}
	d.Status, d.Outcome, d.Credited, d.CreditNumber, d.ResolvedAt = DisputeResolved, outcome, credited, number, at
	return nil
}

// Booked cuts what is credited to what is still open of the invoice: the rest of what was agreed had
// been paid, and nothing of it is taken off the invoice (D-12). See [Dispute.Refund].
func (d *Dispute) Booked(open money.Amount) { d.Credited = money.Min(d.Credited, open) }

// Refund returns what of an agreed credit the debtor had paid already: its seller has that money, and
// returns it to the debtor itself.
func (d Dispute) Refund() money.Amount {
	switch d.Outcome {
	case OutcomeCredited, OutcomePartCredited:
		return d.Offered.Minus(d.Credited)
	default:
		return money.Minor(0, d.Amount.Currency())
	}
}

// Mediate begins the mediation of the dispute. It refuses with [ErrWrongState].
func (d *Dispute) Mediate() error {
	if err := DisputeMoves.Move(d.Status, DisputeMediation); err != nil {
		return err
	}
	d.Status = DisputeMediation
	return nil
}

// Unmediated puts a dispute back to where it was before a mediation that ended without an
// agreement. It refuses with [ErrWrongState].
func (d *Dispute) Unmediated() error {
	back := DisputeOpen
	if !d.AnsweredAt.IsZero() {
		back = DisputeAnswered
	}
	if err := DisputeMoves.Move(d.Status, back); err != nil {
		return err
	}
	d.Status = back
	return nil
}

// Mediated ends the dispute as a proposal says that debtor, seller and factor accepted. It
// refuses with [ErrInvalid] or [ErrWrongState].
func (d *Dispute) Mediated(p MediationProposal, at time.Time) error {
	if d.Status != DisputeMediation || !d.AgreedAt.IsZero() {
		return ErrWrongState.Because("it is %s", d.Status).In(string(d.Status), string(DisputeMediation))
	}
	d.Offered, d.AgreedAt, d.AgreedHow, d.RootCause = p.Credit, at, "in mediation", p.RootCause
	return d.Resolve(OutcomePayable, p.CreditNumber, at) // the credit says which outcome of an agreement it is
}

// A Note is what one of the three parties, or the neutral, said about a dispute.
type Note struct {
	ID      NoteID
	Dispute DisputeID
	Side    string // debtor, seller, factor, mediator
	User    UserID // zero: the debtor
	Said    string
	At      time.Time
}

// A DisputeFile is a dispute with the deal that it is about.
type DisputeFile struct {
	Dispute Dispute
	Deal    DealFile
}

// KnownDisputeReason reports whether a reason is one of [DisputeReasons].
func KnownDisputeReason(r DisputeReason) bool { return slices.Contains(DisputeReasons(), r) }
