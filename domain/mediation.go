package domain

import (
	"slices"
	"time"

	"comity/money"
)

// A MediationStatus is how far the help of a neutral person in a dispute has come (F-79).
type MediationStatus string

// The states of a mediation.
const (
	MediationOffered   MediationStatus = "offered" // debtor and seller may take it or not
	MediationAgreed    MediationStatus = "agreed"  // both did; a neutral is to be appointed
	MediationAppointed MediationStatus = "appointed"
	MediationScheduled MediationStatus = "scheduled" // debtor, seller and factor agreed to the dates
	MediationProposed  MediationStatus = "proposed"  // the neutral's proposal waits for their words
	MediationSettled   MediationStatus = "settled"   // all three took a proposal
	MediationDeclined  MediationStatus = "declined"
	MediationLapsed    MediationStatus = "lapsed" // nobody answered the offer in time
	MediationFailed    MediationStatus = "ended_without_agreement"
	MediationClosed    MediationStatus = "closed" // the dispute ended otherwise: agreed, taken back, paid or given back
)

// MediationMoves says which state may follow which.
var MediationMoves = Machine[MediationStatus]{
	MediationOffered:   {MediationAgreed, MediationDeclined, MediationLapsed, MediationClosed},
	MediationAgreed:    {MediationAppointed, MediationFailed, MediationClosed},
	MediationAppointed: {MediationAgreed, MediationScheduled, MediationFailed, MediationClosed}, // agreed: the neutral was objected to
	MediationScheduled: {MediationAgreed, MediationProposed, MediationFailed, MediationClosed},
	MediationProposed:  {MediationScheduled, MediationSettled, MediationFailed, MediationClosed}, // scheduled: somebody said no
	MediationSettled:   {},
	MediationDeclined:  {},
	MediationLapsed:    {},
	MediationFailed:    {},
	MediationClosed:    {},
}

// The clocks and bounds of a mediation: business days of the debtor's calendar where days are
// counted for somebody to act.
const (
	MediationAnswerDays    = 10 // until an offer that nobody answered lapses
	MediationBeginDays     = 30 // from the agreement, or the appointment, until a timetable stands
	MediationWithinDays    = 60 // calendar days, the furthest day of a timetable
	MediationOutcomeDays   = 10 // after the timetable's last day
	MediationMostProposals = 3
	MediationMostOffers    = 2 // of a dispute: one, and one more that a person asks for
	MediationMostDates     = 6 // timetables that may be proposed
)

// A Side is one of those who speak in a dispute.
type Side string

// The sides there are. The neutral is no party.
const (
	SideDebtor  Side = "debtor"
	SideSeller  Side = "seller"
	SideFactor  Side = "factor"
	SideNeutral Side = "mediator"
	SideClock   Side = "clock" // nobody asked: the day came
)

// Sides hold one thing for each party of a dispute.
type Sides[T any] struct {
	Debtor T `json:"debtor"`
	Seller T `json:"seller"`
	Factor T `json:"factor"`
}

// Of returns the thing of a side; nil for one that is no party.
func (s *Sides[T]) Of(side Side) *T {
	switch side {
	case SideDebtor:
		return &s.Debtor
	case SideSeller:
		return &s.Seller
	case SideFactor:
		return &s.Factor
	default:
		return nil
	}
}

// A Word is what a party said to something that was put to it; "" is nothing yet.
type Word string

// The words there are.
const (
	WordAccepted Word = "accepted"
	WordDeclined Word = "declined"
)

func wordOf(yes bool) Word {
	if yes {
		return WordAccepted
	}
	return WordDeclined
}

// A MediationObjection is why a party did not want somebody as the neutral, who is not appointed again.
type MediationObjection struct {
	Mediator OrganizationID
	By       Side
	Reason   string
	At       time.Time
}

// A Timetable is what happens when in a mediation. It stands once all three parties agreed.
type Timetable struct {
	N          int  // 1 for the first that was proposed
	PapersBy   Date // the parties say how they see it
	TalkOn     Date
	ProposalBy Date
	At         time.Time
	Agreed     Sides[time.Time]
}

