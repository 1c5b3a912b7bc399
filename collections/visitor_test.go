package collections_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"comity/collections"
	"comity/domain"
)

// told plays story A until the debtor has its notice, and returns it.
func (h *house) told() domain.Caller {
	h.t.Helper()
	h.load("2026-02-04", "2026-03-06")
	h.act("2026-02-05 10:00")
	h.send("2026-02-05 10:02")
	h.exec(`UPDATE deals SET status = 'paid_out'`)
	return h.debtor("2026-02-06 11:00")
}

// done fails the test when a use case refused.
func (h *house) done(_ domain.Answer, err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// TestThreeClicksOfAMissingInvoice holds C-77 and D-32: the first sends its facts again at once and rests for seven days,
// the second is a person's, with the evidence, the third asks whether we write to the right one; the due date never moves.
func TestThreeClicksOfAMissingInvoice(t *testing.T) {
	h := newHouse(t)
	by, deal, ctx := h.told(), h.facts.Items[0].Deal.ID, t.Context()
	click := func(key string) error {
		_, err := h.cases.NotReceived(ctx, by, deal, onceOf[domain.Question](key))
		return err
	}
	if err := errors.Join(click("first"), click("first")); err != nil {
		t.Fatal(err)
	}
	h.act("2026-02-06 11:00")
	if out := h.send("2026-02-06 11:00"); !strings.Contains(strings.Join(strings.Fields(out.Text), " "), "invoice MP-1042 of 2 February 2026 over USD 10,000.00, due on Wednesday 4 March 2026, for your order HP-7731") {
		t.Errorf("the facts are not sent again:\n%s", out.Text)
	}
	h.is("rests until", h.text(`SELECT string_agg(to_char(until_at AT TIME ZONE 'America/New_York', 'YYYY-MM-DD HH24:MI'), ' ') FROM holds`), "2026-02-13 11:00")
	h.says("debtor.not_received", "sent again", "rests until 13 February 2026", "due date stays")

	by.Now = at("2026-02-16 11:00")
	if err := click("second"); err != nil {
		t.Fatal(err)
	}
	h.says("debtor.not_received", "A person should call")
	if err := click("while it waits"); !errors.Is(err, domain.ErrConflict) {
		t.Errorf("clicked again while a person is on it: %v", err)
	}
	page, err := h.cases.Page(ctx, by)
	if sent := collections.Evidence(page, deal); err != nil || len(sent) != 2 || sent[1].Class != domain.ClassLegalNotice || sent[1].Recipient != "dana@harborpine.example" {
		t.Errorf("the evidence of what was sent: %+v, %v", sent, err)
	}
	ana := h.collector("2026-02-17 10:00")
	questions, err := h.cases.Questions(ctx, ana, h.facts.Case.ID)
	if err != nil || len(questions) != 2 || questions[1].Topic != domain.TopicMissing || questions[1].Reason != domain.ReasonMissing {
		t.Fatalf("questions: %+v, %v", questions, err)
	}
	h.done(domain.Answer{}, h.answer(ana, questions[1].ID))

	by.Now = at("2026-02-18 11:00")
	if err := click("third"); err != nil {
		t.Fatal(err)
	}
	h.is("topics", h.text(`SELECT string_agg(topic, ' ' ORDER BY id) FROM questions`), "not_received not_received wrong_contact")
	h.is("the case rests", h.text(`SELECT count(*)::text FROM holds WHERE deal_id IS NULL AND until_at IS NULL`), "1")
	h.is("due", h.text(`SELECT due_on::text FROM deals`), "2026-03-04")
	if _, err := h.cases.NotReceived(ctx, by, domain.New[domain.DealID](), onceOf[domain.Question]("other")); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("an invoice of somebody else: %v", err)
	}
}

func (h *house) answer(by domain.Caller, id domain.QuestionID) error {
	_, err := h.cases.AnswerQuestion(h.t.Context(), by, id, domain.ReplyID{}, "We called you today.", collections.Understanding{}, onceOf[domain.Question](id.String()))
	return err
}

