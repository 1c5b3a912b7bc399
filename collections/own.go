package collections

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"comity/domain"
)

// The seller of a part that is its own again goes on by the same rules (D-25): the gate is asked, the
// letter is written in its name (D-24), and what it sends from its own address counts for everybody who
// writes to that debtor. Nobody here sends it, no step follows by itself, and for the factor's own
// messages it is a contact and nothing more: no reminder of the factor's, and no silence that followed one.

// letterOwn is what a seller writes then.
const letterOwn = "own_reminder"

const ownMost = 3 // of its messages about one part, until it has spoken with its debtor

// owning is what is stored of it.
type owning interface {
	RecourseDeal(context.Context, domain.RecourseID, domain.OrganizationID) (domain.DealID, error)
	OpenCasesOfPair(context.Context, domain.CaseID) ([]domain.CaseID, error)
	WaitingMoney(context.Context, domain.AccountID) ([]domain.Receipt, error)
	OwnReminders(context.Context, domain.RecourseID) ([]domain.OwnReminder, error)
	SaveOwnReminder(ctx context.Context, o domain.OwnReminder, world domain.WorldID, key []byte) error
}

// An OwnAsk is what the gate looks at when a seller wants to write about a part that is its own again.
type OwnAsk struct {
	Facts    domain.CaseFacts   // of the case under which it was bought
	Others   []domain.CaseFacts // of the cases in which the same debtor is followed up for the same seller now
	Deal     domain.Deal
	Recourse domain.Recourse
	Sent     []domain.OwnReminder // to the same debtor, oldest first
}

// own are the facts about that part and nothing else, in the seller's voice; what the debtor said, wants
// or may not be asked counts from all of its cases.
func (o OwnAsk) own() (domain.CaseFacts, Act) {
	f := o.Facts
	item, _ := f.Item(o.Deal.ID)
	item.Deal = o.Deal
	item.Deal.Status, item.Deal.Open, item.Deal.Disclosure = domain.DealPaidOut, o.Recourse.Left(), domain.Confidential
	f.Items, f.Unthanked, f.Case.Disclosure = []domain.CaseItem{item}, nil, domain.Confidential
	f.Stops, f.Holds, f.Pauses, f.Escalations, f.Touches = slices.Clone(f.Stops), slices.Clone(f.Holds), slices.Clone(f.Pauses), slices.Clone(f.Escalations), slices.Clone(f.Touches)
	f.Contacts = slices.Clone(f.Contacts)
	for i, c := range f.Contacts { // what it wrote itself is nobody else's
		f.Contacts[i].Own = c.Own || slices.ContainsFunc(o.Sent, func(sent domain.OwnReminder) bool { return sent.At.Equal(c.At) })
	}
	if f.LastElsewhere.Equal(o.last()) {
		f.LastElsewhere = time.Time{} // the gap to it is asked by itself
	}
	for _, other := range o.Others {
		f.Stops, f.Escalations, f.Touches = append(f.Stops, other.Stops...), append(f.Escalations, other.Escalations...), append(f.Touches, other.Touches...)
		f.Questions, f.Promises = append(slices.Clone(f.Questions), other.Questions...), append(slices.Clone(f.Promises), other.Promises...)
		f.Holds = append(f.Holds, slices.DeleteFunc(slices.Clone(other.Holds), func(h domain.Hold) bool { return !h.Deal.IsZero() })...)
		f.Pauses = append(f.Pauses, slices.DeleteFunc(slices.Clone(other.Pauses), func(p domain.Pause) bool { return !p.Deal.IsZero() })...)
		if !other.Case.TellingAt.IsZero() {
			f.Case.TellingAt = other.Case.TellingAt
		}
	}
	return f, Act{Step: "own:" + o.Recourse.ID.String(), Class: domain.ClassReminder, Tone: ToneCordial, Items: []domain.DealID{o.Deal.ID}, Template: letterOwn}
}

// GateOwn says whether a seller may write about a part that is its own again. All that protects the
// debtor counts as it does for a message of ours: its words, its stops and wishes, hours, one message a
// day, the gap and the ceiling over everybody; and a part that it did not agree to rests until it does.
// Of our bank only money that waits for its owner counts: it may be this, and the seller's account we do
// not know.
func GateOwn(o OwnAsk) Verdict {
	f, act := o.own()
	v, l := Verdict{Clear: true}, localOf(&f)
	itemStage(&f, act, &v)
	if o.Recourse.Contested() {
		v.refuse(CodeDisputed, CodeDisputed)
	}
	stopStage(&f, act, &v)
	reachStage(&f, act, &v)
	countStage(&f, l, act, &v)
	personStage(&f, l, act, &v)
	if _, possible := unapplied(&f); possible {
		v.refuse(CodeUnapplied, CodeUnapplied)
	}
	if last := o.last(); !last.IsZero() && l.day(last).DaysUntil(l.today) < gapDays {
		v.refuse(CodeGap, CodeGap)
	}
	if o.about() >= ownMost || unstated(&o.Facts, o.Deal.ID) { // nobody here can show a person any more what it could check
		v.refuse(CodeAwaitingHuman, CodeAwaitingHuman)
	}
	return v
}

