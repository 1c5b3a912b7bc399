package underwriting_test

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"comity/domain"
	"comity/money"
	"comity/underwriting"

	"github.com/google/go-cmp/cmp"
)

func assess(in underwriting.Inputs) underwriting.Decision { return underwriting.EngineV1{}.Assess(in) }

// storyInputs is the history of story A: 14 payments, on average 5 days late.
func storyInputs() underwriting.Inputs {
	in := underwriting.Inputs{
		Model:     underwriting.ModelV1,
		Today:     domain.MustDate("2026-02-05"),
		Issued:    domain.MustDate("2026-02-02"),
		Due:       domain.MustDate("2026-03-04"),
		Basis:     money.Minor(10_000_00, "USD"),
		Country:   "US",
		LegalType: "company",
		Payments:  14,
	}
	for week, late := range []int{5, 6, 2, 12, 3, 5, 0, 6, 4, 7, 12, 1, 5, 2} {
		in.Paid = append(in.Paid, underwriting.PaidBucket{LateDays: late, WeeksAgo: 2 * week, Count: 1})
	}
	return in
}

func TestTheHistoryOfStoryAIsExpectedFiveDaysLate(t *testing.T) {
	d := assess(storyInputs())
	if d.Outcome != underwriting.OutcomeOffer || d.ExpectedDaysLate != 5 || d.KnownPayments != 14 {
		t.Fatalf("%s, %d days late, %d payments known", d.Outcome, d.ExpectedDaysLate, d.KnownPayments)
	}
	due, banking := domain.MustDate("2026-03-04"), domain.BankingDays("USD", "US")
	if got := d.ExpectedPayDay(due, banking).String(); got != "2026-03-09" {
		t.Errorf("expected to pay on %s, want 2026-03-09", got)
	}
	if got := d.Reasons[0].Sentence; got != "14 payments known, on average 5 days after due" {
		t.Errorf("first reason: %q", got)
	}
}

func TestTheGeneralTableIsTheCurveOfAStranger(t *testing.T) {
	d := assess(underwriting.Inputs{Today: onDay(0), Due: onDay(30)})
	want := []underwriting.CurvePoint{
		{-90, 1_000},
		{-60, 2_000},
		{-30, 4_000},
		{-14, 15_000},
		{-7, 40_000},
		{-3, 120_000},
		{-1, 200_000},
		{0, 520_000},
		{1, 610_000},
		{2, 670_000},
		{3, 715_000},
		{5, 775_000},
		{7, 820_000},
		{10, 865_000},
		{14, 900_000},
		{21, 935_000},
		{30, 957_000},
		{45, 974_000},
		{60, 983_000},
		{90, 992_000},
		{120, 996_000},
		{180, 998_000},
	}
	if diff := cmp.Diff(want, d.Curve); diff != "" {
		t.Errorf("the curve of a stranger (-want +got):\n%s", diff)
	}
	if d.Later != 2_000 || d.MedianDaysLate != 0 || d.P90DaysLate != 14 {
		t.Errorf("later %s, median %d, P90 %d", d.Later, d.MedianDaysLate, d.P90DaysLate)
	}
}

