package repository

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"comity/domain"
)

// Three functions of the database see what nobody else may; these are their
// only callers, and the only statements outside enter.
const (
	findCredential = `
SELECT user_id, org_id, password_hash FROM sign_in($1)`
	authenticate = `
SELECT role, kind, world_id, world_kind, world_now FROM authenticate($1, $2)`
	signUp = `
SELECT world_id FROM sign_up($1,
  ROW($2::uuid, NULL::uuid, $3::text, $4::text, $5::text, $6::char(2), $7::text, $8::text[], $9::text, now())::organizations,
  ROW($10::uuid, $2::uuid, $9::text, $11::text, $12::text, $13::text, now(), NULL::timestamptz)::users)`
)

// FindCredential returns what is needed to check a password, or ErrNotFound.
func (db *DB) FindCredential(ctx context.Context, email string) (domain.Credential, error) {
	var row struct {
		User uuid.UUID `json:"user_id"`
		Org  uuid.UUID `json:"org_id"`
		Hash string    `json:"password_hash"`
	}
	if err := db.pool.GetContext(ctx, &row, findCredential, email); err != nil {
		return domain.Credential{}, outside(err)
	}
	return domain.Credential{User: domain.UserID{UUID: row.User}, Organization: domain.OrganizationID{UUID: row.Org}, PasswordHash: row.Hash}, nil
}

// Authenticate returns who the user of a token is now, or ErrNotFound. Now is
// zero outside sandboxes.
func (db *DB) Authenticate(ctx context.Context, user domain.UserID, org domain.OrganizationID) (domain.Caller, error) {
	var row struct {
		Role      string         `json:"role"`
		Kind      string         `json:"kind"`
		World     uuid.NullUUID  `json:"world_id"`
		WorldKind sql.NullString `json:"world_kind"`
		Now       sql.NullTime   `json:"world_now"`
	}
	var err error
	if named := db.hot[authenticate]; named != nil {
		err = named.GetContext(ctx, &row, user.UUID, org.UUID)
	} else {
		err = db.pool.GetContext(ctx, &row, authenticate, user.UUID, org.UUID)
	}
	if err != nil {
		return domain.Caller{}, outside(err)
	}
	return domain.Caller{
		User: user, Organization: org, Kind: domain.OrganizationKind(row.Kind), Role: domain.Role(row.Role),
		World: idOf[domain.WorldID](row.World), Sandbox: row.WorldKind.String == "sandbox", Now: timeOf(row.Now),
	}, nil
}

// SignUp makes an organisation and its first user, and returns their world. It
// refuses with ErrWrongJoinCode or ErrAddressTaken.
func (db *DB) SignUp(ctx context.Context, codeHash []byte, org domain.Organization, user domain.User) (domain.WorldID, error) {
	var world uuid.UUID
	err := db.briefly(ctx, func(tx *sqlx.Tx) error {
		return tx.GetContext(ctx, &world, signUp, codeHash, org.ID.UUID, string(org.Kind), org.Name, string(org.LegalType),
			org.Country, org.TimeZone, pq.Array(notNil(org.TaxIDs)), org.Email, user.ID.UUID, user.Name, string(user.Role), user.PasswordHash)
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return domain.WorldID{}, domain.ErrWrongJoinCode
	case violates(err, "users_email"):
		return domain.WorldID{}, domain.ErrAddressTaken
	case err != nil:
		return domain.WorldID{}, told(err)
	}
	return domain.WorldID{UUID: world}, nil
}

// briefly runs one statement in an explicit transaction: outside one, a lost
// answer would make the driver send it twice.
func (db *DB) briefly(ctx context.Context, do func(*sqlx.Tx) error) error {
	tx, err := db.pool.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", unreachable(err))
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	if err := do(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", unknown(err))
	}
	return nil
}

// outside translates the errors of statements that have no transaction of ours.
func outside(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return domain.ErrNotFound
	}
	return told(err)
}

const (
	insertUser = `
INSERT INTO users (id, org_id, email, name, role, password_hash, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)`
	listUsers = `
SELECT id, org_id, email, name, role, created_at, disabled_at FROM users
 WHERE org_id = $1 AND id > $2 ORDER BY id LIMIT $3`
	insertOrganization = `
INSERT INTO organizations (id, world_id, kind, name, legal_type, country, time_zone, tax_ids, email, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (id) DO NOTHING`
	readOrganization = `
SELECT id, world_id, kind, name, legal_type, country, time_zone, tax_ids, email, created_at
  FROM organizations WHERE id = $1`
	listOrganizations = `
SELECT id, world_id, kind, name, legal_type, country, time_zone, tax_ids, email, created_at
  FROM organizations WHERE id > $1 ORDER BY id LIMIT $2`
)

// SaveUser adds a user; it refuses with ErrAddressTaken.
func (tx *Tx) SaveUser(ctx context.Context, u domain.User) error {
	err := tx.exec(ctx, insertUser, u.ID.UUID, u.Organization.UUID, u.Email, u.Name, string(u.Role), u.PasswordHash, instant(u.CreatedAt))
	if violates(err, "users_email") {
		return domain.ErrAddressTaken
	}
	return err
}

