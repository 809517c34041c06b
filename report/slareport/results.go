package slareport

import (
	"strings"

	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/parts"
)

// agreementResults is the section of one agreement, and so of one customer.
func agreementResults(w *report.Writer, f sla.Frozen, a sla.AgreementResult, study sla.Study, x followUps) {
	s := w.Section("Results: %s", "Ergebnisse: %s", report.Named(a.Title, a.Name)).About(a.Name)
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
	t := s.Table("Targets, over the tickets decided in the period", "Ziele, gemessen an den in der Periode gewerteten Tickets").
		Left("Target", "Ziel").Right("Within", "Zielzeit").Right("Decided", "Gewertet").Right("Met", "Eingehalten").
		Right("Breached", "Verletzungen").Right("Attainment", "Erfüllungsgrad").Right("Agreed", "Vereinbart").Left("Result", "Ergebnis").
		Left("Finding", "Befund").When(x.named(a))
	for _, g := range a.Targets {
		t.Row(report.Name(g.Target.Name), report.Seconds(g.Target.Within.Seconds()), report.Count(g.Decided), report.Count(g.Met),
			report.Count(g.Breached), report.Share(g.Met, g.Decided), report.Percent(g.Target.Attain.String()), verdictCell(g.Verdict), x.ofTarget(a, g))
	}
	certainty(s, a, study)
	elapsed(s, a)
	worst(s, f, a)
	t = s.Table("Open at the end of the period, and reopened in it", "Am Ende der Periode offene und in der Periode wiedereröffnete Tickets").
		Left("Target", "Ziel").Right("Open", "Offen").Right("of these already breached", "davon bereits verletzt").
		Right("of these undecided", "davon mit offenem Ergebnis").
		Right("Reopened after an earlier decision", "Nach früherer Wertung wiedereröffnet").Right("of these now breached", "davon inzwischen verletzt")
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
			"Gewichteter Gesamterfüllungsgrad: entfällt, da kein gewichtetes Ziel ein gewertetes Ticket hat.")
	default:
		s.Say("Weighted score: %[1]s\u202f%%, over %[3]d of %[4]d weighted targets; they carry %[2]s\u202f%% of the weights.",
			"Gewichteter Gesamterfüllungsgrad: %[1]s\u202f%% über %[3]d von %[4]d gewichteten Zielen, auf die %[2]s\u202f%% der Gewichte entfallen.",
			report.Decimal(parts.Rounded(*x.Value, 2)), report.Decimal(parts.Rounded(x.Coverage, 2)), x.WithData, x.Targets)
	}
}

// claims sets what the source system says of itself beside the clock.
func claims(w *report.Writer, r sla.Result) {
	s := w.Section("What the source claims, and what the clock says", "Kennzeichen des Quellsystems und SLA-Uhr")
	compared := false
	for _, a := range r.Agreements {
		t := s.Table("%s", "%s", report.Named(a.Title, a.Name)).Left("Target", "Ziel").Right("Tickets with a mark", "Tickets mit Kennzeichen").
			Right("Source: met", "Quellsystem: eingehalten").Right("Source: share", "Quellsystem: Anteil").
			Right("Clock: met", "SLA-Uhr: eingehalten").Right("Clock: attainment", "SLA-Uhr: Erfüllungsgrad").Right("Tickets that differ", "Abweichende Tickets")
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
		s.Say("There are no targets to compare.", "Es sind keine Ziele vereinbart, die sich vergleichen ließen.")
		return
	}
	s.Say("The source system keeps a mark of its own on each ticket that says whether its SLA was kept. It stands here beside the result of the clock, over the tickets decided in the period. Results in this report follow the clock alone.",
		"Das Quellsystem führt an jedem Ticket ein eigenes Kennzeichen, ob das SLA eingehalten wurde. Es steht hier neben dem Ergebnis der SLA-Uhr, jeweils für die in der Periode gewerteten Tickets. Die Ergebnisse dieses Berichts folgen allein der SLA-Uhr.")
}

// dataQuality says what the data lacked; nothing is dropped without a word.
func dataQuality(w *report.Writer, f sla.Frozen, r sla.Result, excluded bool) {
	s := w.Section("Data quality", "Datenqualität")
	s.Say("Rows of the source that make no sense are kept with their reason and counted in no figure. A ticket with a rejected row is flagged: its remaining rows count.",
		"Nicht auswertbare Zeilen des Quellsystems werden mit dem Grund aufbewahrt und gehen in keine Zahl ein. Ein Ticket mit einer zurückgewiesenen Zeile ist gekennzeichnet; seine übrigen Zeilen zählen.")
	if !excluded {
		s.Say("No ticket is excluded.", "Kein Ticket ist ausgeschlossen.")
	}
	if f.Import == 0 {
		s.Say("No tickets of this service have been imported.", "Für diesen Service wurden keine Tickets importiert.")
	}
	var rejected int64
	for _, c := range f.Rejects {
		rejected += c.Rows
	}
	t := s.Table("", "").Left("Measured", "Merkmal").Right("Number", "Anzahl")
	t.Item("Source rows read, all imports together", "Gelesene Zeilen des Quellsystems, alle Importe zusammen", report.Count(f.RowsRead))
	t.Item("of these rejected", "davon zurückgewiesen", report.Count(rejected))
	t.Item("Tickets in the frozen data", "Tickets im festgeschriebenen Datenbestand", report.Count(f.Count))
	t.Item("Flagged tickets among those decided or open here", "Gekennzeichnete unter den hier gewerteten oder offenen Tickets", report.Count(r.Flagged))
	t.Item("Tickets opened in the period under no agreement", "In der Periode eröffnete Tickets ohne Vereinbarung", report.Count(r.Unmatched))
	t.Item("Tickets opened in the period under an agreement, but none of its targets", "In der Periode eröffnete Tickets mit Vereinbarung, aber ohne Ziel", report.Count(r.Untargeted))
	t = s.Table("Rejected rows by reason", "Zurückgewiesene Zeilen nach Grund").Left("Column", "Spalte").Left("Reason", "Grund").Right("Rows", "Zeilen")
	for _, c := range f.Rejects {
		column := report.Name(c.Column)
		if c.Column == "" {
			column = report.Say("whole row", "ganze Zeile")
		}
		t.Row(column, report.Words(report.Named(c.Reason, "?")), report.Count(c.Rows))
	}
}
