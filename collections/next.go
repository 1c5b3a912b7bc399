// Package collections is what follows up a purchased invoice: what is said
// next, whether it may be said now, in which words; and what a debtor can
// answer. Its rules (next, gate, promise, wording) are pure.
package collections

import (
	"fmt"
	"slices"
	"time"

	"comity/domain"
	"comity/money"
)

// An Act is one message that is due.
type Act struct {
	Step        string // sent at most once per case and cycle
	Class       domain.MessageClass
	Tone        int
	Items       []domain.DealID
	Why         string // one plain sentence: why now
	Question    domain.QuestionID
	Allocations []domain.AllocationID // what a receipt or thank-you is for
	Rung        string                // the playbook's step that it takes; "": none
	Template    string                // of a message after a due date, or a call's script
	People      int                   // who have to agree before it leaves
	Called      bool                  // a person has taken the call
	AskedFor    string                // digest of what people would agree to
	Touch       domain.TouchID        // the call that a letter follows up
	Update      domain.UpdateID       // what changed, that the debtor is told of
	Dispute     domain.DisputeID      // whose answer is waited for
	Plan        domain.PlanID         // whose instalment it is about
	Promises    []domain.PromiseID    // which the contact on file is told of
	Instalment  int
	TwoPeople   bool                // a legal notice that two people approved
	Outside     domain.EscalationID // who external the debtor is told of
	Protective  domain.ProtectiveID // the step that keeps a right
	Recognition *domain.Recognition // what goes with a recognition; nil: nothing
}

// A Plan is the one next thing of a case: something to say now, a moment to wait
// for, nothing until somebody changes something (a zero At), or the end.
type Plan struct {
	Act    *Act
	At     time.Time
	Reason string // what the case waits for
	Close  bool
	Steps  []string          // of everything that is planned, due or not
	Asks   map[string]string // what each of them asks people to agree to
}

// The kinds of steps; a step is a kind and what it is about.
const (
	stepNotice     = "notice:"
	stepThanks     = "thanks:"
	stepAnswer     = "answer:"
	stepHeadsUp    = "heads_up:"
	stepPreDue     = "pre_due:"
	stepPostDue    = "post_due:"
	stepCalled     = "after_call:"
	stepUpdate     = "update:"
	stepPromised   = "promised:"
	stepInstalment = "instalment:"
	stepWaits      = "waits:"
	ceiling        = 7
	retryPerson    = 7 // days until a refusal that a person must mend is tried again
)

// candidate is something that will be said at a time; without an act it is only
// a moment to look again. A zero time means: when somebody changes something.
type candidate struct {
	at     time.Time
	act    *Act
	reason string
}

// Next returns the next thing of a case. It decides what and when, [Gate]
// whether; a step that the gate refused comes back when the gate said so.
func Next(f domain.CaseFacts) Plan {
	if f.Case.Status != domain.CaseOpen {
		return Plan{}
	}
	l := localOf(&f)
	all := slices.Concat(notices(&f, l), thanks(&f, l), answers(&f), updates(&f, l), promises(&f), waits(&f, l), afterCalls(&f), validations(&f, l), instalments(&f, l), mediations(&f, l), protectives(&f, l), outside(&f, l))
	if !resting(&f) { // or nothing is started by us
		all = slices.Concat(all, postDue(&f, l), beforeDue(&f, l))
	}
	all = append(all, judgements(&f, l)...)
	plan := Plan{Asks: map[string]string{}}
	for _, c := range all {
		if c.act != nil {
			plan.Steps = append(plan.Steps, c.act.Step)
			plan.Asks[c.act.Step] = c.act.AskedFor
		}
	}
	for _, c := range all {
		if c.act != nil && !c.at.IsZero() && !c.at.After(f.Now) {
			plan.Act = c.act
			return plan
		}
	}
	for _, c := range all {
		switch {
		case c.at.IsZero():
			if plan.At.IsZero() && plan.Reason == "" {
				plan.Reason = c.reason
			}
		case plan.At.IsZero() || c.at.Before(plan.At):
			plan.At, plan.Reason = c.at, c.reason
		}
	}
	if len(all) == 0 {
		if plan.Close = over(&f); !plan.Close {
			plan.Reason = "the deal to be settled"
		}
	}
	return plan
}

