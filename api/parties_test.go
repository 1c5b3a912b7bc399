package api_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/google/uuid"

	"comity/access"
	"comity/api"
	"comity/domain"
	"comity/marketplace"
	"comity/repository"
	"comity/repository/repositorytest"
	"comity/underwriting"
)

// A front is the API on a database of its own.
type front struct {
	*testing.T
	data    *repositorytest.Database
	handler http.Handler
	market  *marketplace.Service
	access  *access.Service
}

const password = "correct horse battery staple"

func newFront(t *testing.T) *front {
	t.Helper()
	data := repositorytest.New(t)
	cheap := &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	door, err := access.New(repository.Atomically(data.DB, func(tx *repository.Tx) access.Tx { return tx }), data.DB, cheap)
	if err != nil {
		t.Fatal(err)
	}
	market := marketplace.New(repository.Atomically(data.DB, func(tx *repository.Tx) marketplace.Tx { return tx }), underwriting.EngineV1{},
		func(text string) []byte { sum := sha256.Sum256([]byte(text)); return sum[:] })
	tokens, err := api.NewTokens("test", ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize)), nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	handler := api.New(api.Options{
		Access: door, Market: market, Tokens: tokens, Now: time.Now, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Ready: func(*http.Request) error { return nil }, Secret: uuid.NewString,
	})
	return &front{t, data, handler, market, door}
}

// A reply is an answer as a client reads it.
type reply struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

func (r reply) text(name string) string {
	text, _ := r.body[name].(string)
	return text
}

// fault returns the pointers and codes of a problem's fields.
func (r reply) faults() string {
	var found []string
	list, _ := r.body["errors"].([]any)
	for _, one := range list {
		field, _ := one.(map[string]any)
		found = append(found, fmt.Sprint(field["pointer"], " ", field["code"]))
	}
	return strings.Join(found, ", ")
}

