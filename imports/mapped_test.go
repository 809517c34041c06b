package imports

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/dataset"
	"turnus/itsm/ticket"
)

// perChange is a log with one row a change of state, as most exports are.
func perChange() ticket.Mapping {
	return ticket.Mapping{Number: "Key", State: "Status", Changed: "At", Fields: map[string]string{"priority": "Prio"},
		States: &ticket.States{Run: []string{"Open"}, Pause: []string{"Waiting"}, Stop: []string{"Solved", "Closed"}}}
}

// tickets merges the rows of a file, each ticket's in their order.
func tickets(t require.TestingT, file string, m ticket.Mapping) (map[string]ticket.Version, []*dataset.Reject) {
	rows, rejects, err := readAll(strings.NewReader(file), TicketOptions{Format: dataset.CSV, Mapping: m})
	require.NoError(t, err)
	of := map[string][]ticket.Row{}
	for _, r := range rows {
		of[r.Number] = append(of[r.Number], r)
	}
	all := map[string]ticket.Version{}
	for number, rows := range of {
		v, outcomes := ticket.Merge(nil, rows, false)
		for _, o := range outcomes {
			require.Nil(t, o.Reject)
		}
		all[number] = v
	}
	return all, rejects
}

func clock(hour, minute int) time.Time { return time.Date(2026, 7, 1, hour, minute, 0, 0, time.UTC) }

// The first change opens a ticket, one into a state that stops ends it, and a
// later one reopens it; the rows may stand in any order.
func TestStatesOfALogWithOneRowAChange(t *testing.T) {
	rows := []string{
		"K-1,2026-07-01T10:00:00Z,Open,P1\n",
		"K-1,2026-07-01T10:30:00Z,Waiting,P1\n",
		"K-1,2026-07-01T11:00:00Z, Solved ,P2\n",
		"K-1,2026-07-01T12:00:00Z,Looked at again,P2\n", // in no list: runs
		"K-1,2026-07-01T13:00:00Z,Closed,P2\n",
		"K-2,2026-07-01T10:10:00Z,Open,P1\n",
	}
	want := map[string]ticket.Version{}
	for _, shared := range []ticket.Mapping{perChange(), func() ticket.Mapping { m := perChange(); m.Opened = "At"; return m }(),
		func() ticket.Mapping { m := perChange(); m.Opened, m.Stopped = "At", "At"; return m }()} {
		for range 20 {
			order := rapid.Permutation(rows).Example()
			got, rejects := tickets(t, "Key,At,Status,Prio\n"+strings.Join(order, ""), shared)
			require.Empty(t, rejects)
			require.Len(t, got, 2)
			if len(want) == 0 {
				want = got
			}
			require.Equal(t, want, got)
		}
	}
	require.Equal(t, []ticket.Event{
		{At: clock(10, 0), Fields: map[string]string{"priority": "P1"}},
		{At: clock(10, 0), State: "Open"},
		{At: clock(10, 30), State: "Waiting"},
		{At: clock(11, 0), State: "Solved", Stopped: true, Fields: map[string]string{"priority": "P2"}},
		{At: clock(12, 0), State: "Looked at again"},
		{At: clock(13, 0), State: "Closed", Stopped: true},
	}, want["K-1"].Events)
	require.Equal(t, [3]time.Time{clock(10, 0), clock(10, 0), clock(13, 0)}, [3]time.Time{want["K-1"].Opened, want["K-1"].First, want["K-1"].Last})
	require.Equal(t, ticket.Never(), want["K-2"].Last)
}

