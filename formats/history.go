package formats

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"comity/domain"
	"comity/money"
)

// historyMaxText bounds the identifiers of a history row, in characters.
const historyMaxText = 200

// A HistoryRow is one past invoice of a seller and when it was paid.
type HistoryRow struct {
	Line          int // physical line that the row begins on, counted from 1
	InvoiceID     string
	DebtorID      string
	Amount        money.Amount
	Issued, Due   domain.Date
	Paid          domain.Date // the zero Date while the invoice is open
	Disputed      bool
	ObservedUntil domain.Date // last day on which Paid was looked for; the zero Date when the file does not say
}

// A RowError says why one row is refused. The rows around it are good.
type RowError struct {
	Line   int    // physical line that the row begins on, counted from 1
	Column string // "" when the row as a whole is meant
	Rule   string // kebab-case, such as "not-a-date"
	Detail string // a sentence about this occurrence
}

// Error implements error.
func (e *RowError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("line %d: %s: %s", e.Line, e.Rule, e.Detail)
	}
	return fmt.Sprintf("line %d, %s: %s: %s", e.Line, e.Column, e.Rule, e.Detail)
}

// The columns of a payment history, as indexes of historyColumns.
const (
	historyInvoice = iota
	historyDebtor
	historyAmount
	historyCurrency
	historyIssued
	historyDue
	historyPaid
	historyDisputed
	historyObserved
	historyCount
	historyRequired = historyDisputed // the columns before this one must be there
)

var historyColumns = [historyCount]string{
	"invoice_id", "debtor_id", "amount", "currency", "issue_date", "due_date", "paid_date", "disputed", "observed_until",
}

// A HistoryHeader is the first line of a payment history: which column is where.
type HistoryHeader struct {
	Columns []string          // as in the file, in lower case
	at      [historyCount]int // where each column that we know is, -1 for nowhere
}

// Ignored returns the columns that a history has no use for.
func (h HistoryHeader) Ignored() []string {
	var ignored []string
	for i, name := range h.Columns {
		used := false
		for _, at := range h.at {
			used = used || at == i
		}
		if !used {
			ignored = append(ignored, name)
		}
	}
	return ignored
}

// A HistoryPosition is a place between two rows, where a reader can go on later.
type HistoryPosition struct {
	Offset int64 // bytes before it
	Line   int   // physical line that the next row begins on, counted from 1
}

// A HistoryReader reads a payment history row by row, in constant memory.
type HistoryReader struct {
	header HistoryHeader
	rows   *historyScanner
	fatal  error
}

// NewHistoryReader reads the header of a payment history: UTF-8 with or without a
// byte order mark, fields separated by commas and quoted as RFC 4180 says, lines
// ended by LF, CRLF or CR. It gives a [*FileError] when the header is not one.
func NewHistoryReader(r io.Reader) (*HistoryReader, error) {
	rows := newHistoryScanner(r, HistoryPosition{Line: 1})
	rows.dropMark()
	if err := rows.next(); err != nil {
		if errors.Is(err, io.EOF) {
			err = &FileError{Line: 1, Rule: "empty-file", Detail: "there is no header"}
		}
		return nil, err
	}
	if rows.tooLarge != "" || rows.bareQuote {
		return nil, &FileError{Line: rows.line, Rule: "not-a-header", Detail: "the first line is not a line of column names"}
	}
	header, err := historyHeader(rows.strings(), rows.line)
	if err != nil {
		return nil, err
	}
	return &HistoryReader{header: header, rows: rows}, nil
}

// ResumeHistory goes on reading a payment history at a position that an earlier
// reader gave: r must begin there. It gives a [*FileError] when header is not one.
func ResumeHistory(header HistoryHeader, r io.Reader, at HistoryPosition) (*HistoryReader, error) {
	header, err := historyHeader(header.Columns, 1)
	if err != nil {
		return nil, err
	}
	return &HistoryReader{header: header, rows: newHistoryScanner(r, at)}, nil
}

// historyHeader finds the columns by name.
func historyHeader(names []string, line int) (HistoryHeader, error) {
	refuse := func(column, rule, format string, args ...any) (HistoryHeader, error) {
		return HistoryHeader{}, &FileError{Line: line, Path: column, Rule: rule, Detail: fmt.Sprintf(format, args...)}
	}
	if len(names) == 1 {
		for separator, word := range map[string]string{";": "semicolons", "\t": "tabs", "|": "bars"} {
			if strings.Contains(names[0], separator) {
				return refuse("", "not-comma-separated", "the columns are separated by %s; save the file with commas", word)
			}
		}
	}
	header := HistoryHeader{}
	for i := range header.at {
		header.at[i] = -1
	}
	seen := map[string]bool{}
	for i, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		if !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
			return refuse("", "not-utf8", "column %d has a name that is not UTF-8 text", i+1)
		}
		name = bankShort(name, historyMaxText)
		if seen[name] {
			return refuse(name, "duplicate-column", "the column stands twice")
		}
		seen[name] = true
		header.Columns = append(header.Columns, name)
		for column, known := range historyColumns {
			if name == known {
				header.at[column] = i
			}
		}
	}
	for column, name := range historyColumns[:historyRequired] {
		if header.at[column] < 0 {
			return refuse(name, "missing-column", "the file has no column %s", name)
		}
	}
	return header, nil
}

// Header returns the columns of the file.
func (h *HistoryReader) Header() HistoryHeader { return h.header }

// Position returns where the next row begins, for [ResumeHistory].
func (h *HistoryReader) Position() HistoryPosition {
	return HistoryPosition{Offset: h.rows.offset, Line: h.rows.nextLine}
}

// Offset returns how many bytes of the file stand before the next row.
func (h *HistoryReader) Offset() int64 { return h.rows.offset }

// Field returns column i of the row that Next read last, as it was sent.
func (h *HistoryReader) Field(i int) string { return string(h.rows.field(i)) }

// Next returns the next row, or why that row is refused, or an error after which
// there are no more rows: io.EOF at the end, a [*FileError] when the quotes leave
// open where rows begin, or what the source gave. Empty lines are passed over.
func (h *HistoryReader) Next() (HistoryRow, *RowError, error) {
	if h.fatal == nil {
		h.fatal = h.rows.next()
	}
	if h.fatal != nil {
		return HistoryRow{}, nil, h.fatal
	}
	parse := historyParse{header: &h.header, rows: h.rows}
	row := parse.row()
	if parse.err != nil {
		return HistoryRow{}, parse.err, nil
	}
	return row, nil, nil
}
