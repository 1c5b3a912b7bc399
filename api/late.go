package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

func (s *Server) lateRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/deals/:id/late-charges", handle: s.lateCharges},
		{method: http.MethodPost, path: "/v1/deals/:id/late-charges/waive", handle: s.waiveLateCharges},
	}
}

// LateCharges is what the law adds to the late payment of a deal. It is in no book: nobody owes it before its owner asks, and Comity asks no debtor for any.
type LateCharges struct {
	DealID string `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	// Who may ask for it, as the deal says; null: nobody may.
	Owner *string `json:"owner" extensions:"x-nullable" enums:"seller,factor" example:"seller"`
	// computed, or why nothing is known: then the amounts are 0.00, and nobody is told of anything.
	State string `json:"state" enums:"nobody_may_ask,no_law,unsigned,rate_unknown,computed" example:"computed"`
	// What would have to be there; null when it is computed.
	Missing *string `json:"missing" extensions:"x-nullable" example:"counsel's signature for gb-late-payment (unsigned)"`
	// The code of the row of law that it is computed by, or would be.
	Law *string `json:"law" extensions:"x-nullable" example:"gb-late-payment"`
	// The last day that is counted: today in the factor's zone.
	Until string `json:"until" format:"date" example:"2026-07-27"`
	// Simple, rounded once.
	Interest Money `json:"interest"`
	// Asked for once.
	FixedSum Money `json:"fixed_sum"`
	Total    Money `json:"total"`
	// How the interest comes about. Disputed and credited parts bear none.
	Spans []LateSpan `json:"spans"`
	// The owner does not ask for it, then or later; null: it has not said so.
	Waiver *LateWaiver `json:"waiver" extensions:"x-nullable"`
} //	@name	LateCharges

// LateSpan is a span of days on which the same sum was owed and undisputed, at one rate.
type LateSpan struct {
	From    string `json:"from" format:"date" example:"2026-04-22"`
	Through string `json:"through" format:"date" example:"2026-05-22"`
	// Days on which the debtor waited for an answer of ours do not count.
	Days    int   `json:"days" example:"31"`
	Balance Money `json:"balance"`
	// A year, of 365 days.
	Rate string `json:"rate" example:"0.1175"`
} //	@name	LateSpan

// LateWaiver is an owner's word that it does not ask for what the law adds.
type LateWaiver struct {
	Owner string `json:"owner" enums:"seller,factor" example:"seller"`
	// What could have been asked for on that day.
	Interest Money  `json:"interest"`
	FixedSum Money  `json:"fixed_sum"`
	WaivedAt string `json:"waived_at" format:"date-time" example:"2026-07-27T10:00:00Z"`
} //	@name	LateWaiver

func lateChargesOf(a domain.LateAnswer) LateCharges {
	out := LateCharges{
		DealID: a.Deal.ID.String(), Owner: textOrNull(string(a.Deal.LateOwner)), State: string(a.State), Missing: textOrNull(a.Missing), Law: textOrNull(a.Law.Code),
		Until: a.Until.String(), Interest: moneyOf(a.Charge.Interest), FixedSum: moneyOf(a.Charge.Fixed), Total: moneyOf(a.Charge.Total()), Spans: []LateSpan{},
	}
	for _, s := range a.Charge.Spans {
		out.Spans = append(out.Spans, LateSpan{From: s.From.String(), Through: s.Through.String(), Days: s.Days, Balance: moneyOf(s.Balance), Rate: s.Rate.String()})
	}
	if w := a.Waiver; !w.At.IsZero() {
		out.Waiver = &LateWaiver{Owner: string(w.Owner), Interest: moneyOf(w.Interest), FixedSum: moneyOf(w.Fixed), WaivedAt: moment(w.At)}
	}
	return out
}

// lateCharges answers what the law adds to a late payment.
//
//	@Summary		Read what the law adds to a late payment
//	@Description	Of a deal, for both of its parties: interest and fixed sum until today, if a row of law for the contract's place is signed, or what is missing to compute it. Nothing of it is posted, and Comity asks no debtor for it.
//	@Tags			agreements
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the deal"
//	@Success		200	{object}	LateCharges
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/deals/{id}/late-charges [get]
func (s *Server) lateCharges(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseDealID)
	if err != nil {
		return err
	}
	answer, err := s.market.LateCharges(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, lateChargesOf(answer))
}

// waiveLateCharges says that nothing is asked for.
//
//	@Summary		Ask for nothing that the law adds to a late payment
//	@Description	By who may ask for it, in one action and for good: no interest and no fixed sum, of then or later. Nothing is posted. The debtor reads it on its page, where there was something to ask for and the invoice stands there still.
//	@Tags			agreements
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the deal"
//	@Success		200				{object}	LateCharges
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/deals/{id}/late-charges/waive [post]
func (s *Server) waiveLateCharges(c *gin.Context) error {
	id, guard, err := stepOn(c, domain.ParseDealID, answering(http.StatusOK, lateChargesOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.market.WaiveLateCharges(c.Request.Context(), caller(c), id, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}
