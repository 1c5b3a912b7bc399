package portal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
	"comity/money"
	"comity/portal"
)

var (
	now   = time.Date(2026, 3, 5, 15, 0, 0, 0, time.UTC)
	links = portal.Links{Keys: map[int][]byte{1: bytes.Repeat([]byte{1}, 32), 2: bytes.Repeat([]byte{2}, 32)}, Current: 2}
)

// cases plays the use cases: it remembers what it was asked.
type cases struct {
	page   domain.DebtorPage
	refuse error
	asked  []string
	keys   []string
	files  []domain.Evidence
}

func (f *cases) Page(context.Context, domain.Caller) (domain.DebtorPage, error) { return f.page, nil }

func (f *cases) Confirm(_ context.Context, _ domain.Caller, code string) error {
	f.asked = append(f.asked, "confirm "+code)
	return f.refuse
}

func (f *cases) Promise(_ context.Context, _ domain.Caller, _ domain.DealID, amount money.Amount, on domain.Date, once domain.Once[domain.Promise]) (domain.Answer, error) {
	f.asked, f.keys = append(f.asked, "promise "+amount.String()+" "+on.String()), append(f.keys, once.Key)
	return once.Answer(domain.Promise{}), f.refuse
}

func (f *cases) Ask(_ context.Context, _ domain.Caller, _ domain.DealID, said string, once domain.Once[domain.Question]) (domain.Answer, error) {
	f.asked, f.keys = append(f.asked, "ask "+said), append(f.keys, once.Key)
	return once.Answer(domain.Question{}), f.refuse
}

func (f *cases) Paid(_ context.Context, _ domain.Caller, _ domain.DealID, amount money.Amount, on domain.Date, once domain.Once[domain.Hold]) (domain.Answer, error) {
	f.asked = append(f.asked, "paid "+amount.String()+" "+on.String())
	return once.Answer(domain.Hold{}), f.refuse
}

func (f *cases) Dispute(_ context.Context, _ domain.Caller, c collections.Complaint, once domain.Once[domain.Dispute]) (domain.Answer, error) {
	f.asked = append(f.asked, strings.TrimSpace("dispute "+c.Amount.String()+" "+c.Said+" "+strings.TrimPrefix(string(c.Reason), "other")+" "+c.Remedy))
	return once.Answer(domain.Dispute{}), f.refuse
}

func (f *cases) AgreeDispute(_ context.Context, _ domain.Caller, _ domain.DisputeID, once domain.Once[domain.Dispute]) (domain.Answer, error) {
	f.asked = append(f.asked, "agree")
	return once.Answer(domain.Dispute{}), f.refuse
}

func (f *cases) NoteOnPage(_ context.Context, _ domain.Caller, _ domain.DisputeID, said string, once domain.Once[domain.Note]) (domain.Answer, error) {
	f.asked = append(f.asked, "note "+said)
	return once.Answer(domain.Note{}), f.refuse
}

func (f *cases) RequestPlan(_ context.Context, _ domain.Caller, r collections.PlanRequest, once domain.Once[domain.Plan]) (domain.Answer, error) {
	f.asked = append(f.asked, fmt.Sprintf("plan %d from %s every %d, %s: %s", r.Count, r.FirstOn, r.EveryDays, r.Reason, r.Said))
	return once.Answer(domain.Plan{}), f.refuse
}

func (f *cases) AnswerPlan(_ context.Context, _ domain.Caller, _ domain.PlanID, agreed bool, once domain.Once[domain.Plan]) (domain.Answer, error) {
	f.asked = append(f.asked, fmt.Sprintf("plan agreed %t", agreed))
	return once.Answer(domain.Plan{}), f.refuse
}

func (f *cases) NotReceived(_ context.Context, _ domain.Caller, _ domain.DealID, once domain.Once[domain.Question]) (domain.Answer, error) {
	f.asked = append(f.asked, "not received")
	return once.Answer(domain.Question{}), f.refuse
}

func (f *cases) WrongContact(_ context.Context, _ domain.Caller, mistake collections.Mistake, said string, once domain.Once[domain.Question]) (domain.Answer, error) {
	f.asked = append(f.asked, "wrong "+string(mistake)+" "+said)
	return once.Answer(domain.Question{}), f.refuse
}

func (f *cases) AskProof(_ context.Context, _ domain.Caller, said string, once domain.Once[domain.Question]) (domain.Answer, error) {
	f.asked = append(f.asked, "proof "+said)
	return once.Answer(domain.Question{}), f.refuse
}

