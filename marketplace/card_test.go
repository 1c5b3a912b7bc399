package marketplace_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
	"comity/formats"
	"comity/ledger"
	"comity/marketplace"
	"comity/money"
)

// card adds what a debtor paid by card for a deal: the processor has it.
func (m *market) card(deal domain.Deal, minor int64, on string) domain.CardID {
	m.t.Helper()
	id, link := domain.New[domain.CardID](), domain.New[domain.LinkID]()
	m.exec(`INSERT INTO links (id, case_id, factor_id, seller_id, recipient, verbs, key_version, expires_at)
		VALUES ($1, $2, $3, $4, 'dana@harborpine.example', '{view}', 1, now() + interval '1 day')`, link.UUID, deal.Case.UUID, deal.Factor.UUID, deal.Seller.UUID)
	m.exec(`INSERT INTO card_payments (id, world_id, case_id, factor_id, seller_id, link_id, status, currency, amount_minor, asked_at, paid_at)
		VALUES ($1, $2, $3, $4, $5, $6, 'paid', 'USD', $7, $8, $8)`, id.UUID, domain.LiveWorld.UUID, deal.Case.UUID, deal.Factor.UUID, deal.Seller.UUID, link.UUID, minor, at(on))
	m.exec(`INSERT INTO card_parts (card_id, deal_id, case_id, factor_id, seller_id, amount_minor) VALUES ($1, $2, $3, $4, $5, $6)`,
		id.UUID, deal.ID.UUID, deal.Case.UUID, deal.Factor.UUID, deal.Seller.UUID, minor)
	return id
}

// payout adds what the processor says that it passed on.
func (m *market) payout(minor int64, arrives string) domain.CardPayoutID {
	m.t.Helper()
	id := domain.New[domain.CardPayoutID]()
	m.exec(`INSERT INTO card_payouts (id, world_id, factor_id, name, status, currency, amount_minor, arrives_on, descriptor, told_at)
		VALUES ($1, $2, $3, $4, 'announced', 'USD', $5, $6, '', $7)`, id.UUID, domain.LiveWorld.UUID, m.factor.Organization.UUID, "po_"+id.String(), minor, arrives, m.now)
	return id
}

func charge(card domain.CardID, gross, fee int64) domain.CardEntry {
	return domain.CardEntry{Card: card, Type: "charge", Gross: money.Minor(gross, "USD"), Fee: money.Minor(fee, "USD")}
}

func (m *market) payoutIs(id domain.CardPayoutID, want domain.CardPayoutStatus) {
	m.t.Helper()
	var got string
	must(m.t, m.db.QueryRowContext(m.t.Context(), `SELECT status FROM card_payouts WHERE id = $1`, id.UUID).Scan(&got))
	if got != string(want) {
		m.t.Errorf("the payout is %s, want %s", got, want)
	}
}

func (m *market) list(id domain.CardPayoutID, entries ...domain.CardEntry) {
	m.t.Helper()
	must(m.t, m.service.ListCardPayout(m.t.Context(), domain.LiveWorld, id, entries, "", m.now))
}

func (m *market) take(id domain.CardPayoutID) {
	m.t.Helper()
	must(m.t, m.service.TakeCardPayout(m.t.Context(), domain.LiveWorld, id, m.now))
}

