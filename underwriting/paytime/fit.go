package paytime

import (
	"errors"
	"math"
	"sync"
)

// Strengths of the ridges, chosen by cross-validation inside training rows
// (docs/underwriting/experiments.md). That of a prior coefficient is multiplied by
// the variance of its level: a rare level is not punished for being rare.
const (
	priorRidge    = 200
	priorBuckets  = 20
	secondRidge   = 400
	thirdRidge    = 300
	pairRidge     = 450
	registerRidge = 900 // of register levels in the third stage
	lateGroup     = 8   // from this group on there are few payments, and
	lateRegister  = 25  // what a register says about them is held back so much more
	lateSecond    = 2   // and every feature so much
	expertsShare  = .8  // how far the second stage is pulled toward the experts' mean
	fadingDebtor  = 5   // the nth row of a debtor weighs 5/(5+n) in the prior
	folds         = 5
	fewestEvents  = 20 // a group with fewer payments is left to the record
	mostRows      = 120_000
	fewestRows    = 200
	significant   = 1e-7
	averageSample = 20_000
)

// ErrTooFewRows reports a history from which nothing can be learned.
var ErrTooFewRows = errors.New("too few rows to fit a model")

// Fit learns a model from the rows of h that were issued before cut, of which only
// payments before cut are looked at; rows open on the day before are censored.
// Beyond 120,000 rows the latest are used. The same rows give the same model.
func Fit(h *History, cut int) (*Model, error) {
	f := fit{h: h, cut: cut, m: &Model{Format: Format}}
	for i := range h.Rows {
		if h.Rows[i].Issued < cut {
			f.rows = append(f.rows, int32(i))
		}
	}
	if len(f.rows) < fewestRows {
		return nil, ErrTooFewRows
	}
	f.rows = f.rows[max(0, len(f.rows)-mostRows):]
	f.count()
	f.habitsOfAll()
	f.fitPriors()
	f.readAll()
	for g := range Groups {
		f.fitSecond(g)
	}
	f.cutBins()
	for g := range Groups {
		f.fitThird(g)
	}
	f.m.settle()
	f.weigh()
	return f.m, nil
}

// count says what the model is fitted on.
func (f *fit) count() {
	t, debtors := &f.m.Trained, map[int]bool{}
	for _, i := range f.rows {
		r := &f.h.Rows[i]
		debtors[r.Debtor] = true
		if r.Paid >= f.cut {
			t.Censored++
		}
	}
	t.Rows, t.Debtors = len(f.rows), len(debtors)
	t.From = base.Plus(f.h.Rows[f.rows[0]].Issued).String()
	t.Until = base.Plus(f.h.Rows[f.rows[len(f.rows)-1]].Issued).String()
}

// fit is a model on its way.
type fit struct {
	h      *History
	cut    int
	rows   []int32 // of h, in order
	m      *Model
	folded [folds]Model // priors that have not seen a fold's debtors
	levels [][]int32    // by row: active levels of the prior
	read   []reading    // by row
}

// A reading is what is learned from one row.
type reading struct {
	statics [statics]float64
	levels  [MaxColumns]uint16
	first   int // bucket
	last    int // bucket of the outcome; the last one that was survived when censored
	paid    bool
	x       []float32 // features of the buckets from first to last
}

// outcome returns days late as known at the cut, and whether the row was paid.
func (f *fit) outcome(r *Row) (late int, paid bool) {
	if r.Paid < f.cut {
		return r.Paid - r.Due, true
	}
	return min(f.cut-1, r.observed()) - r.Due, false
}

// span returns the buckets in which the row was at risk of being paid, the last of
// them the one in which it was when paid is true. A censored row is not counted in
// the bucket that it has not survived yet.
func (f *fit) span(r *Row) (first, last int, paid bool) {
	late, paid := f.outcome(r)
	first, last = bucketOf(r.Issued-r.Due), bucketOf(late)
	if !paid {
		last--
	}
	if last == Buckets-1 { // later than the curve: survived all of it
		last, paid = Buckets-2, false
	}
	return first, last, paid
}

// habitsOfAll counts on which weekdays and how late everybody pays.
func (f *fit) habitsOfAll() {
	var weekday [7]float64
	total := 7.0
	for k := range weekday {
		weekday[k] = 1
	}
	for _, i := range f.rows {
		r := &f.h.Rows[i]
		late, paid := f.outcome(r)
		if !paid {
			continue
		}
		weekday[f.h.Calendars[r.Calendar].on(r.Paid).weekday]++
		total++
		if late >= FirstDay && late <= LastDay {
			f.m.Shape[late-FirstDay]++
		}
	}
	for k := range weekday {
		f.m.WeekdayShare[k] = rounded(weekday[k] / total)
	}
}

// held says how much more the register is held back in a group.
func held(g int) float64 {
	if g >= lateGroup {
		return lateRegister
	}
	return 1
}

// rounded cuts a coefficient so that an artefact does not hang on the last bits.
func rounded(x float64) float64 { return math.Round(x/significant) * significant }

func roundAll(of []float64) []float64 {
	for k := range of {
		of[k] = rounded(of[k])
	}
	return of
}

// foldOf puts a debtor into a fold.
func foldOf(debtor int) int { return int(uint32(debtor)*2654435761>>16) % folds }

