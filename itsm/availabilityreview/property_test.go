package availabilityreview_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/availability"
	"turnus/itsm/availabilityreview"
	"turnus/itsm/calendar"
	"turnus/itsm/slo"
	"turnus/itsm/uptime"
	"turnus/itsm/versions"
)

const office = `{"zone":"Europe/Berlin","hours":{"mon":["08:00-18:00"],"tue":["08:00-18:00"],"wed":["08:00-18:00"],"thu":["08:00-18:00"],"fri":["08:00-18:00","22:00-06:00"]}}`

// withOffice adds hours that targets may name.
func withOffice(t require.TestingT, f availabilityreview.Frozen) availabilityreview.Frozen {
	c := versions.Calendar{Name: "office", Version: 1}
	require.NoError(t, json.Unmarshal([]byte(office), &c.Spec))
	f.Calendars = []versions.Calendar{c}
	return f
}

// drawn are data and rules of a year, with outages and windows that lie close
// enough to the ends of months that many cross them.
func drawn(t *rapid.T) (f availabilityreview.Frozen, d data) {
	year := frozen(t, "2026", `{}`)
	borders := []time.Time{}
	for m := 1; m <= 13; m++ {
		borders = append(borders, calendar.Date{Year: 2026, Month: time.Month(m), Day: 1}.Start(berlin()))
	}
	instant := func(name string) time.Time {
		return rapid.SampledFrom(borders).Draw(t, name).Add(time.Duration(rapid.IntRange(-3000, 3000).Draw(t, name+" minutes")) * time.Minute).UTC()
	}
	components := []string{"", "web", "mail"}
	component := func() string { return rapid.SampledFrom(components).Draw(t, "component") }
	for i := range rapid.IntRange(0, 12).Draw(t, "outages") {
		o := uptime.Outage{Reference: fmt.Sprint(i), Component: component(), From: instant("outage"), Gone: rapid.SampledFrom([]string{"", "0.5", "0.25"}).Draw(t, "gone")}
		o.To = o.From.Add(time.Duration(rapid.IntRange(1, 5000).Draw(t, "minutes")) * time.Minute)
		switch rapid.IntRange(0, 3).Draw(t, "users") {
		case 0:
			o.Users = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 1, 4, rapid.ID).Draw(t, "names")
		case 1:
			o.Affected = new(rapid.Int64Range(0, 9).Draw(t, "affected"))
		}
		d.outages = append(d.outages, o)
	}
	for i := range rapid.IntRange(0, 6).Draw(t, "windows") {
		w := uptime.Planned{Window: uptime.Window{UID: fmt.Sprint(i), Component: component(), From: instant("window"), Cancelled: rapid.IntRange(0, 5).Draw(t, "cancelled") == 0}}
		w.To = w.From.Add(time.Duration(rapid.IntRange(1, 2000).Draw(t, "length")) * time.Minute)
		w.Since = w.From.Add(-time.Duration(rapid.IntRange(-60, 3000).Draw(t, "notice")) * time.Minute)
		if rapid.Bool().Draw(t, "moved") {
			w.Before = []uptime.Form{{From: w.From.Add(-time.Hour), To: w.To.Add(-30 * time.Minute), Since: w.Since.Add(-48 * time.Hour)}}
		}
		d.windows = append(d.windows, w)
	}
	for _, probe := range []string{"a", "b"}[:rapid.IntRange(0, 2).Draw(t, "probes")] {
		for _, c := range []string{"", "web"} {
			from := instant("first sample")
			n := rapid.IntRange(1, 9).Draw(t, "stretches")
			for range n {
				to := from.Add(time.Duration(rapid.IntRange(1, 6000).Draw(t, "stretch")) * time.Minute)
				is := rapid.SampledFrom([]availability.Answer{"up", "up", "down", "unknown", ""}).Draw(t, "is")
				for _, x := range samples(c, probe, from, to, 600, func(time.Time) availability.Answer { return is }) {
					if k := len(d.days); k > 0 && dayKey(d.days[k-1]) == dayKey(x) {
						d.days[k-1].Runs = append(d.days[k-1].Runs, x.Runs...)
					} else {
						d.days = append(d.days, x)
					}
				}
				from = from.Add(time.Duration(-(-int64(to.Sub(from)) / int64(10*time.Minute))) * 10 * time.Minute)
				for !from.After(to) {
					from = from.Add(10 * time.Minute)
				}
			}
		}
	}
	target := func(name string) string {
		return fmt.Sprintf(`{"name":%q,"calendar":%q,"attain":%s,"availability":{"component":%q,"counts":%q,"maintenance":%q,"notice":%q,"population":%d,"degraded":%v,"probes":{"every":"PT10M","failures":%d,"quorum":%d}}}`,
			name, rapid.SampledFrom([]string{"24x7", "office"}).Draw(t, "hours"), rapid.SampledFrom([]string{"99.8", "90", "100"}).Draw(t, "attain"), component(),
			rapid.SampledFrom([]string{"outages", "probes", "either"}).Draw(t, "counts"), rapid.SampledFrom([]string{"excluded", "excused"}).Draw(t, "policy"),
			rapid.SampledFrom([]string{"PT0S", "PT24H"}).Draw(t, "notice"), rapid.SampledFrom([]int{0, 5}).Draw(t, "population"), rapid.Bool().Draw(t, "degraded"),
			rapid.IntRange(1, 3).Draw(t, "failures"), rapid.IntRange(1, 2).Draw(t, "quorum"))
	}
	first := version(t, 1, target("a"), target("b"))
	f = withOffice(t, year)
	f.Agreements = []versions.Agreement{first}
	if rapid.Bool().Draw(t, "second version") {
		second := version(t, 2, target("a"))
		second.ValidFrom = instant("second version")
		f.Agreements[0].ValidTo = &second.ValidFrom
		f.Agreements = append(f.Agreements, second)
	}
	if rapid.Bool().Draw(t, "objective") {
		f.Objectives = append(f.Objectives, objective(t, slo.Occurrences, "web", "99"), objective(t, slo.Timeslices, "", "99"))
	}
	if rapid.Bool().Draw(t, "the record begins late") {
		for i := range f.Data {
			f.Data[i].Since = instant("since")
		}
	}
	return f, d
}

