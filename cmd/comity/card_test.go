package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v84/webhook"

	"comity/domain"
	"comity/repository"
)

const cardSecret = "whsec_of_a_test_0123456789abcdef"

// A till plays the card processor: it opens and closes pages, and says what a payout holds.
type till struct {
	*httptest.Server
	mu     sync.Mutex
	opened []url.Values
	closed []string
	holds  string // the lines of the next payout
	down   int    // how many calls for a page are answered with 500
}

func newTill(t *testing.T) *till {
	t.Helper()
	p := &till{}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

// ServeHTTP implements http.Handler.
func (p *till) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = r.ParseForm()
	switch {
	case r.Header.Get("Authorization") != "Bearer sk_test_of_eastbrook" || r.Header.Get("Stripe-Version") == "":
		w.WriteHeader(http.StatusUnauthorized)
	case p.down > 0 && r.URL.Path == "/v1/checkout/sessions":
		p.down--
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, `{"error":{"type":"api_error"}}`)
	case r.URL.Path == "/v1/balance_transactions":
		fmt.Fprint(w, `{"object":"list","has_more":false,"data":[`+p.holds+`]}`)
	case strings.HasSuffix(r.URL.Path, "/expire"):
		p.closed = append(p.closed, strings.Split(r.URL.Path, "/")[4])
		fmt.Fprint(w, `{"id":"cs","object":"checkout.session"}`)
	default:
		p.opened = append(p.opened, r.PostForm)
		fmt.Fprintf(w, `{"id":"cs_%[2]d","object":"checkout.session","url":"%[1]s/pay/cs_%[2]d"}`, p.URL, len(p.opened))
	}
}

func (p *till) pages() []url.Values {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.opened)
}

func (p *till) set(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	do()
}

// A cardScene is a scene whose factor takes money by card, and whose debtor has typed the notice's code.
type cardScene struct {
	*scene
	till   *till
	link   string
	factor string
}

func newCardScene(t *testing.T) *cardScene {
	t.Helper()
	s := &cardScene{scene: newScene(t), till: newTill(t)}
	s.link = s.scene.link()
	letters, err := s.letters(t.Context(), s.debtor)
	s.must(err)
	for _, l := range letters {
		if code := noticeCode.FindStringSubmatch(l.Text); code != nil {
			s.send(t, s.link, "confirm", s.form(t, s.link, map[string]string{"code": code[1]}))
		}
	}
	var me struct {
		Organization struct{ ID string }
	}
	s.must(s.eastbrook.get(t.Context(), "/v1/me", &me))
	s.factor = me.Organization.ID
	return s
}

// takesCards gives Eastbrook its account with the processor.
func (s *cardScene) takesCards() {
	s.t.Helper()
	id, err := domain.ParseOrganizationID(s.factor)
	s.must(err)
	s.app.cards.url = s.till.URL
	s.must(s.app.cards.add(id, "sk_test_of_eastbrook", cardSecret))
}

// pays begins a payment by card, and returns the answer and the address of its page.
func (s *cardScene) pays(amount, currency string) (opened, string) {
	s.t.Helper()
	form := s.form(s.t, s.link+"/card?deal="+s.deal, map[string]string{"amount": amount, "currency": currency})
	answer := s.send(s.t, s.link, "card", form)
	return answer, s.serving.URL + answer.header.Get("Location")
}

// news posts what the processor says, signed.
func (s *cardScene) news(id, kind, object string) int {
	return s.said(s.factor, id, kind, object, cardSecret, time.Now())
}

func (s *cardScene) said(factor, id, kind, object, secret string, at time.Time) int {
	s.t.Helper()
	payload := fmt.Sprintf(`{"id":"%s","object":"event","api_version":"2026-02-25.clover","created":%d,"livemode":false,"type":"%s","data":{"object":%s}}`, id, at.Unix(), kind, object)
	response, _ := s.fetch(s.t, http.MethodPost, "/v1/inbound/cards/"+factor, []byte(payload), func(r *http.Request) {
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
		r.Header.Set("Stripe-Signature", fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(webhook.ComputeSignature(at, []byte(payload), secret))))
	})
	return response.StatusCode
}

