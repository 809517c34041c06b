package continuity_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/continuity"
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
