package collections_test

import (
	"errors"
	"strings"
	"testing"

	"comity/collections"
	"comity/domain"
	"comity/repository"
)

// untilTheCall lives the case of story A, silent, until a call waits for a person.
func (h *house) untilTheCall() domain.TouchID {
	h.t.Helper()
	h.exec(`UPDATE relationships SET phone = '+12125550142'`)
	h.load("2026-02-04", "2026-03-31")
	h.act("2026-02-05 10:00")
	h.send("2026-02-05 10:02")
	h.exec(`UPDATE deals SET status = 'paid_out'`)
	for _, day := range []string{"2026-02-25", "2026-03-09", "2026-03-16"} {
		h.act(day + " 09:30")
		h.send(day + " 09:30")
		h.act(day + " 09:31")
	}
	h.act("2026-03-23 09:30")
	h.act("2026-03-23 09:30")
	var id domain.TouchID
	if err := h.owner.QueryRowContext(h.t.Context(), `SELECT id FROM touches WHERE status = 'planned' AND class = 'call'`).Scan(&id.UUID); err != nil {
		h.t.Fatalf("no call waits: %v; %s", err, h.text(`SELECT string_agg(step || ' ' || array_to_string(codes, ' '), ', ' ORDER BY id) FROM gate_decisions`))
	}
	return id
}

// look reads the facts of the case as a look would.
func (h *house) look() (domain.CaseFacts, error) {
	var f domain.CaseFacts
	entry := domain.Entry{Scope: "work", By: domain.Caller{World: h.facts.Case.World, Now: at("2026-03-24 12:00")}}
	_, err := repository.Atomically(h.db.DB, func(tx *repository.Tx) collections.Tx { return tx })(h.t.Context(), entry, func(tx collections.Tx) (domain.Answer, error) {
		var err error
		f, err = tx.CaseLook(h.t.Context(), h.facts.Case.ID)
		return domain.Answer{}, err
	})
	return f, err
}

// TestACallIsAPersonsTask walks a call from the list to its result (F-68, C-44, C-86, C-100, C-111, C-112 and C-114): it
// waits, it is taken once, the gate is asked at that moment, it counts, its result is needed, and what was promised
// pauses in the same commit.
func TestACallIsAPersonsTask(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	id := h.untilTheCall()
	h.is("why not today", h.text(`SELECT array_to_string(codes, ' ') FROM gate_decisions ORDER BY id DESC LIMIT 1`), "awaiting_human")
	h.is("told", h.text(`SELECT said FROM events WHERE kind = 'touch.awaits_human'`), "The next step is a telephone call, and a person makes it.")

	by := h.collector("2026-03-23 19:00")
	if tasks, err := h.cases.Tasks(ctx, by, domain.Page{Limit: 10}); err != nil || len(tasks) != 1 || tasks[0].ID != id {
		t.Fatalf("tasks: %+v, %v", tasks, err)
	}
	stranger := by
	stranger.Organization = domain.New[domain.OrganizationID]()
	if _, err := h.cases.StartCall(ctx, stranger, id, onceOf[collections.Call]("s")); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("another factor takes it: %v", err)
	}
	if _, err := h.cases.StartCall(ctx, by, id, onceOf[collections.Call]("late")); err != nil {
		t.Fatal(err)
	}
	h.is("in the evening", h.text(`SELECT status || ' ' || (SELECT array_to_string(codes, ' ') FROM gate_decisions ORDER BY id DESC LIMIT 1) FROM touches WHERE id = $1`, id.UUID), "planned outside_hours")

	by = h.collector("2026-03-24 11:00")
	if _, err := h.cases.EndCall(ctx, by, id, collections.CallReport{Result: domain.CallNoAnswer}, onceOf[domain.Touch]("early")); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("a result before the call: %v", err)
	}
	if _, err := h.cases.StartCall(ctx, by, id, onceOf[collections.Call]("now")); err != nil {
		t.Fatal(err)
	}
	h.is("the call", h.text(`SELECT status || ' ' || recipient || ' ' || tone FROM touches WHERE id = $1`, id.UUID), "sending +12125550142 2")
	if script := h.text(`SELECT body_text FROM touches WHERE id = $1`, id.UUID); !strings.Contains(script, "MP-1042") {
		t.Errorf("the script is %q", script)
	}
	if _, err := h.cases.StartCall(ctx, by, id, onceOf[collections.Call]("again")); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("it is taken twice: %v", err)
	}
	h.is("counted", h.text(`SELECT count(DISTINCT touch_id)::text FROM contacts_made WHERE touch_id = $1 AND counted`, id.UUID), "1")

	deal := h.facts.Items[0].Deal.ID
	report := collections.CallReport{Result: domain.CallPromised, Deal: deal, Amount: usd(1_000_000), On: day("2026-03-31"), Note: "friendly, the manager was away"}
	for name, wrong := range map[string]collections.CallReport{
		"/result":      {},
		"/note":        {Result: domain.CallPromised, Deal: deal, Amount: usd(1), On: report.On},
		"/promised_on": {Result: domain.CallPromised, Deal: deal, Amount: usd(1), Note: "x"},
		"/amount":      {Result: domain.CallPromised, Note: "x", On: report.On},
		"/paid_on":     {Result: domain.CallSaysPaid, Deal: deal, Amount: usd(1), Note: "x"},
		"/said":        {Result: domain.CallDisputes, Deal: deal, Amount: usd(1), Note: "x"},
	} {
		_, err := h.cases.EndCall(ctx, by, id, wrong, onceOf[domain.Touch]("w"+name))
		var refusal *domain.Refusal
		if !errors.As(err, &refusal) || len(refusal.Fields) != 1 || refusal.Fields[0].Pointer != name {
			t.Errorf("%s: %+v", name, err)
		}
	}
	if _, err := h.cases.EndCall(ctx, by, id, report, onceOf[domain.Touch]("end")); err != nil {
		t.Fatal(err)
	}
	h.is("promise and pause", h.text(`SELECT p.status || ' ' || p.promised_on || ' ' || h.code FROM promises p JOIN holds h ON h.cause_id = p.id`), "active 2026-03-31 promise_active")
	h.is("conversation", h.text(`SELECT conversation::text FROM contacts_made WHERE touch_id = $1`, id.UUID), "true")
	h.is("the note", h.text(`SELECT count(*)::text FROM events WHERE said LIKE '%manager was away%'`), "0")
	h.is("tasks left", h.text(`SELECT count(*)::text FROM touches WHERE status = 'planned'`), "0")

	h.act("2026-03-24 11:01")
	letter := h.send("2026-03-24 11:01")
	for _, words := range []string{"31 March", "10,000.00"} {
		if !strings.Contains(letter.Text, words) {
			t.Errorf("the letter after the call does not say %q: %s", words, letter.Text)
		}
	}
	h.act("2026-03-24 11:02")
	h.is("next", h.next(), "2026-04-03 09:30") // when the statement of 2 April can be there
}

