package repository

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"comity/domain"
	"comity/money"
)

// instalmentRow and sheetRow are the stored forms of what a plan says.
type instalmentRow struct {
	Due   string `json:"due_on"`
	Minor int64  `json:"amount_minor"`
}

type sheetRow struct {
	Inside         bool   `json:"inside"`
	RecourseBefore string `json:"recourse_before"`
	RecourseAfter  string `json:"recourse_after"`
	FeeBefore      int64  `json:"fee_before_minor"`
	FeeAfter       int64  `json:"fee_after_minor"`
	FeeExtra       int64  `json:"fee_extra_minor"`
	SellerBears    int64  `json:"seller_bears_minor"`
	SellerForgives int64  `json:"seller_forgives_minor"`
	FactorForgives int64  `json:"factor_forgives_minor"`
	FactorBears    int64  `json:"factor_bears_minor"`
	SellerBefore   int64  `json:"seller_before_minor"`
	SellerAfter    int64  `json:"seller_after_minor"`
}

func (r sheetRow) sheet(currency string) *domain.PlanSheet {
	day := func(text string) domain.Date {
		d, _ := domain.ParseDate(text) // the schema holds what we wrote
		return d
	}
	in := func(minor int64) money.Amount { return amount(minor, currency) }
	return &domain.PlanSheet{
		Inside: r.Inside, RecourseBefore: day(r.RecourseBefore), RecourseAfter: day(r.RecourseAfter), FeeBefore: in(r.FeeBefore), FeeAfter: in(r.FeeAfter),
		FeeExtra: in(r.FeeExtra), SellerForgives: in(r.SellerForgives), FactorForgives: in(r.FactorForgives), SellerBears: in(r.SellerBears), FactorBears: in(r.FactorBears), SellerBefore: in(r.SellerBefore), SellerAfter: in(r.SellerAfter),
	}
}

func sheetOf(s *domain.PlanSheet) sheetRow {
	return sheetRow{
		Inside: s.Inside, RecourseBefore: s.RecourseBefore.String(), RecourseAfter: s.RecourseAfter.String(), FeeBefore: s.FeeBefore.Units(),
		FeeAfter: s.FeeAfter.Units(), FeeExtra: s.FeeExtra.Units(), SellerBears: s.SellerBears.Units(), SellerForgives: s.SellerForgives.Units(),
		FactorForgives: s.FactorForgives.Units(), FactorBears: s.FactorBears.Units(), SellerBefore: s.SellerBefore.Units(), SellerAfter: s.SellerAfter.Units(),
	}
}

type planRow struct {
	ID          uuid.UUID                `json:"id"`
	Case        uuid.UUID                `json:"case_id"`
	Factor      uuid.UUID                `json:"factor_id"`
	Seller      uuid.UUID                `json:"seller_id"`
	Deal        uuid.UUID                `json:"deal_id"`
	Status      string                   `json:"status"`
	Reason      string                   `json:"reason"`
	Said        string                   `json:"said"`
	Currency    string                   `json:"currency"`
	Total       int64                    `json:"total_minor"`
	OpenBefore  int64                    `json:"open_before"`
	Instalments jsonCol[[]instalmentRow] `json:"instalments"`
	Sheet       jsonCol[*sheetRow]       `json:"sheet"`
	FactorShare rateCol                  `json:"factor_share"`
	Forgiven    int64                    `json:"forgiven_minor"`
	ByFactor    int64                    `json:"factor_forgives"`
	From        dateCol                  `json:"recourse_from"`
	AnswerBy    dateCol                  `json:"answer_by"`
	MadeAt      timeCol                  `json:"made_at"`
	ProposedBy  uuid.NullUUID            `json:"proposed_by"`
	ProposedAt  timeCol                  `json:"proposed_at"`
	ApprovedBy  uuid.NullUUID            `json:"approved_by"`
	ApprovedAt  timeCol                  `json:"approved_at"`
	ConsentedBy uuid.NullUUID            `json:"consented_by"`
	ConsentedAt timeCol                  `json:"consented_at"`
	OfferedAt   timeCol                  `json:"offered_at"`
	AcceptedAt  timeCol                  `json:"accepted_at"`
	DecidedAt   timeCol                  `json:"decided_at"`
	Note        string                   `json:"note"`
}

