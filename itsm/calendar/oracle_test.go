package calendar_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/calendar"
)

// openAt is the contract's sentence taken literally: an instant is inside the
// hours when its wall-clock reading is. It shares nothing with the package but
// the zones' data.
func openAt(s calendar.Spec, zone *time.Location, at time.Time) bool {
	local := at.In(zone)
	reading := local.Hour()*60 + local.Minute()
	y, m, d := local.Date()
	today := time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
	for back := 0; back <= 1; back++ {
		for _, span := range hoursOn(s, today.AddDate(0, 0, -back)) {
			from, to := clock(span[:5]), clock(span[6:])
			if to <= from {
				to += 1440
			}
			if r := reading + back*1440; from <= r && r < to {
				return true
			}
		}
	}
	return false
}

// clock reads HH:MM as minutes.
func clock(s string) int {
	return 600*int(s[0]-'0') + 60*int(s[1]-'0') + 10*int(s[3]-'0') + int(s[4]-'0')
}

func hoursOn(s calendar.Spec, day time.Time) []string {
	y, m, d := day.Date()
	is := func(x calendar.Date) bool { return x.Year == y && x.Month == m && x.Day == d }
	for _, x := range s.Special {
		if is(x.Date) {
			return x.Hours
		}
	}
	if slices.ContainsFunc(s.Holidays.Dates, is) {
		return nil
	}
	return s.Hours[[]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}[day.Weekday()]]
}

// count walks minute by minute; offsets and spans are whole minutes.
func count(s calendar.Spec, zone *time.Location, from, to int64) (n int64) {
	for m := from - (from%60+60)%60; m < to; m += 60 {
		if openAt(s, zone, time.Unix(m, 0)) {
			n += min(m+60, to) - max(m, from)
		}
	}
	return n
}

var oracleZones = []string{"Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/Havana", "Australia/Lord_Howe",
	"Pacific/Apia", "Pacific/Kwajalein", "Asia/Beirut", "Asia/Kathmandu", "Africa/Casablanca", "Europe/London"}

// drawSpec draws a calendar of nights, lunch breaks and odd days around an
// instant near a clock change of its zone.
func drawSpec(t *rapid.T) (calendar.Spec, *time.Location, int64) {
	s := calendar.Spec{Zone: rapid.SampledFrom(oracleZones).Draw(t, "zone"), Hours: map[string][]string{}}
	zone, err := calendar.Zone(s.Zone)
	if err != nil {
		t.Fatal(err)
	}
	near := rapid.Int64Range(662_688_000, 1_893_456_000).Draw(t, "near") // 1991 to 2029
	if _, change := time.Unix(near, 0).In(zone).ZoneBounds(); !change.IsZero() && rapid.Bool().Draw(t, "at change") {
		near = change.Unix()
	}
	patterns := rapid.SampledFrom([][]string{nil, {"00:00-24:00"}, {"08:00-12:00", "13:00-17:30"}, {"22:00-06:00"}, {"00:00-03:00", "23:00-24:00"},
		{"02:00-03:00"}, {"01:30-02:15", "02:45-03:30"}, {"23:30-00:30"}, {"18:00-02:30", "08:00-09:00"}})
	for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		if p := patterns.Draw(t, d); p != nil {
			s.Hours[d] = p
		}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "odd days") {
		d := calendar.DateOf(time.Unix(near, 0).In(zone).AddDate(0, 0, rapid.IntRange(-3, 3).Draw(t, "odd")))
		if i%2 == 0 {
			s.Holidays.Dates = append(s.Holidays.Dates, d)
		} else if !slices.ContainsFunc(s.Special, func(x calendar.Special) bool { return x.Date == d }) {
			s.Special = append(s.Special, calendar.Special{Date: d, Hours: patterns.Draw(t, "special")})
		}
	}
	return s, zone, near
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

