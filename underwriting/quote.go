package underwriting

import (
	"sort"

	"comity/domain"
	"comity/money"
)

// A quote looks for the fee of one purchase.
type quote struct {
	mandate domain.MandateTerms // with the haircuts that count
	basis   money.Amount
	days    FundedDays
	cover   Cover
	costs   domain.Costs
}

// roundings is how many minor units cover what three roundings to the minor unit
// may take away together: that of the fee, of the funds and of what is set off.
const roundings = 2

// withFreeRate returns the mandate's fee with its free part at a number of basis
// points.
func (q quote) withFreeRate(bp int) domain.FeeTerms {
	fee := q.mandate.Fee
	if fee.Family() == domain.FeeDaily {
		fee.UpfrontRate = money.BasisPoints(int64(bp))
	} else {
		fee.FirstRate = money.BasisPoints(int64(bp))
	}
	return fee
}

// fee returns the fee whose free part is the least number of basis points that
// covers the costs, or the refusal that there is none.
func (q quote) fee(rates LossRates) (domain.FeeTerms, error) {
	m := q.mandate
	m.Fee = q.withFreeRate(0)
	highest := AdvanceRate(m)
	if !highest.Positive() {
		return domain.FeeTerms{}, domain.ErrNothingToPayOut.Because("haircuts and the given part of the fee take the whole basis")
	}
	bp, found := q.freeRate(q.basis.Times(highest), rates)
	if !found {
		return domain.FeeTerms{}, domain.ErrNothingToPayOut.Because("no fee below the whole basis covers what the purchase costs")
	}
	return q.withFreeRate(bp), nil
}

// freeRate returns the free part of the fee in basis points.
//
// The free part is a fraction x of the basis that is owed whenever the debtor pays.
// It has to bring
//
//	x basis = servicing + margin + expected loss(x) + Σ p(d) h(d)
//	h(d) = max(0, funds(1) - given(1), …, funds(d) - given(d))
//
// where funds(d) is the cost of funds and given(d) the given part of the fee if the
// debtor pays on day d. Taking the largest difference so far, and not the difference,
// keeps h from ever falling: what a late payment earns beyond its own cost is not
// given back to an early one, or a better payer would be quoted a higher first
// rate. So the sum never rises when the curve improves. The expected loss holds the
// fee that is lost with the claim and never falls in x; the least x is found from
// below. Funds and losses are taken at the highest advance that the haircuts allow,
// which does not depend on the curve; the advance that is paid is never higher.
func (q quote) freeRate(advance money.Amount, rates LossRates) (bp int, found bool) {
	fixed := q.servicing().Plus(q.margin()).Plus(q.uncovered(advance)).Plus(money.Minor(roundings, q.basis.Currency()))
	for bp <= basisPoints {
		loss := ExpectedLoss(q.exposure(q.withFreeRate(bp), advance), q.days, rates)
		next := q.basisPointsFor(fixed.Plus(loss.Total()))
		if next <= bp {
			return bp, true
		}
		bp = next
	}
	return 0, false
}

// basisPointsFor returns the least number of basis points of the basis that come to
// an amount, one too many when the whole basis does not.
func (q quote) basisPointsFor(amount money.Amount) int {
	needed := money.Percent(100).TimesInt(amount.Units())
	return sort.Search(basisPoints+1, func(bp int) bool {
		return !money.BasisPoints(int64(bp)).TimesInt(q.basis.Units()).Less(needed)
	})
}

// uncovered returns Σ p(d) h(d) of [quote.freeRate].
func (q quote) uncovered(advance money.Amount) money.Amount {
	given, end := q.withFreeRate(0), q.daysOut()
	worst := make([]money.Rate, end+1)
	for day := 1; day <= end; day++ {
		fee := given.Unrounded(q.basis, advance, min(day, q.mandate.RecourseDays))
		over := q.costs.FundsRate.TimesInt(advance.Units()).TimesInt(int64(day)).Minus(fee.TimesInt(daysPerYear))
		worst[day] = worst[day-1]
		if worst[day].Less(over) {
			worst[day] = over
		}
	}
	mean := q.days.expect(end, func(day int) money.Rate { return worst[day] })
	return money.Minor(1, q.basis.Currency()).Share(mean, 1, daysPerYear*int64(money.Whole))
}

// cureOver returns the day after funding on which recourse and cure are over.
func (q quote) cureOver() int { return q.mandate.RecourseDays + q.mandate.CureDays }

// daysOut returns the most days that the advance is out: until the seller has to
// have bought back, or, of what is covered, until the last day foreseen.
func (q quote) daysOut() int {
	if q.cover.Covered(q.basis).Positive() {
		return max(q.cureOver(), q.days.Last()+1)
	}
	return q.cureOver()
}

func (q quote) servicing() money.Amount {
	rated := q.basis.Times(q.costs.ServicingRate)
	if q.costs.Servicing.IsZero() {
		return rated
	}
	return rated.Plus(q.costs.Servicing)
}

func (q quote) margin() money.Amount { return q.basis.Times(q.costs.MarginRate) }

func (q quote) funds(advance money.Amount) money.Amount {
	rate := q.costs.FundsRate.TimesInt(q.days.meanDays(q.daysOut()))
	return advance.Share(rate, 1, daysPerYear*int64(money.Whole))
}

func (q quote) exposure(fee domain.FeeTerms, advance money.Amount) Exposure {
	return Exposure{
		Basis: q.basis, Reserve: q.basis.Minus(advance), Fees: fee.OwedOn(q.basis, advance, q.cureOver()),
		Cover: q.cover, OpenBy: q.cureOver(),
	}
}

func (q quote) cost(fee domain.FeeTerms, advance money.Amount, rates LossRates) Cost {
	return Cost{
		Funds: q.funds(advance), Servicing: q.servicing(), Margin: q.margin(),
		Loss: ExpectedLoss(q.exposure(fee, advance), q.days, rates),
	}
}

// earned returns the return of terms on the quote's days.
func (q quote) earned(terms domain.OfferTerms, rates LossRates) Return {
	cost := q.cost(terms.Fee, terms.Advance, rates)
	r := Return{
		Fee:         ExpectedFee(terms.Fee, terms.Basis, terms.Advance, q.days, terms.RecourseDays),
		Origination: terms.Origination,
		Servicing:   cost.Servicing,
		Loss:        cost.Loss,
		Funds:       cost.Funds,
	}
	r.Yearly = yearly(r.Profit().Plus(r.Funds), terms.Now, q.days.meanDays(q.daysOut()))
	return r
}

// yearly returns what a gain is of cash that is out for some millionths of days,
// as a simple yearly rate.
func yearly(gain, cash money.Amount, days int64) money.Rate {
	most := money.Minor(min(cash.Units(), largestBasis)*largestCost, cash.Currency())
	gain = money.Max(money.Min(gain, most), most.Negated())
	out := cash.Share(money.Percent(100).TimesInt(days), 1, int64(money.Whole))
	return money.Ratio(gain.Times(money.Percent(100).TimesInt(daysPerYear)), out).RoundPercent()
}
