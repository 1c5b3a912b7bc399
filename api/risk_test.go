package api_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/uuid"

	"comity/money"
)

// flat, banded and daily are the three families of a fee whose free part follows from
// the risk.
var (
	flat   = map[string]any{"first_days": 30}
	banded = map[string]any{"first_days": 30, "step_days": 10, "step_rate": "0.006"}
	daily  = map[string]any{"daily_rate": "0.0004"}
)

// costs are what a mandate by risk must earn, with some of them other ones.
func costs(other map[string]any) map[string]any {
	return changed(map[string]any{"cost_of_funds": "0.08", "servicing_fixed": "20.00", "servicing_rate": "0.0005", "margin": "0.005"}, other)
}

// changed returns members with some of them other ones; a nil takes one away.
func changed(members, other map[string]any) map[string]any {
	out := maps.Clone(members)
	maps.Copy(out, other)
	maps.DeleteFunc(out, func(_ string, value any) bool { return value == nil })
	return out
}

// terms are those of a mandate by risk with a flat fee, on the trade's accounts, with
// some of them other ones.
func (f *trade) terms(other map[string]any) map[string]any {
	f.Helper()
	accounts := map[string]string{}
	for _, row := range rows(f.must(200, f.factor, "GET", "/v1/bank-accounts", nil)) {
		accounts[fmt.Sprint(member(row, "purpose"))] = idOf(row)
	}
	return changed(map[string]any{
		"currency": "USD", "advance_cap": "0.90", "fee": flat, "risk": costs(nil), "recourse_days": 90, "cure_days": 0,
		"min_face": "500.00", "max_face": "250000.00", "debtor_limit": "100000.00", "facility_limit": "5000000.00",
		"max_expected_days_late": 60, "operating_account_id": accounts["operating"], "collection_account_id": accounts["collection"],
	}, other)
}

// buysBy lets the factor's mandate in place of the one before be one of these terms.
func (f *trade) buysBy(other map[string]any) reply {
	f.Helper()
	for _, row := range rows(f.must(200, f.factor, "GET", "/v1/mandates?state=active", nil)) {
		f.must(200, f.factor, "POST", "/v1/mandates/"+idOf(row)+"/pause", nil)
	}
	made := f.must(201, f.factor, "POST", "/v1/mandates", f.terms(other))
	return f.must(200, f.factor, "POST", "/v1/mandates/"+made.text("id")+"/activate", nil)
}

// offered submits an invoice and returns its one offer, as the seller reads it.
func (f *trade) offered(invoice string) reply {
	f.Helper()
	offers := list(f.must(200, f.seller, "POST", "/v1/invoices/"+invoice+"/submit", nil), "offers")
	if len(offers) != 1 {
		f.Fatalf("%d offers", len(offers))
	}
	return f.must(200, f.seller, "GET", "/v1/offers/"+idOf(offers[0]), nil)
}

// colleague adds a user to an organisation and returns its token.
func (f *trade) colleague(owner, role string) string {
	f.Helper()
	email := role + "@example.org"
	f.must(201, owner, "POST", "/v1/users", map[string]any{"email": email, "name": role, "role": role, "password": password})
	return f.signIn(email)
}

// codesOf names the reasons of an offer, a bid or a decision in their order.
func codesOf(of any) string {
	var all []string
	reasons, _ := member(of, "reasons").([]any)
	for _, reason := range reasons {
		all = append(all, fmt.Sprint(member(reason, "code")))
	}
	return strings.Join(all, " ")
}

// rate reads a rate of an answer.
func (f *trade) rate(of any, name string) money.Rate {
	f.Helper()
	r, err := money.ParseRate(fmt.Sprint(member(of, name)))
	if err != nil {
		f.Fatal(err)
	}
	return r
}

// dollars reads an amount in an answer, found under names within each other.
func (f *trade) dollars(of any, path ...string) money.Amount {
	f.Helper()
	for _, name := range path {
		of = member(of, name)
	}
	a, err := money.Parse(fmt.Sprint(member(of, "amount")), "USD")
	if err != nil {
		f.Fatal(path, err)
	}
	return a
}

