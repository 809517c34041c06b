package improvement

import (
	"strconv"

	"turnus/itsm/improvement"
	"turnus/itsm/stats"
	"turnus/itsm/text"
	"turnus/report"
)

// RegisterFigures are the figures of the register of findings, under the names
// that scripts rely on. A median that isn't reached is not applicable: n says
// of how many findings.
func RegisterFigures(r improvement.Register) []report.Figure {
	w := report.WriteFigures()
	share := func(name, formula string, p stats.Proportion, en, de string) {
		w.Share(name, formula, p.K, p.N, en, de)
	}

	var open int64
	for _, c := range r.Open {
		open += c.Findings
	}
	w.Count("open", "improvement.open/1", report.InFindings, open, "open", "offen")
	for _, c := range r.Open {
		name, label := ageOf(c)
		w.Count("open."+name, "improvement.open/1", report.InFindings, c.Findings, "open for %s", "offen seit %s", label).From(open)
	}
	share("overdue", "improvement.overdue/1", r.Overdue, "open actions past their due date", "überfällige unter den offenen Maßnahmen")

	w.Count("opened", "improvement.opened/1", report.InFindings, r.Opened, "opened", "neu erfasst")
	w.Count("closed", "improvement.closed/1", report.InFindings, r.Closed, "closed", "abgeschlossen")
	w.Count("declined", "improvement.declined/1", report.InFindings, r.Declined, "declined", "abgelehnt")
	var median *string
	if days := r.ToClose.Median(); days != nil {
		exact := strconv.FormatInt(*days, 10)
		median = &exact
	}
	w.Value("time-to-close", "improvement.time-to-close/1", report.InDays, median, r.ToClose.N,
		"median time to close, open findings counted (Kaplan-Meier)", "mediane Zeit bis zum Abschluss unter Einbezug offener Befunde (Kaplan-Meier)")
	share("relapsed", "improvement.relapsed/1", r.Relapsed, "closed findings that came back", "erneut aufgetretene unter den abgeschlossenen Befunden")
	share("measured", "improvement.measured/1", r.Measured, "closed findings with a measured effect", "abgeschlossene Befunde mit gemessener Wirksamkeit")
	share("ineffective", "improvement.ineffective/1", r.Ineffective, "plans that didn't work", "nicht wirksame Maßnahmenpläne")
	share("moved", "improvement.moved/1", r.Moved, "actions whose due date was moved", "Maßnahmen mit verschobener Frist")
	w.Count("moves", "improvement.moves/1", report.InTimes, r.Moves, "moves of due dates", "Fristverschiebungen").From(r.Moved.N)
	share("benefit", "improvement.benefit/1", r.Reached, "actions for opportunities that reached their target", "Maßnahmen zu Verbesserungsmöglichkeiten mit erreichtem Ziel")
	return w.Figures()
}

// ageOf names a class of ages.
func ageOf(c improvement.Aged) (string, text.Text) {
	if c.Most == 0 {
		return "over-" + strconv.Itoa(c.Least-1), text.F("more than %d days", "mehr als %d Tagen", c.Least-1)
	}
	return strconv.Itoa(c.Least) + "-" + strconv.Itoa(c.Most), text.F("%d to %d days", "%d bis %d Tagen", c.Least, c.Most)
}
