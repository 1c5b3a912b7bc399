package collections_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"comity/collections"
	"comity/domain"
	"comity/repository"
)

const (
	courtesySeeds   = 20 // COMITY_COURTESY_SEEDS says another number
	courtesyDays    = 65
	courtesyWorkers = 8
	actionsAtOnce   = 2 // of each worker in one round
)

// TestCourtesyHoldsWhateverHappensAtOnce lets eight workers do to a few cases whatever debtors, collectors, banks, mail
// servers and planners do, all at once, for nine weeks, and asks the rows after every round whether a word was broken
// (see audit). A seed gives what is done; in which order it comes is the machine's. The words are those of C-48, C-53,
// C-54, C-55, D-27 and D-29.
func TestCourtesyHoldsWhateverHappensAtOnce(t *testing.T) {
	seeds := courtesySeeds
	if text := os.Getenv("COMITY_COURTESY_SEEDS"); text != "" {
		var err error
		if seeds, err = strconv.Atoi(text); err != nil || seeds < 1 {
			t.Fatalf("COMITY_COURTESY_SEEDS is %q: a number of seeds is wanted", text)
		}
	}
	var mu sync.Mutex
	total := tally{}
	t.Cleanup(func() { t.Logf("%d seeds: %s", seeds, total) })
	for seed := range seeds {
		t.Run(fmt.Sprintf("seed=%d", seed+1), func(t *testing.T) {
			t.Parallel()
			town := newTown(t, uint64(seed+1))
			t.Logf("seed %d: %d cases, the first in %s", seed+1, len(town.files), town.files[0].zone)
			town.live(courtesyDays)
			mu.Lock()
			defer mu.Unlock()
			total.add(town.count())
		})
	}
}

// A town is a world of a few cases that meet: the first two are one seller's and debtor's
// under two factors, the third is another seller's who writes to the same mailbox; the fourth
// stands alone.
type town struct {
	*house
	seed  uint64
	now   time.Time
	files []file
	banks []*bank
	staff [2]domain.UserID

	mu     sync.Mutex
	faults []string
	done   tally
	calm   map[uuid.UUID]time.Time // the last time at which something kept a case quiet
	round  int
	read   int64 // of what was seen
}

// towns are where debtors may live, with the business days and hours that the audit knows:
// the factors' banks are in New York.
var towns = []struct{ country, zone string }{{"US", "America/New_York"}, {"DE", "Europe/Berlin"}, {"AU", "Australia/Sydney"}}

// A file is one case and what is needed to do something to it.
type file struct {
	zone   *time.Location
	id     domain.CaseID
	factor domain.OrganizationID
	bank   int
	email  string
	deals  []domain.DealID
}

// A bank loads a statement for every banking day, if not always in time.
type bank struct {
	factor, account uuid.UUID
	next            domain.Date
	missing         []domain.Date
}

