package marketplace_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"comity/domain"
	"comity/marketplace"
	"comity/money"
	"comity/underwriting"
)

// referred submits the first invoice to a customer, of ten times what the seller's
// invoices are usually: the shape of a bust-out (D-9).
func (m *market) referred(number string) (marketplace.Submitted, domain.OfferID) {
	m.t.Helper()
	m.usual("OTHER-" + number)
	done := m.submitted(number)
	if done.Decision.Outcome != underwriting.OutcomeRefer || done.Referred() != 1 || done.Invoice.Status != domain.InvoiceSubmitted {
		m.t.Fatalf("outcome %s, %d referred, invoice %s", done.Decision.Outcome, done.Referred(), done.Invoice.Status)
	}
	return done, done.Offers[0].ID
}

func (m *market) sellerSees() []domain.Offer {
	m.t.Helper()
	offers, err := m.service.Offers(m.t.Context(), m.as(m.seller), domain.InvoiceID{}, "", domain.Page{Limit: 50})
	must(m.t, err)
	return offers
}

// TestAReferralGoesToAPersonAndComesBack: the seller sees nothing and learns nothing
// until a person of the factor approved, and then may sell.
func TestAReferralGoesToAPersonAndComesBack(t *testing.T) {
	m := newMarket(t, underwriting.EngineV1{})
	_, id := m.referred("MP-1")
	if seen := m.sellerSees(); len(seen) > 0 {
		t.Errorf("the seller sees %+v", seen)
	}
	if _, err := m.service.Offer(t.Context(), m.as(m.seller), id); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("the seller reads it: %v", err)
	}
	accept := func() error {
		_, err := m.service.AcceptOffer(t.Context(), m.as(m.seller), id, domain.Once[marketplace.Accepted]{Answer: func(marketplace.Accepted) domain.Answer { return domain.Answer{} }})
		return err
	}
	if err := accept(); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("the seller accepts it: %v", err)
	}
	queue, err := m.service.Offers(t.Context(), m.as(m.factor), domain.InvoiceID{}, domain.OfferReferred, domain.Page{Limit: 50})
	must(t, err)
	if len(queue) != 1 || queue[0].ID != id {
		t.Errorf("the factor's queue is %+v", queue)
	}
	found, err := m.service.OfferDecision(t.Context(), m.as(m.factor), id)
	must(t, err)
	decided, err := underwriting.DecodeDecision(found.Decision.Result)
	must(t, err)
	if !slices.ContainsFunc(underwriting.ReasonsFor(underwriting.AudienceAnalyst, decided.Reasons), func(r underwriting.Reason) bool { return r.Code == underwriting.ReasonLargeFirst }) {
		t.Errorf("an analyst does not read why: %+v", decided.Reasons)
	}
	m.replays(found.Decision.ID)

	open := m.looked(id, true)
	if open.Status != domain.OfferOpen || open.ExpiresAt != m.now.Add(72*time.Hour) {
		t.Errorf("approved it is %s until %s", open.Status, open.ExpiresAt)
	}
	if seen := m.sellerSees(); len(seen) != 1 || seen[0].Status != domain.OfferOpen {
		t.Errorf("approved the seller sees %+v", seen)
	}
	must(t, accept())
}

// TestAReferralEndsOnce: refused, too late, superseded, withdrawn, or by a person who
// may not.
func TestAReferralEndsOnce(t *testing.T) {
	m := newMarket(t, underwriting.EngineV1{})
	m.exec(`UPDATE mandates SET debtor_limit_minor = 100000000, facility_limit_minor = 100000000`)
	answer := func(by domain.Caller, id domain.OfferID, approve bool) error {
		_, err := m.service.AnswerReferral(t.Context(), m.as(by), id, approve, "looked", domain.Once[domain.Offer]{Answer: func(domain.Offer) domain.Answer { return domain.Answer{} }})
		return err
	}
	done, id := m.referred("MP-1")
	collector := m.factor
	collector.Role = domain.RoleCollector
	for name, err := range map[string]error{"a collector": answer(collector, id, true), "the seller": answer(m.seller, id, true)} {
		if !errors.Is(err, domain.ErrForbidden) {
			t.Errorf("%s approves: %v", name, err)
		}
	}
	if err := answer(m.organization("factor", "Rival", domain.RoleOwner), id, true); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("another factor approves: %v", err)
	}
	must(t, answer(m.factor, id, false))
	if err := answer(m.factor, id, true); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("what was refused is approved: %v", err)
	}
	if seen := m.sellerSees(); len(seen) > 0 {
		t.Errorf("refused the seller sees %+v", seen)
	}
	events, err := m.service.Events(t.Context(), m.as(m.seller), domain.EventFilter{Invoice: done.Invoice.ID}, domain.Page{Limit: 50})
	must(t, err)
	if last := events[len(events)-1]; last.Kind != "offer.refused" || last.Said != "A factor looked at invoice MP-1 and does not make an offer." {
		t.Errorf("the seller reads %q: %q", last.Kind, last.Said)
	}
	for _, e := range events {
		if e.Kind == "offer.referred" {
			t.Errorf("the seller reads that it was referred: %q", e.Said)
		}
	}

	second := m.again(done.Invoice.ID)
	third := m.again(done.Invoice.ID)
	if err := answer(m.factor, second.ID, true); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("what was superseded is approved: %v", err)
	}
	m.now = m.now.Add(domain.ReviewHours * time.Hour)
	if err := answer(m.factor, third.ID, true); !errors.Is(err, domain.ErrOfferExpired) {
		t.Errorf("what waited too long is approved: %v", err)
	}
	fourth := m.again(done.Invoice.ID)
	keep(m, func(ctx context.Context, once domain.Once[domain.Invoice]) (domain.Answer, error) {
		return m.service.Withdraw(ctx, m.as(m.seller), done.Invoice.ID, once)
	})
	if err := answer(m.factor, fourth.ID, true); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("an offer on a withdrawn invoice is approved: %v", err)
	}
}

