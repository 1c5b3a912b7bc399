package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// linked sends what the debtor does by its newest letter's link, and returns status and answer.
func (s *mediatedScene) linked(path string, body any) (int, string) {
	s.t.Helper()
	_, token, _ := parts(s.t, debtorLink.FindString(s.newest().Text))
	return s.asked(s.t, token, http.MethodPost, path, uuid.NewString(), body)
}

// says checks what the debtor's statement shows of the newest mediation, or of the answer to a deed.
func saysOf(t *testing.T, when, body string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(body, w) {
			t.Errorf("%s: %s does not say %s", when, body, w)
		}
	}
}

// TestADebtorMediatesOverJSON holds F-79, F-83 and F-84: an app of somebody else's answers the offer of a neutral, objects
// once, agrees to dates and takes the proposal that ends the dispute; the statement shows it without ids of
// organisations or people; another's mediation is not there, a link for looking answers nothing, and a silence is no word.
func TestADebtorMediatesOverJSON(t *testing.T) {
	s := newMediatedScene(t)
	s.bobSells()
	if status, body := s.linked("/v1/debtor/disputes/"+s.dispute+"/mediations", nil); status != http.StatusConflict {
		t.Errorf("asked before the seller's days are over: %d %s", status, body)
	}
	s.answered()
	s.clock("2026-03-12T09:00:00Z")
	m := s.is("on day 30", "offered", "answered")
	at := "/v1/debtor/mediations/" + m.ID
	s.linkedRefused(at)
	status, body := s.linked(at+"/answer", map[string]any{"word": "accepted"})
	if status != http.StatusOK {
		t.Fatalf("a yes: %d %s", status, body)
	}
	saysOf(t, "a yes", body, `"status":"offered"`, `"debtor":"accepted"`, `"seller":null`)
	s.must(s.step(s.alice.client, m, "answer", map[string]any{"word": "accepted"}))
	s.must(s.step(s.platform, m, "appoint", map[string]any{"organization_id": s.neutralID}))
	if status, body = s.linked(at+"/object", map[string]any{"reason": "It worked for our supplier."}); status != http.StatusOK {
		t.Errorf("an objection: %d %s", status, body)
	}
	saysOf(t, "an objection", body, `"status":"agreed"`, `"objections":[{"by":"debtor","reason":"It worked for our supplier."}]`, `"mediator_name":null`)
	s.admit(s.second, "2027-12-31")
	s.must(s.step(s.platform, m, "appoint", map[string]any{"organization_id": s.second}))
	s.must(s.step(s.other, m, "timetable", marchDates))
	for _, by := range []*client{s.eastbrook, s.alice.client} {
		s.must(s.step(by, m, "agree", map[string]any{"timetable": 1}))
	}
	for number, want := range map[int]int{0: http.StatusUnprocessableEntity, 2: http.StatusConflict} {
		if status, body = s.linked(at+"/agree", map[string]any{"timetable": number}); status != want {
			t.Errorf("dates %d: %d %s", number, status, body)
		}
	}
	if status, body = s.linked(at+"/agree", map[string]any{"timetable": 1}); status != http.StatusOK {
		t.Errorf("the dates: %d %s", status, body)
	}
	s.is("three agreed", "scheduled", "mediation")
	s.must(s.step(s.other, m, "proposals", outcome("200.00")))
	s.shownMediation(m.ID)
	if status, body = s.linked(at+"/vote", map[string]any{"proposal": 1, "word": "accepted"}); status != http.StatusOK {
		t.Errorf("a vote: %d %s", status, body)
	}
	saysOf(t, "a vote", body, `"status":"proposed"`, `"debtor_agreed_at":"2026-03-12`, `"words":{"debtor":"accepted","seller":null,"factor":null}`)
	saysOf(t, "the page after a vote", s.open(t, debtorLink.FindString(s.newest().Text)).body, "You have accepted it.", "The answer of Alice GmbH is still missing.", "The answer of Eastbrook is still missing.")
	s.must(s.step(s.eastbrook, m, "vote", map[string]any{"proposal": 1, "word": "accepted"}))
	s.must(s.step(s.alice.client, m, "vote", map[string]any{"proposal": 1, "word": "accepted", "credit_number": "CN-7"}))
	s.is("all three accepted", "settled", "resolved")
	s.settledRight()
}

