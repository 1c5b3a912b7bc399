package collections

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"comity/domain"
)

// keyed runs what a collector does to one case of its own, once.
func keyed[T any](ctx context.Context, s *Service, by domain.Caller, once domain.Once[T], do func(Tx) (T, domain.Trail, error)) (domain.Answer, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return domain.Answer{}, err
	}
	return s.atomically(ctx, once.Entry(by, domain.ScopeFactor), func(tx Tx) (domain.Answer, error) {
		result, trail, err := do(tx)
		if err != nil {
			return domain.Answer{}, err
		}
		return once.Answer(result), tx.SaveTrail(ctx, trail)
	})
}

// trailIDs are made before the transaction.
type trailIDs struct {
	audit domain.AuditID
	event domain.EventID
}

func newTrailIDs() trailIDs {
	return trailIDs{domain.New[domain.AuditID](), domain.New[domain.EventID]()}
}

// about is the trail of a change to a case that factor and seller may read.
func (ids trailIDs) about(by domain.Caller, kase domain.Case, action string, subject [16]byte, deal domain.DealID, said string) domain.Trail {
	return domain.Trail{
		Audit: []domain.AuditRow{domain.Audited(ids.audit, by, action, "case", subject, said)},
		Events: []domain.Event{{
			ID: ids.event, World: by.World, Kind: action, Factor: kase.Factor, Seller: kase.Seller, Case: kase.ID, Deal: deal, Said: said, At: by.Now,
		}},
	}
}

// An Understanding is what a collector understood of what a debtor said, and confirms: the
// reason decides the tone of what follows, the words go back to the debtor (C-108, C-109).
// Both may be empty.
type Understanding struct {
	Reason domain.Reason
	Words  string
}

func (u Understanding) check() (Understanding, error) {
	u.Words = oneLine(u.Words)
	switch {
	case u.Reason != "" && !slices.Contains(domain.Reasons(), u.Reason):
		return u, domain.ErrInvalid.At("/reason", "not-allowed", "there is no such reason")
	case len([]rune(u.Words)) > maxUnderstood:
		return u, domain.ErrInvalid.At("/understood", "too-long", fmt.Sprintf("at most %d characters", maxUnderstood))
	case bankDetails(strings.ToUpper(u.Words)):
		return u, domain.ErrInvalid.Because("bank details stand in a notice only").At("/understood", "bank-details", "refer to the account in the notice")
	default:
		return u, nil
	}
}

const maxUnderstood = 500

// AnswerQuestion records a collector's answer; the message that carries it
// leaves at any hour, and what was asked about rests for seven days more. A
// question that came by mail is answered up to the mail that was read last. It
// refuses with domain.ErrNotFound, ErrInvalid, or ErrWrongState when it was
// answered before or a later mail came in.
func (s *Service) AnswerQuestion(ctx context.Context, by domain.Caller, id domain.QuestionID, read domain.ReplyID, answer string, u Understanding, once domain.Once[domain.Question]) (domain.Answer, error) {
	answer, err := spoken(answer)
	if err != nil {
		return domain.Answer{}, err
	}
	if u, err = u.check(); err != nil {
		return domain.Answer{}, err
	}
	if bankDetails(answer) {
		return domain.Answer{}, domain.ErrInvalid.Because("bank details stand in a notice only").At("/answer", "bank-details", "refer to the account in the notice")
	}
	ids, lifting := newTrailIDs(), newTrailIDs()
	return keyed(ctx, s, by, once, func(tx Tx) (domain.Question, domain.Trail, error) {
		q, kase, err := unanswered(ctx, tx, by, id, read)
		if err != nil {
			return q, domain.Trail{}, err
		}
		if err := discreet(ctx, tx, by, kase, "/answer", answer+"\n"+u.Words); err != nil {
			return q, domain.Trail{}, err
		}
		q.Answer, q.AnsweredAt, q.Understood = answer, by.Now, u.Words
		if u.Reason != "" {
			q.Reason = u.Reason
		}
		if err := tx.AnswerQuestion(ctx, q, by.User, by.Now.AddDate(0, 0, afterAnswer)); err != nil {
			return q, domain.Trail{}, fmt.Errorf("save answer: %w", err)
		}
		lifted, err := liftWhenProven(ctx, tx, kase, q, by, lifting)
		if err != nil {
			return q, domain.Trail{}, fmt.Errorf("lift stop: %w", err)
		}
		if err := tx.WakeCase(ctx, kase.ID, by.Now); err != nil {
			return q, domain.Trail{}, err
		}
		trail := ids.about(by, kase, "question.answered", q.ID.UUID, q.Deal, fmt.Sprintf("The question %q was answered: %q.", oneLine(q.Said), oneLine(answer)))
		trail.Audit, trail.Events = append(trail.Audit, lifted.Audit...), append(trail.Events, lifted.Events...)
		return q, trail, nil
	})
}

