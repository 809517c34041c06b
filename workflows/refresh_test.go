package workflows_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/activities"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
	"turnus/store"
	"turnus/workflows"
)

// imports brings a ticket of the period, which takes some hours.
func (h *house) imports(number string, hours int) {
	opened := time.Date(2016, 3, 9, 9, 0, 0, 0, time.UTC)
	stop := opened.Add(time.Duration(hours) * time.Hour)
	_, err := h.store.Import(context.Background(), store.Intake{Service: "desk", Format: "csv", AsOf: h.env.Now(), Now: h.env.Now(), By: "admin"},
		func(yield func(ticket.Row, error) bool) {
			yield(ticket.Row{Row: 1, Number: number, Opened: opened, At: opened, State: "Active", StoppedAt: &stop}, nil)
		}, nil)
	require.NoError(h, err)
}

// refresh lets a person begin another round instead of one.
func (h *house) refresh(d time.Duration, who string, round int) *reply {
	r := &reply{}
	h.at(d, func() {
		m := run.RefreshMessage{Run: h.in.Run, Round: round}
		p, err := h.store.IssuePass(context.Background(), person.Actor{Person: who}, h.env.Now(), store.PassFor{Kind: store.PassRefresh, Run: h.in.Run, Answer: m.Answer()})
		require.NoError(h, err)
		m.Pass = p.Presented()
		h.env.UpdateWorkflow(workflows.UpdateRefresh, p.ID, r, m)
	})
	return r
}

// approveStale lets a person approve a round's draft although it is stale, as
// the API has them say it.
func (h *house) approveStale(d time.Duration, who string, round int, comment string) *reply {
	r := &reply{}
	h.at(d, func() {
		m := task.Message{Task: h.task(round), Outcome: task.Approve, Comment: comment, Stale: true}
		p := h.issue(person.Actor{Person: who}, round, m.Answer())
		m.Pass = p.Presented()
		h.env.UpdateWorkflow(workflows.UpdateDecide, p.ID, r, m)
	})
	return r
}

func refusedAs(t *testing.T, code fault.Code, r *reply) text.Text {
	t.Helper()
	f := workflows.FaultOf(r.failed)
	if f == nil {
		f = workflows.FaultOf(r.rejected)
	}
	require.NotNil(t, f, "%v %v", r.failed, r.rejected)
	require.Equal(t, code, f.Code, f.Message.En)
	require.NotEmpty(t, f.Message.De)
	return f.Message
}

// An import comes while a draft waits, and no worker has compared it: approving
// compares first, and is refused. The owner begins another round, which closes
// what was asked; that is approved.
func TestAStaleDraftIsRefreshed(t *testing.T) {
	h := newHouse(t, false, organisation)
	h.at(time.Hour, func() { h.imports("INC1", 9) })
	unseen := h.decide(2*time.Hour, "max", 1, task.Approve)
	stranger := h.refresh(3*time.Hour, "max", 1)
	another := h.refresh(4*time.Hour, "olga", 2)
	owner := h.refresh(5*time.Hour, "olga", 1)
	again := h.refresh(6*time.Hour, "olga", 1)
	gone := h.approveStale(7*time.Hour, "max", 1, "as it was")
	h.decide(8*time.Hour, "max", 2, task.Approve)
	r := h.run()
	require.NoError(t, h.env.GetWorkflowError())

	why := refusedAs(t, fault.Conflict, unseen)
	require.Contains(t, why.En, "1 ticket was added")
	require.Contains(t, why.En, "turnus refresh "+h.in.Run)
	require.Contains(t, why.En, `"stale": true`)
	require.Contains(t, why.De, "1 Ticket ist hinzugekommen")
	refusedAs(t, fault.Forbidden, stranger)
	refusedAs(t, fault.Conflict, another)
	require.NoError(t, owner.failed)
	refusedAs(t, fault.Conflict, again)
	refusedAs(t, fault.Conflict, gone)

	require.Equal(t, run.Published, r.State)
	require.Equal(t, 2, r.Round)
	require.Equal(t, []task.State{task.Closed, task.Decided}, []task.State{r.Tasks[0].State, r.Tasks[1].State})
	require.Len(t, r.Decisions, 1)
	require.Empty(t, r.Decisions[0].Stale)
	f, err := store.Frozen[sla.Frozen](t.Context(), h.store, run.Step{Run: r.ID, Round: 2})
	require.NoError(t, err)
	require.EqualValues(t, 1, f.Count)
	require.Contains(t, h.actions("run/"+r.ID), "olga refresh.accepted")
	require.Contains(t, h.actions("run/"+r.ID), "turnus draft.compared")
}

