package collections_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"comity/collections"
	"comity/domain"
	"comity/repository"
	"comity/repository/repositorytest"
)

// house is a database with the case of story A, and the use cases on it.
type house struct {
	t     *testing.T
	db    *repositorytest.Database
	owner *sql.DB
	cases *collections.Service
	facts domain.CaseFacts
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db := repositorytest.New(t)
	h := &house{t: t, db: db, owner: db.Owner(t), facts: storyA()}
	h.owner.SetMaxOpenConns(1)
	h.cases = collections.New(repository.Atomically(db.DB, func(tx *repository.Tx) collections.Tx { return tx }), collections.Options{Host: "mail.test", KeyVersion: 1})
	h.exec("SET session_replication_role = replica") // only the rows that the case needs
	f, k, item := h.facts, h.facts.Case, h.facts.Items[0]
	h.exec(`INSERT INTO worlds (id, kind, name, clock_at) VALUES ($1, 'sandbox', 'test', $2)`, k.World.UUID, k.OpenedAt)
	for _, org := range []domain.Organization{f.Factor, f.Seller} {
		kind := map[bool]string{true: "factor", false: "seller"}[org.ID == k.Factor]
		h.exec(`INSERT INTO organizations (id, world_id, kind, name, legal_type, country, time_zone, email, created_at) VALUES ($1, $2, $3, $4, 'company', 'US', $5, $6, $7)`,
			org.ID.UUID, k.World.UUID, kind, org.Name, org.TimeZone, org.Email, k.OpenedAt)
	}
	r := f.Relationship
	h.exec(`INSERT INTO relationships (id, seller_id, debtor_id, code, name, legal_type, country, contact_name, email, time_zone, terms_days, heads_up, created_at)
		VALUES ($1, $2, $3, 'HP', $4, 'company', 'US', $5, $6, $7, 30, false, $8)`, r.ID.UUID, k.Seller.UUID, k.Debtor.UUID, r.Name, r.ContactName, r.Email, r.TimeZone, k.OpenedAt)
	account := f.Feeds[0].Account
	h.exec(`INSERT INTO bank_accounts (id, org_id, purpose, currency, holder, country, routing_number, account_number, account_key, created_at)
		VALUES ($1, $2, 'collection', 'USD', $3, 'US', $4, $5, 'key', $6)`, account.ID.UUID, k.Factor.UUID, account.Holder, account.Number.RoutingNumber(), account.Number.AccountNumber(), k.OpenedAt)
	invoice := domain.New[domain.InvoiceID]()
	h.exec(`INSERT INTO invoices (id, seller_id, relationship_id, source, type_code, number, number_key, issued_on, due_on, due_from_terms, currency, payable_minor, basis_minor, order_reference, summary, status, created_at)
		VALUES ($1, $2, $3, 'json', '380', 'MP-1042', 'MP1042', $4, $5, false, 'USD', 1000000, 1000000, $6, $7, 'sold', $8)`,
		invoice.UUID, k.Seller.UUID, r.ID.UUID, item.Issued.String(), item.Deal.Due.String(), item.OrderReference, item.Summary, k.OpenedAt)
	h.exec(`INSERT INTO cases (id, world_id, factor_id, seller_id, debtor_id, relationship_id, status, next_action_at, opened_at) VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $7)`,
		k.ID.UUID, k.World.UUID, k.Factor.UUID, k.Seller.UUID, k.Debtor.UUID, r.ID.UUID, k.OpenedAt)
	h.exec(`INSERT INTO deals (id, world_id, factor_id, seller_id, relationship_id, debtor_id, invoice_id, offer_id, case_id, mandate_id, status, currency, invoice_number, debtor_name, due_on,
		  basis_minor, advance_minor, reserve_minor, origination_minor, wire_minor, open_minor, fee_first_days, fee_first_rate, fee_step_days, fee_step_rate, recourse_days, rebate_hold,
		  reference, notice_code, operating_account_id, collection_account_id, seller_account_id, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $7, 'made', 'USD', 'MP-1042', 'Harbor Pine', $9, 1000000, 850000, 150000, 2500, 1500, 1000000, 30, 0.03, 10, 0.01, 90, 5, $10, $11, $12, $12, $12, $13)`,
		item.Deal.ID.UUID, k.World.UUID, k.Factor.UUID, k.Seller.UUID, r.ID.UUID, k.Debtor.UUID, invoice.UUID, k.ID.UUID, item.Deal.Due.String(), item.Deal.Reference.String(), item.Deal.NoticeCode, account.ID.UUID, k.OpenedAt)
	for _, code := range []string{"seller_approved", "account_proven", "introduced", "verified", "notice_delivered"} {
		h.exec(`INSERT INTO conditions (deal_id, factor_id, seller_id, code) VALUES ($1, $2, $3, $4)`, item.Deal.ID.UUID, k.Factor.UUID, k.Seller.UUID, code)
	}
	h.exec(`UPDATE conditions SET evidence = 'sent from its mailbox', occurred_at = $1 WHERE code = 'introduced'`, item.IntroducedAt)
	return h
}

