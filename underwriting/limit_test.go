package underwriting_test

import (
	"testing"

	"comity/domain"
	"comity/money"
	"comity/underwriting"

	"pgregory.net/rapid"
)

// knownYear is a debtor that paid 10,000 in each of twelve months, nine in ten
// invoices by the due date, and is believed to default with at most 5 %.
func knownYear() underwriting.LimitFacts {
	f := underwriting.LimitFacts{Today: domain.MustDate("2026-02-05"), Currency: "USD", MonthsKnown: 12, LossHigh: 50_000}
	for range 12 {
		f.Paid = append(f.Paid, usd(10_000_00))
	}
	return f
}

func TestDebtorLimitProposals(t *testing.T) {
	tests := map[string]struct {
		change        func(*underwriting.LimitFacts)
		limit, review string
	}{
		"a known year":                   {func(*underwriting.LimitFacts) {}, "24000.00", "2027-02-05"},
		"P90 fifteen days late":          {func(f *underwriting.LimitFacts) { f.P90DaysLate = 15 }, "20000.00", "2027-02-05"},
		"P90 forty-five days late":       {func(f *underwriting.LimitFacts) { f.P90DaysLate = 45 }, "12000.00", "2026-08-06"},
		"P90 ninety days late":           {func(f *underwriting.LimitFacts) { f.P90DaysLate = 90 }, "0.00", "2026-08-06"},
		"no P90":                         {func(f *underwriting.LimitFacts) { f.P90DaysLate = 181 }, "0.00", "2026-08-06"},
		"an early payer gets no more":    {func(f *underwriting.LimitFacts) { f.P90DaysLate = -30 }, "24000.00", "2027-02-05"},
		"no default is believed":         {func(f *underwriting.LimitFacts) { f.LossHigh = 0 }, "30000.00", "2027-02-05"},
		"a default is believed":          {func(f *underwriting.LimitFacts) { f.LossHigh = 250_000 }, "0.00", "2026-08-06"},
		"seven months":                   {func(f *underwriting.LimitFacts) { f.Paid, f.MonthsKnown = f.Paid[:7], 7 }, "13000.00", "2026-08-04"},
		"three months":                   {func(f *underwriting.LimitFacts) { f.Paid, f.MonthsKnown = f.Paid[:3], 3 }, "4300.00", "2026-05-06"},
		"one month makes no limit":       {func(f *underwriting.LimitFacts) { f.Paid, f.MonthsKnown = f.Paid[:1], 1 }, "0.00", "2026-05-06"},
		"a stranger":                     {func(f *underwriting.LimitFacts) { f.Paid, f.MonthsKnown = nil, 0 }, "0.00", "2026-05-06"},
		"one large month changes little": {func(f *underwriting.LimitFacts) { f.Paid[11] = usd(500_000_00) }, "24000.00", "2027-02-05"},
		"only the last year counts":      {func(f *underwriting.LimitFacts) { f.Paid = append(amounts(900_000_00, 900_000_00), f.Paid...) }, "24000.00", "2027-02-05"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := knownYear()
			tc.change(&f)
			got := underwriting.ProposeLimit(f)
			if got.Limit.Decimal() != tc.limit || got.ReviewOn.String() != tc.review || len(got.Reasons) != 4 {
				t.Errorf("limit %s, review %s; want %s, %s", got.Limit, got.ReviewOn, tc.limit, tc.review)
			}
			for _, r := range got.Reasons {
				if r.Audience != underwriting.AudienceFactor || r.Comparison != underwriting.LimitV1 {
					t.Errorf("%+v", r)
				}
			}
		})
	}
}

func TestLimitReasonsAreSaidInPlainWords(t *testing.T) {
	f := knownYear()
	f.P90DaysLate = 15
	want := []string{
		"110000.00 USD paid in a year without the largest month, 12 months known",
		"nine in ten invoices are paid 15 days after due or before",
		"default within a year is believed to be at most 5.00 %",
		"looked at again in 365 days",
	}
	for i, r := range underwriting.ProposeLimit(f).Reasons {
		if r.Sentence != want[i] {
			t.Errorf("%q, want %q", r.Sentence, want[i])
		}
	}
}

func TestMoreVolumeNeverLowersALimitAndAWorseCurveNeverRaisesIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := knownYear()
		f.Paid = nil
		for range rapid.IntRange(1, 14).Draw(t, "months") {
			f.Paid = append(f.Paid, usd(rapid.Int64Range(0, 100_000_00).Draw(t, "paid")))
		}
		f.P90DaysLate = rapid.IntRange(-90, 181).Draw(t, "P90")
		f.LossHigh = money.Ppm(rapid.Int32Range(0, 300_000).Draw(t, "loss"))
		before := underwriting.ProposeLimit(f)

		more := f
		more.Paid = append([]money.Amount{}, f.Paid...)
		month := rapid.IntRange(0, len(f.Paid)-1).Draw(t, "month")
		more.Paid[month] = more.Paid[month].Plus(usd(rapid.Int64Range(0, 200_000_00).Draw(t, "more")))
		if got := underwriting.ProposeLimit(more); got.Limit.Less(before.Limit) {
			t.Errorf("limit %s, with more volume %s", before.Limit, got.Limit)
		}

		worse := f
		worse.P90DaysLate += rapid.IntRange(0, 90).Draw(t, "later")
		worse.LossHigh += money.Ppm(rapid.Int32Range(0, 300_000).Draw(t, "more loss"))
		if got := underwriting.ProposeLimit(worse); before.Limit.Less(got.Limit) || got.ReviewOn.After(before.ReviewOn) || got.Limit.Negative() {
			t.Errorf("limit %s until %s, with a worse debtor %s until %s", before.Limit, before.ReviewOn, got.Limit, got.ReviewOn)
		}
	})
}
