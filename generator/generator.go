// Package generator makes synthetic portfolios: debtors, their invoices and the
// days on which they pay. A portfolio reproduces the facts of real payment
// histories and holds no row of them. Everything is integer arithmetic on a
// seeded PCG, so a seed gives the same bytes on every machine.
package generator

import (
	"fmt"
	"iter"
	"strconv"
	"time"

	"comity/domain"
	"comity/money"
)

// A Profile is a trade's way of paying.
type Profile string

// The profiles.
const (
	DayDue Profile = "day-due" // most pay on the very due day, with a heavy tail
	Runs   Profile = "runs"    // early or late around the due day, in payment runs
	Mixed  Profile = "mixed"   // half of the debtors each
)

// Limits of a portfolio.
const (
	MaxDebtors  = 1_000_000
	MaxMonths   = 600
	MaxInvoices = 1_000_000_000
)

// lastDay leaves time to pay before the last day of a payment history.
var lastDay = domain.MustDate("2190-01-01")

// A Config says which portfolio to make.
type Config struct {
	Seed      uint64
	Debtors   int
	Months    int         // how long invoices are issued
	Start     domain.Date // the first day on which one may be
	Profile   Profile
	Invoices  int // 0: as many as these debtors have in that time
	UnpaidPPM int // how many debtors in a million never pay; real histories show none
}

// check returns what is wrong with c.
func (c Config) check() error {
	switch {
	case c.Debtors < 1 || c.Debtors > MaxDebtors:
		return fmt.Errorf("%d debtors, from 1 to %d can be made", c.Debtors, MaxDebtors)
	case c.Months < 1 || c.Months > MaxMonths:
		return fmt.Errorf("%d months, from 1 to %d can be made", c.Months, MaxMonths)
	case c.Invoices < 0 || c.Invoices > MaxInvoices:
		return fmt.Errorf("%d invoices, up to %d can be made", c.Invoices, MaxInvoices)
	case c.UnpaidPPM < 0 || c.UnpaidPPM > million:
		return fmt.Errorf("%d in a million never pay", c.UnpaidPPM)
	case c.Start.IsZero():
		return fmt.Errorf("there is no first day")
	case c.end().After(lastDay):
		return fmt.Errorf("%d months from %s pass %s", c.Months, c.Start, lastDay)
	case c.Profile != DayDue && c.Profile != Runs && c.Profile != Mixed:
		return fmt.Errorf("profile %q is none of %s, %s and %s", c.Profile, DayDue, Runs, Mixed)
	}
	return nil
}

// end returns the day after the last one on which an invoice may be issued.
func (c Config) end() domain.Date {
	year, month := c.Start.YearMonth()
	day := domain.OnDay(year, month, 1).DaysUntil(c.Start) + 1
	return domain.OnDay(year, month+time.Month(c.Months), day)
}

// A Portfolio is debtors and the invoices that they are sent.
type Portfolio struct {
	debtors []Debtor
	start   domain.Date
	days    int
}

// An Invoice is one row of a portfolio.
type Invoice struct {
	Number   int // from 1, in the order of issue
	Debtor   *Debtor
	Seller   string
	Amount   money.Amount
	Issued   domain.Date
	Due      domain.Date
	Paid     domain.Date // the zero Date: never
	Disputed bool
}

// ID returns the invoice's identifier in a file.
func (i Invoice) ID() string { return "G" + padded(i.Number, 7) }

// padded writes n with at least the given number of digits.
func padded(n, digits int) string {
	text := strconv.Itoa(n)
	for len(text) < digits {
		text = "0" + text
	}
	return text
}

// Debtors returns the debtors of the portfolio, which are not to be changed.
func (p *Portfolio) Debtors() []Debtor { return p.debtors }

// Invoices yields the invoices in the order of issue, the same ones each time.
// It keeps something of every debtor and nothing of an invoice.
func (p *Portfolio) Invoices() iter.Seq[Invoice] {
	return func(yield func(Invoice) bool) {
		queue := p.queue()
		for number := 1; len(queue) > 0; number++ {
			inv := queue[0].issue()
			inv.Number = number
			if !yield(inv) {
				return
			}
			queue = queue.again()
		}
	}
}
