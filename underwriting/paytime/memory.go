package paytime

import "math"

// unit is the weight of one payment of today: integers count in millionths of it
// or so, and commute.
const unit = 1 << 20

// decay holds the weight of a payment by its age in days: it halves with every
// half-life and is nothing beyond the last entry.
type decay [LongestTerm + 1]int64

func halfLife(days float64) *decay {
	var d decay
	for age := range d {
		d[age] = int64(math.Round(unit * math.Exp2(-float64(age)/days)))
	}
	return &d
}

func (d *decay) at(age int) int64 { return d[min(max(age, 0), LongestTerm)] }

// The half-lives of the memories, chosen by cross-validation inside training rows.
var (
	fortnight = halfLife(14)
	sixWeeks  = halfLife(45)
	months5   = halfLife(150)
	months6   = halfLife(180)
	months8   = halfLife(240)
	months10  = halfLife(300)
)

// likeness holds the weight of an amount by how many bands it is away: a bell
// whose deviation is 0.3 in the logarithm.
var likeness = func() (w [9]int64) {
	for i := range w {
		distance := float64(i) * math.Ln2 / bandsPerDoubling / 0.3
		w[i] = int64(math.Round(unit * math.Exp(-distance*distance/2)))
	}
	return w
}()

func alike(band, other int) int64 {
	distance := max(band-other, other-band)
	if distance >= len(likeness) {
		return 0
	}
	return likeness[distance]
}

// sameTerm is how far apart the terms of like invoices may be, in days.
const sameTerm = 2
