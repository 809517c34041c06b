package store_test

import (
	"database/sql"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/task"
	"turnus/store"
)

// An organisation of 400 services, in three versions each, the third declared
// while some runs waited: 30 approvers, each for 40 services, 80 who own most
// services, and one approver, a0, who owns four.
const organised = `
	CREATE FUNCTION pg_temp.declare(kind text, name text, version integer, person text, issuer text, spec jsonb) RETURNS void LANGUAGE sql AS $$
		INSERT INTO resource (kind, name, version, valid_from, document, hash, at, person, token_issuer) VALUES (kind, name, version, '0001-01-01',
			jsonb_build_object('apiVersion', 'turnus/v1', 'kind', kind, 'metadata', jsonb_build_object('name', name), 'spec', spec), md5(name),
			timestamptz '2023-01-01' + version * interval '1 day', person, issuer) $$;
	SELECT pg_temp.declare('Person', 'a' || i, 1, 'root', '', '{"roles": ["approver", "process-owner"]}') FROM generate_series(0, 29) i;
	SELECT pg_temp.declare('Person', 'o' || i, 1, 'root', '', '{"roles": ["process-owner"]}') FROM generate_series(0, 79) i;
	SELECT pg_temp.declare('Person', 'root' || i, 1, 'root', '', '{"roles": ["administrator"]}') FROM generate_series(0, 4) i;
	SELECT pg_temp.declare('Person', 'u' || i, 1, 'root', '', '{"roles": ["auditor"]}') FROM generate_series(0, 4) i;
	SELECT pg_temp.declare('Person', 'v' || i, 1, 'root', '', '{"roles": ["viewer"]}') FROM generate_series(0, 499) i;
	SELECT pg_temp.declare('Calendar', 'c' || i, 1, 'root1', '', '{"zone": "Europe/Berlin", "hours": {"mon": ["09:00-17:00"]}}') FROM generate_series(0, 9) i;
	SELECT pg_temp.declare('Service', 's' || i, version, CASE WHEN i % 20 = 0 AND version = 3 THEN 'a' || (i + 1) % 30 ELSE 'root' || i % 5 END,
		CASE WHEN i % 33 = 0 THEN 'a' || (i + 2) % 30 ELSE '' END, jsonb_build_object(
			'owner', CASE WHEN i % 100 = 15 THEN 'a0' ELSE 'o' || (i + (version - 1) / 2) % 80 END,
			'approvers', jsonb_build_array('a' || i % 30, 'a' || (i + 1) % 30, 'a' || (i + 2) % 30), 'calendar', 'c' || i % 10,
			'title', jsonb_build_object('en', 'Service ' || i, 'de', 'Service ' || i)))
		FROM generate_series(0, 399) i, generate_series(1, 3) version;
	SELECT pg_temp.declare('Agreement', 'g' || i, 1, 'o' || i % 80, 'root1', jsonb_build_object('service', 's' || i)) FROM generate_series(0, 399) i`

