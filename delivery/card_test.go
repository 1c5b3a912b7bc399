package delivery_test

import (
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v84/webhook"

	"comity/delivery"
	"comity/domain"
	"comity/money"
)

var update = flag.Bool("update", false, "write the golden requests anew")

const (
	cardTestKey    = "sk_test_of_nobody"
	cardTestSecret = "whsec_of_nobody_at_all_0123456789"
	cardID         = "card_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"
)

// stripeLike answers as Stripe does, and keeps what it was asked in words.
type stripeLike struct {
	*httptest.Server
	t      *testing.T
	asked  []string
	known  map[string][2]string // by idempotency key: what was sent, what was answered
	answer func(r *http.Request) (int, string)
}

func newStripeLike(t *testing.T, answer func(r *http.Request) (int, string)) *stripeLike {
	t.Helper()
	s := &stripeLike{t: t, known: map[string][2]string{}, answer: answer}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// ServeHTTP implements http.Handler. It is strict about what every request of ours has.
func (s *stripeLike) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	form, err := url.ParseQuery(string(body))
	words := []string{r.Method + " " + r.URL.Path}
	for _, name := range []string{"Authorization", "Content-Type", "Idempotency-Key", "Stripe-Version"} {
		words = append(words, name+": "+r.Header.Get(name))
	}
	if r.URL.RawQuery != "" {
		form, err = url.ParseQuery(r.URL.RawQuery)
	}
	for name, values := range form {
		for _, value := range values {
			words = append(words, name+"="+value)
		}
	}
	slices.Sort(words[5:])
	s.asked = append(s.asked, strings.Join(words, "\n")+"\n")
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Request-Id", "req_1")
	key := r.Header.Get("Idempotency-Key")
	before, again := s.known[key]
	switch {
	case err != nil || r.Header.Get("Authorization") != "Bearer "+cardTestKey:
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":{"type":"invalid_request_error","message":"Invalid API Key provided"}}`)
	case r.Method == http.MethodPost && again && before[0] != string(body):
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":{"type":"idempotency_error","message":"Keys for idempotent requests can only be used with the same parameters"}}`)
	case r.Method == http.MethodPost && again:
		w.Header().Set("Idempotent-Replayed", "true")
		fmt.Fprint(w, before[1])
	default:
		status, answer := s.answer(r)
		if r.Method == http.MethodPost && status == http.StatusOK {
			s.known[key] = [2]string{string(body), answer}
		}
		w.WriteHeader(status)
		fmt.Fprint(w, answer)
	}
}

func (s *stripeLike) golden(name string) {
	s.t.Helper()
	path := filepath.Join("testdata", name+".txt")
	got := strings.Join(s.asked, "\n")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		s.t.Errorf("%s (%v): asked\n%s\nwant\n%s", name, err, got, want)
	}
}

func cardOrder(t *testing.T, amounts ...money.Amount) domain.CardOrder {
	t.Helper()
	id, err := domain.ParseCardID(cardID)
	if err != nil {
		t.Fatal(err)
	}
	reference, _ := domain.ParseReference("RF18539007547034")
	order := domain.CardOrder{CardPayment: domain.CardPayment{ID: id, Expires: time.Date(2026, 2, 6, 10, 0, 0, 0, time.UTC)}}
	for _, a := range amounts {
		order.Parts = append(order.Parts, domain.CardPart{Number: "MP-1042", Reference: reference, Amount: a})
	}
	return order
}

