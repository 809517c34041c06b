package availability_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availability"
	"turnus/itsm/calendar"
)

// The oracle counts minutes. It takes the definitions literally (an instant is
// inside the hours when its wall-clock reading is, and in a period when its
// local date is) and shares nothing with the packages but the zones' data.

// minute is what the oracle knows of one: its start and its local reading.
type minute struct {
	at      int64
	date    int64 // days since 1970
	reading int   // minutes since midnight
}

// minutesOf walks a zone from a date to the one before which it ends.
func minutesOf(zone *time.Location, from, to calendar.Date, walk func(minute)) {
	day := func(d calendar.Date) int64 {
		return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / 86400
	}
	first, last := day(from), day(to)
	var offset int
	for m := (first*1440 - 15*60) * 60; m < (last*1440+15*60)*60; m += 60 {
		if m%900 == 0 { // since 2000 clocks have changed on quarters of an hour
			_, offset = time.Unix(m, 0).In(zone).Zone()
		}
		local := m + int64(offset)
		if date := local / 86400; first <= date && date < last {
			walk(minute{m, date, int(local % 86400 / 60)})
		}
	}
}

// hoursBook holds a calendar's spans by date, as minutes.
type hoursBook struct {
	spec calendar.Spec
	days map[int64][][2]int
}

func (b hoursBook) on(day int64) [][2]int {
	if spans, ok := b.days[day]; ok {
		return spans
	}
	d := time.Unix(day*86400, 0).UTC()
	is := func(x calendar.Date) bool { return x.Year == d.Year() && x.Month == d.Month() && x.Day == d.Day() }
	list := b.spec.Hours[[]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}[d.Weekday()]]
	if slices.ContainsFunc(b.spec.Holidays.Dates, is) {
		list = nil
	}
	for _, s := range b.spec.Special {
		if is(s.Date) {
			list = s.Hours
		}
	}
	spans := [][2]int{}
	for _, s := range list {
		var h, m, h2, m2 int
		if _, err := fmt.Sscanf(s, "%d:%d-%d:%d", &h, &m, &h2, &m2); err != nil {
			panic(err)
		}
		from, to := h*60+m, h2*60+m2
		if to <= from {
			to += 1440
		}
		spans = append(spans, [2]int{from, to})
	}
	b.days[day] = spans
	return spans
}

func (b hoursBook) open(m minute) bool {
	for back := range 2 {
		r := m.reading + back*1440
		for _, s := range b.on(m.date - int64(back)) {
			if s[0] <= r && r < s[1] {
				return true
			}
		}
	}
	return false
}

var oracleZones = []string{"Europe/Berlin", "Europe/London", "America/New_York", "America/Havana", "America/Sao_Paulo", "Australia/Lord_Howe",
	"Pacific/Auckland", "Asia/Beirut", "Africa/Casablanca"}

var oracleDays = [][]string{nil, {"00:00-24:00"}, {"08:00-12:00", "13:00-17:30"}, {"22:00-06:00"}, {"00:00-03:00", "23:00-24:00"},
	{"02:00-03:00"}, {"01:30-02:15", "02:45-03:30"}, {"23:30-00:30"}, {"08:00-09:00", "18:00-02:30"}}

// drawing makes the oracle's cases from a source of its own.
type drawing struct{ *rand.Rand }

func (d drawing) spec(near calendar.Date, zone string) calendar.Spec {
	s := calendar.Spec{Zone: zone, Hours: map[string][]string{}}
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		if p := oracleDays[d.IntN(len(oracleDays))]; p != nil {
			s.Hours[day] = p
		}
	}
	if d.IntN(3) == 0 {
		s.Holidays.Dates = []calendar.Date{near.Add(d.IntN(3) - 1)}
	}
	if d.IntN(3) == 0 {
		s.Special = []calendar.Special{{Date: near.Add(d.IntN(3) - 1), Hours: oracleDays[d.IntN(len(oracleDays))]}}
	}
	return s
}

// spans are at whole minutes around an instant, from a minute to 30 hours.
func (d drawing) spans(most int, near int64) (list []availability.Window) {
	for range d.IntN(most + 1) {
		from := near + 60*int64(d.IntN(3*1440)-3*720)
		list = append(list, availability.Window{From: time.Unix(from, 0), To: time.Unix(from+60*int64(1+d.IntN(1+d.IntN(1800))), 0)})
	}
	return list
}

func within(at int64, list []availability.Window) bool {
	return slices.ContainsFunc(list, func(w availability.Window) bool { return w.From.Unix() <= at && at < w.To.Unix() })
}

