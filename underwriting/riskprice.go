package underwriting

import (
	"cmp"
	"fmt"
	"slices"

	"comity/domain"
	"comity/money"
)

// Risk is what a price by risk rests on beside the payment curve. The zero value
// knows nothing, and is priced so.
type Risk struct {
	Facts Facts
	Seen  Seen
	Cover Cover
	Costs domain.Costs

	Versions RiskVersions // of what it rests on; those of today when zero
}

// RiskVersions name the tables and beliefs that a price by risk rests on. A stored
// price keeps those that it was made with.
type RiskVersions struct{ Haircuts, LossPriors string }

func (v RiskVersions) orToday() RiskVersions {
	return RiskVersions{cmp.Or(v.Haircuts, HaircutsV1), cmp.Or(v.LossPriors, LossPriorsV1)}
}

// dearestFunds bounds the yearly cost of funds: a higher one is a typing error.
var dearestFunds = money.Percent(1_000)

// check reports the first field that no price could work with: amounts are not
// negative and in the mandate's currency, rates lie between 0 and 1, the yearly
// cost of funds between 0 and 10.
func (r Risk) check(c money.Currency) error {
	for _, amount := range []money.Amount{r.Cover.LimitFree, r.Cover.FirstLoss, r.Cover.Tax} {
		if amount.Negative() || !amount.IsZero() && amount.Currency() != c || amount.Units() > largestBasis {
			return fmt.Errorf("risk amount %s: not one of the mandate's currency %s", amount, c)
		}
	}
	whole := money.Percent(100)
	for _, rate := range []money.Rate{r.Cover.Share, r.Facts.D95().Rate()} {
		if rate.Negative() || whole.Less(rate) {
			return fmt.Errorf("risk rate %s: not between 0 and 1", rate)
		}
	}
	return checkCosts(r.Costs, c)
}

// checkCosts reports the first field of costs that no mandate could mean.
func checkCosts(costs domain.Costs, c money.Currency) error {
	whole := money.Percent(100)
	switch servicing := costs.Servicing; {
	case servicing.Negative() || !servicing.IsZero() && servicing.Currency() != c || servicing.Units() > largestBasis:
		return fmt.Errorf("servicing %s: not an amount of the mandate's currency %s up to %s", servicing, c, money.Minor(largestBasis, c))
	case costs.ServicingRate.Negative() || whole.Less(costs.ServicingRate):
		return fmt.Errorf("servicing rate %s: not between 0 and 1", costs.ServicingRate)
	case costs.MarginRate.Negative() || whole.Less(costs.MarginRate):
		return fmt.Errorf("margin %s: not between 0 and 1", costs.MarginRate)
	case costs.FundsRate.Negative() || dearestFunds.Less(costs.FundsRate):
		return fmt.Errorf("cost of funds %s: not between 0 and %s", costs.FundsRate, dearestFunds)
	}
	return nil
}

// A Cost is what the expected fee of a purchase has to cover, by its parts.
type Cost struct {
	Funds     money.Amount // over the payment days
	Servicing money.Amount
	Margin    money.Amount
	Loss      Loss
}

// Total returns the sum of the parts.
func (c Cost) Total() money.Amount {
	return c.Funds.Plus(c.Servicing).Plus(c.Margin).Plus(c.Loss.Total())
}

// A Return is what a purchase brings the factor on average, before its margin.
type Return struct {
	Fee         money.Amount // expected
	Origination money.Amount // the wire fee pays for the wire
	Servicing   money.Amount
	Loss        Loss
	Funds       money.Amount // cost of funds

	// Yearly is the profit before the cost of funds on the cash that is out, for
	// the mean of the days that it is out: simple, act/365, rounded half to even to
	// a basis point. A result beyond a thousand times the cash is shown as that.
	Yearly money.Rate
}

// Profit returns what is left of fee and origination after all costs.
func (r Return) Profit() money.Amount {
	return r.Fee.Plus(r.Origination).Minus(r.Servicing).Minus(r.Loss.Total()).Minus(r.Funds)
}

