package collections_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"comity/collections"
	"comity/domain"
)

// TestWhoWaitsLongestIsNext lets three sellers, two of them under one factor, write to one mailbox that wants one message
// a week of each factor (D-22). The two take turns: which case is looked at first of a morning must starve nobody. Each
// case has overdue invoices from the first week on, and nobody answers.
func TestWhoWaitsLongestIsNext(t *testing.T) {
	w := newTown(t, 5) // four cases; the first and the third are one factor's
	if len(w.files) != 4 || w.files[0].factor != w.files[2].factor {
		t.Fatalf("the town has other cases: %+v", w.files)
	}
	w.exec(`UPDATE relationships SET approval = 'none', phone = '', email = 'dana@harborpine.example', country = 'US', time_zone = 'America/New_York'`)
	w.exec(`UPDATE deals SET due_on = '2026-02-13'`)
	w.exec(`INSERT INTO contact_preferences (world_id, contact_key, kind, mode, source, recorded_by, updated_at) VALUES ($1, $2, 'role', 'digest', 'said so', $3, '2026-02-05')`,
		w.facts.Case.World.UUID, domain.ContactKey(w.facts.Case.World, "dana@harborpine.example"), w.facts.Case.Factor.UUID)
	banking := domain.BankingDays("USD", "US")
	for _, b := range w.banks {
		for on := b.next; on.Before(day("2026-04-13")); on = banking.Add(on, 1) {
			if err := w.statement(t.Context(), b, on); err != nil {
				t.Fatal(err)
			}
		}
		b.next = day("2026-04-13")
	}
	w.liveQuietly(at("2026-04-11 12:00"))
	w.audit()
	if often := w.text(`SELECT (least(count(*) FILTER (WHERE case_id = $1), count(*) FILTER (WHERE case_id = $2)) >= 3)::text FROM messages WHERE proactive`, w.files[0].id.UUID, w.files[2].id.UUID); often != "true" {
		t.Error("one of the two wrote less than three times in eight weeks")
	}
	if passed := w.text(passedOver); passed != "" {
		t.Error(passed)
	}
}

// passedOver finds messages that left while a case of the same factor had waited longer for the place alone.
const passedOver = `
WITH waits AS (
  SELECT g.case_id, g.factor_id, g.cycle, g.step, min(g.at) AS since, max(g.at) AS last, bool_and(g.codes <@ ARRAY['ceiling_7_in_7', 'one_per_day']) AS alone
    FROM gate_decisions g WHERE NOT g.sent AND g.step LIKE 'post_due:%' GROUP BY 1, 2, 3, 4
)
SELECT string_agg(format('%s of %s left at %s, while %s of %s waited since %s', g.step, g.case_id, g.at, w.step, w.case_id, w.since), E'\n')
  FROM gate_decisions g JOIN waits w ON w.factor_id = g.factor_id AND w.case_id <> g.case_id AND w.alone AND w.since < g.at AND w.last >= g.at - interval '1 day' AND w.last > g.at
 WHERE g.sent AND g.step LIKE 'post_due:%' AND w.since < coalesce((SELECT o.since FROM waits o WHERE o.case_id = g.case_id AND o.cycle = g.cycle AND o.step = g.step), g.at)`

// TestOneGivesWayToWhoWaitsLonger holds the same (D-22) at the gate: what we start gives way to who has waited longer for a
// place at the address, whoever that is; what answers or thanks does not, and the seller reads a pause (D-7).
func TestOneGivesWayToWhoWaitsLonger(t *testing.T) {
	f := tenItems("2026-03-05 09:30")
	plan := collections.Next(f)
	if v := collections.Gate(f, *plan.Act); !v.Clear {
		t.Fatalf("%v", v.Codes)
	}
	for since, gives := range map[time.Time]bool{at("2026-03-18 09:30"): true, at("2026-03-19 09:30"): false} {
		f.WaitingSince = since
		v := collections.Gate(f, *plan.Act)
		if v.Clear == gives || gives && (strings.Join(v.Codes, " ") != collections.CodeCeiling || strings.Join(v.Outward, " ") != collections.CodeConsiderate) {
			t.Errorf("another waits since %s: %v, %v", since, v.Codes, v.Outward)
		}
	}
	f.WaitingSince = at("2026-03-18 09:30")
	f.Refused = map[string]domain.LastRefusal{plan.Act.Step: {At: at("2026-03-18 09:30"), Since: at("2026-03-17 09:30"), PlaceSince: at("2026-03-17 09:30"), Codes: []string{collections.CodeCeiling}}}
	if v := collections.Gate(f, *plan.Act); !v.Clear {
		t.Errorf("it has waited longest, and gives way: %v", v.Codes)
	}
	receipt := collections.Act{Step: "thanks:x", Class: domain.ClassThankYou, Items: plan.Act.Items}
	f.Refused = nil
	if v := collections.Gate(f, receipt); !v.Clear {
		t.Errorf("thanks give way: %v", v.Codes)
	}
}

// liveQuietly lets the engine look at what is due, always the same case first, and send, while nobody does anything.
func (w *town) liveQuietly(until time.Time) {
	w.t.Helper()
	ctx, world := w.t.Context(), w.facts.Case.World
	for looks := 0; looks < 2000; looks++ {
		var id uuid.UUID
		var next time.Time
		err := w.owner.QueryRowContext(ctx, `SELECT id, next_action_at FROM cases WHERE status = 'open' AND next_action_at <= $1 ORDER BY next_action_at, id LIMIT 1`, until).Scan(&id, &next)
		if errors.Is(err, sql.ErrNoRows) {
			return
		}
		if err != nil {
			w.t.Fatal(err)
		}
		if next.After(w.now) {
			w.clock(next.UTC())
		}
		if err := w.cases.Act(ctx, world, domain.CaseID{UUID: id}, w.now); err != nil {
			w.t.Fatal(err)
		}
		sending := w.text(`SELECT coalesce(max(id::text), '') FROM touches WHERE status = 'sending'`)
		if sending == "" {
			continue
		}
		touch := domain.TouchID{UUID: uuid.MustParse(sending)}
		if _, err := w.cases.Outgoing(ctx, world, touch, w.now); err != nil {
			w.t.Fatal(err)
		}
		if err := w.cases.Sent(ctx, world, touch, w.now); err != nil {
			w.t.Fatal(err)
		}
	}
	w.t.Fatal("they never rest")
}
