package migrations_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/migrations"
)

// Drafts from before say nothing of what they come to, and stay as they are; the
// migration goes back and forth over them.
func TestDraftsFromBeforeHaveNoVerdict(t *testing.T) {
	db, ctx := pgtest.Empty(t), t.Context()
	p, err := migrations.Provider(db)
	require.NoError(t, err)
	_, err = p.UpTo(ctx, 18)
	require.NoError(t, err)
	for _, statement := range []string{
		`INSERT INTO run (id, process, scope, period, attempt, state, input, created_at, about_kind, about, about_version) VALUES ('a', 'p', 's', '1', 1, 'waiting', '{}', now(), 'Service', 's', 1)`,
		`INSERT INTO draft (run, round, hash, document, at) VALUES ('a', 1, 'h', '{}', now())`,
	} {
		_, err := db.Exec(statement)
		require.NoError(t, err, statement)
	}
	for range 2 {
		require.NoError(t, migrations.Up(ctx, db))
		var hash string
		var judged, missed *int
		require.NoError(t, db.QueryRow("SELECT hash, judged, missed FROM draft").Scan(&hash, &judged, &missed))
		require.Equal(t, "h", hash)
		require.Nil(t, judged)
		require.Nil(t, missed)
		_, err = db.Exec("UPDATE draft SET judged = 1")
		require.Equal(t, refused, code(t, err), "nor is it added later")
		_, err = p.DownTo(ctx, 18)
		require.NoError(t, err)
	}
}
