package availabilityreview_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/uptime"
)

// An outage that probes saw all month long, in which very many records lie, takes
// no time that grows with their square.
func TestManyRecordsOfOneOutage(t *testing.T) {
	f := frozen(t, "2026-06", `{"availability":{"probes":{"every":"PT1M"}}}`)
	d := data{days: samples("", "p", f.Reads.From, f.Reads.To, 60, down(uptime.Outage{From: f.Reads.From, To: f.Reads.To}))}
	for i := range 120_000 {
		from := f.From.Add(time.Duration(i) * 20 * time.Second)
		d.outages = append(d.outages, uptime.Outage{Reference: fmt.Sprint("N", i), Cause: fmt.Sprint("cause ", i), From: from, To: from.Add(5 * time.Second)})
	}
	r := derive(t, f, d)
	require.Len(t, r.Outages, 1)
	require.Len(t, r.Outages[0].References, 50)
	require.EqualValues(t, 120_000-50, r.Outages[0].More)
	require.Equal(t, only(t, r).Sum.Agreed, only(t, r).Sum.Down)
}
