package underwriting_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"comity/domain"
	"comity/money"
	"comity/underwriting"
)

// TestThePriceDocument computes again what docs/underwriting/price.md says.
func TestThePriceDocument(t *testing.T) {
	text, err := os.ReadFile("../docs/underwriting/price.md")
	if err != nil {
		t.Fatal(err)
	}
	m := storyMandate()
	m.Fee = domain.FeeTerms{FirstDays: 30}
	p, err := underwriting.PriceRisk(decided(t, onTheDueDate...), m, storyAsk(), storyRisk())
	if err != nil {
		t.Fatal(err)
	}
	if p.Terms.AdvanceRate.String() != "0.9" {
		t.Errorf("advance rate %s", p.Terms.AdvanceRate)
	}
	lines := []string{
		"| 53.26 |", fmt.Sprintf("8 %% · 27 / 365 | %s |", p.Cost.Funds.Decimal()), fmt.Sprintf("| %s |", p.Cost.Servicing.Decimal()),
		fmt.Sprintf("| margin | 0.5 %% | %s |", p.Cost.Margin.Decimal()), fmt.Sprintf("5 %% · 2 %% of 9,164.00 | %s |", p.Cost.Loss.Dispute.Decimal()),
		fmt.Sprintf("2 %% · 2 %% of the basis | %s |", p.Cost.Loss.Dilution.Decimal()), fmt.Sprintf("0.25 %% of the advance | %s |", p.Cost.Loss.Fraud.Decimal()),
		fmt.Sprintf("| fee | %s %% | %s |", p.Terms.Fee.FirstRate.PercentString(), p.Fee.Decimal()),
	}
	general := underwriting.Seen{}.Losses(underwriting.Facts{})
	for name, b := range map[string]underwriting.Posterior{
		"default within a year": general.Default, "loss given default": general.LossGivenDefault, "dispute": general.Dispute,
		"dilution of a month's sales": general.Dilution, "fraud": general.Fraud,
	} {
		lines = append(lines, fmt.Sprintf("| %s | %s | %s to %s |", name, percent(b.Mean), percent(b.Low), percent(b.High)))
	}
	var levels, grades []string
	for v := underwriting.VerificationNone; v <= underwriting.VerificationAccepted; v++ {
		levels = append(levels, fmt.Sprintf("%d: %s %%", v-underwriting.VerificationNone, v.Haircut().PercentString()))
	}
	for _, g := range []underwriting.SellerGrade{"A", "B", "C", "D", "E"} {
		grades = append(grades, fmt.Sprintf("%s: %s %%", g, g.Haircut().PercentString()))
	}
	lines = append(lines,
		fmt.Sprintf("| V(level) | %s | %s %% |", strings.Join(levels, ", "), underwriting.VerificationUnknown.Haircut().PercentString()),
		fmt.Sprintf("| S(grade) | %s | %s %% |", strings.Join(grades, ", "), underwriting.SellerGrade("").Haircut().PercentString()),
		fmt.Sprintf("at least %s |", percent(underwriting.Facts{}.D95())))
	for _, line := range lines {
		if !strings.Contains(string(text), line) {
			t.Errorf("the document does not say %q", line)
		}
	}
}

// percent writes a share with two digits that count.
func percent(p money.Ppm) string {
	if p < 100 {
		return fmt.Sprintf("%.3f %%", float64(p)/10_000)
	}
	return fmt.Sprintf("%.2f %%", float64(p)/10_000)
}
