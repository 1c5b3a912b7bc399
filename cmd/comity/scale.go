package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"comity/collections"
	"comity/domain"
	"comity/localpg"
	"comity/repository"
)

//go:embed bench/scale.sql
var scaleSQL string

const scaleUsage = "usage: comity scale [-cases N] [-items N] [-workers N] [-rounds N] [-kills N] [-killed N]"

var (
	scaleWorld = domain.WorldID{UUID: uuid.MustParse("5ca1e000-0000-7000-8000-000000000000")}
	// scaleNow is a Thursday on which it is afternoon in Europe and morning in New York.
	scaleNow = time.Date(2026, 3, 12, 14, 30, 0, 0, time.UTC)
)

// A scaled is a benchmark of the planner.
type scaled struct {
	cases, items, workers, rounds int
	killed, kills                 int
	owner                         string // the owner's address
	db                            *repository.DB
	service                       *collections.Service
}

// scale measures how fast one day is planned for many cases, beside one pass of SKIP LOCKED
// over the same rows, on a private PostgreSQL with the settings of `comity run`.
func scale(ctx context.Context, args []string) error {
	var s scaled
	flags := flag.NewFlagSet("scale", flag.ContinueOnError)
	flags.IntVar(&s.cases, "cases", 100_000, "how many cases are due")
	flags.IntVar(&s.items, "items", 10, "how many open invoices each of them has")
	flags.IntVar(&s.workers, "workers", runtime.NumCPU(), "how many plan at once")
	flags.IntVar(&s.rounds, "rounds", 3, "how often each is measured; the best counts")
	flags.IntVar(&s.kills, "kills", 25, "how many workers are killed on their way through a day")
	flags.IntVar(&s.killed, "killed", 4_000, "through how many of the cases that way leads")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if min(s.cases, s.items, s.workers, s.rounds) < 1 || min(s.kills, s.killed) < 0 || flags.NArg() > 0 {
		return errors.New(scaleUsage)
	}
	c, err := readConfig()
	if err != nil {
		return err
	}
	if c.DataDir, err = os.MkdirTemp("", "comity-scale-"); err != nil {
		return fmt.Errorf("make a data folder: %w", err)
	}
	defer os.RemoveAll(c.DataDir)
	if err := os.Chmod(c.DataDir, 0o755); err != nil { // the server's own account enters it
		return fmt.Errorf("make a data folder: %w", err)
	}
	// As comity run has it, with the memory that a server for so much would be given.
	server, err := localpg.Start(ctx, localpg.Options{
		DataDir: filepath.Join(c.DataDir, "postgres"), Settings: map[string]string{"shared_buffers": "4GB", "max_wal_size": "8GB"}, Say: say,
	})
	if err != nil {
		return fmt.Errorf("start private PostgreSQL: %w", err)
	}
	defer func() { _ = server.Stop() }()
	if err := repository.Prepare(ctx, server.SuperDSN("postgres"), databaseName); err != nil {
		return err
	}
	s.owner = server.SuperDSN(databaseName)
	c.DatabaseURL = fmt.Sprintf("host=%s user=comity_app dbname=%s sslmode=disable", server.SocketDir, databaseName)
	if err := repository.Migrate(ctx, s.owner); err != nil {
		return err
	}
	begun := time.Now()
	if err := s.psql(ctx, scaleSQL); err != nil {
		return err
	}
	say("%d cases of %d open invoices each were made in %s", s.cases, s.items, time.Since(begun).Round(time.Second))
	if s.db, err = repository.Open(ctx, repository.Options{URL: c.DatabaseURL, MaxConns: s.workers + 1, Now: time.Now, Named: true}); err != nil {
		return err
	}
	defer s.db.Close()
	s.service = collections.New(repository.Atomically(s.db, func(tx *repository.Tx) collections.Tx { return tx }), collections.Options{Host: "scale.test", KeyVersion: 1})
	if err := s.measure(ctx, os.Stdout); err != nil {
		return err
	}
	return s.kill(ctx, c, os.Stdout)
}

// makeDue makes every case due within the five hours before scaleNow, and tidies up.
const makeDue = `
UPDATE cases SET next_action_at = :'now'::timestamptz - make_interval(mins => abs(hashint8(('x' || right(id::text, 8))::bit(32)::bigint)::bigint)::integer % 300) WHERE world_id = :'world'::uuid;
VACUUM ANALYZE cases;
CHECKPOINT;`

// psql runs statements as the owner.
func (s *scaled) psql(ctx context.Context, text string) error {
	_, err := s.ask(ctx, text)
	return err
}

// ask runs statements as the owner and returns what they answer.
func (s *scaled) ask(ctx context.Context, text string) ([]byte, error) {
	return psql(ctx, s.owner, text, "world="+scaleWorld.UUID.String(), "now="+scaleNow.Format(time.RFC3339),
		fmt.Sprintf("cases=%d", s.cases), fmt.Sprintf("items=%d", s.items), fmt.Sprintf("killed=%d", s.killed))
}

