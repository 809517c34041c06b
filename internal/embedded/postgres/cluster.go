package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func (s *Server) passwordFile() string { return filepath.Join(s.dir, "password") }

// cluster makes the cluster on the first start and gives its password.
func (s *Server) cluster(ctx context.Context) (string, error) {
	password, err := os.ReadFile(s.passwordFile())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	switch _, none := os.Stat(filepath.Join(s.data, "PG_VERSION")); {
	case none == nil && len(password) == 0:
		return "", fmt.Errorf("the password of the cluster in %s is missing: put it back into %s", s.data, s.passwordFile())
	case none == nil:
		return strings.TrimSpace(string(password)), s.owner.give(s.data)
	case !errors.Is(none, fs.ErrNotExist):
		return "", none
	}
	// The password is on disk before a cluster can want it.
	secret := rand.Text()
	if err := os.WriteFile(s.passwordFile(), []byte(secret+"\n"), 0o600); err != nil {
		return "", err
	}
	return secret, s.initdb(ctx, secret)
}

// initdb makes the cluster beside its place and moves it there when it is
// complete, so that a start that was killed halfway leaves no half cluster.
func (s *Server) initdb(ctx context.Context, secret string) error {
	fresh, pwfile := s.data+".new", filepath.Join(s.dir, "initdb-password")
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := os.Mkdir(fresh, 0o700); err != nil {
		return err
	}
	if err := s.owner.give(fresh); err != nil {
		return err
	}
	defer os.Remove(pwfile)
	if err := os.WriteFile(pwfile, []byte(secret+"\n"), 0o600); err != nil {
		return err
	}
	if err := s.owner.give(pwfile); err != nil {
		return err
	}
	args := []string{"-D", fresh, "-U", superuser, "--pwfile=" + pwfile, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"}
	if s.settings["fsync"] == "off" {
		args = append(args, "--no-sync")
	}
	s.log.Info("PostgreSQL makes its data directory", "dir", s.data)
	out, err := run(ctx, s.owner.command(filepath.Join(s.bin, "initdb"), args...))
	if err != nil {
		return fmt.Errorf("PostgreSQL's initdb fails in %s: %w\n%s", s.dir, err, strings.TrimSpace(out))
	}
	// An empty directory in the way is fine; a full one is somebody's data.
	if err := os.Remove(s.data); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is neither empty nor a PostgreSQL cluster: move it away", s.data)
	}
	return os.Rename(fresh, s.data)
}

// run runs a command to its end, or until ctx ends, and gives what it wrote.
func run(ctx context.Context, cmd *exec.Cmd) (string, error) {
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		return "", err
	}
	stop := context.AfterFunc(ctx, func() { cmd.Process.Kill() }) //nolint:errcheck // it may have ended already
	defer stop()
	err := cmd.Wait()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return out.String(), err
}
