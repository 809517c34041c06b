package slareport

import (
	"math/big"
	"slices"

	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/parts"
)

// workload sets volumes against their limits, which hold for each month, day or
// hour.
func workload(w *report.Writer, r sla.Result, study sla.Study, follow followUps) {
	s := w.Section("Workload against its limits", "Aufkommen und Mengengrenzen")
	several := len(r.Agreements) > 1 // else the heading of its results names the agreement
	fine, voids := hasLimit(r, func(x sla.WorkloadResult) bool { return x.Limit.Finer() }), hasLimit(r, func(x sla.WorkloadResult) bool { return x.Limit.Voids })
	t := s.Table("", "").Left("Agreement", "Vereinbarung").When(several).Left("Limit", "Mengengrenze").Right("Opened in the period", "In der Periode eröffnet").
		Right("Highest", "Höchstwert").When(fine).Left("When", "Zeitpunkt").When(fine).Right("Agreed limit", "Vereinbart").
		Right("Utilisation", "Ausschöpfung").Right("Times above", "Überschreitungen").When(fine).Left("Result", "Ergebnis").
		Left("Finding", "Befund").When(follow.Extract != nil && hasLimit(r, exceeds))
	for _, a := range r.Agreements {
		for _, x := range a.Workload {
			t.Row(append(append([]report.Cell{report.Words(report.Named(a.Title, a.Name))}, workloadCells(x)...), follow.ofLimit(a, x))...)
		}
	}
	switch {
	case s.Empty():
		s.Say("No workload limit is agreed. Tickets opened in the period: %s.",
			"Es ist keine Mengengrenze vereinbart. In der Periode eröffnete Tickets: %s.", report.Number(r.Opened))
		return
	case voids:
		s.Say("Targets are agreed for a volume of work. Above a limit that says so, targets are void for the tickets opened then (see Exclusions); above any other limit nothing changes here.",
			"Ziele sind für ein bestimmtes Aufkommen vereinbart. Wird eine Mengengrenze überschritten, die es so vorsieht, gelten die Ziele für die dann eröffneten Tickets nicht (siehe Ausschlüsse); bei jeder anderen bleiben die Ergebnisse unverändert.")
	default:
		s.Say("Targets are agreed for a volume of work. A volume over its limit is to be discussed with the customer; it changes no result here.",
			"Ziele sind für ein bestimmtes Aufkommen vereinbart. Eine Überschreitung der Mengengrenze ist mit dem Kunden zu besprechen; die Ergebnisse dieses Berichts ändert sie nicht.")
	}
	for _, v := range study.Volumes {
		if v.Rates.Values() > 1 { // else there is nothing to compare
			s.Chart(volumeChart(r, v))
		}
	}
}

func hasLimit(r sla.Result, is func(sla.WorkloadResult) bool) bool {
	return slices.ContainsFunc(r.Agreements, func(a sla.AgreementResult) bool { return slices.ContainsFunc(a.Workload, is) })
}

// workloadCells set a volume against its limit: a month's, or the fullest day
// or hour.
func workloadCells(x sla.WorkloadResult) []report.Cell {
	limit, verdict, times := report.Count(x.Limit.Limit), limitCell(x.Verdict), report.Count(int64(len(x.Exceeded)))
	if x.Limit.Limit == 0 {
		limit, verdict, times = report.Say("none", "keine"), verdictCell(sla.NoData), report.Nothing()
	}
	highest, when := x.Actual, report.Name("–")
	switch {
	case x.Limit.Finer() && x.Peak == nil:
		highest = 0
	case x.Limit.Finer():
		highest, when = x.Peak.Tickets, report.At(x.Peak.From)
	case x.Verdict == sla.Missed:
		times = report.Count(1)
	}
	return []report.Cell{report.Words(x.Limit.Title()), report.Count(x.Actual), report.Count(highest), when, limit,
		report.Share(highest, x.Limit.Limit), times, verdict}
}

// volumeChart draws the tickets opened a day.
func volumeChart(r sla.Result, v sla.VolumeStudy) report.Chart {
	c := report.Chart{Caption: text.New("Tickets opened a day", "Eröffnete Tickets je Tag"), Unit: text.New("a day", "je Tag")}
	if len(r.Agreements) > 1 {
		i := slices.IndexFunc(r.Agreements, func(a sla.AgreementResult) bool { return a.Name == v.Agreement })
		c.Caption = text.F("%s: %s", "%s: %s", c.Caption, report.Named(r.Agreements[i].Title, v.Agreement))
	}
	plain := func(r *big.Rat) *string { s := r.FloatString(6); return &s }
	for i, period := range v.Periods {
		p := report.Point{Label: report.ShortPeriod(period)}
		if v.Rates[i] != nil {
			p.Value = plain(v.Rates[i])
		}
		c.Points = append(c.Points, p)
	}
	parts.AddLimits(&c, 0, v.Chart, plain)
	return c
}
