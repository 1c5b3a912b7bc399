package marketplace_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"comity/domain"
	"comity/formats"
	"comity/ledger"
	"comity/marketplace"
	"comity/money"
	"comity/repository"
	"comity/underwriting"
)

// byRisk lets the market's mandate price by risk: 8 % for funds, 20.00 and 0.05 % for
// servicing, 0.5 % margin.
func (m *market) byRisk() {
	m.t.Helper()
	m.exec(`UPDATE mandates SET by_risk = true, dilution_haircut = 0, verification_haircut = 0, seller_haircut = 0, fee_first_rate = 0,
		funds_rate = 0.08, servicing_minor = 2000, servicing_rate = 0.0005, margin_rate = 0.005, debtor_limit_minor = 100000000, facility_limit_minor = 100000000`)
}

// codes names the reasons of the risk of an offer, in their order.
func (m *market) codes(o domain.Offer) string {
	m.t.Helper()
	_, price, err := underwriting.DecodeRisk(o.Risk)
	must(m.t, err)
	var all []string
	for _, r := range price.Reasons {
		all = append(all, r.Code)
	}
	return strings.Join(all, " ")
}

func (m *market) again(invoice domain.InvoiceID) domain.Offer {
	m.t.Helper()
	done := keep(m, func(ctx context.Context, once domain.Once[marketplace.Submitted]) (domain.Answer, error) {
		return m.service.Submit(ctx, m.as(m.seller), invoice, once)
	})
	if len(done.Offers) != 1 {
		m.t.Fatalf("%d offers: %v", len(done.Offers), done.NoOffer)
	}
	return done.Offers[0]
}

func (m *market) verify(by domain.Caller, invoice domain.InvoiceID, level int, expires string) error {
	once := domain.Once[domain.Verification]{Route: "verify", Key: uuid.NewString(), Hash: []byte{1}, Answer: func(domain.Verification) domain.Answer {
		return domain.Answer{Status: 201, Body: []byte("{}")}
	}}
	v := domain.Verification{Invoice: invoice, Level: level, Method: "call", Asked: "Dana Ruiz", Answer: "received", Evidence: bytes.Repeat([]byte{1}, 32)}
	if expires != "" {
		v.Expires = domain.MustDate(expires)
	}
	_, err := m.service.VerifyInvoice(m.t.Context(), m.as(by), v, once)
	return err
}

// dilution records a year of sales to the debtor with credits of a share of them.
func (m *market) dilution(percent int64) {
	m.t.Helper()
	r := domain.DilutionRecord{Relationship: m.rel, Currency: "USD", LagDays: 0}
	for month := domain.MustDate("2025-01-01"); month.Before(domain.MustDate("2026-01-01")); month = month.MonthEnd().Plus(1) {
		r.Months = append(r.Months, domain.DilutionMonth{Start: month, Sales: money.Minor(10_000_00, "USD"), Credits: money.Minor(100_00*percent, "USD")})
	}
	keep(m, func(ctx context.Context, once domain.Once[domain.DilutionRecord]) (domain.Answer, error) {
		return m.service.RecordDilution(ctx, m.as(m.seller), r, once)
	})
}

func (m *market) grade(grade string, advanceCap string, version int) {
	m.t.Helper()
	_, err := m.service.SetStanding(m.t.Context(), m.as(m.factor), domain.Standing{
		Seller: m.seller.Organization, Grade: grade, AdvanceCap: money.MustRate(advanceCap), Reason: "accounts seen",
	}, version)
	must(m.t, err)
}

// TestAPriceByRiskRestsOnWhatIsKnown: what nobody knows is priced at its worst and said
// so, each fact that is brought moves its own haircut, and the price is made again from
// what was stored.
func TestAPriceByRiskRestsOnWhatIsKnown(t *testing.T) {
	m := newMarket(t, fixedEngine{})
	m.byRisk()
	first := m.submitted("MP-1")
	offer := first.Offers[0]
	if got := m.codes(offer); got != "dilution-unknown verification seller-grade-unknown fee-of-costs loss-priors" {
		t.Errorf("nothing known: %s", got)
	}
	seen := []string{offer.Terms.AdvanceRate.String()}
	step := func(want string) {
		t.Helper()
		next := m.again(first.Invoice.ID)
		if !offer.Terms.AdvanceRate.Less(next.Terms.AdvanceRate) {
			t.Errorf("%s: advance %s after %s", want, next.Terms.AdvanceRate, offer.Terms.AdvanceRate)
		}
		if got := m.codes(next); !strings.HasPrefix(got, want+" ") {
			t.Errorf("reasons %s, want %s first", got, want)
		}
		offer, seen = next, append(seen, next.Terms.AdvanceRate.String())
	}
	m.grade("A", "0", 0)
	step("dilution-unknown verification seller-grade")
	must(t, m.verify(m.platform(), first.Invoice.ID, 3, ""))
	step("dilution-unknown verification seller-grade")
	m.dilution(1)
	step("dilution verification seller-grade")
	t.Log("advance rates:", seen, "first rate", offer.Terms.Fee.FirstRate)

	m.grade("A", "0.6", 1)
	if capped := m.again(first.Invoice.ID); capped.Terms.AdvanceRate.String() != "0.6" || !strings.Contains(m.codes(capped), underwriting.ReasonAdvanceCap) {
		t.Errorf("with a seller cap of 0.6: %s for %s", capped.Terms.AdvanceRate, m.codes(capped))
	}
	m.replaysPrice(offer)
}

