package repository

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
)

type payoutRow struct {
	ID           uuid.UUID `json:"id"`
	World        uuid.UUID `json:"world_id"`
	Factor       uuid.UUID `json:"factor_id"`
	Seller       uuid.UUID `json:"seller_id"`
	Deal         uuid.UUID `json:"deal_id"`
	Kind         string    `json:"kind"`
	Status       string    `json:"status"`
	Currency     string    `json:"currency"`
	Amount       int64     `json:"amount_minor"`
	From         uuid.UUID `json:"from_account_id"`
	To           uuid.UUID `json:"to_account_id"`
	EndToEnd     string    `json:"end_to_end_id"`
	ReleaseAt    timeCol   `json:"release_at"`
	InstructedAt timeCol   `json:"instructed_at"`
	ValueDate    dateCol   `json:"value_date"`
	CreatedAt    timeCol   `json:"created_at"`
}

func (r payoutRow) payout() domain.Payout {
	return domain.Payout{
		ID: domain.PayoutID{UUID: r.ID}, World: domain.WorldID{UUID: r.World}, Factor: domain.OrganizationID{UUID: r.Factor},
		Seller: domain.OrganizationID{UUID: r.Seller}, Deal: domain.DealID{UUID: r.Deal}, Kind: domain.PayoutKind(r.Kind),
		Status: domain.PayoutStatus(r.Status), Amount: amount(r.Amount, r.Currency), From: domain.AccountID{UUID: r.From}, To: domain.AccountID{UUID: r.To},
		EndToEnd: r.EndToEnd, ReleaseAt: r.ReleaseAt.Time, InstructedAt: r.InstructedAt.Time, ValueDate: r.ValueDate.Date, CreatedAt: r.CreatedAt.Time,
	}
}

// upsertPayouts is also a part of saveReceipt: an order is new, or its status moved.
const upsertPayouts = `
INSERT INTO payouts (id, world_id, factor_id, seller_id, deal_id, kind, status, currency, amount_minor, from_account_id, to_account_id,
  end_to_end_id, release_at, instructed_at, value_date, created_at)
SELECT p.id, p.world, p.factor, p.seller, p.deal, p.kind, p.status, p.currency, p.minor, p.debit, p.credit, p.e2e,
       nullif(p.release_at, '-infinity'), nullif(p.instructed_at, '-infinity'), nullif(p.value_date, '-infinity'), p.created_at
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::uuid[], $11::uuid[],
    $12::text[], $13::timestamptz[], $14::timestamptz[], $15::date[], $16::timestamptz[])
    AS p(id, world, factor, seller, deal, kind, status, currency, minor, debit, credit, e2e, release_at, instructed_at, value_date, created_at)
ON CONFLICT (id) DO UPDATE SET status = excluded.status, instructed_at = excluded.instructed_at, value_date = excluded.value_date`

// SavePayouts adds orders, or saves what became of them.
func (tx *Tx) SavePayouts(ctx context.Context, payouts []domain.Payout) error {
	return tx.exec(ctx, upsertPayouts, payoutArgs(payouts)...)
}

func payoutArgs(payouts []domain.Payout) []any {
	var ids, worlds, factors, sellers, deals, debits, credits uuids
	var kinds, statuses, currencies, ends, releases, instructed, values []string
	var minors []int64
	var created []time.Time
	for _, p := range payouts {
		ids, worlds, factors = append(ids, p.ID.UUID), append(worlds, p.World.UUID), append(factors, p.Factor.UUID)
		sellers, deals = append(sellers, p.Seller.UUID), append(deals, p.Deal.UUID)
		debits, credits = append(debits, p.From.UUID), append(credits, p.To.UUID)
		kinds, statuses, currencies = append(kinds, string(p.Kind)), append(statuses, string(p.Status)), append(currencies, string(p.Amount.Currency()))
		minors, ends, created = append(minors, p.Amount.Units()), append(ends, p.EndToEnd), append(created, p.CreatedAt)
		releases, instructed = append(releases, orInfinity(p.ReleaseAt)), append(instructed, orInfinity(p.InstructedAt))
		value := "-infinity"
		if !p.ValueDate.IsZero() {
			value = p.ValueDate.String()
		}
		values = append(values, value)
	}
	return []any{
		ids.array(), worlds.array(), factors.array(), sellers.array(), deals.array(), pq.Array(kinds), pq.Array(statuses), pq.Array(currencies),
		pq.Array(minors), debits.array(), credits.array(), pq.Array(ends), pq.Array(releases), pq.Array(instructed), pq.Array(values), instants(created),
	}
}

