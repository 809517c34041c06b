package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/storetest"
	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/uptime"
	"turnus/report"
	"turnus/store"
)

// drills publishes a drill of the desk's plan against fire that was carried through,
// begun at noon of a day; its report repeats another one where that is named.
func (a altering) drills(date string, of continuity.Type, verdict continuity.Verdict, repeats *drill.Retested) string {
	a.Helper()
	begun, err := time.Parse(time.DateOnly, date)
	require.NoError(a, err)
	begun = begun.Add(12 * time.Hour)
	in := store.NewRun{Key: run.Key{Process: "continuity-drill", Scope: "desk-fire", Period: date}, Owner: "olga", By: person.Actor{Person: "olga"}}
	if repeats != nil {
		in.Retests = repeats.Run
	}
	r, _, err := a.store.Begin(a.Context(), now, in)
	require.NoError(a, err)
	st := run.Step{Run: r.ID, Round: 1}
	took := int64(3600)
	f := drill.Frozen{Run: r.ID, Round: 1, About: resource.Service.Ref("desk"), Zone: "Europe/Berlin", At: now, Stage: drill.ToReport, Retests: repeats,
		Plan: drill.PlanVersion{Name: "desk-fire", Version: 1, Spec: within(3 * 3600)}, Setup: drill.Setup{Type: of, Date: calendar.DateOf(begun), Conductor: "cora"},
		Happened: &drill.Happened{Begun: &drill.Begun{Disruption: begun, By: "cora", At: begun},
			Result: &drill.Result{Result: continuity.Result{RTA: &took, Verdicts: continuity.Verdicts{RTO: verdict}, Verdict: verdict}, Overall: verdict}}}
	_, err = store.Freeze(a.Context(), a.store, now, st, f)
	require.NoError(a, err)
	storetest.End(a, a.store, now, "max", "olga", r.ID, run.Published)
	return r.ID
}

// disproved is a desk whose plan against fire an outage of February disproved.
func disproved(t *testing.T) altering {
	a := newReviewed(t)
	storetest.PlanVersion(t, a.store, time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), "desk-fire", 1, within(3*3600))
	a.decides("2026-02", map[string]report.Says{"desk-fire": report.Disproves})
	require.Len(t, a.registered(improvement.FailedObjective), 1)
	return a
}

// What an outage disproved, no drill had failed that a re-test could name: a later
// drill that is no weaker than an outage closes it, as it lifts it in coverage.
func TestADrillClosesWhatAnOutageDisproved(t *testing.T) {
	a := disproved(t)
	a.drills("2026-02-09", continuity.FullInterruption, continuity.Pass, nil)
	require.Len(t, a.registered(improvement.FailedObjective), 1, "it was held before")
	a.drills("2026-02-20", continuity.Functional, continuity.Pass, nil)
	require.Len(t, a.registered(improvement.FailedObjective), 1, "it is weaker")
	a.drills("2026-02-21", continuity.FullInterruption, continuity.Fail, nil)
	require.Len(t, a.registered(improvement.FailedObjective), 1, "it failed")
}

func TestAFullInterruptionClosesWhatAnOutageDisproved(t *testing.T) {
	a := disproved(t)
	a.drills("2026-02-20", continuity.FullInterruption, continuity.Pass, nil)
	require.Contains(t, a.covers()[0], "proved")
	require.Empty(t, a.registered(improvement.FailedObjective))
}

// A re-test of a drill closes nothing that a real outage disproved, unless it is no
// weaker than that.
func TestAWeakRetestDoesntCloseWhatAnOutageDisproved(t *testing.T) {
	a := disproved(t)
	failed := a.drills("2026-02-20", continuity.Component, continuity.Fail, nil)
	a.drills("2026-02-22", continuity.Component, continuity.Pass, &drill.Retested{Run: failed, Type: continuity.Component, Version: 1})
	require.Contains(t, a.covers()[0], "failed")
	require.Len(t, a.registered(improvement.FailedObjective), 1)

	a.drills("2026-02-23", continuity.FullInterruption, continuity.Pass, &drill.Retested{Run: failed, Type: continuity.Component, Version: 1})
	require.Empty(t, a.registered(improvement.FailedObjective))
}

