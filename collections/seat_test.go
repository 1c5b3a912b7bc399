package collections_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"comity/collections"
	"comity/domain"
)

// seller is a person of the case's seller.
func (h *house) seller(now string) domain.Caller {
	return domain.Caller{
		User: domain.New[domain.UserID](), Organization: h.facts.Case.Seller, Kind: domain.KindSeller, Role: domain.RoleMember, World: h.facts.Case.World,
		Sandbox: true, Now: at(now),
	}
}

// collector is a person of the case's factor.
func (h *house) collector(now string) domain.Caller {
	by := h.seller(now)
	by.Organization, by.Kind, by.Role = h.facts.Case.Factor, domain.KindFactor, domain.RoleCollector
	return by
}

// pause sets one, and returns it as it was stored.
func (h *house) pause(by domain.Caller, p domain.Pause, key string) (domain.Pause, error) {
	h.t.Helper()
	once := onceOf[domain.Pause](key)
	var made domain.Pause
	once.Answer = func(p domain.Pause) domain.Answer {
		made = p
		return domain.Answer{Status: 201, Body: []byte(key)}
	}
	p.Case = h.facts.Case.ID
	if p.Reason == "" {
		p.Reason = "we talk to their buyer"
	}
	_, err := h.cases.SetPause(h.t.Context(), by, p, once)
	return made, err
}

// said is the last sentence of a kind on the seller's timeline.
func (h *house) said(kind string) string {
	return h.text(`SELECT said FROM events WHERE kind = $1 AND seller_id IS NOT NULL ORDER BY id DESC LIMIT 1`, kind)
}

func (h *house) says(kind string, parts ...string) {
	h.t.Helper()
	said := h.said(kind)
	for _, part := range parts {
		if !strings.Contains(said, part) {
			h.t.Errorf("%s says %q, and not %q", kind, said, part)
		}
	}
	for _, code := range []string{"seller_approval_pending", "awaiting_human", "gap_lt_7d"} {
		if strings.Contains(said, code) {
			h.t.Errorf("%s says a code: %q", kind, said)
		}
	}
}

// noticed is a house in which the notice was delivered and the advance paid out.
func noticedHouse(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	h.load("2026-02-04", "2026-03-31")
	h.act("2026-02-05 10:00")
	h.send("2026-02-05 10:02")
	h.exec(`UPDATE deals SET status = 'paid_out'`)
	h.act("2026-02-06 10:00")
	return h
}

