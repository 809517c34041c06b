package uptime_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/dataset"
	"turnus/itsm/uptime"
)

// A spreadsheet's number of users in the place of their names would count as one
// user; names, and numbers among names, are what they are.
func TestNumbersAsNamesOfUsers(t *testing.T) {
	of := func(rows ...uptime.Outage) []dataset.Warning {
		var n uptime.Names
		n.See(rows)
		return n.Warnings()
	}
	number, name, many := uptime.Outage{Users: []string{"120"}}, uptime.Outage{Users: []string{"anna"}}, uptime.Outage{Users: []string{"1001", "1002"}}
	w := of(number, uptime.Outage{}, number)
	require.Len(t, w, 1)
	require.Equal(t, dataset.NumbersAsNames, w[0].Code)
	require.Contains(t, w[0].Detail.En, "map the column as affected")
	for _, rows := range [][]uptime.Outage{nil, {{}}, {number, name}, {number, many}} {
		require.Empty(t, of(rows...))
	}
}
