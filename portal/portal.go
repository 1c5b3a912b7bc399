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
	"time"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

// Cases is what the pages ask of the follow-up of debtors.
type Cases interface {
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
}

// Options are what the pages are made of.
type Options struct {
	Cases    Cases
	Links    Links
	FindLink func(context.Context, domain.LinkID) (domain.Link, domain.Caller, error)
	Now      func() time.Time // the real time, which is also the live world's
	Log      *slog.Logger
	Random   func(n int) []byte
}

type portal struct{ Options }

// New returns the debtor's pages, under /d/.
func New(o Options) http.Handler {
	p := &portal{o}
	router := gin.New()
	router.RedirectTrailingSlash = false
	_ = router.SetTrustedProxies(nil) // nil is always accepted: no proxy is believed
	router.Use(p.recover, p.headers)
	router.NoRoute(p.notFound)
	router.GET("/d/style.css", p.style)
	router.GET("/d/:link", p.visit(domain.VerbView, p.show))
	router.POST("/d/:link/confirm", p.visit(domain.VerbConfirm, p.confirm))
	router.POST("/d/:link/promise", p.visit(domain.VerbPromise, p.promise))
	router.POST("/d/:link/question", p.visit(domain.VerbQuestion, p.question))
	router.POST("/d/:link/paid", p.visit(domain.VerbPaid, p.paid))
	router.POST("/d/:link/dispute", p.visit(domain.VerbDispute, p.dispute))
	router.POST("/d/:link/dispute/agree", p.visit(domain.VerbDispute, p.agree))
	router.POST("/d/:link/dispute/note", p.visit(domain.VerbDispute, p.note))
	router.POST("/d/:link/plan", p.visit(domain.VerbPlan, p.plan))
	router.POST("/d/:link/plan/accept", p.visit(domain.VerbPlan, p.planAnswer(true)))
	router.POST("/d/:link/plan/decline", p.visit(domain.VerbPlan, p.planAnswer(false)))
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

// visit finds out whose link it is. A token that is wrong, a link that has
// expired or was revoked, and one without the verb are all the same 404.
func (p *portal) visit(verb string, handle func(*gin.Context, visit)) gin.HandlerFunc {
	return func(c *gin.Context) {
		token := c.Param("link")
		id, version, ok := p.Links.Parse(token)
		if !ok {
			p.notFound(c)
			return
		}
		link, by, err := p.FindLink(c.Request.Context(), id)
		switch {
		case errors.Is(err, domain.ErrNotFound) || err == nil && (link.KeyVersion != version || !slices.Contains(link.Verbs, verb)):
			p.notFound(c)
			return
		case err != nil:
			p.fault(c, fmt.Errorf("find link: %w", err))
			return
		}
		if by.Now.IsZero() {
			by.Now = p.Now().UTC().Truncate(time.Microsecond)
		}
		handle(c, visit{link, by, "/d/" + token})
	}
}

// show answers the page. It changes nothing.
func (p *portal) show(c *gin.Context, v visit) {
	p.page(c, v, http.StatusOK, notice{Done: done[c.Query("done")]}, form{})
}

// page answers the page, with a word about what was just done or refused.
func (p *portal) page(c *gin.Context, v visit, status int, word notice, filled form) {
	page, err := p.Cases.Page(c.Request.Context(), v.by)
	if errors.Is(err, domain.ErrNotFound) {
		p.notFound(c)
		return
	}
	if err != nil {
		p.fault(c, fmt.Errorf("read page: %w", err))
		return
	}
	nonce := func() string { return p.Links.nonce(v.link, p.Random(nonceBytes)) }
	p.write(c, status, "statement", statementOf(page, v, word, filled, nonce))
}

// answer sends the debtor back to the page after a deed, or shows why not.
func (p *portal) answer(c *gin.Context, v visit, answer domain.Answer, err error, filled form) {
	if err == nil {
		c.Redirect(http.StatusSeeOther, v.path+"?done="+string(answer.Body)+"#word")
		return
	}
	refusal, told := errors.AsType[*domain.Refusal](err)
	switch {
	case !told:
		p.fault(c, err)
	case refusal.Kind == domain.Missing:
		p.notFound(c)
	default:
		p.page(c, v, statusOf(refusal.Kind), notice{Refused: refusedWords(refusal)}, filled)
	}
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

func (p *portal) notFound(c *gin.Context) { p.write(c, http.StatusNotFound, "missing", nil) }

func (p *portal) fault(c *gin.Context, err error) {
	p.Log.ErrorContext(c.Request.Context(), "debtor's page failed", "route", c.FullPath(), "error", err)
	p.write(c, http.StatusInternalServerError, "fault", nil)
}
