package repository

import (
	"context"
	"fmt"

	"comity/domain"
)

const saveOwnReminder = `
WITH counted AS (
  INSERT INTO contacts_made (world_id, contact_key, touch_id, seller_id, counted, daily, at) VALUES ($2, $12, $1, $5, true, true, $15)
), written AS (
  INSERT INTO touches (id, world_id, case_id, factor_id, seller_id, relationship_id, cycle, step, class, tone, status, recipient, contact_key, why_now, items,
    claimed_at, sent_at, created_at, template, disclosure, outcome)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'sent', $11, $12, $13, $14::uuid[], $15, $15, $15, $16, $17, $18) RETURNING id
)
INSERT INTO own_reminders (touch_id, recourse_id, seller_id, subject, body_text, at) SELECT id, $19, $5, $20, $21, $15 FROM written`

// SaveOwnReminder records a message that a seller sends by itself: a touch of the case without its words,
// its place in the contact window, and the words, which are the seller's alone to read.
func (tx *Tx) SaveOwnReminder(ctx context.Context, t domain.Touch, of domain.RecourseID, subject, text string) error {
	err := tx.exec(ctx, saveOwnReminder, t.ID.UUID, t.World.UUID, t.Case.UUID, t.Factor.UUID, t.Seller.UUID, t.Relationship.UUID, t.Cycle, t.Step, string(t.Class), t.Tone,
		t.Recipient, t.ContactKey, t.WhyNow, plain(t.Items).array(), instant(t.SentAt), t.Template, string(t.Disclosure), t.Outcome, of.UUID, subject, text)
	if err != nil {
		return fmt.Errorf("save the seller's own reminder: %w", err)
	}
	return nil
}
