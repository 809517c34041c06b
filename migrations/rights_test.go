package migrations_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/migrations"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// PostgreSQL's codes: a right that is missing, and a trigger that refuses.
const (
	denied  = "42501"
	refused = "23001"
)

// code is PostgreSQL's code for an error; empty without one.
func code(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var p *pq.Error
	require.ErrorAs(t, err, &p)
	return string(p.Code)
}

// right is a row of the table in grants.sql.
type right struct {
	adds    bool
	changes []string
	stays   []string // nil: all
	deletes bool
}

// rights reads the table in grants.sql, where alone it stands.
func rights(t *testing.T, owner *sql.DB) map[string]right {
	t.Helper()
	grants, err := os.ReadFile("grants.sql")
	require.NoError(t, err)
	tx, err := owner.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer tx.Rollback() //nolint:errcheck // nothing is to be kept
	_, err = tx.ExecContext(t.Context(), string(grants))
	require.NoError(t, err)
	rows, err := tx.QueryContext(t.Context(), `SELECT name, adds, changes, stays, deletes FROM rights`)
	require.NoError(t, err)
	defer rows.Close()
	all := map[string]right{}
	for rows.Next() {
		var name, changes string
		var stays sql.NullString
		var r right
		require.NoError(t, rows.Scan(&name, &r.adds, &changes, &stays, &r.deletes))
		r.changes = strings.Fields(changes)
		if stays.Valid {
			r.stays = append([]string{}, strings.Fields(stays.String)...)
		}
		all[name] = r
	}
	require.NoError(t, rows.Err())
	return all
}

// column of a table, and whether the database numbers it.
type column struct {
	name     string
	numbered bool
}

// columns gives those of each table and view, and which of these are views.
func columns(t *testing.T, owner *sql.DB) (all map[string][]column, views map[string]bool) {
	t.Helper()
	rows, err := owner.QueryContext(t.Context(), `SELECT c.relname, c.relkind = 'v', a.attname, a.attidentity <> ''
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind NOT IN ('i', 'S', 'I', 't', 'c') ORDER BY c.relname, a.attnum`)
	require.NoError(t, err)
	defer rows.Close()
	all, views = map[string][]column{}, map[string]bool{}
	for rows.Next() {
		var table string
		var view bool
		var c column
		require.NoError(t, rows.Scan(&table, &view, &c.name, &c.numbered))
		all[table], views[table] = append(all[table], c), view
	}
	require.NoError(t, rows.Err())
	return all, views
}

// Every table and column is classified, and the serving role can do exactly
// that with it: tried, not looked up.
func TestServingRoleHasTheRightsOfTheTable(t *testing.T) {
	app := pgtest.New(t)
	owner := pgtest.Owner(t, app)
	classified := rights(t, owner)
	tables, views := columns(t, owner)
	for name := range classified {
		require.Contains(t, tables, name, "grants.sql names a table that isn't there")
	}
	try := func(by *sql.DB, format string, args ...any) string {
		_, err := by.ExecContext(t.Context(), fmt.Sprintf(format, args...))
		return code(t, err)
	}
	tried := 0
	for table, has := range tables {
		r, ok := classified[table]
		require.True(t, ok, "%s stands nowhere in grants.sql: say what the serving role may do with it", table)
		var names []string
		for _, c := range has {
			names = append(names, c.name)
			tried++
			place := table + "." + c.name
			if r.stays != nil {
				require.NotEqual(t, slices.Contains(r.changes, c.name), slices.Contains(r.stays, c.name),
					"%s: grants.sql says either that it changes, or that it stays", place)
			}
			require.Empty(t, try(app, `SELECT %q FROM %q LIMIT 0`, c.name, table), place)
			if views[table] {
				continue // of one row each, it takes nothing
			}
			value := fmt.Sprintf("%q", c.name)
			if c.numbered {
				value = "DEFAULT"
			}
			want := denied
			if slices.Contains(r.changes, c.name) {
				want = ""
			}
			require.Equal(t, want, try(app, `UPDATE %q SET %q = %s WHERE false`, table, c.name, value), "update of %s", place)
			want = denied
			if r.adds && (!c.numbered || table == "import") {
				want = ""
			}
			require.Equal(t, want, try(app, `INSERT INTO %[1]q (%[2]q) OVERRIDING SYSTEM VALUE SELECT %[2]q FROM %[1]q WHERE false`, table, c.name), "insert of %s", place)
		}
		for _, c := range slices.Concat(r.changes, r.stays) {
			require.Contains(t, names, c, "grants.sql names a column of %s that isn't there", table)
		}
		if views[table] {
			require.NotEmpty(t, try(app, `DELETE FROM %q`, table))
			continue
		}
		want := denied
		if r.deletes {
			want = ""
		}
		require.Equal(t, want, try(app, `DELETE FROM %q WHERE false`, table), "delete from %s", table)
		require.Equal(t, denied, try(app, `TRUNCATE %q CASCADE`, table), table)
		require.Equal(t, denied, try(app, `CREATE TRIGGER mine BEFORE INSERT ON %q EXECUTE FUNCTION refuse_change()`, table), table)

		// The triggers hold for the owner, too.
		if r.adds && len(r.changes) == 0 {
			require.Equal(t, refused, try(owner, `UPDATE %q SET %q = NULL WHERE false`, table, has[len(has)-1].name), table)
		}
		if (r.adds || len(r.changes) > 0) && !r.deletes {
			require.Equal(t, refused, try(owner, `DELETE FROM %q WHERE false`, table), table)
		}
		if r.adds && table != "idempotency" {
			require.Equal(t, refused, try(owner, `TRUNCATE %q CASCADE`, table), table)
		}
	}
	require.Greater(t, tried, 150)
}

