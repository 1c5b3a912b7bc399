package domain

import (
	"fmt"
	"time"

	"comity/money"
)

// PieceSize is how many bytes of a stored file lie in one row; only the last
// row of a file has fewer.
const PieceSize = 256 << 10

// An ImportState is how far an import has come.
type ImportState string

// The states of an import.
const (
	ImportQueued  ImportState = "queued"
	ImportRunning ImportState = "running"
	ImportDone    ImportState = "done"
	ImportRefused ImportState = "refused" // the file as a whole cannot be read; nothing was taken from it
)

// ImportMoves says which state may follow which.
var ImportMoves = Machine[ImportState]{
	ImportQueued:  {ImportRunning, ImportRefused},
	ImportRunning: {ImportDone, ImportRefused},
	ImportDone:    {},
	ImportRefused: {},
}

// An Import is a file of payment history that a seller handed in, and how far
// it has been read.
type Import struct {
	ID         ImportID
	Seller     OrganizationID
	File       BlobID
	DryRun     bool // says what would happen and changes nothing
	State      ImportState
	Reason     string   // why it was refused
	Columns    []string // of the header, once it has been read
	Offset     int64    // bytes that have been read
	Line       int      // physical line that the next row begins on
	Read       int      // rows, which are Good, Bad or Same
	Good       int
	Bad        int
	Same       int // known before, word for word
	CreatedAt  time.Time
	FinishedAt time.Time
}

// MoveTo puts the import in the next state, or refuses with [ErrWrongState].
func (i *Import) MoveTo(next ImportState) error {
	if err := ImportMoves.Move(i.State, next); err != nil {
		return err
	}
	i.State = next
	return nil
}

// Over reports whether there is nothing left to read.
func (i Import) Over() bool { return i.State == ImportDone || i.State == ImportRefused }

// An ImportResult says which rule one row of an import broke.
type ImportResult struct {
	Line   int // physical line that the row begins on, counted from 1
	Field  string
	Rule   string
	Detail string
}

// A StagedFile is a file whose pieces are stored, before anything refers to it.
type StagedFile struct {
	ID     BlobID
	Size   int64
	SHA256 []byte
}

// A PastInvoice is one row of a seller's payment history.
type PastInvoice struct {
	Relationship  RelationshipID // zero while the debtor is not known
	Code          string         // the seller's code for the debtor
	Reference     string         // the seller's number for the invoice
	Amount        money.Amount
	Issued, Due   Date
	Paid          Date // zero while it is open
	ObservedUntil Date // last day on which a payment was looked for; zero: not said
	Disputed      bool
}

// Follows compares a row with what was known of the same invoice before. It
// answers whether the row is news: an open invoice that is now paid or was
// looked at later. When it is neither news nor known already, differs names the
// column that contradicts and what it held.
func (p PastInvoice) Follows(before PastInvoice) (news bool, differs, held string) {
	differs, held = p.difference(before)
	open := before.Paid.IsZero()
	switch {
	case open && (!p.Paid.IsZero() || p.ObservedUntil.After(before.ObservedUntil)):
		return true, "", ""
	default:
		return false, differs, held
	}
}

// difference names the first column in which two rows contradict each other.
// Until when somebody looked is no contradiction: it only makes a row older.
func (p PastInvoice) difference(before PastInvoice) (column, held string) {
	switch {
	case p.Amount.Currency() != before.Amount.Currency():
		return "currency", string(before.Amount.Currency())
	case p.Amount != before.Amount:
		return "amount", before.Amount.Decimal()
	case p.Issued != before.Issued:
		return "issue_date", before.Issued.String()
	case p.Due != before.Due:
		return "due_date", before.Due.String()
	case p.Paid != before.Paid:
		return "paid_date", before.Paid.String()
	case p.Disputed != before.Disputed:
		return "disputed", fmt.Sprint(before.Disputed)
	default:
		return "", ""
	}
}
