package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"comity/domain"
	"comity/underwriting"
)

// judged hands in an invoice of a slow payer and returns what was decided on it.
func (f *trade) judged(number string) (invoice, decision string) {
	f.Helper()
	invoice = f.invoice(number).text("id")
	return invoice, f.must(200, f.seller, "POST", "/v1/invoices/"+invoice+"/submit", nil).text("decision_id")
}

func member(of any, name string) any {
	members, _ := of.(map[string]any)
	return members[name]
}

func (f *trade) rowID(number string) any { return f.row(number)["invoice_id"] }

func (f *trade) fact(number, field, value string) map[string]any {
	return map[string]any{"kind": "history", "invoice_id": f.rowID(number), "field": field, "value": value, "evidence": "Bank statement, page 2"}
}

func TestAnObjectionIsAcceptedAndTheDecisionMadeAgain(t *testing.T) {
	f := newTrade(t)
	f.history(slow()...)
	invoice, decision := f.judged("MP-1")
	before := f.must(200, f.seller, "GET", "/v1/decisions/"+decision, nil)
	offers := f.must(200, f.seller, "GET", "/v1/invoices/"+invoice+"/offers", nil).raw
	facts := []any{
		f.fact("A0", "paid_date", daysAgo(170)), f.fact("A1", "paid_date", daysAgo(171)), f.fact("A2", "excluded", "true"),
		map[string]any{"kind": "statement", "text": "The customer has a new owner"},
	}
	request := map[string]any{"reason": "The file had the wrong days", "reason_code": "own-history", "facts": facts}
	path, key := "/v1/decisions/"+decision+"/objections", uuid.NewString()
	made := f.must(201, f.seller, "POST", path, request, "Idempotency-Key", key)
	objection := made.header.Get("Location")
	if made.text("status") != "received" || objection != "/v1/objections/"+made.text("id") || len(list(made, "facts")) != 4 {
		t.Errorf("made %s at %s", made.raw, objection)
	}
	if again := f.must(201, f.seller, "POST", path, request, "Idempotency-Key", key); again.raw != made.raw || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("the same key gives %s", again.raw)
	}
	if got := f.must(409, f.seller, "POST", path, request); got.text("code") != "objection-open" {
		t.Errorf("a second objection: %s", got.raw)
	}
	if f.row("A0")["version"] != 1.0 {
		t.Error("a fact was applied before it was accepted")
	}

	operator := f.operator()
	if queue := rows(f.must(200, operator, "GET", "/v1/objections", nil)); len(queue) != 1 || idOf(queue[0]) != made.text("id") {
		t.Fatalf("the open queue is %v", queue)
	}
	answer := map[string]any{"outcome": "partly_accepted", "answer": "The statement shows the first two.", "accepted_facts": []int{1, 2}}
	got := f.must(200, operator, "POST", objection+"/decision", answer, "Idempotency-Key", key)
	if again := f.must(200, operator, "POST", objection+"/decision", answer, "Idempotency-Key", key); again.raw != got.raw {
		t.Errorf("the same key gives %s", again.raw)
	}
	f.must(409, operator, "POST", objection+"/decision", answer)
	if len(rows(f.must(200, operator, "GET", "/v1/objections", nil))) != 0 || len(rows(f.must(200, operator, "GET", "/v1/objections?status=partly_accepted", nil))) != 1 {
		t.Error("an answered objection is in the open queue, or nowhere")
	}
	f.standsBeside(objection, decision, before)
	f.wasTold(invoice, "was accepted in part. The answer: The statement shows the first two.")
	if a0, a2 := f.row("A0"), f.row("A2"); a0["paid_date"] != daysAgo(170) || a0["version"] != 2.0 || a2["excluded"] != false {
		t.Errorf("rows %v, %v", a0, a2)
	}
	if n := f.count(`SELECT count(*) FROM history_corrections c JOIN objections o ON o.id = c.objection_id AND o.decided_by = c.corrected_by`); n != 2 {
		t.Errorf("%d corrections name the objection, want 2", n)
	}
	if after := f.must(200, f.seller, "GET", "/v1/invoices/"+invoice+"/offers", nil).raw; after != offers {
		t.Errorf("the offers were %s and are %s", offers, after)
	}
}

