package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"comity/domain"
	"comity/formats"
	"comity/money"
)

// TestStoryA plays "six days late and still friends" over HTTP: journals, dates, amounts, messages and the
// gate's decisions, whole. A-1 and the introduction enter as recorded conditions; the card link, the question in the
// thank-you's answer, the seller's export and the return of the payment come with later issues; its debtor has too few
// payments for the finding about its pay run. It holds C-124, C-171, C-190, C-198, C-202, C-211, D-4, D-21 and D-30.
func TestStoryA(t *testing.T) {
	h := newHouse(t, onDay{payday: domain.MustDate("2026-03-09")}, "2026-02-03T14:00:00Z")
	a := &storyA{house: h}
	a.parties()
	a.offer()
	a.sale()
	a.reminders()
	a.payment()
	a.end()
}

type storyA struct {
	*house
	marlow, eastbrook           *client
	rel, invoice, offerID, deal string
	kase                        string
	operating, collection       bankedAccount
}

const danaMail = "dana.ruiz@harborpine.example"

// parties signs up who takes part; more is of the debtor.
func (a *storyA) parties(more ...map[string]any) {
	a.marlow = a.signUp("seller", "Marlow Print Works LLC", "US", "US-311234567")
	a.eastbrook = a.signUp("factor", "Eastbrook Factors, LLC", "US")
	debtor := map[string]any{
		"code": "HP", "name": "Harbor & Pine Hotels, Inc.", "legal_type": "company", "country": "US", "contact_name": "Dana Ruiz",
		"email": danaMail, "time_zone": "America/New_York", "terms_days": 30, "heads_up": false,
	}
	for _, of := range more {
		maps.Copy(debtor, of)
	}
	a.rel = a.made(a.marlow, "/v1/relationships", debtor)
	a.made(a.marlow, "/v1/bank-accounts", usAccount("payout", "Marlow Print Works LLC", "777000111"))
	operating := a.made(a.eastbrook, "/v1/bank-accounts", usAccount("operating", "Eastbrook Factors, LLC", "888000222"))
	collection := a.made(a.eastbrook, "/v1/bank-accounts", usAccount("collection", "Eastbrook Factors, LLC", "888000333"))
	a.operating, a.collection = a.opened("operating", "888000222", 5_000_000), a.opened("collection", "888000333", 0)
	mandate := a.made(a.eastbrook, "/v1/mandates", map[string]any{
		"currency": "USD", "advance_cap": "0.9", "dilution_haircut": "0.04", "verification_haircut": "0.02", "seller_haircut": "0",
		"fee":              map[string]any{"first_days": 30, "first_rate": "0.03", "step_days": 10, "step_rate": "0.01"},
		"origination_rate": "0", "origination_fixed": "25.00", "wire_fee": "15.00", "recourse_days": 90, "cure_days": 0, "min_face": "100.00",
		"max_face": "100000.00", "debtor_limit": "100000.00", "facility_limit": "1000000.00", "offer_hours": 72, "max_expected_days_late": 60,
		"operating_account_id": operating, "collection_account_id": collection,
	})
	a.must(a.eastbrook.post(a.t.Context(), "/v1/mandates/"+mandate+"/activate", nil, nil))
}

func usAccount(purpose, holder, number string) map[string]any {
	return map[string]any{"purpose": purpose, "currency": "USD", "holder": holder, "country": "US", "routing_number": "021000021", "account_number": number}
}

func (a *storyA) opened(purpose, number string, minor int64) bankedAccount {
	account, err := domain.ParseUSAccount("021000021", number)
	a.must(err)
	return bankedAccount{
		purpose: purpose, number: account, currency: "USD", calendar: domain.BankingDays("USD", "US"), through: domain.MustDate("2026-02-03"),
		balance: money.Minor(minor, "USD"), booked: map[domain.Date][]formats.BankLine{},
	}
}

// files posts both accounts' files of every banking day from the last one posted.
func (a *storyA) files(through string) {
	a.t.Helper()
	b := bank{factor: a.eastbrook, seen: map[string]bool{}}
	for _, account := range []*bankedAccount{&a.operating, &a.collection} {
		for day := account.through.Plus(1); !day.After(domain.MustDate(through)); day = day.Plus(1) {
			if account.calendar.IsBusinessDay(day) {
				a.must(b.post(a.t.Context(), account, day, day.At(23, 0, time.UTC)))
			}
		}
	}
	a.quiet()
}

