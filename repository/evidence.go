package repository

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
)

type evidenceRow struct {
	ID        uuid.UUID     `json:"id"`
	Dispute   uuid.UUID     `json:"dispute_id"`
	Case      uuid.UUID     `json:"case_id"`
	Factor    uuid.UUID     `json:"factor_id"`
	Seller    uuid.UUID     `json:"seller_id"`
	Blob      uuid.UUID     `json:"blob_id"`
	Side      string        `json:"side"`
	User      uuid.NullUUID `json:"user_id"`
	FileName  string        `json:"file_name"`
	MediaType string        `json:"media_type"`
	Size      int64         `json:"size"`
	SHA256    bytesCol      `json:"sha256"`
	At        timeCol       `json:"at"`
}

func (r evidenceRow) evidence() domain.Evidence {
	return domain.Evidence{
		ID: domain.EvidenceID{UUID: r.ID}, Dispute: domain.DisputeID{UUID: r.Dispute}, Case: domain.CaseID{UUID: r.Case},
		Factor: domain.OrganizationID{UUID: r.Factor}, Seller: domain.OrganizationID{UUID: r.Seller}, Blob: domain.BlobID{UUID: r.Blob}, Side: r.Side,
		By: idOf[domain.UserID](r.User), FileName: r.FileName, MediaType: r.MediaType, Size: r.Size, SHA256: r.SHA256, At: r.At.Time,
	}
}

type disputedRow struct {
	ID       uuid.UUID `json:"id"`
	World    uuid.UUID `json:"world_id"`
	Case     uuid.UUID `json:"case_id"`
	Factor   uuid.UUID `json:"factor_id"`
	Seller   uuid.UUID `json:"seller_id"`
	Deal     uuid.UUID `json:"deal_id"`
	Number   string    `json:"invoice_number"`
	Debtor   string    `json:"debtor"`
	Status   string    `json:"status"`
	Currency string    `json:"currency"`
	Amount   int64     `json:"amount_minor"`
}

const evidenceColumns = `id, dispute_id, case_id, factor_id, seller_id, blob_id, side, user_id, file_name, media_type, size, sha256, at`

const (
	lockDisputed = `
SELECT d.id, k.world_id, d.case_id, d.factor_id, d.seller_id, d.deal_id, l.invoice_number, r.name AS debtor, d.status, d.currency, d.amount_minor
  FROM disputes d JOIN cases k ON k.id = d.case_id JOIN deals l ON l.id = d.deal_id JOIN relationships r ON r.id = k.relationship_id
 WHERE d.id = $1 AND ($2::uuid IN (d.factor_id, d.seller_id) OR d.case_id = $3::uuid)
   FOR UPDATE OF d`
	findDisputed = `
SELECT id FROM disputes WHERE id = $1 AND ($2::uuid IN (factor_id, seller_id) OR case_id = $3::uuid)`
	listEvidence = `
SELECT ` + evidenceColumns + ` FROM evidence WHERE dispute_id = $1 ORDER BY id`
	readEvidence = `
SELECT ` + evidenceColumns + ` FROM evidence WHERE id = $1 AND ($2::uuid IN (factor_id, seller_id) OR case_id = $3::uuid
    OR EXISTS (SELECT FROM mediations m WHERE m.dispute_id = evidence.dispute_id AND m.mediator_id = $2::uuid))`
	insertEvidence = `
WITH doc AS (
  INSERT INTO blobs (id, org_id, media_type, file_name, size, sha256) VALUES ($6, $4, $9, $10, $11, $12)
), parts AS (
  INSERT INTO blob_parts (blob_id, org_id, n, bytes)
  SELECT $6, $4, p.n, p.bytes FROM unnest($14::bytea[]) WITH ORDINALITY AS p(bytes, n)
)
INSERT INTO evidence (id, dispute_id, case_id, factor_id, seller_id, blob_id, side, user_id, media_type, file_name, size, sha256, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
)

// LockDisputed returns and locks a dispute of an organisation's, or of a case, with the
// evidence that it has.
func (tx *Tx) LockDisputed(ctx context.Context, id domain.DisputeID, org domain.OrganizationID, kase domain.CaseID) (domain.Disputed, error) {
	var row disputedRow
	if err := tx.get(ctx, &row, lockDisputed, id.UUID, orNull(org.UUID), orNull(kase.UUID)); err != nil {
		return domain.Disputed{}, fmt.Errorf("lock dispute %s: %w", id, err)
	}
	files, err := tx.evidenceOf(ctx, id)
	return domain.Disputed{
		ID: id, World: domain.WorldID{UUID: row.World}, Case: domain.CaseID{UUID: row.Case}, Factor: domain.OrganizationID{UUID: row.Factor},
		Seller: domain.OrganizationID{UUID: row.Seller}, Deal: domain.DealID{UUID: row.Deal}, InvoiceNumber: row.Number, Debtor: row.Debtor,
		Status: domain.DisputeStatus(row.Status), Amount: amount(row.Amount, row.Currency), Evidence: files,
	}, err
}

// Evidence returns the files of a dispute of an organisation's, or of a case, oldest first.
func (tx *Tx) Evidence(ctx context.Context, id domain.DisputeID, org domain.OrganizationID, kase domain.CaseID) ([]domain.Evidence, error) {
	var found struct {
		ID uuid.UUID `json:"id"`
	}
	if err := tx.get(ctx, &found, findDisputed, id.UUID, orNull(org.UUID), orNull(kase.UUID)); err != nil {
		return nil, fmt.Errorf("read dispute %s: %w", id, err)
	}
	return tx.evidenceOf(ctx, id)
}

func (tx *Tx) evidenceOf(ctx context.Context, id domain.DisputeID) ([]domain.Evidence, error) {
	var rows []evidenceRow
	if err := tx.list(ctx, &rows, listEvidence, id.UUID); err != nil {
		return nil, fmt.Errorf("list evidence of dispute %s: %w", id, err)
	}
	return mapped(rows, evidenceRow.evidence), nil
}

// EvidenceFile returns what is known of one file that an organisation, or a case, may read.
func (tx *Tx) EvidenceFile(ctx context.Context, id domain.EvidenceID, org domain.OrganizationID, kase domain.CaseID) (domain.Evidence, error) {
	var row evidenceRow
	if err := tx.get(ctx, &row, readEvidence, id.UUID, orNull(org.UUID), orNull(kase.UUID)); err != nil {
		return domain.Evidence{}, fmt.Errorf("read evidence %s: %w", id, err)
	}
	return row.evidence(), nil
}

// SaveEvidence adds a file to a dispute, and its bytes to the factor's.
func (tx *Tx) SaveEvidence(ctx context.Context, e domain.Evidence, content []byte) error {
	return tx.exec(ctx, insertEvidence, e.ID.UUID, e.Dispute.UUID, e.Case.UUID, e.Factor.UUID, e.Seller.UUID, e.Blob.UUID, e.Side, orNull(e.By.UUID),
		e.MediaType, e.FileName, e.Size, e.SHA256, instant(e.At), pq.ByteaArray(pieces(content)))
}
