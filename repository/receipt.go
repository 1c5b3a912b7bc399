package repository

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
	"comity/ledger"
	"comity/money"
)

type receiptRow struct {
	ID        uuid.UUID     `json:"id"`
	Factor    uuid.UUID     `json:"factor_id"`
	Account   uuid.UUID     `json:"account_id"`
	Line      uuid.UUID     `json:"line_id"`
	Status    string        `json:"status"`
	Currency  string        `json:"currency"`
	Amount    int64         `json:"amount_minor"`
	Unapplied int64         `json:"unapplied_minor"`
	ValueOn   dateCol       `json:"value_on"`
	Payer     string        `json:"payer"`
	Reference string        `json:"reference"`
	Suggested uuid.NullUUID `json:"suggested_deal_id"`
	CreatedAt timeCol       `json:"created_at"`
}

func (r receiptRow) receipt() domain.Receipt {
	return domain.Receipt{
		ID: domain.ReceiptID{UUID: r.ID}, Factor: domain.OrganizationID{UUID: r.Factor}, Account: domain.AccountID{UUID: r.Account},
		Line: domain.LineID{UUID: r.Line}, Status: domain.ReceiptStatus(r.Status), Amount: amount(r.Amount, r.Currency),
		Unapplied: amount(r.Unapplied, r.Currency), ValueDate: r.ValueOn.Date, Payer: r.Payer, Reference: r.Reference,
		Suggested: idOf[domain.DealID](r.Suggested), CreatedAt: r.CreatedAt.Time,
	}
}

// A receipt changes, in one statement: itself, its line, the deal and its
// invoice, what holds the item back, the promise that it keeps, the limits that
// it frees, the orders that follow, and when the case is looked at again. Other money is no answer to what
// was paid by card: that rests until it is booked itself or nothing is open.
var saveReceipt = `
WITH orders AS (` + upsertPayouts + `
), line AS (
  UPDATE statement_lines SET state = 'applied', outcome = $18 WHERE id = $17
), arrived AS (
  INSERT INTO receipts (id, factor_id, account_id, line_id, status, currency, amount_minor, unapplied_minor, value_on, payer, reference, suggested_deal_id, created_at)
  VALUES ($19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31)
  ON CONFLICT (id) DO UPDATE SET status = excluded.status, unapplied_minor = excluded.unapplied_minor
), given AS (
  INSERT INTO allocations (id, factor_id, seller_id, receipt_id, deal_id, case_id, amount_minor, recourse_id, value_on, applied_at, cost_minor)
  SELECT a.id, $20, $33::uuid, $19, $34::uuid, $35::uuid, a.minor, nullif(a.recourse, ''::text)::uuid, a.value_on, $37::timestamptz, a.cost
    FROM unnest($32::uuid[], $36::bigint[], $51::text[], $52::date[], $53::bigint[]) AS a(id, minor, recourse, value_on, cost)
), paid AS (
  UPDATE deals SET status = $38, open_minor = $39, recognised_minor = $40, next_accrual_at = $41, paid_in_full_on = $42, settled_at = $43,
    forgiven_minor = $49, reserve_used_minor = $50, card_cost_minor = $54 WHERE id = $34
), closed AS (
  UPDATE invoices SET status = $44, version = $45 WHERE id = $46
), kept AS (
  UPDATE promises SET status = 'kept', decided_at = $37 WHERE deal_id = $34 AND status = 'active'
     AND amount_minor <= (SELECT coalesce(sum(x.minor), 0) FROM unnest($36::bigint[], $51::text[]) AS x(minor, recourse) WHERE x.recourse = '')
       + (SELECT coalesce(sum(a.amount_minor), 0) FROM allocations a WHERE a.deal_id = $34 AND a.undone_at IS NULL AND a.recourse_id IS NULL AND a.applied_at >= promises.made_at)
  RETURNING id
), released AS (
  UPDATE holds SET ended_at = $37
   WHERE deal_id = $34 AND ended_at IS NULL
     AND (code = 'paid_or_pending' AND (cause_kind <> 'card' OR $39 = 0) OR ($39 = 0 AND code = 'promise_active') OR cause_id IN (SELECT id FROM kept))
), freed AS (
  UPDATE exposures SET used_minor = used_minor - $47 WHERE $47 > 0 AND factor_id = $20 AND debtor_id = $48 AND currency = $24
), repaid AS (
  UPDATE facilities SET used_minor = used_minor - $47 WHERE $47 > 0 AND factor_id = $20 AND currency = $24
)
UPDATE cases SET next_action_at = $37 WHERE id = $35 AND status = 'open'`