func (a *storyA) offer() {
	a.invoice = a.made(a.marlow, "/v1/invoices", map[string]any{
		"relationship_id": a.rel, "number": "MP-1042", "issue_date": "2026-02-02", "due_date": "2026-03-04",
		"payable": map[string]string{"amount": "10000.00", "currency": "USD"}, "order_reference": "HP-7731",
		"summary": "4,000 menus, 600 room directories",
	})
	a.clock("2026-02-05T14:10:00Z")
	var submitted struct {
		Offers []struct {
			ID        string    `json:"id"`
			Rate      string    `json:"advance_rate"`
			Now       wireMoney `json:"now"`
			Scenarios []struct {
				Name      string    `json:"name"`
				Paid      string    `json:"assumed_payment_date"`
				Rebate    string    `json:"assumed_rebate_date"`
				Days      int       `json:"days"`
				Fee       wireMoney `json:"fee"`
				Later     wireMoney `json:"later"`
				Cost      wireMoney `json:"total_cost"`
				Nominal   string    `json:"nominal_yearly_rate"`
				Effective string    `json:"effective_yearly_rate"`
			} `json:"scenarios"`
		} `json:"offers"`
	}
	a.must(a.marlow.post(a.t.Context(), "/v1/invoices/"+a.invoice+"/submit", nil, &submitted))
	offer := submitted.Offers[0]
	a.offerID = offer.ID
	got := []string{offer.Rate + " " + offer.Now.Amount}
	for _, s := range offer.Scenarios {
		got = append(got, fmt.Sprintf("%s %s day %d fee %s later %s on %s cost %s nominal %s effective %s",
			s.Name, s.Paid, s.Days, s.Fee.Amount, s.Later.Amount, s.Rebate, s.Cost.Amount, s.Nominal, s.Effective))
	}
	want := []string{
		"0.85 8460.00",
		"on_time 2026-03-04 day 27 fee 300.00 later 1200.00 on 2026-03-12 cost 340.00 nominal 0.5433 effective 0.7418",
		"expected 2026-03-09 day 32 fee 400.00 later 1100.00 on 2026-03-17 cost 440.00 nominal 0.5932 effective 0.816",
		"recourse_day 2026-05-06 day 90 fee 900.00 later -9400.00 on 2026-05-06 cost 940.00 nominal 0.4506 effective 0.5331",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		a.t.Errorf("offer sheet (-want +got):\n%s", diff)
	}
}

func (a *storyA) sale() {
	a.clock("2026-02-05T14:12:00Z")
	var accepted struct {
		Deal struct {
			ID string `json:"id"`
		} `json:"deal"`
		Case string `json:"case_id"`
	}
	a.must(a.marlow.post(a.t.Context(), "/v1/offers/"+a.offerID+"/accept", nil, &accepted))
	a.deal, a.kase = accepted.Deal.ID, accepted.Case
	a.clock("2026-02-05T15:00:00Z") // 10:00 in New York
	a.condition(a.platform, "seller_approved", "owner approved", "2026-02-02T15:00:00Z", "")
	a.condition(a.platform, "account_proven", "proven 21 January, hold over", "2026-01-21T15:00:00Z", "")
	a.condition(a.eastbrook, "verified", "received, approved, no deductions, will pay Eastbrook", "2026-02-04T15:00:00Z", "2026-03-06")
	a.condition(a.marlow, "introduced", "from Marlow's own mailbox", "2026-02-03T14:00:00Z", "")
	a.quiet()
	a.books("after the last condition", "2026-02-05", "Advance payable 0.00", "Payments in transit -8460.00", "Factored receivables 10000.00", "Reserve -1500.00")
	b := bank{factor: a.eastbrook, accounts: []*bankedAccount{&a.operating, &a.collection}, seen: map[string]bool{}}
	a.must(b.carryOut(a.t.Context(), domain.MustDate("2026-02-05")))
	a.clock("2026-02-06T11:10:00Z") // 06:10
	a.files("2026-02-05")
}

func (a *storyA) condition(by *client, code, evidence, occurred, expires string) {
	a.t.Helper()
	body := map[string]any{"evidence": evidence, "occurred_at": occurred}
	if expires != "" {
		body["expires_on"] = expires
	}
	a.must(by.do(a.t.Context(), call{method: http.MethodPut, path: "/v1/deals/" + a.deal + "/conditions/" + code, body: body}, nil))
}

