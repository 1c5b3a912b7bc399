package domain

import (
	"slices"
	"time"

	"comity/money"
)

// A MandateState says whether a mandate makes offers.
type MandateState string

// The states of a mandate.
const (
	MandateDraft  MandateState = "draft"
	MandateActive MandateState = "active"
	MandatePaused MandateState = "paused"
)

// MandateMoves says which state may follow which.
var MandateMoves = Machine[MandateState]{
	MandateDraft:  {MandateActive},
	MandateActive: {MandatePaused},
	MandatePaused: {MandateActive},
}

// A Mandate is a factor's standing commitment to buy in one currency.
type Mandate struct {
	ID         MandateID
	Factor     OrganizationID
	World      WorldID
	State      MandateState
	Operating  AccountID // pays advances
	Collection AccountID // named in the notice
	Terms      MandateTerms
	Version    int
	CreatedAt  time.Time
}

// An OfferStatus is how far an offer has come; expired is computed.
type OfferStatus string

// The states of an offer.
const (
	OfferReferred   OfferStatus = "referred" // a person of the factor looks first; the seller does not see it yet
	OfferRefused    OfferStatus = "refused"  // and said no
	OfferOpen       OfferStatus = "open"
	OfferAccepted   OfferStatus = "accepted"
	OfferDeclined   OfferStatus = "declined"
	OfferWithdrawn  OfferStatus = "withdrawn"
	OfferSuperseded OfferStatus = "superseded"
)

// OfferMoves says which state may follow which.
var OfferMoves = Machine[OfferStatus]{
	OfferReferred:   {OfferOpen, OfferRefused, OfferWithdrawn, OfferSuperseded},
	OfferRefused:    {},
	OfferOpen:       {OfferAccepted, OfferDeclined, OfferWithdrawn, OfferSuperseded},
	OfferAccepted:   {},
	OfferDeclined:   {},
	OfferWithdrawn:  {},
	OfferSuperseded: {},
}

// An Offer is one factor's firm price for one invoice. It reserves nothing:
// acceptance is subject to the factor's limit.
type Offer struct {
	ID         OfferID
	Factor     OrganizationID
	Seller     OrganizationID
	Invoice    InvoiceID
	Mandate    MandateID
	Decision   DecisionID
	Status     OfferStatus
	Terms      OfferTerms
	Risk       []byte // of a price by risk: what it rests on, as underwriting wrote it
	MadeAt     time.Time
	ExpiresAt  time.Time  // of a referred offer: until when the factor may approve it
	Hidden     bool       // the seller never had it: it waits for a person, or ended before one approved it
	LookedBy   UserID     // who approved or refused a referred offer; not read back
	LookedFor  string     // and what that person noted
	Assignable Assignable // what the factor saw of the assignment
}

// ReviewHours is how long a referred offer waits for a person.
const ReviewHours = 72

// Look lets a person of the factor answer a referred offer: it becomes open for the
// mandate's hours, or refused. It refuses with [ErrOfferExpired] or [ErrWrongState].
func (o *Offer) Look(approved bool, note string, now time.Time, hours int) error {
	next := OfferRefused
	if approved {
		next = OfferOpen
	}
	if o.Status == OfferReferred && o.Expired(now) {
		return ErrOfferExpired.Because("it waited for an answer until %s", o.ExpiresAt.Format(time.RFC3339))
	}
	if o.Status != OfferReferred {
		return ErrWrongState.Because("only an offer that waits for a person is approved or refused").In(string(o.Status))
	}
	o.Status, o.LookedFor = next, note
	if approved {
		o.Hidden = false
		o.ExpiresAt = now.Add(time.Duration(hours) * time.Hour)
	}
	return nil
}

// Expired reports whether the offer is past its time.
func (o Offer) Expired(now time.Time) bool { return !now.Before(o.ExpiresAt) }

// Accept takes the offer, or refuses with [ErrOfferExpired] or [ErrWrongState].
func (o *Offer) Accept(now time.Time) error {
	if o.Status == OfferOpen && o.Expired(now) {
		return ErrOfferExpired.Because("it was open until %s", o.ExpiresAt.Format(time.RFC3339))
	}
	if err := OfferMoves.Move(o.Status, OfferAccepted); err != nil {
		return err
	}
	o.Status = OfferAccepted
	return nil
}

