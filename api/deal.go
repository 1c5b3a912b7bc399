package api

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/marketplace"
	"comity/money"
)

func (s *Server) dealRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/deals", handle: s.listDeals},
		{method: http.MethodGet, path: "/v1/deals/:id", handle: s.getDeal},
		{method: http.MethodPut, path: "/v1/deals/:id/conditions/:code", handle: s.setCondition},
		{method: http.MethodPost, path: "/v1/deals/:id/cancel", handle: s.cancelDeal},
		{method: http.MethodGet, path: "/v1/deals/:id/ledger", handle: s.dealLedger},
		{method: http.MethodGet, path: "/v1/deals/:id/timeline", handle: s.dealTimeline},
		{method: http.MethodGet, path: "/v1/deals/:id/letters/:kind", handle: s.dealLetter},
		{method: http.MethodGet, path: "/v1/deals/:id/responsibilities", handle: s.responsibilities},
	}
}

// Deal is one invoice bought by one factor. `fee_so_far` and `reserve_held` are
// computed.
type Deal struct {
	ID             string `json:"id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Status         string `json:"status" enums:"made,paid_out,settled,charged_back,written_off,cancelled" example:"paid_out"`
	FactorID       string `json:"factor_id" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	SellerID       string `json:"seller_id" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2c"`
	RelationshipID string `json:"relationship_id" example:"rel_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	InvoiceID      string `json:"invoice_id" example:"inv_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	InvoiceNumber  string `json:"invoice_number" example:"2026-0117"`
	Debtor         string `json:"debtor" example:"Harbor Hotel Group"`
	OfferID        string `json:"offer_id" example:"off_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	CaseID         string `json:"case_id" example:"case_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	DueDate        string `json:"due_date" format:"date" example:"2026-02-13"`
	Basis          Money  `json:"basis"`
	Advance        Money  `json:"advance"`
	Reserve        Money  `json:"reserve"`
	Origination    Money  `json:"origination"`
	// On the origination, where it is taxable.
	Tax     Money `json:"tax"`
	WireFee Money `json:"wire_fee"`
	Now     Money `json:"now"`
	Open    Money `json:"open"`
	// Of the basis, by the seller's credit notes, by a settlement that was kept, and to the seller.
	Credited     Money    `json:"credited"`
	Forgiven     Money    `json:"forgiven"`
	GivenBack    Money    `json:"given_back"`
	ReserveHeld  Money    `json:"reserve_held"`
	FeeSoFar     FeeSoFar `json:"fee_so_far"`
	Fee          FeeTerms `json:"fee"`
	RecourseDays int      `json:"recourse_days" example:"90"`
	// Whether the debtor is told that the invoice was sold.
	Disclosure string `json:"disclosure" enums:"notified,confidential" example:"notified"`
	// For so many days after a part was reassigned the contact policy binds the seller, and any agency that it names: the seller accepted that with the offer.
	PolicyDays int `json:"policy_days_after_recourse" example:"90"`
	// The last of those days; null while nothing was reassigned.
	PolicyUntil    *string `json:"policy_binds_until" extensions:"x-nullable" format:"date" example:"2026-10-25"`
	RebateHoldDays int     `json:"rebate_hold_days" example:"5"`
	// Which plans the factor may offer the debtor without the seller's consent, as the offer said.
	Envelope PlanEnvelope `json:"plan_envelope"`
	// Who may ask the debtor for what the law adds to a late payment, as the offer said; null: nobody may.
	LateChargesOwner *string `json:"late_charges_owner" extensions:"x-nullable" enums:"seller,factor" example:"seller"`
	Reference        string  `json:"reference" example:"RF18539007547034"`
	FundingDate      *string `json:"funding_date" extensions:"x-nullable" format:"date" example:"2026-02-05"`
	PaidInFullOn     *string `json:"paid_in_full_on" extensions:"x-nullable" format:"date" example:"2026-02-23"`
	// As the offer said when it was accepted.
	Assignable Assignable `json:"assignable"`
	MadeAt     string     `json:"made_at" format:"date-time" example:"2026-02-04T14:12:00Z"`
	SettledAt  *string    `json:"settled_at" extensions:"x-nullable" format:"date-time" example:"2026-03-02T09:00:00Z"`
} //	@name	Deal