func (h *house) exec(statement string, args ...any) {
	h.t.Helper()
	if _, err := h.owner.ExecContext(h.t.Context(), statement, args...); err != nil {
		h.t.Fatalf("%s: %v", statement, err)
	}
}

func (h *house) text(query string, args ...any) string {
	h.t.Helper()
	var got sql.NullString
	if err := h.owner.QueryRowContext(h.t.Context(), query, args...).Scan(&got); err != nil && !errors.Is(err, sql.ErrNoRows) {
		h.t.Fatalf("%s: %v", query, err)
	}
	return got.String
}

func (h *house) load(from, to string) {
	h.t.Helper()
	for i, span := range statements(from, to) {
		h.exec(`INSERT INTO statements (id, factor_id, account_id, blob_id, file_sha256, number, from_on, to_on, currency, opening_minor, closing_minor, line_count, loaded_at)
			VALUES (gen_random_uuid(), $1, $2, $1, '', $3, $4, $4, 'USD', 0, 0, 0, now())`,
			h.facts.Case.Factor.UUID, h.facts.Feeds[0].Account.ID.UUID, from+string(rune('a'+i)), span.From.String())
	}
}

func (h *house) act(now string) {
	h.t.Helper()
	if err := h.cases.Act(h.t.Context(), h.facts.Case.World, h.facts.Case.ID, at(now)); err != nil {
		h.t.Fatal(err)
	}
}

// send plays the worker: it sends what is claimed.
func (h *house) send(now string) collections.Outgoing {
	h.t.Helper()
	var id domain.TouchID
	if err := h.owner.QueryRowContext(h.t.Context(), `SELECT id FROM touches WHERE status = 'sending'`).Scan(&id.UUID); err != nil {
		h.t.Fatalf("%s: nothing is being sent: %v", now, err)
	}
	out, err := h.cases.Outgoing(h.t.Context(), h.facts.Case.World, id, at(now))
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.cases.Sent(h.t.Context(), h.facts.Case.World, id, at(now)); err != nil {
		h.t.Fatal(err)
	}
	return out
}

func (h *house) next() string {
	return h.text(`SELECT to_char(next_action_at AT TIME ZONE 'America/New_York', 'YYYY-MM-DD HH24:MI') FROM cases`)
}

func (h *house) is(what, got, want string) {
	h.t.Helper()
	if got != want {
		h.t.Errorf("%s is %q, want %q", what, got, want)
	}
}

// debtor is the caller who comes by the newest link.
func (h *house) debtor(now string) domain.Caller {
	h.t.Helper()
	var id domain.LinkID
	if err := h.owner.QueryRowContext(h.t.Context(), `SELECT id FROM links ORDER BY id DESC LIMIT 1`).Scan(&id.UUID); err != nil {
		h.t.Fatal(err)
	}
	link, by, err := h.db.FindLink(h.t.Context(), id)
	if err != nil || link.KeyVersion != 1 || !by.Sandbox {
		h.t.Fatalf("find link: %+v %+v %v", link, by, err)
	}
	by.Now = at(now)
	return by
}

func onceOf[T any](key string) domain.Once[T] {
	return domain.Once[T]{Route: "test", Key: key, Hash: []byte(key), Answer: func(T) domain.Answer { return domain.Answer{Status: 201, Body: []byte(key)} }}
}

