package main

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"comity/domain"
)

// forbidding is a contract that forbids an assignment to which its debtor consented.
func forbidding() map[string]any {
	return map[string]any{
		"clause": "forbids", "governing_law": "DE", "contract_on": "2025-03-01", "small_seller": true,
		"consent": map[string]string{"by": "Ms Okafor, purchasing", "on": "2026-01-20", "evidence": "her letter of 20 January"},
	}
}

// signature is counsel's under a row of law, in the scene's world.
func (s *scene) signature(code string) map[string]any {
	s.t.Helper()
	law, ok := domain.LawOf(code)
	if !ok {
		s.t.Fatalf("there is no row %s", code)
	}
	return map[string]any{
		"world": s.world, "sha256": hex.EncodeToString(law.Digest()), "counsel": "Hale & Partners", "reference": "Opinion 14", "signed_on": "2026-02-01", "review_by": "2026-02-20",
	}
}

// says patches what Alice's relationship says of assignment, and returns what she is answered.
func (s *scene) says(assignment string) (int, string) {
	s.t.Helper()
	s.must(s.alice.signIn(s.t.Context()))
	var r struct{ Version json.Number }
	s.must(s.alice.get(s.t.Context(), "/v1/relationships/"+s.rel, &r))
	response, answer := s.fetch(s.t, http.MethodPatch, "/v1/relationships/"+s.rel, []byte(`{"assignment":`+assignment+`}`), func(q *http.Request) {
		q.Header.Set("Authorization", "Bearer "+s.alice.token)
		q.Header.Set("Content-Type", "application/json")
		q.Header.Set("If-Match", `"`+s.rel+"."+r.Version.String()+`"`)
	})
	return response.StatusCode, string(answer)
}

// mustSay wants it taken.
func (s *scene) mustSay(assignment string) {
	s.t.Helper()
	if status, answer := s.says(assignment); status != http.StatusOK {
		s.t.Fatalf("assignment %s: %d %s", assignment, status, answer)
	}
}

type wireAssignable struct {
	Ground     string
	Assignment *struct {
		Clause  string
		Consent *struct{ By string }
	}
	Law *struct{ Code, Counsel, Reference string }
}

// TestRowsOfLawAreSignedByCounsel holds F-43, F-40 and C-9 over HTTP: what is signed is exactly the text, by a person of the
// platform, on days in order; everybody reads it, and another world's signature is not one.
func TestRowsOfLawAreSignedByCounsel(t *testing.T) {
	s := newScene(t)
	ctx := t.Context()
	type law struct {
		Code, State string
		SHA256      string `json:"sha256"`
		ToSign      string `json:"text_to_sign"`
		Signature   *struct{ Counsel string }
	}
	read := func(c *client, path string) law {
		t.Helper()
		s.must(c.signIn(ctx))
		var l law
		s.must(c.get(ctx, path, &l))
		return l
	}
	const path = "/v1/laws/us-assignment-override"
	if l := read(s.alice.client, path); l.State != "unsigned" || l.Signature != nil || hexSHA256([]byte(l.ToSign)) != l.SHA256 {
		t.Errorf("as shipped: %+v", l)
	}
	for name, tc := range map[string]struct {
		member string
		value  string
		field  string
	}{
		"another text":           {"sha256", strings.Repeat("ab", 32), "/sha256"},
		"no digest":              {"sha256", "ab", "/sha256"},
		"review before it":       {"review_by", "2026-02-01", "/review_by"},
		"signed tomorrow":        {"signed_on", "2026-02-15", "/signed_on"},
		"in a world that is not": {"world", "world_" + strings.Repeat("1", 32), "/world"},
		"without a reference":    {"reference", "", "/reference"},
	} {
		body := s.signature("us-assignment-override")
		body[tc.member] = tc.value
		if err := s.platform.post(ctx, path+"/signatures", body, nil); code(err) != "invalid" || !strings.Contains(err.Error(), tc.field) {
			t.Errorf("%s: %v", name, err)
		}
	}
	body := s.signature("us-assignment-override")
	if err := s.platform.post(ctx, "/v1/laws/mars/signatures", body, nil); code(err) != "not-found" {
		t.Errorf("an unknown row: %v", err)
	}
	for name, c := range map[string]*client{"a factor": s.eastbrook, "a seller": s.alice.client} {
		s.must(c.signIn(ctx))
		if err := c.post(ctx, path+"/signatures", body, nil); code(err) != "forbidden" {
			t.Errorf("%s signs: %v", name, err)
		}
		if err := c.get(ctx, path+"?world="+s.world, nil); code(err) != "invalid" {
			t.Errorf("%s names a world: %v", name, err)
		}
	}
	var signed law
	s.must(s.platform.post(ctx, path+"/signatures", body, &signed))
	if signed.State != "signed" || signed.Signature == nil || signed.Signature.Counsel != "Hale & Partners" {
		t.Errorf("signed: %+v", signed)
	}
	for name, c := range map[string]*client{"a factor": s.eastbrook, "a seller": s.alice.client} {
		if l := read(c, path); l.State != "signed" {
			t.Errorf("%s reads %+v", name, l)
		}
	}
	if l := read(s.platform, path); l.State != "unsigned" {
		t.Errorf("in the live world: %+v", l)
	}
	if l := read(s.platform, path+"?world="+s.world); l.State != "signed" {
		t.Errorf("in the scene's world: %+v", l)
	}
	s.clock("2026-02-21T09:00:00Z")
	if l := read(s.alice.client, path); l.State != "review_due" || l.Signature == nil {
		t.Errorf("after its last day: %+v", l)
	}
}

