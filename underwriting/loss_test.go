package underwriting_test

import (
	"testing"

	"comity/domain"
	"comity/money"
	"comity/underwriting"

	"pgregory.net/rapid"
)

// coverV5c is the cover of vector V5c: limit 8,000 free, 90 per cent.
func coverV5c() underwriting.Cover {
	return underwriting.Cover{Trigger: underwriting.TriggerProtracted, TriggerDays: 90, LimitFree: usd(8_000_00), Share: money.Percent(90)}
}

// TestCoverIsTheShareOfWhatIsInsideTheLimit holds D-28: vector V5c and its edges.
func TestCoverIsTheShareOfWhatIsInsideTheLimit(t *testing.T) {
	tests := map[string]struct {
		change              func(*underwriting.Cover)
		covered, fromSeller string
	}{
		"vector V5c":               {func(*underwriting.Cover) {}, "7200.00", "2200.00"},
		"full recourse, vector V4": {func(c *underwriting.Cover) { *c = underwriting.Cover{} }, "0.00", "9400.00"},
		"a limit above the basis":  {func(c *underwriting.Cover) { c.LimitFree = usd(50_000_00) }, "9000.00", "400.00"},
		"the whole is covered":     {func(c *underwriting.Cover) { c.LimitFree, c.Share = usd(50_000_00), money.Percent(100) }, "10000.00", "0.00"},
		"a first loss":             {func(c *underwriting.Cover) { c.FirstLoss = usd(1_000_00) }, "6200.00", "3200.00"},
		"a first loss above it":    {func(c *underwriting.Cover) { c.FirstLoss = usd(9_000_00) }, "0.00", "9400.00"},
		"tax is left out":          {func(c *underwriting.Cover) { c.LimitFree, c.Tax = usd(50_000_00), usd(2_000_00) }, "7200.00", "2200.00"},
		"suspended by a dispute":   {func(c *underwriting.Cover) { c.Suspended = true }, "0.00", "9400.00"},
		"no limit is free":         {func(c *underwriting.Cover) { c.LimitFree = usd(0) }, "0.00", "9400.00"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			cover := coverV5c()
			tc.change(&cover)
			e := underwriting.Exposure{Basis: usd(10_000_00), Reserve: usd(1_500_00), Fees: usd(900_00), Cover: cover}
			if covered, seller := cover.Covered(e.Basis).Decimal(), e.FromSeller().Decimal(); covered != tc.covered || seller != tc.fromSeller {
				t.Errorf("covered %s, from the seller %s; want %s, %s", covered, seller, tc.covered, tc.fromSeller)
			}
		})
	}
}

// lossDays are paid by day 90 with 95 %, on average on a whole day.
func lossDays(t *testing.T) underwriting.FundedDays {
	t.Helper()
	funded := domain.MustDate("2026-02-05")
	return daysOf(t, underwriting.CurvePoint{Day: 0, Paid: 950_000}).AfterFunding(funded.Plus(27), funded)
}

// TestExpectedLossByRecourseForm holds D-28: who bears which loss.
func TestExpectedLossByRecourseForm(t *testing.T) {
	rates := underwriting.LossRates{
		Default: 30_000, LossGivenDefault: 750_000, Dispute: 50_000, Dilution: 40_000, Fraud: 2_500, NoRepurchase: 80_000,
	}
	// 95 % stand 27 days, 5 % 208: 36.05, so 37 days; default within them at a
	// yearly rate of 0.030460: 3,088 millionths.
	tests := map[string]struct {
		cover                                        underwriting.Cover
		credit, repurchase, dispute, dilution, fraud string
	}{
		"full recourse": {underwriting.Cover{}, "0.00", "37.60", "37.60", "32.00", "21.25"},
		"vector V5c":    {coverV5c(), "16.68", "8.80", "37.60", "32.00", "21.25"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			e := underwriting.Exposure{Basis: usd(10_000_00), Reserve: usd(1_500_00), Fees: usd(900_00), Cover: tc.cover, OpenBy: 90}
			got := underwriting.ExpectedLoss(e, lossDays(t), rates)
			if got.Credit.Decimal() != tc.credit || got.Repurchase.Decimal() != tc.repurchase || got.Dispute.Decimal() != tc.dispute ||
				got.Dilution.Decimal() != tc.dilution || got.Fraud.Decimal() != tc.fraud {
				t.Errorf("credit %s, repurchase %s, dispute %s, dilution %s, fraud %s; want %+v",
					got.Credit, got.Repurchase, got.Dispute, got.Dilution, got.Fraud, tc)
			}
		})
	}
}

