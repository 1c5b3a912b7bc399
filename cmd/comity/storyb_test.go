package main

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"comity/domain"
	"comity/formats"
	"comity/money"
	"comity/repository"
)

// TestStoryB plays "doors, promises and a plan" over HTTP, to the cent and to the day: two disputes,
// a broken promise, a plan with every consent, three and a half instalments, and recourse for the
// disputed part. It holds C-129, C-131, C-133, C-134, C-136, C-137, C-139, C-143, C-144, C-145, C-148, C-154, C-177, D-5, D-10,
// D-13, D-23, D-25, F-42, F-73, F-74, F-75, F-76 and F-78.
// It holds D-26 and C-4 too: the interest that was never claimed, to the penny, and its waiver; and C-158: the follow-up in the seller's own name.
func TestStoryB(t *testing.T) {
	b := untilRecourse(t)
	b.repaid()
	b.end()
}

// untilRecourse plays the story until the disputed part is given back and not yet paid for.
func untilRecourse(t *testing.T) *storyB {
	t.Helper()
	b := &storyB{storyA: &storyA{house: newHouse(t, onDay{payday: domain.MustDate("2026-04-10")}, "2026-03-02T09:00:00Z")}}
	b.parties()
	b.sale()
	b.firstDispute()
	b.brokenPromise()
	b.planned()
	b.instalments()
	b.secondDispute()
	b.exercised()
	return b
}

type storyB struct {
	*storyA
	tarn, northgate, tom *client
	bank                 bank
	plan, recourse       string
	owed                 string // the reference of what Tarn owes
}

const moiraMail = "moira.shaw@kestrel.example"

func gbIBAN(account string) domain.BankAccountNumber {
	number, err := domain.MakeIBAN("GB", "NWBK601613"+account)
	if err != nil {
		panic(err)
	}
	return number
}

func (b *storyB) parties() {
	b.tarn = b.signUp("seller", "Tarn Joinery Ltd", "GB", "GB987654321")
	b.northgate = b.signUp("factor", "Northgate Receivables Ltd", "GB")
	b.marlow, b.eastbrook = b.tarn, b.northgate // the parts of story A that are played again
	password := secret(8)
	b.must(b.northgate.post(b.t.Context(), "/v1/users", map[string]any{"email": "tom.hale@northgate.example", "name": "Tom Hale", "role": "owner", "password": password}, nil))
	b.tom = b.as("tom.hale@northgate.example", password)
	b.rel = b.made(b.tarn, "/v1/relationships", map[string]any{
		"code": "KF", "name": "Kestrel Fit-Out Ltd", "legal_type": "company", "country": "GB", "contact_name": "Moira Shaw",
		"email": moiraMail, "time_zone": "Europe/London", "terms_days": 30,
		"assignment": map[string]any{"clause": "none", "governing_law": "GB-ENG", "contract_on": "2025-11-03", "small_seller": true},
	})
	account := func(purpose, holder, number string) map[string]any {
		return map[string]any{"purpose": purpose, "currency": "GBP", "holder": holder, "iban": gbIBAN(number).IBAN()}
	}
	b.made(b.tarn, "/v1/bank-accounts", account("payout", "Tarn Joinery Ltd", "31926819"))
	operating := b.made(b.northgate, "/v1/bank-accounts", account("operating", "Northgate Receivables Ltd", "31926827"))
	collection := b.made(b.northgate, "/v1/bank-accounts", account("collection", "Northgate Receivables Ltd", "31926835"))
	opened := func(purpose, number string, minor int64) bankedAccount {
		return bankedAccount{
			purpose: purpose, number: gbIBAN(number), currency: "GBP", calendar: domain.BankingDays("GBP", "GB"), through: domain.MustDate("2026-03-02"),
			balance: money.Minor(minor, "GBP"), booked: map[domain.Date][]formats.BankLine{},
		}
	}
	b.operating, b.collection = opened("operating", "31926827", 5_000_000), opened("collection", "31926835", 0)
	b.bank = bank{factor: b.northgate, accounts: []*bankedAccount{&b.operating, &b.collection}, seen: map[string]bool{}}
	mandate := b.made(b.northgate, "/v1/mandates", map[string]any{
		"currency": "GBP", "advance_cap": "0.9", "dilution_haircut": "0.06", "verification_haircut": "0.02", "seller_haircut": "0.03",
		"fee":              map[string]any{"first_days": 30, "first_rate": "0.03", "step_days": 10, "step_rate": "0.01"},
		"origination_rate": "0", "origination_fixed": "35.00", "origination_tax_rate": "0.2", "wire_fee": "0.00", "recourse_days": 90, "cure_days": 0,
		"min_face": "100.00", "max_face": "100000.00", "debtor_limit": "100000.00", "facility_limit": "1000000.00", "offer_hours": 72, "max_expected_days_late": 60, "late_charges_owner": "seller",
		"operating_account_id": operating, "collection_account_id": collection,
	})
	b.must(b.northgate.post(b.t.Context(), "/v1/mandates/"+mandate+"/activate", nil, nil))
}

