package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"comity/openapi"
)

// An operation is one of the contract's, with what a right request of it is.
type operation struct {
	method, path string // as the contract writes it
	as           *client
	real         string // the path with ids of things that are there
	body         any    // what would be taken, for operations that take JSON
	secured      bool
	linked       bool   // a debtor asks it, by its link
	link         string // the token, where it is
	keyed        bool
	media        []string
	query        []string
	statuses     []string
}

// authorization is what somebody comes with who may ask.
func (o operation) authorization() string {
	if o.link != "" {
		return "Link " + o.link
	}
	return "Bearer " + o.as.token
}

func (o operation) String() string { return o.method + " " + o.path }

// operations reads every operation from the contract.
func operations(t *testing.T) []operation {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]struct {
			Security    []map[string]any
			Responses   map[string]any
			Parameters  []struct{ Name, In string }
			RequestBody struct{ Content map[string]any } `json:"requestBody"`
		}
	}
	if err := json.Unmarshal(openapi.Document, &doc); err != nil {
		t.Fatal(err)
	}
	var all []operation
	for path, methods := range doc.Paths {
		for method, said := range methods {
			o := operation{
				method: strings.ToUpper(method), path: path, secured: len(said.Security) > 0, media: slices.Sorted(maps.Keys(said.RequestBody.Content)),
				statuses: slices.Sorted(maps.Keys(said.Responses)),
			}
			for _, scheme := range said.Security {
				_, o.linked = scheme["Link"]
			}
			for _, p := range said.Parameters {
				o.keyed = o.keyed || p.Name == "Idempotency-Key"
				if p.In == "query" {
					o.query = append(o.query, p.Name)
				}
			}
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	if len(all) < 60 {
		t.Fatalf("the contract has %d operations", len(all))
	}
	return all
}

// A shot is a hostile request and the problem codes that may answer it.
type shot struct {
	name   string
	change func(*http.Request)
	body   []byte
	codes  []string // any problem when there are none
}

// TestEveryOperationRefusesNonsense holds T-7, T-28, T-34, T-42 and T-68 on
// every operation of the contract: what is not a right request is refused as a
// problem document with a code that has a page, and stores nothing.
func TestEveryOperationRefusesNonsense(t *testing.T) {
	s := newScene(t)
	link := s.link()
	token := link[strings.LastIndex(link, "/")+1:]
	known := s.problemCodes()
	s.quiet()
	for _, o := range s.equipped(operations(t)) {
		t.Run(o.String(), func(t *testing.T) {
			before := s.counts()
			for _, shot := range slices.Concat(doorShots(o, token), pathShots(o), queryShots(o), bodyShots(o)) {
				s.fire(t, o, shot, known)
			}
			if after := s.counts(); !maps.Equal(before, after) {
				t.Errorf("rows were stored: %v", changed(before, after))
			}
		})
	}
	if strings.Contains(s.logged.text(), "request failed") {
		t.Error("a request failed by a fault of ours: see the log")
	}
}

// changed says which tables have another number of rows now.
func changed(before, after map[string]int) []string {
	var out []string
	for table, n := range after {
		if n != before[table] {
			out = append(out, fmt.Sprintf("%s %d → %d", table, before[table], n))
		}
	}
	return out
}

// problemCodes are the codes that have a page.
func (s *scene) problemCodes() string {
	s.t.Helper()
	_, page := s.fetch(s.t, http.MethodGet, "/problems", nil, nil)
	return string(page)
}

// fetch sends a bare request.
func (h *house) fetch(t *testing.T, method, path string, body []byte, change func(*http.Request)) (*http.Response, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, h.serving.URL+path, bytes.NewReader(body))
	if err != nil {
		t.Fatalf("%s %q: %v", method, path, err)
	}
	if change != nil {
		change(request)
	}
	response, err := h.http.Do(request)
	if err != nil {
		t.Fatalf("%s %.100s: %v", method, path, err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, answer
}

// fire sends a shot at an operation that would otherwise be asked rightly.
func (s *scene) fire(t *testing.T, o operation, shot shot, known string) {
	t.Helper()
	body := shot.body
	if body == nil && o.body != nil {
		body = encoded(t, o.body)
	}
	plain := slices.Contains(o.media, "text/plain")
	if body == nil && plain {
		body = []byte("a word")
	}
	response, answer := s.fetch(t, o.method, o.real, body, func(r *http.Request) {
		if o.secured {
			r.Header.Set("Authorization", o.authorization())
		}
		if len(o.media) > 0 {
			r.Header.Set("Content-Type", o.media[0])
		}
		if plain {
			r.Header.Set("Content-Type", "text/plain")
		}
		if o.keyed {
			r.Header.Set("Idempotency-Key", uuid.NewString())
		}
		if o.versioned() {
			r.Header.Set("If-Match", o.tag(s.rel))
		}
		if shot.change != nil {
			shot.change(r)
		}
	})
	s.judge(t, o, shot, known, response, answer)
}

// versioned reports whether an operation names the version that it changes.
func (o operation) versioned() bool {
	return o.method == http.MethodPatch || o.method == http.MethodPut && (strings.HasSuffix(o.path, "/standing") || o.path == "/v1/agencies/{id}")
}

// tag names the version of what is changed: a relationship or an agency as it was made, a standing
// as it was first set, or a row of history that was corrected once.
func (o operation) tag(relationship string) string {
	if o.method == http.MethodPut {
		return `"` + strings.Split(o.real, "/")[3] + `.1"`
	}
	if strings.Contains(o.path, "{invoice_id}") {
		return `"` + o.real[strings.LastIndex(o.real, "/")+1:] + `.2"`
	}
	return `"` + relationship + `.1"`
}

// judge checks that an answer is a right refusal.
func (s *scene) judge(t *testing.T, o operation, shot shot, known string, response *http.Response, answer []byte) {
	t.Helper()
	var problem struct {
		Status int
		Code   string
		Type   string
	}
	err := json.Unmarshal(answer, &problem)
	switch {
	case response.StatusCode < 400 || response.StatusCode > 499:
		t.Errorf("%s: %d %.300s", shot.name, response.StatusCode, answer)
	case err != nil || response.Header.Get("Content-Type") != "application/problem+json" || problem.Status != response.StatusCode:
		t.Errorf("%s: %d is no problem document: %.300s", shot.name, response.StatusCode, answer)
	case !strings.Contains(known, ">"+problem.Code+"<") || len(shot.codes) > 0 && !slices.Contains(shot.codes, problem.Code):
		t.Errorf("%s: %d %s, want one of %v: %.300s", shot.name, response.StatusCode, problem.Code, shot.codes, answer)
	case !slices.Contains(o.statuses, fmt.Sprint(response.StatusCode)) && response.StatusCode != http.StatusNotFound:
		t.Errorf("%s: %d is not in the contract of %s", shot.name, response.StatusCode, o)
	}
	for _, leak := range []string{"pq:", "SQLSTATE", "goroutine", ".go:", "panic", "repository", "api."} {
		if bytes.Contains(answer, []byte(leak)) {
			t.Errorf("%s: the answer says %q: %.300s", shot.name, leak, answer)
		}
	}
}

func encoded(t *testing.T, body any) []byte {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func header(name string, values ...string) func(*http.Request) {
	return func(r *http.Request) { r.Header[name] = values }
}

// doorShots come without a right to come, or without a right key.
func doorShots(o operation, link string) []shot {
	var shots []shot
	if o.linked {
		for name, value := range map[string]string{"no link": "", "a bearer": "Bearer " + o.link, "lower case": "link " + o.link} {
			shots = append(shots, shot{name: name, change: header("Authorization", value), codes: []string{"unauthenticated"}})
		}
		for name, value := range map[string]string{"garbage": "x", "cut": o.link[1:], "longer": o.link + "A"} {
			shots = append(shots, shot{name: name, change: header("Authorization", "Link "+value), codes: []string{"not-found"}})
		}
	} else if o.secured {
		for name, value := range map[string]string{
			"no token": "", "garbage": "Bearer x.y.z", "another scheme": "Basic YTpi", "lower case": "bearer " + o.as.token, "a debtor's link": "Bearer " + link,
			"a link's scheme": "Link " + link, "a cut token": "Bearer " + o.as.token[:len(o.as.token)-1], "a longer token": "Bearer " + o.as.token + "A", "dots": "Bearer " + strings.Repeat(".", 20_000),
		} {
			shots = append(shots, shot{name: name, change: header("Authorization", value), codes: []string{"unauthenticated"}})
		}
	}
	if o.versioned() {
		for _, value := range []string{"", "*", "1", `W/"x.1"`, `"` + strings.Repeat("9", 400) + `"`} {
			shots = append(shots, shot{name: "If-Match " + value, change: header("If-Match", value), codes: []string{"version-missing", "version-stale", "unreadable"}})
		}
	}
	if o.keyed && (o.body != nil || len(o.media) == 0) {
		for name, value := range map[string]string{"no key": "", "an empty key": `""`, "a long key": strings.Repeat("k", 201), "a key of another alphabet": "schlüssel"} {
			shots = append(shots, shot{name: name, change: header("Idempotency-Key", value), codes: []string{"idempotency-key-missing", "idempotency-key-invalid"}})
		}
	}
	return shots
}

// pathShots name what is not there. A list of what belongs to something that is
// not there is an empty list.
func pathShots(o operation) []shot {
	at := strings.Index(o.path, "{id}")
	if at < 0 {
		return nil
	}
	id := strings.SplitN(o.real[at:], "/", 2)[0]
	to := func(other string) func(*http.Request) {
		return func(r *http.Request) { r.URL.RawPath, r.URL.Path = "", o.real[:at]+other+o.real[at+len(id):] }
	}
	never := id[:strings.Index(id, "_")+1] + strings.ReplaceAll(uuid.NewString(), "-", "")
	shots := []shot{
		{name: "malformed id", change: to("nonsense"), codes: []string{"not-found"}},
		{name: "another kind's id", change: to("x" + id), codes: []string{"not-found"}},
		{name: "upper case", change: to(strings.ToUpper(id)), codes: []string{"not-found"}},
		{name: "NUL", change: to(id + "\x00"), codes: []string{"not-found"}},
		{name: "invalid UTF-8", change: to("\xff\xfe"), codes: []string{"not-found"}},
		{name: "long", change: to(strings.Repeat("a", 10_000)), codes: []string{"not-found"}},
		{name: "quote", change: to(id + "' OR 1=1--"), codes: []string{"not-found"}},
	}
	if !strings.HasSuffix(o.path, "/offers") && !strings.HasSuffix(o.path, "/timeline") {
		shots = append(shots, shot{name: "an id that never was", change: to(never), codes: []string{"not-found", "version-stale"}})
	}
	return shots
}

// queryShots ask for what is not offered.
func queryShots(o operation) []shot {
	query := func(text string) func(*http.Request) { return func(r *http.Request) { r.URL.RawQuery = text } }
	var shots []shot
	if !strings.HasPrefix(o.path, "/v1/") {
		return nil // probes are asked by machines that add what they like
	}
	for _, text := range []string{"nonsense=1", "seller_id[]=1", "%zz=1", "a=%zz", "a;b", "_method=DELETE", "limit%0Acursor=1", "%00=1", "%ff=1", "=1"} {
		shots = append(shots, shot{name: "?" + text, change: query(text), codes: []string{"unreadable"}})
	}
	for _, name := range o.query {
		values := []string{"", "%00", "%ff", "nonsense%27--", strings.Repeat("9", 5000)}
		if name == "limit" {
			values = append(values, "0", "-1", "201", "1e9", "abc", "1.0", "+5%20", "9223372036854775808")
		}
		if name == "file_name" || name == "code" {
			continue // any text is taken
		}
		for _, value := range values {
			shots = append(shots, shot{name: "?" + name + "=" + value[:min(len(value), 30)], change: query(name + "=" + value)})
		}
		shots = append(shots, shot{name: "twice " + name, change: query(name + "=1&" + name + "=1"), codes: []string{"unreadable"}})
	}
	return shots
}
