package availability_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availability"
)

func users(from, to int) (names []string) {
	for i := from; i <= to; i++ {
		names = append(names, fmt.Sprint(i))
	}
	return names
}

// V11 of the domain guide: users 1-150 for 20 minutes, 101-180 for 30, 10 of
// them at the same time.
func v11(t *testing.T) availability.Case {
	c := availability.Case{Period: month(t, "2026-06"), Population: 200,
		Outages: []availability.Outage{out(t, "2026-06-08 10:00", "2026-06-08 10:20"), out(t, "2026-06-08 10:10", "2026-06-08 10:40")}}
	c.Outages[0].Users, c.Outages[1].Users = users(1, 150), users(101, 180)
	return c
}

func TestV11(t *testing.T) {
	r := derive(t, always(), v11(t))
	require.Equal(t, int64(43200*60), r.Agreed)
	require.Equal(t, []int64{4900 * 60, 4900 * 60}, []int64{r.Users.LostLow, r.Users.LostHigh})
	require.Equal(t, "99.943287", pct(r.Users.AvailabilityLow))
	require.Equal(t, "99.943287", pct(r.Users.AvailabilityHigh))
	require.NotEqual(t, int64(5400*60), r.Users.LostHigh, "the sum over the outages: 50 users twice")
}

func TestV11Bounds(t *testing.T) {
	c := v11(t)
	c.Outages[0].Users, c.Outages[0].Affected = nil, new(int64(150))
	c.Outages[1].Users, c.Outages[1].Affected = nil, new(int64(80))
	r := derive(t, always(), c)
	require.Equal(t, []int64{4600 * 60, 5100 * 60}, []int64{r.Users.LostLow, r.Users.LostHigh})
	require.NotEqual(t, int64(5400*60), r.Users.LostHigh, "no more than the population")
	require.Equal(t, "99.940972", pct(r.Users.AvailabilityLow), "1 − 5100 / (200 · 43200)")
	require.Equal(t, "99.946759", pct(r.Users.AvailabilityHigh), "1 − 4600 / (200 · 43200)")
}

func TestUsersKnownInPart(t *testing.T) {
	c := v11(t)
	c.Outages[1].Users, c.Outages[1].Affected = nil, new(int64(80))
	r := derive(t, always(), c)
	require.Equal(t, []int64{4600 * 60, 5100 * 60}, []int64{r.Users.LostLow, r.Users.LostHigh})

	c.Outages = append(c.Outages, out(t, "2026-06-08 10:35", "2026-06-08 10:50")) // says nothing: all users
	r = derive(t, always(), c)
	require.Equal(t, []int64{(4600 - 400 + 3000) * 60, (5100 - 400 + 3000) * 60}, []int64{r.Users.LostLow, r.Users.LostHigh})

	c.Outages = c.Outages[:1]
	c.Outages[0].Users = []string{} // known to be nobody
	r = derive(t, always(), c)
	require.Zero(t, r.Users.LostHigh)
	require.Equal(t, int64(1200), r.Down, "down all the same")
}

func TestUsersLoseAgreedTimeOnly(t *testing.T) {
	c := v11(t)
	c.Maintenance = []availability.Maintenance{maintenance(t, "2026-06-08 10:00", "2026-06-08 10:15")}
	r := derive(t, always(), c)
	require.Equal(t, int64((5*180+20*80)*60), r.Users.LostLow)

	require.Nil(t, derive(t, always(), availability.Case{Period: c.Period, Outages: c.Outages}).Users, "nobody asked")

	closed := availability.Window{From: at(t, "2026-06-13 00:00"), To: at(t, "2026-06-14 00:00")}
	r = derive(t, office(t), availability.Case{Period: closed, Population: 5})
	require.Equal(t, "n/a", pct(r.Users.AvailabilityLow))
}

// A hundred thousand overlapping outages, windows and gaps, and groups of users
// among them, don't multiply with each other.
func TestManyOverlaps(t *testing.T) {
	c := availability.Case{Period: month(t, "2026-06"), Population: 1000}
	for i := range 100_000 {
		from := c.Period.From.Add(time.Duration(i%43_200) * time.Minute)
		o := availability.Outage{From: from, To: from.Add(10 * time.Hour), Weight: fmt.Sprintf("0.%06d", 100_000+i), Affected: new(int64(i % 100))}
		if i%100 == 0 {
			o.Users, o.Affected = users(i%900, i%900+50), nil
		}
		c.Outages = append(c.Outages, o)
		c.Maintenance = append(c.Maintenance, availability.Maintenance{From: from.Add(20 * time.Hour), To: from.Add(20*time.Hour + 30*time.Second)})
		c.Unknown = append(c.Unknown, availability.Window{From: from.Add(30 * time.Second), To: from.Add(40 * time.Second)})
	}
	r := derive(t, always(), c)
	require.Equal(t, int64(43_200*60-42_000*30), r.Down, "all the month, without the windows")
	require.Equal(t, int64(1), r.Failures)
	require.Positive(t, r.Users.LostLow)
}
