package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"comity/underwriting"
)

// samplesFolder is the folder of files that mean harm, or "" with a reason.
func samplesFolder(t *testing.T) string {
	t.Helper()
	samples := os.Getenv("COMITY_SAMPLES")
	if samples == "" {
		t.Skip("COMITY_SAMPLES names no folder with hostile files: skipped")
	}
	return filepath.Join(samples, "hostile")
}

// A hostile file is one of the folder, and what must come of it.
type hostileFile struct {
	name, verdict string
	bytes         []byte
}

// hostileFiles reads the folder, and makes those files that it is too small for.
func hostileFiles(t *testing.T) []hostileFile {
	t.Helper()
	dir := samplesFolder(t)
	expected, err := os.ReadFile(filepath.Join(dir, "EXPECT.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	const head = `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"`
	made := map[string]func() string{
		"deep-nesting.xml": func() string {
			return head + ">" + strings.Repeat("<a>", 200_000) + strings.Repeat("</a>", 200_000) + "</Invoice>"
		},
		"many-attributes.xml": func() string { return head + " " + numbered(200_000, `a%d="1" `) + "/>" },
		"huge-token.xml":      func() string { return head + "><ID>" + strings.Repeat("9", 8_000_000) + "</ID></Invoice>" },
		"million-rows.csv": func() string {
			return "invoice_id,debtor_id,amount,currency,issue_date,due_date,paid_date\n" + numbered(1_000_000, "I%d,D1,1.00,EUR,2026-01-01,2026-01-31,\n")
		},
	}
	var files []hostileFile
	for line := range strings.Lines(string(expected)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) != 3 {
			t.Fatalf("EXPECT.tsv: %q", line)
		}
		f := hostileFile{name: fields[0], verdict: fields[2]}
		if f.bytes, err = os.ReadFile(filepath.Join(dir, f.name)); err != nil {
			make, known := made[f.name]
			if !known {
				t.Fatal(err)
			}
			f.bytes = []byte(make())
		}
		files = append(files, f)
	}
	slices.SortStableFunc(files, func(a, b hostileFile) int { return len(a.bytes) - len(b.bytes) }) // the largest is still read when all is done
	return files
}

func numbered(n int, format string) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, format, i)
	}
	return out.String()
}

var statusWord = regexp.MustCompile(`\b(4xx|4\d\d)\b`)

// allows reports whether a verdict of EXPECT.tsv allows a status.
func (f hostileFile) allows(status int) bool {
	words := statusWord.FindAllString(f.verdict, -1)
	for _, taken := range []string{"accepted", "reads;", "ignored", "stored as", "import stores", "row error", "202", "no outbound request"} {
		if strings.Contains(f.verdict, taken) && status/100 == 2 {
			return true
		}
	}
	for _, word := range words {
		if word == strconv.Itoa(status) || word == "4xx" && status/100 == 4 {
			return true
		}
	}
	// A file of a type that is not taken at all is refused as such, whatever is in it.
	otherType := status == http.StatusUnsupportedMediaType && !strings.HasSuffix(f.name, ".xml") && !strings.HasSuffix(f.name, ".csv")
	return otherType || len(words) == 0 && status/100 == 4
}

// tripwire listens where hostile files point to, and reports whether anybody came.
func tripwire(t *testing.T) func() bool {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:18999")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	touched := make(chan struct{}, 1)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
			select {
			case touched <- struct{}{}:
			default:
			}
		}
	}()
	return func() bool {
		select {
		case <-touched:
			return true
		default:
			return false
		}
	}
}

// TestHostileFiles holds T-50 to T-56 over HTTP: every file of the folder is
// answered as EXPECT.tsv says, in time and in little memory, nobody is called,
// and the process lives.
func TestHostileFiles(t *testing.T) {
	files := hostileFiles(t)
	touched := tripwire(t)
	h := newHouse(t, underwriting.EngineV1{}, "2026-02-03T14:00:00Z")
	s := h.shop("Alice GmbH", "111")
	for _, f := range files {
		t.Run(f.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			status, answer := s.handIn(t, h, f)
			took := time.Since(began)
			runtime.ReadMemStats(&after)
			if !f.allows(status) {
				t.Errorf("%d, want %q: %.300s", status, f.verdict, answer)
			}
			if strings.Contains(answer, "root:") || strings.Contains(answer, "pq:") {
				t.Errorf("the answer tells too much: %.300s", answer)
			}
			small := len(f.bytes) < 1<<20
			if grown := after.TotalAlloc - before.TotalAlloc; small && grown > 50<<20 {
				t.Errorf("%d bytes took %d MiB", len(f.bytes), grown>>20)
			}
			if small && took > time.Second && !strings.HasSuffix(f.name, ".csv") || took > 2*time.Minute {
				t.Errorf("took %s", took)
			}
		})
	}
	if touched() {
		t.Error("somebody was called")
	}
	if response, _ := h.fetch(t, http.MethodGet, "/readyz", nil, nil); response.StatusCode != http.StatusOK {
		t.Errorf("the process does not serve: %d", response.StatusCode)
	}
	if strings.Contains(h.logged.text(), "level=ERROR") {
		t.Error("something failed by a fault of ours: see the log")
	}
}

// handIn posts a file where its kind belongs; a table is awaited to its end.
func (s shop) handIn(t *testing.T, h *house, f hostileFile) (int, string) {
	t.Helper()
	h.must(s.signIn(t.Context()))
	types := map[string]string{".xml": "application/xml", ".csv": "text/csv", ".pdf": "application/pdf", ".zip": "application/zip", ".gz": "application/xml"}
	path, encoding := "/v1/invoices?relationship_id="+s.rel+"&file_name="+url.QueryEscape(f.name), ""
	switch filepath.Ext(f.name) {
	case ".csv":
		path = "/v1/imports"
	case ".gz":
		encoding = "gzip"
	}
	response, answer := h.fetch(t, http.MethodPost, path, f.bytes, func(r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+s.token)
		r.Header.Set("Idempotency-Key", uuid.NewString())
		r.Header.Set("Content-Type", types[filepath.Ext(f.name)])
		if encoding != "" {
			r.Header.Set("Content-Encoding", encoding)
		}
	})
	if response.StatusCode != http.StatusAccepted {
		return response.StatusCode, string(answer)
	}
	var imp struct {
		ID, State, Reason string
		Good              int `json:"rows_good"`
	}
	h.must(json.Unmarshal(answer, &imp))
	if len(f.bytes) > 1<<20 {
		return http.StatusAccepted, "" // it is taken, and read a batch at a time
	}
	h.must(eventually(t.Context(), "the import ends", func() (bool, error) {
		err := s.get(t.Context(), "/v1/imports/"+imp.ID, &imp)
		return imp.State == "done" || imp.State == "refused", err
	}))
	// A table is stored at once and judged later: what a synchronous 422 would
	// say, the import says.
	if imp.State == "refused" || imp.Good == 0 {
		return http.StatusUnprocessableEntity, imp.Reason
	}
	return http.StatusAccepted, imp.Reason
}

// TestTablesThatMeanHarm tries what no folder has: every table ends as done or
// refused, no row is taken that nobody can mean, and no job fails.
func TestTablesThatMeanHarm(t *testing.T) {
	h := newHouse(t, underwriting.EngineV1{}, "2026-02-03T14:00:00Z")
	s := h.shop("Alice GmbH", "111")
	for name, row := range map[string]string{
		"a NUL in a code": "I1,D\x001,1.00,EUR,2026-01-01,2026-01-31,", "invalid UTF-8": "I1,D\xff,1.00,EUR,2026-01-01,2026-01-31,",
		"the year 0": "I1,D1,1.00,EUR,0000-01-01,0000-01-31,", "the year 1": "I1,D1,1.00,EUR,0001-01-01,0001-01-31,", "the year 9999": "I1,D1,1.00,EUR,9999-01-01,9999-12-31,",
		"30 digits": "I1,D1,123456789012345678901234567890.00,EUR,2026-01-01,2026-01-31,", "an exponent": "I1,D1,1e3,EUR,2026-01-01,2026-01-31,", "NaN": "I1,D1,NaN,EUR,2026-01-01,2026-01-31,",
		"minus": "I1,D1,-1.00,EUR,2026-01-01,2026-01-31,", "nothing": "I1,D1,0.00,EUR,2026-01-01,2026-01-31,", "no such currency": "I1,D1,1.00,XXX,2026-01-01,2026-01-31,",
		"a long code": "I1," + strings.Repeat("D", 100_000) + ",1.00,EUR,2026-01-01,2026-01-31,", "paid before issue": "I1,D1,1.00,EUR,2026-01-01,2026-01-31,2025-01-01",
	} {
		t.Run(name, func(t *testing.T) {
			status, reason := s.handIn(t, h, hostileFile{name: "x.csv", bytes: []byte(historyHeader + "\n" + row + "\n")})
			if status != http.StatusUnprocessableEntity {
				t.Errorf("%d %s", status, reason)
			}
		})
	}
	if strings.Contains(h.logged.text(), "level=ERROR") {
		t.Error("a job failed: see the log")
	}
}

// TestADownloadIsWhatWasHandedIn holds T-57 and T-59: the name is cleaned, the
// bytes are the same, no browser runs them, and the same bytes are one invoice.
func TestADownloadIsWhatWasHandedIn(t *testing.T) {
	dir := samplesFolder(t)
	file, err := os.ReadFile(filepath.Join(dir, "html-in-note.xml"))
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, underwriting.EngineV1{}, "2026-02-03T14:00:00Z")
	s := h.shop("Alice GmbH", "111")
	h.must(s.signIn(t.Context()))
	ids := map[string]bool{}
	for _, name := range []string{"../../x", "a\r\nSet-Cookie: a=b", `=cmd|'/C calc'!A0.pdf`, "\u202egnp.exe", `"><script>.xml`, "CON", strings.Repeat("x", 5000)} {
		var inv struct{ ID string }
		h.must(s.do(t.Context(), call{method: http.MethodPost, path: "/v1/invoices?relationship_id=" + s.rel + "&file_name=" + url.QueryEscape(name), raw: file, media: "application/xml"}, &inv))
		ids[inv.ID] = true
	}
	if len(ids) != 1 {
		t.Fatalf("the same bytes are %d invoices", len(ids))
	}
	for id := range ids {
		response, body := h.fetch(t, http.MethodGet, "/v1/invoices/"+id+"/document", nil, header("Authorization", "Bearer "+s.token))
		header := response.Header
		if !bytes.Equal(body, file) || !strings.HasPrefix(header.Get("Content-Disposition"), "attachment;") || header.Get("X-Content-Type-Options") != "nosniff" || len(header["Set-Cookie"]) > 0 {
			t.Errorf("%d bytes of %d, %v", len(body), len(file), header)
		}
	}
}

// TestALongBodyIsRefusedUnread holds T-44: a length over the limit is answered
// at once, before the body comes, and a body that never comes costs nobody else.
func TestALongBodyIsRefusedUnread(t *testing.T) {
	s := newScene(t)
	for _, o := range s.equipped(operations(t)) {
		if len(o.media) == 0 || o.method == http.MethodGet {
			continue
		}
		status, took := s.announce(t, o)
		if status/100 != 4 || took > time.Second {
			t.Errorf("%s: %d after %s", o, status, took)
		}
	}
}

// announce sends the head of a request with 10 GB to come, and nothing more.
func (s *scene) announce(t *testing.T, o operation) (int, time.Duration) {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.serving.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	began := time.Now()
	path := o.real
	if o.path == "/v1/invoices" {
		path += "?relationship_id=" + s.rel
		o.media = []string{"application/xml"}
	}
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nIdempotency-Key: k\r\nIf-Match: \"%s.1\"\r\nContent-Type: %s\r\nContent-Length: 10737418240\r\n\r\n",
		o.method, path, o.authorization(), s.rel, o.media[0])
	if _, err := io.WriteString(conn, head); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(began.Add(5 * time.Second))
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%s: %v", o, err)
	}
	defer response.Body.Close()
	return response.StatusCode, time.Since(began)
}
