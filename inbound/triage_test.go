package inbound_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"comity/domain"
	"comity/inbound"
	"comity/money"
)

// today is a Tuesday.
var today = domain.MustDate("2026-03-10")

func usd(units int64) money.Amount { return money.Minor(units, "USD") }
func eur(units int64) money.Amount { return money.Minor(units, "EUR") }

var (
	dollars = []inbound.Item{{Invoice: "MP-1042", Open: usd(1_000_000)}, {Invoice: "MP-1043", Open: usd(250_000)}}
	euros   = []inbound.Item{{Invoice: "RE-2026/17", Open: eur(800_000)}}
)

// brief tells a proposal in one line: codes, then amounts, then days, then invoices.
func brief(p inbound.Proposal) string {
	var words []string
	for _, f := range slices.Concat(p.Reasons, p.Flags) {
		words = append(words, string(f.Code))
	}
	for _, a := range p.Amounts {
		words = append(words, fmt.Sprintf("%s:%s", a.Role, strings.ReplaceAll(a.Amount.String(), " ", "")))
	}
	for _, d := range p.Dates {
		var days []string
		for _, day := range d.Days {
			days = append(days, day.String())
		}
		word := fmt.Sprintf("%s:%s", d.Role, strings.Join(days, "|"))
		if d.Vague {
			word += "~"
		}
		words = append(words, word)
	}
	for _, i := range p.Invoices {
		words = append(words, "#"+i.Invoice)
	}
	return strings.Join(words, " ")
}

type saying struct{ own, want string }

func checkSayings(t *testing.T, items []inbound.Item, sayings []saying) {
	t.Helper()
	for _, s := range sayings {
		p := inbound.Triage(s.own, "Re: Your statement", today, items)
		if got := brief(p); got != s.want {
			t.Errorf("%q\n got %s\nwant %s", s.own, got, s.want)
		}
		checkEvidence(t, p, s.own, "Re: Your statement")
	}
}

// checkEvidence holds that every finding rests on the words it says it does.
func checkEvidence(t *testing.T, p inbound.Proposal, own, subject string) {
	t.Helper()
	check := func(e inbound.Evidence) {
		text := own
		if e.Subject {
			text = subject
		}
		if e.Start < 0 || e.End > len(text) || e.Start >= e.End || text[e.Start:e.End] != e.Words {
			t.Errorf("%q: evidence %+v is not what stands there", text, e)
		}
	}
	for _, f := range slices.Concat(p.Reasons, p.Flags) {
		if len(f.Evidence) == 0 || len(f.Evidence) > inbound.MaxEvidence {
			t.Errorf("%s has %d pieces of evidence", f.Code, len(f.Evidence))
		}
		for _, e := range f.Evidence {
			check(e)
		}
	}
	for _, a := range p.Amounts {
		check(a.Evidence)
	}
	for _, d := range p.Dates {
		check(d.Evidence)
	}
	for _, i := range p.Invoices {
		check(i.Evidence)
	}
}

// TestReasonsInEnglish holds C-109: every reason is told by the words for it.
func TestReasonsInEnglish(t *testing.T) {
	checkSayings(t, dollars, []saying{
		{"Our cash flow is tight at the moment.", "cash_flow"},
		{"We are waiting for our customers to pay us.", "cash_flow"},
		{"We can pay once our client has paid us.", "cash_flow"},
		{"Insufficient funds this month, sorry.", "cash_flow other:2026-03-31~"},
		{"Cash flow is not the problem.", ""},
		{"The invoice is waiting for approval by our CFO.", "approval_pending"},
		{"It has not been approved yet.", "approval_pending"},
		{"Our director must sign off on it.", "approval_pending"},
		{"Pending signature.", "approval_pending"},
		{"Invoice MP-1042 is under review.", "approval_pending #MP-1042"},
		{"It is approved and will be paid on Friday.", "pay:2026-03-13"},
		{"Our next payment run is on 20 March.", "admin_hurdle pay:2026-03-20"},
		{"We are migrating to a new accounting system.", "admin_hurdle"},
		{"We need a PO number on it.", "admin_hurdle"},
		{"Our bookkeeper is on vacation until 16 March.", "admin_hurdle other:2026-03-16"},
		{"Please send us a W-9 first.", "admin_hurdle"},
		{"We had a flood in the warehouse.", "unforeseen"},
		{"The owner passed away last week.", "unforeseen"},
		{"We were hit by ransomware.", "unforeseen"},
		{"An unexpected illness in the team.", "unforeseen"},
		{"We never received the invoice.", "invoice_missing"},
		{"We have not received invoice MP-1043.", "invoice_missing #MP-1043"},
		{"I can't find this invoice, please resend it.", "invoice_missing"},
		{"Could you send me a copy of the invoice?", "invoice_missing asks_question"},
		{"There is no record of this invoice in our books.", "invoice_missing"},
		{"We received the invoice, thank you.", "acknowledgement_only"},
		{"Two of the chairs were damaged.", "dispute"},
		{"We dispute this invoice.", "dispute"},
		{"We do not dispute this invoice.", ""},
		{"The chairs were not damaged.", ""},
		{"The goods never arrived.", "dispute"},
		{"You charged us twice.", "dispute"},
		{"The price is wrong.", "dispute"},
		{"We expect a credit note for $500.00.", "dispute disputed:500.00USD"},
		{"This is not what we ordered.", "dispute"},
		{"We don't owe this.", "dispute"},
		{"It was overlooked, our mistake.", "oversight"},
		{"Sorry, it slipped through the cracks.", "oversight"},
		{"Your mail went to the spam folder.", "oversight"},
		{"We did not overlook it.", ""},
		{"We are late because of the way things are.", "other"},
	})
}

