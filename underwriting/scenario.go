package underwriting

import (
	"comity/domain"
	"comity/money"
)

// The names of the three scenarios of an offer, as they are stored.
const (
	OnTime      = "on_time"
	Expected    = "expected"
	RecourseDay = "recourse_day"
)

// paid returns what an offer costs when the debtor pays the whole basis on a day:
// the same fee, rebate and days that the journals will show (D-15).
func paid(name string, terms domain.OfferTerms, ask Ask, on domain.Date) domain.Scenario {
	s := domain.Scenario{Name: name, FundedOn: ask.FundedOn, PaidOn: on, Day: ask.FundedOn.DaysUntil(on)}
	s.Fee = terms.Fee.OwedOn(terms.Basis, terms.Advance, s.Day)
	nothing := money.Minor(0, terms.Basis.Currency())
	s.Later = money.Max(terms.Reserve.Minus(s.Fee), nothing)
	s.LaterOn = RebateDay(on, terms.RebateHold, ask.Banking)
	return costed(s, terms, []Flow{
		{On: s.FundedOn, Amount: terms.Now},
		{On: s.PaidOn, Amount: terms.Basis.Negated()},
		{On: s.LaterOn, Amount: s.Later},
	})
}

// repurchased returns what an offer costs when the debtor has not paid by the
// recourse day and the seller pays back the advance and the fee on that day.
func repurchased(terms domain.OfferTerms, ask Ask, on domain.Date) domain.Scenario {
	s := domain.Scenario{Name: RecourseDay, FundedOn: ask.FundedOn, PaidOn: on, Day: terms.RecourseDays, LaterOn: on}
	s.Fee = terms.Fee.OwedOn(terms.Basis, terms.Advance, s.Day)
	s.Later = terms.Advance.Plus(s.Fee).Negated()
	return costed(s, terms, []Flow{{On: s.FundedOn, Amount: terms.Now}, {On: s.LaterOn, Amount: s.Later}})
}

// costed adds the three figures of D-15. An effective rate that does not exist or
// is not single stays zero: domain.Scenario.EffectiveKnown says so.
func costed(s domain.Scenario, terms domain.OfferTerms, flows []Flow) domain.Scenario {
	s.TotalCost = s.Fee.Plus(terms.Charges())
	s.Nominal = NominalRate(s.TotalCost, terms.Now, s.Day)
	s.Effective, _ = EffectiveRate(flows)
	return s
}

// RebateDay returns the day on which the rebate of a payment is paid: the banking day
// after the last of the hold's banking days (D-30; story A: paid 10 March, held to 17,
// rebate on 18), and where its rail needs no hold the one after the payment, when the
// bank's statement of it is there (story B: paid 1 April, rebate on 2).
func RebateDay(paidOn domain.Date, hold int, banking domain.Calendar) domain.Date {
	return banking.Add(paidOn, hold+1)
}
