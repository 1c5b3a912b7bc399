package repository

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
	"comity/money"
	"comity/underwriting"
)

const (
	loadSubmission = `SELECT load_submission($1, $2, $3, $4)`
	loadQuote      = `SELECT load_quote($1, $2, $3, $4, $5, $6, $7::date)`
	countPayments  = `SELECT experience_counts($1, $2, $3, $4::date, $5) || curve_facts($1, $2, $3, $6, $7::date, $4::date, $5)
    || jsonb_build_object('velocity', pair_velocity($1, $2, $3, $6, $8, $4::date, $5, true))`
)

// Submission locks an invoice and returns everything that its price depends on, and
// which models are in use.
func (tx *Tx) Submission(ctx context.Context, id domain.InvoiceID, seller domain.OrganizationID, now time.Time) (underwriting.Submission, domain.ModelsInUse, error) {
	var data []byte
	if err := tx.get(ctx, &data, loadSubmission, id.UUID, seller.UUID, tx.entry.By.World.UUID, instant(now)); err != nil {
		return underwriting.Submission{}, domain.ModelsInUse{}, err
	}
	found, use, err := submissionOf(data, "")
	if err == nil && found.Invoice.ID.IsZero() {
		err = domain.ErrNotFound
	}
	return found, use, err
}

// Prospect returns everything that the price of an invoice would depend on, and
// locks nothing: of one that is here, or, without its id, of one of a relationship
// in a currency that is only thought of. A day of issue that is thought of is told.
func (tx *Tx) Prospect(ctx context.Context, seller domain.OrganizationID, of domain.Invoice, now time.Time) (underwriting.Submission, domain.ModelsInUse, error) {
	var data []byte
	err := tx.get(ctx, &data, loadQuote, orNull(of.Relationship.UUID), orNull(of.ID.UUID), string(of.Basis.Currency()), seller.UUID, tx.entry.By.World.UUID, instant(now), day(of.Issued))
	if err != nil {
		return underwriting.Submission{}, domain.ModelsInUse{}, err
	}
	found, use, err := submissionOf(data, of.Basis.Currency())
	if err == nil && found.Relationship.ID.IsZero() {
		err = domain.ErrNotFound
	}
	return found, use, err
}

// PaymentsAsOf returns the counts of payments and open invoices that a decision
// about an invoice rests on, as they stood on a day: deals and disputes as they
// were known at an instant, imported rows as they are now.
func (tx *Tx) PaymentsAsOf(ctx context.Context, inv domain.Invoice, today domain.Date, known time.Time) (underwriting.Submission, error) {
	var data []byte
	err := tx.get(ctx, &data, countPayments, inv.Seller.UUID, inv.Relationship.UUID, inv.ID.UUID, day(today), instant(known), inv.Number, day(inv.Issued), string(inv.Basis.Currency()))
	if err != nil {
		return underwriting.Submission{}, err
	}
	found, _, err := submissionOf(data, inv.Basis.Currency())
	return found, err
}

type buyerRow struct {
	Mandate    mandateRow      `json:"mandate"`
	Factor     organizationRow `json:"factor"`
	Collection accountRow      `json:"collection"`
	Trust      *accountRow     `json:"trust"`
	Standing   *standingRow    `json:"standing"`
}

func (r buyerRow) buyer() domain.Buyer {
	b := domain.Buyer{Mandate: r.Mandate.mandate(), Factor: r.Factor.organization(), Collection: r.Collection.account()}
	if r.Trust != nil {
		b.Trust = r.Trust.account()
	}
	if r.Standing != nil {
		b.Standing = r.Standing.standing()
	}
	return b
}

