package localpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// An account is who the server runs as: ourselves, or as root somebody else.
type account struct {
	credential *syscall.Credential // nil for ourselves
}

// serverAccount returns who the server on h runs as: the owner of the cluster
// that is there, else postgres, else nobody. PostgreSQL refuses to run as root.
func serverAccount(h home) (*account, error) {
	owner, group, made := clusterOwner(h)
	if os.Geteuid() != 0 {
		if made && owner != os.Geteuid() {
			return nil, fmt.Errorf("the data in %s belongs to account %d: run as that account, or name another directory", h.dir, owner)
		}
		return &account{}, nil
	}
	if made && owner != 0 {
		return accountOf(owner, group), nil
	}
	if made {
		return nil, fmt.Errorf("the data in %s belongs to root, as whom PostgreSQL does not run: give it to the account postgres (chown -R)", h.dir)
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.Atoi(found.Uid)
		gid, gidErr := strconv.Atoi(found.Gid)
		if err := errors.Join(uidErr, gidErr); err == nil && uid > 0 {
			return accountOf(uid, gid), nil
		}
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither an account postgres nor nobody: run Comity as an ordinary user, or set DATABASE_URL")
}

func accountOf(uid, gid int) *account {
	return &account{&syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

// clusterOwner returns who owns the cluster, and false when there is none.
func clusterOwner(h home) (uid, gid int, made bool) {
	info, err := os.Stat(h.cluster())
	if err != nil {
		return 0, 0, false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, false
	}
	return int(stat.Uid), int(stat.Gid), true
}

// ownerOf returns the account that a file belongs to.
func ownerOf(info os.FileInfo) (int, bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(stat.Uid), true
}

// uid returns the number of the account.
func (a *account) uid() int {
	if a.credential == nil {
		return os.Geteuid()
	}
	return int(a.credential.Uid)
}

// own gives a directory to the account.
func (a *account) own(dir string) error {
	if a.credential == nil {
		return nil
	}
	if err := os.Chown(dir, int(a.credential.Uid), int(a.credential.Gid)); err != nil {
		return fmt.Errorf("give %s to account %d: %w", dir, a.uid(), err)
	}
	return nil
}

// reaches checks that the account can enter a directory: as root we can, and what
// lies under /root it cannot.
func (a *account) reaches(ctx context.Context, dir string) error {
	if a.credential == nil {
		return nil
	}
	enter := exec.CommandContext(ctx, "/bin/sh", "-c", `cd "$0"`, dir)
	enter.Dir, enter.SysProcAttr = "/", a.attributes(false)
	if err := enter.Run(); err != nil {
		return fmt.Errorf("PostgreSQL does not run as root but as account %d, which cannot enter %s (a directory on the way is closed to it): name a data directory such as /var/lib/comity (%w)", a.uid(), dir, err)
	}
	return nil
}
