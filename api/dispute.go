package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
	"comity/marketplace"
)

func (s *Server) disputeRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/disputes/:id", handle: s.getDispute},
		{method: http.MethodPost, path: "/v1/disputes/:id/answer", handle: s.answerDispute},
		{method: http.MethodPost, path: "/v1/disputes/:id/notes", handle: s.noteDispute},
		{method: http.MethodPost, path: "/v1/disputes/:id/agreed", handle: s.disputeAgreed},
		{method: http.MethodPost, path: "/v1/disputes/:id/resolve", handle: s.resolveDispute},
		{method: http.MethodPost, path: "/v1/disputes/:id/root-cause", handle: s.setRootCause},
	}
}

// Dispute is the part of an invoice that its debtor does not agree to.
type Dispute struct {
	ID     string `json:"id" example:"dsp_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	CaseID string `json:"case_id" example:"case_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	DealID string `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Status string `json:"status" enums:"open,answered,mediation,resolved" example:"open"`
	Amount Money  `json:"amount"`
	Reason string `json:"reason" enums:"paid_already,invoice_not_received,duplicate,wrong_details,credit_missing,offset,discount,counter_claim,other_deduction,wrong_delivery,proof_of_delivery,wrong_goods,damaged,returned,delivery_refused,other" example:"damaged"`
	// Of the reason, in the list that factors use among each other.
	ReasonNumber string `json:"reason_number" example:"18"`
	Said         string `json:"said" example:"3 doors came with broken edges"`
	// What would put it right, in the debtor's words.
	Remedy   *string `json:"remedy" extensions:"x-nullable" example:"a credit for three doors, or three new ones"`
	RaisedAt string  `json:"raised_at" format:"date-time" example:"2026-04-08T10:20:00Z"`
	// The seller's; null: it has not answered.
	Position *string `json:"position" extensions:"x-nullable" enums:"accepts,partly,rejects" example:"partly"`
	// What the seller would credit.
	Offered    *Money  `json:"offered" extensions:"x-nullable"`
	Answer     *string `json:"answer" extensions:"x-nullable" example:"two doors are ours, and we credit them; one was scratched on site"`
	AnsweredAt *string `json:"answered_at" extensions:"x-nullable" format:"date-time" example:"2026-04-14T14:00:00Z"`
	// When the debtor agreed to the answer, and how we know.
	AgreedAt  *string `json:"agreed_at" extensions:"x-nullable" format:"date-time" example:"2026-04-21T09:00:00Z"`
	AgreedHow *string `json:"agreed_how" extensions:"x-nullable" example:"on its page"`
	Outcome   *string `json:"outcome" extensions:"x-nullable" enums:"credited,part_credited,payable,withdrawn,given_back" example:"part_credited"`
	Credited  *Money  `json:"credited" extensions:"x-nullable"`
	// Of what was agreed, what the debtor had paid already: its seller returns it.
	Refund *Money `json:"refund" extensions:"x-nullable"`
	// Of the seller's credit note.
	CreditNumber *string `json:"credit_number" extensions:"x-nullable" example:"CN-0387"`
	RootCause    *string `json:"root_cause" extensions:"x-nullable" example:"no inspection at handover"`
	ResolvedAt   *string `json:"resolved_at" extensions:"x-nullable" format:"date-time" example:"2026-04-21T09:00:00Z"`
} //	@name	Dispute

func disputeOf(d domain.Dispute) Dispute {
	out := Dispute{
		ID: d.ID.String(), CaseID: d.Case.String(), DealID: d.Deal.String(), Status: string(d.Status), Amount: moneyOf(d.Amount), Reason: string(d.Reason),
		ReasonNumber: d.Reason.Number(), Said: d.Said, Remedy: textOrNull(d.Remedy), RaisedAt: moment(d.RaisedAt), Position: textOrNull(string(d.Position)),
		Answer: textOrNull(d.Answer), AnsweredAt: momentOrNull(d.AnsweredAt), AgreedAt: momentOrNull(d.AgreedAt), AgreedHow: textOrNull(d.AgreedHow),
		Outcome: textOrNull(string(d.Outcome)), CreditNumber: textOrNull(d.CreditNumber), RootCause: textOrNull(d.RootCause), ResolvedAt: momentOrNull(d.ResolvedAt),
	}
	if d.Position != "" {
		out.Offered = new(moneyOf(d.Offered))
	}
	if d.Outcome != "" {
		out.Credited = new(moneyOf(d.Credited))
		if refund := d.Refund(); refund.Positive() {
			out.Refund = new(moneyOf(refund))
		}
	}
	return out
}

