package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/continuity"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
)

// Whoever takes part besides the conductors is told of the drill; somebody who isn't
// there can't be named, and who leaves before it is approved has to be replaced.
func TestParticipantsAreToldAndStillThere(t *testing.T) {
	h := drilling(t, "")
	named := func(names string) answers {
		a := setup(continuity.Tabletop)
		a["participants"] = names
		return a
	}
	nobody := h.says(30*time.Minute, "olga", 1, process.DrillPlan, task.Done, named("emil nobody"))
	h.says(time.Hour, "olga", 1, process.DrillPlan, task.Done, named("emil, dora"))
	h.at(90*time.Minute, func() { h.leaves("dora") })
	left := h.says(2*time.Hour, "max", 1, process.Approval, task.Approve, nil)
	h.says(2*time.Hour+time.Minute, "max", 1, process.Approval, task.RequestChanges, nil)
	h.says(2*time.Hour+3*time.Minute, "olga", 2, process.DrillPlan, task.Done, named("emil"))
	h.says(2*time.Hour+4*time.Minute, "max", 2, process.Approval, task.Approve, nil)
	h.says(3*time.Hour, "emil", 2, "notice-3", task.Acknowledged, nil)
	stranger := h.says(3*time.Hour+time.Minute, "berta", 2, "notice-1", task.Acknowledged, nil)
	h.says(4*time.Hour+2*time.Minute, "anna", 2, process.DrillDiscuss, task.Done, answers{"rta": "PT1H", "notes": "Talked through.", "offsite": "yes"})
	h.says(5*time.Hour, "anna", 2, process.DrillDebrief, task.Done, answers{"well": "a", "badly": "b", "lessons": "c"})
	h.says(6*time.Hour, "olga", 2, process.DrillReview, task.Done, answers{"review": "seen"})
	h.says(7*time.Hour, "otto", 3, process.Approval, task.Approve, nil)
	require.Equal(t, run.Published, h.run().State)
	require.ErrorContains(t, nobody.failed, "fields.participants")
	require.ErrorContains(t, left.failed, "dora")
	require.Error(t, stranger.failed)
	require.Empty(t, h.lines("SELECT title->>'en' FROM finding"))
}

// A drill that was evaluated and not passed doesn't vanish where its report is
// rejected: else it would be repeated until one passes.
func TestAFailedDrillWhoseReportIsRejected(t *testing.T) {
	h := drilling(t, "")
	h.script(continuity.FullInterruption)
	at := h.steps(4*time.Hour+2*time.Minute, [2]string{"bert", "step-1"})
	h.says(at+time.Minute, "anna", 1, "conduct-1", task.Abort, nil)
	h.says(at+3*time.Minute, "dora", 1, "back-1", task.Done, nil)
	h.says(at+4*time.Minute, "berta", 1, "normal-1", task.Pass, nil)
	h.says(at+10*time.Minute, "anna", 1, process.DrillEvaluate, task.Done, answers{"integrity": "no-data"})
	h.says(at+11*time.Minute, "anna", 1, process.DrillDebrief, task.Done, answers{"well": "a", "badly": "b", "lessons": "c"})
	h.says(at+12*time.Minute, "olga", 1, process.DrillReview, task.Done, answers{"review": "seen", "retest": "2026-12-31"})
	h.says(at+30*time.Minute, "otto", 2, process.Approval, task.Reject, nil)
	require.Equal(t, run.Rejected, h.run().State)
	require.Equal(t, []string{"drill-shortcoming open Without a published report: full interruption test, result: incomplete (Loss of the site)"},
		h.lines("SELECT kind || ' ' || state || ' ' || (title->>'en') FROM finding"))
}
