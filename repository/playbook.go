package repository

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"comity/domain"
)

const playbookColumns = `id, factor_id, level, subject, name, version, status, steps, made_by, made_at, simulated_at, activated_by, activated_at, retired_at`

const (
	insertPlaybook = `
INSERT INTO playbooks (id, factor_id, level, subject, name, version, status, steps, made_by, made_at)
SELECT $1, $2, $3, $4, $5, coalesce(max(p.version), 0) + 1, $6, $7::jsonb, $8, $9 FROM playbooks p WHERE p.factor_id = $2 AND p.level = $3 AND p.subject = $4
RETURNING version`
	lockPlaybook = `
SELECT ` + playbookColumns + ` FROM playbooks WHERE factor_id = $2 AND id = $1 FOR UPDATE`
	listPlaybooks = `
SELECT ` + playbookColumns + ` FROM playbooks WHERE factor_id = $1 AND id > $2 ORDER BY id LIMIT $3`
	updatePlaybook = `
UPDATE playbooks SET status = $3, simulated_at = $4, activated_by = $5, activated_at = $6, retired_at = $7 WHERE factor_id = $2 AND id = $1`
	retirePlaybook = `
UPDATE playbooks SET status = 'retired', retired_at = $4 WHERE factor_id = $1 AND level = $2 AND subject = $3 AND status = 'active'`
	wakeFactor = `
WITH due AS (
  SELECT id FROM cases WHERE factor_id = $1 AND status = 'open' ORDER BY id FOR UPDATE
)
UPDATE cases SET next_action_at = least(coalesce(next_action_at, $2), $2) FROM due WHERE cases.id = due.id`
	sellerServed = `
SELECT EXISTS (SELECT FROM cases WHERE factor_id = $2 AND seller_id = $1)`
)

// SavePlaybook adds the next version of a playbook and returns it with its number.
func (tx *Tx) SavePlaybook(ctx context.Context, p domain.Playbook) (domain.Playbook, error) {
	steps, err := json.Marshal(stepsOf(p))
	if err != nil {
		return p, fmt.Errorf("encode steps: %w", err)
	}
	err = tx.get(ctx, &p.Version, insertPlaybook, p.ID.UUID, p.Factor.UUID, string(p.Level), p.Subject, p.Name, string(p.Status), string(steps), p.MadeBy.UUID, instant(p.MadeAt))
	if violates(err, "playbooks_factor_id_level_subject_version_key") {
		err = domain.ErrConflict.Because("another version was made at the same moment: try again")
	}
	return p, err
}

// LockPlaybook returns and locks a version of a factor's playbook.
func (tx *Tx) LockPlaybook(ctx context.Context, id domain.PlaybookID, factor domain.OrganizationID) (domain.Playbook, error) {
	var row playbookRow
	if err := tx.get(ctx, &row, lockPlaybook, id.UUID, factor.UUID); err != nil {
		return domain.Playbook{}, fmt.Errorf("lock playbook %s: %w", id, err)
	}
	return row.playbook(), nil
}

// Playbooks returns a page of the versions of a factor's playbooks, oldest first.
func (tx *Tx) Playbooks(ctx context.Context, factor domain.OrganizationID, page domain.Page) ([]domain.Playbook, error) {
	var rows []playbookRow
	if err := tx.list(ctx, &rows, listPlaybooks, factor.UUID, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list playbooks: %w", err)
	}
	return mapped(rows, playbookRow.playbook), nil
}

// UpdatePlaybook saves how a version stands.
func (tx *Tx) UpdatePlaybook(ctx context.Context, p domain.Playbook) error {
	err := tx.exec(ctx, updatePlaybook, p.ID.UUID, p.Factor.UUID, string(p.Status), instant(p.SimulatedAt), orNull(p.ActivatedBy.UUID), instant(p.ActivatedAt), instant(p.RetiredAt))
	if violates(err, "playbooks_active") {
		err = domain.ErrConflict.Because("another version was activated at the same moment: look again")
	}
	return err
}

// RetirePlaybook retires the version that is active for what a playbook is for.
func (tx *Tx) RetirePlaybook(ctx context.Context, p domain.Playbook, at time.Time) error {
	return tx.exec(ctx, retirePlaybook, p.Factor.UUID, string(p.Level), p.Subject, instant(at))
}

// WakeFactor has every open case of a factor looked at.
func (tx *Tx) WakeFactor(ctx context.Context, factor domain.OrganizationID, at time.Time) error {
	return tx.exec(ctx, wakeFactor, factor.UUID, instant(at))
}

// SellerServed reports whether a factor has, or had, a case of a seller's.
func (tx *Tx) SellerServed(ctx context.Context, seller, factor domain.OrganizationID) (bool, error) {
	var served bool
	err := tx.get(ctx, &served, sellerServed, seller.UUID, factor.UUID)
	return served, err
}
