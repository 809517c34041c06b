package versions

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestACalendarCountsUntilAnotherVersionDoes(t *testing.T) {
	all := []Calendar{{Name: "berlin", Version: 1}, {Name: "berlin", Version: 2, Since: "2026-03"}, {Name: "york", Version: 4}}
	for month, version := range map[string]int{"2026-01": 1, "2026-02": 1, "2026-03": 2, "2026-12": 2} {
		require.Equal(t, version, InMonth(all, "berlin", month).Version, month)
	}
	require.Equal(t, 4, InMonth(all, "york", "2026-12").Version)
	require.Nil(t, InMonth(all, "rome", "2026-01"))
}
