package marketplace_test

import (
	"strings"
	"testing"
	"time"

	"comity/domain"
	"comity/underwriting"
)

// past puts many invoices in the place of one that was decided: the same was said
// of each, and an import says when it was paid.
func (m *market) past(decision domain.DecisionID, prefix string, n, daysLate int) {
	m.t.Helper()
	m.exec(`WITH made AS (SELECT gen_random_uuid() AS id, i FROM generate_series(1, $3::integer) AS i), handed_in AS (
		INSERT INTO invoices (id, seller_id, relationship_id, source, type_code, number, number_key, issued_on, due_on, due_from_terms, currency, payable_minor, basis_minor, status, created_at)
		SELECT made.id, x.seller_id, x.relationship_id, 'json', '380', $2::text || made.i, $2::text || made.i, x.issued_on, x.due_on, false, x.currency, x.payable_minor, x.basis_minor, 'submitted', x.created_at
		  FROM made, decisions d JOIN invoices x ON x.id = d.invoice_id WHERE d.id = $1
	), paid AS (
		INSERT INTO history (seller_id, relationship_id, invoice_ref, amount_minor, currency, issued_on, due_on, paid_on)
		SELECT x.seller_id, x.relationship_id, $2::text || made.i, x.basis_minor, x.currency, x.issued_on, x.due_on, x.due_on + $4::integer
		  FROM made, decisions d JOIN invoices x ON x.id = d.invoice_id WHERE d.id = $1)
		INSERT INTO decisions (id, seller_id, invoice_id, model, outcome, inputs, result, decided_at)
		SELECT gen_random_uuid(), d.seller_id, made.id, d.model, d.outcome, d.inputs, d.result, d.decided_at FROM made, decisions d WHERE d.id = $1`,
		decision.UUID, prefix, n, daysLate)
}

// TestADriftingModelIsReported: what the live model said is held against what
// happened; when it is far off the platform is told, once a day, and nobody else.
func TestADriftingModelIsReported(t *testing.T) {
	m := newMarket(t, underwriting.EngineV1{})
	platform := m.platform()
	if alert, err := m.service.WatchModel(t.Context(), m.now); err != nil || alert != "" {
		t.Errorf("without a live model: %q (%v)", alert, err)
	}
	name := m.live(platform, 1)
	decided := m.submitted("MP-1")
	m.accept(decided.Offers[0].ID)
	again := m.submitted("MP-2").Invoice.ID // twice: the first decision counts
	_ = again
	m.past(decided.Decision.ID, "A-", 150, 75)
	m.now = at("2026-04-01T12:00:00Z")
	young, err := m.service.ModelDrift(t.Context(), m.as(platform), name)
	must(t, err)
	m.now = at("2026-06-01T12:00:00Z")
	old, err := m.service.ModelDrift(t.Context(), m.as(platform), name)
	must(t, err)
	if young.Horizons[0].All.Count != 151 || young.Horizons[2].All.Count != 0 || young.Outcomes != 0 || old.Outcomes != 151 || old.Horizons[2].All.Count != 151 || old.Horizons[2].All.Paid != 0 {
		t.Errorf("after 28 days %+v\nafter 89 days %+v", young, old)
	}
	if alert, err := m.service.WatchModel(t.Context(), m.now); err != nil || alert != "" {
		t.Errorf("on 151 outcomes: %q (%v)", alert, err)
	}
	m.past(decided.Decision.ID, "B-", 60, 75)
	alert, err := m.service.WatchModel(t.Context(), m.now)
	if err != nil || !strings.Contains(alert, name) {
		t.Errorf("on 211 outcomes: %q (%v)", alert, err)
	}
	if again, err := m.service.WatchModel(t.Context(), m.now.Add(time.Hour)); err != nil || again != "" {
		t.Errorf("within the day: %q (%v)", again, err)
	}
	if next, err := m.service.WatchModel(t.Context(), m.now.Add(25*time.Hour)); err != nil || next == "" {
		t.Errorf("the next day: %q (%v)", next, err)
	}
	for _, who := range []domain.Caller{platform, m.seller, m.factor} {
		events, err := m.service.Events(t.Context(), m.as(who), domain.EventFilter{}, domain.Page{Limit: 100})
		must(t, err)
		told := 0
		for _, e := range events {
			if e.Kind == "model.drift" {
				told++
			}
		}
		if want := map[bool]int{true: 2}[who.Kind == domain.KindPlatform]; told != want {
			t.Errorf("the %s is told %d times, want %d", who.Kind, told, want)
		}
	}
}

// TestAShadowIsCompared: its scores are held against the decisions beside which
// they stand, whoever made these.
func TestAShadowIsCompared(t *testing.T) {
	m := newMarket(t, underwriting.EngineV1{})
	platform := m.platform()
	name := m.propose(platform, 2)
	must(t, m.move(platform, name, domain.ModelShadow))
	first, second := m.submitted("MP-1").Decision, m.submitted("MP-2").Decision
	m.exec(`UPDATE shadow_scores SET outcome = 'refer', apart_days = -7, expected_days = 3 WHERE decision_id = $1`, first.ID.UUID)
	m.exec(`UPDATE shadow_scores SET outcome = 'offer', apart_days = 2, expected_days = 4 WHERE decision_id = $1`, second.ID.UUID)
	got, err := m.service.ModelComparison(t.Context(), m.as(platform), name)
	must(t, err)
	if got.Count != 2 || got.ApartDays != 9 || got.OtherOutcomes != 1 || len(got.Furthest) != 2 {
		t.Errorf("%+v", got)
	}
	if far := got.Furthest[0]; far.Decision != first.ID || far.ShadowExpected != 3 || far.Expected != 10 || far.ShadowOutcome != "refer" || far.Model != underwriting.ModelV1 {
		t.Errorf("the furthest is %+v", far)
	}
	if _, err := m.service.ModelComparison(t.Context(), m.as(m.seller), name); err == nil {
		t.Error("a seller reads the shadow")
	}
}