// part is the same set about another period.
func part(t require.TestingT, f availabilityreview.Frozen, period string) availabilityreview.Frozen {
	p, err := calendar.ParsePeriod(period)
	require.NoError(t, err)
	from, to := p.Bounds(berlin())
	f.Period, f.From, f.To = period, from.UTC(), to.UTC()
	return f
}

// The sum of twelve months is the year, and that of three months the quarter, in
// every figure that adds up; what is divided comes of the sums.
func TestMonthsAddUpToQuartersAndYears(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, d := drawn(t)
		months := map[string]availabilityreview.Result{}
		for m := 1; m <= 12; m++ {
			name := fmt.Sprintf("2026-%02d", m)
			months[name] = derive(t, part(t, f, name), d)
		}
		for _, period := range []string{"2026", "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"} {
			whole := derive(t, part(t, f, period), d)
			for _, a := range whole.Agreements {
				for _, x := range a.Targets {
					var sum availabilityreview.Figures
					var segments []availability.Segment
					for _, m := range x.Months {
						own, ok := find(months[m.Period], a.Name, x.Target.Name)
						if !ok {
							require.Equal(t, availability.NotApplicable, m.Verdict, "no version has the target then")
							continue
						}
						require.Equal(t, own.Sum, m.Figures, m.Period)
						require.Equal(t, own.Verdict, m.Verdict, m.Period)
						add(&sum, own.Sum)
						segments = append(segments, own.Timeline...)
					}
					require.Equal(t, additive(sum), additive(x.Sum), period)
					if x.Sum.Agreed > 0 && x.Sum.Lost != "" && x.Sum.Availability != nil {
						sound(t, x.Sum)
					}
					require.Equal(t, seconds(segments), secondsWithout(x.Timeline, availability.KindOutside))
				}
			}
		}
	})
}

func find(r availabilityreview.Result, agreement, target string) (availabilityreview.TargetResult, bool) {
	for _, a := range r.Agreements {
		for _, t := range a.Targets {
			if a.Name == agreement && t.Target.Name == target {
				return t, true
			}
		}
	}
	return availabilityreview.TargetResult{}, false
}

