package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"comity/repository"
)

// talliesCommand counts payments again, with statements of its own, on the database
// of MIGRATE_DATABASE_URL (the owner sees every seller).
func talliesCommand(ctx context.Context, args []string) error {
	if len(args) != 1 || args[0] != "check" {
		return errors.New("usage: comity tallies check")
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
	begun := time.Now()
	found, rows, err := repository.CheckTallies(ctx, c.MigrateURL)
	if err != nil {
		return err
	}
	for _, f := range found {
		fmt.Println(f)
	}
	fmt.Printf("tallies: %d rows counted again, %d a second, %d findings\n", rows, perSecond(rows, time.Since(begun)), len(found))
	if len(found) > 0 {
		return errors.New("the tallies are not what the rows say")
	}
	return nil
}
