package domain

import "fmt"

// An Envelope is which plans a factor may offer a debtor without the consent of the seller (D-10).
// It is a term of a deal, which the seller accepts with the offer. The zero envelope holds no plan.
type Envelope struct {
	Instalments int // at most so many, 0 to [MostEnvelopeInstalments]; 0: no plan at all
	DaysPastDue int // from the due date to the last of them at most, 0 to [MostEnvelopeDays]
}

// The bounds of any envelope.
const (
	MostEnvelopeInstalments = 12
	MostEnvelopeDays        = 90
)

// UsualEnvelope is that of a mandate which names none, and of offers and deals that were made before
// it was a term.
var UsualEnvelope = Envelope{Instalments: 3, DaysPastDue: 30}

// Check reports the first bound that e is outside of.
func (e Envelope) Check() error {
	switch {
	case e.Instalments < 0 || e.Instalments > MostEnvelopeInstalments:
		return fmt.Errorf("envelope Instalments %d: not 0 to %d", e.Instalments, MostEnvelopeInstalments)
	case e.DaysPastDue < 0 || e.DaysPastDue > MostEnvelopeDays:
		return fmt.Errorf("envelope DaysPastDue %d: not 0 to %d days", e.DaysPastDue, MostEnvelopeDays)
	}
	return nil
}

// Holds reports whether a plan for an invoice that is due on a day needs no consent of its seller:
// few instalments, the last of them soon after the due date and not past the recourse day, and
// nothing forgiven.
func (e Envelope) Holds(p Plan, due, recourse Date) bool {
	last := p.Last()
	return len(p.Instalments) <= e.Instalments && !last.After(due.Plus(e.DaysPastDue)) && !last.After(recourse) && p.Forgiven.IsZero()
}
