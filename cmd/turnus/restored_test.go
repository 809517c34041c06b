package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/store"
)

// restoredSite is a data directory after a restore, with a token and a feed that
// are valid.
func restoredSite(t *testing.T) (s site, st *store.Store, token, feed string) {
	data, err := openDataDir(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { data.Close() })
	s, st = site{data: data}, store.New(pgtest.New(t))
	require.NoError(t, st.EnsureAdministrator(t.Context(), now()))
	require.NoError(t, os.WriteFile(data.file(adminTokenFile), nil, 0o600))
	_, token, err = st.FirstToken(t.Context(), now(), administrator, time.Hour)
	require.NoError(t, err)
	_, feed, err = st.IssueFeed(t.Context(), person.Actor{Person: administrator}, now())
	require.NoError(t, err)
	return s, st, token, feed
}

// What was asked for at the restore is done before anything is issued, once,
// and is on record.
func TestRestoredTokensAreRevokedOnce(t *testing.T) {
	s, st, token, feed := restoredSite(t)
	begin := func() {
		require.NoError(t, s.revokeRestored(t.Context(), st))
		_, err := s.firstStart(t.Context(), st)
		require.NoError(t, err)
	}
	begin() // nothing was asked for
	_, err := st.Authenticate(t.Context(), now(), token)
	require.NoError(t, err)
	first, err := os.ReadFile(s.data.file(adminTokenFile))
	require.NoError(t, err)

	_, session, err := st.OpenSession(t.Context(), now(), token)
	require.NoError(t, err)
	admission, err := st.Admit(t.Context(), now(), administrator, time.Hour)
	require.NoError(t, err)

	require.NoError(t, os.WriteFile(s.data.file(revokeMark), nil, 0o600))
	begin()
	_, err = st.Session(t.Context(), now(), session)
	require.True(t, fault.Is(err, fault.Unauthenticated), "%v", err)
	_, err = st.Admission(t.Context(), now(), admission)
	require.True(t, fault.Is(err, fault.Unauthenticated), "%v", err)
	for _, old := range []string{token, string(first[:len(first)-1])} {
		_, err = st.Authenticate(t.Context(), now(), old)
		require.True(t, fault.Is(err, fault.Unauthenticated), "%v", err)
	}
	_, err = st.FeedOf(t.Context(), feed)
	require.True(t, fault.Is(err, fault.NotFound), "%v", err)
	require.NoFileExists(t, s.data.file(revokeMark))

	fresh, err := os.ReadFile(s.data.file(adminTokenFile))
	require.NoError(t, err)
	begin()
	_, err = st.Authenticate(t.Context(), now(), string(fresh[:len(fresh)-1]))
	require.NoError(t, err, "once")

	done := map[string]int{}
	trail, _, err := st.Audit(t.Context(), store.Trail{Person: person.System}, store.Page{Limit: 500})
	require.NoError(t, err)
	for _, e := range trail {
		done[e.Action]++
		if e.Action == "restore.revoked" {
			require.JSONEq(t, `{"tokens":2,"feeds":1,"admissions":1}`, string(e.After))
		}
	}
	require.Equal(t, 2, done["token.revoked"])
	require.Equal(t, 1, done["feed.withdrawn"])
	require.Equal(t, 1, done["restore.revoked"])
}

// The mark stays until it is done, and nobody is let in.
func TestRevokingIsTakenUpAgain(t *testing.T) {
	s, st, token, _ := restoredSite(t)
	require.NoError(t, os.WriteFile(s.data.file(revokeMark), nil, 0o600))
	// Cut off in the middle: the last of what it records fails.
	owner := pgtest.Owner(t, st.DB())
	_, err := owner.Exec("ALTER TABLE audit ADD CONSTRAINT cut CHECK (action <> 'restore.revoked')")
	require.NoError(t, err)
	require.Error(t, s.revokeRestored(t.Context(), st))
	require.FileExists(t, s.data.file(revokeMark))
	_, err = st.Authenticate(t.Context(), now(), token)
	require.NoError(t, err, "all or nothing")
	_, err = owner.Exec("ALTER TABLE audit DROP CONSTRAINT cut")
	require.NoError(t, err)
	// Cut off after the record, before the mark went: done again.
	_, err = st.RevokeEverything(t.Context(), now())
	require.NoError(t, err)
	require.NoError(t, s.revokeRestored(t.Context(), st))
	require.NoFileExists(t, s.data.file(revokeMark))
	_, err = st.Authenticate(t.Context(), now(), token)
	require.Error(t, err)
}

// As an administrator would: a token is revoked and a feed withdrawn after the
// backup; a restore says that both are valid again, unless it is told to end
// them.
func TestRestoreAndWhatWasRevokedSince(t *testing.T) {
	e := newEngine(t)
	e.start()
	admin := e.token("admin-token")
	e.ask(201, admin, "PUT", "/v1/persons/vera", object{"apiVersion": "turnus/v1", "kind": "Person", "metadata": object{"name": "vera"}, "spec": object{"roles": []string{"auditor"}}})
	issued := e.ask(201, admin, "POST", "/v1/persons/vera/tokens", object{})
	vera, id := issued["token"].(string), issued["id"].(string)
	feed := e.ask(201, vera, "POST", "/v1/feeds", nil)
	place, err := os.MkdirTemp("", "turnus-e2e-restore-")
	require.NoError(t, err)
	defer os.RemoveAll(place)
	file := filepath.Join(place, "turnus.backup")
	out, err := e.command(admin, "backup", file)
	require.NoError(t, err, out)
	e.ask(204, admin, "DELETE", "/v1/persons/vera/tokens/"+id, nil)
	e.ask(204, admin, "DELETE", "/v1/feeds/"+feed["id"].(string), nil)
	e.stop()

	status := func(e *engine, token, path string) int {
		status, _, err := e.try(token, "GET", path, nil, "")
		require.NoError(t, err)
		return status
	}
	same := newEngine(t)
	out, err = same.command("", "restore", file, "--data", same.dir)
	require.NoError(t, err, out)
	require.Contains(t, out, "are valid again")
	require.Contains(t, out, "--revoke-tokens")
	same.start()
	require.Equal(t, 200, status(same, vera, "/v1/processes"))
	same.stop()

	other := newEngine(t)
	out, err = other.command("", "restore", file, "--data", other.dir, "--revoke-tokens")
	require.NoError(t, err, out)
	require.NotContains(t, out, "valid again")
	other.start()
	for _, old := range []string{vera, admin} {
		require.Equal(t, 401, status(other, old, "/v1/processes"))
	}
	require.Equal(t, 404, status(other, "", feed["href"].(string)))
	fresh := other.token("admin-token")
	require.Equal(t, 200, status(other, fresh, "/v1/processes"))
	other.stop()
	other.start()
	require.Equal(t, fresh, other.token("admin-token"), "once")
	require.Equal(t, 200, status(other, fresh, "/v1/processes"))
}
