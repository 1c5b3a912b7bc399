package collections

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"comity/domain"
)

// booking is what the use cases of playbooks need.
type booking interface {
	SavePlaybook(ctx context.Context, p domain.Playbook) (domain.Playbook, error)
	LockPlaybook(ctx context.Context, id domain.PlaybookID, factor domain.OrganizationID) (domain.Playbook, error)
	UpdatePlaybook(ctx context.Context, p domain.Playbook) error
	RetirePlaybook(ctx context.Context, p domain.Playbook, at time.Time) error
	Playbooks(ctx context.Context, factor domain.OrganizationID, page domain.Page) ([]domain.Playbook, error)
	WakeFactor(ctx context.Context, factor domain.OrganizationID, at time.Time) error
	SellerServed(ctx context.Context, seller, factor domain.OrganizationID) (bool, error)
	Lives(ctx context.Context, p domain.Playbook, since time.Time, most int) ([]domain.Life, error)
}

// segment is a country, or a country and a legal type.
var segment = regexp.MustCompile(`^[A-Z]{2}(/(company|partnership|sole_trader|public_body))?$`)

// A PlaybookFor says for what a playbook is: the factor (none of them), one
// seller, a segment, or by one of its cases a debtor or a relationship.
type PlaybookFor struct {
	Level   domain.PlaybookLevel
	Seller  domain.OrganizationID
	Segment string
	Case    domain.CaseID
}

// MakePlaybook saves a draft: the next version for what it is for. It refuses with
// domain.ErrInvalid naming the step and the rule, or ErrNotFound for a seller or a case that
// is not the caller's.
func (s *Service) MakePlaybook(ctx context.Context, by domain.Caller, draft domain.Playbook, whose PlaybookFor, once domain.Once[domain.Playbook]) (domain.Answer, error) {
	if err := CheckPlaybook(draft); err != nil {
		return domain.Answer{}, err
	}
	draft.ID, draft.Factor, draft.Level, draft.Status = domain.New[domain.PlaybookID](), by.Organization, whose.Level, domain.PlaybookDraft
	draft.MadeBy, draft.MadeAt = by.User, by.Now
	audit := domain.New[domain.AuditID]()
	return keyed(ctx, s, by, once, func(tx Tx) (domain.Playbook, domain.Trail, error) {
		var err error
		if draft.Subject, err = subject(ctx, tx, by, whose); err != nil {
			return draft, domain.Trail{}, err
		}
		saved, err := tx.SavePlaybook(ctx, draft)
		if err != nil {
			return draft, domain.Trail{}, fmt.Errorf("save playbook: %w", err)
		}
		return saved, playbookTrail(audit, by, saved, "playbook.made"), nil
	})
}

func playbookTrail(audit domain.AuditID, by domain.Caller, p domain.Playbook, action string) domain.Trail {
	return domain.Trail{Audit: []domain.AuditRow{domain.Audited(audit, by, action, "playbook", p.ID.UUID, string(p.Level), p.Name, fmt.Sprint(p.Version))}}
}

// subject is what a level's playbook is for, as it is stored.
func subject(ctx context.Context, tx Tx, by domain.Caller, whose PlaybookFor) (string, error) {
	switch whose.Level {
	case domain.LevelFactor:
		return "", nil
	case domain.LevelSegment:
		if !segment.MatchString(whose.Segment) {
			return "", domain.ErrInvalid.At("/segment", "not-a-segment", "a country, such as DE, or a country and a legal type, such as DE/sole_trader")
		}
		return whose.Segment, nil
	case domain.LevelSeller:
		served, err := tx.SellerServed(ctx, whose.Seller, by.Organization)
		if err == nil && !served {
			err = domain.ErrNotFound.Because("there is no case of this seller")
		}
		return whose.Seller.UUID.String(), err
	case domain.LevelDebtor, domain.LevelRelationship:
		kase, err := tx.Case(ctx, whose.Case, by.Organization, by.Kind)
		if whose.Level == domain.LevelDebtor {
			return kase.Debtor.UUID.String(), err
		}
		return kase.Relationship.UUID.String(), err
	default:
		return "", domain.ErrInvalid.At("/level", "not-allowed", "it is factor, seller, segment, debtor or relationship")
	}
}

// Playbooks lists the versions of a factor's playbooks, oldest first; the built-in one
// comes first on the first page.
func (s *Service) Playbooks(ctx context.Context, by domain.Caller, page domain.Page) ([]domain.Playbook, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return nil, err
	}
	var found []domain.Playbook
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		found, err = tx.Playbooks(ctx, by.Organization, page)
		return err
	})
	return found, err
}

// PlaybookOf returns the playbook that is in force for a case, with the level at which it was
// found, to either side. It refuses with domain.ErrNotFound.
func (s *Service) PlaybookOf(ctx context.Context, by domain.Caller, id domain.CaseID) (domain.Playbook, error) {
	var p domain.Playbook
	err := s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		if _, err := tx.Case(ctx, id, by.Organization, by.Kind); err != nil {
			return err
		}
		f, err := tx.CaseLook(ctx, id)
		p = bookOf(&f)
		return err
	})
	return p, err
}