// A table or a column that nobody classified: the role can't get at the one,
// and can't change the other.
func TestWhatNobodyClassifiedIsOutOfReach(t *testing.T) {
	app := pgtest.New(t)
	owner := pgtest.Owner(t, app)
	grants, err := os.ReadFile("grants.sql")
	require.NoError(t, err)
	_, err = owner.Exec(`CREATE TABLE forgotten (a int); ALTER TABLE run ADD COLUMN forgotten text;
		GRANT ALL ON forgotten TO turnus_app; GRANT UPDATE ON run TO turnus_app; GRANT DELETE ON audit TO turnus_app; GRANT UPDATE (actor) ON audit TO turnus_app`)
	require.NoError(t, err)
	tx, err := owner.Begin()
	require.NoError(t, err)
	_, err = tx.Exec(string(grants))
	require.NoError(t, err)
	require.NoError(t, tx.Commit())
	for _, statement := range []string{`SELECT * FROM forgotten`, `INSERT INTO forgotten VALUES (1)`, `UPDATE run SET forgotten = 'x'`,
		`UPDATE run SET owner = 'x'`, `DELETE FROM audit`, `UPDATE audit SET actor = 'x'`} {
		_, err := app.Exec(statement)
		require.Equal(t, denied, code(t, err), statement)
	}
}

// Numbers are the database's: nothing is slipped in between, and no sequence is
// turned back. Only an import's is drawn before its row is written.
func TestSequencesAreOutOfReach(t *testing.T) {
	app := pgtest.New(t)
	rows, err := pgtest.Owner(t, app).Query(`SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace`)
	require.NoError(t, err)
	defer rows.Close()
	n := 0
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		n++
		_, err := app.Exec(`SELECT setval($1, 1)`, name)
		require.Equal(t, denied, code(t, err), name)
		_, err = app.Exec(`SELECT nextval($1)`, name)
		require.Equal(t, name == "import_id_seq", err == nil, name)
	}
	require.NoError(t, rows.Err())
	require.GreaterOrEqual(t, n, 5)
	_, err = app.Exec(`INSERT INTO audit (number, at, actor, action, object, bytes) OVERRIDING SYSTEM VALUE VALUES (7, now(), 'x', 'y', 'z', '')`)
	require.Equal(t, denied, code(t, err))
}

// What a session may set, or put before our tables under their names, changes
// no rule: nothing here runs with the owner's rights, and what runs finds its
// names by itself.
func TestNoFunctionTrustsTheSession(t *testing.T) {
	owner := pgtest.Owner(t, pgtest.New(t))
	rows, err := owner.Query(`SELECT proname, prosecdef, coalesce(array_to_string(proconfig, ' '), '') FROM pg_proc WHERE pronamespace = 'public'::regnamespace`)
	require.NoError(t, err)
	defer rows.Close()
	n := 0
	for rows.Next() {
		var name, config string
		var definer bool
		require.NoError(t, rows.Scan(&name, &definer, &config))
		n++
		require.False(t, definer, "%s runs with its owner's rights", name)
		require.Contains(t, config, "search_path=pg_catalog, pg_temp", name)
	}
	require.NoError(t, rows.Err())
	require.Positive(t, n)
}

