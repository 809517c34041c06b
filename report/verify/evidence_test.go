package verify_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/reviewtest"
	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/continuity"
	"turnus/itsm/improvement"
	"turnus/itsm/text"
	"turnus/itsm/uptime"
	"turnus/report"
	"turnus/report/availabilityreview"
)

// disproved is the file of a month in which two outages disproved a plan.
func disproved(t *testing.T) []byte {
	v := vector{frozen: reviewtest.Frozen("2026-06", reviewtest.Target("shop", "")),
		data: reviewtest.Data{Outages: []uptime.Outage{reviewtest.Out("2026-06-10 10:00", "2026-06-10 12:00"), reviewtest.Out("2026-06-15 10:00", "2026-06-15 13:00")}}}
	v.frozen.Plans = []avail.Plan{{Name: "fire", Version: 3, Hash: strings.Repeat("ab", 32), From: reviewtest.At("2026-01-01T00:00:00Z"), RTO: 3600, Base: continuity.FromDisruption}}
	return exportReview(t, v)
}

// eachDisproof changes what a document finds of a plan's recovery time.
func eachDisproof(d *report.Document, change func(*report.Finding)) (n int) {
	for i := range d.Findings {
		if d.Findings[i].Kind == improvement.FailedObjective {
			change(&d.Findings[i])
			n++
		}
	}
	return n
}

// A document that was published before findings said of which outage they are is
// verified as it was; what says another outage isn't.
func TestFindingsWithoutTheirOutages(t *testing.T) {
	v := verified(t, disproved(t))
	require.True(t, v.Identical && v.Words, "%v", v.Differences)
	v = verified(t, forged(t, disproved(t), func(d *report.Document) {
		require.Equal(t, 2, eachDisproof(d, func(f *report.Finding) {
			require.NotEmpty(t, f.Of)
			f.Of = ""
		}))
	}))
	require.True(t, v.Identical && v.Words, "%v", v.Differences)
	requirePlace(t, verified(t, forged(t, disproved(t), func(d *report.Document) {
		eachDisproof(d, func(f *report.Finding) { f.Of = d.Evidence[0].Outage })
	})), "of another outage", ".of")
}

// What outages and findings are called are words, which another wording may say
// otherwise; what they are about isn't.
func TestWordsOfEvidenceAndFindingsMayDiffer(t *testing.T) {
	reword := func(change func(*report.Document)) []byte {
		return forged(t, disproved(t), func(d *report.Document) { d.Wording = availabilityreview.Wording + 1; change(d) })
	}
	for name, change := range map[string]func(*report.Document){
		"the title of an outage":   func(d *report.Document) { d.Evidence[0].Title = text.Same("Down") },
		"the title of a finding":   func(d *report.Document) { d.Findings[0].Title = text.Same("Down") },
		"the details of a finding": func(d *report.Document) { d.Findings[0].Detail = text.Same("Long") },
	} {
		v := verified(t, reword(change))
		require.True(t, v.Identical && !v.Words, "%s: %v", name, v.Differences)
		require.False(t, verified(t, forged(t, disproved(t), change)).Identical, name)
	}
	for name, change := range map[string]func(*report.Document){
		"seconds": func(d *report.Document) { d.Evidence[0].Seconds++ },
		"key":     func(d *report.Document) { d.Findings[0].Key += "x" },
		"of": func(d *report.Document) {
			eachDisproof(d, func(f *report.Finding) { f.Of = "outage/other" })
		},
	} {
		requirePlace(t, verified(t, reword(change)), name, "."+name)
	}
}
