package availability_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availability"
	"turnus/itsm/calendar"
)

// Whatever a case holds: an error with its reason, or figures that are sound
// and the same once more, in parts as in the whole.
func FuzzDerive(f *testing.F) {
	f.Add(`{"zone":"Europe/Berlin","hours":{"mon":["08:00-12:00","13:00-18:00"],"sun":["22:00-06:00"]}}`,
		`{"period":{"from":"2026-03-28T23:00:00Z","to":"2026-03-31T22:00:00Z"},"outages":[{"from":"2026-03-29T00:30:00Z","to":"2026-03-30T07:30:00Z","cause":"fire","weight":"0.5","users":["a","b"]},{"from":"2026-03-30T08:00:00Z"}],"maintenance":[{"from":"2026-03-30T06:00:00Z","to":"2026-03-30T07:00:00Z"}],"unknown":[{"from":"2026-03-30T09:00:00Z","to":"2026-03-30T09:30:00Z"}],"as_of":"2026-03-30T10:00:00Z","target":"99.8","population":3}`, int64(90_000))
	f.Add(`{"zone":"UTC","hours":{}}`,
		`{"period":{"from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z"},"born":"2026-01-05T00:00:00Z","retired":"2026-01-20T00:00:00Z","maintenance":[{"from":"2026-01-06T00:00:00Z","to":"2026-01-07T00:00:00Z","announced":"2026-01-05T23:00:00Z"}],"notice_s":3600,"maintenance_policy":"excused","target":"0","coverage_floor":"50","duration_bounds_s":[1,2]}`, int64(1))
	f.Add(``, `{"period":{"from":"2026-01-01T00:00:00Z","to":"2026-01-01T00:00:01Z"},"target":"100","population":1000000000,"outages":[{"from":"0000-01-01T00:00:00Z","to":"9999-12-31T23:59:59Z","affected":1000000000}]}`, int64(1))
	f.Fuzz(func(t *testing.T, hours, doc string, at int64) {
		cal := always()
		if hours != "" {
			var s calendar.Spec
			if json.Unmarshal([]byte(hours), &s) != nil {
				return
			}
			c, err := calendar.Compile(s)
			if err != nil {
				return
			}
			cal = c
		}
		var c availability.Case
		if json.Unmarshal([]byte(doc), &c) != nil || c.Period.To.Sub(c.Period.From) > 400*24*time.Hour {
			return
		}
		r, err := availability.Derive(cal, c)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		c.Period.From, c.Period.To = c.Period.From.Truncate(time.Second), c.Period.To.Truncate(time.Second)
		sound(t, c, r)
		first, err := json.Marshal(r)
		require.NoError(t, err)
		again, err := availability.Derive(cal, c)
		require.NoError(t, err)
		second, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(first), string(second))

		middle := c.Period.From.Add(time.Duration(at) * time.Second)
		if !middle.After(c.Period.From) || !middle.Before(c.Period.To) {
			return
		}
		a, b := c, c
		a.Period.To, b.Period.From = middle, middle
		left, err := availability.Derive(cal, a)
		require.NoError(t, err)
		right, err := availability.Derive(cal, b)
		if err != nil { // as_of lies before the second part
			require.False(t, c.AsOf.IsZero())
			return
		}
		require.Equal(t, []int64{r.Agreed, r.Down, r.Maintenance, r.Unknown, r.Failures, r.Restored},
			[]int64{left.Agreed + right.Agreed, left.Down + right.Down, left.Maintenance + right.Maintenance,
				left.Unknown + right.Unknown, left.Failures + right.Failures, left.Restored + right.Restored})
	})
}

// Whatever probes say: an error, or outages and unknown time that add up.
func FuzzObserve(f *testing.F) {
	f.Add("UDDDU? UD", "UUDDUUUUU", int64(60), int64(0), 3, 1)
	f.Add("", "D", int64(1), int64(100), 1, 2)
	f.Fuzz(func(t *testing.T, a, b string, every, gap int64, failures, quorum int) {
		if len(a)+len(b) > 500 {
			return
		}
		samples := append(series("a", a), series("b", b)...)
		period := availability.Window{From: minute0, To: minute0.Add(10 * time.Minute)}
		o, err := availability.Observe(samples, availability.Sampling{Every: every, Gap: gap, Failures: failures, Quorum: quorum}, period)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		for _, x := range o.Outages {
			require.True(t, x.From.Before(x.To))
		}
		r, err := availability.Derive(always(), availability.Case{Period: period, Outages: o.Outages, Unknown: o.Unknown, Target: "99"})
		require.NoError(t, err)
		require.Equal(t, int64(600), r.Agreed+r.Unknown)
	})
}
