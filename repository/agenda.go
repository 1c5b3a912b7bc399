package repository

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
)

// The facts that decide what a case waits for are loaded for many cases at once, each kind
// with one statement: what [collections.Next] reads. Words, settled invoices, and what only
// the gate asks for stay where they are.
const (
	// One plan is right for any thousand cases, and takes as long to make as to use. What
	// row-level security adds lets the planner expect one row where there are a thousand:
	// it would read and sort all that is due for each part.
	planOnce = `
SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_bitmapscan', 'off', true)`
	// The limit is no parameter, so that the planner knows it.
	claimAgenda = `
SELECT ` + caseColumns + ` FROM cases
 WHERE world_id = $1 AND next_action_at <= $2 AND (next_action_at, id) > ($3, $4) ORDER BY next_action_at, id LIMIT 1000 FOR NO KEY UPDATE SKIP LOCKED`
	agendaFactors = `
SELECT id, country, time_zone FROM organizations WHERE id = ANY ($1::uuid[])`
	agendaRelationships = `
SELECT id, legal_type, country, region, time_zone, coalesce(email, '') AS email, phone, heads_up, approval FROM relationships WHERE id = ANY ($1::uuid[])`
	agendaOwed = `
SELECT k.id AS case_id, d.currency, sum(d.open_minor)::bigint AS minor
  FROM cases k JOIN deals d ON d.factor_id = k.factor_id AND d.debtor_id = k.debtor_id AND d.status IN ('made', 'paid_out')
 WHERE k.id = ANY ($1::uuid[]) GROUP BY k.id, d.currency`
	agendaItems = `
SELECT d.case_id, d.collection_account_id, d.currency, array_agg(d.id) AS ids, array_agg(d.due_on) AS due, array_agg(d.issued_on) AS issued,
       array_agg(d.open_minor) AS open, array_agg(d.id) FILTER (WHERE n.deal_id IS NOT NULL OR d.disclosure = 'confidential' AND d.funding_date IS NULL) AS untold,
       array_agg(d.id) FILTER (WHERE d.status NOT IN ('made', 'paid_out')) AS given_back
  FROM deals d LEFT JOIN conditions n ON n.deal_id = d.id AND n.code = 'notice_delivered' AND n.occurred_at IS NULL
 WHERE d.case_id = ANY ($1::uuid[]) AND d.status NOT IN ('settled', 'cancelled') GROUP BY d.case_id, d.collection_account_id, d.currency`
	agendaIntroduced = `
SELECT deal_id, occurred_at FROM conditions WHERE deal_id = ANY ($1::uuid[]) AND code = 'introduced' AND occurred_at IS NOT NULL`
	agendaFeeds = `
SELECT l.account_id, l.from_on, l.to_on, l.currency, l.opening_minor, l.closing_minor FROM unnest($1::uuid[]) AS a(id) CROSS JOIN LATERAL (
  SELECT s.id, s.account_id, s.from_on, s.to_on, s.currency, s.opening_minor, s.closing_minor FROM statements s WHERE s.account_id = a.id ORDER BY s.to_on DESC, s.id DESC LIMIT 60) l
 ORDER BY l.account_id, l.from_on, l.id`
	agendaTouches = `
SELECT case_id, id, cycle, step, class, tone, rung, people, template, asked_for, result, status, recipient, array_send(items) AS sent_items, claimed_at, sent_at, created_at
  FROM touches WHERE case_id = ANY ($1::uuid[]) ORDER BY case_id, id`
	agendaHolds = `
SELECT h.id, h.case_id, h.deal_id, h.code, h.amount_minor, d.currency, h.until_at, h.cause_kind, h.cause_id, h.created_at, h.ended_at
  FROM holds h LEFT JOIN deals d ON d.id = h.deal_id WHERE h.case_id = ANY ($1::uuid[]) AND h.ended_at IS NULL ORDER BY h.id`
	agendaPauses = `
SELECT id, case_id, deal_id, side, reason, set_by, set_at, until_at, ended_by, ended_at FROM pauses WHERE case_id = ANY ($1::uuid[]) AND ended_at IS NULL ORDER BY id`
	agendaStops = `
SELECT ` + stopColumns + ` FROM stops WHERE case_id = ANY ($1::uuid[]) AND lifted_at IS NULL ORDER BY id`
	agendaPromises = `
SELECT ` + promiseColumns + ` FROM promises WHERE case_id = ANY ($1::uuid[]) ORDER BY id`
	agendaDisputes = `
SELECT ` + disputeColumns + ` FROM disputes WHERE case_id = ANY ($1::uuid[]) ORDER BY id`
	agendaPlans = `
SELECT ` + planColumns + ` FROM plans WHERE case_id = ANY ($1::uuid[]) ORDER BY id`
	agendaMediations = `
SELECT ` + mediationColumns + ` FROM mediations WHERE case_id = ANY ($1::uuid[]) ORDER BY id`
	agendaUpdates = `
SELECT id, case_id, deal_id, kind, subject_id, at FROM updates WHERE case_id = ANY ($1::uuid[]) ORDER BY id`
	agendaQuestions = `
SELECT ` + questionColumns + ` FROM questions WHERE case_id = ANY ($1::uuid[]) ORDER BY id`
	agendaReplies = `
SELECT case_id, kind, acknowledgement, received_at AS at FROM replies WHERE case_id = ANY ($1::uuid[]) ORDER BY id`
	agendaApprovals = `
SELECT id, touch_id, case_id, side, user_id, consent, asked_for, note, at FROM approvals WHERE case_id = ANY ($1::uuid[]) ORDER BY id`
	agendaPaid = `
SELECT case_id, max(applied_at) AS last_paid_at FROM allocations WHERE case_id = ANY ($1::uuid[]) AND undone_at IS NULL GROUP BY case_id`
	agendaUnthanked = `
SELECT id, receipt_id, deal_id, case_id, factor_id, seller_id, amount_minor, value_on, applied_at
  FROM allocations WHERE case_id = ANY ($1::uuid[]) AND thanked_by IS NULL AND undone_at IS NULL ORDER BY applied_at, id`
	agendaRefused = `
SELECT DISTINCT ON (case_id, cycle, step) case_id, cycle, step, at, look_again_at, codes FROM gate_decisions
 WHERE case_id = ANY ($1::uuid[]) AND NOT sent AND at > $2::timestamptz - interval '90 days' ORDER BY case_id, cycle, step, at DESC, id DESC`
	agendaPlaybooks = `
SELECT DISTINCT ON (case_id) case_id, ` + playbookColumns + ` FROM case_playbooks WHERE case_id = ANY ($1::uuid[]) ORDER BY case_id, place, shape`
	agendaWishes = `
SELECT contact_key, kind, mode, opted_out, prefers, language, hours, source, recorded_by, asked_at, updated_at FROM contact_preferences WHERE world_id = $1 AND contact_key = ANY ($2::bytea[])`
	saveWaits = `
UPDATE cases c SET next_action_at = w.at, waits_for = w.why
  FROM unnest($1::uuid[], $2::timestamptz[], $3::text[]) AS w(id, at, why) WHERE c.id = w.id`
)

