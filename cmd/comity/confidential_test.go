package main

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"comity/domain"
	"comity/formats"
	"comity/money"
)

// A quietScene is Alice's deal with a factor of which her debtor is not to hear.
type quietScene struct {
	*scene
	second *client
}

const (
	quietFactor = "Quillfeather Capital"
	quietSender = "accounts@alice.example"
)

// newQuietScene lets Alice ask for a confidential sale, and plays it up to the offer: Quillfeather buys so
// from level 3 on, and Eastbrook, which would pay more, tells every debtor.
func newQuietScene(t *testing.T) *quietScene {
	t.Helper()
	h := newHouse(t, onDay{payday: domain.MustDate("2026-03-09")}, "2026-02-03T14:00:00Z")
	s := &quietScene{scene: &scene{storyA: &storyA{house: h}, debtor: "ap-111@seeblick.example"}}
	s.eastbrook, s.rival = h.buyer(quietFactor, "1000000.00", map[string]any{"confidential_level": 3}), h.buyer("Eastbrook", "1000000.00")
	s.alice = h.shop("Alice GmbH", "111")
	named := h.invoiceOf(s.alice, "111")
	named["paid_to"] = s.trusted().IBAN()
	h.must(s.alice.post(t.Context(), "/v1/invoices/"+s.alice.invoice+"/withdraw", nil, nil))
	named["number"] = "112"
	s.alice.invoice = h.made(s.alice.client, "/v1/invoices", named)
	s.marlow, s.rel, s.invoice = s.alice.client, s.alice.rel, s.alice.invoice
	s.change(`{"disclosure":"confidential","heads_up":false}`, "1")
	return s
}

// bids asks for a quote and returns, by factor, why it does not buy; "" of who does.
func (s *quietScene) bids() map[string]string {
	s.t.Helper()
	var quoted struct {
		Bids []struct {
			Factor string
			Why    *struct{ Reason, Detail string } `json:"why_not"`
		}
	}
	s.must(s.alice.post(s.t.Context(), "/v1/quotes", map[string]any{"invoice_id": s.invoice}, &quoted))
	all := map[string]string{}
	for _, b := range quoted.Bids {
		if all[b.Factor] = ""; b.Why != nil {
			all[b.Factor] = b.Why.Detail
		}
	}
	return all
}

// trusted is the account in Alice's name that is held for the factor.
func (h *house) trusted() domain.BankAccountNumber {
	h.t.Helper()
	number, err := testIBAN(990_001)
	h.must(err)
	return number
}

// trust opens the account in Alice's name that is held for the factor.
func (s *quietScene) trust() string {
	s.t.Helper()
	number := s.trusted()
	own, err := testIBAN(900_000 + 10*len(quietFactor))
	s.must(err)
	s.operating = bankedAccount{
		purpose: "operating", number: own, currency: "EUR", calendar: domain.BankingDays("EUR", "DE"), through: domain.MustDate("2026-02-03"),
		balance: money.Minor(5_000_000, "EUR"), booked: map[domain.Date][]formats.BankLine{},
	}
	s.collection = bankedAccount{
		purpose: "collection", number: number, currency: "EUR", calendar: domain.BankingDays("EUR", "DE"), through: domain.MustDate("2026-02-03"),
		balance: money.Minor(0, "EUR"), booked: map[domain.Date][]formats.BankLine{},
	}
	s.banks = []*bankedAccount{&s.operating, &s.collection}
	s.bank = bank{factor: s.eastbrook, accounts: s.banks, seen: map[string]bool{}}
	return s.made(s.eastbrook, "/v1/bank-accounts", map[string]any{
		"purpose": "collection", "currency": "EUR", "holder": "Alice GmbH", "held_by": s.organization(s.alice.client), "iban": number.IBAN(),
	})
}

// sold verifies the invoice, opens the account, and sells.
func (s *quietScene) sold() {
	s.t.Helper()
	s.made(s.platform, "/v1/invoices/"+s.invoice+"/verifications", map[string]any{
		"level": 3, "method": "status in the debtor's portal", "asked": "the portal of Hotel Seeblick", "answer": "approved for payment", "expires_on": "2026-03-05",
	})
	s.trust()
	s.sell()
}

