package marketplace_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"comity/domain"
	"comity/marketplace"
	"comity/money"
	"comity/underwriting"
)

// paid adds a row of imported history.
func (m *market) paid(number, issued, due, paid string) domain.InvoiceID {
	m.t.Helper()
	id := domain.New[domain.InvoiceID]()
	m.exec(`INSERT INTO history (id, seller_id, relationship_id, invoice_ref, amount_minor, currency, issued_on, due_on, paid_on)
		VALUES ($1, $2, $3, $4, 100000, 'USD', $5::date, $6::date, nullif($7, '')::date)`, id.UUID, m.seller.Organization.UUID, m.rel.UUID, number, issued, due, paid)
	return id
}

func (m *market) submitted(number string) marketplace.Submitted {
	m.t.Helper()
	inv := keep(m, func(ctx context.Context, once domain.Once[marketplace.Created]) (domain.Answer, error) {
		return m.service.CreateInvoice(ctx, m.as(m.seller), marketplace.Draft{Invoice: domain.Invoice{
			Relationship: m.rel, Source: "json", TypeCode: "380", Number: number, Issued: domain.MustDate("2026-02-02"), Due: domain.MustDate("2026-03-04"),
			Payable: money.Minor(1_000_000, "USD"),
		}}, once)
	}).Invoice
	return keep(m, func(ctx context.Context, once domain.Once[marketplace.Submitted]) (domain.Answer, error) {
		return m.service.Submit(ctx, m.as(m.seller), inv.ID, once)
	})
}

// accept sells by an offer; one that waits for a person is approved before.
func (m *market) accept(offer domain.OfferID) {
	m.t.Helper()
	if seen, err := m.service.Offer(m.t.Context(), m.as(m.factor), offer); err != nil || seen.Status == domain.OfferReferred {
		must(m.t, err)
		m.looked(offer, true)
	}
	keep(m, func(ctx context.Context, once domain.Once[marketplace.Accepted]) (domain.Answer, error) {
		return m.service.AcceptOffer(ctx, m.as(m.seller), offer, once)
	})
}

// looked answers an offer that waits for a person of the factor.
func (m *market) looked(offer domain.OfferID, approve bool) domain.Offer {
	m.t.Helper()
	return keep(m, func(ctx context.Context, once domain.Once[domain.Offer]) (domain.Answer, error) {
		return m.service.AnswerReferral(ctx, m.as(m.factor), offer, approve, "Called their buyer", once)
	})
}

// platform is a user of the platform, which stands outside worlds.
func (m *market) platform() domain.Caller {
	m.t.Helper()
	by := domain.Caller{User: domain.New[domain.UserID](), Organization: domain.New[domain.OrganizationID](), Kind: domain.KindPlatform, Role: domain.RoleOperator}
	m.exec(`INSERT INTO organizations (id, kind, name, legal_type, country, time_zone, email, created_at)
		VALUES ($1, 'platform', 'Comity', 'company', 'US', 'UTC', 'ops@example.org', $2)`, by.Organization.UUID, m.now)
	return by
}

func (m *market) objection(to domain.DecisionID, facts ...domain.Fact) domain.Objection {
	m.t.Helper()
	return keep(m, func(ctx context.Context, once domain.Once[domain.Objection]) (domain.Answer, error) {
		return m.service.Object(ctx, m.as(m.seller), to, domain.Objection{Reason: "It is not so", Facts: facts}, once)
	})
}

func (m *market) answer(by domain.Caller, id domain.ObjectionID) marketplace.Contested {
	m.t.Helper()
	return keep(m, func(ctx context.Context, once domain.Once[marketplace.Contested]) (domain.Answer, error) {
		return m.service.AnswerObjection(ctx, m.as(by), id, domain.Verdict{Outcome: domain.ObjectionAccepted, Answer: "So it is."}, once)
	})
}

