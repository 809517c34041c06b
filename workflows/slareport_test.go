package workflows_test

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"turnus/activities"
	"turnus/imports"
	"turnus/internal/pgtest"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
	"turnus/store"
	"turnus/workflows"
)

const organisation = `
apiVersion: turnus/v1
kind: Calendar
metadata: {name: office}
spec: {zone: Europe/Berlin, hours: {mon: ["08:00-18:00"], tue: ["08:00-18:00"], wed: ["08:00-18:00"], thu: ["08:00-18:00"], fri: ["08:00-18:00"]}}
---
{apiVersion: turnus/v1, kind: Person, metadata: {name: admin}, spec: {roles: [administrator]}}
---
{apiVersion: turnus/v1, kind: Person, metadata: {name: olga}, spec: {roles: [process-owner, approver]}}
---
{apiVersion: turnus/v1, kind: Person, metadata: {name: max}, spec: {roles: [approver]}}
---
{apiVersion: turnus/v1, kind: Person, metadata: {name: otto}, spec: {roles: [approver]}}
---
{apiVersion: turnus/v1, kind: Service, metadata: {name: desk}, spec: {owner: olga, approvers: [max, olga], calendar: office}}
---
apiVersion: turnus/v1
kind: Agreement
metadata: {name: desk-2016}
spec:
  service: desk
  valid: {from: "2016-01-01"}
  targets: [{name: resolution, measure: resolution, within: PT4H, calendar: office, attain: 95}]
`

// A Friday noon in Berlin: the third working day after it is a Wednesday.
var friday = time.Date(2026, 11, 6, 11, 0, 0, 0, time.UTC)

// house is a run in Temporal's test environment, with the real activities on a
// real database; time is skipped.
type house struct {
	*testing.T
	env   *testsuite.TestWorkflowEnvironment
	store *store.Store
	in    run.Input
	admin person.Actor
}

func newHouse(t *testing.T, provisional bool, documents string) *house {
	h := declared(t, documents)
	h.begin(provisional)
	return h
}

// declared is a house without a run.
func declared(t *testing.T, documents string) *house {
	h := &house{T: t, store: store.New(pgtest.New(t)), admin: person.Actor{Person: "admin"}}
	docs, err := imports.Resources([]byte(documents))
	require.NoError(t, err)
	_, err = h.store.Apply(t.Context(), h.admin, friday, docs, false)
	require.NoError(t, err)
	return h
}

// begin records another attempt of a report.
func (h *house) begin(provisional bool) {
	n := store.NewRun{Key: run.Key{Process: "sla-report", Scope: "desk", Period: "2016-03"}, Owner: "olga", By: person.Actor{Person: "olga"}}
	if n.Provisional = provisional; provisional {
		n.Why = text.New("not over", "nicht vorbei")
	}
	h.start(n)
}

// start records a run and sets an environment up for it.
func (h *house) start(n store.NewRun) { h.startAt(friday, n) }

func (h *house) startAt(at time.Time, n store.NewRun) {
	r, created, err := h.store.Begin(h.Context(), at, n)
	require.NoError(h, err)
	require.True(h, created)
	h.play(run.Input{Run: r.ID, Key: n.Key, Attempt: r.Attempt, Provisional: n.Provisional, Why: n.Why})
	h.env.SetStartTime(at)
}

// play sets an environment up for a run on record.
func (h *house) play(in run.Input) {
	h.in = in
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet())
	h.env = suite.NewTestWorkflowEnvironment()
	h.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: in.Run, TaskQueue: "turnus"})
	h.env.SetStartTime(friday)
	h.env.SetTestTimeout(20 * time.Second)
	h.env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{
		&activities.Interceptor{Log: slog.New(slog.NewTextHandler(io.Discard, nil))}}})
	for _, p := range workflows.Catalogue() {
		h.env.RegisterWorkflowWithOptions(p.Workflow, workflow.RegisterOptions{Name: p.Name})
	}
	h.env.RegisterActivity(activities.New(h.store, nil, h.env.Now))
}

// run plays the workflow to its end and gives the run on record.
func (h *house) run() run.Run {
	h.env.ExecuteWorkflow(h.in.Process, h.in)
	require.True(h, h.env.IsWorkflowCompleted(), "the run has ended")
	return h.record()
}

func (h *house) record() run.Run {
	r, err := h.store.Run(context.Background(), h.in.Run)
	require.NoError(h, err)
	return r
}

func (h *house) task(round int) string { return run.TaskID(h.in.Run, round, "approval") }