// funded meets every condition of a confidential deal and lets the bank pay.
func (s *quietScene) funded() {
	s.t.Helper()
	s.condition(s.platform, "seller_approved", "owner approved", "2026-02-02T15:00:00Z", "")
	s.condition(s.platform, "account_proven", "hold over", "2026-01-21T15:00:00Z", "")
	s.condition(s.eastbrook, "verified", "portal, 4 February", "2026-02-04T15:00:00Z", "2026-03-06")
	s.condition(s.platform, "trust_proven", "deed of 20 January, the bank's countersignature", "2026-01-21T15:00:00Z", "")
	s.quiet()
	if got := s.paidOut(); got != 0 {
		s.t.Errorf("%d pay-outs before the sender is proven", got)
	}
	s.condition(s.platform, "sender_proven", "DKIM key in the zone of alice.example", "2026-01-21T15:00:00Z", "")
	s.quiet()
	s.must(s.bank.carryOut(s.t.Context(), domain.MustDate(sceneDay)))
	s.clock("2026-02-06T09:00:00Z")
	s.files(sceneDay)
	s.second = s.secondOf()
}

func (s *quietScene) paidOut() int {
	s.t.Helper()
	var list struct{ Data []struct{ ID string } }
	s.must(s.eastbrook.get(s.t.Context(), "/v1/payouts", &list))
	return len(list.Data)
}

// TestWhoBuysConfidentially plays F-44 up to the sale: only who offers it buys, from the verification that
// its mandate names, into an account in the seller's name; the debtor is told in no case, and a mode stays
// while something is on offer or sold.
func TestWhoBuysConfidentially(t *testing.T) {
	s := newQuietScene(t)
	ctx := t.Context()
	wants := func(when, quill string) {
		t.Helper()
		got := s.bids()
		if !strings.Contains(got[quietFactor], quill) || quill == "" && got[quietFactor] != "" {
			t.Errorf("%s %s says %q, want %q", when, quietFactor, got[quietFactor], quill)
		}
		if !strings.Contains(got["Eastbrook"], "tells every debtor") {
			t.Errorf("%s Eastbrook says %q", when, got["Eastbrook"])
		}
	}
	wants("at first", "verified to level 0, and level 3 is needed")
	s.made(s.platform, "/v1/invoices/"+s.invoice+"/verifications", map[string]any{
		"level": 3, "method": "status in the debtor's portal", "asked": "the portal", "answer": "approved for payment", "expires_on": "2026-03-05",
	})
	wants("verified", "no account in your name")

	account := map[string]any{"purpose": "collection", "currency": "EUR", "holder": quietFactor, "held_by": s.organization(s.alice.client), "iban": "DE89370400440532013000"}
	for name, change := range map[string]func(){
		"a holder that is not the seller": func() { account["holder"] = quietFactor },
		"a seller that is none":           func() { account["holder"], account["held_by"] = "Alice GmbH", s.organization(s.rival) },
		"an operating account":            func() { account["held_by"], account["purpose"] = s.organization(s.alice.client), "operating" },
	} {
		change()
		if err := s.eastbrook.post(ctx, "/v1/bank-accounts", account, nil); code(err) != "invalid" {
			t.Errorf("%s: %v", name, err)
		}
		account["holder"], account["held_by"], account["purpose"] = "Alice GmbH", s.organization(s.alice.client), "collection"
	}
	trust := s.trust()
	wants("with an account", "")
	later, err := testIBAN(990_011)
	s.must(err)
	s.made(s.eastbrook, "/v1/bank-accounts", map[string]any{
		"purpose": "collection", "currency": "EUR", "holder": "Alice GmbH", "held_by": s.organization(s.alice.client), "iban": later.IBAN(),
	})
	wants("with a later one that the invoice does not name", "")

	s.sell()
	var deal struct {
		Deal       struct{ Disclosure string }
		Conditions []struct{ Code, By string }
	}
	s.must(s.alice.get(ctx, "/v1/deals/"+s.deal, &deal))
	var codes []string
	for _, c := range deal.Conditions {
		codes = append(codes, c.Code)
	}
	if want := domain.Confidential.Conditions(); deal.Deal.Disclosure != "confidential" || !slices.Equal(codes, want) {
		t.Errorf("the deal is %q and waits for %v, want %v", deal.Deal.Disclosure, codes, want)
	}
	if err := s.alice.do(ctx, call{method: "PUT", path: "/v1/deals/" + s.deal + "/conditions/introduced", body: map[string]any{"evidence": "told them"}, unkeyed: true}, nil); code(err) != "not-found" {
		t.Errorf("an introduction of who is a secret: %v", err)
	}
	if err := s.eastbrook.post(ctx, "/v1/cases/"+s.kase+"/disclosings", map[string]any{"reason": "seller_insolvent", "note": "a court said so"}, nil); code(err) != "wrong-state" {
		t.Errorf("a debtor is told while an advance is not paid: %v", err)
	}
	if status, answer := s.changing(`{"disclosure":"notified"}`, "2"); status != http.StatusConflict {
		t.Errorf("the mode changes under a sale: %d %s", status, answer)
	}
	var mandates struct {
		Data []struct {
			Collection string `json:"collection_account_id"`
		}
	}
	s.must(s.eastbrook.get(ctx, "/v1/mandates", &mandates))
	if mandates.Data[0].Collection == trust {
		t.Error("the mandate collects on an account in a seller's name")
	}
}

