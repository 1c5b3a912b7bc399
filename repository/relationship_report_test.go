package repository_test

import (
	"fmt"
	"strings"
	"testing"

	"comity/repository/repositorytest"
)

// TestReportsOfThanksUseIndexes holds C-179 and C-182 for their reports: with more than a few rows no table of invoices,
// cases or messages is read from end to end for one page.
func TestReportsOfThanksUseIndexes(t *testing.T) {
	db := repositorytest.New(t).Owner(t)
	texts := sqlTexts(t)
	org, first, from, to, now := "'01a217ed-fcec-7e81-9a79-59b25600173a'", "'00000000-0000-0000-0000-000000000000'", "'2025-03-01'", "'2026-02-28'", "'2026-03-01T00:00:00Z'"
	for name, args := range map[string][]string{
		"sellerRelationships": {org, first, "50", from, to, now},
		"factorRelationships": {org, first, "50", from, to, now},
		"appreciationEffects": {org, to},
		"listVouchers":        {org, first, "50"},
	} {
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{"SET enable_seqscan = off", fmt.Sprintf("PREPARE %q AS %s", name, texts[name])} {
			if _, err := conn.ExecContext(t.Context(), statement); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		rows, err := conn.QueryContext(t.Context(), fmt.Sprintf("EXPLAIN EXECUTE %q (%s)", name, strings.Join(args, ", ")))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var plan []string
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, line)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		_ = rows.Close()
		_ = conn.Close()
		if whole := strings.Join(plan, "\n"); len(plan) < 3 || strings.Contains(whole, "Seq Scan") {
			t.Errorf("%s reads a whole table:\n%s", name, whole)
		}
	}
}