// loaded lets the bank carry out what is ordered on a day, and loads its files through another.
func (b *storyB) loaded(at, through string) {
	b.t.Helper()
	b.clock(at)
	b.files(through)
}

// sale buys TJ-0387 and pays 9,558.00 out on 5 March, day 0.
func (b *storyB) sale() {
	b.invoice = b.made(b.tarn, "/v1/invoices", map[string]any{
		"relationship_id": b.rel, "number": "TJ-0387", "issue_date": "2026-03-02", "due_date": "2026-04-01",
		"payable": map[string]string{"amount": "12000.00", "currency": "GBP"}, "summary": "20 oak doors",
	})
	b.clock("2026-03-05T10:55:00Z")
	var submitted struct {
		Offers []struct {
			ID, AdvanceRate string
			Now, Tax        wireMoney
			Scenarios       []struct {
				Name       string
				Fee, Later wireMoney
				Cost       wireMoney `json:"total_cost"`
				Nominal    string    `json:"nominal_yearly_rate"`
				Effective  string    `json:"effective_yearly_rate"`
				Paid       string    `json:"assumed_payment_date"`
			}
		}
	}
	b.must(b.tarn.post(b.t.Context(), "/v1/invoices/"+b.invoice+"/submit", nil, &submitted))
	offer := submitted.Offers[0]
	got := []string{offer.Now.Amount + " tax " + offer.Tax.Amount}
	for _, s := range offer.Scenarios {
		got = append(got, fmt.Sprintf("%s %s fee %s later %s cost %s nominal %s effective %s", s.Name, s.Paid, s.Fee.Amount, s.Later.Amount, s.Cost.Amount, s.Nominal, s.Effective))
	}
	want := []string{
		"9558.00 tax 7.00",
		"on_time 2026-04-01 fee 360.00 later 2040.00 cost 402.00 nominal 0.5686 effective 0.7528",
		"expected 2026-04-10 fee 480.00 later 1920.00 cost 522.00 nominal 0.5537 effective 0.7295",
		"recourse_day 2026-06-03 fee 1080.00 later -10680.00 cost 1122.00 nominal 0.4761 effective 0.5685",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		b.t.Errorf("offer sheet (-want +got):\n%s", diff)
	}
	b.clock("2026-03-05T11:00:00Z")
	var accepted struct {
		Deal struct{ ID string }
		Case string `json:"case_id"`
	}
	b.must(b.tarn.post(b.t.Context(), "/v1/offers/"+offer.ID+"/accept", nil, &accepted))
	b.deal, b.kase = accepted.Deal.ID, accepted.Case
	response, printed := b.fetch(b.t, http.MethodGet, "/v1/deals/"+b.deal+"/letters/introduction", nil, func(q *http.Request) { q.Header.Set("Authorization", "Bearer "+b.tarn.token) })
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(string(printed), "%PDF-") {
		b.t.Errorf("the introduction by letter is %d %.40s", response.StatusCode, printed)
	}
	b.clock("2026-03-05T11:30:00Z")
	b.condition(b.platform, "seller_approved", "owner approved", "2026-03-02T10:00:00Z", "")
	b.condition(b.platform, "account_proven", "hold over", "2026-02-20T10:00:00Z", "")
	b.condition(b.northgate, "verified", "received, approval pending", "2026-03-04T10:00:00Z", "2026-04-04")
	b.condition(b.tarn, "introduced", "by letter and mail", "2026-03-03T09:00:00Z", "")
	b.quiet()
	b.must(b.bank.carryOut(b.t.Context(), domain.MustDate("2026-03-05")))
	b.loaded("2026-03-06T07:00:00Z", "2026-03-05")
	b.loaded("2026-03-18T08:00:00Z", "2026-03-17")
	b.clock("2026-03-18T10:00:00Z")
	b.loaded("2026-03-25T08:00:00Z", "2026-03-24")
	b.clock("2026-03-25T10:00:00Z")
	b.got("B-1, B-2, B-3", 3)
	b.loaded("2026-04-01T08:00:00Z", "2026-03-31")
	b.books("31 March", "2026-03-31", "Accrued fees 312.00", "Discount-fee income -312.00", "Cash operating -9558.00", "Output tax -7.00", "Origination income -35.00")
	b.loaded("2026-04-02T07:00:00Z", "2026-04-01")
	b.clock("2026-04-06T20:00:00Z") // Easter
	b.got("nothing at Easter", 3)
	b.loaded("2026-04-07T07:00:00Z", "2026-04-02")
	b.clock("2026-04-07T09:00:00Z")
	b.got("B-4", 4)
}

