package repository

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"comity/domain"
	"comity/money"
)

const caseColumns = `id, world_id, factor_id, seller_id, debtor_id, relationship_id, status, tone, cycle, next_action_at, waits_for, external, disclosure, telling_at, opened_at, closed_at`

const (
	lockCaseAndAddress = `
SELECT c.id, c.world_id, coalesce(r.email, '') AS email
  FROM cases c JOIN relationships r ON r.id = c.relationship_id WHERE c.id = $1 FOR UPDATE OF c`
	// Seven days lie between two messages to one debtor about one seller, whoever holds the
	// case and to which address they go: who plans for the pair plans alone. The case is
	// locked before, the address after.
	loadCase = `
WITH pair AS MATERIALIZED (
  SELECT pg_advisory_xact_lock(hashtextextended(c.seller_id::text || r.debtor_id::text, 2))
    FROM cases c JOIN relationships r ON r.id = c.relationship_id WHERE c.id = $1
)
SELECT load_case($1, $2, $3) || case_agreements($1) || case_mediations($1) || case_thanks($1, $3) || case_outside($1) || case_laws($1) || case_own($1, $3) FROM pair`
	readCaseAndAddress = `
SELECT c.id, c.world_id, coalesce(r.email, '') AS email
  FROM cases c JOIN relationships r ON r.id = c.relationship_id WHERE c.id = $1`
	readCaseFacts = `
SELECT case_facts($1, $2, $3) || case_agreements($1) || case_mediations($1) || case_thanks($1, $3) || case_outside($1) || case_laws($1) || case_own($1, $3)`
	lockCase = `
SELECT ` + caseColumns + ` FROM cases WHERE factor_id = $2 AND id = $1 FOR UPDATE`
	readSellerCase = `
SELECT ` + caseColumns + ` FROM cases WHERE seller_id = $2 AND id = $1`
	listSellerCases = `
SELECT ` + caseColumns + ` FROM cases WHERE seller_id = $1 AND ($2 = '' OR status = $2) AND id > $3 ORDER BY id LIMIT $4`
	saveCase = `
UPDATE cases SET status = $2, tone = $3, cycle = $4, next_action_at = $5, waits_for = $6, closed_at = $7 WHERE id = $1`
)

var (
	readFactorCase  = strings.Replace(readSellerCase, "seller_id = $2", "factor_id = $2", 1)
	listFactorCases = strings.Replace(listSellerCases, "seller_id = $1", "factor_id = $1", 1)
)

// LockCase returns and locks a case of a factor.
func (tx *Tx) LockCase(ctx context.Context, id domain.CaseID, factor domain.OrganizationID) (domain.Case, error) {
	var row caseBrief
	if err := tx.get(ctx, &row, lockCase, id.UUID, factor.UUID); err != nil {
		return domain.Case{}, fmt.Errorf("lock case %s: %w", id, err)
	}
	return row.brief(), nil
}

// Case returns a case of one side's.
func (tx *Tx) Case(ctx context.Context, id domain.CaseID, org domain.OrganizationID, kind domain.OrganizationKind) (domain.Case, error) {
	var row caseBrief
	if err := tx.get(ctx, &row, bySide(kind, readSellerCase, readFactorCase, readSellerCase), id.UUID, org.UUID); err != nil {
		return domain.Case{}, fmt.Errorf("read case %s: %w", id, err)
	}
	return row.brief(), nil
}

// Cases returns a page of one side's cases.
func (tx *Tx) Cases(ctx context.Context, org domain.OrganizationID, kind domain.OrganizationKind, status string, page domain.Page) ([]domain.Case, error) {
	var rows []caseBrief
	if err := tx.list(ctx, &rows, bySide(kind, listSellerCases, listFactorCases, listSellerCases), org.UUID, status, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list cases: %w", err)
	}
	return mapped(rows, caseBrief.brief), nil
}

// SaveCase saves how a case stands and when it is looked at again.
func (tx *Tx) SaveCase(ctx context.Context, c domain.Case) error {
	return tx.exec(ctx, saveCase, c.ID.UUID, string(c.Status), c.Tone, c.Cycle, instant(c.NextActionAt), c.WaitsFor, instant(c.ClosedAt))
}

type caseItemRow struct {
	Deal           dealRow `json:"deal"`
	Issued         dateCol `json:"issued_on"`
	OrderReference string  `json:"order_reference"`
	Summary        string  `json:"summary"`
	IntroducedAt   timeCol `json:"introduced_at"`
	NoticeAt       timeCol `json:"notice_at"`
}

