package collections_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"comity/collections"
	"comity/domain"
	"comity/repository"
)

// mailed is a house in which the notice was sent and answers are read.
func mailed(t *testing.T) (*house, collections.Outgoing) {
	t.Helper()
	h := newHouse(t)
	h.cases = collections.New(repository.Atomically(h.db.DB, func(tx *repository.Tx) collections.Tx { return tx }),
		collections.Options{Host: "mail.test", ReplyHost: "mail.test", KeyVersion: 1})
	h.load("2026-02-04", "2026-02-24")
	h.act("2026-02-05 10:00")
	sent := h.send("2026-02-05 10:02")
	h.exec(`UPDATE worlds SET clock_at = '2026-02-10T15:00:00Z' WHERE kind = 'sandbox'`)
	h.exec(`UPDATE deals SET status = 'paid_out'`)
	return h, sent
}

// mail writes a mail with some headers more.
func mail(from, to, body string, headers ...string) []byte {
	return []byte(strings.Join(append([]string{
		"From: " + from, "To: " + to, "Subject: Re: Invoice MP-1042", "Date: Tue, 10 Feb 2026 10:00:00 -0500", "Message-ID: <a1@harborpine.example>",
		"Content-Type: text/plain; charset=utf-8",
	}, headers...), "\r\n") + "\r\n\r\n" + body)
}

func (h *house) receive(raw []byte) domain.Reply {
	h.t.Helper()
	reply, err := h.cases.Receive(h.t.Context(), raw, at("2026-02-10 12:00"))
	if err != nil {
		h.t.Fatal(err)
	}
	return reply
}

// rests lists the holds in force.
func (h *house) rests() string {
	return h.text(`SELECT string_agg(code || coalesce(' until ' || to_char(until_at AT TIME ZONE 'America/New_York', 'YYYY-MM-DD'), ''), ', ') FROM holds WHERE ended_at IS NULL`)
}

const dana = "Dana Ruiz <Dana@HarborPine.example>"

// TestAnUnreadReplyRestsTheCaseUntilItIsAnswered: what a person wrote is kept, understood as far as it can be, and holds
// everything back; the answer goes out in the thread. It holds C-79, C-104 and C-108.
func TestAnUnreadReplyRestsTheCaseUntilItIsAnswered(t *testing.T) {
	h, sent := mailed(t)
	if !strings.Contains(strings.Join(strings.Fields(sent.Text), " "), "Answering this message reaches Eastbrook Factors, LLC, and Marlow Print Works LLC can read the answer too.") {
		t.Errorf("the debtor is not told who reads its answers:\n%s", sent.Text)
	}
	if !strings.HasPrefix(sent.ReplyTo, "reply+") || !strings.HasSuffix(sent.ReplyTo, "@mail.test") {
		t.Fatalf("answers go to %s", sent.ReplyTo)
	}
	raw := mail(dana, sent.ReplyTo, "Invoice MP-1042 is waiting for approval by our manager. We expect to pay $10,000.00 on 20 March 2026.\r\n\r\n> "+sent.Subject+"\r\n", "In-Reply-To: <"+sent.MessageID+">")
	reply := h.receive(raw)
	if reply.Case != h.facts.Case.ID || reply.Kind != "human" || !reply.SenderKnown || reply.Question.IsZero() || reply.ReceivedAt.Format("2006-01-02") != "2026-02-10" {
		t.Errorf("received %+v", reply)
	}
	var hints []string
	for _, hint := range reply.Hints {
		hints = append(hints, hint.Kind+" "+hint.Value)
	}
	if got := strings.Join(hints, ", "); got != "amount 10,000.00 USD, date 2026-03-20, invoice MP-1042, reason approval_pending" && got != "amount USD 10,000.00, date 2026-03-20, invoice MP-1042, reason approval_pending" {
		t.Errorf("hints: %s", got)
	}
	h.is("holds", h.rests(), "query_unanswered_by_us")
	h.is("event", h.text(`SELECT count(*)::text FROM events WHERE kind = 'debtor.reply' AND said LIKE 'Harbor & Pine Hotels, Inc. wrote by mail: "Invoice MP-1042 is waiting%'`), "1")
	if again := h.receive(raw); again.ID != reply.ID {
		t.Errorf("the same mail again is %s, was %s", again.ID, reply.ID)
	}
	h.is("questions", h.text(`SELECT count(*)::text FROM questions`), "1")

	h.load("2026-02-25", "2026-03-06")
	h.exec(`UPDATE worlds SET clock_at = '2026-03-09T14:30:00Z' WHERE kind = 'sandbox'`)
	h.act("2026-03-09 09:30")
	h.is("touches while it is unread", h.text(`SELECT count(*)::text FROM touches WHERE class = 'reminder'`), "0")
	collector := domain.Caller{World: h.facts.Case.World, Sandbox: true, Organization: h.facts.Case.Factor, Kind: domain.KindFactor, Role: domain.RoleCollector, User: domain.New[domain.UserID](), Now: at("2026-03-09 10:00")}
	if _, err := h.cases.AnswerQuestion(t.Context(), collector, reply.Question, reply.ID, reply.Summary, collections.Understanding{Reason: "rich"}, onceOf[domain.Question]("wrong")); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("a reason that there is not: %v", err)
	}
	understood := collections.Understanding{Reason: domain.ReasonApproval, Words: "the invoice waits for the signature of your manager."}
	if _, err := h.cases.AnswerQuestion(t.Context(), collector, reply.Question, reply.ID, reply.Summary, understood, onceOf[domain.Question]("answer")); err != nil {
		t.Fatal(err)
	}
	h.is("what was understood", h.text(`SELECT reason || ': ' || understood FROM questions`), "approval_pending: the invoice waits for the signature of your manager.")
	h.act("2026-03-09 10:01")
	answer := h.send("2026-03-09 10:01")
	if strings.Contains(answer.Text, "waiting for approval by our manager") || !strings.Contains(answer.Text, "Thank you for your mail of 10 February 2026") {
		t.Errorf("our letter quotes a mail that nobody has proven:\n%s", answer.Text)
	}
	if flat := strings.Join(strings.Fields(answer.Text), " "); !strings.Contains(flat, "What we understood: the invoice waits for the signature of your manager. If that is not so, tell us.") {
		t.Errorf("the letter does not say back what was understood:\n%s", answer.Text)
	}
	if answer.InReplyTo != sent.MessageID || !strings.Contains(answer.Text, "20 March 2026") {
		t.Errorf("the answer in thread %s:\n%s", answer.InReplyTo, answer.Text)
	}
}

