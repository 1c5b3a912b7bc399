package paytime

import "math"

// readStatics computes what is known of an invoice once for all buckets.
func (w *Workspace) readStatics(p *Profile, q *Invoice) {
	s := &w.statics
	cold := 0.0
	if p.Known <= 3 {
		cold = 1
	}
	s[statKnown] = logCount(p.Known)
	s[statThin] = 1 / (1 + float64(p.Known)/2)
	s[statCold] = cold
	s[statOverdue] = logCount(p.Overdue)
	s[statMostOverdue] = logCount(p.MostOverdue)
	s[statMeanOverdue] = logRatio(p.SumOverdue, p.Overdue)
	s[statOverdueShare] = ratio(p.Overdue, p.Opened)
	s[statOpen] = logCount(p.Opened)
	prior := min(max(w.priorLate(), .005), .995)
	w.readLateness(p, prior)
	s[statAmountRelative] = 0
	if p.BandCount > 0 {
		s[statAmountRelative] = math.Ln2 / bandsPerDoubling * (float64(q.Band) - ratio(p.Bands, p.BandCount))
		s[statAmountRelative] = min(max(s[statAmountRelative], -3), 3)
	}
	s[statAmount] = float64(q.Band) * math.Ln2 / bandsPerDoubling / 2
	s[statTerm] = logCount(q.Term())
	s[statSameDay] = logCount(max(q.SameDay-1, 0))
	s[statIssued30] = logCount(p.Issued30)
	s[statSinceLast] = 4
	if p.SinceLast >= 0 {
		s[statSinceLast] = logCount(p.SinceLast)
	}
	s[statTenure] = logCount(p.Tenure)
	s[statBook] = bookDrift(p.Book)
	s[statPrior] = logit(prior)
	s[statPriorCold] = s[statPrior] * cold
	late := sigmoid(s[statLateAll])
	s[statOverdueUnusual] = s[statMostOverdue] * (1 - late)
	s[statAmountLate] = s[statAmountRelative] * late
}

// logCounts holds the logarithms of 1 and a count.
var logCounts = func() (of [2048]float64) {
	for n := range of {
		of[n] = math.Log1p(float64(n))
	}
	return of
}()

// logCount returns the logarithm of 1 and a count, the same to the last bit as the
// library's: bins are cut at such values.
func logCount(n int) float64 {
	if n >= 0 && n < len(logCounts) {
		return logCounts[n]
	}
	return math.Log1p(float64(n))
}

// logRatio returns the logarithm of 1 and a ratio.
func logRatio(a, b int) float64 {
	switch b {
	case 0:
		return 0
	case 1:
		return logCount(a)
	}
	return math.Log1p(float64(a) / float64(b))
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// readLateness computes means of days late and shares of late payments, each
// shrunk toward the one with the longer memory.
func (w *Workspace) readLateness(p *Profile, prior float64) {
	s := &w.statics
	mean := func(sum, weight int64, strength, parent float64) float64 {
		return (float64(sum)*perUnit + strength*parent) / (float64(weight)*perUnit + strength)
	}
	all := mean(p.LateSum[0], p.Weight[0], 1, 0)
	short := mean(p.LateSum[1], p.Weight[1], .5, all)
	last := mean(p.LateSum[2], p.Weight[2], .5, short)
	term := mean(p.LateSum[3], p.Weight[3], 2, all)
	amount := mean(p.AmountLate, p.AmountWeight, 2, all)
	last3 := (float64(p.Last3) + 2*all) / (float64(p.Last3Count) + 2)
	s[statShortTrend] = (short - all) / 10
	s[statLastTrend] = (last - short) / 10
	s[statLast3Trend] = (last3 - all) / 10
	s[statAmountTrend] = (amount - all) / 10
	s[statTermTrend] = (term - all) / 10
	s[statMean] = all / 10
	for i, where := range [locations]float64{all, float64(p.Median), short, last3, term, amount} {
		w.whereExp[i] = quickExp(-where / 2)
	}

	lateAll := mean(p.Late0[0], p.Weight[0], 3, prior)
	lateShort := mean(p.Late0[1], p.Weight[1], 2, lateAll)
	lateLast := mean(p.Late0[2], p.Weight[2], 2, lateShort)
	logitAll, logitShort := logit(lateAll), logit(lateShort)
	s[statLateAll] = logitAll
	s[statLateShort] = logitShort - logitAll
	s[statLateLast] = logit(lateLast) - logitShort
	s[statLate5] = logit(mean(p.Late5, p.Weight[0], 3, .08))
}

// priorLate returns the probability of payment after the due day by the prior.
func (w *Workspace) priorLate() float64 {
	survive := 1.0
	for j := w.start; j < Buckets && upper[j] <= 0; j++ {
		survive *= 1 - w.hazard[j]
	}
	return survive
}

// readSurprise says how surprising it is, by the debtor's own record, that its
// open invoices are not paid yet: their cumulative hazard, most and on average.
func (w *Workspace) readSurprise(p *Profile) {
	s := &w.statics
	s[statSurpriseMost], s[statSurprise], s[statSurpriseRoot] = 0, 0, 0
	if p.Opened == 0 {
		return
	}
	last := Buckets - 1
	for last > 0 && p.Open[last] == 0 {
		last--
	}
	most, sum, count, cumulative := 0.0, 0.0, int64(0), 0.0
	for j, n := range p.Open[:last+1] {
		if n > 0 {
			surprise := min(cumulative, 8)
			most = max(most, surprise)
			sum += float64(n) * surprise
			count += n
		}
		cumulative += quickLog(1 + w.longOdds[j])
	}
	sum /= float64(max(count, 1))
	s[statSurpriseMost], s[statSurprise], s[statSurpriseRoot] = most, sum, math.Sqrt(sum)
}

// bookDrift compares how many invoices of the seller's other customers were paid
// late in the last month with the last year.
func bookDrift(b Book) float64 {
	year := (float64(b.Late365) + .5) / (float64(b.Due365) + 2)
	month := (float64(b.Late30) + 50*year) / (float64(b.Due30) + 50)
	return logit(month) - logit(year)
}
