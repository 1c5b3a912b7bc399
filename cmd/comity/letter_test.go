package main

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// printed asks for a letter about Alice's deal.
func (s *scene) printed(by *client, kind string) (*http.Response, []byte) {
	s.t.Helper()
	s.must(by.signIn(s.t.Context()))
	return s.fetch(s.t, http.MethodGet, "/v1/deals/"+s.deal+"/letters/"+kind, nil, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+by.token) })
}

// TestTheNoticeIsAttachedAndCanBeReadAgain holds C-41 and D-6 with a worker and over HTTP: the mail of
// the notice carries it on paper, both parties read the same bytes later as a file that no browser
// runs or keeps, and a stranger learns nothing. It holds F-40.
func TestTheNoticeIsAttachedAndCanBeReadAgain(t *testing.T) {
	s := newScene(t)
	attached := s.attached("notice-2026-02-05.pdf")
	for name, by := range map[string]*client{"the seller": s.alice.client, "the factor": s.eastbrook} {
		response, answer := s.printed(by, "notice")
		if response.StatusCode != http.StatusOK || !bytes.Equal(answer, attached) {
			t.Errorf("%s reads %d and %d bytes, attached were %d", name, response.StatusCode, len(answer), len(attached))
		}
		for header, want := range map[string]string{
			"Content-Type": "application/pdf", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'",
			"Content-Disposition": `attachment; filename="notice-2026-02-05.pdf"; filename*=UTF-8''notice-2026-02-05.pdf`,
		} {
			if got := response.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", name, header, got, want)
			}
		}
	}
	for kind, want := range map[string]int{"statement": 200, "introduction": 409, "formal_demand": 409, "release": 409, "proof": 200, "threat": 404} {
		if response, answer := s.printed(s.alice.client, kind); response.StatusCode != want {
			t.Errorf("%s: %d %.300s, want %d", kind, response.StatusCode, answer, want)
		}
	}
	for name, by := range map[string]*client{"another seller": s.bob.client, "another factor": s.rival} {
		if response, answer := s.printed(by, "notice"); response.StatusCode != http.StatusNotFound || bytes.Contains(answer, []byte("%PDF")) {
			t.Errorf("%s: %d %.300s", name, response.StatusCode, answer)
		}
	}
}

// attached returns the letter of a name that a mail carries.
func (s *scene) attached(letter string) []byte {
	s.t.Helper()
	files, err := filepath.Glob(filepath.Join(s.app.config.DataDir, "mail", "*.eml"))
	s.must(err)
	for _, name := range files {
		data, err := os.ReadFile(name)
		s.must(err)
		msg, err := mail.ReadMessage(bytes.NewReader(data))
		s.must(err)
		kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
		if err != nil || kind != "multipart/mixed" {
			continue
		}
		parts := multipart.NewReader(msg.Body, params["boundary"])
		for part, err := parts.NextPart(); err == nil; part, err = parts.NextPart() {
			if part.FileName() != letter {
				continue
			}
			if kind := part.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/pdf") {
				s.t.Errorf("the mail carries %q as %s", letter, kind)
			}
			content, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
			s.must(err)
			return content
		}
	}
	s.t.Fatalf("none of %d mails carries %q", len(files), letter)
	return nil
}
