package repository

import (
	"context"

	"github.com/lib/pq"

	"comity/domain"
)

const saveContact = `
INSERT INTO contact_preferences (world_id, contact_key, kind, mode, opted_out, prefers, source, asked_at, updated_at, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (world_id, contact_key) DO UPDATE SET
  kind = excluded.kind, mode = excluded.mode, opted_out = excluded.opted_out, prefers = excluded.prefers, source = excluded.source,
  asked_at = excluded.asked_at, updated_at = excluded.updated_at, recorded_by = excluded.recorded_by`

// SaveContact keeps how a contact of a world wants to be reached. The caller has locked the
// contact's window.
func (tx *Tx) SaveContact(ctx context.Context, world domain.WorldID, key []byte, p domain.Preferences) error {
	optedOut := mapped(p.OptedOut, func(c domain.Channel) string { return string(c) })
	return tx.exec(ctx, saveContact, world.UUID, key, string(p.Kind), string(p.Mode), pq.Array(notNil(optedOut)), string(p.Prefers), p.Source,
		instant(p.AskedAt), instant(p.At), p.By.UUID)
}
