package collections_test

import (
	"fmt"
	"testing"

	"comity/collections"
	"comity/domain"
)

// tenItems is a case with ten invoices, some overdue and some coming, that was written to
// on some days.
func tenItems(touches ...string) domain.CaseFacts {
	f := told()
	f.Now = at("2026-03-19 09:30")
	f.Feeds[0].Spans = statements("2026-01-19", "2026-03-18")
	for i := range 9 {
		another(&f, fmt.Sprint("MP-", 2000+i), day("2026-03-06").Plus(7*i).String())
	}
	for i, when := range touches {
		f.Touches = append(f.Touches, wrote(f, fmt.Sprint("post_due:", i+1), when))
	}
	return f
}

// BenchmarkNext decides what is next for a case of ten items that waits, and for one that is due.
func BenchmarkNext(b *testing.B) {
	for name, f := range map[string]domain.CaseFacts{"waits": tenItems("2026-03-05 09:30", "2026-03-13 09:30"), "due": tenItems("2026-03-05 09:30")} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				collections.Next(f)
			}
		})
	}
}
