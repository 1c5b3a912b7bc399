package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"comity/domain"
	"comity/formats"
	"comity/money"
)

// A bank plays the factor's bank: it keeps its own balances, carries out the
// orders it fetches, and writes a camt.053 for each account and banking day.
type bank struct {
	factor   *client
	accounts []*bankedAccount
	seen     map[string]bool // orders carried out
}

type bankedAccount struct {
	id       string
	purpose  string
	number   domain.BankAccountNumber
	currency money.Currency
	calendar domain.Calendar
	opened   domain.Date
	through  domain.Date // the last day a file was posted for
	balance  money.Amount
	booked   map[domain.Date][]formats.BankLine
}

// open begins an account with money of the factor's own.
func (b *bank) open(id, purpose string, number domain.BankAccountNumber, on domain.Date, balance money.Amount) {
	b.accounts = append(b.accounts, &bankedAccount{
		id: id, purpose: purpose, number: number, currency: balance.Currency(), calendar: domain.BankingDays(balance.Currency(), number.Country()),
		opened: on, through: on.Plus(-1), balance: balance, booked: map[domain.Date][]formats.BankLine{},
	})
}

func (b *bank) account(purpose string, currency money.Currency) *bankedAccount {
	for _, a := range b.accounts {
		if a.purpose == purpose && a.currency == currency {
			return a
		}
	}
	return nil
}

// book enters a movement on a day, or on the next banking day.
func (a *bankedAccount) book(on domain.Date, line formats.BankLine) {
	on = a.calendar.OnOrAfter(domain.Latest(on, a.through.Plus(1)))
	line.Booked, line.Value = on, on
	line.EntryRef = fmt.Sprintf("E%s%02d", on, len(a.booked[on])+1)
	a.booked[on] = append(a.booked[on], line)
}

// carryOut fetches the orders that are with the bank and books them.
func (b *bank) carryOut(ctx context.Context, on domain.Date) error {
	var list struct {
		Data []struct {
			ID     string `json:"id"`
			Kind   string `json:"kind"`
			Status string `json:"status"`
		} `json:"data"`
	}
	if err := b.factor.get(ctx, "/v1/payouts?status=instructed&limit=200", &list); err != nil {
		return err
	}
	for _, p := range list.Data {
		if b.seen[p.ID] {
			continue
		}
		var file []byte
		if err := b.factor.get(ctx, "/v1/payouts/"+p.ID+"/file", &file); err != nil {
			return err
		}
		order, err := formats.ReadPain001(file)
		if err != nil {
			return fmt.Errorf("read pain.001: %w", err)
		}
		b.pay(order, on)
		b.seen[p.ID] = true
		say("  bank: pain.001 %s, %s: %s to %s", order.MessageID, p.Kind, order.Payments[0].Amount, order.Payments[0].Creditor.Name)
	}
	return nil
}

// pay books an order on the account it debits and, when it is ours too, on the
// account it credits.
func (b *bank) pay(order formats.PaymentOrder, on domain.Date) {
	for _, p := range order.Payments {
		for _, a := range b.accounts {
			line := formats.BankLine{EndToEndID: p.EndToEndID, Remittance: p.Remittance, Code: "PMNT/ICDT/ESCT"}
			switch {
			case a.currency != p.Amount.Currency():
				continue
			case a.number == order.Debtor.Account:
				line.Amount, line.Counterparty = p.Amount.Negated(), p.Creditor.Name
			case a.number == p.Creditor.Account:
				line.Amount, line.Counterparty = p.Amount, order.Debtor.Name
			default:
				continue
			}
			a.book(on, line)
		}
	}
}

// close posts the files of a day for every account whose banking day it was,
// empty ones too, and waits until their lines are applied.
func (b *bank) close(ctx context.Context, day domain.Date, at time.Time) error {
	failures := make([]error, len(b.accounts))
	var posting sync.WaitGroup
	for i, a := range b.accounts {
		if a.through.Before(day) && !day.Before(a.opened) && a.calendar.IsBusinessDay(day) {
			posting.Go(func() { failures[i] = b.post(ctx, a, day, at) })
		}
	}
	posting.Wait()
	return errors.Join(failures...)
}

func (b *bank) post(ctx context.Context, a *bankedAccount, day domain.Date, at time.Time) error {
	st := formats.BankStatement{
		ID: fmt.Sprintf("%s%s", a.purpose[:1], day), CreatedAt: at, Account: formats.BankAccount{Number: a.number}, Currency: a.currency,
		From: day, To: day, Opening: formats.BankBalance{Amount: a.balance, On: day}, Lines: a.booked[day],
	}
	for i, line := range st.Lines {
		st.Lines[i].Entry = i + 1
		a.balance = a.balance.Plus(line.Amount)
	}
	st.Closing = formats.BankBalance{Amount: a.balance, On: day}
	a.through = day
	var loaded struct {
		Statements []struct {
			ID      string `json:"id"`
			Pending int    `json:"pending"`
		} `json:"statements"`
	}
	file := call{method: http.MethodPost, path: "/v1/bank-statements", raw: formats.WriteCamt053(st), media: "application/xml"}
	if err := b.factor.do(ctx, file, &loaded); err != nil {
		return err
	}
	if len(st.Lines) == 0 {
		return nil
	}
	say("  bank: camt.053 of %s, %s account, %d lines, closing %s", day, a.purpose, len(st.Lines), a.balance)
	return eventually(ctx, "the statement's lines are applied", func() (bool, error) {
		var got struct {
			Statement struct {
				Pending int `json:"pending"`
			} `json:"statement"`
		}
		err := b.factor.get(ctx, "/v1/bank-statements/"+loaded.Statements[0].ID, &got)
		return got.Statement.Pending == 0, err
	})
}

// eventually asks again until it is so, for at most a minute.
func eventually(ctx context.Context, what string, ask func() (bool, error)) error {
	waiting, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		done, err := ask()
		if done || err != nil {
			return err
		}
		pause(waiting, 3*time.Millisecond)
		if waiting.Err() != nil {
			return fmt.Errorf("waited a minute and it is still not so: %s", what)
		}
	}
}
