// Package repository keeps Comity in PostgreSQL. Every SQL statement is here.
package repository

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/jmoiron/sqlx/reflectx"
	"github.com/lib/pq"

	"comity/domain"
)

// A DB is a pool of connections under the application role.
type DB struct {
	pool *sqlx.DB
	// Observe, when set before the first use, is told after each transaction how
	// many round trips it took.
	Observe func(route string, trips int)
	hot     map[string]*sqlx.Stmt // named statements, by their text; empty behind a pooler
}

// Options say how to reach the database.
type Options struct {
	URL      string           // a DSN or URL that lib/pq reads
	MaxConns int              // 8 to 16 on two cores; 0 means 12
	Now      func() time.Time // the real time, for socket deadlines
	Named    bool             // hot statements are parsed and planned once a connection: not behind a pooler of transactions
}

// Open makes a pool and checks that the database answers.
func Open(ctx context.Context, o Options) (*DB, error) {
	dsn, err := binaryDSN(o.URL)
	if err != nil {
		return nil, err
	}
	connector, err := pq.NewConnector(dsn)
	if err != nil {
		return nil, fmt.Errorf("read database address: %w", err)
	}
	connector.Dialer(deadlineDialer{now: o.Now, longest: longestSilence})
	pool := sqlx.NewDb(sql.OpenDB(connector), "postgres")
	pool.Mapper = reflectx.NewMapperFunc("json", strings.ToLower) // one tag serves rows and JSON loads
	if o.MaxConns == 0 {
		o.MaxConns = 12
	}
	pool.SetMaxOpenConns(o.MaxConns)
	pool.SetMaxIdleConns(o.MaxConns)
	if err := pool.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db := &DB{pool: pool, hot: map[string]*sqlx.Stmt{}}
	if o.Named {
		return db, db.name(ctx)
	}
	return db, nil
}

// name prepares the hot statements. Every other connection prepares one when it
// first uses it.
func (db *DB) name(ctx context.Context) error {
	for _, texts := range []map[string]string{HotStatements(), lookStatements(), agendaStatements()} {
		for name, text := range texts {
			statement, err := db.pool.PreparexContext(ctx, text)
			if err != nil {
				return fmt.Errorf("prepare %s: %w", name, err)
			}
			db.hot[text] = statement
		}
	}
	return nil
}

// binaryDSN adds what every connection of ours has: one round trip a statement
// and a time limit that the server keeps.
func binaryDSN(address string) (string, error) {
	const ours = "binary_parameters=yes statement_timeout=20000 lock_timeout=10000 idle_in_transaction_session_timeout=30000 timezone=UTC application_name=comity"
	if strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://") {
		u, err := url.Parse(address)
		if err != nil {
			return "", errors.New("the database address is not a URL that can be read")
		}
		query := u.Query()
		if !query.Has("sslmode") {
			query.Set("sslmode", "require")
		}
		for _, setting := range strings.Fields(ours) {
			name, value, _ := strings.Cut(setting, "=")
			query.Set(name, value)
		}
		u.RawQuery = query.Encode()
		return u.String(), nil
	}
	dsn := address
	if !strings.Contains(dsn, "sslmode=") {
		dsn += " sslmode=require"
	}
	return dsn + " " + ours, nil
}

// Close closes the pool.
func (db *DB) Close() error { return db.pool.Close() }

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.pool.PingContext(ctx) }

// A Tx is one transaction of one caller in one scope. Its lookups lock what may
// change, in the order that migrations/0001_house.sql and the load functions keep.
type Tx struct {
	tx    *sqlx.Tx
	hot   map[string]*sqlx.Stmt
	entry domain.Entry
	trips int
}

// A Do is a use case's function inside its transaction, seen through T.
type Do[T any] = func(T) (domain.Answer, error)

