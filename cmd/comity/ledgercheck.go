package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"comity/repository"
)

// ledgerCommand derives every balance again, with code and statements of its own.
func ledgerCommand(ctx context.Context, args []string) error {
	return check(ctx, args, "ledger", "the books are not right", func(url string) ([]string, string, error) {
		found, books, err := repository.CheckLedger(ctx, url)
		return found, fmt.Sprintf("%d journals in %d books checked", books.Journals, books.Books), err
	})
}

// talliesCommand counts payments again, with statements of its own.
func talliesCommand(ctx context.Context, args []string) error {
	return check(ctx, args, "tallies", "the tallies are not what the rows say", func(url string) ([]string, string, error) {
		begun := time.Now()
		found, rows, err := repository.CheckTallies(ctx, url)
		return found, fmt.Sprintf("%d rows counted again, %d a second", rows, perSecond(rows, time.Since(begun))), err
	})
}

// check prints what a check finds on the database of MIGRATE_DATABASE_URL, whose
// owner sees everything, or on the private one; a finding is an error.
func check(ctx context.Context, args []string, name, wrong string, findings func(url string) (found []string, done string, err error)) error {
	if len(args) != 1 || args[0] != "check" {
		return fmt.Errorf("usage: comity %s check", name)
	}
	c, err := readConfig()
	if err != nil {
		return err
	}
	if c.MigrateURL == "" {
		stop, err := c.startDatabase(ctx)
		if err != nil {
			return err
		}
		defer stop()
	}
	found, done, err := findings(c.MigrateURL)
	if err != nil {
		return err
	}
	for _, f := range found {
		fmt.Println(f)
	}
	fmt.Printf("%s: %s, %d findings\n", name, done, len(found))
	if len(found) > 0 {
		return errors.New(wrong)
	}
	return nil
}
