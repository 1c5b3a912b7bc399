package domain

import (
	"slices"
	"strings"
	"time"

	"comity/money"
)

// A CaseStatus says whether anything of a case is open.
type CaseStatus string

// The states of a case.
const (
	CaseOpen   CaseStatus = "open"
	CaseClosed CaseStatus = "closed"
)

// CaseMoves says which state may follow which.
var CaseMoves = Machine[CaseStatus]{
	CaseOpen:   {CaseClosed},
	CaseClosed: {},
}

// A Case is everything that follows up one debtor for one seller and factor:
// one voice, one message for all its invoices.
type Case struct {
	ID           CaseID
	World        WorldID
	Factor       OrganizationID
	Seller       OrganizationID
	Debtor       DebtorID
	Relationship RelationshipID
	Status       CaseStatus
	Disclosure   Disclosure
	TellingAt    time.Time // two people of the factor decided to tell the debtor; zero: not so
	Tone         int       // 0 informative … 4 formal
	Cycle        int       // begins when the case opens or an answer ends the ladder
	NextActionAt time.Time // zero when nothing is to be done
	WaitsFor     string    // what the case waits for, in words
	External     bool      // somebody external was asked, and is not called back yet
	OpenedAt     time.Time
	ClosedAt     time.Time
}

// Mode returns whether the debtor of the case is told.
func (c Case) Mode() Disclosure { return mode(c.Disclosure) }

// Mode returns the mode in which the message was written.
func (t Touch) Mode() Disclosure { return mode(t.Disclosure) }

// Telling reports whether the debtor is about to be told: it is decided, and the notice was not sent yet.
func (c Case) Telling() bool { return c.Mode() == Confidential && !c.TellingAt.IsZero() }

// Voice returns the mode in which a message of a class is written: the notice that tells a debtor is the
// first word in the factor's name.
func (c Case) Voice(class MessageClass) Disclosure {
	if class == ClassLegalNotice && c.Telling() {
		return Notified
	}
	return c.Mode()
}

// A TouchStatus is what has become of a message.
type TouchStatus string

// The states of a touch.
const (
	TouchPlanned   TouchStatus = "planned"
	TouchSending   TouchStatus = "sending"
	TouchSent      TouchStatus = "sent"
	TouchFailed    TouchStatus = "failed"
	TouchUnknown   TouchStatus = "unknown"
	TouchCancelled TouchStatus = "cancelled"
)

// TouchMoves says which state may follow which.
var TouchMoves = Machine[TouchStatus]{
	TouchPlanned:   {TouchSending, TouchCancelled},
	TouchSending:   {TouchSent, TouchPlanned, TouchFailed, TouchUnknown},
	TouchSent:      {TouchFailed},
	TouchFailed:    {},
	TouchUnknown:   {TouchSent, TouchFailed},
	TouchCancelled: {TouchSending, TouchPlanned}, // its step is wanted again: what held it back is over
}

// A MessageClass decides which rules of the gate bind a message (D-19).
type MessageClass string

// The classes that are sent here.
const (
	ClassHeadsUp     MessageClass = "heads_up"
	ClassReminder    MessageClass = "reminder"
	ClassLegalNotice MessageClass = "legal_notice"
	ClassAnswer      MessageClass = "answer"
	ClassReceipt     MessageClass = "receipt"
	ClassThankYou    MessageClass = "thank_you"
	ClassCall        MessageClass = "call"       // a person rings; the same rules as for a reminder
	ClassInstalment  MessageClass = "instalment" // the agreed word before a date of a plan
	ClassRelease     MessageClass = "release"    // a legal notice: the factor has no claim any more

	ClassPriorNotice MessageClass = "prior_notice"      // a legal notice: before anybody external is asked
	ClassProtective  MessageClass = "protective_notice" // a legal notice: a step that keeps a right, which two people approved
	ClassValidation  MessageClass = "validation"        // a legal notice: what is asked of a natural person, to check (D-27)
)

