package availability_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availability"
)

// V01 of the domain guide: an outage over the hour that daylight saving skips.
func TestV01(t *testing.T) {
	c := availability.Case{Period: month(t, "2026-03"), Outages: []availability.Outage{out(t, "2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00")}}
	r := derive(t, always(), c)
	require.Equal(t, []int64{44580 * 60, 60 * 60}, []int64{r.Agreed, r.Down})
	require.Equal(t, "99.865410", pct(r.Availability))
	require.Equal(t, availability.Met, r.Verdict)

	require.NotEqual(t, int64(44640*60), r.Agreed, "31 days of 24 hours")
	require.NotEqual(t, int64(120*60), r.Down, "the difference of the wall clock's readings")
	require.NotEqual(t, "99.731183", pct(r.Availability))
}

// V01, more: a month isn't 730 hours, and the other clock change adds one.
func TestV01Months(t *testing.T) {
	for month247, hours := range map[string]int64{"2026-03": 743, "2026-10": 745, "2028-02": 696, "2026-02": 672} {
		r := derive(t, always(), availability.Case{Period: month(t, month247)})
		require.Equal(t, hours*3600, r.Agreed, month247)
		require.NotEqual(t, int64(730*3600), r.Agreed)
		require.Equal(t, "100.000000", pct(r.Availability))
	}
	r := derive(t, always(), availability.Case{Period: month(t, "2026-10"),
		Outages: []availability.Outage{out(t, "2026-10-25T00:30:00+02:00", "2026-10-25T03:31:00+01:00")}})
	require.Equal(t, int64(241*60), r.Down)
	require.NotEqual(t, int64(181*60), r.Down, "the difference of the wall clock's readings")
}

func v04(t *testing.T) availability.Case {
	return availability.Case{
		Period:      month(t, "2026-06"),
		Maintenance: []availability.Maintenance{maintenance(t, "2026-06-14 02:00", "2026-06-14 04:00")},
		Outages: []availability.Outage{
			out(t, "2026-05-31 23:00", "2026-06-01 01:00"), out(t, "2026-06-10 10:00", "2026-06-10 11:30"), out(t, "2026-06-10 11:00", "2026-06-10 12:00"),
			out(t, "2026-06-14 03:30", "2026-06-14 04:45"), out(t, "2026-06-30 23:30", "2026-07-01 02:00"),
		},
	}
}

// V04: outages overlap, cross the period's borders and outlast maintenance.
func TestV04(t *testing.T) {
	r := derive(t, always(), v04(t))
	require.Equal(t, []int64{43080 * 60, 255 * 60, 3}, []int64{r.Agreed, r.Down, r.Failures})
	require.Equal(t, "99.408078", pct(r.Availability))
	require.Equal(t, availability.Missed, r.Verdict)
	require.Equal(t, int64(105*60), secs(r.MTRS), "the full lengths of those restored in June: 120, 120 and 75 minutes")
	require.Equal(t, int64(856500), secs(r.MTBF), "237.916667 h")
	require.Equal(t, int64(856500+105*60), secs(r.MTBSI))
	require.Equal(t, []int64{120 * 60, 30 * 60, 3}, []int64{r.Maintenance, r.Excused, r.Restored})

	require.NotEqual(t, int64(495*60), r.Down, "the sum of the durations")
	require.NotEqual(t, "98.854167", pct(r.Availability))
	require.NotEqual(t, int64(225*60), r.Down, "the overrun excused with the window")
}

func TestV04OnlyExcused(t *testing.T) {
	c := v04(t)
	c.Policy = availability.Excused
	r := derive(t, always(), c)
	require.Equal(t, []int64{43200 * 60, 255 * 60}, []int64{r.Agreed, r.Down})
	require.Equal(t, "99.409722", pct(r.Availability))
}

