package paytime

import "math"

// Spread of a bucket over its days.
const (
	shapeStrength = 2    // payments that the general shape weighs as much as
	shapeFloor    = .3   // payments added to each day of the general shape
	closedShare   = .05  // of an open day's weight
	mostRun       = 54.6 // e^4: bounds what habits do to one day
)

// spread turns hazards into probabilities by day, from the day of issue on.
func (m *Model) spread(w *Workspace, p *Profile, q *Invoice) {
	var hazard [Buckets]float64
	for j := w.start; j < Buckets-1; j++ {
		x := -w.logit[j]
		if x < -700 { // as quickExp
			x = -700
		} else if x > 700 {
			x = 700
		}
		hazard[j] = 1 / (1 + expInside(x))
	}
	survive := 1.0
	for j := w.start; j < Buckets-1; j++ {
		h := hazard[j]
		mass := survive * h
		survive *= 1 - h
		if first := lower[j]; first == upper[j] {
			w.day[first-FirstDay] = mass
			continue
		}
		first, end := max(lower[j], FirstDay, -q.Term())-FirstDay, upper[j]-FirstDay+1
		m.spreadBucket(w, p, first, end, mass)
	}
}

// spreadBucket spreads a bucket over days, counted from FirstDay.
func (m *Model) spreadBucket(w *Workspace, p *Profile, first, end int, mass float64) {
	day, own, general, days := w.day[first:end], p.Own[first:end], m.says.general[first:end], w.days[first:end]
	total := 0.0
	if end <= lastRun-FirstDay+1 {
		for i := range day {
			weight := closedShare
			if d := &days[i]; !d.closed {
				weight = w.dayWeight(d)
			}
			day[i] = (float64(own[i])*perUnit + general[i]) * weight
			total += day[i]
		}
	} else {
		for i := range day {
			closed := 0
			if days[i].closed {
				closed = 1
			}
			day[i] = (float64(own[i])*perUnit + general[i]) * lateWeight[closed]
			total += day[i]
		}
	}
	scale := mass / total
	for i := range day {
		day[i] *= scale
	}
}

// lateWeight is the weight of open and of closed days after lastRun.
var lateWeight = [2]float64{1, closedShare}

// dayWeight says how much likelier the debtor pays on such an open day than on others.
func (w *Workspace) dayWeight(d *almanacDay) float64 {
	r := &w.runs
	weight := r.weekday[d.weekday] * r.nth[d.nth] * math.Sqrt(r.toEnd[d.toEnd]*r.openLeft[d.openLeft])
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
	first := max(-q.Term()-FirstDay, 0)                   // day of issue
	gone := min(max(q.Today-q.Due-FirstDay, first), Days) // days of the curve before Today
	past := 0.0
	for _, p := range w.day[first:gone] {
		past += p
	}
	clear(out.PaidBy[:gone])
	sum, scale := .5, Million/max(1-past, 1e-9)
	days, paid := w.day[gone:], out.PaidBy[gone:]
	for len(days) >= 2 && len(paid) >= 2 { // two at a time: a sum waits for the one before
		one := days[0] * scale
		both := one + days[1]*scale
		paid[0] = min(int32(sum+one), Million)
		sum += both
		paid[1] = min(int32(sum), Million)
		days, paid = days[2:], paid[2:]
	}
	if len(days) > 0 && len(paid) > 0 {
		paid[0] = min(int32(sum+days[0]*scale), Million)
	}
}

// explain rounds the explained score.
func (w *Workspace) explain(out *Curve) {
	out.Base = int64(math.Round(w.score * 1000))
	out.Score = out.Base // rounded once: Base is the rest
	for f, v := range w.effect {
		out.Effect[f] = int64(math.Round(v * 1000))
		out.Base -= out.Effect[f]
	}
}

// Without computes the curve that the invoice would have if one family said what
// is usual, from what [Model.Assess] left in w for the same arguments.
func (m *Model) Without(w *Workspace, family Family, p *Profile, q *Invoice, out *Curve) {
	kept := w.logit
	for j := w.start; j < Buckets-1; j++ {
		w.logit[j] -= w.shared[family][groupOf[j]] + w.family[family][j]
	}
	m.spread(w, p, q)
	w.quantise(q, out)
	w.logit = kept
	w.explain(out)
	out.Score -= out.Effect[family]
	out.Effect[family] = 0
}
