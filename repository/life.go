package repository

import (
	"context"
	"fmt"
	"time"

	"comity/domain"
)

// Cases as they were lived. Those with a deal that was given back are left out: when it was is
// not in its rows.
const loadLives = `
SELECT case_facts(k.id, NULL, $6, true) || case_agreements(k.id)
  FROM cases k JOIN relationships m ON m.id = k.relationship_id
 WHERE k.factor_id = $1 AND k.opened_at >= $2
   AND ($4 = 'factor' OR $4 = 'seller' AND k.seller_id::text = $5 OR $4 = 'debtor' AND k.debtor_id::text = $5 OR $4 = 'relationship' AND k.relationship_id::text = $5
        OR $4 = 'segment' AND $5 IN (m.country, m.country || '/' || m.legal_type))
   AND NOT EXISTS (SELECT FROM deals d WHERE d.case_id = k.id AND d.status IN ('charged_back', 'written_off'))
 ORDER BY k.id DESC LIMIT $3`

// Lives returns the latest cases since a moment that a factor's playbook would have been for,
// as they were lived.
func (tx *Tx) Lives(ctx context.Context, p domain.Playbook, since time.Time, most int) ([]domain.Life, error) {
	var rows [][]byte
	if err := tx.list(ctx, &rows, loadLives, p.Factor.UUID, instant(since), most, string(p.Level), p.Subject, instant(tx.entry.By.Now)); err != nil {
		return nil, fmt.Errorf("load lives: %w", err)
	}
	lives := make([]domain.Life, len(rows))
	for i, data := range rows {
		var row caseFactsRow
		if err := loaded(data, &row); err != nil {
			return nil, err
		}
		f := row.facts(time.Time{}, nil)
		lives[i] = domain.Life{Facts: f, Paid: f.Unthanked}
	}
	return lives, nil
}
