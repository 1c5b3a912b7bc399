package repository

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
	"comity/money"
)

type cardPartRow struct {
	Deal      uuid.UUID `json:"deal_id"`
	Number    string    `json:"invoice_number"`
	Reference string    `json:"reference"`
	Minor     int64     `json:"amount_minor"`
}

type cardRow struct {
	ID       uuid.UUID     `json:"id"`
	World    uuid.UUID     `json:"world_id"`
	Case     uuid.UUID     `json:"case_id"`
	Factor   uuid.UUID     `json:"factor_id"`
	Seller   uuid.UUID     `json:"seller_id"`
	Link     uuid.UUID     `json:"link_id"`
	Return   uuid.NullUUID `json:"return_link"`
	Status   string        `json:"status"`
	Currency string        `json:"currency"`
	Minor    int64         `json:"amount_minor"`
	Session  string        `json:"session"`
	URL      string        `json:"url"`
	Intent   string        `json:"intent"`
	AskedAt  timeCol       `json:"asked_at"`
	Expires  timeCol       `json:"expires_at"`
	PaidAt   timeCol       `json:"paid_at"`
	Parts    []cardPartRow `json:"parts"`
}

func (r cardRow) card() domain.CardPayment {
	return domain.CardPayment{
		ID: domain.CardID{UUID: r.ID}, World: domain.WorldID{UUID: r.World}, Case: domain.CaseID{UUID: r.Case}, Factor: domain.OrganizationID{UUID: r.Factor},
		Seller: domain.OrganizationID{UUID: r.Seller}, Link: domain.LinkID{UUID: r.Link}, Return: idOf[domain.LinkID](r.Return), Status: domain.CardStatus(r.Status),
		Amount: amount(r.Minor, r.Currency), Session: r.Session, URL: r.URL, Intent: r.Intent, AskedAt: r.AskedAt.Time, Expires: r.Expires.Time, PaidAt: r.PaidAt.Time,
		Parts: mapped(r.Parts, func(p cardPartRow) domain.CardPart {
			reference, _ := domain.ParseReference(p.Reference) // the schema holds what we wrote
			return domain.CardPart{Deal: domain.DealID{UUID: p.Deal}, Number: p.Number, Reference: reference, Amount: amount(p.Minor, r.Currency)}
		}),
	}
}

const (
	insertCard = `
WITH begun AS (
  INSERT INTO card_payments (id, world_id, case_id, factor_id, seller_id, link_id, status, currency, amount_minor, asked_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
)
INSERT INTO card_parts (card_id, deal_id, case_id, factor_id, seller_id, amount_minor)
SELECT $1, p.deal, $3, $4, $5, p.minor FROM unnest($11::uuid[], $12::bigint[]) AS p(deal, minor)`
	loadCard       = `SELECT load_card($1, $2)`
	makeReturnLink = `
WITH made AS (
  INSERT INTO links (id, case_id, factor_id, seller_id, recipient, verbs, key_version, expires_at)
  SELECT $2, c.case_id, c.factor_id, c.seller_id, l.recipient, ARRAY['card'], $3, now() + interval '7 days'
    FROM card_payments c JOIN links l ON l.id = c.link_id WHERE c.id = $1
  RETURNING id
)
UPDATE card_payments SET return_link = made.id FROM made WHERE card_payments.id = $1`
	updateCard = `
UPDATE card_payments SET status = $2, session = $3, url = $4, intent = $5, paid_at = $6 WHERE id = $1`
	insertCardEvent = `
INSERT INTO card_events (factor_id, name, kind, intent, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (factor_id, name) DO NOTHING`
	findCard = `
SELECT c.id FROM card_payments c WHERE c.factor_id = $1 AND c.intent = $2 ORDER BY c.id LIMIT 1`
	toldOfReturn = `
SELECT EXISTS (SELECT FROM card_events e WHERE e.factor_id = $1 AND e.intent = $2 AND e.intent <> '' AND e.kind IN ('refunded', 'disputed'))`
	endCardHolds = `
UPDATE holds SET ended_at = $3 WHERE case_id = $1 AND cause_kind = 'card' AND cause_id = $2 AND ended_at IS NULL`
	insertCardPayout = `
INSERT INTO card_payouts (id, world_id, factor_id, name, status, currency, amount_minor, arrives_on, descriptor, told_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (factor_id, name) DO NOTHING`
)

