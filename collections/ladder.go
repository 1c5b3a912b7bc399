package collections

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"comity/domain"
)

// A climb is where an invoice stands on the ladder after its due date: the rung that
// comes next, and why that one.
type climb struct {
	rung   domain.AfterStep
	name   string // stored on the message; "": it does not move the ladder
	answer Answer
	said   time.Time // when that was
	again  bool      // the rung was taken before, or one further up
	listed time.Time // when it was last listed as overdue; zero: never
	due    domain.Date
	early  bool            // the days after its validation statement are not over
	items  []domain.DealID // that the message may list
}

// A side is what one kind of message may list: the climb that leads it, and since when it waits for a word
// from us.
type side struct {
	lead  climb
	waits time.Time
	seen  bool
}

func (s *side) add(c climb, book domain.Playbook) { s.join(side{c, c.listed, true}, book) }

func (s *side) join(other side, book domain.Playbook) {
	switch {
	case !other.seen:
		return
	case !s.seen:
		*s = other
		return
	}
	if other.lead.further(s.lead, book) {
		s.lead = other.lead
	}
	if other.waits.Before(s.waits) {
		s.waits = other.waits
	}
}

// isPostDue reports whether a message is one after a due date.
func isPostDue(t *domain.Touch) bool { return strings.HasPrefix(t.Step, stepPostDue) }

// lastContact returns the last message after a due date that has a property. A new cycle
// keeps the place on the ladder: it only lets what did not arrive be sent again.
func lastContact(f *domain.CaseFacts, on func(*domain.Touch) bool) (*domain.Touch, bool) {
	var last *domain.Touch
	for i := range f.Touches {
		t := &f.Touches[i]
		if isPostDue(t) && taken(t) && t.Status != domain.TouchFailed && on(t) && (last == nil || claimed(t).After(claimed(last))) {
			last = t
		}
	}
	return last, last != nil
}

// anyTouch reports whether a message of the case has a property.
func anyTouch(f *domain.CaseFacts, on func(*domain.Touch) bool) bool {
	for i := range f.Touches {
		if on(&f.Touches[i]) {
			return true
		}
	}
	return false
}

// next decides what the next message after a due date is. Each invoice has its own place
// on the ladder. A mild message takes the step of the one furthest up (the older first, F-69)
// and lists all that are mild; a firm one lists only what earned its tone (D-19). A mild one that is
// more than cordial leaves out what a person could not check for long enough (D-27). Of several sides
// those come next that have waited longer for a word from us.
func next(f *domain.CaseFacts, l local, at time.Time) climb {
	book := bookOf(f)
	climbs := map[domain.DealID]climb{}
	var mild, firm, early side
	for i := range f.Items {
		item := &f.Items[i]
		if !mayAsk(f, item) || !item.Deal.Due.Before(l.day(latest(at, f.Now))) || !ask(f, item, latest(at, f.Now)).Positive() {
			continue
		}
		c := climbOf(f, l, item)
		climbs[item.Deal.ID] = c
		switch {
		case c.rung.Tone >= ToneFirm:
			firm.add(c, book)
		case c.early:
			early.add(c, book)
		default:
			mild.add(c, book)
		}
	}
	if len(climbs) == 0 {
		return climb{rung: book.After[0], name: book.After[0].Name, answer: AnswerNone}
	}
	if mild.lead.rung.Tone <= ToneCordial {
		mild.join(early, book)
		early = side{}
	}
	turn := mild
	for _, other := range []side{firm, early} {
		if other.seen && (!turn.seen || other.waits.Before(turn.waits)) {
			turn = other
		}
	}
	found := turn.lead
	for id, c := range climbs {
		mild := found.rung.Tone < ToneFirm && c.rung.Tone <= found.rung.Tone && (found.rung.Tone <= ToneCordial || !c.early)
		firm := found.rung.Tone >= ToneFirm && c.rung.Tone >= found.rung.Tone
		item, _ := f.Item(id)
		if mild || firm && (found.rung.MinLate == 0 || lateBy(f, &item, l.today, found.rung.MinLate)) {
			found.items = append(found.items, id)
		}
	}
	return found
}

