package postgres

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// owner is the user to whom the cluster belongs and as whom the server runs.
type owner struct {
	name     string
	uid, gid int
	dropped  bool // whether it is another user than ours
}

// serverOwner is the current user; for root, whom PostgreSQL refuses, it is
// the user postgres if there is one, else nobody.
func serverOwner() (owner, error) {
	if os.Geteuid() != 0 {
		return owner{uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.Atoi(u.Uid)
		gid, errGID := strconv.Atoi(u.Gid)
		if errUID == nil && errGID == nil {
			return owner{name: name, uid: uid, gid: gid, dropped: true}, nil
		}
	}
	return owner{}, errors.New("PostgreSQL refuses to run as root, and this machine has neither a user postgres nor a user nobody: " +
		"start turnus as an ordinary user, or create one with: useradd --system postgres")
}

// credential drops from root to the owner; nil keeps the current user.
func (o owner) credential() *syscall.Credential {
	if !o.dropped {
		return nil
	}
	return &syscall.Credential{Uid: uint32(o.uid), Gid: uint32(o.gid)}
}

// give makes a path the owner's.
func (o owner) give(path string) error {
	if !o.dropped {
		return nil
	}
	return os.Chown(path, o.uid, o.gid)
}

// canEnter says which directory on the way to dir keeps the owner out.
func (o owner) canEnter(dir string) error {
	if !o.dropped {
		return nil
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	for at := real; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return err
		}
		st := info.Sys().(*syscall.Stat_t)
		bit := fs.FileMode(0o001)
		switch {
		case int(st.Uid) == o.uid:
			bit = 0o100
		case int(st.Gid) == o.gid:
			bit = 0o010
		}
		if info.Mode()&bit == 0 {
			return fmt.Errorf("PostgreSQL refuses to run as root, and the user %s, as whom it runs instead, can't enter %s: "+
				"take a data directory outside of it, such as /var/lib/turnus, or let others through with: chmod o+x %s", o.name, at, at)
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}

// longestSocket is the length in bytes of a unix socket's path that works
// everywhere: Linux allows 107, the BSDs 103.
const longestSocket = 103

// socketDir is where the socket lies: in the data directory, which is closed
// to everybody else, or, where that path is too long or holds a comma (which
// separates hosts in an address), in a private directory for temporary files,
// whose name follows from the path.
func socketDir(data string, o owner) (string, error) {
	const socket = "/.s.PGSQL.5432"
	if len(data)+len(socket) <= longestSocket && !strings.Contains(data, ",") {
		return data, nil
	}
	sum := sha256.Sum256([]byte(data))
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("turnus-%x", sum[:8]))
	err := os.Mkdir(dir, 0o700)
	if err == nil {
		return dir, o.give(dir)
	}
	if !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	// One that a killed process has left is ours; anybody else's isn't.
	info, err := os.Lstat(dir)
	if err != nil {
		return "", err
	}
	if st := info.Sys().(*syscall.Stat_t); !info.IsDir() || int(st.Uid) != o.uid || info.Mode().Perm() != 0o700 {
		return "", fmt.Errorf("%s belongs to somebody else: remove it, or take a data directory with a shorter path", dir)
	}
	return dir, nil
}
