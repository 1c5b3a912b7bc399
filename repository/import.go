package repository

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
)

const (
	stagePiece = `
WITH file AS (
  INSERT INTO blobs (id, org_id, media_type, file_name, size, sha256)
  SELECT $1::uuid, $2::uuid, $5::text, '', 0, decode(repeat('00', 32), 'hex') WHERE $3::integer = 1
)
INSERT INTO blob_parts (blob_id, org_id, n, bytes) VALUES ($1, $2, $3, $4)`
	finishFile = `
UPDATE blobs SET size = $3, sha256 = $4 WHERE org_id = $2 AND id = $1`
	readPiece = `
SELECT bytes FROM blob_parts WHERE org_id = $2 AND blob_id = $1 AND n = $3`
)

// StagePiece stores piece n, counted from 1, of a file that is being handed in.
// Until [Tx.SaveImport] refers to it the file is an orphan: nobody is shown it.
func (tx *Tx) StagePiece(ctx context.Context, file domain.BlobID, owner domain.OrganizationID, n int, bytes []byte) error {
	if err := tx.exec(ctx, stagePiece, file.UUID, owner.UUID, n, bytes, "text/csv"); err != nil {
		return fmt.Errorf("stage piece %d of %s: %w", n, file, err)
	}
	return nil
}

// Piece returns piece n, counted from 1, of a stored file, or io.EOF after the last.
func (tx *Tx) Piece(ctx context.Context, file domain.BlobID, owner domain.OrganizationID, n int) ([]byte, error) {
	var bytes []byte
	err := tx.get(ctx, &bytes, readPiece, file.UUID, owner.UUID, n)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, io.EOF
	}
	if err != nil {
		return nil, fmt.Errorf("read piece %d of %s: %w", n, file, err)
	}
	return bytes, nil
}

type importRow struct {
	ID         uuid.UUID `json:"id"`
	Seller     uuid.UUID `json:"seller_id"`
	Blob       uuid.UUID `json:"blob_id"`
	DryRun     bool      `json:"dry_run"`
	State      string    `json:"state"`
	Reason     textCol   `json:"reason"`
	Header     string    `json:"header"`
	Offset     int64     `json:"position_bytes"`
	Line       int       `json:"position_line"`
	Read       int       `json:"rows_read"`
	Good       int       `json:"rows_good"`
	Bad        int       `json:"rows_bad"`
	Same       int       `json:"rows_same"`
	CreatedAt  timeCol   `json:"created_at"`
	FinishedAt timeCol   `json:"finished_at"`
}

// columnBreak joins the columns of a header: a name holds no control character.
const columnBreak = "\n"

func (r importRow) imported() domain.Import {
	return domain.Import{
		ID: domain.ImportID{UUID: r.ID}, Seller: domain.OrganizationID{UUID: r.Seller}, File: domain.BlobID{UUID: r.Blob},
		DryRun: r.DryRun, State: domain.ImportState(r.State), Reason: string(r.Reason), Columns: strings.Split(r.Header, columnBreak),
		Offset: r.Offset, Line: r.Line, Read: r.Read, Good: r.Good, Bad: r.Bad, Same: r.Same,
		CreatedAt: r.CreatedAt.Time, FinishedAt: r.FinishedAt.Time,
	}
}

const importColumns = `id, seller_id, blob_id, dry_run, state, reason, header, position_bytes, position_line, rows_read, rows_good, rows_bad,
  rows_same, created_at, finished_at`

