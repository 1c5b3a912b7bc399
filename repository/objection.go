package repository

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
)

type objectionRow struct {
	ID           uuid.UUID     `json:"id"`
	World        uuid.UUID     `json:"world_id"`
	Seller       uuid.UUID     `json:"seller_id"`
	Decision     uuid.UUID     `json:"decision_id"`
	Invoice      uuid.UUID     `json:"invoice_id"`
	Relationship uuid.UUID     `json:"relationship_id"`
	Reason       string        `json:"reason"`
	ReasonCode   string        `json:"reason_code"`
	Status       string        `json:"status"`
	Answer       string        `json:"answer"`
	Again        uuid.NullUUID `json:"again_id"`
	RaisedBy     uuid.UUID     `json:"raised_by"`
	RaisedAt     timeCol       `json:"raised_at"`
	DecidedBy    uuid.NullUUID `json:"decided_by"`
	DecidedAt    timeCol       `json:"decided_at"`
}

func (r objectionRow) objection() domain.Objection {
	return domain.Objection{
		ID: domain.ObjectionID{UUID: r.ID}, World: domain.WorldID{UUID: r.World}, Seller: domain.OrganizationID{UUID: r.Seller},
		Decision: domain.DecisionID{UUID: r.Decision}, Invoice: domain.InvoiceID{UUID: r.Invoice}, Relationship: domain.RelationshipID{UUID: r.Relationship},
		Reason: r.Reason, ReasonCode: r.ReasonCode, Status: domain.ObjectionStatus(r.Status), Answer: r.Answer, Again: idOf[domain.DecisionID](r.Again),
		RaisedBy: domain.UserID{UUID: r.RaisedBy}, RaisedAt: r.RaisedAt.Time, DecidedBy: idOf[domain.UserID](r.DecidedBy), DecidedAt: r.DecidedAt.Time,
	}
}

const objectionColumns = `id, world_id, seller_id, decision_id, invoice_id, relationship_id, reason, reason_code, status, answer, again_id,
  raised_by, raised_at, decided_by, decided_at`

const (
	insertObjection = `
WITH facts AS (
  INSERT INTO objection_facts (objection_id, n, seller_id, kind, history_id, field, value, said, evidence)
  SELECT $1::uuid, f.n, $3::uuid, f.kind, nullif(f.row, $18), f.field, f.value, f.said, f.evidence
    FROM unnest($11::integer[], $12::text[], $13::uuid[], $14::text[], $15::text[], $16::text[], $17::text[]) AS f(n, kind, row, field, value, said, evidence)
)
INSERT INTO objections (id, world_id, seller_id, decision_id, invoice_id, relationship_id, reason, reason_code, status, raised_by, raised_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'received', $9, $10)`
	readObjection = `
SELECT ` + objectionColumns + ` FROM objections WHERE seller_id = $2 AND id = $1`
	readAnyObjection = `
SELECT ` + objectionColumns + ` FROM objections WHERE ($2::uuid IS NOT NULL) AND id = $1`
	lockObjection = readAnyObjection + ` FOR UPDATE`
	// The facts are locked after their objection: whoever holds it decides on them.
	listFacts = `
SELECT objection_id, n, kind, history_id, field, value, said, evidence, accepted FROM objection_facts
 WHERE objection_id = ANY($1::uuid[]) ORDER BY objection_id, n`
	listObjections = `
SELECT ` + objectionColumns + ` FROM objections
 WHERE seller_id = $1 AND ($2 = '' OR status = $2) AND id > $3 ORDER BY id LIMIT $4`
	listAnyObjections = `
SELECT ` + objectionColumns + ` FROM objections
 WHERE ($1::uuid IS NOT NULL) AND ($2 = '' OR status = $2) AND id > $3 ORDER BY id LIMIT $4`
	decideObjection = `
WITH facts AS (
  UPDATE objection_facts f SET accepted = v.accepted
    FROM unnest($7::integer[], $8::boolean[]) AS v(n, accepted) WHERE f.objection_id = $1 AND f.n = v.n
)
UPDATE objections SET status = $2, answer = $3, again_id = $4, decided_by = $5, decided_at = $6 WHERE id = $1`
)

