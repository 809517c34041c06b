package pgtest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestEachTestHasItsOwnDatabase(t *testing.T) {
	one, two := pgtest.New(t), pgtest.New(t)
	_, err := one.Exec(`CREATE TABLE mine (x int)`)
	require.ErrorContains(t, err, "permission denied", "tests have the rights of the role that serves")
	_, err = pgtest.Owner(t, one).Exec(`CREATE TABLE mine (x int); GRANT SELECT ON mine TO PUBLIC`)
	require.NoError(t, err)
	_, err = one.Exec(`SELECT * FROM mine`)
	require.NoError(t, err)
	_, err = two.Exec(`SELECT * FROM mine`)
	require.ErrorContains(t, err, "does not exist")

	var runs int
	require.NoError(t, one.QueryRow(`SELECT count(*) FROM run`).Scan(&runs), "the schema is there")
	require.Error(t, pgtest.Empty(t).QueryRow(`SELECT count(*) FROM run`).Scan(&runs), "and here it isn't")
}

// A test process that is killed leaves neither server nor directory behind.
func TestNothingIsLeftBehind(t *testing.T) {
	if dir := os.Getenv("PGTEST_HANG"); dir != "" {
		pgtest.New(t)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "up"), nil, 0o600))
		time.Sleep(time.Minute)
		return
	}
	dir := t.TempDir()
	tmp, err := os.MkdirTemp("/tmp", "pgtest-") // short, for the socket
	require.NoError(t, err)
	defer os.RemoveAll(tmp)
	require.NoError(t, os.Chmod(tmp, 0o711))

	cmd := exec.Command(os.Args[0], "-test.run=TestNothingIsLeftBehind")
	cmd.Env = append(os.Environ(), "PGTEST_HANG="+dir, "TMPDIR="+tmp)
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { _, err := os.Stat(filepath.Join(dir, "up")); return err == nil }, 30*time.Second, 20*time.Millisecond)
	found, err := filepath.Glob(tmp + "/turnus-pgtest-*/pg/data/postmaster.pid")
	require.NoError(t, err)
	require.Len(t, found, 1)
	pid, err := os.ReadFile(found[0])
	require.NoError(t, err)

	require.NoError(t, cmd.Process.Kill())
	cmd.Wait() //nolint:errcheck // it was killed
	require.Eventually(t, func() bool { left, _ := os.ReadDir(tmp); return len(left) == 0 }, 10*time.Second, 50*time.Millisecond, "the directory is gone")
	first, _, _ := strings.Cut(string(pid), "\n")
	require.Error(t, exec.Command("kill", "-0", first).Run(), "the server is gone")
}
