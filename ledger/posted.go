package ledger

import (
	"time"

	"comity/domain"
)

// A Posted journal is one in a factor's book: which deal it is about, what
// caused it and when it became known, in the world's time.
type Posted struct {
	ID        domain.JournalID
	Factor    domain.OrganizationID // whose book
	Seller    domain.OrganizationID
	Debtor    domain.DebtorID
	Deal      domain.DealID // zero for money that nothing explains yet
	CauseKind string        // offer, deal, payout, receipt, line, month_end
	Cause     [16]byte
	KnownAt   time.Time
	Reverses  domain.JournalID
	Journal
}

// A ReceiptEffect is everything that money on a collection account changes:
// rows, orders to the bank and journals.
type ReceiptEffect struct {
	Receipt    domain.Receipt
	Deal       *domain.Deal // nil for money that nothing explains
	Invoice    *domain.Invoice
	Allocation *domain.Allocation
	Payouts    []domain.Payout
	Journals   []Posted
	Line       domain.LineID // zero when a person applies it later
	Outcome    string        // what became of the line, in words
}
