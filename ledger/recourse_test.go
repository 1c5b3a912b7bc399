package ledger_test

import (
	"errors"
	"testing"

	"comity/domain"
	"comity/ledger"
	"comity/money"
)

// lateStory is the life of DOMAIN 3.8 up to the recourse day: 10,000.00 bought for
// 8,500.00 and paid out, day 90 unpaid, 900.00 of fees; recourse is exercised (V4).
func lateStory() []ledger.Journal {
	return []ledger.Journal{
		ledger.Purchase(day("02-04"), usd(10_000_00), usd(8_500_00)),
		ledger.Instruct(day("02-05"), usd(8_500_00)),
		ledger.Disburse(day("02-05"), usd(8_500_00)),
		must(ledger.AccrueFee(ledger.FeeClock{Fee: domain.FeeTerms{FirstDays: 90, FirstRate: money.Percent(9)}, FeeCourse: domain.FeeCourse{Basis: usd(10_000_00), Funded: day("02-05")}}, day("05-06"))),
		ledger.ExerciseRecourse(day("05-06"), usd(10_000_00), usd(1_500_00), usd(900_00)),
	}
}

// TestRecourseHasItsJournals holds D-5: exercised, paid, and what a debtor pays while title is held.
func TestRecourseHasItsJournals(t *testing.T) {
	earned := map[ledger.Account]int64{ledger.DiscountFeeIncome: -900_00}
	with := func(more map[ledger.Account]int64) map[ledger.Account]int64 {
		all := map[ledger.Account]int64{}
		for _, m := range []map[ledger.Account]int64{earned, more} {
			for account, n := range m {
				all[account] = n
			}
		}
		return all
	}
	tests := map[string]struct {
		then   []ledger.Journal
		closed bool
		want   map[ledger.Account]int64
	}{
		"V4, exercised": {nil, false, with(map[ledger.Account]int64{ledger.CashOperating: -8_500_00, ledger.SellerRecourse: 9_400_00})},
		"V4p, the seller pays": {
			[]ledger.Journal{ledger.RecoursePaid(day("05-16"), ledger.CashCollection, usd(9_400_00))},
			true,
			with(map[ledger.Account]int64{ledger.CashOperating: -8_500_00, ledger.CashCollection: 9_400_00}),
		},
		"V4d, the debtor pays while title is held": {
			[]ledger.Journal{ledger.CollectHeld(day("05-14"), ledger.CashCollection, usd(10_000_00), usd(9_400_00))},
			false,
			with(map[ledger.Account]int64{ledger.CashOperating: -8_500_00, ledger.CashCollection: 10_000_00, ledger.PassThroughPayable: -600_00}),
		},
		"V4d, and its rest is passed on": {
			[]ledger.Journal{
				ledger.CollectHeld(day("05-14"), ledger.CashCollection, usd(10_000_00), usd(9_400_00)),
				ledger.Sweep(day("05-14"), usd(9_400_00)),
				must(ledger.PassOn(day("05-15"), usd(600_00))),
			}, true, with(map[ledger.Account]int64{ledger.CashOperating: 900_00}),
		},
		"V5, nobody pays more than a quarter": {
			[]ledger.Journal{ledger.RecoursePaid(day("05-16"), ledger.CashCollection, usd(2_350_00)), must(ledger.WriteOff(day("05-16"), usd(7_050_00)))},
			true,
			with(map[ledger.Account]int64{ledger.CashOperating: -8_500_00, ledger.CashCollection: 2_350_00, ledger.CreditLoss: 7_050_00}),
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			journals := append(lateStory(), tc.then...)
			for _, j := range journals {
				if err := j.Check(); err != nil {
					t.Error(err)
				}
			}
			balances := ledger.Sum("USD", journals...)
			for _, account := range ledger.Chart() {
				if got := balances.Of(account).Units(); got != tc.want[account] {
					t.Errorf("%s stands at %d, want %d", account.Name(), got, tc.want[account])
				}
			}
			if err := ledger.ClosingIdentity(balances); (err == nil) != tc.closed || err != nil && !errors.Is(err, ledger.ErrNotClosed) {
				t.Errorf("ClosingIdentity gives %v", err)
			}
		})
	}
	for name, nothing := range map[string]func() (ledger.Journal, bool){
		"pass on":   func() (ledger.Journal, bool) { return ledger.PassOn(day("05-15"), usd(0)) },
		"write off": func() (ledger.Journal, bool) { return ledger.WriteOff(day("05-15"), usd(0)) },
	} {
		if j, any := nothing(); any {
			t.Errorf("%s of nothing: %s", name, j)
		}
	}
}
