package imports

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"
)

// drawnRule is a rule in parts, and what each of them says of a day.
type drawnRule struct {
	start                   time.Time
	interval, count         int
	until                   time.Time
	months, mdays, weekdays []int // weekdays as ordinal*10 + time.Weekday; negative ordinals likewise
}

var weekdayNames = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

func (r drawnRule) text() string {
	parts := []string{"FREQ=YEARLY"}
	if r.interval > 1 {
		parts = append(parts, fmt.Sprintf("INTERVAL=%d", r.interval))
	}
	if r.count > 0 {
		parts = append(parts, fmt.Sprintf("COUNT=%d", r.count))
	}
	if !r.until.IsZero() {
		parts = append(parts, "UNTIL="+r.until.Format("20060102"))
	}
	list := func(name string, of []int, as func(int) string) {
		var all []string
		for _, n := range of {
			all = append(all, as(n))
		}
		if all != nil {
			parts = append(parts, name+"="+strings.Join(all, ","))
		}
	}
	number := func(n int) string { return fmt.Sprint(n) }
	list("BYMONTH", r.months, number)
	list("BYMONTHDAY", r.mdays, number)
	list("BYDAY", r.weekdays, func(n int) string {
		day := (n%10 + 10) % 10
		if o := (n - day) / 10; o != 0 {
			return fmt.Sprintf("%d%s", o, weekdayNames[day])
		}
		return weekdayNames[day]
	})
	return strings.Join(parts, ";")
}

// on is RFC 5545, section 3.3.10, asked of a single day.
func (r drawnRule) on(d time.Time) bool {
	months, mdays := r.months, r.mdays
	if len(mdays)+len(r.weekdays) == 0 {
		if mdays = []int{r.start.Day()}; len(months) == 0 {
			months = []int{int(r.start.Month())}
		}
	}
	// The n-th of its weekday, from the front and from the end, in month or year.
	first, next := time.Date(d.Year(), 1, 1, 0, 0, 0, 0, time.UTC), time.Date(d.Year()+1, 1, 1, 0, 0, 0, 0, time.UTC)
	monthEnd := time.Date(d.Year(), d.Month()+1, 1, 0, 0, 0, 0, time.UTC)
	if len(months) > 0 {
		first, next = time.Date(d.Year(), d.Month(), 1, 0, 0, 0, 0, time.UTC), monthEnd
	}
	nth := int(d.Sub(first).Hours()/24)/7 + 1
	last := -int(next.Sub(d).Hours()/24-1)/7 - 1
	fromEnd := -int(monthEnd.Sub(d).Hours() / 24)
	wd := int(d.Weekday())
	return (d.Year()-r.start.Year())%r.interval == 0 &&
		(len(months) == 0 || slices.Contains(months, int(d.Month()))) &&
		(len(mdays) == 0 || slices.Contains(mdays, d.Day()) || slices.Contains(mdays, fromEnd)) &&
		(len(r.weekdays) == 0 || slices.Contains(r.weekdays, wd) || slices.Contains(r.weekdays, nth*10+wd) || slices.Contains(r.weekdays, last*10+wd))
}

// Rules agree with asking each day whether it is one.
func TestRulesAgainstAskingEachDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawnRule{
			start:    time.Date(rapid.IntRange(2010, 2030).Draw(t, "year"), 1, rapid.IntRange(1, 366).Draw(t, "day"), 0, 0, 0, 0, time.UTC),
			interval: rapid.SampledFrom([]int{1, 1, 1, 2, 3, 4}).Draw(t, "interval"),
			count:    rapid.SampledFrom([]int{0, 0, 1, 5, 30}).Draw(t, "count"),
			months:   rapid.SliceOfNDistinct(rapid.IntRange(1, 12), 0, 3, rapid.ID[int]).Draw(t, "months"),
			mdays:    rapid.SliceOfNDistinct(rapid.OneOf(rapid.IntRange(1, 31), rapid.IntRange(-31, -1)), 0, 3, rapid.ID[int]).Draw(t, "mdays"),
		}
		if rapid.Bool().Draw(t, "until?") {
			r.until = r.start.AddDate(rapid.IntRange(0, 12).Draw(t, "until"), 0, 0)
		}
		most := 0 // with BYMONTHDAY, weekdays have no ordinals
		if len(r.mdays) == 0 {
			most = 53
			if len(r.months) > 0 {
				most = 5
			}
		}
		nths := rapid.Just(0)
		if most > 0 && rapid.Bool().Draw(t, "numbered") {
			nths = rapid.OneOf(rapid.IntRange(1, most), rapid.IntRange(-most, -1))
		}
		for range rapid.IntRange(0, 2).Draw(t, "weekdays") {
			r.weekdays = append(r.weekdays, nths.Draw(t, "nth")*10+rapid.IntRange(0, 6).Draw(t, "weekday"))
		}

		var want []string
		n := 0
		for d := r.start; d.Year() <= someYears.To; d = d.AddDate(0, 0, 1) {
			if !r.on(d) {
				continue
			}
			if n++; !r.until.IsZero() && d.After(r.until) || r.count > 0 && n > r.count {
				break
			}
			if d.Year() >= someYears.From {
				want = append(want, d.Format(time.DateOnly))
			}
		}
		f, err := Holidays(strings.NewReader(ics("DTSTART:"+r.start.Format("20060102")+"|RRULE:"+r.text())), someYears)
		require.NoError(t, err)
		var got []string
		for _, h := range f.Holidays {
			got = append(got, h.Date.String())
		}
		require.Equal(t, want, got, "%s from %s", r.text(), r.start)
		require.Equal(t, want == nil, len(f.LeftOut) == 1)
	})
}

