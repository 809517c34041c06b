package continuity_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/continuity"
)

func TestStepsInOrder(t *testing.T) {
	for given, want := range map[string]string{
		"":                        "",
		"a b c":                   "a b c",
		"c<b b<a a d":             "a b c d",
		"d<b,c a b<a c<a":         "a b c d",
		"late<gone early":         "late early", // what isn't there holds nothing up
		"a<b b<a free circle<a,b": "free a b circle",
	} {
		var steps []continuity.Step
		for _, s := range strings.Fields(given) {
			name, after, _ := strings.Cut(s, "<")
			step := continuity.Step{Name: name}
			if after != "" {
				step.After = strings.Split(after, ",")
			}
			steps = append(steps, step)
		}
		var got []string
		for _, s := range continuity.InOrder(steps) {
			got = append(got, s.Name)
		}
		require.Equal(t, want, strings.Join(got, " "), given)
	}
}