// got checks how many letters Moira got by now.
func (b *storyB) got(what string, want int) {
	b.t.Helper()
	b.quiet()
	letters, err := b.letters(b.t.Context(), moiraMail)
	b.must(err)
	if len(letters) != want {
		for _, l := range letters {
			b.t.Log(l.Date, l.Subject)
		}
		b.t.Fatalf("%s: Moira has %d letters, want %d", what, len(letters), want)
	}
}

// does sends a form of Moira's page, from the newest link that she has.
func (b *storyB) does(verb string, form url.Values) error {
	b.t.Helper()
	letters, err := b.letters(b.t.Context(), moiraMail)
	b.must(err)
	for i := len(letters) - 1; i >= 0; i-- {
		if link := debtorLink.FindString(letters[i].Text); link != "" {
			return b.submit(b.t.Context(), link, verb, form)
		}
	}
	b.t.Fatal("Moira has no link")
	return nil
}

// disputes returns the disputes of the case.
func (b *storyB) disputes() []wireDispute {
	b.t.Helper()
	var list struct{ Data []wireDispute }
	b.must(b.northgate.get(b.t.Context(), "/v1/cases/"+b.kase+"/disputes", &list))
	return list.Data
}

type wireDispute struct {
	ID, Status, Reason string
	Amount             wireMoney
	ReasonNumber       string `json:"reason_number"`
	Outcome            *string
}

// firstDispute: three doors are damaged; two are credited, one is payable again.
func (b *storyB) firstDispute() {
	ctx := b.t.Context()
	b.clock("2026-04-08T10:20:00Z")
	b.must(b.does("dispute", url.Values{"deal": {b.deal}, "amount": {"1800.00"}, "currency": {"GBP"}, "reason": {"damaged"}, "said": {"3 doors came with broken edges"}, "remedy": {"a credit, or three new doors"}}))
	b.got("B-5", 5)
	d := b.disputes()[0]
	if d.Status != "open" || d.Amount.Amount != "1800.00" || d.ReasonNumber != "18" {
		b.t.Errorf("the dispute is %+v", d)
	}
	if err := b.northgate.post(ctx, "/v1/disputes/"+d.ID+"/resolve", map[string]any{"outcome": "agreed", "credit_number": "CN-0387"}, nil); code(err) != "wrong-state" {
		b.t.Errorf("a dispute that nobody answered is resolved: %v", err)
	}
	b.loaded("2026-04-14T07:00:00Z", "2026-04-13")
	b.clock("2026-04-14T14:00:00Z")
	b.got("nothing while Tarn looks at it", 5)
	threat := map[string]any{"position": "rejects", "said": "Pay or we will take you to court."}
	if err := b.tarn.post(ctx, "/v1/disputes/"+d.ID+"/answer", threat, nil); code(err) != "invalid" {
		b.t.Errorf("the seller may threaten: %v", err)
	}
	answer := map[string]any{"position": "partly", "credit": map[string]string{"amount": "1200.00", "currency": "GBP"}, "said": "Two doors are ours, and we credit them; one was scratched on site."}
	b.must(b.tarn.post(ctx, "/v1/disputes/"+d.ID+"/answer", answer, nil))
	b.got("B-6", 6)
	b.loaded("2026-04-21T07:00:00Z", "2026-04-20")
	b.clock("2026-04-21T09:00:00Z")
	b.must(b.does("dispute/agree", url.Values{"dispute": {d.ID}}))
	b.must(b.northgate.post(ctx, "/v1/disputes/"+d.ID+"/resolve", map[string]any{"outcome": "agreed", "credit_number": "CN-0387"}, nil))
	b.got("B-7", 7)
	b.books("the credit note", "2026-04-21", "Factored receivables 10800.00", "Reserve -1200.00")
}

