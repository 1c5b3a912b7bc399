package formats

import (
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"

	"comity/domain"
	"comity/money"
)

// historyParse makes a row out of fields and keeps the first rule that was broken.
type historyParse struct {
	header *HistoryHeader
	rows   *historyScanner
	err    *RowError
}

func (p *historyParse) refuse(column int, rule, format string, args ...any) {
	if p.err != nil {
		return
	}
	p.err = &RowError{Line: p.rows.line, Rule: rule, Detail: fmt.Sprintf(format, args...)}
	if column >= 0 {
		p.err.Column = historyColumns[column]
	}
}

// row reads all columns and checks them against each other.
func (p *historyParse) row() HistoryRow {
	want, got := len(p.header.Columns), p.rows.fields()
	switch {
	case p.rows.tooLarge != "":
		p.refuse(-1, p.rows.tooLarge, "a field may have %d bytes, a row %d", historyMaxField, historyMaxRow)
	case p.rows.bareQuote:
		p.refuse(-1, "bare-quote", "a quotation mark stands inside a field that does not begin with one")
	case got < want:
		p.refuse(-1, "too-few-fields", "%d fields, the header has %d", got, want)
	case got > want:
		p.refuse(-1, "too-many-fields", "%d fields, the header has %d", got, want)
	}
	if p.err != nil {
		return HistoryRow{}
	}
	row := HistoryRow{
		Line:          p.rows.line,
		InvoiceID:     p.name(historyInvoice),
		DebtorID:      p.name(historyDebtor),
		Amount:        p.amount(),
		Issued:        p.date(historyIssued, true),
		Due:           p.date(historyDue, true),
		Paid:          p.date(historyPaid, false),
		Disputed:      p.disputed(),
		ObservedUntil: p.date(historyObserved, false),
	}
	if p.err != nil {
		return HistoryRow{}
	}
	switch {
	case row.Due.Before(row.Issued):
		p.refuse(historyDue, "due-before-issue", "due on %s, issued on %s", row.Due, row.Issued)
	case !row.Paid.IsZero() && row.Paid.Before(row.Issued):
		p.refuse(historyPaid, "paid-before-issue", "paid on %s, issued on %s", row.Paid, row.Issued)
	case row.Paid.IsZero() && !row.ObservedUntil.IsZero() && row.ObservedUntil.Before(row.Issued):
		p.refuse(historyObserved, "observed-before-issue", "observed until %s, issued on %s", row.ObservedUntil, row.Issued)
	}
	return row
}

// field returns the bytes of a column, nothing when the file does not have it.
func (p *historyParse) field(column int) []byte {
	if at := p.header.at[column]; at >= 0 {
		return p.rows.field(at)
	}
	return nil
}

// must is field for a column that may not be empty.
func (p *historyParse) must(column int) []byte {
	field := p.field(column)
	if len(field) == 0 {
		p.refuse(column, "missing", "the field is empty")
	}
	return field
}

// name reads an identifier, which is kept as it was sent.
func (p *historyParse) name(column int) string {
	field := p.must(column)
	switch {
	case !utf8.Valid(field):
		p.refuse(column, "not-utf8", "the text is not UTF-8")
	case utf8.RuneCount(field) > historyMaxText:
		p.refuse(column, "text-too-long", "%d characters, %d are allowed", utf8.RuneCount(field), historyMaxText)
	}
	name := string(field)
	for _, c := range name {
		if unicode.IsControl(c) {
			p.refuse(column, "control-character", "the text holds the control character %U", c)
			break
		}
	}
	return name
}

// amount reads the amount in the currency of the row.
func (p *historyParse) amount() money.Amount {
	code := p.must(historyCurrency)
	text := p.must(historyAmount)
	if p.err != nil {
		return money.Amount{}
	}
	currency, err := money.ParseCurrency(string(code))
	if err != nil {
		p.refuse(historyCurrency, "currency-unknown", "%s is no currency that Comity keeps", historyQuoted(code))
		return money.Amount{}
	}
	amount, err := money.ParseExact(string(text), currency)
	switch {
	case errors.Is(err, money.ErrRange):
		p.refuse(historyAmount, "amount-too-large", "%s is more than Comity counts", historyQuoted(text))
	case errors.Is(err, money.ErrPlaces):
		p.refuse(historyAmount, "not-an-amount", "%s has more decimals than %s", historyQuoted(text), currency)
	case err != nil:
		p.refuse(historyAmount, "not-an-amount", "%s is not a plain decimal such as 1250.00", historyQuoted(text))
	case !amount.Positive():
		p.refuse(historyAmount, "amount-not-positive", "%s is not more than nothing", amount)
	}
	return amount
}

// date reads a day; an empty field is the zero Date unless the day is required.
func (p *historyParse) date(column int, required bool) domain.Date {
	field := p.field(column)
	if len(field) == 0 {
		if required {
			p.must(column)
		}
		return domain.Date{}
	}
	date, err := domain.ParseDate(string(field))
	if err != nil {
		p.refuse(column, "not-a-date", "%s is no day between 1900-01-01 and 2199-12-31, written YYYY-MM-DD", historyQuoted(field))
	}
	return date
}

// disputed reads the flag; a file that does not say means no.
func (p *historyParse) disputed() bool {
	switch field := string(p.field(historyDisputed)); field {
	case "1", "true", "yes":
		return true
	case "", "0", "false", "no":
		return false
	default:
		p.refuse(historyDisputed, "not-a-flag", "%s is none of 1, 0, true, false, yes, no", historyQuoted([]byte(field)))
		return false
	}
}

// historyQuoted shows a field in an error: escaped, and cut when it is long.
func historyQuoted(field []byte) string {
	return fmt.Sprintf("%q", bankShort(string(field), 40))
}
