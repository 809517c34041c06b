package store

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
)

func TestTokenNamesAPersonWithTheirRolesAsTheyAreNow(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, house()...)
	issued, secret, err := s.IssueToken(ctx, root, declared, "anton", time.Hour)
	require.NoError(t, err)
	require.Regexp(t, `^turnus_[A-Za-z0-9_-]{43}$`, secret)
	require.Equal(t, "root", issued.Issuer)

	a, err := s.Authenticate(ctx, declared.Add(time.Hour-time.Microsecond), secret)
	require.NoError(t, err)
	require.Equal(t, person.Actor{Person: "anton", Roles: []person.Role{person.Approver}, Token: issued.ID, Issuer: "root"}, a)

	apply1(t, s, declared, personDoc("anton", person.Viewer))
	a, err = s.Authenticate(ctx, declared, secret)
	require.NoError(t, err)
	require.Equal(t, []person.Role{person.Viewer}, a.Roles, "a role that is lost is lost at once")
}

func TestTokenThatDoesntHold(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, append(house(), personDoc("vera", person.Viewer))...)
	_, expired, err := s.IssueToken(ctx, root, declared, "anton", time.Hour)
	require.NoError(t, err)
	revoked, revokedSecret, err := s.IssueToken(ctx, root, declared, "anton", 2*time.Hour)
	require.NoError(t, err)
	require.NoError(t, s.RevokeToken(ctx, root, declared, "anton", revoked.ID))
	_, left, err := s.IssueToken(ctx, root, declared, "vera", 2*time.Hour)
	require.NoError(t, err)
	_, err = s.Authenticate(ctx, declared, left)
	require.NoError(t, err)
	require.NoError(t, s.Retire(ctx, root, declared, resource.Person, "vera"))

	messages := map[string]bool{}
	for name, secret := range map[string]string{
		"expired": expired, "revoked": revokedSecret, "left": left, "unknown": tokenPrefix + strings.Repeat("A", 43),
		"empty": "", "NUL": "turnus_\x00", "not UTF-8": "\xff\xfe", "cut off": expired[:len(expired)-1],
	} {
		_, err := s.Authenticate(ctx, declared.Add(time.Hour), secret)
		require.True(t, fault.Is(err, fault.Unauthenticated), "%s: %v", name, err)
		messages[err.Error()] = true
	}
	require.Len(t, messages, 1, "nobody learns why")

	// Whoever comes back under the same name starts without tokens.
	apply1(t, s, declared, personDoc("vera", person.Viewer))
	_, err = s.Authenticate(ctx, declared, left)
	require.True(t, fault.Is(err, fault.Unauthenticated))
}

func TestIssueTokenRefuses(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, house()...)
	for _, name := range []string{"nobody", "", "a\x00b", "\xff", "desk"} {
		_, _, err := s.IssueToken(ctx, root, declared, name, time.Hour)
		requireFault(t, err, fault.NotFound)
	}
	for _, ttl := range []time.Duration{0, -time.Hour, 400*24*time.Hour + 1} {
		_, _, err := s.IssueToken(ctx, root, declared, "anton", ttl)
		requireFault(t, err, fault.Invalid, "ttl")
	}
	_, _, err := s.IssueToken(ctx, root, declared, "anton", 400*24*time.Hour)
	require.NoError(t, err)
}

func TestSecretIsNowhereInTheDatabase(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, house()...)
	_, secret, err := s.IssueToken(ctx, root, declared, "anton", time.Hour)
	require.NoError(t, err)
	for _, table := range []string{"token", "audit"} {
		var n int
		require.NoError(t, s.db.GetContext(ctx, &n, `SELECT count(*) FROM `+table+` x WHERE x::text LIKE '%' || $1 || '%'`,
			strings.TrimPrefix(secret, tokenPrefix)))
		require.Zero(t, n, table)
	}
	entries, _, err := s.Audit(ctx, Trail{Object: "token/anton/"}, Page{})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, "token.issued", entries[0].Action)
	require.Equal(t, "root", entries[0].Actor)
}