// send asks with a token; extra are header names and values in turn.
func (f *front) send(token, method, path string, body any, extra ...string) reply {
	f.Helper()
	var reader io.Reader = http.NoBody
	media := "application/json"
	switch body := body.(type) {
	case nil:
	case io.Reader:
		reader, media = body, "text/csv"
	case string:
		reader = strings.NewReader(body)
	default:
		encoded, err := json.Marshal(body)
		if err != nil {
			f.Fatal(err)
		}
		reader = bytes.NewReader(encoded)
	}
	request := httptest.NewRequestWithContext(f.Context(), method, path, reader)
	request.Header.Set("Content-Type", media)
	if method == http.MethodPost {
		request.Header.Set("Idempotency-Key", uuid.NewString())
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(extra); i += 2 {
		request.Header.Set(extra[i], extra[i+1])
	}
	recorder := httptest.NewRecorder()
	f.handler.ServeHTTP(recorder, request)
	out := reply{status: recorder.Code, header: recorder.Header(), raw: recorder.Body.String()}
	if out.raw != "" {
		if err := json.Unmarshal(recorder.Body.Bytes(), &out.body); err != nil {
			f.Fatalf("%s %s: %v: %s", method, path, err, out.raw)
		}
	}
	return out
}

// must is send that fails the test on another status.
func (f *front) must(status int, token, method, path string, body any, extra ...string) reply {
	f.Helper()
	got := f.send(token, method, path, body, extra...)
	if got.status != status {
		f.Fatalf("%s %s answers %d, want %d: %s", method, path, got.status, status, got.raw)
	}
	return got
}

// join signs an organisation up and in, and returns its owner's token.
func (f *front) join(kind, name string) string {
	f.Helper()
	email := strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.org"
	f.must(201, "", "POST", "/v1/auth/sign-up", map[string]any{
		"kind": kind, "name": name, "legal_type": "company", "country": "US", "tax_ids": []string{"US-1"},
		"user_name": "Jo", "user_email": email, "user_password": password,
	})
	return f.signIn(email)
}

func (f *front) signIn(email string) string {
	f.Helper()
	return f.must(200, "", "POST", "/v1/auth/token", map[string]any{"email": email, "password": password}).text("access_token")
}

// operator makes a user of the platform and returns its token.
func (f *front) operator() string {
	f.Helper()
	if _, err := f.access.MakeOperator(f.Context(), "ops@comity.example", "Ops", password, time.Now()); err != nil {
		f.Fatal(err)
	}
	return f.signIn("ops@comity.example")
}

// count asks the database, as its owner.
func (f *front) count(query string, args ...any) int {
	f.Helper()
	var n int
	if err := f.data.Owner(f).QueryRowContext(f.Context(), query, args...).Scan(&n); err != nil {
		f.Fatal(err)
	}
	return n
}

// finish does an import's steps to the end.
func (f *front) finish(id string) {
	f.Helper()
	parsed, err := domain.ParseImportID(id)
	if err != nil {
		f.Fatal(err)
	}
	for more := true; more; {
		if more, err = f.market.ImportBatch(f.Context(), domain.LiveWorld, parsed, time.Now()); err != nil {
			f.Fatal(err)
		}
	}
}

func TestStrangersCannotTellWhatIsThere(t *testing.T) {
	f := newFront(t)
	ours, theirs := f.join("seller", "Marlow"), f.join("seller", "Other")
	rel := f.must(201, ours, "POST", "/v1/relationships", map[string]any{"code": "D1", "name": "Debtor"}).text("id")
	account := f.must(201, ours, "POST", "/v1/bank-accounts", map[string]any{
		"purpose": "payout", "currency": "USD", "holder": "Marlow", "country": "US", "routing_number": "021000021", "account_number": "483920173",
	}).text("id")
	imp := f.must(202, ours, "POST", "/v1/imports", strings.NewReader(historyHead+"A1,D1,1.00,USD,2026-01-01,2026-01-31,\n")).text("id")
	for path, id := range map[string]string{
		"/v1/relationships/%s": rel, "/v1/bank-accounts/%s": account, "/v1/imports/%s": imp, "/v1/imports/%s/results": imp,
	} {
		there, nowhere := fmt.Sprintf(path, id), fmt.Sprintf(path, id[:len(id)-12]+"00000000000f")
		f.must(200, ours, "GET", there, nil)
		got, want := f.must(404, theirs, "GET", there, nil), f.must(404, theirs, "GET", nowhere, nil)
		if strings.Replace(got.raw, there, "X", 1) != strings.Replace(want.raw, nowhere, "X", 1) {
			t.Errorf("%s tells a stranger\n%s\nand what is not there\n%s", path, got.raw, want.raw)
		}
	}
	f.must(404, theirs, "PATCH", "/v1/relationships/"+rel, map[string]any{"name": "Mine"}, "If-Match", `"`+rel+`.1"`)
	for _, list := range []string{"/v1/relationships", "/v1/bank-accounts"} {
		if rows, _ := f.must(200, theirs, "GET", list, nil).body["data"].([]any); len(rows) != 0 {
			t.Errorf("%s lists another seller's rows: %v", list, rows)
		}
	}
}

func TestARelationshipIsIdentifiedAsSoonAsItCanBe(t *testing.T) {
	f := newFront(t)
	seller, other := f.join("seller", "Marlow"), f.join("seller", "Other")
	whole := map[string]any{"code": "HP", "name": "Harbor & Pine Hotels, Inc.", "legal_type": "company", "country": "US", "email": "ap@hp.example"}
	made := f.must(201, seller, "POST", "/v1/relationships", whole)
	if made.body["identified"] != true || made.body["time_zone"] != "America/New_York" || made.body["terms_days"] != 30.0 || made.body["heads_up"] != true {
		t.Errorf("made %s", made.raw)
	}
	if made.header.Get("Location") != "/v1/relationships/"+made.text("id") {
		t.Errorf("Location %q", made.header.Get("Location"))
	}
	f.must(201, other, "POST", "/v1/relationships", whole)
	if n := f.count(`SELECT count(*) FROM debtors`); n != 1 {
		t.Errorf("%d debtors of one name in one country, want 1", n)
	}
	if got := f.must(409, seller, "POST", "/v1/relationships", whole); got.text("code") != "conflict" {
		t.Errorf("the same code: %s", got.raw)
	}

	bare := f.must(201, seller, "POST", "/v1/relationships", map[string]any{"code": "AB", "name": "Ab Ltd", "country": "GB", "email": "ap@ab.example"})
	path, tag := "/v1/relationships/"+bare.text("id"), `"`+bare.text("id")+`.1"`
	if bare.body["identified"] != false {
		t.Errorf("without a legal type: %s", bare.raw)
	}
	if got := f.must(200, seller, "GET", path, nil).header.Get("ETag"); got != tag {
		t.Errorf("ETag %s, want %s", got, tag)
	}
	f.must(428, seller, "PATCH", path, map[string]any{"legal_type": "company"})
	f.must(412, seller, "PATCH", path, map[string]any{"legal_type": "company"}, "If-Match", strings.Replace(tag, ".1", ".2", 1))
	changed := f.must(200, seller, "PATCH", path, map[string]any{"legal_type": "company", "country": "IE", "contact_name": "Ann", "heads_up": false}, "If-Match", tag)
	if changed.body["identified"] != true || changed.body["time_zone"] != "Europe/Dublin" || changed.body["heads_up"] != false || changed.body["version"] != 2.0 {
		t.Errorf("changed %s", changed.raw)
	}
	f.must(412, seller, "PATCH", path, map[string]any{"contact_name": nil}, "If-Match", tag)
	cleared := f.must(200, seller, "PATCH", path, map[string]any{"contact_name": nil, "email": nil, "heads_up": nil}, "If-Match", changed.header.Get("ETag"))
	if cleared.body["contact_name"] != nil || cleared.body["identified"] != false || cleared.body["heads_up"] != true {
		t.Errorf("cleared %s", cleared.raw)
	}
	f.must(409, seller, "PATCH", path, map[string]any{"code": "HP"}, "If-Match", cleared.header.Get("ETag"))
	for query, want := range map[string]int{"?code=HP": 1, "?code=hp": 0, "?identified=true": 1, "?identified=false": 1, "?limit=1": 1, "": 2} {
		if rows, _ := f.must(200, seller, "GET", "/v1/relationships"+query, nil).body["data"].([]any); len(rows) != want {
			t.Errorf("%s lists %d rows, want %d", query, len(rows), want)
		}
	}
}

func TestRequestsAreCheckedFieldByField(t *testing.T) {
	f := newFront(t)
	seller, factor := f.join("seller", "Marlow"), f.join("factor", "Eastbrook")
	rel := f.must(201, seller, "POST", "/v1/relationships", map[string]any{"code": "D1", "name": "Debtor"}).text("id")
	tests := map[string]struct {
		token, method, path, body string
		status                    int
		faults                    string
	}{
		"nothing in a relationship": {seller, "POST", "/v1/relationships", `{}`, 422, "/code required, /name required"},
		"a relationship of wrong parts": {
			seller, "POST", "/v1/relationships", `{"code":"a\tb","name":"x","legal_type":"llc","country":"us","email":"a@@b","time_zone":"Mars/Base","terms_days":-1}`,
			422, "/code control-character, /legal_type not-allowed, /country not-a-country, /email not-an-address, /time_zone not-a-time-zone, /terms_days out-of-range",
		},
		"an unknown member":           {seller, "POST", "/v1/relationships", `{"code":"a","name":"b","debtor_id":"x"}`, 400, "/debtor_id unknown-member"},
		"an unknown parameter":        {seller, "GET", "/v1/relationships?debtor=x", ``, 400, "debtor unknown-parameter"},
		"a flag that is none":         {seller, "GET", "/v1/relationships?identified=1", ``, 400, "identified not-a-flag"},
		"a null name":                 {seller, "PATCH", "/v1/relationships/" + rel, `{"name":null}`, 422, "/name required"},
		"a number for a text":         {seller, "PATCH", "/v1/relationships/" + rel, `{"name":7}`, 400, "/name wrong-type"},
		"an unknown member to patch":  {seller, "PATCH", "/v1/relationships/" + rel, `{"identified":true}`, 400, "/identified unknown-member"},
		"an IBAN with a wrong digit":  {seller, "POST", "/v1/bank-accounts", `{"purpose":"payout","currency":"EUR","holder":"M","iban":"DE89370400440532013001"}`, 422, "/iban not-an-account-number"},
		"a routing number of eight":   {seller, "POST", "/v1/bank-accounts", `{"purpose":"payout","currency":"USD","holder":"M","country":"US","routing_number":"02100002","account_number":"483920173"}`, 422, "/routing_number not-an-account-number"},
		"an account number of three":  {seller, "POST", "/v1/bank-accounts", `{"purpose":"payout","currency":"USD","holder":"M","country":"US","routing_number":"021000021","account_number":"483"}`, 422, "/account_number not-an-account-number"},
		"both kinds of numbers":       {seller, "POST", "/v1/bank-accounts", `{"purpose":"payout","currency":"USD","holder":"M","country":"US","iban":"DE89370400440532013000"}`, 422, "/iban not-allowed"},
		"no number":                   {seller, "POST", "/v1/bank-accounts", `{"purpose":"payout","currency":"XXX","holder":"M"}`, 422, "/currency unknown-currency, /iban required"},
		"a purpose of the other side": {seller, "POST", "/v1/bank-accounts", `{"purpose":"collection","currency":"EUR","holder":"M","iban":"DE89370400440532013000"}`, 422, "/purpose not-allowed"},
		"a mandate of nothing":        {factor, "POST", "/v1/mandates", `{"currency":"USD"}`, 422, "/operating_account_id not-an-id, /collection_account_id not-an-id, /advance_cap not-a-rate, /fee/first_days out-of-range, /fee/first_rate not-a-rate, /recourse_days out-of-range, /min_face not-an-amount, /max_face not-an-amount, /debtor_limit not-an-amount, /facility_limit not-an-amount, /max_expected_days_late required"},
		"a mandate of a seller":       {seller, "GET", "/v1/mandates", ``, 403, ""},
		"a role of the other side":    {seller, "POST", "/v1/users", `{"email":"a@b.example","name":"A","role":"analyst","password":"short"}`, 422, "/password wrong-length, /role not-allowed"},
		"an import of JSON":           {seller, "POST", "/v1/imports", `{}`, 415, ""},
		"a dry run of perhaps":        {seller, "POST", "/v1/imports?dry_run=perhaps", ``, 400, "dry_run not-a-flag"},
		"a cursor that is no line":    {seller, "GET", "/v1/imports/imp_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b/results?cursor=x", ``, 400, "cursor not-a-cursor"},
		"an id of another thing":      {seller, "GET", "/v1/imports/" + rel, ``, 404, ""},
		"a sandbox of a seller":       {seller, "POST", "/v1/sandboxes", `{"name":"x","starts_at":"2026-02-02T09:00:00Z"}`, 403, ""},
		"a clock of the live world":   {seller, "GET", "/v1/sandbox/clock", ``, 409, ""},
		"an instant without a zone":   {seller, "POST", "/v1/sandbox/clock", `{"to":"2026-02-02T09:00:00"}`, 422, "/to not-an-instant"},
		"organisations of a seller":   {seller, "GET", "/v1/organizations", ``, 403, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := f.send(tc.token, tc.method, tc.path, tc.body, "If-Match", `"`+rel+`.1"`)
			if got.status != tc.status || got.faults() != tc.faults {
				t.Errorf("answers %d %q, want %d %q\n%s", got.status, got.faults(), tc.status, tc.faults, got.raw)
			}
		})
	}
}

