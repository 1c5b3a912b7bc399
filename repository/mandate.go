package repository

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"comity/domain"
	"comity/money"
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
	OriginTax     rateCol   `json:"origination_tax_rate"`
	Wire          int64     `json:"wire_minor"`
	RecourseDays  int       `json:"recourse_days"`
	CureDays      int       `json:"cure_days"`
	MinFace       int64     `json:"min_face_minor"`
	MaxFace       int64     `json:"max_face_minor"`
	DebtorLimit   int64     `json:"debtor_limit_minor"`
	FacilityLimit int64     `json:"facility_limit_minor"`
	OfferHours    int       `json:"offer_hours"`
	MaxDaysLate   int       `json:"max_days_late"`
	UpfrontRate   rateCol   `json:"fee_upfront_rate"`
	DailyRate     rateCol   `json:"fee_daily_rate"`
	ByRisk        bool      `json:"by_risk"`
	FundsRate     rateCol   `json:"funds_rate"`
	Servicing     int64     `json:"servicing_minor"`
	ServicingRate rateCol   `json:"servicing_rate"`
	MarginRate    rateCol   `json:"margin_rate"`
	Instalments   int       `json:"envelope_instalments"`
	EnvelopeDays  int       `json:"envelope_days"`
	Confidential  int       `json:"confidential_level"`
	LateOwner     string    `json:"late_owner"`
	Version       int       `json:"version"`
	CreatedAt     timeCol   `json:"created_at"`
}

// failSafe is stored where a mandate does not give a rate: a server of a version that
// does not know how it prices reads that everything is kept back, and offers nothing.
var failSafe = money.Percent(100)

func (r mandateRow) mandate() domain.Mandate {
	if r.ByRisk {
		r.SellerHaircut.Rate = money.Rate{}
	}
	if !r.DailyRate.IsZero() || !r.UpfrontRate.IsZero() {
		r.FirstRate.Rate = money.Rate{}
	}
	return domain.Mandate{
		ID: domain.MandateID{UUID: r.ID}, Factor: domain.OrganizationID{UUID: r.Factor}, World: domain.WorldID{UUID: r.World},
		State: domain.MandateState(r.State), Operating: domain.AccountID{UUID: r.Operating}, Collection: domain.AccountID{UUID: r.Collection},
		Terms: domain.MandateTerms{
			Currency: amount(0, r.Currency).Currency(), AdvanceCap: r.AdvanceCap.Rate, DilutionHaircut: r.Dilution.Rate,
			VerificationHaircut: r.Verification.Rate, SellerHaircut: r.SellerHaircut.Rate,
			Fee: domain.FeeTerms{
				FirstDays: r.FirstDays, FirstRate: r.FirstRate.Rate, StepDays: r.StepDays, StepRate: r.StepRate.Rate,
				UpfrontRate: r.UpfrontRate.Rate, DailyRate: r.DailyRate.Rate,
			},
			OriginationRate: r.Origination.Rate, OriginationFixed: amount(r.OriginFixed, r.Currency), OriginationTax: r.OriginTax.Rate, WireFee: amount(r.Wire, r.Currency),
			RecourseDays: r.RecourseDays, CureDays: r.CureDays, Envelope: domain.Envelope{Instalments: r.Instalments, DaysPastDue: r.EnvelopeDays}, MinFace: amount(r.MinFace, r.Currency), MaxFace: amount(r.MaxFace, r.Currency),
			DebtorLimit: amount(r.DebtorLimit, r.Currency), FacilityLimit: amount(r.FacilityLimit, r.Currency),
			OfferHours: r.OfferHours, MaxExpectedDaysLate: r.MaxDaysLate, ConfidentialLevel: r.Confidential, LateOwner: domain.LateOwner(r.LateOwner),
			ByRisk: r.ByRisk, Costs: domain.Costs{
				FundsRate: r.FundsRate.Rate, Servicing: amount(r.Servicing, r.Currency), ServicingRate: r.ServicingRate.Rate, MarginRate: r.MarginRate.Rate,
			},
		},
		Version: r.Version, CreatedAt: r.CreatedAt.Time,
	}
}

const mandateColumns = `id, factor_id, world_id, currency, state, operating_account_id, collection_account_id, advance_cap, dilution_haircut,
  verification_haircut, seller_haircut, fee_first_days, fee_first_rate, fee_step_days, fee_step_rate, origination_rate, origination_minor,
  wire_minor, recourse_days, cure_days, min_face_minor, max_face_minor, debtor_limit_minor, facility_limit_minor, offer_hours, max_days_late,
  version, created_at, fee_upfront_rate, fee_daily_rate, by_risk, funds_rate, servicing_minor, servicing_rate, margin_rate, origination_tax_rate,
  envelope_instalments, envelope_days, confidential_level, late_owner`