func (r caseItemRow) item() domain.CaseItem {
	return domain.CaseItem{
		Deal: r.Deal.deal(), Issued: r.Issued.Date, OrderReference: r.OrderReference, Summary: r.Summary,
		IntroducedAt: r.IntroducedAt.Time, NoticeAt: r.NoticeAt.Time,
	}
}

type feedRow struct {
	Account accountRow     `json:"account"`
	Spans   []statementRow `json:"spans"` // their days and balances only
}

func (r feedRow) feed() domain.Feed {
	return domain.Feed{Account: r.Account.account(), Spans: mapped(r.Spans, statementRow.span)}
}

type caseAllocationRow struct {
	ID        uuid.UUID `json:"id"`
	Receipt   uuid.UUID `json:"receipt_id"`
	Deal      uuid.UUID `json:"deal_id"`
	Case      uuid.UUID `json:"case_id"`
	Factor    uuid.UUID `json:"factor_id"`
	Seller    uuid.UUID `json:"seller_id"`
	Minor     int64     `json:"amount_minor"`
	ValueOn   dateCol   `json:"value_on"`
	AppliedAt timeCol   `json:"applied_at"`
}

func (r caseAllocationRow) allocation() domain.Allocation {
	return domain.Allocation{
		ID: domain.AllocationID{UUID: r.ID}, Receipt: domain.ReceiptID{UUID: r.Receipt}, Deal: domain.DealID{UUID: r.Deal}, Case: domain.CaseID{UUID: r.Case},
		Factor: domain.OrganizationID{UUID: r.Factor}, Seller: domain.OrganizationID{UUID: r.Seller}, Minor: r.Minor, ValueOn: r.ValueOn.Date, AppliedAt: r.AppliedAt.Time,
	}
}

type contactRow struct {
	At      timeCol `json:"at"`
	Own     bool    `json:"own"`
	Ours    bool    `json:"ours"`
	Counted bool    `json:"counted"`
	Daily   bool    `json:"daily"`
	Call    bool    `json:"call"`
	Spoken  bool    `json:"conversation"`
}

func (r contactRow) contact() domain.Contact {
	return domain.Contact{At: r.At.Time, Own: r.Own, Ours: r.Ours, Counted: r.Counted, Daily: r.Daily, Call: r.Call, Spoken: r.Spoken}
}

type caseFactsRow struct {
	outsideRow

	Case          caseBrief           `json:"kase"`
	Factor        organizationRow     `json:"factor"`
	Seller        organizationRow     `json:"seller"`
	Relationship  relationshipRow     `json:"relationship"`
	Items         []caseItemRow       `json:"items"`
	Feeds         []feedRow           `json:"feeds"`
	Holds         []holdRow           `json:"holds"`
	Pauses        []pauseRow          `json:"pauses"`
	Stops         []stopRow           `json:"stops"`
	Promises      []promiseRow        `json:"promises"`
	Disputes      []disputeRow        `json:"disputes"`
	Plans         []planRow           `json:"plans"`
	Recourses     []recourseRow       `json:"recourses"`
	Mediations    []mediationRow      `json:"mediations"`
	Updates       []updateRow         `json:"updates"`
	Questions     []questionRow       `json:"questions"`
	Replies       []replyFactRow      `json:"replies"`
	Touches       []touchRow          `json:"touches"`
	Approvals     []approvalRow       `json:"approvals"`
	Playbook      playbookRow         `json:"playbook"`
	Voice         voiceRow            `json:"voice"`
	Preferences   preferencesRow      `json:"preferences"`
	NotByPhone    bool                `json:"not_by_phone"`
	SellersHere   int                 `json:"sellers_here"`
	Owed          []owedRow           `json:"owed"`
	KnownSince    dateCol             `json:"known_since"`
	PaidOnTime    int                 `json:"on_time"`
	InRow         int                 `json:"in_row"`
	Recognised    int                 `json:"recognised"`
	RecognisedAt  timeCol             `json:"recognised_at"`
	Appreciation  appreciationRow     `json:"appreciation"`
	LastPaidAt    timeCol             `json:"last_paid_at"`
	Unthanked     []caseAllocationRow `json:"unthanked"`
	Unidentified  []receiptRow        `json:"unidentified"`
	Contacts      []contactRow        `json:"contacts"`
	LastElsewhere timeCol             `json:"last_elsewhere"`
	OwnAt         timeCol             `json:"own_at"`
	WaitingSince  timeCol             `json:"waiting_since"`
	Laws          []lawSignatureRow   `json:"law_signatures"`
	Refused       []struct {
		Step  string   `json:"step"`
		At    timeCol  `json:"at"`
		Again timeCol  `json:"again"`
		Codes []string `json:"codes"`
		Since timeCol  `json:"since"`
		Place timeCol  `json:"place_since"`
	} `json:"refused"`
}

