package sla_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/sla"
	"turnus/itsm/ticket"
)

func explain(t testing.TB, f sla.Frozen, list ...ticket.Version) (sla.Totals, []sla.TicketReceipt) {
	t.Helper()
	var told []sla.TicketReceipt
	r, err := sla.Explain(f, stream(list...), func(x sla.TicketReceipt) error { told = append(told, x); return nil })
	require.NoError(t, err)
	return r, told
}

// inOffice is a set with a calendar of office hours in it.
func inOffice(f sla.Frozen) sla.Frozen {
	span := []string{"08:00-18:00"}
	f.Calendars = []sla.CalendarUsed{{Name: "office", Spec: calendar.Spec{Zone: zone, Holidays: calendar.Holidays{Region: "DE-BE"},
		Hours: map[string][]string{"mon": span, "tue": span, "wed": span, "thu": span, "fri": {"08:00-12:00", "13:00-16:00"}}}}}
	return f
}

func TestReceiptOfV02(t *testing.T) {
	target := within("p3", 8)
	target.Calendar, target.Pause = "office", []string{"Awaiting User Info"}
	f := inOffice(frozen("2026-04", target))
	f.Calendars[0].Spec.Hours["fri"] = []string{"08:00-18:00"}
	v := history(fields{"made_sla": "false", "gone": ""}, "2026-04-02 16:30 Active", "2026-04-02 17:15 Awaiting User Info", "2026-04-07 09:45 Active", "2026-04-07 17:00 Resolved")
	_, told := explain(t, f, v)
	utc := func(s string) time.Time { return local(s).UTC() }
	end := utc("2026-05-01 00:00")
	require.Equal(t, []sla.WorkloadReceipt{{Agreement: "desk", Version: 1, End: end}}, told[0].Workload)
	require.Equal(t, []sla.TargetReceipt{{Agreement: "desk", Version: 1, Target: "p3", Counts: []sla.CountReceipt{{
		End: end, Decided: sla.Met, Claim: sla.Breached,
		Clock: sla.ClockResult{Elapsed: 8 * 3600, Paused: 9000, Verdict: sla.Met,
			Cycles: []sla.Cycle{{From: utc("2026-04-02 16:30"), To: utc("2026-04-07 17:00"), Elapsed: 8 * 3600, Paused: 9000, Verdict: sla.Met}},
			Segments: []sla.Segment{
				{From: utc("2026-04-02 16:30"), To: utc("2026-04-02 17:15"), Kind: sla.Counted},
				{From: utc("2026-04-02 17:15"), To: utc("2026-04-02 18:00"), Kind: sla.Paused},
				{From: utc("2026-04-02 18:00"), To: utc("2026-04-07 08:00"), Kind: sla.Closed}, // Good Friday to Easter Monday
				{From: utc("2026-04-07 08:00"), To: utc("2026-04-07 09:45"), Kind: sla.Paused},
				{From: utc("2026-04-07 09:45"), To: utc("2026-04-07 17:00"), Kind: sla.Counted},
			}}}}}}, told[0].Targets)
	require.Equal(t, fields{"made_sla": "false"}, told[0].Fields)
	for _, e := range told[0].Events {
		require.Equal(t, time.UTC, e.At.Location())
	}
	require.Equal(t, "2026-04-02 16:30", v.Events[0].At.Format("2006-01-02 15:04"), "the ticket itself is left alone")
}

