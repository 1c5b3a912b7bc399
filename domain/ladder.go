package domain

import (
	"time"
)

// A Channel is a way to reach a debtor.
type Channel string

// The channels there are.
const (
	ChannelEmail Channel = "email"
	ChannelPhone Channel = "phone" // a person's task; nothing rings by itself
)

// A Playbook says which messages follow up an invoice, when, on which channel,
// how firm, and who has to agree before. It is data: a new version replaces it.
type Playbook struct {
	ID          PlaybookID // zero: the built-in one
	Factor      OrganizationID
	Level       PlaybookLevel
	Subject     string // of the level: "" for the factor, an id, or a segment
	Name        string
	Version     int
	Status      PlaybookStatus
	Before      []BeforeStep
	After       []AfterStep
	MadeBy      UserID
	MadeAt      time.Time
	SimulatedAt time.Time // on the factor's own cases; zero: not yet
	ActivatedBy UserID
	ActivatedAt time.Time
	RetiredAt   time.Time
}

// A PlaybookLevel is how particular a playbook is; the most particular one counts.
type PlaybookLevel string

// The levels, the most particular first (C-17).
const (
	LevelRelationship PlaybookLevel = "relationship"
	LevelDebtor       PlaybookLevel = "debtor"
	LevelSegment      PlaybookLevel = "segment" // a country, or a country and a legal type
	LevelSeller       PlaybookLevel = "seller"
	LevelFactor       PlaybookLevel = "factor"
	LevelDefault      PlaybookLevel = "default" // the built-in one
)

// A PlaybookStatus says whether a version counts.
type PlaybookStatus string

// The states of a version of a playbook.
const (
	PlaybookDraft   PlaybookStatus = "draft"
	PlaybookActive  PlaybookStatus = "active"
	PlaybookRetired PlaybookStatus = "retired"
)

// PlaybookMoves says which state may follow which.
var PlaybookMoves = Machine[PlaybookStatus]{
	PlaybookDraft:   {PlaybookActive, PlaybookRetired},
	PlaybookActive:  {PlaybookRetired},
	PlaybookRetired: {},
}

// A BeforeStep is a message before a due date: it leaves Days ahead (on a day
// off, the business day before), at the earliest Early and at the latest Late days
// ahead (D-19).
type BeforeStep struct {
	Name              string // heads_up or pre_due
	Days, Early, Late int
	MinTerms          int // only for invoices with at least so many days to pay
}

// An AfterStep is a rung of the ladder after a due date.
type AfterStep struct {
	Name     string
	Channel  Channel
	Tone     int    // 1 cordial, 2 collaborative, 3 firm, 4 formal
	Wait     int    // days after the last contact that we started, 7 to 14
	Template string // the letter, or the script of a call
	People   int    // who have to agree: 0, 1 or 2
	MinLate  int    // days past the due date of every invoice that it lists
	MinQuiet int    // messages of ours that nobody answered before it
}

// An Approval is one person's word on a message that waits for it.
type Approval struct {
	ID       ApprovalID
	Touch    TouchID
	Case     CaseID
	Side     OrganizationKind // factor or seller
	User     UserID
	Consent  Consent
	AskedFor string // what the touch asked for then
	Note     string
	At       time.Time
}

// A Consent is what somebody says to a message that waits.
type Consent string

// The consents there are.
const (
	Approved Consent = "approved"
	Declined Consent = "declined" // a seller's is its veto
)

// A Pause holds back an invoice or a whole case because a collector or the
// seller said so, with a reason and an end.
type Pause struct {
	ID      PauseID
	Case    CaseID
	Deal    DealID // zero: the whole case
	Side    OrganizationKind
	Reason  string
	SetBy   UserID
	SetAt   time.Time
	Until   time.Time // zero: until the seller ends it ("hands off this one")
	EndedBy UserID
	EndedAt time.Time
}

// Pauses reports whether the pause holds back a deal at a moment.
func (p Pause) Pauses(deal DealID, at time.Time) bool {
	return (p.Deal.IsZero() || p.Deal == deal) && (p.EndedAt.IsZero() || at.Before(p.EndedAt)) && (p.Until.IsZero() || at.Before(p.Until))
}

