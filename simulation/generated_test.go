package simulation_test

import (
	"bytes"
	"strings"
	"testing"

	"comity/domain"
	"comity/generator"
	"comity/simulation"
	"comity/underwriting/backtest"
)

// generated is a portfolio of 18 months through its file: the last six may be bought.
func generated(t *testing.T) simulation.Input {
	t.Helper()
	portfolio, err := generator.New(generator.Config{
		Seed: 1, Debtors: 150, Months: 18, Start: domain.MustDate("2025-01-01"), Profile: generator.Mixed, UnpaidPPM: 20_000,
	})
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := generator.WriteCSV(&file, portfolio.Invoices()); err != nil {
		t.Fatal(err)
	}
	var history, price strings.Builder
	for line := range strings.Lines(file.String()) {
		issued := strings.Split(line, ",")[4]
		if line == generator.Header || issued < "2026" {
			history.WriteString(line)
		}
		if line == generator.Header || issued >= "2026" {
			price.WriteString(line)
		}
	}
	in := simulation.Input{Workers: 2}
	in.Portfolio, err = backtest.Read([]backtest.Source{
		{Name: "history", Rows: strings.NewReader(history.String())},
		{Name: "price", Rows: strings.NewReader(price.String()), Price: true},
	}, nil)
	if err != nil || len(in.Portfolio.Refused) > 0 {
		t.Fatal(err, in.Portfolio.Refused)
	}
	in.Curves = backtest.Baseline(in.Portfolio, make([]backtest.Result, len(in.Portfolio.Priced)))
	return in
}

// TestAGeneratedPortfolio pins the figures of the example policies, and of one with
// another scenario, on the one curve that the whole history gives: a change of any of
// them is a change of the generator, the price or the books.
func TestAGeneratedPortfolio(t *testing.T) {
	in := generated(t)
	steady, priced := policy(t, "steady.json"), policy(t, "priced.json")
	harsh := policy(t, "steady.json", `"name": "steady"`, `"name": "harsh"`, `"books"`,
		`"credit_scenario": {"default_ppm_per_invoice": 20000, "no_repurchase_ppm": 500000, "lgd": "0.9", "seed": 3}, "books"`)
	text, _ := texts(t, replay(t, in, steady), replay(t, in, priced), replay(t, in, harsh))
	golden(t, "generated.txt", text)
}
