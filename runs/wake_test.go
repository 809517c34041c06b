package runs_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/calendar"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/store"
)

// Two processes wake at once, and persons start the same runs meanwhile: each
// of 300 slots is begun exactly once, and nobody is refused.
func TestWakingsAtOnceBeginEachRunOnce(t *testing.T) {
	const services, people = 25, 3
	var docs []resource.Raw
	for i := range services {
		docs = append(docs, service(fmt.Sprintf("s%02d", i), "24x7", "Europe/Berlin")...)
	}
	h := newHouse(t, day("2027-01-02 12:00"), docs...)
	for i := range services {
		name := fmt.Sprintf("s%02d", i)
		h.covers(name, h.now)
		h.inForce(interval(name, name, `'rule':{'day':1,'of':'month','at':'06:00'},'valid':{'from':'2026-02-01'}`))
	}
	var due int
	require.NoError(t, h.store.DB().QueryRowContext(t.Context(), "SELECT count(*) FROM slot WHERE state = 'due'").Scan(&due))
	require.Equal(t, 300, due)

	var busy sync.WaitGroup
	errs := make(chan error, 1000)
	for range 2 {
		busy.Go(func() { errs <- h.runs.Wake(t.Context(), time.Minute) })
	}
	for p := range people {
		busy.Go(func() {
			for i := range services { // from the other end, so that they meet
				for m := range 4 {
					k := run.Key{Process: "sla-report", Scope: fmt.Sprintf("s%02d", i), Period: fmt.Sprintf("2026-%02d", 12-(m*people+p))}
					_, _, err := h.store.Begin(t.Context(), h.now, store.NewRun{Key: k, Owner: "olga", By: olga})
					errs <- err
				}
			}
		})
	}
	busy.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
	var all, keys, working int
	require.NoError(t, h.store.DB().QueryRowContext(t.Context(), `SELECT count(*), count(DISTINCT (process, scope, period)),
		(SELECT count(*) FROM slot WHERE state = 'in-work') FROM run WHERE process = 'sla-report'`).Scan(&all, &keys, &working))
	require.Equal(t, []int{300, 300, 300}, []int{all, keys, working})
}

// one is a house with a service whose reports are due on the 3rd.
func one(t *testing.T, catchUp string) *house {
	h := newHouse(t, day("2027-01-10 12:00"), service("desk", "24x7", "Europe/Berlin")...)
	h.inForce(interval("desk", "desk", `'rule':{'day':3,'of':'month','at':'06:00'},'tolerance':5,'catch_up':'`+catchUp+`',
		'events':['major-change'],'valid':{'from':'2027-02-01'}`))
	return h
}

// A provisional run says nothing about the slot: the waker waits while it is
// on its way, and begins the real one when the data is there, whatever became
// of the provisional one.
func TestAProvisionalRunLeavesTheSlotToTheWaker(t *testing.T) {
	for _, ends := range []run.State{run.Provisional, run.Cancelled, run.Failed} {
		t.Run(string(ends), func(t *testing.T) {
			h := one(t, "each")
			h.now = day("2027-02-02 12:00")
			r, _, err := h.store.Begin(t.Context(), h.now, store.NewRun{Key: run.Key{Process: "sla-report", Scope: "desk", Period: "2027-01"},
				Owner: "olga", By: olga, Provisional: true})
			require.NoError(t, err)
			h.now = day("2027-02-03 06:00")
			h.wake()
			require.Equal(t, "due", h.slot("desk", "2027-01"), "a provisional run isn't work on the slot")
			h.now = day("2027-02-03 06:02")
			h.wake()
			h.now = day("2027-02-03 06:30") // before the waker looks again by itself
			h.end(r.ID, ends)
			h.covers("desk", h.now)
			h.wake()
			require.Equal(t, "in-work", h.slot("desk", "2027-01"))
			require.Equal(t, 2, h.attempts("desk", "2027-01"))
		})
	}
}

