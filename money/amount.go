// Package money holds the numbers Comity computes with: an [Amount] of whole
// minor units in one currency, a [Rate] (an exact decimal fraction) and [Ppm]
// (a probability or share in millionths). None of them is ever a float, and the
// only rounding of money in Comity is in this package.
package money

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// ErrSyntax reports text that is not an amount or rate in Comity's plain form.
var ErrSyntax = errors.New("not a plain decimal")

// ErrPlaces reports an amount whose decimals are not the currency's.
var ErrPlaces = errors.New("wrong number of decimals for the currency")

// ErrRange reports an amount or rate that is too large to compute with.
var ErrRange = errors.New("out of range")

// ErrCurrency reports a currency that Comity does not keep books in.
var ErrCurrency = errors.New("not a currency that Comity keeps books in")

// maxMinor bounds every amount that is read from outside: ten thousand million
// million minor units leave room to add any number of them that fits a table.
const maxMinor = 10_000_000_000_000_000

// An Amount is a sum of money in one currency, counted in whole minor units:
// 1250 EUR is twelve euros fifty. The zero Amount is no money in no currency.
type Amount struct {
	minor    int64
	currency Currency
}

// Minor returns an Amount of n minor units of c.
func Minor(n int64, c Currency) Amount { return Amount{minor: n, currency: c} }

// Units returns the number of minor units in a.
func (a Amount) Units() int64 { return a.minor }

// Currency returns the currency of a.
func (a Amount) Currency() Currency { return a.currency }

// Positive reports whether a is more than nothing.
func (a Amount) Positive() bool { return a.minor > 0 }

// Negative reports whether a is less than nothing.
func (a Amount) Negative() bool { return a.minor < 0 }

// IsZero reports whether a is exactly nothing, in whatever currency.
func (a Amount) IsZero() bool { return a.minor == 0 }

// Plus returns a + b. It panics if the currencies differ or the sum overflows:
// no input can cause that, only a bug, and a wrong sum is worse than a crash.
func (a Amount) Plus(b Amount) Amount {
	a.mustMatch(b)
	sum := a.minor + b.minor
	if (sum > a.minor) != (b.minor > 0) {
		panic(fmt.Sprintf("money: %s + %s overflows", a, b))
	}
	return Amount{sum, a.currency}
}

// Minus returns a - b. It panics if the currencies differ.
func (a Amount) Minus(b Amount) Amount { return a.Plus(b.Negated()) }

// Negated returns -a.
func (a Amount) Negated() Amount { return Amount{-a.minor, a.currency} }

// Compare returns -1, 0 or +1 as a is less than, equal to or more than b. It
// panics if the currencies differ.
func (a Amount) Compare(b Amount) int {
	a.mustMatch(b)
	return cmp.Compare(a.minor, b.minor)
}

// Less reports whether a is less than b. It panics if the currencies differ.
func (a Amount) Less(b Amount) bool { return a.Compare(b) < 0 }

// Min returns the lesser of a and b. It panics if the currencies differ.
func Min(a, b Amount) Amount {
	if b.Less(a) {
		return b
	}
	return a
}

// Max returns the greater of a and b. It panics if the currencies differ.
func Max(a, b Amount) Amount {
	if a.Less(b) {
		return b
	}
	return a
}

// Times returns r of a, rounded once, half to even, to the minor unit.
func (a Amount) Times(r Rate) Amount {
	return a.Share(r, 1, 1)
}

// Share returns r of a times n over d, rounded once, half to even, to the minor
// unit: what a yearly rate earns in n of d days, or the part of a fee band that
// n of its d days have earned. It panics if d is zero.
func (a Amount) Share(r Rate, n, d int64) Amount {
	coefficient, exponent := r.value.Coefficient(), int64(r.value.Exponent())
	top := new(big.Int).Mul(big.NewInt(a.minor), coefficient)
	top.Mul(top, big.NewInt(n))
	bottom := big.NewInt(d)
	ten := big.NewInt(10)
	if exponent < 0 {
		bottom.Mul(bottom, new(big.Int).Exp(ten, big.NewInt(-exponent), nil))
	} else {
		top.Mul(top, new(big.Int).Exp(ten, big.NewInt(exponent), nil))
	}
	return Amount{roundedQuotient(top, bottom), a.currency}
}

