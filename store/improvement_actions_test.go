package store

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
)

// carriedOut is an improvement with six actions: says puts answers on record, next
// brings all rows in line at once.
type carriedOut struct {
	*testing.T
	s       *Store
	finding int64
	st      run.Step
}

func inSixActions(t *testing.T, s *Store, place string) *carriedOut {
	c := &carriedOut{T: t, s: s, finding: finds(t, s, lateAt(place, declared))}
	key := run.Key{Process: process.Improvement, Scope: fmt.Sprint(c.finding), Period: "2026-11-20"}
	r, _, err := s.Begin(t.Context(), declared, NewRun{Key: key, Owner: "olga", By: person.Actor{Person: "olga"}})
	require.NoError(t, err)
	c.st = run.Step{Run: r.ID, Round: 1}
	_, err = s.db.Exec(`INSERT INTO action (finding, number, run, round, plan, owner, original_due, due)
		SELECT $1, n, $2, 1, jsonb_build_object('number', n, 'title', 'Act', 'owner', 'olga', 'due', '2026-12-01', 'measure', 'calls', 'sense', 'at-most', 'target', '5', 'wait', 'P10D'),
			'olga', '2026-12-01', '2026-12-01' FROM generate_series(1, $3) n`, c.finding, r.ID, improvement.MaxActions)
	require.NoError(t, err)
	_, err = s.db.Exec("UPDATE finding SET state = $2 WHERE id = $1", c.finding, improvement.InWork)
	require.NoError(t, err)
	return c
}

// says puts an answer to a step of each action on record.
func (c *carriedOut) says(step func(int) string, outcome func(int) task.Outcome) {
	c.Helper()
	for n := 1; n <= improvement.MaxActions; n++ {
		pgtest.Tamper(c, c.s.DB(), `INSERT INTO decision (task, run, round, person, outcome, comment, at, hash, pass, fields)
			VALUES ($1, $2, 1, 'olga', $3, '', $4, '', $1, '{"evidence": "It is done.", "value": "4"}')`, run.TaskID(c.st.Run, 1, step(n)), c.st.Run, outcome(n), declared)
	}
}

func (c *carriedOut) next() {
	c.Helper()
	var all sync.WaitGroup
	errs := make([]error, improvement.MaxActions)
	for i := range errs {
		all.Go(func() { _, errs[i] = c.s.AdvanceAction(context.Background(), declared.AddDate(0, 0, 11), c.st, i+1) })
	}
	all.Wait()
	require.Equal(c, make([]error, improvement.MaxActions), errs)
}

func (c *carriedOut) is(state improvement.State) {
	c.Helper()
	f, err := c.s.Finding(c.Context(), c.finding)
	require.NoError(c, err)
	require.Equal(c, state, f.State)
}

// Actions that are done at once, and checked at once, leave the finding in the
// state that follows from all of them: none overlooks what the others came to.
func TestActionsThatAreDoneAtOnce(t *testing.T) {
	s := declaringStore(t)
	apply1(t, s, declared, house()...)
	for i := range 5 {
		c := inSixActions(t, s, fmt.Sprintf("2026-%02d", i+1))
		c.says(func(n int) string { return improvement.ActionStep(n, 0) }, func(int) task.Outcome { return task.Done })
		c.next()
		c.is(improvement.Checking)
		c.says(improvement.CheckStep, func(n int) task.Outcome { return []task.Outcome{task.Pass, task.Fail}[n%2] })
		c.next()
		c.is(improvement.Planned)
		_, err := s.db.Exec("UPDATE finding SET state = 'closed', ended_at = $2 WHERE id = $1", c.finding, declared)
		require.NoError(t, err)
	}
}
