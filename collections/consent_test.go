package collections_test

import (
	"errors"
	"strings"
	"testing"

	"comity/domain"
)

// word lets somebody speak on a message.
func (h *house) word(by domain.Caller, id domain.TouchID, consent domain.Consent, key string) error {
	h.t.Helper()
	word := domain.Approval{Consent: consent}
	if consent == domain.Declined {
		word.Note = "we agreed on new terms"
	}
	_, err := h.cases.Consent(h.t.Context(), by, id, word, onceOf[domain.Approval](key))
	return err
}

// planned is the message that waits.
func (h *house) planned() domain.TouchID {
	h.t.Helper()
	var id domain.TouchID
	if err := h.owner.QueryRowContext(h.t.Context(), `SELECT id FROM touches WHERE status = 'planned'`).Scan(&id.UUID); err != nil {
		h.t.Fatalf("nothing waits: %v", err)
	}
	return id
}

// asking is a house in which the seller is asked, on 25 February at 09:30, about the
// reminder before the due date.
func asking(t *testing.T, mode domain.ApprovalMode) *house {
	t.Helper()
	h := noticedHouse(t)
	h.exec(`UPDATE relationships SET approval = $1`, string(mode))
	h.act("2026-02-25 09:30")
	return h
}

func (h *house) touches() string {
	return h.text(`SELECT string_agg(split_part(step, ':', 1) || CASE WHEN step LIKE 'post%' THEN split_part(step, ':', 2) ELSE '' END || ' ' || status, ', ' ORDER BY id)
		FROM touches WHERE class IN ('heads_up', 'reminder')`)
}

// TestAMessageWaitsForTheSellersWord holds F-67 and D-23: under every_touch what we start is
// planned without a text, the seller is asked once and told who bears the fee, and it leaves
// as soon as the seller approves.
func TestAMessageWaitsForTheSellersWord(t *testing.T) {
	h := asking(t, domain.ApproveEvery)
	h.is("touches", h.touches(), "pre_due planned")
	h.is("text", h.text(`SELECT subject || body_text || body_html FROM touches WHERE status = 'planned'`), "")
	h.is("refusals", h.text(`SELECT string_agg(array_to_string(codes, ' ') || '/' || array_to_string(outward, ' '), ', ') FROM gate_decisions WHERE NOT sent`), "seller_approval_pending/seller_approval_pending")
	h.is("next look", h.next(), "2026-02-26 09:30")
	h.says("touch.awaits_seller", "The reminder about invoice MP-1042 waits for the word of Marlow Print Works LLC", "until 26 February 2026, 09:30 EST",
		"The fee goes on: Marlow Print Works LLC asked to see messages before they leave.")
	h.is("told by mail", h.text(`SELECT count(*) FROM jobs j JOIN events e ON e.id = j.ref WHERE j.kind = 'mail_party' AND e.kind = 'touch.awaits_seller'`), "1")
	h.act("2026-02-25 10:00")
	h.is("asked", h.text(`SELECT count(*) FROM events WHERE kind = 'touch.awaits_seller'`), "1")

	id, ctx := h.planned(), t.Context()
	stranger := h.seller("2026-02-25 11:00")
	stranger.Organization = domain.New[domain.OrganizationID]()
	if err := h.word(stranger, id, domain.Approved, "x"); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("another seller approves: %v", err)
	}
	if err := h.word(h.collector("2026-02-25 11:00"), id, domain.Approved, "y"); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("a factor approves what waits for nobody of its own: %v", err)
	}
	if err := h.word(h.debtor("2026-02-25 11:00"), id, domain.Approved, "z"); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a debtor approves: %v", err)
	}
	jo := h.seller("2026-02-25 11:00")
	if err := h.word(jo, id, domain.Approved, "a"); err != nil {
		t.Fatal(err)
	}
	if err := h.word(jo, id, domain.Approved, "b"); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("a second word: %v", err)
	}
	answer, err := h.cases.Consent(ctx, jo, id, domain.Approval{Consent: domain.Approved}, onceOf[domain.Approval]("a"))
	if err != nil || !answer.Replayed {
		t.Errorf("the same key again: %+v, %v", answer, err)
	}
	h.says("touch.approved", "Marlow Print Works LLC approved the reminder that waited for it.")
	h.act("2026-02-25 11:00")
	if out := h.send("2026-02-25 11:01"); !strings.Contains(out.Text, "MP-1042") {
		t.Errorf("it says %s", out.Text)
	}
	if err := h.word(h.seller("2026-02-25 12:00"), id, domain.Declined, "late"); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("a word on what was sent: %v", err)
	}
	said, err := h.cases.Approvals(ctx, jo, h.facts.Case.ID)
	if err != nil || len(said) != 1 || said[0].User != jo.User || said[0].Consent != domain.Approved || said[0].Touch != id {
		t.Errorf("said %+v, %v", said, err)
	}
	if _, err := h.cases.Approvals(ctx, stranger, h.facts.Case.ID); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("another seller reads the words: %v", err)
	}
	h.act("2026-03-05 09:30")
	h.is("the next waits too", h.touches(), "pre_due sent, post_due1 planned")
}

