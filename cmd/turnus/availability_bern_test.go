package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// bernSite is what the monitor of the digital editions in Bern published of one.
type bernSite struct {
	Name  string         `json:"name"`
	Slug  string         `json:"slug"`
	Daily map[string]int `json:"dailyMinutesDown"`
}

// stretch is a time in which a site didn't answer, in Unix seconds.
type stretch struct{ from, to int64 }

// counted are the stretches that a plain reading of the monitor's file finds of
// each site: one that is down is down until the next answer, or for a day before a
// gap.
func counted(t require.TestingT, packed []byte) map[string][]stretch {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	require.NoError(t, err)
	type answer struct {
		at   int64
		down bool
	}
	answers := map[string][]answer{} // in the order of time, as the file is
	rows := bufio.NewScanner(z)
	for rows.Scan(); rows.Scan(); {
		row := strings.Split(rows.Text(), "\t")
		at, err := time.Parse(time.RFC3339, row[1])
		require.NoError(t, err)
		name := strings.ReplaceAll(row[3], "''", `"`) // as the monitor writes quotes since May
		site := answers[name]
		a := answer{at.Unix(), row[2] == "down"}
		if n := len(site); n > 0 && site[n-1].at == a.at {
			site[n-1] = a // of two at one instant the later row counts
		} else {
			require.True(t, n == 0 || site[n-1].at < a.at)
			site = append(site, a)
		}
		answers[name] = site
	}
	down := map[string][]stretch{}
	for site, list := range answers {
		for i, a := range list {
			if !a.down {
				continue
			}
			s := stretch{a.at, a.at + 86_400}
			if i+1 < len(list) && list[i+1].at-a.at <= 26*3600 {
				s.to = list[i+1].at
			}
			if n := len(down[site]); n > 0 && down[site][n-1].to == s.from {
				down[site][n-1].to = s.to
			} else {
				down[site] = append(down[site], s)
			}
		}
	}
	return down
}

// A real monitor's file: reviews of January to August, approved, their receipts
// verified; each site's downtime is what a plain count of the file gives, and what
// the monitor itself published, but for what it leaves out, as
// itsm/availability/bern_test.go found it in its sources: it deletes what lasted
// less than 15 minutes; it files nothing for a site whose slug has more than 50
// characters; and once it missed an end, of two sites that share a slug.
func (r *reviews) sitesInBern() {
	file, err := os.ReadFile("../../deploy/demo/bern-updown-2026.tsv.gz")
	require.NoError(r, err)
	b, err := os.ReadFile("../../itsm/availability/testdata/bern-summary.json")
	require.NoError(r, err)
	var all, sites []bernSite
	require.NoError(r, json.Unmarshal(b, &all))
	seen := map[string]bool{}
	var targets strings.Builder
	for _, s := range all {
		if seen[s.Slug] {
			continue // the same site, or one that shares its history
		}
		seen[s.Slug] = true
		fmt.Fprintf(&targets, "    - {name: site-%d, measure: availability, calendar: 24x7, attain: 99.9, availability: {component: %s, probes: {every: P1D, gap: PT26H}}}\n",
			len(sites), inJSON(s.Name))
		sites = append(sites, s)
	}
	r.declare("editions", "UTC", targets.String())
	o := r.load(200, "editions", "probes", string(file), url.Values{"format": {"upptime"}, "as_of": {"2026-09-01T00:00:00Z"}, "filename": {"bern-updown-2026.tsv.gz"}})
	require.EqualValues(r, 10_530, o["read"])
	require.EqualValues(r, 0, o["rejected"])

	ours := make([]int64, len(sites))
	var runs []string
	for month := time.January; month <= time.August; month++ {
		begun := time.Now()
		run := r.draft("editions", fmt.Sprintf("2026-%02d", month))
		r.publish(run)
		r.Logf("%s: %.1f s", run, time.Since(begun).Seconds())
		runs = append(runs, run)
		figures := r.figures(run)
		for i := range sites {
			ours[i] += seconds(r, figures[fmt.Sprintf("site-%d.downtime", i)])
		}
	}
	r.verified(runs...)

	const short, longLabel = 15 * 60, 50
	var lostShort, lostUnlabelled int64
	down := counted(r, file)
	for i, site := range sites {
		var whole, brief, tickets, theirs int64
		for _, s := range down[site.Name] {
			whole += s.to - s.from
			if s.to-s.from < short {
				brief += s.to - s.from
			}
			tickets += (s.to-1)/86_400 - s.from/86_400 + 1
		}
		require.Equal(r, whole, ours[i], "%s: a plain count", site.Name)
		for _, minutes := range site.Daily {
			theirs += int64(minutes) * 60
		}
		switch {
		case len(site.Slug) > longLabel:
			require.Zero(r, theirs, "%s: no ticket can be filed", site.Name)
			lostUnlabelled += whole
			continue
		case site.Slug == "parzival-redirect-to-parzival-unibe-ch":
			theirs -= (253 + 1364) * 60 // the ticket that stayed open
		}
		require.InDelta(r, whole-brief, theirs, float64(33*tickets), "%s: %d s, %d of them in outages that the monitor deletes, and %d s by the monitor", site.Name, whole, brief, theirs)
		lostShort += brief
	}
	require.Equal(r, []int64{1866, 510_898}, []int64{lostShort, lostUnlabelled}, "half an hour, and 142 hours, that the monitor leaves out")
}