func TestV04Merged(t *testing.T) {
	c := v04(t)
	c.Outages[1].Cause, c.Outages[2].Cause = "disk", "operator"
	r := derive(t, always(), c)
	require.Len(t, r.Outages, 4)
	require.Equal(t, availability.Merged{From: at(t, "2026-06-10 10:00").UTC(), To: at(t, "2026-06-10 12:00").UTC(),
		Causes: []string{"disk", "operator"}, Of: []int{1, 2}, Down: 7200}, r.Outages[1])
	require.Equal(t, []availability.Class{{From: 0, Below: 300}, {From: 300, Below: 1800}, {From: 1800, Below: 3600},
		{From: 3600, Below: 14400, Failures: 3}, {From: 14400}}, r.Classes)
	require.Equal(t, int64(3600), r.Outages[0].Down, "clipped to the period")
	require.Equal(t, int64(45*60), r.Outages[2].Down, "only the overrun")
}

// V20: compared exactly, shown rounded.
func TestV20(t *testing.T) {
	june := month(t, "2026-06")
	for down, want := range map[int64]availability.Verdict{2592: availability.Met, 2593: availability.Missed, 2700: availability.Missed} {
		r := derive(t, always(), availability.Case{Period: june, Target: "99.9",
			Outages: []availability.Outage{{From: june.From, To: june.From.Add(time.Duration(down) * time.Second)}}})
		require.Equal(t, []int64{43200 * 60, down}, []int64{r.Agreed, r.Down})
		require.Equal(t, want, r.Verdict, "%d s", down)
		require.Equal(t, "99.90", availability.Percent(r.Agreed-r.Down, r.Agreed, 2), "%d s", down)
	}
}

func TestPercentRoundsHalfUp(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		decimals    int
		want        string
	}{
		{1, 3, 6, "33.333333"}, {2, 3, 6, "66.666667"}, {1, 8, 2, "12.50"}, {1, 8, 0, "13"}, {1, 800, 2, "0.13"}, {0, 7, 6, "0.000000"},
		{7, 7, 6, "100.000000"}, {199999, 200000, 3, "100.000"}, {1 << 62, 1 << 62, 2, "100.00"}, {1, 1 << 62, 0, "0"}, {1, 2000, 1, "0.1"},
	} {
		require.Equal(t, c.want, availability.Percent(c.part, c.whole, c.decimals))
	}
}

const monday = "2026-06-08 "

