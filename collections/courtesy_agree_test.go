package collections_test

import (
	"context"

	"comity/collections"
	"comity/domain"
)

// untimely is what the audit asks of the agreed words: an instalment is named of a plan in force,
// before its day, and once.
const untimely = `SELECT s.case_id, s.step, s.at FROM seen s WHERE s.class = 'instalment' AND NOT EXISTS (
	SELECT FROM plans p, jsonb_array_elements(p.instalments) WITH ORDINALITY i(one, n)
	 WHERE p.case_id = s.case_id AND s.step = 'instalment:plan_' || replace(p.id::text, '-', '') || ':' || i.n
	   AND (i.one->>'due_on')::date >= (s.at AT TIME ZONE (SELECT r.time_zone FROM cases k JOIN relationships r ON r.id = k.relationship_id WHERE k.id = s.case_id))::date
	   AND p.accepted_at <= s.at AND (p.decided_at IS NULL OR p.decided_at >= s.claimed_at))`

// askPlan is a debtor who asks for a plan.
func (w *town) askPlan(ctx context.Context, a action) error {
	by, err := w.debtor(ctx, w.files[a.file])
	if err != nil {
		return err
	}
	reasons := domain.Reasons()
	_, err = w.cases.RequestPlan(ctx, by, collections.PlanRequest{
		Deal: w.files[a.file].deals[a.deal], Reason: reasons[a.dice%len(reasons)], Said: "may we pay in parts?", Count: 1 + a.dice%4,
		FirstOn: domain.DateOf(w.now.In(newYork)).Plus(a.days), EveryDays: 7,
	}, onceOf[domain.Plan](a.key))
	return err
}

// livePlan finds a plan of a case in a state.
func (w *town) livePlan(ctx context.Context, a action, status domain.PlanStatus) (domain.PlanID, error) {
	id, err := w.find(ctx, `SELECT id FROM plans WHERE case_id = $1 AND status = $2 ORDER BY id LIMIT 1`, w.files[a.file].id.UUID, string(status))
	return domain.PlanID{UUID: id}, err
}

// proposePlan is a collector who puts a plan forward, as it was asked for or another.
func (w *town) proposePlan(ctx context.Context, a action) error {
	deal := w.files[a.file].deals[a.deal]
	r := collections.PlanRequest{Deal: deal, Reason: domain.ReasonCashFlow, Said: "on the telephone"}
	if id, err := w.find(ctx, `SELECT deal_id FROM plans WHERE case_id = $1 AND status = 'requested' LIMIT 1`, w.files[a.file].id.UUID); err == nil {
		r.Deal = domain.DealID{UUID: id}
	}
	if a.dice%2 == 0 {
		r.Count, r.FirstOn, r.EveryDays = 1+a.dice%3, domain.DateOf(w.now.In(newYork)).Plus(a.days), 5
	}
	_, err := w.cases.ProposePlan(ctx, w.collector(a), w.files[a.file].id, r, onceOf[domain.Plan](a.key))
	return err
}

// agreePlan is a second person of the factor, or the seller, who says yes more often than no.
func (w *town) agreePlan(ctx context.Context, a action) error {
	id, err := w.livePlan(ctx, a, domain.PlanProposed)
	if err != nil {
		return err
	}
	if a.dice%2 == 0 {
		_, err = w.cases.ApprovePlan(ctx, w.collector(a), id, onceOf[domain.Plan](a.key))
		return err
	}
	by, err := w.seller(ctx, a)
	if err == nil {
		_, err = w.cases.ConsentPlan(ctx, by, id, a.dice%5 > 0, "we need it", onceOf[domain.Plan](a.key))
	}
	return err
}

// takePlan is the debtor's answer to an offer.
func (w *town) takePlan(ctx context.Context, a action) error {
	id, err := w.livePlan(ctx, a, domain.PlanOffered)
	if err != nil {
		return err
	}
	by, err := w.debtor(ctx, w.files[a.file])
	if err == nil {
		_, err = w.cases.AnswerPlan(ctx, by, id, a.dice%6 > 0, onceOf[domain.Plan](a.key))
	}
	return err
}

// answerDispute is the seller's answer, and what the debtor says to it.
func (w *town) answerDispute(ctx context.Context, a action) error {
	id, err := w.find(ctx, `SELECT id FROM disputes WHERE case_id = $1 AND status IN ('open', 'answered') ORDER BY id LIMIT 1`, w.files[a.file].id.UUID)
	if err != nil {
		return err
	}
	if a.dice%3 == 0 {
		by, err := w.debtor(ctx, w.files[a.file])
		if err == nil {
			_, err = w.cases.AgreeDispute(ctx, by, domain.DisputeID{UUID: id}, onceOf[domain.Dispute](a.key))
		}
		return err
	}
	by, err := w.seller(ctx, a)
	if err == nil {
		answer := collections.SellersAnswer{Position: domain.PositionRejects, Said: "we see it differently"}
		_, err = w.cases.AnswerDispute(ctx, by, domain.DisputeID{UUID: id}, answer, onceOf[domain.Dispute](a.key))
	}
	return err
}
