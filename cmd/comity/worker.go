package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"comity/collections"
	"comity/delivery"
	"comity/domain"
)

// work runs jobs and the worlds' clocks on DATABASE_URL until it is told to stop.
func work(ctx context.Context, _ []string) error {
	return withApp(ctx, func(a *app) error { return a.work(ctx) })
}

const (
	shortPause = 5 * time.Millisecond   // between looks after there was something to do
	longPause  = 250 * time.Millisecond // the longest between looks when there is nothing
	jobLease   = 2 * time.Minute
	sweepEvery = time.Hour
	mailEvery  = 20 * time.Second // between looks at the mailbox
	worldLease = 30 * time.Second
	maxTries   = 3  // of a job in a sandbox; then its clock stops
	maxLooks   = 20 // at one thing at one time: what its jobs do may make it due again, but not for ever
	liveTries  = 10
	dueAtOnce  = 200 // of the live world's due things; what failed is among them
	fewCases   = 8   // above which cases that are due are planned together
	jobsAtOnce = 50
	turnLength = 2 * time.Second // of a sandbox, before the others have theirs
)

// worker does jobs, and what comes due in each world. Any number of processes
// may run one: a sandbox has one runner at a time, the live world has all.
type worker struct {
	*app
	id      uuid.UUID
	live    *delivery.Mailer
	sandbox *delivery.Mailer
	planned map[domain.WorldID]planned // in sandboxes: how far what is due has been planned together
	failed  map[domain.Due]failure     // in the live world: what failed, and when to try again
}

// A planned is how far the cases that are due by a moment have been planned together.
type planned struct {
	at    time.Time
	after domain.Due
	done  bool
}

// A failure is how often something failed, and until when it is left alone.
type failure struct {
	times int
	until time.Time
}

// work runs the live world and the sandboxes side by side, so that a sandbox on
// its way through a year keeps nobody waiting.
func (a *app) work(ctx context.Context) error {
	live, sandbox, err := a.mailers()
	if err != nil {
		return err
	}
	inbox, err := a.inbox()
	if err != nil {
		return err
	}
	w := &worker{app: a, id: uuid.New(), live: live, sandbox: sandbox, planned: map[domain.WorldID]planned{}, failed: map[domain.Due]failure{}}
	var working sync.WaitGroup
	if inbox != nil {
		working.Go(func() { w.readMail(ctx, inbox) })
	}
	working.Go(func() { w.keep(ctx, false, w.liveTurn) })
	working.Go(func() { w.keep(ctx, true, w.claimed) })
	w.sweep(ctx)
	working.Wait()
	return nil
}

// readMail takes in what debtors answer, again and again. A mail is known by its bytes,
// so that two workers that read one mailbox do no harm.
func (w *worker) readMail(ctx context.Context, inbox *delivery.Inbox) {
	for ctx.Err() == nil {
		_, err := inbox.Take(ctx, w.receive)
		if err != nil && ctx.Err() == nil {
			w.log.ErrorContext(ctx, "cannot read mail", "inbox", inbox.String(), "error", err)
		}
		pause(ctx, mailEvery)
	}
}

// receive takes in one mail. A mail that breaks the reader must not stop the worker.
func (w *worker) receive(ctx context.Context, mail []byte) (err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("the mail broke its reader: %v", broken)
		}
	}()
	_, err = w.cases.Receive(ctx, mail, time.Now().UTC())
	return err
}

// sweep clears up every now and then, and looks at the live model.
func (w *worker) sweep(ctx context.Context) {
	for ctx.Err() == nil {
		if err := w.db.Sweep(ctx); err != nil && ctx.Err() == nil {
			w.log.ErrorContext(ctx, "cannot sweep", "error", err)
		}
		w.watch(ctx)
		pause(ctx, sweepEvery)
	}
}

// watch looks whether the live model still says what happens.
func (w *worker) watch(ctx context.Context) {
	alert, err := w.market.WatchModel(ctx, time.Now().UTC())
	if err != nil && ctx.Err() == nil {
		w.log.ErrorContext(ctx, "cannot watch the live model", "error", err)
	}
	if alert != "" {
		w.log.WarnContext(ctx, "the live model drifts", "alert", alert)
	}
}