// TestStoryAInTheDatabase plays story A with its rows (C-184, C-186 and D-6): the evidence of delivery, the thread of
// the messages, and an account that is shown once the notice's code was typed.
func TestStoryAInTheDatabase(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.load("2026-02-04", "2026-02-24")

	h.act("2026-02-05 10:00")
	first := h.send("2026-02-05 10:02")
	if !first.Sandbox || first.To != "dana@harborpine.example" || first.InReplyTo != "" || !strings.Contains(collections.WithLink(first.Text, "https://x/d/abc"), "https://x/d/abc") {
		t.Errorf("handed out %+v", first)
	}
	h.is("evidence", h.text(`SELECT evidence FROM conditions WHERE code = 'notice_delivered'`), "accepted by the recipient's mail server (SMTP 250)")
	h.is("jobs", h.text(`SELECT string_agg(kind, ' ' ORDER BY id) FROM jobs`), "send advance")
	h.act("2026-02-05 10:02")
	h.is("next look", h.next(), "2026-02-25 09:30")
	h.exec(`UPDATE deals SET status = 'paid_out'`)

	by := h.debtor("2026-02-06 11:00")
	page, err := h.cases.Page(ctx, by)
	if err != nil || len(page.Items) != 1 || page.Items[0].AccountEnds != "3317" || !page.Items[0].Account.Number.IsZero() || page.Confirmed {
		t.Fatalf("page before the code: %+v, %v", page, err)
	}
	if err := h.cases.Confirm(ctx, by, "WRONGONE"); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("a wrong code: %v", err)
	}
	for range 2 { // the second time changes nothing
		if err := h.cases.Confirm(ctx, by, "7k3m-pq2x"); err != nil {
			t.Errorf("the right code: %v", err)
		}
	}
	h.is("said to seller and factor", h.text(`SELECT count(*)::text || ' ' || max(said) FROM events WHERE kind = 'debtor.confirmed'`),
		"1 Harbor & Pine Hotels, Inc. typed the code of the notice: it has the notice, and sees the account in full.")
	if page, _ = h.cases.Page(ctx, by); page.Items[0].Account.Number.AccountNumber() != "4410023317" {
		t.Errorf("the account is not shown after the code: %+v", page.Items[0].Account)
	}

	h.act("2026-02-25 09:30")
	second := h.send("2026-02-25 09:30")
	if second.InReplyTo != first.MessageID || len(second.References) != 1 {
		t.Errorf("the reminder is not in the notice's thread: %+v", second)
	}
	h.act("2026-02-25 09:30")
	h.act("2026-02-25 09:31")
	h.is("touches", h.text(`SELECT string_agg(split_part(step, ':', 1) || ' ' || status, ', ' ORDER BY id) FROM touches`), "notice sent, pre_due sent")
	h.is("next look", h.next(), "2026-03-05 09:30")
	h.load("2026-02-25", "2026-03-04")
	h.act("2026-03-05 09:30")
	h.act("2026-03-05 11:00") // woken by something else: not tried twice a day
	h.act("2026-03-06 09:30")
	h.is("refusals", h.text(`SELECT string_agg(array_to_string(codes, ' '), ', ') FROM gate_decisions WHERE NOT sent`), "bank_feed_behind, bank_feed_behind")
	h.load("2026-03-05", "2026-03-06")
	h.act("2026-03-09 09:30")
	h.send("2026-03-09 09:30")
	h.act("2026-03-09 09:30")
	h.is("next look", h.next(), "2026-03-16 09:30")

	by = h.debtor("2026-03-10 14:10")
	deal := h.facts.Items[0].Deal.ID
	answer, err := h.cases.Paid(ctx, by, deal, usd(1_000_000), day("2026-03-10"), onceOf[domain.Hold]("paid"))
	again, err2 := h.cases.Paid(ctx, by, deal, usd(1_000_000), day("2026-03-10"), onceOf[domain.Hold]("paid"))
	if err != nil || err2 != nil || answer.Replayed || !again.Replayed || string(again.Body) != "paid" {
		t.Errorf("paid: %+v %v, again: %+v %v", answer, err, again, err2)
	}
	h.act("2026-03-10 14:10")
	h.is("next look", h.next(), "2026-03-18 09:30")

	h.exec(`UPDATE deals SET open_minor = 0, paid_in_full_on = '2026-03-10'`)
	h.exec(`INSERT INTO allocations (id, factor_id, seller_id, receipt_id, deal_id, case_id, amount_minor, value_on, applied_at)
		SELECT gen_random_uuid(), factor_id, seller_id, id, id, case_id, 1000000, '2026-03-10', $1 FROM deals`, at("2026-03-11 06:40"))
	h.act("2026-03-11 06:40")
	h.is("next look", h.next(), "2026-03-11 08:15")
	h.act("2026-03-11 08:15")
	if thanks := h.send("2026-03-11 08:15"); !strings.Contains(thanks.Subject, "Received with thanks") {
		t.Errorf("thanks: %s", thanks.Subject)
	}
	h.exec(`UPDATE deals SET status = 'settled'`)
	h.act("2026-03-19 08:00")
	h.is("case", h.text(`SELECT status || ' ' || (next_action_at IS NULL) FROM cases`), "closed true")
	h.is("messages", h.text(`SELECT string_agg(class || ' ' || status, ', ' ORDER BY id) FROM touches`), "legal_notice sent, reminder sent, reminder sent, thank_you sent")
}

