package repository

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/jmoiron/sqlx/reflectx"
	"github.com/lib/pq"

	"comity/domain"
)

// A Year is the owner's view of the database of a simulated year. It writes the rows of
// what the collections engine does not do itself (who is there, what was bought, what the
// bank showed), sets the world's clock, and asks the rows at the end whether a word was
// broken. It is for a throw-away database of its own.
type Year struct {
	pool  *sqlx.DB
	world domain.WorldID
}

// OpenYear opens the database of a year as its owner, and makes the world, which begins at
// a moment, and the records of the audit.
func OpenYear(ctx context.Context, ownerURL string, world domain.WorldID, begins time.Time) (*Year, error) {
	pool, err := sqlx.Open("postgres", ownerURL+" binary_parameters=yes")
	if err != nil {
		return nil, fmt.Errorf("open as owner: %w", err)
	}
	pool.Mapper = reflectx.NewMapperFunc("json", func(name string) string { return name })
	y := &Year{pool: pool, world: world}
	for _, step := range []string{yearRecords, yearSight} {
		if _, err := pool.ExecContext(ctx, step); err != nil {
			_ = pool.Close() // the first error is the news
			return nil, fmt.Errorf("make the records of a year: %w", err)
		}
	}
	return y, y.write(ctx, makeYearWorld, world.UUID, begins)
}

// Close closes the pool.
func (y *Year) Close() error { return y.pool.Close() }

const (
	makeYearWorld = `
INSERT INTO worlds (id, kind, name, clock_at) VALUES ($1, 'sandbox', 'year', $2)`
	setYearClock = `
UPDATE worlds SET clock_at = $2 WHERE id = $1`
	makeYearOrganizations = `
INSERT INTO organizations (id, world_id, kind, name, legal_type, country, time_zone, email, created_at)
SELECT x.id, $2::uuid, x.kind, x.name, 'company', x.country, x.zone, x.email, $3::timestamptz
  FROM jsonb_to_recordset($1::jsonb) AS x(id uuid, kind text, name text, country text, zone text, email text)`
	makeYearAccounts = `
INSERT INTO bank_accounts (id, org_id, purpose, currency, holder, country, iban, account_key, created_at)
SELECT x.id, x.org, 'collection', x.currency, x.holder, x.country, x.iban, x.iban, $2::timestamptz
  FROM jsonb_to_recordset($1::jsonb) AS x(id uuid, org uuid, currency text, holder text, country text, iban text)`
	makeYearRelationships = `
WITH given AS (
  SELECT x.id, x.seller, x.debtor, x.name, x.legal, x.country, x.region, x.zone, x.email, x.contact, x.phone, x.heads_up, x.approval
    FROM jsonb_to_recordset($1::jsonb)
      AS x(id uuid, seller uuid, debtor uuid, name text, legal text, country text, region text, zone text, email text, contact text, phone text, heads_up boolean, approval text)
), known AS (
  INSERT INTO debtors (id, world_id, country, name_key) SELECT DISTINCT g.debtor, $2::uuid, g.country, upper(g.name) FROM given g ON CONFLICT DO NOTHING
)
INSERT INTO relationships (id, seller_id, debtor_id, code, name, legal_type, country, region, contact_name, email, time_zone, terms_days, heads_up, approval, phone, created_at)
SELECT g.id, g.seller, g.debtor, g.id::text, g.name, g.legal, g.country, g.region, g.contact, g.email, g.zone, 30, g.heads_up, g.approval, g.phone, $3::timestamptz FROM given g`
	makeYearDays = `/* its own table */
INSERT INTO year_days (country, day) SELECT $1, unnest($2::date[])`
)

// Clock sets the world's clock.
func (y *Year) Clock(ctx context.Context, now time.Time) error {
	_, err := y.pool.ExecContext(ctx, setYearClock, y.world.UUID, now) // done twice it is the same
	return err
}

// Analyze lets the server know how large the tables have become, so that plans made for
// empty ones are made again.
func (y *Year) Analyze(ctx context.Context) error {
	_, err := y.pool.ExecContext(ctx, `ANALYZE`)
	return err
}

