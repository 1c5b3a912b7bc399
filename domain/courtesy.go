package domain

import (
	"time"

	"comity/money"
)

// A CaseItem is one purchased invoice of a case, with what its follow-up
// depends on.
type CaseItem struct {
	Deal           Deal
	Issued         Date
	OrderReference string
	Summary        string    // what was delivered, in the words of the invoice
	IntroducedAt   time.Time // the seller introduced the factor; zero: not evidenced
	NoticeAt       time.Time // the notice was delivered; zero: not yet
}

// Told reports whether the debtor knows whom the invoice is followed up for: it had the notice, or it is
// not told of the sale, and the invoice is its supplier's as before. Nothing is said before the advance
// was paid.
func (i CaseItem) Told() bool {
	return !i.NoticeAt.IsZero() || i.Deal.Mode() == Confidential && !i.Deal.FundingDate.IsZero()
}

// A Feed is a collection account and what its loaded statements cover.
type Feed struct {
	Account BankAccount
	Spans   []Span // in order of From
}

// A Contact is one message that reached an address, whoever wrote it. Only the
// count is kept, never who.
type Contact struct {
	At      time.Time
	Own     bool // it was this case's
	Ours    bool // it was this factor's, of whichever seller
	Counted bool // for the ceiling
	Daily   bool // for one message a day
	Call    bool // somebody rang
	Spoken  bool // somebody was spoken to on the telephone
}

// A LastRefusal is when the gate last refused a step, and when it said to look
// again; zero: when a person has changed something.
type LastRefusal struct {
	At    time.Time
	Again time.Time
	Codes []string
	Since time.Time // the first refusal of the step in this cycle; zero where nobody asks for it

	PlaceSince time.Time // the first one for want of a place at the address alone; zero: none was
}

// CaseFacts are everything about one case that its next step depends on, at Now.
type CaseFacts struct {
	Now           time.Time
	AnswersShared bool // answers to our mail come here, and the seller can read them
	Case          Case
	Factor        Organization
	Seller        Organization
	Relationship  Relationship
	ContactKey    []byte
	Items         []CaseItem
	Feeds         []Feed
	Holds         []Hold  // not ended by anybody
	Pauses        []Pause // likewise
	Stops         []Stop  // in force
	Promises      []Promise
	Disputes      []Dispute
	Plans         []Plan
	Recourses     []Recourse
	Mediations    []Mediation
	Updates       []Update
	Escalations   []Escalation
	Consults      []LegalConsult
	Protective    []ProtectiveStep
	Questions     []Question
	Replies       []ReplyFact
	Touches       []Touch // of this case, without their texts
	Approvals     []Approval
	Playbook      Playbook       // the one in force for this case
	Voice         Voice          // the seller's
	Preferences   Preferences    // the contact's
	NotByPhone    bool           // who has this number does not want to be rung, as it told anybody
	SellersHere   int            // how many sellers wrote to this contact in the last 180 days; never shown
	Owed          []money.Amount // what the debtor owes to this factor, over all its sellers
	KnownSince    Date           // the first invoice of the relationship on record; zero: none
	PaidOnTime    int            // invoices of the relationship paid by their due date in the last 12 months
	InRow         int            // invoices of the relationship paid on time one after the other, in the last 12 months; known while a payment waits for its thanks
	Recognised    int            // how often that was said in the last 12 months
	RecognisedAt  time.Time      // and when last; zero: never
	Appreciation  Appreciation   // what its seller lets go with that; known as InRow is
	LastPaidAt    time.Time      // when money was last matched to the case
	Unthanked     []Allocation   // applied, not undone, and nobody has said thank you
	Unidentified  []Receipt      // money on the collection accounts that belongs to nobody yet
	Contacts      []Contact      // of the last days, with this address
	LastElsewhere time.Time      // the last proactive message for the same seller in another case, or by itself
	WaitingSince  time.Time      // when the gate first refused another case its place at this address, and nothing else; zero: none waits
	Laws          []LawSignature // what counsel signed of the rows of law, as long as a notice is to be written; none afterwards
	Refused       map[string]LastRefusal
}

// A Life is everything that happened in a case: its facts with rows that ended
// since, and the money that came.
type Life struct {
	Facts CaseFacts
	Paid  []Allocation
}

// Item returns the item of a deal.
func (f CaseFacts) Item(id DealID) (CaseItem, bool) {
	for _, item := range f.Items {
		if item.Deal.ID == id {
			return item, true
		}
	}
	return CaseItem{}, false
}

