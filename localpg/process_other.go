//go:build !linux

package localpg

import "syscall"

// attributes make a command run as the account, in a process group of its own.
// Here nothing tells the server when we are killed: it goes on, and the next start
// waits for it to be stopped.
func (a *account) attributes(bool) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: a.credential, Setpgid: true}
}

// isPostgres reports whether a process that exists is a PostgreSQL; it cannot be
// told here.
func isPostgres(int) bool { return true }
