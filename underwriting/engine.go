package underwriting

import (
	"fmt"

	"comity/money"
)

// An Engine decides when an invoice will probably be paid. Every input gives a
// decision, and equal inputs give equal decisions.
type Engine interface {
	Assess(Inputs) Decision
}

// ModelV1 is the name of [EngineV1] in stored inputs and decisions.
const ModelV1 = "v1"

// engines holds the models that are code: a stored decision must replay for as
// long as it is stored. Fitted models are artefacts, see [NewCurveEngine].
var engines = map[string]Engine{ModelV1: EngineV1{}}

// Replay decides again on stored inputs and returns the decision in its stored
// form: the same bytes as the first time. An unknown model is an error; inputs
// that are not in stored form are [ErrStored].
func Replay(model string, inputs []byte) ([]byte, error) {
	engine, known := engines[model]
	if !known {
		return nil, fmt.Errorf("replay: no model %q", model)
	}
	return ReplayWith(engine, inputs)
}

// ReplayWith is [Replay] with the engine that decided.
func ReplayWith(engine Engine, inputs []byte) ([]byte, error) {
	in, err := DecodeInputs(inputs)
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	return Decide(engine, in).Encode(), nil
}

// EngineV1 is the first model: the relationship's own payments, a payment
// counting half after 26 weeks, shrunk toward one general table that weighs as
// much as five payments of today. Open invoices count as censored observations,
// and an invoice past due is assessed as not yet paid. The zero value is ready.
type EngineV1 struct{}

// Rules on which v1 does not decide alone (DOMAIN 3.4).
const (
	oldestBought   = 90 // days past due beyond which nothing is bought
	agedDays       = 60 // days past due at which an open invoice is aged
	agedOneIn      = 4  // aged or disputed: a person looks at one in four and more
	fewestDisputes = 2
)

// Assess returns the decision of v1. It gives no offer past 90 days past due or
// when later than day 180 is likelier than not, and refers to a person an invoice
// later than nine in ten of the debtor's, a debtor of whose open invoices a
// quarter is more than 60 days past due, and one that disputes a quarter.
func (EngineV1) Assess(in Inputs) Decision {
	in = in.canonical()
	general := priorEvidence()
	own := general.withPaid(in.Paid)
	all := own.withOpen(in.Open)
	steps := steps{general: general.survival(), own: own.survival(), open: all.survival()}
	steps.final = steps.open.given(in.overdue())

	d := Decision{
		Model:            ModelV1,
		Outcome:          outcome(in, steps),
		Later:            steps.final.unpaid(lastDay),
		ExpectedDaysLate: steps.final.mean(),
		MedianDaysLate:   steps.final.quantile(money.Whole / 2),
		P90DaysLate:      steps.final.quantile(money.Whole / 10 * 9),
		KnownPayments:    in.Payments,
		Reasons:          reasons(in, steps),
	}
	for _, day := range grid {
		d.Curve = append(d.Curve, CurvePoint{Day: day, Paid: money.Whole - steps.final.unpaid(day)})
	}
	return d
}

// steps are the curves on the way to a decision, each knowing one thing more.
type steps struct {
	general survival // the general table
	own     survival // and the relationship's payments
	open    survival // and its open invoices
	final   survival // and that this one is not paid yet
}

func outcome(in Inputs, s steps) string {
	overdue := in.overdue()
	if overdue > oldestBought || s.final.unpaid(lastDay) > money.Whole/2 {
		return OutcomeDecline
	}
	beyondHabit := overdue > 0 && overdue > s.open.quantile(money.Whole/10*9)
	aged, open := openOlderThan(in.Open, agedDays)
	manyAged := aged > 0 && aged*agedOneIn >= open
	manyDisputes := in.Disputed >= fewestDisputes && in.Disputed*agedOneIn >= in.Payments
	if beyondHabit || manyAged || manyDisputes {
		return OutcomeRefer
	}
	return OutcomeOffer
}

// openOlderThan counts the open invoices that are more than some days past due,
// and all of them.
func openOlderThan(buckets []OpenBucket, pastDue int) (older, all int) {
	for _, b := range buckets {
		all += b.Count
		if b.DaysPastDue > pastDue {
			older += b.Count
		}
	}
	return older, all
}
