package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"comity/collections"
	"comity/domain"
	"comity/localpg"
	"comity/marketplace"
	"comity/repository"
	"comity/underwriting"
)

// yearSize says which year is lived.
type yearSize struct {
	Seed    uint64
	Debtors int
	Sellers int
	Factors int
	Days    int
	Workers int
}

const yearUsage = "usage: comity year [-seed N] [-debtors N] [-sellers N] [-factors N] [-days N] [-workers N]"

// year lets the collections engine live a year with made-up debtors, on a private
// PostgreSQL that is thrown away. Who there is, what is bought, and what banks show is
// written as rows: organisations, relationships, accounts, invoices, cases, deals without
// offers before them, statements, money, settlement and recourse, none of which is the
// engine's. What is said and done about a case goes through its use cases. At the end the
// rows are asked whether a word of courtesy was broken; if one was, the command fails.
func year(ctx context.Context, args []string) error {
	size := yearSize{}
	flags := flag.NewFlagSet("year", flag.ContinueOnError)
	flags.Uint64Var(&size.Seed, "seed", 1, "the same seed gives the same debtors, and as far as the machine allows the same year")
	flags.IntVar(&size.Debtors, "debtors", 10_000, "how many debtors")
	flags.IntVar(&size.Sellers, "sellers", 200, "how many sellers")
	flags.IntVar(&size.Factors, "factors", 5, "how many factors")
	flags.IntVar(&size.Days, "days", 365, "how many days")
	flags.IntVar(&size.Workers, "workers", runtime.NumCPU(), "how many cases are looked at at once")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if min(size.Debtors, size.Sellers, size.Factors, size.Days, size.Workers) < 1 || flags.NArg() > 0 {
		return errors.New(yearUsage)
	}
	dir, err := os.MkdirTemp("", "comity-year-")
	if err != nil {
		return fmt.Errorf("make a data folder: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // the server's own account enters it
		return fmt.Errorf("make a data folder: %w", err)
	}
	settings := localpg.Forgetful()
	maps.Copy(settings, map[string]string{"autovacuum": "on", "shared_buffers": "512MB", "max_wal_size": "4GB", "work_mem": "64MB", "jit": "off"})
	server, err := localpg.Start(ctx, localpg.Options{DataDir: filepath.Join(dir, "postgres"), Settings: settings, Say: say})
	if err != nil {
		return fmt.Errorf("start private PostgreSQL: %w", err)
	}
	defer func() { _ = server.Stop() }()
	if err := repository.Prepare(ctx, server.SuperDSN("postgres"), databaseName); err != nil {
		return err
	}
	owner := server.SuperDSN(databaseName)
	if err := repository.Migrate(ctx, owner); err != nil {
		return err
	}
	app := fmt.Sprintf("host=%s user=comity_app dbname=%s sslmode=disable", server.SocketDir, databaseName)
	lived, err := liveYear(ctx, size, app, owner)
	if err != nil {
		return fmt.Errorf("year with seed %d: %w", size.Seed, err)
	}
	return lived.tell(os.Stdout)
}

// A livedYear is what came of a year.
type livedYear struct {
	size    yearSize
	figures []repository.YearFigure
	broken  []repository.YearBreach
	done    map[string]int // what people and machines did, by name
	took    time.Duration  // the days
	asked   time.Duration  // the audit
	peak    int64          // kilobytes
}

// liveYear lives a year on a migrated database.
func liveYear(ctx context.Context, size yearSize, appURL, ownerURL string) (*livedYear, error) {
	begun := time.Now()
	db, err := repository.Open(ctx, repository.Options{URL: appURL, MaxConns: size.Workers + 1, Now: time.Now, Named: true})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	y := newYearTown(size)
	y.db = db
	y.cases = collections.New(repository.Atomically(db, func(tx *repository.Tx) collections.Tx { return tx }),
		collections.Options{Host: yearHost, ReplyHost: yearHost, KeyVersion: 1})
	y.market = marketplace.New(repository.Atomically(db, func(tx *repository.Tx) marketplace.Tx { return tx }), underwriting.EngineV1{}, func(string) []byte { return nil })
	if y.rows, err = repository.OpenYear(ctx, ownerURL, y.world, y.now); err != nil {
		return nil, err
	}
	defer y.rows.Close()
	if err := y.found(ctx); err != nil {
		return nil, err
	}
	if err := y.live(ctx); err != nil {
		return nil, err
	}
	lived := &livedYear{size: size, done: y.done, took: time.Since(begun)}
	if lived.figures, err = y.rows.Figures(ctx); err != nil {
		return nil, err
	}
	if lived.broken, err = y.rows.Audit(ctx, y.now); err != nil {
		return nil, err
	}
	lived.asked = time.Since(begun) - lived.took
	lived.peak, err = kilobytes(os.Getpid(), "status", "VmHWM")
	return lived, err
}

// tell writes the report. It fails when a word was broken.
func (l *livedYear) tell(w io.Writer) error {
	s := l.size
	fmt.Fprintf(w, "A year of collections: seed %d, %d debtors, %d sellers, %d factors, %d days, %d workers\n", s.Seed, s.Debtors, s.Sellers, s.Factors, s.Days, s.Workers)
	fmt.Fprintln(w, "Written as rows: organisations, relationships, accounts, invoices, cases, deals, statements, money, settlement, recourse. All else by use cases.")
	group := ""
	for _, f := range l.figures {
		if f.Group != group {
			group = f.Group
			fmt.Fprintf(w, "\n%s\n", group)
		}
		fmt.Fprintf(w, "  %9d  %s\n", f.Count, f.Name)
	}
	fmt.Fprintln(w, "\nwhat was done, and what was refused on purpose")
	for _, name := range slices.Sorted(maps.Keys(l.done)) {
		fmt.Fprintf(w, "  %9d  %s\n", l.done[name], name)
	}
	fmt.Fprintf(w, "\nthe machine\n  %9d  looks a second\n  %9d  seconds for the days\n  %9d  seconds for figures and audit\n  %9d  MB peak of this process\n",
		perSecond(l.done["look"]+l.done["look among many"], l.took), int(l.took.Seconds()), int(l.asked.Seconds()), l.peak/1024)
	fmt.Fprintf(w, "\nVIOLATIONS: %d rules broken\n", len(l.broken))
	for _, b := range l.broken {
		fmt.Fprintf(w, "  rule %s: %d\n", b.Rule, b.Count)
		for _, row := range b.Rows {
			fmt.Fprintf(w, "    %s\n", row)
		}
	}
	if len(l.broken) > 0 {
		return fmt.Errorf("a year with seed %d: %d rules of courtesy were broken", s.Seed, len(l.broken))
	}
	return nil
}

const yearHost = "mail.test"

// yearBegins is the first day of the year.
var yearBegins = domain.MustDate("2026-01-05")
