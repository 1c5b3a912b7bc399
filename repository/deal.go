package repository

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
)

// caseBrief is what money needs to know of a case; package collections has the rest.
type caseBrief struct {
	ID           uuid.UUID `json:"id"`
	World        uuid.UUID `json:"world_id"`
	Factor       uuid.UUID `json:"factor_id"`
	Seller       uuid.UUID `json:"seller_id"`
	Debtor       uuid.UUID `json:"debtor_id"`
	Relationship uuid.UUID `json:"relationship_id"`
	Status       string    `json:"status"`
	Tone         int       `json:"tone"`
	Cycle        int       `json:"cycle"`
	NextActionAt timeCol   `json:"next_action_at"`
	WaitsFor     string    `json:"waits_for"`
	External     bool      `json:"external"`
	Disclosure   string    `json:"disclosure"`
	TellingAt    timeCol   `json:"telling_at"`
	OpenedAt     timeCol   `json:"opened_at"`
	ClosedAt     timeCol   `json:"closed_at"`
}

func (r caseBrief) brief() domain.Case {
	return domain.Case{
		ID: domain.CaseID{UUID: r.ID}, World: domain.WorldID{UUID: r.World}, Factor: domain.OrganizationID{UUID: r.Factor},
		Seller: domain.OrganizationID{UUID: r.Seller}, Debtor: domain.DebtorID{UUID: r.Debtor}, Relationship: domain.RelationshipID{UUID: r.Relationship},
		Status: domain.CaseStatus(r.Status), Tone: r.Tone, Cycle: r.Cycle, NextActionAt: r.NextActionAt.Time, WaitsFor: r.WaitsFor, External: r.External, Disclosure: domain.Disclosure(r.Disclosure), TellingAt: r.TellingAt.Time,
		OpenedAt: r.OpenedAt.Time, ClosedAt: r.ClosedAt.Time,
	}
}

type dealRow struct {
	ID           uuid.UUID `json:"id"`
	World        uuid.UUID `json:"world_id"`
	Factor       uuid.UUID `json:"factor_id"`
	Seller       uuid.UUID `json:"seller_id"`
	Relationship uuid.UUID `json:"relationship_id"`
	Debtor       uuid.UUID `json:"debtor_id"`
	Invoice      uuid.UUID `json:"invoice_id"`
	Offer        uuid.UUID `json:"offer_id"`
	Case         uuid.UUID `json:"case_id"`
	Mandate      uuid.UUID `json:"mandate_id"`
	Status       string    `json:"status"`
	Currency     string    `json:"currency"`
	Number       string    `json:"invoice_number"`
	DebtorName   string    `json:"debtor_name"`
	Due          dateCol   `json:"due_on"`
	Basis        int64     `json:"basis_minor"`
	Advance      int64     `json:"advance_minor"`
	Reserve      int64     `json:"reserve_minor"`
	Origination  int64     `json:"origination_minor"`
	Wire         int64     `json:"wire_minor"`
	Tax          int64     `json:"tax_minor"`
	Credited     int64     `json:"credited_minor"`
	Forgiven     int64     `json:"forgiven_minor"`
	GivenBack    int64     `json:"given_back_minor"`
	ReserveUsed  int64     `json:"reserve_used_minor"`
	CardCost     int64     `json:"card_cost_minor"`
	Open         int64     `json:"open_minor"`
	FirstDays    int       `json:"fee_first_days"`
	FirstRate    rateCol   `json:"fee_first_rate"`
	StepDays     int       `json:"fee_step_days"`
	StepRate     rateCol   `json:"fee_step_rate"`
	UpfrontRate  rateCol   `json:"fee_upfront_rate"`
	DailyRate    rateCol   `json:"fee_daily_rate"`
	RecourseDays int       `json:"recourse_days"`
	RebateHold   int       `json:"rebate_hold"`
	Instalments  int       `json:"envelope_instalments"`
	EnvelopeDays int       `json:"envelope_days"`
	Disclosure   string    `json:"disclosure"`
	LateOwner    string    `json:"late_owner"`
	Recognised   int64     `json:"recognised_minor"`
	NextAccrual  timeCol   `json:"next_accrual_at"`
	Reference    string    `json:"reference"`
	NoticeCode   string    `json:"notice_code"`
	Operating    uuid.UUID `json:"operating_account_id"`
	Collection   uuid.UUID `json:"collection_account_id"`
	Payout       uuid.UUID `json:"seller_account_id"`
	FundingDate  dateCol   `json:"funding_date"`
	MadeAt       timeCol   `json:"made_at"`
	PaidInFull   dateCol   `json:"paid_in_full_on"`
	SettledAt    timeCol   `json:"settled_at"`
	PolicyUntil  dateCol   `json:"policy_binds_until"`

	Assignable jsonCol[assignableRow] `json:"assignable"`

	Moves jsonCol[[]moveRow] `json:"moves"`
	Stops jsonCol[[]waitRow] `json:"stops"`
}

