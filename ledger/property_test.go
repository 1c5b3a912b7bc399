package ledger_test

import (
	"testing"

	"comity/domain"
	"comity/ledger"
	"comity/money"

	"pgregory.net/rapid"
)

// drawFee draws a fee of any family that a contract may name.
func drawFee(t *rapid.T) domain.FeeTerms {
	rate := func(most int32, label string) money.Rate {
		return money.Ppm(rapid.Int32Range(0, most).Draw(t, label)).Rate()
	}
	family := rapid.SampledFrom([]domain.FeeFamily{domain.FeeFlat, domain.FeeBanded, domain.FeeDaily}).Draw(t, "family")
	if family == domain.FeeDaily {
		return domain.FeeTerms{UpfrontRate: rate(50_000, "up-front rate"), DailyRate: rate(2_000, "daily rate")}
	}
	fee := domain.FeeTerms{FirstDays: rapid.IntRange(1, 60).Draw(t, "first days"), FirstRate: rate(100_000, "first rate")}
	if family == domain.FeeBanded {
		fee.StepDays, fee.StepRate = rapid.IntRange(1, 45).Draw(t, "step days"), rate(20_000, "step rate")
	}
	return fee
}

// book is one deal played by dice: lawful events only, in a lawful order.
type book struct {
	t        *rapid.T
	clock    ledger.FeeClock
	today    domain.Date
	journals []ledger.Journal
}

// newBook is a deal that is paid out: of any size, with a fee of any family.
func newBook(t *rapid.T) *book {
	b := &book{t: t, today: day("02-05")}
	b.clock.Fee = drawFee(t)
	b.clock.Basis = usd(rapid.Int64Range(1, 1_000_000_00).Draw(t, "basis"))
	b.clock.Advance = usd(rapid.Int64Range(1, b.clock.Basis.Units()).Draw(t, "advance"))
	b.buy()
	return b
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
	for _, a := range []ledger.Account{ledger.CashCollection, ledger.FactoredReceivables, ledger.SellerRecourse} {
		if balances.Of(a).Negative() {
			b.t.Fatalf("after %s %s stands at %s", j, a, balances.Of(a))
		}
	}
	for _, a := range []ledger.Account{ledger.Reserve, ledger.RebatePayable, ledger.UnappliedCash, ledger.AdvancePayable, ledger.PassThroughPayable} {
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
	t, advance := b.t, b.clock.Advance
	origination := usd(rapid.Int64Range(0, advance.Units()-1).Draw(t, "origination"))
	b.post(ledger.Purchase(b.today, b.clock.Basis, advance), true)
	tax := usd(rapid.Int64Range(0, min(advance.Minus(origination).Units()-1, origination.Units())).Draw(t, "tax"))
	b.post(ledger.Charges(b.today, origination, usd(0), tax))
	net := advance.Minus(origination).Minus(tax)
	for range rapid.IntRange(0, 2).Draw(t, "returned pay-outs") {
		instruct := ledger.Instruct(b.today, net)
		b.post(instruct, true)
		b.wait("days to the return", 4)
		b.post(ledger.Reverse(instruct, b.today), true)
	}
	b.post(ledger.Instruct(b.today, net), true)
	b.wait("days to the statement", 3)
	b.post(ledger.Disburse(b.today, net), true)
	b.clock.Funded = b.today
}

// accrue posts E4 through today, as a month end does: never less than nothing.
func (b *book) accrue() {
	b.clock.Booked = b.of(ledger.AccruedFees)
	j, worth := ledger.AccrueFee(b.clock, b.today)
	if earned := ledger.Sum("USD", j).Of(ledger.AccruedFees); earned.Negative() {
		b.t.Fatalf("%s more by %s", earned, b.today)
	}
	b.post(j, worth)
}

// stop ends the clock today: the books hold what the contract says, to the cent.
func (b *book) stop() {
	b.accrue()
	b.post(ledger.EarnRest(b.clock, b.today))
	owed := b.clock.Fee.OwedOn(b.clock.Basis, b.clock.Advance, b.clock.Funded.DaysUntil(b.today))
	if b.of(ledger.AccruedFees) != owed || b.of(ledger.DiscountFeeIncome) != owed.Negated() {
		b.t.Fatalf("%s accrued, income %s, %s owed", b.of(ledger.AccruedFees), b.of(ledger.DiscountFeeIncome), owed)
	}
}

// receive takes the basis in parts until no more than the rest is open, some of them
// unidentified at first or sent back by the bank.
func (b *book) receive(rest money.Amount) {
	t := b.t
	for rest.Less(b.of(ledger.FactoredReceivables)) {
		b.wait("days to a payment", 40)
		b.accrue()
		part := b.of(ledger.FactoredReceivables).Minus(rest)
		if len(b.journals) <= 40 {
			part = usd(rapid.Int64Range(1, part.Units()).Draw(t, "part"))
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
	b.stop()
	reserve, accrued := b.of(ledger.Reserve).Negated(), b.of(ledger.AccruedFees)
	b.post(ledger.Settle(b.today, reserve, accrued))
	rebate := b.of(ledger.RebatePayable).Negated()
	own := b.of(ledger.CashCollection).Minus(rebate)
	b.post(ledger.Sweep(b.today, own), own.Positive())
	b.post(ledger.RebateInstruct(b.today, rebate), rebate.Positive())
	b.post(ledger.RebatePaid(b.today, rebate), rebate.Positive())
}

// recourse posts V4 after a while, what the debtor and the seller then pay, and the
// loss of the rest.
func (b *book) recourse() {
	t := b.t
	b.wait("days to recourse", 120)
	b.stop()
	open := b.of(ledger.FactoredReceivables)
	b.post(ledger.ExerciseRecourse(b.today, open, b.of(ledger.Reserve).Negated(), b.of(ledger.AccruedFees)), true)
	if rapid.Bool().Draw(t, "the debtor pays while title is held") {
		b.wait("days to the debtor", 20)
		b.post(ledger.CollectHeld(b.today, ledger.CashCollection, open, b.of(ledger.SellerRecourse)), true)
		b.post(ledger.PassOn(b.today, b.of(ledger.PassThroughPayable).Negated()))
	}
	for b.of(ledger.SellerRecourse).Positive() && rapid.Bool().Draw(t, "the seller pays") {
		b.wait("days to the seller", 20)
		owed := b.of(ledger.SellerRecourse)
		b.post(ledger.RecoursePaid(b.today, ledger.CashCollection, usd(rapid.Int64Range(1, owed.Units()).Draw(t, "its part"))), true)
	}
	b.post(ledger.WriteOff(b.today, b.of(ledger.SellerRecourse)))
	own := b.of(ledger.CashCollection)
	b.post(ledger.Sweep(b.today, own), own.Positive())
}

// end plays the deal to one of its ends: paid by the debtor, or recourse, which there
// is as long as the seller would owe something.
func (b *book) end() {
	b.receive(usd(rapid.Int64Range(0, b.clock.Basis.Units()).Draw(b.t, "left open")))
	if b.of(ledger.FactoredReceivables).Plus(b.of(ledger.Reserve)).Positive() {
		b.recourse()
		return
	}
	b.receive(usd(0))
	b.settle()
}

// TestLawfulDealsBalanceAndClose holds the closing identity of D-29 for any lawful life.
func TestLawfulDealsBalanceAndClose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBook(t)
		b.end()
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
		b := newBook(t)
		b.end()
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
