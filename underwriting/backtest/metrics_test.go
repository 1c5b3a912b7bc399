package backtest_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"comity/underwriting/backtest"
	"comity/underwriting/paytime"
)

// step returns a curve that is 0 before the first day and then rises by the day.
func step(points map[int]int32) (by [paytime.Days]int32) {
	level := int32(0)
	for i := range by {
		if v, rises := points[i+paytime.FirstDay]; rises {
			level = v
		}
		by[i] = level
	}
	return by
}

func TestMetricsByHand(t *testing.T) {
	sure := step(map[int]int32{0: paytime.Million})
	half := step(map[int]int32{0: paytime.Million / 2, 10: paytime.Million})
	results := []backtest.Result{
		{Known: true, PaidBy: sure, Late: 0, Minor: 100},  // CRPS 0, median 0
		{Known: true, PaidBy: sure, Late: 4, Minor: 300},  // CRPS 4
		{Known: true, PaidBy: half, Late: 10, Minor: 100}, // CRPS 10 × 1/4, median 0
		{Known: true, PaidBy: half, Late: 0, Minor: 100},  // CRPS 10 × 1/4
	}
	m := backtest.Measure(results)
	for name, c := range map[string]struct{ got, want float64 }{
		"CRPS": {m.CRPS, (0 + 4 + 2.5 + 2.5) / 4},
		"MAE":  {m.MAE, (0 + 4 + 10 + 0) / 4.0},
		"wMAE": {m.WMAE, (300*4 + 100*10) / 600.0},
		"bias": {m.Bias, (0 - 4 - 5 + 5) / 4.0},
		// outcomes 0, 4, 10, 0 with means 0, 0, 5, 5: (4>0: one tie, one wrong), (10>0: right, tie), (10>4: right)
		"C":   {m.C, (.5 + 0 + 1 + .5 + 1) / 5},
		"q50": {m.Q50, (.5 + 0 + 0 + 1) / 4},
		"q10": {m.Q10, (.1 + 0 + 0 + .2) / 4},
	} {
		if math.Abs(c.got-c.want) > 1e-9 {
			t.Errorf("%s is %v, want %v", name, c.got, c.want)
		}
	}
	if len(m.After) != 0 {
		t.Errorf("with two late rows nothing is said about lateness: %v", m.After)
	}
}

func TestAPerfectForecastIsCalibrated(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	var results []backtest.Result
	for range 20_000 {
		late := int32(dice.IntN(paytime.Million))
		r := backtest.Result{Known: true, PaidBy: step(map[int]int32{-5: (paytime.Million - late) / 2, 0: paytime.Million - late, 20: paytime.Million}), Minor: 1}
		switch draw := dice.Int32N(paytime.Million); {
		case draw < (paytime.Million-late)/2:
			r.Late = -5
		case draw < paytime.Million-late:
			r.Late = 0
		default:
			r.Late = 20
		}
		results = append(results, r)
	}
	m := backtest.Measure(results)
	for name, c := range map[string]struct{ got, want float64 }{
		"q10": {m.Q10, .1}, "q50": {m.Q50, .5}, "q90": {m.Q90, .9}, "ECE0": {m.After[0].ECE, 0}, "AUC0": {m.After[0].AUC, 5.0 / 6},
		"bias": {m.Bias, 0},
	} {
		if math.Abs(c.got-c.want) > .15 || name != "bias" && math.Abs(c.got-c.want) > .01 {
			t.Errorf("%s is %v, want about %v", name, c.got, c.want)
		}
	}
}
