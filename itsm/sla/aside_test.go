package sla_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/sla"
	"turnus/itsm/ticket"
)

func TestExclusionsWithAndWithout(t *testing.T) {
	f := frozen("2026-06", weighted("p1", "1", ""), weighted("all", "1", ""))
	f.Agreements[0].Spec.Targets[1].Where = nil
	list := append(met("1", 2, 2), met("2", 1, 1)...)
	plainly := derive(t, f, list...)
	require.Nil(t, plainly.Agreements[0].Targets[0].All)

	f.Exclusions = []agreement.Exclusion{
		{ID: 9, Tickets: []string{"1-2", "1-3"}, Agreement: "desk", Target: "p1", Reason: agreement.Customer},
		{ID: 4, Tickets: []string{"1-3", "2-0", "elsewhere"}, Reason: agreement.Duplicate},
		{ID: 5, Tickets: []string{"2-1"}, Agreement: "other", Reason: agreement.Spam},
	}
	r := derive(t, f, list...).Agreements[0]
	p1, all := r.Targets[0], r.Targets[1]
	require.Equal(t, []int64{2, 2, 0}, []int64{p1.Decided, p1.Met, p1.Breached})
	require.Equal(t, sla.Met, p1.Verdict)
	require.Empty(t, p1.Worst, "an excluded ticket isn't among the worst")
	require.Equal(t, []sla.Excluded{
		{4, agreement.Duplicate, sla.Counts{Decided: 1, Breached: 1}}, // the older one takes it out, and it is out once
		{9, agreement.Customer, sla.Counts{Decided: 1, Breached: 1}}}, p1.Excluded)
	require.Equal(t, &sla.All{sla.Counts{Decided: 4, Met: 2, Breached: 2}, sla.Missed}, p1.All)
	require.Equal(t, []int64{4, 2}, []int64{all.Decided, all.Met})
	require.Equal(t, []sla.Excluded{{4, agreement.Duplicate, sla.Counts{Decided: 2, Met: 1, Breached: 1}}}, all.Excluded)
	require.Equal(t, plainly.Agreements[0].Targets[1].Verdict, all.All.Verdict)

	f.Exclusions[0].Tickets = []string{"1-0", "1-1", "1-2", "1-3"}
	p1 = derive(t, f, list...).Agreements[0].Targets[0]
	require.Equal(t, sla.NoData, p1.Verdict, "all excluded: n/a, neither met nor missed")
	require.Nil(t, p1.Percentiles)
}

// An open ticket is left out of the open ones, too, and of a reopening.
func TestExcludedWhileOpen(t *testing.T) {
	f := frozen("2026-02", within("p1", 4))
	again := history(nil, "2026-01-05 08:00 Active", "2026-01-05 10:00 Resolved", "2026-02-10 08:00 Active")
	open := history(nil, "2026-02-28 23:00 Active")
	f.Exclusions = []agreement.Exclusion{{ID: 1, Tickets: []string{"t1", "t2"}, Reason: agreement.Customer}}
	r := derive(t, f, named([]ticket.Version{again, open})...)
	x := r.Agreements[0].Targets[0]
	require.Equal(t, int64(0), x.Open+x.Undecided+x.Reopened)
	require.Equal(t, sla.Counts{Open: 2, OpenBreached: 1, Undecided: 1, Reopened: 1, ReopenedBreached: 1}, x.All.Counts)
	require.Equal(t, int64(1), r.Opened, "opened it was all the same")
}

// limited is a set whose agreement has workload limits.
func limited(period string, limits ...agreement.WorkloadLimit) sla.Frozen {
	f := frozen(period, within("p1", 4))
	f.Agreements[0].Spec.Workload = limits
	return f
}

func lasting(when string, minutes int) ticket.Version {
	from := local(when)
	return history(nil, when+" Active", from.Add(time.Duration(minutes)*time.Minute).In(from.Location()).Format("2006-01-02 15:04")+" Resolved")
}

