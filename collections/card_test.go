package collections_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"comity/collections"
	"comity/domain"
)

// cardHouse is a house of the live world with a payment of 1,000.00 by card that can be made.
func cardHouse(t *testing.T) (*house, domain.CardID) {
	t.Helper()
	h := newHouse(t)
	k, card := h.facts.Case, domain.New[domain.CardID]()
	h.exec(`UPDATE organizations SET world_id = $1`, domain.LiveWorld.UUID)
	h.exec(`INSERT INTO card_payments (id, world_id, case_id, factor_id, seller_id, link_id, status, currency, amount_minor, session, asked_at)
		VALUES ($1, $2, $3, $4, $5, $6, 'ready', 'USD', 100000, 'cs_1', '2026-03-03T14:00:00Z')`, card.UUID, domain.LiveWorld.UUID, k.ID.UUID, k.Factor.UUID, k.Seller.UUID, uuid.New())
	h.exec(`INSERT INTO card_parts (card_id, deal_id, case_id, factor_id, seller_id, amount_minor) VALUES ($1, $2, $3, $4, $5, 100000)`,
		card.UUID, h.facts.Items[0].Deal.ID.UUID, k.ID.UUID, k.Factor.UUID, k.Seller.UUID)
	return h, card
}

// cardNews takes what the processor says of the payment.
func (h *house) cardNews(id string, e domain.CardEvent) {
	h.t.Helper()
	e.ID, e.Live, e.Intent = id, true, "pi_1"
	if e.Kind == domain.CardEventPaid {
		e.Session = "cs_1"
	}
	if err := h.cases.CardNews(h.t.Context(), h.facts.Case.Factor, e, at("2026-03-06 10:00")); err != nil {
		h.t.Fatal(err)
	}
}

// TestLateNewsOfACardAreOfTheDayOfTheCharge holds D-23: where the news that a card was charged come late, the debtor has paid
// on the day on which it did, by the processor's clock, and never after we heard of it or before it was asked.
func TestLateNewsOfACardAreOfTheDayOfTheCharge(t *testing.T) {
	for name, c := range map[string]struct{ at, want string }{
		"days before": {"2026-03-03 10:00", "2026-03-03 10:00"},
		"ahead of us": {"2026-03-07 10:00", "2026-03-06 10:00"},
		"before all":  {"2026-03-01 10:00", "2026-03-03 09:00"},
	} {
		t.Run(name, func(t *testing.T) {
			h, card := cardHouse(t)
			h.cardNews("evt_1", domain.CardEvent{Kind: domain.CardEventPaid, Card: card, Amount: usd(100_000), At: at(c.at)})
			var paid time.Time
			if err := h.owner.QueryRowContext(t.Context(), `SELECT paid_at FROM card_payments WHERE status = 'paid'`).Scan(&paid); err != nil || !paid.Equal(at(c.want)) {
				t.Errorf("it was paid at %s: %v", paid, err)
			}
		})
	}
}

// TestAPartThatWentBackOpensNothing holds D-30: where a part of a payment by card goes back, the debtor is not asked for the rest
// that it paid; a person is told. Where all of it does, the invoice is open again.
func TestAPartThatWentBackOpensNothing(t *testing.T) {
	h, card := cardHouse(t)
	h.cardNews("evt_1", domain.CardEvent{Kind: domain.CardEventPaid, Card: card, Amount: usd(100_000), At: at("2026-03-03 10:00")})
	stands := func() string {
		return h.text(`SELECT c.status || ' ' || count(h.id) FROM card_payments c LEFT JOIN holds h ON h.cause_id = c.id AND h.ended_at IS NULL GROUP BY c.id`)
	}
	h.cardNews("evt_2", domain.CardEvent{Kind: domain.CardEventRefunded, Amount: usd(20_000), At: at("2026-03-04 10:00")})
	h.is("a part", stands(), "paid 1")
	h.is("told", h.text(`SELECT count(*) FROM events WHERE kind = 'card.unclear' AND position('200.00' IN said) > 0`), "1")
	h.cardNews("evt_3", domain.CardEvent{Kind: domain.CardEventRefunded, Amount: usd(100_000), At: at("2026-03-05 10:00")})
	h.is("all of it", stands(), "returned 0")
}

// TestWhatWasPaidByCardIsNotMissing holds D-18 and D-30: until what was paid by card is booked, no promise and no plan is broken, and
// no settlement lost, for want of it; what the card does not pay is missing as before.
func TestWhatWasPaidByCardIsNotMissing(t *testing.T) {
	for name, tc := range map[string]struct {
		card, forgiven int64
		promise        domain.PromiseStatus
		plan           domain.PlanStatus
	}{
		"nothing by card":                     {0, 0, domain.PromiseBroken, domain.PlanBroken},
		"all of it":                           {60_000, 0, domain.PromiseActive, domain.PlanActive},
		"a part, which is a part of the word": {10_000, 0, domain.PromiseActive, domain.PlanBroken},
		"the last of a settlement":            {60_000, 40_000, domain.PromiseActive, domain.PlanActive},
		"less than a settlement asks":         {50_000, 40_000, domain.PromiseActive, domain.PlanBroken},
	} {
		f := told()
		f.Now = at("2026-04-20 10:00")
		deal := f.Items[0].Deal.ID
		f.Items[0].Deal.Status, f.Items[0].Deal.Open = domain.DealPaidOut, usd(100_000)
		f.Promises = []domain.Promise{{Deal: deal, Status: domain.PromiseActive, Amount: usd(60_000), OpenBefore: usd(100_000), MadeAt: at("2026-03-02 10:00"), JudgeOn: day("2026-03-20")}}
		plan := domain.Plan{
			Deal: deal, Status: domain.PlanActive, Total: usd(60_000 + 40_000 - tc.forgiven), OpenBefore: usd(100_000), Forgiven: usd(tc.forgiven),
			Instalments: []domain.Instalment{{N: 1, DueOn: day("2026-03-18"), Amount: usd(60_000)}},
		}
		if tc.forgiven == 0 {
			plan.Instalments = append(plan.Instalments, domain.Instalment{N: 2, DueOn: day("2026-05-18"), Amount: usd(40_000)})
		}
		f.Plans = []domain.Plan{plan}
		if tc.card > 0 {
			f.Holds = []domain.Hold{{Deal: deal, Code: domain.HoldPaidOrPending, Amount: usd(tc.card), CauseKind: "card"}}
		}
		got := collections.Judged(f)
		if got.Promises[0].Status != tc.promise || got.Plans[0].Status != tc.plan {
			t.Errorf("%s: the promise is %s, the plan %s; want %s and %s", name, got.Promises[0].Status, got.Plans[0].Status, tc.promise, tc.plan)
		}
	}
}