func account(t *testing.T, at string) *delivery.CardAccount {
	t.Helper()
	a, err := delivery.NewCardAccount(at, cardTestKey, cardTestSecret)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

const back = "https://pages.example/d/token/card/" + cardID

// TestAPageIsAskedForOnce: each word that Stripe is sent, and a call that is made again after its
// answer was lost is the same page. No name, number or address of anybody is in it. It holds F-49.
func TestAPageIsAskedForOnce(t *testing.T) {
	n := 0
	s := newStripeLike(t, func(*http.Request) (int, string) {
		n++
		return http.StatusOK, fmt.Sprintf(`{"id":"cs_test_%d","object":"checkout.session","url":"https://checkout.example/c/pay/cs_test_%d","status":"open"}`, n, n)
	})
	order := cardOrder(t, money.Minor(1_000_00, "EUR"), money.Minor(97_10, "EUR"))
	for range 2 {
		session, err := account(t, s.URL).Open(t.Context(), order, back)
		if err != nil || session.ID != "cs_test_1" || session.URL != "https://checkout.example/c/pay/cs_test_1" {
			t.Errorf("%+v, %v", session, err)
		}
	}
	if err := account(t, s.URL).Close(t.Context(), "cs_test_1"); err != nil {
		t.Error(err)
	}
	s.golden("card_page")
	order.Parts[0].Amount = money.Minor(1, "EUR")
	if _, err := account(t, s.URL).Open(t.Context(), order, back); !refusedForGood(err) {
		t.Errorf("another order under the same key: %v", err)
	}
}

func refusedForGood(err error) bool {
	_, told := errors.AsType[*delivery.CardRefusal](err)
	return told
}

// TestMinorUnitsAreStripes: what Stripe calls a minor unit is not always what ISO 4217 does.
func TestMinorUnitsAreStripes(t *testing.T) {
	for _, c := range []struct {
		amount money.Amount
		sent   string // "": it is refused
	}{
		{money.Minor(1234, "EUR"), "1234"},
		{money.Minor(1234, "JPY"), "1234"},
		{money.Minor(12, "ISK"), "1200"},
		{money.Minor(12, "UGX"), "1200"},
		{money.Minor(12340, "KWD"), "12340"},
		{money.Minor(12345, "KWD"), ""},
		{money.Minor(0, "EUR"), ""},
	} {
		s := newStripeLike(t, func(*http.Request) (int, string) {
			return http.StatusOK, `{"id":"cs_1","object":"checkout.session","url":"https://checkout.example/c"}`
		})
		_, err := account(t, s.URL).Open(t.Context(), cardOrder(t, c.amount), back)
		if c.sent == "" {
			if !refusedForGood(err) || len(s.asked) > 0 {
				t.Errorf("%s: %v", c.amount, err)
			}
			continue
		}
		if want := "line_items[0][price_data][unit_amount]=" + c.sent; err != nil || !strings.Contains(s.asked[0], want) {
			t.Errorf("%s: %v\n%s", c.amount, err, s.asked)
		}
	}
}

// TestWhatStripeRefuses: no for good and no for now are told apart, and what was sent is repeated in
// neither.
func TestWhatStripeRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		answer string
		final  bool
	}{
		"a wrong parameter": {http.StatusBadRequest, `{"error":{"type":"invalid_request_error","code":"parameter_invalid","param":"expires_at","message":"secret words"}}`, true},
		"no right":          {http.StatusForbidden, `{"error":{"type":"invalid_request_error","message":"secret words"}}`, true},
		"busy":              {http.StatusTooManyRequests, `{"error":{"type":"invalid_request_error","code":"rate_limit","message":"secret words"}}`, false},
		"in flight":         {http.StatusConflict, `{"error":{"type":"idempotency_error","message":"secret words"}}`, false},
		"broken":            {http.StatusInternalServerError, `{"error":{"type":"api_error","message":"secret words"}}`, false},
		"no JSON":           {http.StatusBadGateway, `<html>secret words</html>`, false},
		"no page":           {http.StatusOK, `{"id":"cs_1","object":"checkout.session","url":null}`, true},
		"a page in clear":   {http.StatusOK, `{"id":"cs_1","object":"checkout.session","url":"javascript:alert(1)"}`, true},
	} {
		s := newStripeLike(t, func(*http.Request) (int, string) { return c.status, c.answer })
		_, err := account(t, s.URL).Open(t.Context(), cardOrder(t, money.Minor(100, "EUR")), back)
		if err == nil || refusedForGood(err) != c.final || strings.Contains(err.Error(), "secret words") || strings.Contains(err.Error(), cardTestKey) {
			t.Errorf("%s: %v", name, err)
		}
		if len(s.asked) != 1 {
			t.Errorf("%s: asked %d times", name, len(s.asked))
		}
	}
	if _, err := account(t, "http://127.0.0.1:1").Open(t.Context(), cardOrder(t, money.Minor(100, "EUR")), back); err == nil || refusedForGood(err) {
		t.Errorf("nobody there: %v", err)
	}
}

