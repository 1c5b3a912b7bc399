package collections

import (
	"time"

	"comity/domain"
	"comity/money"
)

const causePromise = "promise"

// The bounds of promises (D-18).
const (
	promiseDays    = 14 // the furthest day ahead, and the longest pause
	promiseGrace   = 2  // business days after the date before it is judged
	afterBroken    = 5  // business days that a promise pauses after a broken one
	brokenMemory   = 90 // days in which broken promises count
	pausesFrom     = 4  // a promise below 1/4 of the open balance pauses nothing
	announcedPause = 5  // business days that "we have paid" pauses
	afterAnswer    = 7  // days that an item rests after our answer
)

// JudgePromise says what became of a promise: it is kept as soon as the amount
// arrived; part_kept or broken is decided only when the statements cover its
// judgement day. It stays active until then.
func JudgePromise(p domain.Promise, openNow money.Amount, coveredThrough domain.Date) domain.PromiseStatus {
	if p.Status != domain.PromiseActive {
		return p.Status
	}
	paid := p.OpenBefore.Minus(openNow)
	switch {
	case !paid.Less(p.Amount):
		return domain.PromiseKept
	case coveredThrough.Before(p.JudgeOn):
		return domain.PromiseActive
	case paid.Positive():
		return domain.PromisePartKept
	default:
		return domain.PromiseBroken
	}
}

// judge decides the promises of a case and returns those that were decided and
// the holds that end with them, and the facts after it.
func judge(f domain.CaseFacts) (domain.CaseFacts, []domain.Promise, []domain.HoldID) {
	var decided []domain.Promise
	var ended []domain.HoldID
	promises := append([]domain.Promise(nil), f.Promises...)
	for i, p := range promises {
		item, ok := f.Item(p.Deal)
		if !ok || p.Status != domain.PromiseActive {
			continue
		}
		var through domain.Date
		if feed, known := f.Feed(item.Deal.Collection); known {
			through = domain.CoveredThrough(feed.Spans, bankingOf(&f, feed))
		}
		next := JudgePromise(p, unpaid(f, p, item.Deal.Open), through)
		if beside := openBeside(&f, p.Deal, item.Deal.Open); JudgePromise(p, unpaid(f, p, beside), through) != next {
			continue // what changes it was paid by card, and is decided when it is booked or goes back
		}
		if next != p.Status {
			promises[i].Status, promises[i].DecidedAt = next, f.Now
			decided = append(decided, promises[i])
		}
	}
	var kept []domain.Hold
	for _, h := range f.Holds {
		if endsWith(h, decided) {
			ended = append(ended, h.ID)
		} else {
			kept = append(kept, h)
		}
	}
	f.Promises, f.Holds = promises, kept
	return f, decided, ended
}

// unpaid is what of the invoice of a promise was not paid since: what a credit or a recourse took off
// it meanwhile is no payment. When nothing is open any more, nothing is left to pay.
func unpaid(f domain.CaseFacts, p domain.Promise, open money.Amount) money.Amount {
	if open.IsZero() {
		return open
	}
	for _, d := range f.Disputes {
		switch {
		case d.Deal != p.Deal || !d.ResolvedAt.After(p.MadeAt):
		case d.Outcome == domain.OutcomeGivenBack:
			open = open.Plus(d.Amount)
		case d.Credited.Positive():
			open = open.Plus(d.Credited)
		}
	}
	return open
}

func endsWith(h domain.Hold, decided []domain.Promise) bool {
	for _, p := range decided {
		if h.CauseKind == causePromise && h.Cause == p.ID.UUID {
			return true
		}
	}
	return false
}

// made is a promise that a debtor made, the one it replaces, and the pause that
// it earns.
type made struct {
	promise  domain.Promise
	replaces *domain.Promise
	hold     *domain.Hold
	why      string // in words, what the pause is or why there is none
}

