package repository_test

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"
	"pgregory.net/rapid"

	"comity/domain"
	"comity/money"
	"comity/repository"
	"comity/repository/repositorytest"
	"comity/underwriting/paytime"
)

// TestTheDatabaseBandsAmountsAsTheModelDoes tries every amount where a band may
// begin, its neighbours, and thousands between.
func TestTheDatabaseBandsAmountsAsTheModelDoes(t *testing.T) {
	db := repositorytest.New(t).Owner(t)
	amounts := []int64{math.MinInt64, -1, 0, 1, 2, 3, math.MaxInt64 - 1, math.MaxInt64}
	for power := range 63 {
		for quarter := range uint(4) {
			// 2^(power + quarter/4), cut: the fourth root of a power of two
			root := new(big.Int).Lsh(big.NewInt(1), 4*uint(power)+quarter)
			at := root.Sqrt(root.Sqrt(root)).Int64()
			for step := int64(-3); step <= 3; step++ {
				amounts = append(amounts, at+step)
			}
		}
	}
	for i := int64(1); i < 4_000; i++ {
		amounts = append(amounts, i, i*7_919, i*i*104_729, math.MaxInt64/i)
	}
	rows, err := db.QueryContext(t.Context(), `SELECT a, amount_band(a) FROM unnest($1::bigint[]) AS a`, pq.Array(amounts))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var minor int64
		var band int
		if err := rows.Scan(&minor, &band); err != nil {
			t.Fatal(err)
		}
		if want := paytime.BandOf(minor); band != want {
			t.Errorf("%d is in band %d, want %d", minor, band, want)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// A bookkeeper records what happens to one seller's invoices, in any order.
type bookkeeper struct {
	t      *rapid.T
	ctx    context.Context
	data   *repositorytest.Database
	app    *sql.DB
	owner  *sql.DB
	seller uuid.UUID
	rels   [2]domain.RelationshipID
	deals  []uuid.UUID
}

// TestTalliesDoNotAskInWhichOrder: whatever is imported, imported again, corrected,
// left out, sold, paid, taken back and cancelled, in any order, the counters are
// those that a rebuild makes of the rows.
func TestTalliesDoNotAskInWhichOrder(t *testing.T) {
	data := repositorytest.New(t)
	owner, app := data.Owner(t), application(t, data)
	// Rows of other tables count for nothing here.
	_, err := owner.ExecContext(t.Context(), `DO $$ DECLARE c record; BEGIN
		FOR c IN SELECT conname, conrelid::regclass AS r FROM pg_constraint WHERE contype = 'f' AND conrelid IN ('deals'::regclass, 'invoices'::regclass, 'history'::regclass)
		LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.r, c.conname); END LOOP; END $$`)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		b := bookkeeper{t: rt, ctx: t.Context(), data: data, app: app, owner: owner, seller: uuid.New(), rels: [2]domain.RelationshipID{domain.New[domain.RelationshipID](), domain.New[domain.RelationshipID]()}}
		happenings := []func(){b.imports, b.imports, b.corrects, b.leavesOut, b.sells, b.sells, b.pays, b.pays, b.takesBack, b.cancels, b.removes}
		for range rapid.IntRange(1, 14).Draw(rt, "happenings") {
			happenings[rapid.IntRange(0, len(happenings)-1).Draw(rt, "what")]()
		}
		found, _, err := repository.CheckTallies(b.ctx, data.OwnerURL)
		if err != nil || len(found) > 0 {
			rt.Fatalf("%s (%v)", strings.Join(found, "\n"), err)
		}
		kept := b.tallies()
		if _, err := owner.ExecContext(b.ctx, `SELECT rebuild_tallies($1)`, b.seller); err != nil {
			rt.Fatal(err)
		}
		if rebuilt := b.tallies(); rebuilt != kept {
			rt.Fatalf("kept\n%s\nrebuilt\n%s", kept, rebuilt)
		}
	})
}

// tallies writes every counter of the seller.
func (b *bookkeeper) tallies() string {
	var text sql.NullString
	err := b.owner.QueryRowContext(b.ctx, `SELECT (SELECT string_agg(t::text, E'\n' ORDER BY t) FROM payment_tallies t WHERE seller_id = $1)
		|| E'\n' || coalesce((SELECT string_agg(t::text, E'\n' ORDER BY t) FROM due_tallies t WHERE seller_id = $1), '')`, b.seller).Scan(&text)
	if err != nil {
		b.t.Fatal(err)
	}
	return text.String
}

func (b *bookkeeper) day(name string) domain.Date {
	return domain.MustDate("2026-01-01").Plus(rapid.IntRange(-3, 6).Draw(b.t, name))
}

