package backtest_test

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"comity/domain"
	"comity/generator"
	"comity/underwriting/backtest"
	"comity/underwriting/paytime"
)

// history returns a synthetic payment history as CSV.
func history(seed uint64, debtors int) string {
	portfolio, err := generator.New(generator.Config{
		Seed: seed, Debtors: debtors, Months: 10, Start: domain.MustDate("2024-01-08"), Profile: generator.Mixed, Invoices: debtors * 25,
	})
	if err != nil {
		panic(err)
	}
	var out bytes.Buffer
	if err := generator.WriteCSV(&out, portfolio.Invoices()); err != nil {
		panic(err)
	}
	return out.String()
}

// split cuts a history at a day: what was known the day before, the payments that
// came later, and the invoices that were issued later.
func split(csv, day string) (train, updates, test string) {
	lines := strings.Split(strings.TrimSpace(csv), "\n")
	var a, b, c strings.Builder
	a.WriteString(lines[0] + "\n")
	b.WriteString("invoice_id,paid_date\n")
	c.WriteString(lines[0] + "\n")
	for _, line := range lines[1:] {
		f := strings.Split(line, ",")
		switch {
		case f[4] >= day:
			c.WriteString(line + "\n")
		case f[6] >= day:
			b.WriteString(f[0] + "," + f[6] + "\n")
			f[6] = ""
			a.WriteString(strings.Join(f, ",") + "\n")
		default:
			a.WriteString(line + "\n")
		}
	}
	return a.String(), b.String(), c.String()
}

func read(t testing.TB, train, updates, test string) *backtest.Portfolio {
	t.Helper()
	p, err := backtest.Read([]backtest.Source{
		{Name: "train", Rows: strings.NewReader(train)},
		{Name: "test", Rows: strings.NewReader(test), Price: true},
	}, strings.NewReader(updates))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const cutDay = "2024-08-01"

// fitted is one model that the tests of this package share.
var fitted = sync.OnceValue(func() *paytime.Model {
	train, _, _ := split(history(7, 60), cutDay)
	p, err := backtest.Read([]backtest.Source{{Name: "train", Rows: strings.NewReader(train)}}, nil)
	if err != nil {
		panic(err)
	}
	m, err := backtest.Fit(p)
	if err != nil {
		panic(err)
	}
	return m
})

func BenchmarkPricingWithReasons(b *testing.B) {
	train, updates, test := split(history(7, 60), cutDay)
	p := read(b, train, updates, test)
	m := fitted()
	reader := p.History.Reader()
	type ready struct {
		profile paytime.Profile
		invoice paytime.Invoice
		cal     *paytime.Almanac
	}
	var cases []ready
	for _, row := range p.Priced[:min(len(p.Priced), 256)] {
		var r ready
		reader.Read(row.Row, &r.profile, &r.invoice)
		r.cal = p.History.Calendars[p.History.Rows[row.Row].Calendar]
		cases = append(cases, r)
	}
	var w paytime.Workspace
	var curve paytime.Curve
	b.ReportAllocs()
	took := make([]time.Duration, 0, 1<<20)
	i := 0
	for b.Loop() {
		c := &cases[i%len(cases)]
		began := time.Now()
		m.Assess(&w, &c.profile, &c.invoice, c.cal, &curve)
		if len(took) < cap(took) {
			took = append(took, time.Since(began))
		}
		i++
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
}

func BenchmarkReadingARecord(b *testing.B) {
	train, updates, test := split(history(7, 60), cutDay)
	p := read(b, train, updates, test)
	reader := p.History.Reader()
	var profile paytime.Profile
	var invoice paytime.Invoice
	b.ReportAllocs()
	i, payments := 0, 0
	for b.Loop() {
		reader.Read(p.Priced[i%len(p.Priced)].Row, &profile, &invoice)
		payments += profile.Known
		i++
	}
	b.ReportMetric(float64(payments)/float64(i), "payments/op")
}
