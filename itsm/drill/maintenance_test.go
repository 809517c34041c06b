package drill

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/uptime"
)

// window is one of a UID, of hours counted from the midnight, in UTC, of 5 October.
func window(uid string, from, to int) uptime.Planned {
	at := func(hours int) time.Time { return time.Date(2026, 10, 5, hours, 0, 0, 0, time.UTC) }
	return uptime.Planned{Window: uptime.Window{UID: uid, From: at(from), To: at(to)}, Since: at(-200), Told: true}
}

func touching(stage Stage) Frozen {
	f := Frozen{Zone: "Europe/Berlin", Stage: stage, Setup: Setup{Type: continuity.Component, Date: calendar.Date{Year: 2026, Month: 10, Day: 5}, Production: "storage", Maintenance: " W-1 "}}
	if stage == ToReport {
		from := time.Date(2026, 10, 5, 10, 0, 0, 0, time.UTC)
		f.Happened = &Happened{Begun: &Begun{Disruption: from}, Normal: &Verified{When: from.Add(4 * time.Hour)}}
	}
	return f
}

func chosen(t *testing.T, f Frozen, known ...uptime.Planned) (uids []string) {
	t.Helper()
	m, err := f.Announced(7, known)
	require.NoError(t, err)
	require.Equal(t, int64(7), m.Import)
	for _, w := range m.Windows {
		uids = append(uids, w.UID+" "+w.From.Format("02T15"))
	}
	return uids
}

// A plan looks for the reference alone, on its day as it is where the service is;
// of a rule that has none on that day the nearest occurrence is named.
func TestThePlanFindsItsWindow(t *testing.T) {
	f := touching(ToPlan)
	require.Equal(t, []string{"W-1 05T20"}, chosen(t, f, window("W-1", 20, 22), window("W-1", 44, 46), window("W-2", 20, 22)))
	require.Equal(t, []string{"W-1 04T22"}, chosen(t, f, window("W-1", -2, 1), window("W-1", 300, 301)), "it is the 5th already in Berlin")
	require.Equal(t, []string{"W-1 06T20"}, chosen(t, f, window("W-1", -90, -88), window("W-1", 44, 46), window("W-1", 90, 92)), "the nearest")
	require.Empty(t, chosen(t, f, window("W-2", 8, 12)))
}

// A report also names others in the drill's time; what was cancelled only where the
// setup names it.
func TestTheReportFindsWindowsOfItsTime(t *testing.T) {
	f := touching(ToReport)
	gone, ours := window("W-3", 10, 11), window("W-1", 11, 12)
	gone.Cancelled, ours.Cancelled = true, true
	require.Equal(t, []string{"W-2 05T08", "W-1 05T11"}, chosen(t, f, window("W-2", 8, 12), gone, ours, window("W-4", 14, 15), window("W-5", 9, 10)))
	require.Equal(t, []string{"W-1 05T02", "W-2 05T08"}, chosen(t, f, window("W-2", 8, 12), window("W-1", 2, 4)), "where the named one is instead")
}

func TestHowMuchOfADrillLiesOutside(t *testing.T) {
	f := touching(ToReport)
	for _, c := range []struct {
		known   []uptime.Planned
		outside int64
	}{
		{nil, 4 * 3600},
		{[]uptime.Planned{window("W-1", 10, 14)}, 0},
		{[]uptime.Planned{window("W-1", 9, 12), window("W-2", 11, 20)}, 0},
		{[]uptime.Planned{window("W-1", 9, 12), window("W-2", 13, 20)}, 3600},
	} {
		m, err := f.Announced(1, c.known)
		require.NoError(t, err)
		f.Maintenance = m
		outside, all := f.Outside()
		require.Equal(t, []int64{c.outside, 4 * 3600}, []int64{outside, all})
	}
	gone := window("W-1", 9, 20)
	gone.Cancelled = true
	f.Maintenance, _ = f.Announced(1, []uptime.Planned{gone})
	outside, _ := f.Outside()
	require.Equal(t, int64(4*3600), outside)
}

// Until when production is touched says who verified that it is normal, else the end
// of the drill; nobody looks anything up of what touches nothing or wasn't announced.
func TestWhatIsLookedUp(t *testing.T) {
	f := touching(ToReport)
	require.True(t, f.LooksUp())
	f.Setup.Maintenance = ""
	require.True(t, f.LooksUp(), "by its time")
	f.Happened.Normal = nil
	_, to, began := f.Touched()
	require.True(t, began)
	require.Zero(t, to)
	ended := f.Happened.Begun.Disruption.Add(time.Hour)
	f.Happened.Timeline = []Entry{{Event: continuity.Ended, When: ended}}
	_, to, _ = f.Touched()
	require.Equal(t, ended, to)
	f.Happened.Begun = nil
	require.False(t, f.LooksUp(), "it never began")

	p := touching(ToPlan)
	require.True(t, p.LooksUp())
	p.Setup.Type = continuity.Invocation
	require.False(t, p.LooksUp())
	p = touching(ToPlan)
	p.Setup.Production = ""
	require.False(t, p.LooksUp())
	p = touching(ToPlan)
	p.Setup.Maintenance = ""
	require.False(t, p.LooksUp())
}

func TestNoMoreWindowsThanARoundNames(t *testing.T) {
	var known []uptime.Planned
	for range 30 {
		known = append(known, window("W-2", 8, 12))
	}
	m, err := touching(ToReport).Announced(1, append(known, window("W-1", 12, 14)))
	require.NoError(t, err)
	require.Len(t, m.Windows, maxWindows)
	require.Equal(t, int64(11), m.More)
	require.Equal(t, "W-1", m.Windows[maxWindows-1].UID)
}

// A window beyond the first 20 covers a drill as those before it do: that it isn't
// listed makes no time lie outside of maintenance that is on record.
func TestAWindowThatIsNotListedCoversToo(t *testing.T) {
	f := touching(ToReport) // from 10 to 14 o'clock
	f.Setup.Maintenance = ""
	var known []uptime.Planned
	for range maxWindows {
		w := window("W-0", 8, 11)
		w.Component = "till"
		known = append(known, w)
	}
	known = append(known, window("W-9", 10, 14))
	m, err := f.Announced(1, known)
	require.NoError(t, err)
	f.Maintenance = m
	outside, _ := f.Outside()
	require.Zero(t, outside, "W-9 covers all of it")
}
