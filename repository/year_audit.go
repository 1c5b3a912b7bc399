package repository

import (
	"context"
	"fmt"
)

// yearRecords are the tables of the audit, and yearSight the trigger that writes down what
// was true when a message was claimed and when it was handed out: in the same transaction,
// under the lock of the case.
const (
	yearRecords = `
CREATE TABLE year_days (country text, day date, PRIMARY KEY (country, day));
CREATE TABLE seen (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text, touch_id uuid, case_id uuid, cycle integer, step text, class text, tone integer, claimed_at timestamptz, at timestamptz, planned_at timestamptz,
  listed integer, stops text[], rests text[], bad text[], wrong text[], hard boolean);`
	yearSight = `
CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
  clock timestamptz;
BEGIN
  IF NEW.status <> 'sending' THEN RETURN NULL; END IF;
  IF TG_OP = 'UPDATE' AND OLD.status = 'sending' AND NEW.attempts = OLD.attempts THEN RETURN NULL; END IF;
  clock := (SELECT w.clock_at FROM worlds w WHERE w.id = NEW.world_id);
  INSERT INTO seen (what, touch_id, case_id, cycle, step, class, tone, claimed_at, at, planned_at, listed, stops, rests, bad, wrong, hard) VALUES (
    CASE WHEN TG_OP = 'UPDATE' AND OLD.status = 'sending' THEN 'left' ELSE 'claimed' END, NEW.id, NEW.case_id, NEW.cycle, NEW.step, NEW.class, NEW.tone, NEW.claimed_at, clock, NEW.created_at,
    cardinality(NEW.items),
    ARRAY(SELECT s.code FROM stops s WHERE s.case_id = NEW.case_id AND s.lifted_at IS NULL),
    ARRAY(SELECT h.code FROM holds h WHERE h.case_id = NEW.case_id AND h.deal_id IS NULL AND h.ended_at IS NULL AND (h.until_at IS NULL OR h.until_at > clock)
          UNION ALL SELECT p.side FROM pauses p WHERE p.case_id = NEW.case_id AND p.deal_id IS NULL AND p.ended_at IS NULL AND (p.until_at IS NULL OR p.until_at > clock)),
    ARRAY(SELECT d.invoice_number FROM deals d WHERE d.id = ANY (NEW.items) AND NEW.class IN ('heads_up', 'reminder', 'call') AND (
             d.status NOT IN ('made', 'paid_out')
          OR EXISTS (SELECT FROM pauses p WHERE p.case_id = NEW.case_id AND p.deal_id = d.id AND p.ended_at IS NULL AND (p.until_at IS NULL OR p.until_at > clock))
          OR d.open_minor <= coalesce((SELECT sum(coalesce(h.amount_minor, d.open_minor)) FROM holds h
               WHERE h.case_id = NEW.case_id AND h.deal_id = d.id AND h.ended_at IS NULL AND (h.until_at IS NULL OR h.until_at > clock)), 0))),
    -- what its table asks for: a line of the invoice's number, and at its end the amount
    ARRAY(SELECT d.invoice_number || ': ' || coalesce(l.asked::text, 'not named') FROM deals d CROSS JOIN LATERAL (
            SELECT (regexp_match(NEW.body_text, '^  ' || d.invoice_number || '\s.*[A-Z]{3} ([0-9,]+\.[0-9][0-9])$', 'n'))[1] AS text) m
          CROSS JOIN LATERAL (SELECT replace(replace(m.text, ',', ''), '.', '')::bigint AS asked) l
           WHERE d.id = ANY (NEW.items) AND NEW.class IN ('heads_up', 'reminder') AND (l.asked IS NULL OR l.asked > d.open_minor - coalesce((SELECT sum(coalesce(h.amount_minor, d.open_minor)) FROM holds h
             WHERE h.case_id = NEW.case_id AND h.deal_id = d.id AND h.ended_at IS NULL AND (h.until_at IS NULL OR h.until_at > clock)), 0))),
    EXISTS (SELECT FROM deals d WHERE d.case_id = NEW.case_id AND d.status IN ('made', 'paid_out') AND d.open_minor > 0)
      AND (EXISTS (SELECT FROM questions q WHERE q.case_id = NEW.case_id AND q.reason = 'cash_flow' AND q.asked_at > clock - interval '89 days')
        OR EXISTS (SELECT FROM touches t WHERE t.case_id = NEW.case_id AND t.result = 'hardship' AND t.claimed_at > clock - interval '89 days')));
  RETURN NULL;
END $$;
CREATE TRIGGER see AFTER INSERT OR UPDATE ON touches FOR EACH ROW EXECUTE FUNCTION see();`
	// Every message that reached the debtor, or may have, by the debtor's local days, once for
	// all questions. What was refused for good (failed) counts for its address and not for the
	// pair's gap, as at the gate.
	yearMessages = `
CREATE TABLE messages AS
  SELECT t.id, t.case_id, t.cycle, t.step, t.class, t.status, t.claimed_at, t.sent_at, t.contact_key AS address, t.world_id, k.seller_id, k.debtor_id, k.factor_id, r.country, r.time_zone,
         t.class IN ('heads_up', 'reminder', 'call') AS proactive, t.class IN ('heads_up', 'reminder', 'legal_notice', 'call', 'validation') AS counted,
         (t.claimed_at AT TIME ZONE r.time_zone)::date - date '2020-01-01' AS day, (coalesce(t.sent_at, t.claimed_at) AT TIME ZONE r.time_zone)::date - date '2020-01-01' AS left_on
    FROM touches t JOIN cases k ON k.id = t.case_id JOIN relationships r ON r.id = t.relationship_id
   WHERE t.status IN ('sending', 'sent', 'unknown', 'failed');
CREATE INDEX ON messages (case_id);
CREATE INDEX ON messages (id);
CREATE INDEX ON messages (address);
CREATE INDEX ON seen (touch_id);
CREATE INDEX ON gate_decisions (case_id, at);
CREATE FUNCTION in_hours(p timestamptz, zone text, place text) RETURNS boolean LANGUAGE sql AS $$
  SELECT l::time >= '08:00' AND l::time < '18:00' AND EXISTS (SELECT FROM year_days d WHERE d.country = place AND d.day = l::date)
    FROM (SELECT p AT TIME ZONE zone AS l) x $$;
ANALYZE;`
)

