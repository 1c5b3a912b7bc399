package portal_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"comity/domain"
	"comity/money"
)

// PayByCard implements portal.Cases.
func (f *cases) PayByCard(_ context.Context, _ domain.Caller, deal domain.DealID, amount money.Amount, once domain.Once[domain.CardPayment]) (domain.Answer, error) {
	what := "card " + amount.String()
	if deal.IsZero() {
		what += " of all"
	}
	f.asked = append(f.asked, what)
	return once.Answer(domain.CardPayment{ID: cardOfTests}), f.refuse
}

var cardOfTests, _ = domain.ParseCardID("card_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b")

// TestNothingSpeaksOfCardsWithoutAnAccount: off, not confirmed, stopped, disputed or on its way,
// the page offers no card and has no such form. It holds F-84.
func TestNothingSpeaksOfCardsWithoutAnAccount(t *testing.T) {
	for name, set := range map[string]func(*site){
		"the factor takes none":          func(s *site) { s.cards = false },
		"the notice's code is not typed": func(s *site) { s.page.Confirmed = false },
		"a stop forbids it":              func(s *site) { s.page.CardsStopped = true },
		"it is not paid out":             func(s *site) { s.page.Items[0].Status = domain.DealMade },
		"the link only shows":            func(s *site) { s.link.Verbs = []string{domain.VerbView} },
		"it is disputed": func(s *site) {
			s.page.Disputes = []domain.Dispute{{Deal: s.deal, Status: domain.DisputeOpen, Amount: s.page.Items[0].Open}}
		},
		"it is on its way": func(s *site) {
			s.page.Holds = []domain.Hold{{Deal: s.deal, Code: domain.HoldPaidOrPending, CauseKind: "announced"}}
		},
		"the processor has it": func(s *site) {
			s.page.Cards = []domain.CardPayment{{Status: domain.CardPaid, Parts: []domain.CardPart{{Deal: s.deal, Amount: s.page.Items[0].Open}}}}
		},
	} {
		s := newSite()
		s.cards, s.page.Confirmed = true, true
		if body := s.get(s.path()).Body.String(); !strings.Contains(body, "Pay by card") {
			t.Fatalf("a page with all that is needed offers no card:\n%s", body)
		}
		set(s)
		page, form := s.get(s.path()).Body.String(), s.get(s.path()+"/card?deal="+s.deal.String())
		if strings.Contains(page, "card?") || strings.Contains(page, "by card") || form.Code != http.StatusNotFound {
			t.Errorf("%s: the page offers it, or the form answers %d", name, form.Code)
		}
	}
}

// TestPayingByCardOnThePage: an amount of one invoice is typed, the whole of several is fixed, and
// the page that waits leads on by a link as soon as there is one. It holds C-116, F-49 and F-84.
func TestPayingByCardOnThePage(t *testing.T) {
	s := newSite()
	s.cards, s.page.Confirmed = true, true
	form := s.form(t, "card?deal="+s.deal.String())
	form.Set("amount", "2,500.00")
	answer := s.post(s.path()+"/card", form)
	if answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != s.path()+"/card/"+cardOfTests.String() || s.asked[0] != "card 2500.00 USD" {
		t.Errorf("%d to %s, asked %v", answer.Code, answer.Header().Get("Location"), s.asked)
	}
	second := s.page.Items[0]
	second.Deal, second.InvoiceNumber = domain.New[domain.DealID](), "MP-1043"
	s.page.Items = append(s.page.Items, second)
	if form = s.form(t, "card"); form.Get("amount") != "20000.00" || form.Get("currency") != "USD" {
		t.Errorf("the whole statement is asked with %v", form)
	}
	if s.post(s.path()+"/card", form); s.asked[1] != "card 20000.00 USD of all" {
		t.Errorf("asked %v", s.asked)
	}
	s.refuse = domain.ErrMoreThanOpen
	if refused := s.post(s.path()+"/card", form); refused.Code != http.StatusUnprocessableEntity || !strings.Contains(refused.Body.String(), "more than can be paid") {
		t.Errorf("refused with %d:\n%s", refused.Code, refused.Body)
	}
}

