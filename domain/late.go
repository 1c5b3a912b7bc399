package domain

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"comity/money"
)

// A LateOwner is who may ask a debtor for what the law adds to a late payment: a term of a deal without a
// default (D-26). The empty one is that nobody agreed on it, and nobody may.
type LateOwner string

// The owners there are.
const (
	LateSeller LateOwner = "seller"
	LateFactor LateOwner = "factor"
)

// A BaseSeries is a published rate that interest by law is so much above.
type BaseSeries string

// The series that rows of law stand on.
const (
	BankOfEngland BaseSeries = "bank_of_england_bank_rate"
	Basiszinssatz BaseSeries = "bundesbank_basiszinssatz"
)

// A BaseRate is what a series counts as in one half of a year. Half-years that are not in the table are
// not known, and nothing is computed for them.
type BaseRate struct {
	From   Date // the first day of the half-year
	Rate   money.Rate
	Source string
}

var baseRates = map[BaseSeries][]BaseRate{
	BankOfEngland: {
		{MustDate("2024-01-01"), money.MustRate("0.0525"), "Bank Rate on 31 December 2023"},
		{MustDate("2026-01-01"), money.MustRate("0.0375"), "Bank Rate on 31 December 2025"},
	},
	Basiszinssatz: {
		{MustDate("2026-01-01"), money.MustRate("0.0127"), "Deutsche Bundesbank, from 1 January 2026"},
	},
}

// A RateLock says on which day the base rate of a debt is looked up.
type RateLock string

// The locks there are.
const (
	LockAtStart     RateLock = "at_start"      // when it became late, for as long as it stays so
	LockPerHalfYear RateLock = "per_half_year" // anew on 1 January and 1 July
)

// An InterestRule is what a law adds to a late payment between businesses: simple interest, counted in
// days of a year of 365, and a fixed sum.
type InterestRule struct {
	Base   BaseSeries
	Margin money.Rate
	Lock   RateLock
	Sums   []FixedSum // the smallest debts first
}

// A FixedSum is what may be asked once for a debt of at least From.
type FixedSum struct{ From, Sum money.Amount }

// words are the rule as counsel reads it.
func (r InterestRule) words() string {
	said := fmt.Sprintf("%s points over the series %s, %s, simple, days of 365", r.Margin.PercentString(), r.Base, r.Lock)
	for _, s := range r.Sums {
		said += fmt.Sprintf("; %s once from a debt of %s", s.Sum.Grouped(), s.From.Grouped())
	}
	return said
}

// halfYear returns the first day of the half-year that a day lies in.
func halfYear(day Date) Date {
	year := day.String()[:4]
	if second := MustDate(year + "-07-01"); !day.Before(second) {
		return second
	}
	return MustDate(year + "-01-01")
}

// rate returns the yearly rate of a day for a debt that is late since another; false where the series is
// not known for it.
func (r InterestRule) rate(since, day Date) (money.Rate, bool) {
	looked := halfYear(day)
	if r.Lock == LockAtStart {
		looked = halfYear(since)
	}
	i := slices.IndexFunc(baseRates[r.Base], func(b BaseRate) bool { return b.From == looked })
	if i < 0 {
		return money.Rate{}, false
	}
	return baseRates[r.Base][i].Rate.Plus(r.Margin), true
}

// A LatePart is a part of a debt that is gone from a day on.
type LatePart struct {
	On     Date
	Amount money.Amount
}

// A LateDispute is a part that was not agreed to, and what of it was credited.
type LateDispute struct {
	Raised, Resolved Date // zero: it is not over
	Amount, Credited money.Amount
}

// A LatePlan is a plan that was agreed to: its debtor was told that there is no interest while its dates are
// kept.
type LatePlan struct {
	From      Date // it was accepted
	Through   Date // it was over; zero while it runs
	Running   bool
	Withdrawn bool         // nobody broke it: the invoice was given back meanwhile
	Total     money.Amount // what was to be paid under it
}

// LateFacts are what the interest on one invoice depends on. Days are those of value, or those in the
// factor's zone on which something happened.
type LateFacts struct {
	Due      Date
	Until    Date // the last day that is counted
	Basis    money.Amount
	Payments []LatePart
	Gone     []LatePart // given back or forgiven: from the next day nobody here counts them
	Disputes []LateDispute
	Plans    []LatePlan
	Stops    []FeeStop // days on which somebody waited for us: they cost nobody anything
}