// A MediationProposal is how a neutral would end a dispute: what is credited of the disputed
// part, why, and what went wrong.
type MediationProposal struct {
	N            int // 1 to 3
	Credit       money.Amount
	Reasons      string
	RootCause    string
	At           time.Time
	Words        Sides[Word]
	CreditNumber string // of the seller's credit note, which it names when it accepts
}

// A Mediation is the help of a neutral person in one dispute. It costs the debtor nothing.
type Mediation struct {
	ID           MediationID
	World        WorldID
	Dispute      DisputeID
	Case         CaseID
	Factor       OrganizationID
	Seller       OrganizationID
	Deal         DealID
	Status       MediationStatus
	AskedBy      Side
	OfferedAt    time.Time
	AnswerBy     Date
	Answers      Sides[Word] // the factor's policy offers mediation: it has said yes
	AgreedAt     time.Time
	BeginBy      Date           // until when a timetable is to stand; zero before it is agreed
	Mediator     OrganizationID // zero: nobody is appointed
	MediatorName string
	AppointedAt  time.Time
	Objections   []MediationObjection
	Timetable    *Timetable // nil: none is proposed
	Timetables   int        // that were proposed, by whichever neutral
	Proposals    []MediationProposal
	EndedAt      time.Time
	EndedWhy     string
}

// Live reports whether the mediation is offered or under way.
func (m Mediation) Live() bool { return len(MediationMoves[m.Status]) > 0 }

// UnderWay reports whether debtor and seller agreed to it and it has not ended.
func (m Mediation) UnderWay() bool { return m.Live() && m.Status != MediationOffered }

// MediationBlocksLegalStep reports whether any mediation of a case forbids a legal step, such as a
// formal demand or the hand-over to an agency: one that is offered and not answered, or under way (C-156).
func MediationBlocksLegalStep(mediations []Mediation) bool {
	return slices.ContainsFunc(mediations, Mediation.Live)
}

// LiveMediation returns the mediation of a dispute that is offered or under way.
func LiveMediation(mediations []Mediation, dispute DisputeID) (Mediation, bool) {
	i := slices.IndexFunc(mediations, func(m Mediation) bool { return m.Dispute == dispute && m.Live() })
	if i < 0 {
		return Mediation{}, false
	}
	return mediations[i], true
}

// TellNeutral returns what brings the neutral a mail about the mediation; nothing where nobody is
// appointed. said is all that it reads: nothing of other things, and nothing that a party wrote.
func (m Mediation) TellNeutral(id EventID, kind, said string, at time.Time) Trail {
	if m.Mediator.IsZero() {
		return Trail{}
	}
	return Trail{
		Events: []Event{{ID: id, World: m.World, Kind: kind, Mediator: m.Mediator, Said: said, At: at}},
		Jobs:   []Job{{World: m.World, Kind: JobMailParty, Ref: id.UUID}},
	}
}

// MoveTo puts the mediation in the next status, or refuses with [ErrWrongState].
func (m *Mediation) MoveTo(next MediationStatus) error {
	if err := MediationMoves.Move(m.Status, next); err != nil {
		return err
	}
	m.Status = next
	return nil
}

// MayBeOffered reports whether the clock offers mediation in a dispute today: its day has come,
// it is not cleared up, and mediation was never offered in it.
func MayBeOffered(d Dispute, of []Mediation, clocks DisputeClocks, today Date) bool {
	offered := slices.ContainsFunc(of, func(m Mediation) bool { return m.Dispute == d.ID })
	return d.Live() && d.Status != DisputeMediation && d.AgreedAt.IsZero() && !offered && !today.Before(clocks.MediateFrom)
}

