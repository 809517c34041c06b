package store

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
)

// A session carries who its person is as things are now, with the issuer of its
// token, and ends in each of its ways.
func TestASessionIsWorthNoMoreThanItsToken(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, append(house(), personDoc("vera", person.Viewer))...)
	open := func(name string, ttl time.Duration) (Session, string, person.Token) {
		issued, token, err := s.IssueToken(ctx, root, declared, name, ttl)
		require.NoError(t, err)
		n, secret, err := s.OpenSession(ctx, declared, token)
		require.NoError(t, err)
		return n, secret, issued
	}
	n, secret, issued := open("anton", 30*24*time.Hour)
	require.Regexp(t, `^turnus_session_[A-Za-z0-9_-]{43}$`, secret)
	require.Equal(t, declared.Add(SessionTime), n.Expires)
	got, err := s.Session(ctx, declared.Add(SessionTime-time.Microsecond), secret)
	require.NoError(t, err)
	require.Equal(t, person.Actor{Person: "anton", Roles: []person.Role{person.Approver}, Token: issued.ID, Issuer: "root"}, got.Actor)
	apply1(t, s, declared, personDoc("anton", person.Viewer))
	got, err = s.Session(ctx, declared, secret)
	require.NoError(t, err)
	require.Equal(t, []person.Role{person.Viewer}, got.Actor.Roles, "a role that is lost is lost at once")

	ended := func(why, secret string, at time.Time) {
		t.Helper()
		_, err := s.Session(ctx, at, secret)
		require.True(t, fault.Is(err, fault.Unauthenticated), "%s: %v", why, err)
	}
	ended("12 hours", secret, declared.Add(SessionTime))
	_, short, _ := open("anton", time.Hour)
	ended("its token expired", short, declared.Add(time.Hour))
	_, revoked, token := open("anton", time.Hour)
	require.NoError(t, s.RevokeToken(ctx, root, declared, "anton", token.ID))
	ended("its token was revoked", revoked, declared)
	_, left, _ := open("vera", time.Hour)
	require.NoError(t, s.Retire(ctx, root, declared, resource.Person, "vera"))
	ended("its person left", left, declared)
	apply1(t, s, declared, personDoc("vera", person.Viewer))
	ended("back under the same name", left, declared)

	out, signedOut, _ := open("anton", time.Hour)
	require.True(t, fault.Is(s.EndSession(ctx, person.Actor{Person: "vera"}, declared, out.ID), fault.NotFound), "somebody else's")
	_, err = s.Session(ctx, declared, signedOut)
	require.NoError(t, err)
	require.NoError(t, s.EndSession(ctx, out.Actor, declared, out.ID))
	require.NoError(t, s.EndSession(ctx, out.Actor, declared, out.ID), "again")
	ended("signed out", signedOut, declared)
	for _, none := range []string{"", "turnus_session_", strings.Repeat("x", 30<<10), "\x00", "\xff", secret + "x", token.ID} {
		ended("unknown", none, declared)
	}
	_, err = s.Authenticate(ctx, declared, secret)
	require.Error(t, err, "no token")
	_, _, err = s.OpenSession(ctx, declared, secret)
	require.True(t, fault.Is(err, fault.Unauthenticated), "a session opens no other")

	live, err := s.Sessions(ctx, declared, "anton")
	require.NoError(t, err)
	require.Len(t, live, 2, "the first one, and the short one")

	_, err = s.SealOf(ctx, "anton", out.ID)
	require.NoError(t, err)
	for _, who := range []string{"vera", "", "\x00"} {
		_, err = s.SealOf(ctx, who, out.ID)
		require.Error(t, err, "somebody else's seal")
	}

	done := map[string]int{}
	trail, _, err := s.Audit(ctx, Trail{Object: "session/"}, Page{Limit: 500})
	require.NoError(t, err)
	for _, e := range trail {
		done[e.Action+" by "+e.Actor]++
		require.NotContains(t, string(e.After), "seal")
		require.NotContains(t, string(e.After), "hash")
	}
	require.Equal(t, map[string]int{"session.opened by anton": 4, "session.opened by vera": 1, "session.ended by root": 2, "session.ended by anton": 1}, done)
}

// One person has so many sessions at a time; the oldest make room.
func TestSessionsOfOnePersonAreBounded(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, house()...)
	_, token, err := s.IssueToken(ctx, root, declared, "anton", time.Hour)
	require.NoError(t, err)
	var first string
	for i := range sessionsEach + 1 {
		_, secret, err := s.OpenSession(ctx, declared.Add(time.Duration(i)*time.Second), token)
		require.NoError(t, err)
		if i == 0 {
			first = secret
		}
	}
	live, err := s.Sessions(ctx, declared, "anton")
	require.NoError(t, err)
	require.Len(t, live, sessionsEach)
	_, err = s.Session(ctx, declared, first)
	require.Error(t, err)
}

// An address lets its person in once, however many try at once; and used up
// there is a session.
func TestAnAdmissionLetsInOnce(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, append(house(), personDoc("vera", person.Viewer))...)
	secret, err := s.Admit(ctx, declared, "anton", 15*time.Minute)
	require.NoError(t, err)
	name, err := s.Admission(ctx, declared, secret)
	require.NoError(t, err)
	require.Equal(t, "anton", name)
	var in sync.WaitGroup
	cookies := make(chan string, 8)
	for range cap(cookies) {
		in.Go(func() {
			if _, cookie, err := s.UseAdmission(ctx, declared, secret); err == nil {
				cookies <- cookie
			}
		})
	}
	in.Wait()
	close(cookies)
	require.Len(t, cookies, 1)
	n, err := s.Session(ctx, declared, <-cookies)
	require.NoError(t, err)
	require.Equal(t, "anton", n.Person)
	require.Empty(t, n.Actor.Issuer)
	_, err = s.Admission(ctx, declared, secret)
	require.True(t, fault.Is(err, fault.Unauthenticated))

	// What fails in the middle leaves it as it was.
	secret, err = s.Admit(ctx, declared, "vera", 15*time.Minute)
	require.NoError(t, err)
	_, err = pgtest.Owner(t, s.db.DB).Exec("ALTER TABLE session ADD CONSTRAINT cut CHECK (person <> 'vera')")
	require.NoError(t, err)
	_, _, err = s.UseAdmission(ctx, declared, secret)
	require.Error(t, err)
	name, err = s.Admission(ctx, declared, secret)
	require.NoError(t, err)
	require.Equal(t, "vera", name)
	tokens, _, err := s.Tokens(ctx, "vera", Page{})
	require.NoError(t, err)
	require.Empty(t, tokens)

	refused := func(why, secret string, at time.Time) {
		t.Helper()
		_, _, err := s.UseAdmission(ctx, at, secret)
		require.True(t, fault.Is(err, fault.Unauthenticated), "%s: %v", why, err)
	}
	refused("too late", secret, declared.Add(15*time.Minute))
	refused("unknown", admissionPrefix+"x", declared)
	refused("not UTF-8", "\xff\x00", declared)
	refused("none", "", declared)
	require.NoError(t, s.Retire(ctx, root, declared, resource.Person, "vera"))
	apply1(t, s, declared, personDoc("vera", person.Viewer))
	refused("they left", secret, declared)
	_, err = s.Admit(ctx, declared, "nobody", time.Minute)
	require.True(t, fault.Is(err, fault.NotFound))
}
