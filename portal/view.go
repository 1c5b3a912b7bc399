package portal

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

//go:embed pages/*
var files embed.FS

// sheetVersion is the digest of our style: a browser that keeps an older one asks anew.
var sheetVersion = func() string {
	sheet, err := files.ReadFile("pages/style.css")
	if err != nil {
		panic(err) // it is embedded
	}
	sum := sha256.Sum256(sheet)
	return hex.EncodeToString(sum[:6])
}()

var pages = template.Must(template.ParseFS(files, "pages/*.html"))

// A frame is what every page has: its words, its title, and where it is.
type frame struct {
	T                   *words
	Title               string
	Debtor, Seller      string
	Factor, FactorEmail string
	Path                string // of the statement; "" on a page that belongs to no link
	Chooser             bool   // of a language
	Quiet               bool   // the debtor is not told of a sale: the page is its supplier's, and knows no factor

	chosen string     // the language that was chosen on the page
	here   string     // path of this page
	query  url.Values // what of its query is carried on
	asks   func(preferred string) (*words, string)
}

// namesOf are the names that an address may carry on to another language, and what they may
// be: nothing that somebody else wrote.
var namesOf = map[string]func(string) bool{
	"deal":      func(id string) bool { _, err := domain.ParseDealID(id); return err == nil },
	"dispute":   func(id string) bool { _, err := domain.ParseDisputeID(id); return err == nil },
	"plan":      func(id string) bool { _, err := domain.ParsePlanID(id); return err == nil },
	"mediation": func(stage string) bool { _, ok := stageOf(stage); return ok },
}

func frameOf(c *gin.Context, v visit) frame {
	f := frame{Path: v.path, Chooser: v.path != "", here: c.Request.URL.Path, query: url.Values{}, asks: func(preferred string) (*words, string) { return tongueOf(c, preferred) }}
	f.T, f.chosen = f.asks("")
	for name, known := range namesOf {
		if value := c.Query(name); known(value) {
			f.query.Set(name, value)
		}
	}
	return f
}

// of returns the frame of a page of a debtor.
func (f frame) of(page domain.DebtorPage) frame {
	f.Debtor, f.Seller, f.Factor, f.FactorEmail = page.Debtor, page.Seller, page.Factor, page.FactorEmail
	f.T, f.chosen = f.asks(page.Preferences.Language)
	if f.Quiet = page.Disclosure == domain.Confidential; f.Quiet {
		f.Factor, f.FactorEmail, f.T = page.Seller, page.SellerEmail, quietly[f.T.Tag]
	}
	return f
}

// To returns the address of a page below the statement, or of the statement, with
// names and values for its query; a language that was chosen is carried on.
func (f frame) To(where string, query ...string) string {
	address, mark := f.Path, "?"
	if where != "" {
		address += "/" + where
	}
	if f.chosen != "" {
		query = append(query, "lang", f.chosen)
	}
	for i := 0; i+1 < len(query); i += 2 {
		if query[i+1] != "" {
			address, mark = address+mark+query[i]+"="+url.QueryEscape(query[i+1]), "&"
		}
	}
	return address
}

// A tongueLink leads to this page in another language.
type tongueLink struct {
	Tag, Name, Href string
	Here            bool
}

// Tongues lists this page in every language there is.
func (f frame) Tongues() []tongueLink {
	var all []tongueLink
	for _, w := range tongues {
		query := url.Values{"lang": {w.Tag}}
		for name, values := range f.query {
			query[name] = values
		}
		all = append(all, tongueLink{w.Tag, w.Name, f.here + "?" + query.Encode(), w.Tag == f.T.Tag})
	}
	return all
}

// Style is the version of our style.
func (frame) Style() string { return sheetVersion }

// write answers a page, whole or not at all.
func (p *portal) write(c *gin.Context, status int, name string, data any) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, data); err != nil {
		p.Log.ErrorContext(c.Request.Context(), "debtor's page cannot be written", "page", name, "error", err)
		c.Data(http.StatusInternalServerError, "text/plain; charset=utf-8", []byte("Something went wrong on our side. Please try again.\n"))
		return
	}
	c.Header("Vary", "Accept-Language")
	c.Data(status, "text/html; charset=utf-8", page.Bytes())
	c.Abort()
}

func (p *portal) style(c *gin.Context) {
	sheet, err := files.ReadFile("pages/style.css")
	if err != nil {
		p.fault(c, err)
		return
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.Data(http.StatusOK, "text/css; charset=utf-8", sheet)
}

// grouped writes an account number in groups of four, as on paper.
func grouped(number string) string {
	var b strings.Builder
	for i, r := range number {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