// TestASellerKeepsItsHandsOnAnInvoice holds F-67, D-23 and D-24: a seller's pause without an
// end keeps back what we start, until it ends it and nobody else; the case says what it waits
// for, the timeline who paused what, why, and who bears the fee; answers still leave.
func TestASellerKeepsItsHandsOnAnInvoice(t *testing.T) {
	h := noticedHouse(t)
	ctx, marlow, eastbrook := t.Context(), h.seller("2026-02-20 11:00"), h.collector("2026-02-20 12:00")
	deal := h.facts.Items[0].Deal.ID
	pause, err := h.pause(marlow, domain.Pause{Deal: deal}, "p1")
	if err != nil {
		t.Fatal(err)
	}
	answer, err := h.cases.SetPause(ctx, marlow, domain.Pause{Case: h.facts.Case.ID, Deal: deal, Reason: "again"}, onceOf[domain.Pause]("p1"))
	if err != nil || !answer.Replayed || string(answer.Body) != "p1" {
		t.Errorf("the same key again: %+v, %v", answer, err)
	}
	if _, err := h.pause(marlow, domain.Pause{Deal: deal}, "p2"); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("a second pause of the same: %v", err)
	}
	h.says("pause.set", "Marlow Print Works LLC paused invoice MP-1042 until it ends the pause", "we talk to their buyer", "The fee goes on: Marlow Print Works LLC asked for the pause.")
	h.is("next look", h.next(), "2026-02-20 11:00")
	h.act("2026-02-20 11:00")
	h.is("next look", h.next(), "")
	h.is("waits", h.text(`SELECT waits_for FROM cases`), "Marlow Print Works LLC to end its pause of invoice MP-1042")
	if _, err := h.cases.EndPause(ctx, eastbrook, pause.ID, onceOf[domain.Pause]("e1")); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a factor ends a seller's pause: %v", err)
	}
	if _, err := h.cases.Ask(ctx, h.debtor("2026-02-23 10:00"), deal, "Which order?", onceOf[domain.Question]("q")); err != nil {
		t.Fatal(err)
	}
	questions, _ := h.cases.Questions(ctx, eastbrook, h.facts.Case.ID)
	if _, err := h.cases.AnswerQuestion(ctx, h.collector("2026-02-23 11:00"), questions[0].ID, domain.ReplyID{}, "Order 7731.", collections.Understanding{}, onceOf[domain.Question]("a")); err != nil {
		t.Fatal(err)
	}
	h.act("2026-02-23 11:00")
	h.send("2026-02-23 11:01")
	h.act("2026-03-09 09:30")
	h.is("what we started", h.text(`SELECT count(*) FROM touches WHERE class = 'reminder'`), "0")
	h.is("refusals", h.text(`SELECT count(*) FROM gate_decisions WHERE NOT sent`), "0")

	end := h.seller("2026-03-09 10:00")
	if _, err := h.cases.EndPause(ctx, end, pause.ID, onceOf[domain.Pause]("e2")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.cases.EndPause(ctx, end, pause.ID, onceOf[domain.Pause]("e3")); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("ended twice: %v", err)
	}
	h.says("pause.ended", "Marlow Print Works LLC ended its pause of invoice MP-1042")
	h.act("2026-03-09 10:00")
	h.is("touch", h.text(`SELECT step || ' ' || status FROM touches WHERE class = 'reminder'`), "post_due:1 sending")
	all, err := h.cases.Pauses(ctx, eastbrook, h.facts.Case.ID)
	if err != nil || len(all) != 1 || all[0].EndedBy != end.User || all[0].Side != domain.KindSeller {
		t.Errorf("the factor reads %+v, %v", all, err)
	}
}

// TestPausesKeepTheirBounds holds F-67 for both sides: how far ahead a pause may reach, what
// it may be about, and who has nothing to say.
func TestPausesKeepTheirBounds(t *testing.T) {
	h := noticedHouse(t)
	now := "2026-02-20 11:00"
	stranger, rival, debtor := h.seller(now), h.collector(now), h.debtor(now)
	stranger.Organization, rival.Organization = domain.New[domain.OrganizationID](), domain.New[domain.OrganizationID]()
	ahead := func(days int) time.Time { return at(now).AddDate(0, 0, days) }
	tests := map[string]struct {
		by    domain.Caller
		pause domain.Pause
		want  error
		field string
	}{
		"a factor's without an end":    {h.collector(now), domain.Pause{}, domain.ErrInvalid, "/until required"},
		"a factor's of 31 days":        {h.collector(now), domain.Pause{Until: ahead(31)}, domain.ErrInvalid, "/until too-far"},
		"a seller's of 91 days":        {h.seller(now), domain.Pause{Until: ahead(91)}, domain.ErrInvalid, "/until too-far"},
		"one that is over":             {h.seller(now), domain.Pause{Until: ahead(0)}, domain.ErrInvalid, "/until in-the-past"},
		"another case's deal":          {h.seller(now), domain.Pause{Deal: domain.New[domain.DealID]()}, domain.ErrInvalid, "/deal_id not-in-the-case"},
		"another seller's":             {stranger, domain.Pause{}, domain.ErrNotFound, ""},
		"another factor's":             {rival, domain.Pause{Until: ahead(1)}, domain.ErrNotFound, ""},
		"a debtor's":                   {debtor, domain.Pause{}, domain.ErrForbidden, ""},
		"a factor's of 30 days":        {h.collector(now), domain.Pause{Until: ahead(30)}, nil, ""},
		"a seller's of 90 days":        {h.seller(now), domain.Pause{Until: ahead(90)}, nil, ""},
		"a seller's of an invoice too": {h.seller(now), domain.Pause{Deal: h.facts.Items[0].Deal.ID}, nil, ""},
	}
	for name, tc := range tests {
		pause, err := h.pause(tc.by, tc.pause, name)
		field := ""
		if refusal, ok := errors.AsType[*domain.Refusal](err); ok && len(refusal.Fields) > 0 {
			field = refusal.Fields[0].Pointer + " " + refusal.Fields[0].Code
		}
		if !errors.Is(err, tc.want) || (err == nil) != (tc.want == nil) || field != tc.field {
			t.Errorf("%s: %v at %q, want %v at %q", name, err, field, tc.want, tc.field)
		}
		if err != nil {
			continue
		}
		for who, by := range map[string]domain.Caller{"another seller": stranger, "another factor": rival} {
			if _, err := h.cases.EndPause(t.Context(), by, pause.ID, onceOf[domain.Pause](name+who)); !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("%s ends %s: %v", who, name, err)
			}
			if _, err := h.cases.Pauses(t.Context(), by, h.facts.Case.ID); !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("%s reads the pauses: %v", who, err)
			}
		}
	}
	h.exec(`UPDATE cases SET status = 'closed'`)
	h.exec(`UPDATE pauses SET ended_at = set_at`)
	if _, err := h.pause(h.seller(now), domain.Pause{}, "closed"); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("a closed case: %v", err)
	}
}

