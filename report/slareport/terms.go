package slareport

import (
	"slices"

	"turnus/itsm/sla"
	"turnus/report"
)

// depthDefinitions explains what goes beyond the plain counts; only what the
// report has.
func depthDefinitions(f sla.Frozen, r sla.Result) [][]report.Cell {
	rows := [][]report.Cell{
		{inWords("95\u202f% interval", "95-%-Intervall"), inWords(
			"The Wilson score interval of the attainment: the shares with which the counts are compatible, chance considered. If the agreed value lies inside, the result isn’t distinguishable from it. The verdict doesn’t depend on that: it follows from the plain count.",
			"Das Wilson-Intervall des Erfüllungsgrads: die Anteile, mit denen die Anzahlen vereinbar sind, den Zufall bedacht. Liegt der vereinbarte Wert darin, ist das Ergebnis von ihm nicht unterscheidbar. Das Urteil hängt davon nicht ab: Es folgt aus den Anzahlen.")},
		{inWords("P50, P90, P95", "P50, P90, P95"), inWords(
			"The time that so many per cent of the decided tickets didn’t exceed, by nearest rank: always the time of a ticket, never a value in between. “95\u202f% within the agreed time” says exactly that P95 is within it. Under a rule with several clocks the longest counts. ≥ stands where tickets that are still open have taken so long already.",
			"Die Zeit, die so viel Prozent der entschiedenen Tickets nicht überschritten, nach dem nächsten Rang: immer die Zeit eines Tickets, nie ein Zwischenwert. „95\u202f% innerhalb der vereinbarten Zeit“ heißt genau, dass P95 darin liegt. Bei einer Regel mit mehreren Uhren zählt die längste. ≥ steht, wo noch offene Tickets schon so lange dauern.")},
	}
	has := func(test func(sla.AgreementResult) bool) bool { return slices.ContainsFunc(r.Agreements, test) }
	if has(func(a sla.AgreementResult) bool { return a.Score != nil }) {
		rows = append(rows, []report.Cell{inWords("Weighted score", "Gewichtete Gesamtnote"), inWords(
			"The attainments of the targets by their weights. A target without a decided ticket is left out, neither as 0 nor as 100; how much of the weights is left stands beside it.",
			"Die Erfüllungsgrade der Ziele nach ihren Gewichten. Ein Ziel ohne entschiedenes Ticket bleibt weg, weder als 0 noch als 100; wie viel von den Gewichten bleibt, steht daneben.")})
	}
	if has(func(a sla.AgreementResult) bool {
		return slices.ContainsFunc(a.Workload, func(w sla.WorkloadResult) bool { return w.Limit.Finer() })
	}) {
		rows = append(rows, []report.Cell{inWords("Limit a day, an hour", "Grenze je Tag, je Stunde"), inWords(
			"Days and hours are those of the wall clock in the report’s time zone; a day may have 23 or 25 hours, and an hour that daylight saving repeats is two.",
			"Tage und Stunden sind die der Uhrzeit in der Zeitzone des Berichts; ein Tag kann 23 oder 25 Stunden haben, und eine Stunde, die die Zeitumstellung wiederholt, ist zwei.")})
	}
	if len(f.History) > 0 {
		rows = append(rows, []report.Cell{inWords("Trend", "Trend"), inWords(
			"Mann-Kendall test of the attainment over the periods, exact for up to 10 values; the change per month is the median of all slopes (Theil-Sen). p is adjusted for all targets tested in this report (Benjamini-Hochberg, 5\u202f%). A period without a report or without cases is a gap. Where a target’s rules changed, the line begins anew.",
			"Mann-Kendall-Test des Erfüllungsgrads über die Perioden, exakt bis 10 Werte; die Änderung je Monat ist der Median aller Steigungen (Theil-Sen). p ist für alle in diesem Bericht geprüften Ziele angepasst (Benjamini-Hochberg, 5\u202f%). Eine Periode ohne Bericht oder ohne Fälle ist eine Lücke. Wo sich die Regeln eines Ziels änderten, beginnt die Linie neu.")})
	}
	if len(f.Baselines) > 0 {
		rows = append(rows, []report.Cell{inWords("Control limits", "Eingriffsgrenzen"), inWords(
			"Where chance alone leaves nearly all points: three sigma around the mean of a baseline (p-chart, widened where points vary more than chance makes them; exact binomial limits for few cases; for volumes an XmR chart). The baseline is made of the first twelve periods with cases under the same rules, of eight at least until there are twelve; then it stays.",
			"Wo der Zufall allein fast alle Punkte lässt: drei Sigma um den Mittelwert einer Basis (p-Karte, erweitert, wo Punkte stärker schwanken als durch Zufall; exakte Binomialgrenzen bei wenigen Fällen; für Mengen eine XmR-Karte). Die Basis sind die ersten zwölf Perioden mit Fällen unter denselben Regeln, bis dahin mindestens acht; dann bleibt sie.")})
	}
	return rows
}
