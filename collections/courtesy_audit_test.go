package collections_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"comity/domain"
)

// auditor is how the test sees what was true when a message was claimed, and when it was
// handed to the mail server: a trigger writes it down in the same transaction, under the
// lock of the case. Two transactions of one simulated moment have no other order.
const auditor = `
CREATE TABLE seen (
  n bigint GENERATED ALWAYS AS IDENTITY, what text, touch_id uuid, case_id uuid, cycle integer, step text, class text, claimed_at timestamptz, at timestamptz, planned_at timestamptz,
  body text, stops text[], rests text[], items jsonb, person boolean);
CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
  clock timestamptz := (SELECT w.clock_at FROM worlds w WHERE w.id = NEW.world_id);
BEGIN
  IF NEW.status <> 'sending' THEN RETURN NULL; END IF;
  IF TG_OP = 'UPDATE' AND OLD.status = 'sending' AND NEW.attempts = OLD.attempts THEN RETURN NULL; END IF;
  INSERT INTO seen (what, touch_id, case_id, cycle, step, class, claimed_at, at, planned_at, body, stops, rests, items, person) VALUES (
    CASE WHEN TG_OP = 'UPDATE' AND OLD.status = 'sending' THEN 'left' ELSE 'claimed' END, NEW.id, NEW.case_id, NEW.cycle, NEW.step, NEW.class, NEW.claimed_at, clock, NEW.created_at, NEW.body_text,
    ARRAY(SELECT s.code FROM stops s WHERE s.case_id = NEW.case_id AND s.lifted_at IS NULL),
    ARRAY(SELECT h.code FROM holds h WHERE h.case_id = NEW.case_id AND h.deal_id IS NULL AND h.ended_at IS NULL AND (h.until_at IS NULL OR h.until_at > clock)
          UNION ALL SELECT p.side FROM pauses p WHERE p.case_id = NEW.case_id AND p.deal_id IS NULL AND p.ended_at IS NULL AND (p.until_at IS NULL OR p.until_at > clock)),
    (SELECT jsonb_agg(jsonb_build_object('number', d.invoice_number, 'disputed', EXISTS (SELECT FROM disputes x WHERE x.deal_id = d.id AND x.status = 'open'), 'ours', d.status IN ('made', 'paid_out'), 'open', d.open_minor,
        'whole', coalesce((SELECT bool_or(h.amount_minor IS NULL) FROM holds h WHERE h.deal_id = d.id AND h.ended_at IS NULL AND (h.until_at IS NULL OR h.until_at > clock)), false)
          OR EXISTS (SELECT FROM pauses p WHERE p.deal_id = d.id AND p.ended_at IS NULL AND (p.until_at IS NULL OR p.until_at > clock)),
        'held', coalesce((SELECT sum(h.amount_minor) FROM holds h WHERE h.deal_id = d.id AND h.ended_at IS NULL AND (h.until_at IS NULL OR h.until_at > clock)), 0)))
       FROM deals d WHERE d.id = ANY (NEW.items)),
    (SELECT r.legal_type = 'sole_trader' AND r.country IN ('US', 'DE') FROM relationships r WHERE r.id = NEW.relationship_id));
  RETURN NULL;
END $$;
CREATE TRIGGER see AFTER INSERT OR UPDATE ON touches FOR EACH ROW EXECUTE FUNCTION see();
-- Every message that reached the debtor, or may have, by the debtor's local days. What the
-- mail server or, later, the mailbox refused for good (failed) did not arrive: it counts for
-- the address (it was tried there; so does the gate's window) and not for the pair's gap
-- (the gate's last_elsewhere leaves it out too; a case's own failed messages it counts, which
-- is stricter). Planned and cancelled ones were never accepted.
CREATE VIEW messages AS
  SELECT t.id, t.case_id, t.cycle, t.step, t.class, t.status, t.claimed_at, t.sent_at, encode(t.contact_key, 'hex') AS address, k.seller_id, k.debtor_id, k.factor_id,
         t.class IN ('heads_up', 'reminder', 'call') AS proactive, t.class IN ('heads_up', 'reminder', 'legal_notice', 'call', 'instalment', 'release', 'prior_notice', 'protective_notice', 'validation') AS counted,
         (t.claimed_at AT TIME ZONE r.time_zone)::date AS day, (coalesce(t.sent_at, t.claimed_at) AT TIME ZONE r.time_zone)::date AS left_on
    FROM touches t JOIN cases k ON k.id = t.case_id JOIN relationships r ON r.id = t.relationship_id
   WHERE t.status IN ('sending', 'sent', 'unknown', 'failed');
-- Its own calendar: the hours and holidays of the debtors' countries in these weeks.
CREATE FUNCTION in_hours(p timestamptz, p_case uuid) RETURNS boolean LANGUAGE sql AS $$
  SELECT l::time >= '08:00' AND l::time < '18:00' AND extract(isodow FROM l) < 6
     AND NOT l::date = ANY (CASE country WHEN 'US' THEN '{2026-02-16,2026-05-25}' WHEN 'DE' THEN '{2026-04-03,2026-04-06,2026-05-01}' WHEN 'AU' THEN '{2026-04-03,2026-04-06}' END::date[])
    FROM (SELECT p AT TIME ZONE r.time_zone AS l, r.country FROM cases k JOIN relationships r ON r.id = k.relationship_id WHERE k.id = p_case) x $$;`

