package underwriting_test

import (
	"errors"
	"testing"

	"comity/domain"
	"comity/money"
	"comity/underwriting"
)

// decided returns a decision with a curve and the figures that follow from it.
func decided(t interface {
	Helper()
	Fatal(...any)
}, curve ...underwriting.CurvePoint,
) underwriting.Decision {
	t.Helper()
	d := underwriting.Decision{Model: underwriting.ModelV1, Outcome: underwriting.OutcomeOffer, Curve: curve}
	d.Later = money.Whole - curve[len(curve)-1].Paid
	days, err := d.PaymentDays()
	if err != nil {
		t.Fatal(err)
	}
	unpaid := 0
	for day := -90; day <= 180; day++ {
		unpaid += int(money.Whole - days.PaidBy(day))
	}
	d.ExpectedDaysLate = (unpaid+500_000)/1_000_000 - 90
	d.MedianDaysLate, d.P90DaysLate = days.By(500_000), days.By(900_000)
	return d
}

func daysOf(t *testing.T, curve ...underwriting.CurvePoint) underwriting.PaymentDays {
	t.Helper()
	days, err := decided(t, curve...).PaymentDays()
	if err != nil {
		t.Fatal(err)
	}
	return days
}

// twoDays is a debtor that pays half its invoices on the due date, the others on
// the sixth day after it.
var twoDays = []underwriting.CurvePoint{{Day: 0, Paid: 500_000}, {Day: 5, Paid: 500_000}, {Day: 6, Paid: 1_000_000}}

// storyDays are twoDays for story A: funded 27 days before it is due.
func storyDays(t *testing.T) underwriting.FundedDays {
	t.Helper()
	return daysOf(t, twoDays...).AfterFunding(storyAsk().Due, storyAsk().FundedOn)
}

func TestTheCurveIsStraightBetweenItsPoints(t *testing.T) {
	days := daysOf(t, underwriting.CurvePoint{Day: 0, Paid: 500_000}, underwriting.CurvePoint{Day: 2, Paid: 700_001}, underwriting.CurvePoint{Day: 10, Paid: 900_000})
	for day, want := range map[int]money.Ppm{
		-1000: 0, -90: 0, -1: 0, 0: 500_000, 1: 600_000, 2: 700_001, 3: 725_000, 9: 875_000, 10: 900_000, 11: 900_000, 180: 900_000, 9999: 900_000,
	} {
		if got := days.PaidBy(day); got != want {
			t.Errorf("paid by day %d: %s, want %s", day, got, want)
		}
	}
	if days.Later() != 100_000 || days.By(900_000) != 10 || days.By(900_001) != 181 {
		t.Errorf("later %s, P90 %d, more %d", days.Later(), days.By(900_000), days.By(900_001))
	}
}

func TestTheDaysOfTheGeneralTableAreItsCurve(t *testing.T) {
	d := assess(underwriting.Inputs{Today: onDay(0), Due: onDay(30)})
	days, err := d.PaymentDays()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range d.Curve {
		if got := days.PaidBy(p.Day); got != p.Paid {
			t.Errorf("paid by day %d: %s, want %s", p.Day, got, p.Paid)
		}
	}
	if days.Later() != d.Later || days.By(900_000) != d.P90DaysLate {
		t.Errorf("later %s, P90 %d", days.Later(), days.By(900_000))
	}
}

func TestACurveThatIsNoDistributionIsAFault(t *testing.T) {
	point := func(day int, paid money.Ppm) underwriting.CurvePoint {
		return underwriting.CurvePoint{Day: day, Paid: paid}
	}
	tests := map[string]underwriting.Decision{
		"no points":               {Later: money.Whole},
		"a day too early":         {Curve: []underwriting.CurvePoint{point(-91, money.Whole)}},
		"a day too late":          {Curve: []underwriting.CurvePoint{point(181, money.Whole)}},
		"a day twice":             {Curve: []underwriting.CurvePoint{point(1, 0), point(1, money.Whole)}},
		"a share that falls":      {Curve: []underwriting.CurvePoint{point(1, 500_000), point(2, 400_000)}, Later: 600_000},
		"a negative share":        {Curve: []underwriting.CurvePoint{point(1, -1)}, Later: 1_000_001},
		"more than all of it":     {Curve: []underwriting.CurvePoint{point(1, 1_000_001)}, Later: -1},
		"a sum that is not one":   {Curve: []underwriting.CurvePoint{point(1, 500_000)}, Later: 400_000},
		"later that is forgotten": {Curve: []underwriting.CurvePoint{point(1, 500_000)}},
	}
	for name, d := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := d.PaymentDays(); !errors.Is(err, underwriting.ErrCurve) {
				t.Errorf("PaymentDays gives %v", err)
			}
		})
	}
}

