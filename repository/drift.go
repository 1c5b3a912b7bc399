package repository

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"comity/domain"
	"comity/underwriting"
)

const (
	// Of the live world: nobody pays in a sandbox.
	compareShadow = `
SELECT count(*) AS n, coalesce(sum(abs(s.apart_days)), 0)::bigint AS apart, count(*) FILTER (WHERE s.outcome <> d.outcome) AS others
  FROM shadow_scores s JOIN decisions d ON d.id = s.decision_id JOIN organizations o ON o.id = d.seller_id
 WHERE s.model = $1 AND o.world_id = $2`
	listApart = `
SELECT d.id, d.model, d.outcome, d.decided_at, s.outcome AS shadow_outcome, s.expected_days, s.apart_days
  FROM shadow_scores s JOIN decisions d ON d.id = s.decision_id JOIN organizations o ON o.id = d.seller_id
 WHERE s.model = $1 AND o.world_id = $2 ORDER BY abs(s.apart_days) DESC, d.id LIMIT $3`
	// The first decision of a model about each invoice, the newest first, where
	// somebody would know of a payment: the invoice is sold, or an import has it.
	listForecasts = `
SELECT d.result, i.due_on, coalesce(x.paid_in_full_on, h.paid_on) AS paid_on, CASE WHEN x.id IS NOT NULL THEN $3::date ELSE h.observed_until END AS known_until
  FROM decisions d
  JOIN organizations o ON o.id = d.seller_id
  JOIN invoices i ON i.id = d.invoice_id
  LEFT JOIN deals x ON x.invoice_id = i.id AND x.status <> 'cancelled'
  LEFT JOIN history h ON h.seller_id = i.seller_id AND h.relationship_id = i.relationship_id AND h.invoice_ref = i.number AND NOT h.excluded
 WHERE d.model = $1 AND o.world_id = $2 AND d.objection_id IS NULL AND i.due_on < $3::date
   AND (x.id IS NOT NULL OR h.paid_on IS NOT NULL OR h.observed_until IS NOT NULL)
   AND NOT EXISTS (SELECT FROM decisions e WHERE e.seller_id = d.seller_id AND e.invoice_id = d.invoice_id AND e.model = d.model AND e.objection_id IS NULL AND e.id < d.id)
 ORDER BY d.id DESC LIMIT $4`
	readLastEvent = `
SELECT max(at) FROM events WHERE factor_id IS NULL AND seller_id IS NULL AND kind = $1`
)

// CompareShadow says how far a shadow's scores are from the decisions that they
// stand beside, and shows the furthest.
func (tx *Tx) CompareShadow(ctx context.Context, model string, limit int) (domain.Comparison, error) {
	var row struct {
		Count  int   `json:"n"`
		Apart  int64 `json:"apart"`
		Others int   `json:"others"`
	}
	if err := tx.get(ctx, &row, compareShadow, model, domain.LiveWorld.UUID); err != nil {
		return domain.Comparison{}, fmt.Errorf("compare %s: %w", model, err)
	}
	out := domain.Comparison{Count: row.Count, ApartDays: row.Apart, OtherOutcomes: row.Others}
	var rows []struct {
		ID            uuid.UUID `json:"id"`
		Model         string    `json:"model"`
		Outcome       string    `json:"outcome"`
		DecidedAt     timeCol   `json:"decided_at"`
		ShadowOutcome string    `json:"shadow_outcome"`
		Expected      int       `json:"expected_days"`
		Apart         int       `json:"apart_days"`
	}
	if err := tx.list(ctx, &rows, listApart, model, domain.LiveWorld.UUID, limit); err != nil {
		return domain.Comparison{}, fmt.Errorf("compare %s: %w", model, err)
	}
	for _, r := range rows {
		out.Furthest = append(out.Furthest, domain.Apart{
			Decision: domain.DecisionID{UUID: r.ID}, Model: r.Model, Outcome: r.Outcome, DecidedAt: r.DecidedAt.Time, Expected: r.Expected - r.Apart,
			ShadowOutcome: r.ShadowOutcome, ShadowExpected: r.Expected,
		})
	}
	return out, nil
}

type forecastRow struct {
	Result     []byte  `json:"result"`
	Due        dateCol `json:"due_on"`
	Paid       dateCol `json:"paid_on"`
	KnownUntil dateCol `json:"known_until"`
}

func (r forecastRow) forecast(today domain.Date) (domain.Forecast, error) {
	decision, err := underwriting.DecodeDecision(r.Result)
	if err != nil {
		return domain.Forecast{}, err
	}
	out := domain.Forecast{Age: r.Due.DaysUntil(today), Paid: !r.Paid.IsZero()}
	if out.Late = r.Due.DaysUntil(r.KnownUntil.Date); out.Paid {
		out.Late = r.Due.DaysUntil(r.Paid.Date)
	}
	for _, p := range decision.Curve {
		out.PaidBy = append(out.PaidBy, domain.ShareBy{Day: p.Day, Paid: p.Paid})
	}
	return out, nil
}

// Forecasts returns what a model said of invoices that are due, and what is known
// of them today; the newest first.
func (tx *Tx) Forecasts(ctx context.Context, model string, today domain.Date, limit int) ([]domain.Forecast, error) {
	var rows []forecastRow
	if err := tx.list(ctx, &rows, listForecasts, model, domain.LiveWorld.UUID, day(today), limit); err != nil {
		return nil, fmt.Errorf("list forecasts of %s: %w", model, err)
	}
	forecasts := make([]domain.Forecast, len(rows))
	for i, row := range rows {
		var err error
		if forecasts[i], err = row.forecast(today); err != nil {
			return nil, fmt.Errorf("list forecasts of %s: %w", model, err)
		}
	}
	return forecasts, nil
}

// LastEvent returns when something of a kind happened last that concerns the
// platform alone; the zero time is never.
func (tx *Tx) LastEvent(ctx context.Context, kind string) (time.Time, error) {
	var at timeCol
	if err := tx.get(ctx, &at, readLastEvent, kind); err != nil {
		return time.Time{}, fmt.Errorf("look for %s: %w", kind, err)
	}
	return at.Time, nil
}