func (r planRow) plan() domain.Plan {
	p := domain.Plan{
		ID: domain.PlanID{UUID: r.ID}, Case: domain.CaseID{UUID: r.Case}, Factor: domain.OrganizationID{UUID: r.Factor}, Seller: domain.OrganizationID{UUID: r.Seller},
		Deal: domain.DealID{UUID: r.Deal}, Status: domain.PlanStatus(r.Status), Reason: domain.Reason(r.Reason), Said: r.Said, Total: amount(r.Total, r.Currency),
		OpenBefore: amount(r.OpenBefore, r.Currency), FactorShare: r.FactorShare.Rate, Forgiven: amount(r.Forgiven, r.Currency), FactorForgives: amount(r.ByFactor, r.Currency),
		RecourseFrom: r.From.Date, AnswerBy: r.AnswerBy.Date, MadeAt: r.MadeAt.Time,
		ProposedBy: idOf[domain.UserID](r.ProposedBy), ProposedAt: r.ProposedAt.Time, ApprovedBy: idOf[domain.UserID](r.ApprovedBy), ApprovedAt: r.ApprovedAt.Time,
		ConsentedBy: idOf[domain.UserID](r.ConsentedBy), ConsentedAt: r.ConsentedAt.Time, OfferedAt: r.OfferedAt.Time, AcceptedAt: r.AcceptedAt.Time,
		DecidedAt: r.DecidedAt.Time, Note: r.Note,
	}
	for i, one := range r.Instalments.Value {
		due, _ := domain.ParseDate(one.Due) // the schema holds what we wrote
		p.Instalments = append(p.Instalments, domain.Instalment{N: i + 1, DueOn: due, Amount: amount(one.Minor, r.Currency)})
	}
	if r.Sheet.Value != nil {
		p.Sheet = r.Sheet.Value.sheet(r.Currency)
	}
	return p
}

const planColumns = `id, case_id, factor_id, seller_id, deal_id, status, reason, said, currency, total_minor, open_before, instalments, sheet, factor_share,
  recourse_from, answer_by, made_at, proposed_by, proposed_at, approved_by, approved_at, consented_by, consented_at, offered_at, accepted_at, decided_at, note, forgiven_minor, factor_forgives`

const (
	savePlan = `
INSERT INTO plans (` + planColumns + `)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13::jsonb, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)
ON CONFLICT (id) DO UPDATE SET status = excluded.status, total_minor = excluded.total_minor, open_before = excluded.open_before, instalments = excluded.instalments,
  sheet = coalesce(excluded.sheet, plans.sheet), factor_share = excluded.factor_share, forgiven_minor = excluded.forgiven_minor, factor_forgives = excluded.factor_forgives, recourse_from = excluded.recourse_from, answer_by = excluded.answer_by, proposed_by = excluded.proposed_by,
  proposed_at = excluded.proposed_at, approved_by = excluded.approved_by, approved_at = excluded.approved_at, consented_by = excluded.consented_by,
  consented_at = excluded.consented_at, offered_at = excluded.offered_at, accepted_at = excluded.accepted_at, decided_at = excluded.decided_at, note = excluded.note`
	findPlan = `
SELECT case_id, deal_id FROM plans WHERE id = $1 AND (factor_id = $2 OR seller_id = $2)`
	lockPlan = `
SELECT ` + planColumns + ` FROM plans WHERE id = $1 FOR UPDATE`
	listPlans = `
SELECT ` + planColumns + ` FROM plans WHERE case_id = $1 ORDER BY id`
)

