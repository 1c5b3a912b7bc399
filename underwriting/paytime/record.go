package paytime

import (
	"cmp"
	"math/bits"
)

// Bounds of what a record can say.
const (
	LongestTerm = 3650      // days from issue to due
	MostInCell  = 1_000_000 // invoices counted together
)

// Paid counts invoices of a relationship that are alike and were paid on one day.
type Paid struct {
	Day   int // of payment, as [DayOf]
	Late  int // days after due, at most LongestTerm on either side
	Term  int // days from issue to due, 0 to LongestTerm
	Band  int // of the amount, see [BandOf]
	Count int // 1 to MostInCell
}

// due and issued return the days that follow from the counted ones.
func (p Paid) due() int    { return p.Day - p.Late }
func (p Paid) issued() int { return p.due() - p.Term }

// Open counts other invoices of the relationship that are alike and not paid yet.
type Open struct {
	Due   int // due day, as [DayOf]
	Term  int
	Band  int
	Count int
}

func comparePaid(a, b Paid) int {
	return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Late, b.Late), cmp.Compare(a.Term, b.Term), cmp.Compare(a.Band, b.Band))
}

func compareOpen(a, b Open) int {
	return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Term, b.Term), cmp.Compare(a.Band, b.Band))
}

// bandsPerDoubling says how fine amounts are told apart: a quarter of a doubling,
// 19 per cent.
const bandsPerDoubling = 4

// quarters holds 2^(1/4), 2^(2/4) and 2^(3/4) with the binary point after the
// highest bit of 64.
var quarters = [3]uint64{0x9837f0518db8a970, 0xb504f333f9de6484, 0xd744fccad69d6af4}

// BandOf returns the band of an amount in minor units: four to a doubling, 0 for
// 1 and less.
func BandOf(minor int64) int {
	if minor <= 1 {
		return 0
	}
	length := bits.Len64(uint64(minor))
	mantissa := uint64(minor) << (64 - length)
	band := bandsPerDoubling * (length - 1)
	for _, q := range quarters {
		if mantissa >= q {
			band++
		}
	}
	return band
}
