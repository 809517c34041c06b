package availabilityreview_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availability"
	"turnus/itsm/uptime"
)

// Vectors of the domain guide, section 14.

func TestV01AnOutageAcrossTheClockChange(t *testing.T) {
	x := only(t, derive(t, frozen(t, "2026-03", `{}`), data{outages: []uptime.Outage{out("2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00")}}))
	require.Equal(t, []int64{44_580 * 60, 60 * 60}, []int64{x.Sum.Agreed, x.Sum.Down})
	require.Equal(t, "99.865410", pct(x.Sum.Availability))
	require.Equal(t, availability.Met, x.Verdict)
	require.NotEqual(t, []int64{44_640 * 60, 120 * 60}, []int64{x.Sum.Agreed, x.Sum.Down}, "by the wall clock")
	require.NotEqual(t, "99.731183", pct(x.Sum.Availability))

	for period, hours := range map[string]int64{"2026-10": 745, "2028-02": 696} {
		require.Equal(t, hours*3600, only(t, derive(t, frozen(t, period, `{}`), data{})).Sum.Agreed, period)
	}
}

// june is the data of V04, as recorded.
func june() data {
	return data{
		windows: []uptime.Planned{window("w", "2026-06-14 02:00", "2026-06-14 04:00")},
		outages: []uptime.Outage{
			out("2026-05-31 23:00", "2026-06-01 01:00"), out("2026-06-10 10:00", "2026-06-10 11:30"), out("2026-06-10 11:00", "2026-06-10 12:00"),
			out("2026-06-14 03:30", "2026-06-14 04:45"), out("2026-06-30 23:30", "2026-07-01 02:00"),
		},
	}
}

func TestV04OverlapsBordersAndAnOverrun(t *testing.T) {
	r := derive(t, frozen(t, "2026-06", `{}`), june())
	x := only(t, r)
	require.Equal(t, []int64{43_080 * 60, 255 * 60, 3, 3, 315 * 60}, []int64{x.Sum.Agreed, x.Sum.Down, x.Sum.Failures, x.Sum.Restored, x.Sum.Restoring})
	require.Equal(t, "99.408078", pct(x.Sum.Availability))
	require.Equal(t, int64(105*60), secs(x.Sum.MTRS))
	require.InDelta(t, 237.916667, float64(secs(x.Sum.MTBF))/3600, 0.001)
	require.Equal(t, availability.Missed, x.Verdict)
	require.NotEqual(t, int64(495*60), x.Sum.Down, "the sum of all durations")
	require.NotEqual(t, "98.854167", pct(x.Sum.Availability))

	require.Len(t, r.Outages, 4, "what overlaps is one")
	require.Equal(t, []string{"/2026-05-31T21:00:00Z", "/2026-06-10T08:00:00Z", "/2026-06-14T01:30:00Z", "/2026-06-30T21:30:00Z"},
		[]string{r.Outages[0].Key, r.Outages[1].Key, r.Outages[2].Key, r.Outages[3].Key})
	require.Equal(t, []bool{false, true, true, true}, []bool{r.Outages[0].Begins, r.Outages[1].Begins, r.Outages[2].Begins, r.Outages[3].Begins})
	require.Equal(t, []int64{60 * 60, 120 * 60, 45 * 60, 30 * 60}, []int64{x.Costs[0].Down, x.Costs[1].Down, x.Costs[2].Down, x.Costs[3].Down})
	require.Equal(t, int64(150*60), r.Outages[3].Seconds, "its full length")

	require.Len(t, r.Windows, 1)
	w := r.Windows[0]
	require.Equal(t, []any{"all", "", int64(45 * 60), int64(30 * 60)}, []any{w.Excuses, w.Why, w.Overrun, w.Down})

	excused := only(t, derive(t, frozen(t, "2026-06", `{"availability":{"maintenance":"excused"}}`), june()))
	require.Equal(t, "99.409722", pct(excused.Sum.Availability))
	require.Equal(t, []int64{43_200 * 60, 30 * 60}, []int64{excused.Sum.Agreed, excused.Sum.Excused})
}

func TestV11UsersWhoLostMinutes(t *testing.T) {
	users := func(from, to int) (list []string) {
		for i := from; i <= to; i++ {
			list = append(list, string(rune('a'+i%26))+time.Duration(i).String())
		}
		return list
	}
	first, second := out("2026-06-10 10:00", "2026-06-10 10:20"), out("2026-06-10 10:10", "2026-06-10 10:40")
	first.Users, second.Users = users(1, 150), users(101, 180)
	f := frozen(t, "2026-06", `{"availability":{"population":200}}`)
	named := only(t, derive(t, f, data{outages: []uptime.Outage{first, second}})).Sum
	require.Equal(t, []int64{4900 * 60, 4900 * 60, 200 * 43_200 * 60}, []int64{secs(named.LostLow), secs(named.LostHigh), named.UserAgreed})
	require.Equal(t, []string{"99.943287", "99.943287"}, []string{pct(named.UserLow), pct(named.UserHigh)})
	require.NotEqual(t, int64(5400*60), secs(named.LostHigh), "users counted twice")

	first.Users, second.Users, first.Affected, second.Affected = nil, nil, new(int64(150)), new(int64(80))
	numbers := only(t, derive(t, f, data{outages: []uptime.Outage{first, second}})).Sum
	require.Equal(t, []int64{4600 * 60, 5100 * 60}, []int64{secs(numbers.LostLow), secs(numbers.LostHigh)})

	// What probes saw takes the users from the records.
	f = frozen(t, "2026-06", `{"availability":{"population":200,"probes":{"every":"PT1M"}}}`)
	seen := samples("", "p", f.Reads.From, f.Reads.To, 60, down(out("2026-06-10 10:00", "2026-06-10 10:40")))
	probed := only(t, derive(t, f, data{outages: []uptime.Outage{first, second}, days: seen})).Sum
	require.Equal(t, []int64{4600 * 60, 5100 * 60}, []int64{secs(probed.LostLow), secs(probed.LostHigh)})
}
