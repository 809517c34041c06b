package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"turnus/internal/archive"
	"turnus/internal/embedded/postgres"
)

// postgresDir is where PostgreSQL lies in the data directory, and in a backup.
const postgresDir = "postgres"

func backupCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "A consistent copy of everything, while turnus up runs",
		Long: `Writes a copy of everything that turnus up keeps (records, Temporal's state) at
one instant, while it goes on working. Needs an administrator's token. FILE is
written beside its place as FILE.part-…, read through once more, and renamed
when it is whole; what stood in FILE before is replaced then, and not earlier.

FILE is as secret as the database: it holds personal data, the hashes of tokens
and the database's own password. It is readable for you alone. The tokens in
the data directory (admin-token, demo-tokens) aren't in it, nor are Temporal's
certificates; the tokens that people have stay valid after a restore.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			api, err := dial()
			if err != nil {
				return err
			}
			return takeBackup(c.Context(), args[0], api.Backup, c.OutOrStdout())
		},
	}
}

// takeBackup has a backup written and puts it at its place when it is whole.
func takeBackup(ctx context.Context, to string, fetch func(context.Context, io.Writer) error, out io.Writer) error {
	sum := sha256.New()
	var head archive.Head
	var size int64
	err := writeWhole(to, 0o600, func(f *os.File) error {
		if err := fetch(ctx, io.MultiWriter(f, sum)); err != nil {
			return err
		}
		if err := f.Sync(); err != nil {
			return err
		}
		// What is on disk is what a restore will read.
		var err error
		if size, err = f.Seek(0, io.SeekEnd); err != nil {
			return err
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		head, err = archive.Verify(obedient{ctx, f})
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %d bytes, sha256 %s; everything acknowledged by %s is in it\n",
		to, size, hex.EncodeToString(sum.Sum(nil)), instant(head.Begun))
	return nil
}

// writeBackup writes what is needed to go on elsewhere from the instant at
// which it ends.
func writeBackup(ctx context.Context, to io.Writer, pg *postgres.Server) error {
	major, err := pg.Major()
	if err != nil {
		return err
	}
	w, err := archive.NewWriter(to, archive.Head{Layout: layout, Postgres: major, Platform: platform, Version: version(), Begun: now()})
	if err != nil {
		return err
	}
	mark := strconv.Itoa(layout) + "\n"
	if err := w.File("VERSION", int64(len(mark)), strings.NewReader(mark)); err != nil {
		return err
	}
	err = pg.Backup(ctx, func(f postgres.File) error {
		if f.Dir {
			return w.Dir(postgresDir + "/" + f.Name)
		}
		return w.File(postgresDir+"/"+f.Name, f.Size, f.Content)
	})
	if err != nil {
		return err
	}
	return w.Close()
}

// platform is what PostgreSQL's files depend on besides its version.
const platform = runtime.GOOS + "/" + runtime.GOARCH

// obedient reads until ctx ends.
type obedient struct {
	ctx context.Context
	io.Reader
}

// Read implements io.Reader.
func (o obedient) Read(p []byte) (int, error) {
	if err := o.ctx.Err(); err != nil {
		return 0, err
	}
	return o.Reader.Read(p)
}

// syncDir makes a renaming outlive a power failure.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
