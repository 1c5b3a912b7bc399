package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// shared are the operations that more than one side may ask of its own things:
// with another side's things they are refused like the rest.
var shared = []string{
	"POST /v1/auth/sign-up", "POST /v1/auth/token", "POST /v1/users", "POST /v1/bank-accounts", "POST /v1/sandbox/clock", "POST /v1/inbound/mail", "POST /v1/inbound/cards/{id}",
}

// TestWhoMayDoWhat holds T-17, T-29 and T-30: a right request of somebody else's
// does nothing, whoever sends it: the other side of the deal, a rival, another
// seller or the platform.
func TestWhoMayDoWhat(t *testing.T) {
	s := newScene(t)
	all := s.equipped(operations(t))
	others := map[string]*client{"the seller": s.alice.client, "another seller": s.bob.client, "the factor": s.eastbrook, "a rival": s.rival, "the platform": s.platform, "the neutral": s.neutral}
	for _, c := range others {
		s.must(c.signIn(t.Context()))
	}
	known := s.problemCodes()
	s.quiet()
	for _, o := range all {
		if o.method == http.MethodGet || slices.Contains(shared, o.String()) {
			continue
		}
		for name, other := range others {
			if o.linked {
				o.link = "" // with a token of a party's it is nobody's
			}
			own := o.as.email == other.email || o.as == s.alice.client && other == s.bob.client && !strings.Contains(o.path, "{") && o.path != "/v1/invoices"
			if !o.linked && (own || ofItsOwn(o, name)) {
				continue // with a token of its own kind it makes a thing of its own
			}
			t.Run(fmt.Sprintf("%s by %s", o, name), func(t *testing.T) {
				before := s.counts()
				asked := o
				asked.as = other
				s.fire(t, asked, shot{name: "another's token", codes: []string{"forbidden", "not-found", "unauthenticated", "bank-file-refused", "unreadable", "invalid", "wrong-state"}}, known)
				if after := s.counts(); !maps.Equal(before, after) {
					t.Errorf("rows were stored: %v", changed(before, after))
				}
			})
		}
	}
	s.strangersRead(t, all)
}

// ofItsOwn reports whether somebody asks rightly beside the one whom a test asks as: a
// rival keeps bank statements, playbooks and an opinion of the seller of its own, and the platform
// verifies a seller's invoice too, and complains about an agency. Either side of a case pauses it, speaks in the thread of a dispute, attaches to it, and takes its part in a mediation.
func ofItsOwn(o operation, name string) bool {
	switch o.path {
	case "/v1/bank-statements", "/v1/sellers/{id}/standing", "/v1/playbooks":
		return name == "a rival"
	case "/v1/cases/{id}/pauses", "/v1/disputes/{id}/notes", "/v1/disputes/{id}/evidence", "/v1/disputes/{id}/mediations",
		"/v1/mediations/{id}/object", "/v1/mediations/{id}/agree", "/v1/mediations/{id}/vote":
		return name == "the seller"
	case "/v1/agencies/{id}":
		return o.method == http.MethodGet // the register of a world is for everybody in it
	case "/v1/invoices/{id}/verifications", "/v1/escalations/{id}/complaints":
		return name == "the platform"
	case "/v1/mediations/{id}", "/v1/evidence/{id}/file":
		return name == "the neutral"
	}
	return false
}

// strangersRead asks every GET with an id as somebody who has nothing to do with
// it: it is not there.
func (s *scene) strangersRead(t *testing.T, all []operation) {
	t.Helper()
	for _, o := range all {
		if o.method != http.MethodGet || !strings.Contains(o.path, "{id}") {
			continue
		}
		for name, stranger := range map[string]*client{"another seller": s.bob.client, "a rival": s.rival, "the neutral": s.neutral} {
			if ofItsOwn(o, name) {
				continue
			}
			response, body := s.fetch(t, o.method, o.real, nil, header("Authorization", "Bearer "+stranger.token))
			empty := response.StatusCode == http.StatusOK && string(body) == `{"data":[],"next_cursor":null}`
			if o.linked && response.StatusCode == http.StatusUnauthorized {
				continue
			}
			if !empty && response.StatusCode != http.StatusNotFound && response.StatusCode != http.StatusForbidden {
				t.Errorf("%s by %s: %d %.200s", o, name, response.StatusCode, body)
			}
		}
	}
}