func (b *bookkeeper) rel() domain.RelationshipID {
	return b.rels[rapid.IntRange(0, 1).Draw(b.t, "relationship")]
}

func (b *bookkeeper) minor() int64 { return rapid.Int64Range(1, 1_000_000).Draw(b.t, "minor") }

// imports brings rows as an import does, some of them for the second time.
func (b *bookkeeper) imports() {
	rows := map[string]domain.PastInvoice{}
	for range rapid.IntRange(1, 5).Draw(b.t, "rows") {
		row := domain.PastInvoice{
			Relationship: b.rel(), Reference: fmt.Sprint("H", rapid.IntRange(1, 6).Draw(b.t, "ref")), Amount: money.Minor(b.minor(), "EUR"),
			Issued: b.day("issued"), Due: b.day("due"),
		}
		if rapid.Bool().Draw(b.t, "paid") {
			row.Paid = b.day("paid on")
		}
		if rapid.IntRange(0, 9).Draw(b.t, "long ago") == 0 {
			row.Issued, row.Paid = row.Issued.Plus(-5_000), row.Due.Plus(5_000)
		}
		rows[row.Relationship.String()+row.Reference] = row
	}
	var batch []domain.PastInvoice
	for _, row := range rows {
		batch = append(batch, row)
	}
	seller := domain.OrganizationID{UUID: b.seller}
	atomically := repository.Atomically(b.data.DB, func(tx *repository.Tx) *repository.Tx { return tx })
	_, err := atomically(b.ctx, domain.Caller{Now: time.Now()}.In(domain.ScopeWork), func(tx *repository.Tx) (domain.Answer, error) {
		return domain.Answer{}, tx.SaveHistory(b.ctx, domain.Import{ID: domain.New[domain.ImportID](), Seller: seller}, batch)
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// does runs a statement of the application in a scope; $1 is the seller.
func (b *bookkeeper) does(scope, statement string, args ...any) {
	tx, err := b.app.BeginTx(b.ctx, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(b.ctx, `SELECT verdict FROM enter($1, $2, NULL, NULL, NULL, '', '', NULL)`, scope, b.seller); err != nil {
		b.t.Fatal(err)
	}
	if _, err := tx.ExecContext(b.ctx, statement, append([]any{b.seller}, args...)...); err != nil {
		b.t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bookkeeper) corrects() {
	b.does("seller", `UPDATE history SET amount_minor = $2, issued_on = $3, due_on = $4, paid_on = nullif($5, '')::date, version = version + 1
		WHERE seller_id = $1 AND relationship_id = $6`, b.minor(), b.day("issued").String(), b.day("due").String(), b.day("paid on").String(), b.rel().UUID)
}

func (b *bookkeeper) leavesOut() {
	b.does("seller", `UPDATE history SET excluded = NOT excluded, excluded_for = 'a test' WHERE seller_id = $1 AND relationship_id = $2`, b.rel().UUID)
}

func (b *bookkeeper) removes() {
	if _, err := b.owner.ExecContext(b.ctx, `DELETE FROM history WHERE seller_id = $1 AND relationship_id = $2`, b.seller, b.rel().UUID); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bookkeeper) sells() {
	deal, rel := uuid.New(), b.rel().UUID
	b.does("market", `WITH handed_in AS (
		INSERT INTO invoices (id, seller_id, relationship_id, source, type_code, number, number_key, issued_on, due_on, due_from_terms, currency, payable_minor, basis_minor, status, created_at)
		VALUES ($2::uuid, $1, $3, 'json', '380', $2::uuid::text, $2::uuid::text, $4, $5, false, 'EUR', $6, $6, 'sold', now()))
		INSERT INTO deals (id, world_id, factor_id, seller_id, relationship_id, debtor_id, invoice_id, offer_id, case_id, mandate_id, status, currency, invoice_number,
			debtor_name, due_on, basis_minor, advance_minor, reserve_minor, origination_minor, wire_minor, open_minor, fee_first_days, fee_first_rate, fee_step_days,
			fee_step_rate, recourse_days, rebate_hold, reference, notice_code, operating_account_id, collection_account_id, seller_account_id, made_at, issued_on)
		VALUES ($2, $2, $2, $1, $3, $2, $2, $2, $2, $2, 'made', 'EUR', '1', 'D', $5, $6, $6, 0, 0, 0, $6, 30, 0, 0, 0, 90, 0, $2::uuid::text, '', $2, $2, $2, now(), $4)`,
		deal, rel, b.day("issued").String(), b.day("due").String(), b.minor())
	b.deals = append(b.deals, deal)
}

// several changes some of the deals at once.
func (b *bookkeeper) several(set string, args ...any) {
	if len(b.deals) == 0 {
		return
	}
	from := rapid.IntRange(0, len(b.deals)-1).Draw(b.t, "from deal")
	ids := make([]string, 0, len(b.deals))
	for _, id := range b.deals[from:] {
		ids = append(ids, id.String())
	}
	b.does("work", `UPDATE deals SET `+set+` WHERE seller_id = $1 AND id = ANY($2::uuid[])`, append([]any{pq.Array(ids)}, args...)...)
}

func (b *bookkeeper) pays() {
	b.several(`paid_in_full_on = $3::date, open_minor = 0`, b.day("paid on").String())
}

func (b *bookkeeper) takesBack() { b.several(`paid_in_full_on = NULL, open_minor = basis_minor`) }

func (b *bookkeeper) cancels() {
	if rapid.Bool().Draw(b.t, "money first") {
		b.several(`recognised_minor = recognised_minor + 1`)
	}
	b.several(`status = CASE status WHEN 'cancelled' THEN 'made' ELSE 'cancelled' END`)
}

// seller makes a seller with one relationship, both of one id.
func seller(t *testing.T, owner *sql.DB) uuid.UUID {
	t.Helper()
	id := uuid.New()
	for _, step := range []string{
		`INSERT INTO organizations (id, world_id, kind, name, legal_type, country, time_zone, email, created_at)
		 VALUES ($1, '00000000-0000-7000-8000-000000000001', 'seller', 'S', 'company', 'US', 'UTC', 's@example.org', now())`,
		`INSERT INTO relationships (id, seller_id, code, name, created_at) VALUES ($1, $1, 'D', 'D', now())`,
	} {
		if _, err := owner.ExecContext(t.Context(), step, id); err != nil {
			t.Fatal(err)
		}
	}
	return id
}

// TestARebuildMissesNoPayment rebuilds while payments are recorded.
func TestARebuildMissesNoPayment(t *testing.T) {
	data := repositorytest.New(t)
	owner := data.Owner(t)
	id := seller(t, owner)
	const writers, rows = 4, 25
	failed := make(chan error, writers)
	for w := range writers {
		go func() {
			var err error
			for n := 0; n < rows && err == nil; n++ {
				_, err = owner.ExecContext(t.Context(), `INSERT INTO history (seller_id, relationship_id, invoice_ref, amount_minor, currency, issued_on, due_on, paid_on)
					VALUES ($1, $1, $2, 1000, 'EUR', '2026-01-01', '2026-01-31', '2026-02-01')`, id, fmt.Sprint(w, "-", n))
			}
			failed <- err
		}()
	}
	for done := 0; done < writers; {
		select {
		case err := <-failed:
			if err != nil {
				t.Fatal(err)
			}
			done++
		default:
			if _, err := owner.ExecContext(t.Context(), `SELECT rebuild_tallies($1)`, id); err != nil {
				t.Fatal(err)
			}
		}
	}
	found, n, err := repository.CheckTallies(t.Context(), data.OwnerURL)
	if err != nil || len(found) > 0 || n != writers*rows {
		t.Errorf("%d rows: %v (%v)", n, found, err)
	}
}

// TestAWrongTallyIsFound changes, adds and removes counters by hand.
func TestAWrongTallyIsFound(t *testing.T) {
	data := repositorytest.New(t)
	owner := data.Owner(t)
	id := seller(t, owner)
	for _, step := range []string{
		`INSERT INTO history (seller_id, relationship_id, invoice_ref, amount_minor, currency, issued_on, due_on, paid_on)
		 SELECT $1, $1, 'A' || i, 1000, 'EUR', '2026-01-01', '2026-01-31', date '2026-02-01' + i FROM generate_series(1, 2) AS i`,
		`UPDATE payment_tallies SET count = 2 WHERE seller_id = $1 AND paid_on = '2026-02-02'`,
		`DELETE FROM payment_tallies WHERE seller_id = $1 AND paid_on = '2026-02-03'`,
		`INSERT INTO payment_tallies VALUES ($1, $1, '2026-02-04', 0, 30, 39, 1)`,
		`UPDATE due_tallies SET paid_by_due = 1 WHERE seller_id = $1`,
	} {
		if _, err := owner.ExecContext(t.Context(), step, id); err != nil {
			t.Fatal(err)
		}
	}
	found, _, err := repository.CheckTallies(t.Context(), data.OwnerURL)
	if err != nil || len(found) != 4 {
		t.Errorf("%d findings, want 4: %s (%v)", len(found), strings.Join(found, "; "), err)
	}
}