// SaveReceipt saves what money changed, in one statement.
func (tx *Tx) SaveReceipt(ctx context.Context, e ledger.ReceiptEffect, at time.Time) error {
	r := e.Receipt
	args := payoutArgs(e.Payouts)
	args = append(args, orNull(e.Line.UUID), e.Outcome, r.ID.UUID, r.Factor.UUID, r.Account.UUID, r.Line.UUID, string(r.Status), string(r.Amount.Currency()),
		r.Amount.Units(), r.Unapplied.Units(), day(r.ValueDate), r.Payer, strings.TrimSpace(r.Reference), orNull(r.Suggested.UUID), instant(r.CreatedAt))
	var given uuids
	parts, costs, recourses, days := []int64{}, []int64{}, []string{}, []domain.Date{}
	for _, a := range e.Allocations {
		given, parts = append(given, a.ID.UUID), append(parts, a.Minor)
		recourse := "" // not for a part that was given back
		if !a.Recourse.IsZero() {
			recourse = a.Recourse.UUID.String()
		}
		recourses, days, costs = append(recourses, recourse), append(days, a.ValueOn), append(costs, a.CostMinor)
	}
	if e.Deal == nil {
		args = append(args, given.array(), nil, nil, nil, pq.Array(parts), instant(at), "", 0, 0, nil, nil, nil, "", 0, nil, 0, nil, 0, 0, pq.Array(recourses), dates(days), pq.Array(costs), 0)
	} else {
		d := e.Deal
		args = append(args, given.array(), d.Seller.UUID, d.ID.UUID, d.Case.UUID, pq.Array(parts), instant(at),
			string(d.Status), d.Open.Units(), d.Recognised.Units(), instant(d.NextAccrual), day(d.PaidInFull), instant(d.SettledAt),
			string(e.Invoice.Status), e.Invoice.Version, e.Invoice.ID.UUID, e.Freed.Units(), d.Debtor.UUID, d.Forgiven.Units(), d.ReserveUsed.Units(), pq.Array(recourses),
			dates(days), pq.Array(costs), d.CardCost.Units())
	}
	return tx.exec(ctx, saveReceipt, args...)
}

const loadReceipt = `SELECT load_receipt($1, $2, $3)`

// ReceiptFile locks a receipt, then invoice, deal and case of the deal that it
// is applied to or, for a zero deal, was applied to last.
func (tx *Tx) ReceiptFile(ctx context.Context, id domain.ReceiptID, factor domain.OrganizationID, deal domain.DealID) (domain.ReceiptFile, error) {
	var data []byte
	if err := tx.get(ctx, &data, loadReceipt, id.UUID, factor.UUID, orNull(deal.UUID)); err != nil {
		return domain.ReceiptFile{}, fmt.Errorf("load receipt %s: %w", id, err)
	}
	var found struct {
		Receipt    *receiptRow     `json:"receipt"`
		Factor     organizationRow `json:"factor"`
		Deal       *dealFileRow    `json:"deal"`
		Allocation *struct {
			ID        uuid.UUID     `json:"id"`
			Deal      uuid.UUID     `json:"deal_id"`
			Case      uuid.UUID     `json:"case_id"`
			Seller    uuid.UUID     `json:"seller_id"`
			Recourse  uuid.NullUUID `json:"recourse_id"`
			Minor     int64         `json:"amount_minor"`
			Cost      int64         `json:"cost_minor"`
			ValueOn   dateCol       `json:"value_on"`
			AppliedAt timeCol       `json:"applied_at"`
		} `json:"allocation"`
	}
	if err := loaded(data, &found); err != nil {
		return domain.ReceiptFile{}, err
	}
	if found.Receipt == nil {
		return domain.ReceiptFile{}, domain.ErrNotFound
	}
	file := domain.ReceiptFile{Receipt: found.Receipt.receipt(), Factor: found.Factor.organization()}
	if found.Deal != nil && found.Deal.Deal != nil && found.Deal.Deal.Factor == factor.UUID {
		about := found.Deal.file()
		file.Deal = &about
	}
	if a := found.Allocation; a != nil {
		file.Allocation = &domain.Allocation{
			ID: domain.AllocationID{UUID: a.ID}, Receipt: id, Deal: domain.DealID{UUID: a.Deal}, Case: domain.CaseID{UUID: a.Case}, Factor: factor,
			Seller: domain.OrganizationID{UUID: a.Seller}, Recourse: idOf[domain.RecourseID](a.Recourse),
			Minor: a.Minor, CostMinor: a.Cost, ValueOn: a.ValueOn.Date, AppliedAt: a.AppliedAt.Time,
		}
	}
	return file, nil
}