// pass issues a pass for a round's task, which somebody carries.
func (h *house) pass(by person.Actor, round int) store.Pass { return h.issue(by, round, "") }

func (h *house) issue(by person.Actor, round int, answer string) store.Pass {
	t, err := h.store.Task(context.Background(), h.task(round))
	require.NoError(h, err)
	p, err := h.store.IssuePass(context.Background(), by, h.env.Now(), store.PassFor{Kind: store.PassDecide, Run: h.in.Run, Task: t.ID, Content: t.Hash, Answer: answer})
	require.NoError(h, err)
	return p
}

// at plays something at a time after the start.
func (h *house) at(d time.Duration, do func()) { h.env.RegisterDelayedCallback(do, d) }

// reply collects what an Update answers.
type reply struct {
	rejected, failed error
	value            any
}

func (r *reply) Accept()                   {}
func (r *reply) Reject(err error)          { r.rejected = err }
func (r *reply) Complete(v any, err error) { r.value, r.failed = v, err }

func (h *house) send(id string, m task.Message) *reply {
	r := &reply{}
	h.env.UpdateWorkflow(workflows.UpdateDecide, id, r, m)
	return r
}

// decide lets a person decide a round's task at a time.
func (h *house) decide(d time.Duration, who string, round int, o task.Outcome) *reply {
	r := &reply{}
	h.at(d, func() {
		m := task.Message{Task: h.task(round), Outcome: o, Comment: "seen"}
		p := h.issue(person.Actor{Person: who}, round, m.Answer())
		m.Pass = p.Presented()
		h.env.UpdateWorkflow(workflows.UpdateDecide, p.ID, r, m)
	})
	return r
}

func (h *house) actions(object string) []string {
	entries, _, err := h.store.Audit(context.Background(), store.Trail{Object: object}, store.Page{Limit: 500})
	require.NoError(h, err)
	var list []string
	for _, e := range entries {
		list = append(list, e.Actor+" "+e.Action)
	}
	return list
}

func TestApprovedIsPublished(t *testing.T) {
	h := newHouse(t, false, organisation)
	answer := h.decide(time.Hour, "max", 1, task.Approve)
	r := h.run()
	require.NoError(t, h.env.GetWorkflowError())
	require.NoError(t, answer.failed)
	require.Equal(t, run.Published, r.State)
	require.Len(t, r.Decisions, 1)
	require.Equal(t, "max", r.Decisions[0].Person)
	require.Equal(t, r.Tasks[0].Hash, r.Decisions[0].Hash)
	require.Equal(t, task.Decided, r.Tasks[0].State)
	rep, err := h.store.Report(t.Context(), r.ID)
	require.NoError(t, err)
	require.Equal(t, 1, rep.Version)
	require.Equal(t, r.Decisions[0].Hash, rep.Hash)
	require.NotNil(t, rep.Published)
}

// Somebody adds a ticket to what was frozen, as the serving role can: the run
// fails with what was found, in both languages, and nobody is asked.
func TestAlteredRecordsEndTheRun(t *testing.T) {
	h := newHouse(t, false, organisation)
	h.env.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, _ converter.EncodedValues) {
		if info.ActivityType.Name == "SLAReportDraft" {
			_, err := h.store.DB().Exec(`INSERT INTO ticket_version (service, number, import, opened, first, last, fields, flagged, hash, events)
				VALUES ('desk', 'INC1', 0, '2016-03-02', '2016-03-02', '2016-03-03', '{}', false, 'x', $1)`, ticket.Pack([]ticket.Event{{At: friday.AddDate(-10, -8, 0)}}))
			require.NoError(t, err)
		}
	})
	r := h.run()
	require.Error(t, h.env.GetWorkflowError())
	require.Equal(t, run.Failed, r.State)
	require.Contains(t, r.Outcome.En, "Ticket INC1 isn't as import 0 left it")
	require.Contains(t, r.Outcome.De, "Datenbestand wurde außerhalb von Turnus geändert")
	require.Empty(t, r.Tasks)
	require.Equal(t, []string{"olga run.started", "turnus records.altered", "turnus run.failed"}, h.actions("run/"+r.ID))
}

func TestRejectedBeginsAnotherAttempt(t *testing.T) {
	h := newHouse(t, false, organisation)
	h.decide(time.Hour, "max", 1, task.Reject)
	require.Equal(t, run.Rejected, h.run().State)
	h.begin(false)
	require.Equal(t, "sla-report/desk/2016-03.2", h.in.Run)
	h.decide(time.Hour, "max", 1, task.Approve)
	require.Equal(t, run.Published, h.run().State)
}

