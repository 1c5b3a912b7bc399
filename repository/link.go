package repository

import (
	"context"
	"database/sql"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
)

const findLink = `
SELECT case_id, verbs, key_version, confirmed, world_id, world_now FROM find_link($1)`

// FindLink returns a debtor's link that is in force, and the caller who comes by
// it, or ErrNotFound. The caller's Now is zero outside sandboxes. It is one of
// the few statements outside enter: nobody is known before it.
func (db *DB) FindLink(ctx context.Context, id domain.LinkID) (domain.Link, domain.Caller, error) {
	var row struct {
		Case       uuid.UUID      `json:"case_id"`
		Verbs      pq.StringArray `json:"verbs"`
		KeyVersion int            `json:"key_version"`
		Confirmed  bool           `json:"confirmed"`
		World      uuid.UUID      `json:"world_id"`
		Now        sql.NullTime   `json:"world_now"`
	}
	if err := db.pool.GetContext(ctx, &row, findLink, id.UUID); err != nil {
		return domain.Link{}, domain.Caller{}, outside(err)
	}
	link := domain.Link{
		ID: id, Case: domain.CaseID{UUID: row.Case}, Verbs: row.Verbs, KeyVersion: row.KeyVersion, Confirmed: row.Confirmed,
	}
	caller := domain.Caller{World: domain.WorldID{UUID: row.World}, Sandbox: row.Now.Valid, Case: link.Case, Link: id, Now: timeOf(row.Now)}
	return link, caller, nil
}
