package figures_test

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"comity/underwriting/backtest"
	"comity/underwriting/figures"
	"comity/underwriting/paytime"
)

func TestFiguresAreDrawn(t *testing.T) {
	var results []backtest.Result
	for n := range 100 {
		r := backtest.Result{Known: true, Late: n % 11, Minor: 1}
		for i := range r.PaidBy {
			if day := i + paytime.FirstDay; day >= 0 {
				r.PaidBy[i] = int32(min(day*90_000+n*1000, paytime.Million))
			}
		}
		results = append(results, r)
	}
	draw := func(f figures.Figure, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		svg, err := f.Render("svg")
		if err != nil || !strings.Contains(string(svg), "<svg") {
			t.Errorf("%s: %v", f.Name, err)
		}
		picture, err := f.Render("png")
		if err != nil {
			t.Fatal(err)
		}
		if decoded, err := png.Decode(bytes.NewReader(picture)); err != nil || decoded.Bounds().Dx() < 400 {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	draw(figures.Calibration(results))
	draw(figures.PIT(results))
	draw(figures.Curves(results))
	draw(figures.Skill([]figures.Rival{{Name: "one", Skill: .4}, {Name: "two", Skill: .5}, {Name: "worse than nothing", Skill: -.2}}))
}