// compiled drops days whose night meets the next morning: a week may not.
func compiled(t *testing.T, s calendar.Spec) *calendar.Calendar {
	for _, day := range []string{"", "mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		delete(s.Hours, day)
		if c, err := calendar.Compile(s); err == nil {
			return c
		}
	}
	require.FailNow(t, "a calendar without hours doesn't compile")
	return nil
}

// Ten thousand cases around clock changes on five continents.
func TestAgainstCountingMinutes(t *testing.T) {
	d := drawing{rand.New(rand.NewPCG(2026, 3))}
	cases := 10_000
	if testing.Short() {
		cases = 1_000
	}
	changes, downs := 0, 0
	for n := range cases {
		name := oracleZones[n%len(oracleZones)]
		zone, err := calendar.Zone(name)
		require.NoError(t, err)
		near := time.Unix(946_684_800+60*d.Int64N(15_778_080), 0).In(zone) // 2000 to 2029
		if _, change := near.ZoneBounds(); !change.IsZero() && d.IntN(4) > 0 {
			near = change
		}
		day := calendar.DateOf(near)
		from := day.Add(-d.IntN(2))
		to := day.Add(1 + d.IntN(2))
		spec := d.spec(day, name)
		cal := compiled(t, spec)
		outages, windows := d.spans(5, near.Unix()), d.spans(2, near.Unix())
		c := availability.Case{Period: availability.Window{From: from.Start(zone), To: to.Start(zone)}, Target: []string{"50", "95", "99.9"}[n%3],
			Policy: []availability.Policy{availability.Excluded, availability.Excused}[n/3%2]}
		for _, o := range outages {
			c.Outages = append(c.Outages, availability.Outage{From: o.From, To: o.To})
		}
		for _, m := range windows {
			c.Maintenance = append(c.Maintenance, availability.Maintenance{From: m.From, To: m.To})
		}

		book := hoursBook{spec, map[int64][][2]int{}}
		var agreed, down int64
		first, last, minutes := int64(1<<62), int64(0), int64(0)
		minutesOf(zone, from, to, func(m minute) {
			first, last, minutes = min(first, m.at), m.at+60, minutes+1
			excused := within(m.at, windows)
			switch {
			case !book.open(m) || excused && c.Policy == availability.Excluded:
			case excused:
				agreed++
			default:
				agreed++
				if within(m.at, outages) {
					down++
				}
			}
		})
		require.Equal(t, (last-first)/60, minutes, "the oracle's period has a hole")
		failures, restored, restoring := runs(outages, first, last)

		r, err := availability.Derive(cal, c)
		require.NoError(t, err)
		what := fmt.Sprintf("case %d: %s, %s to %s, %+v, %v", n, name, from, to, spec, c)
		require.Equal(t, []int64{first, last}, []int64{r.Segments[0].From.Unix(), r.Segments[len(r.Segments)-1].To.Unix()}, what)
		require.Equal(t, []int64{agreed * 60, down * 60, failures, restored}, []int64{r.Agreed, r.Down, r.Failures, r.Restored}, what)
		if restored > 0 {
			require.Equal(t, (2*restoring*60+restored)/(2*restored), *r.MTRS, what)
		} else {
			require.Nil(t, r.MTRS)
		}
		met := agreed > 0 && (agreed-down)*100_000 >= agreed*[]int64{50_000, 95_000, 99_900}[n%3]
		require.Equal(t, met, r.Verdict == availability.Met, what)
		require.Equal(t, agreed == 0, r.Verdict == availability.NotApplicable, what)
		if minutes%1440 != 0 {
			changes++
		}
		if down > 0 {
			downs++
		}
	}
	require.Greater(t, changes, cases/2, "periods with a clock change")
	require.Greater(t, downs, cases/3, "periods with downtime")
}

// runs walks the minutes of all outages: a failure is a minute down after one
// that wasn't, and it is restored in the first that isn't.
func runs(outages []availability.Window, first, last int64) (failures, restored, minutes int64) {
	if len(outages) == 0 {
		return 0, 0, 0
	}
	from, to := int64(1<<62), int64(0)
	for _, o := range outages {
		from, to = min(from, o.From.Unix()), max(to, o.To.Unix())
	}
	var run int64
	for m := from - 60; m <= to; m += 60 {
		inside := first <= m && m < last
		if within(m, outages) {
			if run == 0 && inside {
				failures++
			}
			run++
			continue
		}
		if run > 0 && inside {
			restored++
			minutes += run
		}
		run = 0
	}
	return failures, restored, minutes
}
