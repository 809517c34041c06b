package availabilityreview_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availability"
	"turnus/itsm/availabilityreview"
	"turnus/itsm/uptime"
)

// disagreeing has an outage on record that starts a little earlier than what probes
// saw, one that they didn't see, and one that only they saw; and for two hours the
// monitor was down itself, in which an outage is on record.
func disagreeing(f availabilityreview.Frozen) data {
	known, unseen, dark := out("2026-06-10 10:00", "2026-06-10 11:00"), out("2026-06-12 10:00", "2026-06-12 10:30"), out("2026-06-16 10:00", "2026-06-16 11:00")
	known.Reference, known.Cause, known.Severity = "INC1", "disk full", "high"
	unseen.Reference, unseen.Cause = "INC2", "network"
	dark.Reference, dark.Cause = "INC3", "power"
	saw := down(out("2026-06-10 10:01", "2026-06-10 11:00"), out("2026-06-14 10:00", "2026-06-14 10:20"))
	gap := out("2026-06-16 09:30", "2026-06-16 11:30")
	return data{
		outages: []uptime.Outage{known, unseen, dark},
		days: samples("", "p", f.Reads.From, f.Reads.To, 60, func(x time.Time) availability.Answer {
			if !x.Before(gap.From) && x.Before(gap.To) {
				return ""
			}
			return saw(x)
		}),
	}
}

func TestOutagesAndProbesThatDisagree(t *testing.T) {
	const minute = 60
	for counts, want := range map[string]struct {
		down    int64 // minutes
		unknown int64
		counted []bool // of the disagreements
		keys    []string
	}{
		"outages": {150, 0, []bool{true, false, true}, []string{"/2026-06-10T08:00:00Z", "/2026-06-12T08:00:00Z", "/2026-06-16T08:00:00Z"}},
		"probes":  {59 + 20 + 60, 60, []bool{false, true, true}, []string{"/2026-06-10T08:01:00Z", "/2026-06-14T08:00:00Z", "/2026-06-16T08:00:00Z"}},
		"either":  {60 + 30 + 20 + 60, 0, []bool{true, true, true}, []string{"/2026-06-10T08:00:00Z", "/2026-06-12T08:00:00Z", "/2026-06-14T08:00:00Z", "/2026-06-16T08:00:00Z"}},
	} {
		f := frozen(t, "2026-06", `{"availability":{"counts":"`+counts+`","probes":{"every":"PT1M"}}}`)
		r := derive(t, f, disagreeing(f))
		x := only(t, r)
		require.Equal(t, []int64{want.down * minute, want.unknown * minute}, []int64{x.Sum.Down, x.Sum.Unknown}, counts)
		require.Equal(t, []int64{150 * minute, (59 + 20) * minute}, []int64{x.Alone.Outages.Down, x.Alone.Probes.Down}, counts)
		require.Equal(t, int64(120*minute), x.Alone.Probes.Unknown, "nobody looked for so long")

		require.Len(t, x.Disagree, 3, "%s: a minute at an end is no disagreement", counts)
		var counted []bool
		for _, d := range x.Disagree {
			counted = append(counted, d.Counts)
			require.NotEmpty(t, d.Because.De)
		}
		require.Equal(t, want.counted, counted, counts)
		require.Equal(t, []string{"outages", "probes", "outages"}, []string{x.Disagree[0].Says, x.Disagree[1].Says, x.Disagree[2].Says})
		require.Equal(t, []bool{false, false, true}, []bool{x.Disagree[0].Unknown, x.Disagree[1].Unknown, x.Disagree[2].Unknown})
		require.Equal(t, int64(30*minute), x.Disagree[0].Agreed)

		var keys []string
		for _, u := range r.Outages {
			keys = append(keys, u.Key)
		}
		require.Equal(t, want.keys, keys, counts)
		require.Equal(t, []string{"INC1"}, r.Outages[0].References, "%s: what probes saw takes it from the record", counts)
		require.Equal(t, []string{"disk full"}, r.Outages[0].Causes)
		require.Equal(t, []string{"high"}, r.Outages[0].Severities)
		if counts != "outages" {
			require.Equal(t, []string{"outages", "probes"}, r.Outages[0].By)
		}
	}
}

