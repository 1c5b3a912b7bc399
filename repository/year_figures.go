package repository

import (
	"context"
	"fmt"
)

// A YearFigure is one number of the report; Group is the paragraph that it stands in.
type YearFigure struct {
	Group string `json:"part"`
	Name  string `json:"name"`
	Count int64  `json:"count"`
}

// yearCounts are the paragraphs of the report: each is a query of names and counts.
var yearCounts = []struct{ group, query string }{
	{"set-up", `SELECT 'organisations, ' || kind, count(*) FROM organizations WHERE world_id = $1 GROUP BY kind
		UNION ALL SELECT 'debtors', count(*) FROM debtors WHERE world_id = $1
		UNION ALL SELECT 'relationships', count(*) FROM relationships r JOIN organizations o ON o.id = r.seller_id WHERE o.world_id = $1
		UNION ALL SELECT 'relationships, of a debtor with several sellers', count(*) FROM relationships r WHERE r.debtor_id IN (SELECT x.debtor_id FROM relationships x GROUP BY x.debtor_id HAVING count(*) > 1)
		UNION ALL SELECT 'relationships, in ' || r.country, count(*) FROM relationships r GROUP BY r.country
		UNION ALL SELECT 'relationships, ' || r.legal_type, count(*) FROM relationships r GROUP BY r.legal_type
		UNION ALL SELECT 'relationships, with a telephone number', count(*) FROM relationships r WHERE r.phone <> ''
		UNION ALL SELECT 'relationships, the seller sees ' || r.approval, count(*) FROM relationships r WHERE r.approval <> 'none' GROUP BY r.approval
		UNION ALL SELECT 'cases', count(*) FROM cases WHERE world_id = $1
		UNION ALL SELECT 'deals', count(*) FROM deals WHERE world_id = $1
		UNION ALL SELECT 'statements', count(*) FROM statements
		UNION ALL SELECT 'payments', count(*) FROM allocations`},
	{"touches by class, tone and status", `SELECT t.class || ', tone ' || t.tone || ', ' || t.status, count(*) FROM touches t WHERE t.world_id = $1 GROUP BY 1`},
	{"what came in", `SELECT 'mail, ' || y.kind || CASE WHEN y.acknowledgement THEN ', an acknowledgement' ELSE '' END, count(*) FROM replies y WHERE y.world_id = $1 GROUP BY 1
		UNION ALL SELECT 'questions on the page, ' || CASE WHEN q.answered_at IS NULL THEN 'open' ELSE 'answered' END, count(*) FROM questions q WHERE NOT q.by_mail AND $1::uuid IS NOT NULL GROUP BY 1
		UNION ALL SELECT 'questions by mail, ' || CASE WHEN q.answered_at IS NULL THEN 'open' WHEN q.answer IS NULL THEN 'closed' ELSE 'answered' END, count(*) FROM questions q WHERE q.by_mail GROUP BY 1
		UNION ALL SELECT 'questions with reason ' || q.reason, count(*) FROM questions q WHERE q.reason <> '' GROUP BY 1
		UNION ALL SELECT 'disputes, ' || d.status, count(*) FROM disputes d GROUP BY 1
		UNION ALL SELECT 'says that it paid', count(*) FROM holds h WHERE h.cause_kind = 'announced' HAVING count(*) > 0
		UNION ALL SELECT 'pauses by the ' || p.side, count(*) FROM pauses p GROUP BY 1
		UNION ALL SELECT 'stops, ' || s.code || CASE WHEN s.lifted_at IS NULL THEN ', in force' ELSE ', lifted' END, count(*) FROM stops s GROUP BY 1
		UNION ALL SELECT 'contact preferences, ' || c.mode || CASE WHEN c.opted_out <> '{}' THEN ' without ' || array_to_string(c.opted_out, ' ') ELSE '' END, count(*) FROM contact_preferences c GROUP BY 1`},
	{"refusals by code", `SELECT c, count(*) FROM gate_decisions g, unnest(g.codes) c WHERE $1::uuid IS NOT NULL GROUP BY c`},
	{"human steps", `SELECT 'asked', count(*) FROM events e WHERE e.world_id = $1 AND e.kind = 'touch.awaits_human'
		UNION ALL SELECT 'taken, a letter', count(*) FROM touches t WHERE t.people > 0 AND t.class = 'reminder' AND t.status IN ('sending', 'sent', 'unknown', 'failed')
		UNION ALL SELECT 'taken, a call', count(*) FROM touches t WHERE t.class = 'call' AND t.status IN ('sending', 'sent', 'unknown', 'failed')
		UNION ALL SELECT 'replaced by a message that needs nobody', count(*) FROM touches t WHERE t.people = 0 AND t.why_now LIKE '%was not taken in 14 days%' AND t.status IN ('sending', 'sent', 'unknown', 'failed')
		UNION ALL SELECT 'cancelled, no longer wanted', count(*) FROM touches t WHERE t.people > 0 AND t.status = 'cancelled'
		UNION ALL SELECT 'waiting at the end', count(*) FROM touches t WHERE t.people > 0 AND t.status = 'planned'
		UNION ALL SELECT 'words of people, ' || a.side || ' ' || a.consent, count(*) FROM approvals a GROUP BY 1`},
	{"calls by result", `SELECT coalesce(nullif(t.result, ''), 'no result yet'), count(*) FROM touches t WHERE t.world_id = $1 AND t.class = 'call' AND t.status IN ('sending', 'sent', 'failed', 'unknown') GROUP BY 1`},
	{"from an answer to the pause", `SELECT 'answers that paused something', count(*) FROM holds h WHERE $1::uuid IS NOT NULL
		UNION ALL SELECT 'seconds from answer to pause, most', coalesce(max(extract(epoch FROM h.created_at - coalesce(p.made_at, d.raised_at, q.asked_at)))::bigint, 0) FROM holds h
		  LEFT JOIN promises p ON p.id = h.cause_id LEFT JOIN disputes d ON d.id = h.cause_id LEFT JOIN questions q ON q.id = h.cause_id
		UNION ALL SELECT 'proactive messages claimed while an answer was in force for what they list', count(*) FROM seen s WHERE s.what = 'claimed' AND s.class IN ('heads_up', 'reminder', 'call') AND (s.bad <> '{}' OR s.rests <> '{}')`},
	{"first contact that we started", firstContacts},
	{"overdue for three weeks", unheard},
	{"promises", `SELECT p.status, count(*) FROM promises p WHERE $1::uuid IS NOT NULL GROUP BY 1`},
	{"at the end", `SELECT 'cases, ' || k.status, count(*) FROM cases k WHERE k.world_id = $1 GROUP BY 1
		UNION ALL SELECT 'deals, ' || d.status || CASE WHEN d.status IN ('made', 'paid_out') AND d.open_minor > 0 THEN ', open' WHEN d.status IN ('made', 'paid_out') THEN ', paid' ELSE '' END, count(*) FROM deals d GROUP BY 1
		UNION ALL SELECT 'open cases wait for ' || regexp_replace(k.waits_for, ',? [0-9]+ [A-Z][a-z]+ [0-9]{4}|invoice .*|^.* to end its', ' …'), count(*) FROM cases k WHERE k.status = 'open' GROUP BY 1`},
}

