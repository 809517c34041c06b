package store

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/report"
)

// missedBy are the figures of a report that misses so many targets, in their
// order or the other way round.
func missedBy(n int, reversed bool) func(report.FigureWriter) {
	return func(w report.FigureWriter) {
		for i := range n {
			if reversed {
				i = n - 1 - i
			}
			w.Of(report.Under("desk-2026")).Below(fmt.Sprint("p", i)).Share("attainment", "sla.attainment/1", 1, 4, "attainment", "Erfüllungsgrad").Against("95", report.Missed)
		}
	}
}

// Publishing a report takes few statements more for each target that it misses:
// fewer where its finding is open already.
func TestPublishingMissedTargetsInFewStatements(t *testing.T) {
	p := pressOf(t)
	db, sent := pgtest.Counted(t, p.s.DB())
	db.SetMaxOpenConns(1)
	require.NoError(t, db.PingContext(t.Context()))
	p.s = New(db)
	count := func(period string, missed int) int {
		before := sent("")
		p.publish("desk", period, missedBy(missed, false))
		return sent("") - before
	}
	none := count("2026-08", 0)
	opened, joined := count("2026-09", 50)-none, count("2026-10", 50)-none
	require.LessOrEqual(t, opened, 50*9, "where findings open")
	require.LessOrEqual(t, joined, 50*5, "where they join")
}

// Reports that miss the same targets, and name them in different orders, are
// published at once: none waits for another in a circle, and each target is one
// finding.
func TestReportsThatMissTheSameArePublishedAtOnce(t *testing.T) {
	p := pressOf(t)
	for _, year := range []int{2021, 2022} {
		var all sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			key := run.Key{Process: "sla-report", Scope: "desk", Period: fmt.Sprintf("%d-%02d", year, i+1)}
			at := declared.Add(time.Duration(i) * time.Second)
			r, _, err := p.s.Begin(t.Context(), at, NewRun{Key: key, Owner: "olga", By: person.Actor{Person: "olga"}})
			require.NoError(t, err)
			st := run.Step{Run: r.ID, Round: 1}
			w := report.WriteFigures()
			missedBy(30, i%2 == 1)(w)
			require.NoError(t, p.s.Enter(t.Context(), st, run.Drafting))
			hash, content, err := report.Hash(report.Document{Run: r.ID, Process: key.Process, Scope: "desk", Period: key.Period, Figures: w.Figures()})
			require.NoError(t, err)
			_, err = p.s.SaveDraft(t.Context(), at, st, hash, content)
			require.NoError(t, err)
			require.Nil(t, decide(t, p.s, at, person.Actor{Person: "anton"}, ask(t, p.s, at, st), task.Approve, "fine"))
			all.Go(func() { errs[i] = p.s.End(t.Context(), at, run.End{Run: r.ID, Round: 1, State: run.Published}) })
		}
		all.Wait()
		require.Equal(t, make([]error, len(errs)), errs)
	}
	var findings, sightings int
	require.NoError(t, p.s.DB().QueryRow("SELECT (SELECT count(*) FROM finding), (SELECT count(*) FROM finding_seen)").Scan(&findings, &sightings))
	require.Equal(t, []int{30, 30 * 16}, []int{findings, sightings})
}
