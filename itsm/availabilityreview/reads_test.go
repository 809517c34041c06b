package availabilityreview_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availabilityreview"
	"turnus/itsm/slo"
)

// What is read reaches as far around a period as what happens at its borders.
func TestReadsFor(t *testing.T) {
	f := frozen(t, "2026-06", `{}`)
	require.Equal(t, availabilityreview.Span{From: at("2026-05-30T00:00:00Z"), To: at("2026-07-02T00:00:00Z")}, availabilityreview.ReadsFor(f), "a day, in whole ones of UTC")

	f = frozen(t, "2026-06", `{"availability":{"probes":{"every":"PT1M"}}}`)
	require.Equal(t, availabilityreview.Span{From: at("2026-04-29T00:00:00Z"), To: at("2026-07-02T00:00:00Z")}, availabilityreview.ReadsFor(f), "a month of samples")

	f.Objectives = []availabilityreview.Objective{objective(t, slo.Occurrences, "", "99")}
	require.Equal(t, at("2026-04-29T00:00:00Z"), availabilityreview.ReadsFor(f).From, "30 days before the end are within the period")

	// An outage that went on from the month before has the key and the length that
	// that month's report gave it.
	long := out("2026-05-20 10:00", "2026-06-02 10:00")
	f = frozen(t, "2026-06", `{"availability":{"probes":{"every":"PT1M"}}}`)
	f.Reads = availabilityreview.ReadsFor(f)
	r := derive(t, f, data{days: samples("", "p", f.Reads.From, f.Reads.To, 60, down(long))})
	require.Equal(t, "/2026-05-20T08:00:00Z", r.Outages[0].Key)
	require.False(t, r.Outages[0].Begins)
	require.Equal(t, int64(13*86_400), only(t, r).Sum.Restoring)
}
