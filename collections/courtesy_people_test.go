package collections_test

import (
	"context"
	"fmt"

	"comity/collections"
	"comity/domain"
)

// What the audit asks of the ladder: the tone of what a message lists rises by one at most
// (C-159), and what needs people had them (C-56, C-164).
const (
	skipped = `SELECT s.case_id, s.step, t.tone, s.at FROM seen s JOIN touches t ON t.id = s.touch_id
		WHERE s.what = 'claimed' AND t.step LIKE 'post_due:%' AND t.tone > 1 + coalesce((
		  SELECT max(e.tone) FROM touches e JOIN seen x ON x.touch_id = e.id AND x.what = 'claimed'
		   WHERE e.case_id = t.case_id AND e.step LIKE 'post_due:%' AND e.items && t.items AND x.n < s.n), 0)`
	alone = `SELECT s.case_id, s.step, t.tone, t.people, s.at FROM seen s JOIN touches t ON t.id = s.touch_id
		WHERE s.what = 'claimed' AND t.class = 'reminder' AND (t.tone >= 2 AND t.people = 0 OR t.tone = 4 AND t.people < 2 OR t.people > (
		  SELECT count(DISTINCT a.user_id) FROM approvals a WHERE a.touch_id = t.id AND a.side = 'factor' AND a.consent = 'approved' AND a.at <= s.claimed_at))`
)

// agree is a collector's word on a step that waits for people.
func (w *town) agree(ctx context.Context, a action) error {
	id, err := w.find(ctx, `SELECT id FROM touches WHERE case_id = $1 AND status = 'planned' AND people > 0 AND class = 'reminder' ORDER BY id DESC LIMIT 1`, w.files[a.file].id.UUID)
	if err != nil {
		return err
	}
	word := domain.Approval{Consent: domain.Approved}
	if a.dice%9 == 0 {
		word = domain.Approval{Consent: domain.Declined, Note: "they are about to pay"}
	}
	_, err = w.cases.Consent(ctx, w.collector(a), domain.TouchID{UUID: id}, word, onceOf[domain.Approval](a.key))
	return err
}

// call is a collector who takes a call that waits.
func (w *town) call(ctx context.Context, a action) error {
	id, err := w.find(ctx, `SELECT id FROM touches WHERE case_id = $1 AND status = 'planned' AND class = 'call' LIMIT 1`, w.files[a.file].id.UUID)
	if err != nil {
		return err
	}
	_, err = w.cases.StartCall(ctx, w.collector(a), domain.TouchID{UUID: id}, onceOf[collections.Call](a.key))
	return err
}

// hangUp is the result of a call.
func (w *town) hangUp(ctx context.Context, a action) error {
	f := w.files[a.file]
	id, err := w.find(ctx, `SELECT id FROM touches WHERE case_id = $1 AND status = 'sending' AND class = 'call' LIMIT 1`, f.id.UUID)
	if err != nil {
		return err
	}
	report := collections.CallReport{Note: "a talk", Said: "which order?", Deal: f.deals[a.deal], On: domain.DateOf(w.now.In(newYork)).Plus(a.days)}
	results := domain.CallResults()
	report.Result = results[a.dice%len(results)]
	if report.Result == domain.CallSaysPaid {
		report.On = domain.DateOf(w.now.In(newYork)).Plus(-a.days / 5)
	}
	minor, err := w.part(ctx, a)
	if err != nil {
		minor = 1
	}
	report.Amount = usd(minor)
	_, err = w.cases.EndCall(ctx, w.collector(a), domain.TouchID{UUID: id}, report, onceOf[domain.Touch](a.key))
	return err
}

// policy is an owner of a factor who changes its playbook in the middle of everything.
func (w *town) policy(ctx context.Context, a action) error {
	by := w.collector(a)
	by.Role = domain.RoleOwner
	book := collections.BuiltIn()
	book.Name = "changed"
	for i := range book.After {
		book.After[i].Wait = 7 + (a.dice+i)%8
	}
	if a.dice%3 == 0 {
		book.After = append(book.After[:2], book.After[3:]...) // without the call
	}
	if a.dice%5 == 0 {
		book.After = book.After[:3]
	}
	var made domain.Playbook
	once := onceOf[domain.Playbook](a.key + " made")
	once.Answer = func(p domain.Playbook) domain.Answer { made = p; return domain.Answer{Status: 201, Body: []byte("{}")} }
	if _, err := w.cases.MakePlaybook(ctx, by, book, collections.PlaybookFor{Level: domain.LevelFactor}, once); err != nil {
		return err
	}
	if _, err := w.cases.SimulatePlaybook(ctx, by, made.ID, onceOf[collections.Simulation](a.key+" simulated")); err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	_, err := w.cases.ActivatePlaybook(ctx, by, made.ID, onceOf[domain.Playbook](a.key+" active"))
	return err
}