// brokenPromise: 10,800.00 for 30 April, which does not come. Moira types the code of the notice, so
// that nobody has to be told that it was she who promised.
func (b *storyB) brokenPromise() {
	b.clock("2026-04-21T09:40:00Z")
	letters, err := b.letters(b.t.Context(), moiraMail)
	b.must(err)
	b.must(b.does("confirm", url.Values{"code": noticeCode.FindStringSubmatch(letters[0].Text)[1:]}))
	b.must(b.does("promise", url.Values{"deal": {b.deal}, "amount": {"10800.00"}, "currency": {"GBP"}, "day": {"2026-04-30"}}))
	b.loaded("2026-05-01T07:00:00Z", "2026-04-30")
	b.books("30 April", "2026-04-30", "Accrued fees 646.80", "Factored receivables 10800.00", "Reserve -1200.00", "Discount-fee income -646.80")
	b.loaded("2026-05-05T18:30:00Z", "2026-05-01")
	b.got("nothing while the promise runs", 7)
	b.loaded("2026-05-06T06:00:00Z", "2026-05-05")
	b.clock("2026-05-06T08:35:00Z") // 09:35 in London
	var tasks struct {
		Data []struct{ ID, Class string }
	}
	b.must(b.northgate.get(b.t.Context(), "/v1/tasks", &tasks))
	if len(tasks.Data) != 1 {
		b.t.Fatalf("what waits for people: %+v", tasks.Data)
	}
	b.must(b.northgate.post(b.t.Context(), "/v1/touches/"+tasks.Data[0].ID+"/approve", nil, nil))
	b.clock("2026-05-06T08:50:00Z")
	b.got("B-8", 8)
	var promises struct{ Data []struct{ Status string } }
	b.must(b.northgate.get(b.t.Context(), "/v1/cases/"+b.kase+"/promises", &promises))
	if promises.Data[0].Status != "broken" {
		b.t.Errorf("the promise is %s", promises.Data[0].Status)
	}
}

// planned: four fortnightly payments, with everybody's consent.
func (b *storyB) planned() {
	ctx := b.t.Context()
	b.clock("2026-05-07T09:15:00Z")
	asked := url.Values{"deal": {b.deal}, "count": {"4"}, "day": {"2026-05-22"}, "every": {"14"}, "reason": {"cash_flow"}, "said": {"The council pays us late."}}
	b.must(b.does("plan", asked))
	b.got("B-9", 9)
	b.clock("2026-05-11T09:00:00Z")
	var plan wirePlan
	b.must(b.northgate.post(ctx, "/v1/cases/"+b.kase+"/plans", map[string]any{"deal_id": b.deal, "factor_share": "0.5"}, &plan))
	b.plan = plan.ID
	got := fmt.Sprint(plan.Status, plan.Sheet.RecourseBefore, plan.Sheet.RecourseAfter, plan.Sheet.FeeBefore.Amount, plan.Sheet.FeeAfter.Amount, plan.Sheet.FeeExtra.Amount,
		plan.Sheet.SellerBears.Amount, plan.Sheet.FactorBears.Amount, plan.Sheet.SellerBefore.Amount, plan.Sheet.SellerAfter.Amount)
	if want := fmt.Sprint("proposed", "2026-06-03", "2026-07-17", "1014.00", "1149.00", "162.00", "81.00", "81.00", "-10614.00", "132.00"); got != want {
		b.t.Errorf("the consent sheet says %s, want %s", got, want)
	}
	if err := b.northgate.post(ctx, "/v1/plans/"+b.plan+"/approve", nil, nil); code(err) != "second-person-needed" {
		b.t.Errorf("the maker approves: %v", err)
	}
	b.must(b.tom.post(ctx, "/v1/plans/"+b.plan+"/approve", nil, nil))
	b.got("no offer before Tarn agrees", 9)
	b.clock("2026-05-11T15:20:00Z")
	b.must(b.tarn.post(ctx, "/v1/plans/"+b.plan+"/consent", map[string]any{"consent": "approved"}, &plan))
	if plan.Status != "offered" || *plan.AnswerBy != "2026-05-18" {
		b.t.Errorf("with every consent the plan is %s until %v", plan.Status, *plan.AnswerBy)
	}
	b.got("B-11", 10)
	b.clock("2026-05-12T10:05:00Z")
	b.must(b.does("plan/accept", url.Values{"plan": {b.plan}}))
	b.got("B-12", 11)
}

type wirePlan struct {
	ID, Status string
	AnswerBy   *string `json:"answer_by"`
	Sheet      struct {
		RecourseBefore string    `json:"recourse_day_before"`
		RecourseAfter  string    `json:"recourse_day_after"`
		FeeBefore      wireMoney `json:"fee_before"`
		FeeAfter       wireMoney `json:"fee_after"`
		FeeExtra       wireMoney `json:"fee_extra"`
		SellerBears    wireMoney `json:"seller_bears"`
		FactorBears    wireMoney `json:"factor_bears"`
		SellerBefore   wireMoney `json:"seller_before"`
		SellerAfter    wireMoney `json:"seller_after"`
		SellerForgives wireMoney `json:"seller_forgives"`
		FactorForgives wireMoney `json:"factor_forgives"`
	}
}

