// Package api is HTTP and nothing else: routes, request and response shapes,
// problems and authentication. A handler reads, asks a use case and answers.
package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"comity/access"
	"comity/collections"
	"comity/domain"
	"comity/marketplace"
)

// Options are what a server is made of.
type Options struct {
	Access  *access.Service
	Market  *marketplace.Service
	Cases   Cases
	Tokens  *Tokens
	Now     func() time.Time // the real time
	Log     *slog.Logger
	Ready   func(*http.Request) error // says why the server cannot serve now
	Secret  func() string             // makes join codes
	Inbound *webhooks.Webhook         // checks who delivers mail; nil: nobody does
	// Cards returns who reads what a factor's card processor says; nil where nobody does.
	Cards      func(domain.OrganizationID) CardDesk
	TakesCards collections.CardTakers
	// Calendar writes what falls due of a debtor's page, in the best language that an Accept-Language
	// header asks for.
	Calendar func(page domain.DebtorPage, accept string, now time.Time) domain.Document
	OpenAPI  []byte // the contract, as served
	Enter    Door
	Proxies  []string // networks whose word about who asks is believed; none: nobody's
}

// A Door says whose link a token is, and as whom its holder may act by a verb; from is the address
// that asks. It refuses with domain.ErrNotFound or domain.ErrThrottled.
type Door func(ctx context.Context, token, verb, from string) (domain.Link, domain.Caller, error)

// A Server answers the API's requests.
type Server struct {
	access     *access.Service
	market     *marketplace.Service
	cases      Cases
	enter      Door
	tokens     *Tokens
	now        func() time.Time
	log        *slog.Logger
	ready      func(*http.Request) error
	secret     func() string
	inbound    *webhooks.Webhook
	cards      func(domain.OrganizationID) CardDesk
	takesCards collections.CardTakers
	calendar   func(page domain.DebtorPage, accept string, now time.Time) domain.Document
	// mailDoor has room for the mails that are taken in at once.
	mailDoor chan struct{}
	tries    *throttle
}

// New returns the API's routes on a router of their own.
func New(o Options) *gin.Engine {
	s := &Server{
		access: o.Access, market: o.Market, cases: o.Cases, enter: o.Enter, tokens: o.Tokens, now: o.Now, log: o.Log,
		ready: o.Ready, secret: o.Secret, inbound: o.Inbound, cards: o.Cards, takesCards: o.TakesCards, calendar: o.Calendar, mailDoor: make(chan struct{}, mailsAtOnce), tries: newThrottle(o.Now),
	}
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.HandleMethodNotAllowed = true
	router.RedirectTrailingSlash = false
	_ = router.SetTrustedProxies(o.Proxies) // they were read as networks before
	router.Use(s.recover, s.headers)
	router.NoRoute(s.plain(func(*gin.Context) error { return domain.ErrNotFound }))
	router.NoMethod(s.plain(func(*gin.Context) error { return errMethod }))
	s.serveContract(router, o.OpenAPI)
	for _, r := range s.routes() {
		chain := []gin.HandlerFunc{s.plain(r.handle)}
		switch {
		case r.verb != "":
			chain = []gin.HandlerFunc{s.linked(r.verb), s.plain(r.handle)}
		case !r.open:
			chain = []gin.HandlerFunc{s.signedIn, s.plain(r.handle)}
		}
		router.Handle(r.method, r.path, chain...)
	}
	return router
}

var errMethod = &domain.Refusal{Kind: domain.Unreadable, Code: "method-not-allowed", Title: "This method is not taken here"}

// A handler answers a request or returns why not.
type handler func(*gin.Context) error

// A route is one operation of the contract.
type route struct {
	method, path string
	handle       handler
	open         bool   // needs no sign-in
	verb         string // a debtor's, which its link must carry; "": it is no debtor's
}

// plain turns a handler into gin's kind: its error becomes a problem.
func (s *Server) plain(h handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := h(c); err != nil {
			s.writeProblem(c, err)
		}
	}
}

// recover turns a panic into an opaque problem; the cause is logged.
func (s *Server) recover(c *gin.Context) {
	defer func() {
		if cause := recover(); cause != nil {
			s.writeProblem(c, panicked{cause, debug.Stack()})
		}
	}()
	c.Next()
}

type panicked struct {
	cause any
	stack []byte
}

// Error implements error; it is for the log.
func (p panicked) Error() string { return fmt.Sprintf("panic: %v\n%s", p.cause, p.stack) }

// headers sets what every answer carries.
func (s *Server) headers(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("Referrer-Policy", "no-referrer")
	c.Next()
}

const (
	callerKey = "comity.caller"
	linkKey   = "comity.link"
)

// signedIn finds out who asks.
func (s *Server) signedIn(c *gin.Context) {
	token, ok := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
	if !ok {
		s.writeProblem(c, domain.ErrUnauthenticated)
		return
	}
	user, org, err := s.tokens.check(token)
	if err != nil {
		s.writeProblem(c, err)
		return
	}
	by, err := s.access.Authenticate(c.Request.Context(), user, org, s.now())
	if err != nil {
		s.writeProblem(c, err)
		return
	}
	c.Set(callerKey, by)
	c.Next()
}

// linked finds out whose link it is that somebody comes with.
func (s *Server) linked(verb string) gin.HandlerFunc {
	return func(c *gin.Context) {
		token, ok := strings.CutPrefix(c.GetHeader("Authorization"), "Link ")
		if !ok {
			s.writeProblem(c, domain.ErrUnauthenticated)
			return
		}
		link, by, err := s.enter(c.Request.Context(), token, verb, c.ClientIP())
		if err != nil {
			s.writeProblem(c, err)
			return
		}
		c.Set(callerKey, by)
		c.Set(linkKey, link)
		c.Next()
	}
}

// caller returns who asks; signedIn or linked ran before.
func caller(c *gin.Context) domain.Caller {
	by, _ := c.MustGet(callerKey).(domain.Caller)
	return by
}

// linkOf returns the link that somebody came with; linked ran before.
func linkOf(c *gin.Context) domain.Link {
	link, _ := c.MustGet(linkKey).(domain.Link)
	return link
}

// health answers that the process lives.
//
//	@Summary	The process lives
//	@Tags		operations
//	@Produce	json
//	@Success	200	{object}	Health
//	@Router		/healthz [get]
func (s *Server) health(c *gin.Context) error { return respond(c, http.StatusOK, Health{Status: "ok"}) }

// readiness answers whether requests can be served now.
//
//	@Summary	Requests can be served now
//	@Tags		operations
//	@Produce	json
//	@Success	200	{object}	Health
//	@Failure	503	{object}	Problem
//	@Router		/readyz [get]
func (s *Server) readiness(c *gin.Context) error {
	if err := s.ready(c.Request); err != nil {
		return domain.ErrUnavailable
	}
	return respond(c, http.StatusOK, Health{Status: "ready"})
}

// Health is what the probes answer.
type Health struct {
	Status string `json:"status" example:"ok"`
} //	@name	Health