// standsBeside holds that both decisions are shown, and how they differ.
func (f *trade) standsBeside(objection, decision string, before reply) {
	f.Helper()
	shown := f.must(200, f.seller, "GET", objection, nil)
	first, again := object(shown, "first"), object(shown, "again")
	if first["id"] != decision || fmt.Sprint(first["curve"]) != fmt.Sprint(before.body["curve"]) || fmt.Sprint(first["reasons"]) != fmt.Sprint(before.body["reasons"]) {
		f.Errorf("the first decision is no longer as it was: %s", shown.raw)
	}
	was, _ := first["expected_days_late"].(float64)
	is, _ := again["expected_days_late"].(float64)
	if is >= was || again["known_payments"] != first["known_payments"] || again["model"] != first["model"] || fmt.Sprint(again["reasons"]) == fmt.Sprint(first["reasons"]) {
		f.Errorf("made again: %v days late after %v: %s", is, was, shown.raw)
	}
	if shown.text("new_decision_id") != again["id"] || shown.text("next") == "" {
		f.Errorf("shown %s", shown.raw)
	}
	for _, id := range []any{decision, again["id"]} {
		one := f.must(200, f.seller, "GET", fmt.Sprint("/v1/decisions/", id), nil)
		both := object(one, "side_by_side")
		if within(both, "first")["id"] != decision || within(both, "again")["id"] != again["id"] {
			f.Errorf("decision %v shows %v", id, both)
		}
		if replay := f.must(200, f.seller, "GET", fmt.Sprint("/v1/decisions/", id, "/replay"), nil); replay.body["same_bytes"] != true {
			f.Errorf("decision %v does not replay: %s", id, replay.raw)
		}
	}
	newer := f.must(200, f.seller, "GET", fmt.Sprint("/v1/decisions/", again["id"]), nil)
	if newer.text("first_decision_id") != decision || !strings.HasSuffix(objection, newer.text("objection_id")) {
		f.Errorf("the new decision names %s", newer.raw)
	}
}

// wasTold holds that the seller reads it on the invoice's timeline and by mail.
func (f *trade) wasTold(invoice, words string) {
	f.Helper()
	events := f.must(200, f.seller, "GET", "/v1/invoices/"+invoice+"/timeline", nil)
	if !strings.Contains(events.raw, words) || !strings.Contains(events.raw, "You can submit the invoice again.") {
		f.Errorf("timeline %s", events.raw)
	}
	if n := f.count(`SELECT count(*) FROM jobs j JOIN events e ON e.id = j.ref WHERE j.kind = 'mail_party' AND e.kind LIKE 'objection.%'`); n != 1 {
		f.Errorf("%d mails, want 1", n)
	}
	if got := f.must(200, f.factor, "GET", "/v1/events", nil); strings.Contains(got.raw, "objection") {
		f.Errorf("the factor is told %s", got.raw)
	}
}

func TestARejectedObjectionChangesNothing(t *testing.T) {
	f := newTrade(t)
	f.history(slow()...)
	_, decision := f.judged("MP-1")
	path := "/v1/decisions/" + decision + "/objections"
	request := map[string]any{"reason": "It is not so", "facts": []any{f.fact("A0", "paid_date", "")}}
	objection := f.must(201, f.seller, "POST", path, request).header.Get("Location")
	operator := f.operator()
	got := f.must(200, operator, "POST", objection+"/decision", map[string]any{"outcome": "rejected", "answer": "Nothing shows it."})
	if got.body["again"] != nil || got.body["next"] != nil || got.text("answer") != "Nothing shows it." {
		t.Errorf("rejected %s", got.raw)
	}
	if f.row("A0")["version"] != 1.0 || f.count(`SELECT count(*) FROM decisions`) != 1 {
		t.Error("a rejected objection changed something")
	}
	f.must(201, f.seller, "POST", path, request) // a decided one does not stand in the way
	if own := rows(f.must(200, f.seller, "GET", "/v1/objections", nil)); len(own) != 2 {
		t.Errorf("%d objections of its own, want 2", len(own))
	}
	if one := f.must(200, f.seller, "GET", "/v1/objections?status=received&limit=1", nil); len(rows(one)) != 1 || one.body["next_cursor"] == nil {
		t.Errorf("listed %s", one.raw)
	}
}

