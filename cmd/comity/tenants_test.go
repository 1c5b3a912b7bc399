package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"comity/domain"
	"comity/underwriting"
)

// A shop is a seller with one debtor, one account and one invoice.
type shop struct {
	*client
	rel, account, invoice string
}

func (h *house) shop(name, number string) shop {
	h.t.Helper()
	s := shop{client: h.signUp("seller", name, "DE", "DE"+number)}
	s.rel = h.made(s.client, "/v1/relationships", map[string]any{
		"code": "B1", "name": "Hotel Seeblick AG", "legal_type": "company", "country": "DE", "email": "ap-" + number + "@seeblick.example",
	})
	iban, err := testIBAN(len(number)*1000 + int(number[0]))
	h.must(err)
	s.account = h.made(s.client, "/v1/bank-accounts", map[string]any{"purpose": "payout", "currency": "EUR", "holder": name, "iban": iban.IBAN()})
	s.invoice = h.made(s.client, "/v1/invoices", h.invoiceOf(s, number))
	return s
}

func (h *house) invoiceOf(s shop, number string) map[string]any {
	return map[string]any{
		"relationship_id": s.rel, "number": number, "issue_date": "2026-02-02", "due_date": "2026-03-04",
		"payable": map[string]string{"amount": "10000.00", "currency": "EUR"},
	}
}

// buyer is a factor with an active mandate in euros and a limit, of terms beside the usual ones.
func (h *house) buyer(name, limit string, terms ...map[string]any) *client {
	h.t.Helper()
	f := h.signUp("factor", name, "DE")
	ids := map[string]string{}
	for i, purpose := range []string{"operating", "collection"} {
		iban, err := testIBAN(900_000 + 10*len(name) + i)
		h.must(err)
		ids[purpose] = h.made(f, "/v1/bank-accounts", map[string]any{"purpose": purpose, "currency": "EUR", "holder": name, "iban": iban.IBAN()})
	}
	mandate := map[string]any{
		"currency": "EUR", "advance_cap": "0.9", "dilution_haircut": "0.04", "verification_haircut": "0.02", "seller_haircut": "0",
		"fee":              map[string]any{"first_days": 30, "first_rate": "0.03", "step_days": 10, "step_rate": "0.01"},
		"origination_rate": "0.0025", "origination_fixed": "0.00", "wire_fee": "0.00", "recourse_days": 90, "cure_days": 0, "min_face": "1.00",
		"max_face": "100000.00", "debtor_limit": limit, "facility_limit": limit, "offer_hours": 24, "max_expected_days_late": 60,
		"operating_account_id": ids["operating"], "collection_account_id": ids["collection"],
	}
	for _, more := range terms {
		maps.Copy(mandate, more)
	}
	h.must(f.post(h.t.Context(), "/v1/mandates/"+h.made(f, "/v1/mandates", mandate)+"/activate", nil, nil))
	return f
}

// offers submits a shop's invoice and returns the ids of its offers.
func (h *house) offers(s shop) []string {
	h.t.Helper()
	var got struct {
		Offers []struct{ ID string } `json:"offers"`
	}
	h.must(s.post(h.t.Context(), "/v1/invoices/"+s.invoice+"/submit", nil, &got))
	var ids []string
	for _, o := range got.Offers {
		ids = append(ids, o.ID)
	}
	return ids
}

