package uptime_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/dataset"
	"turnus/itsm/uptime"
)

// The first ten probes of a file are told with their samples, and how many more
// there are.
func TestProbesThatAFileNames(t *testing.T) {
	var n uptime.Named
	list, more := n.First()
	require.Empty(t, list)
	require.Zero(t, more)

	n = uptime.Named{}
	runs := []uptime.Run{{N: 3}, {N: 2}}
	n.Day(uptime.Day{Component: "mail", Probe: "bern", Date: "2026-10-01", Runs: runs})
	n.Day(uptime.Day{Component: "mail", Probe: "bern", Date: "2026-10-02", Runs: runs})
	n.Day(uptime.Day{Component: "mail", Probe: "thun", Date: "2026-10-01", Runs: runs[:1]})
	for i := range 10 {
		n.Day(uptime.Day{Component: fmt.Sprint("web ", i), Date: "2026-10-01", Runs: runs})
	}
	list, more = n.First()
	require.EqualValues(t, 2, more)
	require.Len(t, list, 10)
	require.Equal(t, []dataset.ProbeUse{{Component: "mail", Probe: "bern", Samples: 10}, {Component: "mail", Probe: "thun", Samples: 3}, {Component: "web 0", Samples: 5}}, list[:3])
}
