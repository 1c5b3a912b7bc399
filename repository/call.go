package repository

import (
	"context"
	"fmt"

	"comity/domain"
)

const (
	startCall = `
WITH counted AS (
  INSERT INTO contacts_made (world_id, contact_key, touch_id, seller_id, counted, daily, at)
  SELECT $2, x, $1, $4, true, true, $5 FROM unnest(ARRAY[$3::bytea, phone_key($2, $6)]) x
  ON CONFLICT (world_id, contact_key, touch_id) DO UPDATE SET at = excluded.at
)
UPDATE touches SET status = 'sending', contact_key = $3, claimed_at = $5, recipient = $6, subject = $7, body_text = $8, items = $9::uuid[], why_now = $10, outcome = '',
  tone = $11, rung = $12, playbook_id = $13, playbook_version = $14, template = $15
 WHERE id = $1 AND status = 'planned'`
	endCall = `
WITH spoken AS (
  UPDATE contacts_made SET conversation = $6 WHERE world_id = $7 AND contact_key IN ($8, phone_key($7, $9)) AND touch_id = $1
)
UPDATE touches SET status = 'sent', sent_at = $2, result = $3, note = $4, outcome = $5 WHERE id = $1 AND status = 'sending'`
	listTasks = `
SELECT ` + touchColumns + ` FROM touches t
 WHERE t.factor_id = $1 AND ((t.status = 'planned' AND t.people > 0) OR t.status = 'unknown' OR (t.class = 'call' AND t.status = 'sending')
    OR (t.status = 'failed' AND EXISTS (SELECT FROM cases k WHERE k.id = t.case_id AND k.cycle = t.cycle AND k.status = 'open'))) AND t.id > $2
 ORDER BY t.id LIMIT $3`
)

// StartCall saves that a person makes a call, with its script and its place in the contact
// window. One that is not planned any more is ErrConflict.
func (tx *Tx) StartCall(ctx context.Context, t domain.Touch) error {
	n, err := tx.count(ctx, startCall, t.ID.UUID, t.World.UUID, t.ContactKey, t.Seller.UUID, instant(t.ClaimedAt), t.Recipient, t.Subject, t.Text, plain(t.Items).array(), t.WhyNow,
		t.Tone, t.Rung, orNull(t.Playbook.UUID), t.Version, t.Template)
	if err == nil && n != 1 {
		return domain.ErrConflict.Because("call %s was taken before", t.ID)
	}
	return err
}

// EndCall saves what came of a call, and whether somebody was spoken to.
func (tx *Tx) EndCall(ctx context.Context, t domain.Touch) error {
	return tx.exec(ctx, endCall, t.ID.UUID, instant(t.SentAt), string(t.Result), t.Note, t.Outcome, t.Result.Spoken(), t.World.UUID, t.ContactKey, t.Recipient)
}

// Tasks returns a page of what waits for people of a factor, oldest first.
func (tx *Tx) Tasks(ctx context.Context, factor domain.OrganizationID, page domain.Page) ([]domain.Touch, error) {
	var rows []touchRow
	if err := tx.list(ctx, &rows, listTasks, factor.UUID, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list tasks: %w", err)
	}
	return mapped(rows, touchRow.touch), nil
}