// TestAStrangerFindsNothing holds T-16 to T-19 and T-22: another seller's
// things are not there, in the same bytes as things that never were.
func TestAStrangerFindsNothing(t *testing.T) {
	h := newHouse(t, underwriting.EngineV1{}, "2026-02-03T14:00:00Z")
	h.buyer("Eastbrook", "1000000.00")
	alice, bob := h.shop("Alice GmbH", "111"), h.shop("Bob GmbH", "222")
	offer := h.offers(alice)[0]
	var deal struct {
		Deal struct{ ID string } `json:"deal"`
		Case string              `json:"case_id"`
	}
	h.must(alice.post(t.Context(), "/v1/offers/"+offer+"/accept", nil, &deal))
	for path, id := range map[string]string{
		"/v1/invoices/%s": alice.invoice, "/v1/invoices/%s/offers": alice.invoice, "/v1/invoices/%s/timeline": alice.invoice, "/v1/invoices/%s/document": alice.invoice,
		"/v1/relationships/%s": alice.rel, "/v1/bank-accounts/%s": alice.account, "/v1/offers/%s": offer, "/v1/deals/%s": deal.Deal.ID,
		"/v1/deals/%s/ledger": deal.Deal.ID, "/v1/deals/%s/timeline": deal.Deal.ID, "/v1/cases/%s": deal.Case, "/v1/cases/%s/touches": deal.Case, "/v1/cases/%s/gate-decisions": deal.Case,
	} {
		never := id[:strings.Index(id, "_")+1] + strings.ReplaceAll(uuid.NewString(), "-", "")
		theirs, hers := answer(t, bob.client, http.MethodGet, fmt.Sprintf(path, never)), answer(t, bob.client, http.MethodGet, fmt.Sprintf(path, id))
		theirs, hers = strings.ReplaceAll(theirs, never, "ID"), strings.ReplaceAll(hers, id, "ID")
		lists := strings.HasSuffix(path, "offers") || strings.HasSuffix(path, "timeline")
		if theirs != hers || (!lists && !strings.HasPrefix(hers, "404")) {
			t.Errorf("%s: a stranger reads %s, and of what never was %s", path, hers, theirs)
		}
	}
	for _, path := range []string{"/v1/invoices", "/v1/relationships", "/v1/bank-accounts", "/v1/offers", "/v1/deals", "/v1/cases", "/v1/payouts", "/v1/events"} {
		if list := answer(t, bob.client, http.MethodGet, path); strings.Contains(list, alice.invoice) || strings.Contains(list, deal.Deal.ID) || strings.Contains(list, alice.rel) {
			t.Errorf("%s shows another seller's things: %s", path, list)
		}
	}
	if got := answer(t, bob.client, http.MethodGet, "/v1/invoices?seller_id="+alice.rel); !strings.HasPrefix(got, "400") {
		t.Errorf("an unknown filter: %s", got)
	}
}