// FeeSoFar is the fee of a deal on a day, at most the one on which its clock stopped:
// what the seller owes if the debtor's payment is value dated on it, a started band
// whole and an up-front rate from the funding date on, and what the factor has booked
// as income, which it does at month ends and when the clock stops.
type FeeSoFar struct {
	AsOf       string `json:"as_of" format:"date" example:"2026-02-20"`
	Owed       Money  `json:"owed"`
	Recognised Money  `json:"recognised"`
	// Days that do not count, because the factor let the debtor wait.
	Stopped []FeeStop `json:"stopped"`
} //	@name	FeeSoFar

// FeeStop is a span of days on which the fee's clock stood still: an answer to the debtor, or the
// factor's word on a plan, took longer than two of its business days; proof of the assignment longer
// than five, the answer to a complaint than ten. `through` is null as long as it is not over.
type FeeStop struct {
	Cause   string  `json:"cause" enums:"answer_late,plan_word_late" example:"answer_late"`
	From    string  `json:"from" format:"date" example:"2026-02-17"`
	Through *string `json:"through" extensions:"x-nullable" format:"date" example:"2026-02-19"`
} //	@name	FeeStop

// DealDetail is a deal with its conditions.
type DealDetail struct {
	Deal       Deal        `json:"deal"`
	Conditions []Condition `json:"conditions"`
} //	@name	DealDetail

// Condition is one thing that must be evidenced before the money leaves.
type Condition struct {
	Code       string  `json:"code" enums:"seller_approved,account_proven,introduced,verified,notice_delivered,trust_proven,sender_proven" example:"verified"`
	By         string  `json:"by" enums:"platform,seller,factor,system" example:"factor"`
	Met        bool    `json:"met" example:"true"`
	Evidence   *string `json:"evidence" extensions:"x-nullable" example:"Telephone call with Mr Vance, 4 February"`
	OccurredAt *string `json:"occurred_at" extensions:"x-nullable" format:"date-time" example:"2026-02-04T15:00:00Z"`
	ExpiresOn  *string `json:"expires_on" extensions:"x-nullable" format:"date" example:"2026-03-06"`
	SetAt      *string `json:"set_at" extensions:"x-nullable" format:"date-time" example:"2026-02-04T15:01:00Z"`
} //	@name	Condition

// dealOf writes a deal as it stands on the caller's day, in UTC.
func dealOf(by domain.Caller) func(domain.Deal) Deal {
	return func(d domain.Deal) Deal {
		return Deal{
			ID: d.ID.String(), Status: string(d.Status), FactorID: d.Factor.String(), SellerID: d.Seller.String(),
			RelationshipID: d.Relationship.String(), InvoiceID: d.Invoice.String(), InvoiceNumber: d.InvoiceNumber, Debtor: d.DebtorName, OfferID: d.Offer.String(),
			CaseID: d.Case.String(), DueDate: d.Due.String(), Basis: moneyOf(d.Basis), Advance: moneyOf(d.Advance), Reserve: moneyOf(d.Reserve),
			Origination: moneyOf(d.Origination), Tax: moneyOf(d.Tax), WireFee: moneyOf(d.Wire), Now: moneyOf(d.Now()), Open: moneyOf(d.Open), Credited: moneyOf(d.Credited),
			Forgiven: moneyOf(d.Forgiven), GivenBack: moneyOf(d.GivenBack),
			ReserveHeld: moneyOf(reserveHeld(d)), FeeSoFar: feeSoFarOf(d, domain.DateOf(by.Now.UTC())), Fee: feeTermsOf(d.Fee),
			RecourseDays: d.RecourseDays, Disclosure: string(d.Mode()), PolicyDays: domain.PolicyTravels, PolicyUntil: dateOrNull(d.PolicyUntil), RebateHoldDays: d.RebateHold, Envelope: envelopeOf(d.Envelope), Reference: d.Reference.String(), FundingDate: textOrNull(d.FundingDate.String()),
			PaidInFullOn: textOrNull(d.PaidInFull.String()), MadeAt: moment(d.MadeAt), SettledAt: momentOrNull(d.SettledAt),
			Assignable: assignableOf(d.Assignable), LateChargesOwner: textOrNull(string(d.LateOwner)),
		}
	}
}