// Atomically returns a function that runs its argument in one transaction of
// db, seen through the interface T that the caller wants. view is always
// func(tx *Tx) T { return tx }: Go has no shorter way to say "a *Tx is a T".
// The argument may run twice. A key that was used before is answered from what
// was stored, without running it.
func Atomically[T any](db *DB, view func(*Tx) T) func(context.Context, domain.Entry, Do[T]) (domain.Answer, error) {
	return func(ctx context.Context, entry domain.Entry, do Do[T]) (domain.Answer, error) {
		return db.inTx(ctx, entry, func(tx *Tx) (domain.Answer, error) { return do(view(tx)) })
	}
}

const maxAttempts = 3

func (db *DB) inTx(ctx context.Context, entry domain.Entry, do Do[*Tx]) (domain.Answer, error) {
	for attempt := 1; ; attempt++ {
		answer, err := db.attempt(ctx, entry, do)
		if attempt == maxAttempts || !shouldRetry(err) {
			return answer, told(err)
		}
	}
}

func (db *DB) attempt(ctx context.Context, entry domain.Entry, do Do[*Tx]) (domain.Answer, error) {
	inner, err := db.pool.BeginTxx(ctx, nil)
	if err != nil {
		return domain.Answer{}, fmt.Errorf("begin: %w", unreachable(err))
	}
	defer inner.Rollback() //nolint:errcheck // after Commit it does nothing; before it, the first error is the news
	tx := &Tx{tx: inner, hot: db.hot, entry: entry, trips: 1}
	stored, replay, err := tx.enter(ctx)
	if err != nil || replay {
		return stored, err
	}
	answer, err := do(tx)
	if err != nil {
		return domain.Answer{}, err
	}
	if err := tx.keep(ctx, answer); err != nil {
		return domain.Answer{}, err
	}
	tx.trips++
	if err := inner.Commit(); err != nil {
		return domain.Answer{}, fmt.Errorf("commit: %w", unknown(err))
	}
	if db.Observe != nil {
		db.Observe(entry.Route, tx.trips)
	}
	return answer, nil
}

const enterTransaction = `
SELECT verdict, status, body, location FROM enter($1, $2, $3, $4, $5, $6, $7, $8)`

// enter says who asks, and claims the idempotency key.
func (tx *Tx) enter(ctx context.Context) (domain.Answer, bool, error) {
	var row struct {
		Verdict  string        `json:"verdict"`
		Status   sql.NullInt64 `json:"status"`
		Body     []byte        `json:"body"`
		Location textCol       `json:"location"`
	}
	by := tx.entry.By
	keeper := by.Organization.UUID
	if !by.Link.IsZero() {
		keeper = by.Link.UUID
	}
	err := tx.get(ctx, &row, enterTransaction, string(tx.entry.Scope), orNull(by.Organization.UUID), orNull(by.User.UUID),
		orNull(by.Case.UUID), orNull(keeper), tx.entry.Route, tx.entry.Key, tx.entry.Hash)
	if code(err) == lockNotAvailable {
		return domain.Answer{}, false, domain.ErrRequestInFlight
	}
	if err != nil {
		return domain.Answer{}, false, fmt.Errorf("enter: %w", err)
	}
	switch row.Verdict {
	case "replay":
		return domain.Answer{Status: int(row.Status.Int64), Body: row.Body, Location: string(row.Location), Replayed: true}, true, nil
	case "reused":
		return domain.Answer{}, false, domain.ErrKeyReused
	default:
		return domain.Answer{}, false, nil
	}
}

const keepAnswer = `
UPDATE idempotency SET status = $4, body = $5, location = $6 WHERE scope_id = $1 AND route = $2 AND key = $3`

// keep stores the answer under the key that the transaction claimed.
func (tx *Tx) keep(ctx context.Context, answer domain.Answer) error {
	if tx.entry.Key == "" {
		return nil
	}
	if answer.Status == 0 {
		return fmt.Errorf("keep the answer of %s: there is none", tx.entry.Route)
	}
	keeper := tx.entry.By.Organization.UUID
	if !tx.entry.By.Link.IsZero() {
		keeper = tx.entry.By.Link.UUID
	}
	return tx.exec(ctx, keepAnswer, keeper, tx.entry.Route, tx.entry.Key, answer.Status, answer.Body, text(answer.Location))
}

