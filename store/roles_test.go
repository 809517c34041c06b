package store

import (
	"database/sql"
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
	app = pgtest.New(t)
	return pgtest.Owner(t, app), app
}

// The login that serves can add to what is fixed and read it, and nothing in
// its power changes that.
func TestServingRoleOnlyAddsToWhatIsFixed(t *testing.T) {
	_, app := asApp(t)
	s, ctx := New(app), t.Context()
	require.NoError(t, record(ctx, s.db, person.Actor{Person: "ada"}, declared, "thing.done", "thing/a", nil, nil))
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
		// What an attack by hand did.
		`DELETE FROM ticket_version WHERE number = 'INC1'`:       denied,
		`UPDATE ticket_version SET last = '2000-01-01'`:          denied,
		`DELETE FROM import_reject`:                              denied,
		`UPDATE import SET rows_rejected = 0`:                    denied,
		`UPDATE import SET person = 'x'`:                         denied,
		`DELETE FROM import`:                                     denied,
		`UPDATE run SET started_by = 'x'`:                        denied,
		`UPDATE run SET owner = 'x'`:                             denied,
		`UPDATE run SET token_issuer = ''`:                       denied,
		`DELETE FROM run`:                                        denied,
		`UPDATE proposal SET document = '{}', hash = 'x'`:        denied,
		`UPDATE proposal SET person = 'x'`:                       denied,
		`DELETE FROM proposal`:                                   denied,
		`UPDATE token SET person = 'x', issuer = ''`:             denied,
		`UPDATE token SET expires_at = now() + interval '1 day'`: denied,
		`UPDATE pass SET person = 'x'`:                           denied,
		`UPDATE pass SET expires_at = now() + interval '1 day'`:  denied,
		`UPDATE task SET hash = 'x'`:                             denied,
		`UPDATE task SET outcomes = '[]'`:                        denied,
		`UPDATE slot SET fallen = false`:                         denied,
		`TRUNCATE ticket_version`:                                denied,
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

// What has gone one way isn't turned back, by whoever may write the column; and
// only what nothing rests on is deleted.
func TestStatesGoOneWay(t *testing.T) {
	owner, app := asApp(t)
	exec := func(by *sql.DB, statement string) error {
		_, err := by.ExecContext(t.Context(), statement)
		return err
	}
	for _, statement := range []string{
		`UPDATE installation SET namespace_id = 'one'`,
		`INSERT INTO token (id, person, hash, created_at, expires_at) VALUES ('t', 'ada', 'h', now(), now())`,
		`UPDATE token SET revoked_at = now()`,
		`INSERT INTO feed (id, person, hash, created_at) VALUES ('f', 'ada', 'h', now())`,
		`UPDATE feed SET withdrawn_at = now()`,
		`INSERT INTO run (id, process, scope, period, attempt, state, round, input, created_at, started_at) VALUES
			('live', 'p', 's', '1', 1, 'waiting', 2, '{}', now(), now()), ('over', 'p', 's', '2', 1, 'waiting', 1, '{}', now(), now())`,
		`UPDATE run SET state = 'rejected', ended_at = now() WHERE id = 'over'`,
		`INSERT INTO task (id, run, round, step, kind, state, outcomes, hash, opened_at, due_at, remind_at, escalate_at, reminded_at, escalated_at) VALUES
			('open', 'live', 2, 'a', 'approval', 'open', '[]', 'h', now(), now(), now(), now(), now(), now()),
			('over', 'over', 1, 'a', 'approval', 'open', '[]', 'h', now(), now(), now(), now(), NULL, NULL)`,
		`UPDATE task SET state = 'decided', ended_at = now() WHERE id = 'over'`,
		`INSERT INTO pass (id, hash, kind, run, person, token, content, created_at, expires_at) VALUES
			('new', 'a', 'decide', 'live', 'ada', 't', 'h', now(), now() + interval '15 minutes'),
			('expired', 'd', 'decide', 'live', 'ada', 't', 'h', now(), now() - interval '1 minute'), ('spent', 'b', 'decide', 'live', 'ada', 't', 'h', now(), now()),
			('refused', 'c', 'decide', 'live', 'ada', 't', 'h', now(), now())`,
		`UPDATE pass SET spent_at = now(), spent_by = 'u' WHERE id = 'spent'`,
		`UPDATE pass SET spent_at = now(), spent_by = 'u', refusal = '{}' WHERE id = 'refused'`,
		`INSERT INTO session (id, hash, person, token, seal, created_at, expires_at, ended_at)
			SELECT n, n, 'ada', token.id, '', now(), now() + e, now() FROM token, (VALUES ('new', interval '1 hour'), ('expired', interval '-1 hour')) s (n, e)`,
		`INSERT INTO admission (hash, person, expires_at, ended_at) VALUES ('new', 'ada', now() + interval '1 hour', now()), ('expired', 'ada', now() - interval '1 hour', NULL)`,
		`INSERT INTO proposal (run, kind, name, base, document, hash, person, at) VALUES ('over', 'Interval', 'i', 0, '{}', 'h', 'ada', now())`,
		`UPDATE proposal SET enacted = 1`,
		`INSERT INTO plan (interval, process, scope) VALUES ('i', 'p', 's')`,
		`INSERT INTO idempotency (person, operation, key, request, begun_at, status, body) VALUES ('ada', 'o', 'k', 'r', now(), 201, 'x')`,
		`INSERT INTO slot (process, scope, period, interval, version, due_at, early_at, late_at, catch_up, state)
			SELECT 'p', 's', state, 'i', 1, now(), now(), now(), 'each', state
			FROM unnest(ARRAY['planned', 'due', 'in-work', 'done', 'done-late', 'missed', 'waived']) state`,
		// A run that ends unpublished takes a slot back to planned: one that never fell due.
		`UPDATE slot SET state = 'planned' WHERE state = 'in-work'`,
		`UPDATE slot SET state = 'planned' WHERE state = 'due'`,
	} {
		require.NoError(t, exec(app, statement), statement)
	}
	const refused, check = pqerror.Code("23001"), pqerror.Code("23514")
	for statement, want := range map[string]pqerror.Code{
		`UPDATE installation SET namespace_id = 'two'`:                              refused,
		`UPDATE token SET revoked_at = NULL`:                                        refused,
		`UPDATE token SET revoked_at = now() + interval '1 year'`:                   refused,
		`UPDATE feed SET withdrawn_at = NULL`:                                       refused,
		`UPDATE run SET ended_at = NULL, state = 'waiting' WHERE id = 'over'`:       refused,
		`UPDATE run SET state = 'published' WHERE id = 'over'`:                      refused,
		`UPDATE run SET outcome = '{}' WHERE id = 'over'`:                           refused,
		`UPDATE run SET state = 'published' WHERE id = 'live'`:                      check,
		`UPDATE run SET ended_at = now() WHERE id = 'live'`:                         check,
		`UPDATE run SET round = 1 WHERE id = 'live'`:                                refused,
		`UPDATE run SET started_at = NULL WHERE id = 'live'`:                        refused,
		`UPDATE task SET state = 'open', ended_at = NULL WHERE id = 'over'`:         refused,
		`UPDATE task SET state = 'closed' WHERE id = 'over'`:                        refused,
		`UPDATE task SET state = 'decided' WHERE id = 'open'`:                       check,
		`UPDATE task SET reminded_at = NULL WHERE id = 'open'`:                      refused,
		`UPDATE task SET escalated_at = now() + interval '1 day' WHERE id = 'open'`: refused,
		`UPDATE pass SET spent_at = NULL, spent_by = NULL WHERE id = 'spent'`:       refused,
		`UPDATE pass SET spent_by = 'other' WHERE id = 'spent'`:                     refused,
		`UPDATE pass SET refusal = NULL WHERE id = 'refused'`:                       refused,
		`UPDATE pass SET spent_by = 'x' WHERE id = 'new'`:                           check,
		`DELETE FROM pass`:                                        refused,
		`DELETE FROM pass WHERE id = 'new'`:                       refused, // it is valid still
		`UPDATE session SET ended_at = NULL`:                      refused,
		`UPDATE session SET language = 'de'`:                      refused,
		`DELETE FROM session`:                                     refused, // what one sealed can be opened still
		`UPDATE admission SET ended_at = NULL WHERE hash = 'new'`: refused,
		`DELETE FROM admission`:                                   refused,
		`DELETE FROM idempotency`:                                 refused, // it was answered today
		`UPDATE proposal SET enacted = 2`:                         refused,
		`UPDATE proposal SET enacted = NULL`:                      refused,
		`UPDATE idempotency SET body = 'y'`:                       refused,
		`UPDATE idempotency SET status = NULL`:                    refused,
		`UPDATE idempotency SET status = NULL, begun_at = begun_at + interval '23 hours'`: refused,
		`UPDATE slot SET state = 'due' WHERE period = 'done'`:                             refused,
		`UPDATE slot SET state = 'waived' WHERE period = 'done-late'`:                     refused,
		`UPDATE slot SET waived_at = NULL WHERE period = 'waived'`:                        refused,
		`UPDATE slot SET due_at = due_at + interval '1 year' WHERE period = 'due'`:        refused,
		`UPDATE slot SET late_at = late_at + interval '1 year' WHERE period = 'missed'`:   refused,
		`UPDATE slot SET version = 2 WHERE period = 'missed'`:                             refused,
		`DELETE FROM slot WHERE period = 'due'`:                                           refused,
		`DELETE FROM slot WHERE period = 'missed'`:                                        refused,
		`DELETE FROM slot WHERE period = 'done'`:                                          refused,
		`DELETE FROM slot WHERE period = 'waived'`:                                        refused,
		`DELETE FROM slot`: refused,
	} {
		for _, by := range []*sql.DB{app, owner} {
			var p *pq.Error
			require.ErrorAs(t, exec(by, statement), &p, statement)
			require.Equal(t, want, p.Code, "%s: %s", statement, p.Message)
		}
	}
	// And this goes on.
	for _, statement := range []string{
		`UPDATE installation SET woken_at = now()`,
		`UPDATE run SET seen_at = now() WHERE id = 'live'`,
		`DELETE FROM pass WHERE id = 'expired'`,
		`DELETE FROM session WHERE id = 'expired'`,
		`DELETE FROM admission WHERE hash = 'expired'`,
		`UPDATE idempotency SET status = NULL, begun_at = begun_at + interval '24 hours'`,
		`DELETE FROM idempotency`,
		`UPDATE slot SET state = 'due', missed_at = NULL WHERE period = 'missed'`,
		`UPDATE slot SET due_at = due_at + interval '1 year', version = 2 WHERE period = 'planned'`,
		`DELETE FROM slot WHERE period = 'planned'`,
		`DELETE FROM slot WHERE period = 'in-work'`,
	} {
		require.NoError(t, exec(app, statement), statement)
	}
	// A migration has its way, and says so.
	require.NoError(t, exec(owner, `BEGIN; ALTER TABLE run DISABLE TRIGGER run_ended; UPDATE run SET outcome = '{}' WHERE id = 'over';
		ALTER TABLE run ENABLE TRIGGER run_ended; COMMIT`))
	require.Error(t, exec(owner, `UPDATE run SET outcome = NULL WHERE id = 'over'`))
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
