package slareport

import (
	"slices"

	"turnus/itsm/sla"
	"turnus/report"
)

// countTerms explains the counts that every report has.
func countTerms(t *report.TableWriter) {
	t.Item("Decided in the period", "In der Periode gewertet", report.Say(
		"A ticket is decided once its result is certain: it was stopped within the target, or its clock has passed the target. It counts in the first period at whose end it is decided, and in no other. Only events before the end of the period are seen.",
		"Ein Ticket ist gewertet, sobald sein Ergebnis feststeht: Es wurde innerhalb der Zielzeit abgeschlossen oder seine SLA-Uhr hat die Zielzeit überschritten. Es zählt in der ersten Periode, an deren Ende es gewertet ist, und in keiner anderen. Berücksichtigt werden nur Ereignisse vor dem Ende der Periode."))
	t.Item("Clock", "SLA-Uhr", report.Say(
		"It counts the time inside the hours of the target’s calendar, from the opening of the ticket on, without the pauses agreed for the target, until the ticket is stopped; for a response time until the first qualified human reaction. Exactly the agreed time is met.",
		"Die SLA-Uhr zählt ab der Eröffnung des Tickets die Zeit innerhalb der Servicezeiten, die der Kalender des Ziels festlegt, ohne die für das Ziel vereinbarten Pausen, bis das Ticket abgeschlossen ist; bei einer Reaktionszeit bis zur ersten qualifizierten Reaktion einer Person. Wird die Zielzeit genau ausgeschöpft, ist sie eingehalten."))
	t.Item("Attainment", "Erfüllungsgrad", report.Say(
		"Met divided by decided, where decided is met and breached together. It is compared with the agreed value as whole numbers; only the printed percentage is rounded. A target may therefore print the agreed percentage and still be missed: the counts decide.",
		"Eingehaltene geteilt durch gewertete Tickets; gewertet sind eingehaltene und verletzte zusammen. Verglichen wird mit ganzen Zahlen; gerundet wird nur der angezeigte Prozentwert. Ein Ziel kann daher den vereinbarten Prozentwert zeigen und trotzdem verfehlt sein: Maßgeblich sind die Anzahlen."))
	t.Row(report.Nothing(), report.Say(
		"There was nothing to count, or no limit is agreed. That is neither 0\u202f%% nor 100\u202f%%, neither met nor missed.",
		"Es gab nichts zu zählen oder es ist keine Mengengrenze vereinbart. Das ist weder 0\u202f%% noch 100\u202f%%, weder erreicht noch verfehlt."))
	t.Item("Open, undecided", "Offen; Ergebnis offen", report.Say(
		"Open: not stopped at the end of the period. Already breached: its clock has passed the target, in this period or before. Undecided: neither met nor breached yet; a later period will decide it.",
		"Offen: am Ende der Periode nicht abgeschlossen. Bereits verletzt: Die SLA-Uhr hat die Zielzeit in dieser oder einer früheren Periode überschritten. Ergebnis offen: weder eingehalten noch verletzt; gewertet wird das Ticket in einer späteren Periode."))
	t.Item("Reopened after an earlier decision", "Nach früherer Wertung wiedereröffnet", report.Say(
		"An earlier period has decided the ticket, and that decision stands. The reopening is counted by itself and changes no attainment.",
		"Das Ticket wurde in einer früheren Periode gewertet, und dabei bleibt es. Die Wiedereröffnung wird gesondert gezählt und ändert keinen Erfüllungsgrad."))
	t.Item("Change of priority and the like", "Änderung der Priorität und Ähnliches", report.Say(
		"The target follows the ticket’s own fields as its rule says (see below). The version of the agreement is the one in force when the ticket was opened.",
		"Welches Ziel gilt, richtet sich nach den Feldern des Tickets (Regeln siehe unten). Maßgeblich ist die Version der Vereinbarung, die bei der Eröffnung des Tickets galt."))
}

