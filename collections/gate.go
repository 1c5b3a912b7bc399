package collections

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"comity/domain"
	"comity/money"
)

// The gate's codes that can bind now (COURTESY holds the whole list).
const (
	CodePaid         = string(domain.HoldPaidOrPending)
	CodePromise      = string(domain.HoldPromise)
	CodeDisputed     = string(domain.HoldDisputed)
	CodeQuery        = string(domain.HoldQuery)
	CodePlan         = string(domain.HoldPlan)
	CodeNotOurs      = "not_ours"
	CodeMismatch     = "facts_mismatch"
	CodeNoNotice     = "notice_not_delivered"
	CodeUnapplied    = "unapplied_cash_possible"
	CodeFeedBehind   = "bank_feed_behind"
	CodeGap          = "gap_lt_7d"
	CodeCeiling      = "ceiling_7_in_7"
	CodeOnePerDay    = "one_per_day"
	CodeOutsideHours = "outside_hours"
	CodeNoChannel    = "no_usable_channel"
	CodeToneLint     = "tone_lint"
	CodeConsiderate  = "considerate_pause" // outward, for what another tenant caused
)

// An ItemVerdict is what the item stage made of one invoice.
type ItemVerdict struct {
	Deal domain.DealID
	Code string       // why nothing, or not all, is asked for; "" when all is
	Open money.Amount // what the ledger says is open
	Held money.Amount // the part that is held back
	Ask  money.Amount // what the message may ask for
}

// A Verdict is what the gate says about one message at one moment.
type Verdict struct {
	Clear   bool
	Items   []ItemVerdict // those that are left, with what may be asked
	Removed []ItemVerdict // those that the item stage took out
	Codes   []string      // the real codes
	Outward []string      // what the seller is shown (D-7)
	Facts   string
}

// refuse adds a code; outward is what the seller is shown.
func (v *Verdict) refuse(code, outward string) {
	v.Clear = false
	if !slices.Contains(v.Codes, code) {
		v.Codes = append(v.Codes, code)
	}
	if !slices.Contains(v.Outward, outward) {
		v.Outward = append(v.Outward, outward)
	}
}

// Gate says whether a message may leave at f.Now, in two stages (D-20): the item
// stage takes out what is paid, promised, disputed, asked about or not ours; the
// contact stage decides on the person. Which codes bind which class is D-19: an
// answer stops at legal_stop and for who takes no e-mail, and leaves at any hour; receipts and thanks
// keep hours and one message a day; a notice counts for the ceiling, not for the
// gap; what we start obeys everything. A sanctions hold stops every class.
func Gate(f domain.CaseFacts, act Act) Verdict {
	v := Verdict{Clear: true}
	l := localOf(&f)
	itemStage(&f, act, &v)
	var facts []string
	facts = append(facts, stage(&f, act, v)...)
	stopStage(&f, act, &v)
	consentStage(&f, act, &v)
	facts = append(facts, reachStage(&f, act, &v)...)
	facts = append(facts, countStage(&f, l, act, &v)...)
	facts = append(facts, personStage(&f, l, act, &v)...)
	if act.Class.Proactive() || act.Class == domain.ClassPriorNotice {
		facts = append(facts, statementStage(&f, l, act, &v)...)
		facts = append(facts, moneyStage(&f, l, &v)...)
	}
	if act.Class.Proactive() {
		facts = append(facts, toneStage(&f, act, &v)...)
	}
	facts = append(facts, humanStage(&f, act, &v)...)
	v.Facts = strings.Join(facts, "; ")
	return v
}

// StillRight reports whether a message that the gate let through may leave now. A
// worker may have been down in between: what it says must still be so, its
// hours and stops must still allow it, and the bank's files must still say that
// nothing came. The counters are not asked, because the message is counted already, for
// the day on which it was claimed: on a later one it has to pass them again.
func StillRight(f domain.CaseFacts, t domain.Touch) bool {
	act := Act{Step: t.Step, Class: t.Class, Tone: t.Tone, Items: t.Items}
	v, l := Verdict{Clear: true}, localOf(&f)
	if t.Mode() != f.Case.Voice(t.Class) {
		return false // it speaks in a name that is not right any more
	}
	itemStage(&f, act, &v)
	stopStage(&f, act, &v)
	wishStage(&f, act, &v)
	if act.Class != domain.ClassAnswer && (!l.inHours(f.Now) || l.day(t.ClaimedAt) != l.today) {
		return false
	}
	if act.Class.Proactive() || act.Class == domain.ClassPriorNotice {
		statementStage(&f, l, act, &v)
		moneyStage(&f, l, &v)
	}
	switch {
	case act.Class == domain.ClassPriorNotice:
		return v.Clear && stillAnnounced(&f, t)
	case act.Class.Proactive() || act.Class == domain.ClassValidation:
		return v.Clear && len(v.Removed) == 0 && Faithful(f, v, t.Text)
	default:
		return v.Clear
	}
}

