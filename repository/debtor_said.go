package repository

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"comity/domain"
)

type holdRow struct {
	ID        uuid.UUID     `json:"id"`
	Case      uuid.UUID     `json:"case_id"`
	Deal      uuid.NullUUID `json:"deal_id"`
	Code      string        `json:"code"`
	Minor     *int64        `json:"amount_minor"`
	Currency  *string       `json:"currency"`
	Until     timeCol       `json:"until_at"`
	CauseKind string        `json:"cause_kind"`
	Cause     uuid.UUID     `json:"cause_id"`
	CreatedAt timeCol       `json:"created_at"`
	EndedAt   timeCol       `json:"ended_at"`
}

func (r holdRow) hold() domain.Hold {
	h := domain.Hold{
		ID: domain.HoldID{UUID: r.ID}, Case: domain.CaseID{UUID: r.Case}, Deal: idOf[domain.DealID](r.Deal), Code: domain.HoldCode(r.Code),
		Until: r.Until.Time, CauseKind: r.CauseKind, Cause: r.Cause, CreatedAt: r.CreatedAt.Time, EndedAt: r.EndedAt.Time,
	}
	if r.Minor != nil && r.Currency != nil {
		h.Amount = amount(*r.Minor, *r.Currency)
	}
	return h
}

type promiseRow struct {
	ID         uuid.UUID `json:"id"`
	Case       uuid.UUID `json:"case_id"`
	Deal       uuid.UUID `json:"deal_id"`
	Status     string    `json:"status"`
	Currency   string    `json:"currency"`
	Amount     int64     `json:"amount_minor"`
	OpenBefore int64     `json:"open_before"`
	PromisedOn dateCol   `json:"promised_on"`
	JudgeOn    dateCol   `json:"judge_on"`
	MadeAt     timeCol   `json:"made_at"`
	DecidedAt  timeCol   `json:"decided_at"`
	Recipient  string    `json:"recipient"`
	Confirmed  bool      `json:"confirmed"`
}

func (r promiseRow) promise() domain.Promise {
	return domain.Promise{
		ID: domain.PromiseID{UUID: r.ID}, Case: domain.CaseID{UUID: r.Case}, Deal: domain.DealID{UUID: r.Deal}, Status: domain.PromiseStatus(r.Status),
		Amount: amount(r.Amount, r.Currency), OpenBefore: amount(r.OpenBefore, r.Currency), PromisedOn: r.PromisedOn.Date, JudgeOn: r.JudgeOn.Date,
		MadeAt: r.MadeAt.Time, DecidedAt: r.DecidedAt.Time, Recipient: r.Recipient, Confirmed: r.Confirmed,
	}
}

type questionRow struct {
	ID         uuid.UUID     `json:"id"`
	Case       uuid.UUID     `json:"case_id"`
	Deal       uuid.NullUUID `json:"deal_id"`
	ByMail     bool          `json:"by_mail"`
	ByPhone    bool          `json:"by_phone"`
	Said       string        `json:"said"`
	Topic      string        `json:"topic"`
	Reason     string        `json:"reason"`
	Understood string        `json:"understood"`
	AskedAt    timeCol       `json:"asked_at"`
	Answer     textCol       `json:"answer"`
	AnsweredAt timeCol       `json:"answered_at"`
}

func (r questionRow) question() domain.Question {
	return domain.Question{
		ID: domain.QuestionID{UUID: r.ID}, Case: domain.CaseID{UUID: r.Case}, Deal: idOf[domain.DealID](r.Deal), ByMail: r.ByMail, ByPhone: r.ByPhone,
		Said: r.Said, Topic: domain.Topic(r.Topic), Reason: domain.Reason(r.Reason), Understood: r.Understood, AskedAt: r.AskedAt.Time, Answer: string(r.Answer), AnsweredAt: r.AnsweredAt.Time,
	}
}

const (
	promiseColumns  = `id, case_id, deal_id, status, currency, amount_minor, open_before, promised_on, judge_on, made_at, decided_at, recipient, confirmed`
	questionColumns = `id, case_id, deal_id, by_mail, by_phone, said, topic, reason, understood, asked_at, answer, answered_at`
)

