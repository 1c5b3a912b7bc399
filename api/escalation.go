package api

import (
	"context"
	"encoding/hex"
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
)

// CasesOutside is what the API asks about anybody external, and about steps that keep a right.
type CasesOutside interface {
	Agencies(context.Context, domain.Caller, domain.Page) ([]domain.Agency, error)
	Agency(context.Context, domain.Caller, domain.AgencyID) (domain.Agency, error)
	RegisterAgency(context.Context, domain.Caller, domain.Agency, domain.Once[domain.Agency]) (domain.Answer, error)
	RenewAgency(context.Context, domain.Caller, domain.Agency) (domain.Agency, error)
	SuspendAgency(ctx context.Context, by domain.Caller, id domain.AgencyID, reason string, once domain.Once[domain.Agency]) (domain.Answer, error)
	ReinstateAgency(ctx context.Context, by domain.Caller, id domain.AgencyID, reason string, once domain.Once[domain.Agency]) (domain.Answer, error)
	ComplainOfAgency(ctx context.Context, by domain.Caller, id domain.EscalationID, said string, once domain.Once[domain.AgencyComplaint]) (domain.Answer, error)

	Escalations(context.Context, domain.Caller, domain.CaseID) ([]domain.Escalation, error)
	Escalation(context.Context, domain.Caller, domain.EscalationID) (domain.Escalation, error)
	ProposeEscalation(context.Context, domain.Caller, domain.CaseID, collections.EscalationRequest, domain.Once[domain.Escalation]) (domain.Answer, error)
	ApproveEscalation(context.Context, domain.Caller, domain.EscalationID, domain.Once[domain.Escalation]) (domain.Answer, error)
	HandOverEscalation(context.Context, domain.Caller, domain.EscalationID, domain.Once[domain.Escalation]) (domain.Answer, error)
	EscalationFile(context.Context, domain.Caller, domain.EscalationID) (domain.Document, error)
	WithdrawEscalation(ctx context.Context, by domain.Caller, id domain.EscalationID, said string, once domain.Once[domain.Escalation]) (domain.Answer, error)
	ReturnEscalation(ctx context.Context, by domain.Caller, id domain.EscalationID, said string, once domain.Once[domain.Escalation]) (domain.Answer, error)
	Consults(context.Context, domain.Caller, domain.CaseID) ([]domain.LegalConsult, error)
	RecordConsult(context.Context, domain.Caller, domain.CaseID, domain.LegalConsult, domain.Once[domain.LegalConsult]) (domain.Answer, error)

	ProtectiveSteps(context.Context, domain.Caller, domain.CaseID) ([]domain.ProtectiveStep, error)
	ProtectiveStep(context.Context, domain.Caller, domain.ProtectiveID) (domain.ProtectiveStep, error)
	ProposeProtective(context.Context, domain.Caller, domain.CaseID, domain.ProtectiveStep, domain.Once[domain.ProtectiveStep]) (domain.Answer, error)
	ApproveProtective(context.Context, domain.Caller, domain.ProtectiveID, domain.Once[domain.ProtectiveStep]) (domain.Answer, error)
	WithdrawProtective(context.Context, domain.Caller, domain.ProtectiveID, domain.Once[domain.ProtectiveStep]) (domain.Answer, error)
}

func (s *Server) escalationRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/cases/:id/escalations", handle: s.listEscalations},
		{method: http.MethodPost, path: "/v1/cases/:id/escalations", handle: s.proposeEscalation},
		{method: http.MethodGet, path: "/v1/escalations/:id", handle: s.getEscalation},
		{method: http.MethodPost, path: "/v1/escalations/:id/approve", handle: s.approveEscalation},
		{method: http.MethodPost, path: "/v1/escalations/:id/hand-over", handle: s.handOver},
		{method: http.MethodGet, path: "/v1/escalations/:id/file", handle: s.escalationFile},
		{method: http.MethodPost, path: "/v1/escalations/:id/withdraw", handle: s.withdrawEscalation},
		{method: http.MethodPost, path: "/v1/escalations/:id/return", handle: s.returnEscalation},
		{method: http.MethodPost, path: "/v1/escalations/:id/complaints", handle: s.complainOfAgency},
	}
}