func (a *storyA) reminders() {
	a.clock("2026-02-25T13:00:00Z") // 08:00: the files up to 24 February are in
	a.files("2026-02-24")
	a.clock("2026-02-25T15:00:00Z")
	a.sent("A-2 and A-3", 2)
	a.files("2026-02-27")
	a.clock("2026-03-01T12:00:00Z")
	a.books("month end", "2026-02-28", "Accrued fees 230.00", "Discount-fee income -230.00", "Cash operating -8460.00", "Reserve -1500.00")
	a.clock("2026-03-05T12:00:00Z")
	a.files("2026-03-04")
	a.clock("2026-03-06T15:00:00Z") // the bank's file of 5 March is missing
	a.sent("nothing on 5 and 6 March", 2)
	a.alert("2026-03-06T13:00:00Z", "5 March 2026") // 08:00
	a.clock("2026-03-09T12:00:00Z")
	a.files("2026-03-06")
	a.clock("2026-03-09T14:00:00Z") // 10:00: clocks went forward on 8 March
	a.sent("A-4", 3)
}

// alert checks that Eastbrook was told, at a time, of the missing file of a day.
func (a *storyA) alert(at, day string) {
	a.t.Helper()
	var list struct {
		Data []struct{ Kind, Said, At string } `json:"data"`
	}
	a.must(a.eastbrook.get(a.t.Context(), "/v1/events?limit=200", &list))
	for _, e := range list.Data {
		if e.Kind == "feed.missing" && e.At == at && strings.Contains(e.Said, day) {
			return
		}
	}
	a.t.Errorf("no alert at %s of the missing file of %s in %v", at, day, list.Data)
}

// sent checks how many messages Dana got by now.
func (a *storyA) sent(what string, want int) {
	a.t.Helper()
	a.quiet()
	letters, err := a.letters(a.t.Context(), danaMail)
	a.must(err)
	if len(letters) != want {
		for _, l := range letters {
			a.t.Log(l.Date, l.Subject)
		}
		a.t.Fatalf("%s: Dana has %d letters, want %d", what, len(letters), want)
	}
}

func (a *storyA) payment() {
	a.clock("2026-03-10T18:10:00Z") // 14:10
	letters, err := a.letters(a.t.Context(), danaMail)
	a.must(err)
	link := debtorLink.FindString(letters[2].Text)
	err = a.submit(a.t.Context(), link, "paid", url.Values{"deal": {a.deal}, "amount": {"10000.00"}, "currency": {"USD"}, "day": {"2026-03-10"}})
	a.must(err)
	a.files("2026-03-09")
	a.collection.book(domain.MustDate("2026-03-10"), formats.BankLine{
		Amount: money.Minor(1_000_000, "USD"), Counterparty: "Harbor & Pine Hotels, Inc.", Remittance: "MP-1042",
	})
	a.clock("2026-03-11T10:40:00Z") // 06:40
	a.files("2026-03-10")
	a.books("the receipt", "2026-03-10", "Cash collection 10000.00", "Factored receivables 0.00", "Accrued fees 400.00", "Reserve -1500.00", "Discount-fee income -400.00")
	a.booksKnown("the receipt was not known", "2026-03-10", "2026-03-11T03:59:00Z", "Factored receivables 10000.00", "Accrued fees 230.00", "Discount-fee income -230.00")
	a.sent("no thanks before opening", 3)
	a.clock("2026-03-11T12:20:00Z") // 08:20
	a.sent("A-5", 4)
}

func (a *storyA) end() {
	b := bank{factor: a.eastbrook, accounts: []*bankedAccount{&a.operating, &a.collection}, seen: map[string]bool{}}
	a.must(b.carryOut(a.t.Context(), domain.MustDate("2026-03-11"))) // the sweep
	a.clock("2026-03-17T20:00:00Z")
	a.files("2026-03-16")
	a.books("held", "2026-03-17", "Cash operating 440.00", "Cash collection 1100.00", "Rebate payable -1100.00", "Reserve 0.00", "Accrued fees 0.00")
	a.clock("2026-03-18T18:00:00Z")
	b = bank{factor: a.eastbrook, accounts: []*bankedAccount{&a.operating, &a.collection}, seen: map[string]bool{}}
	a.rebate(&b)
	a.files("2026-03-17")
	a.clock("2026-03-19T10:00:00Z")
	a.files("2026-03-18")
	a.books("closed", "2026-03-19", "Cash operating 440.00", "Cash collection 0.00", "Rebate payable 0.00", "Payments in transit 0.00",
		"Discount-fee income -400.00", "Origination income -25.00", "Wire-fee income -15.00")
	a.clock("2026-03-25T14:00:00Z")
	a.sent("nothing after the thanks", 4)
	a.journals()
	a.gate()
	a.messages()
	a.review()
}

