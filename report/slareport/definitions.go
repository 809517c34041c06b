package slareport

import (
	"maps"
	"slices"
	"strings"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
)

// definitions says in plain words how the figures came about, so that
// somebody else could find them again.
func definitions(f sla.Frozen, r sla.Result) report.Section {
	s := report.Section{
		Title: text.New("How it was computed", "Wie gerechnet wurde"),
		Paragraphs: []text.Text{text.F(
			"Each figure has a receipt that says of every ticket which time counted and which didn’t, and why. turnus report %[1]s --receipts -o FILE writes all of them into one file, for those who may see the tickets; turnus verify receipt FILE computes it anew on any machine, without this server, and says whether it is identical or where it differs.",
			"Zu jeder Zahl gibt es einen Beleg, der für jedes Ticket sagt, welche Zeit zählte, welche nicht, und warum. turnus report %[1]s --receipts -o DATEI schreibt alle in eine Datei, für diejenigen, die die Tickets sehen dürfen; turnus verify receipt DATEI rechnet sie auf jedem Rechner ohne diesen Server nach und sagt, ob alles übereinstimmt oder wo nicht.",
			f.Run)},
		Tables: []report.Table{definitionTable(f, r), basisTable(f)},
	}
	for _, a := range r.Agreements {
		if len(a.Targets) > 0 {
			s.Tables = append(s.Tables, targetRules(f, a))
		}
	}
	if len(f.Calendars) > 0 {
		s.Tables = append(s.Tables, calendarTable(f))
	}
	return s
}

func definitionTable(f sla.Frozen, r sla.Result) report.Table {
	t := report.Table{
		Caption: text.New("Definitions", "Begriffe"),
		Columns: []report.Column{leftColumn("Term", "Begriff"), leftColumn("Meaning", "Bedeutung")},
		Rows: [][]report.Cell{
			{inWords("Decided in the period", "In der Periode entschieden"), inWords(
				"A ticket is decided once its result is certain: it was stopped within the target, or its clock has passed the target. It counts in the first period at whose end it is decided, and in no other. Only events before the end of the period are seen.",
				"Ein Ticket ist entschieden, sobald sein Ergebnis feststeht: Es wurde innerhalb der Zielzeit beendet, oder seine Uhr hat die Zielzeit überschritten. Es zählt in der ersten Periode, an deren Ende es entschieden ist, und in keiner anderen. Berücksichtigt werden nur Ereignisse vor dem Ende der Periode.")},
			{inWords("Clock", "Uhr"), inWords(
				"It counts the time inside the hours of the target’s calendar, from the opening of the ticket on, without the pauses agreed for the target, until the ticket is stopped; for a response time until the first qualified human reaction. Exactly the agreed time is met.",
				"Sie zählt ab der Eröffnung des Tickets die Zeit innerhalb der Stunden des Zielkalenders, ohne die für das Ziel vereinbarten Pausen, bis das Ticket beendet ist; bei einer Reaktionszeit bis zur ersten qualifizierten menschlichen Reaktion. Genau die vereinbarte Zeit gilt als eingehalten.")},
			{inWords("Attainment", "Erfüllungsgrad"), inWords(
				"Met divided by decided, where decided is met and breached together. It is compared with the agreed value as whole numbers; only the printed percentage is rounded. A target may therefore print the agreed percentage and still be missed: the counts decide.",
				"Eingehaltene geteilt durch entschiedene Tickets; entschieden sind eingehaltene und verletzte zusammen. Verglichen wird mit ganzen Zahlen; gerundet wird nur der gedruckte Prozentwert. Ein Ziel kann daher den vereinbarten Prozentwert zeigen und trotzdem verfehlt sein: Es gelten die Anzahlen.")},
			{report.Words(report.NotApplicable()), inWords(
				"There was nothing to count, or no limit is agreed. That is neither 0\u202f% nor 100\u202f%, neither met nor missed.",
				"Es gab nichts zu zählen, oder es ist keine Grenze vereinbart. Das ist weder 0\u202f% noch 100\u202f%, weder eingehalten noch verfehlt.")},
			{inWords("Open, undecided", "Offen, unentschieden"), inWords(
				"Open: not stopped at the end of the period. Already breached: its clock has passed the target, in this period or before. Undecided: neither met nor breached yet; a later period will decide it.",
				"Offen: am Ende der Periode nicht beendet. Bereits verletzt: Die Uhr hat die Zielzeit in dieser oder einer früheren Periode überschritten. Unentschieden: weder eingehalten noch verletzt; eine spätere Periode entscheidet.")},
			{inWords("Reopened after an earlier decision", "Nach früherer Entscheidung wiedereröffnet"), inWords(
				"An earlier period has decided the ticket, and that decision stands. The reopening is counted by itself and changes no attainment.",
				"Eine frühere Periode hat das Ticket entschieden, und dabei bleibt es. Die Wiedereröffnung wird für sich gezählt und ändert keinen Erfüllungsgrad.")},
			{inWords("Change of priority and the like", "Änderung der Priorität und Ähnliches"), inWords(
				"The target follows the ticket’s own fields as its rule says (see below). The version of the agreement is the one in force when the ticket was opened.",
				"Das Ziel folgt den Feldern des Tickets, wie seine Regel es sagt (siehe unten). Es gilt die Version der Vereinbarung, die bei der Eröffnung des Tickets in Kraft war.")},
		},
	}
	t.Rows = append(t.Rows, depthDefinitions(f, r)...)
	return t
}

