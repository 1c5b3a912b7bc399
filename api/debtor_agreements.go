package api

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
)

// DebtorDispute is what a debtor does not agree to, with what the three parties said of it.
type DebtorDispute struct {
	ID     string  `json:"id" example:"dsp_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	DealID string  `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Status string  `json:"status" enums:"open,answered,mediation,resolved" example:"answered"`
	Amount Money   `json:"amount"`
	Reason string  `json:"reason" example:"damaged"`
	Said   string  `json:"said" example:"3 doors came with broken edges"`
	Remedy *string `json:"remedy" extensions:"x-nullable" example:"a credit for three doors"`
	// The seller's; null: it has not answered.
	Position *string `json:"position" extensions:"x-nullable" enums:"accepts,partly,rejects" example:"partly"`
	// What the seller would credit; POST …/agree takes it.
	Offered  *Money  `json:"offered" extensions:"x-nullable"`
	Answer   *string `json:"answer" extensions:"x-nullable" example:"two doors are ours, and we credit them"`
	AgreedAt *string `json:"agreed_at" extensions:"x-nullable" format:"date-time" example:"2026-04-21T09:00:00Z"`
	// Null: it is not resolved, or the seller settles it with the debtor.
	Outcome  *string `json:"outcome" extensions:"x-nullable" enums:"credited,part_credited,payable,withdrawn,given_back" example:"part_credited"`
	Credited *Money  `json:"credited" extensions:"x-nullable"`
	// Of what was agreed, what was paid already: the seller returns it.
	Refund       *Money  `json:"refund" extensions:"x-nullable"`
	CreditNumber *string `json:"credit_number" extensions:"x-nullable" example:"CN-0387"`
	RaisedAt     string  `json:"raised_at" format:"date-time" example:"2026-04-08T10:20:00Z"`
	Notes        []Note  `json:"notes"`
	// The newest help of a neutral; null: none was offered, or this is the answer to what was done and
	// not the statement.
	Mediation *DebtorMediation `json:"mediation" extensions:"x-nullable"`
} //	@name	DebtorDispute

func debtorDisputeOf(page domain.DebtorPage) func(domain.Dispute) DebtorDispute {
	return func(d domain.Dispute) DebtorDispute {
		all := disputeOf(d)
		out := DebtorDispute{
			ID: all.ID, DealID: all.DealID, Status: all.Status, Amount: all.Amount, Reason: all.Reason, Said: all.Said, Remedy: all.Remedy, Position: all.Position,
			Offered: all.Offered, Answer: all.Answer, AgreedAt: all.AgreedAt, Outcome: all.Outcome, Credited: all.Credited, Refund: all.Refund, CreditNumber: all.CreditNumber,
			RaisedAt: all.RaisedAt, Notes: []Note{},
		}
		if page.Disclosure == domain.Confidential && d.Outcome == domain.OutcomeGivenBack {
			out.Outcome = nil // the seller settles it with the debtor, as it would have without a factor
		}
		for _, n := range page.Notes {
			if n.Dispute == d.ID {
				out.Notes = append(out.Notes, noteOf(n))
			}
		}
		for _, m := range page.Mediations { // the newest is the last
			if m.Dispute == d.ID {
				out.Mediation = new(debtorMediationOf(m))
			}
		}
		return out
	}
}

// DebtorPlan is a plan as its debtor sees it: what it pays and when, not what follows for others.
type DebtorPlan struct {
	ID          string       `json:"id" example:"plan_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	DealID      string       `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Status      string       `json:"status" enums:"requested,proposed,offered,active,kept,broken,declined" example:"offered"`
	Total       Money        `json:"total"`
	Instalments []Instalment `json:"instalments"`
	// Not asked for any more once the instalments are paid in time.
	Forgiven Money `json:"forgiven"`
	// Until when it may be taken.
	AnswerBy *string `json:"answer_by" extensions:"x-nullable" format:"date" example:"2026-05-18"`
} //	@name	DebtorPlan

func debtorPlanOf(p domain.Plan) DebtorPlan {
	all := planOf(p)
	return DebtorPlan{ID: all.ID, DealID: all.DealID, Status: all.Status, Total: all.Total, Instalments: all.Instalments, Forgiven: all.Forgiven, AnswerBy: all.AnswerBy}
}

