package inbound

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// The bounds of what is read of one mail. What lies beyond them is left out and
// named in Mail.Faults; the bytes themselves are for the caller to keep.
const (
	MaxBytes       = 25 << 20 // of the whole mail
	MaxText        = 1 << 20  // of Mail.Text
	MaxIDs         = 100      // of Mail.References
	MaxAddresses   = 200      // of each list of addresses
	MaxAttachments = 200
	MaxParts       = 500       // of all parts together
	MaxDepth       = 20        // of parts within parts
	MaxHeader      = 1 << 20   // of each header
	MaxFields      = 5000      // of each header
	maxField       = 512 << 10 // of one header field
	maxAddressText = 64 << 10  // of a list of addresses
	maxShort       = 1000      // of a subject, a name, a file name, a diagnostic
	maxMarkup      = 4 << 20   // of HTML that is turned into text
	maxFaults      = 20
)

// ErrTooLarge reports a mail of more than [MaxBytes]; the Mail that comes with
// it was read from the first MaxBytes.
var ErrTooLarge = errors.New("the mail is larger than 25 MiB")

// ErrNoHeader reports bytes that do not begin with a mail's header; the Mail
// that comes with it has them as its text.
var ErrNoHeader = errors.New("the mail has no header")

// An Address is a mailbox, with the name that stood beside it.
type Address struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email"`
}

// An Attachment is a file that came with a mail, without its bytes.
type Attachment struct {
	Name      string `json:"name,omitempty"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"`
	SHA256    string `json:"sha256"`
}

// A Mail is what a received mail says.
type Mail struct {
	Digest      string       `json:"digest"` // SHA-256 of the bytes: the same mail twice has the same
	MessageID   string       `json:"message_id,omitempty"`
	InReplyTo   []string     `json:"in_reply_to,omitempty"` // ids have no angle brackets
	References  []string     `json:"references,omitempty"`  // oldest first
	From        Address      `json:"from"`
	ReplyTo     []Address    `json:"reply_to,omitempty"`
	To          []Address    `json:"to,omitempty"`
	Cc          []Address    `json:"cc,omitempty"`
	DeliveredTo []Address    `json:"delivered_to,omitempty"` // Delivered-To and X-Original-To
	Subject     string       `json:"subject,omitempty"`
	Date        time.Time    `json:"date,omitzero"` // as the sender says, in UTC; zero: none that can be read
	Text        string       `json:"text"`          // everything that can be read
	Own         string       `json:"own"`           // lines of Text that the sender wrote: no quotes, no signature
	Attachments []Attachment `json:"attachments,omitempty"`
	Kind        Kind         `json:"kind"`
	KindBecause string       `json:"kind_because,omitempty"` // what the Kind rests on; empty for a person's mail
	NoAnswer    bool         `json:"no_answer,omitempty"`    // no machine may answer it, or two could write to each other for ever
	Report      *Report      `json:"report,omitempty"`       // of a bounce or a complaint
	Faults      []string     `json:"faults,omitempty"`       // what was broken or left out, in words

	results []string // Authentication-Results, the newest first: see [Refuted]
}

// FromPerson reports whether the mail may count as somebody's answer.
func (m Mail) FromPerson() bool { return m.Kind == KindHuman }

// Read reads a mail. It reads what can be read even of a broken one: with an
// error comes a Mail that has at least the Digest.
func Read(raw []byte) (Mail, error) {
	sum := sha256.Sum256(raw)
	r := reader{mail: Mail{Digest: hex.EncodeToString(sum[:])}}
	var failed error
	if len(raw) > MaxBytes {
		raw, failed = raw[:MaxBytes], fmt.Errorf("%w: %d bytes", ErrTooLarge, len(raw))
	}
	head, body, found := splitHeader(raw)
	if !found {
		head, body, failed = nil, raw, errors.Join(failed, ErrNoHeader)
	}
	h := r.parseHeader(head)
	r.envelope(h)
	r.mail.Text = r.part(h, body, 0)
	r.mail.Own = Own(r.mail.Text)
	r.classify(h)
	return r.mail, failed
}

// reader gathers a Mail.
type reader struct {
	mail   Mail
	parts  int
	size   int // of the readable text so far
	markup int // of the HTML so far
	report reportParts
}

// reportParts are the pieces of a bounce or a complaint that a machine wrote.
type reportParts struct {
	kind     string // the report-type of the mail
	delivery []header
	feedback header
	returned header // of the mail that the report is about
	notice   bool   // a read receipt
}

func (r *reader) fault(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	for _, known := range r.mail.Faults {
		if known == text {
			return
		}
	}
	if len(r.mail.Faults) < maxFaults {
		r.mail.Faults = append(r.mail.Faults, text)
	}
}

// envelope fills in what stands in the header of the mail.
func (r *reader) envelope(h header) {
	m := &r.mail
	if ids := messageIDs(h.get("Message-Id")); len(ids) > 0 {
		m.MessageID = ids[0]
	}
	m.InReplyTo = r.boundIDs("In-Reply-To", messageIDs(h.get("In-Reply-To")))
	m.References = r.boundIDs("References", messageIDs(h.get("References")))
	if from := r.addresses(h, "From"); len(from) > 0 {
		m.From = from[0]
	} else if sender := r.addresses(h, "Sender"); len(sender) > 0 {
		m.From = sender[0]
	}
	m.ReplyTo = r.addresses(h, "Reply-To")
	m.To = r.addresses(h, "To")
	m.Cc = r.addresses(h, "Cc")
	m.DeliveredTo = r.addresses(h, "Delivered-To", "X-Original-To", "Envelope-To")
	for _, f := range h {
		if strings.EqualFold(f.name, "Authentication-Results") && len(m.results) < maxResults {
			m.results = append(m.results, oneLine(cut(f.value, maxAddressText)))
		}
	}
	m.Subject = cut(oneLine(decodeWords(cut(h.get("Subject"), maxAddressText))), maxShort)
	if value := h.get("Date"); value != "" {
		m.Date = parseTime(value)
		if m.Date.IsZero() {
			r.fault("the date cannot be read")
		}
	}
}

// boundIDs keeps the first id, which began the thread, and the newest ones.
func (r *reader) boundIDs(field string, ids []string) []string {
	if len(ids) <= MaxIDs {
		return ids
	}
	r.fault("%s has more than %d ids", field, MaxIDs)
	return append(ids[:1:1], ids[len(ids)-MaxIDs+1:]...)
}
