package inbound_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"comity/inbound"
)

func seeds(f *testing.F) [][]byte {
	f.Helper()
	names, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(names) == 0 {
		f.Fatalf("no mails: %v", err)
	}
	var mails [][]byte
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		mails = append(mails, raw)
	}
	return mails
}

// holdsBounds checks what is true of every Mail, whatever was read.
func holdsBounds(t *testing.T, m inbound.Mail) {
	t.Helper()
	if len(m.Text) > inbound.MaxText+1000 || len(m.References) > inbound.MaxIDs || len(m.InReplyTo) > inbound.MaxIDs ||
		len(m.To) > inbound.MaxAddresses || len(m.Cc) > inbound.MaxAddresses || len(m.Attachments) > inbound.MaxAttachments {
		t.Fatal("a bound does not hold")
	}
	for _, text := range []string{m.Text, m.Own, m.Subject, m.From.Name, m.From.Email} {
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\r\u202e\u200b") {
			t.Fatalf("not clean: %q", text)
		}
	}
	if strings.Contains(m.Subject+m.From.Name+m.From.Email, "\n") {
		t.Fatal("a header value has two lines")
	}
	if len(m.Digest) != 64 || m.Kind == "" || m.Kind == inbound.KindHuman && m.KindBecause != "" || m.Kind != inbound.KindHuman && (m.KindBecause == "" || !m.NoAnswer) {
		t.Fatalf("kind %q because %q", m.Kind, m.KindBecause)
	}
	isSubsequence(t, m.Own, m.Text)
}

// isSubsequence checks that the lines of own stand in text, in that order.
func isSubsequence(t *testing.T, own, text string) {
	t.Helper()
	if own == "" {
		return
	}
	lines := strings.Split(text, "\n")
	for line := range strings.SplitSeq(own, "\n") {
		at := slices.IndexFunc(lines, func(l string) bool { return l == line || line == "" && strings.TrimSpace(l) == "" })
		if at < 0 {
			t.Fatalf("%q is not a line of the rest of the text", line)
		}
		lines = lines[at+1:]
	}
}

func FuzzRead(f *testing.F) {
	for _, raw := range seeds(f) {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := inbound.Read(raw)
		holdsBounds(t, m)
		again, errAgain := inbound.Read(raw)
		if again.Own != m.Own || again.Kind != m.Kind || (err == nil) != (errAgain == nil) {
			t.Fatal("the same bytes were read differently")
		}
		for _, id := range inbound.OurIDs(m, host) {
			if !strings.HasPrefix(id, "tch_") || !strings.HasSuffix(id, "@"+host) || len(id) != 36+1+len(host) {
				t.Fatalf("%q is no id of ours", id)
			}
		}
		for _, token := range inbound.Tokens(m, host) {
			if len(token) != 32 {
				t.Fatalf("%q is no token", token)
			}
		}
	})
}

func FuzzTriage(f *testing.F) {
	for _, raw := range seeds(f) {
		m, _ := inbound.Read(raw)
		f.Add(m.Own, m.Subject)
	}
	f.Add("We will NOT pay until the damaged chairs are replaced, $1,234.56 on 03/04/2026 or next Friday.", "MP-1042")
	f.Add("Wir zahlen die Hälfte am 15. und 30 % in zwei Wochen, l'accord d'ici 2 mois", "Zahlung 1.234,56 €")
	f.Fuzz(func(t *testing.T, own, subject string) {
		own, subject = strings.ToValidUTF8(own, "?"), strings.ToValidUTF8(subject, "?")
		p := inbound.Triage(own, subject, today, dollars)
		if len(subject) <= 1000 && len(own) <= inbound.MaxTriage {
			checkEvidence(t, p, own, subject)
		}
		if len(p.Amounts) > inbound.MaxFound || len(p.Dates) > inbound.MaxFound || p.Substantive && p.AcknowledgementOnly {
			t.Fatal("a bound does not hold")
		}
		for _, d := range p.Dates {
			if len(d.Days) == 0 || d.Days[0].IsZero() || d.Ambiguous != (len(d.Days) > 1) {
				t.Fatalf("%+v", d)
			}
		}
		for _, a := range p.Amounts {
			if !a.Amount.Positive() || a.Amount.Currency() != "USD" || a.Role == "" {
				t.Fatalf("%+v", a)
			}
		}
		summary := inbound.Summary(p)
		if summary == "" || strings.ContainsAny(summary, "{}") || strings.Contains(summary, "  ") || !strings.HasSuffix(summary, ".") {
			t.Fatalf("summary %q", summary)
		}
		if again := inbound.Summary(inbound.Triage(own, subject, today, dollars)); again != summary {
			t.Fatalf("%q, then %q", summary, again)
		}
	})
}
