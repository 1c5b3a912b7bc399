package collections

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
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

// A kind says what a letter is for: the class of its message, and the tones at
// which it may be said.
type kind struct {
	class domain.MessageClass
	tones []int
}

var anyTone = []int{0, 1, 2, 3, 4}

// kinds are the letters there are.
var kinds = map[string]kind{
	"notice":              {domain.ClassLegalNotice, []int{0}},
	noticePerson:          {domain.ClassLegalNotice, []int{0}},
	letterValidation:      {domain.ClassValidation, []int{0}},
	"heads_up":            {domain.ClassHeadsUp, []int{0}},
	"pre_due":             {domain.ClassReminder, []int{0}},
	"post_due_first":      {domain.ClassReminder, []int{0, 1}},
	"post_due_next":       {domain.ClassReminder, []int{1, 2}},
	"new_timeline":        {domain.ClassReminder, []int{1, 2}},
	"clear_ask":           {domain.ClassReminder, []int{3}},
	"formal_demand":       {domain.ClassReminder, []int{4}},
	"call":                {domain.ClassCall, anyTone},
	"after_call":          {domain.ClassAnswer, anyTone},
	"answer":              {domain.ClassAnswer, []int{0}},
	"promised":            {domain.ClassAnswer, []int{0}},
	"instalment":          {domain.ClassInstalment, []int{0}},
	"dispute_waits":       {domain.ClassAnswer, []int{0}},
	"plan_waits":          {domain.ClassAnswer, []int{0}},
	"dispute_raised":      {domain.ClassAnswer, []int{0}},
	"dispute_answered":    {domain.ClassAnswer, []int{0}},
	"dispute_resolved":    {domain.ClassAnswer, []int{0}},
	"plan_requested":      {domain.ClassAnswer, []int{0}},
	"plan_offered":        {domain.ClassAnswer, []int{0}},
	"plan_active":         {domain.ClassAnswer, []int{0}},
	"plan_declined":       {domain.ClassAnswer, []int{0}},
	"given_back":          {domain.ClassAnswer, []int{0}},
	"released":            {domain.ClassRelease, []int{0}},
	"outside_notice":      {domain.ClassPriorNotice, []int{0}},
	"protective_step":     {domain.ClassProtective, []int{0}},
	"thank_you":           {domain.ClassThankYou, []int{0}},
	"recognition":         {domain.ClassThankYou, []int{0}},
	"receipt":             {domain.ClassReceipt, []int{0}},
	"mediation_offered":   {domain.ClassAnswer, []int{0}},
	"mediation_appointed": {domain.ClassAnswer, []int{0}},
	"mediation_dates":     {domain.ClassAnswer, []int{0}},
	"mediation_proposal":  {domain.ClassAnswer, []int{0}},
	"mediation_ended":     {domain.ClassAnswer, []int{0}},

	LetterIntroduction: {classPrinted, []int{0}},
	LetterStatement:    {classPrinted, []int{0}},
	LetterRelease:      {classPrinted, []int{0}},
	LetterProof:        {classPrinted, []int{0}},
	LetterFollowUp:     {classPrinted, []int{0}},
	letterOwn:          {classPrinted, []int{0}},
}

// Fits reports whether there is a letter of a name for messages of a class at a
// tone: a playbook may name no other.
func Fits(name string, class domain.MessageClass, tone int) bool {
	return kinds[name].class == class && slices.Contains(kinds[name].tones, tone)
}

var (
	letters, versions = readLetters()
	layout            = template.Must(template.ParseFS(templates, "templates/layout.html"))
)

// readLetters reads every letter and its version: the digest of all the sources
// that its words and looks come from.
func readLetters() (map[string]*texts.Template, map[string]string) {
	read, versions := map[string]*texts.Template{}, map[string]string{}
	for name := range kinds {
		read[name] = texts.Must(texts.ParseFS(templates, "templates/shared.txt", "templates/"+name+".txt"))
		digest := sha256.New()
		for _, file := range []string{name + ".txt", "shared.txt", "layout.html"} {
			source, err := templates.ReadFile("templates/" + file)
			if err != nil {
				panic(err) // it was embedded, and read just above
			}
			digest.Write(source)
		}
		versions[name] = name + "@" + hex.EncodeToString(digest.Sum(nil))[:8]
	}
	return read, versions
}

// A Letter is a message in both its forms; {link} stands where the debtor's link
// goes.
type Letter struct {
	Subject, Text, HTML string
	Template            string   // its name, and the digest of the sources of its words
	Known               []string // what others typed into it: names, numbers, what was delivered

	own    string   // subject and text, with stand-ins for what others typed
	typed  []string // what was written by hand for this letter
	blocks []block  // of the text
	hides  hides    // what it must not say; zero: the debtor is told
}

