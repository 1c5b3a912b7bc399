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

// A keptRow is a row of history with what only its own pages show.
type keptRow struct {
	historyRow
	ID          uuid.UUID `json:"id"`
	Source      string    `json:"source"`
	Counted     bool      `json:"counted"`
	Excluded    bool      `json:"excluded"`
	ExcludedFor string    `json:"excluded_for"`
	Version     int       `json:"version"`
	CorrectedAt timeCol   `json:"corrected_at"`
}

func (r keptRow) row() domain.HistoryRow {
	return domain.HistoryRow{
		PastInvoice: r.past(), ID: domain.InvoiceID{UUID: r.ID}, Source: r.Source, Counted: r.Counted,
		Excluded: r.Excluded, ExcludedFor: r.ExcludedFor, Version: r.Version, CorrectedAt: r.CorrectedAt.Time,
	}
}

const keptColumns = `id, relationship_id, invoice_ref, amount_minor, currency, issued_on, due_on, paid_on, observed_until, disputed,
  'import' AS source, NOT excluded AS counted, excluded, excluded_for, version, corrected_at`

const (
	lockHistory = `
SELECT ` + keptColumns + ` FROM history
 WHERE seller_id = $1 AND relationship_id = $2 AND id = ANY($3::uuid[]) ORDER BY id FOR UPDATE`
	// An invoice that was handed in here counts once it is sold.
	listHistory = `
SELECT ` + keptColumns + ` FROM history WHERE seller_id = $1 AND relationship_id = $2 AND id > $3
UNION ALL
SELECT i.id, i.relationship_id, i.number, i.payable_minor, i.currency, i.issued_on, i.due_on, d.paid_in_full_on, NULL,
       EXISTS (SELECT FROM disputes x WHERE x.deal_id = d.id), 'native', d.id IS NOT NULL, false, '', i.version, NULL
  FROM invoices i LEFT JOIN deals d ON d.invoice_id = i.id AND d.status <> 'cancelled'
 WHERE i.seller_id = $1 AND i.relationship_id = $2 AND i.id > $3 AND i.status <> 'withdrawn'
 ORDER BY 1 LIMIT $4`
	// Which of the rows are invoices handed in here, or are sold under the same number.
	listNative = `
SELECT w.id FROM unnest($3::uuid[], $4::text[]) AS w(id, number_key)
 WHERE EXISTS (SELECT FROM invoices i WHERE i.seller_id = $1 AND i.relationship_id = $2 AND i.id = w.id)
    OR w.number_key <> '' AND EXISTS (SELECT FROM invoices i JOIN deals d ON d.invoice_id = i.id AND d.status <> 'cancelled'
                WHERE i.seller_id = $1 AND i.relationship_id = $2 AND i.number_key = w.number_key)`
	saveCorrections = `
WITH told AS (
  SELECT c.id, c.row, c.minor, c.issued, c.due, nullif(c.paid, '')::date AS paid, c.disputed, c.excluded, c.excluded_for, c.reason
    FROM unnest($6::uuid[], $7::uuid[], $8::bigint[], $9::date[], $10::date[], $11::text[], $12::boolean[], $13::boolean[], $14::text[], $15::text[])
      AS c(id, row, minor, issued, due, paid, disputed, excluded, excluded_for, reason)
), kept AS (
  INSERT INTO history_corrections (id, seller_id, relationship_id, history_id, version, amount_minor, currency, issued_on, due_on, paid_on,
    observed_until, disputed, excluded, excluded_for, reason, objection_id, corrected_by, corrected_at)
  SELECT t.id, h.seller_id, h.relationship_id, h.id, h.version, h.amount_minor, h.currency, h.issued_on, h.due_on, h.paid_on,
         h.observed_until, h.disputed, h.excluded, h.excluded_for, t.reason, $3::uuid, $4::uuid, $5::timestamptz
    FROM told t JOIN history h ON h.seller_id = $1 AND h.relationship_id = $2 AND h.id = t.row
)
UPDATE history h
   SET amount_minor = t.minor, issued_on = t.issued, due_on = t.due, paid_on = t.paid, disputed = t.disputed,
       excluded = t.excluded, excluded_for = t.excluded_for, corrected_at = $5::timestamptz, version = h.version + 1
  FROM told t WHERE h.seller_id = $1 AND h.relationship_id = $2 AND h.id = t.row`
	loadProfile = `SELECT load_profile($1, $2, $3, $4)`
)

// readHistory is one row of the list.
var readHistory = strings.ReplaceAll(listHistory, "id > $3", "id = $3")

// HistoryRow returns one of the invoices of a relationship, imported or native.
func (tx *Tx) HistoryRow(ctx context.Context, of domain.RelationshipID, seller domain.OrganizationID, id domain.InvoiceID) (domain.HistoryRow, error) {
	var row keptRow
	if err := tx.get(ctx, &row, readHistory, seller.UUID, of.UUID, id.UUID, 1); err != nil {
		return domain.HistoryRow{}, fmt.Errorf("read row %s of the history of %s: %w", id, of, err)
	}
	return row.row(), nil
}

// History returns a page of the invoices of a relationship, imported and native.
func (tx *Tx) History(ctx context.Context, of domain.RelationshipID, seller domain.OrganizationID, page domain.Page) ([]domain.HistoryRow, error) {
	var rows []keptRow
	if err := tx.list(ctx, &rows, listHistory, seller.UUID, of.UUID, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list history of %s: %w", of, err)
	}
	return mapped(rows, keptRow.row), nil
}

