package planning

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
)

// oracle says again, as slowly as it can be said, when a rule is due: it walks
// day by day and looks for readings of the clock minute by minute.
type oracle struct {
	rule   Rule
	zone   *time.Location
	cal    *calendar.Calendar
	adjust Adjust
	known  map[time.Time]bool // whether dates are working days
}

func (o oracle) slots(from, to time.Time) []time.Time {
	var all []time.Time
	begin := from.In(o.zone).AddDate(0, 0, -80)
	for day := time.Date(begin.Year(), begin.Month(), begin.Day(), 0, 0, 0, 0, time.UTC); day.Before(to.AddDate(0, 0, 80)); day = day.AddDate(0, 0, 1) {
		times := o.times(day)
		if len(times) == 0 {
			continue
		}
		moved := o.move(day)
		for _, m := range times {
			if at := o.instant(moved, m); !at.Before(from) && at.Before(to) {
				all = append(all, at)
			}
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	return slices.CompactFunc(all, time.Time.Equal)
}

func (o oracle) working(day time.Time) bool {
	is, ok := o.known[day]
	if !ok {
		is = o.cal == nil || o.cal.WorkingDay(calendar.DateOf(day))
		o.known[day] = is
	}
	return is
}

// times are the minutes of a day that the rule names; none on other days.
func (o oracle) times(day time.Time) []int {
	if o.rule.Cron == "" {
		if !o.isDay(day) {
			return nil
		}
		var h, m int
		fmt.Sscanf(o.rule.At, "%d:%d", &h, &m)
		return []int{h*60 + m}
	}
	f := strings.Fields(o.rule.Cron)
	dom, dow := cronHas(f[2], day.Day(), 1, 31), cronHas(f[4], int(day.Weekday()), 0, 6)
	if day.Weekday() == time.Sunday {
		dow = dow || cronHas(f[4], 7, 0, 7) && f[4] != "*" && !strings.HasPrefix(f[4], "*/")
	}
	on := dom || dow
	if f[2] == "*" || f[4] == "*" {
		on = dom && dow
	}
	if !on || !cronHas(f[3], int(day.Month()), 1, 12) {
		return nil
	}
	var all []int
	for h := range 24 {
		if !cronHas(f[1], h, 0, 23) {
			continue
		}
		for m := range 60 {
			if cronHas(f[0], m, 0, 59) {
				all = append(all, h*60+m)
			}
		}
	}
	return all
}

// cronHas says whether a list like 1-5/2,9 has a value.
func cronHas(list string, v, low, high int) bool {
	for _, item := range strings.Split(list, ",") {
		span, every, stepped := strings.Cut(item, "/")
		step := 1
		if stepped {
			step, _ = strconv.Atoi(every)
		}
		a, b := low, high
		if span != "*" {
			first, last, ranged := strings.Cut(span, "-")
			a, _ = strconv.Atoi(first)
			switch {
			case ranged:
				b, _ = strconv.Atoi(last)
			case !stepped:
				b = a
			}
		}
		if v >= a && v <= b && (v-a)%step == 0 {
			return true
		}
	}
	return false
}

// isDay counts the days of the span from the one end or the other.
func (o oracle) isDay(day time.Time) bool {
	same := func(d time.Time) bool {
		switch o.rule.Of {
		case calendar.Month:
			return d.Year() == day.Year() && d.Month() == day.Month()
		case calendar.Quarter:
			return d.Year() == day.Year() && (d.Month()-1)/3 == (day.Month()-1)/3
		}
		return d.Year() == day.Year()
	}
	n, only := o.rule.Day, false
	if o.rule.WorkingDay != 0 {
		n, only = o.rule.WorkingDay, true
	}
	if only && !o.working(day) {
		return false
	}
	step := -1
	if n < 0 {
		step = 1
	}
	place := 0
	for d := day; same(d); d = d.AddDate(0, 0, step) {
		if !only || o.working(d) {
			place++
		}
	}
	return place == max(n, -n)
}

func (o oracle) move(day time.Time) time.Time {
	find := func(step int) time.Time {
		d := day
		for i := 0; !o.working(d) && i < 400; i++ {
			d = d.AddDate(0, 0, step)
		}
		return d
	}
	within := func(d time.Time) bool { return d.Month() == day.Month() && d.Year() == day.Year() && o.working(d) }
	forth, back := find(1), find(-1)
	switch o.adjust {
	case Following:
		return forth
	case Preceding:
		return back
	case ModifiedFollowing:
		if within(forth) {
			return forth
		}
		if within(back) {
			return back
		}
	case ModifiedPreceding:
		if within(back) {
			return back
		}
		if within(forth) {
			return forth
		}
	}
	return day
}

// instant looks for the first minute whose reading is wanted; where there is
// none, for the last one before the gap.
func (o oracle) instant(day time.Time, minute int) time.Time {
	want := day.Add(time.Duration(minute) * time.Minute)
	reading := func(at time.Time) time.Time {
		l := at.In(o.zone)
		return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), 0, 0, time.UTC)
	}
	before := want.Add(-16 * time.Hour)
	for at := before; ; at = at.Add(time.Minute) {
		switch r := reading(at); {
		case r.Equal(want):
			return at.UTC()
		case r.After(want):
			_, off := before.In(o.zone).Zone()
			return want.Add(-time.Duration(off) * time.Second).UTC()
		}
		before = at
	}
}

