package main

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
)

// TestADebtorReadsItsProofAgain holds F-41 over HTTP: who asked whether it is genuine is asked for nothing until a person
// has answered; the letter that goes with the answer is read again on the page and in JSON, in the bytes of the mail and
// not as of now, as a file that no browser runs or keeps. Before it left, by another link, and where the debtor is not
// told there is none, in the words of what never was.
func TestADebtorReadsItsProofAgain(t *testing.T) {
	s := newScene(t)
	ctx := t.Context()
	link := s.link()
	_, token, id := parts(t, link)
	type answered struct {
		response *http.Response
		body     []byte
	}
	const page, wire = "the page", "the answer in JSON"
	read := func(link string) map[string]answered {
		_, token, _ := parts(t, link)
		first, html := s.fetch(t, http.MethodGet, strings.TrimPrefix(link, s.serving.URL)+"/proof-letter", nil, nil)
		second, body := s.fetch(t, http.MethodGet, "/v1/debtor/proof", nil, header("Authorization", "Link "+token))
		return map[string]answered{page: {first, html}, wire: {second, body}}
	}
	statement := func() string {
		_, body := s.asked(t, token, http.MethodGet, "/v1/debtor/statement", "", nil)
		return body
	}
	missing := s.open(t, link+"/document?deal=deal_"+strings.Repeat("0", 32)).body
	none := func(when, link string) {
		t.Helper()
		for name, got := range read(link) {
			if got.response.StatusCode != http.StatusNotFound || name == page && string(got.body) != missing || name == wire && !bytes.Contains(got.body, []byte(`"code":"not-found"`)) {
				t.Errorf("%s, %s: %d %.400s", when, name, got.response.StatusCode, got.body)
			}
		}
		if shown := s.open(t, link).body; strings.Contains(shown, "/proof-letter") {
			t.Errorf("%s, the statement leads to a letter", when)
		}
	}

	none("before anything was asked", link)
	s.must(s.submit(ctx, link, "proof", map[string][]string{"said": {"Who sold this?"}}))
	s.quiet()
	none("before it was answered", link)
	if body := statement(); !strings.Contains(body, `"proof_pending"`) || strings.Contains(body, `"has_letter":true`) {
		t.Errorf("while it waits: %s", body)
	}
	var questions struct{ Data []struct{ ID, Topic string } }
	s.must(s.eastbrook.signIn(ctx))
	s.must(s.eastbrook.get(ctx, "/v1/cases/"+s.kase+"/questions", &questions))
	if len(questions.Data) != 1 || questions.Data[0].Topic != "proof" {
		t.Fatalf("asked: %+v", questions.Data)
	}
	s.must(s.eastbrook.post(ctx, "/v1/questions/"+questions.Data[0].ID+"/answer", map[string]any{"answer": "Alice sold it to us on 5 February."}, nil))
	s.quiet()
	const file = "proof-2026-02-06.pdf"
	sent := s.attached(file)
	s.clock("2026-02-09T14:00:00Z")
	s.must(s.bob.signIn(ctx))
	s.bobSells()
	s.quiet()
	s.counts() // opens the owner's connection
	for _, later := range []string{`UPDATE organizations SET name = 'Another Name' WHERE name = 'Eastbrook'`, `UPDATE users SET name = 'Somebody Else'`, `UPDATE blobs SET created_at = now() - interval '2 days'`} {
		_, err := s.owner.ExecContext(ctx, later)
		s.must(err)
	}
	s.must(s.data.Sweep(ctx)) // takes no bytes that are named
	for name, got := range read(link) {
		if got.response.StatusCode != http.StatusOK || !bytes.Equal(got.body, sent) {
			t.Errorf("%s: %d and %d bytes, sent were %d", name, got.response.StatusCode, len(got.body), len(sent))
		}
		for key, want := range map[string]string{
			"Content-Type": "application/pdf", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'",
			"Content-Disposition": `attachment; filename="` + file + `"; filename*=UTF-8''` + file,
		} {
			if had := got.response.Header.Get(key); had != want {
				t.Errorf("%s: %s is %q, want %q", name, key, had, want)
			}
		}
	}
	if shown := s.open(t, link).body; !strings.Contains(shown, `/proof-letter">The confirmation of the sale, as a letter</a>`) {
		t.Errorf("the statement does not lead to it:\n%s", shown)
	}
	if body := statement(); strings.Contains(body, `"proof_pending"`) || strings.Count(body, `"has_letter":true`) != 1 {
		t.Errorf("after the answer: %s", body)
	}
	s.must(s.alice.signIn(ctx))
	if _, now := s.printed(s.alice.client, "proof"); bytes.Equal(now, sent) {
		t.Error("the letter as of now is the one that was sent: the test shows nothing")
	}

	none("by another case's link", s.bobsLink())
	s.alter(t, id, "revoked_at = now()")
	for name, got := range read(link) {
		if got.response.StatusCode != http.StatusNotFound {
			t.Errorf("by a revoked link, %s: %d", name, got.response.StatusCode)
		}
	}
	s.alter(t, id, "revoked_at = NULL")
	_, err := s.owner.ExecContext(ctx, `UPDATE cases SET disclosure = 'confidential' WHERE id = (SELECT case_id FROM links WHERE id = $1)`, id)
	s.must(err)
	none("of a debtor that is not told", link)
}