func newTown(t *testing.T, seed uint64) *town {
	t.Helper()
	h := newHouse(t)
	h.cases = collections.New(repository.Atomically(h.db.DB, func(tx *repository.Tx) collections.Tx { return tx }),
		collections.Options{Host: "mail.test", ReplyHost: "mail.test", KeyVersion: 1})
	w := &town{
		house: h, seed: seed, now: h.facts.Case.OpenedAt, staff: [2]domain.UserID{domain.New[domain.UserID](), domain.New[domain.UserID]()},
		done: tally{}, calm: map[uuid.UUID]time.Time{},
	}
	r := rand.New(rand.NewPCG(seed, 0))
	here, there := towns[seed%3], towns[r.IntN(3)] // of the first three cases, and of the fourth
	k, account := h.facts.Case, h.facts.Feeds[0].Account.ID.UUID
	factor2, seller2, account2 := w.copied("organizations", k.Factor.UUID, row{"name": "Westbrook Factors, LLC"}), w.copied("organizations", k.Seller.UUID, row{"name": "Fenn Linen LLC"}), uuid.New()
	w.copied("bank_accounts", account, row{"id": account2, "org_id": factor2, "account_key": "key2", "account_number": "4410023318"})
	for _, b := range []*bank{{factor: k.Factor.UUID, account: account}, {factor: factor2, account: account2}} {
		b.next = day("2026-01-26")
		w.banks = append(w.banks, b)
	}
	same := k.Relationship.UUID
	w.exec(`UPDATE deals SET status = 'paid_out', funding_date = issued_on + 3`)
	w.exec(`UPDATE relationships SET heads_up = $1, country = $2, time_zone = $3`, r.IntN(2) == 0, here.country, here.zone)
	shared := w.copied("relationships", same, row{"seller_id": seller2, "debtor_id": uuid.New(), "code": "X", "email": "DANA@harborpine.example", "heads_up": r.IntN(2) == 0})
	own := same // in some towns the second case writes to another office of the same debtor
	if office := "ap@harborpine.example"; r.IntN(3) == 0 {
		own = w.copied("relationships", same, row{"code": "Z", "email": office})
	}
	alone := w.copied("relationships", same, row{"seller_id": seller2, "debtor_id": uuid.New(), "code": "Y", "email": "ap@lark.example", "name": "Lark Inns LLC", "country": there.country, "time_zone": there.zone})
	w.files = []file{{id: k.ID, factor: k.Factor, email: "dana@harborpine.example", deals: []domain.DealID{h.facts.Items[0].Deal.ID}}}
	for i, c := range []struct {
		factor, seller, relationship uuid.UUID
		bank                         int
		email                        string
	}{
		{factor2, k.Seller.UUID, own, 1, w.text(`SELECT email FROM relationships WHERE id = $1`, own)},
		{k.Factor.UUID, seller2, shared, 0, "dana@harborpine.example"},
		{factor2, seller2, alone, 1, "ap@lark.example"},
	}[:1+r.IntN(3)] {
		debtor := w.text(`SELECT debtor_id FROM relationships WHERE id = $1`, c.relationship)
		id := w.copied("cases", k.ID.UUID, row{"factor_id": c.factor, "seller_id": c.seller, "debtor_id": debtor, "relationship_id": c.relationship})
		w.files = append(w.files, file{id: domain.CaseID{UUID: id}, factor: domain.OrganizationID{UUID: c.factor}, bank: c.bank, email: c.email})
		w.deal(r, i+1, debtor)
	}
	for i := range w.files {
		debtor := w.text(`SELECT debtor_id FROM cases WHERE id = $1`, w.files[i].id.UUID)
		for range r.IntN(5) {
			w.deal(r, i, debtor)
		}
	}
	for _, relationship := range []uuid.UUID{same, shared, own, alone} {
		w.exec(`UPDATE relationships SET approval = $2, phone = $3 WHERE id = $1`, relationship, []string{"none", "none", "first_touch", "every_touch"}[r.IntN(4)],
			[]string{"+12125550142", "+12125550142", ""}[r.IntN(3)])
	}
	for i, f := range w.files {
		zone, err := time.LoadLocation(w.text(`SELECT time_zone FROM relationships WHERE id = (SELECT relationship_id FROM cases WHERE id = $1)`, f.id.UUID))
		if err != nil {
			t.Fatal(err)
		}
		w.files[i].zone = zone
	}
	w.secret(seed)
	w.persons()
	w.exec(auditor)
	w.clock(w.now)
	return w
}

// secretly is the case of which the debtor is not told, in a town that has one.
func (w *town) secretly() int { return int(w.seed/3) % len(w.files) }

// drawTelling throws the dice for two people of a factor who tell the debtor of such a case after all: with
// dice of their own.
func (w *town) drawTelling() []action {
	r := rand.New(rand.NewPCG(w.seed, uint64(w.round)+1<<33))
	if w.seed%3 != 0 || r.IntN(15) > 0 {
		return nil
	}
	return []action{{kind: "tell", do: (*town).tell, file: w.secretly(), dice: r.IntN(1000), key: fmt.Sprintf("%d-tell", w.round)}}
}

// tell lets one person ask and another one agree.
func (w *town) tell(ctx context.Context, a action) error {
	id, err := w.find(ctx, `SELECT id FROM disclosings WHERE case_id = $1 AND status = 'asked'`, w.files[a.file].id.UUID)
	if err != nil {
		_, err = w.cases.AskDisclosing(ctx, w.collector(a), w.files[a.file].id, collections.Telling{Reason: domain.DisclosingUnanswered, Note: "no word came"}, onceOf[domain.Disclosing](a.key))
		return err
	}
	_, err = w.cases.ApproveDisclosing(ctx, w.collector(a), domain.DisclosingID{UUID: id}, onceOf[domain.Disclosing](a.key))
	return err
}

