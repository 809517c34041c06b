package slareport

import (
	"slices"

	"turnus/itsm/agreement"
	"turnus/itsm/sla"
	"turnus/report"
	"turnus/report/parts"
	"turnus/report/rules"
)

// definitions says in plain words how the figures came about, so that somebody
// else could find them again.
func definitions(w *report.Writer, f sla.Frozen, r sla.Result) {
	s := w.Section("How it was computed", "Berechnungsgrundlagen")
	s.Say("Each figure has a receipt that says of every ticket which time counted and which didn’t, and why. The command “turnus report %[1]s --receipts -o FILE” writes all of them into one file, for those who may see the tickets; “turnus verify receipt FILE” computes it anew on any machine, without this server, and says whether it is identical or where it differs.",
		"Zu jeder Zahl gibt es einen Beleg, der für jedes Ticket angibt, welche Zeit zählte, welche nicht und warum. Der Befehl „turnus report %[1]s --receipts -o DATEI“ schreibt alle Belege in eine Datei und setzt Leserechte für die Tickets voraus; „turnus verify receipt DATEI“ rechnet sie auf jedem Rechner ohne diesen Server nach und nennt jede Abweichung.",
		f.Run)
	t := s.Table("Definitions", "Begriffe").Left("Term", "Begriff").Left("Meaning", "Bedeutung")
	countTerms(t)
	depthTerms(t, f, r)
	basis(s, f)
	for _, a := range r.Agreements {
		targetRules(s, f, a)
	}
	parts.Calendars(s, f.Calendars)
}

func basis(s *report.SectionWriter, f sla.Frozen) {
	t := parts.Basis{From: f.From, To: f.To, Zone: f.Zone, TZData: f.TZData, Import: f.Import}.Table(s)
	if !f.AsOf.IsZero() { // as it is where all imports are withdrawn
		t.Item("Source read up to", "Quellsystem gelesen bis", report.At(f.AsOf))
	}
	t.Item("Frozen and computed at", "Festgeschrieben und berechnet am", report.At(f.At))
	if f.Hash != "" {
		t.Item("Hash of the frozen tickets", "Hashwert der festgeschriebenen Tickets", report.Name(f.Hash))
	}
}

// targetRules lists what the clock of each target obeys.
func targetRules(s *report.SectionWriter, f sla.Frozen, a sla.AgreementResult) {
	t := s.Table("Rules of the targets: %s", "Regeln der Ziele: %s", report.Named(a.Title, a.Name)).
		Left("Target", "Ziel").Left("Measures", "Messgröße").Left("Applies to", "Gilt für").Left("Calendar", "Kalender").
		Left("Clock pauses in", "SLA-Uhr pausiert in").Left("When reopened", "Bei Wiedereröffnung").Left("When a field changes", "Bei Feldänderung")
	for _, r := range a.Targets {
		g := r.Target
		t.Row(report.Name(g.Name), report.Words(rules.Measured(g.Measure)), report.Words(rules.AppliesTo(agreementScope(f, a), g.Where)),
			report.Words(rules.CalendarName(g.Calendar)), report.Words(rules.PauseStates(g.Pause)), report.Words(rules.ReopenRule(g.Reopen)), report.Words(rules.ChangeRule(g.OnChange)))
	}
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
