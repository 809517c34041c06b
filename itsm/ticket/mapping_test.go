package ticket

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
)

func TestMappingCheck(t *testing.T) {
	good := Mapping{Separator: ";", Encoding: "windows-1252", Time: "02.01.2006 15:04", Number: "Key", Opened: "Created",
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
	require.Len(t, fault.All(Mapping{Encoding: strings.Repeat("x", 90)}.Check()), 4, "all that is wrong at once")
}
