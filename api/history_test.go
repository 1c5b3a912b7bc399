package api_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"comity/domain"
)

// A payment is a row of an imported file, in days before today.
type payment struct {
	number            string
	issued, due, paid int // a paid of -1: not paid
}

// history imports payments of the trade's debtor.
func (f *trade) history(payments ...payment) {
	f.Helper()
	f.historyOf(f.seller, payments...)
}

func (f *trade) historyOf(seller string, payments ...payment) {
	f.Helper()
	today := today()
	var file strings.Builder
	file.WriteString(historyHead)
	for _, p := range payments {
		paid := ""
		if p.paid >= 0 {
			paid = today.Plus(-p.paid).String()
		}
		fmt.Fprintf(&file, "%s,HP,1000.00,USD,%s,%s,%s\n", p.number, today.Plus(-p.issued), today.Plus(-p.due), paid)
	}
	f.finish(f.must(202, seller, "POST", "/v1/imports", strings.NewReader(file.String())).text("id"))
}

// slow is a debtor that paid everything sixty days late, but for its last invoice.
func slow() []payment {
	payments := []payment{{"OPEN", 60, 30, -1}}
	for i := range 9 {
		payments = append(payments, payment{fmt.Sprintf("A%d", i), 200 + i, 170 + i, 110 + i})
	}
	return payments
}

func (f *trade) row(number string) map[string]any {
	f.Helper()
	for _, one := range rows(f.must(200, f.seller, "GET", "/v1/relationships/"+f.relationship+"/history?limit=200", nil)) {
		if row, _ := one.(map[string]any); row["number"] == number {
			return row
		}
	}
	f.Fatalf("no row %s", number)
	return nil
}

func (f *trade) rowPath(number string) (path, tag string) {
	f.Helper()
	row := f.row(number)
	path = fmt.Sprintf("/v1/relationships/%s/history/%s", f.relationship, row["invoice_id"])
	read := f.must(200, f.seller, "GET", path, nil)
	if fmt.Sprint(read.body) != fmt.Sprint(row) {
		f.Errorf("the row is %v, in the list %v", read.body, row)
	}
	f.must(404, f.seller, "GET", strings.Replace(path, "rel_0", "rel_1", 1), nil)
	return path, read.header.Get("ETag")
}

// today is the day of the trade's parties: all of them live in New York, where it is still
// yesterday when it is past midnight in UTC.
func today() domain.Date {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err)
	}
	return domain.DateOf(time.Now().In(zone))
}

func daysAgo(n int) string { return today().Plus(-n).String() }

func TestASellerCorrectsWhatItImported(t *testing.T) {
	f := newTrade(t)
	f.history(slow()...)
	path, tag := f.rowPath("A0")
	patch := map[string]any{"paid_date": daysAgo(170), "amount": "900.00", "reason": "The file had the wrong day"}
	f.must(428, f.seller, "PATCH", path, patch)
	got := f.must(200, f.seller, "PATCH", path, patch, "If-Match", tag)
	if got.text("paid_date") != daysAgo(170) || object(got, "amount")["amount"] != "900.00" || got.body["version"] != 2.0 || got.body["corrected_at"] == nil {
		t.Errorf("corrected %s", got.raw)
	}
	f.must(412, f.seller, "PATCH", path, patch, "If-Match", tag)
	again := f.must(200, f.seller, "PATCH", path, patch, "If-Match", got.header.Get("ETag"))
	if again.raw != got.raw {
		t.Errorf("the same again is %s, want %s", again.raw, got.raw)
	}
	out := f.must(200, f.seller, "PATCH", path, map[string]any{"excluded": true, "reason": "Paid by the parent"}, "If-Match", got.header.Get("ETag"))
	if out.body["excluded"] != true || out.body["counted"] != false || out.text("excluded_reason") != "Paid by the parent" {
		t.Errorf("excluded %s", out.raw)
	}
	known := f.must(200, f.seller, "GET", "/v1/relationships/"+f.relationship+"/profile", nil).body["known_payments"]
	quote := f.must(200, f.seller, "POST", "/v1/quotes", map[string]any{
		"relationship_id": f.relationship, "amount": "100.00", "currency": "USD", "issue_date": daysAgo(5), "due_date": daysAgo(-30),
	})
	if counts := object(quote, "decision")["known_payments"]; known != 8.0 || counts != 8.0 {
		t.Errorf("a row that is left out counts: %v and %v payments known, want 8", known, counts)
	}
	back := f.must(200, f.seller, "PATCH", path, map[string]any{"excluded": false, "paid_date": nil}, "If-Match", out.header.Get("ETag"))
	if back.body["counted"] != true || back.body["excluded_reason"] != nil || back.body["paid_date"] != nil || f.row("A0")["version"] != 4.0 {
		t.Errorf("back %s", back.raw)
	}
	if n := f.count(`SELECT count(*) FROM history_corrections c WHERE (version, amount_minor, excluded) IN ((1, 100000, false), (2, 90000, false), (3, 90000, true)) AND paid_on IS NOT NULL`); n != 3 {
		t.Errorf("%d of 3 earlier states are kept", n)
	}
	if n := f.count(`SELECT count(*) FROM audit WHERE action = 'history.corrected'`); n != 3 {
		t.Errorf("%d audit rows, want 3", n)
	}
}

