package underwriting_test

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"

	"comity/domain"
	"comity/generator"
	"comity/money"
	"comity/underwriting"
	"comity/underwriting/backtest"
	"comity/underwriting/paytime"

	"pgregory.net/rapid"
)

// fitted is the engine of a model that was fitted on a synthetic portfolio.
var fitted = sync.OnceValue(func() underwriting.CurveEngine {
	portfolio, err := generator.New(generator.Config{
		Seed: 5, Debtors: 60, Months: 12, Start: domain.MustDate("2024-01-08"), Profile: generator.Mixed, Invoices: 1500,
	})
	if err != nil {
		panic(err)
	}
	var csv bytes.Buffer
	if err := generator.WriteCSV(&csv, portfolio.Invoices()); err != nil {
		panic(err)
	}
	rows, err := backtest.Read([]backtest.Source{{Name: "synthetic", Rows: &csv}}, nil)
	if err != nil {
		panic(err)
	}
	model, err := backtest.Fit(rows)
	if err != nil {
		panic(err)
	}
	return underwriting.NewCurveEngine(underwriting.CurveEngineName("0123456789abcdef0123"), model)
})

const fittedName = "paytime-0123456789abcdef"

// recorded returns inputs of a debtor that paid so many invoices so many days late.
func recorded(payments, late int, open ...paytime.Open) underwriting.Inputs {
	today := domain.MustDate("2026-02-05")
	s := underwriting.Submission{
		Invoice:      domain.Invoice{Issued: today, Due: today.Plus(30), Basis: money.Minor(10_000_00, "EUR")},
		Relationship: domain.Relationship{Country: "DE"}, OpenCells: open, SameDay: 1,
		Register: map[string]string{"country": "DE"},
	}
	for n := range payments {
		s.Cells = append(s.Cells, paytime.Paid{Day: paytime.DayOf(today) - 9*(n+1), Late: late, Term: 30, Band: 80, Count: 1})
	}
	return underwriting.Inputs{
		Model: fittedName, Today: today, Issued: s.Invoice.Issued, Due: s.Invoice.Due, Basis: s.Invoice.Basis,
		Country: "DE", LegalType: "company", Record: underwriting.NewRecord(s, today),
	}
}

func TestPointsOfTheReasonsAreTheScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := recorded(rapid.IntRange(0, 30).Draw(t, "payments"), rapid.IntRange(-20, 60).Draw(t, "late"))
		in.Due = in.Due.Plus(rapid.IntRange(-120, 40).Draw(t, "due"))
		in.Issued = in.Due.Plus(-30)
		d := fitted().Assess(in)
		sum := 0
		for _, r := range d.Reasons {
			sum += r.Points
			if r.Sentence == "" || r.Code == "" || r.Audience == "" {
				t.Errorf("a reason without words: %+v", r)
			}
		}
		if sum != d.Score {
			t.Errorf("points add up to %d, the score is %d", sum, d.Score)
		}
		if _, err := d.PaymentDays(); err != nil {
			t.Errorf("the curve is no distribution: %v", err)
		}
	})
}

func TestFittedDecisionsReplayToTheSameBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := recorded(rapid.IntRange(0, 30).Draw(t, "payments"), rapid.IntRange(-20, 60).Draw(t, "late"),
			paytime.Open{Due: paytime.DayOf(domain.MustDate("2026-02-05")) + rapid.IntRange(-80, 20).Draw(t, "due"), Term: 90, Band: 70, Count: 2})
		stored, first := in.Encode(), fitted().Assess(in).Encode()
		again, err := underwriting.ReplayWith(fitted(), stored)
		if err != nil || !bytes.Equal(again, first) {
			t.Fatalf("replayed to something else: %v", err)
		}
		decoded, err := underwriting.DecodeDecision(first)
		if err != nil || !bytes.Equal(decoded.Encode(), first) {
			t.Fatalf("decoded to something else: %v", err)
		}
	})
}

