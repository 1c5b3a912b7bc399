package domain

import (
	"errors"
	"fmt"

	"comity/money"
)

// longestBand bounds the days of one fee band: a longer one is a typing error.
const longestBand = 366

// Family returns the family of f. Terms without a rate are of the flat one.
func (f FeeTerms) Family() FeeFamily {
	switch {
	case !f.UpfrontRate.IsZero() || !f.DailyRate.IsZero():
		return FeeDaily
	case f.StepDays > 0:
		return FeeBanded
	}
	return FeeFlat
}

// Check reports the first field of f that no contract could mean: bands are 1
// to 366 days long, rates lie between 0 and 1, a fee that steps up says how often,
// and an up-front and daily fee has no bands.
func (f FeeTerms) Check() error {
	if f.Family() == FeeDaily {
		return f.checkDaily()
	}
	whole := money.Percent(100)
	switch {
	case f.FirstDays < 1 || f.FirstDays > longestBand:
		return fmt.Errorf("fee FirstDays %d: not 1 to %d days", f.FirstDays, longestBand)
	case f.FirstRate.Negative() || whole.Less(f.FirstRate):
		return fmt.Errorf("fee FirstRate %s: not between 0 and 1", f.FirstRate)
	case f.StepRate.Negative() || whole.Less(f.StepRate):
		return fmt.Errorf("fee StepRate %s: not between 0 and 1", f.StepRate)
	case f.StepDays < 0 || f.StepDays > longestBand:
		return fmt.Errorf("fee StepDays %d: not 1 to %d days", f.StepDays, longestBand)
	case f.StepDays == 0 && !f.StepRate.IsZero():
		return errors.New("fee StepDays 0: a StepRate needs days to step by")
	}
	return nil
}

func (f FeeTerms) checkDaily() error {
	whole := money.Percent(100)
	switch {
	case f.FirstDays != 0 || !f.FirstRate.IsZero():
		return fmt.Errorf("fee FirstDays %d: an up-front and daily fee has no bands", f.FirstDays)
	case f.StepDays != 0 || !f.StepRate.IsZero():
		return fmt.Errorf("fee StepDays %d: an up-front and daily fee has no bands", f.StepDays)
	case f.UpfrontRate.Negative() || whole.Less(f.UpfrontRate):
		return fmt.Errorf("fee UpfrontRate %s: not between 0 and 1", f.UpfrontRate)
	case f.DailyRate.Negative() || whole.Less(f.DailyRate):
		return fmt.Errorf("fee DailyRate %s: not between 0 and 1", f.DailyRate)
	}
	return nil
}

// Fraction returns the contractual fee at the end of the given day as a fraction
// of the basis: every started band whole (D-13). Day 0 is the funding date and,
// like any day before it, costs nothing. It panics on an up-front and daily fee,
// which is no fraction of the basis alone: see [FeeTerms.OwedOn].
func (f FeeTerms) Fraction(day int) money.Rate {
	f.mustBeOfBasis()
	switch {
	case day <= 0:
		return money.Rate{}
	case day <= f.FirstDays || f.StepDays <= 0:
		return f.FirstRate
	}
	started := (day - f.FirstDays + f.StepDays - 1) / f.StepDays
	return f.FirstRate.Plus(f.StepRate.TimesInt(int64(started)))
}

// Owed returns the contractual fee on basis if the debtor's payment is value
// dated on the given day after funding: every started band whole, rounded once. It
// panics on an up-front and daily fee: see [FeeTerms.OwedOn].
func (f FeeTerms) Owed(basis money.Amount, day int) money.Amount {
	return basis.Times(f.Fraction(day))
}

// OwedOn returns the contractual fee of any family if the debtor's payment is
// value dated on the given day after funding, rounded once. A fee by bands does
// not look at the advance and is that of [FeeTerms.Owed].
func (f FeeTerms) OwedOn(basis, advance money.Amount, day int) money.Amount {
	return money.Minor(1, basis.Currency()).Times(f.Unrounded(basis, advance, day))
}

// Unrounded returns the fee of [FeeTerms.OwedOn] before it is rounded, as an exact
// number of minor units: what a mean over days is taken of. An up-front rate is
// owed from day 0, the funding date; before it nothing is.
func (f FeeTerms) Unrounded(basis, advance money.Amount, day int) money.Rate {
	if f.Family() != FeeDaily {
		return f.Fraction(day).TimesInt(basis.Units())
	}
	if day < 0 {
		return money.Rate{}
	}
	return f.UpfrontRate.TimesInt(basis.Units()).Plus(f.DailyRate.TimesInt(advance.Units()).TimesInt(int64(day)))
}

func (f FeeTerms) mustBeOfBasis() {
	if f.Family() == FeeDaily {
		panic("domain: an up-front and daily fee is owed on an advance")
	}
}

// Recognised returns the fee on basis that is income by the end of the given
// day: each started band spread evenly over its days (D-13). It is cumulative
// and rounded once, so that increments add up to [FeeTerms.Owed] at the end of
// every band; the unearned rest of a band at a receipt is Owed less Recognised. It
// panics on an up-front and daily fee.
func (f FeeTerms) Recognised(basis money.Amount, day int) money.Amount {
	before, length, rate := f.band(day)
	if length <= 0 {
		return f.Owed(basis, day)
	}
	finished := f.Fraction(before).TimesInt(int64(length))
	running := rate.TimesInt(int64(day - before))
	return basis.Share(finished.Plus(running), 1, int64(length))
}

// RecognisedOn returns the fee of any family that is income by the end of the given
// day: of bands that of [FeeTerms.Recognised], of an up-front and daily fee what is
// owed by then, the up-front rate on the funding date.
func (f FeeTerms) RecognisedOn(basis, advance money.Amount, day int) money.Amount {
	if f.Family() == FeeDaily {
		return f.OwedOn(basis, advance, day)
	}
	return f.Recognised(basis, day)
}

// band returns the band that a day lies in: how many days lie before it, its
// length and its rate. The length is 0 where nothing is being earned.
func (f FeeTerms) band(day int) (before, length int, rate money.Rate) {
	switch {
	case day <= 0:
		return 0, 0, money.Rate{}
	case day <= f.FirstDays:
		return 0, f.FirstDays, f.FirstRate
	case f.StepDays <= 0:
		return 0, 0, money.Rate{}
	}
	finished := (day - f.FirstDays - 1) / f.StepDays
	return f.FirstDays + finished*f.StepDays, f.StepDays, f.StepRate
}

// EffectiveKnown reports whether s has an effective yearly rate. A scenario that
// costs something and whose Effective is zero has none: its flows have no single
// root between -99 % and +5,000 % a year (D-15), and a page says "not computable".
func (s Scenario) EffectiveKnown() bool {
	return s.TotalCost.IsZero() || !s.Effective.IsZero()
}
