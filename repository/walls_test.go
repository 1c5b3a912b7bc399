package repository_test

import (
	"database/sql"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
	"comity/repository"
	"comity/repository/repositorytest"
)

func application(t *testing.T, d *repositorytest.Database) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", d.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func tables(t *testing.T, owner *sql.DB) []string {
	t.Helper()
	rows, err := owner.QueryContext(t.Context(), `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'goose_db_version'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil || len(names) < 30 {
		t.Fatalf("%d tables: %v", len(names), err)
	}
	return names
}

func refused(err error) bool {
	failed, ok := errors.AsType[*pq.Error](err)
	return ok && failed.Code == "42501"
}

// TestUnsetScopeSeesNothing holds T-25: without enter every table is empty and
// refuses rows, and row-level security is on and forced everywhere.
func TestUnsetScopeSeesNothing(t *testing.T) {
	d := repositorytest.New(t)
	owner, app := d.Owner(t), application(t, d)
	for _, table := range tables(t, owner) {
		var enabled, forced bool
		err := owner.QueryRowContext(t.Context(), `SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = $1`, table).Scan(&enabled, &forced)
		if err != nil || !enabled || !forced {
			t.Errorf("%s: row-level security is not on and forced (%v)", table, err)
		}
		var n int
		if err := app.QueryRowContext(t.Context(), `SELECT count(*) FROM `+pq.QuoteIdentifier(table)).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s: an unset scope counts %d rows (%v)", table, n, err)
		}
	}
	_, err := app.ExecContext(t.Context(), `INSERT INTO audit (id, action, subject_kind, subject_id, digest, known_at) VALUES ($1, 'x', 'x', $1, '', now())`, uuid.New())
	if !refused(err) {
		t.Errorf("an unset scope may insert: %v", err)
	}
	if err := d.CheckRole(t.Context()); err != nil {
		t.Errorf("the application role is refused: %v", err)
	}
}

// TestTheBooksAreAppendOnly holds T-73 and C-185: the application cannot change or remove postings, journals, audit rows
// or events; nor, for F-43, what counsel signed.
func TestTheBooksAreAppendOnly(t *testing.T) {
	d := repositorytest.New(t)
	app := application(t, d)
	for _, table := range []string{"journals", "postings", "audit", "events", "law_signatures"} {
		for _, statement := range []string{"DELETE FROM " + table, "TRUNCATE " + table, "UPDATE " + table + " SET id = id", "UPDATE " + table + " SET journal_id = journal_id"} {
			if _, err := app.ExecContext(t.Context(), statement); !refused(err) && !undefined(err) {
				t.Errorf("%s: %v", statement, err)
			}
		}
	}
}

func undefined(err error) bool {
	failed, ok := errors.AsType[*pq.Error](err)
	return ok && failed.Code == "42703"
}

// TestAnUnbalancedJournalDoesNotCommit tries the trigger in every scope that may post: a journal that does not balance,
// or a posting added later, is refused. It holds C-219.
func TestAnUnbalancedJournalDoesNotCommit(t *testing.T) {
	d := repositorytest.New(t)
	owner, app := d.Owner(t), application(t, d)
	factor := uuid.New()
	_, err := owner.ExecContext(t.Context(), `INSERT INTO organizations (id, world_id, kind, name, legal_type, country, time_zone, email, created_at)
		VALUES ($1, '00000000-0000-7000-8000-000000000001', 'factor', 'F', 'company', 'US', 'UTC', 'f@example.org', now())`, factor)
	if err != nil {
		t.Fatal(err)
	}
	for _, scope := range []string{"market", "work"} {
		for name, amounts := range map[string][]int64{"balanced": {999, -999}, "off by 999": {1000, -1}, "one leg": {5}, "no leg": nil} {
			t.Run(scope+" "+name, func(t *testing.T) {
				err := post(t, app, scope, factor, amounts)
				if (err == nil) != (name == "balanced") {
					t.Errorf("commit: %v", err)
				}
			})
		}
	}
}

func post(t *testing.T, app *sql.DB, scope string, factor uuid.UUID, amounts []int64) error {
	t.Helper()
	tx, err := app.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	journal := uuid.New()
	if _, err := tx.ExecContext(t.Context(), `SELECT verdict FROM enter($1, $2, NULL, NULL, NULL, '', '', NULL)`, scope, factor); err != nil {
		t.Fatal(err)
	}
	_, err = tx.ExecContext(t.Context(), `INSERT INTO journals (id, factor_id, kind, currency, effective_on, known_at, cause_kind, cause_id)
		VALUES ($1, $2, 'test', 'EUR', '2026-01-01', now(), 'test', $1)`, journal, factor)
	if err != nil {
		t.Fatal(err)
	}
	for n, amount := range amounts {
		_, err := tx.ExecContext(t.Context(), `INSERT INTO postings (journal_id, n, factor_id, account, amount_minor, currency) VALUES ($1, $2, $3, 'reserve', $4, 'EUR')`,
			journal, n, factor, amount)
		if err != nil {
			t.Fatal(err)
		}
	}
	return tx.Commit()
}

// TestAConnectionForgetsItsTenant holds T-26 and T-27: what one transaction may
// see is gone with it, committed or not.
func TestAConnectionForgetsItsTenant(t *testing.T) {
	d := repositorytest.New(t)
	app := application(t, d)
	app.SetMaxOpenConns(1)
	for i := range 1000 {
		org := uuid.New()
		tx, err := app.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var seen string
		if _, err := tx.ExecContext(t.Context(), `SELECT verdict FROM enter('seller', $1, NULL, NULL, NULL, '', '', NULL)`, org); err != nil {
			t.Fatal(err)
		}
		if err := tx.QueryRowContext(t.Context(), `SELECT app_org()::text`).Scan(&seen); err != nil || seen != org.String() {
			t.Fatalf("inside: %s, want %s (%v)", seen, org, err)
		}
		if i%2 == 0 {
			err = tx.Commit()
		} else {
			err = tx.Rollback()
		}
		if err != nil {
			t.Fatal(err)
		}
		var left sql.NullString
		if err := app.QueryRowContext(t.Context(), `SELECT app_org()::text || app_scope()`).Scan(&left); err != nil || left.Valid {
			t.Fatalf("after: %q is left on the connection (%v)", left.String, err)
		}
	}
}

// TestTheSchemaKnowsTheStates holds every CHECK on a state to the machine in
// domain: a state that one knows and the other does not is a row that cannot be
// saved, or one that nobody can move.
func TestTheSchemaKnowsTheStates(t *testing.T) {
	owner := repositorytest.New(t).Owner(t)
	for column, want := range map[string][]string{
		"invoices.status": states(domain.InvoiceMoves), "mandates.state": states(domain.MandateMoves), "offers.status": states(domain.OfferMoves),
		"deals.status": states(domain.DealMoves), "payouts.status": states(domain.PayoutMoves), "receipts.status": states(domain.ReceiptMoves),
		"cases.status": states(domain.CaseMoves), "touches.status": states(domain.TouchMoves), "promises.status": states(domain.PromiseMoves), "disputes.status": states(domain.DisputeMoves),
		"plans.status": states(domain.PlanMoves), "recourses.status": states(domain.RecourseMoves), "mediations.status": states(domain.MediationMoves),
		"escalations.status": states(domain.EscalationMoves), "protective_steps.status": states(domain.ProtectiveMoves),
		"objections.status": states(domain.ObjectionMoves), "models.status": states(domain.ModelMoves), "playbooks.status": states(domain.PlaybookMoves),
	} {
		table, name, _ := strings.Cut(column, ".")
		var rule string
		err := owner.QueryRowContext(t.Context(), `SELECT pg_get_constraintdef(c.oid) FROM pg_constraint c
			JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
			WHERE c.contype = 'c' AND c.conrelid = $1::regclass AND a.attname = $2 AND array_length(c.conkey, 1) = 1`, table, name).Scan(&rule)
		if err != nil {
			t.Errorf("%s has no rule: %v", column, err)
			continue
		}
		var have []string
		for _, quoted := range regexp.MustCompile(`'([a-z_]+)'::text`).FindAllStringSubmatch(rule, -1) {
			have = append(have, quoted[1])
		}
		slices.Sort(have)
		if !slices.Equal(have, want) {
			t.Errorf("%s: the schema knows %v, the machine %v", column, have, want)
		}
	}
}

func states[S ~string](m domain.Machine[S]) []string {
	var names []string
	for _, state := range m.States() {
		names = append(names, string(state))
	}
	return names
}

// TestServeRefusesAStrongRoleAndALossyServer holds that a server which could see
// past the walls, or lose what it acknowledged, is not served on (I19).
func TestServeRefusesAStrongRoleAndALossyServer(t *testing.T) {
	d := repositorytest.New(t)
	owner, err := repository.Open(t.Context(), repository.Options{URL: d.OwnerURL, MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	if err := owner.CheckRole(t.Context()); err == nil {
		t.Error("the owner is not refused")
	}
	var fsync string
	if err := d.Owner(t).QueryRowContext(t.Context(), `SHOW fsync`).Scan(&fsync); err != nil {
		t.Fatal(err)
	}
	if err := d.CheckSettings(t.Context()); (err == nil) != (fsync == "on") {
		t.Errorf("fsync is %s and the check says %v", fsync, err)
	}
}

// TestSweepingTakesOnlyWhatIsLeftOver: answers older than seven days and bytes
// that nothing names go, everything else stays.
func TestSweepingTakesOnlyWhatIsLeftOver(t *testing.T) {
	d := repositorytest.New(t)
	owner := d.Owner(t)
	org := uuid.New()
	for _, step := range []string{
		`INSERT INTO organizations (id, world_id, kind, name, legal_type, country, time_zone, email, created_at)
		 VALUES ($1, '00000000-0000-7000-8000-000000000001', 'seller', 'S', 'company', 'US', 'UTC', 's@example.org', now())`,
		`INSERT INTO idempotency (scope_id, route, key, hash, created_at) VALUES ($1, 'r', 'old', '', now() - interval '8 days'), ($1, 'r', 'young', '', now() - interval '6 days')`,
		`INSERT INTO blobs (id, org_id, media_type, file_name, size, sha256, created_at)
		 SELECT gen_random_uuid(), $1, 't', f, 1, sha256('x'), now() - age FROM (VALUES ('left over', interval '2 days'), ('young', interval '1 hour')) AS v(f, age)`,
		`INSERT INTO blob_parts (blob_id, org_id, n, bytes) SELECT id, $1, 1, 'x' FROM blobs`,
	} {
		if _, err := owner.ExecContext(t.Context(), step, org); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		`SELECT string_agg(key, ',') FROM idempotency`: "young", `SELECT string_agg(file_name, ',') FROM blobs`: "young", `SELECT count(*)::text FROM blob_parts`: "1",
	} {
		var got string
		if err := owner.QueryRowContext(t.Context(), query).Scan(&got); err != nil || got != want {
			t.Errorf("%s gives %s, want %s (%v)", query, got, want, err)
		}
	}
}

// TestWhatAContactWantsIsThePlatforms holds D-7 below the use cases: no tenant reads or writes
// how a contact wants to be reached; the use cases that see every tenant do.
func TestWhatAContactWantsIsThePlatforms(t *testing.T) {
	d := repositorytest.New(t)
	owner, app := d.Owner(t), application(t, d)
	row := `INSERT INTO contact_preferences (world_id, contact_key, kind, mode, source, recorded_by, updated_at) VALUES ('00000000-0000-7000-8000-000000000001', $1, 'role', 'digest', 'x', gen_random_uuid(), now())`
	if _, err := owner.ExecContext(t.Context(), row, []byte("one")); err != nil {
		t.Fatal(err)
	}
	for scope, want := range map[string]int{"seller": 0, "factor": 0, "debtor": 0, "anonymous": 0, "work": 1} {
		tx, err := app.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(t.Context(), `SELECT verdict FROM enter($1, $2, NULL, NULL, NULL, '', '', NULL)`, scope, uuid.New()); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := tx.QueryRowContext(t.Context(), `SELECT count(*) FROM contact_preferences`).Scan(&n); err != nil || n != want {
			t.Errorf("%s counts %d rows, want %d (%v)", scope, n, want, err)
		}
		if _, err := tx.ExecContext(t.Context(), row, []byte(scope)); refused(err) != (want == 0) {
			t.Errorf("%s writes: %v", scope, err)
		}
		_ = tx.Rollback()
	}
}

// TestASellerDoesNotDecideItsObjection: behind the use case stands the second wall.
// A seller raises objections of its own, undecided ones, and changes none; what a
// correction replaced stays.
func TestASellerDoesNotDecideItsObjection(t *testing.T) {
	d := repositorytest.New(t)
	owner, app := d.Owner(t), application(t, d)
	ours, theirs := uuid.New(), uuid.New()
	for _, org := range []uuid.UUID{ours, theirs} {
		for _, step := range []string{
			`INSERT INTO organizations (id, world_id, kind, name, legal_type, country, time_zone, email, created_at)
			 VALUES ($1, '00000000-0000-7000-8000-000000000001', 'seller', 'S', 'company', 'US', 'UTC', 's@example.org', now())`,
			`INSERT INTO relationships (id, seller_id, code, name, created_at) VALUES ($1, $1, 'D', 'D', now())`,
			`INSERT INTO invoices (id, seller_id, relationship_id, source, type_code, number, number_key, issued_on, due_on, due_from_terms, currency, payable_minor, basis_minor, status, created_at)
			 VALUES ($1, $1, $1, 'json', '380', '1', '1', '2026-01-01', '2026-01-31', false, 'USD', 1, 1, 'draft', now())`,
			`INSERT INTO decisions (id, seller_id, invoice_id, model, outcome, inputs, result, decided_at) VALUES ($1, $1, $1, 'v1', 'refer', '', '', now())`,
			`INSERT INTO history (id, seller_id, relationship_id, invoice_ref, amount_minor, currency, issued_on, due_on) VALUES ($1, $1, $1, 'A', 1, 'USD', '2026-01-01', '2026-01-31')`,
		} {
			if _, err := owner.ExecContext(t.Context(), step, org); err != nil {
				t.Fatal(err)
			}
		}
	}
	raise := `INSERT INTO objections (id, world_id, seller_id, decision_id, invoice_id, relationship_id, reason, status, answer, raised_by, raised_at, decided_at)
		VALUES ($1, '00000000-0000-7000-8000-000000000001', $2, $2, $2, $2, 'x', `
	undecided, decided := raise+`'received', '', $2, now(), NULL)`, raise+`'rejected', 'x', $2, now(), now())`
	corrected := `INSERT INTO history_corrections (id, seller_id, relationship_id, history_id, version, amount_minor, currency, issued_on, due_on, disputed, excluded, excluded_for, reason, corrected_by, corrected_at)
		VALUES ($1, $2, $2, $2, 1, 1, 'USD', '2026-01-01', '2026-01-31', false, false, '', 'x', $2, now())`
	tests := []struct {
		name, statement string
		org             uuid.UUID
		refused         bool
		rows            int64
	}{
		{"its own", undecided, ours, false, 1},
		{"another seller's", undecided, theirs, true, 0},
		{"one that is decided", decided, ours, true, 0},
		{"a decision on its own", `UPDATE objections SET status = 'accepted' WHERE id <> $1 AND seller_id = $2`, ours, false, 0},
		{"a correction of its own", corrected, ours, false, 1},
		{"another seller's correction", corrected, theirs, true, 0},
		{"a correction taken back", `DELETE FROM history_corrections WHERE id <> $1 AND seller_id = $2`, ours, true, 0},
		{"a correction rewritten", `UPDATE history_corrections SET reason = '' WHERE id <> $1 AND seller_id = $2`, ours, true, 0},
	}
	for _, tc := range tests {
		tx, err := app.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(t.Context(), `SELECT verdict FROM enter('seller', $1, NULL, NULL, NULL, '', '', NULL)`, ours); err != nil {
			t.Fatal(err)
		}
		result, err := tx.ExecContext(t.Context(), tc.statement, uuid.New(), tc.org)
		if refused(err) != tc.refused || err != nil && !tc.refused {
			t.Errorf("%s: %v", tc.name, err)
		}
		if err == nil {
			if n, _ := result.RowsAffected(); n != tc.rows {
				t.Errorf("%s: %d rows", tc.name, n)
			}
			_ = tx.Commit()
		} else {
			_ = tx.Rollback()
		}
	}
}
