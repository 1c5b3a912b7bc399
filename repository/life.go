package repository

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"comity/domain"
)

// Cases as they were lived. Those with a deal that was given back are left out: when it was is
// not in its rows.
const loadLives = `
SELECT case_facts(k.id, NULL, $6, true) || case_agreements(k.id) || case_mediations(k.id)
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

const (
	readLives = `
SELECT case_facts(k.id, NULL, $2, true) || case_agreements(k.id) FROM cases k WHERE k.id = ANY ($1::uuid[])`
	readFeedback = `
SELECT id, case_id, ease, said, at FROM feedback WHERE case_id = ANY ($1::uuid[])`
	listSellerEnded = `
SELECT ` + dealColumns + ` FROM deals WHERE seller_id = $1 AND status IN ('settled', 'charged_back') ORDER BY id DESC LIMIT $2`
)

var listFactorEnded = strings.Replace(listSellerEnded, "seller_id = $1", "factor_id = $1", 1)

// EndedDeals returns the latest deals of one side that are settled or were given back.
func (tx *Tx) EndedDeals(ctx context.Context, org domain.OrganizationID, kind domain.OrganizationKind, most int) ([]domain.Deal, error) {
	var rows []dealRow
	if err := tx.list(ctx, &rows, bySide(kind, listSellerEnded, listFactorEnded, listSellerEnded), org.UUID, most); err != nil {
		return nil, fmt.Errorf("list ended deals: %w", err)
	}
	return mapped(rows, dealRow.deal), nil
}

// LivesOf returns cases as they were lived, and what their debtors said of it.
func (tx *Tx) LivesOf(ctx context.Context, cases []domain.CaseID) (map[domain.CaseID]domain.Life, map[domain.CaseID]domain.Feedback, error) {
	var ids uuids
	for _, id := range cases {
		ids = append(ids, id.UUID)
	}
	var rows [][]byte
	if err := tx.list(ctx, &rows, readLives, ids.array(), instant(tx.entry.By.Now)); err != nil {
		return nil, nil, fmt.Errorf("load lives: %w", err)
	}
	lives := make(map[domain.CaseID]domain.Life, len(rows))
	for _, data := range rows {
		var row caseFactsRow
		if err := loaded(data, &row); err != nil {
			return nil, nil, err
		}
		f := row.facts(tx.entry.By.Now, nil)
		lives[f.Case.ID] = domain.Life{Facts: f, Paid: f.Unthanked}
	}
	var said []struct {
		ID   uuid.UUID `json:"id"`
		Case uuid.UUID `json:"case_id"`
		Ease string    `json:"ease"`
		Said string    `json:"said"`
		At   timeCol   `json:"at"`
	}
	if err := tx.list(ctx, &said, readFeedback, ids.array()); err != nil {
		return nil, nil, fmt.Errorf("load feedback: %w", err)
	}
	feedback := make(map[domain.CaseID]domain.Feedback, len(said))
	for _, f := range said {
		feedback[domain.CaseID{UUID: f.Case}] = domain.Feedback{ID: domain.FeedbackID{UUID: f.ID}, Ease: domain.Ease(f.Ease), Said: f.Said, At: f.At.Time}
	}
	return lives, feedback, nil
}
