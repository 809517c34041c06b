package availability_test

import (
	"flag"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availability"
	"turnus/itsm/calendar"
)

// The comparisons with counting are cheap: a few thousand cases each.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "2000"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

const zone = "Europe/Berlin"

func berlin(t testing.TB) *time.Location {
	t.Helper()
	z, err := calendar.Zone(zone)
	require.NoError(t, err)
	return z
}

// at reads an instant: RFC 3339, or as in 2026-06-10 10:00 on Berlin's clock.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	x, err := time.Parse(time.RFC3339, s)
	if err != nil {
		x, err = time.ParseInLocation("2006-01-02 15:04", s, berlin(t))
	}
	require.NoError(t, err)
	return x
}

// month is a period in Berlin, as in 2026-06.
func month(t testing.TB, s string) availability.Window {
	t.Helper()
	p, err := calendar.ParsePeriod(s)
	require.NoError(t, err)
	from, to := p.Bounds(berlin(t))
	return availability.Window{From: from, To: to}
}

// out is an outage from one instant to another.
func out(t testing.TB, from, to string) availability.Outage {
	t.Helper()
	return availability.Outage{From: at(t, from), To: at(t, to)}
}

func maintenance(t testing.TB, from, to string) availability.Maintenance {
	t.Helper()
	return availability.Maintenance{From: at(t, from), To: at(t, to)}
}

// always is 24x7.
func always() *calendar.Calendar { return calendar.AlwaysOpenIn(time.UTC) }

// office is Monday to Friday 08:00 to 18:00 in Berlin.
func office(t testing.TB) *calendar.Calendar {
	t.Helper()
	span := []string{"08:00-18:00"}
	c, err := calendar.Compile(calendar.Spec{Zone: zone, Hours: map[string][]string{"mon": span, "tue": span, "wed": span, "thu": span, "fri": span}})
	require.NoError(t, err)
	return c
}

// tester is what testing.T and rapid.T have in common.
type tester interface {
	require.TestingT
	Helper()
}

// derive computes a case that can be computed, and checks what holds for all.
func derive(t tester, cal *calendar.Calendar, c availability.Case) availability.Result {
	t.Helper()
	if c.Target == "" {
		c.Target = "99.8"
	}
	r, err := availability.Derive(cal, c)
	require.NoError(t, err)
	sound(t, c, r)
	return r
}

// sound holds for every result: the segments cover the period, and the figures
// are what the segments say.
func sound(t tester, c availability.Case, r availability.Result) {
	t.Helper()
	sum := map[availability.Kind]int64{}
	next := c.Period.From.Unix()
	for i, s := range r.Segments {
		require.Equal(t, next, s.From.Unix(), "segment %d", i)
		require.Less(t, s.From.Unix(), s.To.Unix(), "segment %d", i)
		if i > 0 {
			last := r.Segments[i-1]
			require.False(t, last.Kind == s.Kind && last.Weight == s.Weight, "segments %d and %d are alike", i-1, i)
		}
		next = s.To.Unix()
		sum[s.Kind] += s.To.Unix() - s.From.Unix()
	}
	require.Equal(t, c.Period.To.Unix(), next)
	agreed := sum[availability.KindUp] + sum[availability.KindDown]
	if c.Policy == availability.Excused {
		agreed += sum[availability.KindMaintenance]
	}
	require.Equal(t, []int64{agreed, sum[availability.KindDown], sum[availability.KindMaintenance], sum[availability.KindUnknown]},
		[]int64{r.Agreed, r.Down, r.Maintenance, r.Unknown})
	require.LessOrEqual(t, r.Excused, r.Maintenance)
	var down, classes int64
	for _, o := range r.Outages {
		down += o.Down
	}
	for _, k := range r.Classes {
		classes += k.Failures
	}
	require.Equal(t, r.Down, down)
	require.Equal(t, r.Failures, classes)
	require.Equal(t, r.Verdict == availability.Met || r.Verdict == availability.Missed, r.Availability != nil)
}

// pct is a figure that may be missing.
func pct(s *string) string {
	if s == nil {
		return "n/a"
	}
	return *s
}

// secs is a duration that may be missing; -1 then.
func secs(n *int64) int64 {
	if n == nil {
		return -1
	}
	return *n
}
