package repositorytest

import (
	"bytes"
	"sync"
	"testing"

	"comity/domain"
	"comity/generator"
	"comity/underwriting/backtest"
)

const modelRows = 1_500

// Artefact returns a payment-time model that was fitted on generated rows, as it is
// stored: of each seed another one.
func Artefact(tb testing.TB, seed uint64) []byte {
	tb.Helper()
	kept, _ := artefacts.LoadOrStore(seed, sync.OnceValues(func() ([]byte, error) { return fitted(seed) }))
	made, _ := kept.(func() ([]byte, error))
	artefact, err := made()
	if err != nil {
		tb.Fatalf("fit a model: %v", err)
	}
	return artefact
}

var artefacts sync.Map // by seed, what makes one once

func fitted(seed uint64) ([]byte, error) {
	made, err := generator.New(generator.Config{
		Seed: seed, Debtors: 60, Months: 18, Start: domain.MustDate("2024-01-02"), Profile: generator.Mixed, Invoices: modelRows,
	})
	if err != nil {
		return nil, err
	}
	var rows bytes.Buffer
	if err := generator.WriteCSV(&rows, made.Invoices()); err != nil {
		return nil, err
	}
	portfolio, err := backtest.Read([]backtest.Source{{Name: "generated", Rows: &rows}}, nil)
	if err != nil {
		return nil, err
	}
	model, err := backtest.Fit(portfolio)
	if err != nil {
		return nil, err
	}
	artefact, _, err := model.Encode(nil)
	return artefact, err
}
