package inbound

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"mime"
	"regexp"
	"strings"
)

// part reads one part, and those within it, and returns its readable text.
func (r *reader) part(h header, body []byte, depth int) string {
	r.parts++
	if r.parts > MaxParts {
		r.fault("the mail has more than %d parts", MaxParts)
		return ""
	}
	mediaType, params := contentType(h.get("Content-Type"))
	if strings.HasPrefix(mediaType, "multipart/") {
		return r.multipart(h, mediaType, params, body, depth)
	}
	disposition, name := fileName(h, params)
	text := strings.HasPrefix(mediaType, "text/") && mediaType != "text/calendar" && mediaType != "text/rtf"
	switch {
	case r.machine(mediaType, h, body):
		return ""
	case text && disposition != "attachment" && (name == "" || disposition == "inline"):
		return r.readable(mediaType, params["charset"], body, h.get("Content-Transfer-Encoding"))
	}
	r.attach(mediaType, name, h, body)
	return ""
}

func (r *reader) multipart(h header, mediaType string, params map[string]string, body []byte, depth int) string {
	if depth == 0 && mediaType == "multipart/report" {
		r.report.kind = strings.ToLower(params["report-type"])
		if r.report.kind == "" {
			r.report.kind = "delivery-status"
		}
	}
	if depth >= MaxDepth {
		r.fault("parts are nested more than %d deep", MaxDepth)
		r.attach(mediaType, "", h, body)
		return ""
	}
	parts, closed := splitParts(body, params["boundary"], MaxParts+1-r.parts)
	if !closed {
		r.fault("a multipart is cut off")
	}
	if len(parts) == 0 {
		r.fault("a multipart has no parts")
		return r.readable("text/plain", "", body, "")
	}
	var texts []string
	for _, raw := range parts {
		head, content := splitPart(raw)
		fields := r.parseHeader(head)
		if mediaType == "multipart/digest" && !fields.has("Content-Type") {
			fields = append(fields, field{"content-type", "message/rfc822"})
		}
		text := r.part(fields, content, depth+1)
		if strings.TrimSpace(text) == "" {
			continue
		}
		if mediaType == "multipart/alternative" && len(texts) > 0 && !isStub(texts[0]) {
			continue // the first that says anything: plain text comes before HTML
		}
		if mediaType == "multipart/alternative" {
			texts = texts[:0]
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, "\n\n")
}

var stub = regexp.MustCompile(`(?i)html|e-?mail (client|program)|view this`)

// isStub reports whether a plain text only says that there is HTML to read.
func isStub(text string) bool { return len(text) < 300 && stub.MatchString(text) }

// splitPart divides a part, which may begin with an empty line or have no header.
func splitPart(raw []byte) (head, body []byte) {
	for _, empty := range []string{"\r\n", "\n"} {
		if rest, ok := bytes.CutPrefix(raw, []byte(empty)); ok {
			return nil, rest
		}
	}
	head, body, _ = splitHeader(raw)
	return head, body
}

// splitParts cuts body at the lines "--boundary"; closed reports whether the last
// of them was "--boundary--".
func splitParts(body []byte, boundary string, limit int) (parts [][]byte, closed bool) {
	if boundary == "" || len(boundary) > 200 {
		return nil, false
	}
	delimiter := []byte("--" + boundary)
	start := -1
	for at := 0; at < len(body) && len(parts) < limit; {
		found := bytes.Index(body[at:], delimiter)
		if found < 0 {
			break
		}
		found += at
		line, rest := nextLine(body[found+len(delimiter):])
		at = found + len(delimiter)
		if found > 0 && body[found-1] != '\n' {
			continue
		}
		tail := strings.TrimSpace(string(line[:min(len(line), 100)]))
		if tail != "" && tail != "--" {
			continue
		}
		if start >= 0 {
			parts = append(parts, trimBreak(body[start:found]))
		}
		if tail == "--" {
			return parts, true
		}
		start = len(body) - len(rest)
		at = start
	}
	if start >= 0 && len(parts) < limit {
		parts = append(parts, body[start:])
	}
	return parts, false
}

// trimBreak removes the line's end that belongs to the boundary after it.
func trimBreak(part []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(part, []byte("\n")), []byte("\r"))
}

