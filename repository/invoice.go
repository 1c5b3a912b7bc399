package repository

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
)

type invoiceRow struct {
	ID             uuid.UUID     `json:"id"`
	Seller         uuid.UUID     `json:"seller_id"`
	Relationship   uuid.UUID     `json:"relationship_id"`
	Source         string        `json:"source"`
	Blob           uuid.NullUUID `json:"blob_id"`
	SHA256         bytesCol      `json:"document_sha256"`
	TypeCode       string        `json:"type_code"`
	Number         string        `json:"number"`
	SupplierTaxID  string        `json:"supplier_tax_id"`
	Issued         dateCol       `json:"issued_on"`
	Due            dateCol       `json:"due_on"`
	DueFromTerms   bool          `json:"due_from_terms"`
	Currency       string        `json:"currency"`
	Payable        int64         `json:"payable_minor"`
	Basis          int64         `json:"basis_minor"`
	OrderReference string        `json:"order_reference"`
	Summary        string        `json:"summary"`
	PaidTo         textsCol      `json:"paid_to"`
	Status         string        `json:"status"`
	Holds          textsCol      `json:"hold_reasons"`
	DuplicateOf    uuid.NullUUID `json:"duplicate_of"`
	Warnings       textsCol      `json:"warnings"`
	Version        int           `json:"version"`
	CreatedAt      timeCol       `json:"created_at"`
}

func (r invoiceRow) invoice() domain.Invoice {
	return domain.Invoice{
		ID: domain.InvoiceID{UUID: r.ID}, Seller: domain.OrganizationID{UUID: r.Seller}, Relationship: domain.RelationshipID{UUID: r.Relationship},
		Source: r.Source, Document: idOf[domain.BlobID](r.Blob), DocumentSHA256: r.SHA256, TypeCode: r.TypeCode, Number: r.Number,
		SupplierTaxID: r.SupplierTaxID, Issued: r.Issued.Date, Due: r.Due.Date, DueFromTerms: r.DueFromTerms,
		Payable: amount(r.Payable, r.Currency), Basis: amount(r.Basis, r.Currency), OrderReference: r.OrderReference, Summary: r.Summary, PaidTo: r.PaidTo,
		Status: domain.InvoiceStatus(r.Status), Holds: r.Holds, DuplicateOf: idOf[domain.InvoiceID](r.DuplicateOf), Warnings: r.Warnings,
		Version: r.Version, CreatedAt: r.CreatedAt.Time,
	}
}

const loadKin = `SELECT load_kin($1, $2, $3, $4, $5, $6, $7)`

// Kin returns what is known about a fresh invoice's surroundings. It refuses
// with ErrNotFound for a relationship that is not the seller's.
func (tx *Tx) Kin(ctx context.Context, inv domain.Invoice, prints [][]byte) (domain.Kin, error) {
	var data []byte
	err := tx.get(ctx, &data, loadKin, inv.Seller.UUID, tx.entry.By.World.UUID, inv.Relationship.UUID, orBytes(inv.DocumentSHA256),
		domain.TaxKey(inv.SupplierTaxID), domain.NumberKey(inv.Number), pq.ByteaArray(prints))
	if err != nil {
		return domain.Kin{}, err
	}
	var found struct {
		Organization *organizationRow `json:"organization"`
		Relationship *relationshipRow `json:"relationship"`
		SameBytes    *invoiceRow      `json:"same_bytes"`
		SameNumber   uuid.NullUUID    `json:"same_number"`
		Elsewhere    bool             `json:"elsewhere"`
	}
	if err := loaded(data, &found); err != nil {
		return domain.Kin{}, err
	}
	if found.Relationship == nil || found.Organization == nil {
		return domain.Kin{}, domain.ErrNotFound.Because("there is no such relationship of yours")
	}
	kin := domain.Kin{
		Organization: found.Organization.organization(), Relationship: found.Relationship.relationship(),
		SameNumber: idOf[domain.InvoiceID](found.SameNumber), Elsewhere: found.Elsewhere,
	}
	if found.SameBytes != nil {
		same := found.SameBytes.invoice()
		kin.SameBytes = &same
	}
	return kin, nil
}

func orBytes(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}

const insertInvoice = `
WITH doc AS (
  INSERT INTO blobs (id, org_id, media_type, file_name, size, sha256)
  SELECT $24::uuid, $2::uuid, $25::text, $26::text, $27::bigint, $6::bytea WHERE $24::uuid IS NOT NULL
), parts AS (
  INSERT INTO blob_parts (blob_id, org_id, n, bytes)
  SELECT $24::uuid, $2::uuid, p.n, p.bytes FROM unnest($28::bytea[]) WITH ORDINALITY AS p(bytes, n)
), prints AS (
  INSERT INTO fingerprints (world_id, digest, invoice_id, seller_id)
  SELECT $23::uuid, f.digest, $1::uuid, $2::uuid FROM unnest($22::bytea[]) AS f(digest)
)
INSERT INTO invoices (id, seller_id, relationship_id, source, blob_id, document_sha256, type_code, number, number_key, supplier_tax_id,
  issued_on, due_on, due_from_terms, currency, payable_minor, basis_minor, order_reference, summary, status, hold_reasons, duplicate_of, warnings, version, created_at, paid_to)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $29, 1, $30, $31)`

