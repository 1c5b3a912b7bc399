package collections

import (
	"fmt"
	"slices"
	"time"

	"comity/domain"
)

// actIDs are made before the transaction, since it may run twice.
type actIDs struct {
	touch  domain.TouchID
	link   domain.LinkID
	gate   domain.GateID
	event  domain.EventID
	waits  domain.EventID
	closed domain.EventID
	stuck  domain.EventID
	audit  domain.AuditID
	judged []domain.EventID
	plans  []domain.EventID

	mediation  domain.MediationID
	mediated   [2]domain.EventID
	neutral    domain.EventID
	mediatedAs domain.AuditID
	told       domain.UpdateID
	voucher    domain.VoucherID
	outside    outsideIDs
}

// manners are what the decision needs of the outside: where mail comes from and
// with which key links are made.
type manners struct {
	host       string
	keyVersion int
	dry        bool // decide only, and write no letter
}

// decision is what one look at a case changed.
type decision struct {
	kase       domain.Case
	changed    bool // the case row
	decided    []domain.Promise
	plans      []domain.Plan // decided
	mediated   *mediated
	ended      []domain.HoldID
	cancelled  []domain.TouchID // planned once, and no longer
	gate       *domain.GateDecision
	planned    *domain.Touch // waits for somebody's word
	touch      *domain.Touch
	link       *domain.Link
	thanked    []domain.AllocationID
	recognised *domain.Recognition
	outside    outcome
	trail      domain.Trail
}

// decide takes one look at a case: it judges promises, asks what is next, puts
// what is due through the gate, writes it, and says when to look again.
func decide(f domain.CaseFacts, ids actIDs, m manners) (decision, error) {
	var d decision
	f, d.decided, d.ended = judge(f)
	for i, p := range d.decided {
		if i < len(ids.judged) {
			d.trail.Events = append(d.trail.Events, caseEvent(ids.judged[i], f, "promise."+string(p.Status), p.Deal, judgedWords(f, p)))
		}
	}
	var ended []domain.HoldID
	f, d.plans, ended = judgePlans(f)
	d.ended = append(d.ended, ended...)
	for i, p := range d.plans {
		if i < len(ids.plans) {
			d.trail.Events = append(d.trail.Events, caseEvent(ids.plans[i], f, "plan."+string(p.Status), p.Deal, planWords(f, p)))
		}
	}
	f = d.mediate(f, ids)
	f = d.judgeOutside(f, ids.outside)
	plan := Next(f)
	if f, d.cancelled = outdated(f, plan); len(d.cancelled) > 0 {
		plan = Next(f)
	}
	if plan.Act != nil {
		var err error
		if f, err = d.try(f, *plan.Act, ids, m); err != nil {
			return decision{}, err
		}
		plan = Next(f)
	}
	for i := range f.Touches {
		t := &f.Touches[i]
		if t.Status == domain.TouchPlanned && (t.Cycle != f.Case.Cycle || !slices.Contains(plan.Steps, t.Step)) {
			d.cancelled = append(d.cancelled, t.ID)
		}
	}
	d.settle(f, plan, ids)
	return d, nil
}

// mediate decides a mediation that is due, and has the debtor, the seller and the factor told.
func (d *decision) mediate(f domain.CaseFacts, ids actIDs) domain.CaseFacts {
	if f, d.mediated = judgeMediation(f, ids.mediation); d.mediated == nil {
		return f
	}
	m := d.mediated.mediation
	if d.mediated.kindTold != "" {
		d.mediated.told = domain.Update{ID: ids.told, Case: f.Case.ID, Deal: m.Deal, Kind: d.mediated.kindTold, Subject: m.ID.UUID, At: f.Now}
		f.Updates = append(slices.Clone(f.Updates), d.mediated.told)
	}
	event := caseEvent(ids.mediated[0], f, d.mediated.kind, m.Deal, d.mediated.said)
	asks := caseEvent(ids.mediated[1], f, "mediation.waits", m.Deal, d.mediated.said)
	asks.Seller = domain.OrganizationID{} // its mail is the factor's
	d.trail.Events = append(d.trail.Events, event, asks)
	for _, e := range []domain.Event{event, asks} {
		d.trail.Jobs = append(d.trail.Jobs, domain.Job{World: f.Case.World, Kind: domain.JobMailParty, Ref: e.ID.UUID})
	}
	over := m.TellNeutral(ids.neutral, "mediation.closed", fmt.Sprintf("Your mediation of %s is over: %s. Thank you for your help.", m.ID, m.EndedWhy), f.Now)
	d.trail.Events, d.trail.Jobs = append(d.trail.Events, over.Events...), append(d.trail.Jobs, over.Jobs...)
	d.trail.Audit = append(d.trail.Audit, domain.Audited(ids.mediatedAs, domain.Caller{World: f.Case.World, Now: f.Now}, d.mediated.kind, "mediation", m.ID.UUID, string(m.Status)))
	return f
}