// letter is what the templates read.
type letter struct {
	Factor, FactorEmail, Seller, Debtor, Contact string
	Quiet                                        bool // the debtor is not told: the factor is nowhere, and its place is the seller's
	Items, Coming                                []letterItem
	Total, Methods, NoticeDays, Earlier          string
	One, OneNotice                               bool
	Due, Since                                   string // of the first item: its due date, and how far away that is
	Account                                      letterAccount
	Paid                                         []letterPaid
	PaidTotal                                    string
	NothingLeft                                  bool
	Last                                         bool // nothing of which there was a notice is open any more
	AskedOn, Question, Answer, RestsUntil        string
	Understood                                   string     // confirmed by a collector
	ByPhone                                      bool       // the question was asked on the telephone, and is not quoted
	Identity                                     string     // who asks, where a protection profile wants it said (D-27)
	CheckUntil                                   string     // the last day on which nothing firm follows a validation statement
	Law                                          domain.Law // whose paragraph a notice carries; zero: none does
	Proof                                        bool       // of the assignment, goes with the answer
	AnswersShared                                bool       // they come here, where the seller reads them too
	ByMail                                       bool       // the question is a mail, which is not quoted

	Greeting, Opener, Busy, Closing string
	OnTime                          int    // invoices paid on time that deserve a word; 0: none
	InRow                           int    // of them, one after the other
	Spoke                           string // the day of a recent conversation
	AskBy                           string // the day that a firm message asks for
	SellerLine, SellerThanks        string // the seller's own words
	History                         []letterSaid
	Call                            letterCall
	Agreed                          letterAgreed
	Dispute                         letterDispute
	Mediation                       letterMediation
	Plan                            letterPlan
	Promise                         letterPromise
	Voucher                         letterVoucher
	Outside                         letterOutside
	Part, Left                      string // what went back to the seller, and what of the invoice is left
	PolicyUntil                     string // until when the policy binds the seller of what went back
	PolicyGap                       int

	Today, SellerEmail string // of a letter on paper, as what follows
	Statement          letterStatement
	Released           string // what is open of what was given back
	Found              string // why a dispute came about, as the seller says

	hides hides
}

type letterItem struct {
	Number, Order, Summary, Terms, Due, Since, Reference, Code string
	Basis, Less, Open, Ask, Received, Off, Held                string
	OpenPositive                                               bool
	Issued                                                     string // of a proof and of a validation statement
	Sold, Seller, Buyer, Left, Arrived                         string // of a proof
	deal                                                       domain.DealID
	due                                                        domain.Date
}

type letterAccount struct {
	Holder string
	Lines  []string
}

type letterPaid struct{ Number, Amount, On, Left string }

// Write writes a message about what the gate left of it.
func Write(f domain.CaseFacts, act Act, v Verdict) (Letter, error) {
	name := letterName(f, act)
	if letters[name] == nil {
		return Letter{}, fmt.Errorf("write %q: there is no such letter", name)
	}
	f.Case.Disclosure = f.Case.Voice(act.Class)
	if err := spokenOf(f.Case, name); err != nil {
		return Letter{}, err
	}
	data := letterOf(f, act, v)
	if name == "after_call" {
		if err := data.agreed(f, act, localOf(&f)); err != nil {
			return Letter{}, err
		}
	}
	data.update(f, act, localOf(&f))
	data.promised(f, act, localOf(&f))
	data.outsider(f, act, localOf(&f))
	data.voucher(act)
	own, err := data.concise(name, act)
	if err != nil {
		return Letter{}, err
	}
	subject, blocks, err := fill(name, data)
	if err != nil {
		return Letter{}, err
	}
	var html strings.Builder
	page := struct {
		Subject string
		Blocks  []block
	}{subject, blocks}
	if err := layout.Execute(&html, page); err != nil {
		return Letter{}, fmt.Errorf("lay out %s: %w", name, err)
	}
	return Letter{
		Subject: subject, Text: plain(blocks), HTML: html.String(), Template: data.version(name), Known: data.known(),
		own: own, typed: data.typed(), blocks: blocks, hides: data.hides,
	}, nil
}

// concise leaves out what a letter can do without, as long as it has more words
// than its tone allows: the seller's line, the thanks for the past, the opener. It
// returns the letter with stand-ins.
func (data *letter) concise(name string, act Act) (string, error) {
	bound := act.Tone <= friendly && act.Class != domain.ClassLegalNotice && act.Class != domain.ClassPriorNotice && act.Class != domain.ClassValidation && act.Class != domain.ClassCall
	leave := []func(){func() { data.SellerLine = "" }, func() { data.OnTime = 0 }, func() { data.Opener = "" }}
	for i := 0; ; i++ {
		subject, blocks, err := fill(name, data.withStandIns())
		own := subject + "\n" + plain(blocks)
		if err != nil || !bound || i == len(leave) || wordCount(takenApart(own).body()) <= maxWords {
			return own, err
		}
		leave[i]()
	}
}

// fill fills a letter's template.
func fill(name string, data letter) (string, []block, error) {
	var subject, body strings.Builder
	if err := letters[name].ExecuteTemplate(&subject, "subject", data); err != nil {
		return "", nil, fmt.Errorf("write subject of %s: %w", name, err)
	}
	if err := letters[name].ExecuteTemplate(&body, "body", data); err != nil {
		return "", nil, fmt.Errorf("write %s: %w", name, err)
	}
	return subject.String(), blocksOf(body.String()), nil
}

