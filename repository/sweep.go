package repository

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// Answers are kept for seven days of real time (P2). Bytes that no invoice,
// import, statement, evidence or proof names after a day are what a broken-off upload left.
const (
	sweepAnswers = `
DELETE FROM idempotency WHERE ctid IN (SELECT ctid FROM idempotency WHERE created_at < now() - interval '7 days' LIMIT 10000)`
	sweepBlobs = `
DELETE FROM blobs WHERE id IN (
  SELECT b.id FROM blobs b
   WHERE b.created_at < now() - interval '1 day'
     AND NOT EXISTS (SELECT FROM invoices i WHERE i.blob_id = b.id)
     AND NOT EXISTS (SELECT FROM imports m WHERE m.blob_id = b.id)
     AND NOT EXISTS (SELECT FROM statements s WHERE s.blob_id = b.id)
     AND NOT EXISTS (SELECT FROM evidence e WHERE e.blob_id = b.id)
     AND NOT EXISTS (SELECT FROM proofs p WHERE p.blob_id = b.id)
   LIMIT 1000)`
)

// Sweep removes what is no longer needed, a bounded piece at a time.
func (db *DB) Sweep(ctx context.Context) error {
	for _, sweep := range []string{sweepAnswers, sweepBlobs} {
		err := db.working(ctx, func(tx *sqlx.Tx) error {
			_, err := tx.ExecContext(ctx, sweep)
			return err
		})
		if err != nil {
			return fmt.Errorf("sweep: %w", told(err))
		}
	}
	return nil
}
