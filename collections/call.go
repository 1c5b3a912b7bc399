package collections

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"comity/domain"
	"comity/money"
)

// calling is what people do about messages that wait for them.
type calling interface {
	StartCall(ctx context.Context, t domain.Touch) error
	EndCall(ctx context.Context, t domain.Touch) error
	Tasks(ctx context.Context, factor domain.OrganizationID, page domain.Page) ([]domain.Touch, error)
}

// Tasks lists what waits for people of the caller's factor, oldest first: messages to agree
// to, calls to make, calls without a result, messages of which nobody knows whether they
// arrived, and what an address refused for good in an open case, until SendAgain.
func (s *Service) Tasks(ctx context.Context, by domain.Caller, page domain.Page) ([]domain.Touch, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return nil, err
	}
	var found []domain.Touch
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		found, err = tx.Tasks(ctx, by.Organization, page)
		return err
	})
	return found, err
}

// A Call is what a person is told before ringing: the number and the script, or
// why not now.
type Call struct {
	Touch domain.Touch
	Clear bool
	Codes []string // why not, when it is not
	Words string   // the same in plain words
}

// StartCall is how a person takes a call that waits: the gate is asked at this moment,
// and what it says is stored. Clear, the script is in the touch, the call counts for
// gap and ceiling, and its result must follow. It refuses with domain.ErrNotFound, or
// ErrWrongState when the call is not wanted any more or is another's already.
func (s *Service) StartCall(ctx context.Context, by domain.Caller, id domain.TouchID, once domain.Once[Call]) (domain.Answer, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return domain.Answer{}, err
	}
	gate, audit, event := domain.New[domain.GateID](), domain.New[domain.AuditID](), domain.New[domain.EventID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeWork), func(tx Tx) (domain.Answer, error) {
		f, touch, err := s.callOf(ctx, tx, by, id, domain.TouchPlanned)
		if err != nil {
			return domain.Answer{}, err
		}
		act, ok := wanted(&f, touch.Step)
		if !ok {
			return domain.Answer{}, domain.ErrWrongState.Because("the case has moved on, and this call is not wanted any more").In("not_wanted")
		}
		act.Called = true
		v := Gate(f, act)
		call, err := take(f, touch, act, v)
		if err != nil {
			return domain.Answer{}, err
		}
		decision := domain.GateDecision{
			ID: gate, Case: f.Case.ID, Factor: f.Case.Factor, Seller: f.Case.Seller, Cycle: f.Case.Cycle, Step: act.Step, Class: act.Class,
			Sent: v.Clear, Codes: v.Codes, Outward: v.Outward, Facts: v.Facts, At: f.Now,
		}
		if !v.Clear {
			decision.LookAgain = LookAgain(f, act, v)
		}
		if err := tx.SaveGate(ctx, decision); err != nil {
			return domain.Answer{}, fmt.Errorf("save gate: %w", err)
		}
		said := fmt.Sprintf("A person wanted to call %s, and it is not the moment: %s.", oneLine(f.Relationship.Name), refusalWords(v.Outward))
		if v.Clear {
			said = fmt.Sprintf("A person calls %s. Why now: %s", oneLine(f.Relationship.Name), act.Why)
			if err := tx.StartCall(ctx, call.Touch); err != nil {
				return domain.Answer{}, fmt.Errorf("start call: %w", err)
			}
		}
		trail := domain.Trail{
			Audit:  []domain.AuditRow{domain.Audited(audit, by, "call.started", "touch", id.UUID, act.Step, strings.Join(v.Codes, " "))},
			Events: []domain.Event{caseEvent(event, f, "call.started", firstDeal(act.Items), said)},
		}
		if err := tx.WakeCase(ctx, f.Case.ID, by.Now); err != nil {
			return domain.Answer{}, err
		}
		return once.Answer(call), tx.SaveTrail(ctx, trail)
	})
}

// callOf locks the case of a call of the caller's factor, and the call, which has to be in
// a status.
func (s *Service) callOf(ctx context.Context, tx Tx, by domain.Caller, id domain.TouchID, status domain.TouchStatus) (domain.CaseFacts, domain.Touch, error) {
	file, err := tx.TouchFile(ctx, id)
	if err == nil && (file.Touch.Factor != by.Organization || file.Touch.World != by.World) {
		err = domain.ErrNotFound
	}
	if err != nil {
		return domain.CaseFacts{}, domain.Touch{}, err
	}
	t := file.Touch
	if t.Class != domain.ClassCall || t.Status != status {
		return domain.CaseFacts{}, t, domain.ErrWrongState.Because("it is a %s, %s", className[t.Class], t.Status).In(string(t.Status), string(status))
	}
	f, err := tx.CaseFacts(ctx, t.Case)
	f.Now, f.AnswersShared = by.Now, s.options.ReplyHost != ""
	return f, t, err
}