func TestReasonsAreSaidInPlainWords(t *testing.T) {
	stranger := underwriting.Inputs{Today: onDay(0), Due: onDay(30)}
	paid := func(late, count int) []underwriting.PaidBucket {
		return []underwriting.PaidBucket{{LateDays: late, WeeksAgo: 1, Count: count}}
	}
	tests := map[string]struct {
		change func(*underwriting.Inputs)
		want   string // code direction sentence
	}{
		"nothing known": {func(*underwriting.Inputs) {}, "thin-history neutral priced on the general table: no payment known"},
		"one payment": {
			func(in *underwriting.Inputs) { in.Paid = paid(40, 1) },
			"thin-history worse priced on the general table: 1 payment known",
		},
		"two payments": {
			func(in *underwriting.Inputs) { in.Paid = paid(0, 2) },
			"thin-history better priced on the general table: 2 payments known",
		},
		"three payments on the day": {
			func(in *underwriting.Inputs) { in.Paid = paid(0, 3) },
			"own-history better 3 payments known, on average on the due day",
		},
		"an early payer": {
			func(in *underwriting.Inputs) { in.Paid = paid(-4, 9) },
			"own-history better 9 payments known, on average 4 days before due",
		},
		"a late payer": {
			func(in *underwriting.Inputs) { in.Paid = paid(33, 9) },
			"own-history worse 9 payments known, on average 33 days after due",
		},
		"open and overdue": {func(in *underwriting.Inputs) {
			in.Open = []underwriting.OpenBucket{{DaysPastDue: 21, Count: 2}, {DaysPastDue: -9, Count: 5}}
		}, "open-overdue worse 2 open invoices past due, the oldest by 21 days"},
		"overdue for ever": {
			func(in *underwriting.Inputs) { in.Open = []underwriting.OpenBucket{{DaysPastDue: 4000, Count: 1}} },
			"open-overdue worse 1 open invoice past due, the oldest by more than 180 days",
		},
		"this one is overdue": {
			func(in *underwriting.Inputs) { in.Due = onDay(-12) },
			"this-overdue worse this invoice is 12 days past due itself",
		},
		"disputes": {
			func(in *underwriting.Inputs) { in.Disputed = 1 },
			"disputes worse 1 invoice of this customer disputed so far",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			in := stranger
			tc.change(&in)
			d := assess(in)
			var said []string
			for _, r := range d.Reasons {
				said = append(said, r.Code+" "+r.Direction+" "+r.Sentence)
			}
			if !strings.Contains(strings.Join(said, "\n"), tc.want) {
				t.Errorf("reasons:\n%s\nwant among them: %s", strings.Join(said, "\n"), tc.want)
			}
			last := d.Reasons[len(d.Reasons)-1]
			if last.Code != underwriting.ReasonGeneral || last.Value != "" || strings.ContainsAny(last.Sentence, "0123456789") {
				t.Errorf("last reason: %+v", last)
			}
		})
	}
}

func TestOutcomes(t *testing.T) {
	fine := underwriting.Inputs{
		Today: onDay(0), Due: onDay(30), Payments: 8,
		Paid: []underwriting.PaidBucket{{LateDays: 3, WeeksAgo: 4, Count: 8}},
	}
	tests := map[string]struct {
		change func(*underwriting.Inputs)
		want   string
	}{
		"nothing against it":           {func(*underwriting.Inputs) {}, underwriting.OutcomeOffer},
		"nothing known":                {func(in *underwriting.Inputs) { in.Paid, in.Payments = nil, 0 }, underwriting.OutcomeOffer},
		"overdue within habit":         {func(in *underwriting.Inputs) { in.Due = onDay(-5) }, underwriting.OutcomeOffer},
		"overdue beyond habit":         {func(in *underwriting.Inputs) { in.Due = onDay(-20) }, underwriting.OutcomeRefer},
		"90 days overdue":              {func(in *underwriting.Inputs) { in.Due = onDay(-90) }, underwriting.OutcomeRefer},
		"91 days overdue":              {func(in *underwriting.Inputs) { in.Due = onDay(-91) }, underwriting.OutcomeDecline},
		"overdue longer than the grid": {func(in *underwriting.Inputs) { in.Due = onDay(-5000) }, underwriting.OutcomeDecline},
		"never paid within 180 days": {func(in *underwriting.Inputs) {
			in.Paid = []underwriting.PaidBucket{{LateDays: 181, Count: 9}}
		}, underwriting.OutcomeDecline},
		"a quarter of the open is aged": {func(in *underwriting.Inputs) {
			in.Open = []underwriting.OpenBucket{{DaysPastDue: 61, Count: 1}, {DaysPastDue: 0, Count: 3}}
		}, underwriting.OutcomeRefer},
		"a fifth of the open is aged": {func(in *underwriting.Inputs) {
			in.Open = []underwriting.OpenBucket{{DaysPastDue: 61, Count: 1}, {DaysPastDue: 0, Count: 4}}
		}, underwriting.OutcomeOffer},
		"one dispute":              {func(in *underwriting.Inputs) { in.Disputed = 1 }, underwriting.OutcomeOffer},
		"disputes every fourth":    {func(in *underwriting.Inputs) { in.Disputed = 2 }, underwriting.OutcomeRefer},
		"disputes now and then":    {func(in *underwriting.Inputs) { in.Disputed, in.Payments = 2, 9 }, underwriting.OutcomeOffer},
		"dates that are not there": {func(in *underwriting.Inputs) { in.Today, in.Due = domain.Date{}, domain.Date{} }, underwriting.OutcomeOffer},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			in := fine
			tc.change(&in)
			if got := assess(in).Outcome; got != tc.want {
				t.Errorf("outcome %s, want %s", got, tc.want)
			}
		})
	}
}