// Found writes organisations, collection accounts, debtors and relationships: lists of
// objects with the columns that the statements above name.
func (y *Year) Found(ctx context.Context, organizations, accounts, relationships any, at time.Time) error {
	for _, step := range []struct {
		statement string
		rows      any
		more      []any
	}{
		{makeYearOrganizations, organizations, []any{y.world.UUID, at}},
		{makeYearAccounts, accounts, []any{at}},
		{makeYearRelationships, relationships, []any{y.world.UUID, at}},
	} {
		if err := y.writeRows(ctx, step.statement, step.rows, step.more...); err != nil {
			return fmt.Errorf("found a world: %w", err)
		}
	}
	return nil
}

// BusinessDays says on which days of the year business is done in a country.
func (y *Year) BusinessDays(ctx context.Context, country string, days []string) error {
	return y.write(ctx, makeYearDays, country, pq.Array(days))
}

// Deals are made with the conditions that a seller and a factor see to; the invoice, the case
// where the pair has none open, and the deal, without an offer, a mandate or a decision before
// them.
const (
	makeYearDeals = `
WITH given AS (
  SELECT x.id, x.kase, x.number, x.factor, x.seller, x.relationship, x.debtor, x.name, x.account, x.currency, x.minor, x.issued, x.due, x.reference, x.code, x.introduced
    FROM jsonb_to_recordset($1::jsonb) AS x(id uuid, kase uuid, number text, factor uuid, seller uuid, relationship uuid, debtor uuid, name text, account uuid,
      currency text, minor bigint, issued date, due date, reference text, code text, introduced timestamptz)
), sold AS (
  INSERT INTO invoices (id, seller_id, relationship_id, source, type_code, number, number_key, issued_on, due_on, due_from_terms, currency, payable_minor, basis_minor, order_reference, summary, status, created_at)
  SELECT g.id, g.seller, g.relationship, 'json', '380', g.number, replace(g.number, '-', ''), g.issued, g.due, false, g.currency, g.minor, g.minor, 'PO ' || g.number, 'goods and services', 'sold', $3::timestamptz
    FROM given g
), followed AS (
  INSERT INTO cases (id, world_id, factor_id, seller_id, debtor_id, relationship_id, status, next_action_at, opened_at)
  SELECT DISTINCT ON (g.factor, g.seller, g.debtor) g.kase, $2::uuid, g.factor, g.seller, g.debtor, g.relationship, 'open', $3::timestamptz, $3::timestamptz FROM given g ORDER BY g.factor, g.seller, g.debtor, g.kase
  ON CONFLICT (factor_id, seller_id, debtor_id) WHERE status = 'open' DO UPDATE SET next_action_at = excluded.next_action_at
  RETURNING id, factor_id, seller_id, debtor_id
), made AS (
  INSERT INTO deals (id, world_id, factor_id, seller_id, relationship_id, debtor_id, invoice_id, offer_id, case_id, mandate_id, status, currency, invoice_number, debtor_name, due_on,
    basis_minor, advance_minor, reserve_minor, origination_minor, wire_minor, open_minor, fee_first_days, fee_first_rate, fee_step_days, fee_step_rate, recourse_days, rebate_hold,
    reference, notice_code, operating_account_id, collection_account_id, seller_account_id, made_at, issued_on)
  SELECT g.id, $2::uuid, g.factor, g.seller, g.relationship, g.debtor, g.id, g.id, f.id, g.id, 'made', g.currency, g.number, g.name, g.due,
         g.minor, g.minor - g.minor / 10, g.minor / 10, 0, 0, g.minor, 30, 0.03, 10, 0.01, 90, 5, g.reference, g.code, g.account, g.account, g.account, $3::timestamptz, g.issued
    FROM given g JOIN followed f ON f.factor_id = g.factor AND f.seller_id = g.seller AND f.debtor_id = g.debtor
  RETURNING id, factor_id, seller_id, case_id
), proven AS (
  INSERT INTO conditions (deal_id, factor_id, seller_id, code, evidence, occurred_at)
  SELECT m.id, m.factor_id, m.seller_id, c.code, CASE WHEN c.code <> 'notice_delivered' THEN 'made for the year' END, CASE c.code WHEN 'introduced' THEN g.introduced WHEN 'notice_delivered' THEN NULL ELSE $3::timestamptz END
    FROM made m JOIN given g ON g.id = m.id, unnest(ARRAY['seller_approved', 'account_proven', 'introduced', 'verified', 'notice_delivered']) AS c(code)
)
SELECT m.id AS deal, m.case_id AS kase FROM made m`
	loadYearStatements = `
INSERT INTO statements (id, factor_id, account_id, blob_id, file_sha256, number, from_on, to_on, currency, opening_minor, closing_minor, line_count, loaded_at)
SELECT gen_random_uuid(), x.factor, x.account, x.account, '', x.day::text, x.day, x.day, x.currency, 0, 0, 0, $2::timestamptz
  FROM jsonb_to_recordset($1::jsonb) AS x(factor uuid, account uuid, day date, currency text)`
	// As the loading of a statement does (wakePromises).
	wakeYearPromises = `
UPDATE cases SET next_action_at = $2::timestamptz
 WHERE status = 'open' AND id IN (
   SELECT p.case_id FROM jsonb_to_recordset($1::jsonb) AS x(account uuid, day date) JOIN deals d ON d.collection_account_id = x.account AND d.status IN ('made', 'paid_out')
     JOIN promises p ON p.case_id = d.case_id AND p.deal_id = d.id AND p.status = 'active' AND p.judge_on <= x.day)`
	// The rows that a receipt changes in saveReceipt, for many deals at once.
	lockYearCases = `
SELECT c.id FROM cases c WHERE c.id IN (SELECT d.case_id FROM deals d WHERE d.id = ANY ($1::uuid[])) ORDER BY c.id FOR UPDATE`
	payYearDeals = `
WITH given AS (
  SELECT x.deal, x.day, least(x.minor, d.open_minor) AS minor, d.open_minor - least(x.minor, d.open_minor) AS left_minor, d.factor_id, d.seller_id, d.case_id
    FROM jsonb_to_recordset($1::jsonb) AS x(deal uuid, minor bigint, day date) JOIN deals d ON d.id = x.deal AND d.open_minor > 0 AND d.status IN ('made', 'paid_out')
), arrived AS (
  INSERT INTO allocations (id, factor_id, seller_id, receipt_id, deal_id, case_id, amount_minor, value_on, applied_at)
  SELECT gen_random_uuid(), g.factor_id, g.seller_id, gen_random_uuid(), g.deal, g.case_id, g.minor, g.day, $2::timestamptz FROM given g
), paid AS (
  UPDATE deals d SET open_minor = g.left_minor, paid_in_full_on = CASE WHEN g.left_minor = 0 THEN g.day END FROM given g WHERE d.id = g.deal
), kept AS (
  UPDATE promises p SET status = 'kept', decided_at = $2::timestamptz FROM given g
   WHERE p.deal_id = g.deal AND p.status = 'active' AND p.open_before - g.left_minor >= p.amount_minor RETURNING p.id
), released AS (
  UPDATE holds h SET ended_at = $2::timestamptz FROM given g
   WHERE h.case_id = g.case_id AND h.deal_id = g.deal AND h.ended_at IS NULL
     AND (h.code = 'paid_or_pending' OR g.left_minor = 0 AND h.code = 'promise_active' OR h.cause_id IN (SELECT k.id FROM kept k))
)
UPDATE cases c SET next_action_at = $2::timestamptz FROM given g WHERE c.id = g.case_id AND c.status = 'open'`
	strangeYearReceipts = `
INSERT INTO receipts (id, factor_id, account_id, line_id, status, currency, amount_minor, unapplied_minor, value_on, payer, reference, created_at)
SELECT x.id, x.factor, x.account, x.id, 'unapplied', x.currency, x.minor, x.minor, x.day, x.payer, '', $2::timestamptz
  FROM jsonb_to_recordset($1::jsonb) AS x(id uuid, factor uuid, account uuid, currency text, minor bigint, day date, payer text)`
	identifyYearReceipts = `
UPDATE receipts SET status = 'applied', unapplied_minor = 0 WHERE id = ANY ($1::uuid[])`
	endYearDeals = `
WITH ended AS (
  UPDATE deals SET status = CASE WHEN open_minor = 0 THEN 'settled' ELSE 'charged_back' END, settled_at = $2
   WHERE id = ANY ($1::uuid[]) AND status IN ('made', 'paid_out') RETURNING case_id)
UPDATE cases SET next_action_at = $2 WHERE id IN (SELECT case_id FROM ended) AND status = 'open'`
	payOutYearDeals = `
UPDATE deals SET status = 'paid_out', funding_date = ($2::timestamptz)::date WHERE id = ANY ($1::uuid[]) AND status = 'made'`
)

