package portal_test

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"comity/collections"
	"comity/domain"
	"comity/money"
	"comity/portal"
)

// TestWhatADebtorSaysAboutUs walks the forms that ask for no money (F-84).
func TestWhatADebtorSaysAboutUs(t *testing.T) {
	for name, tc := range map[string]struct {
		verb   string
		form   url.Values
		refuse error
		status int
		asked  string
		shows  string
	}{
		"not received":              {"not-received", nil, nil, 303, "not received", ""},
		"not received, and waiting": {"not-received", nil, domain.ErrConflict, 409, "not received", "A person is on this already"},
		"proof":                     {"proof", url.Values{"said": {"Call 030 1"}}, nil, 303, "proof Call 030 1", ""},
		"proof without a word":      {"proof", nil, nil, 303, "proof", ""},
		"wrong contact":             {"wrong-contact", url.Values{"mistake": {"person"}, "said": {"<b>Vance</b>"}}, nil, 303, "wrong person <b>Vance</b>", ""},
		"wrong contact, no choice":  {"wrong-contact", nil, domain.ErrInvalid.At("/mistake", "not-chosen", ""), 422, "wrong", "Please choose one"},
		"complaint":                 {"complaint", url.Values{"said": {"rude"}}, nil, 303, "complain rude", ""},
		"complaint without a word":  {"complaint", nil, domain.ErrInvalid.At("/said", "empty", ""), 422, "complain", "A few words are needed"},
		"preferences": {
			"preferences",
			url.Values{"mode": {"digest"}, "email": {"yes"}, "phone": {"none"}, "hours": {"morning"}, "language": {"de"}},
			nil, 303,
			"prefer digest [phone]  morning de", "",
		},
		"preferences, rung":       {"preferences", url.Values{"mode": {"each"}, "email": {"none"}, "phone": {"rather"}}, nil, 303, "prefer each [email] phone  ", ""},
		"preferences, made up":    {"preferences", url.Values{"mode": {"never"}}, nil, 422, "", "Please choose one"},
		"feedback":                {"feedback", url.Values{"ease": {"no"}, "said": {"too long"}}, nil, 303, "feedback no too long", ""},
		"feedback, answered once": {"feedback", url.Values{"ease": {"no"}}, domain.ErrConflict, 409, "feedback no", "was answered already"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite()
			s.refuse = tc.refuse
			form := url.Values{"nonce": {s.nonce(t)}, "deal": {s.deal.String()}}
			for field, typed := range tc.form {
				form[field] = typed
			}
			w := s.post(s.path()+"/"+tc.verb, form)
			if w.Code != tc.status || strings.TrimSpace(strings.Join(s.asked, "|")) != strings.TrimSpace(tc.asked) || !strings.Contains(w.Body.String(), tc.shows) {
				t.Errorf("%d, asked %q, want %d, %q and %q in\n%s", w.Code, s.asked, tc.status, tc.asked, tc.shows, w.Body)
			}
			if w.Code == 303 && w.Header().Get("Location") != s.path()+"?done="+tc.verb+"#word" {
				t.Errorf("leads to %s", w.Header().Get("Location"))
			}
		})
	}
}

// TestTheEvidenceIsShownAtTheSecondClick holds C-77: what was sent, when and to whom.
func TestTheEvidenceIsShownAtTheSecondClick(t *testing.T) {
	s := newSite()
	s.page.Letters = []domain.DebtorLetter{{Recipient: "dana@harborpine.example", At: now, Items: []domain.DealID{s.deal}}, {Recipient: "x@y.example", At: now}}
	path := s.path() + "/not-received?deal=" + s.deal.String()
	for clicks, want := range []string{"send you its facts again", "This time a person calls", "whether we write to the right one"} {
		body := s.get(path).Body.String()
		if !strings.Contains(body, want) || strings.Contains(body, "dana@") != (clicks > 0) || strings.Contains(body, "x@y") {
			t.Errorf("after %d clicks:\n%s", clicks, body)
		}
		s.page.Questions = append(s.page.Questions, domain.Question{Deal: s.deal, Topic: domain.TopicMissing, Said: "Invoice MP-1042 did not reach us.", AskedAt: now})
	}
}