// $runs runs, most begun by a slot, that ask six tasks for five runs. A tenth of
// the tasks is open, most of them the newest, some old. What is asked: an
// approval by the approvers (84 in 100), by the owner, by named persons, by the
// holders of a role; of each fifth run a further step, apart from who answered
// the first.
const asking = `
	CREATE TEMPORARY TABLE asked AS SELECT k, k % 5 = 0 AS twice, k >= $runs * 0.904 OR k % 113 < 3 AS live, (k * 7919) % 400 AS s, (k * 31) % 100 AS lot,
		'sla-report/s' || (k * 7919) % 400 || '/' || k AS id, timestamptz '2023-02-01' + k * interval '7 minutes' AS at
		FROM generate_series(0, $runs - 1) k;
	INSERT INTO run (id, process, scope, period, attempt, state, input, service, about_kind, about, about_version, owner, started_by, token_issuer,
			created_at, started_at, ended_at)
		SELECT id, 'sla-report', 's' || s, k::text, 1, CASE WHEN live THEN 'waiting' ELSE 'published' END,
			jsonb_build_object('process', 'sla-report', 'scope', 's' || s, 'period', k::text), 's' || s, 'Service', 's' || s, 2 + k % 2, 'o' || s % 80,
			CASE WHEN k % 10 < 7 THEN '' WHEN k % 10 < 9 THEN 'o' || s % 80 WHEN k % 30 = 9 THEN 'a0' ELSE 'root1' END,
			CASE WHEN k % 10 < 7 THEN '' WHEN k % 100 = 7 THEN 'a' || k % 30 ELSE 'root2' END, at, at, CASE WHEN live THEN NULL ELSE at + interval '2 days' END
		FROM asked;
	INSERT INTO task (id, run, round, step, kind, state, outcomes, hash, opened_at, due_at, remind_at, escalate_at, ended_at, title, body, fields,
			for_who, for_role, for_persons, against, apart, escalate_to, about_kind, about, about_version, owner, started_by, token_issuer)
		SELECT md5(id || step), id, 1, step, CASE step WHEN 'check' THEN 'check' ELSE 'approval' END,
			CASE WHEN live AND (step = 'check' OR NOT twice) THEN 'open' ELSE 'decided' END, '["approve", "request-changes", "reject"]', md5(id),
			at + interval '1 minute', at + interval '7 days', at + interval '5 days', at + interval '8 days',
			CASE WHEN live AND (step = 'check' OR NOT twice) THEN NULL ELSE at + interval '1 day' END,
			'{"en": "Approve the content?", "de": "Inhalt freigeben?"}', '{"en": "", "de": ""}', '[]',
			CASE WHEN step = 'check' OR lot < 84 THEN 'approvers' WHEN lot < 90 THEN 'owner' WHEN lot < 96 THEN 'persons' ELSE 'role' END,
			CASE WHEN step = 'check' OR lot < 96 THEN '' WHEN lot < 99 THEN 'auditor' ELSE 'approver' END,
			CASE WHEN step = 'check' OR lot NOT BETWEEN 90 AND 95 THEN '{}' ELSE ARRAY['a' || k % 30, 'o' || k % 80, 'v' || k % 500] END,
			CASE WHEN step = 'check' OR lot < 84 THEN '{any}'::text[] WHEN lot < 90 THEN '{}' ELSE '{started,proposed}' END,
			CASE step WHEN 'check' THEN 'approval' ELSE '' END, 'owner', r.about_kind, r.about, r.about_version, r.owner, r.started_by, r.token_issuer
		FROM asked JOIN run r USING (id), LATERAL (VALUES ('approval'), ('check')) step (step) WHERE twice OR step = 'approval';
	INSERT INTO decision (task, run, round, person, outcome, comment, at, hash, pass)
		SELECT t.id, t.run, 1, 'a' || ((a.s + a.k % 3) % 30), 'approve', '', t.ended_at, t.hash, t.id FROM task t JOIN asked a ON a.id = t.run WHERE t.state = 'decided';
	INSERT INTO involvement (run, round, person, how, issued, about)
		SELECT id, 1, i.person, i.how, i.issued, i.about FROM asked, LATERAL (VALUES
			(CASE WHEN k % 20 = 3 THEN 'a' || s % 30 ELSE 'root3' END, 'imported', false, 'import/' || k),
			('root' || s % 5, 'declared', false, 'Service/s' || s), ('root1', 'declared', false, 'Calendar/c' || s % 10),
			('o' || s % 80, 'declared', false, 'Agreement/g' || s), ('root1', 'declared', true, 'Agreement/g' || s)) i (person, how, issued, about)`

// benchInbox is a database with 300,000 tasks, of which 30,000 are open, or as
// many as TURNUS_BENCH_TASKS says.
func benchInbox(b *testing.B) *sql.DB {
	tasks := 300_000
	if s := os.Getenv("TURNUS_BENCH_TASKS"); s != "" {
		var err error
		tasks, err = strconv.Atoi(s)
		require.NoError(b, err)
	}
	db := pgtest.New(b)
	pgtest.Tamper(b, db, organised)
	pgtest.Tamper(b, db, strings.ReplaceAll(asking, "$runs", strconv.Itoa(tasks/6*5)))
	owner := pgtest.Owner(b, db)
	_, err := owner.ExecContext(b.Context(), `VACUUM ANALYZE`) // as autovacuum does within a minute
	require.NoError(b, err)
	return db
}

