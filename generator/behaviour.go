package generator

import (
	"time"

	"comity/domain"
)

// A Type is how a debtor behaves towards bills and letters.
type Type string

// The types.
const (
	Prompt       Type = "prompt"        // pays on the due day
	Early        Type = "early"         // pays before it when it can
	HabitualLate Type = "habitual-late" // pays some days after it
	WeeklyRun    Type = "weekly-run"    // pays on one weekday only
	MonthEndRun  Type = "month-end-run" // pays on the last Friday or the last working day of the month only
	CashPoor     Type = "cash-poor"     // pays late, and later with every bill
	Disputing    Type = "disputing"     // disputes bills and then pays them late
	Silent       Type = "silent"        // pays like a prompt one and answers no letter
	NeverPays    Type = "never-pays"    // pays nothing
)

// Types returns every type.
func Types() []Type {
	return []Type{Prompt, Early, HabitualLate, WeeklyRun, MonthEndRun, CashPoor, Disputing, Silent, NeverPays}
}

// A Habit is how one debtor behaves. Shares are of its bills, in ppm.
type Habit struct {
	Type       Type
	Profile    Profile // how late and how early its payments are: Runs, else DayDue
	LatePPM    int
	EarlyPPM   int          // what LatePPM leaves of a million counts
	RunDay     time.Weekday // of a run; Friday means the last Friday to a MonthEndRun, any other day the last working day
	SettleDays int          // an Early one pays so long after issue; 0: a few days before the due day
	LastBill   int          // bills after this one stay unpaid; 0: there is no such bill
}

// Typical returns a usual habit of a type, for whoever needs one without a
// portfolio.
func Typical(t Type, p Profile) Habit {
	h := Habit{Type: t, Profile: p, LatePPM: 20_000, EarlyPPM: 40_000}
	switch t {
	case Early:
		h.EarlyPPM = 700_000
	case HabitualLate, CashPoor, Disputing:
		h.LatePPM = 600_000
	case WeeklyRun:
		h.LatePPM, h.RunDay = 430_000, time.Friday
	case MonthEndRun:
		h.LatePPM, h.RunDay = 500_000, time.Friday
	case Prompt, Silent, NeverPays:
	}
	return h
}

// A Behaviour is a habit in time: it remembers what the debtor did last.
type Behaviour struct {
	habit    Habit
	trade    *trade
	pays     dice
	answers  dice // its own, so that asking does not change when a debtor pays
	mood     int
	bills    int
	late     int // shares of bills due on working days
	early    int
	toMonday bool // what is due on a weekend
	last     Bill
}

// Begin returns the behaviour of a debtor that has no past.
func (h Habit) Begin(seed uint64) *Behaviour {
	t, known := trades[h.Profile]
	if !known {
		t = &dayDue
	}
	h.LatePPM = min(million, max(0, h.LatePPM))
	h.EarlyPPM = min(million-h.LatePPM, max(0, h.EarlyPPM))
	b := &Behaviour{habit: h, trade: t, pays: seeded(seed, 1), answers: seeded(seed, 2), late: h.LatePPM, early: h.EarlyPPM}
	if !t.rollsDue {
		b.weekends()
	}
	return b
}

// weekends decides where the debtor pays what is due on a weekend and not late
// anyway: on Monday, which is late, or on Friday, which is early. Two due days of
// seven are on weekends, so the other five have to be late, or early, less often.
func (b *Behaviour) weekends() {
	late, early := b.habit.LatePPM, b.habit.EarlyPPM
	if b.toMonday = late >= (million-early)*2/7; b.toMonday {
		b.late = (7*late - 2*(million-early)) / 5
	} else {
		b.early = max(0, (7*early-2*(million-late))/5)
	}
}

// A Bill is what a behaviour needs to know of an invoice.
type Bill struct{ Issued, Due domain.Date }

// A Payment is what becomes of a bill.
type Payment struct {
	On       domain.Date // the zero Date: never
	Disputed bool
}

const (
	missesRun   = 40_000  // ppm of bills that a run leaves out
	monthLater  = 880_000 // a month-end run that is late so often pays
	laterDays   = 25      // so many days later
	disputes    = 250_000 // ppm of bills of a disputing debtor
	disputeDays = 26      // a disputed bill waits up to so long
)

// Pay returns when the debtor pays its next bill. Bills come in the order of issue.
func (b *Behaviour) Pay(bill Bill) Payment {
	b.feel(bill)
	b.bills++
	if b.habit.Type == NeverPays || (b.habit.LastBill > 0 && b.bills > b.habit.LastBill) {
		return Payment{}
	}
	day := b.day(bill)
	disputed := b.habit.Type == Disputing && b.pays.chance(disputes)
	if disputed {
		day = b.bookable(domain.Latest(day, bill.Due).Plus(1+b.pays.below(disputeDays)), bill.Due)
	}
	if day.Before(bill.Issued) {
		day = domain.Calendar{}.OnOrAfter(bill.Issued)
	}
	return Payment{On: day, Disputed: disputed}
}

