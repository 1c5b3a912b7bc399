package api

import (
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/marketplace"
	"comity/underwriting"
)

// OfferRisk is what a price by risk brings the factor on average, and on what.
type OfferRisk struct {
	ExpectedFee Money       `json:"expected_fee"`
	Cost        OfferCost   `json:"cost"`
	Expected    OfferReturn `json:"expected"`
	// Never paid before the day by which nine in ten are paid, and every loss at the upper end of its interval.
	Stressed OfferReturn `json:"stressed"`
	// The beliefs about losses, none of them from a payment curve, with their 90 % credible intervals.
	Losses []LossBelief `json:"losses"`
} //	@name	OfferRisk

// OfferCost is what the expected fee has to cover.
type OfferCost struct {
	Funds     Money        `json:"funds"`
	Servicing Money        `json:"servicing"`
	Margin    Money        `json:"margin"`
	Loss      ExpectedLoss `json:"loss"`
	Total     Money        `json:"total"`
} //	@name	OfferCost

// ExpectedLoss is an expected loss by its cause.
type ExpectedLoss struct {
	Credit     Money `json:"credit"`
	Repurchase Money `json:"repurchase"`
	Dispute    Money `json:"dispute"`
	Dilution   Money `json:"dilution"`
	Fraud      Money `json:"fraud"`
	Total      Money `json:"total"`
} //	@name	ExpectedLoss

// OfferReturn is what a purchase brings on average, before its margin. The yearly rate
// is the profit before the cost of funds on the cash that is out, simple on act/365.
type OfferReturn struct {
	Fee         Money        `json:"fee"`
	Origination Money        `json:"origination"`
	Servicing   Money        `json:"servicing"`
	Funds       Money        `json:"funds"`
	Loss        ExpectedLoss `json:"loss"`
	Profit      Money        `json:"profit"`
	YearlyRate  string       `json:"yearly_rate" example:"0.2034"`
} //	@name	OfferReturn

// LossBelief is a share that is believed, and its 90 % credible interval.
type LossBelief struct {
	Name string `json:"name" enums:"default_within_a_year,loss_given_default,dispute,dilution,fraud,no_repurchase" example:"dispute"`
	Mean string `json:"mean" example:"0.050000"`
	Low  string `json:"low" example:"0.002696"`
	High string `json:"high" example:"0.145926"`
} //	@name	LossBelief

// pricedByRisk adds to an offer what a price by risk rests on, as far as somebody may
// read it. The row was decoded when it was read, so that it cannot fail here.
func pricedByRisk(out *Offer, o domain.Offer, by domain.Caller) {
	if o.Risk != nil {
		_, price, err := underwriting.DecodeRisk(o.Risk)
		if err != nil {
			panic(fmt.Sprintf("api: offer %s: %v", o.ID, err))
		}
		out.Reasons = reasonsFor(by, price.Reasons)
		if by.Kind == domain.KindFactor {
			out.Risk = offerRiskOf(price)
		}
	}
	if by.Kind == domain.KindFactor {
		out.ReviewNote = textOrNull(o.LookedFor)
	}
}

func offerRiskOf(p underwriting.RiskPrice) *OfferRisk {
	return &OfferRisk{
		ExpectedFee: moneyOf(p.Fee),
		Cost: OfferCost{
			Funds: moneyOf(p.Cost.Funds), Servicing: moneyOf(p.Cost.Servicing), Margin: moneyOf(p.Cost.Margin),
			Loss: expectedLossOf(p.Cost.Loss), Total: moneyOf(p.Cost.Total()),
		},
		Expected: offerReturnOf(p.Expected), Stressed: offerReturnOf(p.Stressed),
		Losses: []LossBelief{
			lossBeliefOf("default_within_a_year", p.Losses.Default), lossBeliefOf("loss_given_default", p.Losses.LossGivenDefault),
			lossBeliefOf("dispute", p.Losses.Dispute), lossBeliefOf("dilution", p.Losses.Dilution),
			lossBeliefOf("fraud", p.Losses.Fraud), lossBeliefOf("no_repurchase", p.Losses.NoRepurchase),
		},
	}
}

func expectedLossOf(l underwriting.Loss) ExpectedLoss {
	return ExpectedLoss{
		Credit: moneyOf(l.Credit), Repurchase: moneyOf(l.Repurchase), Dispute: moneyOf(l.Dispute), Dilution: moneyOf(l.Dilution),
		Fraud: moneyOf(l.Fraud), Total: moneyOf(l.Total()),
	}
}

func offerReturnOf(r underwriting.Return) OfferReturn {
	return OfferReturn{
		Fee: moneyOf(r.Fee), Origination: moneyOf(r.Origination), Servicing: moneyOf(r.Servicing), Funds: moneyOf(r.Funds),
		Loss: expectedLossOf(r.Loss), Profit: moneyOf(r.Profit()), YearlyRate: r.Yearly.String(),
	}
}

