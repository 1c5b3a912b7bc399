// Package access holds who may come in: organisations, users, sign-in, and the
// worlds that they belong to.
package access

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/alexedwards/argon2id"

	"comity/domain"
)

// Tx is what the use cases of this room need of a transaction.
type Tx interface {
	SaveUser(context.Context, domain.User) error
	Users(context.Context, domain.OrganizationID, domain.Page) ([]domain.User, error)
	SaveOrganization(context.Context, domain.Organization) error
	Organization(context.Context, domain.OrganizationID) (domain.Organization, error)
	Organizations(context.Context, domain.Page) ([]domain.Organization, error)
	SaveWorld(context.Context, domain.World, []byte) error
	World(context.Context, domain.WorldID) (domain.World, error)
	SetClockTarget(context.Context, domain.WorldID, time.Time) error
	SaveTrail(context.Context, domain.Trail) error
}

// Door is what happens before anybody is known: three look-ups, each a function
// of the database that sees what nobody else may.
type Door interface {
	FindCredential(ctx context.Context, email string) (domain.Credential, error)
	Authenticate(context.Context, domain.UserID, domain.OrganizationID) (domain.Caller, error)
	SignUp(ctx context.Context, codeHash []byte, org domain.Organization, user domain.User) (domain.WorldID, error)
}

// Atomically runs its argument in one transaction.
type Atomically func(context.Context, domain.Entry, func(Tx) (domain.Answer, error)) (domain.Answer, error)

// A Service is the use cases of this room.
type Service struct {
	atomically Atomically
	door       Door
	hashing    chan struct{} // argon2id takes memory: at most two at once
	params     *argon2id.Params
	dummy      string
}

// New returns the use cases. params is the cost of a password hash; nil means
// 19 MiB, two passes, one lane (OWASP's first choice for argon2id).
func New(atomically Atomically, door Door, params *argon2id.Params) (*Service, error) {
	if params == nil {
		params = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	}
	dummy, err := argon2id.CreateHash("nobody has this password", params)
	if err != nil {
		return nil, fmt.Errorf("make dummy hash: %w", err)
	}
	return &Service{atomically, door, make(chan struct{}, 2), params, dummy}, nil
}

// A SignUp is a new organisation and its first user.
type SignUp struct {
	JoinCode     string // "" for the live world
	Organization domain.Organization
	UserName     string
	Email        string
	Password     string
}

// SignUp makes a seller or a factor and its owner, in the world that the join
// code names. It refuses with domain.ErrWrongJoinCode or ErrAddressTaken.
func (s *Service) SignUp(ctx context.Context, up SignUp) (domain.Organization, domain.User, error) {
	hash, err := s.hash(ctx, up.Password)
	if err != nil {
		return domain.Organization{}, domain.User{}, err
	}
	org := up.Organization
	org.ID = domain.New[domain.OrganizationID]()
	org.Email = up.Email
	user := domain.User{
		ID: domain.New[domain.UserID](), Organization: org.ID, Email: up.Email, Name: up.UserName,
		Role: domain.RoleOwner, PasswordHash: hash,
	}
	var code []byte
	if up.JoinCode != "" {
		code = codeHash(up.JoinCode)
	}
	if org.World, err = s.door.SignUp(ctx, code, org, user); err != nil {
		return domain.Organization{}, domain.User{}, fmt.Errorf("sign up: %w", err)
	}
	return org, user, nil
}

// SignIn checks an address and a password and returns whose they are. It
// refuses with domain.ErrWrongPassword, after the same work whether the address
// is known or not.
func (s *Service) SignIn(ctx context.Context, email, password string) (domain.UserID, domain.OrganizationID, error) {
	found, err := s.door.FindCredential(ctx, strings.TrimSpace(email))
	known := err == nil
	switch {
	case errors.Is(err, domain.ErrNotFound):
		found.PasswordHash = s.dummy
	case err != nil:
		return domain.UserID{}, domain.OrganizationID{}, fmt.Errorf("sign in: %w", err)
	}
	right, err := s.matches(ctx, password, found.PasswordHash)
	if err != nil {
		return domain.UserID{}, domain.OrganizationID{}, err
	}
	if !right || !known {
		return domain.UserID{}, domain.OrganizationID{}, domain.ErrWrongPassword
	}
	return found.User, found.Organization, nil
}

// Authenticate returns who a token's user is now. now is the real time, which
// is also the time of the live world and of the platform. It refuses with
// domain.ErrUnauthenticated.
func (s *Service) Authenticate(ctx context.Context, user domain.UserID, org domain.OrganizationID, now time.Time) (domain.Caller, error) {
	caller, err := s.door.Authenticate(ctx, user, org)
	if errors.Is(err, domain.ErrNotFound) {
		return domain.Caller{}, domain.ErrUnauthenticated
	}
	if err != nil {
		return domain.Caller{}, fmt.Errorf("authenticate: %w", err)
	}
	if caller.Now.IsZero() {
		caller.Now = now.UTC().Truncate(time.Microsecond)
	}
	return caller, nil
}