func TestAMandateByRiskIsReadBackWhole(t *testing.T) {
	f := newTrade(t)
	tests := map[string]struct {
		terms             map[string]any
		fee, risk, family string
	}{
		"flat": {
			nil, "map[family:flat first_days:30 first_rate:0 step_days:0 step_rate:0]",
			"map[cost_of_funds:0.08 margin:0.005 servicing_fixed:20.00 servicing_rate:0.0005]", "flat",
		},
		"banded, at the bounds": {
			map[string]any{"fee": banded, "risk": map[string]any{"cost_of_funds": "10", "margin": "0.000000000001"}},
			"map[family:banded first_days:30 first_rate:0 step_days:10 step_rate:0.006]",
			"map[cost_of_funds:10 margin:0.000000000001 servicing_fixed:0.00 servicing_rate:0]", "banded",
		},
		"up-front and daily": {
			map[string]any{"fee": daily},
			"map[daily_rate:0.0004 family:upfront_daily first_days:0 first_rate:0 step_days:0 step_rate:0 upfront_rate:0]",
			"map[cost_of_funds:0.08 margin:0.005 servicing_fixed:20.00 servicing_rate:0.0005]", "upfront_daily",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			made := f.must(201, f.factor, "POST", "/v1/mandates", f.terms(tc.terms))
			if got := fmt.Sprint(made.body["risk"]); got != tc.risk {
				t.Errorf("risk %s, want %s", got, tc.risk)
			}
			if got := fmt.Sprint(made.body["fee"]); got != tc.fee || object(made, "fee")["family"] != tc.family {
				t.Errorf("fee %s, want %s", got, tc.fee)
			}
			read := f.must(200, f.factor, "GET", made.header.Get("Location"), nil)
			listed := rows(f.must(200, f.factor, "GET", "/v1/mandates?state=draft", nil))
			if read.raw != made.raw || fmt.Sprint(listed[len(listed)-1]) != fmt.Sprint(made.body) {
				t.Errorf("made %s\nread %s", made.raw, read.raw)
			}
		})
	}
}

func TestAMandateWithAFixedPriceHasAnyFamilyAndNoRisk(t *testing.T) {
	f := newTrade(t)
	fixed := func(fee map[string]any) map[string]any {
		return map[string]any{"risk": nil, "dilution_haircut": "0.03", "verification_haircut": "0.02", "fee": fee}
	}
	tests := map[string]struct{ fee, want map[string]any }{
		"flat":               {map[string]any{"first_days": 30, "first_rate": "0.02"}, map[string]any{"family": "flat", "first_rate": "0.02", "step_days": 0.0}},
		"banded":             {changed(banded, map[string]any{"first_rate": "0.02"}), map[string]any{"family": "banded", "first_rate": "0.02", "step_rate": "0.006"}},
		"up-front and daily": {changed(daily, map[string]any{"upfront_rate": "0.01"}), map[string]any{"family": "upfront_daily", "first_days": 0.0, "upfront_rate": "0.01", "daily_rate": "0.0004"}},
		"daily alone":        {changed(daily, map[string]any{"upfront_rate": "0"}), map[string]any{"family": "upfront_daily", "upfront_rate": "0", "daily_rate": "0.0004"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			mandate := f.buysBy(fixed(tc.fee))
			if _, there := mandate.body["risk"]; there || mandate.text("dilution_haircut") != "0.03" || mandate.text("seller_haircut") != "0" {
				t.Errorf("mandate %s", mandate.raw)
			}
			invoice := f.invoice("MP " + name).text("id")
			offer := f.offered(invoice)
			for member, want := range tc.want {
				if object(mandate, "fee")[member] != want || object(offer, "fee")[member] != want {
					t.Errorf("%s is %v in the mandate and %v in the offer, want %v", member, object(mandate, "fee")[member], object(offer, "fee")[member], want)
				}
			}
			factors := f.must(200, f.factor, "GET", "/v1/offers/"+offer.text("id"), nil)
			if _, there := factors.body["risk"]; there || codesOf(factors.body) != "" || codesOf(offer.body) != "" {
				t.Errorf("a fixed price has reasons: %s", factors.raw)
			}
			sale := f.accepted(invoice)
			if got := object(sale, "deal")["fee"]; fmt.Sprint(got) != fmt.Sprint(offer.body["fee"]) {
				t.Errorf("sold at %v, offered at %v", got, offer.body["fee"])
			}
		})
	}
}

