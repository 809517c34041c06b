package process_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/planning"
	"turnus/itsm/process"
)

func TestEntriesAreWhole(t *testing.T) {
	names := map[string]bool{}
	for _, p := range process.Catalogue() {
		require.False(t, names[p.Name], "%s stands twice", p.Name)
		names[p.Name] = true
		require.NotEmpty(t, p.Title.En, p.Name)
		require.NotEmpty(t, p.Title.De, p.Name)
		require.NotEmpty(t, p.Clauses, p.Name)
		require.NotEmpty(t, p.Scope, p.Name)
		require.NotEmpty(t, p.Grain, p.Name)
		for _, a := range p.Steps {
			for _, b := range p.Steps {
				require.False(t, strings.HasPrefix(b.Name, a.Name+"-"), "%s: four eyes would take %s for %s asked once more", p.Name, b.Name, a.Name)
			}
		}
		require.True(t, p.Started() || !p.Planned(), "%s: what is planned can be started, too", p.Name)
	}
}

func TestWhatIsAskedForIsFoundOrNamed(t *testing.T) {
	p, err := process.FindStarted(process.SLAReport)
	require.NoError(t, err)
	planned, err := process.FindPlanned(process.SLAReport)
	require.NoError(t, err)
	require.Equal(t, p, planned)

	for name, says := range map[string]string{"sla-reprot": `There is no process "sla-reprot"; there are: sla-report`, planning.Approval: "it begins by itself"} {
		_, err = process.FindStarted(name)
		require.True(t, fault.Is(err, fault.NotFound))
		require.ErrorContains(t, err, says)
		_, err = process.FindPlanned(name)
		require.True(t, fault.Is(err, fault.Invalid))
		require.Equal(t, "process", fault.As(err).Field)
	}
}