func TestOldPaymentsCountLess(t *testing.T) {
	late := func(weeksAgo int) int {
		return assess(underwriting.Inputs{Paid: []underwriting.PaidBucket{{LateDays: 60, WeeksAgo: weeksAgo, Count: 10}}}).ExpectedDaysLate
	}
	stranger := assess(underwriting.Inputs{}).ExpectedDaysLate
	now, halfYear, tenYears := late(0), late(26), late(520)
	if now <= halfYear || halfYear <= tenYears || tenYears != stranger {
		t.Errorf("expected %d, %d, %d days late; a stranger %d", now, halfYear, tenYears, stranger)
	}
}

func TestAnOverdueInvoiceIsNotPaidInThePast(t *testing.T) {
	in := storyInputs()
	in.Due = in.Today.Plus(-10)
	for _, p := range assess(in).Curve {
		if p.Day < 10 && p.Paid != 0 {
			t.Errorf("paid by day %d with %s, although it is open on day 10", p.Day, p.Paid)
		}
	}
}

func TestHostileInputsGiveADecision(t *testing.T) {
	extremes := []int{math.MinInt, -91, -1, 0, 1, 181, 521, math.MaxInt}
	in := underwriting.Inputs{Today: onDay(0), Due: onDay(-1), Disputed: math.MaxInt, Payments: math.MinInt}
	for _, late := range extremes {
		for _, ago := range extremes {
			in.Paid = append(in.Paid, underwriting.PaidBucket{LateDays: late, WeeksAgo: ago, Count: math.MaxInt})
		}
		in.Open = append(in.Open, underwriting.OpenBucket{DaysPastDue: late, Count: math.MaxInt})
	}
	for late := -90; late <= 181; late++ {
		for ago := range 521 {
			in.Paid = append(in.Paid, underwriting.PaidBucket{LateDays: late, WeeksAgo: ago, Count: math.MaxInt})
		}
	}
	d := assess(in)
	checkCurve(t, d)
	replayed, err := underwriting.Replay(underwriting.ModelV1, in.Encode())
	if err != nil || !bytes.Equal(replayed, d.Encode()) {
		t.Errorf("replay: %v, %s", err, replayed)
	}
}

func TestOnlyStoredFormsAreDecoded(t *testing.T) {
	stored := string(storyInputs().Encode())
	tests := map[string]string{
		"nothing":              "",
		"another thing":        `{"hello":"world"}`,
		"a field more":         strings.Replace(stored, `{"model"`, `{"more":1,"model"`, 1),
		"something after":      stored + "{}",
		"white space":          stored + "\n",
		"unsorted buckets":     strings.Replace(stored, "[0,12,1],[1,22,1]", "[1,22,1],[0,12,1]", 1),
		"an empty bucket":      strings.Replace(stored, `"open":[]`, `"open":[[3,0]]`, 1),
		"a bucket out of turn": strings.Replace(stored, `"open":[]`, `"open":[[999,1]]`, 1),
		"no date":              strings.Replace(stored, "2026-03-04", "2026-02-30", 1),
		"a fraction":           strings.Replace(stored, "1000000", "1000000.5", 1),
	}
	for name, bad := range tests {
		t.Run(name, func(t *testing.T) {
			if bad == stored {
				t.Fatal("the test did not change the stored form")
			}
			if _, err := underwriting.DecodeInputs([]byte(bad)); err == nil {
				t.Errorf("DecodeInputs took %s", bad)
			}
			if _, err := underwriting.Replay(underwriting.ModelV1, []byte(bad)); err == nil {
				t.Errorf("Replay took %s", bad)
			}
		})
	}
	if _, err := underwriting.Replay("v0", []byte(stored)); err == nil {
		t.Error("Replay knows a model v0")
	}
	if _, err := underwriting.DecodeDecision([]byte(`{"later_ppm":1000001}`)); !errors.Is(err, underwriting.ErrStored) {
		t.Errorf("DecodeDecision gives %v", err)
	}
	if _, err := underwriting.DecodeTerms([]byte(`{"basis_minor":1e3}`)); !errors.Is(err, underwriting.ErrStored) {
		t.Errorf("DecodeTerms gives %v", err)
	}
}