// TestVelocityIsThatOfTheDay: what came after, or is not counted, does not send an
// invoice to a person.
func TestVelocityIsThatOfTheDay(t *testing.T) {
	m := newMarket(t, underwriting.EngineV1{})
	m.paid("A1", "2025-08-01", "2025-08-31", "2025-09-02")
	for _, row := range [][2]string{{"A2", "2025-09-10"}, {"A3", "2025-10-10"}, {"A4", "2025-11-10"}, {"A5", "2025-12-10"}, {"A6", "2025-12-11"}} {
		m.paid(row[0], row[1], row[1], "")
	}
	m.exec(`UPDATE history SET amount_minor = 1000000`)
	m.exec(`UPDATE history SET excluded = true, excluded_for = 'not theirs' WHERE invoice_ref = $1`, m.row("X1", "2026-01-20", "2026-02-20", ""))
	m.paid("MP-1", "2026-02-02", "2026-03-04", "") // the invoice itself, from an import
	got, err := underwriting.DecodeInputs(m.submitted("MP-1").Decision.Inputs)
	must(t, err)
	v := got.Velocity
	if v.KnownDays != 90 || v.Volume.Units() != 0 || v.UsualVolume.Units() != 6_000_000/6 || len(v.Earlier) != 0 || v.Usual.Units() != 0 {
		t.Errorf("velocity %+v", v)
	}
	again, err := underwriting.DecodeInputs(m.submitted("MP-2").Decision.Inputs)
	must(t, err)
	if again.Velocity.Volume.Units() != 1_000_000 { // MP-1, once: as it was handed in
		t.Errorf("volume %s", again.Velocity.Volume)
	}
}

// handed hands an invoice in without submitting it.
func (m *market) handed(number string, minor int64) domain.InvoiceID {
	m.t.Helper()
	return keep(m, func(ctx context.Context, once domain.Once[marketplace.Created]) (domain.Answer, error) {
		return m.service.CreateInvoice(ctx, m.as(m.seller), marketplace.Draft{Invoice: domain.Invoice{
			Relationship: m.rel, Source: "json", TypeCode: "380", Number: number, Issued: domain.MustDate("2026-02-02"), Due: domain.MustDate("2026-03-04"),
			Payable: money.Minor(minor, "USD"),
		}}, once)
	}).Invoice.ID
}

// TestNothingThatASellerTypesSilencesARule: neither a batch of drafts, nor a tiny
// invoice before the large one, nor an import of unpaid rows makes a pair one that has
// paid; and what a person refused is not offered for without one.
func TestNothingThatASellerTypesSilencesARule(t *testing.T) {
	tests := map[string]func(m *market){
		"nothing":          func(*market) {},
		"a batch":          func(m *market) { m.handed("MP-8", 1_000_000); m.handed("MP-9", 2_000_000) },
		"a tiny invoice":   func(m *market) { m.again(m.handed("MP-8", 100_00)) },
		"unpaid rows":      func(m *market) { m.paid("A1", "2025-08-01", "2025-08-31", "") },
		"withdrawn drafts": func(m *market) { m.withdrawn("MP-7", "MP-8", "MP-9") },
	}
	for name, before := range tests {
		t.Run(name, func(t *testing.T) {
			m := newMarket(t, underwriting.EngineV1{})
			m.usual("OTHER")
			before(m)
			if got := m.submitted("MP-1"); got.Decision.Outcome != underwriting.OutcomeRefer {
				t.Errorf("the first large invoice gets %s", got.Decision.Outcome)
			}
		})
	}
}

