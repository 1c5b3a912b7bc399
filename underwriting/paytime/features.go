package paytime

// The experts: hazards by bucket that the record gives under different memories
// and clocks, each shrunk toward a wider one.
const (
	expertAll = iota
	expertLong
	expertShort
	expertLast
	expertTerm
	expertAmount
	expertWeekday
	expertOpenLong  // open days, half-life 300
	expertOpenShort // open days, half-life 45
	experts
)

// Strengths of the shrinkage, in payments.
const (
	priorStrength  = 3
	parentStrength = 3
	lastStrength   = 2
)

// What else is known of an invoice, once for all buckets.
const (
	statKnown = iota
	statThin
	statCold
	statOverdue
	statMostOverdue
	statMeanOverdue
	statOverdueShare
	statOpen
	statShortTrend
	statLastTrend
	statLast3Trend
	statAmountTrend
	statTermTrend
	statMean
	statLateAll
	statLateShort
	statLateLast
	statLate5
	statAmountRelative
	statAmount
	statTerm
	statSameDay
	statIssued30
	statSinceLast
	statTenure
	statSurpriseMost
	statSurprise
	statSurpriseRoot
	statBook
	statPriorCold
	statOverdueUnusual
	statAmountLate
	statPrior // last: binned only
	statics
)

// The features of a bucket, in the order of the coefficients: those of one family
// stand together, and those that are the same for all buckets at the end.
const (
	featRecord      = 0 // the experts all, long and open days long
	featOwnRelative = 3
	featLongBelief  = 4
	featWhereRecord = 5 // all, median
	featRecent      = 7 // the experts short, last and open days short
	featWhereRecent = 10
	featTerm        = 12 // the expert, and where
	featAmount      = 14
	featCalendar    = 16 // the expert of the due weekday
	featWeekdays    = 17
	featClosed      = featWeekdays + 7
	featAfterClosed = featClosed + 1
	featRollOn      = featClosed + 2
	featRollBack    = featClosed + 3
	featRuns        = featClosed + 4 // weekday, month end and its square, open days left and square, nth and square, parity
	featPrior       = featRuns + 8
	featPriorThin   = featPrior + 1
	featDay         = featPrior + 2
	featStatics     = featPrior + 3
	features        = featStatics + statPrior
)

// expertAt holds the feature that each expert is.
var expertAt = [experts]int{
	expertAll: featRecord, expertLong: featRecord + 1, expertOpenLong: featRecord + 2,
	expertShort: featRecent, expertLast: featRecent + 1, expertOpenShort: featRecent + 2,
	expertTerm: featTerm, expertAmount: featAmount, expertWeekday: featCalendar,
}

// The places around which a debtor pays.
const (
	whereAll = iota
	whereMedian
	whereShort
	whereLast3
	whereTerm
	whereAmount
	locations
)

// whereAt holds the feature of each place.
var whereAt = [locations]int{
	featWhereRecord, featWhereRecord + 1, featWhereRecent, featWhereRecent + 1, featTerm + 1, featAmount + 1,
}

// A Workspace is what one pricing computes with. It is not safe to share.
type Workspace struct {
	prior    [Buckets]float64 // logits
	hazard   [Buckets]float64 // of the prior
	expert   [experts][Buckets]float64
	runLog   [Buckets][runsInRow]float64
	marks    [Buckets][featRuns - featWeekdays]float64 // what the days of each bucket are
	atRisk   [Buckets]float64
	statics  [statics]float64
	whereExp [locations]float64 // e^(-where/2)
	runs     runs
	row      [features]float64
	start    int
	logit    [Buckets]float64
	family   [Buckets][Families]float64
	day      [Days]float64
	active   [maxActive]int32
}

// runs are ratios: how much likelier the debtor pays on such a day than on others.
type runs struct {
	weekday  [7]float64
	toEnd    [31]float64
	openLeft [24]float64
	nth      [35]float64
	parity   [14]float64
}

func logit(p float64) float64 {
	p = min(max(p, 1e-4), 1-1e-4)
	return quickLog(p / (1 - p))
}

// odds returns yes/no, cut so that the probability stays between 1e-4 and 1 − 1e-4.
func odds(yes, no float64) float64 {
	o := yes / no
	if o < leastOdds { // quicker than min and max, which look for what is no number
		return leastOdds
	}
	if o > mostOdds {
		return mostOdds
	}
	return o
}

const (
	leastOdds = 1e-4 / (1 - 1e-4)
	mostOdds  = (1 - 1e-4) / 1e-4
)

func sigmoid(x float64) float64 { return 1 / (1 + quickExp(-x)) }

const perUnit = 1.0 / unit

// read computes everything that does not depend on coefficients of the second
// stage: w.prior must be set.
func (w *Workspace) read(m *Model, p *Profile, q *Invoice, cal *Almanac) {
	w.start = bucketOf(-q.Term())
	for j := range w.hazard {
		w.hazard[j] = sigmoid(w.prior[j])
	}
	w.readExperts(p, q, cal)
	w.readRuns(m, p)
	w.readCalendar(q, cal)
	w.readStatics(p, q)
}