// TestManyMailsAreOneQuestion: a flood of mails asks a collector once, stops nobody from
// asking on the page, and rests the case until the newest is read; closing writes no letter.
func TestManyMailsAreOneQuestion(t *testing.T) {
	h, sent := mailed(t)
	var last domain.Reply
	for i := range 25 {
		last = h.receive(mail(fmt.Sprintf("x%d@example.net", i), sent.ReplyTo, fmt.Sprintf("What about lamp %d?", i)))
	}
	first := last
	last = h.receive(mail(dana, sent.ReplyTo, "We dispute this invoice: it was never delivered!"))
	h.is("questions", h.text(`SELECT count(*)::text FROM questions`), "1")
	h.is("holds", h.rests(), "query_unanswered_by_us")
	h.is("mails under it", h.text(`SELECT count(*)::text FROM replies WHERE question_id = (SELECT id FROM questions)`), "26")

	collector := domain.Caller{World: h.facts.Case.World, Sandbox: true, Organization: h.facts.Case.Factor, Kind: domain.KindFactor, Role: domain.RoleCollector, User: domain.New[domain.UserID](), Now: at("2026-02-11 10:00")}
	if _, err := h.cases.CloseQuestion(t.Context(), collector, last.Question, first.ID, "All lamps.", "", onceOf[domain.Question]("early")); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("closed over a mail that was not read: %v", err)
	}
	if _, err := h.cases.AnswerQuestion(t.Context(), collector, last.Question, first.ID, "Five lamps.", collections.Understanding{}, onceOf[domain.Question]("over")); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("answered over a mail that was not read: %v", err)
	}
	if _, err := h.cases.CloseQuestion(t.Context(), collector, last.Question, last.ID, "All read; Dana was called.", "", onceOf[domain.Question]("close")); err != nil {
		t.Fatal(err)
	}
	h.is("holds in force", h.text(`SELECT count(*)::text FROM holds WHERE ended_at IS NULL AND (until_at IS NULL OR until_at > '2026-02-11T15:00:01Z')`), "0")
	h.act("2026-02-11 10:01")
	h.is("letters about it", h.text(`SELECT count(*)::text FROM touches WHERE class = 'answer'`), "0")
	again := h.receive(mail(dana, sent.ReplyTo, "You have not called. We dispute this invoice."))
	if again.Question.IsZero() || again.Question == last.Question {
		t.Errorf("the next mail waits under %s", again.Question)
	}
}