func (f *cases) Complain(_ context.Context, _ domain.Caller, said string, once domain.Once[domain.Question]) (domain.Answer, error) {
	f.asked = append(f.asked, "complain "+said)
	return once.Answer(domain.Question{}), f.refuse
}

func (f *cases) Prefer(_ context.Context, _ domain.Caller, w domain.Preferences, once domain.Once[domain.Preferences]) (domain.Answer, error) {
	f.asked = append(f.asked, fmt.Sprintf("prefer %s %v %s %s %s", w.Mode, w.OptedOut, w.Prefers, w.Hours, w.Language))
	return once.Answer(w), f.refuse
}

func (f *cases) GiveFeedback(_ context.Context, _ domain.Caller, ease domain.Ease, said string, once domain.Once[domain.Feedback]) (domain.Answer, error) {
	f.asked = append(f.asked, "feedback "+string(ease)+" "+said)
	return once.Answer(domain.Feedback{}), f.refuse
}

func (f *cases) DebtorDocument(_ context.Context, _ domain.Caller, deal domain.DealID) (domain.Document, error) {
	if item, ok := f.page.Item(deal); !ok || !item.HasDocument {
		return domain.Document{}, domain.ErrNotFound
	}
	return domain.Document{MediaType: "text/html", FileName: "a \"b\"\r\nX: y.html", Bytes: []byte("<script>alert(1)</script>")}, nil
}

func (f *cases) DebtorProof(context.Context, domain.Caller) (domain.Document, error) {
	if f.page.Proof.IsZero() {
		return domain.Document{}, domain.ErrNotFound
	}
	return domain.Document{MediaType: "application/pdf", FileName: "proof-2026-03-06.pdf", Bytes: []byte("%PDF-1.7")}, nil
}

type site struct {
	*cases
	handler http.Handler
	link    domain.Link
	deal    domain.DealID
	find    error
	clock   time.Time
	cards   bool // the factor takes money by card
}

// later moves the real time on.
func (s *site) later(d time.Duration) { s.clock = s.clock.Add(d) }

func newSite(proxies ...string) *site {
	s := &site{cases: &cases{}, clock: now, deal: domain.New[domain.DealID]()}
	s.link = domain.Link{ID: domain.New[domain.LinkID](), Case: domain.New[domain.CaseID](), Verbs: domain.Verbs(), KeyVersion: 2}
	reference, _ := domain.ParseReference("RF18539007547034")
	s.page = domain.DebtorPage{
		Case: s.link.Case, Factor: "Eastbrook Factors, LLC", FactorEmail: "ana@eastbrook.example", Seller: "Marlow Print Works LLC", Debtor: "Harbor & Pine <Hotels>",
		Country: "US", TimeZone: "America/New_York",
		Items: []domain.DebtorItem{{
			Deal: s.deal, Status: domain.DealPaidOut, InvoiceNumber: "MP-1042", OrderReference: "HP-7731", Summary: "menus", Issued: domain.MustDate("2026-02-02"),
			Due: domain.MustDate("2026-03-04"), Basis: money.Minor(1_000_000, "USD"), Open: money.Minor(1_000_000, "USD"), Reference: reference,
			NoticeOn: domain.MustDate("2026-02-05"), AccountEnds: "3317", Account: domain.BankAccount{Holder: "Eastbrook Factors, LLC", Currency: "USD"},
		}},
	}
	random := byte(0)
	s.handler = portal.New(portal.Options{
		Cards:   func(factor domain.OrganizationID, _ bool) bool { return s.cards && factor == s.page.FactorID },
		Proxies: proxies, Cases: s.cases, Mediations: s.cases, Log: slog.New(slog.DiscardHandler),
		Random: func(n int) []byte { random++; return bytes.Repeat([]byte{random}, n) },
		Door: &portal.Door{
			Links: links, Now: func() time.Time { return s.clock },
			FindLink: func(_ context.Context, id domain.LinkID) (domain.Link, domain.Caller, error) {
				if id != s.link.ID {
					return domain.Link{}, domain.Caller{}, domain.ErrNotFound
				}
				return s.link, domain.Caller{Case: s.link.Case, Link: s.link.ID}, s.find
			},
		},
	})
	return s
}

func (s *site) path() string { return "/d/" + links.Token(s.link) }

var ctx = context.Background()

func (s *site) get(path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, path, http.NoBody))
	return w
}

func (s *site) post(path string, form url.Values) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	s.handler.ServeHTTP(w, r)
	return w
}

var nonceField = regexp.MustCompile(`name="nonce" value="([^"]+)"`)

