package collections_test

import (
	"encoding/json"
	"errors"
	"testing"

	"comity/collections"
	"comity/domain"
)

// made makes a draft of a level and returns it.
func (h *house) made(by domain.Caller, key string, p domain.Playbook, whose collections.PlaybookFor) domain.Playbook {
	h.t.Helper()
	var made domain.Playbook
	once := onceOf[domain.Playbook](key)
	once.Answer = func(p domain.Playbook) domain.Answer { made = p; return domain.Answer{Status: 201, Body: []byte(key)} }
	if _, err := h.cases.MakePlaybook(h.t.Context(), by, p, whose, once); err != nil {
		h.t.Fatal(err)
	}
	return made
}

// TestTheMostParticularPlaybookCounts makes one for every level (C-17, C-203, D-7): each counts before the less
// particular one from the next look on, a draft does not, and a retired one no more. Another factor's is not there.
func TestTheMostParticularPlaybookCounts(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	by := h.collector("2026-02-06 10:00")
	by.Role = domain.RoleOwner
	h.load("2026-02-04", "2026-03-31")
	h.act("2026-02-05 10:00")
	h.send("2026-02-05 10:02")

	slow := collections.BuiltIn()
	slow.Before[1].Days, slow.Before[1].Early, slow.Before[1].Late = 5, 6, 5
	slow.Name = "patiently"
	levels := []collections.PlaybookFor{
		{Level: domain.LevelFactor},
		{Level: domain.LevelSeller, Seller: h.facts.Case.Seller},
		{Level: domain.LevelSegment, Segment: "US"},
		{Level: domain.LevelSegment, Segment: "US/company"},
		{Level: domain.LevelDebtor, Case: h.facts.Case.ID},
		{Level: domain.LevelRelationship, Case: h.facts.Case.ID},
	}
	for i, whose := range levels {
		slow.Before[1].Days, slow.Before[1].Early = 9-i%3, 9
		slow.Name = string(whose.Level) + whose.Segment
		p := h.made(by, slow.Name, slow, whose)
		if p.Version != 1 || p.Status != domain.PlaybookDraft {
			t.Errorf("made %+v", p)
		}
		if _, err := h.cases.ActivatePlaybook(ctx, by, p.ID, onceOf[domain.Playbook]("a0"+slow.Name)); !errors.Is(err, domain.ErrWrongState) {
			t.Errorf("activated before it was simulated: %v", err)
		}
		if _, err := h.cases.SimulatePlaybook(ctx, by, p.ID, onceOf[collections.Simulation]("s"+slow.Name)); err != nil {
			t.Fatal(err)
		}
		if _, err := h.cases.ActivatePlaybook(ctx, by, p.ID, onceOf[domain.Playbook]("a"+slow.Name)); err != nil {
			t.Fatal(err)
		}
		var got struct {
			Playbook struct{ Name string }
		}
		if err := json.Unmarshal([]byte(h.text(`SELECT load_case(id, '\x01', $1) FROM cases`, by.Now)), &got); err != nil || got.Playbook.Name != slow.Name {
			t.Errorf("%s: %q counts, %v", slow.Name, got.Playbook.Name, err)
		}
		seller := domain.Caller{World: by.World, Organization: h.facts.Case.Seller, Kind: domain.KindSeller, Now: by.Now}
		for _, side := range []domain.Caller{by, seller} {
			if p, err := h.cases.PlaybookOf(ctx, side, h.facts.Case.ID); err != nil || p.Level != whose.Level || p.Name != slow.Name {
				t.Errorf("%s: the case says %q at level %q, %v", slow.Name, p.Name, p.Level, err)
			}
		}
	}
	h.act("2026-02-06 10:00")
	h.is("next look", h.next(), "2026-02-25 09:30") // 7 days before, by the relationship's

	stranger := by
	stranger.Organization = domain.New[domain.OrganizationID]()
	if list, err := h.cases.Playbooks(ctx, stranger, domain.Page{Limit: 10}); err != nil || len(list) != 0 {
		t.Errorf("another factor sees %+v, %v", list, err)
	}
	if _, err := h.cases.MakePlaybook(ctx, stranger, slow, levels[5], onceOf[domain.Playbook]("x")); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("for another factor's case: %v", err)
	}
	collector := by
	collector.Role = domain.RoleCollector
	list, err := h.cases.Playbooks(ctx, by, domain.Page{Limit: 10})
	if err != nil || len(list) != len(levels) {
		t.Fatalf("playbooks: %+v, %v", list, err)
	}
	if _, err := h.cases.EndPlaybook(ctx, collector, list[5].ID, onceOf[domain.Playbook]("e0")); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a collector retires one: %v", err)
	}
	if _, err := h.cases.EndPlaybook(ctx, by, list[5].ID, onceOf[domain.Playbook]("e")); err != nil {
		t.Fatal(err)
	}
	h.act("2026-02-06 10:00")
	h.is("next look", h.next(), "2026-02-24 09:30") // 8 days before, by the debtor's
}

// TestASimulationPlaysTheFactorsOwnCases simulates a draft on a case that was lived (C-201): what would
// have been sent, when, and what the gate would have refused; nothing is sent and no case is touched.
func TestASimulationPlaysTheFactorsOwnCases(t *testing.T) {
	h := newHouse(t)
	by := h.collector("2026-05-01 10:00")
	h.load("2026-02-04", "2026-04-30")
	h.exec(`INSERT INTO allocations (id, factor_id, seller_id, receipt_id, deal_id, case_id, amount_minor, value_on, applied_at)
		SELECT gen_random_uuid(), factor_id, seller_id, gen_random_uuid(), id, case_id, 1000000, '2026-03-17', $1 FROM deals`, at("2026-03-18 06:30"))
	p := h.made(by, "draft", collections.BuiltIn(), collections.PlaybookFor{Level: domain.LevelFactor})
	var done collections.Simulation
	once := onceOf[collections.Simulation]("s")
	once.Answer = func(s collections.Simulation) domain.Answer {
		done = s
		return domain.Answer{Status: 200, Body: []byte("{}")}
	}
	before := h.text(`SELECT to_jsonb(c)::text FROM cases c`)
	if _, err := h.cases.SimulatePlaybook(t.Context(), by, p.ID, once); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"legal_notice 0": 1, "reminder 0": 1, "reminder 1": 2, "thank_you 0": 1}
	if done.Cases != 1 || done.Refused["bank_feed_behind"] != 1 || done.Highest != 1 || done.Asked != 0 {
		t.Errorf("simulated %+v", done)
	}
	for what, n := range want {
		if done.Sent[what] != n {
			t.Errorf("%s: %d, want %d (%v)", what, done.Sent[what], n, done.Sent)
		}
	}
	h.is("the case", h.text(`SELECT to_jsonb(c)::text FROM cases c`), before)
	h.is("touches", h.text(`SELECT count(*)::text FROM touches`), "0")
}