func TestNegationsAndConditions(t *testing.T) {
	checkSayings(t, dollars, []saying{
		{"We will NOT pay until the damaged chairs are replaced.", "dispute"},
		{"We will not pay.", "refuses"},
		{"We refuse to pay this invoice.", "refuses"},
		{"We won't pay until you fix the doors.", "dispute"},
		{"We will not be able to pay until Friday.", "pay:2026-03-13"},
		{"We cannot pay before 20 March 2026.", "pay:2026-03-20"},
		{"We will not pay until 20 March.", "pay:2026-03-20"},
		{"We have not paid yet.", ""},
		{"We haven't paid this invoice yet.", ""},
		{"We have never paid late.", ""},
		{"We paid it yesterday.", "says_paid paid:2026-03-09"},
		{"We have already paid.", "says_paid"},
		{"This has been paid on 2 March.", "says_paid paid:2026-03-02"},
		{"Payment was made last Friday.", "says_paid paid:2026-03-06"},
		{"This should have been paid already.", ""},
		{"I will check whether we have paid.", "acknowledgement_only"},
		{"Has this been paid?", "asks_question"},
		{"We were paid by our customer today.", "other:2026-03-10"},
		{"The invoice was not paid because the goods were damaged.", "dispute"},
		{"Please confirm once paid.", "asks_question"},
		{"It is not paid.", ""},
		{"We did not pay yet, sorry.", ""},
		{"We would have paid if the delivery had been complete.", ""},
		{"I don't think we have paid this.", ""},
		{"We believe it was paid in February.", "says_paid"},
		{"Once we have been paid by our customer we can pay you.", "cash_flow"},
		{"If we have paid twice, tell us.", "dispute"},
		{"It will be paid tomorrow.", "pay:2026-03-11"},
		{"We are not insolvent.", ""},
		{"We have no lawyer.", ""},
		{"There is no approval yet.", "approval_pending"},
		{"We cannot pay the full amount but we can pay $2,000.00 on Friday.", "declined:12500.00USD pay:2000.00USD pay:2026-03-13"},
		{"We don't need more time.", ""},
		{"It is not only damaged, it is the wrong size.", "dispute"},
		{"No, we paid this on 3 March.", "says_paid paid:2026-03-03"},
		{"We are not refusing anything, we have a question about the total.", ""},
		{"Please do not hesitate to contact me.", ""},
		{"Do not contact me again.", "cease_contact"},
		{"How are you?", ""},
	})
}

