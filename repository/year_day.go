package repository

import (
	"context"
	"time"

	"github.com/google/uuid"

	"comity/domain"
)

const (
	nextYearLook = `
SELECT min(next_action_at) FROM cases WHERE world_id = $1 AND next_action_at IS NOT NULL`
	dueYearCases = `
SELECT id, debtor_id FROM cases WHERE world_id = $1 AND next_action_at <= $2 ORDER BY id`
	takeYearJobs = `
WITH taken AS (
  DELETE FROM jobs WHERE world_id = $1 AND state = 'ready' RETURNING kind, ref)
SELECT j.kind, j.ref, coalesce(t.case_id, e.case_id) AS case_id FROM taken j
  LEFT JOIN touches t ON j.kind = 'send' AND t.id = j.ref
  LEFT JOIN events e ON j.kind = 'mail_party' AND e.id = j.ref
 ORDER BY j.kind, case_id, t.step`
	readYearMessage = `
SELECT id, case_id, class, step, tone, status, recipient, items, link_id FROM touches WHERE id = $1`
	waitingYearTouch = `
SELECT id FROM touches WHERE case_id = $1 AND status = 'planned' AND people = 0 AND class IN ('heads_up', 'reminder') ORDER BY id DESC LIMIT 1`
	openYearQuestion = `
SELECT id FROM questions WHERE case_id = $1 AND answered_at IS NULL ORDER BY id LIMIT 1`
	lastYearReply = `
SELECT id FROM replies WHERE question_id = $1 ORDER BY id DESC LIMIT 1`
	openYearDispute = `
SELECT id FROM disputes WHERE case_id = $1 AND status <> 'resolved' ORDER BY id LIMIT 1`
	openYearPause = `
SELECT id FROM pauses WHERE case_id = $1 AND ended_at IS NULL AND until_at > $2 ORDER BY id LIMIT 1`
	latestYearLink = `
SELECT id FROM links WHERE case_id = $1 ORDER BY id DESC LIMIT 1`
)

// A YearCase is a case that is due, and whose it is.
type YearCase struct {
	ID     uuid.UUID `json:"id"`
	Debtor uuid.UUID `json:"debtor_id"`
}

// A YearJob is work that the engine asked for. Case is nil where it is not about one.
type YearJob struct {
	Kind string        `json:"kind"`
	Ref  uuid.UUID     `json:"ref"`
	Case uuid.NullUUID `json:"case_id"`
}

// A YearMessage is what a message was about.
type YearMessage struct {
	ID        uuid.UUID     `json:"id"`
	Case      uuid.UUID     `json:"case_id"`
	Class     string        `json:"class"`
	Step      string        `json:"step"`
	Tone      int           `json:"tone"`
	Status    string        `json:"status"`
	Recipient string        `json:"recipient"`
	Items     uuidsCol      `json:"items"`
	Link      uuid.NullUUID `json:"link_id"`
}

// NextLook returns when the next case is due; zero: none is.
func (y *Year) NextLook(ctx context.Context) (time.Time, error) {
	at, err := one[timeCol](ctx, y, nextYearLook, y.world.UUID)
	return at.Time, err
}

// Due lists the cases that are due.
func (y *Year) Due(ctx context.Context, now time.Time) ([]YearCase, error) {
	var due []YearCase
	err := y.pool.SelectContext(ctx, &due, dueYearCases, y.world.UUID, now)
	return due, err
}

// Jobs takes what the engine asked for.
func (y *Year) Jobs(ctx context.Context) ([]YearJob, error) {
	var jobs []YearJob
	err := y.pool.SelectContext(ctx, &jobs, takeYearJobs, y.world.UUID)
	return jobs, err
}

// Message returns a message.
func (y *Year) Message(ctx context.Context, id uuid.UUID) (YearMessage, error) {
	return one[YearMessage](ctx, y, readYearMessage, id)
}

// Waiting returns a case's message that waits for the seller's word; nil: none does.
func (y *Year) Waiting(ctx context.Context, kase uuid.UUID) (uuid.UUID, error) {
	return one[uuid.UUID](ctx, y, waitingYearTouch, kase)
}

// Question returns a case's oldest question without an answer and the mail on it that came
// last; nil: there is none.
func (y *Year) Question(ctx context.Context, kase uuid.UUID) (question, reply uuid.UUID, err error) {
	if question, err = one[uuid.UUID](ctx, y, openYearQuestion, kase); err != nil || question == uuid.Nil {
		return question, reply, err
	}
	reply, err = one[uuid.UUID](ctx, y, lastYearReply, question)
	return question, reply, err
}

// Dispute returns a case's oldest dispute that is not resolved; nil: there is none.
func (y *Year) Dispute(ctx context.Context, kase uuid.UUID) (uuid.UUID, error) {
	return one[uuid.UUID](ctx, y, openYearDispute, kase)
}

// Pause returns a case's oldest pause in force; nil: there is none.
func (y *Year) Pause(ctx context.Context, kase uuid.UUID, now time.Time) (uuid.UUID, error) {
	return one[uuid.UUID](ctx, y, openYearPause, kase, now)
}

// Link returns a case's newest link; zero: there is none.
func (y *Year) Link(ctx context.Context, kase uuid.UUID) (domain.LinkID, error) {
	id, err := one[uuid.UUID](ctx, y, latestYearLink, kase)
	return domain.LinkID{UUID: id}, err
}
