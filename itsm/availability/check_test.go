package availability_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availability"
	"turnus/itsm/fault"
	"turnus/itsm/text"
)

func TestBadInputNamesTheField(t *testing.T) {
	june := month(t, "2026-06")
	noon := at(t, "2026-06-08 12:00")
	hour := func(o availability.Outage) []availability.Outage {
		o.From, o.To = noon, noon.Add(time.Hour)
		return []availability.Outage{out(t, "2026-06-02 12:00", "2026-06-02 13:00"), o}
	}
	for _, c := range []struct {
		field string
		in    availability.Case
	}{
		{"period.from", availability.Case{Period: availability.Window{To: noon}}},
		{"period.to", availability.Case{Period: availability.Window{From: noon}}},
		{"period.to", availability.Case{Period: availability.Window{From: noon, To: noon}}},
		{"period.to", availability.Case{Period: availability.Window{From: noon, To: noon.Add(-time.Second)}}},
		{"period.to", availability.Case{Period: availability.Window{From: noon, To: noon.AddDate(31, 0, 0)}}},
		{"period", availability.Case{Period: availability.Window{From: noon, To: time.Unix(1<<60, 0)}}},
		{"retired", availability.Case{Born: noon, Retired: noon}},
		{"as_of", availability.Case{AsOf: june.From}},
		{"target", availability.Case{Target: "100.01"}},
		{"target", availability.Case{Target: "-1"}},
		{"target", availability.Case{Target: "99,8"}},
		{"target", availability.Case{Target: "1e2"}},
		{"target", availability.Case{Target: "99.8%"}},
		{"coverage_floor", availability.Case{Floor: "most"}},
		{"maintenance_policy", availability.Case{Policy: "ignored"}},
		{"notice_s", availability.Case{Notice: -1}},
		{"notice_s", availability.Case{Notice: 1 << 62}},
		{"population", availability.Case{Population: -1}},
		{"population", availability.Case{Population: 1 << 40}},
		{"duration_bounds_s[1]", availability.Case{Bounds: []int64{60, 60}}},
		{"duration_bounds_s[0]", availability.Case{Bounds: []int64{0}}},
		{"outages[0].from", availability.Case{Outages: []availability.Outage{{To: noon}}}},
		{"outages[0].to", availability.Case{Outages: []availability.Outage{{From: noon}}}},
		{"outages[0].to", availability.Case{Outages: []availability.Outage{{From: noon, To: noon.Add(-time.Second)}}}},
		{"outages[0].from", availability.Case{AsOf: noon, Outages: []availability.Outage{{From: noon.Add(time.Second)}}}},
		{"outages[1].to", availability.Case{AsOf: noon, Outages: hour(availability.Outage{})}},
		{"outages[1].weight", availability.Case{Outages: hour(availability.Outage{Weight: "1.1"})}},
		{"outages[1].weight", availability.Case{Outages: hour(availability.Outage{Weight: "half"})}},
		{"outages[1].affected", availability.Case{Outages: hour(availability.Outage{Users: []string{}, Affected: new(int64(1))})}},
		{"outages[1].affected", availability.Case{Population: 9, Outages: hour(availability.Outage{Affected: new(int64(10))})}},
		{"outages[1].affected", availability.Case{Population: 9, Outages: hour(availability.Outage{Affected: new(int64(-1))})}},
		{"outages[1].users", availability.Case{Population: 1, Outages: hour(availability.Outage{Users: []string{"a", "b", "a"}})}},
		{"maintenance[0].to", availability.Case{Maintenance: []availability.Maintenance{{From: noon, To: noon.Add(-time.Second)}}}},
		{"maintenance[0].announced", availability.Case{Notice: 1, Maintenance: []availability.Maintenance{{From: noon, To: noon.Add(time.Second)}}}},
		{"unknown[0].to", availability.Case{Unknown: []availability.Window{{From: noon, To: noon.Add(-time.Second)}}}},
	} {
		if c.in.Period == (availability.Window{}) {
			c.in.Period = june
		}
		if c.in.Target == "" {
			c.in.Target = "99.8"
		}
		_, err := availability.Derive(always(), c.in)
		require.True(t, fault.Is(err, fault.Invalid), c.field)
		f := fault.As(err)
		require.Equal(t, c.field, f.Field, f.Message)
		require.NotEmpty(t, f.Message.In(text.En))
		require.NotEmpty(t, f.Message.In(text.De))
	}
	_, err := availability.Derive(always(), availability.Case{Period: june})
	require.Equal(t, "target", fault.As(err).Field, "a target is needed")
}

func TestSameUserTwiceIsOneUser(t *testing.T) {
	c := availability.Case{Period: month(t, "2026-06"), Population: 1, Outages: []availability.Outage{out(t, "2026-06-02 12:00", "2026-06-02 13:00")}}
	c.Outages[0].Users = []string{"a", "a"}
	require.Equal(t, int64(3600), derive(t, always(), c).Users.LostHigh)
}