// SavePlan adds a plan, or saves how it stands.
func (tx *Tx) SavePlan(ctx context.Context, p domain.Plan) error {
	rows := mapped(p.Instalments, func(i domain.Instalment) instalmentRow { return instalmentRow{i.DueOn.String(), i.Amount.Units()} })
	instalments, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("encode instalments: %w", err)
	}
	var sheet any
	if p.Sheet != nil {
		data, err := json.Marshal(sheetOf(p.Sheet))
		if err != nil {
			return fmt.Errorf("encode sheet: %w", err)
		}
		sheet = string(data)
	}
	err = tx.exec(ctx, savePlan, p.ID.UUID, p.Case.UUID, p.Factor.UUID, p.Seller.UUID, p.Deal.UUID, string(p.Status), string(p.Reason), p.Said,
		string(p.Total.Currency()), p.Total.Units(), p.OpenBefore.Units(), string(instalments), sheet, p.FactorShare.String(), day(p.RecourseFrom), day(p.AnswerBy),
		instant(p.MadeAt), orNull(p.ProposedBy.UUID), instant(p.ProposedAt), orNull(p.ApprovedBy.UUID), instant(p.ApprovedAt), orNull(p.ConsentedBy.UUID),
		instant(p.ConsentedAt), instant(p.OfferedAt), instant(p.AcceptedAt), instant(p.DecidedAt), p.Note, p.Forgiven.Units(), p.FactorForgives.Units())
	if violates(err, "plans_one_live") {
		return domain.ErrConflict.Because("another plan of this invoice is under way")
	}
	return err
}

// PlanFile locks invoice, deal, case and plan, in this order. A plan of nobody's is ErrNotFound.
func (tx *Tx) PlanFile(ctx context.Context, id domain.PlanID, party domain.OrganizationID) (domain.Plan, domain.DealFile, error) {
	var found foundDispute
	if err := tx.get(ctx, &found, findPlan, id.UUID, party.UUID); err != nil {
		return domain.Plan{}, domain.DealFile{}, fmt.Errorf("find plan %s: %w", id, err)
	}
	file, err := tx.DealFile(ctx, domain.DealID{UUID: found.Deal})
	if err != nil {
		return domain.Plan{}, file, err
	}
	var row planRow
	if err := tx.get(ctx, &row, lockPlan, id.UUID); err != nil {
		return domain.Plan{}, file, fmt.Errorf("lock plan %s: %w", id, err)
	}
	return row.plan(), file, nil
}

// Plans returns the plans of a case.
func (tx *Tx) Plans(ctx context.Context, id domain.CaseID) ([]domain.Plan, error) {
	var rows []planRow
	if err := tx.list(ctx, &rows, listPlans, id.UUID); err != nil {
		return nil, fmt.Errorf("list plans: %w", err)
	}
	return mapped(rows, planRow.plan), nil
}

type recourseRow struct {
	ID           uuid.UUID     `json:"id"`
	Factor       uuid.UUID     `json:"factor_id"`
	Seller       uuid.UUID     `json:"seller_id"`
	Deal         uuid.UUID     `json:"deal_id"`
	Case         uuid.UUID     `json:"case_id"`
	Dispute      uuid.NullUUID `json:"dispute_id"`
	Status       string        `json:"status"`
	Reason       string        `json:"reason"`
	Evidence     string        `json:"evidence"`
	Currency     string        `json:"currency"`
	Part         int64         `json:"part_minor"`
	Claim        int64         `json:"claim_minor"`
	Paid         int64         `json:"paid_minor"`
	Collected    int64         `json:"collected_minor"`
	Reference    string        `json:"reference"`
	MadeBy       uuid.UUID     `json:"made_by"`
	MadeAt       timeCol       `json:"made_at"`
	CheckedBy    uuid.NullUUID `json:"checked_by"`
	ExercisedOn  dateCol       `json:"exercised_on"`
	ExercisedAt  timeCol       `json:"exercised_at"`
	ReassignedAt timeCol       `json:"reassigned_at"`
	PolicyUntil  dateCol       `json:"policy_binds_until"`
	Settled      int64         `json:"settled_minor"`
	AgreedOn     dateCol       `json:"agreed_on"`
}