// TestADebtorThatIsNotTold plays F-44 from the pay-out to the thanks: no notice leaves, letters ask from the
// seller's own address for a payment to the account in its name, the money there settles the deal, and
// the books balance.
func TestADebtorThatIsNotTold(t *testing.T) {
	s := newQuietScene(t)
	s.sold()
	s.funded()
	s.until("2026-02-06", "2026-03-10")
	classes := s.classes()
	if slices.Contains(classes, "legal_notice") || !slices.Contains(classes, "reminder") {
		t.Errorf("what left is %v", classes)
	}
	s.arrives("2026-03-11", 1_000_000, "Rechnung 112 vom 2. Februar")
	s.until("2026-03-12", "2026-03-20")
	if paid := s.paid(s.deal); !strings.Contains(paid, "0.00 open, paid 2026-03-11") {
		t.Errorf("after the payment the deal is %s", paid)
	}
	s.right()
	letters, err := s.letters(t.Context(), s.debtor)
	s.must(err)
	if len(letters) < 2 {
		t.Errorf("%d letters left", len(letters))
	}
	for _, l := range letters {
		if whole := strings.ToLower(l.From + l.ReplyTo + l.Subject + l.Text); strings.Contains(whole, "quillfeather") {
			t.Errorf("a letter names the factor:\n%s\n%s\n%s", l.From, l.Subject, l.Text)
		}
	}
}

// classes lists the classes of the messages of the case that left.
func (s *quietScene) classes() []string {
	s.t.Helper()
	var list struct{ Data []touched }
	s.must(s.eastbrook.get(s.t.Context(), "/v1/cases/"+s.kase+"/touches?limit=200", &list))
	var all []string
	for _, touch := range list.Data {
		if touch.Status == "sent" {
			all = append(all, touch.Class)
		}
	}
	return all
}

// TestTwoPeopleTellADebtor holds F-44's end: what names the factor is refused before, two people of the
// factor decide, the seller hears it and the notice follows; the account stays, and a payment to it is
// found as before.
func TestTwoPeopleTellADebtor(t *testing.T) {
	s := newQuietScene(t)
	s.sold()
	s.funded()
	ctx := t.Context()
	s.until("2026-02-06", "2026-02-26")
	link := s.link()
	agency := s.made(s.platform, "/v1/agencies", s.agency())
	end := endScene{agreedScene: &agreedScene{scene: s.scene, second: s.second}, agency: agency}
	end.missing("confidential")
	step := s.protective()
	if err := s.eastbrook.post(ctx, "/v1/cases/"+s.kase+"/protective-steps", step, nil); code(err) != "wrong-state" {
		t.Errorf("a step in the factor's name: %v", err)
	}
	path := "/v1/cases/" + s.kase + "/disclosings"
	why := map[string]any{"reason": "payment_diverted", "note": "a payment went to another account"}
	if err := s.alice.post(ctx, path, why, nil); code(err) != "forbidden" {
		t.Errorf("the seller decides: %v", err)
	}
	if err := s.eastbrook.post(ctx, path, map[string]any{"reason": "because", "note": ""}, nil); code(err) != "invalid" {
		t.Errorf("for no reason: %v", err)
	}
	id := s.made(s.eastbrook, path, why)
	if err := s.eastbrook.post(ctx, path, why, nil); code(err) != "conflict" {
		t.Errorf("asked twice: %v", err)
	}
	if err := s.eastbrook.post(ctx, "/v1/disclosings/"+id+"/approve", nil, nil); code(err) != "second-person-needed" {
		t.Errorf("one person tells: %v", err)
	}
	s.must(s.eastbrook.post(ctx, "/v1/disclosings/"+id+"/withdraw", nil, nil))
	id = s.made(s.eastbrook, path, why)
	s.must(s.second.signIn(ctx))
	s.must(s.second.post(ctx, "/v1/disclosings/"+id+"/approve", nil, nil))
	if err := s.second.post(ctx, "/v1/disclosings/"+id+"/withdraw", nil, nil); code(err) != "wrong-state" {
		t.Errorf("taken back too late: %v", err)
	}
	if err := s.eastbrook.post(ctx, path, why, nil); code(err) != "wrong-state" {
		t.Errorf("told twice: %v", err)
	}
	s.quiet()
	if classes := s.classes(); slices.Contains(classes, "legal_notice") {
		t.Errorf("the notice leaves before the seller could speak: %v", classes)
	}
	s.between(link)
	s.until("2026-02-26", "2026-03-03")
	if classes := s.classes(); !slices.Contains(classes, "legal_notice") {
		t.Fatalf("no notice left: %v", classes)
	}
	notice := s.newestLetter()
	if !strings.Contains(notice.Text, quietFactor) || !strings.HasPrefix(notice.From, `"`+quietFactor) || !strings.Contains(strings.ReplaceAll(notice.Text, " ", ""), s.collection.number.IBAN()) || !strings.Contains(notice.Text, "Alice GmbH") {
		t.Errorf("the notice of %s says:\n%s", notice.From, notice.Text)
	}
	if page := s.open(t, link); !strings.Contains(page.body, quietFactor) || !strings.Contains(page.body, "/confirm") {
		t.Errorf("after the notice an older link shows:\n%s", page.body)
	}
	var rel struct{ Disclosure string }
	s.must(s.alice.get(ctx, "/v1/relationships/"+s.rel, &rel))
	if rel.Disclosure != "notified" {
		t.Errorf("the pair is %s", rel.Disclosure)
	}
	s.arrives("2026-03-09", 1_000_000, "Rechnung 112")
	s.until("2026-03-10", "2026-03-20")
	s.right()
}

