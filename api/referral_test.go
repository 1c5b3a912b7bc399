package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

const looked = "Called their buyer: a yearly order"

// newCustomer gives the trade's seller ten invoices over 1,000.00 to one customer,
// and makes another one that of the invoices to come: each of these is over 10,000.00.
func newCustomer(t *testing.T) trade {
	t.Helper()
	f := newTrade(t)
	f.history(slow()...)
	f.relationship = f.must(201, f.seller, "POST", "/v1/relationships", map[string]any{
		"code": "NEW", "name": "Quay Street Foods, Inc.", "legal_type": "company", "country": "US", "email": "ap@quay.example",
	}).text("id")
	return f
}

// referred submits an invoice that a person looks at first, and returns its path and
// that of the offer.
func (f *trade) referred(number string) (invoice, offer string) {
	f.Helper()
	invoice = f.invoice(number).text("id")
	got := f.must(200, f.seller, "POST", "/v1/invoices/"+invoice+"/submit", nil)
	queue := rows(f.must(200, f.factor, "GET", "/v1/offers?status=referred", nil))
	if got.text("outcome") != "refer" || got.body["referred"] != 1.0 || len(list(got, "offers")) != 0 || object(got, "invoice")["status"] != "submitted" || len(queue) != 1 {
		f.Fatalf("%d wait: %s", len(queue), got.raw)
	}
	if got.text("decision_id") != member(queue[0], "decision_id") || member(queue[0], "status") != "referred" || member(queue[0], "expired") != false {
		f.Errorf("the queue is %v after %s", queue, got.raw)
	}
	return "/v1/invoices/" + invoice, "/v1/offers/" + idOf(queue[0])
}

func TestAnUnusualFirstInvoiceWaitsForAPerson(t *testing.T) {
	f := newCustomer(t)
	invoice, offer := f.referred("MP-1")
	for _, path := range []string{invoice + "/offers", "/v1/offers", "/v1/offers?status=referred"} {
		if seen := f.must(200, f.seller, "GET", path, nil); len(rows(seen)) != 0 {
			t.Errorf("%s: the seller reads %s", path, seen.raw)
		}
	}
	f.must(404, f.seller, "GET", offer, nil)
	f.must(404, f.seller, "POST", offer+"/accept", nil)
	f.must(404, f.seller, "POST", offer+"/decline", nil)
	decision := "/v1/decisions/" + f.must(200, f.factor, "GET", offer, nil).text("decision_id")
	told := f.must(200, f.seller, "GET", decision, nil)
	quoted := f.must(200, f.seller, "POST", "/v1/quotes", map[string]any{"invoice_id": strings.TrimPrefix(invoice, "/v1/invoices/")})
	if told.text("outcome") != "refer" || object(quoted, "decision")["outcome"] != "offer" || len(list(quoted, "bids")) != 1 { // a quote teaches no rule
		t.Errorf("decision %s\nquote %s", told.raw, quoted.raw)
	}
	for _, raw := range []string{
		told.raw, quoted.raw, f.must(200, f.seller, "GET", invoice+"/timeline", nil).raw, f.must(200, f.seller, "GET", "/v1/events", nil).raw, f.must(200, f.seller, "GET", invoice, nil).raw,
	} {
		if strings.Contains(raw, "velocity") || strings.Contains(raw, "offer.referred") || strings.Contains(raw, "times the seller") {
			t.Errorf("the seller reads %s", raw)
		}
	}
	if got := f.must(422, f.seller, "POST", decision+"/objections", map[string]any{"reason": "x", "reason_code": "velocity-large-first"}); got.faults() != "/reason_code no-such-reason" {
		t.Errorf("the seller can dispute it: %s", got.raw)
	}
	if got := f.must(200, f.factor, "GET", "/v1/events", nil); !strings.Contains(got.raw, "offer.referred") || strings.Contains(got.raw, "velocity") {
		t.Errorf("the factor is told %s", got.raw)
	}
}