func TestAMandateByRiskIsCheckedFieldByField(t *testing.T) {
	f := newTrade(t)
	risk := func(member, value string) map[string]any {
		if value == "" {
			return map[string]any{"risk": costs(map[string]any{member: nil})}
		}
		return map[string]any{"risk": costs(map[string]any{member: value})}
	}
	fee := func(of, other map[string]any) map[string]any { return map[string]any{"fee": changed(of, other)} }
	fixed := func(fee map[string]any) map[string]any { return map[string]any{"risk": nil, "fee": fee} }
	tests := map[string]struct {
		terms  map[string]any
		status int
		faults string
	}{
		"a dilution haircut":           {map[string]any{"dilution_haircut": "0.03"}, 422, "/dilution_haircut follows-from-risk"},
		"a verification haircut":       {map[string]any{"verification_haircut": "0.02"}, 422, "/verification_haircut follows-from-risk"},
		"a seller haircut of nothing":  {map[string]any{"seller_haircut": "0"}, 422, "/seller_haircut follows-from-risk"},
		"a first rate":                 {fee(banded, map[string]any{"first_rate": "0.02"}), 422, "/fee/first_rate follows-from-risk"},
		"an up-front rate":             {fee(daily, map[string]any{"upfront_rate": "0.01"}), 422, "/fee/upfront_rate follows-from-risk"},
		"no margin":                    {risk("margin", ""), 422, "/risk/margin not-a-rate"},
		"a margin of more than all":    {risk("margin", "1.01"), 422, "/risk/margin not-a-rate"},
		"no cost of funds":             {risk("cost_of_funds", ""), 422, "/risk/cost_of_funds not-a-rate"},
		"funds at more than ten":       {risk("cost_of_funds", "10.01"), 422, "/risk/cost_of_funds not-a-rate"},
		"funds at less than nothing":   {risk("cost_of_funds", "-0.01"), 422, "/risk/cost_of_funds not-a-rate"},
		"funds at no number":           {risk("cost_of_funds", "8 %"), 422, "/risk/cost_of_funds not-a-rate"},
		"servicing of a tenth cent":    {risk("servicing_fixed", "20.005"), 422, "/risk/servicing_fixed not-an-amount"},
		"servicing of less than none":  {risk("servicing_fixed", "-1.00"), 422, "/risk/servicing_fixed not-an-amount"},
		"servicing of more than all":   {risk("servicing_rate", "1.5"), 422, "/risk/servicing_rate not-a-rate"},
		"a risk of nothing":            {map[string]any{"risk": map[string]any{}}, 422, "/risk/cost_of_funds not-a-rate, /risk/margin not-a-rate"},
		"an unknown cost":              {risk("profit", "0.01"), 400, "/risk/profit unknown-member"},
		"an unknown part of a fee":     {fee(flat, map[string]any{"weekly_rate": "0.01"}), 400, "/fee/weekly_rate unknown-member"},
		"an unknown member":            {map[string]any{"grade": "A"}, 400, "/grade unknown-member"},
		"a risk that is a text":        {map[string]any{"risk": "low"}, 400, "/risk wrong-type"},
		"a daily fee with bands":       {fee(daily, banded), 422, "/fee/first_days not-of-this-family, /fee/step_days not-of-this-family, /fee/step_rate not-of-this-family"},
		"a fixed daily fee with rates": {fixed(map[string]any{"upfront_rate": "0.01", "daily_rate": "0.0004", "first_rate": "0.02"}), 422, "/fee/first_rate not-of-this-family"},
		"a daily rate of no number":    {fee(daily, map[string]any{"daily_rate": "some"}), 422, "/fee/daily_rate not-a-rate"},
		"an up-front rate alone":       {fixed(map[string]any{"upfront_rate": "0.01"}), 422, "/fee/daily_rate not-a-rate"},
		"servicing beyond all trade":   {risk("servicing_fixed", "10000000000000.01"), 422, " not-a-mandate"},
		"a daily rate of nothing":      {fee(daily, map[string]any{"daily_rate": "0"}), 422, "/fee/daily_rate not-positive"},
		"a daily rate alone, fixed":    {fixed(daily), 422, "/fee/upfront_rate not-a-rate"},
		"no fee":                       {map[string]any{"fee": map[string]any{}}, 422, "/fee/first_days out-of-range"},
		"no days of a first band":      {fee(banded, map[string]any{"first_days": 0}), 422, "/fee/first_days out-of-range"},
		"steps of no days":             {fee(banded, map[string]any{"step_days": nil}), 422, "/fee/step_days required"},
		"a fixed price without a rate": {fixed(flat), 422, "/fee/first_rate not-a-rate"},
		"funds of thirteen decimals":   {risk("cost_of_funds", "0.0812345678901"), 422, "/risk/cost_of_funds not-a-rate"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := f.send(f.factor, "POST", "/v1/mandates", f.terms(tc.terms)); got.status != tc.status || got.faults() != tc.faults {
				t.Errorf("answers %d %q, want %d %q\n%s", got.status, got.faults(), tc.status, tc.faults, got.raw)
			}
		})
	}
	f.must(403, f.seller, "POST", "/v1/mandates", f.terms(nil))
}

