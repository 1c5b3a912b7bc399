package repository

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"comity/domain"
)

const modelColumns = `name, sha256, status, trained, note, proposed_at, proposed_by, shadow_at, live_at, retired_at`

const (
	insertModel = `
INSERT INTO models (name, sha256, artefact, status, trained, note, proposed_at, proposed_by) VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8)`
	readModel = `
SELECT ` + modelColumns + ` FROM models WHERE name = $1`
	listModels = `
SELECT ` + modelColumns + ` FROM models ORDER BY proposed_at, name`
	// With it the ones that it may take the place of, in one order for everybody.
	lockModels = `
SELECT ` + modelColumns + ` FROM models WHERE name = $1 OR status IN ('shadow', 'live') ORDER BY name FOR NO KEY UPDATE`
	updateModel = `
UPDATE models SET status = $2, shadow_at = $3, live_at = $4, retired_at = $5 WHERE name = $1`
	readArtefact = `SELECT model_artefact($1) AS artefact`
)

type trainingRow struct {
	Rows        int         `json:"rows"`
	Censored    int         `json:"censored"`
	Debtors     int         `json:"debtors"`
	From        string      `json:"from"`
	Until       string      `json:"until"`
	Fingerprint string      `json:"fingerprint"`
	CRPS        string      `json:"crps"`
	LogLossLate string      `json:"logloss_late"`
	Calibration [][2]string `json:"calibration"`
}

type modelRow struct {
	Name       string        `json:"name"`
	SHA256     bytesCol      `json:"sha256"`
	Status     string        `json:"status"`
	Trained    []byte        `json:"trained"`
	Note       string        `json:"note"`
	ProposedAt timeCol       `json:"proposed_at"`
	ProposedBy uuid.NullUUID `json:"proposed_by"`
	ShadowAt   timeCol       `json:"shadow_at"`
	LiveAt     timeCol       `json:"live_at"`
	RetiredAt  timeCol       `json:"retired_at"`
}

func (r modelRow) model() (domain.Model, error) {
	var trained trainingRow
	err := json.Unmarshal(r.Trained, &trained)
	return domain.Model{
		Name: r.Name, SHA256: r.SHA256, Status: domain.ModelStatus(r.Status), Trained: domain.Training(trained), Note: r.Note,
		ProposedAt: r.ProposedAt.Time, ProposedBy: idOf[domain.UserID](r.ProposedBy), ShadowAt: r.ShadowAt.Time, LiveAt: r.LiveAt.Time, RetiredAt: r.RetiredAt.Time,
	}, err
}

func modelsOf(rows []modelRow) ([]domain.Model, error) {
	models := make([]domain.Model, len(rows))
	for i, row := range rows {
		var err error
		if models[i], err = row.model(); err != nil {
			return nil, fmt.Errorf("model %s: %w", row.Name, err)
		}
	}
	return models, nil
}

// SaveModel adds a model. It refuses with ErrConflict one that is there.
func (tx *Tx) SaveModel(ctx context.Context, m domain.Model, artefact []byte) error {
	trained, err := json.Marshal(trainingRow(m.Trained))
	if err != nil {
		return fmt.Errorf("save model %s: %w", m.Name, err)
	}
	err = tx.exec(ctx, insertModel, m.Name, m.SHA256, artefact, string(m.Status), string(trained), m.Note, instant(m.ProposedAt), orNull(m.ProposedBy.UUID))
	if violates(err, "models_pkey") {
		return domain.ErrConflict.Because("the model %s is here", m.Name)
	}
	return err
}

// Model returns a model without its artefact.
func (tx *Tx) Model(ctx context.Context, name string) (domain.Model, error) {
	var row modelRow
	if err := tx.get(ctx, &row, readModel, name); err != nil {
		return domain.Model{}, fmt.Errorf("read model %s: %w", name, err)
	}
	return row.model()
}

// Models returns every model without its artefact, the oldest first.
func (tx *Tx) Models(ctx context.Context) ([]domain.Model, error) {
	var rows []modelRow
	if err := tx.list(ctx, &rows, listModels); err != nil {
		return nil, fmt.Errorf("list models: %w", err)
	}
	return modelsOf(rows)
}

// LockModels locks and returns a model and those that are in use.
func (tx *Tx) LockModels(ctx context.Context, name string) ([]domain.Model, error) {
	var rows []modelRow
	if err := tx.list(ctx, &rows, lockModels, name); err != nil {
		return nil, fmt.Errorf("lock model %s: %w", name, err)
	}
	return modelsOf(rows)
}

// UpdateModel saves what a model is for. It refuses with ErrConflict when another
// took that place meanwhile.
func (tx *Tx) UpdateModel(ctx context.Context, m domain.Model) error {
	err := tx.exec(ctx, updateModel, m.Name, string(m.Status), instant(m.ShadowAt), instant(m.LiveAt), instant(m.RetiredAt))
	if violates(err, "models_one_live") || violates(err, "models_one_shadow") {
		return domain.ErrConflict.Because("another model took the place meanwhile")
	}
	return err
}

// Artefact returns the artefact of a model, for whoever may read its decisions.
func (tx *Tx) Artefact(ctx context.Context, name string) ([]byte, error) {
	var artefact bytesCol
	if err := tx.get(ctx, &artefact, readArtefact, name); err != nil {
		return nil, fmt.Errorf("read artefact of %s: %w", name, err)
	}
	if artefact == nil {
		return nil, fmt.Errorf("read artefact of %s: there is no such model", name)
	}
	return artefact, nil
}
