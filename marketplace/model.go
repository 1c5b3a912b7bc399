package marketplace

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"comity/domain"
	"comity/underwriting"
	"comity/underwriting/paytime"
)

// fitted keeps the engines of models that were asked for. An artefact never
// changes, so what is here stays right.
type fitted struct {
	mu      sync.Mutex
	engines map[string]underwriting.Engine
}

func (f *fitted) find(name string) (underwriting.Engine, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	engine, found := f.engines[name]
	return engine, found
}

func (f *fitted) keep(name string, engine underwriting.Engine) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.engines[name] = engine
}

// fittedEngine returns the engine of a fitted model, and loads it the first time.
func (s *Service) fittedEngine(ctx context.Context, tx Tx, name string) (underwriting.Engine, error) {
	if engine, found := s.fitted.find(name); found {
		return engine, nil
	}
	artefact, err := tx.Artefact(ctx, name)
	if err != nil {
		return nil, err
	}
	model, sum, err := paytime.Decode(artefact, nil)
	if err != nil {
		return nil, fmt.Errorf("artefact of %s: %w", name, err)
	}
	if underwriting.CurveEngineName(sum) != name {
		return nil, fmt.Errorf("artefact of %s is another model: %s", name, sum)
	}
	engine := underwriting.NewCurveEngine(name, model)
	s.fitted.keep(name, engine)
	return engine, nil
}

// replay decides again on stored inputs, with the model that decided.
func (s *Service) replay(ctx context.Context, tx Tx, model string, inputs []byte) ([]byte, error) {
	if model == underwriting.ModelV1 {
		return underwriting.Replay(model, inputs)
	}
	engine, err := s.fittedEngine(ctx, tx, model)
	if err != nil {
		return nil, err
	}
	return underwriting.ReplayWith(engine, inputs)
}

// ProposeModel stores a fitted model, which decides nothing yet. It refuses with
// domain.ErrConflict one that is there; an artefact that was edited, or that verify,
// when given, does not accept, is paytime.ErrArtefact.
func (s *Service) ProposeModel(ctx context.Context, by domain.Caller, artefact []byte, note string, verify func(content, signature []byte) bool) (domain.Model, error) {
	if err := by.Must(domain.KindPlatform); err != nil {
		return domain.Model{}, err
	}
	model, sum, err := paytime.Decode(artefact, verify)
	if err != nil {
		return domain.Model{}, err
	}
	proposed := domain.Model{
		Name: underwriting.CurveEngineName(sum), Status: domain.ModelProposed, Trained: trainingOf(model.Trained), Note: note, ProposedAt: by.Now, ProposedBy: by.User,
	}
	if proposed.SHA256, err = hex.DecodeString(sum); err != nil {
		return domain.Model{}, fmt.Errorf("sum of %s: %w", proposed.Name, err)
	}
	audit := domain.New[domain.AuditID]()
	_, err = s.atomically(ctx, by.Own(), func(tx Tx) (domain.Answer, error) {
		if err := tx.SaveModel(ctx, proposed, artefact); err != nil {
			return domain.Answer{}, err
		}
		return domain.Answer{}, tx.SaveTrail(ctx, domain.Trail{Audit: []domain.AuditRow{modelAudit(audit, by, proposed)}})
	})
	return proposed, err
}

// trainingOf writes what a model was fitted on, its figures as decimals.
func trainingOf(t paytime.Training) domain.Training {
	out := domain.Training{
		Rows: t.Rows, Censored: t.Censored, Debtors: t.Debtors, From: t.From, Until: t.Until, Fingerprint: t.Fingerprint,
		CRPS: strconv.FormatFloat(t.CRPS, 'f', 4, 64), LogLossLate: strconv.FormatFloat(t.LogLossLate, 'f', 4, 64), Calibration: [][2]string{},
	}
	for _, tenth := range t.Calibration {
		out.Calibration = append(out.Calibration, [2]string{strconv.FormatFloat(tenth[0], 'f', 4, 64), strconv.FormatFloat(tenth[1], 'f', 4, 64)})
	}
	return out
}

func modelAudit(id domain.AuditID, by domain.Caller, m domain.Model) domain.AuditRow {
	return domain.Audited(id, by, "model."+string(m.Status), "model", [16]byte(m.SHA256[:16]), m.Name, m.Note)
}

// Models lists every fitted model, for the platform.
func (s *Service) Models(ctx context.Context, by domain.Caller) ([]domain.Model, error) {
	if err := by.Must(domain.KindPlatform); err != nil {
		return nil, err
	}
	var all []domain.Model
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		all, err = tx.Models(ctx)
		return err
	})
	return all, err
}

// Model returns a fitted model, for the platform.
func (s *Service) Model(ctx context.Context, by domain.Caller, name string) (domain.Model, error) {
	if err := by.Must(domain.KindPlatform); err != nil {
		return domain.Model{}, err
	}
	var m domain.Model
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		m, err = tx.Model(ctx, name)
		return err
	})
	return m, err
}

// MoveModel says what a model is for from now on. One that becomes live takes the
// place of the one that is, in the same transaction: no invoice is decided between
// them. It refuses with domain.ErrNotFound, ErrWrongState and, while another model
// is the shadow, ErrShadowTaken.
func (s *Service) MoveModel(ctx context.Context, by domain.Caller, name string, to domain.ModelStatus, once domain.Once[domain.Model]) (domain.Answer, error) {
	if err := by.Must(domain.KindPlatform); err != nil {
		return domain.Answer{}, err
	}
	audits := [2]domain.AuditID{domain.New[domain.AuditID](), domain.New[domain.AuditID]()}
	return s.atomically(ctx, once.Entry(by, domain.ScopePlatform), func(tx Tx) (domain.Answer, error) {
		all, err := tx.LockModels(ctx, name)
		if err != nil {
			return domain.Answer{}, err
		}
		at := slices.IndexFunc(all, func(m domain.Model) bool { return m.Name == name })
		if at < 0 {
			return domain.Answer{}, domain.ErrNotFound
		}
		moved, err := moveAmong(all, at, to, by)
		if err != nil {
			return domain.Answer{}, err
		}
		var trail domain.Trail
		for i, m := range moved {
			if err := tx.UpdateModel(ctx, m); err != nil {
				return domain.Answer{}, fmt.Errorf("move model %s: %w", m.Name, err)
			}
			trail.Audit = append(trail.Audit, modelAudit(audits[i], by, m))
		}
		return once.Answer(moved[len(moved)-1]), tx.SaveTrail(ctx, trail)
	})
}

// moveAmong moves one of the models that are in use or asked for, and returns those
// that moved, the one that was asked for last.
func moveAmong(all []domain.Model, at int, to domain.ModelStatus, by domain.Caller) ([]domain.Model, error) {
	m := all[at]
	if err := m.MoveTo(to, by.Now); err != nil {
		return nil, err
	}
	var moved []domain.Model
	for i, other := range all {
		if i == at || other.Status != to {
			continue
		}
		switch to {
		case domain.ModelShadow:
			return nil, domain.ErrShadowTaken.Because("%s is", other.Name)
		case domain.ModelLive:
			if err := other.MoveTo(domain.ModelRetired, by.Now); err != nil {
				return nil, err
			}
			moved = append(moved, other)
		case domain.ModelProposed, domain.ModelRetired:
		}
	}
	return append(moved, m), nil
}
