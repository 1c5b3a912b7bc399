package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/ledger"
)

// DealLedger is every journal of a deal, in the order in which they became known.
type DealLedger struct {
	DealID   string    `json:"deal_id" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Journals []Journal `json:"journals"`
} //	@name	DealLedger

// Journal is one event in a factor's book: its debits are its credits.
type Journal struct {
	ID          string    `json:"id" example:"jou_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Kind        string    `json:"kind" example:"e1_purchase"`
	EffectiveOn string    `json:"effective_on" format:"date" example:"2026-02-04"`
	KnownAt     string    `json:"known_at" format:"date-time" example:"2026-02-04T14:12:00Z"`
	Cause       string    `json:"cause" example:"deal"`
	Reverses    *string   `json:"reverses" extensions:"x-nullable" example:"jou_0190a5c2e7b97c1e8f0a3b5d7f9e1a2c"`
	Postings    []Posting `json:"postings"`
} //	@name	Journal

// Posting moves one account: either debit or credit is there, and it is positive.
type Posting struct {
	Account string `json:"account" example:"factored_receivables"`
	Name    string `json:"name" example:"Factored receivables"`
	Debit   *Money `json:"debit,omitempty"`
	Credit  *Money `json:"credit,omitempty"`
} //	@name	Posting

func journalOf(p ledger.Posted) Journal {
	out := Journal{
		ID: p.ID.String(), Kind: string(p.Kind), EffectiveOn: p.Effective.String(), KnownAt: moment(p.KnownAt), Cause: p.CauseKind,
		Reverses: idOrNull(p.Reverses), Postings: []Posting{},
	}
	for _, posting := range p.Postings {
		line := Posting{Account: string(posting.Account), Name: posting.Account.Name()}
		if posting.Amount.Negative() {
			line.Credit = new(moneyOf(posting.Amount.Negated()))
		} else {
			line.Debit = new(moneyOf(posting.Amount))
		}
		out.Postings = append(out.Postings, line)
	}
	return out
}

// dealLedger answers the journals of a deal.
//
//	@Summary		Get the ledger of a deal
//	@Description	Every journal with its postings, in the order in which they became known. A posting has either `debit` or `credit`, always positive; within a journal they are equal. `effective_on` is the value date, `known_at` when it was posted.
//	@Tags			deals
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the deal"
//	@Success		200	{object}	DealLedger
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/deals/{id}/ledger [get]
func (s *Server) dealLedger(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseDealID)
	if err != nil {
		return err
	}
	posted, err := s.market.Journals(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	out := DealLedger{DealID: id.String(), Journals: []Journal{}}
	for _, p := range posted {
		out.Journals = append(out.Journals, journalOf(p))
	}
	return respond(c, http.StatusOK, out)
}
