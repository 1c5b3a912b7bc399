package api

import (
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
)

func (s *Server) planRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/cases/:id/plans", handle: s.listPlans},
		{method: http.MethodPost, path: "/v1/cases/:id/plans", handle: s.proposePlan},
		{method: http.MethodPost, path: "/v1/plans/:id/approve", handle: s.approvePlan},
		{method: http.MethodPost, path: "/v1/plans/:id/consent", handle: s.consentPlan},
		{method: http.MethodPost, path: "/v1/plans/:id/withdraw", handle: s.withdrawPlan},
	}
}

// Instalment is one payment of a plan.
type Instalment struct {
	N      int    `json:"n" example:"1"`
	DueOn  string `json:"due_on" format:"date" example:"2026-05-22"`
	Amount Money  `json:"amount"`
} //	@name	Instalment

// PlanSheet is what follows from a plan for those who bear it, shown before they agree.
type PlanSheet struct {
	// Inside the envelope of the deal the collector decides alone.
	InsideEnvelope bool   `json:"inside_envelope" example:"false"`
	RecourseBefore string `json:"recourse_day_before" format:"date" example:"2026-06-03"`
	RecourseAfter  string `json:"recourse_day_after" format:"date" example:"2026-07-17"`
	// Owed on the recourse day without the plan, if nothing is paid until then.
	FeeBefore Money `json:"fee_before"`
	// Owed when the plan is kept.
	FeeAfter Money `json:"fee_after"`
	// Of it, of bands that begin after the recourse day without the plan.
	FeeExtra    Money `json:"fee_extra"`
	SellerBears Money `json:"seller_bears"`
	// Of what a settlement forgives.
	SellerForgives Money `json:"seller_forgives"`
	FactorForgives Money `json:"factor_forgives"`
	FactorBears    Money `json:"factor_bears"`
	// What the seller gets on the recourse day without the plan; negative: it owes.
	SellerBefore Money `json:"seller_before"`
	// What it gets when the plan is kept.
	SellerAfter Money `json:"seller_after"`
} //	@name	PlanSheet

// Plan pays an invoice on other days than the one on it.
type Plan struct {
	ID          string       `json:"id" example:"plan_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	CaseID      string       `json:"case_id" example:"case_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	DealID      string       `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Status      string       `json:"status" enums:"requested,proposed,offered,active,kept,broken,declined,withdrawn" example:"active"`
	Reason      string       `json:"reason" enums:"cash_flow,admin_hurdle,unforeseen,approval_pending,invoice_missing,dispute,oversight,other" example:"cash_flow"`
	Said        string       `json:"said" example:"the council pays us late"`
	Total       Money        `json:"total"`
	Instalments []Instalment `json:"instalments"`
	// A settlement: not asked for any more once the instalments are paid in time.
	Forgiven Money `json:"forgiven"`
	// Null while it is only asked for.
	Sheet *PlanSheet `json:"sheet" extensions:"x-nullable"`
	// What of the extra fee the factor bears once the plan is kept, as a fraction.
	FactorShare string  `json:"factor_share" example:"0.5"`
	AnswerBy    *string `json:"answer_by" extensions:"x-nullable" format:"date" example:"2026-05-18"`
	MadeAt      string  `json:"made_at" format:"date-time" example:"2026-05-07T09:15:00Z"`
	ProposedAt  *string `json:"proposed_at" extensions:"x-nullable" format:"date-time" example:"2026-05-11T08:00:00Z"`
	ApprovedAt  *string `json:"approved_at" extensions:"x-nullable" format:"date-time" example:"2026-05-11T09:00:00Z"`
	ConsentedAt *string `json:"consented_at" extensions:"x-nullable" format:"date-time" example:"2026-05-11T15:20:00Z"`
	OfferedAt   *string `json:"offered_at" extensions:"x-nullable" format:"date-time" example:"2026-05-11T15:30:00Z"`
	AcceptedAt  *string `json:"accepted_at" extensions:"x-nullable" format:"date-time" example:"2026-05-12T10:05:00Z"`
	DecidedAt   *string `json:"decided_at" extensions:"x-nullable" format:"date-time" example:"2026-07-06T06:00:00Z"`
	Note        *string `json:"note" extensions:"x-nullable" example:"another took its place"`
} //	@name	Plan

