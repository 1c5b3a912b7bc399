package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

// DebtorMediation is the help of a neutral person in a dispute, as the debtor sees it: it costs
// the debtor nothing, and names no person and no organisation but the neutral.
type DebtorMediation struct {
	ID        string `json:"id" example:"med_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	DisputeID string `json:"dispute_id" example:"dsp_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	// closed: the dispute ended otherwise.
	Status  string `json:"status" enums:"offered,agreed,appointed,scheduled,proposed,settled,declined,lapsed,ended_without_agreement,closed" example:"proposed"`
	AskedBy string `json:"asked_by" enums:"clock,debtor,seller,factor" example:"clock"`
	// The last day for the answers of debtor and seller.
	AnswerBy string         `json:"answer_by" format:"date" example:"2026-05-22"`
	Answers  MediationWords `json:"answers"`
	// The last day for dates that all parties agreed to.
	BeginBy *string `json:"begin_by" extensions:"x-nullable" format:"date" example:"2026-06-24"`
	// The neutral's; null: none is appointed.
	MediatorName *string           `json:"mediator_name" extensions:"x-nullable" example:"Fairway Dispute Resolution"`
	Objections   []DebtorObjection `json:"objections"`
	Timetable    *Timetable        `json:"timetable" extensions:"x-nullable"`
	Proposals    []DebtorProposal  `json:"proposals"`
	EndedAt      *string           `json:"ended_at" extensions:"x-nullable" format:"date-time" example:"2026-06-05T09:00:00Z"`
} //	@name	DebtorMediation

// DebtorObjection is why a party did not want somebody as the neutral.
type DebtorObjection struct {
	By     string `json:"by" enums:"debtor,seller,factor" example:"debtor"`
	Reason string `json:"reason" example:"It works for our supplier's group."`
} //	@name	DebtorObjection

// DebtorProposal is how the neutral would end the dispute.
type DebtorProposal struct {
	Number  int            `json:"number" example:"1"`
	Credit  Money          `json:"credit"`
	Reasons string         `json:"reasons" example:"One box was wet on arrival, the other was opened later."`
	MadeAt  string         `json:"made_at" format:"date-time" example:"2026-06-01T10:00:00Z"`
	Words   MediationWords `json:"words"`
} //	@name	DebtorProposal

func debtorMediationOf(m domain.Mediation) DebtorMediation {
	all := mediationOf(m)
	return DebtorMediation{
		ID: all.ID, DisputeID: all.DisputeID, Status: all.Status, AskedBy: all.AskedBy, AnswerBy: all.AnswerBy, Answers: all.Answers, BeginBy: all.BeginBy,
		MediatorName: all.MediatorName, Timetable: all.Timetable, EndedAt: all.EndedAt,
		Objections: each(all.Objections, func(o MediationObjection) DebtorObjection { return DebtorObjection{o.By, o.Reason} }),
		Proposals: each(all.Proposals, func(p MediationProposal) DebtorProposal {
			return DebtorProposal{p.Number, p.Credit, p.Reasons, p.MadeAt, p.Words}
		}),
	}
}

// DebtorObjectRequest is why the debtor wants another neutral.
type DebtorObjectRequest struct {
	Reason string `json:"reason" example:"It works for our supplier's group." maxLength:"2000"`
} //	@name	DebtorObjectRequest

func (r DebtorObjectRequest) read() (string, error) {
	var k checker
	said := k.said("/reason", r.Reason)
	if said == "" {
		k.wrong("/reason", "required", "say why")
	}
	return said, k.err()
}

// DebtorVoteRequest is the debtor's word on a proposal.
type DebtorVoteRequest struct {
	// Of the proposal; another one may have been made since.
	Proposal int    `json:"proposal" minimum:"1" example:"1"`
	Word     string `json:"word" enums:"accepted,declined" example:"accepted"`
} //	@name	DebtorVoteRequest

func (r DebtorVoteRequest) read() (proposalAnswer, error) {
	var k checker
	return proposalAnswer{n: k.whole("/proposal", r.Proposal, 1, 100), yes: k.word(r.Word)}, k.err()
}

// debtorMediate asks for the help of a neutral.
//
//	@Summary		Ask for mediation
//	@Description	Once the seller answered, or its days for it are over. A neutral person helps; it costs nothing, and who asks has said yes. It may be asked for once more after an offer that came to nothing.
//	@Tags			debtor
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the dispute"
//	@Success		201				{object}	DebtorMediation
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/disputes/{id}/mediations [post]
func (s *Server) debtorMediate(c *gin.Context) error {
	return doOn(c, domain.ParseDisputeID, answering(http.StatusCreated, debtorMediationOf, nil), s.market.AskMediation)
}

// debtorAnswerMediation answers an offer of mediation.
//
//	@Summary		Answer an offer of mediation
//	@Description	With the seller's yes too the dispute is in mediation. A no declines it, and nothing follows from it.
//	@Tags			debtor
//	@Accept			json
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the mediation"
//	@Param			request			body		MediationAnswerRequest	true	"yes or no"
//	@Success		200				{object}	DebtorMediation
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/mediations/{id}/answer [post]
func (s *Server) debtorAnswerMediation(c *gin.Context) error {
	return doWith[MediationAnswerRequest](c, domain.ParseMediationID, answering(http.StatusOK, debtorMediationOf, nil), s.market.AnswerMediation)
}

// debtorObject objects to the neutral.
//
//	@Summary		Object to the neutral
//	@Description	Once, and before the first proposal: another one is appointed.
//	@Tags			debtor
//	@Accept			json
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the mediation"
//	@Param			request			body		DebtorObjectRequest	true	"why"
//	@Success		200				{object}	DebtorMediation
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/mediations/{id}/object [post]
func (s *Server) debtorObject(c *gin.Context) error {
	return doWith[DebtorObjectRequest](c, domain.ParseMediationID, answering(http.StatusOK, debtorMediationOf, nil), s.market.ObjectMediator)
}

// debtorAgreeDates agrees to the dates.
//
//	@Summary		Agree to the dates of a mediation
//	@Description	They stand once debtor, seller and factor agreed.
//	@Tags			debtor
//	@Accept			json
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the mediation"
//	@Param			request			body		AgreeDatesRequest	true	"which dates"
//	@Success		200				{object}	DebtorMediation
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/mediations/{id}/agree [post]
func (s *Server) debtorAgreeDates(c *gin.Context) error {
	return doWith[AgreeDatesRequest](c, domain.ParseMediationID, answering(http.StatusOK, debtorMediationOf, nil), s.market.AgreeDates)
}

// debtorVote answers a proposal.
//
//	@Summary		Answer a proposal
//	@Description	With the yes of all three the dispute is resolved as proposed. One no gives it back to the neutral.
//	@Tags			debtor
//	@Accept			json
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the mediation"
//	@Param			request			body		DebtorVoteRequest	true	"which proposal, yes or no"
//	@Success		200				{object}	DebtorMediation
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/mediations/{id}/vote [post]
func (s *Server) debtorVote(c *gin.Context) error {
	id, what, err := stepBody[DebtorVoteRequest](c, domain.ParseMediationID)
	if err != nil {
		return err
	}
	guard, err := once(c, answering(http.StatusOK, debtorMediationOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.market.AnswerProposal(c.Request.Context(), caller(c), id, what.n, what.yes, "", guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}