// Split divides a into parts proportional to weights by largest remainder: the
// parts always sum to a, and no part is off by a whole minor unit. Ties go to
// the earlier part. It panics if weights is empty, has a negative weight, or
// sums to zero.
func (a Amount) Split(weights ...int64) []Amount {
	total := totalWeight(weights)
	parts := make([]Amount, len(weights))
	remainders := make([]*big.Int, len(weights))
	left := a.minor
	for i, weight := range weights {
		product := new(big.Int).Mul(big.NewInt(a.minor), big.NewInt(weight))
		quotient, remainder := product.QuoRem(product, total, new(big.Int))
		parts[i] = Amount{quotient.Int64(), a.currency}
		remainders[i] = remainder.Abs(remainder)
		left -= parts[i].minor
	}
	step := int64(1)
	if left < 0 {
		step = -1
	}
	for ; left != 0; left -= step {
		largest := 0
		for i, remainder := range remainders {
			if remainder.Cmp(remainders[largest]) > 0 {
				largest = i
			}
		}
		parts[largest].minor += step
		remainders[largest] = big.NewInt(-1)
	}
	return parts
}

// String formats a for people: "12.50 EUR".
func (a Amount) String() string { return a.Decimal() + " " + string(a.currency) }

// Decimal formats a without its currency, with exactly the currency's places:
// "12.50".
func (a Amount) Decimal() string {
	digits := strconv.FormatInt(a.minor, 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	decimals := int(a.currency.Places())
	if decimals == 0 {
		return sign + digits
	}
	if pad := decimals + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	point := len(digits) - decimals
	return sign + digits[:point] + "." + digits[point:]
}

// Grouped formats a for a letter: "12,345.60 EUR" is "EUR 12,345.60".
func (a Amount) Grouped() string {
	whole, fraction, _ := strings.Cut(a.Decimal(), ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	var grouped strings.Builder
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			grouped.WriteByte(',')
		}
		grouped.WriteRune(digit)
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	return string(a.currency) + " " + sign + grouped.String() + fraction
}

var plainAmount = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,17})(\.[0-9]+)?$`)

// Parse reads a plain decimal such as "12.50" with exactly the places that c
// has: "12.5", "12.505", "1e2", "+12.50" and "012.50" are no euros. It gives
// [ErrSyntax], [ErrPlaces] or [ErrRange].
func Parse(decimal string, c Currency) (Amount, error) {
	if !plainAmount.MatchString(decimal) {
		return Amount{}, fmt.Errorf("amount %q: %w", decimal, ErrSyntax)
	}
	whole, fraction, _ := strings.Cut(decimal, ".")
	if len(fraction) != int(c.Places()) {
		return Amount{}, fmt.Errorf("amount %q %s: %w", decimal, c, ErrPlaces)
	}
	minor, err := strconv.ParseInt(whole+fraction, 10, 64)
	if err != nil || minor > maxMinor || minor < -maxMinor {
		return Amount{}, fmt.Errorf("amount %q: %w", decimal, ErrRange)
	}
	return Amount{minor, c}, nil
}

// ParseExact reads a plain decimal with at most the places that c has: what an
// invoice file says, where "12.5" is twelve euros fifty. It never rounds: a
// non-zero digit beyond the minor unit is [ErrPlaces].
func ParseExact(decimal string, c Currency) (Amount, error) {
	whole, fraction, _ := strings.Cut(decimal, ".")
	decimals := int(c.Places())
	if len(fraction) > decimals {
		if strings.Trim(fraction[decimals:], "0") != "" {
			return Amount{}, fmt.Errorf("amount %q %s: %w", decimal, c, ErrPlaces)
		}
		fraction = fraction[:decimals]
	}
	fraction += strings.Repeat("0", decimals-len(fraction))
	if decimals == 0 {
		return Parse(whole, c)
	}
	return Parse(whole+"."+fraction, c)
}

func (a Amount) mustMatch(b Amount) {
	if a.currency != b.currency {
		panic(fmt.Sprintf("money: %s mixed with %s", a, b))
	}
}

func totalWeight(weights []int64) *big.Int {
	total := new(big.Int)
	for _, weight := range weights {
		if weight < 0 {
			panic("money: negative weight")
		}
		total.Add(total, big.NewInt(weight))
	}
	if total.Sign() == 0 {
		panic("money: no weight to split by")
	}
	return total
}

// roundedQuotient returns n / d, rounded half to even.
func roundedQuotient(n, d *big.Int) int64 {
	quotient, remainder := new(big.Int).QuoRem(n, d, new(big.Int))
	away := big.NewInt(int64(n.Sign() * d.Sign()))
	switch new(big.Int).Abs(new(big.Int).Lsh(remainder, 1)).Cmp(new(big.Int).Abs(d)) {
	case 1:
		quotient.Add(quotient, away)
	case 0:
		if quotient.Bit(0) == 1 {
			quotient.Add(quotient, away)
		}
	}
	if !quotient.IsInt64() || quotient.Int64() == math.MinInt64 {
		panic("money: result overflows")
	}
	return quotient.Int64()
}