func TestACorrectionIsSafeFromTheNextImport(t *testing.T) {
	f := newTrade(t)
	f.history(slow()...)
	path, tag := f.rowPath("OPEN")
	f.must(200, f.seller, "PATCH", path, map[string]any{"due_date": daysAgo(20)}, "If-Match", tag)
	f.history(payment{"OPEN", 60, 30, 10})
	if row := f.row("OPEN"); row["due_date"] != daysAgo(20) || row["paid_date"] != daysAgo(10) || row["version"] != 3.0 {
		t.Errorf("the import left %v", row)
	}
}

func TestACorrectionIsCheckedFieldByField(t *testing.T) {
	f := newTrade(t)
	f.history(slow()...)
	path, tag := f.rowPath("A0")
	tests := map[string]struct {
		patch  map[string]any
		status int
		faults string
	}{
		"paid before issued":    {map[string]any{"paid_date": daysAgo(201)}, 422, "/paid_date paid-before-issue"},
		"paid tomorrow":         {map[string]any{"paid_date": daysAgo(-2)}, 422, "/paid_date in-the-future"},
		"due before issued":     {map[string]any{"due_date": daysAgo(201)}, 422, "/due_date due-before-issue"},
		"issued after all":      {map[string]any{"issue_date": daysAgo(100)}, 422, "/due_date due-before-issue, /paid_date paid-before-issue"},
		"ten years of terms":    {map[string]any{"due_date": daysAgo(-3460)}, 422, "/due_date terms-too-long"},
		"a negative amount":     {map[string]any{"amount": "-1.00"}, 422, "/amount amount-not-positive"},
		"a third of a cent":     {map[string]any{"amount": "1.003"}, 422, "/amount not-an-amount"},
		"no amount":             {map[string]any{"amount": nil}, 422, "/amount not-an-amount"},
		"no date":               {map[string]any{"due_date": "soon"}, 422, "/due_date not-a-date"},
		"left out for nothing":  {map[string]any{"excluded": true}, 422, "/reason required"},
		"another member":        {map[string]any{"number": "7"}, 400, "/number unknown-member"},
		"a flag that is a text": {map[string]any{"disputed": "yes"}, 400, "/disputed wrong-type"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := f.send(f.seller, "PATCH", path, tc.patch, "If-Match", tag); got.status != tc.status || got.faults() != tc.faults {
				t.Errorf("answers %d %q, want %d %q", got.status, got.faults(), tc.status, tc.faults)
			}
		})
	}
	if row := f.row("A0"); row["version"] != 1.0 {
		t.Errorf("a refused correction left %v", row)
	}
}