func TestFirstTokenHasNoIssuer(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	require.NoError(t, s.EnsureAdministrator(ctx, declared))
	require.NoError(t, s.EnsureAdministrator(ctx, declared), "again changes nothing")
	_, secret, err := s.FirstToken(ctx, declared, "administrator", time.Hour)
	require.NoError(t, err)
	a, err := s.Authenticate(ctx, declared, secret)
	require.NoError(t, err)
	require.Empty(t, a.Issuer)
	require.True(t, a.Has(person.Administrator))
	entries, _, err := s.Audit(ctx, Trail{Person: person.System}, Page{})
	require.NoError(t, err)
	require.Len(t, entries, 2, "the person and the token")
}

func TestEnsureAdministratorLeavesAHouseAlone(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, personDoc("root", person.Administrator))
	require.NoError(t, s.EnsureAdministrator(ctx, declared))
	_, err := s.Resource(ctx, resource.Person, "administrator")
	requireFault(t, err, fault.NotFound)
}

func TestTokensAreListedNewestFirst(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, house()...)
	for i := range 5 {
		// Two of them at one instant.
		_, _, err := s.IssueToken(ctx, root, declared.Add(time.Duration(i/2)*time.Minute), "anton", time.Hour)
		require.NoError(t, err)
	}
	seen := map[string]bool{}
	last, next := declared.Add(time.Hour), ""
	for pages := 1; ; pages++ {
		list, more, err := s.Tokens(ctx, "anton", Page{Limit: 2, Cursor: next})
		require.NoError(t, err)
		for _, tok := range list {
			require.False(t, seen[tok.ID])
			require.False(t, tok.Created.After(last))
			require.Equal(t, time.UTC, tok.Created.Location())
			seen[tok.ID], last = true, tok.Created
		}
		if next = more; next == "" {
			require.Equal(t, 3, pages)
			break
		}
	}
	require.Len(t, seen, 5)

	list, _, err := s.Tokens(ctx, "olga", Page{})
	require.NoError(t, err)
	require.Empty(t, list)
	for _, name := range []string{"nobody", "a\x00"} {
		_, _, err = s.Tokens(ctx, name, Page{})
		requireFault(t, err, fault.NotFound)
	}
	_, _, err = s.Tokens(ctx, "anton", Page{Cursor: cursor("noon", "x")})
	requireFault(t, err, fault.Invalid, "cursor")
}

func TestRevokeTokenTwiceIsOnRecordOnce(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, house()...)
	tok, _, err := s.IssueToken(ctx, root, declared, "anton", time.Hour)
	require.NoError(t, err)
	for _, bad := range [][2]string{{"olga", tok.ID}, {"anton", "x"}, {"anton", "\x00"}, {"\xff", tok.ID}} {
		requireFault(t, s.RevokeToken(ctx, root, declared, bad[0], bad[1]), fault.NotFound)
	}
	require.NoError(t, s.RevokeToken(ctx, root, declared.Add(time.Second), "anton", tok.ID))
	require.NoError(t, s.RevokeToken(ctx, root, declared.Add(time.Minute), "anton", tok.ID))
	list, _, err := s.Tokens(ctx, "anton", Page{})
	require.NoError(t, err)
	require.Equal(t, declared.Add(time.Second), *list[0].Revoked, "the first time counts")
	entries, _, err := s.Audit(ctx, Trail{Object: "token/anton/" + tok.ID}, Page{})
	require.NoError(t, err)
	require.Len(t, entries, 2)
	require.Equal(t, "token.revoked", entries[1].Action)
	require.Contains(t, string(entries[1].After), "revoked")
	require.NotContains(t, string(entries[1].Before), "revoked")
}

func TestTokenAndRetirementDontMissEachOther(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, personDoc("root", person.Administrator), personDoc("vera", person.Viewer))
	secrets := make(chan string, 40)
	for range 4 {
		go func() {
			for range 10 {
				_, secret, err := s.IssueToken(context.WithoutCancel(ctx), root, declared, "vera", time.Hour)
				if err != nil {
					secret = ""
				}
				secrets <- secret
			}
		}()
	}
	require.NoError(t, s.Retire(ctx, root, declared, resource.Person, "vera"))
	for range cap(secrets) {
		<-secrets
	}
	var live int
	require.NoError(t, s.db.GetContext(ctx, &live, `SELECT count(*) FROM token WHERE revoked_at IS NULL`))
	require.Zero(t, live, "no token outlives the person")
}
