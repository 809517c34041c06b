package uptime_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/dataset"
	"turnus/itsm/uptime"
)

// Several outages under one reference all count, which is said: one may have been
// meant to correct another.
func TestOutagesOfOneReference(t *testing.T) {
	of := func(keys ...[]uptime.Outage) []dataset.Warning {
		var r uptime.References
		for _, rows := range keys {
			r.Outages(rows)
		}
		return r.Warnings()
	}
	rows := func(reference string, n int) []uptime.Outage {
		list := make([]uptime.Outage, n)
		for i := range list {
			list[i].Reference = reference
		}
		return list
	}
	require.Empty(t, of(rows("I-1", 1), rows("I-2", 1), rows("", 2)))
	w := of(rows("I-1", 1), rows(`I-"2"`, 3), rows("I-3", 2))
	require.Len(t, w, 1)
	require.Equal(t, dataset.SharedReference, w[0].Code)
	require.Contains(t, w[0].Detail.En, `5 rows have the reference of another row and say something else: "I-\"2\"", for example, stands in 3 rows`)
	require.Contains(t, w[0].Detail.De, `„I-"2"“ zum Beispiel steht in 3 Zeilen`)
}

// Of windows those of a table are meant: occurrences of a rule have one UID, and
// rows without a reference are known by what they are about.
func TestWindowsOfOneReference(t *testing.T) {
	of := func(list ...uptime.Window) []dataset.Warning {
		var r uptime.References
		all := make([]uptime.Planned, len(list))
		for i, w := range list {
			all[i].Window = w
		}
		r.Windows(all)
		return r.Warnings()
	}
	at := time.Date(2026, 10, 1, 1, 0, 0, 0, time.UTC)
	a, b := uptime.Window{UID: "M-1", From: at, To: at.Add(time.Hour)}, uptime.Window{UID: "M-1", From: at, To: at.Add(2 * time.Hour), Cancelled: true}
	require.Contains(t, of(a, b)[0].Detail.En, `2 rows have the reference of another row and say something else: "M-1"`)
	require.Empty(t, of(a))
	a.Original, b.Original = a.From, a.From.Add(24*time.Hour)
	require.Empty(t, of(a, b))
	a, b = uptime.Window{Component: "web", From: at, To: at.Add(time.Hour)}, uptime.Window{Component: "web", From: at, To: at.Add(2 * time.Hour)}
	a.UID, b.UID = a.Unreferenced(), b.Unreferenced()
	require.Empty(t, of(a, b))
}