// A RiskPrice is an offer whose fee and haircuts follow from the risk.
type RiskPrice struct {
	Terms    domain.OfferTerms
	Fee      money.Amount
	Cost     Cost     // never more than Fee, the expected fee
	Expected Return   // on the payment curve, at the means of the loss beliefs
	Stressed Return   // never paid before the P90 day, at the upper ends of the beliefs
	Losses   Losses   // the beliefs, with their intervals
	Reasons  []Reason // those of the decision are not repeated
}

// The codes of the reasons of a fee, for the factor.
const (
	ReasonFee        = "fee-of-costs"
	ReasonLossPriors = "loss-priors"
)

// PriceRisk returns what a mandate pays for an invoice when haircuts and fee follow
// from what is known. The mandate's fee says the family and the part of it that is
// given: nothing of a flat fee, the steps of a fee by bands, the daily rate of an
// up-front and daily fee. The free part, the first or up-front rate, is the least
// whole basis point at which the expected fee covers the cost of funds over the
// payment days, servicing, expected loss and margin (quote.freeRate has the formula);
// origination comes on top. The rest is [Price], with its refusals. It refuses with
// domain.ErrNothingToPayOut when not even the whole basis is fee enough. Faults are
// those of Price, a risk that means nothing, and [ErrCurve].
//
// It is monotone, exactly: when the payment curve is paid earlier by first-order
// dominance, or fewer invoices are disputed, neither the free rate rises nor the
// advance rate falls, and an offer does not become a refusal. Velocity rules stand
// outside: they send to a person what is too good (D-9), see [Decide].
func PriceRisk(d Decision, m domain.MandateTerms, ask Ask, r Risk) (RiskPrice, error) {
	m, err := sound(m)
	if err == nil {
		err = cmp.Or(ask.check(), r.check(m.Currency))
	}
	if err != nil {
		return RiskPrice{}, fmt.Errorf("price: %w", err)
	}
	if err := refuse(d, m, ask, scenarioDays(d, m, ask)); err != nil {
		return RiskPrice{}, err
	}
	days, err := d.PaymentDays()
	if err != nil {
		return RiskPrice{}, fmt.Errorf("price: %w", err)
	}
	m, reasons := r.Facts.Haircut(m)
	q := quote{mandate: m, basis: ask.Basis, days: days.AfterFunding(ask.Due, ask.FundedOn), cover: r.Cover, costs: r.Costs}
	losses := r.Seen.Losses(r.Facts)
	if q.mandate.Fee, err = q.fee(losses.Expected()); err != nil {
		return RiskPrice{}, err
	}
	terms, err := Price(d, q.mandate, ask)
	if err != nil {
		return RiskPrice{}, err
	}
	return q.priced(terms, losses, append(reasons, r.Facts.capReason(q.mandate)...)), nil
}

func (q quote) priced(terms domain.OfferTerms, losses Losses, reasons []Reason) RiskPrice {
	p := RiskPrice{
		Terms:    terms,
		Cost:     q.cost(terms.Fee, terms.Advance, losses.Expected()),
		Expected: q.earned(terms, losses.Expected()),
		Losses:   losses,
	}
	p.Fee = p.Expected.Fee
	q.days = q.days.Stressed()
	p.Stressed = q.earned(terms, losses.Stressed())
	p.Reasons = slices.Concat(reasons, costReasons(p, losses))
	return p
}

func costReasons(p RiskPrice, losses Losses) []Reason {
	return []Reason{
		{
			Code: ReasonFee, Value: p.Fee.Decimal(), Comparison: p.Cost.Total().Decimal(), Direction: Neutral, Audience: AudienceFactor,
			Sentence: fmt.Sprintf("an expected fee of %s covers funds %s, servicing %s, expected loss %s and margin %s",
				p.Fee, p.Cost.Funds, p.Cost.Servicing, p.Cost.Loss.Total(), p.Cost.Margin),
		},
		{
			Code: ReasonLossPriors, Value: losses.Default.Mean.String(), Comparison: LossPriorsV1, Direction: Neutral, Audience: AudienceFactor,
			Sentence: fmt.Sprintf("default within a year %s (90 %% between %s and %s), a conservative belief and not the payment curve",
				losses.Default.Mean, losses.Default.Low, losses.Default.High),
		},
	}
}