// replaysPrice prices an offer again from what is stored of it, its decision and its
// mandate.
func (m *market) replaysPrice(offer domain.Offer) {
	m.t.Helper()
	risk, _, err := underwriting.DecodeRisk(offer.Risk)
	must(m.t, err)
	found, err := m.service.OfferDecision(m.t.Context(), m.as(m.factor), offer.ID)
	must(m.t, err)
	decided, err := underwriting.DecodeDecision(found.Decision.Result)
	must(m.t, err)
	mandate, err := m.service.Mandate(m.t.Context(), m.as(m.factor), offer.Mandate)
	must(m.t, err)
	again, err := underwriting.PriceRisk(decided, mandate.Terms, underwriting.Ask{
		Basis: offer.Terms.Basis, Due: domain.MustDate("2026-03-04"), FundedOn: offer.Terms.Scenarios[0].FundedOn,
		Banking: domain.BankingDays("USD", "US"), RebateHold: offer.Terms.RebateHold,
	}, risk)
	must(m.t, err)
	if !bytes.Equal(underwriting.EncodeRisk(risk, again), offer.Risk) || !bytes.Equal(underwriting.EncodeTerms(again.Terms), underwriting.EncodeTerms(offer.Terms)) {
		m.t.Errorf("priced again %s", underwriting.EncodeRisk(risk, again))
	}
}

// TestPromisesMoveThePriceOfWhomTheyWereMadeTo holds F-72 and D-7: a factor prices by the promises that
// were made to it, in the last twelve months, and by no other's; the seller reads why, and the price is
// made again from what was stored.
func TestPromisesMoveThePriceOfWhomTheyWereMadeTo(t *testing.T) {
	m := newMarket(t, fixedEngine{})
	deal := m.deal()
	m.byRisk()
	first := m.submitted("MP-2")
	before := first.Offers[0].Terms.AdvanceRate
	promised := func(status, decided string) {
		m.exec(`INSERT INTO promises (id, case_id, factor_id, seller_id, deal_id, status, currency, amount_minor, open_before, promised_on, judge_on, made_at, decided_at)
			SELECT gen_random_uuid(), case_id, factor_id, seller_id, id, $2, currency, 1000, 1000, $3::timestamptz::date, $3::timestamptz::date, $3::timestamptz, $3::timestamptz FROM deals WHERE id = $1`,
			deal.ID.UUID, status, decided)
	}
	expect := func(what string, counted bool) domain.Offer {
		t.Helper()
		offer := m.again(first.Invoice.ID)
		if offer.Terms.AdvanceRate.Less(before) != counted || strings.Contains(m.codes(offer), underwriting.ReasonPromises) != counted {
			t.Errorf("%s: %s for %s, %s before", what, offer.Terms.AdvanceRate, m.codes(offer), before)
		}
		return offer
	}
	for range 3 {
		promised("broken", "2025-01-14T09:00:00Z")
	}
	promised("broken", "2026-01-14T09:00:00Z")
	promised("part_kept", "2026-01-15T09:00:00Z")
	expect("two of this year", false)
	promised("broken", "2026-01-16T09:00:00Z")
	m.replaysPrice(expect("two of three broken", true))
	other := m.organization("factor", "Westbrook Factors, LLC", domain.RoleOwner)
	m.exec(`UPDATE deals SET factor_id = $2 WHERE id = $1`, deal.ID.UUID, other.Organization.UUID)
	expect("they were made to another factor", false)
}

