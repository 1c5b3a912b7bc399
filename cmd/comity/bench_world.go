package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"comity/domain"
)

var (
	//go:embed bench/pairs.sql
	pairsSQL string
	//go:embed bench/copies.sql
	copiesSQL string
	//go:embed bench/facts.sql
	factsSQL string
)

// benchNow is the time in the benchmark's world, which stands still.
const benchNow = "2026-03-02T09:00:00Z"

// pairsOfSeller is how many debtors each seller under load has.
const pairsOfSeller = 8

// A benchWorld is a sandbox with a factor that buys everything, sellers that
// submit and accept at once, and as many invoices as a run uses up.
type benchWorld struct {
	*story
	run     string // the first 12 digits of the ids of this run
	tools   string // where psql and pgbench are
	owner   string // the owner's address
	orgs    []string
	clients []*client
	sold    string // the invoice that was sold by hand: what is copied
	facts   benchFacts
	next    int // the number of the next copy
}

// makeWorld makes the sandbox and the factor, over HTTP.
func (b *benchmark) makeWorld(ctx context.Context, outside *client) (*benchWorld, error) {
	operator, err := operatorLogin(b.config)
	if err != nil {
		return nil, err
	}
	s := &story{client: outside, platform: outside.as(operator.Email, operator.Password), mark: secret(3), sellers: map[string]*trader{}}
	var box struct {
		ID   string `json:"id"`
		Code string `json:"join_code"`
	}
	if err := s.platform.post(ctx, "/v1/sandboxes", map[string]any{"name": "bench " + s.mark, "starts_at": benchNow}, &box); err != nil {
		return nil, err
	}
	s.world, s.code = box.ID, box.Code
	stamp := fmt.Sprintf("%012x", time.Now().UnixMilli())
	w := &benchWorld{story: s, run: stamp[:8] + "-" + stamp[8:]}
	if w.factor, err = s.signUp(ctx, "factor", "Load Factors", "DE", nil); err != nil {
		return nil, err
	}
	accounts := map[string]string{}
	for i, purpose := range []string{"operating", "collection"} {
		if accounts[purpose], err = w.account(ctx, w.factor, purpose, i+1); err != nil {
			return nil, err
		}
	}
	return w, s.mandate(ctx, "EUR", accounts)
}

// account opens a bank account and returns its id.
func (w *benchWorld) account(ctx context.Context, of *client, purpose string, n int) (string, error) {
	number, err := testIBAN(n)
	if err != nil {
		return "", err
	}
	var made struct {
		ID string `json:"id"`
	}
	err = of.post(ctx, "/v1/bank-accounts", map[string]any{"purpose": purpose, "currency": "EUR", "holder": "Load", "iban": number.IBAN()}, &made)
	return made.ID, err
}

// seller signs a seller up.
func (w *benchWorld) seller(ctx context.Context) (*client, error) {
	n := len(w.sellers)
	name := fmt.Sprintf("Seller %d", n)
	made, err := w.signUp(ctx, "seller", name, "DE", []string{fmt.Sprintf("DE%09d", 800_000_000+n)})
	w.sellers[name] = &trader{client: made, name: name}
	return made, err
}

// prepare makes the sellers under load with their debtors and histories, sells
// one invoice by hand, and reads what that sale looks like in the database.
func (w *benchWorld) prepare(ctx context.Context, b *benchmark) error {
	w.owner = b.config.MigrateURL
	pgbench, err := postgresTool("pgbench")
	if err != nil {
		return err
	}
	w.tools = filepath.Dir(pgbench)
	for n := range b.clients {
		c, err := w.seller(ctx)
		if err != nil {
			return err
		}
		if _, err := w.account(ctx, c, "payout", 100+n); err != nil {
			return err
		}
		var me struct {
			Organization struct {
				ID string `json:"id"`
			} `json:"organization"`
		}
		if err := c.get(ctx, "/v1/me", &me); err != nil {
			return err
		}
		w.clients, w.orgs = append(w.clients, c), append(w.orgs, bare(me.Organization.ID))
	}
	var factor struct {
		Organization struct {
			ID string `json:"id"`
		} `json:"organization"`
	}
	if err := w.factor.get(ctx, "/v1/me", &factor); err != nil {
		return err
	}
	if _, err := w.psql(ctx, pairsSQL, "factor="+bare(factor.Organization.ID), fmt.Sprintf("relationships=%d", pairsOfSeller)); err != nil {
		return err
	}
	return w.sellOne(ctx)
}

// sellOne hands in, submits and sells the invoice that is copied.
func (w *benchWorld) sellOne(ctx context.Context) error {
	var inv struct {
		ID string `json:"id"`
	}
	body := map[string]any{
		"relationship_id": domain.RelationshipID{UUID: w.id("7100", 0)}.String(), "number": "B-0", "issue_date": "2026-02-20", "due_date": "2026-04-01",
		"payable": map[string]any{"amount": "1000.00", "currency": "EUR"}, "order_reference": "PO 4471", "summary": "4,000 × Menu A4, 600 × Room directory",
	}
	seller := w.clients[0]
	if err := seller.post(ctx, "/v1/invoices", body, &inv); err != nil {
		return err
	}
	w.sold = bare(inv.ID)
	var submitted struct {
		Offers []struct {
			ID string `json:"id"`
		} `json:"offers"`
	}
	if err := seller.post(ctx, "/v1/invoices/"+inv.ID+"/submit", nil, &submitted); err != nil {
		return err
	}
	if len(submitted.Offers) != 1 {
		return fmt.Errorf("the invoice got %d offers", len(submitted.Offers))
	}
	if err := seller.post(ctx, "/v1/offers/"+submitted.Offers[0].ID+"/accept", nil, nil); err != nil {
		return err
	}
	answer, err := w.psql(ctx, factsSQL)
	if err != nil {
		return err
	}
	w.next = len(w.clients)
	return json.Unmarshal(answer, &w.facts)
}

