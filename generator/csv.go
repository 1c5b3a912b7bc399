package generator

import (
	"bufio"
	"fmt"
	"io"
	"iter"
)

// Header is the first line of a file: the columns of a payment history and, after
// them, what else is known.
const Header = "invoice_id,debtor_id,amount,currency,issue_date,due_date,paid_date,disputed,seller_id,industry,country,size_class\n"

// WriteCSV writes invoices as a payment history. A row of an invoice that is
// never paid has no date of payment.
func WriteCSV(w io.Writer, invoices iter.Seq[Invoice]) error {
	out := bufio.NewWriterSize(w, 64<<10)
	if _, err := out.WriteString(Header); err != nil {
		return fmt.Errorf("write portfolio: %w", err)
	}
	var line []byte
	for inv := range invoices {
		line = inv.appendCSV(line[:0])
		if _, err := out.Write(line); err != nil {
			return fmt.Errorf("write portfolio: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write portfolio: %w", err)
	}
	return nil
}

// appendCSV appends the row. No value of a portfolio needs quotes.
func (i Invoice) appendCSV(line []byte) []byte {
	disputed := "0"
	if i.Disputed {
		disputed = "1"
	}
	d := i.Debtor
	for _, field := range [...]string{
		i.ID(), d.ID, i.Amount.Decimal(), string(d.Currency), i.Issued.String(), i.Due.String(), i.Paid.String(), disputed, i.Seller, d.Industry, d.Country,
	} {
		line = append(append(line, field...), ',')
	}
	return append(append(line, d.SizeClass...), '\n')
}