// session is a page of the processor's as its news show it.
func session(n int, card string, minor int64, currency string) string {
	return fmt.Sprintf(`{"id":"cs_%d","object":"checkout.session","amount_total":%d,"currency":"%s","payment_status":"paid","payment_intent":"pi_%d","metadata":{"comity_card":"%s"}}`, n, minor, currency, n, card)
}

func cardOfPage(page string) string { return page[strings.LastIndex(page, "/")+1:] }

func (s *cardScene) openDeal() (open, status string) {
	s.t.Helper()
	var file struct {
		Deal struct {
			Status string
			Open   struct{ Amount string }
		}
	}
	s.must(s.eastbrook.signIn(s.t.Context()))
	s.must(s.eastbrook.get(s.t.Context(), "/v1/deals/"+s.deal, &file))
	return file.Deal.Open.Amount, file.Deal.Status
}

func (s *cardScene) says(page string, want ...string) {
	s.t.Helper()
	body := s.open(s.t, page).body
	for _, w := range want {
		if !strings.Contains(body, w) {
			s.t.Errorf("%s does not say %q:\n%s", page, w, body)
		}
	}
}

// TestADebtorPaysByCard holds C-116, F-49, F-84, D-23 and D-30 over HTTP: off, nothing speaks of it; on, the page leads to
// the processor's, what was paid rests, and only the bank's line of the payout books it: in full for
// the debtor, on the day of the card, the processor's fee being the factor's cost.
func TestADebtorPaysByCard(t *testing.T) {
	s := newCardScene(t)
	if body := s.open(t, s.link).body; strings.Contains(body, "card") || s.open(t, s.link+"/card?deal="+s.deal).status != http.StatusNotFound {
		t.Fatalf("without an account the page speaks of cards:\n%s", body)
	}
	s.takesCards()
	s.says(s.link, "Pay by card")
	for _, c := range [][2]string{{"12000.00", "EUR"}, {"100.00", "USD"}, {"0.00", "EUR"}, {"x", "EUR"}} {
		if answer, _ := s.pays(c[0], c[1]); answer.status != http.StatusUnprocessableEntity {
			t.Errorf("%s %s: %d", c[0], c[1], answer.status)
		}
	}
	answer, page := s.pays("10000.00", "EUR")
	if answer.status != http.StatusSeeOther {
		t.Fatalf("%d %s", answer.status, answer.body)
	}
	s.quiet()
	s.says(page, s.till.URL+"/pay/cs_1", "Nothing is paid before you confirm it there")
	asked := s.till.pages()[0]
	for _, secret := range []string{"Seeblick", "111", s.link[strings.LastIndex(s.link, "/")+1:], s.debtor} {
		if strings.Contains(asked.Encode(), url.QueryEscape(secret)) {
			t.Errorf("the processor is told %q: %v", secret, asked)
		}
	}
	if back := asked.Get("success_url"); !strings.Contains(s.open(t, back).body, "/pay/cs_1") || s.open(t, strings.Split(back, "/paid-by-card/")[0]+"/paid?deal="+s.deal).status != http.StatusNotFound ||
		s.open(t, strings.Split(back, "/paid-by-card/")[0]).status != http.StatusNotFound || strings.Contains(s.open(t, back).body, "Seeblick") {
		t.Error("the page that the processor leads back to does not show how it stands, or may do more")
	}
	card := cardOfPage(page)
	paid := session(1, card, 10_000_00, "eur")
	s.refuses(paid)
	before := s.counts()
	for _, kind := range []string{"customer.created", "invoice.paid"} {
		if status := s.news("evt_"+kind, kind, `{"id":"x","object":"customer"}`); status != http.StatusOK {
			t.Errorf("%s: %d", kind, status)
		}
	}
	before["card_events"] += 2
	if after := s.counts(); !maps.Equal(before, after) {
		t.Errorf("what is of no import changed %v", changed(before, after))
	}
	s.bankBooks(card, page, paid)
}

