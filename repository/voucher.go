package repository

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"comity/domain"
	"comity/money"
)

// termsRow is what a voucher is worth, as both tables hold it.
type termsRow struct {
	Percent   *int    `json:"percent"`
	Currency  *string `json:"currency"`
	Amount    *int64  `json:"amount_minor"`
	ValidDays *int    `json:"valid_days"`
	Note      string  `json:"note"`
}

// terms returns nil where there is no voucher.
func (r termsRow) terms() *domain.VoucherTerms {
	if r.ValidDays == nil {
		return nil
	}
	t := &domain.VoucherTerms{ValidDays: *r.ValidDays, Note: r.Note}
	if r.Percent != nil {
		t.Percent = *r.Percent
	} else {
		t.Amount = amount(*r.Amount, *r.Currency)
	}
	return t
}

// termsArgs are percent, currency, amount, days and note as they are stored; t may be nil.
func termsArgs(t *domain.VoucherTerms) []any {
	switch {
	case t == nil:
		return []any{nil, nil, nil, nil, ""}
	case t.Percent > 0:
		return []any{t.Percent, nil, nil, t.ValidDays, t.Note}
	default:
		return []any{nil, string(t.Amount.Currency()), t.Amount.Units(), t.ValidDays, t.Note}
	}
}

type appreciationRow struct {
	termsRow

	Seller    uuid.UUID `json:"seller_id"`
	Share     money.Ppm `json:"share_ppm"`
	UpdatedBy uuid.UUID `json:"updated_by"`
	UpdatedAt timeCol   `json:"updated_at"`
}

func (r appreciationRow) appreciation() domain.Appreciation {
	return domain.Appreciation{
		Seller: domain.OrganizationID{UUID: r.Seller}, Voucher: r.terms(), Share: r.Share, UpdatedBy: domain.UserID{UUID: r.UpdatedBy}, UpdatedAt: r.UpdatedAt.Time,
	}
}

type voucherRow struct {
	termsRow

	ID           uuid.UUID     `json:"id"`
	Seller       uuid.UUID     `json:"seller_id"`
	Relationship uuid.UUID     `json:"relationship_id"`
	Debtor       string        `json:"debtor"`
	At           timeCol       `json:"at"`
	Code         string        `json:"code"`
	ValidUntil   dateCol       `json:"valid_until"`
	RedeemedAt   timeCol       `json:"redeemed_at"`
	RedeemedBy   uuid.NullUUID `json:"redeemed_by"`
	Reference    string        `json:"reference"`
}

func (r voucherRow) voucher() domain.Voucher {
	return domain.Voucher{
		ID: domain.VoucherID{UUID: r.ID}, Seller: domain.OrganizationID{UUID: r.Seller}, Relationship: domain.RelationshipID{UUID: r.Relationship}, Debtor: r.Debtor,
		Terms: *r.terms(), Code: r.Code, ValidUntil: r.ValidUntil.Date, MadeAt: r.At.Time,
		RedeemedAt: r.RedeemedAt.Time, RedeemedBy: domain.UserID{UUID: r.RedeemedBy.UUID}, Reference: r.Reference,
	}
}

const (
	readAppreciation = `
SELECT seller_id, percent, currency, amount_minor, valid_days, note, share_ppm, updated_by, updated_at FROM appreciations WHERE seller_id = $1`
	saveAppreciation = `
INSERT INTO appreciations (seller_id, share_ppm, updated_by, updated_at, percent, currency, amount_minor, valid_days, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (seller_id) DO UPDATE SET share_ppm = excluded.share_ppm, updated_by = excluded.updated_by, updated_at = excluded.updated_at, percent = excluded.percent,
  currency = excluded.currency, amount_minor = excluded.amount_minor, valid_days = excluded.valid_days, note = excluded.note`
	// A letter that the mail server did not take is written anew, with the same code.
	saveRecognition = `
INSERT INTO recognitions (id, touch_id, seller_id, relationship_id, at, code, valid_until, percent, currency, amount_minor, valid_days, note)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (touch_id) DO UPDATE SET at = excluded.at, code = excluded.code, valid_until = excluded.valid_until, percent = excluded.percent, currency = excluded.currency,
  amount_minor = excluded.amount_minor, valid_days = excluded.valid_days, note = excluded.note WHERE recognitions.redeemed_at IS NULL`
	voucherColumns = `v.id, v.seller_id, v.relationship_id, r.name AS debtor, v.at, v.code, v.percent, v.currency, v.amount_minor, v.valid_days, v.note, v.valid_until,
  v.redeemed_at, v.redeemed_by, v.reference`
	// A voucher is given when its letter left.
	vouchersGiven = `recognitions v JOIN relationships r ON r.id = v.relationship_id JOIN touches t ON t.id = v.touch_id AND t.status IN ('sending', 'sent', 'unknown')
 WHERE v.seller_id = $1 AND v.code IS NOT NULL`
	listVouchers  = `SELECT ` + voucherColumns + ` FROM ` + vouchersGiven + ` AND v.id > $2 ORDER BY v.id LIMIT $3`
	lockVoucher   = `SELECT ` + voucherColumns + ` FROM ` + vouchersGiven + ` AND v.id = $2 FOR UPDATE OF v`
	redeemVoucher = `
UPDATE recognitions SET redeemed_at = $2, redeemed_by = $3, reference = $4 WHERE id = $1`
	// The first letter of each debtor says in which of the two groups it is.
	appreciationEffects = `
WITH first AS (
  SELECT DISTINCT ON (v.relationship_id) v.relationship_id, v.code IS NOT NULL AS voucher, (v.at AT TIME ZONE 'UTC')::date AS said_on
    FROM recognitions v JOIN touches t ON t.id = v.touch_id AND t.status IN ('sending', 'sent', 'unknown') WHERE v.seller_id = $1
   ORDER BY v.relationship_id, v.at
)
SELECT f.voucher, count(*) AS debtors, count(n.late) AS invoices, coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY n.late), 0) AS days_late
  FROM first f LEFT JOIN LATERAL (
    SELECT coalesce(x.paid_on, CASE WHEN x.due_on < $2::date THEN $2::date END) - x.due_on AS late FROM (
      (SELECT d.issued_on, d.due_on, d.paid_in_full_on AS paid_on FROM deals d
        WHERE d.seller_id = $1 AND d.relationship_id = f.relationship_id AND d.status <> 'cancelled' AND d.issued_on > f.said_on ORDER BY d.issued_on LIMIT 1)
      UNION ALL
      (SELECT h.issued_on, h.due_on, h.paid_on FROM history h
        WHERE h.seller_id = $1 AND h.relationship_id = f.relationship_id AND NOT h.excluded AND h.issued_on > f.said_on ORDER BY h.issued_on LIMIT 1)) x
     ORDER BY x.issued_on LIMIT 1) n ON true
 GROUP BY f.voucher ORDER BY f.voucher`
)

