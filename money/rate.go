package money

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"

	"github.com/shopspring/decimal"
)

// A Rate is an exact decimal fraction: 0.025 is two and a half per cent. The
// zero Rate is nothing.
type Rate struct{ value decimal.Decimal }

// Percent returns n hundredths as a Rate.
func Percent(n int64) Rate { return Rate{decimal.New(n, -2)} }

// BasisPoints returns n ten-thousandths as a Rate.
func BasisPoints(n int64) Rate { return Rate{decimal.New(n, -4)} }

var plainRate = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,5})(\.[0-9]{1,12})?$`)

// ParseRate reads a rate as it stands on the wire: a plain decimal fraction of
// at most 12 places, such as "0.85". It gives [ErrSyntax].
func ParseRate(text string) (Rate, error) {
	if !plainRate.MatchString(text) {
		return Rate{}, fmt.Errorf("rate %q: %w", text, ErrSyntax)
	}
	value, err := decimal.NewFromString(text)
	if err != nil {
		return Rate{}, fmt.Errorf("rate %q: %w", text, ErrSyntax)
	}
	return Rate{value}, nil
}

// MustRate is [ParseRate] for constants: it panics on a bad one.
func MustRate(text string) Rate {
	r, err := ParseRate(text)
	if err != nil {
		panic(err)
	}
	return r
}

// Plus returns r + s.
func (r Rate) Plus(s Rate) Rate { return Rate{r.value.Add(s.value)} }

// Minus returns r - s.
func (r Rate) Minus(s Rate) Rate { return Rate{r.value.Sub(s.value)} }

// TimesInt returns n times r.
func (r Rate) TimesInt(n int64) Rate { return Rate{r.value.Mul(decimal.NewFromInt(n))} }

// Compare returns -1, 0 or +1 as r is less than, equal to or more than s.
func (r Rate) Compare(s Rate) int { return r.value.Cmp(s.value) }

// Less reports whether r is less than s.
func (r Rate) Less(s Rate) bool { return r.Compare(s) < 0 }

// Positive reports whether r is more than nothing.
func (r Rate) Positive() bool { return r.value.Sign() > 0 }

// Negative reports whether r is less than nothing.
func (r Rate) Negative() bool { return r.value.Sign() < 0 }

// IsZero reports whether r is nothing.
func (r Rate) IsZero() bool { return r.value.Sign() == 0 }

// FloorBasisPoints returns r cut down to a whole basis point, toward minus infinity.
func (r Rate) FloorBasisPoints() Rate { return Rate{r.value.RoundFloor(4)} }

// RoundPercent returns r rounded half to even to a hundredth of a per cent, for show.
func (r Rate) RoundPercent() Rate { return Rate{r.value.RoundBank(4)} }

// String formats r as it stands on the wire: "0.85".
func (r Rate) String() string { return r.value.String() }

// PercentString formats r for people, to two places: "54.33".
func (r Rate) PercentString() string { return r.value.Shift(2).StringFixedBank(2) }

// Ratio returns a over b as a rate of 12 places, rounded half to even. It
// panics if the currencies differ or b is nothing.
func Ratio(a, b Amount) Rate {
	a.mustMatch(b)
	top := new(big.Int).Mul(big.NewInt(a.minor), new(big.Int).Exp(big.NewInt(10), big.NewInt(12), nil))
	return Rate{decimal.New(roundedQuotient(top, big.NewInt(b.minor)), -12)}
}

// A Ppm is a probability or a share in parts per million.
type Ppm int32

// Whole is all of it: one million parts per million.
const Whole Ppm = 1_000_000

// Rate returns p as an exact Rate.
func (p Ppm) Rate() Rate { return Rate{decimal.New(int64(p), -6)} }

// String formats p as a decimal fraction, as it stands on the wire: "0.031250".
func (p Ppm) String() string { return decimal.New(int64(p), -6).StringFixed(6) }

// PpmOf returns r in parts per million, rounded half to even. It gives
// [ErrRange] when r is not between 0 and 1.
func PpmOf(r Rate) (Ppm, error) {
	if r.Negative() || r.value.GreaterThan(decimal.NewFromInt(1)) {
		return 0, fmt.Errorf("share %s: %w", r, ErrRange)
	}
	n, err := strconv.ParseInt(r.value.Shift(6).RoundBank(0).String(), 10, 32)
	if err != nil {
		return 0, fmt.Errorf("share %s: %w", r, ErrRange)
	}
	return Ppm(n), nil
}
