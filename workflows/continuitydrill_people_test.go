package workflows_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/continuity"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
)

// leaves retires a person.
func (h *house) leaves(who string) {
	_, err := h.store.DB().Exec(`INSERT INTO resource (kind, name, version, document, hash, valid_from, at, person, retired)
		SELECT kind, name, version + 1, document, hash, $2, $2, 'admin', true FROM resource WHERE kind = 'Person' AND name = $1 ORDER BY version DESC LIMIT 1`, who, h.env.Now())
	require.NoError(h, err)
}

// Whoever leaves in the middle answers nothing any more: the conductor gives their
// step to somebody who is there, and enters their step back.
func TestSomebodyLeavesInTheMiddleOfADrill(t *testing.T) {
	h := drilling(t, "")
	h.script(continuity.Component)
	at := h.steps(4*time.Hour+2*time.Minute, [2]string{"bert", "step-1"}, [2]string{"dora", "step-2"})
	h.at(at+time.Minute, func() { h.leaves("emil") })
	gone := h.says(at+2*time.Minute, "emil", 1, "step-3", task.Done, nil)
	nobody := h.says(at+3*time.Minute, "anna", 1, "conduct-1", task.Direct, answers{"order": "reassign", "step": "app", "person": "emil"})
	h.says(at+4*time.Minute, "anna", 1, "conduct-1", task.Direct, answers{"order": "reassign", "step": "app", "person": "dora"})
	h.says(at+5*time.Minute, "dora", 1, "step-3-2", task.Done, nil)
	h.at(at+6*time.Minute, func() { h.leaves("dora") })
	h.says(at+7*time.Minute, "bert", 1, "step-4", task.Done, nil)
	h.says(at+8*time.Minute, "berta", 1, "confirm-1", task.Pass, nil)
	h.says(at+9*time.Minute, "anna", 1, "conduct-1-2", task.Done, nil)
	h.says(at+10*time.Minute, "bert", 1, "back-1", task.Done, nil)
	h.says(at+11*time.Minute, "berta", 1, "normal-1", task.Pass, nil)
	h.close(at+12*time.Minute, answers{"capacity": "80", "snapshot": friday.Add(3 * time.Hour).Add(55 * time.Minute).Format(time.RFC3339)})
	require.Equal(t, run.Published, h.run().State)
	require.ErrorContains(t, gone.failed, "has left")
	require.Error(t, nobody.failed)
	require.Equal(t, []string{"pass"}, h.lines("SELECT overall FROM drill"))
}

// Neither the conductor nor the deputy answers for the business, and the business
// carries out nothing.
func TestTheBusinessConfirmsAlone(t *testing.T) {
	h := drilling(t, "")
	business := setup(continuity.Component)
	business["conductor"] = "berta"
	conducts := h.says(30*time.Minute, "olga", 1, process.DrillPlan, task.Done, business)
	h.script(continuity.Component)
	given := h.says(4*time.Hour+2*time.Minute, "anna", 1, "conduct-1", task.Direct, answers{"order": "reassign", "step": "invoke", "person": "berta"})
	at := h.steps(4*time.Hour+2*time.Minute, [2]string{"bert", "step-1"}, [2]string{"dora", "step-2"}, [2]string{"emil", "step-3"}, [2]string{"bert", "step-4"})
	var others []*reply
	for i, who := range []string{"anna", "bert", "olga"} {
		others = append(others, h.says(at+time.Duration(i+1)*time.Minute, who, 1, "confirm-1", task.Pass, nil))
	}
	h.says(at+5*time.Minute, "anna", 1, "conduct-1", task.Abort, nil)
	h.says(at+6*time.Minute, "dora", 1, "back-1", task.Done, nil)
	h.finishes(at + 6*time.Minute)
	require.Equal(t, run.Published, h.run().State)
	require.ErrorContains(t, conducts.failed, "conducts nothing")
	require.ErrorContains(t, given.failed, "carries out no step")
	for _, no := range others {
		require.ErrorContains(t, no.failed, "This task is for berta")
	}
	require.Equal(t, []string{"incomplete"}, h.lines("SELECT verdict FROM drill_objective WHERE objective = 'rto'"))
}

// An administrator, who declares people and plans, answers nothing of a drill and
// decides nothing of it: tried just before whoever is asked, with the very answer
// that is taken from them.
func TestAnAdministratorAnswersNothingOfADrill(t *testing.T) {
	h := drilling(t, "")
	begun := friday.Add(time.Hour)
	data := answers{"integrity": "whole", "capacity": "80", "snapshot": begun.Add(-10 * time.Minute).Format(time.RFC3339)}
	asked := []struct {
		who   string
		round int
		step  string
		o     task.Outcome
		a     answers
	}{
		{"olga", 1, process.DrillPlan, task.Done, setup(continuity.Component)},
		{"max", 1, process.Approval, task.Approve, nil},
		{"anna", 1, process.DrillBegin, task.Done, answers{"disruption": begun.Format(time.RFC3339), "offsite": "yes"}},
		{"bert", 1, "step-1", task.Done, nil},
		{"anna", 1, "conduct-1", task.Direct, answers{"order": "reassign", "step": "db", "person": "emil"}},
		{"emil", 1, "step-2-2", task.Pause, nil},
		{"emil", 1, "paused-2", task.Resume, nil},
		{"emil", 1, "step-2-3", task.Done, nil},
		{"emil", 1, "step-3", task.Done, nil},
		{"bert", 1, "step-4", task.Done, nil},
		{"berta", 1, "confirm-1", task.Pass, nil},
		{"anna", 1, "conduct-1-2", task.Done, nil},
		{"dora", 1, "back-1", task.Done, nil},
		{"berta", 1, "normal-1", task.Pass, nil},
		{"anna", 1, process.DrillEvaluate, task.Done, data},
		{"anna", 1, process.DrillDebrief, task.Done, answers{"well": "a", "badly": "b", "lessons": "c"}},
		{"olga", 1, process.DrillReview, task.Done, answers{"review": "seen"}},
		{"otto", 2, process.Approval, task.Approve, nil},
	}
	replies := map[string][2]*reply{}
	for i, x := range asked {
		at := time.Hour + time.Duration(i)*5*time.Minute
		replies[fmt.Sprint(x.step, " of round ", x.round)] = [2]*reply{h.says(at, "admin", x.round, x.step, x.o, x.a), h.says(at+time.Minute, x.who, x.round, x.step, x.o, x.a)}
	}
	require.Equal(t, run.Published, h.run().State)
	require.Len(t, replies, len(asked))
	for step, r := range replies {
		require.Error(t, r[0].failed, step)
		require.Regexp(t, `^(This task is for .*, and not for admin|admin isn't one of the approvers)\. \(type: forbidden`, r[0].failed.Error(), step)
		require.NoError(t, r[1].failed, step)
	}
	require.Equal(t, []string{"18"}, h.lines("SELECT count(*)::text FROM decision"))
	require.Empty(t, h.lines("SELECT task FROM decision WHERE person = 'admin'"))
}