// TestADebtorsWordsPauseInTheSameCommit holds C-78, C-102 and D-3: a promise, a dispute and a question each hold back
// what they are about as they are stored, the question is answered, and two people lift a legal stop. It holds F-70.
func TestADebtorsWordsPauseInTheSameCommit(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.load("2026-02-04", "2026-03-06")
	h.act("2026-02-05 10:00")
	h.send("2026-02-05 10:02")
	h.exec(`UPDATE deals SET status = 'paid_out'`)
	by, deal := h.debtor("2026-03-05 10:00"), h.facts.Items[0].Deal.ID

	if _, err := h.cases.Promise(ctx, by, deal, usd(500_000), day("2026-03-10"), onceOf[domain.Promise]("p1")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.cases.Promise(ctx, by, deal, usd(600_000), day("2026-03-12"), onceOf[domain.Promise]("p2")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.cases.Promise(ctx, by, deal, usd(700_000), day("2026-03-13"), onceOf[domain.Promise]("p3")); !errors.Is(err, domain.ErrPromiseOpen) {
		t.Errorf("a promise that replaced one was replaced: %v", err)
	}
	h.is("promises", h.text(`SELECT string_agg(status || ' ' || amount_minor, ', ' ORDER BY id) FROM promises`), "cancelled 500000, active 600000")
	if _, err := h.cases.Dispute(ctx, by, collections.Complaint{Deal: deal, Amount: usd(100_000), Reason: domain.DisputeDamaged, Said: "two boxes were wet"}, onceOf[domain.Dispute]("d")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.cases.Ask(ctx, by, domain.DealID{}, "Who are you?", onceOf[domain.Question]("q")); err != nil {
		t.Fatal(err)
	}
	h.is("holds", h.text(`SELECT string_agg(code || ' ' || coalesce(amount_minor::text, 'all'), ', ' ORDER BY id) FROM holds WHERE ended_at IS NULL`),
		"promise_active 600000, disputed_part 100000, query_unanswered_by_us all")
	h.act("2026-03-09 09:30")
	if out := h.send("2026-03-09 09:31"); !strings.Contains(out.Text, "You do not agree to USD 1,000.00") {
		t.Errorf("the dispute is not acknowledged by %s", out.Text)
	}
	h.act("2026-03-09 09:32")
	if out := h.send("2026-03-09 09:33"); !strings.Contains(out.Text, "USD 6,000.00 of invoice MP-1042 is promised") {
		t.Errorf("the promise is not told by %s", out.Text)
	}
	h.is("waits", h.text(`SELECT waits_for FROM cases`), "the answer that a debtor waits for")

	ana := domain.Caller{User: domain.New[domain.UserID](), Organization: h.facts.Case.Factor, Kind: domain.KindFactor, Role: domain.RoleCollector, World: h.facts.Case.World, Sandbox: true, Now: at("2026-03-09 20:00")}
	questions, err := h.cases.Questions(ctx, ana, h.facts.Case.ID)
	if err != nil || len(questions) != 1 {
		t.Fatalf("questions: %+v %v", questions, err)
	}
	if _, err := h.cases.AnswerQuestion(ctx, ana, questions[0].ID, domain.ReplyID{}, "We are Eastbrook; Marlow introduced us on 3 February.", collections.Understanding{}, onceOf[domain.Question]("a")); err != nil {
		t.Fatal(err)
	}
	h.act("2026-03-09 20:00")
	if out := h.send("2026-03-09 20:00"); !strings.Contains(out.Text, "Marlow introduced us") {
		t.Errorf("the answer is not in %s", out.Text)
	}
	h.stops(ctx, ana)
	h.load("2026-03-09", "2026-03-16")
	h.act("2026-03-17 09:30")
	h.is("promises", h.text(`SELECT string_agg(status, ', ' ORDER BY id) FROM promises`), "cancelled, broken")
	h.is("sent while a part is in dispute", h.text(`SELECT count(*)::text FROM touches WHERE step = 'post_due:1'`), "0")
	h.is("waits", h.text(`SELECT waits_for FROM cases`), "what is disputed to be cleared up") // D-20; or the day on which mediation is offered
	disputes, err := h.cases.Disputes(ctx, ana, h.facts.Case.ID)
	if err != nil || len(disputes) != 1 {
		t.Fatalf("disputes: %+v %v", disputes, err)
	}
	ana.Now = at("2026-03-17 12:00")
	h.withdrawn(disputes[0].ID, ana.Now)
	h.load("2026-03-17", "2026-03-23")
	h.act("2026-03-24 09:30")
	h.is("sent", h.text(`SELECT body_text LIKE '%USD 10,000.00%' FROM touches WHERE step = 'post_due:1'`), "true")
	decisions, err := h.cases.GateDecisions(ctx, ana, h.facts.Case.ID, domain.Page{Limit: 50})
	if err != nil || len(decisions) == 0 {
		t.Errorf("gate decisions: %v, %v", decisions, err)
	}
}

// withdrawn ends a dispute as its debtor took it back: what money follows is the market's.
func (h *house) withdrawn(id domain.DisputeID, at time.Time) {
	h.t.Helper()
	for _, query := range []string{
		`UPDATE disputes SET status = 'resolved', outcome = 'withdrawn', resolved_at = $2 WHERE id = $1`,
		`UPDATE holds SET ended_at = $2 WHERE cause_id = $1 AND ended_at IS NULL`,
		`UPDATE cases SET next_action_at = $2 WHERE id = (SELECT case_id FROM disputes WHERE id = $1)`,
	} {
		if _, err := h.owner.ExecContext(h.t.Context(), query, id.UUID, at); err != nil {
			h.t.Fatal(err)
		}
	}
}

// stops tries that two people lift a legal stop.
func (h *house) stops(ctx context.Context, ana domain.Caller) {
	h.t.Helper()
	boss := ana
	boss.User = domain.New[domain.UserID]()
	id := h.facts.Case.ID
	_, err := h.cases.SetStop(ctx, ana, id, domain.StopLegal, "petition filed", onceOf[domain.Stop]("s"))
	_, err1 := h.cases.LiftStop(ctx, ana, id, domain.StopLegal, onceOf[domain.Stop]("l1"))
	_, err2 := h.cases.LiftStop(ctx, ana, id, domain.StopLegal, onceOf[domain.Stop]("l2"))
	if err != nil || err1 != nil || !errors.Is(err2, domain.ErrTwoPeople) {
		h.t.Errorf("set, lift, lift by the same: %v, %v, %v", err, err1, err2)
	}
	h.is("stop in force", h.text(`SELECT lifted_at IS NULL FROM stops`), "true")
	if _, err := h.cases.LiftStop(ctx, boss, id, domain.StopLegal, onceOf[domain.Stop]("l3")); err != nil {
		h.t.Error(err)
	}
	h.is("stop in force", h.text(`SELECT lifted_at IS NULL FROM stops`), "false")
}

func TestALinkOpensItsOwnCaseOnly(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.act("2026-02-05 10:00")
	h.send("2026-02-05 10:02")
	by := h.debtor("2026-02-06 10:00")
	strangers := map[string]domain.Caller{"another's link": by, "another case": by, "no link": by}
	for name, change := range map[string]func(*domain.Caller){
		"another's link": func(c *domain.Caller) { c.Link = domain.New[domain.LinkID]() },
		"another case":   func(c *domain.Caller) { c.Case = domain.New[domain.CaseID]() },
		"no link":        func(c *domain.Caller) { c.Link = domain.LinkID{} },
	} {
		stranger := strangers[name]
		change(&stranger)
		if _, err := h.cases.Page(ctx, stranger); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
		if err := h.cases.Confirm(ctx, stranger, h.facts.Items[0].Deal.NoticeCode); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("%s confirms: %v", name, err)
		}
	}
	for range 10 {
		_ = h.cases.Confirm(ctx, by, "WRONG")
	}
	if err := h.cases.Confirm(ctx, by, h.facts.Items[0].Deal.NoticeCode); !errors.Is(err, domain.ErrThrottled) {
		t.Errorf("the eleventh code: %v", err)
	}
	h.exec(`UPDATE links SET revoked_at = now()`)
	if _, err := h.cases.Page(ctx, by); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a revoked link: %v", err)
	}
	if _, _, err := h.db.FindLink(ctx, by.Link); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a revoked link is found: %v", err)
	}
	seller := domain.Caller{Organization: h.facts.Case.Seller, Kind: domain.KindSeller, World: h.facts.Case.World, Now: by.Now}
	if list, err := h.cases.Cases(ctx, seller, "open", domain.Page{Limit: 10}); err != nil || len(list) != 1 {
		t.Errorf("the seller's cases: %v, %v", list, err)
	}
	seller.Organization = domain.New[domain.OrganizationID]()
	if _, err := h.cases.Touches(ctx, seller, h.facts.Case.ID, domain.Page{Limit: 10}); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a stranger reads the messages: %v", err)
	}
}

