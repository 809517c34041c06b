package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/store"
)

// Ask opens the task of a declared step, with what a run adds to it.
func Ask(t testing.TB, s *store.Store, now time.Time, st run.Step, q task.Question) task.Task {
	t.Helper()
	a, _, err := process.Ask(st, q.Step, "", q)
	require.NoError(t, err)
	a.Opened, a.Due, a.Remind, a.Escalate = now, now.Add(72*time.Hour), now.Add(48*time.Hour), now.Add(72*time.Hour)
	require.NoError(t, ErrOf(s.OpenTask(t.Context(), a)))
	return a
}

// Unchanged finds nothing changed of what a draft stands on.
func Unchanged(context.Context, store.Uncompared) (store.Compared, error) {
	return store.Compared{}, nil
}

// Answer answers a task as a run has it answered.
func Answer(t testing.TB, s *store.Store, now time.Time, who string, a task.Task, m task.Message) task.Decision {
	t.Helper()
	m.Task = a.ID
	p, err := s.IssuePass(t.Context(), person.Actor{Person: who}, now, store.PassFor{Kind: store.PassDecide, Run: a.Run, Task: a.ID, Content: a.Hash, Answer: m.Answer()})
	require.NoError(t, err)
	m.Pass = p.Presented()
	d, refused, err := s.Decide(t.Context(), now, p.ID, m)
	if errors.As(err, &store.UncomparedError{}) { // what these drafts stand on is nobody's concern
		require.NoError(t, s.CompareRun(t.Context(), func() time.Time { return now }, a.Run, Unchanged))
		d, refused, err = s.Decide(t.Context(), now, p.ID, m)
	}
	require.NoError(t, err)
	require.Nil(t, refused)
	return d
}
