package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"comity/domain"
)

// mostPerSecond bounds how many invoices a run over HTTP can use up.
const mostPerSecond = 2_500

// A run is what came of one run under load.
type run struct {
	took    []time.Duration // of the requests that succeeded, sorted
	elapsed time.Duration
	rate    int64 // a second
	errors  int
	failed  error // the first
	cpu     time.Duration
}

// A lane is one thing that is measured: the way to do it once with each number.
type lane struct {
	name    string
	offered bool // its invoices have an offer
	path    func(n int) string
}

// load measures submissions and acceptances over HTTP, and beside them the same
// statements by pgbench, as many of them, round after round.
func (b *benchmark) load(ctx context.Context) error {
	stop, err := b.config.startDatabase(ctx)
	if err != nil {
		return err
	}
	defer stop()
	p, err := startProgram(ctx, b.config, "serve", b.clients)
	if err != nil {
		return err
	}
	defer p.stop()
	w, err := b.makeWorld(ctx, p.client)
	if err != nil {
		return err
	}
	if err := w.prepare(ctx, b); err != nil {
		return err
	}
	lanes := []lane{
		{"submit", false, func(n int) string {
			return fmt.Sprintf("/v1/invoices/%s/submit", domain.InvoiceID{UUID: w.id("7001", n)})
		}},
		{"accept", true, func(n int) string { return fmt.Sprintf("/v1/offers/%s/accept", domain.OfferID{UUID: w.id("7003", n)}) }},
	}
	for _, l := range lanes {
		if err := b.sideBySide(ctx, p, w, l); err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
	}
	return nil
}

// sideBySide measures one lane in its three forms and prints the best of each.
func (b *benchmark) sideBySide(ctx context.Context, p *program, w *benchWorld, l lane) error {
	forms := []string{"HTTP", "pgbench, parsed each time", "pgbench, prepared"}
	runs := make([][]run, len(forms))
	for range b.rounds {
		first, err := w.copies(ctx, b.seconds*mostPerSecond/b.clients*b.clients, l.offered)
		if err != nil {
			return err
		}
		over, err := b.overHTTP(ctx, p, w, func(n int) string { return l.path(first + n) })
		if err != nil {
			return err
		}
		runs[0] = append(runs[0], over)
		for i, mode := range []string{"extended", "prepared"} {
			under, err := b.byPgbench(ctx, w, l, mode, len(over.took)/b.clients)
			if err != nil {
				return err
			}
			runs[i+1] = append(runs[i+1], under)
		}
		say("%s: %v a second over HTTP and by pgbench, parsed and prepared", l.name, lastRates(runs))
	}
	for i, form := range forms {
		best := slices.MaxFunc(runs[i], func(a, b run) int { return int(a.rate - b.rate) })
		b.row(append([]string{l.name + ", " + form}, best.cells(runs[i])...)...)
	}
	b.row(l.name+", HTTP beside pgbench", fmt.Sprintf("%d%% of parsed, %d%% of prepared", share(runs[0], runs[1]), share(runs[0], runs[2])),
		"", "", "", "median of the rounds")
	return nil
}

// share is the median over the rounds of one rate as per cent of another.
func share(of, in []run) int64 {
	var shares []int64
	for i := range of {
		shares = append(shares, of[i].rate*100/max(in[i].rate, 1))
	}
	slices.Sort(shares)
	return shares[len(shares)/2]
}

func lastRates(runs [][]run) []int64 {
	var rates []int64
	for _, form := range runs {
		rates = append(rates, form[len(form)-1].rate)
	}
	return rates
}

// cells are the table's cells of a run, the best of all.
func (r run) cells(all []run) []string {
	cpu := ""
	if r.cpu > 0 && len(r.took) > 0 {
		cpu = fmt.Sprintf("%d µs each", r.cpu.Microseconds()/int64(len(r.took)))
	}
	note := fmt.Sprintf("%d in %s, %d errors; rounds", len(r.took), milliseconds(r.elapsed), r.errors)
	for _, one := range all {
		note += fmt.Sprintf(" %d/s", one.rate)
	}
	if r.failed != nil {
		note += "; first error: " + r.failed.Error()
	}
	return []string{fmt.Sprintf("%d/s", r.rate), milliseconds(percentile(r.took, 50)), milliseconds(percentile(r.took, 99)), cpu, note}
}

// percentile reads a percentile of sorted durations.
func percentile(sorted []time.Duration, percent int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)*percent+99)/100-1]
}

// overHTTP lets every client send one request after the other, each about an
// invoice of its own, until the time is over.
func (b *benchmark) overHTTP(ctx context.Context, p *program, w *benchWorld, path func(int) string) (run, error) {
	before, err := p.cpu()
	if err != nil {
		return run{}, err
	}
	each := make([]run, b.clients)
	begun := time.Now()
	until := begun.Add(time.Duration(b.seconds) * time.Second)
	var working sync.WaitGroup
	for k := range b.clients {
		working.Go(func() {
			each[k] = b.oneClient(ctx, w.clients[k], until, func(i int) string { return path(i*b.clients + k) })
		})
	}
	working.Wait()
	all := run{elapsed: time.Since(begun)}
	after, err := p.cpu()
	if err != nil {
		return run{}, err
	}
	all.cpu = after - before
	for _, one := range each {
		all.took = append(all.took, one.took...)
		all.errors += one.errors
		if all.failed == nil {
			all.failed = one.failed
		}
	}
	slices.Sort(all.took)
	all.rate = perSecond(len(all.took), all.elapsed)
	return all, ctx.Err()
}

func (b *benchmark) oneClient(ctx context.Context, c *client, until time.Time, path func(int) string) run {
	var done run
	var answer []byte
	for i := 0; i < b.seconds*mostPerSecond/b.clients && ctx.Err() == nil; i++ {
		begun := time.Now()
		if begun.After(until) {
			break
		}
		if err := c.do(ctx, call{method: http.MethodPost, path: path(i)}, &answer); err != nil {
			done.errors++
			if done.failed == nil {
				done.failed = err
			}
			continue
		}
		done.took = append(done.took, time.Since(begun))
	}
	return done
}

// keptAlive is an HTTP client that keeps a connection for each of some clients.
func keptAlive(clients int) *http.Client {
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: clients, MaxConnsPerHost: clients}}
}
