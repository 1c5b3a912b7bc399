package underwriting_test

import (
	"testing"

	"comity/domain"
	"comity/money"
	"comity/underwriting"
)

func usd(minor int64) money.Amount { return money.Minor(minor, "USD") }

func onDay(n int) domain.Date { return domain.MustDate("2026-02-05").Plus(n) }

func TestEffectiveRate(t *testing.T) {
	tests := map[string]struct {
		flows []underwriting.Flow
		want  string
	}{
		"story A as it happened": {[]underwriting.Flow{
			{onDay(0), usd(8_460_00)}, {onDay(33), usd(-10_000_00)}, {onDay(41), usd(1_100_00)},
		}, "78.25"},
		"story A, rebate on the day of payment": {[]underwriting.Flow{
			{onDay(0), usd(8_460_00)}, {onDay(33), usd(-10_000_00)}, {onDay(33), usd(1_100_00)},
		}, "75.21"},
		"DOMAIN 3.1, day 40":             {[]underwriting.Flow{{onDay(0), usd(8_460_00)}, {onDay(40), usd(-8_900_00)}}, "58.83"},
		"DOMAIN 3.1, day 40, no charges": {[]underwriting.Flow{{onDay(0), usd(8_500_00)}, {onDay(40), usd(-8_900_00)}}, "52.14"},
		"DOMAIN 3.1, day 90, no charges": {[]underwriting.Flow{{onDay(0), usd(8_500_00)}, {onDay(90), usd(-9_400_00)}}, "50.41"},
		"D-15, rebate three days later":  {[]underwriting.Flow{{onDay(0), usd(8_460_00)}, {onDay(40), usd(-10_000_00)}, {onDay(43), usd(1_100_00)}}, "59.52"},
		"D-15, rebate five days later":   {[]underwriting.Flow{{onDay(0), usd(8_460_00)}, {onDay(40), usd(-10_000_00)}, {onDay(45), usd(1_100_00)}}, "59.98"},
		"given in any order":             {[]underwriting.Flow{{onDay(90), usd(-9_400_00)}, {onDay(0), usd(8_500_00)}}, "50.41"},
		"a debt that shrinks":            {[]underwriting.Flow{{onDay(0), usd(100_00)}, {onDay(365), usd(-50_00)}}, "-50.00"},
		"nothing earned, nothing lost":   {[]underwriting.Flow{{onDay(0), usd(100_00)}, {onDay(30), usd(-100_00)}}, "0.00"},
		"three hundred years, larger than a float": {[]underwriting.Flow{
			{domain.MustDate("1900-01-01"), usd(100_00)}, {domain.MustDate("2199-01-01"), usd(-200_00)},
		}, "0.23"},
		"thirty years, far outside the bracket": {[]underwriting.Flow{{onDay(0), usd(100_00)}, {onDay(10_950), usd(-200_00)}}, "2.34"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := underwriting.EffectiveRate(tc.flows)
			if !ok || got.PercentString() != tc.want {
				t.Errorf("EffectiveRate = %s, %t; want %s", got.PercentString(), ok, tc.want)
			}
		})
	}
}

// TestEffectiveRateKnowsWhenThereIsNone holds D-15: no rate where there is none, or more than one.
func TestEffectiveRateKnowsWhenThereIsNone(t *testing.T) {
	tests := map[string][]underwriting.Flow{
		"no flows":                  nil,
		"money in only":             {{onDay(0), usd(100)}, {onDay(9), usd(100)}},
		"all on one day":            {{onDay(0), usd(100)}, {onDay(0), usd(-90)}},
		"above 5,000 %":             {{onDay(0), usd(8_460_00)}, {onDay(1), usd(-8_800_00)}},
		"below -99 %":               {{onDay(0), usd(100_00)}, {onDay(365), usd(-50)}},
		"two rates, 10 % and 20 %":  {{onDay(0), usd(100_000)}, {onDay(365), usd(-230_000)}, {onDay(730), usd(132_000)}},
		"one rate touched, not met": {{onDay(0), usd(100_000)}, {onDay(365), usd(-220_000)}, {onDay(730), usd(121_000)}},
		"signs change, no rate":     {{onDay(0), usd(100_000)}, {onDay(365), usd(-200_000)}, {onDay(730), usd(150_000)}},
	}
	for name, flows := range tests {
		t.Run(name, func(t *testing.T) {
			if got, ok := underwriting.EffectiveRate(flows); ok || !got.IsZero() {
				t.Errorf("EffectiveRate = %s, %t; want none", got.PercentString(), ok)
			}
		})
	}
}

func TestNominalRate(t *testing.T) {
	tests := map[string]struct {
		cost, cash money.Amount
		days       int
		want       string
	}{
		"DOMAIN 3.1, day 40":              {usd(440_00), usd(8_460_00), 40, "47.46"},
		"DOMAIN 3.1, on the advance":      {usd(400_00), usd(8_500_00), 40, "42.94"},
		"DOMAIN 3.1, day 90":              {usd(900_00), usd(8_500_00), 90, "42.94"},
		"DOMAIN 3.1, naive, on the face":  {usd(400_00), usd(10_000_00), 40, "36.50"},
		"D-15, due day 30":                {usd(340_00), usd(8_460_00), 30, "48.90"},
		"story A as it happened":          {usd(440_00), usd(8_460_00), 33, "57.53"},
		"no cash":                         {usd(440_00), usd(0), 33, "0.00"},
		"the same day":                    {usd(440_00), usd(8_460_00), 0, "0.00"},
		"more cash than the world can be": {usd(1), usd(9_000_000_000_000_000), 1 << 40, "0.00"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := underwriting.NominalRate(tc.cost, tc.cash, tc.days).PercentString(); got != tc.want {
				t.Errorf("NominalRate(%s, %s, %d) = %s, want %s", tc.cost, tc.cash, tc.days, got, tc.want)
			}
		})
	}
}