func TestLimitsPerDayAndHour(t *testing.T) {
	day := agreement.WorkloadLimit{Name: "tickets", Per: "day", Limit: 2}
	hour := agreement.WorkloadLimit{Name: "tickets", Per: "hour", Limit: 2}
	f := limited("2026-06", day, hour, agreement.WorkloadLimit{Name: "tickets", Per: "month", Limit: 5})
	list := []ticket.Version{
		lasting("2026-06-01 00:00", 1), lasting("2026-06-01 23:59", 1), // midnight belongs to the day that begins
		lasting("2026-06-02 08:59", 1), lasting("2026-06-02 09:00", 1), lasting("2026-06-02 09:59", 1)}
	w := derive(t, f, list...).Agreements[0].Workload
	require.Equal(t, sla.WorkloadResult{Limit: day, Actual: 5, Verdict: sla.Missed,
		Peak: &sla.Subperiod{local("2026-06-02 00:00").UTC(), 3}, Exceeded: []sla.Subperiod{{local("2026-06-02 00:00").UTC(), 3}}}, w[0])
	require.Equal(t, sla.WorkloadResult{Limit: hour, Actual: 5, Verdict: sla.Met, Peak: &sla.Subperiod{local("2026-06-02 09:00").UTC(), 2}}, w[1])
	require.Equal(t, sla.Met, w[2].Verdict)
	require.Nil(t, w[2].Peak)

	none := limited("2026-06", agreement.WorkloadLimit{Name: "tickets", Per: "day"}, day)
	w = derive(t, none).Agreements[0].Workload
	require.Equal(t, []sla.Verdict{sla.NoData, sla.Met}, []sla.Verdict{w[0].Verdict, w[1].Verdict})
	require.Nil(t, w[1].Peak)
	_, err := sla.Derive(limited("2026-06", agreement.WorkloadLimit{Name: "tickets", Per: "week", Limit: 1}), stream())
	require.ErrorContains(t, err, "agreements.desk.workload: ")
}

// opened makes a ticket that takes an hour, opened at an instant.
func opened(when string) ticket.Version {
	t, err := time.Parse(time.RFC3339, when)
	if err != nil {
		panic(err)
	}
	t = t.UTC()
	return ticket.Version{Number: when, Opened: t, First: t, Last: t.Add(time.Hour), Events: []ticket.Event{{At: t}, {At: t.Add(time.Hour), State: "Resolved", Stopped: true}}}
}

// A day is the wall clock's, of 23 or 25 hours; an hour that daylight saving
// repeats is two, and one that it skips is none.
func TestLimitsAcrossDaylightSaving(t *testing.T) {
	hour := agreement.WorkloadLimit{Name: "tickets", Per: "hour", Limit: 1}
	f := limited("2026-10", hour)
	w := derive(t, f, opened("2026-10-25T02:10:00+02:00"), opened("2026-10-25T02:10:00+01:00")).Agreements[0].Workload[0]
	require.Equal(t, sla.Met, w.Verdict, "02:10 twice, in two hours")
	w = derive(t, f, opened("2026-10-25T02:10:00+01:00"), opened("2026-10-25T02:50:00+01:00")).Agreements[0].Workload[0]
	require.Equal(t, []sla.Subperiod{{time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC), 2}}, w.Exceeded)
	f = limited("2026-03", hour)
	w = derive(t, f, opened("2026-03-29T01:59:00+01:00"), opened("2026-03-29T03:00:00+02:00")).Agreements[0].Workload[0]
	require.Equal(t, sla.Met, w.Verdict, "the hour between isn't there")

	day := agreement.WorkloadLimit{Name: "tickets", Per: "day", Limit: 1}
	f = limited("2026-10", day)
	w = derive(t, f, opened("2026-10-25T00:00:00+02:00"), opened("2026-10-25T23:59:59+01:00")).Agreements[0].Workload[0]
	require.Equal(t, sla.Missed, w.Verdict, "24 hours 59 minutes apart, on one day")

	// Lord Howe puts its clock back by half an hour, from 02:00 to 01:30.
	f = limited("2026-04", hour)
	f.Zone = "Australia/Lord_Howe"
	howe, err := calendar.Zone(f.Zone)
	require.NoError(t, err)
	p, _ := calendar.ParsePeriod("2026-04")
	f.From, f.To = p.Bounds(howe)
	w = derive(t, f, opened("2026-04-05T01:40:00+11:00"), opened("2026-04-05T01:40:00+10:30"), opened("2026-04-05T01:50:00+10:30"), opened("2026-04-05T02:00:00+10:30")).Agreements[0].Workload[0]
	require.Len(t, w.Exceeded, 1)
	require.Equal(t, int64(2), w.Exceeded[0].Tickets)
}

