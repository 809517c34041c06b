package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/activities"
	"turnus/imports"
	"turnus/internal/pgtest"
	"turnus/internal/storetest"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
	"turnus/report"
	"turnus/store"
)

// A target that is missed in two months is one finding; the second report opens
// with it, and names it beside the miss. What was closed and is missed again is
// a relapse.
func TestTheNextReportNamesTheFinding(t *testing.T) {
	ctx := t.Context()
	s := store.New(pgtest.New(t))
	docs, err := imports.Resources([]byte(shop))
	require.NoError(t, err)
	_, err = s.Apply(ctx, person.Actor{Person: "admin"}, now, docs, false)
	require.NoError(t, err)
	_, err = s.Import(ctx, store.Intake{Service: "shop", Format: "csv", AsOf: now, Now: now, By: "imports"}, func(yield func(ticket.Row, error) bool) {
		for i, number := range []string{"F1", "F2", "F3"} { // one a month, and none is ever resolved
			at := time.Date(2026, time.Month(1+i), 5, 8, 0, 0, 0, time.UTC)
			yield(ticket.Row{Row: int64(i + 1), Number: number, Opened: at, At: at, State: "Active"}, nil)
		}
	}, nil)
	require.NoError(t, err)
	set := activities.New(s, nil, func() time.Time { return now })
	publish := func(period string) (report.Report, sla.Frozen) {
		t.Helper()
		r, _, err := s.Begin(ctx, now, store.NewRun{Key: run.Key{Process: "sla-report", Scope: "shop", Period: period}, Owner: "olga", By: person.Actor{Person: "olga"}})
		require.NoError(t, err)
		st := run.Step{Run: r.ID, Round: 1}
		_, err = set.SLAReportDraft(ctx, st)
		require.NoError(t, err)
		storetest.End(t, s, now, "max", "olga", r.ID, run.Published)
		rep, err := s.Report(ctx, r.ID)
		require.NoError(t, err)
		f, err := store.Frozen[sla.Frozen](ctx, s, st)
		require.NoError(t, err)
		return rep, f
	}
	const opens = "What earlier reports led to"
	named := func(d report.Report) string {
		t.Helper()
		for _, x := range d.Sections {
			if len(x.Tables) > 0 && x.Title.En == "Results: gold" {
				row := x.Tables[0].Rows[0]
				return row[len(row)-1].Text.En
			}
		}
		return ""
	}

	first, f := publish("2026-01")
	require.Equal(t, []improvement.Progress{}, f.Register.Findings)
	require.NotEqual(t, opens, first.Sections[0].Title.En)
	require.Equal(t, "new finding with the publication", named(first))

	second, f := publish("2026-02")
	require.Len(t, f.Register.Findings, 1)
	require.Equal(t, []any{"missed-target/shop/gold/fix", improvement.Open, 1}, []any{f.Register.Findings[0].Key, f.Register.Findings[0].State, f.Register.Findings[0].Seen})
	require.Equal(t, text.New(opens, "Befunde und Maßnahmen aus früheren Berichten"), second.Sections[0].Title)
	require.Equal(t, "1: open", named(second))

	_, err = s.DB().Exec("UPDATE finding SET state = 'closed', ended_at = $1", now)
	require.NoError(t, err)
	third, f := publish("2026-03")
	require.Equal(t, 2, f.Register.Findings[0].Seen, "both months are the same finding")
	require.Equal(t, "new finding with the publication, relapse of 1", named(third))
	last, err := s.Finding(ctx, 2)
	require.NoError(t, err)
	require.EqualValues(t, 1, last.Relapse)
}
