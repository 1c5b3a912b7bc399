package generator

import (
	"math/bits"
	"math/rand/v2"
)

// million is the whole of a share in ppm.
const million = 1_000_000

// scale returns n times a share. It does not overflow where int has 32 bits.
func scale(n, share, of int) int { return int(int64(n) * int64(share) / int64(of)) }

// dice are thrown with nothing but the 64 bits of a PCG and integer arithmetic:
// the methods of rand.Rand reduce differently on 32-bit machines.
type dice struct{ pcg rand.PCG }

// seeded returns dice for a purpose of a seed.
func seeded(seed, purpose uint64) dice {
	var d dice
	d.pcg.Seed(seed, purpose)
	return d
}

// below returns a number from 0 to n-1. One value may be likelier than another by
// n in 2^64.
func (d *dice) below(n int) int {
	high, _ := bits.Mul64(d.pcg.Uint64(), uint64(n))
	return int(high)
}

// ppm returns a number from 0 to 999,999.
func (d *dice) ppm() int { return d.below(million) }

// chance is true so many times in a million.
func (d *dice) chance(ppm int) bool { return d.ppm() < ppm }

// pick returns an index, each as likely as its weight among all.
func (d *dice) pick(weights []int) int {
	total := 0
	for _, weight := range weights {
		total += weight
	}
	return chosen(weights, d.below(total))
}

// chosen returns the index whose stretch of the summed weights holds at.
func chosen(weights []int, at int) int {
	for i, weight := range weights {
		if at < weight {
			return i
		}
		at -= weight
	}
	return len(weights) - 1
}

// shuffled returns the numbers from 0 to n-1 in any order.
func (d *dice) shuffled(n int) []int {
	order := make([]int, n)
	for i := range order {
		j := d.below(i + 1)
		order[i] = order[j]
		order[j] = i
	}
	return order
}

// spread returns ranks in ppm that fill the range evenly, however few are
// taken: the i-th is a random start plus i steps of an irrational share of the
// whole. Debtors take theirs in the order of size, so that neither the large nor
// the small ones are all prompt by chance.
type spread struct{ start, step uint64 }

// The steps are 2^64 times g^-1, g^-2 and g^-3, where g^4 = g + 1: together they
// fill the cube evenly (M. Roberts, "The unreasonable effectiveness of
// quasirandom sequences", 2018).
const (
	stepLate  = 0xd1b54a32d192ed03
	stepEarly = 0xabc98388fb8fac03
	stepTerms = 0x8cb92ba72f3d8dd7
	stepLevel = 0x9e3779b97f4a7c15 // the golden section
	stepKind  = 0x6a09e667f3bcc909 // the square root of two
)

func (s spread) ppm(i int) int {
	high, _ := bits.Mul64(s.start+uint64(i)*s.step, million)
	return int(high)
}

// A knot is a point of a curve.
type knot struct{ ppm, value int }

// A curve is an inverse cumulative distribution: the value that a share of all
// does not exceed, straight between knots.
type curve []knot

// at returns the value at a rank.
func (c curve) at(ppm int) int {
	for i := 1; i < len(c); i++ {
		if a, b := c[i-1], c[i]; ppm < b.ppm {
			return a.value + scale(b.value-a.value, ppm-a.ppm, b.ppm-a.ppm)
		}
	}
	return c[len(c)-1].value
}
