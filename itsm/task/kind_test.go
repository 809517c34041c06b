package task_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/task"
)

// Each kind asks, and each outcome is an action, in both languages; no two
// outcomes of a kind are called alike.
func TestKindsAskAndOutcomesAreActions(t *testing.T) {
	for _, k := range task.Kinds() {
		q := k.Question()
		require.NotEqual(t, string(k)+"?", q.En, k)
		require.NotEqual(t, q.En, q.De, k)
		require.Regexp(t, `\?$`, q.En)
		require.Regexp(t, `\?$`, q.De)
		for _, of := range []func(task.Outcome) string{func(o task.Outcome) string { return o.Action().En }, func(o task.Outcome) string { return o.Action().De }} {
			seen := map[string]bool{}
			for _, o := range k.Outcomes() {
				require.False(t, seen[of(o)], "%s: %s", k, o)
				seen[of(o)] = true
			}
		}
	}
	for _, o := range task.Outcomes() {
		require.NotEqual(t, o.Action().En, o.Action().De, o)
		require.NotEqual(t, string(o), o.Action().De, o)
	}
}