// Appreciation returns how a seller shows that it notices who pays on time; ErrNotFound when it never
// said so.
func (tx *Tx) Appreciation(ctx context.Context, seller domain.OrganizationID) (domain.Appreciation, error) {
	var row appreciationRow
	if err := tx.get(ctx, &row, readAppreciation, seller.UUID); err != nil {
		return domain.Appreciation{}, fmt.Errorf("read appreciation: %w", err)
	}
	return row.appreciation(), nil
}

// SaveAppreciation keeps how a seller shows that it notices who pays on time.
func (tx *Tx) SaveAppreciation(ctx context.Context, a domain.Appreciation) error {
	return tx.exec(ctx, saveAppreciation, append([]any{a.Seller.UUID, int32(a.Share), a.UpdatedBy.UUID, instant(a.UpdatedAt)}, termsArgs(a.Voucher)...)...)
}

// SaveRecognition keeps a recognition, and the voucher that goes with it.
func (tx *Tx) SaveRecognition(ctx context.Context, r domain.Recognition) error {
	var code, until any
	var terms *domain.VoucherTerms
	if r.Voucher != nil {
		code, until, terms = r.Voucher.Code, day(r.Voucher.ValidUntil), &r.Voucher.Terms
	}
	return tx.exec(ctx, saveRecognition, append([]any{r.ID.UUID, r.Touch.UUID, r.Seller.UUID, r.Relationship.UUID, instant(r.At), code, until}, termsArgs(terms)...)...)
}

// Vouchers returns a page of a seller's vouchers whose letters left.
func (tx *Tx) Vouchers(ctx context.Context, seller domain.OrganizationID, page domain.Page) ([]domain.Voucher, error) {
	var rows []voucherRow
	if err := tx.list(ctx, &rows, listVouchers, seller.UUID, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list vouchers: %w", err)
	}
	return mapped(rows, voucherRow.voucher), nil
}

// LockVoucher locks a voucher of a seller and returns it.
func (tx *Tx) LockVoucher(ctx context.Context, id domain.VoucherID, seller domain.OrganizationID) (domain.Voucher, error) {
	var row voucherRow
	if err := tx.get(ctx, &row, lockVoucher, seller.UUID, id.UUID); err != nil {
		return domain.Voucher{}, fmt.Errorf("lock voucher %s: %w", id, err)
	}
	return row.voucher(), nil
}

// RedeemVoucher saves what a voucher was redeemed for.
func (tx *Tx) RedeemVoucher(ctx context.Context, v domain.Voucher) error {
	return tx.exec(ctx, redeemVoucher, v.ID.UUID, instant(v.RedeemedAt), v.RedeemedBy.UUID, v.Reference)
}

// AppreciationEffects returns how a note alone and a note with a voucher went, as of a day; a way that was
// never taken is not there.
func (tx *Tx) AppreciationEffects(ctx context.Context, seller domain.OrganizationID, today domain.Date) ([]domain.AppreciationEffect, error) {
	var rows []struct {
		Voucher  bool `json:"voucher"`
		Debtors  int  `json:"debtors"`
		Invoices int  `json:"invoices"`
		DaysLate int  `json:"days_late"`
	}
	if err := tx.list(ctx, &rows, appreciationEffects, seller.UUID, day(today)); err != nil {
		return nil, fmt.Errorf("compare appreciations: %w", err)
	}
	effects := make([]domain.AppreciationEffect, len(rows))
	for i, r := range rows {
		effects[i] = domain.AppreciationEffect{Voucher: r.Voucher, Debtors: r.Debtors, Invoices: r.Invoices, DaysLate: r.DaysLate}
	}
	return effects, nil
}
