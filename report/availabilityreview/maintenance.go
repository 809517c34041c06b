package availabilityreview

import (
	"cmp"
	"slices"

	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/dataset"
	"turnus/itsm/text"
	"turnus/report"
)

// maintenance lists the windows that concern the period: when they were announced,
// and what they excused.
func maintenance(w *report.Writer, f avail.Frozen, r avail.Result) {
	s := w.Section("Maintenance", "Wartung")
	if len(r.Windows) == 0 {
		if f.Dataset(dataset.Maintenance).Import > 0 {
			s.Say("No window of maintenance concerns the period.", "Kein Wartungsfenster betrifft die Periode.")
		} else {
			s.Say("No maintenance of this service was ever imported; every outage is unplanned.", "Für diesen Service wurde nie Wartung importiert; jeder Ausfall gilt als ungeplant.")
		}
		return
	}
	s.Say("A window excuses what was announced in time, and nothing beyond its announced end. One that was changed too late excuses the part that it shares with a form that was announced in time; a cancelled one excuses nothing.",
		"Ein Wartungsfenster entschuldigt, was rechtzeitig angekündigt war, und nichts über sein angekündigtes Ende hinaus. Ein zu spät geändertes entschuldigt den Teil, der auch rechtzeitig angekündigt war, ein abgesagtes nichts.")
	all := slices.Clone(r.Windows)
	caption := text.New("Windows of maintenance", "Wartungsfenster")
	if more := len(all) - maxRows; more > 0 {
		slices.SortStableFunc(all, func(a, b avail.WindowResult) int {
			return cmp.Or(cmp.Compare(b.Down+b.Overrun, a.Down+a.Overrun), cmp.Compare(length(b.Why), length(a.Why)))
		})
		all = all[:maxRows]
		slices.SortStableFunc(all, func(a, b avail.WindowResult) int { return a.From.Compare(b.From) })
		caption = text.F("%s: the %d that mattered most; %d more stand in the receipts", "%s: die %d bedeutendsten; %d weitere stehen in den Belegen", caption, maxRows, more)
	}
	has := func(is func(avail.WindowResult) bool) bool { return slices.ContainsFunc(all, is) }
	t := s.Table("%s", "%s", caption).Left("Occasion", "Anlass").
		Left("Component", "Komponente").When(has(func(x avail.WindowResult) bool { return x.Component != "" })).
		Left("From", "Von").Right("Length", "Dauer").Left("Announced", "Angekündigt").Left("Excuses", "Entschuldigt").
		Right("Downtime excused", "Entschuldigte Ausfallzeit").Right("Overrun", "Überschreitung").When(has(func(x avail.WindowResult) bool { return x.Overrun > 0 }))
	for _, x := range all {
		over := report.Name("–")
		if x.Overrun > 0 {
			over = report.Seconds(x.Overrun)
		}
		t.Row(report.Name(cmp.Or(x.Summary, x.UID)), componentCell(x.Component), report.At(x.From), report.Seconds(x.To.Unix()-x.From.Unix()), announced(f, x), excuses(x), report.Seconds(x.Down), over)
	}
}

// length is 0 of nothing, else 1.
func length(s string) int { return min(len(s), 1) }

// announced says since when a window has stood as it does, and who says so.
func announced(f avail.Frozen, x avail.WindowResult) report.Cell {
	if x.Told {
		return report.At(x.Announced)
	}
	return report.Say("%s, by the import", "%s, laut Import", local(f, x.Announced))
}

// excused says how much of its time a window excuses, and why not all.
func excused(x avail.WindowResult) text.Text {
	how := text.New("all of it", "vollständig")
	switch x.Excuses {
	case avail.ExcusesPart:
		how = text.New("a part", "teilweise")
	case avail.ExcusesNone:
		how = text.New("nothing", "nichts")
	}
	switch x.Why {
	case avail.Late:
		how = text.F("%s: announced too late", "%s: zu spät angekündigt", how)
	case avail.ChangedLate:
		how = text.F("%s: changed too late", "%s: zu spät geändert", how)
	case avail.Cancelled:
		how = text.F("%s: cancelled", "%s: abgesagt", how)
	case avail.Adjusted:
		how = text.F("%s; its local time doesn’t exist because of the clock change, and was read as before it", "%s; seine Ortszeit gibt es wegen der Zeitumstellung nicht, gelesen wurde sie wie davor", how)
	}
	return how
}

// excuses is excused with its tone.
func excuses(x avail.WindowResult) report.Cell {
	tone := report.Neutral
	if x.Excuses == avail.ExcusesNone || x.Excuses == avail.ExcusesPart {
		tone = report.Bad
		if x.Why == avail.Cancelled {
			tone = report.Neutral
		}
	}
	return report.Judged(excused(x), tone)
}
