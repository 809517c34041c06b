package dataset_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
)

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

// rows is a watch over a row at each of some instants.
func rows(instants ...time.Time) *dataset.Watch {
	w := dataset.NewWatch(time.UTC)
	for _, t := range instants {
		w.Row(t, t, "", nil)
	}
	return w
}

// every gives n instants so far apart.
func every(from time.Time, apart time.Duration, n int) (list []time.Time) {
	for i := range n {
		list = append(list, from.Add(time.Duration(i)*apart))
	}
	return list
}

func codes(list []dataset.Warning) (all []string) {
	for _, w := range list {
		all = append(all, w.Code)
	}
	return all
}

func TestFindDatasetAndFormat(t *testing.T) {
	d, err := dataset.Find("tickets")
	require.NoError(t, err)
	f, err := d.Format("csv")
	require.NoError(t, err)
	require.True(t, f.Mapped)
	_, err = d.Format("xml")
	require.ErrorContains(t, err, "use servicenow-audit, csv")
	_, err = dataset.Find("ticket")
	require.ErrorContains(t, err, "there are tickets")
}

// Day and month swapped in a few rows move the newest change far ahead.
func TestFewRowsReachTheEnd(t *testing.T) {
	begin := at("2026-03-01 00:00")
	hourly := every(begin, time.Hour, 1000)
	for name, c := range map[string]struct {
		instants []time.Time
		rows     int64
	}{
		"dense to the end":                       {hourly, 0},
		"nine of a thousand, seven months ahead": {append(hourly[:991:991], every(begin.AddDate(0, 7, 0), time.Hour, 9)...), 9},
		"ten of a thousand are one in a hundred": {append(hourly[:990:990], every(begin.AddDate(0, 7, 0), time.Hour, 10)...), 0},
		"a gap of a day":                         {append(hourly[:999:999], hourly[998].Add(24*time.Hour)), 0},
		"a gap of a day and a minute":            {append(hourly[:999:999], hourly[998].Add(24*time.Hour+time.Minute)), 1},
		"a gap like those before":                {every(begin, 48*time.Hour, 500), 0},
		"before 1990 nothing is told apart":      {append([]time.Time{at("1904-01-01 00:00")}, hourly...), 0},
		"nothing":                                {nil, 0},
	} {
		n, from, to := rows(c.instants...).Beyond()
		require.Equal(t, c.rows, n, name)
		require.Equal(t, n > 0, to.Sub(from) > 24*time.Hour, name)
	}
}

func facts(w *dataset.Watch, n int64) dataset.Facts {
	return dataset.Facts{Read: n, Keys: n, Stopped: n, Watch: w, Zone: time.UTC}
}

func TestRefusals(t *testing.T) {
	hourly := rows(every(at("2026-03-01 00:00"), time.Hour, 1000)...)
	full := hourly.Seen(true)
	for name, c := range map[string]struct {
		change func(*dataset.Facts)
		code   string
	}{
		"nothing":                           {func(*dataset.Facts) {}, ""},
		"5 % rejected":                      {func(f *dataset.Facts) { f.Rejected = 50 }, ""},
		"more than 5 %":                     {func(f *dataset.Facts) { f.Rejected = 51 }, dataset.ManyRejected},
		"cut off":                           {func(f *dataset.Facts) { f.End = dataset.End{Unfinished: true, Row: 1000} }, dataset.Unfinished},
		"no duration":                       {func(f *dataset.Facts) { f.Zero = 1000 }, dataset.NoDuration},
		"one duration":                      {func(f *dataset.Facts) { f.Zero = 999 }, ""},
		"as many rows as the last delivery": {func(f *dataset.Facts) { f.Last = &full }, ""},
		"80 % of the last delivery": {func(f *dataset.Facts) {
			f.Last = &full
			f.Watch = rows(every(at("2026-03-01 00:00"), time.Hour, 800)...)
		}, ""},
		"less than 80 % of the last delivery": {func(f *dataset.Facts) {
			f.Last = &full
			f.Watch = rows(every(at("2026-03-01 00:00"), time.Hour, 799)...)
		}, dataset.FewerRows},
		"as many rows, of another span": {func(f *dataset.Facts) {
			f.Last = &full
			f.Watch = rows(every(at("2026-04-20 00:00"), time.Hour, 1000)...)
		}, dataset.FewerRows},
	} {
		f := facts(hourly, 1000)
		c.change(&f)
		list := f.Refusals()
		if c.code == "" {
			require.Empty(t, list, name)
			require.NoError(t, dataset.Refused(list))
			continue
		}
		require.Equal(t, []string{c.code}, codes(list), name)
		require.True(t, list[0].Refuse)
		require.NotContains(t, list[0].Detail.En+list[0].Detail.De, "%!", name)
		err := dataset.Refused(list)
		require.True(t, fault.Is(err, fault.Implausible), name)
		require.Equal(t, c.code, fault.All(err)[0].Reason, name)
	}
}