// wanted returns the act of a step that the case still wants.
func wanted(f *domain.CaseFacts, step string) (Act, bool) {
	for _, c := range postDue(f, localOf(f)) {
		if c.act != nil && c.act.Step == step {
			return *c.act, true
		}
	}
	return Act{}, false
}

// take writes the script of a call, when the gate lets it pass.
func take(f domain.CaseFacts, touch domain.Touch, act Act, v Verdict) (Call, error) {
	call := Call{Touch: touch, Clear: v.Clear, Codes: v.Codes, Words: refusalWords(v.Outward)}
	if !v.Clear {
		return call, nil
	}
	script, err := Write(f, act, v)
	if err != nil {
		return call, err
	}
	t := ladderTouch(f, act, v, touch)
	if err := t.MoveTo(domain.TouchSending); err != nil {
		return call, err
	}
	t.Subject, t.Text, t.HTML, t.Template, t.ClaimedAt = script.Subject, script.Text, "", script.Template, f.Now
	call.Touch = t
	return call, nil
}

// A CallReport is what came of a call.
type CallReport struct {
	Result domain.CallResult
	Note   string        // for the factor; needed when somebody was spoken to
	Deal   domain.DealID // promised, says_paid, disputes; asks may name one
	Amount money.Amount
	On     domain.Date // the day promised, or of the payment
	Said   string      // what is disputed or asked, in the debtor's words
}

// check refuses a report that does not say what its result needs.
func (r CallReport) check() error {
	needs := func(missing bool, at, why string) error {
		if missing {
			return domain.ErrInvalid.At(at, "missing", why)
		}
		return nil
	}
	switch {
	case !slices.Contains(domain.CallResults(), r.Result):
		return domain.ErrInvalid.At("/result", "not-allowed", "there is no such result")
	case len([]rune(r.Note)) > maxSaid:
		return domain.ErrInvalid.At("/note", "too-long", fmt.Sprintf("at most %d characters", maxSaid))
	case r.Result.Spoken() && strings.TrimSpace(r.Note) == "":
		return domain.ErrInvalid.At("/note", "missing", "a note on how the conversation went is needed")
	}
	switch r.Result {
	case domain.CallPromised:
		if err := needs(r.On.IsZero(), "/promised_on", "the day that was promised"); err != nil {
			return err
		}
		return needs(r.Deal.IsZero() || !r.Amount.Positive(), "/amount", "the invoice and the amount that was promised")
	case domain.CallSaysPaid:
		if err := needs(r.On.IsZero(), "/paid_on", "the day of the payment"); err != nil {
			return err
		}
		return needs(r.Deal.IsZero() || !r.Amount.Positive(), "/amount", "the invoice and the amount that was paid")
	case domain.CallDisputes:
		if err := needs(strings.TrimSpace(r.Said) == "", "/said", "what is wrong, in the debtor's words"); err != nil {
			return err
		}
		return needs(r.Deal.IsZero() || !r.Amount.Positive(), "/amount", "the invoice and the amount that is disputed")
	case domain.CallAsks, domain.CallHardship:
		return needs(strings.TrimSpace(r.Said) == "", "/said", "what was asked or said, in the debtor's words")
	default:
		return nil
	}
}

// EndCall closes a call with its result, which is needed (F-68): what the debtor promised,
// paid, disputes or asks is recorded as if it had come by its page, and pauses as much in
// the same commit; whoever was spoken to gets a letter with what was agreed. It refuses
// with domain.ErrNotFound, ErrInvalid, ErrWrongState, or as the debtor's page does.
func (s *Service) EndCall(ctx context.Context, by domain.Caller, id domain.TouchID, report CallReport, once domain.Once[domain.Touch]) (domain.Answer, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return domain.Answer{}, err
	}
	if err := report.check(); err != nil {
		return domain.Answer{}, err
	}
	ids, trail := newSaidIDs(), newTrailIDs()
	deedAudit, deedEvent := domain.New[domain.AuditID](), domain.New[domain.EventID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeWork), func(tx Tx) (domain.Answer, error) {
		f, t, err := s.callOf(ctx, tx, by, id, domain.TouchSending)
		if err != nil {
			return domain.Answer{}, err
		}
		if err := discreet(ctx, tx, by, f.Case, "/said", report.Said); err != nil {
			return domain.Answer{}, err
		}
		if err := t.MoveTo(domain.TouchSent); err != nil {
			return domain.Answer{}, err
		}
		t.SentAt, t.Result, t.Note, t.Outcome = t.ClaimedAt, report.Result, // when it was made, not when that was written down
			strings.TrimSpace(report.Note), resultWords[report.Result]
		if err := tx.EndCall(ctx, t); err != nil {
			return domain.Answer{}, fmt.Errorf("end call: %w", err)
		}
		did, err := report.record(ctx, tx, f, t, ids)
		if err != nil {
			return domain.Answer{}, err
		}
		said := fmt.Sprintf("%s called %s: %s.", oneLine(f.Factor.Name), oneLine(f.Relationship.Name), resultWords[report.Result])
		left := trail.about(by, f.Case, "call.ended", t.ID.UUID, firstDeal(t.Items), said)
		if did.kind != "" {
			left.Audit = append(left.Audit, domain.Audited(deedAudit, by, "debtor."+did.kind, did.kind, did.subject, did.said))
			left.Events = append(left.Events, caseEvent(deedEvent, f, "debtor."+did.kind, did.deal, did.said))
		}
		if err := tx.WakeCase(ctx, f.Case.ID, by.Now); err != nil {
			return domain.Answer{}, err
		}
		return once.Answer(t), tx.SaveTrail(ctx, left)
	})
}

