package api

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"comity/domain"
	"comity/money"
)

const (
	maxJSONBytes = 1 << 20
	maxDepth     = 32
	hashKey      = "comity.body_hash"
)

// body reads the request's JSON into T: unknown and duplicate members, another
// case, trailing bytes and a depth over 32 are refused.
func body[T any](c *gin.Context) (T, error) {
	var request T
	if err := mediaType(c, "application/json"); err != nil {
		return request, err
	}
	data, err := readBody(c, maxJSONBytes)
	if err != nil {
		return request, err
	}
	if depth(data) > maxDepth {
		return request, domain.ErrUnreadable.Because("nested deeper than %d", maxDepth)
	}
	if string(bytes.TrimSpace(data)) == "null" { // it would pass for an object without members
		return request, domain.ErrUnreadable.Because("not an object")
	}
	err = json.Unmarshal(data, &request, json.RejectUnknownMembers(true))
	return request, unreadableJSON(err)
}

// unreadableJSON says where and why a body could not be read.
func unreadableJSON(err error) error {
	if err == nil {
		return nil
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		pointer := string(semantic.JSONPointer)
		if errors.Is(err, json.ErrUnknownName) {
			return domain.ErrUnreadable.Because("%s is not a member here", pointer).At(pointer, "unknown-member", "there is no such member")
		}
		return domain.ErrUnreadable.Because("%s is not of the right type", pointer).At(pointer, "wrong-type", "expected another JSON type")
	}
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		pointer := string(syntax.JSONPointer)
		if errors.Is(err, jsontext.ErrDuplicateName) {
			return domain.ErrUnreadable.Because("%s stands twice", pointer).At(pointer, "duplicate-member", "a member may stand once")
		}
		return domain.ErrUnreadable.Because("not JSON at byte %d", syntax.ByteOffset)
	}
	return domain.ErrUnreadable.Because("not JSON")
}

// depth returns how deep the arrays and objects of a JSON text nest, at most
// one more than maxDepth.
func depth(data []byte) int {
	deepest, now, inString, escaped := 0, 0, false, false
	for _, b := range data {
		switch {
		case escaped:
			escaped = false
		case inString:
			escaped, inString = b == '\\', b != '"'
		case b == '"':
			inString = true
		case b == '{' || b == '[':
			if now++; now > deepest {
				deepest = now
			}
		case b == '}' || b == ']':
			now--
		}
		if deepest > maxDepth {
			break
		}
	}
	return deepest
}

// mediaType refuses a body that is not of one of the types.
func mediaType(c *gin.Context, allowed ...string) error {
	if encoding := c.GetHeader("Content-Encoding"); encoding != "" && encoding != "identity" {
		return domain.ErrUnsupported.Because("Content-Encoding %q is not taken", encoding)
	}
	got, _, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	for _, one := range allowed {
		if err == nil && got == one {
			return nil
		}
	}
	return domain.ErrUnsupported.Because("send %s", strings.Join(allowed, " or "))
}

// readBody reads at most limit bytes and remembers their SHA-256.
func readBody(c *gin.Context, limit int64) ([]byte, error) {
	if c.Request.ContentLength > limit {
		return nil, domain.ErrTooLarge.Because("at most %d bytes", limit)
	}
	data, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, limit))
	if _, over := errors.AsType[*http.MaxBytesError](err); over {
		return nil, domain.ErrTooLarge.Because("at most %d bytes", limit)
	}
	if err != nil {
		return nil, domain.ErrUnreadable.Because("the body broke off")
	}
	sum := sha256.Sum256(data)
	c.Set(hashKey, sum[:])
	return data, nil
}

// xmlBody reads a body that was declared as XML, and refuses one that plainly is
// something else: a PDF, an archive, a table. An empty one is for the reader.
func xmlBody(c *gin.Context, limit int64) ([]byte, error) {
	data, err := readBody(c, limit)
	if err != nil {
		return nil, err
	}
	start := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n\x00") // UTF-16 has zeros
	wide := bytes.HasPrefix(start, []byte("\xff\xfe")) || bytes.HasPrefix(start, []byte("\xfe\xff"))
	if len(start) > 0 && start[0] != '<' && !wide {
		return nil, domain.ErrUnsupported.Because("the content is not XML, as its type says")
	}
	return data, nil
}

// once reads the Idempotency-Key header and joins it to the way the answer is
// made. Call it after the body was read: the body's digest goes with the key.
func once[T any](c *gin.Context, answer func(T) domain.Answer) (domain.Once[T], error) {
	key := c.GetHeader("Idempotency-Key")
	if len(key) >= 2 && key[0] == '"' && key[len(key)-1] == '"' {
		key = key[1 : len(key)-1]
	}
	if key == "" {
		return domain.Once[T]{}, domain.ErrKeyMissing
	}
	if len(key) > 200 || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) {
		return domain.Once[T]{}, domain.ErrKeyInvalid
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%s %s\n", c.Request.Method, c.Request.URL.RequestURI())
	if digest, ok := c.Get(hashKey); ok {
		fmt.Fprintf(sum, "%x", digest)
	}
	return domain.Once[T]{Route: c.Request.Method + " " + c.FullPath(), Key: key, Hash: sum.Sum(nil), Answer: answer}, nil
}

// answering makes the stored and sent form of a use case's result.
func answering[T, R any](status int, respond func(T) R, location func(T) string) func(T) domain.Answer {
	return func(result T) domain.Answer {
		encoded, err := json.Marshal(respond(result))
		if err != nil { // response types hold strings, numbers and booleans only
			panic(fmt.Sprintf("api: encode answer: %v", err))
		}
		answer := domain.Answer{Status: status, Body: encoded}
		if location != nil {
			answer.Location = location(result)
		}
		return answer
	}
}