const undoAllocation = `
WITH undone AS (
  UPDATE allocations SET undone_at = $2 WHERE id = $1
), reopened AS (
  UPDATE deals SET open_minor = $4 WHERE id = $3
), woken AS (
  UPDATE cases SET next_action_at = $2 WHERE id = $5
)
UPDATE receipts SET status = $7, unapplied_minor = $8 WHERE id = $6`

// UndoAllocation takes back what was applied of a receipt.
func (tx *Tx) UndoAllocation(ctx context.Context, r domain.Receipt, a domain.Allocation, d domain.Deal, at time.Time) error {
	return tx.exec(ctx, undoAllocation, a.ID.UUID, instant(at), d.ID.UUID, d.Open.Units(), d.Case.UUID, r.ID.UUID, string(r.Status), r.Unapplied.Units())
}

const receiptColumns = `id, factor_id, account_id, line_id, status, currency, amount_minor, unapplied_minor, value_on, payer, reference, suggested_deal_id, created_at`

const (
	readReceipt = `
SELECT ` + receiptColumns + ` FROM receipts WHERE factor_id = $2 AND id = $1`
	listReceipts = `
SELECT ` + receiptColumns + ` FROM receipts
 WHERE factor_id = $1 AND ($2 = '' OR status = $2) AND id > $3 ORDER BY id LIMIT $4`
)

// Receipt returns a receipt of a factor's.
func (tx *Tx) Receipt(ctx context.Context, id domain.ReceiptID, factor domain.OrganizationID) (domain.Receipt, error) {
	var row receiptRow
	if err := tx.get(ctx, &row, readReceipt, id.UUID, factor.UUID); err != nil {
		return domain.Receipt{}, fmt.Errorf("read receipt %s: %w", id, err)
	}
	return row.receipt(), nil
}

// Receipts returns a page of a factor's receipts.
func (tx *Tx) Receipts(ctx context.Context, factor domain.OrganizationID, status string, page domain.Page) ([]domain.Receipt, error) {
	var rows []receiptRow
	if err := tx.list(ctx, &rows, listReceipts, factor.UUID, status, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list receipts: %w", err)
	}
	return mapped(rows, receiptRow.receipt), nil
}

// The books of one side, as of an effective day and as known at an instant:
// rows by currency and account.
const trialBalance = `
SELECT p.currency, p.account, sum(p.amount_minor)::text AS minor
  FROM journals j JOIN postings p ON p.journal_id = j.id
 WHERE j.factor_id = $1 AND ($2::uuid IS NULL OR j.seller_id = $2) AND ($3::uuid IS NULL OR j.deal_id IN (SELECT d.id FROM deals d WHERE d.relationship_id = $3))
   AND ($6::uuid IS NULL OR j.deal_id = $6)
   AND j.effective_on <= $4 AND j.known_at <= $5
 GROUP BY p.currency, p.account ORDER BY p.currency, p.account`

var sellerTrialBalance = strings.Replace(trialBalance, "j.factor_id = $1 AND ($2::uuid IS NULL OR j.seller_id = $2)",
	"j.seller_id = $1 AND ($2::uuid IS NULL OR j.factor_id = $2)", 1)

