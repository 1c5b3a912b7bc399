package ledger

import (
	"errors"
	"fmt"

	"comity/money"
)

// Balances holds the balance of each account in one currency, debit positive. An
// account without an entry stands at nothing.
type Balances struct {
	Currency money.Currency
	Totals   map[Account]money.Amount
}

// Sum adds up journals in one currency. It panics on another currency, as adding
// amounts does.
func Sum(currency money.Currency, journals ...Journal) Balances {
	b := Balances{Currency: currency, Totals: map[Account]money.Amount{}}
	for _, j := range journals {
		for _, p := range j.Postings {
			b.Totals[p.Account] = b.Of(p.Account).Plus(p.Amount)
		}
	}
	return b
}

// Of returns the balance of an account, debit positive.
func (b Balances) Of(a Account) money.Amount {
	if total, posted := b.Totals[a]; posted {
		return total
	}
	return money.Minor(0, b.Currency)
}

// Net returns the sum of all balances: nothing, in books that balance.
func (b Balances) Net() money.Amount { return b.sum(func(Account) bool { return true }) }

// Cash returns what the factor's two bank accounts hold together.
func (b Balances) Cash() money.Amount { return b.sum(Account.OwnCash) }

// Earned returns income less losses, a profit being positive.
func (b Balances) Earned() money.Amount {
	return b.sum(func(a Account) bool { return a.Type() == Income || a.Type() == Expense }).Negated()
}

// ErrNotClosed reports a deal that is not settled, or books that do not close.
var ErrNotClosed = errors.New("the books of the deal do not close")

// ClosingIdentity checks the balances of one deal against D-29: every
// balance-sheet account except the two cash accounts and output tax is zero, and
// the cash is what was earned plus the tax still to be paid over. The error names
// the first account that is open and wraps [ErrNotClosed].
func ClosingIdentity(b Balances) error {
	for _, a := range Chart() {
		if settles(a) && !b.Of(a).IsZero() {
			return fmt.Errorf("%s stands at %s: %w", a.Name(), b.Of(a), ErrNotClosed)
		}
	}
	owned := b.Earned().Minus(b.Of(OutputTax))
	if b.Cash().Compare(owned) != 0 {
		return fmt.Errorf("cash %s, income less losses and tax %s: %w", b.Cash(), owned, ErrNotClosed)
	}
	return nil
}

// settles reports whether a must be zero before a deal is settled.
func settles(a Account) bool {
	onSheet := a.Type() == Asset || a.Type() == Liability
	return onSheet && !a.OwnCash() && a != OutputTax
}

func (b Balances) sum(counts func(Account) bool) money.Amount {
	total := money.Minor(0, b.Currency)
	for _, a := range Chart() {
		if counts(a) {
			total = total.Plus(b.Of(a))
		}
	}
	return total
}
