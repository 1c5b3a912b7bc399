package domain

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// An ID names one T. IDs of different things are different types, so the
// compiler refuses an OfferID where an InvoiceID belongs. The zero ID names nothing.
type ID[T named] struct{ uuid.UUID }

// named is a thing with a prefix that its ids carry on the wire.
type named interface{ prefix() string }

// The kinds of things that have ids, used only to tell the ids apart.
type (
	worldThing        struct{}
	organizationThing struct{}
	userThing         struct{}
	debtorThing       struct{}
	relationshipThing struct{}
	accountThing      struct{}
	blobThing         struct{}
	importThing       struct{}
	invoiceThing      struct{}
	decisionThing     struct{}
	mandateThing      struct{}
	offerThing        struct{}
	dealThing         struct{}
	caseThing         struct{}
	journalThing      struct{}
	payoutThing       struct{}
	statementThing    struct{}
	lineThing         struct{}
	receiptThing      struct{}
	allocationThing   struct{}
	touchThing        struct{}
	holdThing         struct{}
	promiseThing      struct{}
	disputeThing      struct{}
	questionThing     struct{}
	stopThing         struct{}
	linkThing         struct{}
	eventThing        struct{}
	gateThing         struct{}
	auditThing        struct{}
	objectionThing    struct{}
	correctionThing   struct{}
	verificationThing struct{}
	dilutionThing     struct{}
	replyThing        struct{}
	playbookThing     struct{}
	approvalThing     struct{}
	pauseThing        struct{}
	noteThing         struct{}
	planThing         struct{}
	recourseThing     struct{}
	updateThing       struct{}
	mediationThing    struct{}
	evidenceThing     struct{}
	agencyThing       struct{}
	agencyComplaint   struct{}
	escalationThing   struct{}
	consultThing      struct{}
	protectiveThing   struct{}
	lawSignature      struct{}
	disclosingThing   struct{}
	voucherThing      struct{}
	recourseReport    struct{}
	ownReminder       struct{}
)

func (worldThing) prefix() string        { return "world" }
func (organizationThing) prefix() string { return "org" }
func (userThing) prefix() string         { return "user" }
func (debtorThing) prefix() string       { return "debtor" }
func (relationshipThing) prefix() string { return "rel" }
func (accountThing) prefix() string      { return "acct" }
func (blobThing) prefix() string         { return "doc" }
func (importThing) prefix() string       { return "imp" }
func (invoiceThing) prefix() string      { return "inv" }
func (decisionThing) prefix() string     { return "dec" }
func (mandateThing) prefix() string      { return "man" }
func (offerThing) prefix() string        { return "off" }
func (dealThing) prefix() string         { return "deal" }
func (caseThing) prefix() string         { return "case" }
func (journalThing) prefix() string      { return "jou" }
func (payoutThing) prefix() string       { return "pay" }
func (statementThing) prefix() string    { return "stm" }
func (lineThing) prefix() string         { return "line" }
func (receiptThing) prefix() string      { return "rcp" }
func (allocationThing) prefix() string   { return "alc" }
func (touchThing) prefix() string        { return "tch" }
func (holdThing) prefix() string         { return "hold" }
func (promiseThing) prefix() string      { return "prm" }
func (disputeThing) prefix() string      { return "dsp" }
func (questionThing) prefix() string     { return "qst" }
func (stopThing) prefix() string         { return "stop" }
func (linkThing) prefix() string         { return "link" }
func (eventThing) prefix() string        { return "evt" }
func (gateThing) prefix() string         { return "gate" }
func (auditThing) prefix() string        { return "aud" }
func (objectionThing) prefix() string    { return "obj" }
func (correctionThing) prefix() string   { return "cor" }
func (verificationThing) prefix() string { return "ver" }
func (dilutionThing) prefix() string     { return "dil" }
func (replyThing) prefix() string        { return "rpl" }
func (playbookThing) prefix() string     { return "pbk" }
func (approvalThing) prefix() string     { return "apr" }
func (pauseThing) prefix() string        { return "pse" }
func (noteThing) prefix() string         { return "note" }
func (planThing) prefix() string         { return "plan" }
func (recourseThing) prefix() string     { return "rec" }
func (updateThing) prefix() string       { return "upd" }
func (evidenceThing) prefix() string     { return "evd" }
func (mediationThing) prefix() string    { return "med" }
func (agencyThing) prefix() string       { return "agy" }
func (agencyComplaint) prefix() string   { return "cpl" }
func (escalationThing) prefix() string   { return "esc" }
func (consultThing) prefix() string      { return "lgc" }
func (protectiveThing) prefix() string   { return "pst" }
func (lawSignature) prefix() string      { return "sig" }
func (disclosingThing) prefix() string   { return "dcl" }
func (voucherThing) prefix() string      { return "vch" }
func (recourseReport) prefix() string    { return "rrp" }
func (ownReminder) prefix() string       { return "own" }

