package money_test

import (
	"errors"
	"testing"

	"comity/money"

	"pgregory.net/rapid"
)

func TestParseRate(t *testing.T) {
	tests := map[string]struct {
		text, want string
		err        error
	}{
		"a fraction":          {"0.85", "0.85", nil},
		"zeros at the end":    {"0.8500", "0.85", nil},
		"the whole":           {"1", "1", nil},
		"negative":            {"-0.05", "-0.05", nil},
		"twelve places":       {"0.000000000001", "0.000000000001", nil},
		"thirteen places":     {"0.0000000000001", "0", money.ErrSyntax},
		"a per cent sign":     {"85%", "0", money.ErrSyntax},
		"an exponent":         {"1e-2", "0", money.ErrSyntax},
		"no leading zero":     {".5", "0", money.ErrSyntax},
		"a leading zero more": {"00.5", "0", money.ErrSyntax},
		"seven digits":        {"1000000", "0", money.ErrSyntax},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := money.ParseRate(tc.text)
			if !errors.Is(err, tc.err) || got.String() != tc.want {
				t.Errorf("ParseRate(%q) = %s, %v; want %s, %v", tc.text, got, err, tc.want, tc.err)
			}
		})
	}
}

func TestRatesAreExact(t *testing.T) {
	third := money.MustRate("0.333333333333")
	if got := third.TimesInt(3).Plus(money.MustRate("0.000000000001")); got.Compare(money.Percent(100)) != 0 {
		t.Errorf("three thirds and the rest are %s", got)
	}
	if got := money.Percent(3).Minus(money.BasisPoints(50)); got.String() != "0.025" {
		t.Errorf("3 %% less 50 bp is %s", got)
	}
	if !money.Percent(1).Less(money.BasisPoints(101)) || money.Percent(1).Compare(money.MustRate("0.0100")) != 0 {
		t.Error("rates compare by their digits, not by their value")
	}
	if (money.Rate{}).Positive() || (money.Rate{}).Negative() || !(money.Rate{}).IsZero() {
		t.Error("the zero Rate is not nothing")
	}
}

func TestRatesAreRoundedForTheirPurpose(t *testing.T) {
	tests := map[string]struct{ rate, floor, shown, percent string }{
		"a rate of basis points": {"0.85", "0.85", "0.85", "85.00"},
		"just below the next":    {"0.84999", "0.8499", "0.85", "85.00"},
		"half to even, down":     {"0.00025", "0.0002", "0.0002", "0.02"},
		"half to even, up":       {"0.00035", "0.0003", "0.0004", "0.04"},
		"floor goes down":        {"-0.00001", "-0.0001", "0", "0.00"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			r := money.MustRate(tc.rate)
			if r.FloorBasisPoints().String() != tc.floor || r.RoundPercent().String() != tc.shown || r.PercentString() != tc.percent {
				t.Errorf("%s: floor %s, shown %s, %s %%", r, r.FloorBasisPoints(), r.RoundPercent(), r.PercentString())
			}
		})
	}
}

func TestRatioHasTwelvePlaces(t *testing.T) {
	tests := map[string]struct {
		a, b int64
		want string
	}{
		"a third":       {1, 3, "0.333333333333"},
		"two thirds":    {2, 3, "0.666666666667"},
		"exact":         {340_00, 8_500_00, "0.04"},
		"above a whole": {5, 2, "2.5"},
		"a debt":        {-1, 4, "-0.25"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := money.Ratio(money.Minor(tc.a, "EUR"), money.Minor(tc.b, "EUR")).String(); got != tc.want {
				t.Errorf("Ratio(%d, %d) = %s, want %s", tc.a, tc.b, got, tc.want)
			}
		})
	}
}

func TestPpm(t *testing.T) {
	tests := map[string]struct {
		rate string
		want money.Ppm
		err  error
	}{
		"nothing":              {"0", 0, nil},
		"the whole":            {"1", money.Whole, nil},
		"a millionth":          {"0.000001", 1, nil},
		"half to even, down":   {"0.0000005", 0, nil},
		"half to even, up":     {"0.0000015", 2, nil},
		"rounded to the whole": {"0.9999999", money.Whole, nil},
		"below nothing":        {"-0.000001", 0, money.ErrRange},
		"above the whole":      {"1.000001", 0, money.ErrRange},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := money.PpmOf(money.MustRate(tc.rate))
			if !errors.Is(err, tc.err) || got != tc.want {
				t.Errorf("PpmOf(%s) = %d, %v; want %d, %v", tc.rate, got, err, tc.want, tc.err)
			}
		})
	}
	if got := money.Ppm(31_250).String(); got != "0.031250" {
		t.Errorf("31,250 ppm is written %s", got)
	}
}

func TestPpmReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := money.Ppm(rapid.Int32Range(0, int32(money.Whole)).Draw(t, "ppm"))
		if got, err := money.PpmOf(p.Rate()); err != nil || got != p {
			t.Errorf("%d reads back as %d, %v", p, got, err)
		}
	})
}
