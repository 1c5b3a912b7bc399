package repository

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"comity/domain"
)

const (
	saveProof = `
WITH doc AS (
  INSERT INTO blobs (id, org_id, media_type, file_name, size, sha256) VALUES ($5, $3, $7, $8, $9, $10)
), parts AS (
  INSERT INTO blob_parts (blob_id, org_id, n, bytes)
  SELECT $5, $3, p.n, p.bytes FROM unnest($11::bytea[]) WITH ORDINALITY AS p(bytes, n)
)
INSERT INTO proofs (question_id, case_id, factor_id, seller_id, blob_id, at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (question_id) DO UPDATE SET blob_id = excluded.blob_id, at = excluded.at`
	readDebtorProof = `
SELECT media_type, file_name, sha256, bytes FROM debtor_proof($1)`
)

// SaveProof keeps the proof that leaves with the answer to a question, instead of an earlier one of the
// same answer.
func (tx *Tx) SaveProof(ctx context.Context, kase domain.Case, question domain.QuestionID, letter domain.Document, at time.Time) error {
	return tx.exec(ctx, saveProof, question.UUID, kase.ID.UUID, kase.Factor.UUID, kase.Seller.UUID, letter.ID.UUID, instant(at),
		letter.MediaType, letter.FileName, len(letter.Bytes), letter.SHA256, pq.ByteaArray(pieces(letter.Bytes)))
}

// DebtorProof returns the latest proof that a debtor got, by a link of its case; ErrNotFound when there is none.
func (tx *Tx) DebtorProof(ctx context.Context, link domain.LinkID) (domain.Document, error) {
	var row documentRow
	if err := tx.get(ctx, &row, readDebtorProof, link.UUID); err != nil {
		return domain.Document{}, fmt.Errorf("read proof: %w", err)
	}
	return row.document(), nil
}