// form reads what a form of the page holds, as a browser does.
func (s *site) form(t *testing.T, at string) url.Values {
	t.Helper()
	body := s.get(s.path() + "/" + at).Body.String()
	form := url.Values{}
	for _, input := range strings.Split(body, "<input ")[1:] {
		name, value := attribute(input, "name"), attribute(input, "value")
		form.Set(name, value)
	}
	if form.Get("nonce") == "" {
		t.Fatalf("%s has no form:\n%s", at, body)
	}
	return form
}

func attribute(tag, name string) string {
	_, after, _ := strings.Cut(tag, name+`="`)
	value, _, _ := strings.Cut(after, `"`)
	return value
}

// TestHowAPaymentByCardStands: each state says what is true and no more, only a page that can
// still be paid on is led to, and none is loaded anew by itself.
func TestHowAPaymentByCardStands(t *testing.T) {
	for name, c := range map[string]struct {
		status  domain.CardStatus
		late    bool
		settled bool
		says    string
		leads   bool
		again   bool
	}{
		"preparing":                 {status: domain.CardPreparing, says: "being prepared", again: true},
		"ready":                     {status: domain.CardReady, says: "pay.example", leads: true},
		"ready, and too late":       {status: domain.CardReady, late: true, says: "nothing was charged"},
		"ready, and paid meanwhile": {status: domain.CardReady, settled: true, says: "nothing was charged"},
		"paid":                      {status: domain.CardPaid, says: "do not pay it again"},
		"booked":                    {status: domain.CardPassedOn, says: "has arrived"},
		"given back":                {status: domain.CardReturned, says: "went back to you"},
		"over":                      {status: domain.CardExpired, says: "nothing was charged"},
		"refused":                   {status: domain.CardFailed, says: "nothing was charged"},
	} {
		s := newSite()
		s.cards, s.page.Confirmed = true, true
		s.page.Cards = []domain.CardPayment{{
			ID: cardOfTests, Status: c.status, Amount: s.page.Items[0].Open, Expires: now.Add(time.Hour), URL: "https://pay.example/c/cs_1#x",
			Parts: []domain.CardPart{{Deal: s.deal, Number: "MP-1042", Amount: s.page.Items[0].Open}},
		}}
		if c.late {
			s.later(2 * time.Hour)
		}
		if c.settled {
			s.page.Items[0].Open = money.Minor(100, "USD")
		}
		answer := s.get(s.path() + "/card/" + cardOfTests.String())
		body := answer.Body.String()
		if answer.Code != http.StatusOK || !strings.Contains(body, c.says) || strings.Contains(body, `href="https://pay.example`) != c.leads || strings.Contains(body, "Look again") != c.again || strings.Contains(body, `http-equiv="refresh"`) || answer.Header().Get("Refresh") != "" {
			t.Errorf("%s: %d\n%s", name, answer.Code, body)
		}
		if csp := answer.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "form-action 'self'") || strings.Contains(csp, "pay.example") {
			t.Errorf("%s: policy %s", name, csp)
		}
		if other := s.get(s.path() + "/card/" + domain.New[domain.CardID]().String()); other.Code != http.StatusNotFound {
			t.Errorf("another's payment answers %d", other.Code)
		}
	}
}

// TestOnePaymentIsOfOneCurrency: two currencies are not paid at once, and each invoice still is by its own page.
func TestOnePaymentIsOfOneCurrency(t *testing.T) {
	s := newSite()
	s.cards, s.page.Confirmed = true, true
	second := s.page.Items[0]
	second.Deal, second.Open, second.Basis = domain.New[domain.DealID](), money.Minor(50_000, "EUR"), money.Minor(50_000, "EUR")
	s.page.Items = append(s.page.Items, second)
	if strings.Contains(s.get(s.path()).Body.String(), "/card") || s.get(s.path()+"/card").Code != http.StatusNotFound {
		t.Error("two currencies are offered as one payment")
	}
	for _, item := range s.page.Items {
		if at := "/card?deal=" + item.Deal.String(); !strings.Contains(s.get(s.path()+"/pay?deal="+item.Deal.String()).Body.String(), at) || s.get(s.path()+at).Code != http.StatusOK {
			t.Errorf("%s of it is not offered", item.Open)
		}
	}
}
