package repository

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
	"comity/underwriting"
)

type mandateRow struct {
	ID            uuid.UUID `json:"id"`
	Factor        uuid.UUID `json:"factor_id"`
	World         uuid.UUID `json:"world_id"`
	Currency      string    `json:"currency"`
	State         string    `json:"state"`
	Operating     uuid.UUID `json:"operating_account_id"`
	Collection    uuid.UUID `json:"collection_account_id"`
	AdvanceCap    rateCol   `json:"advance_cap"`
	Dilution      rateCol   `json:"dilution_haircut"`
	Verification  rateCol   `json:"verification_haircut"`
	SellerHaircut rateCol   `json:"seller_haircut"`
	FirstDays     int       `json:"fee_first_days"`
	FirstRate     rateCol   `json:"fee_first_rate"`
	StepDays      int       `json:"fee_step_days"`
	StepRate      rateCol   `json:"fee_step_rate"`
	Origination   rateCol   `json:"origination_rate"`
	OriginFixed   int64     `json:"origination_minor"`
	Wire          int64     `json:"wire_minor"`
	RecourseDays  int       `json:"recourse_days"`
	CureDays      int       `json:"cure_days"`
	MinFace       int64     `json:"min_face_minor"`
	MaxFace       int64     `json:"max_face_minor"`
	DebtorLimit   int64     `json:"debtor_limit_minor"`
	FacilityLimit int64     `json:"facility_limit_minor"`
	OfferHours    int       `json:"offer_hours"`
	MaxDaysLate   int       `json:"max_days_late"`
	Version       int       `json:"version"`
	CreatedAt     timeCol   `json:"created_at"`
}

func (r mandateRow) mandate() domain.Mandate {
	return domain.Mandate{
		ID: domain.MandateID{UUID: r.ID}, Factor: domain.OrganizationID{UUID: r.Factor}, World: domain.WorldID{UUID: r.World},
		State: domain.MandateState(r.State), Operating: domain.AccountID{UUID: r.Operating}, Collection: domain.AccountID{UUID: r.Collection},
		Terms: domain.MandateTerms{
			Currency: amount(0, r.Currency).Currency(), AdvanceCap: r.AdvanceCap.Rate, DilutionHaircut: r.Dilution.Rate,
			VerificationHaircut: r.Verification.Rate, SellerHaircut: r.SellerHaircut.Rate,
			Fee:             domain.FeeTerms{FirstDays: r.FirstDays, FirstRate: r.FirstRate.Rate, StepDays: r.StepDays, StepRate: r.StepRate.Rate},
			OriginationRate: r.Origination.Rate, OriginationFixed: amount(r.OriginFixed, r.Currency), WireFee: amount(r.Wire, r.Currency),
			RecourseDays: r.RecourseDays, CureDays: r.CureDays, MinFace: amount(r.MinFace, r.Currency), MaxFace: amount(r.MaxFace, r.Currency),
			DebtorLimit: amount(r.DebtorLimit, r.Currency), FacilityLimit: amount(r.FacilityLimit, r.Currency),
			OfferHours: r.OfferHours, MaxExpectedDaysLate: r.MaxDaysLate,
		},
		Version: r.Version, CreatedAt: r.CreatedAt.Time,
	}
}

const (
	loadSubmission = `SELECT load_submission($1, $2, $3, $4)`
	loadQuote      = `SELECT load_quote($1, $2, $3, $4, $5, $6, $7::date)`
	countPayments  = `SELECT experience_counts($1, $2, $3, $4::date, $5) || curve_facts($1, $2, $3, $6, $7::date, $4::date, $5)`
)

// Submission locks an invoice and returns everything that its price depends on, and
// which models are in use.
func (tx *Tx) Submission(ctx context.Context, id domain.InvoiceID, seller domain.OrganizationID, now time.Time) (underwriting.Submission, domain.ModelsInUse, error) {
	var data []byte
	if err := tx.get(ctx, &data, loadSubmission, id.UUID, seller.UUID, tx.entry.By.World.UUID, instant(now)); err != nil {
		return underwriting.Submission{}, domain.ModelsInUse{}, err
	}
	found, use, err := submissionOf(data)
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
	found, use, err := submissionOf(data)
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
	err := tx.get(ctx, &data, countPayments, inv.Seller.UUID, inv.Relationship.UUID, inv.ID.UUID, day(today), instant(known), inv.Number, day(inv.Issued))
	if err != nil {
		return underwriting.Submission{}, err
	}
	found, _, err := submissionOf(data)
	return found, err
}

type buyerRow struct {
	Mandate    mandateRow      `json:"mandate"`
	Factor     organizationRow `json:"factor"`
	Collection accountRow      `json:"collection"`
}

func (r buyerRow) buyer() domain.Buyer {
	return domain.Buyer{Mandate: r.Mandate.mandate(), Factor: r.Factor.organization(), Collection: r.Collection.account()}
}