func TestWhoMayObjectAndWhoMayAnswer(t *testing.T) {
	f := newTrade(t)
	f.history(slow()...)
	_, decision := f.judged("MP-1")
	request := map[string]any{"reason": "It is not so"}
	stranger, operator := f.join("seller", "Stranger"), f.operator()
	f.must(404, stranger, "POST", "/v1/decisions/"+decision+"/objections", request)
	f.must(403, f.factor, "POST", "/v1/decisions/"+decision+"/objections", request)
	f.must(403, operator, "POST", "/v1/decisions/"+decision+"/objections", request)
	objection := f.must(201, f.seller, "POST", "/v1/decisions/"+decision+"/objections", request).header.Get("Location")
	answer := map[string]any{"outcome": "accepted", "answer": "So it is."}
	f.must(403, f.seller, "POST", objection+"/decision", answer)
	f.must(403, f.factor, "POST", objection+"/decision", answer)
	f.must(404, operator, "POST", "/v1/objections/obj_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b/decision", answer)
	f.must(404, stranger, "GET", objection, nil)
	f.must(403, f.factor, "GET", objection, nil)
	f.must(403, f.factor, "GET", "/v1/objections", nil)
	if got := rows(f.must(200, stranger, "GET", "/v1/objections", nil)); len(got) != 0 {
		t.Errorf("a stranger lists %v", got)
	}
	f.must(200, operator, "GET", objection, nil)
	f.must(200, operator, "GET", "/v1/decisions/"+decision, nil)
	f.must(404, stranger, "GET", "/v1/decisions/"+decision, nil)
}