// submissionOf reads what a load function made: an invoice, parties, mandates and
// models where it looked for them, and counts. The currency is the invoice's, or the
// given one where there is none.
func submissionOf(data []byte, currency money.Currency) (underwriting.Submission, domain.ModelsInUse, error) {
	var found struct {
		curveFacts
		Velocity     velocityFacts   `json:"velocity"`
		Risk         riskFacts       `json:"risk"`
		RefusedBy    []uuid.UUID     `json:"refused_by"`
		Invoice      invoiceRow      `json:"invoice"`
		Seller       organizationRow `json:"seller"`
		Relationship relationshipRow `json:"relationship"`
		experienced
		Payments   int        `json:"payments"`
		Disputed   int        `json:"disputed"`
		Buyers     []buyerRow `json:"buyers"`
		HasAccount bool       `json:"has_account"`
		Live       string     `json:"live"`
		Shadow     string     `json:"shadow"`
	}
	if err := loaded(data, &found); err != nil {
		return underwriting.Submission{}, domain.ModelsInUse{}, err
	}
	out := underwriting.Submission{
		Invoice: found.Invoice.invoice(), Seller: found.Seller.organization(), Relationship: found.Relationship.relationship(),
		Payments: found.Payments, Disputed: found.Disputed, Buyers: mapped(found.Buyers, buyerRow.buyer), HasAccount: found.HasAccount, Currency: currency,
	}
	if !out.Invoice.ID.IsZero() {
		out.Currency = out.Invoice.Basis.Currency()
	}
	out.Paid, out.Open = found.paid(), found.open()
	found.into(&out)
	found.Velocity.into(&out)
	found.Risk.into(&out)
	for _, factor := range found.RefusedBy {
		out.RefusedBy = append(out.RefusedBy, domain.OrganizationID{UUID: factor})
	}
	return out, domain.ModelsInUse{Live: found.Live, Shadow: found.Shadow}, nil
}

const saveSubmission = `
WITH priced AS (
  UPDATE invoices SET status = $2, version = $3 WHERE id = $1
), decided AS (
  INSERT INTO decisions (id, seller_id, invoice_id, model, outcome, inputs, result, decided_at)
  VALUES ($4, $5, $1, $6, $7, $8, $9, $10)
), beside AS (
  INSERT INTO shadow_scores (decision_id, model, outcome, expected_days, median_days, p90_days, curve, apart_days)
  SELECT $4::uuid, $18::text, $19::text, $20::integer, $21::integer, $22::integer, $23::bytea, $24::integer WHERE $18::text <> ''
), old AS (
  UPDATE offers SET status = 'superseded' WHERE seller_id = $5 AND invoice_id = $1 AND status IN ('open', 'referred')
)
INSERT INTO offers (id, factor_id, seller_id, invoice_id, mandate_id, decision_id, status, currency, terms, risk, now_minor, made_at, expires_at, hidden, assignable)
SELECT o.id, o.factor, $5, $1, o.mandate, $4, o.status, $11, o.terms, nullif(o.risk, ''), o.now_minor, $10, o.expires, o.status = 'referred', o.assignable
  FROM unnest($12::uuid[], $13::uuid[], $14::uuid[], $15::bytea[], $16::bigint[], $17::timestamptz[], $25::text[], $26::bytea[], $27::jsonb[])
    AS o(id, factor, mandate, terms, now_minor, expires, status, risk, assignable)`

// SaveSubmission saves what came of a submission, in one statement; the zero shadow
// is none.
func (tx *Tx) SaveSubmission(ctx context.Context, inv domain.Invoice, decision domain.Decision, offers []domain.Offer, shadow domain.ShadowScore) error {
	var ids, factors, mandates uuids
	var terms, risks [][]byte
	var statuses []string
	var nows []int64
	var expiries []time.Time
	var grounds []string
	for _, o := range offers {
		ids, factors, mandates = append(ids, o.ID.UUID), append(factors, o.Factor.UUID), append(mandates, o.Mandate.UUID)
		terms, nows, expiries = append(terms, underwriting.EncodeTerms(o.Terms)), append(nows, o.Terms.Now.Units()), append(expiries, o.ExpiresAt)
		risks, statuses = append(risks, o.Risk), append(statuses, string(o.Status))
		ground, err := assignableArg(o.Assignable)
		if err != nil {
			return err
		}
		grounds = append(grounds, string(ground))
	}
	return tx.exec(ctx, saveSubmission, inv.ID.UUID, string(inv.Status), inv.Version,
		decision.ID.UUID, inv.Seller.UUID, decision.Model, decision.Outcome, decision.Inputs, decision.Result, instant(decision.DecidedAt),
		string(inv.Basis.Currency()), ids.array(), factors.array(), mandates.array(), pq.ByteaArray(terms), pq.Array(nows), instants(expiries),
		shadow.Model, shadow.Outcome, shadow.Expected, shadow.Median, shadow.P90, shadow.Curve, shadow.Apart, pq.Array(statuses), pq.ByteaArray(risks), pq.Array(grounds))
}