// SaveCard adds a payment by card and its parts.
func (tx *Tx) SaveCard(ctx context.Context, c domain.CardPayment) error {
	deals := mapped(c.Parts, func(p domain.CardPart) domain.DealID { return p.Deal })
	minors := mapped(c.Parts, func(p domain.CardPart) int64 { return p.Amount.Units() })
	return tx.exec(ctx, insertCard, c.ID.UUID, c.World.UUID, c.Case.UUID, c.Factor.UUID, c.Seller.UUID, c.Link.UUID, string(c.Status), string(c.Amount.Currency()),
		c.Amount.Units(), instant(c.AskedAt), plain(deals).array(), pq.Array(minors))
}

// CardOrder locks a payment by card after its case, and returns it with what the processor
// is asked; a factor that is not zero must be its own. Else it is ErrNotFound.
func (tx *Tx) CardOrder(ctx context.Context, id domain.CardID, factor domain.OrganizationID) (domain.CardOrder, error) {
	var data []byte
	if err := tx.get(ctx, &data, loadCard, id.UUID, orNull(factor.UUID)); err != nil {
		return domain.CardOrder{}, fmt.Errorf("load payment %s: %w", id, err)
	}
	var found struct {
		Card *cardRow `json:"card"`
		Back *struct {
			ID         uuid.UUID `json:"id"`
			KeyVersion int       `json:"key_version"`
		} `json:"back"`
		Debtor string `json:"debtor"`
	}
	if err := loaded(data, &found); err != nil {
		return domain.CardOrder{}, err
	}
	if found.Card == nil {
		return domain.CardOrder{}, domain.ErrNotFound
	}
	order := domain.CardOrder{CardPayment: found.Card.card(), Debtor: found.Debtor}
	if found.Back != nil {
		order.Back = domain.Link{ID: domain.LinkID{UUID: found.Back.ID}, Case: order.Case, KeyVersion: found.Back.KeyVersion}
	}
	return order, nil
}

// MakeReturnLink makes the link of the page that a processor's page leads back to. It only shows.
func (tx *Tx) MakeReturnLink(ctx context.Context, card domain.CardID, link domain.Link) error {
	return tx.exec(ctx, makeReturnLink, card.UUID, link.ID.UUID, link.KeyVersion)
}

// UpdateCard saves how far a payment by card is.
func (tx *Tx) UpdateCard(ctx context.Context, c domain.CardPayment) error {
	return tx.exec(ctx, updateCard, c.ID.UUID, string(c.Status), c.Session, c.URL, c.Intent, instant(c.PaidAt))
}

// SaveCardEvent keeps that a processor told us something; false when it had told it before.
func (tx *Tx) SaveCardEvent(ctx context.Context, factor domain.OrganizationID, e domain.CardEvent) (bool, error) {
	n, err := tx.count(ctx, insertCardEvent, factor.UUID, e.ID, string(e.Kind), e.Intent, instant(e.At))
	return n == 1, err
}

// CardOfIntent returns which payment a processor means by its own name, or ErrNotFound.
func (tx *Tx) CardOfIntent(ctx context.Context, factor domain.OrganizationID, intent string) (domain.CardID, error) {
	var id uuid.UUID
	err := tx.get(ctx, &id, findCard, factor.UUID, intent)
	return domain.CardID{UUID: id}, err
}

// CardWasReturned reports whether a processor told us before the payment itself that it was given back.
func (tx *Tx) CardWasReturned(ctx context.Context, factor domain.OrganizationID, intent string) (bool, error) {
	var told bool
	err := tx.get(ctx, &told, toldOfReturn, factor.UUID, intent)
	return told, err
}

// EndCardHolds ends what a payment by card holds back.
func (tx *Tx) EndCardHolds(ctx context.Context, c domain.CardPayment, at time.Time) error {
	return tx.exec(ctx, endCardHolds, c.Case.UUID, c.ID.UUID, instant(at))
}

// SaveCardPayout adds a processor's payout; false when it is there already.
func (tx *Tx) SaveCardPayout(ctx context.Context, p domain.CardPayout, at time.Time) (bool, error) {
	n, err := tx.count(ctx, insertCardPayout, p.ID.UUID, p.World.UUID, p.Factor.UUID, p.Name, string(p.Status), string(p.Amount.Currency()), p.Amount.Units(),
		day(p.ArrivesOn), p.Descriptor, instant(at))
	return n == 1, err
}

type cardPayoutRow struct {
	ID         uuid.UUID     `json:"id"`
	World      uuid.UUID     `json:"world_id"`
	Factor     uuid.UUID     `json:"factor_id"`
	Name       string        `json:"name"`
	Status     string        `json:"status"`
	Currency   string        `json:"currency"`
	Minor      int64         `json:"amount_minor"`
	ArrivesOn  dateCol       `json:"arrives_on"`
	Descriptor string        `json:"descriptor"`
	Receipt    uuid.NullUUID `json:"receipt_id"`
}

