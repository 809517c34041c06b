package store

import (
	"context"
	"fmt"
	"strings"
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

// sixActions is an improvement with six actions: says puts answers on record, next
// brings all rows in line at once.
type sixActions struct {
	*testing.T
	s       *Store
	finding int64
	st      run.Step
}

func inSixActions(t *testing.T, s *Store, seen sighting, figure string) *sixActions {
	c := &sixActions{T: t, s: s, finding: finds(t, s, seen)}
	key := run.Key{Process: process.Improvement, Scope: fmt.Sprint(c.finding), Period: "2026-11-20"}
	r, _, err := s.Begin(t.Context(), declared, NewRun{Key: key, Owner: "olga", By: person.Actor{Person: "olga"}})
	require.NoError(t, err)
	c.st = run.Step{Run: r.ID, Round: 1}
	_, err = s.db.Exec(`INSERT INTO action (finding, number, run, round, plan, owner, original_due, due)
		SELECT $1, n, $2, 1, jsonb_build_object('number', n, 'title', 'Act', 'owner', 'olga', 'due', '2026-12-01', 'measure', 'calls', 'figure', $4::text, 'sense', 'at-least', 'target', '70', 'wait', 'P10D'),
			'olga', '2026-12-01', '2026-12-01' FROM generate_series(1, $3) n`, c.finding, r.ID, improvement.MaxActions, figure)
	require.NoError(t, err)
	_, err = s.db.Exec("UPDATE finding SET state = $2 WHERE id = $1", c.finding, improvement.InWork)
	require.NoError(t, err)
	return c
}

// says puts an answer to a step of each action on record.
func (c *sixActions) says(step func(int) string, outcome func(int) task.Outcome) {
	c.Helper()
	for n := 1; n <= improvement.MaxActions; n++ {
		pgtest.Tamper(c, c.s.DB(), `INSERT INTO decision (task, run, round, person, outcome, comment, at, hash, pass, fields)
			VALUES ($1, $2, 1, 'olga', $3, '', $4, '', $1, '{"evidence": "It is done.", "value": "75"}')`, run.TaskID(c.st.Run, 1, step(n)), c.st.Run, outcome(n), declared)
	}
}

func (c *sixActions) next() {
	c.Helper()
	var all sync.WaitGroup
	errs := make([]error, improvement.MaxActions)
	for i := range errs {
		all.Go(func() { _, errs[i] = c.s.AdvanceAction(context.Background(), declared.AddDate(0, 0, 11), c.st, i+1) })
	}
	all.Wait()
	require.Equal(c, make([]error, improvement.MaxActions), errs)
}

func (c *sixActions) is(state improvement.State) {
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
		c := inSixActions(t, s, lateAt(fmt.Sprintf("2026-%02d", i+1), declared), "")
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

// A figure is looked for each day, later each week, and not for ever: where no
// report says anything of it for a year, whoever checks gives the value; where
// the only one may do so by chance, they decide.
func TestReportsAreNotWaitedForForEver(t *testing.T) {
	for name, c := range map[string]struct {
		then  func(*press)
		asked string // of the fields
		says  string
	}{
		"no report says anything": {func(*press) {}, "value", "Measured is: calls, target: at least 70."},
		"one may do so by chance": {func(p *press) { p.publish("desk", "2026-12", attained(3, 4)) }, "",
			"3 of 4), according to sla-report/desk/2026-12; the target, at least 70\u202f%, is reached."},
	} {
		t.Run(name, func(t *testing.T) {
			p := pressOf(t)
			shown := p.publish("desk", "2026-10", attained(1, 4))
			seen := lateAt("2026-10", declared)
			seen.Source = improvement.Source{Kind: improvement.FromRun, Name: shown}
			a := inSixActions(t, p.s, seen, p1.String())
			a.says(func(n int) string { return improvement.ActionStep(n, 0) }, func(int) task.Outcome { return task.Done })
			c.then(p)
			from := declared.AddDate(0, 0, 10)
			after := func(days int) NextOfAction {
				t.Helper()
				next, err := p.s.AdvanceAction(t.Context(), from.AddDate(0, 0, days), a.st, 1)
				require.NoError(t, err)
				return next
			}
			for days, again := range map[int]int{-1: 0, 0: 1, 29: 30, 30: 37, 366: 373} {
				require.Equal(t, NextOfAction{Until: from.AddDate(0, 0, again)}, after(days), "%d days", days)
			}
			next := after(373)
			require.NotNil(t, next.Ask)
			require.Contains(t, next.Ask.Text.En, c.says)
			require.Equal(t, c.asked != "", len(next.Ask.Fields) > 0 && next.Ask.Fields[0].Name == c.asked)
			require.Equal(t, c.asked == "", strings.Contains(next.Ask.Text.En, "One report doesn't settle it: other evidence has to decide."))
		})
	}
}