// fitPriors fits the prior on all debtors, and once without those of each fold:
// the second stage must learn how far a prior is to be trusted that has not seen
// the debtor.
func (f *fit) fitPriors() {
	sample := make([]*Row, len(f.rows))
	for n, i := range f.rows {
		sample[n] = &f.h.Rows[i]
	}
	f.m.Columns = columns(sample, f.h.Names, f.cut)
	f.m.place()
	f.read = make([]reading, len(f.rows))
	f.levels = make([][]int32, len(f.rows))
	register := map[string]string{}
	for n, r := range sample {
		q := Invoice{Issued: r.Issued, Due: r.Due, Band: r.Band}
		clear(register)
		for at, name := range f.h.Names {
			register[name] = r.Register[at]
		}
		f.m.Levels(&q, register)
		f.read[n].levels = q.Levels
		for c := range f.m.Columns {
			f.levels[n] = append(f.levels[n], int32(f.m.offsets.level[c]+int(q.Levels[c])))
		}
	}
	weights := f.fading(sample)
	for fold := range folds {
		f.folded[fold].Columns, f.folded[fold].offsets = f.m.Columns, f.m.offsets
		for g := range Groups {
			f.folded[fold].Prior[g] = f.fitPrior(g, fold, sample, weights)
		}
		f.folded[fold].prior.settle(&f.folded[fold])
	}
	for g := range Groups {
		f.m.Prior[g] = f.fitPrior(g, -1, sample, weights)
	}
}

// fading weighs a debtor's later rows less: a prior is for those without a record.
func (f *fit) fading(sample []*Row) []float64 {
	seen, weights := map[int]int{}, make([]float64, len(sample))
	for n, r := range sample {
		weights[n] = fadingDebtor / float64(fadingDebtor+seen[r.Debtor])
		seen[r.Debtor]++
	}
	return weights
}

func (f *fit) fitPrior(g, without int, sample []*Row, weights []float64) Prior {
	buckets, levels := f.m.bucketsIn(g), f.m.offsets.levels
	s := sparse{}
	share := make([]float64, levels+buckets)
	total := 0.0
	for n, r := range sample {
		if without >= 0 && foldOf(r.Debtor) == without {
			continue
		}
		first, last, paid := f.span(r)
		for k := range buckets {
			j := firstOf[g] + k
			if j < first || j > last {
				continue
			}
			active := append(append(make([]int32, 0, len(f.levels[n])+1), f.levels[n]...), int32(levels+k))
			s.active = append(s.active, active)
			s.weight = append(s.weight, weights[n])
			s.happened = append(s.happened, paid && j == last)
			total += weights[n]
			for _, a := range active {
				share[a] += weights[n]
			}
		}
	}
	under := ridge{strength: make([]float64, levels+buckets+1), centre: make([]float64, levels+buckets+1)}
	for k := range share {
		strength := priorRidge * held(g)
		if k >= levels {
			strength = priorBuckets
		}
		part := share[k] / max(total, 1)
		under.strength[k] = strength*part*(1-part) + 1e-3
	}
	if len(s.happened) == 0 {
		return Prior{Constant: -4, Bucket: make([]float64, buckets), Level: make([]float64, levels)}
	}
	beta := roundAll(maximise(&s, under))
	return Prior{Level: beta[:levels], Bucket: beta[levels : levels+buckets], Constant: beta[levels+buckets]}
}

// readAll reads the features of every row.
func (f *fit) readAll() {
	var group sync.WaitGroup
	for c := range chunks {
		group.Go(func() {
			reader, w, p, q := f.h.Reader(), &Workspace{}, &Profile{}, &Invoice{}
			for n := c; n < len(f.rows); n += chunks {
				f.readRow(n, reader, w, p, q)
			}
		})
	}
	group.Wait()
}

func (f *fit) readRow(n int, reader *Reader, w *Workspace, p *Profile, q *Invoice) {
	i := int(f.rows[n])
	r, out := &f.h.Rows[i], &f.read[n]
	cal := f.h.Calendars[r.Calendar]
	reader.Read(i, p, q)
	q.Levels = out.levels
	f.folded[foldOf(r.Debtor)].prior.logits(w, f.m, q)
	w.read(f.m, p, q, cal, everything)
	out.statics = w.statics
	copy(w.row[featStatics:], w.statics[:statPrior])
	out.first, out.last, out.paid = f.span(r)
	out.x = make([]float32, 0, max(out.last-out.first+1, 0)*features)
	for j := out.first; j <= out.last; j++ {
		w.bucketRow(j)
		for _, v := range w.row {
			out.x = append(out.x, float32(v))
		}
	}
}

// each calls visit for every row and bucket of a group in which the row was at risk.
func (f *fit) each(g int, visit func(n, bucket int, x []float32, happened bool)) {
	buckets := f.m.bucketsIn(g)
	for n := range f.read {
		r := &f.read[n]
		for j := max(r.first, firstOf[g]); j <= min(r.last, firstOf[g]+buckets-1); j++ {
			at := (j - r.first) * features
			visit(n, j-firstOf[g], r.x[at:at+features], r.paid && j == r.last)
		}
	}
}
