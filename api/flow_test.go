package api_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/google/uuid"

	"comity/api"
	"comity/collections"
	"comity/domain"
	"comity/formats"
	"comity/money"
	"comity/openapi"
	"comity/repository"
)

// held lets every request and answer of a front be checked against the contract.
func held(f *front) *front {
	for _, media := range []string{"application/xml", "text/xml"} {
		openapi3filter.RegisterBodyDecoder(media, openapi3filter.FileBodyDecoder)
	}
	doc, err := openapi3.NewLoader().LoadFromData(openapi.Document)
	if err != nil {
		f.Fatal(err)
	}
	router, err := legacy.NewRouter(doc)
	if err != nil {
		f.Fatal(err)
	}
	inner := f.handler
	f.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorder := httptest.NewRecorder()
		sent, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(sent))
		inner.ServeHTTP(recorder, r)
		r.Body = io.NopCloser(bytes.NewReader(sent))
		checkAgainst(f, router, r, recorder)
		for name, values := range recorder.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(recorder.Body.Bytes())
	})
	return f
}

func checkAgainst(f *front, router routers.Router, r *http.Request, got *httptest.ResponseRecorder) {
	f.Helper()
	route, parameters, err := router.FindRoute(r)
	if err != nil {
		f.Errorf("%s %s is not in the contract: %v", r.Method, r.URL, err)
		return
	}
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, SkipSettingDefaults: true}
	asked := &openapi3filter.RequestValidationInput{Request: r, PathParams: parameters, Route: route, Options: options}
	if err := openapi3filter.ValidateRequest(f.Context(), asked); err != nil && got.Code < 400 {
		f.Errorf("%s %s is taken, but the contract refuses it: %.300v", r.Method, r.URL, err)
	}
	answer := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: asked, Status: got.Code, Header: got.Header(), Options: options,
		Body: io.NopCloser(bytes.NewReader(got.Body.Bytes())),
	}
	if err := openapi3filter.ValidateResponse(f.Context(), answer); err != nil {
		f.Errorf("%s %s answers %d against the contract: %.300v", r.Method, r.URL, got.Code, err)
	}
}

// withCases puts the follow-up of debtors behind a front.
func withCases(f *front) *front {
	cases := collections.New(repository.Atomically(f.data.DB, func(tx *repository.Tx) collections.Tx { return tx }), collections.Options{
		Host: "mail.example",
	})
	tokens, err := api.NewTokens("test", ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize)), nil, time.Now)
	if err != nil {
		f.Fatal(err)
	}
	f.handler = api.New(api.Options{
		Access: f.access, Market: f.market, Cases: cases, Tokens: tokens, Now: time.Now, Log: slog.New(slog.NewTextHandler(f.Output(), nil)),
		Ready: func(*http.Request) error { return nil }, Secret: uuid.NewString, OpenAPI: openapi.Document,
	})
	return f
}

// A trade is a seller, a factor and a debtor who are ready to do business.
type trade struct {
	*front
	seller, factor, relationship string
	operating, collection        domain.BankAccountNumber
}

func newTrade(t *testing.T) trade {
	t.Helper()
	f := trade{front: held(withCases(newFront(t)))}
	f.seller, f.factor = f.join("seller", "Marlow Print Works"), f.join("factor", "Eastbrook Factors")
	f.account(f.seller, "payout", "000555666")
	operating := f.account(f.factor, "operating", "000111222")
	collection := f.account(f.factor, "collection", "000333444")
	mandate := f.must(201, f.factor, "POST", "/v1/mandates", map[string]any{
		"currency": "USD", "advance_cap": "0.85", "dilution_haircut": "0.03", "fee": map[string]any{"first_days": 30, "first_rate": "0.02", "step_days": 10, "step_rate": "0.006"},
		"recourse_days": 90, "cure_days": 0, "min_face": "500.00", "max_face": "250000.00", "debtor_limit": "100000.00", "facility_limit": "5000000.00",
		"max_expected_days_late": 60, "operating_account_id": operating, "collection_account_id": collection,
	})
	f.must(200, f.factor, "POST", "/v1/mandates/"+mandate.text("id")+"/activate", nil)
	f.relationship = f.must(201, f.seller, "POST", "/v1/relationships", map[string]any{
		"code": "HP", "name": "Harbor & Pine Hotels, Inc.", "legal_type": "company", "country": "US", "email": "ap@hp.example",
	}).text("id")
	return f
}