// get reads one row; no row is [domain.ErrNotFound].
func (tx *Tx) get(ctx context.Context, into any, query string, args ...any) error {
	tx.trips++
	err := tx.one(ctx, into, query, args)
	if errors.Is(err, sql.ErrNoRows) {
		return domain.ErrNotFound
	}
	return err
}

func (tx *Tx) one(ctx context.Context, into any, query string, args []any) error {
	if named := tx.hot[query]; named != nil {
		return tx.tx.StmtxContext(ctx, named).GetContext(ctx, into, args...)
	}
	return tx.tx.GetContext(ctx, into, query, args...)
}

// list reads all rows.
func (tx *Tx) list(ctx context.Context, into any, query string, args ...any) error {
	tx.trips++
	if named := tx.hot[query]; named != nil {
		return tx.tx.StmtxContext(ctx, named).SelectContext(ctx, into, args...)
	}
	return tx.tx.SelectContext(ctx, into, query, args...)
}

// rows reads rows one by one; the caller closes them.
func (tx *Tx) rows(ctx context.Context, query string, args []any) (*sqlx.Rows, error) {
	if named := tx.hot[query]; named != nil {
		return tx.tx.StmtxContext(ctx, named).QueryxContext(ctx, args...)
	}
	return tx.tx.QueryxContext(ctx, query, args...)
}

// exec writes.
func (tx *Tx) exec(ctx context.Context, query string, args ...any) error {
	_, err := tx.count(ctx, query, args...)
	return err
}

// count writes and returns how many rows it wrote.
func (tx *Tx) count(ctx context.Context, query string, args ...any) (int64, error) {
	tx.trips++
	result, err := tx.write(ctx, query, args)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (tx *Tx) write(ctx context.Context, query string, args []any) (sql.Result, error) {
	if named := tx.hot[query]; named != nil {
		return tx.tx.StmtxContext(ctx, named).ExecContext(ctx, args...)
	}
	return tx.tx.ExecContext(ctx, query, args...)
}

// orNull returns nil for the id that names nothing.
func orNull(id uuid.UUID) any {
	if id == uuid.Nil {
		return nil
	}
	return id
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	lockNotAvailable     = "55P03"
	queryCanceled        = "57014"
	uniqueViolation      = "23505"
)

func code(err error) string {
	if failed, ok := errors.AsType[*pq.Error](err); ok {
		return string(failed.Code)
	}
	return ""
}

func shouldRetry(err error) bool {
	return code(err) == serializationFailure || code(err) == deadlockDetected
}

// violates reports whether err is a breach of the named unique index.
func violates(err error, index string) bool {
	failed, ok := errors.AsType[*pq.Error](err)
	return ok && failed.Code == uniqueViolation && failed.Constraint == index
}

// told turns failures that leave nothing behind, or leave it unknown, into the
// refusal that says "repeat with the same key".
func told(err error) error {
	switch code(err) {
	case lockNotAvailable, queryCanceled, serializationFailure, deadlockDetected, "57P01", "57P02", "57P03", "53300":
		return fmt.Errorf("%w (%w)", domain.ErrUnavailable, err)
	}
	if lost(err) {
		return fmt.Errorf("%w (%w)", domain.ErrUnavailable, err)
	}
	return err
}

func lost(err error) bool {
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return true // the caller left, or gave up: nobody waits for the outcome
	}
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, sql.ErrTxDone)
}

// unreachable marks a transaction that could not even begin.
func unreachable(err error) error {
	if code(err) == "" {
		return fmt.Errorf("%w (%w)", domain.ErrUnavailable, err)
	}
	return err
}

// unknown marks a commit whose outcome nobody knows: never "failed".
func unknown(err error) error {
	if code(err) == "" {
		return fmt.Errorf("%w (%w)", domain.ErrUnavailable, err)
	}
	return err
}
