package main

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"comity/access"
	"comity/collections"
	"comity/delivery"
	"comity/marketplace"
	"comity/portal"
	"comity/repository"
	"comity/underwriting"
)

// app is the use cases joined to the database: what server and worker share.
type app struct {
	config config
	keys   keys
	db     *repository.DB
	log    *slog.Logger
	access *access.Service
	market *marketplace.Service
	cases  *collections.Service
	links  portal.Links
	cards  *cardAccounts
	tokens tokenKey
}

type tokenKey struct {
	kid     string
	private ed25519.PrivateKey
}

// withApp runs a command on somebody's own database: DATABASE_URL and COMITY_KEYS.
func withApp(ctx context.Context, do func(*app) error) error {
	c, err := readConfig()
	if err != nil {
		return err
	}
	if err := c.withDatabase(); err != nil {
		return err
	}
	return withConfig(ctx, c, do)
}

// withOperator is withApp for a command of the operator: without DATABASE_URL it is
// about the private database of this machine, whether `comity run` is up or not.
func withOperator(ctx context.Context, do func(*app) error) error {
	c, err := readConfig()
	if err != nil {
		return err
	}
	stop, err := c.atHome(ctx)
	if err != nil {
		return err
	}
	defer stop()
	return withConfig(ctx, c, do)
}

func withConfig(ctx context.Context, c config, do func(*app) error) error {
	a, err := wire(ctx, c)
	if err != nil {
		return err
	}
	defer a.db.Close()
	return do(a)
}

// wire joins the rooms. It refuses a database role or server settings under
// which promises of ours would not hold.
func wire(ctx context.Context, c config) (*app, error) {
	k, err := readKeys(c.KeysFile)
	if err != nil {
		return nil, err
	}
	db, err := repository.Open(ctx, repository.Options{URL: c.DatabaseURL, MaxConns: c.MaxConns, Now: time.Now, Named: c.Named})
	if err != nil {
		return nil, err
	}
	if err := db.CheckRole(ctx); err != nil {
		return nil, err
	}
	if err := db.CheckSettings(ctx); err != nil {
		return nil, err
	}
	return join(c, k, db, underwriting.EngineV1{})
}

// join joins the rooms around a database and an engine.
func join(c config, k keys, db *repository.DB, engine underwriting.Engine) (*app, error) {
	cards, err := c.cardAccounts()
	if err != nil {
		return nil, err
	}
	people, err := access.New(repository.Atomically(db, func(tx *repository.Tx) access.Tx { return tx }), db, nil)
	if err != nil {
		return nil, err
	}
	return &app{
		config: c, keys: k, db: db, log: slog.New(slog.NewJSONHandler(os.Stderr, nil)), access: people,
		market: marketplace.New(repository.Atomically(db, func(tx *repository.Tx) marketplace.Tx { return tx }), engine, k.fingerprint),
		cases: collections.New(repository.Atomically(db, func(tx *repository.Tx) collections.Tx { return tx }),
			collections.Options{Host: mailHost(c.MailFrom), ReplyHost: c.replyHost(), MailServer: c.MailServer, KeyVersion: k.LinkVersion}),
		cards:  cards,
		links:  portal.Links{Keys: k.LinkKeys, Current: k.LinkVersion},
		tokens: tokenKey{k.TokenKid, ed25519.NewKeyFromSeed(k.TokenSeed)},
	}, nil
}

// mailHost is the domain of an address: message ids end with it.
func mailHost(address string) string { return address[strings.LastIndex(address, "@")+1:] }

// mailers are where mail goes: the live world's server, and the catcher for
// sandboxes, which never write to the outside.
func (a *app) mailers() (live, sandbox *delivery.Mailer, err error) {
	if sandbox, err = delivery.NewMailer("smtp://"+a.config.CatcherSMTP, a.config.MailFrom); err != nil {
		return nil, nil, fmt.Errorf("COMITY_CATCHER_SMTP: %w", err)
	}
	if a.config.SMTP == "" {
		return sandbox, sandbox, nil
	}
	if live, err = delivery.NewMailer(a.config.SMTP, a.config.MailFrom); err != nil {
		return nil, nil, fmt.Errorf("COMITY_SMTP: %w", err)
	}
	return live, sandbox, a.sign(live)
}

// sign lets the mail of the live world be signed with the keys that COMITY_DKIM names.
func (a *app) sign(live *delivery.Mailer) error {
	if a.config.DKIM == "" {
		return nil
	}
	for entry := range strings.SplitSeq(a.config.DKIM, ",") {
		name, found, ok := dkimEntry(entry, mailHost(a.config.MailFrom))
		if !ok {
			return fmt.Errorf("COMITY_DKIM: %q is neither selector:file nor domain=selector:file", entry)
		}
		text, err := os.ReadFile(found[1])
		if err != nil {
			return fmt.Errorf("COMITY_DKIM: %w", err)
		}
		key, err := delivery.ReadDKIMKey(text)
		if err == nil {
			err = live.SignWith(name, found[0], key)
		}
		if err != nil {
			return fmt.Errorf("COMITY_DKIM: %w", err)
		}
	}
	return nil
}

// dkimEntry reads "selector:file", for the domain own, or "domain=selector:file".
func dkimEntry(entry, own string) (name string, selectorAndFile [2]string, ok bool) {
	entry = strings.TrimSpace(entry)
	if of, rest, named := strings.Cut(entry, "="); named && !strings.Contains(of, ":") {
		own, entry = of, rest // an equals sign may stand in the name of a file too
	}
	selector, file, named := strings.Cut(entry, ":")
	return own, [2]string{selector, file}, named && own != "" && selector != "" && file != ""
}

// inbox is the mailbox that is read for answers; nil where there is none.
func (a *app) inbox() (*delivery.Inbox, error) {
	if a.config.Inbox == "" {
		return nil, nil //nolint:nilnil // none is an answer
	}
	box, err := delivery.NewInbox(a.config.Inbox)
	if err != nil {
		return nil, fmt.Errorf("COMITY_INBOX: %w", err)
	}
	return box, nil
}