// firstContacts compares the first contact of a case that we started with the due date that
// came first among what was open then. The notice of assignment is the law's and is counted
// by itself.
const firstContacts = `
WITH contact AS (
  SELECT DISTINCT ON (t.case_id) t.case_id, t.claimed_at, (t.claimed_at AT TIME ZONE r.time_zone)::date AS day, r.time_zone
    FROM touches t JOIN relationships r ON r.id = t.relationship_id
   WHERE t.world_id = $1 AND t.class IN ('heads_up', 'reminder', 'call') AND t.status IN ('sending', 'sent', 'unknown', 'failed')
   ORDER BY t.case_id, t.claimed_at, t.id
), due AS (
  SELECT DISTINCT ON (c.case_id) c.case_id, c.day < d.due_on AS before, (d.made_at AT TIME ZONE c.time_zone)::date <= d.due_on - 17 AS early
    FROM contact c JOIN deals d ON d.case_id = c.case_id AND d.made_at <= c.claimed_at
   WHERE d.open_minor > 0 OR (SELECT max(a.applied_at) FROM allocations a WHERE a.deal_id = d.id) > c.claimed_at
   ORDER BY c.case_id, d.due_on, d.id
)
SELECT 'cases with one', count(*) FROM due
UNION ALL SELECT 'before the first due date', count(*) FROM due u WHERE u.before
UNION ALL SELECT 'share before the first due date, in hundredths of a per cent', count(*) FILTER (WHERE u.before) * 10000 / greatest(count(*), 1) FROM due u
UNION ALL SELECT 'cases with one, the deal made 17 days before due or earlier', count(*) FROM due u WHERE u.early
UNION ALL SELECT 'share before the first due date, of those made 17 days before due or earlier, in hundredths of a per cent', count(*) FILTER (WHERE u.before) * 10000 / greatest(count(*), 1) FROM due u WHERE u.early
UNION ALL SELECT 'cases without one', count(*) FROM cases k WHERE k.world_id = $1 AND NOT EXISTS (SELECT FROM contact c WHERE c.case_id = k.id)
UNION ALL SELECT 'cases with a notice of assignment', count(DISTINCT t.case_id) FROM touches t WHERE t.world_id = $1 AND t.class = 'legal_notice' AND t.status IN ('sending', 'sent', 'unknown', 'failed')`

