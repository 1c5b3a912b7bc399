package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/marketplace"
)

func (s *Server) offerRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/offers", handle: s.listOffers},
		{method: http.MethodGet, path: "/v1/offers/:id", handle: s.getOffer},
		{method: http.MethodPost, path: "/v1/offers/:id/accept", handle: s.acceptOffer},
		{method: http.MethodPost, path: "/v1/offers/:id/decline", handle: s.declineOffer},
		{method: http.MethodGet, path: "/v1/offers/:id/decision", handle: s.getOfferDecision},
		{method: http.MethodGet, path: "/v1/offers/:id/debtor-limit", handle: s.getDebtorLimit},
		{method: http.MethodPost, path: "/v1/offers/:id/approve", handle: s.approveOffer},
		{method: http.MethodPost, path: "/v1/offers/:id/refuse", handle: s.refuseOffer},
	}
}

// Offer is one factor's firm price for one invoice. `expired` is computed. One that is
// `referred` waits for a person of the factor, and its seller does not see it.
type Offer struct {
	ID          string `json:"id" example:"off_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	InvoiceID   string `json:"invoice_id" example:"inv_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	FactorID    string `json:"factor_id" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	SellerID    string `json:"seller_id" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2c"`
	DecisionID  string `json:"decision_id" example:"dec_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Status      string `json:"status" enums:"referred,refused,open,accepted,declined,withdrawn,superseded" example:"open"`
	Expired     bool   `json:"expired" example:"false"`
	MadeAt      string `json:"made_at" format:"date-time" example:"2026-02-04T14:12:00Z"`
	ExpiresAt   string `json:"expires_at" format:"date-time" example:"2026-02-06T14:12:00Z"`
	Basis       Money  `json:"basis"`
	AdvanceRate string `json:"advance_rate" example:"0.85"`
	Advance     Money  `json:"advance"`
	Reserve     Money  `json:"reserve"`
	Origination Money  `json:"origination"`
	// On the origination, where it is taxable.
	Tax          Money    `json:"tax"`
	WireFee      Money    `json:"wire_fee"`
	Now          Money    `json:"now"`
	Later        Money    `json:"later"`
	TotalCost    Money    `json:"total_cost"`
	Fee          FeeTerms `json:"fee"`
	RecourseDays int      `json:"recourse_days" example:"90"`
	// Whether the debtor is told. Confidentially the factor's people write as your accounts, to whom you name them as your agents by accepting; two of them may tell the debtor after all.
	Disclosure string `json:"disclosure" enums:"notified,confidential" example:"notified"`
	// For so many days after a part of the invoice was given back the contact policy binds the seller, and any agency that it names (recorded with the deal).
	PolicyDays     int `json:"policy_days_after_recourse" example:"90"`
	RebateHoldDays int `json:"rebate_hold_days" example:"5"`
	// Which plans the factor may offer the debtor without the seller's consent: accepted with the offer.
	Envelope PlanEnvelope `json:"plan_envelope"`
	// Who may ask the debtor for what the law adds to a late payment; null: nobody may.
	LateChargesOwner *string    `json:"late_charges_owner" extensions:"x-nullable" enums:"seller,factor" example:"seller"`
	Scenarios        []Scenario `json:"scenarios"`
	SubjectTo        []string   `json:"subject_to" example:"limit"`
	// What the contract says of assigning the invoice, and why it may be assigned.
	Assignable Assignable `json:"assignable"`
	// What moved a price by risk; empty where the mandate gives its price.
	Reasons []DecisionReason `json:"reasons"`
	// What a price by risk brings the factor, and the note of who approved or refused. For the factor only.
	Risk       *OfferRisk `json:"risk,omitempty"`
	ReviewNote *string    `json:"review_note,omitempty" example:"Called their buyer: a yearly order."`
} //	@name	Offer

// FeeTerms are a fee of one of three families; the funding date is day 0. Every rate
// is a fraction. The fee is rounded once, half to even.
type FeeTerms struct {
	// How the fee grows after day 1: not at all, by started bands, or by the day.
	Family string `json:"family" enums:"flat,banded,upfront_daily" example:"banded"`
	// The length of the first band, from day 1 on. 0 of an up-front and daily fee.
	FirstDays int `json:"first_days" example:"30"`
	// Of the basis, owed whole from day 1 on. "0" of an up-front and daily fee.
	FirstRate string `json:"first_rate" example:"0.03"`
	// The length of each further band. 0 unless the fee is banded.
	StepDays int `json:"step_days" example:"10"`
	// Of the basis, owed whole for each further band that has started. "0" unless the fee is banded.
	StepRate string `json:"step_rate" example:"0.01"`
	// Of the basis, owed from day 0 on. Only there in an up-front and daily fee.
	UpfrontRate string `json:"upfront_rate,omitempty" example:"0.01"`
	// Of the advance, for each day after day 0. Only there in an up-front and daily fee.
	DailyRate string `json:"daily_rate,omitempty" example:"0.0004"`
} //	@name	FeeTerms