// With a name put before ours, and another way to search, the triggers refuse
// what they refused.
func TestShadowsDontHideTheRules(t *testing.T) {
	app := pgtest.New(t)
	conn, err := app.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	exec := func(statement string) error { _, err := conn.ExecContext(t.Context(), statement); return err }
	require.NoError(t, exec(`INSERT INTO token (id, person, hash, created_at, expires_at, revoked_at) VALUES ('t', 'ada', 'h', now(), now(), now())`))
	require.NoError(t, exec(`CREATE TEMPORARY TABLE token (id text, revoked_at timestamptz)`))
	require.NoError(t, exec(`CREATE FUNCTION pg_temp.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`))
	require.NoError(t, exec(`CREATE FUNCTION pg_temp.never(timestamptz, timestamptz) RETURNS boolean LANGUAGE sql AS 'SELECT false'`))
	require.NoError(t, exec(`CREATE OPERATOR pg_temp.= (LEFTARG = timestamptz, RIGHTARG = timestamptz, FUNCTION = pg_temp.never)`))
	require.NoError(t, exec(`SET search_path = pg_temp, public, pg_catalog`))
	require.Equal(t, refused, code(t, exec(`UPDATE public.token SET revoked_at = NULL`)))
	require.Equal(t, denied, code(t, exec(`UPDATE public.audit SET actor = 'x'`)))
}

// The rest of a server isn't the serving role's either.
func TestServingRoleStaysInItsDatabase(t *testing.T) {
	app := pgtest.New(t)
	owner := pgtest.Owner(t, app)
	var theirs int
	require.NoError(t, owner.QueryRow(`SELECT pg_backend_pid()`).Scan(&theirs))
	for _, statement := range []string{
		`CREATE SCHEMA mine`,
		`CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
		`CREATE OPERATOR = (LEFTARG = text, RIGHTARG = int, FUNCTION = texteq)`,
		`CREATE VIEW mine AS SELECT 1`,
		`CREATE ROLE mine`,
		`CREATE DATABASE mine`,
		`COPY audit TO PROGRAM 'cat'`,
		`COPY audit TO '/tmp/audit'`,
		`SELECT pg_read_file('postgresql.conf')`,
		`SELECT lo_import('/etc/hostname')`,
		`SELECT rolpassword FROM pg_authid`,
		`ALTER SYSTEM SET log_statement = 'none'`,
		`SET session_replication_role = replica`,
		`SELECT pg_reload_conf()`,
		fmt.Sprintf(`SELECT pg_terminate_backend(%d)`, theirs),
		fmt.Sprintf(`SELECT pg_cancel_backend(%d)`, theirs),
	} {
		_, err := app.Exec(statement)
		require.Equal(t, denied, code(t, err), statement)
	}
	require.NoError(t, owner.Ping())

	// Nor on a server where everybody could once create beside our tables.
	_, err := owner.Exec(`GRANT CREATE ON SCHEMA public TO PUBLIC`)
	require.NoError(t, err)
	_, err = app.Exec(`CREATE TABLE mine (a int)`)
	require.NoError(t, err)
	grants, err := os.ReadFile("grants.sql")
	require.NoError(t, err)
	tx, err := owner.Begin()
	require.NoError(t, err)
	_, err = tx.Exec(string(grants))
	require.NoError(t, errors.Join(err, tx.Commit()))
	_, err = app.Exec(`CREATE TABLE mine2 (a int)`)
	require.Equal(t, denied, code(t, err))
}

// Where the schema is another's, Up can't take the right away, and says so.
func TestAnOpenSchemaIsRefused(t *testing.T) {
	admin, ctx := pgtest.Empty(t), t.Context()
	admin.SetMaxOpenConns(1) // it stays the superuser's; later ones are another's
	var database string
	require.NoError(t, admin.QueryRow(`SELECT current_database()`).Scan(&database))
	for _, statement := range []string{`CREATE ROLE elsewhere CREATEROLE`, `GRANT CREATE ON DATABASE ` + database + ` TO elsewhere`,
		`ALTER SCHEMA public OWNER TO CURRENT_USER`, `GRANT CREATE ON SCHEMA public TO PUBLIC`, `ALTER DATABASE ` + database + ` SET role = 'elsewhere'`} {
		_, err := admin.Exec(statement)
		require.NoError(t, err, statement)
	}
	t.Cleanup(func() {
		_, err := admin.Exec(`DROP OWNED BY elsewhere CASCADE; DROP ROLE elsewhere`)
		require.NoError(t, err)
	})
	db := pgtest.Owner(t, admin)
	require.ErrorContains(t, migrations.Up(ctx, db), "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
	_, err := admin.Exec(`REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT CREATE ON SCHEMA public TO elsewhere`)
	require.NoError(t, err)
	require.NoError(t, migrations.Up(ctx, db))
}