// Rules of all frequencies agree with a library, as far as it can be asked
// without being kept for good: each draw fires soon.
func TestRulesAgainstALibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := time.Date(2024, 1, 1, 0, 0, rapid.IntRange(0, 2*366*86_400).Draw(t, "start"), 0, time.UTC)
		last := start.AddDate(rapid.IntRange(0, 6).Draw(t, "years"), 0, 3)
		freq := rapid.IntRange(0, 6).Draw(t, "freq")
		parts := []string{"FREQ=" + frequencies[freq]}
		part := func(name string, of *rapid.Generator[int]) {
			if rapid.IntRange(0, 3).Draw(t, name+"?") == 0 {
				var list []string
				for _, n := range rapid.SliceOfNDistinct(of, 1, 4, rapid.ID[int]).Draw(t, name) {
					list = append(list, fmt.Sprint(n))
				}
				parts = append(parts, name+"="+strings.Join(list, ","))
			}
		}
		signed := func(most int) *rapid.Generator[int] {
			return rapid.OneOf(rapid.IntRange(1, most), rapid.IntRange(-most, -1))
		}
		part("BYMONTH", rapid.IntRange(1, 12))
		if freq != 2 {
			part("BYMONTHDAY", signed(31))
		}
		if freq == 0 || freq > 3 {
			part("BYYEARDAY", signed(366))
		}
		byDay := rapid.Bool().Draw(t, "BYDAY?")
		weeks := freq == 0 && byDay && rapid.IntRange(0, 3).Draw(t, "BYWEEKNO?") == 0
		if weeks {
			parts = append(parts, fmt.Sprintf("BYWEEKNO=%d,%d", rapid.IntRange(1, 53).Draw(t, "week"), rapid.IntRange(-51, -1).Draw(t, "week from the end")))
		}
		if byDay {
			nth := rapid.Just("")
			if freq < 2 && !weeks && rapid.Bool().Draw(t, "numbered") {
				nth = rapid.Map(signed(5), func(n int) string { return fmt.Sprint(n) })
			}
			var days []string
			for range rapid.IntRange(1, 4).Draw(t, "days") {
				days = append(days, nth.Draw(t, "nth")+rapid.SampledFrom(ruleDays).Draw(t, "day"))
			}
			parts = append(parts, "BYDAY="+strings.Join(days, ","))
		}
		part("BYHOUR", rapid.IntRange(0, 23))
		part("BYMINUTE", rapid.IntRange(0, 59))
		part("BYSECOND", rapid.IntRange(0, 59))
		if freq != 2 { // the library counts the positions of the first week from the start
			part("BYSETPOS", signed(6))
		}
		if freq < 4 { // the library may look for good where interval and list never meet
			parts = append(parts, fmt.Sprintf("INTERVAL=%d", rapid.IntRange(1, 4).Draw(t, "interval")))
		}
		parts = append(parts, "WKST="+rapid.SampledFrom([]string{"MO", "SU", "WE"}).Draw(t, "weekStart"))
		if rapid.Bool().Draw(t, "count?") {
			parts = append(parts, fmt.Sprintf("COUNT=%d", rapid.IntRange(1, 30).Draw(t, "count")))
		}
		text := strings.Join(parts, ";")

		e := vevent{rule: text}
		r, ok := e.readRule()
		require.True(t, ok, "%s: %s", text, e.reason)
		const most = 300
		var got []time.Time
		ends := false // within what a library looks at soon
		looks := 300_000
		r.each(start, start, last.AddDate(1, 0, 0), &looks, func(at time.Time) bool {
			if ends = at.After(last); !ends {
				got = append(got, at)
				ends = len(got) == most || len(got) == r.count
			}
			return !ends
		})
		if !ends {
			t.Skip("seldom or never")
		}
		option, err := rrule.StrToROption(text)
		require.NoError(t, err)
		option.Dtstart, option.Until = start, last
		library, err := rrule.NewRRule(*option)
		require.NoError(t, err)
		var want []time.Time
		for next := library.Iterator(); len(want) < most; {
			at, more := next()
			if !more {
				break
			}
			want = append(want, at)
		}
		require.Equal(t, want, got, "%s from %s until %s", text, start, last)
	})
}
