package main

import (
	"bytes"
	"context"
	"testing"

	"comity/domain"
	"comity/generator"
	"comity/underwriting/backtest"
	"comity/underwriting/paytime"
)

// TestTheDatabaseIsReadAsAFileIs: a history that was imported gives the rows that
// its file gives, of the live world only, without what is left out, and each
// relationship's country.
func TestTheDatabaseIsReadAsAFileIs(t *testing.T) {
	h := newHouse(t, onDay{}, "2026-02-03T14:00:00Z")
	made, err := generator.New(generator.Config{Seed: 3, Debtors: 20, Months: 8, Start: domain.MustDate("2024-01-02"), Profile: generator.Mixed, Invoices: 300, UnpaidPPM: 100_000})
	h.must(err)
	var file bytes.Buffer
	h.must(generator.WriteCSV(&file, made.Invoices()))
	want, err := backtest.Read([]backtest.Source{{Name: "file", Rows: bytes.NewReader(file.Bytes())}}, nil)
	h.must(err)

	seller := h.signUp("seller", "Alice GmbH", "DE")
	h.must(seller.do(t.Context(), call{method: "POST", path: "/v1/imports", raw: file.Bytes(), media: "text/csv"}, nil))
	h.quiet()
	empty, err := portfolioOf(t.Context(), h.data.DB)
	h.must(err)
	if n := len(empty.History.Rows); n != 0 {
		t.Errorf("%d rows of a sandbox are read", n)
	}
	h.counts() // opens the owner's connection
	for _, step := range []string{
		`UPDATE organizations SET world_id = '00000000-0000-7000-8000-000000000001' WHERE kind = 'seller'`, `UPDATE relationships SET country = 'DE'`,
	} {
		_, err := h.owner.ExecContext(t.Context(), step)
		h.must(err)
	}
	got, err := portfolioOf(t.Context(), h.data.DB)
	h.must(err)
	if len(got.Refused) > 0 || got.Cut != want.Cut || !sameRows(got.History.Rows, want.History.Rows) {
		t.Errorf("%d rows are read, %d refused, until %d; the file has %d, until %d", len(got.History.Rows), len(got.Refused), got.Cut, len(want.History.Rows), want.Cut)
	}
	if row := got.History.Rows[0]; got.History.Names[0] != "country" || row.Register[0] != "DE" {
		t.Errorf("the register is %v of %v", row.Register, got.History.Names)
	}
	_, err = h.owner.ExecContext(t.Context(), `UPDATE history SET excluded = true, excluded_for = 'a test' WHERE paid_on IS NULL`)
	h.must(err)
	paid, err := portfolioOf(t.Context(), h.data.DB)
	h.must(err)
	if n, all := len(paid.History.Rows), len(got.History.Rows); n == 0 || n >= all {
		t.Errorf("%d of %d rows are left", n, all)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := portfolioOf(ended, h.data.DB); err == nil {
		t.Error("a reading that was cancelled is taken for the whole")
	}
}

// sameRows compares what does not depend on names.
func sameRows(a, b []paytime.Row) bool {
	of := map[[4]int]int{}
	for _, r := range b {
		of[[4]int{r.Issued, r.Due, r.Paid, r.Band}]++
	}
	for _, r := range a {
		of[[4]int{r.Issued, r.Due, r.Paid, r.Band}]--
	}
	for _, n := range of {
		if n != 0 {
			return false
		}
	}
	return len(a) == len(b)
}