func (r dealRow) deal() domain.Deal {
	reference, _ := domain.ParseReference(r.Reference) // the schema holds what we wrote
	return domain.Deal{
		ID: domain.DealID{UUID: r.ID}, World: domain.WorldID{UUID: r.World}, Factor: domain.OrganizationID{UUID: r.Factor},
		Seller: domain.OrganizationID{UUID: r.Seller}, Relationship: domain.RelationshipID{UUID: r.Relationship}, Debtor: domain.DebtorID{UUID: r.Debtor},
		Invoice: domain.InvoiceID{UUID: r.Invoice}, Offer: domain.OfferID{UUID: r.Offer}, Case: domain.CaseID{UUID: r.Case}, Mandate: domain.MandateID{UUID: r.Mandate},
		Status: domain.DealStatus(r.Status), InvoiceNumber: r.Number, DebtorName: r.DebtorName, Due: r.Due.Date,
		Basis: amount(r.Basis, r.Currency), Advance: amount(r.Advance, r.Currency), Reserve: amount(r.Reserve, r.Currency),
		Origination: amount(r.Origination, r.Currency), Wire: amount(r.Wire, r.Currency), Tax: amount(r.Tax, r.Currency), Credited: amount(r.Credited, r.Currency),
		Forgiven: amount(r.Forgiven, r.Currency), GivenBack: amount(r.GivenBack, r.Currency), ReserveUsed: amount(r.ReserveUsed, r.Currency),
		CardCost: amount(r.CardCost, r.Currency), Open: amount(r.Open, r.Currency),
		Fee: domain.FeeTerms{
			FirstDays: r.FirstDays, FirstRate: r.FirstRate.Rate, StepDays: r.StepDays, StepRate: r.StepRate.Rate,
			UpfrontRate: r.UpfrontRate.Rate, DailyRate: r.DailyRate.Rate,
		},
		RecourseDays: r.RecourseDays, RebateHold: r.RebateHold, Disclosure: domain.Disclosure(r.Disclosure), LateOwner: domain.LateOwner(r.LateOwner), Envelope: domain.Envelope{Instalments: r.Instalments, DaysPastDue: r.EnvelopeDays}, Recognised: amount(r.Recognised, r.Currency), NextAccrual: r.NextAccrual.Time,
		Reference: reference, NoticeCode: r.NoticeCode, Operating: domain.AccountID{UUID: r.Operating}, Collection: domain.AccountID{UUID: r.Collection},
		Payout: domain.AccountID{UUID: r.Payout}, FundingDate: r.FundingDate.Date, MadeAt: r.MadeAt.Time, PaidInFull: r.PaidInFull.Date, SettledAt: r.SettledAt.Time, PolicyUntil: r.PolicyUntil.Date,
		Assignable: r.Assignable.Value.assignable(),
		Moves:      mapped(r.Moves.Value, func(m moveRow) domain.Move { return m.move(r.Currency) }), Stops: feeStops(r.Stops.Value),
	}
}