// linkedRefused asks what is refused of an offer.
func (s *mediatedScene) linkedRefused(at string) {
	s.t.Helper()
	none := "/v1/debtor/mediations/med_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	for name, c := range map[string]struct {
		path string
		body map[string]any
		want int
	}{
		"another's":                {none + "/answer", map[string]any{"word": "accepted"}, http.StatusNotFound},
		"a silence":                {at + "/answer", map[string]any{}, http.StatusUnprocessableEntity},
		"a word that is none":      {at + "/answer", map[string]any{"accept": true}, http.StatusBadRequest},
		"an objection to nobody":   {at + "/object", map[string]any{"reason": "Too early."}, http.StatusConflict},
		"an objection of no words": {at + "/object", map[string]any{"reason": " "}, http.StatusUnprocessableEntity},
		"no proposal":              {at + "/vote", map[string]any{"proposal": 1, "word": "accepted"}, http.StatusConflict},
		"a vote that says nothing": {at + "/vote", map[string]any{"proposal": 1}, http.StatusUnprocessableEntity},
	} {
		if status, body := s.linked(c.path, c.body); status != c.want {
			s.t.Errorf("%s: %d %s", name, status, body)
		}
	}
	_, token, id := parts(s.t, debtorLink.FindString(s.newest().Text))
	var verbs string
	s.counts() // opens the owner's connection
	s.must(s.owner.QueryRowContext(s.t.Context(), `SELECT verbs::text FROM links WHERE id = $1`, id).Scan(&verbs))
	s.alter(s.t, id, "verbs = '{view}'")
	if status, body := s.asked(s.t, token, http.MethodPost, at+"/answer", uuid.NewString(), map[string]any{"word": "accepted"}); status != http.StatusNotFound {
		s.t.Errorf("a link for looking answers: %d %s", status, body)
	}
	s.alter(s.t, id, "verbs = '"+verbs+"'")
	_, theirs, _ := parts(s.t, s.bobsLink())
	if status, body := s.asked(s.t, theirs, http.MethodPost, at+"/answer", uuid.NewString(), map[string]any{"word": "accepted"}); status != http.StatusNotFound {
		s.t.Errorf("another case's link answers: %d %s", status, body)
	}
	s.is("after all that", "offered", "answered")
}

// bobSells sells an invoice of Bob's to the same factor.
func (s *scene) bobSells() {
	s.t.Helper()
	bob := s.bob
	bob.invoice = s.made(bob.client, "/v1/invoices", s.invoiceOf(bob, "THEIRS"))
	var accepted struct{ Deal struct{ ID string } }
	s.must(bob.post(s.t.Context(), "/v1/offers/"+s.offers(bob)[0]+"/accept", nil, &accepted))
	introduced := call{method: http.MethodPut, path: "/v1/deals/" + accepted.Deal.ID + "/conditions/introduced", body: map[string]any{"evidence": "a mail", "occurred_at": "2026-02-06T14:00:00Z"}}
	s.must(bob.do(s.t.Context(), introduced, nil))
}

// bobsLink returns the link that Bob's debtor got.
func (s *scene) bobsLink() string {
	s.t.Helper()
	letters, err := s.letters(s.t.Context(), "ap-222@seeblick.example")
	s.must(err)
	for _, l := range letters {
		if found := debtorLink.FindString(l.Text); found != "" {
			return found
		}
	}
	s.t.Fatalf("Bob's debtor has %d letters and no link", len(letters))
	return ""
}

// shownMediation checks the statement while a proposal waits.
func (s *mediatedScene) shownMediation(id string) {
	s.t.Helper()
	_, token, _ := parts(s.t, debtorLink.FindString(s.newest().Text))
	status, body := s.asked(s.t, token, http.MethodGet, "/v1/debtor/statement", "", nil)
	var seen struct {
		Disputes []struct{ Mediation json.RawMessage }
	}
	if err := json.Unmarshal([]byte(body), &seen); err != nil || status != http.StatusOK || len(seen.Disputes) != 1 {
		s.t.Fatalf("the statement: %d %s %v", status, body, err)
	}
	saysOf(s.t, "the statement", string(seen.Disputes[0].Mediation), id, `"status":"proposed"`, `"mediator_name":"Mitte Schlichtung"`, `"talk_on":"2026-03-26"`,
		`"credit":{"amount":"200.00","currency":"EUR"}`, "One box was wet on arrival", `"words":{"debtor":null,"seller":null,"factor":null}`)
	for _, not := range []string{"org_", "user_", "No inspection"} {
		if strings.Contains(body, not) {
			s.t.Errorf("the statement says %s: %s", not, body)
		}
	}
}
