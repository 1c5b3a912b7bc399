package collections

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"comity/domain"
)

// offset is a message before a due date, as the playbook has it.
type offset struct {
	domain.BeforeStep
	kind  string
	class domain.MessageClass
}

// beforeDue gives the messages before due dates, the nearer kind first.
func beforeDue(f *domain.CaseFacts, l local) []candidate {
	steps := slices.Clone(bookOf(f).Before)
	slices.SortStableFunc(steps, func(a, b domain.BeforeStep) int { return a.Days - b.Days })
	var all []candidate
	for _, s := range steps {
		all = append(all, preDue(f, l, offsetOf(s))...)
	}
	return all
}

func offsetOf(s domain.BeforeStep) offset {
	o := offset{s, stepPreDue, domain.ClassReminder}
	if s.Name == "heads_up" {
		o.kind, o.class = stepHeadsUp, domain.ClassHeadsUp
	}
	return o
}

// reminderOf is the reminder before a due date of the playbook in force.
func reminderOf(f *domain.CaseFacts) offset {
	for _, s := range bookOf(f).Before {
		if s.Name == "pre_due" {
			return offsetOf(s)
		}
	}
	return offset{}
}

// askable reports whether an item may be followed up at all: bought, its debtor told as far
// as it is, something open.
func askable(item *domain.CaseItem) bool {
	return live(item) && item.Told() && item.Deal.Open.Positive()
}

// mayAsk reports whether an item may be followed up now: a person was told first what is asked of it (D-27).
func mayAsk(f *domain.CaseFacts, item *domain.CaseItem) bool {
	return askable(item) && !unstated(f, item.Deal.ID)
}

// preDue gives the earliest message of one kind before a due date, with every
// item whose window holds that day. One that cannot leave in its window is
// dropped; so is one that would displace a first message after a due date.
func preDue(f *domain.CaseFacts, l local, o offset) []candidate {
	var found *candidate
	var first domain.Date // the due date that the message found is before
	last := lastStarted(f, l)
	for i := range f.Items {
		item := &f.Items[i]
		if !o.wanted(f, l, item) {
			continue
		}
		from := l.cal.OnOrBefore(item.Deal.Due.Plus(-o.Days))
		free, ok := freeFrom(f, item)
		if !ok {
			continue
		}
		if !last.IsZero() {
			from = domain.Latest(from, last.Plus(gapDays))
		}
		at := l.slot(domain.Latest(from, l.day(free)))
		if found != nil && !at.Before(found.at) {
			continue // the gate only moves it further away
		}
		step := o.kind + item.Deal.Due.String()
		if done(f, step) {
			continue
		}
		act := &Act{Step: step, Class: o.class}
		act.AskedFor = askedFor(f, l, *act)
		c := again(f, candidate{at, act, o.reason(item.Deal.Due)})
		day := l.day(c.at)
		if !c.at.IsZero() && (day.After(item.Deal.Due.Plus(-o.Late)) || displaces(f, l, item, day)) {
			continue
		}
		if found == nil || c.at.Before(found.at) && !c.at.IsZero() {
			found, first = &c, item.Deal.Due
		}
	}
	if found == nil {
		return nil
	}
	day := l.day(found.at)
	for i := range f.Items {
		item := &f.Items[i]
		due := item.Deal.Due
		inWindow := !day.Before(due.Plus(-o.Early)) && !day.After(due.Plus(-o.Late))
		if inWindow && o.wanted(f, l, item) && ask(f, item, found.at).Positive() || due == first && mayAsk(f, item) {
			found.act.Items = append(found.act.Items, item.Deal.ID)
		}
	}
	found.act.Why = o.why(f, l, found)
	return []candidate{*found}
}

// wanted reports whether an item still gets a message of this kind.
func (o offset) wanted(f *domain.CaseFacts, l local, item *domain.CaseItem) bool {
	due := item.Deal.Due
	if !mayAsk(f, item) || !l.today.Before(due) {
		return false
	}
	if o.kind == stepHeadsUp && !f.Relationship.HeadsUp || item.Issued.DaysUntil(due) < o.MinTerms {
		return false
	}
	from := l.cal.OnOrBefore(due.Plus(-o.Early))
	return !anyTouch(f, func(t *domain.Touch) bool {
		return taken(t) && t.Class.Proactive() && !l.day(claimed(t)).Before(from) && slices.Contains(t.Items, item.Deal.ID)
	})
}

func (o offset) reason(due domain.Date) string {
	if o.kind == stepHeadsUp {
		return "the heads-up before " + due.Short()
	}
	return "the reminder before " + due.Short()
}