// pays books a payment of Kestrel's; carried lets the bank move what was swept.
func (b *storyB) pays(day string, minor int64, remittance string) {
	b.collection.book(domain.MustDate(day), formats.BankLine{Amount: money.Minor(minor, "GBP"), Counterparty: "Kestrel Fit-Out Ltd", Remittance: remittance})
}

func (b *storyB) carried(day string) {
	b.t.Helper()
	b.must(b.bank.carryOut(b.t.Context(), domain.MustDate(day)))
}

// instalments: three are paid, each named two business days before.
func (b *storyB) instalments() {
	for i, step := range []struct{ notice, paid, known, thanks string }{
		{"2026-05-20", "2026-05-22", "2026-05-26", "2026-05-26"},
		{"2026-06-03", "2026-06-05", "2026-06-08", "2026-06-08"},
		{"2026-06-17", "2026-06-19", "2026-06-22", "2026-06-22"},
	} {
		notice := domain.MustDate(step.notice)
		b.loaded(step.notice+"T06:00:00Z", notice.Plus(-1).String())
		b.clock(step.notice + "T09:00:00Z")
		b.got("B-13 "+step.notice, 12+2*i)
		b.pays(step.paid, 270_000, "TJ-0387")
		b.loaded(step.known+"T06:00:00Z", step.paid)
		b.carried(step.known)
		b.clock(step.thanks + "T08:00:00Z")
		b.got("B-14 "+step.thanks, 13+2*i)
		if i == 0 {
			b.books("25 May as of 25 May", "2026-05-25", "Factored receivables 8100.00")
			b.booksKnown("25 May, known on 25 May", "2026-05-25", "2026-05-25T21:00:00Z", "Factored receivables 10800.00")
			b.loaded("2026-06-01T06:00:00Z", "2026-05-29")
			b.books("31 May", "2026-05-31", "Accrued fees 962.70", "Factored receivables 8100.00", "Cash operating -6858.00", "Discount-fee income -962.70")
		}
	}
	b.loaded("2026-07-01T06:00:00Z", "2026-06-30")
	b.books("30 June", "2026-06-30", "Accrued fees 1140.90", "Factored receivables 2700.00", "Cash operating -1458.00", "Discount-fee income -1140.90")
	b.clock("2026-07-01T09:00:00Z")
	b.got("B-13d", 18)
}

// secondDispute: the last instalment comes short by 800.00, for a reason.
func (b *storyB) secondDispute() {
	ctx := b.t.Context()
	b.clock("2026-07-03T15:10:00Z")
	b.must(b.does("dispute", url.Values{"deal": {b.deal}, "amount": {"800.00"}, "currency": {"GBP"}, "reason": {"counter_claim"}, "said": {"less re-hanging labour"}}))
	b.pays("2026-07-03", 190_000, "TJ-0387 less 800.00 re-hanging labour")
	b.loaded("2026-07-06T06:00:00Z", "2026-07-03")
	b.carried("2026-07-06")
	b.clock("2026-07-06T08:00:00Z")
	b.got("B-15 twice: the question, the payment", 20)
	b.books("3 July", "2026-07-03", "Accrued fees 1149.00", "Factored receivables 800.00", "Cash collection 1900.00")
	var plans struct{ Data []wirePlan }
	b.must(b.northgate.get(ctx, "/v1/cases/"+b.kase+"/plans", &plans))
	if plans.Data[0].Status != "kept" {
		b.t.Errorf("the plan is %s", plans.Data[0].Status)
	}
	b.clock("2026-07-09T15:00:00Z")
	d := b.disputes()[1]
	b.must(b.tarn.post(ctx, "/v1/disputes/"+d.ID+"/answer", map[string]any{"position": "rejects", "said": "The doors were hung by others; we would like to come and look together."}, nil))
	b.got("B-16", 21)
}