// yearWords are the rules of the courtesy audit, one query each over the whole year: every
// row is a breach.
var yearWords = []struct{ rule, query string }{
	{"1: claimed without a clear gate", `SELECT s.case_id, s.cycle, s.step, s.claimed_at FROM seen s WHERE s.what = 'claimed' AND NOT EXISTS (
		SELECT FROM gate_decisions g WHERE g.case_id = s.case_id AND g.cycle = s.cycle AND g.step = s.step AND g.at = s.claimed_at AND g.sent AND g.codes = '{}')`},
	{"2: a step twice in a case and cycle", `SELECT t.case_id, t.cycle, t.step, count(*) FROM touches t GROUP BY 1, 2, 3 HAVING count(*) > 1`},
	{"2: handed out twice after one claim", `SELECT s.touch_id, s.step, count(*) FROM (
		SELECT x.touch_id, x.step, x.what, count(*) FILTER (WHERE x.what = 'claimed') OVER (PARTITION BY x.touch_id ORDER BY x.n) AS turn FROM seen x) s
		WHERE s.what = 'left' GROUP BY s.touch_id, s.step, s.turn HAVING count(*) > 1`},
	{"3: less than seven days between two contacts that we started", `SELECT x.case_id, x.step, x.claimed_at, x.gap FROM (
		SELECT m.case_id, m.step, m.claimed_at, m.day - lag(m.day) OVER (PARTITION BY m.seller_id, m.debtor_id ORDER BY m.claimed_at, m.id) AS gap FROM messages m WHERE m.proactive AND m.status <> 'failed') x WHERE x.gap < 7`},
	{"3: left less than seven days apart", `SELECT x.case_id, x.step, x.sent_at, x.gap FROM (
		SELECT m.case_id, m.step, m.sent_at, m.left_on - lag(m.left_on) OVER (PARTITION BY m.seller_id, m.debtor_id ORDER BY m.left_on, m.id) AS gap FROM messages m WHERE m.proactive AND m.status <> 'failed') x WHERE x.gap < 7`},
	{"4: two messages to one address on one day", `SELECT encode(m.address, 'hex'), m.day, string_agg(m.step || ' of ' || m.case_id, ', ') FROM messages m WHERE m.class <> 'answer' GROUP BY m.address, m.day HAVING count(*) > 1`},
	{"4: two left to one address on one day", `SELECT encode(m.address, 'hex'), m.left_on, string_agg(m.step || ' of ' || m.case_id, ', ') FROM messages m WHERE m.class <> 'answer' GROUP BY m.address, m.left_on HAVING count(*) > 1`},
	{"4: more than seven counted messages in seven days", `SELECT encode(x.address, 'hex'), x.day, x.n FROM (
		SELECT m.address, m.day, count(*) OVER (PARTITION BY m.address ORDER BY m.day RANGE BETWEEN 6 PRECEDING AND CURRENT ROW) AS n FROM messages m WHERE m.counted) x WHERE x.n > 7`},
	{"4: more than two counted messages in fourteen days to who is in hardship", `SELECT s.case_id, s.step, s.at, n.messages FROM seen s JOIN messages m ON m.id = s.touch_id
		CROSS JOIN LATERAL (SELECT count(*) AS messages FROM messages e WHERE e.address = m.address AND e.counted AND e.claimed_at <= m.claimed_at AND m.day - e.day BETWEEN 0 AND 13) n
		WHERE s.what = 'claimed' AND s.hard AND m.counted AND n.messages > 2`},
	{"5: claimed or handed out outside the hours", `SELECT s.case_id, s.what, s.step, s.at FROM seen s JOIN messages m ON m.id = s.touch_id WHERE s.class <> 'answer' AND NOT (in_hours(s.claimed_at, m.time_zone, m.country) AND in_hours(s.at, m.time_zone, m.country))`},
	{"6: under a stop or a hold of the whole case", `SELECT s.case_id, s.what, s.step, s.class, s.at, s.stops, s.rests FROM seen s
		WHERE s.stops && '{legal_stop,sanctions_hold}' OR s.class IN ('heads_up', 'reminder', 'call') AND (s.stops <> '{}' OR s.rests <> '{}') OR s.class = 'thank_you' AND s.stops && '{complaint_open}'`},
	{"6: what is paid, held, paused or not ours is listed", `SELECT s.case_id, s.what, s.step, s.at, s.bad FROM seen s WHERE s.bad <> '{}'`},
	{"6: it lists nothing", `SELECT s.case_id, s.step, s.at FROM seen s WHERE s.class IN ('heads_up', 'reminder', 'legal_notice') AND s.listed = 0`},
	{"7: it asks for more than is open and not held, or does not name what it lists", `SELECT s.case_id, s.what, s.step, s.at, s.wrong FROM seen s WHERE s.wrong <> '{}'`},
	{"9: before the word of the seller, or its day", `SELECT s.case_id, s.step, s.claimed_at, s.planned_at FROM seen s JOIN cases k ON k.id = s.case_id JOIN relationships r ON r.id = k.relationship_id
		WHERE s.what = 'claimed' AND s.class IN ('heads_up', 'reminder', 'call') AND r.approval <> 'none' AND s.planned_at > s.claimed_at - interval '24 hours'
		  AND (r.approval = 'every_touch' OR NOT EXISTS (SELECT FROM messages m JOIN seen e ON e.touch_id = m.id WHERE m.case_id = s.case_id AND m.proactive AND e.n < s.n))
		  AND NOT EXISTS (SELECT FROM approvals a WHERE a.touch_id = s.touch_id AND a.side = 'seller' AND a.consent = 'approved' AND a.at <= s.claimed_at)`},
	{"9: over a veto of the seller", `SELECT s.case_id, s.step, s.at FROM seen s JOIN approvals a ON a.case_id = s.case_id AND a.touch_id = s.touch_id WHERE a.side = 'seller' AND a.consent = 'declined' AND a.at < s.at`},
	{"9: against what the contact had asked for", `SELECT m.case_id, s.what, m.step, m.class, s.at FROM seen s JOIN messages m ON m.id = s.touch_id
		JOIN contact_preferences p ON p.world_id = m.world_id AND p.contact_key = m.address AND s.at > p.updated_at
		WHERE p.mode = 'portal_only' AND m.class IN ('heads_up', 'reminder') OR 'email' = ANY (p.opted_out) AND m.class <> 'legal_notice' AND m.class <> 'call'
		   OR 'phone' = ANY (p.opted_out) AND m.class = 'call'`},
	{"9: two of one factor in a week to a mailbox that had asked for a digest", `SELECT a.case_id, a.step, a.day, b.case_id, b.step, b.day FROM contact_preferences p
		JOIN messages b ON b.world_id = p.world_id AND b.address = p.contact_key AND b.claimed_at > p.updated_at AND b.proactive
		JOIN messages a ON a.address = b.address AND a.factor_id = b.factor_id AND a.id <> b.id AND a.counted AND a.claimed_at < b.claimed_at AND b.day - a.day BETWEEN 0 AND 6 WHERE p.mode = 'digest'`},
	{"10: a tone that rises by more than one per listed invoice", `SELECT s.case_id, s.step, s.tone, s.at FROM seen s JOIN touches t ON t.id = s.touch_id
		WHERE s.what = 'claimed' AND t.step LIKE 'post_due:%' AND s.tone > 1 AND s.tone > 1 + coalesce((
		  SELECT max(x.tone) FROM touches e JOIN seen x ON x.touch_id = e.id AND x.what = 'claimed'
		   WHERE e.case_id = t.case_id AND e.step LIKE 'post_due:%' AND e.items && t.items AND x.n < s.n), 0)`},
	{"10: without the people that it needs", `SELECT s.case_id, s.step, s.tone, t.people, s.at FROM seen s JOIN touches t ON t.id = s.touch_id
		WHERE s.what = 'claimed' AND t.class = 'reminder' AND s.tone >= 2 AND (t.people = 0 OR s.tone = 4 AND t.people < 2 OR t.people > (
		  SELECT count(DISTINCT a.user_id) FROM approvals a WHERE a.case_id = t.case_id AND a.touch_id = t.id AND a.side = 'factor' AND a.consent = 'approved' AND a.at <= s.claimed_at))`},
	{"11: a pause that did not come with the answer", `SELECT p.case_id, h.code, p.made_at, h.created_at FROM promises p JOIN holds h ON h.case_id = p.case_id AND h.cause_id = p.id WHERE h.created_at <> p.made_at
		UNION ALL SELECT d.case_id, h.code, d.raised_at, h.created_at FROM disputes d JOIN holds h ON h.case_id = d.case_id AND h.cause_id = d.id WHERE h.created_at <> d.raised_at
		UNION ALL SELECT d.case_id, 'dispute', d.raised_at, NULL FROM disputes d WHERE NOT EXISTS (SELECT FROM holds h WHERE h.case_id = d.case_id AND h.cause_id = d.id)
		UNION ALL SELECT q.case_id, 'question', q.asked_at, NULL FROM questions q WHERE NOT EXISTS (SELECT FROM holds h WHERE h.case_id = q.case_id AND h.cause_id = q.id AND h.created_at = q.asked_at)`},
}

