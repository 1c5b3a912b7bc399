package localpg

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// attributes make a command run as the account, in a process group of its own, so
// that a Ctrl-C meant for us does not stop the server before we are done with it.
// One that ends with us is told to shut down when we are killed.
func (a *account) attributes(endsWithUs bool) *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Credential: a.credential, Setpgid: true}
	if endsWithUs {
		attributes.Pdeathsig = syscall.SIGINT
	}
	return attributes
}

// isPostgres reports whether a process that exists is a PostgreSQL that lives. If
// it cannot be told, it is taken for one.
func isPostgres(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat") // pid (name) state ...
	if err != nil {
		return true
	}
	text := string(stat)
	name, rest := strings.Index(text, "("), strings.LastIndex(text, ")")
	if name < 0 || rest < name {
		return true
	}
	dead := strings.HasPrefix(text[rest:], ") Z") || strings.HasPrefix(text[rest:], ") X")
	return !dead && (text[name+1:rest] == "postgres" || text[name+1:rest] == "postmaster")
}
