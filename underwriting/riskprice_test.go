package underwriting_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"comity/domain"
	"comity/money"
	"comity/underwriting"
)

// storyRisk is what is known in story A: dilution 4 %, level 3, grade A; and costs.
func storyRisk() underwriting.Risk {
	return underwriting.Risk{
		Facts: underwriting.Facts{
			Dilution:     underwriting.Dilution{D95: 40_000, Months: 12, Known: true, Share: underwriting.Posterior{Mean: 20_000, Low: 5_000, High: 40_000}},
			Verification: underwriting.VerificationStatus,
			Grade:        "A",
		},
		Costs: domain.Costs{FundsRate: money.Percent(8), Servicing: usd(20_00), ServicingRate: money.BasisPoints(5), MarginRate: money.BasisPoints(50)},
	}
}

// onTheDueDate is a debtor that always pays on the due date.
var onTheDueDate = []underwriting.CurvePoint{{Day: -1}, {Day: 0, Paid: 1_000_000}}

func TestHaircutsFollowFromTheFacts(t *testing.T) {
	tests := map[string]struct {
		change func(*underwriting.Facts)
		want   string // advance rate under the fee of story A
		codes  string
	}{
		"the vector of D-9":       {func(*underwriting.Facts) {}, "0.85", "dilution verification seller-grade"},
		"the vector with grade C": {func(f *underwriting.Facts) { f.Grade = "C" }, "0.82", "dilution verification seller-grade"},
		"no grade is the worst":   {func(f *underwriting.Facts) { f.Grade = "" }, "0.75", "dilution verification seller-grade-unknown"},
		"no such grade":           {func(f *underwriting.Facts) { f.Grade = "AAA" }, "0.75", "dilution verification seller-grade-unknown"},
		"irrevocably accepted":    {func(f *underwriting.Facts) { f.Verification = underwriting.VerificationAccepted }, "0.87", "dilution verification seller-grade"},
		"not verified":            {func(f *underwriting.Facts) { f.Verification = underwriting.VerificationNone }, "0.77", "dilution verification seller-grade"},
		"verification unknown":    {func(f *underwriting.Facts) { f.Verification = 0 }, "0.81", "dilution verification-unknown seller-grade"},
		"dilution unknown":        {func(f *underwriting.Facts) { f.Dilution = underwriting.Dilution{} }, "0.7726", "dilution-unknown verification seller-grade"},
		"unknown and bad already": {func(f *underwriting.Facts) {
			f.Dilution = underwriting.Dilution{D95: 200_000, Months: 2}
		}, "0.69", "dilution-unknown verification seller-grade"},
		"one promise in three was broken": {func(f *underwriting.Facts) {
			f.Promises = underwriting.Promises{Broken: 1, Decided: 3}
		}, "0.84", "dilution verification seller-grade promises"},
		"two promises say nothing": {func(f *underwriting.Facts) {
			f.Promises = underwriting.Promises{Broken: 2, Decided: 2}
		}, "0.85", "dilution verification seller-grade"},
		"the product's cap": {func(f *underwriting.Facts) { f.ProductCap = money.Percent(80) }, "0.8", "dilution verification seller-grade"},
		"the seller's cap": {func(f *underwriting.Facts) {
			f.ProductCap, f.SellerCap = money.Percent(80), money.Percent(70)
		}, "0.7", "dilution verification seller-grade"},
		"a cap above the mandate's": {func(f *underwriting.Facts) { f.SellerCap = money.Percent(99) }, "0.85", "dilution verification seller-grade"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			facts := storyRisk().Facts
			tc.change(&facts)
			m, reasons := facts.Haircut(storyMandate())
			var codes []string
			for _, r := range reasons {
				codes = append(codes, r.Code)
			}
			if got := underwriting.AdvanceRate(m).String(); got != tc.want || strings.Join(codes, " ") != tc.codes {
				t.Errorf("advance rate %s for %s; want %s for %s", got, codes, tc.want, tc.codes)
			}
		})
	}
}

// TestPromisesThatWereKeptAreNoBadSign holds F-72: what is kept grows with the share of promises that
// were broken, at its edges a fourth and a half, and fewer than three say nothing.
func TestPromisesThatWereKeptAreNoBadSign(t *testing.T) {
	for of, want := range map[underwriting.Promises]string{
		{}: "0", {Broken: 2, Decided: 2}: "0", {Decided: 3}: "0", {Broken: 1, Decided: 3}: "0.01", {Broken: 1, Decided: 4}: "0",
		{Broken: 2, Decided: 4}: "0.01", {Broken: 3, Decided: 4}: "0.02", {Broken: 3, Decided: 12}: "0", {Broken: 4, Decided: 12}: "0.01",
		{Broken: 6, Decided: 12}: "0.01", {Broken: 7, Decided: 12}: "0.02",
	} {
		if got := of.Haircut().String(); got != want {
			t.Errorf("%d of %d broken: %s, want %s", of.Broken, of.Decided, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 60).Draw(t, "decided")
		fewer := underwriting.Promises{Broken: rapid.IntRange(0, n).Draw(t, "broken"), Decided: n}
		more := underwriting.Promises{Broken: rapid.IntRange(fewer.Broken, n).Draw(t, "more"), Decided: n}
		if more.Haircut().Less(fewer.Haircut()) {
			t.Errorf("%v costs more than %v", fewer, more)
		}
	})
}

