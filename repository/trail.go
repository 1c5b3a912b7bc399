package repository

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
)

const insertTrail = `
WITH audited AS (
  INSERT INTO audit (id, world_id, org_id, actor_id, action, subject_kind, subject_id, digest, known_at)
  SELECT a.id, nullif(a.world, $22), nullif(a.org, $22), nullif(a.actor, $22), a.action, a.kind, a.subject, a.digest, a.at
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::bytea[], $9::timestamptz[])
      AS a(id, world, org, actor, action, kind, subject, digest, at)
), happened AS (
  INSERT INTO events (id, world_id, kind, factor_id, seller_id, invoice_id, deal_id, case_id, said, at, mediator_id)
  SELECT e.id, nullif(e.world, $22), e.kind, nullif(e.factor, $22), nullif(e.seller, $22), nullif(e.invoice, $22), nullif(e.deal, $22), nullif(e.kase, $22), e.said, e.at, nullif(e.mediator, $22)
    FROM unnest($10::uuid[], $11::uuid[], $12::text[], $13::uuid[], $14::uuid[], $15::uuid[], $16::uuid[], $17::uuid[], $18::text[], $23::timestamptz[], $24::uuid[])
      AS e(id, world, kind, factor, seller, invoice, deal, kase, said, at, mediator)
)
INSERT INTO jobs (world_id, kind, ref)
SELECT j.world, j.kind, j.ref FROM unnest($19::uuid[], $20::text[], $21::uuid[]) AS j(world, kind, ref)`

// SaveTrail writes what a change leaves behind, in one statement.
func (tx *Tx) SaveTrail(ctx context.Context, trail domain.Trail) error {
	var a struct {
		ids, worlds, orgs, actors, subjects uuids
		actions, kinds                      []string
		digests                             [][]byte
		at                                  []time.Time
	}
	for _, row := range trail.Audit {
		a.ids, a.worlds, a.orgs = append(a.ids, row.ID.UUID), append(a.worlds, row.By.World.UUID), append(a.orgs, row.By.Organization.UUID)
		a.actors, a.subjects = append(a.actors, row.By.User.UUID), append(a.subjects, uuid.UUID(row.Subject))
		a.actions, a.kinds = append(a.actions, row.Action), append(a.kinds, row.SubjectKind)
		a.digests, a.at = append(a.digests, row.Digest), append(a.at, row.By.Now)
	}
	var e struct {
		ids, worlds, factors, sellers, invoices, deals, cases, mediators uuids
		kinds, said                                                      []string
		at                                                               []time.Time
	}
	for _, event := range trail.Events {
		e.ids, e.worlds = append(e.ids, event.ID.UUID), append(e.worlds, event.World.UUID)
		e.factors, e.sellers, e.mediators = append(e.factors, event.Factor.UUID), append(e.sellers, event.Seller.UUID), append(e.mediators, event.Mediator.UUID)
		e.invoices, e.deals, e.cases = append(e.invoices, event.Invoice.UUID), append(e.deals, event.Deal.UUID), append(e.cases, event.Case.UUID)
		e.kinds, e.said, e.at = append(e.kinds, event.Kind), append(e.said, event.Said), append(e.at, event.At)
	}
	var j struct {
		worlds, refs uuids
		kinds        []string
	}
	for _, job := range trail.Jobs {
		j.worlds, j.refs, j.kinds = append(j.worlds, job.World.UUID), append(j.refs, uuid.UUID(job.Ref)), append(j.kinds, string(job.Kind))
	}
	err := tx.exec(ctx, insertTrail,
		a.ids.array(), a.worlds.array(), a.orgs.array(), a.actors.array(), pq.Array(a.actions), pq.Array(a.kinds), a.subjects.array(), pq.ByteaArray(a.digests), instants(a.at),
		e.ids.array(), e.worlds.array(), pq.Array(e.kinds), e.factors.array(), e.sellers.array(), e.invoices.array(), e.deals.array(), e.cases.array(), pq.Array(e.said),
		j.worlds.array(), pq.Array(j.kinds), j.refs.array(), uuid.Nil, instants(e.at), e.mediators.array())
	if err != nil {
		return fmt.Errorf("save trail: %w", err)
	}
	return nil
}

// uuids go into a statement as one array parameter.
type uuids []uuid.UUID

func (ids uuids) array() any {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = id.String()
	}
	return pq.Array(texts)
}

// instants go into a statement as one array parameter.
func instants(times []time.Time) any {
	texts := make([]string, len(times))
	for i, t := range times {
		texts[i] = t.UTC().Format("2006-01-02T15:04:05.999999Z")
	}
	return pq.Array(texts)
}

// dates go into a statement as one array parameter.
func dates(days []domain.Date) any {
	texts := make([]string, len(days))
	for i, day := range days {
		texts[i] = day.String()
	}
	return pq.Array(texts)
}
