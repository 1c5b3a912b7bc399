package collections

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"comity/domain"
	"comity/money"
)

// A Moment is one look at a case that changed something.
type Moment struct {
	At       time.Time
	Sent     *domain.Touch        // left, or was called
	Refused  *domain.GateDecision // what the gate did not let pass
	Asked    *domain.Touch        // was put before people
	Next     time.Time
	WaitsFor string
}

const (
	mostLooks = 4000 // of one life
	bankHour  = 6    // a statement is there at this hour of the next banking day
)

// Play lives a case again under a playbook: what would have been said, when, what the gate
// would have refused, what people would have been asked. Answers, payments and stops come
// as they came; statements come on the next banking morning; people agree at once, and
// nobody is reached by telephone. No letter is written. It is pure: the same life gives the same moments.
func Play(life domain.Life, book domain.Playbook, until time.Time) ([]Moment, error) {
	return play(life, book, until, true, func(domain.Touch) bool { return true })
}

// play plays a life; dry, no letter is written, which takes most of the time.
func play(life domain.Life, book domain.Playbook, until time.Time, dry bool, people func(domain.Touch) bool) ([]Moment, error) {
	p := player{life: life, book: book, dry: dry, people: people, kase: life.Facts.Case, refused: map[string]domain.LastRefusal{}, judged: map[domain.PromiseID]domain.Promise{}, mediated: map[domain.DisputeID]domain.Mediation{}}
	p.kase.Status, p.kase.Cycle, p.kase.Tone, p.kase.ClosedAt = domain.CaseOpen, 1, ToneInformative, time.Time{}
	now := p.kase.OpenedAt
	changes := changesOf(life)
	for looks := 0; !now.After(until) && p.kase.Status == domain.CaseOpen; looks++ {
		if looks > mostLooks {
			return p.moments, fmt.Errorf("play case %s: it is looked at for ever, for %s", p.kase.ID, p.kase.WaitsFor)
		}
		if err := p.look(now); err != nil {
			return p.moments, err
		}
		next := p.kase.NextActionAt
		for len(changes) > 0 && !changes[0].After(now) {
			changes = changes[1:]
		}
		if len(changes) > 0 && (next.IsZero() || changes[0].Before(next)) {
			next = changes[0]
		}
		if next.IsZero() {
			break
		}
		now = latest(now, next)
	}
	return p.moments, nil
}

// player is where a played life stands.
type player struct {
	life      domain.Life
	book      domain.Playbook
	kase      domain.Case
	touches   []domain.Touch
	approvals []domain.Approval
	refused   map[string]domain.LastRefusal
	notices   map[domain.DealID]time.Time
	thanked   []domain.AllocationID
	judged    map[domain.PromiseID]domain.Promise
	released  []domain.HoldID
	mediated  map[domain.DisputeID]domain.Mediation // nobody answers one in a play
	moments   []Moment
	dry       bool
	people    func(domain.Touch) bool // whether they do what waits for them
	made      byte                    // how many ids were made: they are the same whenever the life is played
}

func (p *player) id() uuid.UUID {
	p.made++
	return uuid.NewSHA1(p.kase.ID.UUID, []byte{p.made, byte(len(p.touches)), byte(len(p.moments)), byte(len(p.moments) >> 8)})
}

// look takes one look, and plays the store, the mail server and the people.
func (p *player) look(now time.Time) error {
	f := p.facts(now)
	ids := actIDs{
		touch: domain.TouchID{UUID: p.id()}, link: domain.LinkID{UUID: p.id()}, gate: domain.GateID{UUID: p.id()},
		judged: make([]domain.EventID, mostJudged), mediation: domain.MediationID{UUID: uuid.NewSHA1(p.kase.ID.UUID, []byte{byte(len(p.mediated))})},
		told: domain.UpdateID{UUID: uuid.NewSHA1(p.kase.ID.UUID, []byte{byte(len(p.mediated)), 1})},
	}
	d, err := decide(f, ids, manners{"played.invalid", 1, p.dry})
	if err != nil {
		return err
	}
	p.kase = d.kase
	for _, promise := range d.decided {
		p.judged[promise.ID] = promise
	}
	p.released = append(p.released, d.ended...)
	if d.mediated != nil {
		p.mediated[d.mediated.mediation.Dispute] = d.mediated.mediation
	}
	for i := range p.touches {
		if slices.Contains(d.cancelled, p.touches[i].ID) {
			p.touches[i].Status = domain.TouchCancelled
		}
	}
	m := Moment{At: now, Next: d.kase.NextActionAt, WaitsFor: d.kase.WaitsFor}
	if d.planned != nil {
		m.Asked = d.planned
	}
	if d.gate != nil && !d.gate.Sent {
		m.Refused = d.gate
		p.refused[d.gate.Step] = domain.LastRefusal{At: now, Again: d.gate.LookAgain, Codes: d.gate.Codes}
	}
	if d.touch != nil {
		p.sent(*d.touch, now)
		m.Sent, p.thanked = d.touch, append(p.thanked, d.thanked...)
	}
	if m.Sent != nil || m.Refused != nil || m.Asked != nil {
		p.moments = append(p.moments, m)
	}
	if d.planned != nil {
		p.agree(f, *d.planned, now)
	}
	return nil
}

