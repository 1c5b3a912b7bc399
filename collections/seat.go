package collections

import (
	"context"
	"errors"
	"fmt"
	"time"

	"comity/domain"
)

// seating is what the two sides of a case do beside each other.
type seating interface {
	LockSeat(context.Context, domain.CaseID, domain.OrganizationID, domain.OrganizationKind) (domain.Case, error)
	Deal(context.Context, domain.DealID, domain.OrganizationID, domain.OrganizationKind) (domain.Deal, error)
	Relationship(context.Context, domain.RelationshipID, domain.OrganizationID) (domain.Relationship, error)
	Pause(context.Context, domain.PauseID, domain.OrganizationID, domain.OrganizationKind) (domain.Pause, error)
	Pauses(context.Context, domain.CaseID) ([]domain.Pause, error)
	SavePause(context.Context, domain.Case, domain.Pause) error
	EndPause(context.Context, domain.Pause) error
	Touch(context.Context, domain.TouchID, domain.OrganizationID, domain.OrganizationKind) (domain.Touch, error)
	Approvals(context.Context, domain.CaseID) ([]domain.Approval, error)
	SaveApproval(context.Context, domain.Case, domain.Approval) error
	Voice(context.Context, domain.OrganizationID) (domain.Voice, error)
	SaveVoice(context.Context, domain.Voice) error
}

// seated runs what one side does to a case of its own, once. A seller's transaction is
// a wide one, since it locks its factor's row; every look-up in it names the seller.
func seated[T any](ctx context.Context, s *Service, by domain.Caller, once domain.Once[T], do func(Tx) (T, domain.Trail, error)) (domain.Answer, error) {
	if by.Kind == domain.KindFactor {
		return keyed(ctx, s, by, once, do)
	}
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Answer{}, err
	}
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		result, trail, err := do(tx)
		if err != nil {
			return domain.Answer{}, err
		}
		return once.Answer(result), tx.SaveTrail(ctx, trail)
	})
}

// The furthest ends of pauses, in days.
const (
	factorsPause = 30
	sellersPause = 90
)

// SetPause holds back what we start about an invoice, or about a whole case, in the
// name of the caller's side: a factor's for at most 30 days, a seller's for at
// most 90 or without an end. It refuses with domain.ErrNotFound, ErrInvalid, or
// ErrWrongState when the case is closed or the side has such a pause in force.
func (s *Service) SetPause(ctx context.Context, by domain.Caller, pause domain.Pause, once domain.Once[domain.Pause]) (domain.Answer, error) {
	if err := pauseEnd(by, pause.Until); err != nil {
		return domain.Answer{}, err
	}
	ids := newTrailIDs()
	pause.ID, pause.Side, pause.SetBy, pause.SetAt = domain.New[domain.PauseID](), by.Kind, by.User, by.Now
	return seated(ctx, s, by, once, func(tx Tx) (domain.Pause, domain.Trail, error) {
		kase, deal, err := pausable(ctx, tx, by, pause)
		if err != nil {
			return pause, domain.Trail{}, err
		}
		us, err := tx.Organization(ctx, by.Organization)
		if err != nil {
			return pause, domain.Trail{}, err
		}
		if err := tx.SavePause(ctx, kase, pause); err != nil {
			return pause, domain.Trail{}, fmt.Errorf("save pause: %w", err)
		}
		if err := tx.WakeCase(ctx, kase.ID, by.Now); err != nil {
			return pause, domain.Trail{}, err
		}
		return pause, ids.about(by, kase, "pause.set", pause.ID.UUID, pause.Deal, pausedWords(us, pause, deal)), nil
	})
}

// pauseEnd refuses an end that is over, too far away, or missing where one is needed.
func pauseEnd(by domain.Caller, until time.Time) error {
	most := sellersPause
	if by.Kind == domain.KindFactor {
		most = factorsPause
	}
	switch {
	case until.IsZero() && by.Kind == domain.KindFactor:
		return domain.ErrInvalid.At("/until", "required", "a factor's pause has an end")
	case until.IsZero():
		return nil
	case !until.After(by.Now):
		return domain.ErrInvalid.At("/until", "in-the-past", "a pause ends later than now")
	case until.After(by.Now.AddDate(0, 0, most)):
		return domain.ErrInvalid.At("/until", "too-far", fmt.Sprintf("at most %d days ahead", most))
	default:
		return nil
	}
}