// record takes down what a debtor said on the telephone.
func (r CallReport) record(ctx context.Context, tx Tx, f domain.CaseFacts, t domain.Touch, ids saidIDs) (deed, error) {
	page := pageOf(f)
	what := account{
		deal: r.Deal, amount: r.Amount, on: r.On, words: strings.TrimSpace(r.Said), reason: domain.DisputeOther, at: f.Now, by: t.ID.UUID, phone: true,
	}
	var did deed
	var err error
	switch r.Result {
	case domain.CallPromised:
		if _, did, err = promised(ctx, tx, page, what, ids); errors.Is(err, domain.ErrPromiseTooFar) {
			// further away it is the wish for a plan, which we answer (D-18)
			what.words = fmt.Sprintf("wants to pay %s on %s", r.Amount.Grouped(), r.On.Long())
			_, did, err = asked(ctx, tx, page, what, "", ids)
		}
	case domain.CallSaysPaid:
		_, did, err = saidPaid(ctx, tx, page, what, ids)
	case domain.CallDisputes:
		_, did, err = disputing(ctx, tx, page, what, ids)
	case domain.CallAsks:
		_, did, err = asked(ctx, tx, page, what, "", ids)
	case domain.CallHardship:
		_, did, err = asked(ctx, tx, page, what, domain.ReasonCashFlow, ids)
	case domain.CallWillLook:
		l := localOf(&f)
		hold := domain.Hold{
			ID: ids.hold, Case: f.Case.ID, Code: domain.HoldQuery, Until: l.today.Plus(acknowledgedFor).At(0, 0, l.zone),
			CauseKind: causeReply, Cause: t.ID.UUID, CreatedAt: f.Now,
		}
		err = tx.SaveHold(ctx, page, hold)
	case domain.CallDoNotCall:
		err = tx.SaveContact(ctx, f.Case.World, domain.ContactKey(f.Case.World, t.Recipient), domain.Preferences{
			Kind: domain.ContactPerson, Mode: domain.ModeEach, OptedOut: []domain.Channel{domain.ChannelPhone}, Source: "said on the telephone", By: f.Case.Factor, At: f.Now,
		})
	case domain.CallNoAnswer, domain.CallLeftMessage, domain.CallWrongNumber, domain.CallSpoke: // nothing rests for them
	}
	return did, err
}

// pageOf is what a debtor's deed needs of a case that a collector has before them.
func pageOf(f domain.CaseFacts) domain.DebtorPage {
	page := domain.DebtorPage{
		Case: f.Case.ID, World: f.Case.World, FactorID: f.Case.Factor, SellerID: f.Case.Seller, Factor: f.Factor.Name, Seller: f.Seller.Name,
		Debtor: f.Relationship.Name, Country: f.Relationship.Country, TimeZone: f.Relationship.TimeZone,
		Holds: f.Holds, Promises: f.Promises, Disputes: f.Disputes, Questions: f.Questions,
	}
	for i := range f.Items {
		item := &f.Items[i]
		page.Items = append(page.Items, domain.DebtorItem{
			Deal: item.Deal.ID, Status: item.Deal.Status, InvoiceNumber: item.Deal.InvoiceNumber, Due: item.Deal.Due, Basis: item.Deal.Basis, Open: item.Deal.Open,
		})
	}
	return page
}

// resultWords says in plain words what came of a call; every party may read them.
var resultWords = map[domain.CallResult]string{
	domain.CallNoAnswer:    "nobody answered",
	domain.CallLeftMessage: "a message was left, without a word about what is owed",
	domain.CallWrongNumber: "the number is not theirs",
	domain.CallPromised:    "a payment was promised",
	domain.CallSaysPaid:    "it was paid, they say",
	domain.CallDisputes:    "they do not agree to a part",
	domain.CallAsks:        "they asked a question, which we answer",
	domain.CallHardship:    "they cannot pay as agreed, and we look for a way together",
	domain.CallWillLook:    "they look into it",
	domain.CallSpoke:       "we spoke, and nothing was agreed",
	domain.CallDoNotCall:   "they do not want to be called again",
}
