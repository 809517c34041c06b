package availabilityreview_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availability"
	"turnus/itsm/availabilityreview"
	"turnus/itsm/uptime"
)

// A window from 02:00 to 04:00 with an outage from 02:00 to 05:00: what it excuses
// depends on when it was announced, moved or cancelled.
func TestWhatAWindowExcuses(t *testing.T) {
	during := out("2026-06-14 02:00", "2026-06-14 05:00")
	for name, c := range map[string]struct {
		notice       string
		change       func(*uptime.Planned)
		excuses, why string
		down         int64 // minutes
		overrun      int64
	}{
		"announced a month before":      {notice: "PT72H", excuses: "all", down: 60, overrun: 60},
		"announced at the last instant": {notice: "PT72H", change: announced("2026-06-11 02:00"), excuses: "all", down: 60, overrun: 60},
		"announced a second later":      {notice: "PT72H", change: announced("2026-06-11T00:00:01Z"), excuses: "none", why: "late", down: 180, overrun: 60},
		"announced as it begins":        {notice: "PT0S", change: announced("2026-06-14 02:00"), excuses: "all", down: 60, overrun: 60},
		"announced after it began":      {notice: "PT0S", change: announced("2026-06-14 03:00"), excuses: "none", why: "late", down: 180, overrun: 60},
		"cancelled":                     {notice: "PT0S", change: func(w *uptime.Planned) { w.Cancelled = true }, excuses: "none", why: "cancelled", down: 180, overrun: 60},
		"read across a clock change":    {notice: "PT0S", change: func(w *uptime.Planned) { w.Adjusted = true }, excuses: "all", why: "adjusted", down: 60, overrun: 60},
		"moved too late, from an hour before": {notice: "PT72H", change: func(w *uptime.Planned) {
			announced("2026-06-13 12:00")(w)
			w.Before = []uptime.Form{{From: at("2026-06-14 01:00"), To: at("2026-06-14 03:00"), Since: at("2026-06-01 00:00")}}
		}, excuses: "part", why: "changed-late", down: 120, overrun: 60},
		"moved too late, and late before": {notice: "PT72H", change: func(w *uptime.Planned) {
			announced("2026-06-13 12:00")(w)
			w.Before = []uptime.Form{{From: at("2026-06-14 01:00"), To: at("2026-06-14 03:00"), Since: at("2026-06-13 00:00")}}
		}, excuses: "none", why: "changed-late", down: 180, overrun: 60},
		"moved in time": {notice: "PT72H", change: func(w *uptime.Planned) {
			announced("2026-06-10 12:00")(w)
			w.Before = []uptime.Form{{From: at("2026-06-20 01:00"), To: at("2026-06-20 03:00"), Since: at("2026-06-01 00:00")}}
		}, excuses: "all", down: 60, overrun: 60},
	} {
		w := window("w", "2026-06-14 02:00", "2026-06-14 04:00")
		if c.change != nil {
			c.change(&w)
		}
		f := frozen(t, "2026-06", `{"availability":{"notice":"`+c.notice+`"}}`)
		r := derive(t, f, data{outages: []uptime.Outage{during}, windows: []uptime.Planned{w}})
		require.Equal(t, c.down*60, only(t, r).Sum.Down, name)
		require.Len(t, r.Windows, 1, name)
		x := r.Windows[0]
		require.Equal(t, []any{c.excuses, c.why, c.overrun * 60, (180 - c.down) * 60}, []any{x.Excuses, x.Why, x.Overrun, x.Down}, name)
		require.Len(t, r.Outages, 1, name)
	}
}

func announced(when string) func(*uptime.Planned) {
	return func(w *uptime.Planned) { w.Since = at(when) }
}

// An outage that announced maintenance covers as a whole asks for nothing.
func TestAPlannedOutageIsNoUnplannedOne(t *testing.T) {
	d := data{outages: []uptime.Outage{out("2026-06-14 02:00", "2026-06-14 04:00")}, windows: []uptime.Planned{window("w", "2026-06-14 02:00", "2026-06-14 04:00")}}
	r := derive(t, frozen(t, "2026-06", `{}`), d)
	require.Empty(t, r.Outages)
	require.Equal(t, int64(7200), r.Windows[0].Down)

	// Under a target that wants it announced earlier it is one.
	d.windows[0].Since = at("2026-06-13 00:00")
	r = derive(t, frozen(t, "2026-06", `{"name":"a"}`, `{"name":"b","availability":{"notice":"PT72H"}}`), d)
	require.Len(t, r.Outages, 1)
	require.Equal(t, int64(7200), r.Outages[0].Counted)
	require.Equal(t, []string{"none", "late"}, []string{r.Windows[0].Excuses, r.Windows[0].Why}, "under the strictest target")
	require.Empty(t, r.Agreements[0].Targets[0].Costs)
	require.Len(t, r.Agreements[0].Targets[1].Costs, 1)
}

// An outage outside service hours takes nothing, and is listed.
func TestAnOutageOutsideServiceHours(t *testing.T) {
	f := withOffice(t, frozen(t, "2026-06", `{"calendar":"office"}`))
	r := derive(t, f, data{outages: []uptime.Outage{out("2026-06-13 10:00", "2026-06-13 12:00")}})
	x := only(t, r)
	require.Equal(t, []int64{0, 1}, []int64{x.Sum.Down, x.Sum.Failures})
	require.Len(t, r.Outages, 1)
	require.Equal(t, []availabilityreview.Cost{{Outage: 0, Share: new("0.000000")}}, x.Costs)
	require.Equal(t, int64(2*3600), secs(x.Sum.MTRS))
}

// Windows of other months aren't listed; one across the border is, in both.
func TestWindowsOfThePeriod(t *testing.T) {
	d := data{windows: []uptime.Planned{window("a", "2026-05-31 23:00", "2026-06-01 01:00"), window("b", "2026-05-31 20:00", "2026-06-01 00:00"), window("c", "2026-07-01 00:00", "2026-07-01 01:00")}}
	r := derive(t, frozen(t, "2026-06", `{}`), d)
	require.Len(t, r.Windows, 1)
	require.Equal(t, "a", r.Windows[0].UID)
	require.Equal(t, int64(3600), only(t, r).Sum.Maintenance)
	require.Equal(t, availability.KindMaintenance, only(t, r).Timeline[0].Kind)
	require.Equal(t, 2*time.Hour, r.Windows[0].To.Sub(r.Windows[0].From))
}
