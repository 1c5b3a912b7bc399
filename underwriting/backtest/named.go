package backtest

import (
	"math"
	"slices"
)

// Named returns the metrics of priced rows by name, and beside them the CRPS of the
// global Kaplan-Meier curve and the skill against it.
func Named(p *Portfolio, results []Result) map[string]float64 {
	named := Measure(results).Named()
	named["unpaid"] = float64(len(results) - len(known(results))) // priced, not measured
	if base := Measure(Baseline(p, results)).CRPS; base > 0 {
		named["CRPS_km"] = base
		named["skill"] = 1 - named["CRPS"]/base
	}
	for name, v := range named {
		named[name] = toPlaces(v)
	}
	return named
}

// toPlaces rounds to the places that are shown.
func toPlaces(x float64) float64 { return math.Round(x*1e5) / 1e5 }

// PIT returns the histogram, in ten bins, of the probability integral transform of
// the outcomes, spread evenly over the atom of each.
func PIT(results []Result) []float64 {
	results = known(results)
	shares := make([]float64, eceBins)
	for i := range results {
		below := 0.0
		for b := range shares {
			upTo := results[i].below(float64(b+1) / eceBins)
			shares[b] += (upTo - below) / float64(len(results))
			below = upTo
		}
	}
	return shares
}

// Calibration returns predicted and observed shares of late payment by tenths of
// the rows, in the order of the prediction.
func Calibration(results []Result) [][2]float64 {
	results = known(results)
	order := make([]int, len(results))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(results[b].PaidBy[lateAt]) - int(results[a].PaidBy[lateAt]) })
	var tenths [][2]float64
	for b := range eceBins {
		part := order[len(order)*b/eceBins : len(order)*(b+1)/eceBins]
		predicted, observed := 0.0, 0.0
		for _, i := range part {
			predicted += 1 - results[i].by(0)
			if results[i].Late > 0 {
				observed++
			}
		}
		n := max(float64(len(part)), 1)
		tenths = append(tenths, [2]float64{toPlaces(predicted / n), toPlaces(observed / n)})
	}
	return tenths
}

// lateAt is where a curve says how much is paid by the due day.
const lateAt = 90
