package slareport

import (
	"fmt"
	"io"
	"iter"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
	"turnus/report"
)

// writeTable writes the list of tickets as a table for a spreadsheet. Instants are
// those of the report's zone.
func writeTable(w io.Writer, f sla.Frozen, tickets iter.Seq2[ticket.Version, error], lang text.Lang) (r sla.Result, err error) {
	zone, err := calendar.Zone(f.Zone)
	if err != nil {
		return r, err
	}
	sheet, err := report.NewSpreadsheet(w, lang)
	if err != nil {
		return r, err
	}
	row := make([]string, 0, len(tableColumns))
	add := func(cell func(tableColumn) string) error {
		row = row[:0]
		for _, x := range tableColumns {
			row = append(row, cell(x))
		}
		return sheet.Row(row)
	}
	if err := add(func(x tableColumn) string { return x.title(f.Zone).In(lang) }); err != nil {
		return r, err
	}
	r, err = sla.ListTickets(f, tickets, func(l sla.Listed) error {
		return add(func(x tableColumn) string { return x.cell(l, zone).In(lang) })
	})
	if err != nil {
		return r, err
	}
	return r, sheet.Flush()
}

// tableColumn is one of the table.
type tableColumn struct {
	title func(zone string) text.Text
	cell  func(l sla.Listed, zone *time.Location) text.Text
}

// tableColumns are those of the table, in their order.
var tableColumns = []tableColumn{
	{titled("Ticket", "Ticket"), func(l sla.Listed, _ *time.Location) text.Text { return text.Same(l.Number) }},
	{titled("Agreement", "Vereinbarung"), func(l sla.Listed, _ *time.Location) text.Text { return text.Same(l.Agreement) }},
	{titled("Version", "Version"), func(l sla.Listed, _ *time.Location) text.Text { return text.Same(fmt.Sprint(l.Version)) }},
	{titled("Target", "Ziel"), func(l sla.Listed, _ *time.Location) text.Text { return text.Same(l.Target) }},
	{titled("Result", "Ergebnis"), func(l sla.Listed, _ *time.Location) text.Text { return resultTitle(l.Verdict) }},
	{titled("Counts", "Wertung"), func(l sla.Listed, _ *time.Location) text.Text { return countsAs(l) }},
	{titled("Excluded, since", "Ausschlussgrund"), func(l sla.Listed, _ *time.Location) text.Text {
		if !l.Excluded() {
			return text.Text{}
		}
		return reasonTitle(l.Reason)
	}},
	{titled("Number of the exclusion", "Nummer des Ausschlusses"), func(l sla.Listed, _ *time.Location) text.Text {
		if l.Exclusion == 0 {
			return text.Text{}
		}
		return text.Same(decimal(l.Exclusion))
	}},
	{titled("Exclusion proposed by", "Ausschluss vorgeschlagen von"), func(l sla.Listed, _ *time.Location) text.Text { return text.Same(l.By) }},
	{titled("Took (h:mm:ss)", "Dauer (h:mm:ss)"), func(l sla.Listed, _ *time.Location) text.Text { return text.Same(clockTime(l.Elapsed)) }},
	{titled("Agreed within (h:mm:ss)", "Zielzeit (h:mm:ss)"), func(l sla.Listed, _ *time.Location) text.Text { return text.Same(clockTime(l.Within)) }},
	{instants("Opened", "Eröffnet"), func(l sla.Listed, zone *time.Location) text.Text { return wallTime(&l.Opened, zone) }},
	{instants("Clock stopped", "SLA-Uhr gestoppt"), func(l sla.Listed, zone *time.Location) text.Text { return wallTime(l.Stopped, zone) }},
	{instants("Agreed time over", "Zielzeit abgelaufen"), func(l sla.Listed, zone *time.Location) text.Text { return wallTime(l.BreachAt, zone) }},
	{titled("State at the end of the period", "Status am Periodenende"), func(l sla.Listed, _ *time.Location) text.Text { return text.Same(l.State) }},
	{titled("Import", "Import"), func(l sla.Listed, _ *time.Location) text.Text { return text.Same(decimal(l.Import)) }},
	{titled("Link", "Link"), func(l sla.Listed, _ *time.Location) text.Text { return text.Same(l.Link) }},
}

func titled(en, de string) func(string) text.Text {
	return func(string) text.Text { return text.New(en, de) }
}

func instants(en, de string) func(string) text.Text {
	return func(zone string) text.Text { return text.New(en+" ("+zone+")", de+" ("+zone+")") }
}

func resultTitle(v sla.Verdict) text.Text {
	switch v {
	case sla.Met:
		return text.New("met", "eingehalten")
	case sla.Breached:
		return text.New("breached", "verletzt")
	}
	return text.New("undecided", "Ergebnis offen")
}

// countsAs says which figures a ticket counts in, or would.
func countsAs(l sla.Listed) text.Text {
	var all []text.Text
	if l.Decided != "" {
		all = append(all, text.New("decided in the period", "in der Periode gewertet"))
	} else {
		all = append(all, text.New("decided before, or undecided", "zuvor gewertet oder noch offen"))
	}
	if l.Reopened {
		all = append(all, text.New("reopened", "wiedereröffnet"))
	}
	if l.Open {
		all = append(all, text.New("open at its end", "am Ende offen"))
	}
	return text.Join(all, ", ")
}

// clockTime writes seconds as spreadsheets read a duration.
func clockTime(s int64) string { return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60) }

// wallTime writes an instant as spreadsheets read one.
func wallTime(at *time.Time, zone *time.Location) text.Text {
	if at == nil {
		return text.Text{}
	}
	return text.Same(at.In(zone).Format("2006-01-02 15:04:05"))
}
