package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"comity/domain"
	"comity/repository"
)

// byPgbench runs the statements of a lane so often for each client, under the
// application's role, on as many fresh invoices.
func (b *benchmark) byPgbench(ctx context.Context, w *benchWorld, l lane, mode string, times int) (run, error) {
	first, err := w.copies(ctx, times*b.clients, l.offered)
	if err != nil {
		return run{}, err
	}
	dir, err := os.MkdirTemp(b.config.DataDir, "pgbench-")
	if err != nil {
		return run{}, fmt.Errorf("make a folder for pgbench: %w", err)
	}
	defer os.RemoveAll(dir)
	script := filepath.Join(dir, l.name+".sql")
	if err := os.WriteFile(script, []byte(w.script(l)), 0o600); err != nil {
		return run{}, fmt.Errorf("write script: %w", err)
	}
	define := func(name string, value int) []string { return []string{"-D", fmt.Sprintf("%s=%d", name, value)} }
	args := slices.Concat(
		[]string{"-n", "-M", mode, "-f", script, "-t", strconv.Itoa(times), "-c", strconv.Itoa(b.clients), "-j", "2", "-l", "--log-prefix=took"},
		define("first", first), define("i", 0), define("clients", b.clients), define("relationships", pairsOfSeller), []string{b.config.DatabaseURL})
	command := exec.CommandContext(ctx, filepath.Join(w.tools, "pgbench"), args...)
	var said, failed bytes.Buffer
	command.Dir, command.Stdout, command.Stderr = dir, &said, &failed
	if err := command.Run(); err != nil {
		return run{}, fmt.Errorf("pgbench: %w\n%.2000s", err, failed.Bytes())
	}
	return tookOf(dir, said.String())
}

var pgbenchRate = regexp.MustCompile(`(?m)^tps = (\d+)`)

// tookOf reads pgbench's log of every transaction (the third word of a line is
// microseconds) and its own count of them per second.
func tookOf(dir, said string) (run, error) {
	logs, err := filepath.Glob(filepath.Join(dir, "took*"))
	if err != nil {
		return run{}, err
	}
	var all run
	for _, name := range logs {
		text, err := os.ReadFile(name)
		if err != nil {
			return run{}, fmt.Errorf("read pgbench's log: %w", err)
		}
		for line := range strings.Lines(string(text)) {
			words := strings.Fields(line)
			if len(words) < 3 {
				return run{}, fmt.Errorf("pgbench's log has the line %q", line)
			}
			micros, err := strconv.ParseInt(words[2], 10, 64)
			if err != nil {
				return run{}, fmt.Errorf("pgbench's log: %w", err)
			}
			all.took = append(all.took, time.Duration(micros)*time.Microsecond)
		}
	}
	slices.Sort(all.took)
	rate := pgbenchRate.FindStringSubmatch(said)
	if rate == nil || len(all.took) == 0 {
		return run{}, errors.New("pgbench said nothing about its speed")
	}
	if all.rate, err = strconv.ParseInt(rate[1], 10, 64); err != nil {
		return run{}, err
	}
	all.elapsed = time.Duration(len(all.took)) * time.Second / time.Duration(max(all.rate, 1))
	return all, nil
}