// lists reports whether a message lists an invoice as overdue.
func lists(f *domain.CaseFacts, deal domain.DealID) func(*domain.Touch) bool {
	return func(t *domain.Touch) bool { return slices.Contains(t.Items, deal) && afterDue(f, t, deal) }
}

// reached reports whether a message came to the debtor: a call did when somebody was
// spoken to.
func reached(t *domain.Touch) bool { return t.Class != domain.ClassCall || t.Result.Spoken() }

// place is where an invoice stands by itself: the rung that it took last (-1: none), and the
// tone that it has heard. Its first two messages are cordial whatever letter lists it (C-62): one
// that was listed for the first time in a firmer letter, with others, has not earned that.
func place(f *domain.CaseFacts, book domain.Playbook, deal domain.DealID) (at, tone int) {
	listed := lists(f, deal)
	on, ok := lastContact(f, func(t *domain.Touch) bool { return t.Rung != "" && listed(t) })
	if !ok {
		return -1, ToneInformative
	}
	at, heard := position(book, on.Rung, on.Tone), 0
	for i := range f.Touches {
		t := &f.Touches[i]
		if isPostDue(t) && taken(t) && t.Status != domain.TouchFailed && listed(t) && reached(t) {
			heard++
			tone = max(tone, min(t.Tone, on.Tone))
		}
	}
	earned := max(ToneCordial, heard-1)
	if broke := slices.ContainsFunc(f.Promises, func(p domain.Promise) bool { return p.Deal == deal && p.Status == domain.PromiseBroken }); broke {
		earned++
	}
	if tone = min(tone, earned); tone >= min(on.Tone, book.After[at].Tone) || !reached(on) {
		return at, tone
	}
	for at > 0 && (book.After[at].Tone > max(tone, ToneCordial) || at >= heard) {
		at--
	}
	return at, tone
}

// further reports whether a climb leads another of its side: its rung is further up, or it is
// as far and of the older invoice.
func (c climb) further(than climb, book domain.Playbook) bool {
	a, b := position(book, c.rung.Name, 0), position(book, than.rung.Name, 0)
	return a > b || a == b && c.due.Before(than.due)
}

// climbOf decides the rung that an invoice takes next (C-97): the first one for what was
// never on the ladder, the one after the last when that met silence, a firmer letter after a
// broken promise; a repeat in a milder tone for a debtor who talks to us.
func climbOf(f *domain.CaseFacts, l local, item *domain.CaseItem) climb {
	book, of := bookOf(f), item.Deal.ID
	listed := lists(f, of)
	newest, ok := lastContact(f, listed)
	if !ok {
		return climb{rung: book.After[0], name: book.After[0].Name, answer: AnswerNone, due: item.Deal.Due, early: checking(f, l, of)}
	}
	c := climb{listed: claimed(newest), due: item.Deal.Due, early: checking(f, l, of)}
	if heard, ok := lastContact(f, func(t *domain.Touch) bool { return listed(t) && reached(t) }); ok {
		said := answerTo(f, l, heard, of) // a call that reached nobody is no message that met silence
		c.answer, c.said = said.answer, said.at
	}
	at, last := place(f, book, of)
	tone := Turn(last, c.answer)
	if frozen(f, l, c.listed, of) {
		tone = min(tone, last)
	}
	if c.early {
		tone = min(tone, ToneCordial)
	}
	switch {
	case c.answer == AnswerSilence && at+1 < len(book.After) && book.After[at+1].Tone <= tone && possible(f, l, book.After[at+1], of):
		c.rung = book.After[at+1]
	case c.answer == AnswerSilence:
		c.rung = quietest(f, l, book, at, tone, of)
	case c.answer == AnswerBroken && tone > last:
		c.rung = firmer(f, l, book, at, tone, of)
	default:
		c.rung = repeat(book, at, tone)
	}
	c.name = c.rung.Name
	c.again = position(book, c.rung.Name, 0) <= at
	return c
}

