package workflows_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"turnus/activities"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/store"
	"turnus/workflows"
)

const aDay = 24 * time.Hour

// improving is the improvement of a finding of the service desk that is about to
// begin. olga owns the service; anna and bert carry out what is planned; max and
// otto approve, and so does anna.
func improving(t *testing.T, kind improvement.Type) *house {
	h := declared(t, desk)
	h.finds(kind)
	h.improve()
	return h
}

// desk is an organisation in which several carry out and approve.
var desk = strings.Replace(organisation, "approvers: [max, olga]", "approvers: [max, otto, anna, olga]", 1) + `
---
{apiVersion: turnus/v1, kind: Person, metadata: {name: anna}, spec: {roles: [approver]}}
---
{apiVersion: turnus/v1, kind: Person, metadata: {name: bert}, spec: {roles: [viewer]}}
`

// finds puts a finding about the service desk on record.
func (h *house) finds(kind improvement.Type) {
	_, err := h.store.DB().Exec(`INSERT INTO finding (kind, service, about_kind, about, object, title, at, type, severity, source)
		VALUES ('reported', 'desk', 'Service', 'desk', 'service/desk', '{"en": "Callers wait too long", "de": "Callers wait too long"}', $1, $2, 'major', '{"kind": "complaint"}')`, friday, kind)
	require.NoError(h, err)
}

// improve begins the improvement of finding 1.
func (h *house) improve() {
	h.start(store.NewRun{Key: run.Key{Process: process.Improvement, Scope: "1", Period: "2026-11-06"}, Owner: "olga", By: person.Actor{Person: "olga"}})
	h.env.SetTestTimeout(time.Minute)
}

// answers are what somebody answers to a step.
type answers map[string]any

func (a answers) values() task.Values {
	v := task.Values{}
	for name, value := range a {
		v[name], _ = json.Marshal(value)
	}
	return v
}

// says lets a person answer a step of a round at a time after the start.
func (h *house) says(after time.Duration, who string, round int, step string, o task.Outcome, a answers) *reply {
	r := &reply{}
	h.at(after, func() {
		m := task.Message{Task: run.TaskID(h.in.Run, round, step), Outcome: o, Comment: "Seen by " + who + ".", Fields: a.values()}
		for name, value := range a {
			if content, ok := value.(file); ok {
				m.Fields[name], _ = json.Marshal(h.sends(who, m.Task, string(content)))
			}
		}
		t, err := h.store.Task(context.Background(), m.Task)
		require.NoError(h, err)
		p, err := h.store.IssuePass(context.Background(), person.Actor{Person: who}, h.env.Now(), store.PassFor{Kind: store.PassDecide, Run: h.in.Run, Task: m.Task, Content: t.Hash, Answer: m.Answer()})
		require.NoError(h, err)
		m.Pass = p.Presented()
		h.env.UpdateWorkflow(workflows.UpdateDecide, p.ID, r, m)
	})
	return r
}

// file is the content of a file that is sent with an answer.
type file string

func (h *house) sends(who, taskID, content string) string {
	f, _, err := h.store.AddTaskFile(context.Background(), person.Actor{Person: who}, h.env.Now(), task.File{Task: taskID, Name: "evidence.txt", Type: "text/plain"}, []byte(content))
	require.NoError(h, err)
	return f.SHA256
}

// stands holds the state of the finding, and of its actions, at a time.
func (h *house) stands(after time.Duration, state improvement.State, actions ...improvement.ActionState) {
	h.at(after, func() { h.standsNow(state, actions...) })
}

func (h *house) standsNow(state improvement.State, actions ...improvement.ActionState) {
	h.Helper()
	var is improvement.State
	require.NoError(h, h.store.DB().QueryRow("SELECT state FROM finding WHERE id = 1").Scan(&is))
	require.Equal(h, state, is)
	rows, err := h.store.DB().Query("SELECT state FROM action WHERE finding = 1 ORDER BY number")
	require.NoError(h, err)
	defer rows.Close()
	got := []improvement.ActionState{}
	for rows.Next() {
		var s improvement.ActionState
		require.NoError(h, rows.Scan(&s))
		got = append(got, s)
	}
	require.NoError(h, rows.Err())
	require.Equal(h, append([]improvement.ActionState{}, actions...), got)
}

var corrected = answers{"correction": "Two more people answer calls.", "elsewhere": "The other desks were looked at: no.", "evidence": file("rota")}

