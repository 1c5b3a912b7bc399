package collections

import (
	"context"
	"fmt"
	"time"

	"comity/domain"
)

// escalating is what asks somebody external, and what keeps a right.
type escalating interface {
	SaveAgency(context.Context, domain.Agency, domain.UserID) error
	UpdateAgency(context.Context, domain.Agency) error
	Agency(context.Context, domain.AgencyID, domain.WorldID) (domain.Agency, error)
	LockAgency(context.Context, domain.AgencyID) (domain.Agency, error)
	Agencies(context.Context, domain.WorldID, domain.Page) ([]domain.Agency, error)
	SaveAgencyComplaint(context.Context, domain.AgencyComplaint) error
	ClearAgencyComplaints(ctx context.Context, id domain.AgencyID, at time.Time) error

	SaveEscalation(context.Context, domain.Escalation) error
	EscalationCase(context.Context, domain.EscalationID, domain.OrganizationID, domain.OrganizationKind) (domain.CaseID, error)
	Outside(context.Context, domain.CaseID) (domain.CaseFacts, error)
	SaveEscalationFile(context.Context, domain.EscalationFile) error
	EscalationFile(context.Context, domain.EscalationID, domain.OrganizationID) (domain.EscalationFile, error)
	SaveConsult(context.Context, domain.Case, domain.LegalConsult) error
	SaveProtective(context.Context, domain.ProtectiveStep) error
	ProtectiveCase(context.Context, domain.ProtectiveID, domain.OrganizationID) (domain.CaseID, error)
}

// registering runs what changes the register of agencies, or counts against one of them, once.
func registering[T any](ctx context.Context, s *Service, by domain.Caller, once domain.Once[T], do func(Tx) (T, domain.Trail, error)) (domain.Answer, error) {
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		result, trail, err := do(tx)
		if err != nil {
			return domain.Answer{}, err
		}
		return once.Answer(result), tx.SaveTrail(ctx, trail)
	})
}

// agencyTrail is the trail of a change to the register, which is the platform's alone.
func agencyTrail(id domain.AuditID, by domain.Caller, action string, a domain.Agency, said ...any) domain.Trail {
	return domain.Trail{Audit: []domain.AuditRow{domain.Audited(id, by, action, "agency", a.ID.UUID, said...)}}
}

// RegisterAgency enters an agency in the register of a world. Only the platform may. It refuses with
// domain.ErrInvalid.
func (s *Service) RegisterAgency(ctx context.Context, by domain.Caller, a domain.Agency, once domain.Once[domain.Agency]) (domain.Answer, error) {
	if err := by.Must(domain.KindPlatform); err != nil {
		return domain.Answer{}, err
	}
	if err := a.Check(); err != nil {
		return domain.Answer{}, err
	}
	audit := domain.New[domain.AuditID]()
	a.ID, a.MadeAt = domain.New[domain.AgencyID](), by.Now
	return registering(ctx, s, by, once, func(tx Tx) (domain.Agency, domain.Trail, error) {
		if err := tx.SaveAgency(ctx, a, by.User); err != nil {
			return a, domain.Trail{}, fmt.Errorf("save agency: %w", err)
		}
		made, err := tx.Agency(ctx, a.ID, domain.WorldID{})
		return made, agencyTrail(audit, by, "agency.registered", made, a.Name, a.Licence, a.Code), err
	})
}

// RenewAgency replaces what is on file of an agency: a new licence, a code that was signed again. Only
// the platform may. It refuses with domain.ErrNotFound, ErrInvalid or ErrVersionStale.
func (s *Service) RenewAgency(ctx context.Context, by domain.Caller, a domain.Agency) (domain.Agency, error) {
	if err := by.Must(domain.KindPlatform); err != nil {
		return a, err
	}
	if err := a.Check(); err != nil {
		return a, err
	}
	audit := domain.New[domain.AuditID]()
	var made domain.Agency
	_, err := registering(ctx, s, by, domain.Once[domain.Agency]{Answer: func(domain.Agency) domain.Answer { return domain.Answer{} }}, func(tx Tx) (domain.Agency, domain.Trail, error) {
		had, err := tx.LockAgency(ctx, a.ID)
		if err != nil {
			return a, domain.Trail{}, err
		}
		a.World, a.MadeAt, a.SuspendedAt, a.SuspendedReason = had.World, had.MadeAt, had.SuspendedAt, had.SuspendedReason
		if err := tx.UpdateAgency(ctx, a); err != nil {
			return a, domain.Trail{}, fmt.Errorf("save agency: %w", err)
		}
		made, err = tx.Agency(ctx, a.ID, domain.WorldID{})
		return made, agencyTrail(audit, by, "agency.renewed", made, a.Name, a.Licence, a.Code), err
	})
	return made, err
}

// SuspendAgency lets nobody ask an agency until it is reinstated. Only the platform may. It refuses with
// domain.ErrNotFound, ErrInvalid, or ErrWrongState when it is suspended.
func (s *Service) SuspendAgency(ctx context.Context, by domain.Caller, id domain.AgencyID, reason string, once domain.Once[domain.Agency]) (domain.Answer, error) {
	return s.ruleOnAgency(ctx, by, id, reason, "agency.suspended", once, func(_ Tx, a *domain.Agency) error {
		if !a.SuspendedAt.IsZero() {
			return domain.ErrWrongState.Because("it is suspended already").In("suspended")
		}
		a.SuspendedAt, a.SuspendedReason = by.Now, reason
		return nil
	})
}

