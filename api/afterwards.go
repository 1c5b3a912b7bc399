package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

// RecourseReport is what a seller says became of a part that is its own again.
type RecourseReport struct {
	ID         string `json:"id" example:"rrp_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	RecourseID string `json:"recourse_id" example:"rec_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Kind       string `json:"kind" enums:"credited,paid" example:"credited"`
	Amount     Money  `json:"amount"`
	On         string `json:"on" format:"date" example:"2026-07-30"`
	Note       string `json:"note" example:"We met on site."`
	At         string `json:"at" format:"date-time" example:"2026-07-30T15:00:00Z"`
} //	@name	RecourseReport

func recourseReportOf(r domain.RecourseReport) RecourseReport {
	return RecourseReport{
		ID: r.ID.String(), RecourseID: r.Recourse.String(), Kind: r.Kind, Amount: moneyOf(r.Amount), On: r.On.String(), Note: r.Note, At: moment(r.At),
	}
}

// ReportRecourseRequest says what became of a part that is the seller's again.
type ReportRecourseRequest struct {
	// credited: by the seller; paid: to it, by the debtor.
	Kind   string `json:"kind" enums:"credited,paid" example:"credited"`
	Amount Money  `json:"amount"`
	On     string `json:"on" format:"date" example:"2026-07-30"`
	Note   string `json:"note,omitempty" example:"We met on site." maxLength:"2000"`
} //	@name	ReportRecourseRequest

func (r ReportRecourseRequest) read() (domain.RecourseReport, error) {
	var k checker
	out := domain.RecourseReport{Kind: r.Kind, Amount: k.amount("/amount", r.Amount), On: k.date("/on", r.On), Note: k.text("/note", r.Note, false, 2000)}
	if r.Kind != domain.ReportCredited && r.Kind != domain.ReportPaid {
		k.wrong("/kind", "not-allowed", "credited or paid")
	}
	if k.err() == nil && !out.Amount.Positive() {
		k.wrong("/amount/amount", "out-of-range", "more than nothing")
	}
	return out, k.err()
}

// listReports lists what became of a part that is the seller's again.
//
//	@Summary		List what became of a part
//	@Description	For its seller: what it credited and what was paid to it of a part that was given back, as it reported.
//	@Tags			agreements
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the recourse"
//	@Success		200	{object}	listOf[RecourseReport]
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/recourses/{id}/reports [get]
func (s *Server) listReports(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseRecourseID)
	if err != nil {
		return err
	}
	list, err := s.market.RecourseReports(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, whole(list, recourseReportOf))
}

// reportRecourse says what became of a part that is the seller's again.
//
//	@Summary		Say what became of a part
//	@Description	By its seller, once the part is its own again: what it credited, or what the debtor paid to it. It is in no book of the factor, which does not read it.
//	@Tags			agreements
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the recourse"
//	@Param			request			body		ReportRecourseRequest	true	"what, how much, when"
//	@Success		201				{object}	RecourseReport
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/recourses/{id}/reports [post]
func (s *Server) reportRecourse(c *gin.Context) error {
	return doWith[ReportRecourseRequest](c, domain.ParseRecourseID, answering(http.StatusCreated, recourseReportOf, nil), s.market.ReportRecourse)
}
