package sla_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/sla"
)

const day = "2026-05-04T" // a Monday

func at(s string) time.Time {
	if len(s) == 5 {
		s = day + s + ":00Z"
	}
	x, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return x
}

// events reads "08:00 running" and so on; R, P and S are short for the states.
func events(list ...string) []sla.Event {
	var all []sla.Event
	for _, s := range list {
		is := map[byte]sla.State{'R': sla.StateRunning, 'P': sla.StatePaused, 'S': sla.StateStopped}[s[len(s)-1]]
		all = append(all, sla.Event{At: at(s[:len(s)-2]), Is: is})
	}
	return all
}

func utc247() *calendar.Calendar { return calendar.AlwaysOpenIn(time.UTC) }

func office(t testing.TB) *calendar.Calendar {
	t.Helper()
	span := []string{"08:00-18:00"}
	c, err := calendar.Compile(calendar.Spec{Zone: "UTC", Hours: map[string][]string{"mon": span, "tue": span, "wed": span, "thu": span, "fri": span}})
	require.NoError(t, err)
	return c
}

func TestClockRules(t *testing.T) {
	const none = ""
	for _, c := range []struct {
		name            string
		office          bool
		target          int64 // minutes
		reopen          agreement.Reopen
		events          []sla.Event
		asOf            string
		elapsed, paused int64 // minutes
		verdict         sla.Verdict
		breach          string
		cycles          int
	}{
		{"V03 continue", false, 240, agreement.Continue, events("08:00 R", "11:00 S", "13:00 R", "14:30 S"), none, 270, 0, sla.Breached, "14:00", 1},
		{"V03 new-cycle", false, 240, agreement.NewCycle, events("08:00 R", "11:00 S", "13:00 R", "14:30 S"), none, 90, 0, sla.Met, none, 2},
		{"V03 wall", false, 240, agreement.Wall, events("08:00 R", "11:00 S", "13:00 R", "14:30 S"), none, 390, 0, sla.Breached, "12:00", 1},
		{"continue is the default", false, 240, "", events("08:00 R", "11:00 S", "13:00 R", "14:30 S"), none, 270, 0, sla.Breached, "14:00", 1},
		{"exactly the target is met", false, 60, "", events("08:00 R", "09:00 S"), none, 60, 0, sla.Met, none, 1},
		{"exactly the target isn't breached yet", false, 60, "", events("08:00 R"), "09:00", 60, 0, sla.Running, "09:00", 1},
		{"reached at closing, asked at night", true, 600, "", events("08:00 R"), "23:00", 600, 0, sla.Running, "18:00", 1},
		{"a running clock says when", true, 660, "", events("08:00 R"), "09:00", 60, 0, sla.Running, "2026-05-05T09:00:00Z", 1},
		{"a paused one can't", false, 60, "", events("08:00 R", "08:30 P"), "12:00", 30, 210, sla.Running, none, 1},
		{"not even on the target", false, 30, "", events("08:00 R", "08:30 P"), "12:00", 30, 210, sla.Running, none, 1},
		{"breached, then paused", false, 20, "", events("08:00 R", "08:30 P"), "12:00", 30, 210, sla.Breached, "08:20", 1},
		{"paused from the start", false, 20, "", events("08:00 P", "09:00 R", "09:10 S"), none, 10, 60, sla.Met, none, 1},
		{"opened before hours", true, 60, "", events("06:00 R", "08:30 S"), none, 30, 0, sla.Met, none, 1},
		{"all outside hours", true, 0, "", events("19:00 R", "20:00 S"), none, 0, 0, sla.Met, none, 1},
		{"pauses count by the calendar, too", true, 60, "", events("17:00 R", "17:30 P", "2026-05-05T08:30:00Z R", "2026-05-05T09:00:00Z S"), none, 60, 60, sla.Met, none, 1},
		{"wall doesn't count pauses", false, 60, agreement.Wall, events("08:00 R", "08:10 P", "08:40 S", "09:00 R", "09:20 S"), none, 50, 30, sla.Met, none, 1},
		{"wall: stopped for good counts nothing", false, 60, agreement.Wall, events("08:00 R", "08:40 S"), none, 40, 0, sla.Met, none, 1},
		{"wall: reopened into a pause", false, 60, agreement.Wall, events("08:00 R", "08:10 S", "08:30 P", "09:00 S"), none, 30, 30, sla.Met, none, 1},
		{"new-cycle: an earlier one breached", false, 60, agreement.NewCycle, events("08:00 R", "10:00 S", "11:00 R", "11:30 S"), none, 30, 0, sla.Breached, "09:00", 2},
		{"new-cycle: several breached, the first counts", false, 60, agreement.NewCycle, events("08:00 R", "10:00 S", "11:00 R"), "13:00", 120, 0, sla.Breached, "09:00", 2},
		{"new-cycle: the last runs", false, 60, agreement.NewCycle, events("08:00 R", "08:30 S", "11:00 R"), "11:30", 30, 0, sla.Running, "12:00", 2},
		{"new-cycle: pauses add up", false, 60, agreement.NewCycle, events("08:00 R", "08:10 P", "08:30 S", "11:00 P", "11:10 R", "11:30 S"), none, 20, 30, sla.Met, none, 2},
		{"what changes nothing is ignored", false, 60, agreement.NewCycle, events("08:00 R", "08:10 R", "08:30 S", "08:50 S"), none, 30, 0, sla.Met, none, 1},
		{"two at one instant: the later holds", false, 60, agreement.NewCycle, events("08:00 P", "08:00 R", "08:20 S", "08:20 R", "08:30 S"), none, 30, 0, sla.Met, none, 1},
		{"stopped when it began", false, 60, agreement.Wall, events("08:00 R", "08:00 S"), none, 0, 0, sla.Met, none, 1},
		{"stopped when it began, and reopened", false, 60, agreement.Wall, events("08:00 R", "08:00 S", "09:30 R"), "09:40", 100, 0, sla.Breached, "09:00", 1},
		{"no time at all", false, 0, "", events("08:00 R"), "08:00", 0, 0, sla.Running, "08:00", 1},
		{"as_of on a stopped clock adds nothing", false, 60, agreement.Wall, events("08:00 R", "08:30 S"), "12:00", 30, 0, sla.Met, none, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			cal := utc247()
			if c.office {
				cal = office(t)
			}
			var asOf time.Time
			if c.asOf != none {
				asOf = at(c.asOf)
			}
			r, err := sla.Clock(cal, c.events, c.target*60, c.reopen, asOf)
			require.NoError(t, err)
			require.Equal(t, []int64{c.elapsed * 60, c.paused * 60}, []int64{r.Elapsed, r.Paused})
			require.Equal(t, c.verdict, r.Verdict)
			if c.breach == none {
				require.Nil(t, r.BreachAt)
			} else {
				require.NotNil(t, r.BreachAt)
				require.Equal(t, at(c.breach), *r.BreachAt)
			}
			require.Len(t, r.Cycles, c.cycles)
		})
	}
}

