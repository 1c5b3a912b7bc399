package underwriting_test

import (
	"testing"

	"comity/domain"
	"comity/money"
	"comity/underwriting"

	"pgregory.net/rapid"
)

func observations(hits, misses int64) underwriting.Belief {
	return underwriting.Belief{Hits: hits * 1_000_000, Misses: misses * 1_000_000}
}

// The quantiles have closed forms: x for beta(1,1), x² for beta(2,1),
// 1 - (1-x)^n for beta(1,n).
func TestBeliefsAgreeWithClosedForms(t *testing.T) {
	tests := map[string]struct {
		belief underwriting.Belief
		want   underwriting.Posterior
	}{
		"nothing known":        {observations(1, 1), underwriting.Posterior{Mean: 500_000, Low: 50_000, High: 950_000}},
		"one hit":              {observations(2, 1), underwriting.Posterior{Mean: 666_667, Low: 223_606, High: 974_680}},
		"twenty-four misses":   {observations(1, 24), underwriting.Posterior{Mean: 40_000, Low: 2_134, High: 117_347}},
		"a mean above its P95": {underwriting.Belief{Hits: 10_000, Misses: 1_000_000}, underwriting.Posterior{Mean: 9_901, High: 9_901}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tc.belief.Posterior(); got != tc.want {
				t.Errorf("posterior %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestCountsMoveABelief(t *testing.T) {
	prior := observations(1, 19)
	tests := map[string]struct {
		got, want underwriting.Belief
	}{
		"two of ten":                   {prior.With(underwriting.Count{Events: 2, Trials: 10, Recorded: true}), observations(3, 27)},
		"none of ten":                  {prior.With(underwriting.Count{Trials: 10, Recorded: true}), observations(1, 29)},
		"a source without such events": {prior.With(underwriting.Count{Trials: 10_000}), prior},
		"more events than trials":      {prior.With(underwriting.Count{Events: 3, Recorded: true}), observations(4, 19)},
		"a debtor watched two years":   {prior.WithRate(0, 730, true), observations(1, 21)},
		"a default in the first month": {prior.WithRate(1, 30, true), observations(2, 19)},
		"years that record no default": {prior.WithRate(0, 730_000, false), prior},
		"half a share":                 {prior.WithShare(500_000, 2), observations(2, 20)},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if tc.got != tc.want {
				t.Errorf("belief %+v, want %+v", tc.got, tc.want)
			}
		})
	}
}

func TestMoreEventsNeverLowerABelief(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prior := underwriting.Belief{Hits: rapid.Int64Range(1, 50_000_000).Draw(t, "hits"), Misses: rapid.Int64Range(1, 300_000_000).Draw(t, "misses")}
		count := underwriting.Count{Events: rapid.IntRange(0, 40).Draw(t, "events"), Trials: rapid.IntRange(41, 5_000).Draw(t, "trials"), Recorded: true}
		more := count
		more.Events++
		a, b := prior.With(count).Posterior(), prior.With(more).Posterior()
		if b.Mean < a.Mean || b.Low < a.Low || b.High < a.High || a.Low > a.Mean || a.Mean > a.High {
			t.Errorf("%+v, with one event more %+v", a, b)
		}
	})
}

func months(first string, credits ...int64) []underwriting.SaleMonth {
	var found []underwriting.SaleMonth
	start := domain.MustDate(first)
	for _, credit := range credits {
		found = append(found, underwriting.SaleMonth{Start: start, Sales: usd(100_000_00), Credits: usd(credit)})
		start = start.MonthEnd().Plus(1)
	}
	return found
}

// TestPairDilutionByMonthOfSale holds D-33: credits count for the month of the sale, and notes that are still to come
// never look like none.
func TestPairDilutionByMonthOfSale(t *testing.T) {
	clean := make([]int64, 24)
	today := domain.MustDate("2026-02-05")
	tests := map[string]struct {
		months   []underwriting.SaleMonth
		lag      int
		d95      money.Ppm
		complete int
		known    bool
	}{
		"nothing known":              {nil, 30, 117_347, 0, false},
		"a year without credits":     {months("2024-02-01", clean...), 30, 60_504, 12, true},
		"two clean months":           {months("2025-11-01", 0, 0), 30, 101_466, 2, false},
		"notes still under way":      {months("2025-12-01", 0, 0), 90, 117_347, 0, false},
		"an unknown lag waits":       {months("2025-11-01", 0, 0), -1, 117_347, 0, false},
		"one bad month is the worst": {months("2025-01-01", 0, 0, 0, 20_000_00, 0, 0, 0, 0, 0, 0, 0, 0), 30, 200_000, 12, true},
		"credits that came early":    {months("2026-01-01", 50_000_00), 30, 500_000, 0, false},
		"credits beyond the sales":   {months("2025-01-01", 900_000_00), 30, 1_000_000, 1, false},
		"months of long ago":         {months("2010-01-01", clean...), 30, 117_347, 0, false},
		"months of a few cents":      {[]underwriting.SaleMonth{{Start: domain.MustDate("2025-10-01"), Sales: usd(99_99)}}, 30, 117_347, 0, false},
		"no lag is a month":          {months("2026-01-01", 0), 0, 117_347, 0, false},
		"a month without sales":      {[]underwriting.SaleMonth{{Start: domain.MustDate("2025-01-01")}}, 30, 117_347, 0, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := underwriting.PairDilution(tc.months, tc.lag, usd(1_000_00), today)
			if got.D95 != tc.d95 || got.Months != tc.complete || got.Known != tc.known {
				t.Errorf("D95 %s of %d months (known %t); want %s of %d (%t)", got.D95, got.Months, got.Known, tc.d95, tc.complete, tc.known)
			}
			if got.Share.Low > got.Share.Mean || got.Share.Mean > got.Share.High || got.D95 < got.Share.High {
				t.Errorf("share %+v, D95 %s", got.Share, got.D95)
			}
		})
	}
}

func TestMoreCreditsNeverLowerDilution(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sold := months("2024-06-01", rapid.SliceOfN(rapid.Int64Range(0, 120_000_00), 1, 22).Draw(t, "credits")...)
		lag := rapid.IntRange(-1, 120).Draw(t, "lag")
		before := underwriting.PairDilution(sold, lag, usd(1_000_00), domain.MustDate("2026-02-05"))
		worse := rapid.IntRange(0, len(sold)-1).Draw(t, "month")
		sold[worse].Credits = sold[worse].Credits.Plus(usd(rapid.Int64Range(1, 50_000_00).Draw(t, "more")))
		after := underwriting.PairDilution(sold, lag, usd(1_000_00), domain.MustDate("2026-02-05"))
		if after.D95 < before.D95 || after.Share.Mean < before.Share.Mean || after.Share.High < before.Share.High {
			t.Errorf("%+v, with more credits %+v", before, after)
		}
	})
}
