package ledger_test

import (
	"testing"

	"comity/domain"
	"comity/ledger"
	"comity/money"

	"github.com/google/go-cmp/cmp"
)

func usd(minor int64) money.Amount { return money.Minor(minor, "USD") }

func day(text string) domain.Date { return domain.MustDate("2026-" + text) }

func must(j ledger.Journal, worth bool) ledger.Journal {
	if !worth {
		panic("nothing to post: " + j.String())
	}
	return j
}

// storyA is the whole book of story A, in the order in which it was posted.
func storyA() []ledger.Journal {
	clock := ledger.FeeClock{
		Fee: domain.FeeTerms{
			FirstDays: 30, FirstRate: money.Percent(3), StepDays: 10, StepRate: money.Percent(1),
		},
		FeeCourse: domain.FeeCourse{Basis: usd(10_000_00), Funded: day("02-05")},
	}
	monthEnd := must(ledger.AccrueFee(clock, day("02-28")))
	clock.Booked = monthEnd.Total()
	return []ledger.Journal{
		ledger.Purchase(day("02-05"), usd(10_000_00), usd(8_500_00)),
		must(ledger.Charges(day("02-05"), usd(25_00), usd(15_00), usd(0))),
		ledger.Instruct(day("02-05"), usd(8_460_00)),
		ledger.Disburse(day("02-05"), usd(8_460_00)),
		monthEnd,
		must(ledger.AccrueFee(clock, day("03-10"))),
		must(ledger.EarnRest(clock, day("03-10"))),
		ledger.Collect(day("03-10"), usd(10_000_00)),
		must(ledger.Settle(day("03-11"), usd(1_500_00), usd(400_00))),
		ledger.Sweep(day("03-11"), usd(8_900_00)),
		ledger.RebateInstruct(day("03-18"), usd(1_100_00)),
		ledger.RebatePaid(day("03-18"), usd(1_100_00)),
	}
}

// written is a journal as story A prints it: signed minor units by account.
type written struct {
	kind, effective string
	postings        map[string]int64
}

// TestTheJournalsOfStoryA holds D-1 and D-4: instruct and disburse apart, and a sweep from the collection account.
func TestTheJournalsOfStoryA(t *testing.T) {
	want := []written{
		{"e1_purchase", "2026-02-05", map[string]int64{"factored_receivables": 10_000_00, "advance_payable": -8_500_00, "reserve": -1_500_00}},
		{"e2_charges", "2026-02-05", map[string]int64{"advance_payable": 40_00, "origination_income": -25_00, "wire_fee_income": -15_00}},
		{"e3a_instruct", "2026-02-05", map[string]int64{"advance_payable": 8_460_00, "payments_in_transit": -8_460_00}},
		{"e3b_disburse", "2026-02-05", map[string]int64{"payments_in_transit": 8_460_00, "cash_operating": -8_460_00}},
		{"e4_accrue", "2026-02-28", map[string]int64{"accrued_fees": 230_00, "discount_fee_income": -230_00}},
		{"e4_accrue", "2026-03-10", map[string]int64{"accrued_fees": 100_00, "discount_fee_income": -100_00}},
		{"e4_rest", "2026-03-10", map[string]int64{"accrued_fees": 70_00, "discount_fee_income": -70_00}},
		{"e5_collect", "2026-03-10", map[string]int64{"cash_collection": 10_000_00, "factored_receivables": -10_000_00}},
		{"e6_settle", "2026-03-11", map[string]int64{"reserve": 1_500_00, "accrued_fees": -400_00, "rebate_payable": -1_100_00}},
		{"e5s_sweep", "2026-03-11", map[string]int64{"cash_operating": 8_900_00, "cash_collection": -8_900_00}},
		{"e7a_rebate_instruct", "2026-03-18", map[string]int64{"rebate_payable": 1_100_00, "payments_in_transit": -1_100_00}},
		{"e7b_rebate_paid", "2026-03-18", map[string]int64{"payments_in_transit": 1_100_00, "cash_collection": -1_100_00}},
	}
	var got []written
	for _, j := range storyA() {
		if err := j.Check(); err != nil {
			t.Error(err)
		}
		w := written{string(j.Kind), j.Effective.String(), map[string]int64{}}
		for _, p := range j.Postings {
			w.postings[string(p.Account)] += p.Amount.Units()
		}
		got = append(got, w)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(written{})); diff != "" {
		t.Errorf("the journals of story A (-want +got):\n%s", diff)
	}
}