// TestAPayoutIsAppliedInFull: whether the bank or the processor speaks first, two payments in one payout pay
// their deal in full on the days of the card; the seller's rebate and the fee are what they would be
// without a processor, whose fee is the factor's cost. It holds D-23.
func TestAPayoutIsAppliedInFull(t *testing.T) {
	for _, bankFirst := range []bool{true, false} {
		m, deal := funded(t)
		first, second := m.card(deal, 300_000, "2026-03-03T15:00:00Z"), m.card(deal, 700_000, "2026-03-04T15:00:00Z")
		m.now = at("2026-03-11T11:00:00Z")
		id := m.payout(970_900, "2026-03-10")
		bank := func() {
			m.statement("000333444", "2026-03-10", 0, 970_900, formats.BankLine{Counterparty: "STRIPE", Remittance: "TRANSFER"})
		}
		if bankFirst {
			bank()
			m.book("unidentified", map[ledger.Account]int64{ledger.UnappliedCash: -970_900, ledger.FactoredReceivables: 1_000_000})
		}
		m.list(id, charge(first, 300_000, 8_800), charge(second, 700_000, 20_300))
		if !bankFirst {
			m.take(id)
			m.payoutIs(id, domain.CardPayoutListed)
			bank()
		}
		m.take(id)
		m.take(id) // again: nothing
		m.payoutIs(id, domain.CardPayoutApplied)
		m.book("applied", map[ledger.Account]int64{
			ledger.FactoredReceivables: 0, ledger.UnappliedCash: 0, ledger.ProcessingCosts: 29_100, ledger.DiscountFeeIncome: -30_000, ledger.RebatePayable: -120_000,
			ledger.CashCollection: 120_000,
		})
		if d := m.status(deal.ID); d.PaidInFull != domain.MustDate("2026-03-04") || d.CardCost != money.Minor(29_100, "USD") {
			t.Errorf("paid in full on %s, %s kept", d.PaidInFull, d.CardCost)
		}
		m.settlesCard(deal)
	}
}

// settlesCard pays the rebate of a deal, and looks whether its books close.
func (m *market) settlesCard(deal domain.Deal) {
	m.t.Helper()
	var held uuid.UUID
	must(m.t, m.db.QueryRowContext(m.t.Context(), `SELECT id FROM payouts WHERE kind = 'rebate'`).Scan(&held))
	m.now = at("2026-03-18T13:00:00Z")
	must(m.t, m.service.ReleasePayout(m.t.Context(), domain.LiveWorld, domain.PayoutID{UUID: held}, m.now))
	m.now = at("2026-03-19T10:00:00Z")
	m.statement("000333444", "2026-03-18", 970_900, -120_000, formats.BankLine{EndToEndID: m.endToEnd(deal.ID, domain.PayRebate)})
	if got := m.status(deal.ID).Status; got != domain.DealSettled {
		m.t.Errorf("the deal is %s", got)
	}
	m.book("settled", map[ledger.Account]int64{ledger.CashCollection: 0, ledger.ProcessingCosts: 29_100, ledger.RebatePayable: 0})
}

// TestWhatWasPaidByCardRestsUntilItIsBooked holds D-30: a transfer of somebody's, and the payout of another payment, end nothing of
// what rests for a payment by card that is under way; its own payout does, and so does the last money.
func TestWhatWasPaidByCardRestsUntilItIsBooked(t *testing.T) {
	m, deal := funded(t)
	first, second := m.card(deal, 300_000, "2026-03-03T15:00:00Z"), m.card(deal, 500_000, "2026-03-04T15:00:00Z")
	m.exec(`INSERT INTO holds (id, case_id, factor_id, seller_id, deal_id, code, amount_minor, cause_kind, cause_id, created_at)
		SELECT gen_random_uuid(), case_id, factor_id, seller_id, $1, 'paid_or_pending', amount_minor, 'card', id, paid_at FROM card_payments`, deal.ID.UUID)
	m.exec(`INSERT INTO holds (id, case_id, factor_id, seller_id, deal_id, code, cause_kind, cause_id, created_at)
		VALUES (gen_random_uuid(), $1, $2, $3, $4, 'paid_or_pending', 'said', $4, $5)`, deal.Case.UUID, deal.Factor.UUID, deal.Seller.UUID, deal.ID.UUID, m.now)
	rests := func(what string, want ...domain.CardID) {
		t.Helper()
		var got, cards []uuid.UUID
		must(t, m.db.QueryRowContext(t.Context(), `SELECT coalesce(array_agg(cause_id ORDER BY amount_minor), '{}') FROM holds WHERE ended_at IS NULL`).Scan(pq.Array(&got)))
		for _, card := range want {
			cards = append(cards, card.UUID)
		}
		if !slices.Equal(got, cards) {
			t.Errorf("%s: %v rest, want %v", what, got, cards)
		}
	}
	m.now = at("2026-03-10T11:00:00Z")
	m.statement("000333444", "2026-03-09", 0, 100_000, formats.BankLine{Remittance: "MP-1042"})
	rests("a transfer", first, second)
	m.now = at("2026-03-11T11:00:00Z")
	id := m.payout(291_200, "2026-03-10")
	m.list(id, charge(first, 300_000, 8_800))
	m.statement("000333444", "2026-03-10", 100_000, 291_200, formats.BankLine{Counterparty: "STRIPE", Remittance: "TRANSFER"})
	m.payoutIs(id, domain.CardPayoutApplied)
	rests("the payout of one", second)
	m.now = at("2026-03-12T11:00:00Z")
	m.statement("000333444", "2026-03-11", 391_200, 600_000, formats.BankLine{Remittance: "MP-1042"})
	rests("the last money")
}