// Agenda locks cases of a world that are due by a moment, the longest due first, and returns
// of each what decides what it waits for: what [collections.Next] reads. Cases that somebody
// else works on are passed over. There are at most a thousand, and they come after the one named.
func (tx *Tx) Agenda(ctx context.Context, world domain.WorldID, after domain.Due, until time.Time) ([]domain.CaseFacts, error) {
	var rows []caseBrief
	if err := tx.exec(ctx, planOnce); err != nil {
		return nil, fmt.Errorf("claim cases: %w", err)
	}
	if err := tx.list(ctx, &rows, claimAgenda, world.UUID, instant(until), after.At.UTC(), uuid.UUID(after.ID)); err != nil {
		return nil, fmt.Errorf("claim cases: %w", err)
	}
	a := &agenda{tx: tx, facts: make([]domain.CaseFacts, len(rows)), at: make(map[uuid.UUID]*domain.CaseFacts, len(rows))}
	for i, row := range rows {
		a.facts[i] = domain.CaseFacts{Now: tx.entry.By.Now, Case: row.brief(), Refused: map[string]domain.LastRefusal{}}
		a.ids, a.at[row.ID] = append(a.ids, row.ID), &a.facts[i]
	}
	if len(rows) == 0 {
		return nil, nil
	}
	for _, load := range []func(context.Context) error{a.parties, a.items, a.said, a.held, a.money, a.wishes, a.outside} {
		if err := load(ctx); err != nil {
			return nil, fmt.Errorf("load agenda: %w", err)
		}
	}
	return a.facts, nil
}