func TestAnInvoiceThatIsBoughtIsNotPaidYet(t *testing.T) {
	tests := map[string]struct {
		due  int // days after funding
		want map[int]money.Ppm
	}{
		"due in 27 days":         {27, map[int]money.Ppm{0: 0, 1: 0, 26: 0, 27: 500_000, 32: 500_000, 33: 1_000_000}},
		"due on the day":         {0, map[int]money.Ppm{0: 0, 1: 500_000, 5: 500_000, 6: 1_000_000}},
		"overdue by four":        {-4, map[int]money.Ppm{0: 0, 1: 500_000, 2: 1_000_000}},
		"overdue by two hundred": {-200, map[int]money.Ppm{0: 0, 1: 1_000_000}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			funded := domain.MustDate("2026-02-05")
			days := daysOf(t, twoDays...).AfterFunding(funded.Plus(tc.due), funded)
			for day, want := range tc.want {
				if got := days.PaidBy(day); got != want {
					t.Errorf("paid by day %d: %s, want %s", day, got, want)
				}
			}
			if days.Last() != max(1, tc.due+180) || days.Later() != 0 {
				t.Errorf("last day %d, later %s", days.Last(), days.Later())
			}
		})
	}
}

func TestStressIsTheOwnP90(t *testing.T) {
	days := daysOf(t, underwriting.CurvePoint{Day: 0, Paid: 500_000}, underwriting.CurvePoint{Day: 12, Paid: 900_000}, underwriting.CurvePoint{Day: 60, Paid: 960_000}).Stressed()
	for day, want := range map[int]money.Ppm{-90: 0, 11: 0, 12: 900_000, 36: 930_000, 60: 960_000, 180: 960_000} {
		if got := days.PaidBy(day); got != want {
			t.Errorf("paid by day %d: %s, want %s", day, got, want)
		}
	}
	never := daysOf(t, underwriting.CurvePoint{Day: 0, Paid: 899_999}).Stressed()
	if never.Later() != money.Whole {
		t.Errorf("a debtor without P90 is paid by day 180 with %s", never.PaidBy(180))
	}
}

func TestTheExpectedFeeIsThatOfTheDaysAndNotOfTheMeanDay(t *testing.T) {
	fees := map[string]struct {
		fee       domain.FeeTerms
		want, all string // on the days of the story; when everything is later
	}{
		"flat":               {domain.FeeTerms{FirstDays: 30, FirstRate: money.Percent(3)}, "300.00", "300.00"},
		"banded":             {storyMandate().Fee, "350.00", "900.00"},
		"up-front and daily": {domain.FeeTerms{UpfrontRate: money.Percent(1), DailyRate: money.MustRate("0.0005")}, "227.50", "482.50"},
		"daily alone":        {domain.FeeTerms{DailyRate: money.MustRate("0.0005")}, "127.50", "382.50"},
	}
	basis, advance := money.Minor(10_000_00, "USD"), money.Minor(8_500_00, "USD")
	for name, tc := range fees {
		t.Run(name, func(t *testing.T) {
			if got := underwriting.ExpectedFee(tc.fee, basis, advance, storyDays(t), 90).Decimal(); got != tc.want {
				t.Errorf("expected fee %s, want %s", got, tc.want)
			}
			if got := underwriting.ExpectedFee(tc.fee, basis, advance, underwriting.FundedDays{}, 90).Decimal(); got != tc.all {
				t.Errorf("expected fee when all is later %s, want %s", got, tc.all)
			}
		})
	}
}

func TestAnExpectedFeeIsRoundedOnceHalfToEven(t *testing.T) {
	half := daysOf(t, underwriting.CurvePoint{Day: 0, Paid: 500_000}, underwriting.CurvePoint{Day: 1, Paid: 1_000_000})
	funded := domain.MustDate("2026-02-05")
	fee := domain.FeeTerms{FirstDays: 1, StepDays: 1, StepRate: money.Percent(1)}
	for basis, want := range map[int64]int64{1_00: 0, 3_00: 2, 5_00: 2} { // half a per cent of it: 0.5, 1.5, 2.5
		got := underwriting.ExpectedFee(fee, money.Minor(basis, "USD"), money.Minor(basis, "USD"), half.AfterFunding(funded.Plus(1), funded), 90)
		if got.Units() != want {
			t.Errorf("basis %d: expected fee %s, want %d cents", basis, got, want)
		}
	}
}