// OfferMediation offers mediation in a dispute. A party may ask for it once the dispute was answered,
// or was not in time; who asks has said yes for itself. It refuses with [ErrWrongState] a dispute that is
// over or agreed, a second offer beside one that is open, and a third one.
func OfferMediation(id MediationID, d Dispute, of []Mediation, by Side, clocks DisputeClocks, business Calendar, today Date, at time.Time) (Mediation, error) {
	m := Mediation{
		ID: id, Dispute: d.ID, Case: d.Case, Factor: d.Factor, Seller: d.Seller, Deal: d.Deal, Status: MediationOffered, AskedBy: by, OfferedAt: at,
		AnswerBy: business.Add(today, MediationAnswerDays), Answers: Sides[Word]{Factor: WordAccepted},
	}
	count := 0
	for _, other := range of {
		if other.Dispute != d.ID {
			continue
		}
		if count++; other.Live() {
			return m, ErrWrongState.Because("mediation is offered or under way").In(string(other.Status))
		}
	}
	switch {
	case !d.Live() || d.Status == DisputeMediation || !d.AgreedAt.IsZero():
		return m, ErrWrongState.Because("the dispute is agreed or over").In(string(d.Status), string(DisputeOpen), string(DisputeAnswered))
	case count >= MediationMostOffers:
		return m, ErrWrongState.Because("it was offered %d times in this dispute", count).In(string(d.Status))
	case by != SideClock && d.AnsweredAt.IsZero() && !clocks.AnswerBy.Before(today):
		return m, ErrWrongState.Because("the seller has until %s to answer first", clocks.AnswerBy.Short()).In(string(d.Status), string(DisputeAnswered))
	}
	if word := m.Answers.Of(by); word != nil {
		*word = WordAccepted
	}
	return m, nil
}

// Answer is the debtor's or the seller's word on the offer: with both accepted it is agreed, one no
// declines it. The factor's policy has answered for it: it cannot decline. It refuses with
// [ErrWrongState] or [ErrForbidden].
func (m *Mediation) Answer(by Side, yes bool, business Calendar, today Date, at time.Time) error {
	word := m.Answers.Of(by)
	switch {
	case word == nil || by == SideFactor:
		return ErrForbidden.Because("debtor and seller answer; the factor is bound by the policy that it published")
	case m.Status != MediationOffered || m.AnswerBy.Before(today):
		return ErrWrongState.Because("the mediation is not on offer (any more)").In(string(m.Status), string(MediationOffered))
	case *word != "":
		return ErrWrongState.Because("the %s has answered", by).In(string(m.Status))
	}
	*word = wordOf(yes)
	switch {
	case !yes:
		m.EndedAt, m.EndedWhy = at, "the "+string(by)+" did not want it"
		return m.MoveTo(MediationDeclined)
	case m.Answers.Debtor == WordAccepted && m.Answers.Seller == WordAccepted:
		m.AgreedAt, m.BeginBy = at, business.Add(today, MediationBeginDays)
		return m.MoveTo(MediationAgreed)
	}
	return nil
}

// Appoint makes somebody of the register the neutral. It refuses with [ErrNotAdmitted] an entry that
// has expired or is of another world, with [ErrNotNeutral] who was objected to, and with [ErrWrongState].
func (m *Mediation) Appoint(neutral Mediator, business Calendar, today Date, at time.Time) error {
	switch {
	case neutral.World != m.World || !neutral.ValidOn(today):
		return ErrNotAdmitted.Because("the register has no valid entry").At("/organization_id", "not-admitted", "an organisation whose entry is valid today")
	case slices.ContainsFunc(m.Objections, func(o MediationObjection) bool { return o.Mediator == neutral.Organization }):
		return ErrNotNeutral.Because("a party objected to it")
	}
	if err := m.MoveTo(MediationAppointed); err != nil {
		return err
	}
	m.Mediator, m.MediatorName, m.AppointedAt, m.BeginBy = neutral.Organization, neutral.Name, at, business.Add(today, MediationBeginDays)
	return nil
}

// Object takes the neutral out, for a party's reason, once for each party and before the first
// proposal; another one is to be appointed. It refuses with [ErrWrongState].
func (m *Mediation) Object(by Side, reason string, at time.Time) error {
	if !m.MayObject(by) {
		return ErrWrongState.Because("a party objects once, between the appointment and the first proposal").In(string(m.Status), string(MediationAppointed), string(MediationScheduled))
	}
	m.Objections = append(slices.Clone(m.Objections), MediationObjection{Mediator: m.Mediator, By: by, Reason: reason, At: at})
	m.Mediator, m.MediatorName, m.AppointedAt, m.Timetable = OrganizationID{}, "", time.Time{}, nil
	return m.MoveTo(MediationAgreed)
}

