package repository

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"comity/domain"
)

type disputeRow struct {
	ID           uuid.UUID `json:"id"`
	Case         uuid.UUID `json:"case_id"`
	Factor       uuid.UUID `json:"factor_id"`
	Seller       uuid.UUID `json:"seller_id"`
	Deal         uuid.UUID `json:"deal_id"`
	Status       string    `json:"status"`
	Currency     string    `json:"currency"`
	Amount       int64     `json:"amount_minor"`
	Reason       string    `json:"reason"`
	Said         string    `json:"said"`
	Remedy       string    `json:"remedy"`
	RaisedAt     timeCol   `json:"raised_at"`
	Position     string    `json:"position"`
	Offered      *int64    `json:"offered_minor"`
	Answer       string    `json:"answer"`
	AnsweredAt   timeCol   `json:"answered_at"`
	AgreedAt     timeCol   `json:"agreed_at"`
	AgreedHow    string    `json:"agreed_how"`
	Outcome      string    `json:"outcome"`
	Credited     *int64    `json:"credited_minor"`
	CreditNumber string    `json:"credit_number"`
	RootCause    string    `json:"root_cause"`
	ResolvedAt   timeCol   `json:"resolved_at"`
}

func (r disputeRow) dispute() domain.Dispute {
	none := int64(0)
	for _, minor := range []**int64{&r.Offered, &r.Credited} {
		if *minor == nil {
			*minor = &none
		}
	}
	return domain.Dispute{
		ID: domain.DisputeID{UUID: r.ID}, Case: domain.CaseID{UUID: r.Case}, Factor: domain.OrganizationID{UUID: r.Factor}, Seller: domain.OrganizationID{UUID: r.Seller},
		Deal: domain.DealID{UUID: r.Deal}, Status: domain.DisputeStatus(r.Status), Amount: amount(r.Amount, r.Currency), Reason: domain.DisputeReason(r.Reason),
		Said: r.Said, Remedy: r.Remedy, RaisedAt: r.RaisedAt.Time, Position: domain.Position(r.Position), Offered: amount(*r.Offered, r.Currency), Answer: r.Answer,
		AnsweredAt: r.AnsweredAt.Time, AgreedAt: r.AgreedAt.Time, AgreedHow: r.AgreedHow, Outcome: domain.DisputeOutcome(r.Outcome),
		Credited: amount(*r.Credited, r.Currency), CreditNumber: r.CreditNumber, RootCause: r.RootCause, ResolvedAt: r.ResolvedAt.Time,
	}
}

type noteRow struct {
	ID      uuid.UUID     `json:"id"`
	Dispute uuid.UUID     `json:"dispute_id"`
	Side    string        `json:"side"`
	User    uuid.NullUUID `json:"user_id"`
	Said    string        `json:"said"`
	At      timeCol       `json:"at"`
}

func (r noteRow) note() domain.Note {
	return domain.Note{
		ID: domain.NoteID{UUID: r.ID}, Dispute: domain.DisputeID{UUID: r.Dispute}, Side: r.Side, User: idOf[domain.UserID](r.User), Said: r.Said, At: r.At.Time,
	}
}

const disputeColumns = `id, case_id, factor_id, seller_id, deal_id, status, currency, amount_minor, reason, said, remedy, raised_at, position, offered_minor, answer,
  answered_at, agreed_at, agreed_how, outcome, credited_minor, credit_number, root_cause, resolved_at`