// TestFeedbackIsAskedOnlyAfterADeed holds C-200: nobody is asked before it has settled something, and nobody twice.
func TestFeedbackIsAskedOnlyAfterADeed(t *testing.T) {
	s := newSite()
	for _, tc := range []struct {
		may  bool
		path string
		want bool
	}{{true, "?done=paid", true}, {true, "", false}, {false, "?done=paid", false}} {
		s.page.MayBeAsked = tc.may
		if got := strings.Contains(s.get(s.path()+tc.path).Body.String(), "Was it easy"); got != tc.want {
			t.Errorf("%+v: asked %t", tc, got)
		}
	}
}

// TestALongListStaysLight: of many invoices each says what can be done on a page of its own.
func TestALongListStaysLight(t *testing.T) {
	s := newSite()
	for range 199 {
		item := s.page.Items[0]
		item.Deal = domain.New[domain.DealID]()
		s.page.Items = append(s.page.Items, item)
	}
	body := s.get(s.path()).Body.String()
	if strings.Count(body, "<details class=\"item\"") != 200 || strings.Contains(body, "/promise?") || len(body) > 250_000 {
		t.Errorf("%d bytes, %d invoices", len(body), strings.Count(body, "<details class=\"item\""))
	}
	if own := s.get(s.path() + "/pay?deal=" + s.deal.String()).Body.String(); !strings.Contains(own, "/promise?deal="+s.deal.String()) {
		t.Error("the invoice's own page does not say what can be done")
	}
}

// TestThePageKeepsThePreferredLanguage shows it before what the browser asks for, and after what was chosen.
func TestThePageKeepsThePreferredLanguage(t *testing.T) {
	s := newSite()
	s.page.Preferences.Language = "de"
	if body := s.get(s.path()).Body.String(); !strings.Contains(body, `<html lang="de">`) {
		t.Error("the preferred language is not used")
	}
	if body := s.get(s.path() + "?lang=es").Body.String(); !strings.Contains(body, `<html lang="es">`) {
		t.Error("the chosen language is not used")
	}
}

// TestThePolicyIsOpen holds C-16: everybody may read the rules, and the debtor who writes to it.
func TestThePolicyIsOpen(t *testing.T) {
	s := newSite()
	p := collections.Published()
	open, own := s.get("/d/policy"), s.get(s.path()+"/policy")
	for name, body := range map[string]string{"open": open.Body.String(), "own": own.Body.String()} {
		for _, want := range []string{
			fmt.Sprintf("at most once in %d days", p.GapDays), fmt.Sprintf("at most %d messages", p.Ceiling), "8:00 and 18:00",
			fmt.Sprintf("within %d business days, a complaint within %d", p.ProofDays, p.ComplaintDays), "by telephone",
		} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %q in\n%s", name, want, body)
			}
		}
	}
	if open.Code != 200 || strings.Contains(open.Body.String(), "Eastbrook") || !strings.Contains(own.Body.String(), "Eastbrook Factors, LLC has bought invoices of Marlow Print Works LLC") {
		t.Errorf("who writes: %d\n%s", open.Code, own.Body)
	}
}

// TestADocumentIsKeptAndNotShown holds C-181 and D-6, and what a hostile file may not do: it is somebody else's bytes.
func TestADocumentIsKeptAndNotShown(t *testing.T) {
	s := newSite()
	path := s.path() + "/document?deal=" + s.deal.String()
	if w := s.get(path); w.Code != http.StatusNotFound {
		t.Errorf("no document: %d", w.Code)
	}
	s.page.Items[0].HasDocument = true
	w := s.get(path)
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") ||
		!strings.Contains(w.Header().Get("Content-Security-Policy"), "sandbox") || w.Header().Get("X") != "" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if body := s.get(s.path()).Body.String(); !strings.Contains(body, "Its bank details no longer count") {
		t.Error("the page does not say that the invoice's own bank details are over")
	}
}