func (f *trade) account(token, purpose, number string) string {
	f.Helper()
	parsed, err := domain.ParseUSAccount("021000021", number)
	if err != nil {
		f.Fatal(err)
	}
	switch purpose {
	case "operating":
		f.operating = parsed
	case "collection":
		f.collection = parsed
	}
	return f.must(201, token, "POST", "/v1/bank-accounts", map[string]any{
		"purpose": purpose, "currency": "USD", "holder": "Holder & Co", "country": "US", "routing_number": "021000021", "account_number": number,
	}).text("id")
}

func (f *trade) invoice(number string) reply {
	f.Helper()
	today := domain.DateOf(time.Now().UTC())
	return f.must(201, f.seller, "POST", "/v1/invoices", map[string]any{
		"relationship_id": f.relationship, "number": number, "issue_date": today.Plus(-5).String(), "due_date": today.Plus(30).String(),
		"payable": map[string]any{"amount": "10000.00", "currency": "USD"}, "summary": "4,000 × Menu A4",
	})
}

// sold hands an invoice in, submits it and takes the first offer.
func (f *trade) sold(number string) reply {
	f.Helper()
	invoice := f.invoice(number).text("id")
	f.must(200, f.seller, "POST", "/v1/invoices/"+invoice+"/submit", nil)
	return f.accepted(invoice)
}

// accepted takes the offer on a submitted invoice; one that waits for a person of the
// factor is approved before.
func (f *trade) accepted(invoice string) reply {
	f.Helper()
	for _, waiting := range rows(f.must(200, f.factor, "GET", "/v1/offers?status=referred&invoice_id="+invoice, nil)) {
		f.must(200, f.factor, "POST", "/v1/offers/"+idOf(waiting)+"/approve", map[string]any{"reason": "Called their buyer"})
	}
	offers := rows(f.must(200, f.seller, "GET", "/v1/invoices/"+invoice+"/offers", nil))
	if len(offers) != 1 {
		f.Fatalf("%d offers", len(offers))
	}
	return f.must(201, f.seller, "POST", "/v1/offers/"+idOf(offers[0])+"/accept", nil)
}

// raw asks for, or sends, what is not JSON.
func (f *trade) raw(token, method, path, media string, body []byte) *httptest.ResponseRecorder {
	f.Helper()
	r := httptest.NewRequestWithContext(f.Context(), method, path, bytes.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Idempotency-Key", uuid.NewString())
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, r)
	return w
}

func object(r reply, name string) map[string]any { return within(r.body, name) }

func within(outer any, name string) map[string]any {
	members, _ := outer.(map[string]any)
	inner, _ := members[name].(map[string]any)
	return inner
}

func rows(r reply) []any { return list(r, "data") }

func list(r reply, name string) []any {
	found, _ := r.body[name].([]any)
	return found
}

func idOf(row any) string {
	members, _ := row.(map[string]any)
	id, _ := members["id"].(string)
	return id
}

