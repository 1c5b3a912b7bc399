package simulation

import (
	"crypto/sha256"
	"fmt"
	"math/bits"

	"comity/domain"
	"comity/money"
)

// never is a day after every day of a history.
var never = domain.MustDate("2199-12-31")

// draws decide what a scenario does. A draw depends on the seed and on what it is
// about only, so two policies meet the same debtors.
type draws struct {
	scenario Scenario
	start    domain.Date // first day of the first debtor-year
	defaults map[string]domain.Date
}

func newDraws(s *Scenario, start domain.Date) *draws {
	d := &draws{start: start, defaults: map[string]domain.Date{}}
	if s != nil {
		d.scenario = *s
	}
	return d
}

// below returns a number from 0 up to n, all alike.
func (d *draws) below(n uint64, about, id string, part int) uint64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %d %s", d.scenario.Seed, about, part, id))
	word := uint64(0)
	for _, b := range sum[:8] {
		word = word<<8 | uint64(b)
	}
	high, _ := bits.Mul64(word, n)
	return high
}

func (d *draws) happens(chance money.Ppm, about, id string, part int) bool {
	return chance > 0 && d.below(uint64(money.Whole), about, id, part) < uint64(chance)
}

// yearDays is the year of every yearly figure: act/365 (D-15).
const yearDays = 365

// lastYear bounds the debtor-years that are drawn: no history is longer.
const lastYear = 110

// debtorDefault returns the day from which a debtor pays nothing any more.
func (d *draws) debtorDefault(debtor string) domain.Date {
	if d.scenario.DebtorYear == 0 {
		return never
	}
	if on, known := d.defaults[debtor]; known {
		return on
	}
	on := never
	for year := range lastYear {
		if d.happens(d.scenario.DebtorYear, "debtor-year", debtor, year) {
			on = d.start.Plus(year*yearDays + int(d.below(yearDays, "day", debtor, year)))
			break
		}
	}
	d.defaults[debtor] = on
	return on
}

// neverPaid reports whether an invoice that a row says was paid on a day is not.
func (d *draws) neverPaid(invoice, debtor string, paidOn domain.Date) bool {
	return d.happens(d.scenario.Invoice, "invoice", invoice, 0) || !paidOn.Before(d.debtorDefault(debtor))
}

// sellerFails reports whether the seller does not buy an invoice back.
func (d *draws) sellerFails(invoice string) bool {
	return d.happens(d.scenario.NoRepurchase, "repurchase", invoice, 0)
}