func TestOnlyImportedHistoryIsCorrected(t *testing.T) {
	f := newTrade(t)
	f.history(append(slow(), payment{"MP-7", 5, 1, -1})...)
	f.sold("MP-7")
	f.invoice("MP-8")
	list := f.must(200, f.seller, "GET", "/v1/relationships/"+f.relationship+"/history?limit=200", nil)
	native := map[string]bool{}
	for _, one := range rows(list) {
		row, _ := one.(map[string]any)
		path := fmt.Sprintf("/v1/relationships/%s/history/%s", f.relationship, row["invoice_id"])
		tag := fmt.Sprintf(`"%s.%v"`, row["invoice_id"], row["version"])
		if number := row["number"]; row["source"] == "native" || number == "MP-7" {
			native[fmt.Sprint(number, row["source"], row["counted"])] = true
			if got := f.must(409, f.seller, "PATCH", path, map[string]any{"disputed": true}, "If-Match", tag); got.text("code") != "not-imported" {
				t.Errorf("%s: %s", number, got.raw)
			}
		}
	}
	if !native["MP-7nativetrue"] || !native["MP-8nativefalse"] || !native["MP-7importtrue"] {
		t.Errorf("native rows %v of %s", native, list.raw)
	}
	path, tag := f.rowPath("A0")
	other := f.join("seller", "Stranger")
	nowhere := "/v1/relationships/" + f.relationship + "/history/" + domain.New[domain.InvoiceID]().String()
	f.must(404, other, "GET", "/v1/relationships/"+f.relationship+"/history", nil)
	f.must(404, other, "PATCH", path, map[string]any{"disputed": true}, "If-Match", tag)
	f.must(404, f.seller, "PATCH", nowhere, map[string]any{"disputed": true}, "If-Match", `"`+nowhere[strings.LastIndex(nowhere, "/")+1:]+`.1"`)
	f.must(403, f.factor, "GET", "/v1/relationships/"+f.relationship+"/history", nil)
	f.must(403, f.factor, "PATCH", path, map[string]any{"disputed": true}, "If-Match", tag)
}

func TestHistoryComesInPages(t *testing.T) {
	f := newTrade(t)
	f.history(slow()...)
	f.invoice("MP-9")
	seen, cursor := map[any]bool{}, ""
	for pages := 0; pages < 9; pages++ {
		got := f.must(200, f.seller, "GET", "/v1/relationships/"+f.relationship+"/history?limit=4"+cursor, nil)
		for _, one := range rows(got) {
			row, _ := one.(map[string]any)
			seen[row["number"]] = true
		}
		if got.body["next_cursor"] == nil {
			break
		}
		cursor = "&cursor=" + got.text("next_cursor")
	}
	if len(seen) != 11 {
		t.Errorf("%d rows on all pages, want 11", len(seen))
	}
}

// TestAProfileSaysWhatIsKnownAndWhatIsNot holds C-195: median, nine in ten, trend and habits, and what is not known.
func TestAProfileSaysWhatIsKnownAndWhatIsNot(t *testing.T) {
	f := newTrade(t)
	path := "/v1/relationships/" + f.relationship + "/profile"
	if got := f.must(200, f.seller, "GET", path, nil); got.body["median_days_late"] != nil || got.body["known_payments"] != 0.0 || len(list(got, "unknown")) != 4 {
		t.Errorf("of nothing: %s", got.raw)
	}
	friday := 0 // days since the last Friday
	for ; today().Plus(-friday).Weekday() != time.Friday; friday++ {
	}
	var payments []payment
	for i := range 12 {
		paid := friday + 7*(i+14)
		payments = append(payments, payment{fmt.Sprintf("F%d", i), paid + 40, paid + 10, paid})
	}
	for i := range 6 {
		payments = append(payments, payment{fmt.Sprintf("R%d", i), friday + 7*i + 60, friday + 7*i + 30, friday + 7*i})
	}
	f.history(append(payments, payment{"O1", 40, 10, -1}, payment{"O2", 20, -10, -1})...)
	got := f.must(200, f.seller, "GET", path, nil)
	if got.body["known_payments"] != 18.0 || got.body["median_days_late"] != 10.0 || got.body["p90_days_late"] != 30.0 || got.text("late_share") != "1.000000" {
		t.Errorf("profile %s", got.raw)
	}
	if trend := object(got, "trend"); trend["direction"] != "later" || trend["recent_median_days_late"] != 30.0 || trend["before_median_days_late"] != 10.0 {
		t.Errorf("trend %v", trend)
	}
	if !strings.Contains(got.raw, "pays on Fridays: 18 of 18 payments came on a Friday") {
		t.Errorf("habits %s", got.raw)
	}
	open := list(got, "open")
	if len(open) != 1 || within(open[0], "amount")["amount"] != "2000.00" || within(open[0], "overdue_amount")["amount"] != "1000.00" {
		t.Errorf("open %v", open)
	}
	f.must(403, f.factor, "GET", path, nil)
	f.must(404, f.join("seller", "Stranger"), "GET", path, nil)
}

