package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

// MediationProposalRequest is how the neutral would end the dispute.
type MediationProposalRequest struct {
	// Of the disputed part: from nothing to all of it.
	Credit    Money  `json:"credit"`
	Reasons   string `json:"reasons" example:"One box was wet on arrival, the other was opened later." maxLength:"2000"`
	RootCause string `json:"root_cause" example:"no inspection at handover" maxLength:"2000"`
} //	@name	MediationProposalRequest

func (r MediationProposalRequest) read() (domain.MediationProposal, error) {
	var k checker
	return domain.MediationProposal{
		Credit: k.amount("/credit", r.Credit), Reasons: k.courteous("/reasons", r.Reasons), RootCause: k.courteous("/root_cause", r.RootCause),
	}, k.err()
}

// proposeOutcome propose how the dispute ends.
//
//	@Summary		Propose how the dispute ends
//	@Description	By the neutral, once the dates stand; three proposals at most. All three parties have to accept.
//	@Tags			mediations
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the mediation"
//	@Param			request			body		MediationProposalRequest	true	"what is done"
//	@Success		201				{object}	Mediation
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/mediations/{id}/proposals [post]
func (s *Server) proposeOutcome(c *gin.Context) error {
	return doWith[MediationProposalRequest](c, domain.ParseMediationID, answering(http.StatusCreated, mediationOf, nil), s.market.ProposeOutcome)
}

// ProposalAnswerRequest is a party's word on a proposal.
type ProposalAnswerRequest struct {
	// Of the proposal; another one may have been made since.
	Proposal int    `json:"proposal" minimum:"1" example:"1"`
	Word     string `json:"word" enums:"accepted,declined" example:"accepted"`
	// Of the seller's credit note, when it accepts that something is credited.
	CreditNumber string `json:"credit_number,omitempty" example:"CN-0387" maxLength:"64"`
} //	@name	ProposalAnswerRequest

type proposalAnswer struct {
	n      int
	yes    bool
	number string
}

func (r ProposalAnswerRequest) read() (proposalAnswer, error) {
	var k checker
	return proposalAnswer{k.whole("/proposal", r.Proposal, 1, 100), k.word(r.Word), k.oneLine("/credit_number", r.CreditNumber, false, 64)}, k.err()
}

// answerProposal answer a proposal.
//
//	@Summary		Answer a proposal
//	@Description	By the seller or the factor; the debtor answers by its link. The third yes resolves the dispute in the same commit: what is credited is taken off the invoice and paid from the seller's reserve. One no gives it back to the neutral.
//	@Tags			mediations
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the mediation"
//	@Param			request			body		ProposalAnswerRequest	true	"what is done"
//	@Success		200				{object}	Mediation
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/mediations/{id}/vote [post]
func (s *Server) answerProposal(c *gin.Context) error {
	id, what, err := stepBody[ProposalAnswerRequest](c, domain.ParseMediationID)
	if err != nil {
		return err
	}
	guard, err := once(c, answering(http.StatusOK, mediationOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.market.AnswerProposal(c.Request.Context(), caller(c), id, what.n, what.yes, what.number, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

// endMediation end a mediation without an agreement.
//
//	@Summary		End a mediation without an agreement
//	@Description	By the neutral. The dispute goes on as it was before.
//	@Tags			mediations
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the mediation"
//	@Param			request			body		MediationReasonRequest	true	"what is done"
//	@Success		200				{object}	Mediation
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/mediations/{id}/end [post]
func (s *Server) endMediation(c *gin.Context) error {
	return doWith[MediationReasonRequest](c, domain.ParseMediationID, answering(http.StatusOK, mediationOf, nil), s.market.EndMediation)
}