func TestNumbersAreShownToAnOwnerWhoAsks(t *testing.T) {
	f := newFront(t)
	owner := f.join("seller", "Marlow")
	f.must(201, owner, "POST", "/v1/users", map[string]any{"email": "ada@example.org", "name": "Ada", "role": "member", "password": password})
	member := f.signIn("ada@example.org")
	request := map[string]any{"purpose": "payout", "currency": "EUR", "holder": "Marlow", "iban": "DE89 3704 0044 0532 0130 00"}
	f.must(403, member, "POST", "/v1/bank-accounts", request)
	made := f.must(201, owner, "POST", "/v1/bank-accounts", request)
	f.must(409, owner, "POST", "/v1/bank-accounts", request)
	path := "/v1/bank-accounts/" + made.text("id")
	for name, got := range map[string]reply{
		"made": made, "listed": f.must(200, owner, "GET", "/v1/bank-accounts", nil), "asked for by a member": f.must(200, member, "GET", path, nil),
	} {
		if strings.Contains(got.raw, "5320130") || !strings.Contains(got.raw, "•••• 3000") {
			t.Errorf("%s: %s", name, got.raw)
		}
	}
	if got := f.must(200, owner, "GET", path, nil); got.text("iban") != "DE89370400440532013000" {
		t.Errorf("an owner sees %s", got.raw)
	}
	if n := f.count(`SELECT count(*) FROM idempotency WHERE convert_from(body, 'UTF8') LIKE '%5320130%' OR convert_from(body, 'UTF8') LIKE '%horse%'`); n != 0 {
		t.Errorf("%d stored answers hold a number or a password", n)
	}
}