// SaveObjection adds an objection and its facts. It refuses with ErrObjectionOpen
// when the decision has an open one.
func (tx *Tx) SaveObjection(ctx context.Context, o domain.Objection) error {
	n := len(o.Facts)
	numbers, rows := make([]int64, n), make(uuids, n)
	kinds, fields, values, said, evidence := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, f := range o.Facts {
		numbers[i], rows[i], kinds[i], fields[i], values[i], said[i], evidence[i] = int64(f.N), f.Row.UUID, f.Kind, f.Field, f.Value, f.Said, f.Evidence
	}
	err := tx.exec(ctx, insertObjection, o.ID.UUID, o.World.UUID, o.Seller.UUID, o.Decision.UUID, o.Invoice.UUID, o.Relationship.UUID,
		o.Reason, o.ReasonCode, o.RaisedBy.UUID, instant(o.RaisedAt),
		pq.Array(numbers), pq.Array(kinds), rows.array(), pq.Array(fields), pq.Array(values), pq.Array(said), pq.Array(evidence), uuid.Nil)
	if violates(err, "objections_one_open") {
		return domain.ErrObjectionOpen
	}
	return err
}

// Objection returns an objection of a seller's; the platform reads any.
func (tx *Tx) Objection(ctx context.Context, id domain.ObjectionID, org domain.OrganizationID, kind domain.OrganizationKind) (domain.Objection, error) {
	return tx.oneObjection(ctx, bySide(kind, readObjection, readObjection, readAnyObjection), id, org)
}

// LockObjection returns and locks anybody's objection.
func (tx *Tx) LockObjection(ctx context.Context, id domain.ObjectionID) (domain.Objection, error) {
	return tx.oneObjection(ctx, lockObjection, id, tx.entry.By.Organization)
}

func (tx *Tx) oneObjection(ctx context.Context, query string, id domain.ObjectionID, org domain.OrganizationID) (domain.Objection, error) {
	var row objectionRow
	if err := tx.get(ctx, &row, query, id.UUID, org.UUID); err != nil {
		return domain.Objection{}, fmt.Errorf("read objection %s: %w", id, err)
	}
	all, err := tx.withFacts(ctx, []objectionRow{row})
	if err != nil {
		return domain.Objection{}, err
	}
	return all[0], nil
}

// Objections returns a page of a seller's objections; the platform reads all.
func (tx *Tx) Objections(ctx context.Context, org domain.OrganizationID, kind domain.OrganizationKind, status string, page domain.Page) ([]domain.Objection, error) {
	var rows []objectionRow
	if err := tx.list(ctx, &rows, bySide(kind, listObjections, listObjections, listAnyObjections), org.UUID, status, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list objections: %w", err)
	}
	return tx.withFacts(ctx, rows)
}

// withFacts adds the facts of objections.
func (tx *Tx) withFacts(ctx context.Context, rows []objectionRow) ([]domain.Objection, error) {
	ids := make(uuids, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	var facts []struct {
		Objection uuid.UUID     `json:"objection_id"`
		N         int           `json:"n"`
		Kind      string        `json:"kind"`
		Row       uuid.NullUUID `json:"history_id"`
		Field     string        `json:"field"`
		Value     string        `json:"value"`
		Said      string        `json:"said"`
		Evidence  string        `json:"evidence"`
		Accepted  sql.NullBool  `json:"accepted"`
	}
	if err := tx.list(ctx, &facts, listFacts, ids.array()); err != nil {
		return nil, fmt.Errorf("list facts of objections: %w", err)
	}
	of := make(map[uuid.UUID][]domain.Fact, len(rows))
	for _, f := range facts {
		fact := domain.Fact{N: f.N, Kind: f.Kind, Row: idOf[domain.InvoiceID](f.Row), Field: f.Field, Value: f.Value, Said: f.Said, Evidence: f.Evidence}
		if f.Accepted.Valid {
			fact.Accepted = &f.Accepted.Bool
		}
		of[f.Objection] = append(of[f.Objection], fact)
	}
	all := mapped(rows, objectionRow.objection)
	for i := range all {
		all[i].Facts = of[all[i].ID.UUID]
	}
	return all, nil
}

// DecideObjection saves the answer to an objection.
func (tx *Tx) DecideObjection(ctx context.Context, o domain.Objection) error {
	numbers, accepted := make([]int64, len(o.Facts)), make([]bool, len(o.Facts))
	for i, f := range o.Facts {
		numbers[i], accepted[i] = int64(f.N), f.Accepted != nil && *f.Accepted
	}
	return tx.exec(ctx, decideObjection, o.ID.UUID, string(o.Status), o.Answer, orNull(o.Again.UUID), o.DecidedBy.UUID, instant(o.DecidedAt),
		pq.Array(numbers), pq.Array(accepted))
}
