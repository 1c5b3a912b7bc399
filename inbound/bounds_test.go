package inbound_test

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"comity/inbound"
)

// fill makes a mail of the largest size there may be.
func fill(head, piece string) []byte {
	return append([]byte(head), bytes.Repeat([]byte(piece), (inbound.MaxBytes-len(head))/len(piece))...)
}

// allocated returns the bytes that reading takes from the heap in all, freed or not.
func allocated(read func()) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	read()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// Whatever 25 MiB hold, reading them takes at most some four times as much.
const memoryBound = 110 << 20

func TestHostileMailsOfFullSizeStayWithinTheMemoryBound(t *testing.T) {
	var nested strings.Builder
	for i := range 200 {
		fmt.Fprintf(&nested, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	const html = "Content-Type: text/html\r\n\r\n"
	for _, c := range []struct {
		name        string
		head, piece string
	}{
		{"one line of text", "Subject: x\r\n\r\n", "a"},
		{"lines of one letter", "Subject: x\r\n\r\n", "a\n"},
		{"empty lines", "Subject: x\r\n\r\n", "\r\n"},
		{"quoted lines", "Subject: x\r\n\r\n", ">\n"},
		{"signatures", "Subject: x\r\n\r\n", "--\na\n"},
		{"introductions of quotations", "Subject: x\r\n\r\n", "On 2026 a@b\n"},
		{"blocks of labels", "Subject: x\r\n\r\n", "From: a\n"},
		{"tags that open", html, "<blockquote>a"},
		{"tags that hide", html, "<p hidden>"},
		{"attributes", html + "<a ", "x=1 "},
		{"tags that never end", html, "<a<"},
		{"comments that never end", html, "<!--"},
		{"entities", html, "&amp;"},
		{"one header field", "Subject: ", "a "},
		{"folded header lines", "Subject: x\r\n", " a\r\n"},
		{"header fields", "Subject: x\r\n", "A: b\r\n"},
		{"references", "References: ", "<a@b> "},
		{"addresses", "To: ", "a@b.example, "},
		{"comments in addresses", "To: ", "("},
		{"encoded words", "Subject: ", "=?utf-8?q?a?= "},
		{"parts", "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--b\r\n\r\na\r\n"},
		{"boundaries that are none", "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "\n--bb"},
		{"attachments", "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--b\r\nContent-Type: x/y\r\n\r\na\r\n"},
		{"nesting", nested.String(), "a\n"},
		{"base64", "Content-Transfer-Encoding: base64\r\nContent-Type: application/pdf\r\n\r\n", "QUFB"},
		{"quoted-printable", "Content-Transfer-Encoding: quoted-printable\r\n\r\n", "="},
		{"a charset that grows", "Content-Type: text/plain; charset=gb18030\r\n\r\n", "\x81\x40"},
		{"a report", "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n", "A: b\n\n"},
		{"nulls", "Subject: x\r\n\r\n", "\x00"},
		{"no header", "", "\xff"},
	} {
		raw := fill(c.head, c.piece)
		var m inbound.Mail
		used := allocated(func() { m, _ = inbound.Read(raw) })
		if used > memoryBound {
			t.Errorf("%s: %d MiB", c.name, used>>20)
		}
		holdsBounds(t, m)
		used = allocated(func() { inbound.Summary(inbound.Triage(m.Own, m.Subject, today, dollars)) })
		if used > memoryBound {
			t.Errorf("triage of %s: %d MiB", c.name, used>>20)
		}
	}
}

func TestAMailThatIsTooLargeIsAnErrorAndStillRead(t *testing.T) {
	raw := append([]byte("Message-ID: <a@b.example>\r\nSubject: Hello\r\n\r\nWe pay on Friday.\r\n\r\n"), make([]byte, inbound.MaxBytes)...)
	m, err := inbound.Read(raw)
	if !errors.Is(err, inbound.ErrTooLarge) || m.Own != "We pay on Friday." || m.MessageID != "a@b.example" {
		t.Fatalf("%v, %q, %q", err, m.Own, m.MessageID)
	}
}

func TestAMailWithoutAHeaderIsAnErrorAndStillRead(t *testing.T) {
	m, err := inbound.Read([]byte("We pay on Friday."))
	if !errors.Is(err, inbound.ErrNoHeader) || m.Own != "We pay on Friday." || m.Kind != inbound.KindHuman {
		t.Fatalf("%v, %q, %s", err, m.Own, m.Kind)
	}
}

func TestTheSameBytesHaveTheSameDigest(t *testing.T) {
	a, _ := inbound.Read([]byte("Subject: a\n\nb"))
	b, _ := inbound.Read([]byte("Subject: a\n\nb"))
	c, _ := inbound.Read([]byte("Subject: a\n\nc"))
	if a.Digest != b.Digest || a.Digest == c.Digest {
		t.Fatal(a.Digest, b.Digest, c.Digest)
	}
}