const saveAcceptance = `
WITH taken AS (
  UPDATE offers SET status = CASE WHEN id = $1 THEN 'accepted' ELSE 'superseded' END WHERE seller_id = $8 AND invoice_id = $2 AND status IN ('open', 'referred')
), sold AS (
  UPDATE invoices SET status = $3, version = $4 WHERE id = $2
), opened AS (
  INSERT INTO cases (id, world_id, factor_id, seller_id, debtor_id, relationship_id, status, cycle, next_action_at, opened_at, disclosure)
  VALUES ($5, $6, $7, $8, $9, $10, 'open', 1, $11, $12, $41)
  ON CONFLICT (id) DO UPDATE SET next_action_at = excluded.next_action_at
), bought AS (
  INSERT INTO deals (id, world_id, factor_id, seller_id, relationship_id, debtor_id, invoice_id, offer_id, case_id, mandate_id, status, currency,
    invoice_number, debtor_name, due_on, basis_minor, advance_minor, reserve_minor, origination_minor, wire_minor, open_minor, fee_first_days, fee_first_rate,
    fee_step_days, fee_step_rate, fee_upfront_rate, fee_daily_rate, recourse_days, rebate_hold, reference, notice_code, operating_account_id,
    collection_account_id, seller_account_id, made_at, tax_minor, assignable, envelope_instalments, envelope_days, disclosure, late_owner)
  VALUES ($13, $6, $7, $8, $10, $9, $2, $1, $5, $14, 'made', $15, $16, $34, $17, $18, $19, $20, $21, $22, $18, $23, $24, $25, $26, $35, $36, $27, $28, $29, $30, $31, $32, $33, $12, $37, $38::jsonb, $39, $40, $41, $43)
), asked AS (
  INSERT INTO conditions (deal_id, factor_id, seller_id, code)
  SELECT $13, $7, $8, c FROM unnest($42::text[]) AS c
), used AS (
  UPDATE exposures SET used_minor = used_minor + $19 WHERE factor_id = $7 AND debtor_id = $9 AND currency = $15
), drawn AS (
  UPDATE facilities SET used_minor = used_minor + $19 WHERE factor_id = $7 AND currency = $15
)
UPDATE fingerprints SET live = true WHERE invoice_id = $2`

// SaveAcceptance saves a sale, in one statement.
func (tx *Tx) SaveAcceptance(ctx context.Context, d domain.Deal, o domain.Offer, inv domain.Invoice, kase domain.Case) error {
	ground, err := assignableArg(d.Assignable)
	if err != nil {
		return err
	}
	err = tx.exec(ctx, saveAcceptance, o.ID.UUID, inv.ID.UUID, string(inv.Status), inv.Version,
		kase.ID.UUID, d.World.UUID, d.Factor.UUID, d.Seller.UUID, d.Debtor.UUID, d.Relationship.UUID, instant(kase.NextActionAt), instant(d.MadeAt),
		d.ID.UUID, d.Mandate.UUID, string(d.Basis.Currency()), d.InvoiceNumber, day(d.Due), d.Basis.Units(), d.Advance.Units(), d.Reserve.Units(),
		d.Origination.Units(), d.Wire.Units(), d.Fee.FirstDays, d.Fee.FirstRate.String(), d.Fee.StepDays, d.Fee.StepRate.String(),
		d.RecourseDays, d.RebateHold, d.Reference.String(), d.NoticeCode, d.Operating.UUID, d.Collection.UUID, d.Payout.UUID, d.DebtorName,
		d.Fee.UpfrontRate.String(), d.Fee.DailyRate.String(), d.Tax.Units(), string(ground),
		d.Envelope.Instalments, d.Envelope.DaysPastDue, string(cmp.Or(d.Disclosure, domain.Notified)), pq.Array(d.Disclosure.Conditions()), string(d.LateOwner))
	if violates(err, "deals_one_live") || violates(err, "fingerprints_live") {
		return domain.ErrWrongState.Because("it was sold meanwhile").In(string(domain.InvoiceSold))
	}
	return err
}

const loadDeal = `SELECT load_deal($1)`

type dealFileRow struct {
	Deal       *dealRow        `json:"deal"`
	Factor     organizationRow `json:"factor"`
	Conditions []conditionRow  `json:"conditions"`
	Payouts    []payoutRow     `json:"payouts"`
	Case       caseBrief       `json:"kase"`
	Invoice    invoiceRow      `json:"invoice"`
	LastMoney  dateCol         `json:"last_money"`
	Plans      []planRow       `json:"plans"`
	Recourses  []recourseRow   `json:"recourses"`
}

func (r dealFileRow) file() domain.DealFile {
	return domain.DealFile{
		Deal: r.Deal.deal(), Factor: r.Factor.organization(), Conditions: mapped(r.Conditions, conditionRow.condition),
		Payouts: mapped(r.Payouts, payoutRow.payout), Case: r.Case.brief(), Invoice: r.Invoice.invoice(), LastMoney: r.LastMoney.Date,
		Plans:     mapped(r.Plans, planRow.plan),
		Recourses: mapped(r.Recourses, recourseRow.recourse),
	}
}

