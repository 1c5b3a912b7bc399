package api

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"comity/domain"
)

// moment writes an instant as it stands on the wire: RFC 3339, UTC.
func moment(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// momentOrNull writes an instant, or null for none.
func momentOrNull(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := moment(t)
	return &text
}

// textOrNull writes a text, or null for none.
func textOrNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

type identifier interface {
	IsZero() bool
	String() string
}

// dateOrNull writes a day, or null for none.
func dateOrNull(d domain.Date) *string {
	if d.IsZero() {
		return nil
	}
	text := d.String()
	return &text
}

// idOrNull writes an id, or null for none.
func idOrNull(id identifier) *string {
	if id.IsZero() {
		return nil
	}
	text := id.String()
	return &text
}

// nothing refuses a body where none is taken; an empty object is none. The
// query is empty too.
func nothing(c *gin.Context) error {
	if err := onlyQuery(c); err != nil {
		return err
	}
	data, err := readBody(c, maxJSONBytes)
	if err != nil {
		return err
	}
	if text := bytes.TrimSpace(data); len(text) > 0 && string(text) != "{}" {
		return domain.ErrUnreadable.Because("no body is taken here")
	}
	return nil
}

// bodyOnly reads the request's JSON where no query parameter is taken.
func bodyOnly[T any](c *gin.Context) (T, error) {
	if err := onlyQuery(c); err != nil {
		var none T
		return none, err
	}
	return body[T](c)
}

// statusQuery reads ?status=, one of a machine's states; "" when it is not there.
func statusQuery[S ~string](c *gin.Context, moves domain.Machine[S]) (string, error) {
	status, given := c.GetQuery("status")
	if given && !slices.Contains(moves.States(), S(status)) {
		return "", domain.ErrUnreadable.At("status", "no-such-status", "there is no such status")
	}
	return status, nil
}

// idQuery reads an id from a query parameter; the zero id when it is not there.
func idQuery[I any](c *gin.Context, name string, parse func(string) (I, error)) (I, error) {
	var none I
	text, given := c.GetQuery(name)
	if !given {
		return none, nil
	}
	id, err := parse(text)
	if err != nil {
		return none, domain.ErrUnreadable.At(name, "not-an-id", "that is no id of this kind")
	}
	return id, nil
}

// oneLine checks a text that stands on one line.
func (k *checker) oneLine(pointer, value string, required bool, limit int) string {
	value = k.text(pointer, value, required, limit)
	if strings.ContainsAny(value, "\n\t") {
		k.wrong(pointer, "control-character", "no control characters")
	}
	return value
}

// dayOr parses a day that may be left out.
func (k *checker) dayOr(pointer, value string) domain.Date {
	if value == "" {
		return domain.Date{}
	}
	return k.date(pointer, value)
}

// download answers with stored bytes, which a browser saves and never runs.
func download(c *gin.Context, doc domain.Document) {
	c.Header("Content-Disposition", doc.Disposition())
	c.Header("Content-Security-Policy", "sandbox; default-src 'none'")
	c.Data(http.StatusOK, doc.MediaType, doc.Bytes)
}

// etag sets the strong ETag of a thing's stored state.
func etag(c *gin.Context, id, version string) { c.Header("ETag", `"`+id+"."+version+`"`) }

// pathOnly reads the id in the path where no query parameter is taken.
func pathOnly[I interface{ ~struct{ uuid.UUID } }](c *gin.Context, parse func(string) (I, error)) (I, error) {
	id, err := pathID(c, parse)
	if err != nil {
		return id, err
	}
	return id, onlyQuery(c)
}

// stepOn reads a step on one thing that takes no body: the id in the path and
// the key.
func stepOn[I interface{ ~struct{ uuid.UUID } }, T any](c *gin.Context, parse func(string) (I, error), answer func(T) domain.Answer) (I, domain.Once[T], error) {
	var guard domain.Once[T]
	id, err := pathID(c, parse)
	if err != nil {
		return id, guard, err
	}
	if err := nothing(c); err != nil {
		return id, guard, err
	}
	guard, err = once(c, answer)
	return id, guard, err
}

// doOn does a step on one thing that takes no body, once for a key.
func doOn[I interface{ ~struct{ uuid.UUID } }, T any](c *gin.Context, parse func(string) (I, error), answer func(T) domain.Answer,
	do func(context.Context, domain.Caller, I, domain.Once[T]) (domain.Answer, error),
) error {
	id, guard, err := stepOn(c, parse, answer)
	if err != nil {
		return err
	}
	answered, err := do(c.Request.Context(), caller(c), id, guard)
	if err != nil {
		return err
	}
	send(c, answered)
	return nil
}

// A reasoned request is a step's reason and nothing else.
type reasoned interface{ reason() string }

// reasonFor reads a step on one thing that takes a reason.
func reasonFor[R reasoned, I interface{ ~struct{ uuid.UUID } }](c *gin.Context, parse func(string) (I, error)) (I, string, error) {
	id, err := pathID(c, parse)
	if err != nil {
		return id, "", err
	}
	request, err := bodyOnly[R](c)
	if err != nil {
		return id, "", err
	}
	var k checker
	reason := k.text("/reason", request.reason(), true, maxReason)
	return id, reason, k.err()
}

const maxReason = 1000

// pageOn reads the id in the path and a page of what belongs to it.
func pageOn[I, R interface{ ~struct{ uuid.UUID } }](c *gin.Context, parse func(string) (I, error), row func(string) (R, error)) (I, domain.Page, error) {
	id, err := pathID(c, parse)
	if err != nil {
		return id, domain.Page{}, err
	}
	if err := onlyQuery(c, "limit", "cursor"); err != nil {
		return id, domain.Page{}, err
	}
	p, err := page(c, row)
	return id, p, err
}

// stepBody reads a step on one thing that takes a body, and what the body means.
func stepBody[R interface{ read() (V, error) }, V any, I interface{ ~struct{ uuid.UUID } }](c *gin.Context, parse func(string) (I, error)) (I, V, error) {
	var value V
	id, err := pathID(c, parse)
	if err != nil {
		return id, value, err
	}
	request, err := bodyOnly[R](c)
	if err != nil {
		return id, value, err
	}
	value, err = request.read()
	return id, value, err
}

// doWith does a step on one thing with what its body means, once for a key.
func doWith[R interface{ read() (V, error) }, V any, I interface{ ~struct{ uuid.UUID } }, T any](c *gin.Context, parse func(string) (I, error), answer func(T) domain.Answer,
	do func(context.Context, domain.Caller, I, V, domain.Once[T]) (domain.Answer, error),
) error {
	id, value, err := stepBody[R](c, parse)
	if err != nil {
		return err
	}
	guard, err := once(c, answer)
	if err != nil {
		return err
	}
	answered, err := do(c.Request.Context(), caller(c), id, value, guard)
	if err != nil {
		return err
	}
	send(c, answered)
	return nil
}
