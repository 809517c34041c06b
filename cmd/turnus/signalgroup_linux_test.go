package main

import (
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"turnus/internal/embedded/temporal"
	"turnus/workflows"
)

const nobody = 65534

// asUser does something as nobody with one more group, on a thread of its own.
func asUser(t *testing.T, group int, do func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("another user takes root")
	}
	done := make(chan syscall.Errno)
	go func() {
		runtime.LockOSThread() // and never unlocked: it ends with the goroutine
		groups := []uint32{uint32(group)}
		var failed syscall.Errno
		defer func() { done <- failed }()
		for _, call := range [][4]uintptr{
			{syscall.SYS_SETGROUPS, 1, uintptr(unsafe.Pointer(&groups[0])), 0},
			{syscall.SYS_SETRESGID, nobody, nobody, nobody}, {syscall.SYS_SETRESUID, nobody, nobody, nobody},
		} {
			if _, _, failed = syscall.RawSyscall(call[0], call[1], call[2], call[3]); failed != 0 {
				return
			}
		}
		do()
	}()
	require.Zero(t, <-done)
}

// An ordinary user's data directory lets a group of theirs through and no
// further, until a start doesn't say so; others are refused with what to do.
func TestAGroupIsLetThrough(t *testing.T) {
	g, err := user.LookupGroup("daemon")
	require.NoError(t, err)
	daemon, err := strconv.Atoi(g.Gid)
	require.NoError(t, err)
	home, err := os.MkdirTemp("/tmp", "turnus-group-")
	require.NoError(t, err)
	defer os.RemoveAll(home)
	d := &dataDir{path: filepath.Join(home, "data")}
	mode := func() (os.FileMode, int) {
		info, err := os.Stat(d.path)
		require.NoError(t, err)
		return info.Mode().Perm(), int(info.Sys().(*syscall.Stat_t).Gid)
	}
	if os.Geteuid() == 0 {
		require.NoError(t, os.Chown(home, nobody, nobody))
	}
	asUser(t, daemon, func() {
		_, err := signalGroup("no-such-group")
		require.ErrorContains(t, err, "no group no-such-group: make it with groupadd")
		_, err = signalGroup("bin")
		require.ErrorContains(t, err, "this user isn't in bin: have it put there with usermod")
		group, err := signalGroup("daemon")
		require.NoError(t, err)
		require.Equal(t, daemon, *group)

		require.NoError(t, os.Mkdir(d.path, 0o700))
		require.ErrorContains(t, d.admit(group), "it can't enter "+home)
		require.NoError(t, os.Chmod(home, 0o711))
		require.NoError(t, d.admit(group))
		m, gid := mode()
		require.EqualValues(t, 0o710, m)
		require.Equal(t, daemon, gid)

		require.NoError(t, os.Mkdir(d.file(temporal.SignalDir), 0o700))
		require.NoError(t, os.Chmod(d.file(temporal.SignalDir), 0o750)) // as Temporal's start does
		none, err := signalGroup("")
		require.NoError(t, err)
		require.NoError(t, d.admit(none))
		m, _ = mode()
		require.EqualValues(t, 0o700, m)
	})
}

// What the signals' certificate is good for.
func TestSignalsAreForRuns(t *testing.T) {
	for workflow, may := range map[string]bool{
		"sla-report/payments/2026-10": true, "sla-report/payments/2026-10.2": true, "change-approval/interval-desk/2026-11-29": true,
		"": false, "payments": false, workflows.WakingID: false, workflows.PlanKeepingID: false, "a/b": false, "a/b/c/d": false, "a//c": false, "a/b/c.x": false,
	} {
		require.Equal(t, may, maySignal(workflow, "decide"), workflow)
		require.False(t, maySignal(workflow, "cancel"), workflow)
	}
}
