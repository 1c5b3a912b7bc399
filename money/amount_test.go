package money_test

import (
	"errors"
	"testing"

	"comity/money"

	"pgregory.net/rapid"
)

func TestTimes(t *testing.T) {
	tests := map[string]struct {
		of   money.Amount
		rate string
		want int64
	}{
		"half to even, up":            {money.Minor(150, "EUR"), "0.01", 2},
		"half to even, down":          {money.Minor(250, "EUR"), "0.01", 2},
		"half to even, negative up":   {money.Minor(-150, "EUR"), "0.01", -2},
		"half to even, negative down": {money.Minor(-250, "EUR"), "0.01", -2},
		"below half":                  {money.Minor(249, "EUR"), "0.01", 2},
		"above half":                  {money.Minor(251, "EUR"), "0.01", 3},
		"the whole":                   {money.Minor(12_345, "EUR"), "1", 12_345},
		"nothing of it":               {money.Minor(12_345, "EUR"), "0", 0},
		"a negative rate":             {money.Minor(10_000, "EUR"), "-0.05", -500},
		"twelve places, far below":    {money.Minor(1, "EUR"), "0.499999999999", 0},
		"twelve places, far above":    {money.Minor(1, "EUR"), "0.500000000001", 1},
		"no minor unit":               {money.Minor(1_001, "JPY"), "0.5", 500},
		"larger than a float holds":   {money.Minor(9_007_199_254_740_993, "EUR"), "1", 9_007_199_254_740_993},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := tc.of.Times(money.MustRate(tc.rate))
			if got.Units() != tc.want || got.Currency() != tc.of.Currency() {
				t.Errorf("%v.Times(%s) = %v, want %d", tc.of, tc.rate, got, tc.want)
			}
		})
	}
}

func TestShareRoundsOnce(t *testing.T) {
	tests := map[string]struct {
		of   int64
		rate string
		n, d int64
		want int64
	}{
		"23 of 30 days of 3 %":          {10_000_00, "0.03", 23, 30, 230_00},
		"40 of 360 days of 9.5 %":       {8_500_00, "0.095", 40, 360, 89_72},
		"not first the rate, then days": {99, "0.005", 2, 1, 1},
		"a negative day count":          {10_000_00, "0.03", -15, 30, -150_00},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := money.Minor(tc.of, "EUR").Share(money.MustRate(tc.rate), tc.n, tc.d).Units(); got != tc.want {
				t.Errorf("Share = %d, want %d", got, tc.want)
			}
		})
	}
}

func TestSplitGivesTheRestToTheLargestRemainder(t *testing.T) {
	tests := map[string]struct {
		of      int64
		weights []int64
		want    []int64
	}{
		"in three":                   {10_000, []int64{1, 1, 1}, []int64{3_334, 3_333, 3_333}},
		"40, 35, 25":                 {101, []int64{40, 35, 25}, []int64{41, 35, 25}},
		"the largest, not the first": {100, []int64{1, 2, 4}, []int64{14, 29, 57}},
		"a weight of nothing":        {100, []int64{0, 1}, []int64{0, 100}},
		"a debt":                     {-10_000, []int64{1, 1, 1}, []int64{-3_334, -3_333, -3_333}},
		"nothing":                    {0, []int64{1, 2}, []int64{0, 0}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			for i, part := range money.Minor(tc.of, "EUR").Split(tc.weights...) {
				if part.Units() != tc.want[i] {
					t.Errorf("part %d of %d by %v is %s, want %d", i, tc.of, tc.weights, part, tc.want[i])
				}
			}
		})
	}
}

func TestSplitKeepsTheSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := money.Minor(rapid.Int64Range(-1e16, 1e16).Draw(t, "amount"), "EUR")
		weights := rapid.SliceOfN(rapid.Int64Range(0, 1e12), 1, 12).Draw(t, "weights")
		weights[0]++
		total := int64(0)
		for _, weight := range weights {
			total += weight
		}
		sum := money.Minor(0, "EUR")
		for i, part := range amount.Split(weights...) {
			sum = sum.Plus(part)
			exact := amount.Share(money.Percent(100), weights[i], total)
			if off := part.Minus(exact).Units(); off < -1 || off > 1 {
				t.Errorf("part %d is %s, exactly about %s", i, part, exact)
			}
		}
		if sum.Compare(amount) != 0 {
			t.Errorf("the parts of %s by %v sum to %s", amount, weights, sum)
		}
	})
}

func FuzzSplitKeepsTheSum(f *testing.F) {
	f.Add(int64(10_000), uint32(1), uint32(1), uint32(1))
	f.Add(int64(-7), uint32(0), uint32(3), uint32(5))
	f.Fuzz(func(t *testing.T, minor int64, a, b, c uint32) {
		amount := money.Minor(minor%10_000_000_000_000_000, "EUR")
		sum := money.Minor(0, "EUR")
		for _, part := range amount.Split(int64(a)+1, int64(b), int64(c)) {
			sum = sum.Plus(part)
		}
		if sum.Compare(amount) != 0 {
			t.Errorf("%s by %d, %d, %d sums to %s", amount, a, b, c, sum)
		}
	})
}

func TestParse(t *testing.T) {
	tests := map[string]struct {
		text     string
		currency money.Currency
		want     int64
		err      error
	}{
		"two places":         {"12.50", "EUR", 1250, nil},
		"no places":          {"1250", "JPY", 1250, nil},
		"three places":       {"1.250", "BHD", 1250, nil},
		"negative":           {"-0.01", "EUR", -1, nil},
		"nothing":            {"0.00", "EUR", 0, nil},
		"one place":          {"12.5", "EUR", 0, money.ErrPlaces},
		"three in two":       {"12.505", "EUR", 0, money.ErrPlaces},
		"whole":              {"12", "EUR", 0, money.ErrPlaces},
		"places of none":     {"12.0", "JPY", 0, money.ErrPlaces},
		"an exponent":        {"1e2", "JPY", 0, money.ErrSyntax},
		"a plus":             {"+12.50", "EUR", 0, money.ErrSyntax},
		"a leading zero":     {"012.50", "EUR", 0, money.ErrSyntax},
		"a comma":            {"12,50", "EUR", 0, money.ErrSyntax},
		"a space":            {" 12.50", "EUR", 0, money.ErrSyntax},
		"a new line":         {"12.50\n", "EUR", 0, money.ErrSyntax},
		"other digits":       {"١٢.٥٠", "EUR", 0, money.ErrSyntax},
		"no digits":          {"", "EUR", 0, money.ErrSyntax},
		"not a number":       {"NaN", "EUR", 0, money.ErrSyntax},
		"the largest":        {"100000000000000.00", "EUR", 1e16, nil},
		"above the largest":  {"100000000000000.01", "EUR", 0, money.ErrRange},
		"above every int64":  {"999999999999999999.99", "EUR", 0, money.ErrRange},
		"longer than it can": {"9999999999999999999.99", "EUR", 0, money.ErrSyntax},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := money.Parse(tc.text, tc.currency)
			if !errors.Is(err, tc.err) || got.Units() != tc.want {
				t.Errorf("Parse(%q, %s) = %v, %v; want %d, %v", tc.text, tc.currency, got, err, tc.want, tc.err)
			}
		})
	}
}

func TestParseExactNeverRounds(t *testing.T) {
	tests := map[string]struct {
		text     string
		currency money.Currency
		want     int64
		err      error
	}{
		"all places":           {"12.50", "EUR", 1250, nil},
		"one place":            {"12.5", "EUR", 1250, nil},
		"whole":                {"12", "EUR", 1200, nil},
		"zeros beyond":         {"12.5000", "EUR", 1250, nil},
		"zeros beyond none":    {"1250.00", "JPY", 1250, nil},
		"a digit beyond":       {"12.505", "EUR", 0, money.ErrPlaces},
		"a digit beyond none":  {"1250.5", "JPY", 0, money.ErrPlaces},
		"a dot and no digits":  {"12.", "EUR", 1200, nil},
		"digits and no number": {".50", "EUR", 0, money.ErrSyntax},
		"an exponent":          {"1e2", "EUR", 0, money.ErrSyntax},
		"two dots":             {"1.2.3", "EUR", 0, money.ErrPlaces},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := money.ParseExact(tc.text, tc.currency)
			if !errors.Is(err, tc.err) || got.Units() != tc.want {
				t.Errorf("ParseExact(%q, %s) = %v, %v; want %d, %v", tc.text, tc.currency, got, err, tc.want, tc.err)
			}
		})
	}
}

