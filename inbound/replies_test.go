package inbound_test

import (
	"strings"
	"testing"

	"comity/inbound"
)

// What debtors really write is longer than a phrase.
func TestWholeReplies(t *testing.T) {
	checkSayings(t, dollars, []saying{
		{"Hi Ana, thanks for the reminder. Our AP team is closing the month and payment will be released with the next run on 3/20.", "admin_hurdle pay:2026-03-20"},
		{"We already sent the check last Thursday, it should be with you by now.", "says_paid paid:2026-03-05"},
		{"The amount is correct but our customer hasn't paid us, so we can't pay before April 15.", "cash_flow pay:2026-04-15"},
		{"Can you please confirm your bank details before we release the payment?", "admin_hurdle asks_question"},
		{"This invoice was paid on 02/27/2026 by ACH, trace number 0210000212345.", "says_paid paid:2026-02-27"},
		{"We will not be paying this invoice as the work was never completed.", "dispute refuses"},
		{"We have no intention to dispute the invoice; we simply need until the end of April.", "wants_plan other:2026-04-30"},
		{"Our controller is out until the 16th and nobody else can sign.", "admin_hurdle approval_pending other:2026-03-16"},
		{"You should have received our payment yesterday.", "says_paid paid:2026-03-09"},
		{"We paid half last week and the remaining $5,000.00 will follow on 27 March 2026.", "says_paid paid:6250.00USD pay:5000.00USD pay:2026-03-27"},
		{"Only 38 of 40 chairs arrived, so we will pay $9,500.00 and expect a credit of $500.00 for the rest.", "dispute pay:9500.00USD disputed:500.00USD"},
		{"Unfortunately we have had to file for Chapter 11. Please direct all communication to our counsel.", "represented insolvency"},
		{"As discussed on the phone with Priya on Monday, we will transfer USD 2,500.00 on 31.03.2026.", "pay:2500.00USD other:2026-03-16 pay:2026-03-31"},
		{"Why are we being chased by you? We bought from Marlow Print Works, not from you.", "asks_question"},
		{"We are disputing $1,800.00 of it. The other $10,200.00 will be paid on the due date.", "dispute disputed:1800.00USD pay:10200.00USD"},
		{"Thank you for your email. I will forward it to accounts and come back to you.", "acknowledgement_only"},
		{"Nothing is wrong with the chairs.", ""},
		{"There was no flood, but the warehouse is closed.", ""},
		{"We can't pay this month. Maybe in May.", "declined:2026-03-31~"},
		{"I paid this with my credit card on 5 March.", "says_paid paid:2026-03-05"},
		{"Stop sending me these emails, I left the company in January.", "cease_contact wrong_contact"},
		{"No dispute, no question, just late.", ""},
		{"If the damaged doors are not replaced by 20 March we will cancel the order.", "dispute other:2026-03-20"},
		{"Could we settle with 50% now and 50% on 30 April?", "asks_question proposed:6250.00USD proposed:6250.00USD proposed:2026-04-30"},
		{"Please don't call, e-mail is fine.", ""},
		{"Das Geld ist seit gestern unterwegs.", "says_paid paid:2026-03-09"},
		{"Wir haben am 5.3. überwiesen.", "says_paid paid:2026-03-05"},
		{"Wir können erst zahlen, wenn unser Kunde bezahlt hat.", "cash_flow"},
		{"Nous avons réglé la facture hier.", "says_paid paid:2026-03-09"},
		{"El pago se realizará el viernes.", "pay:2026-03-13"},
		{"O pagamento será feito amanhã.", "pay:2026-03-11"},
	})
}

func TestOnlyASubjectOfTheirOwnCounts(t *testing.T) {
	for subject, want := range map[string]string{
		"We paid MP-1042 yesterday":     "says_paid paid:2026-03-09 #MP-1042",
		"Re: We paid MP-1042 yesterday": "#MP-1042",
		"AW: Zahlung MP-1042":           "#MP-1042",
		"MP-10422 and XMP-1042":         "",
	} {
		p := inbound.Triage("", subject, today, dollars)
		if got := brief(p); got != want {
			t.Errorf("%q: got %s, want %s", subject, got, want)
		}
		checkEvidence(t, p, "", subject)
	}
}

func TestSubstantiveAndAcknowledgement(t *testing.T) {
	for own, want := range map[string][2]bool{
		"Thanks, we will look into it.":                          {false, true},
		"Thanks, I will check it tomorrow.":                      {false, true},
		"Thanks, we will pay tomorrow.":                          {true, false},
		"Thanks, but we dispute this.":                           {true, false},
		"Thanks. Which account should we use?":                   {true, false},
		"Thanks, times are very hard for us, we are struggling.": {true, false},
		"Hello.": {false, false},
		"":       {false, false},
	} {
		p := inbound.Triage(own, "Re: x", today, dollars)
		if p.Substantive != want[0] || p.AcknowledgementOnly != want[1] {
			t.Errorf("%q: substantive %t, acknowledgement %t", own, p.Substantive, p.AcknowledgementOnly)
		}
	}
}

