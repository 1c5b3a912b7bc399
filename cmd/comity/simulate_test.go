package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"comity/generator"
)

// TestSimulatePolicyReplaysAPortfolio goes the way of an operator: a portfolio is
// made, a model is fitted on its first months, and the rest is bought.
func TestSimulatePolicyReplaysAPortfolio(t *testing.T) {
	file := func(name string) string { return filepath.Join(t.TempDir(), name) }
	all, train, test, model, out := file("all.csv"), file("train.csv"), file("test.csv"), file("model.json"), file("out.json")
	if err := generate(t.Context(), strings.Fields("-seed 5 -debtors 40 -months 12 -profile runs -invoices 900 -out "+all)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(all)
	if err != nil {
		t.Fatal(err)
	}
	var first, second strings.Builder
	for line := range strings.Lines(string(text)) {
		if fields := strings.Split(line, ","); line == generator.Header || fields[4] < "2025-09-01" {
			first.WriteString(line)
		}
		if fields := strings.Split(line, ","); line == generator.Header || fields[4] >= "2025-09-01" {
			second.WriteString(line)
		}
	}
	for path, rows := range map[string]string{train: first.String(), test: second.String()} {
		if err := os.WriteFile(path, []byte(rows), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := fit(t.Context(), []string{"-history", train, "-out", model}); err != nil {
		t.Fatal(err)
	}
	const policies = "../../simulation/testdata/"
	args := []string{"-model", model, "-history", train, "-price", test, "-policy", policies + "steady.json", "-policy", policies + "priced.json", "-json", out}
	if err := simulatePolicy(t.Context(), args); err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Reports []struct {
			Policy string
			Books  []struct {
				Bought     int
				TrialTotal string `json:"trial_total"`
			}
		}
	}
	if err := json.Unmarshal(written, &got); err != nil || len(got.Reports) != 2 {
		t.Fatalf("%d reports: %v", len(got.Reports), err)
	}
	for _, r := range got.Reports {
		if len(r.Books) == 0 || r.Books[0].Bought == 0 || r.Books[0].TrialTotal != "0.00" {
			t.Errorf("%s: %+v", r.Policy, r.Books)
		}
	}
}

func TestSimulatePolicyRefusesWhatItCannotReplay(t *testing.T) {
	const steady = "../../simulation/testdata/steady.json"
	for _, args := range []string{
		"", "-model m.json -history h.csv -price p.csv", "-model m.json -history h.csv -price p.csv -policy no-such.json",
		"-model m.json -history h.csv -price p.csv -policy " + steady + " -policy " + steady,
		"-model no-such.json -history h.csv -price p.csv -policy " + steady,
	} {
		if err := simulatePolicy(t.Context(), strings.Fields(args)); err == nil {
			t.Errorf("simulate-policy %s is done", args)
		}
	}
}
