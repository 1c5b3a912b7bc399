package portal

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

//go:embed pages/*
var files embed.FS

var pages = template.Must(template.ParseFS(files, "pages/*.html"))

// notice is a word about what was just done or refused.
type notice struct{ Done, Refused string }

// done says what was done; the page is told by name, never in words of others.
var done = map[string]string{
	domain.VerbConfirm:  "The code is right. The account is shown in full below: compare it with the notice.",
	domain.VerbPromise:  "Thank you. Your day is noted, and the amount rests as the page says below.",
	domain.VerbQuestion: "Thank you. Your question is with a person, and what it is about rests until the answer.",
	domain.VerbPaid:     "Thank you. We look for your payment, and the amount rests meanwhile.",
	domain.VerbDispute:  "Thank you for telling us. That part rests until it is cleared up.",
	domain.VerbPlan:     "Thank you. Your plan is with a person, and the invoice rests until you have an answer.",
	deedAgree:           "Thank you. It is settled as you agreed.",
	deedNote:            "Thank you. It is noted, and your supplier reads it too.",
	deedAccept:          "Thank you. The plan is agreed, and its copy is on its way to you.",
	deedDecline:         "Thank you for your answer. You can propose another plan.",
}

// refusedWords says why not, to a person.
func refusedWords(r *domain.Refusal) string {
	words := r.Title
	switch {
	case r.Detail != "":
		words += ": " + r.Detail
	case len(r.Fields) > 0:
		words += ": " + r.Fields[0].Detail
	}
	return words + "."
}

// statement is what the page's template reads.
type statement struct {
	Path, Debtor, Factor, FactorEmail, Seller string
	Word                                      notice
	Totals                                    []string
	First                                     string // the earliest due date of what is open
	Open, PaidItems                           []viewItem
	Accounts                                  []viewAccount
	Confirmed                                 bool
	Questions                                 []viewQuestion
	Filled                                    form
	Today, Latest                             string
	May                                       map[string]bool
	nonce                                     func() string
}

// Nonce makes a fresh nonce for a form.
func (s statement) Nonce() string { return s.nonce() }

// Typed returns what was typed into a form before it was refused, or instead.
func (s statement) Typed(action, deal, field, instead string) string {
	if s.Filled.Action != action || s.Filled.Deal != deal {
		return instead
	}
	return map[string]string{"amount": s.Filled.Amount, "day": s.Filled.Day, "said": s.Filled.Said}[field]
}

// IsOpen reports whether a form was just refused and stays unfolded.
func (s statement) IsOpen(action, deal string) bool {
	return s.Filled.Action == action && s.Filled.Deal == deal && s.Word.Refused != ""
}

type viewItem struct {
	Deal, Number, Order, Summary, Issued, Due, When string
	Open, Basis, Plain, Currency, Reference, PaidOn string
	NoticeOn                                        string
	Resting                                         []string
}

type viewAccount struct{ Invoices, NoticeOn, Holder, IBAN, Routing, Number, Ends, Currency string }

type viewQuestion struct{ About, On, Said, Answer string }

func statementOf(page domain.DebtorPage, v visit, word notice, filled form, nonce func() string) statement {
	today := domain.DateOf(v.by.Now.In(page.Zone()))
	s := statement{
		Path: v.path, Debtor: page.Debtor, Factor: page.Factor, FactorEmail: page.FactorEmail, Seller: page.Seller, Word: word,
		Confirmed: page.Confirmed, Filled: filled, Today: today.String(), Latest: today.Plus(14).String(), May: map[string]bool{}, nonce: nonce,
	}
	for _, verb := range v.link.Verbs {
		s.May[verb] = true
	}
	var open []money.Amount
	for _, item := range page.Items {
		shown := itemOf(page, item, today, v)
		if !item.Open.Positive() {
			s.PaidItems = append(s.PaidItems, shown)
			continue
		}
		if s.First == "" {
			s.First = item.Due.Long()
		}
		open = append(open, item.Open)
		s.Open = append(s.Open, shown)
		s.account(item)
	}
	s.Totals = totals(open)
	for _, q := range page.Questions {
		if q.ByMail && q.Answer == "" && !q.AnsweredAt.IsZero() {
			continue // a collector read it, and it asked nothing
		}
		about := "everything"
		if item, ok := page.Item(q.Deal); ok {
			about = "invoice " + item.InvoiceNumber
		}
		s.Questions = append(s.Questions, viewQuestion{about, domain.DateOf(q.AskedAt.In(page.Zone())).Short(), q.Said, q.Answer})
	}
	return s
}

