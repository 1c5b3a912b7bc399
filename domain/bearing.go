package domain

import "comity/money"

// A Move changes what of a purchase basis is open, or what of it is disputed, from a day on.
type Move struct {
	On       Date         // value date, or the day in the factor's zone on which it happened
	Open     money.Amount // added to what is open: negative for money, a credit, a part given back
	Disputed money.Amount // added to what is disputed
}

// Bearing returns what of a basis bears a fee at the beginning of a day: what is open and
// not disputed then, at least nothing. What moves on the day itself counts from the next.
func Bearing(basis money.Amount, moves []Move, day Date) money.Amount {
	left := basis
	for _, m := range moves {
		if m.On.Before(day) {
			left = left.Plus(m.Open).Minus(m.Disputed)
		}
	}
	return money.Min(basis, money.Max(left, money.Minor(0, basis.Currency())))
}

// OwedOver returns the contractual fee by the given day after funding on a basis that moves:
// a started band is owed whole on what was open and undisputed at the beginning of its first
// day, and is not computed again when that changes; a daily rate is owed on the advance in
// the proportion of the basis that bears it. With no moves it is [FeeTerms.OwedOn]. It is
// rounded once.
func (f FeeTerms) OwedOver(basis, advance money.Amount, funded Date, moves []Move, day int) money.Amount {
	return f.over(basis, advance, funded, moves, day, true)
}

// RecognisedOver returns the part of [FeeTerms.OwedOver] that is income by the end of the
// given day: each started band spread evenly over its days (D-13).
func (f FeeTerms) RecognisedOver(basis, advance money.Amount, funded Date, moves []Move, day int) money.Amount {
	return f.over(basis, advance, funded, moves, day, false)
}

func (f FeeTerms) over(basis, advance money.Amount, funded Date, moves []Move, day int, whole bool) money.Amount {
	switch {
	case len(moves) == 0 && whole:
		return f.OwedOn(basis, advance, day)
	case len(moves) == 0:
		return f.RecognisedOn(basis, advance, day)
	case f.Family() == FeeDaily:
		return f.dailyOver(basis, advance, funded, moves, day)
	}
	unit, started := money.Minor(1, basis.Currency()), money.Rate{}
	for first := 1; first <= day; {
		_, length, rate := f.band(first)
		if length == 0 {
			break // a flat fee after its one band
		}
		band := rate.TimesInt(Bearing(basis, moves, funded.Plus(first)).Units())
		if running := day - first + 1; running < length && !whole {
			return unit.Share(started.TimesInt(int64(length)).Plus(band.TimesInt(int64(running))), 1, int64(length))
		}
		started, first = started.Plus(band), first+length
	}
	return unit.Times(started)
}

// dailyOver is the fee of an up-front and daily rate; a part of the basis that bears nothing
// on a day costs nothing on it.
func (f FeeTerms) dailyOver(basis, advance money.Amount, funded Date, moves []Move, day int) money.Amount {
	if day < 0 {
		return money.Minor(0, basis.Currency())
	}
	var bearing int64
	for n := 1; n <= day; n++ {
		bearing += Bearing(basis, moves, funded.Plus(n)).Units()
	}
	upfront := f.UpfrontRate.TimesInt(basis.Units()).TimesInt(basis.Units())
	daily := f.DailyRate.TimesInt(advance.Units()).TimesInt(bearing)
	return money.Minor(1, basis.Currency()).Share(upfront.Plus(daily), 1, basis.Units())
}
