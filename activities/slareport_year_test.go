package activities_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/canonical"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/ticket"
	"turnus/report"
	"turnus/report/receipt"
	"turnus/report/verify"
	"turnus/store"
)

// A year is the sum of its twelve months, ticket by ticket, with tickets that
// are reopened in a later month, with data that came after the months had been
// published, and with the restatements that this made. The months as they stood
// before don't add up to it.
func TestAYearIsTheSumOfItsMonths(t *testing.T) {
	berlin, err := calendar.Zone("Europe/Berlin")
	require.NoError(t, err)
	s := organisation(t)
	var rows, early []ticket.Row
	changes := map[string]int{}
	for row, err := range auditRows(t, berlin) {
		if err != nil {
			continue // rejected; in the whole file they come again
		}
		rows = append(rows, row)
		// Of one ticket in ten nothing has come yet, of another one the first half.
		changes[row.Number]++
		last := row.Number[len(row.Number)-1]
		if last == '7' || last == '3' && changes[row.Number] > 3 {
			continue
		}
		early = append(early, row)
	}
	require.Greater(t, len(rows)-len(early), 10_000)
	feed := func(rows []ticket.Row) func(yield func(ticket.Row, error) bool) {
		return func(yield func(ticket.Row, error) bool) {
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
	first := auditLog
	first.AsOf = audited
	_, err = s.Import(t.Context(), first, feed(early), nil)
	require.NoError(t, err)

	months := func(byTicket bool) (sum map[string]tally, decided map[string]verdict, reports []report.Report) {
		sum, decided = map[string]tally{}, map[string]verdict{}
		for m := range 12 {
			rep, _ := drafted(t, s, fmt.Sprintf("2016-%02d", m+1), false)
			reports = append(reports, rep)
			got, _ := figuresOf(rep)
			for target, n := range got {
				sum[target] = tally{sum[target][0] + n[0], sum[target][1] + n[1]}
			}
			if !byTicket {
				continue
			}
			for number, v := range verdictsIn(t, receiptsOf(t, s, rep), rep.Period) {
				require.NotContains(t, decided, number)
				v.month = ""
				decided[number] = v
			}
		}
		return sum, decided, reports
	}
	before, _, _ := months(false)
	late := auditLog
	done, err := s.Import(t.Context(), late, auditRows(t, berlin), nil)
	require.NoError(t, err)
	require.Positive(t, done.Tickets)
	sum, decided, reports := months(true)
	for _, rep := range reports {
		require.Equal(t, 2, rep.Version)
		require.NotNil(t, rep.Restates)
		require.True(t, slices.ContainsFunc(rep.Notes, func(n report.Note) bool {
			return strings.Contains(n.Text.En, "This report takes the place of version 1.")
		}), rep.Period)
	}

	year, f := drafted(t, s, "2016", false)
	of, _ := figuresOf(year)
	require.Equal(t, sum, of)
	require.NotEqual(t, before, of)
	all := verdictsIn(t, receiptsOf(t, s, year), "")
	require.Equal(t, decided, all, "each ticket once, under the same target, with the same result")
	reopened := 0
	for _, x := range reports {
		for _, g := range x.Figures {
			if strings.HasSuffix(g.Name, ".reopened") {
				reopened += int(*g.Numerator)
			}
		}
	}
	require.Positive(t, reopened, "tickets are reopened after an earlier month has decided")

	// Where the tickets come from is frozen, and verified with all the rest.
	require.Len(t, f.Imports, 2)
	v, err := verify.Receipt(bytes.NewReader(receiptsOf(t, s, year)))
	require.NoError(t, err)
	require.True(t, v.Identical && v.Words, "%v", v.Differences)
	require.EqualValues(t, year.TicketList.Rows, ticketsOf(t, s, year))
}

// ticketsOf writes a report's list of tickets, holds its hash against the
// document, and counts its rows.
func ticketsOf(t *testing.T, s *store.Store, rep report.Report) int {
	t.Helper()
	frozen, err := store.Frozen[json.RawMessage](t.Context(), s, run.Step{Run: rep.Run, Round: rep.DraftRound})
	require.NoError(t, err)
	p, _ := verify.Process(rep.Process)
	source := receipt.Source{Tickets: func(service string, asOf int64, from, to time.Time) iter.Seq2[ticket.Version, error] {
		return s.TicketsAsOf(t.Context(), service, asOf, from, to)
	}}
	var file bytes.Buffer
	require.NoError(t, p.WriteTickets(&file, rep, frozen, source, receipt.Form{}))
	require.Equal(t, rep.TicketList.SHA256, canonical.Sum(file.Bytes()))
	var list struct{ Tickets []sla.Listed }
	require.NoError(t, json.Unmarshal(file.Bytes(), &list))
	return len(list.Tickets)
}
