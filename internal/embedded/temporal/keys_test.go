package temporal_test

import (
	"crypto/tls"
	"crypto/x509"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/embedded/temporal"
)

const nobody = 65534

// layout is what lies in a directory: modes and groups by path.
func layout(t *testing.T, dir string) (modes map[string]fs.FileMode, groups map[string]uint32) {
	t.Helper()
	modes, groups = map[string]fs.FileMode{}, map[string]uint32{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		modes[name], groups[name] = info.Mode().Perm(), info.Sys().(*syscall.Stat_t).Gid
		return err
	}))
	return modes, groups
}

var closed = map[string]fs.FileMode{
	"temporal-authority.pem": 0o600,
	"temporal-client":        0o700, "temporal-client/ca.pem": 0o600, "temporal-client/cert.pem": 0o600, "temporal-client/key.pem": 0o600,
	"temporal-signal": 0o700, "temporal-signal/ca.pem": 0o600, "temporal-signal/cert.pem": 0o600, "temporal-signal/key.pem": 0o600,
	"temporal-signal/address": 0o600,
}

// open makes or reads the keys and writes an address down, as a start does.
func open(t *testing.T, dir string, group *int) {
	t.Helper()
	k, err := temporal.OpenKeys(dir, group, time.Now)
	require.NoError(t, err)
	require.NoError(t, k.Publish("127.0.0.1:7233"))
}

// reads says whether somebody can read a file.
func reads(path string, uid, gid int) bool {
	c := exec.Command("cat", path)
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return c.Run() == nil
}

// The keys are their owner's alone, whatever the umask and whatever modes they
// had; a group may be let read those of signals, until a start doesn't say so.
func TestKeysAreTheOwners(t *testing.T) {
	dir, err := os.MkdirTemp("/tmp", "turnus-keys-")
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	require.NoError(t, os.Chmod(dir, 0o711))
	defer syscall.Umask(syscall.Umask(0))
	open(t, dir, nil)
	modes, _ := layout(t, dir)
	require.Equal(t, closed, modes)
	for path := range closed {
		require.NoError(t, os.Chmod(filepath.Join(dir, path), 0o777))
	}
	open(t, dir, nil)
	modes, _ = layout(t, dir)
	require.Equal(t, closed, modes, "closed again")

	mine, err := os.Getgroups()
	require.NoError(t, err)
	root := os.Geteuid() == 0
	if root {
		mine = []int{nobody}
	}
	i := slices.IndexFunc(mine, func(g int) bool { return g != os.Getegid() })
	if i < 0 {
		t.Skip("this user has no second group")
	}
	open(t, dir, &mine[i])
	modes, groups := layout(t, dir)
	for path, mode := range closed {
		if !strings.HasPrefix(path, temporal.SignalDir) {
			require.Equal(t, mode, modes[path], path)
			continue
		}
		require.EqualValues(t, mine[i], groups[path], path)
		if path == temporal.SignalDir {
			require.EqualValues(t, 0o750, modes[path])
		} else {
			require.EqualValues(t, 0o640, modes[path], path)
		}
	}
	if root {
		for path := range closed {
			if !strings.HasSuffix(path, ".pem") && !strings.HasSuffix(path, "address") {
				continue
			}
			opened := strings.HasPrefix(path, temporal.SignalDir)
			require.Equal(t, opened, reads(filepath.Join(dir, path), nobody, nobody), path)
			require.False(t, reads(filepath.Join(dir, path), nobody, nobody-1), path)
		}
	}
	open(t, dir, nil)
	modes, _ = layout(t, dir)
	require.Equal(t, closed, modes, "taken back")
	if root {
		require.False(t, reads(filepath.Join(dir, temporal.SignalDir, "key.pem"), nobody, nobody))
	}
}

// What is missing or damaged is made anew; the authority is never replaced by
// itself, and whatever isn't of this authority is.
func TestKeysAreKept(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	start := func() error {
		_, err := temporal.OpenKeys(dir, nil, func() time.Time { return now })
		return err
	}
	content := func() map[string]string {
		all := map[string]string{}
		modes, _ := layout(t, dir)
		for path, mode := range modes {
			if mode == 0o600 {
				b, err := os.ReadFile(filepath.Join(dir, path))
				require.NoError(t, err)
				all[path] = string(b)
			}
		}
		return all
	}
	changed := func(before map[string]string) (names []string) {
		for path, now := range content() {
			if before[path] != now {
				names = append(names, path)
			}
		}
		slices.Sort(names)
		return names
	}
	require.NoError(t, start())
	first := content()
	require.Len(t, first, 7)
	require.NoError(t, start())
	require.Empty(t, changed(first))

	now = now.AddDate(0, 9, 0)
	require.NoError(t, start())
	require.Equal(t, []string{"temporal-client/cert.pem", "temporal-signal/cert.pem"}, changed(first), "a certificate keeps its key, clients their ca.pem")
	for _, room := range []string{temporal.ClientDir, temporal.SignalDir} {
		_, err := tls.LoadX509KeyPair(filepath.Join(dir, room, "cert.pem"), filepath.Join(dir, room, "key.pem"))
		require.NoError(t, err)
	}
	now = now.AddDate(0, -9, 0)
	before := content()
	require.NoError(t, start())
	require.Equal(t, []string{"temporal-client/cert.pem", "temporal-signal/cert.pem"}, changed(before), "the clock was put back to before them")

	// Also to before the authority was made, as on a machine whose clock was
	// ahead at the first start.
	now = now.AddDate(0, 0, -1)
	require.NoError(t, start())
	for _, room := range []string{temporal.ClientDir, temporal.SignalDir} {
		leaf := certified(t, dir, room)
		cert, err := x509.ParseCertificate(leaf.Certificates[0].Certificate[0])
		require.NoError(t, err)
		_, err = cert.Verify(x509.VerifyOptions{Roots: leaf.RootCAs, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
		require.NoError(t, err)
	}

	before = content()
	require.NoError(t, os.Remove(filepath.Join(dir, "temporal-client/cert.pem")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "temporal-signal/key.pem"), []byte(before["temporal-client/key.pem"]), 0o600))
	require.NoError(t, start())
	require.Equal(t, []string{"temporal-client/cert.pem", "temporal-client/key.pem", "temporal-signal/cert.pem", "temporal-signal/key.pem"}, changed(before))

	before = content()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "temporal-authority.pem"), []byte("damaged"), 0o600))
	require.ErrorContains(t, start(), "temporal-authority.pem can't be used")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "temporal-authority.pem"), []byte(before["temporal-client/cert.pem"]+before["temporal-client/key.pem"]), 0o600))
	require.ErrorContains(t, start(), "can't be used")
	require.NoError(t, os.Remove(filepath.Join(dir, "temporal-authority.pem")))
	require.NoError(t, start())
	require.Len(t, changed(before), 7, "another authority asks for other keys")
}