// TestOneAcknowledgementForAMessage: a machine that thanks for everything silences nobody.
func TestOneAcknowledgementForAMessage(t *testing.T) {
	h, sent := mailed(t)
	for i := range 4 {
		h.receive(mail(dana, sent.ReplyTo, "Thank you, we received your message.", fmt.Sprintf("X-Count: %d", i)))
	}
	h.is("holds", h.rests(), "query_unanswered_by_us until 2026-02-17")
}

// TestASendersAddressFindsLiveCasesOnly: without a name of a message of ours a mail reaches
// the live case that wrote to its sender; a sandbox reads nobody's real mail that way.
func TestASendersAddressFindsLiveCasesOnly(t *testing.T) {
	h, _ := mailed(t)
	if reply := h.receive(mail(dana, "post@mail.test", "Which order is this?")); !reply.Case.IsZero() {
		t.Errorf("a sandbox's case took %s", reply.ID)
	}
	h.exec(`UPDATE worlds SET kind = 'sandbox', clock_at = '2026-02-10T15:00:00Z' WHERE kind = 'live'`)
	h.exec(`UPDATE worlds SET kind = 'live', clock_at = NULL, target_at = NULL WHERE id = (SELECT world_id FROM cases)`)
	if reply := h.receive(mail(dana, "post@mail.test", "And which delivery?")); reply.Case != h.facts.Case.ID || !reply.Touch.IsZero() || reply.Question.IsZero() {
		t.Errorf("the live case did not take %+v", reply)
	}
	if reply := h.receive(mail("x@example.net", "post@mail.test", "And which truck?")); !reply.Case.IsZero() {
		t.Errorf("a stranger reached %s", reply.Case)
	}
}

// TestTheSameMailAtOnceIsOne: whoever delivers twice at a time is told the same both times.
func TestTheSameMailAtOnceIsOne(t *testing.T) {
	h, sent := mailed(t)
	raw := mail(dana, sent.ReplyTo, "Which order is this?")
	ids := make([]domain.ReplyID, 6)
	faults := make([]error, len(ids))
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			reply, err := h.cases.Receive(t.Context(), raw, at("2026-02-10 12:00"))
			ids[i], faults[i] = reply.ID, err
		})
	}
	all.Wait()
	if err := errors.Join(faults...); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if id != ids[0] || id.IsZero() {
			t.Errorf("ids %v", ids)
		}
	}
	h.is("questions", h.text(`SELECT count(*)::text FROM questions`), "1")
}