// TestAnAppPaysByCard holds F-49, F-83, F-84 and D-6: over JSON a payment by card begins and stands as on the page; without
// an account, before the notice's code, by a link for looking and for another amount it does not.
func TestAnAppPaysByCard(t *testing.T) {
	s := newCardScene(t)
	_, token, id := parts(t, s.link)
	pay := func(body map[string]any) (int, string) {
		return s.asked(t, token, http.MethodPost, "/v1/debtor/cards", uuid.NewString(), body)
	}
	amount := func(of string) map[string]any {
		return map[string]any{"amount": map[string]string{"amount": of, "currency": "EUR"}}
	}
	if status, body := pay(amount("10000.00")); status != http.StatusNotFound {
		t.Errorf("without an account: %d %s", status, body)
	}
	saysOf(t, "without an account", s.statement(t, token), `"card_payable":null,"cards":[]`)
	s.takesCards()
	s.alter(t, id, "confirmed_at = NULL")
	if status, body := pay(amount("10000.00")); status != http.StatusConflict {
		t.Errorf("before the notice's code: %d %s", status, body)
	}
	saysOf(t, "before the notice's code", s.statement(t, token), `"card_payable":null,"cards":[]`)
	s.alter(t, id, "confirmed_at = now()")
	saysOf(t, "with all that is needed", s.statement(t, token), `"card_payable":{"amount":"10000.00","currency":"EUR"},"cards":[]`)
	if status, body := pay(amount("9999.00")); status != http.StatusUnprocessableEntity {
		t.Errorf("less than all of it: %d %s", status, body)
	}
	part := amount("2500.00")
	part["deal_id"] = s.deal
	status, body := pay(part)
	var card struct{ ID, Status string }
	if err := json.Unmarshal([]byte(body), &card); err != nil || status != http.StatusCreated || card.Status != "preparing" {
		t.Fatalf("a part: %d %s", status, body)
	}
	saysOf(t, "a part", body, `"url":null`, `"invoice_number":"111","amount":{"amount":"2500.00","currency":"EUR"}`)
	s.quiet()
	_, body = s.asked(t, token, http.MethodGet, "/v1/debtor/cards/"+card.ID, "", nil)
	saysOf(t, "ready", body, `"status":"ready"`, `"url":"`+s.till.URL+`/pay/cs_1"`)
	s.says(s.link+"/card/"+card.ID, s.till.URL+"/pay/cs_1")
	if status, body = s.asked(t, token, http.MethodGet, "/v1/debtor/cards/"+domain.New[domain.CardID]().String(), "", nil); status != http.StatusNotFound {
		t.Errorf("another's payment: %d %s", status, body)
	}
	if status := s.news("evt_1", "checkout.session.completed", session(1, card.ID, 2_500_00, "eur")); status != http.StatusOK {
		t.Fatalf("paid: %d", status)
	}
	s.quiet()
	saysOf(t, "paid", s.statement(t, token), `"card_payable":{"amount":"7500.00"`, `"id":"`+card.ID+`","status":"paid"`, `"url":null`)
	s.alter(t, id, "verbs = '{view}'")
	if status, body := pay(part); status != http.StatusNotFound {
		t.Errorf("a link for looking: %d %s", status, body)
	}
	saysOf(t, "a link for looking", s.statement(t, token), `"card_payable":null`)
}

func (s *cardScene) statement(t *testing.T, token string) string {
	t.Helper()
	status, body := s.asked(t, token, http.MethodGet, "/v1/debtor/statement", "", nil)
	if status != http.StatusOK {
		t.Errorf("the statement: %d %s", status, body)
	}
	return body
}