// An as-of that somebody said isn't doubted.
func TestOnlyADerivedAsOfIsDoubted(t *testing.T) {
	begin := at("2026-03-01 00:00")
	f := facts(rows(append(every(begin, time.Hour, 999), begin.AddDate(0, 7, 0))...), 1000)
	require.Empty(t, f.Refusals())
	f.Derived = true
	require.Equal(t, []string{dataset.FarAsOf}, codes(f.Refusals()))
	require.Contains(t, f.Refusals()[0].Detail.En, "Only 1 of 1,000 rows come after 11 April 2026, 14:00")
}

func TestWarnings(t *testing.T) {
	hourly := rows(every(at("2026-03-01 00:00"), time.Hour, 1000)...)
	asOf := at("2026-04-12 00:00")
	f := facts(hourly, 1000)
	require.Empty(t, f.Warnings(nil, asOf))
	f.End, f.Zero, f.Twice = dataset.End{NoNewline: true, Row: 1000}, 10, 3
	require.Equal(t, []string{dataset.NoFinalNewline, dataset.ZeroDuration, dataset.Duplicates}, codes(f.Warnings(nil, asOf)))
	f.Zero = 9
	require.NotContains(t, codes(f.Warnings(nil, asOf)), dataset.ZeroDuration, "fewer than one in a hundred")
}

// Where every row can be read with day and month swapped, none is rejected, and
// the whole year has rows: all of them on the days that were months.
func TestNoRowLiesAfterTheTwelfth(t *testing.T) {
	asOf := at("2026-12-31 00:00")
	right := every(at("2026-03-02 00:00"), 6*time.Hour, 44) // to the 12th
	right = append(right, every(at("2026-04-01 00:00"), 4*time.Hour, 72)...)
	swapped := make([]time.Time, len(right))
	for i, r := range right {
		swapped[i] = time.Date(r.Year(), time.Month(r.Day()), int(r.Month()), r.Hour(), 0, 0, 0, time.UTC)
	}
	early := func(instants ...time.Time) bool {
		list := facts(rows(instants...), int64(len(instants))).Warnings(nil, asOf)
		return slices.Contains(codes(list), dataset.EarlyDays)
	}
	require.True(t, early(swapped...))
	require.False(t, early(append(swapped, at("2026-05-13 00:00"))...))
	require.False(t, early(right[44:]...), "of one month")
	require.False(t, early(swapped[:99]...), "a few tell nothing")
	list := facts(rows(swapped...), 116).Warnings(nil, asOf)
	require.Contains(t, list[0].Detail.En, "All 116 rows, from 4 January 2026 to 4 December 2026,")
	require.Contains(t, list[0].Detail.De, "Alle 116 Zeilen vom 04.01.2026 bis 04.12.2026")
}

// Local times of another zone than before are said to be.
func TestAnotherZone(t *testing.T) {
	f := facts(rows(every(at("2026-03-01 00:00"), time.Hour, 1000)...), 1000)
	f.Usual = time.UTC
	require.Empty(t, f.Warnings(nil, at("2026-04-12 00:00")))
	f.Usual, _ = time.LoadLocation("Europe/Berlin")
	list := f.Warnings(nil, at("2026-04-12 00:00"))
	require.Equal(t, []string{dataset.OtherZone}, codes(list))
	require.Equal(t, "Ortszeiten werden als solche von UTC gelesen; bisher galt für den Service Europe/Berlin.", list[0].Detail.De)
}