// position is where a message stands in a playbook; in one that does not know its rung,
// the last rung that is no firmer.
func position(book domain.Playbook, rung string, tone int) int {
	if i := slices.IndexFunc(book.After, func(s domain.AfterStep) bool { return s.Name == rung }); i >= 0 {
		return i
	}
	at := 0
	for i, s := range book.After {
		if s.Tone <= tone {
			at = i
		}
	}
	return at
}

// possible reports whether a rung may be taken now: a call needs a number and a mail that
// nobody answered (C-100); a formal demand its days, its silence, nothing in dispute, in
// mediation (C-156) or promised, a debtor who is told whose the claim is, and is written once
// (C-164, C-165, F-80).
func possible(f *domain.CaseFacts, l local, s domain.AfterStep, of domain.DealID) bool {
	if s.Channel == domain.ChannelPhone {
		return callable(f)
	}
	item, ok := f.Item(of)
	if !ok || silences(f, l, of) < s.MinQuiet || !lateBy(f, &item, l.today, s.MinLate) {
		return false
	}
	if s.Tone < ToneFormal {
		return true
	}
	if f.Case.Mode() == domain.Confidential {
		return false // whose the claim is has to be told first
	}
	_, written := lastContact(f, func(t *domain.Touch) bool { return t.Tone == ToneFormal && slices.Contains(t.Items, of) })
	return !written && !domain.MediationBlocksLegalStep(f.Mediations) && !slices.ContainsFunc(f.Disputes, func(d domain.Dispute) bool { return d.Status != domain.DisputeResolved }) &&
		!slices.ContainsFunc(f.Promises, func(p domain.Promise) bool { return p.Status == domain.PromiseActive }) &&
		!slices.ContainsFunc(f.Plans, domain.Plan.Live)
}

// lateBy reports whether an item is so many days past its due date on a day, and may be
// asked for.
func lateBy(f *domain.CaseFacts, item *domain.CaseItem, day domain.Date, days int) bool {
	return askable(item) && ask(f, item, f.Now).Positive() && item.Deal.Due.DaysUntil(day) >= days
}

// callable reports whether a person may ring: there is a number that was not a wrong one, the
// telephone is wanted, and what has to come before a call came (see [MayCall]).
func callable(f *domain.CaseFacts) bool {
	wrong := anyTouch(f, func(t *domain.Touch) bool {
		return t.Result == domain.CallWrongNumber && t.Recipient == f.Relationship.Phone
	})
	return strings.TrimSpace(f.Relationship.Phone) != "" && !wrong && !optedOut(f, domain.ChannelPhone) && MayCall(*f)
}

// quietest is what comes when the next rung is not possible yet, or the ladder is at its
// end: the first one after it that is possible and no firmer than the tone, else the
// firmest letter below a formal demand again.
func quietest(f *domain.CaseFacts, l local, book domain.Playbook, at, tone int, of domain.DealID) domain.AfterStep {
	for _, s := range book.After[min(at+1, len(book.After)):] {
		if s.Tone <= tone && possible(f, l, s, of) {
			return s
		}
	}
	return repeat(book, at, min(tone, ToneFirm))
}

// firmer is the first letter at a tone after a rung; a call only where there is none, since no
// mail of ours was left unanswered (C-100).
func firmer(f *domain.CaseFacts, l local, book domain.Playbook, at, tone int, of domain.DealID) domain.AfterStep {
	for _, channel := range []domain.Channel{domain.ChannelEmail, domain.ChannelPhone} {
		for _, s := range book.After[min(at+1, len(book.After)):] {
			if s.Tone == tone && s.Channel == channel && possible(f, l, s, of) {
				return s
			}
		}
	}
	return repeat(book, at, min(tone, ToneFirm))
}

