package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"comity/generator"
)

func TestGenerateWritesAPortfolio(t *testing.T) {
	name := filepath.Join(t.TempDir(), "portfolio.csv")
	args := strings.Fields("--seed 3 --debtors 20 --months 2 --start 2026-01-01 --profile runs --invoices 75 --out " + name)
	if err := generate(t.Context(), args); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(file), "\n"); lines != 76 || !strings.HasPrefix(string(file), generator.Header) {
		t.Errorf("%d lines, beginning %.200q", lines, file)
	}
}

func TestGenerateRefusesWhatItCannotMake(t *testing.T) {
	for _, args := range []string{"--start 2026-02-30", "--profile net30", "--debtors 0", "portfolio.csv", "--out " + t.TempDir()} {
		if err := generate(t.Context(), strings.Fields(args)); err == nil {
			t.Errorf("generate %s is done", args)
		}
	}
}
