package availabilityreview

import (
	avail "turnus/itsm/availabilityreview"

	"turnus/report"
	"turnus/report/parts"
	"turnus/report/rules"
)

// definitions says in plain words how the figures came about, so that somebody
// else could find them again.
func definitions(w *report.Writer, f avail.Frozen, r avail.Result) {
	s := w.Section("How it was computed", "Berechnungsgrundlagen")
	s.Say("Each figure has a receipt: every outage, window and sample that was known. The command “turnus report %[1]s --receipts -o FILE” writes all of them into one file, for those who may see them; “turnus verify receipt FILE” computes every figure anew on any machine, without this server, and says whether it is identical or where it differs.",
		"Zu jeder Zahl gibt es einen Beleg: alle bekannten Ausfälle, Wartungsfenster und Messwerte. Der Befehl „turnus report %[1]s --receipts -o DATEI“ schreibt sie in eine Datei und setzt Leserechte voraus; „turnus verify receipt DATEI“ rechnet jede Zahl auf jedem Rechner ohne diesen Server nach und nennt jede Abweichung.",
		f.Run)
	terms(s.Table("Definitions", "Begriffe").Left("Term", "Begriff").Left("Meaning", "Bedeutung"), r)
	basis(s, f)
	for _, a := range r.Agreements {
		targetRules(s, a)
	}
	parts.Calendars(s, f.Calendars)
}

func basis(s *report.SectionWriter, f avail.Frozen) {
	t := parts.Basis{From: f.From, To: f.To, Zone: f.Zone, TZData: f.TZData, Import: f.Import}.Table(s)
	if !f.AsOf.IsZero() {
		t.Item("All data known up to", "Alle Daten bekannt bis", report.At(f.AsOf))
	}
	t.Item("Frozen and computed at", "Festgeschrieben und berechnet am", report.At(f.At))
	for _, d := range f.Data {
		if d.Hash != "" {
			t.Row(report.Say("Hash of the frozen data: %s", "Hashwert der festgeschriebenen Daten: %s", title(d.Dataset)), report.Name(d.Hash))
		}
	}
}

// targetRules lists how each target is measured.
func targetRules(s *report.SectionWriter, a avail.AgreementResult) {
	t := s.Table("Rules of the targets: %s", "Regeln der Ziele: %s", report.Named(a.Title, a.Name)).
		Left("Target", "Ziel").Left("Component", "Komponente").Left("Service hours", "Servicezeiten").Left("Counts as down", "Als Ausfall zählt").Left("Maintenance", "Wartung").
		Left("Probes", "Messpunkte").Right("Least coverage", "Mindestabdeckung").Right("Users", "Benutzer")
	for _, r := range a.Targets {
		g := r.Target.Availability
		if g == nil {
			continue
		}
		t.Row(report.Name(r.Target.Name), componentCell(g.Component), report.Words(rules.CalendarName(r.Target.Calendar)), report.Words(rules.Counted(*g)), report.Words(rules.Maintenance(*g)),
			report.Words(rules.Probing(g.Probes)), report.Percent(g.Coverage.String()), report.Words(rules.Users(g.Population)))
	}
}