// feeSoFarOf stops where the fee's clock did: at the payment, but not before the
// funding date, from which an up-front rate is owed.
func feeSoFarOf(d domain.Deal, on domain.Date) FeeSoFar {
	if !d.PaidInFull.IsZero() {
		on = domain.Latest(d.PaidInFull, d.FundingDate)
	}
	owed := d.Owed(on)
	if d.Status == domain.DealChargedBack { // it was taken into what the seller owes
		owed = d.Recognised
	}
	return FeeSoFar{AsOf: on.String(), Owed: moneyOf(owed), Recognised: moneyOf(d.Recognised), Stopped: feeStopsOf(d.Stops, on)}
}

// feeStopsOf lists the stops that began by a day.
func feeStopsOf(stops []domain.FeeStop, on domain.Date) []FeeStop {
	began := []FeeStop{}
	for _, s := range stops {
		if !s.From.After(on) {
			began = append(began, FeeStop{Cause: string(s.Cause), From: s.From.String(), Through: textOrNull(s.Through.String())})
		}
	}
	return began
}

// reserveHeld is what the factor still keeps back: what credits and recourse have left of the
// reserve, until the debtor's last payment turns it into a rebate.
func reserveHeld(d domain.Deal) money.Amount {
	if d.PaidInFull.IsZero() && (d.Status == domain.DealMade || d.Status == domain.DealPaidOut) {
		return d.ReserveLeft()
	}
	return money.Minor(0, d.Basis.Currency())
}

// conditionsOf lists every condition of a deal, also those that nobody has met yet.
func conditionsOf(of domain.Disclosure, found []domain.Condition, by domain.Caller) []Condition {
	codes := of.Conditions()
	out := make([]Condition, len(codes))
	for i, code := range codes {
		condition := domain.Condition{Code: code}
		if at := slices.IndexFunc(found, func(c domain.Condition) bool { return c.Code == code }); at >= 0 {
			condition = found[at]
		}
		out[i] = conditionOf(by)(condition)
	}
	return out
}

func conditionOf(by domain.Caller) func(domain.Condition) Condition {
	return func(c domain.Condition) Condition {
		setter := string(domain.ConditionSetters[c.Code])
		if setter == "" {
			setter = "system"
		}
		return Condition{
			Code: c.Code, By: setter, Met: c.Met(by.Now, domain.DateOf(by.Now.UTC())), Evidence: textOrNull(c.Evidence),
			OccurredAt: momentOrNull(c.OccurredAt), ExpiresOn: textOrNull(c.Expires.String()), SetAt: momentOrNull(c.SetAt),
		}
	}
}

// listDeals lists the caller's deals.
//
//	@Summary		List deals
//	@Description	A seller sees its sales, a factor its purchases, the platform all.
//	@Tags			deals
//	@Produce		json
//	@Security		Bearer
//	@Param			status	query		string	false	"only those in this state"	Enums(made,paid_out,settled,charged_back,written_off,cancelled)
//	@Param			limit	query		int		false	"how many, at most 200"		minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"next_cursor of the page before"
//	@Success		200		{object}	listOf[Deal]
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Router			/v1/deals [get]
func (s *Server) listDeals(c *gin.Context) error {
	if err := onlyQuery(c, "limit", "cursor", "status"); err != nil {
		return err
	}
	status, err := statusQuery(c, domain.DealMoves)
	if err != nil {
		return err
	}
	p, err := page(c, domain.ParseDealID)
	if err != nil {
		return err
	}
	deals, err := s.market.Deals(c.Request.Context(), caller(c), status, p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(deals, p, dealOf(caller(c)), func(d domain.Deal) string { return d.ID.String() }))
}