type offerRow struct {
	ID        uuid.UUID `json:"id"`
	Factor    uuid.UUID `json:"factor_id"`
	Seller    uuid.UUID `json:"seller_id"`
	Invoice   uuid.UUID `json:"invoice_id"`
	Mandate   uuid.UUID `json:"mandate_id"`
	Decision  uuid.UUID `json:"decision_id"`
	Status    string    `json:"status"`
	Terms     bytesCol  `json:"terms"`
	Risk      bytesCol  `json:"risk"`
	LookedFor textCol   `json:"looked_for"`
	Hidden    bool      `json:"hidden"`
	MadeAt    timeCol   `json:"made_at"`
	ExpiresAt timeCol   `json:"expires_at"`

	Assignable jsonCol[assignableRow] `json:"assignable"`
}

func (r offerRow) offer() (domain.Offer, error) {
	terms, err := underwriting.DecodeTerms(r.Terms)
	if err == nil && r.Risk != nil {
		_, _, err = underwriting.DecodeRisk(r.Risk) // whoever reads an offer may rely on it
	}
	return domain.Offer{
		ID: domain.OfferID{UUID: r.ID}, Factor: domain.OrganizationID{UUID: r.Factor}, Seller: domain.OrganizationID{UUID: r.Seller},
		Invoice: domain.InvoiceID{UUID: r.Invoice}, Mandate: domain.MandateID{UUID: r.Mandate}, Decision: domain.DecisionID{UUID: r.Decision},
		Status: domain.OfferStatus(r.Status), Terms: terms, Risk: r.Risk, MadeAt: r.MadeAt.Time, ExpiresAt: r.ExpiresAt.Time,
		LookedFor: string(r.LookedFor), Hidden: r.Hidden, Assignable: r.Assignable.Value.assignable(),
	}, err
}

const offerColumns = `id, factor_id, seller_id, invoice_id, mandate_id, decision_id, status, terms, risk, looked_for, hidden, made_at, expires_at, assignable`

// A seller does not see an offer before a person of the factor approved it.
const (
	readSellerOffer = `
SELECT ` + offerColumns + ` FROM offers WHERE seller_id = $2 AND id = $1 AND NOT hidden`
	listSellerOffers = `
SELECT ` + offerColumns + ` FROM offers
 WHERE seller_id = $1 AND ($2::uuid IS NULL OR invoice_id = $2) AND id > $3 AND ($5 = '' OR status = $5) AND NOT hidden
 ORDER BY id LIMIT $4`
	readFactorOffer = `
SELECT ` + offerColumns + ` FROM offers WHERE factor_id = $2 AND id = $1`
	listFactorOffers = `
SELECT ` + offerColumns + ` FROM offers
 WHERE factor_id = $1 AND ($2::uuid IS NULL OR invoice_id = $2) AND id > $3 AND ($5 = '' OR status = $5) ORDER BY id LIMIT $4`
	lockOffer         = readSellerOffer + ` FOR UPDATE`
	lockReferredOffer = readFactorOffer + ` FOR UPDATE`
	updateOffer       = `
UPDATE offers SET status = $2 WHERE id = $1`
	saveReview = `
UPDATE offers SET status = $2, expires_at = $3, looked_for = $4, looked_by = $5, hidden = $6, terms = $7, risk = $8, now_minor = $9 WHERE id = $1`
	endOffers = `
UPDATE offers SET status = $3 WHERE seller_id = $2 AND invoice_id = $1 AND status IN ('open', 'referred')`
)

// Offer returns an offer of one side's.
func (tx *Tx) Offer(ctx context.Context, id domain.OfferID, org domain.OrganizationID, kind domain.OrganizationKind) (domain.Offer, error) {
	query := readSellerOffer
	if kind == domain.KindFactor {
		query = readFactorOffer
	}
	return tx.oneOffer(ctx, query, id, org)
}

// LockOffer returns and locks an offer to a seller.
func (tx *Tx) LockOffer(ctx context.Context, id domain.OfferID, seller domain.OrganizationID) (domain.Offer, error) {
	return tx.oneOffer(ctx, lockOffer, id, seller)
}

// LockReferral returns and locks an offer of a factor's.
func (tx *Tx) LockReferral(ctx context.Context, id domain.OfferID, factor domain.OrganizationID) (domain.Offer, error) {
	return tx.oneOffer(ctx, lockReferredOffer, id, factor)
}

