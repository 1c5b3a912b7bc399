package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/google/uuid"

	"comity/access"
	"comity/domain"
	"comity/underwriting"
)

// tried is what a sign-in gets.
func (h *house) try(t *testing.T, email, password string, change func(*http.Request)) (int, string) {
	t.Helper()
	response, body := h.fetch(t, http.MethodPost, "/v1/auth/token", encoded(t, map[string]string{"email": email, "password": password}), func(r *http.Request) {
		r.Header.Set("Content-Type", "application/json")
		if change != nil {
			change(r)
		}
	})
	return response.StatusCode, string(body)
}

// a door that counts who asks.
type countedDoor struct {
	access.Door
	looks int
}

// FindCredential implements access.Door.
func (d *countedDoor) FindCredential(ctx context.Context, email string) (domain.Credential, error) {
	d.looks++
	return d.Door.FindCredential(ctx, email)
}

// TestNobodyLearnsWhoHasAnAccount holds T-13: an address that is not known, a
// wrong password and a disabled user get the same bytes for the same work: one
// look-up and one argon2id, seen by the memory that it takes.
func TestNobodyLearnsWhoHasAnAccount(t *testing.T) {
	h := newHouse(t, underwriting.EngineV1{}, "2026-02-03T14:00:00Z")
	s, gone := h.signUp("seller", "Alice GmbH", "DE"), h.signUp("seller", "Bob GmbH", "DE")
	h.disable(t, gone)
	door := &countedDoor{Door: h.data.DB}
	people, err := access.New(nil, door, nil)
	h.must(err)
	tries := map[string][2]string{
		"a wrong password": {s.email, "not the password"}, "an unknown address": {"nobody@example.org", "not the password"}, "a disabled user": {gone.email, gone.password},
	}
	wantStatus, want := h.try(t, s.email, "not the password", nil)
	for name, with := range tries {
		if status, body := h.try(t, with[0], with[1], nil); status != wantStatus || status != http.StatusUnauthorized || body != want {
			t.Errorf("%s: %d %s", name, status, body)
		}
		var before, after runtime.MemStats
		door.looks = 0
		runtime.ReadMemStats(&before)
		_, _, err := people.SignIn(t.Context(), with[0], with[1])
		runtime.ReadMemStats(&after)
		hashes := (after.TotalAlloc - before.TotalAlloc) / (19 << 20)
		if !errors.Is(err, domain.ErrWrongPassword) || door.looks != 1 || hashes != 1 {
			t.Errorf("%s: %v after %d look-ups and %d hashes", name, err, door.looks, hashes)
		}
	}
}

// disable ends a user, as its owner could.
func (h *house) disable(t *testing.T, c *client) {
	t.Helper()
	h.counts()
	result, err := h.owner.ExecContext(t.Context(), `UPDATE users SET disabled_at = now() WHERE email = $1`, c.email)
	h.must(err)
	if n, _ := result.RowsAffected(); n != 1 {
		t.Fatalf("%d users are %s", n, c.email)
	}
}

// TestADisabledUserIsOutAtOnce holds T-9: a token that was good is refused with
// the next request; there is no window.
func TestADisabledUserIsOutAtOnce(t *testing.T) {
	h := newHouse(t, underwriting.EngineV1{}, "2026-02-03T14:00:00Z")
	s := h.signUp("seller", "Alice GmbH", "DE")
	h.must(s.signIn(t.Context()))
	asked := header("Authorization", "Bearer "+s.token)
	if response, _ := h.fetch(t, http.MethodGet, "/v1/me", nil, asked); response.StatusCode != http.StatusOK {
		t.Fatalf("before: %d", response.StatusCode)
	}
	h.disable(t, s)
	if response, body := h.fetch(t, http.MethodGet, "/v1/me", nil, asked); response.StatusCode != http.StatusUnauthorized {
		t.Errorf("after: %d %s", response.StatusCode, body)
	}
}

// TestGuessingIsThrottled holds T-14 and T-33: after twenty wrong tries for an
// account from one address, or over many accounts, that address waits, whatever
// headers it sends; the right owner comes in from another address.
func TestGuessingIsThrottled(t *testing.T) {
	h := newHouse(t, underwriting.EngineV1{}, "2026-02-03T14:00:00Z")
	s := h.signUp("seller", "Alice GmbH", "DE")
	forged := 0
	pretend := func(r *http.Request) {
		forged++
		for _, name := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded", "Cf-Connecting-Ip", "True-Client-Ip"} {
			r.Header.Set(name, fmt.Sprintf("10.1.2.%d", forged))
		}
	}
	spellings := []string{s.email, strings.ToUpper(s.email), " " + s.email, s.email + "\t"}
	for i := range 20 {
		if status, body := h.try(t, spellings[i%len(spellings)], "not the password", pretend); status != http.StatusUnauthorized {
			t.Fatalf("try %d: %d %s", i+1, status, body)
		}
	}
	for name, email := range map[string]string{"the same account": s.email, "another account": "nobody@example.org"} {
		status, body := h.try(t, email, s.password, pretend)
		if status != http.StatusTooManyRequests || !strings.Contains(body, "too-many-tries") {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	elsewhere := *s
	elsewhere.http = &http.Client{Transport: &http.Transport{DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}).DialContext}}
	if err := elsewhere.signIn(t.Context()); err != nil {
		t.Errorf("the right owner from elsewhere: %v", err)
	}
}

