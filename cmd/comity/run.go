package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"comity/access"
	"comity/domain"
	"comity/localpg"
	"comity/repository"
)

// runAll is `make run`: a private PostgreSQL unless DATABASE_URL says otherwise,
// the schema, the server, the worker and the mail catcher in one process.
func runAll(ctx context.Context, _ []string) error {
	c, err := readConfig()
	if err != nil {
		return err
	}
	stop, err := c.atHome(ctx)
	if err != nil {
		return err
	}
	defer stop()
	if c.MigrateURL != "" {
		if err := repository.Migrate(ctx, c.MigrateURL); err != nil {
			return err
		}
	}
	a, err := wire(ctx, c)
	if err != nil {
		return err
	}
	defer a.db.Close()
	logins, err := a.demoLogins(ctx)
	if err != nil {
		return err
	}
	if err := a.catchMail(ctx); err != nil {
		return err
	}
	return a.together(ctx, logins)
}

// together runs server and worker until one of them ends or ctx does.
func (a *app) together(ctx context.Context, logins []login) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var working sync.WaitGroup
	var workFailed error
	working.Go(func() {
		defer cancel()
		workFailed = a.work(ctx)
	})
	serveFailed := a.serve(ctx, func() { a.welcome(logins) })
	cancel()
	working.Wait()
	return errors.Join(serveFailed, workFailed)
}

func (a *app) welcome(logins []login) {
	fmt.Printf("\nComity is serving.\n  API        %s/docs\n  mail       http://%s/\n  metrics    http://%s/metrics\n  data       %s\n\nLogins (also in %s):\n",
		a.config.PublicURL, a.config.CatcherHTTP, a.config.Metrics, a.config.DataDir, a.loginsFile())
	for _, l := range logins {
		fmt.Printf("  %-9s %-28s %s\n", l.Kind, l.Email, l.Password)
	}
	fmt.Println()
}

const databaseName = "comity"

// atHome fills in what a command on this machine needs: keys in the data folder and
// a database, the private one when there is no DATABASE_URL.
func (c *config) atHome(ctx context.Context) (func(), error) {
	if c.KeysFile == "" {
		c.KeysFile = filepath.Join(c.DataDir, "keys.json")
	}
	return c.startDatabase(ctx)
}

// startDatabase starts the private server when there is no DATABASE_URL, and
// fills in both addresses.
func (c *config) startDatabase(ctx context.Context) (func(), error) {
	if c.DatabaseURL != "" {
		return func() {}, nil
	}
	if err := os.MkdirAll(c.DataDir, 0o755); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	server, err := localpg.Start(ctx, localpg.Options{DataDir: filepath.Join(c.DataDir, "postgres"), Say: say})
	if err != nil {
		return nil, fmt.Errorf("start private PostgreSQL: %w", err)
	}
	stop := func() {
		if err := server.Stop(); err != nil {
			say("stop private PostgreSQL: %v", err)
		}
	}
	if err := repository.Prepare(ctx, server.SuperDSN("postgres"), databaseName); err != nil {
		stop()
		return nil, err
	}
	c.Named = true // nothing stands between us and this server
	c.MigrateURL = server.SuperDSN(databaseName)
	c.DatabaseURL = fmt.Sprintf("host=%s user=comity_app dbname=%s sslmode=disable", server.SocketDir, databaseName)
	return stop, nil
}

// A login is somebody who can sign in on this machine.
type login struct {
	Kind     string `json:"kind"`
	Email    string `json:"email"`
	Password string `json:"password"`
}

func (a *app) loginsFile() string { return filepath.Join(a.config.DataDir, "logins.json") }

// demoLogins returns the operator, and a seller and a factor of a sandbox:
// made with generated passwords the first time, read from the file after it.
func (a *app) demoLogins(ctx context.Context) ([]login, error) {
	var logins []login
	data, err := os.ReadFile(a.loginsFile())
	if err == nil {
		return logins, json.Unmarshal(data, &logins)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read logins: %w", err)
	}
	mark := secret(3)
	op := login{"platform", "operator-" + mark + "@comity.example", secret(12)}
	now := time.Now().UTC().Truncate(time.Second)
	user, err := a.access.MakeOperator(ctx, op.Email, "Operator", op.Password, now)
	if err != nil {
		return nil, err
	}
	logins = append(logins, op)
	code := "sbx-" + secret(12)
	by := domain.Caller{User: user.ID, Organization: user.Organization, Kind: domain.KindPlatform, Role: user.Role, Now: now}
	box := access.Sandbox{World: domain.World{Name: "demo", Now: now}, JoinCode: code}
	if _, err := a.access.MakeSandbox(ctx, by, box, domain.Once[access.Sandbox]{Answer: func(access.Sandbox) domain.Answer { return domain.Answer{} }}); err != nil {
		return nil, err
	}
	for _, kind := range []domain.OrganizationKind{domain.KindSeller, domain.KindFactor} {
		l := login{string(kind), fmt.Sprintf("%s-%s@comity.example", kind, mark), secret(12)}
		up := access.SignUp{
			JoinCode: code, UserName: "Demo", Email: l.Email, Password: l.Password,
			Organization: domain.Organization{Kind: kind, Name: "Demo " + string(kind), LegalType: domain.Company, Country: "US", TimeZone: "America/New_York"},
		}
		if _, _, err := a.access.SignUp(ctx, up); err != nil {
			return nil, err
		}
		logins = append(logins, l)
	}
	if data, err = json.MarshalIndent(logins, "", "  "); err != nil {
		return nil, err
	}
	return logins, os.WriteFile(a.loginsFile(), data, 0o600)
}