// The IDs of everything that has one.
type (
	// A WorldID names a world: live, or one sandbox.
	WorldID = ID[worldThing]
	// An OrganizationID names a seller, a factor or the platform.
	OrganizationID = ID[organizationThing]
	// A UserID names a person who signs in.
	UserID = ID[userThing]
	// A DebtorID names the platform's debtor; never shown.
	DebtorID = ID[debtorThing]
	// A RelationshipID names a seller's debtor, as that seller knows it.
	RelationshipID = ID[relationshipThing]
	// An AccountID names a bank account.
	AccountID = ID[accountThing]
	// A BlobID names stored bytes.
	BlobID = ID[blobThing]
	// An ImportID names an import of payment history.
	ImportID = ID[importThing]
	// An InvoiceID names an invoice.
	InvoiceID = ID[invoiceThing]
	// A DecisionID names a priced decision.
	DecisionID = ID[decisionThing]
	// A MandateID names a factor's standing commitment.
	MandateID = ID[mandateThing]
	// An OfferID names an offer.
	OfferID = ID[offerThing]
	// A DealID names a purchase.
	DealID = ID[dealThing]
	// A CaseID names what follows up one debtor for one seller and factor.
	CaseID = ID[caseThing]
	// A JournalID names a journal in a factor's book.
	JournalID = ID[journalThing]
	// A PayoutID names an order to a bank.
	PayoutID = ID[payoutThing]
	// A StatementID names a loaded bank statement.
	StatementID = ID[statementThing]
	// A LineID names a line of a bank statement.
	LineID = ID[lineThing]
	// A ReceiptID names money that arrived.
	ReceiptID = ID[receiptThing]
	// An AllocationID names the part of a receipt applied to one deal.
	AllocationID = ID[allocationThing]
	// A TouchID names a message to a debtor.
	TouchID = ID[touchThing]
	// A HoldID names what holds an item back from collection.
	HoldID = ID[holdThing]
	// A PromiseID names a promise to pay.
	PromiseID = ID[promiseThing]
	// A DisputeID names a disputed part.
	DisputeID = ID[disputeThing]
	// A QuestionID names a debtor's question.
	QuestionID = ID[questionThing]
	// A StopID names a stop on a case.
	StopID = ID[stopThing]
	// A LinkID names a debtor's link.
	LinkID = ID[linkThing]
	// An EventID names what happened.
	EventID = ID[eventThing]
	// A GateID names a decision of the send gate.
	GateID = ID[gateThing]
	// An AuditID names an audit row.
	AuditID = ID[auditThing]
	// An ObjectionID names a seller's objection to a decision.
	ObjectionID = ID[objectionThing]
	// A CorrectionID names what a correction of history replaced.
	CorrectionID = ID[correctionThing]
	// A VerificationID names a record of how far an invoice is proven.
	VerificationID = ID[verificationThing]
	// A DilutionRecordID names a record of what a debtor took off.
	DilutionRecordID = ID[dilutionThing]
	// A ReplyID names a mail that came in.
	ReplyID = ID[replyThing]
	// A PlaybookID names a version of a playbook.
	PlaybookID = ID[playbookThing]
	// An ApprovalID names one person's word on a message that waits for it.
	ApprovalID = ID[approvalThing]
	// A PauseID names a pause that a collector or a seller made.
	PauseID = ID[pauseThing]
	// A NoteID names what one of three parties said about a dispute.
	NoteID = ID[noteThing]
	// A PlanID names a payment plan.
	PlanID = ID[planThing]
	// A RecourseID names a part of an invoice that is given back to its seller.
	RecourseID = ID[recourseThing]
	// A RecourseReportID names what a seller says became of such a part.
	RecourseReportID = ID[recourseReport]
	// An OwnReminderID names a message that a seller sends by itself about such a part.
	OwnReminderID = ID[ownReminder]
	// An UpdateID names a change that a debtor is told of.
	UpdateID = ID[updateThing]
	// An EvidenceID names a file that was attached to a dispute.
	EvidenceID = ID[evidenceThing]
	// A MediationID names the help of a neutral person in a dispute.
	MediationID = ID[mediationThing]
	// An AgencyID names somebody external who may be asked to speak with debtors.
	AgencyID = ID[agencyThing]
	// An AgencyComplaintID names a complaint about an agency.
	AgencyComplaintID = ID[agencyComplaint]
	// An EscalationID names the asking of somebody external.
	EscalationID = ID[escalationThing]
	// A ConsultID names a talk with somebody who knows the law.
	ConsultID = ID[consultThing]
	// A ProtectiveID names a protective step.
	ProtectiveID = ID[protectiveThing]
	// A LawSignatureID names counsel's signature under a row of law.
	LawSignatureID = ID[lawSignature]
	// A DisclosingID names a decision to tell a debtor after all.
	DisclosingID = ID[disclosingThing]
	// A VoucherID names a recognition, and the voucher that goes with it.
	VoucherID = ID[voucherThing]
)

// New returns a fresh id, ordered by time (UUIDv7). Use cases make ids before
// their transaction begins, since a transaction may run twice.
func New[I ~struct{ uuid.UUID }]() I { return I(struct{ uuid.UUID }{uuid.Must(uuid.NewV7())}) }

// String returns the id as it stands on the wire: a prefix and 32 hex digits,
// such as "inv_0190a5c2…".
func (id ID[T]) String() string {
	var thing T
	return thing.prefix() + "_" + strings.ReplaceAll(id.UUID.String(), "-", "")
}

// IsZero reports whether id names nothing.
func (id ID[T]) IsZero() bool { return id.UUID == uuid.Nil }

// ParseID reads an id as it stands on the wire. It refuses another thing's
// prefix and any second spelling of the same id.
func ParseID[T named](text string) (ID[T], error) {
	var thing T
	digits, ok := strings.CutPrefix(text, thing.prefix()+"_")
	if !ok || len(digits) != 32 || strings.ToLower(digits) != digits {
		return ID[T]{}, fmt.Errorf("%q is not an id that begins with %s_", text, thing.prefix())
	}
	parsed, err := uuid.Parse(digits)
	if err != nil {
		return ID[T]{}, fmt.Errorf("%q is not an id that begins with %s_", text, thing.prefix())
	}
	return ID[T]{parsed}, nil
}
