package simulation

import (
	"fmt"

	"comity/domain"
	"comity/ledger"
	"comity/money"
	"comity/underwriting"
)

// A deal is one purchase, and what will become of it.
type deal struct {
	domain.Deal
	id         string // of the invoice
	debtor     *debtor
	quote      *quote
	paidOn     domain.Date  // the zero Date: never
	defaulted  bool         // in the scenario
	sellerPays bool         // when recourse is exercised
	eligible   bool         // counts in the eligible base
	out        bool         // the advance is neither back nor lost
	claim      money.Amount // on the seller, after the recourse day
	rebate     money.Amount
	journals   []ledger.Journal
}

// A debtor is what one owes in a book.
type debtor struct {
	name     string
	advanced money.Amount
	eligible money.Amount // basis that counts in the eligible base
	volume   money.Amount // bought in all
	deals    int
	peak     money.Amount // highest advance
}

// A step is something that happens to a deal on a day. The steps of one day are
// taken in this order: money moves before recourse opens at the end of the day.
type step int

const (
	stepFund step = iota
	stepReceive
	stepCure
	stepRebate
	stepRebatePaid
	stepPassOn
	stepAge
	stepRecourse
)

// take does a step of a deal that is due today.
func (r *run) take(s step, d *deal) error {
	switch s {
	case stepFund:
		return r.fund(d)
	case stepReceive:
		return r.receive(d)
	case stepCure:
		return r.cure(d)
	case stepRebate:
		r.plan(r.banking.Add(r.today, 1), stepRebatePaid, d)
		return r.post(d, ledger.RebateInstruct(r.today, d.rebate))
	case stepRebatePaid:
		return r.finish(d, r.post(d, ledger.RebatePaid(r.today, d.rebate)))
	case stepPassOn:
		passed, _ := ledger.PassOn(r.today, d.Basis.Minus(d.claim))
		return r.finish(d, r.post(d, passed))
	case stepAge:
		r.age(d)
		return nil
	case stepRecourse:
		return r.recourse(d)
	default:
		return fmt.Errorf("no step %d", s)
	}
}

// buy records the sale of an invoice on the day of its issue: E1 and E2.
func (r *run) buy(d *deal, due domain.Date) error {
	terms := d.quote.terms
	d.Deal = domain.Deal{
		Status: domain.DealMade, Due: due, Basis: terms.Basis, Advance: terms.Advance, Reserve: terms.Reserve,
		Origination: terms.Origination, Wire: terms.Wire, Tax: terms.Tax, Open: terms.Basis, Fee: terms.Fee, RecourseDays: terms.RecourseDays,
		RebateHold: terms.RebateHold, Recognised: money.Minor(0, terms.Basis.Currency()), FundingDate: d.quote.fundedOn,
	}
	r.commit(d)
	r.plan(d.FundingDate, stepFund, d)
	r.plan(domain.Latest(due.Plus(agedDays+1), d.FundingDate), stepAge, d)
	if err := r.post(d, ledger.Purchase(r.today, d.Basis, d.Advance)); err != nil {
		return err
	}
	return r.postIf(d)(ledger.Charges(r.today, d.Origination, d.Wire, d.Tax))
}

// fund pays the advance out, E3a and E3b. A debtor that paid before it leaves no
// claim to buy: the sale is taken back and nothing else ever existed (D-4).
func (r *run) fund(d *deal) error {
	if !d.paidOn.IsZero() && d.paidOn.Before(r.today) {
		if err := d.MoveTo(domain.DealCancelled); err != nil {
			return err
		}
		r.release(d)
		r.refuse(RefusedPaid, d.Basis)
		for _, j := range d.journals {
			if err := r.post(d, ledger.Reverse(j, r.today)); err != nil {
				return err
			}
		}
		return r.finish(d, nil)
	}
	if err := d.MoveTo(domain.DealPaidOut); err != nil {
		return err
	}
	r.bought(d)
	recourse := r.today.Plus(d.RecourseDays)
	r.plan(recourse, stepRecourse, d)
	r.plan(r.banking.OnOrAfter(recourse.Plus(max(r.policy.CureDays, 1))), stepCure, d) // recourse opens at the end of its day
	if !d.paidOn.IsZero() {
		r.plan(d.paidOn, stepReceive, d)
	}
	if err := r.post(d, ledger.Instruct(r.today, d.Now())); err != nil {
		return err
	}
	return r.post(d, ledger.Disburse(r.today, d.Now()))
}