// AddUser makes another user of the caller's organisation. Only an owner or an
// operator may. It refuses with domain.ErrAddressTaken.
func (s *Service) AddUser(ctx context.Context, by domain.Caller, user domain.User, password string, once domain.Once[domain.User]) (domain.Answer, error) {
	if by.Role != domain.RoleOwner && by.Role != domain.RoleOperator {
		return domain.Answer{}, domain.ErrForbidden.Because("your role is %s", by.Role)
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return domain.Answer{}, err
	}
	user.ID, user.Organization, user.PasswordHash, user.CreatedAt = domain.New[domain.UserID](), by.Organization, hash, by.Now
	audit := domain.New[domain.AuditID]()
	entry := by.Own()
	return s.atomically(ctx, once.Entry(by, entry.Scope), func(tx Tx) (domain.Answer, error) {
		if err := tx.SaveUser(ctx, user); err != nil {
			return domain.Answer{}, fmt.Errorf("add user: %w", err)
		}
		return once.Answer(user), tx.SaveTrail(ctx, domain.Trail{Audit: []domain.AuditRow{
			domain.Audited(audit, by, "user.added", "user", user.ID.UUID, user.Email, user.Role),
		}})
	})
}

// Users lists the users of the caller's organisation.
func (s *Service) Users(ctx context.Context, by domain.Caller, page domain.Page) ([]domain.User, error) {
	var users []domain.User
	_, err := s.atomically(ctx, by.Own(), func(tx Tx) (domain.Answer, error) {
		var err error
		users, err = tx.Users(ctx, by.Organization, page)
		return domain.Answer{}, err
	})
	return users, err
}

// Me returns the caller's organisation.
func (s *Service) Me(ctx context.Context, by domain.Caller) (domain.Organization, error) {
	var org domain.Organization
	_, err := s.atomically(ctx, by.Own(), func(tx Tx) (domain.Answer, error) {
		var err error
		org, err = tx.Organization(ctx, by.Organization)
		return domain.Answer{}, err
	})
	return org, err
}

// Organizations lists every organisation, for the platform only.
func (s *Service) Organizations(ctx context.Context, by domain.Caller, page domain.Page) ([]domain.Organization, error) {
	if err := by.Must(domain.KindPlatform); err != nil {
		return nil, err
	}
	var all []domain.Organization
	_, err := s.atomically(ctx, by.Own(), func(tx Tx) (domain.Answer, error) {
		var err error
		all, err = tx.Organizations(ctx, page)
		return domain.Answer{}, err
	})
	return all, err
}

// MakeOperator makes a user of the platform, and the platform itself the first
// time. Only the operator command calls it, on the machine itself.
func (s *Service) MakeOperator(ctx context.Context, email, name, password string, now time.Time) (domain.User, error) {
	hash, err := s.hash(ctx, password)
	if err != nil {
		return domain.User{}, err
	}
	platform := domain.Organization{
		ID: PlatformID, Kind: domain.KindPlatform, Name: "Comity", LegalType: domain.Company,
		Country: "US", TimeZone: "UTC", Email: email, CreatedAt: now,
	}
	user := domain.User{
		ID: domain.New[domain.UserID](), Organization: platform.ID, Email: email, Name: name,
		Role: domain.RoleOperator, PasswordHash: hash, CreatedAt: now,
	}
	by := domain.Caller{Kind: domain.KindPlatform, Organization: platform.ID, Role: domain.RoleOperator, Now: now}
	_, err = s.atomically(ctx, by.In(domain.ScopeWork), func(tx Tx) (domain.Answer, error) {
		if err := tx.SaveOrganization(ctx, platform); err != nil {
			return domain.Answer{}, err
		}
		return domain.Answer{}, tx.SaveUser(ctx, user)
	})
	if err != nil {
		return domain.User{}, fmt.Errorf("make operator: %w", err)
	}
	return user, nil
}

// hash returns the argon2id hash of a password.
func (s *Service) hash(ctx context.Context, password string) (string, error) {
	if err := s.takeTurn(ctx); err != nil {
		return "", err
	}
	defer func() { <-s.hashing }()
	hash, err := argon2id.CreateHash(password, s.params)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// matches reports whether a password has the hash.
func (s *Service) matches(ctx context.Context, password, hash string) (bool, error) {
	if err := s.takeTurn(ctx); err != nil {
		return false, err
	}
	defer func() { <-s.hashing }()
	right, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("check password: %w", err)
	}
	return right, nil
}

func (s *Service) takeTurn(ctx context.Context) error {
	select {
	case s.hashing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return domain.ErrUnavailable.Because("too many sign-ins at once")
	}
}
