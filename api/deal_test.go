package api

import (
	"encoding/json"
	"testing"

	"comity/domain"
	"comity/money"
)

var (
	bandedFee = domain.FeeTerms{FirstDays: 30, FirstRate: money.Percent(3), StepDays: 10, StepRate: money.Percent(1)}
	dailyFee  = domain.FeeTerms{UpfrontRate: money.Percent(1), DailyRate: money.MustRate("0.0004")}
)

func TestAFeeSaysItsFamily(t *testing.T) {
	tests := map[string]struct {
		fee  domain.FeeTerms
		want string
	}{
		"flat": {
			domain.FeeTerms{FirstDays: 30, FirstRate: money.Percent(3)},
			`{"family":"flat","first_days":30,"first_rate":"0.03","step_days":0,"step_rate":"0"}`,
		},
		"banded": {bandedFee, `{"family":"banded","first_days":30,"first_rate":"0.03","step_days":10,"step_rate":"0.01"}`},
		"up-front and daily": {
			dailyFee,
			`{"family":"upfront_daily","first_days":0,"first_rate":"0","step_days":0,"step_rate":"0","upfront_rate":"0.01","daily_rate":"0.0004"}`,
		},
		"up-front alone": {
			domain.FeeTerms{UpfrontRate: money.Percent(1)},
			`{"family":"upfront_daily","first_days":0,"first_rate":"0","step_days":0,"step_rate":"0","upfront_rate":"0.01","daily_rate":"0"}`,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got, err := json.Marshal(feeTermsOf(tc.fee)); err != nil || string(got) != tc.want {
				t.Errorf("%s, %v; want %s", got, err, tc.want)
			}
		})
	}
}

// The fee so far is that of 10,000.00, of which 8,500.00 are advanced: 3.40 a day.
func TestTheFeeSoFarIsThatOfItsFamily(t *testing.T) {
	tests := map[string]struct {
		fee              domain.FeeTerms
		funded, paid, on string
		owed, asOf       string
	}{
		"banded, day 1":                       {bandedFee, "2026-02-05", "", "2026-02-06", "300.00", "2026-02-06"},
		"daily, not paid out":                 {dailyFee, "", "", "2026-02-06", "0.00", "2026-02-06"},
		"daily, paid out with value tomorrow": {dailyFee, "2026-02-05", "", "2026-02-04", "0.00", "2026-02-04"},
		"daily, day 0":                        {dailyFee, "2026-02-05", "", "2026-02-05", "100.00", "2026-02-05"},
		"daily, day 1":                        {dailyFee, "2026-02-05", "", "2026-02-06", "103.40", "2026-02-06"},
		"daily, paid on day 33":               {dailyFee, "2026-02-05", "2026-03-10", "2026-06-30", "212.20", "2026-03-10"},
		"daily, paid before it was paid out":  {dailyFee, "2026-02-05", "2026-02-03", "2026-06-30", "100.00", "2026-02-05"},
	}
	parsed := func(text string) domain.Date {
		if text == "" {
			return domain.Date{}
		}
		return domain.MustDate(text)
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			d := domain.Deal{
				Fee: tc.fee, Basis: money.Minor(10_000_00, "USD"), Advance: money.Minor(8_500_00, "USD"), Recognised: money.Minor(0, "USD"),
				FundingDate: parsed(tc.funded), PaidInFull: parsed(tc.paid),
			}
			if got := feeSoFarOf(d, domain.MustDate(tc.on)); got.Owed.Amount != tc.owed || got.AsOf != tc.asOf {
				t.Errorf("%s owed as of %s, want %s as of %s", got.Owed.Amount, got.AsOf, tc.owed, tc.asOf)
			}
		})
	}
}
