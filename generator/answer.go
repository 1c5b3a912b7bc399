package generator

import "comity/domain"

// A Saying is what an answer says.
type Saying string

// The sayings.
const (
	Confirms Saying = "confirms" // the bill is right and will be paid when it is due
	Promises Saying = "promises" // it will be paid on another day
	Disputes Saying = "disputes" // it is not owed, or not all of it
)

var sayings = [...]Saying{Confirms, Promises, Disputes}

// An Answer is what a debtor writes back.
type Answer struct {
	On   domain.Date
	Says Saying
}

// A manner is how debtors of a type answer. It is an assumption: payment
// histories hold no letters.
type manner struct {
	answers int // share of letters that are answered, in ppm
	days    int // within so many working days
	says    []int
}

var manners = map[Type]manner{
	Prompt:       {700_000, 3, []int{95, 3, 2}},
	Early:        {800_000, 2, []int{97, 1, 2}},
	HabitualLate: {500_000, 6, []int{40, 55, 5}},
	WeeklyRun:    {600_000, 5, []int{75, 22, 3}},
	MonthEndRun:  {500_000, 8, []int{60, 37, 3}},
	CashPoor:     {300_000, 10, []int{10, 80, 10}},
	Disputing:    {850_000, 3, []int{20, 10, 70}},
	Silent:       {0, 1, []int{1, 0, 0}},
	NeverPays:    {100_000, 15, []int{0, 70, 30}},
}

// Answer returns what the debtor answers to a letter and when, or false when it
// does not answer.
func (b *Behaviour) Answer(asked domain.Date) (Answer, bool) {
	m := manners[b.habit.Type]
	if !b.answers.chance(m.answers) {
		return Answer{}, false
	}
	on := domain.Calendar{}.Add(asked, 1+b.answers.below(m.days))
	return Answer{On: on, Says: sayings[b.answers.pick(m.says)]}, true
}
