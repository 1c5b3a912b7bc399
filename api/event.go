package api

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"comity/domain"
)

func (s *Server) eventRoutes() []route {
	return []route{{method: http.MethodGet, path: "/v1/events", handle: s.listEvents}}
}

// Event is what happened, in one sentence.
type Event struct {
	ID        string  `json:"id" example:"evt_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Kind      string  `json:"kind" example:"deal.made"`
	Said      string  `json:"said" example:"Invoice 2026-0117 was sold to Harbor Factors: USD 8,460.00 now, up to USD 1,500.00 later."`
	At        string  `json:"at" format:"date-time" example:"2026-02-04T14:12:00Z"`
	InvoiceID *string `json:"invoice_id" extensions:"x-nullable" example:"inv_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	DealID    *string `json:"deal_id" extensions:"x-nullable" example:"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	CaseID    *string `json:"case_id" extensions:"x-nullable" example:"case_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
} //	@name	Event

func eventOf(e domain.Event) Event {
	return Event{
		ID: e.ID.String(), Kind: e.Kind, Said: e.Said, At: moment(e.At),
		InvoiceID: idOrNull(e.Invoice), DealID: idOrNull(e.Deal), CaseID: idOrNull(e.Case),
	}
}

func eventID(e domain.Event) string { return e.ID.String() }

// listEvents lists what happened to the caller's things.
//
//	@Summary	List events
//	@Tags		events
//	@Produce	json
//	@Security	Bearer
//	@Param		limit	query		int		false	"how many, at most 200"	minimum(1)	maximum(200)	default(50)
//	@Param		cursor	query		string	false	"next_cursor of the page before"
//	@Success	200		{object}	listOf[Event]
//	@Failure	400		{object}	Problem
//	@Failure	401		{object}	Problem
//	@Router		/v1/events [get]
func (s *Server) listEvents(c *gin.Context) error {
	if err := onlyQuery(c, "limit", "cursor"); err != nil {
		return err
	}
	p, err := page(c, domain.ParseEventID)
	if err != nil {
		return err
	}
	events, err := s.market.Events(c.Request.Context(), caller(c), domain.EventFilter{}, p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(events, p, eventOf, eventID))
}

// invoiceTimeline lists what happened to an invoice.
//
//	@Summary	Timeline of an invoice
//	@Tags		events
//	@Produce	json
//	@Security	Bearer
//	@Param		id		path		string	true	"id of the invoice"
//	@Param		limit	query		int		false	"how many, at most 200"	minimum(1)	maximum(200)	default(50)
//	@Param		cursor	query		string	false	"next_cursor of the page before"
//	@Success	200		{object}	listOf[Event]
//	@Failure	400		{object}	Problem
//	@Failure	401		{object}	Problem
//	@Failure	404		{object}	Problem
//	@Router		/v1/invoices/{id}/timeline [get]
func (s *Server) invoiceTimeline(c *gin.Context) error {
	return timeline(s, c, domain.ParseInvoiceID, func(id domain.InvoiceID) domain.EventFilter { return domain.EventFilter{Invoice: id} })
}

// dealTimeline lists what happened to a deal.
//
//	@Summary	Timeline of a deal
//	@Tags		events
//	@Produce	json
//	@Security	Bearer
//	@Param		id		path		string	true	"id of the deal"
//	@Param		limit	query		int		false	"how many, at most 200"	minimum(1)	maximum(200)	default(50)
//	@Param		cursor	query		string	false	"next_cursor of the page before"
//	@Success	200		{object}	listOf[Event]
//	@Failure	400		{object}	Problem
//	@Failure	401		{object}	Problem
//	@Failure	404		{object}	Problem
//	@Router		/v1/deals/{id}/timeline [get]
func (s *Server) dealTimeline(c *gin.Context) error {
	return timeline(s, c, domain.ParseDealID, func(id domain.DealID) domain.EventFilter { return domain.EventFilter{Deal: id} })
}

// caseTimeline lists what happened to a case.
//
//	@Summary	Timeline of a case
//	@Tags		events
//	@Produce	json
//	@Security	Bearer
//	@Param		id		path		string	true	"id of the case"
//	@Param		limit	query		int		false	"how many, at most 200"	minimum(1)	maximum(200)	default(50)
//	@Param		cursor	query		string	false	"next_cursor of the page before"
//	@Success	200		{object}	listOf[Event]
//	@Failure	400		{object}	Problem
//	@Failure	401		{object}	Problem
//	@Failure	404		{object}	Problem
//	@Router		/v1/cases/{id}/timeline [get]
func (s *Server) caseTimeline(c *gin.Context) error {
	return timeline(s, c, domain.ParseCaseID, func(id domain.CaseID) domain.EventFilter { return domain.EventFilter{Case: id} })
}

// timeline lists the events of one thing. Everything that is there has at least
// one, so a first page without any is of a thing that is not the caller's.
func timeline[I interface{ ~struct{ uuid.UUID } }](s *Server, c *gin.Context, parse func(string) (I, error), about func(I) domain.EventFilter) error {
	id, p, err := pageOn(c, parse, domain.ParseEventID)
	if err != nil {
		return err
	}
	events, err := s.market.Events(c.Request.Context(), caller(c), about(id), p)
	if err != nil {
		return err
	}
	if len(events) == 0 && p.After == uuid.Nil {
		return domain.ErrNotFound
	}
	return respond(c, http.StatusOK, listing(events, p, eventOf, eventID))
}
