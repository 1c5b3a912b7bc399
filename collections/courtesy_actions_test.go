package collections_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/collections"
	"comity/domain"
)

// An action is one thing that somebody does, with its dice thrown before.
type action struct {
	kind       string
	do         func(*town, context.Context, action) error
	file, deal int
	dice       int // 0 to 999
	days       int // 0 to 15
	key        string
}

// errNothing says that there was nothing to do it to.
var errNothing = errors.New("nothing to do")

var deeds = []struct {
	kind   string
	weight int
	do     func(*town, context.Context, action) error
}{
	{"look", 100, (*town).look},
	{"plan", 40, (*town).plan},
	{"send", 50, (*town).send},
	{"promise", 8, (*town).promise},
	{"ask", 3, (*town).ask},
	{"say paid", 5, (*town).sayPaid},
	{"dispute", 3, (*town).dispute},
	{"mail", 6, (*town).mail},
	{"answer", 26, (*town).answer},
	{"resolve", 14, (*town).resolve},
	{"stop", 2, (*town).setStop},
	{"lift", 40, (*town).lift},
	{"send again", 3, (*town).again},
	{"pay", 6, (*town).pay},
	{"nobody's money", 3, (*town).nobodys},
	{"end", 1, (*town).end},
	{"file", 30, (*town).file},
	{"wish", 2, (*town).wish},
	{"pause", 4, (*town).rest},
	{"end pause", 16, (*town).endRest},
	{"word", 60, (*town).word},
	{"agree", 60, (*town).agree},
	{"call", 30, (*town).call},
	{"hang up", 60, (*town).hangUp},
	{"policy", 1, (*town).policy},
	{"ask for a plan", 4, (*town).askPlan},
	{"propose a plan", 10, (*town).proposePlan},
	{"agree to a plan", 30, (*town).agreePlan},
	{"take a plan", 30, (*town).takePlan},
	{"answer a dispute", 20, (*town).answerDispute},
}

// draw throws the dice for one action of one worker.
func (w *town) draw(r *rand.Rand, worker, n int) action {
	sum := 0
	for _, d := range deeds {
		sum += d.weight
	}
	at, i := r.IntN(sum), 0
	for ; at >= deeds[i].weight; i++ {
		at -= deeds[i].weight
	}
	f := r.IntN(len(w.files))
	return action{
		kind: deeds[i].kind, do: deeds[i].do, file: f, deal: r.IntN(len(w.files[f].deals)), dice: r.IntN(1000), days: r.IntN(16),
		key: fmt.Sprintf("%d-%d-%d", w.round, worker, n),
	}
}

// find reads one id; none is errNothing.
func (w *town) find(ctx context.Context, query string, args ...any) (uuid.UUID, error) {
	var id uuid.UUID
	err := w.owner.QueryRowContext(ctx, query, args...).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return id, errNothing
	}
	return id, err
}

// look is the planner's.
func (w *town) look(ctx context.Context, a action) error {
	return w.cases.Act(ctx, w.facts.Case.World, w.files[a.file].id, w.now)
}

// send is the mail worker's, and the mail server's answer.
func (w *town) send(ctx context.Context, a action) error {
	f, world := w.files[a.file], w.facts.Case.World
	id, err := w.find(ctx, `SELECT id FROM touches WHERE case_id = $1 AND status = 'sending' LIMIT 1`, f.id.UUID)
	if err != nil {
		return err
	}
	touch := domain.TouchID{UUID: id}
	if _, err := w.cases.Outgoing(ctx, world, touch, w.now); err != nil {
		return err
	}
	switch {
	case a.dice < 60:
		return w.cases.NotSent(ctx, world, touch, collections.FailedTemporary, "451 later", w.now)
	case a.dice < 75:
		return w.cases.NotSent(ctx, world, touch, collections.FailedPermanent, "550 no such user", w.now)
	case a.dice < 95:
		return w.cases.NotSent(ctx, world, touch, collections.FailedUnknown, "the line was cut", w.now)
	case a.dice < 110:
		return nil // the worker is lost
	default:
		return w.cases.Sent(ctx, world, touch, w.now)
	}
}