// orInfinity stands for NULL inside an array.
func orInfinity(t time.Time) string {
	if t.IsZero() {
		return "-infinity"
	}
	return t.UTC().Format("2006-01-02T15:04:05.999999Z")
}

const payoutColumns = `id, world_id, factor_id, seller_id, deal_id, kind, status, currency, amount_minor, from_account_id, to_account_id,
  end_to_end_id, release_at, instructed_at, value_date, created_at`

const (
	readSellerPayout = `
SELECT ` + payoutColumns + ` FROM payouts WHERE seller_id = $2 AND id = $1`
	listSellerPayouts = `
SELECT ` + payoutColumns + ` FROM payouts
 WHERE seller_id = $1 AND kind <> 'sweep' AND ($2 = '' OR status = $2) AND id > $3 ORDER BY id LIMIT $4`
	listFactorPayouts = `
SELECT ` + payoutColumns + ` FROM payouts
 WHERE factor_id = $1 AND ($2 = '' OR status = $2) AND id > $3 ORDER BY id LIMIT $4`
	readPayoutDeal = `
SELECT deal_id FROM payouts WHERE id = $1`
)

var readFactorPayout = strings.Replace(readSellerPayout, "seller_id = $2", "factor_id = $2", 1)

// Payout returns an order of one side's.
func (tx *Tx) Payout(ctx context.Context, id domain.PayoutID, org domain.OrganizationID, kind domain.OrganizationKind) (domain.Payout, error) {
	query := readSellerPayout
	if kind == domain.KindFactor {
		query = readFactorPayout
	}
	var row payoutRow
	if err := tx.get(ctx, &row, query, id.UUID, org.UUID); err != nil {
		return domain.Payout{}, fmt.Errorf("read pay-out %s: %w", id, err)
	}
	return row.payout(), nil
}

// Payouts returns a page of one side's orders; a seller sees none of the
// factor's own transfers.
func (tx *Tx) Payouts(ctx context.Context, org domain.OrganizationID, kind domain.OrganizationKind, status string, page domain.Page) ([]domain.Payout, error) {
	query := listSellerPayouts
	if kind == domain.KindFactor {
		query = listFactorPayouts
	}
	var rows []payoutRow
	if err := tx.list(ctx, &rows, query, org.UUID, status, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list pay-outs: %w", err)
	}
	return mapped(rows, payoutRow.payout), nil
}

// PayoutFile locks the deal of an order and returns both.
func (tx *Tx) PayoutFile(ctx context.Context, id domain.PayoutID) (domain.DealFile, domain.Payout, error) {
	var deal uuid.UUID
	if err := tx.get(ctx, &deal, readPayoutDeal, id.UUID); err != nil {
		return domain.DealFile{}, domain.Payout{}, fmt.Errorf("read pay-out %s: %w", id, err)
	}
	file, err := tx.DealFile(ctx, domain.DealID{UUID: deal})
	if err != nil {
		return domain.DealFile{}, domain.Payout{}, err
	}
	for _, p := range file.Payouts {
		if p.ID == id {
			return file, p, nil
		}
	}
	return domain.DealFile{}, domain.Payout{}, domain.ErrNotFound
}