// refuses sends what is not to be believed.
func (s *cardScene) refuses(paid string) {
	s.t.Helper()
	before := s.counts()
	for name, got := range map[string][2]int{
		"another secret": {s.said(s.factor, "evt_1", "checkout.session.completed", paid, "whsec_of_another_0123456789", time.Now()), http.StatusUnauthorized},
		"an old one":     {s.said(s.factor, "evt_1", "checkout.session.completed", paid, cardSecret, time.Now().Add(-time.Hour)), http.StatusUnauthorized},
		"another factor": {s.said(strings.Repeat("x", 5), "evt_1", "checkout.session.completed", paid, cardSecret, time.Now()), http.StatusNotFound},
	} {
		if got[0] != got[1] {
			s.t.Errorf("%s: %d, want %d", name, got[0], got[1])
		}
	}
	if after := s.counts(); !maps.Equal(before, after) {
		s.t.Errorf("what is not believed changed %v", changed(before, after))
	}
}

// bankBooks takes the money from the processor into the books.
func (s *cardScene) bankBooks(card, page, paid string) {
	s.t.Helper()
	t := s.t
	if status := s.news("evt_1", "checkout.session.completed", paid); status != http.StatusOK {
		t.Fatalf("paid: %d", status)
	}
	after := s.counts()
	if status := s.news("evt_1", "checkout.session.completed", paid); status != http.StatusOK || !maps.Equal(after, s.counts()) {
		t.Errorf("the same news again: %d, %v", status, changed(after, s.counts()))
	}
	s.quiet()
	s.says(page, "do not pay it again")
	s.says(s.link, "was paid by card and is being passed on to us")
	if open, _ := s.openDeal(); open != "10000.00" || s.open(t, s.link+"/card?deal="+s.deal).status != http.StatusNotFound {
		t.Errorf("before it arrives %s is open, or the card is asked for again", open)
	}
	s.till.set(func() {
		s.till.holds = `{"id":"txn_0","object":"balance_transaction","amount":-971000,"fee":0,"net":-971000,"currency":"eur","type":"payout","source":"po_1"},
			{"id":"txn_1","object":"balance_transaction","amount":1000000,"fee":29000,"net":971000,"currency":"eur","type":"charge","source":{"id":"ch_1","object":"charge","metadata":{"comity_card":"` + card + `"}}}`
	})
	arrival := time.Date(2026, 2, 10, 0, 0, 0, 0, time.UTC).Unix()
	if status := s.news("evt_2", "payout.paid", fmt.Sprintf(`{"id":"po_1","object":"payout","amount":971000,"currency":"eur","arrival_date":%d,"statement_descriptor":"EASTBROOK CARDS"}`, arrival)); status != http.StatusOK {
		t.Fatalf("payout: %d", status)
	}
	s.quiet()
	s.arrives("2026-02-10", 9_710_00, "EASTBROOK CARDS 4711")
	s.quiet()
	s.says(page, "has arrived and is booked")
	if open, _ := s.openDeal(); open != "0.00" {
		t.Errorf("%s is open", open)
	}
	s.ledgerOf()
	charge := `{"id":"ch_1","object":"charge","amount_refunded":1000000,"currency":"eur","payment_intent":"pi_1"}`
	if status := s.news("evt_3", "charge.refunded", charge); status != http.StatusOK {
		t.Errorf("refunded: %d", status)
	}
	s.says(page, "went back to you")
	s.told("after it was booked: a person should decide", 1)
}

func (s *cardScene) ledgerOf() {
	s.t.Helper()
	var paidOn string
	var kept, received int64
	s.must(s.owner.QueryRowContext(s.t.Context(), `SELECT paid_in_full_on::text, card_cost_minor FROM deals WHERE status IN ('paid_out', 'settled')`).Scan(&paidOn, &kept))
	if paidOn != "2026-02-06" || kept != 290_00 {
		s.t.Errorf("paid on %s, %d kept", paidOn, kept)
	}
	s.must(s.owner.QueryRowContext(s.t.Context(), `SELECT sum(p.amount_minor) FROM postings p JOIN journals j ON j.id = p.journal_id WHERE p.account = 'processing_costs' AND j.kind = 'v8c_apply_card'`).Scan(&received))
	if received != 290_00 {
		s.t.Errorf("%d of costs", received)
	}
	findings, _, err := repository.CheckLedger(s.t.Context(), s.data.OwnerURL)
	if err != nil || len(findings) > 0 {
		s.t.Errorf("the books: %v %v", findings, err)
	}
	letters, err := s.letters(s.t.Context(), s.debtor)
	s.must(err)
	if last := letters[len(letters)-1]; !strings.Contains(last.Text, "10,000.00") || strings.Contains(last.Text, "9,710") {
		s.t.Errorf("the receipt is\n%s", last.Text)
	}
}

