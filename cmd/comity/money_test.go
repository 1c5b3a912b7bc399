package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"comity/domain"
	"comity/formats"
	"comity/money"
	"comity/repository"
)

// paid is what a deal says about its payment.
func (s *scene) paid(deal string) string {
	s.t.Helper()
	var got struct {
		Deal struct {
			Status   string
			Open     wireMoney
			PaidOn   *string                  `json:"paid_in_full_on"`
			FeeSoFar struct{ Owed wireMoney } `json:"fee_so_far"`
		}
	}
	s.must(s.eastbrook.get(s.t.Context(), "/v1/deals/"+deal, &got))
	on := "never"
	if got.Deal.PaidOn != nil {
		on = *got.Deal.PaidOn
	}
	return fmt.Sprintf("%s, %s open, paid %s, fee %s", got.Deal.Status, got.Deal.Open.Amount, on, got.Deal.FeeSoFar.Owed.Amount)
}

// receipts are the factor's receipts: amount, status, what is left.
func (s *scene) receipts() (ids, said []string) {
	s.t.Helper()
	var list struct {
		Data []struct {
			ID, Status        string
			Amount, Unapplied wireMoney
		}
	}
	s.must(s.eastbrook.get(s.t.Context(), "/v1/receipts?limit=200", &list))
	for _, r := range list.Data {
		ids, said = append(ids, r.ID), append(said, r.Amount.Amount+" "+r.Status+" "+r.Unapplied.Amount)
	}
	return ids, said
}

// apply applies a receipt to Alice's deal by hand.
func (s *scene) apply(receipt, amount string) error {
	body := map[string]any{"deal_id": s.deal, "amount": map[string]string{"amount": amount, "currency": "EUR"}}
	return s.eastbrook.post(s.t.Context(), "/v1/receipts/"+receipt+"/apply", body, nil)
}

// right checks the whole ledger, and what is counted of payments, with the code of
// their own that `ledger check` and `tallies check` run.
func (s *scene) right() {
	s.t.Helper()
	found, _, err := repository.CheckLedger(s.t.Context(), s.data.OwnerURL)
	s.must(err)
	tallies, _, err := repository.CheckTallies(s.t.Context(), s.data.OwnerURL)
	s.must(err)
	for _, f := range append(found, tallies...) {
		s.t.Error(f)
	}
}

// TestTheClockEndsWithTheLastMoney: of two part payments the later one ends the
// fee clock, whichever of them is applied last.
func TestTheClockEndsWithTheLastMoney(t *testing.T) {
	s := newScene(t)
	s.arrives("2026-03-10", 4_000_00, "no word of what for")
	s.arrives("2026-03-20", 6_000_00, "111")
	ids, said := s.receipts()
	if strings.Join(said, ", ") != "4000.00 unapplied 4000.00, 6000.00 applied 0.00" {
		t.Fatalf("receipts: %v", said)
	}
	s.must(s.apply(ids[0], "4000.00"))
	s.quiet()
	// 5 February to 20 March is day 43: 3 per cent, and two further bands: the first of all of
	// it, the second of the 6,000.00 that were open when it began on 17 March.
	if got, want := s.paid(s.deal), "paid_out, 0.00 open, paid 2026-03-20, fee 460.00"; got != want {
		t.Errorf("the deal is %s, want %s", got, want)
	}
	s.right()
}

// TestANumberThatManyShareIsForAPerson: an invoice number that two sellers'
// open items have explains nothing, however many other items there are.
func TestANumberThatManyShareIsForAPerson(t *testing.T) {
	s := newScene(t)
	sold := func(by shop, number string) {
		by.invoice = s.made(by.client, "/v1/invoices", s.invoiceOf(by, number))
		s.must(by.post(t.Context(), "/v1/offers/"+s.offers(by)[0]+"/accept", nil, nil))
	}
	for _, number := range []string{"1", "11", "2", "3"} {
		sold(s.alice, number)
	}
	sold(s.bob, "111")
	s.arrives("2026-03-10", 10_000_00, "Rechnung 111 vom 20.03.2026")
	if _, said := s.receipts(); len(said) != 1 || said[0] != "10000.00 suggested 10000.00" {
		t.Errorf("receipts: %v; Alice's deal is %s", said, s.paid(s.deal))
	}
	s.right()
}

// TestMoneyAtOddTimes: two receipts for one deal in one file, one more for a
// deal that is paid, the same file twice at once, and a value date before the
// advance left.
func TestMoneyAtOddTimes(t *testing.T) {
	s := newScene(t)
	early := formats.BankLine{Amount: money.Minor(1_000_00, "EUR"), Counterparty: "Hotel Seeblick AG", Remittance: "111"}
	s.collection.book(domain.MustDate("2026-03-10"), early)
	early.Amount = money.Minor(9_000_00, "EUR")
	s.collection.book(domain.MustDate("2026-03-10"), early)
	s.arrives("2026-03-10", 10_000_00, "111 again by mistake")
	_, said := s.receipts()
	if strings.Join(said, ", ") != "1000.00 applied 0.00, 9000.00 applied 0.00, 10000.00 unapplied 10000.00" {
		t.Errorf("receipts: %v", said)
	}
	if got, want := s.paid(s.deal), "paid_out, 0.00 open, paid 2026-03-10, fee 400.00"; got != want {
		t.Errorf("the deal is %s, want %s", got, want)
	}
	ids, _ := s.receipts()
	if err := s.apply(ids[2], "1.00"); code(err) != "more-than-open" {
		t.Errorf("a receipt for a deal that is paid: %v", err)
	}
	if err := s.eastbrook.post(t.Context(), "/v1/receipts/"+ids[1]+"/undo", nil, nil); code(err) != "already-settled" {
		t.Errorf("taking back what paid a deal: %v", err)
	}
	s.right()
}

