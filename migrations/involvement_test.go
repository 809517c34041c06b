package migrations_test

import (
	"database/sql"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/improvement"
	"turnus/itsm/task"
	"turnus/migrations"
	"turnus/store"
)

// before is a database as it was before it knew who is involved.
func before(t *testing.T) *sql.DB {
	db := pgtest.Empty(t)
	p, err := migrations.Provider(db)
	require.NoError(t, err)
	_, err = p.UpTo(t.Context(), 5)
	require.NoError(t, err)
	return db
}

// writer writes rows as Turnus did at version 5; a token's ID is t- and its person.
type writer struct {
	*testing.T
	*sql.DB
}

func (r writer) exec(statement string, args ...any) {
	r.Helper()
	_, err := r.ExecContext(r.Context(), statement, args...)
	require.NoError(r, err, statement)
}

func (r writer) audit(action, object, by, after string) {
	r.Helper()
	r.exec(`INSERT INTO audit (at, actor, token, action, object, after, bytes) VALUES (now(), $1, 't-' || $1, $2, $3, $4, '')`, by, action, object, after)
}

// declare writes a version, declared at hour h of 1 November 2026.
func (r writer) declare(h int, by, kind, name, spec string) {
	r.Helper()
	var version int
	at := fmt.Sprintf("2026-11-01T%02d:00:00Z", h)
	require.NoError(r, r.QueryRow(`INSERT INTO resource (kind, name, version, valid_from, document, hash, at, person)
		SELECT $1, $2, n, CASE n WHEN 1 THEN timestamptz '0001-01-01T00:00:00Z' ELSE $4 END,
			jsonb_build_object('apiVersion', 'turnus/v1', 'kind', $1::text, 'metadata', jsonb_build_object('name', $2::text), 'spec', $3::jsonb), 'h', $4, $5
		FROM (SELECT 1 + count(*) AS n FROM resource WHERE kind = $1 AND name = $2) v RETURNING version`, kind, name, spec, at, by).Scan(&version))
	r.audit("resource.changed", kind+"/"+name, by, fmt.Sprintf(`{"version":%d}`, version))
}

func (r writer) imported(by, service string) (id int64) {
	r.Helper()
	require.NoError(r, r.QueryRow(`INSERT INTO import (service, format, as_of, oldest, rows_read, rows_loaded, rows_unchanged, rows_rejected, tickets_changed, person, at)
		VALUES ($2, 'csv', now(), now(), 0, 0, 0, 0, 0, $1, now()) RETURNING id`, by, service).Scan(&id))
	r.audit("tickets.imported", "service/"+service, by, fmt.Sprintf(`{"id":%d}`, id))
	return id
}

func (r writer) asks(id, process, starter, frozen string) {
	r.Helper()
	r.exec(`INSERT INTO run (id, process, scope, service, period, attempt, state, input, owner, started_by, token_issuer, created_at, started_at)
		VALUES ($1, $2, $1, 'desk', '2026-10', 1, 'waiting', '{}', 'olga', $3, 'ira', '2026-11-01T12:00:00Z', now())`, id, process, starter)
	if frozen != "" {
		r.exec(`INSERT INTO frozen_set (run, round, document, at) VALUES ($1, 1, $2, '2026-11-01T13:00:00Z')`, id, frozen)
	}
	r.exec(`INSERT INTO task (id, run, round, step, kind, state, outcomes, hash, opened_at, due_at, remind_at, escalate_at)
		VALUES ($1, $1, 1, 'approval', 'approval', 'open', '["approve"]', 'x', now(), now(), now(), now())`, id)
}