// last is when the seller last wrote to the debtor by itself; zero: it has not.
func (o OwnAsk) last() time.Time {
	if len(o.Sent) == 0 {
		return time.Time{}
	}
	return o.Sent[len(o.Sent)-1].At
}

// about counts what it wrote about this part.
func (o OwnAsk) about() int {
	count := 0
	for _, sent := range o.Sent {
		if sent.Recourse == o.Recourse.ID {
			count++
		}
	}
	return count
}

// TooEarly refuses with domain.ErrWrongState a word about what is not overdue, or before the release told the debtor
// whose the part is.
func (o OwnAsk) TooEarly() error {
	if l := localOf(&o.Facts); !o.Deal.Due.Before(l.today) {
		return domain.ErrWrongState.Because("it is due on %s, and nobody is reminded before", o.Deal.Due.Short()).In("not_overdue")
	}
	told := anyTouch(&o.Facts, func(t *domain.Touch) bool {
		return t.Class == domain.ClassRelease && taken(t) && t.Status != domain.TouchFailed && slices.Contains(t.Items, o.Deal.ID) && !claimed(t).Before(o.Recourse.ReassignedAt)
	})
	if !told {
		return domain.ErrWrongState.Because("the debtor has not been told yet that the part is yours again").In("release_pending")
	}
	return nil
}

// OwnAgain returns when it may ask again; zero: once a person has done something.
func OwnAgain(o OwnAsk, v Verdict) time.Time {
	if slices.ContainsFunc(v.Codes, func(code string) bool { return code == CodeAwaitingHuman || code == CodeDisputed }) {
		return time.Time{}
	}
	f, act := o.own()
	at, l := LookAgain(f, act, v), localOf(&f)
	if at.IsZero() || !slices.Contains(v.Codes, CodeGap) {
		return at
	}
	last := lastProactive(&f, l)
	for _, other := range []time.Time{o.last(), f.LastElsewhere} {
		if !other.IsZero() {
			last = domain.Latest(last, l.day(other))
		}
	}
	return latest(at, l.slot(l.cal.OnOrAfter(last.Plus(gapDays))))
}

// WriteOwn writes that letter about what the gate left.
func WriteOwn(o OwnAsk, v Verdict) (Letter, error) {
	f, act := o.own()
	data := letterOf(f, act, v)
	data.SellerEmail = oneLine(f.Seller.Email)
	paper, err := printed(f, letterOwn, data, letterhead(f.Seller))
	return paper.Letter, err
}

// LintOwn returns what is wrong with its words. It has no page of ours to lead to.
func LintOwn(letter Letter) []string {
	return slices.DeleteFunc(letter.Lint(domain.ClassReminder, ToneCordial), func(finding string) bool { return strings.Contains(finding, `"{link}"`) })
}

// An OwnAnswer is a letter that a seller may send by itself now, or why not now.
type OwnAnswer struct {
	Sent  domain.OwnReminder // zero when it is not clear
	Clear bool
	Codes []string  // why not, as the seller is shown it
	Words string    // the same in plain words
	Again time.Time // when it may be asked again; zero: once a person has done something
}

