package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"comity/domain"
	"comity/generator"
)

// A benchmark measures one Comity on this machine. Everything that it starts
// listens on loopback, has an end, and is ended by its process id.
type benchmark struct {
	config  config
	seconds int
	clients int
	rounds  int
	rows    int    // generated rows of an import
	history string // a file of payment history to import
	said    *tabwriter.Writer
}

// bench measures speed and memory and prints one table.
func bench(ctx context.Context, args []string) error {
	b := benchmark{history: os.Getenv("COMITY_HISTORY"), said: tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&b.seconds, "seconds", 10, "how long each run under load lasts")
	flags.IntVar(&b.clients, "clients", 8, "how many clients")
	flags.IntVar(&b.rounds, "rounds", 3, "how often each is measured; the best counts")
	flags.IntVar(&b.rows, "rows", 50_000, "generated rows of an import")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if min(b.seconds, b.clients, b.rounds, b.rows) < 1 || flags.NArg() > 0 {
		return errors.New("usage: comity bench [-seconds N] [-clients N] [-rounds N] [-rows N]")
	}
	c, err := readConfig()
	if err != nil {
		return err
	}
	if _, given := os.LookupEnv("COMITY_DATA"); !given {
		if c.DataDir, err = os.MkdirTemp("", "comity-bench-"); err != nil {
			return fmt.Errorf("make a data folder: %w", err)
		}
		defer os.RemoveAll(c.DataDir)
		if err := os.Chmod(c.DataDir, 0o755); err != nil { // the server's own account enters it
			return fmt.Errorf("make a data folder: %w", err)
		}
	}
	c.KeysFile, c.DatabaseURL, c.MigrateURL = filepath.Join(c.DataDir, "keys.json"), "", ""
	b.config = c
	return b.measure(ctx)
}

func (b *benchmark) measure(ctx context.Context) error {
	b.row("measured", "result", "p50", "p99", "server CPU", "note")
	before := loadAverage()
	say("start, memory at rest and imports: comity run")
	err := b.whole(ctx)
	if err == nil {
		say("load: comity serve, and pgbench on the same PostgreSQL")
		err = b.load(ctx)
	}
	b.row("machine", fmt.Sprintf("%d cores", runtime.NumCPU()), "", "", "", "load average before "+before+", after "+loadAverage())
	return errors.Join(err, b.said.Flush())
}

// loadAverage is how busy the machine was in the last minute.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

// row adds a line to the table.
func (b *benchmark) row(cells ...string) { fmt.Fprintln(b.said, strings.Join(cells, "\t")) }

// whole measures what one process with everything in it does: it starts cold,
// starts warm, rests, and imports.
func (b *benchmark) whole(ctx context.Context) error {
	_, err := os.Stat(filepath.Join(b.config.DataDir, "postgres"))
	if errors.Is(err, os.ErrNotExist) {
		cold, err := startProgram(ctx, b.config, "run", b.clients)
		if err != nil {
			return err
		}
		b.row("start to serving, no data yet", milliseconds(cold.serving))
		cold.stop()
	}
	warm, err := startProgram(ctx, b.config, "run", b.clients)
	if err != nil {
		return err
	}
	defer warm.stop()
	b.row("start to serving, data there", milliseconds(warm.serving))
	if err := b.rest(ctx, warm); err != nil {
		return err
	}
	w, err := b.makeWorld(ctx, warm.client)
	if err != nil {
		return err
	}
	data, err := generatedHistory(b.rows)
	if err != nil {
		return err
	}
	if err := b.imports(ctx, warm, w, fmt.Sprintf("import of %d generated rows", b.rows), data); err != nil || b.history == "" {
		return err
	}
	data, err = os.ReadFile(b.history)
	if err != nil {
		return fmt.Errorf("COMITY_HISTORY: %w", err)
	}
	return b.imports(ctx, warm, w, "import of "+filepath.Base(b.history), data)
}

// rest reads the memory of a server that has had nothing to do for five seconds.
func (b *benchmark) rest(ctx context.Context, p *program) error {
	pause(ctx, 5*time.Second)
	server, err := kilobytes(p.pid(), "status", "VmRSS")
	if err != nil {
		return err
	}
	own, err := kilobytes(p.pid(), "status", "RssAnon")
	if err != nil {
		return err
	}
	database, err := p.shares()
	if err != nil {
		return err
	}
	b.row("memory at rest, server and worker", megabytes(server), "", "", "", "VmRSS after 5 s idle, of it "+megabytes(own)+" not pages of the program file")
	b.row("memory at rest, PostgreSQL", megabytes(database), "", "", "", "sum of Pss of its processes")
	return nil
}

// generatedHistory makes a file of payment history: 400 debtors, a tenth of which
// pay nothing.
func generatedHistory(rows int) ([]byte, error) {
	portfolio, err := generator.New(generator.Config{
		Seed: 1, Debtors: 400, Months: 33, Start: domain.MustDate("2023-01-02"), Profile: generator.Mixed, Invoices: rows, UnpaidPPM: 100_000,
	})
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	err = generator.WriteCSV(&file, portfolio.Invoices())
	return file.Bytes(), err
}

// imports imports a file for a new seller in each round.
func (b *benchmark) imports(ctx context.Context, p *program, w *benchWorld, name string, data []byte) error {
	var best time.Duration
	var read, good, peak int
	for range b.rounds {
		seller, err := w.seller(ctx)
		if err != nil {
			return err
		}
		if err := p.forgetPeak(); err != nil {
			return fmt.Errorf("forget peak memory: %w", err)
		}
		begun := time.Now()
		done, err := importHistory(ctx, seller, data)
		if err != nil {
			return err
		}
		if took := time.Since(begun); best == 0 || took < best {
			best = took
		}
		most, err := kilobytes(p.pid(), "status", "VmHWM")
		if err != nil {
			return err
		}
		read, good, peak = done.Read, done.Good, max(peak, int(most))
		say("%s: %d rows/s", name, perSecond(read, time.Since(begun)))
	}
	b.row(name, fmt.Sprintf("%d rows/s", perSecond(read, best)), "", "", "",
		fmt.Sprintf("%s for %d rows, %d good; peak %s (VmHWM, server and worker)", milliseconds(best), read, good, megabytes(int64(peak))))
	return nil
}

type importState struct {
	ID     string `json:"id"`
	State  string `json:"state"`
	Reason string `json:"reason"`
	Read   int    `json:"rows_read"`
	Good   int    `json:"rows_good"`
}

// importHistory hands in a file and waits until it has been read.
func importHistory(ctx context.Context, seller *client, data []byte) (importState, error) {
	var imp importState
	if err := seller.do(ctx, call{method: http.MethodPost, path: "/v1/imports", raw: data, media: "text/csv"}, &imp); err != nil {
		return imp, err
	}
	err := eventually(ctx, "the import is done", func() (bool, error) {
		pause(ctx, 20*time.Millisecond)
		err := seller.get(ctx, "/v1/imports/"+imp.ID, &imp)
		if err == nil && imp.State == "refused" {
			err = fmt.Errorf("the file was refused: %s", imp.Reason)
		}
		return imp.State == "done", err
	})
	return imp, err
}

// perSecond is a rate in whole things.
func perSecond(n int, in time.Duration) int64 {
	if in <= 0 {
		return 0
	}
	return int64(n) * int64(time.Second) / int64(in)
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%d.%02d ms", d.Microseconds()/1000, d.Microseconds()%1000/10)
}

func megabytes(kilobytes int64) string {
	return fmt.Sprintf("%d.%d MB", kilobytes/1024, kilobytes%1024*10/1024)
}
