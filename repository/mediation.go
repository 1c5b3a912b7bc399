package repository

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
)

// timetableRow, objectionRow and proposalRow are the stored forms of what a mediation holds.
type timetableRow struct {
	N          int                     `json:"n"`
	PapersBy   string                  `json:"papers_by"`
	TalkOn     string                  `json:"talk_on"`
	ProposalBy string                  `json:"proposal_by"`
	At         time.Time               `json:"at"`
	Agreed     domain.Sides[time.Time] `json:"agreed"`
}

type mediationObjectionRow struct {
	Mediator uuid.UUID `json:"mediator_id"`
	By       string    `json:"by"`
	Reason   string    `json:"reason"`
	At       time.Time `json:"at"`
}

type mediationProposalRow struct {
	N            int                       `json:"n"`
	Credit       int64                     `json:"credit_minor"`
	Currency     string                    `json:"currency"`
	Reasons      string                    `json:"reasons"`
	RootCause    string                    `json:"root_cause"`
	At           time.Time                 `json:"at"`
	Words        domain.Sides[domain.Word] `json:"words"`
	CreditNumber string                    `json:"credit_number"`
}

type mediationRow struct {
	ID           uuid.UUID                          `json:"id"`
	World        uuid.UUID                          `json:"world_id"`
	Dispute      uuid.UUID                          `json:"dispute_id"`
	Case         uuid.UUID                          `json:"case_id"`
	Factor       uuid.UUID                          `json:"factor_id"`
	Seller       uuid.UUID                          `json:"seller_id"`
	Deal         uuid.UUID                          `json:"deal_id"`
	Status       string                             `json:"status"`
	AskedBy      string                             `json:"asked_by"`
	OfferedAt    timeCol                            `json:"offered_at"`
	AnswerBy     dateCol                            `json:"answer_by"`
	Answers      jsonCol[domain.Sides[domain.Word]] `json:"answers"`
	AgreedAt     timeCol                            `json:"agreed_at"`
	BeginBy      dateCol                            `json:"begin_by"`
	Mediator     uuid.NullUUID                      `json:"mediator_id"`
	MediatorName string                             `json:"mediator_name"`
	AppointedAt  timeCol                            `json:"appointed_at"`
	Objections   jsonCol[[]mediationObjectionRow]   `json:"objections"`
	Timetable    jsonCol[*timetableRow]             `json:"timetable"`
	Timetables   int                                `json:"timetables"`
	Proposals    jsonCol[[]mediationProposalRow]    `json:"proposals"`
	EndedAt      timeCol                            `json:"ended_at"`
	EndedWhy     string                             `json:"ended_why"`
}

func (r mediationRow) mediation() domain.Mediation {
	m := domain.Mediation{
		ID: domain.MediationID{UUID: r.ID}, World: domain.WorldID{UUID: r.World}, Dispute: domain.DisputeID{UUID: r.Dispute}, Case: domain.CaseID{UUID: r.Case},
		Factor: domain.OrganizationID{UUID: r.Factor}, Seller: domain.OrganizationID{UUID: r.Seller}, Deal: domain.DealID{UUID: r.Deal},
		Status: domain.MediationStatus(r.Status), AskedBy: domain.Side(r.AskedBy), OfferedAt: r.OfferedAt.Time, AnswerBy: r.AnswerBy.Date, Answers: r.Answers.Value,
		AgreedAt: r.AgreedAt.Time, BeginBy: r.BeginBy.Date, Mediator: idOf[domain.OrganizationID](r.Mediator), MediatorName: r.MediatorName,
		AppointedAt: r.AppointedAt.Time, Timetables: r.Timetables, EndedAt: r.EndedAt.Time, EndedWhy: r.EndedWhy,
	}
	for _, o := range r.Objections.Value {
		m.Objections = append(m.Objections, domain.MediationObjection{Mediator: domain.OrganizationID{UUID: o.Mediator}, By: domain.Side(o.By), Reason: o.Reason, At: o.At})
	}
	for _, p := range r.Proposals.Value {
		m.Proposals = append(m.Proposals, domain.MediationProposal{
			N: p.N, Credit: amount(p.Credit, p.Currency), Reasons: p.Reasons, RootCause: p.RootCause, At: p.At, Words: p.Words, CreditNumber: p.CreditNumber,
		})
	}
	if t := r.Timetable.Value; t != nil {
		day := func(text string) domain.Date {
			d, _ := domain.ParseDate(text) // the schema holds what we wrote
			return d
		}
		m.Timetable = &domain.Timetable{N: t.N, PapersBy: day(t.PapersBy), TalkOn: day(t.TalkOn), ProposalBy: day(t.ProposalBy), At: t.At, Agreed: t.Agreed}
	}
	return m
}

