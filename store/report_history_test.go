package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
)

// noted is a frozen set that stands on nothing.
type noted struct {
	Note string `json:"note"`
}

func (noted) Basis() task.Basis { return task.Basis{} }

// History gives the newest version of each period, with the set behind it and
// the approval of that content; what was never published isn't there.
func TestHistory(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, house()...)
	at := declared
	publish := func(period, note string, state run.State) {
		t.Helper()
		at = at.Add(time.Hour)
		r, _, err := s.Begin(ctx, at, NewRun{Key: run.Key{Process: "sla-report", Scope: "desk", Period: period}, Again: note == "again",
			Reason: note, Owner: "olga", By: person.Actor{Person: "olga"}})
		require.NoError(t, err)
		st := run.Step{Run: r.ID, Round: 1}
		_, err = Freeze(ctx, s, at, st, noted{Note: note})
		require.NoError(t, err)
		hash, doc, err := report.Hash(report.Document{Run: r.ID, Period: period, Subject: text.Same(note)})
		require.NoError(t, err)
		_, err = s.SaveDraft(ctx, at, st, hash, doc)
		require.NoError(t, err)
		if state == run.Published {
			require.Nil(t, decide(t, s, at, person.Actor{Person: "anton"}, ask(t, s, at, st), task.Approve, "fine "+note))
		}
		require.NoError(t, s.End(ctx, at, run.End{Run: r.ID, Round: 1, State: state}))
	}
	publish("2016-01", "january", run.Published)
	publish("2016-02", "february", run.Published)
	publish("2016-02", "again", run.Published)
	publish("2016-03", "march", run.Failed)
	publish("2016-04", "april", run.Published)

	all, err := History[noted](ctx, s, "sla-report", "desk", []string{"2015-12", "2016-01", "2016-02", "2016-03"})
	require.NoError(t, err)
	require.Len(t, all, 2)
	january, february := all[0], all[1]
	require.Equal(t, []any{"2016-01", "sla-report/desk/2016-01", 1, "january", "january", "anton", "fine january"},
		[]any{january.Period, january.Run, january.Version, january.Frozen.Note, january.Document.Subject.En, january.By, january.Comment})
	require.Equal(t, []any{"sla-report/desk/2016-02.2", 2, "again", "again"}, []any{february.Run, february.Version, february.Frozen.Note, february.Document.Subject.En})
	hash, _, err := report.Hash(february.Document)
	require.NoError(t, err)
	require.Equal(t, hash, february.Hash)
	require.Equal(t, declared.Add(3*time.Hour).UTC(), february.Published)

	for _, none := range []struct{ scope, period string }{{"desk", "2016-03"}, {"other", "2016-01"}} {
		all, err = History[noted](ctx, s, "sla-report", none.scope, []string{none.period})
		require.NoError(t, err)
		require.Empty(t, all)
	}
}
