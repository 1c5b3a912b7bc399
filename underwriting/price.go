package underwriting

import (
	"errors"
	"fmt"
	"sort"

	"comity/domain"
	"comity/money"
)

// An Ask is what a mandate is asked to price.
type Ask struct {
	Basis      money.Amount // the purchase basis: what the debtor is expected to pay (D-14)
	Due        domain.Date
	FundedOn   domain.Date     // assumed value date of the pay-out, day 0
	Banking    domain.Calendar // on which the debtor's and the factor's money moves
	RebateHold int             // banking days between the payment and the rebate, by rail (D-30)
}

// Bounds that keep every product of a price inside 64 bits; nobody trades beyond
// them.
const (
	largestBasis = 1_000_000_000_000_000 // minor units
	longestTerm  = 3_650                 // days
	longestHold  = 366                   // banking days
	largestCost  = 1_000                 // times the cash paid out
)

// Price returns what a mandate pays for an invoice: the advance rate of D-9, cut
// down to a whole basis point, the charges, and the cost in three scenarios (D-15).
// It refuses with domain.ErrOutsideMandate, domain.ErrTooLatePayer or
// domain.ErrNothingToPayOut; any other error is a mandate or an ask that means
// nothing. A decision to refer is priced: who may see the price is not its
// business. A decision to decline is refused as a payer that is too late.
func Price(d Decision, m domain.MandateTerms, ask Ask) (domain.OfferTerms, error) {
	m, err := sound(m)
	if err == nil {
		err = ask.check()
	}
	if err != nil {
		return domain.OfferTerms{}, fmt.Errorf("price: %w", err)
	}
	days := scenarioDays(d, m, ask)
	if err := refuse(d, m, ask, days); err != nil {
		return domain.OfferTerms{}, err
	}
	terms := domain.OfferTerms{
		Basis:        ask.Basis,
		AdvanceRate:  AdvanceRate(m),
		Origination:  ask.Basis.Times(m.OriginationRate).Plus(m.OriginationFixed),
		Wire:         m.WireFee,
		Fee:          m.Fee,
		RecourseDays: m.RecourseDays,
		RebateHold:   ask.RebateHold,
		Envelope:     m.Envelope,
		LateOwner:    m.LateOwner,
	}
	if !terms.AdvanceRate.Positive() {
		return domain.OfferTerms{}, domain.ErrNothingToPayOut.Because("haircuts and the highest fee take the whole basis")
	}
	terms.Advance = ask.Basis.Times(terms.AdvanceRate)
	terms.Reserve = ask.Basis.Minus(terms.Advance)
	terms.Tax = terms.Origination.Times(m.OriginationTax)
	charges := terms.Charges()
	terms.Now = terms.Advance.Minus(charges)
	highest := charges.Plus(m.Fee.OwedOn(ask.Basis, terms.Advance, m.RecourseDays))
	if !terms.Now.Positive() || highest.Units()/largestCost > terms.Now.Units() {
		return domain.OfferTerms{}, domain.ErrNothingToPayOut.Because("the advance is %s, the charges %s", terms.Advance, charges)
	}
	terms.Scenarios = []domain.Scenario{
		paid(OnTime, terms, ask, days.onTime),
		paid(Expected, terms, ask, days.expected),
		repurchased(terms, ask, days.recourse),
	}
	return terms, nil
}

// AdvanceRate returns the advance of D-9 as a fraction of the basis, cut down to a
// whole basis point: the cap, or less where the fee at the end of the cure period
// and the haircuts leave less; nothing when they leave nothing. Concentration is no
// haircut: see [Eligible].
func AdvanceRate(m domain.MandateTerms) money.Rate {
	left := money.Percent(100).Minus(m.DilutionHaircut).Minus(m.VerificationHaircut).Minus(m.SellerHaircut).Minus(m.PromiseHaircut)
	last := m.RecourseDays + m.CureDays
	if m.Fee.Family() == domain.FeeDaily {
		left = leftByDailyFee(m.Fee, last, left)
	} else {
		left = left.Minus(m.Fee.Fraction(last))
	}
	if m.AdvanceCap.Less(left) {
		left = m.AdvanceCap
	}
	if left.Negative() {
		return money.Rate{}
	}
	return left.FloorBasisPoints()
}

// leftByDailyFee returns the highest whole basis points that may be advanced out
// of what the haircuts leave: the advance, the up-front rate and the daily rate on
// that advance until the last day must fit into it. It is negative when the
// up-front rate alone does not.
func leftByDailyFee(f domain.FeeTerms, last int, left money.Rate) money.Rate {
	room := left.Minus(f.UpfrontRate).TimesInt(basisPoints)
	tooMuch := sort.Search(basisPoints+1, func(n int) bool {
		taken := money.Percent(100).TimesInt(int64(n)).Plus(f.DailyRate.TimesInt(int64(n) * int64(last)))
		return room.Less(taken)
	})
	return money.BasisPoints(int64(tooMuch) - 1)
}