// TestWhatRobotsAndThanksDo holds D-25: an acknowledgement rests a week and asks nobody; what
// machines write is kept and is no answer; a mailbox that refuses for good makes the
// message a failed one; a mail of nobody's is the platform's.
func TestWhatRobotsAndThanksDo(t *testing.T) {
	tests := map[string]struct {
		mail                          func(sent collections.Outgoing) []byte
		kind, rests, touch, questions string
	}{
		"an acknowledgement from somewhere else": {func(sent collections.Outgoing) []byte {
			return mail("x@example.net", sent.ReplyTo, "Thank you, we received your message.")
		}, "human", "query_unanswered_by_us", "sent", "1"},
		"thanks, and a language that nobody here reads": {func(sent collections.Outgoing) []byte {
			return mail(dana, sent.ReplyTo, "Thank you. Contestiamo questa fattura, la merce era difettosa.")
		}, "human", "query_unanswered_by_us", "sent", "1"},
		"thanks below a subject that objects": {func(sent collections.Outgoing) []byte {
			return []byte(strings.Replace(string(mail(dana, sent.ReplyTo, "Thank you.")), "Subject: Re: Invoice MP-1042", "Subject: Nobody here knows this company", 1))
		}, "human", "query_unanswered_by_us", "sent", "1"},
		"a person's objection through a mass mailer": {func(sent collections.Outgoing) []byte {
			return mail(dana, sent.ReplyTo, "We dispute this invoice: nothing was delivered.", "Feedback-ID: 1.eu:AmazonSES", "In-Reply-To: <"+sent.MessageID+">")
		}, "human", "query_unanswered_by_us", "sent", "1"},
		"an objection with a machine's header": {func(sent collections.Outgoing) []byte {
			return mail(dana, sent.ReplyTo, "We dispute this invoice: nothing was delivered.", "X-Loop: helpdesk")
		}, "automatic", "query_unanswered_by_us", "sent", "1"},
		"a ticket robot": {func(sent collections.Outgoing) []byte {
			return mail(dana, sent.ReplyTo, "Ticket 4711 was opened.", "Auto-Submitted: auto-generated")
		}, "automatic", "", "sent", "0"},
		"a bounce of another mailbox": {func(sent collections.Outgoing) []byte {
			return []byte(strings.Replace(string(bounce(sent, "5.1.1", "failed")), "rfc822; dana@harborpine.example", "rfc822; old@elsewhere.example", 1))
		}, "bounce", "", "sent", "0"},
		"an acknowledgement": {func(sent collections.Outgoing) []byte {
			return mail(dana, sent.ReplyTo, "Thank you, we received your message and will look into it.")
		}, "human", "query_unanswered_by_us until 2026-02-17", "sent", "0"},
		"an empty mail": {func(sent collections.Outgoing) []byte { return mail(dana, sent.ReplyTo, "") }, "human", "query_unanswered_by_us", "sent", "1"},
		"by the sender's address in a sandbox": {func(collections.Outgoing) []byte {
			return mail(dana, "post@mail.test", "Which order is this?")
		}, "human", "", "sent", "0"},
		"out of office": {func(sent collections.Outgoing) []byte {
			return mail(dana, sent.ReplyTo, "I am out of the office until Monday.", "Auto-Submitted: auto-replied")
		}, "out_of_office", "", "sent", "0"},
		"a bounce for good": {func(sent collections.Outgoing) []byte {
			return bounce(sent, "5.1.1", "failed")
		}, "bounce", "", "failed", "0"},
		"a bounce for now": {func(sent collections.Outgoing) []byte {
			return bounce(sent, "4.2.2", "delayed")
		}, "bounce", "", "sent", "0"},
		"a bounce of a message that is not ours": {func(sent collections.Outgoing) []byte {
			sent.MessageID, sent.ReplyTo = "tch_00000000000070008000000000000000@mail.test", "post@mail.test"
			return bounce(sent, "5.1.1", "failed")
		}, "bounce", "", "sent", "0"},
		"somebody else": {func(collections.Outgoing) []byte {
			return mail("Nobody <nobody@example.net>", "post@mail.test", "Buy our lamps. When may we call?")
		}, "human", "", "sent", "0"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			h, sent := mailed(t)
			reply := h.receive(tc.mail(sent))
			h.is("kind", reply.Kind, tc.kind)
			h.is("holds", h.rests(), tc.rests)
			h.is("message", h.text(`SELECT status FROM touches`), tc.touch)
			h.is("questions", h.text(`SELECT count(*)::text FROM questions`), tc.questions)
			h.is("kept", h.text(`SELECT count(*)::text FROM replies WHERE raw <> ''`), "1")
			evidence := h.text(`SELECT coalesce(evidence, 'none') FROM conditions WHERE code = 'notice_delivered'`)
			if (evidence == "none") != (tc.touch == "failed") {
				t.Errorf("the notice's evidence is %s", evidence)
			}
			if name == "somebody else" && !reply.Case.IsZero() {
				t.Errorf("it belongs to %s", reply.Case)
			}
		})
	}
}

func bounce(sent collections.Outgoing, status, action string) []byte {
	return []byte(strings.ReplaceAll(fmt.Sprintf(`From: MAILER-DAEMON@mx.harborpine.example
To: %s
Subject: Undelivered Mail Returned to Sender
Message-ID: <b1@mx.harborpine.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The mail could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.harborpine.example

Final-Recipient: rfc822; dana@harborpine.example
Action: %s
Status: %s
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: text/rfc822-headers

Message-ID: <%s>
Subject: %s

--b--
`, sent.ReplyTo, action, status, sent.MessageID, sent.Subject), "\n", "\r\n"))
}

