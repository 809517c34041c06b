package slareport

import (
	"strings"

	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
)

// agreementResults is the section of one agreement, and so of one customer.
func agreementResults(w *report.Writer, a sla.AgreementResult, study sla.Study) {
	s := w.Section("Results: %s", "Ergebnisse: %s", report.Named(a.Title, a.Name))
	who := text.Text{}
	if a.Customer != "" {
		who = text.F("Customer: %s. ", "Kunde: %s. ", a.Customer)
	}
	versions := make([]string, len(a.Versions))
	for i, v := range a.Versions {
		versions[i] = decimal(int64(v))
	}
	if list := strings.Join(versions, ", "); len(versions) > 1 {
		s.Say("%sAgreement: %s, versions %s. Each ticket is measured by the version in force when it was opened; the table names the targets as agreed in version %s.",
			"%sVereinbarung: %s, Versionen %s. Jedes Ticket wird an der Version gemessen, die bei seiner Eröffnung galt; die Tabelle nennt die Ziele nach Version %s.",
			who, a.Name, list, versions[len(versions)-1])
	} else {
		s.Say("%sAgreement: %s, version %s.", "%sVereinbarung: %s, Version %s.", who, a.Name, list)
	}
	if len(a.Targets) == 0 {
		s.Say("No targets are agreed.", "Es sind keine Ziele vereinbart.")
		return
	}
	score(s, a.Score)
	t := s.Table("Targets, over the tickets decided in the period", "Ziele, gemessen an den in der Periode entschiedenen Tickets").
		Left("Target", "Ziel").Right("Within", "Innerhalb").Right("Decided", "Entschieden").Right("Met", "Eingehalten").
		Right("Breached", "Verletzt").Right("Attainment", "Erfüllungsgrad").Right("Agreed", "Vereinbart").Left("Result", "Ergebnis")
	for _, g := range a.Targets {
		t.Row(report.Name(g.Target.Name), report.Seconds(g.Target.Within.Seconds()), report.Count(g.Decided), report.Count(g.Met),
			report.Count(g.Breached), report.Share(g.Met, g.Decided), report.Percent(g.Target.Attain.String()), verdictCell(g.Verdict))
	}
	certainty(s, a, study)
	elapsed(s, a)
	worst(s, a)
	t = s.Table("Open at the end of the period, and reopened in it", "Offen am Ende der Periode und in ihr wiedereröffnet").
		Left("Target", "Ziel").Right("Open", "Offen").Right("of these already breached", "davon bereits verletzt").
		Right("of these undecided", "davon unentschieden").
		Right("Reopened after an earlier decision", "Nach früherer Entscheidung wiedereröffnet").Right("of these now breached", "davon nun verletzt")
	for _, g := range a.Targets {
		t.Row(report.Name(g.Target.Name), report.Count(g.Open), report.Count(g.OpenBreached), report.Count(g.Undecided),
			report.Count(g.Reopened), report.Count(g.ReopenedBreached))
	}
}

// score words the weighted score of an agreement.
func score(s *report.SectionWriter, x *sla.Score) {
	switch {
	case x == nil:
	case x.Value == nil:
		s.Say("Weighted score: not applicable, since no weighted target has a decided ticket.",
			"Gewichtete Gesamtnote: nicht anwendbar, da kein gewichtetes Ziel ein entschiedenes Ticket hat.")
	default:
		s.Say("Weighted score: %[1]s\u202f%%, over %[3]d of %[4]d weighted targets; they carry %[2]s\u202f%% of the weights.",
			"Gewichtete Gesamtnote: %[1]s\u202f%%, über %[3]d von %[4]d gewichteten Zielen; sie tragen %[2]s\u202f%% der Gewichte.",
			report.Decimal(rounded(*x.Value, 2)), report.Decimal(rounded(x.Coverage, 2)), x.WithData, x.Targets)
	}
}

