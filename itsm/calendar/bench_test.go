package calendar_test

import (
	"math/rand/v2"
	"sort"
	"syscall"
	"testing"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/de"
	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
)

// twoSpans is a calendar with a region's holidays and a lunch break.
func twoSpans(t testing.TB) (*calendar.Calendar, calendar.Spec) {
	t.Helper()
	day := []string{"08:00-12:00", "13:00-17:00"}
	s := calendar.Spec{Zone: "Europe/Berlin", Holidays: calendar.Holidays{Region: "DE-BE"},
		Hours: map[string][]string{"mon": day, "tue": day, "wed": day, "thu": day, "fri": day}}
	c, err := calendar.Compile(s)
	require.NoError(t, err)
	return c, s
}

// intervals draws pairs of instants in three years, as tickets have them: most
// hours apart, some days, a few weeks.
func intervals(n int) (from, to []time.Time) {
	random := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for range n {
		f := start.Add(time.Duration(random.IntN(3*365*86_400)) * time.Second)
		length := []int{86_400, 7 * 86_400, 60 * 86_400}[random.IntN(3)]
		from, to = append(from, f), append(to, f.Add(time.Duration(random.IntN(length))*time.Second))
	}
	return from, to
}

// prefixSum is the least that any answer costs: totals of the days so far, two
// look-ups, and the part of a day. It knows no zone: its days are UTC's.
type prefixSum struct {
	first  int64 // day
	totals []int64
	spans  [][4]int64 // of each day: from, to, from, to
}

func newPrefixSum(c *calendar.Calendar, first, last int64) *prefixSum {
	p := &prefixSum{first: first, totals: []int64{0}}
	for d := first; d <= last; d++ {
		var spans [4]int64
		i := 0
		for x := range c.Open(time.Unix(d*86_400, 0), time.Unix((d+1)*86_400, 0)) {
			spans[i], spans[i+1] = x.From-d*86_400, x.To-d*86_400
			i += 2
		}
		p.spans = append(p.spans, spans)
		p.totals = append(p.totals, p.totals[d-first]+spans[1]-spans[0]+spans[3]-spans[2])
	}
	return p
}

func (p *prefixSum) before(at int64) int64 {
	day, second := at/86_400-p.first, at%86_400
	s := &p.spans[day]
	return p.totals[day] + min(max(second-s[0], 0), s[1]-s[0]) + min(max(second-s[2], 0), s[3]-s[2])
}

func (p *prefixSum) seconds(from, to time.Time) int64 {
	return p.before(to.Unix()) - p.before(from.Unix())
}

// rickar is the same calendar in rickar/cal, which knows one span a day: the
// lunch break is left out.
func rickar() *cal.BusinessCalendar {
	c := cal.NewBusinessCalendar()
	c.SetWorkHours(8*time.Hour, 17*time.Hour)
	c.Cacheable = true
	c.AddHoliday(de.HolidaysBE...)
	return c
}

// BenchmarkSeconds sets the open seconds between two instants beside a bare
// prefix sum over the same days, and beside rickar/cal, in one run and in
// turns. ratio is our time for one of the prefix sum's.
//
//	go test -run '^$' -bench Seconds ./itsm/calendar
func BenchmarkSeconds(b *testing.B) {
	c, _ := twoSpans(b)
	from, to := intervals(4096)
	bare := newPrefixSum(c, from[0].Unix()/86_400-1200, from[0].Unix()/86_400+1400)
	berlin, err := calendar.Zone("Europe/Berlin")
	require.NoError(b, err)
	slow := rickar()
	local := make([][2]time.Time, len(from))
	for i := range from {
		local[i] = [2]time.Time{from[i].In(berlin), to[i].In(berlin)}
		require.Equal(b, bare.seconds(from[i], to[i]), c.Seconds(from[i], to[i]))
	}
	sink := int64(0)
	timed := func(n int, f func(i int)) float64 {
		begun := cpu(b)
		for range n {
			for i := range from {
				f(i)
			}
		}
		return float64((cpu(b) - begun).Nanoseconds()) / float64(n*len(from))
	}
	var ours, theirs, rickars []float64
	for b.Loop() { // each time in turns, so that the machine's mood meets all alike
		ours = append(ours, timed(50, func(i int) { sink += c.Seconds(from[i], to[i]) }))
		theirs = append(theirs, timed(50, func(i int) { sink += bare.seconds(from[i], to[i]) }))
		rickars = append(rickars, timed(1, func(i int) { sink += int64(slow.WorkHoursInRange(local[i][0], local[i][1])) }))
	}
	require.NotZero(b, sink)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(ours), "ns/interval")
	b.ReportMetric(median(theirs), "prefix-sum-ns")
	b.ReportMetric(median(ours)/median(theirs), "ratio")
	b.ReportMetric(median(rickars), "rickar-ns")
	b.ReportMetric(1e3/median(ours), "million/s")
}

// cpu is the processor time that this process has used: others on the machine
// don't count.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(x []float64) float64 {
	sort.Float64s(x)
	return x[len(x)/2]
}