func TestFlagsInEnglish(t *testing.T) {
	checkSayings(t, dollars, []saying{
		{"Can we pay in three instalments?", "asks_question wants_plan"},
		{"We need more time.", "wants_plan"},
		{"Half now and the other half next month.", "wants_plan pay:6250.00USD pay:6250.00USD pay:2026-04-30~"},
		{"We would like a payment plan.", "wants_plan"},
		{"We are struggling and cannot afford it.", "hardship"},
		{"We lost our biggest customer.", "hardship"},
		{"We are in financial difficulty.", "hardship"},
		{"Please write to our lawyer.", "represented"},
		{"We are represented by Hale & Moor LLP.", "represented"},
		{"Stop emailing me.", "cease_contact"},
		{"Unsubscribe", "cease_contact"},
		{"Leave us alone.", "cease_contact"},
		{"Your tone is unacceptable, I will file a complaint.", "complaint"},
		{"We have filed for bankruptcy.", "insolvency"},
		{"The company is in liquidation.", "insolvency"},
		{"We filed for Chapter 11 protection.", "insolvency"},
		{"I no longer work there.", "wrong_contact"},
		{"You have the wrong person.", "wrong_contact"},
		{"Please contact bills@harborpine.example instead.", "wrong_contact"},
		{"Which bank account should we use?", "asks_question"},
		{"Please explain the second line.", "asks_question"},
		{"Thanks, received.", "acknowledgement_only"},
		{"Noted, will look into it.", "acknowledgement_only"},
		{"OK", "acknowledgement_only"},
		{"I'll get back to you tomorrow.", "acknowledgement_only other:2026-03-11"},
		{"Thanks, we will check tomorrow and pay next week.", "other:2026-03-11 pay:2026-03-20~"},
		{"Hello.", ""},
		{"", ""},
		{"> We will pay on Friday\n> and we dispute it", ""},
		{"Fine.\n\nOn Tue, 3 Mar 2026 at 09:12, Ana <ana@eastbrook.example> wrote:\n> We dispute this, $5,000.00 by Friday", ""},
	})
}

func TestAmounts(t *testing.T) {
	checkSayings(t, dollars, []saying{
		{"We will pay $1,234.56.", "pay:1234.56USD"},
		{"We will pay USD 1,234.56 tomorrow.", "pay:1234.56USD pay:2026-03-11"},
		{"We will pay 1,234.56 USD.", "pay:1234.56USD"},
		{"We will pay US$5,000 on 13 March.", "pay:5000.00USD pay:2026-03-13"},
		{"We will pay 5,000 dollars.", "pay:5000.00USD"},
		{"We can pay 5,000 on Friday.", "pay:5000.00USD pay:2026-03-13"},
		{"We will pay $5k now.", "pay:5000.00USD"},
		{"We will pay 40 chairs.", ""},
		{"We will pay 1.234,56 €.", ""},
		{"We will pay EUR 500.00.", ""},
		{"We paid $5,000.00 last week and will pay the rest on Friday.", "says_paid paid:5000.00USD pay:2026-03-13"},
		{"We will pay half of invoice MP-1043 today.", "pay:1250.00USD pay:2026-03-10 #MP-1043"},
		{"We will pay in full on Friday.", "pay:12500.00USD pay:2026-03-13"},
		{"The total of $1.2 million is wrong.", "dispute"},
		{"We will pay 30% of MP-1042 tomorrow.", "pay:3000.00USD pay:2026-03-11 #MP-1042"},
		{"We will deduct $300.00.", "dispute disputed:300.00USD"},
		{"We will pay $12,34.", "pay:12.34USD"},
		{"We will pay $1,234.567.", ""},
		{"You were overcharging $0.00.", ""},
	})
	checkSayings(t, euros, []saying{
		{"Wir zahlen 1.234,56 € am Freitag.", "pay:1234.56EUR pay:2026-03-13"},
		{"Nous paierons EUR 1 234,56 demain.", "pay:1234.56EUR pay:2026-03-11"},
		{"We pay €1.234.", "pay:1234.00EUR"},
		{"We will pay $500.00.", ""},
		{"Wir überweisen 4.000,00 EUR.", "pay:4000.00EUR"},
		{"Wir zahlen die Hälfte bis 20.03.2026.", "pay:4000.00EUR pay:2026-03-20"},
		{"RE-2026/17 ist bezahlt, RE-2026/171 nicht.", "says_paid #RE-2026/17"},
	})
	both := []inbound.Item{{Invoice: "A-1", Open: usd(100)}, {Invoice: "A-2", Open: money.Minor(100, "CAD")}}
	checkSayings(t, both, []saying{{"We will pay $500.00.", ""}, {"We will pay C$500.00.", "pay:500.00CAD"}, {"We will pay half of it.", ""}})
	odd := []inbound.Item{{Invoice: "A-1", Open: usd(101)}}
	checkSayings(t, odd, []saying{{"We will pay half of it now.", ""}})
	checkSayings(t, []inbound.Item{{Invoice: "12", Open: usd(100)}}, []saying{{"We bought 12 chairs.", ""}, {"Invoice no. 12 is wrong.", "dispute #12"}})
}

