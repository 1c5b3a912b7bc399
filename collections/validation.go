package collections

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"comity/domain"
)

// A natural person who is asked for money is told first what is asked and how it is made up, so that it can
// be checked (D-27). The notice of assignment says it; where a profile began to apply after the notice, a
// letter of its own does. Which message did is known by its template.
const (
	stepValidation   = "validation:"
	letterValidation = "validation"
	noticePerson     = "notice_person"
)

// states reports whether a message carries the statement of the invoices that it lists.
func states(t *domain.Touch) bool {
	name, _, _ := strings.Cut(t.Template, "@")
	return name == noticePerson || name == letterValidation
}

// statementDays is [StatementDays] of the debtor of a case.
func statementDays(f *domain.CaseFacts) int {
	if !f.Relationship.LegalType.Natural() {
		return 0 // before the table is made: most debtors are companies, and a day's plan is of many
	}
	return StatementDays(ProfileOf(f.Relationship, f.Owed))
}

// statedAt returns when the statement of an invoice was sent first; zero: it was not, or it did not arrive.
func statedAt(f *domain.CaseFacts, deal domain.DealID) time.Time {
	var first time.Time
	for i := range f.Touches {
		t := &f.Touches[i]
		if t.Status == domain.TouchSent && states(t) && slices.Contains(t.Items, deal) && (first.IsZero() || claimed(t).Before(first)) {
			first = claimed(t)
		}
	}
	return first
}

// unstated reports whether the statement of an invoice is still to come. Nothing asks for it before.
func unstated(f *domain.CaseFacts, deal domain.DealID) bool {
	return statementDays(f) > 0 && statedAt(f, deal).IsZero()
}

// checking reports whether the days after the statement of an invoice are not over, in which nothing firm
// speaks of it.
func checking(f *domain.CaseFacts, l local, deal domain.DealID) bool {
	if !f.Relationship.LegalType.Natural() {
		return false
	}
	at := statedAt(f, deal)
	if at.IsZero() {
		return statementDays(f) > 0
	}
	return l.day(at).DaysUntil(l.today) <= checkDays // the day was told, and holds whatever its profile is now
}

// validations gives the statement of what the debtor was told of without it, whatever rests of that: an
// instalment, which rests, is asked for too. While somebody external is spoken of it would not be true. Who is not told of a sale is a company or a public body.
func validations(f *domain.CaseFacts, l local) []candidate {
	if statementDays(f) == 0 || isQuiet(f.Case) || resting(f) {
		return nil
	}
	act := &Act{
		Class: domain.ClassValidation, Template: letterValidation,
		Why: "The law may protect you as a person: you can check what is asked before anything asks for it.",
	}
	waits := false
	for i := range f.Items {
		switch item := &f.Items[i]; {
		case !askable(item) || !unstated(f, item.Deal.ID):
		case stating(f, item.Deal.ID):
			waits = true
		default:
			act.Items = append(act.Items, item.Deal.ID)
		}
	}
	switch {
	case len(act.Items) > 0:
		act.Step = stepValidation + act.Items[0].String()
		return []candidate{again(f, candidate{l.open(f.Now), act, "the letter with which a person can check what is asked"})}
	case waits:
		return []candidate{{reason: "the delivery of the letter with which a person can check what is asked"}}
	default:
		return nil
	}
}

// stating reports whether the statement of an invoice left in this cycle, or may have.
func stating(f *domain.CaseFacts, deal domain.DealID) bool {
	return anyTouch(f, func(t *domain.Touch) bool {
		return t.Cycle == f.Case.Cycle && taken(t) && states(t) && slices.Contains(t.Items, deal)
	})
}

// statementStage holds back what asks for an invoice before its statement was sent, and what is firm until
// its days are over: a tone above cordial, and the word that somebody external may be asked.
func statementStage(f *domain.CaseFacts, l local, act Act, v *Verdict) []string {
	if !f.Relationship.LegalType.Natural() {
		return nil
	}
	var facts []string
	firm := act.Tone > ToneCordial || act.Class == domain.ClassPriorNotice
	for _, item := range v.Items {
		found, _ := f.Item(item.Deal)
		switch at := statedAt(f, item.Deal); {
		case at.IsZero() && statementDays(f) > 0:
			facts = append(facts, fmt.Sprintf("invoice %s: the validation statement was not sent yet", found.Deal.InvoiceNumber))
		case !at.IsZero() && firm && checking(f, l, item.Deal):
			facts = append(facts, fmt.Sprintf("invoice %s: nothing firm in the %d days after the validation statement of %s", found.Deal.InvoiceNumber, checkDays, l.day(at).Short()))
		}
	}
	if len(facts) > 0 {
		v.refuse(CodeJurisdiction, CodeJurisdiction)
	}
	return facts
}

// checkable fills in what a person can check: when it was invoiced, what rests of it, and how long it has
// before anything firm.
func (data *letter) checkable(f domain.CaseFacts, act Act, l local) {
	if act.Class != domain.ClassLegalNotice && act.Class != domain.ClassValidation {
		return
	}
	data.CheckUntil = l.today.Plus(statementDays(&f)).Long()
	for i := range data.Items {
		line := &data.Items[i]
		item, _ := f.Item(line.deal)
		line.Issued, line.Held = item.Issued.Short(), groupedOr(item.Deal.Open.Minus(restsLess(&f, &item)))
	}
}
