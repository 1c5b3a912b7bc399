package marketplace_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"comity/domain"
	"comity/formats"
	"comity/ledger"
	"comity/marketplace"
	"comity/money"
	"comity/repository"
	"comity/repository/repositorytest"
	"comity/underwriting"
)

// A market is one seller, one factor and one debtor in the live world, set up
// as the owner would see them, and the use cases on top.
type market struct {
	t       *testing.T
	db      *sql.DB
	service *marketplace.Service
	owner   string
	trips   map[string]int
	seller  domain.Caller
	factor  domain.Caller
	rel     domain.RelationshipID
	now     time.Time
}

func newMarket(t *testing.T, engine underwriting.Engine) *market {
	t.Helper()
	data := repositorytest.New(t)
	m := &market{t: t, db: data.Owner(t), owner: data.OwnerURL, now: at("2026-02-03T14:00:00Z"), trips: map[string]int{}}
	data.Observe = func(route string, trips int) {
		m.trips[route] = max(m.trips[route], trips)
	}
	m.service = marketplace.New(repository.Atomically(data.DB, func(tx *repository.Tx) marketplace.Tx { return tx }), engine,
		func(text string) []byte { sum := sha256.Sum256([]byte("key" + text)); return sum[:] })
	t.Cleanup(m.courteous)
	m.seller = m.organization("seller", "Marlow Print Works LLC", domain.RoleOwner)
	m.factor = m.organization("factor", "Eastbrook Factors, LLC", domain.RoleOwner)
	operating, collection := m.account(m.factor, "operating", "000111222"), m.account(m.factor, "collection", "000333444")
	m.account(m.seller, "payout", "000555666")
	debtor := uuid.New()
	m.exec(`INSERT INTO debtors (id, world_id, country, name_key) VALUES ($1, $2, 'US', 'harbor pine hotels inc')`, debtor, domain.LiveWorld.UUID)
	m.rel = domain.New[domain.RelationshipID]()
	m.exec(`INSERT INTO relationships (id, seller_id, debtor_id, code, name, legal_type, country, email, time_zone, heads_up, created_at)
		VALUES ($1, $2, $3, 'HP', 'Harbor & Pine Hotels, Inc.', 'company', 'US', 'dana@harborpine.example', 'America/New_York', false, $4)`,
		m.rel.UUID, m.seller.Organization.UUID, debtor, m.now)
	m.exec(`INSERT INTO mandates (id, factor_id, world_id, currency, state, operating_account_id, collection_account_id, advance_cap, dilution_haircut,
		verification_haircut, seller_haircut, fee_first_days, fee_first_rate, fee_step_days, fee_step_rate, origination_rate, origination_minor, wire_minor,
		recourse_days, cure_days, min_face_minor, max_face_minor, debtor_limit_minor, facility_limit_minor, offer_hours, max_days_late, created_at)
		VALUES ($1, $2, $3, 'USD', 'active', $4, $5, 0.90, 0.04, 0.02, 0, 30, 0.03, 10, 0.01, 0, 2500, 1500, 90, 0, 100, 100000000, 1000000, 5000000, 72, 60, $6)`,
		uuid.New(), m.factor.Organization.UUID, domain.LiveWorld.UUID, operating, collection, m.now)
	return m
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func (m *market) exec(query string, args ...any) {
	m.t.Helper()
	if _, err := m.db.ExecContext(m.t.Context(), query, args...); err != nil {
		m.t.Fatalf("%v\n%s", err, query)
	}
}

func (m *market) organization(kind, name string, role domain.Role) domain.Caller {
	m.t.Helper()
	by := domain.Caller{
		User: domain.New[domain.UserID](), Organization: domain.New[domain.OrganizationID](), Kind: domain.OrganizationKind(kind),
		Role: role, World: domain.LiveWorld,
	}
	m.exec(`INSERT INTO organizations (id, world_id, kind, name, legal_type, country, time_zone, tax_ids, email, created_at)
		VALUES ($1, $2, $3, $4, 'company', 'US', 'America/New_York', '{US-31}', $5, $6)`,
		by.Organization.UUID, domain.LiveWorld.UUID, kind, name, kind+"@example.org", m.now)
	return by
}

func (m *market) account(of domain.Caller, purpose, number string) uuid.UUID {
	m.t.Helper()
	id := uuid.New()
	m.exec(`INSERT INTO bank_accounts (id, org_id, purpose, currency, holder, country, routing_number, account_number, account_key, created_at)
		VALUES ($1, $2, $3, 'USD', 'Holder', 'US', '021000021', $4, 'US:021000021:' || $4, $5)`, id, of.Organization.UUID, purpose, number, m.now)
	return id
}

// as returns the caller at the market's time.
func (m *market) as(by domain.Caller) domain.Caller {
	by.Now = m.now
	return by
}

// keep runs a keyed use case and returns what it answered.
func keep[T any](m *market, do func(context.Context, domain.Once[T]) (domain.Answer, error)) T {
	m.t.Helper()
	var kept T
	once := domain.Once[T]{Route: fmt.Sprintf("%T", kept), Key: uuid.NewString(), Hash: []byte{1}, Answer: func(result T) domain.Answer {
		kept = result
		return domain.Answer{Status: 200, Body: []byte("{}")}
	}}
	if _, err := do(m.t.Context(), once); err != nil {
		m.t.Fatal(err)
	}
	return kept
}

func (m *market) deal() domain.Deal {
	m.t.Helper()
	draft := marketplace.Draft{Invoice: domain.Invoice{
		Relationship: m.rel, Source: "json", TypeCode: "380", Number: "MP-1042", Issued: domain.MustDate("2026-02-02"), Due: domain.MustDate("2026-03-04"),
		Payable: money.Minor(1_000_000, "USD"), OrderReference: "HP-7731",
	}}
	inv := keep(m, func(ctx context.Context, once domain.Once[marketplace.Created]) (domain.Answer, error) {
		return m.service.CreateInvoice(ctx, m.as(m.seller), draft, once)
	}).Invoice
	done := keep(m, func(ctx context.Context, once domain.Once[marketplace.Submitted]) (domain.Answer, error) {
		return m.service.Submit(ctx, m.as(m.seller), inv.ID, once)
	})
	if len(done.Offers) != 1 {
		m.t.Fatalf("%d offers, want 1: %v", len(done.Offers), done.NoOffer)
	}
	m.now = at("2026-02-05T14:12:00Z")
	return keep(m, func(ctx context.Context, once domain.Once[marketplace.Accepted]) (domain.Answer, error) {
		return m.service.AcceptOffer(ctx, m.as(m.seller), done.Offers[0].ID, once)
	}).Deal
}

// statement loads a one-line bank file of an account and applies it.
func (m *market) statement(account string, day string, opening, amount int64, line formats.BankLine) {
	m.t.Helper()
	number, err := domain.ParseUSAccount("021000021", account)
	if err != nil {
		m.t.Fatal(err)
	}
	on := domain.MustDate(day)
	line.Amount, line.Booked, line.Value = money.Minor(amount, "USD"), on, on
	st := formats.BankStatement{
		ID: account + day, CreatedAt: m.now, Account: formats.BankAccount{Number: number}, Currency: "USD", From: on, To: on,
		Opening: formats.BankBalance{Amount: money.Minor(opening, "USD"), On: on}, Closing: formats.BankBalance{Amount: money.Minor(opening+amount, "USD"), On: on},
		Lines: []formats.BankLine{line},
	}
	file := marketplace.NewDocument("application/xml", "bank.xml", formats.WriteCamt053(st))
	read, err := formats.ReadCamt053(file.Bytes)
	if err != nil {
		m.t.Fatal(err)
	}
	loaded := keep(m, func(ctx context.Context, once domain.Once[marketplace.LoadedFile]) (domain.Answer, error) {
		return m.service.LoadStatements(ctx, m.as(m.factor), file, read, once)
	})
	for _, st := range loaded.Statements {
		if err := m.service.ApplyStatement(m.t.Context(), domain.LiveWorld, st.ID, m.now); err != nil {
			m.t.Fatal(err)
		}
	}
}

func (m *market) endToEnd(deal domain.DealID, kind domain.PayoutKind) string {
	m.t.Helper()
	var id string
	err := m.db.QueryRowContext(m.t.Context(), `SELECT end_to_end_id FROM payouts WHERE deal_id = $1 AND kind = $2`, deal.UUID, string(kind)).Scan(&id)
	if err != nil {
		m.t.Fatal(err)
	}
	return id
}

func (m *market) meetConditions(deal domain.DealID) {
	m.t.Helper()
	m.exec(`UPDATE conditions SET evidence = 'seen', occurred_at = $2, set_at = $2 WHERE deal_id = $1`, deal.UUID, m.now)
}

type fixedEngine struct{ underwriting.EngineV1 }

// Assess decides as in Story A: expected five days late.
func (e fixedEngine) Assess(in underwriting.Inputs) underwriting.Decision {
	d := e.EngineV1.Assess(in)
	d.Outcome, d.ExpectedDaysLate = underwriting.OutcomeOffer, 5
	return d
}

// TestADealRunsToTheCent plays the money of Story A through the use cases. It holds C-207 and C-219: cash for an invoice
// that is not due yet, and books that check.
func TestADealRunsToTheCent(t *testing.T) {
	m := newMarket(t, fixedEngine{})
	deal := m.deal()
	m.meetConditions(deal.ID)
	must(t, m.service.Advance(t.Context(), domain.LiveWorld, deal.ID, m.now))
	must(t, m.service.Advance(t.Context(), domain.LiveWorld, deal.ID, m.now)) // again: nothing
	m.now = at("2026-02-06T11:10:00Z")
	m.statement("000111222", "2026-02-05", 5_000_000, -846_000, formats.BankLine{EndToEndID: m.endToEnd(deal.ID, domain.PayAdvance)})
	must(t, m.service.AccrueFees(t.Context(), domain.LiveWorld, deal.ID, at("2026-03-01T05:00:00Z")))
	m.now = at("2026-03-11T10:40:00Z")
	delete(m.trips, "apply_line")
	m.statement("000333444", "2026-03-10", 0, 1_000_000, formats.BankLine{Remittance: "Invoice MP-1042"})
	m.atMost(8, "marketplace.Submitted", "marketplace.Accepted", "apply_line")
	m.now = at("2026-03-18T12:00:00Z")
	var rebate uuid.UUID
	if err := m.db.QueryRowContext(t.Context(), `SELECT id FROM payouts WHERE kind = 'rebate' AND release_at = '2026-03-18T12:00:00Z'`).Scan(&rebate); err != nil {
		t.Fatalf("no rebate held to 18 March: %v", err)
	}
	must(t, m.service.ReleasePayout(t.Context(), domain.LiveWorld, domain.PayoutID{UUID: rebate}, m.now))
	m.now = at("2026-03-19T10:00:00Z")
	m.statement("000333444", "2026-03-18", 1_000_000, -110_000, formats.BankLine{EndToEndID: m.endToEnd(deal.ID, domain.PayRebate)})

	got, _, err := m.service.Deal(t.Context(), m.as(m.seller), deal.ID)
	must(t, err)
	if got.Status != domain.DealSettled {
		t.Errorf("the deal is %s, want settled", got.Status)
	}
	journals, err := m.service.Journals(t.Context(), m.as(m.factor), deal.ID)
	must(t, err)
	var all []ledger.Journal
	for _, j := range journals {
		t.Log(j.Journal, j.Total())
		all = append(all, j.Journal)
	}
	if err := ledger.ClosingIdentity(ledger.Sum("USD", all...)); err != nil {
		t.Error(err)
	}
	findings, books, err := repository.CheckLedger(t.Context(), m.owner)
	must(t, err)
	if len(findings) > 0 || books.Journals != 12 {
		t.Errorf("ledger check of %d journals: %v", books.Journals, findings)
	}
	tallies, rows, err := repository.CheckTallies(t.Context(), m.owner)
	must(t, err)
	if len(tallies) > 0 || rows != 1 {
		t.Errorf("tallies of %d rows: %v", rows, tallies)
	}
	if cash := ledger.Sum("USD", all...).Cash(); cash != money.Minor(44_000, "USD") {
		t.Errorf("the factor's cash is %s, want 440.00", cash)
	}
}

// atMost holds hot use cases to a number of round trips.
func (m *market) atMost(limit int, hot ...string) {
	m.t.Helper()
	for _, name := range hot {
		if trips := m.trips[name]; trips == 0 || trips > limit {
			m.t.Errorf("%s took %d round trips, want 1 to %d", name, trips, limit)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
