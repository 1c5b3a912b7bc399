package paytime

import (
	"math"
	"sort"
)

// Million is certainty: probabilities leave the package in millionths.
const Million = 1_000_000

// A Curve is the distribution of the day on which an invoice is paid, quantised.
type Curve struct {
	// PaidBy holds, for each day from FirstDay to LastDay, the probability in
	// millionths that the invoice is paid by the end of it, given that it was not
	// paid before Today. It never falls.
	PaidBy [Days]int32
	// Score is the explained score in thousandths of a day: Base and Effect add up
	// to it exactly.
	Score  int64
	Base   int64
	Effect [Families]int64
}

// Assess computes the curve of an invoice. It allocates nothing.
func (m *Model) Assess(w *Workspace, p *Profile, q *Invoice, cal *Almanac, out *Curve) {
	m.prior.logits(w, m, q)
	w.read(m, p, q, cal, &m.wanted)
	m.thirdActive(w, q)
	m.share(w)
	m.scoreBuckets(w)
	m.spread(w, p, q)
	w.quantise(q, out)
	w.explain(out)
}

// thirdActive finds the bin of each part of the third stage.
func (m *Model) thirdActive(w *Workspace, q *Invoice) {
	for k, cuts := range m.Bins {
		w.active[k] = int32(m.offsets.static[k] + binOf(cuts, w.statics[k]))
	}
	var in [statics]int
	for k, cuts := range m.Pairs {
		in[k] = binOf(cuts, w.statics[k])
	}
	n := statics
	for i, p := range pairs {
		w.active[n] = int32(m.offsets.pair[i] + in[p.a]*(len(m.Pairs[p.b])+1) + in[p.b])
		n++
	}
	for i := range m.Columns {
		w.active[n] = int32(m.offsets.column[i] + int(q.Levels[i]))
		n++
	}
}

// binOf returns in which bin a value falls: a cut belongs to the bin above it. It
// counts, because a search would have to guess which way to go.
func binOf(cuts []float64, x float64) (bin int) {
	for _, cut := range cuts {
		above := 0
		if x >= cut {
			above = 1
		}
		bin += above
	}
	return bin
}

// partFamilies holds the family of each part.
var partFamilies = func() (of [maxActive]Family) {
	for part := range of {
		of[part] = partFamily(part)
	}
	return of
}()

// partFamily returns the family of a part of the third stage.
func partFamily(part int) Family {
	switch {
	case part < statics:
		return familyOfStatic[part]
	case part < statics+numPairs:
		return familyOfStatic[pairs[part-statics].b]
	case part == statics+numPairs:
		return FamilyTerm
	case part == statics+numPairs+1:
		return FamilyAmount
	}
	return FamilySegment
}

// share fills w.shared with what each family adds to every bucket of a group, against
// what is usual. It is written out so that the sums stay in registers.
func (m *Model) share(w *Workspace) {
	for family := range &m.says.partsOf {
		s := m.says.usual[family]
		s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10 := s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9], s[10]
		for _, part := range m.says.partsOf[family] {
			v := &m.says.bins[w.active[part]]
			s0, s1, s2, s3, s4, s5 = s0+v[0], s1+v[1], s2+v[2], s3+v[3], s4+v[4], s5+v[5]
			s6, s7, s8, s9, s10 = s6+v[6], s7+v[7], s8+v[8], s9+v[9], s10+v[10]
		}
		for _, f := range staticsOf[family] {
			c, x := &m.says.statics[f], w.statics[f]
			if x == 0 { // most that is of overdue invoices
				continue
			}
			s0, s1, s2, s3, s4, s5 = s0+c[0]*x, s1+c[1]*x, s2+c[2]*x, s3+c[3]*x, s4+c[4]*x, s5+c[5]*x
			s6, s7, s8, s9, s10 = s6+c[6]*x, s7+c[7]*x, s8+c[8]*x, s9+c[9]*x, s10+c[10]*x
		}
		w.shared[family] = [Groups]float64{s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10}
	}
}

// scoreBuckets fills w.logit, w.family with what each family adds to it beyond
// w.shared, and the explained score.
func (m *Model) scoreBuckets(w *Workspace) {
	base, weights := m.says.base, [Groups]float64{}
	for f := range w.shared {
		for g, v := range &w.shared[f] {
			base[g] += v
		}
	}
	for g := groupOf[w.start]; g < Groups; g++ {
		first, end := max(firstOf[g], w.start), endOf[g]
		m.says.scoreGroup(w, g, first, end, base[g])
		weight := 0.0
		for _, v := range m.Weights[first:end] {
			weight += v
		}
		weights[g] = weight
	}
	m.weigh(w, &weights)
}

// weigh fills the explained score; weights are the sums of a group's weights. It adds
// family beside family: one after another, each sum would wait for the one before.
func (m *Model) weigh(w *Workspace, weights *[Groups]float64) {
	of := &w.family
	var score, record, recent, term, amount, calendar, runs, segment, general float64
	for j := w.start; j < Buckets-1; j++ {
		weight := m.Weights[j]
		score += weight * w.logit[j]
		record, recent = record+weight*of[FamilyRecord][j], recent+weight*of[FamilyRecent][j]
		term, amount = term+weight*of[FamilyTerm][j], amount+weight*of[FamilyAmount][j]
		calendar, runs = calendar+weight*of[FamilyCalendar][j], runs+weight*of[FamilyRuns][j]
		segment, general = segment+weight*of[FamilySegment][j], general+weight*of[FamilyGeneral][j]
	}
	w.score = score
	w.effect = [Families]float64{
		FamilyRecord: record, FamilyRecent: recent, FamilyTerm: term, FamilyAmount: amount,
		FamilyCalendar: calendar, FamilyRuns: runs, FamilySegment: segment, FamilyGeneral: general,
	}
	for f := range w.shared {
		sum := 0.0
		for g, v := range &w.shared[f] {
			sum += weights[g] * v
		}
		w.effect[f] += sum
	}
}

