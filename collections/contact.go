package collections

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"comity/domain"
	"comity/inbound"
)

// The codes of the contact stage that say who may be reached how often and by which way.
const (
	CodeSpoken       = "call_within_7d_of_conversation"
	CodeOptedOut     = "opted_out_channel"
	CodeJurisdiction = "jurisdiction_rule"
)

const (
	hardshipRests = 90 // days for which a word of hardship counts
	hardshipMost  = 2  // counted contacts in hardshipSpan days (C-142)
	hardshipSpan  = 14
	spokenRests   = 7 // days without a call after a conversation (C-51)
	digestRests   = 7 // days between two messages of one factor to a mailbox that wants a digest
	askedFrom     = 5 // sellers that write to a shared mailbox before it is asked how it wants that (D-22)
	unansweredFor = 5 // business days until silence is no answer (D-25)
	promiseTold   = 90
)

// Hardship reports whether the debtor said within the last 90 days that it cannot pay as
// agreed, and when it said so last; it ends when nothing of the case is open. The debtor's
// word counts however it came: a question with the reason cash_flow, or a call that ended
// with hardship (C-142, D-22).
func Hardship(f domain.CaseFacts) (since time.Time, ok bool) {
	if !slices.ContainsFunc(f.Items, func(item domain.CaseItem) bool { return live(&item) && item.Deal.Open.Positive() }) {
		return time.Time{}, false
	}
	for _, q := range f.Questions {
		if q.Reason == domain.ReasonCashFlow {
			since = latest(since, q.AskedAt)
		}
	}
	for _, p := range f.Plans {
		if p.Reason == domain.ReasonCashFlow {
			since = latest(since, p.MadeAt)
		}
	}
	for i := range f.Touches {
		t := &f.Touches[i]
		if t.Class == domain.ClassCall && t.Result == domain.CallHardship {
			since = latest(since, claimed(t))
		}
	}
	l := localOf(&f)
	if since.IsZero() || l.day(since).DaysUntil(l.today) > hardshipRests {
		return time.Time{}, false
	}
	return since, true
}

// MayCall reports whether a person may ring the debtor at all (C-100, D-18): when it prefers
// the telephone; when a message about something overdue was left unanswered; or when a
// promise was broken, since the form on which promises are made says that a call may come.
func MayCall(f domain.CaseFacts) bool {
	l := localOf(&f)
	if f.Preferences.Prefers == domain.ChannelPhone {
		return true
	}
	broken := slices.ContainsFunc(f.Promises, func(p domain.Promise) bool {
		return p.Status == domain.PromiseBroken && l.day(p.DecidedAt).DaysUntil(l.today) <= promiseTold
	})
	return broken || anyTouch(&f, func(t *domain.Touch) bool { return leftUnanswered(&f, l, t) })
}

// leftUnanswered reports whether an e-mail about something overdue was delivered, and five
// business days or more brought no reply, no word on the page and no payment (D-25). What a
// machine sent is no answer.
func leftUnanswered(f *domain.CaseFacts, l local, t *domain.Touch) bool {
	asks := slices.ContainsFunc(t.Items, func(deal domain.DealID) bool { return afterDue(f, t, deal) })
	if t.Class != domain.ClassReminder || t.Status != domain.TouchSent || !asks || l.cal.Between(l.day(claimed(t)), l.today) < unansweredFor {
		return false
	}
	since := claimed(t)
	return !f.LastPaidAt.After(since) &&
		!slices.ContainsFunc(f.Replies, func(r domain.ReplyFact) bool { return r.At.After(since) && r.Kind == string(inbound.KindHuman) }) &&
		!slices.ContainsFunc(f.Questions, func(q domain.Question) bool { return q.AskedAt.After(since) }) &&
		!slices.ContainsFunc(f.Promises, func(p domain.Promise) bool { return p.MadeAt.After(since) }) &&
		!slices.ContainsFunc(f.Disputes, func(d domain.Dispute) bool { return d.RaisedAt.After(since) }) &&
		!slices.ContainsFunc(f.Holds, func(h domain.Hold) bool {
			return (h.CauseKind == causePaid || h.CauseKind == causeCard) && h.CreatedAt.After(since)
		})
}

