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

func drawInputs(t *rapid.T) underwriting.Inputs {
	today := onDay(rapid.IntRange(0, 700).Draw(t, "today"))
	in := underwriting.Inputs{
		Model: underwriting.ModelV1, Today: today, Issued: today.Plus(-3),
		Due:       today.Plus(rapid.IntRange(-200, 120).Draw(t, "due")),
		Basis:     usd(rapid.Int64Range(1, 1_000_000_00).Draw(t, "basis")),
		Country:   rapid.SampledFrom([]string{"US", "DE", "", "<&>"}).Draw(t, "country"),
		LegalType: rapid.SampledFrom([]string{"company", "sole_trader"}).Draw(t, "legal type"),
		Disputed:  rapid.IntRange(-1, 5).Draw(t, "disputed"),
		Payments:  rapid.IntRange(-1, 50).Draw(t, "payments"),
	}
	for range rapid.IntRange(0, 12).Draw(t, "paid") {
		in.Paid = append(in.Paid, underwriting.PaidBucket{
			LateDays: rapid.IntRange(-100, 200).Draw(t, "late"),
			WeeksAgo: rapid.IntRange(-2, 600).Draw(t, "ago"),
			Count:    rapid.IntRange(-1, 9).Draw(t, "count"),
		})
	}
	for range rapid.IntRange(0, 5).Draw(t, "open") {
		in.Open = append(in.Open, underwriting.OpenBucket{
			DaysPastDue: rapid.IntRange(-100, 200).Draw(t, "past due"),
			Count:       rapid.IntRange(-1, 9).Draw(t, "count"),
		})
	}
	return in
}

func TestEqualInputsAreEqualBytesInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInputs(t)
		shuffled := in
		shuffled.Paid = rapid.Permutation(in.Paid).Draw(t, "paid order")
		shuffled.Open = rapid.Permutation(in.Open).Draw(t, "open order")
		if !bytes.Equal(in.Encode(), shuffled.Encode()) {
			t.Errorf("%s\n%s", in.Encode(), shuffled.Encode())
		}
		if !bytes.Equal(assess(in).Encode(), assess(shuffled).Encode()) {
			t.Error("the order of the buckets changes the decision")
		}
	})
}

func TestDecisionsReplayToTheSameBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInputs(t)
		stored, decided := in.Encode(), assess(in).Encode()
		decoded, err := underwriting.DecodeInputs(stored)
		if err != nil || !bytes.Equal(decoded.Encode(), stored) {
			t.Fatalf("inputs decode to other inputs: %v", err)
		}
		decision, err := underwriting.DecodeDecision(decided)
		if err != nil || !bytes.Equal(decision.Encode(), decided) {
			t.Fatalf("decision decodes to another decision: %v", err)
		}
		replayed, err := underwriting.Replay(underwriting.ModelV1, stored)
		if err != nil || !bytes.Equal(replayed, decided) {
			t.Fatalf("replay: %v\n%s\n%s", err, replayed, decided)
		}
		checkCurve(t, decision)
	})
}

// noBetter fails unless the second decision is first-order dominated by the first.
func noBetter(t *rapid.T, than, d underwriting.Decision) {
	for i, p := range d.Curve {
		if p.Paid > than.Curve[i].Paid {
			t.Errorf("paid by day %d: %s, was %s", p.Day, p.Paid, than.Curve[i].Paid)
		}
	}
	if d.ExpectedDaysLate < than.ExpectedDaysLate || d.P90DaysLate < than.P90DaysLate {
		t.Errorf("expected %d (P90 %d), was %d (%d)", d.ExpectedDaysLate, d.P90DaysLate, than.ExpectedDaysLate, than.P90DaysLate)
	}
}

func TestLaterPaymentsNeverImproveTheCurve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInputs(t)
		in.Open, in.Due = nil, in.Today.Plus(30)
		worse := in
		worse.Paid = slices.Clone(in.Paid)
		for i := range worse.Paid {
			worse.Paid[i].LateDays += rapid.IntRange(0, 60).Draw(t, "later")
		}
		noBetter(t, assess(in), assess(worse))
	})
}

func TestOpenOverdueInvoicesNeverImproveTheCurve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInputs(t)
		worse := in
		worse.Open = append(slices.Clone(in.Open), underwriting.OpenBucket{
			DaysPastDue: rapid.IntRange(1, 181).Draw(t, "past due"), Count: rapid.IntRange(1, 20).Draw(t, "more"),
		})
		noBetter(t, assess(in), assess(worse))
	})
}