func (r recourseRow) recourse() domain.Recourse {
	reference, _ := domain.ParseReference(r.Reference) // the schema holds what we wrote
	return domain.Recourse{
		ID: domain.RecourseID{UUID: r.ID}, Factor: domain.OrganizationID{UUID: r.Factor}, Seller: domain.OrganizationID{UUID: r.Seller}, Deal: domain.DealID{UUID: r.Deal},
		Case: domain.CaseID{UUID: r.Case}, Dispute: idOf[domain.DisputeID](r.Dispute), Status: domain.RecourseStatus(r.Status), Reason: domain.RecourseReason(r.Reason),
		Evidence: r.Evidence, Part: amount(r.Part, r.Currency), Claim: amount(r.Claim, r.Currency), Paid: amount(r.Paid, r.Currency), Collected: amount(r.Collected, r.Currency), Settled: amount(r.Settled, r.Currency), AgreedOn: r.AgreedOn.Date, Reference: reference,
		MadeBy: domain.UserID{UUID: r.MadeBy}, MadeAt: r.MadeAt.Time, CheckedBy: idOf[domain.UserID](r.CheckedBy), ExercisedOn: r.ExercisedOn.Date,
		ExercisedAt: r.ExercisedAt.Time, ReassignedAt: r.ReassignedAt.Time, PolicyUntil: r.PolicyUntil.Date,
	}
}

const recourseColumns = `id, factor_id, seller_id, deal_id, case_id, dispute_id, status, reason, evidence, currency, part_minor, claim_minor, paid_minor, collected_minor, reference,
  made_by, made_at, checked_by, exercised_on, exercised_at, reassigned_at, policy_binds_until, settled_minor, agreed_on`