// TestNewsComeInAnyOrder: a refund that is heard of before the payment, another amount than was asked, a page
// that is not ours and one that expired: nothing is paid that was not, and the tone stays.
func TestNewsComeInAnyOrder(t *testing.T) {
	s := newCardScene(t)
	s.takesCards()
	begin := func(n int) (string, string) {
		answer, page := s.pays("100.00", "EUR")
		if answer.status != http.StatusSeeOther {
			t.Fatalf("%d %s", answer.status, answer.body)
		}
		s.quiet()
		s.says(page, fmt.Sprintf("/pay/cs_%d", n))
		return cardOfPage(page), page
	}
	card, first := begin(1)
	unpaid := strings.Replace(session(1, card, 100_00, "eur"), `"paid"`, `"unpaid"`, 1)
	if status := s.news("evt_unpaid", "checkout.session.completed", unpaid); status != http.StatusOK {
		t.Errorf("a page that was filled and not paid: %d", status)
	}
	for id, object := range map[string]string{
		"evt_less": session(1, card, 99_00, "eur"), "evt_dollars": session(1, card, 100_00, "usd"), "evt_other": session(9, card, 100_00, "eur"),
		"evt_none": session(1, domain.New[domain.CardID]().String(), 100_00, "eur"), "evt_theirs": session(1, "", 100_00, "eur"),
	} {
		if status := s.news(id, "checkout.session.completed", object); status != http.StatusOK {
			t.Errorf("%s: %d", id, status)
		}
	}
	s.says(first, "/pay/cs_1")
	s.told("a person should look at", 2)

	_, second := begin(2) // the first is closed by it
	s.says(first, "nothing was charged")
	s.till.set(func() {
		if !slices.Equal(s.till.closed, []string{"cs_1"}) {
			t.Errorf("closed %v", s.till.closed)
		}
	})
	card = cardOfPage(second)
	expired := session(2, card, 100_00, "eur")
	if status := s.news("evt_expired", "checkout.session.expired", expired); status != http.StatusOK {
		t.Error(status)
	}
	s.says(second, "nothing was charged")
	// the processor's word on money counts more: it was paid after all, and was given back before we heard of it
	charge := `{"id":"ch_1","object":"charge","amount_refunded":10000,"currency":"eur","payment_intent":"pi_2","metadata":{"comity_card":"` + card + `"}}`
	for _, told := range [][2]string{{"charge.refunded", charge}, {"checkout.session.completed", expired}} {
		if status := s.news("evt_"+told[0], told[0], told[1]); status != http.StatusOK {
			t.Errorf("%s: %d", told[0], status)
		}
	}
	s.says(second, "went back to you")
	if body := s.open(t, s.link).body; strings.Contains(body, "is being passed on to us") {
		t.Errorf("what was given back still rests:\n%s", body)
	}
	s.told("a person should talk with it", 1)
	_, third := begin(3)
	card = cardOfPage(third)
	if s.news("evt_3", "checkout.session.completed", session(3, card, 100_00, "eur")); s.news("evt_4", "charge.dispute.created", `{"id":"dp_1","object":"dispute","amount":10000,"currency":"eur","payment_intent":"pi_3"}`) != http.StatusOK {
		t.Error("the dispute is refused")
	}
	s.says(third, "went back to you")
	s.told("a person should talk with it", 2)
	if open, _ := s.openDeal(); open != "10000.00" {
		t.Errorf("%s is open", open)
	}
}