// roleWords are the words of a local part that name a desk and not a person, in the
// languages of the countries whose holidays are known.
var roleWords = map[string]bool{
	"account": true, "accounts": true, "accounting": true, "accountspayable": true, "payable": true, "payables": true, "payments": true,
	"invoice": true, "invoices": true, "invoicing": true, "billing": true, "bills": true, "finance": true, "finances": true, "treasury": true,
	"office": true, "info": true, "mail": true, "contact": true, "admin": true, "purchasing": true, "procurement": true, "creditors": true,
	"buchhaltung": true, "rechnung": true, "rechnungen": true, "rechnungswesen": true, "rechnungseingang": true, "kreditoren": true, "finanzen": true, "zahlungen": true,
	"comptabilite": true, "compta": true, "facture": true, "factures": true, "fournisseurs": true, "facturation": true,
	"contabilidad": true, "factura": true, "facturas": true, "facturacion": true, "proveedores": true, "pagos": true,
	"contabilita": true, "amministrazione": true, "fatture": true, "fornitori": true, "pagamenti": true,
	"boekhouding": true, "administratie": true, "facturen": true, "crediteuren": true, "factuur": true,
	"contabilidade": true, "faturas": true, "financeiro": true, "fornecedores": true, "pagamentos": true,
	"ekonomi": true, "faktura": true, "fakturor": true, "regnskab": true, "regnskap": true, "bogholderi": true, "laskut": true, "talous": true,
	"faktury": true, "ksiegowosc": true, "fakturace": true, "ucetni": true,
}

// shortRoles name a desk when no name stands beside them: ap@, ap-uk@, ar2@.
var shortRoles = map[string]bool{"ap": true, "ar": true, "fin": true, "fibu": true, "p2p": true}

// KindOf returns whether an address is one person's or shared: what is on file, else a guess
// by its local part, any word of which may name a desk. What names none is a person's, who
// is the better protected of the two (D-22).
func KindOf(email string, prefs domain.Preferences) domain.ContactKind {
	if prefs.Kind != "" {
		return prefs.Kind
	}
	name, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(email)), "@")
	name, _, _ = strings.Cut(name, "+")
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	short := len(words) > 0
	for i, word := range words {
		bare := strings.TrimRightFunc(word, unicode.IsDigit)
		if roleWords[bare] {
			return domain.ContactRole
		}
		short = short && (shortRoles[word] || shortRoles[bare] || i > 0 && len(bare) <= 2)
	}
	if short {
		return domain.ContactRole
	}
	return domain.ContactPerson
}

// AskMode reports whether a shared mailbox is to be asked, once, how it wants to be written
// to: from its fifth seller on, when nobody asked and it did not say so itself (D-22).
//
// The seller can read our letters, and must not learn from one that others write to the same
// desk (D-7): the question belongs on the debtor's page or in what the mail alone carries,
// never in the stored text. One consolidated weekly mail over several sellers is not built.
func AskMode(f domain.CaseFacts) bool {
	said := f.Preferences.Mode == domain.ModeDigest || f.Preferences.Mode == domain.ModePortalOnly
	return !said && f.Preferences.AskedAt.IsZero() && f.SellersHere >= askedFrom && KindOf(f.Relationship.Email, f.Preferences) == domain.ContactRole
}

// reachStage asks whether the way to the debtor is there and wanted: an address for a
// letter, a number for a call.
func reachStage(f *domain.CaseFacts, act Act, v *Verdict) []string {
	facts := wishStage(f, act, v)
	if act.Class != domain.ClassCall {
		return append(facts, channelStage(f, v)...)
	}
	switch {
	case strings.TrimSpace(f.Relationship.Phone) == "":
		v.refuse(CodeNoChannel, CodeNoChannel)
		return append(facts, "there is no telephone number")
	case !MayCall(*f):
		// Of the closed list this code says it best: nobody of ours is waited for
		// (awaiting_human), the telephone is just not a way that may be used yet.
		v.refuse(CodeNoChannel, CodeNoChannel)
		return append(facts, "no message about something overdue was left unanswered, so nobody may ring yet")
	default:
		return facts
	}
}