// TestConcentrationIsALimitAndNoHaircut holds D-9 and D-31: the excess is ineligible, and lowers no rate.
func TestConcentrationIsALimitAndNoHaircut(t *testing.T) {
	for room, want := range map[int64]string{20_000_00: "10000.00 0.00", 8_000_00: "8000.00 2000.00", 0: "0.00 10000.00", -5: "0.00 10000.00"} {
		eligible, excess := underwriting.Eligible(usd(10_000_00), usd(room))
		if got := eligible.Decimal() + " " + excess.Decimal(); got != want {
			t.Errorf("room %d: %s, want %s", room, got, want)
		}
	}
}

// All is paid on day 27. The flat fee: funds 9,000 × 8 % × 27 / 365 = 53.26,
// servicing 20.00 + 5.00, margin 50.00, dispute 5 % × 2 % of 9,164.00 = 9.16, dilution
// 2 % × 2 % of the basis = 4.00, fraud 0.25 % of the advance = 22.50: 163.92, so 1.64 %.
// By bands the steps to day 90 take 6 % from the advance; daily, 0.03 % of the
// advance is more than the funds cost, and the first rate carries the rest.
func TestTheFeeCoversTheCostsInEveryFamily(t *testing.T) {
	tests := map[string]struct {
		given               domain.FeeTerms
		free, advance, fee  string
		funds, loss, yearly string
	}{
		"flat": {
			domain.FeeTerms{FirstDays: 30, FirstRate: money.Percent(9)},
			"0.0164", "9000.00", "164.00", "53.26", "35.66", "19.36",
		},
		"by bands": {
			domain.FeeTerms{FirstDays: 30, FirstRate: money.Percent(9), StepDays: 10, StepRate: money.Percent(1)},
			"0.0163", "8637.00", "163.00", "51.11", "34.99", "20.13",
		},
		"up-front and daily": {
			domain.FeeTerms{UpfrontRate: money.Percent(9), DailyRate: money.MustRate("0.0003")},
			"0.0111", "9000.00", "183.90", "53.26", "35.85", "22.34",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			m := storyMandate()
			m.Fee = tc.given
			p, err := underwriting.PriceRisk(decided(t, onTheDueDate...), m, storyAsk(), storyRisk())
			if err != nil {
				t.Fatal(err)
			}
			free := p.Terms.Fee.FirstRate.Plus(p.Terms.Fee.UpfrontRate)
			if free.String() != tc.free || p.Terms.Advance.Decimal() != tc.advance || p.Fee.Decimal() != tc.fee {
				t.Errorf("free rate %s, advance %s, expected fee %s; want %s, %s, %s", free, p.Terms.Advance, p.Fee, tc.free, tc.advance, tc.fee)
			}
			if p.Cost.Funds.Decimal() != tc.funds || p.Cost.Loss.Total().Decimal() != tc.loss || p.Expected.Yearly.PercentString() != tc.yearly {
				t.Errorf("funds %s, loss %s, yearly %s; want %s, %s, %s",
					p.Cost.Funds, p.Cost.Loss.Total(), p.Expected.Yearly.PercentString(), tc.funds, tc.loss, tc.yearly)
			}
			if p.Cost.Servicing.Decimal() != "25.00" || p.Cost.Margin.Decimal() != "50.00" {
				t.Errorf("servicing %s, margin %s", p.Cost.Servicing, p.Cost.Margin)
			}
		})
	}
}

func TestABetterPayerNeverGetsAHigherFirstRate(t *testing.T) {
	m := storyMandate()
	m.Fee = domain.FeeTerms{FirstDays: 1, StepDays: 5, StepRate: money.Percent(1)} // steps that earn far more than funds cost
	quick, err := underwriting.PriceRisk(decided(t, underwriting.CurvePoint{Day: -26, Paid: money.Whole}), m, storyAsk(), storyRisk())
	if err != nil {
		t.Fatal(err)
	}
	late, err := underwriting.PriceRisk(decided(t, underwriting.CurvePoint{Day: 20, Paid: money.Whole}), m, storyAsk(), storyRisk())
	if err != nil {
		t.Fatal(err)
	}
	if late.Terms.Fee.FirstRate.Less(quick.Terms.Fee.FirstRate) || late.Terms.AdvanceRate.Compare(quick.Terms.AdvanceRate) > 0 {
		t.Errorf("first rate %s, of a late payer %s", quick.Terms.Fee.FirstRate, late.Terms.Fee.FirstRate)
	}
}