// TestEachSideReadsItsOwnMail: factor and seller those of their cases, the platform those of nobody's, each as it came.
// It holds C-186.
func TestEachSideReadsItsOwnMail(t *testing.T) {
	h, sent := mailed(t)
	ours, nobodys := mail(dana, sent.ReplyTo, "Which order is this?"), mail("x@example.net", "post@mail.test", "Hello there, who are you?")
	a, b := h.receive(ours), h.receive(nobodys)
	f := h.facts.Case
	for name, tc := range map[string]struct {
		kind domain.OrganizationKind
		org  domain.OrganizationID
		want domain.Reply
		raw  []byte
		not  domain.ReplyID
	}{
		"the factor":   {domain.KindFactor, f.Factor, a, ours, b.ID},
		"the seller":   {domain.KindSeller, f.Seller, a, ours, b.ID},
		"the platform": {domain.KindPlatform, domain.New[domain.OrganizationID](), b, nobodys, a.ID},
	} {
		by := domain.Caller{World: f.World, Sandbox: true, Organization: tc.org, Kind: tc.kind, Now: at("2026-02-10 12:00")}
		rows, err := h.cases.AllReplies(t.Context(), by, domain.Page{Limit: 10})
		if err != nil || len(rows) != 1 || rows[0].ID != tc.want.ID {
			t.Errorf("%s reads %d mails, %v", name, len(rows), err)
		}
		doc, err := h.cases.RawReply(t.Context(), by, tc.want.ID)
		if err != nil || string(doc.Bytes) != string(tc.raw) {
			t.Errorf("%s reads %d bytes, %v", name, len(doc.Bytes), err)
		}
		if _, err := h.cases.RawReply(t.Context(), by, tc.not); err == nil {
			t.Errorf("%s reads another's mail", name)
		}
	}
	stranger := domain.Caller{World: f.World, Organization: domain.New[domain.OrganizationID](), Kind: domain.KindFactor, Now: at("2026-02-10 12:00")}
	if rows, err := h.cases.Replies(context.WithoutCancel(t.Context()), stranger, f.ID, domain.Page{Limit: 10}); err == nil {
		t.Errorf("a stranger reads %d mails of the case", len(rows))
	}
}

// TestAForgedSenderPausesNothing: where our mail server wrote down that a mail is not from the debtor, its address finds
// no case; a mail that names a message of ours still reaches it and rests it, as nobody's word, with what was found out.
func TestAForgedSenderPausesNothing(t *testing.T) {
	h, sent := mailed(t)
	h.cases = collections.New(repository.Atomically(h.db.DB, func(tx *repository.Tx) collections.Tx { return tx }),
		collections.Options{Host: "mail.test", ReplyHost: "mail.test", MailServer: "mx.factor.test", KeyVersion: 1})
	h.exec(`UPDATE worlds SET kind = 'sandbox', clock_at = '2026-02-10T15:00:00Z' WHERE kind = 'live'`)
	h.exec(`UPDATE worlds SET kind = 'live', clock_at = NULL, target_at = NULL WHERE id = (SELECT world_id FROM cases)`)
	const forged = "Authentication-Results: mx.factor.test; spf=fail smtp.mailfrom=evil.example; dmarc=fail header.from=harborpine.example"
	reply := h.receive(mail(dana, "post@mail.test", "We dispute all of it.", forged))
	if !reply.Case.IsZero() || !strings.Contains(strings.Join(reply.Faults, "; "), "DMARC failed") {
		t.Errorf("a forged mail reached %s: %q", reply.Case, reply.Faults)
	}
	h.is("rests", h.rests(), "")
	if reply := h.receive(mail(dana, sent.ReplyTo, "Thanks, we have it.", forged)); reply.Case != h.facts.Case.ID || reply.SenderKnown || reply.Acknowledge || len(reply.Faults) == 0 {
		t.Errorf("one that names our message: %+v", reply)
	}
	h.is("rests", h.rests(), "query_unanswered_by_us")
	if reply := h.receive(mail(dana, "post@mail.test", "And which truck?", strings.ReplaceAll(forged, "mx.factor.test", "mx.evil.test"))); reply.Case != h.facts.Case.ID || !reply.SenderKnown {
		t.Errorf("what another server wrote was believed: %+v", reply)
	}
}