const (
	listPromises = `
SELECT ` + promiseColumns + ` FROM promises WHERE case_id = $1 ORDER BY id`
	listQuestions = `
SELECT ` + questionColumns + ` FROM questions WHERE case_id = $1 ORDER BY id`
	lockQuestion = `
SELECT ` + questionColumns + ` FROM questions WHERE factor_id = $2 AND id = $1 FOR UPDATE`
	insertHold = `
INSERT INTO holds (id, case_id, factor_id, seller_id, deal_id, code, amount_minor, until_at, cause_kind, cause_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	endPromise = `
WITH released AS (
  UPDATE holds SET ended_at = $2 WHERE case_id = $3 AND cause_id = $1 AND ended_at IS NULL
)
UPDATE promises SET status = 'cancelled', decided_at = $2 WHERE id = $1 AND status = 'active'`
	insertPromise = `
INSERT INTO promises (id, case_id, factor_id, seller_id, deal_id, status, currency, amount_minor, open_before, promised_on, judge_on, made_at, recipient, confirmed)
VALUES ($1, $2, $3, $4, $5, 'active', $6, $7, $8, $9, $10, $11, $12, $13)`
	insertQuestion = `
INSERT INTO questions (id, case_id, factor_id, seller_id, deal_id, by_mail, said, asked_at, reason, by_phone, topic)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	saveJudged = `
WITH released AS (
  UPDATE holds SET ended_at = $3 WHERE id = ANY ($4::uuid[]) AND ended_at IS NULL
)
UPDATE promises SET status = j.status, decided_at = $3
  FROM unnest($1::uuid[], $2::text[]) AS j(id, status) WHERE promises.id = j.id AND promises.status = 'active'`
	answerQuestion = `
WITH rests AS (
  UPDATE holds SET until_at = $5 WHERE case_id = $6 AND cause_kind = 'question' AND cause_id = $1 AND ended_at IS NULL
)
UPDATE questions SET answer = nullif($2, ''), answered_at = $3, answered_by = $4, reason = $7, understood = $8 WHERE id = $1`
)

// SaveHold adds a hold to the page's case.
func (tx *Tx) SaveHold(ctx context.Context, p domain.DebtorPage, h domain.Hold) error {
	var minor any
	if h.Amount.Positive() {
		minor = h.Amount.Units()
	}
	return tx.exec(ctx, insertHold, h.ID.UUID, p.Case.UUID, p.FactorID.UUID, p.SellerID.UUID, orNull(h.Deal.UUID), string(h.Code), minor,
		instant(h.Until), h.CauseKind, uuid.UUID(h.Cause), instant(h.CreatedAt))
}

// SavePromise adds a promise, and ends the one that it replaces.
func (tx *Tx) SavePromise(ctx context.Context, page domain.DebtorPage, p domain.Promise, replaces *domain.Promise) error {
	if replaces != nil {
		if err := tx.exec(ctx, endPromise, replaces.ID.UUID, instant(replaces.DecidedAt), page.Case.UUID); err != nil {
			return fmt.Errorf("end promise %s: %w", replaces.ID, err)
		}
	}
	return tx.exec(ctx, insertPromise, p.ID.UUID, page.Case.UUID, page.FactorID.UUID, page.SellerID.UUID, p.Deal.UUID, string(p.Amount.Currency()),
		p.Amount.Units(), p.OpenBefore.Units(), day(p.PromisedOn), day(p.JudgeOn), instant(p.MadeAt), p.Recipient, p.Confirmed)
}

// SaveQuestion adds a question.
func (tx *Tx) SaveQuestion(ctx context.Context, page domain.DebtorPage, q domain.Question) error {
	return tx.exec(ctx, insertQuestion, q.ID.UUID, page.Case.UUID, page.FactorID.UUID, page.SellerID.UUID, orNull(q.Deal.UUID), q.ByMail, q.Said, instant(q.AskedAt), string(q.Reason), q.ByPhone, string(q.Topic))
}

// SaveJudged saves what became of promises, and ends the holds of those.
func (tx *Tx) SaveJudged(ctx context.Context, decided []domain.Promise, ended []domain.HoldID, at time.Time) error {
	ids := mapped(decided, func(p domain.Promise) domain.PromiseID { return p.ID })
	states := mapped(decided, func(p domain.Promise) string { return string(p.Status) })
	return tx.exec(ctx, saveJudged, plain(ids).array(), pq.Array(states), instant(at), plain(ended).array())
}

// LockQuestion returns and locks a question to a factor.
func (tx *Tx) LockQuestion(ctx context.Context, id domain.QuestionID, factor domain.OrganizationID) (domain.Question, error) {
	var row questionRow
	if err := tx.get(ctx, &row, lockQuestion, id.UUID, factor.UUID); err != nil {
		return domain.Question{}, fmt.Errorf("lock question %s: %w", id, err)
	}
	return row.question(), nil
}

// AnswerQuestion saves an answer, or without one that none is due; what was asked about
// rests until a moment.
func (tx *Tx) AnswerQuestion(ctx context.Context, q domain.Question, by domain.UserID, restsUntil time.Time) error {
	return tx.exec(ctx, answerQuestion, q.ID.UUID, q.Answer, instant(q.AnsweredAt), orNull(by.UUID), instant(restsUntil), q.Case.UUID, string(q.Reason), q.Understood)
}

// Promises returns the promises of a case.
func (tx *Tx) Promises(ctx context.Context, id domain.CaseID) ([]domain.Promise, error) {
	var rows []promiseRow
	if err := tx.list(ctx, &rows, listPromises, id.UUID); err != nil {
		return nil, fmt.Errorf("list promises: %w", err)
	}
	return mapped(rows, promiseRow.promise), nil
}

// Questions returns the questions of a case.
func (tx *Tx) Questions(ctx context.Context, id domain.CaseID) ([]domain.Question, error) {
	var rows []questionRow
	if err := tx.list(ctx, &rows, listQuestions, id.UUID); err != nil {
		return nil, fmt.Errorf("list questions: %w", err)
	}
	return mapped(rows, questionRow.question), nil
}