// DebtorDisputeRequest is the part of an invoice that is not agreed to.
type DebtorDisputeRequest struct {
	DealID string `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Amount Money  `json:"amount"`
	Reason string `json:"reason" enums:"paid_already,invoice_not_received,duplicate,wrong_details,credit_missing,offset,discount,counter_claim,other_deduction,wrong_delivery,proof_of_delivery,wrong_goods,damaged,returned,delivery_refused,other" example:"damaged"`
	Said   string `json:"said" example:"3 doors came with broken edges" maxLength:"2000"`
	// What would put it right.
	Remedy string `json:"remedy,omitempty" example:"a credit for three doors" maxLength:"2000"`
} //	@name	DebtorDisputeRequest

func (r DebtorDisputeRequest) read() (collections.Complaint, error) {
	var k checker
	return collections.Complaint{
		Deal: k.deal(r.DealID), Amount: k.amount("/amount", r.Amount), Said: k.said("/said", r.Said), Remedy: k.said("/remedy", r.Remedy),
		Reason: oneOf(&k, "/reason", domain.DisputeReason(r.Reason), domain.DisputeReasons()...),
	}, k.err()
}

// DebtorPlanRequest asks to pay in equal parts.
type DebtorPlanRequest struct {
	DealID  string `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Reason  string `json:"reason" enums:"cash_flow,admin_hurdle,unforeseen,approval_pending,invoice_missing,dispute,oversight,other" example:"cash_flow"`
	Said    string `json:"said" example:"the council pays us late" maxLength:"2000"`
	Count   int    `json:"count" minimum:"1" maximum:"12" example:"3"`
	FirstOn string `json:"first_on" format:"date" example:"2026-05-22"`
	// Days between two; 0: every month.
	EveryDays int `json:"every_days,omitempty" minimum:"0" maximum:"31" example:"14"`
} //	@name	DebtorPlanRequest

func (r DebtorPlanRequest) read() (collections.PlanRequest, error) {
	var k checker
	return collections.PlanRequest{
		Deal: k.deal(r.DealID), Reason: oneOf(&k, "/reason", domain.Reason(r.Reason), domain.Reasons()...), Said: k.said("/said", r.Said),
		Count: k.whole("/count", r.Count, 1, 12), FirstOn: k.date("/first_on", r.FirstOn), EveryDays: k.whole("/every_days", r.EveryDays, 0, 31),
	}, k.err()
}

// debtorDispute takes what a debtor does not agree to.
//
//	@Summary		Dispute a part
//	@Description	That part rests until it is resolved, and the rest stays payable.
//	@Tags			debtor
//	@Accept			json
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			request			body		DebtorDisputeRequest	true	"which part, and why"
//	@Success		201				{object}	DebtorDispute
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/disputes [post]
func (s *Server) debtorDispute(c *gin.Context) error {
	return debtorDoes[DebtorDisputeRequest](c, debtorDisputeOf(domain.DebtorPage{}), s.cases.Dispute)
}

// debtorPlan takes that a debtor asks to pay in parts.
//
//	@Summary		Ask to pay in parts
//	@Description	A person answers, and until then the invoice rests. The due date stays what it is.
//	@Tags			debtor
//	@Accept			json
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			request			body		DebtorPlanRequest	true	"how many parts, and from when"
//	@Success		201				{object}	DebtorPlan
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/plans [post]
func (s *Server) debtorPlan(c *gin.Context) error {
	return debtorDoes[DebtorPlanRequest](c, debtorPlanOf, s.cases.RequestPlan)
}

// debtorAgree agrees to what the seller answered.
//
//	@Summary		Agree to the seller's answer
//	@Description	It is resolved as the seller offered.
//	@Tags			debtor
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the dispute"
//	@Success		200				{object}	DebtorDispute
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/disputes/{id}/agree [post]
func (s *Server) debtorAgree(c *gin.Context) error {
	return doOn(c, domain.ParseDisputeID, answering(http.StatusOK, debtorDisputeOf(domain.DebtorPage{}), nil), s.cases.AgreeDispute)
}

