package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// layout is the version of what lies where in the data directory.
const layout = 1

// defaultDataDir is the user's data directory; root's home is closed to the
// user as whom PostgreSQL then runs, so root has one of the machine's.
func defaultDataDir() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/lib/turnus", nil
	}
	if base := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(base) {
		return filepath.Join(base, "turnus"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("your home directory isn't known (%w): name a data directory with --data DIR", err)
	}
	return filepath.Join(home, ".local", "share", "turnus"), nil
}

// dataDir is the directory with everything that survives a restart, held by
// this process alone until it ends, however it ends.
type dataDir struct {
	path string
	lock *os.File
}

// openDataDir makes the directory if it isn't there, and takes it. When it is
// somebody else's, newer, or can't be written to, nothing in it is touched.
func openDataDir(path string) (*dataDir, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(path, dataMode()); err != nil {
		return nil, unwritable(path, err)
	}
	if err := checkLayout(path); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(path, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, unwritable(path, err)
	}
	d := &dataDir{path: path, lock: lock}
	if err := d.take(); err != nil {
		lock.Close()
		return nil, err
	}
	return d, nil
}

// dataMode closes the directory to others, but for PostgreSQL's user, who goes
// through to its own one.
func dataMode() fs.FileMode {
	if os.Geteuid() == 0 {
		return 0o711
	}
	return 0o700
}

// take locks the directory and writes down who has it.
func (d *dataDir) take() error {
	err := syscall.Flock(int(d.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder := "another process"
		if b, err := os.ReadFile(d.lock.Name()); err == nil && len(strings.TrimSpace(string(b))) > 0 {
			holder = "process " + strings.TrimSpace(string(b))
		}
		return fmt.Errorf("the data directory %s is in use by %s: stop that one, or take another directory with --data DIR", d.path, holder)
	}
	if err != nil {
		return fmt.Errorf("the data directory %s can't be locked: %w", d.path, err)
	}
	// Whoever held it before us may have written a newer layout.
	if err := checkLayout(d.path); err != nil {
		return err
	}
	if err := d.lock.Truncate(0); err != nil {
		return unwritable(d.path, err)
	}
	if _, err := d.lock.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		return unwritable(d.path, err)
	}
	if _, err := os.Stat(d.file("VERSION")); errors.Is(err, fs.ErrNotExist) {
		return d.write("VERSION", strconv.Itoa(layout)+"\n", 0o644)
	}
	return nil
}

// checkLayout refuses what a newer version has written.
func checkLayout(path string) error {
	b, err := os.ReadFile(filepath.Join(path, "VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the data directory %s can't be read: %w", path, bare(err))
	}
	switch at, err := strconv.Atoi(strings.TrimSpace(string(b))); {
	case err != nil || at < 1:
		return fmt.Errorf("the data directory %s isn't one of turnus: its file VERSION reads %q", path, strings.TrimSpace(string(b)))
	case at > layout:
		return fmt.Errorf("the data directory %s was written by a newer version of turnus (layout %d; this one knows %d): start that version, or take another directory with --data DIR", path, at, layout)
	}
	return nil
}

// file is the path of a file in the directory.
func (d *dataDir) file(name string) string { return filepath.Join(d.path, name) }

// write replaces a file of the directory.
func (d *dataDir) write(name, content string, mode fs.FileMode) error {
	if err := replace(d.file(name), content, mode); err != nil {
		return unwritable(d.path, err)
	}
	return nil
}

// replace replaces a file: readers see the old or the new one, never a part.
func replace(path, content string, mode fs.FileMode) error {
	temporary := path + ".new"
	// A leftover would keep its own mode.
	if err := os.Remove(temporary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.WriteFile(temporary, []byte(content), mode); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

// Close lets others have the directory.
func (d *dataDir) Close() error { return d.lock.Close() }

func unwritable(path string, err error) error {
	return fmt.Errorf("the data directory %s can't be written to (%w): make it yours, or take another one with --data DIR", path, bare(err))
}

// bare leaves out what the message around it says already.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