// A pass is what one worker does again and again until nothing is left: it returns how many
// cases it had, and how many of them have something to do.
type pass func(ctx context.Context, worker int) (cases int, acts []domain.Due, err error)

// skipLocked is the least that a planner does.
func (s *scaled) skipLocked(read bool) pass {
	return func(ctx context.Context, _ int) (int, []domain.Due, error) {
		n, err := s.db.SkipLocked(ctx, scaleWorld, scaleNow, scaleNow.AddDate(0, 0, 1), read)
		return n, nil, err
	}
}

// plan is the planner.
func (s *scaled) plan(now time.Time) pass {
	after := make([]domain.Due, s.workers)
	return func(ctx context.Context, worker int) (int, []domain.Due, error) {
		day, err := s.service.Plan(ctx, scaleWorld, after[worker], now, now)
		after[worker] = day.Last
		return day.Looked, day.Acts, err
	}
}

func (s *scaled) measure(ctx context.Context, w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "pass\tcases a second\tbest\tto act on\tnote")
	for _, p := range []struct {
		name string
		make func() pass
	}{
		{"SKIP LOCKED: claim, write", func() pass { return s.skipLocked(false) }},
		{"SKIP LOCKED: claim, read the open items, write", func() pass { return s.skipLocked(true) }},
		{"the plan, all due at once", func() pass { return s.plan(scaleNow) }},
	} {
		if err := s.measureOne(ctx, table, p.name, p.make); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	if err := s.measureNextDay(ctx, table); err != nil {
		return fmt.Errorf("the next day: %w", err)
	}
	peak, err := kilobytes(os.Getpid(), "status", "VmHWM")
	if err != nil {
		return err
	}
	fmt.Fprintf(table, "peak memory of this process\t%s\t\t\t%d workers, a thousand cases a transaction, load average %s\n", megabytes(peak), s.workers, loadAverage())
	return table.Flush()
}

// measureOne measures a pass over all cases, round after round.
func (s *scaled) measureOne(ctx context.Context, table io.Writer, name string, again func() pass) error {
	var rates []int64
	var best time.Duration
	var acts int
	for range s.rounds {
		if err := s.psql(ctx, makeDue); err != nil {
			return err
		}
		begun := time.Now()
		n, due, err := s.together(ctx, again())
		if err != nil {
			return err
		}
		if n < s.cases {
			return fmt.Errorf("%d of %d cases", n, s.cases)
		}
		took := time.Since(begun)
		rates, acts = append(rates, perSecond(n, took)), due
		if best == 0 || took < best {
			best = took
		}
	}
	fmt.Fprintf(table, "%s\t%d\t%s\t%d\trounds %v\n", name, slices.Max(rates), best.Round(time.Millisecond), acts, rates)
	return nil
}

// nextDay takes what was to be said as said, each of those cases to be looked at in a week, and
// loads the day's statements.
const nextDay = `
BEGIN;
SET LOCAL session_replication_role = replica; -- no files lie behind these statements
UPDATE cases SET next_action_at = :'now'::timestamptz + interval '7 days' WHERE world_id = :'world'::uuid AND next_action_at <= :'now'::timestamptz;
INSERT INTO statements (id, factor_id, account_id, blob_id, file_sha256, number, from_on, to_on, currency, opening_minor, closing_minor, line_count, loaded_at)
SELECT gen_random_uuid(), a.org_id, a.id, a.id, '', d.on_day::text, d.on_day, d.on_day, a.currency, 0, 0, 0, :'now'::timestamptz + interval '15 hours'
  FROM bank_accounts a, (SELECT :'now'::timestamptz::date AS on_day) d WHERE a.id::text LIKE '5ca1e000%';
COMMIT;
VACUUM ANALYZE cases;
CHECKPOINT;`

// measureNextDay measures the plan of the day after, for which most cases are known to wait.
func (s *scaled) measureNextDay(ctx context.Context, table io.Writer) error {
	if err := s.psql(ctx, nextDay); err != nil {
		return err
	}
	begun := time.Now()
	n, acts, err := s.together(ctx, s.plan(scaleNow.AddDate(0, 0, 1)))
	if err != nil {
		return err
	}
	took := time.Since(begun)
	fmt.Fprintf(table, "the plan of the next day\t%d\t%s\t%d\t%d of %d are due, the others are known to wait\n", perSecond(s.cases, took), took.Round(time.Millisecond), acts, n, s.cases)
	return nil
}

// together lets the workers go through what is due until nothing is.
func (s *scaled) together(ctx context.Context, do pass) (cases, acts int, err error) {
	var working sync.WaitGroup
	var mu sync.Mutex
	all := map[domain.Due]bool{} // one that another worker found is due still
	for worker := range s.workers {
		working.Go(func() {
			for ctx.Err() == nil {
				n, due, failed := do(ctx, worker)
				mu.Lock()
				for _, d := range due {
					if all[d] {
						cases--
					}
					all[d] = true
				}
				cases, err = cases+n, errors.Join(err, failed)
				mu.Unlock()
				if failed != nil || n == 0 {
					return
				}
			}
		})
	}
	working.Wait()
	return cases, len(all), errors.Join(err, ctx.Err())
}