// Escalation asks somebody external to speak with the debtor of a case, after the debtor was told.
type Escalation struct {
	ID         string `json:"id" example:"esc_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	CaseID     string `json:"case_id" example:"case_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	AgencyID   string `json:"agency_id" example:"agy_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	AgencyName string `json:"agency_name" example:"Anders & Partner Inkasso"`
	// announced: two people agreed, and the debtor is told; withdrawn: it came to nothing before anybody was asked.
	Status      string   `json:"status" enums:"proposed,announced,handed_over,returned,withdrawn" example:"announced"`
	Reason      string   `json:"reason" example:"Four letters and a call brought no word."`
	DealIDs     []string `json:"deal_ids" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	ProposedAt  string   `json:"proposed_at" format:"date-time" example:"2026-05-04T08:00:00Z"`
	AnnouncedAt *string  `json:"announced_at" extensions:"x-nullable" format:"date-time" example:"2026-05-04T09:00:00Z"`
	// When a mail server took the letter to the debtor; null again when a report comes that it did not arrive.
	NoticeDeliveredAt *string `json:"notice_delivered_at" extensions:"x-nullable" format:"date-time" example:"2026-05-05T07:30:00Z"`
	// When a first person agreed to the hand-over.
	FirstAgreedAt *string `json:"first_agreed_at" extensions:"x-nullable" format:"date-time" example:"2026-05-18T08:00:00Z"`
	HandedOverOn  *string `json:"handed_over_on" extensions:"x-nullable" format:"date" example:"2026-05-18"`
	HandedOverAt  *string `json:"handed_over_at" extensions:"x-nullable" format:"date-time" example:"2026-05-18T09:00:00Z"`
	// Of the file that was handed over, as hex.
	FileSHA256 *string `json:"file_sha256" extensions:"x-nullable" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	EndedAt    *string `json:"ended_at" extensions:"x-nullable" format:"date-time" example:"2026-05-20T06:00:00Z"`
	Cause      *string `json:"cause" extensions:"x-nullable" enums:"people,lapsed,paid,part_paid,promise,plan,question,dispute,hardship,complaint,stop,insolvency,mediation,given_back,not_told" example:"paid"`
	Note       *string `json:"note" extensions:"x-nullable" example:"They wrote to us."`
} //	@name	Escalation

func escalationOf(e domain.Escalation) Escalation {
	out := Escalation{
		ID: e.ID.String(), CaseID: e.Case.String(), AgencyID: e.Agency.String(), AgencyName: e.AgencyName, Status: string(e.Status), Reason: e.Reason, DealIDs: []string{},
		ProposedAt: moment(e.ProposedAt), AnnouncedAt: momentOrNull(e.AnnouncedAt), NoticeDeliveredAt: momentOrNull(e.NoticedAt), FirstAgreedAt: momentOrNull(e.HandingAt),
		HandedOverOn: dateOrNull(e.HandedOn), HandedOverAt: momentOrNull(e.HandedAt), FileSHA256: textOrNull(hex.EncodeToString(e.FileSHA256)), EndedAt: momentOrNull(e.EndedAt),
		Cause: textOrNull(string(e.Cause)), Note: textOrNull(e.Note),
	}
	for _, id := range e.Deals {
		out.DealIDs = append(out.DealIDs, id.String())
	}
	return out
}