// readExperts fills the experts: with odds first, because they are quicker to make,
// and then with their logarithms.
func (w *Workspace) readExperts(p *Profile, q *Invoice, cal *Almanac) {
	w.atRisk = w.shrink(expertAll, &p.Paid[memAll], &p.Open, 1, &w.hazard, priorStrength)
	w.shrink(expertLong, &p.Paid[memLong], &p.Open, 1, &w.hazard, priorStrength)
	w.shrink(expertShort, &p.Paid[memShort], &p.Open, 1, &w.hazard, priorStrength)
	var long [Buckets]float64
	for j, o := range w.expert[expertLong] {
		long[j] = o / (1 + o)
	}
	w.shrink(expertLast, &p.Paid[memLast], &p.Open, 1, &long, lastStrength)
	for i := range p.OpenLike {
		w.shrink(expertTerm+i, &p.Paid[memTerm+i], &p.OpenLike[i], perUnit, &long, parentStrength)
	}
	w.openDays(p, q, cal)
	w.readSurprise(p)
	for e := range w.expert {
		logAll(w.expert[e][w.start:])
	}
}

// shrink fills one expert: the hazard of a bucket is (paid in it + strength × the
// parent's hazard) / (at risk in it + strength). Open invoices were at risk in the
// buckets before the one that yesterday was.
func (w *Workspace) shrink(e int, paid, open *[Buckets]int64, openUnit float64, parent *[Buckets]float64, strength float64) (risk [Buckets]float64) {
	later, waiting := int64(0), int64(0)
	out := &w.expert[e]
	for j := Buckets - 1; j >= 0; j-- {
		later += paid[j]
		risk[j] = float64(later)*perUnit + float64(waiting)*openUnit
		waiting += open[j]
		yes := float64(paid[j])*perUnit + strength*parent[j]
		out[j] = odds(yes, risk[j]+strength-yes)
	}
	return risk
}

// closedOdds is what an expert of open days says of a bucket in which every day is
// closed: a hazard of a quarter of a percent.
const closedOdds = .0024787521766663585 // e^-6

// openDays fills the experts whose clock stands still on closed days.
func (w *Workspace) openDays(p *Profile, q *Invoice, cal *Almanac) {
	var risk [2][openDays]float64
	later, waiting := [2]int64{}, int64(0)
	for k := openDays - 1; k >= 0; k-- {
		for e := range risk {
			later[e] += p.PaidOpenDays[e][k]
			risk[e][k] = float64(later[e])*perUnit + float64(waiting)
		}
		waiting += p.OpenOpenDays[k]
	}
	long, short := &w.expert[expertOpenLong], &w.expert[expertOpenShort]
	for j := w.start; j < Buckets; j++ {
		if upper[j] > 60 || lower[j] < -60 {
			long[j], short[j] = w.expert[expertLong][j], w.expert[expertLong][j]
			continue
		}
		last := cal.on(q.Due + upper[j])
		opened := int(last.opened - cal.on(q.Due+lower[j]-1).opened)
		if opened == 0 {
			long[j], short[j] = closedOdds, closedOdds
			continue
		}
		daily := w.hazard[j]
		if opened > 1 {
			daily = 1 - quickExp(quickLog(1-w.hazard[j])/float64(opened))
		}
		first := cal.openLate(q.Due, q.Due+upper[j]) - opened + 1
		survive := [2]float64{1, 1}
		for late := first; late < first+opened; late++ {
			k := openDayIndex(late)
			for e := range survive {
				survive[e] *= 1 - (float64(p.PaidOpenDays[e][k])*perUnit+priorStrength*daily)/(risk[e][k]+priorStrength)
			}
		}
		long[j], short[j] = odds(1-survive[0], survive[0]), odds(1-survive[1], survive[1])
	}
}

// Strengths, in payments, with which habits are shrunk to none.
const (
	runStrength = 2
	nthStrength = 3
	oddStrength = 4
	monthDays   = 30.4
	openInMonth = 21.0
)

func (w *Workspace) readRuns(m *Model, p *Profile) {
	r := &w.runs
	total := 0.0
	for k, n := range p.Weekday {
		total += float64(n) * perUnit
		r.weekday[k] = float64(n) * perUnit
	}
	for k, n := range p.Nth {
		share := 7 / monthDays
		if k%5 == 4 {
			share = (monthDays - 28) / monthDays
		}
		r.nth[k] = (float64(n)*perUnit + nthStrength*share) / ((r.weekday[k/5] + nthStrength) * share)
	}
	for k, n := range p.Parity {
		r.parity[k] = (float64(n)*perUnit + oddStrength/2) / ((r.weekday[k/2] + oddStrength) / 2)
	}
	for k := range r.weekday {
		r.weekday[k] = (r.weekday[k] + runStrength*m.WeekdayShare[k]) / ((total + runStrength) * m.WeekdayShare[k])
	}
	for k := range p.ToEnd {
		near := p.ToEnd[max(k-1, 0)]
		if k+1 < len(p.ToEnd) {
			near += p.ToEnd[k+1]
		}
		n := (.6*float64(p.ToEnd[k]) + .2*float64(near)) * perUnit
		r.toEnd[k] = (n*monthDays + runStrength) / (total + runStrength)
	}
	for k, n := range p.OpenLeft {
		share := 1 / openInMonth
		if k > 19 {
			share /= 2
		}
		r.openLeft[k] = (float64(n)*perUnit + runStrength*share) / ((total + runStrength) * share)
	}
}