// told counts what factor and seller were told in some words.
func (s *cardScene) told(words string, want int) {
	s.t.Helper()
	s.counts() // opens the owner's connection
	var got int
	s.must(s.owner.QueryRowContext(s.t.Context(), `SELECT count(*) FROM events WHERE position($1 IN said) > 0`, words).Scan(&got))
	if got != want {
		s.t.Errorf("%q was told %d times, want %d", words, got, want)
	}
}

// TestAProcessorThatFails: a call that fails is made again as the same one, and one that fails for good
// ends the payment and tells the factor why; nothing is charged.
func TestAProcessorThatFails(t *testing.T) {
	s := newCardScene(t)
	s.takesCards()
	s.till.set(func() { s.till.down = 2 })
	_, page := s.pays("100.00", "EUR")
	s.quiet()
	s.says(page, "/pay/cs_1")
	s.till.set(func() { s.till.down = 3 })
	_, page = s.pays("200.00", "EUR")
	s.quiet()
	s.says(page, "nothing was charged")
	s.told("could not begin", 1)
}

// TestAPaymentByCardIsOfItsOwnCase: another's link neither sees it nor begins one for this invoice, and a
// stop takes it from the page.
func TestAPaymentByCardIsOfItsOwnCase(t *testing.T) {
	s := newCardScene(t)
	s.takesCards()
	_, page := s.pays("100.00", "EUR")
	s.quiet()
	at := page[strings.LastIndex(page, "/card/"):]
	_, token, _ := parts(t, s.link)
	if status := s.open(t, s.serving.URL+"/d/"+strings.Repeat("A", len(token))+at).status; status != http.StatusNotFound {
		t.Errorf("a link that is none: %d", status)
	}
	foreign := s.form(t, s.link+"/card?deal="+s.deal, map[string]string{"amount": "10.00", "deal": domain.New[domain.DealID]().String()})
	if answer := s.send(t, s.link, "card", foreign); answer.status != http.StatusNotFound {
		t.Errorf("another's invoice: %d", answer.status)
	}
	form := s.form(t, s.link+"/card?deal="+s.deal, map[string]string{"amount": "10.00"})
	s.must(s.eastbrook.signIn(t.Context()))
	s.must(s.eastbrook.post(t.Context(), "/v1/cases/"+s.kase+"/stops", map[string]any{"code": "legal_stop", "reason": "an administrator was appointed"}, nil))
	if body := s.open(t, s.link).body; strings.Contains(body, "by card") {
		t.Error("under a legal stop the page offers a card")
	}
	if answer := s.send(t, s.link, "card", form); answer.status != http.StatusConflict {
		t.Errorf("under a legal stop: %d", answer.status)
	}
}

// TestAFileOfCardAccountsIsWhole: a wrong name, key or member is refused, and no secret is repeated.
func TestAFileOfCardAccountsIsWhole(t *testing.T) {
	org := domain.New[domain.OrganizationID]()
	right := `{"` + org.String() + `": {"key": "sk_live_hidden", "webhook_secret": "` + cardSecret + `"}}`
	for text, taken := range map[string]bool{
		right: true, "{}": true, "": false, "sk_live_hidden": false, strings.Replace(right, org.String(), "eastbrook", 1): false,
		strings.Replace(right, "sk_live", "pk_live", 1): false, strings.Replace(right, "webhook_secret", "webhook", 1): false, strings.Replace(right, cardSecret, "hidden", 1): false,
	} {
		file := filepath.Join(t.TempDir(), "cards.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		all, err := config{Cards: file, CardsURL: "https://api.stripe.com"}.cardAccounts()
		if (err == nil) != taken || err != nil && strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", text, err)
		}
		if text == right && (!all.takes(org, false) || all.takes(org, true) || all.takes(domain.New[domain.OrganizationID](), false)) {
			t.Error("an account of real money is for the live world, and for its factor")
		}
	}
	if _, err := (config{Cards: "/nowhere/cards.json", CardsURL: "https://api.stripe.com"}).cardAccounts(); err == nil {
		t.Error("a file that is not there is taken")
	}
}