// words are the rules that one query each can ask for: every row is a breach.
var words = []struct{ rule, query string }{
	{"1: claimed without a clear gate", `SELECT s.case_id, s.cycle, s.step, s.claimed_at FROM seen s WHERE s.what = 'claimed' AND NOT EXISTS (
		SELECT FROM gate_decisions g WHERE g.case_id = s.case_id AND g.cycle = s.cycle AND g.step = s.step AND g.at = s.claimed_at AND g.sent AND g.codes = '{}')`},
	{"1: a message whose claim the gate does not know", `SELECT m.case_id, m.step, m.claimed_at FROM messages m WHERE NOT EXISTS (
		SELECT FROM gate_decisions g WHERE g.case_id = m.case_id AND g.cycle = m.cycle AND g.step = m.step AND g.at = m.claimed_at AND g.sent)`},
	{"2: a step twice", `SELECT t.case_id, t.cycle, t.step, count(*) FROM touches t GROUP BY 1, 2, 3 HAVING count(*) > 1`},
	{"2: handed out twice after one claim", `SELECT s.touch_id, s.step, count(*) FROM (
		SELECT x.touch_id, x.step, x.what, count(*) FILTER (WHERE x.what = 'claimed') OVER (PARTITION BY x.touch_id ORDER BY x.n) AS turn FROM seen x) s
		WHERE s.what = 'left' GROUP BY s.touch_id, s.step, s.turn HAVING count(*) > 1`},
	{"3: less than seven days between two messages that we started", `SELECT a.case_id, a.step, a.claimed_at, b.case_id, b.step, b.claimed_at FROM messages a JOIN messages b
		ON a.seller_id = b.seller_id AND a.debtor_id = b.debtor_id AND a.id < b.id AND abs(a.day - b.day) < 7
		WHERE a.proactive AND b.proactive AND a.status <> 'failed' AND b.status <> 'failed'`},
	{"4: two messages to one address on one day", `SELECT m.address, m.day, string_agg(m.step || ' of ' || m.case_id, ', ') FROM messages m WHERE m.class <> 'answer' GROUP BY 1, 2 HAVING count(*) > 1`},
	{"4: more than seven counted messages in seven days", `SELECT a.address, a.day, count(DISTINCT b.id) FROM messages a JOIN messages b
		ON a.address = b.address AND b.counted AND a.day - b.day BETWEEN 0 AND 6 WHERE a.counted GROUP BY 1, 2 HAVING count(DISTINCT b.id) > 7`},
	{"5: claimed outside the hours", `SELECT s.case_id, s.step, s.claimed_at FROM seen s WHERE s.class <> 'answer' AND NOT in_hours(s.claimed_at, s.case_id)`},
	{"5: handed to the mail server outside the hours", `SELECT s.case_id, s.step, s.at FROM seen s WHERE s.what = 'left' AND s.class <> 'answer' AND NOT in_hours(s.at, s.case_id)`},
	{"6: under a stop or a hold of the whole case", `SELECT s.case_id, s.what, s.step, s.class, s.at, s.stops, s.rests FROM seen s
		WHERE s.stops && '{sanctions_hold}' OR s.stops && '{legal_stop}' AND s.class <> 'protective_notice' OR s.class IN ('heads_up', 'reminder', 'call') AND (s.stops <> '{}' OR s.rests <> '{}')
		   OR s.class = 'thank_you' AND s.stops && '{complaint_open}' OR s.class IN ('prior_notice', 'validation') AND s.stops <> '{}'`},
	{"6: what is paid, held whole or not ours is listed", `SELECT s.case_id, s.what, s.step, s.at, i FROM seen s, jsonb_array_elements(s.items) i
		WHERE s.class IN ('heads_up', 'reminder', 'call') AND (NOT (i->>'ours')::boolean OR (i->>'whole')::boolean OR (i->>'open')::bigint <= (i->>'held')::bigint)`},
	{"6: the rest of what is disputed is asked for before an answer", `SELECT s.case_id, s.step, s.at, i FROM seen s, jsonb_array_elements(s.items) i
		WHERE s.class IN ('heads_up', 'reminder', 'call') AND (i->>'disputed')::boolean`},
	{"9: before the word of the seller, or its day", `SELECT s.case_id, s.step, s.claimed_at, s.planned_at FROM seen s JOIN cases k ON k.id = s.case_id JOIN relationships r ON r.id = k.relationship_id
		WHERE s.what = 'claimed' AND s.class IN ('heads_up', 'reminder', 'call') AND s.planned_at > s.claimed_at - interval '24 hours'
		  AND (r.approval = 'every_touch' OR r.approval = 'first_touch' AND NOT EXISTS (SELECT FROM seen e WHERE e.case_id = s.case_id AND e.class IN ('heads_up', 'reminder', 'call') AND e.n < s.n))
		  AND NOT EXISTS (SELECT FROM approvals a WHERE a.touch_id = s.touch_id AND a.side = 'seller' AND a.consent = 'approved' AND a.at <= s.claimed_at)`},
	{"10: a tone that skips a step", skipped},
	{"10: without the people that it needs", alone},
	{"9: over a veto of the seller", `SELECT s.case_id, s.step, s.at FROM seen s JOIN approvals a ON a.touch_id = s.touch_id WHERE a.side = 'seller' AND a.consent = 'declined' AND a.at < s.at`},
	{"6: it lists nothing", `SELECT s.case_id, s.step, s.at FROM seen s WHERE s.class IN ('heads_up', 'reminder', 'legal_notice', 'validation') AND s.items IS NULL`},
	{"3: left less than seven days apart", `SELECT a.case_id, a.step, a.sent_at, b.case_id, b.step, b.sent_at FROM messages a JOIN messages b
		ON a.seller_id = b.seller_id AND a.debtor_id = b.debtor_id AND a.id < b.id AND abs(a.left_on - b.left_on) < 7
		WHERE a.proactive AND b.proactive AND a.status <> 'failed' AND b.status <> 'failed'`},
	{"11: an instalment that no plan in force has, or late", untimely},
	{"9: against what the contact had asked for", unwished},
	{"12: started by us while somebody external is spoken of", startedMeanwhile},
	{"12: an announcement that a word did not end", overAWord},
	{"12: a letter about somebody external over a word", toldOverAWord},
	{"12: handed over before the debtor had ten full days", handedTooEarly},
	{"9: two of one factor in a week to a mailbox that had asked for a digest", undigested},
	{"13: a debtor that is not told hears of the factor", `SELECT s.case_id, s.step, s.class, s.at FROM seen s JOIN cases k ON k.id = s.case_id JOIN organizations f ON f.id = k.factor_id JOIN touches t ON t.id = s.touch_id
		WHERE k.disclosure = 'confidential' AND NOT (s.class = 'legal_notice' AND k.telling_at < s.claimed_at) AND (s.class IN ('legal_notice', 'release', 'prior_notice', 'protective_notice', 'validation') OR t.tone = 4
		   OR s.body ILIKE '%' || f.name || '%' OR s.body ILIKE '%' || f.email || '%' OR t.subject ILIKE '%' || f.name || '%')`},
	{"13: asked of between the decision to tell a debtor and its notice", `SELECT s.case_id, s.step, s.at, k.telling_at FROM seen s JOIN cases k ON k.id = s.case_id
		WHERE s.what = 'claimed' AND s.class IN ('heads_up', 'reminder', 'call') AND s.claimed_at > k.telling_at
		  AND NOT EXISTS (SELECT FROM touches n WHERE n.case_id = k.id AND n.class = 'legal_notice' AND n.status = 'sent' AND n.sent_at <= s.claimed_at)`},
	{"13: left in a voice that the case has no more", `SELECT t.case_id, t.step, t.disclosure, t.claimed_at FROM touches t JOIN cases k ON k.id = t.case_id
		WHERE t.status = 'sending' AND t.class NOT IN ('call', 'legal_notice') AND t.disclosure <> k.disclosure AND t.outcome = 'handed to the mail server'
		  AND t.claimed_at > coalesce((SELECT max(n.sent_at) FROM touches n WHERE n.case_id = k.id AND n.class = 'legal_notice' AND n.status = 'sent'), t.claimed_at)`},
	{"14: a person is asked before it could check what is asked", unchecked},
	{"14: firm to a person that could not check for thirty days", uncheckedLong},
	{"4: two left to one address on one day", `SELECT m.address, m.left_on, string_agg(m.step, ', ') FROM messages m WHERE m.class <> 'answer' GROUP BY 1, 2 HAVING count(*) > 1`},
}

