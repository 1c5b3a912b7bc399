package paytime

import "comity/domain"

// base is day 0 of the package: days are counted from it.
var base = domain.MustDate("2000-01-01")

// The days that an almanac holds. Dates outside are read as the nearest one.
const (
	almanacFirst = -3652        // 1 January 1990, a Monday
	almanacDays  = 3652 + 36525 // until 31 December 2099
)

// DayOf counts a date's days after 1 January 2000.
func DayOf(d domain.Date) int { return base.DaysUntil(d) }

// An Almanac holds what the model asks about calendar days: whether money moves on
// them, and where they stand in their week and month. It is safe to share.
type Almanac struct {
	days []almanacDay
}

type almanacDay struct {
	opened   int32 // open days up to and including this one
	closed   bool
	weekday  uint8 // Monday is 0
	toEnd    uint8 // days to the end of the month, 0 to 30
	openLeft uint8 // open days after this one in its month, at most mostOpenLeft
	before   uint8 // closed days directly before this one
	nth      uint8 // weekday and week from the end of the month, 5 to a weekday
	parity   uint8 // weekday and odd or even week, 2 to a weekday
}

// mostOpenLeft is where open days left in a month are no longer told apart.
const mostOpenLeft = 23

// A window is the days of an almanac from FirstDay to LastDay after a due day.
type window [Days]almanacDay

// around returns the window of a due day: a part of the almanac, or spare, filled,
// where it goes beyond the almanac's ends.
func (a *Almanac) around(due int, spare *window) *window {
	if at := due + FirstDay - almanacFirst; at >= 0 && at+Days <= len(a.days) {
		return (*window)(a.days[at : at+Days])
	}
	for i := range spare {
		day := due + FirstDay + i
		spare[i] = *a.on(day)
		spare[i].parity = spare[i].weekday*2 + uint8(weekOf(day))
	}
	return spare
}

// NewAlmanac returns the almanac of a calendar of banking days.
func NewAlmanac(cal domain.Calendar) *Almanac {
	a := &Almanac{days: make([]almanacDay, almanacDays)}
	opened, closedRun := int32(0), uint8(0)
	for i := range a.days {
		date := base.Plus(almanacFirst + i)
		d := almanacDay{
			closed:  !cal.IsBusinessDay(date),
			weekday: uint8((int(date.Weekday()) + 6) % 7),
			toEnd:   uint8(date.DaysUntil(date.MonthEnd())),
			before:  closedRun,
		}
		if d.closed {
			closedRun = min(closedRun+1, 200)
		} else {
			opened++
			closedRun = 0
		}
		d.opened = opened
		d.nth = d.weekday*5 + d.toEnd/7
		d.parity = d.weekday*2 + uint8(weekOf(almanacFirst+i))
		a.days[i] = d
	}
	for i := range a.days {
		end := min(i+int(a.days[i].toEnd), len(a.days)-1)
		a.days[i].openLeft = uint8(min(a.days[end].opened-a.days[i].opened, mostOpenLeft))
	}
	return a
}

// on returns what is known about a day.
func (a *Almanac) on(day int) *almanacDay {
	return &a.days[min(max(day-almanacFirst, 0), len(a.days)-1)]
}

// openLate returns how many open days lie between the due day, moved to the next
// open day where it is closed, and a day; negative before it.
func (a *Almanac) openLate(due, day int) int {
	rolled := int(a.on(due).opened)
	if a.on(due).closed {
		rolled++
	}
	return int(a.on(day).opened) - rolled
}