// MayObject reports whether a party may object to the neutral now.
func (m Mediation) MayObject(by Side) bool {
	return len(m.Proposals) == 0 && (m.Status == MediationAppointed || m.Status == MediationScheduled) &&
		!slices.ContainsFunc(m.Objections, func(o MediationObjection) bool { return o.By == by })
}

// Schedule proposes the dates; earlier ones that nobody needs any more are replaced. It refuses
// with [ErrInvalid] dates out of order, in the past or too far away, or with [ErrWrongState].
func (m *Mediation) Schedule(t Timetable, today Date) error {
	if m.Status != MediationAppointed {
		return ErrWrongState.Because("dates are proposed before they stand").In(string(m.Status), string(MediationAppointed))
	}
	t.N = m.Timetables + 1
	switch {
	case t.N > MediationMostDates:
		return ErrWrongState.Because("dates were proposed %d times", MediationMostDates).In(string(m.Status))
	case !today.Before(t.PapersBy):
		return ErrInvalid.At("/papers_by", "in-the-past", "a day after today")
	case t.TalkOn.Before(t.PapersBy):
		return ErrInvalid.At("/talk_on", "out-of-order", "not before the papers")
	case t.ProposalBy.Before(t.TalkOn):
		return ErrInvalid.At("/proposal_by", "out-of-order", "not before the talk")
	case today.Plus(MediationWithinDays).Before(t.ProposalBy):
		return ErrInvalid.At("/proposal_by", "too-far", "by "+today.Plus(MediationWithinDays).Short())
	}
	m.Timetable, m.Timetables = &t, t.N
	return nil
}

// AgreeDates is a party's yes to the dates with a number. They stand once all three agreed. It
// refuses with [ErrWrongState].
func (m *Mediation) AgreeDates(by Side, n int, at time.Time) error {
	if m.Status != MediationAppointed || m.Timetable == nil || m.Timetable.N != n {
		return ErrWrongState.Because("these dates are not proposed (any more)").In(string(m.Status), string(MediationAppointed))
	}
	t := *m.Timetable
	said := t.Agreed.Of(by)
	if said == nil || !said.IsZero() {
		return ErrWrongState.Because("the %s has agreed", by).In(string(m.Status))
	}
	*said = at
	m.Timetable = &t
	if !t.Agreed.Debtor.IsZero() && !t.Agreed.Seller.IsZero() && !t.Agreed.Factor.IsZero() {
		return m.MoveTo(MediationScheduled)
	}
	return nil
}

// Propose puts a way out before the parties; its credit is nothing, the disputed part, or
// between. It refuses with [ErrInvalid], or [ErrWrongState] before the dates stand, while another one
// waits, after three, or once the debtor agreed to the seller's answer.
func (m *Mediation) Propose(p MediationProposal, d Dispute) error {
	none := money.Minor(0, d.Amount.Currency())
	switch {
	case p.Credit.Currency() != d.Amount.Currency():
		return ErrInvalid.At("/credit/currency", "other-currency", "the dispute is in "+string(d.Amount.Currency()))
	case p.Credit.Less(none) || d.Amount.Less(p.Credit):
		return ErrInvalid.At("/credit/amount", "out-of-range", "from nothing to "+d.Amount.Grouped()+", the disputed part")
	case !d.AgreedAt.IsZero():
		return ErrWrongState.Because("the debtor agreed to the seller's answer").In("agreed")
	case len(m.Proposals) >= MediationMostProposals:
		return ErrWrongState.Because("%d proposals were made", MediationMostProposals).In(string(m.Status))
	case m.Status != MediationScheduled:
		return ErrWrongState.Because("it is %s", m.Status).In(string(m.Status), string(MediationScheduled))
	}
	p.N = len(m.Proposals) + 1
	m.Proposals = append(slices.Clone(m.Proposals), p)
	return m.MoveTo(MediationProposed)
}

// Proposal returns the proposal that waits for words.
func (m Mediation) Proposal() (MediationProposal, bool) {
	if m.Status != MediationProposed || len(m.Proposals) == 0 {
		return MediationProposal{}, false
	}
	return m.Proposals[len(m.Proposals)-1], true
}