func TestASellerReadsHaircutsAndNotReturns(t *testing.T) {
	f := newTrade(t)
	f.buysBy(nil)
	invoice := f.invoice("MP-1").text("id")
	submitted := f.must(200, f.seller, "POST", "/v1/invoices/"+invoice+"/submit", nil)
	path := "/v1/offers/" + idOf(list(submitted, "offers")[0])
	seen := []any{
		list(submitted, "offers")[0], any(f.must(200, f.seller, "GET", path, nil).body),
		rows(f.must(200, f.seller, "GET", "/v1/offers", nil))[0], rows(f.must(200, f.seller, "GET", "/v1/invoices/"+invoice+"/offers", nil))[0],
	}
	quote := f.must(200, f.seller, "POST", "/v1/quotes", map[string]any{"invoice_id": invoice})
	bid := list(quote, "bids")[0]
	if got, want := fmt.Sprint(member(bid, "reasons"), member(bid, "now")), fmt.Sprint(member(seen[0], "reasons"), member(seen[0], "now")); got != want {
		t.Errorf("the bid of a quote has %s, the offer %s", got, want)
	}
	seen = append(seen, bid, any(object(f.must(201, f.seller, "POST", path+"/accept", nil), "offer")))
	for i, offer := range seen {
		if got := codesOf(offer); got != "dilution-unknown verification seller-grade-unknown" {
			t.Errorf("%d: the seller reads %s", i, got)
		}
		members, _ := offer.(map[string]any)
		for _, name := range []string{"risk", "review_note"} {
			if value, there := members[name]; there {
				t.Errorf("%d: the seller reads %s: %v", i, name, value)
			}
		}
	}
	everything := submitted.raw + quote.raw + f.must(200, f.seller, "GET", "/v1/events", nil).raw + f.must(200, f.seller, "GET", "/v1/deals", nil).raw
	for _, what := range []string{"fee-of-costs", "loss-priors", "expected_fee", "stressed", "losses", "no_repurchase"} {
		if strings.Contains(everything, what) {
			t.Errorf("the seller reads %s in %s", what, everything)
		}
	}
	factors := f.must(200, f.factor, "GET", path, nil)
	if got := codesOf(factors.body); got != "dilution-unknown verification seller-grade-unknown fee-of-costs loss-priors" {
		t.Errorf("the factor reads %s", got)
	}
	if collectors := f.must(200, f.colleague(f.factor, "collector"), "GET", path, nil); collectors.raw != factors.raw {
		t.Errorf("a collector reads %s\nan owner %s", collectors.raw, factors.raw)
	}
}

