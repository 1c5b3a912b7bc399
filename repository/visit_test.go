package repository_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/google/uuid"

	"comity/domain"
	"comity/repository/repositorytest"
)

// TestADebtorSetsItsOwnStopsOnly holds D-3 at the second wall: who comes by a link may complain and ask for proof on its
// own case, in nobody's name, and sees and lifts no stop.
func TestADebtorSetsItsOwnStopsOnly(t *testing.T) {
	d := repositorytest.New(t)
	owner, app := d.Owner(t), application(t, d)
	owner.SetMaxOpenConns(1)
	own, other := uuid.New(), uuid.New()
	if _, err := owner.ExecContext(t.Context(), `SET session_replication_role = replica`); err != nil { // only the rows that this needs
		t.Fatal(err)
	}
	for _, id := range []uuid.UUID{own, other} {
		if _, err := owner.ExecContext(t.Context(), `INSERT INTO cases (id, world_id, factor_id, seller_id, debtor_id, relationship_id, status, opened_at) VALUES ($1, $1, $1, $1, $1, $1, 'open', now())`, id); err != nil {
			t.Fatal(err)
		}
	}
	const stop = `INSERT INTO stops (id, case_id, factor_id, seller_id, code, reason, set_by, set_at) VALUES (gen_random_uuid(), $1, $1, $1, $2, 'x', $3, now())`
	const feedback = `INSERT INTO feedback (id, case_id, factor_id, seller_id, link_id, ease, said, at) VALUES (gen_random_uuid(), $1, $1, $1, $1, 'yes', '', now())`
	for name, tc := range map[string]struct {
		statement string
		args      []any
		want      bool
	}{
		"a complaint":                {stop, []any{own, "complaint_open", nil}, true},
		"a request for proof":        {stop, []any{own, "proof_pending", nil}, true},
		"a legal stop":               {stop, []any{own, "legal_stop", nil}, false},
		"a complaint in a name":      {stop, []any{own, "complaint_open", uuid.New()}, false},
		"a complaint of another":     {stop, []any{other, "complaint_open", nil}, false},
		"feedback of another":        {feedback, []any{other}, false},
		"a preference past the page": {`INSERT INTO contact_preferences (world_id, contact_key, kind, mode, source, recorded_by, updated_at) VALUES ($1, 'x', 'role', 'each', 'x', $1, now())`, []any{own}, false},
	} {
		t.Run(name, func(t *testing.T) {
			tx, err := app.BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tx.Rollback() }()
			if _, err := tx.ExecContext(t.Context(), `SELECT verdict FROM enter('debtor', NULL, NULL, $1, $1, '', '', NULL)`, own); err != nil {
				t.Fatal(err)
			}
			_, err = tx.ExecContext(t.Context(), tc.statement, tc.args...)
			if refused(err) == tc.want {
				t.Errorf("%v", err)
			}
			if !tc.want {
				return
			}
			var n int
			if err := tx.QueryRowContext(t.Context(), `SELECT count(*) FROM stops`).Scan(&n); err != nil || n != 0 {
				t.Errorf("a debtor counts %d stops (%v)", n, err)
			}
			if changed, err := tx.ExecContext(t.Context(), `UPDATE stops SET lifted_at = now()`); err == nil {
				if n, _ := changed.RowsAffected(); n != 0 {
					t.Errorf("a debtor lifted %d stops", n)
				}
			}
		})
	}
}

// TestTheSchemaKnowsWhatADebtorChooses holds the lists of the schema to those of domain.
func TestTheSchemaKnowsWhatADebtorChooses(t *testing.T) {
	owner := repositorytest.New(t).Owner(t)
	for constraint, want := range map[string][]string{
		"questions_topic_check":              named(domain.Topics()),
		"contact_preferences_language_check": domain.Tongues(),
		"contact_preferences_hours_check":    {string(domain.HoursMorning), string(domain.HoursAfternoon)},
		"feedback_ease_check":                {string(domain.EaseYes), string(domain.EasePartly), string(domain.EaseNo)},
	} {
		var rule string
		if err := owner.QueryRowContext(t.Context(), `SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = $1`, constraint).Scan(&rule); err != nil {
			t.Errorf("%s: %v", constraint, err)
			continue
		}
		var got []string
		for _, found := range regexp.MustCompile(`'([^']*)'::text`).FindAllStringSubmatch(rule, -1) {
			if found[1] != "" {
				got = append(got, found[1])
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s allows %v, domain has %v", constraint, got, want)
		}
	}
}

func named[T ~string](values []T) []string {
	var names []string
	for _, v := range values {
		names = append(names, string(v))
	}
	return names
}
