package repository

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
)

type gateRow struct {
	ID        uuid.UUID `json:"id"`
	Case      uuid.UUID `json:"case_id"`
	Factor    uuid.UUID `json:"factor_id"`
	Seller    uuid.UUID `json:"seller_id"`
	Cycle     int       `json:"cycle"`
	Step      string    `json:"step"`
	Class     string    `json:"class"`
	Sent      bool      `json:"sent"`
	Codes     textsCol  `json:"codes"`
	Outward   textsCol  `json:"outward"`
	Facts     string    `json:"facts"`
	LookAgain timeCol   `json:"look_again_at"`
	At        timeCol   `json:"at"`
}

func (r gateRow) decision() domain.GateDecision {
	return domain.GateDecision{
		ID: domain.GateID{UUID: r.ID}, Case: domain.CaseID{UUID: r.Case}, Factor: domain.OrganizationID{UUID: r.Factor}, Seller: domain.OrganizationID{UUID: r.Seller},
		Cycle: r.Cycle, Step: r.Step, Class: domain.MessageClass(r.Class), Sent: r.Sent, Codes: r.Codes, Outward: r.Outward, Facts: r.Facts,
		LookAgain: r.LookAgain.Time, At: r.At.Time,
	}
}

const (
	insertGate = `
INSERT INTO gate_decisions (id, case_id, factor_id, seller_id, cycle, step, class, sent, codes, outward, facts, look_again_at, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
	listGates = `
SELECT id, case_id, factor_id, seller_id, cycle, step, class, sent, codes, outward, facts, look_again_at, at
  FROM gate_decisions WHERE case_id = $1 AND id > $2 ORDER BY id LIMIT $3`
)

// SaveGate keeps what the gate said.
func (tx *Tx) SaveGate(ctx context.Context, g domain.GateDecision) error {
	return tx.exec(ctx, insertGate, g.ID.UUID, g.Case.UUID, g.Factor.UUID, g.Seller.UUID, g.Cycle, g.Step, string(g.Class), g.Sent,
		pq.Array(notNil(g.Codes)), pq.Array(notNil(g.Outward)), g.Facts, instant(g.LookAgain), instant(g.At))
}

// GateDecisions returns a page of what the gate said about a case, oldest first.
func (tx *Tx) GateDecisions(ctx context.Context, id domain.CaseID, page domain.Page) ([]domain.GateDecision, error) {
	var rows []gateRow
	if err := tx.list(ctx, &rows, listGates, id.UUID, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list gate decisions: %w", err)
	}
	return mapped(rows, gateRow.decision), nil
}

type stopRow struct {
	ID       uuid.UUID     `json:"id"`
	Case     uuid.UUID     `json:"case_id"`
	Code     string        `json:"code"`
	Reason   string        `json:"reason"`
	SetBy    uuid.NullUUID `json:"set_by"`
	SetAt    timeCol       `json:"set_at"`
	LiftBy   uuid.NullUUID `json:"lift_by"`
	LiftedBy uuid.NullUUID `json:"lifted_by"`
	LiftedAt timeCol       `json:"lifted_at"`
}

func (r stopRow) stop() domain.Stop {
	return domain.Stop{
		ID: domain.StopID{UUID: r.ID}, Case: domain.CaseID{UUID: r.Case}, Code: domain.StopCode(r.Code), Reason: r.Reason, SetBy: idOf[domain.UserID](r.SetBy),
		SetAt: r.SetAt.Time, LiftBy: idOf[domain.UserID](r.LiftBy), LiftedBy: idOf[domain.UserID](r.LiftedBy), LiftedAt: r.LiftedAt.Time,
	}
}

const stopColumns = `id, case_id, code, reason, set_by, set_at, lift_by, lifted_by, lifted_at`

const (
	lockStopInForce = `
SELECT ` + stopColumns + ` FROM stops WHERE case_id = $1 AND code = $2 AND lifted_at IS NULL FOR UPDATE`
	listStops = `
SELECT ` + stopColumns + ` FROM stops WHERE case_id = $1 ORDER BY id`
	insertStop = `
INSERT INTO stops (id, case_id, factor_id, seller_id, code, reason, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	updateStop = `
UPDATE stops SET lift_by = $2, lifted_by = $3, lifted_at = $4 WHERE id = $1`
)

// StopInForce returns and locks the stop of a code that is in force; the zero
// Stop when there is none.
func (tx *Tx) StopInForce(ctx context.Context, id domain.CaseID, code domain.StopCode) (domain.Stop, error) {
	var row stopRow
	err := tx.get(ctx, &row, lockStopInForce, id.UUID, string(code))
	if errors.Is(err, domain.ErrNotFound) {
		return domain.Stop{}, nil
	}
	if err != nil {
		return domain.Stop{}, fmt.Errorf("lock stop of %s: %w", id, err)
	}
	return row.stop(), nil
}

// SaveStop adds a stop to a case.
func (tx *Tx) SaveStop(ctx context.Context, c domain.Case, s domain.Stop) error {
	return tx.exec(ctx, insertStop, s.ID.UUID, c.ID.UUID, c.Factor.UUID, c.Seller.UUID, string(s.Code), s.Reason, orNull(s.SetBy.UUID), instant(s.SetAt))
}

// UpdateStop saves who lifts a stop.
func (tx *Tx) UpdateStop(ctx context.Context, s domain.Stop) error {
	return tx.exec(ctx, updateStop, s.ID.UUID, orNull(s.LiftBy.UUID), orNull(s.LiftedBy.UUID), instant(s.LiftedAt))
}

// Stops returns every stop of a case.
func (tx *Tx) Stops(ctx context.Context, id domain.CaseID) ([]domain.Stop, error) {
	var rows []stopRow
	if err := tx.list(ctx, &rows, listStops, id.UUID); err != nil {
		return nil, fmt.Errorf("list stops: %w", err)
	}
	return mapped(rows, stopRow.stop), nil
}
