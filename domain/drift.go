package domain

import (
	"fmt"

	"comity/money"
)

// A ShareBy is the probability that an invoice is paid by the end of a day.
type ShareBy struct {
	Day  int // after the due day
	Paid money.Ppm
}

// A Forecast is what a decision said of an invoice, and what is known of it by now.
type Forecast struct {
	PaidBy []ShareBy // in the order of the days; never falls
	Age    int       // days since the due day
	Paid   bool
	Late   int // days after due: of the payment, or up to which it is known not to be paid
}

// by returns the probability of payment by the end of a day.
func (f Forecast) by(day int) money.Ppm {
	share := money.Ppm(0)
	for _, s := range f.PaidBy {
		if s.Day > day {
			break
		}
		share = s.Paid
	}
	return share
}

// knownAt reports whether it is known if the invoice was paid by the end of a day.
// Those that are young are left out whether paid or not: the early payers among
// them would speak for all.
func (f Forecast) knownAt(day int) bool {
	return f.Age > day && (f.Paid || f.Late >= day)
}

// The parts of a [Drift].
const (
	DriftTenths   = 10
	matureDays    = 60    // after due, from which on an outcome stands in the histogram
	MostForecasts = 2_000 // the newest; their sums of squares stay in 64 bits
)

// driftDays are the days after due at which forecasts are held against payments.
var driftDays = [...]int{0, 7, 30}

// A Group is forecasts that said nearly the same.
type Group struct {
	Count     int
	Paid      int   // of them, by the day
	Predicted int64 // sum of what was said, in millionths
	variance  int64 // of the number paid, were the forecasts right, in 10⁻¹²
}

func (g *Group) add(share money.Ppm, paid bool) {
	g.Count++
	if paid {
		g.Paid++
	}
	g.Predicted += int64(share)
	g.variance += int64(share) * int64(money.Whole-share)
}

// PredictedShare returns the mean of what was said.
func (g Group) PredictedShare() money.Ppm { return money.Ppm(g.Predicted / int64(max(g.Count, 1))) }

// PaidShare returns the share that was paid.
func (g Group) PaidShare() money.Ppm {
	return money.Ppm(int64(g.Paid) * int64(money.Whole) / int64(max(g.Count, 1)))
}

// A Horizon is what was said about one day after due, and what became of it.
type Horizon struct {
	Day    int
	All    Group
	Tenths [DriftTenths]Group // by what was said
}

// A Drift says how a model's forecasts fare.
type Drift struct {
	Outcomes int // in the histogram
	Horizons [len(driftDays)]Horizon
	// PIT is the histogram of where payments fell in what was said of them, in
	// millionths of outcomes: level when the forecasts are right. A payment on a day
	// covers the span of probability that the day had, and an invoice that is not
	// paid covers what was left; a span is shared out among the bins that it touches.
	PIT [DriftTenths]int64
}

// DriftOf counts forecasts. It reads the first [MostForecasts].
func DriftOf(forecasts []Forecast) Drift {
	var d Drift
	for i, day := range driftDays {
		d.Horizons[i].Day = day
	}
	for _, f := range forecasts[:min(len(forecasts), MostForecasts)] {
		for i, day := range driftDays {
			if f.knownAt(day) {
				share, paid := f.by(day), f.Paid && f.Late <= day
				d.Horizons[i].All.add(share, paid)
				d.Horizons[i].Tenths[min(int(share)*DriftTenths/int(money.Whole), DriftTenths-1)].add(share, paid)
			}
		}
		if f.knownAt(matureDays) {
			d.Outcomes++
			d.place(f)
		}
	}
	return d
}

// place shares one outcome out among the bins of the histogram.
func (d *Drift) place(f Forecast) {
	from, to := int64(f.by(f.Late)), int64(money.Whole)
	if f.Paid {
		from, to = int64(f.by(f.Late-1)), from
	}
	const width = int64(money.Whole) / DriftTenths
	if to <= from { // on a day that was said to be impossible
		d.PIT[min(from/width, DriftTenths-1)] += int64(money.Whole)
		return
	}
	shared := int64(0) // so far: rounding is shared out too, and one outcome stays one
	for bin := from / width; bin*width < to; bin++ {
		until := (min(to, (bin+1)*width) - from) * int64(money.Whole) / (to - from)
		d.PIT[bin] += until - shared
		shared = until
	}
}

// The rule by which a model is said to have drifted.
const (
	fewestOutcomes = 200
	// pitBound is the 99.9 % point of the chi-square distribution with nine degrees of
	// freedom, in thousandths. Shared-out outcomes vary less than counted ones, so the
	// alarm is rarer than one in a thousand.
	pitBound = 27_877
	// lateErrors is how many standard errors the share of late payment may be off:
	// three are passed once in 370 times by chance.
	lateErrors = 3
)

// ChiSquare returns Pearson's statistic of the histogram against a level one, in
// thousandths.
func (d Drift) ChiSquare() int64 {
	if d.Outcomes == 0 {
		return 0
	}
	n, sum := int64(d.Outcomes), int64(0)
	for _, part := range d.PIT {
		off := DriftTenths*(part/1000) - 1000*n // in thousandths of outcomes, times ten
		sum += off * off
	}
	return sum / (n * 10_000)
}

// Alert says why the model is to be looked at, or nothing: from 200 outcomes on,
// when the histogram is further from level than chance makes it once in a thousand
// times, or when the share of invoices paid after the due day is off by more than
// three standard errors. Invoices are counted as if they were independent; those of
// one debtor are not, so an alert asks for a person and retires nothing.
func (d Drift) Alert() string {
	if square := d.ChiSquare(); d.Outcomes >= fewestOutcomes && square > pitBound {
		return fmt.Sprintf("the histogram of %d outcomes is not level: chi-square %d.%03d, at most %d.%03d by chance",
			d.Outcomes, square/1000, square%1000, pitBound/1000, pitBound%1000)
	}
	due := d.Horizons[0].All
	off := int64(due.Paid)*int64(money.Whole) - due.Predicted
	if due.Count >= fewestOutcomes && off*off > lateErrors*lateErrors*due.variance {
		return fmt.Sprintf("of %d invoices %s were paid by the due day, and %s were expected", due.Count, due.PaidShare(), due.PredictedShare())
	}
	return ""
}
