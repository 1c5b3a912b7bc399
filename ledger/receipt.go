package ledger

import (
	"comity/domain"
	"comity/money"
)

// Collect records E5, and V3 for a part payment: the debtor's money on the
// collection account. It posts what arrived and nothing else; what is missing
// stays open (D-11).
func Collect(valueDate domain.Date, received money.Amount) Journal {
	return journal(KindCollect, valueDate, debit(CashCollection, received), credit(FactoredReceivables, received))
}

// Settle records E6: the reserve pays the accrued fees and the rest becomes the
// seller's rebate. Fees beyond the reserve stay accrued and unsecured: they are
// no claim on the seller by themselves (D-11). It returns false when there is no
// reserve to settle.
func Settle(on domain.Date, reserve, accrued money.Amount) (Journal, bool) {
	fees := money.Min(reserve, accrued)
	return journal(KindSettle, on,
		debit(Reserve, reserve),
		credit(AccruedFees, fees),
		credit(RebatePayable, reserve.Minus(fees))), !reserve.IsZero()
}

// Sweep records E5s: the factor moves its own money, the advance and the fee,
// from the collection to the operating account (D-1).
func Sweep(on domain.Date, own money.Amount) Journal {
	return journal(KindSweep, on, debit(CashOperating, own), credit(CashCollection, own))
}

// RebateInstruct records E7a: the rebate is with the bank, its hold being over (D-30).
func RebateInstruct(on domain.Date, rebate money.Amount) Journal {
	return journal(KindRebateInstruct, on, debit(RebatePayable, rebate), credit(PaymentsInTransit, rebate))
}

// RebatePaid records E7b: the bank's statement shows the rebate leave the
// collection account (D-1).
func RebatePaid(valueDate domain.Date, rebate money.Amount) Journal {
	return journal(KindRebatePaid, valueDate, debit(PaymentsInTransit, rebate), credit(CashCollection, rebate))
}

// Unidentified records V8: money on the collection account that nothing explains yet.
func Unidentified(valueDate domain.Date, received money.Amount) Journal {
	return journal(KindUnidentified, valueDate, debit(CashCollection, received), credit(UnappliedCash, received))
}

// ApplyUnidentified records the second half of V8: money that was unidentified
// pays a purchased invoice after all.
func ApplyUnidentified(on domain.Date, applied money.Amount) Journal {
	return journal(KindApplyUnidentified, on, debit(UnappliedCash, applied), credit(FactoredReceivables, applied))
}

// ApplyCard records what a card processor passed on and was unidentified till then: the debtor
// is credited with all that it paid, and what the processor kept is the factor's cost. There
// is no journal before: money at the processor is not in the factor's bank.
func ApplyCard(on domain.Date, paid, kept money.Amount) Journal {
	return journal(KindApplyCard, on, debit(UnappliedCash, paid.Minus(kept)), debit(ProcessingCosts, kept), credit(FactoredReceivables, paid))
}