func planOf(p domain.Plan) Plan {
	out := Plan{
		ID: p.ID.String(), CaseID: p.Case.String(), DealID: p.Deal.String(), Status: string(p.Status), Reason: string(p.Reason), Said: p.Said, Total: moneyOf(p.Total),
		Instalments: []Instalment{}, Forgiven: moneyOf(p.Forgiven), FactorShare: p.FactorShare.String(), AnswerBy: dateOrNull(p.AnswerBy), MadeAt: moment(p.MadeAt), ProposedAt: momentOrNull(p.ProposedAt),
		ApprovedAt: momentOrNull(p.ApprovedAt), ConsentedAt: momentOrNull(p.ConsentedAt), OfferedAt: momentOrNull(p.OfferedAt), AcceptedAt: momentOrNull(p.AcceptedAt),
		DecidedAt: momentOrNull(p.DecidedAt), Note: textOrNull(p.Note),
	}
	for _, i := range p.Instalments {
		out.Instalments = append(out.Instalments, Instalment{N: i.N, DueOn: i.DueOn.String(), Amount: moneyOf(i.Amount)})
	}
	if s := p.Sheet; s != nil {
		out.Sheet = &PlanSheet{
			InsideEnvelope: s.Inside, RecourseBefore: s.RecourseBefore.String(), RecourseAfter: s.RecourseAfter.String(), FeeBefore: moneyOf(s.FeeBefore),
			FeeAfter: moneyOf(s.FeeAfter), FeeExtra: moneyOf(s.FeeExtra), SellerForgives: moneyOf(s.SellerForgives), FactorForgives: moneyOf(s.FactorForgives), SellerBears: moneyOf(s.SellerBears), FactorBears: moneyOf(s.FactorBears),
			SellerBefore: moneyOf(s.SellerBefore), SellerAfter: moneyOf(s.SellerAfter),
		}
	}
	return out
}

// listPlans lists the plans of a case.
//
//	@Summary	List the plans of a case
//	@Tags		agreements
//	@Produce	json
//	@Security	Bearer
//	@Param		id	path		string	true	"id of the case"
//	@Success	200	{object}	listOf[Plan]
//	@Failure	400	{object}	Problem
//	@Failure	401	{object}	Problem
//	@Failure	403	{object}	Problem
//	@Failure	404	{object}	Problem
//	@Router		/v1/cases/{id}/plans [get]
func (s *Server) listPlans(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseCaseID)
	if err != nil {
		return err
	}
	plans, err := s.cases.Plans(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, whole(plans, planOf))
}

// InstalmentRequest is one payment as it is proposed.
type InstalmentRequest struct {
	DueOn  string `json:"due_on" format:"date" example:"2026-05-22"`
	Amount Money  `json:"amount"`
} //	@name	InstalmentRequest