// debtor comes by the newest link of a case.
func (w *town) debtor(ctx context.Context, f file) (domain.Caller, error) {
	id, err := w.find(ctx, `SELECT id FROM links WHERE case_id = $1 ORDER BY id DESC LIMIT 1`, f.id.UUID)
	if err != nil {
		return domain.Caller{}, err
	}
	_, by, err := w.db.FindLink(ctx, domain.LinkID{UUID: id})
	return by, err
}

// part is a part of what is open on a deal, often all of it.
func (w *town) part(ctx context.Context, a action) (int64, error) {
	var open int64
	if err := w.owner.QueryRowContext(ctx, `SELECT open_minor FROM deals WHERE id = $1`, w.files[a.file].deals[a.deal].UUID).Scan(&open); err != nil {
		return 0, err
	}
	if open == 0 {
		return 0, errNothing
	}
	if a.dice%2 == 0 {
		return open, nil
	}
	return 1 + open*int64(a.dice)/1000, nil
}

// said runs what a debtor says about a part of a deal.
func (w *town) said(ctx context.Context, a action, say func(domain.Caller, domain.DealID, int64) error) error {
	by, err := w.debtor(ctx, w.files[a.file])
	if err != nil {
		return err
	}
	minor, err := w.part(ctx, a)
	if err != nil {
		return err
	}
	return say(by, w.files[a.file].deals[a.deal], minor)
}

func (w *town) promise(ctx context.Context, a action) error {
	return w.said(ctx, a, func(by domain.Caller, deal domain.DealID, minor int64) error {
		_, err := w.cases.Promise(ctx, by, deal, usd(minor), domain.DateOf(w.now.In(newYork)).Plus(a.days), onceOf[domain.Promise](a.key))
		return err
	})
}

func (w *town) sayPaid(ctx context.Context, a action) error {
	return w.said(ctx, a, func(by domain.Caller, deal domain.DealID, minor int64) error {
		_, err := w.cases.Paid(ctx, by, deal, usd(minor), domain.DateOf(w.now.In(newYork)).Plus(-a.days/5), onceOf[domain.Hold](a.key))
		return err
	})
}

func (w *town) dispute(ctx context.Context, a action) error {
	return w.said(ctx, a, func(by domain.Caller, deal domain.DealID, minor int64) error {
		_, err := w.cases.Dispute(ctx, by, collections.Complaint{Deal: deal, Amount: usd(minor), Reason: domain.DisputeDamaged, Said: "two boxes were wet"}, onceOf[domain.Dispute](a.key))
		return err
	})
}

func (w *town) ask(ctx context.Context, a action) error {
	by, err := w.debtor(ctx, w.files[a.file])
	if err != nil {
		return err
	}
	deal := w.files[a.file].deals[a.deal]
	if a.dice%2 == 0 {
		deal = domain.DealID{} // about everything
	}
	_, err = w.cases.Ask(ctx, by, deal, "Which order is this?", onceOf[domain.Question](a.key))
	return err
}

// mail answers the last message of a case, or bounces it.
func (w *town) mail(ctx context.Context, a action) error {
	f := w.files[a.file]
	id, err := w.find(ctx, `SELECT id FROM touches WHERE case_id = $1 AND sent_at IS NOT NULL ORDER BY sent_at DESC, id DESC LIMIT 1`, f.id.UUID)
	if err != nil {
		return err
	}
	touch := domain.TouchID{UUID: id}
	to, mine := "reply+"+strings.ReplaceAll(id.String(), "-", "")+"@mail.test", "X-Mail: "+a.key
	raw := [][]byte{
		mail(f.email, to, "Which order is invoice "+a.key+" about?", mine),
		mail(f.email, to, "Thank you, we received your message and will look into it.", mine),
		mail(f.email, to, "I am out of the office until Monday.", mine, "Auto-Submitted: auto-replied"),
		mail(f.email, "post@mail.test", "We pay next week.", mine),
		bounce(collections.Outgoing{MessageID: touch.String() + "@mail.test", ReplyTo: to, Subject: "s"}, "5.1.1", "failed"),
	}[[]int{0, 0, 1, 1, 2, 2, 3, 3, 3, 4}[a.dice%10]]
	_, err = w.cases.Receive(ctx, raw, w.now)
	return err
}