// TestADecisionMadeAgainDiffersByTheFactsOnly: without a corrected fact it is the
// same bytes, whatever happened since; with one, only what the fact changes differs.
func TestADecisionMadeAgainDiffersByTheFactsOnly(t *testing.T) {
	m := newMarket(t, underwriting.EngineV1{})
	m.exec(`UPDATE mandates SET debtor_limit_minor = 100000000, facility_limit_minor = 100000000`)
	late := m.paid("A1", "2025-10-01", "2025-10-31", "2025-12-20")
	for _, number := range []string{"A2", "A3", "A4"} {
		m.paid(number, "2025-10-01", "2025-10-31", "2025-11-04")
	}
	m.paid("LATER", "2025-12-20", "2026-01-20", "2026-02-20") // open on the day of the decision
	sold := m.submitted("MP-1")
	m.accept(sold.Offers[0].ID)
	decided := m.submitted("MP-2")
	m.now = at("2026-03-20T14:00:00Z")
	m.paid("NEXT", "2026-03-01", "2026-03-10", "2026-03-12")
	m.accept(m.submitted("MP-3").Offers[0].ID)
	m.exec(`UPDATE deals SET paid_in_full_on = '2026-03-19' WHERE invoice_number = 'MP-1'`)
	m.exec(`INSERT INTO disputes (id, case_id, factor_id, seller_id, deal_id, status, currency, amount_minor, said, raised_at)
		SELECT $1, case_id, factor_id, seller_id, id, 'open', 'USD', 100, 'broken', $2 FROM deals WHERE invoice_number = 'MP-1'`, uuid.New(), m.now)

	platform := m.platform()
	same := m.answer(platform, m.objection(decided.Decision.ID, domain.Fact{N: 1, Kind: domain.FactStatement, Said: "They are nice"}).ID)
	if string(same.Again.Inputs) != string(decided.Decision.Inputs) || string(same.Again.Result) != string(decided.Decision.Result) {
		t.Errorf("without a corrected fact the inputs were\n%s\nand are\n%s", decided.Decision.Inputs, same.Again.Inputs)
	}
	m.now = at("2026-03-21T14:00:00Z")
	fact := domain.Fact{N: 1, Kind: domain.FactHistory, Row: late, Field: domain.HistoryPaid, Value: "2025-11-04"}
	other := m.answer(platform, m.objection(same.Again.ID, fact).ID)
	was, err := underwriting.DecodeInputs(decided.Decision.Inputs)
	must(t, err)
	is, err := underwriting.DecodeInputs(other.Again.Inputs)
	must(t, err)
	if is.Today != was.Today || is.Payments != was.Payments || len(is.Paid) != 1 || is.Paid[0].Count != 4 || len(is.Open) != len(was.Open) {
		t.Errorf("inputs were %+v and are %+v", was, is)
	}
	is.Paid = was.Paid
	if string(is.Encode()) != string(decided.Decision.Inputs) {
		t.Errorf("more than the payments differs: %s", is.Encode())
	}
	if other.Again.DecidedAt != m.now || other.Again.KnownAt != decided.Decision.DecidedAt || other.Again.First != same.Again.ID {
		t.Errorf("made again %+v", other.Again)
	}
}

// TestNobodyAnswersForItself: the rule holds even where a platform could sell.
func TestNobodyAnswersForItself(t *testing.T) {
	m := newMarket(t, underwriting.EngineV1{})
	o := m.objection(m.submitted("MP-1").Decision.ID)
	double := m.seller
	double.Kind = domain.KindPlatform
	_, err := m.service.AnswerObjection(t.Context(), m.as(double), o.ID, domain.Verdict{Outcome: domain.ObjectionAccepted, Answer: "Yes"}, domain.Once[marketplace.Contested]{})
	if !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("it answers its own objection: %v", err)
	}
}

// TestOfTwoObjectionsAtOnceOneIsOpen sends many at one moment.
func TestOfTwoObjectionsAtOnceOneIsOpen(t *testing.T) {
	m := newMarket(t, underwriting.EngineV1{})
	decision := m.submitted("MP-1").Decision.ID
	const tries = 6
	outcomes := make(chan error, tries)
	for range tries {
		go func() {
			_, err := m.service.Object(t.Context(), m.as(m.seller), decision, domain.Objection{Reason: "No"}, domain.Once[domain.Objection]{
				Route: "object", Key: uuid.NewString(), Hash: []byte{1}, Answer: func(domain.Objection) domain.Answer { return domain.Answer{Status: 201} },
			})
			outcomes <- err
		}()
	}
	taken := 0
	for range tries {
		switch err := <-outcomes; {
		case err == nil:
			taken++
		case !errors.Is(err, domain.ErrObjectionOpen):
			t.Error(err)
		}
	}
	if taken != 1 {
		t.Errorf("%d of %d were taken, want 1", taken, tries)
	}
}
