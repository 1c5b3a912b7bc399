package main

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"comity/domain"
)

// opened is what a browser gets of a debtor's page.
type opened struct {
	status int
	header http.Header
	body   string
}

func (s *scene) open(t *testing.T, link string) opened {
	t.Helper()
	response, body := s.fetch(t, http.MethodGet, strings.TrimPrefix(link, s.serving.URL), nil, nil)
	return opened{response.StatusCode, response.Header, string(body)}
}

// send sends a form with a nonce to a page.
func (s *scene) send(t *testing.T, link, verb string, form url.Values) opened {
	t.Helper()
	response, body := s.fetch(t, http.MethodPost, strings.TrimPrefix(link, s.serving.URL)+"/"+verb, []byte(form.Encode()), header("Content-Type", "application/x-www-form-urlencoded"))
	return opened{response.StatusCode, response.Header, string(body)}
}

// form fills the form for a promise, or for any other deed.
func (s *scene) form(t *testing.T, link string, fields map[string]string) url.Values {
	t.Helper()
	found := formNonce.FindStringSubmatch(s.open(t, link).body)
	if found == nil {
		t.Fatal("the page has no form")
	}
	form := url.Values{"nonce": {found[1]}, "deal": {s.deal}, "currency": {"EUR"}}
	for name, value := range fields {
		form.Set(name, value)
	}
	return form
}

// link's id and token.
func parts(t *testing.T, link string) (base, token string, id uuid.UUID) {
	t.Helper()
	at := strings.LastIndex(link, "/") + 1
	token = link[at:]
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	return link[:at], token, uuid.UUID(raw[:16])
}

// alter changes a link's row as its owner could.
func (s *scene) alter(t *testing.T, id uuid.UUID, set string) {
	t.Helper()
	s.counts() // opens the owner's connection
	if _, err := s.owner.ExecContext(t.Context(), "UPDATE links SET "+set+" WHERE id = $1", id); err != nil {
		t.Fatal(err)
	}
}

// TestALinkThatIsNotInForceIsNotThere holds T-7 and T-37: changed, cut, made up,
// expired and revoked links, and a token of an account, are one and the same 404. It holds F-83.
func TestALinkThatIsNotInForceIsNotThere(t *testing.T) {
	s := newScene(t)
	link := s.link()
	base, token, id := parts(t, link)
	if page := s.open(t, link); page.status != http.StatusOK {
		t.Fatalf("a right link: %d", page.status)
	}
	missing := s.open(t, base+"nothing")
	form := s.form(t, link, map[string]string{"amount": "100.00", "day": "2026-02-12"})
	check := func(name, other string) {
		t.Helper()
		got := s.open(t, other)
		got.header.Del("Date")
		want := missing.header.Clone()
		want.Del("Date")
		if got.status != http.StatusNotFound || got.body != missing.body || fmt.Sprint(got.header) != fmt.Sprint(want) {
			t.Errorf("%s: %d %v", name, got.status, got.header)
		}
		if sent := s.send(t, other, "promise", form); sent.status != http.StatusNotFound || sent.body != missing.body {
			t.Errorf("%s, a form: %d", name, sent.status)
		}
	}
	raw, _ := base64.RawURLEncoding.DecodeString(token) // parts has read it
	for bit := range len(raw) * 8 {
		changed := append([]byte{}, raw...)
		changed[bit/8] ^= 1 << (bit % 8)
		if got := s.open(t, base+base64.RawURLEncoding.EncodeToString(changed)); got.status != http.StatusNotFound || got.body != missing.body {
			t.Errorf("bit %d flipped: %d", bit, got.status)
		}
	}
	h := s.alice
	s.must(h.signIn(t.Context()))
	check("cut", base+token[:len(token)-1])
	check("longer", base+token+"A")
	check("an access token", base+h.token)
	check("made up", base+base64.RawURLEncoding.EncodeToString(append(append([]byte{}, raw[:16]...), raw[:16]...)))
	for name, set := range map[string]string{
		"expired": "expires_at = now() - interval '1 second'", "revoked": "revoked_at = now()", "without the verb to look": "verbs = '{}'", "another key's": "key_version = 9",
	} {
		s.alter(t, id, set)
		check(name, link)
		s.alter(t, id, "expires_at = now() + interval '1 day', revoked_at = NULL, verbs = '{view,promise}', key_version = 1")
	}
	if page := s.open(t, link); page.status != http.StatusOK {
		t.Errorf("the link in force again: %d", page.status)
	}
}

