package underwriting

import (
	"math"
	"slices"

	"comity/domain"
	"comity/money"
)

// A Flow is money that the seller receives on a day, or pays when it is negative.
type Flow struct {
	On     domain.Date
	Amount money.Amount
}

// daysPerYear is the year of every yearly rate here: act/365 (D-15).
const daysPerYear = 365

// basisPoints is how many basis points make a whole.
const basisPoints = 10_000

// NominalRate returns what a cost is of the cash received, as a simple yearly
// rate on act/365, rounded once to a basis point: 340.00 on 8,460.00 for 27 days is
// 54.33 %. It is zero when cash or days are not positive or beyond all trade.
func NominalRate(cost, cash money.Amount, days int) money.Rate {
	if !cash.Positive() || days <= 0 || int64(days) > math.MaxInt64/cash.Units() {
		return money.Rate{}
	}
	yearly := money.Percent(100).TimesInt(daysPerYear * basisPoints)
	return money.BasisPoints(cost.Share(yearly, 1, cash.Units()*int64(days)).Units())
}

// The bracket in which an effective rate is looked for (D-15), as fractions.
const (
	lowestRate  = -0.99
	highestRate = 50
)

// EffectiveRate returns the compound yearly rate, act/365 on true dates, at which
// the flows are worth nothing together, rounded to a basis point. It returns false
// unless exactly one rate between -99 % and +5,000 % does that: flows that change
// sign twice may have two such rates or none, and then none is shown (D-15). It
// panics on mixed currencies, as adding amounts does.
func EffectiveRate(flows []Flow) (money.Rate, bool) {
	worth := worthOf(flows)
	if len(worth) < 2 {
		return money.Rate{}, false
	}
	roots, certain := worth.roots(math.Log1p(lowestRate), math.Log1p(highestRate))
	if !certain || len(roots) != 1 {
		return money.Rate{}, false
	}
	return money.BasisPoints(int64(math.RoundToEven(math.Expm1(roots[0]) * basisPoints))), true
}

// A term is an amount at a time in years; its worth at the yearly rate e^s - 1 is
// amount times e^(-s time).
type term struct{ amount, time float64 }

// An exponential is a sum of terms in order of time, the first at time 0.
type exponential []term

// worthOf adds up the flows of each day and drops days of nothing.
func worthOf(flows []Flow) exponential {
	sorted := slices.SortedFunc(slices.Values(flows), func(a, b Flow) int { return b.On.DaysUntil(a.On) })
	var merged []Flow
	for _, f := range sorted {
		if last := len(merged) - 1; last >= 0 && merged[last].On == f.On {
			merged[last].Amount = merged[last].Amount.Plus(f.Amount)
			continue
		}
		merged = append(merged, f)
	}
	var worth exponential
	var start domain.Date
	for _, f := range merged {
		if f.Amount.IsZero() {
			continue
		}
		if len(worth) == 0 {
			start = f.On
		}
		years := float64(start.DaysUntil(f.On)) / daysPerYear
		worth = append(worth, term{float64(f.Amount.Units()), years})
	}
	return worth
}

// at returns the sum at s and the size of its largest term, both scaled down alike
// where a term would be too large for a float: only their signs and ratio count.
func (e exponential) at(s float64) (sum, scale float64) {
	shift := max(0, -s*e[len(e)-1].time)
	for _, t := range e {
		value := t.amount * math.Exp(-s*t.time-shift)
		sum += value
		scale = max(scale, math.Abs(value))
	}
	return sum, scale
}

// rounding is how near to zero, as a part of its largest term, a sum counts as
// touching zero.
const rounding = 1e-12

// roots returns every s between low and high at which e is zero. It finds them
// all: between two neighbouring roots of its derivative a sum is monotone and has
// at most one, and the derivative of a sum whose first term is constant has one
// term less. It is not certain when the sum touches zero without crossing it, for
// then rounding decides.
func (e exponential) roots(low, high float64) (found []float64, certain bool) {
	if len(e) < 2 {
		return nil, true
	}
	turns, certain := e.derivative().roots(low, high)
	if !certain {
		return nil, false
	}
	from := low
	for _, to := range append(turns, high) {
		if sum, scale := e.at(to); to != high && math.Abs(sum) <= rounding*scale {
			return nil, false
		}
		if root, crosses := e.bisect(from, to); crosses {
			found = append(found, root)
		}
		from = to
	}
	return found, true
}

// derivative returns the derivative of e by s, divided by the worth of its first
// term, which has no root: a sum that again begins at time 0.
func (e exponential) derivative() exponential {
	first := e[1].time
	slope := make(exponential, 0, len(e)-1)
	for _, t := range e[1:] {
		slope = append(slope, term{-t.amount * t.time / first, t.time - first})
	}
	return slope
}

// bisect returns the root of e between from and to, where e is monotone.
func (e exponential) bisect(from, to float64) (root float64, crosses bool) {
	start, _ := e.at(from)
	end, _ := e.at(to)
	if start == 0 || (start > 0) == (end > 0) {
		return 0, false
	}
	for range 200 {
		middle := from + (to-from)/2
		value, _ := e.at(middle)
		if (value > 0) == (start > 0) {
			from = middle
		} else {
			to = middle
		}
	}
	return from + (to-from)/2, true
}