// repeat is the last letter up to a rung that is no firmer than a tone; never the first
// one again when there is another, and never a formal demand.
func repeat(book domain.Playbook, at, tone int) domain.AfterStep {
	found := book.After[0]
	for i, s := range book.After {
		if s.Channel == domain.ChannelEmail && s.Tone <= min(max(tone, ToneCordial), ToneFirm) && (i <= at || s.Tone <= ToneCordial) {
			found = s
		}
	}
	return found
}

// automatic is the last rung before one that leaves without anybody: what replaces a human
// step that nobody took in time.
func automatic(book domain.Playbook, rung domain.AfterStep) domain.AfterStep {
	found := book.After[0]
	for _, s := range book.After {
		if s.Name == rung.Name {
			break
		}
		if s.People == 0 && s.Channel == domain.ChannelEmail {
			found = s
		}
	}
	return found
}

// postDue gives the next contact after a due date: the first on T+1 to T+3 business days
// at 09:30 and after, tried every business day until it leaves; then what the ladder says,
// after the rung's wait. A step that needs people and was not taken by day 14 is replaced
// by a message that needs none.
func postDue(f *domain.CaseFacts, l local) []candidate {
	earliest, held := overdueFrom(f, l)
	switch {
	case earliest.IsZero() && held == "":
		return nil
	case earliest.IsZero():
		return []candidate{{reason: held}}
	}
	c := next(f, l, earliest)
	last := lastStarted(f, l)
	if !last.IsZero() {
		from := last.Plus(max(gapDays, min(c.rung.Wait, silenceDays)))
		if c.answer == AnswerNone && c.name != "" && isPostDueDay(f, l, last) {
			from = domain.Latest(from, l.cal.Add(last, quietDays)) // before it, nobody knows that it is silence
		}
		by := l.cal.OnOrBefore(last.Plus(silenceDays))
		switch {
		case c.answer == AnswerHardship || c.again && c.answer == AnswerSilence:
			from = by
		case c.answer == AnswerPaidPart || c.answer == AnswerDisputed: // a word of ours came instead of a reminder (C-177, D-20)
			rest := l.day(c.said).Plus(gapDays)
			if by.After(l.day(c.said)) {
				rest = domain.Earliest(rest, by)
			}
			from = domain.Latest(from, rest)
		}
		earliest = latest(earliest, l.slot(l.cal.OnOrAfter(from)))
	}
	number := postDueLast(f) + 1
	act := ladderAct(f, l, c, number, earliest)
	if c.rung.People == 0 {
		return []candidate{untilDue(f, l, again(f, candidate{earliest, act, "the message after the due date"}))}
	}
	fallback := automatic(bookOf(f), c.rung)
	instead := ladderAct(f, l, climb{rung: fallback, answer: c.answer}, number, earliest)
	by := l.cal.OnOrBefore(last.Plus(silenceDays))
	if asked := askedOn(f, l, act.Step); !asked.Before(by) { // after a long pause
		by = l.cal.Add(asked, peopleDays)
	}
	due := latest(earliest, l.slot(by))
	instead.Why += " A step that a person takes was not taken in 14 days; this one needs none."
	replaced := again(f, candidate{due, instead, "the message that replaces what a person did not do"})
	if refusedByPeople(f, c.rung.Name) {
		return []candidate{replaced}
	}
	human := again(f, candidate{earliest, act, "a person to agree to the next step (" + strings.ReplaceAll(c.rung.Name, "_", " ") + ")"})
	return []candidate{human, replaced}
}

// askedOn is the day on which a step was put before people; zero: it was not yet.
func askedOn(f *domain.CaseFacts, l local, step string) domain.Date {
	for i := range f.Touches {
		t := &f.Touches[i]
		if t.Cycle == f.Case.Cycle && t.Step == step && t.Status == domain.TouchPlanned {
			return l.day(t.CreatedAt)
		}
	}
	return domain.Date{}
}

// isPostDueDay reports whether the last message that we started was one after a due date.
func isPostDueDay(f *domain.CaseFacts, l local, day domain.Date) bool {
	t, ok := lastContact(f, func(*domain.Touch) bool { return true })
	return ok && l.day(claimed(t)) == day
}

