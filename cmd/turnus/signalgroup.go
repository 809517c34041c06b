package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"

	"turnus/internal/embedded/temporal"
	"turnus/itsm/run"
	"turnus/workflows"
)

// maySignal says what the certificate in temporal-signal is for: decisions on
// runs. Whether one is valid its pass says, and nothing else.
func maySignal(workflow, signal string) bool {
	_, _, err := run.ParseID(workflow)
	return err == nil && signal == workflows.SignalDecide
}

// signalGroup is the ID of a group that temporal-signal can be opened to; nil
// if none is named.
func signalGroup(name string) (*int, error) {
	if name == "" {
		return nil, nil //nolint:nilnil // none
	}
	g, err := user.LookupGroup(name)
	if err != nil {
		if g, err = user.LookupGroupId(name); err != nil {
			return nil, fmt.Errorf("this machine has no group %s: make it with groupadd --system %[1]s, or name another one with --signal-group GROUP", name)
		}
	}
	id, err := strconv.Atoi(g.Gid)
	if err != nil {
		return nil, fmt.Errorf("the group %s has no number: name another one with --signal-group GROUP", name)
	}
	if os.Geteuid() == 0 {
		return &id, nil
	}
	mine, err := os.Getgroups()
	if err != nil {
		return nil, err
	}
	if id != os.Getegid() && !slices.Contains(mine, id) {
		return nil, fmt.Errorf("files can be given only to a group of one's own, and this user isn't in %[1]s: have it put there with usermod --append --groups %[1]s USER, or name another one with --signal-group GROUP", name)
	}
	return &id, nil
}

// admit lets a group pass through the data directory to temporal-signal, or
// takes back what an earlier start admitted. Root's lets everybody pass.
func (d *dataDir) admit(group *int) error {
	if group == nil {
		return d.takeBack()
	}
	if err := canPass(filepath.Dir(d.path), *group); err != nil {
		return err
	}
	if os.Geteuid() == 0 {
		return canPass(d.path, *group)
	}
	if err := os.Chown(d.path, -1, *group); err != nil {
		return unwritable(d.path, err)
	}
	return os.Chmod(d.path, 0o710)
}

// takeBack closes the data directory to a group that was admitted.
func (d *dataDir) takeBack() error {
	info, err := os.Stat(d.file(temporal.SignalDir))
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode().Perm()&0o070 == 0 || os.Geteuid() == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	return os.Chmod(d.path, dataMode())
}

// canPass says which directory keeps a group out on the way to path.
func canPass(path string, group int) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	for at := real; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return err
		}
		bit := fs.FileMode(0o001)
		if int(info.Sys().(*syscall.Stat_t).Gid) == group {
			bit = 0o010
		}
		if info.Mode()&bit == 0 {
			return fmt.Errorf("the group of --signal-group can't reach %s, since it can't enter %s: take a data directory outside of it with --data DIR, such as /var/lib/turnus, or let others through with: chmod o+x %[2]s",
				temporal.SignalDir, at)
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}