// TestAComplaintStopsUsInTheSameCommit holds C-170 and D-3: messages rest, the complaint has a day by which it is
// answered, a second one sets no second stop, and only a person lifts it.
func TestAComplaintStopsUsInTheSameCommit(t *testing.T) {
	h := newHouse(t)
	by, ctx := h.told(), t.Context()
	for _, said := range []string{"Two letters on one day.", "And a third."} {
		h.done(h.cases.Complain(ctx, by, said, onceOf[domain.Question](said)))
	}
	h.is("stops", h.text(`SELECT string_agg(code || ' ' || (set_by IS NULL)::text, ', ') FROM stops`), "complaint_open true")
	h.is("why", h.text(`SELECT reason FROM stops`), "said on its page, to be answered by 23 February 2026: Two letters on one day.")
	h.says("debtor.complaint", "And a third.", "Messages rest", "23 February 2026")
	page, err := h.cases.Page(ctx, by)
	if err != nil || len(page.Stops) != 1 || page.MayBeAsked {
		t.Errorf("the page: %v, asked for feedback %t, %v", page.Stops, page.MayBeAsked, err)
	}
	ana := h.collector("2026-02-10 10:00")
	questions, err := h.cases.Questions(ctx, ana, h.facts.Case.ID)
	if err != nil || len(questions) != 2 {
		t.Fatalf("questions: %+v, %v", questions, err)
	}
	for _, q := range questions {
		h.done(domain.Answer{}, h.answer(ana, q.ID))
	}
	h.is("still in force", h.text(`SELECT count(*)::text FROM stops WHERE lifted_at IS NULL`), "1")
	h.act("2026-02-10 10:00")
	h.send("2026-02-10 10:00") // the answers leave
	h.act("2026-02-25 09:30")
	h.is("reminders", h.text(`SELECT count(*)::text FROM touches WHERE class = 'reminder'`), "0")
	h.done(h.cases.LiftStop(ctx, ana, h.facts.Case.ID, domain.StopComplaint, onceOf[domain.Stop]("lift")))
	h.act("2026-02-25 09:31")
	h.is("reminders after it was lifted", h.text(`SELECT count(*)::text FROM touches WHERE class = 'reminder'`), "1")
}

// TestNothingIsAskedBeforeProofIsGiven holds D-3, D-6 and F-41: who wants proof of the assignment is asked for nothing until a
// person has answered, which frees us in the same commit; the answer leaves with the proof, which names who
// agreed on each side.
func TestNothingIsAskedBeforeProofIsGiven(t *testing.T) {
	h := newHouse(t)
	by, ctx := h.told(), t.Context()
	h.done(h.cases.AskProof(ctx, by, "Call 212 555 0100", onceOf[domain.Question]("a")))
	if _, err := h.cases.AskProof(ctx, by, "", onceOf[domain.Question]("b")); !errors.Is(err, domain.ErrConflict) {
		t.Errorf("asked again while a person is on it: %v", err)
	}
	h.says("debtor.proof", "Call 212 555 0100", "Nothing is asked for until it is answered", "13 February 2026")
	h.act("2026-02-25 09:30")
	h.is("reminders", h.text(`SELECT count(*)::text FROM touches WHERE class = 'reminder'`), "0")
	ana := h.collector("2026-02-26 10:00")
	h.exec(`WITH marla AS (
		INSERT INTO users (id, org_id, email, name, role, password_hash, created_at) SELECT gen_random_uuid(), seller_id, 'marla@marlow.example', 'Marla Marlow', 'owner', '', now() FROM deals RETURNING id
	), offered AS (
		INSERT INTO offers (id, factor_id, seller_id, invoice_id, mandate_id, decision_id, status, currency, terms, now_minor, made_at, expires_at)
		SELECT offer_id, factor_id, seller_id, invoice_id, mandate_id, gen_random_uuid(), 'accepted', 'USD', '', 1, made_at, made_at FROM deals
	), ben AS (
		INSERT INTO users (id, org_id, email, name, role, password_hash, created_at) SELECT gen_random_uuid(), factor_id, 'ben@eastbrook.example', 'Ben Okoro', 'owner', '', now() FROM deals RETURNING id
	) INSERT INTO audit (id, org_id, actor_id, action, subject_kind, subject_id, digest, known_at)
	  SELECT gen_random_uuid(), d.seller_id, marla.id, 'offer.accepted', 'deal', d.id, ''::bytea, d.made_at FROM deals d, marla UNION ALL
	  SELECT gen_random_uuid(), d.factor_id, ben.id, 'mandate.active', 'mandate', d.mandate_id, '', '2026-01-02' FROM deals d, ben`)
	questions, _ := h.cases.Questions(ctx, ana, h.facts.Case.ID)
	h.done(domain.Answer{}, h.answer(ana, questions[0].ID))
	h.is("proof is not pending any more", h.text(`SELECT (lifted_at IS NOT NULL)::text || ' ' || (lifted_by = $1)::text FROM stops`, ana.User.UUID), "true true")
	h.says("stop.lifted", "The proof was given")
	h.act("2026-02-26 10:01")
	h.is("proofs before the answer left", h.text(`SELECT count(*)::text FROM proofs`), "0")
	sent := h.send("2026-02-26 10:02")
	if sent.Paper == nil || sent.Paper.Name != "proof-2026-02-26.pdf" || !strings.Contains(sent.Text, "Our proof of the sale goes with this message") {
		t.Fatalf("the answer leaves with %+v:\n%s", sent.Paper, sent.Text)
	}
	says(t, "the proof", sent.Paper.Letter, []string{"MP-1042", "your mail server took it", "Marla Marlow", "Ben Okoro, offered by a standing offer"})
	printed, err := sent.Paper.Print.PDF()
	kept, err2 := h.cases.DebtorProof(ctx, by)
	if err != nil || err2 != nil || kept.FileName != sent.Paper.Name || !bytes.Equal(kept.Bytes, printed) {
		t.Errorf("the page has %q and %d bytes, sent were %d: %v, %v", kept.FileName, len(kept.Bytes), len(printed), err, err2)
	}
}