func TestTheDecisionBehindAnOfferIsReadByRole(t *testing.T) {
	f := newCustomer(t)
	invoice, offer := f.referred("MP-1")
	own := f.must(200, f.factor, "GET", offer, nil)
	analyst, collector := f.colleague(f.factor, "analyst"), f.colleague(f.factor, "collector")
	path := offer + "/decision"
	why := f.must(200, f.factor, "GET", path, nil)
	if !strings.Contains(codesOf(why.body), "velocity-large-first") || why.text("outcome") != "refer" || why.body["offer_id"] != own.body["id"] || len(list(why, "curve")) != 22 {
		t.Errorf("an owner reads %s", why.raw)
	}
	if got := f.must(200, analyst, "GET", path, nil); got.raw != why.raw {
		t.Errorf("an analyst reads %s\nan owner %s", got.raw, why.raw)
	}
	sellers := f.must(200, f.seller, "GET", fmt.Sprint("/v1/decisions/", own.body["decision_id"]), nil)
	got := f.must(200, collector, "GET", path, nil)
	if strings.Contains(got.raw, "velocity") || codesOf(got.body) == "" || codesOf(got.body) != codesOf(sellers.body) || fmt.Sprint(got.body["curve"]) != fmt.Sprint(why.body["curve"]) {
		t.Errorf("a collector reads %s\nan owner %s", got.raw, why.raw)
	}
	rival := f.join("factor", "Westbrook")
	for _, of := range []string{"", "/decision", "/debtor-limit"} {
		f.must(404, rival, "GET", offer+of, nil)
	}
	f.must(403, f.seller, "GET", path, nil)
	f.must(403, f.seller, "GET", offer+"/debtor-limit", nil)
	f.must(404, f.factor, "GET", "/v1/offers/off_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b/decision", nil)
	f.must(404, rival, "GET", invoice+"/offers", nil)
	f.must(400, f.factor, "GET", "/v1/offers?status=waiting", nil)
	f.must(400, f.factor, "GET", path+"?why=1", nil)
	for status, want := range map[string]int{"referred": 1, "open": 0, "refused": 0} {
		if got := rows(f.must(200, collector, "GET", "/v1/offers?status="+status, nil)); len(got) != want {
			t.Errorf("%d offers are %s, want %d", len(got), status, want)
		}
	}
}

func TestAnApprovedReferralIsAnOfferLikeAnyOther(t *testing.T) {
	f := newCustomer(t)
	invoice, offer := f.referred("MP-1")
	waiting := f.must(200, f.factor, "GET", offer, nil)
	for name, body := range map[string]map[string]any{"nothing": {}, "blanks": {"reason": "  "}} {
		if got := f.must(422, f.factor, "POST", offer+"/approve", body); got.faults() != "/reason required" {
			t.Errorf("%s: %s", name, got.raw)
		}
	}
	if got := f.must(422, f.factor, "POST", offer+"/approve", map[string]any{"reason": strings.Repeat("x", 1001)}); got.faults() != "/reason too-long" {
		t.Error(got.raw)
	}
	if got := f.must(400, f.factor, "POST", offer+"/approve", map[string]any{"reason": "x", "status": "open"}); got.faults() != "/status unknown-member" {
		t.Error(got.raw)
	}
	note, key := map[string]any{"reason": looked}, uuid.NewString()
	f.must(403, f.seller, "POST", offer+"/approve", note)
	f.must(403, f.colleague(f.factor, "collector"), "POST", offer+"/approve", note)
	f.must(404, f.join("factor", "Westbrook"), "POST", offer+"/approve", note)
	done := f.must(200, f.factor, "POST", offer+"/approve", note, "Idempotency-Key", key)
	if again := f.must(200, f.factor, "POST", offer+"/approve", note, "Idempotency-Key", key); again.raw != done.raw || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("the same key gives %s", again.raw)
	}
	if done.text("status") != "open" || done.text("review_note") != looked || done.text("expires_at") >= waiting.text("expires_at") || fmt.Sprint(done.body["now"]) != fmt.Sprint(waiting.body["now"]) {
		t.Errorf("approved %s\nit waited as %s", done.raw, waiting.raw)
	}
	for _, answer := range []string{"/approve", "/refuse"} {
		if got := f.must(409, f.factor, "POST", offer+answer, note); got.text("code") != "wrong-state" || got.text("state") != "open" {
			t.Errorf("%s after it was approved: %s", answer, got.raw)
		}
	}
	seen := f.must(200, f.seller, "GET", offer, nil)
	told := f.must(200, f.seller, "GET", invoice+"/timeline", nil)
	sale := f.must(201, f.seller, "POST", offer+"/accept", nil)
	for _, raw := range []string{seen.raw, told.raw, sale.raw, f.must(200, f.seller, "GET", "/v1/offers", nil).raw} {
		if strings.Contains(raw, "review_note") || strings.Contains(raw, looked) {
			t.Errorf("the seller reads the note: %s", raw)
		}
	}
	if !strings.Contains(told.raw, "A factor looked at invoice MP-1 and makes an offer") || object(sale, "offer")["status"] != "accepted" || object(sale, "invoice")["status"] != "sold" {
		t.Errorf("told %s\nsold %s", told.raw, sale.raw)
	}
	if got := f.must(200, f.factor, "GET", offer, nil); got.text("review_note") != looked {
		t.Errorf("the factor no longer reads the note: %s", got.raw)
	}
}

