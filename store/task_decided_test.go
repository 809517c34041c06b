package store

import (
	"context"
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
)

// errOf is the error of a call that gives more.
func errOf[T any](_ T, err error) error { return err }

// draft keeps some document of a round, if there is none, and gives its hash.
func draft(t *testing.T, s *Store, at time.Time, st run.Step) string {
	t.Helper()
	require.NoError(t, s.Enter(t.Context(), st, run.Drafting))
	hash, doc, err := report.Hash(report.Document{Run: st.Run})
	require.NoError(t, err)
	hash, err = s.SaveDraft(t.Context(), at, st, hash, doc)
	require.NoError(t, err)
	return hash
}

// approval is the task that a round asks with.
func approval(st run.Step, hash string, at time.Time) task.Task {
	a, _, err := process.Ask(st, process.Approval, hash, task.Question{})
	if err != nil {
		panic(err) // a test's own mistake
	}
	a.Opened, a.Due, a.Remind, a.Escalate = at, at, at, at
	return a
}

// ask opens a round's task on its draft.
func ask(t *testing.T, s *Store, at time.Time, st run.Step) task.Task {
	t.Helper()
	a := approval(st, draft(t, s, at, st), at)
	require.NoError(t, errOf(s.OpenTask(t.Context(), a)))
	return a
}

// unchanged finds nothing changed of what a draft stands on.
func unchanged(context.Context, Uncompared) (Compared, error) { return Compared{}, nil }

// decide answers a task as the API does.
func decide(t *testing.T, s *Store, at time.Time, by person.Actor, a task.Task, o task.Outcome, comment string) *fault.Error {
	t.Helper()
	m := task.Message{Task: a.ID, Outcome: o, Comment: comment}
	p, err := s.IssuePass(t.Context(), by, at, PassFor{Kind: PassDecide, Run: a.Run, Task: a.ID, Content: a.Hash, Answer: m.Answer()})
	require.NoError(t, err)
	m.Pass = p.Presented()
	_, refused, err := s.Decide(t.Context(), at, p.ID, m)
	if errors.As(err, &UncomparedError{}) { // what these drafts stand on is nobody's concern
		require.NoError(t, s.CompareRun(t.Context(), func() time.Time { return at }, a.Run, unchanged))
		_, refused, err = s.Decide(t.Context(), at, p.ID, m)
	}
	require.NoError(t, err)
	return refused
}
