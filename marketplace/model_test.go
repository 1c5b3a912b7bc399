package marketplace_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"comity/domain"
	"comity/marketplace"
	"comity/repository/repositorytest"
	"comity/underwriting"
	"comity/underwriting/paytime"
)

// propose stores a fitted model.
func (m *market) propose(by domain.Caller, seed uint64) string {
	m.t.Helper()
	model, err := m.service.ProposeModel(m.t.Context(), m.as(by), repositorytest.Artefact(m.t, seed), "a test", nil)
	must(m.t, err)
	return model.Name
}

func (m *market) move(by domain.Caller, name string, to domain.ModelStatus) error {
	m.t.Helper()
	once := domain.Once[domain.Model]{Answer: func(domain.Model) domain.Answer { return domain.Answer{} }}
	_, err := m.service.MoveModel(m.t.Context(), m.as(by), name, to, once)
	return err
}

// live proposes a model and makes it the one that decides.
func (m *market) live(by domain.Caller, seed uint64) string {
	m.t.Helper()
	name := m.propose(by, seed)
	must(m.t, m.move(by, name, domain.ModelShadow))
	must(m.t, m.move(by, name, domain.ModelLive))
	return name
}

func (m *market) replays(d domain.DecisionID) {
	m.t.Helper()
	if _, same, err := m.service.Replay(m.t.Context(), m.as(m.seller), d); err != nil || !same {
		m.t.Errorf("decision %s replays to the same bytes: %t (%v)", d, same, err)
	}
}

// TestTheLiveModelDecides: from the moment on in which a model is live it decides,
// from then on in which it is retired it does not, and what it decided is replayed.
func TestTheLiveModelDecides(t *testing.T) {
	m := newMarket(t, underwriting.EngineV1{})
	m.exec(`UPDATE mandates SET debtor_limit_minor = 100000000, facility_limit_minor = 100000000`)
	m.paid("A1", "2025-10-01", "2025-10-31", "2025-11-04")
	before := m.submitted("MP-1").Decision
	platform := m.platform()
	first := m.live(platform, 1)
	m.submitted("MP-2") // loads the artefact
	clear(m.trips)
	decided := m.submitted("MP-3").Decision
	m.atMost(8, "marketplace.Submitted")
	second := m.live(platform, 2)
	after := m.submitted("MP-4").Decision
	must(t, m.move(platform, second, domain.ModelRetired))
	last := m.submitted("MP-5").Decision
	for i, want := range []string{underwriting.ModelV1, first, second, underwriting.ModelV1} {
		d := []domain.Decision{before, decided, after, last}[i]
		if d.Model != want {
			t.Errorf("decision %d is of %s, want %s", i, d.Model, want)
		}
		m.replays(d.ID)
	}
	said, err := underwriting.DecodeDecision(decided.Result)
	must(t, err)
	if said.KnownPayments != 1 || len(said.Curve) != paytime.Days {
		t.Errorf("%d payments known, %d days of curve", said.KnownPayments, len(said.Curve))
	}
	models, err := m.service.Models(t.Context(), m.as(platform))
	must(t, err)
	for _, model := range models {
		if model.Status != domain.ModelRetired || model.LiveAt.IsZero() || model.Trained.Rows == 0 || len(model.Trained.Calibration) == 0 {
			t.Errorf("model %+v", model)
		}
	}
	if _, err := m.db.ExecContext(t.Context(), `DELETE FROM models WHERE name = $1`, first); err == nil || !strings.Contains(err.Error(), "has decided") {
		t.Errorf("a model that has decided is deleted: %v", err)
	}
	if _, err := m.db.ExecContext(t.Context(), `UPDATE models SET artefact = 'x' WHERE name = $1`, first); err == nil {
		t.Error("an artefact changes")
	}
}

