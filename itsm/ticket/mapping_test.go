package ticket

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/dataset"
	"turnus/itsm/fault"
)

func TestMappingCheck(t *testing.T) {
	good := Mapping{Table: dataset.Table{Separator: ";", Encoding: "windows-1252", Time: "02.01.2006 15:04"}, Number: "Key", Opened: "Created",
		Stopped: "Resolved", Responded: "First response", State: "Status", Changed: "Updated",
		Fields: map[string]string{"priority": "Priority", "customer": "Organization"}}
	require.NoError(t, good.Check())
	require.NoError(t, Mapping{Number: "a", Opened: "b", Stopped: "c"}.Check())
	for _, c := range []struct {
		field string
		spoil func(*Mapping)
	}{
		{"separator", func(m *Mapping) { m.Separator = "|" }},
		{"encoding", func(m *Mapping) { m.Encoding = "utf-16" }},
		{"number", func(m *Mapping) { m.Number = "" }},
		{"opened", func(m *Mapping) { m.Opened = "" }},
		{"state", func(m *Mapping) { m.State = "" }},
		{"time", func(m *Mapping) { m.Time = "dd.mm.yyyy" }},
		{"time", func(m *Mapping) { m.Time = "02.01.2006" }},
		{"time", func(m *Mapping) { m.Time = "02.01.06 03:04" }},
		{"time", func(m *Mapping) { m.Time = "2006-01-02 15:04 MST" }},
		{"fields", func(m *Mapping) { m.Fields = map[string]string{"": "x"} }},
		{"fields.customer", func(m *Mapping) { m.Fields = map[string]string{"customer": ""} }},
	} {
		m := good
		c.spoil(&m)
		faults := fault.All(m.Check())
		require.Len(t, faults, 1, c.field)
		require.Equal(t, c.field, faults[0].Field)
		require.Equal(t, fault.Invalid, faults[0].Code)
		require.NotContains(t, faults[0].Message.En+faults[0].Message.De, "%!")
		require.NotEqual(t, faults[0].Message.En, faults[0].Message.De)
	}
	require.Len(t, fault.All(Mapping{Table: dataset.Table{Encoding: strings.Repeat("x", 90)}}.Check()), 4, "all that is wrong at once")
}

func TestMappingWithStates(t *testing.T) {
	perTicket := Mapping{Number: "Key", Opened: "Created", Stopped: "Resolved", State: "Status", Delivery: Full,
		States: &States{Run: []string{"Open", "In progress"}, Pause: []string{"Waiting"}, Stop: []string{"Resolved", "Closed"}}}
	require.NoError(t, perTicket.Check())
	perChange := Mapping{Number: "Key", State: "Status", Changed: "At", Delivery: Changes, States: &States{Stop: []string{"Closed"}}}
	require.NoError(t, perChange.Check(), "opened is the first change, and the state says when it stops")
	for _, c := range []struct {
		m     Mapping
		spoil func(*Mapping)
		at    string
		says  string
	}{
		{perTicket, func(m *Mapping) { m.State = "" }, "state", "name the state's column"},
		{perTicket, func(m *Mapping) { m.Opened = "" }, "opened", "name the column"},
		{perTicket, func(m *Mapping) { m.Stopped = "" }, "stopped", "name the column"},
		{perTicket, func(m *Mapping) { m.Delivery = "everything" }, "delivery", "full"},
		{perTicket, func(m *Mapping) { m.States = &States{Run: []string{"Open"}} }, "states.stop", "resolved or closed"},
		{perTicket, func(m *Mapping) { m.States = &States{Stop: []string{"Closed", "Done", "Closed"}} }, "states.stop[2]", "stands in states.stop[0] already"},
		{perTicket, func(m *Mapping) { m.States = &States{Pause: []string{"x", "Closed"}, Stop: []string{"Closed"}} }, "states.stop[0]", "stands in states.pause[1] already"},
		{perTicket, func(m *Mapping) { m.States = &States{Stop: []string{""}} }, "states.stop[0]", "name"},
		{perTicket, func(m *Mapping) { m.States = &States{Run: []string{" Open"}, Stop: []string{"x"}} }, "states.run[0]", "without spaces"},
		{perTicket, func(m *Mapping) { m.States = &States{Stop: []string{strings.Repeat("x", 1001)}} }, "states.stop[0]", "1000 bytes"},
		{perTicket, func(m *Mapping) { m.States = &States{Run: make([]string, 1001)} }, "states", "1000"},
		{perChange, func(m *Mapping) { m.State = "" }, "state", "name the state's column"},
		{perChange, func(m *Mapping) { m.States = nil }, "opened", "name the column"},
	} {
		c.spoil(&c.m)
		faults := fault.All(c.m.Check())
		require.NotEmpty(t, faults, c.at)
		require.Equal(t, c.at, faults[0].Field)
		require.Contains(t, faults[0].Message.En, c.says)
		require.NotContains(t, faults[0].Message.En+faults[0].Message.De, "%!")
		require.NotEqual(t, faults[0].Message.En, faults[0].Message.De)
	}
}

