package collections

import (
	"slices"
	"strings"

	"comity/domain"
)

// A Policy is what binds whoever follows up invoices here: the figures that the engine
// itself keeps, for the page that publishes them (C-16).
type Policy struct {
	GapDays             int // between two contacts that we start
	Ceiling             int // messages to one address in CeilingDays
	CeilingDays         int
	Opens, Closes       int // hours of the debtor's day
	PromiseDays         int // the furthest day that may be named
	ProofDays           int // business days until a request for proof is answered
	ComplaintDays       int
	MediateDays         int             // after which mediation is offered in a dispute
	MediationAnswerDays int             // business days for the answer
	OutsideDays         int             // full days between the letter and the asking of anybody external
	TravelDays          int             // for which the policy binds a seller who got an invoice back
	Playbook            domain.Playbook // the firmest there may be
}

// Published returns the policy.
func Published() Policy {
	return Policy{
		GapDays: gapDays, Ceiling: ceiling, CeilingDays: gapDays, Opens: anyHours.opens, Closes: anyHours.closes,
		PromiseDays: promiseDays, ProofDays: domain.TopicProof.AnswerDays(), ComplaintDays: domain.TopicComplaint.AnswerDays(), Playbook: BuiltIn(),
		MediateDays: domain.DisputeMediateDays, MediationAnswerDays: domain.MediationAnswerDays,
		OutsideDays: domain.NoticeFullDays, TravelDays: domain.PolicyTravels,
	}
}

// Own returns what a debtor wrote itself in a question of a topic, and which mistake it
// chose, so that its page says the rest in its own language.
func Own(q domain.Question) (Mistake, string) {
	switch q.Topic {
	case domain.TopicMissing:
		return "", ""
	case domain.TopicProof:
		return "", strings.TrimSpace(strings.TrimPrefix(q.Said, askedForProof))
	case domain.TopicContact:
		for _, m := range []Mistake{MistakeCompany, MistakePerson} {
			if own, ok := strings.CutPrefix(q.Said, mistakes[m]); ok {
				return m, strings.TrimSpace(own)
			}
		}
		return "", "" // from the third click on that an invoice did not arrive
	default:
		return "", q.Said
	}
}

// Evidence returns what was sent about an invoice, the newest first.
func Evidence(page domain.DebtorPage, deal domain.DealID) []domain.DebtorLetter {
	var all []domain.DebtorLetter
	for _, letter := range page.Letters {
		if slices.Contains(letter.Items, deal) {
			all = append(all, letter)
		}
	}
	return all
}