// untilDue says that a case waits for a due date, when that has not come.
func untilDue(f *domain.CaseFacts, l local, c candidate) candidate {
	if due := earliestDue(f); c.reason == "the message after the due date" && !l.today.After(due) {
		c.reason = "the due date, " + due.Short()
	}
	return c
}

// overdueFrom is the first slot at which something overdue may be asked for; held says
// what holds everything back.
func overdueFrom(f *domain.CaseFacts, l local) (earliest time.Time, held string) {
	for i := range f.Items {
		item := &f.Items[i]
		if !mayAsk(f, item) {
			continue
		}
		free, ok := freeFrom(f, item)
		if !ok {
			held = heldBy(f, item)
			continue
		}
		from := domain.Latest(l.cal.Add(item.Deal.Due, 1), l.day(free))
		if l.slot(from).Before(free) && l.day(free) == from && free.After(f.Now) {
			from = l.cal.Add(from, 1) // what holds it back ends later that day
		}
		if at := l.slot(from); earliest.IsZero() || at.Before(earliest) {
			earliest = at
		}
	}
	return earliest, held
}

// ladderAct is the message that takes a rung.
func ladderAct(f *domain.CaseFacts, l local, c climb, number int, at time.Time) *Act {
	act := &Act{
		Step: stepPostDue + strconv.Itoa(number), Class: classOf(c.rung), Tone: c.rung.Tone, Rung: c.name, Template: c.rung.Template, People: c.rung.People,
	}
	if c.rung.People > 0 {
		act.Step += ":" + c.rung.Name
	}
	act.Items = overdue(f, l, at, c.items, c.rung.Tone)
	act.Why = postDueWhy(f, l, act.Items) + answerWords[c.answer]
	act.AskedFor = askedFor(f, l, *act)
	return act
}

// answerWords says what of a debtor's answer decided the tone.
var answerWords = map[Answer]string{
	AnswerBroken:       " A promise was not kept.",
	AnswerAsked:        " The question was answered, so the tone stays mild.",
	AnswerDisputed:     " What was disputed was cleared up, so the tone stays mild.",
	AnswerHardship:     " The debtor told us of difficulties, so the tone stays mild.",
	AnswerUnforeseen:   " Something unforeseen happened there, so the tone stays mild.",
	AnswerPaidPart:     " A part was paid, so the tone does not rise.",
	AnswerKept:         " A promise was kept, so the tone stays mild.",
	AnswerPartKept:     " A promise was kept in part, so the tone does not rise.",
	AnswerAcknowledged: " The debtor said that it looks into it, so the tone does not rise.",
	AnswerSaidPaid:     " The debtor said that it paid, so the tone does not rise.",
}

// postDueLast returns the number of the last message after a due date of this cycle that left, or
// that a person refused. One before it may have been put back: numbers are not counted.
func postDueLast(f *domain.CaseFacts) int {
	last := 0
	for i := range f.Touches {
		t := &f.Touches[i]
		number, ok := strings.CutPrefix(t.Step, stepPostDue)
		number, _, _ = strings.Cut(number, ":")
		used := taken(t) || vetoed(f, t) || t.People > 0 && t.Status == domain.TouchCancelled // agreed to for a state of things that is over
		if n, err := strconv.Atoi(number); ok && err == nil && t.Cycle == f.Case.Cycle && used {
			last = max(last, n)
		}
	}
	return last
}

func postDueWhy(f *domain.CaseFacts, l local, items []domain.DealID) string {
	var oldest domain.Date
	for _, id := range items {
		if item, ok := f.Item(id); ok && (oldest.IsZero() || item.Deal.Due.Before(oldest)) {
			oldest = item.Deal.Due
		}
	}
	if oldest.IsZero() {
		return ""
	}
	days := l.cal.Between(oldest, l.today)
	unit := "business days"
	if days == 1 {
		unit = "business day"
	}
	return fmt.Sprintf("%d %s after the due date, and the bank has shown no payment; %s.", days, unit, sinceLast(f, l))
}
