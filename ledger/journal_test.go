package ledger_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"comity/domain"
	"comity/ledger"
	"comity/money"

	"pgregory.net/rapid"
)

func TestCheckRefusesWhatIsNoJournal(t *testing.T) {
	tests := map[string]struct {
		change func(*ledger.Journal)
		says   string
	}{
		"no kind":            {func(j *ledger.Journal) { j.Kind = "" }, "kind"},
		"no day":             {func(j *ledger.Journal) { j.Effective = domain.Date{} }, "day"},
		"one posting":        {func(j *ledger.Journal) { j.Postings = j.Postings[:1] }, "fewer than two"},
		"an unknown account": {func(j *ledger.Journal) { j.Postings[0].Account = "petty_cash" }, "petty_cash"},
		"a posting of nothing": {func(j *ledger.Journal) {
			j.Postings = append(j.Postings, ledger.Posting{Account: ledger.Reserve, Amount: usd(0)})
		}, "nothing"},
		"two currencies": {func(j *ledger.Journal) { j.Postings[1].Amount = money.Minor(-100_00, "EUR") }, "EUR"},
		"off by a cent":  {func(j *ledger.Journal) { j.Postings[1].Amount = usd(-99_99) }, "0.01 USD"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			j := ledger.Collect(day("03-10"), usd(100_00))
			tc.change(&j)
			if err := j.Check(); !errors.Is(err, ledger.ErrUnbalanced) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("Check gives %v, want it to say %q", err, tc.says)
			}
		})
	}
}

func TestPartsOfNothingAreNotPosted(t *testing.T) {
	full := ledger.Purchase(day("02-05"), usd(100_00), usd(100_00))
	if err := full.Check(); err != nil || len(full.Postings) != 2 {
		t.Errorf("a purchase without a reserve: %v, %v", full.Postings, err)
	}
	wire, ok := ledger.Charges(day("02-05"), usd(0), usd(15_00), usd(0))
	if err := wire.Check(); err != nil || !ok || len(wire.Postings) != 2 {
		t.Errorf("charges of a wire only: %v, %t, %v", wire.Postings, ok, err)
	}
	if _, ok := ledger.Charges(day("02-05"), usd(0), usd(0), usd(0)); ok {
		t.Error("charges of nothing are to be posted")
	}
	if _, ok := ledger.Settle(day("02-05"), usd(0), usd(9_00)); ok {
		t.Error("a settlement of no reserve is to be posted")
	}
}

func TestFeesBeyondTheReserveStayAccrued(t *testing.T) {
	j, ok := ledger.Settle(day("09-01"), usd(100_00), usd(130_00))
	balances := ledger.Sum("USD", j)
	if err := j.Check(); err != nil || !ok {
		t.Fatalf("settle: %t, %v", ok, err)
	}
	if balances.Of(ledger.AccruedFees).Units() != -100_00 || !balances.Of(ledger.RebatePayable).IsZero() {
		t.Errorf("accrued fees %s, rebate %s", balances.Of(ledger.AccruedFees), balances.Of(ledger.RebatePayable))
	}
}

func storyClock() ledger.FeeClock {
	return ledger.FeeClock{
		Fee: domain.FeeTerms{
			FirstDays: 30, FirstRate: money.Percent(3), StepDays: 10, StepRate: money.Percent(1),
		},
		FeeCourse: domain.FeeCourse{Basis: usd(10_000_00), Funded: day("02-05")},
	}
}

func TestAccrualsSayWhatIsNotBookedYet(t *testing.T) {
	tests := map[string]struct {
		booked  int64
		through string
		want    int64
	}{
		"the first month":                     {0, "02-28", 230_00},
		"the same month twice":                {230_00, "02-28", 0},
		"the funding day":                     {0, "02-05", 0},
		"before funding":                      {0, "02-01", 0},
		"after a month end":                   {230_00, "03-10", 100_00},
		"a receipt known after the month end": {230_00, "02-25", -30_00},
		"and one across a band":               {330_00, "03-06", -40_00},
		"a band end":                          {0, "03-07", 300_00},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			clock := storyClock()
			clock.Booked = usd(tc.booked)
			j, ok := ledger.AccrueFee(clock, day(tc.through))
			if ok != (tc.want != 0) || ledger.Sum("USD", j).Of(ledger.AccruedFees).Units() != tc.want {
				t.Errorf("accrues %v (%t), want %d", j.Postings, ok, tc.want)
			}
		})
	}
}

func TestFeesEndWhereTheContractSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := storyClock()
		clock.Fee, clock.Basis = drawFee(t), usd(rapid.Int64Range(1, 1_000_000_00).Draw(t, "basis"))
		clock.Advance = clock.Basis.Times(money.Percent(85))
		var journals []ledger.Journal
		add := func(j ledger.Journal, ok bool) {
			if ok {
				journals = append(journals, j)
			}
			clock.Booked = ledger.Sum("USD", journals...).Of(ledger.AccruedFees)
		}
		for range rapid.IntRange(0, 5).Draw(t, "month ends") {
			add(ledger.AccrueFee(clock, clock.Funded.Plus(rapid.IntRange(0, 150).Draw(t, "through"))))
		}
		paid := rapid.IntRange(0, 150).Draw(t, "paid")
		add(ledger.AccrueFee(clock, clock.Funded.Plus(paid)))
		add(ledger.EarnRest(clock, clock.Funded.Plus(paid)))
		if owed := clock.Fee.OwedOn(clock.Basis, clock.Advance, paid); clock.Booked.Units() != owed.Units() {
			t.Errorf("paid on day %d: %s is booked, %s is owed", paid, clock.Booked, owed)
		}
	})
}

func TestTheChartIsComplete(t *testing.T) {
	for _, account := range ledger.Chart() {
		if account.Name() == "" || !account.Known() || !slices.Contains([]ledger.AccountType{"A", "L", "I", "E"}, account.Type()) {
			t.Errorf("%s: name %q, type %q", account, account.Name(), account.Type())
		}
	}
	if len(ledger.Chart()) != 18 || ledger.Account("petty_cash").Known() {
		t.Errorf("%d accounts", len(ledger.Chart()))
	}
	if got := len(ledger.Kinds()); got != 26 {
		t.Errorf("%d kinds of journal", got)
	}
}

func TestClosingIdentityNamesWhatIsOpen(t *testing.T) {
	open := ledger.Sum("USD", ledger.Unidentified(day("03-01"), usd(5_00)))
	if err := ledger.ClosingIdentity(open); !errors.Is(err, ledger.ErrNotClosed) || !strings.Contains(err.Error(), "Unapplied cash") {
		t.Errorf("ClosingIdentity gives %v", err)
	}
	lopsided := ledger.Balances{Currency: "USD", Totals: map[ledger.Account]money.Amount{ledger.CashOperating: usd(1)}}
	if err := ledger.ClosingIdentity(lopsided); !errors.Is(err, ledger.ErrNotClosed) {
		t.Errorf("cash from nowhere: %v", err)
	}
	taxed := ledger.Balances{Currency: "USD", Totals: map[ledger.Account]money.Amount{
		ledger.CashOperating: usd(119), ledger.OriginationIncome: usd(-100), ledger.OutputTax: usd(-19),
	}}
	if err := ledger.ClosingIdentity(taxed); err != nil {
		t.Errorf("tax still to be paid over: %v", err)
	}
	if err := ledger.ClosingIdentity(ledger.Balances{Currency: "USD"}); err != nil {
		t.Errorf("an empty book: %v", err)
	}
}
