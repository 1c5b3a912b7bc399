package domain

import (
	"fmt"
	"time"
)

// A Date is a calendar day, with no time and no zone. Due dates, value dates and
// effective dates are Dates. The zero Date is no day.
type Date struct{ days int32 } // days since 1969-12-31, so that the zero value is "none"

// OnDay returns the given calendar day; out-of-range months and days carry over.
func OnDay(year int, month time.Month, day int) Date {
	return dateOfMidnight(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the day that t falls on in its own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return OnDay(y, m, d)
}

// ParseDate reads a day such as "2026-09-30", between the years 1900 and 2199.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("date %q is not YYYY-MM-DD", s)
	}
	if t.Year() < 1900 || t.Year() > 2199 {
		return Date{}, fmt.Errorf("date %q is outside 1900 to 2199", s)
	}
	return dateOfMidnight(t), nil
}

// MustDate is [ParseDate] for constants: it panics on a bad one.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

const secondsPerDay = 86_400

func dateOfMidnight(t time.Time) Date {
	return Date{int32(t.Unix()/secondsPerDay) + 1}
}

// IsZero reports whether d is no day.
func (d Date) IsZero() bool { return d == Date{} }

// String formats d as RFC 3339 does: "2026-09-30"; the zero Date is "".
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.midnight().Format(time.DateOnly)
}

// Long formats d for a letter: "Wednesday 4 March 2026".
func (d Date) Long() string { return d.midnight().Format("Monday 2 January 2006") }

// Short formats d for a letter: "4 March 2026".
func (d Date) Short() string { return d.midnight().Format("2 January 2006") }

// Plus returns the day n days after d.
func (d Date) Plus(n int) Date { return Date{d.days + int32(n)} }

// DaysUntil returns how many days lie between d and other; negative if other is earlier.
func (d Date) DaysUntil(other Date) int { return int(other.days - d.days) }

// Before reports whether d is earlier than other.
func (d Date) Before(other Date) bool { return d.days < other.days }

// After reports whether d is later than other.
func (d Date) After(other Date) bool { return d.days > other.days }

// Weekday returns the day of the week of d.
func (d Date) Weekday() time.Weekday { return d.midnight().Weekday() }

// YearMonth returns the year and the month that d lies in.
func (d Date) YearMonth() (int, time.Month) {
	t := d.midnight()
	return t.Year(), t.Month()
}

// MonthEnd returns the last day of d's month.
func (d Date) MonthEnd() Date {
	year, month := d.YearMonth()
	return OnDay(year, month+1, 0)
}

// At returns the instant of the wall-clock time on d in zone. A time that the
// zone skips when clocks go forward is read as [time.Date] reads it.
func (d Date) At(hour, minute int, zone *time.Location) time.Time {
	t := d.midnight()
	return time.Date(t.Year(), t.Month(), t.Day(), hour, minute, 0, 0, zone)
}

// Latest returns the later of a and b.
func Latest(a, b Date) Date {
	if a.Before(b) {
		return b
	}
	return a
}

// Earliest returns the earlier of two days.
func Earliest(a, b Date) Date {
	if b.Before(a) {
		return b
	}
	return a
}

func (d Date) midnight() time.Time {
	return time.Unix(int64(d.days-1)*secondsPerDay, 0).UTC()
}
