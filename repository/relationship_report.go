package repository

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"comity/domain"
)

// sellerRelationships reads a page of a seller's pairs, each with what was recovered and what became of it,
// by one statement: the page of pairs first, and of these each fact by a grouped look-up.
const sellerRelationships = `
WITH pair AS (
  SELECT DISTINCT k.relationship_id FROM cases k WHERE k.seller_id = $1 AND k.relationship_id > $2 ORDER BY k.relationship_id LIMIT $3
), followed AS MATERIALIZED (
  SELECT k.id, k.relationship_id, k.seller_id FROM pair p JOIN cases k ON k.relationship_id = p.relationship_id WHERE k.seller_id = $1
), sold AS MATERIALIZED (
  SELECT d.id, d.relationship_id, d.debtor_name, d.status, d.currency, d.basis_minor, d.due_on, d.paid_in_full_on, (d.made_at AT TIME ZONE 'UTC')::date AS made_on
    FROM followed f JOIN deals d ON d.case_id = f.id WHERE d.status <> 'cancelled'
), due AS (
  SELECT s.relationship_id, s.currency, sum(s.basis_minor) AS due, coalesce(sum(a.paid), 0) AS paid
    FROM sold s LEFT JOIN LATERAL (SELECT sum(a.amount_minor) AS paid FROM allocations a WHERE a.deal_id = s.id AND a.undone_at IS NULL) a ON true
   WHERE s.due_on BETWEEN $4::date AND $5::date AND s.status NOT IN ('made', 'charged_back') GROUP BY 1, 2
), recovered AS (
  SELECT relationship_id, jsonb_agg(jsonb_build_object('currency', currency, 'due', due, 'paid', paid) ORDER BY currency) AS sums FROM due GROUP BY 1
), late AS (
  SELECT relationship_id, count(*) AS n, percentile_disc(0.5) WITHIN GROUP (ORDER BY paid_in_full_on - due_on) AS days
    FROM sold WHERE due_on BETWEEN $4::date AND $5::date AND status <> 'charged_back' AND paid_in_full_on IS NOT NULL GROUP BY 1
), once AS (
  SELECT relationship_id, min(paid_in_full_on) AS first FROM sold WHERE paid_in_full_on BETWEEN $4::date AND $5::date AND status <> 'charged_back' GROUP BY 1
), promised AS (
  SELECT f.relationship_id, count(*) AS n, count(*) FILTER (WHERE x.status = 'kept') AS kept FROM followed f JOIN promises x ON x.case_id = f.id
   WHERE x.status IN ('kept', 'part_kept', 'broken') AND (x.decided_at AT TIME ZONE 'UTC')::date BETWEEN $4::date AND $5::date GROUP BY 1
), disputed AS (
  SELECT f.relationship_id, count(*) AS n, count(*) FILTER (WHERE x.agreed_at IS NOT NULL OR x.outcome IN ('credited', 'part_credited', 'withdrawn')) AS agreed
    FROM followed f JOIN disputes x ON x.case_id = f.id
   WHERE x.status = 'resolved' AND (x.resolved_at AT TIME ZONE 'UTC')::date BETWEEN $4::date AND $5::date GROUP BY 1
), complained AS (
  SELECT f.relationship_id, count(*) AS n FROM followed f JOIN stops x ON x.case_id = f.id
   WHERE x.code = 'complaint_open' AND (x.set_at AT TIME ZONE 'UTC')::date BETWEEN $4::date AND $5::date GROUP BY 1
), eased AS (
  SELECT f.relationship_id, count(*) AS n, count(*) FILTER (WHERE x.ease = 'yes') AS easy, count(*) FILTER (WHERE x.ease = 'partly') AS half
    FROM followed f JOIN feedback x ON x.case_id = f.id WHERE (x.at AT TIME ZONE 'UTC')::date BETWEEN $4::date AND $5::date GROUP BY 1
)
SELECT jsonb_build_object('relationship_id', p.relationship_id, 'seller_id', w.seller_id, 'debtor', coalesce(w.debtor, ''), 'recovered', coalesce(r.sums, '[]'),
         'paid', coalesce(l.n, 0), 'days_late', coalesce(l.days, 0), 'promises', coalesce(m.n, 0), 'kept', coalesce(m.kept, 0), 'disputes', coalesce(g.n, 0), 'agreed', coalesce(g.agreed, 0),
         'complaints', coalesce(c.n, 0), 'asked', coalesce(e.n, 0), 'easy', coalesce(e.easy, 0), 'half_easy', coalesce(e.half, 0),
         'opted_out', EXISTS (SELECT FROM (SELECT t.world_id, t.contact_key FROM touches t WHERE t.relationship_id = p.relationship_id AND t.seller_id = w.seller_id AND t.class <> 'call'
                                AND t.claimed_at IS NOT NULL ORDER BY t.claimed_at DESC LIMIT 1) t
                              JOIN contact_preferences x ON x.world_id = t.world_id AND x.contact_key = t.contact_key WHERE x.opted_out <> '{}'),
         'on_time_run', on_time_run(w.seller_id, p.relationship_id, $6), 'paid_once', o.first IS NOT NULL,
         'sold_again', EXISTS (SELECT FROM sold s WHERE s.relationship_id = p.relationship_id AND s.made_on > o.first)) AS report
  FROM pair p
  CROSS JOIN LATERAL (SELECT f.seller_id, (SELECT s.debtor_name FROM sold s WHERE s.relationship_id = f.relationship_id ORDER BY s.id DESC LIMIT 1) AS debtor
                        FROM followed f WHERE f.relationship_id = p.relationship_id LIMIT 1) w
  LEFT JOIN recovered r USING (relationship_id) LEFT JOIN late l USING (relationship_id) LEFT JOIN once o USING (relationship_id)
  LEFT JOIN promised m USING (relationship_id) LEFT JOIN disputed g USING (relationship_id) LEFT JOIN complained c USING (relationship_id) LEFT JOIN eased e USING (relationship_id)
 ORDER BY p.relationship_id`