// planned is a plan of one action for each owner, checked after ten days by a
// value that is typed in.
func planned(owners ...string) answers {
	a := answers{"why.1": "Too few people at noon.", "cause": "The rota follows the calls of last year."}
	for i, owner := range owners {
		for name, value := range (answers{"title": fmt.Sprint("Measure calls by the hour ", i+1), "owner": owner, "due": fmt.Sprintf("2026-11-%d", 20+i),
			"measure": "calls that waited for more than five minutes, per cent", "sense": "at-most", "target": "5", "wait": "P10D"}) {
			a[fmt.Sprintf("action.%d.%s", i+1, name)] = value
		}
	}
	return a
}

// From a finding through two rounds, in the second of which it worked.
func TestImprovementUntilItWorked(t *testing.T) {
	h := improving(t, improvement.Nonconformity)
	h.stands(time.Minute, improvement.Planned)
	h.says(time.Hour, "olga", 1, process.ImprovementCorrection, task.Done, corrected)
	h.says(2*time.Hour, "olga", 1, process.ImprovementPlan, task.Done, planned("anna", "bert"))
	owns := h.says(3*time.Hour, "olga", 1, process.Approval, task.Approve, nil)
	h.says(4*time.Hour, "max", 1, process.Approval, task.Approve, nil)
	h.stands(5*time.Hour, improvement.InWork, improvement.ActionOpen, improvement.ActionOpen)

	// anna's due date moves once, and she is late all the same.
	early := h.says(aDay, "anna", 1, "action-1", task.Postpone, answers{"due": "2026-11-20"})
	moved := h.says(2*aDay, "anna", 1, "action-1", task.Postpone, answers{"due": "2026-11-27"})
	stranger := h.says(3*aDay-time.Hour, "anna", 1, "action-2", task.Done, answers{"evidence": "It is done."})
	h.says(3*aDay, "bert", 1, "action-2", task.Done, answers{"evidence": "It is done.", "link": "https://wiki.example.org/rota", "file": file("new rota")})
	h.stands(4*aDay, improvement.InWork, improvement.ActionOpen, improvement.ActionDone)
	h.at(12*aDay, func() {
		_, err := h.store.Task(context.Background(), run.TaskID(h.in.Run, 1, "check-2"))
		require.Error(h, err, "its waiting time isn't over")
	})
	h.says(14*aDay, "otto", 1, "check-2", task.Pass, answers{"value": "4.9", "file": file("calls of November")})
	h.stands(15*aDay, improvement.InWork, improvement.ActionOpen, improvement.ActionEffective)
	h.says(25*aDay, "anna", 1, "action-1-2", task.Done, answers{"evidence": "It is done."})
	h.stands(26*aDay, improvement.Checking, improvement.ActionDone, improvement.ActionEffective)
	own := h.says(36*aDay, "anna", 1, "check-1", task.Pass, answers{"value": "4", "file": file("calls")})
	beside := h.says(36*aDay+time.Hour, "otto", 1, "check-1", task.Pass, answers{"value": "7.5", "file": file("calls")})
	h.says(37*aDay, "otto", 1, "check-1", task.Fail, answers{"value": "7.5", "file": file("calls of December")})

	h.stands(38*aDay, improvement.Planned, improvement.ActionIneffective, improvement.ActionEffective)
	again := planned("bert")
	again["action.1.due"] = "2026-12-31"
	h.says(39*aDay, "olga", 2, process.ImprovementPlan, task.Done, again)
	h.says(40*aDay, "max", 2, process.Approval, task.RequestChanges, nil)
	h.says(41*aDay, "olga", 3, process.ImprovementPlan, task.Done, again)
	h.says(42*aDay, "max", 3, process.Approval, task.Approve, nil)
	h.says(43*aDay, "bert", 3, "action-3", task.Done, answers{"evidence": "It is done."})
	h.says(54*aDay, "otto", 3, "check-3", task.Pass, answers{"value": "3", "file": file("calls of January")})
	h.stands(55*aDay, improvement.Checking, improvement.ActionIneffective, improvement.ActionEffective, improvement.ActionEffective)
	h.says(56*aDay, "max", 4, process.Approval, task.Approve, nil)
	r := h.run()
	require.NoError(t, h.env.GetWorkflowError())
	require.Equal(t, run.Published, r.State)
	require.Equal(t, 4, r.Round)
	h.standsNow(improvement.Closed, improvement.ActionIneffective, improvement.ActionEffective, improvement.ActionEffective)

	require.ErrorContains(t, owns.failed, "four eyes")
	require.ErrorContains(t, early.failed, "2026-11-21", "only later")
	require.NoError(t, moved.failed)
	require.ErrorContains(t, stranger.failed, "for bert, and not for anna")
	require.ErrorContains(t, own.failed, "four eyes")
	require.ErrorContains(t, beside.failed, "5", "what misses the target doesn't pass")

	rep, err := h.store.Report(t.Context(), h.in.Run)
	require.NoError(t, err)
	all, err := json.Marshal(rep.Sections)
	require.NoError(t, err)
	for _, says := range []string{"Two more people answer calls.", "Too few people at noon.", "It is done.", "https://wiki.example.org/rota", "7.5", "Seen by anna.", "otto", "max"} {
		require.Contains(t, string(all), says)
	}
}

