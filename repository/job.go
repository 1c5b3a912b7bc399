package repository

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"comity/domain"
)

// The queue and the worlds' clocks are the machine's own: a worker asks for
// them in scope work, which it enters for one short transaction each.

const enterWork = `
SELECT verdict FROM enter('work', NULL, NULL, NULL, NULL, '', '', NULL)`

// working runs do in a short transaction of scope work.
func (db *DB) working(ctx context.Context, do func(*sqlx.Tx) error) error {
	return db.briefly(ctx, func(tx *sqlx.Tx) error {
		var verdict string
		if err := tx.GetContext(ctx, &verdict, enterWork); err != nil {
			return fmt.Errorf("enter: %w", err)
		}
		return do(tx)
	})
}

const (
	claimJob = `
UPDATE jobs SET state = 'running', attempts = attempts + 1, fence = fence + 1, locked_until = now() + make_interval(secs => $2)
 WHERE id = (
   SELECT id FROM jobs
    WHERE world_id = $1 AND ((state = 'ready' AND run_at <= now()) OR (state = 'running' AND locked_until < now()))
    ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, world_id, kind, ref, attempts, fence`
	finishJob = `
DELETE FROM jobs WHERE id = $1 AND fence = $2`
	failJob = `
UPDATE jobs SET state = CASE WHEN $5 THEN 'dead' ELSE 'ready' END, run_at = now() + make_interval(secs => $4), last_error = left($3, 2000), locked_until = NULL,
       finished_at = CASE WHEN $5 THEN now() END
 WHERE id = $1 AND fence = $2`
)

// ClaimJob takes the next job of a world for a lease, or returns ErrNotFound.
// Jobs whose worker died are taken again when their lease is over.
func (db *DB) ClaimJob(ctx context.Context, world domain.WorldID, lease time.Duration) (domain.ClaimedJob, error) {
	var row struct {
		ID       int64     `json:"id"`
		World    uuid.UUID `json:"world_id"`
		Kind     string    `json:"kind"`
		Ref      uuid.UUID `json:"ref"`
		Attempts int       `json:"attempts"`
		Fence    int64     `json:"fence"`
	}
	err := db.working(ctx, func(tx *sqlx.Tx) error {
		return tx.GetContext(ctx, &row, claimJob, world.UUID, int(lease.Seconds()))
	})
	if errors.Is(err, sql.ErrNoRows) {
		return domain.ClaimedJob{}, domain.ErrNotFound
	}
	if err != nil {
		return domain.ClaimedJob{}, fmt.Errorf("claim job: %w", told(err))
	}
	return domain.ClaimedJob{
		ID: row.ID, World: domain.WorldID{UUID: row.World}, Kind: domain.JobKind(row.Kind), Ref: row.Ref, Attempts: row.Attempts, Fence: row.Fence,
	}, nil
}

// FinishJob removes a job that is done.
func (db *DB) FinishJob(ctx context.Context, job domain.ClaimedJob) error {
	return db.working(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, finishJob, job.ID, job.Fence)
		return err
	})
}

// FailJob puts a job back for later, or aside for a person.
func (db *DB) FailJob(ctx context.Context, job domain.ClaimedJob, cause error, later time.Duration, dead bool) error {
	return db.working(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, failJob, job.ID, job.Fence, cause.Error(), int(later.Seconds()), dead)
		return err
	})
}

