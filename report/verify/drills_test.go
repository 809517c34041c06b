package verify_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/reviewtest"
	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/continuity"
	"turnus/itsm/text"
	"turnus/itsm/uptime"
	"turnus/report"
)

// A report that names drills is verified from its file alone, which holds what was
// frozen of them; what it says otherwise is found.
func TestReceiptsOfAReviewWithDrills(t *testing.T) {
	v := vector{frozen: reviewtest.Frozen("2026-06", reviewtest.Target("shop", "")),
		data: reviewtest.Data{Windows: []uptime.Planned{reviewtest.Window("w", "2026-06-14 02:00", "2026-06-14 04:00")}, Outages: []uptime.Outage{reviewtest.Out("2026-06-10 10:00", "2026-06-10 12:00")}}}
	v.frozen.Drills = []avail.Drill{
		{Run: "continuity-drill/fire/2026-06-10", Version: 1, Hash: strings.Repeat("ab", 32), Type: continuity.Invocation, Plan: "fire", Title: text.New("Fire", "Brand"), From: reviewtest.At("2026-06-10 10:00"), To: reviewtest.At("2026-06-10 15:00"), Touched: "all"},
		{Run: "continuity-drill/fire/2026-06-14", Version: 1, Type: continuity.Component, Plan: "fire", From: reviewtest.At("2026-06-14 02:00"), Touched: "storage", Maintenance: "w"}}
	b := exportReview(t, v)
	x := verified(t, b)
	require.True(t, x.Identical && x.Words, "%v", x.Differences)
	x = verified(t, forged(t, b, func(d *report.Document) {
		for i := range d.Sections {
			if d.Sections[i].Title.En == "Drills that touched production" {
				d.Sections = append(d.Sections[:i], d.Sections[i+1:]...)
				return
			}
		}
		t.Fatal("no such section")
	}))
	require.False(t, x.Identical)
}