// A month of 5 rows after one of 7,508, and what isn't one.
func TestAMonthWithFarFewerRows(t *testing.T) {
	march := every(at("2016-03-01 00:00"), 356*time.Second, 7508) // 31 days
	few := append(march[:7508:7508], every(at("2016-04-02 08:00"), 5*24*time.Hour, 5)...)
	f := facts(rows(few...), 7513)
	list := f.Warnings(nil, at("2016-05-01 00:00"))
	require.Equal(t, []string{dataset.FewRows}, codes(list))
	require.Equal(t, "April 2016 has 5 rows, far fewer than the months before: 7,508 on average.", list[0].Detail.En)
	require.Equal(t, "April 2016 hat 5 Zeilen, weit weniger als die Monate davor: im Mittel 7.508.", list[0].Detail.De)
	require.Equal(t, at("2016-04-01 00:00"), *list[0].From)
	require.Equal(t, at("2016-05-01 00:00"), *list[0].To)

	whole := append(march[:7508:7508], every(at("2016-04-01 00:00"), 356*time.Second, 120)...) // half a day of April
	require.Empty(t, facts(rows(whole...), 7628).Warnings(nil, at("2016-04-01 12:00")), "April has hardly begun")

	// What came before stands in other imports.
	april := facts(rows(every(at("2016-04-02 08:00"), 5*24*time.Hour, 5)...), 5)
	before := map[calendar.Date]int64{}
	for _, t := range march {
		before[calendar.DateOf(t)]++
	}
	require.Equal(t, []string{dataset.FewRows}, codes(april.Warnings(before, at("2016-05-01 00:00"))))
	require.Empty(t, april.Warnings(nil, at("2016-05-01 00:00")))
}

// A file that leaps up and down for centuries doesn't make a warning of each month.
func TestMonthsWarnedOfAreBounded(t *testing.T) {
	w := dataset.NewWatch(time.UTC)
	for i := range 1200 { // every fourth month has one row
		for range map[bool]int{true: 1, false: 400}[i%4 == 3] {
			day := at("1900-01-15 08:00").AddDate(0, i, 0)
			w.Row(day, day, "", nil)
		}
	}
	list := facts(w, 1).Warnings(nil, at("2000-01-01 00:00"))
	require.Len(t, list, 25)
	require.Equal(t, "In 276 more months, all of them earlier than those named, there are far fewer rows than before.", list[24].Detail.En)
	require.Equal(t, at("1900-04-01 00:00"), *list[24].From)
	require.Equal(t, at("1992-01-01 00:00"), *list[24].To)
	require.Equal(t, at("1992-04-01 00:00"), *list[0].From, "the newest by themselves")
}

func TestDaysWithFarFewerRows(t *testing.T) {
	var list []time.Time
	for day := range 60 {
		n := 40
		if day == 45 {
			n = 3
		}
		list = append(list, every(at("2026-03-01 00:00").AddDate(0, 0, day), time.Minute, n)...)
	}
	warnings := facts(rows(list...), int64(len(list))).Warnings(nil, at("2026-04-30 00:00"))
	require.Equal(t, []string{dataset.FewRows}, codes(warnings))
	require.Equal(t, "In April 2026 days have far fewer rows than the same weekday of the weeks before: 15 April 2026 (3).", warnings[0].Detail.En)
}