// TestTheProofStandsBesideItsAnswer holds F-41: the page leads to the letter from the answer that it went with, in the
// language of the page, and it is kept and not shown; where none was sent there is none.
func TestTheProofStandsBesideItsAnswer(t *testing.T) {
	s := newSite()
	proof := domain.Question{ID: domain.New[domain.QuestionID](), Topic: domain.TopicProof, Said: "Please prove it.", AskedAt: now, Answer: "Here it is.", AnsweredAt: now}
	s.page.Questions = []domain.Question{{Topic: domain.TopicProof, Said: "Once more.", AskedAt: now}, proof}
	path := s.path() + "/proof-letter"
	if w, body := s.get(path), s.get(s.path()).Body.String(); w.Code != http.StatusNotFound || strings.Contains(body, path) {
		t.Errorf("no letter was sent: %d, and the page has %t", w.Code, strings.Contains(body, path))
	}
	s.page.Proof = proof.ID
	w := s.get(path)
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/pdf" || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") || !strings.Contains(w.Header().Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	body := s.get(s.path() + "?lang=de").Body.String()
	_, after, _ := strings.Cut(body, "Here it is.")
	if link := `<a href="` + path + `?lang=de">Die Bestätigung des Verkaufs, als Brief</a>`; strings.Count(body, path) != 1 || !strings.Contains(after, link) {
		t.Errorf("the page leads to it %d times:\n%s", strings.Count(body, path), body)
	}
}

// TestAPaymentCodeIsForConfirmedLinksOnly holds D-6 and F-84: a code stands beside the account, and says the same.
func TestAPaymentCodeIsForConfirmedLinksOnly(t *testing.T) {
	s := newSite()
	iban, err := domain.ParseIBAN("DE89370400440532013000")
	if err != nil {
		t.Fatal(err)
	}
	item := &s.page.Items[0]
	item.Open, item.Basis = money.Minor(123_456, "EUR"), money.Minor(123_456, "EUR")
	item.Account = domain.BankAccount{Holder: "Eastbrook\nFactors", Currency: "EUR", Number: iban}
	pay := s.path() + "/pay?deal=" + s.deal.String()
	if strings.Contains(s.get(pay).Body.String(), "<svg") || portal.Transfer(s.page, *item) != "" {
		t.Error("a code before the link was confirmed")
	}
	s.page.Confirmed = true
	want := "BCD\n002\n1\nSCT\n\nEastbrook Factors\nDE89370400440532013000\nEUR1234.56\n\nRF18539007547034\n\n"
	if got := portal.Transfer(s.page, *item); got != want {
		t.Errorf("the code says %q, want %q", got, want)
	}
	for _, path := range []string{pay, s.path()} {
		if body := s.get(path).Body.String(); !strings.Contains(body, "<svg") || !strings.Contains(body, "DE89 3704 0044 0532 0130 00") || !strings.Contains(body, "RF18 5390 0754 7034") {
			t.Errorf("%s shows no code", path)
		}
	}
	other := *item
	other.Deal = domain.New[domain.DealID]()
	s.page.Items = append(s.page.Items, other)
	if body := s.get(s.path()).Body.String(); strings.Contains(body, "<svg") || !strings.Contains(s.get(pay).Body.String(), "<svg") {
		t.Error("of two invoices the statement shows the code of one, or neither has its own page")
	}
	s.page.Items = s.page.Items[:1]
	item = &s.page.Items[0]
	item.Open = money.Minor(123_456, "USD")
	if portal.Transfer(s.page, *item) != "" {
		t.Error("a transfer in dollars")
	}
	item.Open = money.Minor(0, "EUR")
	if portal.Transfer(s.page, *item) != "" || s.get(pay).Code != http.StatusNotFound {
		t.Error("a transfer of nothing")
	}
}

