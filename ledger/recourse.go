package ledger

import (
	"comity/domain"
	"comity/money"
)

// ExerciseRecourse records V4: the invoice goes back to the seller, who owes what is
// open and the accrued fees, less the reserve. Title is held until that is paid (D-5).
func ExerciseRecourse(on domain.Date, open, reserve, accrued money.Amount) Journal {
	return journal(KindRecourse, on,
		debit(Reserve, reserve),
		debit(SellerRecourse, open.Plus(accrued).Minus(reserve)),
		credit(FactoredReceivables, open),
		credit(AccruedFees, accrued))
}

// RecoursePaid records V4p: money on the operating account pays the seller's debt of
// an exercised recourse, in full or in part.
func RecoursePaid(valueDate domain.Date, paid money.Amount) Journal {
	return journal(KindRecoursePaid, valueDate, debit(CashOperating, paid), credit(SellerRecourse, paid))
}

// CollectHeld records V4d: the debtor pays while title is held. What the seller owes
// is taken from it, the rest is passed on to the seller (D-5).
func CollectHeld(valueDate domain.Date, received, owed money.Amount) Journal {
	taken := money.Min(received, owed)
	return journal(KindCollectHeld, valueDate,
		debit(CashCollection, received),
		credit(SellerRecourse, taken),
		credit(PassThroughPayable, received.Minus(taken)))
}

// PassOn records that money of the seller leaves the collection account. It returns
// false when there is none.
func PassOn(valueDate domain.Date, amount money.Amount) (Journal, bool) {
	return journal(KindPassOn, valueDate, debit(PassThroughPayable, amount), credit(CashCollection, amount)), !amount.IsZero()
}

// WriteOff records that a claim of an exercised recourse will not be paid: by V5 it is
// a credit loss, the fees in it too (D-12). It returns false when nothing is lost.
func WriteOff(on domain.Date, lost money.Amount) (Journal, bool) {
	return journal(KindWriteOff, on, debit(CreditLoss, lost), credit(SellerRecourse, lost)), !lost.IsZero()
}
