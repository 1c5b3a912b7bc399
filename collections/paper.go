package collections

import (
	"fmt"
	"slices"
	"strings"

	"comity/domain"
	"comity/formats"
	"comity/money"
)

// The letters that exist on paper. Notice, agreement, formal demand and the release of
// what was given back are messages that are also printed, as they were sent; the
// others are only ever printed.
const (
	LetterIntroduction = "introduction"
	LetterNotice       = "notice"
	LetterStatement    = "statement"
	LetterAgreement    = "agreement"
	LetterFormalDemand = "formal_demand"
	LetterRelease      = "release"
)

// classPrinted is the class of what is handed out and never sent by itself: the
// gate has nothing to say about it.
const classPrinted domain.MessageClass = "printed"

// A Paper is a letter as it is printed.
type Paper struct {
	Letter Letter // its words
	Print  formats.Letter
	Name   string // of its file
}

type letterStatement struct {
	Invoiced, Received, Off, Open, Held string // Off: "" when nothing was taken off
	Rests                               []letterRest
}

type letterRest struct{ What, Number, Why string }

// Introduce writes how a seller introduces its factor, before the notice (D-6): on
// its own letterhead, without an account.
func Introduce(f domain.CaseFacts, deals []domain.DealID) (Paper, error) {
	if err := spokenOf(f.Case, LetterIntroduction); err != nil {
		return Paper{}, err
	}
	f.Case.Disclosure = domain.Notified // it names the factor, also where the debtor is about to be told
	return printed(f, LetterIntroduction, paperOf(f, deals), letterhead(f.Seller))
}

// StateAccount writes how the invoices of a case stand: what was paid, what rests and
// why, and what is open.
func StateAccount(f domain.CaseFacts, deals []domain.DealID) (Paper, error) {
	data := paperOf(f, deals)
	var invoiced, received, off, open, held []money.Amount
	for _, id := range deals {
		item, ok := f.Item(id)
		if !ok {
			continue
		}
		d := item.Deal
		invoiced, received, off, open = append(invoiced, d.Basis), append(received, receivedOf(d)), append(off, takenOff(d)), append(open, d.Open)
		held = append(held, d.Open.Minus(restsLess(&f, &item)))
	}
	data.Statement = letterStatement{sum(invoiced), sum(received), "", sum(open), sum(held), rests(f, deals)}
	if slices.ContainsFunc(off, money.Amount.Positive) {
		data.Statement.Off = sum(off)
	}
	return printed(f, LetterStatement, data, letterhead(writer(f)))
}

// ReleaseUndone writes that a factor has no further claim on invoices whose sale was
// undone after the debtor had its notice: it comes from both, as the notice did.
func ReleaseUndone(f domain.CaseFacts, deals []domain.DealID) (Paper, error) {
	if err := spokenOf(f.Case, LetterRelease); err != nil {
		return Paper{}, err
	}
	data := paperOf(f, deals)
	var open []money.Amount
	for _, id := range deals {
		if item, ok := f.Item(id); ok && item.Deal.Open.Positive() {
			open = append(open, item.Deal.Open)
		}
	}
	data.Released = sum(open)
	return printed(f, LetterRelease, data, letterhead(f.Seller), letterhead(f.Factor))
}

// paperOf fills in what letters on paper say about invoices.
func paperOf(f domain.CaseFacts, deals []domain.DealID) letter {
	var v Verdict
	for _, id := range deals {
		if item, ok := f.Item(id); ok {
			v.Items = append(v.Items, ItemVerdict{Deal: id, Open: item.Deal.Open, Ask: restsLess(&f, &item)})
		}
	}
	data := letterOf(f, Act{Class: classPrinted, Items: deals}, v)
	data.Today, data.SellerEmail = localOf(&f).today.Short(), oneLine(f.Seller.Email)
	return data
}

// takenOff is what of an invoice is not asked for any more though nobody paid it: it
// was credited, forgiven or given back.
func takenOff(d domain.Deal) money.Amount {
	off := money.Minor(0, d.Basis.Currency())
	for _, part := range []money.Amount{d.Credited, d.Forgiven, d.GivenBack} {
		if !part.IsZero() {
			off = off.Plus(part)
		}
	}
	return off
}

func receivedOf(d domain.Deal) money.Amount { return d.Basis.Minus(d.Open).Minus(takenOff(d)) }

// groupedOr writes an amount, or nothing for none.
func groupedOr(a money.Amount) string {
	if a.IsZero() {
		return ""
	}
	return a.Grouped()
}

// restsLess is what is open of an invoice and does not rest by the debtor's word:
// what a party of ours paused is open all the same.
func restsLess(f *domain.CaseFacts, item *domain.CaseItem) money.Amount {
	left, none := item.Deal.Open, money.Minor(0, item.Deal.Open.Currency())
	for _, h := range f.Holds {
		if !h.Holds(item.Deal.ID, f.Now) {
			continue
		}
		if h.Amount.IsZero() {
			return none
		}
		left = left.Minus(h.Amount)
	}
	return money.Max(left, none)
}

