package sla_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/sla"
	"turnus/itsm/ticket"
)

// place is a zone with instants at which its clocks change, read from the
// public announcements, and holidays of a region around them, by law.
type place struct {
	zone     string
	changes  []string
	region   string
	holidays []string
}

var places = []place{
	{"Europe/Berlin", []string{"2024-03-31T01:00:00Z", "2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"}, "DE-BE",
		[]string{"2024-03-29", "2024-04-01", "2026-04-03", "2026-04-06"}},
	{"America/New_York", []string{"2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"}, "", nil},
	{"Australia/Lord_Howe", []string{"2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z"}, "", nil},
	{"Pacific/Auckland", []string{"2026-04-04T14:00:00Z", "2026-09-26T14:00:00Z"}, "", nil},
	{"America/Havana", []string{"2026-03-08T05:00:00Z", "2026-11-01T05:00:00Z"}, "", nil}, // at midnight
}

func TestPlacesChangeTheirClocksThen(t *testing.T) {
	for _, p := range places {
		zone, err := calendar.Zone(p.zone)
		require.NoError(t, err)
		for _, c := range p.changes {
			_, before := at(c).Add(-time.Second).In(zone).Zone()
			_, after := at(c).In(zone).Zone()
			require.NotEqual(t, before, after, "%s at %s", p.zone, c)
		}
	}
}

var drawnHours = [][]string{nil, {"00:00-24:00"}, {"08:00-12:00", "13:00-17:30"}, {"08:00-12:00", "12:30-18:00", "22:00-23:15"}, {"22:00-06:00"},
	{"18:00-02:30"}, {"00:00-03:00", "23:00-24:00"}, {"01:30-02:15", "02:30-03:30"}, {"23:30-00:30"}}

// drawCalendar draws nights, lunch breaks and odd days around an instant.
func drawCalendar(t *rapid.T, p place, zone *time.Location, near int64) (calendar.Spec, []string) {
	s := calendar.Spec{Zone: p.zone, Hours: map[string][]string{}}
	patterns := rapid.SampledFrom(drawnHours)
	usual, mixed := patterns.Draw(t, "usual"), rapid.Bool().Draw(t, "mixed")
	for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		hours := usual
		if mixed {
			hours = patterns.Draw(t, d)
		}
		if hours != nil && (d[0] != 's' || rapid.Bool().Draw(t, "weekend")) {
			s.Hours[d] = hours
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "odd days") {
		d := calendar.DateOf(time.Unix(near, 0).In(zone)).Add(rapid.IntRange(-3, 3).Draw(t, "odd"))
		if rapid.Bool().Draw(t, "holiday") {
			s.Holidays.Dates = append(s.Holidays.Dates, d)
		} else if !slices.ContainsFunc(s.Special, func(x calendar.Special) bool { return x.Date == d }) {
			s.Special = append(s.Special, calendar.Special{Date: d, Hours: patterns.Draw(t, "special")})
		}
	}
	if p.region != "" && rapid.Bool().Draw(t, "region") {
		s.Holidays.Region = p.region
		return s, p.holidays
	}
	return s, nil
}

// compileDrawn drops days whose night meets the next morning, which the week's
// pattern may not.
func compileDrawn(t *rapid.T, s calendar.Spec) *calendar.Calendar {
	for {
		c, err := calendar.Compile(s)
		if err == nil {
			return c
		}
		before := len(s.Hours)
		for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
			if strings.Contains(err.Error(), "hours."+d) {
				delete(s.Hours, d)
			}
		}
		if len(s.Hours) == before {
			t.Fatal(err)
		}
	}
}

// drawHistory draws events, some at one instant, half of them on whole minutes
// and half on odd seconds.
func drawHistory(t *rapid.T, from int64) (ev []sla.Event, asOf int64) {
	grid := int64(60)
	if rapid.Bool().Draw(t, "seconds") {
		grid = 1
	}
	at := from / grid * grid
	for i := range rapid.IntRange(1, 9).Draw(t, "events") {
		states := []sla.State{sla.StateRunning, sla.StatePaused, sla.StateStopped}
		if i == 0 {
			states = states[:2]
		}
		ev = append(ev, sla.Event{At: time.Unix(at, 0), Is: rapid.SampledFrom(states).Draw(t, "is")})
		switch rapid.IntRange(0, 5).Draw(t, "gap") {
		case 0: // at the same instant
		case 1:
			at += grid * rapid.Int64Range(1, 5).Draw(t, "soon")
		default:
			at += rapid.Int64Range(0, 40_000).Draw(t, "after") / grid * grid
		}
	}
	return ev, at
}

