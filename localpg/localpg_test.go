package localpg_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"comity/localpg"
)

// quick settings lose data when the machine fails, which no test is about.
var quick = map[string]string{"fsync": "off", "max_connections": "20", "shared_buffers": "16MB"}

// home returns a directory that the server's account can reach: t.TempDir is
// closed to it when the tests run as root.
func home(t *testing.T) string {
	t.Helper()
	base := ""
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		base = "/dev/shm"
	}
	dir, err := os.MkdirTemp(base, "comity-localpg-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return filepath.Join(dir, "pg")
}

func start(t *testing.T, dir string) *localpg.Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	server, err := localpg.Start(ctx, localpg.Options{DataDir: dir, Settings: quick, Say: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, server) })
	return server
}

func stop(t *testing.T, server *localpg.Server) {
	t.Helper()
	if err := server.Stop(); err != nil {
		t.Error(err)
	}
}

// query runs SQL that returns one text.
func query(t *testing.T, server *localpg.Server, text string) string {
	t.Helper()
	db, err := sql.Open("postgres", server.SuperDSN("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var answer string
	if err := db.QueryRowContext(t.Context(), text).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return answer
}

func TestDataOutlivesTheServerHoweverItEnds(t *testing.T) {
	tests := map[string]func(t *testing.T, server *localpg.Server, dir string){
		"a stop":                    func(t *testing.T, server *localpg.Server, _ string) { stop(t, server) },
		"kill -9 of the postmaster": func(t *testing.T, server *localpg.Server, dir string) { kill(t, dir); stop(t, server) },
		"a stop, and its socket's gone": func(t *testing.T, server *localpg.Server, _ string) {
			stop(t, server)
			if err := os.RemoveAll(server.SocketDir); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, end := range tests {
		t.Run(name, func(t *testing.T) {
			dir := home(t)
			first := start(t, dir)
			if !first.Owner {
				t.Error("the first server is not ours")
			}
			execute(t, first, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('here')")
			end(t, first, dir)
			second := start(t, dir)
			if got := query(t, second, "SELECT word FROM kept"); got != "here" || !second.Owner {
				t.Errorf("after %s: %q, owner %v", name, got, second.Owner)
			}
		})
	}
}

// execute runs SQL that returns nothing.
func execute(t *testing.T, server *localpg.Server, text string) {
	t.Helper()
	db, err := sql.Open("postgres", server.SuperDSN("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}

// postmaster returns the process number of the server.
func postmaster(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func kill(t *testing.T, dir string) {
	t.Helper()
	if err := syscall.Kill(postmaster(t, dir), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

func TestASecondProcessSharesTheServer(t *testing.T) {
	dir := home(t)
	owner := start(t, dir)
	execute(t, owner, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('here')")
	guest := start(t, dir)
	if guest.Owner || guest.SocketDir != owner.SocketDir {
		t.Errorf("the guest has owner %v and socket %s, the owner's is %s", guest.Owner, guest.SocketDir, owner.SocketDir)
	}
	if got := query(t, guest, "SELECT word FROM kept"); got != "here" {
		t.Errorf("the guest reads %q", got)
	}
	stop(t, guest)
	if got := query(t, owner, "SELECT word FROM kept"); got != "here" {
		t.Errorf("after the guest left, the owner reads %q", got)
	}
}

func TestOfManyThatStartAtOnceOneOwnsTheServer(t *testing.T) {
	dir := home(t)
	servers := make([]*localpg.Server, 4)
	errs := make([]error, len(servers))
	var all sync.WaitGroup
	for i := range servers {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			servers[i], errs[i] = localpg.Start(ctx, localpg.Options{DataDir: dir, Settings: quick})
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	owners := 0
	for _, server := range servers {
		if server.Owner {
			owners++
		}
		t.Cleanup(func() { stop(t, server) })
	}
	if owners != 1 {
		t.Errorf("%d owners", owners)
	}
}

// TestKillingTheProgramStopsItsServer runs this test binary once more as the
// program that is killed.
func TestKillingTheProgramStopsItsServer(t *testing.T) {
	if dir := os.Getenv("LOCALPG_TEST_PROGRAM"); dir != "" {
		server := start(t, dir)
		execute(t, server, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('here')")
		fmt.Println("running")
		<-t.Context().Done() // until it is killed
		return
	}
	dir := home(t)
	program := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKillingTheProgramStopsItsServer$", "-test.v")
	program.Env = append(os.Environ(), "LOCALPG_TEST_PROGRAM="+dir)
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for chunk := make([]byte, 4096); !strings.Contains(said.String(), "running"); {
		n, err := out.Read(chunk)
		said.Write(chunk[:n])
		if err != nil {
			t.Fatalf("the program ended: %v\n%s", err, said.String())
		}
	}
	if err := program.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = program.Wait() // it was killed
	again := start(t, dir)
	if got := query(t, again, "SELECT word FROM kept"); got != "here" || !again.Owner {
		t.Errorf("after kill -9 of the program: %q, owner %v", got, again.Owner)
	}
}

func TestTheServerIsDurableAndPrivateUnlessToldOtherwise(t *testing.T) {
	dir := home(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	t.Setenv("PGPORT", "1") // and the like must not matter
	t.Setenv("PGHOST", "192.0.2.1")
	server, err := localpg.Start(ctx, localpg.Options{DataDir: dir, Settings: map[string]string{"max_connections": "17"}, Say: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, server) })
	for setting, want := range map[string]string{
		"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "data_checksums": "on",
		"listen_addresses": "", "unix_socket_permissions": "0700", "TimeZone": "UTC", "max_connections": "17",
		"server_encoding": "UTF8",
	} {
		if got := query(t, server, "SELECT current_setting('"+setting+"')"); got != want {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}
}

func TestWhatCannotBeUsedIsRefusedAndLeftAlone(t *testing.T) {
	tests := map[string]struct {
		prepare func(t *testing.T, dir string)
		options localpg.Options
		want    string
	}{
		"a directory with something else in it": {
			prepare: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "letter.txt"), "dear") },
			want:    "not made by Comity: it was left as it is",
		},
		"a cluster that somebody else made": {
			prepare: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "PG_VERSION"), "15\n") },
			want:    "not made by Comity: it was left as it is",
		},
		"data of a version that is not installed": {
			prepare: func(t *testing.T, dir string) {
				write(t, filepath.Join(dir, "owner.lock"), "")
				write(t, filepath.Join(dir, "data", "PG_VERSION"), "9\n")
			},
			want: "the data was made by PostgreSQL 9, but there is only /",
		},
		"binaries that are not where they were said to be": {
			prepare: func(*testing.T, string) {},
			options: localpg.Options{BinDir: "/nonexistent"},
			want:    "export DATABASE_URL=",
		},
		"a file": {
			prepare: func(t *testing.T, dir string) { write(t, dir, "dear") },
			want:    "not a directory",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			dir := home(t)
			tc.prepare(t, dir)
			before := listing(t, dir)
			tc.options.DataDir = dir
			server, err := localpg.Start(t.Context(), tc.options)
			if err == nil {
				stop(t, server)
				t.Fatal("it was used")
			}
			if !strings.Contains(err.Error(), tc.want) {
				t.Errorf("refused with %q, want %q in it", err, tc.want)
			}
			if after := listing(t, dir); after != before {
				t.Errorf("it was changed from\n%sto\n%s", before, after)
			}
		})
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// listing tells modes, owners and names of everything in a directory.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var listed strings.Builder
	err := filepath.Walk(dir, func(name string, info os.FileInfo, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return errors.New("no owner to read")
		}
		fmt.Fprintln(&listed, info.Mode(), stat.Uid, info.ModTime().UnixNano(), name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return listed.String()
}

func TestRootIsToldOfADirectoryThatTheServerCannotReach(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root starts the server as another account: skipped")
	}
	closed := filepath.Dir(home(t))
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := localpg.Start(t.Context(), localpg.Options{DataDir: filepath.Join(closed, "a", "b")})
	if err == nil || !strings.Contains(err.Error(), "cannot enter "+closed) {
		t.Errorf("got %v", err)
	}
	if entries, err := os.ReadDir(closed); err != nil || len(entries) > 0 {
		t.Errorf("something was made: %v %v", entries, err)
	}
}

func TestPidFilesWhoseNumberIsSomebodyElsesAreCleared(t *testing.T) {
	dir := home(t)
	server := start(t, dir)
	execute(t, server, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('here')")
	file := filepath.Join(dir, "data", "postmaster.pid")
	pidFile, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	stop(t, server)
	// After a restart of the machine, the number may be anybody's: ours, say.
	_, rest, _ := strings.Cut(string(pidFile), "\n")
	stale := strconv.Itoa(os.Getpid()) + "\n" + rest
	write(t, file, stale)
	write(t, filepath.Join(server.SocketDir, ".s.PGSQL.5432.lock"), stale)
	again := start(t, dir)
	if got := query(t, again, "SELECT word FROM kept"); got != "here" {
		t.Errorf("read %q", got)
	}
}

func TestDebianInstallsNoClusterAndGetsItsFileBack(t *testing.T) {
	tests := map[string]struct {
		conf, pattern string // "" for no such file
		fails         bool   // apt-get fails the first time, before an update
		want          string
	}{
		"a file that was there":              {"start_conf = 'manual'\n", "pattern\n", false, "start_conf = 'manual'\n"},
		"no file, and the package has one":   {"", "pattern\n", false, "pattern\n"},
		"no file at all":                     {"", "", false, ""},
		"an apt-get that first needs update": {"x = 'y'\n", "", true, "x = 'y'\n"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			conf, pattern, log := filepath.Join(dir, "etc", "createcluster.conf"), filepath.Join(dir, "pattern"), filepath.Join(dir, "log")
			if tc.conf != "" {
				write(t, conf, tc.conf)
			}
			if tc.pattern != "" {
				write(t, pattern, tc.pattern)
			}
			apt := filepath.Join(dir, "apt-get")
			script := "#!/bin/sh\necho \"$DEBIAN_FRONTEND $*\" >>" + log + "\ngrep -x 'create_main_cluster = false' " + conf + " >>" + log + " || exit 9\n"
			if tc.fails {
				script += "[ $1 = update ] && touch " + dir + "/updated\n[ -e " + dir + "/updated ]\n"
			}
			write(t, apt, script)
			if err := os.Chmod(apt, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := localpg.InstallWith(t.Context(), apt, conf, pattern, t.Logf); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(conf)
			if string(got) != tc.want || (tc.want == "") != errors.Is(err, os.ErrNotExist) {
				t.Errorf("afterwards the file is %q (%v), want %q", got, err, tc.want)
			}
			ran, err := os.ReadFile(log)
			if err != nil || !strings.Contains(string(ran), "noninteractive install -y --no-install-recommends postgresql\ncreate_main_cluster = false\n") {
				t.Errorf("apt-get was run as %q (%v)", ran, err)
			}
		})
	}
}