// unanswered locks a question that waits for a collector, and its case. Nobody answers or
// closes over a mail that came after the one that was read last.
func unanswered(ctx context.Context, tx Tx, by domain.Caller, id domain.QuestionID, read domain.ReplyID) (domain.Question, domain.Case, error) {
	q, err := tx.LockQuestion(ctx, id, by.Organization)
	if err != nil {
		return q, domain.Case{}, err
	}
	if !q.AnsweredAt.IsZero() {
		return q, domain.Case{}, domain.ErrWrongState.Because("it was answered or closed before").In("answered")
	}
	kase, err := tx.LockCase(ctx, q.Case, by.Organization)
	if err != nil || !q.ByMail {
		return q, kase, err
	}
	later, err := tx.MailedAfter(ctx, q.ID, read)
	if err == nil && later {
		err = domain.ErrWrongState.Because("a mail came in that reply_id does not cover: read that one too").In("mailed")
	}
	return q, kase, err
}

// CloseQuestion records that a collector has read what came by mail, up to a mail, and that
// it needs no letter; collection goes on at once. It refuses with domain.ErrNotFound, ErrInvalid, or
// ErrWrongState when it was answered or closed before, was asked on the page (who asks
// there gets an answer), or when a later mail came in meanwhile.
func (s *Service) CloseQuestion(ctx context.Context, by domain.Caller, id domain.QuestionID, read domain.ReplyID, note string, reason domain.Reason, once domain.Once[domain.Question]) (domain.Answer, error) {
	note, err := spoken(note)
	if err != nil {
		return domain.Answer{}, err
	}
	if _, err := (Understanding{Reason: reason}).check(); err != nil {
		return domain.Answer{}, err
	}
	ids := newTrailIDs()
	return keyed(ctx, s, by, once, func(tx Tx) (domain.Question, domain.Trail, error) {
		q, kase, err := unanswered(ctx, tx, by, id, read)
		if err != nil {
			return q, domain.Trail{}, err
		}
		if !q.ByMail {
			return q, domain.Trail{}, domain.ErrWrongState.Because("it was asked on the debtor's page: answer it").In("asked")
		}
		q.AnsweredAt, q.Reason = by.Now, reason
		if err := tx.AnswerQuestion(ctx, q, by.User, by.Now); err != nil {
			return q, domain.Trail{}, fmt.Errorf("close question: %w", err)
		}
		if err := tx.WakeCase(ctx, kase.ID, by.Now); err != nil {
			return q, domain.Trail{}, err
		}
		return q, ids.about(by, kase, "question.closed", q.ID.UUID, q.Deal, fmt.Sprintf("%s was read, and needs no letter: %q.", q.Said, oneLine(note))), nil
	})
}

// SetStop forbids contact on a case until it is lifted (D-3). It refuses with
// domain.ErrNotFound, ErrInvalid, or ErrWrongState when it is in force already.
func (s *Service) SetStop(ctx context.Context, by domain.Caller, id domain.CaseID, code domain.StopCode, reason string, once domain.Once[domain.Stop]) (domain.Answer, error) {
	reason, err := spoken(reason)
	if err != nil {
		return domain.Answer{}, err
	}
	if !knownStop(code) {
		return domain.Answer{}, domain.ErrInvalid.At("/code", "unknown-code", "there is no such stop")
	}
	ids := newTrailIDs()
	stop := domain.Stop{ID: domain.New[domain.StopID](), Case: id, Code: code, Reason: reason, SetBy: by.User, SetAt: by.Now}
	return keyed(ctx, s, by, once, func(tx Tx) (domain.Stop, domain.Trail, error) {
		kase, err := tx.LockCase(ctx, id, by.Organization)
		if err != nil {
			return stop, domain.Trail{}, err
		}
		inForce, err := tx.StopInForce(ctx, id, code)
		if err != nil {
			return stop, domain.Trail{}, err
		}
		if !inForce.ID.IsZero() {
			return stop, domain.Trail{}, domain.ErrWrongState.Because("it is in force already").In("in_force")
		}
		if err := tx.SaveStop(ctx, kase, stop); err != nil {
			return stop, domain.Trail{}, fmt.Errorf("save stop: %w", err)
		}
		if err := tx.WakeCase(ctx, id, by.Now); err != nil {
			return stop, domain.Trail{}, err
		}
		return stop, ids.about(by, shownTo(kase, code), "stop.set", stop.ID.UUID, domain.DealID{}, "Messages rest: "+codeWords[string(code)]+"."), nil
	})
}

