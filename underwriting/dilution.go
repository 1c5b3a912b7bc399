package underwriting

import (
	"slices"

	"comity/domain"
	"comity/money"
)

// A SaleMonth is what one seller sold to one debtor in a calendar month, and what
// was taken off those sales since.
type SaleMonth struct {
	Start   domain.Date  // the first day of the month of sale
	Sales   money.Amount // gross
	Credits money.Amount // other than cash, on sales of this month, whenever they came: after payment too (D-33)
}

// Dilution is what debtors take off invoices other than by paying them.
type Dilution struct {
	Share  Posterior // of the sales of a month
	D95    money.Ppm // share that a month exceeds once in twenty: the haircut D95(pair) of D-9
	Months int       // whose credits are complete; 0 is a pair of which nothing is known
	Known  bool      // Months is at least 3
}

const (
	dilutionMonths = 12 // months of sale that are looked at (T12M, D-33)
	monthWeight    = 2  // observations that a complete month weighs as much as
	longestMonth   = 31 // days

	// unknownLag is the credit lag of a pair of which none is known: as many days
	// as a recourse period, so that credits after payment are waited for. A shorter
	// one that somebody says is believed down to shortestLag.
	unknownLag  = 90
	shortestLag = 30

	// A month tells of an invoice when its sales come to at least one part in so many.
	tellingPart = 10
)

// dilutionV1 is the belief about a pair of which nothing is known: a mean of 4 % of
// sales and, in one month of twenty, more than 11.7 %. There is no public evidence:
// no set of payment histories that Comity knows of records credits (DOMAIN gives
// the definition only, its stories use 4 % and 6 % as D95). It is conservative by
// choice and gives way to about a year of complete months.
var dilutionV1 = Belief{Hits: 1 * oneObservation, Misses: 24 * oneObservation}

// PairDilution returns the dilution of a pair by month of sale. A month is
// complete when its last day is more than the credit lag ago: the days from a sale
// within which nineteen in twenty credits came, negative when unknown. Of the twelve
// latest complete months each counts with its share; in later months only credits
// count that already came, so that notes still under way never look like no
// dilution. D95 is the worse of the belief's and the worst of those months'. More
// credits never lower it. Months of which the sales are less than a tenth of the basis
// that is asked about, and those that began more than a year and the lag ago, say
// nothing.
func PairDilution(months []SaleMonth, lagDays int, basis money.Amount, today domain.Date) Dilution {
	if lagDays < 0 {
		lagDays = unknownLag
	}
	lagDays = max(lagDays, shortestLag)
	oldest := today.Plus(-daysPerYear - lagDays - longestMonth)
	belief, worst, complete := dilutionV1, money.Ppm(0), 0
	for _, m := range latestFirst(months) {
		done := m.Start.MonthEnd().Plus(lagDays).Before(today)
		tells := m.Sales.Positive() && m.Sales.Units() >= basis.Units()/tellingPart && m.Start.After(oldest)
		if !tells || done && complete == dilutionMonths {
			continue
		}
		share := shareOf(m.Credits, m.Sales)
		worst = max(worst, share)
		if done {
			complete++
			belief = belief.WithShare(share, monthWeight)
		} else {
			belief = belief.plus(int64(share)*monthWeight, 0)
		}
	}
	return Dilution{
		Share: belief.Posterior(), D95: max(belief.P95(), worst), Months: complete, Known: complete >= fewestKnown,
	}
}

func latestFirst(months []SaleMonth) []SaleMonth {
	return slices.SortedStableFunc(slices.Values(months), func(a, b SaleMonth) int { return a.Start.DaysUntil(b.Start) })
}

// shareOf returns part of whole in millionths, between nothing and all of it.
func shareOf(part, whole money.Amount) money.Ppm {
	switch {
	case !part.Positive():
		return 0
	case !part.Less(whole):
		return money.Whole
	}
	share, _ := money.PpmOf(money.Ratio(part, whole)) // between 0 and 1, so never an error
	return share
}
