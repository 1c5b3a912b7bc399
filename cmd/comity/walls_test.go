package main

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"comity/domain"
	"comity/repository"
)

// A table is one of the schema's, with the columns that say whose its rows are.
type walledTable struct {
	name   string
	owners []string
	rows   int
}

// walled lists every table of the schema, as the database itself knows it.
func (s *scene) walled() []walledTable {
	s.t.Helper()
	counts := s.counts()
	rows, err := s.owner.QueryContext(s.t.Context(), `SELECT c.relname, coalesce(string_agg(a.attname, ',' ORDER BY a.attname), '')
		FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('org_id', 'factor_id', 'seller_id', 'scope_id')
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'goose_db_version' GROUP BY 1 ORDER BY 1`)
	s.must(err)
	defer rows.Close()
	var tables []walledTable
	for rows.Next() {
		var t walledTable
		var owners string
		s.must(rows.Scan(&t.name, &owners))
		t.owners, t.rows = strings.FieldsFunc(owners, func(r rune) bool { return r == ',' }), counts[t.name]
		if t.name == "organizations" {
			t.owners = []string{"id"}
		}
		tables = append(tables, t)
	}
	s.must(rows.Err())
	return tables
}

// A stranger is somebody in a scope who has rows of its own at most.
type stranger struct {
	name, scope string
	org, kase   uuid.UUID
}

// strangers are everybody who has nothing to do with Alice's deal, in every
// scope that a request may be in.
func (s *scene) strangers() []stranger {
	s.t.Helper()
	org := func(c *client) uuid.UUID {
		var me struct {
			Organization struct{ ID string }
		}
		s.must(c.get(s.t.Context(), "/v1/me", &me))
		id, err := domain.ParseOrganizationID(me.Organization.ID)
		s.must(err)
		return id.UUID
	}
	return []stranger{
		{"another seller", "seller", org(s.bob.client), uuid.Nil},
		{"another factor", "factor", org(s.rival), uuid.Nil},
		{"another neutral", "mediator", org(s.signUp("mediator", "Mitte Schlichtung", "DE")), uuid.Nil},
		{"another debtor", "debtor", uuid.Nil, uuid.New()},
		{"nobody", "anonymous", uuid.Nil, uuid.Nil},
		{"an unknown scope", "root", org(s.bob.client), uuid.Nil},
	}
}

// openTo says which tables take a row of anybody's in every scope: what happened
// and what must be done is written by whoever did it (ARCHITECTURE, Scopes).
var openTo = []string{"events", "jobs"}

// registers are tables that no seller or factor owns and each of them may read: what counsel signed of the law.
var registers = []string{"law_signatures"}

