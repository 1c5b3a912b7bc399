package underwriting

import (
	"math"
	"sort"
	"sync"

	"comity/money"

	"gonum.org/v1/gonum/mathext"
)

// A Belief is what is known of a share that is counted: a beta distribution, as if
// so many observations had gone each way. Both are in millionths of an observation
// and at least 1.
type Belief struct{ Hits, Misses int64 }

// A Posterior is a belief in three figures: its mean and the bounds of the
// equal-tailed 90 % credible interval. The mean is rounded half up, the bounds are
// rounded outward, and the mean is never outside them.
type Posterior struct{ Mean, Low, High money.Ppm }

// A Count is how often an event happened in so many trials.
type Count struct {
	Events, Trials int // 0 to 1,000,000 and, for whole trials, Events at most Trials

	// Recorded says that the source would show the event if there were one.
	// Paid invoices alone show no default, a list of invoices shows no dispute:
	// from them nothing is learned, least of all that it does not happen.
	Recorded bool
}

// The tails of the credible interval.
const (
	lowerTail = money.Whole / 20
	upperTail = money.Whole - lowerTail
)

// oneObservation is the weight of one observation of a belief.
const oneObservation = 1_000_000

// With returns b after a count was seen (beta-binomial). A count that was not
// recorded changes nothing.
func (b Belief) With(c Count) Belief {
	if !c.Recorded {
		return b
	}
	events := clip(c.Events, 0, mostInBucket)
	trials := clip(c.Trials, events, mostInBucket)
	return b.plus(int64(events)*oneObservation, int64(trials-events)*oneObservation)
}

// WithRate returns b after events that happen at a yearly rate were counted over
// so many debtor-days (beta-binomial on debtor-years of 365 days). A count that was
// not recorded changes nothing.
func (b Belief) WithRate(events, debtorDays int, recorded bool) Belief {
	if !recorded {
		return b
	}
	hits := int64(clip(events, 0, mostInBucket)) * oneObservation
	years := int64(clip(debtorDays, 0, mostInBucket*daysPerYear)) * oneObservation / daysPerYear
	return b.plus(hits, max(0, years-hits))
}

// WithShare returns b after one share was seen that weighs as much as so many
// observations.
func (b Belief) WithShare(share money.Ppm, weight int) Belief {
	hits := int64(share) * int64(weight)
	return b.plus(hits, int64(weight)*oneObservation-hits)
}

func (b Belief) plus(hits, misses int64) Belief {
	return Belief{Hits: b.Hits + hits, Misses: b.Misses + misses}
}

// Posterior returns b in three figures.
func (b Belief) Posterior() Posterior {
	if p, before := beforehand()[b]; before {
		return p
	}
	return b.posterior()
}

// beforehand holds the posteriors of the beliefs before anything is seen: they are
// asked for at every price.
var beforehand = sync.OnceValue(func() map[Belief]Posterior {
	beliefs := []Belief{defaultV1, lossGivenDefaultV1, disputeV1, fraudV1, dilutionV1}
	for _, row := range gradesV1 {
		beliefs = append(beliefs, row.failure)
	}
	table := make(map[Belief]Posterior, len(beliefs))
	for _, b := range beliefs {
		table[b] = b.posterior()
	}
	return table
})

func (b Belief) posterior() Posterior {
	total := b.Hits + b.Misses
	mean := money.Ppm(timesOver(uint64(b.Hits), uint64(money.Whole), uint64(total)))
	if rest := timesOver(uint64(b.Hits), 2*uint64(money.Whole), uint64(total)); rest%2 == 1 {
		mean++
	}
	return Posterior{Mean: mean, Low: min(mean, b.quantile(lowerTail, false)), High: max(mean, b.quantile(upperTail, true))}
}

// P95 returns the share that is not exceeded with a probability of 95 %, rounded up.
func (b Belief) P95() money.Ppm {
	if p, before := beforehand()[b]; before && p.High > p.Mean {
		return p.High // the same quantile, unless the mean is beyond it
	}
	return b.quantile(upperTail, true)
}

// quantile returns the share below which lies the given part of the belief,
// rounded up or down to a millionth.
func (b Belief) quantile(part money.Ppm, up bool) money.Ppm {
	hits, misses := float64(b.Hits)/oneObservation, float64(b.Misses)/oneObservation
	level := float64(part) / float64(money.Whole)
	by := func(n int) float64 { return mathext.RegIncBeta(hits, misses, float64(n)/float64(money.Whole)) }
	if up {
		return money.Ppm(sort.Search(int(money.Whole), func(n int) bool { return by(n) >= level }))
	}
	return money.Ppm(sort.Search(int(money.Whole), func(n int) bool { return by(n+1) > level }))
}

// defaultWithin returns the probability of a default within some days, of a debtor
// that defaults within a year of 365 days with a given probability: at a constant
// rate, rounded up, and never less than that rate gives.
func defaultWithin(days int64, withinAYear money.Ppm) money.Ppm {
	if withinAYear >= money.Whole {
		return money.Whole
	}
	yearly := int64(math.Ceil(-math.Log1p(-float64(withinAYear)/float64(money.Whole)) * float64(money.Whole)))
	return money.Ppm(min(int64(money.Whole), (yearly*days+daysPerYear-1)/daysPerYear))
}