// Deals makes deals now, and returns the case of each.
func (y *Year) Deals(ctx context.Context, deals any, now time.Time) (map[uuid.UUID]uuid.UUID, error) {
	text, err := json.Marshal(deals)
	if err != nil {
		return nil, err
	}
	var made []struct {
		Deal uuid.UUID `json:"deal"`
		Case uuid.UUID `json:"kase"`
	}
	err = y.inTx(ctx, func(tx *sqlx.Tx) error {
		return tx.SelectContext(ctx, &made, makeYearDeals, string(text), y.world.UUID, now)
	})
	cases := make(map[uuid.UUID]uuid.UUID, len(made))
	for _, m := range made {
		cases[m.Deal] = m.Case
	}
	return cases, err
}

// Statements loads statements of one day each, which cover and hold no lines, and wakes the
// cases whose promises they decide.
func (y *Year) Statements(ctx context.Context, statements any, now time.Time) error {
	if err := y.writeRows(ctx, loadYearStatements, statements, now); err != nil {
		return err
	}
	return y.writeRows(ctx, wakeYearPromises, statements, now)
}

// Pay applies money to deals, under the locks of their cases.
func (y *Year) Pay(ctx context.Context, deals []uuid.UUID, payments any, now time.Time) error {
	text, err := json.Marshal(payments)
	if err != nil {
		return err
	}
	return y.inTx(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, lockYearCases, uuids(deals).array()); err != nil {
			return fmt.Errorf("lock cases: %w", err)
		}
		_, err := tx.ExecContext(ctx, payYearDeals, string(text), now)
		return err
	})
}

