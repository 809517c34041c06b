package planning_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/planning"
)

func TestEvery(t *testing.T) {
	for _, c := range []struct {
		rule planning.Rule
		days int
	}{
		{planning.Rule{Day: 1, Of: calendar.Month, At: "06:00"}, 31},
		{planning.Rule{Day: 1, Of: calendar.Quarter, At: "06:00"}, 92},
		{planning.Rule{Day: 5, Of: calendar.Year, At: "06:00"}, 366},
		{planning.Rule{Cron: "0 9 * * 1"}, 7},
		{planning.Rule{Cron: "0 9 29 2 *"}, 4*365 + 1},
		{planning.Rule{Cron: "0 9 1,3 * *"}, 29},
	} {
		got, err := planning.Spec{Rule: c.rule, Valid: planning.Span{From: calendar.Date{Year: 2026, Month: 3, Day: 1}}}.Every()
		require.NoError(t, err)
		require.Equal(t, time.Duration(c.days)*24*time.Hour, got, "%+v", c.rule)
	}
	_, err := planning.Spec{Rule: planning.Rule{Cron: "?"}}.Every()
	require.Error(t, err)
}
