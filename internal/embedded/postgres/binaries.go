package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// oldest is the first major version on which a new cluster may be made.
const oldest = 15

// places are where packages put the binaries besides PATH.
var places = []string{
	"/usr/lib/postgresql/*/bin",          // Debian, Ubuntu
	"/usr/pgsql-*/bin",                   // PostgreSQL's own RPMs
	"/usr/lib64/pgsql/bin",               // SUSE
	"/usr/lib/postgresql*/bin",           // SUSE, Alpine
	"/usr/libexec/postgresql*",           // Alpine
	"/opt/homebrew/opt/postgresql@*/bin", // Homebrew on Apple silicon
	"/usr/local/opt/postgresql@*/bin",    // Homebrew on Intel
	"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
	"/opt/local/lib/postgresql*/bin", // MacPorts
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// binaries gives the directory with the newest postgres and initdb that fit
// the cluster in data, or any of at least the oldest version if there is none.
func binaries(ctx context.Context, data, fetched string, fetch bool, log *slog.Logger) (string, error) {
	want, err := clusterMajor(data)
	if err != nil {
		return "", err
	}
	if dir := search(ctx, fetched, want); dir != "" {
		return dir, nil
	}
	if !fetch {
		return "", missing(want, nil)
	}
	log.Info("no PostgreSQL on this machine fits: one is fetched, which takes a minute", "into", fetched)
	if err := fetchBinaries(ctx, fetched, want); err != nil {
		return "", missing(want, err)
	}
	return filepath.Join(fetched, "bin"), nil
}

// search looks for binaries that fit in every place; empty: there are none.
func search(ctx context.Context, fetched string, want int) string {
	dirs := append([]string{filepath.Join(fetched, "bin")}, filepath.SplitList(os.Getenv("PATH"))...)
	for _, pattern := range places {
		found, _ := filepath.Glob(pattern) // the patterns are well-formed
		dirs = append(dirs, found...)
	}
	return newest(ctx, dirs, want)
}

// newest is the directory with the highest version that fits; want 0: any
// that is new enough.
func newest(ctx context.Context, dirs []string, want int) string {
	best, bestMajor := "", 0
	seen := map[string]bool{}
	for _, dir := range dirs {
		real, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres"))
		if err != nil || seen[real] {
			continue
		}
		seen[real] = true
		dir = filepath.Dir(real)
		if info, err := os.Stat(filepath.Join(dir, "initdb")); err != nil || info.IsDir() {
			continue
		}
		out, err := exec.CommandContext(ctx, real, "--version").Output()
		if err != nil {
			continue
		}
		major := majorOf(string(out))
		if fits := major == want || want == 0 && major >= oldest; fits && major > bestMajor {
			best, bestMajor = dir, major
		}
	}
	return best
}

var versionNumber = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// majorOf reads what `postgres --version` prints; 0: it is something else.
func majorOf(version string) int {
	m := versionNumber.FindStringSubmatch(version)
	if m == nil {
		return 0
	}
	major, _ := strconv.Atoi(m[1]) // digits only
	return major
}

// clusterMajor is the version that an existing cluster needs; 0: there is none.
func clusterMajor(data string) (int, error) {
	b, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0, fmt.Errorf("%s isn't a PostgreSQL cluster that can be used: its PG_VERSION reads %q", data, strings.TrimSpace(string(b)))
	}
	return major, nil
}

// missing says what to install.
func missing(want int, cause error) error {
	major, which := want, fmt.Sprintf("PostgreSQL %d, which the data directory needs,", want)
	if want == 0 {
		major, which = 17, fmt.Sprintf("PostgreSQL (version %d or newer)", oldest)
	}
	debian := "postgresql"
	if want != 0 {
		debian = fmt.Sprintf("postgresql-%d", want)
	}
	message := fmt.Sprintf("%s isn't on this machine: install it with one of\n"+
		"  Debian, Ubuntu:  apt install %s\n"+
		"  Fedora, RHEL:    dnf install postgresql-server\n"+
		"  macOS:           brew install postgresql@%d\n"+
		"or put the directory with its programs postgres and initdb on PATH", which, debian, major)
	if cause != nil {
		return fmt.Errorf("%s (fetching it failed: %w)", message, cause)
	}
	return errors.New(message)
}
