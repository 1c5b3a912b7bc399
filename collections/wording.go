package collections

import (
	"embed"
	"fmt"
	"html/template"
	"slices"
	"strings"
	texts "text/template"

	"comity/domain"
	"comity/money"
)

//go:embed templates/*
var templates embed.FS

var (
	letters = readLetters()
	layout  = template.Must(template.ParseFS(templates, "templates/layout.html"))
)

func readLetters() map[string]*texts.Template {
	read := map[string]*texts.Template{}
	for _, name := range []string{"notice", "heads_up", "pre_due", "post_due_first", "post_due_next", "thank_you", "receipt", "answer"} {
		read[name] = texts.Must(texts.ParseFS(templates, "templates/shared.txt", "templates/"+name+".txt"))
	}
	return read
}

// A Letter is a message in both its forms; {link} stands where the debtor's link
// goes.
type Letter struct {
	Subject, Text, HTML string
	Known               []string // what others typed into it: names, numbers, what was delivered
}

// letter is what the templates read.
type letter struct {
	Factor, FactorEmail, Seller, Debtor, Contact string
	Items, Coming                                []letterItem
	Total, Methods, NoticeDays, Earlier          string
	One, OneNotice                               bool
	Account                                      letterAccount
	Paid                                         []letterPaid
	PaidTotal                                    string
	NothingLeft                                  bool
	AskedOn, Question, Answer, RestsUntil        string
	AnswersShared                                bool // they come here, where the seller reads them too
	ByMail                                       bool // the question is a mail, which is not quoted
}

type letterItem struct {
	Number, Order, Summary, Terms, Due, Reference, Code string
	Basis, Less, Open, Ask                              string
	OpenPositive                                        bool
	due                                                 domain.Date
}

type letterAccount struct {
	Holder string
	Lines  []string
}

type letterPaid struct{ Number, Amount, On, Left string }

// Write writes a message about what the gate left of it.
func Write(f domain.CaseFacts, act Act, v Verdict) (Letter, error) {
	data := letterOf(f, act, v)
	name := letterName(f, act)
	var subject, body strings.Builder
	if err := letters[name].ExecuteTemplate(&subject, "subject", data); err != nil {
		return Letter{}, fmt.Errorf("write subject of %s: %w", name, err)
	}
	if err := letters[name].ExecuteTemplate(&body, "body", data); err != nil {
		return Letter{}, fmt.Errorf("write %s: %w", name, err)
	}
	blocks := blocksOf(body.String())
	var html strings.Builder
	page := struct {
		Subject string
		Blocks  []block
	}{subject.String(), blocks}
	if err := layout.Execute(&html, page); err != nil {
		return Letter{}, fmt.Errorf("lay out %s: %w", name, err)
	}
	return Letter{Subject: subject.String(), Text: plain(blocks), HTML: html.String(), Known: data.known()}, nil
}

func letterName(f domain.CaseFacts, act Act) string {
	switch {
	case act.Template != "":
		return act.Template
	case act.Class == domain.ClassLegalNotice:
		return "notice"
	case act.Class == domain.ClassHeadsUp:
		return "heads_up"
	case act.Class == domain.ClassThankYou:
		return "thank_you"
	case act.Class == domain.ClassReceipt:
		return "receipt"
	case act.Class == domain.ClassAnswer:
		return "answer"
	case !strings.HasPrefix(act.Step, stepPostDue):
		return "pre_due"
	}
	for _, id := range act.Items {
		if remindedAfterDue(f, id) {
			return "post_due_next"
		}
	}
	return "post_due_first"
}

func letterOf(f domain.CaseFacts, act Act, v Verdict) letter {
	l := localOf(f)
	data := letter{
		Factor: oneLine(f.Factor.Name), FactorEmail: oneLine(f.Factor.Email), Seller: oneLine(f.Seller.Name),
		Debtor: oneLine(f.Relationship.Name), Contact: oneLine(f.Relationship.ContactName), AnswersShared: f.AnswersShared,
	}
	var asked []money.Amount
	var noticed []domain.Date
	for _, verdict := range v.Items {
		item, ok := f.Item(verdict.Deal)
		if !ok {
			continue
		}
		line := itemOf(item, verdict)
		if strings.HasPrefix(act.Step, stepPostDue) && !item.Deal.Due.Before(l.today) {
			data.Coming = append(data.Coming, line)
		} else {
			data.Items, asked = append(data.Items, line), append(asked, verdict.Ask)
		}
		if !item.NoticeAt.IsZero() && !slices.Contains(noticed, l.day(item.NoticeAt)) {
			noticed = append(noticed, l.day(item.NoticeAt))
		}
	}
	slices.SortStableFunc(data.Items, func(a, b letterItem) int { return b.due.DaysUntil(a.due) })
	data.One = len(data.Items) == 1
	data.Total, data.Methods = sum(asked), methods(asked)
	data.NoticeDays, data.OneNotice = days(noticed, l), len(noticed) == 1
	data.Earlier = earlier(f, l)
	data.payment(f, act)
	data.question(f, act, l)
	if act.Class == domain.ClassLegalNotice && len(v.Items) > 0 {
		data.account(f, v.Items[0].Deal)
	}
	return data
}