// A monitor that was down itself knows nothing: that is no downtime, and it isn't
// taken for time without outages.
func TestAMonitorThatWasDownItself(t *testing.T) {
	f := frozen(t, "2026-06", `{"availability":{"probes":{"every":"PT1M"}}}`)
	gap := out("2026-06-10 10:00", "2026-06-12 10:00")
	x := only(t, derive(t, f, data{days: samples("", "p", f.Reads.From, f.Reads.To, 60, func(x time.Time) availability.Answer {
		if !x.Before(gap.From) && x.Before(gap.To) {
			return availability.AnswerUnknown
		}
		return availability.AnswerUp
	})}))
	require.Equal(t, []int64{0, 2 * 86_400, 28 * 86_400}, []int64{x.Sum.Down, x.Sum.Unknown, x.Sum.Agreed})
	require.Equal(t, "93.333333", pct(x.Sum.Coverage))
	require.False(t, x.Sum.Reliable)
	require.Equal(t, availability.Met, x.Verdict, "beside which stands that it isn't reliable")
	require.Equal(t, []int64{43_200, 2880, 0}, []int64{x.Sampling.Samples, x.Sampling.Unknown, x.Sampling.Down})

	// An outage begins before the gap and goes on after it: it isn't over while nobody looks.
	around := down(out("2026-06-10 09:00", "2026-06-12 11:00"))
	r := derive(t, f, data{days: samples("", "p", f.Reads.From, f.Reads.To, 60, func(x time.Time) availability.Answer {
		if !x.Before(gap.From) && x.Before(gap.To) {
			return availability.AnswerUnknown
		}
		return around(x)
	})})
	x = only(t, r)
	require.Equal(t, []int64{2 * 3600, 2 * 86_400, 1, 1}, []int64{x.Sum.Down, x.Sum.Unknown, x.Sum.Failures, x.Sum.Restored})
	require.Len(t, r.Outages, 1)
	require.Equal(t, int64(50*3600), r.Outages[0].Seconds)
}

// Without any import there is no data, which is neither 0 nor 100 per cent.
func TestNothingIsKnown(t *testing.T) {
	for _, counts := range []string{"outages", "probes", "either"} {
		f := frozen(t, "2026-06", `{"availability":{"counts":"`+counts+`","probes":{"every":"PT1M"}}}`)
		f.Data, f.AsOf, f.Provisional = nil, time.Time{}, true
		x := only(t, derive(t, f, data{}))
		require.Equal(t, availability.NoData, x.Verdict)
		require.Nil(t, x.Sum.Availability)
		require.Empty(t, x.Months)

		f = frozen(t, "2026-06", `{"availability":{"counts":"`+counts+`","probes":{"every":"PT1M"}}}`)
		f.Data = nil
		x = only(t, derive(t, f, data{}))
		require.Equal(t, availability.NoData, x.Verdict, counts)
		require.Equal(t, int64(30*86_400), x.Sum.Unknown)
		require.Nil(t, x.Alone)
	}
}

// The record was kept from the 16th on: a half month without outages is unknown.
func TestARecordThatBeginsLate(t *testing.T) {
	f := frozen(t, "2026-06", `{}`)
	for i := range f.Data {
		f.Data[i].Since = at("2026-06-16 00:00")
	}
	x := only(t, derive(t, f, data{outages: []uptime.Outage{out("2026-06-20 10:00", "2026-06-20 11:00")}}))
	require.Equal(t, []int64{15 * 86_400, 15 * 86_400, 3600}, []int64{x.Sum.Agreed, x.Sum.Unknown, x.Sum.Down})
	require.Equal(t, "50.000000", pct(x.Sum.Coverage))
	require.False(t, x.Sum.Reliable)
}

// A month that isn't over is known up to its as-of.
func TestAProvisionalMonth(t *testing.T) {
	f := frozen(t, "2026-06", `{}`)
	f.AsOf, f.Provisional = at("2026-06-11 00:00"), true
	open := out("2026-06-10 12:00", "2026-06-10 13:00")
	open.To = time.Time{}
	r := derive(t, f, data{outages: []uptime.Outage{open, out("2026-06-12 10:00", "2026-06-12 11:00")}})
	x := only(t, r)
	require.Equal(t, []int64{10 * 86_400, 12 * 3600, 1, 0}, []int64{x.Sum.Agreed, x.Sum.Down, x.Sum.Failures, x.Sum.Restored})
	require.Len(t, r.Outages, 1, "what is said of later isn't known yet")
	require.True(t, r.Outages[0].Open)
	require.True(t, r.Outages[0].To.IsZero())
	require.Equal(t, int64(12*3600), r.Outages[0].Seconds)
	require.Equal(t, availability.KindAhead, x.Timeline[len(x.Timeline)-1].Kind)

	// Of a year only the months that have begun count.
	f = frozen(t, "2026", `{}`)
	f.AsOf, f.Provisional = at("2026-03-11 00:00"), true
	require.Len(t, only(t, derive(t, f, data{})).Months, 3)
}