// TestARefusedReferralSaysNotWhy holds D-8: the seller learns that nobody offers, and no reason of the analyst.
func TestARefusedReferralSaysNotWhy(t *testing.T) {
	f := newCustomer(t)
	invoice, offer := f.referred("MP-1")
	note, key := map[string]any{"reason": "Their buyer knows of no order"}, uuid.NewString()
	if got := f.must(422, f.factor, "POST", offer+"/refuse", map[string]any{}); got.faults() != "/reason required" {
		t.Error(got.raw)
	}
	done := f.must(200, f.colleague(f.factor, "analyst"), "POST", offer+"/refuse", note, "Idempotency-Key", key)
	if done.text("status") != "refused" || done.text("review_note") != note["reason"] || done.body["expired"] != false {
		t.Errorf("refused %s", done.raw)
	}
	if got := rows(f.must(200, f.factor, "GET", "/v1/offers?status=refused", nil)); len(got) != 1 || fmt.Sprint(got[0]) != fmt.Sprint(done.body) {
		t.Errorf("listed %v", got)
	}
	if got := f.must(409, f.factor, "POST", offer+"/approve", note); got.text("code") != "wrong-state" || got.text("state") != "refused" {
		t.Errorf("approved after all: %s", got.raw)
	}
	told := f.must(200, f.seller, "GET", invoice+"/timeline", nil)
	if !strings.Contains(told.raw, `"A factor looked at invoice MP-1 and does not make an offer."`) {
		t.Errorf("the seller is told %s", told.raw)
	}
	for _, raw := range []string{told.raw, f.must(200, f.seller, "GET", "/v1/events", nil).raw, f.must(200, f.seller, "GET", "/v1/offers", nil).raw, f.must(200, f.seller, "GET", invoice+"/offers", nil).raw} {
		if strings.Contains(raw, "no order") || strings.Contains(raw, "velocity") || strings.Contains(raw, "refused\",\"expired") {
			t.Errorf("the seller reads why: %s", raw)
		}
	}
	f.must(404, f.seller, "GET", offer, nil)
	f.must(404, f.seller, "POST", offer+"/accept", nil)
	if got := f.must(200, f.seller, "GET", invoice, nil); got.text("status") != "submitted" {
		t.Errorf("the invoice is %s", got.raw)
	}
	if got := f.must(200, f.seller, "POST", invoice+"/submit", nil); got.body["referred"] != 1.0 { // it may ask again
		t.Errorf("submitted again %s", got.raw)
	}
}

func TestAReferralEndsWithWhatItWasFor(t *testing.T) {
	f := newCustomer(t)
	invoice, offer := f.referred("MP-1")
	f.must(200, f.seller, "POST", invoice+"/submit", nil)
	second := "/v1/offers/" + idOf(rows(f.must(200, f.factor, "GET", "/v1/offers?status=referred", nil))[0])
	f.must(200, f.seller, "POST", invoice+"/withdraw", nil)
	for path, status := range map[string]string{offer: "superseded", second: "withdrawn"} {
		if got := f.must(200, f.factor, "GET", path, nil); got.text("status") != status {
			t.Errorf("want %s: %s", status, got.raw)
		}
		f.must(404, f.seller, "GET", path, nil)
		f.must(404, f.seller, "POST", path+"/accept", nil)
		f.must(404, f.seller, "POST", path+"/decline", nil)
		for _, answer := range []string{"/approve", "/refuse"} {
			if got := f.must(409, f.factor, "POST", path+answer, map[string]any{"reason": looked}); got.text("code") != "wrong-state" || got.text("state") != status {
				t.Errorf("%s when %s: %s", answer, status, got.raw)
			}
		}
	}
	for _, path := range []string{"/v1/offers", invoice + "/offers", "/v1/offers?status=superseded", "/v1/offers?status=withdrawn"} {
		if seen := f.must(200, f.seller, "GET", path, nil); len(rows(seen)) != 0 {
			t.Errorf("%s: the seller reads %s", path, seen.raw)
		}
	}
}