// submissionOf reads what a load function made: an invoice, parties, mandates and
// models where it looked for them, and counts.
func submissionOf(data []byte) (underwriting.Submission, domain.ModelsInUse, error) {
	var found struct {
		curveFacts
		Invoice      invoiceRow      `json:"invoice"`
		Seller       organizationRow `json:"seller"`
		Relationship relationshipRow `json:"relationship"`
		Paid         []struct {
			Late  int `json:"late"`
			Weeks int `json:"weeks"`
			Count int `json:"n"`
		} `json:"paid"`
		Open []struct {
			Past  int `json:"past"`
			Count int `json:"n"`
		} `json:"open"`
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
		Payments: found.Payments, Disputed: found.Disputed, Buyers: mapped(found.Buyers, buyerRow.buyer), HasAccount: found.HasAccount,
	}
	for _, p := range found.Paid {
		out.Paid = append(out.Paid, underwriting.PaidBucket{LateDays: p.Late, WeeksAgo: p.Weeks, Count: p.Count})
	}
	for _, o := range found.Open {
		out.Open = append(out.Open, underwriting.OpenBucket{DaysPastDue: o.Past, Count: o.Count})
	}
	found.into(&out)
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
  UPDATE offers SET status = 'superseded' WHERE invoice_id = $1 AND status = 'open'
)
INSERT INTO offers (id, factor_id, seller_id, invoice_id, mandate_id, decision_id, status, currency, terms, now_minor, made_at, expires_at)
SELECT o.id, o.factor, $5, $1, o.mandate, $4, 'open', $11, o.terms, o.now_minor, $10, o.expires
  FROM unnest($12::uuid[], $13::uuid[], $14::uuid[], $15::bytea[], $16::bigint[], $17::timestamptz[]) AS o(id, factor, mandate, terms, now_minor, expires)`

// SaveSubmission saves what came of a submission, in one statement; the zero shadow
// is none.
func (tx *Tx) SaveSubmission(ctx context.Context, inv domain.Invoice, decision domain.Decision, offers []domain.Offer, shadow domain.ShadowScore) error {
	var ids, factors, mandates uuids
	var terms [][]byte
	var nows []int64
	var expiries []time.Time
	for _, o := range offers {
		ids, factors, mandates = append(ids, o.ID.UUID), append(factors, o.Factor.UUID), append(mandates, o.Mandate.UUID)
		terms, nows, expiries = append(terms, underwriting.EncodeTerms(o.Terms)), append(nows, o.Terms.Now.Units()), append(expiries, o.ExpiresAt)
	}
	return tx.exec(ctx, saveSubmission, inv.ID.UUID, string(inv.Status), inv.Version,
		decision.ID.UUID, inv.Seller.UUID, decision.Model, decision.Outcome, decision.Inputs, decision.Result, instant(decision.DecidedAt),
		string(inv.Basis.Currency()), ids.array(), factors.array(), mandates.array(), pq.ByteaArray(terms), pq.Array(nows), instants(expiries),
		shadow.Model, shadow.Outcome, shadow.Expected, shadow.Median, shadow.P90, shadow.Curve, shadow.Apart)
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
	MadeAt    timeCol   `json:"made_at"`
	ExpiresAt timeCol   `json:"expires_at"`
}

func (r offerRow) offer() (domain.Offer, error) {
	terms, err := underwriting.DecodeTerms(r.Terms)
	return domain.Offer{
		ID: domain.OfferID{UUID: r.ID}, Factor: domain.OrganizationID{UUID: r.Factor}, Seller: domain.OrganizationID{UUID: r.Seller},
		Invoice: domain.InvoiceID{UUID: r.Invoice}, Mandate: domain.MandateID{UUID: r.Mandate}, Decision: domain.DecisionID{UUID: r.Decision},
		Status: domain.OfferStatus(r.Status), Terms: terms, MadeAt: r.MadeAt.Time, ExpiresAt: r.ExpiresAt.Time,
	}, err
}

const offerColumns = `id, factor_id, seller_id, invoice_id, mandate_id, decision_id, status, terms, made_at, expires_at`

const (
	readSellerOffer = `
SELECT ` + offerColumns + ` FROM offers WHERE seller_id = $2 AND id = $1`
	listSellerOffers = `
SELECT ` + offerColumns + ` FROM offers
 WHERE seller_id = $1 AND ($2::uuid IS NULL OR invoice_id = $2) AND id > $3 ORDER BY id LIMIT $4`
	lockOffer = `
SELECT ` + offerColumns + ` FROM offers WHERE seller_id = $2 AND id = $1 FOR UPDATE`
	updateOffer = `
UPDATE offers SET status = $2 WHERE id = $1`
	endOffers = `
UPDATE offers SET status = $2 WHERE invoice_id = $1 AND status = 'open'`
)

// A factor's offers are the same rows by its own column.
var (
	readFactorOffer  = strings.Replace(readSellerOffer, "seller_id = $2", "factor_id = $2", 1)
	listFactorOffers = strings.Replace(listSellerOffers, "seller_id = $1", "factor_id = $1", 1)
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

func (tx *Tx) oneOffer(ctx context.Context, query string, id domain.OfferID, org domain.OrganizationID) (domain.Offer, error) {
	var row offerRow
	if err := tx.get(ctx, &row, query, id.UUID, org.UUID); err != nil {
		return domain.Offer{}, fmt.Errorf("read offer %s: %w", id, err)
	}
	return row.offer()
}

// Offers returns a page of one side's offers; a zero invoice does not filter.
func (tx *Tx) Offers(ctx context.Context, org domain.OrganizationID, kind domain.OrganizationKind, invoice domain.InvoiceID, page domain.Page) ([]domain.Offer, error) {
	query := listSellerOffers
	if kind == domain.KindFactor {
		query = listFactorOffers
	}
	var rows []offerRow
	if err := tx.list(ctx, &rows, query, org.UUID, orNull(invoice.UUID), page.After, page.Limit); err != nil {
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

// EndOffers puts an invoice's open offers into a status that ends them.
func (tx *Tx) EndOffers(ctx context.Context, invoice domain.InvoiceID, status domain.OfferStatus) error {
	return tx.exec(ctx, endOffers, invoice.UUID, string(status))
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
		Payout: idOf[domain.AccountID](found.Payout), ServedBy: idOf[domain.OrganizationID](found.ServedBy),
		DebtorUsed: found.DebtorUsed, FacilityUsed: found.FacilityUsed, SoldElsewhere: found.Elsewhere,
	}
	if found.Case != nil {
		kase := found.Case.brief()
		out.Case = &kase
	}
	return out, err
}
