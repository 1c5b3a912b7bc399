package repository

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
	"comity/money"
)

// The column types below read one column either from a row or from the JSON
// that a load function makes of the same row, so that each table has one struct.

// dateCol is a date column; NULL is the zero Date.
type dateCol struct{ domain.Date }

// Scan implements sql.Scanner.
func (c *dateCol) Scan(src any) error {
	if t, ok := src.(time.Time); ok {
		c.Date = domain.DateOf(t.UTC())
		return nil
	}
	c.Date = domain.Date{}
	return nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (c *dateCol) UnmarshalJSON(data []byte) error {
	var s *string
	if err := json.Unmarshal(data, &s); err != nil || s == nil {
		return err
	}
	d, err := domain.ParseDate(*s)
	c.Date = d
	return err
}

// timeCol is a timestamptz column in UTC; NULL is the zero time.
type timeCol struct{ time.Time }

// Scan implements sql.Scanner.
func (c *timeCol) Scan(src any) error {
	if t, ok := src.(time.Time); ok {
		c.Time = t.UTC()
	}
	return nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (c *timeCol) UnmarshalJSON(data []byte) error {
	var t *time.Time
	if err := json.Unmarshal(data, &t); err != nil || t == nil {
		return err
	}
	c.Time = t.UTC()
	return nil
}

// rateCol is a numeric column written from a Rate; in a load NULL is none.
type rateCol struct{ money.Rate }

// Scan implements sql.Scanner.
func (c *rateCol) Scan(src any) error {
	switch v := src.(type) {
	case []byte:
		return c.set(string(v))
	case string:
		return c.set(v)
	default:
		return fmt.Errorf("rate column holds %T", src)
	}
}

// UnmarshalJSON implements json.Unmarshaler.
func (c *rateCol) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	return c.set(string(data))
}

func (c *rateCol) set(s string) error {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	r, err := money.ParseRate(s)
	c.Rate = r
	return err
}

// bytesCol is a bytea column.
type bytesCol []byte

// Scan implements sql.Scanner.
func (c *bytesCol) Scan(src any) error {
	if b, ok := src.([]byte); ok {
		*c = append(bytesCol(nil), b...)
	}
	return nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (c *bytesCol) UnmarshalJSON(data []byte) error {
	var s *string
	if err := json.Unmarshal(data, &s); err != nil || s == nil {
		return err
	}
	b, err := hex.DecodeString(strings.TrimPrefix(*s, `\x`))
	*c = b
	return err
}

// jsonCol is a jsonb column; NULL is the zero value.
type jsonCol[T any] struct{ Value T }

// Scan implements sql.Scanner.
func (c *jsonCol[T]) Scan(src any) error {
	data, ok := src.([]byte)
	if !ok {
		return nil
	}
	return json.Unmarshal(data, &c.Value)
}

// UnmarshalJSON implements json.Unmarshaler.
func (c *jsonCol[T]) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, &c.Value) }

// textsCol is a text[] column.
type textsCol []string

// Scan implements sql.Scanner.
func (c *textsCol) Scan(src any) error { return (*pq.StringArray)(c).Scan(src) }

// textCol is a nullable text column; NULL is "".
type textCol string

// Scan implements sql.Scanner.
func (c *textCol) Scan(src any) error {
	switch v := src.(type) {
	case []byte:
		*c = textCol(v)
	case string:
		*c = textCol(v)
	}
	return nil
}

// uuidsCol is a uuid[] column.
type uuidsCol []uuid.UUID

// Scan implements sql.Scanner.
func (c *uuidsCol) Scan(src any) (err error) {
	*c, err = elements(src, len("00000000-0000-0000-0000-000000000000"), uuid.ParseBytes)
	return err
}

// elements reads an array whose elements are all of one width and need no quotes, such as
// {2026-03-04,2026-03-05}; NULL has none.
func elements[T any](src any, width int, parse func([]byte) (T, error)) ([]T, error) {
	text, ok := src.([]byte)
	if !ok {
		return nil, nil
	}
	text = bytes.Trim(text, "{}")
	all := make([]T, 0, (len(text)+1)/(width+1))
	for one := range bytes.SplitSeq(text, []byte(",")) {
		if len(one) == 0 {
			continue
		}
		element, err := parse(one)
		if err != nil {
			return nil, err
		}
		all = append(all, element)
	}
	return all, nil
}

// sentUUIDs is what array_send makes of a uuid[] without NULLs: the server's binary form, which
// costs a tenth of the text. After a header of 20 bytes (12 for an empty one), each element is
// its length, 16, in four bytes, and its bytes.
type sentUUIDs []uuid.UUID

// Scan implements sql.Scanner.
func (c *sentUUIDs) Scan(src any) error {
	const header, length = 20, 4
	data, ok := src.([]byte)
	if !ok || len(data) > 12 && (len(data) < header || (len(data)-header)%(length+len(uuid.UUID{})) != 0) {
		return fmt.Errorf("this is no uuid[] as the server sends it: %T of %d bytes", src, len(data))
	}
	for i := header + length; i < len(data); i += length + len(uuid.UUID{}) {
		*c = append(*c, uuid.UUID(data[i:]))
	}
	return nil
}

// datesCol is a date[] column.
type datesCol []domain.Date

// Scan implements sql.Scanner.
func (c *datesCol) Scan(src any) (err error) {
	*c, err = elements(src, len("2026-03-04"), func(text []byte) (domain.Date, error) { return domain.ParseDate(string(text)) })
	return err
}

// loaded decodes what a load function made.
func loaded(data []byte, into any) error {
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("decode load: %w", err)
	}
	return nil
}