func TestStates(t *testing.T) {
	agreed := []dataset.Agreed{{Name: "desk", Spec: agreement.Spec{Targets: []agreement.Target{{Name: "p1", Pause: []string{"Waiting"}}}}}}
	lists := dataset.States{Run: []string{"Open"}, Pause: []string{"Waiting", "Parked"}, Stop: []string{"Done"}}
	uses := dataset.UseStates([]dataset.Value{{Value: "Open", Rows: 4}, {Value: "Waiting", Rows: 3}, {Value: "Parked", Rows: 2}, {Value: "Done", Rows: 2}, {Value: "Odd", Rows: 1}}, lists, agreed)
	does := map[string]string{}
	for _, u := range uses {
		does[u.State] = u.Does
	}
	require.Equal(t, map[string]string{"Open": "run", "Waiting": "pause", "Parked": "run", "Done": "stop", "Odd": "run"}, does)
	require.Equal(t, []string{"desk/p1"}, uses[1].Pauses)
	require.True(t, uses[2].Idle && !uses[1].Idle, "only the mapping calls it a pause")
	list := dataset.StateWarnings(uses)
	require.Equal(t, []string{dataset.UnnamedState, dataset.UnagreedPause}, codes(list))
	require.Contains(t, list[0].Detail.De, "„Odd“")
	require.Contains(t, list[1].Detail.En, `"Parked"`)
}

func TestUnknownValues(t *testing.T) {
	spec := agreement.Spec{Customer: "Retail", Where: agreement.Where{"site": {"Bonn"}}, Targets: []agreement.Target{
		{Name: "p1", Where: agreement.Where{"priority": {"1 - Critical", "1-High"}}, Pause: []string{"Awaiting user"}},
		{Name: "p2", Where: agreement.Where{"colour": {"red"}}},
	}}
	have := map[string][]string{"site": {"Bonn"}, "priority": {"1 - Critical", "2 - High"}, "state": {"New", "Awaiting User"}, "customer": {"retail"}}
	agreed := []dataset.Agreed{{Name: "desk", Spec: spec}, {Name: "desk", Spec: spec}} // two versions say it once
	asked := 0
	ask := func(field, value string) (bool, error) { asked++; return field == "priority", nil }
	known := func(whole bool) dataset.Known { return func(f string) ([]string, bool) { return have[f], whole } }
	list, err := dataset.UnknownValues(agreed, known(true), ask)
	require.NoError(t, err)
	require.Zero(t, asked)
	var said []string
	for _, w := range list {
		require.Equal(t, dataset.UnknownValue, w.Code)
		said = append(said, w.Detail.En)
	}
	require.Equal(t, []string{
		`desk names the value "Retail" of the field "customer", which no ticket has. Is "retail" meant?`,
		`desk/p1 names the value "1-High" of the field "priority", which no ticket has. Is "2 - High" meant?`,
		`desk/p1 pauses in the state "Awaiting user", in which no ticket was. Is "Awaiting User" meant?`,
		`desk/p2 compares the field "colour", which no ticket has.`,
	}, said)
	delete(have, dataset.State)
	list, err = dataset.UnknownValues(agreed, known(true), ask)
	require.NoError(t, err)
	require.Equal(t, []string{dataset.UnknownValue, dataset.UnknownValue, dataset.UnknownValue, dataset.NoHistory}, codes(list))
	require.Equal(t, `No import tells when tickets were in which state, so nothing pauses: clocks run on while tickets wait. Pauses were agreed under "desk/p1".`, list[3].Detail.En)
	have[dataset.State] = []string{"New"}
	list, err = dataset.UnknownValues(agreed, known(false), ask)
	require.NoError(t, err)
	require.Len(t, list, 3, "the value of priority was found where it was looked for")
}

