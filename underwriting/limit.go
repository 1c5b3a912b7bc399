package underwriting

import (
	"fmt"

	"comity/domain"
	"comity/money"
)

// LimitV1 names the formula of [ProposeLimit] in whatever is stored of it.
const LimitV1 = "debtor-limit/1"

// LimitFacts are what a debtor limit is proposed on. The curve and the belief of a
// debtor of whom nothing is known are the general ones, never zero.
type LimitFacts struct {
	Today       domain.Date
	Currency    money.Currency
	Paid        []money.Amount // by the debtor in each of the last months; of more than twelve the last count
	MonthsKnown int            // since its first payment
	P90DaysLate int            // of its payment curve, -90 to 181
	LossHigh    money.Ppm      // upper end of the belief about its default within a year
}

// A LimitProposal is a limit that somebody may grant a debtor.
type LimitProposal struct {
	Limit    money.Amount
	ReviewOn domain.Date
	Reasons  []Reason // for the factor
}

// The codes of the reasons of a limit.
const (
	ReasonPaidVolume = "limit-paid-volume"
	ReasonPaysBy     = "limit-pays-by"
	ReasonLossBelief = "limit-loss-belief"
	ReasonReview     = "limit-review"
)

// The figures of v1: conservative by choice, for no public set shows a limit that
// was too high.
const (
	limitMonths  = 12 // a year of payments is full evidence
	slowestDays  = 90 // a P90 so many days late leaves no limit
	daysPerMonth = 30
	lossWeight   = 4 // a loss belief of a fourth leaves no limit
)

// The days until a review, and when they are halved.
const (
	reviewThin   = 90  // fewer than 6 months known
	reviewYoung  = 180 // fewer than 12
	reviewKnown  = 365
	reviewLate   = 30               // days late of P90 beyond which it is halved
	reviewBelief = money.Whole / 10 // loss belief beyond which it is halved
)

// ProposeLimit returns
//
//	(sum of paid months - largest month) / 11
//	  × (90 - days late of P90, 0 to 90) / 30
//	  × (1 - 4 × upper loss belief, at least 0)
//
// cut down to two digits: the volume of an ordinary month without the largest, so
// that no single month makes a limit and months that are not known count as
// nothing; three months of it for a debtor whose P90 is the due date, none for
// one that takes 90 days; less for a default that is believed likelier. More paid
// volume never lowers it; a worse curve or a worse belief never raises it. It is
// reviewed in 90 days while fewer than six months are known, in 180 while fewer than
// twelve, else in a year, and in half that when P90 is more than 30 days late or the
// belief above 10 %.
func ProposeLimit(f LimitFacts) LimitProposal {
	months := f.Paid[max(0, len(f.Paid)-limitMonths):]
	sum, largest := money.Minor(0, f.Currency), money.Minor(0, f.Currency)
	for _, paid := range months {
		if paid.Positive() {
			sum, largest = sum.Plus(paid), money.Max(largest, paid)
		}
	}
	ordinary := sum.Minus(largest)
	room := int64(slowestDays - clip(f.P90DaysLate, 0, slowestDays))
	trusted := max(0, int64(money.Whole)-lossWeight*int64(f.LossHigh))
	factor := money.Percent(100).TimesInt(room).TimesInt(trusted)
	limit := ordinary.Share(factor, 1, (limitMonths-1)*daysPerMonth*int64(money.Whole))
	review := reviewDays(f)
	return LimitProposal{
		Limit:    twoDigits(limit),
		ReviewOn: f.Today.Plus(review),
		Reasons: []Reason{
			limitReason(ReasonPaidVolume, ordinary.Decimal(), fmt.Sprintf("%s paid in a year without the largest month, %s known",
				ordinary, counted(max(0, f.MonthsKnown), "month"))),
			limitReason(ReasonPaysBy, fmt.Sprint(f.P90DaysLate), "nine in ten invoices are paid "+relativeToDue(f.P90DaysLate)+" or before"),
			limitReason(ReasonLossBelief, f.LossHigh.String(), "default within a year is believed to be at most "+f.LossHigh.Rate().PercentString()+" %"),
			limitReason(ReasonReview, fmt.Sprint(review), "looked at again in "+counted(review, "day")),
		},
	}
}

func limitReason(code, value, sentence string) Reason {
	return Reason{Code: code, Value: value, Comparison: LimitV1, Direction: Neutral, Sentence: sentence, Audience: AudienceFactor}
}

func reviewDays(f LimitFacts) int {
	left := reviewKnown
	switch {
	case f.MonthsKnown < limitMonths/2:
		left = reviewThin
	case f.MonthsKnown < limitMonths:
		left = reviewYoung
	}
	if f.P90DaysLate > reviewLate || f.LossHigh > reviewBelief {
		left /= 2
	}
	return left
}

// twoDigits cuts an amount down to its two leading digits.
func twoDigits(a money.Amount) money.Amount {
	unit := int64(1)
	for a.Units()/unit >= 100 {
		unit *= 10
	}
	return money.Minor(a.Units()/unit*unit, a.Currency())
}
