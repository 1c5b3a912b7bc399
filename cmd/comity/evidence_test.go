package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// evidence is a file of a dispute, as the API shows it.
type evidence struct {
	ID        string
	By        string
	FileName  string `json:"file_name"`
	MediaType string `json:"media_type"`
	SHA256    string
}

// disputing lets Alice's debtor dispute a part, and returns the dispute and the page of its files.
func (s *scene) disputing() (id, page string) {
	s.t.Helper()
	link := s.link()
	s.must(s.submit(s.t.Context(), link, "dispute", url.Values{"deal": {s.deal}, "currency": {"EUR"}, "amount": {"10.00"}, "said": {"wet boxes"}}))
	var list struct{ Data []struct{ ID string } }
	s.must(s.eastbrook.get(s.t.Context(), "/v1/cases/"+s.kase+"/disputes", &list))
	if len(list.Data) != 1 {
		s.t.Fatalf("the case has the disputes %+v", list.Data)
	}
	return list.Data[0].ID, strings.TrimPrefix(link, s.serving.URL) + "/disputes/" + list.Data[0].ID
}

// photograph attaches a file on the debtor's page, as a browser does.
func (s *scene) photograph(page, name string, content []byte) int {
	s.t.Helper()
	_, html := s.fetch(s.t, http.MethodGet, page, nil, nil)
	nonce := formNonce.FindStringSubmatch(string(html))
	if nonce == nil {
		s.t.Fatalf("the page has no form:\n%s", html)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	s.must(form.WriteField("nonce", nonce[1]))
	part, err := form.CreateFormFile("file", name)
	s.must(err)
	_, err = part.Write(content)
	s.must(err)
	s.must(form.Close())
	response, _ := s.fetch(s.t, http.MethodPost, page, body.Bytes(), func(r *http.Request) { r.Header.Set("Content-Type", form.FormDataContentType()) })
	return response.StatusCode
}

// hand posts a file over the API.
func (s *scene) hand(by *client, dispute, name, media string, content []byte) (*http.Response, []byte) {
	s.t.Helper()
	s.must(by.signIn(s.t.Context()))
	return s.fetch(s.t, http.MethodPost, "/v1/disputes/"+dispute+"/evidence?file_name="+url.QueryEscape(name), content, func(r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+by.token)
		r.Header.Set("Content-Type", media)
		sum := sha256.Sum256(append(content, name...))
		r.Header.Set("Idempotency-Key", hex.EncodeToString(sum[:]))
	})
}

