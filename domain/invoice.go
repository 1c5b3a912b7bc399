package domain

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"comity/money"
)

// An InvoiceStatus is how far an invoice has come.
type InvoiceStatus string

// The states of an invoice.
const (
	InvoiceDraft     InvoiceStatus = "draft"
	InvoiceSubmitted InvoiceStatus = "submitted"
	InvoiceHeld      InvoiceStatus = "held"
	InvoiceOffered   InvoiceStatus = "offered"
	InvoiceListed    InvoiceStatus = "listed"
	InvoiceSold      InvoiceStatus = "sold"
	InvoiceClosed    InvoiceStatus = "closed"
	InvoiceDeclined  InvoiceStatus = "declined"
	InvoiceWithdrawn InvoiceStatus = "withdrawn"
)

// InvoiceMoves says which state may follow which.
var InvoiceMoves = Machine[InvoiceStatus]{
	InvoiceDraft:     {InvoiceSubmitted, InvoiceHeld, InvoiceOffered, InvoiceDeclined, InvoiceWithdrawn},
	InvoiceSubmitted: {InvoiceHeld, InvoiceOffered, InvoiceListed, InvoiceDeclined, InvoiceWithdrawn},
	InvoiceHeld:      {InvoiceDraft, InvoiceWithdrawn},
	InvoiceOffered:   {InvoiceSubmitted, InvoiceOffered, InvoiceSold, InvoiceDeclined, InvoiceWithdrawn},
	InvoiceListed:    {InvoiceOffered, InvoiceSubmitted, InvoiceWithdrawn},
	InvoiceSold:      {InvoiceSubmitted, InvoiceClosed},
	InvoiceClosed:    {},
	InvoiceDeclined:  {InvoiceOffered, InvoiceSubmitted, InvoiceDeclined, InvoiceWithdrawn},
	InvoiceWithdrawn: {},
}

// Reasons to hold an invoice for a person. A duplicate across sellers and any
// other review read the same to a seller.
const (
	HoldDuplicate    = "duplicate"     // the seller's own invoice is here already
	HoldUnderReview  = "under-review"  // a person looks at it
	HoldSupplier     = "supplier-id"   // the supplier's tax id is none of the organisation's
	HoldTermsUnclear = "terms-unclear" // payment terms with a per cent sign that nothing read (D-14)
)

// An Invoice is a claim of a seller on a debtor, as its document says it.
type Invoice struct {
	ID             InvoiceID
	Seller         OrganizationID
	Relationship   RelationshipID
	Source         string // json, ubl or cii
	Document       BlobID // zero when it came as JSON
	DocumentSHA256 []byte
	TypeCode       string // UNTDID 1001
	Number         string
	SupplierTaxID  string
	Issued, Due    Date
	DueFromTerms   bool // the document was silent
	Payable        money.Amount
	Basis          money.Amount // expected payable: what would be bought (D-14)
	OrderReference string
	Summary        string
	PaidTo         []string // the accounts that it names, without spaces and in capitals; none: it is not known
	Status         InvoiceStatus
	Holds          []string
	DuplicateOf    InvoiceID
	Warnings       []string
	Version        int
	CreatedAt      time.Time
}

// MoveTo puts the invoice in the next status, or refuses with [ErrWrongState].
func (i *Invoice) MoveTo(next InvoiceStatus) error {
	if err := InvoiceMoves.Move(i.Status, next); err != nil {
		return err
	}
	i.Status = next
	i.Version++
	return nil
}

// Hold puts a fresh invoice aside for a reason.
func (i *Invoice) Hold(reason string) {
	if !slices.Contains(i.Holds, reason) {
		i.Holds = append(i.Holds, reason)
	}
	i.Status = InvoiceHeld
}

// creditNotes are the UNTDID 1001 codes of credit notes that EN 16931 allows.
var creditNotes = []string{"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"}

// Financeable refuses with [ErrNothingToBuy] for a credit note or an amount
// that is not positive.
func (i *Invoice) Financeable() error {
	if slices.Contains(creditNotes, i.TypeCode) {
		return ErrNothingToBuy.Because("type %s is a credit note", i.TypeCode)
	}
	if !i.Basis.Positive() {
		return ErrNothingToBuy.Because("the payable amount is %s", i.Basis)
	}
	return nil
}

// IsCreditNote reports whether a UNTDID 1001 code is a credit note's.
func IsCreditNote(typeCode string) bool { return slices.Contains(creditNotes, typeCode) }

// NumberKey returns an invoice number in the form that is compared: letters and
// digits, upper case, without leading zeros of its digit groups.
func NumberKey(number string) string {
	var key strings.Builder
	inNumber := false
	for _, r := range strings.ToUpper(number) {
		switch {
		case unicode.IsDigit(r):
			if r != '0' || inNumber {
				key.WriteRune(r)
				inNumber = true
			}
		case unicode.IsLetter(r):
			key.WriteRune(r)
			inNumber = false
		default:
			inNumber = false
		}
	}
	return key.String()
}