// yearSilences is rule 8: once a case had its first message after a due date, no more than
// fourteen days of the debtor lie between one thing that we start and the next while an
// invoice is asked for: bought, noticed, overdue and open, and no hold, pause or stop in
// force for it. The fourteen days begin anew with every refusal that the gate stored, with a
// veto, with a call or message that waits to leave, and whenever asking begins anew. A hold
// of a part of an invoice counts as one of the whole.
const yearSilences = `/* on tables of its own */
WITH first AS (
  SELECT m.case_id, min(m.claimed_at) AS at FROM messages m WHERE m.step LIKE 'post_due:%' GROUP BY 1
), owed AS (
  SELECT d.id, d.case_id, r.time_zone, tstzrange(greatest(n.occurred_at, ((d.due_on + 1)::timestamp AT TIME ZONE r.time_zone), f.at),
           greatest(CASE WHEN d.open_minor = 0 THEN (SELECT max(a.applied_at) FROM allocations a WHERE a.deal_id = d.id) ELSE coalesce(d.settled_at, $1) END,
                    n.occurred_at, ((d.due_on + 1)::timestamp AT TIME ZONE r.time_zone), f.at)) AS span
    FROM deals d JOIN first f ON f.case_id = d.case_id JOIN conditions n ON n.deal_id = d.id AND n.code = 'notice_delivered' AND n.occurred_at IS NOT NULL
    JOIN relationships r ON r.id = d.relationship_id
), rests AS (
  SELECT h.case_id, h.deal_id, tstzrange(h.created_at, greatest(h.created_at, coalesce(least(h.ended_at, h.until_at), 'infinity'))) AS span FROM holds h
  UNION ALL SELECT p.case_id, p.deal_id, tstzrange(p.set_at, greatest(p.set_at, coalesce(least(p.ended_at, p.until_at), 'infinity'))) FROM pauses p
  UNION ALL SELECT s.case_id, NULL, tstzrange(s.set_at, greatest(s.set_at, coalesce(s.lifted_at, 'infinity'))) FROM stops s
), asked AS (
  SELECT o.case_id, o.time_zone, range_agg(multirange(o.span) - coalesce((SELECT range_agg(x.span) FROM rests x WHERE x.case_id = o.case_id AND (x.deal_id IS NULL OR x.deal_id = o.id)), '{}'::tstzmultirange)) AS spans
    FROM owed o GROUP BY 1, 2
), spans AS (
  SELECT a.case_id, a.time_zone, s.span FROM asked a, unnest(a.spans) AS s(span)
), marks AS (
  SELECT m.case_id, m.claimed_at AS at FROM messages m WHERE m.proactive
  UNION SELECT g.case_id, g.at FROM gate_decisions g WHERE NOT g.sent AND g.class IN ('heads_up', 'reminder', 'call')
  UNION SELECT a.case_id, a.at FROM approvals a WHERE a.consent = 'declined'
  UNION SELECT s.case_id, s.at FROM seen s WHERE s.class IN ('heads_up', 'reminder', 'call')
), points AS (
  SELECT s.case_id, s.time_zone, s.span, lower(s.span) AS at FROM spans s
  UNION ALL SELECT s.case_id, s.time_zone, s.span, m.at FROM spans s JOIN marks m ON m.case_id = s.case_id AND s.span @> m.at
), gaps AS (
  SELECT p.case_id, p.at, coalesce(lead(p.at) OVER (PARTITION BY p.case_id, p.span ORDER BY p.at), upper(p.span)) AS until, p.time_zone FROM points p
)
SELECT g.case_id, g.at, g.until FROM gaps g WHERE (g.until AT TIME ZONE g.time_zone)::date - (g.at AT TIME ZONE g.time_zone)::date > 14`