// Feed returns what is known of a collection account.
func (f CaseFacts) Feed(id AccountID) (Feed, bool) {
	for _, feed := range f.Feeds {
		if feed.Account.ID == id {
			return feed, true
		}
	}
	return Feed{}, false
}

// Stop returns the stop with code that is in force.
func (f CaseFacts) Stop(code StopCode) (Stop, bool) {
	for _, stop := range f.Stops {
		if stop.Code == code {
			return stop, true
		}
	}
	return Stop{}, false
}

// Holds reports whether the hold holds back anything of a deal at a moment.
func (h Hold) Holds(deal DealID, at time.Time) bool {
	return (h.Deal.IsZero() || h.Deal == deal) && (h.Until.IsZero() || at.Before(h.Until))
}

// A GateDecision is what the send gate said about one step, and on which facts.
type GateDecision struct {
	ID        GateID
	Case      CaseID
	Factor    OrganizationID
	Seller    OrganizationID
	Cycle     int
	Step      string
	Class     MessageClass
	Sent      bool
	Codes     []string // the real codes: for the factor
	Outward   []string // what the seller is shown (D-7)
	Facts     string
	LookAgain time.Time // zero: when a person has changed something
	At        time.Time
}

// A TouchFile is a message that is being sent, with what its sending needs.
type TouchFile struct {
	Touch      Touch
	Factor     Organization
	Seller     Organization
	Debtor     string // the debtor's name, as the seller knows it
	Sandbox    bool
	Copied     bool     // the seller gets a copy
	KeyVersion int      // of its link
	Thread     []string // message ids of the case's earlier messages, oldest first
	CaseStatus CaseStatus
	HandedOut  bool // the worker had it before and never said what became of it
}

// A DebtorItem is what a debtor sees of one invoice.
type DebtorItem struct {
	Deal           DealID
	Status         DealStatus
	InvoiceNumber  string
	OrderReference string
	Summary        string
	Issued, Due    Date
	Basis, Open    money.Amount
	Reference      Reference
	NoticeOn       Date        // zero: no notice was delivered
	PaidOn         Date        // zero: not paid in full
	Account        BankAccount // the number is zero until the link is confirmed
	AccountEnds    string      // its last four characters
	HasDocument    bool        // the invoice came as a file, which the debtor may have
	LateWaived     LateOwner   // who said that it does not ask for what a law adds to a late payment; "": nobody, or there is no such law
}

// A DebtorPage is what a debtor sees: one case, nothing of other sellers or
// factors, nothing of prices.
type DebtorPage struct {
	Case        CaseID
	World       WorldID
	FactorID    OrganizationID
	SellerID    OrganizationID
	Factor      string
	FactorEmail string
	Seller      string
	SellerEmail string
	Debtor      string
	Country     string
	TimeZone    string
	Confirmed   bool
	Disclosure  Disclosure // confidential: nothing of the page may name the factor
	Items       []DebtorItem
	Holds       []Hold
	Promises    []Promise
	Disputes    []Dispute
	Notes       []Note
	Plans       []Plan // without what follows for others
	Mediations  []Mediation
	Outside     *DebtorOutside // nil: nobody external is spoken of
	Questions   []Question
	Proof       QuestionID // whose answer came with the latest proof of the sale; zero: there is none

	Recipient   string         // whom the link was sent to
	Preferences Preferences    // how the recipient wants to be reached
	Stops       []StopCode     // in force, of those that a debtor sets itself
	InRow       int            // invoices paid on time one after the other, in the last 12 months
	MayBeAsked  bool           // for feedback: never before, and nothing stops contact
	Letters     []DebtorLetter // that mail servers took, the newest first

	Cards        []CardPayment // that were begun on the page
	CardsStopped bool          // what stops the case forbids to take money by card
}

// Item returns one invoice of the page.
func (p DebtorPage) Item(id DealID) (DebtorItem, bool) {
	for _, item := range p.Items {
		if item.Deal == id {
			return item, true
		}
	}
	return DebtorItem{}, false
}

// Zone returns the debtor's time zone.
func (p DebtorPage) Zone() *time.Location { return zone(p.TimeZone) }

// OutcomeHandedOut is a touch's outcome while a worker has it and has not said
// what became of it.
const OutcomeHandedOut = "handed to the mail server"

// MoveTo puts the touch in the next status, or refuses with [ErrWrongState].
func (t *Touch) MoveTo(next TouchStatus) error {
	if err := TouchMoves.Move(t.Status, next); err != nil {
		return err
	}
	t.Status = next
	return nil
}