func TestStressIsWorseThanExpected(t *testing.T) {
	m := storyMandate()
	m.Fee = domain.FeeTerms{FirstDays: 30}
	p, err := underwriting.PriceRisk(assess(storyInputs()), m, storyAsk(), storyRisk())
	if err != nil {
		t.Fatal(err)
	}
	if !p.Expected.Profit().Positive() || !p.Stressed.Profit().Less(p.Expected.Profit()) || !p.Stressed.Yearly.Less(p.Expected.Yearly) {
		t.Errorf("profit %s at %s, stressed %s at %s", p.Expected.Profit(), p.Expected.Yearly, p.Stressed.Profit(), p.Stressed.Yearly)
	}
}

// TestWhatNothingIsKnownOfIsPricedAndSaidSo holds D-33: what is not known is priced as the worst quarter, and said.
func TestWhatNothingIsKnownOfIsPricedAndSaidSo(t *testing.T) {
	p, err := underwriting.PriceRisk(assess(underwriting.Inputs{Today: onDay(0), Due: onDay(27)}), storyMandate(), storyAsk(), underwriting.Risk{})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, r := range p.Reasons {
		said = append(said, r.Audience+" "+r.Sentence)
	}
	for _, want := range []string{
		"all 11.73 % is kept for deductions: 0 complete months of sales known, so a bad month of what is believed of any customer counts",
		"all 6.00 % is kept because it is not known how the invoice was verified: the worst quarter counts",
		"all 10.00 % is kept because the seller has no grade yet: the worst grade counts",
		"factor default within a year 0.030000 (90 % between 0.003",
	} {
		if !strings.Contains(strings.Join(said, "\n"), want) {
			t.Errorf("reasons:\n%s\nwant among them: %s", strings.Join(said, "\n"), want)
		}
	}
}

func TestACapThatDecidesIsSaid(t *testing.T) {
	risk := storyRisk()
	risk.Facts.SellerCap = money.Percent(70)
	p, err := underwriting.PriceRisk(decided(t, onTheDueDate...), storyMandate(), storyAsk(), risk)
	if err != nil {
		t.Fatal(err)
	}
	if r := p.Reasons[3]; r.Code != underwriting.ReasonAdvanceCap || r.Sentence != "no more than 70.00 % is advanced on an invoice of yours" {
		t.Errorf("reason %+v", r)
	}
}

func TestPriceRiskRefuses(t *testing.T) {
	tests := map[string]struct {
		change func(*underwriting.Decision, *domain.MandateTerms, *underwriting.Risk)
		want   error
	}{
		"a margin that takes the whole basis": {func(_ *underwriting.Decision, _ *domain.MandateTerms, r *underwriting.Risk) {
			r.Costs.MarginRate = money.Percent(100)
		}, domain.ErrNothingToPayOut},
		"steps that take the whole basis": {func(_ *underwriting.Decision, m *domain.MandateTerms, _ *underwriting.Risk) {
			m.Fee.StepDays, m.Fee.StepRate = 1, money.Percent(100)
		}, domain.ErrNothingToPayOut},
		"a payer that is too late": {func(d *underwriting.Decision, _ *domain.MandateTerms, _ *underwriting.Risk) {
			d.ExpectedDaysLate = 31
		}, domain.ErrTooLatePayer},
		"a decision without a curve": {func(d *underwriting.Decision, _ *domain.MandateTerms, _ *underwriting.Risk) {
			d.Curve = nil
		}, underwriting.ErrCurve},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			d, m, risk := decided(t, onTheDueDate...), storyMandate(), storyRisk()
			tc.change(&d, &m, &risk)
			if _, err := underwriting.PriceRisk(d, m, storyAsk(), risk); !errors.Is(err, tc.want) {
				t.Errorf("PriceRisk gives %v, want %v", err, tc.want)
			}
		})
	}
}

