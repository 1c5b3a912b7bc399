package domain

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"comity/money"
)

// VoucherTerms are what a seller's voucher is worth: a part of the next order, or an amount off it. It is
// the seller's to honour, and stands in no book of a factor (C-175).
type VoucherTerms struct {
	Percent   int          // of the next order, from 1 to MostVoucherPercent; 0: Amount is off
	Amount    money.Amount // positive; zero where Percent is
	ValidDays int          // from LeastVoucherDays to MostVoucherDays, from the day of the letter on
	Note      string       // what else holds of it, in the seller's own sentence; "": nothing
}

// The bounds of a voucher.
const (
	MostVoucherPercent = 50
	LeastVoucherDays   = 14
	MostVoucherDays    = 730
)

// Check refuses with [ErrInvalid] terms that name both worths or none, or are out of bounds.
func (t VoucherTerms) Check() error {
	refusal := ErrInvalid
	switch {
	case (t.Percent != 0) == !t.Amount.IsZero():
		refusal = refusal.At("/voucher/percent", "one-of", "either a percentage or an amount")
	case t.Percent < 0 || t.Percent > MostVoucherPercent:
		refusal = refusal.At("/voucher/percent", "out-of-range", fmt.Sprintf("a whole number from 1 to %d", MostVoucherPercent))
	case t.Amount.Negative():
		refusal = refusal.At("/voucher/amount/amount", "not-positive", "more than zero")
	}
	if t.ValidDays < LeastVoucherDays || t.ValidDays > MostVoucherDays {
		refusal = refusal.At("/voucher/valid_days", "out-of-range", fmt.Sprintf("a whole number from %d to %d", LeastVoucherDays, MostVoucherDays))
	}
	if len(refusal.Fields) > 0 {
		return refusal
	}
	return nil
}

// An Appreciation is how a seller shows that it notices who pays on time: with a note, or with a voucher
// beside it for a share of them, so that the two can be compared (C-179). The zero is the note alone.
type Appreciation struct {
	Seller    OrganizationID
	Voucher   *VoucherTerms // nil: the note alone
	Share     money.Ppm     // of recognised pairs that get a voucher too, from 0 to money.Whole
	UpdatedBy UserID
	UpdatedAt time.Time
}

// Draws reports whether a pair of seller and debtor gets a voucher beside the note. It depends on the
// pair's id and the share alone: a pair is drawn the same each time, and who was drawn stays so when the
// share grows.
func (a Appreciation) Draws(pair RelationshipID) bool {
	sum := sha256.Sum256(append([]byte("voucher:"), pair.UUID[:]...))
	return a.Voucher != nil && binary.BigEndian.Uint64(sum[:8])%uint64(money.Whole) < uint64(a.Share)
}

// A Recognition is a letter that says that invoices are paid on time again and again (C-174), of a seller
// that gives vouchers: with one, or, as the draw was, without.
type Recognition struct {
	ID           VoucherID
	Touch        TouchID
	Seller       OrganizationID
	Relationship RelationshipID
	At           time.Time
	Voucher      *Voucher // nil: the note alone
}

// A Voucher is a seller's thanks that a debtor can use.
type Voucher struct {
	ID           VoucherID
	Seller       OrganizationID
	Relationship RelationshipID
	Debtor       string // its name, as the seller knows it
	Terms        VoucherTerms
	Code         string
	ValidUntil   Date // the last day
	MadeAt       time.Time

	RedeemedAt time.Time // zero: it was not
	RedeemedBy UserID
	Reference  string // the seller's own, of the order
}

// The states of a voucher.
const (
	VoucherOpen     = "open"
	VoucherRedeemed = "redeemed"
	VoucherExpired  = "expired"
)

// State returns the state of the voucher on a day.
func (v Voucher) State(on Date) string {
	switch {
	case !v.RedeemedAt.IsZero():
		return VoucherRedeemed
	case v.ValidUntil.Before(on):
		return VoucherExpired
	default:
		return VoucherOpen
	}
}

// VoucherCode returns the code of the voucher that goes with a step of a case: eight letters and digits
// that nobody takes for others, the same each time that the letter is written.
func VoucherCode(id CaseID, step string) string {
	const alphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
	sum := sha256.Sum256([]byte("voucher:" + id.String() + ":" + step))
	n := binary.BigEndian.Uint64(sum[:8])
	code := make([]byte, 0, 9)
	for i := range 8 {
		if i == 4 {
			code = append(code, '-')
		}
		code = append(code, alphabet[n%uint64(len(alphabet))])
		n /= uint64(len(alphabet))
	}
	return string(code)
}

// An AppreciationEffect is how one way to say thanks went (C-179): by the first recognition of each
// debtor since its seller gives vouchers, and the next invoice that was issued after it.
type AppreciationEffect struct {
	Voucher  bool // a voucher went with the note
	Debtors  int
	Invoices int // next invoices that are paid, or overdue
	DaysLate int // the median of theirs, the lower of two; negative: early. An overdue one counts with its days so far
}
