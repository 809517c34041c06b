package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/activities"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/store"
	"turnus/workflows"
)

// reported is a drill that passed by its record, up to the moment in which an
// approver requests changes to its report.
func reported(t *testing.T) (h *house, begun time.Time, at time.Duration) {
	h = drilling(t, "")
	begun = h.script(continuity.Component)
	at = h.steps(4*time.Hour+2*time.Minute, [2]string{"bert", "step-1"}, [2]string{"emil", "step-3"}, [2]string{"dora", "step-2"}, [2]string{"bert", "step-4"})
	h.says(at+5*time.Minute, "berta", 1, "confirm-1", task.Pass, nil)
	h.says(at+3*time.Hour, "anna", 1, "conduct-1", task.Done, nil)
	at += 3 * time.Hour
	h.says(at+time.Minute, "dora", 1, "back-1", task.Done, nil)
	h.says(at+2*time.Minute, "berta", 1, "normal-1", task.Pass, nil)
	h.says(at+5*time.Minute, "anna", 1, process.DrillEvaluate, task.Done, answers{"integrity": "whole", "capacity": "80", "snapshot": begun.Add(-10 * time.Minute).Format(time.RFC3339)})
	h.says(at+10*time.Minute, "anna", 1, process.DrillDebrief, task.Done, answers{"well": "a", "badly": "b", "lessons": "c"})
	h.says(at+15*time.Minute, "olga", 1, process.DrillReview, task.Done, answers{"review": "seen"})
	h.says(at+30*time.Minute, "otto", 2, process.Approval, task.RequestChanges, nil)
	h.says(at+40*time.Minute, "olga", 2, process.Changes, task.Ready, nil)
	return h, begun, at + 40*time.Minute
}

// The conductor has the business say when it really was back, and the objective
// that seemed met is missed: the owner reviews that, nobody else corrects, and who
// corrected doesn't approve.
func TestAReportIsCorrectedAndTheObjectiveMissed(t *testing.T) {
	h, begun, at := reported(t)
	late := begun.Add(2*time.Hour + 20*time.Minute).Format(time.RFC3339)
	correction := func(event, at string) answers {
		a := answers{"event": event}
		if at != "" {
			a["at"] = at
		}
		return a
	}
	var refused []*reply
	for i, who := range []string{"olga", "otto", "berta"} {
		refused = append(refused, h.says(at+time.Duration(i+1)*time.Minute, who, 3, "correct-1", task.Correct, correction("mbco_technical", late)))
	}
	instead := h.says(at+5*time.Minute, "anna", 3, "correct-1", task.Correct, correction("mbco_confirmed", late))
	h.says(at+6*time.Minute, "anna", 3, "correct-1", task.Correct, correction("mbco_confirmed", ""))
	stranger := h.says(at+7*time.Minute, "anna", 3, "correct-2", task.Correct, correction("mbco_confirmed", late))
	h.says(at+8*time.Minute, "berta", 3, "correct-2", task.Correct, correction("mbco_confirmed", late))
	h.says(at+9*time.Minute, "bert", 3, "correct-1-2", task.Correct, correction("mbco_technical", begun.Add(2*time.Hour+10*time.Minute).Format(time.RFC3339)))
	h.says(at+10*time.Minute, "anna", 3, "correct-1-3", task.Done, nil)
	undated := h.says(at+11*time.Minute, "olga", 3, process.DrillReview, task.Done, answers{"review": "Too late."})
	h.says(at+12*time.Minute, "olga", 3, process.DrillReview, task.Done, answers{"review": "Too late.", "retest": "2026-12-31"})
	conducts := h.says(at+20*time.Minute, "anna", 3, process.Approval, task.Approve, nil)
	h.says(at+30*time.Minute, "otto", 3, process.Approval, task.Approve, nil)
	r := h.run()
	require.Equal(t, run.Published, r.State)
	for _, no := range refused {
		require.ErrorContains(t, no.failed, "This task is for anna")
	}
	require.ErrorContains(t, instead.failed, "berta is asked")
	require.ErrorContains(t, stranger.failed, "This task is for berta")
	require.ErrorContains(t, undated.failed, "fields.retest")
	require.ErrorContains(t, conducts.failed, "conducts")

	before, err := store.Frozen[drill.Frozen](context.Background(), h.store, run.Step{Run: h.in.Run, Round: 2})
	require.NoError(t, err)
	require.Equal(t, continuity.Pass, before.Happened.Result.Overall)
	f, err := store.Frozen[drill.Frozen](context.Background(), h.store, run.Step{Run: h.in.Run, Round: 3})
	require.NoError(t, err)
	require.Equal(t, continuity.Fail, f.Happened.Result.Verdicts.RTO)
	require.EqualValues(t, 8400, *f.Happened.Result.RTA)
	var entered []string
	for _, e := range f.Happened.Timeline {
		if e.Event == continuity.Confirmed || e.Event == continuity.Technical {
			entered = append(entered, e.By+" "+e.Reason)
			require.Equal(t, e.Round == 0, e.Corrected, e.Event)
		}
	}
	require.Equal(t, []string{"bert ", "berta ", "bert Seen by bert.", "berta Seen by berta."}, entered, "what was wrong stays")
	require.Equal(t, []string{"fail 2026-12-31"}, h.lines("SELECT overall || ' ' || retest FROM drill"))
	require.Equal(t, []string{"mbco_pct 80 pass", "rpo 600 pass", "rto 8400 fail"},
		h.lines("SELECT objective || ' ' || achieved || ' ' || verdict FROM drill_objective ORDER BY objective"))
	require.Equal(t, []string{"failed-objective open"}, h.lines("SELECT kind || ' ' || state FROM finding"))
	covered, _, err := h.store.ContinuityCoverage(context.Background(), friday.Add(4*aDay), store.ContinuityCovered{Sight: store.Sight{All: true}}, store.Page{})
	require.NoError(t, err)
	for _, c := range covered {
		want := continuity.Proved
		if c.Objective == continuity.ObjectiveRTO {
			want = continuity.Failed
		}
		require.Equal(t, want, c.State, c.Objective)
	}
}

