package repository

import (
	"cmp"
	"context"
	"fmt"

	"github.com/google/uuid"

	"comity/domain"
)

type relationshipRow struct {
	ID          uuid.UUID     `json:"id"`
	Seller      uuid.UUID     `json:"seller_id"`
	Debtor      uuid.NullUUID `json:"debtor_id"`
	Code        string        `json:"code"`
	Name        string        `json:"name"`
	LegalType   textCol       `json:"legal_type"`
	Country     textCol       `json:"country"`
	TaxID       textCol       `json:"tax_id"`
	ContactName textCol       `json:"contact_name"`
	Email       textCol       `json:"email"`
	TimeZone    textCol       `json:"time_zone"`
	TermsDays   int           `json:"terms_days"`
	HeadsUp     bool          `json:"heads_up"`
	Industry    textCol       `json:"industry"`
	Size        textCol       `json:"size"`
	Approval    string        `json:"approval"`
	Copied      bool          `json:"copied"`
	Region      string        `json:"region"`
	Phone       string        `json:"phone"`
	Address     string        `json:"address"`
	Disclosure  string        `json:"disclosure"`

	Assignment jsonCol[assignmentRow] `json:"assignment"`

	Version   int     `json:"version"`
	CreatedAt timeCol `json:"created_at"`
}

func (r relationshipRow) relationship() domain.Relationship {
	return domain.Relationship{
		ID: domain.RelationshipID{UUID: r.ID}, Seller: domain.OrganizationID{UUID: r.Seller}, Debtor: idOf[domain.DebtorID](r.Debtor),
		Code: r.Code, Name: r.Name, LegalType: domain.LegalType(r.LegalType), Country: string(r.Country), TaxID: string(r.TaxID),
		ContactName: string(r.ContactName), Email: string(r.Email), TimeZone: string(r.TimeZone), TermsDays: r.TermsDays,
		HeadsUp: r.HeadsUp, Industry: string(r.Industry), Size: string(r.Size), Version: r.Version, CreatedAt: r.CreatedAt.Time,
		Approval: domain.ApprovalMode(r.Approval), Copied: r.Copied, Region: r.Region, Phone: r.Phone, Address: r.Address,
		Assignment: r.Assignment.Value.assignment(),
		Disclosure: domain.Disclosure(r.Disclosure),
	}
}

const relationshipColumns = `id, seller_id, debtor_id, code, name, legal_type, country, tax_id, contact_name, email, time_zone, terms_days, heads_up, version, industry, size, created_at,
  approval, copied, region, phone, address, assignment, disclosure`

const (
	insertRelationship = `
INSERT INTO relationships (id, seller_id, debtor_id, code, name, legal_type, country, tax_id, contact_name, email, time_zone, terms_days, heads_up, version, industry, size,
  approval, copied, region, phone, address, assignment, disclosure, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22::jsonb, $23, $24)`
	updateRelationship = `
UPDATE relationships
   SET debtor_id = $3, code = $4, name = $5, legal_type = $6, country = $7, tax_id = $8, contact_name = $9, email = $10,
       time_zone = $11, terms_days = $12, heads_up = $13, version = $14, industry = $15, size = $16,
       approval = $17, copied = $18, region = $19, phone = $20, address = $21, assignment = $22::jsonb, disclosure = $23
 WHERE seller_id = $2 AND id = $1`
	readRelationship = `
SELECT ` + relationshipColumns + ` FROM relationships WHERE seller_id = $2 AND id = $1`
	lockRelationship  = readRelationship + ` FOR UPDATE`
	listRelationships = `
SELECT ` + relationshipColumns + ` FROM relationships
 WHERE seller_id = $1 AND ($2 = '' OR code = $2) AND ($3::boolean IS NULL OR (debtor_id IS NOT NULL) = $3) AND id > $4
 ORDER BY id LIMIT $5`
	hasOpenDeals = `
SELECT EXISTS (SELECT FROM deals WHERE seller_id = $2 AND relationship_id = $1 AND status IN ('made', 'paid_out'))
    OR EXISTS (SELECT FROM offers o JOIN invoices i ON i.id = o.invoice_id WHERE o.seller_id = $2 AND i.relationship_id = $1 AND o.status IN ('open', 'referred'))`
	readServing = `
SELECT factor_id, case_id FROM deals WHERE seller_id = $2 AND relationship_id = $1 AND status IN ('made', 'paid_out') ORDER BY id DESC LIMIT 1`
	resolveDebtor = `
SELECT resolve_debtor($1, $2, $3, $4, $5)`
)

// SaveRelationship adds a relationship; it refuses with ErrConflict when the
// seller has another under the same code.
func (tx *Tx) SaveRelationship(ctx context.Context, r domain.Relationship) error {
	args, err := relationshipArgs(r, instant(r.CreatedAt))
	if err != nil {
		return err
	}
	return codeTaken(tx.exec(ctx, insertRelationship, args...), r.Code)
}