// TestAClauseAgainstAssignment holds F-43 and C-8 over HTTP: an invoice whose contract forbids the assignment is not offered, at any
// door, unless a law that counsel signed for or the debtor's consent lifts the clause; and the factor
// sees which it was.
func TestAClauseAgainstAssignment(t *testing.T) {
	s := newScene(t)
	ctx := t.Context()
	draft := s.invoiceOf(s.alice, "FORBIDDEN-1")
	draft["supplier_tax_id"] = "DE111"
	s.must(s.alice.signIn(ctx))
	s.invoice = s.made(s.alice.client, "/v1/invoices", draft)
	submit := func() error { return s.alice.post(ctx, "/v1/invoices/"+s.invoice+"/submit", nil, nil) }
	needed := func() string {
		t.Helper()
		var q struct {
			Needed []struct{ Code, Detail string }
		}
		s.must(s.alice.post(ctx, "/v1/quotes", map[string]any{"invoice_id": s.invoice}, &q))
		said := ""
		for _, n := range q.Needed {
			said += n.Code + ": " + n.Detail + "\n"
		}
		return said
	}
	open := func(c *client) (string, wireAssignable) {
		t.Helper()
		s.must(c.signIn(ctx))
		var list struct {
			Data []struct {
				ID         string
				Assignable wireAssignable
			}
		}
		s.must(c.get(ctx, "/v1/offers?status=open&invoice_id="+s.invoice, &list))
		if len(list.Data) == 0 {
			t.Fatal("there is no open offer")
		}
		return list.Data[0].ID, list.Data[0].Assignable
	}
	s.must(submit())
	offer, seen := open(s.eastbrook)
	if seen.Ground != "not_stated" || seen.Assignment != nil {
		t.Errorf("before the seller said anything the factor sees %+v", seen)
	}

	for _, bad := range []string{
		`{"governing_law":"US"}`, `{"clause":"maybe"}`, `{"clause":"none","consent":{"by":"A","on":"2026-01-02","evidence":"x"}}`,
		`{"clause":"forbids","consent":{"by":"A"}}`, `{"clause":"forbids","contract_on":"2027-01-01"}`, `{"clause":"forbids","governing_law":"Texas"}`,
	} {
		if status, answer := s.says(bad); status != http.StatusUnprocessableEntity || !strings.Contains(answer, "/assignment") {
			t.Errorf("%s: %d %s", bad, status, answer)
		}
	}

	s.mustSay(`{"clause":"forbids"}`) // declared between offer and acceptance
	if err := s.alice.post(ctx, "/v1/offers/"+offer+"/accept", nil, nil); code(err) != "assignment-forbidden" {
		t.Errorf("accepted though it is forbidden: %v", err)
	}
	if err := submit(); code(err) != "assignment-forbidden" || !strings.Contains(err.Error(), "written consent") {
		t.Errorf("submitted though it is forbidden: %v", err)
	}
	if said := needed(); !strings.Contains(said, "assignment-forbidden") || !strings.Contains(said, "which law governs") {
		t.Errorf("a quote needs %q", said)
	}

	s.mustSay(`{"governing_law":"US-NY","contract_on":"2025-03-01"}`) // the law of a row that nobody signed
	if err := submit(); code(err) != "assignment-forbidden" || !strings.Contains(err.Error(), "us-assignment-override") {
		t.Errorf("a row that nobody signed: %v", err)
	}
	s.must(s.platform.post(ctx, "/v1/laws/us-assignment-override/signatures", s.signature("us-assignment-override"), nil))
	if said := needed(); said != "" {
		t.Errorf("overridden, a quote needs %q", said)
	}
	if err := s.alice.post(ctx, "/v1/offers/"+offer+"/accept", nil, nil); code(err) != "assignment-changed" {
		t.Errorf("the factor had not seen the clause: %v", err)
	}
	s.must(submit())
	offer, seen = open(s.eastbrook)
	if seen.Ground != "law" || seen.Law == nil || seen.Law.Code != "us-assignment-override" || seen.Law.Counsel != "Hale & Partners" || seen.Assignment == nil || seen.Assignment.Clause != "forbids" {
		t.Errorf("overridden, the factor sees %+v", seen)
	}
	again := s.signature("us-assignment-override") // one that ends before: 4 February is after it
	again["review_by"] = "2026-02-02"
	s.must(s.platform.post(ctx, "/v1/laws/us-assignment-override/signatures", again, nil))
	if err := s.alice.post(ctx, "/v1/offers/"+offer+"/accept", nil, nil); code(err) != "assignment-forbidden" {
		t.Errorf("accepted though the signature is over: %v", err)
	}

	s.mustSay(`{"consent":{"by":"Ms Okafor","on":"2026-02-02","evidence":"her letter of 2 February"}}`)
	s.must(submit())
	offer, seen = open(s.alice.client)
	if seen.Ground != "consent" || seen.Assignment == nil || seen.Assignment.Consent == nil || seen.Assignment.Consent.By != "Ms Okafor" {
		t.Errorf("with consent there is %+v", seen)
	}
	var accepted struct {
		Deal struct {
			ID         string
			Assignable wireAssignable
		}
	}
	s.must(s.alice.post(ctx, "/v1/offers/"+offer+"/accept", nil, &accepted))
	var file struct {
		Deal struct{ Assignable wireAssignable }
	}
	s.mustSay(`{"consent":null}`) // what is said later does not change what was sold, and its factor is told
	s.must(s.eastbrook.signIn(ctx))
	var timeline struct{ Data []struct{ Kind, Said string } }
	s.must(s.eastbrook.get(ctx, "/v1/cases/"+s.kase+"/timeline?limit=200", &timeline))
	told := ""
	for _, e := range timeline.Data {
		if e.Kind == "assignment.stated" {
			told = e.Said
		}
	}
	if !strings.Contains(told, "it forbids assignment, and nothing that is known here lifts that") {
		t.Errorf("the factor is told %q", told)
	}
	s.must(s.eastbrook.get(ctx, "/v1/deals/"+accepted.Deal.ID, &file))
	if accepted.Deal.Assignable.Ground != "consent" || file.Deal.Assignable.Ground != "consent" {
		t.Errorf("the deal says %+v, later %+v", accepted.Deal.Assignable, file.Deal.Assignable)
	}
}