// answer returns status and body of a request, whatever they are.
func answer(t *testing.T, c *client, method, path string) string {
	t.Helper()
	if c.token == "" {
		if err := c.signIn(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	request, err := http.NewRequestWithContext(t.Context(), method, c.base+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	response, err := c.http.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d %s", response.StatusCode, body)
}

// TestFiftyAcceptsMakeOneDeal holds T-46: of fifty parallel accepts, each with a
// key of its own, exactly one makes a deal.
func TestFiftyAcceptsMakeOneDeal(t *testing.T) {
	h := newHouse(t, underwriting.EngineV1{}, "2026-02-03T14:00:00Z")
	h.buyer("Eastbrook", "1000000.00")
	alice := h.shop("Alice GmbH", "111")
	offer := h.offers(alice)[0]
	h.must(alice.signIn(t.Context()))
	var wait sync.WaitGroup
	results := make([]string, 50)
	for i := range results {
		wait.Go(func() {
			err := alice.post(context.WithoutCancel(t.Context()), "/v1/offers/"+offer+"/accept", nil, nil)
			results[i] = "made"
			if err != nil {
				results[i] = code(err)
			}
		})
	}
	wait.Wait()
	count := map[string]int{}
	for _, r := range results {
		count[r]++
	}
	if count["made"] != 1 || count["wrong-state"] != 49 {
		t.Errorf("fifty accepts gave %v", count)
	}
	var deals int
	if err := h.data.Owner(t).QueryRowContext(t.Context(), `SELECT count(*) FROM deals`).Scan(&deals); err != nil || deals != 1 {
		t.Errorf("%d deals (%v)", deals, err)
	}
}

// TestTheLimitHoldsInARace holds T-47: a facility with room for one sells one.
func TestTheLimitHoldsInARace(t *testing.T) {
	h := newHouse(t, underwriting.EngineV1{}, "2026-02-03T14:00:00Z")
	h.buyer("Eastbrook", "9000.00")
	shops := []shop{h.shop("Alice GmbH", "111"), h.shop("Bob GmbH", "222"), h.shop("Carol GmbH", "333")}
	var wait sync.WaitGroup
	results := make([]string, len(shops))
	for i, s := range shops {
		offer := h.offers(s)[0]
		wait.Go(func() {
			results[i] = "made"
			if err := s.post(context.WithoutCancel(t.Context()), "/v1/offers/"+offer+"/accept", nil, nil); err != nil {
				results[i] = code(err)
			}
		})
	}
	wait.Wait()
	count := map[string]int{}
	for _, r := range results {
		count[r]++
	}
	if count["made"] != 1 || count["limit-used"] != len(shops)-1 {
		t.Errorf("three sales with room for one gave %v", count)
	}
}

// TestAKeyAnswersOnce holds P2 and T-21: the same key and body give the same bytes, another body is refused, and another
// seller's key is its own. It holds C-191: who asks again after a lost answer does nothing twice.
func TestAKeyAnswersOnce(t *testing.T) {
	h := newHouse(t, underwriting.EngineV1{}, "2026-02-03T14:00:00Z")
	alice, bob := h.shop("Alice GmbH", "111"), h.shop("Bob GmbH", "222")
	key := uuid.NewString()
	first, replayed := keyed(t, alice.client, key, h.invoiceOf(alice, "A-1"))
	second, again := keyed(t, alice.client, key, h.invoiceOf(alice, "A-1"))
	if first != second || replayed || !again || !strings.HasPrefix(first, "201") {
		t.Errorf("first %s (replayed %t)\nsecond %s (replayed %t)", first, replayed, second, again)
	}
	if other, _ := keyed(t, alice.client, key, h.invoiceOf(alice, "A-2")); !strings.HasPrefix(other, "422") || !strings.Contains(other, "key-reused") {
		t.Errorf("another body under the key: %s", other)
	}
	if bobs, was := keyed(t, bob.client, key, h.invoiceOf(bob, "A-1")); was || !strings.HasPrefix(bobs, "201") || bobs == first {
		t.Errorf("another seller under the same key: %s", bobs)
	}
	if none, _ := keyed(t, alice.client, "", h.invoiceOf(alice, "A-3")); !strings.Contains(none, "idempotency-key-missing") {
		t.Errorf("no key: %s", none)
	}
}

func keyed(t *testing.T, c *client, key string, body any) (string, bool) {
	t.Helper()
	if err := c.signIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.base+"/v1/invoices", bytes.NewReader(payload))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("Content-Type", "application/json")
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	response, err := c.http.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answered, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d %s", response.StatusCode, answered), response.Header.Get("Idempotency-Replayed") == "true"
}

// TestDuplicatesAreHeld holds T-24 and T-49: inside a seller the second of a
// number is held as a duplicate, across sellers as under review, in the words
// of any review.
func TestDuplicatesAreHeld(t *testing.T) {
	h := newHouse(t, underwriting.EngineV1{}, "2026-02-03T14:00:00Z")
	alice, bob := h.shop("Alice GmbH", "111"), h.shop("Bob GmbH", "222")
	held := func(s shop, number, tax string) string {
		t.Helper()
		body := h.invoiceOf(s, number)
		body["supplier_tax_id"] = tax
		var inv struct {
			Status string
			Holds  []string
		}
		h.must(s.post(t.Context(), "/v1/invoices", body, &inv))
		return inv.Status + strings.Join(inv.Holds, ",")
	}
	for _, step := range []struct {
		by           shop
		number, want string
	}{
		{alice, "INV-0042", "draft"}, {alice, "inv 42", "held" + domain.HoldDuplicate}, {bob, "INV-42", "held" + domain.HoldUnderReview}, {bob, "INV-43", "draft"},
	} {
		if got := held(step.by, step.number, "DE999"); got != step.want {
			t.Errorf("%s is %s, want %s", step.number, got, step.want)
		}
	}
}

// TestOnePayeeForAPair holds D-2: while one factor serves a pair, another's
// offer on it cannot be accepted.
func TestOnePayeeForAPair(t *testing.T) {
	h := newHouse(t, underwriting.EngineV1{}, "2026-02-03T14:00:00Z")
	h.buyer("Eastbrook", "1000000.00")
	h.buyer("Northgate Receivables", "1000000.00")
	alice := h.shop("Alice GmbH", "111")
	first := h.offers(alice)
	h.must(alice.post(t.Context(), "/v1/offers/"+first[0]+"/accept", nil, nil))
	alice.invoice = h.made(alice.client, "/v1/invoices", h.invoiceOf(alice, "112"))
	second := h.offers(alice)
	if len(first) != 2 || len(second) != 2 {
		t.Fatalf("%d and %d offers, want 2 each", len(first), len(second))
	}
	codes := map[string]int{}
	for _, offer := range []string{second[1], second[0]} {
		if err := alice.post(t.Context(), "/v1/offers/"+offer+"/accept", nil, nil); err != nil {
			codes[code(err)]++
		} else {
			codes["made"]++
		}
	}
	if codes["pair-served-elsewhere"] != 1 || codes["made"] != 1 {
		t.Errorf("accepting both gave %v", codes)
	}
}
