package process_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/process"
	"turnus/itsm/task"
)

// Of every answer to every step it is said what follows, in both languages; what
// an approval does is said of each process by itself.
func TestWhatFollowsFromAnAnswer(t *testing.T) {
	said := map[string]string{}
	for _, p := range process.Catalogue() {
		for _, s := range p.Steps {
			for _, o := range s.Offers() {
				then := s.Follows(o)
				require.NotEmpty(t, then.En, "%s %s %s", p.Name, s.Name, o)
				require.NotEmpty(t, then.De, "%s %s %s", p.Name, s.Name, o)
				if s.Kind == task.Approval && o == task.Approve {
					said[p.Name] = then.De
				}
			}
			for o := range s.Then {
				require.Contains(t, s.Offers(), o, "%s %s", p.Name, s.Name)
			}
		}
	}
	require.Equal(t, "Der Bericht wird veröffentlicht; er ist danach unveränderlich.", said[process.SLAReport])
	require.Equal(t, "Die Änderung tritt sofort in Kraft, wie der Entwurf sie beschreibt.", said["change-approval"])
	require.NotEqual(t, said[process.SLAReport], said[process.Improvement])
}