// ActivatePlaybook makes a draft the version that counts, from the next look at each case
// on; the one before is retired. It refuses with domain.ErrNotFound, or ErrWrongState when it
// is no draft or was not simulated.
func (s *Service) ActivatePlaybook(ctx context.Context, by domain.Caller, id domain.PlaybookID, once domain.Once[domain.Playbook]) (domain.Answer, error) {
	return s.movePlaybook(ctx, by, id, domain.PlaybookActive, "playbook.activated", once, func(tx Tx, p *domain.Playbook) error {
		if p.SimulatedAt.IsZero() {
			return domain.ErrWrongState.Because("look first at what it would have sent: simulate it").In("not_simulated")
		}
		p.ActivatedBy, p.ActivatedAt = by.User, by.Now
		if err := tx.RetirePlaybook(ctx, *p, by.Now); err != nil {
			return fmt.Errorf("retire the version before: %w", err)
		}
		return nil
	})
}

// EndPlaybook retires a version; what is less particular counts again. It refuses with
// domain.ErrNotFound or ErrWrongState.
func (s *Service) EndPlaybook(ctx context.Context, by domain.Caller, id domain.PlaybookID, once domain.Once[domain.Playbook]) (domain.Answer, error) {
	return s.movePlaybook(ctx, by, id, domain.PlaybookRetired, "playbook.retired", once, func(_ Tx, p *domain.Playbook) error {
		p.RetiredAt = by.Now
		return nil
	})
}

// movePlaybook lets an owner move a version to another state, which has every case looked at.
func (s *Service) movePlaybook(ctx context.Context, by domain.Caller, id domain.PlaybookID, to domain.PlaybookStatus, event string, once domain.Once[domain.Playbook],
	change func(Tx, *domain.Playbook) error,
) (domain.Answer, error) {
	if err := by.Must(domain.KindFactor, domain.RoleOwner); err != nil {
		return domain.Answer{}, err
	}
	audit := domain.New[domain.AuditID]()
	return keyed(ctx, s, by, once, func(tx Tx) (domain.Playbook, domain.Trail, error) {
		p, err := tx.LockPlaybook(ctx, id, by.Organization)
		if err != nil {
			return p, domain.Trail{}, err
		}
		if err := domain.PlaybookMoves.Move(p.Status, to); err != nil {
			return p, domain.Trail{}, err
		}
		if err := change(tx, &p); err != nil {
			return p, domain.Trail{}, err
		}
		p.Status = to
		if err := tx.UpdatePlaybook(ctx, p); err != nil {
			return p, domain.Trail{}, fmt.Errorf("save playbook: %w", err)
		}
		return p, playbookTrail(audit, by, p, event), tx.WakeFactor(ctx, by.Organization, by.Now)
	})
}

// A Simulation is what a playbook would have done in a factor's own cases.
type Simulation struct {
	Playbook domain.Playbook
	Since    time.Time
	Cases    int
	Sent     map[string]int // by class and tone, such as "reminder 2"
	Refused  map[string]int // by code
	Asked    int            // steps put before people
	Highest  int            // tone
	Lives    []SimulatedLife
}

// A SimulatedLife is one case of a simulation.
type SimulatedLife struct {
	Case    domain.CaseID
	Debtor  string
	Moments []Moment
}

const (
	simulatedDays  = 365
	simulatedCases = 100
)

// SimulatePlaybook plays a factor's latest cases of a year again under a playbook that would have
// been for them, and notes that this was done. It refuses with domain.ErrNotFound.
func (s *Service) SimulatePlaybook(ctx context.Context, by domain.Caller, id domain.PlaybookID, once domain.Once[Simulation]) (domain.Answer, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return domain.Answer{}, err
	}
	var p domain.Playbook
	var lives []domain.Life
	since := by.Now.AddDate(0, 0, -simulatedDays)
	err := s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		var err error
		if p, err = tx.LockPlaybook(ctx, id, by.Organization); err != nil {
			return err
		}
		lives, err = tx.Lives(ctx, p, since, simulatedCases)
		return err
	})
	if err != nil {
		return domain.Answer{}, fmt.Errorf("load cases: %w", err)
	}
	done, err := Simulate(p, lives, by.Now) // nobody waits for it
	if err != nil {
		return domain.Answer{}, err
	}
	audit := domain.New[domain.AuditID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeWork), func(tx Tx) (domain.Answer, error) {
		p, err := tx.LockPlaybook(ctx, id, by.Organization)
		if err != nil {
			return domain.Answer{}, err
		}
		p.SimulatedAt = by.Now
		if err := tx.UpdatePlaybook(ctx, p); err != nil {
			return domain.Answer{}, fmt.Errorf("save playbook: %w", err)
		}
		done.Playbook, done.Since = p, since
		return once.Answer(done), tx.SaveTrail(ctx, playbookTrail(audit, by, p, "playbook.simulated"))
	})
}

// Simulate plays lives under a playbook until a moment and counts what came of it.
func Simulate(p domain.Playbook, lives []domain.Life, until time.Time) (Simulation, error) {
	done := Simulation{Playbook: p, Cases: len(lives), Sent: map[string]int{}, Refused: map[string]int{}}
	for _, life := range lives {
		moments, err := Play(life, p, until)
		if err != nil {
			return done, err
		}
		for _, m := range moments {
			if m.Asked != nil {
				done.Asked++
			}
			if m.Sent != nil {
				done.Sent[fmt.Sprintf("%s %d", m.Sent.Class, m.Sent.Tone)]++
				done.Highest = max(done.Highest, m.Sent.Tone)
			}
			if m.Refused != nil {
				for _, code := range m.Refused.Codes {
					done.Refused[code]++
				}
			}
		}
		done.Lives = append(done.Lives, SimulatedLife{life.Facts.Case.ID, life.Facts.Relationship.Name, moments})
	}
	return done, nil
}
