package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"comity/collections"
	"comity/domain"
	"comity/generator"
	"comity/money"
	"comity/repository"
)

// debtor is whose a case is.
func (y *yearTown) debtor(kase uuid.UUID) *yearDebtor {
	return &y.debtors[y.pairs[y.deals[yearNumber(kase)].pair].debtor]
}

// send is the mail worker, and the mail server of the debtor.
func (y *yearTown) send(ctx context.Context, job repository.YearJob) error {
	touch := domain.TouchID{UUID: job.Ref}
	if _, err := y.cases.Outgoing(ctx, y.world, touch, y.now); err != nil {
		return y.count("hand out", err)
	}
	message, err := y.rows.Message(ctx, job.Ref)
	if err != nil {
		return err
	}
	failed := func(kind, reason string) error {
		return y.count("send, "+kind+" failure", y.cases.NotSent(ctx, y.world, touch, kind, reason, y.now))
	}
	switch luck := y.dice(1000, forSend, yearNumber(message.Case), yearStep(message.Step), int(y.now.Unix())); {
	case luck < 20:
		return failed(collections.FailedTemporary, "451 later")
	case luck < 23:
		return failed(collections.FailedPermanent, "550 no such user")
	case luck < 25:
		return failed(collections.FailedUnknown, "the line was cut")
	case luck < 26: // the worker is lost; another one asks again
		_, err := y.cases.Outgoing(ctx, y.world, touch, y.now)
		return y.count("send, the worker was lost", err)
	}
	if err := y.count("send", y.cases.Sent(ctx, y.world, touch, y.now)); err != nil {
		return err
	}
	y.reacts(message)
	return nil
}

// reacts plans what a debtor, its mailbox or a party does about a message that arrived.
func (y *yearTown) reacts(m repository.YearMessage) {
	d := y.debtor(m.Case)
	about := []int{forReaction, yearNumber(m.Case), yearStep(m.Step), int(y.now.Unix())}
	e := yearEvent{kind: yearSays, kase: m.Case, touch: m.ID, items: m.Items}
	switch luck := y.dice(1000, about...); {
	case luck < 3:
		e.says = "bounces"
		y.at(y.now.Add(10*time.Minute), e)
		return
	case luck < 30:
		e.says = "is out of office"
		y.at(y.now.Add(5*time.Minute), e)
	case luck < 36:
		e.says = "is paused"
		y.at(y.now.Add(26*time.Hour), e)
	case luck < 40:
		e.says = "is stopped"
		y.at(y.now.Add(27*time.Hour), e)
	case luck < 43:
		e.says = "wishes"
		y.at(y.now.Add(3*time.Hour), e)
	}
	class := domain.MessageClass(m.Class)
	if !class.Proactive() && (class != domain.ClassLegalNotice || y.dice(10, append(about, 1)...) > 0) {
		return
	}
	answer, ok := d.behaviour.Answer(domain.DateOf(y.now.In(d.zone)))
	if !ok {
		return
	}
	e.says = y.words(d, answer.Says, append(about, 2))
	when := answer.On.At(9+y.dice(8, append(about, 3)...), 5*y.dice(12, append(about, 4)...), d.zone)
	if !when.After(y.now) {
		when = y.now.Add(time.Hour)
	}
	y.at(when, e)
}

// words chooses how a debtor says what it has to say.
func (y *yearTown) words(d *yearDebtor, says generator.Saying, about []int) string {
	share := y.dice(100, append(about, forWay)...)
	switch {
	case says == generator.Disputes:
		return "disputes"
	case d.kind == generator.CashPoor && share < 35:
		return "asks for time"
	case says == generator.Promises && share < 80:
		return "promises"
	case says == generator.Promises:
		return "promises by mail"
	case share < 45:
		return "acknowledges"
	case share < 60:
		return "asks by mail"
	case share < 72:
		return "asks on the page"
	case share < 90:
		return "says that it paid"
	default:
		return "nods"
	}
}

// open is the first deal of a message on which something is open.
func (y *yearTown) open(items []uuid.UUID) (*yearDeal, bool) {
	for _, id := range items {
		if d := &y.deals[yearNumber(id)]; d.open > 0 {
			return d, true
		}
	}
	return nil, false
}

// yearOnce is a key that is used once.
func yearOnce[T any](key string, answered func(T)) domain.Once[T] {
	return domain.Once[T]{Route: "year", Key: key, Hash: []byte(key), Answer: func(t T) domain.Answer {
		if answered != nil {
			answered(t)
		}
		return domain.Answer{Status: 201, Body: []byte("{}")}
	}}
}

// key names what happens to a case at this moment.
func (y *yearTown) key(e yearEvent) string {
	return fmt.Sprintf("%s %d %d %s", e.kase, y.now.Unix(), e.kind, e.says)
}