// Thousands of random rules, zones, calendars and adjustments, around clock
// changes.
func TestSlotsAgreeWithAWalkThroughTheDays(t *testing.T) {
	dice := rand.New(rand.NewPCG(12, 2026))
	pick := func(s ...string) string { return s[dice.IntN(len(s))] }
	number := func(low, high int) string { return strconv.Itoa(low + dice.IntN(high-low+1)) }
	field := func(low, high int) string {
		switch dice.IntN(6) {
		case 0, 1:
			return "*"
		case 2:
			return "*/" + number(1, max(1, high/2))
		case 3:
			a := low + dice.IntN(high-low+1)
			return strconv.Itoa(a) + "-" + number(a, high) + pick("", "/2", "/3")
		case 4:
			return number(low, high) + "," + number(low, high)
		}
		return number(low, high) + pick("", "", "/7")
	}
	zones := []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo", "Asia/Kathmandu", "Africa/Casablanca", "America/St_Johns"}
	changes := []string{"2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2026-10-04", "2011-12-30", "2018-11-04", "2026-12-31", "2028-02-29"}
	counted := 0
	for range 3000 {
		zone, err := calendar.Zone(pick(zones...))
		require.NoError(t, err)
		o := oracle{zone: zone, known: map[time.Time]bool{}, adjust: Adjust(pick(string(None), string(Following), string(ModifiedFollowing), string(Preceding), string(ModifiedPreceding)))}
		if dice.IntN(3) > 0 {
			spec := calendar.Spec{Zone: zone.String(), Hours: map[string][]string{}}
			for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
				if dice.IntN(3) > 0 {
					spec.Hours[d] = []string{pick("08:00-18:00", "22:00-06:00", "00:00-04:00")}
				}
			}
			spec.Hours["wed"] = []string{"09:00-12:00"}
			spec.Holidays.Region = pick("", "DE-BE", "DE-BY", "DE-SN")
			o.cal, err = calendar.Compile(spec)
			if err != nil {
				continue // a night that meets the morning after
			}
		}
		switch dice.IntN(3) {
		case 0: // around the hours that clocks skip and repeat
			o.rule = Rule{Cron: strings.Join([]string{pick("0", "30", "15", "5,35", "20/25", "7-9/2", number(0, 59)), pick("0", "1", "2", "3", "23", number(0, 23)), field(1, 31), field(1, 12), field(0, 7)}, " ")}
			o.rule.Cron = strings.TrimSuffix(o.rule.Cron, "/7") // of days of the week only the first
		case 1:
			o.rule = Rule{WorkingDay: 1 + dice.IntN(23), Of: calendar.Grain(pick("month", "quarter", "year"))}
		case 2:
			o.rule = Rule{Day: 1 + dice.IntN(31), Of: calendar.Grain(pick("month", "month", "quarter", "year"))}
		}
		if o.rule.Cron == "" {
			o.rule.At = fmt.Sprintf("%02d:%02d", pick2(dice), dice.IntN(60))
			if dice.IntN(2) == 0 {
				o.rule.Day, o.rule.WorkingDay = -o.rule.Day, -o.rule.WorkingDay
			}
		}
		middle, err := time.Parse(time.DateOnly, pick(changes...))
		require.NoError(t, err)
		from := middle.Add(-time.Duration(dice.IntN(20*24*60)) * time.Minute)
		to := middle.Add(time.Duration(dice.IntN(25*24*60)) * time.Minute)
		p, err := Compile(o.rule, o.zone, o.cal, o.adjust)
		require.NoError(t, err, "%+v", o.rule)
		got, err := p.Slots(from, to)
		require.NoError(t, err, "%+v", o.rule)
		want := o.slots(from, to)
		require.Len(t, got, len(want), "%+v %s %s %s..%s\n%v\n%v", o.rule, zone, o.adjust, from, to, got, want)
		for i := range want {
			require.True(t, want[i].Equal(got[i]), "%+v %s %s: %s is %s", o.rule, zone, o.adjust, want[i], got[i])
		}
		counted += len(want)
	}
	require.Greater(t, counted, 4_000)
}

// pick2 is an hour, mostly of the night.
func pick2(dice *rand.Rand) int {
	if dice.IntN(4) == 0 {
		return dice.IntN(24)
	}
	return dice.IntN(4)
}