// SaveWaits saves for many cases when they are looked at again, and what they wait for.
func (tx *Tx) SaveWaits(ctx context.Context, cases []domain.Case) error {
	ids := mapped(cases, func(c domain.Case) uuid.UUID { return c.ID.UUID })
	at := mapped(cases, func(c domain.Case) any { return instant(c.NextActionAt) })
	why := mapped(cases, func(c domain.Case) string { return c.WaitsFor })
	return tx.exec(ctx, saveWaits, uuids(ids).array(), pq.Array(at), pq.Array(why))
}

// An agenda is the facts of many cases while they are loaded.
type agenda struct {
	tx    *Tx
	ids   uuids
	facts []domain.CaseFacts
	at    map[uuid.UUID]*domain.CaseFacts
}

// each reads the rows of the agenda's cases, in their order.
func each[R any](ctx context.Context, a *agenda, query string, put func(R), more ...any) error {
	return eachOf(ctx, a.tx, query, put, append([]any{a.ids.array()}, more...)...)
}

func eachOf[R any](ctx context.Context, tx *Tx, query string, put func(R), args ...any) error {
	tx.trips++
	rows, err := tx.rows(ctx, query, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var row R
		if err := rows.StructScan(&row); err != nil {
			return err
		}
		put(row)
	}
	return rows.Err()
}

// agendaStatements returns, by name, the statements of a look at many cases.
func agendaStatements() map[string]string {
	return map[string]string{
		"claim_agenda": claimAgenda, "agenda_factors": agendaFactors, "agenda_relationships": agendaRelationships, "agenda_owed": agendaOwed, "agenda_items": agendaItems, "agenda_introduced": agendaIntroduced, "agenda_feeds": agendaFeeds, "agenda_touches": agendaTouches,
		"agenda_holds": agendaHolds, "agenda_pauses": agendaPauses, "agenda_stops": agendaStops, "agenda_promises": agendaPromises, "agenda_disputes": agendaDisputes, "agenda_plans": agendaPlans, "agenda_mediations": agendaMediations, "agenda_updates": agendaUpdates,
		"agenda_questions": agendaQuestions, "agenda_replies": agendaReplies, "agenda_approvals": agendaApprovals, "agenda_paid": agendaPaid,
		"agenda_unthanked": agendaUnthanked, "agenda_refused": agendaRefused, "agenda_playbooks": agendaPlaybooks, "agenda_wishes": agendaWishes, "agenda_escalations": agendaEscalations, "agenda_protective": agendaProtective, "save_waits": saveWaits,
	}
}

type agendaFactor struct {
	ID       uuid.UUID `json:"id"`
	Country  string    `json:"country"`
	TimeZone string    `json:"time_zone"`
}

type agendaRelationship struct {
	ID        uuid.UUID `json:"id"`
	LegalType textCol   `json:"legal_type"`
	Country   textCol   `json:"country"`
	Region    string    `json:"region"`
	TimeZone  textCol   `json:"time_zone"`
	Email     string    `json:"email"`
	Phone     string    `json:"phone"`
	HeadsUp   bool      `json:"heads_up"`
	Approval  string    `json:"approval"`
}

// parties loads who is followed up, and where its factor is.
func (a *agenda) parties(ctx context.Context) error {
	var factors, relationships uuids
	known := map[uuid.UUID]agendaFactor{}
	of := map[uuid.UUID]agendaRelationship{}
	for _, f := range a.facts {
		if _, there := known[f.Case.Factor.UUID]; !there {
			known[f.Case.Factor.UUID] = agendaFactor{}
			factors = append(factors, f.Case.Factor.UUID)
		}
		relationships = append(relationships, f.Case.Relationship.UUID)
	}
	if err := eachOf(ctx, a.tx, agendaFactors, func(r agendaFactor) { known[r.ID] = r }, factors.array()); err != nil {
		return err
	}
	err := eachOf(ctx, a.tx, agendaRelationships, func(r agendaRelationship) { of[r.ID] = r }, relationships.array())
	for i := range a.facts {
		f := &a.facts[i]
		factor, r := known[f.Case.Factor.UUID], of[f.Case.Relationship.UUID]
		f.Factor = domain.Organization{ID: f.Case.Factor, Country: factor.Country, TimeZone: factor.TimeZone}
		f.Relationship = domain.Relationship{
			ID: f.Case.Relationship, Seller: f.Case.Seller, Debtor: f.Case.Debtor, LegalType: domain.LegalType(r.LegalType), Country: string(r.Country), Region: r.Region, TimeZone: string(r.TimeZone),
			Email: r.Email, Phone: r.Phone, HeadsUp: r.HeadsUp, Approval: domain.ApprovalMode(r.Approval),
		}
		f.ContactKey = domain.ContactKey(f.Case.World, r.Email)
	}
	if err != nil {
		return err
	}
	return a.owed(ctx)
}

