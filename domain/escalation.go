package domain

import (
	"time"
)

// An EscalationStatus is how far the asking of somebody external has come.
type EscalationStatus string

// The states of an escalation (C-166, C-167). Nobody external knows anything before it is handed
// over, and the debtor is told before that.
const (
	EscalationProposed   EscalationStatus = "proposed"  // a first person asks for it
	EscalationAnnounced  EscalationStatus = "announced" // a second one agreed; the debtor is told
	EscalationHandedOver EscalationStatus = "handed_over"
	EscalationReturned   EscalationStatus = "returned"
	EscalationWithdrawn  EscalationStatus = "withdrawn"
)

// EscalationMoves says which state may follow which.
var EscalationMoves = Machine[EscalationStatus]{
	EscalationProposed:   {EscalationAnnounced, EscalationWithdrawn},
	EscalationAnnounced:  {EscalationHandedOver, EscalationWithdrawn},
	EscalationHandedOver: {EscalationReturned},
	EscalationReturned:   {},
	EscalationWithdrawn:  {},
}

// An EscalationCause is why an escalation ended.
type EscalationCause string

// The causes there are.
const (
	CausePeople     EscalationCause = "people" // of the factor
	CauseLapsed     EscalationCause = "lapsed" // nobody handed it over in time
	CausePaid       EscalationCause = "paid"   // nothing of it is open any more
	CausePartPaid   EscalationCause = "part_paid"
	CausePromise    EscalationCause = "promise"
	CausePlan       EscalationCause = "plan"
	CauseQuestion   EscalationCause = "question"
	CauseDispute    EscalationCause = "dispute"
	CauseHardship   EscalationCause = "hardship"
	CauseComplaint  EscalationCause = "complaint"
	CauseStop       EscalationCause = "stop"
	CauseInsolvency EscalationCause = "insolvency"
	CauseMediation  EscalationCause = "mediation"
	CauseGivenBack  EscalationCause = "given_back"
	CauseNotTold    EscalationCause = "not_told" // a report came that the notice did not arrive
)

// NoticeFullDays are the full calendar days that lie between the day on which the debtor was told and
// the first day on which anybody external may be asked (C-167).
const NoticeFullDays = 10

// An Escalation asks somebody external to speak with the debtor of a case, and says how far that is.
type Escalation struct {
	ID          EscalationID
	Case        CaseID
	Factor      OrganizationID
	Seller      OrganizationID
	Agency      AgencyID
	AgencyName  string // as the debtor is told it
	Status      EscalationStatus
	Reason      string
	Deals       []DealID // what it is about; none is added later
	ProposedBy  UserID
	ProposedAt  time.Time
	ApprovedBy  UserID
	AnnouncedAt time.Time
	NoticedAt   time.Time // a mail server took the notice, and no report came that it did not arrive; zero: not so
	HandingBy   UserID    // the first of two people
	HandingAt   time.Time
	HandedBy    UserID
	HandedOn    Date // in the debtor's zone
	HandedAt    time.Time
	AdjustedAt  time.Time // the last part payment that the agency has to know of
	FileSHA256  []byte    // of what was handed over
	EndedBy     UserID    // zero: something happened
	EndedAt     time.Time
	Cause       EscalationCause
	Note        string
}

// Live reports whether the escalation has not ended.
func (e Escalation) Live() bool {
	return e.Status == EscalationProposed || e.Status == EscalationAnnounced || e.Status == EscalationHandedOver
}

// Rests reports whether nothing is started by us because of the escalation: the debtor was told, or
// somebody external was asked.
func (e Escalation) Rests() bool {
	return e.Status == EscalationAnnounced || e.Status == EscalationHandedOver
}

// From returns the first day on which the agency may be asked, when the debtor is told on a day.
func From(told Date) Date { return told.Plus(NoticeFullDays + 1) }

// HandOverFrom returns the first day on which the agency may be asked, in the debtor's zone; zero
// while the notice is not delivered.
func (e Escalation) HandOverFrom(zone *time.Location) Date {
	if e.NoticedAt.IsZero() {
		return Date{}
	}
	return From(DateOf(e.NoticedAt.In(zone)))
}

// End puts the escalation in the state that it ends in, or refuses with [ErrWrongState].
func (e *Escalation) End(cause EscalationCause, by UserID, note string, at time.Time) error {
	next := EscalationWithdrawn
	if e.Status == EscalationHandedOver {
		next = EscalationReturned
	}
	if err := EscalationMoves.Move(e.Status, next); err != nil {
		return err
	}
	e.Status, e.Cause, e.EndedBy, e.Note, e.EndedAt = next, cause, by, note, at
	return nil
}

// A LegalConsult is a talk with somebody who knows the law about a case, and what came of it (C-157).
type LegalConsult struct {
	ID      ConsultID
	Case    CaseID
	Who     string
	On      Date
	Outcome string
	By      UserID
	At      time.Time
}

// An EscalationFile is what was handed over, as it was then.
type EscalationFile struct {
	Escalation EscalationID
	Factor     OrganizationID
	Content    []byte
	SHA256     []byte
}

// A DebtorOutside is what a debtor sees of an escalation on its page.
type DebtorOutside struct {
	Agency   string
	NoticeOn Date
	From     Date // the first day on which the agency may be asked
	AskedOn  Date // zero: it was not asked
}