// TestWhatDoesNotAddUpIsAPersons: a payout with anything in it that is not exactly payments of ours posts
// nothing, and the factor is told what is in it.
func TestWhatDoesNotAddUpIsAPersons(t *testing.T) {
	m, deal := funded(t)
	card, another := m.card(deal, 100_000, "2026-03-03T15:00:00Z"), m.card(deal, 200_000, "2026-03-03T15:00:00Z")
	m.exec(`UPDATE card_payments SET status = 'returned' WHERE id = $1`, another.UUID)
	euros := charge(card, 100_000, 2_900)
	euros.Gross, euros.Fee = money.Minor(100_000, "EUR"), money.Minor(2_900, "EUR")
	refund := domain.CardEntry{Type: "refund", Gross: money.Minor(-1_000, "USD"), Fee: money.Minor(0, "USD")}
	for name, c := range map[string]struct {
		minor   int64
		entries []domain.CardEntry
	}{
		"nothing":                  {97_100, nil},
		"another sum":              {97_000, []domain.CardEntry{charge(card, 100_000, 2_900)}},
		"less than was paid":       {87_100, []domain.CardEntry{charge(card, 90_000, 2_900)}},
		"a payment twice":          {194_200, []domain.CardEntry{charge(card, 100_000, 2_900), charge(card, 100_000, 2_900)}},
		"a refund":                 {96_100, []domain.CardEntry{charge(card, 100_000, 2_900), refund}},
		"a payment that went back": {197_100, []domain.CardEntry{charge(another, 200_000, 2_900)}},
		"nobody's":                 {97_100, []domain.CardEntry{charge(domain.New[domain.CardID](), 100_000, 2_900)}},
		"another currency":         {97_100, []domain.CardEntry{euros}},
		"a fee that is all":        {0, []domain.CardEntry{charge(card, 100_000, 100_000)}},
	} {
		id := m.payout(c.minor, "2026-03-10")
		m.list(id, c.entries...)
		m.payoutIs(id, domain.CardPayoutPerson)
		var said string
		must(t, m.db.QueryRowContext(t.Context(), `SELECT said FROM events WHERE kind = 'card.payout_unclear' AND position($1 IN said) > 0`, "po_"+id.String()).Scan(&said))
		if len(c.entries) > 0 && !strings.Contains(said, c.entries[0].Type) {
			t.Errorf("%s: told %q", name, said)
		}
		m.take(id)
	}
	m.book("nothing", map[ledger.Account]int64{ledger.FactoredReceivables: 1_000_000, ledger.ProcessingCosts: 0})
}

