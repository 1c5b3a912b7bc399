package collections

import (
	"slices"
	"strings"
	"time"

	"comity/domain"
)

const (
	outsideLate    = 60 // days past due of what may be handed over (C-162)
	outsideTouches = 5  // messages and talks that we started and that came to the debtor (C-162)
	outsideQuiet   = 3  // of them since the debtor's last word, met with silence (C-164)
	outsideLapse   = 45 // days after which an announcement that nobody used is over
	stepOutside    = "outside:"
)

// What has to come before anybody external is asked (F-80, F-81, D-25). Every code is a reason why not.
const (
	BeforeNothing     = "nothing_to_hand_over"
	BeforeDemand      = "formal_demand_missing"
	BeforeDemandDay   = "formal_demand_running"
	BeforeLate        = "not_60_days_late"
	BeforeTouches     = "fewer_than_5_touches"
	BeforeSilence     = "answered_lately"
	BeforeDispute     = "dispute_open"
	BeforePromise     = "promise_open"
	BeforePlan        = "plan_open"
	BeforeQuestion    = "question_unanswered"
	BeforePaid        = "said_paid"
	BeforeHardship    = "hardship"
	BeforePause       = "paused"
	BeforeMediation   = "mediation_pending"
	BeforeConsult     = "legal_consult_missing"
	BeforeChecked     = "validation_running"
	BeforeCountry     = "agency_not_in_country"
	BeforeNotice      = "prior_notice_missing"
	BeforeWord        = "answered_since_notice"
	BeforeCaseClosed  = "case_closed"
	BeforeDisclosure  = "confidential"
	beforeAgency      = "agency_" // and why it may not be asked
	acknowledgedRests = 7         // days for which "we look into it" is waited for (D-25)
)

// beforeWords says in a sentence what each of them wants.
var beforeWords = map[string]string{
	BeforeNothing:    "nothing is open that a formal demand listed and that is 60 days late",
	BeforeDemand:     "no formal demand was delivered, or a report came that it was not",
	BeforeDemandDay:  "the day that the formal demand named is not over",
	BeforeLate:       "the oldest invoice is not 60 days past its due date",
	BeforeTouches:    "fewer than five of our messages and calls came to the debtor",
	BeforeSilence:    "fewer than three of our messages met silence since the debtor's last word, or it said a week ago or less that it looks into it",
	BeforeDispute:    "a dispute is not resolved",
	BeforePromise:    "a promise is running",
	BeforePlan:       "a plan is asked for, offered or in force",
	BeforeQuestion:   "a question of the debtor waits for our answer, or rests after it",
	BeforePaid:       "the debtor says that it has paid, and that is being looked for",
	BeforeHardship:   "the debtor told us of difficulties in the last 90 days",
	BeforePause:      "somebody paused it",
	BeforeMediation:  "a neutral is offered or at work",
	BeforeConsult:    "after a dispute, and for a debtor who is a person, somebody who knows the law is asked first, and the outcome recorded",
	BeforeChecked:    "a person can check what is asked for 30 days before anything firm",
	BeforeCountry:    "the agency may not act in the debtor's country",
	BeforeNotice:     "the debtor was told, and ten full calendar days have passed since a mail server took the letter",
	BeforeWord:       "the debtor said or paid something since it was told",
	BeforeCaseClosed: "the case is closed",
	BeforeDisclosure: "the debtor is not told that the invoices were sold: two people tell it first, and its notice is delivered",
	CodeUnapplied:    codeWords[CodeUnapplied],
	CodeFeedBehind:   codeWords[CodeFeedBehind],

	beforeAgency + string(domain.UnfitLicence):    "the licence of the agency is over",
	beforeAgency + string(domain.UnfitCode):       "the code of conduct that the agency signed is over",
	beforeAgency + string(domain.UnfitSuspended):  "the agency is suspended",
	beforeAgency + string(domain.UnfitComplaints): "there are too many complaints about the agency",
}

// demanded returns the last formal demand of an invoice that was delivered.
func demanded(f *domain.CaseFacts, deal domain.DealID) (*domain.Touch, bool) {
	return lastContact(f, func(t *domain.Touch) bool {
		return t.Tone == ToneFormal && t.Class == domain.ClassReminder && t.Status == domain.TouchSent && slices.Contains(t.Items, deal)
	})
}

