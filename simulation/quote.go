package simulation

import (
	"errors"
	"fmt"
	"sync"

	"comity/domain"
	"comity/money"
	"comity/underwriting"
	"comity/underwriting/backtest"
	"comity/underwriting/paytime"
)

// Why an invoice is not bought, beside the codes of the refusals of a price.
const (
	RefusedCurrency      = "no-book-in-currency"
	RefusedSize          = "invoice-size"
	RefusedTerm          = "due-after-recourse"
	RefusedUnsecured     = "fee-beyond-reserve"
	RefusedCapital       = "no-capital"
	RefusedDebtorLimit   = "debtor-limit"
	RefusedConcentration = "concentration"
	RefusedDefaulted     = "debtor-defaulted"    // in the credit scenario
	RefusedPaid          = "paid-before-funding" // bought, and taken back
)

// A quote is what a policy says of one invoice on the day of its issue, whatever
// room there is.
type quote struct {
	refused  string // the code; "" is a price
	basis    money.Amount
	terms    domain.OfferTerms
	fundedOn domain.Date
	fee      money.Amount // expected
	allowed  money.Amount // expected loss that the fee covers
	daysOut  int64        // expected, millionths of a day
}

// asOf turns the curve of a priced row into a decision. Nobody looks at a case here,
// so only the rule that declines is applied: being unpaid on day 180 is likelier than
// not.
func asOf(curve *backtest.Result) underwriting.Decision {
	d := underwriting.Decision{Outcome: underwriting.OutcomeOffer, Curve: make([]underwriting.CurvePoint, 0, paytime.Days)}
	unpaid := int64(0)
	d.MedianDaysLate, d.P90DaysLate = paytime.Later, paytime.Later
	for i, paid := range curve.PaidBy {
		share, day := money.Ppm(paid), paytime.FirstDay+i
		d.Curve = append(d.Curve, underwriting.CurvePoint{Day: day, Paid: share})
		unpaid += int64(money.Whole - share)
		if share >= money.Whole/2 {
			d.MedianDaysLate = min(d.MedianDaysLate, day)
		}
		if share >= money.Whole/10*9 {
			d.P90DaysLate = min(d.P90DaysLate, day)
		}
	}
	d.Later = money.Whole - money.Ppm(curve.PaidBy[paytime.Days-1])
	d.ExpectedDaysLate = int((unpaid+int64(money.Whole)/2)/int64(money.Whole)) + paytime.FirstDay
	if d.Later > money.Whole/2 {
		d.Outcome = underwriting.OutcomeDecline
	}
	return d
}

// quotes prices every row. The result does not depend on how many workers there are.
func quotes(in Input, p Policy) ([]quote, error) {
	out, faults := make([]quote, len(in.Portfolio.Priced)), make([]error, max(in.Workers, 1))
	desks := map[money.Currency]*desk{}
	for _, b := range p.Books {
		desks[b.Currency] = newDesk(p, b)
	}
	var group sync.WaitGroup
	for worker := range faults {
		group.Go(func() {
			for i := worker; i < len(out) && faults[worker] == nil; i += len(faults) {
				row := in.Portfolio.Priced[i]
				out[i] = quote{refused: RefusedCurrency, basis: money.Minor(row.Minor, row.Currency)}
				if desk, ours := desks[row.Currency]; ours {
					faults[worker] = desk.quote(&out[i], &in.Portfolio.History.Rows[row.Row], &in.Curves[i])
				}
			}
		})
	}
	group.Wait()
	return out, errors.Join(faults...)
}

// A desk quotes in one currency.
type desk struct {
	policy  Policy
	mandate domain.MandateTerms // without haircuts
	risk    underwriting.Risk
	banking domain.Calendar
}

func newDesk(p Policy, b BookTerms) *desk {
	return &desk{policy: p, mandate: p.mandate(b), risk: p.risk(b), banking: domain.BankingDays(b.Currency, b.Country)}
}

func (d *desk) quote(q *quote, row *paytime.Row, curve *backtest.Result) error {
	decision := asOf(curve)
	ask := underwriting.Ask{
		Basis: q.basis, Due: dateOf(row.Due), FundedOn: d.banking.Add(dateOf(row.Issued), 1),
		Banking: d.banking, RebateHold: d.policy.RebateHold,
	}
	var refusal *domain.Refusal
	if q.basis.Less(d.mandate.MinFace) || d.mandate.MaxFace.Less(q.basis) {
		q.refused = RefusedSize
		return nil
	}
	if err := d.price(q, decision, ask); errors.As(err, &refusal) {
		q.refused = refusal.Code
		if errors.Is(err, domain.ErrOutsideMandate) { // by the size it is inside
			q.refused = RefusedTerm
		}
		return nil
	} else if err != nil {
		return fmt.Errorf("price row %s: %w", row.ID, err)
	}
	days, err := decision.PaymentDays()
	if err != nil {
		return fmt.Errorf("price row %s: %w", row.ID, err)
	}
	funded := days.AfterFunding(ask.Due, ask.FundedOn)
	q.refused, q.fundedOn, q.terms.Scenarios = "", ask.FundedOn, nil
	q.fee = underwriting.ExpectedFee(q.terms.Fee, q.basis, q.terms.Advance, funded, q.terms.RecourseDays)
	for day := range d.policy.RecourseDays + d.policy.CureDays {
		q.daysOut += int64(money.Whole - funded.PaidBy(day))
	}
	if q.terms.Reserve.Less(q.terms.Fee.OwedOn(q.basis, q.terms.Advance, q.terms.RecourseDays)) {
		q.refused = RefusedUnsecured // a rounding apart; such a fee would be no claim (D-11)
	}
	return nil
}

// price fills in the terms, with a fee that is given or that covers its costs.
func (d *desk) price(q *quote, decision underwriting.Decision, ask underwriting.Ask) error {
	q.allowed = money.Minor(0, q.basis.Currency())
	if d.policy.Priced {
		priced, err := underwriting.PriceRisk(decision, d.mandate, ask, d.risk)
		q.terms, q.allowed = priced.Terms, priced.Cost.Loss.Total()
		return err
	}
	mandate, _ := d.policy.Facts.Haircut(d.mandate)
	terms, err := underwriting.Price(decision, mandate, ask)
	q.terms = terms
	return err
}

// epoch is any day: days of a history are counted from another one.
var epoch = domain.MustDate("2000-01-01")

// dateOf returns the date of a day of a history.
func dateOf(day int) domain.Date { return epoch.Plus(day - paytime.DayOf(epoch)) }