func TestOneMandateIsActiveInEachCurrency(t *testing.T) {
	f := newFront(t)
	factor, other := f.join("factor", "Eastbrook"), f.join("factor", "Westbrook")
	account := func(token, purpose, currency string) string {
		request := map[string]any{"purpose": purpose, "currency": currency, "holder": "F", "iban": "DE89370400440532013000"}
		return f.must(201, token, "POST", "/v1/bank-accounts", request).text("id")
	}
	terms := func(operating, collection string) map[string]any {
		return map[string]any{
			"currency": "EUR", "advance_cap": "0.85", "dilution_haircut": "0.03", "fee": map[string]any{"first_days": 30, "first_rate": "0.02", "step_days": 10, "step_rate": "0.006"},
			"recourse_days": 90, "min_face": "500.00", "max_face": "250000.00", "debtor_limit": "100000.00", "facility_limit": "5000000.00",
			"max_expected_days_late": 45, "operating_account_id": operating, "collection_account_id": collection,
		}
	}
	operating, collection := account(factor, "operating", "EUR"), account(factor, "collection", "EUR")
	foreign, dollars := account(other, "collection", "EUR"), account(factor, "collection", "GBP")
	nowhere := "acct_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"
	want := f.must(422, factor, "POST", "/v1/mandates", terms(operating, nowhere))
	for name, id := range map[string]string{"another's": foreign, "of another currency": dollars, "of another purpose": operating} {
		if got := f.must(422, factor, "POST", "/v1/mandates", terms(operating, id)); got.raw != want.raw || got.faults() != "/collection_account_id not-such-an-account" {
			t.Errorf("an account %s: %s\nand one that is nowhere: %s", name, got.raw, want.raw)
		}
	}
	narrow := terms(operating, collection)
	narrow["max_face"] = "499.99"
	if got := f.must(422, factor, "POST", "/v1/mandates", narrow); got.faults() != "/max_face less-than-min-face" {
		t.Error(got.raw)
	}
	first := f.must(201, factor, "POST", "/v1/mandates", terms(operating, collection))
	second := f.must(201, factor, "POST", "/v1/mandates", terms(operating, collection))
	if first.text("state") != "draft" || first.body["offer_hours"] != 24.0 || first.text("wire_fee") != "0.00" {
		t.Errorf("made %s", first.raw)
	}
	path := func(r reply) string { return "/v1/mandates/" + r.text("id") }
	active := f.must(200, factor, "POST", path(first)+"/activate", nil, "Idempotency-Key", "k1")
	again := f.must(200, factor, "POST", path(first)+"/activate", nil, "Idempotency-Key", "k1")
	if active.text("state") != "active" || again.raw != active.raw || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("activated %s and again %s", active.raw, again.raw)
	}
	if got := f.must(409, factor, "POST", path(second)+"/activate", nil); got.text("code") != "conflict" {
		t.Error(got.raw)
	}
	if got := f.must(409, factor, "POST", path(second)+"/pause", nil); got.text("code") != "wrong-state" || got.text("state") != "draft" {
		t.Error(got.raw)
	}
	f.must(404, other, "POST", path(first)+"/pause", nil)
	f.must(200, factor, "POST", path(first)+"/pause", nil)
	f.must(200, factor, "POST", path(second)+"/activate", nil)
	got := f.must(200, factor, "GET", path(first), nil)
	if got.header.Get("ETag") != `"`+first.text("id")+`.3"` || got.text("state") != "paused" || got.text("advance_cap") != "0.85" || got.text("max_face") != "250000.00" {
		t.Errorf("read %s", got.raw)
	}
	if rows, _ := f.must(200, factor, "GET", "/v1/mandates?state=active", nil).body["data"].([]any); len(rows) != 1 {
		t.Errorf("%d active mandates listed", len(rows))
	}
}

