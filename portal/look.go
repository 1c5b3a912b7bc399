package portal

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

// policy answers what binds everybody who follows up invoices here; it needs no link.
func (p *portal) policy(c *gin.Context) {
	f := frameOf(c, visit{})
	f.Chooser, f.Factor = true, "Comity"
	p.write(c, http.StatusOK, "policy", policyOf(f))
}

// casePolicy answers who writes to this debtor, and what binds it.
func (p *portal) casePolicy(c *gin.Context, v visit) {
	if page, ok := p.page(c, v); ok {
		p.write(c, http.StatusOK, "policy", policyOf(frameOf(c, v).of(page)))
	}
}

// payment is the page that says how one invoice is paid.
type payment struct {
	*statement
	Item viewItem
}

// pay answers how one invoice is paid.
func (p *portal) pay(c *gin.Context, v visit) {
	page, ok := p.page(c, v)
	if !ok {
		return
	}
	deal, err := domain.ParseDealID(c.Query("deal"))
	item, found := page.Item(deal)
	if err != nil || !found || !item.Open.Positive() {
		p.notFound(c)
		return
	}
	page.Items = []domain.DebtorItem{item}
	s := p.statementOf(frameOf(c, v), page, v)
	s.Title, s.Alone = string(s.T.HowToPay), true
	p.write(c, http.StatusOK, "pay", payment{s, s.Open[0]})
}

// document answers the file that an invoice came as, to be kept and not to be shown: it is
// somebody else's bytes.
func (p *portal) document(c *gin.Context, v visit) {
	deal, err := domain.ParseDealID(c.Query("deal"))
	if err != nil {
		p.notFound(c)
		return
	}
	doc, err := p.Cases.DebtorDocument(c.Request.Context(), v.by, deal)
	doc.MediaType = "application/octet-stream"
	p.handOut(c, doc, err)
}

// handOut answers a file, which a browser saves and never runs, unless reading it failed.
func (p *portal) handOut(c *gin.Context, doc domain.Document, err error) {
	switch {
	case errors.Is(err, domain.ErrNotFound):
		p.notFound(c)
	case err != nil:
		p.fault(c, fmt.Errorf("read file: %w", err))
	default:
		c.Header("Content-Disposition", doc.Disposition())
		c.Header("Content-Security-Policy", "sandbox; default-src 'none'")
		c.Data(http.StatusOK, doc.MediaType, doc.Bytes)
	}
}