// exercised: recourse for the disputed 800.00 only, by two people, title held until it is paid.
func (b *storyB) exercised() {
	ctx := b.t.Context()
	d := b.disputes()[1]
	asked := map[string]any{"reason": "dispute_not_cured", "dispute_id": d.ID, "evidence": "no credit and no cure within 14 days of 3 July"}
	b.loaded("2026-07-17T09:00:00Z", "2026-07-16")
	if err := b.northgate.post(ctx, "/v1/deals/"+b.deal+"/recourses", asked, nil); code(err) != "wrong-state" {
		b.t.Errorf("recourse on the last day for a cure: %v", err)
	}
	b.loaded("2026-07-20T08:30:00Z", "2026-07-17")
	b.books("19 July", "2026-07-19", "Cash operating 442.00", "Factored receivables 800.00", "Accrued fees 1149.00", "Reserve -1200.00", "Discount-fee income -1149.00")
	var r struct {
		ID, Status, Reference string
		Claim                 wireMoney
	}
	b.must(b.northgate.post(ctx, "/v1/deals/"+b.deal+"/recourses", asked, &r))
	if err := b.northgate.post(ctx, "/v1/recourses/"+r.ID+"/approve", nil, nil); code(err) != "second-person-needed" {
		b.t.Errorf("the maker checks: %v", err)
	}
	b.books("nothing is posted for one person", "2026-07-20", "Factored receivables 800.00", "Seller recourse receivable 0.00")
	b.clock("2026-07-20T09:00:00Z")
	b.must(b.tom.post(ctx, "/v1/recourses/"+r.ID+"/approve", nil, &r))
	if r.Status != "exercised" || r.Claim.Amount != "668.00" {
		b.t.Errorf("the recourse is %s, the claim %s", r.Status, r.Claim.Amount)
	}
	b.books("20 July", "2026-07-20", "Factored receivables 0.00", "Accrued fees 0.00", "Seller recourse receivable 668.00", "Reserve 0.00", "Discount-fee income -1068.00")
	b.got("B-17", 22)
	b.recourse, b.owed = r.ID, r.Reference
}

// repaid: Tarn pays the claim, and the part is released.
func (b *storyB) repaid() {
	b.collection.book(domain.MustDate("2026-07-24"), formats.BankLine{Amount: money.Minor(66_800, "GBP"), Counterparty: "Tarn Joinery Ltd", Remittance: b.owed})
	b.loaded("2026-07-27T06:00:00Z", "2026-07-24")
	b.carried("2026-07-27")
	b.clock("2026-07-27T08:10:00Z")
	b.got("B-18", 23)
}

func (b *storyB) end() {
	ctx := b.t.Context()
	b.books("27 July, closed", "2026-07-27", "Cash operating 1110.00", "Cash collection 0.00", "Factored receivables 0.00", "Accrued fees 0.00", "Seller recourse receivable 0.00",
		"Reserve 0.00", "Discount-fee income -1068.00", "Origination income -35.00", "Output tax -7.00")
	b.waived()
	b.afterwards()
	b.clock("2026-09-01T10:00:00Z")
	b.got("nothing after the release", 23)
	b.boundUntil("2026-10-25")
	b.journalsB()
	b.lettersB()
	b.reviewB()
	findings, _, err := repository.CheckLedger(ctx, b.data.OwnerURL)
	if err != nil || len(findings) > 0 {
		b.t.Errorf("ledger check: %v %v", findings, err)
	}
}

// waived: Tarn could claim 247.62 and 100.00, and does not. Without counsel's signature there would be nothing to claim.
func (b *storyB) waived() {
	ctx, path := b.t.Context(), "/v1/deals/"+b.deal+"/late-charges"
	var charges struct {
		State, Law      string
		Interest, Total wireMoney
		FixedSum        wireMoney `json:"fixed_sum"`
		Spans           []struct{ Rate string }
		Waiver          *struct{ Interest wireMoney }
	}
	b.must(b.northgate.get(ctx, path, &charges))
	if charges.State != "unsigned" || charges.Total.Amount != "0.00" {
		b.t.Errorf("unsigned the law adds %+v", charges)
	}
	law, _ := domain.LawOf("gb-late-payment")
	signed := map[string]any{"world": b.world, "sha256": hex.EncodeToString(law.Digest()), "counsel": "Hale & Partners LLP", "reference": "Opinion 21", "signed_on": "2026-02-02", "review_by": "2027-02-01"}
	b.must(b.platform.post(ctx, "/v1/laws/gb-late-payment/signatures", signed, nil))
	b.must(b.tarn.get(ctx, path, &charges))
	if got, want := strings.Join([]string{charges.State, charges.Law, charges.Spans[0].Rate, charges.Interest.Amount, charges.FixedSum.Amount, charges.Total.Amount}, " "), "computed gb-late-payment 0.1175 247.62 100.00 347.62"; got != want {
		b.t.Errorf("the law adds %s, want %s", got, want)
	}
	if err := b.northgate.post(ctx, path+"/waive", nil, nil); code(err) != "forbidden" {
		b.t.Errorf("who does not own it waives it: %v", err)
	}
	b.must(b.tarn.post(ctx, path+"/waive", nil, &charges))
	if charges.Waiver == nil || charges.Waiver.Interest.Amount != "247.62" {
		b.t.Errorf("waived: %+v", charges.Waiver)
	}
	if err := b.tarn.post(ctx, path+"/waive", nil, nil); code(err) != "wrong-state" {
		b.t.Errorf("waived twice: %v", err)
	}
	b.books("a waiver posts nothing", "2026-07-27", "Discount-fee income -1068.00", "Cash operating 1110.00")
}

