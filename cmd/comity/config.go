package main

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
)

// config is everything that the environment says; it is read once.
type config struct {
	DatabaseURL string   `env:"DATABASE_URL"`
	MigrateURL  string   `env:"MIGRATE_DATABASE_URL"`
	DataDir     string   `env:"COMITY_DATA"`
	KeysFile    string   `env:"COMITY_KEYS"`
	Listen      string   `env:"COMITY_LISTEN"       envDefault:"127.0.0.1:8080"`
	Metrics     string   `env:"COMITY_METRICS"      envDefault:"127.0.0.1:9090"`
	PublicURL   string   `env:"COMITY_PUBLIC_URL"`
	SMTP        string   `env:"COMITY_SMTP"`
	MailFrom    string   `env:"COMITY_MAIL_FROM"    envDefault:"post@comity.invalid"`
	Inbox       string   `env:"COMITY_INBOX"`
	InboundKey  string   `env:"COMITY_INBOUND_SECRET"`
	MailServer  string   `env:"COMITY_MAIL_SERVER"`
	DKIM        string   `env:"COMITY_DKIM"`
	Cards       string   `env:"COMITY_CARDS"`
	CardsURL    string   `env:"COMITY_CARDS_URL"    envDefault:"https://api.stripe.com"`
	CatcherSMTP string   `env:"COMITY_CATCHER_SMTP" envDefault:"127.0.0.1:1025"`
	CatcherHTTP string   `env:"COMITY_CATCHER_HTTP" envDefault:"127.0.0.1:8025"`
	MaxConns    int      `env:"COMITY_DB_CONNS"     envDefault:"12"`
	Named       bool     `env:"COMITY_DB_NAMED"`
	Proxies     []string `env:"COMITY_PROXIES"`

	// Read by the demo client only.
	DemoInvoices string `env:"COMITY_DEMO_INVOICES"`
	DemoHistory  string `env:"COMITY_DEMO_HISTORY"`
	DemoURL      string `env:"COMITY_DEMO_URL"`
}

// replyHost is where answers to our mail are read; "" where nobody reads them here.
func (c config) replyHost() string {
	if c.Inbox == "" && c.InboundKey == "" {
		return ""
	}
	return mailHost(c.MailFrom)
}

// known are the variables of ours; one that is misspelt must not be ignored.
var known = []string{
	"COMITY_DATA", "COMITY_KEYS", "COMITY_LISTEN", "COMITY_METRICS", "COMITY_PUBLIC_URL", "COMITY_SMTP", "COMITY_MAIL_FROM",
	"COMITY_CATCHER_SMTP", "COMITY_CATCHER_HTTP", "COMITY_DB_CONNS", "COMITY_DB_NAMED", "COMITY_PROXIES", "COMITY_DEMO_INVOICES", "COMITY_DEMO_HISTORY", "COMITY_DEMO_URL",
	"COMITY_SAMPLES", "COMITY_HISTORY", "COMITY_INBOX", "COMITY_INBOUND_SECRET", "COMITY_MAIL_SERVER", "COMITY_DKIM", "COMITY_CARDS", "COMITY_CARDS_URL",
}

func readConfig() (config, error) {
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "COMITY_") && !slices.Contains(known, name) {
			return config{}, fmt.Errorf("the environment variable %s is not one that Comity reads: see the table in README.md", name)
		}
	}
	c, err := env.ParseAs[config]()
	if err != nil {
		return config{}, fmt.Errorf("read environment: %w", err)
	}
	for _, network := range c.Proxies {
		if _, err := netip.ParsePrefix(network); err != nil {
			return config{}, fmt.Errorf("COMITY_PROXIES: %q is not a network such as 10.0.0.0/8", network)
		}
	}
	if c.PublicURL == "" {
		c.PublicURL = "http://" + c.Listen
	}
	c.PublicURL = strings.TrimSuffix(c.PublicURL, "/")
	if c.DataDir == "" {
		c.DataDir = defaultDataDir()
	}
	if c.DataDir, err = filepath.Abs(c.DataDir); err != nil {
		return config{}, fmt.Errorf("COMITY_DATA: %w", err)
	}
	return c, nil
}

// defaultDataDir is where the private server's data and the generated keys are
// kept when COMITY_DATA does not say: a place that the server's account reaches.
func defaultDataDir() string {
	if os.Geteuid() == 0 {
		return "/var/lib/comity"
	}
	if state := os.Getenv("XDG_STATE_HOME"); state != "" {
		return filepath.Join(state, "comity")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "comity-data"
	}
	return filepath.Join(home, ".local", "state", "comity")
}

// withDatabase requires what a server on somebody's own database needs.
func (c config) withDatabase() error {
	if c.DatabaseURL == "" {
		return errors.New("DATABASE_URL is required: the application role's address (`comity run` brings a database of its own)")
	}
	if c.KeysFile == "" {
		return errors.New("COMITY_KEYS is required: the file of the signing keys (it is made when it is missing)")
	}
	return nil
}
