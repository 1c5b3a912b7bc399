package simulation_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"comity/simulation"
)

func TestTheExamplePoliciesAreRead(t *testing.T) {
	for _, name := range []string{"steady.json", "priced.json", "hand.json", "../../docs/underwriting/policy.json"} {
		if p := policy(t, name); p.Name == "" || p.Version < 1 || len(p.Books) == 0 {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// TestABadDocumentIsRefusedByItsField changes one thing of a good document each.
func TestABadDocumentIsRefusedByItsField(t *testing.T) {
	good, err := os.ReadFile("testdata/hand.json")
	if err != nil {
		t.Fatal(err)
	}
	_, books, _ := strings.Cut(string(good), `"books"`)
	books = `"books"` + books
	tests := map[string]struct{ field, from, to string }{
		"no JSON":                      {"document", `{`, `[`},
		"two documents":                {"document", "\n}\n", "\n} {}"},
		"unknown field":                {"cap", `"advance_cap"`, `"cap"`},
		"another type":                 {"recourse_days", `"recourse_days": 60`, `"recourse_days": "60"`},
		"no name":                      {"name", `"hand"`, `""`},
		"name with spaces around":      {"name", `"hand"`, `" hand"`},
		"no version":                   {"version", `"version": 1,`, ``},
		"version nothing":              {"version", `"version": 1`, `"version": 0`},
		"cap beyond everything":        {"advance_cap", `"0.80"`, `"1.01"`},
		"cap of nothing":               {"advance_cap", `"0.80"`, `"0"`},
		"cap that is no number":        {"advance_cap", `"0.80"`, `"80 %"`},
		"negative rate":                {"funds_rate", `"0.073"`, `"-0.073"`},
		"no such grade":                {"seller_grade", `"A"`, `"AAA"`},
		"no such level":                {"verification_level", `"verification_level": 6`, `"verification_level": 7`},
		"mean beyond d95":              {"dilution.mean", `"mean": "0"`, `"mean": "0.1"`},
		"d95 missing":                  {"dilution.d95", `"d95": "0", `, ``},
		"no such family":               {"fee.family", `"banded"`, `"auction"`},
		"flat with steps":              {"fee.step_days", `"banded"`, `"flat"`},
		"daily with bands":             {"fee.first_days", `"banded"`, `"upfront_daily"`},
		"rate and margin":              {"fee.first_rate", `"step_days"`, `"target_margin": "0.01", "step_days"`},
		"neither rate nor margin":      {"fee.first_rate", `"first_rate": "0.03", `, ``},
		"no step rate":                 {"fee.step_rate", `, "step_rate": "0.01"`, ``},
		"first band of nothing":        {"fee.first_days", `"first_days": 30`, `"first_days": 0`},
		"recourse of years":            {"recourse_days", `60`, `600`},
		"no cure":                      {"cure_days", `"cure_days": 10,`, ``},
		"late beyond the curve":        {"max_expected_days_late", `"max_expected_days_late": 10`, `"max_expected_days_late": 182`},
		"concentration missing":        {"concentration_limit", `"concentration_limit": "1",`, ``},
		"hold of a year":               {"rebate_hold_days", `"concentration_limit"`, `"rebate_hold_days": 366, "concentration_limit"`},
		"no books":                     {"books", books, `"books": []}`},
		"a field twice":                {"cure_days", `"cure_days": 10`, `"cure_days": 10, "cure_days": 20`},
		"a field in other letters":     {"Cure_Days", `"cure_days"`, `"Cure_Days"`},
		"a field of a book twice":      {"wire", `"wire": "15.00"`, `"wire": "15.00", "wire": "5.00"`},
		"no currency":                  {"books[0].currency", `"EUR"`, `"euro"`},
		"a currency twice":             {"books[1].currency", ` ]`, `, {"currency": "EUR", "capital": "1.00", "debtor_limit": "1.00", "concentration_floor": "1.00"}]`},
		"no such country":              {"books[0].country", `"EUR"`, `"EUR", "country": "XX"`},
		"capital missing":              {"books[0].capital", `"capital": "20000.00", `, ``},
		"capital of nothing":           {"books[0].capital", `"capital": "20000.00"`, `"capital": "0.00"`},
		"capital with three places":    {"books[0].capital", `"capital": "20000.00"`, `"capital": "20000.000"`},
		"negative limit":               {"books[0].debtor_limit", `"debtor_limit": "20000.00"`, `"debtor_limit": "-1.00"`},
		"smallest above largest":       {"books[0].min_invoice", `"wire"`, `"min_invoice": "2.00", "max_invoice": "1.00", "wire"`},
		"scenario without a loss":      {"credit_scenario.lgd", `"books"`, `"credit_scenario": {"default_ppm_per_invoice": 1, "no_repurchase_ppm": 1, "seed": 1}, "books"`},
		"scenario without default":     {"credit_scenario.default_ppm_per_invoice", `"books"`, `"credit_scenario": {"lgd": "1", "no_repurchase_ppm": 1, "seed": 1}, "books"`},
		"scenario with both defaults":  {"credit_scenario.default_ppm_per_invoice", `"books"`, `"credit_scenario": {"default_ppm_per_invoice": 1, "default_ppm_per_debtor_year": 1, "lgd": "1", "no_repurchase_ppm": 1, "seed": 1}, "books"`},
		"scenario beyond a million":    {"credit_scenario.default_ppm_per_debtor_year", `"books"`, `"credit_scenario": {"default_ppm_per_debtor_year": 1000001, "lgd": "1", "no_repurchase_ppm": 1, "seed": 1}, "books"`},
		"scenario without the sellers": {"credit_scenario.no_repurchase_ppm", `"books"`, `"credit_scenario": {"default_ppm_per_invoice": 1, "lgd": "1", "seed": 1}, "books"`},
		"scenario without a seed":      {"credit_scenario.seed", `"books"`, `"credit_scenario": {"default_ppm_per_invoice": 1, "lgd": "1", "no_repurchase_ppm": 1}, "books"`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(string(good), tc.from) {
				t.Fatalf("the document has no %s", tc.from)
			}
			_, err := simulation.ReadPolicy(strings.NewReader(strings.Replace(string(good), tc.from, tc.to, 1)))
			var refused *simulation.PolicyError
			if !errors.As(err, &refused) || refused.Field != tc.field {
				t.Errorf("%v; want a refusal of %s", err, tc.field)
			}
		})
	}
}