const (
	insertMandate = `
INSERT INTO mandates (` + mandateColumns + `)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28,
  $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40)`
	readMandate = `
SELECT ` + mandateColumns + ` FROM mandates WHERE factor_id = $2 AND id = $1`
	lockMandate  = readMandate + ` FOR UPDATE`
	listMandates = `
SELECT ` + mandateColumns + ` FROM mandates
 WHERE factor_id = $1 AND ($2 = '' OR state = $2) AND id > $3 ORDER BY id LIMIT $4`
	updateMandate = `
UPDATE mandates SET state = $3, version = $4 WHERE factor_id = $2 AND id = $1`
)

// SaveMandate adds a mandate.
func (tx *Tx) SaveMandate(ctx context.Context, m domain.Mandate) error {
	t := m.Terms
	sellerHaircut, firstRate := t.SellerHaircut, t.Fee.FirstRate
	if t.ByRisk {
		sellerHaircut = failSafe
	}
	if t.Fee.Family() == domain.FeeDaily {
		firstRate = failSafe
	}
	return tx.exec(ctx, insertMandate, m.ID.UUID, m.Factor.UUID, m.World.UUID, string(t.Currency), string(m.State), m.Operating.UUID, m.Collection.UUID,
		t.AdvanceCap.String(), t.DilutionHaircut.String(), t.VerificationHaircut.String(), sellerHaircut.String(),
		t.Fee.FirstDays, firstRate.String(), t.Fee.StepDays, t.Fee.StepRate.String(), t.OriginationRate.String(),
		t.OriginationFixed.Units(), t.WireFee.Units(), t.RecourseDays, t.CureDays, t.MinFace.Units(), t.MaxFace.Units(),
		t.DebtorLimit.Units(), t.FacilityLimit.Units(), t.OfferHours, t.MaxExpectedDaysLate, m.Version, instant(m.CreatedAt),
		t.Fee.UpfrontRate.String(), t.Fee.DailyRate.String(), t.ByRisk, t.Costs.FundsRate.String(), t.Costs.Servicing.Units(),
		t.Costs.ServicingRate.String(), t.Costs.MarginRate.String(), t.OriginationTax.String(),
		t.Envelope.Instalments, t.Envelope.DaysPastDue, t.ConfidentialLevel, string(t.LateOwner))
}

// Mandate returns a mandate of a factor.
func (tx *Tx) Mandate(ctx context.Context, id domain.MandateID, factor domain.OrganizationID) (domain.Mandate, error) {
	return tx.oneMandate(ctx, readMandate, id, factor)
}

// LockMandate returns and locks a mandate of a factor.
func (tx *Tx) LockMandate(ctx context.Context, id domain.MandateID, factor domain.OrganizationID) (domain.Mandate, error) {
	return tx.oneMandate(ctx, lockMandate, id, factor)
}

func (tx *Tx) oneMandate(ctx context.Context, query string, id domain.MandateID, factor domain.OrganizationID) (domain.Mandate, error) {
	var row mandateRow
	if err := tx.get(ctx, &row, query, id.UUID, factor.UUID); err != nil {
		return domain.Mandate{}, fmt.Errorf("read mandate %s: %w", id, err)
	}
	return row.mandate(), nil
}

// Mandates returns a page of a factor's mandates; an empty state does not filter.
func (tx *Tx) Mandates(ctx context.Context, factor domain.OrganizationID, state string, page domain.Page) ([]domain.Mandate, error) {
	var rows []mandateRow
	if err := tx.list(ctx, &rows, listMandates, factor.UUID, state, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list mandates: %w", err)
	}
	return mapped(rows, mandateRow.mandate), nil
}

// UpdateMandate saves the state of a mandate; it refuses with ErrConflict when
// the factor has another active one in the same currency.
func (tx *Tx) UpdateMandate(ctx context.Context, m domain.Mandate) error {
	err := tx.exec(ctx, updateMandate, m.ID.UUID, m.Factor.UUID, string(m.State), m.Version)
	if violates(err, "mandates_one_active") {
		return domain.ErrConflict.Because("another mandate in %s is active: pause it first", m.Terms.Currency)
	}
	return err
}
