package sla_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/sla"
	"turnus/itsm/ticket"
)

const zone = "Europe/Berlin"

// frozen is a period's set with one agreement of some targets, always open.
func frozen(period string, targets ...agreement.Target) sla.Frozen {
	p, err := calendar.ParsePeriod(period)
	if err != nil {
		panic(err)
	}
	berlin, _ := calendar.Zone(zone)
	f := sla.Frozen{Zone: zone, Period: period}
	f.From, f.To = p.Bounds(berlin)
	f.AsOf, f.At = f.To, f.To
	f.Agreements = []sla.Agreement{{Name: "desk", Version: 1, Spec: agreement.Spec{Targets: targets,
		Workload: []agreement.WorkloadLimit{{Name: "tickets", Per: "month", Limit: 2}}}}}
	return f
}

func within(name string, hours int64) agreement.Target {
	return agreement.Target{Name: name, Measure: agreement.Resolution, Within: agreement.Duration(hours * 3600), Calendar: "24x7", Attain: "95"}
}

// local reads an instant of Berlin's wall clock.
func local(s string) time.Time {
	berlin, _ := calendar.Zone(zone)
	x, err := time.ParseInLocation("2006-01-02 15:04", s, berlin)
	if err != nil {
		panic(err)
	}
	return x
}

type fields = map[string]string

// history makes a ticket of events such as "2026-01-05 08:00 Active", where
// Resolved stops, First responds, and k=v changes a field.
func history(opening fields, list ...string) ticket.Version {
	v := ticket.Version{Number: list[0], Fields: fields{}}
	state := ""
	for i, s := range list {
		e := ticket.Event{At: local(s[:16])}
		word := s[17:]
		for j := range word {
			if word[j] == '=' {
				e.Fields = fields{word[:j]: word[j+1:]}
				word = ""
				break
			}
		}
		if word == "First" {
			e.Responded, word = true, ""
		}
		if word != "" {
			state = word
		}
		e.State, e.Stopped = state, state == "Resolved"
		if i == 0 {
			e.Fields = opening
			v.Opened, v.First = e.At, e.At
		}
		for k, x := range e.Fields {
			v.Fields[k] = x
		}
		v.Events = append(v.Events, e)
		v.Last = e.At
	}
	return v
}