// later returns the later of two moments.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (r caseFactsRow) facts(now time.Time, key []byte) domain.CaseFacts {
	f := domain.CaseFacts{
		Now: now, Case: r.Case.brief(), Factor: r.Factor.organization(), Seller: r.Seller.organization(), Relationship: r.Relationship.relationship(),
		ContactKey: key, Items: mapped(r.Items, caseItemRow.item), Feeds: mapped(r.Feeds, feedRow.feed), Holds: mapped(r.Holds, holdRow.hold),
		Pauses: mapped(r.Pauses, pauseRow.pause), Stops: mapped(r.Stops, stopRow.stop), Promises: mapped(r.Promises, promiseRow.promise),
		Disputes: mapped(r.Disputes, disputeRow.dispute), Plans: mapped(r.Plans, planRow.plan),
		Recourses: mapped(r.Recourses, recourseRow.recourse), Mediations: mapped(r.Mediations, mediationRow.mediation), Updates: mapped(r.Updates, updateRow.update), Questions: mapped(r.Questions, questionRow.question), Replies: mapped(r.Replies, replyFactRow.fact),
		Touches: mapped(r.Touches, touchRow.touch), Approvals: mapped(r.Approvals, approvalRow.approval), Playbook: r.Playbook.playbook(), Voice: r.Voice.voice(),
		Preferences: r.Preferences.preferences(), NotByPhone: r.NotByPhone, SellersHere: r.SellersHere, KnownSince: r.KnownSince.Date, PaidOnTime: r.PaidOnTime, LastPaidAt: r.LastPaidAt.Time,
		Owed:      mapped(r.Owed, func(o owedRow) money.Amount { return amount(o.Minor, o.Currency) }),
		Unthanked: mapped(r.Unthanked, caseAllocationRow.allocation),
		InRow:     r.InRow, Recognised: r.Recognised, RecognisedAt: r.RecognisedAt.Time, Appreciation: r.Appreciation.appreciation(),
		Unidentified: mapped(r.Unidentified, receiptRow.receipt), Contacts: mapped(r.Contacts, contactRow.contact),
		LastElsewhere: later(r.LastElsewhere.Time, r.OwnAt.Time), WaitingSince: r.WaitingSince.Time, Laws: mapped(r.Laws, lawSignatureRow.signature), Refused: map[string]domain.LastRefusal{},
	}
	r.into(&f)
	for _, last := range r.Refused {
		f.Refused[last.Step] = domain.LastRefusal{At: last.At.Time, Again: last.Again.Time, Codes: last.Codes, Since: last.Since.Time, PlaceSince: last.Place.Time}
	}
	return f
}

// CaseFacts locks a case and the window of its contact, in this order, and
// returns what its next step depends on at the caller's time.
func (tx *Tx) CaseFacts(ctx context.Context, id domain.CaseID) (domain.CaseFacts, error) {
	return tx.caseFacts(ctx, id, lockCaseAndAddress, loadCase)
}

// CaseLook returns what the next step of a case depends on, and locks nothing.
func (tx *Tx) CaseLook(ctx context.Context, id domain.CaseID) (domain.CaseFacts, error) {
	return tx.caseFacts(ctx, id, readCaseAndAddress, readCaseFacts)
}

func (tx *Tx) caseFacts(ctx context.Context, id domain.CaseID, find, load string) (domain.CaseFacts, error) {
	var found struct {
		ID    uuid.UUID `json:"id"`
		World uuid.UUID `json:"world_id"`
		Email string    `json:"email"`
	}
	if err := tx.get(ctx, &found, find, id.UUID); err != nil {
		return domain.CaseFacts{}, fmt.Errorf("find case %s: %w", id, err)
	}
	now, key := tx.entry.By.Now, domain.ContactKey(domain.WorldID{UUID: found.World}, found.Email)
	var data []byte
	if err := tx.get(ctx, &data, load, id.UUID, key, instant(now)); err != nil {
		return domain.CaseFacts{}, fmt.Errorf("load case %s: %w", id, err)
	}
	var row caseFactsRow
	if err := loaded(data, &row); err != nil {
		return domain.CaseFacts{}, err
	}
	return row.facts(now, key), nil
}
