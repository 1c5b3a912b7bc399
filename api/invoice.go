package api

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/marketplace"
)

func (s *Server) invoiceRoutes() []route {
	return []route{
		{method: http.MethodPost, path: "/v1/invoices", handle: s.createInvoice},
		{method: http.MethodGet, path: "/v1/invoices", handle: s.listInvoices},
		{method: http.MethodGet, path: "/v1/invoices/:id", handle: s.getInvoice},
		{method: http.MethodGet, path: "/v1/invoices/:id/document", handle: s.getInvoiceDocument},
		{method: http.MethodPost, path: "/v1/invoices/:id/submit", handle: s.submitInvoice},
		{method: http.MethodPost, path: "/v1/invoices/:id/withdraw", handle: s.withdrawInvoice},
		{method: http.MethodPost, path: "/v1/invoices/:id/release", handle: s.releaseInvoice},
		{method: http.MethodGet, path: "/v1/invoices/:id/offers", handle: s.listInvoiceOffers},
		{method: http.MethodGet, path: "/v1/invoices/:id/timeline", handle: s.invoiceTimeline},
	}
}

// Invoice is a claim of a seller on a debtor, as its document says it.
type Invoice struct {
	ID              string   `json:"id" example:"inv_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Status          string   `json:"status" enums:"draft,submitted,held,offered,listed,sold,closed,declined,withdrawn" example:"offered"`
	Source          string   `json:"source" enums:"json,ubl,cii" example:"ubl"`
	RelationshipID  string   `json:"relationship_id" example:"rel_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Number          string   `json:"number" example:"2026-0117"`
	TypeCode        string   `json:"type_code" example:"380"`
	IssueDate       string   `json:"issue_date" format:"date" example:"2026-01-14"`
	DueDate         string   `json:"due_date" format:"date" example:"2026-02-13"`
	DueFromTerms    bool     `json:"due_from_terms"`
	Payable         Money    `json:"payable"`
	ExpectedPayable Money    `json:"expected_payable"`
	OrderReference  string   `json:"order_reference" example:"PO 4471"`
	Summary         string   `json:"summary" example:"4,000 × Menu A4, 600 × Room directory"`
	SupplierTaxID   string   `json:"supplier_tax_id" example:"US-311234567"`
	Holds           []string `json:"holds" example:"duplicate"`
	DuplicateOf     *string  `json:"duplicate_of" extensions:"x-nullable" example:"inv_0190a5c2e7b97c1e8f0a3b5d7f9e1a2c"`
	Warnings        []string `json:"warnings" example:"BR-CL-23"`
	HasDocument     bool     `json:"has_document"`
	// The accounts that the invoice names, without all but their last four characters; empty: it is not known.
	PaidTo    []string `json:"paid_to" example:"•••• 3000"`
	Version   int      `json:"version" example:"2"`
	CreatedAt string   `json:"created_at" format:"date-time" example:"2026-02-04T14:12:00Z"`
} //	@name	Invoice

func invoiceOf(inv domain.Invoice) Invoice {
	return Invoice{
		ID: inv.ID.String(), Status: string(inv.Status), Source: inv.Source, RelationshipID: inv.Relationship.String(),
		Number: inv.Number, TypeCode: inv.TypeCode, IssueDate: inv.Issued.String(), DueDate: inv.Due.String(), DueFromTerms: inv.DueFromTerms,
		Payable: moneyOf(inv.Payable), ExpectedPayable: moneyOf(inv.Basis), OrderReference: inv.OrderReference, Summary: inv.Summary,
		SupplierTaxID: inv.SupplierTaxID, Holds: inv.Holds, DuplicateOf: idOrNull(inv.DuplicateOf), Warnings: inv.Warnings,
		HasDocument: !inv.Document.IsZero(), PaidTo: maskedAccounts(inv.PaidTo), Version: inv.Version, CreatedAt: moment(inv.CreatedAt),
	}
}

// maskedAccounts shows the last four characters of accounts that an invoice names.
func maskedAccounts(written []string) []string {
	out := make([]string, len(written))
	for i, account := range written {
		shown := []rune(account)
		out[i] = "•••• " + string(shown[max(0, len(shown)-4):])
	}
	return out
}

