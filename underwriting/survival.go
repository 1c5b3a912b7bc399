package underwriting

import (
	"math/bits"

	"comity/money"
)

// days is how many days the engine tells apart, -90 to 180.
const days = lastDay - firstDay + 1

// A survival holds, for each day from -90 to 180, the probability of not being
// paid by the end of that day, as a fraction of allOfIt.
type survival [days]uint64

const (
	allOfIt = 1_000_000_000_000_000_000
	onePpm  = allOfIt / 1_000_000
)

// evidence is what is known of a debtor's lateness: weighted payments by day, and
// weighted open invoices by the last day on which they were surely unpaid. An
// index counts days from -90; the last one of paid is "later".
type evidence struct {
	paid [days + 1]uint64
	open [days + 1]uint64
}

// priorEvidence is the general table as if it were payments of today.
func priorEvidence() evidence {
	var known evidence
	for i, share := range spread(priorV1) {
		known.paid[i] = share * priorStrength * (onePayment / 1_000_000)
	}
	return known
}

func (e evidence) withPaid(buckets []PaidBucket) evidence {
	for _, b := range buckets {
		e.paid[b.LateDays-firstDay] += uint64(b.Count) * weightOf(b.WeeksAgo)
	}
	return e
}

// withOpen adds open invoices as censored observations: one that is open today,
// n days past due, was not paid on any day before the nth. That is all it says.
func (e evidence) withOpen(buckets []OpenBucket) evidence {
	for _, b := range buckets {
		if b.DaysPastDue > firstDay {
			e.open[b.DaysPastDue-1-firstDay] += uint64(b.Count) * onePayment
		}
	}
	return e
}

// survival returns the Kaplan-Meier curve of the evidence. Without open invoices
// that is exactly the weighted share of payments still to come. The general table
// keeps somebody at risk on every day, so no step divides by zero.
func (e evidence) survival() survival {
	var atRisk uint64
	for i := range e.paid {
		atRisk += e.paid[i] + e.open[i]
	}
	var curve survival
	left := uint64(allOfIt)
	for i := range curve {
		left = timesOver(left, atRisk-e.paid[i], atRisk)
		curve[i] = left
		atRisk -= e.paid[i] + e.open[i]
	}
	return curve
}

// given returns the curve of an invoice that is not paid although it is n days
// past due today: no payment before day n is possible any more.
func (s survival) given(pastDue int) survival {
	if pastDue <= 0 {
		return s
	}
	last := min(pastDue-1-firstDay, days-1)
	condition := s[last]
	for i := range s {
		switch {
		case i <= last || condition == 0:
			s[i] = allOfIt
		default:
			s[i] = timesOver(s[i], allOfIt, condition)
		}
	}
	return s
}

// unpaid returns the probability of not being paid by the end of a day, rounded
// half up to a millionth.
func (s survival) unpaid(day int) money.Ppm {
	return money.Ppm((s[day-firstDay] + onePpm/2) / onePpm)
}

// mean returns the expected lateness in whole days, rounded half up; what is
// later than day 180 counts as day 181. It grows whenever the curve gets worse on
// any day and better on none.
func (s survival) mean() int {
	sum := 0
	for day := firstDay; day <= lastDay; day++ {
		sum += int(s.unpaid(day))
	}
	return (sum+int(money.Whole)/2)/int(money.Whole) + firstDay
}

// quantile returns the first day by which at least the given share is paid, 181
// when that is later than day 180.
func (s survival) quantile(share money.Ppm) int {
	for day := firstDay; day <= lastDay; day++ {
		if money.Whole-s.unpaid(day) >= share {
			return day
		}
	}
	return laterDay
}

// timesOver returns a times b over c, cut down to a whole number. The result must
// fit: b is at most c, or a at most c.
func timesOver(a, b, c uint64) uint64 {
	high, low := bits.Mul64(a, b)
	quotient, _ := bits.Div64(high, low, c)
	return quotient
}
