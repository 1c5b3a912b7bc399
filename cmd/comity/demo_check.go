package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"comity/domain"
	"comity/money"
)

// A wireJournal is a journal as the API shows it.
type wireJournal struct {
	Kind      string `json:"kind"`
	Effective string `json:"effective_on"`
	KnownAt   string `json:"known_at"`
	Postings  []struct {
		Account string     `json:"account"`
		Debit   *wireMoney `json:"debit"`
		Credit  *wireMoney `json:"credit"`
	} `json:"postings"`
}

// close prints the journals and the closing trial balance, checks the books and
// the courtesy rules from the outside, and says so in the last line.
func (s *story) close(ctx context.Context) error {
	settled, broken, sold := 0, 0, 0
	for _, p := range s.played {
		if p.passed {
			continue
		}
		sold++
		if p.settled {
			settled++
		}
		if err := s.journals(ctx, p); err != nil {
			return err
		}
		found, err := s.courtesy(ctx, p)
		if err != nil {
			return err
		}
		for _, rule := range found {
			say("RULE BROKEN on %s: %s", p.read.Invoice.Number, rule)
		}
		broken += len(found)
	}
	balance, err := s.trialBalance(ctx)
	if err != nil {
		return err
	}
	verdict := "books balance"
	if !balance {
		verdict = "BOOKS DO NOT BALANCE"
	}
	fmt.Printf("demo: %d deals settled, %s, %d rules broken\n", settled, verdict, broken)
	if sold == 0 || settled != sold || !balance || broken > 0 {
		return errors.New("the demo did not end as it must")
	}
	return nil
}

func (s *story) journals(ctx context.Context, p *played) error {
	var list struct {
		Journals []wireJournal `json:"journals"`
	}
	if err := s.factor.get(ctx, "/v1/deals/"+p.deal+"/ledger", &list); err != nil {
		return err
	}
	fmt.Printf("\nJournals of %s (%s)\n", p.read.Invoice.Number, p.plan.about)
	for _, j := range list.Journals {
		fmt.Printf("  %s  %-20s", j.Effective, j.Kind)
		for _, posting := range j.Postings {
			side, sum := "Dr", posting.Debit
			if sum == nil {
				side, sum = "Cr", posting.Credit
			}
			fmt.Printf("  %s %s %s", side, posting.Account, sum.Amount)
		}
		fmt.Println()
	}
	return nil
}

// trialBalance prints the factor's books and reports whether they balance and
// whether, with every deal settled, only cash and income are left.
func (s *story) trialBalance(ctx context.Context) (bool, error) {
	var report struct {
		Currencies []struct {
			Currency money.Currency `json:"currency"`
			Total    wireMoney      `json:"total"`
			Accounts []struct {
				Account string    `json:"account"`
				Name    string    `json:"name"`
				Type    string    `json:"type"`
				Balance wireMoney `json:"balance"`
			} `json:"accounts"`
		} `json:"currencies"`
	}
	if err := s.factor.get(ctx, "/v1/reports/trial-balance", &report); err != nil {
		return false, err
	}
	right := len(report.Currencies) > 0
	for _, c := range report.Currencies {
		fmt.Printf("\nTrial balance %s\n", c.Currency)
		total := money.Minor(0, c.Currency)
		for _, a := range c.Accounts {
			balance, err := a.Balance.amount()
			if err != nil {
				return false, err
			}
			total = total.Plus(balance)
			fmt.Printf("  %-28s %14s\n", a.Name, a.Balance.Amount)
			left := !balance.IsZero() && a.Account != "cash_operating" && a.Account != "cash_collection" && a.Type != "income" && a.Type != "expense"
			right = right && !left
		}
		fmt.Printf("  %-28s %14s\n", "Σ", total.Decimal())
		right = right && total.IsZero()
	}
	return right, nil
}

// courtesy checks from the outside what was sent to one debtor: nothing before
// the notice, nothing outside hours or on a day off, seven days between
// reminders, one message a day, no account outside the notice, no reminder
// after the money came, and thanks at the end.
func (s *story) courtesy(ctx context.Context, p *played) ([]string, error) {
	sent, err := p.touches(ctx)
	if err != nil {
		return nil, err
	}
	var rel struct {
		Country  string `json:"country"`
		TimeZone string `json:"time_zone"`
	}
	if err := p.seller.get(ctx, "/v1/relationships/"+p.rel, &rel); err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(rel.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("debtor's zone: %w", err)
	}
	w := watch{zone: zone, calendar: domain.BusinessDays(rel.Country), secret: s.bank.account("collection", p.basis.Currency()).number.IBAN(), days: map[domain.Date]bool{}}
	for _, t := range sent {
		if err := w.see(t); err != nil {
			return nil, err
		}
	}
	if !w.noticed {
		w.broke("no notice was sent")
	}
	if !w.thanked {
		w.broke("nobody said thank you")
	}
	return w.broken, nil
}

// A watch follows the messages to one debtor.
type watch struct {
	zone     *time.Location
	calendar domain.Calendar
	secret   string
	days     map[domain.Date]bool
	reminded time.Time
	noticed  bool
	thanked  bool
	broken   []string
}

func (w *watch) broke(format string, args ...any) {
	w.broken = append(w.broken, fmt.Sprintf(format, args...))
}

func (w *watch) see(t sentTouch) error {
	if t.Status != "sent" {
		w.broke("%s is %s", t.Step, t.Status)
		return nil
	}
	at, err := time.Parse(time.RFC3339, t.SentAt)
	if err != nil {
		return fmt.Errorf("sent at: %w", err)
	}
	local := at.In(w.zone)
	day := domain.DateOf(local)
	if t.Class != "answer" {
		if local.Hour() < 8 || local.Hour() >= 18 || !w.calendar.IsBusinessDay(day) {
			w.broke("%s left at %s", t.Step, local.Format(time.RFC1123))
		}
		if w.days[day] {
			w.broke("a second message on %s", day)
		}
		w.days[day] = true
	}
	if t.Class != "legal_notice" && strings.Contains(strings.ReplaceAll(t.Text, " ", ""), w.secret) {
		w.broke("%s carries bank details", t.Step)
	}
	switch t.Class {
	case "legal_notice":
		w.noticed = true
	case "heads_up", "reminder":
		w.reminder(t, local)
	case "receipt", "thank_you":
		w.thanked = true
	}
	return nil
}

func (w *watch) reminder(t sentTouch, local time.Time) {
	if !w.noticed {
		w.broke("%s before the notice", t.Step)
	}
	if !w.reminded.IsZero() && domain.DateOf(w.reminded).DaysUntil(domain.DateOf(local)) < 7 {
		w.broke("%s less than 7 days after the last reminder", t.Step)
	}
	w.reminded = local
}
