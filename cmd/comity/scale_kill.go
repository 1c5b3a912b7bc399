package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/emersion/go-smtp"
)

// dueAgain leaves some of the cases due, and the others for another day.
const dueAgain = `
UPDATE cases SET next_action_at = CASE WHEN right(id::text, 12) < lpad(to_hex(:killed), 12, '0') THEN :'now'::timestamptz - interval '1 hour' ELSE :'now'::timestamptz + interval '1 day' END
 WHERE world_id = :'world'::uuid AND status = 'open';
VACUUM ANALYZE cases;`

// leasesEnd ends what a worker that was killed held, which runs out by itself in two minutes.
const leasesEnd = `
UPDATE worlds SET runner_until = now() WHERE runner_id IS NOT NULL;
UPDATE jobs SET locked_until = now() - interval '1 second' WHERE state = 'running';`

// killedFigures are what the rows say at the end.
const killedFigures = `
SELECT (SELECT count(*) FROM cases WHERE world_id = :'world'::uuid AND next_action_at <= :'now'::timestamptz),
       (SELECT count(*) FROM jobs WHERE world_id = :'world'::uuid),
       (SELECT count(*) FROM touches WHERE claimed_at >= :'now'::timestamptz AND status = 'sent'),
       (SELECT count(*) FROM touches WHERE claimed_at >= :'now'::timestamptz AND status = 'unknown'),
       (SELECT count(*) FROM touches WHERE claimed_at >= :'now'::timestamptz AND status NOT IN ('sent', 'unknown')),
       (SELECT count(*) FROM gate_decisions WHERE at >= :'now'::timestamptz AND NOT sent),
       (SELECT count(*) FROM worlds WHERE runner_state = 'stopped')`

// A counter is a mail server that counts how often each message came.
type counter struct {
	mu    sync.Mutex
	times map[string]int
}

// counting is one mail being received.
type counting struct{ *counter }

// Mail implements smtp.Session.
func (counting) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt implements smtp.Session.
func (counting) Rcpt(string, *smtp.RcptOptions) error { return nil }

// Reset implements smtp.Session.
func (counting) Reset() {}

// Logout implements smtp.Session.
func (counting) Logout() error { return nil }

// Data implements smtp.Session.
func (c counting) Data(r io.Reader) error {
	message, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, message.Body); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.times[message.Header.Get("Message-Id")]++
	return nil
}

// kill lets workers do a day's work on some of the cases, and kills each of them with signal 9
// at some moment, until one may go on to the end. It fails when a message came twice, or when
// anything is left.
func (s *scaled) kill(ctx context.Context, c config, w io.Writer) error {
	if err := s.psql(ctx, dueAgain); err != nil {
		return err
	}
	post := &counter{times: map[string]int{}}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen for mail: %w", err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return counting{post}, nil }))
	server.Domain, server.MaxMessageBytes = "counter.invalid", maxCaughtBytes
	defer server.Close()
	go func() { _ = server.Serve(listener) }()
	c.KeysFile, c.CatcherSMTP = filepath.Join(c.DataDir, "keys.json"), listener.Addr().String()
	if _, err := makeKeys(c.KeysFile); err != nil {
		return err
	}
	begun := time.Now()
	for i := range s.kills {
		if err := s.oneWorker(ctx, c, time.Duration(300+i*737%2000)*time.Millisecond); err != nil { // each at another moment
			return err
		}
	}
	if err := s.lastWorker(ctx, c); err != nil {
		return err
	}
	return s.tellKilled(ctx, w, post, time.Since(begun))
}

// worker starts a worker of its own process.
func (s *scaled) worker(ctx context.Context, c config) (*exec.Cmd, error) {
	own, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	log, err := os.OpenFile(filepath.Join(c.DataDir, "worker.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	defer log.Close() // the worker has its own hold on it
	command := exec.CommandContext(ctx, own, "worker")
	command.Stdout, command.Stderr = log, log
	command.Env = append(strangers(), "DATABASE_URL="+c.DatabaseURL, "COMITY_DATA="+c.DataDir, "COMITY_KEYS="+c.KeysFile, "COMITY_CATCHER_SMTP="+c.CatcherSMTP, "COMITY_DB_NAMED=true")
	return command, command.Start()
}

// oneWorker lets a worker work for a while, and kills it.
func (s *scaled) oneWorker(ctx context.Context, c config, lives time.Duration) error {
	command, err := s.worker(ctx, c)
	if err != nil {
		return fmt.Errorf("start a worker: %w", err)
	}
	pause(ctx, lives)
	if err := command.Process.Signal(syscall.SIGKILL); err != nil {
		return fmt.Errorf("kill worker: %w, see %s", err, filepath.Join(c.DataDir, "worker.log"))
	}
	_ = command.Wait() // it was killed
	return s.psql(ctx, leasesEnd)
}

const mostToEnd = 20 * time.Minute // that the last worker may take

// lastWorker lets a worker go on until nothing is left to be done.
func (s *scaled) lastWorker(ctx context.Context, c config) error {
	command, err := s.worker(ctx, c)
	if err != nil {
		return fmt.Errorf("start a worker: %w", err)
	}
	defer func() {
		_ = command.Process.Signal(syscall.SIGTERM) // it may have ended by itself
		_ = command.Wait()
	}()
	for begun := time.Now(); ctx.Err() == nil && time.Since(begun) < mostToEnd; pause(ctx, 500*time.Millisecond) {
		figures, err := s.figures(ctx)
		if err != nil || figures[0]+figures[1] == 0 || figures[6] > 0 {
			return err
		}
	}
	return errors.Join(errors.New("the last worker did not come to the end"), ctx.Err())
}

func (s *scaled) figures(ctx context.Context) (figures [7]int, err error) {
	answer, err := s.ask(ctx, killedFigures)
	if err != nil {
		return figures, err
	}
	for i, text := range strings.Split(strings.TrimSpace(string(answer)), "|") {
		if _, err := fmt.Sscan(text, &figures[i]); err != nil {
			return figures, fmt.Errorf("read figures %q: %w", answer, err)
		}
	}
	return figures, nil
}

func (s *scaled) tellKilled(ctx context.Context, w io.Writer, post *counter, took time.Duration) error {
	f, err := s.figures(ctx)
	if err != nil {
		return err
	}
	came, twice := len(post.times), 0
	for _, times := range post.times {
		if times > 1 {
			twice++
		}
	}
	fmt.Fprintf(w, "\n%d workers were killed (signal 9) on their way through %d cases, and one went on to the end, in %s:\n", s.kills, s.killed, took.Round(time.Second))
	fmt.Fprintf(w, "  %6d messages came, %d of them twice\n  %6d are sent, %d unknown (a person's task), %d in any other state\n  %6d refusals of the gate\n  %6d cases are due still, %d jobs are left\n",
		came, twice, f[2], f[3], f[4], f[5], f[0], f[1])
	if twice > 0 || f[0]+f[1]+f[4]+f[6] > 0 || came > f[2]+f[3] || came < f[2] {
		return errors.New("a message came twice, or something is left")
	}
	return nil
}
