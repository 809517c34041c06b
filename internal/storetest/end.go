// Package storetest brings runs to their ends on record as their workflows
// would, for tests that have no Temporal.
package storetest

import (
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/report"
	"turnus/store"
)

// ErrOf is the error of a call that gives more.
func ErrOf[T any](_ T, err error) error { return err }

// End ends a run in its present round, in a state that somebody decides on if
// it is one: approver for published and rejected, owner for cancelled.
func End(t testing.TB, s *store.Store, now time.Time, approver, owner, id string, state run.State) {
	t.Helper()
	r, err := s.Run(t.Context(), id)
	require.NoError(t, err)
	st := run.Step{Run: id, Round: r.Round}
	end := run.End{Run: id, Round: r.Round, State: state}
	switch state {
	case run.Published:
		Decide(t, s, now, approver, st, task.Approve)
	case run.Rejected:
		Decide(t, s, now, approver, st, task.Reject)
	case run.Cancelled:
		end.Reason.En, end.Reason.De = "not needed", "not needed"
		m := run.CancelMessage{Run: id, Reason: end.Reason.En}
		p, err := s.IssuePass(t.Context(), person.Actor{Person: owner}, now, store.PassFor{Kind: store.PassCancel, Run: id, Answer: m.Answer()})
		require.NoError(t, err)
		m.Pass = p.Presented()
		refused, err := s.Cancel(t.Context(), now, p.ID, m)
		require.NoError(t, err)
		require.Nil(t, refused)
	}
	require.NoError(t, s.End(t.Context(), now, end))
}

// Decide decides on a round's draft, which is made of nothing where there is
// none yet; what is decided already stays.
func Decide(t testing.TB, s *store.Store, now time.Time, who string, st run.Step, o task.Outcome) {
	t.Helper()
	require.NoError(t, s.Enter(t.Context(), st, run.Drafting))
	rep, err := s.Report(t.Context(), st.Run)
	if fault.Is(err, fault.NotFound) || err == nil && rep.DraftRound < st.Round {
		k, _, err := run.ParseID(st.Run)
		require.NoError(t, err)
		hash, doc, err := report.Hash(report.Document{Run: st.Run, Process: k.Process, Scope: k.Scope, Period: k.Period, ComputedAt: now,
			Sources: proposed(t, s, st.Run)})
		require.NoError(t, err)
		rep.Hash, err = s.SaveDraft(t.Context(), now, st, hash, doc)
		require.NoError(t, err)
	} else {
		require.NoError(t, err)
	}
	a := Approval(st, rep.Hash, now)
	require.NoError(t, ErrOf(s.OpenTask(t.Context(), a)))
	if d, err := s.Decision(t.Context(), a.ID); d != nil || err != nil {
		require.NoError(t, err)
		return
	}
	Answer(t, s, now, who, a, task.Message{Outcome: o, Comment: "as agreed"})
}

// Enact puts the proposal of a run in force, as an approval does.
func Enact(t testing.TB, s *store.Store, now time.Time, approver, id string) {
	t.Helper()
	Decide(t, s, now, approver, run.Step{Run: id, Round: 1}, task.Approve)
	require.NoError(t, s.Enact(t.Context(), now, id))
	End(t, s, now, approver, "", id, run.Published)
}

// proposed names the proposal that a run decides on, if it does.
func proposed(t testing.TB, s *store.Store, id string) []report.Source {
	t.Helper()
	var p report.Source
	err := s.DB().QueryRowContext(t.Context(), "SELECT kind, name, hash FROM proposal WHERE run = $1", id).Scan(&p.Kind, &p.Name, &p.Hash)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	require.NoError(t, err)
	return []report.Source{p}
}

// Approval is the task that a round asks with.
func Approval(st run.Step, hash string, now time.Time) task.Task {
	a, _, err := process.Ask(st, process.Approval, hash, task.Question{})
	if err != nil {
		panic(err) // a test's own mistake
	}
	a.Opened, a.Due, a.Remind, a.Escalate = now, now, now, now
	return a
}
