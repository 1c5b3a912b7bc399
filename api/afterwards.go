package api

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
)

// RecourseReport is what a seller says became of a part that is its own again.
type RecourseReport struct {
	ID         string `json:"id" example:"rrp_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	RecourseID string `json:"recourse_id" example:"rec_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Kind       string `json:"kind" enums:"credited,paid,taken_back,agreed" example:"credited"`
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
	// credited: by the seller; paid: to it, by the debtor; taken_back: of what was reported before; agreed: the debtor agrees that all that is left is payable, which a part that was disputed waits for.
	Kind   string `json:"kind" enums:"credited,paid,taken_back,agreed" example:"credited"`
	Amount Money  `json:"amount"`
	On     string `json:"on" format:"date" example:"2026-07-30"`
	Note   string `json:"note,omitempty" example:"We met on site." maxLength:"2000"`
} //	@name	ReportRecourseRequest

func (r ReportRecourseRequest) read() (domain.RecourseReport, error) {
	var k checker
	out := domain.RecourseReport{Kind: r.Kind, Amount: k.amount("/amount", r.Amount), On: k.date("/on", r.On), Note: k.text("/note", r.Note, false, 2000)}
	if !slices.Contains([]string{domain.ReportCredited, domain.ReportPaid, domain.ReportTakenBack, domain.ReportAgreed}, r.Kind) {
		k.wrong("/kind", "not-allowed", "one of credited, paid, taken_back, agreed")
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
//	@Description	By its seller, once the part is its own again: what it credited, what the debtor paid to it or agrees to pay, and what of that was taken back. It is in no book of the factor, which does not read it.
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

// OwnReminder is a letter that a seller sends by itself, from its own address.
type OwnReminder struct {
	ID        string `json:"id" example:"own_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Recipient string `json:"recipient" example:"moira.shaw@kestrel.example"`
	Subject   string `json:"subject" example:"GBP 800.00 of invoice TJ-0387, due on Wednesday 1 April 2026: how can we help?"`
	Text      string `json:"text" example:"Dear Moira Shaw, …"`
	At        string `json:"at" format:"date-time" example:"2026-08-17T08:30:00Z"`
} //	@name	OwnReminder

func ownReminderOf(r domain.OwnReminder) OwnReminder {
	return OwnReminder{ID: r.ID.String(), Recipient: r.Recipient, Subject: r.Subject, Text: r.Text, At: moment(r.At)}
}

// OwnReminderAnswer is a letter that a seller may send by itself now, or why not now.
type OwnReminderAnswer struct {
	// It may leave now, and counts as sent.
	Clear bool `json:"clear" example:"true"`
	// Null when it is not clear.
	Reminder *OwnReminder `json:"reminder" extensions:"x-nullable"`
	// Why not now.
	Codes []string `json:"codes" example:"gap_lt_7d"`
	Words string   `json:"words" example:"there are seven days between two messages of ours"`
	// From when on it is worth asking again; null: at once, or when somebody has done something.
	LookAgainAt *string `json:"look_again_at" extensions:"x-nullable" format:"date-time" example:"2026-08-17T08:30:00Z"`
} //	@name	OwnReminderAnswer

func ownAnswerOf(a collections.OwnAnswer) OwnReminderAnswer {
	out := OwnReminderAnswer{Clear: a.Clear, Codes: append([]string{}, a.Codes...), Words: a.Words, LookAgainAt: momentOrNull(a.Again)}
	if a.Clear {
		out.Reminder = new(ownReminderOf(a.Sent))
	}
	return out
}

// listOwnReminders lists what a seller sent by itself about a part that is its own again.
//
//	@Summary		List what you sent about a part that is yours again
//	@Description	For its seller: the letters that POST answered with, oldest first. The factor does not read them.
//	@Tags			agreements
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the recourse"
//	@Success		200	{object}	listOf[OwnReminder]
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/recourses/{id}/reminders [get]
func (s *Server) listOwnReminders(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseRecourseID)
	if err != nil {
		return err
	}
	list, err := s.cases.OwnReminders(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, whole(list, ownReminderOf))
}

// remindOwn writes to a debtor about a part that is the seller's again.
//
//	@Summary		Write to the debtor about a part that is yours again
//	@Description	By its seller, by the same rules as before: the debtor's words and wishes in all of its cases with the seller, hours, one message a day, seven days between two, and the ceiling over everybody who writes to it. A part that was disputed rests until the debtor agrees to it (a report of the kind `agreed`). Clear, the answer is the letter, for the seller to send from its own address; it counts as sent, and Comity sends nothing. After three of them the seller speaks with its debtor.
//	@Tags			agreements
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the recourse"
//	@Success		200				{object}	OwnReminderAnswer
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/recourses/{id}/reminders [post]
func (s *Server) remindOwn(c *gin.Context) error {
	id, guard, err := stepOn(c, domain.ParseRecourseID, answering(http.StatusOK, ownAnswerOf, nil))
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