func TestNoLimitIsProposedForADebtorThatNobodyPaidFor(t *testing.T) {
	f := newTrade(t)
	f.history(slow()...) // a seller's history is no ground for a limit
	f.must(200, f.seller, "POST", "/v1/invoices/"+f.invoice("MP-1").text("id")+"/submit", nil)
	path := "/v1/offers/" + idOf(rows(f.must(200, f.factor, "GET", "/v1/offers", nil))[0]) + "/debtor-limit"
	earliest := daysAgo(-90)
	got := f.must(200, f.factor, "GET", path, nil)
	if review := got.text("review_on"); review < earliest || review > daysAgo(-90) || got.text("formula") != "debtor-limit/1" {
		t.Errorf("proposed %s", got.raw)
	}
	if limit := object(got, "limit"); limit["amount"] != "0.00" || limit["currency"] != "USD" {
		t.Errorf("limit %v", limit)
	}
	if codes := codesOf(got.body); codes != "limit-paid-volume limit-pays-by limit-loss-belief limit-review" {
		t.Errorf("reasons %s", codes)
	}
	if collectors := f.must(200, f.colleague(f.factor, "collector"), "GET", path, nil); collectors.raw != got.raw {
		t.Errorf("a collector reads %s", collectors.raw)
	}
	f.must(403, f.operator(), "GET", path, nil)
}

func TestAStandingIsSetByVersionAndMovesTheNextPrice(t *testing.T) {
	f := newTrade(t)
	f.buysBy(nil)
	seller := fmt.Sprint(object(f.must(200, f.seller, "GET", "/v1/me", nil), "organization")["id"])
	path, opinion := "/v1/sellers/"+seller+"/standing", map[string]any{"grade": "A", "reason": "Accounts seen"}
	tag := func(version int) string { return fmt.Sprintf(`"%s.%d"`, seller, version) }
	f.must(404, f.factor, "GET", path, nil)
	f.must(404, f.factor, "PUT", path, opinion, "If-Match", tag(0))
	invoice := f.invoice("MP-1").text("id")
	before := f.offered(invoice)
	none := f.must(200, f.factor, "GET", path, nil)
	if none.header.Get("ETag") != tag(0) || none.body["version"] != 0.0 || none.body["grade"] != nil || none.body["advance_cap"] != nil || none.body["reason"] != nil || none.body["set_at"] != nil || none.text("seller_id") != seller {
		t.Errorf("of no opinion: %s", none.raw)
	}
	f.must(428, f.factor, "PUT", path, opinion)
	for _, stale := range []string{tag(1), `"0"`, seller + ".0", `W/` + tag(0), "*"} {
		f.must(412, f.factor, "PUT", path, opinion, "If-Match", stale)
	}
	set := f.must(200, f.factor, "PUT", path, opinion, "If-Match", tag(0))
	read := f.must(200, f.factor, "GET", path, nil)
	if set.header.Get("ETag") != tag(1) || read.header.Get("ETag") != tag(1) || read.raw != set.raw || set.text("grade") != "A" || set.body["advance_cap"] != nil || set.text("set_at") == "" {
		t.Errorf("set %s\nread %s", set.raw, read.raw)
	}
	f.must(412, f.factor, "PUT", path, opinion, "If-Match", tag(0))
	graded := f.offered(invoice)
	if !f.rate(before.body, "advance_rate").Less(f.rate(graded.body, "advance_rate")) || codesOf(graded.body) != "dilution-unknown verification seller-grade" {
		t.Errorf("graded A: %s\nbefore %s", graded.raw, before.raw)
	}
	f.must(200, f.factor, "PUT", path, map[string]any{"grade": "A", "advance_cap": "0.6", "reason": "Accounts seen"}, "If-Match", tag(1))
	if capped := f.offered(invoice); capped.text("advance_rate") != "0.6" || codesOf(capped.body) != "dilution-unknown verification seller-grade advance-cap" {
		t.Errorf("capped %s", capped.raw)
	}
	back := f.must(200, f.factor, "PUT", path, map[string]any{"reason": "Accounts are old"}, "If-Match", tag(2))
	if back.body["grade"] != nil || back.body["advance_cap"] != nil || back.body["version"] != 3.0 || f.offered(invoice).text("advance_rate") != before.text("advance_rate") {
		t.Errorf("what is left out is none: %s", back.raw)
	}
	if n := f.count(`SELECT count(*) FROM audit WHERE action = 'standing.set'`); n != 3 {
		t.Errorf("%d changes in the audit, want 3", n)
	}
}