// wishStage keeps what the contact asked for (C-101). Who uses no e-mail gets none, answers
// too: they stand on its page. On the page only means that nothing leaves that we start;
// answers and receipts do. A notice that the law wants leaves in any case.
func wishStage(f *domain.CaseFacts, act Act, v *Verdict) []string {
	channel, elsewhere := domain.ChannelEmail, f.Preferences.By != f.Case.Factor // told to another factor (D-7)
	if act.Class == domain.ClassCall {
		channel, elsewhere = domain.ChannelPhone, elsewhere && !toldUsNotToCall(f)
	}
	switch {
	case act.Class.Legal():
		return nil
	case optedOut(f, channel):
		v.refuse(CodeOptedOut, outward(CodeOptedOut, elsewhere))
		return []string{"the debtor does not want to be reached by " + string(channel)}
	case act.Class.Proactive() && f.Preferences.Mode == domain.ModePortalOnly:
		v.refuse(CodeOptedOut, outward(CodeOptedOut, elsewhere))
		return []string{"the debtor wants to be written to on its page only"}
	default:
		return nil
	}
}

// optedOut reports whether a contact does not want a channel, as anybody recorded it or a
// call of this case ended.
func optedOut(f *domain.CaseFacts, channel domain.Channel) bool {
	return slices.Contains(f.Preferences.OptedOut, channel) || channel == domain.ChannelPhone && (f.NotByPhone || toldUsNotToCall(f))
}

// toldUsNotToCall reports whether a call of this case ended with that.
func toldUsNotToCall(f *domain.CaseFacts) bool {
	return anyTouch(f, func(t *domain.Touch) bool {
		return t.Class == domain.ClassCall && t.Result == domain.CallDoNotCall && t.Recipient == f.Relationship.Phone
	})
}

// dayStage keeps one message a local day.
func dayStage(f *domain.CaseFacts, l local, v *Verdict) {
	own, foreign := 0, 0
	for _, c := range f.Contacts {
		switch {
		case !c.Daily || l.day(c.At) != l.today:
		case c.Own:
			own++
		default:
			foreign++
		}
	}
	if own+foreign > 0 {
		v.refuse(CodeOnePerDay, outward(CodeOnePerDay, own == 0))
	}
}

// ceilingStage keeps the ceiling of one address over every tenant: 7 in 7 days, and 2 in 14
// when the debtor of this case is in hardship. A message before any due date leaves the last
// place to what is overdue (D-22: when places are scarce, what is not yet due is dropped
// first). What the seller's own messages suffice for is shown as it is, and the rest as a
// pause, so that no message of another tenant changes what the seller sees (D-7).
//
// Of several that wait for one address the one that has waited longest comes first: who has
// waited for less long gives way, so that no seller is starved of its customer.
func ceilingStage(f *domain.CaseFacts, l local, act Act, v *Verdict) []string {
	if !act.Class.Counted() {
		return nil
	}
	most, span, why := ceiling, gapDays, ""
	if _, hard := Hardship(*f); hard {
		most, span, why = hardshipMost, hardshipSpan, " (hardship)"
	}
	counted, own := countedIn(f, l, span, func(domain.Contact) bool { return true })
	facts := []string{fmt.Sprintf("%d of %d in %d days%s", counted, most, span, why)}
	if counted == most-1 && aheadOfDue(f, l, act) {
		facts = append(facts, "the last place is kept for what is overdue")
	}
	if aheadOfDue(f, l, act) {
		most--
	}
	switch {
	case counted >= most:
		v.refuse(CodeCeiling, outward(CodeCeiling, own < most))
	case act.Class.Proactive() && act.Class != domain.ClassCall && !f.WaitingSince.IsZero() && f.WaitingSince.Before(waitsSince(f, act)):
		v.refuse(CodeCeiling, outward(CodeCeiling, true))
		facts = append(facts, "somebody has waited longer for a place at this address")
	}
	return append(facts, digestStage(f, l, act, v)...)
}

