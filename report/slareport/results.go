package slareport

import (
	"strings"

	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
)

func leftColumn(en, de string) report.Column { return report.Column{Title: text.New(en, de)} }
func rightColumn(en, de string) report.Column {
	return report.Column{Title: text.New(en, de), Right: true}
}
func named(s string) report.Cell        { return report.Words(text.Same(s)) }
func inWords(en, de string) report.Cell { return report.Words(text.New(en, de)) }

// agreementResults is the section of one agreement, and so of one customer.
func agreementResults(a sla.AgreementResult, study sla.Study) report.Section {
	title := report.Named(a.Title, a.Name)
	who := text.Text{}
	if a.Customer != "" {
		who = text.F("Customer: %s. ", "Kunde: %s. ", a.Customer)
	}
	versions := make([]string, len(a.Versions))
	for i, v := range a.Versions {
		versions[i] = decimal(int64(v))
	}
	agreed := text.F("Agreement: %s, version %s.", "Vereinbarung: %s, Version %s.", a.Name, strings.Join(versions, ""))
	if len(versions) > 1 {
		list := strings.Join(versions, ", ")
		newest := versions[len(versions)-1]
		agreed = text.F("Agreement: %[1]s, versions %[2]s. Each ticket is measured by the version in force when it was opened; the table names the targets as agreed in version %[3]s.",
			"Vereinbarung: %[1]s, Versionen %[2]s. Jedes Ticket wird an der Version gemessen, die bei seiner Eröffnung galt; die Tabelle nennt die Ziele nach Version %[3]s.",
			a.Name, list, newest)
	}
	s := report.Section{
		Title:      text.F("Results: %[1]s", "Ergebnisse: %[2]s", title.En, title.De),
		Paragraphs: []text.Text{text.New(who.En+agreed.En, who.De+agreed.De)},
	}
	if len(a.Targets) == 0 {
		s.Paragraphs = append(s.Paragraphs, text.New("No targets are agreed.", "Es sind keine Ziele vereinbart."))
		return s
	}
	results := report.Table{
		Caption: text.New("Targets, over the tickets decided in the period", "Ziele, gemessen an den in der Periode entschiedenen Tickets"),
		Columns: []report.Column{leftColumn("Target", "Ziel"), rightColumn("Within", "Innerhalb"), rightColumn("Decided", "Entschieden"),
			rightColumn("Met", "Eingehalten"), rightColumn("Breached", "Verletzt"), rightColumn("Attainment", "Erfüllungsgrad"),
			rightColumn("Agreed", "Vereinbart"), leftColumn("Result", "Ergebnis")},
	}
	open := report.Table{
		Caption: text.New("Open at the end of the period, and reopened in it", "Offen am Ende der Periode und in ihr wiedereröffnet"),
		Columns: []report.Column{leftColumn("Target", "Ziel"), rightColumn("Open", "Offen"), rightColumn("of these already breached", "davon bereits verletzt"),
			rightColumn("of these undecided", "davon unentschieden"), rightColumn("Reopened after an earlier decision", "Nach früherer Entscheidung wiedereröffnet"),
			rightColumn("of these now breached", "davon nun verletzt")},
	}
	for _, t := range a.Targets {
		results.Rows = append(results.Rows, []report.Cell{named(t.Target.Name), report.Seconds(t.Target.Within.Seconds()),
			report.Count(t.Decided), report.Count(t.Met), report.Count(t.Breached), report.Share(t.Met, t.Decided),
			report.Percent(t.Target.Attain.String()), verdictCell(t.Verdict)})
		open.Rows = append(open.Rows, []report.Cell{named(t.Target.Name), report.Count(t.Open), report.Count(t.OpenBreached),
			report.Count(t.Undecided), report.Count(t.Reopened), report.Count(t.ReopenedBreached)})
	}
	s.Paragraphs = append(s.Paragraphs, score(a.Score)...)
	s.Tables = []report.Table{results, certainty(a, study), elapsed(a)}
	if over := worst(a); len(over.Rows) > 0 {
		s.Tables = append(s.Tables, over)
	}
	s.Tables = append(s.Tables, open)
	return s
}

