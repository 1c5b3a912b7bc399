package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

func (s *Server) protectiveRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/cases/:id/protective-steps", handle: s.listProtective},
		{method: http.MethodPost, path: "/v1/cases/:id/protective-steps", handle: s.proposeProtective},
		{method: http.MethodGet, path: "/v1/protective-steps/:id", handle: s.getProtective},
		{method: http.MethodPost, path: "/v1/protective-steps/:id/approve", handle: s.approveProtective},
		{method: http.MethodPost, path: "/v1/protective-steps/:id/withdraw", handle: s.withdrawProtective},
	}
}

// ProtectiveStep is a filing that keeps a right, asks for nothing and is no threat.
type ProtectiveStep struct {
	ID     string `json:"id" example:"pst_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	CaseID string `json:"case_id" example:"case_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	DealID string `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	// approved: it may be filed, and the debtor is told.
	Status   string  `json:"status" enums:"proposed,approved,withdrawn" example:"approved"`
	Kind     string  `json:"kind" enums:"lien_notice,bond_notice,retention_of_title,limitation,statutory_trust,proof_of_debt" example:"lien_notice"`
	Ground   string  `json:"ground" enums:"statutory_deadline,insolvency,fraud,dissipation" example:"statutory_deadline"`
	Deadline *string `json:"deadline" extensions:"x-nullable" format:"date" example:"2026-04-10"`
	Evidence string  `json:"evidence" example:"The 120 days of the lien law end on 10 April."`
	// As the debtor reads it.
	Meaning   string  `json:"meaning" example:"A register shows that the doors are not paid yet. It is taken out when they are."`
	MadeAt    string  `json:"made_at" format:"date-time" example:"2026-03-20T08:00:00Z"`
	DecidedAt *string `json:"decided_at" extensions:"x-nullable" format:"date-time" example:"2026-03-20T09:00:00Z"`
	// When a mail server took the letter to the debtor.
	DebtorToldAt *string `json:"debtor_told_at" extensions:"x-nullable" format:"date-time" example:"2026-03-20T09:01:00Z"`
} //	@name	ProtectiveStep

func protectiveOf(p domain.ProtectiveStep) ProtectiveStep {
	return ProtectiveStep{
		ID: p.ID.String(), CaseID: p.Case.String(), DealID: p.Deal.String(), Status: string(p.Status), Kind: string(p.Kind), Ground: string(p.Ground), Deadline: dateOrNull(p.Deadline),
		Evidence: p.Evidence, Meaning: p.Meaning, MadeAt: moment(p.MadeAt), DecidedAt: momentOrNull(p.DecidedAt), DebtorToldAt: momentOrNull(p.ToldAt),
	}
}

// ProposeProtectiveRequest asks for a step that keeps a right and cannot wait.
type ProposeProtectiveRequest struct {
	DealID string `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Kind   string `json:"kind" enums:"lien_notice,bond_notice,retention_of_title,limitation,statutory_trust,proof_of_debt" example:"lien_notice"`
	Ground string `json:"ground" enums:"statutory_deadline,insolvency,fraud,dissipation" example:"statutory_deadline"`
	// For statutory_deadline, at most 30 days ahead.
	Deadline string `json:"deadline,omitempty" format:"date" example:"2026-04-10"`
	Evidence string `json:"evidence" example:"The 120 days of the lien law end on 10 April." maxLength:"2000"`
	// What it means, in plain and courteous words: the debtor reads it.
	Meaning string `json:"meaning" example:"A register shows that the doors are not paid yet. It is taken out when they are." maxLength:"1000"`
} //	@name	ProposeProtectiveRequest

func (r ProposeProtectiveRequest) read() (domain.ProtectiveStep, error) {
	var k checker
	out := domain.ProtectiveStep{
		Kind: domain.ProtectiveKind(r.Kind), Ground: domain.ProtectiveGround(r.Ground), Deadline: k.dayOr("/deadline", r.Deadline),
		Evidence: k.text("/evidence", r.Evidence, true, 2000), Meaning: k.oneLine("/meaning", r.Meaning, true, 1000),
	}
	id, err := domain.ParseDealID(r.DealID)
	if err != nil {
		k.wrong("/deal_id", "not-an-id", "write the id of a deal")
	}
	out.Deal = id
	return out, k.err()
}

// listProtective list the protective steps of a case.
//
//	@Summary		List the protective steps of a case
//	@Description	A seller sees those that two people of the factor agreed to.
//	@Tags			escalations
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path	string	true	"id of the case"
//	@Success		200	{object}	listOf[ProtectiveStep]
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Router			/v1/cases/{id}/protective-steps [get]
func (s *Server) listProtective(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseCaseID)
	if err != nil {
		return err
	}
	list, err := s.cases.ProtectiveSteps(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, whole(list, protectiveOf))
}

// proposeProtective ask for a protective step.
//
//	@Summary		Ask for a protective step
//	@Description	By a first person of the factor, at any time: a filing that keeps a right which a deadline of the law, insolvency, fraud or dissipation would end.
//	@Tags			escalations
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header	string	true	"makes a repetition harmless for 7 days"
//	@Param			id	path	string	true	"id of the case"
//	@Param			request	body	ProposeProtectiveRequest	true	"the step"
//	@Success		201		{object}	ProtectiveStep
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		415		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/cases/{id}/protective-steps [post]
func (s *Server) proposeProtective(c *gin.Context) error {
	return doWith[ProposeProtectiveRequest](c, domain.ParseCaseID, answering(http.StatusCreated, protectiveOf, nil), s.cases.ProposeProtective)
}

// getProtective get a protective step.
//
//	@Summary		Get a protective step
//	@Tags			escalations
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path	string	true	"id of the step"
//	@Success		200	{object}	ProtectiveStep
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Router			/v1/protective-steps/{id} [get]
func (s *Server) getProtective(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseProtectiveID)
	if err != nil {
		return err
	}
	found, err := s.cases.ProtectiveStep(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, protectiveOf(found))
}

// approveProtective agree to a protective step.
//
//	@Summary		Agree to a protective step
//	@Description	By a second person of the factor. The seller is told, and the debtor by a letter in plain words.
//	@Tags			escalations
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header	string	true	"makes a repetition harmless for 7 days"
//	@Param			id	path	string	true	"id of the step"
//	@Success		200		{object}	ProtectiveStep
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/protective-steps/{id}/approve [post]
func (s *Server) approveProtective(c *gin.Context) error {
	return doOn(c, domain.ParseProtectiveID, answering(http.StatusOK, protectiveOf, nil), s.cases.ApproveProtective)
}

// withdrawProtective let a protective step be.
//
//	@Summary		Let a protective step be
//	@Description	By the factor, before a second person agreed.
//	@Tags			escalations
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header	string	true	"makes a repetition harmless for 7 days"
//	@Param			id	path	string	true	"id of the step"
//	@Success		200		{object}	ProtectiveStep
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/protective-steps/{id}/withdraw [post]
func (s *Server) withdrawProtective(c *gin.Context) error {
	return doOn(c, domain.ParseProtectiveID, answering(http.StatusOK, protectiveOf, nil), s.cases.WithdrawProtective)
}