// review looks back: nothing was asked or disputed, it was paid late after two words, and how the debtor pays is the seller's to know.
func (a *storyA) review() {
	var r struct {
		Ended    string `json:"ended"`
		DaysLate int    `json:"days_late"`
		Messages struct {
			BeforeDue int `json:"before_due"`
			Reminders int `json:"reminders"`
		} `json:"messages"`
		Cost struct {
			Amount string `json:"amount"`
		} `json:"cost"`
		Findings []struct {
			Code string `json:"code"`
			Said string `json:"said"`
		} `json:"findings"`
	}
	for _, side := range []*client{a.marlow, a.eastbrook} {
		a.must(side.get(a.t.Context(), "/v1/deals/"+a.deal+"/review", &r))
		if r.Ended != "settled" || r.DaysLate != 6 || r.Messages.BeforeDue != 1 || r.Messages.Reminders != 1 || r.Cost.Amount != "440.00" || len(r.Findings) > 0 {
			a.t.Errorf("the review says %+v", r)
		}
	}
	var report struct {
		Deals  int `json:"deals"`
		OnTime int `json:"on_time"`
	}
	a.must(a.marlow.get(a.t.Context(), "/v1/reports/reviews", &report))
	if report.Deals != 1 || report.OnTime != 0 {
		a.t.Errorf("the report says %+v", report)
	}
}

// rebate lets the bank carry out the rebate only: the sweep was carried out on
// 11 March.
func (a *storyA) rebate(b *bank) {
	a.t.Helper()
	var list struct {
		Data []struct {
			ID, Kind, Status string
		} `json:"data"`
	}
	a.must(a.eastbrook.get(a.t.Context(), "/v1/payouts", &list))
	for _, p := range list.Data {
		b.seen[p.ID] = p.Kind != "rebate"
	}
	a.must(b.carryOut(a.t.Context(), domain.MustDate("2026-03-18")))
}

// books checks balances of Eastbrook's book as of a day.
func (a *storyA) books(what, asOf string, want ...string) {
	a.t.Helper()
	a.booksKnown(what, asOf, "", want...)
}

func (a *storyA) booksKnown(what, asOf, known string, want ...string) {
	a.t.Helper()
	path := "/v1/reports/trial-balance?as_of=" + asOf
	if known != "" {
		path += "&known_at=" + url.QueryEscape(known)
	}
	var report struct {
		Currencies []struct {
			Total    wireMoney `json:"total"`
			Accounts []struct {
				Name    string    `json:"name"`
				Balance wireMoney `json:"balance"`
			} `json:"accounts"`
		} `json:"currencies"`
	}
	a.must(a.eastbrook.get(a.t.Context(), path, &report))
	got := map[string]string{}
	for _, account := range report.Currencies[0].Accounts {
		got[account.Name] = account.Balance.Amount
	}
	for _, line := range want {
		at := strings.LastIndex(line, " ")
		balance := got[line[:at]]
		if balance == "" {
			balance = "0.00"
		}
		if balance != line[at+1:] {
			a.t.Errorf("%s: %s is %s, want %s", what, line[:at], balance, line[at+1:])
		}
	}
	if total := report.Currencies[0].Total.Amount; total != "0.00" {
		a.t.Errorf("%s: the books are off by %s", what, total)
	}
}

// ledger returns the journals of the deal as its factor reads them, a line each.
func (a *storyA) ledger() []string {
	var list struct {
		Journals []wireJournal `json:"journals"`
	}
	a.must(a.eastbrook.get(a.t.Context(), "/v1/deals/"+a.deal+"/ledger", &list))
	var got []string
	for _, j := range list.Journals {
		text := j.Effective + " " + j.Kind
		for _, p := range j.Postings {
			if p.Debit != nil {
				text += " Dr " + p.Account + " " + p.Debit.Amount
			} else {
				text += " Cr " + p.Account + " " + p.Credit.Amount
			}
		}
		got = append(got, text)
	}
	return got
}