// outdated cancels what waits for a word on something that is not what would be said now; it
// is asked for anew.
func outdated(f domain.CaseFacts, plan Plan) (domain.CaseFacts, []domain.TouchID) {
	var ids []domain.TouchID
	f.Touches = slices.Clone(f.Touches)
	for i, t := range f.Touches {
		asks, wanted := plan.Asks[t.Step]
		if t.Status == domain.TouchPlanned && t.AskedFor != "" && t.Cycle == f.Case.Cycle && wanted && asks != t.AskedFor {
			f.Touches[i].Status = domain.TouchCancelled
			ids = append(ids, t.ID)
		}
	}
	return f, ids
}

// settle says when the case is looked at again, or closes it.
func (d *decision) settle(f domain.CaseFacts, plan Plan, ids actIDs) {
	d.kase = f.Case
	switch {
	case plan.Close:
		d.kase.Status, d.kase.ClosedAt, d.kase.NextActionAt, d.kase.WaitsFor = domain.CaseClosed, f.Now, time.Time{}, ""
		d.trail.Events = append(d.trail.Events, caseEvent(ids.closed, f, "case.closed", domain.DealID{}, "Nothing is open any more: the case is closed."))
	case plan.Act != nil:
		d.kase.NextActionAt, d.kase.WaitsFor = f.Now, "nothing: the "+className[plan.Act.Class]+" is next"
	default:
		d.kase.NextActionAt, d.kase.WaitsFor = plan.At, plan.Reason
	}
	d.changed = true
}

// try puts a message through the gate, and writes and hands it out when it is
// clear. It returns the facts as they are then.
func (d *decision) try(f domain.CaseFacts, act Act, ids actIDs, m manners) (domain.CaseFacts, error) {
	v := Gate(f, act)
	var written Letter
	if written.Template = act.Template; v.Clear && !m.dry {
		var err error
		if written, err = Write(f, act, v); err != nil {
			return f, err
		}
		if act.Class.Proactive() && !Faithful(f, v, written.Text) {
			v.refuse(CodeMismatch, CodeMismatch)
		}
		for _, finding := range written.Lint(act.Class, act.Tone) {
			v.refuse(CodeToneLint, CodeToneLint)
			v.Facts += "; " + finding
		}
	}
	d.gate = &domain.GateDecision{
		ID: ids.gate, Case: f.Case.ID, Factor: f.Case.Factor, Seller: f.Case.Seller, Cycle: f.Case.Cycle, Step: act.Step, Class: act.Class,
		Sent: v.Clear, Codes: v.Codes, Outward: v.Outward, Facts: v.Facts, At: f.Now,
	}
	if !v.Clear {
		return d.refused(f, act, v, ids), nil
	}
	return d.handOut(f, act, v, written, ids, m), nil
}

func (d *decision) refused(f domain.CaseFacts, act Act, v Verdict, ids actIDs) domain.CaseFacts {
	d.gate.LookAgain = LookAgain(f, act, v)
	said := fmt.Sprintf("No message today (%s): %s.", className[act.Class], refusalWords(v.Outward))
	if !d.gate.LookAgain.IsZero() {
		said += fmt.Sprintf(" We look again on %s.", localOf(&f).day(d.gate.LookAgain).Long())
	}
	d.trail.Events = append(d.trail.Events, caseEvent(ids.event, f, "touch.refused", firstDeal(act.Items), said))
	if said := stuckWords(f, act, v); said != "" {
		event := caseEvent(ids.stuck, f, "case.stuck", firstDeal(act.Items), said)
		event.Seller = domain.OrganizationID{} // with the real codes, it is the factor's alone
		d.trail.Events = append(d.trail.Events, event)
		d.trail.Jobs = append(d.trail.Jobs, domain.Job{World: f.Case.World, Kind: domain.JobMailParty, Ref: event.ID.UUID})
	}
	refusals := map[string]domain.LastRefusal{act.Step: {At: f.Now, Again: d.gate.LookAgain, Codes: v.Codes, Since: sinceRefused(&f, act)}}
	for step, last := range f.Refused {
		if step != act.Step {
			refusals[step] = last
		}
	}
	f.Refused = refusals
	return d.ask(f, act, v, ids)
}

const stuckDays = 7 // of nothing but refusals, until a person is told

// sinceRefused returns when a step was refused first.
func sinceRefused(f *domain.CaseFacts, act Act) time.Time {
	if last, refused := f.Refused[act.Step]; refused && !last.Since.IsZero() {
		return last.Since
	}
	return f.Now
}

// stuckWords tells the factor of a step that the gate refused for a week, and again every
// week: a code that is always there must not excuse a silence for ever. What waits for a
// person's or the seller's word has told them.
func stuckWords(f domain.CaseFacts, act Act, v Verdict) string {
	last, refused := f.Refused[act.Step]
	if !refused || last.Since.IsZero() || slices.Contains(v.Codes, CodeAwaitingHuman) || slices.Contains(v.Codes, CodeSellerApproval) {
		return ""
	}
	l := localOf(&f)
	since := l.day(last.Since)
	days := since.DaysUntil(l.today)
	if days/stuckDays == since.DaysUntil(l.day(last.At))/stuckDays {
		return ""
	}
	return fmt.Sprintf("For %d days the %s to %s could not leave: %s. A person should look at it.", days, className[act.Class], oneLine(f.Relationship.Name), refusalWords(v.Codes))
}