// TestEveryTableIsWalled holds T-18, T-25 and T-73 for every table that the
// schema has: in a stranger's scope Alice's rows are not there, cannot be
// changed, and none can be added in her name.
func TestEveryTableIsWalled(t *testing.T) {
	s := newScene(t)
	s.things()
	s.must(s.platform.post(t.Context(), "/v1/laws/de-notice/signatures", s.signature("de-notice"), nil))
	s.arrives("2026-02-12", 100_00, "part of 111")
	for _, row := range []string{
		`INSERT INTO jobs (world_id, kind, ref, run_at) VALUES (gen_random_uuid(), 'none', gen_random_uuid(), now() + interval '1 day')`,
		`INSERT INTO playbooks (id, factor_id, level, subject, name, version, status, steps, made_by, made_at)
			SELECT gen_random_uuid(), factor_id, 'seller', seller_id::text, 'ours', 1, 'draft', '{}', gen_random_uuid(), now() FROM cases LIMIT 1 ON CONFLICT DO NOTHING`,
		`INSERT INTO contact_preferences (world_id, contact_key, kind, mode, source, recorded_by, updated_at) SELECT world_id, contact_key, 'role', 'each', 'a test', gen_random_uuid(), now() FROM contact_windows LIMIT 1 ON CONFLICT DO NOTHING`,
		`INSERT INTO card_payments (id, world_id, case_id, factor_id, seller_id, link_id, status, currency, amount_minor, asked_at)
			SELECT gen_random_uuid(), k.world_id, k.id, k.factor_id, k.seller_id, l.id, 'paid', 'EUR', 100, now() FROM cases k JOIN links l ON l.case_id = k.id LIMIT 1`,
		`INSERT INTO card_parts (card_id, deal_id, case_id, factor_id, seller_id, amount_minor)
			SELECT c.id, d.id, c.case_id, c.factor_id, c.seller_id, 100 FROM card_payments c JOIN deals d ON d.case_id = c.case_id LIMIT 1`,
		`INSERT INTO card_events (factor_id, name, kind, intent, at) SELECT factor_id, 'evt_1', 'paid', 'pi_1', now() FROM card_payments LIMIT 1`,
		`INSERT INTO card_payouts (id, world_id, factor_id, name, status, currency, amount_minor, arrives_on, descriptor, told_at)
			SELECT gen_random_uuid(), world_id, factor_id, 'po_1', 'listed', 'EUR', 97, current_date, '', now() FROM card_payments LIMIT 1`,
		`WITH letter AS (INSERT INTO blobs (id, org_id, media_type, file_name, size, sha256)
			SELECT gen_random_uuid(), factor_id, 'application/pdf', 'proof.pdf', 1, sha256('x') FROM questions LIMIT 1 RETURNING id)
			INSERT INTO proofs (question_id, case_id, factor_id, seller_id, blob_id, at) SELECT q.id, q.case_id, q.factor_id, q.seller_id, letter.id, now() FROM questions q, letter LIMIT 1`,
		`INSERT INTO late_waivers (deal_id, factor_id, seller_id, case_id, owner, law, currency, interest_minor, fixed_minor, waived_by, waived_at)
			SELECT id, factor_id, seller_id, case_id, 'seller', '', currency, 0, 0, gen_random_uuid(), now() FROM deals LIMIT 1`,
		`INSERT INTO recourse_reports (id, recourse_id, seller_id, deal_id, kind, currency, amount_minor, happened_on, note, made_by, made_at)
			SELECT gen_random_uuid(), id, seller_id, deal_id, 'paid', currency, 1, current_date, '', gen_random_uuid(), now() FROM recourses LIMIT 1`,
		`INSERT INTO own_reminders (id, recourse_id, seller_id, debtor_id, recipient, subject, body_text, template, at)
			SELECT gen_random_uuid(), r.id, r.seller_id, k.debtor_id, 'a@b.example', 'ours', 'again', '', now() FROM recourses r JOIN cases k ON k.id = r.case_id LIMIT 1`,
		`INSERT INTO feedback (id, case_id, factor_id, seller_id, link_id, ease, said, at) SELECT gen_random_uuid(), case_id, factor_id, seller_id, id, 'yes', '', now() FROM links LIMIT 1`,
	} {
		_, err := s.owner.ExecContext(t.Context(), row)
		s.must(err)
	}
	app, err := sql.Open("postgres", s.data.AppURL)
	s.must(err)
	defer app.Close()
	for _, who := range s.strangers() {
		for _, table := range s.walled() {
			t.Run(who.name+" "+table.name, func(t *testing.T) {
				if table.rows == 0 {
					t.Fatal("the scene has no row here: nothing is proved")
				}
				s.reads(t, app, who, table)
				s.writes(t, app, who, table)
			})
		}
	}
}

// within runs statements in a stranger's scope and takes everything back.
func within(t *testing.T, app *sql.DB, who stranger, do func(*sql.Tx) error) error {
	t.Helper()
	tx, err := app.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(t.Context(), `SELECT verdict FROM enter($1, $2, NULL, $3, NULL, '', '', NULL)`, who.scope, nullable(who.org), nullable(who.kase)); err != nil {
		t.Fatal(err)
	}
	return do(tx)
}

func nullable(id uuid.UUID) any {
	if id == uuid.Nil {
		return nil
	}
	return id
}

// reads checks that a stranger counts its own rows of a table and no others.
func (s *scene) reads(t *testing.T, app *sql.DB, who stranger, table walledTable) {
	t.Helper()
	if slices.Contains(registers, table.name) && (who.scope == "seller" || who.scope == "factor") {
		return
	}
	own := 0
	if len(table.owners) > 0 && who.org != uuid.Nil && who.scope != "root" {
		query := fmt.Sprintf(`SELECT count(*) FROM %s WHERE $1 IN (%s)`, table.name, strings.Join(table.owners, ", "))
		s.must(s.owner.QueryRowContext(t.Context(), query, who.org).Scan(&own))
	}
	seen := 0
	err := within(t, app, who, func(tx *sql.Tx) error {
		return tx.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table.name).Scan(&seen)
	})
	if err != nil && !strings.Contains(err.Error(), "42501") && !strings.Contains(err.Error(), "permission denied") {
		t.Fatal(err)
	}
	if seen > own {
		t.Errorf("%d rows are seen, %d are its own", seen, own)
	}
}

