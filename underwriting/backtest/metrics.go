package backtest

import (
	"math"
	"math/big"
	"slices"
	"sort"
	"strconv"

	"comity/underwriting/paytime"
)

// Metrics say how good curves are, on rows whose payment is known. Days late are
// clipped to -90 and 181.
type Metrics struct {
	Rows  int
	CRPS  float64          // mean of Σ (F(g) − 1[paid by g])², days
	MAE   float64          // of the median, days
	WMAE  float64          // weighted by amount
	C     float64          // Harrell's C of the mean
	Bias  float64          // mean less outcome, days
	Q10   float64          // share of outcomes below the predicted quantile
	Q50   float64          //
	Q90   float64          //
	After map[int]AfterDay // by threshold: 0, 5, 30 and 60 days
}

// AfterDay says how well "later than a day" is predicted.
type AfterDay struct {
	Base    float64 // share of rows later than it
	Brier   float64
	Skill   float64 // of the Brier score against the base
	LogLoss float64
	AUC     float64
	ECE     float64 // ten bins of equal count
}

// thresholds are the days after which a payment counts as late.
var thresholds = []int{0, 5, 30, 60}

// Named returns the metrics by the names that their literature gives them.
func (m Metrics) Named() map[string]float64 {
	named := map[string]float64{
		"n": float64(m.Rows), "CRPS": m.CRPS, "MAE": m.MAE, "wMAE": m.WMAE, "C": m.C, "bias": m.Bias,
		"q10": m.Q10, "q50": m.Q50, "q90": m.Q90,
	}
	for day, a := range m.After {
		t := strconv.Itoa(day)
		named["base"+t], named["Brier"+t], named["BSS"+t] = a.Base, a.Brier, a.Skill
		named["LL"+t], named["AUC"+t], named["ECE"+t] = a.LogLoss, a.AUC, a.ECE
	}
	return named
}

const (
	fewestAfter = 5 // a threshold with fewer rows is left out
	leastChance = 1e-4
	eceBins     = 10
)

// A Result is the curve of one row beside what came.
type Result struct {
	PaidBy [paytime.Days]int32
	Late   int   // clipped
	Known  bool  // that it was paid, and so Late
	Minor  int64 // amount
}

func clipLate(late int) int { return min(max(late, paytime.FirstDay), paytime.Later) }

func (r *Result) by(late int) float64 {
	if late < paytime.FirstDay {
		return 0
	}
	return float64(r.PaidBy[late-paytime.FirstDay]) / paytime.Million
}

// CRPS returns the continuous ranked probability score of one row, in days.
func (r *Result) CRPS() float64 {
	sum := 0.0
	for i, paid := range r.PaidBy {
		f := float64(paid) / paytime.Million
		if r.Late <= i+paytime.FirstDay {
			f = 1 - f
		}
		sum += f * f
	}
	return sum
}

func (r *Result) median() int {
	return paytime.FirstDay + min(sort.Search(paytime.Days, func(i int) bool { return r.PaidBy[i] >= paytime.Million/2 }), paytime.Days-1)
}

func (r *Result) mean() float64 {
	unpaid := 0.0
	for _, paid := range r.PaidBy {
		unpaid += 1 - float64(paid)/paytime.Million
	}
	return paytime.FirstDay + unpaid
}

// below returns the probability that a PIT value, spread evenly over the atom of
// the outcome, lies below a.
func (r *Result) below(a float64) float64 {
	low, high := r.by(r.Late-1), 1.0
	if r.Late <= paytime.LastDay {
		high = r.by(r.Late)
	}
	return min(max((a-low)/max(high-low, 1e-12), 0), 1)
}

// known returns the results whose payment is known: nothing can be measured on others.
func known(results []Result) []Result {
	if !slices.ContainsFunc(results, func(r Result) bool { return !r.Known }) {
		return results
	}
	var of []Result
	for i := range results {
		if results[i].Known {
			of = append(of, results[i])
		}
	}
	return of
}

