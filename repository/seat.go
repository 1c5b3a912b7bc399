package repository

import (
	"context"
	"fmt"
	"strings"

	"comity/domain"
)

const pauseColumns = `id, case_id, deal_id, side, reason, set_by, set_at, until_at, ended_by, ended_at`

const (
	insertPause = `
INSERT INTO pauses (id, case_id, factor_id, seller_id, deal_id, side, reason, set_by, set_at, until_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	endPause = `
UPDATE pauses SET ended_by = $2, ended_at = $3 WHERE id = $1`
	readSellerPause = `
SELECT ` + pauseColumns + ` FROM pauses WHERE seller_id = $2 AND id = $1`
	listPauses = `
SELECT ` + pauseColumns + ` FROM pauses WHERE case_id = $1 ORDER BY id`
	readSellerTouch = `
SELECT ` + touchColumns + ` FROM touches t WHERE t.seller_id = $2 AND t.id = $1`
	insertApproval = `
INSERT INTO approvals (id, touch_id, case_id, factor_id, seller_id, side, user_id, consent, note, at, asked_for) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	listApprovals = `
SELECT id, touch_id, case_id, side, user_id, consent, asked_for, note, at FROM approvals WHERE case_id = $1 ORDER BY id`
	readVoice = `
SELECT seller_id, line, thanks, informal, updated_by, updated_at FROM voices WHERE seller_id = $1`
	saveVoice = `
INSERT INTO voices (seller_id, line, thanks, informal, updated_by, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (seller_id) DO UPDATE SET line = excluded.line, thanks = excluded.thanks, informal = excluded.informal,
  updated_by = excluded.updated_by, updated_at = excluded.updated_at`
)

var (
	lockSellerCase  = strings.Replace(lockCase, "factor_id = $2", "seller_id = $2", 1)
	readFactorPause = strings.Replace(readSellerPause, "seller_id = $2", "factor_id = $2", 1)
	readFactorTouch = strings.Replace(readSellerTouch, "seller_id = $2", "factor_id = $2", 1)
)

// LockSeat returns and locks a case of one side's. A seller's transaction has to be a
// wide one: the case is its factor's row.
func (tx *Tx) LockSeat(ctx context.Context, id domain.CaseID, org domain.OrganizationID, kind domain.OrganizationKind) (domain.Case, error) {
	var row caseBrief
	if err := tx.get(ctx, &row, bySide(kind, lockSellerCase, lockCase, lockSellerCase), id.UUID, org.UUID); err != nil {
		return domain.Case{}, fmt.Errorf("lock case %s: %w", id, err)
	}
	return row.brief(), nil
}

// SavePause adds a pause to a case, which is locked.
func (tx *Tx) SavePause(ctx context.Context, c domain.Case, p domain.Pause) error {
	return tx.exec(ctx, insertPause, p.ID.UUID, c.ID.UUID, c.Factor.UUID, c.Seller.UUID, orNull(p.Deal.UUID), string(p.Side), p.Reason, p.SetBy.UUID,
		instant(p.SetAt), instant(p.Until))
}

// EndPause saves who ended a pause.
func (tx *Tx) EndPause(ctx context.Context, p domain.Pause) error {
	return tx.exec(ctx, endPause, p.ID.UUID, p.EndedBy.UUID, instant(p.EndedAt))
}

// Pause returns a pause of one side's case, whichever side set it.
func (tx *Tx) Pause(ctx context.Context, id domain.PauseID, org domain.OrganizationID, kind domain.OrganizationKind) (domain.Pause, error) {
	var row pauseRow
	if err := tx.get(ctx, &row, bySide(kind, readSellerPause, readFactorPause, readSellerPause), id.UUID, org.UUID); err != nil {
		return domain.Pause{}, fmt.Errorf("read pause %s: %w", id, err)
	}
	return row.pause(), nil
}

// Pauses returns every pause of a case, those that are over too.
func (tx *Tx) Pauses(ctx context.Context, id domain.CaseID) ([]domain.Pause, error) {
	var rows []pauseRow
	if err := tx.list(ctx, &rows, listPauses, id.UUID); err != nil {
		return nil, fmt.Errorf("list pauses: %w", err)
	}
	return mapped(rows, pauseRow.pause), nil
}

// Touch returns a message of one side's case.
func (tx *Tx) Touch(ctx context.Context, id domain.TouchID, org domain.OrganizationID, kind domain.OrganizationKind) (domain.Touch, error) {
	var row touchRow
	if err := tx.get(ctx, &row, bySide(kind, readSellerTouch, readFactorTouch, readSellerTouch), id.UUID, org.UUID); err != nil {
		return domain.Touch{}, fmt.Errorf("read message %s: %w", id, err)
	}
	return row.touch(), nil
}

// SaveApproval keeps one person's word on a message; a second one of the same
// person's is ErrWrongState.
func (tx *Tx) SaveApproval(ctx context.Context, c domain.Case, a domain.Approval) error {
	err := tx.exec(ctx, insertApproval, a.ID.UUID, a.Touch.UUID, c.ID.UUID, c.Factor.UUID, c.Seller.UUID, string(a.Side), a.User.UUID, string(a.Consent), a.Note, instant(a.At), a.AskedFor)
	if violates(err, "approvals_touch_id_user_id_asked_for_key") {
		return domain.ErrWrongState.Because("you have said your word on this message").In("said")
	}
	return err
}

// Approvals returns every word on the messages of a case, oldest first.
func (tx *Tx) Approvals(ctx context.Context, id domain.CaseID) ([]domain.Approval, error) {
	var rows []approvalRow
	if err := tx.list(ctx, &rows, listApprovals, id.UUID); err != nil {
		return nil, fmt.Errorf("list approvals: %w", err)
	}
	return mapped(rows, approvalRow.approval), nil
}

// Voice returns what a seller adds to letters; ErrNotFound when it said nothing yet.
func (tx *Tx) Voice(ctx context.Context, seller domain.OrganizationID) (domain.Voice, error) {
	var row voiceRow
	if err := tx.get(ctx, &row, readVoice, seller.UUID); err != nil {
		return domain.Voice{}, fmt.Errorf("read voice: %w", err)
	}
	return row.voice(), nil
}

// SaveVoice keeps what a seller adds to letters.
func (tx *Tx) SaveVoice(ctx context.Context, v domain.Voice) error {
	return tx.exec(ctx, saveVoice, v.Seller.UUID, v.Line, v.Thanks, v.Informal, v.UpdatedBy.UUID, instant(v.UpdatedAt))
}