// secret lets the debtor of one case of every third town not be told of the sale: there is no notice, and
// never was.
func (w *town) secret(seed uint64) {
	w.t.Helper()
	if seed%3 != 0 {
		return
	}
	id := w.files[w.secretly()].id.UUID
	w.exec(`INSERT INTO debtors (id, world_id, country, name_key) SELECT debtor_id, world_id, 'US', 'secret' FROM cases WHERE id = $1 ON CONFLICT DO NOTHING`, id)
	w.exec(`UPDATE cases SET disclosure = 'confidential' WHERE id = $1`, id)
	w.exec(`UPDATE deals SET disclosure = 'confidential' WHERE case_id = $1`, id)
	w.exec(`DELETE FROM conditions c USING deals d WHERE d.id = c.deal_id AND d.case_id = $1 AND c.code IN ('introduced', 'notice_delivered')`, id)
}

type row map[string]any

// copied copies a row, changed, and returns its id.
func (w *town) copied(table string, from uuid.UUID, change row) uuid.UUID {
	w.t.Helper()
	id := uuid.Must(uuid.NewV7())
	if given, ok := change["id"].(uuid.UUID); ok {
		id = given
	}
	change["id"] = id
	text, err := json.Marshal(change)
	if err != nil {
		w.t.Fatal(err)
	}
	w.exec(fmt.Sprintf(`INSERT INTO %s SELECT (jsonb_populate_record(x, $2::jsonb)).* FROM %s x WHERE id = $1`, table, table), from, string(text))
	return id
}

// deal gives a case one more invoice, due some time in the first seven weeks.
func (w *town) deal(r *rand.Rand, i int, debtor string) {
	w.t.Helper()
	f := &w.files[i]
	number := fmt.Sprintf("N-%d%02d", i, len(f.deals))
	due := day("2026-02-05").Plus(6 + r.IntN(42))
	minor := int64(50_000 + r.IntN(900_000))
	var key [8]byte
	for n := range key {
		key[n] = byte(r.IntN(256))
	}
	seller, relationship := w.text(`SELECT seller_id FROM cases WHERE id = $1`, f.id.UUID), w.text(`SELECT relationship_id FROM cases WHERE id = $1`, f.id.UUID)
	from := w.files[0].deals[0].UUID
	issued := due.Plus(-20 - r.IntN(2)*15).String()
	invoice := w.copied("invoices", uuid.MustParse(w.text(`SELECT invoice_id FROM deals WHERE id = $1`, from)), row{
		"seller_id": seller, "relationship_id": relationship, "number": number, "number_key": number, "due_on": due.String(),
		"issued_on": issued, "payable_minor": minor, "basis_minor": minor,
	})
	id := w.copied("deals", from, row{
		"factor_id": f.factor.UUID, "seller_id": seller, "relationship_id": relationship, "debtor_id": debtor, "invoice_id": invoice, "case_id": f.id.UUID,
		"invoice_number": number, "issued_on": issued, "due_on": due.String(), "basis_minor": minor, "open_minor": minor, "advance_minor": minor - minor/10, "reserve_minor": minor / 10, "reference": domain.NewReference(key[:]).String(),
		"collection_account_id": w.banks[f.bank].account,
	})
	w.exec(`INSERT INTO conditions SELECT $2, $3, $4, code, evidence, occurred_at FROM conditions WHERE deal_id = $1`, from, id, f.factor.UUID, seller)
	f.deals = append(f.deals, domain.DealID{UUID: id})
}

// live plays the days: a round of actions, then the clock jumps, and planner and mail
// worker do what comes due on the way.
func (w *town) live(days int) {
	w.t.Helper()
	for end := w.now.AddDate(0, 0, days); w.now.Before(end) && !w.t.Failed(); w.round++ {
		r := rand.New(rand.NewPCG(w.seed, uint64(w.round)+1)) // its own: how a round ended must not move the next one's dice
		plans := make([][]action, courtesyWorkers)
		for i := range plans {
			for n := range actionsAtOnce {
				plans[i] = append(plans[i], w.draw(r, i, n))
			}
		}
		plans = append(plans, w.drawOutside(), w.drawTelling())
		jump, hour, minute, away := max(r.IntN(6), r.IntN(6)), 7+r.IntN(12), r.IntN(60), r.IntN(4) == 0
		w.together(plans)
		w.persons()
		w.silences()
		then := domain.DateOf(w.now.In(newYork)).Plus(jump).At(hour, minute, newYork)
		if !then.After(w.now) {
			then = w.now.Add(time.Duration(1+minute) * time.Minute)
		}
		w.travel(r, then, away)
		w.sees()
		w.audit()
	}
}

// together runs the plans at once, one goroutine each.
func (w *town) together(plans [][]action) {
	w.t.Helper()
	ctx := w.t.Context()
	var working sync.WaitGroup
	for _, plan := range plans {
		working.Go(func() {
			for _, a := range plan {
				w.do(ctx, a)
			}
		})
	}
	working.Wait()
	for _, fault := range w.faults {
		w.t.Fatalf("seed %d, round %d, %s: %s", w.seed, w.round, w.now.In(newYork), fault)
	}
}

