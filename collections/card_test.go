package collections_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"comity/domain"
)

// TestLateNewsOfACardAreOfTheDayOfTheCharge holds D-23: where the news that a card was charged come late, the debtor has paid
// on the day on which it did, by the processor's clock, and never after we heard of it or before it was asked.
func TestLateNewsOfACardAreOfTheDayOfTheCharge(t *testing.T) {
	for name, c := range map[string]struct{ at, want string }{
		"days before": {"2026-03-03 10:00", "2026-03-03 10:00"},
		"ahead of us": {"2026-03-07 10:00", "2026-03-06 10:00"},
		"before all":  {"2026-03-01 10:00", "2026-03-03 09:00"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			k, card := h.facts.Case, domain.New[domain.CardID]()
			h.exec(`UPDATE organizations SET world_id = $1`, domain.LiveWorld.UUID)
			h.exec(`INSERT INTO card_payments (id, world_id, case_id, factor_id, seller_id, link_id, status, currency, amount_minor, session, asked_at)
				VALUES ($1, $2, $3, $4, $5, $6, 'ready', 'USD', 100000, 'cs_1', '2026-03-03T14:00:00Z')`, card.UUID, domain.LiveWorld.UUID, k.ID.UUID, k.Factor.UUID, k.Seller.UUID, uuid.New())
			h.exec(`INSERT INTO card_parts (card_id, deal_id, case_id, factor_id, seller_id, amount_minor) VALUES ($1, $2, $3, $4, $5, 100000)`,
				card.UUID, h.facts.Items[0].Deal.ID.UUID, k.ID.UUID, k.Factor.UUID, k.Seller.UUID)
			news := domain.CardEvent{ID: "evt_1", Kind: domain.CardEventPaid, Live: true, Card: card, Session: "cs_1", Intent: "pi_1", Amount: usd(100_000), At: at(c.at)}
			if err := h.cases.CardNews(t.Context(), k.Factor, news, at("2026-03-06 10:00")); err != nil {
				t.Fatal(err)
			}
			var paid time.Time
			if err := h.owner.QueryRowContext(t.Context(), `SELECT paid_at FROM card_payments WHERE status = 'paid'`).Scan(&paid); err != nil || !paid.Equal(at(c.want)) {
				t.Errorf("it was paid at %s: %v", paid, err)
			}
		})
	}
}