// usual gives the seller another customer and five invoices of 1,000.00 to it.
func (m *market) usual(code string) {
	m.t.Helper()
	m.exec(`INSERT INTO relationships (id, seller_id, code, name, created_at) VALUES (gen_random_uuid(), $1, $2, 'Another customer', $3)`,
		m.seller.Organization.UUID, code, m.now)
	m.exec(`INSERT INTO history (seller_id, relationship_id, invoice_ref, amount_minor, currency, issued_on, due_on)
		SELECT seller_id, id, 'U' || n, 100000, 'USD', '2025-09-01', '2025-10-01' FROM relationships, generate_series(1, 5) AS n WHERE code = $1`, code)
}

func (m *market) withdrawn(numbers ...string) {
	m.t.Helper()
	for _, number := range numbers {
		id := m.handed(number, 90_000_000)
		keep(m, func(ctx context.Context, once domain.Once[domain.Invoice]) (domain.Answer, error) {
			return m.service.Withdraw(ctx, m.as(m.seller), id, once)
		})
	}
}

// TestAnApprovedOfferIsPricedAsOfThen: the analyst's own opinion of the seller counts, and
// the days are those of the approval; a paused mandate makes no offer.
func TestAnApprovedOfferIsPricedAsOfThen(t *testing.T) {
	m := newMarket(t, underwriting.EngineV1{})
	m.byRisk()
	_, id := m.referred("MP-1")
	before, err := m.service.Offer(t.Context(), m.as(m.factor), id)
	must(t, err)
	m.now = at("2026-02-05T14:00:00Z")
	m.grade("A", "0.5", 0)
	m.exec(`UPDATE mandates SET state = 'paused'`)
	_, err = m.service.AnswerReferral(t.Context(), m.as(m.factor), id, true, "looked", domain.Once[domain.Offer]{Answer: func(domain.Offer) domain.Answer { return domain.Answer{} }})
	if !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("under a paused mandate: %v", err)
	}
	m.exec(`UPDATE mandates SET state = 'active'`)
	open := m.looked(id, true)
	if open.Terms.AdvanceRate.String() != "0.5" || before.Terms.AdvanceRate == open.Terms.AdvanceRate || open.Terms.Scenarios[0].FundedOn != domain.MustDate("2026-02-05") {
		t.Errorf("approved at %s for %s, referred at %s", open.Terms.AdvanceRate, open.Terms.Scenarios[0].FundedOn, before.Terms.AdvanceRate)
	}
	stored, err := m.service.Offer(t.Context(), m.as(m.seller), id)
	must(t, err)
	if stored.Terms.Now != open.Terms.Now || string(stored.Risk) != string(open.Risk) {
		t.Errorf("stored %+v", stored.Terms)
	}
	m.replaysPrice(stored)
	m.accept(id)
}

// TestAnOlderServerOffersNothingByRisk: to a server that does not know that a mandate
// prices by risk, or its daily fee, everything is kept back.
func TestAnOlderServerOffersNothingByRisk(t *testing.T) {
	m := newMarket(t, underwriting.EngineV1{})
	own, err := m.service.Mandates(t.Context(), m.as(m.factor), "", domain.Page{Limit: 1})
	must(t, err)
	byRisk, daily := own[0], own[0]
	byRisk.Terms.ByRisk, byRisk.Terms.Fee = true, domain.FeeTerms{FirstDays: 30}
	byRisk.Terms.DilutionHaircut, byRisk.Terms.VerificationHaircut = money.Rate{}, money.Rate{}
	daily.Terms.Fee = domain.FeeTerms{UpfrontRate: money.Percent(1), DailyRate: money.MustRate("0.0004")}
	for name, mandate := range map[string]domain.Mandate{"by risk": byRisk, "daily": daily} {
		made := keep(m, func(ctx context.Context, once domain.Once[domain.Mandate]) (domain.Answer, error) {
			return m.service.CreateMandate(ctx, m.as(m.factor), mandate, once)
		})
		var kept string
		must(t, m.db.QueryRowContext(t.Context(), `SELECT dilution_haircut + verification_haircut + seller_haircut + fee_first_rate FROM mandates WHERE id = $1`, made.ID.UUID).Scan(&kept))
		if rate, err := money.ParseRate(kept); err != nil || rate.Less(money.Percent(100)) {
			t.Errorf("%s: an older server keeps back %s, %v", name, kept, err)
		}
		if read, err := m.service.Mandate(t.Context(), m.as(m.factor), made.ID); err != nil || fmt.Sprintf("%+v", read.Terms) != fmt.Sprintf("%+v", mandate.Terms) {
			t.Errorf("%s is read back as\n%+v, was\n%+v, %v", name, read.Terms, mandate.Terms, err)
		}
	}
}
