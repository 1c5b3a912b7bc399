package ledger

import (
	"time"

	"comity/domain"
	"comity/money"
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

// A Scribe writes the journals of one event in a deal's book, in the order in which
// they are posted. Its ids are made before the transaction.
type Scribe struct {
	deal     domain.Deal
	kind     string
	cause    [16]byte
	known    time.Time
	ids      []domain.JournalID
	Journals []Posted
}

// NewScribe returns a scribe for an event of a kind that became known at a time.
func NewScribe(d domain.Deal, kind string, cause [16]byte, known time.Time, ids []domain.JournalID) *Scribe {
	return &Scribe{deal: d, kind: kind, cause: cause, known: known, ids: ids}
}

// Post writes a journal. It panics when there are more of them than ids: a fault of the caller.
func (s *Scribe) Post(j Journal) {
	s.Journals = append(s.Journals, Posted{
		ID: s.ids[len(s.Journals)], Factor: s.deal.Factor, Seller: s.deal.Seller, Debtor: s.deal.Debtor, Deal: s.deal.ID,
		CauseKind: s.kind, Cause: s.cause, KnownAt: s.known, Journal: j,
	})
}

// PostIf writes a journal that may be of nothing.
func (s *Scribe) PostIf(j Journal, any bool) {
	if any {
		s.Post(j)
	}
}

// A ReceiptEffect is everything that money on a collection account changes:
// rows, orders to the bank and journals.
type ReceiptEffect struct {
	Receipt     domain.Receipt
	Deal        *domain.Deal // nil for money that nothing explains
	Invoice     *domain.Invoice
	Allocations []domain.Allocation // of the receipt to the deal
	Freed       money.Amount        // of the limits, once all is paid; no currency: nothing
	Payouts     []domain.Payout
	Journals    []Posted
	Line        domain.LineID // zero when a person applies it later
	Outcome     string        // what became of the line, in words
}