// do does one thing. That the house refuses it on purpose is in order; any other error is
// a fault.
func (w *town) do(ctx context.Context, a action) {
	err := a.do(w, ctx, a)
	var refusal *domain.Refusal
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err == nil:
		w.done[a.kind]++
	case errors.Is(err, errNothing):
	case errors.As(err, &refusal) && (a.kind != "look" || refusal.Code == domain.ErrUnavailable.Code):
		w.done["not "+a.kind+" ("+refusal.Code+")"]++
	default:
		w.faults = append(w.faults, fmt.Sprintf("%s on case %s: %v", a.kind, w.files[a.file].id, err))
	}
}

// clock moves the world's time, and loads what its banks have sent by then: eleven days of
// twelve in time.
func (w *town) clock(now time.Time) {
	w.t.Helper()
	w.now = now
	w.exec(`UPDATE worlds SET clock_at = $1 WHERE kind = 'sandbox'`, now)
	banking := domain.BankingDays("USD", "US")
	for i, b := range w.banks {
		for ; b.next.Before(domain.DateOf(now.In(newYork))); b.next = banking.Add(b.next, 1) {
			r := rand.New(rand.NewPCG(w.seed, uint64(day("2026-01-01").DaysUntil(b.next))<<32|uint64(i)))
			if r.IntN(12) == 0 && b.next.After(day("2026-02-04")) {
				b.missing = append(b.missing, b.next)
			} else if err := w.statement(w.t.Context(), b, b.next); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

func (w *town) statement(ctx context.Context, b *bank, on domain.Date) error {
	_, err := w.owner.ExecContext(ctx, `INSERT INTO statements (id, factor_id, account_id, blob_id, file_sha256, number, from_on, to_on, currency, opening_minor, closing_minor, line_count, loaded_at)
		VALUES (gen_random_uuid(), $1, $2, $1, '', $3::text, $3::date, $3::date, 'USD', 0, 0, 0, now()) ON CONFLICT DO NOTHING`, b.factor, b.account, on.String())
	return err
}

// ofEach makes plans for the cases that are named.
func (w *town) ofEach(named string, makes ...func(int) []action) [][]action {
	var plans [][]action
	for i, f := range w.files {
		for _, plan := range makes {
			if strings.Contains(named, f.id.UUID.String()) {
				plans = append(plans, plan(i))
			}
		}
	}
	return plans
}

// travel runs the clock to a time the way a sandbox does: what is due first comes first, at
// its own time, and its mail leaves before the next, unless the mail worker is away. What
// is due is looked at by one planner or by two at once, case by case or all together.
func (w *town) travel(r *rand.Rand, then time.Time, away bool) {
	w.t.Helper()
	for looks := 0; ; {
		var next *time.Time
		if err := w.owner.QueryRowContext(w.t.Context(), `SELECT min(next_action_at) FROM cases WHERE status = 'open' AND next_action_at <= $1`, then).Scan(&next); err != nil {
			w.t.Fatal(err)
		}
		if next == nil {
			break
		}
		if looks++; next.After(w.now) {
			looks = 0
			w.clock(next.UTC())
		}
		if looks > 30 {
			w.t.Fatalf("seed %d, %s: a case stays due: %s", w.seed, w.now, w.text(`SELECT waits_for FROM cases WHERE status = 'open' AND next_action_at <= $1`, w.now))
		}
		due := w.text(`SELECT string_agg(id::text, ' ') FROM cases WHERE status = 'open' AND next_action_at <= $1`, w.now)
		look := func(i int) []action { return []action{{kind: "look", file: i, do: (*town).look}} }
		many := []action{{kind: "plan", do: (*town).plan}}
		switch r.IntN(4) {
		case 0:
			w.together(w.ofEach(due, look, look)) // two planners
		case 1:
			w.together([][]action{many, many}) // two that look at all of them, and act on what is left
			w.sees()
			w.together(append(w.ofEach(due, look), many))
		default:
			w.together(w.ofEach(due, look))
		}
		sending := w.text(`SELECT string_agg(case_id::text, ' ') FROM touches WHERE status = 'sending'`)
		if !away && sending != "" {
			w.together(w.ofEach(sending, func(i int) []action { return []action{{kind: "send", file: i, dice: r.IntN(1000), do: (*town).send}} }))
		}
	}
	w.clock(then)
}