func basisTable(f sla.Frozen) report.Table {
	row := func(en, de string, c report.Cell) []report.Cell { return []report.Cell{inWords(en, de), c} }
	t := report.Table{
		Caption: text.New("Basis", "Grundlage"),
		Columns: []report.Column{leftColumn("Item", "Angabe"), leftColumn("Value", "Wert")},
		Rows: [][]report.Cell{
			row("Period from, inclusive", "Periode von, einschließlich", report.At(f.From)),
			row("Period to, exclusive", "Periode bis, ausschließlich", report.At(f.To)),
			row("Time zone", "Zeitzone", named(f.Zone)),
			row("Time zone database", "Zeitzonendatenbank", named("tzdata "+f.TZData)),
		},
	}
	if f.Import > 0 {
		t.Rows = append(t.Rows,
			row("Data as of import", "Datenstand: Import", named(decimal(f.Import))),
			row("Source read up to", "Quelle gelesen bis", report.At(f.AsOf)))
	} else {
		t.Rows = append(t.Rows, row("Data as of import", "Datenstand: Import", inWords("none", "keiner")))
	}
	t.Rows = append(t.Rows, row("Frozen and computed at", "Eingefroren und gerechnet am", report.At(f.At)))
	if f.Hash != "" {
		t.Rows = append(t.Rows, row("Hash of the frozen tickets", "Hash der eingefrorenen Tickets", named(f.Hash)))
	}
	return t
}

// targetRules lists what the clock of each target obeys.
func targetRules(f sla.Frozen, a sla.AgreementResult) report.Table {
	title := report.Named(a.Title, a.Name)
	t := report.Table{
		Caption: text.F("Rules of the targets: %[1]s", "Regeln der Ziele: %[2]s", title.En, title.De),
		Columns: []report.Column{leftColumn("Target", "Ziel"), leftColumn("Measures", "Misst"), leftColumn("Applies to", "Gilt für"), leftColumn("Calendar", "Kalender"),
			leftColumn("Clock pauses in", "Uhr ruht in"), leftColumn("When reopened", "Bei Wiedereröffnung"), leftColumn("When a field changes", "Bei Feldänderung")},
	}
	for _, r := range a.Targets {
		g := r.Target
		t.Rows = append(t.Rows, []report.Cell{named(g.Name), report.Words(measured(g.Measure)),
			report.Words(appliesTo(agreementScope(f, a), g.Where)), report.Words(calendarName(g.Calendar)), report.Words(pauseStates(g.Pause)),
			report.Words(reopenRule(g.Reopen)), report.Words(changeRule(g.OnChange))})
	}
	return t
}

// agreementScope is the condition of the agreement itself, in its newest version here.
func agreementScope(f sla.Frozen, a sla.AgreementResult) agreement.Where {
	var where agreement.Where
	newest := 0
	for _, v := range f.Agreements {
		if v.Name == a.Name && v.Version > newest && slices.Contains(a.Versions, v.Version) {
			newest, where = v.Version, v.Spec.Where
		}
	}
	return where
}

func measured(m agreement.Measure) text.Text {
	if m == agreement.Response {
		return text.New("response time", "Reaktionszeit")
	}
	return text.New("resolution time", "Lösungszeit")
}

// appliesTo words two conditions that must both hold, fields in a fixed order.
func appliesTo(wheres ...agreement.Where) text.Text {
	var en, de []string
	for _, w := range wheres {
		for _, field := range slices.Sorted(maps.Keys(w)) {
			en = append(en, field+": "+strings.Join(w[field], " or "))
			de = append(de, field+": "+strings.Join(w[field], " oder "))
		}
	}
	if len(en) == 0 {
		return text.New("all tickets", "alle Tickets")
	}
	return text.New(strings.Join(en, "; "), strings.Join(de, "; "))
}

func calendarName(s string) text.Text {
	if s == calendar.AlwaysOpen {
		return text.New("24x7, always open", "24x7, immer offen")
	}
	return text.Same(s)
}

func pauseStates(states []string) text.Text {
	if len(states) == 0 {
		return text.New("never", "nie")
	}
	return text.Same(strings.Join(states, ", "))
}

func reopenRule(r agreement.Reopen) text.Text {
	switch r {
	case agreement.NewCycle:
		return text.New("each cycle has a clock of its own, breached if any is", "jeder Durchlauf hat seine eigene Uhr; verletzt, wenn einer es ist")
	case agreement.Wall:
		return text.New("counted from the first start to the last stop", "gezählt vom ersten Beginn bis zum letzten Ende")
	}
	return text.New("clock goes on, stopped time isn’t counted", "Uhr läuft weiter, die beendete Zeit zählt nicht")
}

func changeRule(c agreement.OnChange) text.Text {
	if c == agreement.Restart {
		return text.New("clock starts anew at the change", "Uhr beginnt mit der Änderung neu")
	}
	return text.New("new target counts from the start, pauses kept", "neues Ziel gilt von Anfang an, Pausen bleiben")
}
