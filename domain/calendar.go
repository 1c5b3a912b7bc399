package domain

import "comity/money"

// A Calendar knows on which days business is done. The zero Calendar knows
// weekends only. Weekends are Saturday and Sunday, and Friday and Saturday where a country
// keeps them so.
type Calendar struct {
	holidays *holidayTable
	friday   bool // the weekend begins on Friday
}

// BusinessDays returns the calendar of the public holidays of a country (ISO
// 3166 alpha-2) as the library rickar/cal lists them, or we do. Where holidays differ
// inside a country it is: Germany and Canada the common ones, Australia New South
// Wales, Switzerland every canton's, Great Britain England and Wales. An unknown
// country has weekends only: see [Calendar.KnowsHolidays].
func BusinessDays(country string) Calendar {
	if table, known := publicHolidays[country]; known {
		return Calendar{holidays: table()}
	}
	return Calendar{friday: fridays[country]}
}

// BankingDays returns the calendar on which money in a currency moves: Federal
// Reserve for USD, TARGET for EUR, the bank holidays of England and Wales for
// GBP, else the public holidays of the country.
func BankingDays(currency money.Currency, country string) Calendar {
	if table, known := settlementHolidays[currency]; known {
		return Calendar{holidays: table()}
	}
	return BusinessDays(country)
}

// KnowsHolidays reports whether c knows more than weekends.
func (c Calendar) KnowsHolidays() bool { return c.holidays != nil }

// IsBusinessDay reports whether d is neither a weekend nor an observed holiday.
// Before 1900 and after 2199 only weekends are known.
func (c Calendar) IsBusinessDay(d Date) bool {
	saturday := d
	if c.friday {
		saturday = d.Plus(1)
	}
	return !saturday.weekend() && !c.holidays.holds(d)
}

// OnOrBefore returns d if it is a business day, else the last one before it.
func (c Calendar) OnOrBefore(d Date) Date {
	for !c.IsBusinessDay(d) {
		d = d.Plus(-1)
	}
	return d
}

// OnOrAfter returns d if it is a business day, else the next one after it: the
// roll "following" of D-16.
func (c Calendar) OnOrAfter(d Date) Date {
	for !c.IsBusinessDay(d) {
		d = d.Plus(1)
	}
	return d
}

// Add returns the nth business day after d, or before it when n is negative; d
// itself, business day or not, when n is 0.
func (c Calendar) Add(d Date, n int) Date {
	step := 1
	if n < 0 {
		step = -1
	}
	for ; n != 0; n -= step {
		d = d.Plus(step)
		for !c.IsBusinessDay(d) {
			d = d.Plus(step)
		}
	}
	return d
}

// Between returns how many business days lie after a, up to and including b. It
// is negative when b is before a: minus the days after b, up to and including a.
func (c Calendar) Between(a, b Date) int {
	if b.Before(a) {
		return -c.Between(b, a)
	}
	count := 0
	for d := a.Plus(1); !d.After(b); d = d.Plus(1) {
		if c.IsBusinessDay(d) {
			count++
		}
	}
	return count
}

// weekend reports whether d is a Saturday or a Sunday. Day 3 of the count that a
// Date keeps is 1970-01-03, a Saturday.
func (d Date) weekend() bool {
	const aSaturday = 3
	return ((d.days-aSaturday)%7+7)%7 < 2
}