func (d *decision) handOut(f domain.CaseFacts, act Act, v Verdict, written Letter, ids actIDs, m manners) domain.CaseFacts {
	touch := domain.Touch{ID: ids.touch, CreatedAt: f.Now}
	i := slices.IndexFunc(f.Touches, func(t domain.Touch) bool {
		return t.Cycle == f.Case.Cycle && t.Step == act.Step && (t.Status == domain.TouchPlanned || t.Status == domain.TouchCancelled)
	})
	if i >= 0 {
		touch = f.Touches[i]
	}
	touch = ladderTouch(f, act, v, touch)
	touch.Status = domain.TouchSending
	touch.Subject, touch.Text, touch.HTML, touch.Template = written.Subject, written.Text, written.HTML, written.Template
	touch.Disclosure = f.Case.Voice(act.Class)
	touch.Link, touch.ClaimedAt, touch.Outcome = ids.link, f.Now, ""
	touch.MessageID = messageID(touch.ID, m.host)
	d.touch, d.thanked = &touch, act.Allocations
	if act.Recognition != nil {
		recognised := *act.Recognition
		recognised.ID, recognised.Touch, d.recognised = ids.voucher, touch.ID, &recognised
	}
	d.link = &domain.Link{
		ID: ids.link, Case: f.Case.ID, Factor: f.Case.Factor, Seller: f.Case.Seller, Recipient: f.Relationship.Email,
		Verbs: f.Case.Voice(act.Class).Verbs(), KeyVersion: m.keyVersion,
	}
	d.trail.Jobs = append(d.trail.Jobs, domain.Job{World: f.Case.World, Kind: domain.JobSend, Ref: touch.ID.UUID})
	if kind, said := lateWords(f, act); kind != "" {
		event := caseEvent(ids.waits, f, kind, firstDeal(act.Items), said)
		d.trail.Events = append(d.trail.Events, event)
		d.trail.Jobs = append(d.trail.Jobs, domain.Job{World: f.Case.World, Kind: domain.JobMailParty, Ref: event.ID.UUID})
	}
	d.trail.Audit = append(d.trail.Audit, domain.Audited(ids.audit, domain.Caller{World: f.Case.World, Now: f.Now}, "touch.claimed", "touch", touch.ID.UUID, act.Step, written.Subject, written.Text))
	return after(f, touch, act)
}

// ladderTouch is the message that an act makes, without its words.
func ladderTouch(f domain.CaseFacts, act Act, v Verdict, touch domain.Touch) domain.Touch {
	book := bookOf(&f)
	touch.World, touch.Case, touch.Factor, touch.Seller, touch.Relationship = f.Case.World, f.Case.ID, f.Case.Factor, f.Case.Seller, f.Case.Relationship
	touch.Cycle, touch.Step, touch.Class, touch.Tone, touch.WhyNow = f.Case.Cycle, act.Step, act.Class, act.Tone, act.Why
	touch.Rung, touch.People, touch.Playbook, touch.Version = act.Rung, act.People, book.ID, book.Version
	touch.Recipient, touch.ContactKey = f.Relationship.Email, f.ContactKey
	if act.Class == domain.ClassCall {
		touch.Recipient = f.Relationship.Phone
	}
	touch.Items = nil
	for _, item := range v.Items {
		touch.Items = append(touch.Items, item.Deal)
	}
	return touch
}

// after returns the facts once a message was handed out.
func after(f domain.CaseFacts, touch domain.Touch, act Act) domain.CaseFacts {
	f.Touches = slices.DeleteFunc(slices.Clone(f.Touches), func(t domain.Touch) bool { return t.ID == touch.ID })
	f.Touches = append(f.Touches, touch)
	f.Contacts = slices.Clone(f.Contacts)
	f.Contacts = append(f.Contacts, domain.Contact{At: f.Now, Own: true, Ours: true, Counted: act.Class.Counted(), Daily: daily(act.Class)})
	f.Unthanked = slices.DeleteFunc(slices.Clone(f.Unthanked), func(a domain.Allocation) bool { return slices.Contains(act.Allocations, a.ID) })
	if isPostDue(&touch) {
		f.Case.Tone = act.Tone
	}
	return f
}

// daily reports whether a class counts for one message a day: all but answers.
func daily(class domain.MessageClass) bool { return class != domain.ClassAnswer }

func messageID(id domain.TouchID, host string) string { return id.String() + "@" + host }

func firstDeal(deals []domain.DealID) domain.DealID {
	if len(deals) == 0 {
		return domain.DealID{}
	}
	return deals[0]
}

func caseEvent(id domain.EventID, f domain.CaseFacts, kind string, deal domain.DealID, said string) domain.Event {
	event := domain.Event{
		ID: id, World: f.Case.World, Kind: kind, Factor: f.Case.Factor, Seller: f.Case.Seller, Case: f.Case.ID, Deal: deal, Said: said, At: f.Now,
	}
	if item, ok := f.Item(deal); ok {
		event.Invoice = item.Deal.Invoice
	}
	return event
}
