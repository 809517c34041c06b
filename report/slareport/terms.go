package slareport

import (
	"slices"

	"turnus/itsm/sla"
	"turnus/report"
)

// countTerms explains the counts that every report has.
func countTerms(t *report.TableWriter) {
	t.Item("Decided in the period", "In der Periode entschieden", report.Say(
		"A ticket is decided once its result is certain: it was stopped within the target, or its clock has passed the target. It counts in the first period at whose end it is decided, and in no other. Only events before the end of the period are seen.",
		"Ein Ticket ist entschieden, sobald sein Ergebnis feststeht: Es wurde innerhalb der Zielzeit beendet, oder seine Uhr hat die Zielzeit überschritten. Es zählt in der ersten Periode, an deren Ende es entschieden ist, und in keiner anderen. Berücksichtigt werden nur Ereignisse vor dem Ende der Periode."))
	t.Item("Clock", "Uhr", report.Say(
		"It counts the time inside the hours of the target’s calendar, from the opening of the ticket on, without the pauses agreed for the target, until the ticket is stopped; for a response time until the first qualified human reaction. Exactly the agreed time is met.",
		"Sie zählt ab der Eröffnung des Tickets die Zeit innerhalb der Stunden des Zielkalenders, ohne die für das Ziel vereinbarten Pausen, bis das Ticket beendet ist; bei einer Reaktionszeit bis zur ersten qualifizierten menschlichen Reaktion. Genau die vereinbarte Zeit gilt als eingehalten."))
	t.Item("Attainment", "Erfüllungsgrad", report.Say(
		"Met divided by decided, where decided is met and breached together. It is compared with the agreed value as whole numbers; only the printed percentage is rounded. A target may therefore print the agreed percentage and still be missed: the counts decide.",
		"Eingehaltene geteilt durch entschiedene Tickets; entschieden sind eingehaltene und verletzte zusammen. Verglichen wird mit ganzen Zahlen; gerundet wird nur der gedruckte Prozentwert. Ein Ziel kann daher den vereinbarten Prozentwert zeigen und trotzdem verfehlt sein: Es gelten die Anzahlen."))
	t.Row(report.Nothing(), report.Say(
		"There was nothing to count, or no limit is agreed. That is neither 0\u202f%% nor 100\u202f%%, neither met nor missed.",
		"Es gab nichts zu zählen, oder es ist keine Grenze vereinbart. Das ist weder 0\u202f%% noch 100\u202f%%, weder eingehalten noch verfehlt."))
	t.Item("Open, undecided", "Offen, unentschieden", report.Say(
		"Open: not stopped at the end of the period. Already breached: its clock has passed the target, in this period or before. Undecided: neither met nor breached yet; a later period will decide it.",
		"Offen: am Ende der Periode nicht beendet. Bereits verletzt: Die Uhr hat die Zielzeit in dieser oder einer früheren Periode überschritten. Unentschieden: weder eingehalten noch verletzt; eine spätere Periode entscheidet."))
	t.Item("Reopened after an earlier decision", "Nach früherer Entscheidung wiedereröffnet", report.Say(
		"An earlier period has decided the ticket, and that decision stands. The reopening is counted by itself and changes no attainment.",
		"Eine frühere Periode hat das Ticket entschieden, und dabei bleibt es. Die Wiedereröffnung wird für sich gezählt und ändert keinen Erfüllungsgrad."))
	t.Item("Change of priority and the like", "Änderung der Priorität und Ähnliches", report.Say(
		"The target follows the ticket’s own fields as its rule says (see below). The version of the agreement is the one in force when the ticket was opened.",
		"Das Ziel folgt den Feldern des Tickets, wie seine Regel es sagt (siehe unten). Es gilt die Version der Vereinbarung, die bei der Eröffnung des Tickets in Kraft war."))
}

