package slareport

import (
	"slices"

	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
)

// workload sets volumes against their limits, which hold for each month, day
// or hour.
func workload(r sla.Result, study sla.Study) report.Section {
	s := report.Section{
		Title: text.New("Workload against its limits", "Aufkommen und Mengengrenzen"),
		Paragraphs: []text.Text{text.New(
			"Targets are agreed for a volume of work. A volume over its limit is for agreement and customer to talk about; it changes no result here.",
			"Ziele sind für eine bestimmte Arbeitslast vereinbart. Eine Last über ihrer Grenze ist mit dem Kunden zu besprechen; an den Ergebnissen ändert sie hier nichts.")},
	}
	several := len(r.Agreements) > 1 // else the heading of its results names the agreement
	fine := slices.ContainsFunc(r.Agreements, func(a sla.AgreementResult) bool {
		return slices.ContainsFunc(a.Workload, func(w sla.WorkloadResult) bool { return w.Limit.Finer() })
	})
	t := report.Table{Columns: workloadColumns(several, fine)}
	voids := false
	for _, a := range r.Agreements {
		for _, w := range a.Workload {
			t.Rows = append(t.Rows, workloadRow(a, w, several, fine))
			voids = voids || w.Limit.Voids
		}
	}
	if voids {
		s.Paragraphs = []text.Text{text.New(
			"Targets are agreed for a volume of work. Above a limit that says so, targets are void for the tickets opened then (see Exclusions); above any other limit nothing changes here.",
			"Ziele sind für eine bestimmte Arbeitslast vereinbart. Über einer Grenze, die es so vorsieht, gelten Ziele für die dann eröffneten Tickets nicht (siehe Ausschlüsse); über jeder anderen ändert sich hier nichts.")}
	}
	if len(t.Rows) == 0 {
		n := report.Number(r.Opened)
		s.Paragraphs = []text.Text{text.F("No workload limit is agreed. Tickets opened in the period: %[1]s.",
			"Es ist keine Mengengrenze vereinbart. In der Periode eröffnete Tickets: %[2]s.", n.En, n.De)}
		return s
	}
	s.Tables = []report.Table{t}
	for _, v := range study.Volumes {
		if c, ok := volumeChart(r, v); ok {
			s.Charts = append(s.Charts, c)
		}
	}
	return s
}

func workloadColumns(several, fine bool) []report.Column {
	var c []report.Column
	if several {
		c = append(c, leftColumn("Agreement", "Vereinbarung"))
	}
	c = append(c, leftColumn("Limit", "Grenze"), rightColumn("Opened in the period", "In der Periode eröffnet"))
	if fine {
		c = append(c, rightColumn("Highest", "Höchste"), leftColumn("When", "Wann"))
	}
	c = append(c, rightColumn("Agreed limit", "Vereinbarte Grenze"), rightColumn("Utilisation", "Auslastung"))
	if fine {
		c = append(c, rightColumn("Times above", "Wie oft darüber"))
	}
	return append(c, leftColumn("Result", "Ergebnis"))
}

// workloadRow sets a volume against its limit: a month's, or the fullest day or
// hour.
func workloadRow(a sla.AgreementResult, w sla.WorkloadResult, several, fine bool) (row []report.Cell) {
	limit, verdict := report.Count(w.Limit.Limit), limitCell(w.Verdict)
	times := report.Count(int64(len(w.Exceeded)))
	if w.Limit.Limit == 0 {
		limit, verdict, times = inWords("none", "keine"), verdictCell(sla.NoData), report.Words(report.NotApplicable())
	}
	highest, when := w.Actual, named("–")
	switch {
	case w.Limit.Finer() && w.Peak == nil:
		highest = 0
	case w.Limit.Finer():
		highest, when = w.Peak.Tickets, report.At(w.Peak.From)
	case w.Verdict == sla.Missed:
		times = report.Count(1)
	}
	if several {
		row = append(row, report.Words(report.Named(a.Title, a.Name)))
	}
	row = append(row, report.Words(w.Limit.Title()), report.Count(w.Actual))
	if fine {
		row = append(row, report.Count(highest), when)
	}
	row = append(row, limit, report.Share(highest, w.Limit.Limit))
	if fine {
		row = append(row, times)
	}
	return append(row, verdict)
}