// Proactive reports whether messages of the class count for the 7-day gap.
func (c MessageClass) Proactive() bool {
	return c == ClassHeadsUp || c == ClassReminder || c == ClassCall
}

// Counted reports whether messages of the class count for the ceiling.
func (c MessageClass) Counted() bool {
	return c.Proactive() || c.Legal() || c == ClassInstalment
}

// Legal reports whether messages of the class are notices that law or contract wants.
func (c MessageClass) Legal() bool {
	return c == ClassLegalNotice || c == ClassRelease || c == ClassPriorNotice || c == ClassProtective || c == ClassValidation
}

// A Touch is one message to a debtor, and why it was sent.
type Touch struct {
	ID           TouchID
	World        WorldID
	Case         CaseID
	Factor       OrganizationID
	Seller       OrganizationID
	Relationship RelationshipID
	Cycle        int
	Step         string
	Class        MessageClass
	Tone         int
	Rung         string // the playbook's step that it takes; "": none
	People       int    // how many must agree before it leaves
	Playbook     PlaybookID
	Version      int        // of the playbook
	Template     string     // its name and the digest of its text
	Disclosure   Disclosure // in which it was written
	AskedFor     string     // digest of what people are asked to agree to
	Result       CallResult
	Note         string // of a call; for the factor only
	Status       TouchStatus
	Recipient    string
	ContactKey   []byte
	Subject      string
	Text, HTML   string // with {link} where the debtor's link goes
	WhyNow       string
	Items        []DealID
	MessageID    string
	Link         LinkID
	ClaimedAt    time.Time
	SentAt       time.Time
	Attempts     int
	Outcome      string
	CreatedAt    time.Time
}

// A PromiseStatus is what has become of a promise.
type PromiseStatus string

// The states of a promise.
const (
	PromiseActive    PromiseStatus = "active"
	PromiseKept      PromiseStatus = "kept"
	PromisePartKept  PromiseStatus = "part_kept"
	PromiseBroken    PromiseStatus = "broken"
	PromiseCancelled PromiseStatus = "cancelled"
)

// PromiseMoves says which state may follow which.
var PromiseMoves = Machine[PromiseStatus]{
	PromiseActive:    {PromiseKept, PromisePartKept, PromiseBroken, PromiseCancelled},
	PromiseKept:      {},
	PromisePartKept:  {},
	PromiseBroken:    {},
	PromiseCancelled: {},
}

// A Promise is a debtor's word to pay a sum by a day.
type Promise struct {
	ID         PromiseID
	Case       CaseID
	Deal       DealID
	Status     PromiseStatus
	Amount     money.Amount
	OpenBefore money.Amount // of the invoice, when the promise was made
	PromisedOn Date
	JudgeOn    Date // decided when the statement of this day is loaded (D-18)
	MadeAt     time.Time
	DecidedAt  time.Time
	Recipient  string // whom the link was sent to, on whose page it was made; "": it was said to a person
	Confirmed  bool   // the code of the notice had been typed on that link
}

// SentTo reports whether the promise was made by a link that was sent to an address.
func (p Promise) SentTo(email string) bool {
	return strings.EqualFold(strings.TrimSpace(p.Recipient), strings.TrimSpace(email))
}

// Unconfirmed reports whether nothing shows that the contact on file made the promise: it was made on
// the page, by a link that was sent to another address, or on which nobody had typed the code of the
// notice. A link can be passed on; who holds it is never known (D-18).
func (p Promise) Unconfirmed(contact string) bool {
	return p.Recipient != "" && (!p.Confirmed || !p.SentTo(contact))
}

// A Question is what a debtor asked, about one invoice or about everything.
type Question struct {
	ID         QuestionID
	Case       CaseID
	Deal       DealID // zero: about everything
	ByMail     bool   // it stands for mails that wait to be read; Said quotes none of them
	ByPhone    bool   // a collector wrote down what was asked on the telephone
	Said       string
	Topic      Topic
	Reason     Reason // what a collector understood; "": nothing confirmed
	Understood string // in words, as the debtor reads them
	AskedAt    time.Time
	Answer     string // empty though AnsweredAt is set: closed without a letter
	AnsweredAt time.Time
}