func lossBeliefOf(name string, p underwriting.Posterior) LossBelief {
	return LossBelief{Name: name, Mean: p.Mean.String(), Low: p.Low.String(), High: p.High.String()}
}

// OfferDecision is the decision that an offer rests on, with the reasons that a person
// of the factor may read.
type OfferDecision struct {
	OfferID string `json:"offer_id" example:"off_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	decisionSaid
	DecidedAt string `json:"decided_at" format:"date-time" example:"2026-02-04T14:12:00Z"`
} //	@name	OfferDecision

func offerDecisionOf(found marketplace.Judged, by domain.Caller) (OfferDecision, error) {
	stored, err := storedSaid(found.Decision, by)
	return OfferDecision{OfferID: found.Offer.ID.String(), decisionSaid: stored, DecidedAt: moment(found.Decision.DecidedAt)}, err
}

// getOfferDecision answers the decision that an offer rests on.
//
//	@Summary		Read the decision behind an offer
//	@Description	For the factor whose offer it is: when the debtor will probably pay, and why. An owner or an analyst also reads why an offer was referred to a person.
//	@Tags			offers
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the offer"
//	@Success		200	{object}	OfferDecision
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/offers/{id}/decision [get]
func (s *Server) getOfferDecision(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseOfferID)
	if err != nil {
		return err
	}
	found, err := s.market.OfferDecision(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	out, err := offerDecisionOf(found, caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, out)
}

// DebtorLimit is a limit on a debtor that somebody may grant.
type DebtorLimit struct {
	Limit    Money            `json:"limit"`
	ReviewOn string           `json:"review_on" format:"date" example:"2026-05-05"`
	Formula  string           `json:"formula" example:"debtor-limit/1"`
	Reasons  []DecisionReason `json:"reasons"`
} //	@name	DebtorLimit

// getDebtorLimit proposes a limit on the debtor of an offer.
//
//	@Summary		Propose a limit on a debtor
//	@Description	For the factor whose offer it is, in the offer's currency, from what its own deals say of the debtor: nothing of another factor's, nothing that a seller brought. A proposal is not stored; the mandate's limit is what binds.
//	@Tags			offers
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of an offer on an invoice of the debtor's"
//	@Success		200	{object}	DebtorLimit
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/offers/{id}/debtor-limit [get]
func (s *Server) getDebtorLimit(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseOfferID)
	if err != nil {
		return err
	}
	proposal, err := s.market.DebtorLimit(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, DebtorLimit{
		Limit: moneyOf(proposal.Limit), ReviewOn: proposal.ReviewOn.String(), Formula: underwriting.LimitV1, Reasons: reasonsFor(caller(c), proposal.Reasons),
	})
}

// ReviewRequest is what a person of the factor notes on approving or refusing.
type ReviewRequest struct {
	Reason string `json:"reason" example:"Called their buyer: a yearly order." maxLength:"1000"`
} //	@name	ReviewRequest

func (r ReviewRequest) reason() string { return r.Reason }

// approveOffer lets a referred offer be made.
//
//	@Summary		Approve a referred offer
//	@Description	For an owner or an analyst of the factor. The seller sees the offer from now on, for as many hours as the mandate says. The note stays with the factor.
//	@Tags			offers
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string			true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string			true	"id of the offer"
//	@Param			request			body		ReviewRequest	true	"what was found"
//	@Success		200				{object}	Offer
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		503				{object}	Problem
//	@Router			/v1/offers/{id}/approve [post]
func (s *Server) approveOffer(c *gin.Context) error { return s.review(c, true) }

// refuseOffer keeps a referred offer from being made.
//
//	@Summary		Refuse a referred offer
//	@Description	For an owner or an analyst of the factor. The seller reads that a factor looked and does not make an offer, and not why: the note stays with the factor.
//	@Tags			offers
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string			true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string			true	"id of the offer"
//	@Param			request			body		ReviewRequest	true	"what was found"
//	@Success		200				{object}	Offer
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		503				{object}	Problem
//	@Router			/v1/offers/{id}/refuse [post]
func (s *Server) refuseOffer(c *gin.Context) error { return s.review(c, false) }

func (s *Server) review(c *gin.Context, approve bool) error {
	id, note, err := reasonFor[ReviewRequest](c, domain.ParseOfferID)
	if err != nil {
		return err
	}
	guard, err := once(c, answering(http.StatusOK, offerOf(caller(c)), nil))
	if err != nil {
		return err
	}
	answer, err := s.market.AnswerReferral(c.Request.Context(), caller(c), id, approve, note, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}