// waitsSince returns since when a step has waited for a place alone: now, where it was not
// refused one before.
func waitsSince(f *domain.CaseFacts, act Act) time.Time {
	if last := f.Refused[act.Step]; !last.PlaceSince.IsZero() {
		return last.PlaceSince
	}
	return f.Now
}

// digestStage keeps one message a week of one factor to a mailbox that asked for a digest.
// A mail that brings several sellers together is not built: the others wait.
func digestStage(f *domain.CaseFacts, l local, act Act, v *Verdict) []string {
	if !act.Class.Proactive() || f.Preferences.Mode != domain.ModeDigest {
		return nil
	}
	counted, own := countedIn(f, l, digestRests, func(c domain.Contact) bool { return c.Own || c.Ours })
	if counted == 0 {
		return nil
	}
	v.refuse(CodeCeiling, outward(CodeCeiling, own == 0))
	return []string{"digest: one a week"}
}

// countedIn counts the contacts of the last days that count for the ceiling, and those of
// them that are this case's.
func countedIn(f *domain.CaseFacts, l local, span int, among func(domain.Contact) bool) (all, own int) {
	for _, c := range f.Contacts {
		if !c.Counted || !among(c) || l.day(c.At).DaysUntil(l.today) >= span {
			continue
		}
		all++
		if c.Own {
			own++
		}
	}
	return all, own
}

// aheadOfDue reports whether a message is one that we start and lists nothing overdue.
func aheadOfDue(f *domain.CaseFacts, l local, act Act) bool {
	return act.Class.Proactive() && !slices.ContainsFunc(act.Items, func(id domain.DealID) bool {
		item, ok := f.Item(id)
		return ok && item.Deal.Due.Before(l.today)
	})
}

// personStage keeps what protects the person: no call within seven days of a conversation
// with anybody (C-51), and the rules of its protection profile (D-27).
func personStage(f *domain.CaseFacts, l local, act Act, v *Verdict) []string {
	if !act.Class.Proactive() {
		return nil
	}
	var facts []string
	profile := ProfileOf(f.Relationship, f.Owed)
	if act.Class != domain.ClassCall && act.People == 0 && NeedsHuman(profile, act.Tone) {
		v.refuse(CodeJurisdiction, CodeJurisdiction)
		facts = append(facts, fmt.Sprintf("%s: a message this firm needs a person", profile))
	}
	if act.Class != domain.ClassCall {
		return facts
	}
	if days, own, ok := lastCall(f, l, true); ok && days < spokenRests {
		v.refuse(CodeSpoken, outward(CodeSpoken, !own))
		facts = append(facts, fmt.Sprintf("%d days since the last conversation", days))
	}
	if days, own, ok := lastCall(f, l, false); ok && days < profile.rule().CallDays {
		v.refuse(CodeJurisdiction, outward(CodeJurisdiction, !own))
		facts = append(facts, fmt.Sprintf("%s: one call in %d days, the last %d days ago", profile, profile.rule().CallDays, days))
	}
	return facts
}

// lastCall returns how many days ago the contact was rung, or spoken to, by anybody: this
// case's own last call if it lies within the week, else the last of all.
func lastCall(f *domain.CaseFacts, l local, spoken bool) (days int, own, ok bool) {
	var mine, others domain.Date
	for i := range f.Touches {
		t := &f.Touches[i]
		if t.Class == domain.ClassCall && taken(t) && (!spoken || t.Result.Spoken()) {
			mine = domain.Latest(mine, l.day(claimed(t)))
		}
	}
	for _, c := range f.Contacts {
		switch {
		case !c.Spoken && (spoken || !c.Call):
		case c.Own:
			mine = domain.Latest(mine, l.day(c.At))
		default:
			others = domain.Latest(others, l.day(c.At))
		}
	}
	switch {
	case !mine.IsZero() && (others.IsZero() || mine.DaysUntil(l.today) < spokenRests):
		return mine.DaysUntil(l.today), true, true
	case !others.IsZero():
		return others.DaysUntil(l.today), false, true
	default:
		return 0, false, false
	}
}
