package main

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDataDirIsHeldByOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b c")
	one, err := openDataDir(path)
	require.NoError(t, err)
	_, err = openDataDir(path)
	require.EqualError(t, err, "the data directory "+path+" is in use by process "+strconv.Itoa(os.Getpid())+": stop that one, or take another directory with --data DIR")
	require.NoError(t, one.Close())
	two, err := openDataDir(path)
	require.NoError(t, err)
	require.NoError(t, two.Close())
	version, err := os.ReadFile(filepath.Join(path, "VERSION"))
	require.NoError(t, err)
	require.Equal(t, "1\n", string(version))
}

func TestDataDirOfAnotherVersion(t *testing.T) {
	for content, want := range map[string]string{
		"2\n":    "was written by a newer version of turnus (layout 2; this one knows 1)",
		"0\n":    `isn't one of turnus: its file VERSION reads "0"`,
		"3.14\n": `isn't one of turnus: its file VERSION reads "3.14"`,
	} {
		path := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(path, "VERSION"), []byte(content), 0o644))
		_, err := openDataDir(path)
		require.ErrorContains(t, err, want)
		entries, err := os.ReadDir(path)
		require.NoError(t, err)
		require.Len(t, entries, 1, "nothing was touched")
	}
}

func TestDataDirThatCantBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := openDataDir(filepath.Join(file, "below"))
	require.ErrorContains(t, err, "can't be written to (not a directory)")
	if os.Geteuid() == 0 {
		return // root writes everywhere
	}
	closed := t.TempDir()
	require.NoError(t, os.Chmod(closed, 0o500))
	_, err = openDataDir(closed)
	require.ErrorContains(t, err, "can't be written to (permission denied)")
}

func TestWriteReplaces(t *testing.T) {
	d, err := openDataDir(t.TempDir())
	require.NoError(t, err)
	defer d.Close()
	for _, content := range []string{"one", "two"} {
		require.NoError(t, d.write("temporal-address", content, 0o600))
		b, err := os.ReadFile(d.file("temporal-address"))
		require.NoError(t, err)
		require.Equal(t, content, string(b))
	}
}

func TestDefaultDataDir(t *testing.T) {
	dir, err := defaultDataDir()
	require.NoError(t, err)
	if os.Geteuid() == 0 {
		require.Equal(t, "/var/lib/turnus", dir)
		return
	}
	t.Setenv("XDG_DATA_HOME", "/data")
	dir, err = defaultDataDir()
	require.NoError(t, err)
	require.Equal(t, "/data/turnus", dir)
}
