package prepared_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/internal/prepared"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// pool is one of at most so many connections to a database of the test's own,
// with a table t of one row.
func pool(t *testing.T, connections int) *sql.DB {
	t.Helper()
	c, err := pq.NewConnector(pgtest.URL(t) + "&binary_parameters=yes")
	require.NoError(t, err)
	db := sql.OpenDB(prepared.Connector(c))
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	_, err = db.ExecContext(t.Context(), "CREATE TABLE t (n integer); INSERT INTO t VALUES (1)") // two statements, since it has no parameters
	require.NoError(t, err)
	return db
}

// kept says how many statements that are like a pattern the one connection of a
// pool has prepared, and how often they ran.
func kept(t *testing.T, db *sql.DB, like string) (statements, ran int) {
	t.Helper()
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*), coalesce(sum(generic_plans + custom_plans), 0) FROM pg_prepared_statements WHERE statement LIKE '"+like+"'").
		Scan(&statements, &ran))
	return statements, ran
}

func TestAStatementIsReadOnce(t *testing.T) {
	db := pool(t, 1)
	for i := range 20 {
		var n int
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT n + $1 FROM t", i).Scan(&n))
		require.Equal(t, 1+i, n)
		_, err := db.ExecContext(t.Context(), "UPDATE t SET n = n WHERE n = $1", i)
		require.NoError(t, err)
	}
	for _, like := range []string{"SELECT n +%", "UPDATE t%"} {
		statements, ran := kept(t, db, like)
		require.Equal(t, []int{1, 20}, []int{statements, ran}, like)
	}
}

func TestMoreStatementsThanAreKept(t *testing.T) {
	db := pool(t, 1)
	for i := range 600 {
		var n int
		require.NoError(t, db.QueryRowContext(t.Context(), fmt.Sprintf("SELECT %d + $1::integer", i), 1).Scan(&n))
		require.Equal(t, i+1, n)
	}
	statements, _ := kept(t, db, "SELECT%")
	require.Positive(t, statements)
	require.LessOrEqual(t, statements, 512)
}

// A table that changes fails a statement once on each connection, and never
// again, be it in a transaction or not.
func TestAnotherResultTypeFailsOnce(t *testing.T) {
	db := pool(t, 4)
	read := func(q interface {
		QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	}) error {
		rows, err := q.QueryContext(t.Context(), "SELECT * FROM t WHERE n = $1", 1)
		if err != nil {
			return err
		}
		defer rows.Close()
		require.True(t, rows.Next())
		return rows.Err()
	}
	var connections []*sql.Conn
	for range 3 {
		c, err := db.Conn(t.Context())
		require.NoError(t, err)
		defer c.Close()
		connections = append(connections, c)
	}
	for _, column := range []string{"a", "b"} {
		for _, c := range connections {
			require.NoError(t, read(c))
		}
		_, err := db.ExecContext(t.Context(), "ALTER TABLE t ADD COLUMN "+column+" text")
		require.NoError(t, err)
		for _, c := range connections {
			if column == "a" {
				require.ErrorContains(t, read(c), "cached plan must not change result type")
			} else {
				tx, err := c.BeginTx(t.Context(), nil)
				require.NoError(t, err)
				require.ErrorContains(t, read(tx), "cached plan must not change result type")
				require.NoError(t, tx.Rollback())
			}
			require.NoError(t, read(c))
		}
	}
}

// A connection that the server ended is followed by another one, and what it
// kept prepared is prepared anew; the caller sees nothing of it.
func TestALostConnectionIsFollowed(t *testing.T) {
	db := pool(t, 1)
	read := func() error {
		var n int
		return db.QueryRowContext(t.Context(), "SELECT n + $1 FROM t", 1).Scan(&n)
	}
	require.NoError(t, read())
	_, err := db.ExecContext(t.Context(), "SELECT pg_terminate_backend(pg_backend_pid())")
	require.Error(t, err)
	require.NoError(t, read())
	_, ran := kept(t, db, "SELECT n +%")
	require.Equal(t, 1, ran)
}

func TestACopyGoesThrough(t *testing.T) {
	db := pool(t, 1)
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	st, err := tx.PrepareContext(t.Context(), "COPY t (n) FROM STDIN")
	require.NoError(t, err)
	for n := range 1000 {
		_, err := st.ExecContext(t.Context(), n)
		require.NoError(t, err)
	}
	_, err = st.ExecContext(t.Context())
	require.NoError(t, err)
	require.NoError(t, st.Close())
	require.NoError(t, tx.Commit())
	var n int
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM t WHERE n >= $1", 0).Scan(&n))
	require.Equal(t, 1001, n)
}

// A statement whose caller has gone ends, and whoever gets its connection
// afterwards gets answers of their own.
func TestACancelledStatementHarmsNobody(t *testing.T) {
	db := pool(t, 1)
	works := func() {
		t.Helper()
		for i := range 3 {
			var n int
			require.NoError(t, db.QueryRowContext(t.Context(), "SELECT n + $1 FROM t", i).Scan(&n))
			require.Equal(t, 1+i, n)
		}
	}
	works()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := db.ExecContext(ctx, "SELECT pg_sleep($1)", 30)
	require.Error(t, err)
	require.Less(t, time.Since(began), 10*time.Second)
	works()

	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	rows, err := db.QueryContext(ctx, "SELECT generate_series(1, $1)", 1_000_000_000)
	require.NoError(t, err)
	require.True(t, rows.Next(), "the first of a billion")
	cancel()
	_ = rows.Close() // it may say that they were cancelled, as Err does
	_ = rows.Err()
	require.Less(t, time.Since(began), 10*time.Second)
	works()

	_, err = db.ExecContext(ctx, "UPDATE t SET n = $1", 2)
	require.ErrorIs(t, err, context.Canceled)
	works()
}