// An outage that isn't over lasts up to when its record was read.
func TestAnOpenOutage(t *testing.T) {
	f := frozen(t, "2026-06", `{}`)
	open := out("2026-06-30 22:00", "2026-06-30 23:00")
	open.To = time.Time{}
	r := derive(t, f, data{outages: []uptime.Outage{open}})
	x := only(t, r)
	require.Equal(t, []int64{2 * 3600, 1, 0}, []int64{x.Sum.Down, x.Sum.Failures, x.Sum.Restored})
	require.True(t, r.Outages[0].Open)
	require.Equal(t, int64(2*3600+3*86_400), r.Outages[0].Seconds)
}

// Outages and windows of a component concern its target and that of the whole
// service; those of no component concern all.
func TestComponents(t *testing.T) {
	f := frozen(t, "2026-06", `{"name":"all"}`, `{"name":"web","availability":{"component":"web"}}`, `{"name":"mail","availability":{"component":"mail"}}`)
	web, both := out("2026-06-10 10:00", "2026-06-10 11:00"), out("2026-06-20 10:00", "2026-06-20 10:30")
	web.Component = "web"
	r := derive(t, f, data{outages: []uptime.Outage{web, both}})
	var downs []int64
	for _, x := range r.Agreements[0].Targets {
		downs = append(downs, x.Sum.Down)
	}
	require.Equal(t, []int64{5400, 5400, 1800}, downs)
	require.Len(t, r.Outages, 2, "each once, whatever targets it counts under")
	require.Equal(t, []string{"web/2026-06-10T08:00:00Z", "/2026-06-20T08:00:00Z"}, []string{r.Outages[0].Key, r.Outages[1].Key})
	require.Equal(t, []availabilityreview.Cost{{Outage: 1, Down: 1800, Share: new("34.722222")}}, r.Agreements[0].Targets[2].Costs)
}

// A probe is named by what its samples say of it: component, probe, or both.
func TestNamesOfProbes(t *testing.T) {
	f := frozen(t, "2026-06", `{"availability":{"probes":{"every":"PT1M"}}}`)
	var d data
	for _, name := range [][2]string{{"", "bern"}, {"api", ""}, {"web", "bern"}} {
		d.days = append(d.days, samples(name[0], name[1], f.From, f.From.Add(time.Hour), 60, nil)...)
	}
	require.Equal(t, []string{"api", "bern", "web · bern"}, only(t, derive(t, f, d)).Sampling.Probes)
}

// Of several probes the majority counts, and so many have to know as was agreed;
// a failure is one from the third in a row on, dated back to the first.
func TestProbesVote(t *testing.T) {
	f := frozen(t, "2026-06", `{"availability":{"probes":{"every":"PT1M","failures":3,"quorum":2}}}`)
	all := out("2026-06-10 10:00", "2026-06-10 11:00")
	short := out("2026-06-11 10:00", "2026-06-11 10:02")
	alone := out("2026-06-12 10:00", "2026-06-12 12:00")
	d := data{days: samples("", "a", f.Reads.From, f.Reads.To, 60, down(all, short))}
	d.days = append(d.days, samples("", "b", f.Reads.From, f.Reads.To, 60, down(all, short, alone))...)
	d.days = append(d.days, samples("", "c", f.Reads.From, f.Reads.To, 60, down(all, short))...)
	x := only(t, derive(t, f, d))
	require.Equal(t, []int64{3600, 1}, []int64{x.Sum.Down, x.Sum.Failures})
	require.Equal(t, []string{"a", "b", "c"}, x.Sampling.Probes)
	require.Equal(t, []int64{60, 120}, []int64{x.Sampling.Precision, x.Sampling.Error})
	require.Equal(t, []string{"99.861111", "99.856481", "99.865741"}, []string{pct(x.Sum.Availability), pct(x.Sampling.Low), pct(x.Sampling.High)})
}