// send sends an answer that a use case stored.
func send(c *gin.Context, answer domain.Answer) {
	if answer.Replayed {
		c.Header("Idempotency-Replayed", "true")
	}
	if answer.Location != "" {
		c.Header("Location", answer.Location)
	}
	c.Data(answer.Status, "application/json", answer.Body)
}

// respond sends a result that is not stored.
func respond(c *gin.Context, status int, result any) error {
	encoded, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	c.Data(status, "application/json", encoded)
	return nil
}

// A Money is an amount on the wire.
type Money struct {
	Amount   string `json:"amount" example:"1250.00"`
	Currency string `json:"currency" example:"EUR"`
} //	@name	Money

func moneyOf(a money.Amount) Money {
	return Money{Amount: a.Decimal(), Currency: string(a.Currency())}
}

// A checker collects what is wrong with a request, field by field.
type checker struct{ refusal *domain.Refusal }

func (k *checker) wrong(pointer, code, format string, args ...any) {
	if k.refusal == nil {
		k.refusal = domain.ErrInvalid
	}
	k.refusal = k.refusal.At(pointer, code, fmt.Sprintf(format, args...))
}

// err returns the collected refusal, or nil.
func (k *checker) err() error {
	if k.refusal == nil {
		return nil
	}
	return k.refusal
}

// text checks a text of 1 (or 0, when not required) to limit characters
// without control characters, and returns it trimmed.
func (k *checker) text(pointer, value string, required bool, limit int) string {
	value = strings.TrimSpace(value)
	switch {
	case value == "" && required:
		k.wrong(pointer, "required", "a text is required here")
	case len([]rune(value)) > limit:
		k.wrong(pointer, "too-long", "at most %d characters", limit)
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f }):
		k.wrong(pointer, "control-character", "no control characters")
	}
	return value
}

// amount parses an amount of money.
func (k *checker) amount(pointer string, m Money) money.Amount {
	currency, err := money.ParseCurrency(m.Currency)
	if err != nil {
		k.wrong(pointer+"/currency", "unknown-currency", "%q is not a currency that books are kept in", m.Currency)
		return money.Amount{}
	}
	a, err := money.Parse(m.Amount, currency)
	if err != nil {
		k.wrong(pointer+"/amount", "not-an-amount", "write a plain decimal with exactly %d places", currency.Places())
	}
	return a
}

// rate parses a fraction between low and high.
func (k *checker) rate(pointer, value string, low, high money.Rate) money.Rate {
	r, err := money.ParseRate(value)
	if err != nil || r.Less(low) || high.Less(r) {
		k.wrong(pointer, "not-a-rate", "write a decimal fraction between %s and %s, such as \"0.025\"", low, high)
	}
	return r
}

// date parses a day.
func (k *checker) date(pointer, value string) domain.Date {
	d, err := domain.ParseDate(value)
	if err != nil {
		k.wrong(pointer, "not-a-date", "write a day as YYYY-MM-DD")
	}
	return d
}

// whole checks a whole number.
func (k *checker) whole(pointer string, value, low, high int) int {
	if value < low || value > high {
		k.wrong(pointer, "out-of-range", "a whole number from %d to %d", low, high)
	}
	return value
}

// pathID reads an id from the path; one of another shape is not there.
func pathID[I interface{ ~struct{ uuid.UUID } }](c *gin.Context, parse func(string) (I, error)) (I, error) {
	id, err := parse(c.Param("id"))
	if err != nil {
		return id, domain.ErrNotFound
	}
	return id, nil
}

const (
	defaultLimit = 50
	maxLimit     = 200
)

// page reads limit and cursor.
func page[I interface{ ~struct{ uuid.UUID } }](c *gin.Context, parse func(string) (I, error)) (domain.Page, error) {
	p := domain.Page{Limit: defaultLimit}
	if text, given := c.GetQuery("limit"); given {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxLimit {
			return p, domain.ErrUnreadable.At("limit", "out-of-range", "a whole number from 1 to 200")
		}
		p.Limit = n
	}
	if text, given := c.GetQuery("cursor"); given {
		id, err := parse(text)
		if err != nil {
			return p, domain.ErrUnreadable.At("cursor", "not-a-cursor", "use next_cursor of the page before")
		}
		p.After = struct{ uuid.UUID }(id).UUID
	}
	return p, nil
}

// A listOf is a page of a list on the wire.
type listOf[R any] struct {
	Data       []R     `json:"data"`
	NextCursor *string `json:"next_cursor"`
}

// listing makes a page: the cursor is the last row's id when the page is full.
func listing[T, R any](rows []T, p domain.Page, respond func(T) R, id func(T) string) listOf[R] {
	out := listOf[R]{Data: make([]R, len(rows))}
	for i, row := range rows {
		out.Data[i] = respond(row)
	}
	if len(rows) == p.Limit {
		cursor := id(rows[len(rows)-1])
		out.NextCursor = &cursor
	}
	return out
}

// onlyQuery refuses query parameters that the route does not have, any that
// stand twice, and a query that cannot be read as text.
func onlyQuery(c *gin.Context, names ...string) error {
	query, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		return domain.ErrUnreadable.Because("the query is not percent-encoded text")
	}
	for name, values := range query {
		if !slices.Contains(names, name) {
			return domain.ErrUnreadable.At(strings.ToValidUTF8(name, "\uFFFD"), "unknown-parameter", "there is no such query parameter here")
		}
		if len(values) > 1 {
			return domain.ErrUnreadable.At(name, "duplicate-parameter", "a query parameter may stand once")
		}
		if !utf8.ValidString(values[0]) || strings.ContainsRune(values[0], 0) {
			return domain.ErrUnreadable.At(name, "not-text", "write text in UTF-8")
		}
	}
	return nil
}