const mediationColumns = `id, world_id, dispute_id, case_id, factor_id, seller_id, deal_id, status, asked_by, offered_at, answer_by, answers, agreed_at, begin_by,
  mediator_id, mediator_name, appointed_at, objections, timetable, timetables, proposals, ended_at, ended_why`

const (
	saveMediation = `
INSERT INTO mediations (` + mediationColumns + `)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13, $14, $15, $16, $17, $18::jsonb, $19::jsonb, $20, $21::jsonb, $22, $23)
ON CONFLICT (id) DO UPDATE SET status = excluded.status, answers = excluded.answers, agreed_at = excluded.agreed_at, begin_by = excluded.begin_by,
  mediator_id = excluded.mediator_id, mediator_name = excluded.mediator_name, appointed_at = excluded.appointed_at, objections = excluded.objections,
  timetable = excluded.timetable, timetables = excluded.timetables, proposals = excluded.proposals, ended_at = excluded.ended_at, ended_why = excluded.ended_why`
	findMediation = `
SELECT dispute_id, deal_id FROM mediations WHERE id = $1 AND (factor_id = $2 OR seller_id = $2 OR mediator_id = $2 OR case_id = $3 OR $4)`
	findMediated = `
SELECT id AS dispute_id, deal_id FROM disputes WHERE id = $1 AND (factor_id = $2 OR seller_id = $2 OR case_id = $3)`
	lockMediations = `
SELECT ` + mediationColumns + ` FROM mediations WHERE dispute_id = $1 ORDER BY id FOR UPDATE`
	readDebtorOfCase = `
SELECT r.name, r.country, r.time_zone FROM cases k JOIN relationships r ON r.id = k.relationship_id WHERE k.id = $1`
	readMediationView = `
SELECT mediation_view($1)`
	listMediatorMediations = `
SELECT ` + mediationColumns + ` FROM mediations WHERE mediator_id = $1 AND ($2 = '' OR status = $2) AND id > $3 ORDER BY id LIMIT $4`
	listFactorMediations = `
SELECT ` + mediationColumns + ` FROM mediations WHERE factor_id = $1 AND ($2 = '' OR status = $2) AND id > $3 ORDER BY id LIMIT $4`
	listSellerMediations = `
SELECT ` + mediationColumns + ` FROM mediations WHERE seller_id = $1 AND ($2 = '' OR status = $2) AND id > $3 ORDER BY id LIMIT $4`
	listMediations = `
SELECT ` + mediationColumns + ` FROM mediations WHERE ($1 = '' OR status = $1) AND id > $2 ORDER BY id LIMIT $3`
	listDisputeMediations = `
SELECT ` + mediationColumns + ` FROM mediations WHERE dispute_id = $1 ORDER BY id`
	// Whoever has an address of the seller, the factor, or anybody who is or was written to for
	// the debtor is not neutral.
	findPartiality = `
SELECT EXISTS (SELECT FROM (
    SELECT lower(u.email) AS email FROM users u WHERE u.org_id = $1 UNION SELECT lower(o.email) FROM organizations o WHERE o.id = $1) own
  JOIN (
    SELECT lower(u.email) AS email FROM users u WHERE u.org_id IN ($2, $3)
    UNION SELECT lower(o.email) FROM organizations o WHERE o.id IN ($2, $3)
    UNION SELECT lower(r.email) FROM relationships r WHERE r.debtor_id = $4 AND r.email IS NOT NULL
    UNION SELECT lower(l.recipient) FROM links l WHERE l.case_id = $5) theirs USING (email)) AS partial`
	saveMediator = `
INSERT INTO mediators (organization_id, world_id, name, body, number, valid_until, languages, admitted_by, admitted_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (organization_id) DO UPDATE SET name = excluded.name, body = excluded.body, number = excluded.number, valid_until = excluded.valid_until,
  languages = excluded.languages, admitted_by = excluded.admitted_by, admitted_at = excluded.admitted_at`
	readMediator = `
SELECT organization_id, world_id, name, body, number, valid_until, languages, admitted_by, admitted_at FROM mediators WHERE organization_id = $1`
	listMediators = `
SELECT organization_id, world_id, name, body, number, valid_until, languages, admitted_by, admitted_at
  FROM mediators WHERE ($1::uuid IS NULL OR world_id = $1) AND organization_id > $2 ORDER BY organization_id LIMIT $3`
)