func TestRules(t *testing.T) {
	day := availability.Window{From: at(t, monday+"00:00"), To: at(t, "2026-06-09 00:00")}
	outages := func(list ...availability.Outage) availability.Case {
		return availability.Case{Period: day, Outages: list}
	}
	with := func(c availability.Case, change func(*availability.Case)) availability.Case {
		change(&c)
		return c
	}
	eight := out(t, monday+"08:00", monday+"09:00")
	for _, c := range []struct {
		name                               string
		office                             bool
		in                                 availability.Case
		agreed, down                       int64 // minutes
		pct                                string
		verdict                            availability.Verdict
		failures, restored, mtrs, mtbf, sI int64 // minutes, -1 for none
	}{
		{"no outage is perfect, and no failure means no MTBF", true, outages(), 600, 0, "100.000000", availability.Met, 0, 0, -1, -1, -1},
		{"touching outages are one", true, outages(eight, out(t, monday+"09:00", monday+"10:00")), 600, 120, "80.000000", availability.Missed, 1, 1, 120, 480, 600},
		{"two outages", true, outages(eight, out(t, monday+"09:01", monday+"10:00")), 600, 119, "80.166667", availability.Missed, 2, 2, 60, 241, 300},
		{"outside the hours: no downtime, still a failure", true, outages(out(t, monday+"05:00", monday+"07:00")), 600, 0, "100.000000", availability.Met, 1, 1, 120, 600, 720},
		{"only the part in hours counts", true, outages(out(t, monday+"07:00", monday+"08:30")), 600, 30, "95.000000", availability.Missed, 1, 1, 90, 570, 660},
		{"begun before the period", false, outages(out(t, "2026-06-07 12:00", monday+"01:00")), 1440, 60, "95.833333", availability.Missed, 0, 1, 780, -1, -1},
		{"begun and ended outside it", false, outages(out(t, "2026-06-01 12:00", "2026-06-20 01:00")), 1440, 1440, "0.000000", availability.Missed, 0, 0, -1, -1, -1},
		{"restored at the period's end belongs to the next", false, outages(out(t, monday+"23:00", "2026-06-09 00:00")), 1440, 60, "95.833333", availability.Missed, 1, 0, -1, 1380, -1},
		{"restored at its start belongs to it", false, outages(out(t, "2026-06-07 23:00", monday+"00:00")), 1440, 0, "100.000000", availability.Met, 0, 1, 60, -1, -1},
		{"no time agreed", true, availability.Case{Period: availability.Window{From: at(t, "2026-06-13 00:00"), To: at(t, "2026-06-14 00:00")}}, 0, 0, "n/a", availability.NotApplicable, 0, 0, -1, -1, -1},
		{"nothing but maintenance", false, with(outages(eight), func(c *availability.Case) {
			c.Maintenance = []availability.Maintenance{{From: day.From, To: day.To}}
		}), 0, 0, "n/a", availability.NotApplicable, 1, 1, 60, 0, 60},
		{"nothing but excused maintenance", false, with(outages(eight), func(c *availability.Case) {
			c.Maintenance, c.Policy = []availability.Maintenance{{From: day.From, To: day.To}}, availability.Excused
		}), 1440, 0, "100.000000", availability.Met, 1, 1, 60, 1440, 1500},
		{"overlapping maintenance counts once", false, with(outages(eight), func(c *availability.Case) {
			c.Maintenance = []availability.Maintenance{maintenance(t, monday+"07:30", monday+"08:30"), maintenance(t, monday+"08:00", monday+"08:45")}
		}), 1365, 15, "98.901099", availability.Missed, 1, 1, 60, 1350, 1410},
		{"maintenance outside the hours", true, with(outages(eight), func(c *availability.Case) {
			c.Maintenance = []availability.Maintenance{maintenance(t, monday+"18:00", monday+"22:00")}
		}), 600, 60, "90.000000", availability.Missed, 1, 1, 60, 540, 600},
		{"born at noon", false, with(outages(eight), func(c *availability.Case) { c.Born = at(t, monday+"12:00") }), 720, 0, "100.000000", availability.Met, 0, 0, -1, -1, -1},
		{"retired at noon, while down", false, with(outages(out(t, monday+"11:00", monday+"13:00")), func(c *availability.Case) {
			c.Retired = at(t, monday+"12:00")
		}), 720, 60, "91.666667", availability.Missed, 1, 0, -1, 660, -1},
		{"unknown before the period", false, with(outages(), func(c *availability.Case) {
			c.Unknown = []availability.Window{{From: at(t, "2026-06-01 00:00"), To: at(t, monday+"12:00")}}
		}), 720, 0, "100.000000", availability.Met, 0, 0, -1, -1, -1},
		{"a known outage counts without samples", false, with(outages(eight), func(c *availability.Case) {
			c.Unknown = []availability.Window{{From: at(t, monday+"08:30"), To: at(t, monday+"09:30")}}
		}), 1410, 60, "95.744681", availability.Missed, 1, 1, 60, 1350, 1410},
		{"nothing known", false, with(outages(), func(c *availability.Case) { c.Unknown = []availability.Window{day} }), 0, 0, "n/a", availability.NoData, 0, 0, -1, -1, -1},
		{"nothing known outside excused maintenance", false, with(outages(), func(c *availability.Case) {
			c.Unknown, c.Policy = []availability.Window{day}, availability.Excused
			c.Maintenance = []availability.Maintenance{maintenance(t, monday+"08:00", monday+"09:00")}
		}), 60, 0, "n/a", availability.NoData, 0, 0, -1, -1, -1},
		{"between two outages nobody looked: one failure, and the gap isn't downtime", false, with(outages(eight, out(t, monday+"10:00", monday+"11:00")), func(c *availability.Case) {
			c.Unknown = []availability.Window{{From: at(t, monday+"09:00"), To: at(t, monday+"10:00")}}
		}), 1380, 120, "91.304348", availability.Missed, 1, 1, 180, 1260, 1440},
		{"somebody looked for a minute: two failures", false, with(outages(eight, out(t, monday+"10:00", monday+"11:00")), func(c *availability.Case) {
			c.Unknown = []availability.Window{{From: at(t, monday+"09:01"), To: at(t, monday+"10:00")}}
		}), 1381, 120, "91.310644", availability.Missed, 2, 2, 60, 631, 691},
		{"no whole second", false, outages(availability.Outage{From: day.From.Add(100), To: day.From.Add(900)}), 1440, 0, "100.000000", availability.Met, 0, 0, -1, -1, -1},
		{"weight 0 is no outage", false, outages(availability.Outage{From: eight.From, To: eight.To, Weight: "0"}), 1440, 0, "100.000000", availability.Met, 0, 0, -1, -1, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			cal := always()
			if c.office {
				cal = office(t)
			}
			r := derive(t, cal, c.in)
			minutes := func(n *int64) int64 { // rounded, so that the table reads well
				if n == nil {
					return -1
				}
				return (*n + 30) / 60
			}
			require.Equal(t, []int64{c.agreed * 60, c.down * 60}, []int64{r.Agreed, r.Down})
			require.Equal(t, c.pct, pct(r.Availability))
			require.Equal(t, c.verdict, r.Verdict)
			require.Equal(t, []int64{c.failures, c.restored, c.mtrs, c.mtbf, c.sI},
				[]int64{r.Failures, r.Restored, minutes(r.MTRS), minutes(r.MTBF), minutes(r.MTBSI)})
			require.False(t, r.Provisional)
		})
	}
}

