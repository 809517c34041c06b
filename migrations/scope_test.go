package migrations_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/migrations"
)

// What was on record before is about the service that it concerned, what has
// ended for good too; it goes back and forth.
func TestRecordsSayWhatTheyAreAbout(t *testing.T) {
	db, ctx := pgtest.Empty(t), t.Context()
	p, err := migrations.Provider(db)
	require.NoError(t, err)
	_, err = p.UpTo(ctx, 8)
	require.NoError(t, err)
	for _, statement := range []string{
		`INSERT INTO run (id, process, scope, service, period, attempt, state, input, created_at, ended_at, service_version) VALUES
			('a', 'sla-report', 'desk', 'desk', '1', 1, 'published', '{}', now(), now(), 7), ('b', 'change-approval', 'interval-x', 'mail', '1', 1, 'waiting', '{}', now(), NULL, 3)`,
		`INSERT INTO plan (interval, process, scope) VALUES ('x', 'sla-report', 'desk')`,
		`INSERT INTO slot (process, scope, period, interval, version, due_at, early_at, late_at, catch_up, state)
			SELECT 'sla-report', 'desk', state, 'x', 1, now(), now(), now(), 'each', state FROM unnest(ARRAY['planned', 'due', 'done', 'waived']) state`,
		`INSERT INTO finding (kind, service, object, title, at) VALUES ('missed-slot', 'desk', 'o', '{}', now()), ('administrator-approves', '', 'o', '{}', now())`,
	} {
		_, err := db.Exec(statement)
		require.NoError(t, err, statement)
	}
	for range 2 {
		require.NoError(t, migrations.Up(ctx, db))
		var about string
		require.NoError(t, db.QueryRow(`SELECT string_agg(row, ' ' ORDER BY row) FROM (
			SELECT id || ':' || about_kind || '/' || about || '@' || about_version FROM run
			UNION ALL SELECT DISTINCT 'plan:' || about_kind || '/' || about FROM plan
			UNION ALL SELECT DISTINCT 'slot:' || about_kind || '/' || about FROM slot
			UNION ALL SELECT 'finding:' || about_kind || '/' || about FROM finding) AS all_of (row)`).Scan(&about))
		require.Equal(t, "a:Service/desk@7 b:Service/mail@3 finding:Service/ finding:Service/desk plan:Service/desk slot:Service/desk", about)
		for _, statement := range []string{`UPDATE run SET about = 'x' WHERE id = 'a'`, `UPDATE finding SET about = 'x'`, `UPDATE slot SET about = 'x' WHERE state = 'done'`} {
			_, err := db.Exec(statement)
			require.Equal(t, refused, code(t, err), statement)
		}
		_, err = p.DownTo(ctx, 8)
		require.NoError(t, err)
	}
}