// DealFile locks invoice, deal and case, in this order, and returns the deal
// with what its next step depends on.
func (tx *Tx) DealFile(ctx context.Context, id domain.DealID) (domain.DealFile, error) {
	var data []byte
	if err := tx.get(ctx, &data, loadDeal, id.UUID); err != nil {
		return domain.DealFile{}, fmt.Errorf("load deal %s: %w", id, err)
	}
	var row dealFileRow
	if err := loaded(data, &row); err != nil {
		return domain.DealFile{}, err
	}
	if row.Deal == nil {
		return domain.DealFile{}, domain.ErrNotFound
	}
	return row.file(), nil
}

const dealColumns = `id, world_id, factor_id, seller_id, relationship_id, debtor_id, invoice_id, offer_id, case_id, mandate_id, status, currency,
  invoice_number, debtor_name, due_on, basis_minor, advance_minor, reserve_minor, origination_minor, wire_minor, open_minor, fee_first_days, fee_first_rate,
  fee_step_days, fee_step_rate, fee_upfront_rate, fee_daily_rate, recourse_days, rebate_hold, recognised_minor, next_accrual_at, reference, notice_code,
  operating_account_id, collection_account_id, seller_account_id, funding_date, made_at, paid_in_full_on, settled_at, policy_binds_until,
  tax_minor, credited_minor, forgiven_minor, given_back_minor, reserve_used_minor, card_cost_minor, assignable, envelope_instalments, envelope_days, disclosure, late_owner, deal_moves(id) AS moves, deal_stops(id) AS stops`

const (
	readSellerDeal = `
SELECT ` + dealColumns + ` FROM deals WHERE seller_id = $2 AND id = $1`
	readAnyDeal = `
SELECT ` + dealColumns + ` FROM deals WHERE ($2::uuid IS NOT NULL) AND id = $1`
	listSellerDeals = `
SELECT ` + dealColumns + ` FROM deals
 WHERE seller_id = $1 AND ($2 = '' OR status = $2) AND id > $3 ORDER BY id LIMIT $4`
	listAnyDeals = `
SELECT ` + dealColumns + ` FROM deals
 WHERE ($1::uuid IS NOT NULL) AND ($2 = '' OR status = $2) AND id > $3 ORDER BY id LIMIT $4`
	listConditions = `
SELECT deal_id, code, evidence, occurred_at, expires_on, set_by, set_at FROM conditions WHERE deal_id = $1 ORDER BY code`
	saveCondition = `
UPDATE conditions SET evidence = $3, occurred_at = $4, expires_on = $5, set_by = $6, set_at = $7 WHERE deal_id = $1 AND code = $2`
	updateDeal = `
UPDATE deals SET status = $2, open_minor = $3, recognised_minor = $4, next_accrual_at = $5, funding_date = $6, paid_in_full_on = $7, settled_at = $8
 WHERE id = $1`
	closeDeal = `
WITH ended AS (
  UPDATE deals SET status = $2, open_minor = $3, recognised_minor = $4, next_accrual_at = $5, funding_date = $6, paid_in_full_on = $7, settled_at = $8
   WHERE id = $1
), freed AS (
  UPDATE exposures SET used_minor = used_minor - $9 WHERE $10 AND factor_id = $11 AND debtor_id = $12 AND currency = $13
), paid AS (
  UPDATE facilities SET used_minor = used_minor - $9 WHERE $10 AND factor_id = $11 AND currency = $13
), woken AS (
  UPDATE cases SET next_action_at = $16 WHERE id = $17 AND status = 'open'
), prints AS (
  UPDATE fingerprints SET live = false WHERE $10 AND invoice_id = $14
)
UPDATE invoices SET status = $15, version = version + 1 WHERE id = $14`
	wakeCase = `
UPDATE cases SET next_action_at = $2 WHERE id = $1 AND status = 'open'`
)

var (
	readFactorDeal  = strings.Replace(readSellerDeal, "seller_id = $2", "factor_id = $2", 1)
	listFactorDeals = strings.Replace(listSellerDeals, "seller_id = $1", "factor_id = $1", 1)
)

