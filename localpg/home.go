package localpg

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A home is the data directory and what lies in it.
type home struct{ dir string }

func (h home) lockFile() string { return filepath.Join(h.dir, "owner.lock") }
func (h home) cluster() string  { return filepath.Join(h.dir, "data") }
func (h home) unborn() string   { return filepath.Join(h.dir, "data.unfinished") }

// version returns the major version that made the cluster, "" when there is none.
func (h home) version() string {
	version, err := os.ReadFile(filepath.Join(h.cluster(), "PG_VERSION"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(version))
}

// inspect looks at the data directory and touches nothing. It refuses one that
// holds something which this package did not make.
func inspect(dir string) (home, error) {
	if dir == "" {
		return home{}, errors.New("localpg: no data directory was named")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return home{}, fmt.Errorf("data directory: %w", err)
	}
	h := home{dir}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return home{}, fmt.Errorf("data directory: %w", err)
	}
	if _, err := os.Lstat(h.lockFile()); err == nil {
		return h, nil
	}
	for _, entry := range entries {
		if entry.Name() != "lost+found" { // an empty disk has one
			return home{}, fmt.Errorf("%s is not empty and was not made by Comity: it was left as it is; name another directory", dir)
		}
	}
	return h, nil
}

// prepare makes the data directory, so that the server's account can enter it.
func (h home) prepare(ctx context.Context, account *account) error {
	existing := h.dir
	for _, err := os.Stat(existing); errors.Is(err, fs.ErrNotExist) && existing != filepath.Dir(existing); _, err = os.Stat(existing) {
		existing = filepath.Dir(existing)
	}
	if existing != h.dir { // of what is there; its own mode is set below
		if err := account.reaches(ctx, existing); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(h.dir, 0o755); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	if account.credential == nil {
		return nil
	}
	info, err := os.Stat(h.dir)
	if err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o001 == 0 {
		if err := os.Chmod(h.dir, mode|0o011); err != nil {
			return fmt.Errorf("let account %d into the data directory: %w", account.uid(), err)
		}
	}
	return account.reaches(ctx, h.dir)
}

// initialize makes the cluster beside its place and then moves it there, so that
// a program killed halfway leaves nothing that looks like a cluster.
func (h home) initialize(ctx context.Context, tools tools, account *account) error {
	if err := os.RemoveAll(h.unborn()); err != nil {
		return fmt.Errorf("remove an unfinished cluster: %w", err)
	}
	if err := os.Mkdir(h.unborn(), 0o700); err != nil {
		return fmt.Errorf("make a cluster: %w", err)
	}
	if err := account.own(h.unborn()); err != nil {
		return err
	}
	initdb := exec.CommandContext(ctx, tools.path("initdb"), "-D", h.unborn(), "-U", "postgres", "-A", "trust",
		"--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions")
	initdb.Dir, initdb.Env, initdb.SysProcAttr = "/", environment(), account.attributes(false)
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if err := os.Rename(h.unborn(), h.cluster()); err != nil {
		return fmt.Errorf("put the cluster in its place: %w", err)
	}
	return nil
}

// waitForOldServer waits for the server of an owner that was killed: it may still
// be writing its last checkpoint.
func (h home) waitForOldServer(ctx context.Context, socket string, say func(string, ...any)) error {
	const patience = 1500 // looks, half a minute
	for look := range patience {
		pid, err := h.oldServer(socket, say)
		if err != nil || pid == 0 {
			return err
		}
		if look == 0 {
			say("an earlier PostgreSQL (process %d) is still shutting down on %s; waiting for it", pid, h.dir)
		}
		if err := wait(ctx, pause); err != nil {
			return fmt.Errorf("wait for the earlier server: %w", err)
		}
	}
	return errors.New("an earlier PostgreSQL is still running on it, although its owner has ended: stop it (see postmaster.pid) and try again")
}

// oldServer returns the process number of an earlier server that still runs, 0
// when there is none. A pid file whose process is no PostgreSQL (the number was
// given again, or nobody buried the dead) would keep a new server out and is
// removed, which is safe while we hold the lock: a left-over backend still keeps
// a new server out by its shared memory.
func (h home) oldServer(socket string, say func(string, ...any)) (int, error) {
	for _, file := range []string{filepath.Join(h.cluster(), "postmaster.pid"), filepath.Join(socket, ".s.PGSQL.5432.lock")} {
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("look for an earlier server: %w", err)
		}
		line, _, _ := strings.Cut(string(text), "\n")
		pid, err := strconv.Atoi(strings.TrimSpace(line))
		if err != nil || pid <= 0 || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			continue // PostgreSQL clears it away itself
		}
		if isPostgres(pid) {
			return pid, nil
		}
		say("process %d of %s is no PostgreSQL any more; removing the file", pid, file)
		if err := os.Remove(file); err != nil {
			return 0, fmt.Errorf("remove a stale pid file: %w", err)
		}
	}
	return 0, nil
}

// socketDir makes the directory of the server's socket. A socket's path may have
// 107 bytes at most, so it does not lie in the data directory, which may be deep.
func socketDir(dataDir string, account *account) (string, error) {
	sum := sha256.Sum256([]byte(dataDir))
	dir := filepath.Join(os.TempDir(), "comity-pg-"+hex.EncodeToString(sum[:6]))
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("make the socket's directory: %w", err)
	}
	info, err := os.Lstat(dir) // somebody else may have put a link there
	if err != nil {
		return "", fmt.Errorf("socket's directory: %w", err)
	}
	owner, known := ownerOf(info)
	if !info.IsDir() || !known || (owner != account.uid() && owner != os.Geteuid()) {
		return "", fmt.Errorf("%s was made by another account (%d): remove it, or set TMPDIR", dir, owner)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return "", fmt.Errorf("socket's directory: %w", err)
	}
	return dir, account.own(dir)
}

// tail returns the end of what was written to a log since from.
func tail(file string, from int64) string {
	const most = 2000
	text, err := os.ReadFile(file)
	if err != nil || int64(len(text)) < from {
		return ""
	}
	text = text[from:]
	return strings.TrimSpace(string(text[max(0, len(text)-most):]))
}

// environment is the program's without PostgreSQL's own variables, which would
// change what the server does.
func environment() []string {
	var kept []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "PG") && !strings.HasPrefix(variable, "LC_") && !strings.HasPrefix(variable, "LANG") {
			kept = append(kept, variable)
		}
	}
	return append(kept, "LC_ALL=C.UTF-8")
}

// retryAfter is how long a new server waits for the last backends of a killed one.
const retryAfter = 200 * time.Millisecond
