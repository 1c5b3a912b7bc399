package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

func (s *Server) consultRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/cases/:id/legal-consults", handle: s.listConsults},
		{method: http.MethodPost, path: "/v1/cases/:id/legal-consults", handle: s.recordConsult},
	}
}

// LegalConsultRequest is a talk with somebody who knows the law.
type LegalConsultRequest struct {
	Who     string `json:"who" example:"Dr Weber, lawyer" maxLength:"200"`
	On      string `json:"on" format:"date" example:"2026-05-04"`
	Outcome string `json:"outcome" example:"The claim stands; the credit note was right." maxLength:"2000"`
} //	@name	LegalConsultRequest

func (r LegalConsultRequest) read() (domain.LegalConsult, error) {
	var k checker
	return domain.LegalConsult{Who: k.oneLine("/who", r.Who, true, 200), On: k.date("/on", r.On), Outcome: k.text("/outcome", r.Outcome, true, 2000)}, k.err()
}

// LegalConsult is a talk with somebody who knows the law about a case.
type LegalConsult struct {
	ID         string `json:"id" example:"lgc_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Who        string `json:"who" example:"Dr Weber, lawyer"`
	On         string `json:"on" format:"date" example:"2026-05-04"`
	Outcome    string `json:"outcome" example:"The claim stands; the credit note was right."`
	RecordedAt string `json:"recorded_at" format:"date-time" example:"2026-05-04T10:05:00Z"`
} //	@name	LegalConsult

func consultOf(c domain.LegalConsult) LegalConsult {
	return LegalConsult{ID: c.ID.String(), Who: c.Who, On: c.On.String(), Outcome: c.Outcome, RecordedAt: moment(c.At)}
}

// listConsults list the legal consultations of a case.
//
//	@Summary		List the legal consultations of a case
//	@Description	For the factor alone.
//	@Tags			escalations
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path	string	true	"id of the case"
//	@Success		200	{object}	listOf[LegalConsult]
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Router			/v1/cases/{id}/legal-consults [get]
func (s *Server) listConsults(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseCaseID)
	if err != nil {
		return err
	}
	list, err := s.cases.Consults(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, whole(list, consultOf))
}

// recordConsult record a legal consultation.
//
//	@Summary		Record a legal consultation
//	@Description	By the factor. After a dispute, and for a debtor who is a person, nobody external is asked without one.
//	@Tags			escalations
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header	string	true	"makes a repetition harmless for 7 days"
//	@Param			id	path	string	true	"id of the case"
//	@Param			request	body	LegalConsultRequest	true	"the talk"
//	@Success		201		{object}	LegalConsult
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		415		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/cases/{id}/legal-consults [post]
func (s *Server) recordConsult(c *gin.Context) error {
	return doWith[LegalConsultRequest](c, domain.ParseCaseID, answering(http.StatusCreated, consultOf, nil), s.cases.RecordConsult)
}