// A version counts for the time that no later one of the same agreement holds.
func TestVersionsInForce(t *testing.T) {
	january, july := at("2026-01-01 00:00"), at("2026-07-01 00:00")
	for name, c := range map[string]struct {
		versions []dataset.Agreed
		left     int
	}{
		"one":                    {[]dataset.Agreed{{Name: "a", From: january}}, 1},
		"the same time":          {[]dataset.Agreed{{Name: "a", From: january}, {Name: "a", From: january}}, 1},
		"from July on":           {[]dataset.Agreed{{Name: "a", From: january}, {Name: "a", From: july}}, 2},
		"until July":             {[]dataset.Agreed{{Name: "a", From: january}, {Name: "a", From: january, To: july}}, 2},
		"longer than the first":  {[]dataset.Agreed{{Name: "a", From: january, To: july}, {Name: "a", From: january}}, 1},
		"of another agreement":   {[]dataset.Agreed{{Name: "a", From: january}, {Name: "b", From: january}}, 2},
		"the first of the later": {[]dataset.Agreed{{Name: "a", From: july}, {Name: "a", From: january}}, 1},
	} {
		left := dataset.InForce(c.versions)
		require.Len(t, left, c.left, name)
		require.Equal(t, c.versions[len(c.versions)-1], left[len(left)-1], name)
	}
}

func TestScope(t *testing.T) {
	agreed := []dataset.Agreed{
		{Name: "desk", From: at("2026-01-01 00:00"), To: at("2026-07-01 00:00"), Spec: agreement.Spec{Where: agreement.Where{"site": {"Bonn"}},
			Targets: []agreement.Target{{Name: "p1", Where: agreement.Where{"priority": {"1"}}}}}},
	}
	s := dataset.NewScope(agreed)
	ticket := func(opened, site, priority string, n int) {
		for range n {
			s.Ticket(at(opened), map[string]string{"site": site, "priority": priority})
		}
	}
	ticket("2026-03-01 00:00", "Bonn", "1", 198)
	require.Empty(t, s.Warnings())
	ticket("2026-03-01 00:00", "Kiel", "1", 1)
	require.Empty(t, s.Warnings(), "fewer than one in a hundred")
	ticket("2026-07-01 00:00", "Bonn", "1", 1)
	ticket("2026-03-01 00:00", "Bonn", "2", 50)
	list := s.Warnings()
	require.Equal(t, []string{dataset.NoTarget}, codes(list))
	require.Equal(t, "50 of 250 tickets, 20.0\u00a0%, fall under an agreement and under none of its targets.", list[0].Detail.En)
	ticket("2025-12-31 23:59", "Bonn", "1", 1)
	require.Equal(t, []string{dataset.NoAgreement, dataset.NoTarget}, codes(s.Warnings()))
}

func TestNearest(t *testing.T) {
	known := []string{"1 - Critical", "2 - High", "P1"}
	for value, want := range map[string]string{"1-critical": "1 - Critical", "Critical": "1 - Critical", "Criitcal": "1 - Critical", "1 - Crtiical": "1 - Critical", "2 - Hihg": "2 - High", "Hihg": "", "2 -  High": "2 - High", "P2": "", "p1": "P1", "": "", "Low": ""} {
		require.Equal(t, want, dataset.Nearest(value, known), "%q", value)
	}
}

// A field that is called as states are counts once.
func TestAFieldCalledState(t *testing.T) {
	w := dataset.NewWatch(time.UTC)
	for range 3 {
		w.Row(at("2026-01-01 00:00"), at("2026-01-01 00:00"), "Open", map[string]string{"state": "Open"})
	}
	require.Equal(t, []dataset.Value{{Value: "Open", Rows: 3}}, w.Seen(false).Values["state"])
}

// What a file holds is counted within bounds, whatever it holds.
func TestWatchIsBounded(t *testing.T) {
	w := dataset.NewWatch(time.UTC)
	for i := range 50_000 {
		w.Row(at("0001-01-01 00:00").AddDate(0, 0, 70*i%3_000_000), at("2026-01-01 00:00"), "", map[string]string{"a": fmt.Sprint(i), "long": strings.Repeat("x", 150) + fmt.Sprint(i), "same": "y"})
	}
	s := w.Seen(false)
	require.Equal(t, []string{"a", "long"}, s.More)
	require.Len(t, s.Values["a"], 1000)
	require.Equal(t, []dataset.Value{{Value: "y", Rows: 50_000}}, s.Values["same"])
	require.LessOrEqual(t, len(s.Days), 40_000)
	total := 0
	for _, v := range s.Values["long"] {
		total += len(v.Value)
	}
	require.Less(t, total, 1<<18)
}
