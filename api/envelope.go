package api

import (
	"fmt"

	"comity/domain"
)

// PlanEnvelope is which plans of payment the factor may offer the debtor without the seller's
// consent. No envelope reaches past the recourse day, and none holds a plan that forgives a part.
type PlanEnvelope struct {
	// At most so many; 0: every plan needs the seller's consent.
	Instalments int `json:"instalments" example:"3"`
	// From the due date to the last of them at most.
	DaysPastDue int `json:"days_past_due" example:"30"`
	// The same in a sentence to the seller.
	Meaning string `json:"meaning" example:"Without asking you first, the factor may agree with the debtor on up to 3 payments, the last at most 30 days after the due date and not after the recourse day; you are told the same day. Any other plan, and any part that is forgiven, needs your consent in writing."`
} //	@name	PlanEnvelope

// PlanEnvelopeRequest is which plans of payment a factor wants to offer without the seller's consent.
type PlanEnvelopeRequest struct {
	// 0: every plan needs the seller's consent.
	Instalments *int `json:"instalments" example:"3" minimum:"0" maximum:"12"`
	// From the due date to the last of them at most.
	DaysPastDue *int `json:"days_past_due" example:"30" minimum:"0" maximum:"90"`
} //	@name	PlanEnvelopeRequest

func envelopeOf(e domain.Envelope) PlanEnvelope {
	return PlanEnvelope{Instalments: e.Instalments, DaysPastDue: e.DaysPastDue, Meaning: envelopeMeaning(e)}
}

func envelopeMeaning(e domain.Envelope) string {
	if e.Instalments == 0 {
		return "The factor agrees on no plan of payments with the debtor, and on no part that is forgiven, without your consent in writing."
	}
	what, last := fmt.Sprintf("up to %d payments, the last", e.Instalments), fmt.Sprintf("at most %d days after the due date", e.DaysPastDue)
	if e.Instalments == 1 {
		what = "one payment on another day,"
	}
	switch e.DaysPastDue {
	case 0:
		last = "not after the due date"
	case 1:
		last = "at most one day after the due date"
	}
	return "Without asking you first, the factor may agree with the debtor on " + what + " " + last +
		" and not after the recourse day; you are told the same day. Any other plan, and any part that is forgiven, needs your consent in writing."
}

// envelope reads which plans need no consent: the usual ones where nothing is said.
func (k *checker) envelope(pointer string, r *PlanEnvelopeRequest) domain.Envelope {
	if r == nil {
		return domain.UsualEnvelope
	}
	bound := func(name string, given *int, most int) int {
		if given == nil {
			k.wrong(pointer+name, "required", "a whole number from 0 to %d", most)
			return 0
		}
		return k.whole(pointer+name, *given, 0, most)
	}
	return domain.Envelope{
		Instalments: bound("/instalments", r.Instalments, domain.MostEnvelopeInstalments),
		DaysPastDue: bound("/days_past_due", r.DaysPastDue, domain.MostEnvelopeDays),
	}
}