func TestOverloadVoids(t *testing.T) {
	voids := agreement.WorkloadLimit{Name: "tickets", Per: "day", Limit: 2, Voids: true}
	list := named([]ticket.Version{
		lasting("2026-05-31 08:00", 60), lasting("2026-05-31 09:00", 60), lasting("2026-05-31 22:00", 300), // overloaded; the last is decided in June
		lasting("2026-06-01 08:00", 300), lasting("2026-06-01 09:00", 300), // a day at its limit
		lasting("2026-06-02 08:00", 60), lasting("2026-06-02 09:00", 300), lasting("2026-06-02 10:00", 300)}) // over it
	f := limited("2026-06", voids)
	x := derive(t, f, list...).Agreements[0].Targets[0]
	require.Equal(t, []int64{2, 0, 2}, []int64{x.Decided, x.Met, x.Breached})
	require.Equal(t, []sla.Excluded{{0, sla.Overload, sla.Counts{Decided: 4, Met: 1, Breached: 3}}}, x.Excluded)
	require.Equal(t, &sla.All{sla.Counts{Decided: 6, Met: 1, Breached: 5}, sla.Missed}, x.All)
	require.Equal(t, []sla.Worst{{"t4", 18000, 3600, false}, {"t5", 18000, 3600, false}}, x.Worst)

	// Who is excluded counts as opened, and isn't void besides.
	f.Exclusions = []agreement.Exclusion{{ID: 3, Tickets: []string{"t6"}, Reason: agreement.Spam}}
	x = derive(t, f, list...).Agreements[0].Targets[0]
	require.Equal(t, []sla.Excluded{{3, agreement.Spam, sla.Counts{Decided: 1, Met: 1}}, {0, sla.Overload, sla.Counts{Decided: 3, Breached: 3}}}, x.Excluded)

	// An hour within its limit is void on a day above it, and the other way round.
	f = limited("2026-06", voids, agreement.WorkloadLimit{Name: "tickets", Per: "hour", Limit: 1, Voids: true})
	x = derive(t, f, list...).Agreements[0].Targets[0]
	require.Equal(t, int64(2), x.Decided)
	f.Agreements[0].Spec.Workload[0].Limit, f.Agreements[0].Spec.Workload[1].Limit = 100, 1
	x = derive(t, f, append(list, named([]ticket.Version{lasting("2026-06-03 08:00", 60), lasting("2026-06-03 08:59", 60)})...)...).Agreements[0].Targets[0]
	require.Equal(t, []int64{6, 2}, []int64{x.Decided, x.All.Decided - x.Decided})

	voids.Voids = false
	require.Nil(t, derive(t, limited("2026-06", voids), list...).Agreements[0].Targets[0].All, "a limit that voids nothing")
}

