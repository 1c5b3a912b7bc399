package repository

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"comity/domain"
)

const decisionColumns = `id, seller_id, invoice_id, model, outcome, inputs, result, decided_at, objection_id, first_decision_id, as_known_at`

const (
	readDecision = `
SELECT ` + decisionColumns + ` FROM decisions WHERE seller_id = $2 AND id = $1`
	readAnyDecision = `
SELECT ` + decisionColumns + ` FROM decisions WHERE ($2::uuid IS NOT NULL) AND id = $1`
	// The last decision that was made again after objections to one.
	readAgain = `
SELECT ` + decisionColumns + ` FROM decisions WHERE seller_id = $2 AND first_decision_id = $1 ORDER BY id DESC LIMIT 1`
	insertDecision = `
INSERT INTO decisions (id, seller_id, invoice_id, model, outcome, inputs, result, decided_at, objection_id, first_decision_id, as_known_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
)

type decisionRow struct {
	ID        uuid.UUID     `json:"id"`
	Seller    uuid.UUID     `json:"seller_id"`
	Invoice   uuid.UUID     `json:"invoice_id"`
	Model     string        `json:"model"`
	Outcome   string        `json:"outcome"`
	Inputs    []byte        `json:"inputs"`
	Result    []byte        `json:"result"`
	DecidedAt timeCol       `json:"decided_at"`
	Objection uuid.NullUUID `json:"objection_id"`
	First     uuid.NullUUID `json:"first_decision_id"`
	KnownAt   timeCol       `json:"as_known_at"`
}

func (r decisionRow) decision() domain.Decision {
	return domain.Decision{
		ID: domain.DecisionID{UUID: r.ID}, Seller: domain.OrganizationID{UUID: r.Seller}, Invoice: domain.InvoiceID{UUID: r.Invoice},
		Model: r.Model, Outcome: r.Outcome, Inputs: r.Inputs, Result: r.Result, DecidedAt: r.DecidedAt.Time,
		Objection: idOf[domain.ObjectionID](r.Objection), First: idOf[domain.DecisionID](r.First), KnownAt: r.KnownAt.Time,
	}
}

// Decision returns a decision about a seller's invoice; the platform reads any.
func (tx *Tx) Decision(ctx context.Context, id domain.DecisionID, org domain.OrganizationID, kind domain.OrganizationKind) (domain.Decision, error) {
	var row decisionRow
	if err := tx.get(ctx, &row, bySide(kind, readDecision, readDecision, readAnyDecision), id.UUID, org.UUID); err != nil {
		return domain.Decision{}, fmt.Errorf("read decision %s: %w", id, err)
	}
	return row.decision(), nil
}

// MadeAgain returns the last decision that was made again in place of one; the
// zero Decision when there is none.
func (tx *Tx) MadeAgain(ctx context.Context, first domain.Decision) (domain.Decision, error) {
	var row decisionRow
	err := tx.get(ctx, &row, readAgain, first.ID.UUID, first.Seller.UUID)
	if errors.Is(err, domain.ErrNotFound) {
		return domain.Decision{}, nil
	}
	if err != nil {
		return domain.Decision{}, fmt.Errorf("read what became of decision %s: %w", first.ID, err)
	}
	return row.decision(), nil
}

// SaveDecision adds a decision that was made again.
func (tx *Tx) SaveDecision(ctx context.Context, d domain.Decision) error {
	return tx.exec(ctx, insertDecision, d.ID.UUID, d.Seller.UUID, d.Invoice.UUID, d.Model, d.Outcome, d.Inputs, d.Result, instant(d.DecidedAt),
		orNull(d.Objection.UUID), orNull(d.First.UUID), instant(d.KnownAt))
}