func TestChangesRequestedAskAgain(t *testing.T) {
	h := newHouse(t, false, organisation)
	h.decide(time.Hour, "max", 1, task.RequestChanges)
	late := h.decide(2*time.Hour, "max", 1, task.Approve) // the first round's task
	h.decide(3*time.Hour, "max", 2, task.Approve)
	r := h.run()
	require.Equal(t, run.Published, r.State)
	require.Len(t, r.Tasks, 2)
	require.NotEqual(t, r.Tasks[0].ID, r.Tasks[1].ID)
	require.Equal(t, fault.Conflict, workflows.FaultOf(late.rejected).Code)
	rep, err := h.store.Report(t.Context(), r.ID)
	require.NoError(t, err)
	require.Equal(t, 2, rep.DraftRound)
}

func TestProvisionalAsksNobody(t *testing.T) {
	h := newHouse(t, true, organisation)
	r := h.run()
	require.Equal(t, run.Provisional, r.State)
	require.Equal(t, "nicht vorbei", r.Outcome.De)
	require.Empty(t, r.Tasks)
	rep, err := h.store.Report(t.Context(), r.ID)
	require.NoError(t, err)
	require.Zero(t, rep.Version)
	require.True(t, rep.Provisional)
	require.False(t, rep.Notice.IsZero())
}

func TestSilenceRemindsEscalatesAndNeverApproves(t *testing.T) {
	h := newHouse(t, false, organisation)
	h.at(60*24*time.Hour, func() {
		r := h.record()
		require.Equal(h, run.Waiting, r.State)
		k := r.Tasks[0]
		require.Equal(h, time.Date(2026, 11, 11, 11, 0, 0, 0, time.UTC), k.Due.UTC().Truncate(time.Minute))
		require.WithinDuration(h, time.Date(2026, 11, 10, 11, 0, 0, 0, time.UTC), *k.Reminded, time.Minute)
		require.WithinDuration(h, k.Due, *k.Escalated, time.Minute)
	})
	h.decide(61*24*time.Hour, "max", 1, task.Approve)
	require.Equal(t, run.Published, h.run().State)
	require.Equal(t, []string{"turnus task.opened", "turnus task.remind", "turnus task.escalate", "max decision.recorded"},
		h.actions("task/"+h.task(1)))
}

func TestRefusals(t *testing.T) {
	h := newHouse(t, false, organisation)
	type try struct {
		name   string
		code   fault.Code
		pass   func() (id, secret string)
		answer *reply
	}
	issued := func(a person.Actor) func() (string, string) {
		return func() (string, string) { p := h.pass(a, 1); return p.ID, p.Secret }
	}
	var spentID, spent string
	tries := []*try{
		{name: "whoever started it, though an approver", code: fault.Forbidden, pass: issued(person.Actor{Person: "olga"})},
		{name: "an approver of other services", code: fault.Forbidden, pass: issued(person.Actor{Person: "otto"})},
		{name: "a token that the starter issued", code: fault.Forbidden, pass: issued(person.Actor{Person: "max", Issuer: "olga"})},
		{name: "a made-up pass", code: fault.Forbidden, pass: func() (string, string) { return "made-up", "pass_x" }},
		{name: "an expired pass", code: fault.Forbidden, pass: func() (string, string) {
			k, err := h.store.Task(context.Background(), h.task(1))
			require.NoError(h, err)
			p, err := h.store.IssuePass(context.Background(), person.Actor{Person: "max"}, h.env.Now().Add(-time.Hour),
				store.PassFor{Kind: store.PassDecide, Run: h.in.Run, Task: k.ID, Content: k.Hash})

			require.NoError(h, err)
			spentID, spent = "other", p.Secret
			return p.ID, p.Secret
		}},
		{name: "a spent pass", code: fault.Forbidden, pass: func() (string, string) { return spentID, spent }},
		{name: "a pass for other content", code: fault.Conflict, pass: func() (string, string) {
			p, err := h.store.IssuePass(context.Background(), person.Actor{Person: "max"}, h.env.Now(),
				store.PassFor{Kind: store.PassDecide, Run: h.in.Run, Task: h.task(1), Content: "other"})

			require.NoError(h, err)
			return p.ID, p.Secret
		}},
	}
	for i, r := range tries {
		h.at(time.Hour+time.Duration(i)*time.Minute, func() {
			id, secret := r.pass()
			r.answer = h.send(id, task.Message{Task: h.task(1), Pass: secret, Outcome: task.Approve})
		})
	}
	var unknown, unoffered *reply
	h.at(2*time.Hour, func() {
		unknown = h.send("u1", task.Message{Task: "x", Pass: "y", Outcome: task.Approve})
		unoffered = h.send("u2", task.Message{Task: h.task(1), Pass: "y", Outcome: "perhaps"})
	})
	h.at(3*time.Hour, func() {
		r := h.record()
		require.Equal(h, run.Waiting, r.State)
		require.Empty(h, r.Decisions)
	})
	h.decide(4*time.Hour, "max", 1, task.Approve)
	require.Equal(t, run.Published, h.run().State)
	for _, r := range tries {
		f := workflows.FaultOf(r.answer.failed)
		require.NotNil(t, f, r.name)
		require.Equal(t, r.code, f.Code, r.name)
		require.NotEmpty(t, f.Message.De, r.name)
	}
	require.Equal(t, fault.NotFound, workflows.FaultOf(unknown.rejected).Code)
	require.Equal(t, fault.Invalid, workflows.FaultOf(unoffered.rejected).Code)
	require.Equal(t, `"perhaps" isn't offered by this task; it offers approve, request-changes and reject.`, workflows.FaultOf(unoffered.rejected).Message.En)
	refused := 0
	for _, a := range h.actions("task/" + h.task(1)) {
		if a == "olga decide.refused" || a == "otto decide.refused" || a == "max decide.refused" || a == "turnus decide.refused" {
			refused++
		}
	}
	require.Equal(t, len(tries), refused, "each refusal by the records is on record")
}