// Scenario says what an offer costs if the debtor pays on one assumed day.
type Scenario struct {
	Name            string  `json:"name" enums:"on_time,expected,recourse_day" example:"expected"`
	AssumedFunding  string  `json:"assumed_funding_date" format:"date" example:"2026-02-04"`
	AssumedPayment  string  `json:"assumed_payment_date" format:"date" example:"2026-02-23"`
	AssumedRebate   string  `json:"assumed_rebate_date" format:"date" example:"2026-03-02"`
	Days            int     `json:"days" example:"19"`
	Fee             Money   `json:"fee"`
	Later           Money   `json:"later"`
	TotalCost       Money   `json:"total_cost"`
	NominalYearly   string  `json:"nominal_yearly_rate" example:"0.489"`
	EffectiveYearly *string `json:"effective_yearly_rate" extensions:"x-nullable" example:"0.5883"`
} //	@name	Scenario

func feeTermsOf(f domain.FeeTerms) FeeTerms {
	out := FeeTerms{
		Family: string(f.Family()), FirstDays: f.FirstDays, FirstRate: f.FirstRate.String(), StepDays: f.StepDays, StepRate: f.StepRate.String(),
	}
	if f.Family() == domain.FeeDaily {
		out.UpfrontRate, out.DailyRate = f.UpfrontRate.String(), f.DailyRate.String()
	}
	return out
}

func scenarioOf(sc domain.Scenario) Scenario {
	out := Scenario{
		Name: sc.Name, AssumedFunding: sc.FundedOn.String(), AssumedPayment: sc.PaidOn.String(), AssumedRebate: sc.LaterOn.String(), Days: sc.Day,
		Fee: moneyOf(sc.Fee), Later: moneyOf(sc.Later), TotalCost: moneyOf(sc.TotalCost), NominalYearly: sc.Nominal.String(),
	}
	if sc.EffectiveKnown() {
		out.EffectiveYearly = new(sc.Effective.String())
	}
	return out
}

// offerOf writes an offer as it stands at the caller's time.
func offerOf(by domain.Caller) func(domain.Offer) Offer {
	return func(o domain.Offer) Offer {
		t := o.Terms
		out := Offer{
			ID: o.ID.String(), InvoiceID: o.Invoice.String(), FactorID: o.Factor.String(), SellerID: o.Seller.String(), DecisionID: o.Decision.String(),
			Status: string(o.Status), Expired: (o.Status == domain.OfferOpen || o.Status == domain.OfferReferred) && o.Expired(by.Now), MadeAt: moment(o.MadeAt), ExpiresAt: moment(o.ExpiresAt),
			Basis: moneyOf(t.Basis), AdvanceRate: t.AdvanceRate.String(), Advance: moneyOf(t.Advance), Reserve: moneyOf(t.Reserve),
			Origination: moneyOf(t.Origination), Tax: moneyOf(t.Tax), WireFee: moneyOf(t.Wire), Now: moneyOf(t.Now), Fee: feeTermsOf(t.Fee),
			RecourseDays: t.RecourseDays, Disclosure: string(t.Mode()), PolicyDays: domain.PolicyTravels, RebateHoldDays: t.RebateHold, Envelope: envelopeOf(t.Envelope), LateChargesOwner: textOrNull(string(t.LateOwner)), Scenarios: []Scenario{}, SubjectTo: []string{"limit"},
			Reasons: []DecisionReason{}, Assignable: assignableOf(o.Assignable),
		}
		for _, sc := range t.Scenarios {
			out.Scenarios = append(out.Scenarios, scenarioOf(sc))
			if sc.Name == "expected" {
				out.Later, out.TotalCost = moneyOf(sc.Later), moneyOf(sc.TotalCost)
			}
		}
		pricedByRisk(&out, o, by)
		return out
	}
}

func offerID(o domain.Offer) string { return o.ID.String() }

// listOffers lists the offers that the caller made or got.
//
//	@Summary	List offers
//	@Tags		offers
//	@Produce	json
//	@Security	Bearer
//	@Param		invoice_id	query		string	false	"only those on this invoice"
//	@Param		status		query		string	false	"only those in this state"	Enums(referred, refused, open, accepted, declined, withdrawn, superseded)
//	@Param		limit		query		int		false	"how many, at most 200"	minimum(1)	maximum(200)	default(50)
//	@Param		cursor		query		string	false	"next_cursor of the page before"
//	@Success	200			{object}	listOf[Offer]
//	@Failure	400			{object}	Problem
//	@Failure	401			{object}	Problem
//	@Router		/v1/offers [get]
func (s *Server) listOffers(c *gin.Context) error {
	if err := onlyQuery(c, "limit", "cursor", "invoice_id", "status"); err != nil {
		return err
	}
	status, err := statusQuery(c, domain.OfferMoves)
	if err != nil {
		return err
	}
	invoice, err := idQuery(c, "invoice_id", domain.ParseInvoiceID)
	if err != nil {
		return err
	}
	p, err := page(c, domain.ParseOfferID)
	if err != nil {
		return err
	}
	offers, err := s.market.Offers(c.Request.Context(), caller(c), invoice, domain.OfferStatus(status), p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(offers, p, offerOf(caller(c)), offerID))
}