// over reports whether nothing of the case is open.
func over(f *domain.CaseFacts) bool {
	for i := range f.Items {
		item := &f.Items[i]
		if live(item) {
			return false
		}
	}
	if slices.ContainsFunc(f.Recourses, domain.Recourse.Held) {
		return false // the release is still to come
	}
	if slices.ContainsFunc(f.Disputes, domain.Dispute.Live) {
		return false // what was paid may be disputed, and its end is told
	}
	for _, touch := range f.Touches {
		if touch.Status == domain.TouchSending && touch.Class != domain.ClassCall { // a call without a result stays on the list
			return false
		}
	}
	for _, q := range f.Questions {
		if q.AnsweredAt.IsZero() {
			return false
		}
	}
	return true
}

func live(item *domain.CaseItem) bool {
	return item.Deal.Status == domain.DealMade || item.Deal.Status == domain.DealPaidOut
}

const waitsForStop = "a person to lift a stop"

// again moves a candidate to where the gate's last refusal of its step puts it, unless
// somebody agreed to it since.
func again(f *domain.CaseFacts, c candidate) candidate {
	last, refused := f.Refused[c.act.Step]
	switch {
	case !refused || worded(f, *c.act, last):
	case last.Again.After(c.at):
		c.at = last.Again
		if c.act.People == 0 {
			c.reason = "the gate, which refused it last time"
		}
	case last.Again.IsZero():
		if stopped(f, *c.act) {
			c.at, c.reason = time.Time{}, waitsForStop
		}
	}
	return c
}

// worded reports whether what a step was refused for was somebody's word, and that has been
// given since.
func worded(f *domain.CaseFacts, act Act, last domain.LastRefusal) bool {
	if !slices.Contains(last.Codes, CodeAwaitingHuman) && !slices.Contains(last.Codes, CodeSellerApproval) {
		return false
	}
	_, waits := waitsForSeller(f, act)
	return !waits && act.Class != domain.ClassCall && agreed(f, act) >= act.People
}

// done reports whether a step was taken in this cycle, or vetoed; one that went back
// to planned was not.
func done(f *domain.CaseFacts, step string) bool {
	return anyTouch(f, func(t *domain.Touch) bool {
		return t.Cycle == f.Case.Cycle && t.Step == step && (taken(t) || vetoed(f, t))
	})
}

// ever reports whether a step that is said once reached the debtor, or may have, in any
// cycle, or was taken in this one.
func ever(f *domain.CaseFacts, step string) bool {
	return done(f, step) || anyTouch(f, func(t *domain.Touch) bool {
		return t.Step == step && (t.Status == domain.TouchSent || t.Status == domain.TouchSending)
	})
}

// taken reports whether a message was, or may have been, handed out.
func taken(t *domain.Touch) bool {
	return t.Status != domain.TouchPlanned && t.Status != domain.TouchCancelled
}

// notices gives the notice of assignment of every invoice that was bought, once
// the seller's introduction is one business day old (D-6). Invoices that are
// paid to one account share a notice. A confidential deal has none until two people
// decided to tell the debtor.
func notices(f *domain.CaseFacts, l local) []candidate {
	var c candidate
	var account domain.AccountID
	for i := range f.Items {
		item := &f.Items[i]
		if !noticeable(f, item) {
			continue
		}
		introducedAt := item.IntroducedAt
		if item.Deal.Mode() == domain.Confidential {
			introducedAt = f.Case.TellingAt // the contract is the introduction
		}
		if on := noticed(f, item.Deal.ID); on || introducedAt.IsZero() {
			if c.act == nil {
				c.reason = map[bool]string{true: "the delivery of the notice", false: "the seller's introduction of the factor"}[on]
			}
			continue
		}
		introduced := introducedAt.In(l.zone)
		at := l.open(l.cal.Add(domain.DateOf(introduced), 1).At(introduced.Hour(), introduced.Minute(), l.zone))
		switch {
		case c.act == nil || at.Before(c.at) && c.at.After(f.Now):
			account = item.Deal.Collection
			c = candidate{at, &Act{
				Step: stepNotice + item.Deal.ID.String(), Class: domain.ClassLegalNotice, Items: []domain.DealID{item.Deal.ID},
				Why: "The invoice was bought, and the seller introduced the factor at least one business day ago.",
			}, "the notice of assignment, one business day after the introduction"}
			if statementDays(f) > 0 {
				c.act.Template = noticePerson
			}
		case item.Deal.Collection == account && !at.After(f.Now):
			c.act.Items = append(c.act.Items, item.Deal.ID)
		}
	}
	switch {
	case c.act != nil:
		return []candidate{again(f, c)}
	case c.reason != "":
		return []candidate{c}
	default:
		return nil
	}
}

