package store

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/improvement"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// registered are $n findings of 50 services, with three actions each, most of
// which have ended: of each hundred findings one is open and has escalated, one
// is in work and two of its actions are open.
const registered = `
	INSERT INTO finding (id, kind, type, severity, key, state, service, about_kind, about, object, title, source, at, remind_at, escalate_at, reminded_at, escalated_at, ended_at) OVERRIDING SYSTEM VALUE
		SELECT 1000000 + n, 'missed-target', 'nonconformity', 'major', 'missed-target/s' || n % 50 || '/gold/p' || n,
			CASE n % 100 WHEN 0 THEN 'open' WHEN 1 THEN 'in-work' ELSE 'closed' END, 's' || n % 50, 'Service', 's' || n % 50, 'run/r' || n,
			'{"en": "Missed", "de": "Verfehlt"}', jsonb_build_object('kind', 'run', 'name', 'r' || n), at, at, at, at, at, CASE WHEN n % 100 > 1 THEN at END
		FROM generate_series(1, $n) n, LATERAL (SELECT timestamptz '2020-01-01' + n * interval '30 minutes' AS at) t;
	INSERT INTO finding_seen (finding, key, source, title, at)
		SELECT id, 'r' || id || '/' || m, source, title, at FROM finding, generate_series(1, 3) m;
	INSERT INTO action (finding, number, run, round, plan, owner, original_due, due, state, done_at, ended_at)
		SELECT f.id, m, 'improvement/' || f.id || '/2026-01-01', 1, '{"title": "Act"}', 'p' || f.id % 500, f.at::date, f.at::date,
			CASE WHEN f.state = 'in-work' AND m < 3 THEN 'open' ELSE 'effective' END, f.at, CASE WHEN f.state = 'in-work' AND m < 3 THEN NULL ELSE f.at END
		FROM finding f, generate_series(1, 3) m`

// What is asked of the register while people wait, or in each waking, goes by
// index, however much of it has ended.
func TestTheRegisterIsReadByIndex(t *testing.T) {
	n := 20_000
	if more, err := strconv.Atoi(os.Getenv("TURNUS_REGISTER_FINDINGS")); err == nil {
		n = more
	}
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, append(house(), doc(resource.Service, "s7", `{'owner':'olga','approvers':['anton'],'calendar':'office'}`))...)
	pgtest.Tamper(t, s.DB(), strings.ReplaceAll(registered, "$n", strconv.Itoa(n)))
	_, err := pgtest.Owner(t, s.DB()).ExecContext(ctx, "VACUUM ANALYZE finding, finding_seen, action")
	require.NoError(t, err)
	s.db.SetMaxOpenConns(1)
	scans := func() (read map[string]int64) { // rows, by table
		t.Helper()
		read = map[string]int64{}
		for _, q := range []string{"SELECT pg_stat_force_next_flush()", "SELECT pg_stat_clear_snapshot()"} {
			_, err := s.db.ExecContext(ctx, q)
			require.NoError(t, err)
		}
		var rows []struct {
			Table string `db:"relname"`
			N     int64  `db:"n"`
		}
		require.NoError(t, s.db.SelectContext(ctx, &rows, "SELECT relname, seq_tup_read AS n FROM pg_stat_user_tables WHERE relname IN ('finding', 'finding_seen', 'action')"))
		for _, r := range rows {
			read[r.Table] = r.N
		}
		return read
	}
	owner, all := Sight{Owner: "olga"}, Sight{All: true}
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	inWork := int64(1_000_101)
	miss := sighting{Key: "missed-target/s7/gold/new", Place: "new", Finding: improvement.Finding{Kind: improvement.MissedTarget, About: resource.Service.Ref("s7"), Title: text.Same("x"), At: now}}
	findings := func(f Findings) func() error {
		return func() error { _, _, err := s.Findings(ctx, f, Page{}); return err }
	}
	actions := func(f Actions) func() error {
		return func() error { _, _, err := s.Actions(ctx, now, f, Page{}); return err }
	}
	for _, c := range []struct {
		what string
		do   func() error
	}{
		{"all findings", findings(Findings{Sight: all})},
		{"all findings, with those that have ended", findings(Findings{State: "all", Sight: all})},
		{"somebody's findings", findings(Findings{Sight: owner})},
		{"a service's findings", findings(Findings{Service: "s7", Sight: all})},
		{"all actions", actions(Actions{Sight: all})},
		{"somebody's own actions", actions(Actions{Mine: "p1", Sight: owner, Sees: "olga"})},
		{"an owner's open actions", actions(Actions{Owner: "p1", State: "open", Sight: all})},
		{"a finding's actions", actions(Actions{Finding: inWork, Sight: all})},
		{"overdue actions", actions(Actions{Overdue: true, Sight: all})},
		{"a relapse", func() error { finds(t, s, miss); return nil }},
		{"a waking", func() error { return s.PressFindings(ctx, now) }},
		{"what reports led to", func() error {
			_, err := s.ReportedOn(ctx, resource.Service.Ref("s7"), now, run.Key{Process: "sla-report", Scope: "s7", Period: "2029-12"})
			return err
		}},
		{"an improvement's actions", func() error { _, err := tracked(ctx, s.db, "improvement/1000101/2026-01-01", 1, nil); return err }},
	} {
		before := scans()
		require.NoError(t, c.do(), c.what)
		require.Equal(t, before, scans(), "%s: rows of whole tables are read", c.what)
	}
}