// rests says why something rests, in words that are for the debtor.
func rests(f domain.CaseFacts, deals []domain.DealID) []letterRest {
	l := localOf(&f)
	var said []letterRest
	for _, h := range f.Holds {
		if !h.Deal.IsZero() && !slices.Contains(deals, h.Deal) || !h.Holds(h.Deal, f.Now) {
			continue
		}
		what := "All that is open"
		if !h.Amount.IsZero() {
			what = h.Amount.Grouped()
		}
		until := ""
		if !h.Until.IsZero() {
			until = ", until " + l.day(h.Until).Short()
		}
		why := map[domain.HoldCode]string{
			domain.HoldPaidOrPending: "you told us that it is paid" + until,
			domain.HoldPromise:       "you named " + namedDay(f, h.Deal) + " for it",
			domain.HoldPlan:          "it is in the plan that we agreed on",
			domain.HoldDisputed:      "you do not agree to it, and that is being cleared up",
			domain.HoldQuery:         "you asked a question on " + l.day(h.CreatedAt).Short() + until,
		}[h.Code]
		if h.CauseKind == causeCard {
			why = "you paid it by card, and it is being passed on to us"
		}
		if why != "" {
			said = append(said, letterRest{what, numberOf(f, h.Deal), why})
		}
	}
	return said
}

// namedDay is the day that a debtor named for an invoice.
func namedDay(f domain.CaseFacts, deal domain.DealID) string {
	for _, p := range f.Promises {
		if p.Deal == deal && p.Status == domain.PromiseActive {
			return p.PromisedOn.Short()
		}
	}
	return "a day"
}

// printed writes a letter that is only ever printed.
func printed(f domain.CaseFacts, name string, data letter, from ...formats.Letterhead) (Paper, error) {
	own, err := data.concise(name, Act{Class: classPrinted})
	if err != nil {
		return Paper{}, err
	}
	subject, blocks, err := fill(name, data)
	if err != nil {
		return Paper{}, err
	}
	written := Letter{Subject: subject, Text: plain(blocks), Template: versions[name], Known: data.known(), own: own, typed: data.typed(), blocks: blocks, hides: data.hides}
	return paper(f, name, localOf(&f).today, written, from...), nil
}

// paper lays out a letter of a day.
func paper(f domain.CaseFacts, name string, day domain.Date, written Letter, from ...formats.Letterhead) Paper {
	size := formats.PaperA4
	if slices.Contains([]string{"US", "CA"}, f.Relationship.Country) {
		size = formats.PaperLetter
	}
	to := []string{writable(f.Relationship.Name, "The customer")}
	if contact := oneLine(f.Relationship.ContactName); contact != "" {
		to = append(to, contact)
	}
	for line := range strings.Lines(f.Relationship.Address) {
		if line = oneLine(line); line != "" {
			to = append(to, line)
		}
	}
	questions := writer(f).Email
	if name == LetterIntroduction {
		questions = f.Seller.Email
	}
	return Paper{Letter: written, Name: paperName(name, day), Print: formats.Letter{
		Paper: size, Language: "en", From: from, To: to, Day: day,
		Facts:   [][2]string{{"Date", day.Short()}, {"Questions", oneLine(questions)}},
		Subject: written.Subject, Parts: setParts(written.blocks, day), Footer: identity(f, name),
	}}
}

// identity is what stands at the foot of every page: who writes, in the same words
// as in every letter (D-24).
func identity(f domain.CaseFacts, name string) string {
	seller, factor := writable(f.Seller.Name, "your supplier"), writable(f.Factor.Name, "the factor")
	switch {
	case isQuiet(f.Case):
		return seller + " accounts"
	case name == LetterIntroduction:
		return seller
	case name == LetterNotice || name == LetterRelease:
		return "From " + seller + " and " + factor + " together"
	default:
		return "From " + factor + ", which has bought what this letter is about from " + seller
	}
}

func letterhead(org domain.Organization) formats.Letterhead {
	head := formats.Letterhead{Name: writable(org.Name, "your partner")}
	if email := oneLine(org.Email); email != "" {
		head.Lines = append(head.Lines, email)
	}
	return head
}

// setParts are the blocks of a letter as they are set. A page cannot be clicked on:
// a letter on paper says which message leads there.
func setParts(blocks []block, day domain.Date) []formats.LetterPart {
	kinds := map[string]formats.LetterPartKind{"table": formats.LetterTable, "facts": formats.LetterFacts, "list": formats.LetterList}
	var set []formats.LetterPart
	for _, b := range blocks {
		switch b.Kind {
		case "link":
			set = append(set, formats.LetterPart{Text: fmt.Sprintf("%s: our message of %s, which this letter belongs to, leads to that page.", b.Text, day.Short())})
		case "signed":
			var names [][]string
			for _, row := range b.Rows {
				name := strings.TrimSuffix(row[1], ",")
				if row[0] != "" {
					name = "Signed for " + name
				}
				names = append(names, []string{name})
			}
			set = append(set, formats.LetterPart{Kind: formats.LetterSignatures, Rows: names})
		default:
			set = append(set, formats.LetterPart{Kind: kinds[b.Kind], Text: b.Text, Rows: b.Rows})
		}
	}
	return set
}

// paperName is what the file of a letter is called.
func paperName(name string, day domain.Date) string {
	return strings.ReplaceAll(name, "_", "-") + "-" + day.String() + ".pdf"
}
