package continuity

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Steps are refused exactly where no order lets each be done after those that it
// waits for; and what is named is a cycle.
func TestCyclesAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "steps")
		steps := make([]Step, n)
		for i := range steps {
			steps[i].Name = fmt.Sprint(i)
			for _, j := range rapid.SliceOfNDistinct(rapid.IntRange(0, n), 0, 2, rapid.ID[int]).Draw(t, "after") {
				steps[i].After = append(steps[i].After, fmt.Sprint(j)) // one that isn't there, too
			}
		}
		found := cycles(steps)
		named := map[string]bool{}
		for _, cycle := range found {
			for i, name := range cycle {
				require.False(t, named[name], "%s stands in two", name)
				named[name] = true
				s := steps[slices.IndexFunc(steps, func(s Step) bool { return s.Name == name })]
				require.Contains(t, s.After, cycle[(i+1)%len(cycle)])
			}
		}
		require.Equal(t, ordered(steps), len(found) == 0)
	})
}

// ordered does what can be done until nothing is left, or nothing more can.
func ordered(steps []Step) bool {
	left := slices.Clone(steps)
	for len(left) > 0 {
		before := len(left)
		waits := slices.Clone(left)
		left = slices.DeleteFunc(left, func(s Step) bool {
			return !slices.ContainsFunc(waits, func(w Step) bool { return slices.Contains(s.After, w.Name) })
		})
		if len(left) == before {
			return false
		}
	}
	return true
}
