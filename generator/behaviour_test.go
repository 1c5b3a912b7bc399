package generator_test

import (
	"testing"
	"time"

	"comity/domain"
	"comity/generator"
)

// life returns what becomes of 300 bills, one every third day, due after 30 days.
func life(b *generator.Behaviour, between func(domain.Date)) (bills []generator.Bill, paid []generator.Payment) {
	for i := range 300 {
		issued := domain.MustDate("2024-01-01").Plus(3 * i)
		bill := generator.Bill{Issued: issued, Due: issued.Plus(30)}
		bills, paid = append(bills, bill), append(paid, b.Pay(bill))
		between(issued)
	}
	return bills, paid
}

func silence(domain.Date) {}

func TestTypesBehaveAsTheyAreCalled(t *testing.T) {
	for _, profile := range []generator.Profile{generator.DayDue, generator.Runs} {
		late, early, disputed, unpaid := map[generator.Type]int{}, map[generator.Type]int{}, map[generator.Type]int{}, map[generator.Type]int{}
		for _, kind := range generator.Types() {
			bills, paid := life(generator.Typical(kind, profile).Begin(5), silence)
			for i, p := range paid {
				switch days := bills[i].Due.DaysUntil(p.On); {
				case p.On.IsZero():
					unpaid[kind]++
				case days > 0:
					late[kind]++
				case days < 0:
					early[kind]++
				}
				if p.Disputed {
					disputed[kind]++
				}
			}
		}
		checks := map[string]bool{
			"early ones pay early":              early[generator.Early] > 150,
			"prompt ones do not":                late[generator.Prompt]+early[generator.Prompt] < 120,
			"habitual-late ones pay late":       late[generator.HabitualLate] > 140,
			"cash-poor ones pay late":           late[generator.CashPoor] > 140,
			"disputing ones dispute a quarter":  disputed[generator.Disputing] > 50 && disputed[generator.Disputing] < 100,
			"only they do":                      len(disputed) == 1,
			"never-pays pays nothing":           unpaid[generator.NeverPays] == 300,
			"all others pay":                    len(unpaid) == 1,
			"silent ones pay like prompt ones":  late[generator.Silent] == late[generator.Prompt],
			"runs are late as often as it says": late[generator.WeeklyRun] > 90 && late[generator.WeeklyRun] < 170,
		}
		for rule, holds := range checks {
			if !holds {
				t.Errorf("%s: it does not hold that %s: late %v, early %v, disputed %v, unpaid %v", profile, rule, late, early, disputed, unpaid)
			}
		}
	}
}

func TestRunsAreOnTheirDaysOnly(t *testing.T) {
	lastOf := func(day domain.Date, friday bool) domain.Date {
		last := domain.Calendar{}.OnOrBefore(day.MonthEnd())
		for friday && last.Weekday() != time.Friday {
			last = last.Plus(-1)
		}
		return last
	}
	monthEnd := generator.Typical(generator.MonthEndRun, generator.Runs)
	workday := monthEnd
	workday.RunDay = time.Monday
	rules := map[generator.Habit]func(domain.Date) bool{
		{Type: generator.WeeklyRun, Profile: generator.Runs, LatePPM: 300_000, RunDay: time.Tuesday}: func(d domain.Date) bool { return d.Weekday() == time.Tuesday },
		monthEnd: func(d domain.Date) bool { return d == lastOf(d, true) },
		workday:  func(d domain.Date) bool { return d == lastOf(d, false) },
	}
	for habit, holds := range rules {
		_, paid := life(habit.Begin(1), silence)
		for _, p := range paid {
			if !holds(p.On) {
				t.Fatalf("%+v pays on %s, a %s", habit, p.On, p.On.Weekday())
			}
		}
	}
}

func TestCashPoorDebtorsDrift(t *testing.T) {
	var first, second int
	for seed := range uint64(50) {
		bills, paid := life(generator.Typical(generator.CashPoor, generator.DayDue).Begin(seed), silence)
		for i, p := range paid {
			if days := max(0, bills[i].Due.DaysUntil(p.On)); i < len(paid)/2 {
				first += days
			} else {
				second += days
			}
		}
	}
	if second*100 < first*110 {
		t.Errorf("%d days late in the first half, %d in the second", first, second)
	}
}

func TestABehaviourMayStopPaying(t *testing.T) {
	habit := generator.Typical(generator.CashPoor, generator.DayDue)
	habit.LastBill = 20
	_, paid := life(habit.Begin(1), silence)
	for i, p := range paid {
		if p.On.IsZero() != (i >= 20) {
			t.Fatalf("bill %d is paid on %q", i+1, p.On)
		}
	}
}

func TestAskingDoesNotChangeWhenADebtorPays(t *testing.T) {
	for _, kind := range generator.Types() {
		asked := generator.Typical(kind, generator.Runs).Begin(3)
		answers := 0
		_, left := life(generator.Typical(kind, generator.Runs).Begin(3), silence)
		_, right := life(asked, func(day domain.Date) {
			answer, answered := asked.Answer(day)
			if !answered {
				return
			}
			answers++
			if !answer.On.After(day) || !(domain.Calendar{}).IsBusinessDay(answer.On) || answer.Says == "" {
				t.Errorf("%s: asked on %s, answered %+v", kind, day, answer)
			}
		})
		for i := range left {
			if left[i] != right[i] {
				t.Fatalf("%s: bill %d is paid on %s, after letters on %s", kind, i, left[i].On, right[i].On)
			}
		}
		if (answers == 0) != (kind == generator.Silent) {
			t.Errorf("%s gives %d answers", kind, answers)
		}
	}
}
