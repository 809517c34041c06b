package store

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

func TestAFeedNamesItsPerson(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, house()...)
	f, secret, err := s.IssueFeed(ctx, olga, declared)
	require.NoError(t, err)
	require.Regexp(t, `^turnus_feed_[A-Za-z0-9_-]{43}$`, secret)
	who, err := s.FeedOf(ctx, secret)
	require.NoError(t, err)
	require.Equal(t, person.Actor{Person: "olga", Roles: []person.Role{person.ProcessOwner}}, who, "no token, and hence nothing that it may do")
	_, err = s.Authenticate(ctx, declared, secret)
	require.True(t, fault.Is(err, fault.Unauthenticated), "an address isn't a token")

	later, _, err := s.IssueFeed(ctx, olga, declared.Add(time.Minute))
	require.NoError(t, err)
	list, next, err := s.Feeds(ctx, "olga", Page{Limit: 1})
	require.NoError(t, err)
	require.Equal(t, []Feed{later}, list)
	list, next, err = s.Feeds(ctx, "olga", Page{Limit: 1, Cursor: next})
	require.NoError(t, err)
	require.Equal(t, []Feed{f}, list)
	require.Empty(t, next)

	require.NoError(t, s.WithdrawFeed(ctx, root, declared.Add(time.Hour), f.ID))
	require.NoError(t, s.WithdrawFeed(ctx, root, declared.Add(2*time.Hour), f.ID), "again changes nothing")
	got, err := s.Feed(ctx, f.ID)
	require.NoError(t, err)
	require.Equal(t, declared.Add(time.Hour), *got.Withdrawn)
	entries, _, err := s.Audit(ctx, Trail{Object: "feed/olga/" + f.ID}, Page{})
	require.NoError(t, err)
	require.Len(t, entries, 2)
	require.Equal(t, "feed.issued", entries[0].Action)
	require.Equal(t, "feed.withdrawn", entries[1].Action)
	require.Equal(t, "root", entries[1].Actor)

	for _, table := range []string{"feed", "audit"} {
		var n int
		require.NoError(t, s.db.GetContext(ctx, &n, `SELECT count(*) FROM `+table+` x WHERE x::text LIKE '%' || $1 || '%'`,
			strings.TrimPrefix(secret, feedPrefix)))
		require.Zero(t, n, "%s holds the secret", table)
	}
}

func TestFeedsThatDontHold(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, append(house(), personDoc("vera", person.Viewer))...)
	withdrawn, withdrawnSecret, err := s.IssueFeed(ctx, olga, declared)
	require.NoError(t, err)
	require.NoError(t, s.WithdrawFeed(ctx, olga, declared, withdrawn.ID))
	vera := person.Actor{Person: "vera"}
	_, left, err := s.IssueFeed(ctx, vera, declared)
	require.NoError(t, err)
	_, err = s.FeedOf(ctx, left)
	require.NoError(t, err)
	require.NoError(t, s.Retire(ctx, root, declared.Add(time.Hour), resource.Person, "vera"))

	refused := func() {
		messages := map[string]bool{}
		for name, secret := range map[string]string{"withdrawn": withdrawnSecret, "left": left, "unknown": feedPrefix + strings.Repeat("A", 43), "empty": "", "NUL": "\x00", "not UTF-8": "\xff"} {
			_, err := s.FeedOf(ctx, secret)
			require.True(t, fault.Is(err, fault.NotFound), "%s: %v", name, err)
			messages[err.Error()] = true
		}
		require.Len(t, messages, 1, "nobody learns why")
	}
	refused()
	_, _, err = s.IssueFeed(ctx, vera, declared)
	requireFault(t, err, fault.NotFound, "vera")

	// Whoever comes back under the same name starts without feeds.
	apply1(t, s, declared.Add(2*time.Hour), personDoc("vera", person.Viewer))
	refused()
	list, _, err := s.Feeds(ctx, "vera", Page{})
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, declared.Add(time.Hour), *list[0].Withdrawn)
	_, again, err := s.IssueFeed(ctx, vera, declared.Add(2*time.Hour))
	require.NoError(t, err)
	_, err = s.FeedOf(ctx, again)
	require.NoError(t, err)

	for _, id := range []string{"", "nothing", "a\x00b", "\xff", again} {
		_, err := s.Feed(ctx, id)
		requireFault(t, err, fault.NotFound)
		requireFault(t, s.WithdrawFeed(ctx, root, declared, id), fault.NotFound)
		require.NotContains(t, err.Error(), feedPrefix, "a secret that was taken for an ID")
	}
}

func TestFindingsByService(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	other := doc(resource.Service, "mail", `{'owner':'otto','approvers':['anton'],'calendar':'office'}`)
	apply1(t, s, declared, append(house(), personDoc("otto", person.ProcessOwner), other)...)
	for i, service := range []string{"desk", "mail", "desk", "gone"} {
		finds(t, s, sighting{Finding: improvement.Finding{Kind: improvement.MissedSlot, About: resource.Service.Ref(service), Object: "slot/sla-report/" + service + "/2026-10",
			Title: text.New("missed", "versäumt"), At: declared.Add(time.Duration(i) * time.Hour)}})
	}
	numbers := func(f Findings, p Page) (ids []int64, next string) {
		list, next, err := s.Findings(ctx, f, p)
		require.NoError(t, err)
		for _, f := range list {
			require.Equal(t, text.New("missed", "versäumt"), f.Title)
			ids = append(ids, f.ID)
		}
		return ids, next
	}
	for _, c := range []struct {
		f    Findings
		want []int64
	}{
		{Findings{Sight: Sight{All: true}}, []int64{4, 3, 2, 1}},
		{Findings{Service: "desk", Sight: Sight{All: true}}, []int64{3, 1}},
		{Findings{Sight: Sight{Owner: "olga"}}, []int64{3, 1}},
		{Findings{Service: "mail", Sight: Sight{Owner: "olga"}}, nil},
		{Findings{Sight: Sight{Owner: "anton"}}, nil},
		{Findings{Sight: Sight{Owner: "anton", Approver: "anton"}}, []int64{3, 2, 1}},
		{Findings{Sight: Sight{Owner: "nobody"}}, nil},
		{Findings{Sight: Sight{}}, nil},
	} {
		got, next := numbers(c.f, Page{})
		require.Equal(t, c.want, got, "%+v", c.f)
		require.Empty(t, next)
	}
	first, next := numbers(Findings{Sight: Sight{All: true}}, Page{Limit: 3})
	require.Equal(t, []int64{4, 3, 2}, first)
	rest, next := numbers(Findings{Sight: Sight{All: true}}, Page{Limit: 3, Cursor: next})
	require.Equal(t, []int64{1}, rest)
	require.Empty(t, next)
	_, _, err := s.Findings(ctx, Findings{Sight: Sight{All: true}}, Page{Cursor: "x"})
	requireFault(t, err, fault.Invalid)
}