// ReinstateAgency ends a suspension, and lets the complaints so far count no more: an operator looked at
// them and says why. Only the platform may. It refuses with domain.ErrNotFound, ErrInvalid, or
// ErrWrongState where nothing stands against the agency.
func (s *Service) ReinstateAgency(ctx context.Context, by domain.Caller, id domain.AgencyID, reason string, once domain.Once[domain.Agency]) (domain.Answer, error) {
	return s.ruleOnAgency(ctx, by, id, reason, "agency.reinstated", once, func(tx Tx, a *domain.Agency) error {
		if a.SuspendedAt.IsZero() && a.Complaints == 0 {
			return domain.ErrWrongState.Because("it is not suspended, and no complaint counts").In("in_force")
		}
		a.SuspendedAt, a.SuspendedReason = time.Time{}, ""
		return tx.ClearAgencyComplaints(ctx, id, by.Now)
	})
}

func (s *Service) ruleOnAgency(ctx context.Context, by domain.Caller, id domain.AgencyID, reason, action string, once domain.Once[domain.Agency], rule func(Tx, *domain.Agency) error) (domain.Answer, error) {
	if err := by.Must(domain.KindPlatform); err != nil {
		return domain.Answer{}, err
	}
	audit := domain.New[domain.AuditID]()
	return registering(ctx, s, by, once, func(tx Tx) (domain.Agency, domain.Trail, error) {
		a, err := tx.LockAgency(ctx, id)
		if err == nil {
			err = rule(tx, &a)
		}
		if err != nil {
			return a, domain.Trail{}, err
		}
		if err := tx.UpdateAgency(ctx, a); err != nil {
			return a, domain.Trail{}, fmt.Errorf("save agency: %w", err)
		}
		a, err = tx.Agency(ctx, id, domain.WorldID{})
		return a, agencyTrail(audit, by, action, a, reason), err
	})
}

// Agencies lists the register of the caller's world; the platform's lists every world's.
func (s *Service) Agencies(ctx context.Context, by domain.Caller, page domain.Page) ([]domain.Agency, error) {
	var found []domain.Agency
	err := s.read(ctx, by.In(domain.ScopeMarket), func(tx Tx) error {
		var err error
		found, err = tx.Agencies(ctx, by.World, page)
		return err
	})
	return found, err
}

// Agency returns an agency of the caller's world. It refuses with domain.ErrNotFound.
func (s *Service) Agency(ctx context.Context, by domain.Caller, id domain.AgencyID) (domain.Agency, error) {
	var found domain.Agency
	err := s.read(ctx, by.In(domain.ScopeMarket), func(tx Tx) error {
		var err error
		found, err = tx.Agency(ctx, id, by.World)
		return err
	})
	return found, err
}

// ComplainOfAgency records what somebody said against how an agency treated a debtor that it was asked
// about: by the factor, or by the platform. It refuses with domain.ErrForbidden, ErrNotFound, ErrInvalid,
// or ErrWrongState where the agency was never asked.
func (s *Service) ComplainOfAgency(ctx context.Context, by domain.Caller, id domain.EscalationID, said string, once domain.Once[domain.AgencyComplaint]) (domain.Answer, error) {
	if by.Kind != domain.KindPlatform {
		if err := by.Must(domain.KindFactor); err != nil {
			return domain.Answer{}, err
		}
	}
	said, err := spoken(said)
	if err != nil {
		return domain.Answer{}, err
	}
	ids := newTrailIDs()
	c := domain.AgencyComplaint{ID: domain.New[domain.AgencyComplaintID](), Escalation: id, Side: string(by.Kind), Said: said, By: by.User, At: by.Now}
	return registering(ctx, s, by, once, func(tx Tx) (domain.AgencyComplaint, domain.Trail, error) {
		e, f, err := escalationFile(ctx, tx, by, id)
		if err != nil {
			return c, domain.Trail{}, err
		}
		if e.HandedAt.IsZero() {
			return c, domain.Trail{}, domain.ErrWrongState.Because("%s was not asked", e.AgencyName).In(string(e.Status), string(domain.EscalationHandedOver), string(domain.EscalationReturned))
		}
		c.Agency = e.Agency
		if err := tx.SaveAgencyComplaint(ctx, c); err != nil {
			return c, domain.Trail{}, fmt.Errorf("save complaint: %w", err)
		}
		trail := ids.about(by, factorsOnly(f.Case), "agency.complaint", c.ID.UUID, domain.DealID{}, fmt.Sprintf("A complaint about %s was recorded: %q.", e.AgencyName, oneLine(said)))
		trail.Events[0].World = f.Case.World
		return c, trail, nil
	})
}

// factorsOnly returns the case as an event names it that is the factor's alone.
func factorsOnly(kase domain.Case) domain.Case {
	kase.Seller = domain.OrganizationID{}
	return kase
}