func TestReceiptsSayWhyTicketsDontCount(t *testing.T) {
	p1, p3 := within("p1", 4), within("p3", 24)
	p1.Where, p3.Where = agreement.Where{"priority": {"1"}}, agreement.Where{"priority": {"3"}}
	p5 := within("p5", 2000)
	p5.Where = agreement.Where{"priority": {"5"}}
	for name, c := range map[string]struct {
		period string
		change func(*sla.Frozen)
		opened fields
		events []string
		want   string // target: reason, or the ticket's
		since  string // the end of the month that decided
	}{
		"decided earlier": {"2026-02", nil, fields{"priority": "1"},
			[]string{"2026-01-05 08:00 Active", "2026-02-03 08:00 Resolved"}, "p1: earlier-month", "2026-02-01 00:00"},
		"stopped earlier": {"2026-03", nil, fields{"priority": "1"},
			[]string{"2026-01-05 08:00 Active", "2026-01-05 09:00 Resolved", "2026-02-05 08:00 Active", "2026-02-06 09:00 Resolved", "2026-03-01 09:00 Closed"}, "", ""},
		"decided under another target": {"2026-02", nil, fields{"priority": "3"},
			[]string{"2026-01-05 08:00 Active", "2026-02-03 08:00 priority=1", "2026-02-03 09:00 Resolved"}, "p1: other-target", "2026-03-01 00:00"},
		"left undecided": {"2026-Q1", nil, fields{"priority": "5"},
			[]string{"2026-01-05 08:00 Active", "2026-02-03 08:00 priority=2"}, "p5: left-undecided", ""},
		"no target":    {"2026-01", nil, fields{"priority": "4"}, []string{"2026-01-05 08:00 Active"}, "not-selected", ""},
		"no agreement": {"2026-01", func(f *sla.Frozen) { f.Agreements[0].ValidFrom = local("2026-01-06 00:00") }, fields{"priority": "1"}, []string{"2026-01-05 08:00 Active"}, "no-agreement", ""},
		"opened after what is known": {"2026-01", func(f *sla.Frozen) { f.Provisional, f.AsOf = true, local("2026-01-05 08:00") }, fields{"priority": "1"},
			[]string{"2026-01-05 08:00 Active"}, "opened-later", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := frozen(c.period, p1, p3, p5)
			if c.change != nil {
				c.change(&f)
			}
			r, told := explain(t, f, history(c.opened, c.events...))
			got, since := string(told[0].Reason), ""
			for _, x := range told[0].Targets {
				require.Empty(t, told[0].Reason)
				got = x.Target + ": " + string(x.Reason)
				if x.Reason == "" {
					got = ""
				}
				for _, at := range []*time.Time{x.DecidedBefore, x.Carried} {
					if at != nil {
						since = at.In(local("2026-01-01 00:00").Location()).Format("2006-01-02 15:04")
					}
				}
			}
			require.Equal(t, c.want, got)
			if c.since != "" {
				require.Equal(t, c.since, since)
			}
			if c.want != "" {
				for _, x := range r.Agreements {
					for _, y := range x.Targets {
						require.Zero(t, y.Decided+y.Open+y.Reopened)
					}
				}
			}
		})
	}
}

// A clock over very many days is listed by its states, and adds up all the same.
func TestReceiptOfAVeryLongClock(t *testing.T) {
	target := within("p3", 8)
	target.Calendar = "office"
	f := inOffice(frozen("2026-04", target))
	v := history(nil, "2026-04-02 16:30 Active", "2026-04-07 17:00 Resolved")
	v.Opened = local("0216-04-01 16:30")
	v.Events[0].At = v.Opened
	for _, c := range []struct {
		opened string
		coarse bool
	}{{"0216-04-01 16:30", true}, {"1990-04-01 16:30", false}} {
		v.Opened = local(c.opened)
		v.Events[0].At = v.Opened
		_, told := explain(t, f, v, v)
		require.Equal(t, told[0], told[1])
		clock := told[0].Targets[0].Counts
		require.Empty(t, clock, "decided in its first month")
		f.Agreements[0].Spec.Targets[0].Within = agreement.Duration(1 << 50)
		_, told = explain(t, f, v)
		got := told[0].Targets[0].Counts[0].Clock
		require.Equal(t, c.coarse, len(got.Segments) == 1, c.opened)
		adds(t, target.Reopen, got)
		f.Agreements[0].Spec.Targets[0].Within = 8 * 3600
	}
}

// A ticket whose receipt nobody could read is an error, with its number.
func TestReceiptsAreBounded(t *testing.T) {
	target := within("p3", 8)
	target.Pause = []string{"Waiting"}
	v := ticket.Version{Number: "T-1", Opened: local("2026-04-01 00:00")}
	for i := range 310_000 {
		v.Events = append(v.Events, ticket.Event{At: v.Opened.Add(time.Duration(i) * time.Second).UTC(), State: []string{"Active", "Waiting"}[i%2]})
	}
	_, err := sla.Explain(frozen("2026-04", target), stream(v), func(sla.TicketReceipt) error { return nil })
	require.ErrorContains(t, err, "tickets.T-1")
	stop := errors.New("no more")
	_, err = sla.Explain(frozen("2026-04", target), stream(history(nil, "2026-04-01 00:00 Active")), func(sla.TicketReceipt) error { return stop })
	require.ErrorIs(t, err, stop)
}

// adds checks that a clock's segments cover it and make up its figures.
func adds(t require.TestingT, reopen agreement.Reopen, c sla.ClockResult) {
	var elapsed, paused, cycled int64
	for i, s := range c.Segments {
		require.True(t, s.From.Before(s.To))
		if i > 0 {
			require.Equal(t, c.Segments[i-1].To, s.From)
		}
		n := s.To.Unix() - s.From.Unix() - s.Closed
		switch s.Kind {
		case sla.Counted:
			elapsed += n
		case sla.Paused:
			paused += n
		}
	}
	for _, x := range c.Cycles {
		cycled += x.Elapsed
	}
	if reopen != agreement.NewCycle {
		require.Equal(t, c.Elapsed, cycled)
	}
	require.Equal(t, cycled, elapsed)
	require.Equal(t, c.Paused, paused)
}

