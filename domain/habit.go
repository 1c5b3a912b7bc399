package domain

import (
	"fmt"
	"time"

	"comity/money"
)

// The codes of habits.
const (
	HabitWeekday  = "weekday"
	HabitMonthEnd = "month-end"
)

// The yardsticks of a habit. Each working day has a fifth of all payments, the last
// five days of a month a sixth. A habit has twice that share, in a history of at
// least eight payments, and lies further from it than chance would take it: three
// standard deviations of as many payments on days drawn by lot.
const (
	FewestForHabit   = 8
	monthEndDays     = 5
	oneInWeekday     = 5
	oneInMonthEnd    = 6
	habitTimes       = 2
	habitDeviations  = 3
	daysOfAMonth     = 31
	daysOfAWeek      = 7
	mostHabitCounted = 100_000_000
)

// HabitCounts count payments by the day on which they came.
type HabitCounts struct {
	Weekdays  [daysOfAWeek]int  // by [time.Weekday]: Sunday first
	MonthEnds [daysOfAMonth]int // by how many days of the month were left: 0 is its last day
}

// A Habit is a way in which a debtor pays, with the numbers behind it.
type Habit struct {
	Code     string // weekday or month-end
	Count    int    // payments that keep to it
	Of       int    // payments known
	Share    money.Ppm
	General  money.Ppm // the share without a habit
	Sentence string
}

// Habits returns the habits that the counts show: weekdays from Monday on, then
// the end of the month. Fewer than eight payments show none.
func Habits(counts HabitCounts) []Habit {
	var habits []Habit
	all := sum(counts.Weekdays[:])
	for i := range daysOfAWeek {
		day := time.Weekday((i + 1) % daysOfAWeek)
		if count := bounded(counts.Weekdays[day]); stands(count, all, oneInWeekday) {
			habits = append(habits, habit(HabitWeekday, count, all, oneInWeekday, fmt.Sprintf(
				"pays on %ss: %d of %d payments came on a %s, one in %d is usual", day, count, all, day, oneInWeekday)))
		}
	}
	all = sum(counts.MonthEnds[:])
	if count := sum(counts.MonthEnds[:monthEndDays]); stands(count, all, oneInMonthEnd) {
		habits = append(habits, habit(HabitMonthEnd, count, all, oneInMonthEnd, fmt.Sprintf(
			"pays in runs near the end of the month: %d of %d payments came in its last %d days, one in %d is usual", count, all, monthEndDays, oneInMonthEnd)))
	}
	return habits
}

func habit(code string, count, all, oneIn int, sentence string) Habit {
	return Habit{Code: code, Count: count, Of: all, Share: share(count, all), General: share(1, oneIn), Sentence: sentence}
}

// stands reports whether count of all stands out where one in oneIn is usual. The
// squares are of whole numbers: (k·count − all)² > z²·all·(k − 1).
func stands(count, all, oneIn int) bool {
	over := int64(oneIn)*int64(count) - int64(all)
	return all >= FewestForHabit && oneIn*count >= habitTimes*all &&
		over*over > habitDeviations*habitDeviations*int64(all)*int64(oneIn-1)
}

// bounded keeps a count inside what can be squared.
func bounded(n int) int { return min(max(n, 0), mostHabitCounted/daysOfAMonth) }

func sum(counts []int) int {
	all := 0
	for _, n := range counts {
		all += bounded(n)
	}
	return all
}

// share returns part of all in parts per million, rounded half up; nothing of
// nothing is nothing.
func share(part, all int) money.Ppm {
	if all <= 0 {
		return 0
	}
	whole := int64(money.Whole)
	return money.Ppm((2*int64(part)*whole + int64(all)) / (2 * int64(all)))
}