// script writes what one request of a lane sends, as a script of pgbench. Every
// id is made of the transaction's number, as v7 ids are: in rising order.
func (w *benchWorld) script(l lane) string {
	hot, s := repository.HotStatements(), w.values()
	var out strings.Builder
	out.WriteString(`\set n :first + :i * :clients + :client_id
\set pair (:n % :clients) * :relationships + (:n / :clients) % :relationships
\set who :client_id + 1
\set i :i + 1
`)
	put := func(name string, args ...string) { out.WriteString(strings.TrimSpace(bound(hot[name], args)) + ";\n") }
	put("authenticate", s.user, s.seller)
	out.WriteString("BEGIN;\n")
	route, invoice := "POST /v1/offers/' || chr(58) || 'id/accept", s.made("7001") // a colon would begin a variable
	if !l.offered {
		route = "POST /v1/invoices/' || chr(58) || 'id/submit"
	}
	put("enter", "'market'", s.seller, s.user, "NULL", s.seller, "'"+route+"'", s.key, bytea(make([]byte, 32)))
	if l.offered {
		put("load_acceptance", s.made("7003"), s.seller)
		put("save_acceptance", w.saleArgs(s)...)
		put("insert_journals", w.journalArgs(s)...)
		put("insert_trail", s.trail("offer.accepted", "deal", s.made("7011"), true)...)
		put("keep", s.seller, "'"+route+"'", s.key, "201", bytea(w.facts.AcceptAnswer), "'/v1/deals/' || "+s.made("7011"))
	} else {
		put("load_submission", invoice, s.seller, s.world, s.now)
		put("save_submission", invoice, "'offered'", "2", s.made("7002"), s.seller, quoted(w.facts.Model), "'offer'", bytea(w.facts.Inputs), bytea(w.facts.Result),
			s.now, quoted(w.facts.Currency), array(s.made("7003")), array(s.factor), array(uid(w.facts.Mandate)), array(bytea(w.facts.Terms)),
			array(strconv.FormatInt(w.facts.TermsNow, 10)), array(instant(w.facts.Expires)),
			"''", "''", "0", "0", "0", "NULL", "0", array("'open'"), array("''"), array(notStated))
		put("insert_trail", s.trail("invoice.submitted", "invoice", invoice, false)...)
		put("keep", s.seller, "'"+route+"'", s.key, "200", bytea(w.facts.SubmitAnswer), "NULL")
	}
	out.WriteString("COMMIT;\n")
	return out.String()
}

// notStated is the ground of an assignment of which nobody said anything.
const notStated = `'{"ground":"not_stated"}'`

// saleArgs are the parameters of save_acceptance.
func (w *benchWorld) saleArgs(s values) []string {
	f := w.facts
	return []string{
		s.made("7003"), s.made("7001"), "'sold'", "3", s.pair("7102"), s.world, s.factor, s.seller, s.pair("7101"), s.pair("7100"), s.now, s.now,
		s.made("7011"), uid(f.Mandate), quoted(f.Currency), "'B-' || :n::bigint", quoted(f.Due), whole(f.Basis), whole(f.Advance), whole(f.Reserve),
		whole(f.Origination), whole(f.Wire), strconv.Itoa(f.FirstDays), quoted(f.FirstRate), strconv.Itoa(f.StepDays), quoted(f.StepRate),
		strconv.Itoa(f.RecourseDays), strconv.Itoa(f.RebateHold), "'RF' || :n::bigint", quoted(f.NoticeCode), uid(f.Operating), uid(f.Collection),
		s.payout, "'Buyer ' || :pair::bigint", "0", "0", "0", notStated, strconv.Itoa(f.Instalments), strconv.Itoa(f.EnvelopeDays), quoted(string(domain.Notified)), array(quotedAll(domain.Notified.Conditions())...), quoted(""),
	}
}

// journalArgs are the parameters of insert_journals: the journals of the sale
// that was made by hand.
func (w *benchWorld) journalArgs(s values) []string {
	columns := make([][]string, 11)
	var of, lines, accounts, minors []string
	for i, j := range w.facts.Journals {
		id := s.made(fmt.Sprintf("702%d", i))
		for at, value := range []string{
			id, s.factor, s.seller, s.pair("7101"), s.made("7011"), quoted(j.Kind), quoted(w.facts.Currency), quoted(j.Effective),
			"'deal'", s.made("7011"), s.none,
		} {
			columns[at] = append(columns[at], value)
		}
		for n, p := range j.Postings {
			of, lines = append(of, id), append(lines, strconv.Itoa(n+1))
			accounts, minors = append(accounts, quoted(p.Account)), append(minors, whole(p.Minor))
		}
	}
	var args []string
	for _, column := range columns {
		args = append(args, array(column...))
	}
	return append(args, s.now, array(of...), array(lines...), array(accounts...), array(minors...), s.none)
}

