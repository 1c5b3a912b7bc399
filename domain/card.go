package domain

import (
	"time"

	"comity/money"
)

type (
	cardThing       struct{}
	cardPayoutThing struct{}
)

func (cardThing) prefix() string       { return "card" }
func (cardPayoutThing) prefix() string { return "cpo" }

type (
	// A CardID names a payment by card.
	CardID = ID[cardThing]
	// A CardPayoutID names money that a card processor passed on.
	CardPayoutID = ID[cardPayoutThing]
)

// ParseCardID reads a CardID.
func ParseCardID(s string) (CardID, error) { return ParseID[cardThing](s) }

// A CardStatus is how far a payment by card is.
type CardStatus string

// The states of a payment by card.
const (
	CardPreparing CardStatus = "preparing" // the processor is asked for its page
	CardReady     CardStatus = "ready"     // the debtor can go there
	CardPaid      CardStatus = "paid"      // the money is with the processor, and not with us
	CardPassedOn  CardStatus = "passed_on" // it arrived with a payout, and is booked
	CardReturned  CardStatus = "returned"  // the debtor has it again
	CardExpired   CardStatus = "expired"
	CardFailed    CardStatus = "failed" // the processor gave no page
)

// CardMoves says which state may follow which. What the processor says of money
// counts more than what we thought of its page, so that a payment which is over
// here can still be paid.
var CardMoves = Machine[CardStatus]{
	CardPreparing: {CardReady, CardPaid, CardExpired, CardFailed},
	CardReady:     {CardPaid, CardExpired},
	CardPaid:      {CardPassedOn, CardReturned},
	CardPassedOn:  {CardReturned},
	CardReturned:  {},
	CardExpired:   {CardPaid},
	CardFailed:    {CardPaid},
}

// A CardPayment is money that a debtor pays through a factor's card processor,
// from its page. There is no surcharge: the processor's fee is the factor's.
type CardPayment struct {
	ID      CardID
	World   WorldID
	Case    CaseID
	Factor  OrganizationID
	Seller  OrganizationID
	Link    LinkID // that it was asked by
	Return  LinkID // that shows how it stands, and nothing else can be done by; zero: not made yet
	Status  CardStatus
	Amount  money.Amount
	Parts   []CardPart
	Session string // the processor's name for its page; "" until there is one
	URL     string // of that page
	Intent  string // the processor's name for the payment; "" until it is paid
	AskedAt time.Time
	Expires time.Time // real time
	PaidAt  time.Time
}

// MoveTo puts the payment in the next status, or refuses with [ErrWrongState].
func (p *CardPayment) MoveTo(next CardStatus) error {
	if err := CardMoves.Move(p.Status, next); err != nil {
		return err
	}
	p.Status = next
	return nil
}

// Live reports whether the debtor may still pay it.
func (p CardPayment) Live() bool { return p.Status == CardPreparing || p.Status == CardReady }

// A CardPart is what of a payment by card is for one deal.
type CardPart struct {
	Deal      DealID
	Number    string // of the invoice
	Reference Reference
	Amount    money.Amount
}

// A CardOrder is what a processor is asked for: its page for one payment.
type CardOrder struct {
	CardPayment
	Back   Link   // of the page that it leads back to
	Debtor string // its name
}

// A CardSession is a processor's page for one payment.
type CardSession struct{ ID, URL string }

// A CardEventKind is what a card processor tells us.
type CardEventKind string

// The kinds of news there are; those of another kind are taken and ignored.
const (
	CardEventPaid     CardEventKind = "paid"
	CardEventUnpaid   CardEventKind = "unpaid" // the page was filled, and the money is still to come
	CardEventExpired  CardEventKind = "expired"
	CardEventRefunded CardEventKind = "refunded"
	CardEventDisputed CardEventKind = "disputed" // by the cardholder, at its bank
	CardEventPayout   CardEventKind = "payout"
	CardEventOther    CardEventKind = "other"
)

// A CardEvent is one piece of news from a card processor, its signature checked.
type CardEvent struct {
	ID      string // the processor's; the same news may come again
	Type    string // in the processor's words
	Kind    CardEventKind
	Live    bool   // about real money
	Card    CardID // zero: it does not name one of ours
	Session string
	Intent  string
	Amount  money.Amount // paid, or given back
	At      time.Time    // real time
	Payout  CardPayout   // of a payout
}

// A CardPayoutStatus is how far money that a processor passed on is.
type CardPayoutStatus string

// The states of a processor's payout.
const (
	CardPayoutAnnounced CardPayoutStatus = "announced" // what it holds is asked for
	CardPayoutListed    CardPayoutStatus = "listed"    // its line on the bank statement is awaited
	CardPayoutMatched   CardPayoutStatus = "matched"   // its line is there; its parts are being applied
	CardPayoutApplied   CardPayoutStatus = "applied"
	CardPayoutPerson    CardPayoutStatus = "person" // a person must look at it
)

// CardPayoutMoves says which state may follow which.
var CardPayoutMoves = Machine[CardPayoutStatus]{
	CardPayoutAnnounced: {CardPayoutListed, CardPayoutPerson},
	CardPayoutListed:    {CardPayoutMatched, CardPayoutPerson},
	CardPayoutMatched:   {CardPayoutApplied, CardPayoutPerson},
	CardPayoutApplied:   {},
	CardPayoutPerson:    {},
}

// A CardPayout is money that a processor passed on to the factor's bank: the
// payments in it, less the processor's fees.
type CardPayout struct {
	ID         CardPayoutID
	World      WorldID
	Factor     OrganizationID
	Name       string // the processor's
	Status     CardPayoutStatus
	Amount     money.Amount
	ArrivesOn  Date
	Descriptor string // what stands on the bank's statement; "": the processor does not say
	Receipt    ReceiptID
}

// MoveTo puts the payout in the next status, or refuses with [ErrWrongState].
func (p *CardPayout) MoveTo(next CardPayoutStatus) error {
	if err := CardPayoutMoves.Move(p.Status, next); err != nil {
		return err
	}
	p.Status = next
	return nil
}

// A CardEntry is one line of what a processor's payout holds.
type CardEntry struct {
	Card  CardID       // zero: it is no payment of ours
	Type  string       // in the processor's words
	Gross money.Amount // what the debtor paid
	Fee   money.Amount // what the processor kept of it
}

// Net is what of an entry was passed on.
func (e CardEntry) Net() money.Amount { return e.Gross.Minus(e.Fee) }

// A CardShare is a part of a payment by card on its way into the books.
type CardShare struct {
	Payout CardPayoutID
	Card   CardID
	Deal   DealID
	Amount money.Amount // what the debtor paid
	Fee    money.Amount // what the processor kept of it
	PaidAt time.Time
}