// TestLookingChangesNothing holds T-39 and T-40: scanners open links again and
// again, and what is seen is kept nowhere.
func TestLookingChangesNothing(t *testing.T) {
	s := newScene(t)
	link := s.link()
	s.quiet()
	before := s.counts()
	for range 50 {
		page := s.open(t, link)
		for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow", "X-Content-Type-Options": "nosniff"} {
			if got := page.header.Get(name); got != want || page.status != http.StatusOK {
				t.Fatalf("%d, %s: %q, want %q", page.status, name, got, want)
			}
		}
	}
	for _, path := range append(domain.Verbs()[1:], "pay", "policy", "document", "proof-letter") { // all but view, and what is only read
		for _, address := range []string{link + "/" + path, link + "/" + path + "?deal=" + s.deal + "&lang=de&done=" + path} {
			if page := s.open(t, address); page.status != http.StatusOK && page.status != http.StatusNotFound || page.header.Get("Cache-Control") != "no-store" {
				t.Errorf("GET of %s: %d %s", path, page.status, page.header.Get("Cache-Control"))
			}
		}
	}
	if after := s.counts(); !maps.Equal(before, after) {
		t.Errorf("looking stored rows: %v", changed(before, after))
	}
}

// TestADebtorsFormIsDoneOnce holds T-38 and T-39: the second time a form comes it gets the first one's answer and does
// nothing, another one under its nonce is refused, and a copy for looking cannot do anything. The invoice is not due
// yet: trouble can be said early (C-60). It holds F-41 and F-84.
func TestADebtorsFormIsDoneOnce(t *testing.T) {
	s := newScene(t)
	link := s.link()
	_, _, id := parts(t, link)
	deeds := map[string]map[string]string{
		"promise": {"amount": "100.00", "day": "2026-02-12"}, "question": {"said": "Which order?"}, "dispute": {"amount": "10.00", "said": "wet boxes"}, "paid": {"amount": "50.00", "day": "2026-02-05"},
		"not-received": {}, "proof": {"said": "by post"}, "wrong-contact": {"mistake": "person"}, "complaint": {"said": "rude"}, "feedback": {"ease": "yes"},
		"preferences": {"mode": "digest", "email": "yes", "phone": "yes", "hours": "", "language": "de"},
	}
	order := slices.Sorted(maps.Keys(deeds))
	order = append([]string{"feedback"}, slices.DeleteFunc(order, func(verb string) bool { return verb == "feedback" })...) // nobody is asked who complains
	for _, verb := range order {
		form := s.form(t, link, deeds[verb])
		first := s.send(t, link, verb, form)
		s.quiet()
		before := s.counts()
		second := s.send(t, link, verb, form)
		if first.status != http.StatusSeeOther || len(second.header.Get("Location")) == 0 || second.status != first.status || second.header.Get("Location") != first.header.Get("Location") {
			t.Errorf("%s: %d %s, then %d %s", verb, first.status, first.header.Get("Location"), second.status, second.header.Get("Location"))
		}
		form.Set("said", "something else")
		form.Set("amount", "11.00")
		form.Set("mode", "each")
		if verb == "not-received" {
			last := map[bool]string{true: "1", false: "0"}[strings.HasSuffix(s.deal, "0")]
			form.Set("deal", s.deal[:len(s.deal)-1]+last)
		}
		if other := s.send(t, link, verb, form); other.status != http.StatusUnprocessableEntity && verb != "not-received" || other.status < http.StatusBadRequest {
			t.Errorf("%s: another form under the nonce: %d", verb, other.status)
		}
		if after := s.counts(); !maps.Equal(before, after) {
			t.Errorf("%s: the repetition stored rows: %v", verb, changed(before, after))
		}
	}
	form := s.form(t, link, deeds["promise"])
	s.alter(t, id, "verbs = '{view}'")
	missing := s.open(t, link+"x")
	before := s.counts()
	for verb := range deeds {
		if got := s.send(t, link, verb, form); got.status != http.StatusNotFound || got.body != missing.body {
			t.Errorf("%s by a link for looking: %d", verb, got.status)
		}
	}
	if after := s.counts(); !maps.Equal(before, after) {
		t.Errorf("a link for looking stored rows: %v", changed(before, after))
	}
}