func (r cardPayoutRow) payout() domain.CardPayout {
	return domain.CardPayout{
		ID: domain.CardPayoutID{UUID: r.ID}, World: domain.WorldID{UUID: r.World}, Factor: domain.OrganizationID{UUID: r.Factor}, Name: r.Name,
		Status: domain.CardPayoutStatus(r.Status), Amount: amount(r.Minor, r.Currency), ArrivesOn: r.ArrivesOn.Date, Descriptor: r.Descriptor,
		Receipt: idOf[domain.ReceiptID](r.Receipt),
	}
}

const (
	lockCardPayout = `
SELECT id, world_id, factor_id, name, status, currency, amount_minor, arrives_on, descriptor, receipt_id FROM card_payouts WHERE id = $1 FOR UPDATE`
	updateCardPayout = `
UPDATE card_payouts SET status = $2, receipt_id = $3 WHERE id = $1`
	readCardsPaid = `
SELECT p.card_id, p.deal_id, p.amount_minor, c.currency, c.paid_at FROM card_parts p JOIN card_payments c ON c.id = p.card_id
 WHERE c.factor_id = $1 AND c.id = ANY ($2::uuid[]) AND c.status = 'paid' AND p.payout_id IS NULL ORDER BY p.card_id, p.deal_id`
	assignCardParts = `
UPDATE card_parts SET payout_id = $1, fee_minor = a.fee FROM unnest($2::uuid[], $3::uuid[], $4::bigint[]) AS a(card, deal, fee)
 WHERE card_parts.card_id = a.card AND card_parts.deal_id = a.deal`
	openCardPayouts = `
SELECT p.id FROM card_payouts p JOIN statements s ON s.factor_id = p.factor_id WHERE s.id = $1 AND p.status IN ('listed', 'matched') ORDER BY p.id`
	receiptsForPayout = `
SELECT ` + receiptColumns + ` FROM receipts
 WHERE factor_id = $1 AND currency = $2 AND amount_minor = $3 AND unapplied_minor = $3 AND status IN ('unapplied', 'suggested')
   AND value_on BETWEEN $4::date - 5 AND $4::date + 10 AND NOT EXISTS (SELECT FROM card_payouts p WHERE p.receipt_id = receipts.id)
 ORDER BY id FOR UPDATE`
	payoutsLikeIt = `
SELECT count(*) FROM card_payouts p WHERE p.factor_id = $1 AND p.currency = $2 AND p.amount_minor = $3 AND p.status = 'listed' AND p.arrives_on BETWEEN $4::date - 15 AND $4::date + 15`
	sharesToApply = `
SELECT p.card_id, p.deal_id, p.amount_minor, p.fee_minor, c.currency, c.paid_at FROM card_parts p JOIN card_payments c ON c.id = p.card_id
 WHERE p.payout_id = $1 AND p.applied_at IS NULL AND c.status = 'paid' ORDER BY p.card_id, p.deal_id`
	sharesLeft = `
SELECT count(*) FROM card_parts p WHERE p.payout_id = $1 AND p.applied_at IS NULL`
	lockShare = `
SELECT p.card_id FROM card_parts p JOIN card_payments c ON c.id = p.card_id
 WHERE p.card_id = $1 AND p.deal_id = $2 AND p.applied_at IS NULL AND c.status = 'paid' FOR UPDATE OF p`
	markShare = `
WITH applied AS (
  UPDATE card_parts SET applied_at = $3 WHERE card_id = $1 AND deal_id = $2
), rested AS (
  UPDATE holds SET ended_at = $3 WHERE deal_id = $2 AND cause_kind = 'card' AND cause_id = $1 AND ended_at IS NULL
)
UPDATE card_payments SET status = 'passed_on'
 WHERE id = $1 AND status = 'paid' AND NOT EXISTS (SELECT FROM card_parts p WHERE p.card_id = $1 AND p.deal_id <> $2 AND p.applied_at IS NULL)`
)

// LockCardPayout returns and locks a processor's payout.
func (tx *Tx) LockCardPayout(ctx context.Context, id domain.CardPayoutID) (domain.CardPayout, error) {
	var row cardPayoutRow
	if err := tx.get(ctx, &row, lockCardPayout, id.UUID); err != nil {
		return domain.CardPayout{}, fmt.Errorf("lock payout %s: %w", id, err)
	}
	return row.payout(), nil
}

// UpdateCardPayout saves how far a processor's payout is.
func (tx *Tx) UpdateCardPayout(ctx context.Context, p domain.CardPayout) error {
	return tx.exec(ctx, updateCardPayout, p.ID.UUID, string(p.Status), orNull(p.Receipt.UUID))
}