// owed loads what natural persons owe to their factors in all: it decides how they are protected.
func (a *agenda) owed(ctx context.Context) error {
	var persons uuids
	for _, f := range a.facts {
		if f.Relationship.LegalType.Natural() {
			persons = append(persons, f.Case.ID.UUID)
		}
	}
	if len(persons) == 0 {
		return nil
	}
	type owed struct {
		Case uuid.UUID `json:"case_id"`
		owedRow
	}
	return eachOf(ctx, a.tx, agendaOwed, func(r owed) {
		f := a.at[r.Case]
		f.Owed = append(f.Owed, amount(r.Minor, r.Currency))
	}, persons.array())
}

// agendaItems of one case that are paid into one account.
type agendaItemsRow struct {
	Case       uuid.UUID     `json:"case_id"`
	Collection uuid.UUID     `json:"collection_account_id"`
	Currency   string        `json:"currency"`
	IDs        uuidsCol      `json:"ids"`
	Due        datesCol      `json:"due"`
	Issued     datesCol      `json:"issued"`
	Open       pq.Int64Array `json:"open"`
	Untold     uuidsCol      `json:"untold"`     // those whose notice was not delivered
	GivenBack  uuidsCol      `json:"given_back"` // those that are not ours any more
}

type agendaSpan struct {
	Account  uuid.UUID `json:"account_id"`
	Currency string    `json:"currency"`
	From     dateCol   `json:"from_on"`
	To       dateCol   `json:"to_on"`
	Opening  int64     `json:"opening_minor"`
	Closing  int64     `json:"closing_minor"`
}

// items loads what is followed up, and the statements of the accounts that it is paid into,
// once for all cases of an account.
func (a *agenda) items(ctx context.Context) error {
	var accounts, untold uuids
	feeds := map[uuid.UUID]*domain.Feed{}
	err := each(ctx, a, agendaItems, func(r agendaItemsRow) {
		f := a.at[r.Case]
		f.Items = append(f.Items, r.items(f.Case)...)
		untold = append(untold, r.Untold...)
		if feeds[r.Collection] == nil {
			feeds[r.Collection] = &domain.Feed{Account: domain.BankAccount{ID: domain.AccountID{UUID: r.Collection}, Currency: amount(0, r.Currency).Currency()}}
			accounts = append(accounts, r.Collection)
		}
	})
	if err != nil {
		return err
	}
	err = eachOf(ctx, a.tx, agendaFeeds, func(r agendaSpan) {
		feeds[r.Account].Spans = append(feeds[r.Account].Spans, domain.Span{From: r.From.Date, To: r.To.Date, Opening: amount(r.Opening, r.Currency), Closing: amount(r.Closing, r.Currency)})
	}, accounts.array())
	if err != nil {
		return err
	}
	for i := range a.facts {
		f := &a.facts[i]
		for n := range f.Items {
			if _, there := f.Feed(f.Items[n].Deal.Collection); !there {
				f.Feeds = append(f.Feeds, *feeds[f.Items[n].Deal.Collection.UUID])
			}
		}
		if len(f.Feeds) > 1 { // the items of each account are in order
			slices.SortFunc(f.Items, func(x, y domain.CaseItem) int {
				return cmp.Or(-x.Deal.Due.DaysUntil(y.Deal.Due), bytes.Compare(x.Deal.ID.UUID[:], y.Deal.ID.UUID[:]))
			})
		}
	}
	return a.introduced(ctx, untold)
}

