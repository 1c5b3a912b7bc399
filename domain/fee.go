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

// Fraction returns what is owed at the end of the given day as a fraction of the
// basis: every started band whole (D-13), or the up-front rate. Day 0 is the funding
// date; before it nothing is owed. What a daily rate takes of the advance is not in
// it: see [FeeTerms.OwedOn].
func (f FeeTerms) Fraction(day int) money.Rate {
	switch {
	case day < 0:
		return money.Rate{}
	case day == 0 || f.Family() == FeeDaily:
		return f.UpfrontRate
	case day <= f.FirstDays || f.StepDays <= 0:
		return f.FirstRate
	}
	started := (day - f.FirstDays + f.StepDays - 1) / f.StepDays
	return f.FirstRate.Plus(f.StepRate.TimesInt(int64(started)))
}

// OwedOn returns the contractual fee on basis and advance if the debtor's payment is
// value dated on the given day after funding (D-13, D-16), rounded once. A fee by
// bands does not look at the advance.
func (f FeeTerms) OwedOn(basis, advance money.Amount, day int) money.Amount {
	return money.Minor(1, basis.Currency()).Times(f.Unrounded(basis, advance, day))
}

// Unrounded returns the fee of [FeeTerms.OwedOn] before it is rounded, as an exact
// number of minor units: what a mean over days is taken of. It panics if days of a
// daily rate are owed on an advance that is not in the currency of the basis: one
// that was forgotten would cost nothing.
func (f FeeTerms) Unrounded(basis, advance money.Amount, day int) money.Rate {
	fee := f.Fraction(day).TimesInt(basis.Units())
	if day <= 0 || f.DailyRate.IsZero() {
		return fee
	}
	if advance.Currency() != basis.Currency() {
		panic(fmt.Sprintf("domain: a daily fee on a basis in %q and an advance in %q", basis.Currency(), advance.Currency()))
	}
	return fee.Plus(f.DailyRate.TimesInt(advance.Units()).TimesInt(int64(day)))
}

// RecognisedOn returns the fee on basis and advance that is income by the end of the
// given day: each started band spread evenly over its days (D-13), and of an up-front
// and daily fee, which has no bands, what is owed by then. It is cumulative and rounded
// once, so that increments add up to [FeeTerms.OwedOn] at the end of every band; the
// unearned rest of a band at a receipt is OwedOn less RecognisedOn.
func (f FeeTerms) RecognisedOn(basis, advance money.Amount, day int) money.Amount {
	before, length, rate := f.band(day)
	if length <= 0 {
		return f.OwedOn(basis, advance, day)
	}
	finished := f.Fraction(before).TimesInt(int64(length))
	running := rate.TimesInt(int64(day - before))
	return basis.Share(finished.Plus(running), 1, int64(length))
}

// band returns the band that a day lies in: how many days lie before it, its
// length and its rate. The length is 0 where no band is being earned.
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
