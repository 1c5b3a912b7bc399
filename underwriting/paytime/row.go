package paytime

import "math"

// halfDays holds e^((day+1/2)/2) of the last day of each bucket.
var halfDays = func() (e [Buckets]float64) {
	for j := range e {
		e[j] = math.Exp((float64(min(upper[j], Later)) + .5) / 2)
	}
	return e
}()

// readPlaces fills w.places, from which follow the features of the places around
// which the debtor pays: with place 1/(1+e^((day + 1/2 − where)/2)) the feature
// tanh((day + 1/2 − where)/4) is 1 − 2 × place. Three places share a division.
func (w *Workspace) readPlaces() {
	for j := w.start; j < Buckets-1; j++ {
		to := &w.places[j]
		for i := 0; i < locations; i += 3 {
			a, b, c := 1+halfDays[j]*w.whereExp[i], 1+halfDays[j]*w.whereExp[i+1], 1+halfDays[j]*w.whereExp[i+2]
			ab := a * b
			inverse := 1 / (ab * c)
			to[i], to[i+1], to[i+2] = b*c*inverse, a*c*inverse, ab*inverse
		}
	}
}

// bucketRow fills w.row with the features of one bucket, from which a fit learns;
// those that are the same for all are in it already. A pricing does not make rows:
// what it scores is the same (TestAScoreIsThatOfTheRow).
func (w *Workspace) bucketRow(j int) {
	x := &w.row
	for e, at := range expertAt {
		x[at] = w.expert[e][j]
	}
	n := w.atRisk[j]
	x[featPrior] = w.prior[j]
	x[featOwnRelative] = (w.expert[expertAll][j] - w.prior[j]) * n / (n + 10)
	x[featLongBelief] = (w.expert[expertLong][j] - w.prior[j]) * n / (n + 3)
	x[featPriorThin] = w.prior[j] / (1 + n/2)
	for i, at := range whereAt {
		x[at] = 1 - 2*w.places[j][i]
	}
	x[featDay] = dayFeature(j)
	w.markDays(j, x[featWeekdays:featRuns])
	r := &w.runLog[j]
	x[featRuns] = r[0]
	for k := 1; k < runsInRow-1; k++ {
		above := max(r[k], 0)
		x[featRuns+2*k-1], x[featRuns+2*k] = r[k], above*above
	}
	x[featRuns+2*runsInRow-3] = r[runsInRow-1]
}

func dayFeature(j int) float64 { return float64(min(upper[j], Later)) / 30 }

// runsInRow is how many ratios a bucket has: of weekday, month end, open days left,
// nth weekday and parity. Those in the middle have their squares beside them.
const runsInRow = 5

// lastRun is the last day late on which it matters what day it is: who pays later
// than that does not pay by habit.
const lastRun = 60

// calendarSays is what each feature of the calendar adds in a group of buckets.
type calendarSays struct {
	day              [8]float64 // by weekday; the last of a closed day
	after            float64    // for each closed day just before
	rollOn, rollBack float64
}

// closedDay is where a calendarSays holds closed days.
const closedDay = 7

// inCalendar reports whether the days of a bucket are looked at one by one. The
// first bucket, which has no beginning, and those after lastRun have none.
func inCalendar(j int) bool { return j > 0 && upper[j] <= lastRun }

// readCalendar computes what the days of each bucket add, and how much the debtor
// likes to pay on them.
func (w *Workspace) readCalendar(says *[Groups]calendarSays) {
	due := &w.days[-FirstDay]
	for j := w.start; j < Buckets; j++ {
		w.runLog[j], w.calendar[j] = [runsInRow]float64{}, 0
		switch {
		case !inCalendar(j):
		case lower[j] == upper[j]:
			w.readDay(j, due, &says[groupOf[j]])
		default:
			w.readDays(j, due, &says[groupOf[j]])
		}
	}
}

// readDay is readDays for a bucket of one day, as most are.
func (w *Workspace) readDay(j int, due *almanacDay, says *calendarSays) {
	d, r, x := &w.days[upper[j]-FirstDay], &w.runs, &w.runLog[j]
	if d.closed {
		w.calendar[j] = says.day[closedDay]
		return
	}
	w.calendar[j] = says.day[d.weekday] + says.after*float64(d.before) + says.rolled(upper[j], d, due)
	x[0], x[1], x[2], x[3], x[4] = r.weekday[d.weekday], r.toEnd[d.toEnd], r.openLeft[d.openLeft], r.nth[d.nth], r.parity[d.parity]
	logAll(x[:])
}

// rolled returns what it adds that a day is the one to which a closed due day moves.
func (c *calendarSays) rolled(late int, d, due *almanacDay) float64 {
	switch {
	case !due.closed:
	case late > 0 && d.opened-due.opened == 1:
		return c.rollOn
	case late < 0 && d.opened == due.opened:
		return c.rollBack
	}
	return 0
}

func (w *Workspace) readDays(j int, due *almanacDay, says *calendarSays) {
	r, x := &w.runs, &w.runLog[j]
	opened, sum, rolled := 0.0, 0.0, 0.0
	days := w.days[lower[j]-FirstDay : upper[j]-FirstDay+1]
	for i := range days {
		d := &days[i]
		if d.closed {
			sum += says.day[closedDay]
			continue
		}
		opened++
		sum += says.day[d.weekday] + says.after*float64(d.before)
		rolled += says.rolled(lower[j]+i, d, due)
		x[0] += r.weekday[d.weekday]
		x[1] += r.toEnd[d.toEnd]
		x[2] += r.openLeft[d.openLeft]
		x[3] += r.nth[d.nth]
		x[4] += r.parity[d.parity]
	}
	w.calendar[j] = sum/float64(len(days)) + rolled
	if opened > 0 {
		scale := 1 / opened
		for k := range x {
			x[k] *= scale
		}
		logAll(x[:])
	}
}

// markDays fills in what the days of a bucket are in the calendar, feature by
// feature: what readCalendar adds up at once.
func (w *Workspace) markDays(j int, x []float64) {
	clear(x)
	if !inCalendar(j) {
		return
	}
	due, days := &w.days[-FirstDay], float64(upper[j]-lower[j]+1)
	for late := lower[j]; late <= upper[j]; late++ {
		d := &w.days[late-FirstDay]
		if d.closed {
			x[featClosed-featWeekdays]++
			continue
		}
		x[d.weekday]++
		x[featAfterClosed-featWeekdays] += float64(d.before)
		x[featRollOn-featWeekdays] += onlyOn.rolled(late, d, due)
		x[featRollBack-featWeekdays] += onlyBack.rolled(late, d, due)
	}
	for k := range featAfterClosed - featWeekdays + 1 {
		x[k] /= days
	}
}

// These count the days to which a closed due day moves.
var onlyOn, onlyBack = &calendarSays{rollOn: 1}, &calendarSays{rollBack: 1}