// What a row says of instants besides its own change comes in where it belongs.
func TestInstantsBesideTheChange(t *testing.T) {
	m := perChange()
	m.Stopped, m.Responded = "Done", "First"
	all, rejects := tickets(t, "Key,At,Status,Prio,Done,First\n"+
		// A snapshot of the next morning knows better when the ticket was solved.
		"K-1,2026-07-01T08:00:00Z,Open,P1,,\n"+
		"K-1,2026-07-01T20:00:00Z,Closed,P1,2026-07-01T10:00:00Z,2026-07-01T08:05:00Z\n"+
		// What a ticket that runs was once solved at says nothing.
		"K-2,2026-07-01T20:00:00Z,Open,P1,never mind,\n"+
		// An end that lies after the change that ends it is no end.
		"K-3,2026-07-01T08:00:00Z,Open,P1,,\n"+
		"K-3,2026-07-01T09:00:00Z,Closed,P1,2026-07-01T10:00:00Z,\n"+
		// The first that is known of it is a reaction.
		"K-4,2026-07-01T20:00:00Z,Open,P1,,2026-07-01T08:05:00Z\n"+
		"K-5,2026-07-01T20:00:00Z,Closed,P1,yesterday,\n"+
		"K-6,2026-07-01T20:00:00Z,,P1,,\n", m)
	ends := map[string][2]time.Time{}
	for number, v := range all {
		ends[number] = [2]time.Time{v.Opened, v.Last}
	}
	require.Equal(t, map[string][2]time.Time{
		"K-1": {clock(8, 0), clock(20, 0)},
		"K-2": {clock(20, 0), ticket.Never()},
		"K-3": {clock(8, 0), clock(9, 0)},
		"K-4": {clock(8, 5), ticket.Never()},
	}, ends)
	require.Equal(t, []ticket.Event{
		{At: clock(8, 0), Fields: map[string]string{"priority": "P1"}},
		{At: clock(8, 0), State: "Open"},
		{At: clock(8, 5), State: "Open", Responded: true},
		{At: clock(10, 0), State: "Closed", Stopped: true},
		{At: clock(20, 0), State: "Closed", Stopped: true},
	}, all["K-1"].Events)
	require.True(t, all["K-4"].Events[1].Responded)
	require.Len(t, rejects, 2)
	require.Equal(t, [2]string{"K-5", "Done"}, [2]string{rejects[0].Number, rejects[0].Column})
	require.Equal(t, [2]string{"K-6", "Status"}, [2]string{rejects[1].Number, rejects[1].Column})
}

// With one row a ticket the state says whether it is stopped, and the column
// when.
func TestStatesOfATableWithOneRowATicket(t *testing.T) {
	m := perChange()
	m.Changed, m.Opened, m.Stopped = "", "Opened", "Done"
	all, rejects := tickets(t, "Key,Opened,Status,Prio,Done\n"+
		"K-1,2026-07-01T08:00:00Z,Closed,P1,2026-07-01T10:00:00Z\n"+
		"K-2,2026-07-01T08:00:00Z,Open,P1,2026-07-01T10:00:00Z\n"+ // reopened
		"K-3,2026-07-01T08:00:00Z,Waiting,P1,2999-01-01T00:00:00Z\n"+
		"K-4,2026-07-01T08:00:00Z,Unheard of,P1,2026-07-01T10:00:00Z\n"+
		"K-5,2026-07-01T08:00:00Z,Solved,P1,\n"+
		"K-6,2026-07-01T08:00:00Z,,P1,\n"+
		"K-7,2026-07-01T08:00:00Z,Closed,P1,2026-07-01T07:00:00Z\n", m)
	last := map[string]time.Time{}
	for number, v := range all {
		last[number] = v.Last
	}
	require.Equal(t, map[string]time.Time{"K-1": clock(10, 0), "K-2": ticket.Never(), "K-3": ticket.Never(), "K-4": ticket.Never()}, last)
	require.Len(t, rejects, 3)
	require.Equal(t, [2]string{"K-5", "Done"}, [2]string{rejects[0].Number, rejects[0].Column})
	require.Contains(t, rejects[0].Reason.En, `in the state "Solved" a ticket is stopped`)
	require.Contains(t, rejects[0].Reason.De, "„Solved“")
	require.Equal(t, "Status", rejects[1].Column)
	require.Contains(t, rejects[2].Reason.En, "end before start")
}