// TestWhatTheServerRefuses holds C-54: what was refused for now is tried again, what nobody knows of is never sent
// twice.
func TestWhatTheServerRefuses(t *testing.T) {
	h := newHouse(t)
	ctx, world := t.Context(), h.facts.Case.World
	h.act("2026-02-05 10:00")
	id := h.sending()
	if _, err := h.cases.Outgoing(ctx, world, id, at("2026-02-05 10:00")); err != nil {
		t.Fatal(err)
	}
	if err := h.cases.NotSent(ctx, world, id, collections.FailedTemporary, "451 later", at("2026-02-05 10:00")); err != nil {
		t.Fatal(err)
	}
	h.is("next look", h.next(), "2026-02-05 10:05")
	h.act("2026-02-05 10:05")
	if again := h.sending(); again != id {
		t.Errorf("the retry is another touch")
	}
	if _, err := h.cases.Outgoing(ctx, world, id, at("2026-02-05 10:05")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.cases.Outgoing(ctx, world, id, at("2026-02-05 10:06")); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a message was handed out twice: %v", err)
	}
	h.is("touch", h.text(`SELECT status FROM touches`), "unknown")
	h.act("2026-02-05 10:06")
	h.act("2026-02-06 09:30")
	h.is("touches", h.text(`SELECT count(*) FROM touches`), "1")

	ana := domain.Caller{User: domain.New[domain.UserID](), Organization: h.facts.Case.Factor, Kind: domain.KindFactor, World: world, Now: at("2026-02-06 10:00")}
	if _, err := h.cases.SendAgain(ctx, ana, h.facts.Case.ID, onceOf[domain.Case]("again")); err != nil {
		t.Fatal(err)
	}
	h.act("2026-02-06 10:00")
	if err := h.cases.NotSent(ctx, world, h.sending(), collections.FailedPermanent, "550 no such user", at("2026-02-06 10:00")); err != nil {
		t.Fatal(err)
	}
	h.act("2026-02-06 10:01")
	h.is("touches", h.text(`SELECT string_agg(status, ' ' ORDER BY id) FROM touches`), "unknown failed")
}

// TestManyLooksAtOnceSendOnce holds C-54: of six planners at once one makes a message.
func TestManyLooksAtOnceSendOnce(t *testing.T) {
	h := newHouse(t)
	var looks sync.WaitGroup
	for range 6 {
		looks.Go(func() {
			if err := h.cases.Act(t.Context(), h.facts.Case.World, h.facts.Case.ID, at("2026-02-05 10:00")); err != nil {
				t.Error(err)
			}
		})
	}
	looks.Wait()
	h.is("touches, jobs, contacts and links", h.text(`SELECT (SELECT count(*) FROM touches) || ' ' || (SELECT count(*) FROM jobs) || ' ' ||
		(SELECT count(*) FROM contacts_made) || ' ' || (SELECT count(*) FROM links)`), "1 1 1 1")
}

func (h *house) sending() domain.TouchID {
	h.t.Helper()
	var id domain.TouchID
	if err := h.owner.QueryRowContext(h.t.Context(), `SELECT id FROM touches WHERE status = 'sending'`).Scan(&id.UUID); err != nil {
		h.t.Fatalf("nothing is being sent: %v", err)
	}
	return id
}