const (
	insertImport = `
INSERT INTO imports (id, seller_id, blob_id, dry_run, state, created_at) VALUES ($1, $2, $3, $4, $5, $6)`
	readImport = `
SELECT ` + importColumns + ` FROM imports WHERE seller_id = $2 AND id = $1`
	// All that the seller has begun is locked, so that its imports do not meet.
	lockImports = `
SELECT ` + importColumns + ` FROM imports
 WHERE seller_id = (SELECT i.seller_id FROM imports i WHERE i.id = $1) AND (id = $1 OR state IN ('queued', 'running'))
 ORDER BY id FOR UPDATE`
	updateImport = `
UPDATE imports
   SET state = $2, reason = $3, header = $4, position_bytes = $5, position_line = $6, rows_read = $7, rows_good = $8, rows_bad = $9,
       rows_same = $10, finished_at = $11
 WHERE id = $1`
	insertImportRows = `
INSERT INTO import_rows (import_id, seller_id, line, field, rule, detail)
SELECT $1::uuid, $2::uuid, r.line, r.field, r.rule, r.detail
  FROM unnest($3::integer[], $4::text[], $5::text[], $6::text[]) AS r(line, field, rule, detail)
ON CONFLICT DO NOTHING`
	listImportRows = `
SELECT line, field, rule, detail FROM import_rows
 WHERE seller_id = $2 AND import_id = $1 AND line > $3 ORDER BY line, field, rule LIMIT $4`
)

// SaveImport records an import of a file whose pieces are all stored.
func (tx *Tx) SaveImport(ctx context.Context, imp domain.Import, file domain.StagedFile) error {
	if err := tx.exec(ctx, finishFile, file.ID.UUID, imp.Seller.UUID, file.Size, file.SHA256); err != nil {
		return fmt.Errorf("finish file %s: %w", file.ID, err)
	}
	return tx.exec(ctx, insertImport, imp.ID.UUID, imp.Seller.UUID, file.ID.UUID, imp.DryRun, string(imp.State), instant(imp.CreatedAt))
}

// Import returns an import of a seller.
func (tx *Tx) Import(ctx context.Context, id domain.ImportID, seller domain.OrganizationID) (domain.Import, error) {
	var row importRow
	if err := tx.get(ctx, &row, readImport, id.UUID, seller.UUID); err != nil {
		return domain.Import{}, fmt.Errorf("read import %s: %w", id, err)
	}
	return row.imported(), nil
}

// LockImport returns and locks an import, and with it all others that its
// seller has begun: two files about the same invoices are read one after the other.
func (tx *Tx) LockImport(ctx context.Context, id domain.ImportID) (domain.Import, error) {
	var rows []importRow
	if err := tx.list(ctx, &rows, lockImports, id.UUID); err != nil {
		return domain.Import{}, fmt.Errorf("lock import %s: %w", id, err)
	}
	for _, row := range rows {
		if row.ID == id.UUID {
			return row.imported(), nil
		}
	}
	return domain.Import{}, fmt.Errorf("lock import %s: %w", id, domain.ErrNotFound)
}

// UpdateImport saves how far an import has come.
func (tx *Tx) UpdateImport(ctx context.Context, imp domain.Import) error {
	err := tx.exec(ctx, updateImport, imp.ID.UUID, string(imp.State), text(imp.Reason), strings.Join(imp.Columns, columnBreak), imp.Offset, imp.Line,
		imp.Read, imp.Good, imp.Bad, imp.Same, instant(imp.FinishedAt))
	if err != nil {
		return fmt.Errorf("update import %s: %w", imp.ID, err)
	}
	return nil
}

// SaveImportResults adds what is wrong with rows of an import.
func (tx *Tx) SaveImportResults(ctx context.Context, imp domain.Import, results []domain.ImportResult) error {
	lines := make([]int64, len(results))
	fields, rules, details := make([]string, len(results)), make([]string, len(results)), make([]string, len(results))
	for i, r := range results {
		lines[i], fields[i], rules[i], details[i] = int64(r.Line), r.Field, r.Rule, r.Detail
	}
	err := tx.exec(ctx, insertImportRows, imp.ID.UUID, imp.Seller.UUID, pq.Array(lines), pq.Array(fields), pq.Array(rules), pq.Array(details))
	if err != nil {
		return fmt.Errorf("save results of import %s: %w", imp.ID, err)
	}
	return nil
}

