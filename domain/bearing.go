package domain

import (
	"slices"

	"comity/money"
)

// A Move changes what of a purchase basis is open, or what of it is disputed, from a day on.
type Move struct {
	On       Date         // value date, or the day in the factor's zone on which it happened
	Open     money.Amount // added to what is open: negative for money, a credit, a part given back
	Disputed money.Amount // added to what is disputed
}

// Bearing returns what of a basis bears a fee at the beginning of a day: what is open and
// not disputed then, at least nothing. What moves on the day itself counts from the next.
func Bearing(basis money.Amount, moves []Move, day Date) money.Amount {
	left := basis
	for _, m := range moves {
		if m.On.Before(day) {
			left = left.Plus(m.Open).Minus(m.Disputed)
		}
	}
	return money.Min(basis, money.Max(left, money.Minor(0, basis.Currency())))
}

// A FeeStopCause says what the factor or the platform is late with (D-23).
type FeeStopCause string

// The causes of fee stops.
const (
	FeeStopAnswer FeeStopCause = "answer_late"    // to what a debtor asked
	FeeStopPlan   FeeStopCause = "plan_word_late" // the factor's own word on a plan, first or second
)

// A FeeStop is a span of days on which a fee clock stands still, because the factor or the
// platform let somebody wait: no day of it is counted.
type FeeStop struct {
	Cause   FeeStopCause
	From    Date
	Through Date // the last day; zero: it is not over
}

// LateStop returns the fee stop of a wait that began on a day and ended on another, or is not over
// when that is zero; false when it was no longer than the business days that it may take. The days
// are the factor's.
func LateStop(cause FeeStopCause, allowed int, since, until Date, business Calendar) (FeeStop, bool) {
	stop := FeeStop{Cause: cause, From: business.Add(since, allowed).Plus(1), Through: until}
	return stop, until.IsZero() || !until.Before(stop.From)
}

func (s FeeStop) covers(day Date) bool {
	return !day.Before(s.From) && (s.Through.IsZero() || !day.After(s.Through))
}

// A FeeCourse is what a fee runs on from the funding date, which is day 0: the basis, what moved
// it, and the days that do not count.
type FeeCourse struct {
	Basis   money.Amount
	Advance money.Amount // what a daily rate is of; bands do not look at it
	Funded  Date
	Moves   []Move
	Stops   []FeeStop
}

// Ended returns the course with what is not over yet over on a day, to look beyond it.
func (c FeeCourse) Ended(day Date) FeeCourse {
	c.Stops = slices.Clone(c.Stops)
	for i, s := range c.Stops {
		if s.Through.IsZero() {
			c.Stops[i].Through = day
		}
	}
	return c
}

// counted returns the days that count of those to the given one after funding, in their order.
func (c FeeCourse) counted(day int) []Date {
	var days []Date
	for n := 1; n <= day; n++ {
		on := c.Funded.Plus(n)
		if !slices.ContainsFunc(c.Stops, func(s FeeStop) bool { return s.covers(on) }) {
			days = append(days, on)
		}
	}
	return days
}

// clock returns how many days count to the given one after funding, which may be before it.
func (c FeeCourse) clock(day int) int {
	if day <= 0 || len(c.Stops) == 0 {
		return day
	}
	return len(c.counted(day))
}

// OwedOver returns the contractual fee by the given day after funding on a basis that moves:
// a started band is owed whole on what was open and undisputed at the beginning of its first
// day, and is not computed again when that changes; a daily rate is owed on the advance in
// the proportion of the basis that bears it. Days on which the clock stood still do not count.
// With no moves and no stops it is [FeeTerms.OwedOn]. It is rounded once.
func (f FeeTerms) OwedOver(c FeeCourse, day int) money.Amount { return f.over(c, day, true) }

// RecognisedOver returns the part of [FeeTerms.OwedOver] that is income by the end of the
// given day: each started band spread evenly over its days (D-13).
func (f FeeTerms) RecognisedOver(c FeeCourse, day int) money.Amount { return f.over(c, day, false) }

func (f FeeTerms) over(c FeeCourse, day int, whole bool) money.Amount {
	switch {
	case len(c.Moves) == 0 && whole:
		return f.OwedOn(c.Basis, c.Advance, c.clock(day))
	case len(c.Moves) == 0:
		return f.RecognisedOn(c.Basis, c.Advance, c.clock(day))
	case f.Family() == FeeDaily:
		return f.dailyOver(c, day)
	}
	days := c.counted(day)
	unit, started := money.Minor(1, c.Basis.Currency()), money.Rate{}
	for first := 1; first <= len(days); {
		_, length, rate := f.band(first)
		if length == 0 {
			break // a flat fee after its one band
		}
		band := rate.TimesInt(Bearing(c.Basis, c.Moves, days[first-1]).Units())
		if running := len(days) - first + 1; running < length && !whole {
			return unit.Share(started.TimesInt(int64(length)).Plus(band.TimesInt(int64(running))), 1, int64(length))
		}
		started, first = started.Plus(band), first+length
	}
	return unit.Times(started)
}

// dailyOver is the fee of an up-front and daily rate; a part of the basis that bears nothing
// on a day costs nothing on it.
func (f FeeTerms) dailyOver(c FeeCourse, day int) money.Amount {
	if day < 0 {
		return money.Minor(0, c.Basis.Currency())
	}
	var bearing int64
	for _, on := range c.counted(day) {
		bearing += Bearing(c.Basis, c.Moves, on).Units()
	}
	upfront := f.UpfrontRate.TimesInt(c.Basis.Units()).TimesInt(c.Basis.Units())
	daily := f.DailyRate.TimesInt(c.Advance.Units()).TimesInt(bearing)
	return money.Minor(1, c.Basis.Currency()).Share(upfront.Plus(daily), 1, c.Basis.Units())
}
