package portal

import (
	"html/template"
	"slices"
	"strconv"
	"time"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

// fewItems is up to how many invoices the statement says of each what can be done; of
// more, each has a page of its own for that, so that a long list stays light.
const fewItems = 20

// fewestInRow is from how many invoices on that were paid on time in a row the page says thanks.
const fewestInRow = 3

// statement is what a debtor sees first: what is open, by when, and what can be done.
type statement struct {
	frame
	Done            string // what was just done
	Outside         string // who external is spoken of; "": nobody
	Totals          []string
	Due, When       string // of the one invoice that is open, or in words of several
	Open, PaidItems []viewItem
	Accounts        []viewAccount
	QR              template.HTML // of the one invoice that is open
	Confirmed       bool
	Card            *viewLink // to pay all of it by card; nil: that is not offered
	Alone           bool      // how to pay is the whole page
	Code            *sheet    // the form for the notice's code; nil: none is needed, or none allowed
	Feedback        *sheet    // our one question; nil: it is not asked
	OnTime          string    // thanks for a row of invoices paid on time; "": there is none
	More            []viewLink
	Questions       []viewQuestion
}

// A viewItem is one invoice. Its sentences are made before the template runs: of two hundred invoices
// a template would look up each phrase two hundred times.
type viewItem struct {
	Deal, Number, Title, Due, When           string
	Open, Basis, Currency, Reference, PaidOn string
	Facts                                    template.HTML
	Resting                                  []string
	Talks                                    []viewTalk
	Links                                    []viewLink
	Pay                                      string // address
}

// A viewLink leads to something that can be done.
type viewLink struct{ Href, Title string }

type viewAccount struct {
	Invoices                                          []string
	InNotice, Holder, IBAN, Routing, Number, Currency string
}

type viewQuestion struct {
	When, Said, Answer string
	By                 string     // when a person answers, where that is promised
	Links              []viewLink // to what went with the answer
}

func (p *portal) statementOf(f frame, page domain.DebtorPage, v visit) *statement {
	today := domain.DateOf(v.by.Now.In(page.Zone()))
	s := &statement{frame: f.of(page), Confirmed: page.Confirmed}
	s.Title = string(s.T.Title)
	var open []money.Amount
	var owed []domain.DebtorItem
	few, documentOf := len(page.Items) <= fewItems, s.T.DocumentOf.With("seller", page.Seller)
	var first domain.Date
	accounts := &accounts{words: s.T}
	for _, item := range page.Items {
		shown := itemOf(s.T, page, item, today, v.by.Now)
		if !item.Open.Positive() {
			s.PaidItems = append(s.PaidItems, shown)
			continue
		}
		if len(open) == 0 {
			first = item.Due
		}
		open, owed = append(open, item.Open), append(owed, item)
		if few {
			shown.Links = p.links(s.frame, v, shown.Deal)
			shown.Talks = s.talks(page, item.Deal, v.by.Now, func(verb string) bool { return slices.Contains(v.link.Verbs, verb) })
		}
		shown.Pay = s.To("pay", "deal", shown.Deal)
		shown.Facts = s.facts(item, shown, documentOf)
		s.Open = append(s.Open, shown)
		accounts.add(item)
	}
	s.Accounts = accounts.all
	if len(owed) == 1 {
		s.QR = drawn(transfer(page, owed[0]))
	}
	s.Card = p.cardLink(s, page, v)
	s.Totals = totals(s.T, open)
	switch {
	case len(open) == 1:
		s.Due, s.When = s.T.DueOn.With("date", s.T.long(first)), s.T.when(today, first)
	case len(open) > 1:
		s.Due, s.When = s.T.DueFirst.With("count", strconv.Itoa(len(open)), "date", s.T.long(first)), s.T.when(today, first)
	}
	if confirm, _ := p.deed(domain.VerbConfirm); !page.Confirmed && len(open) > 0 && slices.Contains(v.link.Verbs, domain.VerbConfirm) {
		s.Code, _ = p.sheetOf(f, page, v, confirm, form{})
	}
	if page.InRow >= fewestInRow {
		s.OnTime = s.T.OnTimeRun.With("count", strconv.Itoa(page.InRow), "seller", page.Seller)
	}
	s.Questions, s.Outside = s.questions(page), outsider(s.T, page)
	s.More = p.more(s.frame, v, len(owed) > 0)
	return s
}

// more lists what else there is: what can be done about all of it, and, while something is open, its
// calendar.
func (p *portal) more(f frame, v visit, open bool) []viewLink {
	var all []viewLink
	for _, d := range p.deeds() {
		if (d.about == aboutCase || d.about == aboutEither) && slices.Contains(v.link.Verbs, d.verb) {
			title := d.title(f.T)
			if d.about == aboutEither {
				title = f.T.QuestionAll
			}
			all = append(all, viewLink{f.To(d.verb), string(title)})
		}
	}
	if open {
		all = append(all, viewLink{f.To("calendar"), string(f.T.Calendar.Title)})
	}
	return all
}

// links lists what can be done about one invoice.
func (p *portal) links(f frame, v visit, deal string) []viewLink {
	var all []viewLink
	for _, d := range p.deeds() {
		if (d.about == aboutEither || d.about == aboutInvoice) && slices.Contains(v.link.Verbs, d.verb) {
			all = append(all, viewLink{f.To(d.verb, "deal", deal), string(d.title(f.T))})
		}
	}
	return all
}

func itemOf(w *words, page domain.DebtorPage, item domain.DebtorItem, today domain.Date, now time.Time) viewItem {
	shown := viewItem{
		Deal: item.Deal.String(), Number: item.InvoiceNumber, Title: w.InvoiceOf.With("number", item.InvoiceNumber, "date", w.short(item.Issued)),
		Due: w.DueOn.With("date", w.long(item.Due)), When: w.when(today, item.Due), Open: w.sum(item.Open), Basis: w.sum(item.Basis),
		Currency: string(item.Open.Currency()), Reference: item.Reference.Grouped(),
	}
	if !item.PaidOn.IsZero() {
		shown.PaidOn = w.short(item.PaidOn)
	}
	if item.Open.Less(item.Basis) && item.Open.Positive() {
		shown.Resting = append(shown.Resting, w.Received.With("amount", w.sum(item.Basis.Minus(item.Open))))
	}
	for _, p := range page.Promises {
		if p.Deal == item.Deal && p.Status == domain.PromiseActive {
			shown.Resting = append(shown.Resting, w.PromisedFor.With("date", w.short(p.PromisedOn), "amount", w.sum(p.Amount)))
		}
	}
	rests := map[domain.HoldCode]phrase{
		domain.HoldPaidOrPending: w.RestsPaid, domain.HoldPromise: w.RestsPromise, domain.HoldDisputed: w.RestsDisputed, domain.HoldQuery: w.RestsQuery, domain.HoldPlan: w.RestsPlan,
	}
	parts := collections.PausedParts(page, item, now)
	for _, part := range parts {
		if slices.ContainsFunc(parts, func(p collections.Paused) bool {
			return p.Code == part.Code && p.ByCard == part.ByCard && p.Amount == part.Amount && outlasts(p, part)
		}) {
			continue // another one says the same, and for longer
		}
		rest := rests[part.Code]
		if part.ByCard {
			rest = w.RestsCard
		}
		said := rest.With("amount", w.sum(part.Amount))
		if !part.Until.IsZero() {
			said += " " + w.RestsUntil.With("date", w.short(domain.DateOf(part.Until.Add(-time.Nanosecond).In(page.Zone()))))
		}
		if !slices.Contains(shown.Resting, said) {
			shown.Resting = append(shown.Resting, said)
		}
	}
	return shown
}

// facts lists what an invoice is.
func (s *statement) facts(item domain.DebtorItem, shown viewItem, documentOf string) template.HTML {
	var f facts
	f.add(s.T.Invoice, shown.Title)
	if item.OrderReference != "" {
		f.add(s.T.Order, item.OrderReference)
	}
	if item.Summary != "" {
		f.add(s.T.For, item.Summary)
	}
	if item.Open.Less(item.Basis) {
		f.add(s.T.Invoiced, shown.Basis)
	}
	if item.LateWaived != "" {
		name := s.Seller
		if item.LateWaived == domain.LateFactor {
			name = s.Factor // of whom a debtor that is not told reads its supplier's
		}
		f.add(s.T.LatePayment, s.T.LateWaived.With("name", name))
	}
	f.code(s.T.Reference, shown.Reference)
	if item.HasDocument {
		f.file(s.T.Document, s.To("document", "deal", shown.Deal), documentOf, s.T.DocumentNote)
	}
	return f.HTML()
}

// outlasts reports whether a rests longer than b.
func outlasts(a, b collections.Paused) bool {
	return !b.Until.IsZero() && (a.Until.IsZero() || a.Until.After(b.Until))
}

// accounts collects the accounts that are paid to, each once.
type accounts struct {
	words *words
	all   []viewAccount
}

func (a *accounts) add(item domain.DebtorItem) {
	number := item.Account.Number
	shown := viewAccount{
		Invoices: []string{item.InvoiceNumber}, Holder: item.Account.Holder, IBAN: grouped(number.IBAN()), Routing: number.RoutingNumber(), Number: number.AccountNumber(),
		Currency: string(item.Account.Currency), InNotice: a.words.InNotice.With("ends", item.AccountEnds),
	}
	if !item.NoticeOn.IsZero() {
		shown.InNotice = a.words.InNoticeOf.With("date", a.words.short(item.NoticeOn), "ends", item.AccountEnds)
	}
	i := slices.IndexFunc(a.all, func(b viewAccount) bool {
		return b.InNotice == shown.InNotice && b.Holder == shown.Holder && b.Currency == shown.Currency
	})
	if i < 0 {
		a.all = append(a.all, shown)
		return
	}
	a.all[i].Invoices = append(a.all[i].Invoices, item.InvoiceNumber)
}

// totals sums what is open, currency by currency.
func totals(w *words, open []money.Amount) []string {
	var sums []money.Amount
	for _, a := range open {
		i := slices.IndexFunc(sums, func(s money.Amount) bool { return s.Currency() == a.Currency() })
		if i < 0 {
			sums = append(sums, a)
			continue
		}
		sums[i] = sums[i].Plus(a)
	}
	var all []string
	for _, s := range sums {
		all = append(all, w.sum(s))
	}
	return all
}

// questions lists what was asked, and the answers. A mail that a collector read
// and that asked nothing is no question.
func (f frame) questions(page domain.DebtorPage) []viewQuestion {
	w := f.T
	var all []viewQuestion
	for _, q := range page.Questions {
		if q.ByMail && q.Answer == "" && !q.AnsweredAt.IsZero() {
			continue
		}
		about := string(w.AboutAll)
		if item, ok := page.Item(q.Deal); ok {
			about = string(w.Invoice) + " " + item.InvoiceNumber
		}
		shown := w.topical(page, q)
		shown.When = w.OnAbout.With("date", w.short(domain.DateOf(q.AskedAt.In(page.Zone()))), "about", about)
		if !page.Proof.IsZero() && q.ID == page.Proof {
			shown.Links = []viewLink{{f.To(proofLetter), string(w.ProofLetter)}}
		}
		all = append(all, shown)
	}
	return all
}

// outsider says who external may be asked and from when, or was asked; "" where the debtor was told of
// nobody.
func outsider(w *words, page domain.DebtorPage) string {
	switch o := page.Outside; {
	case o == nil:
		return ""
	case !o.AskedOn.IsZero():
		return w.OutsideAsked.With("date", w.short(o.AskedOn), "agency", o.Agency, "factor", page.Factor)
	default:
		return w.OutsideTold.With("date", w.short(o.NoticeOn), "agency", o.Agency, "from", w.short(o.From))
	}
}
