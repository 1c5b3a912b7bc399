package main

import (
	"database/sql"
	"strings"
	"testing"

	"comity/repository"
	"comity/repository/repositorytest"
)

// TestASmallYearBreaksNoWord lives a hundred days with a few debtors and finds that everything
// that debtors, banks and people do happened, that no word of courtesy was broken, and that the
// audit would have seen each if it had been.
func TestASmallYearBreaksNoWord(t *testing.T) {
	db := repositorytest.New(t)
	lived, err := liveYear(t.Context(), yearSize{Seed: 1, Debtors: 40, Sellers: 4, Factors: 2, Days: 100, Workers: 2}, db.AppURL, db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	var told strings.Builder
	if err := lived.tell(&told); err != nil {
		t.Errorf("%v\n%s", err, told.String())
	}
	for _, name := range []string{
		"heads_up, tone 0, sent", "reminder, tone 0, sent", "reminder, tone 1, sent", "reminder, tone 2, sent", "call, tone 2, sent", "legal_notice, tone 0, sent", "thank_you, tone 0, sent", "answer, tone 0, sent",
		"bank_feed_behind", "awaiting_human", "disputes, resolved", "debtor promises", "debtor says that it paid", "kept", "mail, acknowledges", "mail, bounces", "mail, is out of office",
		"questions by mail, answered", "questions by mail, closed", "questions on the page, answered", "questions with reason cash_flow", "pauses by the seller", "stops, ",
		"cases, closed", "collector ends a call", "send, temporary failure", "statement: late", "receipt: nobody knew it at first",
	} {
		if !strings.Contains(told.String(), name) {
			t.Errorf("there is no %q in the year", name)
		}
	}
	for _, f := range lived.figures {
		if f.Name == "invoices whose case heard nothing that we started" && f.Count > 0 {
			t.Errorf("%d invoices were open for three weeks after their due date, and nobody had been written to", f.Count)
		}
	}
	seesEveryBreach(t, db.OwnerURL)
}

// breaks says for each rule of the year's audit what would break it.
var breaks = map[string]string{
	"1: claimed without a clear gate":                                          `DELETE FROM gate_decisions WHERE id = (SELECT id FROM gate_decisions WHERE sent LIMIT 1)`,
	"2: a step twice in a case and cycle":                                      `ALTER TABLE touches DROP CONSTRAINT touches_case_id_cycle_step_key; UPDATE touches SET cycle = 1, step = 'twice' WHERE case_id = (SELECT case_id FROM touches GROUP BY 1 HAVING count(*) > 1 LIMIT 1)`,
	"2: handed out twice after one claim":                                      `INSERT INTO seen (what, touch_id, case_id, step) SELECT what, touch_id, case_id, step FROM seen WHERE what = 'left' LIMIT 1`,
	"3: less than seven days between two contacts that we started":             `UPDATE messages SET day = 1 WHERE proactive AND status <> 'failed'`,
	"3: left less than seven days apart":                                       `UPDATE messages SET left_on = 1 WHERE proactive AND status <> 'failed'`,
	"4: two messages to one address on one day":                                `UPDATE messages SET day = 1`,
	"4: two left to one address on one day":                                    `UPDATE messages SET left_on = 1`,
	"4: more than seven counted messages in seven days":                        `UPDATE messages SET address = '\x00', day = 1`,
	"4: more than two counted messages in fourteen days to who is in hardship": `UPDATE seen SET hard = true; UPDATE messages SET day = 1 + day % 14`,
	"5: claimed or handed out outside the hours":                               `UPDATE seen SET claimed_at = date_trunc('day', claimed_at) + interval '3 hours', at = date_trunc('day', at) + interval '3 hours'`,
	"6: under a stop or a hold of the whole case":                              `UPDATE seen SET stops = '{complaint_open}'`,
	"6: what is paid, held, paused or not ours is listed":                      `UPDATE seen SET bad = '{Y-000001}' WHERE n = 1`,
	"6: it lists nothing":                                                      `UPDATE seen SET listed = 0`,
	"7: it asks for more than is open and not held, or does not name what it lists": `UPDATE touches SET status = 'planned' WHERE id = (SELECT id FROM touches WHERE class = 'reminder' AND status = 'sent' AND items <> '{}' LIMIT 1);
		UPDATE deals SET open_minor = 1 WHERE id IN (SELECT unnest(items) FROM touches WHERE status = 'planned' AND body_text <> ''); UPDATE touches SET status = 'sending' WHERE status = 'planned' AND body_text <> ''`,
	"8: silent for more than fourteen days without a reason":                  `DELETE FROM seen; DELETE FROM approvals; DELETE FROM gate_decisions WHERE NOT sent; DELETE FROM messages m WHERE m.claimed_at > (SELECT min(e.claimed_at) FROM messages e WHERE e.case_id = m.case_id AND e.step LIKE 'post_due:%')`,
	"9: before the word of the seller, or its day":                            `DELETE FROM approvals WHERE side = 'seller'; UPDATE seen SET planned_at = claimed_at; UPDATE relationships SET approval = 'every_touch'`,
	"9: over a veto of the seller":                                            `INSERT INTO approvals SELECT gen_random_uuid(), t.id, t.case_id, t.factor_id, t.seller_id, 'seller', t.id, 'declined', '', '', '2026-01-01' FROM touches t WHERE t.status = 'sent'`,
	"9: against what the contact had asked for":                               `INSERT INTO contact_preferences SELECT DISTINCT ON (address) world_id, address, 'role', 'portal_only', '{}'::text[], '', '', factor_id, NULL::timestamptz, '2026-01-01'::timestamptz FROM messages ON CONFLICT (world_id, contact_key) DO UPDATE SET mode = excluded.mode, updated_at = excluded.updated_at`,
	"9: two of one factor in a week to a mailbox that had asked for a digest": `INSERT INTO contact_preferences SELECT DISTINCT ON (address) world_id, address, 'role', 'digest', '{}'::text[], '', '', factor_id, NULL::timestamptz, '2026-01-01'::timestamptz FROM messages ON CONFLICT (world_id, contact_key) DO UPDATE SET mode = excluded.mode, updated_at = excluded.updated_at; UPDATE messages SET day = 1`,
	"10: a tone that rises by more than one per listed invoice":               `UPDATE seen SET tone = tone + 2 WHERE tone > 0`,
	"10: without the people that it needs":                                    `DELETE FROM approvals; UPDATE touches SET people = 1 WHERE class = 'reminder' AND tone >= 2`,
	"11: a pause that did not come with the answer":                           `DELETE FROM holds`,
}

// seesEveryBreach breaks each rule in the rows of a year that broke none, and asks it: an audit
// that is content with everything proves nothing.
func seesEveryBreach(t *testing.T, ownerURL string) {
	t.Helper()
	owner, err := sql.Open("postgres", ownerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	rules := repository.YearRules()
	for name := range breaks {
		if _, known := rules[name]; !known {
			t.Errorf("there is no rule %q", name)
		}
	}
	for name, query := range rules {
		tx, err := owner.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(t.Context(), `SET LOCAL session_replication_role = origin; `+breaks[name]); err != nil || breaks[name] == "" {
			t.Errorf("rule %s: broken by %q: %v", name, breaks[name], err)
		}
		var args []any
		if strings.Contains(query, "$1") {
			args = append(args, "2026-04-15")
		}
		var seen bool
		if err := tx.QueryRowContext(t.Context(), `SELECT EXISTS (SELECT FROM (`+query+`) x)`, args...).Scan(&seen); err != nil || !seen {
			t.Errorf("rule %s does not see what breaks it: %v", name, err)
		}
		_ = tx.Rollback()
	}
}
