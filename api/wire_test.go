package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

// probe answers 200 to what a strict body takes, and a problem to the rest.
func probe(t *testing.T) http.Handler {
	t.Helper()
	gin.SetMode(gin.TestMode)
	s := &Server{now: time.Now}
	router := gin.New()
	router.POST("/probe", s.plain(func(c *gin.Context) error {
		request, err := bodyOnly[ApplyReceiptRequest](c)
		if err != nil {
			return err
		}
		if _, err = request.read(); err != nil {
			return err
		}
		return respond(c, http.StatusOK, request)
	}))
	router.POST("/step", s.plain(nothing))
	router.POST("/file", s.plain(func(c *gin.Context) error {
		_, _, err := bankFile(c)
		return err
	}))
	router.POST("/invoice", s.plain(func(c *gin.Context) error {
		_, err := draftOf(c)
		return err
	}))
	return router
}

type sent struct {
	path, media, body string
	header            map[string]string
	length            int64
	status            int
	code              string // somewhere in the answer
}

func (s sent) check(t *testing.T, h http.Handler) {
	t.Helper()
	if s.path == "" {
		s.path = "/probe"
	}
	if s.media == "" {
		s.media = "application/json"
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, s.path, strings.NewReader(s.body))
	r.Header.Set("Content-Type", s.media)
	for name, value := range s.header {
		r.Header.Set(name, value)
	}
	if s.length != 0 {
		r.ContentLength = s.length
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != s.status || !strings.Contains(w.Body.String(), s.code) {
		t.Errorf("status %d, want %d with %q: %s", w.Code, s.status, s.code, w.Body)
	}
	if w.Code >= 400 && w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("the problem is %s", w.Header().Get("Content-Type"))
	}
}