func TestDates(t *testing.T) {
	checkSayings(t, dollars, []saying{
		{"We will pay on 2026-03-20.", "pay:2026-03-20"},
		{"We will pay on 20/03/2026.", "pay:2026-03-20"},
		{"We will pay on 03/20/2026.", "pay:2026-03-20"},
		{"We will pay on 04/05/2026.", "pay:2026-05-04|2026-04-05"},
		{"We will pay on 04/04/2026.", "pay:2026-04-04"},
		{"We will pay on 4.5.2026.", "pay:2026-05-04"},
		{"We will pay on March 20th.", "pay:2026-03-20"},
		{"We will pay on the 20th of March, 2026.", "pay:2026-03-20"},
		{"We will pay on Friday, 13 March 2026.", "pay:2026-03-13"},
		{"We will pay on Friday 14 March 2026.", "pay:2026-03-14|2026-03-13"},
		{"We will pay next Friday.", "pay:2026-03-13|2026-03-20"},
		{"We will pay this Friday.", "pay:2026-03-13"},
		{"We will pay on Tuesday.", "pay:2026-03-10|2026-03-17"},
		{"We will pay by the end of the month.", "pay:2026-03-31"},
		{"We will pay at the end of next month.", "pay:2026-04-30"},
		{"We will pay in two weeks.", "pay:2026-03-24"},
		{"We will pay within 5 business days.", "pay:2026-03-17~"},
		{"We will pay in a month.", "pay:2026-04-10"},
		{"We will pay tomorrow.", "pay:2026-03-11"},
		{"We will pay the day after tomorrow.", "pay:2026-03-12"},
		{"We will pay on the 20th.", "pay:2026-03-20"},
		{"We will pay on the 5th.", "pay:2026-04-05"},
		{"Payment will go out on January 5.", "other:2026-01-05"},
		{"On Friday we will pay.", "pay:2026-03-13"},
		{"You delivered on 3 March and we will pay on 20 March.", "other:2026-03-03 pay:2026-03-20"},
		{"We will pay on 31 February.", ""},
		{"Friday at the latest.", "pay:2026-03-13"},
		{"We paid two weeks ago.", "says_paid paid:2026-02-24"},
		{"We will pay 3/4 of it.", ""},
	})
}

func TestOtherLanguages(t *testing.T) {
	checkSayings(t, euros, []saying{
		{"Wir haben die Rechnung noch nicht erhalten.", "invoice_missing"},
		{"Wir haben bereits bezahlt.", "says_paid"},
		{"Wir haben noch nicht bezahlt.", ""},
		{"Die Ware ist beschädigt.", "dispute"},
		{"Wir bestreiten die Rechnung nicht.", ""},
		{"Wir zahlen nicht, bis die Stühle ersetzt sind.", "dispute"},
		{"Können wir in Raten zahlen?", "asks_question wants_plan"},
		{"Die Freigabe steht noch aus.", "approval_pending"},
		{"Wir zahlen bis zum Monatsende.", "pay:2026-03-31"},
		{"Wir zahlen am 20. März.", "pay:2026-03-20"},
		{"Bitte wenden Sie sich an unseren Anwalt.", "represented wrong_contact"},
		{"Vielen Dank, zur Kenntnis genommen.", "acknowledgement_only"},
		{"Nous n'avons pas reçu la facture.", "invoice_missing"},
		{"Nous avons déjà payé.", "says_paid"},
		{"Nous n'avons pas encore payé.", ""},
		{"La facture est en attente de validation.", "approval_pending"},
		{"Nous contestons cette facture.", "dispute"},
		{"Nous paierons vendredi prochain.", "pay:2026-03-13|2026-03-20"},
		{"Problème de trésorerie, nous paierons à la fin du mois.", "cash_flow pay:2026-03-31"},
		{"Merci, bien reçu.", "acknowledgement_only"},
		{"No hemos recibido la factura.", "invoice_missing"},
		{"Ya hemos pagado.", "says_paid"},
		{"No hemos pagado todavía.", ""},
		{"La factura está pendiente de aprobación.", "approval_pending"},
		{"La mercancía llegó dañada.", "dispute"},
		{"Pagaremos el 20 de marzo.", "pay:2026-03-20"},
		{"Tenemos falta de liquidez.", "cash_flow"},
		{"Não recebemos a fatura.", "invoice_missing"},
		{"Já pagamos ontem.", "says_paid paid:2026-03-09"},
		{"Ainda não pagamos.", ""},
		{"Pagaremos até 20 de março.", "pay:2026-03-20"},
		{"A mercadoria chegou danificada.", "dispute"},
		{"Obrigado, recebido.", "acknowledgement_only"},
	})
}
