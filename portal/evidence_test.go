package portal_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

func (f *cases) Attach(_ context.Context, _ domain.Caller, id domain.DisputeID, up collections.Upload, once domain.Once[collections.Attached]) (domain.Answer, error) {
	f.asked, f.keys = append(f.asked, fmt.Sprintf("attach %s %s %s %d", id, up.Name, up.Declared, len(up.Bytes))), append(f.keys, once.Key)
	return once.Answer(collections.Attached{}), f.refuse
}

func (f *cases) Evidence(context.Context, domain.Caller, domain.DisputeID) ([]domain.Evidence, error) {
	return f.files, nil
}

func (f *cases) EvidenceFile(_ context.Context, _ domain.Caller, id domain.EvidenceID) (domain.Document, error) {
	if len(f.files) == 0 || f.files[0].ID != id {
		return domain.Document{}, domain.ErrNotFound
	}
	return domain.Document{FileName: f.files[0].FileName, MediaType: f.files[0].MediaType, Bytes: []byte("a photo")}, nil
}

// disputing adds a dispute to the page, and returns the path of its files.
func (s *site) disputing(status domain.DisputeStatus) (string, domain.DisputeID) {
	d := domain.Dispute{ID: domain.New[domain.DisputeID](), Deal: s.deal, Status: status, Amount: money.Minor(100_000, "USD"), Said: "two boxes <were> wet", RaisedAt: now}
	s.page.Disputes = append(s.page.Disputes, d)
	return s.path() + "/disputes/" + d.ID.String(), d.ID
}

// attach posts a file as a browser does; parts are names and values, a file's name as "file=NAME".
func (s *site) attach(path string, parts ...[2]string) *httptest.ResponseRecorder {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, part := range parts {
		header := textproto.MIMEHeader{}
		header.Set("Content-Disposition", fmt.Sprintf("form-data; name=%q", part[0]))
		if field, name, file := strings.Cut(part[0], "="); file {
			header.Set("Content-Disposition", fmt.Sprintf("form-data; name=%q; filename=%q", field, name))
			header.Set("Content-Type", "image/png")
		}
		w, _ := form.CreatePart(header)
		_, _ = w.Write([]byte(part[1]))
	}
	_ = form.Close()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	s.handler.ServeHTTP(w, r)
	return w
}

// TestADebtorAttachesAFile: the page of a dispute takes a file without a script, the form's nonce
// is its key, and whoever attached what is shown with its name escaped. It holds F-75.
func TestADebtorAttachesAFile(t *testing.T) {
	s := newSite()
	path, id := s.disputing(domain.DisputeOpen)
	if body := s.get(s.path()).Body.String(); !strings.Contains(body, `href="`+path+`"`) || !strings.Contains(body, "two boxes &lt;were&gt; wet") {
		t.Errorf("the statement does not lead to the files of a dispute:\n%s", body)
	}
	s.files = []domain.Evidence{{ID: domain.New[domain.EvidenceID](), Side: "seller", FileName: `wet "boxes" & more.png`, MediaType: "image/png", At: now}}
	body := s.get(path).Body.String()
	for _, words := range []string{"wet &#34;boxes&#34; &amp; more.png", "Marlow Print Works LLC · ", `enctype="multipart/form-data"`, "Eastbrook Factors, LLC see it too"} {
		if !strings.Contains(body, words) {
			t.Errorf("the page does not show %q:\n%s", words, body)
		}
	}
	nonce := nonceField.FindStringSubmatch(body)[1]
	w := s.attach(path, [2]string{"nonce", nonce}, [2]string{"file=photo.png", "bytes"})
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), path+"?done=attached") {
		t.Errorf("%d to %q: %s", w.Code, w.Header().Get("Location"), w.Body)
	}
	if want := "attach " + id.String() + " photo.png image/png 5"; len(s.asked) != 1 || s.asked[0] != want || s.keys[0] == "" {
		t.Errorf("asked %q with key %q, want %q", s.asked, s.keys, want)
	}
	if body := s.get(path + "?done=attached").Body.String(); !strings.Contains(body, "The file is here") {
		t.Error("nothing says that it is there")
	}
	s.refuse = domain.ErrUnsupported.Because("the content is no PDF")
	if w := s.attach(path, [2]string{"nonce", nonce}, [2]string{"file=photo.png", "x"}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "This file is not taken.") {
		t.Errorf("a refused file: %d %s", w.Code, w.Body)
	}
}

