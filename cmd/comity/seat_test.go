package main

import (
	"net/http"
	"strings"
	"testing"
)

// change changes Alice's debtor and fails the test when it cannot.
func (s *scene) change(body string, version string) {
	s.t.Helper()
	if status, answer := s.changing(body, version); status != http.StatusOK {
		s.t.Fatalf("%s: %d %s", body, status, answer)
	}
}

// changing changes Alice's debtor, and returns what it was answered.
func (s *scene) changing(body, version string) (int, []byte) {
	s.t.Helper()
	s.must(s.alice.signIn(s.t.Context()))
	response, answer := s.fetch(s.t, http.MethodPatch, "/v1/relationships/"+s.rel, []byte(body), func(r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+s.alice.token)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("If-Match", `"`+s.rel+"."+version+`"`)
	})
	return response.StatusCode, answer
}

// started lists the messages of Alice's case that we start.
func (s *scene) started() []struct{ ID, Step, Status, Text string } {
	s.t.Helper()
	var list struct {
		Data []struct{ ID, Step, Class, Status, Text string }
	}
	s.must(s.alice.get(s.t.Context(), "/v1/cases/"+s.kase+"/touches?limit=200", &list))
	var found []struct{ ID, Step, Status, Text string }
	for _, t := range list.Data {
		if t.Class == "heads_up" || t.Class == "reminder" {
			found = append(found, struct{ ID, Step, Status, Text string }{t.ID, t.Step, t.Status, t.Text})
		}
	}
	return found
}

// TestASellerInItsSeat holds F-67, D-7 and D-23 over HTTP and with a worker: what waits for
// the seller is mailed to it, shown before it leaves, and leaves with its word; the copy that
// it gets carries no link; and its pause keeps back the next one, whatever the factor does.
func TestASellerInItsSeat(t *testing.T) {
	s := newScene(t)
	ctx := t.Context()
	s.change(`{"approval":"every_touch","copied":true}`, "1")
	s.files("2026-02-17")
	s.clock("2026-02-18T11:00:00Z") // 12:00 in Berlin: two weeks before the due date
	s.quiet()
	waiting := s.started()
	if len(waiting) != 1 || waiting[0].Status != "planned" || waiting[0].Text != "" {
		t.Fatalf("what waits: %+v", waiting)
	}
	mailed := func(subject string) []letter {
		letters, err := s.letters(ctx, s.alice.email)
		s.must(err)
		var found []letter
		for _, l := range letters {
			if strings.Contains(l.Subject, subject) {
				found = append(found, l)
			}
		}
		return found
	}
	if asked := mailed("A message waits for your word"); len(asked) != 1 || !strings.Contains(asked[0].Text, "approve it or decline it until 19 February 2026") {
		t.Fatalf("the seller was asked by %+v", asked)
	}
	var preview struct {
		Touch *struct {
			Text       string
			CodesToday []string `json:"codes_today"`
		}
	}
	s.must(s.alice.get(ctx, "/v1/cases/"+s.kase+"/preview", &preview))
	if preview.Touch == nil || !strings.Contains(preview.Touch.Text, "{link}") || strings.Join(preview.Touch.CodesToday, " ") != "seller_approval_pending" {
		t.Errorf("the seller sees %+v", preview.Touch)
	}
	approve := "/v1/touches/" + waiting[0].ID + "/approve"
	if err := s.bob.post(ctx, approve, nil, nil); code(err) != "not-found" {
		t.Errorf("another seller approves: %v", err)
	}
	s.clock("2026-02-18T11:30:00Z")
	s.must(s.alice.post(ctx, approve, nil, nil))
	s.quiet()
	if sent := s.started(); len(sent) != 1 || sent[0].Status != "sent" || sent[0].Text == "" {
		t.Fatalf("after the word: %+v", sent)
	}
	if copies := mailed("Copy: "); len(copies) != 1 || !strings.Contains(copies[0].Text, "{link}") || debtorLink.MatchString(copies[0].Text) {
		t.Errorf("copies %+v", copies)
	}

	pause := s.made(s.alice.client, "/v1/cases/"+s.kase+"/pauses", map[string]any{"reason": "we are at their fair"})
	if err := s.eastbrook.post(ctx, "/v1/pauses/"+pause+"/end", nil, nil); code(err) != "forbidden" {
		t.Errorf("the factor ends it: %v", err)
	}
	if err := s.bob.post(ctx, "/v1/pauses/"+pause+"/end", nil, nil); code(err) != "not-found" {
		t.Errorf("another seller ends it: %v", err)
	}
	s.files("2026-03-05")
	s.clock("2026-03-06T11:00:00Z")
	if sent := s.started(); len(sent) != 1 {
		t.Errorf("over a pause: %+v", sent)
	}
	s.must(s.alice.post(ctx, "/v1/pauses/"+pause+"/end", nil, nil))
	s.quiet()
	if sent := s.started(); len(sent) != 2 || sent[1].Status != "planned" {
		t.Errorf("after the pause: %+v", sent)
	}
	s.toldBoth("Alice GmbH paused the whole case until it ends the pause", "The fee goes on: Alice GmbH asked for the pause.", "Alice GmbH approved the heads-up", "Alice GmbH ended its pause")
}

// toldBoth checks that both sides' timelines say sentences, and no code of the gate.
func (s *scene) toldBoth(sentences ...string) {
	s.t.Helper()
	for name, by := range map[string]*client{"the seller": s.alice.client, "the factor": s.eastbrook} {
		var list struct{ Data []struct{ Said string } }
		s.must(by.get(s.t.Context(), "/v1/cases/"+s.kase+"/timeline?limit=200", &list))
		var said strings.Builder
		for _, e := range list.Data {
			said.WriteString(e.Said + "\n")
		}
		for _, sentence := range sentences {
			if !strings.Contains(said.String(), sentence) {
				s.t.Errorf("%s does not read %q in\n%s", name, sentence, said.String())
			}
		}
		if strings.Contains(said.String(), "_") {
			s.t.Errorf("%s reads a code in\n%s", name, said.String())
		}
	}
}
