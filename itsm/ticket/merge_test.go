package ticket

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var opening = time.Date(2016, 3, 1, 9, 0, 0, 0, time.UTC)

func after(minutes int) time.Time { return opening.Add(time.Duration(minutes) * time.Minute) }

func change(row, seq int64, minutes int, state string, fields map[string]string) Row {
	return Row{Row: row, Number: "INC1", Seq: seq, Opened: opening, At: after(minutes), State: state,
		Stopped: state == "Resolved" || state == "Closed", Fields: fields}
}

func p(priority string) map[string]string { return map[string]string{"priority": priority} }

func TestUnionTellsTheHistoryOfItsRows(t *testing.T) {
	rows := []Row{
		change(1, 0, 5, "New", p("3")),
		change(2, 1, 10, "Active", p("3")),
		change(3, 2, 10, "Active", p("3")), // nothing changes, and is remembered as seen
		change(4, 3, 20, "Active", p("1")),
		change(5, 4, 30, "Resolved", nil), // the priority is no longer set
	}
	v, out := Merge(nil, rows, true)
	for _, o := range out {
		require.True(t, o.Loaded())
	}
	require.Equal(t, []Event{
		{At: opening, Fields: p("3")},
		{At: after(5), Seq: 0, State: "New"},
		{At: after(10), Seq: 1, State: "Active"},
		{At: after(10), Seq: 2, State: "Active"},
		{At: after(20), Seq: 3, State: "Active", Fields: p("1")},
		{At: after(30), Seq: 4, State: "Resolved", Stopped: true, Fields: p("")},
	}, v.Events)
	require.Equal(t, opening, v.First)
	require.Equal(t, after(30), v.Last)
	require.Empty(t, v.Fields)
	require.False(t, v.Flagged)
	require.Len(t, v.Hash, 64)

	again, out := Merge(&v, rows, true)
	for _, o := range out {
		require.True(t, o.Unchanged)
	}
	require.Equal(t, v, again)

	open, out := Merge(&v, []Row{change(1, 5, 50, "Active", p("2"))}, true)
	require.True(t, out[0].Loaded())
	require.Equal(t, Never(), open.Last, "it runs again")
	require.NotEqual(t, v.Hash, open.Hash)
}

// The beginnings of INC0000137 and INC0000130 in the public incident log.
func TestRowsThatGoBackInTime(t *testing.T) {
	v, out := Merge(nil, []Row{
		change(358, 1, 82, "New", nil),
		change(359, 1, 4, "New", nil), // lower than the row before: a reject
		change(360, 2, 75, "Resolved", nil),
		change(361, 3, 7000, "Closed", nil),
	}, true)
	var rejected []int64
	for _, o := range out {
		if o.Reject != nil {
			rejected = append(rejected, o.Reject.Row)
		}
	}
	require.Equal(t, []int64{359}, rejected)
	require.True(t, v.Flagged)
	told := History(v.Events)
	require.Equal(t, []time.Time{opening, after(82), after(82), after(7000)}, instants(told), "a history never goes back")
	require.True(t, told[2].Stopped)

	early := change(329, 2, -134, "New", nil)
	v, out = Merge(nil, []Row{early, change(330, 1, 18, "New", nil), change(331, 2, 300, "Active", nil)}, true)
	require.NotNil(t, out[0].Reject)
	require.Equal(t, "sys_updated_at", out[0].Reject.Column)
	require.True(t, out[1].Loaded() && out[2].Loaded())
	require.Equal(t, []time.Time{opening, after(18), after(300)}, instants(v.Events))

	none, out := Merge(nil, []Row{early}, true)
	require.Empty(t, none.Events, "nothing of it is worth keeping")
	require.NotNil(t, out[0].Reject)
}

func instants(events []Event) []time.Time {
	var at []time.Time
	for _, e := range events {
		at = append(at, e.At)
	}
	return at
}

func TestFirstReactionIsTheFirstOfAll(t *testing.T) {
	reacted := func(r Row) Row { r.Responded = &r.At; return r }
	late, _ := Merge(nil, []Row{reacted(change(1, 5, 50, "Resolved", nil))}, true)
	v, _ := Merge(&late, []Row{change(1, 0, 1, "New", nil), reacted(change(2, 1, 7, "Active", nil))}, true)
	var at []time.Time
	for _, e := range History(v.Events) {
		if e.Responded {
			at = append(at, e.At)
		}
	}
	require.Equal(t, []time.Time{after(7)}, at)
}