// ProposePlanRequest is a plan that the factor puts forward. Without instalments and without a
// count it is the one that the debtor asked for.
type ProposePlanRequest struct {
	DealID string `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	// Needed where the debtor asked for none: why it cannot pay as the invoice says, and its words.
	Reason      string              `json:"reason,omitempty" enums:"cash_flow,admin_hurdle,unforeseen,approval_pending,invoice_missing,dispute,oversight,other" example:"cash_flow"`
	Said        string              `json:"said,omitempty" example:"the council pays us late" maxLength:"2000"`
	Instalments []InstalmentRequest `json:"instalments,omitempty"`
	// Instead of instalments: so many equal ones, by largest remainder.
	Count   int    `json:"count,omitempty" example:"4" minimum:"0" maximum:"24"`
	FirstOn string `json:"first_on,omitempty" format:"date" example:"2026-05-22"`
	// 0: every month.
	EveryDays int `json:"every_days,omitempty" example:"14" minimum:"0" maximum:"92"`
	// What of the extra fee the factor bears once the plan is kept, as a fraction.
	FactorShare string `json:"factor_share,omitempty" example:"0.5"`
	// A settlement: the instalments sum to the rest; once they are paid in time this is not asked for any more.
	Forgiven *Money `json:"forgiven,omitempty"`
	// What of it the factor bears; the seller's reserve bears the rest.
	FactorForgives *Money `json:"factor_forgives,omitempty"`
} //	@name	ProposePlanRequest

func (r ProposePlanRequest) read() (collections.PlanRequest, error) {
	var k checker
	out := collections.PlanRequest{
		Reason: domain.Reason(r.Reason), Said: k.text("/said", r.Said, false, 2000), Count: k.whole("/count", r.Count, 0, domain.MostInstalments),
		FirstOn: k.dayOr("/first_on", r.FirstOn), EveryDays: k.whole("/every_days", r.EveryDays, 0, 92), FactorShare: k.fractionOrNone("/factor_share", r.FactorShare),
	}
	if r.Forgiven != nil {
		out.Forgiven = k.amount("/forgiven", *r.Forgiven)
	}
	if r.FactorForgives != nil {
		out.FactorForgives = k.amount("/factor_forgives", *r.FactorForgives)
	}
	var err error
	if out.Deal, err = domain.ParseDealID(r.DealID); err != nil {
		k.wrong("/deal_id", "not-an-id", "write the id of a deal")
	}
	if len(r.Instalments) > domain.MostInstalments {
		k.wrong("/instalments", "too-many", "at most %d", domain.MostInstalments)
		return out, k.err()
	}
	for i, one := range r.Instalments {
		at := fmt.Sprintf("/instalments/%d", i)
		out.Instalments = append(out.Instalments, domain.Instalment{N: i + 1, DueOn: k.date(at+"/due_on", one.DueOn), Amount: k.amount(at+"/amount", one.Amount)})
	}
	return out, k.err()
}

// ConsentPlanRequest is the seller's word on a plan.
type ConsentPlanRequest struct {
	Consent string `json:"consent" enums:"approved,declined" example:"approved"`
	Note    string `json:"note,omitempty" example:"they are good customers" maxLength:"500"`
} //	@name	ConsentPlanRequest

func (r ConsentPlanRequest) read() (ConsentPlanRequest, error) {
	var k checker
	if r.Consent != "approved" && r.Consent != "declined" {
		k.wrong("/consent", "not-allowed", "one of approved, declined")
	}
	r.Note = k.text("/note", r.Note, false, 500)
	return r, k.err()
}

// proposePlan propose a plan.
//
//	@Summary		Propose a plan
//	@Description	By the factor, and in a confidential case by the seller as its agent inside the envelope of the deal, with nothing that the factor bears: the plan that the debtor asked for, or another. The sheet says what follows for who bears it. Inside the envelope of the deal the debtor is offered it at once; outside, a second person of the factor and the seller agree first.
//	@Tags			agreements
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the case"
//	@Param			request			body		ProposePlanRequest	true	"the plan"
//	@Success		201				{object}	Plan
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/cases/{id}/plans [post]
func (s *Server) proposePlan(c *gin.Context) error {
	return doWith[ProposePlanRequest](c, domain.ParseCaseID, answering(http.StatusCreated, planOf, nil), s.cases.ProposePlan)
}

// approvePlan approve a plan as the second person.
//
//	@Summary		Approve a plan as the second person
//	@Description	By another person of the factor than the one who proposed it.
//	@Tags			agreements
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the plan"
//	@Success		200				{object}	Plan
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/plans/{id}/approve [post]
func (s *Server) approvePlan(c *gin.Context) error {
	return doOn(c, domain.ParsePlanID, answering(http.StatusOK, planOf, nil), s.cases.ApprovePlan)
}

// consentPlan agree to a plan as its seller.
//
//	@Summary		Agree to a plan as its seller
//	@Description	With the sheet before it: the recourse day, the extra fee and who bears it. Declined, the plan is over and the debtor is told.
//	@Tags			agreements
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the plan"
//	@Param			request			body		ConsentPlanRequest	true	"the word"
//	@Success		200				{object}	Plan
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/plans/{id}/consent [post]
func (s *Server) consentPlan(c *gin.Context) error {
	id, what, err := stepBody[ConsentPlanRequest](c, domain.ParsePlanID)
	if err != nil {
		return err
	}
	guard, err := once(c, answering(http.StatusOK, planOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.cases.ConsentPlan(c.Request.Context(), caller(c), id, what.Consent == "approved", what.Note, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

// withdrawPlan decline or withdraw a plan.
//
//	@Summary		Decline or withdraw a plan
//	@Description	By the factor, before it is in force. The debtor is told why, and asked for another proposal.
//	@Tags			agreements
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the plan"
//	@Param			request			body		SaidRequest	true	"why"
//	@Success		200				{object}	Plan
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/plans/{id}/withdraw [post]
func (s *Server) withdrawPlan(c *gin.Context) error {
	return doWith[SaidRequest](c, domain.ParsePlanID, answering(http.StatusOK, planOf, nil), s.cases.WithdrawPlan)
}
