package repository

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"comity/migrations"
)

// Migrate brings the schema up to date, as its owner. Five processes may call it
// at once: one applies, the others wait.
func Migrate(ctx context.Context, ownerURL string) error {
	pool, err := sql.Open("postgres", ownerURL)
	if err != nil {
		return fmt.Errorf("open as owner: %w", err)
	}
	defer pool.Close()
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
	if err != nil {
		return fmt.Errorf("make lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, pool, migrations.FS, goose.WithSessionLocker(locker))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

const (
	readRole = `
SELECT r.rolsuper OR r.rolbypassrls OR EXISTS (
         SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname = 'public' AND c.relkind = 'r' AND pg_has_role(r.oid, c.relowner, 'USAGE')) AS too_strong
  FROM pg_roles r WHERE r.rolname = current_user`
	readLossySettings = `
SELECT name || '=' || setting FROM pg_settings
 WHERE (name = 'fsync' AND setting <> 'on') OR (name = 'full_page_writes' AND setting <> 'on')
    OR (name = 'synchronous_commit' AND setting IN ('off', 'local'))`
)

// CheckRole refuses a database role that could see past the walls: an owner, a
// superuser or one that bypasses row-level security.
func (db *DB) CheckRole(ctx context.Context) error {
	var tooStrong bool
	if err := db.pool.GetContext(ctx, &tooStrong, readRole); err != nil {
		return fmt.Errorf("read own role: %w", err)
	}
	if tooStrong {
		return fmt.Errorf("DATABASE_URL signs in as a role that owns tables, is a superuser or bypasses row-level security: use a member of comity_app")
	}
	return nil
}

// CheckSettings refuses a server that could lose what it acknowledged (I19).
func (db *DB) CheckSettings(ctx context.Context) error {
	var lossy []string
	if err := db.pool.SelectContext(ctx, &lossy, readLossySettings); err != nil {
		return fmt.Errorf("read server settings: %w", err)
	}
	if len(lossy) > 0 {
		return fmt.Errorf("the PostgreSQL server would lose acknowledged writes: %s", strings.Join(lossy, ", "))
	}
	return nil
}

// Prepare makes the database and the application role on a private server, as
// its superuser, when they are not there yet.
func Prepare(ctx context.Context, superURL, name string) error {
	pool, err := sql.Open("postgres", superURL)
	if err != nil {
		return fmt.Errorf("open as superuser: %w", err)
	}
	defer pool.Close()
	var role, database bool
	if err := pool.QueryRowContext(ctx, readPrepared, name).Scan(&role, &database); err != nil {
		return fmt.Errorf("look at private server: %w", err)
	}
	if !role {
		if _, err := pool.ExecContext(ctx, `CREATE ROLE comity_app LOGIN NOBYPASSRLS`); err != nil {
			return fmt.Errorf("make application role: %w", err)
		}
	}
	if !database {
		if _, err := pool.ExecContext(ctx, `CREATE DATABASE `+pq.QuoteIdentifier(name)); err != nil {
			return fmt.Errorf("make database: %w", err)
		}
	}
	return nil
}

const readPrepared = `
SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'comity_app'), EXISTS (SELECT FROM pg_database WHERE datname = $1)`
