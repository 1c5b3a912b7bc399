package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/marketplace"
	"comity/money"
	"comity/underwriting"
)

// QuoteRequest is an invoice that is only thought of: one of a relationship, with
// amount, currency and dates, or one that is here, with other parts.
type QuoteRequest struct {
	RelationshipID string               `json:"relationship_id,omitempty" example:"rel_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Amount         string               `json:"amount,omitempty" example:"12000.00"`
	Currency       string               `json:"currency,omitempty" example:"USD"`
	IssueDate      string               `json:"issue_date,omitempty" format:"date" example:"2026-02-02"`
	DueDate        string               `json:"due_date,omitempty" format:"date" example:"2026-03-04"`
	InvoiceID      string               `json:"invoice_id,omitempty" example:"inv_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Changes        *QuoteChangesRequest `json:"changes,omitempty"`
	Verification   *int                 `json:"verification,omitempty" example:"3" minimum:"0" maximum:"6"`
} //	@name	QuoteRequest

// QuoteChangesRequest is which parts of an invoice are thought to be other ones. The amount
// is in the invoice's currency.
type QuoteChangesRequest struct {
	Amount    string `json:"amount,omitempty" example:"9000.00"`
	IssueDate string `json:"issue_date,omitempty" format:"date" example:"2026-02-02"`
	DueDate   string `json:"due_date,omitempty" format:"date" example:"2026-04-03"`
} //	@name	QuoteChangesRequest

// Quote is what would come of submitting an invoice now.
type Quote struct {
	Binding        bool          `json:"binding" example:"false"`
	Note           string        `json:"note" example:"A preview: nothing was stored, and nobody is bound by it. Submit the invoice for firm offers."`
	RelationshipID string        `json:"relationship_id" example:"rel_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	InvoiceID      *string       `json:"invoice_id" extensions:"x-nullable" example:"inv_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Basis          Money         `json:"basis"`
	IssueDate      string        `json:"issue_date" format:"date" example:"2026-02-02"`
	DueDate        string        `json:"due_date" format:"date" example:"2026-03-04"`
	Verification   *int          `json:"verification" extensions:"x-nullable" example:"3"`
	Decision       QuoteDecision `json:"decision"`
	Bids           []QuoteBid    `json:"bids"`
	Needed         []NoOffer     `json:"needed"`
} //	@name	Quote

// QuoteDecision is what the engine would decide.
type QuoteDecision struct {
	decisionSaid
} //	@name	QuoteDecision

