// Package portal is the debtor's pages: no account, no JavaScript, one link.
// They use the same use cases as the API.
package portal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

// Cases is what the pages ask of the follow-up of debtors.
type Cases interface {
	evidencing
	PayByCard(ctx context.Context, by domain.Caller, deal domain.DealID, amount money.Amount, once domain.Once[domain.CardPayment]) (domain.Answer, error)
	Page(context.Context, domain.Caller) (domain.DebtorPage, error)
	Confirm(ctx context.Context, by domain.Caller, code string) error
	Promise(ctx context.Context, by domain.Caller, deal domain.DealID, amount money.Amount, on domain.Date, once domain.Once[domain.Promise]) (domain.Answer, error)
	Ask(ctx context.Context, by domain.Caller, deal domain.DealID, said string, once domain.Once[domain.Question]) (domain.Answer, error)
	Paid(ctx context.Context, by domain.Caller, deal domain.DealID, amount money.Amount, on domain.Date, once domain.Once[domain.Hold]) (domain.Answer, error)
	Dispute(context.Context, domain.Caller, collections.Complaint, domain.Once[domain.Dispute]) (domain.Answer, error)
	AgreeDispute(context.Context, domain.Caller, domain.DisputeID, domain.Once[domain.Dispute]) (domain.Answer, error)
	NoteOnPage(ctx context.Context, by domain.Caller, id domain.DisputeID, said string, once domain.Once[domain.Note]) (domain.Answer, error)
	RequestPlan(context.Context, domain.Caller, collections.PlanRequest, domain.Once[domain.Plan]) (domain.Answer, error)
	AnswerPlan(ctx context.Context, by domain.Caller, id domain.PlanID, agreed bool, once domain.Once[domain.Plan]) (domain.Answer, error)
	NotReceived(ctx context.Context, by domain.Caller, deal domain.DealID, once domain.Once[domain.Question]) (domain.Answer, error)
	WrongContact(ctx context.Context, by domain.Caller, mistake collections.Mistake, said string, once domain.Once[domain.Question]) (domain.Answer, error)
	AskProof(ctx context.Context, by domain.Caller, said string, once domain.Once[domain.Question]) (domain.Answer, error)
	Complain(ctx context.Context, by domain.Caller, said string, once domain.Once[domain.Question]) (domain.Answer, error)
	Prefer(ctx context.Context, by domain.Caller, wishes domain.Preferences, once domain.Once[domain.Preferences]) (domain.Answer, error)
	GiveFeedback(ctx context.Context, by domain.Caller, ease domain.Ease, said string, once domain.Once[domain.Feedback]) (domain.Answer, error)
	DebtorDocument(ctx context.Context, by domain.Caller, deal domain.DealID) (domain.Document, error)
	DebtorProof(context.Context, domain.Caller) (domain.Document, error)
}

// Options are what the pages are made of.
type Options struct {
	Cases      Cases
	Mediations Mediations
	Door       *Door
	Log        *slog.Logger
	Random     func(n int) []byte
	Cards      collections.CardTakers
	Proxies    []string // networks whose word about who asks is believed; none: nobody's
}

type portal struct{ Options }

// New returns the debtor's pages, under /d/.
func New(o Options) http.Handler {
	p := &portal{o}
	router := gin.New()
	router.RedirectTrailingSlash = false
	_ = router.SetTrustedProxies(o.Proxies) // they were read as networks before
	router.Use(p.recover, p.headers)
	router.NoRoute(p.notFound)
	router.GET("/d/style.css", p.style)
	router.GET("/d/policy", p.policy)
	router.GET("/d/:link", p.visit(domain.VerbView, p.show))
	router.GET("/d/:link/policy", p.visit(domain.VerbView, p.casePolicy))
	router.GET("/d/:link/pay", p.visit(domain.VerbView, p.pay))
	router.GET("/d/:link/document", p.visit(domain.VerbView, p.document))
	router.GET("/d/:link/"+proofLetter, p.visit(domain.VerbView, p.proofLetter))
	router.GET("/d/:link/calendar", p.visit(domain.VerbView, p.calendar))
	for _, d := range p.deeds() {
		verb, _, _ := strings.Cut(d.verb, "/") // what a link must carry: a part of a verb comes with it
		router.GET("/d/:link/"+d.verb, p.visit(verb, func(c *gin.Context, v visit) { p.ask(c, v, d) }))
		router.POST("/d/:link/"+d.verb, p.visit(verb, func(c *gin.Context, v visit) { p.take(c, v, d) }))
	}
	p.evidenceRoutes(router)
	p.cardRoutes(router)
	return router
}

// headers sets what every answer carries: nothing is kept, nothing is sent on,
// nothing but our own style is loaded.
func (p *portal) headers(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	c.Header("Cross-Origin-Opener-Policy", "same-origin")
	c.Header("Referrer-Policy", "no-referrer")
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("X-Frame-Options", "DENY")
	c.Header("X-Robots-Tag", "noindex, nofollow")
	c.Next()
}

