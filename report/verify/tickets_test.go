package verify_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/canonical"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
	"turnus/report"
	"turnus/report/receipt"
	"turnus/report/verify"
)

// ticketsFile writes the list of a report's tickets.
func ticketsFile(t testing.TB, r report.Report, f sla.Frozen, list []ticket.Version, form receipt.Form) (string, error) {
	frozen, err := json.Marshal(f)
	require.NoError(t, err)
	p, _ := verify.Process(r.Process)
	var b bytes.Buffer
	err = p.WriteTickets(&b, r, frozen, receipt.Source{Tickets: func(string, int64, time.Time, time.Time) iter.Seq2[ticket.Version, error] { return stream(list) }}, form)
	return b.String(), err
}

// goldenVoids is a file in which a limit voids targets.
const goldenVoids = "testdata/sla-report-voids.json"

// overloadedMarch is March with a limit that voids targets on two days.
func overloadedMarch(t testing.TB) sla.Frozen {
	f := frozenMarch()
	f.Agreements[0].Spec.Workload = append(f.Agreements[0].Spec.Workload, agreement.WorkloadLimit{Name: "tickets", Per: agreement.PerDay, Limit: 1, Voids: true})
	return asDeclared(t, f)
}

// Where a workload limit voids targets, which tickets are listed is known only
// after the last one: such a file is read twice, and is verified all the same.
func TestReceiptsWhoseTicketsAreReadTwice(t *testing.T) {
	f := overloadedMarch(t)
	b := export(t, f, march())
	if *update {
		require.NoError(t, os.WriteFile(goldenVoids, b, 0o644))
	}
	want, err := os.ReadFile(goldenVoids)
	require.NoError(t, err)
	same(t, want, b)
	require.True(t, verified(t, b).Identical)
	rep := drafted(t, f, march())
	listed, err := ticketsFile(t, rep, f, march(), receipt.Form{})
	require.NoError(t, err)
	require.Equal(t, rep.TicketList.SHA256, canonical.Sum([]byte(listed)))
	require.Contains(t, listed, `"reason":"workload"`)

	_, err = verify.Receipt(io.MultiReader(bytes.NewReader(b))) // as through a pipe
	require.ErrorContains(t, err, "has to be read twice")
	forged := bytes.Replace(b, []byte(rep.TicketList.SHA256), []byte(strings.Repeat("0", 64)), 2)
	require.False(t, verified(t, forged).Identical)
	v, err := verify.Receipt(io.MultiReader(bytes.NewReader(file(t))))
	require.NoError(t, err)
	require.True(t, v.Identical, "no other file needs that")
}

// The list is held against the report: against its figures, its tickets and its
// own hash.
func TestListsThatArentAsTheReportSays(t *testing.T) {
	f := frozenMarch()
	rep := drafted(t, f, march())
	whole, err := ticketsFile(t, rep, f, march(), receipt.Form{})
	require.NoError(t, err)
	require.EqualValues(t, strings.Count(whole, `"number":`), rep.TicketList.Rows)

	other := rep
	other.TicketList = &report.TicketList{Rows: rep.TicketList.Rows, SHA256: strings.Repeat("0", 64)}
	_, err = ticketsFile(t, other, f, march(), receipt.Form{CSV: true})
	require.ErrorContains(t, errors.Unwrap(err), "ticket_list.sha256")
	_, err = ticketsFile(t, rep, f, march()[1:], receipt.Form{})
	require.ErrorContains(t, errors.Unwrap(err), "frozen.count")
	changed := march()
	changed[1].Hash = strings.Repeat("0", 64)
	_, err = ticketsFile(t, rep, f, changed, receipt.Form{})
	require.ErrorContains(t, errors.Unwrap(err), "T-02")

	old := f
	old.Lists = false
	of01 := drafted(t, old, march())
	require.Nil(t, of01.TicketList)
	again, err := ticketsFile(t, of01, old, march(), receipt.Form{})
	require.NoError(t, err)
	require.Equal(t, whole, again, "a set of 0.1.0 has the same list, and its report says nothing of it")
}

// A spreadsheet opens the table with a double click, in the language's own way,
// and takes nothing in it for a formula.
func TestTicketsAsATable(t *testing.T) {
	f := frozenMarch()
	list := march()
	evil := told("=cmd|'/c calc'!A1", event("2026-03-12 10:00", "", "priority", "1 - Critical"), event("2026-03-12 18:00", "+Resolved"), event("2026-03-12 18:00", "Resolved"))
	list = append([]ticket.Version{evil}, list...)
	f = set(f, list)
	rep := drafted(t, f, list)
	for lang, c := range map[text.Lang]struct {
		comma         rune
		heading, said []string
	}{
		text.En: {',', []string{"Ticket", "Agreement", "Version", "Target", "Result", "Counts", "Excluded, since", "Number of the exclusion", "Exclusion proposed by",
			"Took (h:mm:ss)", "Agreed within (h:mm:ss)", "Opened (Europe/Berlin)", "Clock stopped (Europe/Berlin)", "Agreed time over (Europe/Berlin)",
			"State at the end of the period", "Import", "Link"},
			[]string{"T-08", "desk", "2", "p1-resolution", "breached", "decided in the period", "caused by the customer", "7", "owner", "6:00:00", "4:00:00",
				"2026-03-12 10:00:00", "2026-03-12 16:00:00", "2026-03-12 14:00:00", "Resolved", "3", "https://desk.example.org/tickets/T-08"}},
		text.De: {';', []string{"Ticket", "Vereinbarung", "Version", "Ziel", "Ergebnis", "Wertung", "Ausschlussgrund", "Nummer des Ausschlusses", "Ausschluss vorgeschlagen von",
			"Dauer (h:mm:ss)", "Zielzeit (h:mm:ss)", "Eröffnet (Europe/Berlin)", "SLA-Uhr gestoppt (Europe/Berlin)", "Zielzeit abgelaufen (Europe/Berlin)",
			"Status am Periodenende", "Import", "Link"},
			[]string{"T-08", "desk", "2", "p1-resolution", "verletzt", "in der Periode gewertet", "vom Kunden verursacht", "7", "owner", "6:00:00", "4:00:00",
				"2026-03-12 10:00:00", "2026-03-12 16:00:00", "2026-03-12 14:00:00", "Resolved", "3", "https://desk.example.org/tickets/T-08"}},
	} {
		b, err := ticketsFile(t, rep, f, list, receipt.Form{CSV: true, Lang: lang})
		require.NoError(t, err)
		table, marked := strings.CutPrefix(b, "\ufeff")
		require.True(t, marked, "else Excel takes it for its own code page")
		require.Equal(t, strings.Count(table, "\n"), strings.Count(table, "\r\n"))
		r := csv.NewReader(strings.NewReader(table))
		r.Comma = c.comma
		rows, err := r.ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 1+int(rep.TicketList.Rows))
		require.Equal(t, c.heading, rows[0])
		require.Contains(t, rows, c.said)
		require.Equal(t, "'=cmd|'/c calc'!A1", rows[1][0])
		for _, row := range rows {
			for _, cell := range row {
				require.NotContains(t, "=+-@\t\r\n", (cell + " ")[:1], cell)
			}
		}
	}
}