// LockHistory locks and returns the named rows of a relationship's imported
// history, in the order of their ids; those that are not there are left out.
func (tx *Tx) LockHistory(ctx context.Context, of domain.RelationshipID, seller domain.OrganizationID, ids []domain.InvoiceID) ([]domain.HistoryRow, error) {
	var rows []keptRow
	if err := tx.list(ctx, &rows, lockHistory, seller.UUID, of.UUID, invoiceIDs(ids).array()); err != nil {
		return nil, fmt.Errorf("lock history of %s: %w", of, err)
	}
	return mapped(rows, keptRow.row), nil
}

func invoiceIDs(ids []domain.InvoiceID) uuids {
	out := make(uuids, len(ids))
	for i, id := range ids {
		out[i] = id.UUID
	}
	return out
}

// Native says which of the rows Comity recorded itself: invoices that were handed
// in here, and those that were sold here under the same number.
func (tx *Tx) Native(ctx context.Context, of domain.RelationshipID, seller domain.OrganizationID, rows []domain.HistoryRow) (map[domain.InvoiceID]bool, error) {
	ids, keys := make(uuids, len(rows)), make([]string, len(rows))
	for i, row := range rows {
		ids[i], keys[i] = row.ID.UUID, domain.NumberKey(row.Reference)
	}
	var found []uuid.UUID
	if err := tx.list(ctx, &found, listNative, seller.UUID, of.UUID, ids.array(), pq.Array(keys)); err != nil {
		return nil, fmt.Errorf("look for native rows of %s: %w", of, err)
	}
	native := make(map[domain.InvoiceID]bool, len(found))
	for _, id := range found {
		native[domain.InvoiceID{UUID: id}] = true
	}
	return native, nil
}

// SaveCorrections keeps what rows of one relationship said and saves what they say
// now, in one statement. They are one person's, of one moment.
func (tx *Tx) SaveCorrections(ctx context.Context, seller domain.OrganizationID, corrections []domain.Correction) error {
	n := len(corrections)
	ids, rows, minors := make(uuids, n), make(uuids, n), make([]int64, n)
	issued, due, paid := make([]domain.Date, n), make([]domain.Date, n), make([]domain.Date, n)
	disputed, excluded := make([]bool, n), make([]bool, n)
	whys, reasons := make([]string, n), make([]string, n)
	for i, c := range corrections {
		ids[i], rows[i], minors[i] = c.ID.UUID, c.After.ID.UUID, c.After.Amount.Units()
		issued[i], due[i], paid[i] = c.After.Issued, c.After.Due, c.After.Paid
		disputed[i], excluded[i], whys[i], reasons[i] = c.After.Disputed, c.After.Excluded, c.After.ExcludedFor, c.Reason
	}
	one := corrections[0]
	err := tx.exec(ctx, saveCorrections, seller.UUID, one.Before.Relationship.UUID, orNull(one.Objection.UUID), one.By.UUID, instant(one.At),
		ids.array(), rows.array(), pq.Array(minors), dates(issued), dates(due), dates(paid), pq.Array(disputed), pq.Array(excluded), pq.Array(whys), pq.Array(reasons))
	if err != nil {
		return fmt.Errorf("save corrections: %w", err)
	}
	return nil
}

type tallied []struct {
	At    int `json:"at"`
	Count int `json:"n"`
}

func (t tallied) into(counts []int) {
	for _, tally := range t {
		if tally.At >= 0 && tally.At < len(counts) {
			counts[tally.At] = tally.Count
		}
	}
}

// Profile counts how a debtor pays one seller.
func (tx *Tx) Profile(ctx context.Context, of domain.RelationshipID, seller domain.OrganizationID, now time.Time) (domain.ProfileCounts, error) {
	var data []byte
	if err := tx.get(ctx, &data, loadProfile, seller.UUID, of.UUID, instant(now), domain.RecentDays); err != nil {
		return domain.ProfileCounts{}, fmt.Errorf("load profile of %s: %w", of, err)
	}
	var found struct {
		Today *dateCol `json:"today"`
		Late  []struct {
			Days   int  `json:"days"`
			Recent bool `json:"recent"`
			Count  int  `json:"n"`
		} `json:"late"`
		Weekdays  tallied `json:"weekdays"`
		MonthEnds tallied `json:"month_ends"`
		Open      []struct {
			Currency     string `json:"currency"`
			Count        int    `json:"n"`
			Minor        int64  `json:"minor"`
			Overdue      int    `json:"overdue"`
			OverdueMinor int64  `json:"overdue_minor"`
		} `json:"open"`
		Disputed int `json:"disputed"`
	}
	if err := loaded(data, &found); err != nil {
		return domain.ProfileCounts{}, err
	}
	if found.Today == nil {
		return domain.ProfileCounts{}, domain.ErrNotFound
	}
	out := domain.ProfileCounts{Today: found.Today.Date, Disputed: found.Disputed}
	found.Weekdays.into(out.Habits.Weekdays[:])
	found.MonthEnds.into(out.Habits.MonthEnds[:])
	for _, l := range found.Late {
		out.Late = append(out.Late, domain.LateCount{Days: l.Days, Recent: l.Recent, Count: l.Count})
	}
	for _, o := range found.Open {
		out.Open = append(out.Open, domain.OpenCount{
			Count: o.Count, Amount: amount(o.Minor, o.Currency), Overdue: o.Overdue, OverdueAmount: amount(o.OverdueMinor, o.Currency),
		})
	}
	return out, nil
}