// copies makes count invoices, a whole number for each client, and returns the
// number of the first. An offered one has an open offer.
func (w *benchWorld) copies(ctx context.Context, count int, offered bool) (int, error) {
	first := w.next
	w.next += count
	_, err := w.psql(ctx, copiesSQL, fmt.Sprintf("first=%d", first), fmt.Sprintf("count=%d", count), fmt.Sprintf("offered=%t", offered),
		fmt.Sprintf("clients=%d", len(w.clients)), fmt.Sprintf("relationships=%d", pairsOfSeller))
	return first, err
}

// id is the id that copies.sql and the scripts of pgbench make of a number.
func (w *benchWorld) id(kind string, n int) uuid.UUID {
	return uuid.MustParse(fmt.Sprintf("%s-%s-8000-%012x", w.run, kind, n))
}

// bare returns the uuid of an id as the API writes it.
func bare(id string) string {
	_, digits, _ := strings.Cut(id, "_")
	return digits
}

// psql runs statements as the owner and returns what they answer.
func (w *benchWorld) psql(ctx context.Context, text string, variables ...string) ([]byte, error) {
	return psql(ctx, w.owner, text, append([]string{"run=" + w.run, "now=" + benchNow, "world=" + bare(w.world), "template=" + w.sold, "sellers={" + strings.Join(w.orgs, ",") + "}"}, variables...)...)
}

// psql runs statements on a database, with variables such as name=value, and returns what they
// answer.
func psql(ctx context.Context, database, text string, variables ...string) ([]byte, error) {
	program, err := postgresTool("psql")
	if err != nil {
		return nil, err
	}
	args := []string{"-X", "-q", "-A", "-t", "-d", database, "-f", "-", "-v", "ON_ERROR_STOP=1"}
	for _, variable := range variables {
		args = append(args, "-v", variable)
	}
	command := exec.CommandContext(ctx, program, args...)
	var said bytes.Buffer
	command.Stdin, command.Stderr = strings.NewReader(text), &said
	answer, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("psql: %w\n%s", err, said.Bytes())
	}
	return answer, nil
}

// postgresTool finds a program of the newest PostgreSQL there is.
func postgresTool(name string) (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if path, missing := exec.LookPath(name); missing == nil {
		found = append(found, path)
	}
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("there is no %s: apt-get install postgresql", name)
	}
	return found[len(found)-1], nil
}

// benchFacts is the sale by hand, as facts.sql answers it.
type benchFacts struct {
	World        uuid.UUID   `json:"world"`
	Factor       uuid.UUID   `json:"factor"`
	Mandate      uuid.UUID   `json:"mandate"`
	Operating    uuid.UUID   `json:"operating"`
	Collection   uuid.UUID   `json:"collection"`
	Users        []uuid.UUID `json:"users"`
	Payouts      []uuid.UUID `json:"payouts"`
	Currency     string      `json:"currency"`
	Due          string      `json:"due"`
	Basis        int64       `json:"basis"`
	Advance      int64       `json:"advance"`
	Reserve      int64       `json:"reserve"`
	Origination  int64       `json:"origination"`
	Wire         int64       `json:"wire"`
	FirstDays    int         `json:"first_days"`
	FirstRate    string      `json:"first_rate"`
	StepDays     int         `json:"step_days"`
	StepRate     string      `json:"step_rate"`
	RecourseDays int         `json:"recourse_days"`
	RebateHold   int         `json:"rebate_hold"`
	Instalments  int         `json:"envelope_instalments"`
	EnvelopeDays int         `json:"envelope_days"`
	NoticeCode   string      `json:"notice_code"`
	Model        string      `json:"model"`
	Inputs       hexBytes    `json:"inputs"`
	Result       hexBytes    `json:"result"`
	Terms        hexBytes    `json:"terms"`
	TermsNow     int64       `json:"terms_now"`
	Expires      time.Time   `json:"expires"`
	SubmitAnswer hexBytes    `json:"submit_answer"`
	AcceptAnswer hexBytes    `json:"accept_answer"`
	Journals     []struct {
		Kind      string `json:"kind"`
		Effective string `json:"effective"`
		Postings  []struct {
			Account string `json:"account"`
			Minor   int64  `json:"minor"`
		} `json:"postings"`
	} `json:"journals"`
}

// hexBytes are bytes that the database writes in hexadecimal.
type hexBytes []byte

// UnmarshalText implements encoding.TextUnmarshaler.
func (h *hexBytes) UnmarshalText(text []byte) error {
	decoded, err := hex.DecodeString(string(text))
	*h = decoded
	return err
}
