package availabilityreview_test

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availability"
	"turnus/itsm/calendar"
	"turnus/itsm/uptime"
)

// The sites of the University of Bern, from January to July 2026: each site's
// downtime and unknown time by months is what its samples say of all of the time
// at once.
func TestBernByMonths(t *testing.T) {
	sites := map[string][]availability.Sample{}
	file, err := os.Open("../../deploy/demo/bern-updown-2026.tsv.gz")
	require.NoError(t, err)
	defer file.Close()
	z, err := gzip.NewReader(file)
	require.NoError(t, err)
	lines := bufio.NewScanner(z)
	lines.Scan() // the heading
	for lines.Scan() {
		row := strings.Split(lines.Text(), "\t")
		site := strings.ReplaceAll(row[3], "''", `"`)
		sites[site] = append(sites[site], availability.Sample{At: at(row[1]), Is: availability.Answer(row[2])})
	}
	var targets []string
	var d data
	days := map[string]*uptime.Day{}
	for site, list := range sites {
		targets = append(targets, fmt.Sprintf(`{"name":%q,"attain":99,"availability":{"component":%q,"probes":{"every":"P1D","gap":"PT26H"}}}`, site, site))
		slices.SortStableFunc(list, func(a, b availability.Sample) int { return a.At.Compare(b.At) })
		for i, s := range list {
			if i+1 < len(list) && list[i+1].At.Equal(s.At) {
				continue
			}
			key := site + s.At.Format(time.DateOnly)
			if days[key] == nil {
				days[key] = &uptime.Day{Component: site, Probe: "upptime", Date: s.At.Format(time.DateOnly)}
			}
			days[key].Runs = append(days[key].Runs, uptime.Run{At: s.At, N: 1, Is: s.Is})
		}
	}
	for _, day := range days {
		d.days = append(d.days, *day)
	}
	f := frozen(t, "2026", targets...)
	f.AsOf, f.Provisional = at("2026-07-25T00:00:00Z"), true
	r := derive(t, f, d)
	require.Len(t, r.Agreements[0].Targets, len(sites))
	down := 0
	for _, x := range r.Agreements[0].Targets {
		how := availability.Sampling{Every: 86_400, Gap: 86_400 + 2*3600}
		whole := availability.Window{From: f.From, To: f.AsOf}
		o, err := availability.Observe(sites[x.Target.Name], how, whole)
		require.NoError(t, err)
		want, err := availability.Derive(calendar.AlwaysOpenIn(berlin()), availability.Case{Period: whole, Outages: o.Outages, Unknown: o.Unknown, Target: "99"})
		require.NoError(t, err)
		require.Equal(t, []int64{want.Down, want.Unknown, want.Agreed, want.Failures, want.Restored}, []int64{x.Sum.Down, x.Sum.Unknown, x.Sum.Agreed, x.Sum.Failures, x.Sum.Restored}, x.Target.Name)
		require.Equal(t, want.Verdict, x.Verdict)
		if x.Sum.Down > 0 {
			down++
		}
	}
	require.Greater(t, down, 20)
}
