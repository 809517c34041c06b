package sla_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/sla"
	"turnus/itsm/ticket"
)

// fuzzEvents reads three bytes an event: state, and gap of up to 3,000 units,
// which are seconds, minutes or ten minutes.
func fuzzEvents(b []byte) (ev []sla.Event, at int64) {
	at = 1_774_000_000 + int64(len(b)) // some days before the clocks change in Europe
	for i := 0; i+2 < len(b) && len(ev) < 3000; i += 3 {
		ev = append(ev, sla.Event{At: time.Unix(at, 0).UTC(), Is: []sla.State{sla.StateRunning, sla.StatePaused, sla.StateStopped, "x"}[b[i]&3]})
		gap := (int64(b[i+1])<<8 | int64(b[i+2])) % 3000
		at += gap * []int64{1, 60, 600, 0}[b[i]>>2&3]
	}
	return ev, at
}

func FuzzClock(f *testing.F) {
	f.Add([]byte{0, 1, 2, 5, 3, 9, 2, 0, 0, 0, 7, 7}, int64(3600), "wall", int64(100), uint8(0))
	f.Add([]byte{1, 0, 0, 6, 200, 9, 4, 1, 1, 2, 0, 1, 2, 9, 9, 8, 40, 0}, int64(0), "new-cycle", int64(-1), uint8(1))
	f.Add([]byte{8, 0, 200, 9, 0, 100, 10, 1, 0, 8, 3, 0}, int64(90_000), "", int64(1<<40), uint8(2))
	calendars := []*calendar.Calendar{
		weeklyCalendar(f, "Europe/Berlin", workdays, calendar.Holidays{Region: "DE-BE"}, "08:00-12:00", "13:00-17:00"),
		weeklyCalendar(f, "Australia/Lord_Howe", "mon tue wed thu fri sat sun", calendar.Holidays{}, "22:00-02:30"),
		weeklyCalendar(f, "UTC", "", calendar.Holidays{}), // never open
		calendar.AlwaysOpenIn(time.UTC),
	}
	f.Fuzz(func(t *testing.T, b []byte, target int64, reopen string, after int64, which uint8) {
		ev, at := fuzzEvents(b)
		cal := calendars[int(which)%len(calendars)]
		var asOf time.Time
		if after >= 0 { // less is an as_of before the last event, or none
			asOf = time.Unix(at+after%(1<<30), 0).UTC()
		} else if after < -10 && len(ev) > 0 {
			asOf = ev[len(ev)-1].At.Add(-time.Second)
		}
		rule := agreement.Reopen(reopen)
		r, err := sla.Clock(cal, ev, target, rule, asOf)
		if err != nil {
			if !strings.Contains(reopen, "%!") { // a message repeats what it was given
				require.NotContains(t, err.Error(), "%!")
			}
			return
		}
		covered(t, r, ev, asOf)
		if r.Verdict == sla.Breached && r.BreachAt == nil || r.Verdict == sla.Met && r.BreachAt != nil {
			t.Fatalf("%s with %v", r.Verdict, r.BreachAt)
		}
		elapsed, paused := sums(r)
		require.Equal(t, paused, r.Paused)
		if len(r.Segments) == 0 {
			return
		}
		start := ev[0].At.Unix()
		span := r.Segments[len(r.Segments)-1].To.Unix() - start
		middle := time.Unix(start+(target%(span+1)+span+1)%(span+1), 0).UTC()
		e, p := split(t, cal, ev, rule, asOf, middle)
		require.Equal(t, []int64{elapsed, paused}, []int64{e, p}, "split at %s", middle)
	})
}

// covered says that the segments cover first event to end, without gap,
// overlap or a needless cut, and add up to what the clock shows.
func covered(t *testing.T, r sla.ClockResult, ev []sla.Event, asOf time.Time) {
	t.Helper()
	at := ev[0].At
	var counted, paused int64
	for i, s := range r.Segments {
		if !s.From.Equal(at) || !s.From.Before(s.To) || i > 0 && r.Segments[i-1].Kind == s.Kind {
			t.Fatalf("segment %d is %v, after %v", i, s, at)
		}
		at = s.To
		switch s.Kind {
		case sla.Counted:
			counted += s.To.Unix() - s.From.Unix()
		case sla.Paused:
			paused += s.To.Unix() - s.From.Unix()
		}
	}
	e, p := sums(r)
	require.Equal(t, []int64{e, p}, []int64{counted, paused}, "counted and paused segments")
	last := r.Cycles[len(r.Cycles)-1]
	require.True(t, at.Equal(last.To), "segments end at %v, the last cycle at %v", at, last.To)
	if ev[len(ev)-1].Is != sla.StateStopped {
		require.True(t, at.Equal(asOf), "segments end at %v", at)
	}
}