func TestClassesAreHalfOpen(t *testing.T) {
	p := availability.Window{From: at(t, monday+"00:00"), To: at(t, "2026-06-09 00:00")}
	c := availability.Case{Period: p, Bounds: []int64{60, 120}}
	for i, seconds := range []int{59, 60, 119, 120, 7200} {
		from := p.From.Add(time.Duration(3*i) * time.Hour)
		c.Outages = append(c.Outages, availability.Outage{From: from, To: from.Add(time.Duration(seconds) * time.Second)})
	}
	require.Equal(t, []availability.Class{{Below: 60, Failures: 1}, {From: 60, Below: 120, Failures: 2}, {From: 120, Failures: 2}},
		derive(t, always(), c).Classes)
}

func TestListedIsWhatConcernsThePeriod(t *testing.T) {
	p := availability.Window{From: at(t, monday+"00:00"), To: at(t, "2026-06-09 00:00")}
	r := derive(t, office(t), availability.Case{Period: p, Outages: []availability.Outage{
		out(t, "2026-06-07 20:00", "2026-06-07 23:59"), out(t, "2026-06-07 23:59", monday+"00:00"), out(t, monday+"02:00", monday+"03:00"),
		out(t, "2026-06-09 00:00", "2026-06-09 01:00"), out(t, "2026-06-01 00:00", "2026-06-02 00:00")}})
	require.Len(t, r.Outages, 2, "the one restored at its start, and the one outside service hours")
	require.Equal(t, []int{0, 1}, r.Outages[0].Of)
	require.Equal(t, []int{2}, r.Outages[1].Of)
	require.Equal(t, []int64{1, 2}, []int64{r.Failures, r.Restored})
}

func TestMeansRoundHalfUpAndAddBeforeRounding(t *testing.T) {
	p := availability.Window{From: at(t, monday+"00:00"), To: at(t, monday+"01:00")}
	second := func(n int) time.Time { return p.From.Add(time.Duration(n) * time.Second) }
	r := derive(t, always(), availability.Case{Period: p, Outages: []availability.Outage{{From: second(10), To: second(11)}, {From: second(20), To: second(22)}}})
	require.Equal(t, []int64{2, 1799, 1800}, []int64{secs(r.MTRS), secs(r.MTBF), secs(r.MTBSI)}, "1.5, 1798.5 and together 1800")
}

