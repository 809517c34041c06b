package calc

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	aGoodDrill = `{"id":"good","type":"component","objectives":{"rto":"PT1H"},"events":{"disruption":"2026-10-05T10:00:00+02:00","mbco_confirmed":"2026-10-05T11:00:00+02:00"}}`
	itsResult  = `{"id":"good","rta_s":3600,"rpa_s":null,"invocation_delay_s":null,"full_s":null,"verdicts":{"rto":"pass"},"verdict":"pass","retest_required":false}`
)

// What the contract refuses is answered in its place, with the field and what would
// be right, and the case after it is judged as if it stood alone.
func TestDrillsThatAreRefused(t *testing.T) {
	lines := func(file string) []string {
		b, err := os.ReadFile("testdata/drill.refused." + file + ".jsonl")
		require.NoError(t, err)
		return strings.Split(strings.TrimSpace(string(b)), "\n")
	}
	refused, said := lines("in"), lines("out")
	require.Len(t, said, len(refused))
	var in strings.Builder
	for _, line := range refused {
		in.WriteString(line + "\n" + aGoodDrill + "\n")
	}
	var out strings.Builder
	require.EqualError(t, Lines("drill", strings.NewReader(in.String()), &out), "80 of 160 cases can't be computed")
	for i, got := range slices.Collect(slices.Chunk(strings.Split(strings.TrimSpace(out.String()), "\n"), 2)) {
		require.Equal(t, []string{said[i], itsResult}, got, refused[i])
		require.Contains(t, got[0], `"error":{"code":"`)
	}
}