// A DealStatus is how far a purchase has come.
type DealStatus string

// The states of a deal.
const (
	DealMade        DealStatus = "made"
	DealPaidOut     DealStatus = "paid_out"
	DealSettled     DealStatus = "settled"
	DealChargedBack DealStatus = "charged_back"
	DealWrittenOff  DealStatus = "written_off"
	DealCancelled   DealStatus = "cancelled"
)

// DealMoves says which state may follow which.
var DealMoves = Machine[DealStatus]{
	DealMade:        {DealPaidOut, DealCancelled},
	DealPaidOut:     {DealSettled, DealChargedBack, DealWrittenOff},
	DealSettled:     {},
	DealChargedBack: {},
	DealWrittenOff:  {},
	DealCancelled:   {},
}

// A Deal is one invoice bought by one factor.
type Deal struct {
	ID            DealID
	World         WorldID
	Factor        OrganizationID
	Seller        OrganizationID
	Relationship  RelationshipID
	Debtor        DebtorID
	Invoice       InvoiceID
	Offer         OfferID
	Case          CaseID
	Mandate       MandateID
	Status        DealStatus
	InvoiceNumber string
	DebtorName    string // as its seller calls it
	Due           Date
	Basis         money.Amount
	Advance       money.Amount
	Reserve       money.Amount
	Origination   money.Amount
	Wire          money.Amount
	Tax           money.Amount // on the origination
	Open          money.Amount // of the basis, what the debtor still owes
	Credited      money.Amount // of the basis, by the seller's credit notes
	Forgiven      money.Amount // of the basis, by a settlement that was kept
	GivenBack     money.Amount // of the basis, to the seller
	ReserveUsed   money.Amount // by credits, settlements and parts given back
	CardCost      money.Amount // what a card processor kept of what the debtor paid
	Fee           FeeTerms
	RecourseDays  int
	RebateHold    int
	Envelope      Envelope
	Disclosure    Disclosure
	LateOwner     LateOwner    // as the offer said
	Recognised    money.Amount // fee recognised so far (E4)
	NextAccrual   time.Time    // zero when no month end is to be posted
	Reference     Reference
	NoticeCode    string
	Operating     AccountID
	Collection    AccountID
	Payout        AccountID // the seller's
	FundingDate   Date      // value date of the pay-out: day 0
	MadeAt        time.Time
	PaidInFull    Date
	SettledAt     time.Time
	Assignable    Assignable // as the offer said when it was accepted
	PolicyUntil   Date       // the last day on which the contact policy binds the seller of what was reassigned; zero: nothing was
	Moves         []Move     // of the basis, since: for its fee; not of a case's items
	Stops         []FeeStop  // of its fee's clock; not of a case's items either
}

// Mode returns whether the debtor is told of the deal.
func (d Deal) Mode() Disclosure { return mode(d.Disclosure) }

// Owed returns the contractual fee on a day, every started band whole (D-13); nothing before the
// advance is paid out.
func (d Deal) Owed(on Date) money.Amount {
	if d.FundingDate.IsZero() {
		return money.Minor(0, d.Basis.Currency())
	}
	return d.Fee.OwedOver(d.Course(), d.Day(on))
}

// Course returns what the deal's fee runs on.
func (d Deal) Course() FeeCourse {
	return FeeCourse{Basis: d.Basis, Advance: d.Advance, Funded: d.FundingDate, Moves: d.Moves, Stops: d.Stops}
}

// Now returns the cash that the seller gets at purchase.
func (d Deal) Now() money.Amount { return d.Advance.Minus(d.Origination).Minus(d.Wire).Minus(d.Tax) }

// ReserveLeft returns what of the reserve nothing has taken yet.
func (d Deal) ReserveLeft() money.Amount { return d.Reserve.Minus(d.ReserveUsed) }

