package domain

import (
	"fmt"
	"strings"
	"time"

	"comity/money"
)

// A Document is an uploaded or generated file, stored whole.
type Document struct {
	ID        BlobID
	MediaType string
	FileName  string
	Bytes     []byte
	SHA256    []byte
}

// Disposition returns the Content-Disposition of a download: a plain name for old
// clients and the true one after RFC 5987.
func (d Document) Disposition() string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, d.FileName)
	var encoded strings.Builder
	for _, b := range []byte(d.FileName) {
		if b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || strings.IndexByte("-_.~", b) >= 0 {
			encoded.WriteByte(b)
		} else {
			fmt.Fprintf(&encoded, "%%%02X", b)
		}
	}
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + encoded.String()
}

// A Kin is what is already known about a fresh invoice's surroundings.
type Kin struct {
	Organization Organization
	Relationship Relationship
	SameBytes    *Invoice  // the seller's own invoice from the same bytes
	SameNumber   InvoiceID // the seller's own invoice with the same supplier and number
	Elsewhere    bool      // another seller handed in an invoice with the same fingerprint
}

// A Buyer is an active mandate, the factor behind it and what that thinks of the seller.
type Buyer struct {
	Mandate    Mandate
	Factor     Organization
	Collection BankAccount
	Trust      BankAccount // in the seller's name, held for the factor; zero: there is none in the currency
	Standing   Standing
}

// A Decision is what the engine said about an invoice, in its stored form, with
// the exact inputs it can be replayed from.
type Decision struct {
	ID        DecisionID
	Seller    OrganizationID
	Invoice   InvoiceID
	Model     string
	Outcome   string
	Inputs    []byte
	Result    []byte
	DecidedAt time.Time
	Objection ObjectionID // of a decision that was made again: what it answers
	First     DecisionID  // of a decision that was made again: the one that was objected to
	KnownAt   time.Time   // of a decision that was made again: the facts of which instant it rests on
}

// Known returns the instant whose facts a decision rests on.
func (d Decision) Known() time.Time {
	if d.KnownAt.IsZero() {
		return d.DecidedAt
	}
	return d.KnownAt
}

// An EventFilter says whose events are wanted; zero ids do not filter.
type EventFilter struct {
	Invoice InvoiceID
	Deal    DealID
	Case    CaseID
}

// An Acceptance is everything that the sale of one invoice depends on, as it
// was found and locked.
type Acceptance struct {
	Offer         Offer
	Invoice       Invoice
	Factor        Organization
	Relationship  Relationship
	Mandate       Mandate
	Payout        AccountID // the seller's account in the currency; zero when there is none
	Trust         AccountID // in the seller's name, held for the factor, likewise
	Case          *Case     // the open case of (factor, seller, debtor)
	ServedBy      OrganizationID
	DebtorUsed    int64 // minor units advanced on the debtor by the factor
	FacilityUsed  int64
	SoldElsewhere bool // another live deal has the same fingerprint
}

// A DealFile is a deal with what its next step depends on, as it was found and
// locked.
type DealFile struct {
	Deal       Deal
	Factor     Organization
	Conditions []Condition
	Payouts    []Payout
	Case       Case
	Invoice    Invoice
	LastMoney  Date // value date of the latest receipt applied to it; zero: none yet
	Plans      []Plan
	Recourses  []Recourse
}

// ReserveFree returns what of the reserve nobody counts on: what is left of it, less the seller's
// share of a settlement that the debtor was offered or keeps to.
func (f DealFile) ReserveFree() money.Amount {
	free := f.Deal.ReserveLeft()
	for _, p := range f.Plans {
		if (p.Status == PlanOffered || p.Status == PlanActive) && p.Forgiven.Positive() {
			free = free.Minus(p.Forgiven.Minus(p.FactorForgives))
		}
	}
	return money.Max(free, money.Minor(0, free.Currency()))
}

// A LineFile is a statement line that waits to be applied, with everything it
// may belong to.
type LineFile struct {
	Line      StatementLine
	Account   BankAccount
	Factor    Organization
	Payout    *Payout    // the order that a debit, or a sweep's credit, carries out
	Deals     []DealFile // deals that the line names by reference or number
	Ambiguous bool       // more open items fit than were loaded: a plain number may be any of theirs
}

// A WatchedAccount is a collection account whose statements are looked for on
// the morning of every banking day while something is owed into it.
type WatchedAccount struct {
	Account BankAccount
	Factor  Organization
	Owed    bool
	Next    time.Time // zero: it is not watched
}

// A StatementLine is one booked movement on a factor's account.
type StatementLine struct {
	ID             LineID
	Statement      StatementID
	Factor         OrganizationID
	Account        AccountID
	N              int
	AmountMinor    int64 // credit positive
	Currency       string
	BookedOn       Date
	ValueOn        Date
	Reversal       bool
	EndToEnd       string
	Reference      string
	Remittance     string
	Counterparty   string
	CounterAccount string
	State          string // pending, applied, noted
	Outcome        string
}

// A Statement is one loaded bank statement.
type Statement struct {
	ID         StatementID
	Factor     OrganizationID
	Account    AccountID
	File       BlobID
	FileSHA256 []byte
	Number     string
	Span       Span
	Lines      int
	Pending    int
	Through    Date // the account is covered without a gap through this day
	LoadedAt   time.Time
}

// A ReceiptFile is a receipt that a person applies or undoes, with the deal it
// is about, as it was found and locked.
type ReceiptFile struct {
	Receipt    Receipt
	Factor     Organization
	Deal       *DealFile
	Allocation *Allocation // the one to undo
}

// An Allocation is the part of a receipt applied to one deal.
type Allocation struct {
	ID        AllocationID
	Receipt   ReceiptID
	Deal      DealID
	Case      CaseID
	Factor    OrganizationID
	Seller    OrganizationID
	Recourse  RecourseID // the part given back that it paid for; zero: what is open
	Minor     int64      // what the deal is credited
	CostMinor int64      // what of it a card processor kept
	ValueOn   Date
	AppliedAt time.Time
}
