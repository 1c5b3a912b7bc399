package paytime

import "math"

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
	long     [Buckets]float64 // hazard of the long expert
	longOdds [Buckets]float64
	expert   [experts][Buckets]float64
	atRisk   [Buckets]float64
	statics  [statics]float64
	whereExp [locations]float64 // e^(-where/2)
	places   [Buckets][locations]float64
	runs     runs
	runLog   [Buckets][runsInRow]float64
	calendar [Buckets]float64 // what the days of each bucket add
	row      [features]float64
	start    int
	logit    [Buckets]float64
	shared   [Groups][Families]float64  // what each family adds to every bucket of a group
	family   [Families][Buckets]float64 // and to each bucket beyond that
	explained
	day    [Days]float64
	active [maxActive]int32
	days   *window
	spare  window
}

// explained is the explained score before it is rounded.
type explained struct {
	score  float64
	effect [Families]float64
}

// runs are ratios: how much likelier the debtor pays on such a day than on others.
type runs struct {
	weekday  [7]float64
	toEnd    [31]float64
	openLeft [mostOpenLeft + 1]float64
	nth      [7 * 5]float64
	parity   [7 * 2]float64
}

// wanted says what a reading is for: experts in buckets where they have a say, and
// what the calendar adds.
type wanted struct {
	experts  [experts][]span
	calendar [Groups]calendarSays
}

// A span is buckets from first to the one before end.
type span struct{ first, end int }

// everything is wanted where nothing is scored yet.
var everything = func() *wanted {
	w := &wanted{}
	for e := range w.experts {
		w.experts[e] = []span{{0, Buckets}}
	}
	return w
}()

func logit(p float64) float64 {
	p = min(max(p, 1e-4), 1-1e-4)
	return quickLog(p / (1 - p))
}

// odds returns yes/no, cut so that the probability stays between 1e-4 and 1 − 1e-4.
// Which side of a cut odds are on cannot be foreseen, so it is done without a branch:
// positive numbers are in the order of their bits.
func odds(yes, no float64) float64 {
	bits := int64(math.Float64bits(yes / no))
	return math.Float64frombits(uint64(min(max(bits, leastOdds), mostOdds)))
}

// The bits of the cuts.
var (
	leastOdds = int64(math.Float64bits(1e-4 / (1 - 1e-4)))
	mostOdds  = int64(math.Float64bits((1 - 1e-4) / 1e-4))
)

func sigmoid(x float64) float64 { return 1 / (1 + quickExp(-x)) }

const perUnit = 1.0 / unit

// read computes everything that does not depend on coefficients of the second
// stage, as far as it is wanted: w.prior must be set.
func (w *Workspace) read(m *Model, p *Profile, q *Invoice, cal *Almanac, want *wanted) {
	w.start = bucketOf(-q.Term())
	for j, x := range w.prior {
		w.hazard[j] = 1 / (1 + expInside(-x)) // x is at most surest
	}
	w.days = cal.around(q.Due, &w.spare)
	w.readExperts(p, &want.experts)
	w.readRuns(m, p)
	w.readCalendar(&want.calendar)
	w.readStatics(p, q)
	w.readPlaces()
}

// readExperts fills the experts where they are wanted: with odds first, and then with
// their logarithms. Elsewhere there is some number.
func (w *Workspace) readExperts(p *Profile, want *[experts][]span) {
	w.readLong(p)
	w.readSurprise(p)
	w.expert[expertLong] = w.longOdds
	if len(want[expertAll]) > 0 {
		w.shrink(expertAll, &p.Paid[memAll], &p.Open, unit, &w.hazard, priorStrength)
	}
	if len(want[expertShort]) > 0 {
		w.shrink(expertShort, &p.Paid[memShort], &p.Open, unit, &w.hazard, priorStrength)
	}
	if len(want[expertLast]) > 0 {
		w.shrink(expertLast, &p.Paid[memLast], &p.Open, unit, &w.long, lastStrength)
	}
	for i := range p.OpenLike {
		if e := expertTerm + i; len(want[e]) > 0 {
			w.shrink(e, &p.Paid[memTerm+i], &p.OpenLike[i], 1, &w.long, parentStrength)
		}
	}
	w.openDays(p, len(want[expertOpenLong]) > 0, len(want[expertOpenShort]) > 0)
	for e := range want {
		for _, s := range want[e] {
			if first := max(s.first, w.start); first < s.end {
				logAll(w.expert[e][first:s.end])
			}
		}
	}
}

// readLong fills in the odds and hazards of the long expert, of which others are
// made, and who was at risk.
func (w *Workspace) readLong(p *Profile) {
	units, all, paid := int64(0), int64(0), &p.Paid[memLong]
	for j := Buckets - 1; j >= 0; j-- {
		units += paid[j]
		all += p.Paid[memAll][j]
		risk := float64(units) * perUnit
		w.atRisk[j] = float64(all) * perUnit
		units += p.Open[j] * unit
		all += p.Open[j] * unit
		yes := float64(paid[j])*perUnit + priorStrength*w.hazard[j]
		o := odds(yes, risk+priorStrength-yes)
		w.longOdds[j], w.long[j] = o, o/(1+o)
	}
}