func TestTheTrialBalancesOfStoryA(t *testing.T) {
	tests := map[string]struct {
		posted int // how many of the journals are in the books
		want   map[ledger.Account]int64
	}{
		"28 February": {5, map[ledger.Account]int64{
			ledger.CashOperating: -8_460_00, ledger.FactoredReceivables: 10_000_00, ledger.AccruedFees: 230_00,
			ledger.Reserve: -1_500_00, ledger.DiscountFeeIncome: -230_00,
			ledger.OriginationIncome: -25_00, ledger.WireFeeIncome: -15_00,
		}},
		"10 March, known on the 11th": {8, map[ledger.Account]int64{
			ledger.CashOperating: -8_460_00, ledger.CashCollection: 10_000_00, ledger.AccruedFees: 400_00,
			ledger.Reserve: -1_500_00, ledger.DiscountFeeIncome: -400_00,
			ledger.OriginationIncome: -25_00, ledger.WireFeeIncome: -15_00,
		}},
		"17 March": {10, map[ledger.Account]int64{
			ledger.CashOperating: 440_00, ledger.CashCollection: 1_100_00, ledger.RebatePayable: -1_100_00,
			ledger.DiscountFeeIncome: -400_00, ledger.OriginationIncome: -25_00, ledger.WireFeeIncome: -15_00,
		}},
		"18 March, rebate with the bank": {11, map[ledger.Account]int64{
			ledger.CashOperating: 440_00, ledger.CashCollection: 1_100_00, ledger.PaymentsInTransit: -1_100_00,
			ledger.DiscountFeeIncome: -400_00, ledger.OriginationIncome: -25_00, ledger.WireFeeIncome: -15_00,
		}},
		"19 March, closed": {12, map[ledger.Account]int64{
			ledger.CashOperating:     440_00,
			ledger.DiscountFeeIncome: -400_00, ledger.OriginationIncome: -25_00, ledger.WireFeeIncome: -15_00,
		}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			balances := ledger.Sum("USD", storyA()[:tc.posted]...)
			for _, account := range ledger.Chart() {
				if got := balances.Of(account).Units(); got != tc.want[account] {
					t.Errorf("%s stands at %d, want %d", account.Name(), got, tc.want[account])
				}
			}
			if !balances.Net().IsZero() {
				t.Errorf("the trial balance is off by %s", balances.Net())
			}
			closed := tc.posted == len(storyA())
			if err := ledger.ClosingIdentity(balances); (err == nil) != closed {
				t.Errorf("ClosingIdentity gives %v", err)
			}
		})
	}
}

// TestAReturnedPaymentTakesStoryABack holds D-12: a payment that the bank takes back reopens the invoice, and the
// factor's own cash fills the hole.
func TestAReturnedPaymentTakesStoryABack(t *testing.T) {
	journals := storyA()[:10]
	settle, sweep, collect := journals[8], journals[9], journals[7]
	for _, j := range []ledger.Journal{settle, collect, sweep} {
		reversal := ledger.Reverse(j, day("03-13"))
		if err := reversal.Check(); err != nil || reversal.Kind != ledger.KindReversal || reversal.Effective != day("03-13") {
			t.Errorf("reversal of %s: %v", j, err)
		}
		journals = append(journals, reversal)
	}
	balances := ledger.Sum("USD", journals...)
	want := map[ledger.Account]int64{
		ledger.CashOperating: -8_460_00, ledger.FactoredReceivables: 10_000_00, ledger.AccruedFees: 400_00,
		ledger.Reserve: -1_500_00, ledger.DiscountFeeIncome: -400_00,
		ledger.OriginationIncome: -25_00, ledger.WireFeeIncome: -15_00,
	}
	for _, account := range ledger.Chart() {
		if got := balances.Of(account).Units(); got != want[account] {
			t.Errorf("%s stands at %d, want %d", account.Name(), got, want[account])
		}
	}
}

// TestAProcessorKeepsItsFee: a debtor pays 10,000.00 by card and the processor passes on 9,710.00. The debtor is
// credited in full, the seller's rebate is what it would be, and the books close with 290.00 less earned.
func TestAProcessorKeepsItsFee(t *testing.T) {
	apply := ledger.ApplyCard(day("02-24"), usd(10_000_00), usd(290_00))
	if err := apply.Check(); err != nil {
		t.Fatal(err)
	}
	journals := []ledger.Journal{
		ledger.Purchase(day("02-04"), usd(10_000_00), usd(8_500_00)), ledger.Instruct(day("02-05"), usd(8_500_00)), ledger.Disburse(day("02-05"), usd(8_500_00)),
		must(ledger.AccrueFee(ledger.FeeClock{Fee: domain.FeeTerms{FirstDays: 30, FirstRate: money.Percent(3)}, FeeCourse: domain.FeeCourse{Basis: usd(10_000_00), Funded: day("02-05")}}, day("03-07"))),
		ledger.Unidentified(day("02-24"), usd(9_710_00)), apply,
		must(ledger.Settle(day("02-24"), usd(1_500_00), usd(300_00))), ledger.Sweep(day("02-24"), usd(8_510_00)),
		ledger.RebateInstruct(day("02-24"), usd(1_200_00)), ledger.RebatePaid(day("02-25"), usd(1_200_00)),
	}
	books := ledger.Sum("USD", journals...)
	if err := ledger.ClosingIdentity(books); err != nil {
		t.Error(err)
	}
	for account, want := range map[ledger.Account]int64{
		ledger.ProcessingCosts: 290_00, ledger.UnappliedCash: 0, ledger.FactoredReceivables: 0, ledger.CashCollection: 0, ledger.CashOperating: 10_00,
	} {
		if got := books.Of(account); got != usd(want) {
			t.Errorf("%s stands at %s, want %s", account.Name(), got, usd(want))
		}
	}
	if free := ledger.ApplyCard(day("02-24"), usd(100), usd(0)); len(free.Postings) != 2 {
		t.Errorf("without a fee: %v", free.Postings)
	}
}
