package simulation

import (
	"fmt"

	"comity/domain"
	"comity/ledger"
	"comity/money"
)

// A book is the factor's ledger in one currency: the balances of every journal that
// was posted, and what each month earned.
type book struct {
	balances ledger.Balances
	journals int
	months   map[domain.Date]*Month // by first day
}

func newBook(c money.Currency) *book {
	return &book{balances: ledger.Balances{Currency: c, Totals: map[ledger.Account]money.Amount{}}, months: map[domain.Date]*Month{}}
}

// post posts a journal of a deal, in the book and in the deal's own.
func (b *book) post(d *deal, j ledger.Journal) error {
	if err := j.Check(); err != nil {
		return fmt.Errorf("post for %s: %w", d.id, err)
	}
	b.journals++
	d.journals = append(d.journals, j)
	month := b.month(j.Effective)
	for _, p := range j.Postings {
		b.balances.Totals[p.Account] = b.balances.Of(p.Account).Plus(p.Amount)
		switch p.Account {
		case ledger.DiscountFeeIncome:
			month.Fee = month.Fee.Minus(p.Amount)
		case ledger.OriginationIncome, ledger.WireFeeIncome:
			month.Charges = month.Charges.Minus(p.Amount)
		case ledger.CreditLoss:
			month.Loss = month.Loss.Plus(p.Amount)
		default:
		}
	}
	return nil
}

// month returns the month that a day lies in.
func (b *book) month(day domain.Date) *Month {
	year, of := day.YearMonth()
	first := domain.OnDay(year, of, 1)
	if b.months[first] == nil {
		nothing := money.Minor(0, b.balances.Currency)
		b.months[first] = &Month{
			First: first, Fee: nothing, Charges: nothing, Loss: nothing, Funds: nothing, Servicing: nothing, Net: nothing, FundsDays: nothing,
		}
	}
	return b.months[first]
}
