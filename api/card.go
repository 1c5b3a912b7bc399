package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

const (
	maxCardNews     = 1 << 20 // bytes of one piece of news of a card processor
	signatureHeader = "Stripe-Signature"
)

// A CardDesk reads what the card processor of one factor says, and checks that it said so.
type CardDesk interface {
	Read(payload []byte, signature string) (domain.CardEvent, error)
}

func (s *Server) cardRoutes() []route {
	return []route{{method: http.MethodPost, path: "/v1/inbound/cards/:id", handle: s.takeCardNews, open: true}}
}

// CardNewsTaken says that a card processor's news were taken.
type CardNewsTaken struct {
	EventID string `json:"event_id" example:"evt_1PgafmB7WZ01zgkWw0GhUKzq"`
} //	@name	CardNewsTaken

// takeCardNews takes in what a card processor says.
//
//	@Summary		Take in news of a card processor
//	@Description	For Stripe, about the account of one factor: an event as it was sent, signed with the secret of the factor's webhook at most five minutes ago. Sessions that were paid or have expired, refunds, disputes and payouts have effects, each once; other events are taken and change nothing. A factor without an account has no such door.
//	@Tags			cases
//	@Accept			json
//	@Produce		json
//	@Param			id					path		string	true	"the factor"
//	@Param			Stripe-Signature	header		string	true	"t, v1: the time, and the HMAC-SHA-256 of time and body"
//	@Param			event				body		object	true	"the event"
//	@Success		200					{object}	CardNewsTaken
//	@Failure		400					{object}	Problem
//	@Failure		401					{object}	Problem
//	@Failure		404					{object}	Problem
//	@Failure		409					{object}	Problem
//	@Failure		413					{object}	Problem
//	@Failure		415					{object}	Problem
//	@Failure		422					{object}	Problem
//	@Failure		503					{object}	Problem
//	@Router			/v1/inbound/cards/{id} [post]
func (s *Server) takeCardNews(c *gin.Context) error {
	if err := onlyQuery(c); err != nil {
		return err
	}
	if err := mediaType(c, "application/json"); err != nil {
		return err
	}
	factor, desk, err := s.cardDesk(c.Param("id"))
	if err != nil {
		return err
	}
	payload, err := readBody(c, maxCardNews)
	if err != nil {
		return err
	}
	news, err := desk.Read(payload, c.GetHeader(signatureHeader))
	if err != nil {
		return err
	}
	s.notice(c, factor, news)
	if err := s.cases.CardNews(c.Request.Context(), factor, news, s.now().UTC()); err != nil {
		return err
	}
	return respond(c, http.StatusOK, CardNewsTaken{EventID: news.ID})
}

// notice logs news that change nothing.
func (s *Server) notice(c *gin.Context, factor domain.OrganizationID, news domain.CardEvent) {
	if news.Kind == domain.CardEventOther {
		s.log.InfoContext(c.Request.Context(), "a card processor's news change nothing", "factor", factor.String(), "event", news.ID, "type", news.Type)
	}
}

// cardDesk returns who reads for a factor; without one the factor's door is not there.
func (s *Server) cardDesk(id string) (domain.OrganizationID, CardDesk, error) {
	factor, err := domain.ParseOrganizationID(id)
	if err != nil || s.cards == nil {
		return factor, nil, domain.ErrNotFound
	}
	desk := s.cards(factor)
	if desk == nil {
		return factor, nil, domain.ErrNotFound
	}
	return factor, desk, nil
}
