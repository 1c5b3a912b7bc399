package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

// DebtorCard is a payment by card. No card is ever shown to us: it is typed on the page of the
// factor's processor.
type DebtorCard struct {
	ID string `json:"id" example:"card_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	// preparing: its page is asked for, look again soon; paid: the processor has the money; passed_on: it is booked;
	// expired, failed: nothing was paid, and another payment can begin.
	Status string           `json:"status" enums:"preparing,ready,paid,passed_on,returned,expired,failed" example:"ready"`
	Amount Money            `json:"amount"`
	Parts  []DebtorCardPart `json:"parts"`
	// Where it is paid; null: its page is not ready, or not needed any more.
	URL     *string `json:"url" extensions:"x-nullable" format:"uri" example:"https://checkout.example/c/pay/cs_live_a1"`
	AskedAt string  `json:"asked_at" format:"date-time" example:"2026-02-17T09:00:00Z"`
	PaidAt  *string `json:"paid_at" extensions:"x-nullable" format:"date-time" example:"2026-02-17T09:04:00Z"`
} //	@name	DebtorCard

// DebtorCardPart is what of a payment by card is for one invoice.
type DebtorCardPart struct {
	DealID        string `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	InvoiceNumber string `json:"invoice_number" example:"MP-1042"`
	Amount        Money  `json:"amount"`
} //	@name	DebtorCardPart

func debtorCardBegun(card domain.CardPayment) DebtorCard {
	out := DebtorCard{ID: card.ID.String(), Status: string(card.Status), Amount: moneyOf(card.Amount), Parts: []DebtorCardPart{}, AskedAt: moment(card.AskedAt), PaidAt: momentOrNull(card.PaidAt)}
	for _, part := range card.Parts {
		out.Parts = append(out.Parts, DebtorCardPart{part.Deal.String(), part.Number, moneyOf(part.Amount)})
	}
	return out
}

// debtorCardOf shows a payment as it stands now, as the page does.
func (s *Server) debtorCardOf(page domain.DebtorPage, link domain.Link, by domain.Caller) func(domain.CardPayment) DebtorCard {
	return func(card domain.CardPayment) DebtorCard {
		out := debtorCardBegun(card)
		out.Status = string(collections.CardNow(page, card, link, by, s.now()))
		if out.Status == string(domain.CardReady) {
			out.URL = textOrNull(card.URL)
		}
		return out
	}
}

// DebtorCardRequest begins a payment by card.
type DebtorCardRequest struct {
	// Absent: all that can be paid by card.
	DealID string `json:"deal_id,omitempty" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Amount Money  `json:"amount"`
} //	@name	DebtorCardRequest

type debtorCardAmount struct {
	deal   domain.DealID
	amount money.Amount
}

func (r DebtorCardRequest) read() (debtorCardAmount, error) {
	var k checker
	out := debtorCardAmount{amount: k.amount("/amount", r.Amount)}
	if r.DealID != "" {
		out.deal = k.deal(r.DealID)
	}
	return out, k.err()
}

// debtorPayByCard begins a payment by card.
//
//	@Summary		Begin a payment by card
//	@Description	Where the factor takes cards, and the notice's code was typed: up to what can be paid by card of one invoice, or all of it. Nothing is paid yet: the processor's page is asked for, and GET /v1/debtor/cards/{id} shows its address as soon as it is there. What was begun before and not paid is closed.
//	@Tags			debtor
//	@Accept			json
//	@Produce		json
//	@Security		Link
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			request			body		DebtorCardRequest	true	"what is paid"
//	@Success		201				{object}	DebtorCard
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/cards [post]
func (s *Server) debtorPayByCard(c *gin.Context) error {
	return debtorDoes[DebtorCardRequest](c, debtorCardBegun, func(ctx context.Context, by domain.Caller, v debtorCardAmount, once domain.Once[domain.CardPayment]) (domain.Answer, error) {
		page, err := s.cases.Page(ctx, by)
		if err == nil && !s.takesCards.Offer(page, linkOf(c), by) {
			err = domain.ErrNotFound
		}
		if err != nil {
			return domain.Answer{}, err
		}
		return s.cases.PayByCard(ctx, by, v.deal, v.amount, once)
	})
}

// debtorCard answers how a payment by card stands.
//
//	@Summary		Get a payment by card
//	@Description	How it stands, and where it is paid once its page is ready.
//	@Tags			debtor
//	@Produce		json
//	@Security		Link
//	@Param			id				path		string	true	"id of the payment"
//	@Success		200				{object}	DebtorCard
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/cards/{id} [get]
func (s *Server) debtorCard(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseCardID)
	if err != nil {
		return err
	}
	page, err := s.cases.Page(c.Request.Context(), caller(c))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(page.Cards, func(card domain.CardPayment) bool { return card.ID == id })
	if i < 0 {
		return domain.ErrNotFound
	}
	return respond(c, http.StatusOK, s.debtorCardOf(page, linkOf(c), caller(c))(page.Cards[i]))
}