func TestAnInvoiceGoesFromHandToOffer(t *testing.T) {
	f := newTrade(t)
	made := f.invoice("MP-1042")
	path := "/v1/invoices/" + made.text("id")
	if made.header.Get("Location") != path || made.text("status") != "draft" {
		t.Errorf("made at %s: %s", made.header.Get("Location"), made.raw)
	}
	if again := f.invoice("mp 1042"); again.text("status") != "held" || again.text("duplicate_of") != made.text("id") {
		t.Errorf("the same number again: %s", again.raw)
	}
	key := uuid.NewString()
	submitted := f.must(200, f.seller, "POST", path+"/submit", nil, "Idempotency-Key", key)
	if again := f.must(200, f.seller, "POST", path+"/submit", nil, "Idempotency-Key", key); again.raw != submitted.raw || again.header.Get("Idempotency-Replayed") != "true" {
		t.Error("the same key is another answer")
	}
	decision := "/v1/decisions/" + submitted.text("decision_id")
	if got := f.must(200, f.seller, "GET", decision, nil); len(list(got, "curve")) != 22 {
		t.Errorf("decision %s", got.raw)
	}
	if got := f.must(200, f.seller, "GET", decision+"/replay", nil); got.body["same_bytes"] != true || len(got.text("sha256")) != 64 {
		t.Errorf("replay %s", got.raw)
	}
	f.must(403, f.factor, "GET", decision, nil)
	offers := rows(f.must(200, f.seller, "GET", path+"/offers", nil))
	if len(offers) != 1 || len(rows(f.must(200, f.factor, "GET", "/v1/offers", nil))) != 1 {
		t.Fatalf("%d offers", len(offers))
	}
	offer := "/v1/offers/" + idOf(offers[0])
	if got := f.must(200, f.factor, "GET", offer, nil); got.body["expired"] != false || len(list(got, "scenarios")) != 3 || object(got, "later")["amount"] == "" {
		t.Errorf("offer %s", got.raw)
	}
	f.must(200, f.seller, "POST", offer+"/decline", nil)
	if got := f.must(409, f.seller, "POST", offer+"/accept", nil); got.text("code") != "wrong-state" {
		t.Error(got.raw)
	}
	if got := rows(f.must(200, f.seller, "GET", path+"/timeline", nil)); len(got) != 3 {
		t.Errorf("%d events, want 3", len(got))
	}
	if got := rows(f.must(200, f.factor, "GET", path+"/timeline", nil)); len(got) != 1 {
		t.Errorf("the factor sees %d events, want the answer to its offer only", len(got))
	}
	f.must(404, f.join("factor", "Westbrook"), "GET", path+"/timeline", nil)
	f.must(404, f.seller, "GET", path+"/document", nil)
	if got := f.must(200, f.seller, "GET", path, nil); got.header.Get("ETag") == "" {
		t.Error("no ETag")
	}
	f.must(200, f.seller, "POST", path+"/withdraw", nil)
	if listed := f.must(200, f.seller, "GET", "/v1/invoices?status=withdrawn&limit=1", nil); len(rows(listed)) != 1 || listed.body["next_cursor"] == nil {
		t.Errorf("withdrawn: %s", listed.raw)
	}
	f.must(400, f.seller, "GET", "/v1/invoices?status=lost", nil)
	f.must(400, f.seller, "GET", "/v1/invoices?limit=201", nil)
	f.must(400, f.seller, "GET", "/v1/invoices?cursor=x", nil)
	f.must(403, f.factor, "GET", "/v1/invoices", nil)
}

