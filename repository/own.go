package repository

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"comity/domain"
)

const (
	saveOwnReminder = `
WITH counted AS (
  INSERT INTO contacts_made (world_id, contact_key, touch_id, seller_id, counted, daily, at) VALUES ($9, $10, $1, $3, true, true, $8)
)
INSERT INTO own_reminders (id, recourse_id, seller_id, debtor_id, recipient, subject, body_text, at, template) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $11)`
	listOwnReminders = `
SELECT o.id, o.recourse_id, o.seller_id, o.debtor_id, o.recipient, o.subject, o.body_text, o.template, o.at
  FROM own_reminders o JOIN recourses r ON r.id = $1 JOIN cases k ON k.id = r.case_id WHERE o.seller_id = k.seller_id AND o.debtor_id = k.debtor_id ORDER BY o.id`
	openCasesOfPair = `
SELECT o.id FROM cases k JOIN cases o ON o.seller_id = k.seller_id AND o.debtor_id = k.debtor_id AND o.status = 'open' AND o.id <> k.id WHERE k.id = $1 ORDER BY o.id`
	waitingMoney = `
SELECT ` + receiptColumns + ` FROM receipts WHERE account_id = $1 AND unapplied_minor > 0 AND status IN ('unapplied', 'suggested') AND created_at > $2 ORDER BY id`
)

type ownReminderRow struct {
	ID        uuid.UUID `json:"id"`
	Recourse  uuid.UUID `json:"recourse_id"`
	Seller    uuid.UUID `json:"seller_id"`
	Debtor    uuid.UUID `json:"debtor_id"`
	Recipient string    `json:"recipient"`
	Subject   string    `json:"subject"`
	Text      string    `json:"body_text"`
	Template  string    `json:"template"`
	At        timeCol   `json:"at"`
}

// SaveOwnReminder records a message that a seller sends by itself, and its place in the contact window.
func (tx *Tx) SaveOwnReminder(ctx context.Context, o domain.OwnReminder, world domain.WorldID, key []byte) error {
	err := tx.exec(ctx, saveOwnReminder, o.ID.UUID, o.Recourse.UUID, o.Seller.UUID, o.Debtor.UUID, o.Recipient, o.Subject, o.Text, instant(o.At), world.UUID, key, o.Template)
	if err != nil {
		return fmt.Errorf("save the seller's own reminder: %w", err)
	}
	return nil
}

// OwnReminders returns what a seller sent by itself to the debtor of a recourse, about any part, oldest first.
func (tx *Tx) OwnReminders(ctx context.Context, of domain.RecourseID) ([]domain.OwnReminder, error) {
	var rows []ownReminderRow
	if err := tx.list(ctx, &rows, listOwnReminders, of.UUID); err != nil {
		return nil, fmt.Errorf("list the seller's own reminders: %w", err)
	}
	return mapped(rows, func(r ownReminderRow) domain.OwnReminder {
		return domain.OwnReminder{
			ID: domain.OwnReminderID{UUID: r.ID}, Recourse: domain.RecourseID{UUID: r.Recourse}, Seller: domain.OrganizationID{UUID: r.Seller},
			Debtor: domain.DebtorID{UUID: r.Debtor}, Recipient: r.Recipient, Subject: r.Subject, Text: r.Text, Template: r.Template, At: r.At.Time,
		}
	}), nil
}

// OpenCasesOfPair returns the other cases in which the debtor of one is followed up for the same seller.
func (tx *Tx) OpenCasesOfPair(ctx context.Context, id domain.CaseID) ([]domain.CaseID, error) {
	var ids []uuid.UUID
	if err := tx.list(ctx, &ids, openCasesOfPair, id.UUID); err != nil {
		return nil, fmt.Errorf("list the cases of a pair: %w", err)
	}
	return mapped(ids, func(id uuid.UUID) domain.CaseID { return domain.CaseID{UUID: id} }), nil
}

// WaitingMoney returns what arrived on an account in the last three weeks and belongs to nobody yet.
func (tx *Tx) WaitingMoney(ctx context.Context, account domain.AccountID) ([]domain.Receipt, error) {
	var rows []receiptRow
	if err := tx.list(ctx, &rows, waitingMoney, account.UUID, instant(tx.entry.By.Now.AddDate(0, 0, -21))); err != nil {
		return nil, fmt.Errorf("list money that waits: %w", err)
	}
	return mapped(rows, receiptRow.receipt), nil
}