const (
	listDisputes = `
SELECT ` + disputeColumns + ` FROM disputes WHERE case_id = $1 ORDER BY id`
	insertDispute = `
INSERT INTO disputes (id, case_id, factor_id, seller_id, deal_id, status, currency, amount_minor, reason, said, remedy, raised_at)
VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $9, $10, $11)`
	findDispute = `
SELECT case_id, deal_id FROM disputes WHERE id = $1 AND (factor_id = $2 OR seller_id = $2)`
	lockDispute = `
SELECT ` + disputeColumns + ` FROM disputes WHERE id = $1 FOR UPDATE`
	updateDispute = `
UPDATE disputes SET status = $2, position = $3, offered_minor = $4, answer = $5, answered_by = coalesce($6, answered_by), answered_at = $7, agreed_at = $8, agreed_how = $9,
  outcome = $10, credited_minor = $11, credit_number = $12, root_cause = $13, resolved_at = $14 WHERE id = $1`
	releaseCause = `
UPDATE holds SET ended_at = $3 WHERE case_id = $1 AND cause_id = $2 AND ended_at IS NULL`
	insertNote = `
INSERT INTO dispute_notes (id, dispute_id, case_id, factor_id, seller_id, side, user_id, said, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	listNotes = `
SELECT id, dispute_id, side, user_id, said, at FROM dispute_notes WHERE dispute_id = $1 ORDER BY id`
	insertUpdate = `
INSERT INTO updates (id, case_id, factor_id, seller_id, deal_id, kind, subject_id, at)
SELECT $1, c.id, c.factor_id, c.seller_id, $3, $4, $5, $6 FROM cases c WHERE c.id = $2`
)

// SaveDispute adds a dispute.
func (tx *Tx) SaveDispute(ctx context.Context, page domain.DebtorPage, d domain.Dispute) error {
	return tx.exec(ctx, insertDispute, d.ID.UUID, page.Case.UUID, page.FactorID.UUID, page.SellerID.UUID, d.Deal.UUID, string(d.Amount.Currency()),
		d.Amount.Units(), string(d.Reason), d.Said, d.Remedy, instant(d.RaisedAt))
}

// foundDispute is where a dispute is.
type foundDispute struct {
	Case uuid.UUID `json:"case_id"`
	Deal uuid.UUID `json:"deal_id"`
}

// DisputeFile locks invoice, deal, case and dispute, in this order, and returns what the end of
// the dispute rests on. A dispute of nobody's is ErrNotFound.
func (tx *Tx) DisputeFile(ctx context.Context, id domain.DisputeID, party domain.OrganizationID) (domain.DisputeFile, error) {
	var found foundDispute
	if err := tx.get(ctx, &found, findDispute, id.UUID, party.UUID); err != nil {
		return domain.DisputeFile{}, fmt.Errorf("find dispute %s: %w", id, err)
	}
	file, err := tx.DealFile(ctx, domain.DealID{UUID: found.Deal})
	if err != nil {
		return domain.DisputeFile{}, err
	}
	dispute, err := tx.lockDispute(ctx, id)
	return domain.DisputeFile{Dispute: dispute, Deal: file}, err
}

// LockDispute locks the case of a dispute and the dispute, in this order. A dispute of nobody's
// is ErrNotFound.
func (tx *Tx) LockDispute(ctx context.Context, id domain.DisputeID, party domain.OrganizationID, kind domain.OrganizationKind) (domain.Dispute, domain.Case, error) {
	var found foundDispute
	if err := tx.get(ctx, &found, findDispute, id.UUID, party.UUID); err != nil {
		return domain.Dispute{}, domain.Case{}, fmt.Errorf("find dispute %s: %w", id, err)
	}
	kase, err := tx.LockSeat(ctx, domain.CaseID{UUID: found.Case}, party, kind)
	if err != nil {
		return domain.Dispute{}, kase, err
	}
	dispute, err := tx.lockDispute(ctx, id)
	return dispute, kase, err
}

func (tx *Tx) lockDispute(ctx context.Context, id domain.DisputeID) (domain.Dispute, error) {
	var row disputeRow
	if err := tx.get(ctx, &row, lockDispute, id.UUID); err != nil {
		return domain.Dispute{}, fmt.Errorf("lock dispute %s: %w", id, err)
	}
	return row.dispute(), nil
}

// DisputeCase returns the case of a party's dispute.
func (tx *Tx) DisputeCase(ctx context.Context, id domain.DisputeID, party domain.OrganizationID) (domain.CaseID, error) {
	var found foundDispute
	if err := tx.get(ctx, &found, findDispute, id.UUID, party.UUID); err != nil {
		return domain.CaseID{}, fmt.Errorf("find dispute %s: %w", id, err)
	}
	return domain.CaseID{UUID: found.Case}, nil
}

// UpdateDispute saves how a dispute stands, and who of the seller answered it.
func (tx *Tx) UpdateDispute(ctx context.Context, d domain.Dispute, answeredBy domain.UserID) error {
	return tx.exec(ctx, updateDispute, d.ID.UUID, string(d.Status), string(d.Position), d.Offered.Units(), d.Answer, orNull(answeredBy.UUID), instant(d.AnsweredAt),
		instant(d.AgreedAt), d.AgreedHow, string(d.Outcome), d.Credited.Units(), d.CreditNumber, d.RootCause, instant(d.ResolvedAt))
}

// EndDispute saves a dispute that was resolved, ends its hold, and has the debtor told.
func (tx *Tx) EndDispute(ctx context.Context, d domain.Dispute, told domain.Update) error {
	if err := tx.UpdateDispute(ctx, d, domain.UserID{}); err != nil {
		return err
	}
	if err := tx.ReleaseCause(ctx, d.Case, d.ID.UUID, d.ResolvedAt); err != nil {
		return err
	}
	return tx.SaveUpdate(ctx, told)
}

// SaveNote adds what somebody said about a dispute.
func (tx *Tx) SaveNote(ctx context.Context, d domain.Dispute, n domain.Note) error {
	return tx.exec(ctx, insertNote, n.ID.UUID, d.ID.UUID, d.Case.UUID, d.Factor.UUID, d.Seller.UUID, n.Side, orNull(n.User.UUID), n.Said, instant(n.At))
}

// Notes returns what was said about a dispute.
func (tx *Tx) Notes(ctx context.Context, id domain.DisputeID) ([]domain.Note, error) {
	var rows []noteRow
	if err := tx.list(ctx, &rows, listNotes, id.UUID); err != nil {
		return nil, fmt.Errorf("list notes: %w", err)
	}
	return mapped(rows, noteRow.note), nil
}

// Disputes returns the disputes of a case.
func (tx *Tx) Disputes(ctx context.Context, id domain.CaseID) ([]domain.Dispute, error) {
	var rows []disputeRow
	if err := tx.list(ctx, &rows, listDisputes, id.UUID); err != nil {
		return nil, fmt.Errorf("list disputes: %w", err)
	}
	return mapped(rows, disputeRow.dispute), nil
}
