package collections_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

// TestWhatFallsDue holds C-181 for the days of a calendar: due dates of what is open, days that were named and are not
// decided, and what is to come of a plan in force, never asked for twice once it was paid ahead.
func TestWhatFallsDue(t *testing.T) {
	today, usd := domain.MustDate("2026-03-05"), func(n int64) money.Amount { return money.Minor(n, "USD") }
	deal, promise := domain.New[domain.DealID](), domain.New[domain.PromiseID]()
	item := func(open int64) domain.DebtorItem {
		return domain.DebtorItem{Deal: deal, InvoiceNumber: "MP-1042", Due: domain.MustDate("2026-03-01"), Basis: usd(30_000), Open: usd(open)}
	}
	plan := domain.Plan{ID: domain.New[domain.PlanID](), Deal: deal, Status: domain.PlanActive, Total: usd(30_000), Instalments: []domain.Instalment{
		{N: 1, DueOn: domain.MustDate("2026-03-04"), Amount: usd(10_000)}, {N: 2, DueOn: domain.MustDate("2026-03-05"), Amount: usd(10_000)}, {N: 3, DueOn: domain.MustDate("2026-04-05"), Amount: usd(10_000)},
	}}
	offered := plan
	offered.Status = domain.PlanOffered
	named := domain.Promise{ID: promise, Deal: deal, Status: domain.PromiseActive, Amount: usd(12_000), PromisedOn: domain.MustDate("2026-03-09")}
	kept := named
	kept.Status = domain.PromiseKept
	for name, tc := range map[string]struct {
		page domain.DebtorPage
		want []string
	}{
		"nothing is open":               {domain.DebtorPage{Items: []domain.DebtorItem{item(0)}, Promises: []domain.Promise{named}, Plans: []domain.Plan{plan}}, nil},
		"it is due":                     {domain.DebtorPage{Items: []domain.DebtorItem{item(30_000)}}, []string{"due 2026-03-01 300.00 USD"}},
		"a part is open":                {domain.DebtorPage{Items: []domain.DebtorItem{item(500)}}, []string{"due 2026-03-01 5.00 USD"}},
		"a day was named":               {domain.DebtorPage{Items: []domain.DebtorItem{item(30_000)}, Promises: []domain.Promise{named}}, []string{"due 2026-03-01 300.00 USD", "promise 2026-03-09 120.00 USD"}},
		"a day, and most is paid since": {domain.DebtorPage{Items: []domain.DebtorItem{item(100)}, Promises: []domain.Promise{named}}, []string{"due 2026-03-01 1.00 USD", "promise 2026-03-09 1.00 USD"}},
		"the word was kept":             {domain.DebtorPage{Items: []domain.DebtorItem{item(30_000)}, Promises: []domain.Promise{kept}}, []string{"due 2026-03-01 300.00 USD"}},
		"a plan": {domain.DebtorPage{Items: []domain.DebtorItem{item(20_000)}, Plans: []domain.Plan{plan}}, []string{
			"due 2026-03-01 200.00 USD in parts", "instalment 2026-03-05 100.00 USD", "instalment 2026-04-05 100.00 USD",
		}},
		"a plan that is paid ahead":    {domain.DebtorPage{Items: []domain.DebtorItem{item(4_000)}, Plans: []domain.Plan{plan}}, []string{"due 2026-03-01 40.00 USD in parts", "instalment 2026-04-05 40.00 USD"}},
		"a plan that waits for a word": {domain.DebtorPage{Items: []domain.DebtorItem{item(20_000)}, Plans: []domain.Plan{offered}}, []string{"due 2026-03-01 200.00 USD"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range collections.FallsDue(tc.page, today) {
				line := fmt.Sprintf("%s %s %s", f.Kind, f.Day, f.Amount)
				if f.InParts {
					line += " in parts"
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
