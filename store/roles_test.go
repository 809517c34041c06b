package store

import (
	"database/sql"
	"net/url"
	"testing"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/person"
	"turnus/migrations"
)

// asApp gives the owner's and the serving role's pools to one database.
func asApp(t *testing.T) (owner, app *sql.DB) {
	t.Helper()
	address := pgtest.URL(t)
	owner, err := sql.Open("postgres", address)
	require.NoError(t, err)
	t.Cleanup(func() { owner.Close() })
	const login = "turnus_test_serving"
	_, err = owner.Exec(`DO $$ BEGIN
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '` + login + `') THEN
			CREATE ROLE ` + login + ` LOGIN PASSWORD 'secret' IN ROLE ` + migrations.AppRole + `;
		END IF; END $$`)
	require.NoError(t, err)
	u, err := url.Parse(address)
	require.NoError(t, err)
	u.User = url.UserPassword(login, "secret")
	app, err = sql.Open("postgres", u.String())
	require.NoError(t, err)
	t.Cleanup(func() { app.Close() })
	return owner, app
}

// The login that serves can add to what is fixed and read it, and nothing in
// its power changes that.
func TestServingRoleOnlyAddsToWhatIsFixed(t *testing.T) {
	_, app := asApp(t)
	s, ctx := New(app), t.Context()
	require.NoError(t, record(ctx, s.db, declared, person.Actor{Person: "ada"}, "thing.done", "thing/a", nil, nil))
	entries, _, err := s.Audit(ctx, Trail{}, Page{})
	require.NoError(t, err)
	require.Len(t, entries, 1)

	const denied, mustOwn = "42501", "42501"
	for statement, code := range map[string]pqerror.Code{
		`UPDATE audit SET actor = 'x'`:                  denied,
		`DELETE FROM audit`:                             denied,
		`TRUNCATE audit`:                                denied,
		`TRUNCATE run CASCADE`:                          denied,
		`DROP TRIGGER audit_fixed ON audit`:             mustOwn,
		`ALTER TABLE audit DISABLE TRIGGER audit_fixed`: mustOwn,
		`DROP TABLE audit`:                              mustOwn,
		`CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE sql AS 'SELECT 1'`: denied,
		`CREATE TABLE mine (a int)`:                   denied,
		`SET session_replication_role = replica`:      denied,
		`SET ROLE turnus`:                             denied,
		`UPDATE goose_db_version SET version_id = 99`: denied,
		`UPDATE decision SET outcome = 'approve'`:     denied,
		`UPDATE report SET hash = 'x'`:                denied,
		`DELETE FROM draft`:                           denied,
		`DELETE FROM frozen_set`:                      denied,
		`UPDATE resource SET person = 'x'`:            denied,
	} {
		_, err := app.ExecContext(ctx, statement)
		var p *pq.Error
		require.ErrorAs(t, err, &p, statement)
		require.Equal(t, code, p.Code, "%s: %s", statement, p.Message)
	}
	require.NoError(t, migrations.Check(ctx, app))
	_, err = app.ExecContext(ctx, `CREATE TEMPORARY TABLE staged (a int)`)
	require.NoError(t, err, "imports stage their rows")
}

// Whatever a table's trigger holds fixed, the role may only read and add to;
// no other right has slipped in.
func TestServingRoleHasTheRightsOfEachTable(t *testing.T) {
	owner, _ := asApp(t)
	rows, err := owner.Query(`
		SELECT c.relname, coalesce((SELECT string_agg(privilege_type, ' ' ORDER BY privilege_type)
			FROM aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee WHERE r.rolname = $1), '')
		FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')`, migrations.AppRole)
	require.NoError(t, err)
	defer rows.Close()
	got := map[string]string{}
	for rows.Next() {
		var table, rights string
		require.NoError(t, rows.Scan(&table, &rights))
		got[table] = rights
	}
	require.NoError(t, rows.Err())
	for table, rights := range got {
		want := "DELETE INSERT SELECT UPDATE"
		switch table {
		case "goose_db_version", "resource_current":
			want = "SELECT"
		case "audit", "decision", "draft", "frozen_set", "report", "resource", "exclusion", "exclusion_withdrawal", "event", "finding",
			"involvement", "finding_mended":
			want = "INSERT SELECT"
		}
		require.Equal(t, want, rights, table)
	}
	require.Contains(t, got, "audit")
}

// A schema that isn't this Turnus's is refused, with what to do about it.
func TestAnotherSchemaIsRefused(t *testing.T) {
	empty := pgtest.Empty(t)
	err := migrations.Check(t.Context(), empty)
	require.ErrorContains(t, err, "run turnus migrate")

	owner, app := asApp(t)
	require.NoError(t, migrations.Check(t.Context(), app))
	_, err = owner.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, true)`)
	require.NoError(t, err)
	require.ErrorContains(t, migrations.Check(t.Context(), app), "a newer Turnus")
	require.ErrorContains(t, migrations.Up(t.Context(), owner), "a newer Turnus")
	_, err = owner.Exec(`DELETE FROM goose_db_version WHERE version_id > 0`)
	require.NoError(t, err)
	_, err = owner.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (-1, true)`)
	require.NoError(t, err)
	require.ErrorContains(t, migrations.Check(t.Context(), app), "run turnus migrate")
	_, err = owner.Exec(`REVOKE SELECT ON goose_db_version FROM ` + migrations.AppRole)
	require.NoError(t, err)
	require.ErrorContains(t, migrations.Check(t.Context(), app), migrations.AppRole)
}
