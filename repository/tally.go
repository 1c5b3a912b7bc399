package repository

import (
	"context"
	"database/sql"
	"fmt"

	"comity/underwriting"
	"comity/underwriting/paytime"
)

// curveFacts is what curve_facts answers: cells are day, late, term, band and count,
// open ones due day, term, band and count.
type curveFacts struct {
	Cells    [][5]int          `json:"cells"`
	Opened   [][4]int          `json:"open_cells"`
	Book     [4]int            `json:"book"`
	SameDay  int               `json:"same_day"`
	Register map[string]string `json:"register"`
}

// into puts what was counted where a fitted model reads it.
func (f curveFacts) into(s *underwriting.Submission) {
	for _, c := range f.Cells {
		s.Cells = append(s.Cells, paytime.Paid{Day: c[0], Late: c[1], Term: c[2], Band: c[3], Count: c[4]})
	}
	for _, c := range f.Opened {
		s.OpenCells = append(s.OpenCells, paytime.Open{Due: c[0], Term: c[1], Band: c[2], Count: c[3]})
	}
	s.Book = paytime.Book{Due30: f.Book[0], Late30: f.Book[1], Due365: f.Book[2], Late365: f.Book[3]}
	s.SameDay, s.Register = f.SameDay, f.Register
}

// What the counters should be, by statements that share nothing with the triggers
// that keep them but the bands of amounts. Each answers the counters that differ.
const (
	differingPayments = `
WITH r AS (
  SELECT seller_id, relationship_id, issued_on, due_on, paid_on, amount_minor AS minor FROM history WHERE NOT excluded AND paid_on IS NOT NULL
  UNION ALL
  SELECT d.seller_id, d.relationship_id, i.issued_on, d.due_on, d.paid_in_full_on, d.basis_minor
    FROM deals d JOIN invoices i ON i.id = d.invoice_id WHERE d.status <> 'cancelled' AND d.paid_in_full_on IS NOT NULL
), counted AS (
  SELECT seller_id, relationship_id, paid_on, least(greatest(paid_on - due_on, -3650), 3650) AS late, least(greatest(due_on - issued_on, 0), 3650) AS term,
         amount_band(minor) AS band, count(*) AS n FROM r GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT format('relationship %s paid on %s, %s days late, terms %s, band %s: counted %s, is %s', relationship_id, paid_on, late, term, band, coalesce(t.count, 0), coalesce(n, 0))
  FROM counted FULL JOIN (SELECT seller_id, relationship_id, paid_on, late_days AS late, term_days AS term, amount_band AS band, count FROM payment_tallies) t
       USING (seller_id, relationship_id, paid_on, late, term, band)
 WHERE n IS DISTINCT FROM t.count ORDER BY 1`
	differingDues = `
WITH r AS (
  SELECT seller_id, due_on, paid_on FROM history WHERE NOT excluded
  UNION ALL
  SELECT seller_id, due_on, paid_in_full_on FROM deals WHERE status <> 'cancelled'
), counted AS (
  SELECT seller_id, due_on, count(*) AS n, count(*) FILTER (WHERE paid_on <= due_on) AS in_time FROM r GROUP BY 1, 2
)
SELECT format('seller %s, due on %s: counted %s and %s in time, is %s and %s', seller_id, due_on, coalesce(t.due, 0), coalesce(t.paid_by_due, 0), coalesce(n, 0), coalesce(in_time, 0))
  FROM counted FULL JOIN due_tallies t USING (seller_id, due_on)
 WHERE n IS DISTINCT FROM t.due OR in_time IS DISTINCT FROM t.paid_by_due ORDER BY 1`
	countTallied = `
SELECT (SELECT count(*) FROM history WHERE NOT excluded) + (SELECT count(*) FROM deals WHERE status <> 'cancelled')`
)

// CheckTallies counts every seller's payments and due days again, as the owner of
// the tables. It returns the counters that differ, in words, and how many rows it
// counted.
func CheckTallies(ctx context.Context, ownerURL string) ([]string, int, error) {
	db, err := sql.Open("postgres", ownerURL)
	if err != nil {
		return nil, 0, fmt.Errorf("open as owner: %w", err)
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return nil, 0, fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	var findings []string
	for _, query := range []string{differingPayments, differingDues} {
		found, err := findingsOf(ctx, tx, query)
		if err != nil {
			return nil, 0, fmt.Errorf("count again: %w", err)
		}
		findings = append(findings, found...)
	}
	var rows int
	if err := tx.QueryRowContext(ctx, countTallied).Scan(&rows); err != nil {
		return nil, 0, fmt.Errorf("count rows: %w", err)
	}
	return findings, rows, nil
}