// A Voice is what a seller adds to the letters about its invoices (D-24).
type Voice struct {
	Seller    OrganizationID
	Line      string // its values, in one sentence
	Thanks    string // its own words in a thank-you
	Informal  bool   // long-standing good customers may be written to informally
	UpdatedBy UserID
	UpdatedAt time.Time
}

// An ApprovalMode says which of our messages wait for the seller (F-67).
type ApprovalMode string

// The modes there are. After 24 hours without a word the playbook decides.
const (
	ApproveNone  ApprovalMode = "none"
	ApproveFirst ApprovalMode = "first_touch"
	ApproveEvery ApprovalMode = "every_touch"
)

// A ContactKind says whether an address is one person's or shared.
type ContactKind string

// The kinds of contacts (D-22).
const (
	ContactPerson ContactKind = "person"
	ContactRole   ContactKind = "role" // a shared mailbox, such as accounts payable
)

// A ContactMode is how a shared mailbox wants to be written to (D-22).
type ContactMode string

// The modes there are.
const (
	ModeEach       ContactMode = "each"        // one message per seller
	ModeDigest     ContactMode = "digest"      // one mail a week per servicer
	ModePortalOnly ContactMode = "portal_only" // nothing but the page
)

// Preferences are how a contact wants to be reached, over every tenant.
type Preferences struct {
	Kind     ContactKind
	Mode     ContactMode
	OptedOut []Channel
	Prefers  Channel // "": no preference
	Language string  // of its page; "": what its browser asks for
	Hours    Hours
	Source   string         // how we know
	By       OrganizationID // the factor that was told
	AskedAt  time.Time
	At       time.Time
}

// A ReplyFact is that a mail came in, without its words.
type ReplyFact struct {
	Kind        string
	Acknowledge bool
	At          time.Time
}

// A Reason is why a debtor is late, as it says (C-109).
type Reason string

// The reasons there are.
const (
	ReasonCashFlow   Reason = "cash_flow"
	ReasonAdmin      Reason = "admin_hurdle"
	ReasonUnforeseen Reason = "unforeseen"
	ReasonApproval   Reason = "approval_pending"
	ReasonMissing    Reason = "invoice_missing"
	ReasonDispute    Reason = "dispute"
	ReasonOversight  Reason = "oversight"
	ReasonOther      Reason = "other"
)

// Reasons lists every reason.
func Reasons() []Reason {
	return []Reason{ReasonCashFlow, ReasonAdmin, ReasonUnforeseen, ReasonApproval, ReasonMissing, ReasonDispute, ReasonOversight, ReasonOther}
}

// A CallResult is what came of a telephone call; one is needed to close it (F-68).
type CallResult string

// The results there are.
const (
	CallNoAnswer    CallResult = "no_answer"
	CallLeftMessage CallResult = "left_message"
	CallWrongNumber CallResult = "wrong_number"
	CallPromised    CallResult = "promised"          // an amount and a day
	CallSaysPaid    CallResult = "says_paid"         // an amount and the day of the payment
	CallDisputes    CallResult = "disputes"          // an amount and what is wrong
	CallAsks        CallResult = "asks"              // a question that waits for our answer
	CallHardship    CallResult = "hardship"          // it cannot pay as agreed
	CallWillLook    CallResult = "will_look"         // it looks into it
	CallSpoke       CallResult = "spoke"             // spoken, and nothing agreed
	CallDoNotCall   CallResult = "do_not_call_again" // the telephone is not to be used
)

// CallResults lists every result.
func CallResults() []CallResult {
	return []CallResult{
		CallNoAnswer, CallLeftMessage, CallWrongNumber, CallPromised, CallSaysPaid, CallDisputes, CallAsks, CallHardship, CallWillLook, CallSpoke, CallDoNotCall,
	}
}

// Spoken reports whether somebody was spoken to.
func (r CallResult) Spoken() bool {
	switch r {
	case "", CallNoAnswer, CallLeftMessage, CallWrongNumber:
		return false
	default:
		return true
	}
}
