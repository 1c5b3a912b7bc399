package ledger

import (
	"comity/domain"
	"comity/money"
)

// Purchase records E1, the sale accepted on the given day: the receivable is
// bought for basis, of which advance is owed to the seller at once and the rest
// is its reserve (D-14).
func Purchase(on domain.Date, basis, advance money.Amount) Journal {
	return journal(KindPurchase, on,
		debit(FactoredReceivables, basis),
		credit(AdvancePayable, advance),
		credit(Reserve, basis.Minus(advance)))
}

// Charges records E2, the charges taken from the advance at purchase, and E2t, the tax
// on the origination (D-13). It returns false, and nothing to post, when all are nothing.
func Charges(on domain.Date, origination, wire, tax money.Amount) (Journal, bool) {
	total := origination.Plus(wire).Plus(tax)
	return journal(KindCharges, on,
		debit(AdvancePayable, total),
		credit(OriginationIncome, origination),
		credit(WireFeeIncome, wire),
		credit(OutputTax, tax)), !total.IsZero()
}

// Instruct records E3a: the pay-out of the net advance is with the bank (D-4).
func Instruct(on domain.Date, net money.Amount) Journal {
	return journal(KindInstruct, on, debit(AdvancePayable, net), credit(PaymentsInTransit, net))
}

// Disburse records E3b: the bank's statement shows the debit. Its value date is
// the funding date, day 0 of every clock (D-16).
func Disburse(valueDate domain.Date, net money.Amount) Journal {
	return journal(KindDisburse, valueDate, debit(PaymentsInTransit, net), credit(CashOperating, net))
}

// Reverse records that j is taken back on a later day: the same accounts with
// opposite signs. Journals are never changed or removed.
func Reverse(j Journal, on domain.Date) Journal {
	reversal := Journal{Kind: KindReversal, Effective: on, Postings: make([]Posting, len(j.Postings))}
	for i, p := range j.Postings {
		reversal.Postings[i] = Posting{p.Account, p.Amount.Negated()}
	}
	return reversal
}