// Rounds that an older Turnus froze, and whose tasks wait, are judged by what
// they stand on.
func TestFrozenRoundsAreJudgedRightly(t *testing.T) {
	r := writer{t, before(t)}
	approvers := []string{"anton", "anna", "max", "nora", "otto", "ida", "pia", "paul", "lena", "lars", "eva", "emil", "free", "ira"}
	list := ""
	for i, a := range append(approvers, "root", "olga") {
		// Each has a token of their own; those in the first place issued some.
		issuer := map[string]string{"anton": "anna", "max": "nora", "olga": "", "eva": "emil"}[a]
		r.exec(`INSERT INTO token (id, person, hash, issuer, created_at, expires_at) VALUES ('t-' || $1, $1, $1, $2, now(), now())`, a, issuer)
		r.declare(0, "root", "Person", a, `{"roles":["approver"]}`)
		if i > 0 {
			list += ","
		}
		list += `"` + a + `"`
	}
	service := func(h int, by, owner string) {
		r.declare(h, by, "Service", "desk", `{"owner":"`+owner+`","approvers":[`+list+`],"calendar":"office"}`)
	}
	service(1, "otto", "olga") // valid in October, since it is the first
	r.declare(1, "lena", "Calendar", "office", `{}`)
	r.declare(1, "free", "Calendar", "night", `{}`)
	r.declare(2, "ida", "Calendar", "night", `{}`)
	r.declare(1, "free", "Agreement", "gold", `{}`)
	r.declare(2, "max", "Agreement", "gold", `{}`)
	r.declare(3, "free", "Agreement", "gold", `{}`)
	service(4, "root", "olga")
	r.imported("anton", "desk")
	other := r.imported("root", "desk")
	r.imported("free", "desk") // after the round was frozen
	r.imported("free", "shop")
	r.asks("report", "sla-report", "olga", fmt.Sprintf(`{"service":"desk","from":"2026-09-30T22:00:00Z","to":"2026-10-31T23:00:00Z","at":"2026-11-01T13:00:00Z","import":%d,
		"agreements":[{"name":"gold","version":2}],"calendars":[{"name":"night","version":2}],
		"exclusions":[{"id":4,"service":"desk","by":"pia","token_issuer":"paul"}]}`, other))
	service(14, "lars", "eva") // while the task waits
	service(15, "root", "olga")
	r.asks("plain", "sla-report", "", `{"service":"desk","from":"2026-09-30T22:00:00Z","import":0,"agreements":null,"calendars":null}`)
	r.asks("change", "change-approval", "eva", `{"service":"desk","at":"2026-11-01T13:00:00Z","document":{"spec":{"calendar":"night"}}}`)
	r.exec(`INSERT INTO proposal (run, kind, name, base, document, hash, person, at) VALUES ('change', 'Interval', 'desk-sla', 0, '{}', 'h', 'eva', now())`)
	r.audit("resource.proposed", "Interval/desk-sla", "eva", `{"run":"change"}`)

	require.NoError(t, migrations.Up(t.Context(), r.DB))
	s := store.New(r.DB)
	judge := func(id string, want map[string]string, tokens map[string]bool) {
		t.Helper()
		people, err := s.PeopleOf(t.Context(), task.Task{Run: id, Round: 1})
		require.NoError(t, err)
		for _, a := range approvers {
			mine, _, err := s.Tasks(t.Context(), store.Tasks{Run: id, Mine: a}, store.Page{})
			require.NoError(t, err)
			why, involved := want[a]
			require.Equal(t, involved, len(mine) == 0, "%s: %s", id, a)
			if involved {
				require.ErrorContains(t, people.May(a), why, id)
			} else {
				require.NoError(t, people.May(a), id)
			}
		}
		for issuer, may := range tokens {
			require.Equal(t, may, people.MayWith("free", issuer) == nil, "%s: a token from %s", id, issuer)
		}
	}
	// Declaring the service while a task waits counts as well, and so does to own it.
	meanwhile := map[string]string{"lena": "declared Calendar/office", "lars": "declared Service/desk", "eva": "owns what this run is about"}
	with := func(more map[string]string) map[string]string {
		for a, why := range meanwhile {
			if more[a] == "" {
				more[a] = why
			}
		}
		return more
	}
	judge("report", with(map[string]string{"anton": "brought data", "anna": "issued the token with which data was brought", "max": "declared Agreement/gold",
		"nora": "issued the token with which Agreement/gold was declared", "ida": "declared Calendar/night", "pia": "proposed an exclusion",
		"paul": "issued the token with which an exclusion", "otto": "declared Service/desk", "ira": "issued the token with which this run was started"}),
		map[string]bool{"anton": true, "max": true, "nora": true, "ira": true, "paul": true, "pia": false, "olga": false, "eva": false})
	judge("plain", with(map[string]string{"ira": "started", "otto": "declared Service/desk"}), map[string]bool{"pia": true, "olga": false})
	judge("change", with(map[string]string{"eva": "owns what this run is about", "emil": "issued the token with which Interval/desk-sla was proposed", "ida": "declared Calendar/night", "ira": "started"}),
		map[string]bool{"emil": true, "eva": false})

	var issuers [3]string
	require.NoError(t, r.QueryRow(`SELECT (SELECT token_issuer FROM import ORDER BY id LIMIT 1), (SELECT token_issuer FROM proposal),
		(SELECT token_issuer FROM resource WHERE name = 'gold' AND version = 2)`).Scan(&issuers[0], &issuers[1], &issuers[2]))
	require.Equal(t, [3]string{"anna", "emil", "nora"}, issuers)
	_, err := r.Exec(`UPDATE resource SET token_issuer = ''`)
	require.ErrorContains(t, err, "never changed", "the trigger is at work again")
}

// Who is administrator and approver already goes on, and is a finding.
func TestAdministratorsWhoApproveAreFound(t *testing.T) {
	r := writer{t, before(t)}
	r.declare(1, "root", "Person", "ada", `{"roles":["administrator","approver"]}`)
	r.declare(1, "root", "Person", "bob", `{"roles":["approver","viewer","administrator"]}`)
	r.declare(1, "root", "Person", "cora", `{"roles":["administrator","approver"]}`)
	r.declare(2, "root", "Person", "cora", `{"roles":["approver"]}`)
	r.declare(1, "root", "Person", "dora", `{"roles":["administrator"]}`)
	require.NoError(t, migrations.Up(t.Context(), r.DB))
	found, _, err := store.New(r.DB).Findings(t.Context(), store.Findings{Kind: improvement.AdministratorApproves, Sight: store.Sight{All: true}}, store.Page{})
	require.NoError(t, err)
	require.Len(t, found, 2)
	for i, who := range []string{"bob", "ada"} {
		require.Equal(t, []string{improvement.AdministratorApproves, "Person/" + who, ""}, []string{found[i].Kind, found[i].Object, found[i].Service})
		require.Contains(t, found[i].Title.En, who+" is administrator and approver at once")
		require.Contains(t, found[i].Title.De, who+" hat die Rollen administrator und approver zugleich")
	}
	require.NoError(t, migrations.Up(t.Context(), r.DB), "again changes nothing")
}
