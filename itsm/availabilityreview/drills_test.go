package availabilityreview_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availabilityreview"
	"turnus/itsm/continuity"
	"turnus/itsm/uptime"
)

func touching(from, to string) availabilityreview.Drill {
	x := availabilityreview.Drill{Run: "continuity-drill/shop-fire/2026-06-14", Type: continuity.Component, Plan: "shop-fire", From: at(from), Touched: "storage"}
	if to != "" {
		x.To = at(to)
	}
	return x
}

// A drill is held against what is on record of its time in the period: maintenance by
// what it excuses under the targets that it concerns, and outages, excused ones too.
func TestWhatIsKnownOfADrillsTime(t *testing.T) {
	drill := touching("2026-06-14 02:00", "2026-06-14 06:00")
	cancelled, late, other := window("c", "2026-06-14 02:00", "2026-06-14 06:00"), window("l", "2026-06-14 02:00", "2026-06-14 06:00"), window("o", "2026-06-14 02:00", "2026-06-14 06:00")
	cancelled.Cancelled, other.Component = true, "storage"
	late.Since = at("2026-06-14 01:00")
	inside := out("2026-06-14 03:00", "2026-06-14 04:00")
	inside.Reference = "I-1"
	for name, c := range map[string]struct {
		data
		drill availabilityreview.Drill
		want  string
	}{
		"nothing":                  {data{}, drill, "14400 of 14400 outside, windows [], outages 0, down 0, unaccounted true"},
		"a window":                 {data{windows: []uptime.Planned{window("w", "2026-06-14 01:00", "2026-06-14 06:00")}}, drill, "0 of 14400 outside, windows [0], outages 0, down 0, unaccounted false"},
		"two that touch":           {data{windows: []uptime.Planned{window("w", "2026-06-14 01:00", "2026-06-14 04:00"), window("x", "2026-06-14 04:00", "2026-06-14 06:00")}}, drill, "0 of 14400 outside, windows [0 1], outages 0, down 0, unaccounted false"},
		"a part":                   {data{windows: []uptime.Planned{window("v", "2026-06-13 01:00", "2026-06-13 02:00"), window("w", "2026-06-14 01:00", "2026-06-14 05:00")}}, drill, "3600 of 14400 outside, windows [1], outages 0, down 0, unaccounted true"},
		"announced too late":       {data{windows: []uptime.Planned{late}}, drill, "14400 of 14400 outside, windows [0], outages 0, down 0, unaccounted true"},
		"cancelled":                {data{windows: []uptime.Planned{cancelled}}, drill, "14400 of 14400 outside, windows [], outages 0, down 0, unaccounted true"},
		"of a component":           {data{windows: []uptime.Planned{other}}, drill, "0 of 14400 outside, windows [0], outages 0, down 0, unaccounted false"},
		"an outage":                {data{outages: []uptime.Outage{inside}}, drill, "14400 of 14400 outside, windows [], outages 1, down 3600, unaccounted false"},
		"an outage in maintenance": {data{outages: []uptime.Outage{inside}, windows: []uptime.Planned{window("w", "2026-06-14 02:00", "2026-06-14 05:00")}}, drill, "3600 of 14400 outside, windows [0], outages 1, down 3600, unaccounted false"},
		"an outage right after":    {data{outages: []uptime.Outage{out("2026-06-14 06:00", "2026-06-14 07:00")}}, drill, "14400 of 14400 outside, windows [], outages 0, down 0, unaccounted true"},
		"over the border":          {data{}, touching("2026-06-30 23:00", "2026-07-01 05:00"), "3600 of 3600 outside, windows [], outages 0, down 0, unaccounted true"},
		"without a known end":      {data{windows: []uptime.Planned{window("w", "2026-06-14 02:00", "2026-06-14 03:00")}}, touching("2026-06-14 02:00", ""), "0 of 1 outside, windows [0], outages 0, down 0, unaccounted true"},
	} {
		f := frozen(t, "2026-06", `{"availability":{"notice":"PT24H"}}`)
		f.Drills = []availabilityreview.Drill{c.drill}
		r := derive(t, f, c.data)
		require.Len(t, r.Drills, 1, name)
		x := r.Drills[0]
		if x.Windows == nil {
			x.Windows = []int{}
		}
		require.Equal(t, c.want, fmt.Sprintf("%d of %d outside, windows %v, outages %d, down %d, unaccounted %v", x.Outside, x.Seconds, x.Windows, len(x.Outages), x.Down, x.Unaccounted()), name)

		// No figure is another one for it.
		f.Drills = nil
		without := derive(t, f, c.data)
		require.Nil(t, without.Drills)
		r.Drills = nil
		require.Equal(t, without, r, name)
	}
}

// The window that a drill names is shown also where it was cancelled; a drill of
// another month isn't.
func TestTheWindowThatADrillNames(t *testing.T) {
	f := frozen(t, "2026-06", `{}`)
	gone := window("c", "2026-06-14 02:00", "2026-06-14 06:00")
	gone.Cancelled = true
	named := touching("2026-06-14 02:00", "2026-06-14 06:00")
	named.Maintenance = "c"
	f.Drills = []availabilityreview.Drill{touching("2026-05-14 02:00", "2026-05-14 06:00"), named}
	r := derive(t, f, data{windows: []uptime.Planned{gone}})
	require.Len(t, r.Drills, 1)
	require.Equal(t, []int{0}, r.Drills[0].Windows)
	require.Equal(t, int64(4*3600), r.Drills[0].Outside)
}

// Of countless outages a drill lists a few.
func TestCountlessOutagesOfADrill(t *testing.T) {
	f := frozen(t, "2026-06", `{}`)
	f.Drills = []availabilityreview.Drill{touching("2026-06-14 02:00", "2026-06-14 06:00")}
	var d data
	for m := range 30 {
		d.outages = append(d.outages, out(fmt.Sprintf("2026-06-14 03:%02d", m), fmt.Sprintf("2026-06-14 04:%02d", m)))
	}
	x := derive(t, f, d).Drills[0]
	require.Len(t, x.Outages, 10)
	require.Equal(t, int64(20), x.More)
}

// A window of a component that no target is about excuses nothing of any: a drill in
// it isn't in maintenance that excuses, and what isn't on record of it is missing.
func TestAWindowThatConcernsNoTargetExcusesNoDrill(t *testing.T) {
	f := frozen(t, "2026-06", `{"availability":{"component":"web"}}`)
	f.Drills = []availabilityreview.Drill{touching("2026-06-14 02:00", "2026-06-14 06:00")}
	other := window("w", "2026-06-14 02:00", "2026-06-14 06:00")
	other.Component = "printer"
	x := derive(t, f, data{windows: []uptime.Planned{other}}).Drills[0]
	require.Equal(t, int64(4*3600), x.Outside)
	require.True(t, x.Unaccounted())
}

// An outage of another component than any target's says as little of a drill.
func TestAnOutageThatCountsUnderNoTargetAccountsForNoDrill(t *testing.T) {
	f := frozen(t, "2026-06", `{"availability":{"component":"web"}}`)
	f.Drills = []availabilityreview.Drill{touching("2026-06-14 02:00", "2026-06-14 06:00")}
	o := out("2026-06-14 03:00", "2026-06-14 03:01")
	o.Component = "printer"
	x := derive(t, f, data{outages: []uptime.Outage{o}}).Drills[0]
	require.True(t, x.Unaccounted())
}
