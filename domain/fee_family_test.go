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
				if got := tc.fee.OwedOn(money.Minor(10_000_00, "USD"), money.Minor(8_500_00, "USD"), day).Decimal(); got != want {
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

func TestADailyFeeIsNoFractionOfTheBasis(t *testing.T) {
	basis := money.Minor(10_000_00, "USD")
	for name, call := range map[string]func(){
		"Fraction":   func() { dailyFee().Fraction(1) },
		"Owed":       func() { dailyFee().Owed(basis, 1) },
		"Recognised": func() { dailyFee().Recognised(basis, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Errorf("%s answers without an advance", name)
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
