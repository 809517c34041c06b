package improvement

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
)

// A figure's finding is the one that an earlier version of the report was part
// of, else the one that a repeat joins, else the newest that ended.
func TestTheFindingOfAKey(t *testing.T) {
	x := Extract{Findings: []Progress{{Finding: 1, Key: "a", State: Closed}, {Finding: 2, Key: "b", State: Closed, Here: true}, {Finding: 3, Key: "a", State: Declined},
		{Finding: 4, Key: "b", State: Open}, {Finding: 5, Key: "c", State: Closed}, {Finding: 6, Key: "c", State: InWork}, {Finding: 7, Key: "d", State: Open}, {Finding: 8, Key: "d", State: Closed}}}
	for key, want := range map[string]int64{"a": 3, "b": 2, "c": 6, "d": 7} {
		p, found := x.Of(key)
		require.True(t, found, key)
		require.Equal(t, want, p.Finding, key)
	}
	_, found := x.Of("e")
	require.False(t, found)
}

// An action is overdue from the day after its due date on, and only while it is
// open.
func TestOverdue(t *testing.T) {
	due := calendar.Date{Year: 2026, Month: 11, Day: 6}
	require.False(t, ActionLine{State: ActionOpen, Due: due}.Overdue(due))
	require.True(t, ActionLine{State: ActionOpen, Due: due}.Overdue(due.Add(1)))
	require.False(t, ActionLine{State: ActionDone, Due: due}.Overdue(due.Add(1)))
}