// TestWhatACallTellsIsRecorded tries every result (C-79, C-109, C-147, D-18 and D-25): what a debtor said on the
// telephone pauses as much as if it had come by its page.
func TestWhatACallTellsIsRecorded(t *testing.T) {
	deal := func(h *house) domain.DealID { return h.facts.Items[0].Deal.ID }
	tests := map[string]struct {
		report func(*house) collections.CallReport
		rows   string
		want   string
	}{
		"nobody answers": {func(*house) collections.CallReport { return collections.CallReport{Result: domain.CallNoAnswer} }, `SELECT count(*)::text FROM holds`, "0"},
		"says paid": {func(h *house) collections.CallReport {
			return collections.CallReport{Result: domain.CallSaysPaid, Deal: deal(h), Amount: usd(1_000_000), On: day("2026-03-23"), Note: "n"}
		}, `SELECT code FROM holds`, "paid_or_pending"},
		"disputes": {func(h *house) collections.CallReport {
			return collections.CallReport{Result: domain.CallDisputes, Deal: deal(h), Amount: usd(300_000), Said: "600 came wet", Note: "n"}
		}, `SELECT d.said || ' ' || h.code || ' ' || h.amount_minor FROM disputes d JOIN holds h ON h.cause_id = d.id`, "600 came wet disputed_part 300000"},
		"asks": {func(*house) collections.CallReport {
			return collections.CallReport{Result: domain.CallAsks, Said: "Which order?", Note: "n"}
		}, `SELECT q.said || ' ' || q.reason || h.code FROM questions q JOIN holds h ON h.cause_id = q.id`, "Which order? query_unanswered_by_us"},
		"cannot pay": {func(*house) collections.CallReport {
			return collections.CallReport{Result: domain.CallHardship, Said: "the season was bad", Note: "n"}
		}, `SELECT q.reason || ' ' || h.code FROM questions q JOIN holds h ON h.cause_id = q.id`, "cash_flow query_unanswered_by_us"},
		"does not want to be called": {func(*house) collections.CallReport {
			return collections.CallReport{Result: domain.CallDoNotCall, Note: "n"}
		}, `SELECT kind || ' ' || array_to_string(opted_out, ' ') || ' ' || source FROM contact_preferences`, "person phone said on the telephone"},
		"looks into it": {
			func(*house) collections.CallReport {
				return collections.CallReport{Result: domain.CallWillLook, Note: "n"}
			},
			`SELECT code || ' ' || (until_at AT TIME ZONE 'America/New_York')::date FROM holds`, "query_unanswered_by_us 2026-03-31",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			id := h.untilTheCall()
			by := h.collector("2026-03-24 11:00")
			if _, err := h.cases.StartCall(t.Context(), by, id, onceOf[collections.Call]("now")); err != nil {
				t.Fatal(err)
			}
			if _, err := h.cases.EndCall(t.Context(), by, id, tc.report(h), onceOf[domain.Touch]("end")); err != nil {
				t.Fatal(err)
			}
			h.is("rows", h.text(tc.rows), tc.want)
			h.is("counted", h.text(`SELECT count(DISTINCT contact_key)::text FROM contacts_made WHERE touch_id = $1`, id.UUID), "2") // the address and the number
			if f, err := h.look(); err != nil || f.NotByPhone != (name == "does not want to be called") || f.Contacts[len(f.Contacts)-1].Spoken != (name != "nobody answers") {
				t.Errorf("the facts afterwards: not by phone %t, contacts %+v, %v", f.NotByPhone, f.Contacts, err)
			}
		})
	}
}

