package slareport

import (
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
)

// Findings are what the owner of the service is asked about before the report
// is drafted: each missed target and each exceeded limit, in the order of the
// report; none where everything was kept, or nothing could be counted.
func Findings(r sla.Result) []report.Finding {
	var all []report.Finding
	for _, a := range r.Agreements {
		add := func(figure string, title, detail text.Text) {
			if len(r.Agreements) > 1 {
				title = text.F("%s: %s", "%s: %s", report.Named(a.Title, a.Name), title)
			}
			all = append(all, report.Finding{Key: report.Figure{Group: report.Under(a.Name), Name: figure}.Key(), Title: title, Detail: detail, Figure: figure})
		}
		for _, t := range a.Targets {
			if t.Verdict == sla.Missed {
				add(t.Target.Name+".attainment", text.F("Target %s missed", "Ziel %s verfehlt", t.Target.Name),
					text.F("Met by %s of %s tickets decided; agreed are %s\u202f%%.", "Eingehalten haben es %s von %s gewerteten Tickets; vereinbart sind %s\u202f%%.",
						report.Number(t.Met), report.Number(t.Decided), report.Decimal(t.Target.Attain.String())))
			}
		}
		for _, x := range a.Workload {
			if exceeds(x) {
				add(workloadName(x.Limit), text.F("Limit exceeded: %s", "Mengengrenze überschritten: %s", x.Limit.Title()),
					text.F("Counted: %s; the limit is %s.", "Gezählt: %s; die Mengengrenze liegt bei %s.", report.Number(counted(x)), report.Number(x.Limit.Limit)))
			}
		}
	}
	return all
}

// exceeds says that a limit was exceeded.
func exceeds(x sla.WorkloadResult) bool { return x.Verdict == sla.Missed && x.Limit.Limit > 0 }

// counted is what is held against a limit: the volume of the period, or of its
// fullest day or hour.
func counted(x sla.WorkloadResult) int64 {
	switch {
	case !x.Limit.Finer():
		return x.Actual
	case x.Peak != nil:
		return x.Peak.Tickets
	}
	return 0
}