// agree is what people do with a step that waits for them: they agree, a call meets nobody.
func (p *player) agree(f domain.CaseFacts, t domain.Touch, now time.Time) {
	if !p.people(t) {
		p.touches = append(p.touches, t)
		return
	}
	if t.Class == domain.ClassCall {
		if act, ok := wanted(&f, t.Step); ok {
			act.Called = true
			if Gate(f, act).Clear {
				t.ClaimedAt, t.SentAt, t.Status, t.Result = now, now, domain.TouchSent, domain.CallNoAnswer
				p.moments = append(p.moments, Moment{At: now, Sent: &t})
			}
		}
	}
	p.touches = append(p.touches, t)
	for n := range t.People {
		p.approvals = append(p.approvals, domain.Approval{
			Touch: t.ID, Case: t.Case, Side: domain.KindFactor, User: domain.UserID{UUID: uuid.NewSHA1(t.ID.UUID, []byte{byte(n)})},
			Consent: domain.Approved, AskedFor: t.AskedFor, At: now.Add(time.Second),
		})
	}
	p.kase.NextActionAt = now.Add(time.Second)
}

func (p *player) sent(t domain.Touch, now time.Time) {
	t.Status, t.SentAt = domain.TouchSent, now
	p.touches = slices.DeleteFunc(p.touches, func(other domain.Touch) bool { return other.ID == t.ID })
	p.touches = append(p.touches, t)
	p.kase.NextActionAt = now.Add(time.Minute) // the mail server took it, and the case is looked at
	if t.Class != domain.ClassLegalNotice {
		return
	}
	if p.notices == nil {
		p.notices = map[domain.DealID]time.Time{}
	}
	for _, deal := range t.Items {
		p.notices[deal] = now
	}
}

// facts are the facts of the life as they were at a moment, with what was said in this
// playing of it.
func (p *player) facts(now time.Time) domain.CaseFacts {
	f := lifeAt(p.life, now)
	f.Case, f.Touches, f.Approvals, f.Refused, f.Playbook = p.kase, slices.Clone(p.touches), slices.Clone(p.approvals), p.refused, p.book
	f.Contacts = nil
	for _, t := range p.touches {
		if taken(&t) {
			f.Contacts = append(f.Contacts, domain.Contact{At: claimed(&t), Own: true, Ours: true, Call: t.Class == domain.ClassCall, Counted: t.Class.Counted(), Daily: daily(t.Class), Spoken: t.Result.Spoken()})
		}
	}
	f.Unthanked = slices.DeleteFunc(f.Unthanked, func(a domain.Allocation) bool { return slices.Contains(p.thanked, a.ID) })
	f.Holds = slices.DeleteFunc(f.Holds, func(h domain.Hold) bool { return slices.Contains(p.released, h.ID) })
	for i, promise := range f.Promises {
		if judged, ok := p.judged[promise.ID]; ok {
			f.Promises[i] = judged
		}
	}
	f.Mediations = nil
	for _, d := range f.Disputes {
		if m, ok := p.mediated[d.ID]; ok {
			f.Mediations = append(f.Mediations, m)
		}
	}
	for i := range f.Items {
		f.Items[i].NoticeAt = p.notices[f.Items[i].Deal.ID]
	}
	return f
}