func TestAmountsAreWrittenInFull(t *testing.T) {
	tests := map[string]struct {
		amount                   money.Amount
		decimal, string, grouped string
	}{
		"cents":             {money.Minor(1_234_560, "EUR"), "12345.60", "12345.60 EUR", "EUR 12,345.60"},
		"below one":         {money.Minor(5, "EUR"), "0.05", "0.05 EUR", "EUR 0.05"},
		"a debt below one":  {money.Minor(-5, "EUR"), "-0.05", "-0.05 EUR", "EUR -0.05"},
		"no minor unit":     {money.Minor(1_000_000, "JPY"), "1000000", "1000000 JPY", "JPY 1,000,000"},
		"thousandths":       {money.Minor(1, "BHD"), "0.001", "0.001 BHD", "BHD 0.001"},
		"exactly a hundred": {money.Minor(100_00, "USD"), "100.00", "100.00 USD", "USD 100.00"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if tc.amount.Decimal() != tc.decimal || tc.amount.String() != tc.string || tc.amount.Grouped() != tc.grouped {
				t.Errorf("%q, %q, %q", tc.amount.Decimal(), tc.amount.String(), tc.amount.Grouped())
			}
		})
	}
}

func TestWrittenAmountsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.SampledFrom([]money.Currency{"EUR", "JPY", "BHD"}).Draw(t, "currency")
		amount := money.Minor(rapid.Int64Range(-1e16, 1e16).Draw(t, "amount"), currency)
		read, err := money.Parse(amount.Decimal(), currency)
		if err != nil || read != amount {
			t.Errorf("%s reads back as %s, %v", amount, read, err)
		}
	})
}

func TestBugsWithMoneyPanic(t *testing.T) {
	tests := map[string]func(){
		"mixed currencies":    func() { money.Minor(1, "EUR").Plus(money.Minor(1, "USD")) },
		"a sum too large":     func() { money.Minor(1<<62, "EUR").Plus(money.Minor(1<<62, "EUR")) },
		"a product too large": func() { money.Minor(1<<62, "EUR").Times(money.Percent(200)) },
		"no weights":          func() { money.Minor(1, "EUR").Split() },
		"a negative weight":   func() { money.Minor(1, "EUR").Split(2, -1) },
		"a share of nothing":  func() { money.Minor(1, "EUR").Share(money.Percent(1), 1, 0) },
	}
	for name, bug := range tests {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it went through")
				}
			}()
			bug()
		})
	}
}

func TestMinAndMax(t *testing.T) {
	less, more := money.Minor(1, "EUR"), money.Minor(2, "EUR")
	if money.Min(less, more) != less || money.Min(more, less) != less || money.Max(less, more) != more || money.Max(more, less) != more {
		t.Error("Min and Max mix them up")
	}
}

func TestCurrenciesAreThoseOfTheBooks(t *testing.T) {
	for code, want := range map[string]int32{"EUR": 2, "JPY": 0, "BHD": 3} {
		if c, err := money.ParseCurrency(code); err != nil || c.Places() != want {
			t.Errorf("%s: %d places, %v; want %d", code, c.Places(), err, want)
		}
	}
	for _, code := range []string{"", "eur", "EURO", "XXX"} {
		if _, err := money.ParseCurrency(code); !errors.Is(err, money.ErrCurrency) {
			t.Errorf("ParseCurrency(%q) gives %v", code, err)
		}
	}
}
