package marketplace

import (
	"slices"
	"time"

	"comity/domain"
	"comity/ledger"
	"comity/money"
)

// An ending is the end of a deal's fee clock, or a step on the way to it: what it changes of the
// deal and its invoice, in the books, and what the bank is told to do.
type ending struct {
	file      domain.DealFile
	day       domain.Date // today, where the factor is
	now       time.Time
	lastMoney domain.Date
	forgiven  [2]money.Amount // by the seller and by the factor
	books     *ledger.Scribe
	payouts   []domain.Payout
}

// after returns a deal's file as it is once something of its basis moved.
func after(file domain.DealFile, m domain.Move) domain.DealFile {
	file.Deal.Open = file.Deal.Open.Plus(m.Open)
	file.Deal.Moves = append(slices.Clip(file.Deal.Moves), m)
	return file
}

// bears reports whether anything that is open still bears a fee: a disputed part does not.
func bears(file domain.DealFile) bool {
	last := file.Deal.FundingDate
	for _, m := range file.Deal.Moves {
		last = domain.Latest(last, m.On)
	}
	return domain.Bearing(file.Deal.Basis, file.Deal.Moves, last.Plus(1)).Positive()
}

// clock is the deal's fee clock.
func (e *ending) clock() ledger.FeeClock { return clockOf(e.file) }

// accrue posts E4 through a day.
func (e *ending) accrue(through domain.Date) {
	accrued, any := ledger.AccrueFee(e.clock(), through)
	e.books.PostIf(accrued, any)
	if any {
		d := &e.file.Deal
		d.Recognised = d.Fee.RecognisedOver(d.Course(), d.Day(through))
	}
}

// stop ends the fee clock on a day: E4, and the rest of the started band. What the factor bears
// of a plan that was kept it gives up when the fee is taken: see [ending.waive].
func (e *ending) stop(on domain.Date) {
	e.accrue(on)
	rest, any := ledger.EarnRest(e.clock(), on)
	e.books.PostIf(rest, any)
	d := &e.file.Deal
	d.Recognised, d.NextAccrual = e.clock().Owed(on), time.Time{}
}

// waive posts V16: the share of the extra fee that the factor bears of a plan that was kept, or
// whose last money came in time; zero: it did not come.
func (e *ending) waive(clockEnd, paidOn domain.Date) {
	business := domain.BusinessDays(e.file.Factor.Country)
	waived := domain.Waiver(e.file.Deal, e.file.Plans, clockEnd, func(p domain.Plan) bool { return p.InTime(paidOn, business) })
	given, any := ledger.WaiveFee(e.day, waived)
	e.books.PostIf(given, any)
	e.file.Deal.Recognised = e.file.Deal.Recognised.Minus(waived)
}

// forgive takes off what a settlement forgives, now that its last instalment arrived in time.
func (e *ending) forgive(paidOn domain.Date) {
	p, settles := domain.Settles(e.file.Plans, e.file.Deal.Open, paidOn)
	if !settles || paidOn.IsZero() {
		return
	}
	open := e.file.Deal.Open
	// the seller's share was kept free in its reserve; money that arrived is never refused for want of it
	seller := money.Min(open.Minus(money.Min(p.FactorForgives, open)), e.file.Deal.ReserveLeft())
	factor := open.Minus(seller)
	e.file = after(e.file, domain.Move{On: paidOn, Open: open.Negated(), Disputed: money.Minor(0, open.Currency())})
	d := &e.file.Deal
	d.Forgiven, d.ReserveUsed = d.Forgiven.Plus(open), d.ReserveUsed.Plus(seller)
	e.forgiven = [2]money.Amount{seller, factor}
}

// postForgiven posts V13 of what was forgiven.
func (e *ending) postForgiven() {
	if e.forgiven[0].Currency() != "" {
		e.books.Post(ledger.Forgive(e.day, e.forgiven[0], e.forgiven[1]))
	}
}

// swept is what was moved from the collection to the operating account so far.
func swept(file domain.DealFile) money.Amount {
	sum := money.Minor(0, file.Deal.Basis.Currency())
	for _, p := range file.Payouts {
		if p.Kind == domain.PaySweep && p.Status != domain.PayoutRejected && p.Status != domain.PayoutReturned {
			sum = sum.Plus(p.Amount)
		}
	}
	return sum
}

// own is what more of the debtor's money is the factor's own before the deal is settled: the
// advance and the fee recognised so far, less what it may give up of it.
func (e *ending) own() money.Amount {
	d := e.file.Deal
	given := domain.Waiver(e.file.Deal, e.file.Plans, domain.Latest(e.day, d.FundingDate), func(p domain.Plan) bool {
		return p.Status == domain.PlanActive || p.Status == domain.PlanKept
	})
	return d.Advance.Plus(d.Recognised).Minus(given).Minus(swept(e.file)).Minus(cardCost(e.file.Deal))
}

