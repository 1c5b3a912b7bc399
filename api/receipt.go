package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/marketplace"
)

func (s *Server) receiptRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/receipts", handle: s.listReceipts},
		{method: http.MethodGet, path: "/v1/receipts/:id", handle: s.getReceipt},
		{method: http.MethodPost, path: "/v1/receipts/:id/apply", handle: s.applyReceipt},
		{method: http.MethodPost, path: "/v1/receipts/:id/undo", handle: s.undoReceipt},
	}
}

// Receipt is money that arrived on a collection account.
type Receipt struct {
	ID              string  `json:"id" example:"rcp_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Status          string  `json:"status" enums:"unapplied,suggested,applied,reversed" example:"suggested"`
	AccountID       string  `json:"account_id" example:"acct_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Amount          Money   `json:"amount"`
	Unapplied       Money   `json:"unapplied"`
	ValueDate       string  `json:"value_date" format:"date" example:"2026-02-23"`
	Payer           string  `json:"payer" example:"Harbor Hotel Group"`
	Reference       string  `json:"reference" example:"INV 2026-0117"`
	SuggestedDealID *string `json:"suggested_deal_id" extensions:"x-nullable" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	CreatedAt       string  `json:"created_at" format:"date-time" example:"2026-02-24T08:00:00Z"`
} //	@name	Receipt

func receiptOf(r domain.Receipt) Receipt {
	return Receipt{
		ID: r.ID.String(), Status: string(r.Status), AccountID: r.Account.String(), Amount: moneyOf(r.Amount), Unapplied: moneyOf(r.Unapplied),
		ValueDate: r.ValueDate.String(), Payer: r.Payer, Reference: r.Reference, SuggestedDealID: idOrNull(r.Suggested), CreatedAt: moment(r.CreatedAt),
	}
}

// listReceipts lists the factor's receipts.
//
//	@Summary	List receipts
//	@Tags		money
//	@Produce	json
//	@Security	Bearer
//	@Param		status	query		string	false	"only those in this state"	Enums(unapplied,suggested,applied,reversed)
//	@Param		limit	query		int		false	"how many, at most 200"		minimum(1)	maximum(200)	default(50)
//	@Param		cursor	query		string	false	"next_cursor of the page before"
//	@Success	200		{object}	listOf[Receipt]
//	@Failure	400		{object}	Problem
//	@Failure	401		{object}	Problem
//	@Failure	403		{object}	Problem
//	@Router		/v1/receipts [get]
func (s *Server) listReceipts(c *gin.Context) error {
	if err := onlyQuery(c, "limit", "cursor", "status"); err != nil {
		return err
	}
	status, err := statusQuery(c, domain.ReceiptMoves)
	if err != nil {
		return err
	}
	p, err := page(c, domain.ParseReceiptID)
	if err != nil {
		return err
	}
	receipts, err := s.market.Receipts(c.Request.Context(), caller(c), status, p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(receipts, p, receiptOf, func(r domain.Receipt) string { return r.ID.String() }))
}

// getReceipt answers one receipt.
//
//	@Summary	Get a receipt
//	@Tags		money
//	@Produce	json
//	@Security	Bearer
//	@Param		id	path		string	true	"id of the receipt"
//	@Success	200	{object}	Receipt
//	@Failure	400	{object}	Problem
//	@Failure	401	{object}	Problem
//	@Failure	403	{object}	Problem
//	@Failure	404	{object}	Problem
//	@Router		/v1/receipts/{id} [get]
func (s *Server) getReceipt(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseReceiptID)
	if err != nil {
		return err
	}
	receipt, err := s.market.Receipt(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, receiptOf(receipt))
}

// ApplyReceiptRequest says which deal money belongs to, and what of it.
type ApplyReceiptRequest struct {
	DealID string `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Amount Money  `json:"amount"`
	// For a part that was given back; without it, what is open is paid first and then what was given back.
	RecourseID string `json:"recourse_id,omitempty" example:"rec_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	// Whose money it is: the debtor's unless it says that the seller pays what it owes for the part.
	PaidBy string `json:"paid_by,omitempty" enums:"debtor,seller" example:"debtor"`
} //	@name	ApplyReceiptRequest

func (r ApplyReceiptRequest) read() (marketplace.Application, error) {
	var k checker
	deal, err := domain.ParseDealID(r.DealID)
	if err != nil {
		k.wrong("/deal_id", "not-an-id", "write the id of a deal")
	}
	how := marketplace.Application{Deal: deal, Amount: k.amount("/amount", r.Amount), Seller: r.PaidBy == "seller"}
	if r.RecourseID != "" {
		if how.Recourse, err = domain.ParseRecourseID(r.RecourseID); err != nil {
			k.wrong("/recourse_id", "not-an-id", "write the id of a recourse")
		}
	}
	if r.PaidBy != "" && r.PaidBy != "debtor" && r.PaidBy != "seller" {
		k.wrong("/paid_by", "not-allowed", "debtor or seller")
	}
	if how.Seller && r.RecourseID == "" {
		k.wrong("/recourse_id", "required", "name the part for which the seller pays")
	}
	return how, k.err()
}

// AppliedReceipt is a receipt after a part of it was applied.
type AppliedReceipt struct {
	Receipt  Receipt `json:"receipt"`
	DealID   string  `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Applied  Money   `json:"applied"`
	DealOpen Money   `json:"deal_open"`
} //	@name	AppliedReceipt

func appliedReceiptOf(a marketplace.Applied) AppliedReceipt {
	return AppliedReceipt{Receipt: receiptOf(a.Receipt), DealID: a.Deal.ID.String(), DealOpen: moneyOf(a.Deal.Open), Applied: moneyOf(a.Amount)}
}

// applyReceipt applies money to a deal by hand.
//
//	@Summary		Apply a receipt to a deal
//	@Description	For money that nothing explained. At most what is left of the receipt, and what is open of the deal or, of parts that were given back, not paid by the debtor. A debtor's money for such a part pays what the seller owes for it, and the rest is passed on to the seller.
//	@Tags			money
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string				true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string				true	"id of the receipt"
//	@Param			request			body		ApplyReceiptRequest	true	"deal and amount"
//	@Success		200				{object}	AppliedReceipt
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/receipts/{id}/apply [post]
func (s *Server) applyReceipt(c *gin.Context) error {
	id, err := pathID(c, domain.ParseReceiptID)
	if err != nil {
		return err
	}
	request, err := bodyOnly[ApplyReceiptRequest](c)
	if err != nil {
		return err
	}
	how, err := request.read()
	if err != nil {
		return err
	}
	guard, err := once(c, answering(http.StatusOK, appliedReceiptOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.market.ApplyReceipt(c.Request.Context(), caller(c), id, how, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

// undoReceipt takes back what was applied by hand.
//
//	@Summary		Undo the application of a receipt
//	@Description	As long as the deal was not settled on it.
//	@Tags			money
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the receipt"
//	@Success		200				{object}	Receipt
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/receipts/{id}/undo [post]
func (s *Server) undoReceipt(c *gin.Context) error {
	return doOn(c, domain.ParseReceiptID, answering(http.StatusOK, receiptOf, nil), s.market.UndoReceipt)
}
