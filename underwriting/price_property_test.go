package underwriting_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"comity/domain"
	"comity/money"
	"comity/underwriting"

	"pgregory.net/rapid"
)

// drawCurves draws two decisions of which the first is nowhere paid later.
func drawCurves(t *rapid.T) (better, worse underwriting.Decision) {
	days := rapid.SampledFrom([][]int{{-90, -60, -30, -14, -7, -3, -1, 0, 1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180}, {-5, 0, 9, 40}}).Draw(t, "grid")
	draw := func(label string) []money.Ppm {
		shares := make([]money.Ppm, len(days))
		least := rapid.SampledFrom([]int32{0, 600_000, 900_000}).Draw(t, label+", least")
		for i := range shares {
			shares[i] = money.Ppm(rapid.Int32Range(least, 1_000_000).Draw(t, label))
		}
		slices.Sort(shares)
		return shares
	}
	first, second := draw("one"), draw("other")
	var up, down []underwriting.CurvePoint
	for i, day := range days {
		up = append(up, underwriting.CurvePoint{Day: day, Paid: max(first[i], second[i])})
		down = append(down, underwriting.CurvePoint{Day: day, Paid: second[i]})
	}
	return decided(t, up...), decided(t, down...)
}

func funded(t *rapid.T, d underwriting.Decision) underwriting.FundedDays {
	days, err := d.PaymentDays()
	if err != nil {
		t.Fatal(err)
	}
	return days.AfterFunding(storyAsk().Due, storyAsk().FundedOn)
}

func drawCover(t *rapid.T) underwriting.Cover {
	if rapid.Bool().Draw(t, "recourse") {
		return underwriting.Cover{}
	}
	return underwriting.Cover{
		Trigger: underwriting.TriggerInsolvency, LimitFree: usd(rapid.Int64Range(0, 20_000_00).Draw(t, "limit")),
		Share: money.BasisPoints(rapid.Int64Range(0, 10_000).Draw(t, "covered")), FirstLoss: usd(rapid.Int64Range(0, 3_000_00).Draw(t, "first loss")),
	}
}

func drawRates(t *rapid.T) (low, high underwriting.LossRates) {
	pair := func(label string) (money.Ppm, money.Ppm) {
		a, b := rapid.Int32Range(0, 1_000_000).Draw(t, label), rapid.Int32Range(0, 1_000_000).Draw(t, label)
		return money.Ppm(min(a, b)), money.Ppm(max(a, b))
	}
	low.Default, high.Default = pair("default")
	low.LossGivenDefault, high.LossGivenDefault = pair("given default")
	low.Dispute, high.Dispute = pair("dispute")
	low.Dilution, high.Dilution = pair("dilution")
	low.Fraud, high.Fraud = pair("fraud")
	low.NoRepurchase, high.NoRepurchase = pair("no repurchase")
	return low, high
}

func drawFee(t *rapid.T) domain.FeeTerms {
	bp := func(most int64, label string) money.Rate {
		return money.BasisPoints(rapid.Int64Range(0, most).Draw(t, label))
	}
	switch rapid.SampledFrom([]domain.FeeFamily{domain.FeeFlat, domain.FeeBanded, domain.FeeDaily}).Draw(t, "family") {
	case domain.FeeDaily:
		return domain.FeeTerms{
			UpfrontRate: bp(300, "up-front"), DailyRate: money.MustRate("0.00001").TimesInt(rapid.Int64Range(1, 150).Draw(t, "daily")),
		}
	case domain.FeeBanded:
		return domain.FeeTerms{
			FirstDays: rapid.IntRange(1, 40).Draw(t, "first days"), FirstRate: bp(500, "first rate"),
			StepDays: rapid.IntRange(5, 30).Draw(t, "step days"), StepRate: bp(100, "step rate"),
		}
	default:
		return domain.FeeTerms{FirstDays: 30, FirstRate: bp(500, "flat rate")}
	}
}

func drawRisk(t *rapid.T) underwriting.Risk {
	bp := func(most int64, label string) money.Rate {
		return money.BasisPoints(rapid.Int64Range(0, most).Draw(t, label))
	}
	trials := rapid.IntRange(4, 60).Draw(t, "invoices")
	return underwriting.Risk{
		Facts: underwriting.Facts{
			Dilution:     underwriting.Dilution{D95: money.Ppm(rapid.Int32Range(1, 120_000).Draw(t, "D95")), Months: 9, Known: rapid.Bool().Draw(t, "known")},
			Verification: underwriting.Verification(rapid.IntRange(0, 7).Draw(t, "level")),
			Grade:        underwriting.SellerGrade(rapid.SampledFrom([]string{"A", "B", "C", "D", "E", ""}).Draw(t, "grade")),
		},
		Seen:  underwriting.Seen{Disputes: underwriting.Count{Events: rapid.IntRange(0, trials/4).Draw(t, "disputed"), Trials: trials, Recorded: true}},
		Cover: drawCover(t),
		Costs: domain.Costs{
			FundsRate: bp(2_500, "funds"), Servicing: usd(rapid.Int64Range(0, 60_00).Draw(t, "servicing")),
			ServicingRate: bp(60, "servicing rate"), MarginRate: bp(150, "margin"),
		},
	}
}

