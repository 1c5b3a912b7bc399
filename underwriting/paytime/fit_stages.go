package paytime

import (
	"math"
	"slices"
)

// towards are the experts whose mean the second stage is pulled toward.
var towards = []int{
	expertAt[expertShort], expertAt[expertLong], expertAt[expertTerm], expertAt[expertAmount], expertAt[expertOpenShort],
}

// recordFeatures are the experts, and what is made of them and of how much they know.
var recordFeatures = append(expertAt[:], featOwnRelative, featLongBelief)

// fitSecond fits the linear stage of a group. The coefficients of the experts, and
// of what is made of them, are never negative: an expert that sees more payments
// never makes one less likely.
func (f *fit) fitSecond(g int) {
	buckets := f.m.bucketsIn(g)
	width := features + buckets
	var x []float32
	var happened []bool
	events := 0
	f.each(g, func(_, bucket int, row []float32, paid bool) {
		x = append(x, row...)
		for k := range buckets {
			one := float32(0)
			if k == bucket {
				one = 1
			}
			x = append(x, one)
		}
		happened = append(happened, paid)
		if paid {
			events++
		}
	})
	if events < fewestEvents {
		f.m.Second[g] = Second{Bucket: make([]float64, buckets)}
		f.m.Second[g].Feature[expertAt[expertAll]] = 1
		return
	}
	d := newDense(width, x, happened)
	under := ridge{strength: make([]float64, width+1), centre: make([]float64, width+1)}
	for k := range width {
		under.strength[k] = secondRidge
		if g >= lateGroup {
			under.strength[k] *= lateSecond
		}
	}
	for _, k := range towards {
		under.centre[k] = expertsShare / float64(len(towards)) * d.div[k]
	}
	beta := maximise(d, under)
	for range recordFeatures { // drop what is negative until nothing is
		negative := false
		for _, k := range recordFeatures {
			if beta[k] < -1e-9 {
				under.strength[k], under.centre[k], negative = 1e12, 0, true
			}
		}
		if !negative {
			break
		}
		beta = maximise(d, under)
	}
	f.m.Second[g] = d.unfold(beta, buckets)
}

// unfold turns coefficients of standardised features into ones of features.
func (d *dense) unfold(beta []float64, buckets int) Second {
	s := Second{Constant: beta[d.width], Bucket: make([]float64, buckets)}
	for k := range d.width {
		c := beta[k] / d.div[k]
		if slices.Contains(recordFeatures, k) {
			c = max(c, 0)
		}
		if k < features {
			s.Feature[k] = rounded(c)
			s.Mean[k] = rounded(d.mean[k])
		} else {
			s.Bucket[k-features] = rounded(c)
		}
		s.Constant -= c * d.mean[k]
	}
	s.Constant = rounded(s.Constant)
	return s
}

// cutBins cuts the statics of all rows.
func (f *fit) cutBins() {
	values := make([]float64, len(f.read))
	inPair := map[int]bool{}
	for _, p := range pairs {
		inPair[p.a], inPair[p.b] = true, true
	}
	for k := range statics {
		for n := range f.read {
			values[n] = f.read[n].statics[k]
		}
		bins := ownBins
		if k == statPrior {
			bins = priorBins
		}
		f.m.Bins[k] = evenCuts(values, bins)
		f.m.Pairs[k] = []float64{}
		if inPair[k] {
			f.m.Pairs[k] = evenCuts(values, pairBins)
		}
	}
	f.m.place()
}

// evenCuts cuts values into bins of equal counts, as far as they are not equal.
func evenCuts(values []float64, bins int) []float64 {
	shares := make([]float64, bins-1)
	for k := range shares {
		shares[k] = float64(k+1) / float64(bins)
	}
	lowest := math.Inf(1)
	for _, v := range values {
		lowest = min(lowest, v)
	}
	cuts := []float64{}
	for _, c := range quantiles(values, shares) {
		if c > lowest {
			cuts = append(cuts, c)
		}
	}
	return cuts
}

// fitThird fits what the bins of a group add to its second stage.
func (f *fit) fitThird(g int) {
	third := &f.m.Third[g]
	bins, parts := f.m.offsets.bins, f.m.parts()
	third.Bin, third.Mean = make([]float64, bins), make([]float64, parts)
	second := &f.m.Second[g]
	s := sparse{}
	active, w := make([][]int32, len(f.read)), &Workspace{}
	events := 0
	f.each(g, func(n, bucket int, row []float32, paid bool) {
		if active[n] == nil {
			w.statics = f.read[n].statics
			f.m.thirdActive(w, &Invoice{Levels: f.read[n].levels})
			active[n] = append([]int32(nil), w.active[:parts]...)
		}
		score := second.Constant + second.Bucket[bucket]
		for k, v := range row {
			score += second.Feature[k] * float64(v)
		}
		s.active, s.offset, s.happened = append(s.active, active[n]), append(s.offset, score), append(s.happened, paid)
		if paid {
			events++
		}
	})
	if events < fewestEvents {
		return
	}
	under := ridge{strength: make([]float64, bins+1), centre: make([]float64, bins+1)}
	for k := range bins {
		under.strength[k] = thirdRidge
		if k >= f.m.offsets.pair[0] && k < f.m.offsets.column[0] {
			under.strength[k] = pairRidge
		}
		if k >= f.m.offsets.column[registerColumns] {
			under.strength[k] = registerRidge * held(g)
		}
	}
	beta := roundAll(maximise(&s, under))
	third.Bin, third.Constant = beta[:bins], beta[bins]
	for i := range s.active {
		for part, k := range s.active[i] {
			third.Mean[part] += third.Bin[k]
		}
	}
	for part := range third.Mean {
		third.Mean[part] = rounded(third.Mean[part] / float64(len(s.active)))
	}
}

// weigh computes the weights of the explained score: the mean, over rows, of how
// many days the expected payment moves with the logit of each hazard.
func (f *fit) weigh() {
	var sum [Buckets]float64
	reader, w, p, q, curve := f.h.Reader(), &Workspace{}, &Profile{}, &Invoice{}, &Curve{}
	stride := len(f.rows)/averageSample + 1
	count := 0.0
	for n := 0; n < len(f.rows); n += stride {
		i := int(f.rows[n])
		reader.Read(i, p, q)
		q.Levels = f.read[n].levels
		f.m.Assess(w, p, q, f.h.Calendars[f.h.Rows[i].Calendar], curve)
		w.moves(&sum)
		count++
	}
	for j := range sum {
		f.m.Weights[j] = rounded(sum[j] / count)
	}
}

// moves adds the derivative of the expected days late by the logit of each hazard:
// the probability of paying in the bucket, times that of surviving it, times how
// much earlier that is than what would come otherwise.
func (w *Workspace) moves(sum *[Buckets]float64) {
	var paid, rest [Buckets]float64
	survive := 1.0
	for j := w.start; j < Buckets-1; j++ {
		h := sigmoid(w.logit[j])
		paid[j], rest[j] = survive*h, 1-h
		survive *= 1 - h
	}
	later, mass := survive*Later, survive // expected days after the bucket, and their mass
	for j := Buckets - 2; j >= w.start; j-- {
		day := float64(max(lower[j], FirstDay)+min(upper[j], LastDay)) / 2
		if mass > 1e-12 {
			sum[j] += paid[j] * rest[j] * (day - later/mass)
		}
		later += paid[j] * day
		mass += paid[j]
	}
}