func stream(list ...ticket.Version) iter.Seq2[ticket.Version, error] {
	return func(yield func(ticket.Version, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}

func derive(t testing.TB, f sla.Frozen, list ...ticket.Version) sla.Result {
	t.Helper()
	r, err := sla.Derive(f, stream(list...))
	require.NoError(t, err)
	return r
}

// one gives the only target's counts, without what doesn't count.
func one(t testing.TB, f sla.Frozen, list ...ticket.Version) sla.TargetResult {
	t.Helper()
	r := derive(t, f, list...).Agreements[0].Targets[0]
	return plain(r)
}

// plain are a target's counts alone.
func plain(r sla.TargetResult) sla.TargetResult {
	r.Target, r.Percentiles, r.Worst = agreement.Target{}, nil, nil
	return r
}

func TestV05OpenTicketsAtThePeriodsEnd(t *testing.T) {
	var list []ticket.Version
	add := func(n int, events ...string) {
		for range n {
			list = append(list, history(nil, events...))
		}
	}
	add(38, "2026-06-10 08:00 Active", "2026-06-10 11:00 Resolved")
	add(1, "2026-06-10 08:00 Active", "2026-06-10 13:00 Resolved")
	add(1, "2026-05-31 10:00 Active", "2026-06-02 13:00 Resolved") // breached in May
	add(4, "2026-06-29 08:00 Active")
	add(2, "2026-06-30 22:00 Active")
	r := one(t, frozen("2026-06", within("p1", 4)), list...)
	require.Equal(t, sla.TargetResult{Counts: sla.Counts{Decided: 43, Met: 38, Breached: 5, Open: 6, OpenBreached: 4, Undecided: 2}, Verdict: sla.Missed}, r)
	require.NotEqual(t, int64(40), r.Decided, "resolved in the period: 95 %, met")
}

func TestVerdictsAreExact(t *testing.T) {
	for _, c := range []struct {
		met, breached int
		attain        string
		want          sla.Verdict
		naive         string // two decimals
	}{
		{999, 1, "99.9", sla.Met, "99.90"},
		{29970, 30, "99.9", sla.Met, "99.90"},
		{29969, 30, "99.9", sla.Missed, "99.90"},
		{29969, 31, "99.9", sla.Missed, "99.90"},
		{2, 1, "66.666666666666666666", sla.Met, "66.67"},
		{2, 1, "66.666666666666666667", sla.Missed, "66.67"},
		{0, 1, "0", sla.Met, "0.00"},
		{0, 0, "95", sla.NoData, ""},
	} {
		target := within("p1", 4)
		target.Attain = json.Number(c.attain)
		met := history(nil, "2026-06-10 08:00 Active", "2026-06-10 12:00 Resolved")
		late := history(nil, "2026-06-10 08:00 Active", "2026-06-10 12:01 Resolved")
		r, err := sla.Derive(frozen("2026-06", target), func(yield func(ticket.Version, error) bool) {
			for range c.met {
				yield(met, nil)
			}
			for range c.breached {
				yield(late, nil)
			}
		})
		require.NoError(t, err)
		x := r.Agreements[0].Targets[0]
		require.Equal(t, c.want, x.Verdict, "%d and %d against %s", c.met, c.breached, c.attain)
		if c.naive != "" {
			require.Equal(t, c.naive, fmt.Sprintf("%.2f", float64(x.Met)*100/float64(x.Decided)))
		}
	}
}

func TestDecidedOnceInTheFirstMonth(t *testing.T) {
	// Stopped in time in January, reopened in February, running at its end,
	// stopped again in March.
	v := history(nil, "2026-01-05 08:00 Active", "2026-01-05 10:00 Resolved", "2026-02-10 08:00 Active", "2026-03-03 08:00 Resolved")
	target := within("p1", 4)
	require.Equal(t, sla.TargetResult{Counts: sla.Counts{Decided: 1, Met: 1}, Verdict: sla.Met}, one(t, frozen("2026-01", target), v))
	require.Equal(t, sla.TargetResult{Counts: sla.Counts{Reopened: 1, ReopenedBreached: 1, Open: 1, OpenBreached: 1}, Verdict: sla.NoData}, one(t, frozen("2026-02", target), v))
	require.Equal(t, sla.TargetResult{Verdict: sla.NoData}, one(t, frozen("2026-03", target), v))
	require.Equal(t, sla.TargetResult{Counts: sla.Counts{Decided: 1, Met: 1, Reopened: 1, ReopenedBreached: 1}, Verdict: sla.Met}, one(t, frozen("2026-Q1", target), v))

	// Reopened within its month: the month's end counts.
	v = history(nil, "2026-01-05 08:00 Active", "2026-01-05 10:00 Resolved", "2026-01-31 23:00 Active", "2026-02-01 00:00 Resolved")
	require.Equal(t, sla.TargetResult{Counts: sla.Counts{Open: 1, Undecided: 1}, Verdict: sla.NoData}, one(t, frozen("2026-01", target), v))
	require.Equal(t, sla.TargetResult{Counts: sla.Counts{Decided: 1, Met: 1}, Verdict: sla.Met}, one(t, frozen("2026-02", target), v), "a stop at midnight is the new month's")

	// Met before, reopened, and not over: neither undecided nor breached.
	v = history(nil, "2026-01-05 08:00 Active", "2026-01-05 10:00 Resolved", "2026-02-28 23:00 Active")
	require.Equal(t, sla.TargetResult{Counts: sla.Counts{Reopened: 1, Open: 1}, Verdict: sla.NoData}, one(t, frozen("2026-02", target), v))

	// Later knowledge doesn't count.
	v = history(nil, "2026-01-31 21:00 Active", "2026-02-01 00:30 Resolved")
	require.Equal(t, sla.TargetResult{Counts: sla.Counts{Open: 1, Undecided: 1}, Verdict: sla.NoData}, one(t, frozen("2026-01", target), v))
	require.Equal(t, sla.TargetResult{Verdict: sla.NoData}, one(t, frozen("2025-12", target), v), "opened afterwards")
}

func TestReopenRulesReachTheFigures(t *testing.T) {
	v := history(nil, "2026-01-05 08:00 Active", "2026-01-05 11:00 Resolved", "2026-01-05 13:00 Active", "2026-01-05 13:30 Resolved")
	for rule, met := range map[agreement.Reopen]int64{agreement.Continue: 1, agreement.NewCycle: 1, agreement.Wall: 0, "": 1} {
		target := within("p1", 4)
		target.Reopen = rule
		require.Equal(t, met, one(t, frozen("2026-01", target), v).Met, rule)
	}
}

func TestPausesAndCalendars(t *testing.T) {
	v := history(nil, "2026-04-02 16:30 Active", "2026-04-02 17:15 Awaiting User Info", "2026-04-07 09:45 Active", "2026-04-07 17:00 Resolved")
	target := within("p1", 8)
	target.Calendar, target.Pause = "office", []string{"Awaiting Vendor", "Awaiting User Info"}
	f := frozen("2026-04", target)
	span := []string{"08:00-18:00"}
	f.Calendars = []sla.CalendarUsed{{Name: "office", Spec: calendar.Spec{Zone: zone, Holidays: calendar.Holidays{Region: "DE-BE"},
		Hours: map[string][]string{"mon": span, "tue": span, "wed": span, "thu": span, "fri": span}}}}
	require.Equal(t, sla.Met, one(t, f, v).Verdict, "V02: 480 of 480 minutes")
	f.Agreements[0].Spec.Targets[0].Within--
	require.Equal(t, sla.Missed, one(t, f, v).Verdict, "a second less")
	f.Agreements[0].Spec.Targets[0].Within = 8 * 3600
	f.Agreements[0].Spec.Targets[0].Pause = []string{"Awaiting Vendor"}
	require.Equal(t, sla.Missed, one(t, f, v).Verdict, "waiting for users isn't on the list: the clock runs")
}

func TestResponse(t *testing.T) {
	target := within("reaction", 1)
	target.Measure = agreement.Response
	f := frozen("2026-01", target)
	for name, c := range map[string]struct {
		met, open int64
		events    []string
	}{
		"in time":                  {1, 0, []string{"2026-01-05 08:00 New", "2026-01-05 09:00 First"}},
		"late":                     {0, 0, []string{"2026-01-05 08:00 New", "2026-01-05 09:01 First"}},
		"with the opening":         {1, 0, []string{"2026-01-05 08:00 First"}},
		"stopped without reaction": {1, 0, []string{"2026-01-05 08:00 New", "2026-01-05 08:30 Resolved", "2026-01-09 08:00 Active"}},
		"reaction after the stop":  {1, 0, []string{"2026-01-05 08:00 New", "2026-01-05 08:30 Resolved", "2026-01-09 08:00 Active", "2026-01-09 09:00 First"}},
		"no reaction":              {0, 1, []string{"2026-01-05 08:00 New", "2026-01-05 09:10 Active"}},
	} {
		r := one(t, f, history(nil, c.events...))
		require.Equal(t, []int64{1, c.met, c.open}, []int64{r.Decided, r.Met, r.Open}, name)
		require.Zero(t, r.Reopened)
	}
}

func TestFieldsAsKnownAtTheEnd(t *testing.T) {
	p1, p3 := within("p1", 4), within("p3", 24)
	p1.Where, p3.Where = agreement.Where{"priority": {"1"}}, agreement.Where{"priority": {"3", "4"}}
	get := func(period string, change agreement.OnChange, v ticket.Version) [2]sla.TargetResult {
		a, b := p1, p3
		a.OnChange, b.OnChange = change, change
		r := derive(t, frozen(period, a, b), v).Agreements[0].Targets
		return [2]sla.TargetResult{plain(r[0]), plain(r[1])}
	}
	none := sla.TargetResult{Verdict: sla.NoData}
	met, missed := sla.TargetResult{Counts: sla.Counts{Decided: 1, Met: 1}, Verdict: sla.Met}, sla.TargetResult{Counts: sla.Counts{Decided: 1, Breached: 1}, Verdict: sla.Missed}

	// Raised after three hours, solved two hours later.
	v := history(fields{"priority": "3"}, "2026-01-05 08:00 Active", "2026-01-05 11:00 priority=1", "2026-01-05 13:00 Resolved")
	require.Equal(t, [2]sla.TargetResult{missed, none}, get("2026-01", agreement.Retroactive, v))
	require.Equal(t, [2]sla.TargetResult{missed, none}, get("2026-01", "", v))
	require.Equal(t, [2]sla.TargetResult{met, none}, get("2026-01", agreement.Restart, v))

	// Raised after it was solved: there is no clock to begin anew.
	v = history(fields{"priority": "3"}, "2026-01-05 08:00 Active", "2026-01-05 13:00 Resolved", "2026-01-05 14:00 priority=1")
	require.Equal(t, [2]sla.TargetResult{missed, none}, get("2026-01", agreement.Restart, v))

	// Raised in February: January knows it as it was then.
	v = history(fields{"priority": "3"}, "2026-01-05 08:00 Active", "2026-01-05 13:00 Resolved", "2026-02-05 14:00 priority=1", "2026-02-06 14:00 Active")
	require.Equal(t, [2]sla.TargetResult{none, met}, get("2026-01", agreement.Retroactive, v))
	// Then its decision goes along, and it isn't decided a second time.
	require.Equal(t, [2]sla.TargetResult{{Counts: sla.Counts{Reopened: 1, ReopenedBreached: 1, Open: 1, OpenBreached: 1}, Verdict: sla.NoData}, none}, get("2026-02", agreement.Retroactive, v))

	// A target for all stays on its own beside one for some.
	all := within("all", 2000)
	v = history(fields{"priority": "3"}, "2026-01-05 08:00 Active", "2026-02-05 14:00 priority=1", "2026-02-06 14:00 Resolved")
	r := derive(t, frozen("2026-02", p1, p3, all), v).Agreements[0].Targets
	require.Equal(t, []int64{0, 0, 1}, []int64{r[0].Decided, r[1].Decided, r[2].Decided}, "p3 decided in January; all in February")
}

func TestClaims(t *testing.T) {
	f := frozen("2026-01", within("p1", 4))
	late := []string{"2026-01-05 08:00 Active", "2026-01-05 13:00 Resolved"}
	r := one(t, f,
		history(fields{"made_sla": "true"}, late...), history(fields{"made_sla": "FALSE"}, late...), history(fields{"made_sla": "?"}, late...), history(nil, late...),
		history(fields{"made_sla": "true"}, append(late[:1:1], "2026-01-05 12:00 made_sla=false", "2026-02-01 12:00 made_sla=true")...))
	require.Equal(t, sla.TargetResult{Counts: sla.Counts{Decided: 5, Breached: 5, Open: 1, OpenBreached: 1, Claims: 3, ClaimedMet: 1, Differ: 1}, Verdict: sla.Missed}, r)
}

func TestVersionsAndCustomers(t *testing.T) {
	feb := local("2026-02-01 00:00")
	f := frozen("2026-02", within("p1", 4), within("old", 4))
	f.Agreements[0].ValidTo = &feb
	f.Agreements = append(f.Agreements,
		sla.Agreement{Name: "desk", Version: 2, ValidFrom: feb, Spec: agreement.Spec{Customer: "retail", Where: agreement.Where{"customer": {"retail"}},
			Targets: []agreement.Target{within("p1", 1)}, Workload: []agreement.WorkloadLimit{{Name: "tickets", Limit: 1}}}},
		sla.Agreement{Name: "bank", Version: 1, Spec: agreement.Spec{Where: agreement.Where{"customer": {"bank"}},
			Targets: []agreement.Target{within("p1", 9)}, Workload: []agreement.WorkloadLimit{{Name: "tickets"}}}})
	flagged := history(fields{"customer": "retail"}, "2026-02-05 08:00 Active", "2026-02-05 10:00 Resolved")
	flagged.Flagged = true
	r := derive(t, f,
		history(fields{"customer": "none"}, "2026-01-31 23:00 Active", "2026-02-01 02:00 Resolved"), // version 1: within 4 h
		flagged,
		history(fields{"customer": "retail"}, "2026-02-05 08:00 Active", "2026-02-05 08:30 Resolved"),
		history(fields{"customer": "bank"}, "2026-02-05 08:00 Active", "2026-02-05 10:00 Resolved"),
		history(fields{"customer": "none"}, "2026-02-05 08:00 Active"))
	require.Equal(t, []int64{4, 1, 1}, []int64{r.Opened, r.Unmatched, r.Flagged})
	require.Equal(t, "bank", r.Agreements[0].Name)
	require.Equal(t, int64(1), r.Agreements[0].Targets[0].Met)
	require.Equal(t, sla.NoData, r.Agreements[0].Workload[0].Verdict, "no limit")
	desk := r.Agreements[1]
	require.Equal(t, []int{1, 2}, desk.Versions)
	require.Equal(t, "retail", desk.Customer)
	require.Equal(t, "p1", desk.Targets[0].Target.Name)
	require.EqualValues(t, 3600, desk.Targets[0].Target.Within, "of the newest version")
	require.Equal(t, []int64{3, 2, 1}, []int64{desk.Targets[0].Decided, desk.Targets[0].Met, desk.Targets[0].Breached}, "both versions in one figure")
	require.Equal(t, "old", desk.Targets[1].Target.Name, "a target that only the old version has")
	require.Equal(t, sla.WorkloadResult{Limit: agreement.WorkloadLimit{Name: "tickets", Limit: 1}, Actual: 2, Verdict: sla.Missed}, desk.Workload[0])
}

func TestProvisionalPeriodsEndWhereKnowledgeEnds(t *testing.T) {
	v := history(nil, "2026-01-05 08:00 Active", "2026-01-05 13:00 Resolved")
	f := frozen("2026-01", within("p1", 4))
	f.Provisional, f.AsOf = true, local("2026-01-05 11:00")
	require.Equal(t, sla.TargetResult{Counts: sla.Counts{Open: 1, Undecided: 1}, Verdict: sla.NoData}, one(t, f, v))
	f.AsOf = local("2026-01-05 12:30")
	require.Equal(t, sla.TargetResult{Counts: sla.Counts{Decided: 1, Breached: 1, Open: 1, OpenBreached: 1}, Verdict: sla.Missed}, one(t, f, v))
	f.AsOf = local("2025-12-05 12:30")
	require.Equal(t, sla.TargetResult{Verdict: sla.NoData}, one(t, f, v))
}

func TestDeriveRefuses(t *testing.T) {
	bad := errors.New("connection lost")
	_, err := sla.Derive(frozen("2026-01", within("p1", 4)), func(yield func(ticket.Version, error) bool) { yield(ticket.Version{}, bad) })
	require.ErrorIs(t, err, bad)
	for field, change := range map[string]func(*agreement.Target){
		"agreements.desk.p1.calendar: ": func(x *agreement.Target) { x.Calendar = "lost" },
		"agreements.desk.p1.attain: ":   func(x *agreement.Target) { x.Attain = "9e1" },
		"agreements.desk.p1.measure: ":  func(x *agreement.Target) { x.Measure = "mood" },
	} {
		target := within("p1", 4)
		change(&target)
		_, err := sla.Derive(frozen("2026-01", target), stream())
		require.ErrorContains(t, err, field)
	}
}

// Each ticket is decided in exactly one month, the months of a year sum up to
// the year, and met and breached are decided.
func TestTwelveMonthsAreTheYear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []ticket.Version
		for range rapid.IntRange(1, 6).Draw(t, "tickets") {
			at := local("2025-11-15 00:00").Add(time.Duration(rapid.IntRange(0, 400*24*60).Draw(t, "opened")) * time.Minute)
			events := []string{at.Format("2006-01-02 15:04") + " Active"}
			for range rapid.IntRange(0, 6).Draw(t, "events") {
				at = at.Add(time.Duration(rapid.IntRange(1, 60*24*60).Draw(t, "after")) * time.Minute)
				events = append(events, at.Format("2006-01-02 15:04 ")+
					rapid.SampledFrom([]string{"Active", "Waiting", "Resolved", "Resolved", "priority=1", "priority=3"}).Draw(t, "what"))
			}
			list = append(list, history(fields{"priority": rapid.SampledFrom([]string{"1", "3"}).Draw(t, "priority")}, events...))
		}
		p1, p3 := within("p1", 100), within("p3", 600)
		p1.Where, p3.Where = agreement.Where{"priority": {"1"}}, agreement.Where{"priority": {"3"}}
		p1.Reopen = rapid.SampledFrom([]agreement.Reopen{agreement.Continue, agreement.NewCycle, agreement.Wall}).Draw(t, "reopen")
		p1.OnChange = rapid.SampledFrom([]agreement.OnChange{agreement.Retroactive, agreement.Restart}).Draw(t, "change")
		p3.Reopen, p3.OnChange = p1.Reopen, p1.OnChange
		p1.Pause = []string{"Waiting"}
		sum := func(period string) (s [7]int64) {
			r, err := sla.Derive(frozen(period, p1, p3), stream(list...))
			if err != nil {
				t.Fatal(err)
			}
			for i, x := range r.Agreements[0].Targets {
				if x.Decided != x.Met+x.Breached || x.Open < x.OpenBreached+x.Undecided || x.Reopened < x.ReopenedBreached {
					t.Fatalf("%s: %+v", period, x)
				}
				s[i*3], s[i*3+1], s[i*3+2] = s[i*3]+x.Met, s[i*3+1]+x.Breached, s[i*3+2]+x.Reopened
			}
			s[6] = r.Opened
			return s
		}
		var months [7]int64
		for m := range 12 {
			for i, n := range sum(fmt.Sprintf("2026-%02d", m+1)) {
				months[i] += n
			}
		}
		if year := sum("2026"); year != months {
			t.Fatalf("the months have %v, the year %v", months, year)
		}
		var quarters [7]int64
		for q := range 4 {
			for i, n := range sum(fmt.Sprintf("2026-Q%d", q+1)) {
				quarters[i] += n
			}
		}
		if quarters != months {
			t.Fatalf("the months have %v, the quarters %v", months, quarters)
		}
		// Until all is known and over, each ticket is decided exactly once.
		var decided int64
		for y := 2025; y <= 2029; y++ {
			s := sum(fmt.Sprint(y))
			decided += s[0] + s[1] + s[3] + s[4]
		}
		undecided := int64(0)
		r, _ := sla.Derive(frozen("2029", p1, p3), stream(list...))
		for _, x := range r.Agreements[0].Targets {
			undecided += x.Undecided // paused for good
		}
		if decided+undecided != int64(len(list)) {
			t.Fatalf("%d tickets, %d decided, %d undecided", len(list), decided, undecided)
		}
	})
}

