package sla_test

import (
	"fmt"
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

// The oracle walks a clock's time minute by minute, and second by second where
// something happens within a minute. It takes the contract's sentences
// literally, and shares nothing with the package but the zones' data.

// hoursOracle says of an instant whether its wall-clock reading is inside the
// hours. Hours and the offsets of its zones are whole minutes.
type hoursOracle struct {
	zone    *time.Location
	week    [7][][2]int // by time.Weekday: minutes of the day, the end as far as the next one's
	special map[string][][2]int
	closed  map[string]bool
}

// newHoursOracle reads a spec; of a region's holidays it knows those given.
func newHoursOracle(s calendar.Spec, zone *time.Location, holidays ...string) hoursOracle {
	o := hoursOracle{zone: zone, special: map[string][][2]int{}, closed: map[string]bool{}}
	minutes := func(list []string) (all [][2]int) {
		for _, x := range list {
			var h, m, h2, m2 int
			if n, err := fmt.Sscanf(x, "%d:%d-%d:%d", &h, &m, &h2, &m2); n != 4 {
				panic(err)
			}
			from, to := h*60+m, h2*60+m2
			if to <= from {
				to += 24 * 60
			}
			all = append(all, [2]int{from, to})
		}
		return all
	}
	for i, d := range []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} {
		o.week[i] = minutes(s.Hours[d])
	}
	for _, x := range s.Special {
		o.special[x.Date.String()] = minutes(x.Hours)
	}
	for _, d := range s.Holidays.Dates {
		o.closed[d.String()] = true
	}
	for _, d := range holidays {
		o.closed[d] = true
	}
	return o
}

// on gives the spans that begin on a date.
func (o hoursOracle) on(date time.Time) [][2]int {
	key := date.Format(time.DateOnly)
	if s, ok := o.special[key]; ok {
		return s
	}
	if o.closed[key] {
		return nil
	}
	return o.week[date.Weekday()]
}

// walk gives a function that says of ascending minutes whether they are open.
func (o hoursOracle) walk() func(minute int64) bool {
	day := 0
	var today, yesterday [][2]int
	return func(minute int64) bool {
		local := time.Unix(minute, 0).In(o.zone)
		if y, m, d := local.Date(); d != day {
			day = d
			today = o.on(time.Date(y, m, d, 12, 0, 0, 0, time.UTC))
			yesterday = o.on(time.Date(y, m, d-1, 12, 0, 0, 0, time.UTC))
		}
		hour, min, _ := local.Clock()
		reading := hour*60 + min
		has := func(spans [][2]int, reading int) bool {
			return slices.ContainsFunc(spans, func(s [2]int) bool { return s[0] <= reading && reading < s[1] })
		}
		return has(today, reading) || has(yesterday, reading+24*60)
	}
}

// stateIn is the state in the second that begins at an instant: that of the
// last event until then.
func stateIn(ev []sla.Event, at int64) (is sla.State) {
	for _, e := range ev {
		if e.At.Unix() <= at {
			is = e.Is
		}
	}
	return is
}

// nextStep gives the next instant at which the walk looks again: a minute on,
// or a second where an event lies within this minute.
func nextStep(ev []sla.Event, at, end int64) int64 {
	minute := at + 60 - (at%60+60)%60
	for _, e := range ev {
		if x := e.At.Unix(); at < x && x < minute {
			return min(at+1, end)
		}
	}
	return min(minute, end)
}

// countClock walks a clock. Of a running one it looks for the breach that is still
// to come until the horizon.
func countClock(o hoursOracle, ev []sla.Event, target int64, reopen agreement.Reopen, asOf, horizon int64) sla.ClockResult {
	last := ev[len(ev)-1]
	end := asOf
	if last.Is == sla.StateStopped { // it ended when it was stopped for good
		for i := len(ev) - 1; i >= 0 && stateIn(ev, ev[i].At.Unix()) == sla.StateStopped; i-- {
			end = ev[i].At.Unix()
		}
	}
	start := ev[0].At.Unix()
	instant := func(at int64) *time.Time { t := time.Unix(at, 0).UTC(); return &t }
	r := sla.ClockResult{Segments: []sla.Segment{}}
	var c sla.Cycle
	var reached *time.Time // by the cycle's clock
	finish := func(at int64, open bool) {
		c.To, c.Verdict = *instant(at), sla.Met
		switch {
		case c.Elapsed > target:
			c.Verdict, c.BreachAt = sla.Breached, reached
		case open:
			c.Verdict = sla.Running
		}
		r.Cycles = append(r.Cycles, c)
	}
	begin := func(at int64) {
		c, reached = sla.Cycle{From: *instant(at)}, nil
		if target == 0 {
			reached = instant(at)
		}
	}
	tick := func(at, next int64) {
		if n := next - at; reached == nil && c.Elapsed+n >= target {
			reached = instant(at + target - c.Elapsed)
		}
		c.Elapsed += next - at
	}

	open := o.walk()
	is := sla.State("")
	for at := start; ; {
		was := is
		is = stateIn(ev, at)
		switch {
		case at == start:
			begin(at)
			if is == sla.StateStopped && reopen == agreement.NewCycle {
				finish(at, false)
			}
		case reopen == agreement.NewCycle && was != sla.StateStopped && is == sla.StateStopped:
			finish(at, false)
		case reopen == agreement.NewCycle && was == sla.StateStopped && is != sla.StateStopped:
			begin(at)
		}
		if at >= end {
			break
		}
		next := nextStep(ev, at, end)
		kind := sla.Closed
		if open(at - (at%60+60)%60) {
			switch {
			case is == sla.StatePaused:
				kind = sla.Paused
				c.Paused += next - at
			case is == sla.StateStopped && reopen != agreement.Wall: // under wall it is reopened later, or the walk had ended
				kind = sla.Stopped
			default:
				kind = sla.Counted
				tick(at, next)
			}
		}
		if n := len(r.Segments); n > 0 && r.Segments[n-1].Kind == kind {
			r.Segments[n-1].To = *instant(next)
		} else {
			r.Segments = append(r.Segments, sla.Segment{From: *instant(at), To: *instant(next), Kind: kind})
		}
		at = next
	}
	if goesOn := last.Is != sla.StateStopped; goesOn || reopen != agreement.NewCycle {
		finish(end, goesOn)
	}
	if x := &r.Cycles[len(r.Cycles)-1]; x.Verdict == sla.Running && last.Is == sla.StateRunning {
		for at := end; reached == nil && at < horizon; {
			next := min(at+60-(at%60+60)%60, horizon)
			if open(at - (at%60+60)%60) {
				tick(at, next)
			}
			at = next
		}
		x.BreachAt = reached
	}
	for _, x := range r.Cycles {
		r.Elapsed = x.Elapsed
		r.Paused += x.Paused
	}
	x := r.Cycles[len(r.Cycles)-1]
	if i := slices.IndexFunc(r.Cycles, func(x sla.Cycle) bool { return x.Verdict == sla.Breached }); i >= 0 {
		x = r.Cycles[i]
	}
	r.Verdict, r.BreachAt = x.Verdict, x.BreachAt
	return r
}

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