// TestGuessesAreThrottled holds T-7 and F-83: a thousand wrong links from one address are too many, and a right link works from
// the same address and from any other.
func TestGuessesAreThrottled(t *testing.T) {
	s := newSite()
	from := func(address, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, path, http.NoBody)
		r.RemoteAddr = address
		s.handler.ServeHTTP(w, r)
		return w
	}
	counts := map[int]int{}
	var missing string
	for i := range 1000 {
		w := from("203.0.113.9:4711", fmt.Sprintf("/d/guess%d", i))
		counts[w.Code]++
		if missing == "" {
			missing = w.Body.String()
		}
		if w.Body.String() != missing {
			t.Fatal("the words differ")
		}
	}
	if counts[http.StatusNotFound] != 400 || counts[http.StatusTooManyRequests] != 600 {
		t.Errorf("a thousand guesses: %v", counts)
	}
	for _, address := range []string{"203.0.113.9:4712", "198.51.100.7:1", "[2001:db8::1]:1"} {
		if w := from(address, s.path()); w.Code != http.StatusOK {
			t.Errorf("a right link from %s: %d", address, w.Code)
		}
	}
	for i := range 401 { // somebody who has a whole network for itself
		counts[from(fmt.Sprintf("[2001:db8:0:1::%x]:1", i+1), "/d/guess").Code]++
	}
	if counts[http.StatusTooManyRequests] != 601 || from("[2001:db8:0:2::1]:1", "/d/guess").Code != http.StatusNotFound {
		t.Errorf("guesses from one network: %v", counts)
	}
	if spoofed := through(s, "203.0.113.9:4711", "198.51.100.77"); spoofed != http.StatusTooManyRequests {
		t.Errorf("who names another address is answered %d", spoofed)
	}
	s.later(6 * time.Minute)
	if w := from("203.0.113.9:4711", "/d/guess"); w.Code != http.StatusNotFound {
		t.Errorf("after a while: %d", w.Code)
	}
}

// through tries a wrong link from an address that says for whom it asks.
func through(s *site, remote, asked string) int {
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/d/guess", http.NoBody)
	r.RemoteAddr = remote
	r.Header.Set("X-Forwarded-For", asked)
	s.handler.ServeHTTP(w, r)
	return w.Code
}

// TestAProxysWordIsBelieved holds T-7 behind a proxy that the operator named: each of those for whom it asks has a
// count of its own.
func TestAProxysWordIsBelieved(t *testing.T) {
	s := newSite("10.0.0.0/8")
	for range 401 {
		through(s, "10.1.2.3:80", "203.0.113.9")
	}
	if guesser, other := through(s, "10.1.2.3:80", "203.0.113.9"), through(s, "10.1.2.3:80", "203.0.113.10"); guesser != http.StatusTooManyRequests || other != http.StatusNotFound {
		t.Errorf("the guesser is answered %d, another %d", guesser, other)
	}
}

var control = regexp.MustCompile(`<(input|textarea|fieldset)[^>]* id="([^"]+)"`)

// TestEveryFieldHasAName holds C-123 without a browser: each control has a label or a legend, and what describes it is
// there.
func TestEveryFieldHasAName(t *testing.T) {
	s := newSite()
	for _, verb := range domain.Verbs() {
		if verb == domain.VerbView {
			continue // it is the page itself
		}
		body := s.get(s.path() + "/" + verb + "?deal=" + s.deal.String()).Body.String()
		for _, found := range control.FindAllStringSubmatch(body, -1) {
			if found[1] != "fieldset" && !strings.Contains(body, `<label for="`+found[2]+`">`) {
				t.Errorf("%s: %s has no label", verb, found[2])
			}
		}
		for _, described := range regexp.MustCompile(`aria-describedby="([^"]+)"`).FindAllStringSubmatch(body, -1) {
			for id := range strings.FieldsSeq(described[1]) {
				if !strings.Contains(body, `id="`+id+`"`) {
					t.Errorf("%s: %s describes and is not there", verb, id)
				}
			}
		}
		if !strings.Contains(body, "<button>") || !strings.Contains(html.UnescapeString(body), "Back to the statement") {
			t.Errorf("%s: no way forward or back", verb)
		}
	}
}