// TestALateCurveIsNoDefault holds D-9: later than day 180 is late and no loss.
func TestALateCurveIsNoDefault(t *testing.T) {
	e := underwriting.Exposure{Basis: usd(10_000_00), Reserve: usd(1_500_00), Fees: usd(900_00), Cover: coverV5c(), OpenBy: 90}
	got := underwriting.ExpectedLoss(e, underwriting.FundedDays{}, underwriting.LossRates{LossGivenDefault: money.Whole})
	if !got.Total().IsZero() {
		t.Errorf("an invoice that is paid later than day 180, of a debtor that never defaults, loses %s", got.Total())
	}
}

func TestADefaultTakesNoMoreThanTheCoveredPart(t *testing.T) {
	e := underwriting.Exposure{Basis: usd(10_000_00), Reserve: usd(1_500_00), Fees: usd(0), Cover: coverV5c(), OpenBy: 90}
	got := underwriting.ExpectedLoss(e, underwriting.FundedDays{}, underwriting.LossRates{Default: 999_999, LossGivenDefault: money.Whole})
	if got.Credit.Decimal() != "7200.00" {
		t.Errorf("credit loss %s", got.Credit)
	}
}

func TestBeliefsAboutLosses(t *testing.T) {
	nothing := underwriting.Seen{}.Losses(underwriting.Facts{Grade: "C"})
	want := underwriting.LossRates{
		Default: 30_000, LossGivenDefault: 750_000, Dispute: 50_000, Dilution: 40_000, Fraud: 2_500, NoRepurchase: 80_000,
	}
	if got := nothing.Expected(); got != want {
		t.Errorf("beliefs of v1 %+v, want %+v", got, want)
	}
	seen := underwriting.Seen{
		Defaults: 0, DebtorDays: 50 * 365, DefaultsRecorded: true,
		Disputes:    underwriting.Count{Events: 4, Trials: 20, Recorded: true},
		Repurchases: underwriting.Count{Events: 0, Trials: 10, Recorded: true},
		Lost:        usd(1_000_00), Defaulted: usd(4_000_00), Closed: 4,
	}.Losses(underwriting.Facts{Grade: "C"}).Expected()
	want = underwriting.LossRates{
		Default: 15_000, LossGivenDefault: 500_000, Dispute: 125_000, Dilution: 40_000, Fraud: 2_500, NoRepurchase: 40_000,
	}
	if seen != want {
		t.Errorf("beliefs after what was seen %+v, want %+v", seen, want)
	}
	if worst := (underwriting.Seen{}).Losses(underwriting.Facts{}); worst.NoRepurchase.Mean != 300_000 {
		t.Errorf("a seller without a grade fails with %s", worst.NoRepurchase.Mean)
	}
}

func TestLossesNeverFallWhenPaymentsGetLaterOrRatesRise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		better, worse := drawCurves(t)
		e := underwriting.Exposure{
			Basis: usd(10_000_00), Reserve: usd(rapid.Int64Range(0, 10_000_00).Draw(t, "reserve")), Fees: usd(rapid.Int64Range(0, 2_000_00).Draw(t, "fees")),
			Cover: drawCover(t), OpenBy: rapid.IntRange(1, 120).Draw(t, "open by"),
		}
		low, high := drawRates(t)
		before, after := underwriting.ExpectedLoss(e, funded(t, better), low), underwriting.ExpectedLoss(e, funded(t, worse), high)
		for cause, pair := range map[string][2]money.Amount{
			"credit": {before.Credit, after.Credit}, "repurchase": {before.Repurchase, after.Repurchase}, "dispute": {before.Dispute, after.Dispute},
			"dilution": {before.Dilution, after.Dilution}, "fraud": {before.Fraud, after.Fraud},
		} {
			if pair[1].Less(pair[0]) {
				t.Errorf("%s: %s, worse %s", cause, pair[0], pair[1])
			}
		}
	})
}
