package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

// Approval is one person's word on a message that waited for it.
type Approval struct {
	ID      string  `json:"id" example:"apr_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	TouchID string  `json:"touch_id" example:"tch_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	CaseID  string  `json:"case_id" example:"case_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Side    string  `json:"side" enums:"seller,factor" example:"seller"`
	UserID  string  `json:"user_id" example:"user_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Consent string  `json:"consent" enums:"approved,declined" example:"declined"`
	Note    *string `json:"note" extensions:"x-nullable" example:"We agreed on new terms by telephone"`
	At      string  `json:"at" format:"date-time" example:"2026-02-20T10:00:00Z"`
} //	@name	Approval

func approvalOf(a domain.Approval) Approval {
	return Approval{
		ID: a.ID.String(), TouchID: a.Touch.String(), CaseID: a.Case.String(), Side: string(a.Side), UserID: a.User.String(), Consent: string(a.Consent),
		Note: textOrNull(a.Note), At: moment(a.At),
	}
}

// listApprovals lists what people said to messages that waited for them.
//
//	@Summary		List the words on the messages of a case
//	@Description	Who approved or declined a message that waited. A seller sees those of its own side.
//	@Tags			cases
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the case"
//	@Success		200	{object}	listOf[Approval]
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/cases/{id}/approvals [get]
func (s *Server) listApprovals(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseCaseID)
	if err != nil {
		return err
	}
	approvals, err := s.cases.Approvals(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, whole(approvals, approvalOf))
}

// approveTouch lets a message leave that waits for the caller's side.
//
//	@Summary		Approve a message
//	@Description	One that is planned and waits for your side: for a seller, by the relationship's `approval`. It leaves when the other rules allow it. One word for each person.
//	@Tags			cases
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the message"
//	@Success		200				{object}	Approval
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/touches/{id}/approve [post]
func (s *Server) approveTouch(c *gin.Context) error {
	id, guard, err := stepOn(c, domain.ParseTouchID, answering(http.StatusOK, approvalOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.cases.Consent(c.Request.Context(), caller(c), id, domain.Approval{Consent: domain.Approved}, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

// DeclineTouchRequest says why a message should not leave.
type DeclineTouchRequest struct {
	Note string `json:"note" example:"We agreed on new terms by telephone"`
} //	@name	DeclineTouchRequest

func (r DeclineTouchRequest) word() (domain.Approval, error) {
	var k checker
	return domain.Approval{Consent: domain.Declined, Note: k.text("/note", r.Note, true, maxReason)}, k.err()
}

// declineTouch keeps back a message that waits for the caller's side.
//
//	@Summary		Decline a message
//	@Description	What a seller declines is not sent: the step is skipped, and the next message keeps the usual distance from it. The fee goes on; the timeline says so. One word for each person.
//	@Tags			cases
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string				true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string				true	"id of the message"
//	@Param			request			body		DeclineTouchRequest	true	"why"
//	@Success		200				{object}	Approval
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/touches/{id}/decline [post]
func (s *Server) declineTouch(c *gin.Context) error {
	id, err := pathID(c, domain.ParseTouchID)
	if err != nil {
		return err
	}
	request, err := bodyOnly[DeclineTouchRequest](c)
	if err != nil {
		return err
	}
	word, err := request.word()
	if err != nil {
		return err
	}
	guard, err := once(c, answering(http.StatusOK, approvalOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.cases.Consent(c.Request.Context(), caller(c), id, word, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}