type cardShareRow struct {
	Card     uuid.UUID `json:"card_id"`
	Deal     uuid.UUID `json:"deal_id"`
	Minor    int64     `json:"amount_minor"`
	Fee      int64     `json:"fee_minor"`
	Currency string    `json:"currency"`
	PaidAt   timeCol   `json:"paid_at"`
}

func (r cardShareRow) share() domain.CardShare {
	return domain.CardShare{
		Card: domain.CardID{UUID: r.Card}, Deal: domain.DealID{UUID: r.Deal}, Amount: amount(r.Minor, r.Currency), Fee: money.Minor(r.Fee, money.Currency(r.Currency)),
		PaidAt: r.PaidAt.Time,
	}
}

// CardsPaid returns the parts of a factor's payments by card that are paid and came with no payout yet.
func (tx *Tx) CardsPaid(ctx context.Context, factor domain.OrganizationID, cards []domain.CardID) ([]domain.CardShare, error) {
	var rows []cardShareRow
	if err := tx.list(ctx, &rows, readCardsPaid, factor.UUID, plain(cards).array()); err != nil {
		return nil, fmt.Errorf("read paid parts: %w", err)
	}
	return mapped(rows, cardShareRow.share), nil
}

// AssignCardParts says with which payout parts come and what the processor kept of each.
func (tx *Tx) AssignCardParts(ctx context.Context, payout domain.CardPayoutID, shares []domain.CardShare) error {
	cards := mapped(shares, func(s domain.CardShare) domain.CardID { return s.Card })
	deals := mapped(shares, func(s domain.CardShare) domain.DealID { return s.Deal })
	fees := mapped(shares, func(s domain.CardShare) int64 { return s.Fee.Units() })
	return tx.exec(ctx, assignCardParts, payout.UUID, plain(cards).array(), plain(deals).array(), pq.Array(fees))
}

// OpenCardPayouts returns the payouts of a statement's factor whose money is awaited.
func (tx *Tx) OpenCardPayouts(ctx context.Context, id domain.StatementID) ([]domain.CardPayoutID, error) {
	var rows []uuid.UUID
	if err := tx.list(ctx, &rows, openCardPayouts, id.UUID); err != nil {
		return nil, fmt.Errorf("list payouts: %w", err)
	}
	return mapped(rows, func(id uuid.UUID) domain.CardPayoutID { return domain.CardPayoutID{UUID: id} }), nil
}

// ReceiptsForPayout locks and returns the receipts that may be a payout, and counts the payouts
// that each of them may be.
func (tx *Tx) ReceiptsForPayout(ctx context.Context, p domain.CardPayout) ([]domain.Receipt, int, error) {
	var rows []receiptRow
	args := []any{p.Factor.UUID, string(p.Amount.Currency()), p.Amount.Units(), day(p.ArrivesOn)}
	if err := tx.list(ctx, &rows, receiptsForPayout, args...); err != nil {
		return nil, 0, fmt.Errorf("look for a payout's receipt: %w", err)
	}
	var alike int
	err := tx.get(ctx, &alike, payoutsLikeIt, args...)
	return mapped(rows, receiptRow.receipt), alike, err
}

// SharesToApply returns what of a payout is not in the books yet.
func (tx *Tx) SharesToApply(ctx context.Context, payout domain.CardPayoutID) ([]domain.CardShare, error) {
	var rows []cardShareRow
	if err := tx.list(ctx, &rows, sharesToApply, payout.UUID); err != nil {
		return nil, fmt.Errorf("list shares: %w", err)
	}
	shares := mapped(rows, cardShareRow.share)
	for i := range shares {
		shares[i].Payout = payout
	}
	return shares, nil
}

// SharesLeft counts what of a payout is not in the books, whatever became of it.
func (tx *Tx) SharesLeft(ctx context.Context, payout domain.CardPayoutID) (int, error) {
	var n int
	err := tx.get(ctx, &n, sharesLeft, payout.UUID)
	return n, err
}

// LockShare locks a share that is not in the books yet; one that is, is ErrNotFound.
func (tx *Tx) LockShare(ctx context.Context, s domain.CardShare) error {
	var id uuid.UUID
	return tx.get(ctx, &id, lockShare, s.Card.UUID, s.Deal.UUID)
}

// MarkShare says that a share is in the books and rests no more; the last one ends its payment.
func (tx *Tx) MarkShare(ctx context.Context, s domain.CardShare, at time.Time) error {
	return tx.exec(ctx, markShare, s.Card.UUID, s.Deal.UUID, instant(at))
}
