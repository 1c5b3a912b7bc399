package collections

import (
	"maps"
	"slices"
	"time"

	"comity/domain"
)

// Looked is what one look at a case changed, for tests.
type Looked struct {
	Gate    *domain.GateDecision
	Touch   *domain.Touch
	Planned *domain.Touch
	Case    domain.Case
	Facts   domain.CaseFacts // afterwards, as the store would show them
	Said    []string
}

// Look takes one look at a case and plays the store: what was handed out is sent.
func Look(f domain.CaseFacts, now time.Time) (Looked, error) {
	f.Now = now
	ids := actIDs{
		touch: domain.New[domain.TouchID](), link: domain.New[domain.LinkID](), gate: domain.New[domain.GateID](),
		event: domain.New[domain.EventID](), closed: domain.New[domain.EventID](), audit: domain.New[domain.AuditID](), judged: make([]domain.EventID, 9),
		mediation: domain.New[domain.MediationID](), told: domain.New[domain.UpdateID](),
	}
	d, err := decide(f, ids, manners{"mail.test", 1, false})
	if err != nil {
		return Looked{}, err
	}
	f, _, _ = judge(f)
	if f, _ = judgeMediation(f, ids.mediation); d.mediated != nil && d.mediated.kindTold != "" {
		f.Updates = append(slices.Clone(f.Updates), d.mediated.told)
	}
	f.Case = d.kase
	look := Looked{Gate: d.gate, Touch: d.touch, Case: d.kase}
	if d.gate != nil && !d.gate.Sent {
		refused := map[string]domain.LastRefusal{}
		for step, last := range f.Refused {
			refused[step] = last
		}
		refused[d.gate.Step] = domain.LastRefusal{At: now, Again: d.gate.LookAgain, Codes: d.gate.Codes, Since: sinceRefused(&f, Act{Step: d.gate.Step})}
		f.Refused = refused
	}
	f.Touches = slices.Clone(f.Touches)
	for i := range f.Touches {
		if slices.Contains(d.cancelled, f.Touches[i].ID) {
			f.Touches[i].Status = domain.TouchCancelled
		}
	}
	if d.planned != nil {
		f.Touches = append(slices.DeleteFunc(f.Touches, func(t domain.Touch) bool { return t.ID == d.planned.ID }), *d.planned)
		look.Planned = d.planned
	}
	if d.touch != nil {
		sent := *d.touch
		sent.Status, sent.SentAt = domain.TouchSent, now
		f = after(f, sent, Act{Class: sent.Class, Tone: sent.Tone, Allocations: d.thanked})
		if sent.Class == domain.ClassLegalNotice {
			items := append([]domain.CaseItem(nil), f.Items...)
			for i := range items {
				for _, id := range sent.Items {
					if items[i].Deal.ID == id {
						items[i].NoticeAt = now
					}
				}
			}
			f.Items = items
		}
	}
	for _, e := range d.trail.Events {
		look.Said = append(look.Said, e.Said)
	}
	look.Facts = f
	return look, nil
}

// PromiseOf decides a promise and its pause.
var PromiseOf = func(page domain.DebtorPage, item domain.DebtorItem, p domain.Promise, now time.Time) (domain.Promise, *domain.Promise, *domain.Hold, error) {
	m, err := promiseOf(page, item, p.Amount, p.PromisedOn, now)
	return m.promise, m.replaces, m.hold, err
}

// Lift decides who lifts a stop.
var Lift = lift

// ShownToSeller hides what a seller may not learn.
var ShownToSeller = shownToSeller

// PlayWith plays a life in which people do some of what waits for them, and writes its letters.
func PlayWith(life domain.Life, book domain.Playbook, until time.Time, people func(domain.Touch) bool) ([]Moment, error) {
	return play(life, book, until, false, people)
}

// Judged returns the facts once the promises in them are decided.
func Judged(f domain.CaseFacts) domain.CaseFacts {
	f, _, _ = judge(f)
	f, _, _ = judgePlans(f)
	return f
}

// LookOf takes one look at a case, and returns the case after it and whether it only waits.
func LookOf(f domain.CaseFacts) (domain.Case, bool, error) {
	d, err := decide(f, actIDs{}, manners{"mail.test", 1, true})
	quiet := d.gate == nil && d.touch == nil && d.planned == nil && len(d.decided)+len(d.plans)+len(d.ended)+len(d.cancelled) == 0 && d.mediated == nil && d.outside.escalation == nil && d.kase.Status == domain.CaseOpen
	return d.kase, quiet, err
}

// LetterNames lists every letter there is.
func LetterNames() []string { return slices.Sorted(maps.Keys(kinds)) }