// TestAVerificationCountsWhileItLasts: until it expires, or until somebody finds that it no longer holds; a seller
// proves its own invoice only so far. It holds D-33.
func TestAVerificationCountsWhileItLasts(t *testing.T) {
	m := newMarket(t, fixedEngine{})
	m.byRisk()
	inv, platform := m.submitted("MP-1").Invoice.ID, m.platform()
	level := func() int {
		t.Helper()
		risk, _, err := underwriting.DecodeRisk(m.again(inv).Risk)
		must(t, err)
		return int(risk.Facts.Verification - underwriting.VerificationNone)
	}
	for _, refused := range []error{m.verify(m.seller, inv, 3, ""), m.verify(m.seller, inv, 0, ""), m.verify(platform, inv, 4, "2026-02-02"), m.verify(platform, inv, 4, "2027-02-05")} {
		if !errors.Is(refused, domain.ErrInvalid) {
			t.Errorf("recorded: %v", refused)
		}
	}
	if err := m.verify(m.factor, inv, 4, ""); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a factor records: %v", err)
	}
	steps := []int{level()}
	must(t, m.verify(m.seller, inv, 2, "2026-02-20"))
	must(t, m.verify(platform, inv, 4, "2026-02-10"))
	must(t, m.verify(m.seller, inv, 1, "2026-03-01"))
	steps = append(steps, level())
	m.now = at("2026-02-11T14:00:00Z")
	steps = append(steps, level())
	must(t, m.verify(platform, inv, 0, ""))
	steps = append(steps, level())
	must(t, m.verify(m.seller, inv, 1, ""))
	steps = append(steps, level())
	must(t, m.verify(platform, inv, 3, ""))
	steps = append(steps, level())
	if got := fmt.Sprint(steps); got != "[0 4 2 0 0 3]" {
		t.Errorf("levels %s", got)
	}
}

// TestADisputeOfThePairRaisesItsPrice: disputes are learned from deals that were made
// here; an imported row that tells of none says nothing.
func TestADisputeOfThePairRaisesItsPrice(t *testing.T) {
	m := newMarket(t, fixedEngine{})
	m.byRisk()
	for n := range 4 {
		m.paid(fmt.Sprintf("A%d", n), "2025-10-01", "2025-10-31", "2025-11-04")
	}
	dispute := func(number string) underwriting.Posterior {
		t.Helper()
		_, price, err := underwriting.DecodeRisk(m.submitted(number).Offers[0].Risk)
		must(t, err)
		return price.Losses.Dispute
	}
	if got := dispute("MP-1"); got.Mean != 50_000 {
		t.Errorf("imported rows teach that nobody disputes: %+v", got)
	}
	m.accept(m.submitted("MP-2").Offers[0].ID)
	if got := dispute("MP-3"); got.Mean != 50_000 {
		t.Errorf("a deal that was just made teaches: %+v", got)
	}
	m.exec(`UPDATE deals SET paid_in_full_on = '2026-02-03'`)
	if got := dispute("MP-5"); got.Mean != 47_619 {
		t.Errorf("a deal that was paid without a dispute: %+v", got)
	}
	m.exec(`UPDATE deals SET factor_id = $1`, m.organization("factor", "Rival Factors", domain.RoleOwner).Organization.UUID)
	if got := dispute("MP-6"); got.Mean != 50_000 {
		t.Errorf("another factor's deal teaches: %+v", got)
	}
	m.exec(`UPDATE history SET disputed = true WHERE invoice_ref = 'A0'`)
	if got := dispute("MP-4"); got.Mean != 95_238 {
		t.Errorf("an imported dispute: %+v", got)
	}
}

// TestAnotherFactorsOpinionIsItsOwn: two factors grade one seller, and each prices by
// its own grade (D-7).
func TestAnotherFactorsOpinionIsItsOwn(t *testing.T) {
	m := newMarket(t, fixedEngine{})
	m.byRisk()
	inv := m.submitted("MP-1").Invoice.ID
	before := m.again(inv)
	rival := m.organization("factor", "Rival Factors", domain.RoleOwner)
	m.exec(`INSERT INTO seller_standings (factor_id, seller_id, grade, reason, version, set_by, set_at) VALUES ($1, $2, 'A', 'accounts seen', 1, $1, $3)`,
		rival.Organization.UUID, m.seller.Organization.UUID, m.now)
	if after := m.again(inv); !bytes.Equal(after.Risk, before.Risk) {
		t.Errorf("another's opinion moves the price: %s", after.Risk)
	}
	if _, err := m.service.Standing(t.Context(), m.as(rival), m.seller.Organization); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a factor without an invoice of the seller reads %v", err)
	}
	m.grade("B", "0", 0)
	if _, err := m.service.SetStanding(t.Context(), m.as(m.factor), domain.Standing{Seller: m.seller.Organization, Grade: "C", Reason: "late"}, 0); !errors.Is(err, domain.ErrVersionStale) {
		t.Errorf("a stale version sets %v", err)
	}
}