const (
	insertRecourse = `
INSERT INTO recourses (` + recourseColumns + `)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)`
	updateRecourse = `
WITH bound AS (
  UPDATE deals d SET policy_binds_until = greatest(d.policy_binds_until, $10::date) FROM recourses r WHERE r.id = $1 AND d.id = r.deal_id AND $10::date IS NOT NULL
)
UPDATE recourses SET status = $2, claim_minor = $3, paid_minor = $4, checked_by = $5, exercised_on = $6, exercised_at = $7, reassigned_at = $8,
  collected_minor = $9, policy_binds_until = $10, settled_minor = $11, agreed_on = $12 WHERE id = $1`
	findRecourse = `
SELECT deal_id FROM recourses WHERE id = $1 AND (factor_id = $2 OR seller_id = $2 AND exercised_at IS NOT NULL)`
	listRecourses = `
SELECT ` + recourseColumns + ` FROM recourses WHERE deal_id = $1 ORDER BY id`
	insertReport = `
INSERT INTO recourse_reports (id, recourse_id, seller_id, deal_id, kind, currency, amount_minor, happened_on, note, made_by, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	listReports = `
SELECT id, recourse_id, kind, currency, amount_minor, happened_on, note, made_by, made_at FROM recourse_reports WHERE recourse_id = $1 ORDER BY id`
	insertClaimPayment = `
INSERT INTO claim_payments (id, factor_id, seller_id, recourse_id, receipt_id, amount_minor, value_on, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	saveEnding = `
WITH ended AS (
  UPDATE deals SET status = $2, open_minor = $3, recognised_minor = $4, next_accrual_at = $5, paid_in_full_on = $6, settled_at = $7, credited_minor = $8,
    given_back_minor = $9, reserve_used_minor = $10, forgiven_minor = $20 WHERE id = $1
), freed AS (
  UPDATE exposures SET used_minor = used_minor - $11 WHERE $11 > 0 AND factor_id = $12 AND debtor_id = $13 AND currency = $14
), paid AS (
  UPDATE facilities SET used_minor = used_minor - $11 WHERE $11 > 0 AND factor_id = $12 AND currency = $14
), invoiced AS (
  UPDATE invoices SET status = $16, version = $17 WHERE id = $15
)
UPDATE cases SET next_action_at = $18 WHERE id = $19 AND status = 'open'`
)

// SaveRecourse adds a recourse that a first person asks for.
func (tx *Tx) SaveRecourse(ctx context.Context, r domain.Recourse) error {
	err := tx.exec(ctx, insertRecourse, r.ID.UUID, r.Factor.UUID, r.Seller.UUID, r.Deal.UUID, r.Case.UUID, orNull(r.Dispute.UUID), string(r.Status), string(r.Reason),
		r.Evidence, string(r.Part.Currency()), r.Part.Units(), r.Claim.Units(), r.Paid.Units(), r.Collected.Units(), r.Reference.String(), r.MadeBy.UUID, instant(r.MadeAt),
		orNull(r.CheckedBy.UUID), day(r.ExercisedOn), instant(r.ExercisedAt), instant(r.ReassignedAt), day(r.PolicyUntil), r.Settled.Units(), day(r.AgreedOn))
	if violates(err, "recourses_one_proposed") {
		return domain.ErrWrongState.Because("another recourse of this deal is under way").In("under_way")
	}
	return err
}

// UpdateRecourse saves how a recourse stands.
func (tx *Tx) UpdateRecourse(ctx context.Context, r domain.Recourse) error {
	return tx.exec(ctx, updateRecourse, r.ID.UUID, string(r.Status), r.Claim.Units(), r.Paid.Units(), orNull(r.CheckedBy.UUID), day(r.ExercisedOn),
		instant(r.ExercisedAt), instant(r.ReassignedAt), r.Collected.Units(), day(r.PolicyUntil), r.Settled.Units(), day(r.AgreedOn))
}

// RecourseDeal returns the deal of a party's recourse; of one that is only proposed its seller does not know.
func (tx *Tx) RecourseDeal(ctx context.Context, id domain.RecourseID, party domain.OrganizationID) (domain.DealID, error) {
	var deal uuid.UUID
	if err := tx.get(ctx, &deal, findRecourse, id.UUID, party.UUID); err != nil {
		return domain.DealID{}, fmt.Errorf("find recourse %s: %w", id, err)
	}
	return domain.DealID{UUID: deal}, nil
}

// Recourses returns the recourses of a deal.
func (tx *Tx) Recourses(ctx context.Context, deal domain.DealID) ([]domain.Recourse, error) {
	var rows []recourseRow
	if err := tx.list(ctx, &rows, listRecourses, deal.UUID); err != nil {
		return nil, fmt.Errorf("list recourses: %w", err)
	}
	return mapped(rows, recourseRow.recourse), nil
}

type reportRow struct {
	ID       uuid.UUID `json:"id"`
	Recourse uuid.UUID `json:"recourse_id"`
	Kind     string    `json:"kind"`
	Currency string    `json:"currency"`
	Amount   int64     `json:"amount_minor"`
	On       dateCol   `json:"happened_on"`
	Note     string    `json:"note"`
	By       uuid.UUID `json:"made_by"`
	At       timeCol   `json:"made_at"`
}

// SaveReport records what a seller says became of a part that is its own again, and how the recourse
// stands then.
func (tx *Tx) SaveReport(ctx context.Context, r domain.Recourse, report domain.RecourseReport) error {
	err := tx.exec(ctx, insertReport, report.ID.UUID, r.ID.UUID, r.Seller.UUID, r.Deal.UUID, report.Kind, string(report.Amount.Currency()), report.Amount.Units(),
		day(report.On), report.Note, report.By.UUID, instant(report.At))
	if err != nil {
		return fmt.Errorf("save report: %w", err)
	}
	return tx.UpdateRecourse(ctx, r)
}

// Reports returns what a seller said of a part, oldest first.
func (tx *Tx) Reports(ctx context.Context, id domain.RecourseID) ([]domain.RecourseReport, error) {
	var rows []reportRow
	if err := tx.list(ctx, &rows, listReports, id.UUID); err != nil {
		return nil, fmt.Errorf("list reports: %w", err)
	}
	return mapped(rows, func(r reportRow) domain.RecourseReport {
		return domain.RecourseReport{
			ID: domain.RecourseReportID{UUID: r.ID}, Recourse: domain.RecourseID{UUID: r.Recourse}, Kind: r.Kind, Amount: amount(r.Amount, r.Currency), On: r.On.Date,
			Note: r.Note, By: domain.UserID{UUID: r.By}, At: r.At.Time,
		}
	}), nil
}

const sumClaims = `
SELECT currency, sum(claim_minor - paid_minor)::bigint AS minor FROM recourses WHERE factor_id = $1 AND seller_id = $2 AND status = 'exercised' GROUP BY currency`

// ClaimsOn returns what a seller owes to a factor for what was given back to it, in each currency.
func (tx *Tx) ClaimsOn(ctx context.Context, seller, factor domain.OrganizationID) ([]money.Amount, error) {
	var rows []owedRow
	if err := tx.list(ctx, &rows, sumClaims, factor.UUID, seller.UUID); err != nil {
		return nil, fmt.Errorf("sum claims on %s: %w", seller, err)
	}
	return mapped(rows, func(o owedRow) money.Amount { return amount(o.Minor, o.Currency) }), nil
}

// SaveClaimPayment records what of a receipt a seller paid of what it owes.
func (tx *Tx) SaveClaimPayment(ctx context.Context, r domain.Recourse, receipt domain.Receipt, paid money.Amount, id domain.AllocationID, at time.Time) error {
	return tx.exec(ctx, insertClaimPayment, id.UUID, r.Factor.UUID, r.Seller.UUID, r.ID.UUID, receipt.ID.UUID, paid.Units(), day(receipt.ValueDate), instant(at))
}

// SaveEnding saves what the end of a deal's fee clock, or a step on the way to it, changed: the
// deal, its invoice, its orders, the limits that it frees, and when its case is looked at.
func (tx *Tx) SaveEnding(ctx context.Context, d domain.Deal, inv domain.Invoice, payouts []domain.Payout, freed money.Amount, at time.Time) error {
	if len(payouts) > 0 {
		if err := tx.SavePayouts(ctx, payouts); err != nil {
			return fmt.Errorf("save orders: %w", err)
		}
	}
	return tx.exec(ctx, saveEnding, d.ID.UUID, string(d.Status), d.Open.Units(), d.Recognised.Units(), instant(d.NextAccrual), day(d.PaidInFull), instant(d.SettledAt),
		d.Credited.Units(), d.GivenBack.Units(), d.ReserveUsed.Units(), freed.Units(), d.Factor.UUID, d.Debtor.UUID, string(d.Basis.Currency()), inv.ID.UUID,
		string(inv.Status), inv.Version, instant(at), d.Case.UUID, d.Forgiven.Units())
}

type updateRow struct {
	ID      uuid.UUID `json:"id"`
	Case    uuid.UUID `json:"case_id"`
	Deal    uuid.UUID `json:"deal_id"`
	Kind    string    `json:"kind"`
	Subject uuid.UUID `json:"subject_id"`
	At      timeCol   `json:"at"`
}

func (r updateRow) update() domain.Update {
	return domain.Update{
		ID: domain.UpdateID{UUID: r.ID}, Case: domain.CaseID{UUID: r.Case}, Deal: domain.DealID{UUID: r.Deal}, Kind: domain.UpdateKind(r.Kind), Subject: r.Subject, At: r.At.Time,
	}
}

// SaveUpdate has a debtor told of a change.
func (tx *Tx) SaveUpdate(ctx context.Context, u domain.Update) error {
	return tx.exec(ctx, insertUpdate, u.ID.UUID, u.Case.UUID, u.Deal.UUID, string(u.Kind), uuid.UUID(u.Subject), instant(u.At))
}

// ReleaseCause ends the holds of a case that something caused.
func (tx *Tx) ReleaseCause(ctx context.Context, id domain.CaseID, cause [16]byte, at time.Time) error {
	return tx.exec(ctx, releaseCause, id.UUID, uuid.UUID(cause), instant(at))
}

type moveRow struct {
	On       dateCol `json:"on"`
	Open     int64   `json:"open"`
	Disputed int64   `json:"disputed"`
}

func (r moveRow) move(currency string) domain.Move {
	return domain.Move{On: r.On.Date, Open: amount(r.Open, currency), Disputed: amount(r.Disputed, currency)}
}

// waitRow is for what a factor let somebody wait.
type waitRow struct {
	Cause   string  `json:"cause"`
	Topic   string  `json:"topic"`
	Country string  `json:"country"` // the factor's
	Since   dateCol `json:"since"`
	Until   dateCol `json:"until"`
}

// feeStops are the waits that were too long.
func feeStops(waits []waitRow) []domain.FeeStop {
	var stops []domain.FeeStop
	for _, w := range waits {
		allowed := domain.PlanWordDays
		if domain.FeeStopCause(w.Cause) == domain.FeeStopAnswer {
			allowed = domain.Topic(w.Topic).AnswerDays()
		}
		if stop, late := domain.LateStop(domain.FeeStopCause(w.Cause), allowed, w.Since.Date, w.Until.Date, domain.BusinessDays(w.Country)); late {
			stops = append(stops, stop)
		}
	}
	return stops
}