// getDeal answers one deal.
//
//	@Summary		Get a deal
//	@Description	With every condition of the pay-out, what is open, the fee so far and the reserve held.
//	@Tags			deals
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the deal"
//	@Success		200	{object}	DealDetail
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/deals/{id} [get]
func (s *Server) getDeal(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseDealID)
	if err != nil {
		return err
	}
	d, conditions, err := s.market.Deal(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, DealDetail{Deal: dealOf(caller(c))(d), Conditions: conditionsOf(d.Mode(), conditions, caller(c))})
}

// SetConditionRequest is the evidence for a condition.
type SetConditionRequest struct {
	Evidence   string `json:"evidence" example:"Telephone call with Mr Vance, 4 February"`
	OccurredAt string `json:"occurred_at,omitempty" format:"date-time" example:"2026-02-04T15:00:00Z"`
	ExpiresOn  string `json:"expires_on,omitempty" format:"date" example:"2026-03-06"`
} //	@name	SetConditionRequest

func (r SetConditionRequest) evidence() (marketplace.Evidence, error) {
	var k checker
	evidence := marketplace.Evidence{
		Text: k.text("/evidence", r.Evidence, true, 2000), Expires: k.dayOr("/expires_on", r.ExpiresOn),
	}
	if r.OccurredAt != "" {
		evidence.OccurredAt = k.instant("/occurred_at", r.OccurredAt)
	}
	return evidence, k.err()
}

// setCondition records the evidence for a condition of the pay-out.
//
//	@Summary		Meet a condition of the pay-out
//	@Description	The platform meets `seller_approved` and `account_proven`, and of a confidential deal `trust_proven` and `sender_proven`; the factor `verified`, the seller `introduced`; `notice_delivered` is the system's own. `occurred_at` is now unless it is given. The same again changes nothing that counts; no idempotency key is taken.
//	@Tags			deals
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			id		path		string				true	"id of the deal"
//	@Param			code	path		string				true	"which condition"	Enums(seller_approved,account_proven,introduced,verified,notice_delivered,trust_proven,sender_proven)
//	@Param			request	body		SetConditionRequest	true	"the evidence"
//	@Success		200		{object}	Condition
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		415		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/deals/{id}/conditions/{code} [put]
func (s *Server) setCondition(c *gin.Context) error {
	id, err := pathID(c, domain.ParseDealID)
	if err != nil {
		return err
	}
	request, err := bodyOnly[SetConditionRequest](c)
	if err != nil {
		return err
	}
	evidence, err := request.evidence()
	if err != nil {
		return err
	}
	condition, err := s.market.SetCondition(c.Request.Context(), caller(c), id, c.Param("code"), evidence)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, conditionOf(caller(c))(condition))
}

// CancelDealRequest says why a sale is undone.
type CancelDealRequest struct {
	Reason string `json:"reason" example:"The debtor does not know the invoice"`
} //	@name	CancelDealRequest

func (r CancelDealRequest) reason() string { return r.Reason }

// cancelDeal ends a deal whose conditions cannot be met.
//
//	@Summary		Cancel a deal
//	@Description	Only before the pay-out is with the bank: the journals are reversed and the invoice may be sold again.
//	@Tags			deals
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string				true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string				true	"id of the deal"
//	@Param			request			body		CancelDealRequest	true	"the reason"
//	@Success		200				{object}	Deal
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/deals/{id}/cancel [post]
func (s *Server) cancelDeal(c *gin.Context) error {
	id, reason, err := reasonFor[CancelDealRequest](c, domain.ParseDealID)
	if err != nil {
		return err
	}
	guard, err := once(c, answering(http.StatusOK, dealOf(caller(c)), nil))
	if err != nil {
		return err
	}
	answer, err := s.market.CancelDeal(c.Request.Context(), caller(c), id, reason, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}
