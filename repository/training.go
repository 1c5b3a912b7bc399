package repository

import (
	"context"
	"database/sql"
	"fmt"
	"iter"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"comity/domain"
)

// Imported rows of the live world: what a seller brought was brought to be learned
// from (D-7); what was sold here has consents of its own.
const listTraining = `
SELECT h.id, h.seller_id, h.relationship_id, h.invoice_ref, h.amount_minor, h.currency, h.issued_on, h.due_on, h.paid_on, h.observed_until, h.disputed,
       coalesce(r.country, '') AS country, coalesce(r.legal_type, '') AS legal_type,
       coalesce(r.industry, '') AS industry, coalesce(r.size, '') AS size
  FROM history h JOIN relationships r ON r.id = h.relationship_id JOIN organizations o ON o.id = h.seller_id
 WHERE o.world_id = $1 AND NOT h.excluded AND (h.relationship_id, h.invoice_ref) > ($2::uuid, $3::text)
 ORDER BY h.relationship_id, h.invoice_ref LIMIT $4`

type exampleRow struct {
	historyRow
	ID        uuid.UUID `json:"id"`
	Seller    uuid.UUID `json:"seller_id"`
	Country   string    `json:"country"`
	LegalType string    `json:"legal_type"`
	Industry  string    `json:"industry"`
	Size      string    `json:"size"`
}

func (r exampleRow) example() domain.Example {
	return domain.Example{
		PastInvoice: r.past(), ID: domain.InvoiceID{UUID: r.ID}, Seller: domain.OrganizationID{UUID: r.Seller},
		Country: r.Country, LegalType: domain.LegalType(r.LegalType), Industry: r.Industry, Size: r.Size,
	}
}

const trainingPage = 10_000

// Examples yields what a model may be fitted on, as it stands at one instant.
func (db *DB) Examples(ctx context.Context) iter.Seq2[domain.Example, error] {
	return func(yield func(domain.Example, error) bool) {
		tx, err := db.pool.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
		if err != nil {
			yield(domain.Example{}, fmt.Errorf("begin: %w", err))
			return
		}
		defer tx.Rollback() //nolint:errcheck // nothing was written
		var verdict string
		if err := tx.GetContext(ctx, &verdict, enterWork); err != nil {
			yield(domain.Example{}, fmt.Errorf("enter: %w", err))
			return
		}
		if err := examples(ctx, tx, yield); err != nil {
			yield(domain.Example{}, fmt.Errorf("list history to fit on: %w", err))
		}
	}
}

func examples(ctx context.Context, tx *sqlx.Tx, yield func(domain.Example, error) bool) error {
	last := exampleRow{}
	for {
		var rows []exampleRow
		if err := tx.SelectContext(ctx, &rows, listTraining, domain.LiveWorld.UUID, last.Relationship, last.Reference, trainingPage); err != nil {
			return err
		}
		for _, row := range rows {
			if !yield(row.example(), nil) {
				return nil
			}
		}
		if len(rows) < trainingPage {
			return nil
		}
		last = rows[len(rows)-1]
	}
}
