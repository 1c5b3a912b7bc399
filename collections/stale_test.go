package collections_test

import (
	"errors"
	"testing"

	"comity/domain"
)

// TestWhatChangedBeforeItLeftStaysHere: between the gate and the mail server a worker may be down for hours. Who paid,
// promised or asked meanwhile, or whose day is over, is not written to: the case is looked at afresh. It holds C-28 and
// C-124.
func TestWhatChangedBeforeItLeftStaysHere(t *testing.T) {
	tests := map[string]struct {
		meanwhile func(*house)
		leavesAt  string
		status    string
	}{
		"nothing happened":    {func(*house) {}, "2026-02-25 09:45", "sending"},
		"the debtor has paid": {func(h *house) { h.paid("2026-02-25 09:35") }, "2026-02-25 09:45", "planned"},
		"a part arrived":      {func(h *house) { h.exec(`UPDATE deals SET open_minor = 400000`) }, "2026-02-25 09:45", "planned"},
		"a legal stop":        {func(h *house) { h.stop(domain.StopLegal) }, "2026-02-25 09:45", "planned"},
		"it is night":         {func(*house) {}, "2026-02-26 02:00", "planned"},
		"a day's file is due": {func(*house) {}, "2026-02-26 09:45", "planned"},
		"its day is over":     {func(h *house) { h.load("2026-02-25", "2026-02-26") }, "2026-02-27 09:45", "planned"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.load("2026-02-04", "2026-02-24")
			h.act("2026-02-05 10:00")
			h.send("2026-02-05 10:02")
			h.exec(`UPDATE deals SET status = 'paid_out'`)
			h.act("2026-02-25 09:30")
			id := h.sending()
			tc.meanwhile(h)
			_, err := h.cases.Outgoing(t.Context(), h.facts.Case.World, id, at(tc.leavesAt))
			if left := tc.status == "sending"; left != (err == nil) || !left && !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("handed out: %v", err)
			}
			h.is("touch", h.text(`SELECT status FROM touches WHERE id = $1`, id.UUID), tc.status)
		})
	}
}

func (h *house) paid(now string) {
	h.t.Helper()
	by := h.debtor(now)
	if _, err := h.cases.Paid(h.t.Context(), by, h.facts.Items[0].Deal.ID, usd(1_000_000), day("2026-02-25"), onceOf[domain.Hold]("paid")); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) stop(code domain.StopCode) {
	h.t.Helper()
	by := domain.Caller{
		User: domain.New[domain.UserID](), Organization: h.facts.Case.Factor, Kind: domain.KindFactor, Role: domain.RoleCollector,
		World: h.facts.Case.World, Now: at("2026-02-25 09:35"),
	}
	if _, err := h.cases.SetStop(h.t.Context(), by, h.facts.Case.ID, code, "petition of 24 February", onceOf[domain.Stop]("stop")); err != nil {
		h.t.Fatal(err)
	}
}

// TestAStepThatWasCancelledIsWantedAgain: a message that was put back and then cancelled,
// because a question came between, leaves when the question is answered.
func TestAStepThatWasCancelledIsWantedAgain(t *testing.T) {
	h := newHouse(t)
	h.load("2026-02-04", "2026-03-31")
	h.act("2026-02-05 10:00")
	h.send("2026-02-05 10:02")
	h.exec(`UPDATE deals SET status = 'paid_out'`)
	h.act("2026-03-06 09:30")
	id := h.sending()
	_, err := h.cases.Ask(t.Context(), h.debtor("2026-03-06 09:31"), domain.DealID{}, "Which order?", onceOf[domain.Question]("q"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.cases.Outgoing(t.Context(), h.facts.Case.World, id, at("2026-03-06 09:32")); !errors.Is(err, domain.ErrNotFound) {
		t.Fatalf("handed out over a question: %v", err)
	}
	h.act("2026-03-06 09:33")
	h.is("touch", h.text(`SELECT status FROM touches WHERE id = $1`, id.UUID), "cancelled")
	h.exec(`UPDATE questions SET answer = 'Order 1.', answered_at = '2026-03-06 20:00+00'`)
	h.exec(`UPDATE holds SET until_at = '2026-03-13 20:00+00'`)
	h.act("2026-03-09 09:30")
	h.send("2026-03-09 09:31")
	h.act("2026-03-17 09:30")
	h.is("touch", h.text(`SELECT status FROM touches WHERE id = $1`, id.UUID), "sending")
}
