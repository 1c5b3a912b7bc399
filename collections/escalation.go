package collections

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"comity/domain"
)

// An EscalationRequest asks that somebody external speaks with a debtor.
type EscalationRequest struct {
	Agency domain.AgencyID
	Reason string
}

// escalationFile locks the case of an escalation, and returns both as they are then. One of somebody
// else's is domain.ErrNotFound.
func escalationFile(ctx context.Context, tx Tx, by domain.Caller, id domain.EscalationID) (domain.Escalation, domain.CaseFacts, error) {
	kase, err := tx.EscalationCase(ctx, id, by.Organization, by.Kind)
	if err != nil {
		return domain.Escalation{}, domain.CaseFacts{}, err
	}
	f, err := tx.CaseFacts(ctx, kase)
	if err != nil {
		return domain.Escalation{}, f, err
	}
	f.Now = by.Now
	i := slices.IndexFunc(f.Escalations, func(e domain.Escalation) bool { return e.ID == id })
	if i < 0 {
		return domain.Escalation{}, f, domain.ErrNotFound
	}
	return f.Escalations[i], f, nil
}

// ProposeEscalation is the first of two people who want somebody external to speak with a debtor. It
// refuses with domain.ErrNotFound, ErrInvalid, ErrConflict while another one is under way, or
// ErrComesFirst with everything that has to come before.
func (s *Service) ProposeEscalation(ctx context.Context, by domain.Caller, id domain.CaseID, r EscalationRequest, once domain.Once[domain.Escalation]) (domain.Answer, error) {
	reason, err := spoken(r.Reason)
	if err != nil {
		return domain.Answer{}, err
	}
	fresh, ids := domain.New[domain.EscalationID](), newTrailIDs()
	return settling(ctx, s, by, domain.KindFactor, once, func(tx Tx) (domain.Escalation, domain.Trail, error) {
		e := domain.Escalation{ID: fresh, Case: id, Agency: r.Agency, Status: domain.EscalationProposed, Reason: reason, ProposedBy: by.User, ProposedAt: by.Now}
		if _, err := tx.Case(ctx, id, by.Organization, by.Kind); err != nil {
			return e, domain.Trail{}, err
		}
		f, err := tx.CaseFacts(ctx, id)
		if err != nil {
			return e, domain.Trail{}, err
		}
		f.Now = by.Now
		if _, ok := liveEscalation(&f); ok {
			return e, domain.Trail{}, domain.ErrConflict.Because("another escalation of this case is under way")
		}
		agency, err := tx.Agency(ctx, r.Agency, by.World)
		if errors.Is(err, domain.ErrNotFound) {
			err = domain.ErrInvalid.At("/agency_id", "unknown-agency", "the register has no such agency")
		}
		if err == nil {
			err = beforeRefusal(Before(f, e, agency))
		}
		if err != nil {
			return e, domain.Trail{}, err
		}
		e.Factor, e.Seller, e.AgencyName, e.Deals = f.Case.Factor, f.Case.Seller, agency.Name, HandOver(f, e)
		if err := tx.SaveEscalation(ctx, e); err != nil {
			return e, domain.Trail{}, err
		}
		return e, ids.about(by, factorsOnly(f.Case), "escalation.proposed", e.ID.UUID, firstDeal(e.Deals),
			fmt.Sprintf("%s is to be asked to speak with %s: a second person must agree, and the debtor is told before.", agency.Name, oneLine(f.Relationship.Name))), nil
	})
}

// ApproveEscalation is the second person's word: the seller is told now, and the debtor on the next
// business day by a letter. It refuses with domain.ErrNotFound, ErrTwoPeople for the first person,
// ErrWrongState, or ErrComesFirst.
func (s *Service) ApproveEscalation(ctx context.Context, by domain.Caller, id domain.EscalationID, once domain.Once[domain.Escalation]) (domain.Answer, error) {
	return s.escalate(ctx, by, id, once, func(tx Tx, f domain.CaseFacts, e *domain.Escalation) (string, string, error) {
		if err := domain.EscalationMoves.Move(e.Status, domain.EscalationAnnounced); err != nil {
			return "", "", err
		}
		if e.ProposedBy == by.User {
			return "", "", domain.ErrTwoPeople.Because("you asked for it")
		}
		agency, err := tx.Agency(ctx, e.Agency, f.Case.World)
		if err == nil {
			err = beforeRefusal(Before(f, *e, agency))
		}
		if err != nil {
			return "", "", err
		}
		e.Deals = HandOver(f, *e)
		e.Status, e.ApprovedBy, e.AnnouncedAt = domain.EscalationAnnounced, by.User, by.Now
		return "escalation.announced", fmt.Sprintf("%s is told by letter on the next business day that %s may be asked to speak with it about %s, not before ten full days are over. A word or a payment of the debtor ends that.",
			oneLine(f.Relationship.Name), e.AgencyName, openSum(f, *e)), nil
	})
}

