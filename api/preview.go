package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
)

// Preview is what would be said next in a case if nothing changed until then.
type Preview struct {
	Touch       *PreviewTouch `json:"touch" extensions:"x-nullable"`
	WaitsFor    string        `json:"waits_for" example:"the reminder before 4 March 2026"`
	LookAgainAt *string       `json:"look_again_at" extensions:"x-nullable" format:"date-time" example:"2026-02-25T14:30:00Z"`
} //	@name	Preview

// PreviewTouch is the next message as it would be written when it is due. The
// debtor's link stands as `{link}`.
type PreviewTouch struct {
	Step    string        `json:"step" example:"post_due:1"`
	Class   string        `json:"class" example:"reminder"`
	Tone    int           `json:"tone" example:"1"`
	DueAt   string        `json:"due_at" format:"date-time" example:"2026-02-25T14:30:00Z"`
	Subject string        `json:"subject" example:"Invoice 2026-0117 was due on 13 February 2026"`
	Text    string        `json:"text" example:"Dear Ms Vance, …"`
	HTML    string        `json:"html" example:"<p>Dear Ms Vance, …</p>"`
	Items   []PreviewItem `json:"items"`
	WhyNow  string        `json:"why_now" example:"three business days after the due date, nothing arrived"`
	// What would hold it back if it were to leave now. The factor sees the real codes, the seller outward ones.
	CodesToday []string `json:"codes_today" example:"gap_lt_7d"`
} //	@name	PreviewTouch

// PreviewItem is what a message would ask for of one invoice.
type PreviewItem struct {
	DealID        string `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	InvoiceNumber string `json:"invoice_number" example:"2026-0117"`
	Open          Money  `json:"open"`
	Asked         Money  `json:"asked"`
} //	@name	PreviewItem

func previewOf(p collections.Preview) Preview {
	out := Preview{WaitsFor: p.WaitsFor, LookAgainAt: momentOrNull(p.LookAgain)}
	if t := p.Touch; t != nil {
		out.Touch = &PreviewTouch{
			Step: t.Step, Class: t.Class, Tone: t.Tone, DueAt: moment(t.DueAt), Subject: t.Letter.Subject, Text: t.Letter.Text, HTML: t.Letter.HTML,
			Items: []PreviewItem{}, WhyNow: t.WhyNow, CodesToday: append([]string{}, t.CodesToday...),
		}
		for _, item := range t.Items {
			out.Touch.Items = append(out.Touch.Items, PreviewItem{DealID: item.Deal.String(), InvoiceNumber: item.Number, Open: moneyOf(item.Open), Asked: moneyOf(item.Ask)})
		}
	}
	return out
}

// previewCase shows what would be said next.
//
//	@Summary		Preview the next message of a case
//	@Description	As it would be written on the day on which it is due, if nothing changed until then. It changes nothing. `touch` is null when nothing is due by itself; then `waits_for` says for what.
//	@Tags			cases
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the case"
//	@Success		200	{object}	Preview
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/cases/{id}/preview [get]
func (s *Server) previewCase(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseCaseID)
	if err != nil {
		return err
	}
	preview, err := s.cases.Preview(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, previewOf(preview))
}