const (
	goodDeal = `"deal_id":"deal_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	goodPart = `{` + goodDeal + `,"amount":{"amount":"10.00","currency":"EUR"}}`
)

func TestBodiesAreReadStrictly(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	tests := map[string]sent{
		"as it should be":       {body: goodPart, status: 200},
		"with a charset":        {body: goodPart, media: "application/json; charset=utf-8", status: 200},
		"white space around":    {body: " \n" + goodPart + "\n", status: 200},
		"nothing":               {body: "", status: 400, code: "unreadable"},
		"an unknown member":     {body: `{"deal":"x"}`, status: 400, code: "unknown-member"},
		"unknown, deeper":       {body: `{` + goodDeal + `,"amount":{"amount":"1.00","currency":"EUR","cents":1}}`, status: 400, code: "/amount/cents"},
		"another case":          {body: `{"Deal_ID":"x"}`, status: 400, code: "unknown-member"},
		"a member twice":        {body: `{` + goodDeal + `,` + goodDeal + `}`, status: 400, code: "duplicate-member"},
		"a number for a text":   {body: `{"deal_id":5}`, status: 400, code: "wrong-type"},
		"an amount as a number": {body: `{` + goodDeal + `,"amount":{"amount":10.00,"currency":"EUR"}}`, status: 400, code: "/amount/amount"},
		"a list":                {body: `[]`, status: 400, code: "wrong-type"},
		"trailing bytes":        {body: goodPart + `x`, status: 400, code: "unreadable"},
		"two documents":         {body: goodPart + goodPart, status: 400, code: "unreadable"},
		"a byte order mark":     {body: "\ufeff" + goodPart, status: 400, code: "unreadable"},
		"not UTF-8":             {body: "{\"deal_id\":\"\xff\"}", status: 400, code: "unreadable"},
		"a lone surrogate":      {body: `{"deal_id":"\ud800"}`, status: 400, code: "unreadable"},
		"single quotes":         {body: `{'deal_id':'x'}`, status: 400, code: "unreadable"},
		"a comment":             {body: `{/* */}`, status: 400, code: "unreadable"},
		"33 deep":               {body: `{"x":` + nested(32) + `}`, status: 400, code: "nested deeper than 32"},
		"32 deep":               {body: `{"x":` + nested(31) + `}`, status: 400, code: "unknown-member"},
		"brackets in a text":    {body: `{"deal_id":"` + strings.Repeat("[", 40) + `"}`, status: 422, code: "not-an-id"},
		"XML":                   {body: goodPart, media: "application/xml", status: 415, code: "unsupported-media-type"},
		"no type":               {body: goodPart, media: "nonsense/", status: 415, code: "unsupported-media-type"},
		"a form":                {body: "a=b", media: "application/x-www-form-urlencoded", status: 415, code: "unsupported-media-type"},
		"compressed":            {body: goodPart, header: map[string]string{"Content-Encoding": "gzip"}, status: 415, code: "Content-Encoding"},
		"too long, said so":     {body: goodPart, length: 1<<20 + 1, status: 413, code: "too-large"},
		"too long, unsaid":      {body: strings.Repeat(" ", 1<<20+1), length: -1, status: 413, code: "too-large"},
		"a query parameter":     {body: goodPart, path: "/probe?x=1", status: 400, code: "unknown-parameter"},
	}
	h := probe(t)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) { tc.check(t, h) })
	}
}

func TestFieldsAreChecked(t *testing.T) {
	part := func(amount, currency string) string {
		return `{` + goodDeal + `,"amount":{"amount":"` + amount + `","currency":"` + currency + `"}}`
	}
	tests := map[string]sent{
		"one place":               {body: part("10.0", "EUR"), status: 422, code: "not-an-amount"},
		"three places":            {body: part("10.000", "EUR"), status: 422, code: "exactly 2 places"},
		"no places":               {body: part("10", "EUR"), status: 422, code: "not-an-amount"},
		"yen with places":         {body: part("10.00", "JPY"), status: 422, code: "exactly 0 places"},
		"yen":                     {body: part("10", "JPY"), status: 200},
		"dinars":                  {body: part("10.000", "KWD"), status: 200},
		"a plus":                  {body: part("+10.00", "EUR"), status: 422, code: "not-an-amount"},
		"an exponent":             {body: part("1e2", "EUR"), status: 422, code: "not-an-amount"},
		"a comma":                 {body: part("10,00", "EUR"), status: 422, code: "not-an-amount"},
		"a leading zero":          {body: part("010.00", "EUR"), status: 422, code: "not-an-amount"},
		"far too much":            {body: part("99999999999999999.00", "EUR"), status: 422, code: "not-an-amount"},
		"other digits":            {body: part("١٠.00", "EUR"), status: 422, code: "not-an-amount"},
		"white space":             {body: part(" 10.00", "EUR"), status: 422, code: "not-an-amount"},
		"no such currency":        {body: part("10.00", "XXX"), status: 422, code: "unknown-currency"},
		"a small currency":        {body: part("10.00", "eur"), status: 422, code: "unknown-currency"},
		"null for an amount":      {body: `{` + goodDeal + `,"amount":null}`, status: 422, code: "unknown-currency"},
		"no id":                   {body: `{"amount":{"amount":"10.00","currency":"EUR"}}`, status: 422, code: "/deal_id"},
		"another thing's id":      {body: strings.Replace(part("10.00", "EUR"), "deal_0", "inv_0", 1), status: 422, code: "not-an-id"},
		"an id in capitals":       {body: strings.Replace(part("10.00", "EUR"), "a5c2e7", "A5C2E7", 1), status: 422, code: "not-an-id"},
		"an id with hyphens":      {body: strings.Replace(part("10.00", "EUR"), "0190a5c2e7b97c1e8f0a3b5d7f9e1a2b", "0190a5c2-e7b9-7c1e-8f0a-3b5d7f9e1a2b", 1), status: 422, code: "not-an-id"},
		"two mistakes, both told": {body: `{"deal_id":"","amount":{"amount":"1","currency":"EUR"}}`, status: 422, code: `"pointer":"/amount/amount"`},
	}
	h := probe(t)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) { tc.check(t, h) })
	}
}

func TestStepsTakeNoBody(t *testing.T) {
	tests := map[string]sent{
		"nothing":         {path: "/step", status: 200},
		"an empty object": {path: "/step", body: " {} ", status: 200},
		"a member":        {path: "/step", body: `{"x":1}`, status: 400, code: "no body is taken here"},
		"a query":         {path: "/step?force=true", status: 400, code: "unknown-parameter"},
	}
	h := probe(t)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) { tc.check(t, h) })
	}
}

func TestBankFilesAreRefusedWhole(t *testing.T) {
	tests := map[string]sent{
		"JSON":       {path: "/file", body: "{}", status: 415, code: "unsupported-media-type"},
		"not XML":    {path: "/file", media: "application/xml", body: "x", status: 415, code: "unsupported-media-type"},
		"broken XML": {path: "/file", media: "application/xml", body: "<a", status: 422, code: "bank-file-refused"},
		"other XML":  {path: "/file", media: "text/xml", body: "<a/>", status: 422, code: "bank-file-refused"},
		"a doctype":  {path: "/file", media: "application/xml", body: `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, status: 422, code: "bank-file-refused"},
		"too long":   {path: "/file", media: "application/xml", body: "<a/>", length: 20<<20 + 1, status: 413, code: "too-large"},
		"compressed": {path: "/file", media: "application/xml", body: "<a/>", header: map[string]string{"Content-Encoding": "gzip"}, status: 415},
	}
	h := probe(t)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) { tc.check(t, h) })
	}
}

func TestKeysAreChecked(t *testing.T) {
	gin.SetMode(gin.TestMode)
	tests := map[string]struct{ key, code string }{
		"a key":                {"k-1", ""},
		"quoted":               {`"k-1"`, ""},
		"none":                 {"", "idempotency-key-missing"},
		"an empty quoted one":  {`""`, "idempotency-key-missing"},
		"200 characters":       {strings.Repeat("k", 200), ""},
		"201 characters":       {strings.Repeat("k", 201), "idempotency-key-invalid"},
		"not plain characters": {"clé", "idempotency-key-invalid"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			c, _ := gin.CreateTestContext(httptest.NewRecorder())
			c.Request = httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/receipts", nil)
			c.Request.Header.Set("Idempotency-Key", tc.key)
			_, err := once(c, answering(http.StatusOK, receiptOf, nil))
			if got := codeOf(err); got != tc.code {
				t.Errorf("code %q, want %q", got, tc.code)
			}
		})
	}
}

func TestDownloadsAreNamedSafely(t *testing.T) {
	tests := map[string]string{
		"invoice.xml":    `attachment; filename="invoice.xml"; filename*=UTF-8''invoice.xml`,
		"Rechnung Ä.xml": `attachment; filename="Rechnung _.xml"; filename*=UTF-8''Rechnung%20%C3%84.xml`,
		"a\"b\r\nX: y":   `attachment; filename="a_b__X: y"; filename*=UTF-8''a%22b%0D%0AX%3A%20y`,
	}
	for name, want := range tests {
		if got := (domain.Document{FileName: name}).Disposition(); got != want {
			t.Errorf("%q is %s, want %s", name, got, want)
		}
	}
}