func (a *storyA) journals() {
	got := a.ledger()
	want := []string{
		"2026-02-05 e1_purchase Dr factored_receivables 10000.00 Cr advance_payable 8500.00 Cr reserve 1500.00",
		"2026-02-05 e2_charges Dr advance_payable 40.00 Cr origination_income 25.00 Cr wire_fee_income 15.00",
		"2026-02-05 e3a_instruct Dr advance_payable 8460.00 Cr payments_in_transit 8460.00",
		"2026-02-05 e3b_disburse Dr payments_in_transit 8460.00 Cr cash_operating 8460.00",
		"2026-02-28 e4_accrue Dr accrued_fees 230.00 Cr discount_fee_income 230.00",
		"2026-03-10 e4_accrue Dr accrued_fees 100.00 Cr discount_fee_income 100.00",
		"2026-03-10 e4_rest Dr accrued_fees 70.00 Cr discount_fee_income 70.00",
		"2026-03-10 e5_collect Dr cash_collection 10000.00 Cr factored_receivables 10000.00",
		"2026-03-11 e6_settle Dr reserve 1500.00 Cr accrued_fees 400.00 Cr rebate_payable 1100.00",
		"2026-03-11 e5s_sweep Dr cash_operating 8900.00 Cr cash_collection 8900.00",
		"2026-03-18 e7a_rebate_instruct Dr rebate_payable 1100.00 Cr payments_in_transit 1100.00",
		"2026-03-18 e7b_rebate_paid Dr payments_in_transit 1100.00 Cr cash_collection 1100.00",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		a.t.Errorf("journals (-want +got):\n%s", diff)
	}
}

// gate checks every decision of the gate, as the factor reads it.
func (a *storyA) gate() {
	var list struct {
		Data []struct {
			Class string   `json:"class"`
			Sent  bool     `json:"sent"`
			Codes []string `json:"codes"`
			At    string   `json:"at"`
		} `json:"data"`
	}
	a.must(a.eastbrook.get(a.t.Context(), "/v1/cases/"+a.kase+"/gate-decisions", &list))
	var got []string
	for _, d := range list.Data {
		got = append(got, fmt.Sprintf("%s %s sent=%t %v", d.At, d.Class, d.Sent, d.Codes))
	}
	want := []string{
		"2026-02-05T15:00:00Z legal_notice sent=true []",
		"2026-02-25T14:30:00Z reminder sent=true []",
		"2026-03-05T14:30:00Z reminder sent=false [bank_feed_behind]",
		"2026-03-06T14:30:00Z reminder sent=false [bank_feed_behind]",
		"2026-03-09T13:30:00Z reminder sent=true []",
		"2026-03-11T12:15:00Z thank_you sent=true []",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		a.t.Errorf("gate decisions (-want +got):\n%s", diff)
	}
}

// messages checks what each letter must and must not contain.
func (a *storyA) messages() {
	letters, err := a.letters(a.t.Context(), danaMail)
	a.must(err)
	tests := map[string]struct {
		letter    letter
		must, not []string
	}{
		"A-2": {letters[0], []string{"MP-1042", "Marlow", "Eastbrook", "021000021", "888000333", "number that you already have", "type the code"}, []string{"advance", "8,460"}},
		"A-3": {letters[1], []string{"4 March", "10,000.00", "which has bought this invoice from Marlow", "menus", "notice of 5 February", "ACH or wire"}, []string{"888000333", "021000021", "consequence"}},
		"A-4": {letters[2], []string{"did the invoice reach you", "4 March", "which has bought this invoice from Marlow"}, []string{"888000333", "consequence", "overdue account", "failed"}},
		"A-5": {letters[3], []string{"10,000.00", "MP-1042", "10 March", "thank", "nothing more is due"}, []string{"888000333", "please pay"}},
	}
	for name, tc := range tests {
		text := strings.ToLower(strings.Join(strings.Fields(tc.letter.Subject+" "+tc.letter.Text), " "))
		for _, word := range tc.must {
			if !strings.Contains(text, strings.ToLower(word)) {
				a.t.Errorf("%s does not say %q:\n%s", name, word, text)
			}
		}
		for _, word := range tc.not {
			if strings.Contains(text, strings.ToLower(word)) {
				a.t.Errorf("%s says %q:\n%s", name, word, text)
			}
		}
	}
	if !strings.Contains(letters[1].Subject, "4 March") || !strings.Contains(letters[1].Subject, "10,000.00") {
		a.t.Errorf("A-3's subject is %q", letters[1].Subject)
	}
}
