//go:build sample

package process

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/run"
	"turnus/itsm/task"
)

// A step for named persons names each once, and somebody.
func TestAskingNamedPersons(t *testing.T) {
	st := run.Step{Run: "policy-review/example/2026-11-05", Round: 1}
	q := task.Question{Step: PolicyRead + "-3", Persons: []string{"person-3", "person-1", "person-3"}}
	a, _, err := Ask(st, q.Step, "", q)
	require.NoError(t, err)
	require.Equal(t, task.For{Who: task.Persons, Persons: []string{"person-3", "person-1"}}, a.For)
	require.Equal(t, task.Approvers, a.EscalateTo)
	_, _, err = Ask(st, q.Step, "", task.Question{Step: q.Step})
	require.ErrorContains(t, err, "names nobody")

	check, _, err := Ask(st, PolicyCheck+"-7", "", task.Question{Basis: "x"})
	require.NoError(t, err)
	require.Equal(t, PolicyRecord+"-7", check.Apart, "four eyes against whoever made the record of the same number")
	other, _, err := Ask(st, PolicyCheck+"-7", "", task.Question{Basis: "y"})
	require.NoError(t, err)
	require.NotEqual(t, check.Hash, other.Hash, "what was recorded otherwise is checked anew")
}
