package domain_test

import (
	"strings"
	"testing"

	"comity/domain"
	"comity/money"
)

func dailyFee() domain.FeeTerms {
	return domain.FeeTerms{UpfrontRate: money.Percent(1), DailyRate: money.MustRate("0.0005")}
}

func TestFamiliesOfFees(t *testing.T) {
	tests := map[string]struct {
		fee    domain.FeeTerms
		family domain.FeeFamily
		owed   map[int]string // by day after funding
	}{
		"flat": {
			domain.FeeTerms{FirstDays: 30, FirstRate: money.Percent(3)},
			domain.FeeFlat,
			map[int]string{-1: "0.00", 0: "0.00", 1: "300.00", 90: "300.00"},
		},
		"by bands": {storyFee(), domain.FeeBanded, map[int]string{0: "0.00", 30: "300.00", 31: "400.00", 90: "900.00"}},
		"up-front and daily": {
			dailyFee(), domain.FeeDaily, map[int]string{-1: "0.00", 0: "100.00", 1: "104.25", 40: "270.00", 90: "482.50"},
		},
		"up-front alone": {domain.FeeTerms{UpfrontRate: money.Percent(1)}, domain.FeeDaily, map[int]string{0: "100.00", 90: "100.00"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tc.fee.Family(); got != tc.family {
				t.Errorf("family %s, want %s", got, tc.family)
			}
			if err := tc.fee.Check(); err != nil {
				t.Error(err)
			}
			for day, want := range tc.owed {
				if got := tc.fee.OwedOn(basis, advance, day).Decimal(); got != want {
					t.Errorf("day %d: owed %s, want %s", day, got, want)
				}
			}
		})
	}
}

func TestADailyFeeIsRoundedOnce(t *testing.T) {
	fee := domain.FeeTerms{UpfrontRate: money.MustRate("0.005"), DailyRate: money.MustRate("0.005")}
	if got := fee.OwedOn(money.Minor(1_00, "USD"), money.Minor(1_00, "USD"), 1); got.Units() != 1 {
		t.Errorf("half a cent and half a cent are %s", got)
	}
}

// A day's part of 8,333.33 is 2.499999: each day is rounded from the funding date on,
// never added to a rounded day.
func TestADailyFeeIsIncomeWhenItIsOwed(t *testing.T) {
	fee := domain.FeeTerms{UpfrontRate: money.Percent(1), DailyRate: money.MustRate("0.0003")}
	for day, want := range map[int]string{-1: "0.00", 0: "100.00", 1: "102.50", 2: "105.00", 90: "325.00", 10_000: "25099.99"} {
		odd := money.Minor(8_333_33, "USD")
		if owed, recognised := fee.OwedOn(basis, odd, day).Decimal(), fee.RecognisedOn(basis, odd, day).Decimal(); owed != want || recognised != want {
			t.Errorf("day %d: owed %s, recognised %s, want %s", day, owed, recognised, want)
		}
	}
}

func TestTheFractionOfADailyFeeIsItsUpfrontRate(t *testing.T) {
	for day, want := range map[int]string{-1: "0", 0: "0.01", 90: "0.01"} {
		if got := dailyFee().Fraction(day); got.String() != want {
			t.Errorf("day %d: %s, want %s", day, got, want)
		}
	}
}

func TestADailyFeeNeedsItsAdvance(t *testing.T) {
	for name, call := range map[string]func(){
		"owed":       func() { dailyFee().OwedOn(basis, money.Amount{}, 1) },
		"recognised": func() { dailyFee().RecognisedOn(basis, money.Minor(1, "EUR"), 1) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("days cost nothing without an advance")
				}
			}()
			call()
		})
	}
}

func TestADailyFeeCheckNamesTheField(t *testing.T) {
	tests := map[string]struct {
		change func(*domain.FeeTerms)
		field  string
	}{
		"a band as well":          {func(f *domain.FeeTerms) { f.FirstDays = 30 }, "FirstDays"},
		"a step as well":          {func(f *domain.FeeTerms) { f.StepRate = money.Percent(1) }, "StepDays"},
		"a negative up-front":     {func(f *domain.FeeTerms) { f.UpfrontRate = money.Percent(-1) }, "UpfrontRate"},
		"more than the whole day": {func(f *domain.FeeTerms) { f.DailyRate = money.Percent(101) }, "DailyRate"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			fee := dailyFee()
			tc.change(&fee)
			if err := fee.Check(); err == nil || !strings.Contains(err.Error(), tc.field) {
				t.Errorf("Check gives %v, want it to name %s", err, tc.field)
			}
		})
	}
}