// itemStage removes what may not be asked for. Only messages about open items
// have it: a notice loses what is not ours, answers and receipts lose nothing.
func itemStage(f *domain.CaseFacts, act Act, v *Verdict) {
	for _, id := range act.Items {
		item, ok := f.Item(id)
		if !ok {
			continue
		}
		verdict := judgeItem(f, &item, act.Class)
		if verdict.Code == "" || verdict.Ask.Positive() && verdict.Code != CodeNotOurs {
			v.Items = append(v.Items, verdict)
		} else {
			v.Removed = append(v.Removed, verdict)
		}
	}
	if len(v.Items) == 0 && (act.Class.Proactive() || act.Class == domain.ClassLegalNotice || act.Class == domain.ClassPriorNotice || act.Class == domain.ClassValidation) {
		if len(v.Removed) == 0 {
			v.refuse(CodeNotOurs, CodeNotOurs)
		}
		for _, removed := range v.Removed {
			v.refuse(removed.Code, removed.Code)
		}
	}
}

func judgeItem(f *domain.CaseFacts, item *domain.CaseItem, class domain.MessageClass) ItemVerdict {
	none := money.Minor(0, item.Deal.Open.Currency())
	verdict := ItemVerdict{Deal: item.Deal.ID, Open: item.Deal.Open, Held: none, Ask: item.Deal.Open}
	if !class.Proactive() {
		if class == domain.ClassLegalNotice && (!live(item) || item.Deal.Status == domain.DealPaidOut && !item.Deal.Open.Positive()) || (class == domain.ClassPriorNotice || class == domain.ClassValidation) && !askable(item) {
			verdict.Code = CodeNotOurs
		}
		return verdict
	}
	switch {
	case !live(item):
		verdict.Code, verdict.Ask = CodeNotOurs, none
	case !item.Deal.Open.Positive():
		verdict.Code = CodePaid
	default:
		verdict.Ask = ask(f, item, f.Now)
		verdict.Held = item.Deal.Open.Minus(verdict.Ask)
		verdict.Code = cmp.Or(pauseCode(f, item.Deal.ID, f.Now), holdCode(f, item))
		if inDispute(f, item.Deal.ID) && verdict.Code == "" {
			verdict.Code = CodeDisputed
		}
	}
	return verdict
}

// holdCode returns the code of the hold that weighs most on an item.
func holdCode(f *domain.CaseFacts, item *domain.CaseItem) string {
	var code string
	var weight int64
	for _, h := range f.Holds {
		if !h.Holds(item.Deal.ID, f.Now) {
			continue
		}
		held := h.Amount.Units()
		if h.Amount.IsZero() {
			held = item.Deal.Open.Units()
		}
		if held > weight {
			code, weight = string(h.Code), held
		}
	}
	return code
}

// stage says in words what the item stage left.
func stage(f *domain.CaseFacts, act Act, v Verdict) []string {
	if !act.Class.Proactive() {
		return nil
	}
	var facts []string
	for _, item := range append(slices.Clone(v.Items), v.Removed...) {
		found, _ := f.Item(item.Deal)
		fact := fmt.Sprintf("invoice %s: %s open", found.Deal.InvoiceNumber, item.Open.Grouped())
		if item.Code != "" {
			fact += fmt.Sprintf(", %s asked (%s)", item.Ask.Grouped(), item.Code)
		}
		facts = append(facts, fact)
	}
	return facts
}

// stopStage applies the stops that people set.
func stopStage(f *domain.CaseFacts, act Act, v *Verdict) {
	for _, stop := range f.Stops {
		if binds(stop.Code, act) {
			v.refuse(string(stop.Code), outward(string(stop.Code), stop.Code == domain.StopSanctions))
		}
	}
	if !act.Class.Proactive() && act.Class != domain.ClassInstalment {
		return
	}
	for _, h := range f.Holds {
		if h.Deal.IsZero() && h.Holds(domain.DealID{}, f.Now) {
			v.refuse(string(h.Code), string(h.Code))
		}
	}
	if act.Class == domain.ClassInstalment {
		return
	}
	if resting(f) { // a person of ours has to call somebody back first, or to let it be
		v.refuse(CodeAwaitingHuman, CodeAwaitingHuman)
	}
	partyStage(f, act, v)
	for _, item := range v.Items {
		if found, ok := f.Item(item.Deal); ok && !found.Told() {
			v.refuse(CodeNoNotice, CodeNoNotice)
		}
	}
}