// shrink fills one expert with odds: the hazard of a bucket is (paid in it + strength
// × the parent's hazard) / (at risk in it + strength). Open invoices were at risk in
// the buckets before the one that yesterday was. Sums are of units, and exact.
func (w *Workspace) shrink(e int, paid, open *[Buckets]int64, openUnit int64, parent *[Buckets]float64, strength float64) {
	out, units := &w.expert[e], int64(0)
	for j := Buckets - 1; j >= w.start; j-- {
		units += paid[j]
		risk := float64(units) * perUnit
		units += open[j] * openUnit
		yes := float64(paid[j])*perUnit + strength*parent[j]
		out[j] = odds(yes, risk+strength-yes)
	}
}

// closedOdds is what an expert of open days says of a bucket in which every day is
// closed: a hazard of a quarter of a percent.
const closedOdds = .0024787521766663585 // e^-6

// openDays fills the experts whose clock stands still on closed days.
func (w *Workspace) openDays(p *Profile, wantLong, wantShort bool) {
	var longRisk, shortRisk [openDays]int64 // in units
	longUnits, shortUnits := int64(0), int64(0)
	for k := openDays - 1; k >= 0; k-- {
		longUnits, shortUnits = longUnits+p.PaidOpenDays[0][k], shortUnits+p.PaidOpenDays[1][k]
		longRisk[k], shortRisk[k] = longUnits, shortUnits
		waiting := p.OpenOpenDays[k] * unit
		longUnits, shortUnits = longUnits+waiting, shortUnits+waiting
	}
	due := &w.days[-FirstDay]
	rolled := int(due.opened)
	if due.closed {
		rolled++
	}
	long, short := &w.expert[expertOpenLong], &w.expert[expertOpenShort]
	for j := w.start; j < Buckets; j++ {
		if upper[j] > 60 || lower[j] < -60 {
			long[j], short[j] = w.longOdds[j], w.longOdds[j]
			continue
		}
		last := int(w.days[upper[j]-FirstDay].opened)
		opened := last - int(w.days[lower[j]-1-FirstDay].opened)
		if opened == 0 {
			long[j], short[j] = closedOdds, closedOdds
			continue
		}
		strength := priorStrength * w.hazard[j]
		if opened > 1 { // the hazard of a day
			strength = priorStrength * (1 - quickExp(quickLog(1-w.hazard[j])/float64(opened)))
		}
		first := last - rolled - opened + 1
		if wantLong {
			long[j] = openOdds(&p.PaidOpenDays[0], &longRisk, first, opened, strength)
		}
		if wantShort {
			short[j] = openOdds(&p.PaidOpenDays[1], &shortRisk, first, opened, strength)
		}
	}
}

// openOdds returns what is said of some open days, from first on, with the prior's
// payments on a day. The odds of several days are kept as a fraction, which divides
// once.
func openOdds(paid, risk *[openDays]int64, first, opened int, strength float64) float64 {
	if opened == 1 {
		k := openDayIndex(first)
		yes := float64(paid[k])*perUnit + strength
		return odds(yes, float64(risk[k])*perUnit+priorStrength-yes)
	}
	survive, all := 1.0, 1.0
	for late := first; late < first+opened; late++ {
		k := openDayIndex(late)
		n := float64(risk[k])*perUnit + priorStrength
		survive *= n - float64(paid[k])*perUnit - strength
		all *= n
	}
	return odds(all-survive, survive)
}

// Strengths, in payments, with which habits are shrunk to none.
const (
	runStrength = 2
	nthStrength = 3
	oddStrength = 4
	monthDays   = 30.4
	openInMonth = 21.0
)

// readRuns fills w.runs: each ratio is shrunk to 1.
func (w *Workspace) readRuns(m *Model, p *Profile) {
	r := &w.runs
	total := 0.0
	for k, n := range p.Weekday {
		n := float64(n) * perUnit
		total += n
		r.weekday[k] = n
	}
	const fifth = (monthDays - 28) / 7 // how rare the fifth of a weekday in a month is
	for k := range r.weekday {
		nth, scale := r.nth[k*5:k*5+5:k*5+5], 1/(r.weekday[k]+nthStrength)
		for week := range nth {
			nth[week] = (float64(p.Nth[k*5+week])*(perUnit*monthDays/7) + nthStrength) * scale
		}
		nth[4] = (float64(p.Nth[k*5+4])*(perUnit*monthDays/7/fifth) + nthStrength) * scale
		scale = 2 / (r.weekday[k] + oddStrength)
		r.parity[2*k] = (float64(p.Parity[2*k])*perUnit + oddStrength/2) * scale
		r.parity[2*k+1] = (float64(p.Parity[2*k+1])*perUnit + oddStrength/2) * scale
	}
	scale := 1 / (total + runStrength)
	for k := range r.weekday {
		r.weekday[k] = (r.weekday[k]/m.WeekdayShare[k] + runStrength) * scale
	}
	before := p.ToEnd[0] // the last day of a month has itself for a neighbour
	for k, n := range p.ToEnd {
		near := before
		if k+1 < len(p.ToEnd) {
			near += p.ToEnd[k+1]
		}
		before = n
		r.toEnd[k] = (float64(n)*(.6*perUnit*monthDays) + float64(near)*(.2*perUnit*monthDays) + runStrength) * scale
	}
	share := openInMonth
	for k, n := range p.OpenLeft {
		if k == 20 { // few months have so many
			share *= 2
		}
		r.openLeft[k] = (float64(n)*perUnit*share + runStrength) * scale
	}
}
