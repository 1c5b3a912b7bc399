package collections

import (
	"time"

	"comity/domain"
)

// A Clock is the debtor's clock, for tests.
type Clock struct{ local }

// ClockOf is the clock of a case.
func ClockOf(f domain.CaseFacts) Clock { return Clock{localOf(&f)} }

// Day is the debtor's day of a moment.
func (c Clock) Day(t time.Time) domain.Date { return c.day(t) }

// InHours reports whether messages may leave at a moment.
func (c Clock) InHours(t time.Time) bool { return c.inHours(t) }

// Slot is when a message that we start leaves.
func (c Clock) Slot(from domain.Date) time.Time { return c.slot(from) }

// SlotAfter is the slot of the next business day.
func (c Clock) SlotAfter() time.Time { return c.slotAfter() }

// Open is the first moment in hours.
func (c Clock) Open(t time.Time) time.Time { return c.open(t) }

// AfterMinutes counts business time.
func (c Clock) AfterMinutes(t time.Time, wait time.Duration) time.Time {
	return c.afterMinutes(t, wait)
}