// With exclusions and void days, too, the months of a year sum up to the year;
// what is counted without them is what is counted where there are none; and
// where nothing is excluded they change nothing at all.
func TestExclusionsAreConsistent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []ticket.Version
		for range rapid.IntRange(1, 8).Draw(t, "tickets") {
			at := local("2025-12-20 00:00").Add(time.Duration(rapid.IntRange(0, 380*24*6).Draw(t, "opened")) * 10 * time.Minute)
			if rapid.Bool().Draw(t, "with the one before") && len(list) > 0 {
				at = list[len(list)-1].Opened.In(at.Location()).Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "later")) * time.Minute)
			}
			events := []string{at.Format("2006-01-02 15:04") + " Active"}
			for range rapid.IntRange(0, 5).Draw(t, "events") {
				at = at.Add(time.Duration(rapid.IntRange(1, 60*24*60).Draw(t, "after")) * time.Minute)
				events = append(events, at.Format("2006-01-02 15:04 ")+rapid.SampledFrom([]string{"Active", "Waiting", "Resolved", "Resolved", "priority=1", "priority=3"}).Draw(t, "what"))
			}
			list = append(list, history(fields{"priority": rapid.SampledFrom([]string{"1", "3"}).Draw(t, "priority")}, events...))
		}
		named(list)
		p1, p3 := weighted("p1", "1", "1"), weighted("p3", "3", "1")
		p1.Within, p3.Within, p1.Pause = 100*3600, 600*3600, []string{"Waiting"}
		var limits []agreement.WorkloadLimit
		for _, per := range []string{"month", "day", "hour"} {
			if rapid.Bool().Draw(t, per) {
				limits = append(limits, agreement.WorkloadLimit{Name: "tickets", Per: per, Limit: rapid.Int64Range(1, 2).Draw(t, "limit"), Voids: rapid.Bool().Draw(t, "voids")})
			}
		}
		var exclusions []agreement.Exclusion
		for i := range rapid.IntRange(0, 2).Draw(t, "exclusions") {
			x := agreement.Exclusion{ID: int64(i + 1), Reason: agreement.Customer, Tickets: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"t1", "t2", "t3"}), 1, 3, rapid.ID[string]).Draw(t, "excluded")}
			if rapid.Bool().Draw(t, "aimed") {
				x.Agreement, x.Target = "desk", rapid.SampledFrom([]string{"", "p1", "p3"}).Draw(t, "target")
			}
			exclusions = append(exclusions, x)
		}
		of := func(period string, limits []agreement.WorkloadLimit, exclusions []agreement.Exclusion) []sla.TargetResult {
			f := frozen(period, p1, p3)
			f.Agreements[0].Spec.Workload, f.Exclusions = limits, exclusions
			r, err := sla.Derive(f, stream(list...))
			if err != nil {
				t.Fatal(err)
			}
			return r.Agreements[0].Targets
		}
		counts := func(r sla.TargetResult) [2]sla.Counts {
			c := sla.Counts{Decided: r.Decided, Met: r.Met, Breached: r.Breached, Open: r.Open, OpenBreached: r.OpenBreached, Undecided: r.Undecided,
				Reopened: r.Reopened, ReopenedBreached: r.ReopenedBreached, Claims: r.Claims, ClaimedMet: r.ClaimedMet, Differ: r.Differ}
			if r.All == nil {
				return [2]sla.Counts{c, c}
			}
			sum := c
			for _, x := range r.Excluded {
				sum = sum.Plus(x.Counts)
			}
			if sum != r.All.Counts {
				t.Fatalf("what counts and what is excluded make %+v, all are %+v", sum, r.All.Counts)
			}
			return [2]sla.Counts{c, r.All.Counts}
		}
		flows := func(c sla.Counts) sla.Counts { c.Open, c.OpenBreached, c.Undecided = 0, 0, 0; return c }
		year, none := of("2026", limits, exclusions), of("2026", nil, nil)
		for i := range year {
			var sum [2]sla.Counts
			for m := range 12 {
				c := counts(of(fmt.Sprintf("2026-%02d", m+1), limits, exclusions)[i])
				sum = [2]sla.Counts{sum[0].Plus(flows(c[0])), sum[1].Plus(flows(c[1]))}
			}
			c := counts(year[i])
			if y := [2]sla.Counts{flows(c[0]), flows(c[1])}; y != sum {
				t.Fatalf("the months have %+v, the year %+v", sum, y)
			}
			if c[1] != counts(none[i])[0] {
				t.Fatalf("all of them are %+v, without exclusions %+v", c[1], counts(none[i])[0])
			}
			if year[i].All == nil {
				require.Equal(t, none[i], year[i])
			}
		}
	})
}