// TestAPasswordCountsWhole holds T-15: every character counts, the 73rd too, and
// so do those of other alphabets.
func TestAPasswordCountsWhole(t *testing.T) {
	h := newHouse(t, underwriting.EngineV1{}, "2026-02-03T14:00:00Z")
	for name, long := range map[string]string{"200 letters": strings.Repeat("abcdefghij", 20), "200 letters of another alphabet": strings.Repeat("пароль", 33) + "да"} {
		email := uuid.NewString() + "@example.org"
		body := map[string]any{
			"join_code": h.joinCode, "kind": "seller", "name": "Alice", "legal_type": "company", "country": "DE", "tax_ids": []string{}, "user_name": "A", "user_email": email, "user_password": long,
		}
		h.must(h.do(t.Context(), call{method: http.MethodPost, path: "/v1/auth/sign-up", body: body, unkeyed: true}, nil))
		if status, _ := h.try(t, strings.ToUpper(email), long, nil); status != http.StatusOK {
			t.Fatalf("%s: the password itself: %d", name, status)
		}
		letters := []rune(long)
		for _, at := range []int{0, 71, 72, 73, len(letters) - 1} {
			wrong := append([]rune{}, letters...)
			wrong[at] = '!'
			if status, _ := h.try(t, email, string(wrong), nil); status != http.StatusUnauthorized {
				t.Errorf("%s: with character %d changed: %d", name, at+1, status)
			}
		}
		if status, _ := h.try(t, email, long[:len(long)-2], nil); status != http.StatusUnauthorized {
			t.Errorf("%s: without its end: %d", name, status)
		}
	}
}

// TestASecretIsToldOnce holds T-75 for what sign-up, users and sandboxes are
// told: passwords and join codes are in no log, no row and no later answer.
func TestASecretIsToldOnce(t *testing.T) {
	h := newHouse(t, underwriting.EngineV1{}, "2026-02-03T14:00:00Z")
	const canary = "canary-password-1234"
	s := h.signUp("seller", "Alice GmbH", "DE")
	h.must(s.signIn(t.Context()))
	sent := map[string]any{"email": "ada@alice.example", "name": "Ada", "role": "member", "password": canary}
	user := encoded(t, sent)
	key := uuid.NewString()
	ask := func(body []byte) (int, string) {
		response, answer := h.fetch(t, http.MethodPost, "/v1/users", body, func(r *http.Request) {
			r.Header = http.Header{"Authorization": {"Bearer " + s.token}, "Content-Type": {"application/json"}, "Idempotency-Key": {key}}
		})
		return response.StatusCode, string(answer)
	}
	first, made := ask(user)
	second, again := ask(user)
	before := h.counts()
	_, broken := ask(user[:len(user)-1])
	_, odd := ask([]byte(`{"password":"` + canary + `","nonsense":"` + canary + `"}`))
	if first != http.StatusCreated || second != first || made != again || !maps.Equal(before, h.counts()) {
		t.Errorf("%d %s, then %d %s", first, made, second, again)
	}
	for name, text := range map[string]string{"the answer": made, "a broken body's": broken, "an odd body's": odd, "the log": h.logged.text()} {
		for _, secret := range []string{canary, h.joinCode, s.password, s.token} {
			if strings.Contains(text, secret) {
				t.Errorf("%s tells a secret: %s", name, text)
			}
		}
	}
	for table := range before {
		for _, secret := range []string{canary, h.joinCode, s.password, s.token} {
			var hits int
			h.must(h.owner.QueryRowContext(t.Context(), `SELECT count(*) FROM `+table+` x WHERE position($1 IN x::text) > 0 OR position(encode($1::bytea, 'hex') IN x::text) > 0`, secret).Scan(&hits))
			if hits > 0 {
				t.Errorf("%s has a secret in %d rows", table, hits)
			}
		}
	}
	var box struct {
		Code *string `json:"join_code"`
	}
	h.must(h.platform.signIn(t.Context()))
	key = uuid.NewString()
	for i := range 2 {
		_, body := h.fetch(t, http.MethodPost, "/v1/sandboxes", encoded(t, map[string]any{"name": "x", "starts_at": "2026-02-03T14:00:00Z"}), func(r *http.Request) {
			r.Header = http.Header{"Authorization": {"Bearer " + h.platform.token}, "Content-Type": {"application/json"}, "Idempotency-Key": {key}}
		})
		h.must(json.Unmarshal(body, &box))
		if (box.Code != nil) != (i == 0) {
			t.Errorf("time %d: %s", i+1, body)
		}
	}
}