// HandOverEscalation is one of two people who hand a case over; the second one's word does it, and makes
// the file. Everything that has to come before is asked anew each time. It refuses with
// domain.ErrNotFound, ErrTwoPeople for the same person twice, ErrWrongState, or ErrComesFirst.
func (s *Service) HandOverEscalation(ctx context.Context, by domain.Caller, id domain.EscalationID, once domain.Once[domain.Escalation]) (domain.Answer, error) {
	return s.escalate(ctx, by, id, once, func(tx Tx, f domain.CaseFacts, e *domain.Escalation) (string, string, error) {
		if err := domain.EscalationMoves.Move(e.Status, domain.EscalationHandedOver); err != nil {
			return "", "", err
		}
		if e.HandingBy == by.User {
			return "", "", domain.ErrTwoPeople.Because("you were the first")
		}
		agency, err := tx.Agency(ctx, e.Agency, f.Case.World)
		if err == nil {
			err = beforeRefusal(Before(f, *e, agency))
		}
		if err != nil {
			return "", "", err
		}
		if e.HandingBy.IsZero() {
			e.HandingBy, e.HandingAt = by.User, by.Now
			return "escalation.hand_over_asked", "A first person hands the case over; a second one must agree.", nil
		}
		e.Deals = HandOver(f, *e)
		e.Status, e.HandedBy, e.HandedAt, e.HandedOn = domain.EscalationHandedOver, by.User, by.Now, localOf(&f).today
		file, err := handedOver(f, *e)
		if err != nil {
			return "", "", err
		}
		e.FileSHA256 = file.SHA256
		return "escalation.handed_over", fmt.Sprintf("%s was asked to speak with %s about %s, and nothing else. The debtor's page works as before, and a word on it calls %s back.",
			e.AgencyName, oneLine(f.Relationship.Name), openSum(f, *e), e.AgencyName), tx.SaveEscalationFile(ctx, file)
	})
}

// WithdrawEscalation lets it be, before anybody external was asked. It refuses with domain.ErrNotFound,
// ErrInvalid or ErrWrongState.
func (s *Service) WithdrawEscalation(ctx context.Context, by domain.Caller, id domain.EscalationID, said string, once domain.Once[domain.Escalation]) (domain.Answer, error) {
	return s.endEscalation(ctx, by, id, domain.EscalationWithdrawn, said, once)
}

// ReturnEscalation calls an agency back. It refuses with domain.ErrNotFound, ErrInvalid or ErrWrongState.
func (s *Service) ReturnEscalation(ctx context.Context, by domain.Caller, id domain.EscalationID, said string, once domain.Once[domain.Escalation]) (domain.Answer, error) {
	return s.endEscalation(ctx, by, id, domain.EscalationReturned, said, once)
}

func (s *Service) endEscalation(ctx context.Context, by domain.Caller, id domain.EscalationID, next domain.EscalationStatus, said string, once domain.Once[domain.Escalation]) (domain.Answer, error) {
	said, err := spoken(said)
	if err != nil {
		return domain.Answer{}, err
	}
	return s.escalate(ctx, by, id, once, func(_ Tx, f domain.CaseFacts, e *domain.Escalation) (string, string, error) {
		was := e.Status
		if err := domain.EscalationMoves.Move(was, next); err != nil {
			return "", "", err
		}
		if err := e.End(domain.CausePeople, by.User, said, by.Now); err != nil {
			return "", "", err
		}
		return "escalation." + string(e.Status), endedWords(f, *e, was), nil
	})
}

// escalate runs one person's step in an escalation: load and lock, let do decide, save, wake the case,
// and leave the trail. The seller reads what was announced, and is mailed when that changes.
func (s *Service) escalate(ctx context.Context, by domain.Caller, id domain.EscalationID, once domain.Once[domain.Escalation], do func(Tx, domain.CaseFacts, *domain.Escalation) (action, said string, err error)) (domain.Answer, error) {
	ids := newTrailIDs()
	return settling(ctx, s, by, domain.KindFactor, once, func(tx Tx) (domain.Escalation, domain.Trail, error) {
		e, f, err := escalationFile(ctx, tx, by, id)
		if err != nil {
			return e, domain.Trail{}, err
		}
		was := e.Status
		action, said, err := do(tx, f, &e)
		if err == nil {
			err = tx.SaveEscalation(ctx, e)
		}
		if err == nil {
			err = tx.WakeCase(ctx, e.Case, by.Now)
		}
		if err != nil {
			return e, domain.Trail{}, err
		}
		kase := f.Case
		hidden := e.AnnouncedAt.IsZero() || e.Status == was
		if hidden { // nothing happened to the seller
			kase = factorsOnly(kase)
		}
		trail := ids.about(by, kase, action, e.ID.UUID, firstDeal(e.Deals), said)
		if !hidden {
			trail.Jobs = append(trail.Jobs, domain.Job{World: by.World, Kind: domain.JobMailParty, Ref: ids.event.UUID})
		}
		return e, trail, nil
	})
}