const yearSilenceRule = "8: silent for more than fourteen days without a reason"

// YearRules returns the query of every rule, by its name; that of rule 8 takes the end of the year.
func YearRules() map[string]string {
	rules := map[string]string{yearSilenceRule: yearSilences}
	for _, word := range yearWords {
		rules[word.rule] = word.query
	}
	return rules
}

// A YearBreach is a rule and up to twenty of the rows that break it, of so many.
type YearBreach struct {
	Rule  string
	Count int
	Rows  []string
}

// Audit asks every rule over the year's rows, and returns those that were broken. It may
// be asked once.
func (y *Year) Audit(ctx context.Context, until any) ([]YearBreach, error) {
	if _, err := y.pool.ExecContext(ctx, yearMessages); err != nil {
		return nil, fmt.Errorf("gather the messages of a year: %w", err)
	}
	var broken []YearBreach
	ask := func(rule, query string, args ...any) error {
		var rows []struct {
			Text  string `json:"text"`
			Count int    `json:"count"`
		}
		query = `SELECT x::text AS text, count(*) OVER () AS count FROM (` + query + `) x LIMIT 20`
		if err := y.pool.SelectContext(ctx, &rows, query, args...); err != nil {
			return fmt.Errorf("ask rule %s: %w", rule, err)
		}
		if len(rows) > 0 {
			breach := YearBreach{Rule: rule, Count: rows[0].Count}
			for _, row := range rows {
				breach.Rows = append(breach.Rows, row.Text)
			}
			broken = append(broken, breach)
		}
		return nil
	}
	for _, word := range yearWords {
		if err := ask(word.rule, word.query); err != nil {
			return nil, err
		}
	}
	return broken, ask(yearSilenceRule, yearSilences, until)
}