// binds reports whether a stop forbids a message (D-3, D-19).
func binds(code domain.StopCode, act Act) bool {
	switch code {
	case domain.StopLegal:
		return act.Class != domain.ClassProtective && (act.Class != domain.ClassLegalNotice || !act.TwoPeople) // no protective step is without two people
	case domain.StopSanctions:
		return true
	case domain.StopComplaint:
		return act.Class.Proactive() || act.Class == domain.ClassThankYou || act.Class == domain.ClassInstalment || act.Class == domain.ClassPriorNotice || act.Class == domain.ClassValidation
	default:
		return act.Class.Proactive() || act.Class == domain.ClassInstalment || act.Class == domain.ClassPriorNotice || act.Class == domain.ClassValidation
	}
}

// stopped reports whether a stop forbids a message.
func stopped(f *domain.CaseFacts, act Act) bool {
	return slices.ContainsFunc(f.Stops, func(stop domain.Stop) bool { return binds(stop.Code, act) })
}

// channelStage needs an address that mail has not been refused for good at.
func channelStage(f *domain.CaseFacts, v *Verdict) []string {
	email := strings.TrimSpace(f.Relationship.Email)
	if email == "" || !strings.Contains(email, "@") {
		v.refuse(CodeNoChannel, CodeNoChannel)
		return []string{"there is no address"}
	}
	for i := len(f.Touches) - 1; i >= 0; i-- {
		t := f.Touches[i]
		if !strings.EqualFold(t.Recipient, email) || !taken(&t) {
			continue
		}
		if t.Status == domain.TouchFailed && t.Cycle == f.Case.Cycle {
			v.refuse(CodeNoChannel, CodeNoChannel)
			return []string{"the last message to this address was refused for good"}
		}
		break
	}
	return nil
}

// countStage keeps hours, one message a day, the gap and the ceiling.
func countStage(f *domain.CaseFacts, l local, act Act, v *Verdict) []string {
	if act.Class == domain.ClassAnswer {
		return nil
	}
	if !l.inHours(f.Now) {
		v.refuse(CodeOutsideHours, CodeOutsideHours)
	}
	dayStage(f, l, v)
	facts := ceilingStage(f, l, act, v)
	if !act.Class.Proactive() {
		return facts
	}
	own := lastProactive(f, l)
	if !own.IsZero() {
		facts = append(facts, fmt.Sprintf("%d days since the last message that we started", own.DaysUntil(l.today)))
	}
	elsewhere := f.LastElsewhere
	switch {
	case !own.IsZero() && own.DaysUntil(l.today) < gapDays:
		v.refuse(CodeGap, CodeGap)
	case !elsewhere.IsZero() && l.day(elsewhere).DaysUntil(l.today) < gapDays:
		v.refuse(CodeGap, outward(CodeGap, true))
	}
	return facts
}

// outward is how a code is shown to the seller: what another tenant caused (D-7)
// or a restricted reason (D-8) is a pause.
func outward(code string, hidden bool) string {
	if hidden {
		return CodeConsiderate
	}
	return code
}

// moneyStage asks whether the money may be here already: the bank's statements
// (D-21) and what arrived and belongs to nobody yet (D-3).
func moneyStage(f *domain.CaseFacts, l local, v *Verdict) []string {
	var facts []string
	for _, item := range v.Items {
		found, ok := f.Item(item.Deal)
		if !ok {
			continue
		}
		feed, known := f.Feed(found.Deal.Collection)
		if !known {
			v.refuse(CodeFeedBehind, CodeFeedBehind)
			continue
		}
		banking := bankingOf(f, feed)
		through := domain.CoveredThrough(feed.Spans, banking)
		needed := banking.Add(domain.DateOf(f.Now.In(f.Factor.Zone())), -1)
		if found.Deal.Due.Before(l.today) && !remindedAfterDue(f, item.Deal) {
			needed = domain.Latest(needed, banking.Add(found.Deal.Due, 1))
		}
		fact := "no statement is loaded"
		if !through.IsZero() {
			fact = fmt.Sprintf("statements through %s, %s needed", through, needed)
		}
		if !slices.Contains(facts, fact) {
			facts = append(facts, fact)
		}
		if through.Before(needed) {
			v.refuse(CodeFeedBehind, CodeFeedBehind)
		}
	}
	if receipt, possible := unapplied(f); possible {
		v.refuse(CodeUnapplied, CodeUnapplied)
		facts = append(facts, fmt.Sprintf("%s of %s are not yet identified", receipt.Unapplied.Grouped(), receipt.ValueDate))
	}
	return facts
}

const unidentifiedDays = 5 // banking days that unidentified money holds back a message

