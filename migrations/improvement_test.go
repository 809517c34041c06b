package migrations_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/improvement"
	"turnus/migrations"
	"turnus/store"
)

// What was found before moves into the register: missed slots of one interval
// are one finding that was seen so often, the number of each of them leads to
// it, and what was put right is closed. It goes back and forth.
func TestFindingsMoveIntoTheRegister(t *testing.T) {
	db, ctx := pgtest.Empty(t), t.Context()
	p, err := migrations.Provider(db)
	require.NoError(t, err)
	_, err = p.UpTo(ctx, 11)
	require.NoError(t, err)
	for _, statement := range []string{
		`INSERT INTO slot (process, scope, period, about_kind, about, interval, version, due_at, early_at, late_at, catch_up, state)
			SELECT 'sla-report', scope, period, 'Service', scope, scope || '-sla', 1, now(), now(), now(), 'each', 'missed'
			FROM unnest(ARRAY['desk', 'mail']) scope, unnest(ARRAY['2026-01', '2026-02', '2026-03']) period`,
		`INSERT INTO finding (kind, service, about_kind, about, object, title, at) VALUES
			('missed-slot', 'desk', 'Service', 'desk', 'slot/sla-report/desk/2026-01', '{"en":"1"}', '2026-02-10'),
			('missed-slot', 'mail', 'Service', 'mail', 'slot/sla-report/mail/2026-01', '{"en":"2"}', '2026-02-11'),
			('missed-slot', 'desk', 'Service', 'desk', 'slot/sla-report/desk/2026-02', '{"en":"3"}', '2026-03-10'),
			('missed-slot', 'desk', 'Service', 'desk', 'slot/sla-report/desk/2026-02', '{"en":"4"}', '2026-03-20'),
			('records-altered', 'desk', 'Service', 'desk', 'run/sla-report/desk/2026-03', '{"en":"5"}', '2026-04-01'),
			('administrator-approves', '', 'Service', '', 'Person/ada', '{"en":"6"}', '2026-04-02'),
			('administrator-approves', '', 'Service', '', 'Person/bob', '{"en":"7"}', '2026-04-02'),
			('missed-slot', 'gone', 'Service', 'gone', 'slot/sla-report/gone/2025-12', '{"en":"8"}', '2026-01-10')`,
		`INSERT INTO finding_mended (finding, person, at) VALUES (6, 'root', '2026-05-01')`,
	} {
		_, err := db.Exec(statement)
		require.NoError(t, err, statement)
	}
	for range 2 {
		require.NoError(t, migrations.Up(ctx, db))
		s := store.New(db)
		list, _, err := s.Findings(ctx, store.Findings{State: "all", Sight: store.Sight{All: true}}, store.Page{})
		require.NoError(t, err)
		var got []string
		for _, f := range list {
			got = append(got, fmt.Sprintf("%d %s %s %s seen %d, last %s, %s %s", f.ID, f.Kind, f.State, f.Severity, f.Seen, f.Last.Format("2006-01-02"), f.Source.Kind, f.Source.Name))
		}
		require.Equal(t, []string{
			"8 missed-slot open minor seen 1, last 2026-01-10, slot sla-report/gone/2025-12",
			"7 administrator-approves open major seen 1, last 2026-04-02, records Person/bob",
			"6 administrator-approves closed major seen 1, last 2026-04-02, records Person/ada",
			"5 records-altered open critical seen 1, last 2026-04-01, run sla-report/desk/2026-03",
			"2 missed-slot open minor seen 1, last 2026-02-11, slot sla-report/mail/2026-01",
			"1 missed-slot open minor seen 2, last 2026-03-10, slot sla-report/desk/2026-01",
		}, got)
		joined, err := s.Finding(ctx, 4)
		require.NoError(t, err)
		require.EqualValues(t, 1, joined.ID)
		var keys string
		require.NoError(t, db.QueryRow("SELECT string_agg(key, ' ' ORDER BY id) FROM finding WHERE ended_at IS NULL").Scan(&keys))
		require.Equal(t, "missed-slot/interval/desk-sla missed-slot/interval/mail-sla records-altered/run/sla-report/desk/2026-03 administrator-approves/Person/bob missed-slot/slot/sla-report/gone/2025-12", keys)
		var unset int
		require.NoError(t, db.QueryRow("SELECT count(*) FROM finding WHERE (remind_at IS NULL OR escalate_at <= remind_at) = (ended_at IS NULL)").Scan(&unset))
		require.Zero(t, unset, "nobody begins what is open either")
		for _, statement := range []string{`UPDATE finding SET severity = 'critical'`, `UPDATE finding SET state = 'open', ended_at = NULL WHERE id = 6`, `DELETE FROM finding`,
			`UPDATE finding_seen SET at = now()`} {
			_, err := db.Exec(statement)
			require.Equal(t, refused, code(t, err), statement)
		}
		_, err = db.Exec(`INSERT INTO finding (kind, service, about, object, title, at, key) VALUES ('missed-slot', '', '', 'x', '{}', now(), 'missed-slot/interval/desk-sla')`)
		require.Equal(t, "23505", code(t, err), "one that hasn't ended of a key")
		for _, statement := range []string{
			`INSERT INTO run (id, process, scope, period, attempt, state, input, created_at) VALUES ('improvement/1/2026-05-01', 'improvement', '1', '2026-05-01', 1, 'waiting', '{}', now()) ON CONFLICT DO NOTHING`,
			`INSERT INTO action (finding, number, run, round, plan, owner, original_due, due) VALUES (1, 1, 'improvement/1/2026-05-01', 1, '{}', 'ada', '2026-06-01', '2026-06-01')`,
			`UPDATE action SET due = '2026-07-01', moves = 1, state = 'done'`,
		} {
			_, err := db.Exec(statement)
			require.NoError(t, err, statement)
		}
		for _, set := range []string{`owner = 'bob'`, `plan = '{"target": "0"}'`, `original_due = '2026-07-01'`, `moves = 0`, `state = 'open'`, `round = 2`} {
			_, err := db.Exec("UPDATE action SET " + set)
			require.Equal(t, refused, code(t, err), set)
		}
		require.Equal(t, improvement.Nonconformity, joined.Type)
		_, err = p.DownTo(ctx, 11)
		require.NoError(t, err)
	}
}
