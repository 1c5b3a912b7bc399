package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

// Touch is one message to a debtor, and why it was sent. The debtor's link
// stands as `{link}`.
type Touch struct {
	ID     string `json:"id" example:"tch_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	CaseID string `json:"case_id" example:"case_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Step   string `json:"step" example:"first_reminder"`
	Class  string `json:"class" enums:"heads_up,reminder,legal_notice,validation,answer,receipt,thank_you,call,instalment,prior_notice,protective_notice,release" example:"reminder"`
	Tone   int    `json:"tone" example:"1"`
	// The step of the playbook that it takes; null: none.
	Rung *string `json:"rung" extensions:"x-nullable" example:"how_it_is_made_up"`
	// How many people of the factor have to agree before it leaves; a call is one person's.
	People int `json:"people" example:"0"`
	// The playbook and its version; null: the built-in one.
	PlaybookID      *string `json:"playbook_id" extensions:"x-nullable" example:"pbk_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	PlaybookVersion int     `json:"playbook_version" example:"1"`
	// The letter's name and the digest of its text; null before it is written.
	Template *string `json:"template" extensions:"x-nullable" example:"post_due_next@5c1f0a9e"`
	// Of a call that was made.
	Result *string `json:"result" extensions:"x-nullable" enums:"no_answer,left_message,wrong_number,promised,says_paid,disputes,asks,hardship,will_look,spoke,do_not_call_again" example:"promised"`
	// Of a call, for the factor only.
	Note      *string  `json:"note" extensions:"x-nullable" example:"Friendly; the invoice was with the hotel manager"`
	Status    string   `json:"status" enums:"planned,sending,sent,failed,unknown,cancelled" example:"sent"`
	Subject   string   `json:"subject" example:"Invoice 2026-0117 was due on 13 February 2026"`
	Text      string   `json:"text" example:"Dear Ms Vance, …"`
	HTML      *string  `json:"html" extensions:"x-nullable" example:"<p>Dear Ms Vance, …</p>"`
	WhyNow    string   `json:"why_now" example:"three business days after the due date, nothing arrived"`
	DealIDs   []string `json:"deal_ids" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Outcome   *string  `json:"outcome" extensions:"x-nullable" example:"250 2.0.0 accepted"`
	CreatedAt string   `json:"created_at" format:"date-time" example:"2026-02-18T14:00:00Z"`
	SentAt    *string  `json:"sent_at" extensions:"x-nullable" format:"date-time" example:"2026-02-18T14:00:05Z"`
} //	@name	Touch

func touchOf(t domain.Touch) Touch {
	out := Touch{
		ID: t.ID.String(), CaseID: t.Case.String(), Step: t.Step, Class: string(t.Class), Tone: t.Tone, Status: string(t.Status), Subject: t.Subject,
		Rung: textOrNull(t.Rung), People: t.People, PlaybookID: idOrNull(t.Playbook), PlaybookVersion: t.Version, Template: textOrNull(t.Template), Result: textOrNull(string(t.Result)), Note: textOrNull(t.Note),
		Text: t.Text, HTML: textOrNull(t.HTML), WhyNow: t.WhyNow, DealIDs: []string{}, Outcome: textOrNull(t.Outcome),
		CreatedAt: moment(t.CreatedAt), SentAt: momentOrNull(t.SentAt),
	}
	for _, deal := range t.Items {
		out.DealIDs = append(out.DealIDs, deal.String())
	}
	return out
}

// listTouches lists the messages of a case.
//
//	@Summary	List the messages of a case
//	@Tags		cases
//	@Produce	json
//	@Security	Bearer
//	@Param		id		path		string	true	"id of the case"
//	@Param		limit	query		int		false	"how many, at most 200"	minimum(1)	maximum(200)	default(50)
//	@Param		cursor	query		string	false	"next_cursor of the page before"
//	@Success	200		{object}	listOf[Touch]
//	@Failure	400		{object}	Problem
//	@Failure	401		{object}	Problem
//	@Failure	403		{object}	Problem
//	@Failure	404		{object}	Problem
//	@Router		/v1/cases/{id}/touches [get]
func (s *Server) listTouches(c *gin.Context) error {
	id, p, err := pageOn(c, domain.ParseCaseID, domain.ParseTouchID)
	if err != nil {
		return err
	}
	touches, err := s.cases.Touches(c.Request.Context(), caller(c), id, p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(touches, p, touchOf, func(t domain.Touch) string { return t.ID.String() }))
}

// GateDecision is what the send gate said about one message. A seller is shown
// outward codes and words, so that nothing of other sellers is seen.
type GateDecision struct {
	ID          string   `json:"id" example:"gate_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	CaseID      string   `json:"case_id" example:"case_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Step        string   `json:"step" example:"first_reminder"`
	Class       string   `json:"class" enums:"heads_up,reminder,legal_notice,validation,answer,receipt,thank_you,call,instalment,prior_notice,protective_notice,release" example:"reminder"`
	Sent        bool     `json:"sent" example:"false"`
	Codes       []string `json:"codes" example:"promise_active"`
	Facts       string   `json:"facts" example:"promise for 23 February, statement covered through 17 February"`
	LookAgainAt *string  `json:"look_again_at" extensions:"x-nullable" format:"date-time" example:"2026-02-25T14:00:00Z"`
	At          string   `json:"at" format:"date-time" example:"2026-02-18T14:00:00Z"`
} //	@name	GateDecision

func gateDecisionOf(g domain.GateDecision) GateDecision {
	return GateDecision{
		ID: g.ID.String(), CaseID: g.Case.String(), Step: g.Step, Class: string(g.Class), Sent: g.Sent, Codes: append([]string{}, g.Codes...),
		Facts: g.Facts, LookAgainAt: momentOrNull(g.LookAgain), At: moment(g.At),
	}
}

// listGateDecisions lists what the send gate said.
//
//	@Summary		List the gate's decisions on a case
//	@Description	Why a message went or did not. The factor sees the real codes and facts, the seller outward codes and words.
//	@Tags			cases
//	@Produce		json
//	@Security		Bearer
//	@Param			id		path		string	true	"id of the case"
//	@Param			limit	query		int		false	"how many, at most 200"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"next_cursor of the page before"
//	@Success		200		{object}	listOf[GateDecision]
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Router			/v1/cases/{id}/gate-decisions [get]
func (s *Server) listGateDecisions(c *gin.Context) error {
	id, p, err := pageOn(c, domain.ParseCaseID, domain.ParseGateID)
	if err != nil {
		return err
	}
	decisions, err := s.cases.GateDecisions(c.Request.Context(), caller(c), id, p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(decisions, p, gateDecisionOf, func(g domain.GateDecision) string { return g.ID.String() }))
}