// feel sets the mood: a rank among the ways in which a bill may fare, from very
// early to very late. Some bills fare like the one before.
func (b *Behaviour) feel(bill Bill) {
	keep := b.trade.mood
	if b.last.Due == bill.Due {
		keep = b.trade.sameDue
	}
	if mood := b.pays.ppm(); b.bills == 0 || !b.pays.chance(keep) {
		b.mood = mood
	}
	b.last = bill
}

func (b *Behaviour) day(bill Bill) domain.Date {
	switch b.habit.Type {
	case WeeklyRun:
		return b.weekly(bill)
	case MonthEndRun:
		return b.monthly(bill)
	default:
		return b.around(bill)
	}
}

// around pays on the due day, or before, or after.
func (b *Behaviour) around(bill Bill) domain.Date {
	late := b.latePPM()
	switch {
	case b.mood >= million-late:
		return b.bookable(bill.Due.Plus(b.daysLate(b.mood-(million-late), late)), bill.Due)
	case b.mood >= b.early:
		return b.bookable(bill.Due, bill.Due)
	case b.habit.SettleDays > 0:
		day := bill.Issued.Plus(b.habit.SettleDays + b.pays.below(3))
		if day.After(bill.Due) {
			day = bill.Due
		}
		return b.bookable(day, bill.Due)
	default:
		days := b.trade.ahead.at(million - 1 - scale(b.mood, million, b.early))
		return b.bookable(bill.Due.Plus(-days), bill.Due)
	}
}

// latePPM is the debtor's share of late bills; that of a cash-poor one grows.
func (b *Behaviour) latePPM() int {
	if b.habit.Type != CashPoor {
		return b.late
	}
	percent := 85 + min(b.bills, 40)
	return min(million, scale(b.late, percent, 100))
}

// daysLate returns how late a late bill is paid, by its rank among late ones.
func (b *Behaviour) daysLate(rank, of int) int {
	rank = scale(rank, million, of)
	switch b.habit.Type {
	case CashPoor:
		return b.trade.heavy.at(rank) + min(b.bills/8, 10)
	case HabitualLate, Disputing, MonthEndRun:
		return b.trade.habits.at(rank)
	default:
		return b.trade.slips.at(rank)
	}
}

// weekly pays in the first run on or after a day that is chosen so that the
// debtor is late as often as its habit says.
func (b *Behaviour) weekly(bill Bill) domain.Date {
	from := bill.Due.Plus(-6 + (7*b.habit.LatePPM+b.mood)/million)
	if b.mood >= million-missesRun {
		from = bill.Due.Plus(b.daysLate(b.mood-(million-missesRun), missesRun))
	}
	from = domain.Latest(from, bill.Issued)
	return from.Plus((int(b.habit.RunDay) - int(from.Weekday()) + 7) % 7)
}

// monthly is weekly for the end of a month.
func (b *Behaviour) monthly(bill Bill) domain.Date {
	from := bill.Due.Plus(-29 + (30*b.habit.LatePPM+b.mood)/million)
	if b.habit.LatePPM >= monthLater {
		from = from.Plus(laterDays)
	}
	from = domain.Latest(from, bill.Issued)
	run := b.monthRun(from)
	if run.Before(from) {
		run = b.monthRun(from.MonthEnd().Plus(1))
	}
	return run
}

// monthRun returns the day of the run in the month of a day.
func (b *Behaviour) monthRun(in domain.Date) domain.Date {
	last := in.MonthEnd()
	if b.habit.RunDay == time.Friday {
		sinceFriday := (int(last.Weekday()) - int(time.Friday) + 7) % 7
		return last.Plus(-sinceFriday)
	}
	return domain.Calendar{}.OnOrBefore(last)
}

// bookable moves a payment from a weekend to Friday when it is early and to
// Monday when it is late, or further. Some are booked on weekends all the same.
func (b *Behaviour) bookable(day, due domain.Date) domain.Date {
	week := domain.Calendar{}
	if week.IsBusinessDay(day) || b.booksOn(day.Weekday()) {
		return day
	}
	further := b.pays.chance(b.trade.beyond)
	switch early := day.Before(due) || (day == due && !b.toMonday); {
	case early && further:
		return week.OnOrBefore(day).Plus(-1 - b.pays.below(2))
	case early:
		return week.OnOrBefore(day)
	case further:
		return week.OnOrAfter(day).Plus(1)
	default:
		return week.OnOrAfter(day)
	}
}

// booksOn draws whether a payment is booked on a day of a weekend.
func (b *Behaviour) booksOn(day time.Weekday) bool {
	if day == time.Sunday {
		return b.pays.chance(b.trade.weekend / 8)
	}
	return b.pays.chance(b.trade.weekend)
}