// Escalations lists the escalations of a case. A seller sees those of which its customer was to be told.
func (s *Service) Escalations(ctx context.Context, by domain.Caller, id domain.CaseID) ([]domain.Escalation, error) {
	return of(ctx, s, by, id, func(tx Tx) ([]domain.Escalation, error) {
		f, err := tx.Outside(ctx, id)
		return slices.DeleteFunc(f.Escalations, func(e domain.Escalation) bool { return unseen(by, e) }), err
	})
}

// unseen reports whether an escalation is not a caller's to see yet.
func unseen(by domain.Caller, e domain.Escalation) bool {
	return by.Kind == domain.KindSeller && e.AnnouncedAt.IsZero()
}

// Escalation returns an escalation of one side's. It refuses with domain.ErrNotFound.
func (s *Service) Escalation(ctx context.Context, by domain.Caller, id domain.EscalationID) (domain.Escalation, error) {
	var found domain.Escalation
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		kase, err := tx.EscalationCase(ctx, id, by.Organization, by.Kind)
		if err != nil {
			return err
		}
		f, err := tx.Outside(ctx, kase)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(f.Escalations, func(e domain.Escalation) bool { return e.ID == id })
		if i < 0 || unseen(by, f.Escalations[i]) {
			return domain.ErrNotFound
		}
		found = f.Escalations[i]
		return nil
	})
	return found, err
}

// EscalationFile returns what was handed over, as it was then. It refuses with domain.ErrForbidden, or
// with ErrNotFound where nothing was.
func (s *Service) EscalationFile(ctx context.Context, by domain.Caller, id domain.EscalationID) (domain.Document, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return domain.Document{}, err
	}
	var doc domain.Document
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		file, err := tx.EscalationFile(ctx, id, by.Organization)
		doc = domain.Document{MediaType: "application/json", FileName: id.String() + ".json", Bytes: file.Content, SHA256: file.SHA256}
		return err
	})
	return doc, err
}

// RecordConsult records a talk with somebody who knows the law, and what came of it (C-157). It refuses
// with domain.ErrNotFound or ErrInvalid.
func (s *Service) RecordConsult(ctx context.Context, by domain.Caller, id domain.CaseID, c domain.LegalConsult, once domain.Once[domain.LegalConsult]) (domain.Answer, error) {
	ids := newTrailIDs()
	c.ID, c.Case, c.By, c.At = domain.New[domain.ConsultID](), id, by.User, by.Now
	return settling(ctx, s, by, domain.KindFactor, once, func(tx Tx) (domain.LegalConsult, domain.Trail, error) {
		kase, err := tx.LockCase(ctx, id, by.Organization)
		if err != nil {
			return c, domain.Trail{}, err
		}
		us, err := tx.Organization(ctx, by.Organization)
		if err != nil {
			return c, domain.Trail{}, err
		}
		if c.On.After(domain.DateOf(by.Now.In(us.Zone()))) {
			return c, domain.Trail{}, domain.ErrInvalid.At("/on", "in-the-future", "a talk that took place")
		}
		if err := tx.SaveConsult(ctx, kase, c); err != nil {
			return c, domain.Trail{}, fmt.Errorf("save consult: %w", err)
		}
		return c, ids.about(by, factorsOnly(kase), "case.legal_consult", c.ID.UUID, domain.DealID{}, fmt.Sprintf("%s was asked on %s: %q.", oneLine(c.Who), c.On.Short(), oneLine(c.Outcome))), nil
	})
}

// Consults lists the talks with those who know the law about a case of the factor's.
func (s *Service) Consults(ctx context.Context, by domain.Caller, id domain.CaseID) ([]domain.LegalConsult, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return nil, err
	}
	return of(ctx, s, by, id, func(tx Tx) ([]domain.LegalConsult, error) {
		f, err := tx.Outside(ctx, id)
		return f.Consults, err
	})
}