// TrialBalance returns the balances of one side's books.
func (tx *Tx) TrialBalance(ctx context.Context, of domain.BookFilter) ([]ledger.Balances, error) {
	query := trialBalance
	if of.Kind == domain.KindSeller {
		query = sellerTrialBalance
	}
	var rows []struct {
		Currency string `json:"currency"`
		Account  string `json:"account"`
		Minor    string `json:"minor"`
	}
	err := tx.list(ctx, &rows, query, of.Organization.UUID, orNull(of.Other.UUID), orNull(of.Relationship.UUID), day(of.AsOf), instant(of.KnownAt), orNull(of.Deal.UUID))
	if err != nil {
		return nil, fmt.Errorf("read trial balance: %w", err)
	}
	var out []ledger.Balances
	for _, r := range rows {
		minor, err := strconv.ParseInt(r.Minor, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("balance of %s: %w", r.Account, err)
		}
		currency := money.Currency(r.Currency)
		if len(out) == 0 || out[len(out)-1].Currency != currency {
			out = append(out, ledger.Balances{Currency: currency, Totals: map[ledger.Account]money.Amount{}})
		}
		out[len(out)-1].Totals[ledger.Account(r.Account)] = money.Minor(minor, currency)
	}
	return out, nil
}

// What the debtors of one side owed on a day, item by item, from the books:
// factored receivables by deal.
const agingItems = `
SELECT d.id AS deal_id, d.invoice_number, d.due_on, d.relationship_id, d.seller_id, d.factor_id, d.debtor_name, p.currency, sum(p.amount_minor)::bigint AS minor
  FROM journals j JOIN postings p ON p.journal_id = j.id AND p.account = 'factored_receivables'
  JOIN deals d ON d.id = j.deal_id
 WHERE j.factor_id = $1 AND ($2::uuid IS NULL OR j.seller_id = $2) AND ($3::uuid IS NULL OR d.relationship_id = $3)
   AND ($6::uuid IS NULL OR j.deal_id = $6) AND j.effective_on <= $4 AND j.known_at <= $5
 GROUP BY d.id, p.currency HAVING sum(p.amount_minor) <> 0 ORDER BY d.id`

var sellerAgingItems = strings.Replace(agingItems, "j.factor_id = $1 AND ($2::uuid IS NULL OR j.seller_id = $2)",
	"j.seller_id = $1 AND ($2::uuid IS NULL OR j.factor_id = $2)", 1)

// Aging returns the open items of one side's books.
func (tx *Tx) Aging(ctx context.Context, of domain.BookFilter) ([]domain.OpenItem, error) {
	query := agingItems
	if of.Kind == domain.KindSeller {
		query = sellerAgingItems
	}
	var rows []struct {
		Deal         uuid.UUID `json:"deal_id"`
		Number       string    `json:"invoice_number"`
		Due          dateCol   `json:"due_on"`
		Relationship uuid.UUID `json:"relationship_id"`
		Seller       uuid.UUID `json:"seller_id"`
		Factor       uuid.UUID `json:"factor_id"`
		Debtor       string    `json:"debtor_name"`
		Currency     string    `json:"currency"`
		Minor        int64     `json:"minor"`
	}
	err := tx.list(ctx, &rows, query, of.Organization.UUID, orNull(of.Other.UUID), orNull(of.Relationship.UUID), day(of.AsOf), instant(of.KnownAt), orNull(of.Deal.UUID))
	if err != nil {
		return nil, fmt.Errorf("read aging: %w", err)
	}
	items := make([]domain.OpenItem, len(rows))
	for i, r := range rows {
		items[i] = domain.OpenItem{
			Deal: domain.DealID{UUID: r.Deal}, InvoiceNumber: r.Number, Due: r.Due.Date, Relationship: domain.RelationshipID{UUID: r.Relationship},
			Seller: domain.OrganizationID{UUID: r.Seller}, Factor: domain.OrganizationID{UUID: r.Factor}, Debtor: r.Debtor, Open: amount(r.Minor, r.Currency),
		}
	}
	return items, nil
}
