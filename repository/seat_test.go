package repository_test

import (
	"testing"

	"github.com/google/uuid"

	"comity/repository/repositorytest"
)

// TestASideWritesInItsOwnName holds F-67 and T-25 for what the two sides of a case do beside each
// other: behind the use cases stands the second wall. A factor adds no pause and no word in
// its seller's name and ends no pause of it, a seller none of its factor's, a stranger
// nothing; and nobody speaks in another seller's voice.
func TestASideWritesInItsOwnName(t *testing.T) {
	d := repositorytest.New(t)
	owner, app := d.Owner(t), application(t, d)
	owner.SetMaxOpenConns(1)
	factor, seller, kase, stranger := uuid.New(), uuid.New(), uuid.New(), uuid.New()
	for _, step := range []string{
		`SET session_replication_role = replica`, // only the rows that the walls are about
		`INSERT INTO cases (id, world_id, factor_id, seller_id, debtor_id, relationship_id, status, opened_at) VALUES ($3, $3, $1, $2, $3, $3, 'open', now())`,
		`INSERT INTO organizations (id, world_id, kind, name, legal_type, country, time_zone, email, created_at) SELECT id, $3, 'seller', 'S', 'company', 'US', 'UTC', 's@example.org', now() FROM unnest(ARRAY[$1, $2]) AS o(id)`,
		`INSERT INTO touches (id, world_id, case_id, factor_id, seller_id, relationship_id, cycle, step, class, tone, status, recipient, contact_key, created_at)
			VALUES ($3, $3, $3, $1, $2, $3, 1, 'post_due:1', 'reminder', 1, 'planned', '', '', now())`,
		`INSERT INTO pauses (id, case_id, factor_id, seller_id, side, reason, set_by, set_at, until_at) SELECT gen_random_uuid(), $3, $1, $2, s, 'x', $3, now(), now() FROM unnest(ARRAY['factor', 'seller']) s`,
	} {
		args := []any{factor, seller, kase}
		if step[:3] == "SET" {
			args = nil
		} else {
			step = "WITH given AS (SELECT $1::uuid, $2::uuid, $3::uuid) " + step
		}
		if _, err := owner.ExecContext(t.Context(), step, args...); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
	}
	pause := func(side string) string {
		return `INSERT INTO pauses (id, case_id, factor_id, seller_id, side, reason, set_by, set_at, until_at) VALUES (gen_random_uuid(), $3, $1, $2, '` + side + `', 'x', $3, now(), now())`
	}
	word := func(side string) string {
		return `INSERT INTO approvals (id, touch_id, case_id, factor_id, seller_id, side, user_id, consent, note, at) VALUES (gen_random_uuid(), $3, $3, $1, $2, '` + side + `', gen_random_uuid(), 'approved', '', now())`
	}
	end := func(side string) string {
		return `UPDATE pauses SET ended_at = now() WHERE factor_id = $1 AND seller_id = $2 AND case_id = $3 AND side = '` + side + `'`
	}
	const voice = `INSERT INTO voices (seller_id, updated_by, updated_at) SELECT $2, $1, now() WHERE $3::uuid IS NOT NULL`
	const count = `UPDATE cases SET tone = tone WHERE factor_id = $1 AND seller_id = $2 AND id = $3`
	tests := []struct {
		name, scope string
		org         uuid.UUID
		statement   string
		refused     bool
		rows        int64
	}{
		{"a factor pauses", "factor", factor, pause("factor"), false, 1},
		{"a factor pauses as its seller", "factor", factor, pause("seller"), true, 0},
		{"a factor ends its pauses", "factor", factor, end("factor"), false, 2},
		{"a factor ends its seller's", "factor", factor, end("seller"), false, 0},
		{"a factor says its word", "factor", factor, word("factor"), false, 1},
		{"a factor says its seller's", "factor", factor, word("seller"), true, 0},
		{"a seller pauses", "seller", seller, pause("seller"), false, 1},
		{"a seller pauses as its factor", "seller", seller, pause("factor"), true, 0},
		{"a seller ends its factor's", "seller", seller, end("factor"), false, 0},
		{"a seller says its factor's", "seller", seller, word("factor"), true, 0},
		{"a seller locks no case in its own scope", "seller", seller, count, false, 0},
		{"a stranger pauses", "seller", stranger, pause("seller"), true, 0},
		{"a stranger ends", "seller", stranger, end("seller"), false, 0},
		{"a stranger says a word", "seller", stranger, word("seller"), true, 0},
		{"a stranger's voice", "seller", stranger, voice, true, 0},
		{"a factor in a seller's voice", "factor", factor, voice, true, 0},
		{"a seller's voice", "seller", seller, voice, false, 1},
	}
	for _, tc := range tests {
		tx, err := app.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(t.Context(), `SELECT verdict FROM enter($1, $2, NULL, NULL, NULL, '', '', NULL)`, tc.scope, tc.org); err != nil {
			t.Fatal(err)
		}
		result, err := tx.ExecContext(t.Context(), tc.statement, factor, seller, kase)
		if refused(err) != tc.refused || err != nil && !tc.refused {
			t.Errorf("%s: %v", tc.name, err)
		}
		if err == nil {
			if n, _ := result.RowsAffected(); n != tc.rows {
				t.Errorf("%s: %d rows, want %d", tc.name, n, tc.rows)
			}
			_ = tx.Commit()
		} else {
			_ = tx.Rollback()
		}
	}
}