// Whoever reaches Temporal can call any activity: the record takes no other
// question in a round of the report than what it has next, and the script's
// activity closes nothing there.
func TestARoundOfTheReportAsksNothingElse(t *testing.T) {
	h, begun, at := reported(t)
	set := activities.New(h.store, nil, h.env.Now)
	st := run.Step{Run: h.in.Run, Round: 3}
	catalogued, _ := process.Find(process.ContinuityDrill)
	refuses := func(next string, names ...string) {
		ctx := context.Background()
		d, err := h.store.Drilling(ctx, h.env.Now(), st)
		require.NoError(h, err)
		require.Equal(h, next, d.Due.Step)
		for _, name := range names {
			q := *d.Due
			q.Step = name
			step, _ := catalogued.Step(name)
			switch step.Name {
			case process.DrillPlan: // that of the owner under another name
				q = *d.Due
			case process.DrillCorrect:
				q.Persons = []string{"anna", "bert"}
			default:
				q.Fields = nil
			}
			_, err := set.TaskOpen(ctx, workflows.Asking{Step: st, ID: run.TaskID(st.Run, st.Round, name), Name: name, Kind: step.Kind, Outcomes: step.Offers(), Question: &q})
			require.ErrorContains(h, err, "doesn't ask for "+name+" now", name)
		}
		_, err = h.store.AdvanceDrill(ctx, h.env.Now(), st)
		require.ErrorContains(h, err, "isn't in round 3")
		open, err := h.store.Task(ctx, run.TaskID(st.Run, st.Round, next))
		require.NoError(h, err)
		require.Equal(h, task.Open, open.State)
	}
	h.at(at+time.Minute, func() {
		refuses("correct-1", "correct-2", "correct-1-2", process.DrillReview, process.DrillEvaluate, "conduct-1")
	})
	h.says(at+2*time.Minute, "bert", 3, "correct-1", task.Correct, answers{"event": "disruption", "at": begun.Add(time.Minute).Format(time.RFC3339)})
	h.says(at+3*time.Minute, "bert", 3, "correct-1-2", task.Done, nil)
	h.at(at+4*time.Minute, func() { refuses(process.DrillReview, process.DrillPlan, "correct-1-3") })
	h.says(at+5*time.Minute, "olga", 3, process.DrillReview, task.Done, answers{"review": "seen"})
	h.says(at+30*time.Minute, "otto", 3, process.Approval, task.Approve, nil)
	require.Equal(t, run.Published, h.run().State)
	require.Equal(t, []string{"pass"}, h.lines("SELECT overall FROM drill"))
}

// A business that has left isn't asked: nobody would ever answer.
func TestABusinessThatHasLeftIsntAsked(t *testing.T) {
	h, _, at := reported(t)
	h.at(at+time.Minute, func() { h.leaves("berta") })
	gone := h.says(at+2*time.Minute, "anna", 3, "correct-1", task.Correct, answers{"event": "mbco_confirmed"})
	h.says(at+3*time.Minute, "anna", 3, "correct-1", task.Done, nil)
	h.says(at+30*time.Minute, "otto", 3, process.Approval, task.Approve, nil)
	require.Equal(t, run.Published, h.run().State)
	require.ErrorContains(t, gone.failed, "berta, who confirmed this for the business, has left")
	require.ErrorContains(t, gone.failed, "fields.event")
}

// Where nobody is there any more who could correct it, the record stays as it is,
// and its report is decided on.
func TestAReportWhoseConductorsHaveLeft(t *testing.T) {
	h, _, at := reported(t)
	h.at(at-time.Minute, func() { h.leaves("anna"); h.leaves("bert") })
	h.says(at+30*time.Minute, "otto", 3, process.Approval, task.Approve, nil)
	require.Equal(t, run.Published, h.run().State)
	require.Equal(t, []string{"pass"}, h.lines("SELECT overall FROM drill"))
}