// Note is what one of the three parties, or the neutral, said about a dispute.
type Note struct {
	ID   string `json:"id" example:"note_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Side string `json:"side" enums:"debtor,seller,factor,mediator" example:"seller"`
	Said string `json:"said" example:"we can come and look on Thursday"`
	At   string `json:"at" format:"date-time" example:"2026-04-09T10:00:00Z"`
} //	@name	Note

func noteOf(n domain.Note) Note {
	return Note{ID: n.ID.String(), Side: n.Side, Said: n.Said, At: moment(n.At)}
}

// DisputeThread is a dispute with what was said about it and the last days for what has to
// happen, in the debtor's calendar.
type DisputeThread struct {
	Dispute
	AcknowledgeBy string `json:"acknowledge_by" format:"date" example:"2026-04-09"`
	AnswerBy      string `json:"answer_by" format:"date" example:"2026-04-15"`
	// After this day the factor may give the disputed part back to the seller.
	CureBy      string `json:"cure_by" format:"date" example:"2026-04-22"`
	MediateFrom string `json:"mediate_from" format:"date" example:"2026-05-08"`
	Notes       []Note `json:"notes"`
	// The newest one; null: none was offered.
	Mediation *Mediation `json:"mediation" extensions:"x-nullable"`
} //	@name	DisputeThread

// getDispute returns a dispute with its thread.
//
//	@Summary	Get a dispute
//	@Tags		agreements
//	@Produce	json
//	@Security	Bearer
//	@Param		id	path		string	true	"id of the dispute"
//	@Success	200	{object}	DisputeThread
//	@Failure	400	{object}	Problem
//	@Failure	401	{object}	Problem
//	@Failure	403	{object}	Problem
//	@Failure	404	{object}	Problem
//	@Router		/v1/disputes/{id} [get]
func (s *Server) getDispute(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseDisputeID)
	if err != nil {
		return err
	}
	t, err := s.cases.DisputeThread(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	out := DisputeThread{
		Dispute: disputeOf(t.Dispute), AcknowledgeBy: t.Clocks.AcknowledgeBy.String(), AnswerBy: t.Clocks.AnswerBy.String(), CureBy: t.Clocks.CureBy.String(),
		MediateFrom: t.Clocks.MediateFrom.String(), Notes: []Note{},
	}
	for _, n := range t.Notes {
		out.Notes = append(out.Notes, noteOf(n))
	}
	if t.Mediation != nil {
		out.Mediation = new(mediationOf(*t.Mediation))
	}
	return respond(c, http.StatusOK, out)
}

// AnswerDisputeRequest is what the seller answers; the debtor reads it.
type AnswerDisputeRequest struct {
	Position string `json:"position" enums:"accepts,partly,rejects" example:"partly"`
	// For partly: what would be credited.
	Credit *Money `json:"credit,omitempty"`
	Said   string `json:"said" example:"Two doors are ours, and we credit them; one was scratched on site." maxLength:"2000"`
} //	@name	AnswerDisputeRequest

func (r AnswerDisputeRequest) read() (collections.SellersAnswer, error) {
	var k checker
	answer := collections.SellersAnswer{Position: domain.Position(r.Position), Said: k.text("/said", r.Said, true, 2000)}
	if r.Credit != nil {
		answer.Credit = k.amount("/credit", *r.Credit)
	}
	return answer, k.err()
}

// SaidRequest is what a party says.
type SaidRequest struct {
	Said string `json:"said" example:"We can come and look on Thursday." maxLength:"2000"`
} //	@name	SaidRequest

func (r SaidRequest) read() (string, error) {
	var k checker
	return k.text("/said", r.Said, true, 2000), k.err()
}

// ResolveDisputeRequest is how a dispute ended.
type ResolveDisputeRequest struct {
	// agreed: as the seller answered and the debtor agreed; withdrawn: the debtor took it back.
	Outcome string `json:"outcome" enums:"agreed,withdrawn" example:"agreed"`
	// Of the seller's credit note, when something is credited.
	CreditNumber string `json:"credit_number,omitempty" example:"CN-0387" maxLength:"64"`
	// For withdrawn: how it is known that the debtor took it back.
	How string `json:"how,omitempty" example:"Mail of Mr Hart of 20 April" maxLength:"500"`
} //	@name	ResolveDisputeRequest

func (r ResolveDisputeRequest) read() (marketplace.Resolution, error) {
	var k checker
	if r.Outcome != "agreed" && r.Outcome != "withdrawn" {
		k.wrong("/outcome", "not-allowed", "one of agreed, withdrawn")
	}
	return marketplace.Resolution{
		Outcome: r.Outcome, CreditNumber: k.oneLine("/credit_number", r.CreditNumber, false, 64), How: k.oneLine("/how", r.How, r.Outcome == "withdrawn", 500),
	}, k.err()
}

// answerDispute answer a dispute.
//
//	@Summary		Answer a dispute
//	@Description	By the seller: what it accepts, what it would credit, and why. The debtor is told in its words, which must be courteous; the invoice rests for seven days more.
//	@Tags			agreements
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the dispute"
//	@Param			request			body		AnswerDisputeRequest	true	"the answer"
//	@Success		200				{object}	Dispute
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/disputes/{id}/answer [post]
func (s *Server) answerDispute(c *gin.Context) error {
	return doWith[AnswerDisputeRequest](c, domain.ParseDisputeID, answering(http.StatusOK, disputeOf, nil), s.cases.AnswerDispute)
}

// noteDispute say something about a dispute.
//
//	@Summary		Say something about a dispute
//	@Description	By seller or factor; all three parties read it, the debtor on its page.
//	@Tags			agreements
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the dispute"
//	@Param			request			body		SaidRequest	true	"what is said"
//	@Success		201				{object}	Note
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/disputes/{id}/notes [post]
func (s *Server) noteDispute(c *gin.Context) error {
	return doWith[SaidRequest](c, domain.ParseDisputeID, answering(http.StatusCreated, noteOf, nil), s.cases.NoteDispute)
}

// disputeAgreed record that the debtor agreed.
//
//	@Summary		Record that the debtor agreed
//	@Description	By the factor: the debtor agreed to the seller's answer otherwise than on its page, and how that is known.
//	@Tags			agreements
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the dispute"
//	@Param			request			body		SaidRequest	true	"how it is known"
//	@Success		200				{object}	Dispute
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/disputes/{id}/agreed [post]
func (s *Server) disputeAgreed(c *gin.Context) error {
	return doWith[SaidRequest](c, domain.ParseDisputeID, answering(http.StatusOK, disputeOf, nil), s.cases.HeardAgreement)
}

// resolveDispute resolve a dispute.
//
//	@Summary		Resolve a dispute
//	@Description	By the factor. Agreed, what the seller credits is taken off the invoice and paid from its reserve in the same commit, and the rest is payable again; the debtor is told.
//	@Tags			agreements
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the dispute"
//	@Param			request			body		ResolveDisputeRequest	true	"how it ended"
//	@Success		200				{object}	Dispute
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/disputes/{id}/resolve [post]
func (s *Server) resolveDispute(c *gin.Context) error {
	return doWith[ResolveDisputeRequest](c, domain.ParseDisputeID, answering(http.StatusOK, disputeOf, nil), s.market.ResolveDispute)
}

// setRootCause record why a dispute came about.
//
//	@Summary		Record why a dispute came about
//	@Description	By the seller, once the dispute is over.
//	@Tags			agreements
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the dispute"
//	@Param			request			body		SaidRequest	true	"the finding"
//	@Success		200				{object}	Dispute
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/disputes/{id}/root-cause [post]
func (s *Server) setRootCause(c *gin.Context) error {
	return doWith[SaidRequest](c, domain.ParseDisputeID, answering(http.StatusOK, disputeOf, nil), s.cases.SetRootCause)
}