func TestAFactorReadsWhatItsPriceRestsOn(t *testing.T) {
	for name, fee := range map[string]map[string]any{"flat": flat, "banded": banded, "up-front and daily": daily} {
		t.Run(name, func(t *testing.T) {
			f := newTrade(t)
			f.buysBy(map[string]any{"fee": fee, "origination_fixed": "25.00"})
			offer := f.must(200, f.factor, "GET", "/v1/offers/"+f.offered(f.invoice("MP-1").text("id")).text("id"), nil)
			risk := object(offer, "risk")
			cost, expected, stressed := within(risk, "cost"), within(risk, "expected"), within(risk, "stressed")
			parts := f.dollars(cost, "funds").Plus(f.dollars(cost, "servicing")).Plus(f.dollars(cost, "margin")).Plus(f.dollars(cost, "loss", "total"))
			if total := f.dollars(cost, "total"); parts != total || f.dollars(risk, "expected_fee").Less(total) || !total.Positive() {
				t.Errorf("an expected fee of %v for %v, whose parts are %s", risk["expected_fee"], cost, parts)
			}
			if f.dollars(cost, "servicing").Decimal() != "25.00" || f.dollars(cost, "margin").Decimal() != "50.00" { // 20.00 + 0.05 % and 0.5 % of 10,000.00
				t.Errorf("cost %v", cost)
			}
			if f.dollars(expected, "fee") != f.dollars(risk, "expected_fee") {
				t.Errorf("expected %v of a fee of %v", expected, risk["expected_fee"])
			}
			for _, loss := range []map[string]any{within(cost, "loss"), within(expected, "loss"), within(stressed, "loss")} {
				f.addsUp(loss)
			}
			for _, brings := range []map[string]any{expected, stressed} {
				f.earns(brings)
			}
			if name == "flat" && f.dollars(expected, "profit").Less(f.dollars(stressed, "profit")) {
				t.Errorf("stressed %v brings more than expected %v", stressed, expected)
			}
			if f.dollars(stressed, "loss", "total").Less(f.dollars(expected, "loss", "total")) {
				t.Errorf("stressed %v loses less than expected %v", stressed, expected)
			}
			f.believes(risk)
		})
	}
}

// addsUp holds that a loss is the sum of its causes.
func (f *trade) addsUp(loss map[string]any) {
	f.Helper()
	sum := f.dollars(loss, "credit")
	for _, cause := range []string{"repurchase", "dispute", "dilution", "fraud"} {
		sum = sum.Plus(f.dollars(loss, cause))
	}
	if sum != f.dollars(loss, "total") {
		f.Errorf("a loss of %v, whose causes are %s", loss, sum)
	}
}

// earns holds that a profit is what is left of fee and origination.
func (f *trade) earns(brings map[string]any) {
	f.Helper()
	left := f.dollars(brings, "fee").Plus(f.dollars(brings, "origination"))
	for _, cost := range [][]string{{"servicing"}, {"funds"}, {"loss", "total"}} {
		left = left.Minus(f.dollars(brings, cost...))
	}
	if left != f.dollars(brings, "profit") || f.dollars(brings, "origination").Decimal() != "25.00" {
		f.Errorf("%v leaves %s", brings, left)
	}
	f.rate(brings, "yearly_rate")
}

// believes holds that every belief lies in its interval.
func (f *trade) believes(risk map[string]any) {
	f.Helper()
	var names []string
	losses, _ := risk["losses"].([]any)
	for _, loss := range losses {
		names = append(names, fmt.Sprint(member(loss, "name")))
		low, mean, high := f.rate(loss, "low"), f.rate(loss, "mean"), f.rate(loss, "high")
		if mean.Less(low) || high.Less(mean) || !mean.Positive() {
			f.Errorf("%v", loss)
		}
	}
	if got := strings.Join(names, " "); got != "default_within_a_year loss_given_default dispute dilution fraud no_repurchase" {
		f.Errorf("beliefs %s", got)
	}
}