// Day returns on as a count of days after the funding date.
func (d Deal) Day(on Date) int { return d.FundingDate.DaysUntil(on) }

// MoveTo puts the deal in the next status, or refuses with [ErrWrongState].
func (d *Deal) MoveTo(next DealStatus) error {
	if err := DealMoves.Move(d.Status, next); err != nil {
		return err
	}
	d.Status = next
	return nil
}

// The conditions precedent of a pay-out (D-4) that are asked for here.
const (
	ConditionSellerApproved  = "seller_approved"
	ConditionAccountProven   = "account_proven"
	ConditionIntroduced      = "introduced"
	ConditionVerified        = "verified"
	ConditionNoticeDelivered = "notice_delivered"
	ConditionTrustProven     = "trust_proven"  // the account in the seller's name is held for the factor, which gives the orders on it
	ConditionSenderProven    = "sender_proven" // mail from the seller's own address is its mail, for whoever receives it
)

// ConditionSetters says which side gives the evidence for which condition; the
// system gives notice_delivered itself.
var ConditionSetters = map[string]OrganizationKind{
	ConditionSellerApproved:  KindPlatform,
	ConditionAccountProven:   KindPlatform,
	ConditionIntroduced:      KindSeller,
	ConditionVerified:        KindFactor,
	ConditionNoticeDelivered: "",
	ConditionTrustProven:     KindPlatform,
	ConditionSenderProven:    KindPlatform,
}

// Conditions lists what must be evidenced before an advance is paid out, in the order in which it is
// shown: a debtor that is told has the notice before; of one that is not, the account and the sender are
// its supplier's (D-4, D-24).
func (d Disclosure) Conditions() []string {
	if d == Confidential {
		return []string{ConditionSellerApproved, ConditionAccountProven, ConditionVerified, ConditionTrustProven, ConditionSenderProven}
	}
	return []string{ConditionSellerApproved, ConditionAccountProven, ConditionIntroduced, ConditionVerified, ConditionNoticeDelivered}
}

// A Condition is one thing that must be evidenced before money leaves.
type Condition struct {
	Deal       DealID
	Code       string
	Evidence   string // "" while it is not met
	OccurredAt time.Time
	Expires    Date // zero: does not expire
	SetBy      UserID
	SetAt      time.Time
}

// Met reports whether the condition has evidence that has happened and is still
// good on today.
func (c Condition) Met(now time.Time, today Date) bool {
	return c.Evidence != "" && !c.OccurredAt.After(now) && (c.Expires.IsZero() || !c.Expires.Before(today))
}

// AllMet reports whether every condition of a mode is met.
func (d Disclosure) AllMet(conditions []Condition, now time.Time, today Date) bool {
	for _, code := range d.Conditions() {
		if !slices.ContainsFunc(conditions, func(c Condition) bool { return c.Code == code && c.Met(now, today) }) {
			return false
		}
	}
	return true
}

// A PayoutStatus is what a bank has said of an order.
type PayoutStatus string

// The states of an order to a bank.
const (
	PayoutQueued     PayoutStatus = "queued"
	PayoutInstructed PayoutStatus = "instructed"
	PayoutAccepted   PayoutStatus = "accepted"
	PayoutRejected   PayoutStatus = "rejected"
	PayoutConfirmed  PayoutStatus = "confirmed"
	PayoutReturned   PayoutStatus = "returned"
	PayoutUnknown    PayoutStatus = "unknown"
)

// PayoutMoves says which state may follow which.
var PayoutMoves = Machine[PayoutStatus]{
	PayoutQueued:     {PayoutInstructed},
	PayoutInstructed: {PayoutAccepted, PayoutRejected, PayoutConfirmed, PayoutUnknown},
	PayoutAccepted:   {PayoutConfirmed, PayoutRejected, PayoutReturned, PayoutUnknown},
	PayoutRejected:   {},
	PayoutConfirmed:  {PayoutReturned},
	PayoutReturned:   {},
	PayoutUnknown:    {PayoutConfirmed, PayoutRejected, PayoutReturned},
}

// A PayoutKind is why money is ordered to move.
type PayoutKind string

