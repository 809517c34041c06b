package postgres

import (
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
