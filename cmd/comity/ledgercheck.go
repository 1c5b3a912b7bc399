package main

import (
	"context"
	"errors"
	"fmt"

	"comity/repository"
)

// ledgerCommand derives every balance again, with code and statements of its
// own, on the database of MIGRATE_DATABASE_URL (the owner sees every book).
func ledgerCommand(ctx context.Context, args []string) error {
	if len(args) != 1 || args[0] != "check" {
		return errors.New("usage: comity ledger check")
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
	found, books, err := repository.CheckLedger(ctx, c.MigrateURL)
	if err != nil {
		return err
	}
	for _, f := range found {
		fmt.Println(f)
	}
	fmt.Printf("ledger: %d journals in %d books checked, %d findings\n", books.Journals, books.Books, len(found))
	if len(found) > 0 {
		return errors.New("the books are not right")
	}
	return nil
}
