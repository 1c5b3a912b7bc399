package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A program is a comity of its own that the benchmark starts and ends.
type program struct {
	*client
	command *exec.Cmd
	ended   chan error
	serving time.Duration // from start to /readyz
}

// startProgram starts `comity verb` on free loopback ports and waits until it
// is ready. What it says goes to a log in the data folder.
func startProgram(ctx context.Context, c config, verb string, clients int) (*program, error) {
	ports, err := freePorts(ctx, 4)
	if err != nil {
		return nil, err
	}
	own, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	log, err := os.OpenFile(filepath.Join(c.DataDir, "bench.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	defer log.Close() // the program has its own hold on it
	p := &program{client: newClient("http://"+ports[0], "http://"+ports[3]), command: exec.CommandContext(ctx, own, verb), ended: make(chan error, 1)}
	p.http = keptAlive(clients)
	p.command.Cancel = func() error { return p.command.Process.Signal(syscall.SIGTERM) }
	p.command.WaitDelay = patience
	p.command.Stdout, p.command.Stderr = log, log
	p.command.Env = append(strangers(), "COMITY_DB_NAMED="+cmp.Or(os.Getenv("COMITY_DB_NAMED"), "false"), "COMITY_DATA="+c.DataDir, "COMITY_LISTEN="+ports[0], "COMITY_METRICS="+ports[1],
		"COMITY_CATCHER_SMTP="+ports[2], "COMITY_CATCHER_HTTP="+ports[3], "COMITY_KEYS="+filepath.Join(c.DataDir, "keys.json"),
		"COMITY_DB_CONNS="+strconv.Itoa(c.MaxConns))
	if verb != "run" {
		p.command.Env = append(p.command.Env, "DATABASE_URL="+c.DatabaseURL)
	}
	begun := time.Now()
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("start comity %s: %w", verb, err)
	}
	go func() { p.ended <- p.command.Wait() }()
	err = eventually(ctx, "the server serves", func() (bool, error) {
		select {
		case err := <-p.ended:
			p.ended <- err
			return false, fmt.Errorf("comity %s ended, see %s: %w", verb, log.Name(), errors.Join(err, errEnded))
		default:
			return p.get(ctx, "/readyz", nil) == nil, nil
		}
	})
	p.serving = time.Since(begun)
	if err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

var errEnded = errors.New("it did not stay")

// patience is how long a program may take to end before it is killed.
const patience = 30 * time.Second

// stop ends the program, by its process id, and waits for it.
func (p *program) stop() {
	_ = p.command.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-p.ended: //nolint:errcheck // how it ended tells nothing here
	case <-timer.C:
		_ = p.command.Process.Kill()
		<-p.ended //nolint:errcheck // it was killed
	}
}

// strangers is the environment without variables that say how Comity runs.
func strangers() []string {
	var kept []string
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "COMITY_") && !strings.HasPrefix(entry, "DATABASE_URL=") && !strings.HasPrefix(entry, "MIGRATE_DATABASE_URL=") {
			kept = append(kept, entry)
		}
	}
	return kept
}

// freePorts returns loopback addresses on which nobody listens now.
func freePorts(ctx context.Context, n int) ([]string, error) {
	var addresses []string
	for range n {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		defer listener.Close() // all at once, so that none comes twice
		addresses = append(addresses, listener.Addr().String())
	}
	return addresses, nil
}

// kilobytes reads a line such as VmHWM of a file such as /proc/PID/status.
func kilobytes(pid int, file, line string) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
	if err != nil {
		return 0, fmt.Errorf("read memory: %w", err)
	}
	for row := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(row, line+":"); ok {
			return strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
		}
	}
	return 0, fmt.Errorf("process %d has no %s", pid, line)
}

func (p *program) pid() int { return p.command.Process.Pid }

// forgetPeak makes the kernel count the process's peak memory from now on.
func (p *program) forgetPeak() error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.pid()), []byte("5"), 0o600)
}

// cpu returns the processor time that the process has used.
func (p *program) cpu() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid()))
	if err != nil {
		return 0, fmt.Errorf("read processor time: %w", err)
	}
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	const user, system = 11, 12 // proc(5): fields 14 and 15
	if len(fields) <= system {
		return 0, errors.New("the kernel's line about the process is short")
	}
	inUser, err := strconv.ParseInt(fields[user], 10, 64)
	inSystem, err2 := strconv.ParseInt(fields[system], 10, 64)
	const tick = 10 * time.Millisecond // 100 a second on every Linux of ours
	return time.Duration(inUser+inSystem) * tick, errors.Join(err, err2)
}

// shares returns the memory of the processes below the program, shared pages
// divided among those that share them: its PostgreSQL.
func (p *program) shares() (int64, error) {
	parents := map[int]int{}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it ended meanwhile
		}
		_, after, _ := strings.Cut(string(text), ") ")
		if fields := strings.Fields(after); len(fields) > 1 {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name))) // digits, by the pattern
			parents[pid], _ = strconv.Atoi(fields[1])                 // digits, by proc(5)
		}
	}
	var sum int64
	for pid := range parents {
		above := parents[pid]
		for above > 1 && above != p.pid() {
			above = parents[above]
		}
		if above == p.pid() {
			share, err := kilobytes(pid, "smaps_rollup", "Pss")
			if err != nil {
				continue // it ended meanwhile
			}
			sum += share
		}
	}
	return sum, nil
}