// TestWhatAPayoutHolds reads every page of the list, and what is none of our payments as such.
func TestWhatAPayoutHolds(t *testing.T) {
	line := `{"id":"txn_%d","object":"balance_transaction","amount":%d,"fee":%d,"net":%d,"currency":"eur","type":"%s","source":%s}`
	charge := `{"id":"ch_1","object":"charge","metadata":{"comity_card":"` + cardID + `"}}`
	s := newStripeLike(t, func(r *http.Request) (int, string) {
		lines := []string{fmt.Sprintf(line, 1, -12000, 0, -12000, "payout", `{"id":"po_1","object":"payout"}`), fmt.Sprintf(line, 2, 10000, 290, 9710, "charge", charge)}
		if r.URL.Query().Get("starting_after") == "txn_2" {
			lines = []string{fmt.Sprintf(line, 3, -500, 0, -500, "refund", `{"id":"re_1","object":"refund"}`)}
			return http.StatusOK, `{"object":"list","has_more":false,"data":[` + strings.Join(lines, ",") + `]}`
		}
		return http.StatusOK, `{"object":"list","has_more":true,"data":[` + strings.Join(lines, ",") + `]}`
	})
	entries, err := account(t, s.URL).Entries(t.Context(), "po_1")
	if err != nil || len(entries) != 2 || entries[0].Card.String() != cardID || entries[0].Net() != money.Minor(9710, "EUR") || !entries[1].Card.IsZero() || entries[1].Type != "refund" {
		t.Errorf("%+v, %v", entries, err)
	}
	s.golden("card_payout")
}

// signed returns the header that Stripe signs an event with.
func signed(payload string, at time.Time, secret string) string {
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(webhook.ComputeSignature(at, []byte(payload), secret)))
}

func event(kind, object string) string {
	return `{"id":"evt_1","object":"event","api_version":"2026-02-25.clover","created":1770000000,"livemode":false,"type":"` + kind + `","data":{"object":` + object + `}}`
}

