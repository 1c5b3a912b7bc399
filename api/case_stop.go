package api

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

// stopCode reads the code of a stop.
func stopCode(text string) (domain.StopCode, bool) {
	return domain.StopCode(text), slices.Contains(domain.StopCodes(), domain.StopCode(text))
}

// SetStopRequest says which contact is forbidden and why.
type SetStopRequest struct {
	Code   string `json:"code" enums:"legal_stop,represented,cease_requested,complaint_open,sanctions_hold,proof_pending" example:"complaint_open"`
	Reason string `json:"reason" example:"Ms Vance complained by telephone about the second reminder"`
} //	@name	SetStopRequest

func (r SetStopRequest) stop() (domain.StopCode, string, error) {
	var k checker
	code, known := stopCode(r.Code)
	if !known {
		k.wrong("/code", "not-allowed", "there is no such stop")
	}
	return code, k.text("/reason", r.Reason, true, maxReason), k.err()
}

// Stop forbids contact on a case until it is lifted.
type Stop struct {
	ID       string  `json:"id" example:"stop_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	CaseID   string  `json:"case_id" example:"case_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Code     string  `json:"code" enums:"legal_stop,represented,cease_requested,complaint_open,sanctions_hold,proof_pending" example:"complaint_open"`
	Reason   string  `json:"reason" example:"Ms Vance complained by telephone about the second reminder"`
	SetAt    string  `json:"set_at" format:"date-time" example:"2026-02-20T10:00:00Z"`
	NeedsTwo bool    `json:"needs_two" example:"false"`
	LiftBy   *string `json:"lift_by" extensions:"x-nullable" example:"user_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	LiftedAt *string `json:"lifted_at" extensions:"x-nullable" format:"date-time" example:"2026-02-24T10:00:00Z"`
} //	@name	Stop

func stopOf(s domain.Stop) Stop {
	return Stop{
		ID: s.ID.String(), CaseID: s.Case.String(), Code: string(s.Code), Reason: s.Reason, SetAt: moment(s.SetAt), NeedsTwo: s.Code.NeedsTwo(),
		LiftBy: idOrNull(s.LiftBy), LiftedAt: momentOrNull(s.LiftedAt),
	}
}

// listStops lists the stops of a case.
//
//	@Summary		List the stops of a case
//	@Description	Also those that were lifted.
//	@Tags			cases
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the case"
//	@Success		200	{object}	listOf[Stop]
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/cases/{id}/stops [get]
func (s *Server) listStops(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseCaseID)
	if err != nil {
		return err
	}
	stops, err := s.cases.Stops(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, whole(stops, stopOf))
}

// setStop forbids contact on a case.
//
//	@Summary	Set a stop on a case
//	@Tags		cases
//	@Accept		json
//	@Produce	json
//	@Security	Bearer
//	@Param		Idempotency-Key	header		string			true	"makes a repetition harmless for 7 days"
//	@Param		id				path		string			true	"id of the case"
//	@Param		request			body		SetStopRequest	true	"which stop and why"
//	@Success	201				{object}	Stop
//	@Failure	400				{object}	Problem
//	@Failure	401				{object}	Problem
//	@Failure	403				{object}	Problem
//	@Failure	404				{object}	Problem
//	@Failure	409				{object}	Problem
//	@Failure	413				{object}	Problem
//	@Failure	415				{object}	Problem
//	@Failure	422				{object}	Problem
//	@Router		/v1/cases/{id}/stops [post]
func (s *Server) setStop(c *gin.Context) error {
	id, err := pathID(c, domain.ParseCaseID)
	if err != nil {
		return err
	}
	request, err := bodyOnly[SetStopRequest](c)
	if err != nil {
		return err
	}
	code, reason, err := request.stop()
	if err != nil {
		return err
	}
	guard, err := once(c, answering(http.StatusCreated, stopOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.cases.SetStop(c.Request.Context(), caller(c), id, code, reason, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

// liftStop allows contact again.
//
//	@Summary		Lift a stop
//	@Description	`legal_stop` and `sanctions_hold` are lifted by two people: the first call names the first one in `lift_by`, and the stop stays.
//	@Tags			cases
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the case"
//	@Param			code			path		string	true	"which stop"	Enums(legal_stop,represented,cease_requested,complaint_open,sanctions_hold,proof_pending)
//	@Success		200				{object}	Stop
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/cases/{id}/stops/{code}/lift [post]
func (s *Server) liftStop(c *gin.Context) error {
	code, known := stopCode(c.Param("code"))
	if !known {
		return domain.ErrNotFound
	}
	id, guard, err := stepOn(c, domain.ParseCaseID, answering(http.StatusOK, stopOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.cases.LiftStop(c.Request.Context(), caller(c), id, code, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}
