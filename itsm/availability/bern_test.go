package availability_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availability"
)

// bernSite is what the monitor published of a site.
type bernSite struct {
	Name  string         `json:"name"`
	Slug  string         `json:"slug"`
	Daily map[string]int `json:"dailyMinutesDown"`
}

// bernSampling: one sample a day, some two hours late at most.
var bernSampling = availability.Sampling{Every: 86_400, Gap: 86_400 + 2*3600}

func bernSummary(t *testing.T) (sites []bernSite) {
	b, err := os.ReadFile("testdata/bern-summary.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &sites))
	return sites
}

// bernSamples are the observations by site. Names written with two single
// quotes until May 2026 are the ones with double quotes since.
func bernSamples(t *testing.T) map[string][]availability.Sample {
	f, err := os.Open("../../deploy/demo/bern-updown-2026.tsv.gz")
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	samples := map[string][]availability.Sample{}
	n := 0
	for s := bufio.NewScanner(z); s.Scan(); n++ {
		row := strings.Split(s.Text(), "\t")
		require.Len(t, row, 7)
		if n > 0 {
			site := strings.ReplaceAll(row[3], "''", `"`)
			samples[site] = append(samples[site], availability.Sample{At: at(t, row[1]), Is: availability.Answer(row[2])})
		}
	}
	require.Equal(t, 10_530, n-1)
	return samples
}

// The monitor commits an answer when it differs from the one before, and once a
// day in any case (Upptime's src/update.ts): what is read here is one sample a
// day, and each change between. Of its own figures it makes tickets: it files
// one when a site is seen down, closes it when it is seen up, and adds up, in
// whole minutes, how long each was open on a day (src/helpers/calculate-uptime.ts).
//
// So its minutes and ours agree to half a minute a ticket and day and the few
// seconds that filing takes, much less than the minutes between two looks at a
// site, and where they don't, there was no ticket, or a wrong one:
//   - tickets closed within 15 minutes are deleted (src/summary.ts, unless
//     skipDeleteIssues), and their downtime with them;
//   - a ticket is labelled with the site's slug, and GitHub takes no label of
//     more than 50 characters ("name is too long", github/docs#32156): filing
//     fails, and such a site has never been down;
//   - two sites share a slug, "Parzival (Redirect to parzival.unibe.ch)" with and
//     without TLS; on 15 March the one answered 4 seconds after the other had
//     not, and the ticket filed between stayed open for 27 hours, through
//     observations that say up.
func TestBernAgreesWithItsMonitor(t *testing.T) {
	const (
		short     = 15 * time.Minute
		longLabel = 50
	)
	samples := bernSamples(t)
	stuck := map[string]int{"2026-03-15": 253, "2026-03-16": 1364}
	var agree, shortOnly, unlabelled, left int // days of sites
	var lostShort, lostUnlabelled int64        // seconds that the monitor leaves out
	seen := map[string]bool{}
	for _, site := range bernSummary(t) {
		if seen[site.Slug] {
			continue // the same site, or one that shares its history
		}
		seen[site.Slug] = true
		own := samples[site.Name]
		require.NotEmpty(t, own, site.Name)
		first, last := own[0].At, own[len(own)-1].At
		o, err := availability.Observe(own, bernSampling, availability.Window{From: first, To: last.Add(time.Second)})
		require.NoError(t, err)

		days := map[string]bool{}
		for d := range site.Daily {
			days[d] = true
		}
		tickets := map[string]float64{}
		var filed []availability.Outage
		for _, x := range o.Outages {
			if x.To.Sub(x.From) >= short {
				filed = append(filed, x)
			}
			for d := x.From.Truncate(24 * time.Hour); d.Before(x.To); d = d.AddDate(0, 0, 1) {
				days[d.Format(time.DateOnly)] = true
				tickets[d.Format(time.DateOnly)]++
			}
		}
		for _, day := range slices.Sorted(maps.Keys(days)) {
			from := at(t, day+"T00:00:00Z")
			c := availability.Case{Period: availability.Window{From: from, To: from.AddDate(0, 0, 1)}, Outages: o.Outages}
			all := derive(t, always(), c).Down
			c.Outages = filed
			ours, theirs := derive(t, always(), c).Down, int64(site.Daily[day]*60)
			switch difference := float64(max(ours-theirs, theirs-ours)); {
			case len(site.Slug) > longLabel:
				require.Zero(t, theirs, "%s, %s: no ticket can be filed", site.Name, day)
				unlabelled++
				lostUnlabelled += all
			case site.Slug == "parzival-redirect-to-parzival-unibe-ch" && stuck[day] > 0:
				require.Equal(t, int64(stuck[day]*60), theirs)
				require.LessOrEqual(t, all, int64(4))
				left++
			default:
				require.LessOrEqual(t, difference, 33*tickets[day], "%s, %s: %d s, and %d s by the monitor", site.Name, day, ours, theirs)
				if ours == 0 {
					require.Positive(t, all)
					shortOnly++
				} else {
					agree++
				}
				lostShort += all - ours
			}
		}
	}
	require.Equal(t, []int{92, 2, 186, 2}, []int{agree, shortOnly, unlabelled, left})
	require.Equal(t, []int64{1862, 510_898}, []int64{lostShort, lostUnlabelled}, "half an hour, and 142 hours, that the monitor leaves out")
}

// Five times the monitor didn't even look once a day, and for eleven days in
// April at no site: it says 100 % for them, or 99.90 % in all.
func TestBernTimeWithoutSamplesIsUnknown(t *testing.T) {
	own := bernSamples(t)["Parzival"]
	period := availability.Window{From: own[0].At, To: own[len(own)-1].At}
	r := observe(t, always(), own, bernSampling, period)
	require.Equal(t, int64(1_641_248), r.Unknown, "19 days of 185")
	require.Equal(t, "89.744963", pct(r.Coverage))
	require.False(t, r.Reliable)
	require.Equal(t, "99.888234", pct(r.Availability), "of the time that is known; 99.90 by the monitor, of all")
	require.Equal(t, []int64{2, 16_053}, []int64{r.Failures, r.Down})
}