// lifeAt returns the facts as they were known at a moment.
func lifeAt(life domain.Life, now time.Time) domain.CaseFacts {
	f := life.Facts
	f.Now, f.LastElsewhere, f.Unidentified, f.NotByPhone = now, time.Time{}, nil, false
	f.Items, f.Unthanked, f.LastPaidAt = nil, nil, time.Time{}
	for _, item := range life.Facts.Items {
		if item.Deal.MadeAt.After(now) {
			continue
		}
		item.Deal.Open, item.Deal.Status = item.Deal.Basis, domain.DealPaidOut
		for _, a := range life.Paid {
			if a.Deal == item.Deal.ID && !a.AppliedAt.After(now) {
				item.Deal.Open = item.Deal.Open.Minus(money.Minor(a.Minor, item.Deal.Open.Currency()))
			}
		}
		if !item.Deal.Open.Positive() {
			item.Deal.Status = domain.DealSettled
		}
		f.Items = append(f.Items, item)
	}
	for _, a := range life.Paid {
		if !a.AppliedAt.After(now) {
			f.Unthanked, f.LastPaidAt = append(f.Unthanked, a), latest(f.LastPaidAt, a.AppliedAt)
		}
	}
	f.Holds = keep(f.Holds, func(h domain.Hold) bool {
		return !h.CreatedAt.After(now) && (h.EndedAt.IsZero() || h.EndedAt.After(now))
	})
	f.Pauses = keep(f.Pauses, func(p domain.Pause) bool { return !p.SetAt.After(now) && (p.EndedAt.IsZero() || p.EndedAt.After(now)) })
	f.Stops = keep(f.Stops, func(s domain.Stop) bool { return !s.SetAt.After(now) && (s.LiftedAt.IsZero() || s.LiftedAt.After(now)) })
	f.Disputes = keep(f.Disputes, func(d domain.Dispute) bool { return !d.RaisedAt.After(now) })
	for i, d := range f.Disputes {
		if d.ResolvedAt.After(now) {
			f.Disputes[i].Status, f.Disputes[i].ResolvedAt = domain.DisputeOpen, time.Time{}
		}
	}
	f.Replies = keep(f.Replies, func(r domain.ReplyFact) bool { return !r.At.After(now) })
	talked(&f, now)
	banked(&f, now)
	return f
}

// talked takes back what promises and questions became later.
func talked(f *domain.CaseFacts, now time.Time) {
	f.Promises = keep(f.Promises, func(p domain.Promise) bool { return !p.MadeAt.After(now) })
	for i, p := range f.Promises { // judged anew, but for those that the debtor replaced
		if p.Status != domain.PromiseCancelled || p.DecidedAt.After(now) {
			f.Promises[i].Status, f.Promises[i].DecidedAt = domain.PromiseActive, time.Time{}
		}
	}
	f.Questions = keep(f.Questions, func(q domain.Question) bool { return !q.AskedAt.After(now) })
	for i, q := range f.Questions {
		if !q.AnsweredAt.After(now) {
			continue
		}
		f.Questions[i].Answer, f.Questions[i].AnsweredAt, f.Questions[i].Reason = "", time.Time{}, ""
		for n, h := range f.Holds {
			if h.CauseKind == causeQuestion && h.Cause == q.ID.UUID {
				f.Holds[n].Until = time.Time{}
			}
		}
	}
}

// banked leaves the statements that were there.
func banked(f *domain.CaseFacts, now time.Time) {
	f.Feeds = slices.Clone(f.Feeds)
	for i, feed := range f.Feeds {
		banking := bankingOf(f, feed)
		f.Feeds[i].Spans = keep(feed.Spans, func(s domain.Span) bool { return !banking.Add(s.To, 1).At(bankHour, 0, f.Factor.Zone()).After(now) })
	}
}

// keep returns those that are kept, in a slice of their own.
func keep[T any](all []T, kept func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(all), func(one T) bool { return !kept(one) })
}

// changesOf lists the moments at which somebody but us changed something, in order.
func changesOf(life domain.Life) []time.Time {
	var all []time.Time
	add := func(times ...time.Time) {
		for _, t := range times {
			if !t.IsZero() {
				all = append(all, t)
			}
		}
	}
	f := life.Facts
	for i := range f.Items {
		item := &f.Items[i]
		add(item.Deal.MadeAt, item.IntroducedAt)
	}
	for _, a := range life.Paid {
		add(a.AppliedAt)
	}
	for _, h := range f.Holds {
		add(h.CreatedAt, h.EndedAt)
	}
	for _, p := range f.Pauses {
		add(p.SetAt, p.EndedAt)
	}
	for _, s := range f.Stops {
		add(s.SetAt, s.LiftedAt)
	}
	for _, p := range f.Promises {
		add(p.MadeAt, p.DecidedAt)
	}
	for _, q := range f.Questions {
		add(q.AskedAt, q.AnsweredAt)
	}
	for _, d := range f.Disputes {
		add(d.RaisedAt, d.ResolvedAt)
	}
	for _, r := range f.Replies {
		add(r.At)
	}
	slices.SortFunc(all, time.Time.Compare)
	return slices.CompactFunc(all, time.Time.Equal)
}