// debtorAcceptPlan takes a plan that is offered.
//
//	@Summary		Accept a plan
//	@Description	From then on the invoice is not asked for while its days are kept.
//	@Tags			debtor
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the plan"
//	@Success		200				{object}	DebtorPlan
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/plans/{id}/accept [post]
func (s *Server) debtorAcceptPlan(c *gin.Context) error {
	id, guard, err := stepOn(c, domain.ParsePlanID, answering(http.StatusOK, debtorPlanOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.cases.AnswerPlan(c.Request.Context(), caller(c), id, true, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

// debtorDeclinePlan declines a plan that is offered.
//
//	@Summary		Decline a plan
//	@Description	The invoice is due as before, and another plan can be asked for.
//	@Tags			debtor
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the plan"
//	@Success		200				{object}	DebtorPlan
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/plans/{id}/decline [post]
func (s *Server) debtorDeclinePlan(c *gin.Context) error {
	id, guard, err := stepOn(c, domain.ParsePlanID, answering(http.StatusOK, debtorPlanOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.cases.AnswerPlan(c.Request.Context(), caller(c), id, false, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

// debtorNote adds to the thread of a dispute.
//
//	@Summary	Add a note to a dispute
//	@Tags		debtor
//	@Accept		json
//	@Produce	json
//	@Security	Link
//	@Param		Idempotency-Key	header		string				true	"makes a repetition harmless for 7 days"
//	@Param		id				path		string				true	"id of the dispute"
//	@Param		request			body		DebtorSaidRequest	true	"what seller and factor shall read"
//	@Success	201				{object}	Note
//	@Failure	400				{object}	Problem
//	@Failure	401				{object}	Problem
//	@Failure	404				{object}	Problem
//	@Failure	409				{object}	Problem
//	@Failure	413				{object}	Problem
//	@Failure	415				{object}	Problem
//	@Failure	422				{object}	Problem
//	@Failure	429				{object}	Problem
//	@Router		/v1/debtor/disputes/{id}/notes [post]
func (s *Server) debtorNote(c *gin.Context) error {
	id, err := pathID(c, domain.ParseDisputeID)
	if err != nil {
		return err
	}
	return debtorDoes[DebtorSaidRequest](c, noteOf, func(ctx context.Context, by domain.Caller, said string, once domain.Once[domain.Note]) (domain.Answer, error) {
		return s.cases.NoteOnPage(ctx, by, id, said, once)
	})
}

// debtorEvidence lists the files of a dispute.
//
//	@Summary	List the evidence of a dispute
//	@Tags		debtor
//	@Produce	json
//	@Security	Link
//	@Param		id	path		string	true	"id of the dispute"
//	@Success	200	{object}	listOf[Evidence]
//	@Failure	400	{object}	Problem
//	@Failure	401	{object}	Problem
//	@Failure	404	{object}	Problem
//	@Failure	429	{object}	Problem
//	@Router		/v1/debtor/disputes/{id}/evidence [get]
func (s *Server) debtorEvidence(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseDisputeID)
	if err != nil {
		return err
	}
	files, err := s.cases.Evidence(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, whole(files, debtorEvidenceOf))
}

// debtorEvidenceOf names no person of the seller's or the factor's.
func debtorEvidenceOf(e domain.Evidence) Evidence {
	e.By = domain.UserID{}
	return evidenceOf(e)
}

// debtorAttach adds a file to a dispute.
//
//	@Summary		Attach evidence to a dispute
//	@Description	As POST /v1/disputes/{id}/evidence, by the debtor: at most 10 files of its own.
//	@Tags			debtor
//	@Accept			application/pdf,image/png,image/jpeg,text/plain
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string		true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string		true	"id of the dispute"
//	@Param			file_name		query		string		false	"name of the file"
//	@Param			file			body		string		true	"the file"
//	@Success		200				{object}	Evidence	"the dispute had the same bytes before"
//	@Success		201				{object}	Evidence
//	@Header			201				{string}	Location	"the file"
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/disputes/{id}/evidence [post]
func (s *Server) debtorAttach(c *gin.Context) error {
	return s.attach(c, debtorAttached)
}

func debtorAttached(a collections.Attached) domain.Answer {
	status := http.StatusCreated
	if a.Before {
		status = http.StatusOK
	}
	return answering(status, debtorEvidenceOf, func(e domain.Evidence) string { return "/v1/debtor/evidence/" + e.ID.String() + "/file" })(a.Evidence)
}

// debtorEvidenceFile answers with a file as it was handed in.
//
//	@Summary	Download evidence
//	@Tags		debtor
//	@Produce	application/pdf
//	@Security	Link
//	@Param		id	path		string	true	"id of the file"
//	@Success	200	{file}		file	"the file; its media type is that of its content"
//	@Failure	400	{object}	Problem
//	@Failure	401	{object}	Problem
//	@Failure	404	{object}	Problem
//	@Failure	429	{object}	Problem
//	@Router		/v1/debtor/evidence/{id}/file [get]
func (s *Server) debtorEvidenceFile(c *gin.Context) error {
	return s.evidenceFile(c)
}
