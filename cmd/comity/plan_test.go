package main

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"log/slog"
	"strings"
	"testing"
	"time"

	"comity/domain"
	"comity/repository/repositorytest"
	"comity/underwriting"
)

// manyCases is a worker, and a live world with some of the benchmark's cases, all long due.
func manyCases(t *testing.T, cases string) (*worker, *sql.DB) {
	t.Helper()
	data := repositorytest.New(t)
	c := config{DataDir: t.TempDir(), CatcherSMTP: anyPort, CatcherHTTP: anyPort, MailFrom: "post@comity.invalid"}
	a, err := join(c, keys{TokenKid: "test", TokenSeed: randomBytes(ed25519.SeedSize), LinkVersion: 1, LinkKeys: map[int][]byte{1: randomBytes(32)}, Fingerprint: randomBytes(32)}, data.DB, underwriting.EngineV1{})
	if err != nil {
		t.Fatal(err)
	}
	a.log = slog.New(slog.DiscardHandler)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	if err := a.catchMail(ctx); err != nil {
		t.Fatal(err)
	}
	w := &worker{app: a, planned: map[domain.WorldID]planned{}, failed: map[domain.Due]failure{}}
	if w.live, w.sandbox, err = a.mailers(); err != nil {
		t.Fatal(err)
	}
	owner := data.Owner(t)
	_, text, _ := strings.Cut(scaleSQL, "BEGIN;")
	text, _, _ = strings.Cut(text, "VACUUM ANALYZE;")
	for name, value := range map[string]string{":'world'": "'" + scaleWorld.UUID.String() + "'", ":'now'": "'" + scaleNow.Format(time.RFC3339) + "'", ":cases": cases, ":items": "3", ":sellers": "200", ":factors": "5"} {
		text = strings.ReplaceAll(text, name, value)
	}
	for _, step := range []string{"BEGIN;" + text, `UPDATE worlds SET kind = 'sandbox', clock_at = now() WHERE kind = 'live'`, `UPDATE worlds SET kind = 'live', clock_at = NULL WHERE id = '` + scaleWorld.UUID.String() + `'`} {
		if _, err := owner.ExecContext(t.Context(), step); err != nil {
			t.Fatal(err)
		}
	}
	return w, owner
}

// turns lets the live world have some turns.
func (w *worker) turns(t *testing.T, n int) {
	t.Helper()
	for range n {
		if _, err := w.liveTurn(t.Context(), domain.World{ID: scaleWorld}); err != nil {
			t.Fatal(err)
		}
	}
}

func counted(t *testing.T, db *sql.DB, query string) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

const stillDue = `SELECT count(*) FROM cases WHERE next_action_at <= now()`

// TestALiveMorningIsPlannedTogether: what only waits is planned in one turn, what is to be acted on a few at a time, and
// after some turns nothing is due.
func TestALiveMorningIsPlannedTogether(t *testing.T) {
	w, owner := manyCases(t, "300")
	before := counted(t, owner, stillDue)
	w.turns(t, 1)
	left := counted(t, owner, stillDue)
	if before != 300 || left >= before-dueAtOnce/4 {
		t.Errorf("of %d cases %d are due after one turn", before, left)
	}
	w.turns(t, 10)
	if left := counted(t, owner, stillDue); left > 0 {
		t.Errorf("%d cases stay due", left)
	}
	if waits := counted(t, owner, `SELECT count(*) FROM cases WHERE next_action_at > now() AND waits_for <> ''`); waits == 0 {
		t.Error("no case waits for anything")
	}
}

// TestOneBrokenRowStopsNobodyElse: rows that cannot be read break the plan of all, so each case is looked at alone; those
// of the factor whose playbook is broken fail, and all others go on.
func TestOneBrokenRowStopsNobodyElse(t *testing.T) {
	w, owner := manyCases(t, "60")
	if _, err := owner.ExecContext(t.Context(), `INSERT INTO playbooks (id, factor_id, level, subject, name, version, status, steps, made_by, made_at)
		SELECT gen_random_uuid(), min(factor_id::text)::uuid, 'factor', '', 'broken', 1, 'active', '{"before": 7}', min(factor_id::text)::uuid, now() FROM cases`); err != nil {
		t.Fatal(err)
	}
	w.turns(t, 10)
	if others := counted(t, owner, stillDue+` AND factor_id <> (SELECT factor_id FROM playbooks)`); others > 0 {
		t.Errorf("%d cases of other factors stay due", others)
	}
	if len(w.failed) != 12 {
		t.Errorf("%d cases of the broken factor failed, of 12", len(w.failed))
	}
}