// A run that found its records altered is followed by none: what the next one
// froze would look as if nothing had happened.
func TestAlteredRecordsWaitForAPerson(t *testing.T) {
	h := one(t, "each")
	h.now = day("2027-02-03 05:00")
	h.covers("desk", h.now)
	h.wake()
	id := run.Key{Process: "sla-report", Scope: "desk", Period: "2027-01"}.ID(1)
	require.NoError(t, h.store.Altered(t.Context(), h.now, run.Step{Run: id, Round: 1}, text.Same("found")))
	h.end(id, run.Failed)
	for range 20 {
		h.now = h.now.Add(24 * time.Hour)
		h.wake()
	}
	require.Equal(t, 1, h.attempts("desk", "2027-01"))
	slot, err := h.store.Slot(t.Context(), run.Key{Process: "sla-report", Scope: "desk", Period: "2027-01"})
	require.NoError(t, err)
	require.Contains(t, slot.Reason.En, "a person decides")
}

// A failed run is followed by three more, ever later; a person's start is
// another one, and after what people ended nothing begins by itself.
func TestFailedRunsAreFollowedEverLater(t *testing.T) {
	h := one(t, "each")
	h.now = day("2027-02-03 05:00")
	h.covers("desk", h.now)
	h.wake()
	id := func(n int) string { return run.Key{Process: "sla-report", Scope: "desk", Period: "2027-01"}.ID(n) }
	for n, wait := range []time.Duration{5 * time.Minute, time.Hour, 6 * time.Hour} {
		require.Equal(t, n+1, h.attempts("desk", "2027-01"))
		h.end(id(n+1), run.Failed)
		failed := h.now
		h.covers("desk", h.now) // which changes nothing about it
		h.now = failed.Add(wait - time.Second)
		h.wake()
		require.Equal(t, "due", h.slot("desk", "2027-01"))
		h.now = failed.Add(wait)
		h.wake()
		require.Equal(t, "in-work", h.slot("desk", "2027-01"))
	}
	h.end(id(4), run.Failed)
	for range 20 {
		h.now = h.now.Add(24 * time.Hour)
		h.wake()
	}
	require.Equal(t, 4, h.attempts("desk", "2027-01"), "now a person decides")
	for n, ends := range []run.State{run.Rejected, run.Cancelled} {
		_, created, err := h.store.Begin(t.Context(), h.now, store.NewRun{Key: run.Key{Process: "sla-report", Scope: "desk", Period: "2027-01"}, Owner: "olga", By: olga})
		require.NoError(t, err)
		require.True(t, created)
		h.end(id(5+n), ends)
		h.now = h.now.Add(24 * time.Hour)
		h.covers("desk", h.now)
		h.wake()
		require.Equal(t, "due", h.slot("desk", "2027-01"))
		require.Equal(t, 5+n, h.attempts("desk", "2027-01"))
	}
}

// What nobody could start in its turn isn't started under `none`, whether a
// provisional run exists or not.
func TestNoneStartsNothingLate(t *testing.T) {
	h := one(t, "none")
	h.now = day("2027-02-01 12:00")
	h.covers("desk", h.now)
	r, _, err := h.store.Begin(t.Context(), h.now, store.NewRun{Key: run.Key{Process: "sla-report", Scope: "desk", Period: "2027-01"},
		Owner: "olga", By: olga, Provisional: true})
	require.NoError(t, err)
	h.end(r.ID, run.Provisional)
	h.now = day("2027-02-09 12:00")
	h.wake()
	require.Equal(t, "due", h.slot("desk", "2027-01"))
	require.Equal(t, 1, h.attempts("desk", "2027-01"))
}

// A backfill starts what was missed, also where the next one is due already,
// and what a person has to decide on: it is that decision. When one more falls
// due and nothing is in work, the slot is missed again.
func TestBackfillStarts(t *testing.T) {
	for _, catchUp := range []string{"each", "latest", "none"} {
		for _, ended := range []run.State{run.Rejected, run.Cancelled} {
			t.Run(catchUp+"/"+string(ended), func(t *testing.T) {
				h := one(t, catchUp)
				h.now = day("2027-02-03 05:30")
				h.covers("desk", h.now)
				h.wake()
				require.Equal(t, "in-work", h.slot("desk", "2027-01"))
				h.end("sla-report/desk/2027-01", ended)
				h.now = day("2027-03-10 12:00")
				h.wake()
				missed := map[string]string{"each": "due"}[catchUp]
				if missed == "" {
					missed = "missed"
				}
				require.Equal(t, missed, h.slot("desk", "2027-01"))
				h.now = day("2027-03-10 13:00")
				slots, err := h.store.Backfill(t.Context(), root, h.now, "desk", calendar.Date{Year: 2027, Month: 1, Day: 1}, calendar.Date{Year: 2027, Month: 1, Day: 31}, "late")
				require.NoError(t, err)
				require.Len(t, slots, 1)
				require.Equal(t, planning.Due, slots[0].State)
				h.wake()
				require.Equal(t, "in-work", h.slot("desk", "2027-01"))
				require.Equal(t, 2, h.attempts("desk", "2027-01"))

				h.end("sla-report/desk/2027-01.2", run.Rejected)
				h.now = day("2027-03-20 12:00")
				h.wake()
				require.Equal(t, 2, h.attempts("desk", "2027-01"), "one backfill is one attempt")
				require.Equal(t, "due", h.slot("desk", "2027-01"))
				h.now = day("2027-04-03 12:00")
				h.wake()
				require.Equal(t, missed, h.slot("desk", "2027-01"))
			})
		}
	}
}

