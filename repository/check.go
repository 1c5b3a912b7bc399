package repository

import (
	"context"
	"database/sql"
	"fmt"
)

// Books counts what a check of the ledger looked at.
type Books struct {
	Journals int
	Books    int
}

// nothingOnItsWay holds for a deal d of which no order to the bank is under way.
const nothingOnItsWay = `NOT EXISTS (SELECT FROM payouts o WHERE o.deal_id = d.id AND o.kind <> 'sweep' AND o.status NOT IN ('confirmed', 'rejected', 'returned'))`

// Each invariant must answer no row: what it answers is a finding, in words.
// They look at the rows themselves and share nothing with the code that posts. Money that was
// unidentified first reaches a deal from unapplied cash, which is cash of the deal then.
var invariants = []struct{ says, query string }{
	{"a journal does not balance", `
SELECT 'journal ' || j.id FROM journals j LEFT JOIN postings p ON p.journal_id = j.id
 GROUP BY j.id HAVING coalesce(sum(p.amount_minor), 0) <> 0 OR count(p.n) < 2`},
	{"a posting is not in its journal's book or currency", `
SELECT 'journal ' || j.id FROM journals j JOIN postings p ON p.journal_id = j.id WHERE p.currency <> j.currency OR p.factor_id <> j.factor_id`},
	{"a book does not balance", `
SELECT 'book ' || factor_id || ' ' || currency FROM postings GROUP BY factor_id, currency HAVING sum(amount_minor) <> 0`},
	{"unidentified money in a book is not what its receipts have left", `
SELECT 'book ' || b.factor_id || ' ' || b.currency
  FROM (SELECT factor_id, currency, -sum(amount_minor) AS minor FROM postings WHERE account = 'unapplied_cash' GROUP BY factor_id, currency) b
 WHERE b.minor <> (SELECT coalesce(sum(r.unapplied_minor), 0) FROM receipts r WHERE r.factor_id = b.factor_id AND r.currency = b.currency)`},
	{"a deal's open amount is not what the books say", `
SELECT 'deal ' || d.id FROM deals d
 WHERE d.status <> 'cancelled' AND d.open_minor <>
   (SELECT coalesce(sum(p.amount_minor), 0) FROM journals j JOIN postings p ON p.journal_id = j.id WHERE j.deal_id = d.id AND p.account = 'factored_receivables')`},
	{"a deal's recognised fee is not what the books say", `
SELECT 'deal ' || d.id FROM deals d
 WHERE d.status <> 'cancelled' AND d.recognised_minor <>
   (SELECT coalesce(-sum(p.amount_minor), 0) FROM journals j JOIN postings p ON p.journal_id = j.id WHERE j.deal_id = d.id AND p.account = 'discount_fee_income')`},
	{"a settled or cancelled deal has a balance-sheet account that is not at nothing", `
SELECT 'deal ' || d.id || ' ' || p.account FROM deals d JOIN journals j ON j.deal_id = d.id JOIN postings p ON p.journal_id = j.id
 WHERE d.status IN ('settled', 'cancelled') AND ` + nothingOnItsWay + ` AND p.account NOT IN ('cash_operating', 'cash_collection', 'unapplied_cash', 'discount_fee_income', 'origination_income', 'wire_fee_income', 'output_tax', 'credit_loss', 'processing_costs')
 GROUP BY d.id, p.account HAVING sum(p.amount_minor) <> 0`},
	{"a settled deal's cash is not its income less its losses, and the tax on it", `
SELECT 'deal ' || d.id FROM deals d JOIN journals j ON j.deal_id = d.id JOIN postings p ON p.journal_id = j.id
 WHERE d.status = 'settled' AND ` + nothingOnItsWay + ` GROUP BY d.id
HAVING sum(p.amount_minor) FILTER (WHERE p.account IN ('cash_operating', 'cash_collection', 'unapplied_cash'))
    <> -sum(p.amount_minor) FILTER (WHERE p.account IN ('discount_fee_income', 'origination_income', 'wire_fee_income', 'output_tax', 'credit_loss', 'processing_costs'))`},
	{"what a seller owes is not what the books say", `
SELECT 'deal ' || d.id FROM deals d
 WHERE (SELECT coalesce(sum(p.amount_minor), 0) FROM journals j JOIN postings p ON p.journal_id = j.id WHERE j.deal_id = d.id AND p.account = 'seller_recourse_receivable')
    <> (SELECT coalesce(sum(r.claim_minor - r.paid_minor), 0) FROM recourses r WHERE r.deal_id = d.id AND r.status = 'exercised')`},
	{"title was given back and the books of the deal do not close", `
SELECT 'deal ' || d.id || ' ' || p.account FROM deals d JOIN journals j ON j.deal_id = d.id JOIN postings p ON p.journal_id = j.id
 WHERE d.status = 'charged_back' AND NOT EXISTS (SELECT FROM recourses r WHERE r.deal_id = d.id AND r.status = 'exercised')
   AND ` + nothingOnItsWay + `
   AND p.account NOT IN ('cash_operating', 'cash_collection', 'unapplied_cash', 'discount_fee_income', 'origination_income', 'wire_fee_income', 'output_tax', 'credit_loss', 'processing_costs')
 GROUP BY d.id, p.account HAVING sum(p.amount_minor) <> 0`},
	{"a deal's basis is not what is open, paid, credited, forgiven and given back", `
SELECT 'deal ' || d.id FROM deals d
 WHERE d.status IN ('paid_out', 'settled') AND d.basis_minor <> d.open_minor + d.credited_minor + d.forgiven_minor + d.given_back_minor
   + (SELECT coalesce(sum(a.amount_minor), 0) FROM allocations a WHERE a.deal_id = d.id AND a.undone_at IS NULL AND a.recourse_id IS NULL)`},
	{"what a debtor paid of a part that was given back is not what was applied to it", `
SELECT 'recourse ' || r.id FROM recourses r
 WHERE r.collected_minor <> (SELECT coalesce(sum(a.amount_minor), 0) FROM allocations a WHERE a.recourse_id = r.id AND a.undone_at IS NULL)`},
	{"what a card processor kept is not what the books say", `
SELECT 'deal ' || d.id FROM deals d
 WHERE d.card_cost_minor <> (SELECT coalesce(sum(a.cost_minor), 0) FROM allocations a WHERE a.deal_id = d.id AND a.undone_at IS NULL)
    OR d.card_cost_minor <> (SELECT coalesce(sum(p.amount_minor), 0) FROM journals j JOIN postings p ON p.journal_id = j.id
         WHERE j.deal_id = d.id AND p.account = 'processing_costs')`},
	{"what is left of a reserve is not what the books say", `
SELECT 'deal ' || d.id FROM deals d
 WHERE (d.status = 'charged_back' OR d.status = 'paid_out' AND d.paid_in_full_on IS NULL) AND d.reserve_minor - d.reserve_used_minor <>
   (SELECT coalesce(-sum(p.amount_minor), 0) FROM journals j JOIN postings p ON p.journal_id = j.id WHERE j.deal_id = d.id AND p.account = 'reserve')`},
	{"a receipt's unapplied rest is not what was not applied", `
SELECT 'receipt ' || r.id FROM receipts r
 WHERE r.unapplied_minor <> r.amount_minor - (SELECT coalesce(sum(a.amount_minor - a.cost_minor), 0) FROM allocations a WHERE a.receipt_id = r.id AND a.undone_at IS NULL)
   - (SELECT coalesce(sum(c.amount_minor), 0) FROM claim_payments c WHERE c.receipt_id = r.id)`},
	{"a factor's limit is not used by its open deals", `
SELECT 'facility ' || f.factor_id || ' ' || f.currency FROM facilities f
 WHERE f.used_minor <> (SELECT coalesce(sum(d.advance_minor), 0) FROM deals d
   WHERE d.factor_id = f.factor_id AND d.currency = f.currency AND d.status IN ('made', 'paid_out') AND d.paid_in_full_on IS NULL)`},
	{"an invoice is in two live deals", `
SELECT 'invoice ' || invoice_id FROM deals WHERE status <> 'cancelled' GROUP BY invoice_id HAVING count(*) > 1`},
	{"a booked order has no journal", `
SELECT 'pay-out ' || p.id FROM payouts p
 WHERE p.kind <> 'sweep' AND p.status = 'confirmed'
   AND NOT EXISTS (SELECT FROM journals j WHERE j.cause_kind = 'payout' AND j.cause_id = p.id AND j.kind IN ('e3b_disburse', 'e7b_rebate_paid', 'v4d_pass_paid'))`},
	{"a reversal does not mirror what it reverses", `
SELECT 'journal ' || r.id FROM journals r JOIN postings p ON p.journal_id IN (r.id, r.reverses)
 WHERE r.reverses IS NOT NULL GROUP BY r.id, p.account HAVING sum(p.amount_minor) <> 0`},
}

const countBooks = `
SELECT count(*), count(DISTINCT (factor_id, currency)) FROM journals`

// CheckLedger looks at every book as the owner of the tables and returns what
// is wrong, in words.
func CheckLedger(ctx context.Context, ownerURL string) ([]string, Books, error) {
	db, err := sql.Open("postgres", ownerURL)
	if err != nil {
		return nil, Books{}, fmt.Errorf("open as owner: %w", err)
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return nil, Books{}, fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	var findings []string
	for _, invariant := range invariants {
		found, err := findingsOf(ctx, tx, invariant.query)
		if err != nil {
			return nil, Books{}, fmt.Errorf("%s: %w", invariant.says, err)
		}
		for _, what := range found {
			findings = append(findings, invariant.says+": "+what)
		}
	}
	var books Books
	if err := tx.QueryRowContext(ctx, countBooks).Scan(&books.Journals, &books.Books); err != nil {
		return nil, Books{}, fmt.Errorf("count books: %w", err)
	}
	return findings, books, nil
}

func findingsOf(ctx context.Context, tx *sql.Tx, query string) ([]string, error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var what string
		if err := rows.Scan(&what); err != nil {
			return nil, err
		}
		found = append(found, what)
	}
	return found, rows.Err()
}