// TestAPauseIsWaitedFor holds D-20 for pauses: the planner waits until one ends, in the slot
// after it, and is not refused day by day; the other invoices go on.
func TestAPauseIsWaitedFor(t *testing.T) {
	f, _ := overdueA()
	other := f.Items[0]
	other.Deal.ID, other.Deal.InvoiceNumber, other.Deal.Due = domain.New[domain.DealID](), "MP-1043", day("2026-03-03")
	pauses := func(side domain.OrganizationKind, deal domain.DealID, until string) domain.Pause {
		p := domain.Pause{Side: side, Deal: deal, SetAt: at("2026-03-09 08:00")}
		if until != "" {
			p.Until = at(until)
		}
		return p
	}
	first := f.Items[0].Deal.ID
	tests := map[string]struct {
		items  []domain.CaseItem
		pauses []domain.Pause
		want   want
	}{
		"the invoice, until the afternoon":    {f.Items, []domain.Pause{pauses(domain.KindFactor, first, "2026-03-12 15:00")}, want{"", "", "2026-03-13 09:30"}},
		"the case, until the morning":         {f.Items, []domain.Pause{pauses(domain.KindSeller, domain.DealID{}, "2026-03-12 08:00")}, want{"", "", "2026-03-12 09:30"}},
		"two, one after the other":            {f.Items, []domain.Pause{pauses(domain.KindFactor, first, "2026-03-12 08:00"), pauses(domain.KindSeller, first, "2026-03-19 08:00")}, want{"", "", "2026-03-19 09:30"}},
		"one of two invoices":                 {append(f.Items[:1:1], other), []domain.Pause{pauses(domain.KindSeller, first, "")}, want{"post_due:1", "", "2026-03-16 09:30"}},
		"without an end, and one with":        {f.Items, []domain.Pause{pauses(domain.KindSeller, first, ""), pauses(domain.KindFactor, domain.DealID{}, "2026-03-12 08:00")}, want{"", "", ""}},
		"one that is over holds nothing back": {f.Items, []domain.Pause{pauses(domain.KindSeller, first, "2026-03-09 09:00")}, want{"post_due:1", "", "2026-03-16 09:30"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := f
			f.Items, f.Pauses = tc.items, tc.pauses
			got := look(t, f, "2026-03-09 09:30")
			tc.want.check(t, "2026-03-09 09:30", got)
			if got.Touch != nil && len(tc.items) > 1 && (len(got.Touch.Items) != 1 || got.Touch.Items[0] != other.Deal.ID || strings.Contains(got.Touch.Text, "MP-1042")) {
				t.Errorf("it lists what is paused: %s", got.Touch.Text)
			}
		})
	}
}