// terms explains the figures; only those that the report has.
func terms(t *report.TableWriter, r avail.Result) {
	t.Item("Availability", "Verfügbarkeit", report.Say(
		"(agreed service time − downtime) / agreed service time. It is compared with the agreed value as exact fractions; only the printed percentage is rounded. Over several months the times are added up, and divided once.",
		"(vereinbarte Servicezeit − Ausfallzeit) / vereinbarte Servicezeit. Verglichen wird mit genauen Brüchen; gerundet wird nur der angezeigte Prozentwert. Über mehrere Monate werden die Zeiten addiert und einmal geteilt."))
	t.Item("Agreed service time", "Vereinbarte Servicezeit", report.Say(
		"The service hours of the period in local time, without time of which nothing is known; without maintenance announced in time where it is agreed as excluded. A day may have 23 or 25 hours.",
		"Die Servicezeiten der Periode in Ortszeit, ohne Zeit ohne Daten; ohne rechtzeitig angekündigte Wartung, wo sie als ausgenommen vereinbart ist. Ein Tag kann 23 oder 25 Stunden haben."))
	t.Item("Downtime", "Ausfallzeit", report.Say(
		"Outages, each moment once however many overlap, within the period and agreed service time, without maintenance that was announced in time.",
		"Ausfälle, jeder Moment einmal, auch wenn sich mehrere überschneiden, innerhalb der Periode und der vereinbarten Servicezeit, ohne rechtzeitig angekündigte Wartung."))
	t.Item("Time without data, coverage", "Zeit ohne Daten, Datenabdeckung", report.Say(
		"Time that nobody has looked at, or in which as many probes say down as up, is neither up nor down: it is taken out of agreed time. Coverage is the share of agreed time, outside maintenance, that is known; below the agreed least the result is not reliable.",
		"Zeit, die niemand beobachtet hat oder in der gleich viele Messpunkte Ausfall und Verfügbarkeit melden, ist weder verfügbar noch Ausfall: Sie wird aus der vereinbarten Zeit herausgenommen. Die Datenabdeckung ist der bekannte Anteil der vereinbarten Zeit außerhalb der Wartung; unter dem vereinbarten Mindestwert ist das Ergebnis nicht belastbar."))
	t.Row(report.Nothing(), report.Say(
		"No service time was agreed, or there is nothing to divide. That is neither 0\u202f%% nor 100\u202f%%. No data is something else: time was agreed, and nothing is known of it.",
		"Es war keine Servicezeit vereinbart oder es gibt nichts zu teilen. Das ist weder 0\u202f%% noch 100\u202f%%. Keine Daten heißt etwas anderes: Zeit war vereinbart, aber nichts ist über sie bekannt."))
	t.Item("Outage", "Ausfall", report.Say(
		"Outages that overlap or touch are one; so are those between which nothing is known. One that crosses the border of the period counts within it for availability, and with its full length where it ended for MTRS. Unplanned is each that no announced maintenance covers as a whole.",
		"Ausfälle, die sich überschneiden oder berühren, sind einer; ebenso solche, zwischen denen nichts bekannt ist. Ein Ausfall über die Grenze der Periode zählt für die Verfügbarkeit nur innerhalb, für MTRS mit seiner gesamten Dauer dort, wo er endet. Ungeplant ist jeder, den keine angekündigte Wartung ganz abdeckt."))
	t.Item("MTRS, MTBF, MTBSI", "MTRS, MTBF, MTBSI", report.Say(
		"Mean time to restore service: full lengths of the outages that ended in the period / their number. Mean time between failures: (agreed service time − downtime) / outages begun in it; without an outage at least that long. Mean time between service incidents: MTBF + MTRS, added before rounding.",
		"MTRS, mittlere Zeit bis zur Wiederherstellung: gesamte Dauer der in der Periode beendeten Ausfälle / ihre Anzahl. MTBF, mittlere Zeit zwischen Ausfällen: (vereinbarte Servicezeit − Ausfallzeit) / begonnene Ausfälle; ohne Ausfall mindestens so lang. MTBSI, mittlere Zeit von Ausfall zu Ausfall: MTBF + MTRS, vor dem Runden addiert."))
	t.Item("Error budget", "Fehlerbudget", report.Say(
		"The downtime that the target leaves: agreed service time × (100\u202f%% − agreed availability). More than that is a missed target.",
		"Die Ausfallzeit, die das Ziel zulässt: vereinbarte Servicezeit × (100\u202f%% − vereinbarte Verfügbarkeit). Mehr bedeutet ein verfehltes Ziel."))
	if hasTarget(r, func(t avail.TargetResult) bool { return t.Sampling != nil }) {
		t.Item("Sampling error", "Messfehler", report.Say(
			"Between two samples nobody looks, so that each end of an outage within agreed time is known to one interval either way. The bounds of availability are what it would be, were all outages longer, or shorter, by that.",
			"Zwischen zwei Messwerten beobachtet niemand, sodass jedes Ende eines Ausfalls in vereinbarter Zeit nur auf einen Messabstand genau bekannt ist. Die Grenzen der Verfügbarkeit sind die Werte, wären alle Ausfälle um so viel länger oder kürzer."))
	}
	if hasTarget(r, func(t avail.TargetResult) bool { return t.Sum.LostLow != nil }) {
		t.Item("User-minutes", "Benutzerminuten", report.Say(
			"Minutes of downtime in agreed time, times the users who lost them; who is concerned twice at once counts once. Where users aren’t known by name, the lower bound is the largest group alone, the upper one all groups together, at most all users. An outage of which nobody recorded whom it concerned counts for all users. Availability for users is 1 − lost / (users × agreed service time).",
			"Minuten Ausfallzeit in vereinbarter Zeit mal betroffene Benutzer; wer gleichzeitig mehrfach betroffen ist, zählt einmal. Sind Benutzer nicht namentlich bekannt, ist die untere Grenze die größte Gruppe allein, die obere alle Gruppen zusammen, höchstens alle Benutzer. Ein Ausfall ohne Angabe der Betroffenen zählt für alle Benutzer. Die Verfügbarkeit für Benutzer ist 1 − verloren / (Benutzer × vereinbarte Servicezeit)."))
	}
	if len(r.Objectives) > 0 {
		t.Item("Burn rate", "Verbrauchsrate", report.Say(
			"Share of bad ones / (1 − goal). A rule alerts while the rate exceeds it over its long and its short span.",
			"Anteil der schlechten / (1 − Zielwert). Eine Regel schlägt an, solange die Rate sie in ihrem langen und in ihrem kurzen Zeitraum überschreitet."))
	}
	if hasTarget(r, func(t avail.TargetResult) bool { return t.Trend != nil }) {
		t.Item("Trend", "Trend", report.Say(
			"Mann-Kendall test of the availability over the periods, exact for up to 10 values; the change per period is the median of all slopes (Theil-Sen). p is adjusted for all targets tested in this report (Benjamini-Hochberg, 5\u202f%%). A period without a report or without data is a gap. Where the rules of measuring changed, the line begins anew. Control limits are those of an XmR chart.",
			"Mann-Kendall-Test der Verfügbarkeit über die Perioden, exakt bis 10 Werte; die Änderung je Periode ist der Median aller Steigungen (Theil-Sen). Der p-Wert ist für alle in diesem Bericht geprüften Ziele adjustiert (Benjamini-Hochberg, 5\u202f%%). Eine Periode ohne Bericht oder ohne Daten ist eine Lücke. Wo sich die Regeln der Messung geändert haben, beginnt die Linie neu. Die Eingriffsgrenzen sind die einer XmR-Karte."))
	}
}

func hasTarget(r avail.Result, is func(avail.TargetResult) bool) (has bool) {
	eachTarget(r, func(_ avail.AgreementResult, t avail.TargetResult) { has = has || is(t) })
	return has
}
