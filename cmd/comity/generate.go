package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"comity/domain"
	"comity/generator"
)

// generate writes a synthetic portfolio as a payment history.
func generate(_ context.Context, args []string) error {
	var c generator.Config
	var start, profile, out string
	flags := flag.NewFlagSet("generate", flag.ContinueOnError)
	flags.Uint64Var(&c.Seed, "seed", 1, "the same seed gives the same bytes")
	flags.IntVar(&c.Debtors, "debtors", 100, "how many debtors")
	flags.IntVar(&c.Months, "months", 12, "how long invoices are issued")
	flags.StringVar(&start, "start", "2025-01-01", "the first day on which one may be")
	flags.StringVar(&profile, "profile", string(generator.Mixed), "day-due, runs or mixed")
	flags.IntVar(&c.Invoices, "invoices", 0, "how many invoices; 0: as many as the debtors have in that time")
	flags.IntVar(&c.UnpaidPPM, "unpaid-ppm", 0, "how many debtors in a million never pay")
	flags.StringVar(&out, "out", "", "the CSV file to write; none: standard output")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return errors.New("usage: comity generate [-seed N] [-debtors N] [-months N] [-start YYYY-MM-DD] [-profile NAME] [-invoices N] [-unpaid-ppm N] [-out FILE]")
	}
	var err error
	if c.Start, err = domain.ParseDate(start); err != nil {
		return err
	}
	c.Profile = generator.Profile(profile)
	portfolio, err := generator.New(c)
	if err != nil {
		return err
	}
	if out == "" {
		return generator.WriteCSV(os.Stdout, portfolio.Invoices())
	}
	file, err := os.Create(out)
	if err != nil {
		return fmt.Errorf("generate: %w", err)
	}
	return errors.Join(generator.WriteCSV(file, portfolio.Invoices()), file.Close())
}