func TestNaiveClocksAreWrong(t *testing.T) {
	berlin, err := calendar.Zone("Europe/Berlin")
	require.NoError(t, err)
	r, err := sla.Clock(calendar.AlwaysOpenIn(berlin), []sla.Event{{At: at("2026-10-25T00:30:00+02:00"), Is: sla.StateRunning},
		{At: at("2026-10-25T03:31:00+01:00"), Is: sla.StateStopped}}, 4*3600, "", time.Time{})
	require.NoError(t, err)
	require.EqualValues(t, 241*60, r.Elapsed, "V01")
	require.NotEqualValues(t, 181*60, r.Elapsed, "V01: a difference of wall clocks")
	require.Equal(t, sla.Breached, r.Verdict)

	span := []string{"08:00-18:00"}
	bh, err := calendar.Compile(calendar.Spec{Zone: "Europe/Berlin", Holidays: calendar.Holidays{Region: "DE-BE"},
		Hours: map[string][]string{"mon": span, "tue": span, "wed": span, "thu": span, "fri": span}})
	require.NoError(t, err)
	r, err = sla.Clock(bh, events("2026-04-02T16:30:00+02:00 R", "2026-04-02T17:15:00+02:00 P", "2026-04-07T09:45:00+02:00 R",
		"2026-04-07T17:00:00+02:00 S"), 480*60, "", time.Time{})
	require.NoError(t, err)
	require.Equal(t, []int64{480 * 60, 150 * 60}, []int64{r.Elapsed, r.Paused}, "V02")
	require.NotEqual(t, []int64{-6120 * 60, 6750 * 60}, []int64{r.Elapsed, r.Paused}, "V02: wall-clock pauses")
	require.Equal(t, sla.Met, r.Verdict)
	r, err = sla.Clock(bh, events("2026-04-02T16:30:00+02:00 R", "2026-04-07T17:00:00+02:00 S"), 480*60, "", time.Time{})
	require.NoError(t, err)
	require.EqualValues(t, 630*60, r.Elapsed, "V02: without the pause")
	require.Equal(t, at("2026-04-07T14:30:00+02:00").UTC(), *r.BreachAt, "V02: without the pause")
	require.NotEqual(t, at("2026-04-03T14:30:00+02:00").UTC(), *r.BreachAt, "V02: ignoring the holidays")

	r, err = sla.Clock(utc247(), events("08:00 R", "11:00 S", "13:00 R", "14:30 S"), 240*60, agreement.NewCycle, time.Time{})
	require.NoError(t, err)
	require.Len(t, r.Cycles, 2)
	require.Equal(t, []int64{180 * 60, 90 * 60}, []int64{r.Cycles[0].Elapsed, r.Cycles[1].Elapsed}, "V03: each cycle by itself")
}

func TestSegments(t *testing.T) {
	r, err := sla.Clock(office(t), events("07:00 R", "09:00 P", "10:00 S", "11:00 R", "19:00 S"), 3600, agreement.Continue, time.Time{})
	require.NoError(t, err)
	require.Equal(t, []sla.Segment{
		{From: at("07:00"), To: at("08:00"), Kind: sla.Closed}, {From: at("08:00"), To: at("09:00"), Kind: sla.Counted},
		{From: at("09:00"), To: at("10:00"), Kind: sla.Paused}, {From: at("10:00"), To: at("11:00"), Kind: sla.Stopped},
		{From: at("11:00"), To: at("18:00"), Kind: sla.Counted}, {From: at("18:00"), To: at("19:00"), Kind: sla.Closed},
	}, r.Segments)
	r, err = sla.Clock(utc247(), events("07:00 R", "09:00 S", "11:00 R", "12:00 S"), 3600, agreement.Wall, time.Time{})
	require.NoError(t, err)
	require.Equal(t, []sla.Segment{{From: at("07:00"), To: at("12:00"), Kind: sla.Counted}}, r.Segments)
}

func TestClosedForEver(t *testing.T) {
	never, err := calendar.Compile(calendar.Spec{Zone: "UTC"})
	require.NoError(t, err)
	r, err := sla.Clock(never, events("07:00 R"), 1, "", at("2027-05-04T07:00:00Z"))
	require.NoError(t, err)
	require.Equal(t, sla.Running, r.Verdict)
	require.Nil(t, r.BreachAt)
	require.Zero(t, r.Elapsed)
}