// TestTheTokenIsKeptNowhere holds T-35 and T-40: the database, the log, the pages
// of sellers and factors and the API never have it.
func TestTheTokenIsKeptNowhere(t *testing.T) {
	s := newScene(t)
	link := s.link()
	_, token, _ := parts(t, link)
	s.must(s.submit(t.Context(), link, "question", url.Values{"deal": {s.deal}, "said": {"Which order?"}}))
	s.send(t, link, "promise", url.Values{"nonce": {"x"}})
	s.open(t, link+"/")
	s.quiet()
	rows := func(table, text string) (hits int) {
		s.must(s.owner.QueryRowContext(t.Context(), `SELECT count(*) FROM `+table+` x WHERE position($1 IN x::text) > 0 OR position(encode($1::bytea, 'hex') IN x::text) > 0`, text).Scan(&hits))
		return hits
	}
	for table := range s.counts() {
		if hits := rows(table, token); hits > 0 {
			t.Errorf("%s has the token in %d rows", table, hits)
		}
	}
	if rows("touches", s.debtor) == 0 {
		t.Error("the search finds nothing that is there")
	}
	if strings.Contains(s.logged.text(), token) {
		t.Error("the log has the token")
	}
	s.must(s.alice.signIn(t.Context()))
	s.must(s.eastbrook.signIn(t.Context()))
	s.must(s.platform.signIn(t.Context()))
	for _, o := range s.equipped(operations(t)) {
		if o.method != http.MethodGet {
			continue
		}
		for _, c := range []*client{s.alice.client, s.eastbrook, s.platform} {
			if _, body := s.fetch(t, http.MethodGet, o.real, nil, header("Authorization", "Bearer "+c.token)); strings.Contains(string(body), token) {
				t.Errorf("%s tells the token", o)
			}
		}
	}
}

// TestThePageIsOneCaseOnly holds T-36: nothing of other sellers and factors, no advance, no fee, no account before its
// code; and what people wrote is shown as they wrote it, never run. It holds C-107 and D-10: answers stand there for the
// debtor, and the other side's money does not. It holds F-83.
func TestThePageIsOneCaseOnly(t *testing.T) {
	s := newScene(t)
	link := s.link()
	const evil = `<script>alert(1)</script><img src=x onerror="alert(2)">{{.}}'"&`
	s.must(s.submit(t.Context(), link, "question", url.Values{"deal": {s.deal}, "said": {evil}}))
	var list struct {
		Data []struct{ ID string }
	}
	s.must(s.eastbrook.get(t.Context(), "/v1/cases/"+s.kase+"/questions", &list))
	s.must(s.eastbrook.post(t.Context(), "/v1/questions/"+list.Data[0].ID+"/answer", map[string]any{"answer": evil + " answered"}, nil))
	page := s.open(t, link).body
	// Nonces, ids and addresses are random: any short word may stand in them.
	told := regexp.MustCompile(`(value|action|href|nonce|id|for)="[^"]*"|[\w.-]+@[\w.-]+|RF[0-9A-Z ]+`).ReplaceAllString(page, "")
	for _, word := range []string{"<script", "<img", "onerror=\"", "Bob", "Northgate", "8475", "8,475", "advance", "reserve", "8500", "8,500", "fee", s.collection.number.IBAN(), s.alice.account, "org_", "debtor_"} {
		if strings.Contains(told, word) {
			t.Errorf("the page has %q:\n%s", word, page)
		}
	}
	if strings.Contains(page, s.collection.number.IBAN()) {
		t.Errorf("the page has the account in full:\n%s", page)
	}
	for _, word := range []string{"&lt;script&gt;alert(1)", "answered", "111", "10,000.00"} {
		if !strings.Contains(page, word) {
			t.Errorf("the page has no %q", word)
		}
	}
	for _, form := range []url.Values{{"amount": {evil}, "day": {evil}}, {"amount": {"1.00"}, "day": {evil}}, {"amount": {"\xff\x00"}, "day": {"2026-02-12"}}, {"deal": {evil}}, {"currency": {evil}, "amount": {"1.00"}}} {
		filled := s.form(t, link, nil)
		for name, values := range form {
			filled[name] = values
		}
		for _, verb := range []string{"promise", "paid", "dispute", "question", "confirm"} {
			got := s.send(t, link, verb, filled)
			if got.status < 400 || got.status > 499 || strings.Contains(got.body, "<script") || strings.Contains(got.body, "<img") {
				t.Errorf("%s %v: %d %s", verb, form, got.status, got.body)
			}
		}
	}
	if strings.Contains(s.logged.text(), "level=ERROR") {
		t.Error("a page failed by a fault of ours: see the log")
	}
}