// sweep orders the transfer of the factor's own money and posts it (E5s).
func (e *ending) sweep(amount money.Amount, id domain.PayoutID) {
	if !amount.Positive() {
		return
	}
	e.books.Post(ledger.Sweep(e.day, amount))
	e.payouts = append(e.payouts, order(e.file.Deal, domain.PaySweep, amount, e.now, id))
}

// settle posts the end of a deal that is paid in full: the reserve pays the fee (E6), the
// factor's own money is swept (E5s), the rebate ordered (E7a), at once or when its rail's hold
// is over. A deal without a rebate is settled here.
func (e *ending) settle(ids [2]domain.PayoutID) error {
	d := &e.file.Deal
	d.PaidInFull = e.lastMoney
	e.waive(domain.Latest(e.lastMoney, d.FundingDate), e.lastMoney)
	nothing, reserve := money.Minor(0, d.Reserve.Currency()), d.ReserveLeft()
	rebate := money.Max(reserve.Minus(d.Recognised), nothing)
	settled, any := ledger.Settle(e.day, reserve, d.Recognised)
	e.books.PostIf(settled, any)
	e.sweep(collected(e.file).Minus(swept(e.file)).Minus(rebate), ids[0])
	if rebate.Positive() {
		e.rebate(rebate, ids[1])
	}
	return e.close()
}

// rebate orders the seller's rebate.
func (e *ending) rebate(amount money.Amount, id domain.PayoutID) {
	d := e.file.Deal
	p := order(d, domain.PayRebate, amount, e.now, id)
	if d.RebateHold == 0 || d.PaidInFull.IsZero() {
		e.books.Post(ledger.RebateInstruct(e.day, amount))
	} else {
		banking := domain.BankingDays(d.Basis.Currency(), e.file.Factor.Country)
		held := banking.Add(d.PaidInFull, d.RebateHold)
		p.Status, p.InstructedAt = domain.PayoutQueued, time.Time{}
		p.ReleaseAt = banking.Add(held, 1).At(8, 0, e.file.Factor.Zone())
		if p.ReleaseAt.Before(e.now) {
			p.ReleaseAt = e.now
		}
	}
	e.payouts = append(e.payouts, p)
}

// close settles the deal once every balance-sheet account of it is at nothing: it is paid, no
// fee is unsecured (D-11), the seller owes nothing for what was given back, and its money is with it.
func (e *ending) close() error {
	d := &e.file.Deal
	if d.Status != domain.DealPaidOut || d.PaidInFull.IsZero() || d.ReserveLeft().Less(d.Recognised) ||
		slices.ContainsFunc(e.file.Recourses, domain.Recourse.Held) || slices.ContainsFunc(slices.Concat(e.file.Payouts, e.payouts), onItsWay) {
		return nil
	}
	if err := d.MoveTo(domain.DealSettled); err != nil {
		return err
	}
	d.SettledAt, d.NextAccrual = e.now, time.Time{}
	return e.file.Invoice.MoveTo(domain.InvoiceClosed)
}

// onItsWay reports whether money of the seller is ordered and not confirmed.
func onItsWay(p domain.Payout) bool {
	over := p.Status == domain.PayoutConfirmed || p.Status == domain.PayoutRejected || p.Status == domain.PayoutReturned
	return p.Kind != domain.PaySweep && !over
}

// cardCost is what a card processor kept of what the debtor of a deal paid.
func cardCost(d domain.Deal) money.Amount { return money.Minor(d.CardCost.Units(), d.Basis.Currency()) }

// collected is what came in for a deal: from its debtor, less what a card processor kept of it, and from
// its seller for what was given back.
func collected(file domain.DealFile) money.Amount {
	d := file.Deal
	sum := d.Basis.Minus(d.Open).Minus(d.Credited).Minus(d.Forgiven).Minus(d.GivenBack).Minus(cardCost(d))
	for _, r := range file.Recourses {
		sum = sum.Plus(r.Paid)
	}
	return sum
}

// order makes an order to the factor's bank that leaves at once.
func order(d domain.Deal, kind domain.PayoutKind, amount money.Amount, now time.Time, id domain.PayoutID) domain.Payout {
	p := domain.Payout{
		ID: id, World: d.World, Factor: d.Factor, Seller: d.Seller, Deal: d.ID, Kind: kind, Status: domain.PayoutInstructed,
		Amount: amount, From: d.Collection, To: d.Operating, EndToEnd: endToEnd(id), InstructedAt: now, CreatedAt: now,
	}
	if kind == domain.PayRebate || kind == domain.PayPassThrough {
		p.To = d.Payout
	}
	return p
}