func itemOf(item domain.CaseItem, v ItemVerdict) letterItem {
	d := item.Deal
	return letterItem{
		Number: oneLine(d.InvoiceNumber), Order: oneLine(item.OrderReference), Summary: withoutBankDetails(item.Summary, ""),
		Terms: fmt.Sprintf("%d days from %s", item.Issued.DaysUntil(d.Due), item.Issued.Short()), Due: d.Due.Long(), due: d.Due,
		Reference: d.Reference.Grouped(), Code: d.NoticeCode,
		Basis: d.Basis.Grouped(), Less: d.Basis.Minus(v.Ask).Grouped(), Open: d.Open.Grouped(), Ask: v.Ask.Grouped(), OpenPositive: d.Open.Positive(),
	}
}

func (data *letter) account(f domain.CaseFacts, deal domain.DealID) {
	item, _ := f.Item(deal)
	feed, ok := f.Feed(item.Deal.Collection)
	if !ok {
		return
	}
	number := feed.Account.Number
	data.Account.Holder = oneLine(feed.Account.Holder)
	if iban := number.IBAN(); iban != "" {
		data.Account.Lines = []string{"IBAN: " + grouped(iban)}
	} else {
		data.Account.Lines = []string{"Routing number (ABA): " + number.RoutingNumber(), "Account number: " + number.AccountNumber()}
	}
	data.Account.Lines = append(data.Account.Lines, "Currency: "+string(feed.Account.Currency))
}

// grouped writes an IBAN in groups of four, as on paper.
func grouped(iban string) string {
	var b strings.Builder
	for i, c := range iban {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}

func (data *letter) payment(f domain.CaseFacts, act Act) {
	if len(act.Allocations) == 0 {
		return
	}
	data.NothingLeft = true
	var total []money.Amount
	for _, a := range f.Unthanked {
		item, ok := f.Item(a.Deal)
		if !ok || !slices.Contains(act.Allocations, a.ID) {
			continue
		}
		amount := money.Minor(a.Minor, item.Deal.Open.Currency())
		total = append(total, amount)
		data.NothingLeft = data.NothingLeft && item.Deal.Open.IsZero()
		data.Paid = append(data.Paid, letterPaid{oneLine(item.Deal.InvoiceNumber), amount.Grouped(), a.ValueOn.Short(), item.Deal.Open.Grouped()})
	}
	data.PaidTotal = sum(total)
}

func (data *letter) question(f domain.CaseFacts, act Act, l local) {
	for _, q := range f.Questions {
		if q.ID == act.Question && !act.Question.IsZero() {
			data.AskedOn, data.Question, data.Answer = l.day(q.AskedAt).Short(), withoutBankDetails(q.Said, "(as you wrote)"), paragraphs(q.Answer)
			data.ByMail, data.RestsUntil = q.ByMail, l.day(q.AnsweredAt).Plus(afterAnswer).Short()
		}
	}
}

// known lists what others typed into the letter: the lint reads past it.
func (data *letter) known() []string {
	known := []string{data.Factor, data.FactorEmail, data.Seller, data.Debtor, data.Contact, data.Question}
	for _, item := range slices.Concat(data.Items, data.Coming) {
		known = append(known, item.Number, item.Order, item.Summary, item.Reference)
	}
	for _, paid := range data.Paid {
		known = append(known, paid.Number)
	}
	return known
}

// sum writes a total, one amount for each currency.
func sum(amounts []money.Amount) string {
	var totals []money.Amount
	for _, a := range amounts {
		i := slices.IndexFunc(totals, func(t money.Amount) bool { return t.Currency() == a.Currency() })
		if i < 0 {
			totals = append(totals, a)
		} else {
			totals[i] = totals[i].Plus(a)
		}
	}
	var words []string
	for _, t := range totals {
		words = append(words, t.Grouped())
	}
	return strings.Join(words, " and ")
}

// methods says how an amount is usually paid.
func methods(amounts []money.Amount) string {
	for _, a := range amounts {
		switch a.Currency() {
		case "USD":
			return "by ACH or wire"
		case "EUR":
			return "by SEPA credit transfer"
		}
	}
	return "by bank transfer"
}

// days writes dates as "5 February and 3 March", with the year when it is not
// this one.
func days(dates []domain.Date, l local) string {
	var words []string
	thisYear, _ := l.today.YearMonth()
	for _, d := range dates {
		word := d.Short()
		if year, _ := d.YearMonth(); year == thisYear {
			word = strings.TrimSuffix(word, fmt.Sprintf(" %d", year))
		}
		words = append(words, word)
	}
	return joined(words)
}

func joined(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// earlier says when and why the debtor was written to before: the last few.
func earlier(f domain.CaseFacts, l local) string {
	const most = 4
	words := map[domain.MessageClass]string{
		domain.ClassLegalNotice: "with the notice", domain.ClassHeadsUp: "for your planning", domain.ClassReminder: "with a note",
	}
	var said []string
	for _, t := range f.Touches {
		word, told := words[t.Class]
		if !told || t.Status != domain.TouchSent {
			continue
		}
		said = append(said, word+" on "+days([]domain.Date{l.day(claimed(t))}, l))
	}
	if len(said) > most {
		said = said[len(said)-most:]
	}
	return joined(said)
}