func TestAVerificationInAQuoteMovesItsAdvanceRate(t *testing.T) {
	f := newTrade(t)
	f.buysBy(nil)
	invoice := f.invoice("MP-1").text("id")
	bid := func(verification any) any {
		t.Helper()
		got := f.must(200, f.seller, "POST", "/v1/quotes", changed(map[string]any{"invoice_id": invoice}, map[string]any{"verification": verification}))
		return list(got, "bids")[0]
	}
	before, unproven := bid(nil), bid(0)
	if fmt.Sprint(before) != fmt.Sprint(unproven) {
		t.Errorf("an invoice that nobody verified: %v\nlevel 0: %v", before, unproven)
	}
	for _, level := range []int{1, 2, 3, 4, 5, 6} {
		after := bid(level)
		if !f.rate(before, "advance_rate").Less(f.rate(after, "advance_rate")) || !strings.Contains(fmt.Sprint(member(after, "reasons")), fmt.Sprintf("verification level %d of 6", level)) {
			t.Errorf("level %d: %v after %v", level, after, before)
		}
		before = after
	}
	f.must(201, f.seller, "POST", "/v1/invoices/"+invoice+"/verifications", verified(2))
	if got, want := bid(nil), bid(2); fmt.Sprint(got) != fmt.Sprint(want) || fmt.Sprint(got) == fmt.Sprint(unproven) {
		t.Errorf("recorded at level 2: %v\nthought of at level 2: %v", got, want)
	}
	if got := bid(0); fmt.Sprint(got) != fmt.Sprint(unproven) {
		t.Errorf("thought of at level 0: %v, before it was recorded %v", got, unproven)
	}
	if n := f.count(`SELECT count(*) FROM offers`); n != 0 {
		t.Errorf("quotes made %d offers", n)
	}
}

func verified(level int) map[string]any {
	return map[string]any{
		"level": level, "method": "signed delivery note", "asked": "Dana Ruiz, goods inwards", "answer": "4,000 received", "evidence_sha256": strings.Repeat("ab", 32),
	}
}

func TestAVerificationIsRecordedByWhoMaySay(t *testing.T) {
	f := newTrade(t)
	f.buysBy(nil)
	invoice := f.invoice("MP-1").text("id")
	path, key := "/v1/invoices/"+invoice+"/verifications", uuid.NewString()
	unproven := f.offered(invoice)
	body := changed(verified(1), map[string]any{"evidence_sha256": strings.Repeat("AB", 32), "expires_on": daysAgo(-366)})
	made := f.must(201, f.seller, "POST", path, body, "Idempotency-Key", key)
	if again := f.must(201, f.seller, "POST", path, body, "Idempotency-Key", key); again.raw != made.raw || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("the same key gives %s", again.raw)
	}
	if made.text("invoice_id") != invoice || made.body["level"] != 1.0 || made.text("recorded_by") != "seller" || made.text("evidence_sha256") != strings.Repeat("ab", 32) || made.text("expires_on") != daysAgo(-366) {
		t.Errorf("made %s", made.raw)
	}
	f.must(201, f.seller, "POST", path, verified(2))
	operator := f.operator()
	third := f.must(201, operator, "POST", path, verified(4))
	if third.text("recorded_by") != "platform" || third.text("evidence_sha256") != strings.Repeat("ab", 32) || third.text("expires_on") <= daysAgo(-28) || third.text("expires_on") > daysAgo(-31) {
		t.Errorf("by the platform: %s", third.raw)
	}
	if proven := f.offered(invoice); !f.rate(unproven.body, "advance_rate").Less(f.rate(proven.body, "advance_rate")) || !strings.Contains(proven.raw, "verification level 4 of 6") {
		t.Errorf("at level 4 %s\nbefore %s", proven.raw, unproven.raw)
	}
	f.must(403, f.factor, "POST", path, verified(4))
	f.must(403, f.factor, "GET", path, nil)
	stranger := f.join("seller", "Stranger")
	f.must(404, stranger, "POST", path, verified(1))
	f.must(404, stranger, "GET", path, nil)
	f.must(404, operator, "POST", "/v1/invoices/inv_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b/verifications", verified(4))

	first := f.must(200, f.seller, "GET", path+"?limit=2", nil)
	rest := f.must(200, f.seller, "GET", path+"?limit=2&cursor="+first.text("next_cursor"), nil)
	if len(rows(first)) != 2 || len(rows(rest)) != 1 || fmt.Sprint(rows(first)[0]) != fmt.Sprint(made.body) || fmt.Sprint(rows(rest)[0]) != fmt.Sprint(third.body) || rest.body["next_cursor"] != nil {
		t.Errorf("pages %s and %s", first.raw, rest.raw)
	}
	f.must(201, operator, "POST", path, changed(verified(0), map[string]any{"answer": "their buyer never ordered it"}))
	if seen := f.must(200, f.seller, "GET", path, nil); strings.Contains(seen.raw, "never ordered") {
		t.Errorf("the seller reads what was found: %s", seen.raw)
	}
	if seen := f.must(200, operator, "GET", path, nil); !strings.Contains(seen.raw, "never ordered") {
		t.Errorf("the platform does not: %s", seen.raw)
	}
	if after := f.offered(invoice); after.text("advance_rate") != unproven.text("advance_rate") {
		t.Errorf("found not to hold, %s is advanced, before anything was recorded %s", after.text("advance_rate"), unproven.text("advance_rate"))
	}
}