// scenario draws an agreement's targets and some tickets.
func scenario(t *rapid.T) (sla.Frozen, []ticket.Version) {
	draw := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	var targets []agreement.Target
	for i := range rapid.IntRange(1, 4).Draw(t, "targets") {
		x := within(fmt.Sprintf("t%d", i), rapid.Int64Range(0, 200).Draw(t, "within"))
		x.Measure = agreement.Measure(draw("measure", "response", "resolution", "resolution"))
		x.Calendar = draw("calendar", "24x7", "office")
		x.Reopen = agreement.Reopen(draw("reopen", "", "continue", "new-cycle", "wall"))
		x.OnChange = agreement.OnChange(draw("change", "", "retroactive", "restart"))
		x.Pause = [][]string{nil, {"Waiting"}}[rapid.IntRange(0, 1).Draw(t, "pause")]
		x.Where = []agreement.Where{nil, {"priority": {"1"}}, {"priority": {"3"}}}[rapid.IntRange(0, 2).Draw(t, "where")]
		targets = append(targets, x)
	}
	f := inOffice(frozen(draw("period", "2026-01", "2026-02", "2026-03", "2026-Q1", "2026", "2026-03-29"), targets...))
	if rapid.Bool().Draw(t, "provisional") {
		f.Provisional, f.AsOf = true, f.From.Add(time.Duration(rapid.IntRange(-2000, 4000).Draw(t, "as of"))*time.Hour)
	}
	f.Agreements[0].Spec.Where = []agreement.Where{nil, {"priority": {"1", "3"}}}[rapid.IntRange(0, 1).Draw(t, "scope")]
	next := f.Agreements[0]
	next.Version, next.ValidFrom = 2, local("2026-02-10 00:00")
	next.Spec.Targets = slices.Clone(targets)
	next.Spec.Targets[0].Within += 3600
	if rapid.Bool().Draw(t, "second version") {
		f.Agreements = append(f.Agreements, next)
	}
	for i := range f.Agreements {
		for range rapid.IntRange(0, 2).Draw(t, "limits") {
			f.Agreements[i].Spec.Workload = append(slices.Clone(f.Agreements[i].Spec.Workload), agreement.WorkloadLimit{
				Name: "tickets", Per: draw("per", "month", "day", "hour"), Limit: rapid.Int64Range(0, 2).Draw(t, "limit"), Voids: true})
		}
	}
	for id := range rapid.Int64Range(0, 3).Draw(t, "exclusions") {
		x := agreement.Exclusion{ID: 9 - id, Reason: agreement.Customer, Agreement: draw("under", "", "desk", "other")}
		for n := range 5 {
			if rapid.Bool().Draw(t, "excluded") {
				x.Tickets = append(x.Tickets, fmt.Sprintf("T-%d", n))
			}
		}
		if x.Agreement == "desk" {
			x.Target = draw("target", "", "t0", "t1")
		}
		f.Exclusions = append(f.Exclusions, x)
	}
	other := sla.Agreement{Name: "other", Version: 1, Spec: agreement.Spec{Where: agreement.Where{"priority": {"2"}}, Targets: []agreement.Target{within("other", 5)}}}
	f.Agreements = append(f.Agreements, other)
	var list []ticket.Version
	for n := range rapid.IntRange(1, 5).Draw(t, "tickets") {
		at := local("2025-11-15 00:00").Add(time.Duration(rapid.IntRange(0, 200*24*60).Draw(t, "opened")) * time.Minute)
		events := []string{at.Format("2006-01-02 15:04") + " Active"}
		for range rapid.IntRange(0, 7).Draw(t, "events") {
			at = at.Add(time.Duration(rapid.IntRange(0, 40*24*60).Draw(t, "after")) * time.Minute)
			events = append(events, at.Format("2006-01-02 15:04 ")+
				draw("what", "Active", "Waiting", "Resolved", "Resolved", "priority=1", "priority=3", "priority=2", "First", "made_sla=true"))
		}
		v := history(fields{"priority": draw("priority", "1", "2", "3"), "made_sla": draw("claim", "", "true", "false")}, events...)
		reacted := false
		for i := range v.Events {
			v.Events[i].Responded = v.Events[i].Responded && !reacted
			reacted = reacted || v.Events[i].Responded
		}
		told, err := ticket.Told(fmt.Sprintf("T-%d", n), v.Events)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, told)
	}
	return f, list
}