// receive books the debtor's payment: E4 to E7, or V4d when recourse was exercised.
// What comes after the seller paid is the seller's, and not seen here.
func (r *run) receive(d *deal) error {
	switch {
	case d.Status == domain.DealChargedBack && d.out:
		return r.collectHeld(d)
	case d.Status != domain.DealPaidOut:
		return nil
	}
	if err := d.MoveTo(domain.DealSettled); err != nil {
		return err
	}
	if err := r.earn(d); err != nil {
		return err
	}
	r.release(d)
	d.rebate = money.Max(d.Reserve.Minus(d.Recognised), money.Minor(0, d.Reserve.Currency()))
	if err := r.post(d, ledger.Collect(r.today, d.Open)); err != nil {
		return err
	}
	if err := r.postIf(d)(ledger.Settle(r.today, d.Reserve, d.Recognised)); err != nil {
		return err
	}
	if err := r.post(d, ledger.Sweep(r.today, d.Basis.Minus(d.rebate))); err != nil {
		return err
	}
	if d.rebate.IsZero() {
		return r.finish(d, nil)
	}
	r.plan(underwriting.RebateDay(r.today, d.RebateHold, r.banking), stepRebate, d)
	return nil
}

// earn ends the fee clock today: E4, and E4c for the rest of the band (D-13).
func (r *run) earn(d *deal) error {
	if err := r.accrue(d); err != nil {
		return err
	}
	rest, any := ledger.EarnRest(clockOf(d), r.today)
	d.Recognised = d.Fee.OwedOn(d.Basis, d.Advance, d.Day(r.today))
	return r.postIf(d)(rest, any)
}

// accrue posts E4 of what was earned by the end of today.
func (r *run) accrue(d *deal) error {
	accrued, any := ledger.AccrueFee(clockOf(d), r.today)
	d.Recognised = d.Fee.RecognisedOn(d.Basis, d.Advance, d.Day(r.today))
	return r.postIf(d)(accrued, any)
}

func clockOf(d *deal) ledger.FeeClock {
	return ledger.FeeClock{Fee: d.Fee, FeeCourse: domain.FeeCourse{Basis: d.Basis, Advance: d.Advance, Funded: d.FundingDate}, Booked: d.Recognised}
}

// recourse exercises it at the end of the recourse day: V4. The fee clock stops.
func (r *run) recourse(d *deal) error {
	if d.Status != domain.DealPaidOut {
		return nil
	}
	if err := d.MoveTo(domain.DealChargedBack); err != nil {
		return err
	}
	if err := r.earn(d); err != nil {
		return err
	}
	r.age(d)
	r.report.ChargedBack++
	d.claim = d.Open.Plus(d.Recognised).Minus(d.Reserve)
	return r.post(d, ledger.ExerciseRecourse(r.today, d.Open, d.Reserve, d.Recognised))
}

// cure is the day on which the seller pays (V4p), or does not. Then the factor waits
// for the debtor; when that never pays either, the scenario says what is lost.
func (r *run) cure(d *deal) error {
	switch {
	case d.Status != domain.DealChargedBack || !d.out:
		return nil
	case d.sellerPays:
		r.report.Repurchased++
		r.release(d)
		return r.finish(d, r.repaid(d, d.claim))
	case !d.paidOn.IsZero():
		return nil
	}
	lost := d.claim.Times(r.policy.Scenario.LossGivenDefault)
	r.report.WrittenOff++
	r.book.month(r.today).Losses++
	r.report.Recovered = r.report.Recovered.Plus(d.claim.Minus(lost))
	r.release(d)
	if recovered := d.claim.Minus(lost); recovered.Positive() {
		if err := r.repaid(d, recovered); err != nil {
			return err
		}
	}
	return r.finish(d, r.postIf(d)(ledger.WriteOff(r.today, lost)))
}

// repaid books what a seller pays of its debt (V4p) and the sweep of it.
func (r *run) repaid(d *deal, paid money.Amount) error {
	if err := r.post(d, ledger.RecoursePaid(r.today, ledger.CashCollection, paid)); err != nil {
		return err
	}
	return r.post(d, ledger.Sweep(r.today, paid))
}

// collectHeld books a debtor's payment while title is held: V4d, its sweep, and what
// is passed on to the seller.
func (r *run) collectHeld(d *deal) error {
	r.report.PaidWhileHeld++
	r.release(d)
	if err := r.post(d, ledger.CollectHeld(r.today, ledger.CashCollection, d.Basis, d.claim)); err != nil {
		return err
	}
	if err := r.post(d, ledger.Sweep(r.today, d.claim)); err != nil {
		return err
	}
	if d.Basis.Compare(d.claim) == 0 {
		return r.finish(d, nil)
	}
	r.plan(r.banking.Add(r.today, 1), stepPassOn, d)
	return nil
}

// finish checks the closing identity of a deal of which nothing is left (D-29).
func (r *run) finish(d *deal, err error) error {
	if err != nil {
		return err
	}
	if err := ledger.ClosingIdentity(ledger.Sum(d.Basis.Currency(), d.journals...)); err != nil {
		return fmt.Errorf("close %s: %w", d.id, err)
	}
	d.journals = nil
	r.open--
	return nil
}

func (r *run) post(d *deal, j ledger.Journal) error { return r.book.post(d, j) }

// postIf returns a function that posts a journal if there is one.
func (r *run) postIf(d *deal) func(ledger.Journal, bool) error {
	return func(j ledger.Journal, any bool) error {
		if !any {
			return nil
		}
		return r.book.post(d, j)
	}
}