func TestAStandingIsCheckedAndIsForTheFactorsOwn(t *testing.T) {
	f := newTrade(t)
	f.buysBy(nil)
	seller := f.offered(f.invoice("MP-1").text("id")).text("seller_id")
	path, tag := "/v1/sellers/"+seller+"/standing", `"`+seller+`.0"`
	tests := map[string]struct {
		body   map[string]any
		status int
		faults string
	}{
		"a grade that is none":   {map[string]any{"grade": "F", "reason": "x"}, 422, "/grade not-allowed"},
		"a small grade":          {map[string]any{"grade": "a", "reason": "x"}, 422, "/grade not-allowed"},
		"a cap of nothing":       {map[string]any{"grade": "E", "advance_cap": "0", "reason": "x"}, 422, "/advance_cap not-positive"},
		"no reason":              {map[string]any{"grade": "B"}, 422, "/reason required"},
		"a reason of blanks":     {map[string]any{"grade": "B", "reason": " "}, 422, "/reason required"},
		"a long reason":          {map[string]any{"grade": "B", "reason": strings.Repeat("x", 1001)}, 422, "/reason too-long"},
		"all of it":              {map[string]any{"grade": "F", "advance_cap": "0"}, 422, "/reason required, /grade not-allowed, /advance_cap not-positive"},
		"a cap that is a number": {map[string]any{"advance_cap": 0.6, "reason": "x"}, 400, "/advance_cap wrong-type"},
		"an unknown member":      {map[string]any{"grade": "B", "reason": "x", "version": 7}, 400, "/version unknown-member"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := f.send(f.factor, "PUT", path, tc.body, "If-Match", tag); got.status != tc.status || got.faults() != tc.faults {
				t.Errorf("answers %d %q, want %d %q\n%s", got.status, got.faults(), tc.status, tc.faults, got.raw)
			}
		})
	}
	opinion := map[string]any{"grade": "B", "reason": "x"}
	collector, rival := f.colleague(f.factor, "collector"), f.join("factor", "Westbrook")
	f.must(200, collector, "GET", path, nil)
	f.must(403, collector, "PUT", path, opinion, "If-Match", tag)
	f.must(403, f.seller, "GET", path, nil)
	f.must(403, f.seller, "PUT", path, opinion, "If-Match", tag)
	f.must(403, f.operator(), "GET", path, nil)
	f.must(404, rival, "GET", path, nil)
	f.must(404, rival, "PUT", path, opinion, "If-Match", tag)
	f.must(404, f.factor, "GET", "/v1/sellers/MARLOW/standing", nil)
	if got := f.must(200, f.colleague(f.factor, "analyst"), "PUT", path, opinion, "If-Match", tag); got.text("grade") != "B" {
		t.Errorf("an analyst sets %s", got.raw)
	}
}

// months are so many months of sales, the last of which is the one that is so many
// months ago.
func months(n, ago int, credits string) []any {
	var all []any
	today := time.Now().UTC()
	this := time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		all = append(all, map[string]any{"month": this.AddDate(0, i+1-n-ago, 0).Format("2006-01"), "sales": "10000.00", "credits": credits})
	}
	return all
}