// TestAModelReadsTheRelationshipsRows holds what the load counts to the rows: the
// record is the one that the same invoices give when each is counted on its own.
func TestAModelReadsTheRelationshipsRows(t *testing.T) {
	m := newMarket(t, underwriting.EngineV1{})
	m.exec(`UPDATE mandates SET debtor_limit_minor = 100000000, facility_limit_minor = 100000000`)
	m.live(m.platform(), 1)
	m.paid("A1", "2025-10-01", "2025-10-31", "2025-11-04")
	m.paid("A2", "2025-10-01", "2025-10-31", "2025-11-04")
	m.paid("A3", "2026-01-01", "2026-01-31", "2026-02-03") // today: not known yet
	m.paid("A4", "2025-12-01", "2026-01-12", "")
	m.paid("A5", "2026-02-02", "2026-03-02", "")
	m.exec(`UPDATE history SET excluded = true, excluded_for = 'not theirs' WHERE invoice_ref = $1`, m.row("A6", "2025-10-01", "2025-10-31", "2025-10-31"))
	m.paid("MP-2", "2026-02-02", "2026-03-04", "") // the invoice itself, from an import
	m.accept(m.submitted("MP-1").Offers[0].ID)
	withdrawn := m.submitted("MP-0")
	keep(m, func(ctx context.Context, once domain.Once[domain.Invoice]) (domain.Answer, error) {
		return m.service.Withdraw(ctx, m.as(m.seller), withdrawn.Invoice.ID, once)
	})
	got, err := underwriting.DecodeInputs(m.submitted("MP-2").Decision.Inputs)
	must(t, err)

	day := func(text string) int { return paytime.DayOf(domain.MustDate(text)) }
	small, large := paytime.BandOf(100_000), paytime.BandOf(1_000_000)
	want := underwriting.NewRecord(underwriting.Submission{
		Invoice: domain.Invoice{Issued: got.Issued, Due: got.Due, Basis: got.Basis}, Relationship: domain.Relationship{Country: "US"},
		Cells: []paytime.Paid{{Day: day("2025-11-04"), Late: 4, Term: 30, Band: small, Count: 1}, {Day: day("2025-11-04"), Late: 4, Term: 30, Band: small, Count: 1}},
		OpenCells: []paytime.Open{
			{Due: day("2026-01-31"), Term: 30, Band: small, Count: 1},
			{Due: day("2026-01-12"), Term: 42, Band: small, Count: 1},
			{Due: day("2026-03-02"), Term: 28, Band: small, Count: 1},
			{Due: day("2026-03-04"), Term: 30, Band: large, Count: 1},
		},
		Book:     paytime.Book{Due30: 2, Late30: 2, Due365: 4, Late365: 4},
		SameDay:  3, // A5, MP-1 and MP-2
		Register: map[string]string{"country": "US", "legal_type": "company"},
	}, got.Today)
	if !reflect.DeepEqual(got.Record, want) {
		t.Errorf("record is\n%+v\nwant\n%+v", got.Record, want)
	}
}

// row adds a row of history and returns its number.
func (m *market) row(number, issued, due, paid string) string {
	m.t.Helper()
	m.paid(number, issued, due, paid)
	return number
}

// TestAModelsDecisionMadeAgainDiffersByTheFactsOnly is the rule of objections for a
// fitted model, which by then is retired.
func TestAModelsDecisionMadeAgainDiffersByTheFactsOnly(t *testing.T) {
	m := newMarket(t, underwriting.EngineV1{})
	m.exec(`UPDATE mandates SET debtor_limit_minor = 100000000, facility_limit_minor = 100000000`)
	platform := m.platform()
	name := m.live(platform, 1)
	late := m.paid("A1", "2025-10-01", "2025-10-31", "2025-12-20")
	m.paid("A2", "2025-10-01", "2025-10-31", "2025-11-04")
	m.paid("LATER", "2025-12-20", "2026-01-20", "2026-02-20")
	sold := m.submitted("MP-1")
	m.accept(sold.Offers[0].ID)
	decided := m.submitted("MP-2")
	m.now = at("2026-02-04T14:00:00Z")
	m.accept(decided.Offers[0].ID)
	m.now = at("2026-03-20T14:00:00Z")
	m.exec(`UPDATE deals SET paid_in_full_on = '2026-02-01' WHERE invoice_number = 'MP-2'`) // before the decision, known after it
	m.exec(`UPDATE deals SET paid_in_full_on = '2026-03-19' WHERE invoice_number = 'MP-1'`)
	third := m.submitted("MP-3")
	keep(m, func(ctx context.Context, once domain.Once[domain.Invoice]) (domain.Answer, error) {
		return m.service.Withdraw(ctx, m.as(m.seller), third.Invoice.ID, once)
	})
	m.exec(`UPDATE relationships SET legal_type = 'public_body'`)
	must(t, m.move(platform, name, domain.ModelRetired))

	same := m.answer(platform, m.objection(decided.Decision.ID, domain.Fact{N: 1, Kind: domain.FactStatement, Said: "They are nice"}).ID)
	if !bytes.Equal(same.Again.Inputs, decided.Decision.Inputs) || !bytes.Equal(same.Again.Result, decided.Decision.Result) || same.Again.Model != name {
		t.Errorf("without a corrected fact the inputs were\n%s\nand are\n%s", decided.Decision.Inputs, same.Again.Inputs)
	}
	fact := domain.Fact{N: 1, Kind: domain.FactHistory, Row: late, Field: domain.HistoryPaid, Value: "2025-11-04"}
	other := m.answer(platform, m.objection(same.Again.ID, fact).ID)
	was, err := underwriting.DecodeInputs(decided.Decision.Inputs)
	must(t, err)
	is, err := underwriting.DecodeInputs(other.Again.Inputs)
	must(t, err)
	if is.Record.Profile.Known != 2 || is.Record.Profile.Median != 4 || was.Record.Profile.Median == 4 {
		t.Errorf("%d payments with a median of %d days, before %d", is.Record.Profile.Known, is.Record.Profile.Median, was.Record.Profile.Median)
	}
	is.Paid, is.Record = was.Paid, was.Record
	if !bytes.Equal(is.Encode(), decided.Decision.Inputs) {
		t.Errorf("more than the payments differs: %s", is.Encode())
	}
	m.replays(other.Again.ID)
}