// collector is one of two people of a case's factor.
func (w *town) collector(a action) domain.Caller {
	return domain.Caller{
		User: w.staff[a.dice%2], Organization: w.files[a.file].factor, Kind: domain.KindFactor, Role: domain.RoleCollector,
		World: w.facts.Case.World, Sandbox: true, Now: w.now,
	}
}

// seller is one of two people of a case's seller.
func (w *town) seller(ctx context.Context, a action) (domain.Caller, error) {
	id, err := w.find(ctx, `SELECT seller_id FROM cases WHERE id = $1`, w.files[a.file].id.UUID)
	by := w.collector(a)
	by.Organization, by.Kind, by.Role = domain.OrganizationID{UUID: id}, domain.KindSeller, domain.RoleMember
	return by, err
}

// rest pauses an invoice or a case, for one side or the other.
func (w *town) rest(ctx context.Context, a action) error {
	by, err := w.seller(ctx, a)
	if err != nil {
		return err
	}
	p := domain.Pause{Case: w.files[a.file].id, Reason: "a fair", Until: w.now.Add(time.Duration(a.days*24+a.dice%24) * time.Hour)}
	switch {
	case a.dice%3 == 0:
		by = w.collector(a)
	case a.dice%5 == 0:
		p.Until = time.Time{} // hands off this one
	}
	if a.dice%2 == 0 {
		p.Deal = w.files[a.file].deals[a.deal]
	}
	_, err = w.cases.SetPause(ctx, by, p, onceOf[domain.Pause](a.key))
	return err
}

// endRest ends the oldest pause of a case, for the side that set it.
func (w *town) endRest(ctx context.Context, a action) error {
	id, err := w.find(ctx, `SELECT id FROM pauses WHERE case_id = $1 AND ended_at IS NULL AND (until_at IS NULL OR until_at > $2) ORDER BY id LIMIT 1`, w.files[a.file].id.UUID, w.now)
	if err != nil {
		return err
	}
	by, err := w.seller(ctx, a)
	if w.text(`SELECT side FROM pauses WHERE id = $1`, id) == "factor" {
		by = w.collector(a)
	}
	if err == nil {
		_, err = w.cases.EndPause(ctx, by, domain.PauseID{UUID: id}, onceOf[domain.Pause](a.key))
	}
	return err
}

// word is a seller's on what waits for it: two yes to one no.
func (w *town) word(ctx context.Context, a action) error {
	id, err := w.find(ctx, `SELECT id FROM touches WHERE case_id = $1 AND status = 'planned' ORDER BY id DESC LIMIT 1`, w.files[a.file].id.UUID)
	if err != nil {
		return err
	}
	by, err := w.seller(ctx, a)
	if err != nil {
		return err
	}
	word := domain.Approval{Consent: domain.Approved}
	if a.dice%3 == 0 {
		word = domain.Approval{Consent: domain.Declined, Note: "new terms"}
	}
	_, err = w.cases.Consent(ctx, by, domain.TouchID{UUID: id}, word, onceOf[domain.Approval](a.key))
	return err
}