// A mapping that takes several instants from one column reads no file.
func TestInstantsOfOneColumnAreRefused(t *testing.T) {
	o := TicketOptions{Format: dataset.CSV, Mapping: ticket.Mapping{Number: "Key", Opened: "At", Stopped: "At", Responded: "At"}}
	rows, rejects, err := readAll(strings.NewReader("Key,At\nK-1,2026-07-01T08:00:00Z\n"), o)
	require.Empty(t, rows)
	require.Empty(t, rejects)
	require.ErrorContains(t, err, `mapping.stopped: opened, responded and stopped are taken from one column, "At"`)
}

// Names of months are read in English only, and a reason says so.
func TestNamesOfMonths(t *testing.T) {
	o := TicketOptions{Format: dataset.CSV, Mapping: ticket.Mapping{Table: dataset.Table{Time: "2/Jan/06 3:04 PM"}, Number: "Key", Opened: "Created", Stopped: "Resolved"}}
	rows, rejects, err := readAll(strings.NewReader("Key,Created,Resolved\n"+
		"K-1,01/Mar/26 9:05 AM,1/mar/26 09:06 PM\n"+
		"K-2,01/Dec/26 12:00\u202fPM,\n"+
		"K-3,01/März/26 9:05 AM,\n"+
		"K-4,01/Okt./26 9:05 AM,\n"+
		"K-5,01/Mar/26 21:05,\n"+
		"K-6,01/03/26 9:05 AM,\n"), o)
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.Equal(t, time.Date(2026, 3, 1, 9, 5, 0, 0, time.UTC), rows[0].Opened)
	require.Equal(t, time.Date(2026, 3, 1, 21, 6, 0, 0, time.UTC), *rows[0].StoppedAt)
	require.Equal(t, time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC), rows[1].Opened, "a narrow space that doesn't break")
	require.Len(t, rejects, 4)
	require.Contains(t, rejects[0].Reason.En, `the month "März" isn't English`)
	require.Contains(t, rejects[0].Reason.De, "der Monat „März“ ist nicht englisch")
	require.Contains(t, rejects[1].Reason.En, `"Okt."`)
	require.Contains(t, rejects[2].Reason.En, `written like 2/Jan/06 3:04 PM`)
	require.Contains(t, rejects[3].Reason.En, `written like 2/Jan/06 3:04 PM`)
}

// A real log comes to the same openings and ends by its states as by its
// format, which knows them.
func TestARealLogByItsStates(t *testing.T) {
	zip, err := os.ReadFile("../deploy/demo/uci_incident_event_log.zip")
	require.NoError(t, err)
	ends := func(o TicketOptions, joins bool) map[string][2]time.Time {
		of := map[string][]ticket.Row{}
		for r, err := range Tickets(bytes.NewReader(zip), o) {
			if err != nil {
				require.IsType(t, &dataset.Reject{}, err)
				continue
			}
			if of[r.Number] = append(of[r.Number], r); r.Row > 20_000 {
				break
			}
		}
		all := map[string][2]time.Time{}
		for number, rows := range of {
			v, _ := ticket.Merge(nil, rows, joins)
			all[number] = [2]time.Time{v.Opened, v.Last}
		}
		return all
	}
	byFormat := ends(auditLog, true)
	byStates := ends(TicketOptions{Format: dataset.CSV, Mapping: ticket.Mapping{Table: dataset.Table{Time: "2/1/2006 15:04"}, Number: "number", Opened: "opened_at",
		State: "incident_state", Changed: "sys_updated_at", States: &ticket.States{Stop: []string{"Resolved", "Closed"}}}}, false)
	require.Greater(t, len(byFormat), 2000)
	require.Equal(t, byFormat, byStates)
}