// claims sets what the source system says of itself beside the clock.
func claims(w *report.Writer, r sla.Result) {
	s := w.Section("What the source claims, and what the clock says", "Was die Quelle angibt, und was die Uhr sagt")
	compared := false
	for _, a := range r.Agreements {
		t := s.Table("%s", "%s", report.Named(a.Title, a.Name)).Left("Target", "Ziel").Right("Tickets with a mark", "Tickets mit Kennzeichen").
			Right("Source: met", "Quelle: eingehalten").Right("Source: share", "Quelle: Anteil").
			Right("Clock: met", "Uhr: eingehalten").Right("Clock: attainment", "Uhr: Erfüllungsgrad").Right("Tickets that differ", "Abweichende Tickets")
		for _, g := range a.Targets {
			claimed, differ := report.Count(g.ClaimedMet), report.Count(g.Differ)
			if g.Claims == 0 {
				claimed, differ = report.Nothing(), report.Nothing()
			}
			t.Row(report.Name(g.Target.Name), report.Count(g.Claims), claimed, report.Share(g.ClaimedMet, g.Claims),
				report.Count(g.Met), report.Share(g.Met, g.Decided), differ)
			compared = true
		}
	}
	if !compared {
		s.Say("There are no targets to compare.", "Es gibt keine Ziele zu vergleichen.")
		return
	}
	s.Say("The source system keeps a mark of its own on each ticket that says whether its SLA was kept. It stands here beside the result of the clock, over the tickets decided in the period. Results in this report follow the clock alone.",
		"Das Quellsystem führt an jedem Ticket ein eigenes Kennzeichen, ob sein SLA eingehalten wurde. Es steht hier neben dem Ergebnis der Uhr, über die in der Periode entschiedenen Tickets. Die Ergebnisse dieses Berichts folgen allein der Uhr.")
}

// dataQuality says what the data lacked; nothing is dropped without a word.
func dataQuality(w *report.Writer, f sla.Frozen, r sla.Result, excluded bool) {
	s := w.Section("Data quality", "Datenqualität")
	s.Say("Rows of the source that make no sense are kept with their reason and counted in no figure. A ticket with a rejected row is flagged: its remaining rows count.",
		"Zeilen der Quelle, die keinen Sinn ergeben, werden mit ihrem Grund aufbewahrt und gehen in keine Zahl ein. Ein Ticket mit einer abgelehnten Zeile ist gekennzeichnet: Seine übrigen Zeilen zählen.")
	if !excluded {
		s.Say("No ticket is excluded.", "Kein Ticket ist ausgeschlossen.")
	}
	if f.Import == 0 {
		s.Say("No tickets of this service have been imported.", "Von diesem Service wurden keine Tickets importiert.")
	}
	var rejected int64
	for _, c := range f.Rejects {
		rejected += c.Rows
	}
	t := s.Table("", "").Left("Measured", "Gemessen").Right("Number", "Anzahl")
	t.Item("Source rows read, all imports together", "Gelesene Zeilen der Quelle, alle Importe zusammen", report.Count(f.RowsRead))
	t.Item("of these rejected", "davon abgelehnt", report.Count(rejected))
	t.Item("Tickets in the frozen data", "Tickets im eingefrorenen Datenbestand", report.Count(f.Count))
	t.Item("Flagged tickets among those decided or open here", "Gekennzeichnete Tickets unter den hier entschiedenen oder offenen", report.Count(r.Flagged))
	t.Item("Tickets opened in the period under no agreement", "In der Periode eröffnete Tickets ohne Vereinbarung", report.Count(r.Unmatched))
	t.Item("Tickets opened in the period under an agreement, but none of its targets", "In der Periode eröffnete Tickets mit Vereinbarung, aber ohne Ziel", report.Count(r.Untargeted))
	t = s.Table("Rejected rows by reason", "Abgelehnte Zeilen nach Grund").Left("Column", "Spalte").Left("Reason", "Grund").Right("Rows", "Zeilen")
	for _, c := range f.Rejects {
		column := report.Name(c.Column)
		if c.Column == "" {
			column = report.Say("whole row", "ganze Zeile")
		}
		t.Row(column, report.Words(report.Named(c.Reason, "?")), report.Count(c.Rows))
	}
}