func TestASandboxShowsItsCodeOnceAndItsClock(t *testing.T) {
	f := newFront(t)
	operator := f.operator()
	request := map[string]any{"name": "Rehearsal", "starts_at": "2026-02-02T10:00:00+01:00"}
	made := f.must(201, operator, "POST", "/v1/sandboxes", request, "Idempotency-Key", "box")
	again := f.must(201, operator, "POST", "/v1/sandboxes", request, "Idempotency-Key", "box")
	code, shown := again.body["join_code"]
	if made.text("join_code") == "" || code != nil || !shown || again.text("id") != made.text("id") || made.text("now") != "2026-02-02T09:00:00Z" {
		t.Errorf("made %s, replayed %s", made.raw, again.raw)
	}
	if n := f.count(`SELECT count(*) FROM idempotency WHERE position($1 in convert_from(body, 'UTF8')) > 0`, made.text("join_code")); n != 0 {
		t.Error("the join code was stored")
	}
	f.must(201, "", "POST", "/v1/auth/sign-up", map[string]any{
		"join_code": made.text("join_code"), "kind": "seller", "name": "Marlow", "legal_type": "company", "country": "US", "tax_ids": []string{},
		"user_name": "Jo", "user_email": "jo@example.org", "user_password": password,
	})
	seller := f.signIn("jo@example.org")
	clock := f.must(200, seller, "GET", "/v1/sandbox/clock", nil)
	if clock.text("now") != "2026-02-02T09:00:00Z" || clock.text("state") != "idle" || clock.body["target"] != nil {
		t.Errorf("clock %s", clock.raw)
	}
	f.must(422, seller, "POST", "/v1/sandbox/clock", map[string]any{"to": "2026-02-02T08:59:59Z"})
	moved := f.must(202, seller, "POST", "/v1/sandbox/clock", map[string]any{"to": "2026-02-05T14:12:00Z"})
	if moved.text("target") != "2026-02-05T14:12:00Z" || moved.text("state") != "running" {
		t.Errorf("moved %s", moved.raw)
	}
	f.must(409, operator, "POST", "/v1/sandbox/clock", map[string]any{"to": "2026-02-06T00:00:00Z", "world": made.text("id")})
	f.must(200, operator, "GET", "/v1/sandbox/clock?world="+made.text("id"), nil)
	f.must(422, operator, "GET", "/v1/sandbox/clock", nil)
	f.must(409, operator, "GET", "/v1/sandbox/clock?world="+domain.LiveWorld.String(), nil)
	if rows, _ := f.must(200, operator, "GET", "/v1/organizations", nil).body["data"].([]any); len(rows) != 2 {
		t.Errorf("%d organisations, want the platform and the seller", len(rows))
	}
}

func TestAKeyOfAUserHoldsWithoutItsPassword(t *testing.T) {
	f := newFront(t)
	owner := f.join("factor", "Eastbrook")
	request := map[string]any{"email": "ada@example.org", "name": "Ada", "role": "analyst", "password": password}
	made := f.must(201, owner, "POST", "/v1/users", request, "Idempotency-Key", "u1")
	if again := f.must(201, owner, "POST", "/v1/users", request, "Idempotency-Key", "u1"); again.raw != made.raw {
		t.Errorf("made %s, replayed %s", made.raw, again.raw)
	}
	f.must(409, owner, "POST", "/v1/users", request)
	request["role"] = "collector"
	f.must(422, owner, "POST", "/v1/users", request, "Idempotency-Key", "u1")
	analyst := f.signIn("ada@example.org")
	request["email"] = "eve@example.org"
	f.must(403, analyst, "POST", "/v1/users", request)
	if rows, _ := f.must(200, analyst, "GET", "/v1/users", nil).body["data"].([]any); len(rows) != 2 {
		t.Errorf("%d users listed", len(rows))
	}
}
