package ledger_test

import (
	"testing"

	"comity/domain"
	"comity/ledger"
	"comity/money"

	"pgregory.net/rapid"
)

// book is one deal played by dice: lawful events only, in a lawful order.
type book struct {
	t        *rapid.T
	clock    ledger.FeeClock
	today    domain.Date
	journals []ledger.Journal
}

func (b *book) post(j ledger.Journal, worth bool) {
	b.t.Helper()
	if !worth {
		return
	}
	if err := j.Check(); err != nil {
		b.t.Fatal(err)
	}
	b.journals = append(b.journals, j)
	balances := ledger.Sum("USD", b.journals...)
	if !balances.Net().IsZero() {
		b.t.Fatalf("after %s the books are off by %s", j, balances.Net())
	}
	for _, a := range []ledger.Account{ledger.CashCollection, ledger.FactoredReceivables} {
		if balances.Of(a).Negative() {
			b.t.Fatalf("after %s %s stands at %s", j, a, balances.Of(a))
		}
	}
	for _, a := range []ledger.Account{ledger.Reserve, ledger.RebatePayable, ledger.UnappliedCash, ledger.AdvancePayable} {
		if balances.Of(a).Positive() {
			b.t.Fatalf("after %s the factor owes less than nothing: %s %s", j, a, balances.Of(a))
		}
	}
}

func (b *book) of(a ledger.Account) money.Amount { return ledger.Sum("USD", b.journals...).Of(a) }

func (b *book) wait(label string, most int) {
	b.today = b.today.Plus(rapid.IntRange(0, most).Draw(b.t, label))
}

// buy posts E1 to E3b; the bank may return the pay-out, which is then sent again.
func (b *book) buy() {
	t := b.t
	advance := usd(rapid.Int64Range(1, b.clock.Basis.Units()).Draw(t, "advance"))
	origination := usd(rapid.Int64Range(0, advance.Units()-1).Draw(t, "origination"))
	b.post(ledger.Purchase(b.today, b.clock.Basis, advance), true)
	b.post(ledger.Charges(b.today, origination, usd(0)))
	net := advance.Minus(origination)
	for range rapid.IntRange(0, 2).Draw(t, "returned pay-outs") {
		instruct := ledger.Instruct(b.today, net)
		b.post(instruct, true)
		b.wait("days to the return", 4)
		b.post(ledger.Reverse(instruct, b.today), true)
	}
	b.post(ledger.Instruct(b.today, net), true)
	b.wait("days to the statement", 3)
	b.post(ledger.Disburse(b.today, net), true)
	b.clock.FundedOn = b.today
}

// accrue posts E4 through today, as a month end does.
func (b *book) accrue() {
	b.clock.Booked = b.of(ledger.AccruedFees)
	b.post(ledger.AccrueFee(b.clock, b.today))
}

// receive takes the basis in parts, some of them unidentified at first or sent
// back by the bank.
func (b *book) receive() {
	t := b.t
	for b.of(ledger.FactoredReceivables).Positive() {
		b.wait("days to a payment", 40)
		b.accrue()
		part := usd(rapid.Int64Range(1, b.of(ledger.FactoredReceivables).Units()).Draw(t, "part"))
		if len(b.journals) > 40 {
			part = b.of(ledger.FactoredReceivables)
		}
		switch rapid.IntRange(0, 3).Draw(t, "how it arrives") {
		case 0:
			b.post(ledger.Unidentified(b.today, part), true)
			b.wait("days to find out", 5)
			b.post(ledger.ApplyUnidentified(b.today, part), true)
		case 1:
			collect := ledger.Collect(b.today, part)
			b.post(collect, true)
			b.wait("days to the return", 5)
			b.post(ledger.Reverse(collect, b.today), true)
		default:
			b.post(ledger.Collect(b.today, part), true)
		}
	}
}

// settle posts the end of the clock, E6, E5s and E7.
func (b *book) settle() {
	b.accrue()
	b.post(ledger.EarnRest(b.clock, b.today))
	reserve, accrued := b.of(ledger.Reserve).Negated(), b.of(ledger.AccruedFees)
	b.post(ledger.Settle(b.today, reserve, accrued))
	rebate := b.of(ledger.RebatePayable).Negated()
	own := b.of(ledger.CashCollection).Minus(rebate)
	b.post(ledger.Sweep(b.today, own), own.Positive())
	b.post(ledger.RebateInstruct(b.today, rebate), rebate.Positive())
	b.post(ledger.RebatePaid(b.today, rebate), rebate.Positive())
}

func TestLawfulDealsBalanceAndClose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := &book{t: t, clock: storyClock(), today: day("02-05")}
		b.clock.Basis = usd(rapid.Int64Range(1, 1_000_000_00).Draw(t, "basis"))
		b.buy()
		b.receive()
		b.settle()
		balances := ledger.Sum("USD", b.journals...)
		unsecured := balances.Of(ledger.AccruedFees)
		switch err := ledger.ClosingIdentity(balances); {
		case unsecured.IsZero() && err != nil:
			t.Fatalf("settled: %v", err)
		case !unsecured.IsZero() && err == nil:
			t.Fatalf("%s of fees are unsecured and the deal closes", unsecured)
		}
	})
}

func TestAReversedBookIsEmpty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := &book{t: t, clock: storyClock(), today: day("02-05")}
		b.buy()
		b.receive()
		b.settle()
		all := b.journals
		for _, j := range b.journals {
			all = append(all, ledger.Reverse(j, b.today))
		}
		balances := ledger.Sum("USD", all...)
		for _, account := range ledger.Chart() {
			if !balances.Of(account).IsZero() {
				t.Errorf("%s stands at %s", account, balances.Of(account))
			}
		}
	})
}