// Vote is a party's word on the proposal with a number: three yeses settle the dispute, one no gives
// it back to the neutral. A seller that accepts a credit names its credit note. It refuses with
// [ErrInvalid] or [ErrWrongState].
func (m *Mediation) Vote(by Side, n int, yes bool, number string, at time.Time) error {
	p, waits := m.Proposal()
	word := p.Words.Of(by)
	switch {
	case !waits || p.N != n:
		return ErrWrongState.Because("this proposal does not wait for an answer (any more)").In(string(m.Status), string(MediationProposed))
	case word == nil || *word != "":
		return ErrWrongState.Because("the %s has answered", by).In(string(m.Status))
	case by == SideSeller && yes && p.Credit.Positive() && number == "":
		return ErrInvalid.At("/credit_number", "required", "the number of your credit note over "+p.Credit.Grouped())
	}
	*word = wordOf(yes)
	if by == SideSeller && yes && p.Credit.Positive() {
		p.CreditNumber = number
	}
	m.Proposals = slices.Clone(m.Proposals)
	m.Proposals[len(m.Proposals)-1] = p
	switch {
	case !yes:
		return m.MoveTo(MediationScheduled)
	case p.Words == Sides[Word]{WordAccepted, WordAccepted, WordAccepted}:
		m.EndedAt, m.EndedWhy = at, "all three accepted the proposal"
		return m.MoveTo(MediationSettled)
	}
	return nil
}

// End ends the mediation in a state, for a reason. It refuses with [ErrWrongState].
func (m *Mediation) End(next MediationStatus, why string, at time.Time) error {
	if err := m.MoveTo(next); err != nil {
		return err
	}
	m.EndedAt, m.EndedWhy = at, why
	return nil
}

// LastDay returns the last day on which the mediation may be as it is; the next one ends it.
func (m Mediation) LastDay(business Calendar) Date {
	switch m.Status {
	case MediationOffered:
		return m.AnswerBy
	case MediationAgreed, MediationAppointed:
		return m.BeginBy
	case MediationScheduled, MediationProposed:
		return business.Add(m.Timetable.ProposalBy, MediationOutcomeDays)
	default:
		return Date{}
	}
}

// ByClock returns the state into which time alone puts a mediation today, and why; the state
// that it is in where it may go on.
func (m Mediation) ByClock(business Calendar, today Date) (next MediationStatus, why string) {
	if !m.Live() || !m.LastDay(business).Before(today) {
		return m.Status, ""
	}
	switch m.Status {
	case MediationOffered:
		return MediationLapsed, "it was not answered by " + m.AnswerBy.Short()
	case MediationAgreed, MediationAppointed:
		return MediationFailed, "no dates stood by " + m.BeginBy.Short()
	default:
		return MediationFailed, "there was no outcome by " + m.LastDay(business).Short()
	}
}

// A Mediator is an entry of the register of neutrals: who was admitted, by which body, until when.
type Mediator struct {
	Organization OrganizationID
	World        WorldID
	Name         string
	Body         string // that accredited it
	Number       string // of the accreditation
	ValidUntil   Date   // its last day
	Languages    []string
	AdmittedBy   UserID
	AdmittedAt   time.Time
}

// ValidOn reports whether the entry counts on a day.
func (m Mediator) ValidOn(day Date) bool {
	return !m.Organization.IsZero() && !m.ValidUntil.Before(day)
}

// A MediationFile is a mediation with the dispute and the deal that it is about, and what is
// known of its debtor.
type MediationFile struct {
	Mediation Mediation
	Others    []Mediation // of the same dispute
	Dispute   Dispute
	Deal      DealFile
	Debtor    Relationship // its name and where it is
}

// Business returns the debtor's calendar of business days.
func (f MediationFile) Business() Calendar { return BusinessDays(f.Debtor.Country) }

// A MediationView is what a mediation shows to its neutral and its parties: nothing of the
// advance, the fee, or other invoices.
type MediationView struct {
	Mediation                      Mediation
	Dispute                        Dispute
	Notes                          []Note
	Evidence                       []Evidence
	DebtorName, SellerName, Factor string
	InvoiceNumber                  string
	IssuedOn, DueOn                Date
	Invoiced, Open                 money.Amount
}