// A HoldCode is a gate code of the item stage that a fact on file sets.
type HoldCode string

// The codes that holds carry (COURTESY, item stage).
const (
	HoldPaidOrPending HoldCode = "paid_or_pending"
	HoldPromise       HoldCode = "promise_active"
	HoldDisputed      HoldCode = "disputed_part"
	HoldQuery         HoldCode = "query_unanswered_by_us"
	HoldPlan          HoldCode = "plan_current"
)

// A Hold keeps an item, a part of it or a whole case back from collection.
type Hold struct {
	ID        HoldID
	Case      CaseID
	Deal      DealID // zero: the whole case
	Code      HoldCode
	Amount    money.Amount // zero: the whole item
	Until     time.Time    // zero: until somebody ends it
	CauseKind string
	Cause     [16]byte
	CreatedAt time.Time
	EndedAt   time.Time // zero: in force
}

// A StopCode is a gate code of the contact stage that people set (D-3).
type StopCode string

// The stops there are. Legal_stop and sanctions_hold are lifted by two people.
const (
	StopLegal       StopCode = "legal_stop"
	StopRepresented StopCode = "represented"
	StopCease       StopCode = "cease_requested"
	StopComplaint   StopCode = "complaint_open"
	StopSanctions   StopCode = "sanctions_hold"
	StopProof       StopCode = "proof_pending"
)

// StopCodes lists every stop.
func StopCodes() []StopCode {
	return []StopCode{StopLegal, StopRepresented, StopCease, StopComplaint, StopSanctions, StopProof}
}

// NeedsTwo reports whether two people must lift the stop.
func (c StopCode) NeedsTwo() bool { return c == StopLegal || c == StopSanctions }

// A Stop forbids contact on a case until it is lifted.
type Stop struct {
	ID       StopID
	Case     CaseID
	Code     StopCode
	Reason   string
	SetBy    UserID // zero: the debtor, on its page
	SetAt    time.Time
	LiftBy   UserID // the first of two people
	LiftedBy UserID
	LiftedAt time.Time
}

// A Link is a debtor's way to its page: one case, one recipient, a set of verbs.
type Link struct {
	ID         LinkID
	Case       CaseID
	Factor     OrganizationID
	Seller     OrganizationID
	Recipient  string
	Verbs      []string
	KeyVersion int
	Confirmed  bool
	Expires    time.Time // real time
}

// The verbs that a link may carry.
const (
	VerbView     = "view"
	VerbConfirm  = "confirm"
	VerbPromise  = "promise"
	VerbQuestion = "question"
	VerbPaid     = "paid"
	VerbDispute  = "dispute"
	VerbPlan     = "plan" // ask for one, take it or not

	VerbMissing     = "not-received"
	VerbContact     = "wrong-contact"
	VerbProof       = "proof"
	VerbPreferences = "preferences"
	VerbFeedback    = "feedback"
	VerbComplaint   = "complaint"

	// VerbCard is that of the link by which a card processor leads back: it shows how one payment
	// stands, and nothing else of the case. No link that a debtor gets has it.
	VerbCard = "card"
)

// Verbs lists the verbs of a debtor's link in a mode. One that is not told of the sale has no notice
// whose code it could type, and nothing of which it would want proof: its supplier writes.
func (d Disclosure) Verbs() []string {
	if d != Confidential {
		return Verbs()
	}
	return slices.DeleteFunc(Verbs(), func(verb string) bool { return verb == VerbConfirm || verb == VerbProof })
}

// Verbs lists every verb that a link may carry.
func Verbs() []string {
	return []string{
		VerbView, VerbConfirm, VerbPromise, VerbQuestion, VerbPaid, VerbDispute, VerbPlan,
		VerbMissing, VerbContact, VerbProof, VerbPreferences, VerbFeedback, VerbComplaint,
	}
}