func BenchmarkDerive(b *testing.B) {
	p1, p3 := within("p1", 4), within("p3", 24)
	p1.Where, p3.Where = agreement.Where{"priority": {"1"}}, agreement.Where{"priority": {"3"}}
	p3.Calendar, p3.Pause = "office", []string{"Waiting"}
	f := frozen("2026-01", p1, p3)
	span := []string{"08:00-18:00"}
	f.Calendars = []sla.CalendarUsed{{Name: "office", Spec: calendar.Spec{Zone: zone, Hours: map[string][]string{"mon": span, "tue": span, "wed": span, "thu": span, "fri": span}}}}
	list := []ticket.Version{
		history(fields{"priority": "1", "made_sla": "true"}, "2026-01-05 08:00 New", "2026-01-05 08:10 Active", "2026-01-05 13:00 Resolved"),
		history(fields{"priority": "3", "made_sla": "true"}, "2026-01-05 08:00 New", "2026-01-05 08:10 Active", "2026-01-06 13:00 Waiting", "2026-01-07 13:00 Active", "2026-01-12 09:00 Resolved"),
		history(fields{"priority": "3", "made_sla": "false"}, "2025-12-29 08:00 New", "2026-01-05 08:10 Active", "2026-01-06 13:00 Resolved"),
	}
	b.ReportAllocs()
	_, err := sla.Derive(f, func(yield func(ticket.Version, error) bool) {
		for i := 0; b.Loop(); i++ {
			if !yield(list[i%len(list)], nil) {
				return
			}
		}
	})
	require.NoError(b, err)
}