// TestAnUpfrontAndDailyFeeToTheCent plays story A under another family: 0.5 % of the
// basis from the funding date and 0.04 % of the advance for each day.
func TestAnUpfrontAndDailyFeeToTheCent(t *testing.T) {
	m := newMarket(t, fixedEngine{})
	m.exec(`UPDATE mandates SET fee_first_days = 0, fee_first_rate = 0, fee_step_days = 0, fee_step_rate = 0, fee_upfront_rate = 0.005, fee_daily_rate = 0.0004`)
	deal := m.deal()
	if deal.Advance.Decimal() != "9000.00" { // the cap: the fee to day 90 would leave 0.9025
		t.Fatalf("advance %s", deal.Advance)
	}
	m.meetConditions(deal.ID)
	must(t, m.service.Advance(t.Context(), domain.LiveWorld, deal.ID, m.now))
	m.now = at("2026-02-06T11:10:00Z")
	m.statement("000111222", "2026-02-05", 5_000_000, -deal.Now().Units(), formats.BankLine{EndToEndID: m.endToEnd(deal.ID, domain.PayAdvance)})
	must(t, m.service.AccrueFees(t.Context(), domain.LiveWorld, deal.ID, at("2026-03-01T05:00:00Z")))
	m.now = at("2026-03-11T10:40:00Z")
	m.statement("000333444", "2026-03-10", 0, 1_000_000, formats.BankLine{Remittance: "Invoice MP-1042"})
	got, _, err := m.service.Deal(t.Context(), m.as(m.seller), deal.ID)
	must(t, err)
	// 33 days: 50.00 + 9,000.00 x 0.0004 x 33 = 168.80
	if got.Recognised.Decimal() != "168.80" {
		t.Errorf("the fee is %s, want 168.80", got.Recognised)
	}
	journals, err := m.service.Journals(t.Context(), m.as(m.factor), deal.ID)
	must(t, err)
	var all []ledger.Journal
	for _, j := range journals {
		all = append(all, j.Journal)
	}
	for account, want := range map[ledger.Account]string{ledger.DiscountFeeIncome: "-168.80"} {
		if balance := ledger.Sum("USD", all...).Of(account); balance.Decimal() != want {
			t.Errorf("%s stands at %s, want %s", account, balance, want)
		}
	}
	findings, _, err := repository.CheckLedger(t.Context(), m.owner)
	must(t, err)
	if len(findings) > 0 {
		t.Errorf("ledger check: %v", findings)
	}
}

// TestALimitIsProposedFromTheFactorsOwnDeals: nothing known, no limit; a year of
// payments, one, with a day on which it is looked at again.
func TestALimitIsProposedFromTheFactorsOwnDeals(t *testing.T) {
	m := newMarket(t, fixedEngine{})
	m.byRisk()
	offer := m.submitted("MP-1").Offers[0]
	none, err := m.service.DebtorLimit(t.Context(), m.as(m.factor), offer.ID)
	must(t, err)
	if !none.Limit.IsZero() || none.ReviewOn != domain.MustDate("2026-05-04") || len(none.Reasons) != 4 {
		t.Errorf("nothing known: %+v", none)
	}
	m.accept(offer.ID)
	m.exec(`ALTER TABLE allocations DROP CONSTRAINT allocations_receipt_id_fkey`)
	m.exec(`INSERT INTO allocations (id, factor_id, seller_id, receipt_id, deal_id, case_id, amount_minor, value_on, applied_at)
		SELECT gen_random_uuid(), d.factor_id, d.seller_id, gen_random_uuid(), d.id, d.case_id, 1000000, m.start::date, $1
		  FROM deals d, generate_series('2025-02-05'::date, '2026-01-05', interval '1 month') AS m(start)`, m.now)
	known, err := m.service.DebtorLimit(t.Context(), m.as(m.factor), offer.ID)
	must(t, err)
	if !known.Limit.Positive() || known.ReviewOn != domain.MustDate("2026-08-02") && known.ReviewOn != domain.MustDate("2027-02-03") {
		t.Errorf("a year of payments: %+v", known)
	}
	if _, err := m.service.DebtorLimit(t.Context(), m.as(m.organization("factor", "Rival", domain.RoleOwner)), offer.ID); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("another factor reads %v", err)
	}
}