// lasted imports an outage that began on a day of 2026 at nine.
func (a altering) lasted(reference string, month time.Month, day int, lasted time.Duration) {
	a.Helper()
	from := time.Date(2026, month, day, 9, 0, 0, 0, time.UTC)
	_, err := a.store.ImportOutages(a.Context(), store.Intake{Service: "desk", Format: "csv", AsOf: now, Since: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Now: now, By: "admin"},
		func(yield func(uptime.Outage, error) bool) {
			yield(uptime.Outage{Reference: reference, From: from, To: from.Add(lasted), Row: 1}, nil)
		}, nil)
	require.NoError(a, err)
}

// A month is reviewed after it has ended, and often after the drill that followed
// its outage: what the drill lifted already isn't left open.
func TestWhatADrillLiftedBeforeTheReviewIsClosed(t *testing.T) {
	a := newReviewed(t)
	storetest.PlanVersion(t, a.store, time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), "desk-fire", 1, within(3*3600))
	a.drills("2026-02-20", continuity.FullInterruption, continuity.Pass, nil)
	a.decides("2026-02", map[string]report.Says{"desk-fire": report.Disproves})
	require.Contains(t, a.covers()[0], "proved")
	require.Empty(t, a.registered(improvement.FailedObjective))
	var seen int
	require.NoError(t, a.store.DB().QueryRowContext(t.Context(), "SELECT count(*) FROM finding WHERE kind = $1 AND state = 'closed'", improvement.FailedObjective).Scan(&seen))
	require.Equal(t, 1, seen, "that it was seen is on record")
}

func TestADrillBeforeTheOutageOrWeakerLeavesWhatAReviewFinds(t *testing.T) {
	a := newReviewed(t)
	storetest.PlanVersion(t, a.store, time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), "desk-fire", 1, within(3*3600))
	a.drills("2026-02-09", continuity.FullInterruption, continuity.Pass, nil)
	a.drills("2026-02-20", continuity.Functional, continuity.Pass, nil)
	a.decides("2026-02", map[string]report.Says{"desk-fire": report.Disproves})
	require.Contains(t, a.covers()[0], "failed")
	require.Len(t, a.registered(improvement.FailedObjective), 1)
}

func TestALaterOutageClosesWhatAnOutageDisproved(t *testing.T) {
	a := disproved(t)
	a.lasted("F2", time.March, 5, time.Hour)
	a.decides("2026-03", map[string]report.Says{"desk-fire": report.SaysNothing})
	require.Len(t, a.registered(improvement.FailedObjective), 1, "it says nothing")
	a.decides("2026-03", map[string]report.Says{"desk-fire": report.Proves})
	require.NotContains(t, a.covers()[0], "failed")
	require.Empty(t, a.registered(improvement.FailedObjective))
}

// An outage that was shorter than was known disproves nothing any more, and its
// finding stays for a person to deal with: nothing has lifted it since.
func TestARetractedDisproofIsntClosedByItsOwnProof(t *testing.T) {
	a := disproved(t)
	a.lasted("F1", time.February, 10, time.Hour)
	a.decides("2026-02", map[string]report.Says{"desk-fire": report.Proves})
	require.NotContains(t, a.covers()[0], "failed")
	require.Len(t, a.registered(improvement.FailedObjective), 1)
	a.drills("2026-02-20", continuity.FullInterruption, continuity.Pass, nil)
	require.Empty(t, a.registered(improvement.FailedObjective))
}

// Each outage that disproves a plan reaches the register, also the second of a month.
func TestEachOutageThatDisprovesIsSeen(t *testing.T) {
	a := newReviewed(t)
	storetest.PlanVersion(t, a.store, time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), "desk-fire", 1, within(3*3600))
	a.lasted("F2", time.February, 15, 5*time.Hour)
	a.decides("2026-02", map[string]report.Says{"desk-fire": report.Disproves})
	found := a.registered(improvement.FailedObjective)
	require.Len(t, found, 1)
	require.Equal(t, 2, found[0].Seen)
	a.decides("2026-02", map[string]report.Says{"desk-fire": report.Disproves})
	require.Equal(t, 2, a.registered(improvement.FailedObjective)[0].Seen, "a restatement doesn't see the same outages again")
}

// An outage that a restatement adds after the finding of another was closed is found.
func TestAnOutageThatARestatementAddsIsFound(t *testing.T) {
	a := disproved(t)
	a.drills("2026-02-12", continuity.FullInterruption, continuity.Pass, nil)
	require.Empty(t, a.registered(improvement.FailedObjective))
	a.lasted("F2", time.February, 15, 5*time.Hour)
	a.decides("2026-02", map[string]report.Says{"desk-fire": report.Disproves})
	require.Contains(t, a.covers()[0], "failed")
	require.Len(t, a.registered(improvement.FailedObjective), 1)
}
