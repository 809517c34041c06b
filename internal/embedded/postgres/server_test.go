package postgres_test

import (
	"context"
	"database/sql"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"turnus/internal/embedded/postgres"
)

// scratch is a directory that the server's user can enter, as t.TempDir's
// parents are closed to it.
func scratch(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "turnus-pg-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o711))
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func config(dir string) postgres.Config {
	return postgres.Config{Dir: dir, Log: slog.New(slog.DiscardHandler), Settings: map[string]string{"fsync": "off"}}
}

func start(t *testing.T, dir string) *postgres.Server {
	t.Helper()
	s, err := postgres.Start(t.Context(), config(dir))
	require.NoError(t, err)
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *postgres.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	require.NoError(t, s.Stop(ctx))
}

func open(t *testing.T, s *postgres.Server, name string) *sql.DB {
	t.Helper()
	require.NoError(t, s.CreateDatabase(t.Context(), name))
	db, err := sql.Open("postgres", s.URL(name))
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

func write(t *testing.T, db *sql.DB, value int) {
	t.Helper()
	_, err := db.Exec(`CREATE TABLE IF NOT EXISTS kept (x int)`)
	require.NoError(t, err)
	_, err = db.Exec(`INSERT INTO kept VALUES ($1)`, value)
	require.NoError(t, err)
}

func count(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	require.NoError(t, db.QueryRow(`SELECT count(*) FROM kept`).Scan(&n))
	return n
}

func postmaster(t *testing.T, dir string) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	require.NoError(t, err)
	first, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(first)
	require.NoError(t, err)
	return pid
}

func gone(t *testing.T, pid int) {
	t.Helper()
	require.Eventually(t, func() bool { return syscall.Kill(pid, 0) == syscall.ESRCH }, 10*time.Second, 20*time.Millisecond)
}

func TestDataOutlivesTheServer(t *testing.T) {
	for name, dir := range map[string]string{
		"plain":                  "pg",
		"spaces and quotes":      `a "quoted", spaced 'dir'`,
		"longer than sockets do": strings.Repeat("long/", 30) + "pg",
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(scratch(t), dir)
			s := start(t, dir)
			db := open(t, s, "turnus")
			write(t, db, 1)
			var settings [6]string
			require.NoError(t, db.QueryRow(`SELECT current_setting('listen_addresses'), current_setting('synchronous_commit'), current_setting('server_encoding'),
				current_setting('timezone'), current_setting('password_encryption'), current_setting('max_connections')`).
				Scan(&settings[0], &settings[1], &settings[2], &settings[3], &settings[4], &settings[5]))
			require.Equal(t, [6]string{"", "on", "UTF8", "UTC", "scram-sha-256", "200"}, settings)
			pid := postmaster(t, dir)
			stop(t, s)
			gone(t, pid)
			<-s.Done()
			again := start(t, dir)
			require.Equal(t, 1, count(t, open(t, again, "turnus")))
			stop(t, again)
			if left, _ := filepath.Glob(s.Socket() + "/.s.PGSQL*"); len(left) > 0 {
				t.Errorf("the socket is left: %v", left)
			}
		})
	}
}

func TestOnlyThePasswordOpens(t *testing.T) {
	dir := scratch(t)
	s := start(t, dir)
	info, err := os.Stat(filepath.Join(dir, "password"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	db, err := sql.Open("postgres", strings.Replace(s.URL("postgres"), s.Password(), "guess", 1))
	require.NoError(t, err)
	defer db.Close()
	require.ErrorContains(t, db.Ping(), "password authentication failed")

	args, err := os.ReadFile("/proc/" + strconv.Itoa(postmaster(t, dir)) + "/cmdline")
	if err == nil {
		require.NotContains(t, string(args), s.Password())
	}
	log, err := os.ReadFile(filepath.Join(dir, "postgres.log"))
	require.NoError(t, err)
	require.NotContains(t, string(log), s.Password())

	stop(t, s)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "password"), []byte("another\n"), 0o600))
	_, err = postgres.Start(t.Context(), config(dir))
	require.ErrorContains(t, err, "doesn't accept the password in "+filepath.Join(dir, "password"))
	require.NoError(t, os.Remove(filepath.Join(dir, "password")))
	_, err = postgres.Start(t.Context(), config(dir))
	require.ErrorContains(t, err, "is missing")
}

// Killed alone, with connections open and a query running, the server comes
// back by itself.
func TestKilledServerComesBack(t *testing.T) {
	dir := scratch(t)
	s := start(t, dir)
	db := open(t, s, "turnus")
	write(t, db, 1)
	for round := range 3 {
		busy, err := db.Conn(t.Context())
		require.NoError(t, err)
		go busy.ExecContext(t.Context(), `SELECT pg_sleep(1)`) //nolint:errcheck // it dies with the server
		old := postmaster(t, dir)
		require.NoError(t, syscall.Kill(old, syscall.SIGKILL))
		gone(t, old)
		require.Eventually(t, func() bool { return db.Ping() == nil }, 10*time.Second, 20*time.Millisecond)
		require.NotEqual(t, old, postmaster(t, dir))
		require.Equal(t, 1+round, count(t, db))
		write(t, db, round)
		busy.Close()
	}
}