// unheard counts invoices that were open for three weeks after their due date and of which
// the case had heard nothing that we started by then: each refusal had its code, and yet
// nobody was reached. The time zones of factor and debtor say where that is, and what the gate
// said most, or what held the invoice back, says why.
const unheard = `
WITH late AS (
  SELECT d.id, f.time_zone AS ours, r.time_zone AS theirs, EXISTS (
           SELECT FROM touches t WHERE t.case_id = d.case_id AND t.class IN ('heads_up', 'reminder', 'call') AND t.status IN ('sent', 'unknown', 'failed') AND t.claimed_at::date <= d.due_on + 21) AS heard,
         coalesce((SELECT c FROM gate_decisions g, unnest(g.codes) c WHERE g.case_id = d.case_id AND NOT g.sent AND g.class IN ('heads_up', 'reminder', 'call') AND g.at::date BETWEEN d.due_on AND d.due_on + 21 GROUP BY c ORDER BY count(*) DESC, c LIMIT 1),
           CASE WHEN EXISTS (SELECT FROM conditions n WHERE n.deal_id = d.id AND n.code = 'notice_delivered' AND (n.occurred_at IS NULL OR n.occurred_at::date > d.due_on + 14)) THEN 'its notice was not delivered in time'
                WHEN EXISTS (SELECT FROM stops s WHERE s.case_id = d.case_id AND s.set_at::date <= d.due_on + 21 AND (s.lifted_at IS NULL OR s.lifted_at::date > d.due_on)) THEN 'a person had stopped the case'
                WHEN EXISTS (SELECT FROM holds h WHERE h.case_id = d.case_id AND (h.deal_id IS NULL OR h.deal_id = d.id) AND h.created_at::date <= d.due_on + 21 AND (h.ended_at IS NULL OR h.ended_at::date > d.due_on)) THEN 'the debtor had said something'
                WHEN EXISTS (SELECT FROM pauses p WHERE p.case_id = d.case_id AND p.set_at::date <= d.due_on + 21 AND (p.ended_at IS NULL OR p.ended_at::date > d.due_on)) THEN 'somebody had paused it'
                ELSE 'nothing that the rows say' END) AS why
    FROM deals d JOIN organizations f ON f.id = d.factor_id JOIN relationships r ON r.id = d.relationship_id JOIN worlds w ON w.id = d.world_id
   WHERE d.world_id = $1 AND d.due_on + 21 < w.clock_at::date
     AND (d.open_minor > 0 OR (SELECT max(a.applied_at) FROM allocations a WHERE a.deal_id = d.id)::date > d.due_on + 21)
)
SELECT 'invoices', count(*) FROM late
UNION ALL SELECT 'invoices whose case heard nothing that we started', count(*) FROM late l WHERE NOT l.heard
UNION ALL SELECT 'nothing heard, factor in ' || l.ours || ', debtor in ' || l.theirs || ', of ' || count(*), count(*) FILTER (WHERE NOT l.heard) FROM late l GROUP BY l.ours, l.theirs HAVING count(*) FILTER (WHERE NOT l.heard) > 0
UNION ALL SELECT 'nothing heard, since: ' || l.why, count(*) FROM late l WHERE NOT l.heard GROUP BY l.why`

// Figures counts what came of the year, in a stable order.
func (y *Year) Figures(ctx context.Context) ([]YearFigure, error) {
	var all []YearFigure
	for _, c := range yearCounts {
		var part []YearFigure
		query := `SELECT x.name, x.count FROM (` + c.query + `) AS x(name, count) ORDER BY x.name COLLATE "C"`
		if err := y.pool.SelectContext(ctx, &part, query, y.world.UUID); err != nil {
			return nil, fmt.Errorf("count %s: %w", c.group, err)
		}
		for i := range part {
			part[i].Group = c.group
		}
		all = append(all, part...)
	}
	return all, nil
}
