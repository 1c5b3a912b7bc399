// Package paytime is the payment-time model: for one invoice on one day, the
// distribution of the day on which it will be paid, and why.
//
// A debtor's record is kept as integer counts ([Paid], [Open]); [Build] reads them
// into a [Profile] as of a day; a fitted [Model] turns a profile into a [Curve].
// Counts are integers and commute, so the order in which payments became known
// does not matter. Everything that leaves the package is quantised.
//
// Days late are days after the due date, negative before it, from -90 to 180;
// 181 means later, or never: the model does not tell the two apart, and the mass
// there is no probability of default.
package paytime

import "sort"

// The days of a curve.
const (
	FirstDay = -90
	LastDay  = 180
	Days     = LastDay - FirstDay + 1
	// Later stands for every day after LastDay.
	Later = LastDay + 1
)

// Buckets is the number of lateness buckets: single days from 10 early to 14 late,
// wider ones outside.
const Buckets = 42

// upper holds the last day of each bucket.
var upper = [Buckets]int{
	-46, -31, -22, -15, -11,
	-10, -9, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	17, 21, 25, 30, 37, 45, 60, 75, 90, 120, LastDay, 1 << 30,
}

// lower holds the first day of each bucket.
var lower = func() (low [Buckets]int) {
	low[0] = -1 << 30
	for j := 1; j < Buckets; j++ {
		low[j] = upper[j-1] + 1
	}
	return low
}()

// Groups is the number of groups of buckets that share coefficients.
const Groups = 11

// groupEnd holds the last day of each group.
var groupEnd = [Groups]int{-11, -6, -3, -1, 0, 1, 3, 7, 14, 30, 1 << 30}

// groupOf holds the group of each bucket.
var groupOf = func() (of [Buckets]int) {
	for j := range of {
		of[j] = sort.SearchInts(groupEnd[:], upper[j])
	}
	return of
}()

// firstOf holds the first bucket of each group.
var firstOf = func() (first [Groups]int) {
	for j := Buckets - 1; j >= 0; j-- {
		first[groupOf[j]] = j
	}
	return first
}()

// bucketOf returns the bucket of a lateness.
func bucketOf(late int) int { return bucketTable[min(max(late, FirstDay), Later)-FirstDay] }

var bucketTable = func() (of [Days + 1]int) {
	for i := range of {
		of[i] = sort.SearchInts(upper[:], i+FirstDay)
	}
	return of
}()
