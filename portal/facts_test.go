package portal_test

import (
	"strings"
	"testing"

	"comity/domain"
)

// TestWhatOthersTypedIsText: number, order, summary and the seller's name stand on the page as they
// were typed, of one invoice and of many, and are nothing that a browser acts on.
func TestWhatOthersTypedIsText(t *testing.T) {
	const hostile, shown = `"><img src=x onerror='a()'>&{{.}}`, `&gt;&lt;img src=x onerror=&#39;a()&#39;&gt;&amp;{{.}}`
	for name, count := range map[string]int{"of one invoice": 1, "of many": 30} {
		t.Run(name, func(t *testing.T) {
			s := newSite()
			one := s.page.Items[0]
			one.InvoiceNumber, one.OrderReference, one.Summary, one.HasDocument, s.page.Seller = "N"+hostile, "O"+hostile, "S"+hostile, true, "M"+hostile
			s.page.Items = nil
			for range count {
				one.Deal = domain.New[domain.DealID]()
				s.page.Items = append(s.page.Items, one)
			}
			body := s.get(s.path()).Body.String()
			if strings.Contains(body, "<img") {
				t.Error("what was typed is markup")
			}
			for _, first := range []string{"N", "O", "S", "M"} {
				if got := strings.Count(body, first+"&#34;"+shown); got < count {
					t.Errorf("what begins with %s stands on the page %d times, of %d", first, got, count)
				}
			}
		})
	}
}