func TestLosingTheRoleCountsAtOnce(t *testing.T) {
	h := newHouse(t, false, organisation)
	r := &reply{}
	h.at(time.Hour, func() {
		p := h.pass(person.Actor{Person: "max"}, 1)
		docs, err := imports.Resources([]byte(`{apiVersion: turnus/v1, kind: Person, metadata: {name: max}, spec: {roles: [viewer]}}`))
		require.NoError(h, err)
		_, err = h.store.Apply(context.Background(), h.admin, h.env.Now(), docs, false)
		require.NoError(h, err)
		h.env.UpdateWorkflow(workflows.UpdateDecide, p.ID, r, task.Message{Task: h.task(1), Pass: p.Secret, Outcome: task.Approve})
	})
	h.at(2*time.Hour, h.env.CancelWorkflow)
	require.Equal(t, run.Failed, h.run().State)
	require.Equal(t, fault.Forbidden, workflows.FaultOf(r.failed).Code)
	require.Empty(t, h.record().Decisions)
}

func TestCancelling(t *testing.T) {
	h := newHouse(t, false, organisation)
	cancel := func(d time.Duration, who string) *reply {
		r := &reply{}
		h.at(d, func() {
			m := run.CancelMessage{Run: h.in.Run, Reason: "wrong month"}
			p, err := h.store.IssuePass(context.Background(), person.Actor{Person: who}, h.env.Now(), store.PassFor{Kind: store.PassCancel, Run: h.in.Run, Answer: m.Answer()})
			require.NoError(h, err)
			m.Pass = p.Presented()
			h.env.UpdateWorkflow(workflows.UpdateCancel, p.ID, r, m)
		})
		return r
	}
	stranger := cancel(time.Hour, "max")
	owner := cancel(2*time.Hour, "olga")
	r := h.run()
	require.Equal(t, fault.Forbidden, workflows.FaultOf(stranger.failed).Code)
	require.NoError(t, owner.failed)
	require.Equal(t, run.Cancelled, r.State)
	require.Equal(t, "wrong month", r.Outcome.En)
	require.Equal(t, task.Closed, r.Tasks[0].State)
	who, err := h.store.CancelledBy(t.Context(), r.ID)
	require.NoError(t, err)
	require.Equal(t, "olga", who)
}

func TestEndedFromOutsideIsFailed(t *testing.T) {
	h := newHouse(t, false, organisation)
	h.at(time.Hour, h.env.CancelWorkflow)
	r := h.run()
	require.Equal(t, run.Failed, r.State)
	require.Equal(t, task.Closed, r.Tasks[0].State)
	require.False(t, r.Outcome.IsZero())
}

func TestWhatCannotBeComputedFailsWithItsReason(t *testing.T) {
	before, _, _ := cutAgreement(organisation)
	h := newHouse(t, false, before)
	r := h.run()
	require.Equal(t, run.Failed, r.State)
	require.Contains(t, r.Outcome.En, "no agreement")
	require.Error(t, h.env.GetWorkflowError())
}
