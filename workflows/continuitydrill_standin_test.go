package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/store"
)

// What the business confirmed it alone corrects: where it leaves once it is asked,
// the owner stands in for it to say so, and not to correct it.
func TestNobodyCorrectsForABusinessThatHasLeft(t *testing.T) {
	h, begun, at := reported(t)
	early := begun.Add(25 * time.Minute).Format(time.RFC3339)
	h.says(at+time.Minute, "anna", 3, "correct-1", task.Correct, answers{"event": "mbco_confirmed"})
	h.at(at+2*time.Minute, func() { h.leaves("berta") })
	instead := h.says(at+3*time.Minute, "olga", 3, "correct-2", task.Correct, answers{"event": "mbco_confirmed", "at": early})
	h.says(at+4*time.Minute, "olga", 3, "correct-2", task.Done, nil)
	h.says(at+5*time.Minute, "anna", 3, "correct-1-2", task.Done, nil)
	h.says(at+30*time.Minute, "otto", 3, "approval", task.Approve, nil)
	require.Equal(t, run.Published, h.run().State)
	require.ErrorContains(t, instead.failed, "berta, who confirmed this for the business, has left")
	require.ErrorContains(t, instead.failed, "fields.event")
	require.Equal(t, []string{"pass"}, h.lines("SELECT overall FROM drill"))
}

// An interval whose last day is that of a drill which fails asks for no other one:
// the day after it isn't its any more.
func TestADrillThatFailsOnTheLastDayOfItsInterval(t *testing.T) {
	h := declared(t, responders)
	h.puts(1, deskPlan(), friday.Add(-aDay))
	h.plans("loss-drill", process.ContinuityDrill, drillKey, 6, planning.FailedDrill)
	_, err := h.store.DB().Exec(`INSERT INTO resource (kind, name, version, document, hash, valid_from, at, person)
		SELECT kind, name, 2, jsonb_set(document, '{spec,valid,to}', '"2026-11-06"'), hash, valid_from, at, person FROM resource WHERE kind = 'Interval' AND name = 'loss-drill'`)
	require.NoError(t, err)
	h.start(store.NewRun{Key: run.Key{Process: process.ContinuityDrill, Scope: drillKey, Period: "2026-11-06"}, Owner: "olga", By: person.Actor{Person: "olga"}})
	h.env.SetTestTimeout(time.Minute)
	h.exercised("2026-11-06", friday, 3*time.Hour, true, "conduct-1", h.allSteps)
	require.Equal(t, run.Published, h.run().State)
	require.Len(t, h.events(), 1)
	require.Equal(t, []string{"2026-11-06 done 06. 05:00"}, h.slots("loss-drill", "2026-12-01"))
}