// sums are over all cycles.
func sums(r sla.ClockResult) (elapsed, paused int64) {
	for _, c := range r.Cycles {
		elapsed, paused = elapsed+c.Elapsed, paused+c.Paused
	}
	return elapsed, paused
}

// split runs a clock up to an instant and another one from there on, and adds
// up what they show. A clock can't begin stopped: then the second one begins
// at the reopening, and only wall counts the time until then.
func split(t *testing.T, cal *calendar.Calendar, ev []sla.Event, rule agreement.Reopen, asOf, middle time.Time) (elapsed, paused int64) {
	n := 0
	for n < len(ev) && !ev[n].At.After(middle) {
		n++
	}
	state := ev[n-1].Is
	end := middle
	rest := append([]sla.Event{{At: middle, Is: state}}, ev[n:]...)
	if state == sla.StateStopped {
		end = time.Time{}
		for len(rest) > 0 && rest[0].Is == sla.StateStopped {
			rest = rest[1:]
		}
	}
	first, err := sla.Clock(cal, ev[:n], 0, rule, end)
	require.NoError(t, err)
	elapsed, paused = sums(first)
	if len(rest) == 0 {
		return elapsed, paused
	}
	second, err := sla.Clock(cal, rest, 0, rule, asOf)
	require.NoError(t, err)
	e, p := sums(second)
	if state == sla.StateStopped && rule == agreement.Wall {
		e += cal.Seconds(first.Cycles[len(first.Cycles)-1].To, rest[0].At)
	}
	return elapsed + e, paused + p
}

// A hundred thousand events on one ticket are more than an import takes, and
// still a list that is walked once. A walk for each of them would take some
// 10^10 steps.
func TestHundredThousandEvents(t *testing.T) {
	const n = 100_000
	cal := weeklyCalendar(t, "Europe/Berlin", workdays, calendar.Holidays{Region: "DE-BE"}, "08:00-12:00", "13:00-17:00")
	states := []sla.State{sla.StateRunning, sla.StatePaused, sla.StateRunning, sla.StateStopped}
	ev := make([]sla.Event, n)
	v := ticket.Version{Number: "INC1", Fields: fields{"priority": "1", "customer": "retail"}}
	start := at("2016-01-04T09:00:00Z")
	for i := range ev {
		ev[i] = sla.Event{At: start.Add(time.Duration(i) * 17 * time.Minute), Is: states[i%4]}
		e := ticket.Event{At: ev[i].At, State: string(states[i%4]), Stopped: i%4 == 3, Fields: fields{"note": fmt.Sprint(i)}}
		if i == 0 {
			e.Fields = v.Fields
		}
		v.Events = append(v.Events, e)
	}
	v.Opened = start
	last := ev[n-1].At
	var running int64
	for i := range ev[:n-1] {
		if i%2 == 0 {
			running += cal.Seconds(ev[i].At, ev[i+1].At)
		}
	}
	for _, rule := range []agreement.Reopen{agreement.Continue, agreement.NewCycle, agreement.Wall} {
		r, err := sla.Clock(cal, ev, 3600, rule, time.Time{})
		require.NoError(t, err)
		covered(t, r, ev, time.Time{})
		require.Equal(t, last, r.Segments[len(r.Segments)-1].To)
		elapsed, _ := sums(r)
		if rule == agreement.Wall {
			require.Greater(t, elapsed, running)
		} else {
			require.Equal(t, running, elapsed)
		}

		target := within("p1", 1)
		target.Reopen, target.OnChange, target.Pause = rule, agreement.Restart, []string{"paused"}
		target.Where = agreement.Where{"priority": {"1"}, "customer": {"retail"}}
		f := frozen("2026-01", target, within("all", 1))
		f.From, f.To = start, last.Add(time.Second)
		x := one(t, f, v)
		require.Equal(t, []int64{1, 1}, []int64{x.Decided, x.Breached + x.Met}, rule)
	}
}
