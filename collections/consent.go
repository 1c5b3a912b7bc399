package collections

import (
	"fmt"
	"slices"
	"time"

	"comity/domain"
)

// sellersDay is how long a message waits for the seller's word; then the policy decides (F-67).
const sellersDay = 24 * time.Hour

// wantsWord reports whether the seller wants to see the next message that we start.
func wantsWord(f domain.CaseFacts) bool {
	switch f.Relationship.Approval {
	case domain.ApproveEvery:
		return true
	case domain.ApproveFirst:
		return !slices.ContainsFunc(f.Touches, func(t domain.Touch) bool { return taken(t) && t.Class.Proactive() })
	default:
		return false
	}
}

// sellersWord returns what the seller's people said to a message; one who declines
// outweighs those who approve.
func sellersWord(f domain.CaseFacts, touch domain.TouchID) domain.Consent {
	var said domain.Consent
	for _, a := range f.Approvals {
		if a.Touch == touch && a.Side == domain.KindSeller && said != domain.Declined {
			said = a.Consent
		}
	}
	return said
}

// vetoed reports whether the seller declined a message before it left.
func vetoed(f domain.CaseFacts, t domain.Touch) bool {
	return !taken(t) && sellersWord(f, t.ID) == domain.Declined
}

// rowOf returns the row of a step of this cycle that was planned, or cancelled since.
func rowOf(f domain.CaseFacts, step string) (domain.Touch, bool) {
	i := slices.IndexFunc(f.Touches, func(t domain.Touch) bool { return t.Cycle == f.Case.Cycle && t.Step == step && !taken(t) })
	if i < 0 {
		return domain.Touch{}, false
	}
	return f.Touches[i], true
}

// waitsForSeller reports whether a message still needs the seller's word, and since
// when it has been asked; the zero time: not yet. What passed the gate once needs
// none to be sent again.
func waitsForSeller(f domain.CaseFacts, act Act) (asked time.Time, waits bool) {
	if !act.Class.Proactive() || !wantsWord(f) {
		return time.Time{}, false
	}
	t, there := rowOf(f, act.Step)
	switch {
	case there && sellersWord(f, t.ID) == domain.Approved:
		return time.Time{}, false
	case !there || t.Status == domain.TouchCancelled:
		return time.Time{}, true
	case !t.ClaimedAt.IsZero() || !f.Now.Before(t.CreatedAt.Add(sellersDay)):
		return time.Time{}, false
	default:
		return t.CreatedAt, true
	}
}

// consentStage refuses a message that waits for the seller's word.
func consentStage(f domain.CaseFacts, act Act, v *Verdict) {
	if _, waits := waitsForSeller(f, act); waits {
		v.refuse(CodeSellerApproval, CodeSellerApproval)
	}
}

// wordBy returns when a message that waits for the seller may leave without its
// word: a day after it was asked, in hours; zero when none is awaited.
func wordBy(f domain.CaseFacts, act Act) time.Time {
	asked, waits := waitsForSeller(f, act)
	if !waits {
		return time.Time{}
	}
	if asked.IsZero() {
		asked = f.Now
	}
	l, over := localOf(f), asked.Add(sellersDay)
	at := latest(over, l.slot(l.day(over)))
	if !l.inHours(at) {
		at = l.slot(l.day(over).Plus(1))
	}
	return at
}

// agreed reports whether the seller approved a step after a moment: what the gate
// said before counts no more.
func agreed(f domain.CaseFacts, step string, since time.Time) bool {
	t, there := rowOf(f, step)
	return there && slices.ContainsFunc(f.Approvals, func(a domain.Approval) bool {
		return a.Touch == t.ID && a.Side == domain.KindSeller && a.Consent == domain.Approved && a.At.After(since)
	})
}

// lastStarted returns the day of the last message that we started, or would have if
// the seller had not declined it: the next one keeps its distance from both.
func lastStarted(f domain.CaseFacts, l local) domain.Date {
	last := lastProactive(f, l)
	for _, t := range f.Touches {
		if !vetoed(f, t) {
			continue
		}
		for _, a := range f.Approvals {
			if a.Touch == t.ID && a.Consent == domain.Declined {
				last = domain.Latest(last, l.day(a.At))
			}
		}
	}
	return last
}

// passing are the codes that time mends: a message that is held back by these alone
// is shown to the seller meanwhile.
var passing = []string{CodeSellerApproval, CodeFeedBehind, CodeUnapplied, CodeGap, CodeCeiling, CodeOnePerDay, CodeOutsideHours}

// askSeller leaves a message that waits for the seller's word as planned, once, and
// says so in the place of the refusal. It returns the facts as they are then.
func (d *decision) askSeller(f domain.CaseFacts, act Act, v Verdict, ids actIDs) domain.CaseFacts {
	asked, waits := waitsForSeller(f, act)
	if !waits || !asked.IsZero() || len(v.Items) == 0 || pauseCode(f, domain.DealID{}, f.Now) != "" {
		return f
	}
	if slices.ContainsFunc(v.Codes, func(code string) bool { return !slices.Contains(passing, code) }) {
		return f
	}
	touch, there := rowOf(f, act.Step)
	if !there {
		touch = domain.Touch{ID: ids.touch}
	} else if sellersWord(f, touch.ID) == domain.Declined {
		return f
	}
	touch.World, touch.Case, touch.Factor, touch.Seller, touch.Relationship = f.Case.World, f.Case.ID, f.Case.Factor, f.Case.Seller, f.Case.Relationship
	touch.Cycle, touch.Step, touch.Class, touch.Tone, touch.Status = f.Case.Cycle, act.Step, act.Class, act.Tone, domain.TouchPlanned
	touch.Recipient, touch.ContactKey, touch.WhyNow, touch.Items = f.Relationship.Email, f.ContactKey, act.Why, nil
	touch.Rung, touch.People, touch.Template = act.Rung, act.People, act.Template
	touch.CreatedAt, touch.ClaimedAt = f.Now, time.Time{}
	for _, item := range v.Items {
		touch.Items = append(touch.Items, item.Deal)
	}
	d.planned = &touch
	event := caseEvent(ids.event, f, "touch.awaits_seller", firstDeal(touch.Items), awaitsWords(f, act, touch.Items))
	d.trail.Events[len(d.trail.Events)-1] = event
	d.trail.Jobs = append(d.trail.Jobs, domain.Job{World: f.Case.World, Kind: domain.JobMailParty, Ref: event.ID.UUID})
	f.Touches = append(slices.DeleteFunc(slices.Clone(f.Touches), func(t domain.Touch) bool { return t.ID == touch.ID }), touch)
	return f
}

// awaitsWords says what waits for the seller, until when, and who bears the fee
// for the wait (D-23).
func awaitsWords(f domain.CaseFacts, act Act, items []domain.DealID) string {
	var numbers []string
	for _, id := range items {
		if item, ok := f.Item(id); ok {
			numbers = append(numbers, oneLine(item.Deal.InvoiceNumber))
		}
	}
	seller := oneLine(f.Seller.Name)
	return fmt.Sprintf("The %s about %s waits for the word of %s: approve it or decline it until %s. Without a word it may leave after that, when the other rules allow it. The fee goes on: %s asked to see messages before they leave.",
		className[act.Class], invoiceWords(numbers), seller, f.Now.Add(sellersDay).In(f.Seller.Zone()).Format(momentFormat), seller)
}

const momentFormat = "2 January 2006, 15:04 MST"

func invoiceWords(numbers []string) string {
	if len(numbers) == 1 {
		return "invoice " + numbers[0]
	}
	return "invoices " + joined(numbers)
}