// checkFigures holds what a report counts against the clock.
func checkFigures(t *rapid.T, spec calendar.Spec, cal *calendar.Calendar, ev []sla.Event, target int64, reopen agreement.Reopen, asOf int64) {
	end := time.Unix(asOf+1, 0).UTC() // a report knows what lies before its end
	opened := ev[0].At.UTC()
	if opened.In(cal.Zone()).Month() != end.In(cal.Zone()).Month() {
		return // a month's end decides before
	}
	clock, err := sla.Clock(cal, ev, target, reopen, end)
	if err != nil {
		t.Fatal(err)
	}
	x := agreement.Target{Name: "x", Measure: agreement.Resolution, Within: agreement.Duration(target), Calendar: "drawn", Attain: "95",
		Pause: []string{string(sla.StatePaused)}, Reopen: reopen}
	v := ticket.Version{Number: "1", Opened: opened}
	for _, e := range ev {
		v.Events = append(v.Events, ticket.Event{At: e.At.UTC(), State: string(e.Is), Stopped: e.Is == sla.StateStopped})
	}
	r, err := sla.Derive(sla.Frozen{Zone: spec.Zone, From: opened, To: end, Calendars: []sla.CalendarUsed{{Name: "drawn", Spec: spec}},
		Agreements: []sla.Agreement{{Name: "a", Version: 1, Spec: agreement.Spec{Targets: []agreement.Target{x}}}}}, stream(v))
	if err != nil {
		t.Fatal(err)
	}
	is := func(b bool) int64 {
		if b {
			return 1
		}
		return 0
	}
	got := r.Agreements[0].Targets[0]
	open := ev[len(ev)-1].Is != sla.StateStopped
	require.Equal(t, []int64{is(clock.Verdict == sla.Met), is(clock.Verdict == sla.Breached), is(clock.Verdict == sla.Running), is(open)},
		[]int64{got.Met, got.Breached, got.Undecided, got.Open}, "met, breached, undecided, open")
}

// Ten thousand cases: two thousand a place.
func TestClockAgainstCounting(t *testing.T) {
	for _, p := range places {
		t.Run(p.zone, func(t *testing.T) {
			zone, err := calendar.Zone(p.zone)
			require.NoError(t, err)
			rapid.Check(t, func(t *rapid.T) {
				near := at(rapid.SampledFrom(p.changes).Draw(t, "change")).Unix()
				spec, holidays := drawCalendar(t, p, zone, near)
				cal := compileDrawn(t, spec)
				ev, asOf := drawHistory(t, near-rapid.Int64Range(0, 2*86_400).Draw(t, "before"))
				reopen := rapid.SampledFrom([]agreement.Reopen{agreement.Continue, agreement.NewCycle, agreement.Wall}).Draw(t, "reopen")
				target := rapid.OneOf(rapid.Int64Range(0, 90_000), rapid.Map(rapid.Int64Range(0, 40), func(n int64) int64 { return n * 1800 })).Draw(t, "target")
				horizon := asOf + 10*86_400
				want := countClock(newHoursOracle(spec, zone, holidays...), ev, target, reopen, asOf, horizon)

				end := time.Unix(asOf, 0)
				if ev[len(ev)-1].Is == sla.StateStopped && rapid.Bool().Draw(t, "no as_of") {
					end = time.Time{}
				}
				got, err := sla.Clock(cal, ev, target, reopen, end)
				if err != nil {
					t.Fatal(err)
				}
				// What the oracle didn't look for it can't hold against the clock.
				if c := &got.Cycles[len(got.Cycles)-1]; c.Verdict == sla.Running && c.BreachAt != nil && c.BreachAt.Unix() > horizon {
					c.BreachAt = nil
					if got.Verdict == sla.Running {
						got.BreachAt = nil
					}
				}
				require.Equal(t, want, got)
				if rapid.IntRange(0, 4).Draw(t, "figures") == 0 {
					checkFigures(t, spec, cal, ev, target, reopen, asOf)
				}
			})
		})
	}
}
