package localpg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// A packager is a Debian on which root can install PostgreSQL.
type packager struct {
	release string // a file that only Debian and its kin have
	conf    string // what Debian's packages read before they make a cluster
	pattern string // the conf that the packages come with
	aptGet  string
}

var debian = packager{
	release: "/etc/debian_version",
	conf:    "/etc/postgresql-common/createcluster.conf",
	pattern: "/usr/share/postgresql-common/createcluster.conf",
	aptGet:  "apt-get",
}

// noCluster keeps Debian from making a cluster that listens on port 5432.
const noCluster = "\n# Written by Comity while it installs PostgreSQL, and taken back afterwards.\ncreate_main_cluster = false\n"

// canInstall reports whether this is root on such a system.
func (p packager) canInstall() bool {
	_, err := os.Stat(p.release)
	_, missing := exec.LookPath(p.aptGet)
	return os.Geteuid() == 0 && err == nil && missing == nil
}

// install installs PostgreSQL's programs and nothing that runs by itself.
func (p packager) install(ctx context.Context, say func(string, ...any)) (err error) {
	say("no PostgreSQL is installed; running apt-get install -y postgresql, without a system cluster (nothing will listen on port 5432)")
	restore, err := p.forbidCluster()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, restore()) }()
	if err := p.run(ctx, "install", "-y", "--no-install-recommends", "postgresql"); err != nil {
		say("apt-get knows no postgresql yet; running apt-get update")
		if err := p.run(ctx, "update"); err != nil {
			return err
		}
		if err := p.run(ctx, "install", "-y", "--no-install-recommends", "postgresql"); err != nil {
			return err
		}
	}
	say("PostgreSQL is installed")
	return nil
}

// run runs apt-get, which asks no questions.
func (p packager) run(ctx context.Context, arguments ...string) error {
	apt := exec.CommandContext(ctx, p.aptGet, arguments...)
	apt.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	apt.Cancel = func() error { return apt.Process.Signal(syscall.SIGTERM) } // dpkg ends in order
	out, err := apt.CombinedOutput()
	if err != nil {
		return fmt.Errorf("apt-get %s: %w\n%s", arguments[0], err, out[max(0, len(out)-2000):])
	}
	return nil
}

// forbidCluster tells Debian's packages to make no cluster, and returns what puts
// the file back as it was (or as the packages bring it, when there was none).
func (p packager) forbidCluster() (restore func() error, err error) {
	before, err := os.ReadFile(p.conf)
	existed := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read %s: %w", p.conf, err)
	}
	if err := os.MkdirAll(filepath.Dir(p.conf), 0o755); err != nil {
		return nil, fmt.Errorf("forbid a system cluster: %w", err)
	}
	if err := os.WriteFile(p.conf, append(before[:len(before):len(before)], noCluster...), 0o644); err != nil {
		return nil, fmt.Errorf("forbid a system cluster: %w", err)
	}
	return func() error {
		if !existed {
			if before, err = os.ReadFile(p.pattern); err != nil {
				return os.Remove(p.conf)
			}
		}
		return os.WriteFile(p.conf, before, 0o644)
	}, nil
}