func (tx *Tx) oneOffer(ctx context.Context, query string, id domain.OfferID, org domain.OrganizationID) (domain.Offer, error) {
	var row offerRow
	if err := tx.get(ctx, &row, query, id.UUID, org.UUID); err != nil {
		return domain.Offer{}, fmt.Errorf("read offer %s: %w", id, err)
	}
	return row.offer()
}

// Offers returns a page of one side's offers; a zero invoice and an empty status do not
// filter.
func (tx *Tx) Offers(ctx context.Context, org domain.OrganizationID, kind domain.OrganizationKind, invoice domain.InvoiceID, status domain.OfferStatus, page domain.Page) ([]domain.Offer, error) {
	query := listSellerOffers
	if kind == domain.KindFactor {
		query = listFactorOffers
	}
	var rows []offerRow
	if err := tx.list(ctx, &rows, query, org.UUID, orNull(invoice.UUID), page.After, page.Limit, string(status)); err != nil {
		return nil, fmt.Errorf("list offers: %w", err)
	}
	offers := make([]domain.Offer, len(rows))
	for i, row := range rows {
		var err error
		if offers[i], err = row.offer(); err != nil {
			return nil, err
		}
	}
	return offers, nil
}

// UpdateOffer saves the status of an offer.
func (tx *Tx) UpdateOffer(ctx context.Context, o domain.Offer) error {
	return tx.exec(ctx, updateOffer, o.ID.UUID, string(o.Status))
}

// SaveReview saves what a person of the factor made of an offer: who looked, what was
// noted, and the price as it is then.
func (tx *Tx) SaveReview(ctx context.Context, o domain.Offer) error {
	return tx.exec(ctx, saveReview, o.ID.UUID, string(o.Status), instant(o.ExpiresAt), o.LookedFor, o.LookedBy.UUID, o.Hidden,
		underwriting.EncodeTerms(o.Terms), orBytes(o.Risk), o.Terms.Now.Units())
}

// EndOffers puts a seller's offers on an invoice that still stand into a status that
// ends them.
func (tx *Tx) EndOffers(ctx context.Context, inv domain.Invoice, status domain.OfferStatus) error {
	return tx.exec(ctx, endOffers, inv.ID.UUID, inv.Seller.UUID, string(status))
}

const loadAcceptance = `SELECT load_acceptance($1, $2)`

// Acceptance locks invoice, case, exposure and facility, in this order, and
// returns everything that a sale depends on.
func (tx *Tx) Acceptance(ctx context.Context, id domain.OfferID, seller domain.OrganizationID) (domain.Acceptance, error) {
	var data []byte
	if err := tx.get(ctx, &data, loadAcceptance, id.UUID, seller.UUID); err != nil {
		return domain.Acceptance{}, err
	}
	var found struct {
		Offer        *offerRow       `json:"offer"`
		Invoice      invoiceRow      `json:"invoice"`
		Factor       organizationRow `json:"factor"`
		Relationship relationshipRow `json:"relationship"`
		Mandate      mandateRow      `json:"mandate"`
		Payout       uuid.NullUUID   `json:"payout"`
		Trust        uuid.NullUUID   `json:"trust"`
		Case         *caseBrief      `json:"kase"`
		ServedBy     uuid.NullUUID   `json:"served_by"`
		DebtorUsed   int64           `json:"debtor_used"`
		FacilityUsed int64           `json:"facility_used"`
		Elsewhere    bool            `json:"sold_elsewhere"`
	}
	if err := loaded(data, &found); err != nil {
		return domain.Acceptance{}, err
	}
	if found.Offer == nil {
		return domain.Acceptance{}, domain.ErrNotFound
	}
	offer, err := found.Offer.offer()
	out := domain.Acceptance{
		Offer: offer, Invoice: found.Invoice.invoice(), Factor: found.Factor.organization(),
		Relationship: found.Relationship.relationship(), Mandate: found.Mandate.mandate(),
		Payout: idOf[domain.AccountID](found.Payout), Trust: idOf[domain.AccountID](found.Trust), ServedBy: idOf[domain.OrganizationID](found.ServedBy),
		DebtorUsed: found.DebtorUsed, FacilityUsed: found.FacilityUsed, SoldElsewhere: found.Elsewhere,
	}
	if found.Case != nil {
		kase := found.Case.brief()
		out.Case = &kase
	}
	return out, err
}