// TestTheGateSeesWhatThePartiesHoldBack holds D-20: a pause refuses what we start, with the
// code of the side that set it, and lets answers, receipts and notices pass.
func TestTheGateSeesWhatThePartiesHoldBack(t *testing.T) {
	f, act := overdueA()
	deal := f.Items[0].Deal.ID
	tests := map[string]struct {
		pauses []domain.Pause
		codes  string
	}{
		"a seller's of the invoice":    {[]domain.Pause{{Side: domain.KindSeller, Deal: deal}}, "seller_approval_pending"},
		"a collector's of the invoice": {[]domain.Pause{{Side: domain.KindFactor, Deal: deal}}, "awaiting_human"},
		"a seller's of the case":       {[]domain.Pause{{Side: domain.KindSeller}}, "seller_approval_pending"},
		"a collector's of the case":    {[]domain.Pause{{Side: domain.KindFactor}}, "awaiting_human"},
		"of another invoice":           {[]domain.Pause{{Side: domain.KindSeller, Deal: domain.New[domain.DealID]()}}, ""},
		"over":                         {[]domain.Pause{{Side: domain.KindSeller, Until: f.Now}}, ""},
	}
	for name, tc := range tests {
		f := f
		f.Pauses = tc.pauses
		for class, want := range map[domain.MessageClass]string{
			domain.ClassReminder: tc.codes, domain.ClassHeadsUp: tc.codes, domain.ClassAnswer: "", domain.ClassReceipt: "", domain.ClassThankYou: "", domain.ClassLegalNotice: "",
		} {
			act := act
			act.Class = class
			v := collections.Gate(f, act)
			if got := strings.Join(v.Codes, " "); got != want || strings.Join(v.Outward, " ") != want {
				t.Errorf("%s, %s: %q, want %q", name, class, got, want)
			}
		}
	}
}

// TestAPauseReachesAMessageOnItsWay holds C-54 and D-20: what was claimed and not yet handed
// out stays here when somebody pauses it between, and leaves when the pause ends.
func TestAPauseReachesAMessageOnItsWay(t *testing.T) {
	for name, factor := range map[string]bool{"the seller's": false, "a collector's": true} {
		t.Run(name, func(t *testing.T) {
			h := noticedHouse(t)
			h.act("2026-02-25 09:30")
			id := h.sending()
			by, p := h.seller("2026-02-25 09:31"), domain.Pause{Deal: h.facts.Items[0].Deal.ID}
			if factor {
				by, p = h.collector("2026-02-25 09:31"), domain.Pause{Until: at("2026-02-25 12:00")}
			}
			pause, err := h.pause(by, p, "p")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.cases.Outgoing(t.Context(), h.facts.Case.World, id, at("2026-02-25 09:32")); !errors.Is(err, domain.ErrNotFound) {
				t.Fatalf("handed out over a pause: %v", err)
			}
			h.act("2026-02-25 09:32")
			h.is("touch is on its way", h.text(`SELECT status IN ('sending', 'sent') FROM touches WHERE id = $1`, id.UUID), "false")
			h.is("contacts", h.text(`SELECT count(*) FROM contacts_made c JOIN touches t ON t.id = c.touch_id WHERE t.status NOT IN ('planned', 'cancelled')`), "1")
			by.Now = at("2026-02-25 11:00")
			if _, err := h.cases.EndPause(t.Context(), by, pause.ID, onceOf[domain.Pause]("e")); err != nil {
				t.Fatal(err)
			}
			h.act("2026-02-25 11:00")
			h.send("2026-02-25 11:00")
			h.is("touch", h.text(`SELECT status FROM touches WHERE id = $1`, id.UUID), "sent")
		})
	}
}