// A LateSpan is a span of days of one rate on which the same sum was owed and undisputed.
type LateSpan struct {
	From, Through Date
	Days          int // those that count
	Balance       money.Amount
	Rate          money.Rate
}

// A LateCharge is what a law adds to a late payment until a day. It is in no book: nobody owes it before
// somebody asks for it.
type LateCharge struct {
	Interest money.Amount
	Fixed    money.Amount
	Spans    []LateSpan
}

// Total returns interest and fixed sum.
func (c LateCharge) Total() money.Amount { return c.Interest.Plus(c.Fixed) }

// Charge returns what the rule adds to a late payment. Interest runs from the day after the due date to
// the value date of a payment, that day included. A part that was credited never bears any, nor does a
// disputed part while it is disputed, from the day on which it was raised; where money came on that same
// day, from the next, since the debt of that day was met as it stood. Days on which somebody waited for
// us do not count, nor do those of a plan while it runs, and for good once all of it was paid; one that
// ended short freezes nothing. It is rounded once. The fixed sum goes by what was still owed when it
// became late, less credits, and there is none in a currency for which the law names none. It refuses
// with [ErrUnknownRate] where the base rate of a day that counts is not known.
func (r InterestRule) Charge(f LateFacts) (LateCharge, error) {
	none := money.Minor(0, f.Basis.Currency())
	charge := LateCharge{Interest: none, Fixed: none}
	since := f.Due.Plus(1)
	var sum money.Rate
	for day := since; !day.After(f.Until); day = day.Plus(1) {
		balance := f.owed(day)
		if !balance.Positive() || f.frozen(day) || slices.ContainsFunc(f.Stops, func(s FeeStop) bool { return s.covers(day) }) {
			continue
		}
		rate, ok := r.rate(since, day)
		if !ok {
			return LateCharge{}, ErrUnknownRate.Because("the series %s is not known for %s", r.Base, day.Short())
		}
		sum = sum.Plus(rate.TimesInt(balance.Units()))
		charge.Spans = joined(charge.Spans, LateSpan{day, day, 1, balance, rate})
	}
	if len(charge.Spans) == 0 {
		return charge, nil
	}
	charge.Interest = money.Minor(1, f.Basis.Currency()).Share(sum, 1, 365)
	debt := f.Basis
	for _, d := range f.Disputes {
		debt = debt.Minus(d.Credited)
	}
	for _, gone := range slices.Concat(f.Payments, f.Gone) {
		if !gone.On.After(f.Due) {
			debt = debt.Minus(gone.Amount)
		}
	}
	for _, s := range r.Sums {
		if s.From.Currency() == debt.Currency() && !debt.Less(s.From) {
			charge.Fixed = s.Sum
		}
	}
	return charge, nil
}

// joined adds a day to the last span where nothing changed.
func joined(spans []LateSpan, day LateSpan) []LateSpan {
	if n := len(spans); n > 0 {
		last := &spans[n-1]
		if last.Balance == day.Balance && last.Rate.Compare(day.Rate) == 0 && last.Through.Plus(1) == day.From {
			last.Through, last.Days = day.Through, last.Days+1
			return spans
		}
	}
	return append(spans, day)
}

// frozen reports whether a plan that runs, that nobody broke, or of which all was paid before it was over, lets a day
// bear nothing. What was credited since it began was not to be paid.
func (f LateFacts) frozen(day Date) bool {
	return slices.ContainsFunc(f.Plans, func(p LatePlan) bool {
		if day.Before(p.From) || !p.Running && day.After(p.Through) {
			return false
		}
		left := p.Total
		for _, payment := range f.Payments {
			if !payment.On.Before(p.From) && !payment.On.After(p.Through) {
				left = left.Minus(payment.Amount)
			}
		}
		for _, d := range f.Disputes {
			if !d.Raised.Before(p.From) {
				left = left.Minus(d.Credited)
			}
		}
		return p.Running || p.Withdrawn || !left.Positive()
	})
}

// owed returns what was owed and undisputed on a day.
func (f LateFacts) owed(day Date) money.Amount {
	left, paid := f.Basis, false
	for _, p := range f.Payments {
		paid = paid || p.On == day
		if p.On.Before(day) {
			left = left.Minus(p.Amount)
		}
	}
	for _, p := range f.Gone {
		if p.On.Before(day) {
			left = left.Minus(p.Amount)
		}
	}
	for _, d := range f.Disputes {
		left = left.Minus(d.Credited)
		raised := d.Raised.Before(day) || d.Raised == day && !paid
		if raised && (d.Resolved.IsZero() || !d.Resolved.Before(day)) {
			left = left.Minus(d.Amount.Minus(d.Credited))
		}
	}
	return money.Max(left, money.Minor(0, f.Basis.Currency()))
}