// TestAfterADayThePolicyDecides holds F-67: a seller who says nothing for 24 hours holds
// nothing back; a weekend is none of its hours.
func TestAfterADayThePolicyDecides(t *testing.T) {
	h := asking(t, domain.ApproveEvery)
	h.act("2026-02-26 09:30")
	h.is("touches", h.touches(), "pre_due sending")
	h.send("2026-02-26 09:31")
	h.act("2026-02-26 09:32")
	h.is("next look", h.next(), "2026-03-05 09:30")
	h.act("2026-03-06 09:30")
	h.is("touches", h.touches(), "pre_due sent, post_due1 planned")
	h.is("a Friday's question is open until Monday", h.next(), "2026-03-09 09:30")
	h.act("2026-03-09 09:30")
	h.is("touches", h.touches(), "pre_due sent, post_due1 sending")
}

// TestAVetoSkipsAStepAndNoMore holds F-67 and C-48: what the seller declines is not sent in
// this cycle, and the next step comes after its gap; the case is not silenced.
func TestAVetoSkipsAStepAndNoMore(t *testing.T) {
	h := asking(t, domain.ApproveEvery)
	if err := h.word(h.seller("2026-02-25 11:00"), h.planned(), domain.Declined, "d1"); err != nil {
		t.Fatal(err)
	}
	h.says("touch.declined", "Marlow Print Works LLC declined the reminder that waited for it", "we agreed on new terms", "The fee goes on: Marlow Print Works LLC declined.")
	h.act("2026-02-25 11:00")
	h.is("touches", h.touches(), "pre_due cancelled")
	h.is("next look", h.next(), "2026-03-05 09:30")
	h.act("2026-02-26 09:30")
	h.act("2026-03-05 09:30")
	h.is("touches", h.touches(), "pre_due cancelled, post_due1 planned")
	if err := h.word(h.seller("2026-03-05 15:00"), h.planned(), domain.Declined, "d2"); err != nil {
		t.Fatal(err)
	}
	h.act("2026-03-05 15:00")
	h.is("next look", h.next(), "2026-03-12 09:30")
	h.act("2026-03-12 09:30")
	h.is("touches", h.touches(), "pre_due cancelled, post_due1 cancelled, post_due2 planned")
	h.act("2026-03-13 09:30")
	h.is("touches", h.touches(), "pre_due cancelled, post_due1 cancelled, post_due2 sending")
	if out := h.send("2026-03-13 09:31"); !strings.Contains(out.Subject, "MP-1042") {
		t.Errorf("it says %s", out.Subject)
	}
	h.act("2026-03-13 09:32")
	h.is("next look", h.next(), "2026-03-20 09:30")
}

// TestOnlyTheFirstWaits holds F-67: under first_touch the first message of a case waits, and
// those after it do not.
func TestOnlyTheFirstWaits(t *testing.T) {
	h := asking(t, domain.ApproveFirst)
	h.is("touches", h.touches(), "pre_due planned")
	if err := h.word(h.seller("2026-02-25 11:00"), h.planned(), domain.Approved, "a"); err != nil {
		t.Fatal(err)
	}
	h.act("2026-02-25 11:00")
	h.send("2026-02-25 11:01")
	h.act("2026-03-06 09:30")
	h.is("touches", h.touches(), "pre_due sent, post_due1 sending")
}

