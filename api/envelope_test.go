package api_test

import (
	"fmt"
	"maps"
	"testing"
)

// TestAnOfferKeepsItsEnvelope holds D-10: a mandate names an envelope or has the usual one, an offer
// takes it, and a sale takes the offer's, whatever became of the mandate since. So it is with who may ask for late
// charges, which has no usual answer (D-26).
func TestAnOfferKeepsItsEnvelope(t *testing.T) {
	f := newTrade(t)
	envelope := func(thing any) string {
		of, _ := thing.(map[string]any)
		e, _ := of["plan_envelope"].(map[string]any)
		return fmt.Sprint(e["instalments"], " ", e["days_past_due"], " ", of["late_charges_owner"])
	}
	is := func(what string, thing any, want string) {
		t.Helper()
		if got := envelope(thing); got != want {
			t.Errorf("%s has the envelope %s, want %s", what, got, want)
		}
	}
	first, _ := rows(f.must(200, f.factor, "GET", "/v1/mandates", nil))[0].(map[string]any)
	is("a mandate that names none", first, "3 30 <nil>")
	before := f.invoice("E-1").text("id")
	f.must(200, f.seller, "POST", "/v1/invoices/"+before+"/submit", nil)

	next := maps.Clone(first)
	for _, own := range []string{"id", "version", "state", "created_at", "fee"} {
		delete(next, own)
	}
	next["fee"] = map[string]any{"first_days": 30, "first_rate": "0.02", "step_days": 10, "step_rate": "0.006"}
	for faults, bad := range map[string]map[string]any{
		"/plan_envelope/instalments out-of-range":                                        {"instalments": 13, "days_past_due": 0},
		"/plan_envelope/days_past_due out-of-range":                                      {"instalments": 0, "days_past_due": 91},
		"/plan_envelope/instalments out-of-range, /plan_envelope/days_past_due required": {"instalments": -1},
		"/plan_envelope/instalments required, /plan_envelope/days_past_due required":     {},
	} {
		next["plan_envelope"] = bad
		if got := f.must(422, f.factor, "POST", "/v1/mandates", next); got.faults() != faults {
			t.Errorf("%v: %s", bad, got.raw)
		}
	}
	next["plan_envelope"], next["late_charges_owner"] = map[string]any{"instalments": 0, "days_past_due": 0}, "debtor"
	if got := f.must(422, f.factor, "POST", "/v1/mandates", next); got.faults() != "/late_charges_owner not-allowed" {
		t.Errorf("a debtor owns what it is charged: %s", got.raw)
	}
	next["late_charges_owner"] = "factor"
	narrow := f.must(201, f.factor, "POST", "/v1/mandates", next)
	is("the new mandate", narrow.body, "0 0 factor")
	f.must(200, f.factor, "POST", "/v1/mandates/"+idOf(first)+"/pause", nil)
	f.must(200, f.factor, "POST", "/v1/mandates/"+narrow.text("id")+"/activate", nil)

	for what, tc := range map[string]struct {
		sale reply
		want string
	}{
		"what was offered before": {f.accepted(before), "3 30 <nil>"}, "what is offered since": {f.sold("E-2"), "0 0 factor"},
	} {
		is(what, tc.sale.body["offer"], tc.want)
		is("the deal of "+what, tc.sale.body["deal"], tc.want)
		deal, _ := tc.sale.body["deal"].(map[string]any)
		is("the deal as it is read, of "+what, f.must(200, f.seller, "GET", "/v1/deals/"+idOf(deal), nil).body["deal"], tc.want)
	}
}
