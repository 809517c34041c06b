package migrations_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/migrations"
	"turnus/store"
)

// Who is there at the upgrade keeps seeing what is published of every service,
// and a finding says so, until each has a view of their own, or has left. It goes
// back and forth.
func TestWhoWasThereKeepsSeeing(t *testing.T) {
	db, ctx := pgtest.Empty(t), t.Context()
	p, err := migrations.Provider(db)
	require.NoError(t, err)
	_, err = p.UpTo(ctx, 16)
	require.NoError(t, err)
	for name, roles := range map[string]string{"root": `["administrator"]`, "udo": `["auditor", "administrator"]`, "vera": `["viewer"]`, "anton": `["approver"]`, "none": `[]`} {
		_, err := db.Exec(`INSERT INTO resource (kind, name, version, valid_from, document, hash, at, person) VALUES ('Person', $1, 1, '0001-01-01',
			jsonb_build_object('apiVersion', 'turnus/v1', 'kind', 'Person', 'metadata', jsonb_build_object('name', $1::text), 'spec', jsonb_build_object('roles', $2::jsonb)), $1, now(), 'root')`, name, roles)
		require.NoError(t, err)
	}
	_, err = db.Exec(`INSERT INTO resource (kind, name, version, valid_from, retired, document, hash, at, person)
		SELECT kind, 'left', n, '0001-01-01', n = 2, document, 'left', now(), 'root' FROM resource, generate_series(1, 2) n WHERE name = 'vera'`)
	require.NoError(t, err)
	for range 2 {
		require.NoError(t, migrations.Up(ctx, db))
		_, err = p.DownTo(ctx, 16)
		require.NoError(t, err)
	}
	require.NoError(t, migrations.Up(ctx, db))

	s, now, by := store.New(db), time.Now(), person.Actor{Person: "root", Roles: []person.Role{person.Administrator}}
	sees := func(name string) []string {
		_, secret, err := s.FirstToken(ctx, now, name, time.Hour)
		require.NoError(t, err)
		who, err := s.Authenticate(ctx, now, secret)
		require.NoError(t, err)
		_, address, err := s.IssueFeed(ctx, by, now)
		require.NoError(t, err)
		_, err = s.FeedOf(ctx, address)
		require.NoError(t, err)
		return who.Sees.Services
	}
	found := func() (f improvement.Finding) {
		list, _, err := s.Findings(ctx, store.Findings{State: "all", Sight: store.Sight{All: true}}, store.Page{})
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, improvement.SeesEverything, list[0].Kind)
		return list[0]
	}
	declare := func(name, spec string) {
		_, err := s.Apply(ctx, by, now, []resource.Raw{{APIVersion: "turnus/v1", Kind: resource.Person, Metadata: resource.Metadata{Name: name}, Spec: []byte(spec)}}, false)
		require.NoError(t, err)
	}
	for _, name := range []string{"root", "vera", "anton", "none"} {
		require.Equal(t, []string{"*"}, sees(name), name)
	}
	require.Contains(t, found().Title.En, "3 persons see the published reports of every service")
	require.Contains(t, found().Title.De, "3 Personen sehen wie vor der Aktualisierung die veröffentlichten Berichte aller Services")
	require.Equal(t, improvement.Open, found().State)

	declare("vera", `{"roles":["viewer"],"email":"vera@example.org"}`)
	require.Equal(t, []string{"*"}, sees("vera"), "nobody has said what they see")
	declare("vera", `{"roles":["viewer"],"sees":{}}`)
	require.Empty(t, sees("vera"))
	declare("vera", `{"roles":["viewer"]}`)
	require.Empty(t, sees("vera"), "it doesn't come back")
	declare("anton", `{"roles":["approver"],"sees":{"services":["desk"],"customers":["shop"]},"language":"de"}`)
	require.Equal(t, []string{"desk"}, sees("anton"))
	require.Equal(t, improvement.Open, found().State)
	require.NoError(t, s.Retire(ctx, by, now, resource.Person, "none"))
	require.Equal(t, improvement.Closed, found().State, "administrators and auditors see what is published anyway")
	declare("none", `{"roles":["viewer"]}`)
	require.Empty(t, sees("none"))
	require.Equal(t, []string{"*"}, sees("root"))
}

// A fresh installation has nobody who keeps anything.
func TestNobodyKeepsSeeingWhereNobodyWas(t *testing.T) {
	db := pgtest.Empty(t)
	require.NoError(t, migrations.Up(t.Context(), db))
	var n int
	require.NoError(t, db.QueryRow("SELECT (SELECT count(*) FROM person_upgraded) + (SELECT count(*) FROM finding)").Scan(&n))
	require.Zero(t, n)
}