// The kinds of orders: the advance, the rebate and money that is the seller's go
// to the seller, a sweep moves the factor's own money between its two accounts.
const (
	PayAdvance     PayoutKind = "advance"
	PayRebate      PayoutKind = "rebate"
	PaySweep       PayoutKind = "sweep"
	PayPassThrough PayoutKind = "pass_through"
)

// A Payout is an order to a factor's bank.
type Payout struct {
	ID           PayoutID
	World        WorldID
	Factor       OrganizationID
	Seller       OrganizationID
	Deal         DealID
	Kind         PayoutKind
	Status       PayoutStatus
	Amount       money.Amount
	From, To     AccountID
	EndToEnd     string
	ReleaseAt    time.Time // when a queued order leaves
	InstructedAt time.Time
	ValueDate    Date
	CreatedAt    time.Time
}

// A BankAccount is an account of a seller or a factor.
type BankAccount struct {
	ID           AccountID
	Organization OrganizationID
	Purpose      AccountPurpose
	Currency     money.Currency
	Holder       string
	HeldBy       OrganizationID // of a collection account: the seller whose name it bears and who holds it for the factor; zero: the factor's own
	Number       BankAccountNumber
	CreatedAt    time.Time
}

// An AccountPurpose is what an account is for.
type AccountPurpose string

// The purposes: a seller is paid on its pay-out account; a factor pays from its
// operating account and collects on its collection account.
const (
	AccountPayout     AccountPurpose = "payout"
	AccountOperating  AccountPurpose = "operating"
	AccountCollection AccountPurpose = "collection"
)

// PurposesOf lists the purposes that accounts of one side may have.
func PurposesOf(kind OrganizationKind) []AccountPurpose {
	switch kind {
	case KindSeller:
		return []AccountPurpose{AccountPayout}
	case KindFactor:
		return []AccountPurpose{AccountOperating, AccountCollection}
	default:
		return nil
	}
}

// RebateHold returns the banking days that a rebate waits after the value date
// of a payment into the account, for its rail: 5 for ACH credits, 0 for SEPA
// credit transfers and Faster Payments (D-30).
func (a BankAccount) RebateHold() int {
	if a.Number.Country() == "US" {
		return 5
	}
	return 0
}

// A ReceiptStatus is what has become of money that arrived.
type ReceiptStatus string

// The states of a receipt.
const (
	ReceiptUnapplied ReceiptStatus = "unapplied"
	ReceiptSuggested ReceiptStatus = "suggested"
	ReceiptApplied   ReceiptStatus = "applied"
	ReceiptReversed  ReceiptStatus = "reversed"
)

// ReceiptMoves says which state may follow which.
var ReceiptMoves = Machine[ReceiptStatus]{
	ReceiptUnapplied: {ReceiptSuggested, ReceiptApplied, ReceiptReversed},
	ReceiptSuggested: {ReceiptUnapplied, ReceiptApplied, ReceiptReversed},
	ReceiptApplied:   {ReceiptUnapplied, ReceiptReversed},
	ReceiptReversed:  {},
}

// A Receipt is money that arrived on a collection account.
type Receipt struct {
	ID        ReceiptID
	Factor    OrganizationID
	Account   AccountID
	Line      LineID
	Status    ReceiptStatus
	Amount    money.Amount
	Unapplied money.Amount
	ValueDate Date
	Payer     string
	Reference string
	Suggested DealID
	CreatedAt time.Time
}

// A Span is what one loaded statement covers.
type Span struct {
	From, To         Date
	Opening, Closing money.Amount
}

// CoveredThrough returns the last day that an account's statements cover without
// a gap, or no day when there is none. Spans come in order of From. A gap is an
// opening balance that is not the previous closing balance, or a banking day
// between two statements (D-21).
func CoveredThrough(spans []Span, banking Calendar) Date {
	var through Date
	var closing money.Amount
	for i, span := range spans {
		if i > 0 && (span.Opening != closing || banking.OnOrAfter(through.Plus(1)).Before(span.From)) {
			return through
		}
		through, closing = Latest(through, span.To), span.Closing
	}
	return through
}