func add(sum *availabilityreview.Figures, f availabilityreview.Figures) {
	sum.Agreed += f.Agreed
	sum.Measured += f.Measured
	sum.Down += f.Down
	sum.Maintenance += f.Maintenance
	sum.Excused += f.Excused
	sum.Unknown += f.Unknown
	sum.Failures += f.Failures
	sum.Restored += f.Restored
	sum.Restoring += f.Restoring
	sum.UserAgreed += f.UserAgreed
	sum.LostLow, sum.LostHigh = new(max(secs(sum.LostLow), 0)+max(secs(f.LostLow), 0)), new(max(secs(sum.LostHigh), 0)+max(secs(f.LostHigh), 0))
	if sum.Classes == nil {
		sum.Classes = slices.Clone(f.Classes)
		return
	}
	for i, c := range f.Classes {
		sum.Classes[i].Failures += c.Failures
	}
}

func additive(f availabilityreview.Figures) []int64 {
	list := []int64{f.Agreed, f.Measured, f.Down, f.Maintenance, f.Excused, f.Unknown, f.Failures, f.Restored, f.Restoring, f.UserAgreed, max(secs(f.LostLow), 0), max(secs(f.LostHigh), 0)}
	for _, c := range f.Classes {
		if c.Failures > 0 {
			list = append(list, c.From, c.Failures)
		}
	}
	return list
}

// sound holds for all figures: what is lost isn't more than what was down, and
// that no more than what was agreed.
func sound(t require.TestingT, f availabilityreview.Figures) {
	require.LessOrEqual(t, f.Down, f.Agreed)
	require.LessOrEqual(t, f.Measured, f.Agreed)
	require.LessOrEqual(t, f.Excused, f.Maintenance)
}

func seconds(list []availability.Segment) map[availability.Kind]int64 {
	return secondsWithout(list, availability.KindOutside)
}

func secondsWithout(list []availability.Segment, without availability.Kind) map[availability.Kind]int64 {
	sum := map[availability.Kind]int64{}
	for _, s := range list {
		if s.Kind != without {
			sum[s.Kind] += s.To.Unix() - s.From.Unix()
		}
	}
	return sum
}

// In whatever order the data comes within its keys, the bytes are the same.
func TestTheOrderOfDataDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, d := drawn(t)
		f = part(t, f, "2026-03")
		want, err := json.Marshal(derive(t, f, d))
		require.NoError(t, err)
		r := rand.New(rand.NewPCG(1, 2))
		r.Shuffle(len(d.outages), func(i, k int) { d.outages[i], d.outages[k] = d.outages[k], d.outages[i] })
		r.Shuffle(len(d.windows), func(i, k int) { d.windows[i], d.windows[k] = d.windows[k], d.windows[i] })
		slices.Reverse(f.Agreements)
		got, err := json.Marshal(derive(t, f, d))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	})
}

// Probes that look at the same truth as the records come to the same downtime,
// within what they say that they are sure of.
func TestProbesAgreeWithRecordsOfTheSameTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := frozen(t, "2026-06", `{"availability":{"counts":"outages"}}`)
		every := rapid.SampledFrom([]int64{60, 300, 600}).Draw(t, "every")
		var d data
		next := f.From
		for range rapid.IntRange(0, 8).Draw(t, "outages") { // far enough from each other that each is seen
			from := next.Add(time.Duration(rapid.Int64Range(2*every, 200_000).Draw(t, "from")) * time.Second)
			next = from.Add(time.Duration(rapid.Int64Range(every, 20_000).Draw(t, "lasts")) * time.Second)
			d.outages = append(d.outages, uptime.Outage{From: from, To: next})
		}
		recorded := derive(t, f, d).Agreements[0].Targets[0]
		start := f.Reads.From.Add(time.Duration(rapid.Int64Range(0, every-1).Draw(t, "phase")) * time.Second)
		d.days = samples("", "p", start, f.Reads.To, every, down(d.outages...))
		f = frozen(t, "2026-06", fmt.Sprintf(`{"availability":{"probes":{"every":"PT%dS"}}}`, every))
		seen := derive(t, f, d).Agreements[0].Targets[0]
		require.LessOrEqual(t, max(seen.Sum.Down-recorded.Sum.Down, recorded.Sum.Down-seen.Sum.Down), seen.Sampling.Error+every)
		require.Equal(t, recorded.Sum.Failures, seen.Sum.Failures)
	})
}
