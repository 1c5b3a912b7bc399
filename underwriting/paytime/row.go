package paytime

import "math"

// halfDays holds e^((day+1/2)/2) of the last day of each bucket.
var halfDays = func() (e [Buckets]float64) {
	for j := range e {
		e[j] = math.Exp((float64(min(upper[j], Later)) + .5) / 2)
	}
	return e
}()

// bucketRow fills w.row with the features of one bucket; those that are the same
// for all are in it already.
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
	for i, e := range w.whereExp { // tanh((day + 1/2 − where) / 4)
		r := halfDays[j] * e
		x[whereAt[i]] = (r - 1) / (r + 1)
	}
	x[featDay] = float64(min(upper[j], Later)) / 30
	copy(x[featWeekdays:featRuns], w.marks[j][:])
	r := &w.runLog[j]
	x[featRuns] = r[0]
	for k := 1; k < runsInRow-1; k++ {
		above := max(r[k], 0)
		x[featRuns+2*k-1], x[featRuns+2*k] = r[k], above*above
	}
	x[featRuns+2*runsInRow-3] = r[runsInRow-1]
}

// runsInRow is how many ratios a bucket has: of weekday, month end, open days left,
// nth weekday and parity. Those in the middle have their squares beside them.
const runsInRow = 5

// lastRun is the last day late on which it matters what day it is: who pays later
// than that does not pay by habit.
const lastRun = 60

// readCalendar fills in what the days of each bucket are in the calendar, and how
// much the debtor likes to pay on them. The first bucket, which has no beginning,
// and those after lastRun have none of it.
func (w *Workspace) readCalendar(q *Invoice, cal *Almanac) {
	due := cal.on(q.Due)
	w.marks = [Buckets][featRuns - featWeekdays]float64{}
	for j := w.start; j < Buckets; j++ {
		ratio := &w.runLog[j]
		*ratio = [runsInRow]float64{1, 1, 1, 1, 1}
		if j > 0 && upper[j] <= lastRun {
			w.calendarOf(j, q.Due, due, cal, ratio)
		}
		logAll(ratio[:])
	}
}

func (w *Workspace) calendarOf(j, dueDay int, due *almanacDay, cal *Almanac, ratio *[runsInRow]float64) {
	x, r, opened := &w.marks[j], &w.runs, 0.0
	var sum [runsInRow]float64
	for late := lower[j]; late <= upper[j]; late++ {
		d := cal.on(dueDay + late)
		if d.closed {
			x[featClosed-featWeekdays]++
			continue
		}
		opened++
		x[d.weekday]++
		x[featAfterClosed-featWeekdays] += float64(d.before)
		if due.closed && late > 0 && d.opened-due.opened == 1 {
			x[featRollOn-featWeekdays]++
		}
		if late < 0 && d.opened == due.opened {
			x[featRollBack-featWeekdays]++
		}
		sum[0] += r.weekday[d.weekday]
		sum[1] += r.toEnd[d.toEnd]
		sum[2] += r.openLeft[min(int(d.openLeft), len(r.openLeft)-1)]
		sum[3] += r.nth[int(d.weekday)*5+int(d.toEnd)/7]
		sum[4] += r.parity[int(d.weekday)*2+weekOf(dueDay+late)]
	}
	if days := upper[j] - lower[j] + 1; days > 1 {
		for k := range featAfterClosed - featWeekdays + 1 {
			x[k] /= float64(days)
		}
	}
	if opened > 0 {
		for k, s := range sum {
			ratio[k] = s / opened
		}
	}
}