// says is a debtor who does what was planned.
func (y *yearTown) says(ctx context.Context, e yearEvent) error {
	switch e.says {
	case "bounces", "is out of office", "acknowledges", "asks by mail", "promises by mail":
		return y.mails(ctx, e)
	case "is paused", "is stopped", "wishes":
		return y.parties(ctx, e)
	case "nods":
		return y.count("debtor nods", nil)
	}
	deal, open := y.open(e.items)
	link, err := y.rows.Link(ctx, e.kase)
	if err != nil || !open || link.IsZero() {
		return err
	}
	_, by, err := y.db.FindLink(ctx, link)
	if err != nil {
		return err
	}
	id, d := domain.DealID{UUID: yearID(yearDealID, deal.n)}, y.debtor(e.kase)
	today := domain.DateOf(y.now.In(d.zone))
	about := []int{forShare, deal.n, int(y.now.Unix())}
	part := deal.open
	if y.dice(5, about...) == 0 {
		part = max(1, part*int64(20+y.dice(70, append(about, 1)...))/100)
	}
	amount := money.Minor(part, yearMoney(d.currency))
	key := y.key(e)
	switch e.says {
	case "promises":
		_, err = y.cases.Promise(ctx, by, id, amount, y.promisedOn(deal, today, about), yearOnce[domain.Promise](key, nil))
	case "disputes":
		if _, err = y.cases.Dispute(ctx, by, collections.Complaint{Deal: id, Amount: amount, Reason: domain.DisputeDamaged, Said: "two boxes were wet"}, yearOnce[domain.Dispute](key, nil)); err == nil {
			y.work(e.kase, yearEvent{kind: yearResolves, kase: e.kase}, 3+y.dice(12, append(about, forWork)...))
		}
	case "says that it paid":
		_, err = y.cases.Paid(ctx, by, id, amount, today.Plus(-y.dice(3, about...)), yearOnce[domain.Hold](key, nil))
	default:
		words, all := "Which order is this invoice about?", id
		if e.says == "asks for time" {
			words = "We are short of money this month. May we pay in two parts?"
		} else if y.dice(2, about...) == 0 {
			all = domain.DealID{}
		}
		if _, err = y.cases.Ask(ctx, by, all, words, yearOnce[domain.Question](key, nil)); err == nil {
			y.work(e.kase, yearEvent{kind: yearAnswers, kase: e.kase, says: e.says}, y.dice(4, append(about, forWork)...))
		}
	}
	return y.count("debtor "+e.says, err)
}

// promisedOn is the day that a debtor names: the one on which it will pay, when that is
// near, else one that it will not keep.
func (y *yearTown) promisedOn(deal *yearDeal, today domain.Date, about []int) domain.Date {
	if on := deal.paid; !on.IsZero() && !on.Before(today) && today.DaysUntil(on) <= 14 {
		return on
	}
	return today.Plus(4 + y.dice(10, append(about, forDays)...))
}

// mails is a mail that comes in about a message.
func (y *yearTown) mails(ctx context.Context, e yearEvent) error {
	d := y.debtor(e.kase)
	to := fmt.Sprintf("reply+%x@%s", e.touch[:], yearHost)
	text := map[string]string{
		"is out of office": "I am out of the office until Monday.",
		"acknowledges":     "Thank you, we received your message and will look into it.",
		"asks by mail":     "Which order is this invoice about?",
		"promises by mail": "We will pay this at the end of next week.",
	}[e.says]
	head := []string{
		"From: " + d.email, "To: " + to, "Subject: Re: your message", "Date: " + y.now.Format(time.RFC1123Z), fmt.Sprintf("Message-ID: <%x.%d@debtor.example>", e.touch[:], y.now.Unix()),
	}
	switch e.says {
	case "is out of office":
		head = append(head, "Auto-Submitted: auto-replied")
	case "bounces":
		return y.bounces(ctx, e, to, d.email)
	}
	raw := strings.Join(append(head, "Content-Type: text/plain; charset=utf-8"), "\r\n") + "\r\n\r\n" + text
	reply, err := y.cases.Receive(ctx, []byte(raw), y.now)
	if err == nil && !reply.Question.IsZero() {
		y.work(e.kase, yearEvent{kind: yearAnswers, kase: e.kase, says: e.says}, y.dice(4, forWork, yearNumber(e.kase), int(y.now.Unix())))
	}
	return y.count("mail, "+e.says, err)
}

// bounces is a report that a mailbox refused a message for good (RFC 3464).
func (y *yearTown) bounces(ctx context.Context, e yearEvent, to, email string) error {
	touch := domain.TouchID{UUID: e.touch}
	raw := strings.Join([]string{
		"From: MAILER-DAEMON@mx.example", "To: " + to, "Subject: Undelivered Mail Returned to Sender", "Auto-Submitted: auto-replied", "MIME-Version: 1.0",
		`Content-Type: multipart/report; report-type=delivery-status; boundary="b"`, "", "--b", "Content-Type: text/plain", "", "It could not be delivered.",
		"--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example", "", "Final-Recipient: rfc822; " + email, "Action: failed", "Status: 5.1.1",
		"Diagnostic-Code: smtp; 550 5.1.1 no such user", "", "--b", "Content-Type: text/rfc822-headers", "", "Message-ID: <" + touch.String() + "@" + yearHost + ">", "Subject: s", "", "--b--", "",
	}, "\r\n")
	_, err := y.cases.Receive(ctx, []byte(raw), y.now)
	if err == nil {
		y.work(e.kase, yearEvent{kind: yearAgain, kase: e.kase}, 1+y.dice(5, forWork, yearNumber(e.kase), int(y.now.Unix())))
	}
	return y.count("mail, bounces", err)
}
