package main

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"comity/underwriting/backtest"
	"comity/underwriting/paytime"
)

// fit learns a payment-time model from a history and writes its artefact.
func fit(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("fit", flag.ContinueOnError)
	history := flags.String("history", "", "the CSV file of past invoices")
	database := flags.Bool("database", false, "instead of a file, the imported history of the live world, on DATABASE_URL or in the private database")
	out := flags.String("out", "", "the artefact to write")
	key := flags.String("key", "", "a file with an Ed25519 seed in hexadecimal, to sign with; none: not signed")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if (*history == "") != *database || *out == "" || flags.NArg() > 0 {
		return errors.New("usage: comity fit {-history TRAIN.csv | -database} -out model.json [-key FILE]")
	}
	sign, err := signer(*key)
	if err != nil {
		return err
	}
	portfolio, err := readTraining(ctx, *history)
	if err != nil {
		return err
	}
	report(os.Stderr, portfolio)
	model, err := backtest.Fit(portfolio)
	if err != nil {
		return fmt.Errorf("fit: %w", err)
	}
	artefact, sum, err := model.Encode(sign)
	if err != nil {
		return err
	}
	if err := os.WriteFile(*out, artefact, 0o644); err != nil {
		return fmt.Errorf("fit: %w", err)
	}
	t := model.Trained
	fmt.Printf("fitted on %d rows of %d debtors, %s to %s, %d of them open; CRPS in sample %.4f days\n",
		t.Rows, t.Debtors, t.From, t.Until, t.Censored, t.CRPS)
	fmt.Print("columns:")
	for _, c := range model.Columns {
		fmt.Printf(" %s (%s)", c.Name, c.Kind)
	}
	fmt.Printf("\nsha256 %s\n", sum)
	return nil
}

// readTraining reads the rows to fit on, from the database when there is no file.
func readTraining(ctx context.Context, history string) (*backtest.Portfolio, error) {
	if history == "" {
		return readDatabase(ctx)
	}
	return readPortfolio([]portfolioFile{{path: history}}, "")
}

// signer returns what signs with the seed in a file, nil for no file.
func signer(path string) (func([]byte) []byte, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("signing key: %w", err)
	}
	seed, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("signing key: %s does not hold a seed of 32 bytes in hexadecimal", path)
	}
	key := ed25519.NewKeyFromSeed(seed)
	return func(content []byte) []byte { return ed25519.Sign(key, content) }, nil
}

// readModel reads an artefact, signed by the public key in a file when one is named.
func readModel(path, key string) (*paytime.Model, string, error) {
	stored, err := os.ReadFile(path)
	if err != nil {
		return nil, "", fmt.Errorf("model: %w", err)
	}
	verify, err := verifier(key)
	if err != nil {
		return nil, "", err
	}
	model, sum, err := paytime.Decode(stored, verify)
	if err != nil {
		return nil, "", fmt.Errorf("model %s: %w", path, err)
	}
	return model, sum, nil
}

// verifier returns what checks a signature by the public key in a file, nil for no
// file.
func verifier(path string) (func(content, signature []byte) bool, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("public key: %w", err)
	}
	public, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(public) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("public key: %s does not hold 32 bytes in hexadecimal", path)
	}
	return func(content, signature []byte) bool { return ed25519.Verify(public, content, signature) }, nil
}

// A portfolioFile is read as history, unless it is priced or only goes along.
type portfolioFile struct {
	path  string
	price bool
	also  bool
}

// readPortfolio reads histories from files.
func readPortfolio(files []portfolioFile, updates string) (*backtest.Portfolio, error) {
	var sources []backtest.Source
	var later io.Reader
	open := func(path string) (io.ReadCloser, error) { return os.Open(path) }
	for _, f := range files {
		in, err := open(f.path)
		if err != nil {
			return nil, err
		}
		defer in.Close()
		sources = append(sources, backtest.Source{Name: f.path, Rows: in, Price: f.price, Also: f.also})
	}
	if updates != "" {
		in, err := open(updates)
		if err != nil {
			return nil, err
		}
		defer in.Close()
		later = in
	}
	return backtest.Read(sources, later)
}

// mostShown bounds how many refused rows are printed.
const mostShown = 20

// report says how many rows were used, and which ones were refused and why.
func report(w io.Writer, p *backtest.Portfolio) {
	used := 0
	for _, n := range p.Used {
		used += n
	}
	fmt.Fprintf(w, "%d rows used, %d refused\n", used, len(p.Refused))
	rules := map[string]int{}
	for i, refused := range p.Refused {
		rules[refused.Rule]++
		if i < mostShown {
			fmt.Fprintf(w, "  %s, %s\n", refused.Source, refused.Error())
		}
	}
	if len(p.Refused) > mostShown {
		fmt.Fprintf(w, "  and %d more\n", len(p.Refused)-mostShown)
	}
	for _, rule := range sortedKeys(rules) {
		fmt.Fprintf(w, "  %-20s %d\n", rule, rules[rule])
	}
}
