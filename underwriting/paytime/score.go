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
	m.priorLogits(w, q)
	w.read(m, p, q, cal)
	m.thirdActive(w, q)
	m.scoreBuckets(w)
	m.spread(w, p, q, cal)
	w.quantise(q, out)
	m.explain(w, out)
}

// priorLogits fills w.prior from the register.
func (m *Model) priorLogits(w *Workspace, q *Invoice) {
	for g := range Groups {
		prior := &m.Prior[g]
		base := prior.Constant
		for i := range m.Columns {
			base += prior.Level[m.offsets.level[i]+int(q.Levels[i])]
		}
		for k, b := range prior.Bucket {
			w.prior[firstOf[g]+k] = min(max(base+b, -9), 9)
		}
	}
	w.prior[Buckets-1] = 9
}

// thirdActive finds the bin of each part of the third stage.
func (m *Model) thirdActive(w *Workspace, q *Invoice) {
	n := 0
	for i := range m.Bins {
		w.active[n] = int32(m.offsets.static[i] + binOf(m.Bins[i], w.statics[i]))
		n++
	}
	for i, p := range pairs {
		a, b := binOf(m.Pairs[p.a], w.statics[p.a]), binOf(m.Pairs[p.b], w.statics[p.b])
		w.active[n] = int32(m.offsets.pair[i] + a*(len(m.Pairs[p.b])+1) + b)
		n++
	}
	for i := range m.Columns {
		w.active[n] = int32(m.offsets.column[i] + int(q.Levels[i]))
		n++
	}
}