// shownTo returns the case as the event of a stop names it: a sanctions hold is
// told to the factor only, since a seller must not be tipped off (D-8).
func shownTo(kase domain.Case, code domain.StopCode) domain.Case {
	if code == domain.StopSanctions {
		kase.Seller = domain.OrganizationID{}
	}
	return kase
}

func knownStop(code domain.StopCode) bool {
	for _, known := range domain.StopCodes() {
		if known == code {
			return true
		}
	}
	return false
}

// LiftStop ends a stop. A legal stop and a sanctions hold need two people: the
// first is recorded, and a second, different one lifts it. It refuses with
// domain.ErrNotFound or, for the same person twice, ErrTwoPeople.
func (s *Service) LiftStop(ctx context.Context, by domain.Caller, id domain.CaseID, code domain.StopCode, once domain.Once[domain.Stop]) (domain.Answer, error) {
	ids := newTrailIDs()
	return keyed(ctx, s, by, once, func(tx Tx) (domain.Stop, domain.Trail, error) {
		kase, err := tx.LockCase(ctx, id, by.Organization)
		if err != nil {
			return domain.Stop{}, domain.Trail{}, err
		}
		stop, err := tx.StopInForce(ctx, id, code)
		if err != nil {
			return stop, domain.Trail{}, err
		}
		if stop.ID.IsZero() {
			return stop, domain.Trail{}, domain.ErrNotFound.Because("no such stop is in force")
		}
		if stop, err = lift(stop, by); err != nil {
			return stop, domain.Trail{}, err
		}
		if err := tx.UpdateStop(ctx, stop); err != nil {
			return stop, domain.Trail{}, fmt.Errorf("save stop: %w", err)
		}
		if stop.LiftedAt.IsZero() {
			return stop, ids.about(by, shownTo(kase, code), "stop.lift_asked", stop.ID.UUID, domain.DealID{}, "A first person lifts the stop; a second one must agree."), nil
		}
		if err := tx.WakeCase(ctx, id, by.Now); err != nil {
			return stop, domain.Trail{}, err
		}
		return stop, ids.about(by, shownTo(kase, code), "stop.lifted", stop.ID.UUID, domain.DealID{}, "The stop was lifted; messages go on when they are due."), nil
	})
}

// lift decides who lifts a stop.
func lift(stop domain.Stop, by domain.Caller) (domain.Stop, error) {
	switch {
	case stop.Code.NeedsTwo() && stop.LiftBy.IsZero():
		stop.LiftBy = by.User
		return stop, nil
	case stop.Code.NeedsTwo() && stop.LiftBy == by.User:
		return stop, domain.ErrTwoPeople.Because("you were the first")
	default:
		stop.LiftedBy, stop.LiftedAt = by.User, by.Now
		return stop, nil
	}
}

// SendAgain begins a new cycle of a case: what failed or is unknown may be sent
// anew, after a person looked at it. It refuses with domain.ErrNotFound or
// ErrWrongState.
func (s *Service) SendAgain(ctx context.Context, by domain.Caller, id domain.CaseID, once domain.Once[domain.Case]) (domain.Answer, error) {
	ids := newTrailIDs()
	return keyed(ctx, s, by, once, func(tx Tx) (domain.Case, domain.Trail, error) {
		kase, err := tx.LockCase(ctx, id, by.Organization)
		if err != nil {
			return kase, domain.Trail{}, err
		}
		if kase.Status != domain.CaseOpen {
			return kase, domain.Trail{}, domain.ErrWrongState.In(string(kase.Status), string(domain.CaseOpen))
		}
		kase.Cycle, kase.NextActionAt, kase.WaitsFor = kase.Cycle+1, by.Now, "a new look"
		if err := tx.SaveCase(ctx, kase); err != nil {
			return kase, domain.Trail{}, fmt.Errorf("save case: %w", err)
		}
		return kase, ids.about(by, kase, "case.cycle_begun", kase.ID.UUID, domain.DealID{}, "A person looked at it: what did not reach the debtor may be sent again."), nil
	})
}
