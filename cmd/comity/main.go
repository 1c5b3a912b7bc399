// Command comity is the marketplace: its server, its worker and its tools.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	_ "time/tzdata" // time zones on machines that have no tables of them
)

// A command is one thing that comity can be asked to do.
type command struct {
	name, about string
	run         func(context.Context, []string) error
}

func commands() []command {
	return []command{
		{"run", "everything on one machine: private PostgreSQL, server, worker, mail catcher", runAll},
		{"serve", "the HTTP server, on DATABASE_URL", serve},
		{"worker", "jobs and the worlds' clocks, on DATABASE_URL", work},
		{"migrate", "bring the schema up to date, on MIGRATE_DATABASE_URL", migrate},
		{"operator", "make a user of the platform: operator EMAIL NAME", operator},
		{"demo", "play whole deals over HTTP as an outside client", demo},
		{"debtor-page", "make debtors with open invoices on a server that is up and print the links to their pages: debtor-page -help", debtorPage},
		{"einvoice", "einvoice read FILE…: what e-invoice files say", einvoice},
		{"fit", "learn a payment-time model from a history: fit {-history TRAIN.csv | -database} -out model.json", fit},
		{"model", "fitted models: model propose -file model.json | list | shadow NAME | live NAME | retire NAME, on DATABASE_URL", modelCommand},
		{"backtest", "price a history as of each day and measure: backtest -help", backtestModel},
		{"simulate-policy", "replay a history with money under a buying policy: simulate-policy -help", simulatePolicy},
		{"generate", "write a synthetic portfolio as a payment history: generate -help", generate},
		{"ledger", "ledger check: derive every balance again, with separate code", ledgerCommand},
		{"tallies", "tallies check: count payments again, with separate code", talliesCommand},
		{"bench", "measure speed and memory: bench [-seconds N] [-clients N] [-rounds N] [-rows N]", bench},
		{"scale", "measure how fast a day is planned for many cases, on a PostgreSQL of its own: scale -help", scale},
		{"year", "let the collections engine live a year with made-up debtors, on a PostgreSQL of its own: year -help", year},
		{"with-postgres", "with-postgres COMMAND…: run a command with a throw-away PostgreSQL", withPostgres},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := dispatch(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "comity:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("unknown command")

func dispatch(ctx context.Context, args []string) error {
	if len(args) > 0 {
		i := slices.IndexFunc(commands(), func(c command) bool { return c.name == args[0] })
		if i >= 0 {
			return commands()[i].run(ctx, args[1:])
		}
	}
	fmt.Fprintln(os.Stderr, "usage: comity COMMAND")
	for _, c := range commands() {
		fmt.Fprintf(os.Stderr, "  %-15s %s\n", c.name, c.about)
	}
	return errUsage
}