// binOf returns in which bin a value falls: a cut belongs to the bin above it.
func binOf(cuts []float64, x float64) int {
	return sort.Search(len(cuts), func(i int) bool { return cuts[i] > x })
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

// scoreBuckets fills w.logit, and w.family with what each family adds to it
// against what is usual.
func (m *Model) scoreBuckets(w *Workspace) {
	var binned [Families][Groups]float64
	for part, k := range w.active[:m.parts()] {
		sum := &binned[partFamilies[part]]
		for g, v := range m.bins[k] {
			sum[g] += v
		}
	}
	for f := range statPrior {
		sum, x := &binned[familyOfStatic[f]], w.statics[f]
		for g, c := range m.statics[f] {
			sum[g] += c * x
		}
	}
	for g := groupOf[w.start]; g < Groups; g++ {
		second, usual := &m.Second[g], &m.usual[g]
		base, shared := usual.base, usual.shared
		for family := range shared {
			shared[family] += binned[family][g]
		}
		for k, constant := range second.Bucket {
			j := firstOf[g] + k
			if j < w.start {
				continue
			}
			w.bucketRow(j)
			family := &w.family[j]
			*family = shared
			addFamilies(family, &second.Feature, &w.row)
			logit := base + constant
			for _, effect := range family {
				logit += effect
			}
			w.logit[j] = logit
		}
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

// usual is what a group's stages say when everything is as usual.
type usual struct {
	base   float64
	shared [Families]float64 // minus what each family adds usually
}

// settle computes what follows from the coefficients.
func (m *Model) settle() {
	m.place()
	m.bins = make([][Groups]float64, m.offsets.bins)
	for g := range Groups {
		for k, v := range m.Third[g].Bin {
			m.bins[k][g] = v
		}
		for f := range statPrior {
			m.statics[f][g] = m.Second[g].Feature[featStatics+f]
		}
	}
	for j := range Buckets {
		total := 0.0
		for late := max(lower[j], FirstDay); late <= min(upper[j], LastDay); late++ {
			total += m.Shape[late-FirstDay] + shapeFloor
		}
		for late := max(lower[j], FirstDay); late <= min(upper[j], LastDay); late++ {
			m.general[late-FirstDay] = shapeStrength * (m.Shape[late-FirstDay] + shapeFloor) / total
		}
	}
	for g := range Groups {
		second, third, u := &m.Second[g], &m.Third[g], &m.usual[g]
		*u = usual{base: second.Constant + third.Constant}
		add := func(family Family, usually float64) {
			u.base += usually
			u.shared[family] -= usually
		}
		for part, usually := range third.Mean {
			add(partFamily(part), usually)
		}
		var usually [Families]float64
		addFamilies(&usually, &second.Feature, &second.Mean)
		for f := featStatics; f < features; f++ {
			usually[familyOfStatic[f-featStatics]] += second.Feature[f] * second.Mean[f]
		}
		for family, v := range usually {
			add(Family(family), v)
		}
	}
}

// Spread of a bucket over its days.
const (
	shapeStrength = 2    // payments that the general shape weighs as much as
	shapeFloor    = .3   // payments added to each day of the general shape
	closedShare   = .05  // of an open day's weight
	mostRun       = 54.6 // e^4: bounds what habits do to one day
)

// spread turns hazards into probabilities by day.
func (m *Model) spread(w *Workspace, p *Profile, q *Invoice, cal *Almanac) {
	clear(w.day[:])
	survive := 1.0
	for j := w.start; j < Buckets-1; j++ {
		h := sigmoid(w.logit[j])
		m.spreadBucket(w, p, q, cal, j, survive*h)
		survive *= 1 - h
	}
}

func (m *Model) spreadBucket(w *Workspace, p *Profile, q *Invoice, cal *Almanac, j int, mass float64) {
	first, last := max(lower[j], FirstDay), min(upper[j], LastDay)
	if first == last {
		w.day[first-FirstDay] = mass
		return
	}
	total, issued := 0.0, -q.Term()
	for late := max(first, issued); late <= last; late++ {
		at := late - FirstDay
		v := float64(p.Own[at])*perUnit + m.general[at]
		if d := cal.on(q.Due + late); d.closed {
			v *= closedShare
		} else if late <= lastRun {
			v *= w.dayWeight(d)
		}
		w.day[at] = v
		total += v
	}
	scale := mass / total
	for late := max(first, issued); late <= last; late++ {
		w.day[late-FirstDay] *= scale
	}
}

// dayWeight says how much likelier the debtor pays on such an open day than on others.
func (w *Workspace) dayWeight(d *almanacDay) float64 {
	r := &w.runs
	weight := r.weekday[d.weekday] * r.nth[int(d.weekday)*5+int(d.toEnd)/7] *
		math.Sqrt(r.toEnd[d.toEnd]*r.openLeft[min(int(d.openLeft), len(r.openLeft)-1)])
	if weight < 1/mostRun {
		return 1 / mostRun
	}
	if weight > mostRun {
		return mostRun
	}
	return weight
}

// quantise fills the curve from the days that are left after yesterday.
func (w *Workspace) quantise(q *Invoice, out *Curve) {
	gone := min(max(q.Today-q.Due-FirstDay, 0), Days) // days of the curve before Today
	past := 0.0
	for _, p := range w.day[:gone] {
		past += p
	}
	left := max(1-past, 1e-9)
	sum, floor := 0.0, int32(0)
	for i := range out.PaidBy {
		if i >= gone {
			sum += w.day[i] / left
		}
		floor = max(floor, min(int32(sum*Million+.5), Million))
		out.PaidBy[i] = floor
	}
}

// explain fills the explained score.
func (m *Model) explain(w *Workspace, out *Curve) {
	var effect [Families]float64
	score := 0.0
	for j := w.start; j < Buckets-1; j++ {
		score += m.Weights[j] * w.logit[j]
		for f, v := range w.family[j] {
			effect[f] += m.Weights[j] * v
		}
	}
	out.Base = int64(math.Round(score * 1000))
	for f, v := range effect {
		out.Effect[f] = int64(math.Round(v * 1000))
		out.Base -= out.Effect[f]
	}
	out.Score = out.Base
	for _, v := range out.Effect {
		out.Score += v
	}
}

// Without computes the curve that the invoice would have if one family said what
// is usual, from what [Model.Assess] left in w for the same arguments.
func (m *Model) Without(w *Workspace, family Family, p *Profile, q *Invoice, cal *Almanac, out *Curve) {
	kept := w.logit
	for j := range w.logit {
		w.logit[j] -= w.family[j][family]
	}
	m.spread(w, p, q, cal)
	w.quantise(q, out)
	w.logit = kept
	m.explain(w, out)
	out.Score -= out.Effect[family]
	out.Effect[family] = 0
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