// A stale draft is approved all the same where whoever does so says so, and why:
// on record with what had changed. Who can only signal can't say it.
func TestAStaleDraftIsApprovedAllTheSame(t *testing.T) {
	h := newHouse(t, false, organisation)
	h.at(time.Hour, func() { h.imports("INC1", 9) })
	silent := h.approveStale(2*time.Hour, "max", 1, " ")
	h.at(3*time.Hour, func() {
		p := h.pass(person.Actor{Person: "max"}, 1)
		h.env.SignalWorkflow(workflows.SignalDecide, task.Message{Task: h.task(1), Pass: p.Secret, Outcome: task.Approve, Comment: "x", Stale: true})
	})
	h.at(4*time.Hour, func() {
		r := h.record()
		require.Empty(h, r.Decisions)
		require.Equal(h, []string{sla.ChangedTickets}, codesOf(r.Tasks[0].Stale))
		require.Equal(h, []string{sla.ChangedTickets}, codesOf(r.Stale))
		rep, err := h.store.Report(context.Background(), r.ID)
		require.NoError(h, err)
		require.Equal(h, []string{sla.ChangedTickets}, codesOf(rep.Stale))
	})
	done := h.approveStale(5*time.Hour, "max", 1, "the ticket is disputed")
	r := h.run()
	require.Contains(t, refusedAs(t, fault.Invalid, silent).En, "Say why")
	require.NoError(t, done.failed)
	require.Equal(t, run.Published, r.State)
	require.Equal(t, []string{sla.ChangedTickets}, codesOf(r.Decisions[0].Stale))
	require.Empty(t, r.Stale)
	require.Empty(t, r.Tasks[0].Stale)
	refusals := 0
	entries, _, err := h.store.Audit(t.Context(), store.Trail{Object: "task/" + h.task(1)}, store.Page{Limit: 500})
	require.NoError(t, err)
	for _, e := range entries {
		if e.Action == "decide.refused" {
			refusals++
			require.Contains(t, string(e.After), "1 ticket was added")
		}
	}
	require.Equal(t, 2, refusals, "the signal's, too")
}

func codesOf(changes []task.StalePart) (codes []string) {
	for _, c := range changes {
		codes = append(codes, c.Code)
	}
	return codes
}

// To reject a stale draft, and to request changes, nothing is needed.
func TestAStaleDraftIsRejected(t *testing.T) {
	h := newHouse(t, false, organisation)
	h.at(time.Hour, func() { h.imports("INC1", 9) })
	h.decide(2*time.Hour, "max", 1, task.RequestChanges)
	h.at(3*time.Hour, func() { h.imports("INC2", 1) })
	h.decide(4*time.Hour, "max", 2, task.Reject)
	require.Equal(t, run.Rejected, h.run().State)
}

// A decision and a refresh come at one moment: whichever is first counts, and
// the other is refused.
func TestADecisionAndARefreshAtOnce(t *testing.T) {
	for i, first := range []string{"refresh", "decide"} {
		t.Run(first, func(t *testing.T) {
			h := newHouse(t, false, organisation)
			at := func(place int) time.Duration { return time.Hour + time.Duration(place)*time.Nanosecond }
			begun, decided := h.refresh(at(i), "olga", 1), h.decide(at(1-i), "max", 1, task.Approve)
			h.at(2*time.Hour, func() {
				if first == "refresh" {
					h.env.CancelWorkflow()
				}
			})
			r := h.run()
			if first == "refresh" {
				require.NoError(t, begun.failed)
				refusedAs(t, fault.Conflict, decided)
				require.Equal(t, 2, r.Round)
				return
			}
			require.NoError(t, decided.failed)
			refusedAs(t, fault.Conflict, begun)
			require.Equal(t, run.Published, r.State)
		})
	}
}

