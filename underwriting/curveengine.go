package underwriting

import (
	"sync"

	"comity/domain"
	"comity/money"
	"comity/underwriting/paytime"
)

// CurveEngine decides with a fitted payment-time model. It is safe to share.
type CurveEngine struct {
	name  string
	model *paytime.Model
	work  *sync.Pool // of *curveWork
}

// NewCurveEngine returns the engine of a fitted model, which decides under a name.
func NewCurveEngine(name string, model *paytime.Model) CurveEngine {
	return CurveEngine{name: name, model: model, work: &sync.Pool{}}
}

// CurveEngineName returns the name of the model whose artefact has a SHA-256 in
// hexadecimal.
func CurveEngineName(sha256 string) string { return "paytime-" + sha256[:min(len(sha256), 16)] }

// curveWork is what one decision computes with.
type curveWork struct {
	space   paytime.Workspace
	invoice paytime.Invoice
	curve   paytime.Curve
	without paytime.Curve
	fresh   paytime.Curve // as it would be on the day of issue, with what is known today
}

// Assess returns the decision of the fitted model on in.Record; without one it
// decides on an empty record. The rules on which it gives no offer, or refers to a
// person, are those of [EngineV1.Assess].
func (e CurveEngine) Assess(in Inputs) Decision {
	in = in.canonical()
	record := in.Record
	if record == nil {
		record = &Record{SameDay: 1, Profile: paytime.Profile{SinceLast: -1}}
	}
	w, ok := e.work.Get().(*curveWork)
	if !ok {
		w = &curveWork{}
	}
	defer e.work.Put(w)
	cal := almanacOf(in.Basis.Currency(), in.Country)
	w.invoice = paytime.Invoice{
		Today: dayOr(in.Today, in.Issued), Issued: paytime.DayOf(in.Issued), Due: paytime.DayOf(in.Due),
		Band: paytime.BandOf(in.Basis.Units()), SameDay: record.SameDay,
	}
	e.model.Levels(&w.invoice, record.Register)
	habit := laterDay
	if in.overdue() > 0 {
		habit = e.habit(w, record, cal)
	}
	e.model.Assess(&w.space, &record.Profile, &w.invoice, cal, &w.curve)
	d := Decision{
		Model: e.name, Outcome: curveOutcome(in, record, &w.curve, habit),
		Later:            money.Ppm(paytime.Million - w.curve.PaidBy[paytime.Days-1]),
		ExpectedDaysLate: average(int(w.curve.Mean()), 1000),
		MedianDaysLate:   w.curve.Quantile(paytime.Million / 2),
		P90DaysLate:      w.curve.Quantile(paytime.Million / 10 * 9),
		KnownPayments:    record.Profile.Known,
		Score:            int(w.curve.Score),
		Curve:            make([]CurvePoint, 0, paytime.Days),
	}
	for i, paid := range w.curve.PaidBy {
		d.Curve = append(d.Curve, CurvePoint{Day: paytime.FirstDay + i, Paid: money.Ppm(paid)})
	}
	d.Reasons = e.reasons(in, record, w)
	return d
}

func dayOr(d, other domain.Date) int {
	if d.IsZero() {
		d = other
	}
	return paytime.DayOf(d)
}

// habit returns the day by which nine in ten of such invoices are paid, when all
// that is known of this one is that it was issued.
func (e CurveEngine) habit(w *curveWork, record *Record, cal *paytime.Almanac) int {
	issued := w.invoice
	issued.Today = issued.Issued
	e.model.Assess(&w.space, &record.Profile, &issued, cal, &w.fresh)
	return w.fresh.Quantile(paytime.Million / 10 * 9)
}

// curveOutcome applies the rules of [EngineV1] to a fitted curve.
func curveOutcome(in Inputs, record *Record, curve *paytime.Curve, habit int) string {
	overdue := in.overdue()
	if overdue > oldestBought || paytime.Million-curve.PaidBy[paytime.Days-1] > paytime.Million/2 {
		return OutcomeDecline
	}
	aged, known := record.Profile.Aged, record.Profile.Known
	manyAged := aged > 0 && aged*agedOneIn >= record.Profile.Opened
	manyDisputes := in.Disputed >= fewestDisputes && in.Disputed*agedOneIn >= max(known, in.Payments)
	if overdue > habit || manyAged || manyDisputes {
		return OutcomeRefer
	}
	return OutcomeOffer
}
