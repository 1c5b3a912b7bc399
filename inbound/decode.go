package inbound

import (
	"bytes"
	"errors"
	"io"
	"strings"
)

// errFull ends a decoding whose reader has enough.
var errFull = errors.New("full")

// decodeTo writes the content of a part to w, a piece at a time. It never
// fails on bad encoding: what cannot be decoded is left out or kept as it is.
func decodeTo(w io.Writer, body []byte, encoding string) error {
	out := &chunks{w: w}
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		decodeBase64(out, body)
	case "quoted-printable":
		decodeQuoted(out, body)
	default:
		out.write(body)
	}
	out.flush()
	return out.err
}

// decoded returns the content of a part, at most limit bytes, and whether that is all.
func decoded(body []byte, encoding string, limit int) (content []byte, all bool) {
	out := &limited{left: limit}
	err := decodeTo(out, body, encoding)
	return out.buf.Bytes(), err == nil
}

// limited keeps what fits and refuses the rest.
type limited struct {
	buf  bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.buf.Write(p[:n])
	l.left -= n
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

// chunks gathers single bytes into larger writes and remembers the first error.
type chunks struct {
	w   io.Writer
	buf []byte
	err error
}

const chunkSize = 32 << 10

func (c *chunks) add(b byte) {
	c.buf = append(c.buf, b)
	if len(c.buf) >= chunkSize {
		c.flush()
	}
}

func (c *chunks) write(p []byte) {
	c.flush()
	if c.err == nil {
		_, c.err = c.w.Write(p)
	}
}

func (c *chunks) flush() {
	if c.err == nil && len(c.buf) > 0 {
		_, c.err = c.w.Write(c.buf)
	}
	if c.buf == nil {
		c.buf = make([]byte, 0, chunkSize)
	}
	c.buf = c.buf[:0]
}

// decodeBase64 passes over everything that is not of the alphabet and begins
// anew after padding, as some senders join pieces that were encoded apart.
func decodeBase64(out *chunks, body []byte) {
	var group uint32
	digits := 0
	finish := func() {
		group <<= 6 * uint(4-digits)
		for i := range max(digits-1, 0) {
			out.add(byte(group >> (16 - 8*i)))
		}
		group, digits = 0, 0
	}
	for _, b := range body {
		if out.err != nil {
			return
		}
		if b == '=' {
			finish()
			continue
		}
		value, known := base64Value(b)
		if !known {
			continue
		}
		group, digits = group<<6|value, digits+1
		if digits == 4 {
			finish()
		}
	}
	finish()
}

func base64Value(b byte) (uint32, bool) {
	switch {
	case b >= 'A' && b <= 'Z':
		return uint32(b - 'A'), true
	case b >= 'a' && b <= 'z':
		return uint32(b-'a') + 26, true
	case b >= '0' && b <= '9':
		return uint32(b-'0') + 52, true
	case b == '+' || b == '-':
		return 62, true
	case b == '/' || b == '_':
		return 63, true
	}
	return 0, false
}

// decodeQuoted reads quoted-printable and keeps a "=" that begins nothing.
func decodeQuoted(out *chunks, body []byte) {
	for i := 0; i < len(body) && out.err == nil; i++ {
		if body[i] != '=' {
			out.add(body[i])
			continue
		}
		if i+2 < len(body) {
			high, okHigh := hexValue(body[i+1])
			low, okLow := hexValue(body[i+2])
			if okHigh && okLow {
				out.add(high<<4 | low)
				i += 2
				continue
			}
		}
		if end, soft := softBreak(body, i+1); soft {
			i = end
			continue
		}
		out.add('=')
	}
}

// softBreak reports whether only spaces and a line's end follow, and where they end.
func softBreak(body []byte, at int) (end int, soft bool) {
	for limit := at + 100; at < len(body) && at < limit; at++ {
		switch body[at] {
		case ' ', '\t', '\r':
		case '\n':
			return at, true
		default:
			return 0, false
		}
	}
	return at, at >= len(body)
}

func hexValue(b byte) (byte, bool) {
	switch {
	case b >= '0' && b <= '9':
		return b - '0', true
	case b >= 'A' && b <= 'F':
		return b - 'A' + 10, true
	case b >= 'a' && b <= 'f':
		return b - 'a' + 10, true
	}
	return 0, false
}
