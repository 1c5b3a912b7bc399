package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/collections"
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

// OwnReminder is a letter that a seller may send by itself now, or why not now.
type OwnReminder struct {
	// It may leave now, and counts as sent.
	Clear bool `json:"clear" example:"true"`
	// To whom, from the seller's own address; null when it is not clear, as what follows.
	Recipient *string `json:"recipient" extensions:"x-nullable" example:"moira.shaw@kestrel.example"`
	Subject   *string `json:"subject" extensions:"x-nullable" example:"GBP 800.00 of invoice TJ-0387, due on Wednesday 1 April 2026: how can we help?"`
	Text      *string `json:"text" extensions:"x-nullable" example:"Dear Moira Shaw, …"`
	// Why not now.
	Codes []string `json:"codes" example:"gap_lt_7d"`
	Words string   `json:"words" example:"there are seven days between two messages of ours"`
	// When it may be asked again; null: at once, or when a person has done something.
	LookAgainAt *string `json:"look_again_at" extensions:"x-nullable" format:"date-time" example:"2026-08-17T08:30:00Z"`
} //	@name	OwnReminder

func ownReminderOf(r collections.OwnReminder) OwnReminder {
	return OwnReminder{
		Clear: r.Clear, Recipient: textOrNull(r.Recipient), Subject: textOrNull(r.Subject), Text: textOrNull(r.Text), Codes: append([]string{}, r.Codes...), Words: r.Words,
		LookAgainAt: momentOrNull(r.Again),
	}
}

// remindOwn writes to a debtor about a part that is the seller's again.
//
//	@Summary		Write to the debtor about a part that is yours again
//	@Description	By its seller, under the same case and the same rules as before: the debtor's words and wishes, hours, one message a day, seven days between two, and the ceiling over everybody who writes to it. Clear, the answer is the letter, for the seller to send from its own address; it counts as sent, and Comity sends nothing. After three of them the seller speaks with its debtor.
//	@Tags			agreements
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the recourse"
//	@Success		200				{object}	OwnReminder
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/recourses/{id}/reminders [post]
func (s *Server) remindOwn(c *gin.Context) error {
	id, guard, err := stepOn(c, domain.ParseRecourseID, answering(http.StatusOK, ownReminderOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.cases.RemindOwn(c.Request.Context(), caller(c), id, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}
