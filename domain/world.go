package domain

import "time"

// A World is the live one or one sandbox. Every organisation and debtor belongs
// to one world for ever; nothing crosses.
type World struct {
	ID      WorldID
	Sandbox bool
	Name    string
	Now     time.Time // a sandbox's frozen clock; in the live world the real time
	Target  time.Time // where a running clock is going; zero when it is not
	State   RunnerState
	Reason  string // why it stopped
}

// LiveWorld is the one world whose clock is the real one.
var LiveWorld = mustID[worldThing]("world_00000000000070008000000000000001")

// A RunnerState is what a sandbox's clock is doing.
type RunnerState string

// The states of a clock.
const (
	ClockIdle    RunnerState = "idle"
	ClockRunning RunnerState = "running"
	ClockStopped RunnerState = "stopped" // a task failed three times
)

func mustID[T named](text string) ID[T] {
	id, err := ParseID[T](text)
	if err != nil {
		panic(err)
	}
	return id
}

// An Event is what happened, in one sentence that every party named may read.
type Event struct {
	ID       EventID
	World    WorldID
	Kind     string
	Factor   OrganizationID
	Seller   OrganizationID
	Mediator OrganizationID // the neutral whom it is for, and nobody else; zero: it is the parties'
	Invoice  InvoiceID
	Deal     DealID
	Case     CaseID
	Said     string
	At       time.Time
}

// A JobKind names work that is done outside the transaction that asked for it.
type JobKind string

// The kinds of jobs there are. A job carries ids only.
const (
	JobImport    JobKind = "import"     // ref: an import; reads the staged rows
	JobStatement JobKind = "statement"  // ref: a statement; applies its lines
	JobAdvance   JobKind = "advance"    // ref: a deal; pays out when every condition has its evidence
	JobSend      JobKind = "send"       // ref: a touch; hands it to the mail server
	JobMailParty JobKind = "mail_party" // ref: an event; tells the seller, the factor or the neutral by mail
	JobCopy      JobKind = "copy"       // ref: a touch; mails the seller a copy of what was sent

	JobCardOpen   JobKind = "card_open"   // ref: a payment by card; asks the processor for its page
	JobCardClose  JobKind = "card_close"  // ref: a payment by card; asks the processor to close its page
	JobCardPayout JobKind = "card_payout" // ref: a processor's payout; asks what it holds
)

// A Job asks for work in a world.
type Job struct {
	World WorldID
	Kind  JobKind
	Ref   [16]byte
}

// A Trail is what every change leaves behind in its own transaction: audit
// rows, events and jobs.
type Trail struct {
	Audit  []AuditRow
	Events []Event
	Jobs   []Job
}

// An AuditRow is one state change, with the digest of its content.
type AuditRow struct {
	ID          AuditID
	By          Caller
	Action      string // such as "offer.accepted"
	SubjectKind string
	Subject     [16]byte
	Digest      []byte // SHA-256 of the content
}