func TestDilutionIsRecordedAndCounts(t *testing.T) {
	f := newTrade(t)
	f.buysBy(nil)
	path, key := "/v1/relationships/"+f.relationship+"/dilution", uuid.NewString()
	invoice := f.invoice("MP-1").text("id")
	unknown := f.offered(invoice)
	body := map[string]any{"currency": "USD", "credit_lag_days": 0, "months": months(12, 2, "100.00")}
	made := f.must(201, f.seller, "POST", path, body, "Idempotency-Key", key)
	if again := f.must(201, f.seller, "POST", path, body, "Idempotency-Key", key); again.raw != made.raw || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("the same key gives %s", again.raw)
	}
	if made.text("currency") != "USD" || made.body["credit_lag_days"] != 0.0 || fmt.Sprint(made.body["months"]) != fmt.Sprint(body["months"]) || made.text("recorded_at") == "" {
		t.Errorf("made %s", made.raw)
	}
	known := f.offered(invoice)
	if codesOf(known.body) != "dilution verification seller-grade-unknown" || !f.rate(unknown.body, "advance_rate").Less(f.rate(known.body, "advance_rate")) {
		t.Errorf("with a year of sales: %s\nwithout: %s", known.raw, unknown.raw)
	}
	second := f.must(201, f.seller, "POST", path, map[string]any{"currency": "USD", "months": months(36, 1, "10000.00")})
	if second.body["credit_lag_days"] != nil || len(list(second, "months")) != 36 {
		t.Errorf("made %s", second.raw)
	}
	f.must(201, f.seller, "POST", path, map[string]any{"currency": "EUR", "months": months(1, 1, "0.00")})
	quote := f.must(200, f.seller, "POST", "/v1/quotes", map[string]any{"invoice_id": invoice})
	if bid := list(quote, "bids")[0]; strings.Contains(codesOf(bid), "dilution-unknown") || member(bid, "buys") == true && !f.rate(bid, "advance_rate").Less(f.rate(known.body, "advance_rate")) {
		t.Errorf("all taken off, a bid is %v", bid)
	}
	first := f.must(200, f.seller, "GET", path+"?limit=2", nil)
	rest := f.must(200, f.seller, "GET", path+"?limit=2&cursor="+first.text("next_cursor"), nil)
	if len(rows(first)) != 2 || len(rows(rest)) != 1 || fmt.Sprint(rows(first)[0]) != fmt.Sprint(made.body) || fmt.Sprint(rows(first)[1]) != fmt.Sprint(second.body) || rest.body["next_cursor"] != nil {
		t.Errorf("pages %s and %s", first.raw, rest.raw)
	}
}