// demandOver reports whether the day that a formal demand named is over.
func demandOver(l local, t *domain.Touch) bool {
	return l.cal.OnOrAfter(l.day(claimed(t)).Plus(formalDays)).Before(l.today)
}

// longDue reports whether an invoice is open and so many days past its due date. What rests of it is a
// reason of its own.
func longDue(item *domain.CaseItem, l local, days int) bool {
	return askable(item) && item.Deal.Due.DaysUntil(l.today) >= days
}

// HandOver returns what of a case may be handed over: what a formal demand listed that was delivered,
// is 60 days late and open. Of an escalation it is what the debtor was told of.
func HandOver(f domain.CaseFacts, e domain.Escalation) []domain.DealID {
	l := localOf(&f)
	var deals []domain.DealID
	for i := range f.Items {
		item := &f.Items[i]
		told := e.Status != domain.EscalationAnnounced || slices.Contains(e.Deals, item.Deal.ID)
		if _, ok := demanded(&f, item.Deal.ID); ok && told && longDue(item, l, outsideLate) {
			deals = append(deals, item.Deal.ID)
		}
	}
	return deals
}

// Before returns every reason why an escalation may not go a step further now: the codes above, none
// when it may. Of one that the debtor was told of it is the handing over that is judged.
func Before(f domain.CaseFacts, e domain.Escalation, agency domain.Agency) []string {
	l := localOf(&f)
	var codes []string
	lacks := func(is bool, code string) {
		if is && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	lacks(f.Case.Status != domain.CaseOpen, BeforeCaseClosed)
	codes = append(codes, ladderBefore(&f, l, e)...)
	codes = append(codes, wordBefore(&f, HandOver(f, e))...)
	for _, stop := range f.Stops {
		lacks(true, string(stop.Code))
	}
	lacks(f.Case.Mode() == domain.Confidential, BeforeDisclosure)
	lacks(domain.MediationBlocksLegalStep(f.Mediations), BeforeMediation)
	lacks(!consulted(f, l), BeforeConsult)
	v := Verdict{Clear: true}
	for _, id := range HandOver(f, e) {
		v.Items = append(v.Items, ItemVerdict{Deal: id})
		lacks(checking(&f, l, id), BeforeChecked)
	}
	moneyStage(&f, l, &v)
	codes = append(codes, v.Codes...)
	for _, why := range agency.Unfit(l.today) {
		lacks(true, beforeAgency+string(why))
	}
	lacks(!agency.ActsIn(f.Relationship.Country), BeforeCountry)
	if e.Status == domain.EscalationAnnounced {
		from := e.HandOverFrom(l.zone)
		lacks(from.IsZero() || l.today.Before(from), BeforeNotice)
		_, spoke := wordSince(&f, e.AnnouncedAt)
		lacks(spoke, BeforeWord)
	}
	return codes
}

// ladderBefore says what of our own ladder is still to come (C-163).
func ladderBefore(f *domain.CaseFacts, l local, e domain.Escalation) []string {
	var codes []string
	oldest, listed, running, quiet := 0, false, false, false
	for i := range f.Items {
		item := &f.Items[i]
		if !longDue(item, l, 0) {
			continue
		}
		oldest = max(oldest, item.Deal.Due.DaysUntil(l.today))
		if t, ok := demanded(f, item.Deal.ID); ok {
			listed = true
			running = running || !demandOver(l, t)
			quiet = quiet || silences(f, l, item.Deal.ID) >= outsideQuiet
		}
	}
	if !listed {
		codes = append(codes, BeforeDemand)
	}
	if running {
		codes = append(codes, BeforeDemandDay)
	}
	if oldest < outsideLate {
		codes = append(codes, BeforeLate)
	}
	if len(HandOver(*f, e)) == 0 {
		codes = append(codes, BeforeNothing)
	}
	if cameToThem(f) < outsideTouches {
		codes = append(codes, BeforeTouches)
	}
	if listed && !quiet || acknowledgedLately(f, l) {
		codes = append(codes, BeforeSilence)
	}
	return codes
}

// cameToThem counts the messages and talks that we started and that came to the debtor.
func cameToThem(f *domain.CaseFacts) int {
	count := 0
	for i := range f.Touches {
		t := &f.Touches[i]
		if t.Status == domain.TouchSent && t.Class.Proactive() && reached(t) {
			count++
		}
	}
	return count
}

func acknowledgedLately(f *domain.CaseFacts, l local) bool {
	return slices.ContainsFunc(saidBy(f, domain.DealID{}), func(s said) bool {
		return s.answer == AnswerAcknowledged && l.day(s.at).DaysUntil(l.today) <= acknowledgedRests
	})
}

// wordBefore says what of the debtor's own words is in the way.
func wordBefore(f *domain.CaseFacts, deals []domain.DealID) []string {
	var codes []string
	lacks := func(is bool, code string) {
		if is {
			codes = append(codes, code)
		}
	}
	holds := func(code domain.HoldCode) bool {
		return slices.ContainsFunc(f.Holds, func(h domain.Hold) bool { return h.Code == code && (h.Until.IsZero() || f.Now.Before(h.Until)) })
	}
	_, hard := Hardship(*f)
	lacks(slices.ContainsFunc(f.Disputes, domain.Dispute.Live) || holds(domain.HoldDisputed), BeforeDispute)
	lacks(holds(domain.HoldPromise) || slices.ContainsFunc(f.Promises, func(p domain.Promise) bool { return p.Status == domain.PromiseActive }), BeforePromise)
	lacks(slices.ContainsFunc(f.Plans, domain.Plan.Live), BeforePlan)
	lacks(holds(domain.HoldQuery) || slices.ContainsFunc(f.Questions, func(q domain.Question) bool { return q.AnsweredAt.IsZero() }), BeforeQuestion)
	lacks(holds(domain.HoldPaidOrPending), BeforePaid)
	lacks(hard, BeforeHardship)
	lacks(slices.ContainsFunc(f.Pauses, func(p domain.Pause) bool {
		return p.Pauses(domain.DealID{}, f.Now) || slices.ContainsFunc(deals, func(id domain.DealID) bool { return p.Pauses(id, f.Now) })
	}), BeforePause)
	return codes
}

// consulted reports whether somebody who knows the law was asked where that is wanted (C-157): since
// the last dispute of the case was raised, and at all where the debtor is a person.
func consulted(f domain.CaseFacts, l local) bool {
	var since domain.Date
	wanted := ProfileOf(f.Relationship, f.Owed) != ProtectionNone
	for _, d := range f.Disputes {
		since, wanted = domain.Latest(since, l.day(d.RaisedAt)), true
	}
	return !wanted || slices.ContainsFunc(f.Consults, func(c domain.LegalConsult) bool { return !c.On.Before(since) })
}

// wordSince returns the first substantive thing that a debtor said or paid after a moment (D-25).
func wordSince(f *domain.CaseFacts, since time.Time) (said, bool) {
	var first said
	for _, s := range saidBy(f, domain.DealID{}) {
		if substance := s.answer != AnswerAcknowledged && s.answer != AnswerBroken; substance && s.at.After(since) && (first.at.IsZero() || s.at.Before(first.at)) {
			first = s
		}
	}
	return first, !first.at.IsZero()
}

// causes say which word of a debtor ended an announcement.
var causes = map[Answer]domain.EscalationCause{
	AnswerSaidPaid: domain.CausePaid, AnswerPaidPart: domain.CausePartPaid, AnswerAsked: domain.CauseQuestion, AnswerDisputed: domain.CauseDispute,
	AnswerHardship: domain.CauseHardship, AnswerUnforeseen: domain.CauseHardship, AnswerPromised: domain.CausePromise, AnswerKept: domain.CausePartPaid, AnswerPartKept: domain.CausePartPaid,
}

// recalls reports whether a word of the debtor calls back whoever was asked: a question is answered by us,
// and a part payment is told to the agency.
func recalls(a Answer) bool {
	switch a {
	case AnswerSaidPaid, AnswerPromised, AnswerDisputed, AnswerHardship, AnswerUnforeseen:
		return true
	default:
		return false
	}
}

// openOf reports whether anything of an escalation is open and ours, and whether all that is not was paid.
func openOf(f *domain.CaseFacts, e domain.Escalation) (open, paid bool) {
	paid = true
	for _, id := range e.Deals {
		item, ok := f.Item(id)
		switch {
		case ok && live(&item) && item.Deal.Open.Positive():
			open = true
		case !ok || item.Deal.Status == domain.DealChargedBack || item.Deal.Status == domain.DealCancelled:
			paid = false
		}
	}
	return open, paid
}

// Ended returns why an escalation is over by itself at f.Now; "" while it is not. Before it was handed
// over any word or payment of the debtor ends it. After that a question does not: it is answered, and a
// part payment is told to the agency.
func Ended(f domain.CaseFacts, e domain.Escalation) domain.EscalationCause {
	open, paid := openOf(&f, e)
	switch {
	case !open && paid:
		return domain.CausePaid
	case !open:
		return domain.CauseGivenBack
	case e.Status == domain.EscalationProposed:
		return ""
	case slices.ContainsFunc(f.Stops, func(s domain.Stop) bool { return s.Code == domain.StopComplaint }):
		return domain.CauseComplaint
	case len(f.Stops) > 0:
		return domain.CauseStop
	case domain.MediationBlocksLegalStep(f.Mediations):
		return domain.CauseMediation
	case slices.ContainsFunc(f.Protective, func(p domain.ProtectiveStep) bool {
		return p.Ground == domain.GroundInsolvency && p.Status == domain.ProtectiveApproved
	}):
		return domain.CauseInsolvency
	case slices.ContainsFunc(f.Plans, domain.Plan.Live):
		return domain.CausePlan
	}
	l := localOf(&f)
	if e.Status == domain.EscalationAnnounced {
		if s, ok := wordSince(&f, e.AnnouncedAt); ok {
			return causes[s.answer]
		}
		if l.day(e.AnnouncedAt).DaysUntil(l.today) > outsideLapse {
			return domain.CauseLapsed
		}
		return ""
	}
	if e.NoticedAt.IsZero() {
		return domain.CauseNotTold
	}
	for _, s := range saidBy(&f, domain.DealID{}) {
		if s.at.After(e.HandedAt) && recalls(s.answer) {
			return causes[s.answer]
		}
	}
	return ""
}

// liveEscalation returns the escalation of a case that has not ended.
func liveEscalation(f *domain.CaseFacts) (domain.Escalation, bool) {
	i := slices.IndexFunc(f.Escalations, domain.Escalation.Live)
	if i < 0 {
		return domain.Escalation{}, false
	}
	return f.Escalations[i], true
}

// resting reports whether nothing is started because the debtor was told that somebody external may be
// asked, or somebody was.
func resting(f *domain.CaseFacts) bool {
	return f.Case.Telling() || slices.ContainsFunc(f.Escalations, domain.Escalation.Rests)
}

// outside gives the letter before anybody external is asked, on the business day after the seller was
// told, and the moments at which an escalation waits for somebody.
func outside(f *domain.CaseFacts, l local) []candidate {
	e, ok := liveEscalation(f)
	switch {
	case !ok || !e.Rests():
		return nil
	case e.Status == domain.EscalationHandedOver:
		return []candidate{{reason: e.AgencyName + ", which was asked on " + e.HandedOn.Short()}}
	}
	lapse := candidate{l.slot(l.day(e.AnnouncedAt).Plus(outsideLapse + 1)), nil, "two people to agree that " + e.AgencyName + " is asked"}
	step := stepOutside + e.ID.String()
	if ever(f, step) {
		from := e.HandOverFrom(l.zone)
		if from.IsZero() {
			lapse.reason = "a person: the letter about " + e.AgencyName + " did not arrive"
		} else if l.today.Before(from) {
			return []candidate{{l.slot(from), nil, "the debtor's word, until " + from.Plus(-1).Short()}}
		}
		return []candidate{lapse}
	}
	act := &Act{
		Step: step, Class: domain.ClassPriorNotice, Template: "outside_notice", Items: e.Deals, Outside: e.ID,
		Why: "You are told before anybody else is asked about this, and there is time for a word.",
	}
	at := l.slot(l.cal.Add(l.day(e.AnnouncedAt), 1))
	return []candidate{again(f, candidate{at, act, "the letter before anybody external is asked"}), lapse}
}

// stillAnnounced reports whether the announcement that a letter is about is in force.
func stillAnnounced(f *domain.CaseFacts, t domain.Touch) bool {
	e, ok := liveEscalation(f)
	return ok && e.Status == domain.EscalationAnnounced && t.Step == stepOutside+e.ID.String() && Ended(*f, e) == ""
}

// beforeRefusal refuses with what has to come before; nil when nothing has to.
func beforeRefusal(codes []string) error {
	if len(codes) == 0 {
		return nil
	}
	refusal := domain.ErrComesFirst.Because("%s", strings.Join(codes, ", "))
	for _, code := range codes {
		words, ok := beforeWords[code]
		if !ok {
			words = codeWords[code]
		}
		refusal = refusal.At("/preconditions", code, words)
	}
	return refusal
}
