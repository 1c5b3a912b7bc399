package generator_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"sync"
	"testing"

	"comity/domain"
	"comity/generator"
)

var update = flag.Bool("update", false, "write the table in docs/underwriting/generator.md anew")

type fact struct {
	Fact      string  `json:"fact"`
	Target    float64 `json:"target"`
	Tolerance float64 `json:"tolerance"`
}

// facts reads what was measured on real histories: numbers, and no row.
func facts() map[generator.Profile][]fact {
	data := must(os.ReadFile("testdata/facts.json"))
	var of map[generator.Profile][]fact
	if err := json.Unmarshal(data, &of); err != nil {
		panic(err)
	}
	return of
}

// asReal are portfolios of the size of the histories that the facts are from.
var asReal = map[generator.Profile]generator.Config{
	generator.DayDue: {Debtors: 980, Months: 28, Start: domain.MustDate("2023-01-02"), Profile: generator.DayDue},
	generator.Runs:   {Debtors: 890, Months: 11, Start: domain.MustDate("2024-01-01"), Profile: generator.Runs},
}

// seeds is how many portfolios a fact is the mean of: a quantile in the tail rests
// on a few debtors and differs from one to the next.
const seeds = 8

// A finding is what portfolios of a profile say to a fact.
type finding struct {
	fact
	measured           bool
	mean, lowest, most float64
}

var findings = sync.OnceValue(func() map[generator.Profile][]finding {
	found := map[generator.Profile][]finding{}
	for profile, wanted := range facts() {
		var got [seeds]measured
		for seed := range got {
			c := asReal[profile]
			c.Seed = uint64(seed)
			got[seed] = measure(rowsOf(fileOf(c)))
		}
		for _, want := range wanted {
			f := finding{fact: want, measured: true, lowest: math.Inf(1), most: math.Inf(-1)}
			for _, m := range got {
				value, measured := m[want.Fact]
				f.measured = f.measured && measured
				f.mean += value / seeds
				f.lowest, f.most = min(f.lowest, value), max(f.most, value)
			}
			found[profile] = append(found[profile], f)
		}
	}
	return found
})

func TestGeneratedPortfoliosReproduceTheFacts(t *testing.T) {
	for profile, found := range findings() {
		t.Run(string(profile), func(t *testing.T) {
			for _, f := range found {
				t.Logf("%-46s target %10.4g ± %-8.3g generated %10.4g, %.4g to %.4g", f.Fact, f.Target, f.Tolerance, f.mean, f.lowest, f.most)
				if !f.measured || math.Abs(f.mean-f.Target) > f.Tolerance {
					t.Errorf("%s: %.4g, want %.4g ± %.3g", f.Fact, f.mean, f.Target, f.Tolerance)
				}
			}
		})
	}
}

// TestTheTableInTheDocsIsGenerated holds the page to the generator.
func TestTheTableInTheDocsIsGenerated(t *testing.T) {
	const name, from = "../docs/underwriting/generator.md", "<!-- the rest is generated: go test ./generator -run Docs -update -->\n"
	var table strings.Builder
	for _, profile := range []generator.Profile{generator.DayDue, generator.Runs} {
		fmt.Fprintf(&table, "\n### %s\n\n| fact | target | tolerance | generated | lowest | highest |\n|---|--:|--:|--:|--:|--:|\n", profile)
		for _, f := range findings()[profile] {
			fmt.Fprintf(&table, "| %s | %s | %s | %s | %s | %s |\n", f.Fact, shown(f.Target), shown(f.Tolerance), shown(f.mean), shown(f.lowest), shown(f.most))
		}
	}
	page, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text, _, found := strings.Cut(string(page), from)
	if !found {
		t.Fatalf("%s has no line %q", name, from)
	}
	want := text + from + table.String()
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if string(page) != want {
		t.Errorf("%s is not what is generated: run with -update", name)
	}
}

// shown writes a number with four decimals, and fewer when it is large.
func shown(value float64) string {
	if math.Abs(value) >= 100 {
		return fmt.Sprintf("%.0f", value)
	}
	text := fmt.Sprintf("%.4f", value)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
