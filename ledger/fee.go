package ledger

import (
	"comity/domain"
	"comity/money"
)

// A FeeClock is what is needed to say how much fee of one deal is earned.
type FeeClock struct {
	Fee              domain.FeeTerms
	domain.FeeCourse              // its day 0 is the value date of E3b
	Booked           money.Amount // what the deal's E4 journals debited to Accrued fees so far, net; zero is none
}

// AccrueFee records E4: the fee earned by the end of a day that is not booked
// yet, at a month end or on the value date of the receipt that ends the clock. It
// returns false when there is nothing to book. For a receipt that became known
// after a later month end was booked it takes the days after it back: income is
// debited then. Bands are spread evenly over their days (D-13); an up-front rate is
// in the first E4 on or after the funding date.
func AccrueFee(c FeeClock, through domain.Date) (Journal, bool) {
	earned := c.Fee.RecognisedOver(c.FeeCourse, c.Funded.DaysUntil(through))
	if !c.Booked.IsZero() {
		earned = earned.Minus(c.Booked)
	}
	return earn(KindAccrueFee, through, earned)
}

// EarnRest records E4c: on the value date of the receipt that ends the clock the
// rest of the started band is earned too (D-13). It returns false when the band
// ends on that day, and for an up-front and daily fee, which has none.
func EarnRest(c FeeClock, paidOn domain.Date) (Journal, bool) {
	day := c.Funded.DaysUntil(paidOn)
	rest := c.Owed(paidOn).Minus(c.Fee.RecognisedOver(c.FeeCourse, day))
	return earn(KindEarnRest, paidOn, rest)
}

// Owed returns the contractual fee on a day, every started band whole (D-13).
func (c FeeClock) Owed(on domain.Date) money.Amount {
	return c.Fee.OwedOver(c.FeeCourse, c.Funded.DaysUntil(on))
}

// WaiveFee records V16: the factor gives up a part of what is accrued. It returns false when
// that is nothing.
func WaiveFee(on domain.Date, waived money.Amount) (Journal, bool) {
	return journal(KindWaiveFee, on, debit(DiscountFeeIncome, waived), credit(AccruedFees, waived)), !waived.IsZero()
}

func earn(kind Kind, on domain.Date, amount money.Amount) (Journal, bool) {
	return journal(kind, on, debit(AccruedFees, amount), credit(DiscountFeeIncome, amount)), !amount.IsZero()
}
