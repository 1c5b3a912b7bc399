// Package localpg runs a private PostgreSQL for a Comity that was given no
// DATABASE_URL: a server of its own on data of its own, reached by a unix socket
// only, started and stopped with the program. Data is kept; nothing is ever
// deleted that this package did not make and could not use.
//
// Inside the data directory lie
//
//	owner.lock    held by the process that runs the server; it names the socket
//	data          the PostgreSQL cluster
//	postgres.log  what the server says
package localpg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	_ "github.com/lib/pq" // the driver that pings the server
)

// Options say where a private PostgreSQL lives. Only DataDir is required.
type Options struct {
	DataDir  string            // made when missing; must be empty or made by Start
	BinDir   string            // where initdb and postgres are; "" looks in the usual places, and may install them
	LogFile  string            // "" is postgres.log in DataDir
	Settings map[string]string // further server settings, such as fsync=off for tests
	Say      func(format string, args ...any)
}

// A Server is a running private PostgreSQL.
type Server struct {
	SocketDir string // where its unix socket is
	Owner     bool   // false when another process of ours runs it, and we share it

	process *process
	lock    *os.File
	stop    sync.Once
	stopped error
}

// settings make a commit mean that the data is on disk, and keep the server private.
var settings = map[string]string{
	"port":                    "5432", // names the socket; nothing listens on it
	"listen_addresses":        "",
	"unix_socket_permissions": "0700",
	"fsync":                   "on",
	"full_page_writes":        "on",
	"synchronous_commit":      "on",
	"shared_buffers":          "128MB",
	"max_connections":         "100",
	"timezone":                "UTC",
	"log_timezone":            "UTC",
}

// pause is how long to wait before looking again whether something has happened.
const pause = 20 * time.Millisecond

// Start returns the private PostgreSQL on o.DataDir, ready for connections: the
// one that another process of ours runs there, or else one that this process
// starts and must [Server.Stop]. As root the server runs as the account postgres
// (or nobody), because PostgreSQL refuses root. Start waits as long as ctx allows.
//
// It refuses with a sentence when no binaries are found and cannot be installed
// ([ErrNoBinaries]), when the data was made by another major version or another
// account, when DataDir holds something else, and when the server's account
// cannot reach it.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Say == nil {
		o.Say = func(string, ...any) {}
	}
	home, err := inspect(o.DataDir)
	if err != nil {
		return nil, err
	}
	tools, err := findTools(ctx, o, home.version())
	if err != nil {
		return nil, err
	}
	account, err := serverAccount(home)
	if err != nil {
		return nil, err
	}
	if err := home.prepare(ctx, account); err != nil {
		return nil, err
	}
	server, err := acquire(ctx, home, o.Say)
	if err != nil || !server.Owner {
		return server, err
	}
	l := launcher{home: home, tools: tools, account: account, settings: o.Settings, log: o.LogFile, say: o.Say}
	if l.log == "" {
		l.log = filepath.Join(home.dir, "postgres.log")
	}
	if err := server.run(ctx, l); err != nil {
		_ = server.Stop() // the first error is the one to tell
		return nil, fmt.Errorf("start PostgreSQL on %s: %w", home.dir, err)
	}
	o.Say("PostgreSQL %s runs privately on %s (socket in %s); the data stays there", tools.major, home.dir, server.SocketDir)
	return server, nil
}

// acquire becomes the owner of the data directory, or shares the server of the
// process that is. If that process ends meanwhile, this one takes its place.
func acquire(ctx context.Context, home home, say func(string, ...any)) (*Server, error) {
	lock, err := os.OpenFile(home.lockFile(), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock %s, which may have been made by another account: %w", home.dir, err)
	}
	for waited := false; ; waited = true {
		err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return &Server{Owner: true, lock: lock}, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			_ = lock.Close() // nothing was written to it
			return nil, fmt.Errorf("lock %s: %w", home.dir, err)
		}
		named, err := os.ReadFile(home.lockFile())
		if socket := strings.TrimSpace(string(named)); err == nil && socket != "" {
			shared := &Server{SocketDir: socket}
			if shared.ping(ctx) == nil {
				say("PostgreSQL on %s is run by another process; sharing it (socket in %s)", home.dir, socket)
				return shared, lock.Close()
			}
		}
		if !waited {
			say("another process is starting PostgreSQL on %s; waiting for it", home.dir)
		}
		if err := wait(ctx, pause); err != nil {
			_ = lock.Close() // nothing was written to it
			return nil, fmt.Errorf("wait for PostgreSQL on %s: %w", home.dir, err)
		}
	}
}

// run makes the cluster if there is none and starts the server on it.
func (s *Server) run(ctx context.Context, l launcher) (err error) {
	if s.SocketDir, err = socketDir(l.home.dir, l.account); err != nil {
		return err
	}
	if err := s.lock.Truncate(0); err != nil { // what the last owner wrote
		return fmt.Errorf("name the socket: %w", err)
	}
	if err := l.home.waitForOldServer(ctx, s.SocketDir, l.say); err != nil {
		return err
	}
	if l.home.version() == "" {
		l.say("making a PostgreSQL %s cluster in %s", l.tools.major, l.home.cluster())
		if err := l.home.initialize(ctx, l.tools, l.account); err != nil {
			return err
		}
	}
	if s.process, err = l.start(ctx, s); err != nil {
		return err
	}
	if _, err := s.lock.WriteAt([]byte(s.SocketDir+"\n"), 0); err != nil {
		return fmt.Errorf("name the socket: %w", err)
	}
	return nil
}

// SuperDSN returns the lib/pq connection string of a database for the server's
// superuser. Whoever may enter the socket's directory needs no password.
func (s *Server) SuperDSN(database string) string {
	return fmt.Sprintf("host=%s port=5432 user=postgres dbname=%s sslmode=disable", quoted(s.SocketDir), quoted(database))
}

// quoted writes a value of a connection string.
func quoted(value string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value) + "'"
}

// Stop ends the server and waits for it: connections are closed, everything is
// written. A server that another process runs goes on. Stop may be called twice.
func (s *Server) Stop() error {
	s.stop.Do(func() {
		if s.process != nil {
			s.stopped = s.process.stop()
			_ = os.Remove(s.SocketDir) // empty now, unless the server was killed
		}
		if s.lock != nil {
			_ = s.lock.Close() // frees the lock; what it holds is rewritten by the next owner
		}
	})
	return s.stopped
}

// ping reports whether the server takes connections.
func (s *Server) ping(ctx context.Context) error {
	db, err := sql.Open("postgres", s.SuperDSN("postgres")+" connect_timeout=2")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // it is asked nothing
	return db.PingContext(ctx)
}

// wait waits for d, or for the end of ctx and says why that ended.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