// However the rows of a ticket are spread over files, and in whichever order
// the files come, the history is the same.
func TestUnionDoesntDependOnTheOrderOfFiles(t *testing.T) {
	states := []string{"New", "Active", "Awaiting User Info", "Resolved", "Closed"}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "n")
		rows := make([]Row, n)
		for i := range rows {
			// Different sequence numbers: equal ones are in the order of the file.
			rows[i] = change(int64(i+1), int64(i), rapid.IntRange(-2, 12).Draw(t, "at"), rapid.SampledFrom(states).Draw(t, "state"),
				p(rapid.SampledFrom([]string{"1", "2"}).Draw(t, "priority")))
			if rows[i].State != "New" {
				rows[i].Responded = &rows[i].At
			}
		}
		whole, outcomes := Merge(nil, rows, true)
		var a, b []Row
		for _, r := range rows {
			if rapid.Bool().Draw(t, "first file") {
				a = append(a, r)
			} else {
				b = append(b, r)
			}
		}
		var v Version
		stored := func() *Version {
			if len(v.Events) == 0 {
				return nil
			}
			return &v
		}
		for _, file := range [][]Row{a, b} {
			next, _ := Merge(stored(), file, true)
			if len(next.Events) > 0 {
				packed, err := Unpack(Pack(next.Events)) // as the store keeps it
				require.NoError(t, err)
				next.Events = packed
				v = next
			}
		}
		if len(whole.Events) == 0 {
			require.Empty(t, v.Events)
			return
		}
		require.Equal(t, Pack(whole.Events), Pack(v.Events))
		require.Equal(t, whole.Hash, v.Hash)
		require.Equal(t, whole.Fields, v.Fields)
		require.Equal(t, whole.Last, v.Last)
		told := History(v.Events)
		require.True(t, slices.IsSortedFunc(told, func(a, b Event) int { return a.At.Compare(b.At) }))

		again, second := Merge(&v, rows, true)
		require.Equal(t, v.Hash, again.Hash)
		for i := range rows {
			require.False(t, second[i].Loaded(), "nothing is new the second time")
			require.Equal(t, outcomes[i].Reject, second[i].Reject)
		}
	})
}

func TestReplaceOneRowATicket(t *testing.T) {
	stop, reply := after(60), after(10)
	row := Row{Row: 1, Number: "K-1", Opened: opening, At: stop, StoppedAt: &stop, Responded: &reply, State: "Done", Fields: p("2")}
	v, out := Merge(nil, []Row{row, row}, false)
	require.True(t, out[0].Loaded())
	require.Equal(t, "number", out[1].Reject.Column, "one row a ticket")
	require.Equal(t, []Event{
		{At: opening, Fields: p("2")},
		{At: reply, Responded: true},
		{At: stop, State: "Done", Stopped: true},
	}, v.Events)
	require.Equal(t, stop, v.Last)

	open := row
	open.StoppedAt, open.Responded, open.At = nil, nil, opening
	w, out := Merge(&v, []Row{open}, false)
	require.True(t, out[0].Loaded())
	require.Equal(t, []Event{{At: opening, Fields: p("2")}}, w.Events)
	require.Equal(t, Never(), w.Last)
	require.Equal(t, p("2"), w.Fields)

	same, out := Merge(&w, []Row{open}, false)
	require.True(t, out[0].Unchanged)
	require.Equal(t, w, same)

	late := after(90) // the reaction after the end leaves it ended
	row.Responded = &late
	v, _ = Merge(nil, []Row{row}, false)
	require.True(t, v.Events[2].Stopped && v.Events[2].Responded)
}

func TestReplaceWithOneRowAChange(t *testing.T) {
	stop := after(55)
	rows := []Row{ // newest first, as many exports are; the end has no row of its own
		{Row: 1, Number: "K-1", Opened: opening, At: after(60), State: "Closed", StoppedAt: &stop, Change: true, Fields: p("1")},
		{Row: 2, Number: "K-1", Opened: opening, At: after(20), State: "Waiting", Change: true, Fields: p("1")},
		{Row: 3, Number: "K-1", Opened: opening, At: after(1), State: "Open", Change: true, Fields: p("2")},
	}
	v, _ := Merge(nil, rows, false)
	require.Equal(t, []Event{
		{At: opening, Fields: p("2")},
		{At: after(1), State: "Open"},
		{At: after(20), State: "Waiting", Fields: p("1")},
		{At: stop, State: "Closed", Stopped: true},
		{At: after(60), State: "Closed", Stopped: true},
	}, v.Events)
}

func TestATicketHasBounds(t *testing.T) {
	rows := make([]Row, MaxChanges+2)
	for i := range rows {
		rows[i] = change(int64(i+1), int64(i), i, "Active", nil)
	}
	v, out := Merge(nil, rows, true)
	require.Len(t, v.Events, MaxChanges+1)
	require.NotNil(t, out[MaxChanges].Reject)
	require.NotNil(t, out[MaxChanges+1].Reject)
	require.True(t, v.Flagged)
}

func TestOutOfTime(t *testing.T) {
	later := after(10)
	row := change(7, 1, 5, "New", nil)
	require.Nil(t, row.OutOfTime(after(5)))
	require.Equal(t, "changed", row.OutOfTime(after(4)).Column)
	row.StoppedAt = &later
	require.Equal(t, "stopped", row.OutOfTime(after(5)).Column)
	row.Opened = time.Date(26, 3, 1, 0, 0, 0, 0, time.UTC)
	require.Equal(t, "opened", row.OutOfTime(after(10)).Column)
	require.Contains(t, row.OutOfTime(after(10)).Reason.En, "before the year 1000")
}

// A log may have its newest changes first: then those at one instant stand in
// the opposite order, too.
func TestReplacingTakesLogsInBothDirections(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows []Row
		minutes := 0
		for i, step := range rapid.SliceOfN(rapid.IntRange(0, 2), 2, 12).Draw(t, "steps") {
			minutes += step
			r := change(int64(i+1), 0, minutes, rapid.SampledFrom([]string{"New", "Active", "Resolved", "Closed"}).Draw(t, "state"), p("1"))
			if r.Change = true; r.Stopped {
				r.StoppedAt = &r.At
			}
			rows = append(rows, r)
		}
		if minutes == 0 || rows[0].At.Equal(rows[len(rows)-1].At) {
			t.Skip("all at one instant: nothing tells the direction")
		}
		want, _ := Merge(nil, rows, false)
		slices.Reverse(rows)
		got, _ := Merge(nil, rows, false)
		require.Equal(t, want, got)
	})
}
