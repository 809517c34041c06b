package continuity_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/fault"
)

func TestWhatADrillOfATypeProves(t *testing.T) {
	recovers := []continuity.Type{continuity.Component, continuity.Functional, continuity.Parallel, continuity.FullInterruption}
	asks := []continuity.Type{continuity.CallTree, continuity.Staff}
	for _, of := range continuity.Types() {
		for _, o := range []string{"rto", "rpo", "mbco_pct"} {
			require.Equal(t, slices.Contains(recovers, of), of.Proves(o), "%s %s", of, o)
		}
		for _, o := range []string{"contacts_pct", "decide"} {
			require.Equal(t, slices.Contains(recovers, of) || slices.Contains(asks, of), of.Proves(o), "%s %s", of, o)
		}
		require.False(t, of.Proves("mtpd"), "nobody is judged by it")
	}
}

func TestNoWeaker(t *testing.T) {
	order := []continuity.Type{continuity.Component, continuity.Functional, continuity.Parallel, continuity.FullInterruption}
	for i, a := range order {
		for j, b := range order {
			require.Equal(t, i >= j, a.NoWeakerThan(b), "%s %s", a, b)
		}
	}
	for _, own := range []continuity.Type{continuity.CallTree, continuity.Staff} {
		for _, o := range continuity.Types() {
			if o.Proves("contacts_pct") {
				require.Equal(t, o == own, own.NoWeakerThan(o), "%s %s", own, o)
				require.Equal(t, o == own, o.NoWeakerThan(own), "%s %s", o, own)
			}
		}
	}
	for _, estimate := range []continuity.Type{continuity.Checklist, continuity.Tabletop, continuity.Walkthrough} {
		for _, o := range continuity.Types() {
			require.False(t, estimate.NoWeakerThan(o), "%s %s", estimate, o)
		}
		require.True(t, continuity.Component.NoWeakerThan(estimate))
	}
	require.False(t, continuity.Type("").NoWeakerThan(continuity.Component))
}

// What was recovered in earnest proves as much as a full interruption; it is no
// type of drill, and so none that is judged by itself.
func TestAnInvocationIsAsStrongAsAFullInterruption(t *testing.T) {
	require.NotContains(t, continuity.Types(), continuity.Invocation)
	require.ElementsMatch(t, append(continuity.Types(), continuity.Invocation), continuity.Plannable())
	for _, name := range continuity.ObjectiveNames() {
		require.True(t, continuity.Invocation.Proves(name), name)
	}
	for _, o := range continuity.Plannable() {
		require.Equal(t, continuity.FullInterruption.NoWeakerThan(o), continuity.Invocation.NoWeakerThan(o), o)
		require.Equal(t, o.NoWeakerThan(continuity.FullInterruption), o.NoWeakerThan(continuity.Invocation), o)
	}
	rto := agreement.Duration(3600)
	_, err := continuity.Judge(continuity.Drill{Type: continuity.Invocation, Objectives: continuity.Objectives{RTO: &rto}})
	require.Equal(t, "type", fault.As(err).Field)
}
