package simulation_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"comity/domain"
	"comity/ledger"
	"comity/simulation"
	"comity/underwriting/backtest"
	"comity/underwriting/paytime"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files again")

// golden compares with a file in testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// policy reads a policy of testdata after replacing pairs of texts in it.
func policy(t *testing.T, name string, replace ...string) simulation.Policy {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	p, err := simulation.ReadPolicy(strings.NewReader(strings.NewReplacer(replace...).Replace(string(text))))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const header = "invoice_id,debtor_id,amount,currency,issue_date,due_date,paid_date,disputed\n"

// input reads rows that may all be bought, on curves that are paid on one day late.
func input(t *testing.T, rows string, late int) simulation.Input {
	t.Helper()
	portfolio, err := backtest.Read([]backtest.Source{{Name: "rows", Rows: strings.NewReader(header + rows), Price: true}}, nil)
	if err != nil || len(portfolio.Refused) > 0 {
		t.Fatal(err, portfolio.Refused)
	}
	in := simulation.Input{Portfolio: portfolio, Workers: 2}
	for range portfolio.Priced {
		in.Curves = append(in.Curves, paidOn(late))
	}
	return in
}

// paidOn is the curve of who certainly pays on a day after due.
func paidOn(late int) (r backtest.Result) {
	for i := range r.PaidBy {
		if paytime.FirstDay+i >= late {
			r.PaidBy[i] = paytime.Million
		}
	}
	return r
}

func replay(t *testing.T, in simulation.Input, p simulation.Policy) simulation.Report {
	t.Helper()
	report, err := simulation.Replay(in, p)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func texts(t *testing.T, reports ...simulation.Report) (text, json []byte) {
	t.Helper()
	var plain, wire bytes.Buffer
	if err := simulation.WriteText(&plain, reports); err != nil {
		t.Fatal(err)
	}
	if err := simulation.WriteJSON(&wire, "none", reports); err != nil {
		t.Fatal(err)
	}
	return plain.Bytes(), wire.Bytes()
}

// byHand are three invoices that are bought, one for which there is no capital, and
// one that is paid before the advance leaves. The fee is 3 % for 30 days and 1 % for
// each started 10 days more; 80 % is advanced; funds cost 7.3 %, which is 0.02 % a day.
//
//	       funded     paid or bought back  day  fee               E4 of Jan, Feb, Mar
//	A 10,000  6 Jan   4 Feb, due            29  300.00            250  50
//	B  5,000 13 Jan  20 Feb, 9 days late    38  150 + 50          90   110
//	C  8,000 20 Jan  21 Mar recourse day    60  240 + 3 × 80      88   224  168
//	                 31 Mar paid by the seller: 8,000 + 480 - 1,600 = 6,880.00
//
//	funds in use, in days  A 8,000 × 29  B 4,000 × 38  C 6,400 × 70        832,000.00
//	        January        A 8,000 × 26  B 4,000 × 19  C 6,400 × 12        360,800.00
//	        February       A 8,000 ×  3  B 4,000 × 19  C 6,400 × 28        279,200.00
//	        March                                      C 6,400 × 30        192,000.00
//	turn 832,000 / 18,400 = 45.2174; average in 86 days 9,674.42; highest 18,400
//	fee 980.00, charges 3 × 40 = 120.00, funds 72.16 + 55.84 + 38.40 = 166.40,
//	servicing 30.00; net 445.84 + 328.16 + 129.60 = 903.60
//	net return 903.60 × 365 / 832,000 = 39.64 %, gross 1,100 × 365 / 832,000 = 48.26 %
//	expected: 29 days each, 3 % of 23,000 = 690.00; realised (29 + 38 + 70) / 3 days
//	cash: paid out 7,960 + 3,960 + 6,360; swept 8,300 + 4,200, and 6,880: 1,100.00
//	journals: 12 each for A and B, 9 for C, and 4 for the sale that is taken back
const byHand = `A1,A,10000.00,EUR,2026-01-05,2026-02-04,2026-02-04,
B1,B,5000.00,EUR,2026-01-12,2026-02-11,2026-02-20,
C1,C,8000.00,EUR,2026-01-19,2026-02-18,2026-04-20,
D1,D,5000.00,EUR,2026-01-26,2026-02-25,2026-02-25,
P1,A,1000.00,EUR,2026-03-06,2026-04-06,2026-03-07,
X1,X,7000.00,SEK,2026-01-26,2026-02-25,2026-02-25,
`

func TestAHistoryByHand(t *testing.T) {
	in := input(t, byHand, 0)
	text, wire := texts(t, replay(t, in, policy(t, "hand.json")))
	golden(t, "hand.txt", text)
	golden(t, "hand.out.json", wire)
}

// What a scenario makes of the same rows. In the first the seller does not buy C back,
// and C pays 90 days after funding: its 8,000.00 are the 6,880.00 and 1,120.00 that
// are passed on. In the second nobody pays: claims of 8,600 + 4,300 + 6,880 = 19,780.00
// after fees of 600 + 300 + 480 are lost by half.
func TestAScenarioDecidesWhatIsLost(t *testing.T) {
	tests := map[string]struct {
		scenario                          string
		late, written                     int
		fee, loss, recovered, cash, turns string
	}{
		"sellers do not buy back": {
			`{"default_ppm_per_invoice": 0, "no_repurchase_ppm": 1000000, "lgd": "0.5", "seed": 7}`,
			1, 0, "980.00", "0.00", "0.00", "1100.00", "52.1739",
		},
		"and nobody pays": {
			`{"default_ppm_per_invoice": 1000000, "no_repurchase_ppm": 1000000, "lgd": "0.5", "seed": 7}`,
			0, 3, "1380.00", "9890.00", "9890.00", "-8390.00", "70",
		},
		"nobody pays, but sellers buy back": {
			`{"default_ppm_per_invoice": 1000000, "no_repurchase_ppm": 0, "lgd": "0.5", "seed": 7}`,
			0, 0, "1380.00", "0.00", "0.00", "1500.00", "70",
		},
	}
	rows := strings.Join(strings.SplitAfter(byHand, "\n")[:3], "")
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			p := policy(t, "hand.json", `"books"`, `"credit_scenario": `+tc.scenario+`, "books"`)
			b := replay(t, input(t, rows, 0), p).Books[0]
			got := []string{b.Fee.Decimal(), b.Loss.Decimal(), b.Recovered.Decimal(), b.Trial.Cash().Decimal(), b.TurnDays.String()}
			want := []string{tc.fee, tc.loss, tc.recovered, tc.cash, tc.turns}
			if diff := cmp.Diff(want, got); diff != "" || b.PaidWhileHeld != tc.late || b.WrittenOff != tc.written {
				t.Errorf("%d paid late, %d written off, and (-want +got):\n%s", b.PaidWhileHeld, b.WrittenOff, diff)
			}
		})
	}
}