// SaveMediation adds a mediation, or saves how it stands.
func (tx *Tx) SaveMediation(ctx context.Context, m domain.Mediation) error {
	objections := mapped(m.Objections, func(o domain.MediationObjection) mediationObjectionRow {
		return mediationObjectionRow{o.Mediator.UUID, string(o.By), o.Reason, o.At.UTC()}
	})
	proposals := mapped(m.Proposals, func(p domain.MediationProposal) mediationProposalRow {
		return mediationProposalRow{p.N, p.Credit.Units(), string(p.Credit.Currency()), p.Reasons, p.RootCause, p.At.UTC(), p.Words, p.CreditNumber}
	})
	var timetable any
	if t := m.Timetable; t != nil {
		timetable = timetableRow{t.N, t.PapersBy.String(), t.TalkOn.String(), t.ProposalBy.String(), t.At.UTC(), t.Agreed}
	}
	var texts [4]any
	for i, part := range []any{m.Answers, objections, timetable, proposals} {
		if part == nil {
			continue
		}
		data, err := json.Marshal(part)
		if err != nil {
			return fmt.Errorf("encode mediation: %w", err)
		}
		texts[i] = string(data)
	}
	err := tx.exec(ctx, saveMediation, m.ID.UUID, m.World.UUID, m.Dispute.UUID, m.Case.UUID, m.Factor.UUID, m.Seller.UUID, m.Deal.UUID, string(m.Status), string(m.AskedBy),
		instant(m.OfferedAt), day(m.AnswerBy), texts[0], instant(m.AgreedAt), day(m.BeginBy), orNull(m.Mediator.UUID), m.MediatorName, instant(m.AppointedAt),
		texts[1], texts[2], m.Timetables, texts[3], instant(m.EndedAt), m.EndedWhy)
	if violates(err, "mediations_one_live") {
		return domain.ErrWrongState.Because("mediation is offered or under way").In(string(domain.MediationOffered))
	}
	return err
}

// mediatedRow is which dispute and deal a mediation is about.
type mediatedRow struct {
	Dispute uuid.UUID `json:"dispute_id"`
	Deal    uuid.UUID `json:"deal_id"`
}

// MediationFile locks invoice, deal, case, dispute and mediations, in this order, and returns one
// that is somebody's: an organisation's, of a debtor's case, or (any) the platform's to appoint. One of
// nobody's is ErrNotFound.
func (tx *Tx) MediationFile(ctx context.Context, id domain.MediationID, org domain.OrganizationID, kase domain.CaseID, any bool) (domain.MediationFile, error) {
	var found mediatedRow
	if err := tx.get(ctx, &found, findMediation, id.UUID, orNull(org.UUID), orNull(kase.UUID), any); err != nil {
		return domain.MediationFile{}, fmt.Errorf("find mediation %s: %w", id, err)
	}
	file, err := tx.mediated(ctx, found)
	if err != nil {
		return file, err
	}
	for _, m := range file.Others {
		if m.ID == id {
			file.Mediation = m
		}
	}
	if m := file.Mediation; !any && m.Factor != org && m.Seller != org && m.Mediator != org && m.Case != kase { // another neutral was appointed while we waited
		return file, domain.ErrNotFound
	}
	return file, nil
}

