package availability_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/availability"
	"turnus/itsm/calendar"
)

// drawCase draws a case of seconds around an instant, so that borders meet.
func drawCase(t *rapid.T) availability.Case {
	base := time.Date(2026, 3, 28, 22, 0, 0, 0, time.UTC)
	instant := func(name string) time.Time {
		return base.Add(time.Duration(rapid.IntRange(-120, 600).Draw(t, name)) * time.Second)
	}
	window := func(name string) availability.Window {
		a, b := instant(name), instant(name)
		if b.Before(a) {
			a, b = b, a
		}
		return availability.Window{From: a, To: b}
	}
	c := availability.Case{
		Period: availability.Window{From: base, To: base.Add(time.Duration(rapid.IntRange(1, 400).Draw(t, "period")) * time.Second)},
		Policy: rapid.SampledFrom([]availability.Policy{availability.Excluded, availability.Excused}).Draw(t, "policy"),
		Target: rapid.SampledFrom([]string{"0", "50", "99.5", "100"}).Draw(t, "target"),
	}
	users := []string{"a", "b", "c", "d"}
	if rapid.Bool().Draw(t, "users") {
		c.Population = int64(len(users))
	}
	for range rapid.IntRange(0, 5).Draw(t, "outages") {
		w := window("outage")
		o := availability.Outage{From: w.From, To: w.To, Weight: rapid.SampledFrom([]string{"", "", "1", "0.5", "0.25", "0"}).Draw(t, "weight")}
		switch rapid.IntRange(0, 2).Draw(t, "who") {
		case 0:
			o.Users = rapid.SliceOf(rapid.SampledFrom(users)).Draw(t, "named")
		case 1:
			o.Affected = new(rapid.Int64Range(0, 4).Draw(t, "number"))
		}
		c.Outages = append(c.Outages, o)
	}
	for range rapid.IntRange(0, 3).Draw(t, "windows") {
		w := window("maintenance")
		c.Maintenance = append(c.Maintenance, availability.Maintenance{From: w.From, To: w.To})
	}
	for range rapid.IntRange(0, 3).Draw(t, "gaps") {
		c.Unknown = append(c.Unknown, window("unknown"))
	}
	if rapid.Bool().Draw(t, "born") {
		c.Born = instant("birth")
	}
	if rapid.Bool().Draw(t, "retired") {
		if c.Retired = instant("retirement"); !c.Retired.After(c.Born) {
			c.Retired = time.Time{}
		}
	}
	return c
}

// hours opens and closes within the drawn cases.
func hours(t testing.TB) *calendar.Calendar {
	t.Helper()
	span := []string{"21:58-22:01", "22:03-22:05"}
	c, err := calendar.Compile(calendar.Spec{Zone: "UTC", Hours: map[string][]string{"sat": span}})
	require.NoError(t, err)
	return c
}

// What a period's figures add up to is what the figures of its parts do.
func TestSplittingAPeriodConservesEverySecond(t *testing.T) {
	cals := []*calendar.Calendar{always(), hours(t)}
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		cal := rapid.SampledFrom(cals).Draw(t, "calendar")
		whole := derive(t, cal, c)
		seconds := c.Period.To.Unix() - c.Period.From.Unix()
		first, second := c, c
		first.Period.To = c.Period.From.Add(time.Duration(rapid.Int64Range(0, seconds).Draw(t, "at")) * time.Second)
		second.Period.From = first.Period.To
		var parts []availability.Result
		for _, p := range []availability.Case{first, second} {
			if p.Period.From.Before(p.Period.To) {
				parts = append(parts, derive(t, cal, p))
			}
		}
		sum := func(of func(availability.Result) int64) (n int64) {
			for _, p := range parts {
				n += of(p)
			}
			return n
		}
		for name, of := range map[string]func(availability.Result) int64{
			"agreed":      func(r availability.Result) int64 { return r.Agreed },
			"down":        func(r availability.Result) int64 { return r.Down },
			"maintenance": func(r availability.Result) int64 { return r.Maintenance },
			"excused":     func(r availability.Result) int64 { return r.Excused },
			"unknown":     func(r availability.Result) int64 { return r.Unknown },
			"failures":    func(r availability.Result) int64 { return r.Failures },
			"restored":    func(r availability.Result) int64 { return r.Restored },
			"users, low":  func(r availability.Result) int64 { return lost(r).LostLow },
			"users, high": func(r availability.Result) int64 { return lost(r).LostHigh },
		} {
			require.Equal(t, of(whole), sum(of), name)
		}
		var kinds [2][]availability.Kind // of each second
		for i, list := range [][]availability.Result{{whole}, parts} {
			for _, p := range list {
				for _, s := range p.Segments {
					kinds[i] = append(kinds[i], slices.Repeat([]availability.Kind{s.Kind}, int(s.To.Unix()-s.From.Unix()))...)
				}
			}
		}
		require.Equal(t, kinds[0], kinds[1])
	})
}

