package paytime

import "math"

// Logarithms and exponentials are most of what a pricing computes. These are exact
// to about twelve digits, which is far below the step of a millionth in which
// results are kept, and several times faster than the library's.

const (
	logBits = 7
	expBits = 6
)

var (
	logAt [1 << logBits]struct{ log, inverse float64 } // of the middle of a step
	expAt [1 << expBits]float64
)

func init() {
	for i := range logAt {
		middle := 1 + (float64(i)+.5)/(1<<logBits)
		logAt[i].log, logAt[i].inverse = math.Log(middle), 1/middle
	}
	for i := range expAt {
		expAt[i] = math.Exp2(float64(i) / (1 << expBits))
	}
}

// quickLog returns the natural logarithm of x, which must be positive and normal. It
// is written so that the compiler inlines it.
func quickLog(x float64) float64 {
	bits := math.Float64bits(x)
	at := &logAt[bits>>(52-logBits)&(1<<logBits-1)]
	r := math.Float64frombits(bits&(1<<52-1)|1023<<52)*at.inverse - 1
	return float64(int(bits>>52)-1023)*math.Ln2 + at.log + r*(1-r*(.5-r*(1.0/3-r*(.25-r*.2))))
}

// logAll replaces positive numbers by their natural logarithms. It is quickLog, written
// out so that a processor works on several at a time.
func logAll(x []float64) {
	for k, v := range x {
		bits := math.Float64bits(v)
		at := &logAt[bits>>(52-logBits)&(1<<logBits-1)]
		r := math.Float64frombits(bits&(1<<52-1)|1023<<52)*at.inverse - 1
		x[k] = logOfPower[bits>>52] + at.log + r*(1-r*(.5-r*(1.0/3-r*(.25-r*.2))))
	}
}

// logOfPower holds the logarithms of the powers of two, by the bits of the exponent.
var logOfPower = func() (of [1 << 12]float64) {
	for bits := range of {
		of[bits] = float64(bits-1023) * math.Ln2
	}
	return of
}()

// nearest is added to a number to round it: what is left of a whole number stands in
// the lowest bits of the sum.
const nearest = 3 << 51

// quickExp returns e to the power of x, for x from -700 to 700; beyond it the value
// at the end.
func quickExp(x float64) float64 {
	if x < -700 {
		x = -700
	} else if x > 700 {
		x = 700
	}
	return expInside(x)
}

// expInside is quickExp for x from -700 to 700, which the compiler inlines.
func expInside(x float64) float64 {
	whole := x*((1<<expBits)/math.Ln2) + nearest
	n := math.Float64bits(whole)
	r := x - (whole-nearest)*(math.Ln2/(1<<expBits))
	scale := math.Float64frombits((n>>expBits + 1023) << 52)
	return scale * expAt[n&(1<<expBits-1)] * (1 + r*(1+r*(.5+r*(1.0/6+r*(1.0/24)))))
}
