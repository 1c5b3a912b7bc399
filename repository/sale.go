package repository

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"comity/domain"
)

type saleRow struct {
	Deal      uuid.UUID `json:"deal"`
	Seller    string    `json:"seller"`
	Buyer     string    `json:"buyer"`
	OfferedAt timeCol   `json:"offered_at"`
	Looked    bool      `json:"looked"`
}

// Who did it stands in the audit trail; a person of the factor either approved the offer, or opened
// the mandate that made it by itself.
const listSales = `
SELECT d.id AS deal, o.made_at AS offered_at, ap.name IS NOT NULL AS looked,
       coalesce((SELECT u.name FROM audit a JOIN users u ON u.id = a.actor_id WHERE a.subject_id = d.id AND a.action = 'offer.accepted' ORDER BY a.id DESC LIMIT 1), '') AS seller,
       coalesce(ap.name, (SELECT u.name FROM audit a JOIN users u ON u.id = a.actor_id
                           WHERE a.subject_id = o.mandate_id AND a.action = 'mandate.active' AND a.known_at <= o.made_at ORDER BY a.id DESC LIMIT 1), '') AS buyer
  FROM deals d JOIN offers o ON o.id = d.offer_id
  LEFT JOIN LATERAL (SELECT u.name FROM audit a JOIN users u ON u.id = a.actor_id WHERE a.subject_id = o.id AND a.action = 'offer.approved' ORDER BY a.id DESC LIMIT 1) ap ON true
 WHERE d.id = ANY($1::uuid[]) ORDER BY d.id`

// Sales returns who agreed to deals on each side, as far as it was recorded.
func (tx *Tx) Sales(ctx context.Context, deals []domain.DealID) ([]domain.Sale, error) {
	var rows []saleRow
	if err := tx.list(ctx, &rows, listSales, plain(deals).array()); err != nil {
		return nil, fmt.Errorf("list sales: %w", err)
	}
	return mapped(rows, func(r saleRow) domain.Sale {
		return domain.Sale{
			Deal: domain.DealID{UUID: r.Deal}, Seller: r.Seller, Buyer: r.Buyer, OfferedAt: r.OfferedAt.Time, Looked: r.Looked,
		}
	}), nil
}