// ladder are the letters after a due date from tone 2 on, where a playbook names
// none.
var ladder = map[int]string{2: "new_timeline", 3: "clear_ask", 4: "formal_demand"}

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
	case act.Class == domain.ClassAnswer && !act.Touch.IsZero():
		return "after_call"
	case act.Class == domain.ClassAnswer:
		return "answer"
	case act.Class == domain.ClassCall:
		return "call"
	case !strings.HasPrefix(act.Step, stepPostDue):
		return "pre_due"
	case act.Tone > 1:
		return ladder[act.Tone]
	}
	for _, id := range act.Items {
		if remindedAfterDue(&f, id) {
			return "post_due_next"
		}
	}
	return "post_due_first"
}

func letterOf(f domain.CaseFacts, act Act, v Verdict) letter {
	l := localOf(&f)
	data := letter{
		Factor: writable(f.Factor.Name, "the factor"), FactorEmail: oneLine(f.Factor.Email), Seller: writable(f.Seller.Name, "your supplier"),
		Debtor: writable(f.Relationship.Name, "the customer"), Contact: oneLine(f.Relationship.ContactName), AnswersShared: f.AnswersShared,
	}
	data.hush(f)
	var asked []money.Amount
	var noticed []domain.Date
	for _, verdict := range v.Items {
		item, ok := f.Item(verdict.Deal)
		if !ok {
			continue
		}
		line := itemOf(item, verdict, l)
		line.Summary = data.quoted(line.Summary, "")
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
	if len(data.Items) > 0 {
		data.Due, data.Since = data.Items[0].Due, data.Items[0].Since
	}
	var about []domain.DealID // a firm letter names what went before it, and nothing else
	if act.Tone >= ToneFirm {
		about = act.Items
	}
	data.Earlier, data.History = earlier(f, l, act.Tone, about), history(f, l, about)
	data.speak(f, act, l)
	data.script(f, act, l)
	data.payment(f, act)
	data.question(f, act, l)
	data.checkable(f, act, l)
	if act.Class == domain.ClassLegalNotice && len(v.Items) > 0 {
		data.account(f, v.Items[0].Deal)
		data.Law, _ = domain.NoticeForm(domain.Laws(), f.Laws, f.Relationship.Place(), f.Relationship.LegalType, domain.DateOf(f.Now.UTC()))
	}
	return data
}

func itemOf(item domain.CaseItem, v ItemVerdict, l local) letterItem {
	d := item.Deal
	return letterItem{
		deal: d.ID, Number: writable(d.InvoiceNumber, noNumber), Order: oneLine(item.OrderReference), Summary: withoutBankDetails(item.Summary, ""),
		Terms: fmt.Sprintf("%d days from %s", item.Issued.DaysUntil(d.Due), item.Issued.Short()), Due: d.Due.Long(), Since: sinceDue(l.today, d.Due), due: d.Due,
		Reference: d.Reference.Grouped(), Code: d.NoticeCode,
		Basis: d.Basis.Grouped(), Less: d.Basis.Minus(v.Ask).Grouped(), Open: d.Open.Grouped(), Ask: v.Ask.Grouped(), OpenPositive: d.Open.Positive(),
		Received: receivedOf(d).Grouped(), Off: groupedOr(takenOff(d)), Held: d.Open.Minus(v.Ask).Grouped(),
	}
}

// noNumber stands where an invoice has no number that can be written.
const noNumber = "(no number)"

// writable makes a name safe inside a letter, or takes another when nothing is left
// of it.
func writable(typed, instead string) string {
	if line := oneLine(typed); line != "" {
		return line
	}
	return instead
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
	data.NothingLeft, data.Last = true, nothingLeft(&f) && !data.Quiet
	var total []money.Amount
	for _, a := range f.Unthanked {
		item, ok := f.Item(a.Deal)
		if !ok || !slices.Contains(act.Allocations, a.ID) {
			continue
		}
		amount := money.Minor(a.Minor, item.Deal.Open.Currency())
		total = append(total, amount)
		data.NothingLeft = data.NothingLeft && item.Deal.Open.IsZero()
		data.Paid = append(data.Paid, letterPaid{writable(item.Deal.InvoiceNumber, noNumber), amount.Grouped(), a.ValueOn.Short(), item.Deal.Open.Grouped()})
	}
	data.PaidTotal = sum(total)
}

func (data *letter) question(f domain.CaseFacts, act Act, l local) {
	for _, q := range f.Questions {
		if q.ID == act.Question && !act.Question.IsZero() {
			data.AskedOn, data.Question, data.Answer = l.day(q.AskedAt).Short(), writable(data.quoted(q.Said, "(as you wrote)"), "(as you wrote)"), paragraphs(q.Answer)
			data.Understood = strings.TrimRight(oneLine(q.Understood), ".")
			data.ByPhone = q.ByPhone
			data.Proof = q.Topic == domain.TopicProof && len(provable(f)) > 0
			data.ByMail, data.RestsUntil = q.ByMail, l.day(q.AnsweredAt).Plus(afterAnswer).Short()
		}
	}
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
