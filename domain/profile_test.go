package domain_test

import (
	"strings"
	"testing"

	"comity/domain"
)

// TestAProfileTellsTheDayByWhichTheyPaid holds C-195: by which day half, and nine in ten, were paid.
func TestAProfileTellsTheDayByWhichTheyPaid(t *testing.T) {
	none := -999
	tests := map[string]struct {
		late        []domain.LateCount
		median, p90 int
		late1000    int // of a million, thousands
		trend       string
		unknown     string
	}{
		"nothing":             {nil, none, none, none, domain.TrendUnknown, "no payment of this customer"},
		"one":                 {[]domain.LateCount{{Days: 3, Count: 1}}, 3, none, 1000, domain.TrendUnknown, "it takes 10 payments, 1 known"},
		"ten, one of them":    {[]domain.LateCount{{Days: -2, Count: 5}, {Days: 4, Count: 4}, {Days: 90, Count: 1}}, -2, 4, 500, domain.TrendUnknown, "it takes 5 payments in the last 90 days"},
		"on the day is early": {[]domain.LateCount{{Days: 0, Count: 10}}, 0, 0, 0, domain.TrendUnknown, "0 and 10 known"},
		"worse than before": {
			[]domain.LateCount{{Days: 1, Count: 6}, {Days: 4, Recent: true, Count: 6}},
			1, 4, 1000, domain.TrendLater, "",
		},
		"better than before": {
			[]domain.LateCount{{Days: -4, Recent: true, Count: 6}, {Days: 30, Count: 6}},
			-4, 30, 500, domain.TrendEarlier, "",
		},
		"two days are nothing": {
			[]domain.LateCount{{Days: 1, Count: 6}, {Days: 3, Recent: true, Count: 6}},
			1, 3, 1000, domain.TrendSame, "",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			p := domain.ProfileOf(domain.ProfileCounts{Late: tc.late})
			value := func(days *int) int {
				if days == nil {
					return none
				}
				return *days
			}
			if value(p.MedianDaysLate) != tc.median || value(p.P90DaysLate) != tc.p90 || p.Trend.Direction != tc.trend {
				t.Errorf("median %d, P90 %d, %+v", value(p.MedianDaysLate), value(p.P90DaysLate), p.Trend)
			}
			if p.LateShare == nil && tc.late1000 != none || p.LateShare != nil && int(*p.LateShare) != 1000*tc.late1000 {
				t.Errorf("late share %v", p.LateShare)
			}
			if said := strings.Join(p.Unknown, "\n"); !strings.Contains(said, tc.unknown) {
				t.Errorf("unknown %q, want %q", said, tc.unknown)
			}
		})
	}
}
