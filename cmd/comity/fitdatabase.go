package main

import (
	"context"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"io"
	"strconv"
	"time"

	"comity/domain"
	"comity/repository"
	"comity/underwriting/backtest"
)

// readDatabase reads the history on DATABASE_URL, or in the private database, that a
// model may be fitted on, by the way that a file is read: as rows of CSV.
func readDatabase(ctx context.Context) (*backtest.Portfolio, error) {
	c, err := readConfig()
	if err != nil {
		return nil, err
	}
	stop, err := c.startDatabase(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	db, err := repository.Open(ctx, repository.Options{URL: c.DatabaseURL, MaxConns: 1, Now: time.Now})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return portfolioOf(ctx, db)
}

func portfolioOf(ctx context.Context, db *repository.DB) (*backtest.Portfolio, error) {
	out, in := io.Pipe()
	written := make(chan error, 1)
	go func() {
		err := writeExamples(ctx, in, db)
		written <- err
		_ = in.CloseWithError(err) // nil is the end of the rows
	}()
	portfolio, err := backtest.Read([]backtest.Source{{Name: "database", Rows: out}}, nil)
	_ = out.Close() // a writer that is still there stops
	if failed := <-written; failed != nil && !errors.Is(failed, io.ErrClosedPipe) {
		return nil, failed
	}
	return portfolio, err
}

// exampleColumns are those of a payment history, and what is known of a debtor
// under the names by which the register of a relationship has it.
var exampleColumns = []string{
	"invoice_id", "seller_id", "debtor_id", "amount", "currency", "issue_date", "due_date", "paid_date", "disputed", "observed_until", "country", "legal_type",
	"industry", "size_class",
}

func writeExamples(ctx context.Context, w io.Writer, db *repository.DB) error {
	out := csv.NewWriter(w)
	if err := out.Write(exampleColumns); err != nil {
		return err
	}
	for example, err := range db.Examples(ctx) {
		if err != nil {
			return err
		}
		if err := out.Write(exampleFields(example)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// exampleFields are ids without a prefix: who reads them needs to tell them apart
// and nothing else.
func exampleFields(e domain.Example) []string {
	return []string{
		hex.EncodeToString(e.ID.UUID[:]), hex.EncodeToString(e.Seller.UUID[:]), hex.EncodeToString(e.Relationship.UUID[:]), e.Amount.Decimal(), string(e.Amount.Currency()),
		e.Issued.String(), e.Due.String(), e.Paid.String(), strconv.FormatBool(e.Disputed), e.ObservedUntil.String(), e.Country, string(e.LegalType), e.Industry, e.Size,
	}
}