func itemOf(page domain.DebtorPage, item domain.DebtorItem, today domain.Date, v visit) viewItem {
	shown := viewItem{
		Deal: item.Deal.String(), Number: item.InvoiceNumber, Order: item.OrderReference, Summary: item.Summary, Issued: item.Issued.Short(),
		Due: item.Due.Long(), When: when(today, item.Due), Open: item.Open.Grouped(), Basis: item.Basis.Grouped(), Plain: item.Open.Decimal(),
		Currency: string(item.Open.Currency()), Reference: item.Reference.Grouped(),
	}
	if !item.PaidOn.IsZero() {
		shown.PaidOn = item.PaidOn.Short()
	}
	if !item.NoticeOn.IsZero() {
		shown.NoticeOn = item.NoticeOn.Short()
	}
	if item.Open.Less(item.Basis) && item.Open.Positive() {
		shown.Resting = append(shown.Resting, item.Basis.Minus(item.Open).Grouped()+" was received.")
	}
	for _, p := range page.Promises {
		if p.Deal == item.Deal && p.Status == domain.PromiseActive {
			shown.Resting = append(shown.Resting, fmt.Sprintf("You named %s for %s. The due date stays what it is.", p.PromisedOn.Long(), p.Amount.Grouped()))
		}
	}
	words := map[domain.HoldCode]string{
		domain.HoldPaidOrPending: "%s is on its way, as you told us%s.", domain.HoldPromise: "We do not write about %s%s.",
		domain.HoldDisputed: "%s is not agreed and rests%s. The rest stays payable.", domain.HoldQuery: "%s rests while your question is with us%s.",
		domain.HoldPlan: "%s is in your plan%s.",
	}
	for _, part := range collections.PausedParts(page, item, v.by.Now) {
		until := ""
		if !part.Until.IsZero() {
			until = " until " + domain.DateOf(part.Until.In(page.Zone())).Short()
		}
		shown.Resting = append(shown.Resting, fmt.Sprintf(words[part.Code], part.Amount.Grouped(), until))
	}
	return shown
}

// when says how far a due date is, without blame.
func when(today, due domain.Date) string {
	switch days := today.DaysUntil(due); {
	case days == 0:
		return "today"
	case days == 1:
		return "tomorrow"
	case days > 1:
		return fmt.Sprintf("in %d days", days)
	case days == -1:
		return "yesterday"
	default:
		return fmt.Sprintf("%d days ago", -days)
	}
}

// account adds the account that an item is paid to, once.
func (s *statement) account(item domain.DebtorItem) {
	number := item.Account.Number
	shown := viewAccount{
		Invoices: item.InvoiceNumber, Holder: item.Account.Holder, IBAN: number.IBAN(), Routing: number.RoutingNumber(), Number: number.AccountNumber(),
		Ends: item.AccountEnds, Currency: string(item.Account.Currency),
	}
	if !item.NoticeOn.IsZero() {
		shown.NoticeOn = item.NoticeOn.Short()
	}
	i := slices.IndexFunc(s.Accounts, func(a viewAccount) bool {
		return a.Ends == shown.Ends && a.Holder == shown.Holder && a.Currency == shown.Currency && a.NoticeOn == shown.NoticeOn
	})
	if i < 0 {
		s.Accounts = append(s.Accounts, shown)
		return
	}
	s.Accounts[i].Invoices += ", " + item.InvoiceNumber
}

func totals(open []money.Amount) []string {
	var sums []money.Amount
	for _, a := range open {
		i := slices.IndexFunc(sums, func(s money.Amount) bool { return s.Currency() == a.Currency() })
		if i < 0 {
			sums = append(sums, a)
			continue
		}
		sums[i] = sums[i].Plus(a)
	}
	var words []string
	for _, s := range sums {
		words = append(words, s.Grouped())
	}
	return words
}

// write answers a page, whole or not at all.
func (p *portal) write(c *gin.Context, status int, name string, data any) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, data); err != nil {
		p.Log.ErrorContext(c.Request.Context(), "debtor's page cannot be written", "page", name, "error", err)
		c.Data(http.StatusInternalServerError, "text/plain; charset=utf-8", []byte("Something went wrong on our side. Please try again.\n"))
		return
	}
	c.Data(status, "text/html; charset=utf-8", page.Bytes())
	c.Abort()
}

func (p *portal) style(c *gin.Context) {
	sheet, err := files.ReadFile("pages/style.css")
	if err != nil {
		p.fault(c, err)
		return
	}
	c.Header("Cache-Control", "public, max-age=3600")
	c.Data(http.StatusOK, "text/css; charset=utf-8", sheet)
}

// Grouped writes an IBAN in groups of four, as on paper.
func (a viewAccount) Grouped() string {
	var b strings.Builder
	for i, r := range a.IBAN {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
