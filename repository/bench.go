package repository

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"comity/domain"
)

// HotStatements returns, by name, the statements that a submission and an
// acceptance send between BEGIN and COMMIT, and authenticate, which every
// request sends before. They may be named ([Options]); the benchmark gives the same texts to pgbench.
func HotStatements() map[string]string {
	return map[string]string{
		"authenticate":    authenticate,
		"enter":           enterTransaction,
		"load_submission": loadSubmission,
		"save_submission": saveSubmission,
		"load_acceptance": loadAcceptance,
		"save_acceptance": saveAcceptance,
		"insert_journals": insertJournals,
		"insert_trail":    insertTrail,
		"keep":            keepAnswer,
	}
}

// lookStatements returns, by name, the statements of a look at a case and of a message on
// its way. Each touches a case by its id, so that one plan is right for all; what row-level
// security adds to them takes longer to plan than to do.
func lookStatements() map[string]string {
	return map[string]string{
		"lock_case_and_address": lockCaseAndAddress,
		"load_case":             loadCase,
		"save_case":             saveCase,
		"wake_case":             wakeCase,
		"insert_gate":           insertGate,
		"save_touch":            saveTouch,
		"plan_touch":            planTouch,
		"cancel_touches":        cancelTouches,
		"lock_case_of_touch":    lockCaseOfTouch,
		"read_touch_file":       readTouchFile,
		"update_touch":          updateTouch,
		"save_judged":           saveJudged,
	}
}

// The least that a planner does with cases that are due: claim them, past what others hold,
// and write when they are looked at again; and, the second time, read what is followed up in them.
const (
	skipLockedPass = `
WITH due AS (
  SELECT id FROM cases WHERE world_id = $1 AND next_action_at <= $2 ORDER BY next_action_at, id LIMIT 1000 FOR NO KEY UPDATE SKIP LOCKED)
UPDATE cases c SET next_action_at = $3, waits_for = 'the next day' FROM due WHERE c.id = due.id
RETURNING c.id`
	readOpenItems = `
SELECT id, status, currency, due_on, open_minor FROM deals WHERE case_id = ANY ($1::uuid[]) AND status IN ('made', 'paid_out')`
)

// SkipLocked does a part of one such pass in scope work, for the benchmark beside a plan; it
// returns how many cases were there.
func (db *DB) SkipLocked(ctx context.Context, world domain.WorldID, until, next time.Time, read bool) (cases int, err error) {
	err = db.working(ctx, func(tx *sqlx.Tx) error {
		var ids uuids
		if _, err := tx.ExecContext(ctx, planOnce); err != nil {
			return err
		}
		if err := tx.SelectContext(ctx, &ids, skipLockedPass, world.UUID, until, next); err != nil || len(ids) == 0 || !read {
			cases = len(ids)
			return err
		}
		cases = len(ids)
		rows, err := tx.QueryxContext(ctx, readOpenItems, ids.array())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var row struct {
				ID       uuid.UUID `json:"id"`
				Status   string    `json:"status"`
				Currency string    `json:"currency"`
				Due      dateCol   `json:"due_on"`
				Open     int64     `json:"open_minor"`
			}
			if err := rows.StructScan(&row); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	return cases, err
}
