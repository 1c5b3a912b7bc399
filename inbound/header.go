package inbound

import (
	"bytes"
	"io"
	"mime"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
)

// A header is the fields of a mail or part, in order, names in lower case.
type header []field

type field struct{ name, value string }

// get returns the first field called name, or "".
func (h header) get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}

func (h header) has(name string) bool {
	return slices.ContainsFunc(h, func(f field) bool { return strings.EqualFold(f.name, name) })
}

// splitHeader divides a mail or part at its first empty line. Found is false if
// the bytes do not begin with a field.
func splitHeader(raw []byte) (head, body []byte, found bool) {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if rest, mbox := bytes.CutPrefix(raw, []byte("From ")); mbox { // the line that mbox files put before a mail
		if at := bytes.IndexByte(rest, '\n'); at >= 0 {
			raw = rest[at+1:]
		}
	}
	if !startsField(raw) {
		return nil, raw, false
	}
	for at := 0; at < len(raw); {
		end := bytes.IndexByte(raw[at:], '\n')
		if end < 0 {
			return raw, nil, true
		}
		if len(bytes.TrimRight(raw[at:at+end], "\r")) == 0 {
			return raw[:at], raw[at+end+1:], true
		}
		at += end + 1
	}
	return raw, nil, true
}

// startsField reports whether raw begins with a field's name and a colon.
func startsField(raw []byte) bool {
	for i, b := range raw {
		if b == ':' {
			return i > 0
		}
		if b <= ' ' || b > '~' || i > 100 {
			return false
		}
	}
	return false
}

// parseHeader reads fields and passes over lines that are none.
func (r *reader) parseHeader(raw []byte) header {
	if len(raw) > MaxHeader {
		r.fault("the header has more than %d bytes", MaxHeader)
		raw = raw[:MaxHeader]
	}
	var h header
	for len(raw) > 0 {
		if len(h) >= MaxFields {
			r.fault("the header has more than %d fields", MaxFields)
			break
		}
		line, rest := nextLine(raw)
		for len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\t') {
			_, after := nextLine(rest)
			line, rest = raw[:len(raw)-len(after)], after
		}
		raw = rest
		if !startsField(line) {
			if len(bytes.TrimSpace(line)) > 0 {
				r.fault("the header has a line that is no field")
			}
			continue
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		if len(value) > maxField {
			r.fault("a header field has more than %d bytes", maxField)
			value = value[:maxField]
		}
		text := strings.ReplaceAll(strings.ReplaceAll(guessUTF8(value), "\r", ""), "\n", " ")
		h = append(h, field{strings.ToLower(string(name)), strings.TrimSpace(text)})
	}
	return h
}

// nextLine cuts the first line, with its end, from raw.
func nextLine(raw []byte) (line, rest []byte) {
	at := bytes.IndexByte(raw, '\n') + 1
	if at == 0 {
		at = len(raw)
	}
	return raw[:at], raw[at:]
}

// guessUTF8 reads bytes of no declared charset: UTF-8 if they are, else windows-1252.
func guessUTF8(raw []byte) string {
	if utf8.Valid(raw) {
		return string(raw)
	}
	text, _ := decodeCharset("windows-1252", raw)
	return text
}

// decodeCharset reads bytes in a charset; ok is false if nobody knows it.
func decodeCharset(name string, raw []byte) (text string, ok bool) {
	decoder, err := charset.Reader(strings.TrimSpace(name), bytes.NewReader(raw))
	if err != nil {
		return "", false
	}
	decoded, _ := io.ReadAll(decoder) // what comes before an error is kept
	return string(decoded), true
}

// decodeWords reads "=?utf-8?q?caf=C3=A9?=" and leaves what it cannot read.
func decodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return s
	}
	decoded, err := wordDecoder().DecodeHeader(s)
	if err != nil {
		return s
	}
	return decoded
}

func wordDecoder() *mime.WordDecoder {
	return &mime.WordDecoder{CharsetReader: charset.Reader}
}

var messageID = regexp.MustCompile(`[^\s<>",;()]+@[^\s<>",;()]+`)

// messageIDs lists the ids of a field, each once, in order.
func messageIDs(value string) []string {
	var ids []string
	seen := map[string]bool{}
	for _, id := range messageID.FindAllString(value, -1) {
		if id = oneLine(id); len(id) <= maxShort && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

var looseAddress = regexp.MustCompile(`[^\s<>",;:()\[\]\\]+@[^\s<>",;:()\\]+`)

// addresses lists the mailboxes of every field with one of the names.
func (r *reader) addresses(h header, names ...string) []Address {
	var list []Address
	for _, f := range h {
		if f.value == "" || !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, f.name) }) {
			continue
		}
		value := f.value
		if len(value) > maxAddressText {
			r.fault("%s is longer than %d bytes", names[0], maxAddressText)
			value = value[:maxAddressText]
		}
		list = append(list, parseAddresses(value)...)
	}
	if len(list) > MaxAddresses {
		r.fault("%s has more than %d addresses", names[0], MaxAddresses)
		list = list[:MaxAddresses]
	}
	return list
}

func parseAddresses(value string) []Address {
	var list []Address
	parser := mail.AddressParser{WordDecoder: wordDecoder()}
	if parsed, err := parser.ParseList(value); err == nil && len(value) <= maxAddressText {
		for _, a := range parsed {
			list = append(list, Address{cut(oneLine(a.Name), maxShort), cut(oneLine(a.Address), maxShort)})
		}
		return list
	}
	for _, found := range looseAddress.FindAllString(value, -1) {
		list = append(list, Address{Email: cut(oneLine(found), maxShort)})
	}
	return list
}

// The ways in which mails say when they were written.
var timeLayouts = []string{
	"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04 -0700", "2 Jan 06 15:04:05 -0700", "2 Jan 06 15:04 -0700",
	"2 Jan 2006 15:04:05", "2 Jan 2006 15:04", "Jan 2 15:04:05 2006", "Jan 2 15:04:05 2006 -0700", time.RFC3339,
}

// The zones that RFC 5322 knows by name.
var zoneNames = map[string]string{
	"UT": "+0000", "UTC": "+0000", "GMT": "+0000", "Z": "+0000", "EST": "-0500", "EDT": "-0400", "CST": "-0600",
	"CDT": "-0500", "MST": "-0700", "MDT": "-0600", "PST": "-0800", "PDT": "-0700", "CET": "+0100", "CEST": "+0200", "BST": "+0100",
}

// parseTime reads the Date field, in UTC whatever zone this machine is in.
func parseTime(value string) time.Time {
	value, _, _ = strings.Cut(value, "(")
	words := strings.Fields(strings.ReplaceAll(value, ",", " "))
	if len(words) > 0 && len(words[0]) >= 3 && !strings.ContainsAny(words[0], "0123456789") && len(words) > 4 {
		words = words[1:] // the day of the week says nothing new
	}
	if len(words) > 0 {
		if offset, known := zoneNames[strings.ToUpper(words[len(words)-1])]; known {
			words[len(words)-1] = offset
		}
	}
	value = strings.Join(words, " ")
	for _, layout := range timeLayouts {
		if t, err := time.ParseInLocation(layout, value, time.UTC); err == nil && t.Year() >= 1970 && t.Year() < 2200 {
			return t.UTC()
		}
	}
	return time.Time{}
}
