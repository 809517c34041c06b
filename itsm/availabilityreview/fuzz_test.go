package availabilityreview_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availabilityreview"
	"turnus/itsm/slo"
	"turnus/itsm/uptime"
)

// Whatever a frozen set and its data hold: an error with its reason, or figures,
// and the same once more.
func FuzzDerive(f *testing.F) {
	add := func(set availabilityreview.Frozen, d data) {
		var parts [4]string
		for i, x := range []any{set, d.outages, d.windows, d.days} {
			b, err := json.Marshal(x)
			require.NoError(f, err)
			parts[i] = string(b)
		}
		f.Add(parts[0], parts[1], parts[2], parts[3])
	}
	set := frozen(f, "2026-06", `{"attain":99.8,"availability":{"probes":{"every":"PT1M","failures":2},"population":9,"degraded":true,"notice":"PT24H","maintenance":"excused"}}`)
	set.Objectives = []availabilityreview.Objective{objective(f, slo.RatioTimeslices, "", "99.9")}
	set.History = past(set, "99.9", "", "99.8")
	d := june()
	d.outages[0].Users, d.outages[1].Affected, d.outages[2].Gone = []string{"a", "b"}, new(int64(3)), "0.5"
	d.windows[0].Before = []uptime.Form{{From: at("2026-06-14 01:00"), To: at("2026-06-14 03:00"), Since: at("2026-06-01 00:00")}}
	d.days = samples("", "p", at("2026-06-10 06:00"), at("2026-06-10 16:00"), 60, down(out("2026-06-10 10:00", "2026-06-10 11:00")))
	add(set, d)
	year := replaced(f, "2026-Q2", "2026-05-11 00:00", `{"availability":{"counts":"either","component":"web","probes":{"every":"PT1M"}}}`, `{"attain":90}`)
	year.Provisional, year.AsOf = true, at("2026-06-15 12:00")
	d.outages[4].To = d.outages[0].From.AddDate(-1, 0, 0)
	add(year, d)
	f.Add(`{"period":"2026","from":"0001-01-01T00:00:00Z","to":"9999-12-31T23:59:59Z","zone":"UTC"}`, `[]`, `[{}]`, `[{"date":"2026-01-01","runs":[{"at":"2026-01-01T00:00:00Z","n":9223372036854775807,"every_s":1,"is":"up"}]}]`)

	f.Fuzz(func(t *testing.T, set, outages, windows, days string) {
		var f availabilityreview.Frozen
		var d data
		for s, to := range map[string]any{set: &f, outages: &d.outages, windows: &d.windows, days: &d.days} {
			if json.Unmarshal([]byte(s), to) != nil {
				return
			}
		}
		r, err := availabilityreview.Derive(f, d.source())
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		want, err := json.Marshal(r)
		require.NoError(t, err)
		again, err := availabilityreview.Derive(f, d.source())
		require.NoError(t, err)
		got, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	})
}