// audit asks the rows whether a word was broken, as one who knows nothing of the code.
func (w *town) audit() {
	w.t.Helper()
	if breaches := w.text(everyWord); breaches != "" {
		w.t.Fatalf("seed %d, round %d, %s: %s", w.seed, w.round, w.now.In(newYork), breaches)
	}
	w.amounts()
	w.silences()
}

// everyWord asks for all of them in one round trip.
var everyWord = func() string {
	var all []string
	for _, word := range words {
		all = append(all, fmt.Sprintf(`SELECT 'rule %s: ' || x::text AS breach FROM (%s) x`, word.rule, word.query))
	}
	return `SELECT string_agg(breach, E'\n') FROM (` + strings.Join(all, " UNION ALL ") + `) b`
}()

func (w *town) silences() {
	w.t.Helper()
	for _, f := range w.files {
		w.silence(f)
	}
}

// inTable finds an invoice's line in a letter's table and the last amount on it: what is
// asked for.
var inTable = regexp.MustCompile(`(?m)^  (N-\d+|MP-1042)\s.*USD ([0-9,]+)\.(\d\d)$`)

// amounts holds rule 7: no letter asks for more of an invoice than was open less what was
// held, when it was claimed and when it left; and it names every invoice that it lists.
func (w *town) amounts() {
	w.t.Helper()
	rows, err := w.owner.QueryContext(w.t.Context(), `
		SELECT step, body, items, n FROM seen WHERE class IN ('heads_up', 'reminder') AND items IS NOT NULL AND n > $1 ORDER BY n`, w.read)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var step, body string
		var items []byte
		if err := rows.Scan(&step, &body, &items, &w.read); err != nil {
			w.t.Fatal(err)
		}
		asked := map[string]int64{}
		for _, line := range inTable.FindAllStringSubmatch(body, -1) {
			var minor int64
			if _, err := fmt.Sscan(strings.ReplaceAll(line[2], ",", "")+line[3], &minor); err != nil {
				w.t.Fatal(err)
			}
			asked[line[1]] = minor
		}
		var listed []struct {
			Number     string
			Open, Held int64
		}
		if err := json.Unmarshal(items, &listed); err != nil {
			w.t.Fatal(err)
		}
		for _, item := range listed {
			if minor, named := asked[item.Number]; !named || minor > item.Open-item.Held {
				w.t.Fatalf("seed %d, round %d: rule 7: %s asks for %d of %s (named: %t) of which %d is open and %d held:\n%s", w.seed, w.round, step, minor, item.Number, named, item.Open, item.Held, body)
			}
		}
		if len(asked) != len(listed) {
			w.t.Fatalf("seed %d, round %d: rule 7: %s names %v and lists %v:\n%s", w.seed, w.round, step, asked, listed, body)
		}
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
}