// noticeable reports whether an item is one whose debtor is still to have its notice: bought, not paid in the
// meantime, and of a debtor that is told, or is about to be.
func noticeable(f *domain.CaseFacts, item *domain.CaseItem) bool {
	paid := item.Deal.Status == domain.DealPaidOut && !item.Deal.Open.Positive()
	return live(item) && item.NoticeAt.IsZero() && !paid && (item.Deal.Mode() != domain.Confidential || f.Case.Telling())
}

func noticed(f *domain.CaseFacts, deal domain.DealID) bool {
	return anyTouch(f, func(t *domain.Touch) bool {
		return t.Cycle == f.Case.Cycle && t.Class == domain.ClassLegalNotice && taken(t) && slices.Contains(t.Items, deal)
	})
}

// thanks gives one receipt for everything that arrived and was not yet
// acknowledged, 15 business minutes after the first match (D-30).
func thanks(f *domain.CaseFacts, l local) []candidate {
	if len(f.Unthanked) == 0 {
		return nil
	}
	first, newest := f.Unthanked[0], f.Unthanked[0]
	act := &Act{Class: domain.ClassThankYou, Tone: 0, Why: "The money arrived and was matched; thanks follow within the business hour."}
	for _, a := range f.Unthanked {
		if a.AppliedAt.Before(first.AppliedAt) {
			first = a
		}
		if !a.AppliedAt.Before(newest.AppliedAt) {
			newest = a
		}
		act.Allocations = append(act.Allocations, a.ID)
		if !slices.Contains(act.Items, a.Deal) {
			act.Items = append(act.Items, a.Deal)
		}
	}
	if _, complaint := f.Stop(domain.StopComplaint); complaint || firmest(f) >= ToneFormal {
		act.Class = domain.ClassReceipt
		act.Why = "The money arrived and was matched; the receipt is neutral while a complaint is open."
	}
	act.Step = stepThanks + newest.ID.String()
	if act.Class == domain.ClassThankYou && recognised(f, act.Items) {
		act.Recognition = appreciated(f, l, act.Step)
		act.Template, act.Why = "recognition", fmt.Sprintf("The money arrived, and %d invoices in a row were paid on time: that is worth a word.", f.InRow)
	}
	if done(f, act.Step) {
		return nil
	}
	at := l.open(l.afterMinutes(first.AppliedAt, thanksWait))
	return []candidate{again(f, candidate{at, act, "the receipt and thanks"})}
}

// Who pays on time again and again is thanked for that too (C-173, C-174): from this many invoices
// in a row on, at most twice in twelve months, and not again before half a year.
const (
	recognisedFrom  = 6
	recognisedMost  = 2
	recognisedAfter = 180 // days
)

// recognised reports whether thanks for some invoices say that they are paid on time again and again.
func recognised(f *domain.CaseFacts, items []domain.DealID) bool {
	if f.InRow < recognisedFrom || f.Recognised >= recognisedMost || !f.RecognisedAt.IsZero() && f.Now.Before(f.RecognisedAt.AddDate(0, 0, recognisedAfter)) {
		return false
	}
	for _, id := range items {
		item, ok := f.Item(id)
		if !ok || item.Deal.PaidInFull.IsZero() || item.Deal.PaidInFull.After(item.Deal.Due) {
			return false
		}
	}
	return true
}

// firmest is the firmest tone of a message of this case that left.
func firmest(f *domain.CaseFacts) int {
	tone := ToneInformative
	for i := range f.Touches {
		t := &f.Touches[i]
		if taken(t) {
			tone = max(tone, t.Tone)
		}
	}
	return tone
}

// answers gives what a collector wrote to a question; answers leave at any hour.
func answers(f *domain.CaseFacts) []candidate {
	var all []candidate
	for _, q := range f.Questions {
		step := stepAnswer + q.ID.String()
		if q.Answer == "" || ever(f, step) {
			continue
		}
		act := &Act{Step: step, Class: domain.ClassAnswer, Question: q.ID, Why: "You asked, and here is the answer."}
		if !q.Deal.IsZero() {
			act.Items = []domain.DealID{q.Deal}
		}
		all = append(all, again(f, candidate{f.Now, act, "the answer to a question"}))
	}
	return all
}