func invoiceLocation(inv domain.Invoice) string { return "/v1/invoices/" + inv.ID.String() }

// createInvoice stores an invoice, typed in or read from its e-invoice.
//
//	@Summary		Hand in an invoice
//	@Description	JSON, or one UBL 2.1 or CII D16B document (at most 10 MiB) with `relationship_id` in the query. The same bytes again are the same invoice (200). A number that is here already, a supplier that is not you and payment terms that nothing can read are stored and held. A document that breaks a deciding rule of EN 16931 is refused with one entry for each rule.
//	@Tags			invoices
//	@Accept			json,xml
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string					true	"makes a repetition harmless for 7 days"
//	@Param			relationship_id	query		string					false	"whose invoice the document is; required for XML, not taken for JSON"
//	@Param			file_name		query		string					false	"name of the file, for XML only"
//	@Param			request			body		CreateInvoiceRequest	true	"the invoice"
//	@Success		200				{object}	Invoice					"the same document was here before"
//	@Success		201				{object}	Invoice
//	@Header			201				{string}	Location	"where the invoice is"
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/invoices [post]
func (s *Server) createInvoice(c *gin.Context) error {
	draft, err := draftOf(c)
	if err != nil {
		return err
	}
	guard, err := once(c, invoiceCreated)
	if err != nil {
		return err
	}
	answer, err := s.market.CreateInvoice(c.Request.Context(), caller(c), draft, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

func invoiceCreated(created marketplace.Created) domain.Answer {
	status := http.StatusCreated
	if created.Before {
		status = http.StatusOK
	}
	return answering(status, invoiceOf, invoiceLocation)(created.Invoice)
}

// listInvoices lists the seller's invoices.
//
//	@Summary	List invoices
//	@Tags		invoices
//	@Produce	json
//	@Security	Bearer
//	@Param		status	query		string	false	"only those in this state"	Enums(draft,submitted,held,offered,listed,sold,closed,declined,withdrawn)
//	@Param		limit	query		int		false	"how many, at most 200"		minimum(1)	maximum(200)	default(50)
//	@Param		cursor	query		string	false	"next_cursor of the page before"
//	@Success	200		{object}	listOf[Invoice]
//	@Failure	400		{object}	Problem
//	@Failure	401		{object}	Problem
//	@Failure	403		{object}	Problem
//	@Router		/v1/invoices [get]
func (s *Server) listInvoices(c *gin.Context) error {
	if err := onlyQuery(c, "limit", "cursor", "status"); err != nil {
		return err
	}
	status, err := statusQuery(c, domain.InvoiceMoves)
	if err != nil {
		return err
	}
	p, err := page(c, domain.ParseInvoiceID)
	if err != nil {
		return err
	}
	invoices, err := s.market.Invoices(c.Request.Context(), caller(c), status, p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(invoices, p, invoiceOf, func(inv domain.Invoice) string { return inv.ID.String() }))
}

// getInvoice answers one invoice.
//
//	@Summary	Get an invoice
//	@Tags		invoices
//	@Produce	json
//	@Security	Bearer
//	@Param		id	path		string	true	"id of the invoice"
//	@Success	200	{object}	Invoice
//	@Header		200	{string}	ETag	"id and version of the stored state"
//	@Failure	400	{object}	Problem
//	@Failure	401	{object}	Problem
//	@Failure	404	{object}	Problem
//	@Router		/v1/invoices/{id} [get]
func (s *Server) getInvoice(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseInvoiceID)
	if err != nil {
		return err
	}
	inv, err := s.market.Invoice(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	etag(c, inv.ID.String(), strconv.Itoa(inv.Version))
	return respond(c, http.StatusOK, invoiceOf(inv))
}

// getInvoiceDocument answers the bytes that the seller handed in.
//
//	@Summary		Download the original document
//	@Description	The bytes as they were handed in, to be saved and not to be shown. 404 for an invoice that came as JSON.
//	@Tags			invoices
//	@Produce		xml
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the invoice"
//	@Success		200	{file}		file
//	@Header			200	{string}	Content-Disposition	"attachment, with the file's name"
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/invoices/{id}/document [get]
func (s *Server) getInvoiceDocument(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseInvoiceID)
	if err != nil {
		return err
	}
	doc, err := s.market.InvoiceDocument(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	download(c, doc)
	return nil
}

// SubmitResponse is what came of a submission: offers, or why there are none.
type SubmitResponse struct {
	Invoice    Invoice   `json:"invoice"`
	DecisionID string    `json:"decision_id" example:"dec_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Outcome    string    `json:"outcome" enums:"offer,refer,decline" example:"offer"`
	Offers     []Offer   `json:"offers"`
	NoOffer    []NoOffer `json:"no_offer"`
	// How many factors look at it in person first; an offer comes within 72 hours, or not at all.
	Referred int `json:"referred" example:"0"`
} //	@name	SubmitResponse

// NoOffer is why one mandate would not buy.
type NoOffer struct {
	Code   string `json:"code" example:"outside-mandate"`
	Title  string `json:"title" example:"The invoice is outside the factor's mandate"`
	Detail string `json:"detail" example:"the term is longer than 90 days"`
} //	@name	NoOffer

func submitResponseOf(by domain.Caller) func(marketplace.Submitted) SubmitResponse {
	return func(done marketplace.Submitted) SubmitResponse {
		out := SubmitResponse{
			Invoice: invoiceOf(done.Invoice), DecisionID: done.Decision.ID.String(), Outcome: done.Decision.Outcome,
			Offers: []Offer{}, NoOffer: []NoOffer{}, Referred: done.Referred(),
		}
		for _, offer := range done.Offers {
			if offer.Status != domain.OfferReferred {
				out.Offers = append(out.Offers, offerOf(by)(offer))
			}
		}
		for _, no := range done.NoOffer {
			out.NoOffer = append(out.NoOffer, noOfferOf(no))
		}
		return out
	}
}

// submitInvoice asks every mandate for a price.
//
//	@Summary		Submit an invoice
//	@Description	Decides when the debtor will probably pay and asks every active mandate in the currency for its price. When the outcome is `refer` a person of each factor that would buy looks first, and its offer comes when it is approved. Submitting again supersedes the offers made before.
//	@Tags			invoices
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the invoice"
//	@Success		200				{object}	SubmitResponse
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/invoices/{id}/submit [post]
func (s *Server) submitInvoice(c *gin.Context) error {
	return doOn(c, domain.ParseInvoiceID, answering(http.StatusOK, submitResponseOf(caller(c)), nil), s.market.Submit)
}

// withdrawInvoice takes an unsold invoice back.
//
//	@Summary	Withdraw an invoice
//	@Tags		invoices
//	@Produce	json
//	@Security	Bearer
//	@Param		Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param		id				path		string	true	"id of the invoice"
//	@Success	200				{object}	Invoice
//	@Failure	400				{object}	Problem
//	@Failure	401				{object}	Problem
//	@Failure	403				{object}	Problem
//	@Failure	404				{object}	Problem
//	@Failure	409				{object}	Problem
//	@Failure	413				{object}	Problem
//	@Failure	422				{object}	Problem
//	@Router		/v1/invoices/{id}/withdraw [post]
func (s *Server) withdrawInvoice(c *gin.Context) error {
	return doOn(c, domain.ParseInvoiceID, answering(http.StatusOK, invoiceOf, nil), s.market.Withdraw)
}

// ReleaseInvoiceRequest says why a held invoice may go on.
type ReleaseInvoiceRequest struct {
	Reason string `json:"reason" example:"The same number was credited in January"`
} //	@name	ReleaseInvoiceRequest

// releaseInvoice lets a held invoice go on.
//
//	@Summary		Release a held invoice
//	@Description	For the platform, after a person looked at it.
//	@Tags			invoices
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string					true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string					true	"id of the invoice"
//	@Param			request			body		ReleaseInvoiceRequest	true	"the reason"
//	@Success		200				{object}	Invoice
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/invoices/{id}/release [post]
func (s *Server) releaseInvoice(c *gin.Context) error {
	id, reason, err := reasonFor[ReleaseInvoiceRequest](c, domain.ParseInvoiceID)
	if err != nil {
		return err
	}
	guard, err := once(c, answering(http.StatusOK, invoiceOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.market.ReleaseInvoice(c.Request.Context(), caller(c), id, reason, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

func (r ReleaseInvoiceRequest) reason() string { return r.Reason }
