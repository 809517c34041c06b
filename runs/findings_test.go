package runs_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/improvement"
	"turnus/itsm/run"
	"turnus/store"
)

// A slot that is done late is a finding of its interval, one that was missed
// before isn't a second one; a waking presses what nobody begins.
func TestSlotsThatWereNotKeptAreFound(t *testing.T) {
	h := one(t, "each")
	publish := func(period, at string) {
		t.Helper()
		h.now = day(at)
		h.wake()
		r, _, err := h.store.Begin(t.Context(), h.now, store.NewRun{Key: run.Key{Process: "sla-report", Scope: "desk", Period: period}, Owner: "olga", By: olga})
		require.NoError(t, err)
		h.end(r.ID, run.Published)
	}
	type found struct {
		Kind, Key, Title string
		Seen             int
	}
	listed := func() (all []found) {
		t.Helper()
		list, _, err := h.store.Findings(t.Context(), store.Findings{Service: "desk", Sight: store.Sight{All: true}}, store.Page{})
		require.NoError(t, err)
		for _, f := range list {
			x := found{Kind: f.Kind, Title: f.Title.De, Seen: f.Seen}
			require.NoError(t, h.store.DB().QueryRow("SELECT key FROM finding WHERE id = $1", f.ID).Scan(&x.Key))
			all = append(all, x)
		}
		return all
	}
	publish("2027-01", "2027-02-03 09:00")
	require.Empty(t, listed(), "in time")
	publish("2027-02", "2027-03-20 09:00")
	require.Equal(t, "done-late", h.slot("desk", "2027-02"))
	late := found{improvement.LateSlot, "late-slot/interval/desk",
		"Der geplante Termin sla-report/desk/2027-02 wurde verspätet erledigt, nach dem Ende der Toleranz (08.03.2027, 23:00\u00a0Uhr\u00a0UTC).", 1}
	require.Equal(t, []found{late}, listed())

	h.now = day("2027-04-04 09:00")
	h.wake()
	_, err := h.store.DeclareMissed(t.Context(), olga, h.now, run.Key{Process: "sla-report", Scope: "desk", Period: "2027-03"}, "no data")
	require.NoError(t, err)
	publish("2027-03", "2027-04-20 09:00")
	require.Equal(t, "done-late", h.slot("desk", "2027-03"))
	missed := found{improvement.MissedSlot, "missed-slot/interval/desk", "Der geplante Termin sla-report/desk/2027-03 wurde nicht eingehalten: no data", 1}
	require.Equal(t, []found{missed, late}, listed())
	publish("2027-04", "2027-05-20 09:00")
	late.Seen = 2
	require.Equal(t, []found{missed, late}, listed())

	h.now = day("2027-07-01 09:00")
	h.wake()
	list, _, err := h.store.Findings(t.Context(), store.Findings{Escalated: true, Sight: store.Sight{All: true}}, store.Page{})
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, day("2027-05-20 09:00").UTC(), list[0].Escalated.UTC())
}
