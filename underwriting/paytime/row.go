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
func (w *Workspace) bucketRow(j int, q *Invoice, cal *Almanac) {
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
	w.calendarRow(j, q, cal)
}

// calendarRow fills in what the days of a bucket are in the calendar. Buckets
// without an end have none of it.
func (w *Workspace) calendarRow(j int, q *Invoice, cal *Almanac) {
	x, r := &w.row, &w.runs
	clear(x[featWeekdays:featPrior])
	if j == 0 || j == Buckets-1 {
		return
	}
	due := cal.on(q.Due)
	var weekday, toEnd, openLeft, nth, parity, opened float64
	for late := lower[j]; late <= upper[j]; late++ {
		d := cal.on(q.Due + late)
		if d.closed {
			x[featClosed]++
			continue
		}
		opened++
		x[featWeekdays+int(d.weekday)]++
		x[featAfterClosed] += float64(d.before)
		if due.closed && late > 0 && d.opened-due.opened == 1 {
			x[featRollOn]++
		}
		if late < 0 && d.opened == due.opened {
			x[featRollBack]++
		}
		weekday += r.weekday[d.weekday]
		toEnd += r.toEnd[d.toEnd]
		openLeft += r.openLeft[min(int(d.openLeft), len(r.openLeft)-1)]
		nth += r.nth[int(d.weekday)*5+int(d.toEnd)/7]
		parity += r.parity[int(d.weekday)*2+weekOf(q.Due+late)]
	}
	days := float64(upper[j] - lower[j] + 1)
	for k := featWeekdays; k <= featAfterClosed; k++ {
		x[k] /= days
	}
	if opened > 0 {
		x[featRuns] = quickLog(weekday / opened)
		x[featRuns+1], x[featRuns+2] = withSquare(toEnd / opened)
		x[featRuns+3], x[featRuns+4] = withSquare(openLeft / opened)
		x[featRuns+5], x[featRuns+6] = withSquare(nth / opened)
		x[featRuns+7] = quickLog(parity / opened)
	}
}

// withSquare returns the logarithm of a ratio, and its square where the ratio is
// more than one.
func withSquare(ratio float64) (log, square float64) {
	log = quickLog(ratio)
	return log, max(log, 0) * max(log, 0)
}