// pausable locks a case, and returns it with the deal that the pause is for, if any.
func pausable(ctx context.Context, tx Tx, by domain.Caller, pause domain.Pause) (domain.Case, domain.Deal, error) {
	kase, err := tx.LockSeat(ctx, pause.Case, by.Organization, by.Kind)
	if err != nil {
		return kase, domain.Deal{}, err
	}
	if kase.Status != domain.CaseOpen {
		return kase, domain.Deal{}, domain.ErrWrongState.Because("the case is closed").In(string(kase.Status), string(domain.CaseOpen))
	}
	var deal domain.Deal
	if !pause.Deal.IsZero() {
		deal, err = tx.Deal(ctx, pause.Deal, by.Organization, by.Kind)
		if errors.Is(err, domain.ErrNotFound) || err == nil && deal.Case != kase.ID {
			return kase, deal, domain.ErrInvalid.At("/deal_id", "not-in-the-case", "the case has no such deal")
		}
		if err != nil {
			return kase, deal, err
		}
	}
	pauses, err := tx.Pauses(ctx, kase.ID)
	if err != nil {
		return kase, deal, err
	}
	for _, other := range pauses {
		if other.Side == by.Kind && other.Deal == pause.Deal && other.Pauses(pause.Deal, by.Now) {
			return kase, deal, domain.ErrWrongState.Because("it is paused by your side already: end that pause first").In("paused")
		}
	}
	return kase, deal, nil
}

// pausedWords says who paused what, until when and why, and who bears the fee for
// the wait (D-23).
func pausedWords(us domain.Organization, p domain.Pause, deal domain.Deal) string {
	name, until := oneLine(us.Name), "until it ends the pause"
	if !p.Until.IsZero() {
		until = "until " + p.Until.In(us.Zone()).Format(momentFormat)
	}
	fee := fmt.Sprintf("The fee goes on as the contract says; %s set the pause.", name)
	if p.Side == domain.KindSeller {
		fee = fmt.Sprintf("The fee goes on: %s asked for the pause.", name)
	}
	return fmt.Sprintf("%s paused %s %s: %q. Answers, receipts and notices still leave. %s", name, whatOf(p, deal), until, oneLine(p.Reason), fee)
}

func whatOf(p domain.Pause, deal domain.Deal) string {
	if p.Deal.IsZero() {
		return "the whole case"
	}
	return "invoice " + oneLine(deal.InvoiceNumber)
}

// EndPause ends a pause of the caller's side before its time. It refuses with
// domain.ErrNotFound, with ErrForbidden for a pause of the other side, or with
// ErrWrongState when it is over.
func (s *Service) EndPause(ctx context.Context, by domain.Caller, id domain.PauseID, once domain.Once[domain.Pause]) (domain.Answer, error) {
	ids := newTrailIDs()
	return seated(ctx, s, by, once, func(tx Tx) (domain.Pause, domain.Trail, error) {
		pause, kase, err := endable(ctx, tx, by, id)
		if err != nil {
			return pause, domain.Trail{}, err
		}
		var deal domain.Deal
		if !pause.Deal.IsZero() {
			if deal, err = tx.Deal(ctx, pause.Deal, by.Organization, by.Kind); err != nil {
				return pause, domain.Trail{}, err
			}
		}
		us, err := tx.Organization(ctx, by.Organization)
		if err != nil {
			return pause, domain.Trail{}, err
		}
		pause.EndedBy, pause.EndedAt = by.User, by.Now
		if err := tx.EndPause(ctx, pause); err != nil {
			return pause, domain.Trail{}, fmt.Errorf("end pause: %w", err)
		}
		if err := tx.WakeCase(ctx, kase.ID, by.Now); err != nil {
			return pause, domain.Trail{}, err
		}
		said := fmt.Sprintf("%s ended its pause of %s; messages go on when they are due.", oneLine(us.Name), whatOf(pause, deal))
		return pause, ids.about(by, kase, "pause.ended", pause.ID.UUID, pause.Deal, said), nil
	})
}

// endable locks the case of a pause, and returns both as they are then.
func endable(ctx context.Context, tx Tx, by domain.Caller, id domain.PauseID) (domain.Pause, domain.Case, error) {
	pause, err := tx.Pause(ctx, id, by.Organization, by.Kind)
	if err != nil {
		return pause, domain.Case{}, err
	}
	if pause.Side != by.Kind {
		return pause, domain.Case{}, domain.ErrForbidden.Because("only the side that set a pause ends it")
	}
	kase, err := tx.LockSeat(ctx, pause.Case, by.Organization, by.Kind)
	if err != nil {
		return pause, kase, err
	}
	if pause, err = tx.Pause(ctx, id, by.Organization, by.Kind); err != nil {
		return pause, kase, err
	}
	if !pause.Pauses(pause.Deal, by.Now) {
		return pause, kase, domain.ErrWrongState.Because("the pause is over").In("over")
	}
	return pause, kase, nil
}

// Pauses lists the pauses of a case, of both sides, also those that are over.
func (s *Service) Pauses(ctx context.Context, by domain.Caller, id domain.CaseID) ([]domain.Pause, error) {
	return of(ctx, s, by, id, func(tx Tx) ([]domain.Pause, error) { return tx.Pauses(ctx, id) })
}

