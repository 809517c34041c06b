package postgres

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMajorOf(t *testing.T) {
	for version, want := range map[string]int{
		"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n": 15,
		"postgres (PostgreSQL) 17beta1":                          17,
		"postgres (PostgreSQL) 9.6.24":                           9,
		"something else 15":                                      0,
		"":                                                       0,
	} {
		require.Equal(t, want, majorOf(version), version)
	}
}

func TestNewestThatFits(t *testing.T) {
	root := t.TempDir()
	var dirs []string
	for name, version := range map[string]string{"a": "15.2", "b": "17.1", "c": "16.9", "d": "14.1", "e": "99"} {
		dir := filepath.Join(root, name)
		require.NoError(t, os.Mkdir(dir, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "postgres"), []byte("#!/bin/sh\necho 'postgres (PostgreSQL) "+version+"'\n"), 0o755))
		if name != "e" { // no initdb beside it: of no use
			require.NoError(t, os.WriteFile(filepath.Join(dir, "initdb"), nil, 0o755))
		}
		dirs = append(dirs, dir)
	}
	require.Equal(t, filepath.Join(root, "b"), newest(t.Context(), dirs, 0))
	require.Equal(t, filepath.Join(root, "a"), newest(t.Context(), dirs, 15))
	require.Equal(t, filepath.Join(root, "d"), newest(t.Context(), dirs, 14), "an old cluster gets its old version")
	require.Empty(t, newest(t.Context(), dirs, 13))
	require.Empty(t, newest(t.Context(), []string{filepath.Join(root, "d")}, 0), "too old for a new cluster")
}

func TestRotate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "postgres.log")
	writer, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	defer writer.Close()
	write := func(s string) {
		_, err := writer.WriteString(s)
		require.NoError(t, err)
	}
	read := func(path string) string {
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		return string(b)
	}
	write("short")
	require.NoError(t, rotate(path, 10))
	require.Equal(t, "short", read(path))
	write(", then long")
	require.NoError(t, rotate(path, 10))
	require.Equal(t, "short, then long", read(path+".1"))
	write("goes on")
	require.Equal(t, "goes on", read(path), "who holds it open writes at its new end")
	require.NoError(t, rotate(filepath.Join(t.TempDir(), "none"), 10))
}

func TestSocketDir(t *testing.T) {
	me := owner{uid: os.Geteuid(), gid: os.Getegid()}
	short, err := socketDir("/srv/pg/data", me)
	require.NoError(t, err)
	require.Equal(t, "/srv/pg/data", short)

	t.Setenv("TMPDIR", t.TempDir())
	long := "/" + strings.Repeat("x", 100)
	dir, err := socketDir(long, me)
	require.NoError(t, err)
	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	again, err := socketDir(long, me)
	require.NoError(t, err, "after a crash it is there already")
	require.Equal(t, dir, again)
	require.NoError(t, os.Chmod(dir, 0o777))
	_, err = socketDir(long, me)
	require.ErrorContains(t, err, "belongs to somebody else")
}

func TestSegments(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct {
		first, last string
		size        int64
		want        []string
	}{
		{"000000010000000000000004", "000000010000000000000004", 16 * mb, []string{"000000010000000000000004"}},
		{"0000000100000000000000FE", "000000010000000100000001", 16 * mb, []string{
			"0000000100000000000000FE", "0000000100000000000000FF", "000000010000000100000000", "000000010000000100000001"}},
		{"00000002000000AB00000003", "00000002000000AC00000000", 1024 * mb, []string{"00000002000000AB00000003", "00000002000000AC00000000"}},
	} {
		got, err := segments(c.first, c.last, c.size)
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}
	for _, c := range [][2]string{
		{"000000010000000000000004", "000000020000000000000005"},
		{"000000010000000000000004", "000000010000000000000003"},
		{"000000010000000000000004", "nonsense"},
		{"00000001", "000000010000000000000003"},
	} {
		_, err := segments(c[0], c[1], 16*mb)
		require.Error(t, err, c)
	}
}

// What is left out of a copy, and what only looks like it.
func TestLeftOut(t *testing.T) {
	for _, name := range []string{"postmaster.pid", "postmaster.opts", "backup_label.old", ".s.PGSQL.5432.lock", "pg_internal.init", "pg_internal.init.123", "pgsql_tmp", "pgsql_tmp12.0", "t3_16384", "t3_16384_fsm", "t3_16384.1"} {
		require.True(t, left.MatchString(name), name)
	}
	for _, name := range []string{"PG_VERSION", "pg_control", "16384", "16384_init", "postgresql.auto.conf", "pg_hba.conf", "pg_filenode.map"} {
		require.False(t, left.MatchString(name), name)
	}
}

// A file that shrinks while it is copied keeps the size that was said.
func TestShrinkingFile(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "f"), make([]byte, 100), 0o600))
	c := copier{ctx: t.Context(), dir: dir, put: func(f File) error {
		require.NoError(t, os.Truncate(filepath.Join(dir, "f"), 10))
		b, err := io.ReadAll(f.Content)
		require.NoError(t, err)
		require.Len(t, b, 100)
		return nil
	}}
	require.NoError(t, c.file("f"))
}