func TestObjectionsAreCheckedFieldByField(t *testing.T) {
	f := newTrade(t)
	f.history(append(slow(), payment{"MP-1", 5, 1, -1})...)
	_, decision := f.judged("MP-1")
	deal, _ := f.judged("MP-2")
	f.accepted(deal)
	path := "/v1/decisions/" + decision + "/objections"
	objection := f.must(201, f.seller, "POST", path, map[string]any{"reason": "x", "facts": []any{
		map[string]any{"kind": "statement", "text": "a"}, map[string]any{"kind": "statement", "text": "b"},
	}}).header.Get("Location") + "/decision"
	_, fresh := f.judged("MP-3")
	path = "/v1/decisions/" + fresh + "/objections"
	operator := f.operator()
	one := func(fact map[string]any) map[string]any { return map[string]any{"reason": "x", "facts": []any{fact}} }
	nowhere := map[string]any{"kind": "history", "invoice_id": domain.New[domain.InvoiceID]().String(), "field": "disputed", "value": "true"}
	tests := map[string]struct {
		token, path string
		body        map[string]any
		status      int
		faults      string
	}{
		"nothing":                      {f.seller, path, map[string]any{}, 422, "/reason required"},
		"too much":                     {f.seller, path, map[string]any{"reason": strings.Repeat("x", 2001)}, 422, "/reason too-long"},
		"a reason that is not there":   {f.seller, path, map[string]any{"reason": "x", "reason_code": "velocity-volume"}, 422, "/reason_code no-such-reason"},
		"a fact of no kind":            {f.seller, path, one(map[string]any{"kind": "rumour"}), 422, "/facts/0/kind not-allowed"},
		"a statement of nothing":       {f.seller, path, one(map[string]any{"kind": "statement", "field": "amount"}), 422, "/facts/0/text required, /facts/0/field not-allowed"},
		"a row and a field of nothing": {f.seller, path, one(map[string]any{"kind": "history"}), 422, "/facts/0/invoice_id not-an-id, /facts/0/field not-allowed, /facts/0/value required"},
		"a date that is none":          {f.seller, path, one(f.fact("A0", "due_date", "soon")), 422, "/facts/0/value not-a-date"},
		"a flag that is none":          {f.seller, path, one(f.fact("A0", "disputed", "1")), 422, "/facts/0/value not-a-flag"},
		"paid before issued":           {f.seller, path, one(f.fact("A0", "paid_date", daysAgo(300))), 422, "/facts/0/value paid-before-issue"},
		"a negative amount":            {f.seller, path, one(f.fact("A0", "amount", "-1.00")), 422, "/facts/0/value amount-not-positive"},
		"a row that is not there":      {f.seller, path, one(nowhere), 404, ""},
		"an unknown member":            {f.seller, path, map[string]any{"reason": "x", "status": "accepted"}, 400, "/status unknown-member"},
		"an answer of nothing":         {operator, objection, map[string]any{}, 422, "/answer required, /outcome not-allowed"},
		"accepted but one":             {operator, objection, map[string]any{"outcome": "accepted", "answer": "x", "accepted_facts": []int{1}}, 422, "/accepted_facts not-all"},
		"in part but all":              {operator, objection, map[string]any{"outcome": "partly_accepted", "answer": "x", "accepted_facts": []int{1, 2}}, 422, "/accepted_facts not-a-part"},
		"in part but none":             {operator, objection, map[string]any{"outcome": "partly_accepted", "answer": "x"}, 422, "/accepted_facts not-a-part"},
		"rejected but one":             {operator, objection, map[string]any{"outcome": "rejected", "answer": "x", "accepted_facts": []int{2}}, 422, "/accepted_facts not-allowed"},
		"a third of two":               {operator, objection, map[string]any{"outcome": "partly_accepted", "answer": "x", "accepted_facts": []int{3}}, 422, "/accepted_facts/0 no-such-fact"},
		"one twice":                    {operator, objection, map[string]any{"outcome": "partly_accepted", "answer": "x", "accepted_facts": []int{1, 1}}, 422, "/accepted_facts/1 named-twice"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := f.send(tc.token, "POST", tc.path, tc.body); got.status != tc.status || got.faults() != tc.faults {
				t.Errorf("answers %d %q, want %d %q\n%s", got.status, got.faults(), tc.status, tc.faults, got.raw)
			}
		})
	}
	if got := f.must(409, f.seller, "POST", path, one(map[string]any{"kind": "history", "invoice_id": deal, "field": "disputed", "value": "true"})); got.text("code") != "not-imported" {
		t.Errorf("a fact about a native row: %s", got.raw)
	}
	f.must(201, f.seller, "POST", path, map[string]any{"reason": "x", "facts": []any{f.fact("A0", "issue_date", daysAgo(150)), f.fact("A0", "due_date", daysAgo(120))}})
}

func TestAFactAboutARowThatWasSoldMeanwhileIsNotAccepted(t *testing.T) {
	f := newTrade(t)
	f.history(append(slow(), payment{"MP-1", 5, -30, -1})...)
	_, decision := f.judged("MP-9")
	objection := f.must(201, f.seller, "POST", "/v1/decisions/"+decision+"/objections", map[string]any{
		"reason": "x", "facts": []any{f.fact("MP-1", "excluded", "true"), f.fact("A0", "excluded", "true")},
	}).header.Get("Location") + "/decision"
	f.sold("MP-1")
	operator := f.operator()
	if got := f.must(409, operator, "POST", objection, map[string]any{"outcome": "accepted", "answer": "x"}); got.text("code") != "not-imported" {
		t.Errorf("answers %s", got.raw)
	}
	f.must(200, operator, "POST", objection, map[string]any{"outcome": "partly_accepted", "answer": "x", "accepted_facts": []int{2}})
	if n := f.count(`SELECT count(*) FROM history WHERE excluded AND excluded_for = 'x'`); n != 1 {
		t.Errorf("%d rows are left out, want 1", n)
	}
}

