//go:build sample

package process

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/run"
	"turnus/itsm/task"
)

// Nobody could ever answer what named persons are asked, and nobody is named.
func TestNamedPersonsAreNamed(t *testing.T) {
	st := run.Step{Run: Sample + "/house/2026-01-01", Round: 1}
	_, _, err := Ask(st, PolicyRead+"-1", "", task.Question{})
	require.ErrorContains(t, err, "names nobody")
	a, _, err := Ask(st, PolicyRead+"-1", "", task.Question{Persons: []string{"max"}})
	require.NoError(t, err)
	require.Equal(t, []string{"max"}, a.For.Persons)
}
