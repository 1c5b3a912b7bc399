package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/marketplace"
)

func (s *Server) recourseRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/deals/:id/recourses", handle: s.listRecourses},
		{method: http.MethodPost, path: "/v1/deals/:id/recourses", handle: s.proposeRecourse},
		{method: http.MethodPost, path: "/v1/recourses/:id/approve", handle: s.approveRecourse},
		{method: http.MethodPost, path: "/v1/recourses/:id/decline", handle: s.declineRecourse},
		{method: http.MethodGet, path: "/v1/recourses/:id/reports", handle: s.listReports},
		{method: http.MethodPost, path: "/v1/recourses/:id/reports", handle: s.reportRecourse},
		{method: http.MethodGet, path: "/v1/recourses/:id/reminders", handle: s.listOwnReminders},
		{method: http.MethodPost, path: "/v1/recourses/:id/reminders", handle: s.remindOwn},
	}
}

// Recourse is a part of an invoice that is given back to its seller.
type Recourse struct {
	ID        string  `json:"id" example:"rec_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	DealID    string  `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	DisputeID *string `json:"dispute_id" extensions:"x-nullable" example:"dsp_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	// exercised: the seller owes the claim, and title is held until it is paid; reassigned: it is the seller's again.
	Status   string `json:"status" enums:"proposed,exercised,reassigned,withdrawn" example:"exercised"`
	Reason   string `json:"reason" enums:"dispute_not_cured,slow_pay,breach,fraud" example:"dispute_not_cured"`
	Evidence string `json:"evidence" example:"no credit and no cure within 14 days of 3 July"`
	// Of what is open of the invoice.
	Amount Money `json:"amount"`
	// What the seller owes for it: the amount and the fee less the reserve.
	Claim Money `json:"claim"`
	Paid  Money `json:"paid"`
	// Of the amount, by the debtor to the factor, since it was given back.
	Collected Money `json:"collected"`
	// Of the amount, credited by the seller or paid to it, as it reported.
	Settled Money `json:"settled"`
	// Of a part that is the seller's again, what is neither.
	Left Money `json:"left"`
	// The debtor agreed that what is left of a disputed part is payable; null: not that anybody said so.
	AgreedOn *string `json:"agreed_on" extensions:"x-nullable" format:"date" example:"2026-07-30"`
	// To be quoted when it is paid (ISO 11649).
	Reference   string  `json:"reference" example:"RF18539007547034"`
	MadeAt      string  `json:"made_at" format:"date-time" example:"2026-07-20T08:00:00Z"`
	ExercisedOn *string `json:"exercised_on" extensions:"x-nullable" format:"date" example:"2026-07-20"`
	// Until this day the contact policy binds the seller, and any agency that it names.
	PolicyUntil  *string `json:"policy_binds_until" extensions:"x-nullable" format:"date" example:"2026-10-25"`
	ReassignedAt *string `json:"reassigned_at" extensions:"x-nullable" format:"date-time" example:"2026-07-27T06:00:00Z"`
} //	@name	Recourse

func recourseOf(r domain.Recourse) Recourse {
	return Recourse{
		ID: r.ID.String(), DealID: r.Deal.String(), DisputeID: idOrNull(r.Dispute), Status: string(r.Status), Reason: string(r.Reason), Evidence: r.Evidence,
		Amount: moneyOf(r.Part), Claim: moneyOf(r.Claim), Paid: moneyOf(r.Paid), Collected: moneyOf(r.Collected), Settled: moneyOf(r.Settled), Left: moneyOf(r.Left()), AgreedOn: dateOrNull(r.AgreedOn), Reference: r.Reference.String(), MadeAt: moment(r.MadeAt),
		ExercisedOn: dateOrNull(r.ExercisedOn), PolicyUntil: dateOrNull(r.PolicyUntil), ReassignedAt: momentOrNull(r.ReassignedAt),
	}
}

// listRecourses lists what was given back of a deal.
//
//	@Summary		List the recourses of a deal
//	@Description	A seller sees those that two people of the factor agreed to.
//	@Tags			agreements
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the deal"
//	@Success		200	{object}	listOf[Recourse]
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/deals/{id}/recourses [get]
func (s *Server) listRecourses(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseDealID)
	if err != nil {
		return err
	}
	list, err := s.market.Recourses(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, whole(list, recourseOf))
}

// ProposeRecourseRequest asks to give a part of an invoice back to its seller.
type ProposeRecourseRequest struct {
	Reason string `json:"reason" enums:"dispute_not_cured,slow_pay,breach,fraud" example:"dispute_not_cured"`
	// For dispute_not_cured: its disputed part is what is given back.
	DisputeID string `json:"dispute_id,omitempty" example:"dsp_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	// All that is open unless it is given.
	Amount   *Money `json:"amount,omitempty"`
	Evidence string `json:"evidence" example:"no credit and no cure within 14 days of 3 July" maxLength:"2000"`
} //	@name	ProposeRecourseRequest

func (r ProposeRecourseRequest) read() (marketplace.RecourseRequest, error) {
	var k checker
	out := marketplace.RecourseRequest{Reason: domain.RecourseReason(r.Reason), Evidence: k.text("/evidence", r.Evidence, true, 2000)}
	if r.DisputeID != "" {
		id, err := domain.ParseDisputeID(r.DisputeID)
		if err != nil {
			k.wrong("/dispute_id", "not-an-id", "write the id of a dispute")
		}
		out.Dispute = id
	}
	if r.Amount != nil {
		out.Amount = k.amount("/amount", *r.Amount)
	}
	return out, k.err()
}

// proposeRecourse ask to give a part of an invoice back.
//
//	@Summary		Ask to give a part of an invoice back
//	@Description	By a first person of the factor. Nothing is posted until a second one agrees. For slow payment the right opens after the recourse day and lapses 30 days later; for a dispute after 14 days without credit or cure.
//	@Tags			agreements
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the deal"
//	@Param			request			body		ProposeRecourseRequest	true	"what, and why"
//	@Success		201				{object}	Recourse
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/deals/{id}/recourses [post]
func (s *Server) proposeRecourse(c *gin.Context) error {
	return doWith[ProposeRecourseRequest](c, domain.ParseDealID, answering(http.StatusCreated, recourseOf, nil), s.market.ProposeRecourse)
}

// approveRecourse give a part of an invoice back.
//
//	@Summary		Give a part of an invoice back
//	@Description	By another person of the factor than the one who asked. The reserve pays first; what the seller owes then is to be paid with the reference. Title, notice and the right to collect stay with the factor until it is.
//	@Tags			agreements
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the recourse"
//	@Success		200				{object}	Recourse
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/recourses/{id}/approve [post]
func (s *Server) approveRecourse(c *gin.Context) error {
	id, guard, err := stepOn(c, domain.ParseRecourseID, answering(http.StatusOK, recourseOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.market.CheckRecourse(c.Request.Context(), caller(c), id, true, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

// declineRecourse do not give a part of an invoice back.
//
//	@Summary		Do not give a part of an invoice back
//	@Description	By any person of the factor, before it is exercised.
//	@Tags			agreements
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the recourse"
//	@Success		200				{object}	Recourse
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/recourses/{id}/decline [post]
func (s *Server) declineRecourse(c *gin.Context) error {
	id, guard, err := stepOn(c, domain.ParseRecourseID, answering(http.StatusOK, recourseOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.market.CheckRecourse(c.Request.Context(), caller(c), id, false, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}
