package availabilityreview_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/memtest"
	"turnus/itsm/availability"
	"turnus/itsm/availabilityreview"
	"turnus/itsm/dataset"
	"turnus/itsm/slo"
	"turnus/itsm/uptime"
)

// aYearOfMinutes has so many components, each with a probe a minute, never an even
// minute apart, so that a run holds one sample: a target each, one of the whole
// service, and SLOs by all methods.
func aYearOfMinutes(t testing.TB, components int) (availabilityreview.Frozen, availabilityreview.Source) {
	var targets []string
	for i := range components {
		targets = append(targets, fmt.Sprintf(`{"name":"site-%02d","availability":{"component":"site-%02d","probes":{"every":"PT1M","gap":"PT3M"}}}`, i, i))
	}
	targets = append(targets, `{"name":"all","availability":{"probes":{"every":"PT1M","gap":"PT3M"}}}`)
	f := frozen(t, "2026", targets...)
	f.Objectives = []availabilityreview.Objective{objective(t, slo.Occurrences, "site-00", "99.9"), objective(t, slo.Timeslices, "site-01", "99.9"), objective(t, slo.RatioTimeslices, "", "99.9")}
	from := data{}.source()
	from.Days = func(yield func(dataset.Keyed[uptime.Day], error) bool) {
		for i := range components {
			d := uptime.Day{Component: fmt.Sprintf("site-%02d", i), Probe: "p"}
			for x := f.Reads.From.Truncate(24 * time.Hour); x.Before(f.Reads.To); x = x.AddDate(0, 0, 1) {
				d.Date, d.Runs = x.Format(time.DateOnly), d.Runs[:0]
				for k := range 1440 {
					is := availability.AnswerUp
					if k > 600 && k < 610 && (x.YearDay()+i)%10 == 0 {
						is = availability.AnswerDown
					}
					d.Runs = append(d.Runs, uptime.Run{At: x.Add(time.Duration(k*60+(k*7+i)%11) * time.Second), N: 1, Is: is})
				}
				if !yield(dataset.Keyed[uptime.Day]{Key: dayKey(d), Is: d}, nil) {
					return
				}
			}
		}
	}
	return f, from
}

// BenchmarkAYearOfMinutes derives 10.5 million samples.
func BenchmarkAYearOfMinutes(b *testing.B) {
	f, from := aYearOfMinutes(b, 20)
	b.ReportAllocs()
	for b.Loop() {
		r, err := availabilityreview.Derive(f, from)
		require.NoError(b, err)
		require.Len(b, r.Agreements[0].Targets, 21)
	}
}

// Samples aren't kept: of those of a year in minutes only when an answer changes,
// and of each SLO's component a count a minute.
func TestMemoryOfAYear(t *testing.T) {
	f, from := aYearOfMinutes(t, 3)
	_, grown := memtest.Measure(func() {
		r, err := availabilityreview.Derive(f, from)
		require.NoError(t, err)
		x := r.Agreements[0].Targets[0].Sum
		require.Equal(t, int64(36), x.Failures)
		require.Equal(t, int64(365*86_400), x.Agreed)
	})
	require.Less(t, grown, int64(150<<20))
}