// No cause needs removing, or it is no finding: a second person agrees.
func TestImprovementWithoutActions(t *testing.T) {
	for name, c := range map[string]struct {
		kind  improvement.Type
		steps func(h *house)
		state improvement.State
	}{
		"the correction is enough": {improvement.Nonconformity, func(h *house) {
			h.says(time.Hour, "olga", 1, process.ImprovementCorrection, task.Done, corrected)
			h.says(2*time.Hour, "olga", 1, process.ImprovementPlan, task.Done, answers{"no-cause": "A cable was cut."})
		}, improvement.Closed},
		"it is no finding": {improvement.Nonconformity, func(h *house) {
			h.says(time.Hour, "olga", 1, process.ImprovementCorrection, task.Decline, nil)
		}, improvement.Declined},
		"it is no finding, seen late": {improvement.Nonconformity, func(h *house) {
			h.says(time.Hour, "olga", 1, process.ImprovementCorrection, task.Done, corrected)
			h.says(2*time.Hour, "olga", 1, process.ImprovementPlan, task.Decline, nil)
		}, improvement.Declined},
		"it isn't worth it": {improvement.Opportunity, func(h *house) {
			h.says(time.Hour, "olga", 1, process.ImprovementMerit, task.Decline, nil)
		}, improvement.Declined},
	} {
		t.Run(name, func(t *testing.T) {
			h := improving(t, c.kind)
			c.steps(h)
			own := h.says(4*time.Hour, "olga", 1, process.Approval, task.Approve, nil)
			h.says(5*time.Hour, "max", 1, process.Approval, task.Approve, nil)
			require.Equal(t, run.Published, h.run().State)
			require.Error(t, own.failed)
			h.standsNow(c.state)
		})
	}
}

// A run that ends without a result leaves its finding open, and drops what was
// still to be done; another one may begin.
func TestImprovementThatIsCancelled(t *testing.T) {
	h := improving(t, improvement.Nonconformity)
	h.says(time.Hour, "olga", 1, process.ImprovementCorrection, task.Done, corrected)
	h.says(2*time.Hour, "olga", 1, process.ImprovementPlan, task.Done, planned("anna", "bert"))
	h.says(3*time.Hour, "max", 1, process.Approval, task.Approve, nil)
	h.says(aDay, "bert", 1, "action-2", task.Done, answers{"evidence": "It is done."})
	_, _, twice := h.store.Begin(t.Context(), friday, store.NewRun{Key: run.Key{Process: process.Improvement, Scope: "1", Period: "2026-11-07"}, Owner: "olga", By: person.Actor{Person: "olga"}})
	require.ErrorContains(t, twice, "being dealt with already")
	cancelled := h.cancel(2*aDay, "it is another team's")
	require.Equal(t, run.Cancelled, h.run().State)
	require.NoError(t, cancelled.failed)
	h.standsNow(improvement.Open, improvement.ActionDropped, improvement.ActionDropped)
	h.start(store.NewRun{Key: run.Key{Process: process.Improvement, Scope: "1", Period: "2026-11-09"}, Owner: "olga", By: person.Actor{Person: "olga"}})
	h.standsNow(improvement.Planned, improvement.ActionDropped, improvement.ActionDropped)
}

