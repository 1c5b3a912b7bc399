package collections

import (
	"time"

	"comity/domain"
)

// The gate's codes for what a party holds back (COURTESY holds the whole list).
const (
	CodeSellerApproval = "seller_approval_pending" // the seller paused it, or has not yet agreed to it
	CodeAwaitingHuman  = "awaiting_human"          // a person of the factor paused it, or has to act first
)

// pauseCode returns the code of what pauses a deal at a moment, the seller's pause
// before a collector's; "" when nothing does. The zero deal asks for pauses of
// the whole case only.
func pauseCode(f *domain.CaseFacts, deal domain.DealID, at time.Time) string {
	code := ""
	for _, p := range f.Pauses {
		switch {
		case !p.Pauses(deal, at):
		case p.Side == domain.KindSeller:
			return CodeSellerApproval
		default:
			code = CodeAwaitingHuman
		}
	}
	return code
}

// pausedUntil returns the earlier of end and the end of what pauses a deal at a
// moment; a pause that has none never is it. A pause that ends in the course of a
// day frees the next one: the slot of its last day is over.
func pausedUntil(f *domain.CaseFacts, deal domain.DealID, at, end time.Time) time.Time {
	l := localOf(f)
	for _, p := range f.Pauses {
		if p.Until.IsZero() || !p.Pauses(deal, at) {
			continue
		}
		free := p.Until
		if day := l.day(free); free.After(l.slotOn(day)) {
			free = day.Plus(1).At(0, 0, l.zone)
		}
		if end.IsZero() || free.Before(end) {
			end = free
		}
	}
	return end
}

// heldBy says whom or what an item waits for that no day frees.
func heldBy(f *domain.CaseFacts, item *domain.CaseItem) string {
	for _, p := range f.Pauses {
		if !p.Until.IsZero() || !p.Pauses(item.Deal.ID, f.Now) {
			continue
		}
		if p.Deal.IsZero() {
			return oneLine(f.Seller.Name) + " to end its pause of the case"
		}
		return oneLine(f.Seller.Name) + " to end its pause of invoice " + item.Deal.InvoiceNumber
	}
	if inDispute(f, item.Deal.ID) {
		return "what is disputed of invoice " + item.Deal.InvoiceNumber + " to be answered"
	}
	return "what holds invoice " + item.Deal.InvoiceNumber + " back to be settled"
}

// partyStage refuses what we start while the whole case is paused.
func partyStage(f *domain.CaseFacts, act Act, v *Verdict) {
	if !act.Class.Proactive() {
		return
	}
	if code := pauseCode(f, domain.DealID{}, f.Now); code != "" {
		v.refuse(code, code)
	}
}