// TestMoneyBeforeTheAdvance: a debtor that pays before the advance left is not
// lost: a person applies it, and the clock has run no day.
func TestMoneyBeforeTheAdvance(t *testing.T) {
	s := newScene(t)
	second := s.alice
	second.invoice = s.made(s.alice.client, "/v1/invoices", s.invoiceOf(s.alice, "EARLY-1"))
	s.invoice, s.alice.invoice = second.invoice, second.invoice
	offer := s.offers(second)[0]
	var accepted struct {
		Deal struct{ ID string } `json:"deal"`
	}
	s.must(s.alice.post(t.Context(), "/v1/offers/"+offer+"/accept", nil, &accepted))
	s.deal = accepted.Deal.ID
	s.arrives("2026-02-10", 10_000_00, "EARLY-1")
	ids, said := s.receipts()
	if strings.Join(said, ", ") != "10000.00 suggested 10000.00" {
		t.Fatalf("receipts: %v", said)
	}
	if err := s.apply(ids[0], "10000.00"); code(err) != "wrong-state" {
		t.Errorf("before the advance: %v", err)
	}
	s.conditions()
	s.clock("2026-02-11T11:00:00Z") // the notice has left
	s.quiet()
	s.must(s.bank.carryOut(t.Context(), domain.MustDate("2026-02-11")))
	s.clock("2026-02-12T09:00:00Z")
	s.files("2026-02-11")
	s.must(s.apply(ids[0], "10000.00"))
	s.quiet()
	if got, want := s.paid(s.deal), "paid_out, 0.00 open, paid 2026-02-10, fee 0.00"; got != want {
		t.Errorf("the deal is %s, want %s", got, want)
	}
	s.right()
}

// TestOneIBANOfTwoFactors: a factor that registers another's account number sees
// and moves nothing of the other's, and a file that it loads is its own.
func TestOneIBANOfTwoFactors(t *testing.T) {
	s := newScene(t)
	s.made(s.rival, "/v1/bank-accounts", map[string]any{"purpose": "collection", "currency": "EUR", "holder": "Northgate", "iban": s.collection.number.IBAN()})
	st := formats.BankStatement{
		ID: "stolen", CreatedAt: now(), Account: formats.BankAccount{Number: s.collection.number}, Currency: "EUR", From: domain.MustDate("2026-02-06"), To: domain.MustDate("2026-02-06"),
		Opening: formats.BankBalance{Amount: money.Minor(0, "EUR"), On: domain.MustDate("2026-02-06")}, Closing: formats.BankBalance{Amount: money.Minor(10_000_00, "EUR"), On: domain.MustDate("2026-02-06")},
		Lines: []formats.BankLine{{Entry: 1, EntryRef: "E1", Amount: money.Minor(10_000_00, "EUR"), Booked: domain.MustDate("2026-02-06"), Value: domain.MustDate("2026-02-06"), Remittance: "111", Code: "PMNT/RCDT/ESCT"}},
	}
	file := formats.WriteCamt053(st)
	s.must(s.rival.do(t.Context(), call{method: http.MethodPost, path: "/v1/bank-statements", raw: file, media: "application/xml"}, nil))
	s.quiet()
	if got, want := s.paid(s.deal), "paid_out, 10000.00 open, paid never, fee 300.00"; got != want {
		t.Errorf("Alice's deal is %s, want %s", got, want)
	}
	s.must(s.rival.signIn(t.Context()))
	answers := map[string]int{}
	for range 2 { // the same bytes under other keys, after the first
		response, _ := s.fetch(t, http.MethodPost, "/v1/bank-statements", file, func(r *http.Request) {
			r.Header = http.Header{"Authorization": {"Bearer " + s.rival.token}, "Content-Type": {"application/xml"}, "Idempotency-Key": {uuid.NewString()}}
		})
		answers[response.Status]++
	}
	if answers["200 OK"] != 2 {
		t.Errorf("the same file again: %v", answers)
	}
	s.right()
}

// TestAChangeThatTwoMake holds the promise of If-Match: of many changes that name
// one version exactly one is made, the rest are told.
func TestAChangeThatTwoMake(t *testing.T) {
	s := newHouse(t, onDay{}, "2026-02-03T14:00:00Z")
	shop := s.shop("Alice GmbH", "111")
	s.must(shop.signIn(t.Context()))
	results := make(chan int, 10)
	for i := range 10 {
		go func() {
			response, _ := s.fetch(t, http.MethodPatch, "/v1/relationships/"+shop.rel, encoded(t, map[string]any{"name": fmt.Sprintf("Name %d", i)}), func(r *http.Request) {
				r.Header = http.Header{"Authorization": {"Bearer " + shop.token}, "Content-Type": {"application/json"}, "If-Match": {`"` + shop.rel + `.1"`}}
			})
			results <- response.StatusCode
		}()
	}
	count := map[int]int{}
	for range 10 {
		count[<-results]++
	}
	if count[http.StatusOK] != 1 || count[http.StatusPreconditionFailed] != 9 {
		t.Errorf("ten changes of one version: %v", count)
	}
}