// depthTerms explains what goes beyond the plain counts; only what the report
// has.
func depthTerms(t *report.TableWriter, f sla.Frozen, r sla.Result) {
	t.Item("95\u202f% interval", "95-%-Intervall", report.Say(
		"The Wilson score interval of the attainment: the shares with which the counts are compatible, chance considered. If the agreed value lies inside, the result isn’t distinguishable from it. The verdict doesn’t depend on that: it follows from the plain count.",
		"Das Wilson-Intervall des Erfüllungsgrads: die Anteile, mit denen die Anzahlen vereinbar sind, den Zufall bedacht. Liegt der vereinbarte Wert darin, ist das Ergebnis von ihm nicht unterscheidbar. Das Urteil hängt davon nicht ab: Es folgt aus den Anzahlen."))
	t.Item("P50, P90, P95", "P50, P90, P95", report.Say(
		"The time that so many per cent of the decided tickets didn’t exceed, by nearest rank: always the time of a ticket, never a value in between. “95\u202f%% within the agreed time” says exactly that P95 is within it. Under a rule with several clocks the longest counts. ≥ stands where tickets that are still open have taken so long already.",
		"Die Zeit, die so viel Prozent der entschiedenen Tickets nicht überschritten, nach dem nächsten Rang: immer die Zeit eines Tickets, nie ein Zwischenwert. „95\u202f%% innerhalb der vereinbarten Zeit“ heißt genau, dass P95 darin liegt. Bei einer Regel mit mehreren Uhren zählt die längste. ≥ steht, wo noch offene Tickets schon so lange dauern."))
	if slices.ContainsFunc(r.Agreements, func(a sla.AgreementResult) bool { return a.Score != nil }) {
		t.Item("Weighted score", "Gewichtete Gesamtnote", report.Say(
			"The attainments of the targets by their weights. A target without a decided ticket is left out, neither as 0 nor as 100; how much of the weights is left stands beside it.",
			"Die Erfüllungsgrade der Ziele nach ihren Gewichten. Ein Ziel ohne entschiedenes Ticket bleibt weg, weder als 0 noch als 100; wie viel von den Gewichten bleibt, steht daneben."))
	}
	if hasLimit(r, func(x sla.WorkloadResult) bool { return x.Limit.Finer() }) {
		t.Item("Limit a day, an hour", "Grenze je Tag, je Stunde", report.Say(
			"Days and hours are those of the wall clock in the report’s time zone; a day may have 23 or 25 hours, and an hour that daylight saving repeats is two.",
			"Tage und Stunden sind die der Uhrzeit in der Zeitzone des Berichts; ein Tag kann 23 oder 25 Stunden haben, und eine Stunde, die die Zeitumstellung wiederholt, ist zwei."))
	}
	if len(f.History) > 0 {
		t.Item("Trend", "Trend", report.Say(
			"Mann-Kendall test of the attainment over the periods, exact for up to 10 values; the change per month is the median of all slopes (Theil-Sen). p is adjusted for all targets tested in this report (Benjamini-Hochberg, 5\u202f%%). A period without a report or without cases is a gap. Where a target’s rules changed, the line begins anew.",
			"Mann-Kendall-Test des Erfüllungsgrads über die Perioden, exakt bis 10 Werte; die Änderung je Monat ist der Median aller Steigungen (Theil-Sen). p ist für alle in diesem Bericht geprüften Ziele angepasst (Benjamini-Hochberg, 5\u202f%%). Eine Periode ohne Bericht oder ohne Fälle ist eine Lücke. Wo sich die Regeln eines Ziels änderten, beginnt die Linie neu."))
	}
	if len(f.Baselines) > 0 {
		t.Item("Control limits", "Eingriffsgrenzen", report.Say(
			"Where chance alone leaves nearly all points: three sigma around the mean of a baseline (p-chart, widened where points vary more than chance makes them; exact binomial limits for few cases; for volumes an XmR chart). The baseline is made of the first twelve periods with cases under the same rules, of eight at least until there are twelve; then it stays.",
			"Wo der Zufall allein fast alle Punkte lässt: drei Sigma um den Mittelwert einer Basis (p-Karte, erweitert, wo Punkte stärker schwanken als durch Zufall; exakte Binomialgrenzen bei wenigen Fällen; für Mengen eine XmR-Karte). Die Basis sind die ersten zwölf Perioden mit Fällen unter denselben Regeln, bis dahin mindestens acht; dann bleibt sie."))
	}
}