func TestARiskThatMeansNothingIsAFault(t *testing.T) {
	tests := map[string]func(*underwriting.Risk){
		"funds that bring money":    func(r *underwriting.Risk) { r.Costs.FundsRate = money.Percent(-1) },
		"funds at a thousandfold":   func(r *underwriting.Risk) { r.Costs.FundsRate = money.Percent(1_001) },
		"a margin above the whole":  func(r *underwriting.Risk) { r.Costs.MarginRate = money.Percent(101) },
		"servicing in another coin": func(r *underwriting.Risk) { r.Costs.Servicing = money.Minor(1, "EUR") },
		"a negative first loss":     func(r *underwriting.Risk) { r.Cover.FirstLoss = usd(-1) },
		"a cover above the whole":   func(r *underwriting.Risk) { r.Cover.Share = money.Percent(101) },
		"a dilution above it":       func(r *underwriting.Risk) { r.Facts.Dilution.D95 = 1_000_001 },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			risk := storyRisk()
			change(&risk)
			refusal := new(domain.Refusal)
			_, err := underwriting.PriceRisk(decided(t, onTheDueDate...), storyMandate(), storyAsk(), risk)
			if err == nil || errors.As(err, &refusal) {
				t.Errorf("PriceRisk gives %v, want a fault", err)
			}
		})
	}
}

func TestTheLargestTradeIsPriced(t *testing.T) {
	m, ask, risk := storyMandate(), storyAsk(), storyRisk()
	m.MaxFace, ask.Basis = usd(1_000_000_000_000_000), usd(1_000_000_000_000_000)
	risk.Cover = underwriting.Cover{LimitFree: usd(1_000_000_000_000_000), Share: money.Percent(100)}
	for _, funds := range []int64{20, 1_000} {
		risk.Costs.FundsRate = money.Percent(funds)
		if _, err := underwriting.PriceRisk(assess(storyInputs()), m, ask, risk); err != nil {
			t.Errorf("funds at %d %% a year: %v", funds, err)
		}
	}
}

func BenchmarkPriceRisk(b *testing.B) {
	d, m, ask, risk := assess(storyInputs()), storyMandate(), storyAsk(), storyRisk()
	for b.Loop() {
		if _, err := underwriting.PriceRisk(d, m, ask, risk); err != nil {
			b.Fatal(err)
		}
	}
}

func TestEveryFamilyIsStoredAndBandsAsEver(t *testing.T) {
	story, err := underwriting.Price(storyDecision(), storyMandate(), storyAsk())
	if err != nil {
		t.Fatal(err)
	}
	bands := string(underwriting.EncodeTerms(story))
	if want := `"first_days":30,"first_rate":"0.03","step_days":10,"step_rate":"0.01","recourse_days":90,`; !strings.Contains(bands, want) {
		t.Errorf("bands are stored as %s, want in it %s", bands, want)
	}
	m := storyMandate()
	m.Fee = domain.FeeTerms{UpfrontRate: money.Percent(1), DailyRate: money.MustRate("0.0004")}
	terms, err := underwriting.Price(storyDecision(), m, storyAsk())
	if err != nil {
		t.Fatal(err)
	}
	stored := string(underwriting.EncodeTerms(terms))
	if want := `"step_rate":"0","upfront_rate":"0.01","daily_rate":"0.0004","recourse_days":90,`; !strings.Contains(stored, want) {
		t.Errorf("an up-front and daily fee is stored as %s, want in it %s", stored, want)
	}
	decoded, err := underwriting.DecodeTerms([]byte(stored))
	if err != nil || string(underwriting.EncodeTerms(decoded)) != stored {
		t.Errorf("decoded (%v): %+v", err, decoded)
	}
	for _, bad := range []string{
		strings.Replace(bands, `"recourse_days"`, `"upfront_rate":"0","recourse_days"`, 1),
		strings.Replace(stored, `"daily_rate":"0.0004"`, `"daily_rate":"0.00040"`, 1),
	} {
		if _, err := underwriting.DecodeTerms([]byte(bad)); !errors.Is(err, underwriting.ErrStored) {
			t.Errorf("DecodeTerms gives %v of %s", err, bad)
		}
	}
}

// The advance of an up-front and daily fee leaves room for the fee on itself:
// a + 1 % + a × 0.04 % × 90 days = 94 %, so a = 0.93 / 1.036.
func TestAnUpfrontAndDailyFeeIsPricedOnTheAdvance(t *testing.T) {
	m := storyMandate()
	m.Fee = domain.FeeTerms{UpfrontRate: money.Percent(1), DailyRate: money.MustRate("0.0004")}
	terms, err := underwriting.Price(storyDecision(), m, storyAsk())
	if err != nil {
		t.Fatal(err)
	}
	if terms.AdvanceRate.String() != "0.8976" || terms.Advance.Decimal() != "8976.00" {
		t.Fatalf("advance %s, rate %s", terms.Advance, terms.AdvanceRate)
	}
	for i, want := range []string{"196.94", "214.89", "423.14"} { // days 27, 32 and 90
		if got := terms.Scenarios[i].Fee.Decimal(); got != want {
			t.Errorf("%s: fee %s, want %s", terms.Scenarios[i].Name, got, want)
		}
	}
}