// Measure computes the metrics of the results whose payment is known.
func Measure(results []Result) Metrics {
	results = known(results)
	m := Metrics{Rows: len(results), After: map[int]AfterDay{}}
	if len(results) == 0 {
		return m
	}
	means, late := make([]float64, len(results)), make([]int, len(results))
	var amounts, wrong, product big.Int // exact: an amount is never a float
	for i := range results {
		r := &results[i]
		means[i], late[i] = r.mean(), r.Late
		away := max(r.median()-r.Late, r.Late-r.median())
		m.CRPS += r.CRPS()
		m.MAE += float64(away)
		amounts.Add(&amounts, big.NewInt(r.Minor))
		wrong.Add(&wrong, product.Mul(big.NewInt(r.Minor), big.NewInt(int64(away))))
		m.Bias += means[i] - float64(r.Late)
		m.Q10 += r.below(.1)
		m.Q50 += r.below(.5)
		m.Q90 += r.below(.9)
	}
	n := float64(len(results))
	for _, sum := range []*float64{&m.CRPS, &m.MAE, &m.Bias, &m.Q10, &m.Q50, &m.Q90} {
		*sum /= n
	}
	m.WMAE, _ = new(big.Rat).SetFrac(&wrong, &amounts).Float64()
	m.C = concordance(means, late)
	for _, day := range thresholds {
		p, happened := make([]float64, len(results)), make([]bool, len(results))
		for i := range results {
			p[i], happened[i] = 1-results[i].by(day), results[i].Late > day
		}
		if after, enough := measureAfter(p, happened); enough {
			m.After[day] = after
		}
	}
	return m
}

func measureAfter(p []float64, happened []bool) (a AfterDay, enough bool) {
	n, events := float64(len(p)), 0
	for i, yes := range happened {
		y := 0.0
		chance := min(max(p[i], leastChance), 1-leastChance)
		if yes {
			events++
			y = 1
			a.LogLoss -= math.Log(chance)
		} else {
			a.LogLoss -= math.Log(1 - chance)
		}
		a.Brier += (p[i] - y) * (p[i] - y)
	}
	if events < fewestAfter || events == len(p) {
		return a, false
	}
	a.Base = float64(events) / n
	a.Brier /= n
	a.LogLoss /= n
	a.Skill = 1 - a.Brier/(a.Base*(1-a.Base))
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int {
		switch {
		case p[x] < p[y]:
			return -1
		case p[x] > p[y]:
			return 1
		}
		return 0
	})
	a.AUC = auc(order, p, happened, events)
	a.ECE = calibrationError(order, p, happened)
	return a, true
}

// auc is the area under the ROC curve, ties counted half; order sorts p.
func auc(order []int, p []float64, happened []bool, events int) float64 {
	ranks := 0.0
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && p[order[to]] == p[order[from]] {
			to++
		}
		rank := float64(from+to+1) / 2
		for _, i := range order[from:to] {
			if happened[i] {
				ranks += rank
			}
		}
		from = to
	}
	yes, no := float64(events), float64(len(order)-events)
	return (ranks - yes*(yes+1)/2) / (yes * no)
}

// calibrationError is the mean distance of predicted and observed shares over ten
// bins of equal count; order sorts p.
func calibrationError(order []int, p []float64, happened []bool) float64 {
	sum, from := 0.0, 0
	for b := range eceBins {
		size := len(order) / eceBins
		if b < len(order)%eceBins {
			size++
		}
		predicted, observed := 0.0, 0.0
		for _, i := range order[from : from+size] {
			predicted += p[i]
			if happened[i] {
				observed++
			}
		}
		sum += math.Abs(predicted - observed)
		from += size
	}
	return sum / float64(len(order))
}

// concordance is Harrell's C: of all pairs with different outcomes, the share in
// which the later one has the higher score, ties counted half.
func concordance(score []float64, late []int) float64 {
	order := make([]int, len(score))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return late[a] - late[b] })
	ranks := slices.Clone(score)
	slices.Sort(ranks)
	ranks = slices.Compact(ranks)
	tree := make([]int, len(ranks)+1) // counts by score, summed as a Fenwick tree
	count := func(rank int) (n int) {
		for ; rank > 0; rank -= rank & -rank {
			n += tree[rank]
		}
		return n
	}
	agree, compared := 0.0, 0.0
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && late[order[to]] == late[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			at, _ := slices.BinarySearch(ranks, score[i])
			below, upTo := count(at), count(at+1)
			agree += float64(below) + float64(upTo-below)/2
			compared += float64(from)
		}
		for _, i := range order[from:to] {
			at, _ := slices.BinarySearch(ranks, score[i])
			for k := at + 1; k < len(tree); k += k & -k {
				tree[k]++
			}
		}
		from = to
	}
	if compared == 0 {
		return 0
	}
	return agree / compared
}
