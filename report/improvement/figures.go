package improvement

import (
	"turnus/itsm/improvement"
	"turnus/report"
)

// counts are what became of the actions of all plans, and how often their due
// dates were moved.
type counts struct {
	planned, done, effective, ineffective, moves int64
	failed                                       bool // an action of the newest approved plan didn't work
}

func countsOf(f improvement.Frozen) (n counts) {
	for _, c := range f.Cycles {
		if c.Approved == nil {
			n.planned += int64(len(c.Plan.Actions))
			continue
		}
		n.planned += int64(len(c.Actions))
		n.failed = false
		for _, a := range c.Actions {
			n.moves += int64(len(a.Moves))
			if a.Done != nil {
				n.done++
			}
			switch a.State {
			case improvement.ActionEffective:
				n.effective++
			case improvement.ActionIneffective:
				n.ineffective++
				n.failed = true
			}
		}
	}
	return n
}

// figures are the numbers of the document under the names that scripts rely on.
func figures(f improvement.Frozen) []report.Figure {
	w, n := report.WriteFigures(), countsOf(f)
	w.Count("seen", "improvement.seen/1", report.InTimes, int64(f.Finding.Seen), "finding seen", "Befund festgestellt")
	w.Count("plans", "improvement.plans/1", report.InTimes, int64(len(f.Cycles)), "planned", "geplant")
	w.Count("actions.planned", "improvement.actions-planned/1", report.InActions, n.planned, "actions planned", "geplante Maßnahmen")
	w.Count("actions.done", "improvement.actions-done/1", report.InActions, n.done, "actions done", "umgesetzte Maßnahmen").From(n.planned)
	worked := w.Count("actions.effective", "improvement.actions-effective/1", report.InActions, n.effective, "effective actions", "wirksame Maßnahmen").From(n.effective + n.ineffective)
	if worked.N == 0 { // none was checked, which isn't none that worked
		worked.Value, worked.Verdict = nil, report.NoData
	}
	w.Count("due-dates-moved", "improvement.due-dates-moved/1", report.InTimes, n.moves, "due dates moved", "Fälligkeiten verschoben")
	return w.Figures()
}
