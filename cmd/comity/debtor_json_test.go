package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// asked sends a debtor's request by its link, and returns status and answer.
func (s *scene) asked(t *testing.T, token, method, path, key string, body any) (int, string) {
	t.Helper()
	var data []byte
	if body != nil {
		data = encoded(t, body)
	}
	response, answer := s.fetch(t, method, path, data, func(r *http.Request) {
		r.Header.Set("Authorization", "Link "+token)
		if body != nil {
			r.Header.Set("Content-Type", "application/json")
		}
		if key != "" {
			r.Header.Set("Idempotency-Key", key)
		}
	})
	return response.StatusCode, string(answer)
}

type debtorsView struct {
	Confirmed bool
	May       []string
	Invoices  []struct {
		DealID  string `json:"deal_id"`
		Open    wireAmount
		Account struct {
			EndsWith string  `json:"ends_with"`
			IBAN     *string `json:"iban"`
		}
		Rests []struct {
			Code   string
			Amount wireAmount
		}
	}
	Disputes []struct {
		ID    string
		Notes []struct{ Side, Said string }
	}
	Plans    []struct{ ID, Status string }
	Promises []struct{ Status string }
}

type wireAmount struct{ Amount, Currency string }

func (s *scene) viewed(t *testing.T, token string) debtorsView {
	t.Helper()
	status, body := s.asked(t, token, http.MethodGet, "/v1/debtor/statement", "", nil)
	var view debtorsView
	if err := json.Unmarshal([]byte(body), &view); err != nil || status != http.StatusOK {
		t.Fatalf("statement: %d %s %v", status, body, err)
	}
	return view
}

// TestADebtorsFrontendDoesWhatThePageDoes holds F-83 and F-84: by the same link an app of somebody else's shows the
// statement and does what the page does, once for a key; each word pauses in its commit and is read by seller and factor.
func TestADebtorsFrontendDoesWhatThePageDoes(t *testing.T) {
	s := newScene(t)
	_, token, _ := parts(t, s.link())
	before := s.viewed(t, token)
	if before.Confirmed || len(before.Invoices) != 1 || before.Invoices[0].DealID != s.deal || before.Invoices[0].Account.IBAN != nil || before.Invoices[0].Account.EndsWith == "" {
		t.Fatalf("the statement is %+v", before)
	}
	if status, file := s.asked(t, token, http.MethodGet, "/v1/debtor/calendar", "", nil); status != http.StatusOK || !strings.HasPrefix(file, "BEGIN:VCALENDAR\r\n") || strings.Count(file, "BEGIN:VEVENT") != 1 || strings.Contains(file, token) {
		t.Errorf("the calendar: %d %s", status, file) // C-181
	}
	ten := map[string]string{"amount": "10.00", "currency": "EUR"}
	for _, step := range []struct {
		path string
		body any
		want int
	}{
		{"/v1/debtor/confirm", map[string]any{"code": "WRONGONE"}, 422},
		{"/v1/debtor/promises", map[string]any{"deal_id": s.deal, "amount": map[string]string{"amount": "9000.00", "currency": "EUR"}, "on": "2026-02-12"}, 201},
		{"/v1/debtor/promises", map[string]any{"deal_id": s.deal, "amount": ten, "on": "2026-12-12"}, 422},
		{"/v1/debtor/promises", map[string]any{"deal_id": s.rel, "amount": ten, "on": "soon"}, 422},
		{"/v1/debtor/disputes", map[string]any{"deal_id": s.deal, "amount": ten, "reason": "damaged", "said": "wet boxes"}, 201},
		{"/v1/debtor/questions", map[string]any{"said": "Which order was it?"}, 201},
		{"/v1/debtor/plans", map[string]any{"deal_id": s.deal, "reason": "cash_flow", "said": "slow season", "count": 3, "first_on": "2026-03-10"}, 201},
		{"/v1/debtor/preferences", map[string]any{"mode": "each", "opted_out": []string{"phone"}}, 201},
	} {
		key := uuid.NewString()
		status, first := s.asked(t, token, http.MethodPost, step.path, key, step.body)
		if status != step.want {
			t.Errorf("%s: %d %s", step.path, status, first)
		}
		if again, second := s.asked(t, token, http.MethodPost, step.path, key, step.body); status == http.StatusCreated && (again != status || second != first) {
			t.Errorf("%s again: %d %s, first %s", step.path, again, second, first)
		}
	}
	after := s.viewed(t, token)
	var codes []string
	for _, r := range after.Invoices[0].Rests {
		codes = append(codes, r.Code+" "+r.Amount.Amount)
	}
	if got := strings.Join(codes, ", "); !strings.Contains(got, "promise_active 9000.00") || !strings.Contains(got, "disputed_part 10.00") {
		t.Errorf("what rests: %s", got)
	}
	if len(after.Disputes) != 1 || len(after.Plans) != 1 || len(after.Promises) != 1 {
		t.Fatalf("the statement is %+v", after)
	}
	status, body := s.asked(t, token, http.MethodPost, "/v1/debtor/disputes/"+after.Disputes[0].ID+"/notes", uuid.NewString(), map[string]any{"said": "Come and look."})
	if status != http.StatusCreated || s.viewed(t, token).Disputes[0].Notes[0].Side != "debtor" {
		t.Errorf("a note: %d %s", status, body)
	}
	s.quiet()
	var timeline struct {
		Data []struct{ Kind string }
	}
	s.must(s.alice.get(t.Context(), "/v1/cases/"+s.kase+"/timeline", &timeline))
	kinds := map[string]int{}
	for _, e := range timeline.Data {
		kinds[e.Kind]++
	}
	for _, kind := range []string{"debtor.promise", "debtor.dispute", "debtor.question", "debtor.plan_requested", "debtor.preferences"} {
		if kinds[kind] != 1 {
			t.Errorf("the seller reads %s %d times: %v", kind, kinds[kind], kinds)
		}
	}
}