// depthTerms explains what goes beyond the plain counts; only what the report
// has.
func depthTerms(t *report.TableWriter, f sla.Frozen, r sla.Result) {
	t.Item("95\u202f% interval", "95-%-Konfidenzintervall", report.Say(
		"The Wilson score interval of the attainment: the shares with which the counts are compatible, chance considered. If the agreed value lies inside, the result isn’t distinguishable from it. The verdict doesn’t depend on that: it follows from the plain count.",
		"Das Wilson-Konfidenzintervall des Erfüllungsgrads: die Anteile, mit denen die Anzahlen unter Berücksichtigung des Zufalls vereinbar sind. Liegt der vereinbarte Wert darin, unterscheidet sich das Ergebnis nicht signifikant von ihm. Ob ein Ziel erreicht ist, hängt davon nicht ab: Das folgt allein aus den Anzahlen."))
	t.Item("P50, P90, P95", "P50, P90, P95", report.Say(
		"The time that so many per cent of the decided tickets didn’t exceed, by nearest rank: always the time of a ticket, never a value in between. “95\u202f%% within the agreed time” says exactly that P95 is within it. Under a rule with several clocks the longest counts. ≥ stands where tickets that are still open have taken so long already.",
		"Die Zeit, die der genannte Prozentsatz der gewerteten Tickets nicht überschritten hat, bestimmt nach der Nearest-Rank-Methode: stets die Zeit eines Tickets, nie ein Zwischenwert. „95\u202f%% innerhalb der Zielzeit“ heißt genau, dass P95 sie nicht überschreitet. Bei mehreren SLA-Uhren je Ticket zählt die längste Zeit. ≥ steht dort, wo noch offene Tickets bereits so lange dauern."))
	if slices.ContainsFunc(r.Agreements, func(a sla.AgreementResult) bool { return a.Score != nil }) {
		t.Item("Weighted score", "Gewichteter Gesamterfüllungsgrad", report.Say(
			"The attainments of the targets by their weights. A target without a decided ticket is left out, neither as 0 nor as 100; how much of the weights is left stands beside it.",
			"Die Erfüllungsgrade der Ziele nach ihren Gewichten. Ein Ziel ohne gewertetes Ticket bleibt unberücksichtigt und zählt weder als 0 noch als 100; der verbleibende Anteil der Gewichte steht daneben."))
	}
	if hasLimit(r, func(x sla.WorkloadResult) bool { return x.Limit.Finer() }) {
		t.Item("Limit a day, an hour", "Mengengrenze je Tag oder Stunde", report.Say(
			"Days and hours are those of the wall clock in the report’s time zone; a day may have 23 or 25 hours, and an hour that daylight saving repeats is two.",
			"Tage und Stunden folgen der Uhrzeit in der Zeitzone des Berichts; ein Tag kann 23 oder 25 Stunden haben, und die bei der Zeitumstellung doppelte Stunde zählt als zwei Stunden."))
	}
	if len(f.History) > 0 {
		t.Item("Trend", "Trend", report.Say(
			"Mann-Kendall test of the attainment over the periods, exact for up to 10 values; the change per month is the median of all slopes (Theil-Sen). p is adjusted for all targets tested in this report (Benjamini-Hochberg, 5\u202f%%). A period without a report or without cases is a gap. Where a target’s rules changed, the line begins anew.",
			"Mann-Kendall-Test des Erfüllungsgrads über die Perioden, exakt bis 10 Werte; die Änderung je Monat ist der Median aller Steigungen (Theil-Sen). Der p-Wert ist für alle in diesem Bericht geprüften Ziele adjustiert (Benjamini-Hochberg, 5\u202f%%). Eine Periode ohne Bericht oder ohne Fälle ist eine Lücke. Wo sich die Regeln eines Ziels geändert haben, beginnt die Linie neu."))
	}
	if len(f.Baselines) > 0 {
		t.Item("Control limits", "Eingriffsgrenzen", report.Say(
			"Where chance alone leaves nearly all points: three sigma around the mean of a baseline (p-chart, widened where points vary more than chance makes them; exact binomial limits for few cases; for volumes an XmR chart). The baseline is made of the first twelve periods with cases under the same rules, of eight at least until there are twelve; then it stays.",
			"Bereich, in dem bei reinem Zufall fast alle Punkte liegen: drei Sigma um den Mittelwert eines Basiszeitraums (p-Karte, erweitert, wo die Punkte stärker schwanken, als es der Zufall erklärt; exakte Binomialgrenzen bei wenigen Fällen; für Mengen eine XmR-Karte). Der Basiszeitraum umfasst die ersten zwölf Perioden mit Fällen unter denselben Regeln, mindestens acht, solange es noch keine zwölf sind; danach bleibt er unverändert."))
	}
}
