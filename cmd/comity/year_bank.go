package main

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"comity/domain"
)

// plan plans the statement of the first banking day from a day on, for the morning of the
// next one.
func (y *yearTown) plan(account int, day domain.Date) {
	feed := &y.feeds[account]
	on := feed.banking.OnOrAfter(day)
	y.at(feed.banking.Add(on, 1).At(7, 0, y.factors[feed.factor].zone), yearEvent{kind: yearStatement, n: account, on: on})
}

// A yearMorning is the rows that one moment writes, in the order in which they are.
type yearMorning struct {
	deals, statements, payments, strange []map[string]any
	paid, known, ended                   []uuid.UUID
}

// banks does what happens by the calendar, with few statements for all of a moment.
func (y *yearTown) banks(ctx context.Context, due []yearEvent) error {
	var m yearMorning
	for _, e := range due {
		switch e.kind {
		case yearMakesDeal:
			m.deals = append(m.deals, y.makes(e.n))
		case yearStatement:
			y.shows(e, &m)
		case yearIdentifies:
			m.known = append(m.known, e.kase)
			y.pays(yearPayment{e.n, int64(yearNumber(e.touch))}, e.on, &m)
		case yearEnds:
			m.ended = append(m.ended, yearID(yearDealID, e.n))
		default:
			return fmt.Errorf("no bank does %d", e.kind)
		}
	}
	if len(m.deals) > 0 {
		if _, err := y.rows.Deals(ctx, m.deals, y.now); err != nil {
			return fmt.Errorf("make deals: %w", err)
		}
	}
	if len(m.known) > 0 {
		if err := y.rows.Identified(ctx, m.known); err != nil {
			return fmt.Errorf("identify receipts: %w", err)
		}
	}
	if len(m.statements) > 0 {
		if err := y.rows.Statements(ctx, m.statements, y.now); err != nil {
			return fmt.Errorf("load statements: %w", err)
		}
	}
	if len(m.strange) > 0 {
		if err := y.rows.Strange(ctx, m.strange, y.now); err != nil {
			return fmt.Errorf("book what nobody knows: %w", err)
		}
	}
	if len(m.paid) > 0 {
		if err := y.rows.Pay(ctx, m.paid, m.payments, y.now); err != nil {
			return fmt.Errorf("apply money: %w", err)
		}
	}
	if len(m.ended) > 0 {
		if err := y.rows.End(ctx, m.ended, y.now); err != nil {
			return fmt.Errorf("end deals: %w", err)
		}
	}
	return nil
}

// account is the collection account of a pair.
func (y *yearTown) account(p yearPair) int {
	for c, currency := range yearCurrencies {
		if currency == y.debtors[p.debtor].currency {
			return p.factor*len(yearCurrencies) + c
		}
	}
	return p.factor * len(yearCurrencies)
}

// makes is the row of a deal; when it will be paid is put on the statements to come.
func (y *yearTown) makes(n int) map[string]any {
	d := &y.deals[n]
	p := y.pairs[d.pair]
	account := y.account(p)
	feed := &y.feeds[account]
	for _, part := range []struct {
		on    domain.Date
		minor int64
	}{{d.paid, d.first}, {d.rest, d.second}} {
		if !part.on.IsZero() {
			on := feed.banking.OnOrAfter(part.on)
			feed.money[on] = append(feed.money[on], yearPayment{n, part.minor})
		}
	}
	y.at(d.due.Plus(90).At(8, 0, time.UTC), yearEvent{kind: yearEnds, n: n}) // recourse
	id := yearID(yearDealID, n)
	code := fmt.Sprintf("%08X", uint32(n)*2654435761)
	return map[string]any{
		"id": id, "kase": yearID(yearCaseID, n), "number": fmt.Sprintf("Y-%06d", n), "factor": yearID(yearOrgID, p.factor), "seller": yearID(yearOrgID, y.size.Factors+p.seller),
		"relationship": yearID(yearRelationshipID, p.n), "debtor": yearID(yearDebtorID, p.debtor), "name": fmt.Sprintf("Debtor %05d Trading", p.debtor),
		"account": yearID(yearAccountID, account), "currency": feed.currency, "minor": d.minor, "issued": d.issued.String(), "due": d.due.String(),
		"reference": domain.NewReference(id[4:]).String(), "code": code, "introduced": y.now.AddDate(0, 0, -y.dice(3, forMade, n, 1)).Format(time.RFC3339),
	}
}

// shows loads a statement, now or, when it is late, on a later morning; and applies the
// money on it, but for what nobody knows yet.
func (y *yearTown) shows(e yearEvent, m *yearMorning) {
	feed := &y.feeds[e.n]
	if e.says == "" {
		y.plan(e.n, e.on.Plus(1))
		if days := y.dice(100, forLate, e.n, yearBegins.DaysUntil(e.on)); days < 4 {
			e.says = "late"
			y.at(y.now.AddDate(0, 0, 1+days%2), e)
			return
		}
	} else {
		y.done["statement: late"]++
	}
	m.statements = append(m.statements, map[string]any{
		"factor": yearID(yearOrgID, feed.factor), "account": yearID(yearAccountID, e.n), "day": e.on.String(), "currency": feed.currency,
	})
	for _, p := range feed.money[e.on] {
		if y.dice(100, forStrange, p.deal, int(p.minor)) >= 2 {
			y.pays(p, e.on, m)
			continue
		}
		pair := y.pairs[y.deals[p.deal].pair]
		id := yearID(yearReceiptID, p.deal<<1|y.dice(2, forStrange, int(p.minor)))
		m.strange = append(m.strange, map[string]any{
			"id": id, "factor": yearID(yearOrgID, feed.factor), "account": yearID(yearAccountID, e.n), "currency": feed.currency, "minor": p.minor, "day": e.on.String(),
			"payer": []string{"ACME", fmt.Sprintf("Debtor %05d", pair.debtor)}[p.deal%2],
		})
		y.done["receipt: nobody knew it at first"]++
		y.at(y.now.AddDate(0, 0, 2+y.dice(3, forStrange, p.deal)), yearEvent{kind: yearIdentifies, n: p.deal, kase: id, touch: yearID(yearReceiptID, int(p.minor)), on: e.on})
	}
	delete(feed.money, e.on)
}

// pays applies money to a deal; one that is paid is settled a week later.
func (y *yearTown) pays(p yearPayment, on domain.Date, m *yearMorning) {
	d := &y.deals[p.deal]
	d.open = max(0, d.open-p.minor)
	id := yearID(yearDealID, p.deal)
	m.paid = append(m.paid, id)
	m.payments = append(m.payments, map[string]any{"deal": id, "minor": p.minor, "day": on.String()})
	if d.open == 0 {
		y.at(y.now.AddDate(0, 0, 7), yearEvent{kind: yearEnds, n: p.deal})
	}
}
