package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

// Responsibilities says of a deal in whose name the debtor hears what, and who may agree to what.
type Responsibilities struct {
	Disclosure string        `json:"disclosure" enums:"notified,confidential" example:"notified"`
	Messages   []MessageDuty `json:"messages"`
	Acts       []ActDuty     `json:"acts"`
} //	@name	Responsibilities

// MessageDuty says who stands behind the messages of one class. What is not listed is never sent.
type MessageDuty struct {
	Class string `json:"class" enums:"legal_notice,heads_up,reminder,call,answer,instalment,thank_you,receipt,prior_notice,protective_notice,validation,release" example:"reminder"`
	// In whose name they leave.
	Senders []string `json:"senders" example:"factor"`
	// Whose people agree to them where people must, and ring.
	WrittenBy string `json:"written_by" enums:"factor,seller" example:"factor"`
	// Whom an answer addresses. Both sides read it.
	AnswersTo string `json:"answers_to" enums:"factor,seller" example:"factor"`
} //	@name	MessageDuty

// ActDuty says who may agree to something with the debtor. Who is silent has not consented.
type ActDuty struct {
	Act string `json:"act" enums:"promise,plan_inside_envelope,plan_outside_envelope,settlement,credit_note,disclosing,outside_collection" example:"plan_outside_envelope"`
	// Any one of them does it, by so many of its people.
	GrantedBy []string `json:"granted_by" example:"factor"`
	People    int      `json:"people" example:"2"`
	// And these must consent to what they bear of it.
	Consent []string `json:"consent" example:"seller"`
	// These are told.
	Told []string `json:"told" example:"seller"`
} //	@name	ActDuty

func responsibilitiesOf(d domain.Deal) Responsibilities {
	out := Responsibilities{Disclosure: string(d.Mode()), Messages: []MessageDuty{}, Acts: []ActDuty{}}
	for _, m := range d.Mode().MessageDuties() {
		out.Messages = append(out.Messages, MessageDuty{string(m.Class), kindsOf(m.Sender), string(m.Writer), string(m.Replies)})
	}
	for _, a := range d.Mode().ActDuties() {
		out.Acts = append(out.Acts, ActDuty{a.Act, kindsOf(a.Grants), a.People, kindsOf(a.Consents), kindsOf(a.Told)})
	}
	return out
}

func kindsOf(kinds []domain.OrganizationKind) []string {
	out := make([]string, len(kinds))
	for i, kind := range kinds {
		out[i] = string(kind)
	}
	return out
}

// responsibilities answers who stands behind what of a deal.
//
//	@Summary		Read who does what
//	@Description	Of a deal: in whose name the debtor hears which class of message, whom it answers, and who may agree to what with it. It follows from whether the debtor is told.
//	@Tags			deals
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the deal"
//	@Success		200	{object}	Responsibilities
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/deals/{id}/responsibilities [get]
func (s *Server) responsibilities(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseDealID)
	if err != nil {
		return err
	}
	d, _, err := s.market.Deal(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, responsibilitiesOf(d))
}