// scoreGroup fills w.logit and w.family for buckets of a group. It is addFamilies of
// the rows of the buckets, with what is the same for all invoices worked out already.
func (s *says) scoreGroup(w *Workspace, g, first, end int, base float64) {
	c, e, families := &s.group[g], &w.expert, &w.family
	for j := first; j < end; j++ {
		at, r := &w.places[j], &w.runLog[j]
		long, all, prior, n := e[expertLong][j], at[whereAll], w.prior[j], w.atRisk[j]
		record := c.where + c.long*long + c.openLong*e[expertOpenLong][j] + c.whereAll*all + c.whereMedian*at[whereMedian]
		if c.rare {
			own := e[expertAll][j]
			record += c.all*own + c.own*(own-prior)*n/(n+10) + c.belief*(long-prior)*n/(n+3)
		}
		recent := c.short*(e[expertShort][j]-long) + c.last*(e[expertLast][j]-long) + c.openShort*(e[expertOpenShort][j]-long) +
			c.whereShort*(at[whereShort]-all) + c.whereLast3*(at[whereLast3]-all)
		term := c.term*(e[expertTerm][j]-long) + c.whereTerm*(at[whereTerm]-all)
		amount := c.amount*(e[expertAmount][j]-long) + c.whereAmount*(at[whereAmount]-all)
		calendar := w.calendar[j] + c.weekday*(e[expertWeekday][j]-long)
		a1, a2, a3 := r[1]+math.Abs(r[1]), r[2]+math.Abs(r[2]), r[3]+math.Abs(r[3]) // twice what is above 0
		runs := c.runs[0]*r[0] + c.runs[1]*r[1] + c.runs[2]*(a1*a1) + c.runs[3]*r[2] + c.runs[4]*(a2*a2) +
			c.runs[5]*r[3] + c.runs[6]*(a3*a3) + c.runs[7]*r[4]
		segment := prior * (c.prior + c.thin/(1+n/2))
		general := s.day[j]
		families[FamilyRecord][j], families[FamilyRecent][j] = record, recent
		families[FamilyTerm][j], families[FamilyAmount][j] = term, amount
		families[FamilyCalendar][j], families[FamilyRuns][j] = calendar, runs
		families[FamilySegment][j], families[FamilyGeneral][j] = segment, general
		w.logit[j] = base + s.constant[j] + ((record + recent) + (term + amount)) + ((calendar + runs) + (segment + general))
	}
}

// addFamilies adds to each family what its features in a bucket say. What an expert
// of some memory says is the record as far as the long one says it too; only the
// rest belongs to the family of its memory. Likewise with the places around which
// the debtor pays. It is written out because this is the innermost loop.
func addFamilies(family *[Families]float64, c, x *[features]float64) {
	long, all := x[1], x[5] // the long expert, and the place of all payments
	family[FamilyRecord] += c[0]*x[0] + c[2]*x[2] + c[3]*x[3] + c[4]*x[4] + c[6]*x[6] +
		(c[1]+c[7]+c[8]+c[9]+c[12]+c[14]+c[16])*long + (c[5]+c[10]+c[11]+c[13]+c[15])*all
	family[FamilyRecent] += c[7]*(x[7]-long) + c[8]*(x[8]-long) + c[9]*(x[9]-long) + c[10]*(x[10]-all) + c[11]*(x[11]-all)
	family[FamilyTerm] += c[12]*(x[12]-long) + c[13]*(x[13]-all)
	family[FamilyAmount] += c[14]*(x[14]-long) + c[15]*(x[15]-all)
	family[FamilyCalendar] += c[16]*(x[16]-long) + c[17]*x[17] + c[18]*x[18] + c[19]*x[19] + c[20]*x[20] + c[21]*x[21] +
		c[22]*x[22] + c[23]*x[23] + c[24]*x[24] + c[25]*x[25] + c[26]*x[26] + c[27]*x[27]
	family[FamilyRuns] += c[28]*x[28] + c[29]*x[29] + c[30]*x[30] + c[31]*x[31] +
		c[32]*x[32] + c[33]*x[33] + c[34]*x[34] + c[35]*x[35]
	family[FamilySegment] += c[36]*x[36] + c[37]*x[37]
	family[FamilyGeneral] += c[38] * x[38]
}

// Quantile returns the first day by which the invoice is paid with the given
// probability in millionths, or Later.
func (c *Curve) Quantile(probability int32) int {
	return FirstDay + sort.Search(Days, func(i int) bool { return c.PaidBy[i] >= probability })
}

// Mean returns the expected days late in thousandths, payments beyond LastDay
// counted as Later.
func (c *Curve) Mean() int64 {
	unpaid := int64(0)
	for _, paid := range c.PaidBy {
		unpaid += int64(Million - paid)
	}
	return FirstDay*1000 + unpaid/1000
}