func TestADebtorThatDefaultedIsNotBought(t *testing.T) {
	const scenario = `"credit_scenario": {"default_ppm_per_debtor_year": 1000000, "no_repurchase_ppm": 0, "lgd": "1", "seed": 7}, "books"`
	p := policy(t, "hand.json", `"books"`, scenario)
	b := replay(t, input(t, byHand+"A2,A,1000.00,EUR,2027-01-11,2027-02-11,2027-02-11,\nE1,E,1000.00,EUR,2027-01-11,2027-02-11,2027-02-11,\n", 0), p).Books[0]
	refused := refusals(b)
	if refused[simulation.RefusedDefaulted] < 2 || b.Defaulted > b.ChargedBack || b.Repurchased != b.ChargedBack {
		t.Errorf("refused %v; %d bought, %d of them never paid, %d charged back and %d bought back", refused, b.Bought, b.Defaulted, b.ChargedBack, b.Repurchased)
	}
}

// TestNothingOfTheFutureIsRead takes away every payment from some day on: until that
// day the books are the same, every evening.
func TestNothingOfTheFutureIsRead(t *testing.T) {
	evenings := func(rows string, until domain.Date) (out []string) {
		in := input(t, rows, 0)
		in.Watch = func(day domain.Date, b ledger.Balances) {
			if day.Before(until) {
				out = append(out, fmt.Sprint(day, b.Totals))
			}
		}
		replay(t, in, policy(t, "hand.json"))
		return out
	}
	for _, cut := range []string{"2026-01-20", "2026-02-04", "2026-02-20", "2026-03-07", "2026-03-09"} {
		until := domain.MustDate(cut)
		var blind strings.Builder
		for line := range strings.Lines(byHand) {
			fields := strings.Split(line, ",")
			if !domain.MustDate(fields[6]).Before(until) {
				fields[6] = ""
			}
			blind.WriteString(strings.Join(fields, ","))
		}
		if diff := cmp.Diff(evenings(byHand, until), evenings(blind.String(), until)); diff != "" {
			t.Errorf("before %s (-with +without):\n%s", cut, diff)
		}
	}
}

// TestAnEarlierCurveIsNeverDearer compares the same rows on two curves. The price
// covers its costs and the fee is flat, so what is realised is what was asked.
func TestAnEarlierCurveIsNeverDearer(t *testing.T) {
	p := policy(t, "hand.json", `"first_rate": "0.03", "step_days": 10, "step_rate": "0.01"`, `"target_margin": "0.005"`, `"banded"`, `"flat"`, `20000.00`, `90000.00`)
	before := simulation.Book{}
	for _, late := range []int{10, 5, 0, -10} {
		b := replay(t, input(t, byHand, late), p).Books[0]
		if before.Bought > 0 && (b.Bought != before.Bought || !b.Fee.Less(before.Fee) || b.Advanced.Less(before.Advanced) || !b.ExpectedDays.Less(before.ExpectedDays)) {
			t.Errorf("%d late: %d bought, %s advanced for %s; later it was %d, %s for %s",
				late, b.Bought, b.Advanced, b.Fee, before.Bought, before.Advanced, before.Fee)
		}
		before = b
	}
	if late := replay(t, input(t, byHand, 11), p).Books[0]; late.Bought != 0 || late.Refused[0].Why != domain.ErrTooLatePayer.Code {
		t.Errorf("11 days late is beyond the policy: %d bought, refused %v", late.Bought, late.Refused)
	}
}