// TestAnUploadIsReadOnlyWhenItWasAskedFor holds T-44 and T-56: without the page's nonce before it
// no file is read, one that is too long is refused, and a form of another kind is none.
func TestAnUploadIsReadOnlyWhenItWasAskedFor(t *testing.T) {
	s := newSite()
	path, _ := s.disputing(domain.DisputeOpen)
	nonce := nonceField.FindStringSubmatch(s.get(path).Body.String())[1]
	long := strings.Repeat("x", domain.MaxEvidenceBytes+1)
	for name, tc := range map[string]struct {
		parts [][2]string
		want  int
	}{
		"no nonce":        {[][2]string{{"file=a.png", "x"}}, 400},
		"nonce after it":  {[][2]string{{"file=a.png", "x"}, {"nonce", nonce}}, 400},
		"another's nonce": {[][2]string{{"nonce", strings.Repeat("A", len(nonce))}, {"file=a.png", "x"}}, 400},
		"no file":         {[][2]string{{"nonce", nonce}}, 400},
		"too long":        {[][2]string{{"nonce", nonce}, {"file=a.png", long}}, 413},
		"much too long":   {[][2]string{{"nonce", nonce}, {"file=a.png", long + long}}, 413},
	} {
		if w := s.attach(path, tc.parts...); w.Code != tc.want {
			t.Errorf("%s: %d, want %d: %.300s", name, w.Code, tc.want, w.Body)
		}
	}
	if w := s.post(path, nil); w.Code != http.StatusBadRequest {
		t.Errorf("a plain form: %d", w.Code)
	}
	if len(s.asked) != 0 {
		t.Errorf("something was attached: %q", s.asked)
	}
}

// TestEvidenceIsSavedAndNeverRun holds T-36, T-37, T-38 and T-57 for files: they are downloads
// that no browser runs, other ids are the same 404, and a link that may only look attaches nothing.
func TestEvidenceIsSavedAndNeverRun(t *testing.T) {
	s := newSite()
	path, _ := s.disputing(domain.DisputeResolved)
	s.files = []domain.Evidence{{ID: domain.New[domain.EvidenceID](), FileName: "photo Ä.png", MediaType: "image/png", At: now}}
	w := s.get(s.path() + "/evidence/" + s.files[0].ID.String())
	for header, want := range map[string]string{
		"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "no-store",
		"Content-Disposition": `attachment; filename="photo _.png"; filename*=UTF-8''photo%20%C3%84.png`,
	} {
		if got := w.Header().Get(header); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
	missing := s.get(s.path() + "/evidence/" + domain.New[domain.EvidenceID]().String()).Body.String()
	for _, other := range []string{"/evidence/nonsense", "/disputes/nonsense", "/disputes/" + domain.New[domain.DisputeID]().String()} {
		if w := s.get(s.path() + other); w.Code != http.StatusNotFound || w.Body.String() != missing {
			t.Errorf("%s: %d", other, w.Code)
		}
	}
	if strings.Contains(s.get(path).Body.String(), "<form") {
		t.Error("a resolved dispute has a form")
	}
	s.link.Verbs = []string{domain.VerbView}
	open, _ := s.disputing(domain.DisputeOpen)
	if body := s.get(open).Body.String(); strings.Contains(body, "<form") || !strings.Contains(body, "photo Ä.png") {
		t.Error("a link that may only look has a form, or no files")
	}
	if w := s.attach(open, [2]string{"nonce", "x"}); w.Code != http.StatusNotFound || len(s.asked) != 0 {
		t.Errorf("a link that may only look attaches: %d %q", w.Code, s.asked)
	}
}
