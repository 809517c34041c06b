package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Major is the major version of the cluster.
func (s *Server) Major() (int, error) { return clusterMajor(s.data) }

// CanServe says before anything is written whether a cluster of a major version
// could be served from a directory, whose parent exists. fetch means that the
// binaries would have to be fetched first.
func CanServe(ctx context.Context, dir string, major int) (fetch bool, err error) {
	o, err := serverOwner()
	if err != nil {
		return false, err
	}
	if err := o.canEnter(filepath.Dir(dir)); err != nil {
		return false, err
	}
	if bin := search(ctx, filepath.Join(dir, "binaries"), major); bin != "" {
		return false, nil
	}
	if _, known := releases[major]; known {
		return true, nil
	}
	return false, missing(major, nil)
}

// Adopt makes what Backup handed on, and stands in dir now, the directory of a
// server: complete, and its user's. The first Start recovers it.
func Adopt(dir string) error {
	for _, name := range []string{"password", "data/PG_VERSION", "data/backup_label", control} {
		if info, err := os.Stat(filepath.Join(dir, name)); errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
			return fmt.Errorf("this isn't a whole copy of a PostgreSQL cluster: %s is missing", name)
		} else if err != nil {
			return err
		}
	}
	o, err := serverOwner()
	if err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		return err
	}
	return filepath.WalkDir(filepath.Join(dir, "data"), func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o600)
		if e.IsDir() {
			mode = 0o700
		}
		if err := os.Chmod(path, mode); err != nil {
			return err
		}
		return o.give(path)
	})
}
