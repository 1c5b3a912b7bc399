package repository

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"comity/domain"
)

type protectiveRow struct {
	ID        uuid.UUID     `json:"id"`
	Case      uuid.UUID     `json:"case_id"`
	Factor    uuid.UUID     `json:"factor_id"`
	Seller    uuid.UUID     `json:"seller_id"`
	Deal      uuid.UUID     `json:"deal_id"`
	Status    string        `json:"status"`
	Kind      string        `json:"kind"`
	Ground    string        `json:"ground"`
	Deadline  dateCol       `json:"deadline"`
	Evidence  string        `json:"evidence"`
	Meaning   string        `json:"meaning"`
	MadeBy    uuid.UUID     `json:"made_by"`
	MadeAt    timeCol       `json:"made_at"`
	CheckedBy uuid.NullUUID `json:"checked_by"`
	DecidedAt timeCol       `json:"decided_at"`
	ToldAt    timeCol       `json:"told_at"`
}

func (r protectiveRow) step() domain.ProtectiveStep {
	return domain.ProtectiveStep{
		ID: domain.ProtectiveID{UUID: r.ID}, Case: domain.CaseID{UUID: r.Case}, Factor: domain.OrganizationID{UUID: r.Factor}, Seller: domain.OrganizationID{UUID: r.Seller},
		Deal: domain.DealID{UUID: r.Deal}, Status: domain.ProtectiveStatus(r.Status), Kind: domain.ProtectiveKind(r.Kind), Ground: domain.ProtectiveGround(r.Ground),
		Deadline: r.Deadline.Date, Evidence: r.Evidence, Meaning: r.Meaning, MadeBy: domain.UserID{UUID: r.MadeBy}, MadeAt: r.MadeAt.Time,
		CheckedBy: idOf[domain.UserID](r.CheckedBy), DecidedAt: r.DecidedAt.Time, ToldAt: r.ToldAt.Time,
	}
}

const (
	saveProtective = `
INSERT INTO protective_steps (id, case_id, factor_id, seller_id, deal_id, status, kind, ground, deadline, evidence, meaning, made_by, made_at, checked_by, decided_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (id) DO UPDATE SET status = excluded.status, checked_by = excluded.checked_by, decided_at = excluded.decided_at`
	findProtective = `
SELECT case_id FROM protective_steps WHERE id = $1 AND (factor_id = $2 OR seller_id = $2)`
)

// SaveProtective adds a protective step, or saves how it stands; its case is locked.
func (tx *Tx) SaveProtective(ctx context.Context, p domain.ProtectiveStep) error {
	return tx.exec(ctx, saveProtective, p.ID.UUID, p.Case.UUID, p.Factor.UUID, p.Seller.UUID, p.Deal.UUID, string(p.Status), string(p.Kind), string(p.Ground), day(p.Deadline),
		p.Evidence, p.Meaning, p.MadeBy.UUID, instant(p.MadeAt), orNull(p.CheckedBy.UUID), instant(p.DecidedAt))
}

// ProtectiveCase returns the case of a party's protective step.
func (tx *Tx) ProtectiveCase(ctx context.Context, id domain.ProtectiveID, party domain.OrganizationID) (domain.CaseID, error) {
	var kase uuid.UUID
	if err := tx.get(ctx, &kase, findProtective, id.UUID, party.UUID); err != nil {
		return domain.CaseID{}, fmt.Errorf("find protective step %s: %w", id, err)
	}
	return domain.CaseID{UUID: kase}, nil
}