// between holds what a debtor hears after two people decided to tell it and before the notice: its supplier
// still, and nothing that is asked; the seller introduces the factor, and sells nothing more meanwhile.
func (s *quietScene) between(link string) {
	s.t.Helper()
	ctx := s.t.Context()
	s.must(s.submit(ctx, link, "question", url.Values{"deal": {s.deal}, "said": {"Which order was it?"}}))
	var questions struct{ Data []struct{ ID string } }
	s.must(s.eastbrook.get(ctx, "/v1/cases/"+s.kase+"/questions", &questions))
	s.must(s.eastbrook.post(ctx, "/v1/questions/"+questions.Data[0].ID+"/answer", map[string]any{"answer": "It was order 17, as on the invoice."}, nil))
	s.quiet()
	if answer := s.newestLetter(); !strings.Contains(answer.Text, "order 17") || !strings.Contains(answer.From, "Alice GmbH accounts") || strings.Contains(answer.Text, quietFactor) {
		s.t.Errorf("before the notice an answer of %s says:\n%s", answer.From, answer.Text)
	}
	if page := s.open(s.t, link); !strings.Contains(page.body, "112") || strings.Contains(page.body, quietFactor) {
		s.t.Errorf("before the notice the page says:\n%s", page.body)
	}
	if response, _ := s.printed(s.alice.client, "introduction"); response.StatusCode != http.StatusOK {
		s.t.Errorf("the seller's introduction: %d", response.StatusCode)
	}
	var kase struct {
		Disclosure string
		TellingAt  *string `json:"telling_at"`
	}
	s.must(s.alice.get(ctx, "/v1/cases/"+s.kase, &kase))
	if kase.Disclosure != "confidential" || kase.TellingAt == nil {
		s.t.Errorf("the case stands at %+v", kase)
	}
}

// newestLetter is the last mail that the debtor got.
func (s *quietScene) newestLetter() letter {
	s.t.Helper()
	letters, err := s.letters(s.t.Context(), s.debtor)
	s.must(err)
	return letters[len(letters)-1]
}

// TestTheSellerIsTheFactorsAgent holds D-10 and C-212: where the debtor is not told, the seller proposes a plan inside
// the envelope, and the debtor is offered it at once; nothing outside, and nothing that the factor bears.
func TestTheSellerIsTheFactorsAgent(t *testing.T) {
	s := newQuietScene(t)
	s.sold()
	s.funded()
	ctx := t.Context()
	path := "/v1/cases/" + s.kase + "/plans"
	plan := func(change map[string]any) map[string]any {
		body := map[string]any{"deal_id": s.deal, "count": 2, "first_on": "2026-03-10", "every_days": 14, "reason": "cash_flow", "said": "the season is slow"}
		maps.Copy(body, change)
		return body
	}
	for name, change := range map[string]map[string]any{
		"outside the envelope": {"count": 6}, "the factor's share": {"factor_share": "0.5"},
	} {
		if err := s.alice.post(ctx, path, plan(change), nil); code(err) != "forbidden" {
			t.Errorf("%s: %v", name, err)
		}
	}
	var offered wirePlan
	s.must(s.alice.post(ctx, path, plan(nil), &offered))
	if offered.Status != "offered" {
		t.Errorf("the plan is %s", offered.Status)
	}
}