func drawMandate(t *rapid.T) domain.MandateTerms {
	bp := func(most int64, label string) money.Rate {
		return money.BasisPoints(rapid.Int64Range(0, most).Draw(t, label))
	}
	return domain.MandateTerms{
		Currency: "USD", AdvanceCap: bp(10_000, "cap"), DilutionHaircut: bp(1_000, "dilution"),
		VerificationHaircut: bp(500, "verification"), SellerHaircut: bp(500, "seller"),
		Fee: domain.FeeTerms{
			FirstDays: rapid.IntRange(1, 40).Draw(t, "first days"), FirstRate: bp(500, "first rate"),
			StepDays: rapid.IntRange(1, 30).Draw(t, "step days"), StepRate: bp(150, "step rate"),
		},
		OriginationRate: bp(100, "origination"), OriginationFixed: usd(rapid.Int64Range(0, 50_00).Draw(t, "fixed")),
		WireFee: usd(rapid.Int64Range(0, 50_00).Draw(t, "wire")), RecourseDays: rapid.IntRange(30, 120).Draw(t, "recourse"),
		CureDays: rapid.IntRange(0, 30).Draw(t, "cure"), MaxFace: usd(1_000_000_00), MaxExpectedDaysLate: 45,
		Envelope: domain.Envelope{Instalments: rapid.IntRange(0, 12).Draw(t, "instalments"), DaysPastDue: rapid.IntRange(0, 90).Draw(t, "past due")},
	}
}

func TestPricesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, d, ask := drawMandate(t), storyDecision(), storyAsk()
		ask.Basis = usd(rapid.Int64Range(1, 1_000_000_00).Draw(t, "basis"))
		ask.RebateHold = rapid.IntRange(0, 7).Draw(t, "hold")
		ask.Due = ask.FundedOn.Plus(rapid.IntRange(-60, 90).Draw(t, "due"))
		d.ExpectedDaysLate = rapid.IntRange(-90, 60).Draw(t, "late")
		terms, err := underwriting.Price(d, m, ask)
		if refused := new(domain.Refusal); errors.As(err, &refused) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if terms.Advance.Plus(terms.Reserve).Compare(terms.Basis) != 0 || terms.Reserve.Negative() || !terms.Now.Positive() {
			t.Fatalf("advance %s, reserve %s, basis %s, now %s", terms.Advance, terms.Reserve, terms.Basis, terms.Now)
		}
		if terms.Now.Plus(terms.Origination).Plus(terms.Wire).Compare(terms.Advance) != 0 {
			t.Fatalf("now %s and charges %s, %s are not the advance %s", terms.Now, terms.Origination, terms.Wire, terms.Advance)
		}
		for _, s := range terms.Scenarios {
			if s.Day < 1 || s.LaterOn.Before(s.PaidOn) || s.Day != s.FundedOn.DaysUntil(s.PaidOn) {
				t.Errorf("%s: day %d, paid %s, later %s", s.Name, s.Day, s.PaidOn, s.LaterOn)
			}
			if s.Name != underwriting.RecourseDay && s.Later.Plus(s.Fee).Compare(terms.Reserve) > 1 {
				t.Errorf("%s: fee %s and rebate %s are not the reserve %s", s.Name, s.Fee, s.Later, terms.Reserve)
			}
		}
		stored := underwriting.EncodeTerms(terms)
		decoded, err := underwriting.DecodeTerms(stored)
		if err != nil || !bytes.Equal(underwriting.EncodeTerms(decoded), stored) || decoded.Envelope != m.Envelope {
			t.Fatalf("terms decode to other terms: %v\n%s", err, stored)
		}
	})
}

func TestThePriceNeverImprovesWhenTheCurveGetsWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, ask := drawMandate(t), storyAsk()
		in := drawInputs(t)
		in.Open, in.Today, in.Due = nil, ask.FundedOn, ask.Due
		worse := in
		worse.Paid = slices.Clone(in.Paid)
		for i := range worse.Paid {
			worse.Paid[i].LateDays += rapid.IntRange(0, 60).Draw(t, "later")
		}
		before, err := underwriting.Price(assess(in), m, ask)
		if err != nil {
			return
		}
		after, err := underwriting.Price(assess(worse), m, ask)
		if err != nil {
			return // refused now: no better
		}
		if after.Scenarios[1].Fee.Less(before.Scenarios[1].Fee) || before.Advance.Less(after.Advance) {
			t.Errorf("fee %s, was %s; advance %s, was %s", after.Scenarios[1].Fee, before.Scenarios[1].Fee, after.Advance, before.Advance)
		}
	})
}
