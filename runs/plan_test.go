package runs_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/store"
)

// A slot that was missed keeps its reason when an attempt at it fails, and no
// other begins by itself.
func TestAMissedSlotKeepsItsReason(t *testing.T) {
	h := one(t, "each")
	key := run.Key{Process: "sla-report", Scope: "desk", Period: "2027-01"}
	h.now = day("2027-02-05 07:00")
	h.wake()
	_, err := h.store.DeclareMissed(t.Context(), olga, h.now, key, "the source is lost")
	require.NoError(t, err)
	r, created, err := h.store.Begin(t.Context(), h.now, store.NewRun{Key: key, Owner: "olga", By: olga})
	require.NoError(t, err)
	require.True(t, created)
	require.Equal(t, "in-work", h.slot("desk", "2027-01"))
	h.end(r.ID, run.Failed)
	s, err := h.store.Slot(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, "missed", string(s.State))
	require.Equal(t, "the source is lost", s.Reason.En)
	h.now = day("2027-02-08 07:00")
	h.wake()
	require.Equal(t, 1, h.attempts("desk", "2027-01"))
}

// What is needed stays: a calendar that an older version in effect names, and
// a service with a slot that somebody still has to close, though its interval
// has ended. A calendar that is needed no more stops no plan.
func TestWhatThePlanNeedsIsNotRetired(t *testing.T) {
	h := newHouse(t, day("2026-12-01 09:00"), service("desk", "24x7", "Europe/Berlin")...)
	rule := func(cal, valid string) string {
		return `'rule':{'working_day':2,'of':'month','at':'06:00'},'calendar':'` + cal + `','valid':{` + valid + `}`
	}
	h.inForce(interval("desk", "desk", rule("berlin", `'from':'2026-12-01'`)))
	h.inForce(interval("desk", "desk", rule("york", `'from':'2027-03-01'`)))
	err := h.store.Retire(t.Context(), root, h.now, resource.Calendar, "berlin")
	require.True(t, fault.Is(err, fault.Conflict), "%v", err)
	require.ErrorContains(t, err, "Interval/desk")

	h.now = day("2027-04-10 09:00")
	require.NoError(t, h.store.Retire(t.Context(), root, h.now, resource.Calendar, "berlin"))
	h.wake()
	h.inForce(interval("desk", "desk", rule("york", `'from':'2027-03-01','to':'2027-04-30'`)))
	h.now = day("2027-06-01 09:00")
	h.wake()
	require.Equal(t, "due", h.slot("desk", "2027-03"), "it waits for data")
	err = h.store.Retire(t.Context(), root, h.now, resource.Service, "desk")
	require.True(t, fault.Is(err, fault.Conflict), "%v", err)
	require.ErrorContains(t, err, "slot/sla-report/desk/")
}

// Whoever looks at a slot that falls due during a pause sees why nothing
// begins.
func TestAPauseSaysSo(t *testing.T) {
	h := one(t, "each")
	_, err := h.store.Pause(t.Context(), olga, h.now, "desk", "the desk moves")
	require.NoError(t, err)
	h.now = day("2027-02-05 07:00")
	h.wake()
	s, err := h.store.Slot(t.Context(), run.Key{Process: "sla-report", Scope: "desk", Period: "2027-01"})
	require.NoError(t, err)
	require.Equal(t, "due", string(s.State))
	require.Equal(t, "Its interval is paused by olga: the desk moves", s.Reason.En)
	require.Equal(t, "Sein Intervall pausiert, durch olga: the desk moves", s.Reason.De)
}

// A run that fails before its slot is due uses up none of the slot's tries.
func TestARunThatFailsBeforeItsSlotIsDue(t *testing.T) {
	h := one(t, "each")
	key := run.Key{Process: "sla-report", Scope: "desk", Period: "2027-01"}
	h.now = day("2027-02-02 07:00")
	r, _, err := h.store.Begin(t.Context(), h.now, store.NewRun{Key: key, Owner: "olga", By: olga})
	require.NoError(t, err)
	h.end(r.ID, run.Failed)
	s, err := h.store.Slot(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, "planned", string(s.State))
	require.True(t, s.Reason.IsZero())
}