// QuoteBid is what one active mandate would pay now, or why it would not buy. The
// amounts are there when it buys.
type QuoteBid struct {
	FactorID    string     `json:"factor_id" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Factor      string     `json:"factor" example:"Eastbrook Factors, LLC"`
	Buys        bool       `json:"buys" example:"true"`
	Why         *NoOffer   `json:"why_not,omitempty"`
	AdvanceRate *string    `json:"advance_rate,omitempty" example:"0.85"`
	Advance     *Money     `json:"advance,omitempty"`
	Now         *Money     `json:"now,omitempty"`
	Reserve     *Money     `json:"reserve,omitempty"`
	Scenarios   []Scenario `json:"scenarios,omitempty"`
	// What moved a price by risk.
	Reasons []DecisionReason `json:"reasons,omitempty"`
} //	@name	QuoteBid

const quoteNote = "A preview: nothing was stored, and nobody is bound by it. Submit the invoice for firm offers."

// quote says what would come of submitting an invoice now.
//
//	@Summary		Ask what if
//	@Description	Prices an invoice as a submission would, for `relationship_id` with `amount`, `currency`, `issue_date` and `due_date`, or for `invoice_id` with `changes`. Nothing is stored, nothing is held, nobody is bound. `verification` is a level from 0 (none) to 6 (irrevocably accepted) that takes the place of each mandate's own haircut for it, and of what is recorded of the invoice where a mandate prices by risk. Mandates are asked when the outcome is `offer`. A person may still look at the invoice when it is submitted. `needed` lists what a submission would be refused for.
//	@Tags			decisions
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			request	body		QuoteRequest	true	"the invoice that is thought of"
//	@Success		200		{object}	Quote
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		415		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Failure		503		{object}	Problem
//	@Router			/v1/quotes [post]
func (s *Server) quote(c *gin.Context) error {
	request, err := bodyOnly[QuoteRequest](c)
	if err != nil {
		return err
	}
	of, err := request.whatIf()
	if err != nil {
		return err
	}
	quoted, err := s.market.Quote(c.Request.Context(), caller(c), of)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, quoteOf(quoted, caller(c), request.Verification))
}

func (r QuoteRequest) whatIf() (marketplace.WhatIf, error) {
	var k checker
	var out marketplace.WhatIf
	if r.Verification != nil {
		level := underwriting.VerificationNone + underwriting.Verification(k.whole("/verification", *r.Verification, 0, 6))
		out.Verified = &level
	}
	if r.InvoiceID != "" {
		r.ofInvoice(&k, &out)
	} else {
		r.ofRelationship(&k, &out)
	}
	return out, k.err()
}

func (r QuoteRequest) ofRelationship(k *checker, out *marketplace.WhatIf) {
	var err error
	if out.Relationship, err = domain.ParseRelationshipID(r.RelationshipID); err != nil {
		k.wrong("/relationship_id", "not-an-id", "the id of a relationship, or invoice_id")
	}
	currency, err := money.ParseCurrency(r.Currency)
	if err != nil {
		k.wrong("/currency", "unknown-currency", "%q is not a currency that books are kept in", r.Currency)
	} else if out.Amount, err = money.Parse(r.Amount, currency); err != nil {
		k.wrong("/amount", "not-an-amount", "write a plain decimal with exactly %d places", currency.Places())
	}
	out.Issued, out.Due = k.date("/issue_date", r.IssueDate), k.date("/due_date", r.DueDate)
	if r.Changes != nil {
		k.wrong("/changes", "not-allowed", "changes are of an invoice: name it with invoice_id")
	}
}

func (r QuoteRequest) ofInvoice(k *checker, out *marketplace.WhatIf) {
	var err error
	if out.Invoice, err = domain.ParseInvoiceID(r.InvoiceID); err != nil {
		k.wrong("/invoice_id", "not-an-id", "the id of an invoice")
	}
	for _, other := range [][2]string{
		{"relationship_id", r.RelationshipID}, {"amount", r.Amount}, {"currency", r.Currency}, {"issue_date", r.IssueDate}, {"due_date", r.DueDate},
	} {
		if other[1] != "" {
			k.wrong("/"+other[0], "not-allowed", "the invoice has it: say under changes what is other")
		}
	}
	if r.Changes != nil {
		out.AmountText = r.Changes.Amount
		out.Issued, out.Due = k.dayOr("/changes/issue_date", r.Changes.IssueDate), k.dayOr("/changes/due_date", r.Changes.DueDate)
	}
}

func noOfferOf(no *domain.Refusal) NoOffer {
	return NoOffer{Code: no.Code, Title: no.Title, Detail: no.Detail}
}

func quoteOf(q marketplace.Quoted, by domain.Caller, verification *int) Quote {
	out := Quote{
		Note: quoteNote, RelationshipID: q.Invoice.Relationship.String(), InvoiceID: idOrNull(q.Invoice.ID), Basis: moneyOf(q.Invoice.Basis),
		IssueDate: q.Invoice.Issued.String(), DueDate: q.Invoice.Due.String(), Verification: verification,
		Decision: QuoteDecision{said(q.Decision, by)}, Bids: []QuoteBid{}, Needed: []NoOffer{},
	}
	for _, bid := range q.Bids {
		out.Bids = append(out.Bids, quoteBidOf(bid, by))
	}
	for _, no := range q.Needed {
		out.Needed = append(out.Needed, noOfferOf(no))
	}
	return out
}

func quoteBidOf(b marketplace.Bid, by domain.Caller) QuoteBid {
	out := QuoteBid{FactorID: b.Buyer.Factor.ID.String(), Factor: b.Buyer.Factor.Name, Buys: b.No == nil}
	if b.No != nil {
		out.Why = new(noOfferOf(b.No))
		return out
	}
	t := b.Terms
	out.AdvanceRate, out.Advance, out.Now, out.Reserve = new(t.AdvanceRate.String()), new(moneyOf(t.Advance)), new(moneyOf(t.Now)), new(moneyOf(t.Reserve))
	for _, sc := range t.Scenarios {
		out.Scenarios = append(out.Scenarios, scenarioOf(sc))
	}
	var offer Offer
	pricedByRisk(&offer, domain.Offer{Risk: b.Risk}, by)
	out.Reasons = offer.Reasons
	return out
}