// drawPurchase draws what both sides of a comparison share.
func drawPurchase(t *rapid.T) (domain.MandateTerms, underwriting.Ask, underwriting.Risk) {
	m, ask := drawMandate(t), storyAsk()
	m.Fee, m.MaxExpectedDaysLate = drawFee(t), 181
	m.AdvanceCap = money.BasisPoints(rapid.Int64Range(5_000, 10_000).Draw(t, "cap of the product"))
	ask.Basis = usd(rapid.Int64Range(500_00, 100_000_00).Draw(t, "basis"))
	ask.Due = ask.FundedOn.Plus(rapid.IntRange(-60, 30).Draw(t, "due"))
	return m, ask, drawRisk(t)
}

func priceRisk(t *rapid.T, d underwriting.Decision, m domain.MandateTerms, ask underwriting.Ask, r underwriting.Risk) (underwriting.RiskPrice, bool) {
	p, err := underwriting.PriceRisk(d, m, ask, r)
	if refused := new(domain.Refusal); errors.As(err, &refused) {
		return p, false
	}
	if err != nil {
		t.Fatal(err)
	}
	return p, true
}

// neverBetter fails if the second price is better for the seller than the first.
func neverBetter(t *rapid.T, first, second underwriting.RiskPrice) {
	a, b := first.Terms, second.Terms
	if b.Fee.FirstRate.Less(a.Fee.FirstRate) || b.Fee.UpfrontRate.Less(a.Fee.UpfrontRate) || a.AdvanceRate.Less(b.AdvanceRate) {
		t.Errorf("first rate %s, up-front %s, advance %s; worse %s, %s, %s",
			a.Fee.FirstRate, a.Fee.UpfrontRate, a.AdvanceRate, b.Fee.FirstRate, b.Fee.UpfrontRate, b.AdvanceRate)
	}
	for day := range 200 {
		if a.Fee.Family() != domain.FeeDaily && b.Fee.OwedOn(b.Basis, b.Advance, day).Less(a.Fee.OwedOn(a.Basis, a.Advance, day)) {
			t.Errorf("fee of day %d: %s, worse %s", day, a.Fee.OwedOn(a.Basis, a.Advance, day), b.Fee.OwedOn(b.Basis, b.Advance, day))
		}
	}
}

func TestAnOfferNeverWorsensWhenTheCurveImproves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, ask, risk := drawPurchase(t)
		better, worse := drawCurves(t)
		after, offered := priceRisk(t, worse, m, ask, risk)
		if !offered {
			return
		}
		before, offered := priceRisk(t, better, m, ask, risk)
		if !offered {
			t.Fatal("the better curve is refused, the worse is not")
		}
		neverBetter(t, before, after)
		if after.Terms.Fee.Family() != domain.FeeDaily && after.Fee.Less(before.Fee) {
			t.Errorf("expected fee %s, worse curve %s", before.Fee, after.Fee)
		}
	})
}

func TestAnOfferNeverImprovesWithTheDisputedShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, ask, risk := drawPurchase(t)
		d, _ := drawCurves(t)
		more := risk
		more.Seen.Disputes.Events = rapid.IntRange(risk.Seen.Disputes.Events, risk.Seen.Disputes.Trials).Draw(t, "more disputed")
		after, offered := priceRisk(t, d, m, ask, more)
		if !offered {
			return
		}
		before, offered := priceRisk(t, d, m, ask, risk)
		if !offered {
			t.Fatal("fewer disputes are refused, more are not")
		}
		neverBetter(t, before, after)
	})
}