// seen is everything that a seller sees of one debtor: profile, history, decisions
// old and fresh, what is offered and what would be.
func (f *trade) seen(invoice, first string) string {
	f.Helper()
	path := "/v1/invoices/" + invoice
	again := f.must(200, f.seller, "POST", path+"/submit", nil)
	decision := f.must(200, f.seller, "GET", "/v1/decisions/"+again.text("decision_id"), nil)
	delete(decision.body, "id")
	delete(decision.body, "decided_at")
	about := fmt.Sprint(decision.body, list(again, "no_offer"), again.text("outcome"), len(list(again, "offers")))
	for _, path := range []string{"/v1/relationships/" + f.relationship + "/profile", "/v1/relationships/" + f.relationship + "/history", "/v1/decisions/" + first, "/v1/objections"} {
		about += "\n" + f.must(200, f.seller, "GET", path, nil).raw
	}
	return about + "\n" + f.must(200, f.seller, "POST", "/v1/quotes", map[string]any{"invoice_id": invoice}).raw
}

// TestAnotherSellersRowsChangeNothing holds T-18 and D-7: whatever another seller
// brings of the same debtor, and whatever becomes of it, no field that a seller sees
// becomes a different one. The events are drawn from a seed.
func TestAnotherSellersRowsChangeNothing(t *testing.T) {
	f := newTrade(t)
	f.history(slow()...)
	invoice, first := f.judged("MP-1")
	f.must(201, f.seller, "POST", "/v1/decisions/"+first+"/objections", map[string]any{"reason": "No"})
	before := f.seen(invoice, first)
	other := f
	other.seller = f.join("seller", "Other Printers")
	f.account(other.seller, "payout", "000777888")
	other.relationship = f.must(201, other.seller, "POST", "/v1/relationships", map[string]any{
		"code": "HP", "name": "Harbor & Pine Hotels, Inc.", "legal_type": "company", "country": "US", "email": "ap@hp.example",
	}).text("id")
	if n := f.count(`SELECT count(DISTINCT debtor_id) FROM relationships`); n != 1 {
		t.Fatalf("%d debtors, want the one that both know", n)
	}
	other.sold("OP-1")
	dice := rand.New(rand.NewPCG(18, 7))
	for round := range 8 {
		other.happens(dice, round)
		if after := f.seen(invoice, first); before != after {
			t.Fatalf("round %d: before another seller's rows\n%s\nand after\n%s", round, before, after)
		}
	}
}

// happens lets something become of a seller's invoices: payments of its imports, a
// dispute and a payment of its deal, an objection, a correction.
func (f *trade) happens(dice *rand.Rand, round int) {
	f.Helper()
	var payments []payment
	for n := range 1 + dice.IntN(6) {
		issued := 1 + dice.IntN(400)
		payments = append(payments, payment{fmt.Sprintf("X%d-%d", round, n), issued, issued - dice.IntN(60), dice.IntN(issued+1) - 1})
	}
	f.history(append(payments, payment{"A0", 300, 270, 269 - dice.IntN(9)})...)
	var event string
	switch dice.IntN(4) {
	case 0:
		event = `INSERT INTO disputes (id, case_id, factor_id, seller_id, deal_id, status, currency, amount_minor, said, raised_at)
		 SELECT $1::uuid, case_id, factor_id, seller_id, id, 'open', currency, 100, 'broken', now() FROM deals`
	case 1:
		event = `UPDATE deals SET paid_in_full_on = current_date - 1 WHERE $1::uuid IS NOT NULL`
	case 2:
		_, decision := f.judged(fmt.Sprint("OP-X", round))
		f.must(201, f.seller, "POST", "/v1/decisions/"+decision+"/objections", map[string]any{"reason": "No", "facts": []any{f.fact("A0", "excluded", "true")}})
		return
	default:
		path, tag := f.rowPath("A0")
		f.must(200, f.seller, "PATCH", path, map[string]any{"disputed": round%2 == 0}, "If-Match", tag)
		return
	}
	if _, err := f.data.Owner(f).ExecContext(f.Context(), event, uuid.New()); err != nil {
		f.Fatal(err)
	}
}