const (
	busyWorlds = `
SELECT id, kind, name, clock_at, target_at, runner_state, coalesce(runner_reason, '') AS runner_reason FROM worlds w
 WHERE (kind = 'sandbox') = $1 AND runner_state <> 'stopped' AND (runner_state = 'running'
    OR EXISTS (SELECT FROM jobs j WHERE j.world_id = w.id AND ((j.state = 'ready' AND j.run_at <= now()) OR (j.state = 'running' AND j.locked_until < now())))
    OR EXISTS (SELECT FROM due(w.id, coalesce(w.clock_at, now()), 1)))
 ORDER BY id`
	claimWorld = `
UPDATE worlds SET runner_id = $2, runner_until = now() + make_interval(secs => $3)
 WHERE id = $1 AND (runner_id IS NULL OR runner_id = $2 OR runner_until < now())
RETURNING id, kind, name, clock_at, target_at, runner_state, coalesce(runner_reason, '') AS runner_reason`
	releaseWorld = `
UPDATE worlds SET runner_id = NULL, runner_until = NULL WHERE id = $1 AND runner_id = $2`
	setClock = `
UPDATE worlds SET clock_at = greatest(clock_at, $2) WHERE id = $1 AND kind = 'sandbox'`
	arriveClock = `
UPDATE worlds SET clock_at = greatest(clock_at, target_at), target_at = NULL, runner_state = 'idle' WHERE id = $1 AND runner_state = 'running' AND target_at = $2`
	stopClock = `
UPDATE worlds SET runner_state = 'stopped', runner_reason = left($2, 500), target_at = NULL WHERE id = $1 AND kind = 'sandbox'`
	nextDue = `
SELECT kind, id, due_at FROM due($1, $2, $3)`
)

// BusyWorlds returns the sandboxes, or the live world, in which there is
// something to do now.
func (db *DB) BusyWorlds(ctx context.Context, sandboxes bool) ([]domain.World, error) {
	var rows []worldRow
	err := db.working(ctx, func(tx *sqlx.Tx) error { return tx.SelectContext(ctx, &rows, busyWorlds, sandboxes) })
	if err != nil {
		return nil, fmt.Errorf("list busy worlds: %w", told(err))
	}
	return mapped(rows, worldRow.world), nil
}

// ClaimWorld takes or keeps the lease on a sandbox for one runner, or returns
// ErrNotFound when another has it.
func (db *DB) ClaimWorld(ctx context.Context, id domain.WorldID, runner uuid.UUID, lease time.Duration) (domain.World, error) {
	var row worldRow
	err := db.working(ctx, func(tx *sqlx.Tx) error {
		return tx.GetContext(ctx, &row, claimWorld, id.UUID, runner, int(lease.Seconds()))
	})
	if err != nil {
		return domain.World{}, outside(err)
	}
	return row.world(), nil
}

// ReleaseWorld gives the lease back.
func (db *DB) ReleaseWorld(ctx context.Context, id domain.WorldID, runner uuid.UUID) error {
	return db.working(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, releaseWorld, id.UUID, runner)
		return err
	})
}

// SetClock moves a sandbox's clock forward.
func (db *DB) SetClock(ctx context.Context, id domain.WorldID, to time.Time) error {
	return db.working(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, setClock, id.UUID, to.UTC())
		return err
	})
}

// ArriveClock ends a clock's way to target.
func (db *DB) ArriveClock(ctx context.Context, id domain.WorldID, target time.Time) error {
	return db.working(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, arriveClock, id.UUID, target.UTC())
		return err
	})
}

// StopClock stops a sandbox whose work failed, and says why.
func (db *DB) StopClock(ctx context.Context, id domain.WorldID, reason string) error {
	return db.working(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, stopClock, id.UUID, reason)
		return err
	})
}

// Due returns what is to be done in a world by an instant, the earliest first.
func (db *DB) Due(ctx context.Context, world domain.WorldID, until time.Time, limit int) ([]domain.Due, error) {
	var rows []struct {
		Kind string    `json:"kind"`
		ID   uuid.UUID `json:"id"`
		At   timeCol   `json:"due_at"`
	}
	err := db.working(ctx, func(tx *sqlx.Tx) error { return tx.SelectContext(ctx, &rows, nextDue, world.UUID, until.UTC(), limit) })
	if err != nil {
		return nil, fmt.Errorf("list due: %w", told(err))
	}
	due := make([]domain.Due, len(rows))
	for i, r := range rows {
		due[i] = domain.Due{Kind: domain.DueKind(r.Kind), ID: r.ID, At: r.At.Time}
	}
	return due, nil
}