var param = regexp.MustCompile(`(?i);\s*(boundary|charset|name|report-type)\s*=\s*(?:"([^"]*)"|([^\s;"]+))`)

// contentType reads a Content-Type, and what it can of a broken one.
func contentType(value string) (mediaType string, params map[string]string) {
	if len(value) > maxAddressText {
		value = value[:maxAddressText]
	}
	mediaType, params, err := mime.ParseMediaType(value)
	if err == nil && strings.Contains(mediaType, "/") {
		return mediaType, params
	}
	first, _, _ := strings.Cut(value, ";")
	mediaType, params = cut(oneLine(strings.ToLower(first)), maxShort), map[string]string{}
	if !strings.Contains(mediaType, "/") {
		mediaType = "text/plain"
	}
	for _, found := range param.FindAllStringSubmatch(value, -1) {
		if name := strings.ToLower(found[1]); params[name] == "" {
			params[name] = found[2] + found[3]
		}
	}
	return mediaType, params
}

// fileName returns how a part wants to be shown and what its file is called.
func fileName(h header, params map[string]string) (disposition, name string) {
	value := h.get("Content-Disposition")
	if len(value) > maxAddressText {
		value = value[:maxAddressText]
	}
	disposition, own, err := mime.ParseMediaType(value)
	if err != nil {
		disposition, _, _ = strings.Cut(strings.ToLower(value), ";")
		disposition = strings.TrimSpace(disposition)
	}
	if name = own["filename"]; name == "" {
		name = params["name"]
	}
	name = strings.ReplaceAll(decodeWords(name), "\\", "/")
	return disposition, cut(oneLine(name[strings.LastIndex(name, "/")+1:]), maxShort)
}

// readable returns the text of a part that a person reads.
func (r *reader) readable(mediaType, charset string, body []byte, encoding string) string {
	limit := MaxText - r.size
	if mediaType == "text/html" {
		limit = maxMarkup - r.markup
	}
	content, all := decoded(body, encoding, max(limit, 0))
	if !all {
		r.fault("the text is longer than %d bytes", MaxText)
	}
	text := r.charset(charset, content)
	if mediaType == "text/html" {
		r.markup += len(content)
		text, all = htmlText(text, max(MaxText-r.size, 0))
		if !all {
			r.fault("the text is longer than %d bytes", MaxText)
		}
	}
	text = tidy(clean(text))
	if left := max(MaxText-r.size, 0); len(text) > left {
		r.fault("the text is longer than %d bytes", MaxText)
		text = cut(text, left)
	}
	r.size += len(text)
	return text
}

// charset reads bytes as the charset that the part names, or guesses.
func (r *reader) charset(name string, raw []byte) string {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "utf-8", "utf8":
		return string(raw)
	case "", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "default":
		return guessUTF8(raw)
	}
	text, known := decodeCharset(name, raw)
	if !known {
		r.fault("nobody knows the charset %q", cut(oneLine(name), 40))
		return guessUTF8(raw)
	}
	return text
}

// attach notes a file.
func (r *reader) attach(mediaType, name string, h header, body []byte) {
	if len(r.mail.Attachments) >= MaxAttachments {
		r.fault("the mail has more than %d attachments", MaxAttachments)
		return
	}
	sum := fingerprint{hash: sha256.New()}
	_ = decodeTo(&sum, body, h.get("Content-Transfer-Encoding")) // a hash takes everything
	r.mail.Attachments = append(r.mail.Attachments, Attachment{
		Name: name, MediaType: cut(oneLine(mediaType), maxShort), Size: sum.size, SHA256: hex.EncodeToString(sum.hash.Sum(nil)),
	})
}

// fingerprint measures what is written to it.
type fingerprint struct {
	hash hash.Hash
	size int64
}

func (f *fingerprint) Write(p []byte) (int, error) {
	f.size += int64(len(p))
	return f.hash.Write(p)
}