// silence holds rule 8. Once a case had its first message after a due date, it is asked for
// as long as an invoice of it is bought, noticed, overdue, open, and not held whole, and no
// stop or hold of the whole case is in force, and of which a person was not told in vain what there is to check. While it is asked for, no more than fourteen
// days lie between one message that we start and the next; the fourteen days begin anew
// with every refusal of such a message that the gate stored, and rest while it is not asked
// for or a message is with the mail worker. That is stricter than "a code says why between
// the two": the last day on which a code said so counts.
func (w *town) silence(f file) {
	w.t.Helper()
	id := f.id.UUID
	var asked bool
	var since, first *time.Time
	if err := w.owner.QueryRowContext(w.t.Context(), silent, id, w.now).Scan(&asked, &since, &first); err != nil {
		w.t.Fatal(err)
	}
	if !asked || first == nil {
		w.calm[id] = w.now
		return
	}
	if since == nil || since.Before(w.calm[id]) {
		calm := w.calm[id]
		since = &calm
	}
	if quiet := domain.DateOf(since.In(f.zone)).DaysUntil(domain.DateOf(w.now.In(f.zone))); quiet > 14 {
		w.t.Fatalf("seed %d, round %d: rule 8: case %s is silent for %d days at %s without a code, since %s: %s", w.seed, w.round, id, quiet, w.now.In(newYork), since.In(newYork),
			w.text(`SELECT c::text FROM cases c WHERE id = $1`, id))
	}
}

