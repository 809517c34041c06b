package store_test

import (
	"bytes"
	"fmt"
	"iter"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/imports"
	"turnus/internal/pgtest"
	"turnus/itsm/dataset"
	"turnus/itsm/ticket"
	"turnus/store"
)

var today = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// everything is a span that holds every ticket.
var everything = [2]time.Time{time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)}

func audit(service string) store.Intake {
	return store.Intake{Service: service, Format: imports.ServiceNowAudit, Union: true, By: "root", Token: "t1", Now: today}
}

func auditRows(file string) iter.Seq2[ticket.Row, error] {
	return imports.Tickets(strings.NewReader(file), imports.TicketOptions{Format: imports.ServiceNowAudit})
}

func mustImport(t *testing.T, s *store.Store, in store.Intake, rows iter.Seq2[ticket.Row, error]) dataset.Import {
	t.Helper()
	in.Accept = "rejected rows are what this is about"
	p, err := s.Import(t.Context(), in, rows, nil)
	require.NoError(t, err)
	i := p.Import
	require.Equal(t, i.Read, i.Loaded+i.Unchanged+i.Older+i.Rejected)
	found, err := s.ImportByID(t.Context(), i.ID)
	require.NoError(t, err)
	require.Equal(t, i, found)
	return i
}

func tickets(t *testing.T, s *store.Store, service string, asOf int64) map[string]ticket.Version {
	t.Helper()
	all := map[string]ticket.Version{}
	last := ""
	for v, err := range s.TicketsAsOf(t.Context(), service, asOf, everything[0], everything[1]) {
		require.NoError(t, err)
		require.Less(t, last, v.Number)
		last = v.Number
		all[v.Number] = v
	}
	return all
}

// histories leaves out what differs between imports of the same rows.
func histories(all map[string]ticket.Version) map[string]ticket.Version {
	out := map[string]ticket.Version{}
	for n, v := range all {
		v.Service, v.Import = "", 0
		out[n] = v
	}
	return out
}

// incidents is the real file, as the demo has it.
func incidents(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("../deploy/demo/uci_incident_event_log.zip")
	require.NoError(t, err)
	return b
}