// TestTheStoredFormNeverChanges holds bytes that are in databases: if it fails,
// the change needs a new model name, not a new expectation.
func TestTheStoredFormNeverChanges(t *testing.T) {
	in := underwriting.Inputs{
		Model: underwriting.ModelV1, Today: onDay(0), Issued: onDay(-30), Due: onDay(-2), Basis: usd(10_000_00),
		Country: "US", LegalType: "company", Disputed: 1,
		Paid: []underwriting.PaidBucket{{LateDays: 5, WeeksAgo: 3, Count: 4}, {LateDays: -2, WeeksAgo: 30, Count: 1}},
		Open: []underwriting.OpenBucket{{DaysPastDue: 9, Count: 1}},
	}
	const wantInputs = `{"model":"v1","today":"2026-02-05","issued":"2026-01-06","due":"2026-02-03","basis_minor":1000000,` +
		`"currency":"USD","country":"US","legal_type":"company","payments":5,"disputed":1,"paid":[[-2,30,1],[5,3,4]],"open":[[9,1]]}`
	if got := string(in.Encode()); got != wantInputs {
		t.Errorf("inputs:\n%s\nwant\n%s", got, wantInputs)
	}
	got, err := underwriting.Replay(underwriting.ModelV1, []byte(wantInputs))
	if err != nil || string(got) != wantDecision {
		t.Errorf("decision (%v):\n%s\nwant\n%s", err, got, wantDecision)
	}
}

func checkCurve(t interface {
	Helper()
	Errorf(string, ...any)
}, d underwriting.Decision,
) {
	t.Helper()
	before := money.Ppm(0)
	for _, p := range d.Curve {
		if p.Paid < before || p.Paid > money.Whole {
			t.Errorf("paid by day %d: %s after %s", p.Day, p.Paid, before)
		}
		before = p.Paid
	}
	if before+d.Later != money.Whole {
		t.Errorf("paid by day 180 %s, later %s", before, d.Later)
	}
	if d.MedianDaysLate > d.P90DaysLate || d.ExpectedDaysLate < -90 || d.ExpectedDaysLate > 181 {
		t.Errorf("median %d, P90 %d, mean %d", d.MedianDaysLate, d.P90DaysLate, d.ExpectedDaysLate)
	}
}

const wantDecision = `{"model":"v1","outcome":"offer","curve":[[-90,0],[-60,0],[-30,0],[-14,0],[-7,0],[-3,0],[-1,0],[0,0],[1,0],[2,45163],[3,79036],[5,680092],[7,713965],[10,775209],[14,833488],[21,891767],[30,928400],[45,956707],[60,971693],[90,986679],[120,993340],[180,996670]]` +
	`,"later_ppm":3330,"expected_days_late":11,"median_days_late":5,"p90_days_late":24,"known_payments":5` +
	`,"reasons":[` +
	`{"code":"this-overdue","value":"2","comparison":"","direction":"worse","sentence":"this invoice is 2 days past due itself","audience":"all","effect_ppm":-57454},` +
	`{"code":"open-overdue","value":"1","comparison":"1 open","direction":"worse","sentence":"1 open invoice past due, the oldest by 9 days","audience":"all","effect_ppm":-54365},` +
	`{"code":"own-history","value":"5","comparison":"general table v1: 5 days after due","direction":"better","sentence":"5 payments known, on average 4 days after due","audience":"all","effect_ppm":45307},` +
	`{"code":"disputes","value":"1","comparison":"","direction":"worse","sentence":"1 invoice of this customer disputed so far","audience":"all","effect_ppm":0},` +
	`{"code":"general","value":"","comparison":"","direction":"neutral","sentence":"what Comity knows of this company and of companies like it","audience":"all","effect_ppm":0}]}`