// TestAStepThatNobodyTakesIsReplaced leaves a call undone (D-19): on day 14 the gate's refusal is
// stored, a mild letter leaves instead, and the call is asked for anew.
func TestAStepThatNobodyTakesIsReplaced(t *testing.T) {
	h := newHouse(t)
	h.untilTheCall()
	h.is("looked at again", h.next(), "2026-03-30 09:30")
	h.act("2026-03-30 09:30")
	h.act("2026-03-30 09:30")
	h.send("2026-03-30 09:30")
	h.act("2026-03-30 09:31")
	h.is("touches", h.text(`SELECT string_agg(step || ' ' || tone || ' ' || status, ', ' ORDER BY created_at, id) FROM touches WHERE step LIKE 'post_due%'`),
		"post_due:1 1 sent, post_due:2 1 sent, post_due:3:call 2 cancelled, post_due:3 1 sent")
	h.is("refusals", h.text(`SELECT string_agg(array_to_string(codes, ' '), ', ') FROM gate_decisions WHERE step = 'post_due:3:call'`), "awaiting_human, awaiting_human")
	h.is("next", h.next(), "2026-04-06 09:30")
}

// TestAPersonSettlesWhatNobodyKnew: a message of which nobody knows whether it arrived is a task until a
// person finds out (D-6): a notice that arrived is delivered, one that did not is not,
// and stays a task until the case begins anew.
func TestAPersonSettlesWhatNobodyKnew(t *testing.T) {
	for arrived, want := range map[bool]string{true: "sent true", false: "failed false"} {
		h := newHouse(t)
		h.load("2026-02-04", "2026-02-24")
		h.act("2026-02-05 10:00")
		var id domain.TouchID
		if err := h.owner.QueryRowContext(t.Context(), `SELECT id FROM touches`).Scan(&id.UUID); err != nil {
			t.Fatal(err)
		}
		if err := h.cases.NotSent(t.Context(), h.facts.Case.World, id, collections.FailedUnknown, "the line was cut", at("2026-02-05 10:01")); err != nil {
			t.Fatal(err)
		}
		by := h.collector("2026-02-06 11:00")
		if tasks, err := h.cases.Tasks(t.Context(), by, domain.Page{Limit: 10}); err != nil || len(tasks) != 1 {
			t.Fatalf("tasks %+v, %v", tasks, err)
		}
		stranger := by
		stranger.Organization = domain.New[domain.OrganizationID]()
		if _, err := h.cases.SettleUnknown(t.Context(), stranger, id, arrived, "n", onceOf[domain.Touch]("s")); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("another factor settles it: %v", err)
		}
		if _, err := h.cases.SettleUnknown(t.Context(), by, id, arrived, "she has it", onceOf[domain.Touch]("a")); err != nil {
			t.Fatal(err)
		}
		if _, err := h.cases.SettleUnknown(t.Context(), by, id, arrived, "she has it", onceOf[domain.Touch]("b")); !errors.Is(err, domain.ErrWrongState) {
			t.Errorf("it is settled twice: %v", err)
		}
		if tasks, err := h.cases.Tasks(t.Context(), by, domain.Page{Limit: 10}); err != nil || (len(tasks) == 0) != arrived {
			t.Errorf("arrived %t, tasks %+v, %v", arrived, tasks, err)
		}
		if _, err := h.cases.SendAgain(t.Context(), by, h.facts.Case.ID, onceOf[domain.Case]("c")); err != nil {
			t.Fatal(err)
		}
		if tasks, err := h.cases.Tasks(t.Context(), by, domain.Page{Limit: 10}); err != nil || len(tasks) != 0 {
			t.Errorf("after the address was looked at: tasks %+v, %v", tasks, err)
		}
		h.is("settled", h.text(`SELECT t.status || ' ' || (c.occurred_at IS NOT NULL) FROM touches t, conditions c WHERE c.code = 'notice_delivered'`), want)
	}
}
