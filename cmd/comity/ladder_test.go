package main

import (
	"strings"
	"testing"

	"comity/domain"
)

// touched is a message of a case as the API shows it.
type touched struct {
	ID, Step, Class, Status, Subject, Text string
	Tone, People                           int
	Rung, Template, Result                 *string
}

// until lives from one day to another with the bank's files in time, to 10:00 in Berlin.
func (s *scene) until(from, to string) {
	s.t.Helper()
	for d := domain.MustDate(from); d.Before(domain.MustDate(to)); d = d.Plus(1) {
		s.files(d.String())
		s.clock(d.Plus(1).String() + "T09:00:00Z")
	}
	s.quiet()
}

// newest returns the last message of the case, as the factor sees it.
func (s *scene) newest() touched {
	s.t.Helper()
	var list struct{ Data []touched }
	s.must(s.eastbrook.signIn(s.t.Context()))
	s.must(s.eastbrook.get(s.t.Context(), "/v1/cases/"+s.kase+"/touches?limit=200", &list))
	return list.Data[len(list.Data)-1]
}

// TestASilentDebtorIsMetStepByStep climbs the ladder over HTTP with a worker and a sandbox's clock
// (C-46, C-56, C-97, C-100, C-159, D-19, F-68): two mild letters leave by themselves, a call waits
// for a person and its result ends the silence, what is firmer needs people, and each is
// written down. It holds F-80.
func TestASilentDebtorIsMetStepByStep(t *testing.T) {
	s := newScene(t)
	ctx := t.Context()
	s.change(`{"phone":"+497531123456","heads_up":false}`, "1")

	s.until("2026-02-06", "2026-03-09")
	first := s.newest()
	if first.Status != "sent" || first.Tone != 1 || *first.Rung != "did_it_reach_you" || !strings.HasPrefix(*first.Template, "post_due_first@") {
		t.Fatalf("after the due date: %+v", first)
	}
	s.until("2026-03-09", "2026-03-14")
	if second := s.newest(); second.Status != "sent" || second.Tone != 1 || *second.Rung != "how_it_is_made_up" {
		t.Fatalf("a week later: %+v", second)
	}
	s.until("2026-03-14", "2026-03-21")
	call := s.newest()
	var tasks struct{ Data []touched }
	s.must(s.eastbrook.get(ctx, "/v1/tasks", &tasks))
	if call.Class != "call" || call.Status != "planned" || len(tasks.Data) != 1 || tasks.Data[0].ID != call.ID || call.Text != "" {
		t.Fatalf("two weeks later: %+v, tasks %+v", call, tasks.Data)
	}
	if err := s.rival.signIn(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.rival.post(ctx, "/v1/touches/"+call.ID+"/call", nil, nil); code(err) != "not-found" {
		t.Errorf("a rival rings: %v", err)
	}
	var taken struct {
		Clear bool
		Phone string
		Codes []string
		Touch touched
	}
	s.clock("2026-03-23T09:10:00Z")
	s.files("2026-03-20")
	s.must(s.eastbrook.post(ctx, "/v1/touches/"+call.ID+"/call", nil, &taken))
	if !taken.Clear || taken.Phone != "+497531123456" || !strings.Contains(taken.Touch.Text, "ALICE") && !strings.Contains(taken.Touch.Text, "Alice") {
		t.Fatalf("taken: %+v", taken)
	}
	report := map[string]any{"result": "spoke", "note": "the manager is back on Friday"}
	if err := s.eastbrook.post(ctx, "/v1/touches/"+call.ID+"/result", map[string]any{"result": "spoke"}, nil); code(err) != "invalid" {
		t.Errorf("a result without a note: %v", err)
	}
	if err := s.eastbrook.post(ctx, "/v1/touches/"+call.ID+"/settle", map[string]any{"note": "no word whether it arrived"}, nil); code(err) != "invalid" {
		t.Errorf("settled without saying whether it arrived: %v", err)
	}
	s.must(s.eastbrook.post(ctx, "/v1/touches/"+call.ID+"/result", report, nil))
	s.quiet()
	if letter := s.newest(); letter.Class != "answer" || letter.Status != "sent" || !strings.Contains(letter.Text, "Thank you for your time on the telephone on 23 March") {
		t.Errorf("after the call: %+v", letter)
	}

	s.until("2026-03-23", "2026-04-02") // the 3rd is Good Friday
	timeline := s.newest()
	if timeline.Status != "planned" || timeline.People != 1 || *timeline.Rung != "new_timeline" {
		t.Fatalf("ten days after the call: %+v", timeline)
	}
	s.must(s.eastbrook.post(ctx, "/v1/touches/"+timeline.ID+"/approve", nil, nil))
	s.quiet()
	if sent := s.newest(); sent.ID != timeline.ID || sent.Status != "sent" || sent.Tone != 2 || !strings.HasPrefix(*sent.Template, "new_timeline@") {
		t.Fatalf("after a person agreed: %+v", sent)
	}
	var decisions struct {
		Data []struct {
			Codes []string
			Facts string
		}
	}
	s.must(s.alice.get(ctx, "/v1/cases/"+s.kase+"/gate-decisions?limit=200", &decisions))
	seen := ""
	for _, d := range decisions.Data {
		seen += strings.Join(d.Codes, " ") + " " + d.Facts + "\n"
	}
	if !strings.Contains(seen, "awaiting_human a person of the factor paused it, or has to act first") {
		t.Errorf("why not today, for the seller:\n%s", seen)
	}
	s.toldBoth("Eastbrook called Hotel Seeblick AG: we spoke, and nothing was agreed.", "The next step is a reminder, and a person agrees to it first.")
}