// assumed are the days on which the three scenarios see the debtor pay, or not.
type assumed struct{ onTime, expected, recourse domain.Date }

// scenarioDays moves both payments to a banking day (the roll "following" of
// D-16), and never before the day after funding; the recourse day is a calendar day.
func scenarioDays(d Decision, m domain.MandateTerms, ask Ask) assumed {
	earliest := ask.FundedOn.Plus(1)
	expected := d.ExpectedPayDay(ask.Due, ask.Banking)
	return assumed{
		onTime:   ask.Banking.OnOrAfter(domain.Latest(ask.Due, earliest)),
		expected: ask.Banking.OnOrAfter(domain.Latest(expected, earliest)),
		recourse: ask.FundedOn.Plus(m.RecourseDays),
	}
}

// refuse gives the refusals that do not need a price.
func refuse(d Decision, m domain.MandateTerms, ask Ask, days assumed) error {
	basis := ask.Basis
	switch {
	case basis.Currency() != m.Currency:
		return domain.ErrOutsideMandate.Because("it buys in %s, not in %s", m.Currency, basis.Currency())
	case basis.Less(m.MinFace) || m.MaxFace.Less(basis) || basis.Units() > largestBasis:
		return domain.ErrOutsideMandate.Because("it buys from %s to %s, not %s", m.MinFace, m.MaxFace, basis)
	case days.onTime.After(days.recourse):
		return domain.ErrOutsideMandate.Because("it is due after the recourse day, %s", days.recourse)
	case d.Outcome == OutcomeDecline:
		return domain.ErrTooLatePayer.Because("an invoice like this is not bought, only collected")
	case d.ExpectedDaysLate > m.MaxExpectedDaysLate:
		return domain.ErrTooLatePayer.Because("payment is expected %s, the mandate takes %d days after due",
			relativeToDue(d.ExpectedDaysLate), m.MaxExpectedDaysLate)
	case days.expected.After(days.recourse):
		return domain.ErrTooLatePayer.Because("payment is expected on %s, after the recourse day, %s", days.expected, days.recourse)
	}
	return nil
}

func (ask Ask) check() error {
	switch {
	case !ask.Basis.Positive():
		return fmt.Errorf("basis %s: not positive", ask.Basis)
	case ask.Due.IsZero() || ask.FundedOn.IsZero():
		return errors.New("due or funding date is missing")
	case ask.RebateHold < 0 || ask.RebateHold > longestHold:
		return fmt.Errorf("rebate hold %d: not 0 to %d banking days", ask.RebateHold, longestHold)
	}
	return nil
}

// CheckMandate reports the first field of m that [Price] could not work with, for
// whoever stores a mandate: amounts in its currency, rates between 0 and 1, a
// recourse day, an envelope of plans, fee bands, costs.
func CheckMandate(m domain.MandateTerms) error {
	if _, err := sound(m); err != nil {
		return err
	}
	return checkCosts(m.Costs, m.Currency)
}

// sound returns m with amounts of nothing in its own currency, or the first field
// that no mandate could mean.
func sound(m domain.MandateTerms) (domain.MandateTerms, error) {
	for _, amount := range []*money.Amount{&m.OriginationFixed, &m.WireFee, &m.MinFace, &m.MaxFace} {
		if amount.IsZero() {
			*amount = money.Minor(0, m.Currency)
		}
		if amount.Currency() != m.Currency || amount.Negative() || amount.Units() > largestBasis {
			return m, fmt.Errorf("mandate amount %s: not one of its currency %s", amount, m.Currency)
		}
	}
	whole := money.Percent(100)
	for _, rate := range []money.Rate{
		m.AdvanceCap, m.DilutionHaircut, m.VerificationHaircut, m.SellerHaircut, m.PromiseHaircut, m.OriginationRate, m.OriginationTax,
	} {
		if rate.Negative() || whole.Less(rate) {
			return m, fmt.Errorf("mandate rate %s: not between 0 and 1", rate)
		}
	}
	if m.RecourseDays < 1 || m.CureDays < 0 || m.RecourseDays > longestTerm || m.CureDays > longestTerm {
		return m, fmt.Errorf("recourse %d and cure %d days: not 1 to %d days", m.RecourseDays, m.CureDays, longestTerm)
	}
	if err := m.Envelope.Check(); err != nil {
		return m, err
	}
	return m, m.Fee.Check()
}
