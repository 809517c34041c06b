package sla_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/sla"
	"turnus/itsm/ticket"
)

// benchTargets are four: reaction and solution of two priorities, on a calendar
// with holidays and a lunch break.
func benchTargets() []agreement.Target {
	var all []agreement.Target
	for i, priority := range []string{"1", "3"} {
		where := agreement.Where{"priority": {priority}}
		all = append(all,
			agreement.Target{Name: "response-" + priority, Measure: agreement.Response, Where: where, Within: agreement.Duration(1800 * (1 + i*7)), Calendar: "office", Attain: "95"},
			agreement.Target{Name: "resolution-" + priority, Measure: agreement.Resolution, Where: where, Within: agreement.Duration(4 * 3600 * (1 + i*5)), Calendar: "office",
				Attain: "90", Pause: []string{"Awaiting User Info", "Awaiting Vendor"}})
	}
	return all
}

func benchCalendar() calendar.Spec {
	day := []string{"08:00-12:00", "13:00-17:00"}
	return calendar.Spec{Zone: zone, Holidays: calendar.Holidays{Region: "DE-BE"},
		Hours: map[string][]string{"mon": day, "tue": day, "wed": day, "thu": day, "fri": day}}
}

// benchTickets draws tickets of one month with a pause each, every third
// reopened.
func benchTickets(n int) []ticket.Version {
	random := rand.New(rand.NewPCG(3, 4))
	start := local("2026-01-01 00:00")
	list := make([]ticket.Version, n)
	for i := range list {
		at := start.Add(time.Duration(random.IntN(25*86_400)) * time.Second)
		v := ticket.Version{Number: fmt.Sprint("INC", i), Opened: at, First: at,
			Fields: fields{"priority": []string{"1", "3"}[i%2], "made_sla": "true", "category": "Network"}}
		add := func(state string, after int, e ticket.Event) {
			at = at.Add(time.Duration(random.IntN(after)) * time.Second)
			e.At, e.State, e.Stopped = at, state, state == "Resolved"
			v.Events = append(v.Events, e)
		}
		add("New", 1, ticket.Event{Fields: v.Fields})
		add("Active", 7200, ticket.Event{Responded: true})
		add("Awaiting User Info", 40_000, ticket.Event{})
		add("Active", 90_000, ticket.Event{})
		add("Resolved", 90_000, ticket.Event{})
		if i%3 == 0 {
			add("Active", 90_000, ticket.Event{})
			add("Resolved", 40_000, ticket.Event{})
		}
		v.Last = at
		list[i] = v
	}
	return list
}

// BenchmarkTickets sets what a report needs of a ticket, all its targets'
// verdicts as Derive counts them, beside the clock with its whole receipt, in
// processor time of one run.
//
//	go test -run '^$' -bench Tickets ./itsm/sla
func BenchmarkTickets(b *testing.B) {
	f := frozen("2026-01", benchTargets()...)
	f.Calendars = []sla.CalendarUsed{{Name: "office", Spec: benchCalendar()}}
	f.Lists = true
	list := benchTickets(500) // as hot in the cache as one that was just read
	cal, err := calendar.Compile(benchCalendar())
	require.NoError(b, err)
	var verdicts, receipts []float64
	for b.Loop() {
		begun := cpu(b)
		r, err := sla.Derive(f, func(yield func(ticket.Version, error) bool) {
			for range 100 {
				for i := range list {
					yield(list[i], nil)
				}
			}
		})
		require.NoError(b, err)
		verdicts = append(verdicts, float64((cpu(b)-begun).Nanoseconds())/float64(100*len(list)))
		require.NotZero(b, r.Agreements[0].Targets[1].Met)
		require.NotZero(b, r.Agreements[0].Targets[1].Breached)

		begun = cpu(b)
		for i := range list {
			ev := make([]sla.Event, 0, 8)
			for _, e := range list[i].Events {
				is := sla.StateRunning
				if e.Stopped {
					is = sla.StateStopped
				} else if e.State == "Awaiting User Info" {
					is = sla.StatePaused
				}
				ev = append(ev, sla.Event{At: e.At, Is: is})
			}
			_, err := sla.Clock(cal, ev, 4*3600, agreement.Continue, f.To)
			require.NoError(b, err)
		}
		receipts = append(receipts, float64((cpu(b)-begun).Nanoseconds())/float64(len(list)))
	}
	slices.Sort(verdicts)
	slices.Sort(receipts)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(verdicts[len(verdicts)/2], "ns/ticket")
	b.ReportMetric(1e3/verdicts[len(verdicts)/2], "million-tickets/s")
	b.ReportMetric(receipts[len(receipts)/2], "receipt-ns")
}

// cpu is the processor time that this process has used: others on the machine
// don't count.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