// DisputeMediations locks the same, for a dispute of a party's or of a debtor's case.
func (tx *Tx) DisputeMediations(ctx context.Context, id domain.DisputeID, org domain.OrganizationID, kase domain.CaseID) (domain.MediationFile, error) {
	var found mediatedRow
	if err := tx.get(ctx, &found, findMediated, id.UUID, orNull(org.UUID), orNull(kase.UUID)); err != nil {
		return domain.MediationFile{}, fmt.Errorf("find dispute %s: %w", id, err)
	}
	return tx.mediated(ctx, found)
}

func (tx *Tx) mediated(ctx context.Context, found mediatedRow) (domain.MediationFile, error) {
	var f domain.MediationFile
	var err error
	if f.Deal, err = tx.DealFile(ctx, domain.DealID{UUID: found.Deal}); err != nil {
		return f, err
	}
	if f.Dispute, err = tx.lockDispute(ctx, domain.DisputeID{UUID: found.Dispute}); err != nil {
		return f, err
	}
	if f.Others, err = tx.LockMediations(ctx, f.Dispute.ID); err != nil {
		return f, err
	}
	var debtor struct {
		Name     string  `json:"name"`
		Country  textCol `json:"country"`
		TimeZone textCol `json:"time_zone"`
	}
	if err = tx.get(ctx, &debtor, readDebtorOfCase, f.Dispute.Case.UUID); err != nil {
		return f, fmt.Errorf("read debtor of %s: %w", f.Dispute.Case, err)
	}
	f.Debtor = domain.Relationship{Name: debtor.Name, Country: string(debtor.Country), TimeZone: string(debtor.TimeZone)}
	return f, nil
}

// LockMediations returns and locks the mediations of a dispute, oldest first.
func (tx *Tx) LockMediations(ctx context.Context, id domain.DisputeID) ([]domain.Mediation, error) {
	return tx.mediations(ctx, lockMediations, id.UUID)
}

// DisputeMediation returns the newest mediation of a dispute; false: it has none.
func (tx *Tx) DisputeMediation(ctx context.Context, id domain.DisputeID) (domain.Mediation, bool, error) {
	all, err := tx.mediations(ctx, listDisputeMediations, id.UUID)
	if err != nil || len(all) == 0 {
		return domain.Mediation{}, false, err
	}
	return all[len(all)-1], true, nil
}

func (tx *Tx) mediations(ctx context.Context, query string, args ...any) ([]domain.Mediation, error) {
	var rows []mediationRow
	if err := tx.list(ctx, &rows, query, args...); err != nil {
		return nil, fmt.Errorf("list mediations: %w", err)
	}
	return mapped(rows, mediationRow.mediation), nil
}

// Mediations returns a page of an organisation's mediations; the platform's are all of them.
func (tx *Tx) Mediations(ctx context.Context, org domain.OrganizationID, kind domain.OrganizationKind, status string, page domain.Page) ([]domain.Mediation, error) {
	switch kind {
	case domain.KindPlatform:
		return tx.mediations(ctx, listMediations, status, page.After, page.Limit)
	case domain.KindMediator:
		return tx.mediations(ctx, listMediatorMediations, org.UUID, status, page.After, page.Limit)
	case domain.KindFactor:
		return tx.mediations(ctx, listFactorMediations, org.UUID, status, page.After, page.Limit)
	default:
		return tx.mediations(ctx, listSellerMediations, org.UUID, status, page.After, page.Limit)
	}
}

type mediationViewRow struct {
	Mediation *mediationRow `json:"mediation"`
	Dispute   disputeRow    `json:"dispute"`
	Notes     []noteRow     `json:"notes"`
	Evidence  []evidenceRow `json:"evidence"`
	Debtor    string        `json:"debtor"`
	Seller    string        `json:"seller"`
	Factor    string        `json:"factor"`
	Number    string        `json:"invoice_number"`
	IssuedOn  dateCol       `json:"issued_on"`
	DueOn     dateCol       `json:"due_on"`
	Currency  string        `json:"currency"`
	Basis     int64         `json:"basis_minor"`
	Open      int64         `json:"open_minor"`
}

