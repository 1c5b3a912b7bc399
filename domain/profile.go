package domain

import (
	"fmt"
	"math"

	"comity/money"
)

// RecentDays is how far back the trend of a profile looks.
const RecentDays = 90

// The directions of a trend.
const (
	TrendLater   = "later"
	TrendEarlier = "earlier"
	TrendSame    = "same"
	TrendUnknown = "unknown"
)

const (
	fewestForTrend = 5 // payments on each side
	trendDays      = 3 // a median that moved less did not move
	fewestForP90   = 10
)

// A LateCount counts payments that came equally many days after the due date.
type LateCount struct {
	Days   int // negative is early
	Recent bool
	Count  int
}

// An OpenCount is what is open in one currency.
type OpenCount struct {
	Count, Overdue        int
	Amount, OverdueAmount money.Amount
}

// ProfileCounts are the rows of one relationship, counted.
type ProfileCounts struct {
	Today    Date
	Late     []LateCount // in the order of their days
	Habits   HabitCounts
	Open     []OpenCount // by currency
	Disputed int
}

// A Profile is how a debtor pays one seller, from that seller's own rows (D-7).
type Profile struct {
	Today          Date
	KnownPayments  int
	MedianDaysLate *int // nil: no payment is known
	P90DaysLate    *int // nil: too few are known
	LatePayments   int
	LateShare      *money.Ppm // nil: no payment is known
	Habits         []Habit
	Trend          Trend
	Open           []OpenCount
	Disputed       int
	Unknown        []string // what cannot be said, in sentences
}

// A Trend compares the payments of the last 90 days with those before.
type Trend struct {
	Direction    string // later, earlier, same or unknown
	Recent       int    // payments
	Before       int
	RecentMedian *int // nil: none
	BeforeMedian *int
	Sentence     string
}

// ProfileOf returns what the counts say, and what they do not.
func ProfileOf(c ProfileCounts) Profile {
	everything := func(LateCount) bool { return true }
	p := Profile{
		Today: c.Today, KnownPayments: paidCount(c.Late, everything), Open: c.Open, Disputed: c.Disputed,
		Habits: Habits(c.Habits), Trend: trend(c.Late),
	}
	p.MedianDaysLate = quantile(c.Late, everything, 5)
	if p.KnownPayments > 0 {
		p.LatePayments = paidCount(c.Late, func(l LateCount) bool { return l.Days > 0 })
		part := share(p.LatePayments, p.KnownPayments)
		p.LateShare = &part
	} else {
		p.Unknown = append(p.Unknown, "no payment of this customer to you is known yet: nothing can be said of how it pays")
	}
	if p.KnownPayments >= fewestForP90 {
		p.P90DaysLate = quantile(c.Late, everything, 9)
	} else {
		p.Unknown = append(p.Unknown, fmt.Sprintf("by when nine in ten are paid: it takes %d payments, %d known", fewestForP90, p.KnownPayments))
	}
	if p.KnownPayments < FewestForHabit {
		p.Unknown = append(p.Unknown, fmt.Sprintf("habits: they are told from %d payments on, %d known", FewestForHabit, p.KnownPayments))
	}
	if p.Trend.Direction == TrendUnknown {
		p.Unknown = append(p.Unknown, "trend: "+p.Trend.Sentence)
	}
	return p
}

func trend(late []LateCount) Trend {
	recent := func(l LateCount) bool { return l.Recent }
	before := func(l LateCount) bool { return !l.Recent }
	t := Trend{
		Direction: TrendUnknown, Recent: paidCount(late, recent), Before: paidCount(late, before),
		RecentMedian: quantile(late, recent, 5), BeforeMedian: quantile(late, before, 5),
	}
	if t.Recent < fewestForTrend || t.Before < fewestForTrend {
		t.Sentence = fmt.Sprintf("it takes %d payments in the last %d days and %d before, %d and %d known", fewestForTrend, RecentDays, fewestForTrend, t.Recent, t.Before)
		return t
	}
	now, then := *t.RecentMedian, *t.BeforeMedian
	switch {
	case now-then >= trendDays:
		t.Direction = TrendLater
	case then-now >= trendDays:
		t.Direction = TrendEarlier
	default:
		t.Direction = TrendSame
	}
	word := map[string]string{TrendLater: "pays later than before", TrendEarlier: "pays earlier than before", TrendSame: "pays as before"}[t.Direction]
	t.Sentence = fmt.Sprintf("%s: half of the last %d days' %d payments came by %s, half of the %d before by %s",
		word, RecentDays, t.Recent, RelativeToDue(now), t.Before, RelativeToDue(then))
	return t
}

func paidCount(late []LateCount, is func(LateCount) bool) int {
	all := 0
	for _, l := range late {
		if is(l) {
			all += l.Count
		}
	}
	return all
}

// quantile returns the day by which so many tenths of the payments had come; nil
// when there are none. The counts stand in the order of their days.
func quantile(late []LateCount, is func(LateCount) bool, tenths int) *int {
	all, seen, day := paidCount(late, is), 0, math.MinInt
	if all == 0 {
		return nil
	}
	for _, l := range late {
		if !is(l) || l.Count == 0 {
			continue
		}
		if seen += l.Count; 10*seen >= tenths*all {
			day = l.Days
			break
		}
	}
	return &day
}

// RelativeToDue says a number of days after the due date in words.
func RelativeToDue(days int) string {
	unit := "days"
	if days == 1 || days == -1 {
		unit = "day"
	}
	switch {
	case days > 0:
		return fmt.Sprintf("%d %s after due", days, unit)
	case days < 0:
		return fmt.Sprintf("%d %s before due", -days, unit)
	default:
		return "the due day"
	}
}
