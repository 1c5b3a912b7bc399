package api

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/formats"
	"comity/marketplace"
)

func (s *Server) payoutRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/payouts", handle: s.listPayouts},
		{method: http.MethodGet, path: "/v1/payouts/:id", handle: s.getPayout},
		{method: http.MethodGet, path: "/v1/payouts/:id/file", handle: s.getPayoutFile},
	}
}

// Payout is an order to a factor's bank. Account ids are shown to the factor
// only; `has_file` is computed.
type Payout struct {
	ID            string  `json:"id" example:"pay_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	DealID        string  `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Kind          string  `json:"kind" enums:"advance,rebate,sweep" example:"advance"`
	Status        string  `json:"status" enums:"queued,instructed,accepted,rejected,confirmed,returned,unknown" example:"confirmed"`
	Amount        Money   `json:"amount"`
	FromAccountID string  `json:"from_account_id,omitempty" example:"acct_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	ToAccountID   string  `json:"to_account_id,omitempty" example:"acct_0190a5c2e7b97c1e8f0a3b5d7f9e1a2c"`
	EndToEndID    string  `json:"end_to_end_id" example:"CM0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	ReleaseAt     *string `json:"release_at" extensions:"x-nullable" format:"date-time" example:"2026-03-02T14:00:00Z"`
	InstructedAt  *string `json:"instructed_at" extensions:"x-nullable" format:"date-time" example:"2026-02-05T09:30:00Z"`
	ValueDate     *string `json:"value_date" extensions:"x-nullable" format:"date" example:"2026-02-05"`
	HasFile       bool    `json:"has_file" example:"true"`
	CreatedAt     string  `json:"created_at" format:"date-time" example:"2026-02-05T09:30:00Z"`
} //	@name	Payout

func payoutOf(by domain.Caller) func(domain.Payout) Payout {
	return func(p domain.Payout) Payout {
		out := Payout{
			ID: p.ID.String(), DealID: p.Deal.String(), Kind: string(p.Kind), Status: string(p.Status), Amount: moneyOf(p.Amount),
			EndToEndID: p.EndToEnd, ReleaseAt: momentOrNull(p.ReleaseAt), InstructedAt: momentOrNull(p.InstructedAt),
			ValueDate: textOrNull(p.ValueDate.String()), CreatedAt: moment(p.CreatedAt),
		}
		if by.Kind == domain.KindFactor {
			out.FromAccountID, out.ToAccountID, out.HasFile = p.From.String(), p.To.String(), !p.InstructedAt.IsZero()
		}
		return out
	}
}

// listPayouts lists orders to banks.
//
//	@Summary		List pay-outs
//	@Description	Advances and rebates; a factor also sees the transfers between its own accounts.
//	@Tags			money
//	@Produce		json
//	@Security		Bearer
//	@Param			status	query		string	false	"only those in this state"	Enums(queued,instructed,accepted,rejected,confirmed,returned,unknown)
//	@Param			limit	query		int		false	"how many, at most 200"		minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"next_cursor of the page before"
//	@Success		200		{object}	listOf[Payout]
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Router			/v1/payouts [get]
func (s *Server) listPayouts(c *gin.Context) error {
	if err := onlyQuery(c, "limit", "cursor", "status"); err != nil {
		return err
	}
	status, err := statusQuery(c, domain.PayoutMoves)
	if err != nil {
		return err
	}
	p, err := page(c, domain.ParsePayoutID)
	if err != nil {
		return err
	}
	orders, err := s.market.Payouts(c.Request.Context(), caller(c), status, p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(orders, p, payoutOf(caller(c)), func(p domain.Payout) string { return p.ID.String() }))
}

// getPayout answers one order to a bank.
//
//	@Summary	Get a pay-out
//	@Tags		money
//	@Produce	json
//	@Security	Bearer
//	@Param		id	path		string	true	"id of the pay-out"
//	@Success	200	{object}	Payout
//	@Failure	400	{object}	Problem
//	@Failure	401	{object}	Problem
//	@Failure	404	{object}	Problem
//	@Router		/v1/payouts/{id} [get]
func (s *Server) getPayout(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParsePayoutID)
	if err != nil {
		return err
	}
	order, err := s.market.Payout(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, payoutOf(caller(c))(order))
}

// getPayoutFile answers the file for the bank.
//
//	@Summary		Download the file for the bank
//	@Description	pain.001.001.09, for the factor only. The same order is always the same bytes. A queued order has no file yet (409).
//	@Tags			money
//	@Produce		xml
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the pay-out"
//	@Success		200	{file}		file
//	@Header			200	{string}	Content-Disposition	"attachment, with the file's name"
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Failure		409	{object}	Problem
//	@Router			/v1/payouts/{id}/file [get]
func (s *Server) getPayoutFile(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParsePayoutID)
	if err != nil {
		return err
	}
	order, err := s.market.PayoutFile(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	download(c, domain.Document{MediaType: "application/xml", FileName: id.String() + ".xml", Bytes: bankOrder(order)})
	return nil
}

// bankOrder writes the file: it depends on the order alone.
func bankOrder(order marketplace.PayoutOrder) []byte {
	p := order.Payout
	what := map[domain.PayoutKind]string{
		domain.PayAdvance: "Advance invoice ", domain.PayRebate: "Rebate invoice ", domain.PaySweep: "Own transfer invoice ",
	}[p.Kind]
	return formats.WritePain001(formats.PaymentOrder{
		MessageID: strings.ReplaceAll(p.ID.String(), "pay_", "PAY"), CreatedAt: p.InstructedAt, Initiator: order.Factor.Name,
		Debtor: formats.PaymentParty{Name: order.From.Holder, Account: order.From.Number},
		Payments: []formats.Payment{{
			EndToEndID: p.EndToEnd, Amount: p.Amount, Creditor: formats.PaymentParty{Name: order.To.Holder, Account: order.To.Number},
			Remittance: what + order.InvoiceNumber, ExecuteOn: order.ExecuteOn(),
		}},
	})
}