func lost(r availability.Result) availability.UserTime {
	if r.Users == nil {
		return availability.UserTime{}
	}
	return *r.Users
}

// Each second says what it is, by the definitions and without any set operation.
func TestAgainstCountingSeconds(t *testing.T) {
	cals := []*calendar.Calendar{always(), hours(t)}
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		cal := rapid.SampledFrom(cals).Draw(t, "calendar")
		r := derive(t, cal, c)
		var weighted, low, high float64
		in := func(x, from, to time.Time) bool { return !x.Before(from) && x.Before(to) }
		for _, s := range r.Segments {
			for x := s.From; x.Before(s.To); x = x.Add(time.Second) {
				want, weight := availability.KindUp, 0.0
				named, everyone, sum, most := map[string]bool{}, false, int64(0), int64(0)
				for _, u := range c.Unknown {
					if in(x, u.From, u.To) {
						want = availability.KindUnknown
					}
				}
				for _, o := range c.Outages {
					w := map[string]float64{"": 1, "1": 1, "0.5": 0.5, "0.25": 0.25, "0": 0}[o.Weight]
					if !in(x, o.From, o.To) || w == 0 {
						continue
					}
					want, weight = availability.KindDown, max(weight, w)
					switch {
					case o.Users != nil:
						for _, u := range o.Users {
							named[u] = true
						}
					case o.Affected != nil:
						sum, most = sum+*o.Affected, max(most, *o.Affected)
					default:
						everyone = true
					}
				}
				for _, m := range c.Maintenance {
					if in(x, m.From, m.To) {
						want = availability.KindMaintenance
					}
				}
				if cal.Seconds(x, x.Add(time.Second)) == 0 {
					want = availability.KindClosed
				}
				if x.Before(c.Born) || !c.Retired.IsZero() && !x.Before(c.Retired) {
					want = availability.KindOutside
				}
				require.Equal(t, want, s.Kind, "%v", x)
				if want == availability.KindDown {
					weighted += weight
					if everyone {
						low, high = low+float64(c.Population), high+float64(c.Population)
						continue
					}
					low += float64(max(int64(len(named)), most))
					high += float64(min(int64(len(named))+sum, c.Population))
				}
			}
		}
		if r.Lost != "" {
			lost, err := strconv.ParseFloat(r.Lost, 64)
			require.NoError(t, err)
			require.Equal(t, weighted, lost)
		} else {
			require.Equal(t, weighted, float64(r.Down))
		}
		if c.Population > 0 {
			require.Equal(t, []float64{low, high}, []float64{float64(r.Users.LostLow), float64(r.Users.LostHigh)})
		}
	})
}

// The order in which things are listed changes nothing but their places.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		a := derive(t, always(), c)
		c.Outages, c.Maintenance, c.Unknown = slices.Clone(c.Outages), slices.Clone(c.Maintenance), slices.Clone(c.Unknown)
		slices.Reverse(c.Outages)
		slices.Reverse(c.Maintenance)
		slices.Reverse(c.Unknown)
		b := derive(t, always(), c)
		for _, r := range []*availability.Result{&a, &b} {
			for i := range r.Outages {
				slices.Sort(r.Outages[i].Of)
				for j := range r.Outages[i].Of {
					if r == &b {
						r.Outages[i].Of[j] = len(c.Outages) - 1 - r.Outages[i].Of[j]
					}
				}
				slices.Sort(r.Outages[i].Of)
			}
		}
		require.Equal(t, a, b)
	})
}
