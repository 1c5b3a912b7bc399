package generator

import (
	"time"

	"comity/domain"
	"comity/money"
)

// A line is a debtor's invoices, of which the next is known.
type line struct {
	debtor    *Debtor
	index     int
	dice      dice
	behaviour *Behaviour
	done      int
	day       domain.Date // on which the next is issued
}

// A queue is a heap of lines, the one with the next invoice first; of one day the
// first debtor's.
type queue []*line

func (p *Portfolio) queue() queue {
	q := make(queue, 0, len(p.debtors))
	for i := range p.debtors {
		if p.debtors[i].Invoices == 0 {
			continue
		}
		l := &line{debtor: &p.debtors[i], index: i, dice: seeded(p.debtors[i].seed, 3), behaviour: p.debtors[i].Behaviour()}
		l.advance()
		q = append(q, l)
	}
	for i := len(q)/2 - 1; i >= 0; i-- {
		q.sink(i)
	}
	return q
}

func (q queue) before(i, j int) bool {
	if q[i].day != q[j].day {
		return q[i].day.Before(q[j].day)
	}
	return q[i].index < q[j].index
}

// again puts the first line, whose invoice was issued, where it now belongs.
func (q queue) again() queue {
	if q[0].done == q[0].debtor.Invoices {
		q[0] = q[len(q)-1]
		q = q[:len(q)-1]
	}
	q.sink(0)
	return q
}

func (q queue) sink(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(q); child++ {
			if q.before(child, least) {
				least = child
			}
		}
		if least == i {
			return
		}
		q[i], q[least] = q[least], q[i]
		i = least
	}
}

// issue returns the next invoice and draws the day of the one after.
func (l *line) issue() Invoice {
	d := l.debtor
	inv := Invoice{Debtor: d, Seller: d.Sellers[0], Issued: l.day}
	if other := l.dice.below(3 * len(d.Sellers)); other < len(d.Sellers) {
		inv.Seller = d.Sellers[other]
	}
	inv.Due = l.due()
	inv.Amount = l.amount()
	paid := l.behaviour.Pay(Bill{Issued: inv.Issued, Due: inv.Due})
	inv.Paid, inv.Disputed = paid.On, paid.Disputed
	l.done++
	if l.done < d.Invoices {
		l.advance()
	}
	return inv
}

// advance draws a day in the next of as many equal stretches as the debtor has
// invoices; some go out together with the one before.
func (l *line) advance() {
	d, t := l.debtor, l.debtor.trade
	at := int64(l.done)*int64(d.days) + int64(l.dice.below(max(1, d.days)))
	together := l.dice.chance(t.together)
	if l.done > 0 && together {
		return
	}
	day := d.First.Plus(int(at / int64(d.Invoices)))
	if t.rollsDue && day.Weekday() == time.Saturday {
		day = day.Plus(1 + l.dice.below(2))
	}
	l.day = domain.Latest(day, l.day)
}

// due draws the terms, mostly the debtor's usual ones.
func (l *line) due() domain.Date {
	d, t := l.debtor, l.debtor.trade
	terms := d.terms
	if l.dice.chance(t.otherTerms) && d.Habit.SettleDays == 0 {
		terms = t.terms[l.dice.pick(t.termsWeights)]
	}
	due := l.day.Plus(terms)
	if t.rollsDue {
		due = domain.Calendar{}.OnOrAfter(due)
	}
	return due
}

// nearLevel is how far from the debtor's level an amount about it ranks, in ppm.
const nearLevel = 150_000

// amount draws an amount, some of them about the debtor's level. What passes an
// end of the ranks is folded back, so that all ranks stay equally likely.
func (l *line) amount() money.Amount {
	d := l.debtor
	rank := l.dice.ppm()
	if near := d.level - nearLevel + l.dice.below(2*nearLevel); d.level >= 0 && l.dice.chance(d.trade.levelPPM) {
		rank = max(near, -near)
		if rank >= million {
			rank = 2*million - 1 - rank
		}
	}
	minor := d.trade.amounts.at(rank) + l.dice.below(100)
	return money.Minor(int64(minor), d.Currency)
}