// A server that a killed process has left behind is stopped in order, and ours
// takes its place with all that was committed.
func TestLeftoverIsTakenOver(t *testing.T) {
	dir := scratch(t)
	s := start(t, dir)
	write(t, open(t, s, "turnus"), 1)
	stop(t, s)

	cmd := leftover(t, dir)
	require.NoError(t, cmd.Start())
	old := cmd.Process.Pid
	go cmd.Wait() //nolint:errcheck // buries it
	require.Eventually(t, func() bool {
		b, _ := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
		return strings.Contains(string(b), "ready")
	}, 10*time.Second, 20*time.Millisecond)
	require.Equal(t, old, postmaster(t, dir))

	again := start(t, dir)
	gone(t, old)
	require.Equal(t, 1, count(t, open(t, again, "turnus")))
}

// leftover runs a server of dir the way a killed process leaves it.
func leftover(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if found, err := exec.LookPath("postgres"); err == nil {
		bins = append(bins, found)
	}
	version, err := os.ReadFile(filepath.Join(dir, "data", "PG_VERSION"))
	require.NoError(t, err)
	for _, bin := range bins {
		out, _ := exec.Command(bin, "--version").Output()
		if !strings.Contains(string(out), ") "+strings.TrimSpace(string(version))+".") {
			continue
		}
		cmd := exec.Command(bin, "-D", filepath.Join(dir, "data"), "-k", filepath.Join(dir, "data"), "-c", "listen_addresses=")
		info, err := os.Stat(filepath.Join(dir, "data"))
		require.NoError(t, err)
		owner := info.Sys().(*syscall.Stat_t)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if os.Geteuid() == 0 {
			cmd.SysProcAttr.Credential = &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}
		}
		return cmd
	}
	t.Skip("this machine's PostgreSQL isn't in a usual place")
	return nil
}

// The number in a lock file may belong to somebody else by now.
func TestForeignProcessIsLeftAlone(t *testing.T) {
	dir := scratch(t)
	stop(t, start(t, dir))
	sleeper := exec.Command("sleep", "60")
	if info, err := os.Stat(filepath.Join(dir, "data")); err == nil && os.Geteuid() == 0 {
		owner := info.Sys().(*syscall.Stat_t)
		sleeper.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
	}
	require.NoError(t, sleeper.Start())
	defer func() { sleeper.Process.Kill(); sleeper.Wait() }() //nolint:errcheck // tidying up
	require.NoError(t, os.WriteFile(filepath.Join(dir, "data", "postmaster.pid"), []byte(strconv.Itoa(sleeper.Process.Pid)+"\n"), 0o600))
	start(t, dir)
	require.NoError(t, sleeper.Process.Signal(syscall.Signal(0)), "the other process lives")
}

func TestBadStarts(t *testing.T) {
	t.Run("unknown version", func(t *testing.T) {
		dir := scratch(t)
		require.NoError(t, os.Mkdir(filepath.Join(dir, "data"), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "data", "PG_VERSION"), []byte("11\n"), 0o600))
		_, err := postgres.Start(t.Context(), config(dir))
		require.ErrorContains(t, err, "PostgreSQL 11, which the data directory needs, isn't on this machine")
		require.ErrorContains(t, err, "apt install postgresql-11")
	})
	t.Run("none installed", func(t *testing.T) {
		t.Setenv("PATH", "")
		if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres"); len(found) > 0 {
			t.Skip("this machine has one outside PATH")
		}
		_, err := postgres.Start(t.Context(), config(scratch(t)))
		require.ErrorContains(t, err, "apt install postgresql")
	})
	t.Run("somebody's files in the way", func(t *testing.T) {
		dir := scratch(t)
		require.NoError(t, os.Mkdir(filepath.Join(dir, "data"), 0o755))
		mine := filepath.Join(dir, "data", "letter")
		require.NoError(t, os.WriteFile(mine, []byte("dear"), 0o600))
		_, err := postgres.Start(t.Context(), config(dir))
		require.ErrorContains(t, err, "is neither empty nor a PostgreSQL cluster")
		require.FileExists(t, mine)
	})
	t.Run("a setting that PostgreSQL refuses", func(t *testing.T) {
		cfg := config(scratch(t))
		cfg.Settings = map[string]string{"fsync": "off", "shared_buffers": "nonsense"}
		_, err := postgres.Start(t.Context(), cfg)
		require.ErrorContains(t, err, "shared_buffers")
	})
	t.Run("root's home", func(t *testing.T) {
		if os.Geteuid() != 0 {
			t.Skip("only root drops to another user")
		}
		dir := scratch(t)
		closed := filepath.Join(dir, "closed")
		require.NoError(t, os.Mkdir(closed, 0o700))
		_, err := postgres.Start(t.Context(), config(filepath.Join(closed, "pg")))
		require.ErrorContains(t, err, "can't enter "+closed)
	})
}

// A step is done again if the postmaster died in the midst of it, and only
// then.
func TestSteady(t *testing.T) {
	dir := scratch(t)
	s := start(t, dir)
	db := open(t, s, "turnus")
	tries := 0
	require.NoError(t, s.Steady(t.Context(), func() error {
		if tries++; tries > 1 {
			return db.Ping()
		}
		require.NoError(t, syscall.Kill(postmaster(t, dir), syscall.SIGKILL))
		_, err := db.Exec("SELECT pg_sleep(60)")
		require.Error(t, err)
		return err
	}))
	require.Equal(t, 2, tries)
	tries = 0
	require.Error(t, s.Steady(t.Context(), func() error { tries++; _, err := db.Exec("SELECT nonsense"); return err }))
	require.Equal(t, 1, tries)
}
