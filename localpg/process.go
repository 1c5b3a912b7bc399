package localpg

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A launcher is all that it takes to start the server.
type launcher struct {
	home     home
	tools    tools
	account  *account
	settings map[string]string // further ones
	log      string
	say      func(format string, args ...any)
}

// A process is the running server.
type process struct {
	command *exec.Cmd
	ended   chan struct{} // closed when the server has ended
	how     error         // how it ended, once it has
}

// start starts the server for s and waits until it takes connections. Backends of
// a killed server may hold its shared memory for a moment; then it tries again.
func (l launcher) start(ctx context.Context, s *Server) (*process, error) {
	const tries = 25
	for try := 1; ; try++ {
		p, from, err := l.launch(s.SocketDir)
		if err != nil {
			return nil, err
		}
		if err = p.ready(ctx, s, l.say); err == nil {
			return p, nil
		}
		said := tail(l.log, from)
		_ = p.stop() // why it did not start is what counts
		if try == tries || !strings.Contains(said, "is still in use") {
			return nil, fmt.Errorf("%w\n%s", err, said)
		}
		if err := wait(ctx, retryAfter); err != nil {
			return nil, err
		}
	}
}

// launch starts the server process, which writes to the log from a position on.
func (l launcher) launch(socket string) (p *process, from int64, err error) {
	log, err := os.OpenFile(l.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, 0, fmt.Errorf("open the server's log: %w", err)
	}
	defer func() { _ = log.Close() }() // the server has its own hold on it
	if from, err = log.Seek(0, io.SeekEnd); err != nil {
		return nil, 0, fmt.Errorf("open the server's log: %w", err)
	}
	command := exec.Command(l.tools.path("postgres"), l.arguments(socket)...) //nolint:noctx // it outlives ctx and is ended by Stop
	command.Dir, command.Env, command.Stdout, command.Stderr = "/", environment(), log, log
	command.SysProcAttr = l.account.attributes(true)
	p = &process{command: command, ended: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The kernel ends the server when the thread that started it ends. Go
		// ends threads at will, so this one is kept until the server is gone.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		started <- err
		if err == nil {
			p.how = command.Wait()
			close(p.ended)
		}
	}()
	return p, from, <-started
}

// arguments returns the server's arguments; a further setting beats ours.
func (l launcher) arguments(socket string) []string {
	all := maps.Clone(settings)
	maps.Copy(all, l.settings)
	arguments := []string{"-D", l.home.cluster(), "-k", socket}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		arguments = append(arguments, "-c", name+"="+all[name])
	}
	return arguments
}

// ready waits until the server takes connections; it may have to recover first.
func (p *process) ready(ctx context.Context, s *Server, say func(string, ...any)) error {
	const sayEvery = 500 // looks, ten seconds
	for look := 1; ; look++ {
		select {
		case <-p.ended:
			return fmt.Errorf("the server stopped while it was starting: %w", p.how)
		default:
		}
		if s.ping(ctx) == nil {
			return nil
		}
		if look%sayEvery == 0 {
			say("PostgreSQL is still starting (after a crash it first repeats what its log holds)")
		}
		if err := wait(ctx, pause); err != nil {
			return fmt.Errorf("wait for the server: %w", err)
		}
	}
}

// stop asks the server to close connections and write everything; if that takes
// too long, to end at once, which loses nothing that was committed.
func (p *process) stop() error {
	steps := []struct {
		signal   syscall.Signal
		patience time.Duration
	}{{syscall.SIGINT, 20 * time.Second}, {syscall.SIGQUIT, 10 * time.Second}, {syscall.SIGKILL, 10 * time.Second}}
	for _, step := range steps {
		_ = p.command.Process.Signal(step.signal) // it may have ended by itself
		timer := time.NewTimer(step.patience)
		select {
		case <-p.ended:
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
	return fmt.Errorf("PostgreSQL (process %d) does not end", p.command.Process.Pid)
}
