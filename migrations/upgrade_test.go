package migrations_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/migrations"
)

// A database that was at work before the rules were there comes under them as
// it is, and goes back and forth.
func TestRulesComeOverRecords(t *testing.T) {
	db, ctx := pgtest.Empty(t), t.Context()
	p, err := migrations.Provider(db)
	require.NoError(t, err)
	_, err = p.UpTo(ctx, 5)
	require.NoError(t, err)
	for _, statement := range []string{
		`INSERT INTO run (id, process, scope, period, attempt, state, input, created_at, ended_at) VALUES
			('a', 'p', 's', '1', 1, 'waiting', '{}', now(), NULL), ('b', 'p', 's', '2', 1, 'published', '{}', now(), now())`,
		`INSERT INTO task (id, run, round, step, kind, state, outcomes, hash, opened_at, due_at, remind_at, escalate_at, ended_at) VALUES
			('a', 'a', 1, 'x', 'approval', 'open', '[]', 'h', now(), now(), now(), now(), NULL),
			('b', 'b', 1, 'x', 'approval', 'decided', '[]', 'h', now(), now(), now(), now(), now())`,
		`INSERT INTO slot (process, scope, period, interval, version, due_at, early_at, late_at, catch_up, state, look_at)
			SELECT 'p', 's', state, 'i', 1, now(), now(), now(), 'each', state, NULL
			FROM unnest(ARRAY['planned', 'due', 'in-work', 'done', 'missed', 'waived']) state
			UNION ALL SELECT 'p', 's', 'in work and due', 'i', 1, now(), now(), now(), 'each', 'in-work', now()`,
		`INSERT INTO import (service, format, as_of, oldest, rows_read, rows_loaded, rows_unchanged, rows_rejected, tickets_changed, person, at)
			VALUES ('s', 'csv', now(), now(), 1, 0, 0, 1, 0, 'ada', now())`,
		`INSERT INTO import_reject VALUES (1, 1, '', 'x', '', '{}')`,
	} {
		_, err := db.Exec(statement)
		require.NoError(t, err, statement)
	}
	for range 2 {
		require.NoError(t, migrations.Up(ctx, db))
		var kept []string
		rows, err := db.Query(`SELECT period FROM slot WHERE fallen ORDER BY period`)
		require.NoError(t, err)
		for rows.Next() {
			var period string
			require.NoError(t, rows.Scan(&period))
			kept = append(kept, period)
		}
		require.NoError(t, rows.Err())
		require.Equal(t, []string{"done", "due", "in work and due", "missed", "waived"}, kept)
		for _, statement := range []string{`UPDATE import SET rows_rejected = 0`, `DELETE FROM ticket_version`, `UPDATE run SET state = 'waiting', ended_at = NULL`, `DELETE FROM slot`} {
			_, err := db.Exec(statement)
			require.Equal(t, refused, code(t, err), statement)
		}
		_, err = db.Exec(`INSERT INTO import_reject VALUES (99, 1, '', 'x', '', '{}')`)
		require.Equal(t, "23503", code(t, err), "a reject belongs to an import, at the latest when its transaction ends")
		_, err = p.DownTo(ctx, 5)
		require.NoError(t, err)
	}
	_, err = db.Exec(`UPDATE import SET rows_rejected = 0, rows_loaded = 1`)
	require.NoError(t, err)
}