func (o offset) why(f *domain.CaseFacts, l local, c *candidate) string {
	words := fmt.Sprintf("%d days", o.Days)
	if due, err := domain.ParseDate(strings.TrimPrefix(c.act.Step, o.kind)); err == nil {
		words = fmt.Sprintf("%d days", l.day(c.at).DaysUntil(due))
	}
	if known, ok := map[string]string{"7 days": "Seven days", "14 days": "Two weeks"}[words]; ok {
		words = known
	}
	return words + " before the due date; " + sinceLast(f, l) + "."
}

// displaces reports whether a message on a day would keep the first message
// after another item's due date from leaving in its time (D-19).
func displaces(f *domain.CaseFacts, l local, own *domain.CaseItem, day domain.Date) bool {
	for i := range f.Items {
		other := &f.Items[i]
		if other.Deal.ID == own.Deal.ID || !askable(other) || remindedAfterDue(f, other.Deal.ID) {
			continue
		}
		if _, free := freeFrom(f, other); !free {
			continue
		}
		first := l.cal.Add(other.Deal.Due, 1)
		if other.Deal.Due.Before(own.Deal.Due) && day.DaysUntil(first) < gapDays {
			return true
		}
	}
	return false
}

func remindedAfterDue(f *domain.CaseFacts, deal domain.DealID) bool {
	return anyTouch(f, func(t *domain.Touch) bool {
		return taken(t) && strings.HasPrefix(t.Step, stepPostDue) && slices.Contains(t.Items, deal) && afterDue(f, t, deal)
	})
}

// afterDue reports whether a message was written after the due date of a deal
// that it lists; one before may list it as coming.
func afterDue(f *domain.CaseFacts, t *domain.Touch, deal domain.DealID) bool {
	for i := range f.Items {
		if item := &f.Items[i]; item.Deal.ID == deal {
			return !claimed(t).Before(item.Deal.Due.Plus(1).At(0, 0, f.Relationship.Zone()))
		}
	}
	return false
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func earliestDue(f *domain.CaseFacts) domain.Date {
	var first domain.Date
	for i := range f.Items {
		item := &f.Items[i]
		if askable(item) && (first.IsZero() || item.Deal.Due.Before(first)) {
			first = item.Deal.Due
		}
	}
	return first
}

// overdue lists what a message after a due date is about: what is overdue and
// may be asked for, where the bank has shown a full banking day since the due
// date (all of it when none has, so that the gate says why); and what is due
// within nine days and was not yet announced, since no message before its due
// date can leave within the gap.
// A firm message lists only what earned its tone, and nothing that is not due yet (D-19); one above cordial
// nothing that a person could not check for long enough (D-27).
func overdue(f *domain.CaseFacts, l local, at time.Time, only []domain.DealID, tone int) []domain.DealID {
	day := l.today
	if !at.IsZero() {
		day = l.day(at)
	}
	var seen, all, coming []domain.DealID
	announced := reminderOf(f)
	for i := range f.Items {
		item := &f.Items[i]
		if !mayAsk(f, item) || !ask(f, item, latest(at, f.Now)).Positive() || tone > ToneCordial && checking(f, l, item.Deal.ID) {
			continue
		}
		switch due := item.Deal.Due; {
		case due.Before(day) && only != nil && !slices.Contains(only, item.Deal.ID):
		case due.Before(day):
			all = append(all, item.Deal.ID)
			if shownSince(f, item) {
				seen = append(seen, item.Deal.ID)
			}
		case tone < ToneFirm && day.DaysUntil(due) <= announced.Early && announced.wanted(f, l, item):
			coming = append(coming, item.Deal.ID)
		}
	}
	if len(seen) == 0 {
		seen = all
	}
	if len(seen) == 0 {
		return nil
	}
	return append(seen, coming...)
}

// shownSince reports whether the bank has shown one full banking day after the
// due date of an item (D-21).
func shownSince(f *domain.CaseFacts, item *domain.CaseItem) bool {
	feed, ok := f.Feed(item.Deal.Collection)
	if !ok {
		return false
	}
	banking := bankingOf(f, feed)
	return !domain.CoveredThrough(feed.Spans, banking).Before(banking.Add(item.Deal.Due, 1))
}

// bankingOf is the banking calendar of an account.
func bankingOf(f *domain.CaseFacts, feed domain.Feed) domain.Calendar {
	return domain.BankingDays(feed.Account.Currency, f.Factor.Country)
}