func (s *site) nonce(t *testing.T) string {
	t.Helper()
	found := nonceField.FindStringSubmatch(s.get(s.path()).Body.String())
	if found == nil {
		t.Fatal("the page has no form")
	}
	return found[1]
}

// TestThePageShowsAmountAndDateFirst also holds D-18: who promises a day reads that a call may come.
func TestThePageShowsAmountAndDateFirst(t *testing.T) {
	s := newSite()
	w := s.get(s.path())
	body := w.Body.String()
	for _, words := range []string{
		"USD 10,000.00", "Wednesday 4 March 2026", "yesterday", "MP-1042", "HP-7731", "RF18 5390 0754 7034", "ending in 3317", "5 February 2026",
		"Please pay Eastbrook Factors, LLC, which has bought this invoice from Marlow Print Works LLC", "Harbor &amp; Pine &lt;Hotels&gt;",
	} {
		if !strings.Contains(body, words) {
			t.Errorf("the page does not show %q", words)
		}
	}
	if w.Code != http.StatusOK || strings.Index(body, "USD 10,000.00") > strings.Index(body, "MP-1042") || strings.Contains(body, "<script") || len(s.asked) > 0 {
		t.Errorf("%d, asked %v:\n%s", w.Code, s.asked, body)
	}
	if form := s.get(s.path() + "/promise?deal=" + s.deal.String()).Body.String(); !strings.Contains(form, "If the money is not there then, a person may call") {
		t.Error("the form for a promise does not say that a call may come")
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if policy := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy: %s", policy)
	}
	if style := s.get("/d/style.css"); style.Code != http.StatusOK || !strings.HasPrefix(style.Header().Get("Content-Type"), "text/css") {
		t.Errorf("style: %d %s", style.Code, style.Header().Get("Content-Type"))
	}
	s.page.Confirmed = true
	s.page.Items[0].Account.Number, _ = domain.ParseUSAccount("021000021", "4410023317")
	if body := s.get(s.path()).Body.String(); !strings.Contains(body, "4410023317") || strings.Contains(body, `name="code"`) {
		t.Errorf("the account is not shown in full after the code")
	}
}