// promiseOf decides a promise by the bounds of D-18. It refuses with
// domain.ErrInvalid, ErrPromiseTooFar, ErrMoreThanOpen or ErrPromiseOpen.
func promiseOf(page domain.DebtorPage, item domain.DebtorItem, amount money.Amount, on domain.Date, now time.Time) (made, error) {
	zone, cal := page.Zone(), domain.BusinessDays(page.Country)
	today := domain.DateOf(now.In(zone))
	if err := payable(item, amount); err != nil {
		return made{}, err
	}
	switch {
	case on.Before(today):
		return made{}, domain.ErrInvalid.At("/promised_on", "in-the-past", "a promise is for today or a later day")
	case today.DaysUntil(on) > promiseDays:
		return made{}, domain.ErrPromiseTooFar.Because("the last day is %s; for a later one, ask for a plan or an extension", today.Plus(promiseDays).Short())
	}
	m := made{promise: domain.Promise{
		Case: page.Case, Deal: item.Deal, Status: domain.PromiseActive, Amount: amount, OpenBefore: item.Open,
		PromisedOn: on, JudgeOn: cal.Add(on, promiseGrace), MadeAt: now,
	}}
	broken := 0
	for _, p := range page.Promises {
		if p.Status == domain.PromiseBroken && domain.DateOf(p.DecidedAt.In(zone)).DaysUntil(today) <= brokenMemory {
			broken++
		}
		if p.Deal != item.Deal || p.Status != domain.PromiseActive {
			continue
		}
		if !replaceable(page, p, today) {
			return made{}, domain.ErrPromiseOpen.Because("%s for %s; it can be changed once, before its day", p.Amount.Grouped(), p.PromisedOn.Short())
		}
		before := p
		before.Status, before.DecidedAt = domain.PromiseCancelled, now
		m.replaces = &before
	}
	m.pause(item, broken, today, cal, zone, now)
	return m, nil
}

// replaceable reports whether an active promise may be replaced: before its day,
// and only if it replaced none itself.
func replaceable(page domain.DebtorPage, p domain.Promise, today domain.Date) bool {
	if !today.Before(p.PromisedOn) {
		return false
	}
	for _, earlier := range page.Promises {
		if earlier.Deal == p.Deal && earlier.Status == domain.PromiseCancelled && earlier.DecidedAt.Equal(p.MadeAt) {
			return false
		}
	}
	return true
}

// pause gives the promise the hold that it earns: until its judgement day is
// over and at most 14 days; five business days after one broken promise; none
// after two, and none for less than a quarter of what is open.
func (m *made) pause(item domain.DebtorItem, broken int, today domain.Date, cal domain.Calendar, zone *time.Location, now time.Time) {
	last := m.promise.JudgeOn
	if limit := today.Plus(promiseDays); limit.Before(last) {
		last = limit
	}
	switch {
	case m.promise.Amount.Units() < (item.Open.Units()+pausesFrom-1)/pausesFrom:
		m.why = "it is less than a quarter of what is open, so our messages go on"
		return
	case broken >= 2:
		m.why = "two promises were not kept lately, so our messages go on until a person decides"
		return
	case broken == 1:
		if short := cal.Add(today, afterBroken); short.Before(last) {
			last = short
		}
	}
	m.why = "we do not write about this amount before " + last.Plus(1).Short()
	m.hold = &domain.Hold{
		Case: m.promise.Case, Deal: m.promise.Deal, Code: domain.HoldPromise, Amount: m.promise.Amount,
		Until: last.Plus(1).At(0, 0, zone), CauseKind: causePromise, CreatedAt: now,
	}
}

// payable refuses an amount that is not one of the item's.
func payable(item domain.DebtorItem, amount money.Amount) error {
	switch {
	case item.Status != domain.DealMade && item.Status != domain.DealPaidOut || !item.Open.Positive():
		return domain.ErrWrongState.Because("nothing is open on invoice %s", item.InvoiceNumber).In(string(item.Status), string(domain.DealMade), string(domain.DealPaidOut))
	case amount.Currency() != item.Open.Currency():
		return domain.ErrInvalid.At("/amount/currency", "other-currency", "the invoice is in "+string(item.Open.Currency()))
	case !amount.Positive():
		return domain.ErrInvalid.At("/amount/amount", "not-positive", "an amount above zero is needed")
	case item.Open.Less(amount):
		return domain.ErrMoreThanOpen.Because("%s is open", item.Open.Grouped())
	default:
		return nil
	}
}