// listInvoiceOffers lists the offers on one invoice.
//
//	@Summary	List the offers on an invoice
//	@Tags		invoices
//	@Produce	json
//	@Security	Bearer
//	@Param		id		path		string	true	"id of the invoice"
//	@Param		limit	query		int		false	"how many, at most 200"	minimum(1)	maximum(200)	default(50)
//	@Param		cursor	query		string	false	"next_cursor of the page before"
//	@Success	200		{object}	listOf[Offer]
//	@Failure	400		{object}	Problem
//	@Failure	401		{object}	Problem
//	@Failure	404		{object}	Problem
//	@Router		/v1/invoices/{id}/offers [get]
func (s *Server) listInvoiceOffers(c *gin.Context) error {
	id, p, err := pageOn(c, domain.ParseInvoiceID, domain.ParseOfferID)
	if err != nil {
		return err
	}
	offers, err := s.market.Offers(c.Request.Context(), caller(c), id, "", p)
	if err != nil {
		return err
	}
	if len(offers) == 0 { // none yet, or not the caller's invoice
		if _, err := s.market.Invoice(c.Request.Context(), caller(c), id); err != nil {
			return err
		}
	}
	return respond(c, http.StatusOK, listing(offers, p, offerOf(caller(c)), offerID))
}

// getOffer answers one offer.
//
//	@Summary		Get an offer
//	@Description	What comes now, what comes later, and what it costs in money and as two yearly rates under three assumptions about the day of payment. `later` and `total_cost` are those of the expected scenario; a yearly rate is a fraction; the effective one is null when the flows have no single rate.
//	@Tags			offers
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the offer"
//	@Success		200	{object}	Offer
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/offers/{id} [get]
func (s *Server) getOffer(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseOfferID)
	if err != nil {
		return err
	}
	offer, err := s.market.Offer(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, offerOf(caller(c))(offer))
}

// AcceptResponse is what a sale made.
type AcceptResponse struct {
	Deal    Deal    `json:"deal"`
	Offer   Offer   `json:"offer"`
	Invoice Invoice `json:"invoice"`
	CaseID  string  `json:"case_id" example:"case_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
} //	@name	AcceptResponse

func acceptResponseOf(by domain.Caller) func(marketplace.Accepted) AcceptResponse {
	return func(done marketplace.Accepted) AcceptResponse {
		return AcceptResponse{
			Deal: dealOf(by)(done.Deal), Offer: offerOf(by)(done.Offer), Invoice: invoiceOf(done.Invoice), CaseID: done.Case.ID.String(),
		}
	}
}

func saleLocation(done marketplace.Accepted) string { return "/v1/deals/" + done.Deal.ID.String() }

// acceptOffer sells the invoice.
//
//	@Summary		Accept an offer
//	@Description	Sells the invoice on the offer's terms: the deal, its journals and its case are one step. The money leaves when every condition has its evidence.
//	@Tags			offers
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the offer"
//	@Success		201				{object}	AcceptResponse
//	@Header			201				{string}	Location	"where the deal is"
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/offers/{id}/accept [post]
func (s *Server) acceptOffer(c *gin.Context) error {
	return doOn(c, domain.ParseOfferID, answering(http.StatusCreated, acceptResponseOf(caller(c)), saleLocation), s.market.AcceptOffer)
}

// declineOffer says no to an offer.
//
//	@Summary	Decline an offer
//	@Tags		offers
//	@Produce	json
//	@Security	Bearer
//	@Param		Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param		id				path		string	true	"id of the offer"
//	@Success	200				{object}	Offer
//	@Failure	400				{object}	Problem
//	@Failure	401				{object}	Problem
//	@Failure	403				{object}	Problem
//	@Failure	404				{object}	Problem
//	@Failure	409				{object}	Problem
//	@Failure	413				{object}	Problem
//	@Failure	422				{object}	Problem
//	@Router		/v1/offers/{id}/decline [post]
func (s *Server) declineOffer(c *gin.Context) error {
	return doOn(c, domain.ParseOfferID, answering(http.StatusOK, offerOf(caller(c)), nil), s.market.DeclineOffer)
}