func (w *town) answer(ctx context.Context, a action) error {
	id, err := w.find(ctx, `SELECT id FROM questions WHERE case_id = $1 AND answered_at IS NULL ORDER BY id LIMIT 1`, w.files[a.file].id.UUID)
	if err != nil {
		return err
	}
	read, err := w.find(ctx, `SELECT id FROM replies WHERE question_id = $1 ORDER BY id DESC LIMIT 1`, id)
	if err != nil && !errors.Is(err, errNothing) {
		return err
	}
	_, err = w.cases.AnswerQuestion(ctx, w.collector(a), domain.QuestionID{UUID: id}, domain.ReplyID{UUID: read}, "It is about the menus of February.", collections.Understanding{}, onceOf[domain.Question](a.key))
	return err
}

func (w *town) resolve(ctx context.Context, a action) error {
	id, err := w.find(ctx, `SELECT id FROM disputes WHERE case_id = $1 AND status <> 'resolved' ORDER BY id LIMIT 1`, w.files[a.file].id.UUID)
	if err != nil {
		return err
	}
	// what a resolution does is the market's; its rows are what collection sees of it
	return undisturbed(func() error { return w.resolved(ctx, id) })
}

func (w *town) resolved(ctx context.Context, id uuid.UUID) error {
	_, err := w.owner.ExecContext(ctx, `WITH ended AS (
  UPDATE disputes SET status = 'resolved', outcome = 'withdrawn', resolved_at = $2 WHERE id = $1 RETURNING case_id, factor_id, seller_id, deal_id
), released AS (
  UPDATE holds SET ended_at = $2 WHERE cause_id = $1 AND ended_at IS NULL
), told AS (
  INSERT INTO updates (id, case_id, factor_id, seller_id, deal_id, kind, subject_id, at) SELECT $3, case_id, factor_id, seller_id, deal_id, 'dispute_resolved', $1, $2 FROM ended
)
UPDATE cases SET next_action_at = $2 WHERE id IN (SELECT case_id FROM ended) AND status = 'open'`, id, w.now, domain.New[domain.UpdateID]().UUID)
	return err
}

func (w *town) setStop(ctx context.Context, a action) error {
	codes := domain.StopCodes()
	_, err := w.cases.SetStop(ctx, w.collector(a), w.files[a.file].id, codes[a.dice%len(codes)], "a petition", onceOf[domain.Stop](a.key))
	return err
}

func (w *town) lift(ctx context.Context, a action) error {
	var code string
	err := w.owner.QueryRowContext(ctx, `SELECT code FROM stops WHERE case_id = $1 AND lifted_at IS NULL ORDER BY id LIMIT 1`, w.files[a.file].id.UUID).Scan(&code)
	if errors.Is(err, sql.ErrNoRows) {
		return errNothing
	}
	if err == nil {
		_, err = w.cases.LiftStop(ctx, w.collector(a), w.files[a.file].id, domain.StopCode(code), onceOf[domain.Stop](a.key))
	}
	return err
}

func (w *town) again(ctx context.Context, a action) error {
	key := a.key
	if key == "" {
		key = uuid.NewString() // the planner's
	}
	_, err := w.cases.SendAgain(ctx, w.collector(a), w.files[a.file].id, onceOf[domain.Case](key+" again"))
	return err
}