// ImportResults returns limit results of an import that come after a line.
func (tx *Tx) ImportResults(ctx context.Context, id domain.ImportID, seller domain.OrganizationID, line, limit int) ([]domain.ImportResult, error) {
	var rows []struct {
		Line   int    `json:"line"`
		Field  string `json:"field"`
		Rule   string `json:"rule"`
		Detail string `json:"detail"`
	}
	if err := tx.list(ctx, &rows, listImportRows, id.UUID, seller.UUID, line, limit); err != nil {
		return nil, fmt.Errorf("list results of import %s: %w", id, err)
	}
	results := make([]domain.ImportResult, len(rows))
	for i, r := range rows {
		results[i] = domain.ImportResult{Line: r.Line, Field: r.Field, Rule: r.Rule, Detail: r.Detail}
	}
	return results, nil
}

const (
	relationshipsByCode = `
SELECT id, code FROM relationships WHERE seller_id = $1 AND code = ANY($2::text[])`
	insertUnidentified = `
INSERT INTO relationships (id, seller_id, code, name, created_at)
SELECT n.id, $1::uuid, n.code, n.code, $4::timestamptz FROM unnest($2::uuid[], $3::text[]) AS n(id, code)
ON CONFLICT (seller_id, code) DO NOTHING`
	// One look at the key for each row: a join would read the whole history, with
	// its policy, as long as that seems cheaper (measured: three times slower at 900,000 rows).
	knownHistory = `
SELECT h.relationship_id, h.invoice_ref, h.amount_minor, h.currency, h.issued_on, h.due_on, h.paid_on, h.observed_until, h.disputed
  FROM unnest($2::uuid[], $3::text[]) AS k(relationship, ref)
  CROSS JOIN LATERAL (
    SELECT p.relationship_id, p.invoice_ref, p.amount_minor, p.currency, p.issued_on, p.due_on, p.paid_on, p.observed_until, p.disputed
      FROM history p WHERE p.seller_id = $1 AND p.relationship_id = k.relationship AND p.invoice_ref = k.ref LIMIT 1) AS h`
	upsertHistory = `
INSERT INTO history (seller_id, relationship_id, invoice_ref, amount_minor, currency, issued_on, due_on, paid_on, observed_until, disputed, import_id)
SELECT $1::uuid, h.relationship, h.ref, h.minor, h.currency, h.issued, h.due, nullif(h.paid, '')::date, nullif(h.observed, '')::date,
       h.disputed, $2::uuid
  FROM unnest($3::uuid[], $4::text[], $5::bigint[], $6::text[], $7::date[], $8::date[], $9::text[], $10::text[], $11::boolean[])
    AS h(relationship, ref, minor, currency, issued, due, paid, observed, disputed)
ON CONFLICT (relationship_id, invoice_ref) DO UPDATE
   SET amount_minor = CASE WHEN history.corrected_at IS NULL THEN excluded.amount_minor ELSE history.amount_minor END,
       currency = CASE WHEN history.corrected_at IS NULL THEN excluded.currency ELSE history.currency END,
       issued_on = CASE WHEN history.corrected_at IS NULL THEN excluded.issued_on ELSE history.issued_on END,
       due_on = CASE WHEN history.corrected_at IS NULL THEN excluded.due_on ELSE history.due_on END,
       disputed = CASE WHEN history.corrected_at IS NULL THEN excluded.disputed ELSE history.disputed END,
       paid_on = excluded.paid_on, observed_until = excluded.observed_until, import_id = excluded.import_id, version = history.version + 1
 WHERE history.paid_on IS NULL`
)