// values are SQL expressions that are what the parameters of a request are.
type values struct {
	run                             string
	seller, user, payout            string // of the client
	world, factor, now, none, key   string
	submittedJob, said, acceptedSay string
}

func (w *benchWorld) values() values {
	chosen := func(ids []string) string { return fmt.Sprintf("('{%s}'::uuid[])[:who::int]", strings.Join(ids, ",")) }
	var users, payouts []string
	for i := range w.facts.Users {
		users, payouts = append(users, w.facts.Users[i].String()), append(payouts, w.facts.Payouts[i].String())
	}
	s := values{
		run: w.run, seller: chosen(w.orgs), user: chosen(users), payout: chosen(payouts), world: uid(w.facts.World), factor: uid(w.facts.Factor),
		now: quoted(benchNow) + "::timestamptz", none: uid(domain.OrganizationID{}.UUID), submittedJob: quoted(string(domain.JobMailParty)),
		said:        quoted("Invoice B-100000 has an offer of 847.50 EUR now."),
		acceptedSay: quoted("Invoice B-100000 was sold to Load Factors. 847.50 EUR now, up to 150.00 EUR later. The money leaves when every condition is met."),
	}
	s.key = s.made("7012") + "::text"
	return s
}

// made is the id of one kind with the transaction's number.
func (s values) made(kind string) string { return s.numbered(kind, ":n") }

// pair is the id of one kind with the number of the seller's debtor.
func (s values) pair(kind string) string { return s.numbered(kind, ":pair") }

func (s values) numbered(kind, number string) string {
	return fmt.Sprintf("('%s-%s-8000-' || lpad(to_hex(%s::bigint), 12, '0'))::uuid", s.run, kind, number)
}

// trail are the parameters of insert_trail: one audit row, one event and, after
// a submission, one job.
func (s values) trail(action, kind, subject string, sale bool) []string {
	digest, factor, deal, kase, said := bytea(make([]byte, 32)), s.none, s.none, s.none, s.said
	worlds, kinds, refs := array(s.world), array(s.submittedJob), array(s.made("7014"))
	if sale {
		factor, deal, kase, said = s.factor, s.made("7011"), s.pair("7102"), s.acceptedSay
		worlds, kinds, refs = "'{}'", "'{}'", "'{}'"
	}
	return []string{
		array(s.made("7013")), array(s.world), array(s.seller), array(s.user), array(quoted(action)), array(quoted(kind)), array(subject), array(digest), array(s.now),
		array(s.made("7014")), array(s.world), array(quoted(action)), array(factor), array(s.seller), array(s.made("7001")), array(deal), array(kase), array(said),
		worlds, kinds, refs, s.none, array(s.now), array(s.none),
	}
}

var parameter = regexp.MustCompile(`\$\d+`)

// bound puts expressions in the place of a statement's parameters.
func bound(statement string, args []string) string {
	return parameter.ReplaceAllStringFunc(statement, func(name string) string {
		n, err := strconv.Atoi(name[1:])
		if err != nil || n > len(args) {
			return name // PostgreSQL will say that it is not given
		}
		return "(" + args[n-1] + ")"
	})
}

func array(elements ...string) string { return "ARRAY[" + strings.Join(elements, ", ") + "]" }

func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func quotedAll(texts []string) []string {
	all := make([]string, len(texts))
	for i, text := range texts {
		all[i] = quoted(text)
	}
	return all
}

func bytea(bytes []byte) string { return fmt.Sprintf(`'\x%x'::bytea`, bytes) }

func uid(id fmt.Stringer) string { return "'" + id.String() + "'::uuid" }

func whole(n int64) string { return strconv.FormatInt(n, 10) }

func instant(at time.Time) string { return quoted(at.UTC().Format(time.RFC3339)) + "::timestamptz" }