// RemindOwn is how a seller writes to its debtor about a part that is its own again: the gate is asked at
// this moment. Clear, the letter is the answer, for the seller to send from its own address, and it
// counts as sent. It refuses with domain.ErrForbidden, ErrNotFound, or ErrWrongState while title is held
// or the debtor is not told of its release, before it is overdue, or when nothing is left.
func (s *Service) RemindOwn(ctx context.Context, by domain.Caller, id domain.RecourseID, once domain.Once[OwnAnswer]) (domain.Answer, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Answer{}, err
	}
	own, audit, event := domain.New[domain.OwnReminderID](), domain.New[domain.AuditID](), domain.New[domain.EventID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeWork), func(tx Tx) (domain.Answer, error) {
		o, err := ownAsk(ctx, tx, by, id)
		if err != nil {
			return domain.Answer{}, err
		}
		answer, err := answerOwn(o, own)
		if err != nil {
			return domain.Answer{}, err
		}
		f := o.Facts
		said := fmt.Sprintf("You wanted to write to %s, and it is not the moment: %s.", oneLine(f.Relationship.Name), answer.Words)
		if answer.Clear {
			said = fmt.Sprintf("You write to %s about %s of invoice %s, which is yours again.", oneLine(f.Relationship.Name), o.Recourse.Left().Grouped(), o.Deal.InvoiceNumber)
			if err := tx.SaveOwnReminder(ctx, answer.Sent, f.Case.World, f.ContactKey); err != nil {
				return domain.Answer{}, err
			}
		}
		told := caseEvent(event, f, "recourse.reminder", o.Deal.ID, said)
		told.Factor, told.Invoice = domain.OrganizationID{}, o.Deal.Invoice // it is between the seller and its debtor
		return once.Answer(answer), tx.SaveTrail(ctx, domain.Trail{
			Audit:  []domain.AuditRow{domain.Audited(audit, by, "recourse.reminder", "recourse", id.UUID, strings.Join(answer.Codes, " "))},
			Events: []domain.Event{told},
		})
	})
}

// answerOwn asks the gate and writes the letter.
func answerOwn(o OwnAsk, id domain.OwnReminderID) (OwnAnswer, error) {
	v := GateOwn(o)
	var letter Letter
	if v.Clear {
		var err error
		if letter, err = WriteOwn(o, v); err != nil {
			return OwnAnswer{}, err
		}
		if len(LintOwn(letter)) > 0 {
			v.refuse(CodeToneLint, CodeToneLint)
		}
	}
	answer := OwnAnswer{Clear: v.Clear, Codes: v.Outward, Words: refusalWords(v.Outward)}
	if !v.Clear {
		answer.Again = OwnAgain(o, v)
		return answer, nil
	}
	f := o.Facts
	answer.Sent = domain.OwnReminder{
		ID: id, Recourse: o.Recourse.ID, Seller: f.Case.Seller, Debtor: f.Case.Debtor, Recipient: f.Relationship.Email,
		Subject: letter.Subject, Text: letter.Text, Template: letter.Template, At: f.Now,
	}
	return answer, nil
}

// ownAsk locks the case of a part that is the caller's again, with the window of its debtor's address.
func ownAsk(ctx context.Context, tx Tx, by domain.Caller, id domain.RecourseID) (OwnAsk, error) {
	var o OwnAsk
	of, err := tx.RecourseDeal(ctx, id, by.Organization)
	if err != nil {
		return o, err
	}
	if o.Deal, err = tx.Deal(ctx, of, by.Organization, by.Kind); err != nil {
		return o, err
	}
	if o.Facts, err = tx.CaseFacts(ctx, o.Deal.Case); err != nil {
		return o, err
	}
	o.Facts.Now = by.Now
	i := slices.IndexFunc(o.Facts.Recourses, func(r domain.Recourse) bool { return r.ID == id })
	if i < 0 {
		return o, domain.ErrNotFound
	}
	o.Recourse = o.Facts.Recourses[i]
	if !o.Recourse.Reassigned() {
		return o, domain.ErrWrongState.Because("title is held: the debtor is not written to about it").In(string(o.Recourse.Status), string(domain.RecourseReassigned))
	}
	if !o.Recourse.Left().Positive() {
		return o, domain.ErrWrongState.Because("nothing of it is left").In("settled")
	}
	if err := o.TooEarly(); err != nil {
		return o, err
	}
	others, err := tx.OpenCasesOfPair(ctx, o.Deal.Case)
	if err != nil {
		return o, err
	}
	for _, id := range others { // not locked: who stops one of them a moment later was a moment later
		other, err := tx.CaseLook(ctx, id)
		if err != nil {
			return o, err
		}
		other.Now = by.Now
		o.Others = append(o.Others, other)
	}
	if o.Facts.Unidentified, err = tx.WaitingMoney(ctx, o.Deal.Collection); err != nil {
		return o, err
	}
	o.Sent, err = tx.OwnReminders(ctx, id)
	return o, err
}

// OwnReminders lists what the caller, a seller, sent by itself to the debtor of a part that is its own
// again, about that part, oldest first. It refuses with domain.ErrForbidden or ErrNotFound.
func (s *Service) OwnReminders(ctx context.Context, by domain.Caller, id domain.RecourseID) ([]domain.OwnReminder, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return nil, err
	}
	var list []domain.OwnReminder
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		if _, err := tx.RecourseDeal(ctx, id, by.Organization); err != nil {
			return err
		}
		all, err := tx.OwnReminders(ctx, id)
		list = slices.DeleteFunc(all, func(o domain.OwnReminder) bool { return o.Recourse != id })
		return err
	})
	return list, err
}