// afterCalls gives the letter after a conversation: thanks, and what was agreed (C-111).
func afterCalls(f *domain.CaseFacts) []candidate {
	var all []candidate
	for i := range f.Touches {
		t := &f.Touches[i]
		step := stepCalled + t.ID.String()
		if t.Class != domain.ClassCall || !t.Result.Spoken() || t.Result == domain.CallDoNotCall || ever(f, step) {
			continue
		}
		act := &Act{Step: step, Class: domain.ClassAnswer, Template: "after_call", Touch: t.ID, Items: t.Items, Why: "We spoke on the telephone, and this is what was agreed."}
		all = append(all, again(f, candidate{f.Now, act, "the letter after the call"}))
	}
	return all
}

// judgements gives the mornings on which a promise may be decided.
func judgements(f *domain.CaseFacts, l local) []candidate {
	var all []candidate
	for _, p := range f.Promises {
		if p.Status != domain.PromiseActive {
			continue
		}
		at := p.JudgeOn.Plus(1)
		when := l.slot(at)
		if !when.After(f.Now) {
			when = l.slotAfter()
		}
		all = append(all, candidate{when, nil, "the promise for " + p.PromisedOn.Short() + " to be decided"})
	}
	return all
}

// ask returns what of an item may be asked for at a moment: what is open, less
// what is held back, never below zero, and nothing while it is paused.
func ask(f *domain.CaseFacts, item *domain.CaseItem, at time.Time) money.Amount {
	left := item.Deal.Open
	if pauseCode(f, item.Deal.ID, at) != "" || inDispute(f, item.Deal.ID) {
		return money.Minor(0, left.Currency())
	}
	for _, h := range f.Holds {
		if !h.Holds(item.Deal.ID, at) {
			continue
		}
		if h.Amount.IsZero() {
			return money.Minor(0, left.Currency())
		}
		left = left.Minus(h.Amount)
	}
	return money.Max(left, money.Minor(0, left.Currency()))
}

// inDispute reports whether a part of an invoice is disputed and not yet answered: the rest
// stays payable and is shown, and is not reminded meanwhile (D-20).
func inDispute(f *domain.CaseFacts, deal domain.DealID) bool {
	return slices.ContainsFunc(f.Disputes, func(d domain.Dispute) bool {
		return d.Deal == deal && (d.Status == domain.DisputeOpen || d.Status == domain.DisputeMediation && d.AnsweredAt.IsZero())
	})
}

// freeFrom returns the first moment, now or later, at which something of an item
// may be asked for; false: not until somebody ends a hold or a pause.
func freeFrom(f *domain.CaseFacts, item *domain.CaseItem) (time.Time, bool) {
	at := f.Now
	for !ask(f, item, at).Positive() {
		var end time.Time
		for _, h := range f.Holds {
			if h.Holds(item.Deal.ID, at) && !h.Until.IsZero() && (end.IsZero() || h.Until.Before(end)) {
				end = h.Until
			}
		}
		end = pausedUntil(f, item.Deal.ID, at, end)
		if end.IsZero() || inDispute(f, item.Deal.ID) {
			return time.Time{}, false
		}
		at = end
	}
	return at, true
}

// lastProactive returns the day of the last message that we started in this
// case; zero: none.
func lastProactive(f *domain.CaseFacts, l local) domain.Date {
	var last domain.Date
	for i := range f.Touches {
		t := &f.Touches[i]
		if taken(t) && t.Class.Proactive() {
			last = domain.Latest(last, l.day(claimed(t)))
		}
	}
	return last
}

func claimed(t *domain.Touch) time.Time {
	if !t.SentAt.IsZero() {
		return t.SentAt
	}
	return t.ClaimedAt
}

// sinceLast says in words how long the last message is ago.
func sinceLast(f *domain.CaseFacts, l local) string {
	var last domain.Date
	for i := range f.Touches {
		t := &f.Touches[i]
		if taken(t) && t.Status != domain.TouchFailed {
			last = domain.Latest(last, l.day(claimed(t)))
		}
	}
	if last.IsZero() {
		return "nothing was sent before"
	}
	switch days := last.DaysUntil(l.today); days {
	case 0:
		return "the last message was today"
	case 1:
		return "the last message was yesterday"
	default:
		return fmt.Sprintf("the last message was %d days ago", days)
	}
}