// afterwards: each bears half of the 800.00, Tarn says why it came about, and thanks in its own name.
func (b *storyB) afterwards() {
	ctx := b.t.Context()
	b.loaded("2026-08-10T10:00:00Z", "2026-08-07")
	report := func(kind, amount, on string) error {
		return b.tarn.post(ctx, "/v1/recourses/"+b.recourse+"/reports", map[string]any{"kind": kind, "amount": map[string]string{"amount": amount, "currency": "GBP"}, "on": on, "note": "we met on site"}, nil)
	}
	letter := "/v1/deals/" + b.deal + "/letters/follow_up?as=words"
	b.must(report("credited", "400.00", "2026-07-30"))
	if err := b.tarn.get(ctx, letter, nil); code(err) != "wrong-state" {
		b.t.Errorf("thanks while 400.00 is left: %v", err)
	}
	if err := report("paid", "400.01", "2026-08-07"); code(err) != "more-than-open" {
		b.t.Errorf("more than is left: %v", err)
	}
	b.must(report("paid", "400.00", "2026-08-07"))
	d := b.disputes()[1]
	if *d.Outcome != "given_back" {
		b.t.Errorf("the second dispute ended as %s", *d.Outcome)
	}
	if err := b.tarn.get(ctx, letter, nil); code(err) != "wrong-state" {
		b.t.Errorf("thanks before the cause is known: %v", err)
	}
	b.must(b.tarn.post(ctx, "/v1/disputes/"+d.ID+"/root-cause", map[string]any{"said": "no inspection at handover"}, nil))
	b.clock("2026-08-11T08:30:00Z")
	response, words := b.fetch(b.t, http.MethodGet, letter, nil, func(q *http.Request) { q.Header.Set("Authorization", "Bearer "+b.tarn.token) })
	text := strings.Join(strings.Fields(string(words)), " ")
	for _, said := range []string{"thank you for settling it with us", "Dear Moira Shaw", "no inspection at handover", "One question", "Tarn Joinery Ltd"} {
		if response.StatusCode != http.StatusOK || !strings.Contains(text, said) {
			b.t.Errorf("B-19 does not say %q (%d):\n%s", said, response.StatusCode, text)
		}
	}
	if strings.Contains(text, "Northgate") {
		b.t.Errorf("B-19 is not in Tarn's own name:\n%s", text)
	}
	if err := b.northgate.get(ctx, letter, nil); code(err) != "not-found" {
		b.t.Errorf("the factor reads what is the seller's: %v", err)
	}
}