func (p *portal) recover(c *gin.Context) {
	defer func() {
		if cause := recover(); cause != nil {
			p.fault(c, fmt.Errorf("panic: %v\n%s", cause, debug.Stack()))
		}
	}()
	c.Next()
}

// A visit is somebody on the page of a link.
type visit struct {
	link domain.Link
	by   domain.Caller
	path string // of the page
}

// visit finds out whose link it is.
func (p *portal) visit(verb string, handle func(*gin.Context, visit)) gin.HandlerFunc {
	return func(c *gin.Context) {
		token := c.Param("link")
		link, by, err := p.Door.Enter(c.Request.Context(), token, verb, c.ClientIP())
		switch {
		case errors.Is(err, domain.ErrThrottled):
			c.Header("Retry-After", strconv.Itoa(int(guessWindow.Seconds())))
			p.missing(c, http.StatusTooManyRequests)
		case errors.Is(err, domain.ErrNotFound):
			p.notFound(c)
		case err != nil:
			p.fault(c, err)
		default:
			handle(c, visit{link, by, "/d/" + token})
		}
	}
}

// page reads what a visit may see; it answers the request itself when that fails.
func (p *portal) page(c *gin.Context, v visit) (domain.DebtorPage, bool) {
	page, err := p.Cases.Page(c.Request.Context(), v.by)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		p.notFound(c)
	case err != nil:
		p.fault(c, fmt.Errorf("read page: %w", err))
	}
	return page, err == nil
}

// show answers the statement. It changes nothing.
func (p *portal) show(c *gin.Context, v visit) {
	page, ok := p.page(c, v)
	if !ok {
		return
	}
	s := p.statementOf(frameOf(c, v), page, v)
	if d, known := p.deed(c.Query("done")); known {
		s.Done = string(d.done(s.T))
	}
	if ask, _ := p.deed(domain.VerbFeedback); page.MayBeAsked && s.Done != "" && slices.Contains(v.link.Verbs, domain.VerbFeedback) {
		s.Feedback, _ = p.sheetOf(frameOf(c, v), page, v, ask, form{})
	}
	p.write(c, http.StatusOK, "statement", s)
}

// ask answers the form of a deed. It changes nothing.
func (p *portal) ask(c *gin.Context, v visit, d deed) {
	page, ok := p.page(c, v)
	if !ok {
		return
	}
	s, ok := p.sheetOf(frameOf(c, v), page, v, d, form{Deal: c.Query("deal"), typed: named(c.Query, d.about)})
	if !ok {
		p.notFound(c)
		return
	}
	p.write(c, http.StatusOK, "sheet", s)
}

// take does what a form asks for and sends the debtor back to the statement, or
// shows the form again and says why not.
func (p *portal) take(c *gin.Context, v visit, d deed) {
	f, err := p.read(c, v, d)
	var answer domain.Answer
	if err == nil {
		answer, err = d.do(c.Request.Context(), v.by, f)
	}
	if err == nil {
		c.Redirect(http.StatusSeeOther, frameOf(c, v).To("", "done", string(answer.Body))+"#word")
		return
	}
	refusal, told := errors.AsType[*domain.Refusal](err)
	switch {
	case !told:
		p.fault(c, err)
	case refusal.Kind == domain.Missing:
		p.notFound(c)
	default:
		p.refuse(c, v, d, f, refusal)
	}
}

// refuse answers a form that was refused, as it was filled.
func (p *portal) refuse(c *gin.Context, v visit, d deed, f form, refusal *domain.Refusal) {
	page, ok := p.page(c, v)
	if !ok {
		return
	}
	s, ok := p.sheetOf(frameOf(c, v), page, v, d, f)
	if !ok {
		p.notFound(c)
		return
	}
	s.refused(d, refusal)
	p.write(c, statusOf(refusal.Kind), "sheet", s)
}

func statusOf(kind domain.Kind) int {
	switch kind {
	case domain.Unreadable:
		return http.StatusBadRequest
	case domain.Conflict:
		return http.StatusConflict
	case domain.TooLarge:
		return http.StatusRequestEntityTooLarge
	case domain.Throttled:
		return http.StatusTooManyRequests
	case domain.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusUnprocessableEntity
	}
}

func (p *portal) notFound(c *gin.Context) { p.missing(c, http.StatusNotFound) }

// missing says that a page is not there.
func (p *portal) missing(c *gin.Context, status int) {
	f := frameOf(c, visit{})
	f.Title = string(f.T.MissingTitle)
	p.write(c, status, "missing", f)
}

func (p *portal) fault(c *gin.Context, err error) {
	p.Log.ErrorContext(c.Request.Context(), "debtor's page failed", "route", c.FullPath(), "error", err)
	f := frameOf(c, visit{})
	f.Title = string(f.T.FaultTitle)
	p.write(c, http.StatusInternalServerError, "fault", f)
}