// TestRoomIsTakenAtTheSale has two invoices of one day and capital for one: what is
// bought needs its room before it is paid out, and gives it back when it is collected.
func TestRoomIsTakenAtTheSale(t *testing.T) {
	const rows = `A1,A,15000.00,EUR,2026-01-05,2026-02-04,2026-02-04,
B1,B,15000.00,EUR,2026-01-05,2026-02-04,2026-02-04,
B2,B,15000.00,EUR,2026-02-04,2026-03-04,2026-03-04,
B3,B,15000.00,EUR,2026-02-05,2026-03-04,2026-03-04,
`
	b := replay(t, input(t, rows, 0), policy(t, "hand.json")).Books[0]
	if b.Bought != 2 || len(b.Refused) != 1 || b.Refused[0].Why != simulation.RefusedCapital || b.Refused[0].Invoices != 2 {
		t.Errorf("%d bought, refused %v", b.Bought, b.Refused)
	}
}

// TestWithoutCureTheSellerPaysTheNextDay: recourse opens at the end of Friday 20 March,
// so Monday is the first day on which it can be paid.
func TestWithoutCureTheSellerPaysTheNextDay(t *testing.T) {
	p := policy(t, "hand.json", `"cure_days": 10`, `"cure_days": 0`, `"recourse_days": 60`, `"recourse_days": 59`)
	b := replay(t, input(t, "C1,C,8000.00,EUR,2026-01-19,2026-02-18,,\n", 0), p).Books[0]
	if b.Repurchased != 1 || b.To.String() != "2026-03-23" || b.Fee.Decimal() != "480.00" || b.Unpaid != 1 {
		t.Errorf("%d bought back, closed on %s, fee %s", b.Repurchased, b.To, b.Fee)
	}
}

// refusals are the reasons of a book, with how many invoices each.
func refusals(b simulation.Book) map[string]int {
	refused := map[string]int{}
	for _, r := range b.Refused {
		refused[r.Why] = r.Invoices
	}
	return refused
}

// TestWhatIsOldDoesNotCountForConcentration has a limit of half of at least 20,000.00. The first invoice fills it until
// it is 90 days past due, on 20 April: on the evening after that day it leaves the eligible base. It holds D-31: the
// limit is a share of what is eligible.
func TestWhatIsOldDoesNotCountForConcentration(t *testing.T) {
	p := policy(t, "hand.json", `"concentration_limit": "1"`, `"concentration_limit": "0.5"`, `"concentration_floor": "0.00"`, `"concentration_floor": "20000.00"`,
		`"recourse_days": 60`, `"recourse_days": 200`)
	const first = "A1,A,10000.00,EUR,2026-01-05,2026-01-20,,\n"
	for day, bought := range map[string]int{"2026-04-20": 1, "2026-04-21": 1, "2026-04-22": 2} {
		b := replay(t, input(t, first+"A2,A,10000.00,EUR,"+day+",2026-05-20,2026-05-20,\n", 0), p).Books[0]
		if b.Bought != bought || refusals(b)[simulation.RefusedConcentration] != 2-bought {
			t.Errorf("issued on %s: %d bought, refused %v", day, b.Bought, refusals(b))
		}
	}
}

// A fee of 6 % and an advance of 94 % of 10,000.25 are rounded up both: the reserve is
// a cent short of the fee.
func TestAFeeIsNeverBeyondTheReserve(t *testing.T) {
	p := policy(t, "hand.json", `"cure_days": 10`, `"cure_days": 0`, `"advance_cap": "0.80"`, `"advance_cap": "1"`)
	b := replay(t, input(t, "A1,A,10000.25,EUR,2026-01-05,2026-02-04,,\nA2,A,10000.00,EUR,2026-01-05,2026-02-04,,\n", 0), p).Books[0]
	if b.Bought != 1 || refusals(b)[simulation.RefusedUnsecured] != 1 {
		t.Errorf("%d bought, refused %v", b.Bought, refusals(b))
	}
}

func TestWhoIsLikelierUnpaidThanPaidIsDeclined(t *testing.T) {
	in := input(t, "A1,A,10000.00,EUR,2026-01-05,2026-02-04,2026-02-04,\n", 0)
	p := policy(t, "hand.json", `"max_expected_days_late": 10`, `"max_expected_days_late": 181`, `"recourse_days": 60`, `"recourse_days": 300`)
	for share, bought := range map[int32]int{500_000: 1, 499_999: 0} {
		for i := range in.Curves[0].PaidBy {
			in.Curves[0].PaidBy[i] = share
		}
		if b := replay(t, in, p).Books[0]; b.Bought != bought || refusals(b)[domain.ErrTooLatePayer.Code] != 1-bought {
			t.Errorf("paid by %d: %d bought, refused %v", share, b.Bought, refusals(b))
		}
	}
}
