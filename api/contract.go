package api

import (
	"bytes"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"comity/domain"
)

// The general part of the contract, read by swag:
//
//	@title						Comity API
//	@version					1.0
//	@description				A marketplace where sellers sell invoices to factors, and where debtors are followed up with courtesy.
//	@description				Amounts are strings with exactly the currency's places, rates are decimal fractions, days are `YYYY-MM-DD`, instants are RFC 3339 in UTC. Lists come in pages: follow `next_cursor` until it is null. A POST that creates or moves something takes an `Idempotency-Key`: the same request with the same key is done once and answered with the same bytes for 7 days. Request bodies are read strictly: unknown and duplicate members are refused. Every answer that is not a success is a problem document (RFC 9457), whose `type` leads to a page.
//	@contact.name				Comity
//	@contact.url				https://comity.example
//	@license.name				Apache-2.0
//	@license.url				https://www.apache.org/licenses/LICENSE-2.0
//	@servers.url				/
//	@servers.description		This server
//	@tag.name					access
//	@tag.description			Signing up and in, users and organisations
//	@tag.name					accounts
//	@tag.description			Bank accounts
//	@tag.name					relationships
//	@tag.description			A seller's debtors and their payment history
//	@tag.name					imports
//	@tag.description			Files of payment history
//	@tag.name					mandates
//	@tag.description			What factors commit to buy at
//	@tag.name					invoices
//	@tag.description			Invoices, from the document to the offers
//	@tag.name					decisions
//	@tag.description			When an invoice will probably be paid, and why
//	@tag.name					objections
//	@tag.description			What sellers say against decisions, and the answers
//	@tag.name					models
//	@tag.description			The fitted models that say when invoices are paid
//	@tag.name					offers
//	@tag.description			Firm prices for invoices
//	@tag.name					deals
//	@tag.description			Purchases, their conditions and their books
//	@tag.name					money
//	@tag.description			Pay-outs, bank statements and receipts
//	@tag.name					reports
//	@tag.description			The books, as of a day and as known at an instant
//	@tag.name					events
//	@tag.description			What happened, in sentences
//	@tag.name					playbooks
//	@tag.description			Which messages follow up an invoice, when and how firm
//	@tag.name					cases
//	@tag.description			How debtors are followed up
//	@tag.name					agreements
//	@tag.description			Disputes, plans, and what is given back
//	@tag.name					debtor
//	@tag.description			What a debtor sees and does by its link, as on its page
//	@tag.name					mediations
//	@tag.description			A neutral person helps to end a dispute
//	@tag.name					agencies
//	@tag.description			Who external may be asked to speak with a debtor
//	@tag.name					laws
//	@tag.description			Rows of law, and what counsel signed of them
//	@tag.name					escalations
//	@tag.description			The end of the ladder: who external is asked, and steps that keep a right
//	@tag.name					sandbox
//	@tag.description			Worlds to try things in, with a clock of their own
//	@tag.name					operations
//	@tag.description			Probes
//	@securityDefinitions.apikey	Bearer
//	@in							header
//	@name						Authorization
//	@description				An access token of POST /v1/auth/token: `Bearer …`
//	@securityDefinitions.apikey	Link
//	@in							header
//	@name						Authorization
//	@description				The last part of a debtor's link: `Link …`. One that is wrong, has expired or was revoked is 404.

// errInternal stands for every fault: it is never returned, but it has a page.
var errInternal = &domain.Refusal{Code: "internal", Title: "Something is wrong on our side"}

// refusals lists every problem that the API can answer with.
func refusals() []*domain.Refusal {
	return append(slices.Clone(domain.Refusals()), errMethod, errEInvoice, errBankFile, errInternal)
}

// serveContract serves the contract, a page that shows it and a page for every
// problem. None of them needs another host.
func (s *Server) serveContract(router *gin.Engine, document []byte) {
	page := docsPage(document)
	router.GET("/openapi.json", func(c *gin.Context) { c.Data(http.StatusOK, "application/json", document) })
	router.GET("/docs", func(c *gin.Context) { writePage(c, page) })
	router.GET("/problems", func(c *gin.Context) { writePage(c, rendered("problems", refusals())) })
	router.GET("/problems/:code", s.plain(func(c *gin.Context) error {
		all := refusals()
		at := slices.IndexFunc(all, func(r *domain.Refusal) bool { return r.Code == c.Param("code") })
		if at < 0 {
			return domain.ErrNotFound
		}
		writePage(c, rendered("problem", problemPage{Code: all[at].Code, Title: all[at].Title, Status: statusOrFault(all[at]), When: whenOf(all[at])}))
		return nil
	}))
}

// statusOrFault is the HTTP status of a refusal; a fault has none of its own.
func statusOrFault(r *domain.Refusal) int {
	if r == errInternal {
		return http.StatusInternalServerError
	}
	return status(r)
}

// docsPage renders the contract once; a document that cannot be read, as in a
// test without one, gives an empty page.
func docsPage(document []byte) []byte {
	if len(document) == 0 {
		return nil
	}
	contract, err := readContract(document)
	if err != nil {
		panic("api: the contract cannot be shown: " + err.Error()) // it is embedded: a build mistake
	}
	return rendered("docs", contract)
}

// rendered fills a page; the pages are our own and always fill.
func rendered(name string, with any) []byte {
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, name, with); err != nil {
		panic("api: page " + name + ": " + err.Error())
	}
	return out.Bytes()
}

func writePage(c *gin.Context, page []byte) {
	c.Header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	c.Data(http.StatusOK, "text/html; charset=utf-8", page)
}

// indented writes an example for people.
func indented(example any) string {
	text, err := json.Marshal(example, jsontext.WithIndent("  "), json.Deterministic(true))
	if err != nil {
		return ""
	}
	return string(text)
}
