package repository

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"comity/domain"
)

type disclosingRow struct {
	ID         uuid.UUID     `json:"id"`
	Case       uuid.UUID     `json:"case_id"`
	Factor     uuid.UUID     `json:"factor_id"`
	Seller     uuid.UUID     `json:"seller_id"`
	Status     string        `json:"status"`
	Reason     string        `json:"reason"`
	Note       string        `json:"note"`
	AskedBy    uuid.UUID     `json:"asked_by"`
	AskedAt    timeCol       `json:"asked_at"`
	ApprovedBy uuid.NullUUID `json:"approved_by"`
	ApprovedAt timeCol       `json:"approved_at"`
}

func (r disclosingRow) disclosing() domain.Disclosing {
	return domain.Disclosing{
		ID: domain.DisclosingID{UUID: r.ID}, Case: domain.CaseID{UUID: r.Case}, Factor: domain.OrganizationID{UUID: r.Factor}, Seller: domain.OrganizationID{UUID: r.Seller},
		Status: domain.DisclosingStatus(r.Status), Reason: domain.DisclosingReason(r.Reason), Note: r.Note, AskedBy: domain.UserID{UUID: r.AskedBy}, AskedAt: r.AskedAt.Time,
		ApprovedBy: idOf[domain.UserID](r.ApprovedBy), ApprovedAt: r.ApprovedAt.Time,
	}
}

const disclosingColumns = `id, case_id, factor_id, seller_id, status, reason, note, asked_by, asked_at, approved_by, approved_at`

const (
	saveDisclosing = `
INSERT INTO disclosings (` + disclosingColumns + `)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (id) DO UPDATE SET status = excluded.status, approved_by = excluded.approved_by, approved_at = excluded.approved_at`
	readDisclosing = `
SELECT ` + disclosingColumns + ` FROM disclosings WHERE id = $1 AND factor_id = $2`
	listDisclosings = `
SELECT ` + disclosingColumns + ` FROM disclosings WHERE case_id = $1 ORDER BY id`
	telling = `
UPDATE cases SET telling_at = $2, next_action_at = $2 WHERE id = $1`
	tellDebtor = `
SELECT tell_debtor($1)`
)

// SaveDisclosing adds a decision to tell a debtor, or saves how it stands; its case is locked. It refuses
// with ErrConflict while another one of the case waits.
func (tx *Tx) SaveDisclosing(ctx context.Context, d domain.Disclosing) error {
	err := tx.exec(ctx, saveDisclosing, d.ID.UUID, d.Case.UUID, d.Factor.UUID, d.Seller.UUID, string(d.Status), string(d.Reason), d.Note, d.AskedBy.UUID, instant(d.AskedAt),
		orNull(d.ApprovedBy.UUID), instant(d.ApprovedAt))
	if violates(err, "disclosings_open") {
		return domain.ErrConflict.Because("another request to tell this debtor waits for a second person")
	}
	return err
}

// Disclosing returns a decision of a factor's.
func (tx *Tx) Disclosing(ctx context.Context, id domain.DisclosingID, factor domain.OrganizationID) (domain.Disclosing, error) {
	var row disclosingRow
	if err := tx.get(ctx, &row, readDisclosing, id.UUID, factor.UUID); err != nil {
		return domain.Disclosing{}, fmt.Errorf("read disclosing %s: %w", id, err)
	}
	return row.disclosing(), nil
}

// Disclosings returns the decisions about a case, the oldest first.
func (tx *Tx) Disclosings(ctx context.Context, kase domain.CaseID) ([]domain.Disclosing, error) {
	var rows []disclosingRow
	if err := tx.list(ctx, &rows, listDisclosings, kase.UUID); err != nil {
		return nil, fmt.Errorf("list disclosings: %w", err)
	}
	return mapped(rows, disclosingRow.disclosing), nil
}

// Telling saves that the debtor of a case that is locked is about to be told; it is looked at again at once.
func (tx *Tx) Telling(ctx context.Context, kase domain.CaseID, at time.Time) error {
	return tx.exec(ctx, telling, kase.UUID, instant(at))
}

// TellDebtor ends the confidentiality of a case whose debtor was about to be told, and of which the notice was
// sent: its pairs, its deals and itself are notified. Of any other case it does nothing.
func (tx *Tx) TellDebtor(ctx context.Context, kase domain.CaseID) error {
	return tx.exec(ctx, tellDebtor, kase.UUID)
}
