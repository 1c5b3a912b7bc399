package ledger_test

import (
	"fmt"
	"testing"

	"comity/domain"
	"comity/ledger"
	"comity/money"

	"github.com/google/go-cmp/cmp"
)

var (
	flatFee  = domain.FeeTerms{FirstDays: 30, FirstRate: money.Percent(3)}
	dailyFee = domain.FeeTerms{UpfrontRate: money.Percent(1), DailyRate: money.MustRate("0.0003")} // 100.00, then 2.55 a day
)

// The journals of the fee of a deal of 10,000.00, of which 8,500.00 are advanced, at the edges of its clock. Of bands a
// day recognises a thirtieth or a tenth, and the receipt the rest (D-13 and D-16); an up-front and daily fee has no
// rest.
func TestFeesAtTheEdgesOfTheirClock(t *testing.T) {
	banded := storyClock().Fee
	months := []string{"2026-02-28", "2026-03-31", "2026-04-30"}
	tests := map[string]struct {
		fee       domain.FeeTerms
		funded    string
		monthEnds []string // booked before the receipt is known
		paid      string
		want      []string
	}{
		"flat, paid on day 0":            {flatFee, "2026-02-05", nil, "2026-02-05", nil},
		"flat, paid on day 1":            {flatFee, "2026-02-05", nil, "2026-02-06", []string{"e4_accrue 02-06 10.00", "e4_rest 02-06 290.00"}},
		"flat, after the recourse day":   {flatFee, "2026-02-05", months, "2026-05-07", []string{"e4_accrue 02-28 230.00", "e4_accrue 03-31 70.00"}},
		"banded, paid on day 0":          {banded, "2026-02-05", nil, "2026-02-05", nil},
		"banded, paid on day 1":          {banded, "2026-02-05", nil, "2026-02-06", []string{"e4_accrue 02-06 10.00", "e4_rest 02-06 290.00"}},
		"banded, on the recourse day":    {banded, "2026-02-05", nil, "2026-05-06", []string{"e4_accrue 05-06 900.00"}},
		"banded, after the recourse day": {banded, "2026-02-05", nil, "2026-05-07", []string{"e4_accrue 05-07 910.00", "e4_rest 05-07 90.00"}},
		"daily, paid on day 0":           {dailyFee, "2026-02-05", nil, "2026-02-05", []string{"e4_accrue 02-05 100.00"}},
		"daily, paid on day 1":           {dailyFee, "2026-02-05", nil, "2026-02-06", []string{"e4_accrue 02-06 102.55"}},
		"daily, on the recourse day":     {dailyFee, "2026-02-05", nil, "2026-05-06", []string{"e4_accrue 05-06 329.50"}},
		"daily, after the recourse day": {
			dailyFee, "2026-02-05", months, "2026-05-07",
			[]string{"e4_accrue 02-28 158.65", "e4_accrue 03-31 79.05", "e4_accrue 04-30 76.50", "e4_accrue 05-07 17.85"},
		},
		"flat, funded at a month end": {
			flatFee, "2026-02-28", []string{"2026-02-28"}, "2026-03-01", []string{"e4_accrue 03-01 10.00", "e4_rest 03-01 290.00"},
		},
		"daily, funded at a month end": {
			dailyFee, "2026-02-28", []string{"2026-02-28"}, "2026-03-01", []string{"e4_accrue 02-28 100.00", "e4_accrue 03-01 2.55"},
		},
		"daily, paid on day 0, known after a month end": {
			dailyFee, "2026-02-05", []string{"2026-02-28"}, "2026-02-05", []string{"e4_accrue 02-28 158.65", "e4_accrue 02-05 -58.65"},
		},
		"up-front alone": {
			domain.FeeTerms{UpfrontRate: money.Percent(1)}, "2026-02-05", months, "2026-05-07", []string{"e4_accrue 02-28 100.00"},
		},
		"daily alone, paid on day 0": {domain.FeeTerms{DailyRate: dailyFee.DailyRate}, "2026-02-05", nil, "2026-02-05", nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			clock := ledger.FeeClock{Fee: tc.fee, FeeCourse: domain.FeeCourse{Basis: usd(10_000_00), Advance: usd(8_500_00), Funded: domain.MustDate(tc.funded)}}
			clock.Booked = usd(0)
			var got []string
			book := func(j ledger.Journal, worth bool) {
				if !worth {
					return
				}
				earned := ledger.Sum("USD", j).Of(ledger.AccruedFees)
				clock.Booked = clock.Booked.Plus(earned)
				got = append(got, fmt.Sprintf("%s %s %s", j.Kind, j.Effective.String()[len("2026-"):], earned.Decimal()))
			}
			for _, monthEnd := range tc.monthEnds {
				book(ledger.AccrueFee(clock, domain.MustDate(monthEnd)))
			}
			paid := domain.MustDate(tc.paid)
			book(ledger.AccrueFee(clock, paid))
			book(ledger.EarnRest(clock, paid))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("the journals (-want +got):\n%s", diff)
			}
			if owed := tc.fee.OwedOn(clock.Basis, clock.Advance, clock.Funded.DaysUntil(paid)); clock.Booked != owed {
				t.Errorf("%s is booked, %s owed", clock.Booked, owed)
			}
		})
	}
}