// MediationView returns what a mediation shows to the transaction's party or neutral. One of
// nobody's is ErrNotFound.
func (tx *Tx) MediationView(ctx context.Context, id domain.MediationID) (domain.MediationView, error) {
	var data []byte
	if err := tx.get(ctx, &data, readMediationView, id.UUID); err != nil {
		return domain.MediationView{}, fmt.Errorf("read mediation %s: %w", id, err)
	}
	var row mediationViewRow
	if err := loaded(data, &row); err != nil {
		return domain.MediationView{}, err
	}
	if row.Mediation == nil {
		return domain.MediationView{}, domain.ErrNotFound
	}
	return domain.MediationView{
		Mediation: row.Mediation.mediation(), Dispute: row.Dispute.dispute(), Notes: mapped(row.Notes, noteRow.note), Evidence: mapped(row.Evidence, evidenceRow.evidence),
		DebtorName: row.Debtor, SellerName: row.Seller, Factor: row.Factor, InvoiceNumber: row.Number, IssuedOn: row.IssuedOn.Date, DueOn: row.DueOn.Date,
		Invoiced: amount(row.Basis, row.Currency), Open: amount(row.Open, row.Currency),
	}, nil
}

// Partial reports whether somebody of an organisation belongs to a party of a mediation.
func (tx *Tx) Partial(ctx context.Context, org domain.OrganizationID, m domain.Mediation, debtor domain.DebtorID) (bool, error) {
	var partial bool
	if err := tx.get(ctx, &partial, findPartiality, org.UUID, m.Factor.UUID, m.Seller.UUID, debtor.UUID, m.Case.UUID); err != nil {
		return false, fmt.Errorf("look for who is partial: %w", err)
	}
	return partial, nil
}

type mediatorRow struct {
	Organization uuid.UUID `json:"organization_id"`
	World        uuid.UUID `json:"world_id"`
	Name         string    `json:"name"`
	Body         string    `json:"body"`
	Number       string    `json:"number"`
	ValidUntil   dateCol   `json:"valid_until"`
	Languages    textsCol  `json:"languages"`
	AdmittedBy   uuid.UUID `json:"admitted_by"`
	AdmittedAt   timeCol   `json:"admitted_at"`
}

func (r mediatorRow) mediator() domain.Mediator {
	return domain.Mediator{
		Organization: domain.OrganizationID{UUID: r.Organization}, World: domain.WorldID{UUID: r.World}, Name: r.Name, Body: r.Body, Number: r.Number,
		ValidUntil: r.ValidUntil.Date, Languages: r.Languages, AdmittedBy: domain.UserID{UUID: r.AdmittedBy}, AdmittedAt: r.AdmittedAt.Time,
	}
}

// SaveMediator adds an entry to the register of neutrals, or changes it.
func (tx *Tx) SaveMediator(ctx context.Context, m domain.Mediator) error {
	return tx.exec(ctx, saveMediator, m.Organization.UUID, m.World.UUID, m.Name, m.Body, m.Number, day(m.ValidUntil), pq.Array(notNil(m.Languages)), m.AdmittedBy.UUID, instant(m.AdmittedAt))
}

// Mediator returns an entry of the register; one that there is not is ErrNotFound.
func (tx *Tx) Mediator(ctx context.Context, org domain.OrganizationID) (domain.Mediator, error) {
	var row mediatorRow
	if err := tx.get(ctx, &row, readMediator, org.UUID); err != nil {
		return domain.Mediator{}, fmt.Errorf("read entry of %s: %w", org, err)
	}
	return row.mediator(), nil
}

// Mediators returns a page of the register of a world; the zero world is all of them.
func (tx *Tx) Mediators(ctx context.Context, world domain.WorldID, page domain.Page) ([]domain.Mediator, error) {
	var rows []mediatorRow
	if err := tx.list(ctx, &rows, listMediators, orNull(world.UUID), page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list mediators: %w", err)
	}
	return mapped(rows, mediatorRow.mediator), nil
}