// The owner is asked first, and the data changes meanwhile: that round, too, is
// begun anew, and what was asked in it is closed.
func TestARoundOfTheOwnersIsRefreshed(t *testing.T) {
	h := declared(t, strings.Replace(organisation, "calendar: office}}", "calendar: office, review: findings}}", 1))
	h.begin(false)
	h.imports("INC1", 30*24)
	h.at(time.Hour, func() { require.Equal(h, run.Waiting, h.record().State) })
	h.at(2*time.Hour, func() { h.imports("INC2", 9) })
	begun := h.refresh(3*time.Hour, "olga", 1)
	h.at(4*time.Hour, func() {
		r := h.record()
		require.Equal(h, 2, r.Round)
		require.Equal(h, task.Closed, r.Tasks[0].State)
		require.Equal(h, task.Open, r.Tasks[1].State)
		h.env.CancelWorkflow()
	})
	h.run()
	require.NoError(t, begun.failed)
}

// Whoever takes the work of judging away begins no round, and holds none up: the
// record says what counts.
func TestAnInventedRefreshIsNone(t *testing.T) {
	h := newHouse(t, false, organisation)
	set := activities.New(h.store, nil, h.env.Now)
	stolen(h, "RunRefresh", set.RunRefresh, func(context.Context, workflows.Refreshing) (v workflows.Reply[struct{}], err error) { return v, nil })
	invented := h.refresh(time.Hour, "olga", 1)
	h.at(2*time.Hour, func() {
		r := h.record()
		require.Equal(h, 1, r.Round)
		require.Equal(h, task.Open, r.Tasks[0].State)
	})
	h.decide(3*time.Hour, "max", 1, task.Approve)
	require.Equal(t, run.Published, h.run().State)
	refusedAs(t, fault.Unavailable, invented)
}

func TestARecordedRefreshCountsThoughItsAnswerIsLost(t *testing.T) {
	h := newHouse(t, false, organisation)
	set := activities.New(h.store, nil, h.env.Now)
	stolen(h, "RunRefresh", set.RunRefresh, func(ctx context.Context, in workflows.Refreshing) (v workflows.Reply[struct{}], err error) {
		if _, err := set.RunRefresh(ctx, in); err != nil {
			return v, err
		}
		return workflows.Reply[struct{}]{Refusal: fault.New(fault.Forbidden, text.Same("forged"))}, nil
	})
	begun := h.refresh(time.Hour, "olga", 1)
	h.decide(2*time.Hour, "max", 2, task.Approve)
	r := h.run()
	require.NoError(t, begun.failed)
	require.Equal(t, 2, r.Round)
	require.Equal(t, run.Published, r.State)
}

// It goes on record after the run was told that it doesn't: the sweep tells the
// run once more, without a pass, and the record counts.
func TestARunIsToldOfARefreshOnRecord(t *testing.T) {
	h := newHouse(t, false, organisation)
	set := activities.New(h.store, nil, h.env.Now)
	var late workflows.Refreshing
	stolen(h, "RunRefresh", set.RunRefresh, func(_ context.Context, in workflows.Refreshing) (v workflows.Reply[struct{}], err error) {
		late = in
		return workflows.Reply[struct{}]{Refusal: fault.New(fault.Forbidden, text.Same("forged"))}, nil
	})
	h.refresh(time.Hour, "olga", 1)
	told := &reply{}
	h.at(61*time.Minute, func() {
		_, err := set.RunRefresh(context.Background(), late)
		require.NoError(h, err)
		all, err := h.store.UnheardRefreshes(context.Background(), h.env.Now().Add(time.Second), 10)
		require.NoError(h, err)
		require.Equal(h, []run.Step{{Run: h.in.Run, Round: 1}}, all)
	})
	h.at(62*time.Minute, func() {
		h.env.UpdateWorkflow(workflows.UpdateRefresh, "told", told, run.RefreshMessage{Run: h.in.Run, Round: 1})
	})
	h.decide(2*time.Hour, "max", 2, task.Approve)
	r := h.run()
	require.NoError(t, told.failed)
	require.Equal(t, 2, r.Round)
}