func TestAgainstCountingMinutes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, zone, near := drawSpec(t)
		c := compileDrawn(t, s)
		from := near - rapid.Int64Range(0, 2*86400).Draw(t, "before")
		to := near + rapid.Int64Range(0, 2*86400).Draw(t, "after")
		want := count(s, zone, from, to)
		f, e := time.Unix(from, 0), time.Unix(to, 0)
		if got := c.Seconds(f, e); got != want {
			t.Fatalf("%d s, counted %d", got, want)
		}

		mid := time.Unix(rapid.Int64Range(from, to).Draw(t, "mid"), 0)
		if c.Seconds(f, mid)+c.Seconds(mid, e) != want {
			t.Fatal("splitting loses seconds")
		}

		var sum, last int64
		for x := range c.Open(f, e) {
			if x.Empty() || x.From <= last || x.From < from || x.To > to {
				t.Fatalf("span %v in [%d, %d) after %d", x, from, to, last)
			}
			if !openAt(s, zone, time.Unix(x.From, 0)) || !openAt(s, zone, time.Unix(x.To-1, 0)) {
				t.Fatalf("span %v isn't open at its ends", x)
			}
			sum, last = sum+x.Seconds(), x.To
		}
		if sum != want {
			t.Fatalf("spans have %d s, counted %d", sum, want)
		}

		if n := rapid.Int64Range(1, 100_000).Draw(t, "seconds"); n <= want {
			reached, ok := c.Add(f, n, e)
			if !ok || count(s, zone, from, reached.Unix()) != n || count(s, zone, from, reached.Unix()-1) != n-1 {
				t.Fatalf("%d s are reached at %v", n, reached)
			}
		} else if _, ok := c.Add(f, n, e); ok {
			t.Fatalf("%d s can't be reached", n)
		}
	})
}

// The first instant whose reading is the date's midnight or later.
func TestDateStartAgainstReadings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, zone, near := drawSpec(t)
		d := calendar.DateOf(time.Unix(near, 0).In(zone)).Add(rapid.IntRange(-1, 1).Draw(t, "shift"))
		start := d.Start(zone)
		for m := start.Unix() - 30*3600; m < start.Unix(); m += 60 {
			if !calendar.DateOf(time.Unix(m, 0).In(zone)).Before(d) {
				t.Fatalf("%v is on or after %v and before its start %v", time.Unix(m, 0).In(zone), d, start)
			}
		}
		if calendar.DateOf(start).Before(d) {
			t.Fatalf("%v starts at %v", d, start)
		}
	})
}

func FuzzCompile(f *testing.F) {
	f.Add(`{"zone":"Europe/Berlin","hours":{"mon":["08:00-18:00","22:00-06:00"]},"holidays":{"region":"DE-BE","dates":["2026-12-24"]},"special":[{"date":"2026-12-31","hours":["08:00-12:00"]}]}`)
	f.Add(`{"zone":"UTC","hours":{"sun":["00:00-24:00"],"mon":["00:00-00:00"]}}`)
	f.Add(`{"zone":"Europe/Berlin","hours":{"sun":["01:30-03:15","22:00-02:30"],"mon":["02:30-03:00"]},"holidays":{"dates":["2026-03-29"]},"special":[{"date":"2026-03-28","hours":["23:00-23:00"]}]}`)
	f.Fuzz(func(t *testing.T, doc string) {
		var s calendar.Spec
		if json.Unmarshal([]byte(doc), &s) != nil {
			return
		}
		c, err := calendar.Compile(s)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		from, to := time.Unix(1_774_000_000, 0), time.Unix(1_776_000_000, 0)
		n := c.Seconds(from, to)
		require.GreaterOrEqual(t, n, int64(0))
		require.LessOrEqual(t, n, int64(2_000_000))
		if reached, ok := c.Add(from, n, to); n > 0 {
			require.True(t, ok)
			require.Equal(t, n, c.Seconds(from, reached))
		}
		// Cutting conserves every second, and the spans are where they are counted.
		mid := from.Add(time.Duration(len(doc)%1000) * 2000 * time.Second)
		require.Equal(t, n, c.Seconds(from, mid)+c.Seconds(mid, to))
		sum, last := int64(0), from.Unix()-1
		for x := range c.Open(from, to) {
			require.Greater(t, x.From, last)
			sum, last = sum+x.Seconds(), x.To
		}
		require.Equal(t, n, sum)
		if s.Holidays.Region == "" && s.Zone == "Europe/Berlin" { // the oracle knows no regions
			day := time.Unix(1_774_746_000, 0) // around the night in which the clock goes forward
			require.Equal(t, count(s, c.Zone(), day.Unix(), day.Unix()+2*86400), c.Seconds(day, day.Add(48*time.Hour)))
		}
		// A spec that is written and read again is the same calendar.
		b, err := json.Marshal(s)
		require.NoError(t, err)
		var again calendar.Spec
		require.NoError(t, json.Unmarshal(b, &again))
		same, err := calendar.Compile(again)
		require.NoError(t, err)
		require.Equal(t, n, same.Seconds(from, to))
	})
}
