package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
)

// CasesDisclosing is what the API asks about telling a debtor after all.
type CasesDisclosing interface {
	AskDisclosing(context.Context, domain.Caller, domain.CaseID, collections.Telling, domain.Once[domain.Disclosing]) (domain.Answer, error)
	ApproveDisclosing(context.Context, domain.Caller, domain.DisclosingID, domain.Once[domain.Disclosing]) (domain.Answer, error)
	WithdrawDisclosing(context.Context, domain.Caller, domain.DisclosingID, domain.Once[domain.Disclosing]) (domain.Answer, error)
	Disclosings(context.Context, domain.Caller, domain.CaseID) ([]domain.Disclosing, error)
}

func (s *Server) disclosingRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/cases/:id/disclosings", handle: s.listDisclosings},
		{method: http.MethodPost, path: "/v1/cases/:id/disclosings", handle: s.askDisclosing},
		{method: http.MethodPost, path: "/v1/disclosings/:id/approve", handle: s.approveDisclosing},
		{method: http.MethodPost, path: "/v1/disclosings/:id/withdraw", handle: s.withdrawDisclosing},
	}
}

// Disclosing is the decision of two people of a factor to tell the debtor of a confidential case that its
// invoices were sold.
type Disclosing struct {
	ID     string `json:"id" example:"dcl_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	CaseID string `json:"case_id" example:"case_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	// done: the notice leaves one business day later, and the case is notified with it.
	Status    string  `json:"status" enums:"asked,done,withdrawn" example:"done"`
	Reason    string  `json:"reason" enums:"seller_asks,payment_diverted,seller_insolvent,debtor_unanswered,disputed" example:"payment_diverted"`
	Note      string  `json:"note" example:"The seller had the payment of 3 March sent to another account."`
	AskedBy   string  `json:"asked_by" example:"user_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	AskedAt   string  `json:"asked_at" format:"date-time" example:"2026-03-20T08:00:00Z"`
	DecidedBy *string `json:"decided_by" extensions:"x-nullable" example:"user_0190a5c2e7b97c1e8f0a3b5d7f9e1a2c"`
	DecidedAt *string `json:"decided_at" extensions:"x-nullable" format:"date-time" example:"2026-03-20T09:00:00Z"`
} //	@name	Disclosing

func disclosingOf(d domain.Disclosing) Disclosing {
	return Disclosing{
		ID: d.ID.String(), CaseID: d.Case.String(), Status: string(d.Status), Reason: string(d.Reason), Note: d.Note, AskedBy: d.AskedBy.String(), AskedAt: moment(d.AskedAt),
		DecidedBy: idOrNull(d.ApprovedBy), DecidedAt: momentOrNull(d.ApprovedAt),
	}
}

// AskDisclosingRequest says why the debtor is to be told.
type AskDisclosingRequest struct {
	Reason string `json:"reason" enums:"seller_asks,payment_diverted,seller_insolvent,debtor_unanswered,disputed" example:"payment_diverted"`
	// What it rests on. For the factor only.
	Note string `json:"note" example:"The seller had the payment of 3 March sent to another account." maxLength:"2000"`
} //	@name	AskDisclosingRequest

func (r AskDisclosingRequest) read() (collections.Telling, error) {
	var k checker
	out := collections.Telling{Reason: domain.DisclosingReason(r.Reason), Note: k.text("/note", r.Note, true, 2000)}
	if !slices.Contains(domain.DisclosingReasons(), out.Reason) {
		k.wrong("/reason", "not-allowed", "seller_asks, payment_diverted, seller_insolvent, debtor_unanswered or disputed")
	}
	return out, k.err()
}

// listDisclosings lists what was decided of telling the debtor of a case.
//
//	@Summary		List the decisions to tell a debtor
//	@Description	Of a confidential case, for its factor.
//	@Tags			cases
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path	string	true	"id of the case"
//	@Success		200	{object}	listOf[Disclosing]
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Router			/v1/cases/{id}/disclosings [get]
func (s *Server) listDisclosings(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseCaseID)
	if err != nil {
		return err
	}
	list, err := s.cases.Disclosings(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, whole(list, disclosingOf))
}

// askDisclosing asks to tell the debtor of a confidential case.
//
//	@Summary		Ask to tell a debtor
//	@Description	By a first person of the factor. Nobody else hears of it before a second one agrees.
//	@Tags			cases
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header	string	true	"makes a repetition harmless for 7 days"
//	@Param			id	path	string	true	"id of the case"
//	@Param			request	body	AskDisclosingRequest	true	"why"
//	@Success		201		{object}	Disclosing
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		415		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/cases/{id}/disclosings [post]
func (s *Server) askDisclosing(c *gin.Context) error {
	return doWith[AskDisclosingRequest](c, domain.ParseCaseID, answering(http.StatusCreated, disclosingOf, nil), s.cases.AskDisclosing)
}

// approveDisclosing agrees to tell the debtor.
//
//	@Summary		Agree to tell a debtor
//	@Description	By a second person of the factor. The seller is told at once and may speak first; the notice leaves one business day later, and until then the debtor hears of nothing and is asked for nothing. With the notice the case, its deals and the relationships of seller and debtor are `notified`. The account stays. Refused while an advance of the case is not paid yet, or nothing is open.
//	@Tags			cases
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header	string	true	"makes a repetition harmless for 7 days"
//	@Param			id	path	string	true	"id of the decision"
//	@Success		200		{object}	Disclosing
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/disclosings/{id}/approve [post]
func (s *Server) approveDisclosing(c *gin.Context) error {
	return doOn(c, domain.ParseDisclosingID, answering(http.StatusOK, disclosingOf, nil), s.cases.ApproveDisclosing)
}

// withdrawDisclosing takes a request to tell the debtor back.
//
//	@Summary		Take back the request to tell a debtor
//	@Description	By the factor, before a second person agreed.
//	@Tags			cases
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header	string	true	"makes a repetition harmless for 7 days"
//	@Param			id	path	string	true	"id of the decision"
//	@Success		200		{object}	Disclosing
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/disclosings/{id}/withdraw [post]
func (s *Server) withdrawDisclosing(c *gin.Context) error {
	return doOn(c, domain.ParseDisclosingID, answering(http.StatusOK, disclosingOf, nil), s.cases.WithdrawDisclosing)
}
