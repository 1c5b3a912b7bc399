package domain_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comity/domain"
)

// TestHabitsAreToldWhenTheyStandOut holds C-195: days of the week and of the month that are no chance.
func TestHabitsAreToldWhenTheyStandOut(t *testing.T) {
	const monday, wednesday, friday, saturday = time.Monday, time.Wednesday, time.Friday, time.Saturday
	tests := map[string]struct {
		weekdays  map[time.Weekday]int
		monthEnds map[int]int
		want      []string
	}{
		"nothing is known":              {nil, nil, nil},
		"seven Fridays are too few":     {map[time.Weekday]int{friday: 7}, nil, nil},
		"eight Fridays":                 {map[time.Weekday]int{friday: 8}, nil, []string{"pays on Fridays: 8 of 8 payments came on a Friday, one in 5 is usual"}},
		"four of eight may be chance":   {map[time.Weekday]int{friday: 4, monday: 4}, nil, nil},
		"five of eight are not":         {map[time.Weekday]int{friday: 5, monday: 3}, nil, []string{"pays on Fridays: 5 of 8"}},
		"a third of many is no habit":   {map[time.Weekday]int{friday: 333, monday: 333, wednesday: 334}, nil, nil},
		"two days a week":               {map[time.Weekday]int{wednesday: 50, friday: 50}, nil, []string{"pays on Wednesdays: 50 of 100", "pays on Fridays: 50 of 100"}},
		"every day alike":               {map[time.Weekday]int{1: 100, 2: 100, 3: 100, 4: 100, 5: 100}, nil, nil},
		"Saturdays are days too":        {map[time.Weekday]int{saturday: 9, monday: 1}, nil, []string{"pays on Saturdays: 9 of 10"}},
		"the last five days of a month": {nil, map[int]int{0: 3, 2: 2, 4: 2, 15: 3}, []string{"pays in runs near the end of the month: 7 of 10 payments came in its last 5 days, one in 6 is usual"}},
		"the sixth day does not count":  {nil, map[int]int{5: 20}, nil},
		"a fifth near the end is usual": {nil, map[int]int{1: 20, 12: 40, 20: 40}, nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var counts domain.HabitCounts
			for day, n := range tc.weekdays {
				counts.Weekdays[day] = n
			}
			for left, n := range tc.monthEnds {
				counts.MonthEnds[left] = n
			}
			got := domain.Habits(counts)
			if len(got) != len(tc.want) {
				t.Fatalf("habits %+v, want %q", got, tc.want)
			}
			for i, habit := range got {
				if !strings.HasPrefix(habit.Sentence, tc.want[i]) {
					t.Errorf("%q, want %q", habit.Sentence, tc.want[i])
				}
			}
		})
	}
}

func drawCounts(t *rapid.T) domain.HabitCounts {
	var counts domain.HabitCounts
	most := rapid.SampledFrom([]int{3, 40, 5_000, 2_000_000_000}).Draw(t, "most")
	for i := range counts.Weekdays {
		counts.Weekdays[i] = rapid.IntRange(-1, most).Draw(t, "weekday")
	}
	for i := range counts.MonthEnds {
		counts.MonthEnds[i] = rapid.IntRange(-1, most).Draw(t, "month end")
	}
	return counts
}

func has(habits []domain.Habit, words string) bool {
	for _, habit := range habits {
		if strings.Contains(habit.Sentence, words) {
			return true
		}
	}
	return false
}

// TestAPaymentThatKeepsToAHabitNeverEndsIt: one more on the day, or one fewer on
// another day, never takes the habit away; and what is told is true of the counts.
func TestAPaymentThatKeepsToAHabitNeverEndsIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := drawCounts(t)
		habits := domain.Habits(counts)
		for _, habit := range habits {
			usual := map[string]int{domain.HabitWeekday: 5, domain.HabitMonthEnd: 6}[habit.Code] // the shares are rounded: 76 of 228 is twice a sixth
			if habit.Of < domain.FewestForHabit || habit.Count > habit.Of || usual*habit.Count < 2*habit.Of || habit.Share > 1_000_000 {
				t.Errorf("a habit of little: %+v", habit)
			}
		}
		day := rapid.IntRange(0, 6).Draw(t, "day")
		other := (day + rapid.IntRange(1, 6).Draw(t, "other")) % 7
		words := "pays on " + time.Weekday(day).String()
		counts.Weekdays[day]++
		if has(habits, words) && !has(domain.Habits(counts), words) {
			t.Errorf("one more on the day ends it: %+v", counts)
		}
		if counts.Weekdays[other] > 0 && counts.Weekdays[other] < 1_000_000 {
			counts.Weekdays[other]--
			if has(habits, words) && !has(domain.Habits(counts), words) {
				t.Errorf("one moved to the day ends it: %+v", counts)
			}
		}
	})
}