// SaveInvoice adds an invoice, its document and its fingerprints. The same bytes
// saved at the same moment by a second request are ErrConflict.
func (tx *Tx) SaveInvoice(ctx context.Context, inv domain.Invoice, doc *domain.Document, prints [][]byte) error {
	var blob, media, name, size any
	var parts [][]byte
	if doc != nil {
		blob, media, name, size = doc.ID.UUID, doc.MediaType, doc.FileName, len(doc.Bytes)
		parts = pieces(doc.Bytes)
	}
	err := tx.exec(ctx, insertInvoice, inv.ID.UUID, inv.Seller.UUID, inv.Relationship.UUID, inv.Source, blob, orBytes(inv.DocumentSHA256), inv.TypeCode,
		inv.Number, domain.NumberKey(inv.Number), domain.TaxKey(inv.SupplierTaxID), day(inv.Issued), day(inv.Due), inv.DueFromTerms,
		string(inv.Payable.Currency()), inv.Payable.Units(), inv.Basis.Units(), inv.OrderReference, inv.Summary, string(inv.Status),
		pq.Array(notNil(inv.Holds)), orNull(inv.DuplicateOf.UUID), pq.ByteaArray(prints), tx.entry.By.World.UUID,
		blob, media, name, size, pq.ByteaArray(parts), pq.Array(notNil(inv.Warnings)), instant(inv.CreatedAt), pq.Array(notNil(inv.PaidTo)))
	if violates(err, "invoices_same_bytes") {
		return domain.ErrConflict.Because("the same document is being handed in by another request")
	}
	return err
}

const pieceSize = 256 << 10

// pieces cuts bytes into the pieces that they are stored in.
func pieces(data []byte) [][]byte {
	var parts [][]byte
	for len(data) > pieceSize {
		parts = append(parts, data[:pieceSize])
		data = data[pieceSize:]
	}
	return append(parts, data)
}

func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

const invoiceColumns = `id, seller_id, relationship_id, source, blob_id, document_sha256, type_code, number, supplier_tax_id,
  issued_on, due_on, due_from_terms, currency, payable_minor, basis_minor, order_reference, summary, status, hold_reasons,
  duplicate_of, warnings, version, created_at, paid_to`

const (
	lockInvoice = `
SELECT ` + invoiceColumns + ` FROM invoices
 WHERE id = $1 AND ($2::uuid IS NULL OR seller_id = $2) FOR UPDATE`
	readInvoice = `
SELECT ` + invoiceColumns + ` FROM invoices WHERE seller_id = $2 AND id = $1`
	listInvoices = `
SELECT ` + invoiceColumns + ` FROM invoices
 WHERE seller_id = $1 AND ($2 = '' OR status = $2) AND id > $3 ORDER BY id LIMIT $4`
	updateInvoice = `
UPDATE invoices SET status = $2, version = $3 WHERE id = $1`
)

// LockInvoice returns and locks an invoice; a zero seller means anybody's.
func (tx *Tx) LockInvoice(ctx context.Context, id domain.InvoiceID, seller domain.OrganizationID) (domain.Invoice, error) {
	var row invoiceRow
	if err := tx.get(ctx, &row, lockInvoice, id.UUID, orNull(seller.UUID)); err != nil {
		return domain.Invoice{}, fmt.Errorf("lock invoice %s: %w", id, err)
	}
	return row.invoice(), nil
}

// UpdateInvoice saves the status of an invoice.
func (tx *Tx) UpdateInvoice(ctx context.Context, inv domain.Invoice) error {
	return tx.exec(ctx, updateInvoice, inv.ID.UUID, string(inv.Status), inv.Version)
}

// Invoice returns an invoice of a seller.
func (tx *Tx) Invoice(ctx context.Context, id domain.InvoiceID, seller domain.OrganizationID) (domain.Invoice, error) {
	var row invoiceRow
	if err := tx.get(ctx, &row, readInvoice, id.UUID, seller.UUID); err != nil {
		return domain.Invoice{}, fmt.Errorf("read invoice %s: %w", id, err)
	}
	return row.invoice(), nil
}

// Invoices returns a page of a seller's invoices.
func (tx *Tx) Invoices(ctx context.Context, seller domain.OrganizationID, status string, page domain.Page) ([]domain.Invoice, error) {
	var rows []invoiceRow
	if err := tx.list(ctx, &rows, listInvoices, seller.UUID, status, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list invoices: %w", err)
	}
	return mapped(rows, invoiceRow.invoice), nil
}

