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
func wantsWord(f *domain.CaseFacts) bool {
	switch f.Relationship.Approval {
	case domain.ApproveEvery:
		return true
	case domain.ApproveFirst:
		return !anyTouch(f, func(t *domain.Touch) bool { return taken(t) && t.Class.Proactive() })
	default:
		return false
	}
}

// sellersWord returns what the seller's people said to a message; one who declines
// outweighs those who approve.
func sellersWord(f *domain.CaseFacts, touch domain.TouchID) domain.Consent {
	var said domain.Consent
	for _, a := range f.Approvals {
		if a.Touch == touch && a.Side == domain.KindSeller && said != domain.Declined {
			said = a.Consent
		}
	}
	return said
}

// sellerAgreed reports whether the seller approved a message as it is asked for, and nobody
// of it declined.
func sellerAgreed(f *domain.CaseFacts, t *domain.Touch) bool {
	return sellersWord(f, t.ID) == domain.Approved && slices.ContainsFunc(f.Approvals, func(a domain.Approval) bool {
		return a.Touch == t.ID && a.Side == domain.KindSeller && a.AskedFor == t.AskedFor
	})
}

// vetoed reports whether the seller declined a message before it left.
func vetoed(f *domain.CaseFacts, t *domain.Touch) bool {
	return !taken(t) && sellersWord(f, t.ID) == domain.Declined
}

// rowOf returns the row of a step of this cycle that was planned, or cancelled since.
func rowOf(f *domain.CaseFacts, step string) (domain.Touch, bool) {
	i := slices.IndexFunc(f.Touches, func(t domain.Touch) bool { return t.Cycle == f.Case.Cycle && t.Step == step && !taken(&t) })
	if i < 0 {
		return domain.Touch{}, false
	}
	return f.Touches[i], true
}

// waitsForSeller reports whether a message still needs the seller's word, and since
// when it has been asked; the zero time: not yet. What passed the gate once needs
// none to be sent again.
func waitsForSeller(f *domain.CaseFacts, act Act) (asked time.Time, waits bool) {
	if !act.Class.Proactive() || !wantsWord(f) {
		return time.Time{}, false
	}
	t, there := rowOf(f, act.Step)
	switch {
	case there && t.AskedFor == act.AskedFor && sellerAgreed(f, &t):
		return time.Time{}, false
	case !there || t.Status == domain.TouchCancelled || t.ClaimedAt.IsZero() && t.AskedFor != act.AskedFor:
		return time.Time{}, true
	case !t.ClaimedAt.IsZero() || !f.Now.Before(t.CreatedAt.Add(sellersDay)):
		return time.Time{}, false
	default:
		return t.CreatedAt, true
	}
}

// consentStage refuses a message that waits for the seller's word.
func consentStage(f *domain.CaseFacts, act Act, v *Verdict) {
	if _, waits := waitsForSeller(f, act); waits {
		v.refuse(CodeSellerApproval, CodeSellerApproval)
	}
}

// wordBy returns when a message that waits for the seller may leave without its
// word: a day after it was asked, in hours; zero when none is awaited.
func wordBy(f *domain.CaseFacts, act Act) time.Time {
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

// lastStarted returns the day of the last message that we started, or would have if
// the seller had not declined it: the next one keeps its distance from both.
func lastStarted(f *domain.CaseFacts, l local) domain.Date {
	last := lastProactive(f, l)
	for i := range f.Touches {
		t := &f.Touches[i]
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
var passing = []string{CodeSellerApproval, CodeAwaitingHuman, CodeFeedBehind, CodeUnapplied, CodeGap, CodeCeiling, CodeOnePerDay, CodeOutsideHours}

// ask leaves a message that waits for somebody's word as planned, once: on the list of the
// factor's people, when nothing else holds it back, and before the seller, when time mends
// what else does; the seller is told in the place of the refusal. It returns the facts as
// they are then.
func (d *decision) ask(f domain.CaseFacts, act Act, v Verdict, ids actIDs) domain.CaseFacts {
	only := func(codes ...string) bool {
		return !slices.ContainsFunc(v.Codes, func(code string) bool { return !slices.Contains(codes, code) })
	}
	asked, waits := waitsForSeller(&f, act)
	seller := waits && asked.IsZero() && only(passing...)
	human := act.People > 0 && slices.Contains(v.Codes, CodeAwaitingHuman) && only(CodeAwaitingHuman, CodeSellerApproval)
	touch, there := rowOf(&f, act.Step)
	planned := there && (touch.Status == domain.TouchPlanned || sellersWord(&f, touch.ID) == domain.Declined)
	if !seller && !human || planned || len(v.Items) == 0 || pauseCode(&f, domain.DealID{}, f.Now) != "" {
		return f
	}
	if !there {
		touch = domain.Touch{ID: ids.touch}
	}
	touch = ladderTouch(f, act, v, touch)
	touch.Status, touch.CreatedAt, touch.ClaimedAt, touch.AskedFor = domain.TouchPlanned, f.Now, time.Time{}, act.AskedFor
	d.planned = &touch
	if human {
		said := fmt.Sprintf("The next step is a %s, and %s.", className[act.Class], map[bool]string{true: "a person makes it", false: peopleWords[act.People]}[act.Class == domain.ClassCall])
		d.trail.Events = append(d.trail.Events, caseEvent(ids.waits, f, "touch.awaits_human", firstDeal(act.Items), said))
	}
	if seller {
		event := caseEvent(ids.event, f, "touch.awaits_seller", firstDeal(touch.Items), awaitsWords(f, act, touch.Items))
		at := slices.IndexFunc(d.trail.Events, func(e domain.Event) bool { return e.ID == ids.event })
		d.trail.Events[at] = event
		d.trail.Jobs = append(d.trail.Jobs, domain.Job{World: f.Case.World, Kind: domain.JobMailParty, Ref: event.ID.UUID})
	}
	f.Touches = append(slices.DeleteFunc(slices.Clone(f.Touches), func(t domain.Touch) bool { return t.ID == touch.ID }), touch)
	return f
}

var peopleWords = map[int]string{1: "a person agrees to it first", 2: "two people agree to it first"}

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
