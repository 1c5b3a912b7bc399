package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

// seatRoutes are what the two sides of a case do beside each other.
func (s *Server) seatRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/cases/:id/pauses", handle: s.listPauses},
		{method: http.MethodPost, path: "/v1/cases/:id/pauses", handle: s.setPause},
		{method: http.MethodPost, path: "/v1/pauses/:id/end", handle: s.endPause},
		{method: http.MethodGet, path: "/v1/cases/:id/approvals", handle: s.listApprovals},
		{method: http.MethodPost, path: "/v1/touches/:id/approve", handle: s.approveTouch},
		{method: http.MethodPost, path: "/v1/touches/:id/decline", handle: s.declineTouch},
		{method: http.MethodGet, path: "/v1/cases/:id/preview", handle: s.previewCase},
		{method: http.MethodGet, path: "/v1/voice", handle: s.getVoice},
		{method: http.MethodPut, path: "/v1/voice", handle: s.setVoice},
	}
}

// SetPauseRequest says what rests, why, and until when.
type SetPauseRequest struct {
	// One invoice of the case; without it, the whole case.
	DealID string `json:"deal_id,omitempty" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	// Both sides read it.
	Reason string `json:"reason" example:"We are talking with their buyer about a new order"`
	// Required of a factor, at most 30 days ahead; at most 90 days ahead of a seller, who may leave it out: then nothing is sent until it ends the pause.
	Until string `json:"until,omitempty" format:"date-time" example:"2026-03-06T17:00:00Z"`
} //	@name	SetPauseRequest

func (r SetPauseRequest) pause(id domain.CaseID) (domain.Pause, error) {
	var k checker
	pause := domain.Pause{Case: id, Reason: k.text("/reason", r.Reason, true, maxReason)}
	if r.DealID != "" {
		deal, err := domain.ParseDealID(r.DealID)
		if err != nil {
			k.wrong("/deal_id", "malformed", "it is the id of a deal: deal_ and 32 hexadecimal digits")
		}
		pause.Deal = deal
	}
	if r.Until != "" {
		pause.Until = k.instant("/until", r.Until)
	}
	return pause, k.err()
}

// Pause holds back what is started about an invoice or a whole case. Answers,
// receipts and notices still leave.
type Pause struct {
	ID      string  `json:"id" example:"pse_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	CaseID  string  `json:"case_id" example:"case_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	DealID  *string `json:"deal_id" extensions:"x-nullable" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Side    string  `json:"side" enums:"seller,factor" example:"seller"`
	Reason  string  `json:"reason" example:"We are talking with their buyer about a new order"`
	SetAt   string  `json:"set_at" format:"date-time" example:"2026-02-20T10:00:00Z"`
	Until   *string `json:"until" extensions:"x-nullable" format:"date-time" example:"2026-03-06T17:00:00Z"`
	EndedAt *string `json:"ended_at" extensions:"x-nullable" format:"date-time" example:"2026-02-27T10:00:00Z"`
} //	@name	Pause

func pauseOf(p domain.Pause) Pause {
	return Pause{
		ID: p.ID.String(), CaseID: p.Case.String(), DealID: idOrNull(p.Deal), Side: string(p.Side), Reason: p.Reason, SetAt: moment(p.SetAt),
		Until: momentOrNull(p.Until), EndedAt: momentOrNull(p.EndedAt),
	}
}

// listPauses lists the pauses of a case.
//
//	@Summary		List the pauses of a case
//	@Description	Of both sides, also those that are over.
//	@Tags			cases
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the case"
//	@Success		200	{object}	listOf[Pause]
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/cases/{id}/pauses [get]
func (s *Server) listPauses(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseCaseID)
	if err != nil {
		return err
	}
	pauses, err := s.cases.Pauses(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, whole(pauses, pauseOf))
}

// setPause lets an invoice or a case rest.
//
//	@Summary		Pause an invoice or a case
//	@Description	Nothing that we start about it leaves while the pause is in force: no reminder, no call. Answers, receipts and notices do. The seller's fee goes on; the timeline says so.
//	@Tags			cases
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string			true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string			true	"id of the case"
//	@Param			request			body		SetPauseRequest	true	"what rests, why, and until when"
//	@Success		201				{object}	Pause
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/cases/{id}/pauses [post]
func (s *Server) setPause(c *gin.Context) error {
	id, err := pathID(c, domain.ParseCaseID)
	if err != nil {
		return err
	}
	request, err := bodyOnly[SetPauseRequest](c)
	if err != nil {
		return err
	}
	pause, err := request.pause(id)
	if err != nil {
		return err
	}
	guard, err := once(c, answering(http.StatusCreated, pauseOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.cases.SetPause(c.Request.Context(), caller(c), pause, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

// endPause ends a pause before its time.
//
//	@Summary		End a pause
//	@Description	By the side that set it: a factor does not end a seller's.
//	@Tags			cases
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the pause"
//	@Success		200				{object}	Pause
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/pauses/{id}/end [post]
func (s *Server) endPause(c *gin.Context) error {
	return doOn(c, domain.ParsePauseID, answering(http.StatusOK, pauseOf, nil), s.cases.EndPause)
}
