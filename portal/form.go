package portal

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/money"
)

const maxFormBytes = 64 << 10

// form is what a debtor typed, kept so that a refused form comes back filled.
type form struct {
	Action, Deal, Amount, Day, Said string
	Reason, Remedy, Count, Every    string
	Dispute, Plan                   string

	deal   domain.DealID
	amount money.Amount
	day    domain.Date
	key    string
	hash   []byte
}

// read reads a form of a visit; it refuses what cannot be read, and a nonce that
// was not made for this link.
func (p *portal) read(c *gin.Context, v visit, action string) (form, error) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxFormBytes)
	if err := c.Request.ParseForm(); err != nil {
		return form{}, domain.ErrUnreadable.Because("the form did not arrive whole; please send it again")
	}
	f := form{
		Action: action, Deal: c.PostForm("deal"), Amount: strings.TrimSpace(c.PostForm("amount")), Day: strings.TrimSpace(c.PostForm("day")),
		Said: c.PostForm("said"), Reason: c.PostForm("reason"), Remedy: c.PostForm("remedy"), Count: c.PostForm("count"), Every: c.PostForm("every"),
		Dispute: c.PostForm("dispute"), Plan: c.PostForm("plan"),
	}
	key, ok := p.Links.key(v.link, c.PostForm("nonce"))
	if !ok {
		return f, domain.ErrUnreadable.Because("the page was too old; please send the form again")
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{action, f.Deal, f.Amount, f.Day, f.Said, f.Reason, f.Remedy, f.Count, f.Every, f.Dispute, f.Plan}, "\n")))
	f.key, f.hash = key, sum[:]
	if f.Deal != "" {
		deal, err := domain.ParseDealID(f.Deal)
		if err != nil {
			return f, domain.ErrNotFound
		}
		f.deal = deal
	}
	return f, nil
}

// sum reads an amount in the currency of the form's invoice.
func (f *form) sum(currency string) error {
	known, err := money.ParseCurrency(currency)
	if err != nil {
		return domain.ErrInvalid.Because("the currency is not known here")
	}
	if f.amount, err = typedAmount(f.Amount, known); err != nil {
		return domain.ErrInvalid.Because("%q is not an amount; write it as 1234.50", f.Amount)
	}
	return nil
}

func (f *form) date() error {
	day, err := domain.ParseDate(f.Day)
	if err != nil {
		return domain.ErrInvalid.Because("%q is not a day; write it as 2026-03-09", f.Day)
	}
	f.day = day
	return nil
}

// typedAmount reads an amount as people type it: "10000", "10,000.00",
// "10 000,00", "USD 10,000.00". What could be two amounts is none.
func typedAmount(typed string, currency money.Currency) (money.Amount, error) {
	text := strings.TrimSpace(strings.ReplaceAll(strings.ToUpper(typed), string(currency), ""))
	text = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "'", "", "’", "").Replace(text)
	places := int(currency.Places())
	whole, fraction := text, ""
	if at := strings.LastIndexAny(text, ".,"); at >= 0 {
		mark, tail := text[at], text[at+1:]
		switch {
		case len(tail) == places && places > 0 && strings.Count(text, string(mark)) == 1:
			whole, fraction = text[:at], tail
		case len(tail) != 3 || mark == '.' && !strings.Contains(text, ",") && strings.Count(text, ".") == 1 && places > 0:
			return money.Amount{}, fmt.Errorf("amount %q has two readings", typed)
		}
	}
	groups := strings.FieldsFunc(whole, func(r rune) bool { return r == '.' || r == ',' })
	for i, group := range groups {
		if i > 0 && len(group) != 3 {
			return money.Amount{}, fmt.Errorf("amount %q is not grouped by thousands", typed)
		}
	}
	if whole = strings.Join(groups, ""); places > 0 {
		whole += "." + fraction + strings.Repeat("0", places-len(fraction))
	}
	return money.Parse(whole, currency)
}

// once guards a deed by its form's nonce; the page is told which deed it was.
func once[T any](f form) domain.Once[T] {
	return domain.Once[T]{
		Route: "POST /d/:link/" + f.Action, Key: f.key, Hash: f.hash,
		Answer: func(T) domain.Answer { return domain.Answer{Status: http.StatusSeeOther, Body: []byte(f.Action)} },
	}
}

func (p *portal) confirm(c *gin.Context, v visit) {
	f, err := p.read(c, v, domain.VerbConfirm)
	if err == nil {
		err = p.Cases.Confirm(c.Request.Context(), v.by, c.PostForm("code"))
	}
	p.answer(c, v, domain.Answer{Body: []byte(domain.VerbConfirm)}, err, f)
}

func (p *portal) promise(c *gin.Context, v visit) {
	f, err := p.read(c, v, domain.VerbPromise)
	for _, step := range []func() error{func() error { return f.sum(c.PostForm("currency")) }, f.date} {
		if err == nil {
			err = step()
		}
	}
	var answer domain.Answer
	if err == nil {
		answer, err = p.Cases.Promise(c.Request.Context(), v.by, f.deal, f.amount, f.day, once[domain.Promise](f))
	}
	p.answer(c, v, answer, err, f)
}

func (p *portal) question(c *gin.Context, v visit) {
	f, err := p.read(c, v, domain.VerbQuestion)
	var answer domain.Answer
	if err == nil {
		answer, err = p.Cases.Ask(c.Request.Context(), v.by, f.deal, f.Said, once[domain.Question](f))
	}
	p.answer(c, v, answer, err, f)
}

func (p *portal) paid(c *gin.Context, v visit) {
	f, err := p.read(c, v, domain.VerbPaid)
	for _, step := range []func() error{func() error { return f.sum(c.PostForm("currency")) }, f.date} {
		if err == nil {
			err = step()
		}
	}
	var answer domain.Answer
	if err == nil {
		answer, err = p.Cases.Paid(c.Request.Context(), v.by, f.deal, f.amount, f.day, once[domain.Hold](f))
	}
	p.answer(c, v, answer, err, f)
}
