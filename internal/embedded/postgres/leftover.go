package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// takeOver stops a server of this data directory that a killed process has
// left behind, in order, so that ours can start. (Adopting it would mean to
// keep its settings, and to watch a process that isn't our child.) The file
// of a dead one is left to PostgreSQL, which looks for its remains first.
func takeOver(ctx context.Context, data string, log *slog.Logger) error {
	file := filepath.Join(data, "postmaster.pid")
	b, err := os.ReadFile(file)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	first, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 || !alive(pid) {
		return nil //nolint:nilerr // without a process it names nobody
	}
	if !servesFrom(pid, data) {
		// The number belongs to another process by now, as after a reboot;
		// PostgreSQL would take that one for a server and refuse to start.
		log.Info("PostgreSQL's lock file names a process that is something else: it is removed", "pid", pid)
		return os.Remove(file)
	}
	log.Info("a PostgreSQL was left behind by a process that was killed: it is stopped first", "pid", pid)
	for _, step := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{syscall.SIGINT, 30 * time.Second}, {syscall.SIGQUIT, 10 * time.Second}} {
		if err := syscall.Kill(pid, step.signal); err != nil {
			if errors.Is(err, syscall.ESRCH) {
				return nil
			}
			return fmt.Errorf("the PostgreSQL with process ID %d, which uses %s, can't be stopped: %w", pid, data, err)
		}
		for end := time.Now().Add(step.wait); time.Now().Before(end); {
			if !alive(pid) {
				return nil
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	return fmt.Errorf("the PostgreSQL with process ID %d, which uses %s, doesn't stop: end it with: kill -QUIT %d", pid, data, pid)
}

// alive says whether a process exists and isn't just waiting to be buried.
func alive(pid int) bool {
	if err := syscall.Kill(pid, 0); errors.Is(err, syscall.ESRCH) {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true // no /proc: the signal's answer counts
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z") && !strings.HasPrefix(rest, "X")
}

// servesFrom says whether a process is a server of this data directory: a
// postmaster works in it, and names it in its arguments.
func servesFrom(pid int, data string) bool {
	real, err := filepath.EvalSymlinks(data)
	if err != nil {
		return false
	}
	if cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid)); err == nil {
		return cwd == real
	}
	args, err := exec.Command("ps", "-ww", "-o", "args=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && strings.Contains(string(args), "postgres") &&
		(strings.Contains(string(args), data) || strings.Contains(string(args), real))
}
