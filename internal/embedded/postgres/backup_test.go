package postgres_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/embedded/postgres"
)

// into writes a copy into a directory.
func into(dir string) func(postgres.File) error {
	return func(f postgres.File) error {
		path := filepath.Join(dir, f.Name)
		if f.Dir {
			return os.MkdirAll(path, 0o755)
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		b, err := io.ReadAll(f.Content)
		if err == nil && int64(len(b)) != f.Size {
			err = errors.New(f.Name + " hasn't the size that was said")
		}
		return errors.Join(err, os.WriteFile(path, b, 0o644))
	}
}

// A copy taken under load, over more WAL than one segment, has all that was
// committed before it began, and is one moment in both databases.
func TestBackupUnderLoad(t *testing.T) {
	dir, to := scratch(t), filepath.Join(scratch(t), "copy")
	s := start(t, dir)
	one, two := open(t, s, "one"), open(t, s, "two")
	for range 100 {
		write(t, one, 1)
		write(t, two, 1)
	}
	stopped, done := make(chan struct{}), make(chan error, 1)
	go func() { // two never has less than one
		for n := 0; ; n++ {
			select {
			case <-stopped:
				done <- nil
				return
			default:
			}
			_, err := two.Exec(`INSERT INTO kept VALUES (2)`)
			if err == nil {
				_, err = one.Exec(`INSERT INTO kept VALUES (2)`)
			}
			if err == nil && n%20 == 0 {
				_, err = two.Exec(`DROP TABLE IF EXISTS large; CREATE TABLE large AS SELECT repeat('x', 500) || g FROM generate_series(1, 10000) g; CHECKPOINT`)
			}
			if err != nil {
				done <- err
				return
			}
		}
	}()
	names := map[string]bool{}
	slow := func(f postgres.File) error {
		names[f.Name] = true
		time.Sleep(time.Millisecond)
		return into(to)(f)
	}
	require.NoError(t, s.Backup(t.Context(), slow))
	close(stopped)
	require.NoError(t, <-done)
	after := count(t, one)
	require.False(t, names["data/postmaster.pid"])
	require.True(t, names["data/pg_notify"])
	segments := 0
	for name := range names {
		require.NotContains(t, name, "PGSQL")
		if strings.HasPrefix(name, "data/pg_wal/0") {
			segments++
		}
	}
	require.Greater(t, segments, 1, "there was load")
	require.Eventually(t, func() bool {
		var slots int
		return one.QueryRow(`SELECT count(*) FROM pg_replication_slots`).Scan(&slots) == nil && slots == 0
	}, 10*time.Second, 20*time.Millisecond, "WAL isn't kept any longer than needed")

	require.NoError(t, postgres.Adopt(to))
	again := start(t, to)
	a, b := count(t, open(t, again, "one")), count(t, open(t, again, "two"))
	require.Greater(t, a, 100, "what was committed while it was taken is in it")
	require.LessOrEqual(t, a, after)
	require.Contains(t, []int{a, a + 1}, b, "one moment")
	info, err := os.Stat(filepath.Join(to, "data", "PG_VERSION"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

// What can't become whole is an error.
func TestBackupFails(t *testing.T) {
	dir := scratch(t)
	s := start(t, dir)
	nothing := func(f postgres.File) error {
		if f.Dir {
			return nil
		}
		_, err := io.Copy(io.Discard, f.Content)
		return err
	}
	full := errors.New("the disk is full")
	require.ErrorIs(t, s.Backup(t.Context(), func(postgres.File) error { return full }), full)
	ctx, cancel := context.WithCancel(t.Context())
	require.ErrorIs(t, s.Backup(ctx, func(f postgres.File) error { cancel(); return nothing(f) }), context.Canceled)

	killed := false
	require.Error(t, s.Backup(t.Context(), func(f postgres.File) error {
		if !killed {
			killed = true
			old := postmaster(t, dir)
			require.NoError(t, syscall.Kill(old, syscall.SIGKILL))
			gone(t, old)
		}
		return nothing(f)
	}), "the server went away under it")
	require.Eventually(t, func() bool { return s.CreateDatabase(t.Context(), "one") == nil }, 10*time.Second, 20*time.Millisecond)
	db := open(t, s, "one")
	write(t, db, 1)

	elsewhere := scratch(t)
	if info, err := os.Stat(filepath.Join(dir, "data")); err == nil && os.Geteuid() == 0 {
		require.NoError(t, os.Chown(elsewhere, int(info.Sys().(*syscall.Stat_t).Uid), -1))
	}
	_, err := db.Exec(`CREATE TABLESPACE away LOCATION '` + elsewhere + `'`)
	require.NoError(t, err)
	require.ErrorContains(t, s.Backup(t.Context(), nothing), "tablespace")
	_, err = db.Exec(`DROP TABLESPACE away`)
	require.NoError(t, err)
	require.NoError(t, s.Backup(t.Context(), nothing))
}

func TestAdoptRefusesParts(t *testing.T) {
	dir, to := scratch(t), filepath.Join(scratch(t), "copy")
	require.NoError(t, start(t, dir).Backup(t.Context(), into(to)))
	for _, name := range []string{"password", "data/backup_label", "data/global/pg_control"} {
		require.NoError(t, os.Rename(filepath.Join(to, name), filepath.Join(to, "away")))
		require.ErrorContains(t, postgres.Adopt(to), name+" is missing")
		require.NoError(t, os.Rename(filepath.Join(to, "away"), filepath.Join(to, name)))
	}
	require.NoError(t, postgres.Adopt(to))
	// Without the WAL that belongs to it, it doesn't pass for a whole one.
	wal, err := filepath.Glob(filepath.Join(to, "data/pg_wal/0*"))
	require.NoError(t, err)
	require.NotEmpty(t, wal)
	require.NoError(t, os.Remove(wal[len(wal)-1]))
	_, err = postgres.Start(t.Context(), config(to))
	require.Error(t, err)
}

func TestCanServe(t *testing.T) {
	dir := filepath.Join(scratch(t), "postgres")
	major, err := start(t, scratch(t)).Major()
	require.NoError(t, err)
	fetch, err := postgres.CanServe(t.Context(), dir, major)
	require.NoError(t, err)
	require.False(t, fetch)
	_, err = postgres.CanServe(t.Context(), dir, 12)
	require.ErrorContains(t, err, "apt install postgresql-12")
}
