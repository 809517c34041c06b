package availabilityreview_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availabilityreview"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/uptime"
)

// A set that makes no sense is refused with the field, and never half computed.
func TestSetsThatMakeNoSense(t *testing.T) {
	run := func(at0 string, n, every int64) []uptime.Day {
		return []uptime.Day{{Probe: "p", Date: "2026-06-10", Runs: []uptime.Run{{At: at("2026-06-10T10:00:00Z"), N: 1, Is: "up"}, {At: at(at0), N: n, Every: every, Is: "up"}}}}
	}
	for name, c := range map[string]struct {
		change func(*availabilityreview.Frozen)
		data   data
		field  string
	}{
		"an outage that ends before it begins":  {data: data{outages: []uptime.Outage{out("2026-06-10 10:00", "2026-06-10 09:00")}}, field: "outages"},
		"a window that ends before it begins":   {data: data{windows: []uptime.Planned{window("w", "2026-06-10 10:00", "2026-06-10 09:00")}}, field: "maintenance"},
		"samples of another date":               {data: data{days: run("2026-06-11T00:00:00Z", 1, 0)}, field: "probes"},
		"samples that reach into the next date": {data: data{days: run("2026-06-10T23:59:00Z", 2, 60)}, field: "probes"},
		"samples backwards":                     {data: data{days: run("2026-06-10T09:00:00Z", 1, 0)}, field: "probes"},
		"samples twice":                         {data: data{days: run("2026-06-10T10:00:00Z", 1, 0)}, field: "probes"},
		"samples without end":                   {data: data{days: run("2026-06-10T11:00:00Z", 1<<62, 1)}, field: "probes"},
		"no samples":                            {data: data{days: run("2026-06-10T11:00:00Z", 0, 1)}, field: "probes"},
		"an unknown share":                      {change: func(f *availabilityreview.Frozen) { f.Agreements[0].Spec.Targets[0].Availability.Degraded = true }, data: data{outages: []uptime.Outage{{From: at("2026-06-10 10:00"), To: at("2026-06-10 11:00"), Gone: "most"}}}, field: "outages[0].weight"},
		"a calendar that isn't there":           {change: func(f *availabilityreview.Frozen) { f.Agreements[0].Spec.Targets[0].Calendar = "office" }, field: "agreements.shop-sla.t1.calendar"},
		"an unknown count":                      {change: func(f *availabilityreview.Frozen) { f.Agreements[0].Spec.Targets[0].Availability.Counts = "guess" }, field: "agreements.shop-sla.t1.counts"},
		"probes that aren't there":              {change: func(f *availabilityreview.Frozen) { f.Agreements[0].Spec.Targets[0].Availability.Probes = nil }, field: "agreements.shop-sla.t1.probes"},
		"a percentage that isn't one":           {change: func(f *availabilityreview.Frozen) { f.Agreements[0].Spec.Targets[0].Attain = "1e3" }, field: "target"},
		"no period":                             {change: func(f *availabilityreview.Frozen) { f.Period = "soon" }, field: "period"},
		"a year that isn't its months":          {change: func(f *availabilityreview.Frozen) { f.Period = "2026" }, field: "period"},
	} {
		f := frozen(t, "2026-06", `{"availability":{"counts":"either","probes":{"every":"PT1M"}}}`)
		if c.change != nil {
			c.change(&f)
		}
		r, err := availabilityreview.Derive(f, c.data.source())
		require.Zero(t, r, name)
		require.NotNil(t, fault.As(err), name)
		require.Equal(t, c.field, fault.As(err).Field, name)
	}

	// Keys that come twice or out of order, and data that ends with an error.
	f := frozen(t, "2026-06", `{}`)
	day := dataset.Keyed[uptime.Day]{Key: "k", Is: uptime.Day{Probe: "p", Date: "2026-06-10", Runs: []uptime.Run{{At: at("2026-06-10T10:00:00Z"), N: 1, Is: "up"}}}}
	from := data{}.source()
	from.Days = func(yield func(dataset.Keyed[uptime.Day], error) bool) {
		for range 2 {
			if !yield(day, nil) {
				return
			}
		}
	}
	_, err := availabilityreview.Derive(f, from)
	require.ErrorContains(t, err, "probes")
	gone := errors.New("the connection is gone")
	from.Days = func(yield func(dataset.Keyed[uptime.Day], error) bool) { yield(day, gone) }
	_, err = availabilityreview.Derive(f, from)
	require.ErrorIs(t, err, gone)
}

// More users than there are, by name or by number, are all of them.
func TestMoreUsersThanThereAre(t *testing.T) {
	many, names := out("2026-06-10 10:00", "2026-06-10 11:00"), out("2026-06-11 10:00", "2026-06-11 11:00")
	many.Affected, names.Users = new(int64(900)), []string{"a", "b", "c"}
	x := only(t, derive(t, frozen(t, "2026-06", `{"availability":{"population":2}}`), data{outages: []uptime.Outage{many, names}}))
	require.Equal(t, []int64{2 * 7200, 2 * 7200}, []int64{secs(x.Sum.LostLow), secs(x.Sum.LostHigh)})
	require.Equal(t, time.Hour, many.To.Sub(many.From))
}
