package domain_test

import (
	"strings"
	"testing"

	"comity/domain"
	"comity/money"

	"pgregory.net/rapid"
)

func storyFee() domain.FeeTerms {
	return domain.FeeTerms{FirstDays: 30, FirstRate: money.Percent(3), StepDays: 10, StepRate: money.Percent(1)}
}

// What the fees of these tests are owed on.
var (
	basis   = money.Minor(10_000_00, "USD")
	advance = money.Minor(8_500_00, "USD")
)

// TestFeeByStartedBands holds D-16: day 0 costs nothing, and a band is owed from its first day.
func TestFeeByStartedBands(t *testing.T) {
	tests := map[string]struct {
		day              int
		owed, recognised string
	}{
		"before funding":              {-1, "0.00", "0.00"},
		"the funding day":             {0, "0.00", "0.00"},
		"day 1 owes the band":         {1, "300.00", "10.00"},
		"the month end of story A":    {23, "300.00", "230.00"},
		"the due day of story A":      {27, "300.00", "270.00"},
		"the end of the first band":   {30, "300.00", "300.00"},
		"the next band begins":        {31, "400.00", "310.00"},
		"the receipt of story A":      {33, "400.00", "330.00"},
		"the end of the second band":  {40, "400.00", "400.00"},
		"the recourse day of story A": {90, "900.00", "900.00"},
		"one day more":                {91, "1000.00", "910.00"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			owed, recognised := storyFee().OwedOn(basis, advance, tc.day).Decimal(), storyFee().RecognisedOn(basis, advance, tc.day).Decimal()
			if owed != tc.owed || recognised != tc.recognised {
				t.Errorf("day %d: owed %s, recognised %s; want %s, %s", tc.day, owed, recognised, tc.owed, tc.recognised)
			}
		})
	}
}

func TestAFlatFeeStopsAfterItsBand(t *testing.T) {
	flat := domain.FeeTerms{FirstDays: 30, FirstRate: money.Percent(3)}
	for _, day := range []int{30, 31, 400} {
		owed, recognised := flat.OwedOn(basis, advance, day), flat.RecognisedOn(basis, advance, day)
		if owed.Units() != 300_00 || recognised.Units() != 300_00 {
			t.Errorf("day %d: owed %s, recognised %s", day, owed, recognised)
		}
	}
}

// TestRecognisedFeeIsNeverAheadAndMeetsOwedAtBandEnds holds D-13 for any bands.
func TestRecognisedFeeIsNeverAheadAndMeetsOwedAtBandEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fee := domain.FeeTerms{
			FirstDays: rapid.IntRange(1, 60).Draw(t, "first days"),
			FirstRate: money.BasisPoints(rapid.Int64Range(0, 1000).Draw(t, "first rate")),
			StepDays:  rapid.IntRange(1, 45).Draw(t, "step days"),
			StepRate:  money.BasisPoints(rapid.Int64Range(0, 1000).Draw(t, "step rate")),
		}
		basis := money.Minor(rapid.Int64Range(1, 1_000_000_00).Draw(t, "basis"), "EUR")
		before := money.Minor(0, "EUR")
		for day := range 200 {
			owed, recognised := fee.OwedOn(basis, basis, day), fee.RecognisedOn(basis, basis, day)
			if recognised.Less(before) || owed.Less(recognised) {
				t.Fatalf("day %d: recognised %s after %s, owed %s", day, recognised, before, owed)
			}
			bandEnds := day >= fee.FirstDays && (day-fee.FirstDays)%fee.StepDays == 0
			if bandEnds && owed.Compare(recognised) != 0 {
				t.Fatalf("day %d ends a band: recognised %s, owed %s", day, recognised, owed)
			}
			before = recognised
		}
	})
}

func TestFeeCheckNamesTheField(t *testing.T) {
	tests := map[string]struct {
		change func(*domain.FeeTerms)
		field  string
	}{
		"no first band":         {func(f *domain.FeeTerms) { f.FirstDays = 0 }, "FirstDays"},
		"a band of a decade":    {func(f *domain.FeeTerms) { f.FirstDays = 3650 }, "FirstDays"},
		"a negative first rate": {func(f *domain.FeeTerms) { f.FirstRate = money.Percent(-1) }, "FirstRate"},
		"more than the whole":   {func(f *domain.FeeTerms) { f.StepRate = money.Percent(101) }, "StepRate"},
		"a negative step":       {func(f *domain.FeeTerms) { f.StepDays = -10 }, "StepDays"},
		"steps of no days":      {func(f *domain.FeeTerms) { f.StepDays = 0 }, "StepDays"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			fee := storyFee()
			tc.change(&fee)
			if err := fee.Check(); err == nil || !strings.Contains(err.Error(), tc.field) {
				t.Errorf("Check gives %v, want it to name %s", err, tc.field)
			}
		})
	}
	if err := storyFee().Check(); err != nil {
		t.Errorf("the fee of story A: %v", err)
	}
}

func TestAScenarioThatCostsWithoutARateHasNone(t *testing.T) {
	tests := map[string]struct {
		scenario domain.Scenario
		want     bool
	}{
		"costs and a rate":     {domain.Scenario{TotalCost: money.Minor(1, "USD"), Effective: money.Percent(1)}, true},
		"costs and no rate":    {domain.Scenario{TotalCost: money.Minor(1, "USD")}, false},
		"no costs and no rate": {domain.Scenario{TotalCost: money.Minor(0, "USD")}, true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tc.scenario.EffectiveKnown(); got != tc.want {
				t.Errorf("EffectiveKnown = %t", got)
			}
		})
	}
}
