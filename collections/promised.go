package collections

import (
	"slices"
	"strings"
	"time"

	"comity/domain"
)

// promisedWait is how long a word about promises waits for others that are made with it.
const promisedWait = 15 * time.Minute

// letterPromise is what a letter says about promises that were made on the page.
type letterPromise struct {
	Number, Amount, Day string
	SentTo              string // whom the link was sent to, if not to whom the letter goes
	RestsUntil          string // "": it pauses nothing
	Changeable          bool   // on the page, before its day
	Others              []letterPromise
}

// promises tells the contact on file, once, of the promises of which nothing shows that the contact made
// them (D-18): of those that are made together in one letter. It is an answer, and leaves at any hour.
func promises(f *domain.CaseFacts) []candidate {
	var untold []domain.Promise
	for _, p := range f.Promises {
		item, ok := f.Item(p.Deal)
		if ok && live(&item) && p.Status == domain.PromiseActive && p.Unconfirmed(f.Relationship.Email) && !toldOf(f, p) {
			untold = append(untold, p)
		}
	}
	if len(untold) == 0 {
		return nil
	}
	slices.SortStableFunc(untold, func(a, b domain.Promise) int { return a.MadeAt.Compare(b.MadeAt) })
	act := &Act{
		Step: stepPromised + untold[len(untold)-1].ID.String(), Class: domain.ClassAnswer, Template: "promised",
		Why: "A payment was promised on the page, and you are told of it in case it was somebody else.",
	}
	for _, p := range untold {
		act.Promises = append(act.Promises, p.ID)
		if !slices.Contains(act.Items, p.Deal) {
			act.Items = append(act.Items, p.Deal)
		}
	}
	return []candidate{again(f, candidate{untold[0].MadeAt.Add(promisedWait), act, "the word about a promise"})}
}

// toldOf reports whether a letter about promises, of this one's invoice, was written since it was made.
func toldOf(f *domain.CaseFacts, p domain.Promise) bool {
	return ever(f, stepPromised+p.ID.String()) || anyTouch(f, func(t *domain.Touch) bool {
		return strings.HasPrefix(t.Step, stepPromised) && taken(t) && slices.Contains(t.Items, p.Deal) && !claimed(t).Before(p.MadeAt)
	})
}

// promised fills in what a letter about promises says.
func (data *letter) promised(f domain.CaseFacts, act Act, l local) {
	var all []letterPromise
	for _, p := range f.Promises {
		if !slices.Contains(act.Promises, p.ID) {
			continue
		}
		item, _ := f.Item(p.Deal)
		said := letterPromise{
			Number: writable(item.Deal.InvoiceNumber, noNumber), Amount: p.Amount.Grouped(), Day: p.PromisedOn.Long(),
			Changeable: replaceable(pageOf(f), p, l.today),
		}
		if !p.SentTo(f.Relationship.Email) {
			said.SentTo = withoutBankDetails(p.Recipient, "another address")
		}
		for _, h := range f.Holds {
			if h.CauseKind == causePromise && h.Cause == p.ID.UUID && h.Holds(p.Deal, f.Now) {
				said.RestsUntil = l.day(h.Until).Short()
			}
		}
		all = append(all, said)
	}
	if len(all) > 0 {
		data.Promise, data.Promise.Others = all[0], all[1:]
	}
}
