package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"comity/underwriting"
)

func now() time.Time { return time.Now() }

// broken is an engine that panics over every invoice.
type broken struct{ underwriting.EngineV1 }

// Assess implements underwriting.Engine.
func (broken) Assess(underwriting.Inputs) underwriting.Decision { panic("secret cause") }

// TestAPanicIsOpaqueAndLogged holds T-27 and T-68: a panic is answered with a
// number that the log has with the stack, the cause stays inside, and the
// connection and the key are free again.
func TestAPanicIsOpaqueAndLogged(t *testing.T) {
	h := newHouse(t, broken{}, "2026-02-03T14:00:00Z")
	h.buyer("Eastbrook", "1000000.00")
	s := h.shop("Alice GmbH", "111")
	h.must(s.signIn(t.Context()))
	key := uuid.NewString()
	for range 20 {
		response, body := h.fetch(t, http.MethodPost, "/v1/invoices/"+s.invoice+"/submit", nil, func(r *http.Request) {
			r.Header.Set("Authorization", "Bearer "+s.token)
			r.Header.Set("Idempotency-Key", key)
		})
		var problem struct {
			Code      string
			RequestID string `json:"request_id"`
		}
		h.must(json.Unmarshal(body, &problem))
		if response.StatusCode != http.StatusInternalServerError || problem.Code != "internal" || problem.RequestID == "" || strings.Contains(string(body), "secret") {
			t.Fatalf("%d %s", response.StatusCode, body)
		}
		log := h.logged.text()
		at := strings.Index(log, problem.RequestID)
		if at < 0 || !strings.Contains(log[at:], "secret cause") || !strings.Contains(log[at:], "panic_test.go") {
			t.Fatal("the log does not have the number with the cause and the stack")
		}
	}
	h.counts()
	var left, claimed int
	h.must(h.owner.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND query LIKE '%load_submission%'),
		(SELECT count(*) FROM idempotency WHERE key = $1)`, key).Scan(&left, &claimed))
	if left != 0 || claimed != 0 {
		t.Errorf("%d transactions are open, %d keys are claimed", left, claimed)
	}
}