// TestAModelIsTakenAsItWasFitted: an edited one is refused, one that somebody else
// signed too, and the same one twice.
func TestAModelIsTakenAsItWasFitted(t *testing.T) {
	m := newMarket(t, underwriting.EngineV1{})
	platform := m.platform()
	artefact := repositorytest.Artefact(t, 1)
	propose := func(by domain.Caller, artefact []byte, verify func(_, _ []byte) bool) error {
		_, err := m.service.ProposeModel(t.Context(), m.as(by), artefact, "", verify)
		return err
	}
	edited := bytes.Replace(artefact, []byte(`"rows":1500`), []byte(`"rows":1501`), 1)
	if err := propose(platform, edited, nil); !errors.Is(err, paytime.ErrArtefact) {
		t.Errorf("an edited artefact: %v", err)
	}
	if err := propose(platform, artefact, func(_, _ []byte) bool { return false }); !errors.Is(err, paytime.ErrArtefact) {
		t.Errorf("an artefact without the signature: %v", err)
	}
	if err := propose(m.seller, artefact, nil); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a seller's artefact: %v", err)
	}
	must(t, propose(platform, artefact, nil))
	if err := propose(platform, artefact, nil); !errors.Is(err, domain.ErrConflict) {
		t.Errorf("the same artefact again: %v", err)
	}
}

// TestModelsMoveOneWay: there is one shadow and one live model, and no way back.
func TestModelsMoveOneWay(t *testing.T) {
	m := newMarket(t, underwriting.EngineV1{})
	platform := m.platform()
	a, b := m.propose(platform, 1), m.propose(platform, 2)
	for i, step := range []struct {
		name string
		to   domain.ModelStatus
		want error
	}{
		{a, domain.ModelLive, domain.ErrWrongState},
		{a, domain.ModelShadow, nil},
		{b, domain.ModelShadow, domain.ErrShadowTaken},
		{a, domain.ModelLive, nil},
		{b, domain.ModelShadow, nil},
		{b, domain.ModelLive, nil}, // a is retired by it
		{a, domain.ModelShadow, domain.ErrWrongState},
		{"paytime-0000000000000000", domain.ModelShadow, domain.ErrNotFound},
		{b, domain.ModelRetired, nil},
	} {
		if err := m.move(platform, step.name, step.to); !errors.Is(err, step.want) {
			t.Errorf("step %d: %v, want %v", i, err, step.want)
		}
	}
	if err := m.move(m.factor, b, domain.ModelRetired); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a factor moves a model: %v", err)
	}
	found, err := m.service.Model(t.Context(), m.as(platform), a)
	must(t, err)
	if found.Status != domain.ModelRetired || found.RetiredAt.IsZero() {
		t.Errorf("the one before is %+v", found)
	}
}

// TestTheShadowDecidesNothing: its score stands beside the decision, whether or not
// a fitted model decides, and a quote leaves none.
func TestTheShadowDecidesNothing(t *testing.T) {
	m := newMarket(t, underwriting.EngineV1{})
	platform := m.platform()
	alone := m.submitted("MP-1").Decision
	shadow := m.propose(platform, 2)
	must(t, m.move(platform, shadow, domain.ModelShadow))
	beside := m.submitted("MP-2").Decision
	if beside.Model != underwriting.ModelV1 || !strings.Contains(string(beside.Inputs), `"model":"v1"`) || strings.Contains(string(beside.Inputs), "record") || len(alone.Inputs) == 0 {
		t.Errorf("the shadow changed the decision: %s", beside.Inputs)
	}
	var model, outcome string
	var curve []byte
	var median int
	must(t, m.db.QueryRowContext(t.Context(), `SELECT model, outcome, median_days, curve FROM shadow_scores WHERE decision_id = $1`, beside.ID.UUID).Scan(&model, &outcome, &median, &curve))
	var points [][2]int
	must(t, json.Unmarshal(curve, &points))
	if model != shadow || len(points) != paytime.Days || outcome == "" || median < paytime.FirstDay {
		t.Errorf("the shadow's score is %s %s %d, with %d points", model, outcome, median, len(points))
	}
	must(t, m.move(platform, shadow, domain.ModelLive))
	m.submitted("MP-3")
	_, err := m.service.Quote(t.Context(), m.as(m.seller), marketplace.WhatIf{Invoice: m.submitted("MP-4").Invoice.ID})
	must(t, err)
	var n int
	must(t, m.db.QueryRowContext(t.Context(), `SELECT count(*) FROM shadow_scores`).Scan(&n))
	if n != 1 {
		t.Errorf("%d scores of shadows, want 1", n)
	}
}