// TestAskedAgainAfterWhatCameBetween holds F-67: a message that waited, was cancelled because a
// question came between, and is wanted again waits for the seller again.
func TestAskedAgainAfterWhatCameBetween(t *testing.T) {
	h := asking(t, domain.ApproveEvery)
	h.act("2026-02-26 09:30")
	h.send("2026-02-26 09:31")
	h.act("2026-03-05 09:30")
	id := h.planned()
	if _, err := h.cases.Ask(t.Context(), h.debtor("2026-03-05 10:00"), domain.DealID{}, "Which order?", onceOf[domain.Question]("q")); err != nil {
		t.Fatal(err)
	}
	h.act("2026-03-05 10:00")
	h.is("touches", h.touches(), "pre_due sent, post_due1 cancelled")
	if err := h.word(h.seller("2026-03-05 11:00"), id, domain.Approved, "late"); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("a word on what was cancelled: %v", err)
	}
	h.exec(`UPDATE holds SET ended_at = '2026-03-10 15:00+00'`)
	h.exec(`UPDATE questions SET answered_at = '2026-03-10 15:00+00'`)
	h.act("2026-03-11 09:30")
	h.is("touches", h.touches(), "pre_due sent, post_due1 planned")
	h.is("asked", h.text(`SELECT count(*) FROM events WHERE kind = 'touch.awaits_seller'`), "3")
	h.act("2026-03-12 09:30")
	h.is("touches", h.touches(), "pre_due sent, post_due1 sending")
}

// TestASellerIsNotAskedInVain holds F-67: what a stop, or the seller's own pause, holds back
// is not shown to it as waiting for its word; what the bank's file holds back is.
func TestASellerIsNotAskedInVain(t *testing.T) {
	f, _ := overdueA()
	f.Relationship.Approval = domain.ApproveEvery
	for name, tc := range map[string]struct {
		change func(*domain.CaseFacts)
		asked  bool
	}{
		"nothing else":         {func(*domain.CaseFacts) {}, true},
		"the feed is behind":   {func(f *domain.CaseFacts) { f.Feeds[0].Spans = f.Feeds[0].Spans[:3] }, true},
		"a complaint is open":  {func(f *domain.CaseFacts) { f.Stops = []domain.Stop{{Code: domain.StopComplaint}} }, false},
		"there is no address":  {func(f *domain.CaseFacts) { f.Relationship.Email = "" }, false},
		"another tenant wrote": {func(f *domain.CaseFacts) { f.LastElsewhere = at("2026-03-05 09:30") }, true},
	} {
		f := f
		f.Feeds = append([]domain.Feed(nil), f.Feeds...)
		tc.change(&f)
		got := look(t, f, "2026-03-09 09:30")
		said := strings.Join(got.Said, " ")
		if asked := strings.Contains(said, "waits for the word of"); asked != tc.asked || got.Touch != nil {
			t.Errorf("%s: asked %t, said %q", name, asked, said)
		}
		again := look(t, got.Facts, "2026-03-09 11:00")
		if strings.Contains(strings.Join(again.Said, " "), "waits for the word of") {
			t.Errorf("%s: asked twice: %q", name, again.Said)
		}
	}
}

