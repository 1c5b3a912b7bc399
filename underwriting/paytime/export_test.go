package paytime

import "math"

// NegativeExperts says, by group, whether an expert has a negative coefficient.
func (m *Model) NegativeExperts() (negative [Groups]bool) {
	for g := range Groups {
		for _, at := range recordFeatures {
			negative[g] = negative[g] || m.Second[g].Feature[at] < 0
		}
	}
	return negative
}

// AwayFromRows assesses an invoice, scores it again from the rows that a fit learns
// from, coefficient by coefficient, and returns the largest difference between the
// logits, and between what the families add.
func (m *Model) AwayFromRows(w *Workspace, p *Profile, q *Invoice, cal *Almanac) (logits, families float64) {
	var quick Workspace
	m.Assess(&quick, p, q, cal, &Curve{})
	m.prior.logits(w, m, q)
	w.read(m, p, q, cal, everything)
	copy(w.row[featStatics:], w.statics[:statPrior])
	m.thirdActive(w, q)
	for j := w.start; j < Buckets-1; j++ {
		g := groupOf[j]
		second, third := &m.Second[g], &m.Third[g]
		w.bucketRow(j)
		logit := second.Constant + second.Bucket[j-firstOf[g]] + third.Constant
		for f, x := range w.row {
			logit += second.Feature[f] * x
		}
		var of [Families]float64
		addFamilies(&of, &second.Feature, &w.row)
		var usually [Families]float64
		addFamilies(&usually, &second.Feature, &second.Mean)
		for f := featStatics; f < features; f++ {
			of[familyOfStatic[f-featStatics]] += second.Feature[f] * (w.row[f] - second.Mean[f])
		}
		for part, k := range w.active[:m.parts()] {
			logit += third.Bin[k]
			of[partFamily(part)] += third.Bin[k] - third.Mean[part]
		}
		logits = max(logits, math.Abs(logit-quick.logit[j]))
		for f, v := range of {
			families = max(families, math.Abs(v-usually[f]-quick.shared[f][g]-quick.family[f][j]))
		}
	}
	return logits, families
}
