package simulation_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"comity/domain"
	"comity/ledger"
	"comity/money"
	"comity/simulation"
	"comity/underwriting/backtest"
	"comity/underwriting/paytime"

	"pgregory.net/rapid"
)

// anyRows are up to 40 invoices of a few debtors, in two currencies.
func anyRows(t *rapid.T) string {
	var rows strings.Builder
	start := domain.MustDate("2026-01-01")
	for i := range rapid.IntRange(0, 40).Draw(t, "invoices") {
		debtor := rapid.IntRange(0, 5).Draw(t, "debtor")
		issued := start.Plus(rapid.IntRange(0, 200).Draw(t, "issued"))
		due := issued.Plus(rapid.IntRange(0, 90).Draw(t, "term"))
		paid := ""
		if rapid.IntRange(0, 9).Draw(t, "pays") > 0 {
			paid = issued.Plus(rapid.IntRange(0, 260).Draw(t, "paid")).String()
		}
		currency := money.Currency([]string{"EUR", "USD"}[debtor%2])
		amount := money.Minor(rapid.Int64Range(1, 3_000_000).Draw(t, "amount"), currency)
		fmt.Fprintf(&rows, "I%d,D%d,%s,%s,%s,%s,%s,\n", i, debtor, amount.Decimal(), currency, issued, due, paid)
	}
	return rows.String()
}

// anyCurve is a curve of a few jumps.
func anyCurve(t *rapid.T) (r backtest.Result) {
	for range rapid.IntRange(0, 4).Draw(t, "jumps") {
		at, share := rapid.IntRange(0, paytime.Days-1).Draw(t, "at"), rapid.Int32Range(0, paytime.Million/2).Draw(t, "share")
		for i := at; i < paytime.Days; i++ {
			r.PaidBy[i] = min(r.PaidBy[i]+share, paytime.Million)
		}
	}
	return r
}

// anyPolicy is the document of a policy.
func anyPolicy(t *rapid.T) string {
	rate := func(most int, label string) string {
		return money.BasisPoints(int64(rapid.IntRange(0, most).Draw(t, label))).String()
	}
	free := rapid.SampledFrom([]string{`"target_margin": "` + rate(200, "margin") + `"`, `"%s": "` + rate(500, "free") + `"`}).Draw(t, "free part")
	fee := rapid.SampledFrom([]string{
		`{"family": "flat", "first_days": 30, ` + strings.ReplaceAll(free, "%s", "first_rate") + `}`,
		`{"family": "banded", "first_days": 20, "step_days": 7, "step_rate": "` + rate(100, "step") + `", ` + strings.ReplaceAll(free, "%s", "first_rate") + `}`,
		`{"family": "upfront_daily", "daily_rate": "0.0005", ` + strings.ReplaceAll(free, "%s", "upfront_rate") + `}`,
	}).Draw(t, "fee")
	scenario := ""
	if rapid.Bool().Draw(t, "scenario") {
		scenario = fmt.Sprintf(`"credit_scenario": {"%s": %d, "lgd": "%s", "no_repurchase_ppm": %d, "seed": %d},`,
			rapid.SampledFrom([]string{"default_ppm_per_invoice", "default_ppm_per_debtor_year"}).Draw(t, "default"),
			rapid.IntRange(0, 1_000_000).Draw(t, "ppm"), rate(10_000, "lgd"), rapid.IntRange(0, 1_000_000).Draw(t, "fails"), rapid.IntRange(0, 9).Draw(t, "seed"))
	}
	books := ""
	for _, currency := range []string{"EUR", "USD"} {
		books += fmt.Sprintf(`%s{"currency": "%s", "capital": "%d.00", "debtor_limit": "%d.00", "concentration_floor": "%d.00", "origination": "%d.00", "wire": "1.50", "servicing": "2.00"}`,
			map[bool]string{true: ", "}[books != ""], currency, rapid.IntRange(1, 100_000).Draw(t, "capital"),
			rapid.IntRange(0, 50_000).Draw(t, "limit"), rapid.IntRange(0, 50_000).Draw(t, "floor"), rapid.IntRange(0, 20).Draw(t, "origination"))
	}
	return fmt.Sprintf(`{"name": "any", "version": 1, "advance_cap": "0.9", "seller_grade": "A", "verification_level": 6,
		"dilution": {"d95": "0", "mean": "0"}, "fee": %s, "funds_rate": "%s", "servicing_rate": "0.0001", "origination_rate": "0.001",
		"recourse_days": %d, "cure_days": %d, "rebate_hold_days": %d, "max_expected_days_late": 181, "concentration_limit": "%s", %s "books": [%s]}`,
		fee, rate(2_000, "funds"), rapid.IntRange(1, 150).Draw(t, "recourse"), rapid.IntRange(0, 30).Draw(t, "cure"),
		rapid.IntRange(0, 6).Draw(t, "hold"), rate(10_000, "concentration"), scenario, books)
}