// Receipts give the same figures as Derive, their counts add up to them, and
// each is found again from what it says of its ticket, after a way through JSON.
func TestReceiptsMakeUpTheFigures(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, list := scenario(t)
		plain, err := sla.Derive(f, stream(list...))
		require.NoError(t, err)
		var told []sla.TicketReceipt
		r, err := sla.Explain(f, stream(list...), func(x sla.TicketReceipt) error { told = append(told, x); return nil })
		require.NoError(t, err)
		require.Equal(t, plain, r.Result)
		require.Len(t, told, len(list))

		rules := map[string]agreement.Reopen{}
		for _, x := range f.Agreements[0].Spec.Targets {
			rules[x.Name] = x.Reopen
		}
		type part struct { // of a target's tickets
			key       string
			exclusion int64 // -1: none
		}
		sums, volumes := map[part]sla.Counts{}, map[string]int64{}
		void := func(y sla.TargetReceipt) bool {
			return y.Subperiod != nil && slices.ContainsFunc(r.Void, func(v sla.Void) bool {
				return v.Agreement == y.Agreement && v.Version == y.Version && v.Subperiod.Equal(*y.Subperiod)
			})
		}
		var anew []ticket.Version
		for _, x := range told {
			for _, w := range x.Workload {
				if !w.End.IsZero() {
					volumes[w.Agreement]++
				}
			}
			for _, y := range x.Targets {
				for _, c := range y.Counts {
					p := part{y.Agreement + " " + y.Target, -1}
					switch {
					case y.Exclusion > 0:
						p.exclusion = y.Exclusion
					case void(y):
						p.exclusion = 0
					}
					s := sums[p]
					addUp(&s, c)
					sums[p] = s
					adds(t, rules[y.Target], c.Clock)
				}
				require.Equal(t, len(y.Counts) == 0, y.Reason != "")
			}
			require.Equal(t, len(x.Targets) == 0, x.Reason != "")
			raw, err := json.Marshal(x)
			require.NoError(t, err)
			var back sla.TicketReceipt
			require.NoError(t, json.Unmarshal(raw, &back))
			v, err := back.Version()
			require.NoError(t, err)
			require.Equal(t, x.Hash, v.Hash)
			anew = append(anew, v)
		}
		var again []sla.TicketReceipt
		same, err := sla.Explain(f, stream(anew...), func(x sla.TicketReceipt) error { again = append(again, x); return nil })
		require.NoError(t, err)
		require.Equal(t, r, same)
		require.Equal(t, told, again)
		for _, a := range r.Agreements {
			for _, x := range a.Targets {
				key := a.Name + " " + x.Target.Name
				require.Equal(t, sums[part{key, -1}], sla.Counts{Decided: x.Decided, Met: x.Met, Breached: x.Breached,
					Open: x.Open, OpenBreached: x.OpenBreached, Undecided: x.Undecided, Reopened: x.Reopened, ReopenedBreached: x.ReopenedBreached,
					Claims: x.Claims, ClaimedMet: x.ClaimedMet, Differ: x.Differ}, key)
				delete(sums, part{key, -1})
				for _, e := range x.Excluded {
					require.Equal(t, sums[part{key, e.Exclusion}], e.Counts, key)
					delete(sums, part{key, e.Exclusion})
				}
			}
			for _, w := range a.Workload {
				require.Equal(t, w.Actual, volumes[a.Name])
			}
		}
		for p, s := range sums {
			require.Zero(t, s, p.key)
		}
	})
}

// addUp counts by hand what a receipt says.
func addUp(s *sla.Counts, c sla.CountReceipt) {
	over := c.Clock.Verdict == sla.Breached
	switch c.Decided {
	case sla.Met:
		s.Decided, s.Met = s.Decided+1, s.Met+1
	case sla.Breached:
		s.Decided, s.Breached = s.Decided+1, s.Breached+1
	}
	if c.Claim != "" {
		s.Claims++
		if c.Claim == sla.Met {
			s.ClaimedMet++
		}
		if c.Claim != c.Decided {
			s.Differ++
		}
	}
	add := func(to *int64, so bool) {
		if so {
			*to++
		}
	}
	add(&s.Reopened, c.Reopened)
	add(&s.ReopenedBreached, c.Reopened && over)
	add(&s.Open, c.Open)
	add(&s.OpenBreached, c.Open && over)
	add(&s.Undecided, c.Undecided)
}