// The target holds exactly, however many decimals it has.
func TestTargetIsExact(t *testing.T) {
	p := availability.Window{From: at(t, monday+"00:00"), To: at(t, monday+"00:05")}
	c := availability.Case{Period: p, Outages: []availability.Outage{{From: p.From, To: p.From.Add(100 * time.Second)}}}
	for target, want := range map[string]availability.Verdict{
		"66.666666": availability.Met, "66.666666666666666666": availability.Met, "66.666666666666666667": availability.Missed,
		"66.666667": availability.Missed, "0": availability.Met, "100": availability.Missed,
	} {
		c.Target = target
		r := derive(t, always(), c)
		require.Equal(t, want, r.Verdict, target)
		require.Equal(t, "66.666667", pct(r.Availability))
	}
}

func TestOpenOutageIsClippedAndProvisional(t *testing.T) {
	c := availability.Case{Period: month(t, "2026-06"), AsOf: at(t, "2026-06-10 12:00"),
		Outages: []availability.Outage{{From: at(t, "2026-06-10 10:00"), Cause: "fire"}}}
	r := derive(t, always(), c)
	require.True(t, r.Provisional)
	require.Equal(t, []int64{(9*24 + 12) * 3600, 7200, 1, 0}, []int64{r.Agreed, r.Down, r.Failures, r.Restored})
	require.Nil(t, r.MTRS, "not restored")
	require.True(t, r.Outages[0].Open)
	require.Equal(t, availability.KindAhead, r.Segments[len(r.Segments)-1].Kind)

	c.AsOf = at(t, "2026-07-03 12:00") // the period is over, the outage isn't
	r = derive(t, always(), c)
	require.False(t, r.Provisional)
	require.True(t, r.Outages[0].Open)
	require.Equal(t, int64((20*24+14)*3600), r.Down)
	require.Equal(t, int64(1), r.Classes[4].Failures, "of its length so far")
}

// Late announcements don't excuse; a window announced in time beside them does.
func TestMaintenanceAnnouncedLate(t *testing.T) {
	m := maintenance(t, "2026-06-14 02:00", "2026-06-14 04:00")
	c := availability.Case{Period: month(t, "2026-06"), Notice: 3 * 86400,
		Outages: []availability.Outage{out(t, "2026-06-14 02:00", "2026-06-14 04:00")}}
	m.Announced = at(t, "2026-06-11 02:01")
	c.Maintenance = []availability.Maintenance{m}
	r := derive(t, always(), c)
	require.Equal(t, []int64{720 * 3600, 7200, 0}, []int64{r.Agreed, r.Down, r.Maintenance})
	require.Equal(t, []int{0}, r.Late)

	m.Announced = at(t, "2026-06-11 02:00") // three days before, to the second
	c.Maintenance = append(c.Maintenance, m)
	r = derive(t, always(), c)
	require.Equal(t, []int64{718 * 3600, 0, 7200}, []int64{r.Agreed, r.Down, r.Maintenance})
	require.Equal(t, []int{0}, r.Late)

	m.Announced = at(t, "2026-06-14 02:01")
	c.Maintenance, c.Notice = []availability.Maintenance{m}, 0
	require.Equal(t, int64(7200), derive(t, always(), c).Down, "announced after it began")
}

func TestWeights(t *testing.T) {
	day := availability.Window{From: at(t, monday+"00:00"), To: at(t, "2026-06-09 00:00")}
	half, tenth, whole := out(t, monday+"08:00", monday+"10:00"), out(t, monday+"09:00", monday+"12:00"), out(t, monday+"11:00", monday+"11:30")
	half.Weight, tenth.Weight = "0.5", "0.1"
	r := derive(t, always(), availability.Case{Period: day, Outages: []availability.Outage{tenth, whole, half}})
	require.Equal(t, int64(4*3600), r.Down)
	require.Equal(t, "5940", r.Lost, "2 h at 0.5, 1 h at 0.1, 30 min whole, 30 min at 0.1: the greatest counts")
	require.NotEqual(t, "6480", r.Lost, "the sum")
	require.Equal(t, "93.125000", pct(r.Availability))
	require.Equal(t, int64(1), r.Failures)
	var weights []string
	for _, s := range r.Segments {
		if s.Kind == availability.KindDown {
			weights = append(weights, s.Weight)
		}
	}
	require.Equal(t, []string{"0.5", "0.1", "", "0.1"}, weights)
}