func TestEveryWrongLinkIsTheSame404(t *testing.T) {
	s := newSite()
	good := links.Token(s.link)
	other := s.link
	other.ID = domain.New[domain.LinkID]()
	old := s.link
	old.KeyVersion = 1
	missing := s.get("/d/nothing").Body.String()
	for name, token := range map[string]string{
		"cut": good[:40], "longer": good + "A", "changed": "B" + good[1:], "another key": links.Token(old), "unknown": links.Token(other), "empty": "", "padded": good + "=",
	} {
		if w := s.get("/d/" + token); w.Code != http.StatusNotFound || w.Body.String() != missing {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	s.link.Verbs = []string{domain.VerbView}
	if w := s.post(s.path()+"/promise", url.Values{}); w.Code != http.StatusNotFound || w.Body.String() != missing {
		t.Errorf("a verb that the link has not: %d", w.Code)
	}
	if body := s.get(s.path()).Body.String(); strings.Contains(body, "<form") {
		t.Error("a copy that may only be looked at shows forms")
	}
	s.find = errors.New("the database is away")
	if w := s.get(s.path()); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "database") {
		t.Errorf("a fault: %d %s", w.Code, w.Body)
	}
}

func TestAFormIsDoneOnce(t *testing.T) {
	s := newSite()
	nonce := s.nonce(t)
	form := url.Values{"nonce": {nonce}, "deal": {s.deal.String()}, "currency": {"USD"}, "amount": {"10,000.00"}, "day": {"2026-03-10"}}
	for range 2 {
		w := s.post(s.path()+"/promise", form)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != s.path()+"?done=promise#word" {
			t.Fatalf("%d %s: %s", w.Code, w.Header().Get("Location"), w.Body)
		}
	}
	if len(s.keys) != 2 || s.keys[0] != s.keys[1] || s.asked[0] != "promise 10000.00 USD 2026-03-10" {
		t.Errorf("asked %v with keys %v", s.asked, s.keys)
	}
	if another := s.nonce(t); another == nonce {
		t.Error("two pages carry one nonce")
	}
	if body := s.get(s.path() + "?done=promise").Body.String(); !strings.Contains(body, "Your day is noted") {
		t.Error("the page does not say what was done")
	}
	if body := s.get(s.path() + "?done=%3Cscript%3E").Body.String(); strings.Contains(body, "script") {
		t.Error("the page repeats what the address says")
	}
	elsewhere := newSite()
	form.Set("nonce", nonce)
	form.Set("deal", elsewhere.deal.String())
	if w := elsewhere.post(elsewhere.path()+"/promise", form); w.Code != http.StatusBadRequest || len(elsewhere.asked) > 0 {
		t.Errorf("a nonce of another link was taken: %d", w.Code)
	}
}

func TestWhatADebtorTypes(t *testing.T) {
	tests := map[string]struct {
		path   string
		form   url.Values
		refuse error
		status int
		asked  string
		shows  string
	}{
		"a promise typed in words":  {"/promise", url.Values{"amount": {"a lot"}, "day": {"2026-03-10"}}, nil, 422, "", "not an amount that we can read. Write it as 10000.00"},
		"a day that is none":        {"/promise", url.Values{"amount": {"100"}, "day": {"10.3."}}, nil, 422, "", "not a day that we can read"},
		"a promise that is refused": {"/promise", url.Values{"amount": {"100"}, "day": {"2026-03-30"}}, domain.ErrPromiseTooFar.Because("the last day is 19 March 2026"), 422, "promise 100.00 USD 2026-03-30", "19 March 2026"},
		"a promise beside another":  {"/promise", url.Values{"amount": {"100"}, "day": {"2026-03-10"}}, domain.ErrPromiseOpen, 409, "promise 100.00 USD 2026-03-10", "A day is noted for this invoice already"},
		"a question":                {"/question", url.Values{"said": {"Who are you?"}}, nil, 303, "ask Who are you?", ""},
		"paid":                      {"/paid", url.Values{"amount": {"USD 10 000,00"}, "day": {"2026-03-05"}}, nil, 303, "paid 10000.00 USD 2026-03-05", ""},
		"a dispute":                 {"/dispute", url.Values{"amount": {"99.5"}, "said": {"wet"}}, nil, 422, "", "not an amount"},
		"a dispute of a part":       {"/dispute", url.Values{"amount": {"99.50"}, "said": {"wet <b>boxes</b>"}}, domain.ErrMoreThanOpen, 422, "dispute 99.50 USD wet <b>boxes</b>", "wet &lt;b&gt;boxes"},
		"the code of the notice":    {"/confirm", url.Values{"code": {"7K3MPQ2X"}}, nil, 303, "confirm 7K3MPQ2X", ""},
		"a wrong code":              {"/confirm", url.Values{"code": {"X"}}, domain.ErrInvalid.At("/code", "wrong-code", "compare it"), 422, "confirm X", "not the code"},
		"too many wrong codes":      {"/confirm", url.Values{"code": {"X"}}, domain.ErrThrottled, 429, "confirm X", "takes no more codes"},
		"another case's invoice":    {"/paid", url.Values{"amount": {"1"}, "day": {"2026-03-05"}}, domain.ErrNotFound, 404, "paid 1.00 USD 2026-03-05", "not here"},
		"a fault":                   {"/paid", url.Values{"amount": {"1"}, "day": {"2026-03-05"}}, errors.New("disk full"), 500, "paid 1.00 USD 2026-03-05", "Something went wrong"},
		"an invoice that is no id":  {"/paid", url.Values{"amount": {"1"}, "day": {"2026-03-05"}, "deal": {"1"}}, nil, 404, "", "not here"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSite()
			s.refuse = tc.refuse
			form := url.Values{"nonce": {s.nonce(t)}, "deal": {s.deal.String()}, "currency": {"USD"}}
			for field, typed := range tc.form {
				form[field] = typed
			}
			w := s.post(s.path()+tc.path, form)
			if w.Code != tc.status || strings.Join(s.asked, "|") != tc.asked || !strings.Contains(w.Body.String(), tc.shows) {
				t.Errorf("%d, asked %v, want %d, %q and %q in\n%s", w.Code, s.asked, tc.status, tc.asked, tc.shows, w.Body)
			}
		})
	}
}

func TestTokensAreReadBackOnly(t *testing.T) {
	for _, version := range []int{1, 2} {
		link := domain.Link{ID: domain.New[domain.LinkID](), KeyVersion: version}
		token := links.Token(link)
		id, got, ok := links.Parse(token)
		if !ok || id != link.ID || got != version {
			t.Errorf("%s: %v %d %t", token, id, got, ok)
		}
		for i := range len(token) {
			changed := []byte(token)
			changed[i] = map[bool]byte{true: 'B', false: 'A'}[changed[i] == 'A']
			if _, _, ok := links.Parse(string(changed)); ok {
				t.Errorf("%s was read with byte %d changed", token, i)
			}
		}
	}
	if token := links.Token(domain.Link{KeyVersion: 9}); token != "" {
		t.Errorf("a token under a key that does not exist: %s", token)
	}
}

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	m.Run()
}