// Several instants from one column leave no time between them.
func TestInstantsOfOneColumn(t *testing.T) {
	states := &States{Stop: []string{"Closed"}}
	for _, c := range []struct {
		m      Mapping
		places []string
	}{
		{Mapping{Number: "n", Opened: "a", Stopped: "b", Responded: "c", State: "s", Changed: "d", Fields: map[string]string{"x": "a", "y": "a"}}, nil},
		{Mapping{Number: "n", Opened: "a", Stopped: "a"}, []string{"stopped"}},
		{Mapping{Number: "n", Opened: "a", Stopped: " a "}, []string{"stopped"}},
		{Mapping{Number: "n", Opened: "a", Stopped: "a", Responded: "a"}, []string{"stopped"}},
		{Mapping{Number: "n", Opened: "a", Stopped: "b", Responded: "b"}, []string{"stopped"}},
		{Mapping{Number: "n", Opened: "a", Stopped: "b", Responded: "a"}, []string{"responded"}},
		{Mapping{Number: "n", Opened: "a", Stopped: "b", State: "s", Changed: "a"}, []string{"opened"}},
		{Mapping{Number: "n", Opened: "a", Stopped: "b", Responded: "b", State: "s", Changed: "a"}, []string{"opened", "stopped"}},
		{Mapping{Number: "a", Opened: "a", Stopped: "b"}, []string{"opened"}},
		{Mapping{Number: "n", State: "s", Changed: "a", States: states}, nil},
		{Mapping{Number: "n", Opened: "a", State: "s", Changed: "a", States: states}, nil},
		{Mapping{Number: "n", Opened: "a", Stopped: "a", State: "s", Changed: "a", States: states}, nil},
		{Mapping{Number: "n", Opened: "a", Stopped: "a", State: "s", States: states}, []string{"stopped"}},
		{Mapping{Number: "n", Opened: "a", Stopped: "a", State: "s", Changed: "b", States: states}, []string{"stopped"}},
		{Mapping{Number: "n", Responded: "a", State: "s", Changed: "a", States: states}, []string{"responded"}},
	} {
		require.NoError(t, c.m.Check(), "what is declared stays valid")
		var places []string
		for _, f := range fault.All(c.m.CheckColumns()) {
			places = append(places, f.Field)
			require.Contains(t, f.Message.En, "taken from one column, \"")
			require.Contains(t, f.Message.De, "aus einer Spalte, „")
		}
		require.Equal(t, c.places, places, "%+v", c.m)
		warnings := c.m.Warnings()
		require.Len(t, warnings, len(c.places))
		for _, w := range warnings {
			require.Equal(t, dataset.OneColumn, w.Code)
		}
	}
	w := Mapping{Number: "n", Opened: "Time", Stopped: "Time", Responded: "Time"}.Warnings()
	require.Contains(t, w[0].Detail.En, `opened, responded and stopped are taken from one column, "Time"`)
	require.Contains(t, w[0].Detail.De, "opened, responded und stopped kommen aus einer Spalte, „Time“")
}
