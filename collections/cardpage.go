package collections

import (
	"slices"
	"time"

	"comity/domain"
)

// CardTakers says whether a factor takes money by card, in a sandbox or outside; nil: none does.
type CardTakers func(factor domain.OrganizationID, sandbox bool) bool

// Offer reports whether whoever comes by a link may pay by card at all: the factor takes it and is no
// secret, and who may say that it paid may pay.
func (t CardTakers) Offer(page domain.DebtorPage, link domain.Link, by domain.Caller) bool {
	return t != nil && page.Disclosure != domain.Confidential && t(page.FactorID, by.Sandbox) && slices.Contains(link.Verbs, domain.VerbPaid)
}

// CardNow returns how a payment by card stands for whoever comes by a link: one that waits too
// long, or of which meanwhile nothing is to be paid by card, has expired whatever its page says. real is
// the real time, which is the processor's.
func CardNow(page domain.DebtorPage, card domain.CardPayment, link domain.Link, by domain.Caller, real time.Time) domain.CardStatus {
	if card.Live() && !real.Before(card.Expires) || card.Status == domain.CardReady && !stillOwed(page, card, link, by) {
		return domain.CardExpired
	}
	return card.Status
}

// stillOwed reports whether what a payment is for can still be paid by card: meanwhile it may
// have been paid or disputed. A link that only shows does not know, and leads on.
func stillOwed(page domain.DebtorPage, card domain.CardPayment, link domain.Link, by domain.Caller) bool {
	if !slices.Contains(link.Verbs, domain.VerbPaid) {
		return true
	}
	for _, part := range card.Parts {
		item, ok := page.Item(part.Deal)
		if !ok || CardPayable(page, item, by.Now).Less(part.Amount) {
			return false
		}
	}
	return true
}
