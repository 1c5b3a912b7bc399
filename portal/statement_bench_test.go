package portal_test

import (
	"fmt"
	"net/http"
	"testing"

	"comity/domain"
	"comity/money"
)

// BenchmarkAStatement writes the page of a debtor with two hundred open invoices.
func BenchmarkAStatement(b *testing.B) {
	s := newSite()
	one, first := s.page.Items[0], s.page.Items[0].Due
	s.page.Items = nil
	for i := range 200 {
		one.Deal, one.InvoiceNumber, one.Due = domain.New[domain.DealID](), fmt.Sprintf("MP-%d", 1042+i), first.Plus(i%21)
		one.Open, one.HasDocument = money.Minor(int64(140_000+i), "USD"), true
		s.page.Items = append(s.page.Items, one)
	}
	b.ReportAllocs()
	for b.Loop() {
		if w := s.get(s.path()); w.Code != http.StatusOK {
			b.Fatalf("it answers %d", w.Code)
		}
	}
}
