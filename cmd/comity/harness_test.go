package main

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"comity/domain"
	"comity/repository/repositorytest"
	"comity/underwriting"
)

// anyPort lets a test's servers listen wherever nobody does.
const anyPort = "127.0.0.1:0"

// A house is a whole Comity for one test: server, worker and mail catcher on a
// database of its own, reached over HTTP only.
type house struct {
	*client
	t        *testing.T
	app      *app
	data     *repositorytest.Database
	platform *client
	world    string
	joinCode string
	serving  *httptest.Server
	logged   *testLog
	owner    *sql.DB // sees every row; nil until it is asked for
}

// newHouse starts a house with one engine and a sandbox whose clock starts at
// the given time.
func newHouse(t *testing.T, engine underwriting.Engine, start string) *house {
	t.Helper()
	data := repositorytest.New(t)
	c := config{DataDir: t.TempDir(), CatcherSMTP: anyPort, CatcherHTTP: anyPort, MailFrom: "post@comity.invalid", InboundKey: inboundKey}
	k := keys{TokenKid: "test", TokenSeed: randomBytes(ed25519.SeedSize), LinkVersion: 1, LinkKeys: map[int][]byte{1: randomBytes(32)}, Fingerprint: randomBytes(32)}
	a, err := join(c, k, data.DB, engine)
	if err != nil {
		t.Fatal(err)
	}
	logged := &testLog{t: t}
	a.log = slog.New(slog.NewTextHandler(logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	handler, err := a.handler()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, app: a, data: data, serving: httptest.NewServer(handler), logged: logged}
	a.config.PublicURL = h.serving.URL
	ctx, cancel := context.WithCancel(context.Background())
	if err := a.catchMail(ctx); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- a.work(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("worker: %v", err)
		}
		h.serving.Close()
	})
	h.client = newClient(h.serving.URL, "http://"+a.config.CatcherHTTP)
	h.enter(a, start)
	return h
}

// enter makes the operator and the sandbox.
func (h *house) enter(a *app, start string) {
	h.t.Helper()
	email, password := "operator@comity.example", secret(8)
	if _, err := a.access.MakeOperator(h.t.Context(), email, "Operator", password, time.Now()); err != nil {
		h.t.Fatal(err)
	}
	h.platform = h.as(email, password)
	var box struct {
		ID   string `json:"id"`
		Code string `json:"join_code"`
	}
	h.must(h.platform.post(h.t.Context(), "/v1/sandboxes", map[string]any{"name": "test", "starts_at": start}, &box))
	h.world, h.joinCode = box.ID, box.Code
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// signUp makes an organisation of the sandbox and returns its owner.
func (h *house) signUp(kind, name, country string, taxIDs ...string) *client {
	h.t.Helper()
	email, password := fmt.Sprintf("%s-%s@example.org", kind, uuid.NewString()[:8]), secret(8)
	body := map[string]any{
		"join_code": h.joinCode, "kind": kind, "name": name, "legal_type": "company", "country": country, "tax_ids": append([]string{}, taxIDs...),
		"user_name": "Owner", "user_email": email, "user_password": password,
	}
	h.must(h.do(h.t.Context(), call{method: http.MethodPost, path: "/v1/auth/sign-up", body: body, unkeyed: true}, nil))
	return h.as(email, password)
}

// post posts as somebody and returns the id in the answer.
func (h *house) made(by *client, path string, body any) string {
	h.t.Helper()
	var got struct {
		ID string `json:"id"`
	}
	h.must(by.post(h.t.Context(), path, body, &got))
	return got.ID
}

// clock moves the sandbox's clock and waits until it has arrived.
func (h *house) clock(to string) {
	h.t.Helper()
	at, err := time.Parse(time.RFC3339, to)
	h.must(err)
	s := story{client: h.client, platform: h.platform, world: h.world}
	h.must(s.move(h.t.Context(), at))
}

// quiet waits until the worker has nothing to do in the sandbox.
func (h *house) quiet() {
	h.t.Helper()
	owner := h.data.Owner(h.t)
	h.must(eventually(h.t.Context(), "the world is quiet", func() (bool, error) {
		var busy bool
		err := owner.QueryRowContext(h.t.Context(), `SELECT EXISTS (SELECT FROM jobs WHERE state <> 'dead') OR EXISTS (
			SELECT FROM worlds w WHERE w.runner_state = 'running' OR w.runner_id IS NOT NULL OR EXISTS (SELECT FROM due(w.id, w.clock_at, 1)))`).Scan(&busy)
		return !busy, err
	}))
}

// testLog writes the program's log into the test's, and keeps it.
type testLog struct {
	t     *testing.T
	mu    sync.Mutex
	lines strings.Builder
}

// Write implements io.Writer.
func (l *testLog) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines.Write(line)
	l.t.Log(string(line))
	return len(line), nil
}

// text returns everything that was logged.
func (l *testLog) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.String()
}

// onDay is a fixed engine: it offers, and expects payment on one day.
type onDay struct {
	underwriting.EngineV1
	payday domain.Date
}

// Assess implements underwriting.Engine.
func (e onDay) Assess(in underwriting.Inputs) underwriting.Decision {
	d := e.EngineV1.Assess(in)
	d.Outcome, d.ExpectedDaysLate = underwriting.OutcomeOffer, in.Due.DaysUntil(e.payday)
	return d
}