// TestTheBooksBalanceEveryEvening holds for any history, curve and policy: nothing is
// off on any evening; the collection account holds what is owed out of it (D-1); in the
// end nothing is left but cash, which is what was earned; every invoice was bought or
// refused; no limit was passed; and two replays are the same bytes.
func TestTheBooksBalanceEveryEvening(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, err := simulation.ReadPolicy(strings.NewReader(anyPolicy(t)))
		if err != nil {
			t.Fatal(err)
		}
		portfolio, err := backtest.Read([]backtest.Source{{Name: "rows", Rows: strings.NewReader(header + anyRows(t)), Price: true}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		in := simulation.Input{Portfolio: portfolio, Workers: 1, Watch: func(day domain.Date, b ledger.Balances) {
			owed := b.Of(ledger.RebatePayable).Plus(b.Of(ledger.PassThroughPayable)).Plus(b.Of(ledger.PaymentsInTransit))
			if !b.Net().IsZero() || !b.Of(ledger.CashCollection).Plus(owed).IsZero() {
				t.Fatalf("%s: off by %s; collection holds %s and owes %s", day, b.Net(), b.Of(ledger.CashCollection), owed)
			}
		}}
		for range portfolio.Priced {
			in.Curves = append(in.Curves, anyCurve(t))
		}
		first, err := simulation.Replay(in, p)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for i := range first.Books {
			seen += checkBook(t, p, &first.Books[i])
		}
		if seen != len(portfolio.Priced) {
			t.Fatalf("%d invoices bought or refused of %d", seen, len(portfolio.Priced))
		}
		in.Workers, in.Watch = 3, nil
		second, err := simulation.Replay(in, p)
		if err != nil || !bytes.Equal(asJSON(t, first), asJSON(t, second)) {
			t.Fatalf("the second replay is another one: %v", err)
		}
	})
}

// checkBook checks a book and returns how many invoices it looked at.
func checkBook(t *rapid.T, p simulation.Policy, b *simulation.Book) int {
	for _, account := range ledger.Chart() {
		onSheet := account.Type() == ledger.Asset || account.Type() == ledger.Liability
		if onSheet && account != ledger.CashOperating && !b.Trial.Of(account).IsZero() {
			t.Fatalf("%s stands at %s", account.Name(), b.Trial.Of(account))
		}
	}
	earned := b.Fee.Plus(b.Charges).Minus(b.Loss)
	if b.Trial.Cash().Compare(earned) != 0 || b.Net.Compare(earned.Minus(b.FundsCost).Minus(b.Servicing)) != 0 {
		t.Fatalf("cash %s, earned %s, net %s", b.Trial.Cash(), earned, b.Net)
	}
	for _, terms := range p.Books {
		if terms.Currency == b.Currency && terms.Capital.Less(b.PeakFunds) {
			t.Fatalf("%s in use of %s", b.PeakFunds, terms.Capital)
		}
		for _, d := range b.Largest {
			if terms.Currency == b.Currency && terms.DebtorLimit.Less(d.Peak) {
				t.Fatalf("%s on %s, the limit is %s", d.Peak, d.Debtor, terms.DebtorLimit)
			}
		}
	}
	if b.ChargedBack != b.Repurchased+b.PaidWhileHeld+b.WrittenOff || p.Scenario == nil && (b.WrittenOff > 0 || !b.Loss.IsZero()) {
		t.Fatalf("%d charged back: %d, %d and %d; loss %s", b.ChargedBack, b.Repurchased, b.PaidWhileHeld, b.WrittenOff, b.Loss)
	}
	looked := b.Bought
	for _, r := range b.Refused {
		looked += r.Invoices
	}
	return looked
}

func asJSON(t *rapid.T, r simulation.Report) []byte {
	var out bytes.Buffer
	if err := simulation.WriteJSON(&out, "none", []simulation.Report{r}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