// TestNewsAreBelievedWhenTheyAreSigned: each kind of news is read; a wrong, old or missing signature, another
// version and broken words are refused.
func TestNewsAreBelievedWhenTheyAreSigned(t *testing.T) {
	a := account(t, delivery.StripeURL)
	meta := `"metadata":{"comity_card":"` + cardID + `"}`
	for name, c := range map[string]struct {
		payload string
		want    string
	}{
		"paid":         {event("checkout.session.completed", `{"id":"cs_1","object":"checkout.session","amount_total":10000,"currency":"eur","payment_status":"paid","payment_intent":"pi_1",`+meta+`}`), "paid true cs_1 pi_1 100.00 EUR"},
		"to come":      {event("checkout.session.completed", `{"id":"cs_1","object":"checkout.session","amount_total":10000,"currency":"eur","payment_status":"unpaid",`+meta+`}`), "unpaid true cs_1  100.00 EUR"},
		"came":         {event("checkout.session.async_payment_succeeded", `{"id":"cs_1","object":"checkout.session","amount_total":10000,"currency":"eur","payment_status":"paid",`+meta+`}`), "paid true cs_1  100.00 EUR"},
		"expired":      {event("checkout.session.expired", `{"id":"cs_1","object":"checkout.session","amount_total":10000,"currency":"eur","payment_status":"unpaid",`+meta+`}`), "expired true cs_1  100.00 EUR"},
		"another's":    {event("checkout.session.completed", `{"id":"cs_1","object":"checkout.session","amount_total":1,"currency":"eur","payment_status":"paid"}`), "paid false cs_1  0.01 EUR"},
		"refunded":     {event("charge.refunded", `{"id":"ch_1","object":"charge","amount":10000,"amount_refunded":500,"currency":"eur","payment_intent":"pi_1",`+meta+`}`), "refunded true  pi_1 5.00 EUR"},
		"disputed":     {event("charge.dispute.created", `{"id":"dp_1","object":"dispute","amount":10000,"currency":"eur","payment_intent":"pi_1"}`), "disputed false  pi_1 100.00 EUR"},
		"paid on":      {event("payout.paid", `{"id":"po_1","object":"payout","amount":9710,"currency":"eur","arrival_date":1770163200,"statement_descriptor":"CARDS"}`), "payout false   97.10 EUR"},
		"of no import": {event("customer.created", `{"id":"cus_1","object":"customer"}`), "other false   "},
	} {
		got, err := a.Read([]byte(c.payload), signed(c.payload, time.Now(), cardTestSecret))
		said := fmt.Sprintf("%s %t %s %s ", got.Kind, !got.Card.IsZero(), got.Session, got.Intent)
		if got.Amount.Currency() != "" {
			said += got.Amount.String()
		}
		if err != nil || said != c.want {
			t.Errorf("%s: %q, %v", name, said, err)
		}
	}
	right := event("payout.paid", `{"id":"po_1","object":"payout","amount":9710,"currency":"eur","arrival_date":1770163200}`)
	old := strings.Replace(right, "2026-02-25.clover", "2019-01-01", 1)
	strange := strings.Replace(right, "eur", "xyz", 1)
	for name, c := range map[string]struct {
		payload, signature string
		want               error
	}{
		"unsigned":            {right, "", domain.ErrUnauthenticated},
		"another secret":      {right, signed(right, time.Now(), "whsec_another_secret_0123456789"), domain.ErrUnauthenticated},
		"other words":         {right + " ", signed(right, time.Now(), cardTestSecret), domain.ErrUnauthenticated},
		"ten minutes old":     {right, signed(right, time.Now().Add(-10*time.Minute), cardTestSecret), domain.ErrUnauthenticated},
		"another version":     {old, signed(old, time.Now(), cardTestSecret), domain.ErrUnreadable},
		"no currency we know": {strange, signed(strange, time.Now(), cardTestSecret), domain.ErrUnreadable},
		"no JSON":             {"{", signed("{", time.Now(), cardTestSecret), domain.ErrUnreadable},
	} {
		if _, err := a.Read([]byte(c.payload), c.signature); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAnAccountIsConfiguredWhole: a key that is none, a weak secret and an address that is none are refused.
func TestAnAccountIsConfiguredWhole(t *testing.T) {
	for _, c := range []struct {
		at, key, secret string
		live, taken     bool
	}{
		{delivery.StripeURL, "sk_live_x", cardTestSecret, true, true},
		{delivery.StripeURL, "rk_test_x", cardTestSecret, false, true},
		{delivery.StripeURL, "pk_live_x", cardTestSecret, false, false},
		{delivery.StripeURL, "", cardTestSecret, false, false},
		{delivery.StripeURL, "sk_live_x", "whsec_", false, false},
		{"api.stripe.com", "sk_live_x", cardTestSecret, false, false},
		{"ftp://x", "sk_live_x", cardTestSecret, false, false},
	} {
		a, err := delivery.NewCardAccount(c.at, c.key, c.secret)
		if (err == nil) != c.taken || err == nil && a.Live() != c.live {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
