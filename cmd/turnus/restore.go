package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"turnus/internal/archive"
	"turnus/internal/embedded/postgres"
)

func restoreCommand() *cobra.Command {
	var data string
	c := &cobra.Command{
		Use:   "restore FILE --data DIR",
		Short: "Make a data directory of a backup",
		Long: `Makes a data directory of what turnus backup has written. DIR is empty or isn't
there yet. Everything is unpacked and checked beside it, in DIR.restoring, and
moved there when it is whole. Do this as the user as whom turnus up will run.

Then start turnus up --data DIR: tasks that were open are open, decisions stand,
and runs go on. It must not run beside the original, or both would do the same
work. Tokens that people have stay valid; the first start writes a new
administrator's token to DIR/admin-token. It makes other certificates for
Temporal, too: systems that signal read DIR/temporal-signal anew.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			path, err := filepath.Abs(data)
			if err != nil {
				return err
			}
			head, err := restore(c.Context(), args[0], path)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "%s holds what %s held after %s: start it with turnus up --data %[1]s\n", path, args[0], instant(head.Begun))
			return nil
		},
	}
	c.Flags().StringVar(&data, "data", "", "the new data directory: empty, or not there yet")
	_ = c.MarkFlagRequired("data") // it exists
	return c
}

// restore makes the data directory at path of the backup in file, whole or not
// at all.
func restore(ctx context.Context, file, path string) (head archive.Head, err error) {
	f, err := os.Open(file)
	if err != nil {
		return head, err
	}
	defer f.Close()
	if err := vacant(path); err != nil {
		return head, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return head, unwritable(path, err)
	}
	fresh := path + ".restoring"
	err = os.Mkdir(fresh, dataMode())
	if errors.Is(err, fs.ErrExist) {
		return head, fmt.Errorf("%s is there: another restore runs, or one was cut off; if none runs, remove it", fresh)
	}
	if err != nil {
		return head, unwritable(path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(fresh))
		}
	}()
	if err := os.Chmod(fresh, dataMode()); err != nil { // whatever the umask
		return head, err
	}
	head, err = archive.Unpack(obedient{ctx, f}, fresh, func(h archive.Head) error { return fits(ctx, h, fresh) })
	if err != nil {
		return head, err
	}
	if err := checkLayout(fresh); err != nil {
		return head, err
	}
	if err := postgres.Adopt(filepath.Join(fresh, postgresDir)); err != nil {
		return head, err
	}
	// An empty token is one to be renewed; a missing one would make the first
	// start in there the organisation's first, with a demo if one is asked for.
	if err := os.WriteFile(filepath.Join(fresh, adminTokenFile), nil, 0o600); err != nil {
		return head, err
	}
	syscall.Sync() // thousands of files at once
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return head, inTheWay(path, err)
	}
	if err := os.Rename(fresh, path); err != nil {
		return head, inTheWay(path, err)
	}
	return head, syncDir(filepath.Dir(path))
}

// vacant refuses a place where something is.
func vacant(path string) error {
	entries, err := os.ReadDir(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("%s can't be restored into: %w", path, bare(err))
	case len(entries) > 0:
		return fmt.Errorf("%s isn't empty: restore into an empty directory, or one that isn't there yet, with --data DIR", path)
	}
	// It is replaced, which a mount point can't be.
	here, err := os.Stat(path)
	if err != nil {
		return err
	}
	above, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return err
	}
	if here.Sys().(*syscall.Stat_t).Dev != above.Sys().(*syscall.Stat_t).Dev {
		return inTheWay(path, syscall.EBUSY)
	}
	return nil
}

func inTheWay(path string, err error) error {
	if errors.Is(err, syscall.EBUSY) {
		return fmt.Errorf("%s is a mount point, which can't be replaced: restore into a directory below it, as in --data %[1]s/data", path)
	}
	return fmt.Errorf("%s can't be replaced: %w", path, bare(err))
}

// fits refuses a backup that this binary on this machine can't serve.
func fits(ctx context.Context, h archive.Head, path string) error {
	if h.Layout > layout {
		return fmt.Errorf("the backup was made by a newer version of turnus (%s, layout %d; this one knows %d): restore it with that version", h.Version, h.Layout, layout)
	}
	if h.Platform != platform {
		return fmt.Errorf("the backup was made on %s, and PostgreSQL's files don't fit %s: restore it on a machine like the old one", h.Platform, platform)
	}
	fetch, err := postgres.CanServe(ctx, filepath.Join(path, postgresDir), h.Postgres)
	if fetch {
		say("PostgreSQL %d, which the backup needs, isn't on this machine: install it, or turnus up fetches it", h.Postgres)
	}
	return err
}