// TestADebtorsOperationsKeepThePagesWalls holds T-7, T-36, T-37 and T-39 over JSON: whatever is wrong with a link is one and
// the same 404; a copy for looking does nothing; another case's things are not there; and nothing of prices, of other
// parties or of people is in what is shown.
func TestADebtorsOperationsKeepThePagesWalls(t *testing.T) {
	s := newScene(t)
	_, token, id := parts(t, s.link())
	s.must(s.submit(t.Context(), s.link(), "question", map[string][]string{"deal": {s.deal}, "said": {"Which order?"}}))
	missing := ""
	for name, wrong := range map[string]string{"made up": strings.Repeat("A", len(token)), "cut": token[:len(token)-2], "longer": token + "AA", "a session": s.alice.token} {
		status, body := s.asked(t, wrong, http.MethodGet, "/v1/debtor/statement", "", nil)
		var problem struct{ Title, Detail, Code string }
		if err := json.Unmarshal([]byte(body), &problem); err != nil {
			t.Fatal(err)
		}
		said := problem.Code + problem.Title + problem.Detail
		if missing == "" {
			missing = said
		}
		if status != http.StatusNotFound || said != missing {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	_, shown := s.asked(t, token, http.MethodGet, "/v1/debtor/statement", "", nil)
	for _, word := range []string{"org_", "user_", "off_", "man_", "advance", "reserve", "fee_", "recourse", "8475", "Northgate", "Bob", s.collection.number.IBAN(), "sheet", "case_"} {
		if strings.Contains(shown, word) {
			t.Errorf("the statement has %q:\n%s", word, shown)
		}
	}
	for path, body := range map[string]any{
		"/v1/debtor/promises": map[string]any{"deal_id": "deal_" + strings.ReplaceAll(uuid.NewString(), "-", ""), "amount": map[string]string{"amount": "10.00", "currency": "EUR"}, "on": "2026-02-12"},
		"/v1/debtor/disputes/dsp_" + strings.ReplaceAll(uuid.NewString(), "-", "") + "/notes": map[string]any{"said": "x"},
	} {
		if status, answer := s.asked(t, token, http.MethodPost, path, uuid.NewString(), body); status != http.StatusNotFound {
			t.Errorf("%s about what is not the debtor's: %d %s", path, status, answer)
		}
	}
	s.alter(t, id, "verbs = '{view}'")
	if view := s.viewed(t, token); len(view.May) != 1 || view.May[0] != "view" {
		t.Errorf("a link for looking may %v", view.May)
	}
	if status, answer := s.asked(t, token, http.MethodPost, "/v1/debtor/questions", uuid.NewString(), map[string]any{"said": "x"}); status != http.StatusNotFound {
		t.Errorf("a link for looking asks: %d %s", status, answer)
	}
	s.alter(t, id, "revoked_at = now()")
	if status, _ := s.asked(t, token, http.MethodGet, "/v1/debtor/statement", "", nil); status != http.StatusNotFound {
		t.Errorf("a revoked link: %d", status)
	}
}