// Users returns a page of an organisation's users, without their hashes.
func (tx *Tx) Users(ctx context.Context, org domain.OrganizationID, page domain.Page) ([]domain.User, error) {
	var rows []struct {
		ID        uuid.UUID    `json:"id"`
		Org       uuid.UUID    `json:"org_id"`
		Email     string       `json:"email"`
		Name      string       `json:"name"`
		Role      string       `json:"role"`
		CreatedAt time.Time    `json:"created_at"`
		Disabled  sql.NullTime `json:"disabled_at"`
	}
	if err := tx.list(ctx, &rows, listUsers, org.UUID, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	users := make([]domain.User, len(rows))
	for i, r := range rows {
		users[i] = domain.User{
			ID: domain.UserID{UUID: r.ID}, Organization: domain.OrganizationID{UUID: r.Org}, Email: r.Email,
			Name: r.Name, Role: domain.Role(r.Role), CreatedAt: r.CreatedAt.UTC(), Disabled: r.Disabled.Valid,
		}
	}
	return users, nil
}

// SaveOrganization adds an organisation that is not there yet.
func (tx *Tx) SaveOrganization(ctx context.Context, o domain.Organization) error {
	return tx.exec(ctx, insertOrganization, o.ID.UUID, orNull(o.World.UUID), string(o.Kind), o.Name, string(o.LegalType),
		o.Country, o.TimeZone, pq.Array(notNil(o.TaxIDs)), o.Email, instant(o.CreatedAt))
}

type organizationRow struct {
	ID        uuid.UUID      `json:"id"`
	World     uuid.NullUUID  `json:"world_id"`
	Kind      string         `json:"kind"`
	Name      string         `json:"name"`
	LegalType string         `json:"legal_type"`
	Country   string         `json:"country"`
	TimeZone  string         `json:"time_zone"`
	TaxIDs    pq.StringArray `json:"tax_ids"`
	Email     string         `json:"email"`
	CreatedAt time.Time      `json:"created_at"`
}

func (r organizationRow) organization() domain.Organization {
	return domain.Organization{
		ID: domain.OrganizationID{UUID: r.ID}, World: idOf[domain.WorldID](r.World), Kind: domain.OrganizationKind(r.Kind),
		Name: r.Name, LegalType: domain.LegalType(r.LegalType), Country: r.Country, TimeZone: r.TimeZone,
		TaxIDs: r.TaxIDs, Email: r.Email, CreatedAt: r.CreatedAt.UTC(),
	}
}

// Organization returns an organisation that the scope may see.
func (tx *Tx) Organization(ctx context.Context, id domain.OrganizationID) (domain.Organization, error) {
	var row organizationRow
	if err := tx.get(ctx, &row, readOrganization, id.UUID); err != nil {
		return domain.Organization{}, fmt.Errorf("read organization %s: %w", id, err)
	}
	return row.organization(), nil
}

// Organizations returns a page of all organisations.
func (tx *Tx) Organizations(ctx context.Context, page domain.Page) ([]domain.Organization, error) {
	var rows []organizationRow
	if err := tx.list(ctx, &rows, listOrganizations, page.After, page.Limit); err != nil {
		return nil, fmt.Errorf("list organizations: %w", err)
	}
	all := make([]domain.Organization, len(rows))
	for i, row := range rows {
		all[i] = row.organization()
	}
	return all, nil
}

const (
	insertWorld = `
INSERT INTO worlds (id, kind, name, join_code_hash, clock_at) VALUES ($1, 'sandbox', $2, $3, $4)`
	lockWorld = `
SELECT id, kind, name, clock_at, target_at, runner_state, coalesce(runner_reason, '') AS runner_reason
  FROM worlds WHERE id = $1 FOR UPDATE`
	setClockTarget = `
UPDATE worlds SET target_at = $2, runner_state = 'running', runner_reason = NULL WHERE id = $1 AND kind = 'sandbox'`
)

type worldRow struct {
	ID     uuid.UUID    `json:"id"`
	Kind   string       `json:"kind"`
	Name   string       `json:"name"`
	Clock  sql.NullTime `json:"clock_at"`
	Target sql.NullTime `json:"target_at"`
	State  string       `json:"runner_state"`
	Reason string       `json:"runner_reason"`
}

func (r worldRow) world() domain.World {
	return domain.World{
		ID: domain.WorldID{UUID: r.ID}, Sandbox: r.Kind == "sandbox", Name: r.Name, Now: timeOf(r.Clock),
		Target: timeOf(r.Target), State: domain.RunnerState(r.State), Reason: r.Reason,
	}
}

// SaveWorld adds a sandbox.
func (tx *Tx) SaveWorld(ctx context.Context, w domain.World, joinCodeHash []byte) error {
	return tx.exec(ctx, insertWorld, w.ID.UUID, w.Name, joinCodeHash, instant(w.Now))
}

// World returns and locks a world.
func (tx *Tx) World(ctx context.Context, id domain.WorldID) (domain.World, error) {
	var row worldRow
	if err := tx.get(ctx, &row, lockWorld, id.UUID); err != nil {
		return domain.World{}, fmt.Errorf("lock world %s: %w", id, err)
	}
	return row.world(), nil
}

// SetClockTarget sends a sandbox's clock on its way.
func (tx *Tx) SetClockTarget(ctx context.Context, id domain.WorldID, to time.Time) error {
	return tx.exec(ctx, setClockTarget, id.UUID, instant(to))
}

const readWorldOf = `
SELECT w.id, w.kind, w.name, w.clock_at, w.target_at, w.runner_state, coalesce(w.runner_reason, '') AS runner_reason
  FROM worlds w JOIN organizations o ON o.world_id = w.id WHERE o.id = $1`

// WorldOf returns the world of an organisation.
func (tx *Tx) WorldOf(ctx context.Context, org domain.OrganizationID) (domain.World, error) {
	var row worldRow
	if err := tx.get(ctx, &row, readWorldOf, org.UUID); err != nil {
		return domain.World{}, fmt.Errorf("read world of %s: %w", org, err)
	}
	return row.world(), nil
}
