package collections

import (
	"time"

	"comity/domain"
)

const thanksWait = 15 * time.Minute // D-30, in business minutes

// hours are those in which messages are sent, in the debtor's zone, and the slot of
// those that we start.
type hours struct{ opens, closes, slotHour, slotMinute int }

// anyHours are ours, and those that a contact may narrow them to.
var (
	anyHours = hours{8, 18, 9, 30}
	partOf   = map[domain.Hours]hours{domain.HoursMorning: {8, 12, 9, 30}, domain.HoursAfternoon: {13, 18, 13, 30}}
)

// local is the debtor's clock and calendar.
type local struct {
	zone  *time.Location
	cal   domain.Calendar
	now   time.Time
	today domain.Date
	hours
}

func localOf(f *domain.CaseFacts) local {
	zone := f.Relationship.Zone()
	wished, narrowed := partOf[f.Preferences.Hours]
	if !narrowed {
		wished = anyHours
	}
	return local{zone, domain.BusinessDays(f.Relationship.Country), f.Now, domain.DateOf(f.Now.In(zone)), wished}
}

func (l local) day(t time.Time) domain.Date { return domain.DateOf(t.In(l.zone)) }

// inHours reports whether t lies in the hours of a business day.
func (l local) inHours(t time.Time) bool {
	day := l.day(t)
	return l.cal.IsBusinessDay(day) && !t.Before(day.At(l.opens, 0, l.zone)) && t.Before(day.At(l.closes, 0, l.zone))
}

// slot returns the first slot on a business day from a day on that is not
// over. One of today that is not after now is due now.
func (l local) slot(from domain.Date) time.Time {
	day := l.cal.OnOrAfter(domain.Latest(from, l.today))
	if day == l.today && !l.now.Before(day.At(l.closes, 0, l.zone)) {
		day = l.cal.Add(day, 1)
	}
	return l.slotOn(day)
}

// slotAfter returns the slot of the first business day after today.
func (l local) slotAfter() time.Time { return l.slotOn(l.cal.Add(l.today, 1)) }

// slotOn returns the slot of a day.
func (l local) slotOn(day domain.Date) time.Time { return day.At(l.slotHour, l.slotMinute, l.zone) }

// open returns the first moment in hours that is neither before t nor before now.
func (l local) open(t time.Time) time.Time {
	if t.Before(l.now) {
		t = l.now
	}
	day := l.day(t)
	if l.cal.IsBusinessDay(day) && t.Before(day.At(l.closes, 0, l.zone)) {
		if at := day.At(l.opens, 0, l.zone); t.Before(at) {
			return at
		}
		return t
	}
	return l.cal.Add(day, 1).At(l.opens, 0, l.zone)
}

// afterMinutes returns the moment that wait of business time after t.
func (l local) afterMinutes(t time.Time, wait time.Duration) time.Time {
	for {
		day := l.day(t)
		start, end := day.At(l.opens, 0, l.zone), day.At(l.closes, 0, l.zone)
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
		t = l.cal.Add(day, 1).At(l.opens, 0, l.zone)
	}
}
