package improvement

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
	"turnus/report"
)

func figuresOf(t *testing.T, rows ...improvement.Row) map[string]report.Figure {
	t.Helper()
	now := time.Date(2027, 1, 15, 10, 0, 0, 0, time.UTC)
	r, err := improvement.Compute(rows, improvement.LastYear(now, time.UTC), now)
	require.NoError(t, err)
	all := map[string]report.Figure{}
	for _, f := range RegisterFigures(r) {
		require.NotContains(t, all, f.Name)
		require.NotContains(t, f.Label.En+f.Label.De, "%!")
		require.NotEqual(t, f.Label.En, f.Label.De)
		require.Regexp(t, `^improvement\.[a-z-]+/1$`, f.Formula)
		all[f.Name] = f
	}
	return all
}

// Where there is nothing, counts are 0 and shares and the median are not
// applicable.
func TestFiguresOfAnEmptyRegister(t *testing.T) {
	all := figuresOf(t)
	for _, name := range []string{"open", "open.0-30", "open.31-90", "open.91-180", "open.over-180", "opened", "closed", "declined", "moves"} {
		require.Equal(t, "0", *all[name].Value, name)
	}
	for _, name := range []string{"overdue", "time-to-close", "relapsed", "measured", "ineffective", "moved", "benefit"} {
		require.Contains(t, all, name)
		require.Nil(t, all[name].Value, name)
		require.Zero(t, all[name].N)
	}
	require.Len(t, all, 16)
}

func TestFiguresOfTheRegister(t *testing.T) {
	at := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	end := at.AddDate(0, 0, 20)
	due := calendar.Date{Year: 2026, Month: 12, Day: 24}
	worked := improvement.ActionRow{Number: 1, Run: "r", Round: 1, OriginalDue: due, Due: due.Add(2), Moves: 2, State: improvement.ActionEffective,
		Check: &improvement.Check{Effective: true, At: end, Measured: improvement.Measured{Value: "97", Reached: true}}}
	late := improvement.ActionRow{Number: 1, Run: "s", Round: 1, OriginalDue: due, Due: due, State: improvement.ActionOpen}
	all := figuresOf(t,
		improvement.Row{ID: 1, Type: improvement.Opportunity, State: improvement.Closed, At: at, Ended: &end, Actions: []improvement.ActionRow{worked}},
		improvement.Row{ID: 2, State: improvement.InWork, At: at, Actions: []improvement.ActionRow{late}})
	require.Equal(t, "20", *all["time-to-close"].Value)
	require.Equal(t, report.InDays, all["time-to-close"].Unit)
	require.Equal(t, int64(2), all["time-to-close"].N)
	for name, want := range map[string][2]int64{"overdue": {1, 1}, "relapsed": {0, 1}, "measured": {1, 1}, "ineffective": {0, 1}, "moved": {1, 2}, "benefit": {1, 1},
		"open.31-90": {1, 1}, "open.0-30": {0, 1}, "moves": {2, 2}} {
		require.Equal(t, want, [2]int64{*all[name].Numerator, *all[name].Denominator}, name)
	}
	require.Equal(t, "50.000000", *all["moved"].Value)
	require.Equal(t, "open for 31 to 90 days", all["open.31-90"].Label.En)
	require.Equal(t, "offen seit mehr als 180 Tagen", all["open.over-180"].Label.De)
}