// TestAWrongContactRestsTheCase holds that a word about the contact changes nothing by itself: a person looks.
func TestAWrongContactRestsTheCase(t *testing.T) {
	h := newHouse(t)
	by, ctx := h.told(), t.Context()
	before := h.text(`SELECT email FROM relationships`)
	if _, err := h.cases.WrongContact(ctx, by, "", "Ms Vance", onceOf[domain.Question]("none")); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("without a choice: %v", err)
	}
	h.done(h.cases.WrongContact(ctx, by, collections.MistakePerson, "Write to vance@elsewhere.example.", onceOf[domain.Question]("a")))
	h.says("debtor.wrong_contact", "not the right person", "vance@elsewhere.example", "The case rests")
	h.is("address", h.text(`SELECT email FROM relationships`), before)
	h.act("2026-02-25 09:30")
	h.is("reminders", h.text(`SELECT count(*)::text FROM touches WHERE class = 'reminder'`), "0")
	questions, _ := h.cases.Questions(ctx, h.collector("2026-02-26 10:00"), h.facts.Case.ID)
	if mistake, own := collections.Own(questions[0]); mistake != collections.MistakePerson || own != "Write to vance@elsewhere.example." {
		t.Errorf("read back as %q and %q", mistake, own)
	}
}

// TestADebtorDecidesHowItIsReached holds C-101: what it chooses on its page counts from the next message on, for its
// hours too, and it alone takes back that it does not want a channel.
func TestADebtorDecidesHowItIsReached(t *testing.T) {
	h := newHouse(t)
	by, ctx, id := h.told(), t.Context(), h.facts.Case.ID
	prefer := func(key string, w domain.Preferences) error {
		_, err := h.cases.Prefer(ctx, by, w, onceOf[domain.Preferences](key))
		return err
	}
	h.done(domain.Answer{}, prefer("a", domain.Preferences{Mode: domain.ModeEach, OptedOut: []domain.Channel{domain.ChannelPhone}, Hours: domain.HoursAfternoon, Language: "fr"}))
	h.says("debtor.preferences", "to be reached in the afternoon", "not to be rung")
	page, err := h.cases.Page(ctx, by)
	if err != nil || page.Preferences.Language != "fr" || page.Preferences.Hours != domain.HoursAfternoon || page.Recipient != "dana@harborpine.example" {
		t.Errorf("the page knows %+v, %v", page.Preferences, err)
	}
	h.act("2026-02-25 09:30")
	h.is("reminders in the morning", h.text(`SELECT count(*)::text FROM touches WHERE class = 'reminder'`), "0")
	h.is("next look", h.next(), "2026-02-25 13:30")
	h.act("2026-02-25 13:30")
	h.is("reminders in the afternoon", h.text(`SELECT count(*)::text FROM touches WHERE class = 'reminder'`), "1")

	ana := h.collector("2026-02-26 10:00")
	wishes := domain.Preferences{Kind: domain.ContactPerson, Mode: domain.ModeEach, Source: "on the telephone"}
	if _, err := h.cases.SetContact(ctx, ana, id, wishes); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("a factor took back what the debtor does not want: %v", err)
	}
	back := domain.Preferences{Mode: domain.ModeEach, Prefers: domain.ChannelPhone}
	if err := prefer("passed on", back); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("whoever holds the link takes back what another did not want: %v", err)
	}
	h.done(domain.Answer{}, h.cases.Confirm(ctx, by, h.facts.Items[0].Deal.NoticeCode))
	h.done(domain.Answer{}, prefer("b", domain.Preferences{Mode: domain.ModeEach, Prefers: domain.ChannelPhone}))
	card, err := h.cases.Contact(ctx, ana, id)
	if err != nil || len(card.Preferences.OptedOut) > 0 || card.Preferences.Prefers != domain.ChannelPhone || card.Preferences.Source != "said on its page" {
		t.Errorf("after it was taken back: %+v, %v", card.Preferences, err)
	}
	for name, w := range map[string]domain.Preferences{
		"language": {Mode: domain.ModeEach, Language: "tlh"}, "hours": {Mode: domain.ModeEach, Hours: "at night"},
		"prefers": {Mode: domain.ModeEach, OptedOut: []domain.Channel{domain.ChannelPhone}, Prefers: domain.ChannelPhone},
	} {
		if err := prefer(name, w); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestACaseIsAskedOnceWhatItThinksOfUs holds C-200: one short question, and both sides read the answer.
func TestACaseIsAskedOnceWhatItThinksOfUs(t *testing.T) {
	h := newHouse(t)
	by, ctx := h.told(), t.Context()
	if page, err := h.cases.Page(ctx, by); err != nil || !page.MayBeAsked {
		t.Fatalf("it is not asked: %v", err)
	}
	if _, err := h.cases.GiveFeedback(ctx, by, "very", "", onceOf[domain.Feedback]("x")); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("an answer that is none: %v", err)
	}
	h.done(h.cases.GiveFeedback(ctx, by, domain.EasePartly, "Less mail, please", onceOf[domain.Feedback]("a")))
	h.says("debtor.feedback", "partly easy", "Less mail, please")
	if _, err := h.cases.GiveFeedback(ctx, by, domain.EaseYes, "", onceOf[domain.Feedback]("b")); !errors.Is(err, domain.ErrConflict) {
		t.Errorf("answered twice: %v", err)
	}
	h.is("answers", h.text(`SELECT string_agg(ease || ' ' || said, ', ') FROM feedback`), "partly Less mail, please")
}

// TestThePublishedPolicyIsWhatBinds holds C-16: the figures of the public page are those that the engine keeps.
func TestThePublishedPolicyIsWhatBinds(t *testing.T) {
	p := collections.Published()
	if err := collections.CheckPlaybook(p.Playbook); err != nil {
		t.Error(err)
	}
	for i, step := range p.Playbook.After {
		shorter := p.Playbook
		shorter.After = append([]domain.AfterStep(nil), p.Playbook.After...)
		shorter.After[i].Wait = p.GapDays - 1
		if err := collections.CheckPlaybook(shorter); err == nil {
			t.Errorf("%s may follow after %d days", step.Name, p.GapDays-1)
		}
	}
	f := storyA()
	f.Now = at("2026-02-25 07:59")
	clock := collections.ClockOf(f)
	day := clock.Day(f.Now)
	zone := f.Relationship.Zone()
	if clock.InHours(day.At(p.Opens, 0, zone).Add(-1)) || !clock.InHours(day.At(p.Opens, 0, zone)) || clock.InHours(day.At(p.Closes, 0, zone)) {
		t.Errorf("the hours are not %d to %d", p.Opens, p.Closes)
	}
}
