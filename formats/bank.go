package formats

import (
	"fmt"
	"strings"
	"time"

	"comity/domain"
	"comity/money"
)

// A FileError says why a whole file is refused: which rule it breaks and where.
// Nothing of such a file may be used.
type FileError struct {
	Line   int    // physical line, counted from 1; 0 when the file as a whole is meant
	Path   string // the element or column, such as "Stmt[1]/Ntry[3]/Amt"
	Rule   string // kebab-case, such as "balance-mismatch"
	Detail string // a sentence about this occurrence
}

// Error implements error.
func (e *FileError) Error() string {
	var at strings.Builder
	if e.Line > 0 {
		fmt.Fprintf(&at, "line %d: ", e.Line)
	}
	if e.Path != "" {
		at.WriteString(e.Path + ": ")
	}
	return at.String() + e.Rule + ": " + e.Detail
}

// A BankStatement is what a bank booked on one account in one period. One that
// was read adds up: Opening plus all lines is Closing.
type BankStatement struct {
	ID        string
	Sequence  int64 // electronic sequence number, 0 when the bank gives none
	CreatedAt time.Time
	Account   BankAccount
	Currency  money.Currency
	Opening   BankBalance
	Closing   BankBalance
	From, To  domain.Date // the days covered, both included
	Lines     []BankLine
}

// A BankBalance is the booked balance at the end (or beginning) of a day.
type BankBalance struct {
	Amount money.Amount // negative when overdrawn
	On     domain.Date
}

// A BankAccount is an account as a bank names it. Number is zero when the text is
// neither an IBAN nor a US account with its routing number: then only Text tells.
type BankAccount struct {
	Number domain.BankAccountNumber
	Text   string // as it stands in the file, without spaces around it
}

// bankAccountOf returns the account with the given number, written canonically.
func bankAccountOf(number domain.BankAccountNumber) BankAccount {
	return BankAccount{Number: number, Text: number.IBAN() + number.AccountNumber()}
}

// A BankLine is one booked payment. A batch entry becomes several lines with the
// same Entry when the bank details its parts and they sum to it, otherwise one.
type BankLine struct {
	Entry               int // position of the entry in its statement, counted from 1
	Part                int // position within a detailed batch, counted from 1; 0 for an entry that is one line
	EntryRef            string
	ServicerRef         string       // the bank's own reference of the line, else of the entry
	Amount              money.Amount // credit positive, debit negative
	Reversal            bool         // the bank takes back an earlier entry of the opposite sign
	Booked, Value       domain.Date
	Code                string   // bank transaction code: "PMNT/RCDT/ESCT", or the bank's own
	EndToEndID          string   // "" when the payer gave none
	Remittance          string   // free text of the payer, pieces joined by spaces
	References          []string // structured creditor references, as sent
	Documents           []string // numbers of invoices that the payer names in structured form
	ReturnReason        string   // ISO code when this is money coming back, such as "AC04"
	Counterparty        string
	CounterpartyAccount BankAccount
}

// bankNotProvided is ISO 20022's word for an identifier that nobody gave.
const bankNotProvided = "NOTPROVIDED"