func TestTheExpectedFeeCoversTheCostAndSumsAreToTheCent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, ask, risk := drawPurchase(t)
		d, _ := drawCurves(t)
		p, offered := priceRisk(t, d, m, ask, risk)
		if !offered {
			return
		}
		if p.Fee.Less(p.Cost.Total()) {
			t.Errorf("expected fee %s, cost %s", p.Fee, p.Cost.Total())
		}
		days, err := d.PaymentDays()
		if err != nil {
			t.Fatal(err)
		}
		if got := underwriting.ExpectedFee(p.Terms.Fee, ask.Basis, p.Terms.Advance, days.AfterFunding(ask.Due, ask.FundedOn), m.RecourseDays); got != p.Fee {
			t.Errorf("expected fee %s, shown %s", got, p.Fee)
		}
		c := p.Cost
		parts := c.Funds.Units() + c.Servicing.Units() + c.Margin.Units() +
			c.Loss.Credit.Units() + c.Loss.Repurchase.Units() + c.Loss.Dispute.Units() + c.Loss.Dilution.Units() + c.Loss.Fraud.Units()
		if parts != c.Total().Units() || p.Terms.Advance.Plus(p.Terms.Reserve) != p.Terms.Basis {
			t.Errorf("parts %d, total %s; advance %s and reserve %s of %s", parts, c.Total(), p.Terms.Advance, p.Terms.Reserve, p.Terms.Basis)
		}
		stored := underwriting.EncodeTerms(p.Terms)
		decoded, err := underwriting.DecodeTerms(stored)
		if err != nil || !bytes.Equal(underwriting.EncodeTerms(decoded), stored) || decoded.Fee.Family() != m.Fee.Family() {
			t.Errorf("%v: %s", err, stored)
		}
		flat := m.Fee.Family() == domain.FeeFlat
		if flat && p.Expected.Profit().Less(p.Stressed.Profit()) {
			t.Errorf("profit %s, stressed %s", p.Expected.Profit(), p.Stressed.Profit())
		}
	})
}

func TestDaysAddUpToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, _ := drawCurves(t)
		days, err := d.PaymentDays()
		if err != nil {
			t.Fatal(err)
		}
		ask := storyAsk()
		fundedDays := days.AfterFunding(ask.FundedOn.Plus(rapid.IntRange(-300, 300).Draw(t, "due")), ask.FundedOn)
		byDue, byFunding := days.Later(), fundedDays.Later()
		for day := -90; day <= 180; day++ {
			if days.On(day) < 0 {
				t.Fatalf("day %d: %s", day, days.On(day))
			}
			byDue += days.On(day)
		}
		for day := 1; day <= fundedDays.Last(); day++ {
			if fundedDays.On(day) < 0 {
				t.Fatalf("day %d after funding: %s", day, fundedDays.On(day))
			}
			byFunding += fundedDays.On(day)
		}
		if byDue != money.Whole || byFunding != money.Whole || days.Later() != d.Later || fundedDays.Later() != d.Later {
			t.Errorf("days add up to %s, after funding to %s; later %s, %s of %s", byDue, byFunding, days.Later(), fundedDays.Later(), d.Later)
		}
	})
}

func TestTheAdvanceRateNeverRisesWithFeeHaircutsOrCureDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMandate(t)
		m.Fee = drawFee(t)
		more := m
		up := func(r *money.Rate, label string) {
			*r = r.Plus(money.MustRate("0.0001").TimesInt(rapid.Int64Range(0, 300).Draw(t, label)))
		}
		switch m.Fee.Family() {
		case domain.FeeDaily:
			up(&more.Fee.UpfrontRate, "more up-front")
			more.Fee.DailyRate = more.Fee.DailyRate.Plus(money.MustRate("0.000001").TimesInt(rapid.Int64Range(0, 900).Draw(t, "more daily")))
		case domain.FeeBanded:
			up(&more.Fee.StepRate, "more step")
			fallthrough
		default:
			up(&more.Fee.FirstRate, "more first")
		}
		up(&more.DilutionHaircut, "more dilution")
		up(&more.VerificationHaircut, "more verification")
		up(&more.SellerHaircut, "more seller")
		more.CureDays += rapid.IntRange(0, 60).Draw(t, "more cure")
		before, after := underwriting.AdvanceRate(m), underwriting.AdvanceRate(more)
		if before.Less(after) || after.Negative() || m.AdvanceCap.Less(before) {
			t.Errorf("advance rate %s of a cap of %s, with more %s", before, m.AdvanceCap, after)
		}
	})
}

func TestAPriceByRiskIsStoredAndMadeAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, ask, risk := drawPurchase(t)
		risk.Cover = underwriting.Cover{}
		d, _ := drawCurves(t)
		p, offered := priceRisk(t, d, m, ask, risk)
		if !offered {
			return
		}
		stored := underwriting.EncodeRisk(risk, p)
		readRisk, read, err := underwriting.DecodeRisk(stored)
		if err != nil {
			t.Fatal(err)
		}
		if read.Losses != p.Losses || read.Fee != p.Fee || read.Cost != p.Cost {
			t.Errorf("read back %+v, stored %+v", read, p)
		}
		again, offered := priceRisk(t, d, m, ask, readRisk)
		if !offered || !bytes.Equal(underwriting.EncodeRisk(readRisk, again), stored) || !bytes.Equal(underwriting.EncodeTerms(again.Terms), underwriting.EncodeTerms(p.Terms)) {
			t.Errorf("priced again %s", underwriting.EncodeRisk(readRisk, again))
		}
		if _, _, err := underwriting.DecodeRisk(bytes.Replace(stored, []byte(`"known":`), []byte(`"known" :`), 1)); !errors.Is(err, underwriting.ErrStored) {
			t.Errorf("an edited form gives %v", err)
		}
	})
}
