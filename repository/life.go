package repository

import (
	"context"
	"fmt"
	"time"

	"comity/domain"
)

// A case as it was lived: the rows of load_case, those that ended too, and none of what
// was said. Cases with a deal that was given back are left out: when it was is not in its
// rows.
const loadLives = `
SELECT jsonb_build_object(
    'kase', to_jsonb(k),
    'factor', (SELECT to_jsonb(o) FROM organizations o WHERE o.id = k.factor_id),
    'seller', (SELECT to_jsonb(o) FROM organizations o WHERE o.id = k.seller_id),
    'relationship', (SELECT to_jsonb(r) FROM relationships r WHERE r.id = k.relationship_id),
    'voice', (SELECT to_jsonb(v) FROM voices v WHERE v.seller_id = k.seller_id),
    'items', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                 'deal', to_jsonb(d), 'issued_on', i.issued_on, 'order_reference', i.order_reference, 'summary', i.summary,
                 'introduced_at', (SELECT c.occurred_at FROM conditions c WHERE c.deal_id = d.id AND c.code = 'introduced'))
                 ORDER BY d.due_on, d.id), '[]')
                FROM deals d JOIN invoices i ON i.id = d.invoice_id WHERE d.case_id = k.id AND d.status <> 'cancelled'),
    'feeds', (SELECT coalesce(jsonb_agg(jsonb_build_object('account', to_jsonb(a), 'spans',
                 (SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.from_on, s.id), '[]')
                    FROM (SELECT l.id, l.from_on, l.to_on, l.currency, l.opening_minor, l.closing_minor FROM statements l
                           WHERE l.account_id = a.id ORDER BY l.to_on DESC, l.id DESC LIMIT 400) s))), '[]')
                FROM bank_accounts a WHERE a.id IN (SELECT d.collection_account_id FROM deals d WHERE d.case_id = k.id)),
    'holds', (SELECT coalesce(jsonb_agg(to_jsonb(h) || jsonb_build_object('currency', d.currency) ORDER BY h.id), '[]')
                FROM holds h LEFT JOIN deals d ON d.id = h.deal_id WHERE h.case_id = k.id),
    'pauses', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.id), '[]') FROM pauses p WHERE p.case_id = k.id),
    'stops', (SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.id), '[]') FROM stops s WHERE s.case_id = k.id),
    'promises', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.id), '[]') FROM promises p WHERE p.case_id = k.id),
    'disputes', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]') FROM disputes x WHERE x.case_id = k.id),
    'questions', (SELECT coalesce(jsonb_agg(to_jsonb(q) ORDER BY q.id), '[]') FROM questions q WHERE q.case_id = k.id),
    'replies', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', y.kind, 'acknowledgement', y.acknowledgement, 'at', y.received_at) ORDER BY y.id), '[]')
                  FROM replies y WHERE y.case_id = k.id),
    'unthanked', (SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.applied_at, a.id), '[]') FROM allocations a WHERE a.case_id = k.id AND a.undone_at IS NULL))
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
	if err := tx.list(ctx, &rows, loadLives, p.Factor.UUID, instant(since), most, string(p.Level), p.Subject); err != nil {
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