// Strange books money that nobody knows yet; Identified ends that.
func (y *Year) Strange(ctx context.Context, receipts any, now time.Time) error {
	return y.writeRows(ctx, strangeYearReceipts, receipts, now)
}

// Identified says that receipts are known now.
func (y *Year) Identified(ctx context.Context, receipts []uuid.UUID) error {
	return y.write(ctx, identifyYearReceipts, uuids(receipts).array())
}

// End settles deals that are paid, and charges back the others.
func (y *Year) End(ctx context.Context, deals []uuid.UUID, now time.Time) error {
	return y.write(ctx, endYearDeals, uuids(deals).array(), now)
}

// PayOut pays out deals whose conditions all have their evidence.
func (y *Year) PayOut(ctx context.Context, deals []uuid.UUID, now time.Time) error {
	return y.write(ctx, payOutYearDeals, uuids(deals).array(), now)
}

func (y *Year) writeRows(ctx context.Context, statement string, rows any, more ...any) error {
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	return y.write(ctx, statement, append([]any{string(text)}, more...)...)
}

func (y *Year) write(ctx context.Context, statement string, args ...any) error {
	return y.inTx(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, statement, args...)
		return err
	})
}

// inTx runs one transaction without the checks of foreign keys: of what a factor and a
// seller do before a case there are no rows.
func (y *Year) inTx(ctx context.Context, do func(*sqlx.Tx) error) error {
	tx, err := y.pool.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	if _, err := tx.ExecContext(ctx, `SET LOCAL session_replication_role = replica`); err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// one reads one value; no row is the zero value.
func one[T any](ctx context.Context, y *Year, query string, args ...any) (T, error) {
	var found T
	err := y.pool.GetContext(ctx, &found, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return found, err
}