// claims sets what the source system says of itself beside the clock.
func claims(r sla.Result) report.Section {
	s := report.Section{
		Title: text.New("What the source claims, and what the clock says", "Was die Quelle angibt, und was die Uhr sagt"),
		Paragraphs: []text.Text{text.New(
			"The source system keeps a mark of its own on each ticket that says whether its SLA was kept. It stands here beside the result of the clock, over the tickets decided in the period. Results in this report follow the clock alone.",
			"Das Quellsystem führt an jedem Ticket ein eigenes Kennzeichen, ob sein SLA eingehalten wurde. Es steht hier neben dem Ergebnis der Uhr, über die in der Periode entschiedenen Tickets. Die Ergebnisse dieses Berichts folgen allein der Uhr.")},
	}
	for _, a := range r.Agreements {
		t := report.Table{Caption: report.Named(a.Title, a.Name), Columns: []report.Column{leftColumn("Target", "Ziel"),
			rightColumn("Tickets with a mark", "Tickets mit Kennzeichen"), rightColumn("Source: met", "Quelle: eingehalten"), rightColumn("Source: share", "Quelle: Anteil"),
			rightColumn("Clock: met", "Uhr: eingehalten"), rightColumn("Clock: attainment", "Uhr: Erfüllungsgrad"), rightColumn("Tickets that differ", "Abweichende Tickets")}}
		for _, g := range a.Targets {
			claimed, differ := report.Count(g.ClaimedMet), report.Count(g.Differ)
			if g.Claims == 0 {
				claimed, differ = report.Words(report.NotApplicable()), report.Words(report.NotApplicable())
			}
			t.Rows = append(t.Rows, []report.Cell{named(g.Target.Name), report.Count(g.Claims),
				claimed, report.Share(g.ClaimedMet, g.Claims), report.Count(g.Met), report.Share(g.Met, g.Decided), differ})
		}
		if len(t.Rows) > 0 {
			s.Tables = append(s.Tables, t)
		}
	}
	if len(s.Tables) == 0 {
		s.Paragraphs = []text.Text{text.New("There are no targets to compare.", "Es gibt keine Ziele zu vergleichen.")}
	}
	return s
}

// dataQuality says what the data lacked; nothing is dropped without a word.
func dataQuality(f sla.Frozen, r sla.Result) report.Section {
	var rejected int64
	reasons := report.Table{
		Caption: text.New("Rejected rows by reason", "Abgelehnte Zeilen nach Grund"),
		Columns: []report.Column{leftColumn("Column", "Spalte"), leftColumn("Reason", "Grund"), rightColumn("Rows", "Zeilen")},
	}
	for _, c := range f.Rejects {
		rejected += c.Rows
		column := named(c.Column)
		if c.Column == "" {
			column = inWords("whole row", "ganze Zeile")
		}
		reasons.Rows = append(reasons.Rows, []report.Cell{column, report.Words(report.Named(c.Reason, "?")), report.Count(c.Rows)})
	}
	row := func(en, de string, c report.Cell) []report.Cell { return []report.Cell{inWords(en, de), c} }
	s := report.Section{
		Title: text.New("Data quality", "Datenqualität"),
		Paragraphs: []text.Text{text.New(
			"Rows of the source that make no sense are kept with their reason and counted in no figure. A ticket with a rejected row is flagged: its remaining rows count.",
			"Zeilen der Quelle, die keinen Sinn ergeben, werden mit ihrem Grund aufbewahrt und gehen in keine Zahl ein. Ein Ticket mit einer abgelehnten Zeile ist gekennzeichnet: Seine übrigen Zeilen zählen.")},
		Tables: []report.Table{{
			Columns: []report.Column{leftColumn("Measured", "Gemessen"), rightColumn("Number", "Anzahl")},
			Rows: [][]report.Cell{
				row("Source rows read, all imports together", "Gelesene Zeilen der Quelle, alle Importe zusammen", report.Count(f.RowsRead)),
				row("of these rejected", "davon abgelehnt", report.Count(rejected)),
				row("Tickets in the frozen data", "Tickets im eingefrorenen Datenbestand", report.Count(f.Count)),
				row("Flagged tickets among those decided or open here", "Gekennzeichnete Tickets unter den hier entschiedenen oder offenen", report.Count(r.Flagged)),
				row("Tickets opened in the period under no agreement", "In der Periode eröffnete Tickets ohne Vereinbarung", report.Count(r.Unmatched)),
				row("Tickets opened in the period under an agreement, but none of its targets", "In der Periode eröffnete Tickets mit Vereinbarung, aber ohne Ziel", report.Count(r.Untargeted)),
			},
		}},
	}
	if len(reasons.Rows) > 0 {
		s.Tables = append(s.Tables, reasons)
	}
	if len(exclusions(f, r)) == 0 {
		s.Paragraphs = append(s.Paragraphs, text.New("No ticket is excluded.", "Kein Ticket ist ausgeschlossen."))
	}
	if f.Import == 0 {
		s.Paragraphs = append(s.Paragraphs, text.New("No tickets of this service have been imported.",
			"Von diesem Service wurden keine Tickets importiert."))
	}
	return s
}