func TestAStoredRecordThatWasEditedIsRefused(t *testing.T) {
	stored := recorded(9, 4).Encode()
	for name, edited := range map[string][]byte{
		"a place twice":   bytes.Replace(stored, []byte(`"profile":[`), []byte(`"profile":[[0,1],[0,1],`), 1),
		"a place too far": bytes.Replace(stored, []byte(`"profile":[`), []byte(`"profile":[[99999999,1],`), 1),
	} {
		if _, err := underwriting.ReplayWith(fitted(), edited); !errors.Is(err, underwriting.ErrStored) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsNotKnownIsSaid(t *testing.T) {
	d := fitted().Assess(recorded(2, 4))
	if !said(d, "priced on segment: 2 payments known") {
		t.Errorf("reasons: %+v", d.Reasons)
	}
	if none := fitted().Assess(recorded(0, 0)); !said(none, "no payment known") {
		t.Errorf("reasons: %+v", none.Reasons)
	}
}

func said(d underwriting.Decision, words string) bool {
	for _, r := range d.Reasons {
		if strings.Contains(r.Sentence, words) {
			return true
		}
	}
	return false
}

func TestFittedOutcomes(t *testing.T) {
	today := paytime.DayOf(domain.MustDate("2026-02-05"))
	prompt := recorded(12, 0)
	overdue := func(days int) underwriting.Inputs {
		in := prompt
		in.Due, in.Issued = in.Today.Plus(-days), in.Today.Plus(-days-30)
		return in
	}
	disputed := prompt
	disputed.Disputed = 4
	for name, c := range map[string]struct {
		in   underwriting.Inputs
		want string
	}{
		"a prompt debtor":                              {prompt, underwriting.OutcomeOffer},
		"an invoice much later than the debtor's":      {overdue(80), underwriting.OutcomeRefer},
		"an invoice past the curve":                    {overdue(91), underwriting.OutcomeDecline},
		"a quarter of the open invoices is aged":       {recorded(12, 0, paytime.Open{Due: today - 70, Term: 30, Band: 70, Count: 1}), underwriting.OutcomeRefer},
		"an invoice 61 days past due is aged":          {recorded(12, 0, paytime.Open{Due: today - 61, Term: 30, Band: 70, Count: 1}), underwriting.OutcomeRefer},
		"an invoice 60 days past due is not":           {recorded(12, 0, paytime.Open{Due: today - 60, Term: 30, Band: 70, Count: 1}), underwriting.OutcomeOffer},
		"open invoices, none of them aged":             {recorded(12, 0, paytime.Open{Due: today + 5, Term: 30, Band: 70, Count: 3}), underwriting.OutcomeOffer},
		"a third of the invoices is disputed":          {disputed, underwriting.OutcomeRefer},
		"nothing known at all":                         {recorded(0, 0), underwriting.OutcomeOffer},
		"no record, as a model that reads none is fed": {underwriting.Inputs{Today: prompt.Today, Issued: prompt.Issued, Due: prompt.Due, Basis: prompt.Basis}, underwriting.OutcomeOffer},
	} {
		t.Run(name, func(t *testing.T) {
			if got := fitted().Assess(c.in); got.Outcome != c.want || got.Model != fittedName {
				t.Errorf("%s by %s, want %s", got.Outcome, got.Model, c.want)
			}
		})
	}
}

func TestALateRecordIsExpectedLater(t *testing.T) {
	prompt, late := fitted().Assess(recorded(15, 0)), fitted().Assess(recorded(15, 12))
	if prompt.ExpectedDaysLate >= late.ExpectedDaysLate {
		t.Errorf("prompt: %d, late: %d days", prompt.ExpectedDaysLate, late.ExpectedDaysLate)
	}
	for _, r := range late.Reasons {
		if r.Code == underwriting.ReasonHistory && (r.Direction != underwriting.Worse || !strings.Contains(r.Otherwise, "would be expected")) {
			t.Errorf("%+v", r)
		}
	}
}

func TestAReasonPointsWhereItsCounterfactualDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := recorded(rapid.IntRange(0, 30).Draw(t, "payments"), rapid.IntRange(-20, 40).Draw(t, "late"))
		d := fitted().Assess(in)
		for _, r := range d.Reasons {
			_, words, _ := strings.Cut(r.Otherwise, "would be expected ")
			if words == "" {
				continue
			}
			day := 0
			if words != "on the due day" {
				number, side, _ := strings.Cut(words, " ")
				if day, _ = strconv.Atoi(number); strings.HasSuffix(side, "before due") {
					day = -day
				}
			}
			if r.Direction == underwriting.Worse && day > d.ExpectedDaysLate || r.Direction == underwriting.Better && day < d.ExpectedDaysLate {
				t.Errorf("%s is %s, expected %d days late, otherwise %s", r.Code, r.Direction, d.ExpectedDaysLate, words)
			}
		}
	})
}

func TestAnOverdueInvoiceIsExplained(t *testing.T) {
	in := recorded(12, 2)
	in.Due, in.Issued = in.Today.Plus(-20), in.Today.Plus(-50)
	first := fitted().Assess(in).Reasons[0]
	if first.Code != underwriting.ReasonThisOverdue || first.Direction != underwriting.Worse || first.EffectPpm >= 0 || !strings.HasPrefix(first.Otherwise, "if it were new") {
		t.Errorf("%+v", first)
	}
}

func BenchmarkFittedDecision(b *testing.B) {
	in, _ := recorded(15, 3), fitted()
	b.ReportAllocs()
	for b.Loop() {
		fitted().Assess(in)
	}
}