// keep looks for work in the live world or in the sandboxes, again at once while
// there is some, and less and less often while there is none. A turn says
// whether it did anything.
func (w *worker) keep(ctx context.Context, sandboxes bool, turn func(context.Context, domain.World) (bool, error)) {
	for rest := shortPause; ctx.Err() == nil; pause(ctx, rest) {
		worlds, err := w.db.BusyWorlds(ctx, sandboxes)
		if err != nil && ctx.Err() == nil {
			w.log.ErrorContext(ctx, "cannot look for work", "error", err)
		}
		rest = min(rest*5/4, longPause)
		for _, world := range worlds {
			did, err := turn(ctx, world)
			if err != nil && ctx.Err() == nil {
				w.log.ErrorContext(ctx, "world failed", "world", world.ID, "error", err)
			}
			if did && err == nil {
				rest = shortPause
			}
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// claimed takes a turn in a sandbox, if no other process runs it.
func (w *worker) claimed(ctx context.Context, world domain.World) (bool, error) {
	held, err := w.db.ClaimWorld(ctx, world.ID, w.id, worldLease)
	if errors.Is(err, domain.ErrNotFound) {
		return false, nil // another process runs it
	}
	if err != nil {
		return false, err
	}
	if err := w.sandboxTurn(ctx, held); err != nil {
		return true, err
	}
	return true, w.db.ReleaseWorld(ctx, world.ID, w.id)
}

// liveTurn does what is due in the live world, and a bounded number of its jobs.
// What failed is left alone for a while, longer each time.
func (w *worker) liveTurn(ctx context.Context, world domain.World) (bool, error) {
	now := time.Now().UTC()
	due, err := w.db.Due(ctx, world.ID, now, dueAtOnce)
	if err != nil {
		return false, err
	}
	tried, did := 0, false
	if many(due, now) {
		day, err := w.plan(ctx, world, domain.Due{}, now, now)
		if err == nil { // else each is looked at alone, and what is wrong with one stops no other
			did = day.Looked > len(day.Acts)
			due = append(slices.DeleteFunc(due, func(d domain.Due) bool { return d.Kind == domain.DueCase }), day.Acts...)
		}
	}
	for _, d := range due {
		before := w.failed[d]
		if now = time.Now().UTC(); now.Before(before.until) {
			continue
		}
		if tried++; tried > dueAtOnce || ctx.Err() != nil {
			break
		}
		if err := w.doDue(ctx, world.ID, d, now); err != nil {
			w.log.ErrorContext(ctx, "due work failed", "kind", d.Kind, "times", before.times+1, "error", err)
			w.failed[d] = failure{before.times + 1, now.Add(min(time.Second<<min(before.times, 12), time.Hour))}
			continue
		}
		delete(w.failed, d)
		did = true
	}
	worked, _, err := w.jobs(ctx, world, now, jobsAtOnce)
	return did || worked > 0, err
}

// plan looks at cases that are due together; when that fails, they can still be looked at alone.
func (w *worker) plan(ctx context.Context, world domain.World, after domain.Due, until, now time.Time) (collections.Day, error) {
	day, err := w.cases.Plan(ctx, world.ID, after, until, now)
	if err != nil && ctx.Err() == nil {
		w.log.ErrorContext(ctx, "cannot plan together", "world", world.ID, "error", err)
	}
	return day, err
}

// many reports whether so many cases are due at one moment, or before it, that they are
// planned together.
func many(due []domain.Due, until time.Time) bool {
	n := 0
	for _, d := range due {
		if d.Kind == domain.DueCase && !d.At.After(until) {
			n++
		}
	}
	return n > fewCases
}

// sandboxTurn runs a sandbox to its target, or does what is left at its time:
// the earliest due thing first, and its jobs before the next.
func (w *worker) sandboxTurn(ctx context.Context, world domain.World) error {
	var last domain.Due
	var again int
	for began := time.Now(); ctx.Err() == nil && time.Since(began) < turnLength; {
		if _, failed, err := w.jobs(ctx, world, world.Now, 0); err != nil || failed {
			return err
		}
		held, err := w.db.ClaimWorld(ctx, world.ID, w.id, worldLease)
		if err != nil {
			return err
		}
		world = held
		until := world.Now
		if world.State == domain.ClockRunning {
			until = world.Target
		}
		due, err := w.db.Due(ctx, world.ID, until, fewCases+1)
		if err != nil {
			return err
		}
		if len(due) == 0 {
			if world.State == domain.ClockRunning {
				return w.db.ArriveClock(ctx, world.ID, world.Target)
			}
			return nil
		}
		if due[0].At.After(world.Now) {
			if err := w.db.SetClock(ctx, world.ID, due[0].At); err != nil {
				return err
			}
			world.Now = due[0].At
		}
		if many(due, due[0].At) && w.planTogether(ctx, world, due[0].At) {
			continue
		}
		if again++; due[0] != last {
			again = 0
		}
		if again > maxLooks {
			return w.db.StopClock(ctx, world.ID, fmt.Sprintf("%s %x stays due at %s", last.Kind, last.ID, last.At.Format(time.RFC3339)))
		}
		last = due[0]
		if err := w.doDue(ctx, world.ID, last, world.Now); err != nil {
			w.log.ErrorContext(ctx, "due work failed", "kind", last.Kind, "error", err)
			return w.db.StopClock(ctx, world.ID, fmt.Sprintf("%s %x failed", last.Kind, last.ID))
		}
	}
	return nil
}

// planTogether plans the next thousand of a sandbox's cases that are due by a moment, each once:
// those that are due after it are to be acted on, one by one. It reports whether it did.
func (w *worker) planTogether(ctx context.Context, world domain.World, at time.Time) bool {
	so := w.planned[world.ID]
	if !so.at.Equal(at) {
		so = planned{at: at}
	}
	if so.done {
		return false
	}
	day, err := w.plan(ctx, world, so.after, at, world.Now)
	so.after, so.done = day.Last, err != nil || day.Looked == 0
	w.planned[world.ID] = so
	return !so.done
}

// doDue does one thing whose time has come.
func (w *worker) doDue(ctx context.Context, world domain.WorldID, due domain.Due, now time.Time) error {
	switch due.Kind {
	case domain.DueCase:
		return w.cases.Act(ctx, world, domain.CaseID{UUID: due.ID}, now)
	case domain.DueAccrual:
		return w.market.AccrueFees(ctx, world, domain.DealID{UUID: due.ID}, due.At)
	case domain.DuePayout:
		return w.market.ReleasePayout(ctx, world, domain.PayoutID{UUID: due.ID}, now)
	case domain.DueFeed:
		return w.market.CheckFeed(ctx, world, domain.AccountID{UUID: due.ID}, due.At)
	default:
		return fmt.Errorf("unknown due kind %q", due.Kind)
	}
}

// jobs does a world's waiting jobs, at most limit of them (0: all). It reports
// how many, and whether one failed for good in a sandbox, whose clock then
// stands still.
func (w *worker) jobs(ctx context.Context, world domain.World, now time.Time, limit int) (int, bool, error) {
	n := 0
	for ; (limit == 0 || n < limit) && ctx.Err() == nil; n++ {
		job, err := w.db.ClaimJob(ctx, world.ID, jobLease)
		if errors.Is(err, domain.ErrNotFound) {
			return n, false, nil
		}
		if err != nil {
			return n, false, err
		}
		failure := w.doJob(ctx, world, job, now)
		if failure == nil {
			if err := w.db.FinishJob(ctx, job); err != nil {
				return n, false, err
			}
			continue
		}
		if ctx.Err() != nil {
			return n, false, ctx.Err() // the lease runs out and another goes on
		}
		w.log.ErrorContext(ctx, "job failed", "kind", job.Kind, "job", job.ID, "attempt", job.Attempts, "error", failure)
		if stopped, err := w.putBack(ctx, world, job, failure); err != nil || stopped {
			return n, stopped, err
		}
	}
	return n, false, nil
}

func (w *worker) putBack(ctx context.Context, world domain.World, job domain.ClaimedJob, failure error) (bool, error) {
	if !world.Sandbox {
		later := min(time.Duration(1<<job.Attempts)*time.Second, time.Hour)
		return false, w.db.FailJob(ctx, job, failure, later, job.Attempts >= liveTries)
	}
	dead := job.Attempts >= maxTries
	if err := w.db.FailJob(ctx, job, failure, 0, dead); err != nil || !dead {
		return false, err
	}
	return true, w.db.StopClock(ctx, world.ID, fmt.Sprintf("job %s failed %d times", job.Kind, job.Attempts))
}

// doJob does one job.
func (w *worker) doJob(ctx context.Context, world domain.World, job domain.ClaimedJob, now time.Time) error {
	switch job.Kind {
	case domain.JobImport:
		for more := true; more; {
			var err error
			if more, err = w.market.ImportBatch(ctx, job.World, domain.ImportID{UUID: job.Ref}, now); err != nil {
				return err
			}
		}
		return nil
	case domain.JobStatement:
		return w.market.ApplyStatement(ctx, job.World, domain.StatementID{UUID: job.Ref}, now)
	case domain.JobAdvance:
		return w.market.Advance(ctx, job.World, domain.DealID{UUID: job.Ref}, now)
	case domain.JobSend:
		return w.send(ctx, world, domain.TouchID{UUID: job.Ref}, now)
	case domain.JobMailParty:
		return w.tellParty(ctx, world, domain.EventID{UUID: job.Ref}, now)
	case domain.JobCopy:
		return w.copySeller(ctx, world, domain.TouchID{UUID: job.Ref}, now)
	case domain.JobCardOpen, domain.JobCardClose, domain.JobCardPayout:
		return w.card(ctx, world, job, now)
	default:
		return fmt.Errorf("unknown job kind %q", job.Kind)
	}
}

func (w *worker) mailer(world domain.World) *delivery.Mailer {
	if world.Sandbox {
		return w.sandbox
	}
	return w.live
}

// send hands a claimed touch to the mail server, and records what became of it.
func (w *worker) send(ctx context.Context, world domain.World, id domain.TouchID, now time.Time) error {
	out, err := w.cases.Outgoing(ctx, world.ID, id, now)
	if errors.Is(err, domain.ErrNotFound) {
		return nil // it is not to be sent any more
	}
	if err != nil {
		return err
	}
	token := w.links.Token(out.Link)
	if token == "" {
		return fmt.Errorf("there is no key of version %d for links", out.Link.KeyVersion)
	}
	attached, err := onPaper(out)
	if err != nil {
		return errors.Join(err, w.cases.NotSent(ctx, world.ID, id, collections.FailedTemporary, "the letter that goes with it could not be printed", now))
	}
	link := func(text string) string { return collections.WithLink(text, w.config.PublicURL+"/d/"+token) }
	outcome, failure := w.mailer(world).Send(ctx, delivery.Message{
		FromName: out.FromName, From: out.From, ReplyTo: out.ReplyTo, To: out.To, Subject: out.Subject, Text: link(out.Text), HTML: link(out.HTML),
		MessageID: out.MessageID, InReplyTo: out.InReplyTo, References: out.References, At: now, Attached: attached,
	})
	if outcome == delivery.Taken {
		return w.cases.Sent(ctx, world.ID, id, now)
	}
	return w.cases.NotSent(ctx, world.ID, id, string(outcome), failure.Error(), now)
}

// onPaper prints what a message has on paper too.
func onPaper(out collections.Outgoing) ([]delivery.Attachment, error) {
	if out.Paper == nil {
		return nil, nil
	}
	content, err := out.Paper.Print.PDF()
	return []delivery.Attachment{{Name: out.Paper.Name, MediaType: "application/pdf", Bytes: content}}, err
}

// tellParty mails whom an event is for.
func (w *worker) tellParty(ctx context.Context, world domain.World, id domain.EventID, now time.Time) error {
	news, err := w.cases.EventForParty(ctx, world.ID, id, now)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	subject, text := collections.PartyMail(news)
	outcome, failure := w.mailer(world).Send(ctx, delivery.Message{
		FromName: "Comity", To: news.To.Email, Subject: subject, Text: text, MessageID: id.String() + "@comity.invalid", At: now,
	})
	if outcome == delivery.Temporary {
		return failure
	}
	return nil
}

// copySeller mails the seller a copy of what was sent, without the debtor's link.
func (w *worker) copySeller(ctx context.Context, world domain.World, id domain.TouchID, now time.Time) error {
	seller, subject, text, err := w.cases.CopyForSeller(ctx, world.ID, id, now)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	outcome, failure := w.mailer(world).Send(ctx, delivery.Message{
		FromName: "Comity", To: seller.Email, Subject: subject, Text: text, MessageID: id.String() + ".copy@comity.invalid", At: now,
	})
	if outcome == delivery.Temporary {
		return failure
	}
	return nil
}