func TestCoverage(t *testing.T) {
	c := availability.Case{Period: month(t, "2026-06"), Unknown: []availability.Window{{From: at(t, "2026-06-05 00:00"), To: at(t, "2026-06-06 12:00")}}}
	r := derive(t, always(), c)
	require.Equal(t, "95.000000", pct(r.Coverage))
	require.True(t, r.Reliable, "exactly the floor")
	c.Unknown[0].To = c.Unknown[0].To.Add(time.Second)
	r = derive(t, always(), c)
	require.Equal(t, "94.999961", pct(r.Coverage))
	require.False(t, r.Reliable)
	require.Equal(t, availability.Met, r.Verdict, "of what is known")
	c.Floor = "90"
	require.True(t, derive(t, always(), c).Reliable)

	// Closed hours and maintenance need no data.
	c.Unknown, c.Floor = []availability.Window{{From: at(t, "2026-06-06 00:00"), To: at(t, "2026-06-08 09:00")}}, ""
	c.Maintenance = []availability.Maintenance{maintenance(t, monday+"08:00", monday+"09:00")}
	r = derive(t, office(t), c)
	require.Equal(t, "100.000000", pct(r.Coverage))
	require.Zero(t, r.Unknown)
}

func TestSegmentsSayWhy(t *testing.T) {
	c := availability.Case{
		Period: availability.Window{From: at(t, monday+"00:00"), To: at(t, "2026-06-09 00:00")},
		Born:   at(t, monday+"09:00"), AsOf: at(t, monday+"20:00"),
		Maintenance: []availability.Maintenance{maintenance(t, monday+"10:00", monday+"11:00")},
		Outages:     []availability.Outage{out(t, monday+"08:30", monday+"09:15"), out(t, monday+"10:30", monday+"11:15")},
		Unknown:     []availability.Window{{From: at(t, monday+"11:00"), To: at(t, monday+"12:00")}},
	}
	r := derive(t, office(t), c)
	want := []struct {
		to   string
		kind availability.Kind
	}{
		{"09:00", availability.KindOutside}, {"09:15", availability.KindDown}, {"10:00", availability.KindUp}, {"11:00", availability.KindMaintenance},
		{"11:15", availability.KindDown}, {"12:00", availability.KindUnknown}, {"18:00", availability.KindUp}, {"20:00", availability.KindClosed},
	}
	require.Len(t, r.Segments, len(want)+1)
	for i, w := range want {
		require.Equal(t, w.kind, r.Segments[i].Kind, w.to)
		require.Equal(t, at(t, monday+w.to).UTC(), r.Segments[i].To)
	}
	require.Equal(t, availability.KindAhead, r.Segments[len(want)].Kind)
	require.Equal(t, int64(1), r.Failures, "the other began before the service did")
}

// A case and its result go through JSON unchanged: receipts need that.
func TestJSONRoundTrip(t *testing.T) {
	c := v04(t)
	c.Target, c.Population, c.AsOf = "99.8", 100, at(t, "2026-07-03 00:00")
	c.Outages[0].Users, c.Outages[1].Affected = []string{}, new(int64(0))
	r := derive(t, always(), c)
	b, err := json.Marshal(c)
	require.NoError(t, err)
	var again availability.Case
	require.NoError(t, json.Unmarshal(b, &again))
	first, err := json.Marshal(r)
	require.NoError(t, err)
	second, err := json.Marshal(derive(t, always(), again))
	require.NoError(t, err)
	require.Equal(t, string(first), string(second))
}