// TestADealIsPaidOutCollectedAndReported holds C-188 and C-189 over HTTP: pay-out, receipt, ageing and books of both
// sides.
func TestADealIsPaidOutCollectedAndReported(t *testing.T) {
	f := newTrade(t)
	sale := f.sold("MP-1042")
	id, _ := object(sale, "deal")["id"].(string)
	path := "/v1/deals/" + id
	f.must(200, f.seller, "PUT", path+"/conditions/introduced", map[string]any{"evidence": "Mail of today"})
	f.must(200, f.factor, "PUT", path+"/conditions/verified", map[string]any{"evidence": "Call", "expires_on": "2199-01-01"})
	f.must(403, f.seller, "PUT", path+"/conditions/verified", map[string]any{"evidence": "Call"})
	f.must(404, f.seller, "PUT", path+"/conditions/luck", map[string]any{"evidence": "Call"})
	f.must(422, f.factor, "PUT", path+"/conditions/verified", map[string]any{"evidence": "Call", "occurred_at": "2190-01-01T00:00:00Z"})
	deal, err := domain.ParseDealID(id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.data.Owner(t).ExecContext(t.Context(), `UPDATE conditions SET evidence = 'seen', occurred_at = now() - interval '1 hour' WHERE deal_id = $1`, deal.UUID); err != nil {
		t.Fatal(err)
	}
	if err := f.market.Advance(t.Context(), domain.LiveWorld, deal, time.Now()); err != nil {
		t.Fatal(err)
	}
	orders := rows(f.must(200, f.factor, "GET", "/v1/payouts?status=instructed", nil))
	if len(orders) != 1 {
		t.Fatalf("%d orders", len(orders))
	}
	order, _ := orders[0].(map[string]any)
	f.payoutFile(fmt.Sprint(order["id"]))
	end, _ := order["end_to_end_id"].(string)
	paid, err := money.Parse(fmt.Sprint(within(order, "amount")["amount"]), "USD")
	if err != nil {
		t.Fatal(err)
	}
	f.statement(f.operating, "OP-1", money.Minor(50_000_00, "USD"), formats.BankLine{Amount: paid.Negated(), EndToEndID: end})
	if got := f.must(200, f.seller, "GET", path, nil); object(got, "deal")["status"] != "paid_out" {
		t.Fatalf("the deal is %s", got.raw)
	}
	f.statement(f.collection, "CO-1", money.Minor(0, "USD"), formats.BankLine{Amount: money.Minor(4_000_00, "USD"), Counterparty: "Somebody"})
	receipts := rows(f.must(200, f.factor, "GET", "/v1/receipts?status=unapplied", nil))
	if len(receipts) != 1 {
		t.Fatalf("%d receipts", len(receipts))
	}
	f.applied("/v1/receipts/"+idOf(receipts[0]), id)
	f.reported(id)
	if got := f.must(200, f.factor, "GET", path+"/ledger", nil); len(list(got, "journals")) < 4 {
		t.Errorf("ledger %s", got.raw)
	}
	f.must(200, f.factor, "GET", path+"/timeline", nil)
	f.must(200, f.seller, "GET", "/v1/events?limit=2", nil)
	f.must(409, f.factor, "POST", path+"/cancel", map[string]any{"reason": "too late"})
	f.must(404, f.join("seller", "Stranger"), "GET", path, nil)
}

// payoutFile takes the order's file twice, as the factor and as the seller.
func (f *trade) payoutFile(id string) {
	f.Helper()
	path := "/v1/payouts/" + id
	one, two := f.raw(f.factor, "GET", path+"/file", "", nil), f.raw(f.factor, "GET", path+"/file", "", nil)
	if one.Code != 200 || one.Body.String() != two.Body.String() || !strings.Contains(one.Body.String(), "pain.001.001.09") || !strings.Contains(one.Body.String(), "Advance invoice MP-1042") {
		f.Errorf("file %d: %s", one.Code, one.Body)
	}
	if got := one.Header(); got.Get("Content-Type") != "application/xml" || !strings.HasPrefix(got.Get("Content-Disposition"), "attachment") || got.Get("X-Content-Type-Options") != "nosniff" {
		f.Errorf("headers %v", got)
	}
	f.must(403, f.seller, "GET", path+"/file", nil)
	seen := f.must(200, f.seller, "GET", path, nil)
	if _, shown := seen.body["from_account_id"]; shown {
		f.Error("the seller sees the factor's account")
	}
}

// statement loads a bank file of today and applies its lines.
func (f *trade) statement(account domain.BankAccountNumber, number string, opening money.Amount, line formats.BankLine) {
	f.Helper()
	today := domain.DateOf(time.Now().UTC())
	line.Entry, line.Booked, line.Value, line.Code = 1, today, today, "PMNT/RCDT/ESCT"
	file := formats.WriteCamt053(formats.BankStatement{
		ID: number, CreatedAt: time.Now().UTC(), Account: formats.BankAccount{Number: account, Text: account.AccountNumber()}, Currency: "USD",
		Opening: formats.BankBalance{Amount: opening, On: today}, Closing: formats.BankBalance{Amount: opening.Plus(line.Amount), On: today},
		From: today, To: today, Lines: []formats.BankLine{line},
	})
	loaded := f.raw(f.factor, "POST", "/v1/bank-statements", "application/xml", file)
	if again := f.raw(f.factor, "POST", "/v1/bank-statements", "application/xml", file); loaded.Code != 201 || again.Code != 200 {
		f.Fatalf("loaded %d %s, again %d", loaded.Code, loaded.Body, again.Code)
	}
	if broken := f.raw(f.factor, "POST", "/v1/bank-statements", "application/xml", file[:len(file)/2]); broken.Code != 422 {
		f.Errorf("half a file: %d %s", broken.Code, broken.Body)
	}
	for _, row := range rows(f.must(200, f.factor, "GET", "/v1/bank-statements", nil)) {
		text := idOf(row)
		id, err := domain.ParseStatementID(text)
		if err != nil {
			f.Fatal(err)
		}
		if err := f.market.ApplyStatement(f.Context(), domain.LiveWorld, id, time.Now()); err != nil {
			f.Fatal(err)
		}
		if got := f.must(200, f.factor, "GET", "/v1/bank-statements/"+text, nil); object(got, "statement")["pending"] != 0.0 {
			f.Errorf("statement %s", got.raw)
		}
	}
}

// applied applies a receipt by hand, in part, and takes it back.
func (f *trade) applied(receipt, deal string) {
	f.Helper()
	part := func(amount string) map[string]any {
		return map[string]any{"deal_id": deal, "amount": map[string]any{"amount": amount, "currency": "USD"}}
	}
	if got := f.must(422, f.factor, "POST", receipt+"/apply", part("4000.01")); got.text("code") != "more-than-open" {
		f.Error(got.raw)
	}
	got := f.must(200, f.factor, "POST", receipt+"/apply", part("4000.00"))
	if object(got, "deal_open")["amount"] != "6000.00" || object(got, "receipt")["status"] != "applied" {
		f.Errorf("applied %s", got.raw)
	}
	if got := f.must(200, f.factor, "POST", receipt+"/undo", nil); got.text("status") != "unapplied" {
		f.Errorf("undone %s", got.raw)
	}
	f.must(200, f.factor, "POST", receipt+"/apply", part("4000.00"))
	f.must(200, f.factor, "GET", receipt, nil)
	f.must(403, f.seller, "GET", receipt, nil)
}

// reported reads the books of both sides.
func (f *trade) reported(deal string) {
	f.Helper()
	tomorrow := domain.DateOf(time.Now().UTC()).Plus(1).String()
	for _, token := range []string{f.factor, f.seller} {
		balance := f.must(200, token, "GET", "/v1/reports/trial-balance?as_of="+tomorrow+"&deal_id="+deal, nil)
		currencies := list(balance, "currencies")
		for _, one := range currencies {
			if total := within(one, "total")["amount"]; total != "0.00" {
				f.Errorf("the books are off by %v", total)
			}
		}
		aging := f.must(200, token, "GET", "/v1/reports/aging?as_of="+tomorrow+"&relationship_id="+f.relationship, nil)
		if items := list(aging, "items"); len(currencies) != 1 || len(items) != 1 || within(items[0], "open")["amount"] != "6000.00" {
			f.Errorf("%d currencies, aging %s", len(currencies), aging.raw)
		}
	}
	f.must(400, f.factor, "GET", "/v1/reports/aging?as_of=yesterday", nil)
	f.must(400, f.factor, "GET", "/v1/reports/aging?factor_id=x", nil)
}

func TestADealIsCancelled(t *testing.T) {
	f := newTrade(t)
	sale := f.sold("MP-1043")
	path := fmt.Sprintf("/v1/deals/%s", object(sale, "deal")["id"])
	if sale.header.Get("Location") != path {
		t.Errorf("Location %s", sale.header.Get("Location"))
	}
	f.must(404, f.join("factor", "Westbrook"), "POST", path+"/cancel", map[string]any{"reason": "Not mine"})
	got := f.must(200, f.factor, "POST", path+"/cancel", map[string]any{"reason": "The debtor does not know the invoice"})
	if got.text("status") != "cancelled" || object(got, "reserve_held")["amount"] != "0.00" {
		t.Errorf("cancelled %s", got.raw)
	}
	if listed := f.must(200, f.factor, "GET", "/v1/deals?status=cancelled", nil); len(rows(listed)) != 1 {
		t.Errorf("listed %s", listed.raw)
	}
}

// TestADocumentIsKeptByteForByte holds C-184: what a seller sent is given back as it came, to nobody else.
func TestADocumentIsKeptByteForByte(t *testing.T) {
	f := newTrade(t)
	file, err := os.ReadFile("../formats/testdata/einvoice/ubl-invoice.xml")
	if err != nil {
		t.Fatal(err)
	}
	path := "/v1/invoices?relationship_id=" + f.relationship + "&file_name=Rechnung%20%C3%84.xml"
	first, again := f.raw(f.seller, "POST", path, "application/xml", file), f.raw(f.seller, "POST", path, "application/xml", file)
	if first.Code != 201 || again.Code != 200 || first.Header().Get("Location") != again.Header().Get("Location") {
		t.Fatalf("first %d %s, again %d %s", first.Code, first.Body, again.Code, again.Body)
	}
	doc := f.raw(f.seller, "GET", first.Header().Get("Location")+"/document", "", nil)
	if doc.Code != 200 || !bytes.Equal(doc.Body.Bytes(), file) {
		t.Errorf("document %d, %d bytes of %d", doc.Code, doc.Body.Len(), len(file))
	}
	want := map[string]string{
		"Content-Type": "application/xml", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'",
		"Content-Disposition": `attachment; filename="Rechnung _.xml"; filename*=UTF-8''Rechnung%20%C3%84.xml`,
	}
	for name, value := range want {
		if got := doc.Header().Get(name); got != value {
			t.Errorf("%s: %s, want %s", name, got, value)
		}
	}
	other := f.join("seller", "Stranger")
	if got := f.raw(other, "GET", first.Header().Get("Location")+"/document", "", nil); got.Code != 404 {
		t.Errorf("a stranger gets %d", got.Code)
	}
	if got := f.raw(other, "POST", path, "application/xml", file); got.Code != 404 {
		t.Errorf("another's relationship gives %d: %s", got.Code, got.Body)
	}
	held := f.must(200, f.seller, "GET", first.Header().Get("Location"), nil)
	if held.text("status") != "held" || !strings.Contains(held.raw, "supplier-id") {
		t.Errorf("a document of another supplier: %s", held.raw)
	}
	if got := f.must(403, f.seller, "POST", first.Header().Get("Location")+"/release", map[string]any{"reason": "mine"}); got.text("code") != "forbidden" {
		t.Error(got.raw)
	}
}

func TestACaseIsReadAndStopped(t *testing.T) {
	f := newTrade(t)
	id := f.sold("MP-1044").text("case_id")
	path := "/v1/cases/" + id
	if got := rows(f.must(200, f.factor, "GET", "/v1/cases?status=open", nil)); len(got) != 1 || idOf(got[0]) != id {
		t.Fatalf("%d cases", len(got))
	}
	for _, token := range []string{f.factor, f.seller} {
		for _, of := range []string{"", "/timeline", "/touches?limit=5", "/gate-decisions", "/promises", "/disputes", "/questions", "/stops"} {
			f.must(200, token, "GET", path+of, nil)
		}
	}
	f.must(404, f.join("factor", "Westbrook"), "GET", path+"/touches", nil)
	stop := map[string]any{"code": "complaint_open", "reason": "Ms Vance complained"}
	f.must(422, f.factor, "POST", path+"/stops", map[string]any{"code": "coffee", "reason": "x"})
	if got := f.must(201, f.factor, "POST", path+"/stops", stop); got.text("code") != "complaint_open" || got.body["lifted_at"] != nil {
		t.Errorf("set %s", got.raw)
	}
	f.must(409, f.factor, "POST", path+"/stops", stop)
	if got := f.must(200, f.factor, "POST", path+"/stops/complaint_open/lift", nil); got.body["lifted_at"] == nil {
		t.Errorf("lifted %s", got.raw)
	}
	f.must(404, f.factor, "POST", path+"/stops/coffee/lift", nil)
	f.must(200, f.factor, "POST", path+"/send-again", nil)
	nothing := "0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"
	f.must(404, f.factor, "POST", "/v1/questions/qst_"+nothing+"/answer", map[string]any{"answer": "It is order 7."})
	f.must(404, f.factor, "POST", "/v1/disputes/dsp_"+nothing+"/resolve", map[string]any{"outcome": "withdrawn", "how": "by mail"})
}
