package ledger

import (
	"comity/domain"
	"comity/money"
)

// Credit records V1: a credit note of the seller takes a part of the invoice away. Its reserve
// pays for it; what the reserve does not cover the seller owes (D-11).
func Credit(on domain.Date, credited, reserve money.Amount) Journal {
	taken := money.Min(credited, reserve)
	return journal(KindCredit, on,
		debit(Reserve, taken),
		debit(SellerRecourse, credited.Minus(taken)),
		credit(FactoredReceivables, credited))
}

// Forgive records V13 for a settlement: what is no longer asked of the debtor is borne by the
// seller, from its reserve, and by the factor, as a loss.
func Forgive(on domain.Date, seller, factor money.Amount) Journal {
	return journal(KindForgive, on, debit(Reserve, seller), debit(CreditLoss, factor), credit(FactoredReceivables, seller.Plus(factor)))
}

// GiveBackPart records V2: a part of an invoice goes back to the seller while the rest stays.
// The free reserve, what is left of it beyond the fees, pays for it; the rest the seller owes
// (D-11).
func GiveBackPart(on domain.Date, part, free money.Amount) Journal {
	taken := money.Min(part, money.Max(free, money.Minor(0, part.Currency())))
	return journal(KindPartRecourse, on,
		debit(Reserve, taken),
		debit(SellerRecourse, part.Minus(taken)),
		credit(FactoredReceivables, part))
}

// ExerciseRecourse records V4: the invoice goes back to the seller, who owes what is
// open and the accrued fees, less the reserve. Title is held until that is paid (D-5).
// A reserve that is larger than both leaves the seller a rebate and nothing to pay.
func ExerciseRecourse(on domain.Date, open, reserve, accrued money.Amount) Journal {
	nothing := money.Minor(0, open.Currency())
	owed := open.Plus(accrued).Minus(reserve)
	return journal(KindRecourse, on,
		debit(Reserve, reserve),
		debit(SellerRecourse, money.Max(owed, nothing)),
		credit(FactoredReceivables, open),
		credit(AccruedFees, accrued),
		credit(RebatePayable, money.Max(owed.Negated(), nothing)))
}

// RecoursePaid records V4p: the seller's debt of an exercised recourse is paid, in full or in
// part, from money that arrives ([CashCollection]) or that was unidentified ([UnappliedCash]).
func RecoursePaid(on domain.Date, from Account, paid money.Amount) Journal {
	return journal(KindRecoursePaid, on, debit(from, paid), credit(SellerRecourse, paid))
}

// CollectHeld records V4d: the debtor pays for what was given back, with money that arrives
// ([CashCollection]) or that was unidentified ([UnappliedCash]). What the seller owes is taken
// from it while title is held, the rest is passed on to the seller (D-5).
func CollectHeld(on domain.Date, from Account, received, owed money.Amount) Journal {
	taken := money.Min(received, owed)
	return journal(KindCollectHeld, on,
		debit(from, received),
		credit(SellerRecourse, taken),
		credit(PassThroughPayable, received.Minus(taken)))
}

// PassOn records that money of the seller leaves the collection account. It returns
// false when there is none.
func PassOn(valueDate domain.Date, amount money.Amount) (Journal, bool) {
	return journal(KindPassOn, valueDate, debit(PassThroughPayable, amount), credit(CashCollection, amount)), !amount.IsZero()
}

// PassInstruct records that money of the seller is with the bank.
func PassInstruct(on domain.Date, amount money.Amount) Journal {
	return journal(KindPassInstruct, on, debit(PassThroughPayable, amount), credit(PaymentsInTransit, amount))
}

// PassPaid records that the bank's statement shows it leave the collection account.
func PassPaid(valueDate domain.Date, amount money.Amount) Journal {
	return journal(KindPassPaid, valueDate, debit(PaymentsInTransit, amount), credit(CashCollection, amount))
}

// WriteOff records that a claim of an exercised recourse will not be paid: by V5 it is
// a credit loss, the fees in it too (D-12). It returns false when nothing is lost.
func WriteOff(on domain.Date, lost money.Amount) (Journal, bool) {
	return journal(KindWriteOff, on, debit(CreditLoss, lost), credit(SellerRecourse, lost)), !lost.IsZero()
}
