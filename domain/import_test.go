package domain_test

import (
	"testing"

	"comity/domain"
	"comity/money"
)

func TestARowIsNewsOrKnownOrContradicts(t *testing.T) {
	day := domain.MustDate
	open := domain.PastInvoice{Code: "D", Reference: "A", Amount: money.Minor(100, "USD"), Issued: day("2025-01-01"), Due: day("2025-01-31"), ObservedUntil: day("2025-06-30")}
	paid := open
	paid.Paid = day("2025-02-02")
	with := func(p domain.PastInvoice, change func(*domain.PastInvoice)) domain.PastInvoice {
		change(&p)
		return p
	}
	later := func(p *domain.PastInvoice) { p.ObservedUntil = day("2025-12-31") }
	sooner := func(p *domain.PastInvoice) { p.ObservedUntil = day("2025-01-31") }
	dearer := func(p *domain.PastInvoice) { p.Amount = money.Minor(101, "USD") }
	tests := map[string]struct {
		before, now domain.PastInvoice
		news        bool
		differs     string
	}{
		"open, the same":                    {open, open, false, ""},
		"open, looked at later":             {open, with(open, later), true, ""},
		"open, an older look":               {open, with(open, sooner), false, ""},
		"open, never said until when":       {open, with(open, func(p *domain.PastInvoice) { p.ObservedUntil = domain.Date{} }), false, ""},
		"open, now paid":                    {open, paid, true, ""},
		"open, now paid and another amount": {open, with(paid, dearer), true, ""},
		"open, another amount":              {open, with(open, dearer), false, "amount"},
		"paid, the same":                    {paid, paid, false, ""},
		"paid, looked at later":             {paid, with(paid, later), false, ""},
		"paid, now open":                    {paid, with(open, later), false, "paid_date"},
		"paid on another day":               {paid, with(paid, func(p *domain.PastInvoice) { p.Paid = day("2025-02-03") }), false, "paid_date"},
		"paid in another currency":          {paid, with(paid, func(p *domain.PastInvoice) { p.Amount = money.Minor(100, "EUR") }), false, "currency"},
		"paid, issued on another day":       {paid, with(paid, func(p *domain.PastInvoice) { p.Issued = day("2025-01-02") }), false, "issue_date"},
		"paid, due on another day":          {paid, with(paid, func(p *domain.PastInvoice) { p.Due = day("2025-01-30") }), false, "due_date"},
		"paid, disputed":                    {paid, with(paid, func(p *domain.PastInvoice) { p.Disputed = true }), false, "disputed"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if news, differs, _ := tc.now.Follows(tc.before); news != tc.news || differs != tc.differs {
				t.Errorf("Follows gives %v, %q; want %v, %q", news, differs, tc.news, tc.differs)
			}
		})
	}
}
