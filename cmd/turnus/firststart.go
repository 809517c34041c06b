package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"turnus/api/web"
	"turnus/itsm/fault"
	"turnus/store"
)

const (
	firstTokenTTL  = 90 * 24 * time.Hour
	administrator  = "administrator"
	adminTokenFile = "admin-token"
	demoTokens     = "demo-tokens"
	// demoMark says how far the demo has come: begun, or done.
	demoMark = "demo"
)

// site is the directory that `up` keeps everything in, and what is done there
// besides running the parts.
type site struct {
	data *dataDir
	demo bool
	copy func(context.Context, io.Writer) error // of everything, for a backup

	metricsToken string // a file, see metricsFlag
	spool        string // directory for files on their way
	pages        web.Site
}

// firstStart makes an administrator and sees to their token. It says whether
// this was the first start.
func (s site) firstStart(ctx context.Context, st *store.Store) (first bool, err error) {
	if err := st.EnsureAdministrator(ctx, now()); err != nil {
		return false, err
	}
	path := s.data.file(adminTokenFile)
	if _, err := os.Stat(path); s.demo && errors.Is(err, fs.ErrNotExist) {
		if err := s.data.write(demoMark, "begun\n", 0o644); err != nil {
			return false, err
		}
	}
	return administratorToken(ctx, st, path)
}

// administratorToken writes a token of the administrator to a file; one that
// is missing or has expired is renewed. It says whether there was none.
func administratorToken(ctx context.Context, st *store.Store, path string) (first bool, err error) {
	old, err := os.ReadFile(path)
	first = errors.Is(err, fs.ErrNotExist)
	if err != nil && !first {
		return false, err
	}
	if !first {
		_, err := st.Authenticate(ctx, now(), strings.TrimSpace(string(old)))
		if err == nil || !fault.Is(err, fault.Unauthenticated) {
			return false, err
		}
	}
	_, secret, err := st.FirstToken(ctx, now(), administrator, firstTokenTTL)
	if fault.Is(err, fault.NotFound) {
		return false, nil // the organisation has retired this person: its own administrators issue tokens
	}
	if err != nil {
		return false, err
	}
	if err := replace(path, secret+"\n", 0o600); err != nil {
		return false, err
	}
	if first {
		say("An administrator's token is in %s", path)
	} else {
		say("The administrator's token in %s was missing, had expired or was revoked; there is a new one in its place", path)
	}
	return first, nil
}