func (r agendaItemsRow) items(c domain.Case) []domain.CaseItem {
	order := make([]int, len(r.IDs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(x, y int) int {
		return cmp.Or(-r.Due[x].DaysUntil(r.Due[y]), bytes.Compare(r.IDs[x][:], r.IDs[y][:]))
	})
	items := make([]domain.CaseItem, len(r.IDs))
	for at, i := range order {
		deal := &items[at].Deal
		deal.ID, deal.World, deal.Factor, deal.Seller, deal.Case, deal.Disclosure = domain.DealID{UUID: r.IDs[i]}, c.World, c.Factor, c.Seller, c.ID, c.Disclosure
		deal.Status, deal.Due, deal.Open, deal.Collection = domain.DealPaidOut, r.Due[i], amount(r.Open[i], r.Currency), domain.AccountID{UUID: r.Collection}
		items[at].Issued = r.Issued[i]
		if slices.Contains(r.GivenBack, r.IDs[i]) {
			deal.Status = domain.DealChargedBack // or written off: it is followed up no more
		}
		switch told := !slices.Contains(r.Untold, r.IDs[i]); {
		case told && c.Mode() == domain.Confidential:
			deal.FundingDate = domain.DateOf(c.OpenedAt) // likewise
		case told:
			items[at].NoticeAt = c.OpenedAt // that it was delivered is known here, not when
		}
	}
	return items
}

// introduced loads when the factor was introduced, for those whose notice waits for it.
func (a *agenda) introduced(ctx context.Context, untold uuids) error {
	if len(untold) == 0 {
		return nil
	}
	type introduction struct {
		Deal uuid.UUID `json:"deal_id"`
		At   timeCol   `json:"occurred_at"`
	}
	at := map[uuid.UUID]time.Time{}
	err := eachOf(ctx, a.tx, agendaIntroduced, func(r introduction) { at[r.Deal] = r.At.Time }, untold.array())
	for i := range a.facts {
		for n := range a.facts[i].Items {
			item := &a.facts[i].Items[n]
			item.IntroducedAt = at[item.Deal.ID.UUID]
		}
	}
	return err
}

type agendaTouch struct {
	Case      uuid.UUID `json:"case_id"`
	ID        uuid.UUID `json:"id"`
	Cycle     int       `json:"cycle"`
	Step      string    `json:"step"`
	Class     string    `json:"class"`
	Tone      int       `json:"tone"`
	Rung      string    `json:"rung"`
	People    int       `json:"people"`
	Template  string    `json:"template"`
	AskedFor  string    `json:"asked_for"`
	Result    string    `json:"result"`
	Status    string    `json:"status"`
	Recipient string    `json:"recipient"`
	Items     sentUUIDs `json:"sent_items"`
	ClaimedAt timeCol   `json:"claimed_at"`
	SentAt    timeCol   `json:"sent_at"`
	CreatedAt timeCol   `json:"created_at"`
}

func (r agendaTouch) touch() domain.Touch {
	return domain.Touch{
		ID: domain.TouchID{UUID: r.ID}, Case: domain.CaseID{UUID: r.Case}, Cycle: r.Cycle, Step: r.Step, Class: domain.MessageClass(r.Class), Tone: r.Tone,
		Rung: r.Rung, People: r.People, Template: r.Template, AskedFor: r.AskedFor, Result: domain.CallResult(r.Result), Status: domain.TouchStatus(r.Status), Recipient: r.Recipient,
		Items: dealIDs(r.Items), ClaimedAt: r.ClaimedAt.Time, SentAt: r.SentAt.Time, CreatedAt: r.CreatedAt.Time,
	}
}

type agendaReply struct {
	Case uuid.UUID `json:"case_id"`
	replyFactRow
}

type agendaPlaybook struct {
	Case uuid.UUID `json:"case_id"`
	playbookRow
}

// said loads what was said so far, by us, by the debtor and by those who agree to it, and the
// playbook.
func (a *agenda) said(ctx context.Context) error {
	if err := each(ctx, a, agendaTouches, func(r agendaTouch) { f := a.at[r.Case]; f.Touches = append(f.Touches, r.touch()) }); err != nil {
		return err
	}
	if err := each(ctx, a, agendaApprovals, func(r approvalRow) { f := a.at[r.Case]; f.Approvals = append(f.Approvals, r.approval()) }); err != nil {
		return err
	}
	if err := each(ctx, a, agendaQuestions, func(r questionRow) { f := a.at[r.Case]; f.Questions = append(f.Questions, r.question()) }); err != nil {
		return err
	}
	if err := each(ctx, a, agendaReplies, func(r agendaReply) { f := a.at[r.Case]; f.Replies = append(f.Replies, r.fact()) }); err != nil {
		return err
	}
	return each(ctx, a, agendaPlaybooks, func(r agendaPlaybook) { a.at[r.Case].Playbook = r.playbook() })
}

type agendaRefusal struct {
	Case  uuid.UUID `json:"case_id"`
	Cycle int       `json:"cycle"`
	Step  string    `json:"step"`
	At    timeCol   `json:"at"`
	Again timeCol   `json:"look_again_at"`
	Codes textsCol  `json:"codes"`
}

// held loads what holds items or whole cases back, and what the gate refused.
func (a *agenda) held(ctx context.Context) error {
	if err := each(ctx, a, agendaHolds, func(r holdRow) { f := a.at[r.Case]; f.Holds = append(f.Holds, r.hold()) }); err != nil {
		return err
	}
	if err := each(ctx, a, agendaPauses, func(r pauseRow) { f := a.at[r.Case]; f.Pauses = append(f.Pauses, r.pause()) }); err != nil {
		return err
	}
	if err := each(ctx, a, agendaStops, func(r stopRow) { f := a.at[r.Case]; f.Stops = append(f.Stops, r.stop()) }); err != nil {
		return err
	}
	if err := each(ctx, a, agendaPromises, func(r promiseRow) { f := a.at[r.Case]; f.Promises = append(f.Promises, r.promise()) }); err != nil {
		return err
	}
	if err := each(ctx, a, agendaDisputes, func(r disputeRow) { f := a.at[r.Case]; f.Disputes = append(f.Disputes, r.dispute()) }); err != nil {
		return err
	}
	if err := each(ctx, a, agendaPlans, func(r planRow) { f := a.at[r.Case]; f.Plans = append(f.Plans, r.plan()) }); err != nil {
		return err
	}
	if err := each(ctx, a, agendaMediations, func(r mediationRow) { f := a.at[r.Case]; f.Mediations = append(f.Mediations, r.mediation()) }); err != nil {
		return err
	}
	if err := each(ctx, a, agendaUpdates, func(r updateRow) { f := a.at[r.Case]; f.Updates = append(f.Updates, r.update()) }); err != nil {
		return err
	}
	return each(ctx, a, agendaRefused, func(r agendaRefusal) {
		if f := a.at[r.Case]; f.Case.Cycle != r.Cycle {
			return // a new cycle forgets old refusals
		}
		a.at[r.Case].Refused[r.Step] = domain.LastRefusal{At: r.At.Time, Again: r.Again.Time, Codes: r.Codes}
	}, instant(a.tx.entry.By.Now))
}

// money loads what was paid.
func (a *agenda) money(ctx context.Context) error {
	type paid struct {
		Case uuid.UUID `json:"case_id"`
		Last timeCol   `json:"last_paid_at"`
	}
	if err := each(ctx, a, agendaPaid, func(r paid) { a.at[r.Case].LastPaidAt = r.Last.Time }); err != nil {
		return err
	}
	return each(ctx, a, agendaUnthanked, func(r caseAllocationRow) { f := a.at[r.Case]; f.Unthanked = append(f.Unthanked, r.allocation()) })
}

// wishes loads how the contacts want to be reached, as they told anybody.
func (a *agenda) wishes(ctx context.Context) error {
	keys := make([][]byte, 0, 2*len(a.facts))
	for _, f := range a.facts {
		keys = append(keys, f.ContactKey)
		if f.Relationship.Phone != "" {
			keys = append(keys, domain.ContactKey(f.Case.World, f.Relationship.Phone))
		}
	}
	type wish struct {
		Key bytesCol `json:"contact_key"`
		preferencesRow
	}
	said := map[string]domain.Preferences{}
	err := eachOf(ctx, a.tx, agendaWishes, func(r wish) { said[string(r.Key)] = r.preferences() }, a.facts[0].Case.World.UUID, pq.ByteaArray(keys))
	for i := range a.facts {
		f := &a.facts[i]
		f.Preferences = said[string(f.ContactKey)]
		f.NotByPhone = f.Relationship.Phone != "" && slices.Contains(said[string(domain.ContactKey(f.Case.World, f.Relationship.Phone))].OptedOut, domain.ChannelPhone)
	}
	return err
}
