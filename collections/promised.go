package collections

import (
	"comity/domain"
)

// letterPromise is what a letter says about a promise that was made on the page.
type letterPromise struct {
	Number, Amount, Day string
	SentTo              string // whom the link was sent to, if not to whom the letter goes
	RestsUntil          string // "": it pauses nothing
	Changeable          bool   // on the page, before its day
}

// promises tells the contact on file, once, of a promise of which nothing shows that the contact made
// it (D-18). It is an answer, and leaves at any hour.
func promises(f *domain.CaseFacts) []candidate {
	var all []candidate
	for _, p := range f.Promises {
		step := stepPromised + p.ID.String()
		item, ok := f.Item(p.Deal)
		if !ok || !live(&item) || p.Status != domain.PromiseActive || !p.Unconfirmed(f.Relationship.Email) || ever(f, step) {
			continue
		}
		act := &Act{
			Step: step, Class: domain.ClassAnswer, Template: "promised", Promise: p.ID, Items: []domain.DealID{p.Deal},
			Why: "A payment was promised on the page, and you are told of it in case it was somebody else.",
		}
		all = append(all, again(f, candidate{f.Now, act, "the word about a promise"}))
	}
	return all
}

// promised fills in what a letter about a promise says.
func (data *letter) promised(f domain.CaseFacts, act Act, l local) {
	for _, p := range f.Promises {
		if p.ID != act.Promise || act.Promise.IsZero() {
			continue
		}
		item, _ := f.Item(p.Deal)
		data.Promise = letterPromise{
			Number: writable(item.Deal.InvoiceNumber, noNumber), Amount: p.Amount.Grouped(), Day: p.PromisedOn.Long(),
			Changeable: replaceable(pageOf(f), p, l.today),
		}
		if !p.SentTo(f.Relationship.Email) {
			data.Promise.SentTo = withoutBankDetails(p.Recipient, "another address")
		}
		for _, h := range f.Holds {
			if h.CauseKind == causePromise && h.Cause == p.ID.UUID && h.Holds(p.Deal, f.Now) {
				data.Promise.RestsUntil = l.day(h.Until).Short()
			}
		}
	}
}