// An event brings a slot forward by the version that is in force, and none
// outside of the interval's span.
func TestEventsKeepToTheSpan(t *testing.T) {
	h := one(t, "each")
	happened := func() []planning.Slot {
		t.Helper()
		all, err := h.store.Happened(t.Context(), root, h.now, planning.MajorChange, "desk", "new hardware", "")
		require.NoError(t, err)
		return all
	}
	require.Empty(t, happened(), "it begins in February")
	h.now = day("2027-02-02 12:00")
	slots := happened()
	require.Len(t, slots, 1)
	require.Equal(t, "2027-01", slots[0].Period)
	require.Equal(t, planning.Due, slots[0].State)
	require.True(t, h.now.Equal(slots[0].Due))

	// A version that holds later doesn't count yet; one that has ended, no more.
	h.inForce(interval("desk", "desk", `'rule':{'day':3,'of':'month','at':'06:00'},'events':[],'valid':{'from':'2027-06-01','to':'2027-07-31'}`))
	h.now = day("2027-03-02 12:00")
	slots = happened()
	require.Len(t, slots, 1)
	require.Equal(t, "2027-02", slots[0].Period)
	require.Equal(t, 5*24*time.Hour, day("2027-03-01 23:00").Sub(slots[0].Early), "with the tolerance of today")
	h.now = day("2027-06-02 12:00")
	require.Empty(t, happened(), "this version names no event")
	h.now = day("2027-08-02 12:00")
	require.Empty(t, happened(), "it has ended")
}

// A version that takes over within a month may name a second date that means
// the same period: it has one run, so the first date counts.
func TestVersionsThatMeetInAPeriod(t *testing.T) {
	h := one(t, "each")
	h.now = day("2027-01-20 12:00")
	h.inForce(interval("desk", "desk", `'rule':{'day':20,'of':'month','at':'06:00'},'valid':{'from':'2027-03-10'}`))
	for period, due := range map[string]string{"2027-01": "2027-02-03 05:00", "2027-02": "2027-03-03 05:00", "2027-03": "2027-04-20 04:00"} {
		s, err := h.store.Slot(t.Context(), run.Key{Process: "sla-report", Scope: "desk", Period: period})
		require.NoError(t, err)
		require.Equal(t, due, s.Due.Format("2006-01-02 15:04"), period)
	}
}

// An interval that can't be planned any more is counted, until it can be again.
func TestPlansThatAreBehindAreCounted(t *testing.T) {
	h := one(t, "each")
	behind := func() int {
		t.Helper()
		w, err := h.store.Watch(t.Context(), h.now)
		require.NoError(t, err)
		return w.Behind
	}
	require.Zero(t, behind())
	h.now = h.now.AddDate(0, 0, 2)
	require.Equal(t, 1, behind(), "its plan has to become longer each day")
	const renamed = `UPDATE resource SET document = replace(document::text, $1, $2)::jsonb WHERE kind = 'Interval'`
	pgtest.Tamper(t, h.store.DB(), renamed, "sla-report", "sla-reprot")
	failed, err := h.store.PlanAhead(t.Context(), h.now)
	require.NoError(t, err)
	require.Len(t, failed, 1)
	require.ErrorContains(t, failed["desk"], `There is no process "sla-reprot"`)
	require.Equal(t, 1, behind())
	pgtest.Tamper(t, h.store.DB(), renamed, "sla-reprot", "sla-report")
	h.wake()
	require.Zero(t, behind())
}
