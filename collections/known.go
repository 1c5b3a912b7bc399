package collections

import (
	"fmt"
	"slices"
	"strings"

	"comity/domain"
)

// known lists what others typed into the letter: the lint reads past it.
func (data *letter) known() []string {
	known := []string{
		data.Factor, data.FactorEmail, data.Seller, data.Debtor, data.Contact, data.Question, data.SellerLine, data.SellerThanks, data.Call.Phone, data.Agreed.Number,
		data.Agreed.Understood, data.Dispute.Number, data.Dispute.Said, data.Dispute.Remedy, data.Dispute.Answer, data.Dispute.CreditNumber, data.Plan.Number, data.Plan.Note, data.SellerEmail,
		data.Promise.Number, data.Promise.SentTo,
		data.Mediation.Neutral, data.Mediation.Reasons,
		data.Outside.Agency, data.Outside.Number, data.Outside.Meaning, data.Voucher.Code, data.Voucher.Note,
	}
	for _, item := range slices.Concat(data.Items, data.Coming) {
		known = append(known, item.Number, item.Order, item.Summary, item.Reference, item.Seller, item.Buyer)
	}
	for _, paid := range data.Paid {
		known = append(known, paid.Number)
	}
	for _, promise := range data.Promise.Others {
		known = append(known, promise.Number)
	}
	for _, said := range slices.Concat(data.Call.Questions, data.Call.Promises, data.Call.Disputes) {
		known = append(known, said.Number, said.Said)
	}
	return known
}

// typed lists what a person of ours wrote by hand into the letter.
func (data *letter) typed() []string {
	var typed []string
	for _, text := range []string{data.Answer, data.Agreed.Understood, data.Outside.Meaning} {
		if text != "" {
			typed = append(typed, text)
		}
	}
	return typed
}

// withStandIns returns the letter with a stand-in for everything that others
// typed, so that only our own words are left. A seller's line keeps its length.
func (data letter) withStandIns() letter {
	for _, own := range []*string{&data.Factor, &data.FactorEmail, &data.Seller, &data.SellerEmail, &data.Account.Holder} {
		*own = standIn(*own, party)
	}
	for _, theirs := range []*string{
		&data.Debtor, &data.Contact, &data.Question, &data.Answer, &data.Call.Phone, &data.Agreed.Number, &data.Agreed.Understood,
		&data.Dispute.Number, &data.Dispute.Said, &data.Dispute.Remedy, &data.Dispute.Answer, &data.Dispute.CreditNumber, &data.Plan.Number, &data.Plan.Note,
		&data.Promise.Number, &data.Promise.SentTo, &data.Found,
		&data.Mediation.Neutral, &data.Mediation.Reasons,
		&data.Outside.Agency, &data.Outside.Number, &data.Outside.Meaning, &data.Voucher.Code,
	} {
		*theirs = standIn(*theirs, personal)
	}
	for _, line := range []*string{&data.SellerLine, &data.SellerThanks, &data.Voucher.Note} {
		*line = strings.TrimSpace(strings.Repeat(party+" ", len(strings.Fields(*line))))
	}
	data.Items, data.Coming, data.Paid = slices.Clone(data.Items), slices.Clone(data.Coming), slices.Clone(data.Paid)
	for _, items := range [][]letterItem{data.Items, data.Coming} {
		for i := range items {
			item := &items[i]
			for _, theirs := range []*string{&item.Number, &item.Order, &item.Summary, &item.Reference, &item.Code, &item.Seller, &item.Buyer} {
				*theirs = standIn(*theirs, personal)
			}
		}
	}
	for i := range data.Paid {
		data.Paid[i].Number = standIn(data.Paid[i].Number, personal)
	}
	data.Promise.Others = slices.Clone(data.Promise.Others)
	for i := range data.Promise.Others {
		data.Promise.Others[i].Number = standIn(data.Promise.Others[i].Number, personal)
	}
	data.Statement.Rests = slices.Clone(data.Statement.Rests)
	for i := range data.Statement.Rests {
		data.Statement.Rests[i].Number = standIn(data.Statement.Rests[i].Number, personal)
	}
	for _, said := range []*[]letterSaid{&data.Call.Questions, &data.Call.Promises, &data.Call.Disputes} {
		*said = slices.Clone(*said)
		for i := range *said {
			(*said)[i].Number, (*said)[i].Said = standIn((*said)[i].Number, personal), standIn((*said)[i].Said, personal)
		}
	}
	return data
}

func standIn(text, with string) string {
	if text == "" {
		return ""
	}
	return with
}

// told says in words what the debtor was sent.
var told = map[domain.MessageClass]string{
	domain.ClassPriorNotice: "a letter", domain.ClassValidation: "a letter", domain.ClassLegalNotice: "the notice", domain.ClassHeadsUp: "a note", domain.ClassReminder: "a note",
}

// earlier says when the debtor was written to before: the last two messages, the
// last four in a firm one (C-73).
func earlier(f domain.CaseFacts, l local, tone int, items []domain.DealID) string {
	most := 2
	if tone > friendly {
		most = 4
	}
	var said []string
	for i := range f.Touches {
		t := &f.Touches[i]
		word, told := told[t.Class]
		if !told || t.Status != domain.TouchSent || !about(t, items) {
			continue
		}
		said = append(said, word+" of "+days([]domain.Date{l.day(claimed(t))}, l))
	}
	if len(said) > most {
		said = said[len(said)-most:]
	}
	return joined(said)
}

// history lists what was said before, a line each, conversations included: the
// last ten.
func history(f domain.CaseFacts, l local, items []domain.DealID) []letterSaid {
	const most = 10
	words := map[domain.MessageClass]string{
		domain.ClassLegalNotice: "our notice", domain.ClassHeadsUp: "a note for your planning", domain.ClassReminder: "a message from us", domain.ClassAnswer: "our answer", domain.ClassInstalment: "the agreed word before an instalment",
		domain.ClassPriorNotice: "our letter before anybody else is asked", domain.ClassProtective: "our letter about a formal step",
		domain.ClassValidation: "our letter with what there is to check",
	}
	var said []letterSaid
	for i := range f.Touches {
		t := &f.Touches[i]
		word, known := words[t.Class]
		switch {
		case !about(t, items):
			continue
		case t.Class == domain.ClassCall && t.Result.Spoken():
			word = "a talk on the telephone"
		case !known || t.Status != domain.TouchSent:
			continue
		}
		said = append(said, letterSaid{On: l.day(claimed(t)).Short(), What: word})
	}
	return said[max(0, len(said)-most):]
}

// about reports whether a message was about any of the invoices of a letter, or about none.
func about(t *domain.Touch, items []domain.DealID) bool {
	return len(t.Items) == 0 || len(items) == 0 || slices.ContainsFunc(t.Items, func(id domain.DealID) bool { return slices.Contains(items, id) })
}

// counted writes a number of things: "1 day", "5 days".
func counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}