// TestSummary holds C-108: what was understood, in sentences that can be said back.
func TestSummary(t *testing.T) {
	for own, want := range map[string]string{
		"MP-1042 is waiting for approval, we expect to pay $5,000.00 on Friday 13 March 2026.": "You told us that invoice MP-1042 waits for approval and that you expect to pay USD 5,000.00 on Friday 13 March 2026.",
		"MP-1042 and MP-1043 are waiting for approval.":                                        "You told us that invoices MP-1042 and MP-1043 wait for approval.",
		"The chairs are damaged and we will deduct $300.00.":                                   "You told us that you do not agree with the invoice in full and that you do not agree to USD 300.00.",
		"We will pay on 04/05/2026.":                                                           "You told us that you expect to pay on Monday 4 May 2026 or Sunday 5 April 2026.",
		"Can we pay next week?":                                                                "You asked whether you can pay by Friday 20 March 2026.",
		"Thanks, received.":                                                                    "You confirmed that our message arrived.",
		"Which account?":                                                                       "You asked us something, and we owe you an answer.",
		"MP-1042!":                                                                             "You wrote to us about invoice MP-1042.",
		"":                                                                                     "We read your message and cannot tell by ourselves what it means for the payment.",
	} {
		if got := inbound.Summary(inbound.Triage(own, "Re: x", today, dollars)); got != want {
			t.Errorf("%q\n got %s\nwant %s", own, got, want)
		}
	}
}

func TestOwn(t *testing.T) {
	for text, want := range map[string]string{
		"On 3 March you wrote: please pay.\nWe will.":                      "On 3 March you wrote: please pay.\nWe will.",
		"We pay.\n\nOn 3 Mar 2026, Ana <a@b.example> wrote:\n> Please pay": "We pay.",
		"We pay.\n\nOn 3 Mar 2026, Ana wrote:\nPlease pay":                 "We pay.",
		"On Friday we pay.\nOn 3 Mar 2026, Ana wrote:\n> Please":           "On Friday we pay.",
		"> Please pay\nNo.\n> Please\nStill no.":                           "No.\nStill no.",
		"From: now on we pay at once.":                                     "From: now on we pay at once.",
		"We pay.\n\nFrom: Ana\nSent: now\nTo: me\n\nold":                   "We pay.",
		"We pay.\n-- \nDana\n\n> old":                                      "We pay.",
		"":                                                                 "",
	} {
		got := inbound.Own(text)
		if got != want {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
		isSubsequence(t, got, text)
	}
}

func TestKinds(t *testing.T) {
	const person = "From: Dana <dana@harborpine.example>\r\n"
	for head, want := range map[string]inbound.Kind{
		person:                            inbound.KindHuman,
		person + "Auto-Submitted: no\r\n": inbound.KindHuman,
		person + "Subject: Re: Out of office\r\n":                        inbound.KindHuman,
		person + "Subject: Our office is out of paper\r\n":               inbound.KindHuman,
		person + "Auto-Submitted: auto-replied\r\n":                      inbound.KindOutOfOffice,
		person + "X-Autoreply: yes\r\n":                                  inbound.KindOutOfOffice,
		person + "Precedence: auto_reply\r\n":                            inbound.KindOutOfOffice,
		person + "Subject: Automatische Antwort: Rechnung\r\n":           inbound.KindOutOfOffice,
		person + "Subject: Ausência do escritório\r\n":                   inbound.KindOutOfOffice,
		person + "Auto-Submitted: auto-generated\r\n":                    inbound.KindAutomatic,
		person + "X-Auto-Response-Suppress: All\r\n":                     inbound.KindAutomatic,
		person + "Return-Path: <>\r\n":                                   inbound.KindAutomatic,
		person + "X-Loop: yes\r\n":                                       inbound.KindAutomatic,
		"From: postmaster@x.example\r\n":                                 inbound.KindAutomatic,
		person + "List-Id: <x.example>\r\n":                              inbound.KindBulk,
		person + "Precedence: bulk\r\n":                                  inbound.KindBulk,
		"From: MAILER-DAEMON@x.example\r\nSubject: Undelivered Mail\r\n": inbound.KindBounce,
		person + "Subject: Undeliverable: we say so ourselves\r\n":       inbound.KindHuman,
	} {
		m, err := inbound.Read([]byte(head + "\r\nHello.\r\n"))
		if err != nil || m.Kind != want || m.FromPerson() != (want == inbound.KindHuman) || m.NoAnswer != (want != inbound.KindHuman) {
			t.Errorf("%q: %s because %q, no answer %t, %v", strings.TrimPrefix(head, person), m.Kind, m.KindBecause, m.NoAnswer, err)
		}
	}
}