// ProposeEscalationRequest asks that somebody external speaks with a debtor.
type ProposeEscalationRequest struct {
	AgencyID string `json:"agency_id" example:"agy_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Reason   string `json:"reason" example:"Four letters and a call brought no word." maxLength:"2000"`
} //	@name	ProposeEscalationRequest

func (r ProposeEscalationRequest) read() (collections.EscalationRequest, error) {
	var k checker
	out := collections.EscalationRequest{Reason: k.text("/reason", r.Reason, true, 2000)}
	id, err := domain.ParseAgencyID(r.AgencyID)
	if err != nil {
		k.wrong("/agency_id", "not-an-id", "write the id of an agency")
	}
	out.Agency = id
	return out, k.err()
}

// AgencyComplaint is what somebody said against how an agency treated a debtor.
type AgencyComplaint struct {
	ID           string `json:"id" example:"cpl_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	AgencyID     string `json:"agency_id" example:"agy_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	EscalationID string `json:"escalation_id" example:"esc_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Side         string `json:"side" enums:"debtor,factor,platform" example:"factor"`
	Said         string `json:"said" example:"It called after eight in the evening."`
} //	@name	AgencyComplaint

func agencyComplaintOf(c domain.AgencyComplaint) AgencyComplaint {
	return AgencyComplaint{ID: c.ID.String(), AgencyID: c.Agency.String(), EscalationID: c.Escalation.String(), Side: c.Side, Said: c.Said}
}

// listEscalations list the escalations of a case.
//
//	@Summary		List the escalations of a case
//	@Description	A seller sees those that two people of the factor agreed to announce.
//	@Tags			escalations
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path	string	true	"id of the case"
//	@Success		200	{object}	listOf[Escalation]
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Router			/v1/cases/{id}/escalations [get]
func (s *Server) listEscalations(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseCaseID)
	if err != nil {
		return err
	}
	list, err := s.cases.Escalations(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, whole(list, escalationOf))
}

// proposeEscalation ask that somebody external speaks with a debtor.
//
//	@Summary		Ask that somebody external speaks with a debtor
//	@Description	By a first person of the factor, at the end of the ladder. Everything that has to come before is answered at once, as `preconditions-missing` with a code for each.
//	@Tags			escalations
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header	string	true	"makes a repetition harmless for 7 days"
//	@Param			id	path	string	true	"id of the case"
//	@Param			request	body	ProposeEscalationRequest	true	"whom, and why"
//	@Success		201		{object}	Escalation
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		415		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/cases/{id}/escalations [post]
func (s *Server) proposeEscalation(c *gin.Context) error {
	return doWith[ProposeEscalationRequest](c, domain.ParseCaseID, answering(http.StatusCreated, escalationOf, nil), s.cases.ProposeEscalation)
}

// getEscalation get an escalation.
//
//	@Summary		Get an escalation
//	@Tags			escalations
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path	string	true	"id of the escalation"
//	@Success		200	{object}	Escalation
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Router			/v1/escalations/{id} [get]
func (s *Server) getEscalation(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseEscalationID)
	if err != nil {
		return err
	}
	found, err := s.cases.Escalation(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, escalationOf(found))
}

// approveEscalation agree to announce it.
//
//	@Summary		Agree to announce it
//	@Description	By a second person of the factor. The seller is told now, and the debtor on the next business day by a letter: who, when at the earliest, and what it can do instead.
//	@Tags			escalations
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header	string	true	"makes a repetition harmless for 7 days"
//	@Param			id	path	string	true	"id of the escalation"
//	@Success		200		{object}	Escalation
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/escalations/{id}/approve [post]
func (s *Server) approveEscalation(c *gin.Context) error {
	return doOn(c, domain.ParseEscalationID, answering(http.StatusOK, escalationOf, nil), s.cases.ApproveEscalation)
}

// handOver hand a case over.
//
//	@Summary		Hand a case over
//	@Description	By two different people of the factor, one after the other, once the debtor was told and ten full calendar days passed without a word. Everything that has to come before is asked anew; `prior_notice_missing` is one of the codes.
//	@Tags			escalations
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header	string	true	"makes a repetition harmless for 7 days"
//	@Param			id	path	string	true	"id of the escalation"
//	@Success		200		{object}	Escalation
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/escalations/{id}/hand-over [post]
func (s *Server) handOver(c *gin.Context) error {
	return doOn(c, domain.ParseEscalationID, answering(http.StatusOK, escalationOf, nil), s.cases.HandOverEscalation)
}

// escalationFile get what was handed over.
//
//	@Summary		Get what was handed over
//	@Description	By the factor: who the debtor is, what is open and not disputed, when it was written to, and the policy that binds the agency. Its bytes never change.
//	@Tags			escalations
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path	string	true	"id of the escalation"
//	@Success		200	{file}	file
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Router			/v1/escalations/{id}/file [get]
func (s *Server) escalationFile(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseEscalationID)
	if err != nil {
		return err
	}
	doc, err := s.cases.EscalationFile(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	download(c, doc)
	return nil
}

// withdrawEscalation let an escalation be.
//
//	@Summary		Let an escalation be
//	@Description	By the factor, before anybody external was asked.
//	@Tags			escalations
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header	string	true	"makes a repetition harmless for 7 days"
//	@Param			id	path	string	true	"id of the escalation"
//	@Param			request	body	SaidRequest	true	"why"
//	@Success		200		{object}	Escalation
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		415		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/escalations/{id}/withdraw [post]
func (s *Server) withdrawEscalation(c *gin.Context) error {
	return doWith[SaidRequest](c, domain.ParseEscalationID, answering(http.StatusOK, escalationOf, nil), s.cases.WithdrawEscalation)
}

// returnEscalation call an agency back.
//
//	@Summary		Call an agency back
//	@Description	By the factor, at any time while the case is handed over.
//	@Tags			escalations
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header	string	true	"makes a repetition harmless for 7 days"
//	@Param			id	path	string	true	"id of the escalation"
//	@Param			request	body	SaidRequest	true	"why"
//	@Success		200		{object}	Escalation
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		415		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/escalations/{id}/return [post]
func (s *Server) returnEscalation(c *gin.Context) error {
	return doWith[SaidRequest](c, domain.ParseEscalationID, answering(http.StatusOK, escalationOf, nil), s.cases.ReturnEscalation)
}

// complainOfAgency complain about an agency.
//
//	@Summary		Complain about an agency
//	@Description	By the factor or the platform, about a debtor that the agency was asked to speak with. What a debtor complains of on its page while the case is handed over counts too.
//	@Tags			escalations
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header	string	true	"makes a repetition harmless for 7 days"
//	@Param			id	path	string	true	"id of the escalation"
//	@Param			request	body	SaidRequest	true	"what it did"
//	@Success		201		{object}	AgencyComplaint
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		415		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/escalations/{id}/complaints [post]
func (s *Server) complainOfAgency(c *gin.Context) error {
	return doWith[SaidRequest](c, domain.ParseEscalationID, answering(http.StatusCreated, agencyComplaintOf, nil), s.cases.ComplainOfAgency)
}