func TestImportOfTheIncidentLog(t *testing.T) {
	s, zip := store.New(pgtest.New(t)), incidents(t)
	read := func() iter.Seq2[ticket.Row, error] {
		return imports.Tickets(bytes.NewReader(zip), imports.TicketOptions{Format: imports.ServiceNowAudit})
	}
	var seen int64
	first, err := s.Import(t.Context(), audit("desk"), read(), func(n int64) {
		require.GreaterOrEqual(t, n, seen)
		seen = n
	})
	require.NoError(t, err)
	require.EqualValues(t, 141_712, seen)
	require.Equal(t, [5]int64{141_712, 141_701, 0, 11, 24_918},
		[5]int64{first.Read, first.Loaded, first.Unchanged, first.Rejected, first.Tickets})
	require.Equal(t, time.Date(2017, 2, 18, 15, 0, 0, 0, time.UTC), first.AsOf)
	require.Equal(t, time.Date(2016, 2, 29, 1, 16, 0, 0, time.UTC), first.Oldest)

	rejects, next, err := s.Rejects(t.Context(), first.ID, store.Page{Limit: 6})
	require.NoError(t, err)
	more, end, err := s.Rejects(t.Context(), first.ID, store.Page{Limit: 6, Cursor: next})
	require.NoError(t, err)
	require.Empty(t, end)
	var got []string
	for _, r := range append(rejects, more...) {
		require.NotEmpty(t, r.Value)
		require.NotEmpty(t, r.Reason.De)
		got = append(got, fmt.Sprintf("%d %s %s: %.24s", r.Row, r.Number, r.Column, r.Reason.En))
	}
	require.Equal(t, []string{
		"329 INC0000130 sys_updated_at: this change lies before ",
		"335 INC0000131 sys_updated_at: this change lies before ",
		"345 INC0000134 sys_updated_at: this change lies before ",
		"350 INC0000135 sys_updated_at: this change lies before ",
		"359 INC0000137 sys_updated_at: this change goes back in",
		"437 INC0000164 sys_updated_at: this change lies before ",
		"115642 INC0028089 incident_state: this isn't a state that ",
		"115643 INC0028089 incident_state: this isn't a state that ",
		"124508 INC0030413 incident_state: this isn't a state that ",
		"124509 INC0030413 incident_state: this isn't a state that ",
		"124510 INC0030413 incident_state: this isn't a state that ",
	}, got)

	all := tickets(t, s, "desk", first.ID)
	require.Len(t, all, 24_918)
	sla, month, flagged := map[string]int{}, map[string][2]int{}, 0
	for _, v := range all {
		claim := v.Fields["made_sla"]
		sla[claim]++
		n := month[v.Opened.Format("2006-01")]
		n[1]++
		if claim == "true" {
			n[0]++
		}
		month[v.Opened.Format("2006-01")] = n
		if v.Flagged {
			flagged++
		}
		require.Equal(t, v.Opened, v.Events[0].At)
		require.Equal(t, v.First, v.Events[0].At)
		for i := 1; i < len(v.Events); i++ {
			require.False(t, v.Events[i].At.Before(v.Events[i-1].At), v.Number)
		}
		require.Equal(t, v.Last.Equal(ticket.Never()), !v.Events[len(v.Events)-1].Stopped)
	}
	require.Equal(t, map[string]int{"true": 15_803, "false": 9_115}, sla)
	require.Equal(t, [2]int{3_585, 8_995}, month["2016-03"])
	require.Equal(t, [2]int{6_085, 7_934}, month["2016-04"])
	require.Equal(t, [2]int{5_820, 7_508}, month["2016-05"])
	require.Equal(t, 8, flagged)

	again := mustImport(t, s, audit("desk"), read())
	require.Equal(t, [5]int64{141_712, 0, 141_701, 11, 0},
		[5]int64{again.Read, again.Loaded, again.Unchanged, again.Rejected, again.Tickets})
	require.Equal(t, first.Oldest, again.Oldest)
	require.Greater(t, again.ID, first.ID)
	for upTo, want := range map[int64][]int64{first.ID: {5, 5, 1}, again.ID: {5, 5, 1}, 0: nil} { // rejected again, and counted once
		read, causes, err := s.RejectsByCause(t.Context(), "desk", dataset.Tickets, upTo)
		require.NoError(t, err)
		var rejected []int64
		for _, c := range causes {
			rejected = append(rejected, c.Rows)
		}
		require.Equal(t, want, rejected)
		require.Equal(t, want != nil, read == 141_712, read)
	}
	require.Equal(t, all, tickets(t, s, "desk", again.ID))

	entries, _, err := s.Audit(t.Context(), store.Trail{Object: "service/desk"}, store.Page{})
	require.NoError(t, err)
	require.Len(t, entries, 2)
	require.Equal(t, "tickets.imported", entries[0].Action)
	require.Equal(t, "root", entries[0].Actor)
	require.Contains(t, string(entries[0].After), `"rejected":11`)
	list, next, err := s.Imports(t.Context(), "desk", store.Page{Limit: 1})
	require.NoError(t, err)
	require.Equal(t, []dataset.Import{again}, list)
	list, _, err = s.Imports(t.Context(), "desk", store.Page{Limit: 1, Cursor: next})
	require.NoError(t, err)
	require.Equal(t, []dataset.Import{first.Import}, list)
}

// The file in two halves, a ticket's rows in both, imported in either order.
func TestHalvesOfTheIncidentLogInEitherOrder(t *testing.T) {
	s, zip := store.New(pgtest.New(t)), incidents(t)
	part := func(from, to int64) iter.Seq2[ticket.Row, error] {
		return func(yield func(ticket.Row, error) bool) {
			var n int64
			for row, err := range imports.Tickets(bytes.NewReader(zip), imports.TicketOptions{Format: imports.ServiceNowAudit}) {
				if n++; n > to || n > from && !yield(row, err) {
					return
				}
			}
		}
	}
	const all, half = 20_000, 10_003
	whole := mustImport(t, s, audit("whole"), part(0, all))
	want := histories(tickets(t, s, "whole", whole.ID))
	mustImport(t, s, audit("forward"), part(0, half))
	forward := mustImport(t, s, audit("forward"), part(half, all))
	require.Equal(t, want, histories(tickets(t, s, "forward", forward.ID)))
	mustImport(t, s, audit("backward"), part(half, all))
	backward := mustImport(t, s, audit("backward"), part(0, half))
	require.Equal(t, want, histories(tickets(t, s, "backward", backward.ID)))
	require.Equal(t, whole.Oldest, backward.Oldest)
	require.EqualValues(t, half-11+5, backward.Loaded, "5 of the 11 rejects are states further down")

	overlapping := mustImport(t, s, audit("backward"), part(half-500, half+500))
	require.EqualValues(t, 1000, overlapping.Unchanged)
	require.Zero(t, overlapping.Tickets)
}