// Approvals lists what people said to the messages of a case that waited for them.
// A seller sees its own side's words only.
func (s *Service) Approvals(ctx context.Context, by domain.Caller, id domain.CaseID) ([]domain.Approval, error) {
	all, err := of(ctx, s, by, id, func(tx Tx) ([]domain.Approval, error) { return tx.Approvals(ctx, id) })
	if by.Kind == domain.KindFactor {
		return all, err
	}
	var own []domain.Approval
	for _, a := range all {
		if a.Side == domain.KindSeller {
			own = append(own, a)
		}
	}
	return own, err
}

// Consent records the caller's word on a message that waits for its side: one word for
// each person. What a seller declines is not sent in this cycle, and the next
// message keeps its distance from it; what a factor's people say is the ladder's to
// weigh. It refuses with domain.ErrNotFound, or with ErrWrongState when the message
// does not wait (any more) or the caller has spoken before.
func (s *Service) Consent(ctx context.Context, by domain.Caller, id domain.TouchID, word domain.Approval, once domain.Once[domain.Approval]) (domain.Answer, error) {
	ids := newTrailIDs()
	word.ID, word.Touch, word.Side, word.User, word.At = domain.New[domain.ApprovalID](), id, by.Kind, by.User, by.Now
	return seated(ctx, s, by, once, func(tx Tx) (domain.Approval, domain.Trail, error) {
		touch, kase, err := awaited(ctx, tx, by, id)
		if err != nil {
			return word, domain.Trail{}, err
		}
		us, err := tx.Organization(ctx, by.Organization)
		if err != nil {
			return word, domain.Trail{}, err
		}
		word.Case, word.AskedFor = kase.ID, touch.AskedFor
		if err := tx.SaveApproval(ctx, kase, word); err != nil {
			return word, domain.Trail{}, err
		}
		if word.Consent == domain.Declined && word.Side == domain.KindSeller {
			if err := tx.CancelTouches(ctx, []domain.TouchID{id}); err != nil {
				return word, domain.Trail{}, fmt.Errorf("cancel message: %w", err)
			}
		}
		if err := tx.WakeCase(ctx, kase.ID, by.Now); err != nil {
			return word, domain.Trail{}, err
		}
		return word, ids.about(by, kase, "touch."+string(word.Consent), id.UUID, firstDeal(touch.Items), consentWords(us, touch, word)), nil
	})
}

// awaited locks the case of a message, and returns both if the message waits for the
// caller's side.
func awaited(ctx context.Context, tx Tx, by domain.Caller, id domain.TouchID) (domain.Touch, domain.Case, error) {
	touch, err := tx.Touch(ctx, id, by.Organization, by.Kind)
	if err != nil {
		return touch, domain.Case{}, err
	}
	kase, err := tx.LockSeat(ctx, touch.Case, by.Organization, by.Kind)
	if err != nil {
		return touch, kase, err
	}
	if touch, err = tx.Touch(ctx, id, by.Organization, by.Kind); err != nil {
		return touch, kase, err
	}
	if touch.Status != domain.TouchPlanned {
		return touch, kase, domain.ErrWrongState.Because("the message is %s", touch.Status).In(string(touch.Status), string(domain.TouchPlanned))
	}
	if by.Kind == domain.KindFactor {
		if touch.People == 0 {
			return touch, kase, domain.ErrWrongState.Because("it waits for no person of the factor").In(string(touch.Status))
		}
		return touch, kase, nil
	}
	r, err := tx.Relationship(ctx, touch.Relationship, by.Organization)
	if err != nil {
		return touch, kase, err
	}
	if !touch.Class.Proactive() || r.Approval == "" || r.Approval == domain.ApproveNone {
		return touch, kase, domain.ErrWrongState.Because("it does not wait for you: the relationship's approval is none").In(string(touch.Status))
	}
	return touch, kase, nil
}

// consentWords says who said what to a message, and what follows from it.
func consentWords(us domain.Organization, touch domain.Touch, word domain.Approval) string {
	name, note := oneLine(us.Name), ""
	if word.Note != "" {
		note = fmt.Sprintf(": %q", oneLine(word.Note))
	}
	switch {
	case word.Consent == domain.Approved:
		return fmt.Sprintf("%s approved the %s that waited for it%s.", name, className[touch.Class], note)
	case word.Side == domain.KindSeller:
		return fmt.Sprintf("%s declined the %s that waited for it%s. It is not sent, and the next one keeps its distance from it. The fee goes on: %s declined.", name, className[touch.Class], note, name)
	default:
		return fmt.Sprintf("%s declined the %s that waited for it%s.", name, className[touch.Class], note)
	}
}