// TestMoneyIsNotTakenForAPayout: two payouts or two lines that are alike, or a line that does not speak of the
// processor, are left to a person; what cannot be applied any more is left on its receipt.
func TestMoneyIsNotTakenForAPayout(t *testing.T) {
	line := formats.BankLine{Counterparty: "STRIPE", Remittance: "TRANSFER"}
	for name, set := range map[string]struct {
		do     func(*market, domain.Deal, domain.CardPayoutID)
		line   formats.BankLine
		amount int64
		want   domain.CardPayoutStatus
	}{
		"a line of somebody": {nil, formats.BankLine{Counterparty: "Somebody", Remittance: "thank you"}, 97_100, domain.CardPayoutListed},
		"another amount":     {nil, line, 97_101, domain.CardPayoutListed},
		"two that are alike": {func(m *market, deal domain.Deal, _ domain.CardPayoutID) {
			m.list(m.payout(97_100, "2026-03-11"), charge(m.card(deal, 100_000, "2026-03-03T15:00:00Z"), 100_000, 2_900))
		}, line, 97_100, domain.CardPayoutListed},
		"it went back meanwhile": {func(m *market, _ domain.Deal, id domain.CardPayoutID) {
			m.exec(`UPDATE card_payments SET status = 'returned' WHERE id = (SELECT card_id FROM card_parts WHERE payout_id = $1)`, id.UUID)
		}, line, 97_100, domain.CardPayoutPerson},
		"less is open": {func(m *market, _ domain.Deal, _ domain.CardPayoutID) {
			m.statement("000333444", "2026-03-09", 0, 950_000, formats.BankLine{Remittance: "MP-1042"})
		}, line, 97_100, domain.CardPayoutPerson},
	} {
		t.Run(name, func(t *testing.T) {
			m, deal := funded(t)
			m.now = at("2026-03-11T11:00:00Z")
			id := m.payout(97_100, "2026-03-10")
			m.list(id, charge(m.card(deal, 100_000, "2026-03-03T15:00:00Z"), 100_000, 2_900))
			if set.do != nil {
				set.do(m, deal, id)
			}
			opening := int64(0)
			if name == "less is open" {
				opening = 950_000
			}
			m.statement("000333444", "2026-03-10", opening, set.amount, set.line)
			m.payoutIs(id, set.want)
			m.book("left on its receipt", map[ledger.Account]int64{ledger.ProcessingCosts: 0, ledger.UnappliedCash: -set.amount})
		})
	}
}

// TestAPayoutThatIsNotFoundIsAPersons: a payout of which no line of the bank's can be told is waited for for two weeks,
// and then somebody is told; what was paid rests as before.
func TestAPayoutThatIsNotFoundIsAPersons(t *testing.T) {
	m, deal := funded(t)
	m.now = at("2026-03-11T11:00:00Z")
	id := m.payout(97_100, "2026-03-10")
	m.list(id, charge(m.card(deal, 100_000, "2026-03-03T15:00:00Z"), 100_000, 2_900))
	m.now = at("2026-03-24T11:00:00Z")
	m.take(id)
	m.payoutIs(id, domain.CardPayoutListed)
	m.now = at("2026-03-25T11:00:00Z")
	m.take(id)
	m.take(id)
	m.payoutIs(id, domain.CardPayoutPerson)
	var told int
	must(t, m.db.QueryRowContext(t.Context(), `SELECT count(*) FROM events WHERE kind = 'card.payout_unclear'`).Scan(&told))
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}

// TestFeesAreSharedToTheCent: the fee of one payment for several deals is split so that it adds up.
func TestFeesAreSharedToTheCent(t *testing.T) {
	card := domain.New[domain.CardID]()
	part := func(minor int64) domain.CardShare {
		return domain.CardShare{Card: card, Deal: domain.New[domain.DealID](), Amount: money.Minor(minor, "USD"), PaidAt: time.Time{}}
	}
	parts := []domain.CardShare{part(1), part(33_333), part(66_666)}
	shares, why := marketplace.Shared(domain.CardPayout{Amount: money.Minor(97_070, "USD")}, []domain.CardEntry{charge(card, 100_000, 2_930)}, parts)
	if _, why := marketplace.Shared(domain.CardPayout{Amount: money.Minor(1, "USD")}, []domain.CardEntry{charge(card, 2, 1)}, []domain.CardShare{part(1), part(1)}); why == "" {
		t.Error("nothing is left of a part, and nobody is asked")
	}
	sum := money.Minor(0, "USD")
	for _, s := range shares {
		sum = sum.Plus(s.Fee)
		if !s.Fee.Less(s.Amount) {
			t.Errorf("%s of %s is kept", s.Fee, s.Amount)
		}
	}
	if why != "" || len(shares) != 3 || sum != money.Minor(2_930, "USD") {
		t.Errorf("%v, %q", shares, why)
	}
}
