package collections

import (
	"time"

	"comity/domain"
)

// The hours in which messages are sent, in the debtor's zone, and the slot of
// those that we start.
const (
	opens      = 8
	closes     = 18
	slotHour   = 9
	slotMinute = 30
	thanksWait = 15 * time.Minute // D-30, in business minutes
)

// local is the debtor's clock and calendar.
type local struct {
	zone  *time.Location
	cal   domain.Calendar
	now   time.Time
	today domain.Date
}

func localOf(f *domain.CaseFacts) local {
	zone := f.Relationship.Zone()
	return local{zone, domain.BusinessDays(f.Relationship.Country), f.Now, domain.DateOf(f.Now.In(zone))}
}

func (l local) day(t time.Time) domain.Date { return domain.DateOf(t.In(l.zone)) }

// inHours reports whether t lies between 08:00 and 18:00 on a business day.
func (l local) inHours(t time.Time) bool {
	day := l.day(t)
	return l.cal.IsBusinessDay(day) && !t.Before(day.At(opens, 0, l.zone)) && t.Before(day.At(closes, 0, l.zone))
}

// slot returns the first 09:30 on a business day from a day on that is not
// over. One of today that is not after now is due now.
func (l local) slot(from domain.Date) time.Time {
	day := l.cal.OnOrAfter(domain.Latest(from, l.today))
	if day == l.today && !l.now.Before(day.At(closes, 0, l.zone)) {
		day = l.cal.Add(day, 1)
	}
	return day.At(slotHour, slotMinute, l.zone)
}

// slotAfter returns 09:30 on the first business day after today.
func (l local) slotAfter() time.Time { return l.cal.Add(l.today, 1).At(slotHour, slotMinute, l.zone) }

// open returns the first moment in hours that is neither before t nor before now.
func (l local) open(t time.Time) time.Time {
	if t.Before(l.now) {
		t = l.now
	}
	day := l.day(t)
	if l.cal.IsBusinessDay(day) && t.Before(day.At(closes, 0, l.zone)) {
		if at := day.At(opens, 0, l.zone); t.Before(at) {
			return at
		}
		return t
	}
	return l.cal.Add(day, 1).At(opens, 0, l.zone)
}

// afterMinutes returns the moment that wait of business time after t.
func (l local) afterMinutes(t time.Time, wait time.Duration) time.Time {
	for {
		day := l.day(t)
		start, end := day.At(opens, 0, l.zone), day.At(closes, 0, l.zone)
		if l.cal.IsBusinessDay(day) && t.Before(end) {
			if t.Before(start) {
				t = start
			}
			if left := end.Sub(t); wait < left {
				return t.Add(wait)
			} else {
				wait -= left
			}
		}
		t = l.cal.Add(day, 1).At(opens, 0, l.zone)
	}
}