// writes checks that a stranger can neither change a row of Alice's deal nor add
// one like it under another key.
func (s *scene) writes(t *testing.T, app *sql.DB, who stranger, table walledTable) {
	t.Helper()
	var row, column string
	query := fmt.Sprintf(`SELECT to_jsonb(x)::text FROM %s x`, table.name)
	if len(table.owners) > 0 && who.org != uuid.Nil {
		query += fmt.Sprintf(` WHERE '%s' NOT IN (%s)`, who.org, strings.Join(coalesced(table.owners), ", "))
	}
	s.must(s.owner.QueryRowContext(t.Context(), query+" LIMIT 1").Scan(&row))
	s.must(s.owner.QueryRowContext(t.Context(), `SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum = 1`, table.name).Scan(&column))
	err := within(t, app, who, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), fmt.Sprintf(`INSERT INTO %[1]s SELECT (jsonb_populate_record(NULL::%[1]s, $1::jsonb || jsonb_build_object($2::text,
			CASE WHEN pg_typeof((jsonb_populate_record(NULL::%[1]s, $1::jsonb)).%[2]s)::text = 'uuid' THEN to_jsonb(gen_random_uuid()) ELSE $1::jsonb -> $2::text END))).*`, table.name, column), row, column)
		return err
	})
	if !slices.Contains(openTo, table.name) && (err == nil || !strings.Contains(err.Error(), "row-level security") && !strings.Contains(err.Error(), "permission denied")) {
		t.Errorf("a row in another's name: %v", err)
	}
	changed := int64(0)
	err = within(t, app, who, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(t.Context(), fmt.Sprintf(`UPDATE %[1]s x SET %[2]s = %[2]s WHERE to_jsonb(x) = $1::jsonb`, table.name, column), row)
		if err != nil {
			return err
		}
		changed, err = result.RowsAffected()
		return err
	})
	if changed != 0 || err != nil && !strings.Contains(err.Error(), "permission denied") && !strings.Contains(err.Error(), "can only be updated to DEFAULT") {
		t.Errorf("%d rows of another were changed: %v", changed, err)
	}
}

func coalesced(columns []string) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = "coalesce(" + c + ", '00000000-0000-0000-0000-000000000000')"
	}
	return out
}

// TestDefinersAreFew lists the functions that see past the walls: each has a
// fixed search path, and nobody but the application may call one.
func TestDefinersAreFew(t *testing.T) {
	h := newHouse(t, onDay{}, "2026-02-03T14:00:00Z")
	h.counts()
	rows, err := h.owner.QueryContext(t.Context(), `SELECT p.proname, coalesce(array_to_string(p.proconfig, ','), ''), p.provolatile::text, has_function_privilege('public', p.oid, 'EXECUTE')
		FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef ORDER BY 1`)
	h.must(err)
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name, config, volatility string
		var public bool
		h.must(rows.Scan(&name, &config, &volatility, &public))
		names = append(names, name+" "+volatility)
		config, _, _ = strings.Cut(config, ",plan_cache_mode=") // how it is planned hides nothing
		if config != "search_path=public, pg_temp" || public {
			t.Errorf("%s: %q, public may call it: %t", name, config, public)
		}
	}
	h.must(rows.Err())
	want := "authenticate s, confirm_link v, deal_moves s, deal_stops s, deals_tallied v, debtor_cards s, debtor_document s, debtor_late s, debtor_outside s, debtor_page v, debtor_proof s, debtor_proven s, debtor_thanks s, find_link s, history_tallied v, journal_balances v, late_facts s, mediation_view s, model_artefact s, posting_balances v, resolve_debtor v, save_debtor_wishes v, sign_in s, sign_up v"
	if got := strings.Join(names, ", "); got != want {
		t.Errorf("functions that see past the walls:\n%s\nwant\n%s", got, want)
	}
}

// TestAPanicInsideATransactionLeavesNothing holds T-27 for a handler that
// panics: the transaction is over, its connection is clean and used again.
func TestAPanicInsideATransactionLeavesNothing(t *testing.T) {
	h := newHouse(t, onDay{}, "2026-02-03T14:00:00Z")
	db, err := repository.Open(t.Context(), repository.Options{URL: h.data.AppURL, MaxConns: 1, Now: now})
	h.must(err)
	defer db.Close()
	atomically := repository.Atomically(db, func(tx *repository.Tx) *repository.Tx { return tx })
	platform := domain.Caller{Kind: domain.KindPlatform, Organization: domain.New[domain.OrganizationID]()}
	var seen int
	for range 20 {
		func() {
			defer func() { _ = recover() }()
			_, _ = atomically(t.Context(), platform.In(domain.ScopeMarket), func(tx *repository.Tx) (domain.Answer, error) {
				all, err := tx.Organizations(context.WithoutCancel(t.Context()), domain.Page{Limit: 10})
				if err != nil || len(all) == 0 {
					t.Errorf("inside: %d organisations, %v", len(all), err)
				}
				panic("in the middle")
			})
		}()
		_, err := atomically(t.Context(), domain.Caller{}.Own(), func(tx *repository.Tx) (domain.Answer, error) {
			all, err := tx.Organizations(t.Context(), domain.Page{Limit: 10})
			seen = len(all)
			return domain.Answer{}, err
		})
		if err != nil || seen != 0 {
			t.Fatalf("after a panic: %d organisations, %v", seen, err)
		}
	}
}
