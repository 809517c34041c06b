//go:build sample

package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
)

// A check is asked for once there is something to check: else whoever checked
// could make the record afterwards.
func TestACheckFollowsWhatItChecks(t *testing.T) {
	s := New(pgtest.New(t))
	apply1(t, s, declared, personDoc("olga", person.ProcessOwner), personDoc("anton", person.Approver), personDoc("ada", person.Auditor),
		personDoc("axel", person.Auditor), personDoc("alma", person.Auditor), officeDoc("Europe/Berlin"), serviceOf("olga", "anton"))
	r, _, err := s.Begin(t.Context(), declared, NewRun{Key: run.Key{Process: process.Sample, Scope: "house", Period: "2026-11-05"},
		About: resource.Ref{Kind: resource.Service, Name: "desk"}, Owner: "olga", By: person.Actor{Person: "olga"}})
	require.NoError(t, err)
	ask := func(step string) (task.Task, error) {
		a, _, err := process.Ask(run.Step{Run: r.ID, Round: 1}, step, "", task.Question{})
		require.NoError(t, err)
		a.Opened, a.Due, a.Remind, a.Escalate = declared, declared, declared, declared
		return a, errOf(s.OpenTask(t.Context(), a))
	}
	_, err = ask(process.PolicyCheck + "-1")
	require.True(t, fault.Is(err, fault.Conflict))
	require.ErrorContains(t, err, "nobody has answered record-1")

	record, err := ask(process.PolicyRecord + "-1")
	require.NoError(t, err)
	_, err = ask(process.PolicyCheck + "-1")
	require.Error(t, err, "asked for isn't answered")
	m := task.Message{Task: record.ID, Outcome: task.Done, Fields: task.Values{"at": []byte(`"2026-11-05T08:00:00Z"`), "took": []byte(`"PT1H"`), "result": []byte(`"kept"`)}}
	p, err := s.IssuePass(t.Context(), person.Actor{Person: "ada", Issuer: "axel"}, declared, PassFor{Kind: PassDecide, Run: r.ID, Task: record.ID, Content: record.Hash, Answer: m.Answer()})
	require.NoError(t, err)
	m.Pass = p.Presented()
	_, refused, err := s.Decide(t.Context(), declared.Add(time.Minute), p.ID, m)
	require.NoError(t, err)
	require.Nil(t, refused)
	check, err := ask(process.PolicyCheck + "-1")
	require.NoError(t, err)
	people, err := s.PeopleOf(t.Context(), check)
	require.NoError(t, err)
	require.Equal(t, []string{"alma"}, people.Eligible())
	require.ErrorContains(t, people.May("axel"), "issued the token with which the step was answered", "who could have answered as ada")
	require.NoError(t, people.MayWith("alma", "axel"))
	require.Error(t, people.MayWith("alma", "ada"))
	for who, n := range map[string]int{"ada": 0, "axel": 0, "alma": 1} {
		list, _, err := s.Tasks(t.Context(), Tasks{Mine: who, State: "open"}, Page{})
		require.NoError(t, err)
		require.Len(t, list, n, who)
	}
}