// What the statements by hand know of a0 and of what there is: that every task
// is about a service, which roles a0 has, and that a0 approves for nothing that
// they own. They read the same tables, by the same indexes.
const (
	theirsByHand = `WITH theirs AS MATERIALIZED (
		SELECT s.name, s.document->'spec'->>'owner' = 'a0' AS owns,
			(SELECT max(version) FROM resource v WHERE v.kind = 'Service' AND v.name = s.name AND v.document->'spec'->>'owner' = 'a0') AS owned,
			(SELECT max(version) FROM resource v WHERE v.kind = 'Service' AND v.name = s.name AND 'a0' IN (v.person, v.token_issuer)) AS declared
		FROM resource s WHERE s.kind = 'Service' AND NOT s.retired AND (s.document->'spec'->>'owner' = 'a0' OR s.document->'spec'->'approvers' ? 'a0')
			AND NOT EXISTS (SELECT 1 FROM resource n WHERE n.kind = 'Service' AND n.name = s.name AND n.version > s.version)
	) `
	barredByHand = `(t.against && '{any,started}' AND 'a0' IN (t.started_by, t.token_issuer) OR t.against && '{any,owned}' AND t.owner = 'a0'
		OR EXISTS (SELECT 1 FROM involvement i WHERE i.person = 'a0' AND i.run = t.run AND i.round = t.round AND t.against && ARRAY['any', i.how] OFFSET 0)
		OR t.apart <> '' AND EXISTS (SELECT 1 FROM task a LEFT JOIN decision d ON d.task = a.id
			WHERE a.run = t.run AND a.round = t.round AND a.step = t.apart AND (d.person = 'a0' OR 'a0' = ANY (a.for_persons)) OFFSET 0))`
	// The page in order of the index of open tasks, and who may answer each.
	pageByHand = theirsByHand + `, page AS MATERIALIZED (
		SELECT t.* FROM task t WHERE t.state = 'open' AND CASE t.for_who
				WHEN 'approvers' THEN t.about IN (SELECT name FROM theirs WHERE NOT owns)
				WHEN 'owner' THEN t.about IN (SELECT name FROM theirs WHERE owns)
				WHEN 'persons' THEN 'a0' = ANY (t.for_persons) ELSE t.for_role = 'approver' END
			AND NOT (` + barredByHand + ` OR t.against && '{any,owned,declared}' AND EXISTS (SELECT 1 FROM theirs WHERE theirs.name = t.about
				AND (t.against && '{any,owned}' AND theirs.owned >= t.about_version OR t.against && '{any,declared}' AND theirs.declared >= t.about_version) OFFSET 0))
		ORDER BY t.opened_at, t.id LIMIT 50
	), behind AS MATERIALIZED (
		SELECT t.id, w.person, w.how, t.against FROM page t, LATERAL (VALUES (t.started_by, 'started'), (t.token_issuer, 'started'), (t.owner, 'owned')) w (person, how)
		UNION ALL SELECT t.id, w.person, w.how, t.against FROM page t JOIN resource v ON v.kind = 'Service' AND v.name = t.about AND v.version >= t.about_version,
			LATERAL (VALUES (v.document->'spec'->>'owner', 'owned'), (v.person, 'declared'), (v.token_issuer, 'declared')) w (person, how)
		UNION ALL SELECT t.id, i.person, i.how, t.against FROM page t JOIN involvement i ON i.run = t.run AND i.round = t.round
		UNION ALL SELECT t.id, d.person, 'any', '{any}' FROM page t JOIN task a ON a.run = t.run AND a.round = t.round AND a.step = t.apart JOIN decision d ON d.task = a.id
		UNION ALL SELECT t.id, unnest(a.for_persons), 'any', '{any}' FROM page t JOIN task a ON a.run = t.run AND a.round = t.round AND a.step = t.apart
	), barred AS MATERIALIZED (SELECT DISTINCT id, person FROM behind WHERE against && ARRAY['any', how]),
	person AS MATERIALIZED (SELECT name, document->'spec'->'roles' AS roles FROM resource_current WHERE kind = 'Person')
	SELECT t.id, t.run, t.round, t.step, t.kind, t.state, t.outcomes, t.hash, t.opened_at, t.due_at, t.remind_at, t.escalate_at, t.reminded_at,
		t.escalated_at, t.ended_at, t.title, t.body, t.fields, t.for_who, t.for_role, t.for_persons, t.against, t.apart, t.escalate_to,
		(SELECT coalesce(array_agg(c.name ORDER BY c.place, c.name), '{}') FROM (
			SELECT a.name, a.place FROM jsonb_array_elements_text(s.document->'spec'->'approvers') WITH ORDINALITY a (name, place)
				JOIN person p ON p.name = a.name AND p.roles ? 'approver' WHERE t.for_who = 'approvers'
			UNION ALL SELECT p.name, 0 FROM person p WHERE t.for_who = 'owner' AND p.name = s.document->'spec'->>'owner' AND p.roles ? 'process-owner'
			UNION ALL SELECT a.name, a.place FROM unnest(t.for_persons) WITH ORDINALITY a (name, place) JOIN person p ON p.name = a.name WHERE t.for_who = 'persons'
			UNION ALL SELECT p.name, 0 FROM person p WHERE t.for_who = 'role' AND p.roles ? t.for_role
		) c WHERE NOT EXISTS (SELECT 1 FROM barred b WHERE b.id = t.id AND b.person = c.name)) AS may
	FROM page t JOIN LATERAL (SELECT document FROM resource s WHERE s.kind = 'Service' AND s.name = t.about ORDER BY version DESC LIMIT 1) s ON true
	ORDER BY t.opened_at, t.id`
	// The counts from the indexes of what is asked of a0.
	countsByHand = theirsByHand + `SELECT
		(SELECT array[count(*), count(*) FILTER (WHERE due_at < $1)] FROM (
			SELECT t.due_at FROM theirs s JOIN task t ON t.about_kind = 'Service' AND t.about = s.name AND t.state = 'open' AND t.for_who = CASE WHEN owns THEN 'owner' ELSE 'approvers' END
				WHERE NOT (` + barredByHand + ` OR t.against && '{any,owned}' AND coalesce(s.owned >= t.about_version, false)
					OR t.against && '{any,declared}' AND coalesce(s.declared >= t.about_version, false))
			UNION ALL SELECT t.due_at FROM task t WHERE t.state = 'open' AND t.for_who = 'persons' AND t.for_persons @> '{a0}' AND NOT ` + barredByHand + `
			UNION ALL SELECT t.due_at FROM task t LEFT JOIN theirs s ON s.name = t.about WHERE t.state = 'open' AND t.for_who = 'role' AND t.for_role = 'approver'
				AND NOT (` + barredByHand + ` OR t.against && '{any,owned}' AND coalesce(s.owned >= t.about_version, false)
					OR t.against && '{any,declared}' AND coalesce(s.declared >= t.about_version, false))) t)
		|| ((SELECT count(*) FROM task t WHERE t.state = 'open' AND t.about_kind = 'Service' AND t.about IN (SELECT name FROM theirs WHERE owns)
			AND (t.for_who = 'approvers' OR t.for_role = 'auditor' OR t.for_who = 'persons' AND NOT 'a0' = ANY (t.for_persons) OR ` + barredByHand + `))
		+ (SELECT count(*) FROM task t WHERE t.state = 'open' AND t.started_by = 'a0' AND t.about NOT IN (SELECT name FROM theirs WHERE owns)))`
)