// RelationshipsByCode returns which of the codes a seller has relationships for.
func (tx *Tx) RelationshipsByCode(ctx context.Context, seller domain.OrganizationID, codes []string) (map[string]domain.RelationshipID, error) {
	var rows []struct {
		ID   uuid.UUID `json:"id"`
		Code string    `json:"code"`
	}
	if err := tx.list(ctx, &rows, relationshipsByCode, seller.UUID, pq.Array(codes)); err != nil {
		return nil, fmt.Errorf("find relationships: %w", err)
	}
	found := make(map[string]domain.RelationshipID, len(rows))
	for _, row := range rows {
		found[row.Code] = domain.RelationshipID{UUID: row.ID}
	}
	return found, nil
}

// AddUnidentified adds relationships of which only the code is known; those
// that are there already stay as they are.
func (tx *Tx) AddUnidentified(ctx context.Context, seller domain.OrganizationID, ids []domain.RelationshipID, codes []string, at time.Time) error {
	fresh := make(uuids, len(ids))
	for i, id := range ids {
		fresh[i] = id.UUID
	}
	if err := tx.exec(ctx, insertUnidentified, seller.UUID, fresh.array(), pq.Array(codes), instant(at)); err != nil {
		return fmt.Errorf("add relationships: %w", err)
	}
	return nil
}

type historyRow struct {
	Relationship uuid.UUID `json:"relationship_id"`
	Reference    string    `json:"invoice_ref"`
	Minor        int64     `json:"amount_minor"`
	Currency     string    `json:"currency"`
	Issued       dateCol   `json:"issued_on"`
	Due          dateCol   `json:"due_on"`
	Paid         dateCol   `json:"paid_on"`
	Observed     dateCol   `json:"observed_until"`
	Disputed     bool      `json:"disputed"`
}

func (r historyRow) past() domain.PastInvoice {
	return domain.PastInvoice{
		Relationship: domain.RelationshipID{UUID: r.Relationship}, Reference: r.Reference, Amount: amount(r.Minor, r.Currency),
		Issued: r.Issued.Date, Due: r.Due.Date, Paid: r.Paid.Date, ObservedUntil: r.Observed.Date, Disputed: r.Disputed,
	}
}

// KnownHistory returns what is known of the same invoices, without the codes.
func (tx *Tx) KnownHistory(ctx context.Context, seller domain.OrganizationID, rows []domain.PastInvoice) ([]domain.PastInvoice, error) {
	relationships, refs := make(uuids, len(rows)), make([]string, len(rows))
	for i, row := range rows {
		relationships[i], refs[i] = row.Relationship.UUID, row.Reference
	}
	var known []historyRow
	if err := tx.list(ctx, &known, knownHistory, seller.UUID, relationships.array(), pq.Array(refs)); err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	return mapped(known, historyRow.past), nil
}

// SaveHistory adds rows of history and brings open ones up to date, in one
// statement; what a correction said stays. No two rows may be about the same invoice.
func (tx *Tx) SaveHistory(ctx context.Context, imp domain.Import, rows []domain.PastInvoice) error {
	n := len(rows)
	relationships, minors, disputed := make(uuids, n), make([]int64, n), make([]bool, n)
	refs, currencies := make([]string, n), make([]string, n)
	issued, due, paid, observed := make([]domain.Date, n), make([]domain.Date, n), make([]domain.Date, n), make([]domain.Date, n)
	for i, row := range rows {
		relationships[i], refs[i], disputed[i] = row.Relationship.UUID, row.Reference, row.Disputed
		minors[i], currencies[i] = row.Amount.Units(), string(row.Amount.Currency())
		issued[i], due[i], paid[i], observed[i] = row.Issued, row.Due, row.Paid, row.ObservedUntil
	}
	err := tx.exec(ctx, upsertHistory, imp.Seller.UUID, imp.ID.UUID, relationships.array(), pq.Array(refs), pq.Array(minors), pq.Array(currencies),
		dates(issued), dates(due), dates(paid), dates(observed), pq.Array(disputed))
	if err != nil {
		return fmt.Errorf("save history: %w", err)
	}
	return nil
}