// unapplied finds money that arrived lately, belongs to nobody yet, and may be
// this debtor's: its name is on it, or it is within two per cent of what some of
// its open items sum to.
func unapplied(f *domain.CaseFacts) (domain.Receipt, bool) {
	for _, r := range f.Unidentified {
		feed, ok := f.Feed(r.Account)
		if !ok || !r.Unapplied.Positive() {
			continue
		}
		zone := f.Factor.Zone()
		age := bankingOf(f, feed).Between(domain.DateOf(r.CreatedAt.In(zone)), domain.DateOf(f.Now.In(zone)))
		if age >= unidentifiedDays {
			continue
		}
		if named(r.Payer, f.Relationship.Name) || sums(f, r.Unapplied) {
			return r, true
		}
	}
	return domain.Receipt{}, false
}

// legalForms are words of names that tell no companies apart.
var legalForms = map[string]bool{
	"and": true, "the": true, "inc": true, "llc": true, "ltd": true, "limited": true, "co": true, "corp": true, "company": true, "corporation": true,
	"gmbh": true, "ag": true, "kg": true, "sa": true, "sarl": true, "srl": true, "bv": true, "plc": true, "llp": true, "lp": true, "ug": true, "mbh": true,
}

// named reports whether a payer's name holds the debtor's, or, cut short by a
// bank, is held by it; legal forms do not count.
func named(payer, debtor string) bool {
	p, d := nameWords(payer), nameWords(debtor)
	return len(p) > 0 && len(d) > 0 && (holdsAll(p, d) || holdsAll(d, p))
}

func nameWords(name string) []string {
	return slices.DeleteFunc(strings.Fields(domain.NameKey(name)), func(word string) bool { return legalForms[word] })
}

func holdsAll(words, wanted []string) bool {
	return !slices.ContainsFunc(wanted, func(word string) bool { return !slices.Contains(words, word) })
}

const exactItems = 16 // above this many items every sum in range counts as possible

// sums reports whether an amount is within two per cent of the sum of any of the
// open items in its currency.
func sums(f *domain.CaseFacts, amount money.Amount) bool {
	var open []int64
	var total int64
	smallest := int64(0)
	for i := range f.Items {
		item := &f.Items[i]
		if !live(item) || !item.Deal.Open.Positive() || item.Deal.Open.Currency() != amount.Currency() {
			continue
		}
		units := item.Deal.Open.Units()
		open, total = append(open, units), total+units
		if smallest == 0 || units < smallest {
			smallest = units
		}
	}
	if len(open) > exactItems {
		return near(amount.Units(), total) || amount.Units() < total && (amount.Units() > smallest || near(amount.Units(), smallest))
	}
	for set := 1; set < 1<<len(open); set++ {
		var sum int64
		for i, units := range open {
			if set&(1<<i) != 0 {
				sum += units
			}
		}
		if near(amount.Units(), sum) {
			return true
		}
	}
	return false
}

// near reports whether a is within two per cent of b.
func near(a, b int64) bool { return max(a-b, b-a) <= b/50 }

// LookAgain returns when a refused step is tried again: the next slot of its
// kind; a day after the seller was asked for its word; after a week when only a
// correction can help; never by itself (the zero time) while a person's stop is in
// force. Where it is still night at the factor's bank, the statement of its last day
// cannot be there: it is looked for at 08:00 of the bank, when a missing one is an alert
// (D-21), which from 09:30 of any debtor is within the hours of the same day.
func LookAgain(f domain.CaseFacts, act Act, v Verdict) time.Time {
	l := localOf(&f)
	for _, stop := range domain.StopCodes() {
		if slices.Contains(v.Codes, string(stop)) {
			return time.Time{}
		}
	}
	if act.People > 0 && slices.Equal(v.Codes, []string{CodeAwaitingHuman}) {
		if last := lastProactive(&f, l); !last.IsZero() && last.DaysUntil(l.today) < silenceDays {
			return latest(l.slot(l.cal.OnOrBefore(last.Plus(silenceDays))), l.slotAfter())
		}
		return l.slotAfter()
	}
	for _, code := range []string{CodeNoChannel, CodeOptedOut, CodeToneLint, CodeMismatch} {
		if slices.Contains(v.Codes, code) {
			return l.slot(l.cal.OnOrAfter(l.today.Plus(retryPerson)))
		}
	}
	if at := wordBy(&f, act); !at.IsZero() && slices.Contains(v.Codes, CodeSellerApproval) {
		return at
	}
	next := l.cal.Add(l.today, 1)
	if morning := domain.DateOf(f.Now.In(f.Factor.Zone())).At(anyHours.opens, 0, f.Factor.Zone()); slices.Contains(v.Codes, CodeFeedBehind) && f.Now.Before(morning) && l.inHours(morning) {
		return morning
	}
	if act.Class == domain.ClassReceipt || act.Class == domain.ClassThankYou {
		return next.At(l.opens, 0, l.zone).Add(thanksWait)
	}
	return l.slotOn(next)
}
