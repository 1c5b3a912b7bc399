// Package repositorytest gives a test a migrated PostgreSQL database of its own.
package repositorytest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lib/pq"

	"comity/localpg"
	"comity/migrations"
	"comity/repository"
)

// A Database is one test's own, dropped when the test ends.
type Database struct {
	*repository.DB        // under the application role
	AppURL         string // the application role's address
	OwnerURL       string // the owner's: sees everything
}

// New returns a fresh migrated database. TEST_DATABASE_URL names a server, as
// its superuser; without it a private one is started in memory. A test whose
// database cannot be had fails; it never skips.
func New(tb testing.TB) *Database {
	tb.Helper()
	ctx := context.Background()
	server, err := serverURL()
	if err != nil {
		tb.Fatal(err)
	}
	admin := open(tb, server)
	template(ctx, tb, admin, server)
	var random [8]byte
	_, _ = rand.Read(random[:]) // crypto/rand never fails
	name := "x_" + hex.EncodeToString(random[:])
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+pq.QuoteIdentifier(name)+" TEMPLATE "+pq.QuoteIdentifier(templateName())+" STRATEGY file_copy"); err != nil {
		tb.Fatalf("create database: %v", err)
	}
	d := &Database{AppURL: with(server, "user=comity_app dbname="+name), OwnerURL: with(server, "dbname="+name)}
	d.DB, err = repository.Open(ctx, repository.Options{URL: d.AppURL, Now: time.Now})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = d.Close()
		_, _ = admin.ExecContext(context.Background(), "DROP DATABASE "+pq.QuoteIdentifier(name)+" WITH (FORCE)")
		_ = admin.Close()
	})
	return d
}

// Owner opens the database as its owner, who sees every row.
func (d *Database) Owner(tb testing.TB) *sql.DB {
	tb.Helper()
	db := open(tb, d.OwnerURL)
	tb.Cleanup(func() { _ = db.Close() })
	return db
}

func open(tb testing.TB, url string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("postgres", url)
	if err != nil {
		tb.Fatal(err)
	}
	return db
}

// with adds settings to a DSN; a later setting wins.
func with(dsn, settings string) string { return dsn + " " + settings }

var templateName = sync.OnceValue(func() string {
	sum := sha256.New()
	names, _ := fs.Glob(migrations.FS, "*.sql") // the pattern is right
	for _, name := range names {
		step, _ := fs.ReadFile(migrations.FS, name) // it was just listed
		sum.Write(step)
	}
	return "t_" + hex.EncodeToString(sum.Sum(nil)[:8])
})

var templated sync.Mutex

// template makes the migrated template that tests copy: once a server, whatever
// number of test processes asks.
func template(ctx context.Context, tb testing.TB, admin *sql.DB, server string) {
	tb.Helper()
	templated.Lock()
	defer templated.Unlock()
	conn, err := admin.Conn(ctx)
	if err != nil {
		tb.Fatalf("reach test server: %v", err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(4711)"); err != nil {
		tb.Fatal(err)
	}
	defer conn.ExecContext(ctx, "SELECT pg_advisory_unlock(4711)") //nolint:errcheck // the session ends with the connection anyway
	var ready bool
	if err := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)", templateName()).Scan(&ready); err != nil {
		tb.Fatal(err)
	}
	if ready {
		return
	}
	name := pq.QuoteIdentifier(templateName())
	for _, step := range []string{"DROP DATABASE IF EXISTS " + name, "CREATE DATABASE " + name} {
		if _, err := conn.ExecContext(ctx, step); err != nil {
			tb.Fatal(err)
		}
	}
	if err := repository.Migrate(ctx, with(server, "dbname="+templateName())); err != nil {
		tb.Fatal(err)
	}
	for _, step := range []string{"ALTER ROLE comity_app LOGIN", "ALTER DATABASE " + name + " IS_TEMPLATE true ALLOW_CONNECTIONS false"} {
		if _, err := conn.ExecContext(ctx, step); err != nil {
			tb.Fatal(err)
		}
	}
}

// serverURL returns the test server's address, starting one when there is none.
var serverURL = sync.OnceValues(func() (string, error) {
	if url := os.Getenv("TEST_DATABASE_URL"); url != "" {
		return url, nil
	}
	root := "/dev/shm"
	if _, err := os.Stat(root); err != nil {
		root = os.TempDir()
	}
	sweep(root)
	dir := filepath.Join(root, fmt.Sprintf("comity-test-%d", os.Getpid()))
	server, err := localpg.Start(context.Background(), localpg.Options{DataDir: dir, Settings: localpg.Forgetful()})
	if err != nil {
		return "", fmt.Errorf("start test server: %w", err)
	}
	return server.SuperDSN("postgres"), nil // it ends with this process
})

// sweep removes the servers that earlier test processes left in memory.
func sweep(root string) {
	left, _ := filepath.Glob(filepath.Join(root, "comity-test-*"))
	for _, dir := range left {
		pid, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(dir), "comity-test-"))
		if err == nil && syscall.Kill(pid, 0) == syscall.ESRCH {
			_ = os.RemoveAll(dir)
		}
	}
}
