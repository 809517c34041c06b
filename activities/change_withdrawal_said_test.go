package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/run"
	"turnus/itsm/uptime"
	"turnus/store"
)

// An import of outages is withdrawn as one of tickets is: the document says of what
// it was and what becomes of it, and who brought outages is concerned, but not who
// brought tickets alone.
func TestWithdrawingAnImportOfOutages(t *testing.T) {
	p := newPublished(t)
	outages := func(by string, references ...string) dataset.Import {
		t.Helper()
		i, err := p.store.ImportOutages(t.Context(), store.Intake{Service: "desk", Format: "csv", AsOf: p.now, Now: p.now, By: by}, func(yield func(uptime.Outage, error) bool) {
			for n, r := range references {
				at := time.Date(2026, 4, 7, 8, 0, 0, 0, time.UTC)
				if !yield(uptime.Outage{Row: int64(n + 1), Reference: r, From: at, To: at.Add(time.Duration(len(references)) * time.Hour)}, nil) {
					return
				}
			}
		}, nil)
		require.NoError(t, err)
		return i.Import
	}
	p.wrong("max")
	first := outages("olga", "A", "B")
	wrong := outages("olga", "A", "C", "D")
	id, err := p.store.ProposeWithdrawal(t.Context(), owner, p.now, wrong.ID, "the wrong service")
	require.NoError(t, err, "max brought tickets alone, and may decide")
	st := run.Step{Run: id, Round: 1}
	_, err = p.set.ChangeDraft(t.Context(), st)
	require.NoError(t, err)
	w, err := store.Frozen[dataset.Withdrawal](t.Context(), p.store, st)
	require.NoError(t, err)
	require.Equal(t, []int64{3, 2, wrong.ID}, []int64{w.Changed, w.Gone, w.Newest})
	require.Empty(t, w.Reports, "what was published counts tickets")
	rep, err := p.store.Report(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, "Entfallende Ausfälle", rep.Summary[1].Label.De)
	require.NoError(t, p.approve(id))

	all := map[string][]uptime.Outage{}
	c, err := p.store.Coverage(t.Context(), "desk", dataset.Outages)
	require.NoError(t, err)
	for o, err := range p.store.Outages(t.Context(), store.KnownSpan{Service: "desk", Import: c.Import, From: first.At.AddDate(-1, 0, 0), To: p.now}) {
		require.NoError(t, err)
		all[o.Key] = o.Is
	}
	require.Len(t, all, 2)
	require.Equal(t, 2*time.Hour, all["#A"][0].To.Sub(all["#A"][0].From), "as the import says that remains")

	late := outages("max", "E")
	_, err = p.store.ProposeWithdrawal(t.Context(), owner, p.now, late.ID, "the wrong service")
	require.True(t, fault.Is(err, fault.Invalid), "%v", err)
	require.ErrorContains(t, err, "max brought data that these figures use")
}
