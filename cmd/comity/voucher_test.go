package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// put changes something of which there is one.
func (s *scene) put(path string, body, into any) error {
	return s.alice.do(s.t.Context(), call{method: http.MethodPut, path: path, body: body}, into)
}

// appreciated is a voucher of the scene's seller, given with the letter of some message.
func (s *scene) appreciated() string {
	s.t.Helper()
	s.must(s.put("/v1/appreciation", appreciation(), nil))
	var id string
	s.must(s.owner.QueryRowContext(s.t.Context(), `INSERT INTO recognitions (id, touch_id, seller_id, relationship_id, at, code, percent, valid_days, valid_until)
		SELECT gen_random_uuid(), id, seller_id, relationship_id, now(), 'K7MX-4QPD', 5, 90, '2026-06-01' FROM touches WHERE status = 'sent' LIMIT 1
		RETURNING 'vch_' || replace(id::text, '-', '')`).Scan(&id))
	return id
}

func appreciation() map[string]any {
	return map[string]any{"voucher": map[string]any{"percent": 5, "valid_days": 90, "note": "It is good for everything that we make."}, "share": "0.5"}
}

type voucherSeen struct {
	ID, Code, Debtor, Status string
	ValidUntil               string `json:"valid_until"`
	Reference                *string
	Terms                    struct{ Percent *int }
}

type effectSeen struct {
	Debtors      int
	NextInvoices int  `json:"next_invoices"`
	Days         *int `json:"median_days_late"`
}

// TestAVoucherIsGivenListedAndRedeemedOnce holds C-175 and C-179 over HTTP: who pays on time again and again gets the
// seller's voucher in the thanks, in the same commit as the letter; the seller lists it, redeems it once and sees what it
// changes, and nobody else sees it; nothing of it is in the factor's books.
func TestAVoucherIsGivenListedAndRedeemedOnce(t *testing.T) {
	s := newScene(t)
	ctx := t.Context()
	rows := historyHeader
	for i := range 6 {
		rows += fmt.Sprintf("\nH-%d,B1,100.00,EUR,2025-%02d-01,2025-%02d-28,2025-%02d-%02d", i, i+5, i+5, i+5, 20+i%9)
	}
	s.must(s.alice.do(ctx, call{method: http.MethodPost, path: "/v1/imports", raw: []byte(rows + "\n"), media: "text/csv"}, nil))
	policy := appreciation()
	policy["share"] = "1"
	var kept struct {
		Share   string
		Voucher *struct{ Percent *int }
	}
	s.must(s.put("/v1/appreciation", policy, &kept))
	if kept.Share != "1.000000" || kept.Voucher == nil || *kept.Voucher.Percent != 5 {
		t.Fatalf("kept is %+v", kept)
	}
	for field, body := range map[string]map[string]any{
		"/voucher/percent":       {"voucher": map[string]any{"valid_days": 90}},
		"/voucher/valid_days":    {"voucher": map[string]any{"percent": 5, "valid_days": 3}},
		"/voucher/note":          {"voucher": map[string]any{"percent": 5, "valid_days": 90, "note": "Look at www.alice.example now."}},
		"/voucher/amount/amount": {"voucher": map[string]any{"amount": map[string]string{"amount": "0.00", "currency": "EUR"}, "valid_days": 90}},
		"/share":                 {"share": "1.2"},
	} {
		if err := s.put("/v1/appreciation", body, nil); code(err) != "invalid" || !strings.Contains(fmt.Sprint(err), field) {
			t.Errorf("%v: %v, want a refusal at %s", body, err, field)
		}
	}
	s.counts() // opens the owner's connection
	s.quiet()
	s.arrives("2026-02-10", 1_000_000, "111")
	s.clock("2026-02-11T12:00:00Z")
	letters, err := s.letters(ctx, s.debtor)
	s.must(err)
	text := strings.Join(strings.Fields(letters[len(letters)-1].Text), " ")
	var list struct{ Data []voucherSeen }
	s.must(s.alice.get(ctx, "/v1/vouchers", &list))
	if len(list.Data) != 1 {
		t.Fatalf("%d vouchers, and the letter says\n%s", len(list.Data), text)
	}
	v := list.Data[0]
	if v.Status != "open" || v.ValidUntil != "2026-05-12" || *v.Terms.Percent != 5 || !strings.Contains(text, "With it comes a voucher of Alice GmbH: 5 % off your next order until 12 May 2026, code "+v.Code+".") {
		t.Errorf("the voucher is %+v, and the letter says\n%s", v, text)
	}
	s.redeemedOnce(t, v)
	s.compared(t)
	if s.vouchersInBooks() {
		t.Error("a voucher is in the books")
	}
}

// vouchersInBooks reports whether any journal speaks of a voucher.
func (s *scene) vouchersInBooks() bool {
	s.t.Helper()
	var found bool
	s.must(s.owner.QueryRowContext(s.t.Context(), `SELECT EXISTS (SELECT FROM journals j WHERE to_jsonb(j)::text ILIKE '%voucher%')`).Scan(&found))
	return found
}

func (s *scene) redeemedOnce(t *testing.T, v voucherSeen) {
	t.Helper()
	ctx, path := t.Context(), "/v1/vouchers/"+v.ID+"/redeem"
	var others struct{ Data []voucherSeen }
	s.must(s.bob.get(ctx, "/v1/vouchers", &others))
	if err := s.bob.post(ctx, path, map[string]any{"reference": "mine"}, nil); code(err) != "not-found" || len(others.Data) > 0 {
		t.Errorf("another seller: %v, sees %v", err, others.Data)
	}
	if err := s.eastbrook.get(ctx, "/v1/vouchers", &others); code(err) != "forbidden" {
		t.Errorf("the factor: %v", err)
	}
	s.must(s.alice.post(ctx, path, map[string]any{"reference": "order 4711"}, &v))
	if v.Status != "redeemed" || v.Reference == nil || *v.Reference != "order 4711" {
		t.Errorf("redeemed is %+v", v)
	}
	if err := s.alice.post(ctx, path, map[string]any{"reference": "order 4712"}, nil); code(err) != "wrong-state" {
		t.Errorf("twice: %v", err)
	}
}

// compared looks at what the voucher changed: the next invoice was paid three days early.
func (s *scene) compared(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	var report struct {
		NoteOnly       effectSeen `json:"note_only"`
		NoteAndVoucher effectSeen `json:"note_and_voucher"`
	}
	s.must(s.alice.get(ctx, "/v1/reports/appreciation", &report))
	if e := report.NoteAndVoucher; e.Debtors != 1 || e.NextInvoices != 0 || e.Days != nil || report.NoteOnly.Debtors != 0 {
		t.Errorf("before the next invoice: %+v", report)
	}
	s.clock("2026-04-11T12:00:00Z")
	rows := historyHeader + "\nN-1,B1,100.00,EUR,2026-03-01,2026-03-28,2026-03-25\nN-2,B1,100.00,EUR,2026-03-02,2026-03-28,2026-04-09\n"
	s.must(s.alice.do(ctx, call{method: http.MethodPost, path: "/v1/imports", raw: []byte(rows), media: "text/csv"}, nil))
	s.quiet()
	s.must(s.alice.get(ctx, "/v1/reports/appreciation", &report))
	if e := report.NoteAndVoucher; e.Debtors != 1 || e.NextInvoices != 1 || e.Days == nil || *e.Days != -3 || report.NoteOnly.Debtors != 0 {
		t.Errorf("after the next invoice: %+v", report)
	}
}