// BenchmarkInbox sets the first page of an inbox, as the API has it, and its
// counts beside the best SQL by hand for the same answers: of somebody who
// approves for 40 services and owns four, among 300,000 tasks of which 30,000 are
// open, in one database, one run and in turns. The statements by hand are sent
// as they are, and what they answer is read, but not decoded.
// TURNUS_BENCH_TASKS says how many tasks.
//
//	go test -run '^$' -bench Inbox -benchtime 25x ./store
func BenchmarkInbox(b *testing.B) {
	db := benchInbox(b)
	s := store.New(db)
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	byHand := func() (ids []string, may [][]string) {
		rows, err := db.QueryContext(b.Context(), pageByHand)
		require.NoError(b, err)
		defer rows.Close()
		columns, err := rows.Columns()
		require.NoError(b, err)
		row, into := make([]sql.RawBytes, len(columns)-1), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		for rows.Next() {
			var who pq.StringArray
			into[len(row)] = &who
			require.NoError(b, rows.Scan(into...))
			ids, may = append(ids, string(row[0])), append(may, who)
		}
		require.NoError(b, rows.Err())
		return ids, may
	}
	countedByHand := func() task.Counts {
		var n pq.Int64Array
		require.NoError(b, db.QueryRowContext(b.Context(), countsByHand, now).Scan(&n))
		return task.Counts{Open: int(n[0]), Overdue: int(n[1]), Waiting: int(n[2])}
	}
	var pages, pagesByHand, counts, countsByHand, pageRatios, countRatios []float64
	for b.Loop() {
		begun := time.Now()
		list, _, err := s.Tasks(b.Context(), store.Tasks{State: "open", Mine: "a0"}, store.Page{})
		pages = append(pages, time.Since(begun).Seconds()*1000)
		require.NoError(b, err)
		begun = time.Now()
		ids, may := byHand()
		pagesByHand = append(pagesByHand, time.Since(begun).Seconds()*1000)
		require.Len(b, ids, len(list))
		for i, t := range list {
			require.Equal(b, t.ID, ids[i])
			require.Equal(b, t.Approvers, may[i], t.ID)
		}

		begun = time.Now()
		counted, err := s.CountTasks(b.Context(), "a0", now)
		counts = append(counts, time.Since(begun).Seconds()*1000)
		require.NoError(b, err)
		begun = time.Now()
		other := countedByHand()
		countsByHand = append(countsByHand, time.Since(begun).Seconds()*1000)
		require.Equal(b, other, counted)
		pageRatios = append(pageRatios, pages[len(pages)-1]/pagesByHand[len(pages)-1])
		countRatios = append(countRatios, counts[len(counts)-1]/countsByHand[len(counts)-1])
	}
	for unit, x := range map[string][]float64{"page-ms": pages, "page-by-hand-ms": pagesByHand, "page-ratio": pageRatios,
		"counts-ms": counts, "counts-by-hand-ms": countsByHand, "counts-ratio": countRatios} {
		slices.Sort(x)
		b.ReportMetric(x[len(x)/2], unit)
	}
	b.ReportMetric(0, "ns/op")
}