// While a plan is carried out nobody may be asked for days: who calls for the
// next round then gets none, and the finding isn't closed without its checks.
func TestNoRoundBeginsBeforeTheActionsAreThrough(t *testing.T) {
	h := improving(t, improvement.Nonconformity)
	h.says(time.Hour, "olga", 1, process.ImprovementCorrection, task.Done, corrected)
	h.says(2*time.Hour, "olga", 1, process.ImprovementPlan, task.Done, planned("bert"))
	h.says(3*time.Hour, "max", 1, process.Approval, task.Approve, nil)
	h.says(aDay, "bert", 1, "action-1", task.Done, answers{"evidence": "It is done."})
	h.at(2*aDay, func() { // its waiting time isn't over
		set := activities.New(h.store, nil, h.env.Now)
		_, err := set.ImprovementDraft(context.Background(), run.Step{Run: h.in.Run, Round: 2})
		require.ErrorContains(h, err, "aren't through")
		require.Equal(h, 1, h.record().Round)
	})
	h.says(12*aDay, "otto", 1, "check-1", task.Pass, answers{"value": "4.9", "file": file("calls of November")})
	h.says(13*aDay, "max", 2, process.Approval, task.Approve, nil)
	require.Equal(t, run.Published, h.run().State)
	h.standsNow(improvement.Closed, improvement.ActionEffective)
}

// What an action asks is asked as the plan has it: of nobody else, not for
// another date, and its check not before its time, nor in another time.
func TestAnActionIsAskedForAsPlanned(t *testing.T) {
	h := improving(t, improvement.Nonconformity)
	h.says(time.Hour, "olga", 1, process.ImprovementCorrection, task.Done, corrected)
	h.says(2*time.Hour, "olga", 1, process.ImprovementPlan, task.Done, planned("bert"))
	h.says(3*time.Hour, "max", 1, process.Approval, task.Approve, nil)
	forge := func(step string, change func(*task.Question)) error {
		set := activities.New(h.store, nil, h.env.Now)
		p, _ := process.Find(process.Improvement)
		s, _ := p.Step(step)
		q := task.Question{}
		if next, err := set.ImprovementNext(context.Background(), workflows.ActionOf{Step: run.Step{Run: h.in.Run, Round: 1}, Number: 1}); err == nil && next.Ask != nil {
			q = *next.Ask
		}
		change(&q)
		_, err := set.TaskOpen(context.Background(), workflows.Asking{Step: run.Step{Run: h.in.Run, Round: 1}, ID: run.TaskID(h.in.Run, 1, step), Name: step,
			Kind: s.Kind, Outcomes: s.Offers(), Question: &q})
		return err
	}
	asNext := func(*task.Question) {}
	empty := func(q *task.Question) { *q = task.Question{} }
	later := func(q *task.Question) { at := friday.AddDate(10, 0, 0); q.Due = &at }
	// Before anything is asked: what is on record already stays as it is.
	looked := 0
	set := activities.New(h.store, nil, h.env.Now)
	h.env.OnActivity("ImprovementNext", mock.Anything, mock.Anything).Return(func(ctx context.Context, a workflows.ActionOf) (workflows.ActionNext, error) {
		switch looked++; looked {
		case 1: // the plan was approved a moment ago
			require.ErrorContains(h, forge("action-1", later), "now")
			require.ErrorContains(h, forge("action-1", func(q *task.Question) { q.Persons = []string{"max"} }), "now")
			require.ErrorContains(h, forge("action-1-2", asNext), "now")
			require.ErrorContains(h, forge("check-1", empty), "now")
			require.ErrorContains(h, forge("merit", empty), "now", "of an opportunity")
		case 2: // the action was done a moment ago
			require.ErrorContains(h, forge("check-1", empty), "now", "its waiting time isn't over")
		case 3: // it is over
			require.ErrorContains(h, forge("check-1", later), "within the time")
			require.ErrorContains(h, forge("check-1", func(q *task.Question) { q.Fields = nil }), "now", "without the value")
			require.NoError(h, forge("check-1", asNext))
		}
		return set.ImprovementNext(ctx, a)
	})
	h.says(2*aDay, "bert", 1, "action-1", task.Done, answers{"evidence": "It is done."})
	h.cancel(14*aDay, "that is all")
	done := h.run()
	require.Equal(t, run.Cancelled, done.State, "%v", done.Outcome)
	require.Equal(t, 3, looked)
}