func TestAQuoteIsPricedAsASubmissionAndBindsNobody(t *testing.T) {
	f := newTrade(t)
	f.history(payment{"A0", 300, 270, 210}, payment{"A1", 299, 269, 209}, payment{"A2", 298, 268, 208}, payment{"OPEN", 60, 30, -1})
	invoice := f.invoice("MP-1").text("id")
	f.must(200, f.seller, "POST", "/v1/invoices/"+invoice+"/submit", nil)
	offer, _ := rows(f.must(200, f.seller, "GET", "/v1/invoices/"+invoice+"/offers", nil))[0].(map[string]any)
	decision := f.must(200, f.seller, "GET", fmt.Sprint("/v1/decisions/", offer["decision_id"]), nil)
	stored := `SELECT (SELECT count(*) FROM decisions) + (SELECT count(*) FROM offers) + (SELECT count(*) FROM events) + (SELECT count(*) FROM idempotency)`
	before := f.count(stored)

	ask := func(status int, body map[string]any) reply {
		return f.must(status, f.seller, "POST", "/v1/quotes", body)
	}
	got := ask(200, map[string]any{"invoice_id": invoice})
	bids := list(got, "bids")
	if got.body["binding"] != false || got.text("note") == "" || len(bids) != 1 || fmt.Sprint(within(bids[0], "now")) != fmt.Sprint(offer["now"]) || fmt.Sprint(object(got, "decision")["curve"]) != fmt.Sprint(decision.body["curve"]) {
		t.Errorf("a quote without changes is %s, the offer was %v", got.raw, offer["now"])
	}
	bare := map[string]any{"relationship_id": f.relationship, "amount": "10000.00", "currency": "USD", "issue_date": daysAgo(5), "due_date": daysAgo(-30)}
	if same := ask(200, bare); fmt.Sprint(same.body["bids"]) != fmt.Sprint(got.body["bids"]) || same.body["invoice_id"] != nil {
		t.Errorf("the same invoice without a document: %s", same.raw)
	}
	small := ask(200, map[string]any{"invoice_id": invoice, "changes": map[string]any{"amount": "499.99"}})
	if bid := list(small, "bids"); within(bid[0], "why_not")["code"] != "outside-mandate" || object(small, "basis")["amount"] != "499.99" {
		t.Errorf("too small: %s", small.raw)
	}
	verified := ask(200, map[string]any{"invoice_id": invoice, "verification": 0, "changes": map[string]any{"due_date": daysAgo(-40)}})
	if member(list(verified, "bids")[0], "advance_rate") == member(bids[0], "advance_rate") || verified.text("due_date") != daysAgo(-40) {
		t.Errorf("unverified: %s", verified.raw)
	}
	euro := ask(200, map[string]any{"relationship_id": f.relationship, "amount": "1.00", "currency": "EUR", "issue_date": daysAgo(5), "due_date": daysAgo(-30)})
	if needed := list(euro, "needed"); len(list(euro, "bids")) != 0 || len(needed) != 1 || member(needed[0], "code") != "no-payout-account" {
		t.Errorf("in euro: %s", euro.raw)
	}
	if after := f.count(stored); after != before {
		t.Errorf("a quote stored %d rows", after-before)
	}
	f.must(201, f.seller, "POST", fmt.Sprint("/v1/offers/", offer["id"], "/accept"), nil)
	if sold := ask(200, map[string]any{"invoice_id": invoice}); fmt.Sprint(sold.body["decision"]) != fmt.Sprint(got.body["decision"]) {
		t.Errorf("an invoice is held against itself: %s", sold.raw)
	}
	f.must(403, f.factor, "POST", "/v1/quotes", map[string]any{"invoice_id": invoice})
	stranger := f.join("seller", "Stranger")
	f.must(404, stranger, "POST", "/v1/quotes", map[string]any{"invoice_id": invoice})
	f.must(404, stranger, "POST", "/v1/quotes", bare)
}