var factorRelationships = strings.ReplaceAll(sellerRelationships, "k.seller_id = $1", "k.factor_id = $1")

type relationshipReportRow struct {
	Relationship uuid.UUID `json:"relationship_id"`
	Seller       uuid.UUID `json:"seller_id"`
	Debtor       string    `json:"debtor"`
	Recovered    []struct {
		Currency string `json:"currency"`
		Due      int64  `json:"due"`
		Paid     int64  `json:"paid"`
	} `json:"recovered"`
	Paid       int  `json:"paid"`
	DaysLate   int  `json:"days_late"`
	Promises   int  `json:"promises"`
	Kept       int  `json:"kept"`
	Disputes   int  `json:"disputes"`
	Agreed     int  `json:"agreed"`
	Complaints int  `json:"complaints"`
	Asked      int  `json:"asked"`
	Easy       int  `json:"easy"`
	HalfEasy   int  `json:"half_easy"`
	OptedOut   bool `json:"opted_out"`
	OnTimeRun  int  `json:"on_time_run"`
	PaidOnce   bool `json:"paid_once"`
	SoldAgain  bool `json:"sold_again"`
}

func (r relationshipReportRow) report() domain.RelationshipReport {
	report := domain.RelationshipReport{
		Relationship: domain.RelationshipID{UUID: r.Relationship}, Seller: domain.OrganizationID{UUID: r.Seller}, Debtor: r.Debtor, Paid: r.Paid, DaysLate: r.DaysLate,
		Facts: domain.RelationshipFacts{
			Promises: r.Promises, Kept: r.Kept, Disputes: r.Disputes, Agreed: r.Agreed, Complaints: r.Complaints, Asked: r.Asked, Easy: r.Easy, HalfEasy: r.HalfEasy,
			OptedOut: r.OptedOut, OnTimeRun: r.OnTimeRun, PaidOnce: r.PaidOnce, SoldAgain: r.SoldAgain,
		},
	}
	for _, sum := range r.Recovered {
		report.Recovered = append(report.Recovered, domain.Recovered{Due: amount(sum.Due, sum.Currency), Paid: amount(sum.Paid, sum.Currency)})
	}
	return report
}

// RelationshipReports returns a page of one side's pairs of seller and debtor that have a case: what was
// recovered of what fell due from one day to another, and what became of the relationship meanwhile.
func (tx *Tx) RelationshipReports(ctx context.Context, org domain.OrganizationID, kind domain.OrganizationKind, from, to domain.Date, page domain.Page) ([]domain.RelationshipReport, error) {
	var rows []jsonCol[relationshipReportRow]
	query := bySide(kind, sellerRelationships, factorRelationships, sellerRelationships)
	if err := tx.list(ctx, &rows, query, org.UUID, page.After, page.Limit, day(from), day(to), instant(tx.entry.By.Now)); err != nil {
		return nil, fmt.Errorf("report relationships: %w", err)
	}
	return mapped(rows, func(r jsonCol[relationshipReportRow]) domain.RelationshipReport { return r.Value.report() }), nil
}