func TestAVerificationIsCheckedFieldByField(t *testing.T) {
	f := newTrade(t)
	path, operator := "/v1/invoices/"+f.invoice("MP-1").text("id")+"/verifications", f.operator()
	with := func(level int, other map[string]any) map[string]any { return changed(verified(level), other) }
	tests := map[string]struct {
		token  string
		body   map[string]any
		status int
		faults string
	}{
		"a seller at level 3":     {f.seller, verified(3), 422, "/level not-yours-to-give"},
		"a seller at level 0":     {f.seller, verified(0), 422, "/level not-yours-to-give"},
		"no level":                {operator, with(4, map[string]any{"level": nil}), 422, "/level required"},
		"delivery by word":        {f.seller, with(2, map[string]any{"evidence_sha256": nil}), 422, "/evidence_sha256 required"},
		"level 7":                 {operator, verified(7), 422, "/level out-of-range"},
		"level -1":                {operator, verified(-1), 422, "/level out-of-range"},
		"nothing":                 {f.seller, map[string]any{"level": 1}, 422, "/method required, /asked required, /answer required"},
		"two lines of a method":   {f.seller, with(1, map[string]any{"method": "a\nb"}), 422, "/method control-character"},
		"a long method":           {f.seller, with(1, map[string]any{"method": strings.Repeat("x", 201)}), 422, "/method too-long"},
		"a long answer":           {f.seller, with(1, map[string]any{"answer": strings.Repeat("x", 1001)}), 422, "/answer too-long"},
		"expired":                 {operator, with(4, map[string]any{"expires_on": daysAgo(1)}), 422, "/expires_on out-of-range"},
		"for more than a year":    {operator, with(4, map[string]any{"expires_on": daysAgo(-368)}), 422, "/expires_on out-of-range"},
		"until whenever":          {operator, with(4, map[string]any{"expires_on": "whenever"}), 422, "/expires_on not-a-date"},
		"a seller at 3, expired":  {f.seller, with(3, map[string]any{"expires_on": daysAgo(1)}), 422, "/level not-yours-to-give, /expires_on out-of-range"},
		"a digest of 63 digits":   {f.seller, with(1, map[string]any{"evidence_sha256": strings.Repeat("a", 63)}), 422, "/evidence_sha256 not-a-digest"},
		"a digest of 31 bytes":    {f.seller, with(1, map[string]any{"evidence_sha256": strings.Repeat("ab", 31)}), 422, "/evidence_sha256 not-a-digest"},
		"a digest that is a word": {f.seller, with(1, map[string]any{"evidence_sha256": strings.Repeat("xy", 32)}), 422, "/evidence_sha256 not-a-digest"},
		"an unknown member":       {f.seller, with(1, map[string]any{"recorded_by": "platform"}), 400, "/recorded_by unknown-member"},
		"a level that is a text":  {f.seller, with(1, map[string]any{"level": "2"}), 400, "/level wrong-type"},
		"a level that is a half":  {f.seller, with(1, map[string]any{"level": 1.5}), 400, "/level wrong-type"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := f.send(tc.token, "POST", path, tc.body); got.status != tc.status || got.faults() != tc.faults {
				t.Errorf("answers %d %q, want %d %q\n%s", got.status, got.faults(), tc.status, tc.faults, got.raw)
			}
		})
	}
	if got := rows(f.must(200, f.seller, "GET", path, nil)); len(got) != 0 {
		t.Errorf("refused, and recorded: %v", got)
	}
	f.must(400, f.seller, "GET", path+"?level=1", nil)
	f.must(400, f.seller, "GET", path+"?cursor=x", nil)
}