// TestAPreviewIsWhatWouldLeave holds F-67 and D-7: both sides read what would be said next, when
// and why, with {link} where the debtor's link goes; a seller reads outward codes only, and
// nothing is changed by looking.
func TestAPreviewIsWhatWouldLeave(t *testing.T) {
	h := noticedHouse(t)
	ctx, id, now := t.Context(), h.facts.Case.ID, "2026-02-20 11:00"
	other := domain.New[domain.OrganizationID]()
	h.exec(`INSERT INTO contacts_made (world_id, contact_key, touch_id, seller_id, counted, daily, at) SELECT world_id, contact_key, gen_random_uuid(), $1, true, true, $2 FROM contacts_made`, other.UUID, at("2026-02-20 09:30"))
	rows := `SELECT (SELECT count(*) FROM touches) || ' ' || (SELECT count(*) FROM gate_decisions) || ' ' || (SELECT count(*) FROM events) || ' ' || (SELECT count(*) FROM contact_windows) || ' ' || (SELECT next_action_at FROM cases)`
	before := h.text(rows)
	for name, tc := range map[string]struct {
		by    domain.Caller
		codes string
	}{"the seller": {h.seller(now), "considerate_pause"}, "the factor": {h.collector(now), "one_per_day"}} {
		got, err := h.cases.Preview(ctx, tc.by, id)
		if err != nil || got.Touch == nil {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
		p := got.Touch
		if p.Step != "pre_due:2026-03-04" || !p.DueAt.Equal(at("2026-02-25 09:30")) || !strings.Contains(p.Letter.Text, "MP-1042") || !strings.Contains(p.Letter.Text, "{link}") ||
			len(p.Items) != 1 || p.Items[0].Number != "MP-1042" || p.Items[0].Ask != usd(1_000_000) || p.WhyNow == "" || strings.Join(p.CodesToday, " ") != tc.codes {
			t.Errorf("%s reads %+v", name, p)
		}
	}
	h.is("rows", h.text(rows), before)
	h.act("2026-02-25 09:30")
	shown, _ := h.cases.Preview(ctx, h.seller(now), id)
	if sent := h.send("2026-02-25 09:31"); shown.Touch != nil && shown.Touch.Letter.Text == sent.Text {
		t.Error("what was claimed is still shown as the next")
	}
	stranger := h.seller(now)
	stranger.Organization = other
	if _, err := h.cases.Preview(ctx, stranger, id); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("another seller reads it: %v", err)
	}
	if _, err := h.pause(h.seller("2026-02-26 11:00"), domain.Pause{}, "p"); err != nil {
		t.Fatal(err)
	}
	rest, err := h.cases.Preview(ctx, h.seller("2026-02-26 11:00"), id)
	if err != nil || rest.Touch != nil || rest.WaitsFor != "Marlow Print Works LLC to end its pause of the case" || !rest.LookAgain.IsZero() {
		t.Errorf("paused: %+v, %v", rest, err)
	}
}

// TestAPreviewTipsNobodyOff holds D-8: under a sanctions hold the seller's preview says what it
// says of any considerate pause, before the gate refused and after.
func TestAPreviewTipsNobodyOff(t *testing.T) {
	h := noticedHouse(t)
	ctx, id := t.Context(), h.facts.Case.ID
	if _, err := h.cases.SetStop(ctx, h.collector("2026-02-20 11:00"), id, domain.StopSanctions, "a list", onceOf[domain.Stop]("s")); err != nil {
		t.Fatal(err)
	}
	before, err := h.cases.Preview(ctx, h.seller("2026-02-20 12:00"), id)
	inside, _ := h.cases.Preview(ctx, h.collector("2026-02-20 12:00"), id)
	if err != nil || before.Touch == nil || strings.Join(before.Touch.CodesToday, " ") != "considerate_pause" || inside.Touch == nil || strings.Join(inside.Touch.CodesToday, " ") != "sanctions_hold" {
		t.Errorf("before: the seller reads %+v, the factor %+v, %v", before.Touch, inside.Touch, err)
	}
	h.act("2026-02-25 09:30")
	h.act("2026-03-05 09:30")
	after, err := h.cases.Preview(ctx, h.seller("2026-03-05 10:00"), id)
	inside, _ = h.cases.Preview(ctx, h.collector("2026-03-05 10:00"), id)
	if err != nil || after.Touch != nil || after.WaitsFor != "a considerate pause" || inside.WaitsFor != "a person to lift a stop" {
		t.Errorf("after: the seller reads %+v, the factor %+v, %v", after, inside, err)
	}
}

// TestAPreviewIsTheLetter holds F-67 and C-40: what is shown days ahead is, to the byte, what leaves.
func TestAPreviewIsTheLetter(t *testing.T) {
	h := noticedHouse(t)
	shown, err := h.cases.Preview(t.Context(), h.seller("2026-02-12 11:00"), h.facts.Case.ID)
	if err != nil || shown.Touch == nil {
		t.Fatalf("%+v, %v", shown, err)
	}
	h.act("2026-02-25 09:30")
	sent := h.send("2026-02-25 09:31")
	if shown.Touch.Letter.Text != sent.Text || shown.Touch.Letter.Subject != sent.Subject || shown.Touch.Letter.HTML != sent.HTML {
		t.Errorf("shown\n%s\nsent\n%s", shown.Touch.Letter.Text, sent.Text)
	}
}