// mapped turns rows into values.
func mapped[R, V any](rows []R, value func(R) V) []V {
	values := make([]V, len(rows))
	for i, row := range rows {
		values[i] = value(row)
	}
	return values
}

const (
	readBlob = `
SELECT media_type, file_name, sha256 FROM blobs WHERE org_id = $2 AND id = $1`
	readBlobParts = `
SELECT bytes FROM blob_parts WHERE org_id = $2 AND blob_id = $1 ORDER BY n`
)

// Document returns the stored bytes of a file of an organisation.
func (tx *Tx) Document(ctx context.Context, id domain.BlobID, org domain.OrganizationID) (domain.Document, error) {
	var row struct {
		MediaType string   `json:"media_type"`
		FileName  string   `json:"file_name"`
		SHA256    bytesCol `json:"sha256"`
	}
	if err := tx.get(ctx, &row, readBlob, id.UUID, org.UUID); err != nil {
		return domain.Document{}, fmt.Errorf("read document %s: %w", id, err)
	}
	var parts [][]byte
	if err := tx.list(ctx, &parts, readBlobParts, id.UUID, org.UUID); err != nil {
		return domain.Document{}, fmt.Errorf("read document %s: %w", id, err)
	}
	doc := domain.Document{ID: id, MediaType: row.MediaType, FileName: row.FileName, SHA256: row.SHA256}
	for _, part := range parts {
		doc.Bytes = append(doc.Bytes, part...)
	}
	return doc, nil
}

const eventColumns = `id, world_id, kind, factor_id, seller_id, mediator_id, invoice_id, deal_id, case_id, said, at`

const (
	listSellerEvents = `
SELECT ` + eventColumns + ` FROM events
 WHERE seller_id = $1 AND ($2::uuid IS NULL OR invoice_id = $2) AND ($3::uuid IS NULL OR deal_id = $3) AND ($4::uuid IS NULL OR case_id = $4)
   AND id > $5 ORDER BY id LIMIT $6`
	readEvent = `
SELECT ` + eventColumns + ` FROM events WHERE id = $1`
)

// A factor's events are the same list by its own column; the platform's are those
// that concern neither side.
var (
	listFactorEvents   = strings.Replace(listSellerEvents, "seller_id = $1", "factor_id = $1", 1)
	listPlatformEvents = strings.Replace(listSellerEvents, "seller_id = $1", "($1::uuid IS NOT NULL) AND factor_id IS NULL AND seller_id IS NULL AND mediator_id IS NULL", 1)
)

type eventRow struct {
	ID       uuid.UUID     `json:"id"`
	World    uuid.NullUUID `json:"world_id"`
	Kind     string        `json:"kind"`
	Factor   uuid.NullUUID `json:"factor_id"`
	Seller   uuid.NullUUID `json:"seller_id"`
	Mediator uuid.NullUUID `json:"mediator_id"`
	Invoice  uuid.NullUUID `json:"invoice_id"`
	Deal     uuid.NullUUID `json:"deal_id"`
	Case     uuid.NullUUID `json:"case_id"`
	Said     string        `json:"said"`
	At       timeCol       `json:"at"`
}

func (r eventRow) event() domain.Event {
	return domain.Event{
		ID: domain.EventID{UUID: r.ID}, World: idOf[domain.WorldID](r.World), Kind: r.Kind, Factor: idOf[domain.OrganizationID](r.Factor),
		Seller: idOf[domain.OrganizationID](r.Seller), Mediator: idOf[domain.OrganizationID](r.Mediator), Invoice: idOf[domain.InvoiceID](r.Invoice), Deal: idOf[domain.DealID](r.Deal),
		Case: idOf[domain.CaseID](r.Case), Said: r.Said, At: r.At.Time,
	}
}

// Events returns a page of what happened to one side's things, oldest first.
func (tx *Tx) Events(ctx context.Context, org domain.OrganizationID, kind domain.OrganizationKind, about domain.EventFilter, page domain.Page) ([]domain.Event, error) {
	var rows []eventRow
	err := tx.list(ctx, &rows, bySide(kind, listSellerEvents, listFactorEvents, listPlatformEvents), org.UUID, orNull(about.Invoice.UUID), orNull(about.Deal.UUID), orNull(about.Case.UUID), page.After, page.Limit)
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	return mapped(rows, eventRow.event), nil
}

// Event returns one event; only workers ask.
func (tx *Tx) Event(ctx context.Context, id domain.EventID) (domain.Event, error) {
	var row eventRow
	if err := tx.get(ctx, &row, readEvent, id.UUID); err != nil {
		return domain.Event{}, fmt.Errorf("read event %s: %w", id, err)
	}
	return row.event(), nil
}