func (b *storyB) journalsB() {
	got := b.ledger()
	want := []string{
		"2026-03-05 e1_purchase Dr factored_receivables 12000.00 Cr advance_payable 9600.00 Cr reserve 2400.00",
		"2026-03-05 e2_charges Dr advance_payable 42.00 Cr origination_income 35.00 Cr output_tax 7.00",
		"2026-03-05 e3a_instruct Dr advance_payable 9558.00 Cr payments_in_transit 9558.00",
		"2026-03-05 e3b_disburse Dr payments_in_transit 9558.00 Cr cash_operating 9558.00",
		"2026-03-31 e4_accrue Dr accrued_fees 312.00 Cr discount_fee_income 312.00",
		"2026-04-21 v1_credit Dr reserve 1200.00 Cr factored_receivables 1200.00",
		"2026-04-30 e4_accrue Dr accrued_fees 334.80 Cr discount_fee_income 334.80",
		"2026-05-22 e5_collect Dr cash_collection 2700.00 Cr factored_receivables 2700.00",
		"2026-05-26 e5s_sweep Dr cash_operating 2700.00 Cr cash_collection 2700.00",
		"2026-05-31 e4_accrue Dr accrued_fees 315.90 Cr discount_fee_income 315.90",
		"2026-06-05 e5_collect Dr cash_collection 2700.00 Cr factored_receivables 2700.00",
		"2026-06-08 e5s_sweep Dr cash_operating 2700.00 Cr cash_collection 2700.00",
		"2026-06-19 e5_collect Dr cash_collection 2700.00 Cr factored_receivables 2700.00",
		"2026-06-22 e5s_sweep Dr cash_operating 2700.00 Cr cash_collection 2700.00",
		"2026-06-30 e4_accrue Dr accrued_fees 178.20 Cr discount_fee_income 178.20",
		"2026-07-03 e4_accrue Dr accrued_fees 8.10 Cr discount_fee_income 8.10",
		"2026-07-03 e5_collect Dr cash_collection 1900.00 Cr factored_receivables 1900.00",
		"2026-07-06 e5s_sweep Dr cash_operating 1900.00 Cr cash_collection 1900.00",
		"2026-07-20 v16_waive_fee Dr discount_fee_income 81.00 Cr accrued_fees 81.00",
		"2026-07-20 v4_recourse Dr reserve 1200.00 Dr seller_recourse_receivable 668.00 Cr factored_receivables 800.00 Cr accrued_fees 1068.00",
		"2026-07-24 v4p_recourse_paid Dr cash_collection 668.00 Cr seller_recourse_receivable 668.00",
		"2026-07-27 e5s_sweep Dr cash_operating 668.00 Cr cash_collection 668.00",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		b.t.Errorf("journals (-want +got):\n%s", diff)
	}
}

// reviewB looks back on the deal: what the seller found to be the cause stands in it.
func (b *storyB) reviewB() {
	var r struct {
		Ended string `json:"ended"`
		Words struct {
			Disputes int `json:"disputes"`
			Broken   int `json:"promises_broken"`
			Plans    int `json:"plans"`
		} `json:"words"`
		Findings []struct {
			Area string `json:"area"`
			Code string `json:"code"`
			Said string `json:"said"`
		} `json:"findings"`
	}
	b.must(b.tarn.get(b.t.Context(), "/v1/deals/"+b.deal+"/review", &r))
	var got []string
	for _, f := range r.Findings {
		got = append(got, f.Area+" "+f.Code)
	}
	if want := []string{"invoicing delivery", "terms deductions", "terms in-parts", "communication promise"}; !cmp.Equal(want, got) || r.Ended != "charged_back" || r.Words.Disputes != 2 || r.Words.Broken != 1 || r.Words.Plans != 1 {
		b.t.Errorf("the review says %+v, found %v", r, got)
	}
}

// lettersB checks what the letters about agreements must and must not say.
func (b *storyB) lettersB() {
	letters, err := b.letters(b.t.Context(), moiraMail)
	b.must(err)
	tests := []struct {
		name string
		n    int
		must []string
	}{
		{"B-5", 4, []string{"1,800.00", "10,200.00 of the invoice stays payable", "broken edges", "15 April"}},
		{"B-6", 5, []string{"credit GBP 1,200.00", "600.00 would be payable", "scratched on site"}},
		{"B-7", 6, []string{"1,200.00", "CN-0387", "10,800.00"}},
		{"B-8", 7, []string{"10,800.00"}},
		{"B-9", 8, []string{"2,700.00", "Friday 22 May 2026", "we do not write about this invoice"}},
		{"B-11", 9, []string{"no interest while these dates are kept", "18 May", "you may pay sooner"}},
		{"B-12", 10, []string{"your copy", "Friday 3 July 2026"}},
		{"B-13a", 11, []string{"as agreed", "2,700.00 on friday 22 may 2026", "8,100.00 is left"}},
		{"B-14a", 12, []string{"2,700.00", "8,100.00 is left"}},
		{"B-17", 21, []string{"800.00", "nothing for you to do", "thank you"}},
		{"B-18", 22, []string{"no further claim", "do not pay Northgate", "between you and Tarn", "until Sunday 25 October 2026, Tarn Joinery Ltd and whoever it asks keep the rules"}},
	}
	for _, tc := range tests {
		text := strings.ToLower(strings.Join(strings.Fields(letters[tc.n].Subject+" "+letters[tc.n].Text), " "))
		for _, word := range tc.must {
			if !strings.Contains(text, strings.ToLower(word)) {
				b.t.Errorf("%s does not say %q:\n%s", tc.name, word, text)
			}
		}
		for _, word := range []string{"601613", "nwbk", "consequence", "overdue account", "court"} {
			if strings.Contains(text, word) {
				b.t.Errorf("%s says %q", tc.name, word)
			}
		}
	}
}