// A due date moves so often, and no more: a run takes so many answers.
func TestADueDateDoesNotMoveForEver(t *testing.T) {
	h := improving(t, improvement.Nonconformity)
	h.says(time.Hour, "olga", 1, process.ImprovementCorrection, task.Done, corrected)
	h.says(2*time.Hour, "olga", 1, process.ImprovementPlan, task.Done, planned("bert"))
	h.says(3*time.Hour, "max", 1, process.Approval, task.Approve, nil)
	var moved []*reply
	for n := range improvement.MaxMoves + 1 {
		due := answers{"due": fmt.Sprintf("2026-12-%02d", n+1)}
		moved = append(moved, h.says(4*time.Hour+time.Duration(n)*time.Minute, "bert", 1, improvement.ActionStep(1, n), task.Postpone, due))
	}
	h.cancel(aDay, "that is all")
	require.Equal(t, run.Cancelled, h.run().State)
	for _, r := range moved[:improvement.MaxMoves] {
		require.NoError(t, r.failed)
	}
	require.ErrorContains(t, moved[improvement.MaxMoves].failed, "moved 10 times already")
}

// A plan isn't approved that names somebody who has left in the meantime: its
// action would wait for nobody.
func TestAPlanOfSomebodyWhoHasLeftIsNotApproved(t *testing.T) {
	h := improving(t, improvement.Nonconformity)
	h.says(time.Hour, "olga", 1, process.ImprovementCorrection, task.Done, corrected)
	h.says(2*time.Hour, "olga", 1, process.ImprovementPlan, task.Done, planned("bert"))
	h.at(3*time.Hour, func() {
		require.NoError(h, h.store.Retire(context.Background(), h.admin, h.env.Now(), resource.Person, "bert"))
	})
	left := h.says(4*time.Hour, "max", 1, process.Approval, task.Approve, nil)
	h.says(5*time.Hour, "max", 1, process.Approval, task.RequestChanges, nil)
	h.says(6*time.Hour, "olga", 2, process.ImprovementPlan, task.Done, planned("anna"))
	h.says(7*time.Hour, "max", 2, process.Approval, task.Approve, nil)
	h.stands(8*time.Hour, improvement.InWork, improvement.ActionOpen)
	h.cancel(aDay, "that is all")
	require.Equal(t, run.Cancelled, h.run().State)
	require.ErrorContains(t, left.failed, "bert, who is to carry out")
}

// Wherever an improvement waits, nobody answering for a year reminds and
// escalates once, and closes nothing.
func TestImprovementThatNobodyAnswers(t *testing.T) {
	correction := func(h *house) {
		h.says(time.Hour, "olga", 1, process.ImprovementCorrection, task.Done, corrected)
	}
	plan := func(h *house) {
		correction(h)
		h.says(2*time.Hour, "olga", 1, process.ImprovementPlan, task.Done, planned("anna", "bert"))
	}
	approved := func(h *house) {
		plan(h)
		h.says(3*time.Hour, "max", 1, process.Approval, task.Approve, nil)
	}
	for step, c := range map[string]struct {
		before func(h *house)
		state  improvement.State
		also   []improvement.ActionState
	}{
		process.ImprovementCorrection: {func(*house) {}, improvement.Planned, nil},
		process.ImprovementMerit:      {func(*house) {}, improvement.Planned, nil},
		process.ImprovementPlan:       {correction, improvement.Planned, nil},
		process.Approval:              {plan, improvement.Planned, nil},
		"action-1":                    {approved, improvement.InWork, []improvement.ActionState{improvement.ActionOpen, improvement.ActionOpen}},
		"check-2": {func(h *house) {
			approved(h)
			h.says(aDay, "anna", 1, "action-1", task.Done, answers{"evidence": "It is done."})
			h.says(aDay, "bert", 1, "action-2", task.Done, answers{"evidence": "It is done."})
		}, improvement.Checking, []improvement.ActionState{improvement.ActionDone, improvement.ActionDone}},
	} {
		t.Run(step, func(t *testing.T) {
			kind := improvement.Nonconformity
			if step == process.ImprovementMerit {
				kind = improvement.Opportunity
			}
			h := improving(t, kind)
			c.before(h)
			id := run.TaskID(h.in.Run, 1, step)
			h.at(365*aDay, func() {
				require.Equal(h, []string{"turnus task.opened", "turnus task.remind", "turnus task.escalate"}, h.actions("task/"+id))
				h.standsNow(c.state, c.also...)
				require.Equal(h, run.Waiting, h.record().State)
			})
			h.cancel(366*aDay, "nobody answers")
			require.Equal(t, run.Cancelled, h.run().State)
		})
	}
}