func TestQuotesAreCheckedFieldByField(t *testing.T) {
	f := newTrade(t)
	invoice := f.invoice("MP-1").text("id")
	bare := func(member, value string) map[string]any {
		body := map[string]any{"relationship_id": f.relationship, "amount": "100.00", "currency": "USD", "issue_date": daysAgo(5), "due_date": daysAgo(-30)}
		body[member] = value
		return body
	}
	changed := func(member, value string) map[string]any {
		return map[string]any{"invoice_id": invoice, "changes": map[string]any{member: value}}
	}
	tests := map[string]struct {
		body   map[string]any
		faults string
	}{
		"nothing":            {map[string]any{}, "/relationship_id not-an-id, /currency unknown-currency, /issue_date not-a-date, /due_date not-a-date"},
		"no amount":          {bare("amount", "many"), "/amount not-an-amount"},
		"a debt of nothing":  {bare("amount", "0.00"), ""},
		"due before issued":  {bare("due_date", daysAgo(6)), "/due_date due-before-issue"},
		"ten years of terms": {bare("due_date", daysAgo(-3700)), "/due_date terms-too-long"},
		"changes of nothing": {bare("invoice_id", invoice), "/relationship_id not-allowed, /amount not-allowed, /currency not-allowed, /issue_date not-allowed, /due_date not-allowed"},
		"a changed amount":   {changed("amount", "1.001"), "/changes/amount not-an-amount"},
		"a changed date":     {changed("due_date", "never"), "/changes/due_date not-a-date"},
		"changed terms":      {changed("due_date", daysAgo(40)), "/changes/due_date due-before-issue"},
		"a level too high":   {map[string]any{"invoice_id": invoice, "verification": 7}, "/verification out-of-range"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := f.send(f.seller, "POST", "/v1/quotes", tc.body); got.status != 422 || got.faults() != tc.faults {
				t.Errorf("answers %d %q, want 422 %q\n%s", got.status, got.faults(), tc.faults, got.raw)
			}
		})
	}
}

// TestReasonsAreForTheirAudience holds D-8: a seller never reads what analysts or
// compliance read, the platform's analysts never what is restricted, wherever a
// decision is shown.
func TestReasonsAreForTheirAudience(t *testing.T) {
	f := newTrade(t)
	f.history(slow()...)
	_, decision := f.judged("MP-1")
	id, err := domain.ParseDecisionID(decision)
	if err != nil {
		t.Fatal(err)
	}
	var stored []byte
	owner := f.data.Owner(t)
	if err := owner.QueryRowContext(t.Context(), `SELECT result FROM decisions WHERE id = $1`, id.UUID).Scan(&stored); err != nil {
		t.Fatal(err)
	}
	decided, err := underwriting.DecodeDecision(stored)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range [][2]string{
		{"for-factors", underwriting.AudienceFactor},
		{"for-analysts", underwriting.AudienceAnalyst},
		{"for-compliance", underwriting.AudienceCompliance},
		{"restricted.list-hit", underwriting.AudienceAll},
	} {
		decided.Reasons = append(decided.Reasons, underwriting.Reason{Code: r[0], Direction: underwriting.Worse, Audience: r[1], Sentence: "x"})
	}
	if _, err := owner.ExecContext(t.Context(), `UPDATE decisions SET result = $2 WHERE id = $1`, id.UUID, decided.Encode()); err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"for-analysts", "restricted.list-hit"} {
		if got := f.must(422, f.seller, "POST", "/v1/decisions/"+decision+"/objections", map[string]any{"reason": "x", "reason_code": code}); got.faults() != "/reason_code no-such-reason" {
			t.Errorf("%s can be disputed, so it is there: %s", code, got.raw)
		}
	}
	objection := f.must(201, f.seller, "POST", "/v1/decisions/"+decision+"/objections", map[string]any{"reason": "x"}).header.Get("Location")
	operator := f.operator()
	shown := []string{f.must(200, operator, "POST", objection+"/decision", map[string]any{"outcome": "accepted", "answer": "x"}).raw}
	told := []string{}
	for _, path := range []string{objection, "/v1/decisions/" + decision} {
		shown, told = append(shown, f.must(200, operator, "GET", path, nil).raw), append(told, f.must(200, f.seller, "GET", path, nil).raw)
	}
	for _, raw := range told {
		if !strings.Contains(raw, "own-history") || strings.Contains(raw, "for-") || strings.Contains(raw, "restricted") {
			t.Errorf("a seller reads %s", raw)
		}
	}
	for _, raw := range shown {
		if !strings.Contains(raw, "for-analysts") || strings.Contains(raw, "for-compliance") || strings.Contains(raw, "restricted") {
			t.Errorf("an analyst reads %s", raw)
		}
	}
}