// TestASellerGetsACopyWithoutTheLink holds F-67 and D-6: a copy says what left, and the
// debtor's link stays the debtor's.
func TestASellerGetsACopyWithoutTheLink(t *testing.T) {
	h := noticedHouse(t)
	h.is("copies before", h.text(`SELECT count(*) FROM jobs WHERE kind = 'copy'`), "0")
	h.exec(`UPDATE relationships SET copied = true`)
	h.act("2026-02-25 09:30")
	id := h.sending()
	if _, _, _, err := h.cases.CopyForSeller(t.Context(), h.facts.Case.World, id, at("2026-02-25 09:31")); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a copy of what has not left: %v", err)
	}
	sent := h.send("2026-02-25 09:31")
	h.is("copies", h.text(`SELECT count(*) FROM jobs WHERE kind = 'copy' AND ref = $1`, id.UUID), "1")
	seller, subject, text, err := h.cases.CopyForSeller(t.Context(), h.facts.Case.World, id, at("2026-02-25 09:32"))
	if err != nil || seller.ID != h.facts.Case.Seller || subject != "Copy: "+sent.Subject || !strings.Contains(text, sent.Text) || !strings.Contains(text, "{link}") || strings.Contains(text, "http") {
		t.Errorf("to %s, %s:\n%s\n%v", seller.Email, subject, text, err)
	}
	h.exec(`UPDATE relationships SET copied = false`)
	if _, _, _, err := h.cases.CopyForSeller(t.Context(), h.facts.Case.World, id, at("2026-02-25 09:33")); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a copy that nobody wants any more: %v", err)
	}
}

// TestAVoiceIsOneSentence holds C-87, C-96, D-6 and D-24: a seller adds a sentence in its own
// words; bank details, threats, asks, links and speeches are refused field by field.
func TestAVoiceIsOneSentence(t *testing.T) {
	h := newHouse(t)
	by := h.seller("2026-02-10 10:00")
	tests := map[string]string{
		"We print every menu as if we dined there ourselves.": "",
		"Since 1921, rain or shine.":                          "",
		"":                                                    "",
		"One. And two.":                                       "one-sentence",
		"See https://marlow.example":                          "leads-away",
		"Write to jo@marlow.example":                          "leads-away",
		"More on marlow.example":                              "leads-away",
		"Use {link} soon":                                     "leads-away",
		"Two\nlines":                                          "leads-away",
		"Our account is DE89370400440532013000":               "bank-details",
		"our account is gb82 west 1234 5698 7654 32":          "bank-details",
		"Account 4410023317 as ever":                          "bank-details",
		"Ask for 123456789012345678901234567890":              "bank-details",
		"Menus":                                               "one-sentence",
		"We will see you in court":                            "not-said",
		"Please pay on time":                                  "not-said",
		"You must settle this immediately":                    "not-said",
		strings.Repeat("long ", 33):                           "too-long",
	}
	for text, want := range tests {
		for _, field := range []string{"/line", "/thanks"} {
			voice := domain.Voice{Line: text}
			if field == "/thanks" {
				voice = domain.Voice{Thanks: text}
			}
			_, err := h.cases.SetVoice(t.Context(), by, voice)
			got := ""
			if refusal, ok := errors.AsType[*domain.Refusal](err); ok && len(refusal.Fields) == 1 && refusal.Fields[0].Pointer == field {
				got = refusal.Fields[0].Code
			}
			if got != want || (err == nil) != (want == "") {
				t.Errorf("%s %q: %q (%v), want %q", field, text, got, err, want)
			}
		}
	}
	set := domain.Voice{Line: "We print with care.", Thanks: "You keep our presses warm.", Informal: true}
	if _, err := h.cases.SetVoice(t.Context(), by, set); err != nil {
		t.Fatal(err)
	}
	got, err := h.cases.Voice(t.Context(), by)
	if err != nil || got.Line != set.Line || got.Thanks != set.Thanks || !got.Informal || got.UpdatedBy != by.User {
		t.Errorf("read %+v, %v", got, err)
	}
	other := by
	other.Organization = domain.New[domain.OrganizationID]()
	if got, err := h.cases.Voice(t.Context(), other); err != nil || got.Line != "" || !got.UpdatedAt.IsZero() {
		t.Errorf("another seller's: %+v, %v", got, err)
	}
	if _, err := h.cases.SetVoice(t.Context(), h.collector("2026-02-10 10:00"), set); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a factor speaks in a seller's voice: %v", err)
	}
	h.is("events", h.text(`SELECT count(*) FROM events WHERE kind LIKE 'voice%'`), "0")
	h.is("audited", h.text(`SELECT count(*) > 0 FROM audit WHERE action = 'voice.changed'`), "true")
}