// UpdateRelationship saves what may change in a relationship; it refuses with
// ErrConflict as SaveRelationship does.
func (tx *Tx) UpdateRelationship(ctx context.Context, r domain.Relationship) error {
	args, err := relationshipArgs(r)
	if err != nil {
		return err
	}
	return codeTaken(tx.exec(ctx, updateRelationship, args...), r.Code)
}

func relationshipArgs(r domain.Relationship, more ...any) ([]any, error) {
	assignment, err := assignmentArg(r.Assignment)
	return append([]any{
		r.ID.UUID, r.Seller.UUID, orNull(r.Debtor.UUID), r.Code, r.Name, text(string(r.LegalType)), text(r.Country), text(r.TaxID),
		text(r.ContactName), text(r.Email), text(r.TimeZone), r.TermsDays, r.HeadsUp, r.Version, text(r.Industry), text(r.Size),
		string(approvalMode(r)), r.Copied, r.Region, r.Phone, r.Address, assignment, string(cmp.Or(r.Disclosure, domain.Notified)),
	}, more...), err
}

// approvalMode is the stored form of a relationship's mode; one that says none waits for nobody.
func approvalMode(r domain.Relationship) domain.ApprovalMode {
	if r.Approval == "" {
		return domain.ApproveNone
	}
	return r.Approval
}

func codeTaken(err error, code string) error {
	if violates(err, "relationships_seller_id_code_key") {
		return domain.ErrConflict.Because("there is a relationship with the code %q", code)
	}
	return err
}

// Relationship returns a seller's relationship.
func (tx *Tx) Relationship(ctx context.Context, id domain.RelationshipID, seller domain.OrganizationID) (domain.Relationship, error) {
	return tx.oneRelationship(ctx, readRelationship, id, seller)
}

// LockRelationship returns and locks a seller's relationship; the lock also
// holds up a deal that is being made on it, whose row refers to this one.
func (tx *Tx) LockRelationship(ctx context.Context, id domain.RelationshipID, seller domain.OrganizationID) (domain.Relationship, error) {
	return tx.oneRelationship(ctx, lockRelationship, id, seller)
}

func (tx *Tx) oneRelationship(ctx context.Context, query string, id domain.RelationshipID, seller domain.OrganizationID) (domain.Relationship, error) {
	var row relationshipRow
	if err := tx.get(ctx, &row, query, id.UUID, seller.UUID); err != nil {
		return domain.Relationship{}, fmt.Errorf("read relationship %s: %w", id, err)
	}
	return row.relationship(), nil
}

// Relationships returns a page of a seller's relationships. An empty code and a
// nil identified do not filter.
func (tx *Tx) Relationships(ctx context.Context, seller domain.OrganizationID, code string, identified *bool, page domain.Page) ([]domain.Relationship, error) {
	var rows []relationshipRow
	if err := tx.list(ctx, &rows, listRelationships, seller.UUID, code, identified, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list relationships: %w", err)
	}
	return mapped(rows, relationshipRow.relationship), nil
}

// HasOpenDeals reports whether an invoice of a relationship is in a deal that
// is not over.
func (tx *Tx) HasOpenDeals(ctx context.Context, r domain.Relationship) (bool, error) {
	var open bool
	if err := tx.get(ctx, &open, hasOpenDeals, r.ID.UUID, r.Seller.UUID); err != nil {
		return false, fmt.Errorf("look for open deals: %w", err)
	}
	return open, nil
}

// Serving returns the factor that an open invoice of a relationship is sold to, and the case of both; zero
// when there is none. A pair has one at a time.
func (tx *Tx) Serving(ctx context.Context, r domain.Relationship) (domain.OrganizationID, domain.CaseID, error) {
	var rows []struct {
		Factor uuid.UUID `json:"factor_id"`
		Case   uuid.UUID `json:"case_id"`
	}
	if err := tx.list(ctx, &rows, readServing, r.ID.UUID, r.Seller.UUID); err != nil || len(rows) == 0 {
		return domain.OrganizationID{}, domain.CaseID{}, err
	}
	return domain.OrganizationID{UUID: rows[0].Factor}, domain.CaseID{UUID: rows[0].Case}, nil
}

// ResolveDebtor returns the platform's debtor behind a relationship's identity:
// fresh when nobody knew it.
func (tx *Tx) ResolveDebtor(ctx context.Context, fresh domain.DebtorID, r domain.Relationship) (domain.DebtorID, error) {
	var id uuid.UUID
	err := tx.get(ctx, &id, resolveDebtor, fresh.UUID, tx.entry.By.World.UUID, r.Country, domain.NameKey(r.Name), text(domain.TaxKey(r.TaxID)))
	if err != nil {
		return domain.DebtorID{}, fmt.Errorf("resolve debtor: %w", err)
	}
	return domain.DebtorID{UUID: id}, nil
}
