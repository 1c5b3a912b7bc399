package collections

import (
	"fmt"
	"slices"
	"time"

	"comity/domain"
)

// A letterSaid is something that was said on a day.
type letterSaid struct{ On, What, Number, Amount, Day, Said string }

// A letterCall is what a collector reads before a call: the debtor's side first
// (C-110).
type letterCall struct {
	Phone     string
	Questions []letterSaid // that wait for our answer
	Promises  []letterSaid
	Disputes  []letterSaid
	LastPaid  string
}

// A letterAgreed is what came of a call, in its structured fields.
type letterAgreed struct {
	On                  string // the day of the call
	Result              string
	Number, Amount, Day string // of a promise, or of what is not agreed to
	Understood          string // the question, as the collector understood it
	Until               string // until when we do not write by ourselves
}

// promiseWords say what became of a promise.
var promiseWords = map[domain.PromiseStatus]string{
	domain.PromiseActive: "it is running", domain.PromiseKept: "it was kept", domain.PromisePartKept: "it was kept in part", domain.PromiseBroken: "the money did not come",
	domain.PromiseCancelled: "another one took its place",
}

// script fills in what a call's script says of the debtor's side.
func (data *letter) script(f domain.CaseFacts, act Act, l local) {
	if act.Class != domain.ClassCall {
		return
	}
	call := &data.Call
	call.Phone = oneLine(f.Relationship.Phone)
	for _, q := range f.Questions {
		if q.AnsweredAt.IsZero() {
			said := letterSaid{On: l.day(q.AskedAt).Short(), Number: numberOf(f, q.Deal)}
			if !q.ByMail {
				said.Said = data.quoted(q.Said, "(as they wrote)")
			}
			call.Questions = append(call.Questions, said)
		}
	}
	for _, p := range f.Promises {
		call.Promises = append(call.Promises, letterSaid{
			On: l.day(p.MadeAt).Short(), What: promiseWords[p.Status], Number: numberOf(f, p.Deal), Amount: p.Amount.Grouped(), Day: p.PromisedOn.Short(),
		})
	}
	for _, d := range f.Disputes {
		if d.Status != domain.DisputeResolved {
			call.Disputes = append(call.Disputes, letterSaid{
				On: l.day(d.RaisedAt).Short(), Number: numberOf(f, d.Deal), Amount: d.Amount.Grouped(), Said: data.quoted(d.Said, "(as they wrote)"),
			})
		}
	}
	if !f.LastPaidAt.IsZero() {
		call.LastPaid = l.day(f.LastPaidAt).Short()
	}
}

func numberOf(f domain.CaseFacts, deal domain.DealID) string {
	item, ok := f.Item(deal)
	if !ok {
		return ""
	}
	return writable(item.Deal.InvoiceNumber, noNumber)
}

// agreed fills in what a letter after a call repeats: the structured fields and
// nothing else (C-112). It refuses where nobody was spoken to.
func (data *letter) agreed(f domain.CaseFacts, act Act, l local) error {
	i := slices.IndexFunc(f.Touches, func(t domain.Touch) bool { return t.ID == act.Touch && t.Class == domain.ClassCall })
	if i < 0 || !f.Touches[i].Result.Spoken() {
		return fmt.Errorf("write after the call %s: nobody was spoken to", act.Touch)
	}
	call := f.Touches[i]
	data.Agreed = letterAgreed{On: l.day(claimed(&call)).Short(), Result: string(call.Result)}
	agreed := &data.Agreed
	since := func(at time.Time) bool { return !at.Before(call.ClaimedAt) }
	switch call.Result { //nolint:exhaustive // of the others nothing is on file
	case domain.CallPromised:
		if p, ok := first(f.Promises, func(p domain.Promise) time.Time { return p.MadeAt }, since); ok {
			agreed.Number, agreed.Amount, agreed.Day = numberOf(f, p.Deal), p.Amount.Grouped(), p.PromisedOn.Long()
		}
	case domain.CallDisputes:
		if d, ok := first(f.Disputes, func(d domain.Dispute) time.Time { return d.RaisedAt }, since); ok {
			agreed.Number, agreed.Amount = numberOf(f, d.Deal), d.Amount.Grouped()
		}
	case domain.CallAsks, domain.CallHardship:
		if q, ok := first(f.Questions, func(q domain.Question) time.Time { return q.AskedAt }, since); ok {
			agreed.Number, agreed.Understood = numberOf(f, q.Deal), withoutBankDetails(q.Understood, "")
		}
	}
	codes := map[domain.CallResult]domain.HoldCode{domain.CallPromised: domain.HoldPromise, domain.CallSaysPaid: domain.HoldPaidOrPending}
	held := slices.DeleteFunc(slices.Clone(f.Holds), func(h domain.Hold) bool { return h.Code != codes[call.Result] || h.Until.IsZero() })
	if h, ok := first(held, func(h domain.Hold) time.Time { return h.CreatedAt }, since); ok {
		if h.Until.After(f.Now) {
			agreed.Until = l.day(h.Until).Long()
		}
		if agreed.Number == "" && !h.Deal.IsZero() {
			agreed.Number = numberOf(f, h.Deal)
		}
	}
	return nil
}

// first returns the first of things whose moment counts: what a call brought comes before
// anything that came later by the page.
func first[T any](all []T, when func(T) time.Time, counts func(time.Time) bool) (T, bool) {
	var found T
	ok := false
	for _, one := range all {
		if at := when(one); counts(at) && (!ok || at.Before(when(found))) {
			found, ok = one, true
		}
	}
	return found, ok
}