// bySide picks the statement that names the caller's own column first.
func bySide(kind domain.OrganizationKind, seller, factor, platform string) string {
	switch kind {
	case domain.KindFactor:
		return factor
	case domain.KindPlatform:
		return platform
	default:
		return seller
	}
}

// Deal returns a deal of one side's; the platform reads any.
func (tx *Tx) Deal(ctx context.Context, id domain.DealID, org domain.OrganizationID, kind domain.OrganizationKind) (domain.Deal, error) {
	var row dealRow
	if err := tx.get(ctx, &row, bySide(kind, readSellerDeal, readFactorDeal, readAnyDeal), id.UUID, org.UUID); err != nil {
		return domain.Deal{}, fmt.Errorf("read deal %s: %w", id, err)
	}
	return row.deal(), nil
}

// Deals returns a page of one side's deals; the platform reads all.
func (tx *Tx) Deals(ctx context.Context, org domain.OrganizationID, kind domain.OrganizationKind, status string, page domain.Page) ([]domain.Deal, error) {
	var rows []dealRow
	if err := tx.list(ctx, &rows, bySide(kind, listSellerDeals, listFactorDeals, listAnyDeals), org.UUID, status, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list deals: %w", err)
	}
	return mapped(rows, dealRow.deal), nil
}

type conditionRow struct {
	Deal       uuid.UUID     `json:"deal_id"`
	Code       string        `json:"code"`
	Evidence   textCol       `json:"evidence"`
	OccurredAt timeCol       `json:"occurred_at"`
	Expires    dateCol       `json:"expires_on"`
	SetBy      uuid.NullUUID `json:"set_by"`
	SetAt      timeCol       `json:"set_at"`
}

func (r conditionRow) condition() domain.Condition {
	return domain.Condition{
		Deal: domain.DealID{UUID: r.Deal}, Code: r.Code, Evidence: string(r.Evidence), OccurredAt: r.OccurredAt.Time,
		Expires: r.Expires.Date, SetBy: idOf[domain.UserID](r.SetBy), SetAt: r.SetAt.Time,
	}
}

// Conditions returns the conditions of a deal.
func (tx *Tx) Conditions(ctx context.Context, deal domain.DealID) ([]domain.Condition, error) {
	var rows []conditionRow
	if err := tx.list(ctx, &rows, listConditions, deal.UUID); err != nil {
		return nil, fmt.Errorf("list conditions: %w", err)
	}
	return mapped(rows, conditionRow.condition), nil
}

// SaveCondition records the evidence for a condition.
func (tx *Tx) SaveCondition(ctx context.Context, d domain.Deal, c domain.Condition) error {
	return tx.exec(ctx, saveCondition, d.ID.UUID, c.Code, c.Evidence, instant(c.OccurredAt), day(c.Expires), orNull(c.SetBy.UUID), instant(c.SetAt))
}

// UpdateDeal saves what changes in a deal's life.
func (tx *Tx) UpdateDeal(ctx context.Context, d domain.Deal) error {
	return tx.exec(ctx, updateDeal, d.ID.UUID, string(d.Status), d.Open.Units(), d.Recognised.Units(), instant(d.NextAccrual),
		day(d.FundingDate), day(d.PaidInFull), instant(d.SettledAt))
}

// CloseDeal saves a deal that ended, and its invoice. A cancelled deal gives
// back its limits and its claim on the invoice.
func (tx *Tx) CloseDeal(ctx context.Context, d domain.Deal, inv domain.Invoice) error {
	return tx.exec(ctx, closeDeal, d.ID.UUID, string(d.Status), d.Open.Units(), d.Recognised.Units(), instant(d.NextAccrual),
		day(d.FundingDate), day(d.PaidInFull), instant(d.SettledAt), d.Advance.Units(), d.Status == domain.DealCancelled,
		d.Factor.UUID, d.Debtor.UUID, string(d.Basis.Currency()), inv.ID.UUID, string(inv.Status), instant(tx.entry.By.Now), d.Case.UUID)
}

// WakeCase lets a case be looked at again.
func (tx *Tx) WakeCase(ctx context.Context, id domain.CaseID, at time.Time) error {
	return tx.exec(ctx, wakeCase, id.UUID, instant(at))
}