// pay changes the rows that a receipt changes in the repository's SaveReceipt, under the
// lock of the case as there.
func (w *town) pay(ctx context.Context, a action) error {
	minor, err := w.part(ctx, a)
	if err != nil {
		return err
	}
	return w.locked(ctx, a, []string{
		`INSERT INTO allocations (id, factor_id, seller_id, receipt_id, deal_id, case_id, amount_minor, value_on, applied_at)
			SELECT gen_random_uuid(), factor_id, seller_id, gen_random_uuid(), id, case_id, least($3::bigint, open_minor), ($2::timestamptz)::date, $2
			  FROM deals WHERE id = $1 AND open_minor > 0 AND status IN ('made', 'paid_out')`,
		`UPDATE deals SET open_minor = greatest(open_minor - $3::bigint, 0), paid_in_full_on = CASE WHEN open_minor <= $3 THEN ($2::timestamptz)::date END,
			  status = CASE WHEN open_minor <= $3 AND $3 % 3 = 0 THEN 'settled' ELSE status END
			WHERE id = $1 AND open_minor > 0 AND status IN ('made', 'paid_out')`,
		`WITH kept AS (
			  UPDATE promises p SET status = 'kept', decided_at = $2 FROM deals d
			   WHERE d.id = $1 AND p.deal_id = d.id AND p.status = 'active' AND $3::bigint > 0 AND p.open_before - d.open_minor >= p.amount_minor RETURNING p.id)
			UPDATE holds h SET ended_at = $2 FROM deals d WHERE d.id = $1 AND h.deal_id = d.id AND h.ended_at IS NULL
			  AND (h.code = 'paid_or_pending' OR (d.open_minor = 0 AND h.code = 'promise_active') OR h.cause_id IN (SELECT id FROM kept))`,
	}, minor)
}

// end settles what is paid, or charges it back.
func (w *town) end(ctx context.Context, a action) error {
	return w.locked(ctx, a, []string{
		`UPDATE deals SET status = CASE WHEN open_minor = 0 THEN 'settled' ELSE 'charged_back' END
			WHERE id = $1 AND status IN ('made', 'paid_out') AND $2::timestamptz IS NOT NULL AND $3::bigint > 0`,
	}, 1)
}

// locked changes rows of a deal under its case's lock, and wakes the case.
func (w *town) locked(ctx context.Context, a action, changes []string, minor int64) error {
	return undisturbed(func() error { return w.change(ctx, a, changes, minor) })
}

// undisturbed tries a deadlock again, as the house does.
func undisturbed(do func() error) error {
	for try := 1; ; try++ {
		err := do()
		if fault, ok := errors.AsType[*pq.Error](err); !ok || fault.Code != "40P01" || try == 3 {
			return err
		}
	}
}

func (w *town) change(ctx context.Context, a action, changes []string, minor int64) error {
	f := w.files[a.file]
	tx, err := w.owner.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	if _, err := tx.ExecContext(ctx, `SELECT FROM cases WHERE id = $1 FOR UPDATE`, f.id.UUID); err != nil {
		return err
	}
	for _, change := range changes {
		if _, err := tx.ExecContext(ctx, change, f.deals[a.deal].UUID, w.now, minor); err != nil {
			return fmt.Errorf("%s: %w", change, err)
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE cases SET next_action_at = $2 WHERE id = $1 AND status = 'open'`, f.id.UUID, w.now); err != nil {
		return err
	}
	return tx.Commit()
}

// nobodys is money that nobody knows yet; some of it is of the size of an invoice.
func (w *town) nobodys(ctx context.Context, a action) error {
	minor, err := w.part(ctx, a)
	if err != nil {
		return err
	}
	b := w.banks[w.files[a.file].bank]
	_, err = w.owner.ExecContext(ctx, `INSERT INTO receipts (id, factor_id, account_id, line_id, status, currency, amount_minor, unapplied_minor, value_on, payer, reference, created_at)
		VALUES (gen_random_uuid(), $1, $2, gen_random_uuid(), 'unapplied', 'USD', $3, $3, $4, $5, '', $6)`,
		b.factor, b.account, minor, domain.DateOf(w.now).String(), []string{"ACME", "Harbor and Pine Hotels"}[a.days%2], w.now)
	return err
}

// file loads the statements that came late.
func (w *town) file(ctx context.Context, a action) error {
	b := w.banks[w.files[a.file].bank]
	w.mu.Lock()
	missing := slices.Clone(b.missing)
	b.missing = nil
	w.mu.Unlock()
	for _, on := range missing {
		if err := w.statement(ctx, b, on); err != nil {
			return err
		}
	}
	return nil
}