func TestDilutionIsCheckedFieldByField(t *testing.T) {
	f := newTrade(t)
	path := "/v1/relationships/" + f.relationship + "/dilution"
	with := func(members map[string]any) map[string]any {
		return changed(map[string]any{"currency": "USD", "months": months(2, 1, "0.00")}, members)
	}
	month := func(members map[string]any) map[string]any {
		sales, _ := months(1, 1, "0.00")[0].(map[string]any)
		return with(map[string]any{"months": []any{changed(sales, members)}})
	}
	two := months(2, 1, "0.00")
	tests := map[string]struct {
		body   map[string]any
		status int
		faults string
	}{
		"a month that is not over":  {with(map[string]any{"months": months(2, 0, "0.00")}), 422, "/months/1/month not-over"},
		"months out of order":       {with(map[string]any{"months": []any{two[1], two[0]}}), 422, "/months/1/month out-of-order"},
		"a month twice":             {with(map[string]any{"months": []any{two[1], two[1]}}), 422, "/months/1/month out-of-order"},
		"more credits than sales":   {with(map[string]any{"months": months(2, 1, "10000.01")}), 422, "/months/0/credits more-than-sales, /months/1/credits more-than-sales"},
		"no months":                 {with(map[string]any{"months": []any{}}), 422, "/months out-of-range"},
		"months that are not there": {with(map[string]any{"months": nil}), 422, "/months out-of-range"},
		"37 months":                 {with(map[string]any{"months": months(37, 1, "0.00")}), 422, "/months out-of-range"},
		"a thirteenth month":        {month(map[string]any{"month": "2025-13"}), 422, "/months/0/month not-a-month"},
		"a day for a month":         {month(map[string]any{"month": "2025-12-01"}), 422, "/months/0/month not-a-month"},
		"a month of no name":        {month(map[string]any{"month": nil}), 422, "/months/0/month not-a-month"},
		"a lag of less than none":   {with(map[string]any{"credit_lag_days": -1}), 422, "/credit_lag_days out-of-range"},
		"a lag of years":            {with(map[string]any{"credit_lag_days": 731}), 422, "/credit_lag_days out-of-range"},
		"an unknown currency":       {with(map[string]any{"currency": "XXX"}), 422, "/currency unknown-currency"},
		"no currency":               {with(map[string]any{"currency": nil}), 422, "/currency unknown-currency"},
		"dollars without cents":     {with(map[string]any{"months": months(1, 1, "0")}), 422, "/months/0/credits not-an-amount"},
		"sales of less than none":   {month(map[string]any{"sales": "-1.00"}), 422, "/months/0/sales not-an-amount"},
		"no amounts":                {month(map[string]any{"sales": nil, "credits": nil}), 422, "/months/0/sales not-an-amount, /months/0/credits not-an-amount"},
		"an unknown member":         {with(map[string]any{"relationship_id": f.relationship}), 400, "/relationship_id unknown-member"},
		"an unknown sum":            {month(map[string]any{"returns": "1.00"}), 400, "/months/0/returns unknown-member"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := f.send(f.seller, "POST", path, tc.body); got.status != tc.status || got.faults() != tc.faults {
				t.Errorf("answers %d %q, want %d %q\n%s", got.status, got.faults(), tc.status, tc.faults, got.raw)
			}
		})
	}
	stranger := f.join("seller", "Stranger")
	for token, status := range map[string]int{stranger: 404, f.factor: 403, f.operator(): 403} {
		f.must(status, token, "POST", path, with(nil))
		f.must(status, token, "GET", path, nil)
	}
	if got := rows(f.must(200, f.seller, "GET", path, nil)); len(got) != 0 {
		t.Errorf("refused, and recorded: %v", got)
	}
}

func TestADebtorsIndustryAndSizeAreItsSellersWords(t *testing.T) {
	f := newTrade(t)
	whole := map[string]any{"code": "QS", "name": "Quay Street Foods, Inc.", "industry": " hotels ", "size": "50-249"}
	made := f.must(201, f.seller, "POST", "/v1/relationships", whole)
	path := made.header.Get("Location")
	if read := f.must(200, f.seller, "GET", path, nil); made.text("industry") != "hotels" || made.text("size") != "50-249" || read.raw != made.raw {
		t.Errorf("made %s\nread %s", made.raw, read.raw)
	}
	if bare := f.must(200, f.seller, "GET", "/v1/relationships/"+f.relationship, nil); bare.body["industry"] != nil || bare.body["size"] != nil {
		t.Errorf("without both: %s", bare.raw)
	}
	tag := f.must(200, f.seller, "GET", path, nil).header.Get("ETag")
	other := f.must(200, f.seller, "PATCH", path, map[string]any{"industry": "restaurants"}, "If-Match", tag)
	if other.text("industry") != "restaurants" || other.text("size") != "50-249" {
		t.Errorf("changed %s", other.raw)
	}
	gone := f.must(200, f.seller, "PATCH", path, map[string]any{"industry": nil, "size": nil}, "If-Match", other.header.Get("ETag"))
	if read := f.must(200, f.seller, "GET", path, nil); gone.body["industry"] != nil || gone.body["size"] != nil || gone.body["version"] != 3.0 || read.raw != gone.raw {
		t.Errorf("taken away %s\nread %s", gone.raw, read.raw)
	}
	for _, name := range []string{"industry", "size"} {
		for fault, value := range map[string]string{"too-long": strings.Repeat("x", 61), "control-character": "a\tb"} {
			want := "/" + name + " " + fault
			if got := f.must(422, f.seller, "POST", "/v1/relationships", changed(whole, map[string]any{"code": "Q2", name: value})); got.faults() != want {
				t.Errorf("made: %s, want %s", got.raw, want)
			}
			if got := f.must(422, f.seller, "PATCH", path, map[string]any{name: value}, "If-Match", gone.header.Get("ETag")); got.faults() != want {
				t.Errorf("changed: %s, want %s", got.raw, want)
			}
		}
	}
}