const silent = `
SELECT k.status = 'open' AND (k.disclosure = 'notified' OR k.telling_at IS NULL)
   AND NOT EXISTS (SELECT FROM stops s WHERE s.case_id = k.id AND s.lifted_at IS NULL)
   AND NOT EXISTS (SELECT FROM holds h WHERE h.case_id = k.id AND h.deal_id IS NULL AND h.ended_at IS NULL AND (h.until_at IS NULL OR h.until_at > $2))
   AND NOT EXISTS (SELECT FROM pauses p WHERE p.case_id = k.id AND p.deal_id IS NULL AND p.ended_at IS NULL AND (p.until_at IS NULL OR p.until_at > $2))
   AND NOT EXISTS (SELECT FROM escalations e WHERE e.case_id = k.id AND e.status IN ('announced', 'handed_over'))
   AND NOT EXISTS (SELECT FROM touches t WHERE t.case_id = k.id AND t.status = 'sending' AND t.class <> 'call')
   AND EXISTS (SELECT FROM deals d LEFT JOIN conditions n ON n.deal_id = d.id AND n.code = 'notice_delivered'
                WHERE (n.occurred_at IS NOT NULL OR d.disclosure = 'confidential') AND NOT EXISTS (SELECT FROM pauses p WHERE p.deal_id = d.id AND p.ended_at IS NULL AND (p.until_at IS NULL OR p.until_at > $2))
                  AND NOT EXISTS (SELECT FROM disputes x WHERE x.deal_id = d.id AND x.status = 'open')
                  AND NOT EXISTS (SELECT FROM touches v WHERE v.case_id = k.id AND v.cycle = k.cycle AND v.class = 'validation' AND v.status IN ('unknown', 'failed') AND d.id = ANY (v.items))
                  AND d.case_id = k.id AND d.status IN ('made', 'paid_out') AND d.due_on < ($2::timestamptz AT TIME ZONE (SELECT r.time_zone FROM relationships r WHERE r.id = k.relationship_id))::date
                  AND d.open_minor > coalesce((SELECT sum(coalesce(h.amount_minor, d.open_minor)) FROM holds h
                                                WHERE h.deal_id = d.id AND h.ended_at IS NULL AND (h.until_at IS NULL OR h.until_at > $2)), 0)),
       greatest((SELECT max(a.at) FROM approvals a WHERE a.case_id = k.id AND a.consent = 'declined'), (SELECT max(m.claimed_at) FROM messages m WHERE m.case_id = k.id AND (m.proactive OR m.class = 'validation')),
                (SELECT max(g.at) FROM gate_decisions g WHERE g.case_id = k.id AND NOT g.sent AND g.class IN ('heads_up', 'reminder', 'call', 'validation'))),
       (SELECT min(m.claimed_at) FROM messages m WHERE m.case_id = k.id AND m.step LIKE 'post_due:%')
  FROM cases k WHERE k.id = $1`

// A tally counts by name.
type tally map[string]int

func (t tally) add(more tally) {
	for name, n := range more {
		t[name] += n
	}
}

func (t tally) String() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(t)) {
		parts = append(parts, fmt.Sprintf("%s %d", name, t[name]))
	}
	return strings.Join(parts, ", ")
}

// count says what came of a seed.
func (w *town) count() tally {
	w.t.Helper()
	rows, err := w.owner.QueryContext(w.t.Context(), `
SELECT 'touch ' || class || ' ' || status, count(*) FROM touches GROUP BY 1
UNION ALL SELECT 'refused ' || c, count(*) FROM gate_decisions, unnest(codes) c GROUP BY 1
UNION ALL SELECT 'post-due messages', count(*) FROM touches WHERE step LIKE 'post_due:%' AND status = 'sent'
UNION ALL SELECT 'asked ' || (SELECT approval FROM relationships WHERE id = relationship_id) || ' ' || coalesce(consent, 'silent'), count(*) FROM touches t LEFT JOIN approvals a ON a.touch_id = t.id
  WHERE EXISTS (SELECT FROM events e WHERE e.kind = 'touch.awaits_seller' AND e.case_id = t.case_id) AND class IN ('heads_up', 'reminder') GROUP BY 1
UNION ALL SELECT 'plans ' || status, count(*) FROM plans GROUP BY 1
UNION ALL SELECT 'escalations ' || status || ' ' || cause, count(*) FROM escalations GROUP BY 1
UNION ALL SELECT 'cases closed', count(*) FROM cases WHERE status = 'closed'`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var n int
		if err := rows.Scan(&name, &n); err != nil {
			w.t.Fatal(err)
		}
		w.done[name] += n
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return w.done
}