// A LateState is whether it is known what the law adds to a late payment.
type LateState string

// The states there are. In all but LateComputed nothing may be asked for, and nobody is told of anything.
const (
	LateNobody   LateState = "nobody_may_ask" // the deal does not say who may
	LateNoLaw    LateState = "no_law"         // no row of law speaks of this contract and this debtor
	LateUnsigned LateState = "unsigned"       // counsel has not signed the row
	LateNoRate   LateState = "rate_unknown"   // a published rate that it needs is not known
	LateComputed LateState = "computed"
)

// A LateWaiver is an owner's word that it does not ask for what the law adds, then or later.
type LateWaiver struct {
	Deal     DealID
	Owner    LateOwner
	Law      string // by which it could have been asked for; "": none was in force
	Interest money.Amount
	Fixed    money.Amount
	By       UserID
	At       time.Time // zero: nothing is waived
}

// A LateFile is what is known of a deal's late payment.
type LateFile struct {
	Deal   Deal
	Zone   *time.Location // the factor's
	Debtor LegalType
	Facts  LateFacts
	Waiver LateWaiver
}

// A LateAnswer says what could be asked for, or why nothing is known.
type LateAnswer struct {
	Deal    Deal
	State   LateState
	Missing string // what would have to be there; "" when it is computed
	Law     Law    // of LateNobody and LateNoLaw the zero one
	Charge  LateCharge
	Until   Date
	Waiver  LateWaiver
}

// Answer says what the law adds until a day, counsel's signatures counting as they stand on it. The
// contract's law is the one on file when the deal was made: where that is not known, none is guessed.
func (f LateFile) Answer(laws []Law, signatures []LawSignature, today Date) LateAnswer {
	none := money.Minor(0, f.Deal.Basis.Currency())
	answer := LateAnswer{Deal: f.Deal, Until: today, Waiver: f.Waiver, Charge: LateCharge{Interest: none, Fixed: none}}
	missing := func(state LateState, format string, args ...any) LateAnswer {
		answer.State, answer.Missing = state, fmt.Sprintf(format, args...)
		return answer
	}
	if f.Deal.LateOwner == "" {
		return missing(LateNobody, "the deal does not say who may ask for it")
	}
	place := f.Deal.Assignable.GoverningLaw
	if place == "" {
		return missing(LateNoLaw, "which law governs the contract was not on file when the invoice was sold")
	}
	i := slices.IndexFunc(laws, func(l Law) bool { return l.Interest != nil && l.Covers(place) && l.Reaches(f.Debtor) })
	if i < 0 {
		return missing(LateNoLaw, "no row of law speaks of late payments to a debtor of this kind under the law of %s", place)
	}
	answer.Law = laws[i]
	if state, _ := answer.Law.On(today, signatures); state != LawSigned {
		return missing(LateUnsigned, "counsel's signature for %s (%s)", answer.Law.Code, state)
	}
	facts := f.Facts
	facts.Due, facts.Basis, facts.Stops, facts.Until = f.Deal.Due, f.Deal.Basis, f.Deal.Stops, today
	charge, err := answer.Law.Interest.Charge(facts)
	if refused := new(Refusal); errors.As(err, &refused) {
		return missing(LateNoRate, "%s", refused.Detail)
	}
	answer.State, answer.Charge = LateComputed, charge
	return answer
}

// Waive is the owner's word that it asks for nothing, whatever could have been asked for. It refuses
// with [ErrWrongState] where nobody could, or where it was said already.
func (a LateAnswer) Waive(by UserID, now time.Time) (LateWaiver, error) {
	switch {
	case a.Deal.LateOwner == "":
		return LateWaiver{}, ErrWrongState.Because("%s", a.Missing).In(string(a.State))
	case !a.Waiver.At.IsZero():
		return LateWaiver{}, ErrWrongState.Because("it was waived on %s", a.Waiver.At.Format(time.DateOnly)).In("waived")
	}
	waiver := LateWaiver{Deal: a.Deal.ID, Owner: a.Deal.LateOwner, Interest: a.Charge.Interest, Fixed: a.Charge.Fixed, By: by, At: now}
	if a.State == LateComputed {
		waiver.Law = a.Law.Code
	}
	return waiver, nil
}