// TestEvidenceOfThreeParties holds C-38, C-187, T-16, T-57 and T-59 over HTTP: the debtor's photo, the seller's
// letter and the factor's note are read by all three and by nobody else, byte for byte, as files that
// no browser runs.
// It holds F-75.
func TestEvidenceOfThreeParties(t *testing.T) {
	s := newScene(t)
	ctx := t.Context()
	dispute, page := s.disputing()
	photo := []byte("\xff\xd8\xff\xe0 a photo of wet boxes \xff\xd9")
	if status := s.photograph(page, `C:\wet "boxes".html`, photo); status != http.StatusOK && status != http.StatusSeeOther {
		t.Fatalf("the debtor's photo: %d", status)
	}
	response, answer := s.printed(s.alice.client, "statement")
	if response.StatusCode != http.StatusOK {
		t.Fatalf("a letter to attach: %d", response.StatusCode)
	}
	if response, got := s.hand(s.alice.client, dispute, "letter.pdf", "application/pdf", answer); response.StatusCode != http.StatusCreated {
		t.Errorf("the seller's letter: %d %s", response.StatusCode, got)
	}
	if response, got := s.hand(s.eastbrook, dispute, "again.pdf", "application/pdf", answer); response.StatusCode != http.StatusOK || !bytes.Contains(got, []byte("letter.pdf")) {
		t.Errorf("the same bytes: %d %s", response.StatusCode, got)
	}
	if response, got := s.hand(s.eastbrook, dispute, "../../note", "text/plain", []byte("called the carrier")); response.StatusCode != http.StatusCreated {
		t.Errorf("the factor's note: %d %s", response.StatusCode, got)
	}
	var list struct{ Data []evidence }
	for _, by := range []*client{s.alice.client, s.eastbrook} {
		s.must(by.get(ctx, "/v1/disputes/"+dispute+"/evidence", &list))
		var shown []string
		for _, e := range list.Data {
			shown = append(shown, e.By+" "+e.FileName+" "+e.MediaType)
		}
		if got, want := strings.Join(shown, ", "), "debtor wet boxes.html.jpg image/jpeg, seller letter.pdf application/pdf, factor note.txt text/plain"; got != want {
			t.Fatalf("evidence is %s, want %s", got, want)
		}
		response, body := s.fetch(t, http.MethodGet, "/v1/evidence/"+list.Data[0].ID+"/file", nil, header("Authorization", "Bearer "+by.token))
		sum := sha256.Sum256(body)
		if !bytes.Equal(body, photo) || hex.EncodeToString(sum[:]) != list.Data[0].SHA256 || response.Header.Get("Content-Type") != "image/jpeg" ||
			response.Header.Get("Content-Security-Policy") != "sandbox; default-src 'none'" || !strings.HasPrefix(response.Header.Get("Content-Disposition"), "attachment;") {
			t.Errorf("%d bytes with %v", len(body), response.Header)
		}
	}
	_, html := s.fetch(t, http.MethodGet, page, nil, nil)
	for _, name := range []string{"wet boxes.html.jpg", "letter.pdf", "note.txt"} {
		if !bytes.Contains(html, []byte(name)) {
			t.Errorf("the debtor does not see %s", name)
		}
	}
	for name, by := range map[string]*client{"another seller": s.bob.client, "another factor": s.rival} {
		if response, got := s.hand(by, dispute, "x", "text/plain", []byte(name)); response.StatusCode != http.StatusNotFound {
			t.Errorf("%s attaches: %d %s", name, response.StatusCode, got)
		}
		for _, path := range []string{"/v1/disputes/" + dispute + "/evidence", "/v1/evidence/" + list.Data[0].ID + "/file"} {
			if response, got := s.fetch(t, http.MethodGet, path, nil, header("Authorization", "Bearer "+by.token)); response.StatusCode != http.StatusNotFound {
				t.Errorf("%s reads %s: %d %.200s", name, path, response.StatusCode, got)
			}
		}
	}
	s.toldBoth(`attached "wet boxes.html.jpg" (JPEG, 28 bytes) to the dispute about EUR 10.00`, `The seller attached "letter.pdf" (PDF, `)
}

// TestHostileFilesAsEvidence holds T-50, T-51, T-52, T-55 and T-56 at both doors: of the files that
// mean harm none is a fault of ours, calls anybody or is kept as anything but a quiet file.
func TestHostileFilesAsEvidence(t *testing.T) {
	files := hostileFiles(t)
	touched := tripwire(t)
	s := newScene(t)
	dispute, page := s.disputing()
	for _, f := range files {
		declared := map[string]string{"pdf": "application/pdf", "csv": "text/plain"}[f.name[strings.LastIndexByte(f.name, '.')+1:]]
		if declared == "" {
			declared = "image/png" // a lie
		}
		response, answer := s.hand(s.eastbrook, dispute, f.name, declared, f.bytes)
		status := s.photograph(page, f.name, f.bytes)
		quiet := strings.HasSuffix(f.name, ".csv") || f.name == "polyglot.pdf"
		if response.StatusCode/100 == 5 || status/100 == 5 || response.StatusCode/100 == 2 && !quiet {
			t.Errorf("%s: %d over the API, %d on the page: %.300s", f.name, response.StatusCode, status, answer)
		}
		if strings.Contains(string(answer), "root:") || strings.Contains(string(answer), "pq:") {
			t.Errorf("%s: the answer tells too much: %.300s", f.name, answer)
		}
	}
	if touched() {
		t.Error("somebody was called")
	}
	if strings.Contains(s.logged.text(), "level=ERROR") {
		t.Error("something failed by a fault of ours: see the log")
	}
	var list struct{ Data []evidence }
	s.must(s.eastbrook.get(t.Context(), "/v1/disputes/"+dispute+"/evidence", &list))
	for _, e := range list.Data {
		if e.MediaType != "text/plain" && e.FileName != "polyglot.pdf" && e.FileName != "pdf-named.xml.pdf" {
			t.Errorf("kept: %+v", e)
		}
	}
}
